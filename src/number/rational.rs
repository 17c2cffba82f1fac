//! Exact rational numbers: machine integers while they fit, [`BigRational`] when they do not.
//!
//! Coefficients of formulas are nearly always tiny, so the common case must not allocate; a plain
//! `Ratio<i64>` would wrap silently in release builds, which is why every small operation is done in 128 bits.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// An exact rational number in lowest terms with a positive denominator.
#[derive(Clone)]
pub struct Rational(Form);

/// `Big` holds only what does not fit `Small`, so equal numbers have equal forms.
#[derive(Clone, PartialEq, Eq)]
enum Form {
    Small(i64, i64),
    Big(Box<BigRational>),
}

/// A number would need more bits than the caller's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

impl Rational {
    /// Zero.
    pub const ZERO: Rational = Rational(Form::Small(0, 1));
    /// One.
    pub const ONE: Rational = Rational(Form::Small(1, 1));
    /// Minus one.
    pub const MINUS_ONE: Rational = Rational(Form::Small(-1, 1));
    /// Two.
    pub const TWO: Rational = Rational(Form::Small(2, 1));
    /// One half.
    pub const HALF: Rational = Rational(Form::Small(1, 2));

    /// The integer `n`.
    pub const fn integer(n: i64) -> Self {
        Rational(Form::Small(n, 1))
    }

    /// The fraction `n/d`; `None` if `d` is zero.
    pub fn fraction(n: i64, d: i64) -> Option<Self> {
        (d != 0).then(|| Self::from_wide(i128::from(n), i128::from(d)))
    }

    /// Reduces `n/d`, `d ≠ 0`.
    fn from_wide(n: i128, d: i128) -> Self {
        let g = gcd(n.unsigned_abs(), d.unsigned_abs()) as i128;
        let (mut n, mut d) = if g > 1 { (n / g, d / g) } else { (n, d) };
        if d < 0 {
            (n, d) = (-n, -d);
        }
        match (i64::try_from(n), i64::try_from(d)) {
            (Ok(n), Ok(d)) => Rational(Form::Small(n, d)),
            _ => Rational(Form::Big(Box::new(BigRational::new_raw(n.into(), d.into())))),
        }
    }

    /// From a big rational, taking the small form where it fits.
    pub fn from_big(q: BigRational) -> Self {
        match (q.numer().to_i64(), q.denom().to_i64()) {
            (Some(n), Some(d)) => Rational(Form::Small(n, d)),
            _ => Rational(Form::Big(Box::new(q))),
        }
    }

    /// From an integer of any size.
    pub fn from_integer(n: BigInt) -> Self {
        match n.to_i64() {
            Some(n) => Self::integer(n),
            None => Rational(Form::Big(Box::new(BigRational::from_integer(n)))),
        }
    }

    /// As a big rational.
    pub fn to_big(&self) -> BigRational {
        match &self.0 {
            Form::Small(n, d) => BigRational::new_raw((*n).into(), (*d).into()),
            Form::Big(q) => (**q).clone(),
        }
    }

    /// Reads `12`, `3.25`, `.5`, `6.02e23` exactly.
    ///
    /// # Errors
    /// [`TooLarge`] if the exponent would make more than `bits` bits. Anything that is not such a literal gives `Ok(None)`.
    pub fn parse(text: &str, bits: u64) -> Result<Option<Self>, TooLarge> {
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => match text[at + 1..].parse::<i64>() {
                Ok(exponent) => (&text[..at], exponent),
                Err(_)
                    if text[at + 1..].trim_start_matches(['+', '-']).bytes().all(|b| b.is_ascii_digit()) =>
                {
                    return Err(TooLarge);
                }
                Err(_) => return Ok(None),
            },
            None => (text, 0),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{part}");
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(None);
        }
        let scale = exponent.saturating_sub(part.len() as i64);
        // log2(10) < 10/3
        if (digits.len() as u64).saturating_add(scale.unsigned_abs()).saturating_mul(10) / 3 > bits {
            return Err(TooLarge);
        }
        let Ok(n) = digits.parse::<BigInt>() else { return Ok(None) };
        let power = num_traits::pow(BigInt::from(10), scale.unsigned_abs() as usize);
        Ok(Some(Self::from_big(if scale >= 0 {
            BigRational::from_integer(n * power)
        } else {
            BigRational::new(n, power)
        })))
    }

    /// The numerator (with the sign).
    pub fn numerator(&self) -> BigInt {
        match &self.0 {
            Form::Small(n, _) => (*n).into(),
            Form::Big(q) => q.numer().clone(),
        }
    }

    /// The denominator (positive).
    pub fn denominator(&self) -> BigInt {
        match &self.0 {
            Form::Small(_, d) => (*d).into(),
            Form::Big(q) => q.denom().clone(),
        }
    }

    /// Numerator and denominator as machine integers, if both fit.
    pub fn as_pair(&self) -> Option<(i64, i64)> {
        match &self.0 {
            Form::Small(n, d) => Some((*n, *d)),
            Form::Big(_) => None,
        }
    }

    /// The value as a machine integer, if it is one and fits.
    pub fn as_integer(&self) -> Option<i64> {
        match &self.0 {
            Form::Small(n, 1) => Some(*n),
            _ => None,
        }
    }

    /// Is it zero?
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Form::Small(0, _))
    }

    /// Is it one?
    pub fn is_one(&self) -> bool {
        matches!(self.0, Form::Small(1, 1))
    }

    /// Is it below zero?
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Form::Small(n, _) => *n < 0,
            Form::Big(q) => q.is_negative(),
        }
    }

    /// Is it above zero?
    pub fn is_positive(&self) -> bool {
        !self.is_negative() && !self.is_zero()
    }

    /// Is it an integer?
    pub fn is_integer(&self) -> bool {
        match &self.0 {
            Form::Small(_, d) => *d == 1,
            Form::Big(q) => q.is_integer(),
        }
    }

    /// Is it an even integer?
    pub fn is_even(&self) -> bool {
        match &self.0 {
            Form::Small(n, d) => *d == 1 && n % 2 == 0,
            Form::Big(q) => q.is_integer() && q.numer().is_even(),
        }
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_negative() { -self.clone() } else { self.clone() }
    }

    /// `1/self`; `None` for zero.
    pub fn reciprocal(&self) -> Option<Self> {
        match &self.0 {
            Form::Small(0, _) => None,
            Form::Small(n, d) => Some(Self::from_wide(i128::from(*d), i128::from(*n))),
            Form::Big(q) => Some(Self::from_big(q.recip())),
        }
    }

    /// `self/other`; `None` if `other` is zero.
    pub fn divide(&self, other: &Self) -> Option<Self> {
        other.reciprocal().map(|r| self * &r)
    }

    /// `self^n`.
    ///
    /// # Errors
    /// [`TooLarge`] if the result might need more than `bits` bits, or for `0^n` with `n < 0`.
    pub fn power(&self, n: i64, bits: u64) -> Result<Self, TooLarge> {
        if n == 0 {
            return Ok(Self::ONE);
        }
        if self.is_zero() {
            return if n > 0 { Ok(Self::ZERO) } else { Err(TooLarge) };
        }
        if self.abs().is_one() {
            return Ok(if n % 2 == 0 { Self::ONE } else { self.clone() });
        }
        if self.bits().saturating_mul(n.unsigned_abs()) > bits {
            return Err(TooLarge);
        }
        let positive = Self::from_big(num_traits::Pow::pow(self.to_big(), n.unsigned_abs() as u32));
        if n > 0 { Ok(positive) } else { positive.reciprocal().ok_or(TooLarge) }
    }

    /// The exact `q`-th root (`q ≥ 1`) of a number that is not negative, if it is rational.
    pub fn root(&self, q: u32) -> Option<Self> {
        if self.is_negative() || q == 0 {
            return None;
        }
        let (n, d) = (self.numerator(), self.denominator());
        let (rn, rd) = (n.nth_root(q), d.nth_root(q));
        (num_traits::pow(rn.clone(), q as usize) == n && num_traits::pow(rd.clone(), q as usize) == d)
            .then(|| Self::from_big(BigRational::new(rn, rd)))
    }

    /// Bits of the larger of numerator and denominator.
    pub fn bits(&self) -> u64 {
        match &self.0 {
            Form::Small(n, d) => u64::from(64 - n.unsigned_abs().max(d.unsigned_abs()).leading_zeros()),
            Form::Big(q) => q.numer().bits().max(q.denom().bits()),
        }
    }

    /// The largest integer not above it.
    #[must_use]
    pub fn floor(&self) -> Self {
        match &self.0 {
            Form::Small(n, d) => Self::integer(n.div_euclid(*d)),
            Form::Big(q) => Self::from_big(q.floor()),
        }
    }

    /// The nearest `f64` (to within one rounding).
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            // Both convert exactly below 2^53, so the quotient is rounded once.
            Form::Small(n, d) if n.unsigned_abs() < 1 << 53 && *d < 1 << 53 => *n as f64 / *d as f64,
            _ => self.to_big().to_f64().unwrap_or(f64::NAN),
        }
    }

    /// The exact value of a finite `f64`.
    pub fn from_f64(x: f64) -> Option<Self> {
        BigRational::from_float(x).map(Self::from_big)
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    // The common case is small enough for the faster 64-bit division.
    if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
        return u128::from(Integer::gcd(&a, &b));
    }
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Default for Rational {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<i64> for Rational {
    fn from(n: i64) -> Self {
        Self::integer(n)
    }
}

impl PartialEq for Rational {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Rational {}

impl Hash for Rational {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Form::Small(n, d) => {
                n.hash(state);
                d.hash(state);
            }
            Form::Big(q) => q.hash(state),
        }
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Form::Small(a, b), Form::Small(c, d)) => {
                (i128::from(*a) * i128::from(*d)).cmp(&(i128::from(*c) * i128::from(*b)))
            }
            _ => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Small(n, 1) => write!(f, "{n}"),
            Form::Small(n, d) => write!(f, "{n}/{d}"),
            Form::Big(q) => write!(f, "{q}"),
        }
    }
}

impl Neg for Rational {
    type Output = Rational;
    fn neg(self) -> Rational {
        match self.0 {
            Form::Small(n, d) if n != i64::MIN => Rational(Form::Small(-n, d)),
            _ => Rational::from_big(-self.to_big()),
        }
    }
}

impl Add for &Rational {
    type Output = Rational;
    fn add(self, other: &Rational) -> Rational {
        match (&self.0, &other.0) {
            (Form::Small(a, 1), Form::Small(c, 1)) => match a.checked_add(*c) {
                Some(sum) => Rational::integer(sum),
                None => Rational::from_wide(i128::from(*a) + i128::from(*c), 1),
            },
            // |a·d + c·b| < 2·2^126, so 128 bits suffice.
            (Form::Small(a, b), Form::Small(c, d)) => {
                let (a, b, c, d) = (i128::from(*a), i128::from(*b), i128::from(*c), i128::from(*d));
                Rational::from_wide(a * d + c * b, b * d)
            }
            _ => Rational::from_big(self.to_big() + other.to_big()),
        }
    }
}

impl Sub for &Rational {
    type Output = Rational;
    fn sub(self, other: &Rational) -> Rational {
        self + &-other.clone()
    }
}

impl Mul for &Rational {
    type Output = Rational;
    fn mul(self, other: &Rational) -> Rational {
        match (&self.0, &other.0) {
            (Form::Small(a, 1), Form::Small(c, 1)) => match a.checked_mul(*c) {
                Some(product) => Rational::integer(product),
                None => Rational::from_wide(i128::from(*a) * i128::from(*c), 1),
            },
            (Form::Small(a, b), Form::Small(c, d)) => {
                Rational::from_wide(i128::from(*a) * i128::from(*c), i128::from(*b) * i128::from(*d))
            }
            _ => Rational::from_big(self.to_big() * other.to_big()),
        }
    }
}

impl Add for Rational {
    type Output = Rational;
    fn add(self, other: Rational) -> Rational {
        &self + &other
    }
}

impl Sub for Rational {
    type Output = Rational;
    fn sub(self, other: Rational) -> Rational {
        &self - &other
    }
}

impl Mul for Rational {
    type Output = Rational;
    fn mul(self, other: Rational) -> Rational {
        &self * &other
    }
}

impl AddAssign<&Rational> for Rational {
    fn add_assign(&mut self, other: &Rational) {
        *self = &*self + other;
    }
}

impl SubAssign<&Rational> for Rational {
    fn sub_assign(&mut self, other: &Rational) {
        *self = &*self - other;
    }
}

impl MulAssign<&Rational> for Rational {
    fn mul_assign(&mut self, other: &Rational) {
        *self = &*self * other;
    }
}

impl Zero for Rational {
    fn zero() -> Self {
        Self::ZERO
    }
    fn is_zero(&self) -> bool {
        Rational::is_zero(self)
    }
}

impl One for Rational {
    fn one() -> Self {
        Self::ONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_rational() -> impl Strategy<Value = Rational> {
        prop_oneof![
            (-20i64..20, 1i64..20).prop_map(|(n, d)| Rational::from_wide(n.into(), d.into())),
            (any::<i64>(), any::<i64>())
                .prop_map(|(n, d)| Rational::from_wide(n.into(), if d == 0 { 1 } else { d.into() })),
        ]
    }

    proptest! {
        #[test]
        fn agrees_with_big_rationals(a in any_rational(), b in any_rational()) {
            let (x, y) = (a.to_big(), b.to_big());
            prop_assert_eq!((&a + &b).to_big(), &x + &y);
            prop_assert_eq!((&a - &b).to_big(), &x - &y);
            prop_assert_eq!((&a * &b).to_big(), &x * &y);
            prop_assert_eq!(a.cmp(&b), x.cmp(&y));
            if !b.is_zero() {
                prop_assert_eq!(a.divide(&b).map(|q| q.to_big()), Some(x / y));
            }
            prop_assert_eq!(&(&a + &b) - &b, a);
        }
    }

    #[test]
    fn reads_decimals_exactly() {
        let read = |text| Rational::parse(text, 4096);
        assert_eq!(read("0.25"), Ok(Rational::fraction(1, 4)));
        assert_eq!(read("6.02e3"), Ok(Some(Rational::integer(6020))));
        assert_eq!(read("1e-2"), Ok(Rational::fraction(1, 100)));
        assert_eq!(read("x"), Ok(None));
        assert_eq!(read("1e999999999"), Err(TooLarge));
        assert_eq!(read("1e99999999999999999999"), Err(TooLarge));
    }

    #[test]
    fn powers_and_roots_are_exact_or_refused() {
        assert_eq!(Rational::integer(9).power(1_000_000_000, 1 << 16), Err(TooLarge));
        assert_eq!(Rational::integer(2).power(-3, 1 << 16), Ok(Rational::fraction(1, 8).unwrap()));
        assert_eq!(Rational::ZERO.power(-1, 64), Err(TooLarge));
        assert_eq!(Rational::fraction(8, 27).unwrap().root(3), Rational::fraction(2, 3));
        assert_eq!(Rational::integer(2).root(2), None);
    }
}
