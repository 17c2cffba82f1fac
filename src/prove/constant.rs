//! Equality of numbers: radicals, sines and cosines of rational multiples of π, and their inverses, decided by a bound below
//! which no such number but zero lies.
//!
//! A number made of integers by `+ − · /` and roots is a quotient of two algebraic integers. If all conjugates of the
//! numerator are at most `u`, those of the denominator at most `l`, and the degree is at most `d`, the number is zero or at
//! least `1/(u^(d−1)·l)` (Burnikel, Fleischer, Mehlhorn, Schirra: A strong and easily computable separation bound for
//! arithmetic expressions involving radicals, 2000). `2cos` and `2sin` of rational multiples of π are algebraic integers with
//! conjugates of at most 2. π itself is transcendental: a polynomial in it is zero if its coefficients are.

use crate::evaluate::{exact, precise_at};
use crate::function::{self, Function};
use crate::ir::scalar::{Constant, Operation, Ref, Scalar, ScalarBuilder};
use crate::normal::Definitions;
use crate::number::{Enclosure, Rational};
use crate::simplify::TableDefinitions;

/// Expressions with more operations are not looked at.
const MOST_OPERATIONS: usize = 400;
/// Separation bounds that need more bits are not followed.
const MOST_BITS: f64 = 12_000.0;
/// Powers of π.
const MOST_DEGREE: usize = 8;
/// Angles are multiples of π by fractions with denominators up to this.
const LARGEST_DENOMINATOR: i64 = 60;
/// Bits with which angles are guessed.
const GUESS_BITS: usize = 160;
/// Definitions nest at most this deep.
const DEEPEST: usize = 6;

/// Is an expression without variables zero? `None` if it is not of the kind that is decided here.
pub(super) fn is_zero(expression: &Scalar) -> Option<bool> {
    if expression.nodes().len() > MOST_OPERATIONS {
        return None;
    }
    let mut numbers = Numbers::default();
    let value = numbers.read(expression, &[], 0)?;
    numbers.vanishes(&value)
}

/// A polynomial in π, coefficients from the constant one on.
type Polynomial = Vec<Ref>;

/// Algebraic numbers under construction.
#[derive(Default)]
struct Numbers {
    builder: ScalarBuilder,
}

impl Numbers {
    fn read(&mut self, expression: &Scalar, arguments: &[Polynomial], depth: usize) -> Option<Polynomial> {
        if depth > DEEPEST {
            return None;
        }
        let mut values: Vec<Polynomial> = Vec::with_capacity(expression.nodes().len());
        for operation in expression.nodes() {
            let at = |a: &Ref| values[*a as usize].clone();
            let value = match operation {
                Operation::Number(q) => vec![self.builder.add(Operation::Number(q.clone()))],
                Operation::Constant(Constant::Pi) => vec![self.builder.integer(0), self.builder.integer(1)],
                Operation::Leaf(number) => arguments.get(*number as usize)?.clone(),
                Operation::Add(a, b) => self.sum(&at(a), &at(b), false),
                Operation::Subtract(a, b) => self.sum(&at(a), &at(b), true),
                Operation::Negate(a) => {
                    let zero = vec![self.builder.integer(0)];
                    self.sum(&zero, &at(a), true)
                }
                Operation::Multiply(a, b) => self.product(&at(a), &at(b))?,
                Operation::Divide(a, b) => {
                    let divisor = self.algebraic(&at(b))?;
                    if self.sign(divisor)? == 0 {
                        return None;
                    }
                    at(a).into_iter().map(|c| self.builder.add(Operation::Divide(c, divisor))).collect()
                }
                Operation::Power(a, b) => {
                    let exponent = self.rational(&at(b))?;
                    self.power(&at(a), &exponent)?
                }
                Operation::Call(Function::Unknown { .. }, _) => return None,
                Operation::Call(Function::Known(id), all) => {
                    let all: Vec<Polynomial> = all.iter().map(at).collect();
                    self.call(*id, &all, depth)?
                }
            };
            if value.len() > MOST_DEGREE || self.builder.len() > 4 * MOST_OPERATIONS {
                return None;
            }
            values.push(value);
        }
        values.pop()
    }

    fn sum(&mut self, a: &[Ref], b: &[Ref], minus: bool) -> Polynomial {
        let zero = self.builder.integer(0);
        (0..a.len().max(b.len()))
            .map(|k| {
                let (x, y) = (a.get(k).copied().unwrap_or(zero), b.get(k).copied().unwrap_or(zero));
                if y == zero {
                    x
                } else if minus {
                    self.builder.add(Operation::Subtract(x, y))
                } else if x == zero {
                    y
                } else {
                    self.builder.add(Operation::Add(x, y))
                }
            })
            .collect()
    }

    fn product(&mut self, a: &[Ref], b: &[Ref]) -> Option<Polynomial> {
        let zero = self.builder.integer(0);
        let mut out = vec![zero; (a.len() + b.len()).checked_sub(1)?];
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                if *x == zero || *y == zero {
                    continue;
                }
                let product = self.builder.add(Operation::Multiply(*x, *y));
                out[i + j] = if out[i + j] == zero {
                    product
                } else {
                    self.builder.add(Operation::Add(out[i + j], product))
                };
            }
        }
        Some(out)
    }

    fn power(&mut self, base: &[Ref], exponent: &Rational) -> Option<Polynomial> {
        if let Some(n) = exponent.as_integer().filter(|n| (0..=6).contains(n)) {
            let mut out = vec![self.builder.integer(1)];
            for _ in 0..n {
                out = self.product(&out, base)?;
            }
            return Some(out);
        }
        let base = self.algebraic(base)?;
        let sign = self.sign(base)?;
        if sign == 0 || (sign < 0 && !exponent.is_integer()) {
            return None;
        }
        let exponent = self.builder.add(Operation::Number(exponent.clone()));
        Some(vec![self.builder.add(Operation::Power(base, exponent))])
    }

    fn call(&mut self, id: function::FunctionId, all: &[Polynomial], depth: usize) -> Option<Polynomial> {
        match (id, all) {
            (function::SIN | function::COS, [angle]) => {
                let times = self.multiple_of_pi(angle)?;
                Some(vec![self.wave(id, &times)])
            }
            (function::ASIN | function::ACOS | function::ATAN, [value]) => {
                let value = self.algebraic(value)?;
                self.angle(id, value)
            }
            (function::ATAN2, [y, x]) => {
                let (y, x) = (self.algebraic(y)?, self.algebraic(x)?);
                self.angle_of_point(y, x)
            }
            (function::ABS, [value]) => {
                let value = self.algebraic(value)?;
                let zero = self.builder.integer(0);
                Some(vec![if self.sign(value)? < 0 {
                    self.builder.add(Operation::Subtract(zero, value))
                } else {
                    value
                }])
            }
            (function::SIGN, [value]) => {
                let value = self.algebraic(value)?;
                let sign = self.sign(value)?;
                Some(vec![self.builder.integer(sign)])
            }
            _ => {
                let definition = TableDefinitions.canonical(Function::Known(id))?;
                self.read(definition, all, depth + 1)
            }
        }
    }

    /// A polynomial that does not speak of π.
    fn algebraic(&mut self, value: &[Ref]) -> Option<Ref> {
        let (first, rest) = value.split_first()?;
        for higher in rest {
            if self.sign(*higher)? != 0 {
                return None;
            }
        }
        Some(*first)
    }

    fn rational(&mut self, value: &[Ref]) -> Option<Rational> {
        let value = self.algebraic(value)?;
        exact(&self.builder.finish(value), &[]).ok()
    }

    /// The rational number that an angle is π times.
    fn multiple_of_pi(&mut self, angle: &[Ref]) -> Option<Rational> {
        if self.sign(*angle.first()?)? != 0 {
            return None;
        }
        match angle {
            [_] => Some(Rational::ZERO),
            [_, times, rest @ ..] => {
                for higher in rest {
                    if self.sign(*higher)? != 0 {
                        return None;
                    }
                }
                exact(&self.builder.finish(*times), &[]).ok()
            }
            [] => None,
        }
    }

    fn wave(&mut self, id: function::FunctionId, times: &Rational) -> Ref {
        let times = self.builder.add(Operation::Number(times.clone()));
        let pi = self.builder.add(Operation::Constant(Constant::Pi));
        let angle = self.builder.add(Operation::Multiply(times, pi));
        self.builder.add(Operation::Call(Function::Known(id), [angle].into_iter().collect()))
    }

    fn enclosure(&self, value: Ref, bits: usize) -> Option<Enclosure> {
        precise_at(&self.builder.finish(value), &[], bits)
    }

    /// The value of an inverse function as a multiple of π, proved by the function itself.
    fn angle(&mut self, id: function::FunctionId, value: Ref) -> Option<Polynomial> {
        let call = self.builder.add(Operation::Call(Function::Known(id), [value].into_iter().collect()));
        let times = self.guess(call)?;
        // The guess is within the range of the function: its enclosure is.
        let difference = match id {
            function::ASIN => {
                let wave = self.wave(function::SIN, &times);
                self.builder.add(Operation::Subtract(wave, value))
            }
            function::ACOS => {
                let wave = self.wave(function::COS, &times);
                self.builder.add(Operation::Subtract(wave, value))
            }
            _ => {
                let (sine, cosine) = (self.wave(function::SIN, &times), self.wave(function::COS, &times));
                let product = self.builder.add(Operation::Multiply(value, cosine));
                self.builder.add(Operation::Subtract(sine, product))
            }
        };
        let size = times.abs();
        let within = match id {
            function::ASIN => size <= Rational::HALF,
            function::ACOS => !times.is_negative() && size <= Rational::ONE,
            _ => size < Rational::HALF,
        };
        (within && self.sign(difference)? == 0)
            .then(|| vec![self.builder.integer(0), self.builder.add(Operation::Number(times))])
    }

    fn angle_of_point(&mut self, y: Ref, x: Ref) -> Option<Polynomial> {
        let (above, right) = (self.sign(y)?, self.sign(x)?);
        let times = match (above, right) {
            (0, 0) => return None,
            (0, 1) => Rational::ZERO,
            (0, _) => Rational::ONE,
            _ => {
                let call = self
                    .builder
                    .add(Operation::Call(Function::Known(function::ATAN2), [y, x].into_iter().collect()));
                let times = self.guess(call)?;
                let (sine, cosine) = (self.wave(function::SIN, &times), self.wave(function::COS, &times));
                let (a, b) = (
                    self.builder.add(Operation::Multiply(y, cosine)),
                    self.builder.add(Operation::Multiply(x, sine)),
                );
                let across = self.builder.add(Operation::Subtract(a, b));
                // On the line through the point and, off the line, on its side of the axes.
                if self.sign(across)? != 0 || self.sign(sine)? != above || self.sign(cosine)? != right {
                    return None;
                }
                times
            }
        };
        Some(vec![self.builder.integer(0), self.builder.add(Operation::Number(times))])
    }

    /// A fraction with a small denominator near the value over π.
    fn guess(&mut self, value: Ref) -> Option<Rational> {
        let pi = self.builder.add(Operation::Constant(Constant::Pi));
        let quotient = self.builder.add(Operation::Divide(value, pi));
        let (low, high) = self.enclosure(quotient, GUESS_BITS)?.ends()?;
        (1..=LARGEST_DENOMINATOR).find_map(|denominator| {
            let scale = Rational::integer(denominator);
            let nearest = (low.clone() * scale.clone() + Rational::HALF).floor();
            let candidate = nearest.divide(&scale)?;
            (low <= candidate && candidate <= high).then_some(candidate)
        })
    }

    fn vanishes(&mut self, value: &[Ref]) -> Option<bool> {
        let mut all = true;
        for coefficient in value {
            all &= self.sign(*coefficient)? == 0;
        }
        Some(all)
    }

    /// The sign of an algebraic number; `None` if its separation bound is too small to be reached.
    fn sign(&self, value: Ref) -> Option<i64> {
        let expression = self.builder.finish(value);
        if let Ok(q) = exact(&expression, &[]) {
            return Some(if q.is_zero() {
                0
            } else if q.is_negative() {
                -1
            } else {
                1
            });
        }
        let bound = bound(&expression)?;
        let mut bits = 96;
        loop {
            let enclosure = precise_at(&expression, &[], bits)?;
            if !enclosure.contains_zero() {
                return Some(if enclosure.is_negative() { -1 } else { 1 });
            }
            // Zero is inside: the number is zero if all of the enclosure is nearer to zero than the bound.
            let (low, high) = enclosure.ends()?;
            let size = if low.abs() < high { high } else { low.abs() };
            let limit = Rational::integer(2).power(-(bound.ceil() as i64), 1 << 20).ok()?;
            if size < limit {
                return Some(0);
            }
            if bits as f64 > 2.0 * bound + 512.0 {
                return None;
            }
            bits *= 2;
        }
    }
}

/// Bits `b` such that the number is zero or at least `2^−b` in size.
fn bound(expression: &Scalar) -> Option<f64> {
    // Logarithms to base 2 of bounds of numerators and denominators, rounded up by a margin.
    let mut sizes: Vec<(f64, f64)> = Vec::with_capacity(expression.nodes().len());
    let mut degree = 1.0f64;
    let mut turns: i64 = 1;
    for operation in expression.nodes() {
        let at = |a: &Ref| sizes[*a as usize];
        let value = match operation {
            Operation::Number(q) => (bits(&q.numerator()), bits(&q.denominator())),
            // Only inside angles.
            Operation::Constant(Constant::Pi) => (0.0, 0.0),
            Operation::Add(a, b) | Operation::Subtract(a, b) => {
                let ((u, l), (v, m)) = (at(a), at(b));
                ((u + m).max(v + l) + 1.0, l + m)
            }
            Operation::Multiply(a, b) => {
                let ((u, l), (v, m)) = (at(a), at(b));
                (u + v, l + m)
            }
            Operation::Divide(a, b) => {
                let ((u, l), (v, m)) = (at(a), at(b));
                (u + m, l + v)
            }
            Operation::Negate(a) => at(a),
            Operation::Power(a, b) => {
                let Operation::Number(exponent) = expression.node(*b) else { return None };
                let (n, k) = exponent.as_pair()?;
                let (mut u, mut l) = at(a);
                if n < 0 {
                    (u, l) = (l, u);
                }
                let n = n.unsigned_abs() as f64;
                degree *= k as f64;
                let k = k as f64;
                // (U/L)^(n/k) = ((Uⁿ·L^(n(k−1))))^(1/k) / Lⁿ
                (n * (u + (k - 1.0) * l) / k, n * l)
            }
            Operation::Call(Function::Known(id), arguments)
                if matches!(*id, function::SIN | function::COS) =>
            {
                let Operation::Multiply(times, _) = expression.node(*arguments.first()?) else { return None };
                let Operation::Number(times) = expression.node(*times) else { return None };
                // cos(pπ/q) = cos(2π·p/(2q)), sin(pπ/q) = cos(2π·(q − 2p)/(4q)).
                let denominator = times.denominator();
                let denominator = i64::try_from(&denominator).ok()?.checked_mul(4)?;
                turns = num_integer::lcm(turns, denominator);
                if turns > 1 << 20 {
                    return None;
                }
                (1.0, 1.0)
            }
            _ => return None,
        };
        if !(value.0.is_finite() && value.1.is_finite()) {
            return None;
        }
        sizes.push(value);
    }
    if turns > 1 {
        degree *= totient(turns) as f64;
    }
    let (u, l) = sizes.last().copied()?;
    let bound = (degree - 1.0) * u.max(0.0) + l + 2.0;
    (bound < MOST_BITS).then_some(bound * 1.01 + 8.0)
}

/// Bits of an integer, at least.
fn bits(n: &num_bigint::BigInt) -> f64 {
    n.bits() as f64
}

fn totient(mut n: i64) -> i64 {
    let mut result = n;
    let mut p = 2;
    while p * p <= n {
        if n % p == 0 {
            while n % p == 0 {
                n /= p;
            }
            result -= result / p;
        }
        p += 1;
    }
    if n > 1 {
        result -= result / n;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Names, parse};

    fn zero(text: &str) -> Option<bool> {
        let tree = parse(text, &Names::default()).unwrap().tree;
        let mut environment = crate::lower::Environment::new();
        let lowered = environment.lower(&tree).unwrap();
        let view =
            environment.graph.pointwise(lowered.node, &rustc_hash::FxHashSet::default(), 1000).unwrap();
        is_zero(&view.expression)
    }

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("sqrt(3+2*sqrt(2)) - 1 - sqrt(2)", Some(true)),
            ("sqrt(2) + sqrt(3) - sqrt(5 + 2*sqrt(6))", Some(true)),
            ("sqrt(2) + sqrt(3) - sqrt(5 + 2*sqrt(6)) + 1e-40", Some(false)),
            ("sin(pi/12) - (sqrt(3)-1)/(2*sqrt(2))", Some(true)),
            ("cos(pi/7) - cos(2*pi/7) + cos(3*pi/7) - 1/2", Some(true)),
            ("cos(pi/7) - cos(2*pi/7) + cos(3*pi/7) - 1/2 - 1e-25", Some(false)),
            ("asin(-1/2) + pi/6", Some(true)),
            ("acos((sqrt(5)-1)/4) - 2*pi/5", Some(true)),
            ("atan(2 - sqrt(3)) - pi/12", Some(true)),
            ("4*atan(1) - pi", Some(true)),
            ("atan2(-1, -1) + 3*pi/4", Some(true)),
            ("2^(1/3)*4^(1/3) - 2", Some(true)),
            ("pi - 355/113", Some(false)),
            ("exp(1) - 2", None),
        ] {
            assert_eq!(zero(text), expected, "{text}");
        }
    }
}
