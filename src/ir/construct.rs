//! The constructors: the only way to make a node.

use smallvec::{SmallVec, smallvec};

use super::dimension::{DimensionId, SymbolId};
use super::graph::Graph;
use super::node::{Atom, Axes, Exponent, Factor, Labels, Node, NodeId, Reduction, Term};
use super::scalar::Constant;
use super::term::Partial;
use crate::number::Rational;
use crate::number::Sign;
use crate::syntax::tree::Relation;

/// In shared form, sums longer than this stay whole inside other sums,
const SHARED_TERMS: usize = 8;
/// and so do sums with more factors than this.
const SHARED_SUM_FACTORS: usize = 6;

/// `node[labels]^exponent` in a contraction.
#[derive(Clone, Debug)]
pub struct Operand {
    /// The node.
    pub node: NodeId,
    /// A label for each of its axes.
    pub labels: Labels,
    /// The elementwise power.
    pub exponent: Exponent,
}

impl Operand {
    /// `node[labels]`.
    pub fn new(node: NodeId, labels: &[u8]) -> Self {
        Operand { node, labels: Labels::from_slice(labels), exponent: Exponent::ONE }
    }

    /// The same to a power.
    #[must_use]
    pub fn power(self, exponent: Exponent) -> Self {
        Operand { exponent, ..self }
    }
}

impl Graph {
    /// A number.
    pub fn number(&mut self, value: &Rational) -> NodeId {
        self.constant(value, Axes::new())
    }

    /// A tensor with the same number in every entry.
    pub fn constant(&mut self, value: &Rational, axes: Axes) -> NodeId {
        let hash = self.term_hash(&axes, &[]);
        let term = Term { sizes: axes.clone(), factors: SmallVec::new(), hash };
        self.sum_node(axes, vec![(value.clone(), term)])
    }

    /// An atom that needs no rewriting.
    pub(super) fn intern_atom(&mut self, atom: Atom, axes: Axes) -> NodeId {
        self.intern(Node::Atom(atom), axes)
    }

    /// A variable.
    pub fn variable(&mut self, name: &str, axes: Axes) -> NodeId {
        let symbol = self.symbol(name);
        self.intern_atom(Atom::Variable(symbol), axes)
    }

    /// π.
    pub fn pi(&mut self) -> NodeId {
        self.intern_atom(Atom::Constant(Constant::Pi), Axes::new())
    }

    /// The identity `δ_ij`.
    pub fn delta(&mut self, size: DimensionId) -> NodeId {
        self.delta_atom(size)
    }

    pub(super) fn delta_atom(&mut self, size: DimensionId) -> NodeId {
        self.intern_atom(Atom::Delta, smallvec![size, size])
    }

    /// The size of an axis as a scalar.
    pub fn size(&mut self, size: DimensionId) -> NodeId {
        match self.dimension_value(size).as_number() {
            Some(n) => self.number(&Rational::integer(n)),
            None => self.size_atom(size),
        }
    }

    pub(super) fn size_atom(&mut self, size: DimensionId) -> NodeId {
        self.intern_atom(Atom::Size(size), Axes::new())
    }

    /// The positions 1, 2, … along an axis.
    pub fn position(&mut self, size: DimensionId) -> NodeId {
        self.intern_atom(Atom::Position, smallvec![size])
    }

    /// The unit vector of a free index.
    pub fn unit(&mut self, index: SymbolId, size: DimensionId) -> NodeId {
        self.intern_atom(Atom::Unit(index), smallvec![size])
    }

    /// The indicator of `Σ coefficient · position + constant = 0`.
    pub fn affine(&mut self, coefficients: &[i64], constant: i64, axes: Axes) -> NodeId {
        // i − j = 0 over one size is δ.
        if constant == 0 && matches!(coefficients, [1, -1] | [-1, 1]) && axes[0] == axes[1] {
            return self.delta(axes[0]);
        }
        // Oriented so that the first coefficient is positive: one relation, one node.
        let flip = if coefficients.iter().find(|c| **c != 0).is_some_and(|c| *c < 0) { -1 } else { 1 };
        let coefficients = coefficients.iter().map(|c| c * flip).collect();
        self.intern_atom(Atom::Affine(coefficients, constant * flip), axes)
    }

    /// The indicator of a relation between two nodes of the same axes.
    pub fn compare(&mut self, relation: Relation, a: NodeId, b: NodeId) -> NodeId {
        let axes = self.axes(a).clone();
        let minus = self.combine(&[(Rational::ONE, a), (Rational::MINUS_ONE, b)]);
        let sign = self.sign(minus);
        let known = match relation {
            Relation::Equal => decide(sign, Sign::ZERO),
            Relation::NotEqual => decide(sign, Sign::NON_ZERO),
            Relation::Less => decide(sign, Sign::NEGATIVE),
            Relation::LessEqual => decide(sign, Sign::NON_POSITIVE),
            Relation::Greater => decide(sign, Sign::POSITIVE),
            Relation::GreaterEqual => decide(sign, Sign::NON_NEGATIVE),
        };
        match known {
            Some(holds) => self.constant(&Rational::integer(i64::from(holds)), axes),
            None => self.intern_atom(Atom::Compare(relation, a, b), axes),
        }
    }

    /// `yes` where `condition` is not zero, `no` elsewhere; all of the same axes.
    pub fn cases(&mut self, condition: NodeId, yes: NodeId, no: NodeId) -> NodeId {
        if yes == no {
            return yes;
        }
        match self.as_number(condition) {
            Some(value) if value.is_zero() => no,
            Some(_) => yes,
            None => {
                let axes = self.axes(yes).clone();
                self.intern_atom(Atom::Cases(condition, yes, no), axes)
            }
        }
    }

    /// The last `count` axes reduced.
    pub fn reduce(&mut self, kind: Reduction, node: NodeId, count: usize) -> NodeId {
        if count == 0 {
            return node;
        }
        let axes = self.axes(node).clone();
        let kept = axes.len() - count;
        self.intern_atom(Atom::Reduce(kind, node, count as u8), Axes::from_slice(&axes[..kept]))
    }

    /// The indicator of the selected entry among the last `count` axes.
    pub fn select(&mut self, kind: Reduction, node: NodeId, count: usize) -> NodeId {
        let axes = self.axes(node).clone();
        self.intern_atom(Atom::Select(kind, node, count as u8), axes)
    }

    /// Entries given one by one, row by row.
    pub fn array(&mut self, entries: Vec<NodeId>, axes: Axes) -> NodeId {
        self.intern_atom(Atom::Array(entries), axes)
    }

    /// A sum node from finished terms: sorted, like terms merged, zeros dropped.
    pub(super) fn sum_node(&mut self, axes: Axes, mut terms: Vec<(Rational, Term)>) -> NodeId {
        if terms.len() > 1 {
            terms.sort_by_key(|(_, term)| term.hash);
            let mut merged: Vec<(Rational, Term)> = Vec::with_capacity(terms.len());
            for (coefficient, term) in terms {
                match merged.last_mut() {
                    Some(last) if last.1 == term => last.0 += &coefficient,
                    _ => merged.push((coefficient, term)),
                }
            }
            terms = merged;
        }
        terms.retain(|(coefficient, _)| !coefficient.is_zero());
        if let [(coefficient, term)] = terms.as_slice()
            && coefficient.is_one()
            && term.sizes.len() == axes.len()
            && let [factor] = term.factors.as_slice()
            && factor.exponent.is_one()
            && factor.labels.len() == axes.len()
            && factor.labels.iter().enumerate().all(|(i, l)| i == *l as usize)
        {
            return factor.base;
        }
        self.intern(Node::Sum(terms), axes)
    }

    /// One term of a sum as a node.
    pub fn term_node(&mut self, axes: &Axes, coefficient: Rational, term: Term) -> NodeId {
        self.sum_node(axes.clone(), vec![(coefficient, term)])
    }

    /// `Σ coefficient · node`, all of the same axes.
    pub fn combine(&mut self, parts: &[(Rational, NodeId)]) -> NodeId {
        if let [(coefficient, node)] = parts
            && coefficient.is_one()
        {
            return *node;
        }
        let Some((_, first)) = parts.first() else { return self.number(&Rational::ZERO) };
        let axes = self.axes(*first).clone();
        let mut terms = Vec::with_capacity(parts.len());
        for (coefficient, node) in parts {
            match self.node(*node) {
                Node::Sum(inner) if !(self.shared && parts.len() > 1 && is_long(inner)) => {
                    terms.extend(inner.iter().map(|(c, term)| (coefficient * c, term.clone())));
                }
                _ => terms.push((coefficient.clone(), self.identity_term(*node))),
            }
        }
        self.sum_node(axes, terms)
    }

    /// `Σ node`, all of the same axes.
    pub fn add(&mut self, nodes: &[NodeId]) -> NodeId {
        let parts: SmallVec<[(Rational, NodeId); 4]> =
            nodes.iter().map(|node| (Rational::ONE, *node)).collect();
        self.combine(&parts)
    }

    /// `−node`.
    pub fn negate(&mut self, node: NodeId) -> NodeId {
        self.combine(&[(Rational::MINUS_ONE, node)])
    }

    /// `coefficient · node`.
    pub fn scale(&mut self, coefficient: &Rational, node: NodeId) -> NodeId {
        self.combine(&[(coefficient.clone(), node)])
    }

    /// `a − b`.
    pub fn subtract(&mut self, a: NodeId, b: NodeId) -> NodeId {
        self.combine(&[(Rational::ONE, a), (Rational::MINUS_ONE, b)])
    }

    /// The elementwise product; scalars are broadcast to the axes of the others, which must all be the same.
    pub fn multiply(&mut self, nodes: &[NodeId]) -> NodeId {
        if let [node] = nodes {
            return *node;
        }
        let axes = nodes.iter().map(|n| self.axes(*n)).max_by_key(|a| a.len()).cloned().unwrap_or_default();
        let all: Labels = (0..axes.len() as u8).collect();
        let operands: SmallVec<[Operand; 4]> = nodes
            .iter()
            .map(|node| {
                let labels = if self.rank(*node) == 0 { Labels::new() } else { all.clone() };
                Operand { node: *node, labels, exponent: Exponent::ONE }
            })
            .collect();
        self.contract(axes.len(), &axes, &operands)
    }

    /// `whole ⊙ part`, where the axes of `part` are the last axes of `whole`.
    pub fn multiply_over(&mut self, whole: NodeId, part: NodeId) -> NodeId {
        let axes = self.axes(whole).clone();
        let skipped = (axes.len() - self.rank(part)) as u8;
        let operands = [
            Operand { node: whole, labels: (0..axes.len() as u8).collect(), exponent: Exponent::ONE },
            Operand { node: part, labels: (skipped..axes.len() as u8).collect(), exponent: Exponent::ONE },
        ];
        self.contract(axes.len(), &axes, &operands)
    }

    /// The elementwise power with a number or scalar as exponent.
    pub fn power(&mut self, node: NodeId, exponent: Exponent) -> NodeId {
        if exponent.is_one() {
            return node;
        }
        let axes = self.axes(node).clone();
        if matches!(&exponent, Exponent::Number(q) if q.is_zero()) {
            return self.constant(&Rational::ONE, axes);
        }
        let labels = (0..axes.len() as u8).collect();
        self.contract(axes.len(), &axes, &[Operand { node, labels, exponent }])
    }

    /// `1/node`, elementwise.
    pub fn reciprocal(&mut self, node: NodeId) -> NodeId {
        self.power(node, Exponent::Number(Rational::MINUS_ONE))
    }

    /// The axes renamed: axis `i` of the result is axis `order[i]` of the node.
    pub fn permute(&mut self, node: NodeId, order: &[u8]) -> NodeId {
        let axes = self.axes(node).clone();
        let new_axes: Axes = order.iter().map(|i| axes[*i as usize]).collect();
        let mut labels: Labels = smallvec![0; axes.len()];
        for (i, from) in order.iter().enumerate() {
            labels[*from as usize] = i as u8;
        }
        self.contract(new_axes.len(), &new_axes, &[Operand { node, labels, exponent: Exponent::ONE }])
    }

    /// The transpose of a matrix.
    pub fn transpose(&mut self, node: NodeId) -> NodeId {
        self.permute(node, &[1, 0])
    }

    /// The node with new axes put in by repetition: `labels` says which axis of the result each of its axes is.
    pub fn broadcast(&mut self, node: NodeId, axes: &Axes, labels: &[u8]) -> NodeId {
        if self.rank(node) == axes.len() && labels.iter().enumerate().all(|(i, l)| i == *l as usize) {
            return node;
        }
        self.contract(axes.len(), axes, &[Operand::new(node, labels)])
    }

    /// A contraction: the product of the operands over labels with the given sizes, of which the first `outputs` are the
    /// axes of the result and the others are summed over.
    pub fn contract(&mut self, outputs: usize, sizes: &[DimensionId], operands: &[Operand]) -> NodeId {
        let axes = Axes::from_slice(&sizes[..outputs]);
        if let [operand] = operands {
            if operand.exponent.is_one() && sizes.is_empty() {
                return operand.node;
            }
            if let (Node::Sum(terms), true) = (self.node(operand.node), operand.exponent.is_one()) {
                let is_split = terms.len() > 1 && !(self.shared && terms.len() > SHARED_TERMS);
                if is_split {
                    return self.contract_terms(outputs, sizes, operand);
                }
            }
        }
        let mut partial = Partial {
            coefficient: Rational::ONE,
            sizes: sizes.iter().map(|size| Some(*size)).collect(),
            outputs,
            factors: SmallVec::new(),
            is_zero: false,
        };
        for operand in operands {
            let labels = Labels::from_slice(&operand.labels);
            let exponent = operand.exponent.clone();
            self.push_factor(&mut partial, Factor { base: operand.node, labels, exponent });
        }
        match self.finish_product(partial) {
            None => self.sum_node(axes, Vec::new()),
            Some((coefficient, term)) => {
                // A number times a sum is that sum with other coefficients.
                if let ([factor], false) = (term.factors.as_slice(), coefficient.is_one())
                    && factor.exponent.is_one()
                    && term.sizes.len() == outputs
                    && factor.labels.len() == outputs
                    && factor.labels.iter().enumerate().all(|(i, l)| i == *l as usize)
                {
                    let base = factor.base;
                    return self.scale(&coefficient, base);
                }
                self.sum_node(axes, vec![(coefficient, term)])
            }
        }
    }

    /// A relabelled or summed sum: term by term.
    fn contract_terms(&mut self, outputs: usize, sizes: &[DimensionId], operand: &Operand) -> NodeId {
        let axes = Axes::from_slice(&sizes[..outputs]);
        let mut terms = Vec::new();
        for (coefficient, term) in self.terms(operand.node) {
            let mut to = operand.labels.clone();
            let mut all: SmallVec<[Option<DimensionId>; 8]> = sizes.iter().map(|s| Some(*s)).collect();
            for size in &term.sizes[operand.labels.len()..] {
                to.push(all.len() as u8);
                all.push(Some(*size));
            }
            let mut partial =
                Partial { coefficient, sizes: all, outputs, factors: SmallVec::new(), is_zero: false };
            for factor in &term.factors {
                let labels = factor.labels.iter().map(|l| to[*l as usize]).collect();
                self.push_factor(&mut partial, Factor { labels, ..factor.clone() });
            }
            terms.extend(self.finish_product(partial));
        }
        self.sum_node(axes, terms)
    }
}

/// Does the sum stay whole in shared form?
fn is_long(terms: &[(Rational, Term)]) -> bool {
    terms.len() > SHARED_TERMS
        || terms.iter().map(|(_, term)| term.factors.len()).sum::<usize>() > SHARED_SUM_FACTORS
}

/// Does the sign decide the relation to zero?
fn decide(sign: Sign, holds: Sign) -> Option<bool> {
    if sign.is(holds) {
        Some(true)
    } else if sign.and(holds).is_empty() {
        Some(false)
    } else {
        None
    }
}
