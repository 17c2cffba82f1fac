//! Integer coefficients: machine words while they fit, big integers when they do not.

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::{Signed, ToPrimitive, Zero};

/// An integer of any size. `Big` holds only what does not fit `Small`, so equal numbers have equal forms.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Integer {
    /// Fits a machine word.
    Small(i64),
    /// Does not.
    Big(Box<BigInt>),
}

impl Integer {
    /// Zero.
    pub const ZERO: Integer = Integer::Small(0);
    /// One.
    pub const ONE: Integer = Integer::Small(1);

    /// From a big integer, taking the small form where it fits.
    pub fn from_big(n: BigInt) -> Integer {
        match n.to_i64() {
            Some(n) => Integer::Small(n),
            None => Integer::Big(Box::new(n)),
        }
    }

    fn from_wide(n: i128) -> Integer {
        match i64::try_from(n) {
            Ok(n) => Integer::Small(n),
            Err(_) => Integer::Big(Box::new(n.into())),
        }
    }

    /// As a big integer.
    pub fn to_big(&self) -> BigInt {
        match self {
            Integer::Small(n) => (*n).into(),
            Integer::Big(n) => (**n).clone(),
        }
    }

    /// As a machine word, if it fits.
    pub fn small(&self) -> Option<i64> {
        match self {
            Integer::Small(n) => Some(*n),
            Integer::Big(_) => None,
        }
    }

    /// Is it zero?
    pub fn is_zero(&self) -> bool {
        matches!(self, Integer::Small(0))
    }

    /// Is it one?
    pub fn is_one(&self) -> bool {
        matches!(self, Integer::Small(1))
    }

    /// Is it below zero?
    pub fn is_negative(&self) -> bool {
        match self {
            Integer::Small(n) => *n < 0,
            Integer::Big(n) => n.is_negative(),
        }
    }

    /// Bits of its absolute value.
    pub fn bits(&self) -> u64 {
        match self {
            Integer::Small(n) => u64::from(64 - n.unsigned_abs().leading_zeros()),
            Integer::Big(n) => n.bits(),
        }
    }

    /// `−self`.
    #[must_use]
    pub fn negate(&self) -> Integer {
        match self {
            Integer::Small(n) => Integer::from_wide(-i128::from(*n)),
            Integer::Big(n) => Integer::from_big(-(**n).clone()),
        }
    }

    /// `|self|`.
    #[must_use]
    pub fn abs(&self) -> Integer {
        if self.is_negative() { self.negate() } else { self.clone() }
    }

    /// `self + other`.
    #[must_use]
    pub fn add(&self, other: &Integer) -> Integer {
        match (self, other) {
            (Integer::Small(a), Integer::Small(b)) => Integer::from_wide(i128::from(*a) + i128::from(*b)),
            _ => Integer::from_big(self.to_big() + other.to_big()),
        }
    }

    /// `self · other`.
    #[must_use]
    pub fn multiply(&self, other: &Integer) -> Integer {
        match (self, other) {
            (Integer::Small(a), Integer::Small(b)) => Integer::from_wide(i128::from(*a) * i128::from(*b)),
            _ => Integer::from_big(self.to_big() * other.to_big()),
        }
    }

    /// `self / other` if that is an integer.
    pub fn divide(&self, other: &Integer) -> Option<Integer> {
        match (self, other) {
            (_, Integer::Small(0)) => None,
            (_, Integer::Small(1)) => Some(self.clone()),
            (Integer::Small(a), Integer::Small(b)) => {
                let (a, b) = (i128::from(*a), i128::from(*b));
                (a % b == 0).then(|| Integer::from_wide(a / b))
            }
            _ => {
                let (quotient, rest) = self.to_big().div_rem(&other.to_big());
                rest.is_zero().then(|| Integer::from_big(quotient))
            }
        }
    }

    /// The greatest common divisor, not negative.
    #[must_use]
    pub fn gcd(&self, other: &Integer) -> Integer {
        match (self, other) {
            (Integer::Small(a), Integer::Small(b)) => {
                Integer::from_wide(i128::from(a.unsigned_abs().gcd(&b.unsigned_abs())))
            }
            _ => Integer::from_big(self.to_big().gcd(&other.to_big())),
        }
    }

    /// The exact square root, if there is one.
    pub fn square_root(&self) -> Option<Integer> {
        if self.is_negative() {
            return None;
        }
        let n = self.to_big();
        let root = n.sqrt();
        (&root * &root == n).then(|| Integer::from_big(root))
    }

    /// The residue in `0..modulus`.
    pub fn residue(&self, modulus: u64) -> u64 {
        match self {
            Integer::Small(n) => i128::from(*n).rem_euclid(i128::from(modulus)) as u64,
            Integer::Big(n) => n.mod_floor(&BigInt::from(modulus)).to_u64().unwrap_or(0),
        }
    }
}

impl From<i64> for Integer {
    fn from(n: i64) -> Integer {
        Integer::Small(n)
    }
}

impl Default for Integer {
    fn default() -> Integer {
        Integer::ZERO
    }
}
