//! Evaluation to as many digits as wanted, for values that cancel in `f64`.

use smallvec::SmallVec;

use crate::function::{self, Function};
use crate::ir::scalar::{Constant, Operation, Ref, Scalar};
use crate::number::{Enclosure, Rational};

/// The highest precision that is tried.
const MOST_BITS: usize = 1 << 13;

/// Bits of all operations together: large expressions are followed to fewer bits, so that the time stays about a second.
const TOTAL_BITS: usize = 1 << 24;

/// A narrow enclosure of the value: its relative width is below 10^−`digits`, or, where doubling the precision up to 8 192 bits
/// does not reach that (as for a value that is zero), it is the narrowest found. `None` where no value was proved to exist.
///
/// ```
/// use symdiff::evaluate;
/// use symdiff::ir::scalar::{Operation, ScalarBuilder};
/// use symdiff::number::Rational;
///
/// // (x + 1) − x at x = 10^20, which f64 calls 0.
/// let mut builder = ScalarBuilder::default();
/// let x = builder.add(Operation::Leaf(0));
/// let one = builder.integer(1);
/// let sum = builder.add(Operation::Add(x, one));
/// let root = builder.add(Operation::Subtract(sum, x));
/// let at = [Rational::integer(10).power(20, 128).unwrap()];
/// assert_eq!(evaluate::precise(&builder.finish(root), &at, 30).unwrap().to_f64(), Some(1.0));
/// ```
pub fn precise(expression: &Scalar, leaves: &[Rational], digits: u32) -> Option<Enclosure> {
    // log2(10) < 10/3
    let wanted = (digits as usize).saturating_mul(10) / 3 + 1;
    let most = (TOTAL_BITS / expression.nodes().len().max(1)).clamp(128, MOST_BITS);
    let mut bits = wanted.saturating_add(32).min(most);
    let mut best = None;
    loop {
        if let Some(value) = precise_at(expression, leaves, bits) {
            if value.has_relative_bits(wanted) {
                return Some(value);
            }
            best = Some(value);
        }
        if bits >= most {
            return best;
        }
        bits = (bits * 2).min(most);
    }
}

/// An enclosure computed with a fixed precision; `None` where no value was proved to exist.
pub fn precise_at(expression: &Scalar, leaves: &[Rational], bits: usize) -> Option<Enclosure> {
    let mut values: Vec<Enclosure> = Vec::with_capacity(expression.nodes().len());
    for operation in expression.nodes() {
        let value = |a: &Ref| &values[*a as usize];
        let result = match operation {
            Operation::Number(q) => Enclosure::from_rational(q, bits),
            Operation::Constant(Constant::Pi) => Enclosure::pi(bits),
            Operation::Leaf(k) => Enclosure::from_rational(leaves.get(*k as usize)?, bits),
            Operation::Add(a, b) => value(a) + value(b),
            Operation::Subtract(a, b) if a == b => Enclosure::integer(0, bits),
            Operation::Subtract(a, b) => value(a) - value(b),
            Operation::Multiply(a, b) if a == b => value(a).powi(2),
            Operation::Multiply(a, b) => value(a) * value(b),
            Operation::Divide(a, b) => value(a) / value(b),
            Operation::Negate(a) => -value(a),
            Operation::Power(a, b) => match expression.node(*b) {
                Operation::Number(q) => value(a).powr(q),
                _ => value(a).power(value(b)),
            },
            Operation::Call(Function::Unknown { .. }, _) => return None,
            Operation::Call(Function::Known(id), arguments) => {
                let arguments: SmallVec<[Enclosure; 2]> =
                    arguments.iter().map(|a| value(a).clone()).collect();
                function::row(*id).precise(&arguments)?
            }
        };
        if !result.is_defined() {
            return None;
        }
        values.push(result);
    }
    values.pop()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::testing::{Formula, any_formula, f, n, pi, x, y};
    use crate::number::Interval;
    use proptest::prelude::*;

    fn rational(text: &str) -> Rational {
        Rational::parse(text, 1 << 12).unwrap().unwrap()
    }

    #[test]
    fn values_that_cancel_in_f64() {
        let at = [rational("1e-12"), rational("1e9")];
        for (formula, expected) in [
            ((f("exp", x()) - n(1) - x()) / (x() * x()), 0.5),
            ((n(1) - f("cos", x())) / x().to(n(2)), 0.5),
            (y() * (f("atan", y()) - pi() / n(2)), -1.0),
            (y() * (y() - (y() * y() - n(1)).to(Formula::fraction(1, 2))), 0.5),
            ((f("tanh", x()) - f("sinh", x())) / x().to(n(3)), -0.5),
            ((x() - f("atan", x())) / x().to(n(3)), 1.0 / 3.0),
            (f("sigmoid", -y() / n(1_000_000)) / f("exp", -y() / n(1_000_000)), 1.0),
            (f("erfc", n(10)), 2.088_487_583_762_544_7e-45),
            (f("log2", n(8)) + f("cbrt", n(-8)), 1.0),
        ] {
            let value = precise(&formula.clone().finish(), &at, 25).unwrap().to_f64().unwrap();
            assert!((value - expected).abs() <= 1e-12 * expected.abs(), "{value} for {expected}");
        }
    }

    #[test]
    fn zero_is_not_resolved_and_no_value_is_none() {
        let sum = f("sin", x()).to(n(2)) + f("cos", x()).to(n(2)) - n(1);
        let value = precise(&sum.finish(), &[rational("0.3")], 20).unwrap();
        assert!(value.contains_zero() && value.to_interval().width() < 1e-300);
        assert!(precise(&(n(1) / (x() - x())).finish(), &[rational("1")], 20).is_none());
        assert!(precise(&f("log", -x()).finish(), &[rational("1")], 20).is_none());
        assert!(precise(&Formula::leaf(3).finish(), &[], 20).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn agrees_with_the_enclosure_in_f64(formula in any_formula(), a in -3.0f64..3.0, b in -3.0f64..3.0) {
            let interval = crate::evaluate::interval(&formula, &[a, b].map(Interval::point));
            let leaves = [a, b].map(|x| Rational::from_f64(x).unwrap());
            if let Some(value) = precise_at(&formula, &leaves, 256)
                && interval.is_defined()
            {
                prop_assert!(!interval.is_disjoint(&value.to_interval()), "{interval:?} {value:?}");
            }
        }
    }
}
