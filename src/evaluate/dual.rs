//! Derivatives by dual numbers, independent of the partials in the table: what the differentiator is tested against.
//!
//! Arithmetic follows the rules of dual numbers. A function of the table is differentiated numerically from its `f64`
//! values alone, so that a wrong partial cannot agree with itself.

use smallvec::SmallVec;

use super::scalar::{Reason, Undefined, failure, floats};
use crate::function::{self, Function, FunctionId};
use crate::ir::scalar::{Operation, Ref, Scalar};

/// The value and the derivative with respect to leaf `leaf`, to about ten digits.
///
/// # Errors
/// [`Undefined`] where the value or (as far as can be seen numerically) the derivative does not exist.
pub fn dual(expression: &Scalar, leaves: &[f64], leaf: u32) -> Result<(f64, f64), Undefined> {
    let values = floats(expression, leaves)?;
    let mut slopes: Vec<f64> = Vec::with_capacity(values.len());
    for (at, operation) in expression.nodes().iter().enumerate() {
        let slope = slope(operation, at, &values, &slopes, leaf)
            .and_then(|slope| if slope.is_finite() { Ok(slope) } else { Err(Reason::Overflow) });
        match slope {
            Ok(slope) => slopes.push(slope),
            Err(reason) => return Err(failure(at as Ref, reason, operation, |a| values[a as usize])),
        }
    }
    match (values.last(), slopes.last()) {
        (Some(value), Some(slope)) => Ok((*value, *slope)),
        _ => Err(Undefined { node: 0, reason: Reason::Malformed, operands: SmallVec::new() }),
    }
}

fn slope(operation: &Operation, at: usize, values: &[f64], slopes: &[f64], leaf: u32) -> Result<f64, Reason> {
    let v = |a: &Ref| values[*a as usize];
    let d = |a: &Ref| slopes[*a as usize];
    Ok(match operation {
        Operation::Number(_) | Operation::Constant(_) => 0.0,
        Operation::Leaf(k) => f64::from(u8::from(*k == leaf)),
        Operation::Add(a, b) => d(a) + d(b),
        Operation::Subtract(a, b) => d(a) - d(b),
        Operation::Multiply(a, b) => d(a) * v(b) + v(a) * d(b),
        Operation::Divide(a, b) => (d(a) - values[at] * d(b)) / v(b),
        Operation::Negate(a) => -d(a),
        Operation::Power(a, b) => {
            let (x, y) = (v(a), v(b));
            let mut slope = 0.0;
            if d(a) != 0.0 && y != 0.0 {
                if x == 0.0 && y < 1.0 {
                    return Err(Reason::NegativePowerOfZero);
                }
                slope += d(a) * y * libm::pow(x, y - 1.0);
            }
            if d(b) != 0.0 {
                if x < 0.0 {
                    return Err(Reason::RealPowerOfNegative);
                }
                if x > 0.0 {
                    slope += d(b) * values[at] * libm::log(x);
                }
            }
            slope
        }
        Operation::Call(Function::Unknown { .. }, _) => return Err(Reason::UnknownFunction),
        Operation::Call(Function::Known(id), arguments) => {
            let point: SmallVec<[f64; 2]> = arguments.iter().map(v).collect();
            let mut slope = 0.0;
            for (place, argument) in arguments.iter().enumerate() {
                if d(argument) != 0.0 {
                    let partial = numeric_partial(*id, &point, place).ok_or(Reason::OutsideDomain(*id))?;
                    slope += d(argument) * partial;
                }
            }
            slope
        }
    })
}

/// The partial of a function of the table from its values alone: central differences of order 6 at ever smaller steps,
/// the one that its neighbour confirms best.
pub(super) fn numeric_partial(id: FunctionId, point: &[f64], place: usize) -> Option<f64> {
    let row = function::row(id);
    let x = point[place];
    let mut point: SmallVec<[f64; 2]> = SmallVec::from_slice(point);
    let mut value = |offset: f64| {
        point[place] = x + offset;
        row.float(&point)
    };
    let mut best: Option<(f64, f64)> = None;
    let mut previous: Option<f64> = None;
    let mut step = 0.0625 * x.abs().max(1.0);
    for _ in 0..16 {
        // The step that is really taken, after rounding.
        let h = (x + step) - x;
        let pair = |k: f64, value: &mut dyn FnMut(f64) -> f64| value(k * h) - value(-k * h);
        let estimate =
            (45.0 * pair(1.0, &mut value) - 9.0 * pair(2.0, &mut value) + pair(3.0, &mut value)) / (60.0 * h);
        if estimate.is_finite() {
            if let Some(previous) = previous {
                let doubt = (estimate - previous).abs();
                if best.is_none_or(|(least, _)| doubt < least) {
                    best = Some((doubt, estimate));
                }
            }
            previous = Some(estimate);
        }
        step /= 3.0;
    }
    let (doubt, estimate) = best?;
    (doubt <= 1e-6 * estimate.abs().max(1.0)).then_some(estimate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::testing::{f, n, x, y};

    #[test]
    fn derivatives_known_by_heart() {
        let at = [0.7, 1.3];
        let (a, b): (f64, f64) = (0.7, 1.3);
        for (formula, wrt, expected) in [
            (x() * x() * y(), 0, 2.0 * a * b),
            (x() / y(), 1, -a / (b * b)),
            (x().to(n(3)), 0, 3.0 * a * a),
            (x().to(y()), 0, b * a.powf(b - 1.0)),
            (x().to(y()), 1, a.powf(b) * a.ln()),
            (f("sin", x() * y()), 1, a * (a * b).cos()),
            (f("exp", -x()), 0, -(-a).exp()),
            (f("log", x() + y()), 0, 1.0 / (a + b)),
            (f("atan", x()), 0, 1.0 / (1.0 + a * a)),
            (f("tanh", x()), 0, 1.0 - a.tanh() * a.tanh()),
            (f("abs", -x()), 0, 1.0),
            (f("exp", y()), 0, 0.0),
        ] {
            let (_, slope) = dual(&formula.finish(), &at, wrt).unwrap();
            assert!((slope - expected).abs() < 1e-11, "{slope} for {expected}");
        }
    }

    #[test]
    fn a_kink_has_no_derivative() {
        assert!(dual(&f("cbrt", x()).finish(), &[0.0], 0).is_err());
        assert!(dual(&x().to(n(1) / n(2)).finish(), &[0.0], 0).is_err());
    }
}
