//! The gamma function and its kin on intervals, right of zero.
//!
//! Γ and its logarithm come from `libm` and are widened, as the other elementary functions are. The derivatives of the
//! logarithm are enclosed term by term and need no trust in anything.

use super::{Interval, down, up};
use crate::number::gamma;

/// Γ is smallest between these two (at 1.46163214496836234…, OEIS A030169).
const BOTTOM: (f64, f64) = (1.461_632_144_968_36, 1.461_632_144_968_363);

/// Its value there, from below (OEIS A030171), and that of its logarithm.
const LEAST: f64 = 0.885_603_194_410_888_6;
const LEAST_LOGARITHM: f64 = -0.121_486_290_535_849_7;

/// Below the logarithm of the largest `f64`.
const LOG_OF_LARGEST: f64 = 709.0;

/// Beyond this order there are no bounds in `f64`.
const MOST_DERIVATIVES: u32 = 16;

impl Interval {
    /// The gamma function; undefined unless the argument is proved to be above zero.
    #[must_use]
    pub fn gamma(self) -> Self {
        // Errors of 7.4 ulp have been seen: widened as if they came to 8.
        let low = |x: f64| down(down(down(down(libm::tgamma(x)))));
        let high = |x: f64| up(up(up(up(libm::tgamma(x)))));
        self.with_least(low, high, LEAST)
    }

    /// The logarithm of the gamma function; undefined unless the argument is proved to be above zero.
    #[must_use]
    pub fn log_gamma(self) -> Self {
        if self == Self::ONE || self == (Interval { low: 2.0, high: 2.0 }) {
            return Self::ZERO;
        }
        // Errors of 1.97 ulp have been seen: widened twice.
        let (low, high) = (|x: f64| down(down(libm::lgamma(x))), |x: f64| up(up(libm::lgamma(x))));
        self.with_least(low, high, LEAST_LOGARITHM)
    }

    /// A function that falls as far as [`BOTTOM`] and rises from there, by a lower and an upper bound at each number.
    fn with_least(self, low: impl Fn(f64) -> f64, high: impl Fn(f64) -> f64, least: f64) -> Self {
        if !self.is_positive() {
            return Self::UNDEFINED;
        }
        let bound = if self.high <= BOTTOM.0 {
            low(self.high)
        } else if self.low >= BOTTOM.1 {
            low(self.low)
        } else {
            least
        };
        Self::new(bound.max(least), high(self.low).max(high(self.high)))
    }

    /// The n-th derivative of ψ = (log Γ)′; undefined unless the argument is proved to be above zero, and for large n.
    #[must_use]
    pub fn polygamma(self, n: u32) -> Self {
        if !self.is_positive() || n > MOST_DERIVATIVES {
            return Self::UNDEFINED;
        }
        // ψ rises; its derivatives fall in size and take turns in sign.
        let (low, high) = (end(n, self.low), end(n, self.high));
        match n {
            _ if self.is_point() => low,
            0 => Self::new(low.low, high.high),
            _ if n % 2 == 1 => Self::new(high.low.max(0.0), low.high),
            _ => Self::new(low.low, high.high.min(0.0)),
        }
    }
}

/// The enclosure at one number, which may be infinite.
fn end(n: u32, x: f64) -> Interval {
    if x == f64::INFINITY {
        return if n == 0 { Interval { low: LOG_OF_LARGEST, high: f64::INFINITY } } else { Interval::ZERO };
    }
    // With 12 + 2n the terms fall below 2^−60 before they are ten.
    let far = 12.0 + 2.0 * f64::from(n);
    let steps = if x < far { (far - x).ceil() as i64 } else { 0 };
    gamma::polygamma(n, &Interval::point(x), steps, 12)
}
