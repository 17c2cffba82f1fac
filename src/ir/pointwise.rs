//! The scalar view of a tensor: its arithmetic entry by entry as a [`Scalar`], and back.
//!
//! Whatever is not arithmetic on the output axes (a contraction, a variable, a reduction) is a leaf. Leaves are numbered by
//! what they are, not by when they were made, so that the view does not depend on how the formula was written.

use rustc_hash::{FxHashMap, FxHashSet};

use super::chain::{Chains, Link};
use super::construct::Operand;
use super::graph::Graph;
use super::node::{Atom, Axes, Exponent, Factor, Labels, Node, NodeId, Term};
use super::order::Looks;
use super::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use crate::number::Rational;
use crate::number::Sign;

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
        Some(self.ordered(&expression, &leaves, axes))
    }

    /// Renumbers the leaves in the order of their names and structure.
    fn ordered(&self, expression: &Scalar, leaves: &[Leaf], axes: Axes) -> Pointwise {
        let mut looks = Looks::new(self);
        let keys: Vec<_> = leaves
            .iter()
            .map(|leaf| match self.atom(leaf.node) {
                Some(Atom::Variable(symbol)) => (Some(self.symbol_name(*symbol)), None),
                _ => (None, Some(looks.of(leaf.node))),
            })
            .collect();
        let mut order: Vec<usize> = (0..leaves.len()).collect();
        order.sort_by(|a, b| {
            let key = |at: usize| {
                let (leaf, (name, look)) = (&leaves[at], &keys[at]);
                (name.is_none(), name, look, self.content_hash(leaf.node), &leaf.labels)
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

    /// The node of a scalar expression in the given leaves, on the given axes. Every part is made on the axes that it
    /// depends on and no others, so that a vector stays a vector inside a matrix.
    pub fn from_pointwise(&mut self, expression: &Scalar, leaves: &[Leaf], axes: &Axes) -> NodeId {
        let chains = Chains::of(expression);
        let mut parts: Vec<Leaf> = Vec::with_capacity(expression.nodes().len());
        for (number, operation) in expression.nodes().iter().enumerate() {
            let part = match chains.link(number as Ref) {
                // Made with the whole of its chain.
                Link::Inner => Leaf { node: NodeId(0), labels: Labels::new() },
                Link::Sum => self.whole_sum(&chains.operands(expression, number as Ref), &parts, axes),
                Link::Product => {
                    self.whole_product(&chains.operands(expression, number as Ref), &parts, axes)
                }
                Link::None => self.pointwise_part(operation, leaves, &parts, axes),
            };
            parts.push(part);
        }
        match parts.pop() {
            Some(root) => self.broadcast(root.node, axes, &root.labels),
            None => self.constant(&Rational::ZERO, axes.clone()),
        }
    }

    /// A sum of many parts, each with its sign, made at once: made two by two, every sum on the way would be a node.
    fn whole_sum(&mut self, operands: &[(Ref, bool)], parts: &[Leaf], axes: &Axes) -> Leaf {
        let terms: Vec<&Leaf> = operands.iter().map(|(at, _)| &parts[*at as usize]).collect();
        let (nodes, labels) = self.together(&terms, axes);
        let signed: Vec<(Rational, NodeId)> = operands
            .iter()
            .zip(nodes)
            .map(|((_, turned), node)| (if *turned { Rational::MINUS_ONE } else { Rational::ONE }, node))
            .collect();
        Leaf { node: self.combine(&signed), labels }
    }

    /// The same for a product; what is turned stands below the line.
    fn whole_product(&mut self, operands: &[(Ref, bool)], parts: &[Leaf], axes: &Axes) -> Leaf {
        let factors: Vec<&Leaf> = operands.iter().map(|(at, _)| &parts[*at as usize]).collect();
        let (labels, own) = union(&factors, axes);
        let operands: Vec<Operand> = operands
            .iter()
            .zip(factors)
            .map(|((_, turned), part)| Operand {
                node: part.node,
                labels: places(&part.labels, &labels),
                exponent: if *turned { Exponent::Number(Rational::MINUS_ONE) } else { Exponent::ONE },
            })
            .collect();
        Leaf { node: self.contract(own.len(), &own, &operands), labels }
    }

    fn pointwise_part(
        &mut self,
        operation: &Operation,
        leaves: &[Leaf],
        parts: &[Leaf],
        axes: &Axes,
    ) -> Leaf {
        let at = |r: &Ref| &parts[*r as usize];
        let scalar = |node| Leaf { node, labels: Labels::new() };
        match operation {
            Operation::Number(value) => scalar(self.number(value)),
            Operation::Constant(_) => scalar(self.pi()),
            Operation::Leaf(leaf) => self.sorted_leaf(&leaves[*leaf as usize], axes),
            Operation::Negate(a) => Leaf { node: self.negate(at(a).node), labels: at(a).labels.clone() },
            Operation::Add(a, b) => self.whole_sum(&[(*a, false), (*b, false)], parts, axes),
            Operation::Subtract(a, b) => self.whole_sum(&[(*a, false), (*b, true)], parts, axes),
            Operation::Multiply(a, b) => self.whole_product(&[(*a, false), (*b, false)], parts, axes),
            Operation::Divide(a, b) => self.whole_product(&[(*a, false), (*b, true)], parts, axes),
            Operation::Power(a, b) => {
                if at(b).labels.is_empty() {
                    let exponent = self.exponent_of(at(b).node);
                    return Leaf { node: self.power(at(a).node, exponent), labels: at(a).labels.clone() };
                }
                let (nodes, labels) = self.together(&[at(a), at(b)], axes);
                Leaf { node: self.raise(nodes[0], nodes[1]), labels }
            }
            Operation::Call(function, arguments) => {
                let arguments: Vec<&Leaf> = arguments.iter().map(at).collect();
                let (nodes, labels) = self.together(&arguments, axes);
                let node = match (function, nodes.as_slice()) {
                    (crate::function::Function::Known(id), all) => self.call(*id, all),
                    (crate::function::Function::Unknown { symbol, primes }, [argument, ..]) => {
                        let name = self.symbol_name(super::SymbolId(*symbol)).to_owned();
                        self.unknown_call(&name, *primes, *argument)
                    }
                    // An unknown function is always made with its argument.
                    _ => self.number(&Rational::ZERO),
                };
                Leaf { node, labels }
            }
        }
    }

    /// The leaf with each output axis once, in order: a repeated one becomes a diagonal.
    fn sorted_leaf(&mut self, leaf: &Leaf, axes: &Axes) -> Leaf {
        if leaf.labels.windows(2).all(|w| w[0] < w[1]) {
            return leaf.clone();
        }
        let mut labels = leaf.labels.clone();
        labels.sort_unstable();
        labels.dedup();
        let own: Axes = labels.iter().map(|l| axes[*l as usize]).collect();
        let places: Labels =
            leaf.labels.iter().map(|l| labels.iter().position(|o| o == l).unwrap_or(0) as u8).collect();
        Leaf { node: self.broadcast(leaf.node, &own, &places), labels }
    }

    /// Parts on the union of their labels.
    fn together(&mut self, parts: &[&Leaf], axes: &Axes) -> (Vec<NodeId>, Labels) {
        let (labels, own) = union(parts, axes);
        let nodes = parts
            .iter()
            .map(|part| self.broadcast(part.node, &own, &places(&part.labels, &labels)))
            .collect();
        (nodes, labels)
    }

    /// What is known of the sign of each leaf.
    pub fn leaf_signs(&self, leaves: &[Leaf]) -> Vec<Sign> {
        leaves.iter().map(|leaf| self.sign(leaf.node)).collect()
    }
}

/// Every label of any of the parts, in order, and the sizes.
fn union(parts: &[&Leaf], axes: &Axes) -> (Labels, Axes) {
    let mut labels: Labels = parts.iter().flat_map(|part| part.labels.iter().copied()).collect();
    labels.sort_unstable();
    labels.dedup();
    let own = labels.iter().map(|l| axes[*l as usize]).collect();
    (labels, own)
}

/// Where each of the labels stands among `all`.
fn places(labels: &Labels, all: &Labels) -> Labels {
    labels.iter().map(|l| all.iter().position(|o| o == l).unwrap_or(0) as u8).collect()
}

impl View<'_> {
    /// The node with its axes on the given output axes.
    fn node(&mut self, node: NodeId, labels: &Labels) -> Option<Ref> {
        if let Some(&done) = self.done.get(&(node, labels.clone())) {
            return Some(done);
        }
        let made =
            if self.opaque.contains(&node) { self.leaf(node, labels) } else { self.open(node, labels)? };
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
