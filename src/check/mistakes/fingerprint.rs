//! Values of a formula at a few fixed points, to tell formulas apart before the prover is asked. They decide nothing else.

use crate::function;
use crate::syntax::tree::{Kind, Tree};

/// How many points.
const POINTS: usize = 16;

/// Values at the points; NaN where there is none.
#[derive(Clone, Debug)]
pub(super) struct Fingerprint([f64; POINTS]);

impl Fingerprint {
    pub fn of(tree: &Tree) -> Self {
        let mut values = [f64::NAN; POINTS];
        for (number, value) in values.iter_mut().enumerate() {
            *value = evaluate(tree, number);
        }
        Fingerprint(values)
    }

    /// Is it undefined at all points?
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|value| !value.is_finite())
    }

    /// Does a formula agree wherever both have values, and at one point at least? Most differ at the first.
    pub fn is_of(&self, tree: &Tree) -> bool {
        let mut common = 0;
        for (number, a) in self.0.iter().enumerate().filter(|(_, a)| a.is_finite()) {
            let b = evaluate(tree, number);
            if b.is_finite() {
                if (a - b).abs() > 1e-7 * a.abs().max(b.abs()).max(1e-6) {
                    return false;
                }
                common += 1;
            }
        }
        common > 0
    }
}

/// Is there a point, among many tried, at which all of the first formulas have values and the last has none? `None` if these
/// have values nowhere. It decides what is worth saying, not what is true.
pub(super) fn loses_points(before: &[Tree], after: &Tree) -> Option<bool> {
    let mut common = false;
    for number in 0..96 {
        if before.iter().all(|tree| evaluate(tree, number).is_finite()) {
            common = true;
            if evaluate(after, number).is_nan() {
                return Some(true);
            }
        }
    }
    common.then_some(false)
}

/// A value for a name: the same in every run, another one at every point, of both signs.
fn value_of(name: &str, number: usize) -> f64 {
    let mut hash = 0x9e37_79b9_u32.wrapping_add((number as u32).wrapping_mul(0x85eb_ca6b));
    for byte in name.bytes() {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        hash ^= hash >> 15;
    }
    let unit = f64::from(hash % 9973) / 9973.0;
    // Small positive values first: they keep logarithms, roots and exponentials in range.
    match number % 5 {
        0 => 0.2 + unit,
        1 => 0.6 + 1.7 * unit,
        2 => -1.4 + 2.1 * unit,
        3 => -5.0 + 10.0 * unit,
        _ => 2.0 + 7.0 * unit,
    }
}

fn evaluate(tree: &Tree, number: usize) -> f64 {
    match &tree.kind {
        Kind::Number(q) => q.to_f64(),
        Kind::Name(name) => match name.as_str() {
            "pi" | "π" => std::f64::consts::PI,
            "e" => std::f64::consts::E,
            _ => value_of(name, number),
        },
        Kind::Sum(terms) => terms.iter().map(|term| evaluate(term, number)).sum(),
        Kind::Product(factors) | Kind::Hadamard(factors) => {
            factors.iter().map(|f| evaluate(f, number)).product()
        }
        Kind::Quotient(a, b) => evaluate(a, number) / evaluate(b, number),
        Kind::Negate(a) => -evaluate(a, number),
        Kind::Power(a, b) => {
            let (base, exponent) = (evaluate(a, number), evaluate(b, number));
            if exponent == exponent.trunc() && exponent.abs() < 64.0 {
                let mut value = 1.0;
                for _ in 0..exponent.abs() as usize {
                    value *= base;
                }
                if exponent < 0.0 { 1.0 / value } else { value }
            } else if base > 0.0 {
                libm::pow(base, exponent)
            } else {
                f64::NAN
            }
        }
        Kind::Call { name, primes: 0, arguments } => match function::lookup(name) {
            Some(id) => {
                let arguments: Vec<f64> = arguments.iter().map(|a| evaluate(a, number)).collect();
                function::row(id).float(&arguments)
            }
            None => f64::NAN,
        },
        _ => f64::NAN,
    }
}
