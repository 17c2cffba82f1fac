//! Powers and elementary functions of enclosures.

use dashu_float::Context;
use dashu_float::round::mode::HalfEven;

use super::{Enclosure, End, FAR, Nearest, is_below_zero, is_zero, power_of_two, size, with_constants};
use crate::number::Rational;

impl Enclosure {
    /// The integer power; `x^0 = 1`.
    #[must_use]
    pub fn powi(&self, n: i64) -> Self {
        if !self.is_defined() || n == 1 {
            return self.clone();
        }
        if n < 0 {
            return self.powi(n.checked_neg().unwrap_or(i64::MAX)).recip();
        }
        let one = Self::integer(1, self.bits);
        let raise = |x: &Enclosure| {
            let (mut base, mut n, mut result) = (x.clone(), n, one.clone());
            while n > 0 && result.is_defined() {
                if n & 1 == 1 {
                    result = &result * &base;
                }
                n >>= 1;
                if n > 0 {
                    base = &base * &base;
                }
            }
            result
        };
        if n % 2 == 0 { self.abs().increasing_by(raise) } else { self.increasing_by(raise) }
    }

    /// The power with an exact exponent. For a base that may be negative the exponent must be an integer.
    #[must_use]
    pub fn powr(&self, exponent: &Rational) -> Self {
        match exponent.as_pair() {
            Some((n, 1)) => self.powi(n),
            Some((n, 2)) => self.sqrt().powi(n),
            _ => self.power(&Self::from_rational(exponent, self.bits)),
        }
    }

    /// The power with an enclosed exponent.
    #[must_use]
    pub fn power(&self, exponent: &Self) -> Self {
        if exponent.is_point()
            && let Some((q, _)) = exponent.ends()
            && let Some(n) = q.as_integer()
        {
            return self.powi(n);
        }
        if self.is_positive() {
            return (&self.log() * exponent).exp();
        }
        let Some((_, high)) = &self.ends else { return self.clone() };
        if !self.is_nonnegative() || !exponent.is_positive() {
            return Self::undefined(self.bits);
        }
        let zero = Self::integer(0, self.bits);
        if is_zero(high) {
            return zero;
        }
        let most = Enclosure { ends: Some((high.clone(), high.clone())), bits: self.bits };
        match (&most.log() * exponent).exp().ends {
            Some((_, high)) => Enclosure { ends: Some((End::zero(), high)), bits: self.bits },
            None => Self::undefined(self.bits),
        }
    }

    /// The square root.
    #[must_use]
    pub fn sqrt(&self) -> Self {
        match &self.ends {
            Some((low, high)) if !is_below_zero(low) => {
                Self::make(self.bits, |down| down.sqrt(low), |up| up.sqrt(high))
            }
            _ => Self::undefined(self.bits),
        }
    }

    /// An increasing function that is exact at one number only, `exact`.
    fn by_nearest(
        &self,
        exact: &End,
        f: impl Fn(&Context<HalfEven>, &End) -> dashu_float::FpResult<Nearest>,
    ) -> Self {
        let context = Context::new(self.bits);
        self.increasing_by(|x| match &x.ends {
            Some((x, _)) => Self::near(self.bits, f(&context, x), x == exact),
            None => x.clone(),
        })
    }

    /// The exponential.
    #[must_use]
    pub fn exp(&self) -> Self {
        let Some((low, high)) = &self.ends else { return self.clone() };
        let most = 16;
        if size(high) > most && !is_below_zero(high) {
            return Self::undefined(self.bits);
        }
        // Far below zero the value lies between 0 and exp(−2^15).
        if size(low) > most {
            let cut = End::new((-1).into(), most - 1);
            let high = if *high < cut { cut.clone() } else { high.clone() };
            let above = Enclosure { ends: Some((cut, high)), bits: self.bits }.exp();
            return Enclosure { ends: above.ends.map(|(_, high)| (End::zero(), high)), bits: self.bits };
        }
        self.by_nearest(&End::zero(), |context, x| with_constants(|cache| context.exp(x, cache)))
            .nonnegative()
    }

    /// Cuts off what lies below zero, for values that cannot.
    fn nonnegative(self) -> Self {
        match self.ends {
            Some((low, high)) if is_below_zero(&low) && !is_below_zero(&high) => {
                Enclosure { ends: Some((End::zero(), high)), bits: self.bits }
            }
            _ => self,
        }
    }

    /// The natural logarithm.
    #[must_use]
    pub fn log(&self) -> Self {
        if self.is_positive() {
            self.by_nearest(&End::one(), |context, x| with_constants(|cache| context.ln(x, cache)))
        } else {
            Self::undefined(self.bits)
        }
    }

    /// The arctangent.
    #[must_use]
    pub fn atan(&self) -> Self {
        self.by_nearest(&End::zero(), |context, x| with_constants(|cache| context.atan(x, cache)))
    }

    /// The sine.
    #[must_use]
    pub fn sin(&self) -> Self {
        self.wave(|context, x| with_constants(|cache| context.sin(x, cache)), &Rational::HALF)
    }

    /// The cosine.
    #[must_use]
    pub fn cos(&self) -> Self {
        self.wave(|context, x| with_constants(|cache| context.cos(x, cache)), &Rational::ZERO)
    }

    /// A sine with its maximum at `crest`·π, by its values at the ends and the extrema between them.
    fn wave(
        &self,
        f: impl Fn(&Context<HalfEven>, &End) -> dashu_float::FpResult<Nearest>,
        crest: &Rational,
    ) -> Self {
        let Some((low, high)) = &self.ends else { return self.clone() };
        let bits = self.bits;
        let all = || Enclosure { ends: Some((-End::one(), End::one())), bits };
        if size(low).max(size(high)) > FAR {
            return all();
        }
        let context = Context::new(bits);
        let a = Self::near(bits, f(&context, low), is_zero(low));
        if low == high {
            return a;
        }
        let b = Self::near(bits, f(&context, high), is_zero(high));
        let (Some((a, b)), Some((c, d))) = (a.ends, b.ends) else { return Self::undefined(bits) };
        let least = if self.holds_whole(&(crest + &Rational::ONE)) { -End::one() } else { a.min(c) };
        let most = if self.holds_whole(crest) { End::one() } else { b.max(d) };
        Self::between(bits, least, most)
    }

    /// May it hold one of the numbers `(offset + 2k)·π`?
    fn holds_whole(&self, offset: &Rational) -> bool {
        let pi = Self::pi(self.bits + 64);
        let half_turns = &(self / &pi) - &Self::from_rational(offset, self.bits);
        let turns = &half_turns / &Self::integer(2, self.bits);
        match turns.ends() {
            Some((low, high)) => high.floor() >= low,
            None => true,
        }
    }

    /// The tangent.
    #[must_use]
    pub fn tan(&self) -> Self {
        &self.sin() / &self.cos()
    }

    /// The inverse sine; undefined unless proved to lie in [−1, 1].
    #[must_use]
    pub fn asin(&self) -> Self {
        let one = Self::integer(1, self.bits);
        if !(&one - &self.abs()).is_nonnegative() {
            return Self::undefined(self.bits);
        }
        // 2 atan(x/(1 + √(1 − x²))) has no trouble at the ends.
        self.increasing_by(|x| {
            let root = (&(&one - x) * &(&one + x)).nonnegative().sqrt();
            &(x / &(&one + &root)).atan() * &Self::integer(2, self.bits)
        })
    }

    /// The angle of the point (`x`, `self`) in (−π, π]; undefined unless the side of the cut is proved.
    #[must_use]
    pub fn atan2(&self, x: &Self) -> Self {
        let y = self;
        let pi = Self::pi(self.bits);
        let half = || &pi * &Self::from_rational(&Rational::HALF, self.bits);
        if x.is_positive() {
            (y / x).atan()
        } else if y.is_positive() {
            &half() - &(x / y).atan()
        } else if y.is_negative() {
            &-half() - &(x / y).atan()
        } else if x.is_negative() && y.is_nonnegative() {
            &pi + &(y / x).atan()
        } else {
            Self::undefined(self.bits)
        }
    }

    /// The error function.
    #[must_use]
    pub fn erf(&self) -> Self {
        self.increasing_by(
            |x| {
                if x.is_negative() { -(-x).erf_of_nonnegative() } else { x.erf_of_nonnegative() }
            },
        )
        .clip(-1, 1)
    }

    /// erf(x) = 2/√π · exp(−x²) · Σ 2ⁿ x^(2n+1)/(1·3·…·(2n+1)), all terms of one sign, for a point x ≥ 0.
    fn erf_of_nonnegative(&self) -> Self {
        let bits = self.bits;
        let one = Self::integer(1, bits);
        let Some((_, high)) = &self.ends else { return self.clone() };
        // erfc(32) < 2^−1400.
        if size(high) > 5 {
            let below = &one - &Enclosure { ends: Some((power_of_two(-1400), power_of_two(-1400))), bits };
            return Enclosure { ends: below.ends.map(|(low, _)| (low, End::one())), bits };
        }
        if is_zero(high) {
            return Self::integer(0, bits);
        }
        let doubled = &(self * self) * &Self::integer(2, bits);
        let (mut term, mut sum) = (self.clone(), self.clone());
        // Beyond n = 2x² each term is less than half of the one before; 2·32² terms and one for each bit suffice.
        for n in 1..=(4096 + bits as i64) {
            let odd = Self::integer(2 * n + 1, bits);
            term = &(&term * &doubled) / &odd;
            sum = &sum + &term;
            let ratio = &(&doubled * &Self::integer(2, bits)) / &odd;
            let small = match (&term.ends, &sum.ends) {
                (Some((_, term)), Some((sum, _))) => size(term) < size(sum) - bits as isize - 2,
                _ => return Self::undefined(bits),
            };
            if small && (&one - &ratio).is_positive() {
                // The rest of the series is at most the last term.
                let tail = Enclosure { ends: term.ends.map(|(_, high)| (End::zero(), high)), bits };
                let factor = &(-&(self * self)).exp() * &Self::integer(2, bits);
                return &(&(&sum + &tail) * &factor) / &Self::pi(bits).sqrt();
            }
        }
        Self::undefined(bits)
    }
}
