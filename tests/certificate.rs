//! Certificates are accepted where they are true, and rejected where they are not.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use symdiff::certificate::{Certificate, Justification, Step, examine, verify};

/// A claim with one step.
fn claim(left: &str, right: &str) -> Certificate {
    Certificate {
        left: left.into(),
        right: right.into(),
        steps: vec![Step { after: right.into(), because: Justification::Algebra }],
        ..Certificate::default()
    }
}

fn accepted(left: &str, right: &str) {
    if let Err(rejection) = examine(&claim(left, right)) {
        panic!("{left} = {right}: {rejection}");
    }
}

fn rejected(left: &str, right: &str) {
    assert!(verify(&claim(left, right)).is_err(), "{left} = {right} is accepted");
}

#[test]
fn scalar_claims_are_confirmed() {
    for (left, right) in [
        ("x + x", "2*x"),
        ("(x+1)^2", "x^2 + 2*x + 1"),
        ("1/(x-1) - 1/(x+1)", "2/(x^2-1)"),
        ("exp(x+y)", "exp(x)*exp(y)"),
        ("sin(x)^2 + cos(x)^2", "1"),
        ("sin(2*x)", "2*sin(x)*cos(x)"),
        ("tan(x)^2 + 1", "1/cos(x)^2"),
        ("sqrt(x^2)", "abs(x)"),
        ("sqrt(8)", "2*sqrt(2)"),
        ("sin(pi/6)", "1/2"),
        ("sigmoid(-x)", "1 - sigmoid(x)"),
        ("tanh(x/2)", "2*sigmoid(x) - 1"),
        ("d/dx sigmoid(x)", "sigmoid(x)*(1-sigmoid(x))"),
        ("d/dx log(1+exp(x))", "sigmoid(x)"),
        ("d/dx (x^x)", "x^x*(log(x)+1)"),
        ("d/dx asin(x)", "1/sqrt(1-x^2)"),
        ("log(x^2)", "2*log(abs(x))"),
        ("x^(1/2)*x^(1/2)", "x"),
    ] {
        accepted(left, right);
    }
}

/// A claim by several formulas in a row.
fn chain(texts: &[&str], conditions: &[&str]) -> Certificate {
    Certificate {
        left: texts[0].into(),
        right: texts[texts.len() - 1].into(),
        conditions: conditions.iter().map(|c| (*c).to_owned()).collect(),
        steps: texts[1..]
            .iter()
            .map(|text| Step { after: (*text).into(), because: Justification::Algebra })
            .collect(),
        ..Certificate::default()
    }
}

fn with(mut certificate: Certificate, declarations: &[&str], facts: &[&str]) -> Certificate {
    certificate.declarations = declarations.iter().map(|d| (*d).to_owned()).collect();
    certificate.facts = facts.iter().map(|f| (*f).to_owned()).collect();
    for step in &mut certificate.steps {
        if step.because == Justification::Algebra && !facts.is_empty() {
            step.because = Justification::Facts { used: (0..facts.len()).collect() };
        }
    }
    certificate
}

#[test]
fn false_claims_are_rejected() {
    for (left, right) in [
        ("x + x", "3*x"),
        ("sqrt(x^2)", "x"),
        ("sqrt(x^2)", "-x"),
        ("sin(x)", "cos(x)"),
        ("sin(x)^2", "1"),
        ("exp(x+y)", "exp(x)+exp(y)"),
        ("log(x)*log(y)", "log(x+y)"),
        ("log(x^2)", "2*log(abs(x)) + 1e-30"),
        ("tanh(x/2)", "2*sigmoid(x) + 1"),
        ("abs(x)", "x"),
        ("abs(x + y)", "abs(x) + abs(y)"),
        ("sign(x)^2", "1"),
        ("heaviside(x)", "(1 + sign(x))/2"),
        ("max(x, y)", "x"),
        ("asin(sin(x))", "x"),
        ("atan(tan(x))", "x"),
        ("atan(2)", "pi/3"),
        ("atan2(-1, -1)", "pi/4"),
        ("asin(1/2)", "5*pi/6"),
        ("d/dx abs(x)", "1"),
        ("d/dx x^2", "x"),
        ("cbrt(x)^2", "x^(1/3)"),
        ("(x^2)^(1/4)", "x^(1/2) + 0*y - 1"),
        ("sqrt(x*y)", "sqrt(x)*sqrt(y) + 1"),
        ("(-8)^2", "-64"),
        ("1", "2"),
    ] {
        rejected(left, right);
    }
}

#[test]
fn steps_outside_the_domain_are_rejected() {
    for (texts, conditions, holds) in [
        // x/x = 1 where x = 0 is not excluded
        (&["1", "x/x", "1"][..], &[][..], false),
        (&["1", "x/x", "1"], &["x != 0"], true),
        (&["log(x^2)", "2*log(x)", "2*log(abs(x))"], &[], false),
        (&["log(x^2)", "2*log(x)", "2*log(abs(x))"], &["x > 0"], true),
        (&["sqrt(x^2)", "x"], &[], false),
        (&["sqrt(x^2)", "x"], &["x >= 0"], true),
        (&["sqrt(x^2)", "-x"], &["x < 0"], true),
        (&["sqrt(x^2)", "-x"], &["x > 0"], false),
        (&["x", "sqrt(x)^2", "x"], &[], false),
        (&["x", "sqrt(x)^2", "x"], &["x > 1"], true),
        (&["x", "exp(log(x))", "x"], &[], false),
        (&["x", "exp(log(x))", "x"], &["x > 0"], true),
        (&["x", "sin(asin(x))", "x"], &[], false),
        (&["x", "tan(x)*cos(x)/sin(x)*x", "x"], &[], false),
        (&["x^2 - 1", "(x - 1)^2*(x + 1)/(x - 1)", "x^2 - 1"], &[], false),
        (&["x^2 - 1", "(x - 1)^2*(x + 1)/(x - 1)", "x^2 - 1"], &["x != 1"], true),
        (&["1", "0/(x - x)", "2"], &[], false),
        (&["1", "(x - x)/(x - x)", "2"], &[], false),
        (&["0", "0*log(x)", "0"], &[], false),
        (&["0", "0*log(-1 - x^2)", "5"], &[], false),
        (&["log(0)", "1"], &[], false),
        (&["sqrt(-1 - x^2)", "7"], &[], false),
        (&["1/(x - x)", "3"], &[], false),
        (&["log(x*y)", "log(x) + log(y)", "log(x*y)"], &[], false),
        (&["log(x*y)", "log(x) + log(y)", "log(x*y)"], &["x > 0"], true),
        (&["sqrt(x*y)", "sqrt(x)*sqrt(y)", "sqrt(x*y)"], &[], false),
        (&["sqrt(x*y)", "sqrt(x)*sqrt(y)", "sqrt(x*y)"], &["x > 0", "y > 0"], true),
        (&["x", "y"], &["x = y"], true),
        (&["x", "y"], &[], false),
        (&["(1 + x^2)/(1 + x^2)", "1", "exp(x)*exp(-x)"], &[], true),
        (&["1", "(2 + sin(x))/(2 + sin(x))", "1"], &[], true),
        (&["1", "(1 + sin(x))/(1 + sin(x))", "1"], &[], false),
        (&["1", "log(1 + exp(x))/softplus(x)", "1"], &[], true),
        (&["0", "d/dx sign(x)", "0"], &[], false),
        (&["abs(x)", "exp(log(abs(x)))", "abs(x)"], &[], false),
        (&["sign(x)^2", "sign(x)^2*exp(log(abs(x)))/abs(x)", "1"], &[], false),
        (&["x*sign(x)", "d/dx ([x > 0]*x^2 - [x < 0]*x^2)/2", "abs(x)"], &[], false),
        (&["x + 1", "(x + 1)*(x^2 + 1)/(x^2 + 1)", "1 + x"], &[], true),
    ] {
        let result = verify(&chain(texts, conditions));
        assert_eq!(result.is_ok(), holds, "{texts:?} where {conditions:?}: {result:?}");
    }
}

const TENSORS: &[(&str, &str, &[&str], &[&str])] = &[
    ("x'*y", "y'*x", &["x: R[n]", "y: R[n]"], &[]),
    ("tr(A*B)", "tr(B*A)", &["A: R[n,m]", "B: R[m,n]"], &[]),
    ("(A*B)'", "B'*A'", &["A: R[n,m]", "B: R[m,k]"], &[]),
    ("norm2(x)^2", "sum[i] x[i]^2", &["x: R[n]"], &[]),
    ("sum(softmax(x))", "1", &["x: R[n]"], &[]),
    ("grad(x'*A*x, x)", "(A + A')*x", &["x: R[n]", "A: R[n,n]"], &[]),
    ("grad(x'*A*x, x)", "2*A*x", &["x: R[n]", "A: R[n,n]"], &["A' = A"]),
    ("grad(norm2(W*x - y)^2, W)", "2*(W*x - y)*x'", &["W: R[m,n]", "x: R[n]", "y: R[m]"], &[]),
    ("grad(logsumexp(x), x)", "softmax(x)", &["x: R[n]"], &[]),
    ("jacobian(softmax(x), x)", "diag(softmax(x)) - softmax(x)*softmax(x)'", &["x: R[n]"], &[]),
    ("grad(-sum(y.*log(softmax(x))), x)", "softmax(x) - y", &["x: R[n]", "y: R[n]"], &["sum(y) = 1"]),
    ("inv(A*B)*A", "inv(B)", &["A: R[n,n]", "B: R[n,n]"], &[]),
    ("inv(A')", "inv(A)'", &["A: R[n,n]"], &[]),
    ("inv(A + B)*A + inv(A + B)*B", "eye(n)", &["A: R[n,n]", "B: R[n,n]"], &[]),
    ("grad(log(det(A)), A)", "inv(A)'", &["A: R[n,n]"], &[]),
    ("norm2(Q*x)", "norm2(x)", &["Q: R[n,n]", "x: R[n]"], &["Q'*Q = eye(n)"]),
    ("sum[i,j] p[i,j]*(y[i] - y[j])", "0", &["p: R[n,n]", "y: R[n]"], &["p' = p"]),
    ("a'*x", "x'*W'*c + x'*b", &["W: R[m,n]", "b: R[n]", "c: R[m]", "x: R[n]", "a = W'*c + b"], &[]),
    ("sum[i] x[i]/(1 + x[i])", "n - sum[i] 1/(1 + x[i])", &["x: R[n]"], &["x > 0"]),
    ("mean(x)*n", "sum(x)", &["x: R[n]"], &[]),
    ("[1, 2]'*[3, 4]", "11", &[], &[]),
];

#[test]
fn tensor_claims_are_confirmed() {
    for (left, right, declarations, facts) in TENSORS {
        let certificate = with(claim(left, right), declarations, facts);
        if let Err(rejection) = examine(&certificate) {
            panic!("{left} = {right}: {rejection}");
        }
        let mut without = certificate.clone();
        without.steps[0].because = Justification::Algebra;
        if facts.iter().any(|fact| fact.contains('=')) {
            assert!(verify(&without).is_err(), "{left} = {right} without its facts");
        }
    }
}

#[test]
fn false_tensor_claims_are_rejected() {
    for (left, right, declarations) in [
        ("A*B", "B*A", &["A: R[n,n]", "B: R[n,n]"][..]),
        ("A", "A'", &["A: R[n,n]"]),
        ("x*y'", "y*x'", &["x: R[n]", "y: R[n]"]),
        ("tr(A*B*C)", "tr(A*C*B)", &["A: R[n,n]", "B: R[n,n]", "C: R[n,n]"]),
        ("sum(x)^2", "sum(x.^2)", &["x: R[n]"]),
        ("sum(x.*y)", "sum(x)*sum(y)", &["x: R[n]", "y: R[n]"]),
        ("mean(x)", "sum(x)", &["x: R[n]"]),
        ("inv(A + B)", "inv(A) + inv(B)", &["A: R[n,n]", "B: R[n,n]"]),
        ("inv(A*B)", "inv(A)*inv(B)", &["A: R[n,n]", "B: R[n,n]"]),
        ("det(A + B)", "det(A) + det(B)", &["A: R[n,n]", "B: R[n,n]"]),
        ("grad(x'*A*x, x)", "2*A*x", &["x: R[n]", "A: R[n,n]"]),
        ("x", "x'", &["x: R[n]"]),
        ("x", "y", &["x: R[n]", "y: R[m]"]),
        ("sum[i] x[i]*y[i]", "x[1]*y[1]", &["x: R[n]", "y: R[n]"]),
        ("x[i]", "x[j]", &["x: R[n]"]),
        ("sum(ones(n))", "n^2", &[]),
        ("f(2)", "0", &["f(t) = diff(t^2, t)"]),
        ("f(3)", "12", &["a = x + 1", "f(x) = a*x"]),
        ("x[5]", "x[5]", &["x: R[3]"]),
        ("sum[i,j] 1/(y[i] - y[j])", "1", &["y: R[n]"]),
        ("sum[i != j] 1/(y[i] - y[j])", "1", &["y: R[n]"]),
        ("norm2(x)", "norm1(x)", &["x: R[n]"]),
    ] {
        let certificate = with(claim(left, right), declarations, &[]);
        assert!(verify(&certificate).is_err(), "{left} = {right} is accepted");
    }
}

#[test]
fn facts_say_no_more_than_they_say() {
    for (left, right, declarations, facts) in [
        ("p", "p'", &["p: R[n,n]"][..], "p[i,i] = p[i,i]"),
        ("p", "p'", &["p: R[3,3]"], "p[1,2] = p[2,1]"),
        ("sum(x)", "1", &["x: R[n]"], "sum(x.^2) = 1"),
        ("sum(x.*x)", "sum(x)", &["x: R[n]"], "sum(x) = 1"),
        ("Q*Q'", "eye(m)", &["Q: R[m,n]"], "Q'*Q = eye(n)"),
        ("grad(sum(y), y)", "zeros(n)", &["y: R[n]"], "sum(y) = 1"),
        ("x + y", "3", &["x: R", "y: R"], "x = 1"),
        ("y[1]/y[1] + log(y[2])/log(y[2])", "3", &["y: R[3]"], "sum(y) = 1"),
        ("sum[i != j] 1/(y[i] - y[j])", "1", &["y: R[n]"], "sum(y) = 1"),
    ] {
        let certificate = with(claim(left, right), declarations, &[facts]);
        assert!(verify(&certificate).is_err(), "{left} = {right} given {facts} is accepted");
    }
}

#[test]
fn identities_need_their_conditions() {
    let step = |name: &str| Justification::Identity { name: name.into() };
    for (left, right, name, conditions, holds) in [
        ("asin(sin(t))", "t", "inverse sine of a sine", &["-1 <= t", "t <= 1"][..], false),
        ("abs(a + b)", "a + b", "absolute value of a nonnegative", &["a + b >= 0"], true),
        ("max(a, b)", "a", "larger of ordered", &["a >= b"], true),
        ("max(a, b)", "a", "larger of ordered", &[], false),
        ("max(a, b)", "a", "no such law", &["a >= b"], false),
        ("relu(relu(u))", "relu(u)", "relu of a relu", &[], true),
    ] {
        let mut certificate = chain(&[left, right], conditions);
        certificate.steps[0].because = step(name);
        let result = verify(&certificate);
        assert_eq!(result.is_ok(), holds, "{left} = {right} by {name}: {result:?}");
    }
}

#[test]
fn chains_and_places_matter() {
    let good = chain(&["(x + 1)^2", "x^2 + 2*x + 1", "1 + x*(x + 2)"], &[]);
    assert!(verify(&good).is_ok());
    let mut short = good.clone();
    short.steps.pop();
    assert!(verify(&short).is_err());
    let mut none = good.clone();
    none.steps.clear();
    assert!(verify(&none).is_err());
    let mut wrong = good.clone();
    wrong.steps[0].after = "x^2 + x + 1".into();
    assert_eq!(verify(&wrong).unwrap_err().step, Some(0));
    let mut fact = good;
    fact.steps[1].because = Justification::Facts { used: vec![0] };
    assert_eq!(verify(&fact).unwrap_err().step, Some(1));
}

#[test]
fn json_goes_both_ways() {
    let mut certificate = chain(&["log(x*y)", "log(x) + log(y)"], &["x > 0"]);
    certificate.facts.push("y > 0".into());
    certificate.declarations.push("x: R".into());
    for because in [
        Justification::Algebra,
        Justification::Definition,
        Justification::Differentiate,
        Justification::Declaration,
        Justification::Facts { used: vec![0] },
        Justification::Identity { name: "logarithm of a product".into() },
        Justification::Cases { on: "x".into() },
    ] {
        certificate.steps[0].because = because;
        assert_eq!(Certificate::from_json(&certificate.to_json()).unwrap(), certificate);
    }
    for text in ["", "{}", "[]", "{\"version\": 2}", "{\"version\": 1, \"left\": 3}"] {
        assert!(Certificate::from_json(text).is_err(), "{text}");
    }
    let more = certificate.to_json().replacen("\"version\": 1,", "\"version\": 1, \"note\": [],", 1);
    assert!(Certificate::from_json(&more).is_ok(), "unknown fields are passed over");
}

#[test]
fn every_justification_has_its_certificate() {
    use Justification::{Algebra, Cases, Declaration, Definition, Differentiate, Facts, Identity};
    let table: &[(&[&str], &[&str], &[&str], &[&str], Justification)] = &[
        (&["(x + 1)^2", "x^2 + 2*x + 1"], &[], &[], &[], Algebra),
        (&["tanh(x/2)", "2*sigmoid(x) - 1"], &[], &[], &[], Definition),
        (&["diff(x^2*sin(x), x)", "2*x*sin(x) + x^2*cos(x)"], &[], &[], &[], Differentiate),
        (&["swish(x)", "x/(1 + exp(-x))"], &["swish(t) = t*sigmoid(t)"], &[], &[], Declaration),
        (&["a*sum(y)", "a"], &["y: R[n]"], &["sum(y) = 1"], &[], Facts { used: vec![0] }),
        (&["max(a, b)", "a"], &[], &[], &["a >= b"], Identity { name: "larger of ordered".into() }),
        (&["sqrt(x^2)/x", "abs(x)/x"], &[], &[], &[], Cases { on: "x".into() }),
    ];
    for (texts, declarations, facts, conditions, because) in table {
        let mut good = with(chain(texts, conditions), declarations, facts);
        good.steps[0].because = because.clone();
        assert_eq!(verify(&good), Ok(()), "{texts:?}");
        // The other way round, and by way of the other side and back.
        let mut back = good.clone();
        std::mem::swap(&mut back.left, &mut back.right);
        back.steps[0].after = back.right.clone();
        assert_eq!(verify(&back), Ok(()), "{texts:?} backwards");
        if !conditions.is_empty() {
            let mut without = good.clone();
            without.conditions.clear();
            assert!(verify(&without).is_err(), "{texts:?} without its condition");
        }
        for wrong in ["5", "-1*x^2", "x + y + a"] {
            let mut bad = good.clone();
            bad.steps.insert(0, Step { after: wrong.into(), because: because.clone() });
            assert!(verify(&bad).is_err(), "{texts:?} by way of {wrong}");
        }
    }
}

#[test]
fn each_part_of_a_certificate_is_needed() {
    type Corruption = (&'static str, fn(&mut Certificate));
    let good = {
        let mut good = chain(
            &[
                "diff(log(a*x) + sum(y)*x, x) + relu(relu(u))",
                "1/x + sum(y) + relu(relu(u))",
                "1/x + 1 + relu(relu(u))",
                "(1 + x)/x + relu(u)",
            ],
            &["a > 0"],
        );
        good.declarations = vec!["y: R[n]".into(), "b = x^2".into()];
        good.facts = vec!["sum(y) = 1".into()];
        good.steps[0].because = Justification::Differentiate;
        good.steps[1].because = Justification::Facts { used: vec![0] };
        good.steps[2].because = Justification::Identity { name: "relu of a relu".into() };
        good
    };
    assert_eq!(verify(&good), Ok(()));
    assert_eq!(Certificate::from_json(&good.to_json()).unwrap(), good);
    let corruptions: &[Corruption] = &[
        ("a formula in the middle", |c| c.steps[0].after = "1/x - sum(y) + relu(relu(u))".into()),
        ("another formula in the middle", |c| c.steps[1].after = "1/x + 2 + relu(relu(u))".into()),
        ("one that is not defined everywhere", |c| {
            c.steps[1].after = "(x - 1)/(x - 1)*(1/x + 1) + relu(relu(u))".into();
        }),
        ("one that cannot be read", |c| c.steps[1].after = "1/x + 1 +".into()),
        ("conditions exclude each other", |c| c.conditions.push("a < 0".into())),
        ("another fact", |c| c.facts[0] = "sum(y) = 2".into()),
        ("no fact", |c| c.facts.clear()),
        ("the fact is not named", |c| c.steps[1].because = Justification::Algebra),
        ("a fact that is not there", |c| c.steps[1].because = Justification::Facts { used: vec![1] }),
        ("no identity", |c| c.steps[2].because = Justification::Algebra),
        ("another identity", |c| {
            c.steps[2].because = Justification::Identity { name: "larger of ordered".into() }
        }),
        ("the last step is missing", |c| drop(c.steps.pop())),
        ("the step of the fact is missing", |c| drop(c.steps.remove(1))),
        ("no steps", |c| c.steps.clear()),
        ("the sides are exchanged", |c| std::mem::swap(&mut c.left, &mut c.right)),
        ("another left side", |c| c.left = "diff(log(a*x) + 2*sum(y)*x, x) + relu(relu(u))".into()),
        ("another right side", |c| c.right = "(1 + x)/x + relu(v)".into()),
        ("another right side that is reached", |c| {
            c.right = "(1 + x)/x + relu(v)".into();
            c.steps[2].after = c.right.clone();
        }),
        ("a variable is something else", |c| c.declarations.push("x = 3".into())),
    ];
    for (what, corrupt) in corruptions {
        let mut bad = good.clone();
        corrupt(&mut bad);
        assert_ne!(bad, good, "{what}");
        assert!(verify(&bad).is_err(), "{what}: still accepted");
    }
}

/// What signs say of roots: as much as follows and no more.
#[test]
fn signs_say_no_more_than_they_say() {
    for (left, right, conditions, holds) in [
        ("sqrt(x*y)", "sqrt(-x)*sqrt(-y)", &["x < 0"][..], true),
        ("sqrt(x*y)", "-sqrt(-x)*sqrt(-y)", &["x < 0"], false),
        ("sqrt(x*y)", "sqrt(-x)*sqrt(y)", &["x < 0"], false),
        ("sqrt(x*y)", "sqrt(x)*sqrt(y)", &["x < 0"], false),
        ("sqrt(x*y*z)", "sqrt(-x)*sqrt(-y)*sqrt(z)", &["x < 0", "y < 0"], true),
        ("sqrt(x*y*z)", "sqrt(-x)*sqrt(-y)*sqrt(-z)", &["x < 0", "y < 0"], false),
        ("(x*y)^(1/3)", "-cbrt(x)*(-y)^(1/3)", &["x < 0"], true),
        ("(x*y)^(1/3)", "cbrt(x)*(-y)^(1/3)", &["x < 0"], false),
        ("exp(acoth(x))", "sqrt((x + 1)/(x - 1))", &[], true),
        ("exp(acoth(x))", "-sqrt((x + 1)/(x - 1))", &[], false),
        ("exp(3*acoth(x))", "((x + 1)/(x - 1))^(3/2)", &[], true),
        ("exp(3*acoth(x))", "((x - 1)/(x + 1))^(3/2)", &[], false),
        ("abs(x)*abs(y)", "x*y", &["abs(x)*abs(y) > 1"], false),
        ("abs(x)/x", "1", &["abs(x) > 1"], false),
        ("abs(x)^2/x^2", "1", &["abs(x) > 1"], true),
        ("abs(x)", "x", &["x - y^2 > 0"], true),
        ("abs(x)", "x", &["x + y^2 > 0"], false),
        ("abs(x)", "x", &["x - y > 0"], false),
        ("abs(x*y)", "x*y", &["x*y - 1 > 0"], true),
        ("abs(x*y)", "x*y", &["x^2*y^2 - 1 > 0"], false),
        ("abs(x)*y", "x*abs(y)", &["x*y > 0"], true),
        ("abs(x)*y", "x*abs(y)", &["x*y < 0"], false),
        ("abs(x)*y", "x*abs(y)", &["x*y >= 0"], false),
        ("sin(asin(x))", "x", &[], true),
        ("cos(asin(x))", "sqrt(1 - x^2)", &[], true),
        ("cos(asin(x))", "-sqrt(1 - x^2)", &[], false),
        ("cos(atan(x))", "1/sqrt(1 + x^2)", &[], true),
        ("sin(atan(x))", "1/sqrt(1 + x^2)", &[], false),
    ] {
        let result = verify(&chain(&[left, right], conditions));
        assert_eq!(result.is_ok(), holds, "{left} = {right} where {conditions:?}: {result:?}");
    }
}

#[test]
fn proofs_have_readable_certificates() {
    use symdiff::Problem;
    use symdiff::prove::{Verdict, claim};
    let table: &[(&str, &[&str], &[&str], &[&str])] = &[
        ("(x + 1)^2 = x^2 + 2*x + 1", &[], &[], &["algebra"]),
        ("tanh(x/2) = 2*sigmoid(x) - 1", &[], &[], &["definition"]),
        ("diff(x^2*sin(x), x) = x^2*cos(x) + 2*x*sin(x)", &[], &[], &["differentiate"]),
        ("diff(x^2*sin(x), x) = 2*sin(x)*x + cos(x)*x^2", &[], &[], &["differentiate"]),
        ("diff(x^2*sin(x), x) = x*(2*sin(x) + x*cos(x))", &[], &[], &["differentiate", "algebra"]),
        ("diff(log(1 + exp(x)), x) = sigmoid(x)", &[], &[], &["differentiate", "definition"]),
        ("diff(asin(sqrt(x)), x) = 1/(2*sqrt(x*(1 - x)))", &[], &[], &["differentiate", "algebra"]),
        ("swish(-x) = -x/(1 + exp(x))", &["swish(t) = t*sigmoid(t)"], &[], &["declaration"]),
        ("a*sum(y) = a", &["y: R[n]"], &["sum(y) = 1"], &["facts"]),
        ("grad(x'*A*x, x) = 2*A*x", &["x: R[n]", "A: R[n,n]"], &["A' = A"], &["facts"]),
        (
            "grad(norm2(W*x - y)^2, W) = 2*(W*x - y)*x'",
            &["W: R[m,n]", "x: R[n]", "y: R[m]"],
            &[],
            &["differentiate"],
        ),
        ("sqrt(x^2) = x", &[], &["x > 0"], &["algebra"]),
    ];
    for (text, declarations, facts, reasons) in table {
        let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let mut problem = Problem::with(&owned(declarations), &owned(facts)).unwrap();
        let links = claim(&mut problem, text).unwrap();
        let Verdict::Proved(proof) = &links[0].verdict else { panic!("{text}: {:?}", links[0].verdict) };
        let certificate = proof.certificate().unwrap_or_else(|| panic!("{text} has no certificate"));
        let words: Vec<&str> = certificate.steps.iter().map(|step| step.because.word()).collect();
        assert_eq!(words, *reasons, "{text}: {certificate:#?}");
        assert!(certificate.steps.len() <= 6);
        assert_eq!(verify(&certificate), Ok(()), "{text}");
        assert_eq!(proof.certificate(), Some(certificate.clone()), "{text}");
        let statement = Certificate { steps: Vec::new(), ..certificate.clone() };
        assert_eq!(proof.statement(), statement, "{text}");
        // The same steps do not prove twice the right side.
        let mut wrong = certificate;
        wrong.right = format!("2*({})", wrong.right);
        wrong.steps.last_mut().unwrap().after = wrong.right.clone();
        assert!(verify(&wrong).is_err(), "{text} and its double");
    }
}

#[cfg(feature = "cli")]
#[test]
fn the_command_says_what_it_found() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let run = |input: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_symdiff"))
            .args(["verify", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let good = chain(&["log(x*y)", "log(x) + log(y)"], &["x > 0"]);
    let (status, out, _) = run(&good.to_json());
    assert_eq!(status, Some(0), "{out}");
    assert!(
        out.starts_with(
            "accepted: log(x*y) = log(x) + log(y)\nwherever both sides are defined, where x > 0\n"
        ),
        "{out}"
    );
    assert!(out.ends_with("\n  log(x*y)\n= log(x) + log(y)    by algebra\n1 step checked\n"), "{out}");
    let mut bad = good;
    bad.steps.insert(0, Step { after: "log(x) - log(y)".into(), because: Justification::Algebra });
    let (status, out, _) = run(&bad.to_json());
    assert_eq!((status, out.starts_with("rejected: step 1: ")), (Some(1), true), "{out}");
    let (status, out, error) = run("{}");
    assert_eq!((status, out.is_empty(), error.is_empty()), (Some(2), true, false));
}

/// Corruptions of a text: one letter or digit put for another, signs turned, functions exchanged.
fn corruptions(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (at, c) in text.char_indices() {
        let others: &[&str] = match c {
            '+' => &["-", "*"],
            '-' => &["+"],
            '1' => &["2", "0"],
            '2' => &["3", "1"],
            '*' => &["+"],
            '/' => &["*"],
            _ => &[],
        };
        for other in others {
            all.push(format!("{}{other}{}", &text[..at], &text[at + c.len_utf8()..]));
        }
    }
    for (a, b) in [
        ("sin", "cos"),
        ("cos", "sin"),
        ("exp", "log"),
        ("tanh", "sigmoid"),
        ("sigmoid", "tanh"),
        ("log", "exp"),
        ("sqrt", "abs"),
    ] {
        for (at, _) in text.match_indices(a) {
            all.push(format!("{}{b}{}", &text[..at], &text[at + a.len()..]));
        }
    }
    all
}

/// The value in f64 of a scalar claim at a point, by the engine's own evaluator.
fn value(text: &str, x: i64, y: i64) -> Option<f64> {
    use symdiff::evaluate::graph::{Point, evaluate};
    let mut environment = symdiff::lower::Environment::new();
    let tree = symdiff::syntax::parse(text, &symdiff::syntax::Names::default()).ok()?.tree;
    let node = environment.lower(&tree).ok()?.node;
    let mut point = Point::new();
    point.set("x", symdiff::number::Rational::fraction(x, 10)?);
    point.set("y", symdiff::number::Rational::fraction(y, 10)?);
    evaluate(&environment.graph, &[node], &point).ok()?.first()?.scalar().filter(|v| v.is_finite())
}

#[test]
fn corrupted_certificates_are_rejected_or_still_true() {
    let originals: &[&[&str]] = &[
        &["(x + 1)^2 - (x - 1)^2", "4*x + 1 - 1", "2*x + 2*x"],
        &["d/dx sigmoid(2*x + 1)", "2*exp(-2*x - 1)/(1 + exp(-2*x - 1))^2"],
        &["sin(2*x) + 1 - cos(x)^2", "2*sin(x)*cos(x) + sin(x)^2"],
        &["tanh(x + y)", "(tanh(x) + tanh(y))/(1 + tanh(x)*tanh(y))"],
        &["d/dx log(1 + exp(x) + y^2)", "exp(x)/(1 + exp(x) + y^2)"],
        &["d/dx sqrt(1 + x^2)", "x/sqrt(1 + x^2)", "x*(1 + x^2)^(-1/2)"],
        &["log(exp(x) + exp(y))", "x + log(1 + exp(y - x))"],
        &["d/dx (x^2*sin(x))", "2*x*sin(x) + x^2*cos(x)"],
        &["1/(1 + x^2) - 1/(2 + x^2)", "1/((1 + x^2)*(2 + x^2))"],
        &["d/dx exp(-x^2/2)", "-x*exp(-x^2/2)"],
    ];
    let (mut corrupted, mut refused) = (0, 0);
    for texts in originals {
        let good = chain(texts, &[]);
        assert!(verify(&good).is_ok(), "{texts:?}: {:?}", verify(&good));
        for place in 0..texts.len() {
            for text in corruptions(texts[place]) {
                let mut bad = texts.to_vec();
                bad[place] = &text;
                corrupted += 1;
                if verify(&chain(&bad, &[])).is_err() {
                    refused += 1;
                    continue;
                }
                // Accepted: then it must be true.
                for (x, y) in [(7, -4), (-13, 9), (21, 16)] {
                    let (Some(a), Some(b)) = (value(bad[0], x, y), value(bad[bad.len() - 1], x, y)) else {
                        continue;
                    };
                    assert!((a - b).abs() <= 1e-9 * (1.0 + a.abs()), "{bad:?} is accepted, {a} and {b}");
                }
            }
        }
    }
    assert!(corrupted >= 200, "{corrupted}");
    assert!(refused * 10 >= corrupted * 9, "{refused} of {corrupted}");
}

/// Certificates with one step for every pair of the corpora; run by hand, with `SYMDIFF_CORPORA` set.
#[test]
#[ignore = "needs the corpora; a measurement"]
fn pairs_of_the_corpora() {
    let Ok(folder) = std::env::var("SYMDIFF_CORPORA") else {
        println!("SYMDIFF_CORPORA is not set: skipped");
        return;
    };
    let only = std::env::var("ONLY").unwrap_or_default();
    for file in [
        "feynman",
        "symengine_tests",
        "sympy_diff",
        "rubi_s300",
        "fpcore_dev",
        "matrix_facts_dev",
        "matrix_wrong_dev",
    ] {
        if !file.contains(&only) {
            continue;
        }
        let text = std::fs::read_to_string(format!("{folder}/{file}.jsonl")).unwrap();
        let (mut all, mut confirmed) = (0, 0);
        let mut slowest = (std::time::Duration::ZERO, String::new());
        for line in text.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            if row["status"].as_str().is_some_and(|status| status != "ok-real" && status != "equal") {
                continue;
            }
            let Some(mut certificate) = certificate_of(&row) else { continue };
            all += 1;
            if std::env::var("PERTURB").is_ok() {
                // None of these is true: the right side is off by a little, everywhere.
                certificate.right = format!("{} + 1e-9*(2 + sin({}))", certificate.right, 7);
                certificate.steps[0].after = certificate.right.clone();
            }
            if std::env::var("SHOW").is_ok() {
                eprintln!("{}", row["id"]);
            }
            let start = std::time::Instant::now();
            match examine(&certificate) {
                Ok(_) => {
                    confirmed += 1;
                    let is_wrong = std::env::var("PERTURB").is_ok() || row["verdict"] == false;
                    assert!(!is_wrong, "accepted: {} = {}", certificate.left, certificate.right);
                }
                Err(rejection) => {
                    println!("{} {} = {}  ({rejection})", row["id"], certificate.left, certificate.right);
                }
            }
            if start.elapsed() > slowest.0 {
                slowest = (start.elapsed(), row["id"].to_string());
            }
        }
        println!("{file}: {confirmed} of {all}, slowest {slowest:?}");
    }
}

fn certificate_of(row: &serde_json::Value) -> Option<Certificate> {
    let text = |field: &str| row[field].as_str();
    let mut certificate = match text("kind")? {
        "derivative" => claim(&format!("diff({}, {})", text("expr")?, text("wrt")?), text("expected")?),
        "equality" => claim(text("lhs").or(text("expr"))?, text("rhs").or(text("expected"))?),
        kind if kind.starts_with("matrix") => {
            let operator = match kind {
                "matrix-gradient" => "grad",
                "matrix-hessian" => "hessian",
                _ => "jacobian",
            };
            let mut expected = text("expected")?.to_owned();
            let n = row["dims"]["n"].as_i64()?;
            expected = expected
                .replace(&format!("eye({n})"), "eye(n)")
                .replace(&format!("ones({n},1)"), "ones(n,1)");
            claim(&format!("{operator}({}, {})", text("expr")?, text("wrt")?), &expected)
        }
        _ => return None,
    };
    if let Some(variables) = row["vars"].as_object() {
        for (name, shape) in variables {
            let sizes: Vec<&str> = shape.as_array()?.iter().filter_map(|s| s.as_str()).collect();
            certificate.declarations.push(format!("{name}: R[{}]", sizes.join(",")));
        }
    } else if let Some(variables) = row["vars"].as_array() {
        for name in variables {
            certificate.declarations.push(format!("{}: R", name.as_str()?));
        }
    }
    for (name, property) in row["props"].as_object().into_iter().flatten() {
        let property = property.as_str().unwrap_or("");
        if property.contains("symmetric") {
            certificate.facts.push(format!("{name}' = {name}"));
        }
        if property.contains("orthogonal") {
            certificate.facts.push(format!("{name}'*{name} = eye(n)"));
        }
        if property.contains("positive") && !property.contains("definite") && !property.contains("large") {
            certificate.facts.push(format!("{name} > 0"));
        }
        if let Some(body) = property.strip_prefix("vec(") {
            certificate.facts.push(format!("{name} = vec({body}"));
        }
    }
    certificate.steps[0].because = Justification::Facts { used: (0..certificate.facts.len()).collect() };
    Some(certificate)
}
