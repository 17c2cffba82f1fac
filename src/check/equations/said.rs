//! Lines that say what solves the equations before them, `x = 1`, `x ∈ {1, 3}`: each value is judged, and stands for its name from
//! there on.

use super::claims::Found;
use super::{Equation, failed, free_sheet, nearest, solutions};
use crate::check::Verdict;
use crate::check::checker::lines::{Chain, Checker, Outcome, Read, Standing};
use crate::check::decide::number::Written;
use crate::check::document::Role;
use crate::check::document::claim::{Link, Side, Statement};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::syntax::tree::Tree;

impl Checker<'_> {
    /// `x = c` after an equation in x: judged by putting it in. True if there is nothing left to do.
    pub(in crate::check) fn solution(&mut self, sides: &[Side], statement: &Statement) -> bool {
        if matches!(statement.role, Role::Definition | Role::Condition | Role::Demand) {
            return false;
        }
        self.equations();
        let (Some(first), Some(second)) = (sides.first(), sides.get(1)) else { return false };
        if self.solving.equations.is_empty() {
            return false;
        }
        let Some(name) = self.unknown_named(first.span, statement.notation) else { return false };
        let Some(values) = self.values_written(second.span, statement.notation) else { return false };
        let Some(outcome) = self.judge_solutions(&name, &values, second) else { return false };
        let verdict = outcome.verdict;
        let is_sound = matches!(verdict, Verdict::Right | Verdict::RightIf | Verdict::Rounding);
        self.note(second.span, outcome);
        self.solving.last = Some((second.span.end, true));
        self.chain = None;
        if let [value] = values.as_slice() {
            let is_number = self.sheet.is_numeric(value);
            let is_rated = self.rates.iter().any(|rate| rate.name == name);
            let several = self
                .solving
                .equations
                .iter()
                .any(|e| Some(e.group) != self.solving.equations.first().map(|e| e.group));
            if is_number || !is_rated && !several && !self.leads_back(value, &name) && is_sound {
                self.define(name.clone(), Vec::new(), value.clone(), false, first.span.start);
                if !is_number {
                    self.solving.defined.push(name);
                }
            } else {
                self.remember(&Tree::name(name), value, second.span, 0);
                if let Some(equation) = self.solving.equations.last_mut() {
                    equation.is_open = verdict == Verdict::Undecided;
                    equation.is_broken = !is_sound && !equation.is_open;
                }
            }
            let standing = match verdict {
                Verdict::Undecided => Standing::Unknown,
                _ if is_sound => Standing::Sound,
                _ => Standing::Broken,
            };
            self.chain = Some(Chain {
                head: Some(value.clone()),
                before: Some(Read { tree: value.clone() }),
                standing,
                length: 1,
                start: first.span.start,
                is_equation: true,
                under: Vec::new(),
            });
            for side in sides.iter().skip(2) {
                if side.span.start < side.span.end {
                    let outcome = self.link(side, statement.notation, None);
                    self.note(side.span, outcome);
                }
            }
        }
        true
    }

    /// `x ∈ {1, 3}`.
    pub(in crate::check) fn solution_set(&mut self, statement: &Statement) {
        self.equations();
        if self.solving.equations.is_empty() || statement.role != Role::Claim {
            return;
        }
        let Some((name, values)) = self.set_written(statement) else { return };
        let side = Side { link: Link::Equal, span: statement.span };
        if let Some(outcome) = self.judge_solutions(&name, &values, &side) {
            self.note(statement.span, outcome);
            self.solving.last = Some((statement.span.end, true));
        }
    }

    fn judge_solutions(&mut self, name: &str, values: &[Tree], side: &Side) -> Option<Outcome> {
        let free = free_sheet(&self.sheet);
        let is_drawn = self.is_drawn(side.span.start);
        let equations: Vec<Equation> = self.solving.equations.clone();
        let is_apart = self.solving.last.is_some_and(|(end, solved)| {
            solved
                && self
                    .text
                    .get(end..side.span.start)
                    .is_none_or(|between| between.matches('\n').count() >= 2)
        });
        let mut worst: Option<Outcome> = None;
        let whole = Written { tree: values.first()?, text: self.text, span: side.span };
        for value in values {
            let written = Written { tree: value, ..whole };
            let of = |equations: &[Equation]| {
                solutions::solves(&free, equations, &self.rates, name, written, is_drawn)
            };
            let of = |equations: &[Equation]| of(equations).unwrap_or(Found::Free);
            let found = nearest(&of, &equations);
            let outcome = match found {
                Found::Follows { remark, conditions, is_broken, .. } => {
                    let verdict = if is_broken { Verdict::Follows } else { Verdict::Right };
                    let message = remark.map(|words| Diagnostic::new(Cause::Unsupported, words));
                    Outcome { conditions, message, ..Outcome::of(verdict) }
                }
                // A value for something else.
                Found::Fails { .. } | Found::Open(_) if is_apart && !is_drawn => return None,
                Found::Fails { is_broken: true, .. } => {
                    Outcome::undecided("it does not follow from the line before, which is wrong")
                }
                Found::Fails { words, witness, expected, .. } => failed(words, witness, expected),
                Found::Free => return None,
                Found::Rounded { expected } => {
                    Outcome { expected: Some((expected.clone(), expected)), ..Outcome::of(Verdict::Rounding) }
                }
                Found::Open(why) => Outcome::undecided(why),
            };
            if worst.as_ref().is_none_or(|known| outcome.verdict > known.verdict) {
                worst = Some(outcome);
            }
        }
        worst
    }
}
