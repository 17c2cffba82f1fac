//! Where expressions are written: each operation once, each with its cost, signs where they cost nothing.

use crate::function::{self, Function};
use crate::ir::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use crate::number::Rational;

use super::cost::operation_cost;

/// Collects expressions and knows what each costs.
#[derive(Default)]
pub struct Page {
    builder: ScalarBuilder,
    costs: Vec<usize>,
}

impl Page {
    /// Adds an operation.
    pub fn add(&mut self, operation: Operation) -> Ref {
        let at = self.builder.add(operation);
        if at as usize == self.costs.len() {
            let node = |at| self.builder.node(at);
            let cost = operation_cost(node(at), node, |a| self.costs[a as usize]);
            self.costs.push(cost);
        }
        at
    }

    /// What an expression costs.
    pub fn cost(&self, at: Ref) -> usize {
        self.costs[at as usize]
    }

    /// The expression on its own.
    pub fn finish(&self, at: Ref) -> Scalar {
        self.builder.finish(at)
    }

    /// Copies all nodes of an expression; the result says where each came to stand.
    pub fn import(&mut self, scalar: &Scalar) -> Vec<Ref> {
        let mut place: Vec<Ref> = Vec::with_capacity(scalar.nodes().len());
        for operation in scalar.nodes() {
            let at = self.add(operation.map(|a| place[a as usize]));
            place.push(at);
        }
        place
    }

    pub(super) fn number(&mut self, q: Rational) -> Ref {
        self.add(Operation::Number(q))
    }

    pub(super) fn negate(&mut self, a: Ref) -> Ref {
        match self.builder.node(a).clone() {
            Operation::Number(q) => self.number(-q),
            Operation::Negate(b) => b,
            Operation::Subtract(b, c) => self.add(Operation::Subtract(c, b)),
            _ => self.add(Operation::Negate(a)),
        }
    }

    pub(super) fn sum(&mut self, a: Ref, b: Ref) -> Ref {
        match self.builder.node(b) {
            Operation::Negate(c) => {
                let c = *c;
                self.add(Operation::Subtract(a, c))
            }
            _ => self.add(Operation::Add(a, b)),
        }
    }

    pub(super) fn difference(&mut self, a: Ref, b: Ref) -> Ref {
        match self.builder.node(b) {
            Operation::Negate(c) => {
                let c = *c;
                self.add(Operation::Add(a, c))
            }
            _ => self.add(Operation::Subtract(a, b)),
        }
    }

    /// The sum so far and one more term.
    pub(super) fn signed_sum(&mut self, sum: Option<Ref>, term: Ref, negative: bool) -> Ref {
        match (sum, negative) {
            (None, false) => term,
            (None, true) => self.negate(term),
            (Some(sum), false) => self.sum(sum, term),
            (Some(sum), true) => self.difference(sum, term),
        }
    }

    pub(super) fn product(&mut self, items: &[Ref]) -> Option<Ref> {
        let (first, rest) = items.split_first()?;
        Some(rest.iter().fold(*first, |a, &b| self.add(Operation::Multiply(a, b))))
    }

    pub(super) fn quotient(&mut self, above: Option<Ref>, below: Option<Ref>) -> Ref {
        let above = match above {
            Some(above) => above,
            None => self.number(Rational::ONE),
        };
        match below {
            Some(below) => self.add(Operation::Divide(above, below)),
            None => above,
        }
    }

    pub(super) fn power(&mut self, base: Ref, exponent: &Rational) -> Ref {
        if exponent.is_one() {
            return base;
        }
        let exponent = self.number(exponent.clone());
        self.add(Operation::Power(base, exponent))
    }

    pub(super) fn call(&mut self, function: function::FunctionId, argument: Ref) -> Ref {
        self.add(Operation::Call(Function::Known(function), smallvec::smallvec![argument]))
    }
}
