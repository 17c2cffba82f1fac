//! Sums inside products multiplied out, so that equal tensors meet however their sums were grouped.

use rustc_hash::FxHashMap;

use crate::ir::{Exponent, Graph, Node, NodeId, Operand, Term};
use crate::number::Rational;

/// Terms of one sum.
const MOST_TERMS: usize = 300;
/// Powers of sums are multiplied out up to this exponent.
const MOST_POWER: i64 = 4;

/// The node with sums inside products multiplied out, at every depth; `None` if that would be too large.
pub(super) fn expanded(graph: &mut Graph, root: NodeId) -> Option<NodeId> {
    let mut place: FxHashMap<NodeId, NodeId> = FxHashMap::default();
    for node in graph.reachable(&[root]) {
        // Its parts are done: put together again, then its own products.
        let mut known = FxHashMap::default();
        graph.node(node).children(|child| {
            if let Some(done) = place.get(&child) {
                known.insert(child, *done);
            }
        });
        let changed = known.iter().any(|(from, to)| from != to);
        let made = if changed { graph.rebuild(node, &known) } else { node };
        let flat = multiplied_out(graph, made)?;
        place.insert(node, flat);
    }
    place.get(&root).copied()
}

/// Distributes the products of one sum over the sums in them.
fn multiplied_out(graph: &mut Graph, node: NodeId) -> Option<NodeId> {
    let mut current = node;
    // Each round opens one factor of every term; what was nested needs another.
    for _ in 0..8 {
        let Node::Sum(terms) = graph.node(current).clone() else { return Some(current) };
        if terms.is_empty() {
            return Some(current);
        }
        let axes = graph.axes(current).clone();
        let mut parts: Vec<(Rational, NodeId)> = Vec::new();
        let mut changed = false;
        for (coefficient, term) in terms {
            match open_factor(graph, &term) {
                None => parts.push((coefficient, graph.term_node(&axes, Rational::ONE, term))),
                Some(at) => {
                    changed = true;
                    for (scale, part) in distributed(graph, axes.len(), &term, at) {
                        parts.push((coefficient.clone() * scale, part));
                        if parts.len() > MOST_TERMS {
                            return None;
                        }
                    }
                }
            }
        }
        if !changed {
            return Some(current);
        }
        current = graph.combine(&parts);
    }
    Some(current)
}

/// A factor that is a sum of several terms to a small power.
fn open_factor(graph: &Graph, term: &Term) -> Option<usize> {
    term.factors.iter().position(|factor| {
        let is_sum = matches!(graph.node(factor.base), Node::Sum(terms) if terms.len() > 1);
        let power = factor.exponent.number().and_then(Rational::as_integer);
        is_sum && power.is_some_and(|n| (1..=MOST_POWER).contains(&n))
    })
}

/// The product with each term of one factor in its place.
fn distributed(graph: &mut Graph, outputs: usize, term: &Term, at: usize) -> Vec<(Rational, NodeId)> {
    let factor = &term.factors[at];
    let own = graph.axes(factor.base).clone();
    let rest = factor.exponent.number().map_or(Rational::ZERO, |n| n.clone() - Rational::ONE);
    let mut others: Vec<Operand> = term
        .factors
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != at)
        .map(|(_, f)| Operand { node: f.base, labels: f.labels.clone(), exponent: f.exponent.clone() })
        .collect();
    if !rest.is_zero() {
        others.push(Operand {
            node: factor.base,
            labels: factor.labels.clone(),
            exponent: Exponent::Number(rest),
        });
    }
    graph
        .terms(factor.base)
        .into_iter()
        .map(|(scale, inner)| {
            let node = graph.term_node(&own, Rational::ONE, inner);
            let mut operands = others.clone();
            operands.push(Operand { node, labels: factor.labels.clone(), exponent: Exponent::ONE });
            (scale, graph.contract(outputs, &term.sizes, &operands))
        })
        .collect()
}
