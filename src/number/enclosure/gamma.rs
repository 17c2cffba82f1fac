//! The gamma function and its kin to any number of bits, right of zero.
//!
//! Stirling's series with its proved error ([`crate::number::gamma`]) where the argument is large enough for the precision;
//! the recurrences bring it there. Wide arguments: log Γ and Γ are convex, ψ rises, its derivatives fall in size.

use super::{Enclosure, End, size};
use crate::number::Rational;
use crate::number::gamma::{self, Enclosing};

/// More bits are not computed: time and the Bernoulli numbers grow with the third power.
const MOST_BITS: usize = 1 << 12;

/// Higher derivatives of ψ are not computed.
const MOST_DERIVATIVES: u32 = 1000;

/// What rounding may cost: the sizes of logarithms and the number of steps, twice over.
const SPARE_BITS: usize = 56;

impl Enclosing for Enclosure {
    fn constant(&self, value: &Rational) -> Self {
        match value.as_integer() {
            Some(n) => Enclosure::integer(n, self.bits),
            None => Enclosure::from_rational(value, self.bits),
        }
    }

    fn logarithm(&self) -> Self {
        self.log()
    }

    fn with_zero(&self) -> Self {
        self.hull(&Enclosure::integer(0, self.bits))
    }

    fn is_lost_beside(&self, other: &Self) -> bool {
        let largest = |x: &Self| x.ends.as_ref().map_or(isize::MIN, |(a, b)| size(a).max(size(b)));
        largest(self).saturating_add(self.bits as isize) < largest(other)
    }
}

impl Enclosure {
    /// The gamma function; undefined unless the argument is proved to be above zero.
    #[must_use]
    pub fn gamma(&self) -> Self {
        let least = Rational::parse("0.88560319441088", 64).ok().flatten();
        self.convex(Self::gamma_of_point, |x| &x.gamma_of_point() * &x.polygamma(0), least)
    }

    /// The logarithm of the gamma function; undefined unless the argument is proved to be above zero.
    #[must_use]
    pub fn log_gamma(&self) -> Self {
        let least = Rational::parse("0.12148629053585", 64).ok().flatten().map(|size| -size);
        self.convex(Self::log_gamma_of_point, |x| x.polygamma(0), least)
    }

    /// The n-th derivative of ψ = (log Γ)′; undefined unless the argument is proved to be above zero, and for very large n.
    #[must_use]
    pub fn polygamma(&self, n: u32) -> Self {
        if !self.is_positive() || n > MOST_DERIVATIVES || self.bits > MOST_BITS {
            return Self::undefined(self.bits);
        }
        let at = |x: &Self| {
            let fine = x.finer();
            let steps = fine.steps_up(i64::from(n));
            gamma::polygamma(n, &fine, steps, fine.terms()).rounded(x.bits)
        };
        // ψ and its derivatives of even order rise, the others fall.
        if n.is_multiple_of(2) { self.increasing_by(at) } else { self.decreasing_by(at) }
    }

    fn decreasing_by(&self, f: impl Fn(&Enclosure) -> Enclosure) -> Self {
        (-self).increasing_by(|x| f(&-x))
    }

    /// A convex function that falls and then rises as Γ does, by its values and slopes at the ends and its least value.
    fn convex(
        &self,
        f: impl Fn(&Enclosure) -> Enclosure,
        slope: impl Fn(&Enclosure) -> Enclosure,
        least: Option<Rational>,
    ) -> Self {
        if !self.is_positive() || self.bits > MOST_BITS {
            return Self::undefined(self.bits);
        }
        let Some((low, high)) = &self.ends else { return self.clone() };
        let at = |x: &End| Enclosure { ends: Some((x.clone(), x.clone())), bits: self.bits };
        let (start, stop) = (at(low), at(high));
        if self.is_point() {
            return f(&start);
        }
        // Γ is smallest at 1.46163214496…
        let near = |n: i64| &Self::integer(n, self.bits) / &Self::integer(1_000_000_000, self.bits);
        if (&near(1_461_632_144) - &stop).is_nonnegative() {
            return self.decreasing_by(f);
        }
        if (&start - &near(1_461_632_145)).is_nonnegative() {
            return self.increasing_by(f);
        }
        let (first, last) = (f(&start), f(&stop));
        let most = first.max(&last);
        // Above the tangent at the start, and above the least value of all.
        let tangent = &first + &(&slope(&start) * &(&stop - &start).with_zero());
        let bound = least.map_or_else(|| tangent.clone(), |q| Self::from_rational(&q, self.bits));
        match (tangent.max(&bound).ends, most.ends) {
            (Some((low, _)), Some((_, high))) => Self::between(self.bits, low, high),
            _ => Self::undefined(self.bits),
        }
    }

    /// Γ(x) = Γ(y)/(x(x+1)…(y−1)).
    fn gamma_of_point(&self) -> Self {
        // Γ(2^15) is beyond what is followed.
        if self.ends.as_ref().is_none_or(|(_, high)| size(high) > 15) {
            return Self::undefined(self.bits);
        }
        let (far, product) = self.far();
        (&far.exp() / &product).rounded(self.bits)
    }

    fn log_gamma_of_point(&self) -> Self {
        if self.ends.as_ref().is_some_and(|(x, _)| *x == End::one() || *x == End::new(1.into(), 1)) {
            return Self::integer(0, self.bits);
        }
        let (far, product) = self.far();
        (&far - &product.log()).rounded(self.bits)
    }

    /// log Γ(y) for a y = x + N that is large enough, and x(x+1)…(y−1).
    fn far(&self) -> (Self, Self) {
        let x = self.finer();
        let steps = x.steps_up(0);
        let mut product = x.whole(1);
        for k in 0..steps {
            product = &product * &(&x + &x.whole(k));
        }
        let half_log_two_pi = &(&x.whole(2) * &Self::pi(x.bits)).log() / &x.whole(2);
        (gamma::log_gamma(&(&x + &x.whole(steps)), half_log_two_pi, x.terms()), product)
    }

    /// The same number, to be computed with more bits.
    fn finer(&self) -> Self {
        Enclosure { ends: self.ends.clone(), bits: self.bits + SPARE_BITS }
    }

    /// The same number with fewer bits, rounded outwards.
    fn rounded(self, bits: usize) -> Self {
        let one = End::one();
        match &self.ends {
            Some((low, high)) => Self::make(bits, |down| down.mul(low, &one), |up| up.mul(high, &one)),
            None => Self::undefined(bits),
        }
    }

    /// How far the argument must be moved up for these bits. At y the terms of the series fall to about e^(−2πy).
    fn steps_up(&self, extra: i64) -> i64 {
        let far = self.bits as i64 / 4 + 8 + extra;
        let Some((low, _)) = &self.ends else { return 0 };
        if size(low) <= 0 {
            return far;
        }
        if size(low) > 32 {
            return 0;
        }
        let whole = self.ends().and_then(|(low, _)| low.floor().as_integer()).unwrap_or(0);
        (far - whole).max(0)
    }

    /// How many terms of the series are taken at most: where the argument is moved up no further, fewer do.
    fn terms(&self) -> usize {
        self.bits / 8 + 16
    }
}
