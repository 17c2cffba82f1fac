//! Powers and elementary functions of intervals.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use super::{FAR, Interval, down, is_short, up};
use crate::number::Rational;

impl Interval {
    /// The integer power; `x^0 = 1`, and undefined for a negative exponent unless zero is excluded.
    #[must_use]
    pub fn powi(self, n: i64) -> Self {
        if !self.is_defined() {
            return Self::UNDEFINED;
        }
        match n {
            0 => return Self::ONE,
            1 => return self,
            _ if n < 0 => {
                if self.contains_zero() {
                    return Self::UNDEFINED;
                }
                let power = self.magnitude_power(n.unsigned_abs());
                // A power that underflowed is still not zero.
                return if power.contains_zero() { reciprocal_of_tiny(power) } else { power.recip() };
            }
            _ => {}
        }
        self.magnitude_power(n.unsigned_abs())
    }

    fn magnitude_power(self, n: u64) -> Self {
        let raise = |x: f64| {
            // x ≥ 0: products of enclosures of magnitudes.
            let (mut base, mut n, mut result) = (Interval { low: x, high: x }, n, Self::ONE);
            while n > 0 {
                if n & 1 == 1 {
                    result = (result * base).clip(0.0, f64::INFINITY);
                }
                n >>= 1;
                if n > 0 {
                    base = (base * base).clip(0.0, f64::INFINITY);
                }
            }
            result
        };
        let sign = if n % 2 == 1 { -1.0 } else { 1.0 };
        let (low, high) = (raise(self.low.abs()), raise(self.high.abs()));
        if self.low >= 0.0 {
            Self::new(low.low, high.high)
        } else if self.high <= 0.0 {
            if sign < 0.0 { Self::new(-low.high, -high.low) } else { Self::new(high.low, low.high) }
        } else if sign < 0.0 {
            Self::new(-low.high, high.high)
        } else {
            Self::new(0.0, low.high.max(high.high))
        }
    }

    /// The power with an exact exponent. For a base that may be negative the exponent must be an integer.
    #[must_use]
    pub fn powr(self, exponent: &Rational) -> Self {
        if let Some(n) = exponent.as_integer() {
            return self.powi(n);
        }
        if let Some((n, 2)) = exponent.as_pair() {
            return if n > 0 {
                self.sqrt().powi(n)
            } else if self.low > 0.0 {
                self.sqrt().powi(n.saturating_neg()).recip()
            } else {
                Self::UNDEFINED
            };
        }
        if exponent.is_integer() {
            // Too large for a machine integer: only the magnitude is followed.
            let magnitude = self.abs().power(Self::from_rational(exponent));
            return if self.low > 0.0 || exponent.is_even() {
                magnitude
            } else {
                magnitude.hull(&-magnitude)
            };
        }
        self.power(Self::from_rational(exponent))
    }

    /// The power with an enclosed exponent: `x > 0`, or `x ≥ 0` and exponent above zero, or an exponent known to be one integer.
    #[must_use]
    pub fn power(self, exponent: Self) -> Self {
        if !self.is_defined() || !exponent.is_defined() {
            return Self::UNDEFINED;
        }
        if exponent.is_point() && exponent.low.fract() == 0.0 && exponent.low.abs() < 9e18 {
            return self.powi(exponent.low as i64);
        }
        if exponent.is_point() && exponent.low == 0.5 {
            return self.sqrt();
        }
        if !(self.low > 0.0 || (self.low >= 0.0 && exponent.low > 0.0)) {
            return Self::UNDEFINED;
        }
        // x^y is monotone in each operand, so its extremes are at corners.
        let (mut low, mut high) = (f64::INFINITY, 0.0f64);
        for x in [self.low, self.high] {
            for y in [exponent.low, exponent.high] {
                let corner = libm::pow(x, y);
                if corner.is_nan() {
                    return Self::new(0.0, f64::INFINITY);
                }
                low = low.min(corner);
                high = high.max(corner);
            }
        }
        // 1^±∞ counts as 1 in `pow`, which hides that the extremes may lie on either side of an unbounded exponent.
        if !exponent.low.is_finite() || !exponent.high.is_finite() {
            low = 0.0;
            if !(self.high <= 1.0 && exponent.low >= 0.0 || self.low >= 1.0 && exponent.high <= 0.0) {
                high = f64::INFINITY;
            }
        }
        Self::new(down(low), up(high)).clip(0.0, f64::INFINITY)
    }

    /// The square root; undefined unless the argument is proved not to be negative.
    #[must_use]
    pub fn sqrt(self) -> Self {
        if !self.is_nonnegative() {
            return Self::UNDEFINED;
        }
        // IEEE square roots are correctly rounded; exact ones of short numbers are kept.
        let exact = |x: f64, root: f64| is_short(root) && root * root == x;
        let (low, high) = (libm::sqrt(self.low), libm::sqrt(self.high));
        Self::new(
            if exact(self.low, low) { low } else { low.next_down() },
            if exact(self.high, high) { high } else { high.next_up() },
        )
        .clip(0.0, f64::INFINITY)
    }

    /// The exponential.
    #[must_use]
    pub fn exp(self) -> Self {
        if self.low == 0.0 && self.high == 0.0 {
            return Self::ONE;
        }
        self.increasing(libm::exp).clip(0.0, f64::INFINITY)
    }

    /// The natural logarithm; undefined unless the argument is proved to be above zero.
    #[must_use]
    pub fn log(self) -> Self {
        if !self.is_positive() {
            return Self::UNDEFINED;
        }
        if self.low == 1.0 && self.high == 1.0 {
            return Self::ZERO;
        }
        self.increasing(libm::log)
    }

    /// The sine.
    #[must_use]
    pub fn sin(self) -> Self {
        self.wave(libm::sin, FRAC_PI_2)
    }

    /// The cosine.
    #[must_use]
    pub fn cos(self) -> Self {
        self.wave(libm::cos, 0.0)
    }

    /// A sine with its maximum at `crest`, by its values at the ends and the extrema between them.
    fn wave(self, f: impl Fn(f64) -> f64, crest: f64) -> Self {
        if !self.is_defined() {
            return Self::UNDEFINED;
        }
        if !(self.low.abs() < FAR && self.high.abs() < FAR) {
            return Self::UNIT;
        }
        let (a, b) = (f(self.low), f(self.high));
        let high = if self.may_contain(crest, TAU) { 1.0 } else { up(a.max(b)) };
        let low = if self.may_contain(crest - PI, TAU) { -1.0 } else { down(a.min(b)) };
        Self::new(low, high).clip(-1.0, 1.0)
    }

    /// May it hold one of the numbers `offset + k·period`? Errs on the side of yes.
    fn may_contain(self, offset: f64, period: f64) -> bool {
        if !(self.low.abs() < FAR && self.high.abs() < FAR) {
            return true;
        }
        // Rounding of offset, period and quotient: below 4 units in 2^53 of the quotient and of one.
        let slack = 1e-15 * (1.0 + (self.low.abs().max(self.high.abs()) + offset.abs()) / period);
        let (a, b) = ((self.low - offset) / period - slack, (self.high - offset) / period + slack);
        libm::floor(b) >= a
    }

    /// The tangent; undefined unless every pole is excluded.
    #[must_use]
    pub fn tan(self) -> Self {
        if !self.is_defined() || self.may_contain(FRAC_PI_2, PI) {
            return Self::UNDEFINED;
        }
        self.increasing(libm::tan)
    }

    /// The cotangent; undefined unless every pole is excluded.
    #[must_use]
    pub fn cot(self) -> Self {
        // Zero is the one pole that is a machine number, and the tangent is exact to 2 ulp near it.
        let near_zero = self.low.abs() < 1.0 && self.high.abs() < 1.0;
        if !self.is_defined() || self.contains_zero() || (!near_zero && self.may_contain(0.0, PI)) {
            return Self::UNDEFINED;
        }
        self.decreasing(|x| 1.0 / libm::tan(x))
    }

    /// The arctangent.
    #[must_use]
    pub fn atan(self) -> Self {
        self.increasing(libm::atan)
    }

    /// The angle of the point (`x`, `self`) in (−π, π]; undefined unless the origin is excluded.
    #[must_use]
    pub fn atan2(self, x: Self) -> Self {
        let y = self;
        if !x.is_defined() || !y.is_defined() || (x.contains_zero() && y.contains_zero()) {
            return Self::UNDEFINED;
        }
        let turn = Interval { low: -Self::PI.high, high: Self::PI.high };
        if !(x.low > 0.0 || y.low >= 0.0 || y.high < 0.0) {
            return turn;
        }
        // Away from the cut the angle is monotone in each coordinate.
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for x in [x.low, x.high] {
            for y in [y.low, y.high] {
                // −0 would choose the other side of the cut.
                let corner = libm::atan2(y + 0.0, x + 0.0);
                low = low.min(corner);
                high = high.max(corner);
            }
        }
        Self::new(down(low), up(high)).intersect(&turn)
    }
}

/// The reciprocal of a power that is not zero though its enclosure reaches zero (it underflowed).
fn reciprocal_of_tiny(power: Interval) -> Interval {
    let large = |x: f64| if x == 0.0 { f64::INFINITY } else { (1.0 / x).next_up() };
    if power.low >= 0.0 {
        Interval::new((1.0 / power.high).next_down(), large(power.low))
    } else if power.high <= 0.0 {
        Interval::new(-large(-power.high), (1.0 / power.low).next_up())
    } else {
        Interval::REAL
    }
}
