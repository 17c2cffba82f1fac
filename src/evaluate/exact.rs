//! Exact evaluation: rational numbers, and rational multiples of π on the way.

use smallvec::SmallVec;

use super::scalar::{Reason, Undefined};
use crate::function::{self, Function, FunctionId, Parity};
use crate::ir::scalar::{Constant, Operation, Ref, Scalar};
use crate::number::Rational;

/// Numbers with more bits than this are not followed.
const BITS: u64 = 1 << 16;

/// Bits beyond 128 that all values together may have, so that many large numbers cost no more than a second.
const TOTAL_BITS: u64 = 1 << 24;

/// Roots beyond this degree are not tried.
const MOST_ROOT: i64 = 64;

/// An exact number: what the operations of an expression may have as values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exact {
    /// A rational number.
    Rational(Rational),
    /// A rational multiple of π, not zero.
    OfPi(Rational),
}

/// Why there is no exact rational value.
#[derive(Clone, Debug, PartialEq)]
pub enum NotExact {
    /// There is no value at all.
    Undefined(Undefined),
    /// The value of this operation is not rational, or not known to be.
    Inexact(Ref),
    /// The value of this operation has too many digits.
    TooLarge(Ref),
}

pub(super) enum Failure {
    Undefined(Reason),
    Inexact,
    TooLarge,
}

impl Exact {
    fn of_pi(q: Rational) -> Self {
        if q.is_zero() { Exact::Rational(q) } else { Exact::OfPi(q) }
    }

    pub(super) fn to_f64(&self) -> f64 {
        match self {
            Exact::Rational(q) => q.to_f64(),
            Exact::OfPi(q) => q.to_f64() * std::f64::consts::PI,
        }
    }

    fn is_zero(&self) -> bool {
        matches!(self, Exact::Rational(q) if q.is_zero())
    }

    /// Has it so many bits that it should not be followed further?
    pub(super) fn is_large(&self, bits: u64) -> bool {
        let (Exact::Rational(q) | Exact::OfPi(q)) = self;
        q.bits() > bits
    }

    fn negate(&self) -> Self {
        match self {
            Exact::Rational(q) => Exact::Rational(-q.clone()),
            Exact::OfPi(q) => Exact::OfPi(-q.clone()),
        }
    }
}

/// The exact rational value; `leaves[k]` is the value of leaf `k`.
///
/// # Errors
/// [`NotExact`]: no value, an irrational one, or more than 65 536 bits.
pub fn exact(expression: &Scalar, leaves: &[Rational]) -> Result<Rational, NotExact> {
    let mut values: Vec<Exact> = Vec::with_capacity(expression.nodes().len());
    let mut total = 0;
    for (at, operation) in expression.nodes().iter().enumerate() {
        let at = at as Ref;
        match step(operation, &values, leaves) {
            Ok(Exact::Rational(q) | Exact::OfPi(q)) if q.bits() > BITS => return Err(NotExact::TooLarge(at)),
            Ok(value) => {
                let (Exact::Rational(q) | Exact::OfPi(q)) = &value;
                total += q.bits().saturating_sub(128);
                if total > TOTAL_BITS {
                    return Err(NotExact::TooLarge(at));
                }
                values.push(value);
            }
            Err(Failure::Inexact) => return Err(NotExact::Inexact(at)),
            Err(Failure::TooLarge) => return Err(NotExact::TooLarge(at)),
            Err(Failure::Undefined(reason)) => {
                return Err(NotExact::Undefined(super::scalar::failure(at, reason, operation, |a| {
                    values[a as usize].to_f64()
                })));
            }
        }
    }
    match values.pop() {
        Some(Exact::Rational(q)) => Ok(q),
        Some(Exact::OfPi(_)) => Err(NotExact::Inexact(expression.root())),
        None => Err(NotExact::Undefined(Undefined {
            node: 0,
            reason: Reason::Malformed,
            operands: SmallVec::new(),
        })),
    }
}

/// The exact value of an expression without leaves, a multiple of π included; `None` if it is not known exactly.
pub(super) fn closed(expression: &Scalar) -> Option<Exact> {
    let mut values: Vec<Exact> = Vec::with_capacity(expression.nodes().len());
    for operation in expression.nodes() {
        let value = step(operation, &values, &[]).ok()?;
        if value.is_large(BITS) {
            return None;
        }
        values.push(value);
    }
    values.pop()
}

fn step(operation: &Operation, values: &[Exact], leaves: &[Rational]) -> Result<Exact, Failure> {
    use Exact::{OfPi, Rational as Ratio};
    let value = |a: &Ref| &values[*a as usize];
    Ok(match operation {
        Operation::Number(q) => Ratio(q.clone()),
        Operation::Constant(Constant::Pi) => OfPi(Rational::ONE),
        Operation::Leaf(k) => {
            Ratio(leaves.get(*k as usize).cloned().ok_or(Failure::Undefined(Reason::Leaf(*k)))?)
        }
        Operation::Add(a, b) => add(value(a), value(b))?,
        Operation::Subtract(a, b) => add(value(a), &value(b).negate())?,
        Operation::Multiply(a, b) => multiply(value(a), value(b))?,
        Operation::Divide(a, b) => match (value(a), value(b)) {
            (Ratio(a), Ratio(b)) | (OfPi(a), OfPi(b)) => {
                Ratio(a.divide(b).ok_or(Failure::Undefined(Reason::DivisionByZero))?)
            }
            (OfPi(a), Ratio(b)) => {
                Exact::of_pi(a.divide(b).ok_or(Failure::Undefined(Reason::DivisionByZero))?)
            }
            (Ratio(a), OfPi(_)) if a.is_zero() => Ratio(Rational::ZERO),
            (Ratio(_), OfPi(_)) => return Err(Failure::Inexact),
        },
        Operation::Negate(a) => value(a).negate(),
        Operation::Power(a, b) => raise(value(a), value(b))?,
        Operation::Call(Function::Unknown { .. }, _) => {
            return Err(Failure::Undefined(Reason::UnknownFunction));
        }
        Operation::Call(Function::Known(id), arguments) => {
            let arguments: SmallVec<[&Exact; 2]> = arguments.iter().map(value).collect();
            call(*id, &arguments)?
        }
    })
}

pub(super) fn multiply(a: &Exact, b: &Exact) -> Result<Exact, Failure> {
    use Exact::{OfPi, Rational as Ratio};
    match (a, b) {
        (Ratio(a), Ratio(b)) => Ok(Ratio(a * b)),
        (OfPi(a), Ratio(b)) | (Ratio(b), OfPi(a)) => Ok(Exact::of_pi(a * b)),
        (OfPi(_), OfPi(_)) => Err(Failure::Inexact),
    }
}

pub(super) fn raise(base: &Exact, exponent: &Exact) -> Result<Exact, Failure> {
    use Exact::{OfPi, Rational as Ratio};
    match (base, exponent) {
        (_, Ratio(b)) if b.is_zero() => Ok(Ratio(Rational::ONE)),
        (base, Ratio(b)) if b.is_one() => Ok(base.clone()),
        (Ratio(a), Ratio(b)) => Ok(Ratio(power(a, b)?)),
        (Ratio(a), OfPi(_)) if a.is_one() => Ok(Ratio(Rational::ONE)),
        _ => Err(Failure::Inexact),
    }
}

pub(super) fn add(a: &Exact, b: &Exact) -> Result<Exact, Failure> {
    Ok(match (a, b) {
        (Exact::Rational(a), Exact::Rational(b)) => Exact::Rational(a + b),
        (Exact::OfPi(a), Exact::OfPi(b)) => Exact::of_pi(a + b),
        (a, b) if b.is_zero() => a.clone(),
        (a, b) if a.is_zero() => b.clone(),
        _ => return Err(Failure::Inexact),
    })
}

fn power(base: &Rational, exponent: &Rational) -> Result<Rational, Failure> {
    if base.is_zero() {
        return if exponent.is_negative() {
            Err(Failure::Undefined(Reason::NegativePowerOfZero))
        } else {
            Ok(Rational::ZERO)
        };
    }
    if base.is_negative() && !exponent.is_integer() {
        return Err(Failure::Undefined(Reason::RealPowerOfNegative));
    }
    if base.abs().is_one() {
        return Ok(if exponent.is_integer() && !exponent.is_even() { base.clone() } else { Rational::ONE });
    }
    let Some((n, d)) = exponent.as_pair() else { return Err(Failure::TooLarge) };
    if d > MOST_ROOT {
        return Err(Failure::Inexact);
    }
    let root = if d == 1 { base.clone() } else { base.root(d as u32).ok_or(Failure::Inexact)? };
    root.power(n, BITS).map_err(|_| Failure::TooLarge)
}

pub(super) fn call(id: FunctionId, arguments: &[&Exact]) -> Result<Exact, Failure> {
    let row = function::row(id);
    if !row.is_elementwise() || row.parameters.len() != arguments.len() {
        return Err(Failure::Undefined(Reason::Malformed));
    }
    if let [argument] = arguments
        && let Some(value) = listed(row, argument)
    {
        return Ok(value);
    }
    let rationals: Option<Vec<Rational>> = arguments
        .iter()
        .map(|a| match a {
            Exact::Rational(q) => Some(q.clone()),
            Exact::OfPi(_) => None,
        })
        .collect();
    if let (Some(rationals), Some(f)) = (&rationals, row.exact)
        && let Some(value) = f(rationals)
    {
        return Ok(Exact::Rational(value));
    }
    // Undefined is claimed only where the arguments are exact machine numbers, or the poles of a listed multiple of π.
    if let Some(rationals) = rationals {
        let floats: SmallVec<[f64; 2]> = rationals.iter().map(Rational::to_f64).collect();
        let same = floats.iter().zip(&rationals).all(|(x, q)| Rational::from_f64(*x).as_ref() == Some(q));
        if same && row.float(&floats).is_nan() {
            return Err(Failure::Undefined(Reason::OutsideDomain(id)));
        }
    }
    Err(Failure::Inexact)
}

/// A value from the list of the row. Multiples of π are reduced to (−π, π]: rows that list such arguments have period 2π.
fn listed(row: &function::Row, argument: &Exact) -> Option<Exact> {
    let look = |argument: &Exact| {
        row.values
            .iter()
            .find(|(at, _)| read(at).as_ref() == Some(argument))
            .and_then(|(_, value)| read(value))
    };
    if let Some(value) = look(argument) {
        return Some(value);
    }
    let is_periodic = row.values.iter().any(|(at, _)| matches!(read(at), Some(Exact::OfPi(_))));
    let reduced = match argument {
        Exact::OfPi(_) if !is_periodic => return None,
        Exact::OfPi(q) => {
            let turns = (&(q - &Rational::ONE) * &Rational::HALF).floor();
            Exact::of_pi(q - &(&(&turns + &Rational::ONE) * &Rational::TWO))
        }
        Exact::Rational(q) => Exact::Rational(q.clone()),
    };
    if let Some(value) = look(&reduced) {
        return Some(value);
    }
    let value = look(&reduced.negate())?;
    match row.parity {
        Parity::Odd => Some(value.negate()),
        Parity::Even => Some(value),
        Parity::None => None,
    }
}

/// Reads `-3*pi/4`, `1/2`, `0`; anything else is not one of our numbers.
fn read(text: &str) -> Option<Exact> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let below: i64 = below.parse().ok()?;
    let (above, of_pi) = match above.strip_suffix("pi") {
        Some("") => (1, true),
        Some(factor) => (factor.strip_suffix('*')?.parse().ok()?, true),
        None => (above.parse::<i64>().ok()?, false),
    };
    let q = Rational::fraction(if negative { -above } else { above }, below)?;
    Some(if of_pi { Exact::of_pi(q) } else { Exact::Rational(q) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::testing::{Formula, f, n, pi, x, y};

    fn fraction(n: i64, d: i64) -> Rational {
        Rational::fraction(n, d).unwrap()
    }

    #[test]
    fn rational_values_are_exact() {
        let at = [fraction(1, 3), fraction(-3, 4)];
        for (formula, expected) in [
            (x() + y() / n(2), fraction(-1, 24)),
            ((x() - y()).to(n(-2)), fraction(144, 169)),
            (Formula::fraction(9, 4).to(Formula::fraction(-3, 2)), fraction(8, 27)),
            ((-n(1)).to(n(1_000_000_001)), fraction(-1, 1)),
            (f("abs", y()) * f("sign", y()) + f("floor", y()), fraction(-7, 4)),
            (f("cos", pi() / n(3)) + f("sin", n(7) * pi() / n(6)), fraction(0, 1)),
            (f("sin", n(1000) * pi()) + f("cos", n(1001) * pi()), fraction(-1, 1)),
            (f("tan", pi() / n(4)) + f("cot", -pi() / n(4)), fraction(0, 1)),
            (pi() / (n(2) * pi()) + f("exp", n(0)), fraction(3, 2)),
            (n(6) * f("asin", Formula::fraction(1, 2)) / pi(), fraction(1, 1)),
            (f("cbrt", n(-27)) + f("log2", n(4)), fraction(-1, 1)),
            (pi().to(n(0)) + n(0).to(n(0)), fraction(2, 1)),
        ] {
            assert_eq!(exact(&formula.finish(), &at), Ok(expected));
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        let why = |formula: Formula| exact(&formula.finish(), &[Rational::ZERO]).unwrap_err();
        assert!(matches!(why(n(2).to(Formula::fraction(1, 2))), NotExact::Inexact(_)));
        assert!(matches!(why(f("exp", n(1))), NotExact::Inexact(_)));
        assert!(matches!(why(pi()), NotExact::Inexact(_)));
        assert!(matches!(why(f("sin", pi() / n(4))), NotExact::Inexact(_)));
        assert!(matches!(why(n(9).to(n(9).to(n(9)))), NotExact::TooLarge(_)));
        for (formula, reason) in [
            (n(1) / x(), Reason::DivisionByZero),
            (x().to(n(-1)), Reason::NegativePowerOfZero),
            (n(-1).to(Formula::fraction(1, 2)), Reason::RealPowerOfNegative),
            (f("log", x()), Reason::OutsideDomain(function::LOG)),
        ] {
            let NotExact::Undefined(undefined) = why(formula) else { panic!("defined") };
            assert_eq!(undefined.reason, reason);
        }
    }
}
