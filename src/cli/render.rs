//! Diagnostics with their source lines.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Label, Source};

/// Longer lines are quoted around the place only.
const LONGEST_LINE: usize = 200;

/// The texts that labels point into.
pub struct Sources<'a> {
    pub formula: &'a str,
    pub lets: &'a [String],
    pub givens: &'a [String],
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Error,
    Warning,
}

impl Sources<'_> {
    fn text(&self, source: Source) -> Option<(&str, String)> {
        match source {
            Source::Formula => Some((self.formula, "formula".to_owned())),
            Source::Declaration(n) => self.lets.get(n).map(|t| (t.as_str(), format!("--let {}", n + 1))),
            Source::Fact(n) => self.givens.get(n).map(|t| (t.as_str(), format!("--given {}", n + 1))),
        }
    }
}

/// Writes a diagnostic.
pub fn write(
    out: &mut dyn Write,
    diagnostic: &Diagnostic,
    sources: &Sources,
    level: Level,
    color: bool,
) -> io::Result<()> {
    let kind = match level {
        Level::Error => annotate_snippets::Level::ERROR,
        Level::Warning => annotate_snippets::Level::WARNING,
    };
    let mut groups: Vec<(Source, Vec<&Label>)> = Vec::new();
    for label in &diagnostic.labels {
        match groups.iter_mut().find(|(source, _)| *source == label.source) {
            Some((_, labels)) => labels.push(label),
            None => groups.push((label.source, vec![label])),
        }
    }
    // Snippets borrow their text, which is cut around the place first.
    let mut cut: Vec<(String, String, Vec<(std::ops::Range<usize>, String)>)> = Vec::new();
    // Where a cut text says a place, and where that is in the whole text.
    let mut moved: Vec<(String, String)> = Vec::new();
    for (source, labels) in &groups {
        let Some((text, name)) = sources.text(*source) else { continue };
        let (start, end) = window(text, labels);
        if start > 0
            && let Some(label) = labels.first()
        {
            let of = |from: usize| position(&text[from..end], label.span.start.clamp(start, end) - from);
            let ((line, column), (own_line, own_column)) = (of(0), of(start));
            moved.push((format!("{name}:{own_line}:{own_column}"), format!("{name}:{line}:{column}")));
        }
        let places = labels
            .iter()
            .map(|label| {
                let from = label.span.start.clamp(start, end) - start;
                let to = label.span.end.clamp(start, end) - start;
                (from..to.max(from), label.text.clone())
            })
            .collect();
        cut.push((text[start..end].to_owned(), name, places));
    }
    let mut title = Group::with_title(kind.primary_title(diagnostic.message.as_str()));
    for (number, (text, name, places)) in cut.iter().enumerate() {
        let mut snippet = Snippet::source(text.as_str()).path(name.as_str());
        for (place, (range, label)) in places.iter().enumerate() {
            let first = number == 0 && place == 0;
            let annotation =
                if first { AnnotationKind::Primary } else { AnnotationKind::Context }.span(range.clone());
            snippet = snippet.annotation(if label.is_empty() {
                annotation
            } else {
                annotation.label(label.as_str())
            });
        }
        title = title.element(snippet);
    }
    let mut report = vec![title];
    if let Some(help) = &diagnostic.help {
        report.push(Group::with_title(annotate_snippets::Level::HELP.secondary_title(help.as_str())));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut rendered = renderer.render(&report).clone();
    for (own, whole) in &moved {
        rendered = rendered.replacen(own, whole, 1);
    }
    writeln!(out, "{rendered}")
}

/// Line and column of a byte, both from 1, columns in characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

/// The part of a text that is quoted, at character boundaries.
fn window(text: &str, labels: &[&Label]) -> (usize, usize) {
    if text.len() <= LONGEST_LINE {
        return (0, text.len());
    }
    let at = labels.first().map_or(0, |label| label.span.start).min(text.len());
    let mut start = at.saturating_sub(LONGEST_LINE / 2);
    let mut end = (at + LONGEST_LINE / 2).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    (start, end)
}
