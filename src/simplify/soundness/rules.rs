//! The rules as a whole: readable, uniquely named, right wherever their left side is defined, and of the class they say.

use rustc_hash::FxHashMap;

use super::super::pattern::Pattern;
use super::super::read::Letters;
use super::super::rule::{Line, Rule, lines};
use super::verifier::{Case, Values};
use crate::evaluate;
use crate::function::Class;
use crate::number::Rational;

/// The rules that work, as they are written and as they are used.
pub fn in_force() -> Vec<(Line, Rule)> {
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

/// Branch rules and rules that wait are tried too: the prover may use them.
#[test]
fn every_rule_holds_and_keeps_its_class() {
    let (mut rules, mut compared, mut boxes) = (0, 0, 0);
    let mut faults = Vec::new();
    for line in lines() {
        if line.struck_out.is_some() {
            continue;
        }
        rules += 1;
        let case = Case::new(&line);
        let points = case.points();
        let (agreed, failed) = case.verify(&points);
        compared += agreed;
        if let Some((values, fault)) = failed {
            let at = case.letters.iter().zip(&values).map(|(l, v)| format!("{l} = {v}")).collect::<Vec<_>>();
            faults.push(format!(
                "{}: {} -> {}: {fault:?} at {}",
                line.name,
                line.left,
                line.right,
                at.join(", ")
            ));
        } else if agreed < 5 {
            faults.push(format!("{}: compared at {agreed} points only", line.name));
        }
        match case.verify_boxes(&points) {
            Ok(count) => boxes += count,
            Err(values) => faults.push(format!("{}: boxes at {values:?}", line.name)),
        }
    }
    println!("{rules} rules, {compared} points and {boxes} boxes compared");
    assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
    assert!(compared > 50_000 && boxes > 50_000, "{compared} {boxes}");
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

/// `a = -1, n = 1/2` as values of the letters; letters that are not named are 1.
pub fn witness(text: &str, letters: &[String]) -> Values {
    let mut values = vec![Rational::ONE; letters.len()];
    for part in text.split(',') {
        let (letter, value) = part.split_once('=').unwrap_or_else(|| panic!("witness {text:?}"));
        let at =
            letters.iter().position(|l| l == letter.trim()).unwrap_or_else(|| panic!("witness {text:?}"));
        let value = Pattern::read(value.trim(), &mut Letters::default()).expect("a number").to_scalar();
        values[at] = evaluate::exact(&value, &[]).expect("a number");
    }
    values
}

#[test]
fn rejected_rules_still_fail_at_their_witness() {
    let rejected: Vec<Line> = lines().into_iter().filter(|line| line.struck_out.is_some()).collect();
    for line in &rejected {
        let case = Case::new(line);
        let at = witness(line.struck_out.expect("a witness"), &case.letters);
        assert!(case.at(&at, false).is_err(), "{} was rejected and holds at its witness", line.name);
    }
    println!("{} rejected rules", rejected.len());
    assert!(rejected.len() >= 60, "{}", rejected.len());
}
