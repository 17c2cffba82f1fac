//! Intervals of `f64` with outward rounding.
//!
//! An [`Interval`] encloses one real number. An operation gives [`Interval::UNDEFINED`] unless it is *proved* to be
//! defined for every number of its operands, so a defined result certifies that the expression exists there.
//!
//! Sums are rounded outwards by their computed error, products and quotients by one step unless they are seen to be exact.
//! Elementary functions come from `libm`, whose published errors are below 1 ulp (2 ulp for the hyperbolic family; measured against
//! 192-bit values: at most 1.5); enclosures assume at most 2 ulp and are widened by [`ULPS`] steps.

use std::f64::consts::PI;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::Rational;

/// By how many steps the result of a `libm` function is widened: twice the error assumed.
pub const ULPS: u32 = 4;

/// Beyond this the place of an argument within a period is not decided, and a sine is only known to lie in [−1, 1].
const FAR: f64 = 1e9;

/// A closed interval that encloses a real number, or [`Interval::UNDEFINED`]. Infinite ends mean "not bounded on that side".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// No value: some operation was not proved to be defined.
    pub const UNDEFINED: Interval = Interval { low: f64::NAN, high: f64::NAN };
    /// Zero.
    pub const ZERO: Interval = Interval { low: 0.0, high: 0.0 };
    /// One.
    pub const ONE: Interval = Interval { low: 1.0, high: 1.0 };
    /// Any real number.
    pub const REAL: Interval = Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
    /// The closed interval from −1 to 1.
    pub const UNIT: Interval = Interval { low: -1.0, high: 1.0 };
    /// π. The constant of `std` is the largest `f64` below π.
    pub const PI: Interval = Interval { low: PI, high: PI.next_up() };

    /// The interval between two ends; undefined unless `low ≤ high` and it holds a real number.
    pub fn new(low: f64, high: f64) -> Self {
        if low <= high && low < f64::INFINITY && high > f64::NEG_INFINITY {
            Interval { low, high }
        } else {
            Self::UNDEFINED
        }
    }

    /// A single number; undefined if it is not finite.
    pub fn point(x: f64) -> Self {
        if x.is_finite() { Interval { low: x, high: x } } else { Self::UNDEFINED }
    }

    /// The tightest enclosure of an exact number.
    pub fn from_rational(q: &Rational) -> Self {
        if let Some((n, d)) = q.as_pair()
            && n.unsigned_abs() < 1 << 53
            && d < 1 << 53
        {
            return Self::point(n as f64) / Self::point(d as f64);
        }
        let near = q.to_f64();
        if near.is_nan() {
            return Self::UNDEFINED;
        }
        // The conversion of big numbers is only promised to within one rounding: compare exactly and step outwards.
        let below = |x: f64| Rational::from_f64(x).is_none_or(|x| x <= *q) && x < f64::INFINITY;
        let above = |x: f64| Rational::from_f64(x).is_none_or(|x| x >= *q) && x > f64::NEG_INFINITY;
        let (mut low, mut high) = (near, near);
        for _ in 0..4 {
            if !below(low) {
                low = low.next_down();
            }
            if !above(high) {
                high = high.next_up();
            }
        }
        if below(low) && above(high) { Self::new(low, high) } else { Self::REAL }
    }

    /// Is there a value?
    pub fn is_defined(self) -> bool {
        !self.low.is_nan()
    }

    /// Is it a single number?
    pub fn is_point(self) -> bool {
        self.low == self.high
    }

    /// Does it hold `x`?
    pub fn contains(self, x: f64) -> bool {
        self.low <= x && x <= self.high
    }

    /// May the value be zero? True also if it is undefined: nothing is proved then.
    pub fn contains_zero(self) -> bool {
        !(self.low > 0.0 || self.high < 0.0)
    }

    /// Are both defined without a number in common? Then the two values are proved to differ.
    pub fn is_disjoint(self, other: &Self) -> bool {
        self.high < other.low || other.high < self.low
    }

    /// Is the value proved to be above zero?
    pub fn is_positive(self) -> bool {
        self.low > 0.0
    }

    /// Is the value proved to be below zero?
    pub fn is_negative(self) -> bool {
        self.high < 0.0
    }

    /// Is the value proved not to be below zero?
    pub fn is_nonnegative(self) -> bool {
        self.low >= 0.0
    }

    /// Is the value proved not to be zero?
    pub fn is_nonzero(self) -> bool {
        !self.contains_zero()
    }

    /// Upper bound of the distance of its ends; NaN if undefined.
    pub fn width(self) -> f64 {
        if self.low == self.high { 0.0 } else { (self.high - self.low).next_up() }
    }

    /// A number inside, for display.
    pub fn middle(self) -> f64 {
        if self.low == f64::NEG_INFINITY || self.high == f64::INFINITY {
            return if self.contains(0.0) {
                0.0
            } else if self.low > 0.0 {
                self.low
            } else {
                self.high
            };
        }
        self.low / 2.0 + self.high / 2.0
    }

    /// What two enclosures of one number have in common; undefined if they are disjoint or one is undefined.
    #[must_use]
    pub fn intersect(self, other: &Self) -> Self {
        if !self.is_defined() || !other.is_defined() {
            return Self::UNDEFINED;
        }
        Self::new(self.low.max(other.low), self.high.min(other.high))
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(self, other: &Self) -> Self {
        if !self.is_defined() || !other.is_defined() {
            return Self::UNDEFINED;
        }
        Self::new(self.low.min(other.low), self.high.max(other.high))
    }

    /// Cuts it to bounds that the value is known to respect.
    #[must_use]
    pub fn clip(self, low: f64, high: f64) -> Self {
        if self.is_defined() { Self::new(self.low.max(low), self.high.min(high)) } else { self }
    }

    /// An increasing function given by a `libm` function: evaluated at both ends and widened.
    #[must_use]
    pub fn increasing(self, f: impl Fn(f64) -> f64) -> Self {
        if !self.is_defined() {
            return Self::UNDEFINED;
        }
        Self::new(down(f(self.low)), up(f(self.high)))
    }

    /// A decreasing function given by a `libm` function: evaluated at both ends and widened.
    #[must_use]
    pub fn decreasing(self, f: impl Fn(f64) -> f64) -> Self {
        if !self.is_defined() {
            return Self::UNDEFINED;
        }
        Self::new(down(f(self.high)), up(f(self.low)))
    }

    /// An increasing function given by interval operations: the enclosure at each end, so that an argument that occurs
    /// several times costs no width. Infinite ends are evaluated as they stand.
    #[must_use]
    pub fn increasing_by(self, f: impl Fn(Interval) -> Interval) -> Self {
        if !self.is_defined() {
            return Self::UNDEFINED;
        }
        let end = |x: f64| f(Interval { low: x, high: x });
        if self.is_point() {
            return end(self.low);
        }
        if !self.low.is_finite() || !self.high.is_finite() {
            return f(self);
        }
        Self::new(end(self.low).low, end(self.high).high)
    }

    /// `1/x`.
    #[must_use]
    pub fn recip(self) -> Self {
        Self::ONE / self
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(self) -> Self {
        if self.low >= 0.0 {
            self
        } else if self.high <= 0.0 {
            -self
        } else {
            Self::new(0.0, self.high.max(-self.low))
        }
    }

    /// The larger of two.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        if !self.is_defined() || !other.is_defined() {
            return Self::UNDEFINED;
        }
        Self::new(self.low.max(other.low), self.high.max(other.high))
    }

    /// The smaller of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        -(-self).max(-other)
    }
}

/// `ULPS` steps down; a lower end never passes the largest finite number.
fn down(mut x: f64) -> f64 {
    for _ in 0..ULPS {
        x = x.next_down();
    }
    x
}

/// `ULPS` steps up.
fn up(mut x: f64) -> f64 {
    for _ in 0..ULPS {
        x = x.next_up();
    }
    x
}

/// Has it at most 24 significant bits? Products of two such numbers are exact.
fn is_short(x: f64) -> bool {
    f64::from(x as f32) == x
}

/// The error of `sum = a + b`, exactly (Knuth); NaN if something overflowed.
fn sum_error(a: f64, b: f64, sum: f64) -> f64 {
    let from_b = sum - a;
    (a - (sum - from_b)) + (b - from_b)
}

fn sum_down(a: f64, b: f64) -> f64 {
    let sum = a + b;
    if sum_error(a, b, sum) >= 0.0 || sum == f64::NEG_INFINITY { sum } else { sum.next_down() }
}

fn sum_up(a: f64, b: f64) -> f64 {
    let sum = a + b;
    if sum_error(a, b, sum) <= 0.0 || sum == f64::INFINITY { sum } else { sum.next_up() }
}

/// A product of ends: a zero end times an unbounded one is zero, because the bound is never reached.
fn product(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

impl Add for Interval {
    type Output = Interval;
    fn add(self, other: Self) -> Self {
        if !self.is_defined() || !other.is_defined() {
            return Self::UNDEFINED;
        }
        Self::new(sum_down(self.low, other.low).min(f64::MAX), sum_up(self.high, other.high).max(f64::MIN))
    }
}

impl Sub for Interval {
    type Output = Interval;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Interval {
    type Output = Interval;
    fn neg(self) -> Self {
        Interval { low: -self.high, high: -self.low }
    }
}

impl Mul for Interval {
    type Output = Interval;
    fn mul(self, other: Self) -> Self {
        if !self.is_defined() || !other.is_defined() {
            return Self::UNDEFINED;
        }
        let (a, b, c, d) = (self.low, self.high, other.low, other.high);
        // Most intervals are points or proved to be positive: they need no corners.
        if a > 0.0 && c > 0.0 && b.is_finite() && d.is_finite() {
            let (low, high) = (a * c, b * d);
            return Self::new(
                if is_short(a) && is_short(c) { low } else { low.next_down().max(0.0) },
                if is_short(b) && is_short(d) { high } else { high.next_up() },
            );
        }
        let corners = [product(a, c), product(a, d), product(b, c), product(b, d)];
        let low = corners.iter().copied().fold(f64::INFINITY, f64::min);
        let high = corners.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let zero = (a == 0.0 && b == 0.0) || (c == 0.0 && d == 0.0);
        if zero || [a, b, c, d].into_iter().all(is_short) && low.is_finite() && high.is_finite() {
            return Self::new(low, high);
        }
        // A sign that is proved survives rounding and underflow.
        let (positive, negative) = (
            (a >= 0.0 && c >= 0.0) || (b <= 0.0 && d <= 0.0),
            (a >= 0.0 && d <= 0.0) || (b <= 0.0 && c >= 0.0),
        );
        let result = Self::new(low.next_down(), high.next_up());
        if positive {
            result.clip(0.0, f64::INFINITY)
        } else if negative {
            result.clip(f64::NEG_INFINITY, 0.0)
        } else {
            result
        }
    }
}

impl Div for Interval {
    type Output = Interval;
    fn div(self, other: Self) -> Self {
        if !self.is_defined() || other.contains_zero() {
            return Self::UNDEFINED;
        }
        let (a, b, c, d) = (self.low, self.high, other.low, other.high);
        let quotient = |x: f64, y: f64| {
            if x == 0.0 {
                0.0
            } else if y.is_infinite() {
                // The bound is approached, never reached; ∞/∞ is bounded by the other corners.
                if x.is_infinite() { f64::NAN } else { 0.0 }
            } else {
                x / y
            }
        };
        // `min` and `max` pass over NaN; with an unbounded divisor the quotient also comes near zero.
        let corners = [quotient(a, c), quotient(a, d), quotient(b, c), quotient(b, d)];
        let mut low = corners.iter().copied().fold(f64::INFINITY, f64::min);
        let mut high = corners.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if c.is_infinite() || d.is_infinite() {
            low = low.min(0.0);
            high = high.max(0.0);
        }
        if self.is_point() && other.is_point() {
            let q = a / c;
            if q == 0.0 && a == 0.0 || is_short(q) && is_short(c) && q * c == a {
                return Self::new(q, q);
            }
        }
        let result = Self::new(low.next_down(), high.next_up());
        let (positive, negative) =
            ((a >= 0.0 && c > 0.0) || (b <= 0.0 && d < 0.0), (a >= 0.0 && d < 0.0) || (b <= 0.0 && c > 0.0));
        if positive {
            result.clip(0.0, f64::INFINITY)
        } else if negative {
            result.clip(f64::NEG_INFINITY, 0.0)
        } else {
            result
        }
    }
}

mod functions;
mod gamma;
#[cfg(test)]
mod tests;
