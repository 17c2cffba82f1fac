//! Equations that are said to hold, rather than set to hold at some places: what is said later may rest on them.

use super::claims::{self, Found};
use super::{Equation, free_sheet};
use crate::check::Verdict;
use crate::check::checker::lines::{Chain, Checker, Outcome};
use crate::check::document::claim::Side;
use crate::check::rewrite::has_derivative;
use crate::check::side::lone_name;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::print;
use crate::syntax::tree::{Kind, Relation, Tree};

impl Checker<'_> {
    /// Does a claim about a name that the document defines hold because of an equation that was said to hold?
    pub(super) fn by_constraints(&mut self, chain: &Chain, tree: &Tree) -> Option<Outcome> {
        let head = chain.head.clone()?;
        let free = free_sheet(&self.sheet);
        if has_derivative(&head) || has_derivative(tree) {
            return None;
        }
        // x = cos θ behind 0 = 4 sin θ − 2 cos θ is said of the places where that holds.
        let told = lone_name(&head).and_then(|name| self.meanings.get(&name)).map(|meaning| meaning.line);
        let is_here = self.solving.section == self.section;
        let holds = |equation: &&Equation| {
            equation.is_constraint || is_here && told.is_some_and(|line| line >= equation.line)
        };
        let constraints: Vec<Equation> = self.equations().iter().filter(holds).cloned().collect();
        let latest = constraints.last()?;
        let words = format!("right by line {}", latest.line);
        match claims::follows(&free, &constraints, &self.rates, &head, tree, false) {
            Found::Follows { conditions, is_broken: false, .. } => {
                let message = Some(Diagnostic::new(Cause::Unsupported, words));
                Some(Outcome { conditions, message, ..Outcome::of(Verdict::Right) })
            }
            _ => None,
        }
    }

    /// p (p + q) + q (p + q) = p + q = 1 uses on the way what it says at its end: does the link hold if the number behind it is
    /// what it is equal to?
    pub(super) fn by_its_own_number(&mut self, chain: &Chain, tree: &Tree, side: &Side) -> Option<Outcome> {
        let head = chain.head.clone()?;
        let left = chain.before.as_ref().map_or(&head, |before| &before.tree).clone();
        let from = self.ahead.partition_point(|ahead| ahead.start <= side.span.start);
        let numbers = &self.ahead[..from].last()?.numbers;
        let (_, number) = numbers.iter().find(|(start, _)| *start == side.span.start)?.clone();
        let free = free_sheet(&self.sheet);
        let several = free.variables_of(tree).len() > 1;
        if !several || [&head, &left, tree].into_iter().any(has_derivative) {
            return None;
        }
        let known = self.equations().len();
        self.take_equation(tree, tree, &number, side.span, chain.standing);
        let Some(equation) = self.solving.equations.last_mut() else { return None };
        equation.is_constraint = true;
        let constraint = [equation.clone()];
        match claims::follows(&free, &constraint, &self.rates, &left, tree, false) {
            Found::Follows { conditions, is_broken: false, .. } => {
                let needed = Kind::Relation(Relation::Equal, Box::new(tree.clone()), Box::new(number)).into();
                let needs = vec![print::text(&needed)];
                Some(Outcome { conditions, needs, ..Outcome::of(Verdict::RightIf) })
            }
            _ => {
                self.solving.equations.truncate(known);
                None
            }
        }
    }
}
