//! The rules for functions: chain rule, definitions, and what the rows of the function table say.

use std::collections::BTreeSet;

use super::laws::Letters;
use super::make::{as_number, derivative, is_zero, map_parts, relation, substitute, zero};
use super::rule::{Applied, Rules, unsupported};
use super::{Phrase, Rule};
use crate::diagnostic::Diagnostic;
use crate::function::{self, Row};
use crate::lower::Named;
use crate::syntax::tree::{Kind, Relation, Tree};
use crate::syntax::{Names, parse, parse_fact};

impl Rules<'_> {
    pub(super) fn call(
        &self,
        body: &Tree,
        name: &str,
        primes: u8,
        arguments: &[Tree],
        variable: &Tree,
        moving: &BTreeSet<String>,
    ) -> Result<Applied, Diagnostic> {
        let care = self.care;
        match self.environment.named(name) {
            Some(Named::Function { parameters, value })
                if primes == 0 && parameters.len() == arguments.len() =>
            {
                let by: Vec<(String, Tree)> =
                    parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
                let opened = substitute(value, &by);
                let letters = parameters.iter().map(Tree::name).collect();
                return Ok(Applied::new(Rule::Definition(name.to_owned()), derivative(opened, variable))
                    .because(vec![Phrase::Formula(relation(
                        Tree::call(name, letters),
                        Relation::Equal,
                        value.clone(),
                    ))]));
            }
            Some(Named::Unknown) => {
                let [argument] = arguments else { return Err(unsupported(body, variable)) };
                let own: Tree = Kind::Call {
                    name: name.to_owned(),
                    primes: primes.saturating_add(1),
                    arguments: arguments.to_vec(),
                }
                .into();
                if argument == variable {
                    return Ok(Applied::new(Rule::Function { name: name.to_owned(), is_chain: false }, own));
                }
                let tree = care.product(vec![own, derivative(argument.clone(), variable)]);
                return Ok(Applied::new(Rule::Function { name: name.to_owned(), is_chain: true }, tree));
            }
            _ => {}
        }
        let Some(row) = function::lookup(name).map(function::row) else {
            return Err(unsupported(body, variable));
        };
        if primes > 0 || !row.is_elementwise() || row.parameters.len() != arguments.len() {
            return Err(unsupported(body, variable));
        }
        let by: Vec<(String, Tree)> =
            row.parameters.iter().map(|p| (*p).to_owned()).zip(arguments.iter().cloned()).collect();
        let mut terms = Vec::new();
        let mut known = Vec::new();
        let mut is_chain = false;
        for (at, (argument, text)) in arguments.iter().zip(row.partials()).enumerate() {
            if !self.depends(argument, moving) {
                continue;
            }
            let Ok(partial) = parse(text, &Names::default()) else { return Err(unsupported(body, variable)) };
            let partial = strip(&partial.tree);
            known.push(derivative_of_row(row, name, at, &partial, self.letters));
            let own = substitute(&partial, &by);
            if argument == variable {
                terms.push(own);
            } else {
                is_chain = true;
                terms.push(care.product(vec![own, derivative(argument.clone(), variable)]));
            }
        }
        let mut applied = Applied::new(Rule::Function { name: name.to_owned(), is_chain }, care.sum(terms));
        applied.because = known;
        for text in row.defined {
            if let Ok(condition) = parse_fact(text, &Names::default()) {
                applied.conditions.push(substitute(&strip(&condition.tree), &by));
            }
        }
        for text in row.differentiable {
            if let Ok(condition) = parse_fact(text, &Names::default()) {
                let condition = substitute(&strip(&condition.tree), &by);
                match inner_kink(&condition) {
                    Some(inner) => {
                        applied.kinks.push(condition);
                        applied.conditions.push(inner);
                    }
                    None => applied.conditions.push(condition),
                }
            }
        }
        applied.conventions.extend(row.convention);
        Ok(applied)
    }
}

/// `sin'(u) = cos(u)`, `d/du √u = 1/(2√u)`; the name is the one that the formula has.
fn derivative_of_row(row: &Row, name: &str, at: usize, partial: &Tree, letters: Letters) -> Phrase {
    let letters: Vec<(String, Tree)> = row
        .parameters
        .iter()
        .zip(letters.0)
        .map(|(p, letter)| ((*p).to_owned(), Tree::name(letter)))
        .collect();
    let of: Vec<Tree> = letters.iter().map(|(_, letter)| letter.clone()).collect();
    // |u| and √u have no name that a prime could follow
    let has_name = !function::lookup(row.name)
        .is_some_and(|id| [function::ABS, function::SQRT, function::CBRT].contains(&id));
    let left = match (of.as_slice(), of.get(at)) {
        ([_], _) if has_name => Kind::Call { name: name.to_owned(), primes: 1, arguments: of }.into(),
        (all, Some(by)) => derivative(Tree::call(name, all.to_vec()), by),
        (all, None) => Tree::call(name, all.to_vec()),
    };
    Phrase::Formula(relation(left, Relation::Equal, substitute(partial, &letters)))
}

/// The tree without places: what the table says stands nowhere in the author's text.
fn strip(tree: &Tree) -> Tree {
    let mut bare = map_parts(tree, &mut strip);
    bare.span = crate::span::Span::default();
    bare
}

/// The condition at the kink of a function that is zero on a whole half-line, for one that asks it not to be zero: where
/// relu(x) is zero around x, what is made of it is constant there, and only x = 0 is left.
fn inner_kink(condition: &Tree) -> Option<Tree> {
    let Kind::Relation(Relation::NotEqual, left, right) = &condition.kind else { return None };
    if !is_zero(right) {
        return None;
    }
    let inner = match &left.kind {
        Kind::Product(factors) => {
            let mut others = factors.iter().filter(|factor| as_number(factor).is_none());
            let one = others.next()?;
            others.next().is_none().then_some(one)?
        }
        _ => &**left,
    };
    let Kind::Call { name, primes: 0, arguments } = &inner.kind else { return None };
    let [argument] = arguments.as_slice() else { return None };
    (function::lookup(name) == Some(function::RELU))
        .then(|| relation(argument.clone(), Relation::NotEqual, zero()))
}
