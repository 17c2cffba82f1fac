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

/// What `symdiff eval` says: the first line, and whether it is an answer.
fn eval(formula: &str, options: &[&str], at: &str) -> (String, bool) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_symdiff"));
    command.args(["eval", formula, "--format", "text"]).env("NO_COLOR", "1");
    for option in options {
        // A fact, or a declaration.
        let kind = if option.contains(':') || option.contains(" = ") { "--let" } else { "--given" };
        command.args([kind, option]);
    }
    if !at.is_empty() {
        command.args(["--at", at]);
    }
    let output = command.output().unwrap();
    let is_answer = !output.stdout.is_empty();
    let text = String::from_utf8(if is_answer { output.stdout } else { output.stderr }).unwrap();
    let line = text.lines().next().unwrap_or_default().to_owned();
    assert_eq!(output.status.success(), is_answer && !line.starts_with("no value"), "{formula}: {line}");
    (line, is_answer)
}

#[test]
fn a_value_is_given_only_where_every_condition_holds() {
    for (formula, lets, at, needs) in [
        ("x/x", "", "x=0", "x ≠ 0"),
        ("log(x)-log(x)", "", "x=-1", "x > 0"),
        ("sqrt(x)^2", "", "x=-1", "x ≥ 0"),
        ("exp(log(x))", "", "x=-1", "x > 0"),
        ("1/(1/x)", "", "x=0", "x ≠ 0"),
        ("x^y*x^(-y)", "", "x=-2,y=1/2", "x > 0"),
        ("x^n", "", "x=-2,n=3", "x > 0"),
        ("d/dx log(x)", "", "x=-1", "x > 0"),
        ("grad(logdet(A),A)", "A: R[n,n]", "A=[[0,1],[1,0]]", "det(A) > 0"),
        ("tr(A*inv(A))", "A: R[n,n]", "A=[[1,1],[1,1]]", "det(A) ≠ 0"),
        ("(x-1)/(x-1)", "", "x=1", "x ≠ 1"),
        ("(x-sqrt(2))/(x-sqrt(2))", "", "x=sqrt(2)", "x − √2 ≠ 0"),
    ] {
        let lets: &[&str] = if lets.is_empty() { &[] } else { &[lets] };
        assert_eq!(eval(formula, lets, at), (format!("no value: it needs {needs}"), true), "{formula}");
    }
    for (formula, options, at, needs) in
        [("y + 1", &["y = x/x"], "x=0", "x ≠ 0"), ("sum[i] x[i]/x[i]", &["x: R[3]"], "x=[1,2,0]", "x[i] ≠ 0")]
    {
        assert_eq!(eval(formula, options, at), (format!("no value: it needs {needs}"), true), "{formula}");
    }
    // What lies outside the range of an index, or is left out of a sum, need not exist.
    for (formula, value) in
        [("sum[i=1..2] x[i]/x[i]", "2"), ("x[1]/x[1]", "1"), ("sum[i,j: i!=j] (x[i]+x[j])/(x[i]-x[j])", "0")]
    {
        assert_eq!(eval(formula, &["x: R[3]"], "x=[1,2,0]"), (value.to_owned(), true), "{formula}");
    }
    for (formula, at, value) in [
        ("x/x", "x=1e-300", "1"),
        ("cases(log(x) if x > 0, 0)", "x=-1", "0"),
        ("cases(x*log(x) if x > 0, 0)", "x=0", "0"),
        ("cases(x/x if x > 0, 0)", "x=0", "0"),
        ("d/dx abs(x)", "x=0", "0"),
    ] {
        assert_eq!(eval(formula, &[], at), (value.to_owned(), true), "{formula}");
    }
    assert_eq!(eval("cases(x/x if x >= 0, 0)", &[], "x=0").0, "no value: it needs x ≠ 0");
    let uncovered = eval("cases(1 if x > 0, 2 if x < -5)", &[], "x=-1").0;
    assert_eq!(uncovered, "no value: it needs cases(1 if x > 0, [x < −5]) ≠ 0");
    assert_eq!(eval("cases(1 if x > 0, 2 if x < -5)", &[], "x=-6").0, "2");
    assert_eq!(eval("sum[i] [v[i]>0]*log(v[i])", &["v: R[n]"], "v=[1,-1]").0, "0");
}

#[test]
fn conditions_are_heeded_in_every_answer() {
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_symdiff"))
            .args(arguments)
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    assert!(run(&["table", "x/x", "--at", "x=0"]).contains("it needs x ≠ 0"));
    assert!(run(&["derive", "sqrt(x)^2", "--at", "x=-1"]).contains("it needs x ≥ 0"));
    let text = run(&["(x-1)/(x-1)", "--at", "x=1"]);
    assert!(text.contains("f has no value: it needs x ≠ 1") && text.contains("where x ≠ 1"), "{text}");
    let text = run(&["eval", "x/x", "--at", "x=0", "--format", "json"]);
    assert!(text.contains("\"value\":null") && text.contains("\"conditions\":[\"x != 0\"]"), "{text}");
    // The convention of a kink is a value; a root at zero has no derivative.
    assert!(run(&["abs(x)", "--at", "x=0"]).contains("∂f/∂x = 0\n"));
    assert!(run(&["sqrt(x)", "--at", "x=0"]).contains("∂f/∂x has no value"));
}

#[test]
fn a_point_that_contradicts_a_fact_is_refused() {
    for (formula, options, at) in [
        ("abs(x)", &["x>0"][..], "x=-1"),
        ("abs(x)", &["x>1 "], "x=1/2"),
        ("max(x,y)", &["x>y"], "x=1,y=2"),
        ("x'*P*x", &["P: R[2,2]", "x: R[2]", "P'=P"], "P=[[1,2],[3,4]],x=[1,2]"),
        ("sum(y)", &["y: R[n]", "sum(y)=1"], "y=[1,2,3]"),
        ("sum(y)", &["y: R[n]", "sum(y)=1"], "y=[0.3333,0.3333,0.3333]"),
        ("tr(A)", &["A: R[n,n]", "A is positive definite"], "A=[[1,2],[2,1]]"),
        ("det(A)", &["A: R[n,n]", "A is orthogonal"], "A=[[1,1],[0,1]]"),
        ("det(A)", &["A: R[n,n]", "A is invertible"], "A=[[1,1],[1,1]]"),
        ("cos(n*pi)", &["n is an integer"], "n=1/2"),
        ("norm2(v)", &["v: R[n]", "v != 0"], "v=[0,0]"),
        ("sum(v)", &["v: R[n]", "v[i] > 0"], "v=[1,-1]"),
    ] {
        let (text, is_answer) = eval(formula, options, at);
        let fact = options[options.len() - 1].trim();
        assert!(
            !is_answer && text.contains("contradicts") && text.contains(fact),
            "{formula} {options:?}: {text}"
        );
    }
    for (formula, options, at, value) in [
        ("abs(x)", &["x>0"][..], "x=1e-300", "1e-300"),
        ("sum(y)", &["y: R[n]", "sum(y)=1"], "y=[0.3333333333,0.3333333333,0.3333333333]", "1"),
        ("tr(A)", &["A: R[n,n]", "A is positive definite"], "A=[[2,1],[1,2]]", "4"),
        ("det(A)", &["A: R[n,n]", "A is orthogonal"], "A=[[0.6,0.8],[-0.8,0.6]]", "1"),
    ] {
        assert_eq!(eval(formula, options, at), (value.to_owned(), true), "{formula}");
    }
}

#[test]
fn digits_are_proved() {
    for (formula, at, value) in [
        ("floor(log(8)/log(2))", "", "3"),
        ("floor(sqrt(3)*sqrt(12))", "", "6"),
        ("ceil(sqrt(x)*sqrt(y))", "x=5,y=45", "15"),
        ("floor(sqrt(x)*sqrt(y))", "x=5,y=44", "14"),
        ("[sqrt(2)*sqrt(3)=sqrt(6)]", "", "1"),
        ("[sqrt(2)*sqrt(3)>sqrt(6)]", "", "0"),
        ("sign(sqrt(2)*sqrt(3)-sqrt(6))", "", "0"),
        ("cases(1 if sqrt(2)*sqrt(3) < sqrt(6), 2)", "", "2"),
        ("(1-cos(x))/x^2", "x=1e-9", "0.5"),
        ("d/dx ((1-cos(x))/x^2)", "x=1e-9", "-8.333333333e-11"),
        ("(exp(x)-1)/x", "x=1e-5", "1.000005"),
        ("(exp(x)-1)/x", "x=1e-15", "1"),
        ("sqrt(x+1)-sqrt(x)", "x=1e20", "5e-11"),
        ("log(σ(x))", "x=-1000", "-1000"),
        ("d/dx log(σ(x))", "x=-1000", "1"),
        ("log(1-σ(x))", "x=50", "-50"),
        ("logit(σ(x))", "x=40", "40"),
        ("log(x*y)", "x=1e-200,y=1e-200", "-921.0340372"),
        ("x^100*y^100", "x=1e10,y=1e-10", "1"),
        ("sin(x)", "x=pi", "0"),
        ("floor(1e15*pi)", "", "3.141592654e15"),
        ("sinh(2*pi)", "", "267.744894"),
        ("x^2-2", "x=sqrt(2)", "0"),
        ("log(8)-3*log(2)", "", "0"),
    ] {
        assert_eq!(eval(formula, &[], at), (value.to_owned(), true), "{formula}");
    }
    for (formula, at, why) in [
        ("1/(sqrt(x)*sqrt(y)-sqrt(6))", "x=2,y=3", "zero to a negative power"),
        ("tan(pi/2)", "", "is not defined: it needs cos(x) != 0"),
        ("tan(x)", "x=pi/2", "is not defined: it needs cos(x) != 0"),
        ("2^(-10000000)", "", "too small"),
        ("(x+y)^1000", "x=1/3,y=1/7", "too small for a number of the machine: about 6.035e-323"),
        ("exp(-1000)", "", "about 5.076e-435"),
        ("10^400", "", "too large"),
    ] {
        let (text, is_answer) = eval(formula, &[], at);
        assert!(is_answer && text.starts_with("no value: ") && text.contains(why), "{formula}: {text}");
    }
    let singular = "A=[[.1,.2,.3],[.4,.5,.6],[.7,.8,.9]]";
    assert!(eval("logdet(A)", &["A: R[n,n]"], singular).0.contains("a determinant that is 0"));
    assert_eq!(eval("det(A)", &["A: R[n,n]"], singular).0, "0");
}

#[test]
fn a_name_has_one_value() {
    for at in ["x=1,x=2", "{\"x\":1,\"x\":2}"] {
        let (text, is_answer) = eval("x", &[], at);
        assert!(!is_answer && text.contains("x is given two values"), "{at}: {text}");
    }
}

#[test]
fn plain_values_lie_in_their_enclosures() {
    use symdiff::evaluate::graph::{Proved, certified};
    let mut problem = Problem::new(&["v: R[n]", "A: R[n,n]"], &[]);
    problem.set("v", &[3], &[0.3, -1.2, 2.5]);
    problem.set("A", &[3, 3], &[2.0, 0.1, 0.3, -0.4, 1.5, 0.2, 0.7, -0.1, 3.1]);
    for formula in [
        "exp(v)",
        "A*v",
        "inv(A)*v",
        "logdet(A*A')",
        "sum(log(1 + exp(v)))",
        "norm2(v)",
        "max(v)",
        "logsumexp(v)",
        "v*v' .* A",
        "prod[i] v[i]",
        "sum[i,j] [i < j]*A[i,j]^2",
    ] {
        let node = problem.formula(formula);
        let value = certified(&problem.environment.graph, node, &problem.point, &Proved::default()).unwrap();
        assert_close(&value.entries(), &problem.entries(node), 1e-14, formula);
    }
    // Digits that f64 loses, in every entry.
    problem.set("v", &[3], &[1e-9, 1e-8, 1.0]);
    let node = problem.formula("(1 - cos(v)) ./ v.^2");
    let value = certified(&problem.environment.graph, node, &problem.point, &Proved::default()).unwrap();
    assert_close(&value.entries(), &[0.5, 0.5, 1.0 - 1f64.cos()], 1e-15, "1 - cos");
}
