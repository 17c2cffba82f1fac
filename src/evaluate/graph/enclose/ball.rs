//! What an enclosure must be able to do, whatever its ends are made of.

use crate::evaluate;
use crate::function::Row;
use crate::ir::scalar::Scalar;
use crate::number::{Enclosure, Interval, Rational};

/// An enclosure of one real number; undefined where no value was proved to exist.
pub(super) trait Ball: Clone {
    fn rational(q: &Rational, bits: usize) -> Self;
    fn pi(bits: usize) -> Self;
    /// An expression without leaves.
    fn closed(expression: &Scalar, bits: usize) -> Option<Self>;
    fn is_defined(&self) -> bool;
    fn plus(&self, other: &Self) -> Self;
    fn times(&self, other: &Self) -> Self;
    fn over(&self, other: &Self) -> Self;
    fn negated(&self) -> Self;
    fn powr(&self, exponent: &Rational) -> Self;
    fn power(&self, exponent: &Self) -> Self;
    fn log(&self) -> Self;
    fn call(row: &Row, arguments: &[Self]) -> Option<Self>;
    fn is_positive(&self) -> bool;
    fn is_negative(&self) -> bool;
    fn is_nonnegative(&self) -> bool;
    fn hull(&self, other: &Self) -> Self;
    fn largest(&self, other: &Self) -> Self;
    /// The ends, unless one is unbounded.
    fn ends(&self) -> Option<(Rational, Rational)>;
    /// A number inside, roughly.
    fn near(&self) -> f64;
    /// Both ends in `f64`, rounded outwards.
    fn interval(&self) -> Interval;
    /// The value in `f64`, if the enclosure leaves no choice that would show.
    fn settled(&self) -> Option<f64>;

    fn contains_zero(&self) -> bool {
        !self.is_positive() && !self.is_negative()
    }
}

/// An enclosure in `f64` is narrow enough below this relative width: ten digits are shown.
const NARROW: f64 = 1e-11;

impl Ball for Interval {
    fn rational(q: &Rational, _: usize) -> Self {
        Interval::from_rational(q)
    }
    fn pi(_: usize) -> Self {
        Interval::PI
    }
    fn closed(expression: &Scalar, _: usize) -> Option<Self> {
        Some(evaluate::interval(expression, &[])).filter(Ball::is_defined)
    }
    fn is_defined(&self) -> bool {
        Interval::is_defined(*self)
    }
    fn plus(&self, other: &Self) -> Self {
        *self + *other
    }
    fn times(&self, other: &Self) -> Self {
        *self * *other
    }
    fn over(&self, other: &Self) -> Self {
        *self / *other
    }
    fn negated(&self) -> Self {
        -*self
    }
    fn powr(&self, exponent: &Rational) -> Self {
        Interval::powr(*self, exponent)
    }
    fn power(&self, exponent: &Self) -> Self {
        Interval::power(*self, *exponent)
    }
    fn log(&self) -> Self {
        Interval::log(*self)
    }
    fn call(row: &Row, arguments: &[Self]) -> Option<Self> {
        let value = row.interval(arguments);
        value.is_defined().then_some(value)
    }
    fn is_positive(&self) -> bool {
        Interval::is_positive(*self)
    }
    fn is_negative(&self) -> bool {
        Interval::is_negative(*self)
    }
    fn is_nonnegative(&self) -> bool {
        Interval::is_nonnegative(*self)
    }
    fn hull(&self, other: &Self) -> Self {
        Interval::hull(*self, other)
    }
    fn largest(&self, other: &Self) -> Self {
        Interval::max(*self, *other)
    }
    fn ends(&self) -> Option<(Rational, Rational)> {
        Some((Rational::from_f64(self.low)?, Rational::from_f64(self.high)?))
    }
    fn near(&self) -> f64 {
        self.middle()
    }
    fn interval(&self) -> Interval {
        *self
    }
    fn settled(&self) -> Option<f64> {
        let least = self.low.abs().min(self.high.abs());
        let is_narrow = self.is_point()
            || (!self.contains_zero() && least >= f64::MIN_POSITIVE && self.width() <= NARROW * least);
        (is_narrow && self.low.is_finite() && self.high.is_finite()).then(|| self.middle())
    }
}

impl Ball for Enclosure {
    fn rational(q: &Rational, bits: usize) -> Self {
        Enclosure::from_rational(q, bits)
    }
    fn pi(bits: usize) -> Self {
        Enclosure::pi(bits)
    }
    fn closed(expression: &Scalar, bits: usize) -> Option<Self> {
        evaluate::precise_at(expression, &[], bits)
    }
    fn is_defined(&self) -> bool {
        Enclosure::is_defined(self)
    }
    fn plus(&self, other: &Self) -> Self {
        self + other
    }
    fn times(&self, other: &Self) -> Self {
        self * other
    }
    fn over(&self, other: &Self) -> Self {
        self / other
    }
    fn negated(&self) -> Self {
        -self
    }
    fn powr(&self, exponent: &Rational) -> Self {
        Enclosure::powr(self, exponent)
    }
    fn power(&self, exponent: &Self) -> Self {
        Enclosure::power(self, exponent)
    }
    fn log(&self) -> Self {
        Enclosure::log(self)
    }
    fn call(row: &Row, arguments: &[Self]) -> Option<Self> {
        row.precise(arguments).filter(Enclosure::is_defined)
    }
    fn is_positive(&self) -> bool {
        Enclosure::is_positive(self)
    }
    fn is_negative(&self) -> bool {
        Enclosure::is_negative(self)
    }
    fn is_nonnegative(&self) -> bool {
        Enclosure::is_nonnegative(self)
    }
    fn hull(&self, other: &Self) -> Self {
        Enclosure::hull(self, other)
    }
    fn largest(&self, other: &Self) -> Self {
        Enclosure::max(self, other)
    }
    fn ends(&self) -> Option<(Rational, Rational)> {
        Enclosure::ends(self)
    }
    fn near(&self) -> f64 {
        self.to_interval().middle()
    }
    fn interval(&self) -> Interval {
        self.to_interval()
    }
    fn settled(&self) -> Option<f64> {
        self.to_f64().filter(|x| x.abs() >= f64::MIN_POSITIVE || self.is_point())
    }
}
