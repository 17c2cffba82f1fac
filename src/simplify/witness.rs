//! Witnesses: points at which an expression is proved to be defined.
//!
//! A witness shows that the domain of the input is not empty, without which every equation would hold in the e-graph,
//! and gives the values with which wrong unions and wrong results are refuted.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::analysis::{call_interval, constant_interval, power_interval};
use super::sign::LeafFacts;
use crate::ir::scalar::{Operation, Scalar};
use crate::number::{Interval, Sign};

/// A value for each leaf.
pub type Point = FxHashMap<u32, Interval>;

/// How many points are tried before an expression counts as defined nowhere. Every derivative of the two corpora of the
/// bench finds a witness; how many narrow domains are missed was not measured.
const TRIES: u64 = 256;

/// The leaves of an expression in ascending order.
pub fn leaves(expression: &Scalar) -> Vec<u32> {
    let mut leaves: Vec<u32> = expression
        .nodes()
        .iter()
        .filter_map(|operation| match operation {
            Operation::Leaf(leaf) => Some(*leaf),
            _ => None,
        })
        .collect();
    leaves.sort_unstable();
    leaves.dedup();
    leaves
}

/// Encloses every operation of `expression` at `point`; `None` if one of them is not proved to be defined.
pub fn enclose(expression: &Scalar, point: &Point, values: &mut Vec<Interval>) -> Option<Interval> {
    values.clear();
    for operation in expression.nodes() {
        let at = |a: &u32| values[*a as usize];
        let value = match operation {
            Operation::Number(q) => Interval::from_rational(q),
            Operation::Constant(constant) => constant_interval(*constant),
            Operation::Leaf(leaf) => point.get(leaf).copied().unwrap_or(Interval::UNDEFINED),
            Operation::Add(a, b) => at(a) + at(b),
            Operation::Subtract(a, b) => at(a) - at(b),
            Operation::Multiply(a, b) => at(a) * at(b),
            Operation::Divide(a, b) => at(a) / at(b),
            Operation::Negate(a) => -at(a),
            Operation::Power(a, b) => {
                let exact = match expression.node(*b) {
                    Operation::Number(q) => Some(q),
                    _ => None,
                };
                power_interval(at(a), at(b), exact)
            }
            Operation::Call(function, arguments) => {
                let arguments: SmallVec<[Interval; 2]> = arguments.iter().map(at).collect();
                call_interval(*function, &arguments)
            }
        };
        if !value.is_defined() {
            return None;
        }
        values.push(value);
    }
    values.last().copied()
}

/// A number that depends on nothing but its arguments.
fn scatter(a: u64, b: u64) -> u64 {
    let mut h = a.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ b.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    h ^= h >> 29;
    h = h.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    h ^= h >> 32;
    h.wrapping_mul(0x94D0_49BB_1331_11EB) ^ (h >> 17)
}

/// The value of a leaf at the trial `trial`: a multiple of 1/64, so that short arithmetic on it is exact.
fn trial_value(trial: u64, leaf: u32, sign: Sign) -> f64 {
    let h = scatter(trial + 1, u64::from(leaf) + 1);
    let unit = (h >> 40) as f64 / (1u64 << 24) as f64;
    // Trials go round: positive and moderate, of both signs, within (−1, 1), negative, wide, tiny, above one.
    let value = match trial % 8 {
        0 => 0.3 + 1.9 * unit,
        1 => -2.0 + 4.0 * unit,
        2 => -0.97 + 1.9 * unit,
        3 => -0.3 - 1.9 * unit,
        4 => 1.1 + 3.0 * unit,
        5 => (unit * 9.0 - 3.0).exp2() * if h & 1 == 0 { 1.0 } else { -1.0 },
        6 => 0.05 + 0.9 * unit,
        _ => (unit * 16.0 - 6.0).exp2(),
    };
    let mut value = (value * 64.0).round() / 64.0;
    if value == 0.0 {
        value = 1.0 / 64.0;
    }
    let negative = Sign::NEGATIVE.is(sign);
    let positive = Sign::POSITIVE.is(sign);
    match (value < 0.0, negative, positive) {
        (true, false, true) | (false, true, false) => -value,
        (_, false, false) => 0.0,
        _ => value,
    }
}

/// Points at which all of `expressions` are proved to be defined: up to `wanted`, from the trials after `skip`.
pub fn find(
    expressions: &[&Scalar],
    leaves: &[u32],
    facts: &LeafFacts,
    wanted: usize,
    skip: u64,
) -> Vec<Point> {
    let mut points = Vec::with_capacity(wanted);
    let mut values = Vec::new();
    // An expression without leaves is defined or is not: one look is enough.
    let tries = if leaves.is_empty() { 1 } else { TRIES };
    for trial in skip..skip + tries {
        let point: Point = leaves
            .iter()
            .map(|leaf| (*leaf, Interval::point(trial_value(trial, *leaf, facts.sign(*leaf)))))
            .collect();
        if expressions.iter().all(|e| enclose(e, &point, &mut values).is_some()) {
            points.push(point);
            if points.len() == wanted {
                break;
            }
        }
    }
    points
}

/// What a comparison at points can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Nothing speaks against it.
    Consistent,
    /// Defined at fewer points than the original, or not proved to be.
    Undefined,
    /// Different from the original at one of the points.
    Different,
}

/// Compares `candidate` with `original` at points where the original is defined.
pub fn compare(original: &Scalar, candidate: &Scalar, points: &[Point]) -> Agreement {
    let mut values = Vec::new();
    for point in points {
        let Some(expected) = enclose(original, point, &mut values) else { continue };
        match enclose(candidate, point, &mut values) {
            None => return Agreement::Undefined,
            Some(found) if found.is_disjoint(&expected) => return Agreement::Different,
            Some(_) => {}
        }
    }
    Agreement::Consistent
}
