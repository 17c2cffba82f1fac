//! The scalar view of a tensor: its arithmetic entry by entry as a [`Scalar`], and back.
//!
//! Whatever is not arithmetic on the output axes (a contraction, a variable, a reduction) is a leaf. Leaves are numbered by
//! what they are, not by when they were made, so that the view does not depend on how the formula was written.

use rustc_hash::{FxHashMap, FxHashSet};

use super::construct::Operand;
use super::graph::Graph;
use super::node::{Atom, Axes, Exponent, Factor, Labels, Node, NodeId, Term};
use super::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use super::sign::Sign;
use crate::number::Rational;

/// A leaf of the view: a node on some of the output axes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Leaf {
    /// The node.
    pub node: NodeId,
    /// For each of its axes, the output axis.
    pub labels: Labels,
}

/// A tensor as a scalar expression in its leaves.
#[derive(Clone, Debug)]
pub struct Pointwise {
    /// The expression; leaf numbers are places in `leaves`.
    pub expression: Scalar,
    /// The leaves.
    pub leaves: Vec<Leaf>,
    /// The axes of the tensor.
    pub axes: Axes,
}

/// A view being built.
struct View<'g> {
    graph: &'g mut Graph,
    builder: ScalarBuilder,
    leaves: Vec<Leaf>,
    leaf_index: FxHashMap<Leaf, u32>,
    done: FxHashMap<(NodeId, Labels), Ref>,
    left: usize,
    opaque: &'g FxHashSet<NodeId>,
}

impl Graph {
    /// The scalar view of a node; `None` if it has more than `limit` parts. Nodes in `opaque` are leaves, except the node
    /// itself.
    pub fn pointwise(&mut self, node: NodeId, opaque: &FxHashSet<NodeId>, limit: usize) -> Option<Pointwise> {
        let axes = self.axes(node).clone();
        let labels: Labels = (0..axes.len() as u8).collect();
        let mut view = View {
            graph: self,
            builder: ScalarBuilder::default(),
            leaves: Vec::new(),
            leaf_index: FxHashMap::default(),
            done: FxHashMap::default(),
            left: limit,
            opaque,
        };
        let root = view.open(node, &labels)?;
        let expression = view.builder.finish(root);
        let leaves = view.leaves;
        Some(self.ordered(&expression, leaves, axes))
    }

    /// Renumbers the leaves in the order of their names and structure.
    fn ordered(&self, expression: &Scalar, leaves: Vec<Leaf>, axes: Axes) -> Pointwise {
        let mut order: Vec<usize> = (0..leaves.len()).collect();
        order.sort_by(|a, b| {
            let key = |at: usize| {
                let leaf = &leaves[at];
                let name = match self.atom(leaf.node) {
                    Some(Atom::Variable(symbol)) => Some(self.symbol_name(*symbol)),
                    _ => None,
                };
                (name.is_none(), name.unwrap_or(""), self.content_hash(leaf.node), &leaf.labels)
            };
            key(*a).cmp(&key(*b))
        });
        let mut number = vec![0; leaves.len()];
        for (new, old) in order.iter().enumerate() {
            number[*old] = new as u32;
        }
        let mut builder = ScalarBuilder::default();
        let mut place: Vec<Ref> = Vec::with_capacity(expression.nodes().len());
        for operation in expression.nodes() {
            let operation = match operation {
                Operation::Leaf(leaf) => Operation::Leaf(number[*leaf as usize]),
                other => other.map(|a| place[a as usize]),
            };
            place.push(builder.add(operation));
        }
        let root = place.last().copied().unwrap_or(0);
        Pointwise {
            expression: builder.finish(root),
            leaves: order.iter().map(|at| leaves[*at].clone()).collect(),
            axes,
        }
    }

    /// The node of a scalar expression in the given leaves, on the given axes.
    pub fn from_pointwise(&mut self, expression: &Scalar, leaves: &[Leaf], axes: &Axes) -> NodeId {
        let mut nodes: Vec<NodeId> = Vec::with_capacity(expression.nodes().len());
        for operation in expression.nodes() {
            let at = |r: &Ref| nodes[*r as usize];
            let node = match operation {
                Operation::Number(value) => self.constant(value, axes.clone()),
                Operation::Constant(_) => {
                    let pi = self.pi();
                    self.broadcast(pi, axes, &[])
                }
                Operation::Leaf(leaf) => {
                    let leaf = &leaves[*leaf as usize];
                    self.broadcast(leaf.node, axes, &leaf.labels)
                }
                Operation::Add(a, b) => self.add(&[at(a), at(b)]),
                Operation::Subtract(a, b) => self.subtract(at(a), at(b)),
                Operation::Multiply(a, b) => self.multiply(&[at(a), at(b)]),
                Operation::Divide(a, b) => {
                    let (a, below) = (at(a), self.reciprocal(at(b)));
                    self.multiply(&[a, below])
                }
                Operation::Negate(a) => self.negate(at(a)),
                Operation::Power(a, b) => {
                    let (base, exponent) = (at(a), at(b));
                    match self.as_number(exponent) {
                        Some(q) => self.power(base, Exponent::Number(q)),
                        None => self.raise(base, exponent),
                    }
                }
                Operation::Call(function, arguments) => {
                    let arguments: Vec<NodeId> = arguments.iter().map(at).collect();
                    match (function, arguments.as_slice()) {
                        (crate::function::Function::Known(id), all) => self.call(*id, all),
                        (crate::function::Function::Unknown { symbol, primes }, [argument, ..]) => {
                            let name = self.symbol_name(super::SymbolId(*symbol)).to_owned();
                            self.unknown_call(&name, *primes, *argument)
                        }
                        // An unknown function is always made with its argument.
                        _ => self.constant(&Rational::ZERO, axes.clone()),
                    }
                }
            };
            nodes.push(node);
        }
        nodes.last().copied().unwrap_or_else(|| self.constant(&Rational::ZERO, axes.clone()))
    }

    /// What is known of the sign of each leaf.
    pub fn leaf_signs(&self, leaves: &[Leaf]) -> Vec<Sign> {
        leaves.iter().map(|leaf| self.sign(leaf.node)).collect()
    }
}

impl View<'_> {
    /// The node with its axes on the given output axes.
    fn node(&mut self, node: NodeId, labels: &Labels) -> Option<Ref> {
        if let Some(&done) = self.done.get(&(node, labels.clone())) {
            return Some(done);
        }
        let made = if self.opaque.contains(&node) { self.leaf(node, labels) } else { self.open(node, labels)? };
        self.done.insert((node, labels.clone()), made);
        Some(made)
    }

    fn open(&mut self, node: NodeId, labels: &Labels) -> Option<Ref> {
        self.left = self.left.checked_sub(1)?;
        Some(match self.graph.node(node).clone() {
            Node::Sum(terms) => self.sum(&terms, labels)?,
            Node::Atom(Atom::Call(function, arguments)) => {
                let mut parts = smallvec::SmallVec::new();
                for argument in arguments {
                    parts.push(self.node(argument, labels)?);
                }
                self.builder.add(Operation::Call(function, parts))
            }
            Node::Atom(Atom::Constant(constant)) => self.builder.add(Operation::Constant(constant)),
            Node::Atom(_) => self.leaf(node, labels),
        })
    }

    fn leaf(&mut self, node: NodeId, labels: &Labels) -> Ref {
        let leaf = Leaf { node, labels: labels.clone() };
        let next = self.leaves.len() as u32;
        let number = *self.leaf_index.entry(leaf.clone()).or_insert(next);
        if number == next {
            self.leaves.push(leaf);
        }
        self.builder.add(Operation::Leaf(number))
    }

    fn sum(&mut self, terms: &[(Rational, Term)], labels: &Labels) -> Option<Ref> {
        let mut total: Option<Ref> = None;
        for (coefficient, term) in terms {
            let size = coefficient.abs();
            let mut product = self.term(term, labels)?;
            if !size.is_one() {
                let number = self.builder.add(Operation::Number(size));
                product = Some(match product {
                    Some(product) => self.builder.add(Operation::Multiply(number, product)),
                    None => number,
                });
            }
            let product = product.unwrap_or_else(|| self.builder.integer(1));
            total = Some(match (total, coefficient.is_negative()) {
                (None, false) => product,
                (None, true) => self.builder.add(Operation::Negate(product)),
                (Some(sum), false) => self.builder.add(Operation::Add(sum, product)),
                (Some(sum), true) => self.builder.add(Operation::Subtract(sum, product)),
            });
        }
        Some(total.unwrap_or_else(|| self.builder.integer(0)))
    }

    /// The product of a term: its factors on output axes, and what is summed over as one leaf.
    fn term(&mut self, term: &Term, labels: &Labels) -> Option<Option<Ref>> {
        let rank = labels.len();
        let is_open = |factor: &Factor| factor.labels.iter().all(|l| (*l as usize) < rank);
        let (open, summed): (Vec<&Factor>, Vec<&Factor>) = term.factors.iter().partition(|f| is_open(f));
        let mut product: Option<Ref> = None;
        if term.sizes.len() > rank {
            let (node, used) = self.contraction(term, &summed, rank);
            let outer: Labels = used.iter().map(|l| labels[*l as usize]).collect();
            product = Some(self.leaf(node, &outer));
        }
        for factor in open {
            let inner: Labels = factor.labels.iter().map(|l| labels[*l as usize]).collect();
            let base = self.node(factor.base, &inner)?;
            let made = match &factor.exponent {
                Exponent::Number(q) if q.is_one() => base,
                Exponent::Number(q) => {
                    let exponent = self.builder.add(Operation::Number(q.clone()));
                    self.builder.add(Operation::Power(base, exponent))
                }
                Exponent::Node(node) => {
                    let exponent = self.node(*node, &Labels::new())?;
                    self.builder.add(Operation::Power(base, exponent))
                }
            };
            product = Some(match product {
                None => made,
                Some(product) => self.builder.add(Operation::Multiply(product, made)),
            });
        }
        Some(product)
    }

    /// The factors that hold bound labels, contracted to the output labels they use.
    fn contraction(&mut self, term: &Term, summed: &[&Factor], rank: usize) -> (NodeId, Labels) {
        let mut used: Labels = Labels::new();
        for label in 0..rank as u8 {
            if summed.iter().any(|f| f.labels.contains(&label)) {
                used.push(label);
            }
        }
        let mut to = vec![0; term.sizes.len()];
        let mut sizes = Axes::new();
        for label in &used {
            to[*label as usize] = sizes.len() as u8;
            sizes.push(term.sizes[*label as usize]);
        }
        for (label, size) in term.sizes.iter().enumerate().skip(rank) {
            to[label] = sizes.len() as u8;
            sizes.push(*size);
        }
        let operands: Vec<Operand> = summed
            .iter()
            .map(|factor| Operand {
                node: factor.base,
                labels: factor.labels.iter().map(|l| to[*l as usize]).collect(),
                exponent: factor.exponent.clone(),
            })
            .collect();
        (self.graph.contract(used.len(), &sizes, &operands), used)
    }
}
