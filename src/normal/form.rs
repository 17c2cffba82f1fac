//! The factored rational form: `c · Π fᵉ`, each `f` a primitive polynomial in kernels, each `e` rational.

use std::cmp::Ordering;

use smallvec::SmallVec;

use crate::number::Rational;

/// Number of an interned polynomial.
pub type PolynomialId = u32;
/// Number of an interned form.
pub type FormId = u32;

/// A product of a number and of powers of polynomials.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Form {
    /// The number.
    pub coefficient: Rational,
    /// The powers, by ascending id; no exponent is zero. Empty if the coefficient is zero.
    pub factors: SmallVec<[(PolynomialId, Rational); 3]>,
}

impl Form {
    /// A number.
    pub fn number(coefficient: Rational) -> Form {
        Form { coefficient, factors: SmallVec::new() }
    }

    /// Zero.
    pub fn zero() -> Form {
        Form::number(Rational::ZERO)
    }

    /// One.
    pub fn one() -> Form {
        Form::number(Rational::ONE)
    }

    /// One polynomial to a power.
    pub fn power(base: PolynomialId, exponent: Rational) -> Form {
        let mut factors = SmallVec::new();
        if !exponent.is_zero() {
            factors.push((base, exponent));
        }
        Form { coefficient: Rational::ONE, factors }
    }

    /// Is it zero?
    pub fn is_zero(&self) -> bool {
        self.coefficient.is_zero()
    }

    /// Is it one?
    pub fn is_one(&self) -> bool {
        self.factors.is_empty() && self.coefficient.is_one()
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<&Rational> {
        self.factors.is_empty().then_some(&self.coefficient)
    }

    /// The exponent of a polynomial.
    pub fn exponent(&self, base: PolynomialId) -> Rational {
        match self.factors.binary_search_by_key(&base, |f| f.0) {
            Ok(at) => self.factors[at].1.clone(),
            Err(_) => Rational::ZERO,
        }
    }

    /// `−self`.
    #[must_use]
    pub fn negate(mut self) -> Form {
        self.coefficient = -self.coefficient;
        self
    }

    /// The same factors with coefficient one.
    #[must_use]
    pub fn monic(&self) -> Form {
        Form { coefficient: Rational::ONE, factors: self.factors.clone() }
    }

    /// The same factors with another coefficient, not zero.
    #[must_use]
    pub fn with_coefficient(&self, coefficient: Rational) -> Form {
        Form { coefficient, factors: self.factors.clone() }
    }
}

/// Adds the exponents of two lists of factors.
pub fn merge(
    a: &[(PolynomialId, Rational)],
    b: &[(PolynomialId, Rational)],
) -> SmallVec<[(PolynomialId, Rational); 3]> {
    let mut out = SmallVec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        match a[i].0.cmp(&b[j].0) {
            Ordering::Less => {
                out.push(a[i].clone());
                i += 1;
            }
            Ordering::Greater => {
                out.push(b[j].clone());
                j += 1;
            }
            Ordering::Equal => {
                let sum = &a[i].1 + &b[j].1;
                if !sum.is_zero() {
                    out.push((a[i].0, sum));
                }
                i += 1;
                j += 1;
            }
        }
    }
    out.extend(a[i..].iter().cloned());
    out.extend(b[j..].iter().cloned());
    out
}
