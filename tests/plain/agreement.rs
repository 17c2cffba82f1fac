//! Whether two expressions agree, judged by enclosures alone: nothing is tolerated and nothing is guessed.

use symdiff::evaluate::{Reason, float, interval, intervals, precise_at};
use symdiff::ir::scalar::{Operation, Scalar};
use symdiff::number::{Interval, Rational};

/// Points with coordinates of both signs, away from the places where functions have their kinks and poles.
pub fn points() -> Vec<[Rational; 3]> {
    const COORDINATES: [[i64; 3]; 10] = [
        [93, 171, 77],
        [-57, 203, 341],
        [211, -99, 45],
        [-133, -301, -219],
        [401, 55, -187],
        [37, 23, 11],
        [-29, 643, -405],
        [777, 519, 1283],
        [1029, -2051, 99],
        [5, -7, 3],
    ];
    let part = |n: i64| Rational::fraction(n, 128).unwrap_or(Rational::ONE);
    COORDINATES.iter().map(|c| c.map(part)).collect()
}

/// Why the second expression cannot stand for the first.
#[derive(Debug, PartialEq)]
pub enum Disagreement {
    /// Their values differ.
    Value { at: Vec<String>, before: String, after: String },
    /// The first has a value and the second has none.
    Domain { at: Vec<String>, before: String, after: String },
}

/// Compares two expressions in the same leaves; the second may be defined at more places, not at fewer.
///
/// # Errors
/// The first point that proves otherwise.
pub fn compare(before: &Scalar, after: &Scalar) -> Result<usize, Disagreement> {
    let mut compared = 0;
    for point in points() {
        let enclosed: Vec<Interval> = point.iter().map(Interval::from_rational).collect();
        let parts = intervals(before, &enclosed);
        let Some(first) = parts.last().copied().filter(|last| last.is_defined()) else { continue };
        let second = interval(after, &enclosed);
        let at = || point.iter().map(ToString::to_string).collect();
        if second.is_defined() {
            compared += 1;
            if first.is_disjoint(&second) {
                let (before, after) = (format!("{first:?}"), format!("{second:?}"));
                return Err(Disagreement::Value { at: at(), before, after });
            }
            continue;
        }
        // beyond the range of f64 it is the numbers that end, not the domain
        let is_beyond = |part: &Interval| {
            let ends = [part.low, part.high];
            ends.iter().any(|end| end.is_infinite() || (*end != 0.0 && end.abs() < 1e-290))
        };
        if parts.iter().chain(&intervals(after, &enclosed)).any(is_beyond)
            || has_power_of_zero(before, &parts)
        {
            continue;
        }
        // Enclosures may be too wide to prove that there is a value; more digits and plain floats must fail as well.
        let floats: Vec<f64> = point.iter().map(Rational::to_f64).collect();
        match float(after, &floats) {
            Ok(_) => {}
            Err(undefined) if undefined.reason == Reason::Overflow => {}
            Err(undefined) => {
                if [128, 512].iter().all(|bits| precise_at(after, &point, *bits).is_none()) {
                    let before = format!("{first:?}");
                    return Err(Disagreement::Domain { at: at(), before, after: undefined.to_string() });
                }
            }
        }
    }
    Ok(compared)
}

/// Whether a base that may be zero has an exponent that is no number: formulas state a base above zero there.
fn has_power_of_zero(expression: &Scalar, values: &[Interval]) -> bool {
    expression.nodes().iter().any(|operation| match operation {
        Operation::Power(base, exponent) => {
            !matches!(expression.node(*exponent), Operation::Number(_))
                && values[*base as usize].contains_zero()
        }
        _ => false,
    })
}
