//! What is read, shown by what is printed: one table row a reading.

use symdiff::print;
use symdiff::syntax::{Declaration, Names, parse, parse_declaration, parse_fact};

/// Names declared for the whole table.
fn names() -> Names {
    let mut names = Names::default();
    for name in ["W", "W'", "ŷ", "A", "B", "dist"] {
        names.add_variable(name);
    }
    for name in ["σ1", "σ_2", "swish"] {
        names.add_function(name, None);
    }
    names
}

/// Text and how it is read; `!` marks a reading that is warned about.
const READINGS: &[(&str, &str)] = &[
    ("3x", "3*x"),
    ("2 sin x", "2*sin(x)"),
    ("x(x+1)", "x*(x + 1)"),
    ("(x^2+σ(y))/(3x+y−σ(x))", "(x^2 + sigmoid(y))/(3*x + y - sigmoid(x))"),
    ("-x^2", "-x^2"),
    ("(-x)^2", "(-x)^2"),
    ("2^-x", "2^(-x)"),
    ("2^-x^2", "2^(-x^2)"),
    ("x^y^z", "x^y^z"),
    ("(x^y)^z", "(x^y)^z"),
    ("a/b/c", "a/b/c"),
    ("a/(b/c)", "a/(b/c)"),
    ("a*b/c*d", "a*b/c*d"),
    ("a*(b*c)", "a*(b*c)"),
    ("(a*b)*c", "(a*b)*c"),
    ("a - (b - c)", "a - (b - c)"),
    ("a - -b", "a - (-b)"),
    ("a*-b", "a*(-b)"),
    ("+x", "x"),
    ("x**2", "x^2"),
    ("x²y³", "x^2*y^3"),
    ("x⁻¹", "x^(-1)"),
    ("2πr", "2*pi*r"),
    ("πr²", "pi*r^2"),
    ("λx", "λ*x"),
    ("2e3", "2000"),
    ("2e", "2*e"),
    ("1e-3", "0.001"),
    ("2e - 3", "2*e - 3"),
    (".5x", "0.5*x"),
    ("2.*x", "2 .* x"),
    ("2./x", "2 ./ x"),
    ("1. + x", "1 + x"),
    ("sin^2 x", "sin(x)^2"),
    ("sin²x + cos²x", "sin(x)^2 + cos(x)^2"),
    ("sin²(x)", "sin(x)^2"),
    ("sin(x)^2", "sin(x)^2"),
    ("sin x^2", "sin(x^2)"),
    ("sin x cos x", "sin(x)*cos(x)"),
    ("sin cos x", "sin(cos(x))"),
    ("log 2x", "log(2*x)"),
    ("ln x", "log(x)"),
    ("sin -x", "sin(-x)"),
    ("sin x + 1", "sin(x) + 1"),
    ("!sin x y", "sin(x*y)"),
    ("!1/2x", "1/2*x"),
    ("!a/bc", "a/bc"),
    ("!sin x/2", "sin(x)/2"),
    ("!e^2x", "e^2*x"),
    ("!1/2(x+1)", "1/2*(x + 1)"),
    ("!a b + ab", "a*b + a*b"),
    ("ab + c", "ab + c"),
    ("theta1*theta2", "theta1*theta2"),
    ("e^x", "e^x"),
    ("exp(1)", "exp(1)"),
    ("|x|", "abs(x)"),
    ("2|x|", "2*abs(x)"),
    ("|x||y|", "abs(x)*abs(y)"),
    ("|x - |y|| + 1", "abs(x - abs(y)) + 1"),
    ("‖x‖", "norm2(x)"),
    ("‖x - y‖²", "norm2(x - y)^2"),
    ("‖x‖₁ + ‖x‖_2^2", "norm1(x) + norm2(x)^2"),
    ("||x - y||^2", "norm2(x - y)^2"),
    ("‖X‖_F", "normF(X)"),
    ("√x", "sqrt(x)"),
    ("√(x+1)y", "sqrt(x + 1)*y"),
    ("√x√y", "sqrt(x)*sqrt(y)"),
    ("2√x", "2*sqrt(x)"),
    ("∛x", "cbrt(x)"),
    ("x'*A*x", "x'*A*x"),
    ("(A*x - b)'", "(A*x - b)'"),
    ("xᵀ A x", "x'*A*x"),
    ("W'", "W'"),
    ("W''", "W''"),
    ("(W)'", "(W)'"),
    ("W′x", "W'*x"),
    ("A^-1'", "(A^(-1))'"),
    ("x' .* (A*x)", "x' .* (A*x)"),
    ("x ⊙ y ⊙ z", "x .* y .* z"),
    ("x ./ y", "x ./ y"),
    ("x .^ 2", "x.^2"),
    ("a × b · c", "a*b*c"),
    ("ŷ - y", "ŷ - y"),
    ("y\u{302} - y", "ŷ - y"),
    ("σ(x)(1−σ(x))", "sigmoid(x)*(1 - sigmoid(x))"),
    ("σ'(x)", "sigmoid'(x)"),
    ("σ1'(x)", "σ1'(x)"),
    ("σ1''(W x)", "σ1''(W*x)"),
    ("σ_2(x)", "σ_2(x)"),
    ("(x-μ)²/(2σ²)", "(x - μ)^2/(2*σ^2)"),
    ("!σ x", "sigmoid(x)"),
    ("!σx + σy", "sigmoid(x) + sigmoid(y)"),
    ("swish x", "swish(x)"),
    ("x[1]", "x[1]"),
    ("W[i, j+1]", "W[i, j + 1]"),
    ("x_1 + x₁", "x_1 + x₁"),
    ("[i = j]", "[i = j]"),
    ("δ[i,j]", "[i = j]"),
    ("x [i = j]", "x*[i = j]"),
    ("2[x > 0]", "2*[x > 0]"),
    ("[0 < x < 1]", "[0 < x < 1]"),
    ("[x > 0 and y > 0]", "[x > 0 and y > 0]"),
    ("[[1,2],[3,4]]", "[[1, 2], [3, 4]]"),
    ("A [[1,2],[3,4]]", "A*[[1, 2], [3, 4]]"),
    ("sum[k] x[k]", "sum[k] x[k]"),
    ("sum[k] x[k]*y[k] + c", "sum[k] x[k]*y[k] + c"),
    ("-sum[k] y[k]*log(ŷ[k])", "-sum[k] y[k]*log(ŷ[k])"),
    ("sum[k] -x[k]", "sum[k] (-x[k])"),
    ("sum[k] (x[k] + 1)", "sum[k] (x[k] + 1)"),
    ("2*sum[k] x[k]", "2*sum[k] x[k]"),
    ("(sum[k] x[k])*y", "(sum[k] x[k])*y"),
    ("(sum[k] x[k])^2", "(sum[k] x[k])^2"),
    ("sum[k] x[k]/n", "sum[k] x[k]/n"),
    ("sum[i,j] A[i,j]", "sum[i, j] A[i, j]"),
    ("!sum[i≠j] A[i,j]", "sum[i, j: i != j] A[i, j]"),
    ("sum[i,j: i != j] A[i,j]", "sum[i, j: i != j] A[i, j]"),
    ("sum[i] sum[j != i] A[i,j]", "sum[i] sum[j: j != i] A[i, j]"),
    ("sum[k=1..n] k^2", "sum[k = 1..n] k^2"),
    ("Σ_k x[k]", "sum[k] x[k]"),
    ("Σᵢ x[i]", "sum[i] x[i]"),
    ("Σ[k] x[k]", "sum[k] x[k]"),
    ("Σ_{k=1}^n x[k]", "sum[k = 1..n] x[k]"),
    ("Σ_{k=1}^{n+1} x[k]", "sum[k = 1..n + 1] x[k]"),
    ("∏_i x[i]", "prod[i] x[i]"),
    ("prod[i=1..3] (x + i)", "prod[i = 1..3] (x + i)"),
    ("max[i] x[i]", "max[i] x[i]"),
    ("max(x)", "maximum(x)"),
    ("max(x, 0)", "max(x, 0)"),
    ("max(a, b, c)", "max(max(a, b), c)"),
    ("sum(x)", "sum(x)"),
    ("cases(a if x>0, b if x<0, c)", "cases(a if x > 0, b if x < 0, c)"),
    ("cases(1 if 0 < x < 1, 0 otherwise)", "cases(1 if 0 < x < 1, 0)"),
    ("d/dx (x^2)", "diff(x^2, x)"),
    ("d/dx x^2 + 1", "diff(x^2, x) + 1"),
    ("d/dθ sin θ", "diff(sin(θ), θ)"),
    ("∂/∂x (x y)", "diff(x*y, x)"),
    ("∂/∂x[i] f", "diff(f, x[i])"),
    ("d²/dx² (x^3)", "diff(x^3, x, x)"),
    ("∂^2/∂x∂y (x y)", "diff(x*y, x, y)"),
    ("∂f/∂x", "diff(f, x)"),
    ("d/dist", "d/dist"),
    ("diff(x^3, x, 2)", "diff(x^3, x, x)"),
    ("diff(x^3, x, x)", "diff(x^3, x, x)"),
    ("grad(x'*x, x)", "grad(x'*x, x)"),
    ("∇_x (x'*x)", "grad(x'*x, x)"),
    ("jacobian(A*x, x)", "jacobian(A*x, x)"),
    ("hessian(x'*x, x)", "hessian(x'*x, x)"),
    ("!X^T X", "X^T*X"),
    ("!f(x)", "f*x"),
    ("g_*q*B/(2*m)", "g_*q*B/(2*m)"),
    ("!sgn*J2/2", "sgn*J2/2"),
    ("µf3", "μ*f3"),
    ("∆x + ∆y", "Δx + Δy"),
    ("!|-sgn|", "abs(-sgn)"),
    ("!sgn[1]*x", "sgn[1]*x"),
    ("softmax(-max_x)", "softmax(-max_x)"),
    ("sgn(x)*J2/2", "sign(x)*J2/2"),
    ("180.0/3.14159265359", "180/3.14159265359"),
    ("6.02e23", "6.02e23"),
    ("(2)", "2"),
    ("1/2*x'*A*x", "1/2*x'*A*x"),
    ("tr(inv(X'*C*X)*(X'*B*X))", "tr(inv(X'*C*X)*(X'*B*X))"),
];

#[test]
fn readings() {
    let names = names();
    let mut failures = Vec::new();
    for (row, expected) in READINGS {
        let (text, is_warned) = row.strip_prefix('!').map_or((*row, false), |text| (text, true));
        match parse(text, &names) {
            Err(problem) => failures.push(format!("{text}: {problem}")),
            Ok(parsed) => {
                let printed = print::text_with(&parsed.tree, &names);
                if printed != *expected {
                    failures.push(format!("{text}: printed {printed}, expected {expected}"));
                }
                if parsed.warnings.is_empty() == is_warned {
                    failures.push(format!("{text}: warnings {:?}", parsed.warnings));
                }
                for printed in [printed, print::unicode_with(&parsed.tree, &names)] {
                    match parse(&printed, &names) {
                        Ok(again) if again.tree == parsed.tree => {}
                        other => failures.push(format!("{text}: {printed} reads back as {other:?}")),
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn facts() {
    let names = names();
    for (text, expected) in [
        ("sum(y)=1", "sum(y) = 1"),
        ("x > 0", "x > 0"),
        ("P' = P", "P' = P"),
        ("0 < a <= b", "0 < a <= b"),
        ("x > 0 and y ≥ 0", "x > 0 and y >= 0"),
        ("x ≠ y ∧ y ≠ z", "x != y != z"),
        ("y=/=x", "y != x"),
    ] {
        let parsed = parse_fact(text, &names).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        let printed = print::text_with(&parsed.tree, &names);
        assert_eq!(printed, expected, "{text}");
        assert_eq!(parse_fact(&printed, &names).map(|again| again.tree), Ok(parsed.tree));
    }
}

#[test]
fn declarations() {
    let mut names = Names::default();
    names.add_variable("x");
    for (text, expected) in [
        ("W: R[3,2]", "W R[3, 2]"),
        ("v: R[n+1]", "v R[n + 1]"),
        ("c: R", "c R[]"),
        ("W ∈ ℝ[m,n]", "W R[m, n]"),
        ("W': R[3,2]", "W' R[3, 2]"),
        ("W′: R", "W' R[]"),
        ("σx = σ(x)", "σx = sigmoid(x)"),
        ("ŷ = softmax(W*x+b)", "ŷ = softmax(W*x + b)"),
        ("swish(t) = t*σ(t)", "swish(t) = t*sigmoid(t)"),
        ("f(a, b) = ab + a", "f(a, b) = a*b + a"),
        ("σ1: function", "σ1 function"),
        ("σ: R", "σ R[]"),
        ("g_: R", "g_ R[]"),
        ("sgn: R", "sgn R[]"),
    ] {
        let (declaration, _) =
            parse_declaration(text, &names).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        let shown = match &declaration {
            Declaration::Shape { name, sizes, .. } => {
                format!("{name} R[{}]", sizes.iter().map(print::text).collect::<Vec<_>>().join(", "))
            }
            Declaration::Definition { name, value } => format!("{name} = {}", print::text(value)),
            Declaration::FunctionDefinition { name, parameters, value } => {
                format!("{name}({}) = {}", parameters.join(", "), print::text(value))
            }
            Declaration::UnknownFunction { name } => format!("{name} function"),
        };
        assert_eq!(shown, expected, "{text}");
    }
}

#[test]
fn declared_names_come_before_the_table() {
    let mut names = Names::default();
    names.add_variable("sgn");
    for (text, expected) in [("sgn*J2/2", "sgn*J2/2"), ("2sgn", "2*sgn"), ("sgn (x + 1)", "sgn*(x + 1)")] {
        let parsed = parse(text, &names).unwrap();
        assert!(parsed.warnings.is_empty(), "{text}");
        let printed = print::text_with(&parsed.tree, &names);
        assert_eq!(printed, expected);
        assert_eq!(parse(&printed, &names).unwrap().tree, parsed.tree);
    }
    let problem = parse("2*sgn(x)", &names).unwrap_err();
    assert_eq!(problem.message, "`sgn` is a variable here, not the function");
    assert_eq!(problem.span().map(|span| (span.start, span.end)), Some((2, 5)));
}
