//! Where a formula of one variable is zero, with proof: brackets at whose ends it has different signs, and in which it is
//! continuous. What is not found may be there all the same.

use crate::check::decide::number::interval;
use crate::number::{Interval, Rational};
use crate::syntax::tree::Tree;

/// Steps of a bisection: from a grid to the last bits.
const HALVINGS: usize = 70;
/// A bracket that is wider than this may hold a jump.
const NARROW: f64 = 1e-6;
/// Nobody lists more.
const MOST_ROOTS: usize = 12;

/// A place at which a formula is proved to be zero.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Root {
    /// It is in here.
    pub bracket: Interval,
}

impl Root {
    pub fn about(&self) -> f64 {
        self.bracket.middle()
    }

    /// The fraction of small numbers that it may be.
    pub fn fraction(&self) -> Option<Rational> {
        let x = self.about();
        (1..=60i64).find_map(|below| {
            let above = (x * below as f64).round();
            let near = (above / below as f64 - x).abs() <= 1e-9 * x.abs().max(1.0);
            (near && above.abs() < 1e6).then(|| Rational::fraction(above as i64, below)).flatten()
        })
    }
}

/// All values of the formula where the names are in these intervals.
pub(super) fn value(tree: &Tree, at: &[(String, Interval)]) -> Interval {
    let of = |name: &str| at.iter().find(|(own, _)| own == name).map(|(_, value)| *value);
    interval(tree, &of, &|_, q| Interval::from_rational(q))
}

/// Zeros of the formula in a variable, the others being given.
pub(super) fn roots(tree: &Tree, variable: &str, others: &[(String, Interval)]) -> Vec<Root> {
    let mut at = others.to_vec();
    at.push((variable.to_owned(), Interval::ZERO));
    let last = at.len() - 1;
    let mut of = |x: Interval| {
        if let Some(place) = at.get_mut(last) {
            place.1 = x;
        }
        value(tree, &at)
    };
    let mut found: Vec<Root> = Vec::new();
    let mut before: Option<(f64, bool)> = None;
    for x in grid() {
        let here = of(Interval::point(x));
        if here.is_defined() && here.low == 0.0 && here.high == 0.0 {
            found.push(Root { bracket: Interval::point(x) });
            before = None;
        } else if here.is_defined() && here.is_nonzero() {
            let sign = here.is_positive();
            if let Some((from, own)) = before
                && own != sign
                && let Some(root) = bisect(from, x, own, &mut of)
            {
                found.push(root);
            }
            before = Some((x, sign));
        } else if !here.is_defined() {
            before = None;
        }
        if found.len() > MOST_ROOTS {
            break;
        }
    }
    found
}

/// Places that people's numbers are near to: eighths near zero, tenths, then whole numbers.
fn grid() -> Vec<f64> {
    let mut points: Vec<f64> = (-160..=160).map(|k| f64::from(k) / 16.0).collect();
    points.extend((11..=100).flat_map(|k| [f64::from(k), -f64::from(k)]));
    points.extend((1..=20).flat_map(|k| [f64::from(k) * 50.0 + 100.0, -f64::from(k) * 50.0 - 100.0]));
    points.extend((1..=12).flat_map(|k| [0.06 / f64::from(1 << k), -0.06 / f64::from(1 << k)]));
    points.sort_by(f64::total_cmp);
    points
}

fn bisect(
    mut low: f64,
    mut high: f64,
    is_positive: bool,
    of: &mut dyn FnMut(Interval) -> Interval,
) -> Option<Root> {
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        let here = of(Interval::point(middle));
        if !here.is_defined() {
            return None;
        }
        if here.low == 0.0 && here.high == 0.0 {
            return Some(Root { bracket: Interval::point(middle) });
        }
        if here.contains_zero() {
            // As near as the arithmetic goes.
            break;
        }
        if here.is_positive() == is_positive { low = middle } else { high = middle }
    }
    let bracket = Interval::new(low, high);
    let inside = of(bracket);
    let scale = low.abs().max(1.0);
    // A jump is as wide however narrow the bracket is.
    (bracket.width() <= NARROW * scale && inside.is_defined() && inside.width() <= 1e-3)
        .then_some(Root { bracket })
}
