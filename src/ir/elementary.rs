//! Constructors of elementwise functions and of the matrix functions that stay whole.

use smallvec::{SmallVec, smallvec};

use super::graph::Graph;
use super::node::{Atom, Axes, Exponent, Factor, Labels, Node, NodeId};
use crate::function::{self, Function, FunctionId, Parity};
use crate::number::Rational;
use crate::number::Sign;

impl Graph {
    /// A function of the table applied to each component; all arguments have the same axes.
    pub fn call(&mut self, id: FunctionId, arguments: &[NodeId]) -> NodeId {
        if let [argument] = arguments
            && let Some(known) = self.known_call(id, *argument)
        {
            return known;
        }
        if let [a, b] = arguments
            && a == b
            && matches!(id, function::MAX | function::MIN)
        {
            return *a;
        }
        let axes = arguments.first().map(|a| self.axes(*a).clone()).unwrap_or_default();
        self.intern_atom(Atom::Call(Function::Known(id), SmallVec::from_slice(arguments)), axes)
    }

    /// An unknown function (or a derivative of one) applied to each component.
    pub fn unknown_call(&mut self, name: &str, primes: u8, argument: NodeId) -> NodeId {
        let symbol = self.symbol(name).0;
        let axes = self.axes(argument).clone();
        self.intern_atom(Atom::Call(Function::Unknown { symbol, primes }, smallvec![argument]), axes)
    }

    /// Values and identities that are applied whenever a call is made. Each is defined wherever the call is.
    fn known_call(&mut self, id: FunctionId, argument: NodeId) -> Option<NodeId> {
        let axes = self.axes(argument).clone();
        if let Some(value) = self.as_number(argument)
            && let Some(exact) = exact_value(id, &value)
        {
            return Some(self.constant(&exact, axes));
        }
        if id == function::EXP {
            return self.inner_call(argument, function::LOG);
        }
        if id == function::LOG {
            return self.known_log(argument);
        }
        if id == function::ABS {
            if self.sign(argument).is(Sign::NON_NEGATIVE) {
                return Some(argument);
            }
            if self.sign(argument).is(Sign::NON_POSITIVE) {
                return Some(self.negate(argument));
            }
        }
        if id == function::SIGN {
            let sign = self.sign(argument);
            let value = if sign.is(Sign::POSITIVE) {
                Some(1)
            } else if sign.is(Sign::NEGATIVE) {
                Some(-1)
            } else {
                None
            };
            if let Some(value) = value {
                return Some(self.constant(&Rational::integer(value), axes));
            }
        }
        self.by_parity(id, argument)
    }

    /// The argument of `argument` if that is a call of `inner`.
    fn inner_call(&self, argument: NodeId, inner: FunctionId) -> Option<NodeId> {
        match self.atom(argument) {
            Some(Atom::Call(Function::Known(found), arguments)) if *found == inner => {
                arguments.first().copied()
            }
            _ => None,
        }
    }

    /// `f(−u)` of an odd or even function with a single term `−u`.
    fn by_parity(&mut self, id: FunctionId, argument: NodeId) -> Option<NodeId> {
        let parity = function::row(id).parity;
        let is_negative = matches!(self.node(argument), Node::Sum(terms)
            if !terms.is_empty() && terms.iter().all(|(c, _)| c.is_negative()));
        if parity == Parity::None || !is_negative {
            return None;
        }
        let positive = self.negate(argument);
        let call = self.call(id, &[positive]);
        Some(if parity == Parity::Odd { self.negate(call) } else { call })
    }

    /// `log exp u = u`, and `log(exp(u) · v) = u + log v` where every factor is known to be positive.
    fn known_log(&mut self, argument: NodeId) -> Option<NodeId> {
        if let Some(inner) = self.inner_call(argument, function::EXP) {
            return Some(inner);
        }
        let Node::Sum(terms) = self.node(argument) else { return None };
        let [(coefficient, term)] = terms.as_slice() else { return None };
        let rank = self.rank(argument);
        let is_pointwise = term.sizes.len() == rank;
        let has_exp = term.factors.iter().any(|f| self.inner_call(f.base, function::EXP).is_some());
        let is_positive = coefficient.is_positive() && term.factors.iter().all(|f| self.is_positive_power(f));
        if !is_pointwise || !has_exp || !is_positive {
            return None;
        }
        let (coefficient, term) = (coefficient.clone(), term.clone());
        let axes = self.axes(argument).clone();
        let mut parts = Vec::new();
        if !coefficient.is_one() {
            let number = self.constant(&coefficient, axes.clone());
            parts.push(self.call(function::LOG, &[number]));
        }
        for Factor { base, labels, exponent } in term.factors {
            let log = self.call(function::LOG, &[base]);
            let log = self.broadcast(log, &axes, &labels);
            let exponent = self.exponent_node(&exponent);
            parts.push(self.multiply(&[exponent, log]));
        }
        Some(self.add(&parts))
    }

    /// Is the base positive wherever the power is? A divisor that is not negative is not zero either.
    fn is_positive_power(&self, factor: &Factor) -> bool {
        let sign = self.sign(factor.base);
        let is_divisor = factor.exponent.number().is_some_and(Rational::is_negative);
        sign.is(Sign::POSITIVE) || (is_divisor && sign.is(Sign::NON_NEGATIVE))
    }

    /// The inverse of a square matrix.
    pub fn inverse(&mut self, node: NodeId) -> NodeId {
        if let Some(Atom::Inverse(inner)) = self.atom(node) {
            return *inner;
        }
        if matches!(self.atom(node), Some(Atom::Delta)) {
            return node;
        }
        let axes = self.axes(node).clone();
        // (c·M)⁻¹ = c⁻¹·M⁻¹; a single transposed factor keeps its orientation outside: (Mᵀ)⁻¹ = (M⁻¹)ᵀ.
        if let Node::Sum(terms) = self.node(node)
            && let [(coefficient, term)] = terms.as_slice()
            && let ([factor], Some(reciprocal)) = (term.factors.as_slice(), coefficient.reciprocal())
            && factor.exponent.is_one()
            && term.sizes.len() == 2
            && factor.labels.len() == 2
        {
            let (base, labels) = (factor.base, factor.labels.clone());
            if labels[0] != labels[1] && base != node {
                let inverse = self.inverse(base);
                let flipped: Labels = smallvec![labels[1], labels[0]];
                // The inverse's axes run the other way.
                let placed = self.contract(
                    2,
                    &axes,
                    &[super::Operand { node: inverse, labels: flipped, exponent: Exponent::ONE }],
                );
                let turned = self.permute(placed, &[1, 0]);
                return self.scale(&reciprocal, turned);
            }
        }
        if let Some((coefficient, factors)) = self.square_factors(node)
            && let Some(scale) = coefficient.reciprocal()
        {
            // (A·B)⁻¹ = B⁻¹·A⁻¹ for square A and B.
            let mut product: Option<NodeId> = None;
            for factor in factors.into_iter().rev() {
                let inverse = self.inverse(factor);
                product = Some(match product {
                    None => inverse,
                    Some(product) => self.matrix_product(product, inverse),
                });
            }
            if let Some(product) = product {
                return self.scale(&scale, product);
            }
        }
        if let Some((scale, diagonal)) = self.diagonal(node)
            && let Some(scale) = scale.reciprocal()
        {
            let reciprocal = self.reciprocal(diagonal);
            let delta = self.delta(axes[0]);
            let operands = [super::Operand::new(delta, &[0, 1]), super::Operand::new(reciprocal, &[0])];
            let inverse = self.contract(2, &axes, &operands);
            return self.scale(&scale, inverse);
        }
        let turned: Axes = smallvec![axes[1], axes[0]];
        self.intern_atom(Atom::Inverse(node), turned)
    }

    /// The vector on the diagonal of a diagonal matrix, and a number times which it is taken.
    fn diagonal(&mut self, node: NodeId) -> Option<(Rational, NodeId)> {
        let Node::Sum(terms) = self.node(node) else { return None };
        let [(coefficient, term)] = terms.as_slice() else { return None };
        let (coefficient, term) = (coefficient.clone(), term.clone());
        let is_delta = |f: &Factor| {
            matches!(self.atom(f.base), Some(Atom::Delta))
                && f.exponent.is_one()
                && f.labels[0] != f.labels[1]
        };
        let deltas = term.factors.iter().filter(|f| is_delta(f)).count();
        if term.sizes.len() != 2 || deltas != 1 || term.factors.len() < 2 {
            return None;
        }
        let operands: Vec<super::Operand> = term
            .factors
            .iter()
            .filter(|f| !is_delta(f))
            .map(|f| super::Operand {
                node: f.base,
                labels: f.labels.iter().map(|_| 0).collect(),
                exponent: f.exponent.clone(),
            })
            .collect();
        let size: Axes = smallvec![term.sizes[0]];
        Some((coefficient, self.contract(1, &size, &operands)))
    }

    /// The product of two matrices.
    fn matrix_product(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let sizes: Axes = smallvec![self.axes(a)[0], self.axes(b)[1], self.axes(a)[1]];
        self.contract(2, &sizes, &[super::Operand::new(a, &[0, 2]), super::Operand::new(b, &[2, 1])])
    }

    /// The matrices of which the node is the product, from left to right, if all of them are square and there are at
    /// least two.
    fn square_factors(&mut self, node: NodeId) -> Option<(Rational, Vec<NodeId>)> {
        let Node::Sum(terms) = self.node(node) else { return None };
        let [(coefficient, term)] = terms.as_slice() else { return None };
        let (coefficient, term) = (coefficient.clone(), term.clone());
        let is_square = term.sizes.iter().all(|size| *size == term.sizes[0]);
        let is_path = term.factors.len() >= 2
            && term.sizes.len() == term.factors.len() + 1
            && term.factors.iter().all(|f| f.labels.len() == 2 && f.exponent.is_one());
        if !is_square || !is_path {
            return None;
        }
        let mut left: Vec<Factor> = term.factors.to_vec();
        let mut here = 0u8;
        let mut factors = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let mut next = left.iter().enumerate().filter(|(_, f)| f.labels.contains(&here));
            let (at, factor) = next.next()?;
            // Every label but the last is left by one factor only.
            if next.next().is_some() || factor.labels[0] == factor.labels[1] {
                return None;
            }
            let is_forward = factor.labels[0] == here;
            let base = factor.base;
            here = if is_forward { factor.labels[1] } else { factor.labels[0] };
            left.remove(at);
            factors.push(if is_forward { base } else { self.transpose(base) });
        }
        (here == 1).then_some((coefficient, factors))
    }

    /// The determinant of a square matrix.
    pub fn determinant(&mut self, node: NodeId) -> NodeId {
        if matches!(self.atom(node), Some(Atom::Delta)) {
            return self.number(&Rational::ONE);
        }
        if let Some(Atom::Inverse(inner)) = self.atom(node) {
            let inner = *inner;
            let determinant = self.determinant(inner);
            return self.reciprocal(determinant);
        }
        if let Some((coefficient, factors)) = self.square_factors(node)
            && coefficient.is_one()
        {
            let parts: Vec<NodeId> = factors.into_iter().map(|factor| self.determinant(factor)).collect();
            return self.multiply(&parts);
        }
        if let Some(inner) = self.as_transpose(node) {
            return self.determinant(inner);
        }
        if let Some((scale, diagonal)) = self.diagonal(node)
            && scale.is_one()
        {
            return self.reduce(super::Reduction::Product, diagonal, 1);
        }
        self.intern_atom(Atom::Determinant(node), Axes::new())
    }

    /// The matrix of which the node is the bare transpose.
    fn as_transpose(&self, node: NodeId) -> Option<NodeId> {
        let Node::Sum(terms) = self.node(node) else { return None };
        let [(coefficient, term)] = terms.as_slice() else { return None };
        let [factor] = term.factors.as_slice() else { return None };
        let is_bare = coefficient.is_one() && factor.exponent.is_one() && factor.labels.as_slice() == [1, 0];
        is_bare.then_some(factor.base)
    }

    /// The logarithm of the determinant of a square matrix.
    pub fn log_determinant(&mut self, node: NodeId) -> NodeId {
        if matches!(self.atom(node), Some(Atom::Delta)) {
            return self.number(&Rational::ZERO);
        }
        if let Some(Atom::Inverse(inner)) = self.atom(node) {
            let inner = *inner;
            let log = self.log_determinant(inner);
            return self.negate(log);
        }
        if let Some(inner) = self.as_transpose(node) {
            return self.log_determinant(inner);
        }
        self.intern_atom(Atom::LogDeterminant(node), Axes::new())
    }
}

/// A rational value of a function at a rational argument, from the table.
fn exact_value(id: FunctionId, argument: &Rational) -> Option<Rational> {
    let row = function::row(id);
    row.values
        .iter()
        .find_map(|(at, value)| (fraction(at)? == *argument).then(|| fraction(value)).flatten())
        .or_else(|| row.exact.and_then(|exact| exact(std::slice::from_ref(argument))))
}

/// Reads `3`, `-1/2`; anything else is no rational number.
fn fraction(text: &str) -> Option<Rational> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (n, d) = text.split_once('/').unwrap_or((text, "1"));
    let value = Rational::fraction(n.trim().parse().ok()?, d.trim().parse().ok()?)?;
    Some(if negative { -value } else { value })
}
