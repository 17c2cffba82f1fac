//! One side of a claim, or a condition behind it: cut out of what surrounds it, and read.

use super::claim::array_head;
use super::document::Notation;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::tree::{Kind, Tree};
use crate::syntax::{Names, parse, parse_fact, parse_latex, parse_latex_fact};

/// What may be taken off the front and the end of a side in LaTeX: it sets the formula and says nothing.
const FRONTS: [&str; 3] = ["[t]", "[b]", "&"];

const ENDS: [&str; 9] = ["\\notag", "\\nonumber", "\\,", "\\;", "\\!", "\\:", "\\ ", "&", "\\qed"];

const SETTING: [&str; 6] = ["aligned", "split", "gathered", "align", "align*", "equation"];

/// A span without blanks, alignment marks and punctuation at its ends.
pub(super) fn trimmed(text: &str, span: Span, notation: Notation) -> Span {
    let (mut start, mut end) = (span.start.min(span.end), span.end);
    loop {
        let before = (start, end);
        start += text[start..end].len() - text[start..end].trim_start().len();
        end = start + text[start..end].trim_end().len();
        let own = &text[start..end];
        if notation == Notation::Latex {
            if let Some(mark) = FRONTS.iter().find(|mark| own.starts_with(**mark)) {
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

/// Reads one side; places in the diagnostic are places in the document.
pub(super) fn read_side(
    text: &str,
    span: Span,
    notation: Notation,
    names: &Names,
) -> Result<Tree, Diagnostic> {
    let read = if notation == Notation::Latex { parse_latex } else { parse };
    let parsed = read(&text[span.start..span.end], names);
    parsed.map(|parsed| parsed.tree).map_err(|error| moved(error, span.start))
}

/// Reads a condition.
pub(super) fn read_condition(
    text: &str,
    span: Span,
    notation: Notation,
    names: &Names,
) -> Result<Tree, Diagnostic> {
    let read = if notation == Notation::Latex { parse_latex_fact } else { parse_fact };
    let parsed = read(&text[span.start..span.end], names);
    parsed.map(|parsed| parsed.tree).map_err(|error| moved(error, span.start))
}

pub(super) fn moved(mut error: Diagnostic, by: usize) -> Diagnostic {
    for label in &mut error.labels {
        label.span = Span::new(label.span.start + by, label.span.end + by);
    }
    error
}

/// `f(x, y)` as it stands on the left of a definition: the name and its arguments, if these are names.
pub(super) fn applied_name(
    text: &str,
    span: Span,
    notation: Notation,
    names: &Names,
) -> Option<(String, Vec<String>)> {
    let own = &text[span.start..span.end];
    let (open, opened) = match own.find("\\left(") {
        Some(at) => (at, "\\left("),
        None => (own.find('(')?, "("),
    };
    let close = if opened.len() > 1 { own.strip_suffix("\\right)")? } else { own.strip_suffix(')')? };
    let base = Span::new(span.start, span.start + open);
    let inner = &close[open + opened.len()..];
    if inner.contains(['(', ')']) || inner.trim().is_empty() {
        return None;
    }
    // The name must not be read as a function here, whatever it is declared as.
    let mut plain = Names::new();
    for name in names.variables() {
        plain.add_variable(name);
    }
    let name = lone_name(&read_side(text, trimmed(text, base, notation), notation, &plain).ok()?)?;
    let mut arguments = Vec::new();
    let mut at = span.start + open + opened.len();
    for part in inner.split(',') {
        let place = trimmed(text, Span::new(at, at + part.len()), notation);
        arguments.push(lone_name(&read_side(text, place, notation, &plain).ok()?)?);
        at += part.len() + 1;
    }
    Some((name, arguments))
}

pub(super) fn lone_name(tree: &Tree) -> Option<String> {
    match &tree.kind {
        Kind::Name(name) => Some(name.clone()),
        _ => None,
    }
}
