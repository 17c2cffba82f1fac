//! Letters of constants as names, values that are given between lines, and derivatives where there are none.

use crate::pages::holds;
use symdiff::check::Verdict::{Given, Right, Undecided, Wrong};
use symdiff::check::check;

#[test]
fn letters_of_constants_are_names_once_they_are_defined() {
    holds(&[
        (
            "e = w*x - y\nL = e^2\ndL/dw = 2 e x\ndL/de = 2e\ndL/dw = e x",
            &[(1, Given), (2, Given), (3, Right), (4, Right), (5, Wrong)],
        ),
        (
            "let W: R[m,n]\nlet x: R[n]\nlet y: R[m]\ne = W*x - y\nL = norm2(e)^2\n∂L/∂e = 2e\n∂L/∂x = 2W'*e\n∂L/∂x = W'*e",
            &[(4, Given), (5, Given), (6, Right), (7, Right), (8, Wrong)],
        ),
        (
            "Let $e = wx - y$ and $L = \\frac12 e^2$.\n$$\\frac{dL}{de} = e$$\n$$\\frac{\\partial L}{\\partial w} = e x$$",
            &[(1, Given), (2, Right), (3, Right)],
        ),
        ("π = a^2\ndπ/da = 2a\nJ = π b\ndJ/da = 2a b", &[(1, Given), (2, Right), (3, Given), (4, Right)]),
        ("σ = s^2\ndσ/ds = 2s\nγ = g^3\ndγ/dg = 3g^2", &[(1, Given), (2, Right), (3, Given), (4, Right)]),
        ("f(x) = e^x\nf'(x) = e^x", &[(1, Given), (2, Right)]),
        ("e = 3x - y\ng(x) = e^x\ng'(x) = e^x", &[(1, Given), (2, Given), (3, Undecided)]),
        // A new chapter has its constants back.
        ("# a\ne = 3x - y\n# b\ng(x) = e^x\ng'(x) = e^x", &[(2, Given), (4, Given), (5, Right)]),
    ]);
}

#[test]
fn values_that_are_given_count_for_what_follows() {
    let function = "f(x,y) = x^2 y + 2xy\n";
    for (lines, expected) in [
        ("at x = 1, y = 2\n∂f/∂x = 8", vec![Given, Right]),
        ("at x = 1, y = 2\n∂f/∂x = 7", vec![Given, Wrong]),
        ("x = 1, y = 2:\n∂f/∂x = 8", vec![Given, Right]),
        ("for x = 1 and y = 2\n∂f/∂y = 3", vec![Given, Right]),
        ("bei (x,y) = (1,2)\n∂f/∂y = 3", vec![Given, Right]),
        ("(x, y) = (1, 2)\n∂f/∂y = 4", vec![Given, Wrong]),
        ("at x = 1, y = 2: ∂f/∂x = 8", vec![Right]),
        ("at x = 1, y = 2: ∂f/∂x = 7", vec![Wrong]),
        ("f(1,2) = 6", vec![Right]),
        ("f(1,2) = 8", vec![Wrong]),
        // A value makes no formula right.
        ("at x = 1, y = 2\n∂f/∂x = 4 x y", vec![Given, Wrong]),
    ] {
        let report = check(&format!("{function}{lines}"), "");
        let found: Vec<_> = report.lines.iter().skip(1).map(|line| line.verdict).collect();
        assert_eq!(found, expected, "{lines}");
    }
    holds(&[
        (
            "Let $f(x,y) = x^2 y + 2xy$.\n\nAt $x = 1$, $y = 2$: $\\frac{\\partial f}{\\partial x} = 8$.\n\nFor $x = 1$ and $y = 2$:\n$$\\frac{\\partial f}{\\partial y} = 3$$\nAt the point $(x,y) = (1,2)$ we get $f_x = 7$.",
            &[(1, Given), (3, Right), (5, Given), (6, Right), (7, Wrong)],
        ),
        (
            "f(x) = x^2 + 3x\nFor x = 1: f'(1) = 5\nat x = 2: f'(x) = 7\nwith x = 2, f'(2) = 8",
            &[(1, Given), (2, Right), (3, Right), (4, Wrong)],
        ),
    ]);
}

#[test]
fn there_is_no_derivative_at_a_kink() {
    for (function, claim, expected) in [
        ("|x|", "f'(0) = 0", Wrong),
        ("|x|", "f'(1) = 1", Right),
        ("x*|x|", "f'(0) = 0", Right),
        ("x*|x|", "f''(0) = 0", Wrong),
        ("max(0, x)", "f'(0) = 0", Wrong),
        ("cases(x^2 if x > 0, x otherwise)", "f'(0) = 0", Wrong),
        ("cases(x^2 if x > 0, x otherwise)", "f'(1) = 2", Right),
        ("cases(x^2 if x > 0, -x^2 otherwise)", "f'(0) = 0", Right),
        ("cases(x^2 if x > 0, -x^2 otherwise)", "f''(0) = 2", Wrong),
        ("cases(x + 1 if x >= 0, x otherwise)", "f'(0) = 1", Wrong),
        ("cases(x^3 if x >= 0, -x^3 otherwise)", "f''(0) = 0", Right),
    ] {
        let report = check(&format!("f(x) = {function}\n{claim}"), "");
        assert_eq!(report.lines[1].verdict, expected, "{function}: {claim}");
    }
    let report = check("f(x) = |x|\nf'(0) = 0", "");
    let told = report.lines[1].message.as_ref().map(|message| message.message.clone());
    assert_eq!(
        told.as_deref(),
        Some("f has a kink at 0: f′ is -1 on its left and 1 on its right, so there is no f′(0)")
    );
    holds(&[("$$y = |x|, \\quad \\left.\\frac{dy}{dx}\\right|_{x=0} = 0$$", &[(1, Wrong)])]);
}
