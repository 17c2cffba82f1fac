//! Values that a document gives to variables: for one line ("for x = 1 this is zero"), or for what follows it ("at x = 1,
//! y = 2" as a line of its own).

use std::collections::BTreeSet;

use super::lines::{Checker, Outcome};
use crate::check::Verdict;
use crate::check::document::claim::{self, Statement};
use crate::check::document::trim::trimmed;
use crate::check::document::{self, Formula, Notation};
use crate::check::side::{lone_name, read_side};
use crate::span::Span;
use crate::syntax::tree::{Kind, Tree};

/// Words before a value that holds for what is said in the same line.
const PASSING: [&str; 18] = [
    "for", "at", "when", "if", "where", "point", "für", "bei", "wenn", "falls", "wo", "stelle", "punkt",
    "an", "in", "pour", "si", "en",
];

/// Words with which a line begins that does nothing but give values.
const OPENING: [&str; 14] = [
    "for",
    "at",
    "when",
    "if",
    "with",
    "evaluate",
    "für",
    "bei",
    "mit",
    "an",
    "pour",
    "avec",
    "using",
    "evaluated",
];

/// Values that were given for one line or for what follows it.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct Given {
    /// Values that hold in one line only.
    passing: Vec<(usize, String, Tree)>,
    /// What such values stand in for, until their line is over.
    lent: Vec<(String, Option<Tree>)>,
    /// Lines that do nothing but give values.
    points: Vec<(usize, Vec<(String, Tree)>)>,
    /// Names that stand for formulas somewhere: what is said of them is a claim.
    pub(in crate::check) named: BTreeSet<String>,
    /// Points in a line, whose names must be found: "at (1, 2)".
    tuples: Vec<(usize, Point)>,
    /// Is there a point in this line of which nobody knows whose values it gives?
    is_unplaced: bool,
    /// The line at which the checker is.
    here: usize,
}

/// Numbers in brackets, and the sides that are spoken of.
#[derive(Clone, Debug)]
struct Point {
    values: Vec<Tree>,
    sides: Vec<(Span, Notation)>,
}

/// Names that have an order which everybody knows.
const ORDERED: [&[&str]; 5] = [&["x", "y"], &["x", "y", "z"], &["u", "v"], &["s", "t"], &["a", "b"]];

/// Words right before a point.
const POINTING: [&str; 8] = ["at", "point", "bei", "stelle", "punkt", "au", "en", "evaluated"];

/// A point in a line: `at (1, 2)`, `at $P(1, 2)$`, `at the point P = (1, 2)`; the place of what is in its brackets.
fn point_in(text: &str) -> Option<Span> {
    text.match_indices('(').find_map(|(open, _)| {
        let close = open + text[open..].find(')')?;
        let inner = text[open + 1..close].trim_end_matches("\\right");
        let is_plain = |c: char| c.is_ascii_digit() || matches!(c, ',' | ' ' | '.' | '-' | '−' | '/');
        let before = text[..open].trim_end_matches("\\left");
        let before = before.trim_end_matches([' ', '$', '=']).trim_end_matches("\\(");
        let before = match before.chars().next_back() {
            Some(c) if c.is_ascii_uppercase() => &before[..before.len() - 1],
            _ => before,
        };
        let before = before.trim_end_matches([' ', '$']).trim_end_matches("\\(");
        let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
        let is_point = inner.contains(',')
            && inner.chars().all(is_plain)
            && inner.split(',').all(|part| !part.trim().is_empty())
            && POINTING.contains(&word.as_str());
        is_point.then(|| Span::new(open + 1, open + 1 + inner.len()))
    })
}

impl Given {
    /// Is no value given for the line at hand?
    pub(in crate::check) fn is_empty(&self) -> bool {
        self.lent.is_empty()
    }
}

impl Checker<'_> {
    /// `x = 1`, `(x, y) = (1, 2)`: the names and their values.
    fn assigned(&self, statement: &Statement) -> Option<Vec<(String, Tree)>> {
        let [names, values] = statement.sides.as_slice() else { return None };
        let parts = |span: Span| -> Option<Vec<Span>> {
            let text = self.text.get(span.start..span.end)?;
            let inner = text.strip_prefix("\\left").unwrap_or(text).strip_prefix('(')?;
            let start = span.end - inner.len();
            let inner = inner.strip_suffix(')')?;
            let inner = inner.strip_suffix("\\right").unwrap_or(inner);
            let mut at = start;
            let mut parts = Vec::new();
            for part in inner.split(',') {
                parts.push(trimmed(self.text, Span::new(at, at + part.len()), statement.notation));
                at += part.len() + 1;
            }
            (parts.len() > 1 && !inner.contains(['(', ')'])).then_some(parts)
        };
        let pairs: Vec<(Span, Span)> = match (parts(names.span), parts(values.span)) {
            (Some(names), Some(values)) if names.len() == values.len() => {
                names.into_iter().zip(values).collect()
            }
            (None, None) => vec![(names.span, values.span)],
            _ => return None,
        };
        pairs
            .into_iter()
            .map(|(name, value)| {
                let name = self.read_plainly(name, statement.notation).and_then(|tree| lone_name(&tree))?;
                let value = self.read_plainly(value, statement.notation)?;
                let base = name.split('_').next().unwrap_or(&name);
                let is_named = [name.as_str(), base].iter().any(|own| {
                    self.given.named.contains(*own) || self.heads.contains_key(*own) || self.sheet.knows(own)
                });
                (!is_named && self.sheet.is_numeric(&value)).then_some((name, value))
            })
            .collect()
    }

    fn read_plainly(&self, span: Span, notation: Notation) -> Option<Tree> {
        read_side(self.text, span, notation, &self.sheet.names).ok()
    }

    /// Values in a sentence that says something else too, and lines that do nothing but give values.
    pub(super) fn find_given_values(&mut self, formulas: &[Formula]) {
        let mut at = 0;
        while let Some(first) = formulas.get(at) {
            let line = document::line_span(self.text, first.span.start);
            let number = self.lines.number(first.span.start);
            let count =
                formulas[at..].iter().take_while(|formula| formula.span.start < line.end).count().max(1);
            self.find_in_line(number, line, &formulas[at..at + count]);
            at += count;
        }
    }

    fn find_in_line(&mut self, number: usize, line: Span, formulas: &[Formula]) {
        self.find_point(number, line, formulas);
        let mut all: Vec<(&Formula, Option<Vec<(String, Tree)>>)> = Vec::new();
        for formula in formulas {
            for statement in claim::statements(self.text, formula) {
                all.push((formula, self.assigned(&statement)));
            }
        }
        let words = self.text.get(line.start..line.end).unwrap_or("").trim();
        let opening = words.split(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
        let opens = OPENING.contains(&opening.as_str());
        let is_tuple = all.first().is_some_and(|(_, values)| values.as_ref().is_some_and(|v| v.len() > 1));
        if !all.is_empty()
            && (opens || words.ends_with(':') || is_tuple)
            && all.iter().all(|(formula, values)| values.is_some() && formula.span.end <= line.end)
        {
            let values = all.into_iter().filter_map(|(_, values)| values).flatten().collect();
            self.given.points.push((number, values));
            return;
        }
        if all.len() < 2 {
            return;
        }
        let mut end = line.start;
        let mut goes_on = false;
        for (formula, values) in all {
            let between = self.text.get(end.min(formula.span.start)..formula.span.start).unwrap_or("");
            let between = between.trim_matches(['$', '(', ')', '\\', ' ']);
            let word = between.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
            let joins = matches!(between, "," | "and" | ", and" | "und" | "et" | "") && end > line.start;
            goes_on = PASSING.contains(&word.as_str()) || is_tuple || goes_on && joins;
            end = formula.span.end;
            match values {
                Some(values) if goes_on => {
                    self.given.passing.extend(values.into_iter().map(|(name, value)| (number, name, value)));
                }
                _ => goes_on = false,
            }
        }
    }

    fn find_point(&mut self, number: usize, line: Span, formulas: &[Formula]) {
        let Some(inner) = self.text.get(line.start..line.end).and_then(point_in) else { return };
        let mut at = line.start + inner.start;
        let mut values = Vec::new();
        for part in self.text[at..line.start + inner.end].split(',') {
            let place = trimmed(self.text, Span::new(at, at + part.len()), Notation::Text);
            let Some(value) = self.read_plainly(place, Notation::Text) else { return };
            values.push(value);
            at += part.len() + 1;
        }
        let mut sides = Vec::new();
        for statement in formulas.iter().flat_map(|formula| claim::statements(self.text, formula)) {
            sides.extend(statement.sides.iter().map(|side| (side.span, statement.notation)));
        }
        if !values.is_empty() {
            self.given.tuples.push((number, Point { values, sides }));
        }
    }

    /// The names whose values a point gives: those at the head of the function that is spoken of, or the variables of what is
    /// differentiated, if everybody knows their order.
    fn names_of_point(&self, point: &Point) -> Option<Vec<String>> {
        let mut found: Option<Vec<String>> = None;
        for (span, notation) in &point.sides {
            let tree = read_side(self.text, *span, *notation, &self.sheet.names).ok();
            let tree = tree.or_else(|| self.read_otherwise(*span, *notation));
            let Some(tree) = tree.and_then(|tree| self.with_subscripts(&tree).ok()) else { continue };
            let mut spoken: Vec<String> = Vec::new();
            tree.walk(&mut |part| match &part.kind {
                Kind::Name(name) | Kind::Call { name, .. } => spoken.push(name.clone()),
                _ => {}
            });
            for name in spoken {
                let names = if let Some((parameters, _)) = self.sheet.functions.get(&name) {
                    parameters.clone()
                } else if let Some(definition) = self.sheet.definitions.get(&name) {
                    let mut names = self.sheet.variables_of(&definition.value);
                    names.sort();
                    if !ORDERED.iter().any(|order| names == *order) {
                        return None;
                    }
                    names
                } else {
                    continue;
                };
                if found.as_ref().is_some_and(|found| *found != names) {
                    return None;
                }
                found = Some(names);
            }
        }
        found.filter(|names| names.len() == point.values.len())
    }

    /// Gives the names their values for which a point in this line stands.
    fn enter_point(&mut self, number: usize) {
        self.given.is_unplaced = false;
        let points: Vec<Point> = self
            .given
            .tuples
            .iter()
            .filter(|(line, _)| *line == number)
            .map(|(_, point)| point.clone())
            .collect();
        for point in points {
            match self.names_of_point(&point) {
                Some(names) => {
                    for (name, value) in names.into_iter().zip(point.values) {
                        self.lend(name, value);
                    }
                }
                None => self.given.is_unplaced = true,
            }
        }
    }

    /// Why nothing can be said of a line with a point in it.
    pub(super) fn unplaced(&self) -> Option<String> {
        self.given
            .is_unplaced
            .then(|| "nothing says which variables the point in this line gives values to".to_owned())
    }

    /// Was the value of this name given in the line at which the checker is?
    pub(super) fn is_lent(&self, name: &str) -> bool {
        self.given.lent.iter().any(|(own, _)| own == name)
    }

    /// Values of another line are taken back, those of this one are lent.
    pub(super) fn enter_line(&mut self, number: usize) {
        if number == self.given.here {
            return;
        }
        self.given.here = number;
        for (name, before) in self.given.lent.drain(..).rev() {
            match before {
                Some(value) => self.sheet.values.insert(name, value),
                None => self.sheet.values.remove(&name),
            };
        }
        let passing: Vec<(String, Tree)> = self
            .given
            .passing
            .iter()
            .filter(|(line, ..)| *line == number)
            .map(|(_, name, value)| (name.clone(), value.clone()))
            .collect();
        for (name, value) in passing {
            self.lend(name, value);
        }
        self.enter_point(number);
    }

    fn lend(&mut self, name: String, value: Tree) {
        let before = self.sheet.values.insert(name.clone(), value);
        self.given.lent.push((name, before));
    }

    /// Does the line do nothing but give values? Then they hold from here on.
    pub(in crate::check) fn is_point(&mut self, formula: &Formula) -> bool {
        let number = self.lines.number(formula.span.start);
        let Some(values) =
            self.given.points.iter().find(|(line, _)| *line == number).map(|(_, values)| values.clone())
        else {
            return false;
        };
        for (name, value) in values {
            self.sheet.values.remove(&name);
            self.sheet.names.add_variable(&name);
            self.sheet.point.insert(name, value);
        }
        self.note(formula.span, Outcome::of(Verdict::Given));
        true
    }

    /// "for x = 2": a value in this line. False if it is something else.
    pub(super) fn take_value(&mut self, statement: &Statement) -> bool {
        let Some(values) = self.assigned(statement) else { return false };
        for (name, value) in values {
            self.lend(name, value);
        }
        true
    }
}
