//! What is written for the derivatives of a formula: declarations, facts, formula, variable, expected text. Everything
//! that is written must read back as an equal value.

use symdiff::differentiate::differentiate;
use symdiff::lower::{Environment, Layout};
use symdiff::notation::{self, Form, Names};
use symdiff::print;
use symdiff::syntax::{parse, parse_declaration, parse_fact};

/// Declarations separated by `;`, facts separated by `;`, formula, variable (empty: the formula itself), expected.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

const SCALARS: &[Row] = &[
    ("", "", "x^2", "x", "2*x"),
    ("", "", "sigmoid(x)", "x", "sigmoid(x)*(1 - sigmoid(x))"),
    ("", "", "-log(y)", "y", "-1/y"),
    ("", "", "x^2 + 3*x*y - 1", "", "x^2 + 3*x*y - 1"),
    ("", "", "sqrt(x)", "x", "1/(2*sqrt(x))"),
    ("", "", "1 - x", "", "1 - x"),
    ("", "", "exp(1)*pi*x", "", "e*pi*x"),
];

const VECTORS: &[Row] = &[
    ("A: R[n,n]; x: R[n]", "", "x'*A*x", "x", "(A + A')*x"),
    ("A: R[k,n]; X: R[n,m]; B: R[m,k]", "", "tr(A*X*B)", "X", "A'*B'"),
    ("X: R[n,m]", "", "tr(X'*X) - 3", "X", "2*X"),
    ("X: R[n,n]", "", "log(det(X))", "X", "inv(X)'"),
    ("X: R[n,n]; a: R[n]; b: R[n]", "", "a'*inv(X)*b", "X", "-inv(X)'*a*b'*inv(X)'"),
    ("A: R[n,n]; X: R[n,m]; B: R[m,m]; C: R[n,n]", "", "tr(A*X*B*X'*C)", "X", "C*A*X*B + A'*C'*X*B'"),
    ("x: R[n]; a: R[n]", "", "norm2(x - a)", "x", "(x - a)/norm2(x - a)"),
    ("A: R[n,m]; X: R[n,m]", "", "sum(A .* X .* X)", "X", "2*(A .* X)"),
    ("A: R[n,m]; x: R[m]", "", "A*exp(x)", "x", "A*diag(exp(x))"),
    ("X: R[n,m]; w: R[m]; y: R[n]", "", "sum((X*w - y).^2)", "w", "2*X'*(X*w - y)"),
    ("D: R[n,m]; x: R[n]; α: R[m]", "", "norm2(x - D*α)^2 + λ*norm1(α)", "α", "λ*sign(α) - 2*D'*(x - D*α)"),
    ("D: R[n,m]; x: R[n]; α: R[m]", "", "norm2(x - D*α)^2 + λ*norm1(α)", "D", "-2*(x - D*α)*α'"),
    ("x: R[n]", "", "softmax(x)", "x", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    ("x: R[n]; p = softmax(x)", "", "p", "x", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    ("x: R[n]; z: R[n]; p = softmax(x + z)", "", "softmax(x + z)", "x", "diag(p) - p*p'"),
    ("W: R[n,m]; x: R[m]; b: R[n]; y: R[n]; ŷ = softmax(W*x + b)", "sum(y) = 1", "-sum[k] y[k]*log(ŷ[k])", "W", "(ŷ - y)*x'"),
    ("W: R[n,m]; x: R[m]; b: R[n]; y: R[n]; ŷ = softmax(W*x + b)", "", "-sum[k] y[k]*log(ŷ[k])", "W", "(sum(y)*ŷ - y)*x'"),
    ("x: R[n]", "", "log(sum(exp(x)))", "", "logsumexp(x)"),
    ("x: R[n]", "", "log(sum(exp(x)))", "x", "softmax(x)"),
    ("x: R[n]", "", "sum(x)", "x", "ones(n)"),
];

const LAB: &str = "W: R[h,n]; b: R[h]; W': R[n,h]; b': R[n]; x: R[n]; σ1: function; σ2: function; B = σ1(W*x + b); A = σ2(W'*B + b')";
const AUTOENCODER: &[Row] = &[
    (LAB, "", "norm2(x - A)^2", "W'", "-2*((x - A) .* σ2'(W'*B + b'))*B'"),
    (LAB, "", "norm2(x - A)^2", "b'", "-2*((x - A) .* σ2'(W'*B + b'))"),
    (LAB, "", "norm2(x - A)^2", "W", "-2*((W''*((x - A) .* σ2'(W'*B + b'))) .* σ1'(W*x + b))*x'"),
    (LAB, "", "norm2(x - A)^2", "b", "-2*((W''*((x - A) .* σ2'(W'*B + b'))) .* σ1'(W*x + b))"),
];

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty())
}

fn environment(declarations: &str, facts: &str) -> Environment {
    let mut environment = Environment::new();
    for (number, text) in split(declarations).enumerate() {
        let (declaration, _) = parse_declaration(text, &environment.names).unwrap_or_else(|e| panic!("{text}: {e}"));
        environment.declare(&declaration, number).unwrap_or_else(|e| panic!("{text}: {e}"));
    }
    for text in split(facts) {
        let fact = parse_fact(text, &environment.names).unwrap_or_else(|e| panic!("{text}: {e}")).tree;
        environment.give(&fact, text).unwrap_or_else(|e| panic!("{text}: {e}"));
    }
    environment
}

/// What is written, with the reason for index notation behind it.
fn written((declarations, facts, formula, variable, _): &Row) -> String {
    let mut environment = environment(declarations, facts);
    let tree = parse(formula, &environment.names).unwrap_or_else(|e| panic!("{formula}: {e}")).tree;
    let lowered = environment.lower(&tree).unwrap_or_else(|e| panic!("{formula}: {e}"));
    let (node, layout) = if variable.is_empty() {
        (lowered.node, lowered.layout)
    } else {
        let (by, _) = environment.variable(variable).expect("a variable");
        let node = differentiate(&mut environment.graph, lowered.node, &[by]).expect("a derivative").partials[0];
        (node, Layout::of_rank(environment.graph.rank(node)))
    };
    let names = Names::of(&environment);
    let written = notation::write(&mut environment.graph, node, layout, &names);
    let text = print::text_with(&written.tree, &environment.names);
    match (&written.form, &written.reason) {
        (Form::Index { axes }, Some(reason)) => format!("[{}] {text} ({reason})", axes.join(",")),
        (_, Some(reason)) => format!("{text} ({reason})"),
        _ => text,
    }
}

fn check(rows: &[Row]) {
    let mut wrong = Vec::new();
    for row in rows {
        let text = written(row);
        if text != row.4 {
            wrong.push(format!("{} / {}\n     is {text}\n should {}", row.2, row.3, row.4));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn scalars() {
    check(SCALARS);
}

#[test]
fn vectors_and_matrices() {
    check(VECTORS);
}

#[test]
fn autoencoder() {
    check(AUTOENCODER);
}
