//! Claims of order: `f″(1) < 0`, `2 ≠ 0`. Numbers are compared; what has variables in it is left open, and said to be.

use std::collections::BTreeMap;

use super::lines::{Checker, Outcome};
use crate::check::decide::meaning::Reading;
use crate::check::decide::value_at;
use crate::check::document::claim::{Joint, Statement};
use crate::check::sheet::Sheet;
use crate::check::side;
use crate::check::{Verdict, Witness};
use crate::evaluate::graph::Value;
use crate::print;
use crate::syntax::tree::{Kind, Relation, Tree};

/// Values of formulas come with this relative error at most.
const ERROR: f64 = 1e-9;

impl Checker<'_> {
    /// Judges an inequality that is claimed.
    pub(super) fn judge_order(&mut self, statement: &Statement) -> Option<Outcome> {
        let tree =
            match side::read_condition(self.text, statement.span, statement.notation, &self.sheet.names) {
                Ok(tree) => tree,
                // What stands at the end of a chain was read there, or could not be.
                Err(_) if statement.joint == Joint::Tail => return None,
                Err(error) => {
                    return Some(Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) });
                }
            };
        let parts = match &tree.kind {
            Kind::And(parts) => parts.clone(),
            _ => vec![tree.clone()],
        };
        let mut worst: Option<Outcome> = None;
        for part in parts {
            let Kind::Relation(relation, left, right) = &part.kind else { return None };
            if *relation == Relation::Equal {
                return None;
            }
            let outcome = self.ordered(*relation, left, right, statement);
            if worst.as_ref().is_none_or(|known| outcome.verdict > known.verdict) {
                worst = Some(outcome);
            }
        }
        worst
    }

    fn ordered(&mut self, relation: Relation, left: &Tree, right: &Tree, statement: &Statement) -> Outcome {
        let mut read = |tree: &Tree| -> Option<Tree> {
            let tree = self.with_own_constants(tree.clone());
            let tree = self.with_subscripts(&tree).ok()?;
            self.without_primes(&tree, statement.span).ok()
        };
        let open = || Outcome::undecided("inequalities are decided between numbers only");
        let (Some(left), Some(right)) = (read(left), read(right)) else { return open() };
        if let Some(why) = self.open_question(&[&left, &right]) {
            return Outcome::undecided(why);
        }
        // A value that was given lines ago says nothing of all values.
        let general = Sheet { values: BTreeMap::new(), ..self.sheet.clone() };
        let is_known = |name: &String| self.sheet.point.contains_key(name) || self.is_lent(name);
        if [&left, &right].iter().any(|side| !general.variables_behind(side).iter().all(is_known)) {
            return open();
        }
        let value =
            |tree: &Tree| value_at(&self.sheet, tree, Reading::default()).ok().map(|there| there.value);
        let (Some(a), Some(b)) = (value(&left), value(&right)) else { return open() };
        let (Some(x), Some(y)) = (a.scalar(), b.scalar()) else { return open() };
        let is_exact = matches!((&a, &b), (Value::Exact(_), Value::Exact(_)));
        let slack = if is_exact { 0.0 } else { ERROR * x.abs().max(y.abs()).max(1e-3) };
        let (less, more) = (x < y - slack, x > y + slack);
        if !less && !more && !is_exact {
            return open();
        }
        let holds = match relation {
            Relation::Less => less,
            Relation::Greater => more,
            Relation::LessEqual => !more,
            Relation::GreaterEqual => !less,
            Relation::NotEqual => less || more,
            Relation::Equal => !less && !more,
        };
        if holds {
            return Outcome::of(Verdict::Right);
        }
        let shown = (print::text(&left), crate::check::decide::number::shown(x));
        let expected = (!matches!(left.kind, Kind::Number(_))).then(|| format!("{} = {}", shown.0, shown.1));
        Outcome {
            witness: Some(Witness { at: Vec::new(), left: a, right: b }),
            expected: expected.map(|text| (text.clone(), text)),
            ..Outcome::of(Verdict::Wrong)
        }
    }
}
