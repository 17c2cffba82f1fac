//! Which nodes surely have a value in every entry, whatever the values of the variables.

use super::graph::Graph;
use super::node::{Atom, Exponent, Factor, Node, NodeId};
use crate::function::{self, Function};
use crate::number::Sign;

/// Deeper nodes are not followed: they count as not total.
const MAXIMUM_DEPTH: usize = 64;

impl Graph {
    /// Have all factors that carry both labels a value everywhere? Those are the ones that a mask `[p ≠ q]` may protect.
    pub(super) fn are_total_between<'f>(
        &self,
        mut factors: impl Iterator<Item = &'f Factor>,
        p: u8,
        q: u8,
    ) -> bool {
        factors.all(|factor| {
            !factor.labels.contains(&p) || !factor.labels.contains(&q) || self.is_total_power(factor, 0)
        })
    }

    fn is_total_power(&self, factor: &Factor, depth: usize) -> bool {
        let sign = self.sign(factor.base);
        let has_power = match &factor.exponent {
            Exponent::Number(q) if q.is_integer() => !q.is_negative() || sign.is(Sign::NON_ZERO),
            Exponent::Number(q) => sign.is(if q.is_negative() { Sign::POSITIVE } else { Sign::NON_NEGATIVE }),
            Exponent::Node(exponent) => sign.is(Sign::POSITIVE) && self.is_total(*exponent, depth + 1),
        };
        has_power && self.is_total(factor.base, depth + 1)
    }

    fn is_total(&self, node: NodeId, depth: usize) -> bool {
        if depth > MAXIMUM_DEPTH {
            return false;
        }
        let inner = |id: &NodeId| self.is_total(*id, depth + 1);
        match self.node(node) {
            Node::Sum(terms) => {
                terms.iter().all(|(_, term)| term.factors.iter().all(|f| self.is_total_power(f, depth)))
            }
            Node::Atom(atom) => match atom {
                Atom::Call(Function::Known(id), arguments) => {
                    let is_log_of_positive = *id == function::LOG
                        && arguments.iter().all(|argument| self.sign(*argument).is(Sign::POSITIVE));
                    (function::row(*id).defined.is_empty() || is_log_of_positive)
                        && arguments.iter().all(inner)
                }
                Atom::Inverse(_) | Atom::LogDeterminant(_) => false,
                atom => {
                    let mut all = true;
                    atom.children(|child| all = all && inner(&child));
                    all
                }
            },
        }
    }
}
