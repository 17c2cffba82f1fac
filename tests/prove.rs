//! Verdicts: what is proved, what is refuted, what stays open, under which conditions and with which witness.

use std::process::{Command, Output, Stdio};

use symdiff::certificate::verify;
use symdiff::evaluate::graph::Value;
use symdiff::prove::{Link, Verdict, Witness, claim};
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
        let links = links(lets, given, text);
        let found: Vec<String> = links.iter().map(|l| word(&l.verdict)).collect();
        if found.join("; ") != *expected {
            wrong.push(format!("{text}: {} instead of {expected}", found.join("; ")));
        }
        for link in &links {
            if let Verdict::Proved(proof) = &link.verdict
                && let Some(certificate) = proof.certificate()
            {
                assert_eq!(verify(&certificate), Ok(()), "{text}");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn witness(lets: &[&str], given: &[&str], text: &str) -> Witness {
    match links(lets, given, text).remove(0).verdict {
        Verdict::Refuted(witness) => witness,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn scalars() {
    check(
        &[],
        &[],
        &[
            ("(x+1)^2 = x^2 + 2x + 1", "proved"),
            ("sin(x)^2 + cos(x)^2 = 1", "proved"),
            ("tanh(x/2) = 2σ(x) − 1", "proved"),
            ("σ(x)*(1−σ(x)) = exp(−x)/(1+exp(−x))^2", "proved"),
            ("softplus(x) - softplus(-x) = x", "proved"),
            ("d/dx(x^2) = 2x", "proved"),
            ("d/dx(x^2) = 2x = x + x = x", "proved; proved; refuted"),
            ("diff(σ(x), x) = σ(x)*σ(-x)", "proved"),
            ("sin(3x) = 3sin(x) - 4sin(x)^3", "proved"),
            ("exp(a+b) = exp(a)*exp(b)", "proved"),
            ("acosh(x)^0 = 1", "proved where x ≥ 1"),
            ("e^x = e^x + 1", "refuted"),
            ("(a+b)^2 = a^2 + b^2", "refuted"),
            ("sin(x+y) = sin(x) + sin(y)", "refuted"),
            ("exp(x) = exp(x) + exp(-80)", "refuted"),
            ("exp(x + 1e-30) = exp(x)", "refuted"),
            ("σ(x) = x", "refuted"),
            ("log(-x^2) = 1", "undecided"),
        ],
    );
}

#[test]
fn domains_are_said_as_people_say_them() {
    check(
        &[],
        &[],
        &[
            ("x/x = 1", "proved where x ≠ 0"),
            ("x^2/x = x", "proved where x ≠ 0"),
            ("(x^2-1)/(x-1) = x+1", "proved where x ≠ 1"),
            ("log(x^2) = 2*log(x)", "proved where x > 0"),
            ("log(x^2) = 2*log(|x|)", "proved"),
            ("σ(log(x/(1 - x))) = x", "proved where x/(1 − x) > 0"),
            ("sqrt(x^2) = x", "refuted"),
            ("sqrt(x^2) = |x|", "proved"),
            ("sqrt(x)^2 = x", "proved where x ≥ 0"),
            ("log(a*b) = log(a) + log(b)", "proved where a > 0, b > 0"),
            ("(a*b)^c = a^c*b^c", "proved where a > 0, b > 0"),
            ("sqrt(x/y) = sqrt(x)/sqrt(y)", "proved where y > 0, x ≥ 0"),
            ("atan(tan(x)) = x", "refuted"),
            ("asin(sin(x)) = x", "refuted"),
            ("sin(asin(x)) = x", "proved where x ≤ 1, −1 ≤ x"),
            ("d/dx |x| = x/|x|", "proved"),
            ("d/dx |x| = sign(x)", "proved where x ≠ 0"),
            ("exp(log(x)) = x", "proved where x > 0"),
            ("log(exp(x)) = x", "proved"),
            ("cbrt(x)^2 = x^(2/3)", "proved where x ≥ 0"),
            ("cbrt(x/y) = (x/y)^(1/3)", "proved where x/y ≥ 0"),
            ("cbrt(x)^3 = x", "proved"),
            ("tan(x)*cos(x) = sin(x)", "proved where cos(x) ≠ 0"),
            ("sqrt(c-c*x^2)/sqrt(1-x^2) = sqrt(c)", "proved where c ≥ 0, 1 − x² > 0"),
            ("exp(2*acoth(x)) = (x+1)/(x-1)", "proved where |x| > 1"),
            ("(-2)^n = (-2)^(n-1)", "refuted"),
        ],
    );
    check(
        &[],
        &["x > 0"],
        &[
            ("sqrt(x^2) = x", "proved"),
            ("x/x = 1", "proved"),
            ("log(x^2) = 2*log(x)", "proved"),
            ("sqrt(x^2*y^2) = x*|y|", "proved"),
            ("sqrt(x^2) = -x", "refuted"),
        ],
    );
    check(&[], &["x < 0"], &[("sqrt(x^2) = -x", "proved"), ("sqrt(x^2) = x", "refuted")]);
    check(&[], &["0 < x < 1"], &[("|log(x)| = -log(x)", "refuted")][..0]);
    check(&[], &["n is an integer", "n > 0"], &[("n/n = 1", "proved"), ("n = 1", "refuted")]);
}

#[test]
fn numbers() {
    check(
        &[],
        &[],
        &[
            ("sqrt(3+2*sqrt(2)) = 1 + sqrt(2)", "proved"),
            ("sin(pi/12) = (sqrt(3) - 1)/(2*sqrt(2))", "proved"),
            ("atan(2 - sqrt(3)) = pi/12", "proved"),
            ("acos((sqrt(5) - 1)/4) = 2*pi/5", "proved"),
            ("cot(100*pi/7 + y) = cot(2*pi/7 + y)", "proved"),
            ("cos(pi/7) - cos(2*pi/7) + cos(3*pi/7) = 1/2", "proved"),
            ("pi = 355/113", "refuted"),
            ("exp(pi*sqrt(163)) = 262537412640768744", "refuted"),
        ],
    );
}

#[test]
fn tensors() {
    check(
        &["W: R[m,n]", "x: R[n]", "y: R[m]", "A: R[n,n]", "v: R[n]", "X: R[m,n]"],
        &[],
        &[
            ("grad(y'*W*x, W) = y*x'", "proved"),
            ("grad(x'*A*x, x) = (A + A')*x", "proved"),
            ("grad(x'*A*x, x) = 2*A*x", "refuted"),
            ("grad(x'*A*x*(x'*v), x) = (x'*v)*(A + A')*x + (x'*A*x)*v", "proved"),
            ("(W*x)' = x'*W'", "proved"),
            ("grad(norm2(x)^2, x) = 2*x", "proved"),
            ("grad(sum(x), x) = 0", "refuted"),
            ("tr(A) = sum[i] A[i,i]", "proved"),
            ("tr(A'*A) = sum[i,j] A[i,j]^2", "proved"),
            ("softmax(v + c) = softmax(v)", "proved"),
            ("logsumexp(v - max(v)) + max(v) = logsumexp(v)", "proved"),
            ("sum(tanh(v)) = 2*sum(σ(2*v)) - n", "proved"),
            ("sum(softplus(v)) - sum(softplus(-v)) = sum(v)", "proved"),
            ("prod[k] exp(v[k]) = exp(sum(v))", "proved"),
            ("softmax(2*v) = softmax(v)", "refuted"),
            ("det(A') = det(A)", "proved"),
            ("inv(A*A) = inv(A)*inv(A)", "proved"),
            ("grad(logdet(X'*X), X) = 2*X*inv(X'*X)", "proved where det(XᵀX) > 0"),
            ("grad(logdet(X'*X), X) = X*inv(X'*X)", "refuted"),
            ("A*A' = A'*A", "refuted"),
        ],
    );
}

#[test]
fn facts_are_used_and_witnesses_satisfy_them() {
    check(
        &["P: R[n,n]", "x: R[n]", "y: R[n]"],
        &["P' = P", "sum(y) = 1"],
        &[
            ("grad(x'*P*x, x) = 2*P*x", "proved"),
            ("sum[k] y[k]*c = c", "proved"),
            ("sum(y) = 2", "refuted"),
            ("P = P*P", "refuted"),
        ],
    );
    check(&["Q: R[n,n]"], &["Q is orthogonal"], &[("Q'*Q = eye(n)", "proved"), ("Q = eye(n)", "refuted")]);
    check(
        &["A: R[n,n]"],
        &["A is positive definite"],
        &[("A' = A", "proved"), ("inv(A)*A = eye(n)", "proved"), ("det(A) = 1", "refuted")],
    );
    check(
        &["A: R[n,n]", "x: R[n]"],
        &["A is antisymmetric"],
        &[("x'*A*x = 0", "proved"), ("A = A'", "refuted")],
    );
    let found = witness(&["y: R[n]"], &["sum(y) = 1", "y > 0"], "y[1] = 1");
    let Value::ExactTensor { entries, .. } = &found.at.iter().find(|(name, _)| name == "y").unwrap().1 else {
        panic!()
    };
    assert!(
        entries.iter().cloned().reduce(|a, b| a + b).is_some_and(|sum| sum.is_one())
            && entries.iter().all(symdiff::number::Rational::is_positive),
        "{entries:?}"
    );
}

#[test]
fn the_facts_that_a_proof_needs_are_said() {
    for (given, text, expected) in [
        (&["x > 0", "y > 0"][..], "sqrt(x^2) = x", &["x > 0"][..]),
        (&["x > 0"], "x + x = 2*x", &[]),
        (&["x > 0"], "x/x = 1", &["x > 0"]),
    ] {
        match links(&[], given, text).remove(0).verdict {
            Verdict::Proved(proof) => assert_eq!(proof.facts, expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    let proof = links(&["P: R[n,n]", "x: R[n]"], &["P' = P"], "grad(x'*P*x, x) = 2*P*x").remove(0);
    assert!(matches!(proof.verdict, Verdict::Proved(proof) if proof.facts == ["P' = P"]));
}

#[test]
fn functions_without_a_definition() {
    check(
        &["f: function"],
        &[],
        &[
            ("d/dx f(x^2) = 2*x*f'(x^2)", "proved"),
            ("d/dx f(x^2) = 2*x*f(x)", "refuted"),
            ("f(x) + f(x) = 2*f(x)", "proved"),
            ("f(x+y) = f(x) + f(y)", "refuted"),
        ],
    );
    let found = witness(&["f: function"], &[], "f(x) = x");
    assert_eq!(found.functions.len(), 1);
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let mut problem = Problem::new();
    problem.declare("x: R[n]").unwrap().declare("A: R[m,n]").unwrap();
    for (text, message) in [
        ("x = x'", "a column of length n is compared with a row of length n"),
        ("A = A'", "a m×n matrix is compared with a n×m matrix"),
        ("A*x = 1", "a column of length m is compared with a scalar"),
    ] {
        let error = claim(&mut problem, text).unwrap_err();
        assert_eq!(error.message, message);
    }
    assert!(claim(&mut problem, "x > 0").unwrap_err().message.contains("only equalities"));
}

#[test]
fn witnesses_are_numbers_people_like() {
    for text in [
        "(a+b)^2 = a^2 + b^2",
        "sin(x+y) = sin(x) + sin(y)",
        "x*y = x + y",
        "sqrt(x^2) = x",
        "1/(x+y) = 1/x + 1/y",
        "exp(x*y) = exp(x)*exp(y)",
        "log(x+y) = log(x) + log(y)",
        "x^2 = 2*x",
        "x = -x",
        "tanh(x) = x",
        "σ(x) = 1/2 + x/4",
    ] {
        let found = witness(&[], &[], text);
        let mut sizes = Vec::new();
        for (_, value) in &found.at {
            let Value::Exact(q) = value else { panic!("{text}: {value:?}") };
            let (n, d) = q.as_pair().unwrap();
            assert!(n.abs() < 100 && d < 100 && n != 0 && n.abs() != d, "{text}: {q}");
            assert!(!sizes.contains(&q.abs()), "{text}: symmetric");
            sizes.push(q.abs());
        }
        let (left, right) = (found.left.scalar().unwrap(), found.right.scalar().unwrap());
        assert!((left - right).abs() >= 0.01 * left.abs().max(right.abs()), "{text}: {left} and {right}");
    }
}

#[test]
fn the_order_of_operands_does_not_show() {
    for (one, other) in [
        ("log(a*b) = log(a) + log(b)", "log(b*a) = log(b) + log(a)"),
        ("(a+b)^2 = a^2 + b^2", "(b+a)^2 = b^2 + a^2"),
        ("x/(x*y) = 1/y", "x/(y*x) = 1/y"),
        ("sin(x+y)*z = z*sin(x) + z*sin(y)", "z*sin(y+x) = sin(y)*z + sin(x)*z"),
    ] {
        let shown = |text: &str| match links(&[], &[], text).remove(0).verdict {
            Verdict::Proved(proof) => {
                format!("{:?}", proof.conditions.iter().map(print::text).collect::<Vec<_>>())
            }
            Verdict::Refuted(witness) => format!("{:?} {:?} {:?}", witness.at, witness.left, witness.right),
            Verdict::Undecided(tried) => format!("{tried:?}"),
        };
        assert_eq!(shown(one), shown(other));
        assert_eq!(shown(one), shown(one));
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_symdiff"))
        .arg("prove")
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn the_command() {
    for (arguments, status, start) in [
        (&["x + x = 2x"][..], 0, "✓ proved\n"),
        (&["x/x = 1"], 0, "✓ proved, where x ≠ 0\n"),
        (&["sqrt(x^2) = x"], 1, "✗ wrong: at x = −1/2 the left side is 1/2, the right side is −1/2\n"),
        (&["log(-x^2) = 1"], 3, "? undecided: no point was found"),
        (&["x + x = 2x = 3x"], 1, "x + x = 2x\n✓ proved\n2x = 3x\n✗ wrong: at x = "),
        (&["--given", "x>0", "sqrt(x^2) = x"], 0, "✓ proved"),
        (&["x +"], 2, ""),
        (&["x < 1"], 2, ""),
    ] {
        let output = run(arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
        assert!(text.starts_with(start), "{arguments:?}: {text}");
    }
}

#[test]
fn json_by_the_contract() {
    let object = |arguments: &[&str]| -> serde_json::Value {
        let all: Vec<&str> = ["--format", "json"].iter().chain(arguments).copied().collect();
        serde_json::from_slice(&run(&all).stdout).unwrap()
    };
    let refuted = object(&["sqrt(x^2) = x"]);
    assert_eq!(refuted["verdict"], "refuted");
    assert_eq!(refuted["witness"]["at"]["x"], -0.5);
    assert_eq!(refuted["witness"]["left"], 0.5);
    let proved = object(&["x/x = 1"]);
    assert_eq!((&proved["verdict"], &proved["conditions"][0]), (&"proved_if".into(), &"x != 0".into()));
    assert!(proved["witness"].is_null() && proved["facts"].is_array() && proved["steps"].is_array());
    let chain = object(&["x + x = 2x = 3x"]);
    assert_eq!(chain["verdict"], "refuted");
    assert_eq!(chain["links"][0]["verdict"], "proved");
    let error = object(&["x +"]);
    assert_eq!(error["error"]["kind"], "syntax");
}

#[test]
fn a_certificate_is_written_and_verified() {
    let path = std::env::temp_dir().join(format!("symdiff-certificate-{}.json", std::process::id()));
    let name = path.to_str().unwrap();
    assert_eq!(run(&["--certificate", name, "(x+1)^2 = x^2 + 2x + 1"]).status.code(), Some(0));
    let verified = Command::new(env!("CARGO_BIN_EXE_symdiff")).args(["verify", name]).output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
    assert_eq!(run(&["--certificate", name, "x = 2x"]).status.code(), Some(2));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn sums_to_a_symbolic_bound() {
    check(
        &["x: R[n]"],
        &[],
        &[
            ("sum[k=1..n] k = n*(n+1)/2", "proved"),
            ("sum[k=1..n] k^4 = n*(n+1)*(2n+1)*(3n^2+3n-1)/30", "proved"),
            ("sum[k=0..n] k = n*(n+1)/2", "proved"),
            ("sum[k=0..n] k = n*(n-1)/2", "refuted"),
            ("sum[k=1..n] 1/(k*(k+1)) = n/(n+1)", "proved"),
            ("sum[k=1..n] ((k+1)^3 - k^3) = (n+1)^3 - 1", "proved"),
            ("sum[k=1..n] k*r^k = r*(1 - (n+1)*r^n + n*r^(n+1))/(1-r)^2", "proved where r > 0, r ≠ 1"),
            ("sum[k=1..n] log(1 + 1/k) = log(n+1)", "proved"),
            ("prod[k=1..n] (k+1)/k = n+1", "proved"),
            ("sum[k=1..n] cos(k*t) = (sin((n+1/2)*t) - sin(t/2))/(2*sin(t/2))", "proved where sin(t/2) ≠ 0"),
            ("(1/n)*(sum[k=1..n] k) = (n+1)/2", "proved"),
            ("sum[k=1..n] k = n*(n+1)/2 + 1e-20", "refuted"),
            ("sum[k=0..n-1] x[k+1] = sum(x)", "proved"),
            ("sum[k=1..n-1] (x[k+1] - x[k]) = x[n] - x[1]", "undecided"),
            ("sum[i=1..3] sum[j=1..i] j = 10", "proved"),
            ("softmax(x)[j] = 1/(sum[k] exp(x[k] - x[j]))", "proved"),
            ("log(softmax(x)[j]) = x[j] - logsumexp(x)", "proved"),
        ],
    );
}

#[test]
fn facts_that_contradict_each_other_are_errors() {
    for (declarations, facts) in [
        (vec![], vec!["x > 0", "x < 0"]),
        (vec![], vec!["x > 3", "x < 2"]),
        (vec![], vec!["x is integer", "0 < x < 1"]),
        (vec!["y: R[n]"], vec!["sum(y) = 1", "y < 0"]),
    ] {
        let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let error = match Problem::with(&owned(&declarations), &owned(&facts)) {
            Err(error) => error,
            Ok(mut problem) => claim(&mut problem, "1 = 1").unwrap_err(),
        };
        assert!(error.message.contains("satisfies all facts"), "{facts:?}: {}", error.message);
    }
}

#[test]
fn a_proof_that_is_not_confirmed_is_not_shown_to_the_paranoid() {
    let said = |arguments: &[&str]| {
        let output = run(arguments);
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    // The checker has no words for maxima over an index.
    let claim = ["--let", "x: R[n]", "max[k] x[k] = max[j] x[j]"];
    assert_eq!(said(&claim), (Some(0), "✓ proved\n".to_owned()));
    let strict = [&["--paranoid"], claim.as_slice()].concat();
    let doubt = "? undecided: the independent checker did not confirm the proof\n";
    assert_eq!(said(&strict), (Some(3), doubt.to_owned()));
    let (status, json) = said(&[&["--format", "json"], strict.as_slice()].concat());
    let object: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(status, Some(3));
    assert_eq!((&object["verdict"], &object["certified"]), (&"undecided".into(), &false.into()));
    assert_eq!(said(&["--paranoid", "x + x = 2x"]), (Some(0), "✓ proved\n".to_owned()));
    assert_eq!(said(&["--paranoid", "x + x = 3x"]).0, Some(1));
    assert_eq!(said(&["--paranoid", "x + x = 2x = x*2"]).0, Some(0));
}
