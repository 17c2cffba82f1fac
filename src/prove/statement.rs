//! Both sides of an equality in the graph, with what each needs to be defined.

use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::facts::{Condition, Conditions};
use crate::ir::{FactId, NodeId};
use crate::lower::Layout;
use crate::number::Rational;
use crate::problem::Problem;
use crate::syntax::tree::Tree;

/// One side.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub node: NodeId,
    pub layout: Layout,
    /// Where it is defined.
    pub conditions: Vec<Condition>,
    /// The facts that were used on the way.
    pub facts: Vec<FactId>,
}

/// Both sides, of one shape.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub left: Side,
    pub right: Side,
}

impl Statement {
    /// Reads both sides.
    pub(super) fn new(problem: &mut Problem, left: &Tree, right: &Tree) -> Result<Self, Diagnostic> {
        problem.environment.infer(left)?;
        problem.environment.infer(right)?;
        let mut a = side(problem, left)?;
        let mut b = side(problem, right)?;
        let graph = &mut problem.environment.graph;
        // A gradient is said to be 0, whatever its shape.
        if a.layout == Layout::Scalar && graph.is_zero(a.node) {
            let axes = graph.axes(b.node).clone();
            a.node = graph.constant(&Rational::ZERO, axes);
            a.layout = b.layout;
        }
        if b.layout == Layout::Scalar && graph.is_zero(b.node) {
            let axes = graph.axes(a.node).clone();
            b.node = graph.constant(&Rational::ZERO, axes);
            b.layout = a.layout;
        }
        if a.layout == b.layout && graph.axes(a.node) == graph.axes(b.node) {
            return Ok(Statement { left: a, right: b });
        }
        let (x, y) = (shape_text(problem, &a), shape_text(problem, &b));
        let mut error = Diagnostic::new(Cause::Shape, format!("{x} is compared with {y}"))
            .at(left.span, x)
            .at(right.span, y);
        let reversed =
            matches!((a.layout, b.layout), (Layout::Column, Layout::Row) | (Layout::Row, Layout::Column))
                || {
                    let graph = &problem.environment.graph;
                    let (p, q) = (graph.axes(a.node), graph.axes(b.node));
                    p.len() == 2 && q.len() == 2 && p[0] == q[1] && p[1] == q[0]
                };
        if reversed {
            error = error.help("one of them needs a transpose (')");
        }
        Err(error)
    }
}

fn side(problem: &mut Problem, tree: &Tree) -> Result<Side, Diagnostic> {
    let environment = &mut problem.environment;
    let definitions = std::mem::take(&mut environment.conditions);
    let conventions = environment.conventions.clone();
    environment.graph.take_facts_used();
    let lowered = environment.lower(tree);
    let mut conditions: Conditions = std::mem::replace(&mut environment.conditions, definitions);
    environment.conventions = conventions;
    let lowered = lowered?;
    conditions.extend_within(&environment.graph, &environment.conditions, lowered.node);
    let facts = environment.graph.take_facts_used();
    Ok(Side { node: lowered.node, layout: lowered.layout, conditions: conditions.all().to_vec(), facts })
}

fn shape_text(problem: &Problem, side: &Side) -> String {
    let graph = &problem.environment.graph;
    let sizes: Vec<String> = graph.axes(side.node).iter().map(|axis| graph.dimension_text(*axis)).collect();
    match side.layout {
        Layout::Scalar => "a scalar".to_owned(),
        Layout::Column => format!("a column of length {}", sizes.join("×")),
        Layout::Row => format!("a row of length {}", sizes.join("×")),
        Layout::Matrix => format!("a {} matrix", sizes.join("×")),
        Layout::Tensor(_) => format!("a {} tensor", sizes.join("×")),
    }
}
