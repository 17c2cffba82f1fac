//! A small helping of what `benches/verdicts.rs` does at length: no generated equality that is wrong is proved, none that
//! is true is refuted, and neither repetition nor the order of operands changes a word of the verdict.

#[allow(dead_code, clippy::print_stdout)]
#[path = "../benches/verdicts/generate.rs"]
mod generate;
#[path = "../benches/verdicts/judge.rs"]
mod judge;
mod plain;

use generate::{Expressions, Random};
use judge::{Judged, judge};
use symdiff::prove::{Verdict, equivalent};
use symdiff::syntax::tree::Tree;
use symdiff::{Problem, print};

fn told(left: &Tree, right: &Tree) -> (String, Option<Verdict>) {
    match equivalent(&mut Problem::new(), left, right) {
        Err(error) => (format!("refused: {error}"), None),
        Ok(verdict) => {
            let text = match &verdict {
                Verdict::Proved(proof) => {
                    let conditions: Vec<String> = proof.conditions.iter().map(print::text).collect();
                    format!("proved: {} where {conditions:?}, {:?}", proof.method, proof.facts)
                }
                Verdict::Refuted(witness) => {
                    format!("refuted at {:?}: {:?} and {:?}", witness.at, witness.left, witness.right)
                }
                Verdict::Undecided(tried) => format!("undecided: {tried:?}"),
            };
            (text, Some(verdict))
        }
    }
}

/// Pairs with what enclosures say of them.
fn pairs(truth: bool, count: u64) -> Vec<(Tree, Tree, Judged)> {
    let expressions = Expressions::load();
    (0..count)
        .filter_map(|at| {
            let mut random = Random::new(77, at);
            let left = expressions.any(&mut random);
            let right = if truth {
                generate::rewritten(&left, &mut random)
            } else {
                generate::slipped(&left, &mut random)
            }?;
            let judged = judge(&left, &right);
            Some((left, right, judged))
        })
        .collect()
}

#[test]
fn no_wrong_equality_is_proved() {
    let mut wrong = 0;
    for (left, right, judged) in pairs(false, 400) {
        if !matches!(judged, Judged::Apart) {
            continue;
        }
        wrong += 1;
        let (text, verdict) = told(&left, &right);
        assert!(
            !matches!(verdict, Some(Verdict::Proved(_))),
            "{} = {}: {text}",
            print::text(&left),
            print::text(&right)
        );
    }
    assert!(wrong >= 200, "{wrong}");
}

#[test]
fn no_true_equality_is_refuted() {
    let (mut count, mut undecided) = (0, 0);
    for (left, right, judged) in pairs(true, 400) {
        let shown = || format!("{} = {}", print::text(&left), print::text(&right));
        match judged {
            Judged::Apart => panic!("the rewriting is wrong: {}", shown()),
            Judged::Together(points) if points > 0 => {}
            _ => continue,
        }
        count += 1;
        let (text, verdict) = told(&left, &right);
        assert!(!matches!(verdict, Some(Verdict::Refuted(_))), "{}: {text}", shown());
        undecided += usize::from(!matches!(verdict, Some(Verdict::Proved(_))));
    }
    assert!(count >= 200 && undecided * 25 <= count, "{undecided} of {count} undecided");
}

#[test]
fn a_verdict_is_the_same_in_every_run_and_order() {
    for truth in [false, true] {
        for (number, (left, right, judged)) in pairs(truth, 40).into_iter().enumerate() {
            if matches!(judged, Judged::Unreadable) {
                continue;
            }
            let (first, _) = told(&left, &right);
            assert_eq!(told(&left, &right).0, first);
            let mut random = Random::new(5, number as u64);
            let (a, b) = (generate::shuffled(&left, &mut random), generate::shuffled(&right, &mut random));
            assert_eq!(told(&a, &b).0, first, "{} = {}", print::text(&left), print::text(&right));
        }
    }
}
