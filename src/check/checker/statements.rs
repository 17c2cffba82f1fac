//! What is done with one statement: it is a condition, gives a name its meaning, goes on with a chain, or is claimed.

use super::lines::{Chain, Checker, Outcome, Standing};
use crate::check::Verdict;
use crate::check::document::claim::{Joint, Link, Side, Statement};
use crate::check::document::sentences::speaks_of_known;
use crate::check::document::{Formula, Notation, Role};
use crate::check::rewrite::names_of;
use crate::check::sheet::Fact;
use crate::check::side::{self, lone_name};
use crate::function;
use crate::number::Rational;
use crate::print;
use crate::syntax::tree::{Kind, Relation, Tree};

impl Checker<'_> {
    /// A statement with the conditions of its sentence.
    pub(super) fn under_conditions(
        &mut self,
        statement: &Statement,
        formula: &Formula,
        conditions: &[&Statement],
    ) {
        let mut facts: Vec<(Fact, Vec<String>)> = Vec::new();
        let mut place = None;
        self.said_where.clear();
        for condition in conditions {
            let Some(tree) = self.condition_of(condition) else { continue };
            if let Kind::Relation(Relation::Equal | Relation::NotEqual, a, b) = &tree.kind
                && lone_name(a).is_some()
                && lone_name(b).is_some()
            {
                place = Some(tree.clone());
            }
            facts.extend(self.facts_of(&tree));
            self.said_where.push(tree);
        }
        let leads = statement.sides.first().is_some_and(|first| first.span.start >= first.span.end);
        let goes_on = leads && self.chain.is_some();
        if !goes_on || !facts.is_empty() {
            // What is said here counts, and not what was said of the same names before.
            let is_free =
                |names: &[String]| !facts.iter().any(|(_, own)| own.iter().any(|name| names.contains(name)));
            let lasting = self.lasting.iter().filter(|(_, names)| is_free(names));
            self.stated = lasting.chain(&facts).map(|(fact, _)| fact.clone()).collect();
        }
        let noted = self.report.lines.len();
        self.statement(statement, formula, place.as_ref());
        // f(x) = ln x, x > 0: where a function is defined, it is looked at.
        let is_definition = self.report.lines[noted..].iter().all(|line| line.verdict == Verdict::Given);
        if is_definition && self.report.lines.len() > noted {
            self.make_lasting(facts);
        }
    }

    fn condition_of(&self, statement: &Statement) -> Option<Tree> {
        side::read_condition(self.text, statement.span, statement.notation, &self.sheet.names).ok()
    }

    /// The facts that a condition states, with the names that they speak of.
    fn facts_of(&self, tree: &Tree) -> Vec<(Fact, Vec<String>)> {
        let parts = match &tree.kind {
            Kind::And(parts) => parts.clone(),
            _ => vec![tree.clone()],
        };
        let mut facts = Vec::new();
        let squared: Vec<Tree> = parts.iter().filter_map(with_squares).collect();
        for part in parts.into_iter().chain(squared) {
            if let Kind::Relation(relation, ..) = &part.kind
                && *relation != Relation::Equal
            {
                let fact = Fact::Text(print::text(&part));
                if self.sheet.problem(&[&part], &[&fact], &[]).is_ok() {
                    facts.push((fact, names_of(&part).into_iter().collect()));
                }
            }
        }
        facts
    }

    /// A condition that holds from here on.
    pub(super) fn take_lasting(&mut self, statement: &Statement) {
        if let Some(tree) = self.condition_of(statement) {
            let facts = self.facts_of(&tree);
            self.make_lasting(facts);
        }
    }

    fn make_lasting(&mut self, facts: Vec<(Fact, Vec<String>)>) {
        for (fact, names) in facts {
            if !self.lasting.iter().any(|(known, _)| known.text() == fact.text()) {
                self.lasting.push((fact, names));
            }
        }
    }

    /// An inequality that is claimed, or a condition that is none of a claim.
    fn inequality(&mut self, statement: &Statement) {
        let own = self.text.get(statement.span.start..statement.span.end).unwrap_or("");
        let is_spoken = |name: &str| {
            let name = crate::syntax::letter_of(name);
            self.sheet.knows(&name) || self.meanings.contains_key(&name)
        };
        let is_claim = statement.joint == Joint::Tail
            || matches!(statement.role, Role::Claim | Role::Equation) && speaks_of_known(own, &is_spoken);
        if is_claim && let Some(outcome) = self.judge_order(statement) {
            self.note(statement.span, outcome);
        } else if statement.joint != Joint::Tail {
            self.solution_set(statement);
            self.take_lasting(statement);
        }
    }

    fn statement(&mut self, statement: &Statement, formula: &Formula, condition: Option<&Tree>) {
        if statement.is_condition {
            self.inequality(statement);
            return;
        }
        let mut role = statement.role;
        if role == Role::Condition {
            if self.take_value(statement) {
                // Between words it is shown; in plain text a line with a value says something else too.
                if statement.notation == Notation::Latex {
                    self.note(statement.span, Outcome::of(Verdict::Given));
                }
                return;
            }
            role = Role::Supposition;
        }
        if statement.sides.len() < 2 {
            return;
        }
        let statement = Statement { role, ..statement.clone() };
        self.is_after_unknown = !formula.inline
            && self.chain.as_ref().is_some_and(|chain| {
                chain.standing == Standing::Unknown
                    && (formula.span.start..statement.span.start).contains(&chain.start)
            });
        if statement.sides.first().is_some_and(|first| first.span.start < first.span.end) {
            self.leave_bars();
        }
        let sides = zero_last(self.text, self.without_bars(&statement));
        let Some((first, rest)) = sides.split_first() else { return };
        let taken = if let Some(chain) = self.chain_beside(first) {
            self.end_chain();
            self.chain = Some(chain);
            0
        } else if first.span.start < first.span.end {
            self.end_chain();
            self.speak_of(first);
            if self.solution(&sides, &statement) {
                return;
            }
            if let Some(outcome) = self.value_of_unknown(rest, &statement) {
                self.note(first.span, outcome);
                self.chain = None;
                return;
            }
            match self.start(first, rest, &statement, formula) {
                Some(used) => used,
                None => return,
            }
        } else {
            self.go_on(first, statement.notation);
            0
        };
        self.expression = None;
        self.links(&statement, rest, taken, condition);
        if let (Some(last), Some(chain)) = (rest.last(), &self.chain)
            && !formula.inline
        {
            self.beside.push((last.span.start, chain.clone()));
        }
    }

    /// Judges the sides behind the first one.
    fn links(&mut self, statement: &Statement, rest: &[Side], taken: usize, condition: Option<&Tree>) {
        for (at, side) in rest.iter().enumerate().skip(taken) {
            if statement.role == Role::Demand && at + 1 == rest.len() {
                // It is to be made true, not said to be.
                self.take_demand(side, statement.notation);
                self.note(side.span, Outcome::of(Verdict::Given));
                self.chain = None;
                continue;
            }
            if side.span.start >= side.span.end {
                // A relation at the end of the line: the other side is on the next.
                continue;
            }
            let role = match statement.role {
                role if at == 0 && rest.len() == 1 => role,
                Role::Equation | Role::Supposition => statement.role,
                _ => Role::Claim,
            };
            let outcome = self.link_as(role, side, statement.notation, condition);
            let is_answered = matches!(
                outcome.verdict,
                Verdict::Right | Verdict::RightIf | Verdict::Given | Verdict::Unreadable
            );
            if statement.role == Role::Question && !is_answered {
                // Whether it holds is asked.
                self.note(side.span, Outcome::of(Verdict::Given));
                self.chain = None;
                return;
            }
            self.note(side.span, outcome);
        }
    }

    /// `= 2x` below a remark goes on with the chain of its row.
    fn chain_beside(&self, first: &Side) -> Option<Chain> {
        let is_here =
            |(place, _): &&(usize, Chain)| *place == first.span.start && first.span.start < first.span.end;
        self.beside.iter().rev().find(is_here).map(|(_, chain)| chain.clone())
    }

    /// A line that begins with a relation goes on with the chain, or with a formula that stands right before it.
    fn go_on(&mut self, first: &Side, notation: Notation) {
        if let Some(expression) = self.expression.take() {
            let between =
                self.text.get(expression.span.end.min(first.span.start)..first.span.start).unwrap_or("");
            let is_near = !between.contains(char::is_alphabetic) && !between.contains(['.', '!', '?']);
            if is_near {
                self.end_chain();
                let head = self.read(expression.span, notation).ok();
                let standing = if head.is_some() { Standing::Sound } else { Standing::Unknown };
                self.chain = Some(Chain { head, standing, ..Self::unknown_chain(expression.span.start) });
                return;
            }
        }
        if self.gap.names_subject {
            self.end_chain();
        }
        if self.chain.is_none() || self.gap.names_subject {
            self.chain = Some(Self::unknown_chain(first.span.start));
        }
    }
}

/// `0 = H′(θ) = 4 sin θ − 2 cos θ` says what H′(θ) is, and sets that to zero: as if zero stood at the end.
fn zero_last(text: &str, mut sides: Vec<Side>) -> Vec<Side> {
    let is_zero = |side: &Side| text.get(side.span.start..side.span.end).is_some_and(|own| own.trim() == "0");
    if sides.len() > 2 && is_zero(&sides[0]) && !sides[1..].iter().any(is_zero) {
        sides.rotate_left(1);
        let links: Vec<Link> = sides.iter().map(|side| side.link).collect();
        if let (Some(first), Some(last)) = (sides.first_mut(), links.len().checked_sub(1)) {
            let link = std::mem::replace(&mut first.link, links[last]);
            sides[last].link = link;
        }
    }
    sides
}

/// `|x| > 1` as `x² > 1`: what is known of a square is of more use.
fn with_squares(relation: &Tree) -> Option<Tree> {
    let Kind::Relation(sign, left, right) = &relation.kind else { return None };
    let square = |tree: &Tree| -> Option<Box<Tree>> {
        let inner = match &tree.kind {
            Kind::Call { name, arguments, .. } if function::lookup(name) == Some(function::ABS) => {
                arguments.first()?
            }
            Kind::Number(number) if !number.is_negative() => tree,
            _ => return None,
        };
        Some(Box::new(Kind::Power(Box::new(inner.clone()), Box::new(Tree::number(&Rational::TWO))).into()))
    };
    Some(Kind::Relation(*sign, square(left)?, square(right)?).into())
}
