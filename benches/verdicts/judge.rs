//! What enclosures say of two trees as they are written, without any of the engine's algebra.

use symdiff::evaluate::{interval, precise_at};
use symdiff::number::{Interval, Rational};
use symdiff::syntax::tree::{Kind, Tree};

use super::plain::scalar;

/// Points that are compared in `f64`, and of these with many digits.
const POINTS: u64 = 14;
const PRECISE_POINTS: usize = 3;
const BITS: usize = 320;

pub enum Judged {
    /// Certified to differ somewhere.
    Apart,
    /// No difference; at so many points both have values.
    Together(usize),
    /// More than scalar arithmetic.
    Unreadable,
}

/// The names that stand for variables.
pub fn variables(trees: [&Tree; 2]) -> Vec<String> {
    let mut names = Vec::new();
    for tree in trees {
        tree.walk(&mut |part| {
            if let Kind::Name(name) = &part.kind
                && name != "pi"
                && name != "e"
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        });
    }
    names.sort();
    names
}

pub fn judge(left: &Tree, right: &Tree) -> Judged {
    let names = variables([left, right]);
    let (Some(a), Some(b)) = (scalar(left, &names), scalar(right, &names)) else { return Judged::Unreadable };
    let mut defined: Vec<Vec<Rational>> = Vec::new();
    for trial in 0..POINTS {
        let point: Vec<Rational> = (0..names.len() as u64).map(|leaf| coordinate(trial, leaf)).collect();
        let boxes: Vec<Interval> = point.iter().map(Interval::from_rational).collect();
        let (p, q) = (interval(&a, &boxes), interval(&b, &boxes));
        if p.is_defined() && q.is_defined() {
            if p.is_disjoint(&q) {
                return Judged::Apart;
            }
            defined.push(point);
        }
    }
    for point in defined.iter().take(PRECISE_POINTS) {
        if let (Some(p), Some(q)) = (precise_at(&a, point, BITS), precise_at(&b, point, BITS))
            && p.is_disjoint(&q)
        {
            return Judged::Apart;
        }
    }
    Judged::Together(defined.len())
}

/// Multiples of 1/64 of both signs: first moderate ones, then small and large ones.
pub fn coordinate(trial: u64, leaf: u64) -> Rational {
    let mut h =
        (trial + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (leaf + 3).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    h ^= h >> 31;
    h = h.wrapping_mul(0x94D0_49BB_1331_11EB);
    h ^= h >> 29;
    let size = match trial % 7 {
        0 | 1 => 20 + h % 140,
        2 => 70 + h % 400,
        3 => 1 + h % 60,
        4 => 20 + h % 140,
        5 => 300 + h % 2_000,
        _ => 1 + h % 64,
    } as i64;
    let negative = match trial % 7 {
        0 | 2 | 6 => false,
        1 => true,
        _ => h & (1 << 40) != 0,
    };
    Rational::fraction(if negative { -size } else { size }, 64).unwrap_or(Rational::ONE)
}
