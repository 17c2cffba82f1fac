//! Signs: which of negative, zero, positive a value may be.

use crate::function::{self, Function, Row};
use crate::number::Rational;

/// A set of signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sign(u8);

impl Sign {
    /// No value at all: the facts contradict each other.
    pub const NONE: Sign = Sign(0);
    /// Below zero.
    pub const NEGATIVE: Sign = Sign(1);
    /// Zero.
    pub const ZERO: Sign = Sign(2);
    /// Above zero.
    pub const POSITIVE: Sign = Sign(4);
    /// Not below zero.
    pub const NONNEGATIVE: Sign = Sign(6);
    /// Not zero.
    pub const NONZERO: Sign = Sign(5);
    /// Nothing is known.
    pub const ANY: Sign = Sign(7);

    /// The sign of a number.
    pub fn of(q: &Rational) -> Sign {
        if q.is_zero() {
            Sign::ZERO
        } else if q.is_negative() {
            Sign::NEGATIVE
        } else {
            Sign::POSITIVE
        }
    }

    /// Signs in both sets.
    #[must_use]
    pub fn and(self, other: Sign) -> Sign {
        Sign(self.0 & other.0)
    }

    /// Signs in one of the sets.
    #[must_use]
    pub fn or(self, other: Sign) -> Sign {
        Sign(self.0 | other.0)
    }

    /// Whether every sign of the set is in `other`.
    pub fn is_within(self, other: Sign) -> bool {
        self.0 & !other.0 == 0
    }

    fn has(self, other: Sign) -> bool {
        self.0 & other.0 != 0
    }

    /// Signs of `−a`.
    #[must_use]
    pub fn negated(self) -> Sign {
        Sign((self.0 & 2) | (self.0 & 1) << 2 | (self.0 & 4) >> 2)
    }

    /// Signs of `a + b`.
    #[must_use]
    pub fn plus(self, other: Sign) -> Sign {
        self.combine(other, |a, b| {
            if a == Sign::ZERO {
                b
            } else if b == Sign::ZERO || a == b {
                a
            } else {
                Sign::ANY
            }
        })
    }

    /// Signs of `a · b`.
    #[must_use]
    pub fn times(self, other: Sign) -> Sign {
        self.combine(other, |a, b| {
            if a == Sign::ZERO || b == Sign::ZERO {
                Sign::ZERO
            } else if a == b {
                Sign::POSITIVE
            } else {
                Sign::NEGATIVE
            }
        })
    }

    /// Signs of `a · a`.
    #[must_use]
    pub fn squared(self) -> Sign {
        let zero = self.and(Sign::ZERO);
        if self.has(Sign::NONZERO) { zero.or(Sign::POSITIVE) } else { zero }
    }

    /// Signs of `a^b`, where it is defined.
    #[must_use]
    pub fn to_power(self, exponent: Option<&Rational>) -> Sign {
        let Some(q) = exponent else {
            return if self == Sign::POSITIVE { Sign::POSITIVE } else { Sign::ANY };
        };
        if q.is_zero() {
            return Sign::POSITIVE;
        }
        let base = if q.is_negative() { self.and(Sign::NONZERO) } else { self };
        if !q.is_integer() {
            return base.and(Sign::NONNEGATIVE);
        }
        if q.is_even() { base.squared() } else { base }
    }

    /// Signs of a value of a function, from its range and, for odd functions, nothing more.
    pub fn of_value(function: Function) -> Sign {
        let Function::Known(id) = function else { return Sign::ANY };
        let (low, high, low_attained, high_attained) = function::row(id).range;
        let mut sign = Sign::ANY;
        if low > 0.0 || (low == 0.0 && !low_attained) {
            sign = Sign::POSITIVE;
        } else if low == 0.0 {
            sign = Sign::NONNEGATIVE;
        }
        if high < 0.0 || (high == 0.0 && !high_attained) {
            sign = sign.and(Sign::NEGATIVE);
        } else if high == 0.0 {
            sign = sign.and(Sign::NONNEGATIVE.negated());
        }
        sign
    }

    fn combine(self, other: Sign, rule: impl Fn(Sign, Sign) -> Sign) -> Sign {
        let mut result = Sign::NONE;
        for a in [Sign::NEGATIVE, Sign::ZERO, Sign::POSITIVE] {
            for b in [Sign::NEGATIVE, Sign::ZERO, Sign::POSITIVE] {
                if self.has(a) && other.has(b) {
                    result = result.or(rule(a, b));
                }
            }
        }
        result
    }

    /// What a condition such as `x > 0` says of `x`; `None` for anything else.
    pub fn read_condition(text: &str) -> Option<(&str, Sign)> {
        let relations = [
            (">=", Sign::NONNEGATIVE),
            ("<=", Sign::NONNEGATIVE.negated()),
            ("!=", Sign::NONZERO),
            (">", Sign::POSITIVE),
            ("<", Sign::NEGATIVE),
        ];
        relations.iter().find_map(|(relation, sign)| {
            let (left, right) = text.split_once(relation)?;
            (right.trim() == "0").then_some((left.trim(), *sign))
        })
    }
}

/// What the definedness of a call says of its arguments: `log(u)` is defined only where u > 0.
pub fn argument_signs(row: &Row) -> impl Iterator<Item = (usize, Sign)> + '_ {
    row.defined.iter().filter_map(|condition| {
        let (name, sign) = Sign::read_condition(condition)?;
        let at = row.parameters.iter().position(|p| *p == name)?;
        Some((at, sign))
    })
}

/// What is known of the leaves of an expression.
#[derive(Clone, Debug, Default)]
pub struct LeafFacts {
    signs: rustc_hash::FxHashMap<u32, Sign>,
}

impl LeafFacts {
    /// Nothing is known.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds that `leaf` has one of the signs in `sign`.
    pub fn declare(&mut self, leaf: u32, sign: Sign) {
        let known = self.signs.entry(leaf).or_insert(Sign::ANY);
        *known = known.and(sign);
    }

    /// The signs that `leaf` may have.
    pub fn sign(&self, leaf: u32) -> Sign {
        self.signs.get(&leaf).copied().unwrap_or(Sign::ANY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables() {
        assert_eq!(Sign::POSITIVE.plus(Sign::NONNEGATIVE), Sign::POSITIVE);
        assert_eq!(Sign::POSITIVE.plus(Sign::NEGATIVE), Sign::ANY);
        assert_eq!(Sign::NEGATIVE.times(Sign::NEGATIVE), Sign::POSITIVE);
        assert_eq!(Sign::NONZERO.squared(), Sign::POSITIVE);
        assert_eq!(Sign::NONNEGATIVE.negated(), Sign(3));
        assert_eq!(Sign::ANY.to_power(Some(&Rational::HALF)), Sign::NONNEGATIVE);
        assert_eq!(Sign::ANY.to_power(Some(&Rational::integer(-2))), Sign::POSITIVE);
        assert_eq!(Sign::read_condition("x >= 0"), Some(("x", Sign::NONNEGATIVE)));
        assert_eq!(Sign::read_condition("x > 1"), None);
    }
}
