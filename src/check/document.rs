//! Documents: where the formulas stand. Plain text, Markdown with LaTeX, or LaTeX; prose is skipped.
//!
//! This file knows delimiters and lines and nothing of what a formula means.

use crate::span::Span;

/// In which notation a formula is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// Plain or Unicode text.
    Text,
    /// LaTeX.
    Latex,
}

/// A stretch of mathematics in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Formula {
    /// Where it stands.
    pub span: Span,
    /// How it is written.
    pub notation: Notation,
    /// Does it stand within a sentence?
    pub inline: bool,
}

/// A document split into what is declared and where its formulas stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    /// The lines of the preamble, with their places.
    pub preamble: Vec<Span>,
    /// The formulas in order.
    pub formulas: Vec<Formula>,
}

/// Environments whose content is a formula.
const ENVIRONMENTS: [&str; 16] = [
    "equation",
    "equation*",
    "align",
    "align*",
    "aligned",
    "gather",
    "gather*",
    "multline",
    "multline*",
    "eqnarray",
    "eqnarray*",
    "displaymath",
    "math",
    "alignat",
    "alignat*",
    "flalign*",
];

/// Splits a document.
pub(super) fn read(text: &str) -> Document {
    let (preamble, body) = preamble(text);
    let formulas = if is_marked_up(&text[body..]) { marked(text, body) } else { plain(text, body) };
    Document { preamble, formulas }
}

/// The number of the line, from 1, in which a byte stands.
pub(super) fn line_number(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// The line in which a byte stands, without its end.
pub(super) fn line_span(text: &str, at: usize) -> Span {
    let at = at.min(text.len());
    let start = text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |p| p + 1);
    let end = text.as_bytes()[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |p| at + p);
    let end = if text[start..end].ends_with('\r') { end - 1 } else { end };
    Span::new(start, end)
}

/// Lines with their places.
pub(super) fn lines(text: &str, from: usize) -> impl Iterator<Item = (Span, &str)> {
    let mut at = from;
    text[from..].split_inclusive('\n').map(move |line| {
        let span = Span::new(at, at + line.trim_end_matches(['\n', '\r']).len());
        at += line.len();
        (span, &text[span.start..span.end])
    })
}

/// Words that open a line of declarations.
fn is_declaration(line: &str) -> bool {
    let line = line.trim_start();
    ["let ", "given ", "at "].iter().any(|word| {
        line.strip_prefix(word).is_some_and(|rest| {
            // "at x = 1" and "given sum(y) = 1" declare; "given that x = 1 we see" does not.
            rest.contains(['=', ':', '>', '<', '≥', '≤', '≠']) && !rest.contains('$') && !has_sentence(rest)
        })
    })
}

/// The preamble and where the body starts: front matter between `---`, or leading lines that start with let, given or at.
fn preamble(text: &str) -> (Vec<Span>, usize) {
    let mut spans = Vec::new();
    let mut rest = lines(text, 0).skip_while(|(_, line)| line.trim().is_empty()).peekable();
    let next = |text: &str, span: Span| {
        text.as_bytes()[span.end..].iter().position(|b| *b == b'\n').map_or(text.len(), |p| span.end + p + 1)
    };
    if rest.peek().is_some_and(|(_, line)| line.trim_end() == "---") {
        rest.next();
        for (span, line) in rest {
            if line.trim_end() == "---" {
                return (spans, next(text, span));
            }
            spans.push(span);
        }
        // Never closed: a ruler, not front matter.
        return (Vec::new(), 0);
    }
    let mut body = 0;
    for (span, line) in rest {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        if !is_declaration(line) {
            break;
        }
        spans.push(span);
        body = next(text, span);
    }
    (spans, body)
}

fn is_marked_up(text: &str) -> bool {
    let dollars = text.matches('$').count();
    dollars >= 2
        || text.contains("\\[")
        || text.contains("\\(")
        || text.contains("\\begin{")
        || text.contains("```math")
}

/// Formulas of Markdown or LaTeX, from their delimiters.
fn marked(text: &str, body: usize) -> Vec<Formula> {
    let mut formulas = Vec::new();
    let mut at = body;
    let mut push = |start: usize, end: usize, inline: bool| {
        if !text[start..end].trim().is_empty() {
            formulas.push(Formula { span: Span::new(start, end), notation: Notation::Latex, inline });
        }
    };
    while at < text.len() {
        let rest = &text[at..];
        let close = |open: usize, mark: &str| {
            rest[open..]
                .find(mark)
                .map(|found| (at + open, at + open + found, at + open + found + mark.len()))
        };
        let found = if rest.starts_with("\\$") || rest.starts_with("\\\\") {
            at += 2;
            continue;
        } else if rest.starts_with('%') {
            at += rest.find('\n').map_or(rest.len(), |p| p + 1);
            continue;
        } else if rest.starts_with("```math") {
            close(7, "```").map(|f| (f, false))
        } else if rest.starts_with("```") {
            match close(3, "```") {
                Some((_, _, after)) => {
                    at = after;
                    continue;
                }
                None => None,
            }
        } else if rest.starts_with("$$") {
            close(2, "$$").map(|f| (f, false))
        } else if rest.starts_with('$') {
            // An inline formula does not cross an empty line.
            close(1, "$").filter(|(start, end, _)| !text[*start..*end].contains("\n\n")).map(|f| (f, true))
        } else if rest.starts_with("\\[") {
            close(2, "\\]").map(|f| (f, false))
        } else if rest.starts_with("\\(") {
            close(2, "\\)").map(|f| (f, true))
        } else if let Some(name) = rest.strip_prefix("\\begin{").and_then(|r| r.split('}').next())
            && ENVIRONMENTS.contains(&name)
        {
            let open = "\\begin{}".len() + name.len();
            close(open, &format!("\\end{{{name}}}")).map(|f| (f, false))
        } else {
            None
        };
        match found {
            Some(((start, end, after), inline)) => {
                push(start, end, inline);
                at = after;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    formulas
}

/// Formulas of plain text: lines that relate two things, without the words around them.
fn plain(text: &str, body: usize) -> Vec<Formula> {
    let mut formulas = Vec::new();
    let mut fenced = false;
    for (span, line) in lines(text, body) {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') || trimmed.starts_with("//") || trimmed.starts_with('%') {
            continue;
        }
        let own = without_words(line);
        if own.is_empty() {
            continue;
        }
        let own = Span::new(span.start + own.start, span.start + own.end);
        let formula = &text[own.start..own.end];
        if formula.contains(['=', '≈']) && !has_sentence(formula) {
            formulas.push(Formula { span: own, notation: Notation::Text, inline: false });
        } else if formula.contains('`') || line.contains('`') {
            // Markdown with formulas in code marks.
            let mut parts = line.split('`');
            let mut at = span.start + parts.next().map_or(0, str::len) + 1;
            while let (Some(code), after) = (parts.next(), parts.next()) {
                if code.contains(['=', '≈']) && !has_sentence(code) {
                    let span = Span::new(at, at + code.len());
                    formulas.push(Formula { span, notation: Notation::Text, inline: true });
                }
                at += code.len() + after.map_or(0, str::len) + 2;
            }
        }
    }
    formulas
}

/// Words that may stand before a formula on its line.
const OPENERS: [&str; 24] = [
    "let",
    "so",
    "then",
    "hence",
    "thus",
    "therefore",
    "where",
    "with",
    "and",
    "also",
    "define",
    "denote",
    "put",
    "set",
    "we get",
    "we have",
    "which gives",
    "now",
    "i.e.",
    "or",
    "finally",
    "answer",
    "solution",
    "claim",
];

/// The part of a line that may be a formula: list marks, opening words and remarks at the end are taken off.
fn without_words(line: &str) -> std::ops::Range<usize> {
    let mut start = line.len() - line.trim_start().len();
    let mut end = line.trim_end().len();
    if start >= end {
        return 0..0;
    }
    // Remarks.
    for mark in ["//", " -- ", "  #", "\t#", " — "] {
        if let Some(found) = line[start..end].find(mark) {
            end = start + line[start..start + found].trim_end().len();
        }
    }
    if line[start..end].ends_with([')', ']'])
        && let Some(open) = line[start..end].rfind(['(', '['])
        && (line[start..start + open].ends_with("  ") || line[start..start + open].ends_with('\t'))
        && (has_words(&line[start + open + 1..end - 1], 1)
            || line[start + open + 1..end - 1].parse::<u32>().is_ok())
    {
        end = start + line[start..start + open].trim_end().len();
    }
    loop {
        let rest = &line[start..end];
        let before = start;
        let skip = |n: usize| start + n + (rest[n..].len() - rest[n..].trim_start().len());
        // "the derivative is: …"
        if let Some(colon) = rest.find(": ")
            && has_words(&rest[..colon], 1)
        {
            start = skip(colon + 1);
        } else if let Some(rest_after) = rest.strip_prefix(['-', '*', '•', '>'])
            && rest_after.starts_with(' ')
            && !rest.starts_with("> =")
        {
            start = skip(rest.len() - rest_after.len());
        } else if let Some(n) = list_mark(rest) {
            // (a), 1), 2.
            start = skip(n);
        } else if let Some(n) = opening_word(rest) {
            start = skip(n);
        }
        if start == before {
            break;
        }
    }
    let trimmed = line[start..end].trim_end_matches(['.', ',', ';']).trim_end();
    start..start + trimmed.len()
}

/// The length of a word at the start that belongs to a sentence: one of a few, or a long one before something to read.
fn opening_word(rest: &str) -> Option<usize> {
    for word in OPENERS {
        if rest.len() > word.len()
            && rest.is_char_boundary(word.len())
            && rest[..word.len()].eq_ignore_ascii_case(word)
            && rest[word.len()..].starts_with([' ', ':', ','])
        {
            return Some(word.len() + 1);
        }
    }
    let length = rest.find(|c: char| !c.is_ascii_alphabetic())?;
    let next = rest[length..].trim_start().chars().next()?;
    let is_spaced = rest[length..].starts_with(' ') || rest[length..].starts_with(',');
    let starts_formula = next.is_alphanumeric() || matches!(next, '(' | '∂' | '∇' | '‖' | '√' | 'Σ');
    (length >= 4 && is_spaced && (starts_formula || next == ',') && has_words(&rest[..length], 1))
        .then_some(length + 1)
}

/// `(a)`, `1)`, `2.`, `(iv)` at the start, with what follows apart from it.
pub(super) fn list_mark(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('(').unwrap_or(text);
    let opened = inner.len() < text.len();
    let word = inner.find(|c: char| !c.is_ascii_alphanumeric())?;
    if word == 0 || word > 3 {
        return None;
    }
    let after = &inner[word..];
    let closed =
        if opened { after.starts_with(") ") } else { after.starts_with(") ") || after.starts_with(". ") };
    let is_mark = inner[..word].chars().all(|c| c.is_ascii_digit()) || word == 1 || opened && word <= 3;
    // `(x) = …` is a formula.
    let rest = after.get(2..).unwrap_or("").trim_start();
    (closed && is_mark && !rest.is_empty() && !rest.starts_with(['=', '+', '-', '*', '/', '^', '≈', ')']))
        .then_some(text.len() - inner.len() + word + 1)
}

/// Two ordinary words side by side.
fn has_sentence(text: &str) -> bool {
    has_words(text, 2)
}

fn has_words(text: &str, wanted: usize) -> bool {
    let mut run = 0;
    for word in text.split([' ', '\t', ',']) {
        let letters = word.trim_end_matches(['.', ';', ':', '!', '?']);
        let is_word = letters.len() >= 2
            && letters.chars().all(|c| c.is_ascii_alphabetic())
            && crate::function::lookup(letters).is_none()
            && !matches!(letters, "if" | "and" | "otherwise" | "diff" | "grad" | "pi" | "cases")
            && (letters.len() >= 3
                || matches!(
                    letters,
                    "is" | "we" | "of" | "to" | "by" | "in" | "so" | "it" | "at" | "as" | "an"
                ))
            && letters.chars().skip(1).all(|c| c.is_ascii_lowercase());
        if is_word {
            run += 1;
            if run >= wanted {
                return true;
            }
        } else if !word.is_empty() {
            run = 0;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        read(text).formulas.iter().map(|f| text[f.span.start..f.span.end].trim()).collect()
    }

    #[test]
    fn formulas_are_found_and_prose_is_not() {
        for (text, expected) in [
            ("f(x) = x^2\nf'(x) = 2x", vec!["f(x) = x^2", "f'(x) = 2x"]),
            ("We want the slope of this.\n1) y = x^2\n   = x*x  (by definition)", vec!["y = x^2", "= x*x"]),
            ("Here $a = b$ and\n$$\na = c \\tag{1}\n$$\n costs \\$5", vec!["a = b", "a = c \\tag{1}"]),
            ("\\begin{align*} a &= b \\\\ &= c \\end{align*}", vec!["a &= b \\\\ &= c"]),
            ("So y' = 2x.\nTherefore: y'' = 2", vec!["y' = 2x", "y'' = 2"]),
            ("# Title = 3\nThe slope is `d/dx x^2 = 2x` here, and so on", vec!["d/dx x^2 = 2x"]),
            ("let x: R\n\na = x", vec!["a = x"]),
            ("---\nlet x: R\n---\na = x", vec!["a = x"]),
            ("(x) = 3", vec!["(x) = 3"]),
            ("we see that x = 3 holds for all of them", vec![]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn lines_are_counted_from_one() {
        let text = "a\nb = 1\n\nc";
        assert_eq!(line_number(text, 0), 1);
        assert_eq!(line_number(text, 3), 2);
        assert_eq!(line_number(text, text.len()), 4);
        assert_eq!(line_span(text, 4), Span::new(2, 7));
    }
}
