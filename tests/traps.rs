//! Domain traps: equalities that hold under a condition which is easily forgotten, and equalities that fail inside their
//! stated domain. The condition must be exact and minimal; a failure must come with a point.

#![allow(clippy::print_stdout)]

use symdiff::Problem;
use symdiff::print;
use symdiff::prove::{Verdict, claim};

enum Expected {
    /// Proved under these conditions and no others.
    Where(&'static [&'static str]),
    /// Proved, and these given facts are named.
    Using(&'static [&'static str]),
    /// A point at which it fails.
    Wrong,
}

use Expected::{Using, Where, Wrong};

const ALWAYS: Expected = Where(&[]);

struct Trap {
    declarations: &'static [&'static str],
    facts: &'static [&'static str],
    claim: &'static str,
    expected: Expected,
}

const fn trap(claim: &'static str, expected: Expected) -> Trap {
    Trap { declarations: &[], facts: &[], claim, expected }
}

const fn given(facts: &'static [&'static str], claim: &'static str, expected: Expected) -> Trap {
    Trap { declarations: &[], facts, claim, expected }
}

const fn over(
    declarations: &'static [&'static str],
    facts: &'static [&'static str],
    claim: &'static str,
    expected: Expected,
) -> Trap {
    Trap { declarations, facts, claim, expected }
}

const VECTORS: &[&str] = &["x: R[n]", "y: R[n]"];
const PROBABILITIES: &[&str] = &["z: R[n]", "y: R[n]"];
const MATRIX: &[&str] = &["P: R[n,n]", "d: R[n,n]"];

#[rustfmt::skip]
const TRAPS: &[Trap] = &[
    // Logarithms.
    trap("log(x^2) = 2*log(x)", Where(&["x > 0"])),
    trap("log(x^2) = 2*log(|x|)", ALWAYS),
    given(&["x < 0"], "log(x^2) = 2*log(-x)", ALWAYS),
    trap("log(a*b) = log(a) + log(b)", Where(&["a > 0", "b > 0"])),
    trap("log(a/b) = log(a) - log(b)", Where(&["a > 0", "b > 0"])),
    trap("log(a*b) = log(|a|) + log(|b|)", Where(&["a*b > 0"])),
    trap("log(1/x) = -log(x)", ALWAYS),
    trap("log(x^3) = 3*log(x)", ALWAYS),
    trap("log(x^4) = 4*log(x)", Where(&["x > 0"])),
    trap("exp(log(x)) = x", Where(&["x > 0"])),
    trap("log(exp(x)) = x", ALWAYS),
    trap("log(sqrt(x)) = log(x)/2", ALWAYS),
    trap("log(x + y) = log(x) + log(y)", Wrong),
    trap("log(x)^2 = 2*log(x)", Wrong),
    // Roots and powers.
    trap("sqrt(x^2) = x", Wrong),
    trap("sqrt(x^2) = |x|", ALWAYS),
    given(&["x >= 0"], "sqrt(x^2) = x", Using(&["x >= 0"])),
    given(&["x < 0"], "sqrt(x^2) = -x", Using(&["x < 0"])),
    given(&["x < 0"], "sqrt(x^2) = x", Wrong),
    trap("sqrt(x)^2 = x", Where(&["x >= 0"])),
    trap("sqrt(a*b) = sqrt(a)*sqrt(b)", Where(&["a >= 0", "b >= 0"])),
    trap("sqrt(a/b) = sqrt(a)/sqrt(b)", Where(&["a >= 0", "b > 0"])),
    trap("sqrt(a^2*b) = a*sqrt(b)", Wrong),
    trap("sqrt(a^2 + b^2) = a + b", Wrong),
    trap("(x^2)^(1/4) = sqrt(x)", Where(&["x >= 0"])),
    trap("(x^3)^(1/3) = x", Where(&["x >= 0"])),
    trap("cbrt(x^3) = x", ALWAYS),
    trap("cbrt(x) = x^(1/3)", Where(&["x >= 0"])),
    trap("(a*b)^c = a^c*b^c", Where(&["a > 0", "b > 0"])),
    trap("(a^b)^c = a^(b*c)", Where(&["a > 0"])),
    trap("sqrt(a^(2*b)) = a^b", Where(&["a > 0"])),
    trap("(x^(1/2))^4 = x^2", Where(&["x >= 0"])),
    trap("x^0 = 1", ALWAYS),
    trap("x^a*x^b = x^(a + b)", ALWAYS),
    // Quotients.
    trap("x/x = 1", Where(&["x != 0"])),
    trap("x*y/x = y", Where(&["x != 0"])),
    trap("1/(1/x) = x", Where(&["x != 0"])),
    trap("(x^2 - y^2)/(x - y) = x + y", Where(&["x - y != 0"])),
    trap("(a*c)/(b*c) = a/b", Where(&["c != 0"])),
    trap("1/(a + b) = 1/a + 1/b", Wrong),
    trap("x^2/x = x", Where(&["x != 0"])),
    trap("(x^2 + 1)/(x^2 + 1) = 1", ALWAYS),
    trap("exp(x)/exp(x) = 1", ALWAYS),
    trap("σ(x)*(1 - σ(x))/σ(x) = 1 - σ(x)", ALWAYS),
    given(&["c != 0"], "c*x/c = x", Using(&["c != 0"])),
    // Angles.
    trap("atan(tan(x)) = x", Wrong),
    trap("asin(sin(x)) = x", Wrong),
    trap("acos(cos(x)) = x", Wrong),
    trap("tan(atan(x)) = x", ALWAYS),
    trap("sin(asin(x)) = x", Where(&["-1 <= x", "x <= 1"])),
    trap("tan(x)*cos(x) = sin(x)", Where(&["cos(x) != 0"])),
    trap("cos(x) = sqrt(1 - sin(x)^2)", Wrong),
    trap("atan(x) + atan(1/x) = pi/2", Wrong),
    trap("acosh(cosh(x)) = x", Wrong),
    // Absolute values, signs and ties.
    trap("diff(|x|, x) = x/|x|", ALWAYS),
    trap("diff(|x|, x) = sign(x)", Where(&["x != 0"])),
    trap("|x|/x = sign(x)", Where(&["x != 0"])),
    trap("sign(x)^2 = 1", Where(&["x != 0"])),
    trap("|x + y| = |x| + |y|", Wrong),
    trap("|x*y| = |x|*|y|", ALWAYS),
    trap("max(x, y) = (x + y + |x - y|)/2", ALWAYS),
    trap("max(x, y) = x", Wrong),
    trap("diff(max(x, 0), x) = heaviside(x)", Where(&["x != 0"])),
    trap("diff(relu(x), x) = 1", Wrong),
    given(&["x > 0"], "diff(relu(x), x) = 1", Using(&["x > 0"])),
    trap("diff(x*|x|, x) = 2*|x|", Where(&["x != 0"])),
    trap("diff(log(|x|), x) = 1/x", ALWAYS),
    trap("diff(log(x), x) = 1/x", Where(&["x > 0"])),
    trap("diff(sqrt(x), x) = 1/(2*sqrt(x))", ALWAYS),
    // Norms at zero.
    over(VECTORS, &[], "grad(norm2(x), x) = x/norm2(x)", ALWAYS),
    over(VECTORS, &[], "grad(norm2(x)^2, x) = 2*x", ALWAYS),
    over(VECTORS, &[], "norm2(x)^2/norm2(x) = norm2(x)", Where(&["x != 0"])),
    over(VECTORS, &[], "norm2(x + y) = norm2(x) + norm2(y)", Wrong),
    over(VECTORS, &[], "norm2(x)^2 = x'*x", ALWAYS),
    // Cross-entropy: the probability that is cancelled, and Σy = 1 forgotten.
    over(PROBABILITIES, &[], "grad(-sum(y.*log(softmax(z))), z) = softmax(z) - y", Wrong),
    over(PROBABILITIES, &["sum(y) = 1"], "grad(-sum(y.*log(softmax(z))), z) = softmax(z) - y", Using(&["sum(y) = 1"])),
    over(PROBABILITIES, &[], "grad(-sum(y.*log(softmax(z))), z) = sum(y)*softmax(z) - y", ALWAYS),
    over(&["y: R[n]", "q: R[n]"], &[], "grad(-sum(y.*log(q)), q) = -y./q", Where(&["q > 0"])),
    over(&["y: R[n]", "q: R[n]"], &[], "q.*(y./q) = y", Where(&["q[i] != 0"])),
    over(PROBABILITIES, &[], "sum(softmax(z)) = 1", ALWAYS),
    // Logarithms of absolute values, of products of which one factor is a square, of exponents that are not numbers.
    trap("log(|x|) = log(x)", Where(&["x > 0"])),
    trap("diff(log(|x|), x) = diff(log(x), x)", Where(&["x > 0"])),
    trap("log(x^2*y) = 2*log(x) + log(y)", Where(&["x > 0"])),
    trap("log(x^y) = y*log(x)", Where(&["x > 0"])),
    trap("y/log(x)*log(x) = y", Where(&["x > 0", "x != 1"])),
    trap("log_base(x, b) = log(x)/log(b)", ALWAYS),
    // Powers of zero, of powers, and of nothing in particular.
    trap("0^x = 0", Where(&["x > 0"])),
    given(&["x > 0"], "0^x = 0", Using(&["x > 0"])),
    trap("x^(2/3) = cbrt(x)^2", Where(&["x >= 0"])),
    trap("(x^a)^(1/a) = x", Where(&["x > 0", "a != 0"])),
    trap("sin(x^a) + 1 = 1 + sin(x^a)", ALWAYS),
    trap("1/sign(x) = sign(x)", Where(&["x != 0"])),
    trap("x/tanh(x)*tanh(x) = x", Where(&["x != 0"])),
    trap("sin(2*x)/sin(x) = 2*cos(x)", Where(&["sin(x) != 0"])),
    // Inverse functions on their branch and off it.
    given(&["0 < x", "x < 1"], "atan(tan(x)) = x", Using(&["0 < x", "x < 1"])),
    given(&["-pi/2 <= x", "x <= pi/2"], "asin(sin(x)) = x", Using(&["-pi/2 <= x", "x <= pi/2"])),
    given(&["0 <= x", "x <= pi"], "acos(cos(x)) = x", Using(&["0 <= x", "x <= pi"])),
    given(&["0 < x", "x < 4"], "acos(cos(x)) = x", Wrong),
    given(&["x > 0"], "atan(x) + atan(1/x) = pi/2", Using(&["x > 0"])),
    given(&["x < 0"], "atan(x) + atan(1/x) = -pi/2", Using(&["x < 0"])),
    trap("atan(x) + atan(1/x) = sign(x)*pi/2", Where(&["x != 0"])),
    trap("2*atan(x) = asin(2*x/(1 + x^2))", Wrong),
    given(&["-1 < x", "x < 1"], "2*atan(x) = asin(2*x/(1 + x^2))", Using(&["-1 < x", "x < 1"])),
    trap("atan2(y, x) = atan(y/x)", Wrong),
    given(&["x > 0"], "atan2(y, x) = atan(y/x)", Using(&["x > 0"])),
    trap("atan2(c*y, c*x) = atan2(y, x)", Wrong),
    given(&["c > 0"], "atan2(c*y, c*x) = atan2(y, x)", Using(&["c > 0"])),
    // Steps at their jumps.
    trap("heaviside(x) + heaviside(-x) = 1", Where(&["x != 0"])),
    trap("2*heaviside(x) - 1 = sign(x)", Where(&["x != 0"])),
    trap("diff(max(x, y), x) = [x > y]", Where(&["x != y"])),
    trap("diff(max(x, y), x) + diff(max(x, y), y) = 1", Where(&["x != y"])),
    trap("heaviside(relu(x)) = heaviside(relu(y))", Wrong),
    trap("relu(x)/x = 1", Wrong),
    trap("floor(x) + floor(-x) = -1", Wrong),
    trap("floor(x + 1) = floor(x) + 1", ALWAYS),
    // Vectors that are zero and vectors with a zero in them.
    over(VECTORS, &[], "x/norm2(x)*norm2(x) = x", Where(&["x != 0"])),
    over(VECTORS, &["x != 0"], "x/norm2(x)*norm2(x) = x", Using(&["x != 0"])),
    over(VECTORS, &["x != 0"], "x./x = ones(n)", Where(&["x[i] != 0"])),
    over(VECTORS, &["x[i] != 0"], "x./x = ones(n)", Using(&["x[i] != 0"])),
    over(VECTORS, &[], "norm2(3*x) = -3*norm2(x)", Wrong),
    over(&["A: R[n,n]"], &[], "logdet(A) = log(det(A))", ALWAYS),
    over(&["A: R[n,n]", "B: R[n,n]"], &[], "logdet(A*B) = logdet(A) + logdet(B)", Where(&["det(A) > 0", "det(B) > 0"])),
    over(&["A: R[n,n]"], &[], "inv(inv(A)) = A", Where(&["det(A) != 0"])),
    over(&["A: R[n,n]"], &["A is invertible"], "A*inv(A) = eye(n)", Using(&["A is invertible"])),
    over(&["Q: R[n,n]", "x: R[n]"], &[], "norm2(Q*x) = norm2(x)", Wrong),
    over(&["Q: R[n,n]", "x: R[n]"], &["Q is orthogonal"], "norm2(Q*x) = norm2(x)", Using(&["Q is orthogonal"])),
    // Sums with a bound: where they begin and what they divide by.
    trap("sum[k=0..n] r^k = (1 - r^(n + 1))/(1 - r)", Where(&["r > 0", "r != 1"])),
    trap("sum[k=1..n] r^k = (1 - r^(n + 1))/(1 - r)", Wrong),
    trap("sum[k=0..n] 1 = n", Wrong),
    trap("sum[k=0..n] 1 = n + 1", ALWAYS),
    trap("n = sum[k=1..n] 1", ALWAYS),
    // Symmetry and normalisation forgotten.
    over(MATRIX, &[], "P' = P", Wrong),
    over(MATRIX, &["P' = P"], "P' = P", Using(&["P' = P"])),
    over(&["P: R[n,n]", "x: R[n]"], &[], "grad(x'*P*x, x) = 2*P*x", Wrong),
    over(&["P: R[n,n]", "x: R[n]"], &["P' = P"], "grad(x'*P*x, x) = 2*P*x", Using(&["P' = P"])),
    over(MATRIX, &[], "sum(P) = 1", Wrong),
    over(MATRIX, &["sum(P) = 1"], "sum(2*P) = 2", Using(&["sum(P) = 1"])),
    over(&["A: R[n,n]"], &[], "inv(A)*A = eye(n)", Where(&["det(A) != 0"])),
    over(&["A: R[n,n]", "B: R[n,n]"], &[], "A*B = B*A", Wrong),
    over(&["A: R[n,n]", "B: R[n,n]"], &[], "(A*B)' = A'*B'", Wrong),
    over(&["A: R[n,n]", "B: R[n,n]"], &[], "(A + B)^2 = A^2 + 2*A*B + B^2", Wrong),
];

/// Right so far as they go, but with a condition or a fact that could be said better, or undecided.
const OPEN: &[&str] = &[];

fn told(trap: &Trap) -> Result<(), String> {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let name = format!("{} {:?}", trap.claim, trap.facts);
    let mut problem =
        Problem::with(&owned(trap.declarations), &owned(trap.facts)).map_err(|e| format!("{name}: {e}"))?;
    let links = claim(&mut problem, trap.claim).map_err(|e| format!("{name}: {e}"))?;
    let verdict = links.into_iter().next().map(|link| link.verdict);
    match (verdict, &trap.expected) {
        (Some(Verdict::Refuted(_)), Wrong) => Ok(()),
        (Some(Verdict::Proved(proof)), Where(conditions)) => {
            let found: Vec<String> = proof.conditions.iter().map(print::text).collect();
            // Their order says nothing.
            let sorted = |mut conditions: Vec<String>| {
                conditions.sort();
                conditions
            };
            if sorted(found.clone()) == sorted(conditions.iter().map(|c| (*c).to_owned()).collect()) {
                Ok(())
            } else {
                Err(format!("{name}: where {found:?}, not {conditions:?}"))
            }
        }
        (Some(Verdict::Proved(proof)), Using(facts)) => {
            let used = facts.iter().all(|fact| proof.facts.iter().any(|used| used == fact));
            if used && proof.conditions.is_empty() {
                Ok(())
            } else {
                let conditions: Vec<String> = proof.conditions.iter().map(print::text).collect();
                Err(format!("{name}: uses {:?} where {conditions:?}", proof.facts))
            }
        }
        (Some(Verdict::Proved(proof)), Wrong) => {
            let conditions: Vec<String> = proof.conditions.iter().map(print::text).collect();
            Err(format!("{name}: PROVED where {conditions:?}"))
        }
        (Some(Verdict::Refuted(witness)), _) => Err(format!("{name}: REFUTED at {:?}", witness.at)),
        (Some(Verdict::Undecided(tried)), _) => Err(format!("{name}: undecided ({})", tried.join("; "))),
        (None, _) => Err(format!("{name}: no claim")),
    }
}

#[test]
fn every_trap_is_seen() {
    assert!(TRAPS.len() >= 60, "{}", TRAPS.len());
    let (mut faults, mut open) = (Vec::new(), 0);
    for trap in TRAPS {
        match told(trap) {
            Ok(()) => {}
            // What is open may be undecided or said badly, never wrong.
            Err(fault)
                if OPEN.contains(&trap.claim) && !fault.contains("REFUTED") && !fault.contains("PROVED") =>
            {
                println!("open: {fault}");
                open += 1;
            }
            Err(fault) => faults.push(fault),
        }
    }
    println!("{} traps, {open} open", TRAPS.len());
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), TRAPS.len(), faults.join("\n"));
}
