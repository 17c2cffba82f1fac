//! Stirling's series for the gamma function and its kin, for whatever numbers enclose: intervals of `f64` and enclosures of
//! many bits are summed by the same lines, and are proved by the same argument.
//!
//! DLMF 5.11.1, 5.11.2 and 5.15.8. For y > 0 the error of a partial sum is at most the first term left out and has its
//! sign. For log Γ and ψ this is DLMF 5.11(ii). For the derivatives of ψ: by Binet's formula the error after k terms is (−1)ᵏ
//! times the Laplace transform of a function that is positive, so that it and all its derivatives have known signs; the
//! errors before and after a term have opposite signs, and the term is their difference.
//!
//! Arguments are brought to where the series converges by the recurrences DLMF 5.5.1, 5.5.2 and 5.15.5.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::bernoulli;
use super::{Interval, Rational};

/// Numbers that enclose.
pub(super) trait Enclosing:
    Clone + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// A rational number, as fine as this one.
    fn constant(&self, value: &Rational) -> Self;
    /// The natural logarithm.
    fn logarithm(&self) -> Self;
    /// What encloses this number, zero and everything between.
    fn with_zero(&self) -> Self;
    /// Is it so small beside the other that adding it changes nothing that is kept?
    fn is_lost_beside(&self, other: &Self) -> bool;

    /// A whole number, as fine as this one.
    fn whole(&self, n: i64) -> Self {
        self.constant(&Rational::integer(n))
    }
}

impl Enclosing for Interval {
    fn constant(&self, value: &Rational) -> Self {
        Interval::from_rational(value)
    }

    fn logarithm(&self) -> Self {
        self.log()
    }

    fn with_zero(&self) -> Self {
        self.hull(&Interval::ZERO)
    }

    fn is_lost_beside(&self, other: &Self) -> bool {
        self.abs().high <= 1e-18 * other.abs().low
    }
}

/// Σ B₂ₖ·wₖ/y²ᵏ for k ≥ 1, with the first weight and the ratio of each to the one before; the error is enclosed.
fn series<T: Enclosing>(y: &T, first: &Rational, ratio: impl Fn(i64) -> Option<Rational>, terms: usize) -> T {
    let inverse = y.whole(1) / y.clone();
    let step = inverse.clone() * inverse;
    let mut weight = y.constant(first) * step.clone();
    let mut sum = y.whole(0);
    let numbers = bernoulli::even(terms);
    for (at, number) in numbers.iter().take(terms).enumerate() {
        let term = y.constant(number) * weight.clone();
        if at + 1 == terms || at > 0 && term.is_lost_beside(&sum) {
            return sum + term.with_zero();
        }
        sum = sum + term;
        let next = ratio(at as i64 + 1).unwrap_or(Rational::ONE);
        weight = weight * y.constant(&next) * step.clone();
    }
    sum
}

/// log Γ(y) by that many terms: (y − ½) log y − y + ½ log 2π + Σ B₂ₖ/(2k(2k−1))·y^(1−2k); ½ log 2π is given.
pub(super) fn log_gamma<T: Enclosing>(y: &T, half_log_two_pi: T, terms: usize) -> T {
    let ratio = |k: i64| Rational::fraction(2 * k * (2 * k - 1), (2 * k + 2) * (2 * k + 1));
    let tail = series(y, &Rational::HALF, ratio, terms);
    let half = y.constant(&Rational::HALF);
    (y.clone() - half) * y.logarithm() - y.clone() + half_log_two_pi + y.clone() * tail
}

/// The n-th derivative of ψ at x > 0, from so many steps further up and by so many terms of the series there.
pub(super) fn polygamma<T: Enclosing>(n: u32, x: &T, steps: i64, terms: usize) -> T {
    let y = x.clone() + x.whole(steps);
    let one = x.whole(1);
    if n == 0 {
        // ψ(y) = log y − 1/(2y) − Σ B₂ₖ/(2k)/y²ᵏ, and ψ(x) = ψ(x + 1) − 1/x.
        let mut sum = y.whole(0);
        for k in (0..steps).rev() {
            sum = sum + one.clone() / (x.clone() + x.whole(k));
        }
        let tail = series(&y, &Rational::HALF, |k| Rational::fraction(k, k + 1), terms);
        let half = y.constant(&Rational::HALF);
        return y.logarithm() - half / y - tail - sum;
    }
    // (−1)ⁿ⁺¹ψ⁽ⁿ⁾(y) = (n−1)!/yⁿ·(1 + n/(2y) + Σ B₂ₖ (2k+n−1)!/((2k)!(n−1)!)/y²ᵏ), and a step adds n!/xⁿ⁺¹.
    let order = i64::from(n);
    let mut sum = y.whole(0);
    for k in (0..steps).rev() {
        sum = sum + power(&(one.clone() / (x.clone() + x.whole(k))), n + 1);
    }
    let first = Rational::fraction(order * (order + 1), 2).unwrap_or(Rational::ONE);
    let ratio = |k: i64| Rational::fraction((2 * k + order) * (2 * k + order + 1), (2 * k + 1) * (2 * k + 2));
    let tail = series(&y, &first, ratio, terms);
    let inverse = one.clone() / y;
    let far =
        (one + x.constant(&Rational::HALF) * x.whole(order) * inverse.clone() + tail) * power(&inverse, n);
    let mut size = x.whole(order) * sum + far;
    for k in 2..order {
        size = size * x.whole(k);
    }
    if n % 2 == 1 { size } else { -size }
}

fn power<T: Enclosing>(x: &T, n: u32) -> T {
    let (mut result, mut base, mut n) = (x.whole(1), x.clone(), n);
    while n > 0 {
        if n & 1 == 1 {
            result = result * base.clone();
        }
        n >>= 1;
        if n > 0 {
            base = base.clone() * base;
        }
    }
    result
}
