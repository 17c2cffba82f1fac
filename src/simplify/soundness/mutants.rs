//! Slips in rules. Every one must be seen by the verifier, or be proved to be no slip.

use super::super::TableDefinitions;
use super::rules::in_force;
use super::verifier::Case;
use crate::function::{self, Function};
use crate::ir::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use crate::normal::{self, Limits};
use crate::number::Rational;

/// Every so many points are enough to see a slip; there are thousands of slips.
const STEP: usize = 7;

/// Slips in an expression over `letters` letters: a number one larger or doubled, a sign more or less, a sum for a
/// product, operands exchanged, another letter, another function.
pub fn mutants(right: &Scalar, letters: usize) -> Vec<Scalar> {
    let nodes = right.nodes();
    let rebuild = |target: usize, change: &dyn Fn(&Operation, &mut ScalarBuilder) -> Option<Ref>| {
        let mut builder = ScalarBuilder::default();
        let mut places: Vec<Ref> = Vec::new();
        for (at, operation) in nodes.iter().enumerate() {
            let moved = operation.map(|a| places[a as usize]);
            let changed = if at == target { change(&moved, &mut builder) } else { None };
            places.push(changed.unwrap_or_else(|| builder.add(moved)));
        }
        builder.finish(*places.last().expect("not empty"))
    };
    let mut all = Vec::new();
    for (target, operation) in nodes.iter().enumerate() {
        let mut replace = |change: &dyn Fn(&Operation, &mut ScalarBuilder) -> Option<Ref>| {
            all.push(rebuild(target, change));
        };
        replace(&|operation, builder| {
            let place = builder.add(operation.clone());
            Some(builder.add(Operation::Negate(place)))
        });
        match operation {
            Operation::Number(q) => {
                for other in [q + &Rational::ONE, q - &Rational::ONE, q + q] {
                    replace(&|_, builder| Some(builder.add(Operation::Number(other.clone()))));
                }
            }
            Operation::Leaf(own) => {
                for other in (0..letters as u32).filter(|other| other != own) {
                    replace(&|_, builder| Some(builder.add(Operation::Leaf(other))));
                }
            }
            Operation::Call(Function::Known(id), arguments) => {
                let arity = arguments.len();
                for (other, row) in function::all() {
                    if other != *id && row.is_elementwise() && !row.shorthand && row.parameters.len() == arity
                    {
                        replace(&|moved, builder| match moved {
                            Operation::Call(_, arguments) => {
                                Some(builder.add(Operation::Call(Function::Known(other), arguments.clone())))
                            }
                            _ => None,
                        });
                    }
                }
                replace(&|moved, _| match moved {
                    Operation::Call(_, arguments) => arguments.first().copied(),
                    _ => None,
                });
            }
            _ => replace(&|moved, builder| match moved {
                Operation::Add(a, b) => Some(builder.add(Operation::Multiply(*a, *b))),
                Operation::Multiply(a, b) => Some(builder.add(Operation::Add(*a, *b))),
                Operation::Negate(a) => Some(*a),
                Operation::Power(a, b) => Some(builder.add(Operation::Power(*b, *a))),
                _ => None,
            }),
        }
        // One operand alone.
        replace(&|moved, _| match moved {
            Operation::Add(a, _) | Operation::Multiply(a, _) | Operation::Power(a, _) => Some(*a),
            _ => None,
        });
        replace(&|moved, _| match moved {
            Operation::Add(_, b) | Operation::Multiply(_, b) => Some(*b),
            _ => None,
        });
    }
    all.retain(|mutant| mutant != right);
    all
}

/// Whether a mutant is proved to be the same. Letters that stand for integers are tried as some of them.
fn is_proved_equal(case: &Case, right: &Scalar, mutant: &Scalar, limits: &Limits) -> bool {
    let proved = |a: &Scalar, b: &Scalar| normal::equal(a, b, &TableDefinitions, limits).is_some();
    let integers = case.integers();
    if integers.is_empty() {
        return proved(right, mutant);
    }
    [2, 3, 4, -1, -2].iter().map(|n| Rational::integer(*n)).filter(|n| case.is_allowed_integer(n)).all(|n| {
        let with = |expression: &Scalar| with_integers(expression, &integers, &n);
        proved(&with(right), &with(mutant))
    })
}

fn with_integers(expression: &Scalar, letters: &[usize], n: &Rational) -> Scalar {
    let mut builder = ScalarBuilder::default();
    let mut places: Vec<Ref> = Vec::new();
    for operation in expression.nodes() {
        let moved = match operation {
            Operation::Leaf(leaf) if letters.contains(&(*leaf as usize)) => Operation::Number(n.clone()),
            other => other.map(|a| places[a as usize]),
        };
        places.push(builder.add(moved));
    }
    builder.finish(*places.last().expect("not empty"))
}

#[test]
fn a_slip_in_a_rule_is_seen() {
    let (mut killed, mut equivalent, mut survived) = (0, 0, Vec::new());
    let limits = Limits::default();
    for (line, _) in in_force() {
        let mut case = Case::new(&line);
        let points: Vec<_> = case.points().into_iter().step_by(STEP).collect();
        let right = case.right.clone();
        for mutant in mutants(&right, case.letters.len()) {
            case.right = mutant.clone();
            // The class is not what is on trial: a slip that only loses a domain is seen as one.
            if case.verify(&points).1.is_some() {
                killed += 1;
            } else if is_proved_equal(&case, &right, &mutant, &limits) {
                equivalent += 1;
            } else {
                survived.push(format!("{}: {} -> {mutant:?}", line.name, line.right));
            }
        }
    }
    println!("{killed} slips seen, {equivalent} proved to be none, {} left", survived.len());
    assert!(survived.is_empty(), "{}\n{}", survived.len(), survived.join("\n"));
    assert!(killed > 9_000, "{killed}");
}

/// A condition that could be left out would only keep a rule from its work, or hide that nobody tries the rule where it
/// matters.
#[test]
fn no_condition_can_be_left_out() {
    let mut idle = Vec::new();
    let mut needed = 0;
    for (line, _) in in_force() {
        let count = Case::new(&line).conditions();
        for at in 0..count {
            let text = line.condition.split(" and ").nth(at).unwrap_or_default();
            // Literals only keep the graph small.
            if text.contains("literal(") {
                continue;
            }
            let mut case = Case::new(&line);
            case.without_condition(at);
            if case.verify(&case.points()).1.is_some() {
                needed += 1;
            } else {
                idle.push(format!("{}: {text}", line.name));
            }
        }
    }
    println!("{needed} conditions are needed");
    assert!(idle.is_empty(), "{}", idle.join("\n"));
}
