//! From enclosures to values: digits that are certain, and what is to be said where there are none.

use super::super::error::{EvaluationError, Undefined};
use super::super::point::Point;
use super::super::{Value, evaluate};
use super::ball::Ball;
use super::entry::Entry;
use super::{Claim, Proved, Stop, enclose};
use crate::evaluate::Reason;
use crate::evaluate::exact::Exact;
use crate::ir::{Graph, NodeId};
use crate::number::{Enclosure, Interval, Rational};
use crate::syntax::tree::Relation;

/// Multiplications that are done for certainty in `f64`: about two milliseconds.
const INTERVAL_WORK: usize = 1 << 16;
/// Precisions that are tried in turn, and the multiplications that are done with each.
const LEVELS: [(usize, usize); 3] = [(128, 1 << 14), (320, 1 << 13), (1200, 1 << 12)];
/// Below 2 to minus this nothing but zero is seen in `f64`.
const VANISHING: i64 = 1080;

/// Why there is no value.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// What is to be said.
    pub error: EvaluationError,
    /// The equalities that would help.
    pub claims: Vec<Claim>,
}

impl From<EvaluationError> for Doubt {
    fn from(error: EvaluationError) -> Self {
        Doubt { error, claims: Vec::new() }
    }
}

/// The simplest rational between two: the one of the smallest denominator. `None` if it has more than 64 bits.
pub(super) fn simplest(low: &Rational, high: &Rational) -> Option<Rational> {
    if *low <= Rational::ZERO && *high >= Rational::ZERO {
        return Some(Rational::ZERO);
    }
    if high.is_negative() {
        return simplest(&-high.clone(), &-low.clone()).map(|q| -q);
    }
    // Continued fractions: as long as both ends have the same whole part.
    let (mut low, mut high) = (low.clone(), high.clone());
    let mut parts: Vec<Rational> = Vec::new();
    loop {
        let whole = low.floor();
        if whole == low || high.floor() > whole {
            parts.push(if whole == low { whole } else { whole + Rational::ONE });
            break;
        }
        if parts.len() > 40 {
            return None;
        }
        let (a, b) = ((&low - &whole).reciprocal()?, (&high - &whole).reciprocal()?);
        parts.push(whole);
        (low, high) = (b, a);
    }
    let mut value = parts.pop()?;
    while let Some(part) = parts.pop() {
        value = part + value.reciprocal()?;
    }
    (value.bits() <= 64).then_some(value)
}

/// What one precision says of one entry.
enum Seen {
    Value(f64),
    Exact(Rational),
    None(Undefined),
    /// More digits are needed; with what is to be said if there are none.
    Open(Undefined),
}

/// A number that `f64` holds.
fn fitted(q: &Rational, is_scalar: bool, at: &Undefined) -> Seen {
    let near = q.to_f64();
    if !near.is_finite() {
        return Seen::None(Undefined { reason: Reason::Overflow, operand: near, ..at.clone() });
    }
    if is_scalar && !q.is_zero() && near.abs() < f64::MIN_POSITIVE {
        return Seen::None(Undefined {
            reason: Reason::Underflow,
            operand: decimal_logarithm(q),
            ..at.clone()
        });
    }
    Seen::Exact(q.clone())
}

/// `log₁₀|q|`, roughly.
fn decimal_logarithm(q: &Rational) -> f64 {
    let log = |n: num_bigint::BigInt| {
        let shift = n.bits().saturating_sub(60);
        let head = Rational::from_integer(n >> shift).to_f64().abs();
        libm::log10(head) + shift as f64 * std::f64::consts::LOG10_2
    };
    log(q.numerator()) - log(q.denominator())
}

fn seen<T: Ball>(
    entry: &Entry<T>,
    plain: Option<f64>,
    is_scalar: bool,
    is_last: bool,
    at: &Undefined,
) -> Seen {
    match entry {
        Entry::Exact(Exact::Rational(q)) => fitted(q, is_scalar, at),
        Entry::Exact(Exact::OfPi(q)) => Seen::Value(q.to_f64() * std::f64::consts::PI),
        Entry::Nothing(why) => Seen::None(why.clone()),
        Entry::Open(why) => Seen::Open(why.clone()),
        Entry::Near(value) => {
            if let Some(settled) = value.settled() {
                let interval = value.interval();
                return Seen::Value(plain.filter(|x| interval.contains(*x)).unwrap_or(settled));
            }
            let Some((low, high)) = value.ends() else {
                return Seen::Open(Undefined { reason: Reason::Overflow, ..at.clone() });
            };
            let most = Rational::from_f64(f64::MAX).unwrap_or(Rational::ZERO);
            if low > most || high < -most {
                return Seen::None(Undefined {
                    reason: Reason::Overflow,
                    operand: f64::INFINITY,
                    ..at.clone()
                });
            }
            let size = if low.abs() > high.abs() { low.abs() } else { high.abs() };
            let is_tiny = size.to_f64() < f64::MIN_POSITIVE;
            if is_tiny && !value.contains_zero() && (is_last || !is_scalar) {
                if is_scalar {
                    let operand = decimal_logarithm(&low);
                    return Seen::None(Undefined { reason: Reason::Underflow, operand, ..at.clone() });
                }
                return Seen::Value(low.to_f64());
            }
            let vanishing = Rational::TWO.power(-VANISHING, 4096).unwrap_or(Rational::ZERO);
            if is_last && size < vanishing {
                return Seen::Value(0.0);
            }
            Seen::Open(Undefined { reason: Reason::Undecided, ..at.clone() })
        }
    }
}

/// What one precision says of a node.
enum Outcome {
    Value(Value),
    /// It is proved that there is none.
    None(Undefined),
    Open(Undefined, Vec<Claim>),
}

/// All entries at one precision.
fn attempt<T: Ball>(
    (graph, node, point): (&Graph, NodeId, &Point),
    proved: &Proved,
    plain: Option<&[f64]>,
    level: (usize, usize),
    is_last: bool,
) -> Result<Outcome, Stop> {
    let (shape, entries, mut claims) = enclose::<T>(graph, node, point, proved, level)?;
    let is_scalar = shape.is_empty();
    let mut out = Vec::with_capacity(entries.len());
    let mut exact = None;
    let mut open = None;
    for (at, entry) in entries.iter().enumerate() {
        let place = Undefined { node, entry: at, reason: Reason::Undecided, operand: 0.0 };
        let own = plain.and_then(|plain| plain.get(at)).copied();
        match seen(entry, own, is_scalar, is_last, &place) {
            Seen::Value(x) => out.push(x),
            Seen::Exact(q) => {
                out.push(q.to_f64());
                exact = Some(q);
            }
            Seen::None(why) => return Ok(Outcome::None(why)),
            Seen::Open(why) => {
                if let (true, Entry::Near(value)) = (is_scalar, entry)
                    && value.contains_zero()
                {
                    claims.push(Claim::Number(node, Rational::ZERO));
                }
                open = open.or(Some(why));
            }
        }
    }
    if let Some(why) = open {
        return Ok(Outcome::Open(why, claims));
    }
    Ok(Outcome::Value(match (is_scalar, exact, out.first()) {
        (true, Some(q), _) => Value::Exact(q),
        (true, None, Some(x)) => Value::Float(*x),
        _ => Value::Tensor { shape: shape.to_vec(), entries: out },
    }))
}

/// The value of a node with digits that are proved, as far as the work stays small; beyond that the one in `f64`.
///
/// # Errors
/// As [`evaluate`]; a value that is not settled at the highest precision is an error too, with the equalities that would
/// settle it.
pub fn certified(graph: &Graph, node: NodeId, point: &Point, proved: &Proved) -> Result<Value, Doubt> {
    let plain = match evaluate(graph, &[node], point) {
        Ok(mut values) => Ok(values.swap_remove(0)),
        Err(EvaluationError::Undefined(why)) => Err(EvaluationError::Undefined(why)),
        Err(error) => return Err(error.into()),
    };
    if let Ok(Value::Exact(q)) = &plain {
        let place = Undefined { node, entry: 0, reason: Reason::Undecided, operand: 0.0 };
        return match fitted(q, true, &place) {
            Seen::None(why) => Err(EvaluationError::Undefined(why).into()),
            _ => Ok(Value::Exact(q.clone())),
        };
    }
    let floats = plain.as_ref().ok().map(Value::entries);
    let question = (graph, node, point);
    let mut outcome = attempt::<Interval>(question, proved, floats.as_deref(), (53, INTERVAL_WORK), false);
    let mut levels = LEVELS.into_iter().peekable();
    loop {
        match outcome {
            Ok(Outcome::Value(value)) => return Ok(value),
            Ok(Outcome::None(why)) => return Err(EvaluationError::Undefined(why).into()),
            Err(Stop::Error(error)) => return Err(error.into()),
            Err(Stop::Beyond) => return plain.map_err(Doubt::from),
            Ok(Outcome::Open(why, claims)) => {
                let Some(level) = levels.next() else {
                    // Exponentials beyond the range of enclosures: their logarithms are followed in f64.
                    let is_out_of_range = why.reason == Reason::Overflow;
                    if is_out_of_range && plain.as_ref().is_ok_and(|value| value.scalar() == Some(0.0)) {
                        let operand = f64::NEG_INFINITY;
                        let why = Undefined { reason: Reason::Underflow, operand, ..why };
                        return Err(EvaluationError::Undefined(why).into());
                    }
                    if is_out_of_range && plain.is_ok() {
                        return plain.map_err(Doubt::from);
                    }
                    let reason = if is_out_of_range { why.reason } else { Reason::Undecided };
                    return Err(Doubt {
                        error: EvaluationError::Undefined(Undefined { reason, ..why }),
                        claims,
                    });
                };
                outcome = attempt::<Enclosure>(question, proved, None, level, levels.peek().is_none());
            }
        }
    }
}

/// Is a relation true at a point, of every entry?
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// Of every entry.
    True,
    /// There is an entry for which it is not.
    False,
    /// A side has no value.
    Nothing,
    /// That is open; these equalities would help.
    Open(Vec<Claim>),
    /// More work than is done for certainty.
    Beyond,
}

/// Does every entry of a node stand in the relation to zero?
///
/// # Errors
/// If something is missing at the point or does not fit.
pub fn relation(
    graph: &Graph,
    (node, relation): (NodeId, Relation),
    point: &Point,
    proved: &Proved,
) -> Result<Truth, EvaluationError> {
    let mut truth = truths::<Interval>(graph, (node, relation), point, proved, (53, INTERVAL_WORK));
    let mut levels = LEVELS.into_iter();
    loop {
        match truth {
            Err(Stop::Error(error)) => return Err(error),
            Err(Stop::Beyond) => return Ok(Truth::Beyond),
            Ok(Truth::Open(claims)) => {
                let Some(level) = levels.next() else { return Ok(Truth::Open(claims)) };
                truth = truths::<Enclosure>(graph, (node, relation), point, proved, level);
            }
            Ok(truth) => return Ok(truth),
        }
    }
}

fn truths<T: Ball>(
    graph: &Graph,
    (node, relation): (NodeId, Relation),
    point: &Point,
    proved: &Proved,
    level: (usize, usize),
) -> Result<Truth, Stop> {
    let (shape, entries, mut claims) = enclose::<T>(graph, node, point, proved, level)?;
    let mut truth = Truth::True;
    for entry in &entries {
        match super::function::truth(relation, entry, level.0) {
            Ok(Some(true)) => {}
            Ok(Some(false)) => return Ok(Truth::False),
            Err(Entry::Nothing(_)) => truth = Truth::Nothing,
            Ok(None) | Err(_) => {
                if truth == Truth::True {
                    truth = Truth::Open(Vec::new());
                }
            }
        }
    }
    if let Truth::Open(open) = &mut truth {
        if shape.is_empty() {
            claims.push(Claim::Number(node, Rational::ZERO));
        }
        *open = claims;
    }
    Ok(truth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simplest_number_between() {
        let q = |n, d| Rational::fraction(n, d).unwrap();
        for (low, high, simple) in [
            (q(-1, 9), q(1, 7), q(0, 1)),
            (q(299, 100), q(301, 100), q(3, 1)),
            (q(333_333, 1_000_000), q(333_334, 1_000_000), q(1, 3)),
            (q(-301, 100), q(-299, 100), q(-3, 1)),
            (q(1, 2), q(1, 2), q(1, 2)),
        ] {
            assert_eq!(simplest(&low, &high), Some(simple));
        }
        assert!((decimal_logarithm(&Rational::integer(10).power(-400, 4096).unwrap()) + 400.0).abs() < 1e-9);
    }
}
