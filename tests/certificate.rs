//! Certificates are accepted where they are true, and rejected where they are not.

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

#[test]
fn false_claims_are_rejected() {
    for (left, right) in [
        ("x + x", "3*x"),
        ("sqrt(x^2)", "x"),
        ("sin(x)", "cos(x)"),
        ("exp(x+y)", "exp(x)+exp(y)"),
        ("log(x)*log(y)", "log(x+y)"),
        ("1", "2"),
    ] {
        rejected(left, right);
    }
}
