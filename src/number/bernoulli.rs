//! Bernoulli numbers, exactly, each computed once.

use std::sync::{Arc, PoisonError, RwLock};

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::One;

use super::Rational;

static KNOWN: RwLock<Option<Arc<Vec<Rational>>>> = RwLock::new(None);

/// The first ones with an even index: B₂ = 1/6, B₄ = −1/30, …, at least `count` of them.
pub(super) fn even(count: usize) -> Arc<Vec<Rational>> {
    let mut size = count.max(16);
    if let Some(known) = &*KNOWN.read().unwrap_or_else(PoisonError::into_inner) {
        if known.len() >= count {
            return Arc::clone(known);
        }
        // More than asked for, so that growing one by one does not compute them again and again.
        size = size.max(known.len() + known.len() / 2);
    }
    let made = Arc::new(from_tangents(size));
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if known.as_ref().is_none_or(|known| known.len() < made.len()) {
        *known = Some(Arc::clone(&made));
    }
    made
}

/// |B₂ₖ| = 2k·Tₖ/(4ᵏ(4ᵏ − 1)) with the tangent numbers Tₖ (DLMF 24.15.4), which come by whole additions only: Brent and
/// Harvey (2013), "Fast computation of Bernoulli, tangent and secant numbers", algorithm `TangentNumbers`.
fn from_tangents(count: usize) -> Vec<Rational> {
    let mut tangents = vec![BigInt::one(); count];
    for k in 1..count {
        tangents[k] = &tangents[k - 1] * BigInt::from(k);
    }
    for k in 1..count {
        for j in k..count {
            tangents[j] = &tangents[j - 1] * BigInt::from(j - k) + &tangents[j] * BigInt::from(j - k + 2);
        }
    }
    let one = BigInt::one();
    let number = |(at, tangent): (usize, BigInt)| {
        let k = at + 1;
        let power = &one << (2 * k);
        let size = BigRational::new(tangent * BigInt::from(2 * k), &power * (&power - &one));
        Rational::from_big(if k % 2 == 1 { size } else { -size })
    };
    tangents.into_iter().enumerate().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_a_far_one() {
        let known = even(40);
        for (at, (n, d)) in [(1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510)]
            .iter()
            .enumerate()
        {
            assert_eq!(known[at], Rational::fraction(*n, *d).unwrap());
        }
        // B₆₀, OEIS A000367 and A002445.
        let far = "-1215233140483755572040304994079820246041491";
        assert_eq!(known[29].numerator(), far.parse().unwrap());
        assert_eq!(known[29].denominator(), 56_786_730.into());
        assert!(even(3).len() >= 3);
    }
}
