//! Equations that are said to hold, rather than set to hold at some places: what is said later may rest on them.

use super::claims::{self, Found};
use super::{Equation, free_sheet, shares};
use crate::check::Verdict;
use crate::check::checker::doubt::is_about_derivatives;
use crate::check::checker::lines::{Chain, Checker, Outcome, Standing};
use crate::check::document::claim::Side;
use crate::check::rewrite::has_derivative;
use crate::check::side::lone_name;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::print;
use crate::span::Span;
use crate::syntax::parse_fact;
use crate::syntax::tree::{Kind, Relation, Tree};

impl Checker<'_> {
    /// `given x + y = 1`: an equation between numbers that holds in the whole document. False if it is something else.
    pub(in crate::check) fn take_constraint(&mut self, text: &str, span: Span) -> bool {
        let Ok(fact) = parse_fact(text, &self.sheet.names) else { return false };
        let Kind::Relation(Relation::Equal, left, right) = &fact.tree.kind else { return false };
        let names = self.sheet.variables_of(&fact.tree);
        let is_of_numbers = !names.is_empty() && names.iter().all(|name| self.sheet.rank(name) == 0);
        if !is_of_numbers || has_derivative(&fact.tree) {
            return false;
        }
        self.take_equation(left, left, right, span, Standing::Sound);
        if let Some(equation) = self.solving.equations.pop() {
            self.solving.lasting.push(Equation { is_constraint: true, ..equation });
        }
        self.solving.last = None;
        true
    }

    /// Does a refuted claim hold because of equations that were said to hold? If it does not, the point at which it fails must
    /// be one of theirs.
    pub(super) fn by_constraints(
        &mut self,
        chain: &Chain,
        tree: &Tree,
        refuted: &Outcome,
    ) -> Option<Outcome> {
        let head = chain.head.clone()?;
        let free = free_sheet(&self.sheet);
        let differentiates = is_about_derivatives(&head) || is_about_derivatives(tree);
        // x = cos θ behind 0 = 4 sin θ − 2 cos θ is said of the places where that holds.
        let told = lone_name(&head).and_then(|name| self.meanings.get(&name)).map(|meaning| meaning.line);
        let is_here = self.solving.section == self.section;
        let holds = |equation: &&Equation| {
            equation.is_constraint || is_here && told.is_some_and(|line| line >= equation.line)
        };
        let mut all: Vec<Equation> = self.equations().iter().filter(holds).cloned().collect();
        all.splice(0..0, self.solving.lasting.iter().cloned());
        let latest = all.last()?;
        let follows =
            |equations: &[Equation]| claims::follows(&free, equations, &self.rates, &head, tree, false);
        if !differentiates && let Found::Follows { conditions, is_broken: false, .. } = follows(&all) {
            let words = format!("right by line {}", latest.line);
            let message = Some(Diagnostic::new(Cause::Unsupported, words));
            return Some(Outcome { conditions, message, ..Outcome::of(Verdict::Right) });
        }
        let mut names = free.variables_of(&head);
        names.extend(free.variables_of(tree));
        let is_about = |equation: &&Equation| equation.is_constraint && shares(&free, equation, &names);
        let concerned: Vec<&Equation> = all.iter().filter(is_about).collect();
        let (last, others) = concerned.split_last()?;
        if differentiates {
            let words = format!("line {} ties its names together: what is held fixed?", last.line);
            return Some(Outcome::undecided(words));
        }
        if others.is_empty() {
            // It must fail wherever the equation holds, whichever name is solved for: y′ = −x/y is x/√(25 − x²) on one of the
            // two branches of a circle.
            let along =
                |name: &String| follows(&[Equation { unknown: Some(name.clone()), ..(*last).clone() }]);
            let found: Vec<Found> = names.iter().map(along).collect();
            let is_open = found.iter().any(|found| matches!(found, Found::Open(_) | Found::Follows { .. }));
            let witness = found.into_iter().find_map(|found| match found {
                Found::Fails { witness, .. } => witness,
                _ => None,
            });
            if let Some(witness) = witness.filter(|_| !is_open) {
                let shown = print::text(&head);
                let expected = refuted.expected.clone().filter(|(text, _)| *text != shown);
                return Some(Outcome { witness: Some(witness), expected, ..refuted.clone() });
            }
        }
        Some(Outcome::undecided(format!("it was not found to follow from line {}", last.line)))
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
        let equation = self.solving.equations.last_mut()?;
        equation.is_constraint = true;
        let constraint = [equation.clone()];
        if let Found::Follows { conditions, is_broken: false, .. } =
            claims::follows(&free, &constraint, &self.rates, &left, tree, false)
        {
            let needed = Kind::Relation(Relation::Equal, Box::new(tree.clone()), Box::new(number)).into();
            let needs = vec![print::text(&needed)];
            return Some(Outcome { needs, conditions, ..Outcome::of(Verdict::RightIf) });
        }
        self.solving.equations.truncate(known);
        None
    }
}
