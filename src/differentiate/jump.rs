//! Jumps: where a piecewise constant part of a formula changes its value, the formula has no derivative.

use super::reverse::Sweep;
use crate::function::Function;
use crate::ir::template::formulas;
use crate::ir::{Atom, Graph, Node, NodeId};
use crate::syntax::tree::{Kind, Relation};

/// For each node, whether it is constant but for jumps, as the variables change.
pub(super) fn flat_nodes(graph: &Graph, order: &[NodeId], depends: &[bool]) -> Vec<bool> {
    let mut flat = vec![true; depends.len()];
    for node in order {
        let at = node.0 as usize;
        flat[at] = !depends[at] || is_step(graph, *node) || {
            let mut all = !matches!(graph.atom(*node), Some(Atom::Variable(_)));
            graph.node(*node).children(|child| all &= flat[child.0 as usize]);
            all
        };
    }
    flat
}

/// Does it take separate values only, such as a comparison or a rounding?
fn is_step(graph: &Graph, node: NodeId) -> bool {
    match graph.node(node) {
        Node::Atom(Atom::Compare(..)) => true,
        Node::Atom(Atom::Call(Function::Known(id), _)) => {
            let partials = &formulas(*id).partials;
            partials.iter().any(Option::is_some)
                && partials.iter().flatten().all(|p| matches!(&p.kind, Kind::Number(q) if q.is_zero()))
        }
        _ => false,
    }
}

impl Sweep<'_> {
    /// Demands that no part of a piecewise constant node is at a jump. A step of what is itself piecewise constant jumps
    /// only where that does: `[floor(x) > 1/2]` where x is whole.
    pub(super) fn keep_from_jumps(&mut self, root: NodeId) {
        for node in self.graph.reachable(&[root]) {
            if !self.is_dependent(node) || !is_step(self.graph, node) {
                continue;
            }
            match self.graph.atom(node).cloned() {
                Some(Atom::Compare(_, a, b)) if !(self.is_flat(a) && self.is_flat(b)) => {
                    self.conditions.require(self.graph, a, Relation::NotEqual, b);
                }
                Some(Atom::Call(Function::Known(id), arguments))
                    if !arguments.iter().all(|a| self.is_flat(*a)) =>
                {
                    self.smoothness(id, &arguments);
                }
                _ => {}
            }
        }
    }
}
