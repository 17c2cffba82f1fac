//! Sums over axes of one size taken together: `Σf − Σg` is `Σ(f − g)`, and zero if every summand is.

use rustc_hash::FxHashSet;

use crate::ir::{Atom, Axes, Graph, Labels, Node, NodeId, Operand, Term};
use crate::normal::{self, Certainty};
use crate::number::Rational;
use crate::simplify::TableDefinitions;

/// Bound labels of a sum that is taken together with others.
const MOST_BOUND: usize = 2;
/// Views with more parts are not taken apart.
const LARGEST_VIEW: usize = 2_000;

/// Is the node zero by arithmetic entry by entry?
pub(super) fn is_zero_entrywise(graph: &mut Graph, node: NodeId) -> bool {
    let Some(view) = graph.pointwise(node, &FxHashSet::default(), LARGEST_VIEW) else { return false };
    let limits = normal::Limits::default();
    normal::is_zero(&view.expression, &TableDefinitions, &limits) == Some(Certainty::Proved)
}

/// Is a sum of contractions zero because their summands cancel?
pub(super) fn is_zero_under_sums(graph: &mut Graph, node: NodeId) -> bool {
    let Node::Sum(terms) = graph.node(node).clone() else { return false };
    let outputs = graph.rank(node);
    let Some(bound) = terms.iter().map(|(_, term)| &term.sizes[outputs..]).max_by_key(|b| b.len()) else {
        return false;
    };
    if bound.is_empty() || bound.len() > MOST_BOUND {
        return false;
    }
    let mut axes = graph.axes(node).clone();
    axes.extend_from_slice(bound);
    let mut parts: Vec<(Rational, NodeId)> = Vec::new();
    for (coefficient, term) in &terms {
        match summand(graph, outputs, term, &axes) {
            Some(part) => parts.push((coefficient.clone(), part)),
            None => return false,
        }
    }
    let total = graph.combine(&parts);
    graph.is_zero(total) || is_zero_entrywise(graph, total)
}

/// The term without its sums, on the outputs and all bound axes; a term with fewer sums must bring the size of the missing
/// axis as a factor (`n = Σ_k 1`).
fn summand(graph: &mut Graph, outputs: usize, term: &Term, axes: &Axes) -> Option<NodeId> {
    let mut missing: Vec<_> = axes[outputs..].to_vec();
    let mut to: Labels = (0..outputs as u8).collect();
    for size in &term.sizes[outputs..] {
        let at = (outputs..axes.len()).find(|at| axes[*at] == *size && !to.contains(&(*at as u8)))?;
        to.push(at as u8);
        let place = missing.iter().position(|m| m == size)?;
        missing.remove(place);
    }
    let mut operands: Vec<Operand> = Vec::new();
    for factor in &term.factors {
        if let Some(Atom::Size(size)) = graph.atom(factor.base)
            && factor.exponent.is_one()
            && let Some(place) = missing.iter().position(|m| m == size)
        {
            missing.remove(place);
            continue;
        }
        operands.push(Operand {
            node: factor.base,
            labels: factor.labels.iter().map(|l| to[*l as usize]).collect(),
            exponent: factor.exponent.clone(),
        });
    }
    // A number of a fixed size n is n times a sum of 1/n.
    let mut scale = Rational::ONE;
    for size in missing {
        let n = graph.dimension_value(size).as_number()?;
        scale = scale.divide(&Rational::integer(n))?;
    }
    let product = graph.contract(axes.len(), axes, &operands);
    Some(graph.scale(&scale, product))
}
