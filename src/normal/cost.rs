//! The size of an expression as it is written.

use crate::ir::scalar::{Operation, Ref, Scalar};
use crate::number::Rational;

/// How many nodes the written tree has: operators, calls, numbers and symbols count one each; `p/q` is three, a minus
/// sign one, a square root one. Shared parts count as often as they are written; saturates instead of overflowing.
pub fn cost(scalar: &Scalar) -> usize {
    let mut costs: Vec<usize> = Vec::with_capacity(scalar.nodes().len());
    for operation in scalar.nodes() {
        let size = operation_cost(operation, |at| scalar.node(at), |at| costs[at as usize]);
        costs.push(size);
    }
    costs.last().copied().unwrap_or(0)
}

/// The cost of one operation from those of its operands.
pub fn operation_cost<'n>(
    operation: &Operation,
    node: impl Fn(Ref) -> &'n Operation,
    of: impl Fn(Ref) -> usize,
) -> usize {
    match operation {
        Operation::Number(q) => number_cost(q),
        Operation::Constant(_) | Operation::Leaf(_) => 1,
        Operation::Power(a, b) if matches!(node(*b), Operation::Number(q) if *q == Rational::HALF) => {
            of(*a).saturating_add(1)
        }
        other => {
            let mut sum: usize = 1;
            other.operands(|a| sum = sum.saturating_add(of(a)));
            sum
        }
    }
}

/// The cost of a number.
pub fn number_cost(q: &Rational) -> usize {
    1 + usize::from(q.is_negative()) + if q.is_integer() { 0 } else { 2 }
}
