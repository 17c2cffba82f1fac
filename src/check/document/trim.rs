//! What surrounds a formula and says nothing: blanks, alignment, tags and labels, environments, units behind a number.

use super::Notation;
use crate::span::Span;

/// What may be taken off the front and the end of a side in LaTeX: it sets the formula and says nothing.
const FRONTS: [&str; 9] = ["[t]", "[b]", "&", "~", "\\,", "\\;", "\\!", "\\:", "\\ "];

const ENDS: [&str; 10] = ["~", "\\notag", "\\nonumber", "\\,", "\\;", "\\!", "\\:", "\\ ", "&", "\\qed"];

const SETTING: [&str; 6] = ["aligned", "split", "gathered", "align", "align*", "equation"];

/// A span without blanks, alignment marks and punctuation at its ends.
pub(in crate::check) fn trimmed(text: &str, span: Span, notation: Notation) -> Span {
    let (mut start, mut end) = (span.start.min(span.end), span.end);
    loop {
        let before = (start, end);
        start += text[start..end].len() - text[start..end].trim_start().len();
        end = start + text[start..end].trim_end().len();
        let own = &text[start..end];
        if notation == Notation::Latex {
            if own.ends_with('\\') && !own.ends_with("\\\\") {
                // What is left of a blank, `\ `.
                end -= 1;
            } else if let Some(mark) = FRONTS.iter().find(|mark| own.starts_with(**mark)) {
                start += mark.len();
            } else if let Some(mark) = ENDS.iter().find(|mark| own.ends_with(**mark)) {
                end -= mark.len();
            } else if own.starts_with("\\label{")
                && let Some(close) = own.find('}')
            {
                start += close + 1;
            } else if let Some(open) =
                ["\\tag{", "\\tag*{", "\\label{"].iter().find_map(|mark| own.rfind(mark))
                && own.ends_with('}')
                && !own[open..own.len() - 1].contains('}')
            {
                end = start + open;
            } else if let Some(length) = before_unit(own) {
                end = start + length;
            } else if let Some(length) = array_head(own) {
                start += length;
            } else if own.ends_with("\\end{array}") {
                end -= "\\end{array}".len();
            } else {
                for word in SETTING {
                    if own.starts_with(&format!("\\begin{{{word}}}")) {
                        start += word.len() + "\\begin{}".len();
                        break;
                    }
                    if own.ends_with(&format!("\\end{{{word}}}")) {
                        end -= word.len() + "\\end{}".len();
                        break;
                    }
                }
            }
        }
        if (start, end) == before {
            let own = &text[start..end];
            let shorter = own.trim_end_matches([',', ';', '.']);
            if shorter.len() == own.len() || shorter.ends_with('\\') {
                return Span::new(start, end);
            }
            end = start + shorter.len();
        }
        if start >= end {
            return Span::new(start.min(span.end), start.min(span.end));
        }
    }
}

/// How much of a side is a number, if nothing but its unit stands behind it: `1.5\text{s}`,
/// `\frac{-11\pi}{6}~\frac{\mathrm{rad}}{\mathrm{hr}}`.
fn before_unit(own: &str) -> Option<usize> {
    const TYPEFACES: [&str; 4] = ["\\text{", "\\mathrm{", "\\textrm{", "\\mbox{"];
    const NUMERIC: [&str; 12] =
        ["frac", "dfrac", "tfrac", "pi", "sqrt", "cdot", "left", "right", "times", "ln", "log", "approx"];
    let from = TYPEFACES.iter().filter_map(|face| own.find(face)).min()?;
    // A unit over another one.
    let from = ["\\frac{", "\\dfrac{", "\\tfrac{"]
        .iter()
        .find_map(|frac| own[..from].ends_with(frac).then(|| from - frac.len()))
        .unwrap_or(from);
    let (number, unit) = own.split_at(from);
    // What stands in the groups are short words of no sentence, and nothing but marks stands around them.
    let mut around = unit.to_owned();
    let mut words = String::new();
    while let Some((at, face)) = TYPEFACES.iter().find_map(|face| around.find(face).map(|at| (at, face))) {
        let inner = at + face.len();
        let length = around[inner..].find('}')?;
        words = format!("{words} {}", &around[inner..inner + length]);
        around.replace_range(at..=inner + length, "");
    }
    for word in ["\\frac", "\\dfrac", "\\tfrac", "\\cdot"] {
        around = around.replace(word, "");
    }
    let is_of_sentence = |word: &str| {
        ["if", "for", "when", "where", "at", "with", "and", "or", "so", "as", "by", "is", "since"]
            .contains(&word)
    };
    let is_unit = around.chars().all(|c| c.is_ascii_digit() || " {}/^-~.\\,;".contains(c))
        && !words.trim().is_empty()
        && words.chars().all(|c| c.is_alphanumeric() || " /^-.°²³".contains(c))
        && words.split([' ', '/']).all(|word| word.chars().count() <= 8 && !is_of_sentence(word));
    let mut rest = number;
    while let Some(at) = rest.find('\\') {
        let word = rest[at + 1..].split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
        if !word.is_empty() && !NUMERIC.contains(&word) {
            return None;
        }
        rest = &rest[at + 1 + word.len()..];
    }
    let plain =
        NUMERIC.iter().fold(number.to_owned(), |plain, word| plain.replace(&format!("\\{word}"), " "));
    let is_number = plain.contains(|c: char| c.is_ascii_digit())
        && !plain.contains(char::is_alphabetic)
        && !plain.trim_end().ends_with(['+', '-', '^', '_', '{', '(']);
    (is_unit && is_number).then_some(number.len())
}

/// The length of `\begin{array}{rcl}` at the start of a text.
pub(super) fn array_head(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("\\begin{array}")?;
    let columns = rest.strip_prefix('{')?.find('}')?;
    Some(text.len() - rest.len() + columns + 2)
}
