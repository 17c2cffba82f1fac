//! One entry of a tensor: exact while every step is, else enclosed; and its arithmetic.

use super::super::error::Undefined;
use super::ball::Ball;
use crate::evaluate::Reason;
use crate::evaluate::exact::{self, Exact, Failure};
use crate::number::Rational;

/// Exact values with more bits are enclosed.
const EXACT_BITS: u64 = 2048;

/// What is known of one entry.
#[derive(Clone, Debug)]
pub(super) enum Entry<T> {
    Exact(Exact),
    Near(T),
    /// It is proved that there is no value.
    Nothing(Undefined),
    /// So far it is not known whether there is one.
    Open(Undefined),
}

impl<T: Ball> Entry<T> {
    pub(super) fn whole(n: i64) -> Self {
        Entry::Exact(Exact::Rational(Rational::integer(n)))
    }

    /// An exact value, enclosed if it is long.
    pub(super) fn exact(value: Exact, bits: usize) -> Self {
        if value.is_large(EXACT_BITS) { Entry::Near(exact_ball(&value, bits)) } else { Entry::Exact(value) }
    }

    /// An enclosure, if there is a value.
    pub(super) fn near(value: T, otherwise: &Undefined) -> Self {
        if value.is_defined() { Entry::Near(value) } else { Entry::Open(otherwise.clone()) }
    }

    pub(super) fn is_zero(&self) -> bool {
        matches!(self, Entry::Exact(Exact::Rational(q)) if q.is_zero())
    }

    /// The enclosure, if there is a value.
    pub(super) fn ball(&self, bits: usize) -> Option<T> {
        match self {
            Entry::Exact(value) => Some(exact_ball(value, bits)),
            Entry::Near(value) => Some(value.clone()),
            Entry::Nothing(_) | Entry::Open(_) => None,
        }
    }

    /// The first of two that has no value.
    fn missing<'e>(&'e self, other: &'e Self) -> Option<&'e Self> {
        let all = [self, other];
        all.into_iter()
            .find(|e| matches!(e, Entry::Nothing(_)))
            .or_else(|| all.into_iter().find(|e| matches!(e, Entry::Open(_))))
    }

    pub(super) fn plus(&self, other: &Self, at: &Undefined, bits: usize) -> Self {
        if let (Entry::Exact(a), Entry::Exact(b)) = (self, other)
            && let Ok(sum) = exact::add(a, b)
        {
            return Entry::exact(sum, bits);
        }
        match (self.ball(bits), other.ball(bits)) {
            (Some(a), Some(b)) => Entry::near(a.plus(&b), &overflow(at)),
            _ => self.missing(other).cloned().unwrap_or_else(|| Entry::Open(at.clone())),
        }
    }

    pub(super) fn times(&self, other: &Self, at: &Undefined, bits: usize) -> Self {
        if let (Entry::Exact(a), Entry::Exact(b)) = (self, other)
            && let Ok(product) = exact::multiply(a, b)
        {
            return Entry::exact(product, bits);
        }
        match (self.ball(bits), other.ball(bits)) {
            (Some(_), Some(_)) if self.is_zero() || other.is_zero() => Entry::whole(0),
            (Some(a), Some(b)) => Entry::near(a.times(&b), &overflow(at)),
            _ => self.missing(other).cloned().unwrap_or_else(|| Entry::Open(at.clone())),
        }
    }

    pub(super) fn negated(&self, bits: usize) -> Self {
        match self {
            Entry::Exact(value) => match exact::multiply(value, &Exact::Rational(Rational::MINUS_ONE)) {
                Ok(value) => Entry::Exact(value),
                Err(_) => Entry::Near(exact_ball::<T>(value, bits).negated()),
            },
            Entry::Near(value) => Entry::Near(value.negated()),
            other => other.clone(),
        }
    }

    /// `self^exponent`.
    pub(super) fn raised(&self, exponent: &Self, at: &Undefined, bits: usize) -> Self {
        if let Some(missing) = self.missing(exponent) {
            return missing.clone();
        }
        let failed = |reason, operand: f64| Undefined { reason, operand, ..at.clone() };
        let near = self.ball(bits).map_or(0.0, |b: T| b.near());
        if let Entry::Exact(e) = exponent {
            if let Entry::Exact(base) = self {
                match exact::raise(base, e) {
                    Ok(value) => return Entry::exact(value, bits),
                    Err(Failure::Undefined(reason)) => return Entry::Nothing(failed(reason, near)),
                    Err(_) => {}
                }
            }
            if let (Exact::Rational(q), Some(base)) = (e, self.ball(bits)) {
                let base: T = base;
                if q.is_zero() {
                    return Entry::whole(1);
                }
                if !q.is_integer() && base.is_negative() {
                    return Entry::Nothing(failed(Reason::RealPowerOfNegative, near));
                }
                if !q.is_integer() && !base.is_nonnegative() {
                    return Entry::Open(failed(Reason::RealPowerOfNegative, near));
                }
                if q.is_negative() && base.contains_zero() {
                    return Entry::Open(failed(Reason::NegativePowerOfZero, near));
                }
                return Entry::near(base.powr(q), &overflow(at));
            }
        }
        let (Some(base), Some(exponent)) = (self.ball(bits), exponent.ball(bits)) else {
            return Entry::Open(at.clone());
        };
        if base.is_negative() {
            return Entry::Open(failed(Reason::RealPowerOfNegative, near));
        }
        if self.is_zero() {
            return if exponent.is_positive() {
                Entry::whole(0)
            } else if exponent.is_negative() {
                Entry::Nothing(failed(Reason::NegativePowerOfZero, near))
            } else {
                Entry::Open(failed(Reason::NegativePowerOfZero, near))
            };
        }
        let why = if base.is_positive() { overflow(at) } else { failed(Reason::RealPowerOfNegative, near) };
        Entry::near(base.power(&exponent), &why)
    }
}

/// The same place, for a value that leaves the range that is followed.
pub(super) fn overflow(at: &Undefined) -> Undefined {
    Undefined { reason: Reason::Overflow, ..at.clone() }
}

pub(super) fn exact_ball<T: Ball>(value: &Exact, bits: usize) -> T {
    match value {
        Exact::Rational(q) => T::rational(q, bits),
        Exact::OfPi(q) => T::rational(q, bits).times(&T::pi(bits)),
    }
}
