//! An order of nodes by what they look like: first without the names of variables, then by the names in order of the
//! alphabet. Content hashes know names as numbers, so an order by hash would change when a variable is renamed.

use rustc_hash::FxHashMap;

use super::graph::{Graph, mix};
use super::node::{Atom, Exponent, Factor, Node, NodeId};

/// Names that are compared; nodes that begin with as many equal ones are left to their hashes.
const MAXIMUM_NAMES: usize = 32;
/// Below this depth nodes look alike.
const MAXIMUM_DEPTH: usize = 100;

/// What a node looks like.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Look<'g> {
    /// A hash of the structure without names.
    shape: u64,
    /// The names, left to right.
    names: Vec<&'g str>,
}

/// Looks of nodes, kept while several are compared.
pub(super) struct Looks<'g> {
    graph: &'g Graph,
    known: FxHashMap<NodeId, Look<'g>>,
}

impl<'g> Looks<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        Looks { graph, known: FxHashMap::default() }
    }

    pub(super) fn of(&mut self, node: NodeId) -> Look<'g> {
        self.look(node, 0)
    }

    fn look(&mut self, node: NodeId, depth: usize) -> Look<'g> {
        if let Some(look) = self.known.get(&node) {
            return look.clone();
        }
        let graph = self.graph;
        let mut look = Look { shape: graph.rank(node) as u64, names: Vec::new() };
        if depth < MAXIMUM_DEPTH {
            match graph.node(node) {
                Node::Atom(Atom::Variable(symbol) | Atom::Unit(symbol)) => {
                    look.names.push(graph.symbol_name(*symbol));
                }
                Node::Atom(atom) => {
                    look.shape = mix(look.shape, graph.outer_hash(atom));
                    atom.children(|child| look.append(&self.look(child, depth + 1)));
                }
                Node::Sum(terms) => {
                    let mut parts: Vec<Look> = terms
                        .iter()
                        .map(|(coefficient, term)| {
                            let mut factors: Vec<Look> =
                                term.factors.iter().map(|factor| self.factor(factor, depth)).collect();
                            factors.sort_unstable();
                            // Which of u − v and v − u is kept depends on names; how it looks must not.
                            let size = Graph::rational_hash(&coefficient.abs());
                            let shape = mix(size, term.sizes.len() as u64);
                            gathered(shape, &factors)
                        })
                        .collect();
                    parts.sort_unstable();
                    look = gathered(mix(look.shape, 71), &parts);
                }
            }
        }
        self.known.insert(node, look.clone());
        look
    }

    fn factor(&mut self, factor: &Factor, depth: usize) -> Look<'g> {
        let mut look = self.look(factor.base, depth + 1);
        match &factor.exponent {
            Exponent::Number(q) => look.shape = mix(look.shape, Graph::rational_hash(q)),
            Exponent::Node(node) => {
                let exponent = self.look(*node, depth + 1);
                look.append(&exponent);
            }
        }
        look
    }
}

impl<'g> Look<'g> {
    fn append(&mut self, part: &Look<'g>) {
        self.shape = mix(self.shape, part.shape);
        let room = MAXIMUM_NAMES.saturating_sub(self.names.len());
        self.names.extend(part.names.iter().take(room));
    }
}

fn gathered<'g>(shape: u64, parts: &[Look<'g>]) -> Look<'g> {
    let mut look = Look { shape, names: Vec::new() };
    for part in parts {
        look.append(part);
    }
    look
}
