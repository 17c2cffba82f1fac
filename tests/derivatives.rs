//! The engine's derivatives against differences of values, formula by formula: each row is evaluated around a point, and
//! every entry of every derivative must agree. Values and derivatives share nothing but the graph.

mod problem;

use problem::Problem;
use proptest::prelude::*;
use symdiff::evaluate::graph::Point;
use symdiff::function;
use symdiff::ir::NodeId;

/// Sizes of the dimension symbols of the table.
const SIZES: [(&str, usize); 8] =
    [("n", 3), ("m", 2), ("p", 2), ("q", 3), ("H", 5), ("h", 2), ("N", 4), ("d", 2)];

struct Row {
    declare: &'static [&'static str],
    facts: &'static [&'static str],
    formula: &'static str,
    by: &'static [&'static str],
}

const fn row(
    declare: &'static [&'static str],
    facts: &'static [&'static str],
    formula: &'static str,
    by: &'static [&'static str],
) -> Row {
    Row { declare, facts, formula, by }
}

/// Variables in capitals that start with `P` are symmetric where a fact says so; `S` is shifted to be positive definite.
const TABLE: &[Row] = &[
    row(&[], &[], "(x^2+σ(y))/(3x+y−σ(x))", &["x", "y"]),
    row(&[], &[], "x^y*log(x+2)", &["x", "y"]),
    row(&[], &[], "sin(x)*cos(y)*exp(-x*y)*atan2(x,y)", &["x", "y"]),
    row(&[], &[], "((x+y)^3 - 1/(x*y))^2*sqrt(x^2+y^2)", &["x", "y"]),
    row(&[], &[], "x*y*z*u*v*w*r*s*t*log(x+y)", &["x", "z", "t"]),
    row(&[], &[], "cases(x^2 if x < 0, sin(x)*y if y > 0, x*y)", &["x", "y"]),
    row(&[], &[], "cases(log(-x) if x < 0, log(x))", &["x"]),
    row(&[], &[], "max(x*y, x+y, 2x) + min(x, y)*abs(x-y)", &["x", "y"]),
    row(&[], &[], "[x > 0]*log(x) + [x < 0]*log(-x)", &["x"]),
    row(&["σ1: function"], &[], "σ1(x*y) + σ1'(x)*σ1''(y)", &["x", "y"]),
    row(&["gate(t) = t*σ(t)"], &[], "gate(x*y) + gate'(x)", &["x", "y"]),
    row(&["x: R[n]"], &[], "x'*x", &["x"]),
    row(&["x: R[n]"], &[], "norm2(x)", &["x"]),
    row(&["x: R[n]"], &[], "log(sum(exp(x)))", &["x"]),
    row(&["x: R[n]"], &[], "logsumexp(x)*mean(x)", &["x"]),
    row(&["x: R[n]"], &[], "softmax(x)", &["x"]),
    row(&["x: R[n]", "y: R[n]"], &[], "-y'*log(softmax(x))", &["x", "y"]),
    row(&["x: R[n]"], &[], "sum(softmax(x) .* softmax(x))", &["x"]),
    row(&["x: R[n]", "A: R[n,n]"], &[], "x'*A*x", &["x", "A"]),
    row(&["x: R[n]", "y: R[m]", "A: R[m,n]"], &[], "norm2(y - A*x)^2", &["x", "y", "A"]),
    row(&["x: R[n]", "A: R[m,n]"], &[], "A*x", &["x", "A"]),
    row(&["x: R[n]", "A: R[m,n]"], &[], "tanh(A*x)", &["x", "A"]),
    row(&["x: R[n]", "y: R[n]"], &[], "x*y'", &["x", "y"]),
    row(&["x: R[n]", "y: R[n]"], &[], "sum(x ./ (1 + y.^2)) + sum(x .^ 3)", &["x", "y"]),
    row(&["x: R[n]"], &[], "norm1(x) + max(x) * min(x)", &["x"]),
    row(&["x: R[n]"], &[], "prod[i] x[i]^2 + prod[i=1..2] x[i]", &["x"]),
    row(&["x: R[n]"], &[], "diag(x)*x", &["x"]),
    row(&["A: R[n,n]"], &[], "tr(A*A*A)", &["A"]),
    row(&["A: R[n,n]"], &[], "det(A)", &["A"]),
    row(&["S: R[n,n]"], &[], "logdet(S)", &["S"]),
    row(&["S: R[n,n]"], &[], "log(det(S))*tr(inv(S))", &["S"]),
    row(&["S: R[n,n]", "x: R[n]"], &[], "x'*inv(S)*x", &["S", "x"]),
    row(&["S: R[n,n]"], &[], "inv(S)", &["S"]),
    row(&["S: R[n,n]"], &[], "inv(S'*S)", &["S"]),
    row(&["S: R[n,n]", "x: R[n]", "μ: R[n]"], &[], "-logdet(S)/2 - (x-μ)'*inv(S)*(x-μ)/2", &["S", "μ", "x"]),
    row(&["A: R[m,n]", "B: R[m,n]"], &[], "tr(A'*B) + sum(A .* B .* A)", &["A", "B"]),
    row(&["A: R[m,n]"], &[], "normF(A)^2 + normF(A)", &["A"]),
    row(&["A: R[n,n]"], &[], "A^3", &["A"]),
    row(&["A: R[n,n]"], &[], "sum(diag(A)) + sum(diag(A) .* diag(A))", &["A"]),
    row(&["A: R[n,n]"], &["A' = A"], "tr(A*A) + det(A)", &["A"]),
    row(&["A: R[n,n]", "x: R[n]"], &["A' = A"], "x'*A*x", &["A", "x"]),
    row(
        &["W: R[m,n]", "x: R[n]", "b: R[m]", "y: R[m]"],
        &[],
        "-sum[k] y[k]*log(softmax(W*x+b)[k])",
        &["W", "b", "x"],
    ),
    row(&["W: R[m,n]", "V: R[n,m]", "x: R[n]"], &[], "norm2(V*tanh(W*x) - x)^2", &["W", "V", "x"]),
    row(&["σ1: function", "W: R[m,n]", "x: R[n]"], &[], "sum(σ1(W*x))", &["W", "x"]),
    row(&["X: R[H]", "K: R[h]"], &[], "sum[i=1..H-h+1] (sum[a] K[a]*X[i+a-1])^2", &["X", "K"]),
    row(
        &["X: R[H,H]", "K: R[h,h]"],
        &[],
        "sum[i=1..H-h+1, j=1..H-h+1] sin(sum[a,b] K[a,b]*X[i+a-1,j+b-1])",
        &["X", "K"],
    ),
    row(&["X: R[N,d]"], &[], "sum[i,j] exp(-sum[k] (X[i,k]-X[j,k])^2)", &["X"]),
    row(&["X: R[N,d]"], &[], "sum[i] max[k] X[i,k]", &["X"]),
    row(&["X: R[N,d]"], &[], "sum[i] log(sum[k] exp(X[i,k]))", &["X"]),
    row(
        &["X: R[N,d]", "P: R[N,N]"],
        &[],
        "sum[i,j] [i != j]*P[i,j]*log(1 + sum[k] (X[i,k]-X[j,k])^2)",
        &["X", "P"],
    ),
    row(&["X: R[N,d]"], &[], "sum[i,j: i != j] 1/norm2(X[i,1] - X[j,2] + 9)", &["X"]),
    row(&["x: R[n]"], &[], "sum[i=2..n] (x[i] - x[i-1])^2", &["x"]),
    row(&["x: R[n]"], &[], "sum[i] i*x[i]^i", &["x"]),
    row(&["x: R[n]"], &[], "x[2]^2*x[1] + x[k]*x[3]", &["x"]),
    row(&["x: R[n]"], &[], "[[x[1]*x[2], x[2]^2], [x[3], 1]]", &["x"]),
    row(&["x: R[n]"], &[], "sum[i] cases(x[i]^2 if x[i] > 0, exp(x[i]))", &["x"]),
    row(&["x: R[n]"], &[], "relu(x)", &["x"]),
    row(&["x: R[n]"], &[], "sum(softplus(x)) + sum(erf(x)) + sum(abs(x).^3)", &["x"]),
    row(&["x: R[n]"], &[], "(sum[i] x[i]^4)^(1/4)", &["x"]),
    row(&["x: R[n]"], &[], "(x - mean(x)) ./ sqrt(mean((x - mean(x)).^2) + 1/100)", &["x"]),
    row(&["Q: R[n,d]", "K: R[N,d]", "V: R[N,m]"], &[], "softmax(Q*K'/sqrt(d))*V", &["Q", "K", "V"]),
    row(&["x: R[n]", "a = x'*x", "b = a + exp(a)"], &[], "b/a", &["x"]),
    row(&["A: R[m,n]", "x: R[n]"], &[], "sum(d/dx sum(sin(A*x)))", &["A", "x"]),
    row(&["x: R[n]"], &[], "hessian(sum(x.^3)*sum(x), x)", &["x"]),
];

/// Numbers without pattern between 0.2 and 1.2, both signs for every third.
fn sample(seed: u64, at: usize) -> f64 {
    let mut state =
        (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (at as u64 + 7).wrapping_mul(0xD1B5_4A32_D192_ED03);
    state ^= state >> 29;
    state = state.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state ^= state >> 32;
    0.2 + (state >> 11) as f64 / (1u64 << 53) as f64
}

/// Gives every variable entries; the shape of each.
fn fill(problem: &mut Problem, facts: &[&str], signed: bool) -> Vec<(String, Vec<usize>)> {
    let mut shapes = Vec::new();
    for (seed, (name, node)) in problem.variables().into_iter().enumerate() {
        let shape = problem.shape_of(node, &SIZES);
        let count: usize = shape.iter().product();
        let mut entries: Vec<f64> = (0..count)
            .map(|at| sample(seed as u64, at) * if signed && at % 3 == 1 { -1.0 } else { 1.0 })
            .collect();
        let is_symmetric = facts.iter().any(|fact| *fact == format!("{name}' = {name}"));
        if is_symmetric || name == "S" {
            let n = shape[0];
            for i in 0..n {
                for j in 0..i {
                    if is_symmetric {
                        entries[i * n + j] = entries[j * n + i];
                    }
                }
                if name == "S" {
                    entries[i * n + i] += 3.0;
                }
            }
        }
        problem.set(&name, &shape, &entries);
        shapes.push((name, shape));
    }
    for (name, size) in SIZES {
        problem.point.set_size(name, size);
    }
    problem.point.set_position("k", 2);
    problem.point.set_function("σ1", "tanh");
    shapes
}

fn entries_at(problem: &Problem, point: &Point, node: NodeId) -> Vec<f64> {
    symdiff::evaluate::graph::evaluate(&problem.environment.graph, &[node], point)
        .unwrap_or_else(|e| panic!("{e}"))
        .remove(0)
        .entries()
}

/// The derivative of a node by one entry (both mirror entries of a symmetric variable), by differences of fourth order.
fn difference(problem: &Problem, node: NodeId, name: &str, shape: &[usize], moved: &[usize]) -> Vec<f64> {
    let variable = problem.variables().into_iter().find(|(n, _)| n == name).expect("a variable").1;
    let base = entries_at(problem, &problem.point, variable);
    let step = 1e-3;
    let at = |factor: f64| {
        let mut entries = base.clone();
        for entry in moved {
            entries[*entry] += factor * step;
        }
        let mut point = problem.point.clone();
        if shape.is_empty() {
            point.set_float(name, entries[0]);
        } else {
            point.set_tensor(name, shape.to_vec(), entries);
        }
        entries_at(problem, &point, node)
    };
    let (a, b, c, d) = (at(-2.0), at(-1.0), at(1.0), at(2.0));
    (0..a.len()).map(|i| (8.0 * (c[i] - b[i]) - (d[i] - a[i])) / (12.0 * step)).collect()
}

/// Compares a derivative with differences, entry by entry.
fn check(problem: &Problem, row: &Row, of: NodeId, by: &str, shape: &[usize], partial: NodeId, what: &str) {
    let engine = entries_at(problem, &problem.point, partial);
    let count: usize = shape.iter().product();
    let outputs = engine.len() / count;
    let is_symmetric = row.facts.iter().any(|fact| *fact == format!("{by}' = {by}"));
    let largest = engine.iter().fold(1.0f64, |m, x| m.max(x.abs()));
    for entry in 0..count {
        let mut moved = vec![entry];
        if is_symmetric {
            let n = shape[0];
            moved.push((entry % n) * n + entry / n);
            moved.dedup();
        }
        let expected = difference(problem, of, by, shape, &moved);
        for output in 0..outputs {
            let value: f64 = moved.iter().map(|e| engine[output * count + e]).sum();
            assert!(
                (value - expected[output]).abs() <= 1e-6 * largest,
                "{what} {} by {by}: entry {entry} of output {output} is {value}, differences say {}",
                row.formula,
                expected[output]
            );
        }
    }
}

/// Runs a check on every row and fails with all that went wrong.
fn each_row(check: impl Fn(&Row)) {
    let mut failures = Vec::new();
    for row in TABLE {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(row)));
        if let Err(panic) = result {
            let text = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "panic".to_owned());
            failures.push(format!("{}: {text}", row.formula));
        }
    }
    assert!(failures.is_empty(), "{} rows:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn derivatives_agree_with_differences() {
    each_row(|row| {
        for signed in [false, true] {
            let mut problem = Problem::new(row.declare, row.facts);
            let node = problem.formula(row.formula);
            let partials = problem.derivatives(node, row.by);
            let shapes = fill(&mut problem, row.facts, signed);
            // Some formulas exist for positive values only.
            if signed && problem.try_value(node).is_err() {
                continue;
            }
            for (by, partial) in row.by.iter().zip(&partials) {
                let shape = shapes.iter().find(|(name, _)| name == by).map(|(_, s)| s.clone()).unwrap();
                check(&problem, row, node, by, &shape, *partial, "");
            }
        }
    });
}

#[test]
fn second_derivatives_agree_with_differences_of_the_first() {
    each_row(|row| {
        let mut problem = Problem::new(row.declare, row.facts);
        let node = problem.formula(row.formula);
        if problem.environment.graph.rank(node) > 1 {
            return;
        }
        let partials = problem.derivatives(node, row.by);
        let mut seconds = Vec::new();
        for (by, partial) in row.by.iter().zip(&partials) {
            seconds.push((*by, *partial, problem.derivatives(*partial, &[by])[0]));
        }
        let shapes = fill(&mut problem, row.facts, false);
        for (by, partial, second) in seconds {
            let shape = shapes.iter().find(|(name, _)| name == by).map(|(_, s)| s.clone()).unwrap();
            check(&problem, row, partial, by, &shape, second, "second derivative of");
        }
    });
}

#[test]
fn every_function_of_the_table_agrees_with_differences() {
    let mut seen = 0;
    for (_, function) in function::all() {
        if !function.is_elementwise() {
            continue;
        }
        seen += 1;
        let arguments = ["x", "y", "z"][..function.parameters.len()].join(", ");
        let mut problem = Problem::new(&[], &[]);
        let node = problem.formula(&format!("{}({arguments})", function.name));
        let (low, high) = function.sample;
        for at in 0..function.parameters.len() {
            let fraction = [0.37, 0.61, 0.83][at];
            let value = low + fraction * (high - low);
            // What has no partial counts something.
            let is_whole = function.partials()[at].is_empty();
            problem.set(["x", "y", "z"][at], &[], &[if is_whole { value.round() } else { value }]);
        }
        for at in 0..function.parameters.len() {
            let name = ["x", "y", "z"][at];
            if function.partials()[at].is_empty() || !problem.variables().iter().any(|(n, _)| n == name) {
                continue;
            }
            let partial = problem.derivatives(node, &[name])[0];
            let value = problem.value(partial).scalar().unwrap();
            let expected = difference(&problem, node, name, &[], &[0])[0];
            assert!(
                (value - expected).abs() <= 1e-6 * expected.abs().max(1.0),
                "{} by its argument {at}: {value}, differences say {expected}",
                function.name
            );
        }
    }
    assert!(seen > 40, "{seen} functions");
}

/// Random formulas in x and y that exist for x, y in (0.2, 1.2).
fn any_formula() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("x".to_owned()),
        Just("y".to_owned()),
        (1i32..5).prop_map(|n| n.to_string()),
        (1i32..9).prop_map(|n| format!("{n}/7")),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(a, b)| format!("({a} + {b})")),
            pair.clone().prop_map(|(a, b)| format!("({a} - {b})")),
            pair.clone().prop_map(|(a, b)| format!("({a})*({b})")),
            pair.prop_map(|(a, b)| format!("({a})/(2 + ({b})^2)")),
            (inner.clone(), 2i32..4).prop_map(|(a, n)| format!("({a})^{n}")),
            inner.clone().prop_map(|a| format!("sin({a})")),
            inner.clone().prop_map(|a| format!("tanh({a})")),
            inner.clone().prop_map(|a| format!("σ({a})")),
            inner.clone().prop_map(|a| format!("exp(-({a})^2)")),
            inner.clone().prop_map(|a| format!("log(1 + ({a})^2)")),
            inner.prop_map(|a| format!("sqrt(1 + ({a})^2)")),
        ]
    })
}

fn at_point(problem: &mut Problem, x: f64, y: f64) {
    problem.set("x", &[], &[x]);
    problem.set("y", &[], &[y]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn random_formulas_agree_with_differences(formula in any_formula(), x in 0.2..1.2f64, y in 0.2..1.2f64) {
        let mut problem = Problem::new(&[], &[]);
        problem.variable("x");
        let node = problem.formula(&formula);
        let partial = problem.derivatives(node, &["x"])[0];
        at_point(&mut problem, x, y);
        let size = problem.entries(node)[0].abs();
        prop_assume!(size < 1e6);
        let value = problem.entries(partial)[0];
        let expected = difference(&problem, node, "x", &[], &[0])[0];
        prop_assert!((value - expected).abs() <= 1e-6 * expected.abs().max(size).max(1.0), "{} for {}", value, expected);
    }

    #[test]
    fn derivatives_are_linear(f in any_formula(), g in any_formula(), c in -5i32..6) {
        let mut problem = Problem::new(&[], &[]);
        problem.variable("x");
        let whole = problem.formula(&format!("({f}) + ({c})*({g})"));
        let left = problem.derivatives(whole, &["x"])[0];
        let (f, g) = (problem.formula(&f), problem.formula(&g));
        let parts = (problem.derivatives(f, &["x"])[0], problem.derivatives(g, &["x"])[0]);
        at_point(&mut problem, 0.7, 0.4);
        let (left, f, g) = (problem.entries(left)[0], problem.entries(parts.0)[0], problem.entries(parts.1)[0]);
        let right = f + f64::from(c) * g;
        prop_assert!((left - right).abs() <= 1e-9 * (f.abs() + 5.0 * g.abs()).max(1.0), "{} for {}", left, right);
    }

    #[test]
    fn derivatives_of_products_and_compositions(f in any_formula(), g in any_formula()) {
        let mut problem = Problem::new(&["u: R"], &[]);
        problem.variable("x");
        let product = problem.formula(&format!("({f})*({g})"));
        let product = problem.derivatives(product, &["x"])[0];
        let outer = problem.formula(&format!("tanh({f})"));
        let chain = problem.derivatives(outer, &["x"])[0];
        let (a, b) = (problem.formula(&f), problem.formula(&g));
        let (da, db) = (problem.derivatives(a, &["x"])[0], problem.derivatives(b, &["x"])[0]);
        at_point(&mut problem, 0.6, 0.9);
        let value = |node| problem.entries(node)[0];
        let (a, b, da, db) = (value(a), value(b), value(da), value(db));
        let scale = (da * b).abs() + (a * db).abs() + 1.0;
        prop_assert!((value(product) - (da * b + a * db)).abs() <= 1e-9 * scale);
        let slope = 1.0 - a.tanh().powi(2);
        prop_assert!((value(chain) - slope * da).abs() <= 1e-8 * (1.0 + da.abs()));
    }
}
