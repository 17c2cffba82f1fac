//! Points that lie outside what a sentence speaks of: for |x| > 1 a line is not refuted at x = 1/2.

use super::lines::{Checker, Outcome};
use crate::check::Verdict;
use crate::check::decide::{Decision, Question, Witness, decide, value_of};
use crate::syntax::tree::{Kind, Relation, Tree};

impl Checker<'_> {
    /// An outcome, unless the point that speaks against the line is one of which the line says nothing: then one is looked for
    /// of which it does.
    pub(super) fn unless_outside(&self, head: Option<&Tree>, tree: &Tree, outcome: Outcome) -> Outcome {
        let is_outside = |witness: &Witness| {
            self.said_where.iter().any(|condition| self.holds_at(condition, witness) == Some(false))
        };
        if outcome.verdict != Verdict::Wrong || !outcome.witness.as_ref().is_some_and(is_outside) {
            return outcome;
        }
        let question = Question { hypotheses: self.stated.clone(), ..Question::default() };
        match head.map(|head| decide(&self.sheet, head, tree, &question)) {
            Some(Decision::Refuted(witness)) if !is_outside(&witness) => {
                Outcome { witness: Some(witness), ..outcome }
            }
            _ => Outcome::undecided("a difference was found only at points of which this says nothing"),
        }
    }

    /// Does a condition hold at a point? `None` if it cannot be told.
    fn holds_at(&self, condition: &Tree, witness: &Witness) -> Option<bool> {
        let (relation, left, right) = match &condition.kind {
            Kind::And(parts) => {
                let all: Vec<Option<bool>> = parts.iter().map(|part| self.holds_at(part, witness)).collect();
                return if all.contains(&Some(false)) {
                    Some(false)
                } else {
                    all.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
                };
            }
            Kind::Relation(relation, left, right) => (relation, left, right),
            _ => return None,
        };
        let is_placed = |tree: &Tree| {
            let names = self.sheet.variables_of(tree);
            names.iter().all(|name| witness.at.iter().any(|(own, _)| own == name))
        };
        if !is_placed(left) || !is_placed(right) {
            return None;
        }
        let left = value_of(&self.sheet, left, &witness.at);
        let right = value_of(&self.sheet, right, &witness.at);
        let (Some(left), Some(right)) = (left, right) else {
            // ln x > 1 does not hold where ln x has no value.
            return (left.is_some() != right.is_some()).then_some(false);
        };
        Some(match relation {
            Relation::Less => left < right,
            Relation::LessEqual => left <= right,
            Relation::Greater => left > right,
            Relation::GreaterEqual => left >= right,
            // A value for one line is put in.
            Relation::Equal | Relation::NotEqual => return None,
        })
    }
}
