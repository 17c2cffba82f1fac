//! Which of negative, zero, positive a value may be.

use std::cmp::Ordering;

use super::Rational;

/// The set of signs a value may have: a subset of {negative, zero, positive}. Values that do not exist have no sign and
/// are not counted, so "positive" reads "positive wherever defined".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sign(u8);

impl Sign {
    /// No value at all.
    pub const NONE: Sign = Sign(0);
    /// Below zero.
    pub const NEGATIVE: Sign = Sign(1);
    /// Zero.
    pub const ZERO: Sign = Sign(2);
    /// Above zero.
    pub const POSITIVE: Sign = Sign(4);
    /// Zero or above.
    pub const NON_NEGATIVE: Sign = Sign(6);
    /// Zero or below.
    pub const NON_POSITIVE: Sign = Sign(3);
    /// Anything but zero.
    pub const NON_ZERO: Sign = Sign(5);
    /// Nothing is known.
    pub const ANY: Sign = Sign(7);

    /// The sign of a number.
    pub fn of(value: &Rational) -> Sign {
        match value.cmp(&Rational::ZERO) {
            Ordering::Less => Sign::NEGATIVE,
            Ordering::Equal => Sign::ZERO,
            Ordering::Greater => Sign::POSITIVE,
        }
    }

    /// The sign of every value in an interval given by its ends and whether they are attained.
    pub fn of_range((low, high, low_attained, high_attained): (f64, f64, bool, bool)) -> Sign {
        let mut sign = 0;
        if low < 0.0 {
            sign |= 1;
        }
        if high > 0.0 {
            sign |= 4;
        }
        if (low < 0.0 || (low == 0.0 && low_attained)) && (high > 0.0 || (high == 0.0 && high_attained)) {
            sign |= 2;
        }
        Sign(if sign == 0 { 7 } else { sign })
    }

    /// The set as bits: 1 negative, 2 zero, 4 positive.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// The set with these bits.
    pub fn from_bits(bits: u8) -> Sign {
        Sign(bits & 7)
    }

    /// Is every sign in it also in `other`?
    pub fn is(self, other: Sign) -> bool {
        self.0 & !other.0 == 0
    }

    /// Is no sign possible?
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What both allow.
    #[must_use]
    pub fn and(self, other: Sign) -> Sign {
        Sign(self.0 & other.0)
    }

    /// What either allows.
    #[must_use]
    pub fn or(self, other: Sign) -> Sign {
        Sign(self.0 | other.0)
    }

    /// Of −a.
    #[must_use]
    pub fn negated(self) -> Sign {
        Sign((self.0 & 2) | (self.0 & 1) << 2 | (self.0 & 4) >> 2)
    }

    /// Of a + b.
    #[must_use]
    pub fn plus(self, other: Sign) -> Sign {
        self.combine(other, |a, b| match (a, b) {
            (2, b) => b,
            (a, 2) => a,
            (a, b) if a == b => a,
            _ => 7,
        })
    }

    /// Of a · b.
    #[must_use]
    pub fn times(self, other: Sign) -> Sign {
        if self == Sign::POSITIVE {
            return other;
        }
        if other == Sign::POSITIVE {
            return self;
        }
        self.combine(other, |a, b| match (a, b) {
            (2, _) | (_, 2) => 2,
            (a, b) if a == b => 4,
            _ => 1,
        })
    }

    /// Of a·a.
    #[must_use]
    pub fn squared(self) -> Sign {
        Sign((self.0 & 2) | if self.0 & 5 != 0 { 4 } else { 0 })
    }

    /// Of a^q, where it exists; [`Sign::NONE`] if it never does.
    #[must_use]
    pub fn power(self, exponent: &Rational) -> Sign {
        if exponent.is_zero() {
            return Sign::POSITIVE;
        }
        let base = if exponent.is_negative() { self.and(Sign::NON_ZERO) } else { self };
        if !exponent.is_integer() {
            return base.and(Sign::NON_NEGATIVE);
        }
        if exponent.is_even() { base.squared() } else { base }
    }

    /// Nothing is known if no sign is possible: a value that never exists.
    #[must_use]
    pub fn unless_empty(self) -> Sign {
        if self.is_empty() { Sign::ANY } else { self }
    }

    /// Of a + b for a number b.
    #[must_use]
    pub fn shifted(self, by: &Rational) -> Sign {
        match self {
            _ if by.is_zero() => self,
            Sign::ZERO => Sign::of(by),
            // What is above zero is above b, what is below it below b.
            Sign::POSITIVE | Sign::NON_NEGATIVE if by.is_positive() => Sign::POSITIVE,
            Sign::NEGATIVE | Sign::NON_POSITIVE if by.is_negative() => Sign::NEGATIVE,
            _ => Sign::ANY,
        }
    }

    fn combine(self, other: Sign, one: impl Fn(u8, u8) -> u8) -> Sign {
        let mut sign = 0;
        for a in [1, 2, 4] {
            for b in [1, 2, 4] {
                if self.0 & a != 0 && other.0 & b != 0 {
                    sign |= one(a, b);
                }
            }
        }
        Sign(sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables() {
        assert_eq!(Sign::POSITIVE.plus(Sign::NON_NEGATIVE), Sign::POSITIVE);
        assert_eq!(Sign::POSITIVE.plus(Sign::NEGATIVE), Sign::ANY);
        assert_eq!(Sign::NEGATIVE.times(Sign::NEGATIVE), Sign::POSITIVE);
        assert_eq!(Sign::NON_ZERO.squared(), Sign::POSITIVE);
        assert_eq!(Sign::NON_NEGATIVE.negated(), Sign::NON_POSITIVE);
        assert_eq!(Sign::ANY.power(&Rational::HALF), Sign::NON_NEGATIVE);
        assert_eq!(Sign::ANY.power(&Rational::integer(-2)), Sign::POSITIVE);
        assert_eq!(Sign::ZERO.power(&Rational::integer(-2)), Sign::NONE);
    }
}
