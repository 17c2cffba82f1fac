//! One side of a claim, or a condition behind it: cut out of what surrounds it, and read.

use crate::check::document::Notation;
use crate::check::document::cases::as_cases;
use crate::check::document::trim::trimmed;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::tree::{Kind, Tree};
use crate::syntax::{Names, parse, parse_fact, parse_latex, parse_latex_fact};

/// Reads one side; places in the diagnostic are places in the document.
pub(super) fn read_side(
    text: &str,
    span: Span,
    notation: Notation,
    names: &Names,
) -> Result<Tree, Diagnostic> {
    let own = &text[span.start..span.end];
    if notation == Notation::Text
        && let Some(cases) = as_cases(own)
    {
        return parse(&cases, names).map(|parsed| parsed.tree).map_err(|mut error| {
            // Its places are places in what was made of the side.
            error.labels.clear();
            error
        });
    }
    let read = if notation == Notation::Latex { parse_latex } else { parse };
    let parsed = read(own, names);
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
