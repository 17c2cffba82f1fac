//! Evaluation with enclosures.

use smallvec::SmallVec;

use crate::function::{self, Function};
use crate::ir::scalar::{Constant, Operation, Ref, Scalar};
use crate::number::Interval;

/// An enclosure of the value; `leaves[k]` encloses leaf `k`. [`Interval::UNDEFINED`] unless the expression is proved to be
/// defined on the whole of the leaves.
pub fn interval(expression: &Scalar, leaves: &[Interval]) -> Interval {
    intervals(expression, leaves).last().copied().unwrap_or(Interval::UNDEFINED)
}

/// The enclosures of all operations of an expression.
pub fn intervals(expression: &Scalar, leaves: &[Interval]) -> Vec<Interval> {
    let mut values: Vec<Interval> = Vec::with_capacity(expression.nodes().len());
    for operation in expression.nodes() {
        let value = |a: &Ref| values[*a as usize];
        let result = match operation {
            Operation::Number(q) => Interval::from_rational(q),
            Operation::Constant(Constant::Pi) => Interval::PI,
            Operation::Leaf(k) => leaves.get(*k as usize).copied().unwrap_or(Interval::UNDEFINED),
            Operation::Add(a, b) => value(a) + value(b),
            // An operand that meets itself is one number, not two.
            Operation::Subtract(a, b) if a == b && value(a).is_defined() => Interval::ZERO,
            Operation::Subtract(a, b) => value(a) - value(b),
            Operation::Multiply(a, b) if a == b => value(a).powi(2),
            Operation::Multiply(a, b) => value(a) * value(b),
            Operation::Divide(a, b) if a == b && value(a).is_nonzero() => Interval::ONE,
            Operation::Divide(a, b) => value(a) / value(b),
            Operation::Negate(a) => -value(a),
            Operation::Power(a, b) => match expression.node(*b) {
                Operation::Number(q) => value(a).powr(q),
                _ => value(a).power(value(b)),
            },
            Operation::Call(Function::Unknown { .. }, _) => Interval::UNDEFINED,
            Operation::Call(Function::Known(id), arguments) => {
                let arguments: SmallVec<[Interval; 2]> = arguments.iter().map(value).collect();
                function::row(*id).interval(&arguments)
            }
        };
        values.push(result);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::testing::{any_formula, f, n, x, y};
    use proptest::prelude::*;

    #[test]
    fn one_operand_is_one_number() {
        let wide = [Interval::new(-1.0, 1.0), Interval::new(1.0, 2.0)];
        assert_eq!(interval(&(x() * x()).finish(), &wide), Interval::new(0.0, 1.0));
        assert_eq!(interval(&(x() - x()).finish(), &wide), Interval::ZERO);
        assert_eq!(interval(&(y() / y()).finish(), &wide), Interval::ONE);
        assert!(!interval(&(x() / x()).finish(), &wide).is_defined());
        assert!(!interval(&(f("log", x()) - f("log", x())).finish(), &wide).is_defined());
        assert!(interval(&x().to(n(-1)).to(n(0)).finish(), &wide).low.is_nan());
    }

    proptest! {
        #[test]
        fn a_defined_enclosure_holds_the_value(
            formula in any_formula(), a in -3.0f64..3.0, b in -3.0f64..3.0, w in 0.0f64..0.01, s in 0.0f64..1.0, t in 0.0f64..1.0,
        ) {
            let boxes = [Interval::new(a - w, a + w), Interval::new(b - w, b + w)];
            let inside = [a - w + 2.0 * w * s, b - w + 2.0 * w * t];
            let inside = [inside[0].clamp(boxes[0].low, boxes[0].high), inside[1].clamp(boxes[1].low, boxes[1].high)];
            let enclosure = interval(&formula, &boxes);
            if enclosure.is_defined() {
                // The float is itself rounded: it must lie in the enclosure of the point it was computed at.
                let at_point = interval(&formula, &inside.map(Interval::point));
                prop_assert!(at_point.is_defined());
                prop_assert!(!at_point.is_disjoint(&enclosure));
                match super::super::float(&formula, &inside) {
                    Ok(value) => {
                        let slack = 1e-9 * (1.0 + value.abs());
                        prop_assert!(
                            Interval::new(at_point.low - slack, at_point.high + slack).contains(value)
                                || at_point.width() > 1e-3,
                            "{value} outside {at_point:?}"
                        );
                    }
                    Err(undefined) => prop_assert_eq!(undefined.reason, super::super::Reason::Overflow),
                }
            }
        }
    }
}
