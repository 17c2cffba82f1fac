//! Simplifying a node of the graph: its arithmetic entry by entry goes through the scalar simplifier, and so does what is
//! summed over, from the inside out.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::ir::{Exponent, Factor, Graph, Labels, Leaf, Node, NodeId, Operand, Pointwise};
use crate::simplify::{LeafFacts, Options, Simplifier};

/// Views with more parts are left as they are: they are printed with shared definitions, and searching them would not pay.
const LARGEST_VIEW: usize = 3_000;

/// A simplified scalar: an expression in leaves.
pub(crate) struct SimplifiedScalar {
    pub expression: crate::ir::scalar::Scalar,
    pub leaves: Vec<Leaf>,
}

/// Simplifies nodes; keeps what it has done.
pub(crate) struct NodeSimplifier {
    options: Options,
    /// Nodes with a name of their own, not looked into.
    opaque: FxHashSet<NodeId>,
    done: FxHashMap<NodeId, NodeId>,
    /// The first contradiction that was met.
    pub conflict: Option<String>,
}

impl NodeSimplifier {
    pub(crate) fn new(options: Options, opaque: FxHashSet<NodeId>) -> Self {
        NodeSimplifier { options, opaque, done: FxHashMap::default(), conflict: None }
    }

    /// A scalar as an expression; `None` if it is too large to be looked at as one.
    pub(crate) fn scalar(&mut self, graph: &mut Graph, node: NodeId) -> Option<SimplifiedScalar> {
        let view = graph.pointwise(node, &self.opaque, LARGEST_VIEW)?;
        let leaves = self.leaves(graph, &view);
        let mut simplifier = self.simplifier(graph, &leaves);
        let simplified = simplifier.simplify(&view.expression);
        self.conflict = self.conflict.take().or(simplified.conflict);
        let expression = simplified.expression;
        Some(SimplifiedScalar { expression, leaves })
    }

    /// A node of any axes.
    pub(crate) fn node(&mut self, graph: &mut Graph, node: NodeId) -> NodeId {
        if let Some(&done) = self.done.get(&node) {
            return done;
        }
        // Entries of a component at a free index look at the whole again: what is under way stays as it is.
        self.done.insert(node, node);
        // Entries without any arithmetic have nothing to simplify.
        let result = match graph.pointwise(node, &self.opaque, LARGEST_VIEW) {
            None => node,
            Some(view) => {
                let leaves = self.leaves(graph, &view);
                let is_leaf = view.expression.nodes().len() == 1;
                let mut simplifier = self.simplifier(graph, &leaves);
                let expression = if is_leaf {
                    view.expression
                } else {
                    let simplified = simplifier.simplify(&view.expression);
                    self.conflict = self.conflict.take().or(simplified.conflict);
                    simplified.expression
                };
                graph.from_pointwise(&expression, &leaves, &view.axes)
            }
        };
        self.done.insert(node, result);
        result
    }

    fn simplifier(&self, graph: &Graph, leaves: &[Leaf]) -> Simplifier {
        let mut facts = LeafFacts::none();
        for (number, sign) in graph.leaf_signs(leaves).into_iter().enumerate() {
            facts.declare(number as u32, sign.unless_empty());
        }
        Simplifier::new(facts, self.options)
    }

    fn leaves(&mut self, graph: &mut Graph, view: &Pointwise) -> Vec<Leaf> {
        view.leaves
            .iter()
            .map(|leaf| Leaf { node: self.leaf(graph, leaf.node), labels: leaf.labels.clone() })
            .collect()
    }

    /// Inside a contraction, factors on the same labels are simplified together.
    fn leaf(&mut self, graph: &mut Graph, leaf: NodeId) -> NodeId {
        if let Some(&done) = self.done.get(&leaf) {
            return done;
        }
        self.done.insert(leaf, leaf);
        let result = match graph.node(leaf).clone() {
            Node::Atom(_) => self.atom(graph, leaf),
            Node::Sum(terms) => {
                let axes = graph.axes(leaf).clone();
                let mut parts = Vec::new();
                for (coefficient, term) in terms {
                    let mut groups: Vec<(Labels, Vec<Factor>)> = Vec::new();
                    for factor in term.factors {
                        match groups.iter_mut().find(|(labels, _)| *labels == factor.labels) {
                            Some((_, factors)) => factors.push(factor),
                            None => groups.push((factor.labels.clone(), vec![factor])),
                        }
                    }
                    let mut operands = Vec::new();
                    for (labels, factors) in groups {
                        let repeats = (1..labels.len()).any(|i| labels[..i].contains(&labels[i]));
                        if repeats || (factors.len() == 1 && !is_compound(graph, &factors[0])) {
                            for factor in factors {
                                let node = self.inner(graph, factor.base, leaf);
                                operands.push(Operand {
                                    node,
                                    labels: factor.labels,
                                    exponent: factor.exponent,
                                });
                            }
                            continue;
                        }
                        let powers: Vec<NodeId> =
                            factors.iter().map(|f| graph.power(f.base, f.exponent.clone())).collect();
                        let product = graph.multiply(&powers);
                        let node = self.inner(graph, product, leaf);
                        operands.push(Operand { node, labels, exponent: Exponent::ONE });
                    }
                    parts.push((coefficient, graph.contract(axes.len(), &term.sizes, &operands)));
                }
                if parts.is_empty() { leaf } else { graph.combine(&parts) }
            }
        };
        self.done.insert(leaf, result);
        result
    }

    /// A part of a contraction; never the contraction itself again.
    fn inner(&mut self, graph: &mut Graph, node: NodeId, outer: NodeId) -> NodeId {
        if node == outer { node } else { self.node(graph, node) }
    }

    /// Atoms around other nodes: their parts are simplified.
    fn atom(&mut self, graph: &mut Graph, node: NodeId) -> NodeId {
        let mut children = Vec::new();
        graph.node(node).children(|child| children.push(child));
        let known: FxHashMap<NodeId, NodeId> =
            children.into_iter().map(|child| (child, self.node(graph, child))).collect();
        if known.iter().all(|(from, to)| from == to) { node } else { graph.rebuild(node, &known) }
    }
}

fn is_compound(graph: &Graph, factor: &Factor) -> bool {
    !factor.exponent.is_one()
        || match graph.node(factor.base) {
            Node::Sum(_) => true,
            Node::Atom(atom) => matches!(atom, crate::ir::Atom::Call(..)),
        }
}
