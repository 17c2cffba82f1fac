//! Pages as people write them: what is said of each line. A wrong line is never called right, a right one never wrong, and what
//! is not understood is listed.

use symdiff::check::Verdict::{Follows, Given, Right, RightIf, Rounding, Undecided, Unreadable, Wrong};
use symdiff::check::{Verdict, check};

pub(crate) fn holds(pages: &[(&str, &[(usize, Verdict)])]) {
    for (text, expected) in pages {
        let report = check(text, "");
        let found: Vec<(usize, Verdict)> =
            report.lines.iter().map(|line| (line.number, line.verdict)).collect();
        let why: Vec<Option<&str>> =
            report.lines.iter().map(|line| line.message.as_ref().map(|m| m.message.as_str())).collect();
        assert_eq!(found, *expected, "{text}\n{why:?}");
    }
}

#[test]
fn a_value_serves_numbers_and_makes_no_formula_right() {
    holds(&[
        (
            "Gegeben ist $f(x) = x^3$. Für $x = 0$ gilt $f(0) = 0$.\n\n$$f'(x) = 5x^2$$",
            &[(1, Right), (3, Wrong)],
        ),
        ("f(x)=x^2\nx = 2\nf'(x) = x^2\nf''(x) = x", &[(1, Given), (2, Given), (3, Wrong), (4, Wrong)]),
        ("Let $f(x)=x^3-3x$. $f'(x)=3x^2-3=0$ for $x = 1$.\n\n$$f''(x) = 6$$", &[(1, Right), (3, Wrong)]),
        ("f(x)=x^2\nx = 2\nf'(x) = 2x = 4\nf''(x) = 2", &[(1, Given), (2, Given), (3, Right), (4, Right)]),
        ("f(x)=x^3\nx = 2\nf'(x) = 12", &[(1, Given), (2, Given), (3, RightIf)]),
        ("at x=2\nf(x)=x^2\nf'(x) = x^2", &[(2, Given), (3, Wrong)]),
        ("y = a x^2\nx = 2\ny = 4a", &[(1, Given), (2, Given), (3, Right)]),
    ]);
}

#[test]
fn a_missing_transpose_is_no_assumption() {
    let layer = "let W: R[n,n]\nlet x: R[n]\nh = W*x\nL = norm2(h)^2\n∂L/∂x = 2W*h";
    holds(&[
        (layer, &[(3, Given), (4, Given), (5, Wrong)]),
        ("at W=[[1,2],[3,4]]\nlet W: R[n,n]\nlet x: R[n]\n∂/∂x (x'*W*x) = 2*W*x", &[(4, Wrong)]),
        // Only the symmetric part of W matters here: it may be taken to be symmetric, and that is said.
        ("let W: R[n,n]\nlet x: R[n]\n∂/∂x (x'*W*x) = 2*W*x", &[(3, RightIf)]),
        // By entries that vary together or each by itself: either is in use.
        (
            "let X: R[n,n]\nlet u: R[n]\nlet v: R[n]\ngiven X' = X\n∂/∂X (u'*inv(X)*v) = -inv(X)*u*v'*inv(X)",
            &[(5, Right)],
        ),
        ("let y: R[n]\nlet s: R\nat y=[1,2]\n∂/∂s (s*sum(y)) = 1", &[(4, Wrong)]),
    ]);
    assert!(check(layer, "").lines[2].diagnosis.iter().any(|d| d.id == "M06"));
}

#[test]
fn nothing_follows_from_what_could_not_be_read() {
    holds(&[
        (
            "Let $h(x) = f(g(x))$ with $f(u) = u^3$ and $g(x) = 2x + 1$.\n\n$$h'(x) = f'(g(x)) = 3(2x+1)^2$$",
            &[(1, Given), (3, Wrong)],
        ),
        (
            "Let $h(x) = f(g(x))$ with $f(u) = u^3$ and $g(x) = 2x + 1$.\n\n$$h'(x) = f'(g(x)) g'(x) = 6(2x+1)^2$$",
            &[(1, Given), (3, Right)],
        ),
        ("y' = ln x", &[(1, Undecided)]),
    ]);
}

#[test]
fn numbers_are_right_rounded_on_the_way_or_wrong() {
    holds(&[
        ("at x=2\nf = ln(x) = 0.6931\nu = 3f = 2.0793", &[(2, Right), (3, Rounding)]),
        ("at x=2\nf = ln(x) = 0.6930\ng = ln(x) = 0.6929", &[(2, Rounding), (3, Wrong)]),
        ("at x=2\nf = ln(x) = 0.6\ng = ln(x) = 0.4", &[(2, Rounding), (3, Wrong)]),
    ]);
    let report = check("at x=0.5\ng = x^2 - 0.25 = 0.0001", "");
    assert_eq!(report.lines[0].expected.as_deref(), Some("0"));
}

#[test]
fn derivatives_in_letters() {
    holds(&[
        (
            "f(x) = x^3\nd^2f/dx^2 = 6x\nd f(x)/dx = 3x^2\nD_x[f(x)] = 3x^2\ngrad f = 3x^2\nDf(x) = 3x",
            &[(1, Given), (2, Right), (3, Right), (4, Right), (5, Right), (6, Wrong)],
        ),
        (
            "y = x^3\nd²y/dx² = 6x\ndy/dx|x=2 = 12\ny'(2) = 12\ny'(2) = 13",
            &[(1, Given), (2, Right), (3, Right), (4, Right), (5, Wrong)],
        ),
        (
            "$$y = 3x^2$$\n$$\\frac{dy}{dx}(1) = 6$$\n$$y'(1) = 6$$\n$$\\frac{dy}{dx} = 6x$$",
            &[(1, Given), (2, Right), (3, Right), (4, Right)],
        ),
        (
            "f(x,y) = x^2 y + sin(y)\nf_x = 2xy + x^2\nf_y = x^2 + cos y\nf_xy = 2x",
            &[(1, Given), (2, Wrong), (3, Right), (4, Right)],
        ),
        ("$$y = t^2$$\n$$\\dot y = 3t$$\n$$\\ddot y = 2$$", &[(1, Given), (2, Wrong), (3, Right)]),
    ]);
}

#[test]
fn subscripts() {
    holds(&[
        ("$$f(x) = x_0 x^2$$\n$$f'(x) = 2x_0 x$$", &[(1, Given), (2, Right)]),
        (
            "$$f(x) = x^2$$\n$$t(x) = f(x_0) + f'(x_0)(x - x_0)$$\n$$t(x) = x_0^2 + 2x_0(x - x_0)$$",
            &[(1, Given), (2, Given), (3, Right)],
        ),
        ("let x: R[n]\nv = Σ_i x_i\n∂v/∂x_j = 1\n∂v/∂x_j = 2", &[(2, Given), (3, Right), (4, Wrong)]),
        ("let y: R[n,d]\nlet p: R[n,n]\nC = sum[i] sum[j] p[i,j]*norm2(y_i - y_j)^2", &[(3, Unreadable)]),
        (
            "---\nlet a: R[n]\n---\n$$p_i = \\frac{e^{a_i}}{\\sum_j e^{a_j}}$$\n\
             $$\\frac{\\partial p_i}{\\partial a_j} = p_i(\\delta_{ij} - p_j)$$",
            &[(4, Given), (5, Right)],
        ),
    ]);
}

#[test]
fn words_between_formulas() {
    holds(&[
        ("f(x)=x^2 sowie f'(x)=2x", &[(1, Right)]),
        ("f(x)=x^2 und f'(x)=2x, so f''(x)=3", &[(1, Wrong)]),
        ("Let u = x^2, then y = sin(u).\ndy/dx = 2x cos(x^2)", &[(1, Given), (2, Right)]),
        ("$$net = wx+b$$\n$$\\frac{\\partial net}{\\partial w} = x$$", &[(1, Given), (2, Right)]),
        (
            "Let f(x) = x^2 + 3x. We compute the derivative.\nAt x = 1 the slope is f'(1) = 6.\nf'(x) = 2x + 3 (sum rule)",
            &[(1, Given), (2, Wrong), (3, Right)],
        ),
        ("Because y = x^2 we have dy/dx = 3x.", &[(1, Wrong)]),
        ("We want the derivative of y = x ln x.\ny' = ln x", &[(1, Given), (2, Wrong)]),
        ("Sei u = x^2. Dann ist y = sin(u).\ndy/dx = cos(x^2)", &[(1, Given), (2, Wrong)]),
        ("f(x) = x^2, x > 0\nf'(x) = 5x^7", &[(1, Given), (2, Wrong)]),
        (
            "f(x) = x^2\nf'(x) = 3x for all x\nf'(x) = 3x if x > 0\nf'(x) = 3x, by the power rule\nf'(x) = 3x,  x > 0",
            &[(1, Given), (2, Wrong), (3, Follows), (4, Follows), (5, Follows)],
        ),
        ("y = x^3\ndy/dx = 3x^2 since (x^n)' = n x^(n-1)", &[(1, Given), (2, Right)]),
        (
            "f(x) = x^2\nf''(1) = 5 > 0\nf'(x) = 3x > 0\nf'(1) = 2 != 0",
            &[(1, Given), (2, Wrong), (3, Wrong), (4, Right)],
        ),
        (
            "$$f(x)=x^2$$\n\\begin{align}\nf'(x) &= 5x && \\text{where } x>0 \\\\\n\
             f'(x) &= 2x && \\text{since } (x^n)' = n x^{n-1}\n\\end{align}",
            &[(1, Given), (3, Wrong), (4, Right)],
        ),
    ]);
}

#[test]
fn formulas_over_lines_and_open_marks() {
    holds(&[
        (
            "f(x) = x^3 + x^2\nf'(x) = 3x^2\n      + 2x\nf''(x) =\n 6x + 2",
            &[(1, Given), (2, Right), (5, Right)],
        ),
        ("f(x) = x^2\nf'(x) =\n2x+3", &[(1, Given), (3, Wrong)]),
        ("diff(x^2, x)\n  = 2*x   power rule\n  = 3*x", &[(2, Right), (3, Wrong)]),
        ("Let $f(x) = x^2$.\n\n$$f'(x) = 3x", &[(1, Given), (3, Wrong)]),
        ("Let $f(x) = x^2$.\n\n$$f'(x) = 2x", &[(1, Given), (3, Unreadable)]),
        ("Let $f(x) = x^2$.\n\\begin{align} f'(x) &= 3x", &[(1, Given), (2, Wrong)]),
        ("Let $f(x) = x^2$. Then $f'(x)$ = $3x$.", &[(1, Wrong)]),
        ("---\nlet x: R\nf(x) = x^2", &[(1, Unreadable), (3, Given)]),
        ("\u{feff}f(x) = x^2\nf\u{2019}(x) = 2x", &[(1, Given), (2, Right)]),
        ("$$f(x) = 1{,}5 x^2$$\n$$f'(x) = 3 x$$", &[(1, Given), (2, Right)]),
    ]);
}

#[test]
fn demands_and_new_meanings() {
    holds(&[
        (
            "---\nlet A: R[m,n]\nlet x: R[n]\nlet y: R[m]\n---\nMinimise $L = \\|Ax - y\\|^2$.\n\
             $$\\frac{\\partial L}{\\partial x} = 2A^\\top(Ax - y)$$\nSet to zero:\n$$A^\\top A x = A^\\top y$$",
            &[(6, Given), (7, Right), (9, Given)],
        ),
        (
            "f(x) = x^2 - 4x\nf'(x) = 2x - 4\nSet f'(x) = 0:\n2x - 4 = 0\nx = 2",
            &[(1, Given), (2, Right), (3, Given), (4, Right), (5, Right)],
        ),
        (
            "Aufgabe 1\nf(x) = x^2\nf'(x) = 2x\nAufgabe 2\nf(x) = x^3\nf'(x) = 3x^2",
            &[(2, Given), (3, Right), (5, Given), (6, Right)],
        ),
        (
            "f(x) = x^2\nf'(x) = 2x\nLet f(x) = x^3\nf'(x) = 3x^2",
            &[(1, Given), (2, Right), (3, Given), (4, Right)],
        ),
        ("f(x) = (x+1)^2\nf(x) = x^2 + 1", &[(1, Given), (2, Wrong)]),
        (
            "\\begin{enumerate}\n\\item $f(x)=x^2$, $f'(x)=2x$\n\\item $f(x)=x^3$, $f'(x)=3x^2$\n\\end{enumerate}",
            &[(2, Right), (3, Right)],
        ),
        ("f(x) = 2 ln(x)\nf'(x) = -2/x\nf''(x) = 2/x^2", &[(1, Given), (2, Wrong), (3, Follows)]),
        ("f(x)=ln(x)/2\nf'(x) = 1/2x", &[(1, Given), (2, Right)]),
        ("y = e^2x\ny' = 2e^2x", &[(1, Given), (2, Right)]),
    ]);
}

/// What is derived is read again, and every line of it is right.
#[test]
fn derivations_are_read_again() {
    let formulas = [
        "exp(sin(3x))",
        "x^2 sin(x)",
        "x/(1+x^2)",
        "log(1+x^2)",
        "sqrt(x^2+1)",
        "(3x+1)^5",
        "tan(x)",
        "x^x",
        "sin(x)/x",
        "1/(1+exp(-x))",
        "exp(-x^2)",
        "cos(x)^3",
        "log(log(x))",
        "atan(x)",
        "x*exp(x)*sin(x)",
        "(x^2-1)/(x+2)",
        "2^x",
        "sqrt(sin(x))",
        "tanh(2x)",
        "(1+1/x)^2",
        "σ(3x+1)",
    ];
    for formula in formulas {
        for format in ["latex", "markdown", "text", "unicode"] {
            let derived = std::process::Command::new(env!("CARGO_BIN_EXE_symdiff"))
                .args(["derive", formula, "--format", format])
                .output()
                .unwrap();
            let text = String::from_utf8(derived.stdout).unwrap();
            let report = check(&text, "");
            assert!(!report.lines.is_empty(), "{text}");
            for line in &report.lines {
                assert!(
                    matches!(line.verdict, Right | RightIf),
                    "{formula} {format}: {:?} {:?}\n{text}",
                    line.verdict,
                    line.message
                );
            }
        }
    }
}

#[test]
fn an_equation_that_is_solved_claims_nothing_of_every_point() {
    holds(&[
        ("f(x) = x^2 - 4x\nf'(x) = 2x - 4 = 0\n2x = 4", &[(1, Given), (2, Right), (3, Right)]),
        ("f(x) = x^2 - 4x\nf'(x) = 2x - 4 = 0\nf'(x) = 2x", &[(1, Given), (2, Right), (3, Wrong)]),
        ("f(x) = x^2 + 1\nf(0) = 1\nf(0) = 0", &[(1, Given), (2, Right), (3, Wrong)]),
    ]);
}
