//! The names that a person gave to values, and those that must not be used for anything else.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::ir::{Graph, NodeId};
use crate::lower::{Environment, Layout};

/// What the writer knows of the names of a problem.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Names of values, in alphabetical order.
    pub(super) definitions: Vec<Definition>,
    /// Vectors that were declared lying, `R[1,n]`.
    pub(super) lying: BTreeSet<String>,
    /// Every name in use.
    pub(super) used: BTreeSet<String>,
    /// Sums as they stand in what was read: of `x - a` and `a - x` the one that was written is preferred.
    pub(super) written: FxHashSet<NodeId>,
}

/// `ŷ = softmax(W*x + b)`.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub name: String,
    pub node: NodeId,
    pub layout: Layout,
}

impl Names {
    /// The names of an environment.
    pub fn of(environment: &Environment) -> Self {
        let definitions = environment
            .definitions()
            .map(|(name, value)| Definition { name: name.to_owned(), node: value.node, layout: value.layout })
            .collect();
        let mut used: BTreeSet<String> =
            environment.names.variables().chain(environment.names.functions()).map(str::to_owned).collect();
        let mut lying = BTreeSet::new();
        for (name, axes, layout) in environment.variables() {
            used.insert(name.to_owned());
            if layout == Layout::Row {
                lying.insert(name.to_owned());
            }
            for axis in axes {
                for (symbol, _) in &environment.graph.dimension_value(*axis).terms {
                    used.insert(environment.graph.symbol_name(*symbol).to_owned());
                }
            }
        }
        for (name, _) in environment.definitions() {
            used.insert(name.to_owned());
        }
        Names { definitions, lying, used, written: environment.written.clone() }
    }

    /// The same without one of the definitions: its own right side is written with it.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut names = self.clone();
        names.definitions.retain(|definition| definition.name != name);
        names
    }

    /// Adds the names of everything that a node holds: free indices and sizes need not be declared.
    pub(super) fn with_names_in(&self, graph: &Graph, node: NodeId) -> BTreeSet<String> {
        use crate::ir::Atom;
        let mut used = self.used.clone();
        for id in graph.reachable(&[node]) {
            let mut sizes: Vec<_> = graph.axes(id).to_vec();
            match graph.atom(id) {
                Some(Atom::Variable(symbol) | Atom::Unit(symbol)) => {
                    used.insert(graph.symbol_name(*symbol).to_owned());
                }
                Some(Atom::Size(size)) => sizes.push(*size),
                _ => {}
            }
            for size in sizes {
                for (symbol, _) in &graph.dimension_value(size).terms {
                    used.insert(graph.symbol_name(*symbol).to_owned());
                }
            }
        }
        used
    }
}
