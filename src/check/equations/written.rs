//! Solutions as people write them: `x = 1`, `x_1 = 1`, `x_{1,2} = 2 ± √3`, `x = 1, 3`, `x ∈ {1, 3}`.

use crate::check::checker::lines::Checker;
use crate::check::document::Notation;
use crate::check::document::claim::Statement;
use crate::check::document::trim::trimmed;
use crate::check::rewrite::names_of;
use crate::check::side::{lone_name, read_side};
use crate::span::Span;
use crate::syntax::tree::Tree;

/// Signs that stand for two formulas.
const BOTH: [&str; 2] = ["±", "\\pm"];

impl Checker<'_> {
    /// The name of an unknown of the equations, numbered or not.
    pub(super) fn unknown_named(&mut self, span: Span, notation: Notation) -> Option<String> {
        let text = self.text.get(span.start..span.end)?.trim();
        let read = self.read(span, notation).ok().and_then(|tree| lone_name(&tree));
        if let Some(name) = read.filter(|name| self.is_unknown(name)) {
            let is_free =
                !self.sheet.definitions.contains_key(&name) && !self.sheet.functions.contains_key(&name);
            return is_free.then_some(name);
        }
        // x_1, x_{1,2}, x₁
        let base: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
        let below = text.get(base.len()..)?.trim();
        let is_number = !below.is_empty()
            && below.starts_with(['_', '₁', '₂', '₃', '₀'])
            && below.chars().all(|c| {
                matches!(c, '_' | '{' | '}' | ',' | '/' | ' ' | '₀' | '₁' | '₂' | '₃') || c.is_ascii_digit()
            });
        (is_number && self.is_unknown(&base) && !self.sheet.definitions.contains_key(&base)).then_some(base)
    }

    /// Does an equation speak of it, or of what it is the derivative of?
    fn is_unknown(&self, name: &str) -> bool {
        let behind = self.rates.iter().find(|rate| rate.first() == name || rate.second() == name);
        let name = behind.map_or(name, |rate| rate.name.as_str());
        self.solving.equations.iter().any(|equation| match &equation.zero {
            Some(zero) => names_of(zero).iter().any(|own| own == name),
            None => [&equation.left, &equation.right]
                .iter()
                .any(|side| self.sheet.variables_of(side).iter().any(|own| own == name)),
        })
    }

    /// All values that one side stands for.
    pub(super) fn values_written(&mut self, span: Span, notation: Notation) -> Option<Vec<Tree>> {
        let text = self.text.get(span.start..span.end)?;
        let mut values = Vec::new();
        if !BOTH.iter().any(|sign| text.contains(sign)) && !has_list(text) {
            return self.read(span, notation).ok().map(|value| vec![value]);
        }
        for part in split(text) {
            if BOTH.iter().any(|sign| part.contains(sign)) {
                for sign in ["+", "-"] {
                    let made = BOTH.iter().fold(part.to_owned(), |made, both| made.replace(both, sign));
                    let made = made.trim().trim_start_matches('+').to_owned();
                    let whole = Span::new(0, made.len());
                    values.push(
                        read_side(&made, trimmed(&made, whole, notation), notation, &self.sheet.names)
                            .ok()?,
                    );
                }
            } else {
                let whole = Span::new(0, part.len());
                values
                    .push(read_side(part, trimmed(part, whole, notation), notation, &self.sheet.names).ok()?);
            }
        }
        (!values.is_empty()).then_some(values)
    }

    /// `x ∈ {1, 3}`: the unknown and its values.
    pub(super) fn set_written(&mut self, statement: &Statement) -> Option<(String, Vec<Tree>)> {
        let text = self.text.get(statement.span.start..statement.span.end)?;
        let (at, mark) = ["∈", "\\in"].iter().find_map(|mark| text.find(mark).map(|at| (at, *mark)))?;
        let name = trimmed(
            self.text,
            Span::new(statement.span.start, statement.span.start + at),
            statement.notation,
        );
        let name = self.unknown_named(name, statement.notation)?;
        let set = text[at + mark.len()..].trim();
        let inner = [("\\left\\{", "\\right\\}"), ("\\{", "\\}"), ("{", "}")]
            .iter()
            .find_map(|(open, close)| set.strip_prefix(open)?.strip_suffix(close))?;
        let mut values = Vec::new();
        for part in inner.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()) {
            let whole = Span::new(0, part.len());
            values.push(
                read_side(
                    part,
                    trimmed(part, whole, statement.notation),
                    statement.notation,
                    &self.sheet.names,
                )
                .ok()?,
            );
        }
        (!values.is_empty()).then_some((name, values))
    }
}

/// Is there a comma outside brackets?
fn has_list(text: &str) -> bool {
    split(text).len() > 1
}

/// Parts between commas outside brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut start) = (0usize, 0);
    let mut parts = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            // 1,5 may be a number.
            ',' | ';' if depth == 0 && text[at + 1..].starts_with([' ', '\\']) => {
                parts.push(text[start..at].trim());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}
