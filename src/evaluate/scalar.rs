//! Evaluation in `f64`.

use std::fmt;

use smallvec::SmallVec;

use crate::function::{self, Function, FunctionId};
use crate::ir::scalar::{Constant, Operation, Ref, Scalar};
use crate::number::Rational;

/// Why an expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// `a/0`.
    DivisionByZero,
    /// `0^b` with `b < 0`.
    NegativePowerOfZero,
    /// `a^b` with `a < 0` and `b` not an integer.
    RealPowerOfNegative,
    /// A function outside its domain; its row lists the conditions.
    OutsideDomain(FunctionId),
    /// The value exists but is too large for the numbers in use.
    Overflow,
    /// The value is not zero, but too small for the numbers in use.
    Underflow,
    /// Whether there is a value, or which, was not decided with as many digits as are tried.
    Undecided,
    /// The inverse of a matrix that has none.
    Singular,
    /// The logarithm of a determinant that is not positive.
    NotPositiveDeterminant,
    /// No value, or one that is not a number, was given for this leaf.
    Leaf(u32),
    /// A function that was declared without a definition.
    UnknownFunction,
    /// A call with the wrong number of arguments or of a function that is not elementwise, or an empty expression.
    Malformed,
}

/// An expression without a value: the operation that fails first and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Undefined {
    /// The operation that has no value.
    pub node: Ref,
    /// Why.
    pub reason: Reason,
    /// The values of its operands, as near as `f64` comes.
    pub operands: SmallVec<[f64; 2]>,
}

impl Undefined {
    /// The conditions of the table that fail; empty where none is listed.
    pub fn conditions(&self) -> &'static [&'static str] {
        match self.reason {
            Reason::OutsideDomain(id) => function::row(id).defined,
            _ => &[],
        }
    }
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operand = |at: usize| self.operands.get(at).copied().unwrap_or(f64::NAN);
        match self.reason {
            Reason::DivisionByZero => write!(f, "division of {} by zero", operand(0)),
            Reason::NegativePowerOfZero => write!(f, "zero to the negative power {}", operand(1)),
            Reason::RealPowerOfNegative => {
                write!(f, "{} to the power {}, which is not an integer", operand(0), operand(1))
            }
            Reason::OutsideDomain(id) => {
                let row = function::row(id);
                write!(f, "{}(", row.name)?;
                for (at, x) in self.operands.iter().enumerate() {
                    write!(f, "{}{x}", if at == 0 { "" } else { ", " })?;
                }
                write!(f, ") is not defined")?;
                if !row.defined.is_empty() {
                    write!(f, ": it needs {}", row.defined.join(" and "))?;
                    if let Some(convention) = row.convention {
                        write!(f, "; {convention}")?;
                    }
                }
                Ok(())
            }
            Reason::Overflow => write!(f, "the value is too large"),
            Reason::Underflow => write!(f, "the value is not zero, but too small"),
            Reason::Undecided => write!(f, "the value could not be decided"),
            Reason::Singular => write!(f, "the inverse of a singular matrix"),
            Reason::NotPositiveDeterminant => {
                write!(f, "the logarithm of a determinant that is not positive")
            }
            Reason::Leaf(_) => write!(f, "a variable has no value"),
            Reason::UnknownFunction => write!(f, "a function without a definition has no value"),
            Reason::Malformed => write!(f, "this call cannot be evaluated"),
        }
    }
}

impl std::error::Error for Undefined {}

/// The value of an expression; `leaves[k]` is the value of leaf `k`.
///
/// # Errors
/// [`Undefined`] names the first operation without a value. An operation whose value overflows `f64` counts as one.
pub fn float(expression: &Scalar, leaves: &[f64]) -> Result<f64, Undefined> {
    let values = floats(expression, leaves)?;
    values.last().copied().ok_or_else(|| Undefined {
        node: 0,
        reason: Reason::Malformed,
        operands: SmallVec::new(),
    })
}

/// The values of all operations of an expression.
///
/// # Errors
/// As [`float`].
pub fn floats(expression: &Scalar, leaves: &[f64]) -> Result<Vec<f64>, Undefined> {
    let mut values = Vec::with_capacity(expression.nodes().len());
    for (at, operation) in expression.nodes().iter().enumerate() {
        let value = step(expression, operation, &values, leaves)
            .and_then(|value| if value.is_finite() { Ok(value) } else { Err(Reason::Overflow) });
        match value {
            Ok(value) => values.push(value),
            Err(reason) => return Err(failure(at as Ref, reason, operation, |a| values[a as usize])),
        }
    }
    Ok(values)
}

/// The failure of one operation, with its operands.
pub(super) fn failure(
    node: Ref,
    reason: Reason,
    operation: &Operation,
    value: impl Fn(Ref) -> f64,
) -> Undefined {
    let mut operands = SmallVec::new();
    operation.operands(|a| operands.push(value(a)));
    Undefined { node, reason, operands }
}

fn step(expression: &Scalar, operation: &Operation, values: &[f64], leaves: &[f64]) -> Result<f64, Reason> {
    let value = |a: &Ref| values[*a as usize];
    Ok(match operation {
        Operation::Number(q) => q.to_f64(),
        Operation::Constant(Constant::Pi) => std::f64::consts::PI,
        Operation::Leaf(k) => {
            leaves.get(*k as usize).copied().filter(|x| x.is_finite()).ok_or(Reason::Leaf(*k))?
        }
        Operation::Add(a, b) => value(a) + value(b),
        Operation::Subtract(a, b) => value(a) - value(b),
        Operation::Multiply(a, b) => value(a) * value(b),
        Operation::Divide(_, b) if value(b) == 0.0 => return Err(Reason::DivisionByZero),
        Operation::Divide(a, b) => value(a) / value(b),
        Operation::Negate(a) => -value(a),
        Operation::Power(a, b) => power(value(a), value(b), exponent(expression, *b))?,
        Operation::Call(Function::Unknown { .. }, _) => return Err(Reason::UnknownFunction),
        Operation::Call(Function::Known(id), arguments) => {
            let row = function::row(*id);
            if !row.is_elementwise() || row.parameters.len() != arguments.len() {
                return Err(Reason::Malformed);
            }
            let arguments: SmallVec<[f64; 2]> = arguments.iter().map(value).collect();
            let result = row.float(&arguments);
            if result.is_nan() {
                return Err(Reason::OutsideDomain(*id));
            }
            result
        }
    })
}

/// The exponent, if it is written as a number.
fn exponent(expression: &Scalar, at: Ref) -> Option<&Rational> {
    match expression.node(at) {
        Operation::Number(q) => Some(q),
        _ => None,
    }
}

/// `x^y`. A written exponent decides exactly whether it is an integer, and whether even; otherwise its `f64` does.
pub(super) fn power(x: f64, y: f64, written: Option<&Rational>) -> Result<f64, Reason> {
    let (is_integer, is_even) = match written {
        Some(q) => (q.is_integer(), q.is_even()),
        None => (y.fract() == 0.0, y % 2.0 == 0.0),
    };
    if y == 0.0 && written.is_none_or(Rational::is_zero) {
        return Ok(1.0);
    }
    if x == 0.0 {
        return if y < 0.0 || written.is_some_and(Rational::is_negative) {
            Err(Reason::NegativePowerOfZero)
        } else {
            Ok(0.0)
        };
    }
    if x < 0.0 && !is_integer {
        return Err(Reason::RealPowerOfNegative);
    }
    if y == 0.5 {
        return Ok(libm::sqrt(x));
    }
    let magnitude = libm::pow(x.abs(), y);
    Ok(if x < 0.0 && !is_even { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::testing::{Formula, f, n, x, y};

    #[test]
    fn values_are_those_of_the_formula() {
        let at = [0.5, 2.0];
        for (formula, expected) in [
            (x() + y(), 2.5),
            (x() - y(), -1.5),
            (-x() / y(), -0.25),
            (y().to(n(3)), 8.0),
            (x().to(Formula::fraction(1, 2)), 0.5f64.sqrt()),
            ((-y()).to(n(3)), -8.0),
            ((-y()).to(n(-2)), 0.25),
            (n(0).to(n(0)), 1.0),
            (f("exp", x()) * f("log", y()), 0.5f64.exp() * 2f64.ln()),
            (f("sigmoid", n(-1000)), 0.0),
            (f("softplus", n(1000)), 1000.0),
        ] {
            let value = float(&formula.finish(), &at).unwrap();
            assert!((value - expected).abs() <= 1e-15, "{value} for {expected}");
        }
    }

    #[test]
    fn what_has_no_value_says_why() {
        let log = function::LOG;
        let at = [0.5, -2.0];
        for (formula, reason, text) in [
            (x() / (y() + n(2)), Reason::DivisionByZero, "division of 0.5 by zero"),
            ((y() + n(2)).to(n(-1)), Reason::NegativePowerOfZero, "zero to the negative power -1"),
            (y().to(x()), Reason::RealPowerOfNegative, "-2 to the power 0.5, which is not an integer"),
            (f("log", y()), Reason::OutsideDomain(log), "log(-2) is not defined: it needs x > 0"),
            (f("exp", n(1000)), Reason::Overflow, "the value is too large"),
            (Formula::leaf(7), Reason::Leaf(7), "a variable has no value"),
        ] {
            let undefined = float(&formula.finish(), &at).unwrap_err();
            assert_eq!(undefined.reason, reason);
            assert_eq!(undefined.to_string(), text);
        }
        assert_eq!(float(&Scalar::default(), &[]).unwrap_err().reason, Reason::Malformed);
        assert_eq!(float(&x().finish(), &[f64::NAN]).unwrap_err().reason, Reason::Leaf(0));
    }
}
