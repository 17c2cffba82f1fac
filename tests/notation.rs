//! What is written for the derivatives of a formula: declarations, facts, formula, variable, expected text. Everything
//! that is written must read back as an equal value.

mod dense;

use dense::{Evaluator, Point};
use proptest::prelude::*;
use symdiff::differentiate::differentiate;
use symdiff::ir::{Atom, NodeId, Operand};
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
    ("x: R[n]; p = softmax(x)", "", "p", "x", "diag(p) - p*p'"),
    ("x: R[n]; z: R[n]; p = softmax(x + z)", "", "softmax(x + z)", "x", "diag(p) - p*p'"),
    (
        "W: R[n,m]; x: R[m]; b: R[n]; y: R[n]; ŷ = softmax(W*x + b)",
        "sum(y) = 1",
        "-sum[k] y[k]*log(ŷ[k])",
        "W",
        "(ŷ - y)*x'",
    ),
    (
        "W: R[n,m]; x: R[m]; b: R[n]; y: R[n]; ŷ = softmax(W*x + b)",
        "",
        "-sum[k] y[k]*log(ŷ[k])",
        "W",
        "(sum(y)*ŷ - y)*x'",
    ),
    ("x: R[n]", "", "log(sum(exp(x)))", "", "logsumexp(x)"),
    ("x: R[n]", "", "log(sum(exp(x)))", "x", "softmax(x)"),
    ("x: R[n]", "", "sum(x)", "x", "ones(n)"),
];

const COOKBOOK: &[Row] = &[
    ("X: R[n,n]", "", "det(X)", "X", "det(X)*inv(X)'"),
    ("A: R[n,n]; X: R[n,n]; B: R[n,n]", "", "det(A*X*B)", "X", "det(A)*det(B)*det(X)*inv(X)'"),
    ("A: R[n,n]; X: R[n,m]", "", "det(X'*A*X)", "X", "det(X'*A*X)*(A*X*inv(X'*A*X) + A'*X*inv(X'*A*X)')"),
    ("X: R[n,m]", "", "log(det(X'*X))", "X", "2*X*inv(X'*X)"),
    ("X: R[n,n]", "", "det(X^3)", "X", "3*det(X)^3*inv(X)'"),
    ("X: R[n,n]; A: R[n,n]; B: R[n,n]", "", "tr(A*inv(X)*B)", "X", "-inv(X)'*A'*B'*inv(X)'"),
    ("X: R[n,n]; A: R[n,n]", "", "tr(inv(X + A))", "X", "-inv(A + X)'*inv(A + X)'"),
    ("X: R[n,m]; a: R[n]; b: R[m]", "", "a'*X*b", "X", "a*b'"),
    ("X: R[n,m]; a: R[m]; b: R[n]", "", "a'*X'*b", "X", "b*a'"),
    ("X: R[n,n]; a: R[n]", "", "a'*X*a", "X", "a*a'"),
    ("X: R[n,m]; b: R[m]; c: R[m]", "", "b'*X'*X*c", "X", "X*(b*c' + c*b')"),
    (
        "X: R[n,m]; D: R[n,n]; b: R[m]; c: R[m]; B: R[n,m]",
        "",
        "(X*b + B*c)'*D*(X*c + B*b)",
        "X",
        "D*(B*b + X*c)*b' + D'*(B*c + X*b)*c'",
    ),
    (
        "x: R[n]; B: R[m,n]; b: R[m]; D: R[l,n]; d: R[l]; C: R[m,l]",
        "",
        "(B*x + b)'*C*(D*x + d)",
        "x",
        "B'*C*(D*x + d) + D'*C'*(B*x + b)",
    ),
    ("X: R[n,m]; D: R[n,n]; b: R[m]; c: R[m]", "", "b'*X'*D*X*c", "X", "D*X*c*b' + D'*X*b*c'"),
    ("X: R[n,m]; D: R[n,n]; b: R[m]; c: R[n]", "", "(X*b + c)'*D*(X*b + c)", "X", "(D + D')*(X*b + c)*b'"),
    ("X: R[n,n]; A: R[n,n]", "", "tr(A*X^3)", "X", "X'*X'*A' + (A'*X' + X'*A')*X'"),
    ("X: R[n,n]; a: R[n]; b: R[n]", "", "a'*X^3*b", "X", "a*b'*X'*X' + X'*(X'*a*b' + a*b'*X')"),
    ("x: R[n]; A: R[n,m]; s: R[m]; W: R[n,n]", "W' = W", "(x - A*s)'*W*(x - A*s)", "s", "-2*A'*W*(x - A*s)"),
    ("x: R[n]; A: R[n,m]; s: R[m]; W: R[n,n]", "W' = W", "(x - A*s)'*W*(x - A*s)", "A", "-2*W*(x - A*s)*s'"),
    ("x: R[n]; A: R[n,n]; b: R[n]", "", "x'*A*x + b'*x", "x", "(A + A')*x + b"),
    ("x: R[n]; A: R[n,n]; b: R[n]", "", "x'*A*x + b'*x", "x x", "A + A'"),
    ("x: R[n]; A: R[n,n]", "A' = A", "x'*A*x", "x", "2*A*x"),
    ("X: R[n,n]", "", "tr(X^2)", "X", "2*X'"),
    ("X: R[n,m]; B: R[m,m]", "", "tr(X*B*X')", "X", "X*(B + B')"),
    (
        "X: R[n,n]; B: R[n,n]; C: R[n,n]",
        "",
        "tr(inv(X'*C*X)*B)",
        "X",
        "-inv(X)'*(B'*inv(X)*inv(C)' + B*inv(X)*inv(C))*inv(X)'",
    ),
    (
        "X: R[n,m]; A: R[k,n]; B: R[m,l]; C: R[k,l]",
        "",
        "tr((A*X*B + C)*(A*X*B + C)')",
        "X",
        "2*A'*(A*X*B + C)*B'",
    ),
    ("X: R[n,m]", "", "normF(X)", "X", "X/normF(X)"),
    ("X: R[n,m]", "", "normF(X)^2", "X", "2*X"),
    ("x: R[n]; a: R[n]", "", "norm2(x - a)", "x x", "eye(n)/norm2(x - a) - (x - a)*(x - a)'/norm2(x - a)^3"),
    (
        "X: R[n,m]; w: R[m]; y: R[n]; λ: R",
        "",
        "norm2(X*w - y)^2/2 + λ*norm2(w)^2/2",
        "w",
        "X'*(X*w - y) + λ*w",
    ),
    (
        "X: R[n,m]; w: R[m]; y: R[n]",
        "",
        "-sum(y .* log(sigmoid(X*w)) + (1 - y) .* log(1 - sigmoid(X*w)))",
        "w",
        "X'*(sigmoid(X*w) - y)",
    ),
    (
        "X: R[n,m]; w: R[m]; y: R[n]; p = sigmoid(X*w)",
        "",
        "-sum(y .* log(p) + (1 - y) .* log(1 - p))",
        "w",
        "X'*(p - y)",
    ),
    (
        "X: R[n,m]; w: R[m]; y: R[n]",
        "",
        "sum(log(1 + exp(X*w))) - y'*X*w",
        "w",
        "X'*(exp(X*w) ./ (exp(X*w) + 1) - y)",
    ),
    (
        "X: R[n,m]; w: R[m]; y: R[n]",
        "",
        "sum(log(1 + exp(X*w))) - y'*X*w",
        "w w",
        "X'*(diag(exp(X*w) ./ (exp(X*w) + 1)) - diag(exp(X*w).^2 ./ (exp(X*w) + 1).^2))*X",
    ),
    (
        "N: R; X: R[n,m]; W: R[m,c]; Y: R[n,c]; P = softmax(X*W)",
        "",
        "-sum[i,k] Y[i,k]*log(P[i,k])",
        "W",
        "X'*(diag(Y*ones(c))*P - Y)",
    ),
    ("x: R[n]", "", "mean(x)", "", "mean(x)"),
    ("x: R[n]; y: R[n]", "", "x'*y/(norm2(x)*norm2(y))", "x", "(y/norm2(x) - x'*y*x/norm2(x)^3)/norm2(y)"),
    ("x: R[n]", "", "x/norm2(x)", "x", "eye(n)/norm2(x) - x*x'/norm2(x)^3"),
    ("x: R[n]", "", "exp(-norm2(x)^2/2)", "x", "-exp(-x'*x/2)*x"),
    ("x: R[n]; y: R[n]", "", "sum((x - mean(x)).^2)/n", "x", "2*(x - mean(x))/n"),
    (
        "S: R[n,n]; x: R[n]; μ: R[n]",
        "S' = S",
        "log(det(S))/2 + (x - μ)'*inv(S)*(x - μ)/2",
        "S",
        "(inv(S) - inv(S)*(x - μ)*(x - μ)'*inv(S))/2",
    ),
    (
        "S: R[n,n]; x: R[n]; μ: R[n]",
        "S' = S",
        "log(det(S))/2 + (x - μ)'*inv(S)*(x - μ)/2",
        "μ",
        "inv(S)*(μ - x)",
    ),
    (
        "Q: R[n,d]; K: R[m,d]; V: R[m,e]; G: R[n,e]",
        "",
        "tr(G'*softmax(Q*K'/sqrt(d))*V)",
        "Q",
        "((G*V') .* softmax(Q*K'/sqrt(d)) - diag((G .* (softmax(Q*K'/sqrt(d))*V))*ones(e))*softmax(Q*K'/sqrt(d)))*K/sqrt(d)",
    ),
    (
        "Q: R[n,d]; K: R[m,d]; V: R[m,e]; G: R[n,e]; A = softmax(Q*K'/sqrt(d))",
        "",
        "tr(G'*A*V)",
        "Q",
        "(A .* (G*V') - diag((G .* (A*V))*ones(e))*A)*K/sqrt(d)",
    ),
    (
        "Q: R[n,d]; K: R[m,d]; V: R[m,e]; G: R[n,e]; A = softmax(Q*K'/sqrt(d))",
        "",
        "tr(G'*A*V)",
        "K",
        "(A' .* (V*G') - A'*diag((A .* (G*V'))*ones(m)))*Q/sqrt(d)",
    ),
    ("Q: R[n,d]; K: R[m,d]; V: R[m,e]; G: R[n,e]; A = softmax(Q*K'/sqrt(d))", "", "tr(G'*A*V)", "V", "A'*G"),
    (
        "x: R[n]; g: R[n]; γ: R[n]; β: R[n]; μ = mean(x); s = sqrt(mean((x - μ).^2) + ε)",
        "",
        "g'*(γ .* (x - μ)/s + β)",
        "x",
        "(g .* γ - g'*γ/n)/s + (g'*γ*(μ*x - μ^2)/n + mean(g .* x .* γ)*(μ - x))/s^3",
    ),
    (
        "W: R[n,m]; x: R[m]; y: R[n]",
        "",
        "norm2(y - tanh(W*x))^2",
        "W",
        "-2*((1 - tanh(W*x).^2) .* (y - tanh(W*x)))*x'",
    ),
    (
        "W: R[n,m]; x: R[m]; y: R[n]",
        "",
        "norm2(y - sigmoid(W*x))^2",
        "W",
        "-2*(sigmoid(W*x) .* (1 - sigmoid(W*x)) .* (y - sigmoid(W*x)))*x'",
    ),
    (
        "W: R[n,m]; x: R[m]; y: R[n]; a = sigmoid(W*x)",
        "",
        "norm2(y - a)^2",
        "W",
        "-2*(a .* (1 - a) .* (y - a))*x'",
    ),
    (
        "W: R[n,m]; x: R[m]; y: R[n]",
        "",
        "norm2(y - relu(W*x))^2",
        "W",
        "-2*(heaviside(W*x) .* (y - relu(W*x)))*x'",
    ),
    ("a: R[n]; y: R[n]; p = softmax(a)", "sum(y) = 1", "-sum[k] y[k]*log(p[k])", "a a", "diag(p) - p*p'"),
    ("a: R[n]", "", "logsumexp(a)", "a a", "diag(softmax(a)) - softmax(a)*softmax(a)'"),
    ("x: R[n]; p: R", "", "sum(x.^p)^(1/p)", "x", "sum(x.^p)^(1/p - 1)*x.^(p - 1)"),
    ("x: R[1,n]; W: R[n,m]", "", "x*W", "", "x*W"),
    ("x: R[1,n]; W: R[n,m]", "", "norm2(x*W)^2", "x", "2*W*W'*x'"),
    ("x: R[1,n]; W: R[n,m]", "", "norm2(x*W)^2", "W", "2*x'*x*W"),
];

const INDICES: &[Row] = &[
    ("X: R[n,m]", "", "X*X'", "X", "[i,j,k,l] X[i, l]*[j = k] + X[j, l]*[i = k] (no matrix form: 4 axes)"),
    (
        "K: R[h]; X: R[H]",
        "",
        "sum[i=1..H-h+1, a] K[a]*X[i+a-1]",
        "X",
        "[i] sum[k = 1..H - h + 1] K[i - k + 1] (no matrix form: a factor has 3 axes)",
    ),
    (
        "K: R[h]; X: R[H]",
        "",
        "sum[i=1..H-h+1, a] K[a]*X[i+a-1]",
        "K",
        "[i] sum[k = 1..H - h + 1] X[i + k - 1] (no matrix form: a factor has 3 axes)",
    ),
    (
        "K: R[h]; X: R[H]; G: R[H-h+1]",
        "",
        "sum[i, a] G[i]*K[a]*X[i+a-1]",
        "X",
        "[i] sum[k] G[i - k + 1]*K[k] (no matrix form: a factor has 3 axes)",
    ),
    (
        "K: R[h]; X: R[H]; G: R[H-h+1]",
        "",
        "sum[i, a] G[i]*K[a]*X[i+a-1]",
        "K",
        "[i] sum[k] G[k]*X[i + k - 1] (no matrix form: a factor has 3 axes)",
    ),
    (
        "K: R[h]; X: R[H]; G: R[H-h+1]",
        "",
        "sum[i, a] G[i]*K[a]*X[i+a-1]",
        "",
        "sum[k, l] G[k]*K[l]*X[k + l - 1]",
    ),
    (
        "P: R[N,N]; Y: R[N,d]",
        "P' = P; sum(P) = 1",
        "-sum[i,j] P[i,j]*log(exp(-sum[k] (Y[i,k] - Y[j,k])^2)/(sum[k,l: k != l] exp(-sum[m] (Y[k,m] - Y[l,m])^2)))",
        "Y",
        "[i,j] 4*sum[k] (P[i, k] - exp(-sum[l] (Y[i, l] - Y[k, l])^2)/(sum[l, m: l != m] exp(-sum[p] (Y[l, p] - Y[m, p])^2)))*(Y[i, j] - Y[k, j]) (no matrix form: a factor has 3 axes)",
    ),
    (
        "P: R[N,N]; Y: R[N,d]",
        "P' = P; sum(P) = 1",
        "-sum[i,j] P[i,j]*log(1/(1 + sum[k] (Y[i,k] - Y[j,k])^2)/(sum[k,l: k != l] 1/(1 + sum[m] (Y[k,m] - Y[l,m])^2)))",
        "Y",
        "[i,j] 4*sum[k] (P[i, k]/(1 + sum[l] (Y[i, l] - Y[k, l])^2) - 1/((1 + sum[l] (Y[i, l] - Y[k, l])^2)^2*sum[l, m] [l != m]/(1 + sum[p] (Y[l, p] - Y[m, p])^2)))*(Y[i, j] - Y[k, j]) (no matrix form: a factor has 3 axes)",
    ),
    ("a: R[n]", "", "softmax(a)[k]", "a", "softmax(a)[k]*(unit(k, n) - softmax(a))"),
    (
        "a: R[n]; W: R[n,m]; x: R[m]; p = softmax(W*x + a)",
        "",
        "-log(softmax(W*x + a)[k])",
        "W",
        "(p - unit(k, n))*x'",
    ),
    (
        "A: R[n,n]; B: R[n,n]; C: R[n,n]; D: R[n,n]; E: R[n,n]; X: R[n,n]",
        "",
        "sum[i,j,k,l] A[i,j]*B[i,k]*C[i,l]*D[j,k]*E[j,l]*X[k,l]",
        "X",
        "[i,j] sum[k, l] A[k, l]*B[k, i]*C[k, j]*D[l, i]*E[l, j] (no matrix form: the contraction graph has treewidth 3)",
    ),
    (
        "A: R[n,n]; B: R[n,n]; C: R[n,n]; D: R[n,n]; E: R[n,n]; X: R[n,n]",
        "",
        "sum[i,j,k,l] A[i,j]*B[i,k]*C[i,l]*D[j,k]*E[j,l]*X[k,l]",
        "",
        "sum[k, l, m, p] A[p, k]*B[p, l]*C[p, m]*D[k, l]*E[k, m]*X[l, m]",
    ),
    ("x: R[n]", "", "max(x)", "x", "[x = max(x)]"),
    ("x: R[n]", "", "sum[k] k*x[k]", "x", "[i] i (no matrix form: it uses the position along an axis)"),
    ("x: R[n]", "", "prod[k] x[k]", "x", "(prod[k] x[k]) ./ x"),
    (
        "X: R[n,m]",
        "",
        "sum[i] max[j] X[i,j]",
        "X",
        "[i,j] [X[i, j] = max[k] X[i, k]] (no matrix form: it selects along one of several axes)",
    ),
    ("x: R[n]", "", "sum[i] cases(x[i]^2 if x[i] > 0, 0)", "x", "2*(x .* cases(1 if x > 0, 0))"),
    ("x: R[n]", "", "sum(relu(x))", "x", "heaviside(x)"),
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
        let (declaration, _) =
            parse_declaration(text, &environment.names).unwrap_or_else(|e| panic!("{text}: {e}"));
        environment.declare(&declaration, number).unwrap_or_else(|e| panic!("{text}: {e}"));
    }
    for text in split(facts) {
        let fact = parse_fact(text, &environment.names).unwrap_or_else(|e| panic!("{text}: {e}")).tree;
        environment.give(&fact, text).unwrap_or_else(|e| panic!("{text}: {e}"));
    }
    environment
}

/// What is written, with the reason for index notation behind it; and what is wrong with it, if anything.
fn written((declarations, facts, formula, variable, _): &Row) -> Result<String, String> {
    let mut environment = environment(declarations, facts);
    let tree = parse(formula, &environment.names).unwrap_or_else(|e| panic!("{formula}: {e}")).tree;
    let lowered = environment.lower(&tree).unwrap_or_else(|e| panic!("{formula}: {e}"));
    let (mut node, mut layout) = (lowered.node, lowered.layout);
    for variable in variable.split_whitespace() {
        let (by, _) = environment.variable(variable).expect("a variable");
        let partial = differentiate(&mut environment.graph, node, &[by]).expect("a derivative").partials[0];
        agrees_with_differences(&environment, node, variable, by, partial, !facts.is_empty())?;
        node = partial;
        layout = Layout::of_rank(environment.graph.rank(node));
    }
    let names = Names::of(&environment);
    let written = notation::write(&mut environment.graph, node, layout, &names);
    let text = print::text_with(&written.tree, &environment.names);
    let shown = match (&written.form, &written.reason) {
        (Form::Index { axes }, Some(reason)) => format!("[{}] {text} ({reason})", axes.join(",")),
        (_, Some(reason)) => format!("{text} ({reason})"),
        _ => text.clone(),
    };
    read_back(&mut environment, node, layout, &text, &written.form, !facts.is_empty())
        .map_err(|error| format!("{shown}\n     {error}"))?;
    Ok(shown)
}

/// Compares a derivative with central differences.
fn agrees_with_differences(
    environment: &Environment,
    node: NodeId,
    variable: &str,
    by: NodeId,
    partial: NodeId,
    has_facts: bool,
) -> Result<(), String> {
    const STEP: f64 = 1e-5;
    if !environment.graph.symmetries(by).is_empty() {
        // Entries of a symmetric variable do not move one by one.
        return Ok(());
    }
    let mut point = point(environment, &[node, partial, by], 5, has_facts);
    let derivative = Evaluator::new(&environment.graph, &point).value(partial);
    let start = point.values[variable].clone();
    for at in 0..start.len() {
        let mut at_distance = |distance: f64| {
            let mut moved = start.clone();
            moved[at] += distance;
            point.values.insert(variable.to_owned(), moved);
            Evaluator::new(&environment.graph, &point).value(node)
        };
        let (above, below) = (at_distance(STEP), at_distance(-STEP));
        for (entry, (above, below)) in above.iter().zip(&below).enumerate() {
            let difference = (above - below) / (2.0 * STEP);
            let value = derivative[entry * start.len() + at];
            if (difference - value).abs() > 1e-5 * (1.0 + value.abs()) {
                return Err(format!("the derivative is {value}, differences say {difference}"));
            }
        }
    }
    Ok(())
}

/// Reads what was written in the same environment and compares with the node.
fn read_back(
    environment: &mut Environment,
    node: NodeId,
    layout: Layout,
    text: &str,
    form: &Form,
    has_facts: bool,
) -> Result<(), String> {
    let (text, node, layout) = match form {
        Form::Index { axes } => {
            // An entry is read as the sum over all places of the entry times any tensor.
            let sizes: Vec<String> =
                environment.graph.axes(node).iter().map(|d| environment.graph.dimension_text(*d)).collect();
            let declaration = format!("Ω: R[{}]", sizes.join(","));
            let (declaration, _) =
                parse_declaration(&declaration, &environment.names).expect("a declaration");
            environment.declare(&declaration, 99).expect("a declaration");
            let (weight, _) = environment.variable("Ω").expect("a variable");
            let sizes = environment.graph.axes(node).clone();
            let all: Vec<u8> = (0..sizes.len() as u8).collect();
            let node = environment.graph.contract(
                0,
                &sizes,
                &[Operand::new(weight, &all), Operand::new(node, &all)],
            );
            let axes = axes.join(",");
            (format!("sum[{axes}] Ω[{axes}]*({text})"), node, Layout::Scalar)
        }
        _ => (text.to_owned(), node, layout),
    };
    let tree = parse(&text, &environment.names).map_err(|e| format!("cannot be parsed: {e}"))?.tree;
    let again = environment.lower(&tree).map_err(|e| format!("cannot be read: {e}"))?;
    if again.layout != layout {
        return Err(format!("reads as {:?}, not {layout:?}", again.layout));
    }
    if again.node == node {
        return Ok(());
    }
    for seed in 1..=3 {
        let point = point(environment, &[node, again.node], seed, has_facts);
        let mut evaluator = Evaluator::new(&environment.graph, &point);
        let (a, b) = (evaluator.value(node), evaluator.value(again.node));
        let differs =
            |(a, b): (&f64, &f64)| (a - b).abs() > 1e-8 * (1.0 + a.abs()) || a.is_nan() != b.is_nan();
        if a.len() != b.len() || a.iter().zip(&b).any(differs) {
            return Err(format!("reads as something else: {a:?} and {b:?}"));
        }
    }
    Ok(())
}

/// Values for everything that the nodes hold. With facts, probabilities and symmetric matrices, which satisfy the facts of
/// the tables here.
fn point(environment: &Environment, nodes: &[NodeId], seed: u64, has_facts: bool) -> Point {
    let graph = &environment.graph;
    let mut point = Point::default();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        0.2 + (state >> 40) as f64 / (1u64 << 24) as f64
    };
    let reachable = graph.reachable(nodes);
    for (number, id) in reachable.iter().enumerate() {
        for axis in graph.axes(*id) {
            for (symbol, _) in &graph.dimension_value(*axis).terms {
                let name = graph.symbol_name(*symbol).to_owned();
                // Distinct sizes, so that a wrong transpose has a wrong shape; large ones first for H - h + 1. Vectors
                // of two entries that sum to one have ties: (x - y).^2 has equal entries.
                let size = if name.chars().all(char::is_uppercase) { 6 } else { 3 + (number % 3) as i64 };
                point.sizes.entry(name).or_insert(size);
            }
        }
        if let Some(Atom::Unit(symbol)) = graph.atom(*id) {
            point.places.insert(graph.symbol_name(*symbol).to_owned(), 1);
        }
        if let Some(Atom::Size(size)) = graph.atom(*id) {
            for (symbol, _) in &graph.dimension_value(*size).terms {
                point.sizes.entry(graph.symbol_name(*symbol).to_owned()).or_insert(3);
            }
        }
    }
    for id in reachable {
        let Some(Atom::Variable(symbol)) = graph.atom(id) else { continue };
        let evaluator = Evaluator::new(graph, &point);
        let sizes: Vec<usize> = graph.axes(id).iter().map(|a| evaluator.size(*a)).collect();
        let mut values: Vec<f64> = (0..sizes.iter().product()).map(|_| next()).collect();
        if let ([n, _], true) = (sizes.as_slice(), has_facts && !graph.symmetries(id).is_empty()) {
            for i in 0..*n {
                for j in 0..i {
                    values[i * n + j] = values[j * n + i];
                }
            }
        }
        if has_facts && !sizes.is_empty() {
            let total: f64 = values.iter().sum();
            values.iter_mut().for_each(|v| *v /= total);
        }
        point.values.insert(graph.symbol_name(*symbol).to_owned(), values);
    }
    point
}

fn check(rows: &[Row]) {
    let mut wrong = Vec::new();
    for row in rows {
        match written(row) {
            Ok(text) if text == row.4 => {}
            Ok(text) => wrong.push(format!("{} / {}\n     is {text}\n should {}", row.2, row.3, row.4)),
            Err(error) => wrong.push(format!("{} / {}\n  WRONG {error}\n should {}", row.2, row.3, row.4)),
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
fn cookbook() {
    check(COOKBOOK);
}

#[test]
fn autoencoder() {
    check(AUTOENCODER);
}

#[test]
fn index_notation() {
    check(INDICES);
}

/// Formulas that are large, deep or share much: an answer must come, and soon.
#[test]
fn large_formulas() {
    let mut layers = String::from("x: R[n]; y: R[n]");
    let mut formula = "x".to_owned();
    for i in 0..8 {
        layers.push_str(&format!("; W{i}: R[n,n]; b{i}: R[n]"));
        formula = format!("sigmoid(W{i}*({formula}) + b{i})");
    }
    let network = format!("norm2({formula} - y)^2");
    let sum: Vec<String> = (0..300).map(|i| format!("x{i}*y{}*sin(z{})", i % 7, i % 11)).collect();
    let product: Vec<String> = (0..40).map(|i| format!("(x{i} + y{i})")).collect();
    let nested = (0..50).fold("x".to_owned(), |f, i| format!("exp(a{i}*{f} + 1)"));
    let doubling = "a: R; b1 = sin(a)*a; b2 = sin(b1)*b1; b3 = sin(b2)*b2; b4 = sin(b3)*b3; b5 = sin(b4)*b4; \
                    b6 = sin(b5)*b5; b7 = sin(b6)*b6; b8 = sin(b7)*b7; b9 = sin(b8)*b8; c1 = sin(b9)*b9; \
                    c2 = sin(c1)*c1; c3 = sin(c2)*c2; c4 = sin(c3)*c3; c5 = sin(c4)*c4; c6 = sin(c5)*c5; \
                    c7 = sin(c6)*c6; c8 = sin(c7)*c7; c9 = sin(c8)*c8; d1 = sin(c9)*c9; d2 = sin(d1)*d1";
    for (declarations, formula, variable) in [
        (layers.as_str(), network.as_str(), "W0"),
        ("", &sum.join(" + "), ""),
        ("", &sum.join(" + "), "y0"),
        ("", &product.join("*"), "x3"),
        ("", &nested, "x"),
        (doubling, "d2", "a"),
        (doubling, "d2", ""),
    ] {
        let mut environment = environment(declarations, "");
        let tree = parse(formula, &environment.names).unwrap().tree;
        let mut node = environment.lower(&tree).unwrap().node;
        if !variable.is_empty() {
            let (by, _) = environment.variable(variable).unwrap();
            node = differentiate(&mut environment.graph, node, &[by]).unwrap().partials[0];
        }
        for names in [Names::of(&environment), Names::default()] {
            let layout = Layout::of_rank(environment.graph.rank(node));
            let written = notation::write(&mut environment.graph, node, layout, &names);
            assert!(print::nodes(&written.tree) < 80_000);
        }
    }
}

/// Formulas over square matrices A, B, S (symmetric), vectors x, y, z and a scalar c, of a given kind.
fn formula(kind: char, depth: u32) -> BoxedStrategy<String> {
    let leaf = match kind {
        's' => prop_oneof![Just("c"), Just("2"), Just("x[k]"), Just("3")].prop_map(str::to_owned).boxed(),
        'v' => prop_oneof![Just("x"), Just("y"), Just("z")].prop_map(str::to_owned).boxed(),
        _ => prop_oneof![Just("A"), Just("B"), Just("S"), Just("eye(n)")].prop_map(str::to_owned).boxed(),
    };
    if depth == 0 {
        return leaf;
    }
    let s = || formula('s', depth - 1);
    let v = || formula('v', depth - 1);
    let m = || formula('m', depth - 1);
    match kind {
        's' => prop_oneof![
            leaf,
            (s(), s()).prop_map(|(a, b)| format!("({a} + {b})")),
            (s(), s()).prop_map(|(a, b)| format!("({a})*({b})")),
            (v(), v()).prop_map(|(a, b)| format!("({a})'*({b})")),
            v().prop_map(|a| format!("sum({a})")),
            v().prop_map(|a| format!("norm2({a})")),
            m().prop_map(|a| format!("tr({a})")),
            m().prop_map(|a| format!("sum({a})")),
            v().prop_map(|a| format!("log(sum(exp({a})))")),
            v().prop_map(|a| format!("max({a})")),
            s().prop_map(|a| format!("exp({a})")),
        ]
        .boxed(),
        'v' => prop_oneof![
            leaf,
            (v(), v()).prop_map(|(a, b)| format!("({a} - {b})")),
            (s(), v()).prop_map(|(a, b)| format!("({a})*({b})")),
            (v(), v()).prop_map(|(a, b)| format!("({a}) .* ({b})")),
            (m(), v()).prop_map(|(a, b)| format!("({a})*({b})")),
            m().prop_map(|a| format!("diag({a})")),
            v().prop_map(|a| format!("sigmoid({a})")),
            v().prop_map(|a| format!("softmax({a})")),
            v().prop_map(|a| format!("(1 - {a})")),
            v().prop_map(|a| format!("({a}).^2")),
            v().prop_map(|a| format!("1 ./ (3 + ({a}).^2)")),
        ]
        .boxed(),
        _ => prop_oneof![
            leaf,
            (m(), m()).prop_map(|(a, b)| format!("({a} + {b})")),
            (m(), m()).prop_map(|(a, b)| format!("({a})*({b})")),
            (m(), m()).prop_map(|(a, b)| format!("({a}) .* ({b})")),
            (s(), m()).prop_map(|(a, b)| format!("({a})*({b})")),
            (v(), v()).prop_map(|(a, b)| format!("({a})*({b})'")),
            m().prop_map(|a| format!("({a})'")),
            v().prop_map(|a| format!("diag({a})")),
            m().prop_map(|a| format!("inv(5*eye(n) + tanh({a}))")),
            m().prop_map(|a| format!("tanh({a})")),
            m().prop_map(|a| format!("softmax({a})")),
        ]
        .boxed(),
    }
}

const SQUARE: &str =
    "A: R[n,n]; B: R[n,n]; S: R[n,n]; x: R[n]; y: R[n]; z: R[n]; c: R; p = softmax(A*x + y); d = x - B*y";

/// Reads and writes a formula, and its gradient by x if it is a scalar; errors of the reading are no failures here.
fn write_random(text: &str, before: &[&str]) -> Result<Vec<String>, String> {
    let mut environment = environment(SQUARE, "S' = S");
    for other in before {
        let tree = parse(other, &environment.names).map_err(|e| e.to_string())?.tree;
        let _ = environment.lower(&tree);
    }
    environment.written.clear();
    let tree = parse(text, &environment.names).map_err(|e| e.to_string())?.tree;
    let Ok(lowered) = environment.lower(&tree) else { return Ok(Vec::new()) };
    let mut targets = vec![(lowered.node, lowered.layout)];
    if lowered.layout == Layout::Scalar {
        let (by, _) = environment.variable("x").expect("a variable");
        if let Ok(found) = differentiate(&mut environment.graph, lowered.node, &[by]) {
            targets.push((found.partials[0], Layout::Column));
        }
    }
    let names = Names::of(&environment);
    let mut out = Vec::new();
    for (node, layout) in targets {
        let written = notation::write(&mut environment.graph, node, layout, &names);
        let shown = print::text_with(&written.tree, &environment.names);
        read_back(&mut environment, node, layout, &shown, &written.form, true)
            .map_err(|error| format!("{text}\n is written {shown}\n {error}"))?;
        out.push(shown);
    }
    Ok(out)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(text in prop_oneof![formula('s', 3), formula('v', 3), formula('m', 3)]) {
        if let Err(error) = write_random(&text, &[]) {
            prop_assert!(false, "{}", error);
        }
    }

    #[test]
    fn the_order_in_which_nodes_were_made_does_not_show(
        text in prop_oneof![formula('s', 3), formula('v', 3)],
        other in prop_oneof![formula('m', 3), formula('s', 3)],
    ) {
        prop_assert_eq!(write_random(&text, &[]).ok(), write_random(&text, &[&other]).ok());
    }
}
