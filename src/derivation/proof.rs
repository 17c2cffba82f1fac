//! Whether two lines are equal, by the engine and its normal forms; nothing is believed.

use rustc_hash::FxHashSet;

use crate::diagnostic::Diagnostic;
use crate::facts::{Condition, Conditions};
use crate::ir::NodeId;
use crate::lower::Lowered;
use crate::normal::{Certainty, Limits, is_zero};
use crate::problem::Problem;
use crate::simplify::{LeafFacts, Options, Simplifier, TableDefinitions};
use crate::syntax::tree::{Kind, Relation, Tree};

/// Parts of a difference that is looked at.
const LARGEST: usize = 6_000;

/// Reads a line; the conditions that its parts bring stay out of the problem.
pub(super) fn lower(problem: &mut Problem, tree: &Tree) -> Result<Lowered, Diagnostic> {
    let conditions = std::mem::take(&mut problem.environment.conditions);
    let conventions = std::mem::take(&mut problem.environment.conventions);
    let lowered = problem.environment.lower(tree);
    problem.environment.conditions = conditions;
    problem.environment.conventions = conventions;
    lowered
}

/// Are two nodes equal wherever both have a value? `false`: not shown.
pub(super) fn equal(problem: &mut Problem, left: NodeId, right: NodeId) -> bool {
    if left == right {
        return true;
    }
    let graph = &mut problem.environment.graph;
    if graph.axes(left) != graph.axes(right) {
        return false;
    }
    let difference = graph.subtract(left, right);
    if graph.is_zero(difference) {
        return true;
    }
    let Some(view) = graph.pointwise(difference, &FxHashSet::default(), LARGEST) else { return false };
    if is_zero(&view.expression, &TableDefinitions, &Limits::default()) == Some(Certainty::Proved) {
        return true;
    }
    let mut simplifier = Simplifier::new(LeafFacts::none(), Options::default());
    let simple = simplifier.simplify(&view.expression).expression;
    matches!(simple.nodes(), [crate::ir::scalar::Operation::Number(value)] if value.is_zero())
}

/// The conditions so far, and what a new one adds to them.
#[derive(Default)]
pub(super) struct Known {
    all: Conditions,
    shown: Vec<Condition>,
}

impl Known {
    /// Takes up conditions and returns those that say something new, as they are shown.
    pub(super) fn take(&mut self, problem: &mut Problem, conditions: &[Tree]) -> Vec<Tree> {
        for condition in conditions {
            let Kind::Relation(relation, left, right) = &condition.kind else { continue };
            let (Ok(left), Ok(right)) = (lower(problem, left), lower(problem, right)) else { continue };
            let graph = &mut problem.environment.graph;
            if *relation == Relation::NotEqual && graph.is_zero(right.node) {
                self.all.require_of(graph, left.node, *relation);
            } else {
                self.all.require(graph, left.node, *relation, right.node);
            }
        }
        let minimal = self.all.minimal(&mut problem.environment.graph);
        let new: Vec<Condition> = minimal.into_iter().filter(|c| !self.shown.contains(c)).collect();
        self.shown.extend(&new);
        problem.written_conditions(&new)
    }
}

impl Known {
    /// Has the condition been said, as it is shown?
    pub(super) fn implies(&self, _condition: &Tree) -> bool {
        false
    }
}
