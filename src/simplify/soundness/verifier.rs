//! Tries a rule: values and definedness of both sides at special and scattered points, beyond `f64` at some of them, and
//! enclosures over boxes.

use super::super::pattern::Pattern;
use super::super::read::Letters;
use super::super::rule::Line;
use crate::evaluate;
use crate::function::Class;
use crate::ir::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use crate::number::{Interval, Rational};

/// A value for each letter of a rule.
pub type Values = Vec<Rational>;

/// Numbers at which something happens to somebody.
const SPECIAL: [(i64, i64); 12] =
    [(1, 1), (-1, 1), (2, 1), (0, 1), (1, 2), (-1, 2), (3, 1), (-2, 1), (5, 4), (-3, 4), (-3, 1), (1, 3)];

/// Points with special values before scattered ones.
const SPECIAL_POINTS: usize = 1_200;

/// All points that are tried.
const POINTS: usize = 2_000;

/// Bits of the values that are compared beyond `f64`.
const BITS: usize = 200;

/// Every so many points the values are compared beyond `f64`.
const PRECISE_STEP: usize = 23;

/// What a condition of a rule says; both sides of a comparison are written like rules.
enum Clause {
    Integer(usize),
    Even(usize),
    Odd(usize),
    /// Any number will do: a letter is one here.
    Literal,
    Compare(Scalar, fn(&Rational, &Rational) -> bool, Scalar),
}

/// A rule on trial.
pub struct Case {
    pub left: Scalar,
    pub right: Scalar,
    pub letters: Vec<String>,
    /// The class decides whether the right side may be defined at more points.
    pub widens: bool,
    clauses: Vec<Clause>,
}

/// How a rule fails.
#[derive(Debug, PartialEq)]
pub enum Fault {
    /// The sides have different values.
    Value,
    /// The right side has no value, or none that is proved, where the left one has.
    Shrinks,
    /// The left side has no value where the right one has, against the class.
    Widens,
}

impl Case {
    pub fn new(line: &Line) -> Case {
        let mut letters = Letters::default();
        let left = Pattern::read(line.left, &mut letters).expect("left").to_scalar();
        let right = Pattern::read(line.right, &mut letters).expect("right").to_scalar();
        let clauses = line.condition.split(" and ").filter(|c| !c.trim().is_empty());
        let clauses = clauses.map(|text| clause(text.trim(), &mut letters)).collect();
        let widens = line.class == Class::ExtendOnly;
        Case { left, right, letters: letters.0, widens, clauses }
    }

    /// How many conditions it has.
    pub fn conditions(&self) -> usize {
        self.clauses.len()
    }

    /// Forgets a condition.
    pub fn without_condition(&mut self, at: usize) {
        self.clauses.remove(at);
    }

    /// The letters that stand for integers.
    pub fn integers(&self) -> Vec<usize> {
        let letter = |clause: &Clause| match clause {
            Clause::Integer(at) | Clause::Even(at) | Clause::Odd(at) => Some(*at),
            _ => None,
        };
        self.clauses.iter().filter_map(letter).collect()
    }

    /// Whether all of them may be this one.
    pub fn is_allowed_integer(&self, n: &Rational) -> bool {
        self.clauses.iter().all(|clause| match clause {
            Clause::Even(_) => n.is_even(),
            Clause::Odd(_) => !n.is_even(),
            _ => true,
        })
    }

    fn is_allowed(&self, values: &[Rational]) -> bool {
        self.clauses.iter().all(|clause| match clause {
            Clause::Integer(letter) => values[*letter].is_integer(),
            Clause::Even(letter) => values[*letter].is_integer() && values[*letter].is_even(),
            Clause::Odd(letter) => values[*letter].is_integer() && !values[*letter].is_even(),
            Clause::Literal => true,
            Clause::Compare(a, holds, b) => match (number(a, values), number(b, values)) {
                (Some(a), Some(b)) => holds(&a, &b),
                _ => false,
            },
        })
    }

    /// The points that meet the conditions.
    pub fn points(&self) -> Vec<Values> {
        let value = |trial: usize, letter: usize| -> Rational {
            let (n, d) = if trial < SPECIAL_POINTS {
                // Mixed radix over the special values, then multiples of 1/16 in (−4, 4).
                let special = SPECIAL.len();
                SPECIAL[(trial / special.pow(letter as u32 % 3) + letter / 3) % special]
            } else {
                let h = (trial as u64 * 2_654_435_761 + letter as u64 * 40_503_761) % 1_000_003;
                ((h % 128) as i64 - 64, 16)
            };
            Rational::fraction(n, d).unwrap_or_default()
        };
        (0..POINTS)
            .map(|trial| (0..self.letters.len()).map(|letter| value(trial, letter)).collect::<Values>())
            .filter(|values| self.is_allowed(values))
            .collect()
    }

    /// What is wrong at a point; `Ok(true)` if both sides have values there.
    pub fn at(&self, values: &[Rational], beyond: bool) -> Result<bool, Fault> {
        let (left, right) = (with_numbers(&self.left, values), with_numbers(&self.right, values));
        let (p, q) = (evaluate::interval(&left, &[]), evaluate::interval(&right, &[]));
        match (p.is_defined(), q.is_defined()) {
            (true, true) => {
                let differ = beyond
                    && match (evaluate::precise_at(&left, &[], BITS), evaluate::precise_at(&right, &[], BITS))
                    {
                        (Some(p), Some(q)) => p.is_disjoint(&q),
                        _ => false,
                    };
                if p.is_disjoint(&q) || differ { Err(Fault::Value) } else { Ok(true) }
            }
            (true, false) => Err(Fault::Shrinks),
            (false, true) if !self.widens && is_undefined(&left) => Err(Fault::Widens),
            _ => Ok(false),
        }
    }

    /// At how many of the points both sides have values, and what is wrong with the rule, if anything.
    pub fn verify(&self, points: &[Values]) -> (usize, Option<(Values, Fault)>) {
        let mut agreed = 0;
        for (number, values) in points.iter().enumerate() {
            match self.at(values, number % PRECISE_STEP == 0) {
                Ok(compared) => agreed += usize::from(compared),
                Err(fault) => return (agreed, Some((values.clone(), fault))),
            }
        }
        (agreed, None)
    }

    /// Compares enclosures over boxes around the points. Letters with a condition stay numbers: a box may leave it.
    pub fn verify_boxes(&self, points: &[Values]) -> Result<usize, Values> {
        let mut compared = 0;
        for (trial, values) in points.iter().enumerate() {
            if !self.clauses.is_empty() {
                continue;
            }
            let width = [1e-12, 1e-6, 1e-3, 0.05, 0.4][trial % 5];
            let boxes: Vec<Interval> = values
                .iter()
                .map(|q| {
                    let middle = q.to_f64();
                    Interval::new(middle - width, middle + width)
                })
                .collect();
            let (p, q) = (evaluate::interval(&self.left, &boxes), evaluate::interval(&self.right, &boxes));
            if p.is_defined() && q.is_defined() {
                compared += 1;
                if p.is_disjoint(&q) {
                    return Err(values.clone());
                }
            }
        }
        Ok(compared)
    }
}

fn clause(text: &str, letters: &mut Letters) -> Clause {
    let letter = |prefix: &str| {
        let name = text.strip_prefix(prefix)?.strip_suffix(')')?;
        letters.find(name.trim()).map(usize::from)
    };
    match (letter("integer("), letter("even("), letter("odd("), letter("literal(")) {
        (Some(at), ..) => Clause::Integer(at),
        (_, Some(at), ..) => Clause::Even(at),
        (_, _, Some(at), _) => Clause::Odd(at),
        (.., Some(_)) => Clause::Literal,
        _ => {
            let relations: [(&str, fn(&Rational, &Rational) -> bool); 5] = [
                ("<=", |a, b| a <= b),
                (">=", |a, b| a >= b),
                ("!=", |a, b| a != b),
                ("<", |a, b| a < b),
                (">", |a, b| a > b),
            ];
            let found = relations.iter().find_map(|(sign, holds)| Some((text.split_once(sign)?, *holds)));
            let ((a, b), holds) = found.unwrap_or_else(|| panic!("condition {text:?}"));
            let mut side = |text: &str| Pattern::read(text.trim(), letters).expect("a side").to_scalar();
            Clause::Compare(side(a), holds, side(b))
        }
    }
}

/// A number near the value, exact for a letter or a number.
fn number(expression: &Scalar, values: &[Rational]) -> Option<Rational> {
    let expression = with_numbers(expression, values);
    evaluate::exact(&expression, &[]).ok().or_else(|| {
        let value = evaluate::interval(&expression, &[]);
        Rational::from_f64(value.middle())
    })
}

/// Whether there is proved to be no value.
fn is_undefined(expression: &Scalar) -> bool {
    use evaluate::{NotExact, Reason};
    match evaluate::exact(expression, &[]) {
        Ok(_) => false,
        Err(NotExact::Undefined(_)) => true,
        Err(_) => match evaluate::float(expression, &[]) {
            Err(undefined) if undefined.reason != Reason::Overflow => {
                evaluate::precise_at(expression, &[], BITS).is_none()
            }
            _ => false,
        },
    }
}

/// The expression with numbers for its leaves, so that exact exponents are seen as such.
pub fn with_numbers(expression: &Scalar, values: &[Rational]) -> Scalar {
    let mut builder = ScalarBuilder::default();
    let mut places: Vec<Ref> = Vec::new();
    for operation in expression.nodes() {
        let place = match operation {
            Operation::Leaf(leaf) => builder.add(Operation::Number(values[*leaf as usize].clone())),
            other => {
                let other = other.map(|a| places[a as usize]);
                let number = |a: Ref| match builder.node(a) {
                    Operation::Number(q) => Some(q.clone()),
                    _ => None,
                };
                // Exponents are computed, as the graph does.
                let folded = match &other {
                    Operation::Negate(a) => number(*a).map(|q| -q),
                    Operation::Add(a, b) => number(*a).zip(number(*b)).map(|(a, b)| &a + &b),
                    Operation::Multiply(a, b) => number(*a).zip(number(*b)).map(|(a, b)| &a * &b),
                    _ => None,
                };
                match folded {
                    Some(q) => builder.add(Operation::Number(q)),
                    None => builder.add(other),
                }
            }
        };
        places.push(place);
    }
    builder.finish(*places.last().expect("not empty"))
}
