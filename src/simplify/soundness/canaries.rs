//! Wrong rules put into the graph on purpose: the witnesses must catch them and say which rule it was.

use super::super::TableDefinitions;
use super::super::analysis::{Domain, WITNESSES};
use super::super::pattern::{Part, Pattern};
use super::super::rule::{Line, Rule, Tier, lines};
use super::super::saturate::{Budget, Seed, pulse_with};
use super::super::sign::LeafFacts;
use super::super::witness;
use super::mutants::mutants;
use super::rules::in_force;
use super::verifier::Case;
use crate::ir::scalar::{Operation, Scalar};
use crate::normal::{self, Limits};

const BUDGET: Budget = Budget { nodes: 300, rounds: 2, matches: 50, tier: Tier::Default };

/// Lets a wrong rule work on its own left side; `Some` is the contradiction that was noticed.
fn caught(input: &Scalar, rule: Rule, bits: usize) -> Option<String> {
    let leaves = witness::leaves(input);
    let points = witness::find(&[input], &leaves, &LeafFacts::none(), WITNESSES, 0);
    assert!(!points.is_empty(), "no witness");
    let domain = Domain::new(&leaves, &points, &LeafFacts::none()).with_bits(bits);
    let seed = Seed { whole: vec![input.clone()], parts: Vec::new() };
    // Rules live as long as the program; a test may leave some behind.
    let rule: &'static Rule = Box::leak(Box::new(rule));
    pulse_with(&seed, domain, &BUDGET, false, &[rule]).err()
}

/// An expression as a side of a rule.
fn pattern(expression: &Scalar) -> Pattern {
    let parts = expression.nodes().iter().map(|operation| match operation {
        Operation::Number(q) => Part::Number(q.clone()),
        Operation::Constant(constant) => Part::Constant(*constant),
        Operation::Leaf(leaf) => Part::Variable(*leaf as u8),
        Operation::Add(a, b) => Part::Add(*a as u8, *b as u8),
        Operation::Multiply(a, b) => Part::Multiply(*a as u8, *b as u8),
        Operation::Negate(a) => Part::Negate(*a as u8),
        Operation::Power(a, b) => Part::Power(*a as u8, *b as u8),
        Operation::Call(function, arguments) => {
            Part::Call(*function, arguments.iter().map(|a| *a as u8).collect())
        }
        other => panic!("{other:?} does not stand in rules"),
    });
    Pattern { parts: parts.collect() }
}

/// Whether there is a witness at which the rule fails: without one nobody can know.
fn fails_at_a_witness(case: &Case) -> bool {
    let leaves = witness::leaves(&case.left);
    let points = witness::find(&[&case.left], &leaves, &LeafFacts::none(), WITNESSES, 0);
    points.iter().any(|point| {
        let mut values = Vec::new();
        let expected = witness::enclose(&case.left, point, &mut values);
        let found = witness::enclose(&case.right, point, &mut values);
        match (expected, found) {
            (Some(a), Some(b)) => a.is_disjoint(&b),
            _ => false,
        }
    })
}

#[test]
fn rejected_rules_are_caught_in_the_graph() {
    let (mut seen, mut missed) = (0, Vec::new());
    for line in lines() {
        if line.struck_out.is_none() {
            continue;
        }
        let case = Case::new(&line);
        // A rule whose right side has letters of its own cannot be made ready at all.
        let Ok(rule) = Rule::read(&line) else { continue };
        // A single letter has no node to match.
        if matches!(case.left.nodes(), [Operation::Leaf(_)]) {
            continue;
        }
        match caught(&case.left, rule, 0) {
            Some(conflict) => {
                seen += 1;
                assert!(
                    conflict.starts_with(line.name) || !fails_at_a_witness(&case),
                    "{} was reported as {conflict}",
                    line.name
                );
            }
            None if fails_at_a_witness(&case) => missed.push(line.name),
            None => {}
        }
    }
    println!("{seen} rejected rules caught");
    assert!(missed.is_empty(), "not caught: {missed:?}");
    assert!(seen >= 55, "{seen}");
}

/// Powers with the exponents 0 and 1 are gone before any rule sees them.
fn is_computed_at_once(left: &Scalar) -> bool {
    left.nodes().iter().any(|operation| match operation {
        Operation::Power(_, b) => match left.node(*b) {
            Operation::Number(q) => q.is_zero() || q.is_one(),
            _ => false,
        },
        _ => false,
    })
}

#[test]
fn slips_are_caught_in_the_graph() {
    let (mut tried, mut seen, mut missed) = (0, 0, Vec::new());
    let limits = Limits::default();
    for (number, (line, _)) in in_force().into_iter().enumerate() {
        let mut case = Case::new(&line);
        if !line.condition.is_empty() || is_computed_at_once(&case.left) {
            continue;
        }
        let right = case.right.clone();
        // One slip of each rule, another one each time.
        let all = mutants(&right, case.letters.len());
        let Some(mutant) = all.into_iter().cycle().nth(number * 7) else { continue };
        case.right = mutant;
        if !fails_at_a_witness(&case)
            || normal::equal(&right, &case.right, &TableDefinitions, &limits).is_some()
        {
            continue;
        }
        tried += 1;
        let Ok(rule) = Rule::read(&line) else { continue };
        let rule = Rule { right: pattern(&case.right), ..rule };
        match caught(&case.left, rule, 0) {
            Some(_) => seen += 1,
            None => missed.push(line.name),
        }
    }
    println!("{seen} of {tried} slips caught in the graph");
    assert!(missed.is_empty(), "{missed:?}");
    assert!(seen >= 200, "{seen}");
}

/// A difference of 1e-25 is beyond `f64`; many digits see it.
#[test]
fn small_slips_are_caught_by_many_digits() {
    let right = "a^2 + a/10000000000000/1000000000000";
    let line = Line { name: "square-and-a-little", left: "a*a", right, ..in_force()[0].0 };
    let case = Case::new(&line);
    let ready = || Rule::read(&line).expect("readable");
    assert_eq!(caught(&case.left, ready(), 0), None);
    let conflict = caught(&case.left, ready(), 200).expect("caught");
    assert!(conflict.starts_with(line.name), "{conflict}");
}

/// What has no value at a witness must not come into the graph.
#[test]
fn terms_without_a_value_are_caught() {
    for right in
        ["a*b/(b - b)", "log(-a^2)*a*b", "(-1 - a^2)^(1/2)*b", "asin(2 + a^2)*b", "a*b + (a - a)^(-2)"]
    {
        let line = Line { name: "canary", left: "a*b", right, struck_out: None, ..in_force()[0].0 };
        let case = Case::new(&line);
        let conflict = caught(&case.left, Rule::read(&line).expect("readable"), 0);
        assert!(conflict.is_some(), "{right}");
    }
}
