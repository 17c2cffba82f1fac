//! What follows from lines that are wrong: who goes on rightly from a slip makes no second one.

use super::lines::{Checker, Outcome, Standing};
use crate::check::Verdict;
use crate::check::decide::{Question, decide, plain, simplest};
use crate::check::rewrite::{map_parts, substitute};
use crate::check::side::lone_name;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// So many wrong chains are looked back at.
const MOST_BROKEN: usize = 8;

impl Checker<'_> {
    /// What a wrong line of another chain leads to.
    pub(super) fn follows_from_another(&self, head: &Tree, tree: &Tree) -> Option<Outcome> {
        let broken = self.seen.iter().rev().filter(|(_, chain)| chain.standing == Standing::Broken);
        let (_, chain) = broken.take(MOST_BROKEN).find(|(known, chain)| {
            chain.before.as_ref().is_some_and(|last| {
                let last = &last.tree;
                self.follows_from_derivative(known, last, head, tree)
                    || self.follows_from_meaning(known, last, head, tree)
                    || self.follows_from_part(known, last, head, tree)
            })
        })?;
        let of_chain = self.report.lines.iter().filter(|line| line.span.start >= chain.start);
        let mut broken = of_chain.filter(|line| line.verdict.is_error() || line.verdict == Verdict::Follows);
        let first = broken.next()?;
        let why = if first.verdict.is_error() { "is wrong" } else { "rests on a wrong one" };
        let words = format!("follows from line {}, which {why}", first.number);
        let message = Some(Diagnostic::new(Cause::Unsupported, words));
        Some(Outcome { message, ..Outcome::of(Verdict::Follows) })
    }

    /// f″(x) and f′(2) of an f′ that is wrong.
    fn follows_from_derivative(&self, known: &Tree, last: &Tree, head: &Tree, tree: &Tree) -> bool {
        let (Some((own, place, lower)), Some((name, at, order))) =
            (derivative_of(known), derivative_of(head))
        else {
            return false;
        };
        let Some(variable) = place.as_ref().and_then(lone_name) else { return false };
        if own != name || lower > order || lower == 0 {
            return false;
        }
        let mut consequence = last.clone();
        if order > lower {
            let variables = vec![Tree::name(variable.clone()); order - lower];
            let operator = DerivativeOperator::Derivative;
            consequence = Kind::Derivative { operator, body: Box::new(consequence), variables }.into();
        }
        if let Some(value) = at.as_ref().filter(|at| lone_name(at).as_ref() != Some(&variable)) {
            let Some(simple) = simplest(&self.sheet, &consequence) else { return false };
            consequence = substitute(&simple, &|name| (*name == variable).then(|| value.clone()));
        }
        decide(&self.sheet, &consequence, tree, &Question::default()).is_proved()
    }

    /// f′(x) = 2x after f(x) = (x + 1)² = x² + 1: what follows if the name stands for what it was wrongly said to be.
    fn follows_from_meaning(&self, known: &Tree, last: &Tree, head: &Tree, tree: &Tree) -> bool {
        let mut sheet = self.sheet.clone();
        match &known.kind {
            Kind::Name(name) if self.leads_back(head, name) && !self.leads_back(last, name) => {
                let Some(definition) = sheet.definitions.get_mut(name) else { return false };
                definition.value = last.clone();
            }
            Kind::Call { name, primes: 0, arguments }
                if self.leads_back(head, name) && !self.leads_back(last, name) =>
            {
                let Some((parameters, body)) = sheet.functions.get_mut(name) else { return false };
                let own: Option<Vec<String>> = arguments.iter().map(lone_name).collect();
                if own.as_ref() != Some(parameters) {
                    return false;
                }
                *body = last.clone();
            }
            _ => return false,
        }
        decide(&sheet, head, tree, &Question::default()).is_proved()
    }

    /// y′ = u′v + uv′ with a v′ that is wrong: the part stands for a function of its own, whose slope is then put in.
    fn follows_from_part(&self, known: &Tree, last: &Tree, head: &Tree, tree: &Tree) -> bool {
        let Some((name, Some(at), 1)) = derivative_of(known) else { return false };
        let Some(variable) = lone_name(&at) else { return false };
        if !self.leads_back(head, &name) || derivative_of(head).is_some_and(|(own, ..)| own == name) {
            return false;
        }
        let hole = format!("{name}_part");
        let call = Tree::call(&hole, vec![Tree::name(&variable)]);
        let mut sheet = self.sheet.clone();
        let value = if let Some(definition) = sheet.definitions.get_mut(&name) {
            std::mem::replace(&mut definition.value, call)
        } else {
            match sheet.functions.get_mut(&name) {
                Some((parameters, body)) if *parameters == [variable.clone()] => {
                    std::mem::replace(body, call)
                }
                _ => return false,
            }
        };
        sheet.names.add_function(&hole, Some(1));
        sheet.unknown.push(hole.clone());
        let Some(general) = plain(&sheet, head) else { return false };
        let consequence = filled(&general, &hole, &variable, [&value, last]);
        consequence.is_some_and(|consequence| {
            decide(&self.sheet, &consequence, tree, &Question::default()).is_proved()
        })
    }
}

/// What is differentiated, where it is taken, and how often: f″(2) is f at 2, twice.
fn derivative_of(tree: &Tree) -> Option<(String, Option<Tree>, usize)> {
    match &tree.kind {
        Kind::Call { name, primes, arguments } => match arguments.as_slice() {
            [at] => Some((name.clone(), Some(at.clone()), usize::from(*primes))),
            _ => None,
        },
        Kind::Derivative { body, variables, .. } => {
            let first = variables.first()?;
            if variables.iter().any(|variable| variable != first) {
                return None;
            }
            match &body.kind {
                Kind::Derivative { .. } => {
                    let (name, at, order) = derivative_of(body)?;
                    Some((name, at, order + variables.len()))
                }
                Kind::Call { name, primes, .. } => {
                    Some((name.clone(), Some(first.clone()), usize::from(*primes) + variables.len()))
                }
                Kind::Name(name) => Some((name.clone(), Some(first.clone()), variables.len())),
                _ => None,
            }
        }
        Kind::Quotient(above, below) => {
            let (y, x) = (lone_name(above)?, lone_name(below)?);
            Some((y.strip_prefix('d')?.to_owned(), Some(Tree::name(x.strip_prefix('d')?)), 1))
        }
        _ => None,
    }
}

/// A formula with a function and its slope filled in; `None` if there is a higher derivative of it.
fn filled(tree: &Tree, hole: &str, variable: &str, values: [&Tree; 2]) -> Option<Tree> {
    if let Kind::Call { name, primes, arguments } = &tree.kind
        && name == hole
    {
        let [at] = arguments.as_slice() else { return None };
        let at = filled(at, hole, variable, values)?;
        let value = values.get(usize::from(*primes))?;
        return Some(substitute(value, &|name| (name == variable).then(|| at.clone())));
    }
    let mut is_whole = true;
    let made = map_parts(tree, &mut |part| {
        filled(part, hole, variable, values).unwrap_or_else(|| {
            is_whole = false;
            part.clone()
        })
    });
    is_whole.then_some(made)
}
