//! What is said about slips: one snapshot of every message in `tests/messages/`.

use std::fmt::Write as _;

use symdiff::diagnostic::Diagnostic;
use symdiff::syntax::{Names, parse, parse_declaration, parse_fact, parse_latex};

/// The message, the line with a mark under each place, the way out.
fn rendered(source: &str, problem: &Diagnostic) -> String {
    let mut out = format!("{}: {}\n", problem.kind.word(), problem.message);
    for label in &problem.labels {
        let before = source[..label.span.start].chars().count();
        let width = source[label.span.start..label.span.end].chars().count().max(1);
        let mark = if label.source == symdiff::diagnostic::Source::Formula { '^' } else { '?' };
        let marks = mark.to_string().repeat(width);
        let _ = writeln!(out, "  | {source}\n  | {}{marks} {}", " ".repeat(before), label.text);
    }
    if let Some(help) = &problem.help {
        let _ = writeln!(out, "  help: {help}");
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}

fn names() -> Names {
    let mut names = Names::default();
    names.add_variable("x");
    names.add_variable("W");
    names.add_function("σ1", Some(1));
    names.add_function("swish2", Some(2));
    names
}

/// Renders all, each with its text first; what is read without a word is marked as such.
fn all(texts: &[&str], read: impl Fn(&str) -> Result<Vec<Diagnostic>, Diagnostic>) -> String {
    let mut out = String::new();
    for text in texts {
        let _ = writeln!(out, "─── {text:?}");
        match read(text) {
            Err(problem) => {
                assert!(problem.span().is_some(), "{text}: no place");
                assert!(problem.help.is_some(), "{text}: no way out");
                assert!(!problem.message.ends_with('.'), "{text}: full stop");
                out.push_str(&rendered(text, &problem));
            }
            Ok(warnings) => {
                assert!(!warnings.is_empty(), "{text}: read without a word");
                for warning in warnings {
                    let _ = write!(out, "warning, {}", rendered(text, &warning));
                }
            }
        }
    }
    out
}

const FORMULAS: &[&str] = &[
    // nothing, brackets
    "",
    "   ",
    "sin(x",
    "(x+1))",
    "(x+1]",
    "[1, (2]",
    "x + ()",
    "sin()",
    "f(x",
    "{x+1}*2",
    // operators
    "x + * y",
    "x ++ y",
    "x */ y",
    "x = = y",
    "*x",
    "x +",
    "(x +)",
    "(* x)",
    "2^",
    "x^^2",
    "+",
    "a + - ",
    // numbers
    "3 4",
    "1.2.3",
    "1,5",
    "sin(1,5)",
    "x 2",
    "(x+1)2",
    "1e99999",
    "2 . 3",
    // names and functions
    "sn(x)",
    "sqr(x+1)",
    "softmx(x)",
    "swish(x",
    "swsh2(x, y)",
    "foo(x)",
    "xsin(x)",
    "theta(x+1)",
    "sin",
    "2*sin + 1",
    "sin*x",
    "sin(x, y)",
    "atan2(y)",
    "swish2(x)",
    "σ1 + 1",
    "f'(x)",
    "sin^-1(x)",
    "sin^(-1)(x)",
    "sin⁻¹(x)",
    "sin^{-1}(x)",
    "f^{-1}(x)",
    "sin^",
    "sigma1(x)",
    "σ2(x)",
    // characters
    "x % 2",
    "n!",
    "x $ y",
    "\u{445} + 1",
    "\u{FF58} + 1",
    "x\u{200B} + 1",
    "x’ * y",
    "x – y",
    "“x”",
    "𝑥 + 1",
    "𝛼 + 1",
    "ⅇ^x",
    "∞",
    "x ? 1",
    "x\u{0}",
    "45°",
    // other notations
    "\\frac{1}{2}",
    "x_{1}",
    "x^{2}",
    "x _ 1",
    "x == y",
    "x := 2",
    "x = 2",
    "x > 0",
    "a; b",
    "[1 2; 3 4]",
    "[1, 2; 3, 4]",
    "x if x > 0",
    "x : 2",
    // bars and roots
    "|x",
    "||x|",
    "‖x",
    "|x| |",
    "√",
    "√x²",
    "‖x‖_3",
    // lists and indices
    "sin(x,)",
    "max(x,,y)",
    "max(,x)",
    "(x, y)",
    "x[]",
    "x[",
    "x[1,]",
    "x[i = 1]",
    "[]",
    "[x + 1]",
    "δ[i]",
    // big operators
    "sum k x[k]",
    "sum x[k]",
    "sum_k x[k]",
    "sum[] x",
    "sum[k]",
    "sum[k] + 1",
    "sum[k = 1] x[k]",
    "sum[2] x",
    "sum[k, k] x",
    "sum[e] x",
    "Σ x[k]",
    "Σ_ x",
    "Σ_{k=1} x",
    "prod(x)",
    "sum[i != j] A[i,j]",
    // derivatives
    "d/dx",
    "d/dx + 1",
    "d/d y",
    "d^2/dx x^3",
    "∂x",
    "∂/∂x",
    "∇ x",
    "diff(x)",
    "diff(x, 2)",
    "diff(x, x + 1)",
    "grad(x)",
    "hessian(x, y, z)",
    "d/dy (x)*x",
    // cases
    "cases()",
    "cases(1, 2)",
    "cases(1 if x, 2)",
    "cases(1 if x > 0,)",
    // readings that are warned about
    "1/2x",
    "a/bc",
    "sin x y",
    "sin x/2",
    "e^2x",
    "f(x)",
    "X^T X",
    "ab + a + b",
    "σ x",
    "√2x",
    // marks without a letter
    "' + 1",
    "²",
];

const FACTS: &[&str] = &[
    "",
    "x",
    "x >",
    "x > 0 and",
    "x > 0 and y",
    "x == 1",
    "x := 1",
    "sum(y) = 1, x > 0",
    "x > > 0",
    "(x > 0)",
];

const DECLARATIONS: &[&str] = &[
    "",
    "y",
    "y:",
    "y: R[3",
    "y: R[-1]",
    "y: R[0]",
    "y: R[2.5]",
    "y: R[]",
    "y: R[3,]",
    "y: R[3x2]",
    "y: R[3 2]",
    "y: R^3",
    "y: R(3)",
    "y: R 3",
    "y: [3]",
    "y: C",
    "y: vector",
    "y: Function",
    "y in R",
    "y, z: R",
    "2: R",
    "x: R",
    "σ1: function",
    "sin: R",
    "sin = 2",
    "sum(t) = t",
    "e: R",
    "pi = 3",
    "y =",
    "y = x +",
    "f() = 1",
    "f(t, t) = t",
    "f(2) = t",
    "f(t)",
    "f(e) = e",
    "relu(t) = t",
];

#[test]
fn formulas() {
    let names = names();
    insta::with_settings!({ snapshot_path => "messages", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("formulas", all(FORMULAS, |text| parse(text, &names).map(|parsed| parsed.warnings)));
        insta::assert_snapshot!("facts", all(FACTS, |text| parse_fact(text, &names).map(|parsed| parsed.warnings)));
        insta::assert_snapshot!("declarations", all(DECLARATIONS, |text| parse_declaration(text, &names).map(|(_, warnings)| warnings)));
    });
}

/// Slips in LaTeX.
const LATEX: &[&str] = &[
    "",
    r"\frac{1}{x",
    r"\frac{1}x}",
    r"\left( x",
    r"\left( x )",
    r"(x + 1]",
    r"\frca{1}{2}",
    r"\sinx",
    r"sin x",
    r"sinx + 1",
    r"alpha + 1",
    r"\sin^{-1} x",
    r"\sigma_1^{-1}(x)",
    r"x_12",
    r"x^12",
    r"e^-x",
    r"x^2^3",
    r"x_i_j",
    r"\frac123",
    r"2\frac{1}{3}",
    r"x2 + 1",
    r"3 4",
    r"1,5",
    r"f(x)g(x)",
    r"g(x)",
    r"y'",
    r"W' x",
    r"(x + 1)'",
    r"\sigma_3(x)",
    r"\operatorname{sofmax}(x)",
    r"softmax(x)",
    r"sofmax(x)",
    r"\log",
    r"\sqrt",
    r"\frac{1}",
    r"\sum x_i",
    r"\sum_{i=1} x_i",
    r"\sum^n x",
    r"\sum_{i \in S} x_i",
    r"\sum_{i=1}^n",
    r"x + \dots + y",
    r"x! + 1",
    r"\int_0^1 x dx",
    r"\infty",
    r"a \pm b",
    r"\frac{\partial f}{\partial x}\Big|_{x=1}",
    r"\left. f \right|_{x=1}",
    r"x = 1",
    r"x < 1",
    r"x \approx 1",
    r"a \\ b",
    r"x \text{ plus } y",
    r"|\Sigma|",
    r"A_{ij}^\top",
    r"A_{ij}^{-1}",
    r"A^{(2)}",
    r"x^*",
    r"\frac{d}{dx} (x) y",
    r"\frac{d}{dx} x \cdot y",
    r"\frac{d^2 y}{dx}",
    r"\frac{\partial}{dx} y",
    r"\partial x",
    r"x dx",
    r"\nabla f",
    r"\sin x (y + 1)",
    r"\sin{x} y",
    r"\sin x y",
    r"1/2x",
    r"x \cdot \cdot y",
    r"\cdot x",
    r"x +",
    r"+",
    r"\mathbf{Wx}",
    r"\mathbb{E}[x]",
    r"\min_{\alpha, D} \|x - D\alpha\|_2^2",
    r"\langle x, y \rangle",
    r"\|x\|_p",
    r"1e-5",
    r"2d_{ij} - 2q (40)",
    r"\hat{x + 1}",
    r"\mathrm{}",
    r"\sqrt23",
    r"$x",
    r"$x$ and $y$",
    r"let $x$",
    r"$$x$",
    "\\",
    r"\begin{cases} x & y",
    r"\begin{cases} x \\ y & \text{if } x > 0 \end{cases}",
    r"\begin{foo} x \end{foo}",
    r"\begin{pmatrix} 1 & 2 \\ 3 \end{pmatrix}",
    r"\frac{}{x}",
    r"()",
    r"{}",
    r"x^",
    r"x_",
    r"x^{}",
    r"\max x",
    r"\bigl( x",
    r"\left x",
    r"a \over b",
    r"\binom{n}{k}",
    r"\frac{dy}{dx} dx",
    r"\log_b^2(x)",
    r"∂x",
    r"x²",
    r"\newcommand{\a}[1]{b #1}",
    r"\theta(x)",
    r"x \mid y",
    r"p(y|x)",
];

#[test]
fn latex() {
    let names = names();
    insta::with_settings!({ snapshot_path => "messages", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("latex", all(LATEX, |text| parse_latex(text, &names).map(|parsed| parsed.warnings)));
    });
}
