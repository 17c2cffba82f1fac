//! The order in which a verdict is sought: a few points, algebra, identities, more points.

use rustc_hash::FxHashSet;

use super::instance::Failure;
use super::refute::Ground;
use super::statement::Statement;
use super::{Proof, Verdict, condition};
use crate::diagnostic::Diagnostic;
use crate::ir::scalar::{Operation, Scalar, ScalarBuilder};
use crate::ir::{FactId, Graph, Leaf, NodeId};
use crate::normal;
use crate::problem::Problem;
use crate::problem::simplified::NodeSimplifier;
use crate::simplify::{Options, TableDefinitions};
use crate::syntax::tree::Tree;

/// Points at which both sides are looked at before a proof is tried.
const FIRST_POINTS: usize = 3;
/// Trials for these points.
const FIRST_TRIALS: u64 = 64;
/// Trials after no proof was found.
const LAST_TRIALS: u64 = 256;
/// Bits with which points are compared after algebra failed, and at the end.
const BITS: [(usize, usize); 2] = [(320, 2), (1_200, 3)];
/// Views with more parts are not taken apart.
const LARGEST_VIEW: usize = 3_000;

/// Are two formulas equal wherever both are defined and the facts of the problem hold?
///
/// # Errors
/// If a side cannot be read in the problem, or the sides have different shapes.
pub fn equivalent(problem: &mut Problem, left: &Tree, right: &Tree) -> Result<Verdict, Diagnostic> {
    let statement = Statement::new(problem, left, right)?;
    let mut tried = Vec::new();
    let mut ground = match Ground::new(&problem.environment, &statement) {
        Ok(ground) => Some(ground),
        Err(failure) => {
            tried.push(match failure {
                Failure::Size => "no sizes were found at which both sides could be evaluated".to_owned(),
                Failure::Large => "the formulas are too large to be evaluated with certainty".to_owned(),
                Failure::Operation(what) => format!("{what} cannot be evaluated with certainty"),
            });
            None
        }
    };
    if let Some(ground) = &mut ground
        && let Some(witness) = ground.search(0..FIRST_TRIALS, FIRST_POINTS)
    {
        return Ok(Verdict::Refuted(witness));
    }
    let is_defined = ground.as_ref().is_some_and(|ground| !ground.defined.is_empty());
    let reached = ground.as_ref().is_some_and(|ground| ground.reached);
    let can_evaluate = ground.is_some();
    drop(ground);
    if !is_defined && tried.is_empty() {
        tried.push(if reached {
            "no point was found at which both sides are defined".to_owned()
        } else {
            "no point was found that satisfies the facts".to_owned()
        });
    }
    let proof = prove(problem, &statement);
    if let Some((method, mut facts)) = proof {
        if !is_defined && can_evaluate {
            tried.push("nothing speaks against it, but it may say nothing at all".to_owned());
            return Ok(Verdict::Undecided(tried));
        }
        facts.extend(&statement.left.facts);
        facts.extend(&statement.right.facts);
        facts.sort_unstable();
        facts.dedup();
        let conditions = condition::one_sided(&mut problem.environment.graph, &statement);
        let facts = facts.iter().map(|id| problem.environment.graph.fact_text(*id).to_owned()).collect();
        let conditions = problem.written_conditions(&conditions);
        return Ok(Verdict::Proved(Proof { method, conditions, facts }));
    }
    tried.push("algebra and the known identities do not bring both sides to one form".to_owned());
    if let Ok(mut ground) = Ground::new(&problem.environment, &statement) {
        if let Some(witness) = ground.search(0..LAST_TRIALS, usize::MAX) {
            return Ok(Verdict::Refuted(witness));
        }
        for (bits, points) in BITS {
            if let Some(witness) = ground.search_precisely(bits, points) {
                return Ok(Verdict::Refuted(witness));
            }
        }
        tried.push(format!("no difference was found at {LAST_TRIALS} points"));
    }
    Ok(Verdict::Undecided(tried))
}

/// The name of the method and the facts it used.
fn prove(problem: &mut Problem, statement: &Statement) -> Option<(&'static str, Vec<FactId>)> {
    let graph = &mut problem.environment.graph;
    let (left, right) = (statement.left.node, statement.right.node);
    graph.take_facts_used();
    let difference = graph.subtract(left, right);
    if left == right || graph.is_zero(difference) {
        return Some(("both sides have one form", graph.take_facts_used()));
    }
    if let Some(view) = joint(graph, left, right) {
        let limits = normal::Limits::default();
        if normal::is_zero(&view, &TableDefinitions, &limits) == Some(normal::Certainty::Proved) {
            return Some(("algebra", graph.take_facts_used()));
        }
    }
    let mut simplifier = NodeSimplifier::new(Options::default(), FxHashSet::default());
    let simple = simplifier.node(graph, difference);
    if graph.is_zero(simple) {
        return Some(("identities", graph.take_facts_used()));
    }
    let (a, b) = (simplifier.node(graph, left), simplifier.node(graph, right));
    let difference = graph.subtract(a, b);
    if graph.is_zero(difference) {
        return Some(("identities on both sides", graph.take_facts_used()));
    }
    None
}

/// The difference of both sides entry by entry, in common leaves.
fn joint(graph: &mut Graph, left: NodeId, right: NodeId) -> Option<Scalar> {
    let opaque = FxHashSet::default();
    let views =
        [graph.pointwise(left, &opaque, LARGEST_VIEW)?, graph.pointwise(right, &opaque, LARGEST_VIEW)?];
    let mut leaves: Vec<Leaf> = Vec::new();
    let mut builder = ScalarBuilder::default();
    let mut roots = Vec::new();
    for view in &views {
        let mut place = Vec::with_capacity(view.expression.nodes().len());
        for operation in view.expression.nodes() {
            let made = match operation {
                Operation::Leaf(leaf) => {
                    let leaf = view.leaves.get(*leaf as usize)?;
                    let number = leaves.iter().position(|known| known == leaf).unwrap_or_else(|| {
                        leaves.push(leaf.clone());
                        leaves.len() - 1
                    });
                    Operation::Leaf(number as u32)
                }
                other => other.map(|a| place[a as usize]),
            };
            place.push(builder.add(made));
        }
        roots.push(*place.last()?);
    }
    let difference = builder.add(Operation::Subtract(roots[0], roots[1]));
    Some(builder.finish(difference))
}
