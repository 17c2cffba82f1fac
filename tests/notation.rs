//! What is written for the derivatives of a formula: declarations, facts, formula, variable, expected text. Everything
//! that is written must read back as an equal value.

mod dense;

use dense::{Evaluator, Point};
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
    ("x: R[n]; p = softmax(x)", "", "p", "x", "diag(softmax(x)) - softmax(x)*softmax(x)'"),
    ("x: R[n]; z: R[n]; p = softmax(x + z)", "", "softmax(x + z)", "x", "diag(p) - p*p'"),
    ("W: R[n,m]; x: R[m]; b: R[n]; y: R[n]; ŷ = softmax(W*x + b)", "sum(y) = 1", "-sum[k] y[k]*log(ŷ[k])", "W", "(ŷ - y)*x'"),
    ("W: R[n,m]; x: R[m]; b: R[n]; y: R[n]; ŷ = softmax(W*x + b)", "", "-sum[k] y[k]*log(ŷ[k])", "W", "(sum(y)*ŷ - y)*x'"),
    ("x: R[n]", "", "log(sum(exp(x)))", "", "logsumexp(x)"),
    ("x: R[n]", "", "log(sum(exp(x)))", "x", "softmax(x)"),
    ("x: R[n]", "", "sum(x)", "x", "ones(n)"),
];

const MORE: &[Row] = &[];

const INDICES: &[Row] = &[
    ("X: R[n,m]", "", "X*X'", "X", "?"),
    ("P: R[N,N]; Y: R[N,d]", "P' = P; sum(P) = 1", "sum[i,j] P[i,j]*log(P[i,j]/(exp(-norm2(Y[i,1] - Y[j,1])^2)))", "", "?"),
    ("K: R[h]; X: R[H]", "", "sum[i=1..H-h+1, a] K[a]*X[i+a-1]", "X", "?"),
    ("K: R[h]; X: R[H]", "", "sum[i=1..H-h+1, a] K[a]*X[i+a-1]", "K", "?"),
    ("K: R[h]; X: R[H]; G: R[H-h+1]", "", "sum[i, a] G[i]*K[a]*X[i+a-1]", "X", "?"),
    ("K: R[h]; X: R[H]; G: R[H-h+1]", "", "sum[i, a] G[i]*K[a]*X[i+a-1]", "K", "?"),
    ("K: R[h]; X: R[H]; G: R[H-h+1]", "", "sum[i, a] G[i]*K[a]*X[i+a-1]", "", "?"),
    ("P: R[N,N]; Y: R[N,d]", "P' = P; sum(P) = 1", "-sum[i,j] P[i,j]*log(exp(-sum[k] (Y[i,k] - Y[j,k])^2)/(sum[k,l: k != l] exp(-sum[m] (Y[k,m] - Y[l,m])^2)))", "Y", "?"),
    ("P: R[N,N]; Y: R[N,d]", "P' = P; sum(P) = 1", "-sum[i,j] P[i,j]*log(1/(1 + sum[k] (Y[i,k] - Y[j,k])^2)/(sum[k,l: k != l] 1/(1 + sum[m] (Y[k,m] - Y[l,m])^2)))", "Y", "?"),
    ("a: R[n]", "", "softmax(a)[k]", "a", "?"),
    ("a: R[n]; W: R[n,m]; x: R[m]; p = softmax(W*x + a)", "", "-log(softmax(W*x + a)[k])", "W", "?"),
    ("A: R[n,n]; B: R[n,n]; C: R[n,n]; D: R[n,n]; E: R[n,n]; X: R[n,n]", "", "sum[i,j,k,l] A[i,j]*B[i,k]*C[i,l]*D[j,k]*E[j,l]*X[k,l]", "X", "?"),
    ("A: R[n,n]; B: R[n,n]; C: R[n,n]; D: R[n,n]; E: R[n,n]; X: R[n,n]", "", "sum[i,j,k,l] A[i,j]*B[i,k]*C[i,l]*D[j,k]*E[j,l]*X[k,l]", "", "?"),
    ("x: R[n]", "", "max(x)", "x", "?"),
    ("x: R[n]", "", "sum[k] k*x[k]", "x", "?"),
    ("x: R[n]", "", "prod[k] x[k]", "x", "?"),
    ("X: R[n,m]", "", "sum[i] max[j] X[i,j]", "X", "?"),
    ("x: R[n]", "", "sum(cases(x^2 if x > 0, 0))", "x", "?"),
    ("x: R[n]", "", "sum(relu(x))", "x", "?"),
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
        node = differentiate(&mut environment.graph, node, &[by]).expect("a derivative").partials[0];
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
            let (declaration, _) = parse_declaration(&declaration, &environment.names).expect("a declaration");
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
        let differs = |(a, b): (&f64, &f64)| (a - b).abs() > 1e-8 * (1.0 + a.abs()) || a.is_nan() != b.is_nan();
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
                // Distinct sizes, so that a wrong transpose has a wrong shape; large ones first for H - h + 1.
                let size = if name.chars().all(char::is_uppercase) { 5 } else { 2 + (number % 3) as i64 };
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
fn autoencoder() {
    check(AUTOENCODER);
}

#[test]
fn index_notation() {
    check(INDICES);
}
