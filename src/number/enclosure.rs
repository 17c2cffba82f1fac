//! Enclosures with as many digits as wanted, for values that cancel in `f64`.
//!
//! Arithmetic on the ends is rounded outwards by `dashu-float`; its elementary functions are correctly rounded to nearest
//! and widened here by one unit in the last place. As with [`Interval`], a value exists only where it is proved to.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use dashu_float::round::mode::{Down, HalfEven, Up};
use dashu_float::{ConstCache, Context, FBig, FpError, Repr};
use num_bigint::{BigInt, Sign};
use num_rational::BigRational;

use super::{Interval, Rational};

type End = Repr<2>;
type Nearest = FBig<HalfEven, 2>;

/// Values beyond 2^±RANGE are not followed, so that the integers behind them stay small.
const RANGE: isize = 1 << 17;

/// A sine of an argument beyond 2^FAR is only known to lie in [−1, 1].
const FAR: isize = 256;

thread_local! {
    /// π and log(2) to the digits needed so far: they would otherwise be most of the work of each function.
    static CONSTANTS: RefCell<ConstCache> = const { RefCell::new(ConstCache::new()) };
}

fn with_constants<T>(f: impl FnOnce(Option<&mut ConstCache>) -> T) -> T {
    CONSTANTS.with(|cache| match cache.try_borrow_mut() {
        Ok(mut cache) => f(Some(&mut cache)),
        Err(_) => f(None),
    })
}

/// A closed interval with ends of many bits that encloses a real number, or nothing if no value was proved to exist.
#[derive(Clone, Debug)]
pub struct Enclosure {
    ends: Option<(End, End)>,
    bits: usize,
}

/// Position of the leading bit: |x| < 2^size. The smallest possible for zero.
fn size(x: &End) -> isize {
    if x.significand().is_zero() { isize::MIN } else { x.exponent().saturating_add(x.digits() as isize) }
}

fn is_zero(x: &End) -> bool {
    x.significand().is_zero()
}

fn is_below_zero(x: &End) -> bool {
    *x < End::zero()
}

fn power_of_two(exponent: isize) -> End {
    End::new(1.into(), exponent)
}

/// The two libraries of integers share no type: put together from machine words, exactly (precision 0 rounds nothing).
fn integer(n: &BigInt) -> Option<End> {
    let exact = Context::<Down>::new(0);
    let mut sum = End::zero();
    for (at, word) in n.magnitude().iter_u64_digits().enumerate() {
        let part = End::new(word.into(), isize::try_from(at).ok()?.checked_mul(64)?);
        sum = exact.add(&sum, &part).ok()?.value().into_repr();
    }
    Some(if n.sign() == Sign::Minus { -sum } else { sum })
}

impl Enclosure {
    /// No value.
    pub fn undefined(bits: usize) -> Self {
        Enclosure { ends: None, bits }
    }

    /// A rational number to so many bits.
    pub fn from_rational(q: &Rational, bits: usize) -> Self {
        let ends = match q.as_pair() {
            Some((n, d)) => Some((End::new(n.into(), 0), End::new(d.into(), 0))),
            None => integer(&q.numerator()).zip(integer(&q.denominator())),
        };
        let Some((n, d)) = ends else { return Self::undefined(bits) };
        Self::make(bits, |down| down.div(&n, &d), |up| up.div(&n, &d))
    }

    /// An integer.
    pub fn integer(n: i64, bits: usize) -> Self {
        let n = End::new(n.into(), 0);
        Enclosure { ends: Some((n.clone(), n)), bits }
    }

    /// π to so many bits.
    pub fn pi(bits: usize) -> Self {
        Self::near(bits, Ok(with_constants(|cache| Context::<HalfEven>::new(bits).pi::<2>(cache))), false)
    }

    fn make(
        bits: usize,
        low: impl FnOnce(&Context<Down>) -> dashu_float::FpResult<FBig<Down, 2>>,
        high: impl FnOnce(&Context<Up>) -> dashu_float::FpResult<FBig<Up, 2>>,
    ) -> Self {
        match (low(&Context::new(bits)), high(&Context::new(bits))) {
            (Ok(low), Ok(high)) => Self::between(bits, low.value().into_repr(), high.value().into_repr()),
            _ => Self::undefined(bits),
        }
    }

    /// From ends that were rounded outwards; brings them into range.
    fn between(bits: usize, low: End, high: End) -> Self {
        if low.is_infinite() || high.is_infinite() || size(&low).max(size(&high)) > RANGE || low > high {
            return Self::undefined(bits);
        }
        let outward = |x: End, towards_negative: bool| {
            if is_zero(&x) || size(&x) > -RANGE {
                return x;
            }
            match (is_below_zero(&x), towards_negative) {
                (false, true) | (true, false) => End::zero(),
                (false, false) => power_of_two(-RANGE),
                (true, true) => -power_of_two(-RANGE),
            }
        };
        Enclosure { ends: Some((outward(low, true), outward(high, false))), bits }
    }

    /// From a result rounded to nearest: one unit in the last place on either side, unless it is exact. Whether it may be
    /// is for the caller to know: exp(2^−400) to 320 bits comes as an exact 1.
    fn near(bits: usize, result: dashu_float::FpResult<Nearest>, may_be_exact: bool) -> Self {
        match result {
            Ok(value) => {
                let exact = matches!(value, dashu_float::round::Rounded::Exact(_));
                let value = value.value();
                if value.repr().is_infinite() {
                    return Self::undefined(bits);
                }
                if exact {
                    let end = value.into_repr();
                    if may_be_exact {
                        return Self::between(bits, end.clone(), end);
                    }
                    if is_zero(&end) {
                        return Self::undefined(bits);
                    }
                    let unit = power_of_two(size(&end) - bits as isize + 2);
                    return Self::make(bits, |down| down.sub(&end, &unit), |up| up.add(&end, &unit));
                }
                let unit = value.ulp().into_repr();
                let value = value.into_repr();
                Self::make(bits, |down| down.sub(&value, &unit), |up| up.add(&value, &unit))
            }
            Err(FpError::Underflow(_)) => Self::between(bits, -power_of_two(-RANGE), power_of_two(-RANGE)),
            Err(_) => Self::undefined(bits),
        }
    }

    /// Is there a value?
    pub fn is_defined(&self) -> bool {
        self.ends.is_some()
    }

    /// The precision it is computed with.
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// The ends, exactly.
    pub fn ends(&self) -> Option<(Rational, Rational)> {
        let exact = |x: &End| {
            let n: BigInt = x.significand().to_string().parse().ok()?;
            let shift = BigInt::from(1) << x.exponent().unsigned_abs();
            Some(Rational::from_big(if x.exponent() >= 0 {
                BigRational::from_integer(n * shift)
            } else {
                BigRational::new(n, shift)
            }))
        };
        let (low, high) = self.ends.as_ref()?;
        Some((exact(low)?, exact(high)?))
    }

    /// The enclosure in `f64`.
    pub fn to_interval(&self) -> Interval {
        match self.ends() {
            Some((low, high)) => Interval::from_rational(&low).hull(&Interval::from_rational(&high)),
            None => Interval::UNDEFINED,
        }
    }

    /// The value as `f64`, if the enclosure is so narrow that its ends are the same or neighbouring numbers.
    pub fn to_f64(&self) -> Option<f64> {
        let (low, high) = self.ends()?;
        let (low, high) = (low.to_f64(), high.to_f64());
        (low.is_finite() && high.is_finite() && (low == high || low.next_up() == high)).then_some(low)
    }

    /// May the value be zero? True also if nothing is proved.
    pub fn contains_zero(&self) -> bool {
        !(self.is_positive() || self.is_negative())
    }

    /// Is the value proved to be above zero?
    pub fn is_positive(&self) -> bool {
        self.ends.as_ref().is_some_and(|(low, _)| *low > End::zero())
    }

    /// Is the value proved to be below zero?
    pub fn is_negative(&self) -> bool {
        self.ends.as_ref().is_some_and(|(_, high)| is_below_zero(high))
    }

    /// Is the value proved not to be below zero?
    pub fn is_nonnegative(&self) -> bool {
        self.ends.as_ref().is_some_and(|(low, _)| !is_below_zero(low))
    }

    /// Is it a single number?
    pub fn is_point(&self) -> bool {
        self.ends.as_ref().is_some_and(|(low, high)| low == high)
    }

    /// Are both defined without a number in common? Then the two values are proved to differ.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        match (&self.ends, &other.ends) {
            (Some((a, b)), Some((c, d))) => b < c || d < a,
            _ => false,
        }
    }

    /// Is its width at most 2^−`bits` of the value?
    pub fn has_relative_bits(&self, bits: usize) -> bool {
        let Some((low, high)) = &self.ends else { return false };
        if low == high {
            return true;
        }
        let Ok(width) = Context::<Up>::new(16).sub(high, low) else { return false };
        !self.contains_zero()
            && size(width.value().repr()).saturating_add(bits as isize) < size(low).min(size(high))
    }

    /// Cuts it to bounds that the value is known to respect.
    #[must_use]
    pub fn clip(self, low: i64, high: i64) -> Self {
        let (least, most) = (Self::integer(low, self.bits), Self::integer(high, self.bits));
        self.max(&least).min(&most)
    }

    /// The larger of two.
    #[must_use]
    pub fn max(&self, other: &Self) -> Self {
        let bits = self.bits.max(other.bits);
        match (&self.ends, &other.ends) {
            (Some((a, b)), Some((c, d))) => {
                Enclosure { ends: Some((a.max(c).clone(), b.max(d).clone())), bits }
            }
            _ => Self::undefined(bits),
        }
    }

    /// The smaller of two.
    #[must_use]
    pub fn min(&self, other: &Self) -> Self {
        let bits = self.bits.max(other.bits);
        match (&self.ends, &other.ends) {
            (Some((a, b)), Some((c, d))) => {
                Enclosure { ends: Some((a.min(c).clone(), b.min(d).clone())), bits }
            }
            _ => Self::undefined(bits),
        }
    }

    /// The smallest enclosure that holds both.
    #[must_use]
    pub fn hull(&self, other: &Self) -> Self {
        let bits = self.bits.max(other.bits);
        match (&self.ends, &other.ends) {
            (Some((a, b)), Some((c, d))) => {
                Enclosure { ends: Some((a.min(c).clone(), b.max(d).clone())), bits }
            }
            _ => Self::undefined(bits),
        }
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_nonnegative() {
            self.clone()
        } else if self.is_negative() {
            -self
        } else {
            let Some((low, high)) = &self.ends else { return self.clone() };
            let low = -low.clone();
            Enclosure { ends: Some((End::zero(), low.max(high.clone()))), bits: self.bits }
        }
    }

    /// An increasing function, by its enclosures at both ends.
    #[must_use]
    pub fn increasing_by(&self, f: impl Fn(&Enclosure) -> Enclosure) -> Self {
        let Some((low, high)) = &self.ends else { return self.clone() };
        let at = |x: &End| f(&Enclosure { ends: Some((x.clone(), x.clone())), bits: self.bits }).ends;
        if low == high {
            return Enclosure { ends: at(low), bits: self.bits };
        }
        match (at(low), at(high)) {
            (Some((low, _)), Some((_, high))) => Self::between(self.bits, low, high),
            _ => Self::undefined(self.bits),
        }
    }

    /// A function with whole values that does not decrease, such as floor or sign, by exact values at the ends.
    #[must_use]
    pub fn steps(&self, f: impl Fn(&Rational) -> Rational) -> Self {
        let Some((low, high)) = self.ends() else { return self.clone() };
        let (low, high) = (f(&low), f(&high));
        let (low, high) = (Self::from_rational(&low, self.bits), Self::from_rational(&high, self.bits));
        match (low.ends, high.ends) {
            (Some((low, _)), Some((_, high))) => Self::between(self.bits, low, high),
            _ => Self::undefined(self.bits),
        }
    }

    /// `1/x`.
    #[must_use]
    pub fn recip(&self) -> Self {
        &Self::integer(1, self.bits) / self
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident)*) => {$(
        impl $trait for Enclosure {
            type Output = Enclosure;
            fn $method(self, other: Enclosure) -> Enclosure {
                (&self).$method(&other)
            }
        }
    )*};
}

operator! { Add add Sub sub Mul mul Div div }

impl Neg for &Enclosure {
    type Output = Enclosure;
    fn neg(self) -> Enclosure {
        let ends = self.ends.as_ref().map(|(low, high)| (-high.clone(), -low.clone()));
        Enclosure { ends, bits: self.bits }
    }
}

impl Neg for Enclosure {
    type Output = Enclosure;
    fn neg(self) -> Enclosure {
        -&self
    }
}

impl Add for &Enclosure {
    type Output = Enclosure;
    fn add(self, other: Self) -> Enclosure {
        let bits = self.bits.max(other.bits);
        match (&self.ends, &other.ends) {
            (Some((a, b)), Some((c, d))) => Enclosure::make(bits, |down| down.add(a, c), |up| up.add(b, d)),
            _ => Enclosure::undefined(bits),
        }
    }
}

impl Sub for &Enclosure {
    type Output = Enclosure;
    fn sub(self, other: Self) -> Enclosure {
        self + &-other
    }
}

impl Mul for &Enclosure {
    type Output = Enclosure;
    fn mul(self, other: Self) -> Enclosure {
        let bits = self.bits.max(other.bits);
        let (Some((a, b)), Some((c, d))) = (&self.ends, &other.ends) else {
            return Enclosure::undefined(bits);
        };
        // The pairs of ends between which the product lies, by sign.
        let (low, high) = if !is_below_zero(a) && !is_below_zero(c) {
            (vec![(a, c)], vec![(b, d)])
        } else {
            let corners = vec![(a, c), (a, d), (b, c), (b, d)];
            (corners.clone(), corners)
        };
        let (down, up) = (Context::<Down>::new(bits), Context::<Up>::new(bits));
        let low: Option<Vec<End>> =
            low.into_iter().map(|(x, y)| down.mul(x, y).ok().map(|v| v.value().into_repr())).collect();
        let high: Option<Vec<End>> =
            high.into_iter().map(|(x, y)| up.mul(x, y).ok().map(|v| v.value().into_repr())).collect();
        match (low.and_then(|v| v.into_iter().min()), high.and_then(|v| v.into_iter().max())) {
            (Some(low), Some(high)) => Enclosure::between(bits, low, high),
            _ => Enclosure::undefined(bits),
        }
    }
}

impl Div for &Enclosure {
    type Output = Enclosure;
    fn div(self, other: Self) -> Enclosure {
        let bits = self.bits.max(other.bits);
        if other.contains_zero() {
            return Enclosure::undefined(bits);
        }
        let (Some((a, b)), Some((c, d))) = (&self.ends, &other.ends) else {
            return Enclosure::undefined(bits);
        };
        let (down, up) = (Context::<Down>::new(bits), Context::<Up>::new(bits));
        let corners = [(a, c), (a, d), (b, c), (b, d)];
        let low: Option<Vec<End>> =
            corners.iter().map(|(x, y)| down.div(x, y).ok().map(|v| v.value().into_repr())).collect();
        let high: Option<Vec<End>> =
            corners.iter().map(|(x, y)| up.div(x, y).ok().map(|v| v.value().into_repr())).collect();
        match (low.and_then(|v| v.into_iter().min()), high.and_then(|v| v.into_iter().max())) {
            (Some(low), Some(high)) => Enclosure::between(bits, low, high),
            _ => Enclosure::undefined(bits),
        }
    }
}

mod functions;
mod gamma;
#[cfg(test)]
mod gamma_tests;
#[cfg(test)]
mod tests;
