//! Values of graphs: exactness, what has no value, extreme exponentials, sizes and positions, limits.

mod problem;

use problem::{Problem, assert_close};
use symdiff::evaluate::Reason;
use symdiff::evaluate::graph::{EvaluationError, Value};
use symdiff::number::Rational;

fn fraction(n: i64, d: i64) -> Value {
    Value::Exact(Rational::fraction(n, d).unwrap())
}

#[test]
fn rational_values_stay_exact() {
    for (formula, expected) in [
        ("x + 1/10", fraction(3, 10)),
        ("(x - 1/5)^2", fraction(0, 1)),
        ("1/x^2", fraction(25, 1)),
        ("sqrt(x*5)", fraction(1, 1)),
        ("abs(-x) + max(x, 1)", fraction(6, 5)),
        ("cos(pi/3)", fraction(1, 2)),
        ("cases(1/(x - 1/5) if x > 1, x)", fraction(1, 5)),
        ("sum(v .* v)", fraction(14, 1)),
        ("v'*inv(A)*v", fraction(11, 1)),
        ("det(A)", fraction(2, 1)),
        ("sum[i] i*v[i]", fraction(14, 1)),
        ("v[3]", fraction(3, 1)),
    ] {
        let mut problem = Problem::new(&["v: R[n]", "A: R[n,n]"], &[]);
        problem.set_exact("x", &[], &["0.2"]);
        problem.set_exact("v", &[3], &["1", "2", "3"]);
        problem.set_exact("A", &[3, 3], &["2", "0", "0", "0", "1", "0", "0", "0", "1"]);
        let node = problem.formula(formula);
        let expected = if formula == "v'*inv(A)*v" { fraction(27, 2) } else { expected };
        assert_eq!(problem.value(node), expected, "{formula}");
    }
}

#[test]
fn exponentials_beyond_the_range_cancel() {
    let mut problem = Problem::new(&["x: R[n]", "s = softmax(x)"], &[]);
    problem.set("x", &[3], &[1000.0, 1001.0, -2000.0]);
    let e = 1f64.exp();
    let node = problem.formula("s");
    assert_close(&problem.entries(node), &[1.0 / (1.0 + e), e / (1.0 + e), 0.0], 1e-14, "softmax");
    let node = problem.formula("logsumexp(x)");
    assert_close(&problem.entries(node), &[1000.0 + (1.0 + e).ln()], 1e-15, "log-sum-exp");
    let node = problem.formula("-log(s[3])");
    assert_close(&problem.entries(node), &[3000.0 + (1.0 + e).ln()], 1e-14, "log of softmax");
    let node = problem.formula("log(1 + exp(x[1]))");
    assert_close(&problem.entries(node), &[1000.0], 1e-15, "softplus");
    let partial = problem.gradient("logsumexp(x)", "x");
    assert_close(&problem.entries(partial), &[1.0 / (1.0 + e), e / (1.0 + e), 0.0], 1e-14, "gradient");
    problem.set("x", &[3], &[-1000.0, -1001.0, -1002.0]);
    let node = problem.formula("sum(s)");
    assert_close(&problem.entries(node), &[1.0], 1e-15, "all exponentials vanish");
}

#[test]
fn what_has_no_value_says_where_and_why() {
    for (formula, reason, operand) in [
        ("1/(x - 1)", Reason::NegativePowerOfZero, 0.0),
        ("y + log(x - 2)", Reason::OutsideDomain(symdiff::function::LOG), -1.0),
        ("sqrt(x - 3)", Reason::RealPowerOfNegative, -2.0),
        ("exp(1000*x)*2", Reason::Overflow, f64::INFINITY),
        ("sum[i] 1/v[i]", Reason::NegativePowerOfZero, 0.0),
        ("sum(inv(A))", Reason::Singular, 0.0),
        ("logdet(-B)", Reason::NotPositiveDeterminant, -1.0),
    ] {
        let mut problem = Problem::new(&["v: R[n]", "A: R[2,2]", "B: R[3,3]"], &[]);
        problem.set_exact("x", &[], &["1"]);
        problem.set_exact("y", &[], &["1"]);
        problem.set("v", &[2], &[1.0, 0.0]);
        problem.set("A", &[2, 2], &[1.0 / 3.0, 2.0 / 3.0, 1.0, 2.0]);
        problem.set("B", &[3, 3], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let node = problem.formula(formula);
        match problem.try_value(node) {
            Err(EvaluationError::Undefined(undefined)) => {
                assert_eq!((undefined.reason, undefined.operand), (reason, operand), "{formula}");
            }
            other => panic!("{formula}: {other:?}"),
        }
    }
}

#[test]
fn brackets_and_cases_leave_out_what_has_no_value() {
    let mut problem = Problem::new(&["v: R[n]", "P: R[n,n]"], &[]);
    problem.set("v", &[3], &[1.0, -2.0, 3.0]);
    problem.set("P", &[3, 3], &[0.0, 1.0, 2.0, 1.0, 0.0, 3.0, 1.0, 4.0, 0.0]);
    for (formula, expected) in [
        ("sum[i] [v[i] > 0]*log(v[i])", 3f64.ln()),
        ("sum[i] cases(log(v[i]) if v[i] > 0, 0)", 3f64.ln()),
        ("sum[i,j: i != j] log(P[i,j])", 24f64.ln()),
        ("sum[i,j] [i != j]*log(P[i,j])", 24f64.ln()),
        ("sum[i,j] [i < j]*log(P[i,j])", 6f64.ln()),
        ("max[i,j: i != j] P[i,j]", 4.0),
    ] {
        let tree = symdiff::syntax::parse(formula, &problem.environment.names).unwrap().tree;
        let Ok(lowered) = problem.environment.lower(&tree) else {
            assert!(formula.starts_with("max"), "{formula}");
            continue;
        };
        assert_close(&problem.entries(lowered.node), &[expected], 1e-14, formula);
    }
}

#[test]
fn what_is_missing_or_does_not_fit_is_named() {
    let mut problem = Problem::new(&["A: R[m,n]", "x: R[n]", "f: function"], &[]);
    let product = problem.formula("A*x");
    let free = problem.formula("x[k]");
    let ones = problem.formula("sum(ones(q))");
    let unknown = problem.formula("sum(f(x))");
    let name = |problem: &Problem, node| problem.try_value(node).unwrap_err().to_string();
    assert_eq!(name(&problem, product), "A has no value");
    problem.set("x", &[2], &[1.0, 2.0]);
    assert_eq!(name(&problem, product), "A has no value");
    problem.set("A", &[1, 3], &[1.0, 2.0, 3.0]);
    assert!(name(&problem, product).contains("is declared as"), "{}", name(&problem, product));
    problem.set("A", &[1, 2], &[3.0, 4.0]);
    assert_eq!(problem.entries(product), [11.0]);
    assert_eq!(name(&problem, free), "the index k has no value");
    problem.point.set_position("k", 3);
    assert_eq!(name(&problem, free), "the index k is 3, but positions run from 1 to 2");
    problem.set_exact("k", &[], &["2"]);
    problem.point.set_position("k", 2);
    assert_eq!(problem.entries(free), [2.0]);
    assert_eq!(name(&problem, ones), "the size q is not known");
    problem.point.set_size("q", 7);
    assert_eq!(problem.entries(ones), [7.0]);
    assert_eq!(name(&problem, unknown), "f has no definition: say which function it is");
    problem.point.set_function("f", "atan2");
    assert_eq!(name(&problem, unknown), "f cannot be atan2: that is no function of one number");
    problem.point.set_function("f", "exp");
    assert_close(&problem.entries(unknown), &[1f64.exp() + 2f64.exp()], 1e-15, "f");
    problem.set("x", &[2], &[1.0, f64::NAN]);
    assert_eq!(name(&problem, unknown), "the value of x is not a finite number");
}

#[test]
fn large_contractions_are_planned_and_beyond_reach_refused() {
    // Naively 60⁶ products; in pairs 60³.
    let mut problem = Problem::new(&["A: R[n,n]", "B: R[n,n]", "C: R[n,n]", "D: R[n,n]", "E: R[n,n]"], &[]);
    let n = 60;
    for (seed, name) in ["A", "B", "C", "D", "E"].into_iter().enumerate() {
        let entries: Vec<f64> = (0..n * n).map(|at| ((at * 7 + seed * 3) % 11) as f64 - 5.0).collect();
        problem.set(name, &[n, n], &entries);
    }
    let whole = problem.formula("tr(A*B*C*D*E)");
    let (left, right) = (problem.formula("A*B*C"), problem.formula("(D*E)'"));
    let (l, r) = (problem.entries(left), problem.entries(right));
    let expected: f64 = l.iter().zip(&r).map(|(a, b)| a * b).sum();
    assert_close(&problem.entries(whole), &[expected], 1e-12, "trace");
    let mut problem = Problem::new(&["x: R[n]"], &[]);
    let outer = problem.formula("sum[i,j] sin(x[i]*x[j])");
    problem.set("x", &[20_000], &vec![0.5; 20_000]);
    assert_eq!(problem.try_value(outer), Err(EvaluationError::Limit));
}
