//! The rules as a whole: readable, uniquely named, right wherever their left side is defined, and tested sharply enough
//! that a slip in any of them would be seen.

use rustc_hash::FxHashMap;

use super::pattern::Pattern;
use super::read::Letters;
use super::rule::{Line, Requirement, Rule, lines};
use super::sign::Sign;
use super::witness::{Point, enclose};
use crate::function::Class;
use crate::ir::scalar::{Operation, Scalar, ScalarBuilder};
use crate::number::{Interval, Rational};

/// Both sides as expressions over the same leaves.
fn sides(line: &Line) -> (Scalar, Scalar, Vec<String>) {
    let mut letters = Letters::default();
    let left = Pattern::read(line.left, &mut letters).expect("left");
    let right = Pattern::read(line.right, &mut letters).expect("right");
    (left.to_scalar(), right.to_scalar(), letters.0)
}

/// Values for each letter: special ones, then scattered ones; letters that must be exact get exact numbers.
fn samples(count: usize, requirements: &[(u8, Requirement)]) -> Vec<Vec<Rational>> {
    const SPECIAL: [(i64, i64); 12] =
        [(1, 1), (-1, 1), (2, 1), (0, 1), (1, 2), (-1, 2), (3, 1), (-2, 1), (5, 4), (-3, 4), (-3, 1), (1, 3)];
    let value = |trial: usize, letter: usize| -> Rational {
        // Mixed radix over the special values, then multiples of 1/16 in (−4, 4).
        let special = SPECIAL.len();
        let (n, d) = if trial < 1_200 {
            SPECIAL[(trial / special.pow(letter as u32 % 3) + letter / 3) % special]
        } else {
            let h = (trial as u64 * 2_654_435_761 + letter as u64 * 40_503_761) % 1_000_003;
            ((h % 128) as i64 - 64, 16)
        };
        Rational::fraction(n, d).unwrap_or_default()
    };
    (0..2_000)
        .map(|trial| (0..count).map(|letter| value(trial, letter)).collect::<Vec<_>>())
        .filter(|values| {
            requirements.iter().all(|(variable, requirement)| {
                let value = &values[usize::from(*variable)];
                match requirement {
                    Requirement::Sign(sign) => Sign::of(value).is_within(*sign),
                    Requirement::Integer => value.is_integer(),
                    Requirement::Even => value.is_integer() && value.is_even(),
                    Requirement::Odd => value.is_integer() && !value.is_even(),
                    Requirement::Literal => true,
                }
            })
        })
        .collect()
}

/// The expression with numbers for its leaves, so that exact exponents are seen as such.
fn with_numbers(expression: &Scalar, values: &[Rational]) -> Scalar {
    let mut builder = ScalarBuilder::default();
    let mut places = Vec::new();
    for operation in expression.nodes() {
        let place = match operation {
            Operation::Leaf(leaf) => builder.add(Operation::Number(values[*leaf as usize].clone())),
            other => {
                let other = other.map(|a| places[a as usize]);
                let number = |a: u32| match builder.node(a) {
                    Operation::Number(q) => Some(q.clone()),
                    _ => None,
                };
                // Exponents are computed, as the e-graph does.
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

fn value_at(expression: &Scalar, values: &[Rational]) -> Option<Interval> {
    let mut scratch = Vec::new();
    enclose(&with_numbers(expression, values), &Point::default(), &mut scratch)
}

/// At how many samples the sides agree, and the first at which they do not.
fn verify(left: &Scalar, right: &Scalar, samples: &[Vec<Rational>]) -> (usize, Option<Vec<Rational>>) {
    let mut agreed = 0;
    for values in samples {
        let Some(expected) = value_at(left, values) else { continue };
        match value_at(right, values) {
            Some(found) if !found.is_disjoint(&expected) => agreed += 1,
            _ => return (agreed, Some(values.clone())),
        }
    }
    (agreed, None)
}

fn in_force() -> Vec<(Line, Rule)> {
    lines()
        .into_iter()
        .filter(|line| line.struck_out.is_none() && line.class != Class::Branch)
        .filter_map(|line| Rule::read(&line).ok().map(|rule| (line, rule)))
        .collect()
}

#[test]
fn every_rule_is_readable() {
    for line in lines() {
        if line.struck_out.is_none()
            && line.class != Class::Branch
            && let Err(error) = Rule::read(&line)
        {
            // An order of two letters is a condition that the sign analysis cannot prove; such a rule waits.
            assert!(line.condition.contains(">= y"), "{}: {error:?}", line.name);
        }
    }
}

#[test]
fn names_are_unique() {
    let mut seen: FxHashMap<&str, (&str, &str)> = FxHashMap::default();
    for line in lines() {
        if let Some((left, right)) = seen.insert(line.name, (line.left, line.right)) {
            assert!(left == line.right && right == line.left, "{} is the name of two rules", line.name);
        }
    }
}

#[test]
fn every_rule_holds_wherever_its_left_side_is_defined() {
    for (line, rule) in in_force() {
        let (left, right, letters) = sides(&line);
        let (agreed, failed) = verify(&left, &right, &samples(letters.len(), &rule.requirements));
        assert!(
            failed.is_none(),
            "{}: {} -> {} fails at {letters:?} = {failed:?}",
            line.name,
            line.left,
            line.right
        );
        assert!(agreed >= 5, "{}: compared at {agreed} points only", line.name);
    }
}

#[test]
fn only_rules_that_keep_the_domain_go_both_ways() {
    let lines = lines();
    for line in &lines {
        if line.struck_out.is_none() && line.class == Class::ExtendOnly {
            let reversed = lines.iter().any(|other| {
                other.struck_out.is_none()
                    && other.condition.is_empty()
                    && other.left == line.right
                    && other.right == line.left
            });
            assert!(!reversed, "{} widens the domain and is reversed", line.name);
        }
    }
}

#[test]
fn rejected_rules_still_fail() {
    let mut count = 0;
    for line in lines() {
        if line.struck_out.is_none() {
            continue;
        }
        count += 1;
        let (left, right, letters) = sides(&line);
        let (_, failed) = verify(&left, &right, &samples(letters.len(), &[]));
        assert!(failed.is_some(), "{} was rejected and holds at every sample", line.name);
    }
    assert!(count >= 8);
}

/// Slips in an expression: a number one larger, a sign more, a sum for a difference, an operand exchanged.
fn mutants(right: &Scalar) -> Vec<Scalar> {
    let nodes = right.nodes();
    let rebuild = |change: &dyn Fn(usize, &Operation, &mut ScalarBuilder) -> Option<u32>| {
        let mut builder = ScalarBuilder::default();
        let mut places: Vec<u32> = Vec::new();
        for (at, operation) in nodes.iter().enumerate() {
            let moved = operation.map(|a| places[a as usize]);
            let place = change(at, &moved, &mut builder).unwrap_or_else(|| builder.add(moved));
            places.push(place);
        }
        builder.finish(*places.last().expect("not empty"))
    };
    let mut all = Vec::new();
    for target in 0..nodes.len() {
        all.push(rebuild(&|at, operation, builder| match operation {
            Operation::Number(q) if at == target => Some(builder.add(Operation::Number(q + &Rational::ONE))),
            _ => None,
        }));
        all.push(rebuild(&|at, operation, builder| {
            (at == target).then(|| {
                let place = builder.add(operation.clone());
                builder.add(Operation::Negate(place))
            })
        }));
        all.push(rebuild(&|at, operation, builder| match operation {
            Operation::Add(a, b) if at == target => Some(builder.add(Operation::Multiply(*a, *b))),
            Operation::Multiply(a, b) if at == target => Some(builder.add(Operation::Add(*a, *b))),
            Operation::Negate(a) if at == target => Some(*a),
            Operation::Power(a, b) if at == target => Some(builder.add(Operation::Power(*b, *a))),
            _ => None,
        }));
    }
    all.retain(|mutant| mutant != right);
    all
}

#[test]
fn a_slip_in_a_rule_is_seen() {
    let (mut killed, mut survived) = (0, Vec::new());
    for (line, rule) in in_force() {
        let (left, right, letters) = sides(&line);
        // One sample in seven: enough to see a slip, and there are thousands of slips.
        let all = samples(letters.len(), &rule.requirements);
        let samples: Vec<_> = all.into_iter().step_by(7).collect();
        for mutant in mutants(&right) {
            let (_, failed) = verify(&left, &mutant, &samples);
            if failed.is_some() {
                killed += 1;
            } else if verify(&right, &mutant, &samples).1.is_some() {
                // Otherwise it is no slip: −0, the square of a negative, an even function of one.
                survived.push((line.name, line.right, mutant));
            }
        }
    }
    assert!(survived.is_empty(), "{survived:?}");
    assert!(killed > 1_000, "{killed}");
}
