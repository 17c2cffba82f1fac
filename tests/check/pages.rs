//! Pages as people write them: what is said of each line. A wrong line is never called right, a right one never wrong, and what
//! is not understood is listed.

use symdiff::check::Verdict::{Given, Right, RightIf, Rounding, Undecided, Wrong};
use symdiff::check::{Verdict, check};

fn holds(pages: &[(&str, &[(usize, Verdict)])]) {
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
    assert!(check(layer, "").lines[2].diagnosis[0].text.contains("transpose"));
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
