//! Names that depend on another one because their derivative is written: in `x² + y² = 25`, `2x + 2y dy/dx = 0`, y depends on x.
//! Their derivatives are names of their own, and a derivative written with d is the total one. One written with ∂ is not.
//!
//! This file knows how derivatives are written; it decides nothing.

use std::collections::BTreeSet;

use super::lines::{Checker, Outcome};
use super::naming::OWN;
use super::subscripts::undotted;
use crate::check::document::claim;
use crate::check::document::{Formula, Notation};
use crate::check::rewrite::{map_parts, mentions, names_of};
use crate::check::side::{lone_name, read_side};
use crate::span::Span;
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// What a dot over a letter is a derivative by.
const TIME: &str = "t";

/// A name that depends on another one, which nothing says how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check) struct Rate {
    /// What depends.
    pub name: String,
    /// On what.
    pub by: String,
}

impl Rate {
    /// The name that its derivative has.
    pub fn first(&self) -> String {
        format!("{}_d", self.name)
    }

    /// The name that its second derivative has.
    pub fn second(&self) -> String {
        format!("{}_dd", self.name)
    }

    /// A text with these names as people write them.
    pub fn shown(&self, text: &str) -> String {
        let (name, by) = (&self.name, &self.by);
        text.replace(&self.second(), &format!("d²{name}/d{by}²"))
            .replace(&self.first(), &format!("d{name}/d{by}"))
    }
}

fn by_one(body: Tree, variable: &str) -> Tree {
    let operator = DerivativeOperator::Derivative;
    Kind::Derivative { operator, body: Box::new(body), variables: vec![Tree::name(variable)] }.into()
}

/// The total derivative: by the variable, and by every name that depends on it.
pub(in crate::check) fn total(rates: &[Rate], tree: &Tree, by: &str, depends: &dyn Fn(&str) -> bool) -> Tree {
    let mut terms = vec![by_one(tree.clone(), by)];
    for rate in rates.iter().filter(|rate| rate.by == by) {
        for (name, slope) in [(rate.name.clone(), rate.first()), (rate.first(), rate.second())] {
            if depends(&name) {
                terms.push(Kind::Product(vec![by_one(tree.clone(), &name), Tree::name(slope)]).into());
            }
        }
    }
    if terms.len() == 1 { terms.remove(0) } else { Kind::Sum(terms).into() }
}

/// A differential: `dx` of x.
fn of_differential(name: &str) -> Option<&str> {
    name.strip_prefix('d').filter(|rest| !rest.is_empty())
}

impl Checker<'_> {
    /// What `dy` is of a y that the document defines, in terms of the differentials that the other side speaks of:
    /// `dy = y_u du + y_v dv`. `None` if it is no differential.
    pub(super) fn total_differential(&self, name: &str, value: &Tree) -> Option<Tree> {
        let of = of_differential(name).filter(|of| self.sheet.definitions.contains_key(*of))?;
        if self.sheet.knows(name) || self.sheet.rank(of) > 0 {
            return None;
        }
        let depends_on: Vec<String> = names_of(value)
            .iter()
            .filter(|own| !self.sheet.knows(own))
            .filter_map(|own| of_differential(own))
            .filter(|by| self.sheet.depends_on(of, by))
            .map(str::to_owned)
            .collect();
        if depends_on.is_empty() {
            return None;
        }
        let mut terms: Vec<Tree> = depends_on
            .iter()
            .map(|by| Kind::Product(vec![by_one(Tree::name(of), by), Tree::name(format!("d{by}"))]).into())
            .collect();
        Some(if terms.len() == 1 { terms.remove(0) } else { Kind::Sum(terms).into() })
    }

    /// Finds the names that depend on others: a derivative of theirs is written, they stand somewhere by themselves, and nothing
    /// says what they are.
    pub(super) fn find_rates(&mut self, formulas: &[Formula]) {
        let mut written: Vec<(String, Option<String>)> = Vec::new();
        let mut standing: BTreeSet<String> = BTreeSet::new();
        let mut dotted: BTreeSet<String> = BTreeSet::new();
        let mut defined: BTreeSet<String> = BTreeSet::new();
        let mut values: Vec<(String, Vec<String>)> = Vec::new();
        // Letters of constants may be names of the document.
        let mut named: BTreeSet<String> = BTreeSet::new();
        for formula in formulas {
            for statement in claim::statements(self.text, formula) {
                let sides: Vec<Tree> = statement
                    .sides
                    .iter()
                    .filter_map(|side| self.read_apart(side.span, statement.notation).ok())
                    .collect();
                named.extend(sides.first().and_then(lone_name));
                if let [first, second, ..] = sides.as_slice()
                    && let Some(name) = lone_name(first)
                    && (!self.sheet.is_numeric(second)
                        || names_of(second).iter().any(|own| named.contains(own)))
                    && !written.iter().any(|(known, _)| *known == name)
                {
                    // After its derivative was written, y = … is what an equation leads to.
                    values.push((name.clone(), names_of(second)));
                    self.given.named.insert(name.clone());
                    defined.insert(name);
                }
                for tree in &sides {
                    differentiated(tree, &mut written);
                    dotted.extend(names_of(tree).into_iter().filter(|name| undotted(name).is_some()));
                    if lone_name(tree).is_none() {
                        stand(tree, &mut standing);
                    }
                }
            }
        }
        if written.iter().any(|(_, by)| by.as_deref() == Some(TIME)) || self.text.contains("{dt}") {
            // Who writes ẋ beside derivatives by t means that by t.
            let bases: BTreeSet<String> =
                dotted.iter().filter_map(|name| undotted(name)).map(|(base, _)| base).collect();
            for base in bases {
                standing.insert(base.clone());
                written.push((base, Some(TIME.to_owned())));
            }
        }
        // A prime says nothing of the variable: it is that of the other derivatives, or the usual one.
        let said: Vec<(String, String)> =
            written.iter().filter_map(|(name, by)| Some((name.clone(), by.clone()?))).collect();
        let usual = ["x", "t"].into_iter().find(|name| standing.contains(*name)).map(str::to_owned);
        for (name, by) in written {
            let by = by.or_else(|| {
                let own = said.iter().find(|(known, _)| *known == name).map(|(_, by)| by.clone());
                // Where other derivatives are written with d, a prime may be a transpose; so it may on a capital.
                let is_plain = said.is_empty() && name.starts_with(char::is_lowercase);
                own.or_else(|| usual.clone().filter(|_| is_plain))
            });
            let Some(by) = by else { continue };
            let is_open = !self.sheet.knows(&name)
                && !self.heads.contains_key(&name)
                && !defined.contains(&name)
                && standing.contains(&name)
                && name != by;
            if is_open && !self.rates.iter().any(|rate| rate.name == name && rate.by == by) {
                self.rates.push(Rate { name, by });
            }
        }
        // dV/dt of a V without t, and no other derivative by t: everything in it depends on t.
        for (name, by) in said {
            // ∂L/∂p_i is by an entry of a vector.
            if standing.contains(&by) || by.contains('_') || self.rates.iter().any(|rate| rate.by == by) {
                continue;
            }
            for (_, names) in values.iter().filter(|(known, _)| *known == name) {
                for own in names.iter().filter(|own| {
                    !defined.contains(*own)
                        && !self.sheet.knows(own)
                        && !matches!(own.as_str(), "pi" | "π" | "e")
                }) {
                    self.rates.push(Rate { name: own.clone(), by: by.clone() });
                }
            }
        }
        // What depends on several others has partial derivatives, which these names cannot tell apart.
        let all = self.rates.clone();
        self.rates.retain(|rate| all.iter().filter(|other| other.name == rate.name).count() == 1);
    }

    fn read_apart(&self, span: Span, notation: Notation) -> Result<Tree, crate::diagnostic::Diagnostic> {
        let own = self.text.get(span.start..span.end).unwrap_or("");
        if notation == Notation::Text
            && let Some(operators) = self.in_operators(own)?
        {
            return read_side(&operators, Span::new(0, operators.len()), notation, &self.sheet.names);
        }
        let read = read_side(self.text, span, notation, &self.sheet.names);
        match (read, notation) {
            (Err(error), Notation::Latex) => self.read_primes(span).ok_or(error),
            (read, _) => read,
        }
    }

    /// Derivatives of names that depend on others by their names, and derivatives written with d as total ones. The text is
    /// that into which the spans of the tree point.
    pub(super) fn with_rates(&self, tree: &Tree, text: &str) -> Tree {
        if self.rates.is_empty() {
            return tree.clone();
        }
        let find = |name: &str, by: &str| {
            self.rates.iter().find(|rate| rate.name == name && rate.by == by && !self.sheet.knows(name))
        };
        match &tree.kind {
            Kind::Name(name) if !self.sheet.knows(name) => {
                if let Some((base, dots)) = undotted(name)
                    && let Some(rate) = find(&base, TIME)
                {
                    let name = if dots == 1 { rate.first() } else { rate.second() };
                    return Tree::new(Kind::Name(name), tree.span);
                }
            }
            Kind::Quotient(above, below) => {
                if let (Some(above), Some(below)) = (lone_name(above), lone_name(below))
                    && let (Some(y), Some(x)) = (above.strip_prefix('d'), below.strip_prefix('d'))
                {
                    if let Some(rate) = find(y, x) {
                        return Tree::new(Kind::Name(rate.first()), tree.span);
                    }
                    if self.sheet.knows(y) && self.rates.iter().any(|rate| rate.by == x) {
                        return self.total_of(&Tree::name(y), x, 1);
                    }
                }
            }
            Kind::Derivative { operator: DerivativeOperator::Derivative, body, variables } => {
                let first = variables.first().and_then(lone_name);
                if let Some(by) =
                    first.filter(|by| variables.iter().all(|v| lone_name(v).as_deref() == Some(by)))
                    && self.rates.iter().any(|rate| rate.by == by)
                {
                    if let Kind::Name(name) = &body.kind
                        && let Some(rate) = find(name, &by)
                        && variables.len() <= 2
                    {
                        let name = if variables.len() == 1 { rate.first() } else { rate.second() };
                        return Tree::new(Kind::Name(name), tree.span);
                    }
                    let own = text.get(tree.span.start..tree.span.end).unwrap_or("");
                    if is_total(own) {
                        let body = self.with_rates(body, text);
                        let made = self.total_of(&body, &by, variables.len());
                        return Tree::new(made.kind, tree.span);
                    }
                }
            }
            _ => {}
        }
        map_parts(tree, &mut |part| self.with_rates(part, text))
    }

    fn total_of(&self, body: &Tree, by: &str, times: usize) -> Tree {
        let mut made = body.clone();
        for _ in 0..times {
            let variables = self.sheet.variables_of(&made);
            let inner = made.clone();
            made = total(&self.rates, &made, by, &|name| {
                !self.sheet.knows(name) && (variables.iter().any(|own| own == name) || mentions(&inner, name))
            });
        }
        made
    }

    /// Is it a name that depends on another, or the name of its derivative?
    pub(in crate::check) fn is_rated(&self, name: &str) -> bool {
        self.rates.iter().any(|rate| rate.name == name || rate.first() == name || rate.second() == name)
    }

    /// An outcome with the names of derivatives as people write them.
    pub(super) fn with_rates_shown(&self, mut outcome: Outcome) -> Outcome {
        if self.rates.is_empty() && self.own_constants.is_empty() {
            return outcome;
        }
        let shown =
            |text: &str| self.rates.iter().fold(text.replace(OWN, ""), |text, rate| rate.shown(&text));
        if let Some(witness) = &mut outcome.witness {
            for (name, _) in &mut witness.at {
                *name = shown(name);
            }
        }
        outcome.expected = outcome.expected.map(|(text, unicode)| (shown(&text), shown(&unicode)));
        outcome.conditions = outcome.conditions.iter().map(|text| shown(text)).collect();
        outcome.needs = outcome.needs.iter().map(|text| shown(text)).collect();
        if let Some(message) = &mut outcome.message {
            message.message = shown(&message.message);
        }
        outcome
    }
}

/// Is a derivative written with d, or with a prime? Those with ∂ and with subscripts hold the other names fixed.
fn is_total(own: &str) -> bool {
    let text = own.trim_start_matches(['(', ' ', '{']);
    let text =
        ["\\frac", "\\dfrac", "\\tfrac"].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let text = text.trim_start_matches(['{', ' ']);
    let text = ["\\mathrm", "\\operatorname"].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    text.trim_start_matches(['{', ' ']).starts_with('d') || own.trim_end().ends_with(['\'', '′'])
}

/// Names whose derivatives are written, and by what: `dy/dx`, `y′`.
fn differentiated(tree: &Tree, found: &mut Vec<(String, Option<String>)>) {
    tree.walk(&mut |part| match &part.kind {
        Kind::Quotient(above, below) => {
            let above = match &above.kind {
                Kind::Product(factors) => factors.last().and_then(lone_name),
                _ => lone_name(above),
            };
            if let (Some(above), Some(below)) = (above, lone_name(below))
                && let (Some(y), Some(x)) = (above.strip_prefix('d'), below.strip_prefix('d'))
                && !y.is_empty()
                && !x.is_empty()
            {
                found.push((y.to_owned(), Some(x.to_owned())));
            }
        }
        Kind::Derivative { body, variables, .. } => {
            if let (Some(y), Some(x)) = (lone_name(body), variables.first().and_then(lone_name)) {
                found.push((y, Some(x)));
            }
        }
        Kind::Transpose(inner) => {
            if let Some(y) = lone_name(inner) {
                found.push((y, None));
            }
        }
        Kind::Name(name) if name.ends_with('\'') => {
            found.push((name.trim_end_matches('\'').to_owned(), None));
        }
        _ => {}
    });
}

/// Names that stand for themselves somewhere: not as what is differentiated.
fn stand(tree: &Tree, found: &mut BTreeSet<String>) {
    match &tree.kind {
        Kind::Name(name) => {
            found.insert(name.clone());
        }
        Kind::Transpose(inner) if lone_name(inner).is_some() => {}
        Kind::Derivative { body, .. } if lone_name(body).is_some() => {}
        _ => tree.each_part(&mut |part| stand(part, found)),
    }
}
