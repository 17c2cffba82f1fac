//! Tensors of fixed sizes entry by entry, in the entries of their variables.

use super::instance::{Instance, LeafName};
use super::statement::Statement;
use crate::ir::scalar::{Ref, ScalarBuilder};
use crate::ir::{Atom, Graph};
use crate::lower::Environment;
use crate::normal::{self, Certainty, Known};
use crate::number::Sign;
use crate::simplify::TableDefinitions;

/// Entries that are compared.
const MOST_ENTRIES: usize = 16;
/// Operations of both sides together.
const MOST_OPERATIONS: usize = 1_500;

/// Are both sides equal in every entry by arithmetic? Only for sizes that are numbers.
pub(super) fn is_equal(environment: &Environment, statement: &Statement) -> bool {
    let graph = &environment.graph;
    let roots = [statement.left.node, statement.right.node];
    // An instance puts a free index at one place.
    if graph.reachable(&roots).into_iter().any(|id| matches!(graph.atom(id), Some(Atom::Unit(_)))) {
        return false;
    }
    let mut instance = Instance::new(graph, std::collections::BTreeMap::new());
    let (Ok(left), Ok(right)) = (instance.entries(roots[0]), instance.entries(roots[1])) else {
        return false;
    };
    let expression = instance.expression();
    if left.len() > MOST_ENTRIES || left.len() != right.len() || expression.nodes().len() > MOST_OPERATIONS {
        return false;
    }
    let Some(signs) = signs(graph, instance.leaves()) else { return false };
    let limits = normal::Limits::default();
    left.iter().zip(&right).all(|(a, b)| {
        if a == b {
            return true;
        }
        let difference = instance.difference(*a, *b);
        let mut builder = ScalarBuilder::default();
        let place = builder.import(&difference, difference.root());
        let known: Vec<(Ref, Sign)> = signs
            .iter()
            .enumerate()
            .filter(|(_, sign)| **sign != Sign::ANY)
            .map(|(leaf, sign)| (builder.add(crate::ir::scalar::Operation::Leaf(leaf as u32)), *sign))
            .collect();
        let expressions = builder.everything();
        let known = Known { expressions: &expressions, signs: &known };
        known.is_zero(place, &TableDefinitions, &limits) == Some(Certainty::Proved)
    })
}

/// What is known of the sign of each entry; `None` if something stands for an unknown function.
fn signs(graph: &Graph, leaves: &[LeafName]) -> Option<Vec<Sign>> {
    leaves
        .iter()
        .map(|leaf| match leaf {
            LeafName::Entry(symbol, _) => Some(graph.declared_sign(*symbol)),
            LeafName::Coefficient(..) => None,
        })
        .collect()
}
