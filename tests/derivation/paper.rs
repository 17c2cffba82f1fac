//! Derivations and tables in LaTeX: what fits on a page, what is read back, and which letters are written.

use symdiff::check::{Verdict, check};
use symdiff::derivation::{Derivation, Detail, LayeredDerivation, Notation, Style, Table};
use symdiff::evaluate::graph::Point;
use symdiff::number::Rational;
use symdiff::{Problem, print};

use super::{FORMULAS, derive};

/// Of an article, in em.
const PAGE: f64 = 34.5;

/// How wide a display of two columns is: formulas, reasons.
fn width(display: &str) -> f64 {
    let rows: Vec<Vec<&str>> = display
        .lines()
        .filter(|line| line.contains('&'))
        .map(|line| line.trim_end_matches("[1ex]").trim_end_matches(r" \\").split('&').collect())
        .collect();
    let column = |at: usize| {
        rows.iter().filter_map(|row| row.get(at)).map(|cell| print::latex_width(cell)).fold(0.0, f64::max)
    };
    let reasons = column(3);
    column(0) + column(1) + reasons + if reasons > 0.0 { 1.0 } else { 0.0 }
}

#[test]
fn displays_fit_on_a_page() {
    let long = "sin(a*x)*cos(b*x)*exp(-c*x) + cos(a*x)*exp(-b*x^2)*sin(c*x) - exp(-a*x^3)*sin(b*x)*cos(c*x)";
    for (wrt, formula) in FORMULAS.iter().copied().chain([("x", long), ("x", "atan(sin(a*x)/(b+cos(c*x)))")])
    {
        for detail in [Detail::Brief, Detail::Normal] {
            let latex = derive(formula, wrt, detail).written(Style::Latex);
            if latex.contains("cases") {
                continue;
            }
            assert!(width(&latex) <= PAGE, "{formula} is {} em wide:\n{latex}", width(&latex));
        }
    }
}

/// A line that leaves no room for its reason has it below; a reason that is too long beside its line goes on in the next row.
#[test]
fn reasons_find_their_place() {
    let latex = |formula: &str| derive(formula, "x", Detail::Normal).written(Style::Latex);
    let short = latex("sin(x^2)");
    assert!(short.starts_with("\\begin{align*}\n\\frac{d}{d x} (\\sin(x^{2})) &= \\cos(x^{2})"), "{short}");
    let wide = latex("(x^2+σ(y))/(3x+y−σ(x))");
    let first: Vec<&str> = wide.lines().take(4).collect();
    assert_eq!(
        first[1],
        r"&\frac{\partial}{\partial x} \left(\frac{x^{2} + \sigma(y)}{3 x + y - \sigma(x)}\right) \\"
    );
    assert!(first[2].starts_with(r" &\quad = \frac{(3 x + y - \sigma(x))"), "{wide}");
    assert_eq!(
        first[3],
        r" &\quad\qquad \text{quotient rule: $\left(\frac{u}{v}\right)' = \frac{u' v - u v'}{v^{2}}$, where $3 x + y - \sigma(x) \neq 0$} \\[1ex]"
    );
    let beside = latex("(x+1)/(x-1)");
    assert!(
        beside.contains("&& \\text{quotient rule:} \\\\\n &&& \\text{$\\left(\\frac{u}{v}\\right)'"),
        "{beside}"
    );
}

/// A sum that is too long is broken before a sign, also in brackets.
#[test]
fn long_lines_are_broken() {
    let sum = |count: usize| (1..=count).map(|i| format!("a_{i}*sin({i}*x)")).collect::<Vec<_>>().join(" + ");
    for formula in [sum(12), format!("exp(x)*({})", sum(12)), format!("({})^2", sum(12))] {
        let latex = derive(&formula, "x", Detail::Normal).written(Style::Latex);
        assert!(width(&latex) <= PAGE, "{latex}");
        assert!(latex.contains("\\\\\n &\\quad\\qquad + "), "{latex}");
    }
}

/// What is derived is right when it is read as a hand derivation, however it is laid out.
#[test]
fn derivations_are_read_back() {
    for (wrt, formula) in FORMULAS.iter().copied().chain([("x", "|x|^3"), ("x", "sin(x)^(3/2)*x^(5/2)")]) {
        let derivation = derive(formula, wrt, Detail::Normal);
        let latex = derivation.written(Style::Latex);
        let report = check(&latex, "");
        for line in &report.lines {
            let is_wrong = line.verdict.is_error() || line.verdict == Verdict::Unreadable;
            assert!(!is_wrong, "{formula}: {:?}\n{latex}", line.verdict);
        }
    }
}

/// Letters that not every font of formulas has are written with commands.
#[test]
fn letters_are_commands() {
    let latex = derive("ħ*é*λ_max*größe^2/x̄", "größe", Detail::Normal).written(Style::Latex);
    let size = r"\mathrm{gr\ddot{o}\text{ß}e}";
    assert!(latex.contains(&format!(r"\frac{{\partial}}{{\partial {size}}}")), "{latex}");
    assert!(latex.contains(r"\hbar") && latex.contains(r"\acute{e}"), "{latex}");
    assert!(latex.replace(size, "").is_ascii(), "{latex}");
    for (lets, formula, wrt) in [
        (&["A: R[n,n]", "X: R[m,n]"][..], "tr(A*X'*X)", "X"),
        (&["A: R[n,n]", "x: R[n]"], "x'*A*x", "x"),
        (&["u: R[n]", "x: R[n]"], "sum(u .* x)", "x"),
        (&["W: R[h,d]", "x: R[d]", "b: R[h]"], "norm2(tanh(W*x + b))^2", "W"),
    ] {
        let mut problem = Problem::new();
        for text in lets {
            problem.declare(text).unwrap();
        }
        let derivation =
            LayeredDerivation::of(&mut problem, formula, wrt, Notation::Matrix, Detail::Normal).unwrap();
        let latex = derivation.written(Style::Latex);
        assert!(latex.is_ascii(), "{latex}");
        // the names that the derivation makes are not in ASCII, its laws are
        let text = derivation.written(Style::Text).replace('ŷ', "");
        assert!(text.is_ascii(), "{text}");
        assert!(!derivation.written(Style::Latex).contains(" d("), "a differential is upright");
    }
}

#[test]
fn numbers_have_powers_of_ten() {
    let mut point = Point::default();
    point.set_float("x", 1e-9);
    let derivation = Derivation::at(&mut Problem::new(), "exp(x)*x^2", "x", Detail::Normal, &point).unwrap();
    let latex = derivation.latex();
    assert!(
        latex.contains(r"\approx 2.000000003 \cdot 10^{-9}") && latex.contains(r"x = 1 \cdot 10^{-9}"),
        "{latex}"
    );
}

/// A table that is too wide has the parts of a cell one below the other; fractions of neighbours do not touch.
#[test]
fn wide_tables() {
    let mut problem = Problem::new();
    for text in ["σ_x = σ(x)", "σ_y = σ(y)", "a = x^2", "b = a + σ_y", "c = 3x + y − σ_x"] {
        problem.declare(text).unwrap();
    }
    let mut point = Point::default();
    point.set("x", Rational::ONE);
    point.set("y", Rational::ZERO);
    let latex = Table::of(&mut problem, "b/c", Some(&point)).unwrap().written(Style::Latex, 4);
    let paths = r"\frac{\partial f}{\partial \sigma_{x}} \cdot \frac{\partial \sigma_{x}}{\partial x} & 0.2914 \cdot 0.1966 & 0.0646 \\[1ex]";
    assert!(latex.contains(paths), "{latex}");
    let next = r" & {} + \frac{\partial f}{\partial a} \cdot \frac{\partial a}{\partial x} & {} + 0.4407 \cdot 2 &  \\[1ex]";
    assert!(latex.contains(next), "{latex}");
    let short = Table::of(&mut Problem::new(), "x*y", Some(&point)).unwrap().written(Style::Latex, 4);
    assert!(
        short.contains(r"\frac{\partial f}{\partial x} = y = 0,\quad \frac{\partial f}{\partial y} = x = 1"),
        "{short}"
    );
}

/// The micro sign and the typographic prime are letters that look like others, also where a variable is asked for.
#[test]
fn variables_are_asked_for_as_they_are_read() {
    for (formula, wrt, slope) in [("µ^2", "µ", "2*μ"), ("e\u{301}^2", "e\u{301}", "2*é")] {
        let answer = Problem::new().gradient(formula, &[wrt]).unwrap();
        assert_eq!(print::text(&answer.partials[0].tree), slope);
        assert_eq!(print::text(derive(formula, wrt, Detail::Normal).result()), slope);
    }
    let mut problem = Problem::new();
    problem.declare("W′: R[n]").unwrap();
    let answer = problem.gradient("norm2(W′)^2", &["W′"]).unwrap();
    assert_eq!(print::text(&answer.partials[0].tree), "2*W'");
    let derivation =
        LayeredDerivation::of(&mut problem, "norm2(W′)^2", "W′", Notation::Matrix, Detail::Normal).unwrap();
    assert_eq!(print::text(derivation.result()), "2*W'");
}
