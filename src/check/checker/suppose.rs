//! Lines that hold under something that nobody said: a fact of the document that was not used yet, a fact that writers assume
//! without a word, a sign.
//!
//! This file asks whether a line would hold; `hypothesis` knows what is worth asking.

use super::lines::{Checker, Outcome, Read, Standing};
use crate::check::Verdict;
use crate::check::decide::hypothesis;
use crate::check::decide::{Question, decide, indices_of};
use crate::check::mistakes::{self, Case};
use crate::check::rewrite::{has_derivative, names_of};
use crate::check::sheet::Fact;
use crate::function;
use crate::number::Rational;
use crate::print;
use crate::syntax::tree::{Kind, Relation, Tree};

/// So many names are supposed to be positive together.
const MOST_POSITIVE: usize = 4;

impl Checker<'_> {
    /// The line under what nobody said, if it holds then.
    pub(super) fn if_supposed(
        &mut self,
        standing: Standing,
        head: &Tree,
        before: Option<&Read>,
        tree: &Tree,
        question: &Question,
    ) -> Option<Outcome> {
        // Every line before holds, so this one may be compared with the last.
        let left = before.filter(|_| standing == Standing::Sound).map_or(head, |before| &before.tree);
        self.case_by_case(left, tree, question)
            .or_else(|| self.with_hypothesis(standing, head, before, tree, question))
            .or_else(|| self.in_magnitude(left, tree, question))
            .or_else(|| self.with_positive(head, left, tree, question))
    }

    /// Would the line hold under a fact that was not stated?
    pub(super) fn with_hypothesis(
        &mut self,
        standing: Standing,
        head: &Tree,
        before: Option<&Read>,
        tree: &Tree,
        question: &Question,
    ) -> Option<Outcome> {
        let condition = question.condition;
        let mut sides = vec![head, tree];
        sides.extend(before.map(|before| &before.tree));
        let indices = indices_of(&self.sheet, &sides);
        let from_document = self.stated.iter().map(|fact| (fact.clone(), true));
        let possible =
            hypothesis::candidates(&self.sheet, &sides, &indices).into_iter().map(|fact| (fact, false));
        for (fact, is_stated) in from_document.chain(possible).collect::<Vec<_>>() {
            if !is_stated
                && (hypothesis::is_refused(&self.sheet, &fact, head)
                    || self.is_excluded(&fact, question)
                    || self.excludes_a_case(&fact, tree))
            {
                continue;
            }
            let mut hypotheses = question.hypotheses.clone();
            hypotheses.push(fact.clone());
            let question = Question { hypotheses, ..question.clone() };
            let decision = decide(&self.sheet, head, tree, &question);
            let holds = decision.is_proved()
                || standing == Standing::Sound
                    && before
                        .is_some_and(|before| decide(&self.sheet, &before.tree, tree, &question).is_proved());
            if !holds {
                continue;
            }
            if is_stated {
                return Some(Outcome::of(Verdict::Right));
            }
            if let Fact::Component { .. } = &fact
                && mistakes::is_mistyped(&Case {
                    sheet: &self.sheet,
                    head,
                    before: before.map(|before| &before.tree),
                    written: tree,
                    condition,
                })
            {
                // A subscript is mistyped more often than a vector is a label.
                continue;
            }
            let text = fact.text().to_owned();
            let case = Case {
                sheet: &self.sheet,
                head,
                before: before.map(|before| &before.tree),
                written: tree,
                condition,
            };
            let diagnosis = mistakes::of_fact(&case, &text).into_iter().collect();
            if let Fact::Component { index, value, .. } = &fact {
                // What an index stands for is agreed on once; other facts are named at each line that needs them.
                let about = names_of(value).into_iter().filter(|name| name != index).collect();
                self.sheet.facts.push((fact, about));
            }
            return Some(Outcome { diagnosis, needs: vec![text], ..Outcome::of(Verdict::RightIf) });
        }
        None
    }

    /// Does a fact contradict what is stated in the document or at the line?
    fn is_excluded(&self, fact: &Fact, question: &Question) -> bool {
        if let Fact::Component { name, .. } = fact
            && self.sheet.facts.iter().any(
                |(known, _)| matches!(known, Fact::Component { name: own, .. } if own == name && known != fact),
            )
        {
            return true;
        }
        let known: Vec<&Fact> = self.stated.iter().chain(&question.hypotheses).chain([fact]).collect();
        matches!(fact, Fact::Text(_)) && known.len() > 1 && self.sheet.problem(&[], &known, &[]).is_err()
    }

    /// `1 if x > 0, −1 if x < 0`: each value where its condition holds, and those of the rows before it do not.
    fn case_by_case(&self, left: &Tree, tree: &Tree, question: &Question) -> Option<Outcome> {
        let Kind::Cases(rows) = &tree.kind else { return None };
        let mut others: Vec<Fact> = Vec::new();
        for (value, condition) in rows {
            let mut hypotheses = question.hypotheses.clone();
            hypotheses.append(&mut others.clone());
            hypotheses.extend(condition.iter().flat_map(parts_of).map(|own| Fact::Text(print::text(&own))));
            let known: Vec<&Fact> = self.stated.iter().chain(&hypotheses).collect();
            if self.sheet.problem(&[], &known, &[]).is_err() {
                return None;
            }
            let question = Question { hypotheses, ..question.clone() };
            if !decide(&self.sheet, left, value, &question).is_proved() {
                return None;
            }
            others.extend(condition.as_ref().and_then(negation).map(|other| Fact::Text(print::text(&other))));
        }
        Some(Outcome::of(Verdict::Right))
    }

    /// Does a fact leave out one of the cases that a side distinguishes? Who writes it does not suppose the fact.
    fn excludes_a_case(&self, fact: &Fact, tree: &Tree) -> bool {
        let is_possible = |condition: Tree| {
            let condition = Fact::Text(print::text(&condition));
            self.sheet.problem(&[], &[fact, &condition], &[]).is_ok()
        };
        let mut found = false;
        tree.walk(&mut |part| {
            let Kind::Cases(rows) = &part.kind else { return };
            found |= matches!(fact, Fact::Text(_))
                && rows.iter().any(|(_, condition)| match condition {
                    Some(condition) => !is_possible(condition.clone()),
                    // What the other conditions leave.
                    None => rows
                        .iter()
                        .filter_map(|(_, other)| other.as_ref())
                        .all(|other| negation(other).is_some_and(|otherwise| !is_possible(otherwise))),
                });
        });
        found
    }

    /// √((x−1)²) = x − 1: both sides have the same magnitude, and the first is not negative.
    fn in_magnitude(&self, left: &Tree, tree: &Tree, question: &Question) -> Option<Outcome> {
        if has_derivative(left) || has_derivative(tree) || self.sheet.is_numeric(tree) {
            return None;
        }
        let magnitude = |tree: &Tree| Tree::call(function::row(function::ABS).name, vec![tree.clone()]);
        let holds = |a: &Tree, b: &Tree| decide(&self.sheet, a, b, question).is_proved();
        if !holds(left, &magnitude(left)) || !holds(left, &magnitude(tree)) {
            return None;
        }
        // What is its negative wherever there is a value has the wrong sign.
        if holds(&Kind::Negate(Box::new(left.clone())).into(), tree) {
            return None;
        }
        let zero = Box::new(Tree::number(&Rational::ZERO));
        let needed: Tree = Kind::Relation(Relation::GreaterEqual, Box::new(tree.clone()), zero).into();
        let fact = Fact::Text(print::text(&needed));
        (!self.is_excluded(&fact, question))
            .then(|| Outcome { needs: vec![fact.text().to_owned()], ..Outcome::of(Verdict::RightIf) })
    }

    /// √(πr²h · h) = √π r h: lengths are positive, which nobody says. Only if several names must be.
    fn with_positive(&self, head: &Tree, left: &Tree, tree: &Tree, question: &Question) -> Option<Outcome> {
        if ![head, left, tree].into_iter().any(hypothesis::has_branches) {
            return None;
        }
        let mut names = self.sheet.variables_of(left);
        names.extend(self.sheet.variables_of(tree));
        names.sort();
        names.dedup();
        names.retain(|name| self.sheet.rank(name) == 0 && !self.sheet.is_size(name));
        if names.len() < 2 || names.len() > MOST_POSITIVE {
            return None;
        }
        let facts: Vec<Fact> = names.iter().map(|name| Fact::Text(format!("{name} > 0"))).collect();
        let is_refused = |fact: &Fact| {
            self.is_excluded(fact, question)
                || hypothesis::is_refused(&self.sheet, fact, head)
                || self.excludes_a_case(fact, tree)
        };
        if facts.iter().any(is_refused) {
            return None;
        }
        let mut hypotheses = question.hypotheses.clone();
        hypotheses.extend(facts.iter().cloned());
        let question = Question { hypotheses, ..question.clone() };
        decide(&self.sheet, left, tree, &question).is_proved().then(|| Outcome {
            needs: facts.iter().map(|fact| fact.text().to_owned()).collect(),
            ..Outcome::of(Verdict::RightIf)
        })
    }
}

/// The relation that holds where another does not.
fn negation(tree: &Tree) -> Option<Tree> {
    let Kind::Relation(relation, left, right) = &tree.kind else { return None };
    let other = match relation {
        Relation::Less => Relation::GreaterEqual,
        Relation::LessEqual => Relation::Greater,
        Relation::Greater => Relation::LessEqual,
        Relation::GreaterEqual => Relation::Less,
        Relation::Equal => Relation::NotEqual,
        Relation::NotEqual => Relation::Equal,
    };
    Some(Kind::Relation(other, left.clone(), right.clone()).into())
}

/// The parts of a condition that all hold.
fn parts_of(condition: &Tree) -> Vec<Tree> {
    match &condition.kind {
        Kind::And(parts) => parts.clone(),
        _ => vec![condition.clone()],
    }
}
