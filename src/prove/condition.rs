//! What an equality needs beyond what both sides say: the conditions of one side that the other does not share.

use super::statement::Statement;
use crate::facts::{Condition, Conditions};
use crate::ir::Graph;

/// The conditions of one side only, without those that follow from others.
pub(super) fn one_sided(graph: &mut Graph, statement: &Statement) -> Vec<Condition> {
    let (left, right) = (&statement.left.conditions, &statement.right.conditions);
    let common: Vec<Condition> = left.iter().filter(|c| right.contains(c)).copied().collect();
    let mut all = Conditions::default();
    for condition in common.iter().chain(left).chain(right) {
        all.require(graph, condition.left, condition.relation, condition.right);
    }
    let minimal = all.minimal(graph);
    minimal.into_iter().filter(|c| !common.contains(c)).collect()
}
