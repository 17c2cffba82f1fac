//! Plain text as people type it: braces, brackets behind a space, conditions before a colon, values with conditions. Each right
//! line stands beside one with a slip, which is still found.

use symdiff::check::Verdict::{Given, Right, RightIf, Undecided, Wrong};

use super::pages::holds;

#[test]
fn braces_in_plain_text_leave_words_words() {
    holds(&[
        ("f(x) = e^{2x}, so f'(x) = 2e^{2x}", &[(1, Right)]),
        ("f(x) = e^{2x}, thus f'(x) = e^{2x}", &[(1, Wrong)]),
        ("f(x) = e^{2x}\nf'(x) = e^{2x} * 2\n= 2e^{2x} (chain rule)", &[(1, Given), (2, Right), (3, Right)]),
        ("f(x) = e^{2x}\nf'(x) = 2e^{2x} by the chain rule", &[(1, Given), (2, Right)]),
        ("f(x) = e^{2x}\nf'(x) = 3e^{2x} by the chain rule", &[(1, Given), (2, Wrong)]),
        ("f(x) = e^{kx} where k is constant\nf'(x) = k e^{kx}", &[(1, Given), (2, Right)]),
        ("f(x) = e^{3x}\nf'(x) = 3e^{3x}\n= 3f(x)", &[(1, Given), (2, Right), (3, Right)]),
        ("f(x) = e^{3x}\nf'(x) = 3e^{3x}\n= 2f(x)", &[(1, Given), (2, Right), (3, Wrong)]),
        ("f(x) = x² e^{2x}\nf'(x) = 2x e^{2x} + 2x² e^{2x}", &[(1, Given), (2, Right)]),
        ("f(x) = e^{2x} cos x\nf'(x) = 2e^{2x} cos x - e^{2x} sin x", &[(1, Given), (2, Right)]),
        ("f(x) = e^{2x} cos x\nf'(x) = 2e^{2x} cos x + e^{2x} sin x", &[(1, Given), (2, Wrong)]),
        (
            "f(x) = 3x^2; f'(x) = 6x\nf(x) = x^3; f'(x) = 3x^2\nf(x) = e^{2x}; f'(x) = 2e^{2x}",
            &[(1, Right), (2, Right), (3, Right)],
        ),
        (
            "f(x) = 3x^2; f'(x) = 6x\nf(x) = x^3; f'(x) = 3x\nf(x) = e^{2x}; f'(x) = e^{2x}",
            &[(1, Right), (2, Wrong), (3, Wrong)],
        ),
        ("y = x_{1}^{2} + x_{2}\n∂y/∂x_{1} = 2x_{1}\n∂y/∂x_{2} = 2", &[(1, Given), (2, Right), (3, Wrong)]),
    ]);
}

#[test]
fn brackets_behind_a_space_are_factors_or_remarks() {
    holds(&[
        ("L = (pred - target)^2\n∂L/∂pred = 2 (pred - target)", &[(1, Given), (2, Right)]),
        ("L = (pred - target)^2\n∂L/∂pred = 2 * (pred - target)", &[(1, Given), (2, Right)]),
        ("L = (pred - target)^2\n∂L/∂pred = (pred - target)", &[(1, Given), (2, Wrong)]),
        ("d = (target - pred)\nL = d^2\nL = (pred - target)^2", &[(1, Given), (2, Given), (3, Right)]),
        ("y = a (alpha + beta)\ndy/da = alpha + beta", &[(1, Given), (2, Right)]),
        ("y = a (alpha + beta)\ndy/da = alpha", &[(1, Given), (2, Wrong)]),
        (
            "f(x) = x^2\nf'(x) = 2x (chain rule)\nf'(x) = x (by the power rule)",
            &[(1, Given), (2, Right), (3, Wrong)],
        ),
    ]);
}

#[test]
fn a_condition_before_a_colon_counts() {
    holds(&[
        ("f(x) = |x|\nFor x > 0: f'(x) = 1\nFor x < 0: f'(x) = -1", &[(1, Given), (2, Right), (3, Right)]),
        ("f(x) = |x|\nFor x < 0: f'(x) = 1", &[(1, Given), (2, Wrong)]),
        ("f(x) = |x|\nFor x < 0: f'(x) = 2", &[(1, Given), (2, Wrong)]),
        // What held under one condition says nothing under another.
        ("f(x) = |x|\nFor x > 0: f'(x) = 1\nFor x < 0: f'(x) = 1", &[(1, Given), (2, Right), (3, Wrong)]),
        (
            "$f(x) = |x|$\nFor $x > 0$, $f'(x) = 1$.\nFor $x < 0$, $f'(x) = 1$.",
            &[(1, Given), (2, Right), (3, Wrong)],
        ),
    ]);
}

#[test]
fn a_case_holds_for_the_lines_below_it() {
    holds(&[
        (
            "f(x) = |x|\nCase x < 0:\n|x| = -x\nf'(x) = -1\nCase x > 0:\nf'(x) = 1\nf'(x) = -1",
            &[(1, Given), (3, Right), (4, Right), (6, Right), (7, Wrong)],
        ),
        ("f(x) = |x|\nCase x < 0:\nf'(x) = 1", &[(1, Given), (3, Wrong)]),
    ]);
}

#[test]
fn a_condition_with_bars_or_in_brackets_counts() {
    holds(&[
        ("d/dx |x^2-1| = 2x for |x| > 1", &[(1, Right)]),
        ("d/dx |x^2-1| = -2x for |x| < 1", &[(1, Right)]),
        ("d/dx |x^2-1| = 3x for |x| > 1", &[(1, Wrong)]),
        ("$\\frac{d}{dx} |x^2-1| = 2x$ for $|x| > 1$", &[(1, Right)]),
        ("$\\frac{d}{dx} |x^2-1| = x$ for $|x| > 1$", &[(1, Wrong)]),
        // Of what is known where the exponential of x is large nothing is proved; a point outside refutes nothing.
        ("d/dx |x-1| = 1 for exp(x) > 3", &[(1, Undecided)]),
        ("d/dx |x-1| = 2 for ln x > 1", &[(1, Wrong)]),
        ("f(x) = x^2/x\nf'(x) = 1 (x ≠ 0)\nf'(x) = 1 (max)", &[(1, Given), (2, Right), (3, Right)]),
        ("f(x) = |x|\nf'(x) = 1 (x > 0)\nf'(x) = 1 (x < 0)", &[(1, Given), (2, Right), (3, Wrong)]),
    ]);
}

#[test]
fn every_value_is_judged_under_its_condition() {
    holds(&[
        ("m = max(a, b)\n∂m/∂a = 1 if a > b else 0", &[(1, Given), (2, Right)]),
        ("m = max(a, b)\n∂m/∂a = 1 if a > b, else 0", &[(1, Given), (2, Right)]),
        ("m = max(a, b)\n∂m/∂a = 1 if a > b, else 5", &[(1, Given), (2, Wrong)]),
        ("m = max(a, b)\n∂m/∂a = 1 if a > b and 0 if a < b", &[(1, Given), (2, Right)]),
        ("m = max(a, b)\n∂m/∂a = 1 if a > b and 5 if a < b", &[(1, Given), (2, Wrong)]),
        ("f(x) = |x|\nso f'(x) = 1 if x > 0, -1 if x < 0", &[(1, Given), (2, Right)]),
        ("f(x) = |x|\nf'(x) = 1 if x > 0, 5 if x < 0", &[(1, Given), (2, Wrong)]),
        ("f(x) = x^2 if x > 0, else 0\nf'(x) = 2x if x > 0, else 0", &[(1, Given), (2, Right)]),
        ("f(x) = x^2 if x > 0, else 0\nf'(x) = 2x if x > 0, else 1", &[(1, Given), (2, Wrong)]),
        (
            "$f(x) = |x|$\n$f'(x) = \\begin{cases} 1 & x>0 \\\\ -1 & x<0 \\end{cases}$",
            &[(1, Given), (2, Right)],
        ),
        (
            "$f(x) = |x|$\n$f'(x) = \\begin{cases} 1 & x>0 \\\\ 5 & x<0 \\end{cases}$",
            &[(1, Given), (2, Wrong)],
        ),
        (
            "$$f(x) = |x|$$\n$$f'(x) = 1 \\text{ if } x>0, \\quad -1 \\text{ if } x<0$$",
            &[(1, Given), (2, Right)],
        ),
        (
            "$$f(x) = |x|$$\n$$f'(x) = 1 \\text{ if } x>0, \\quad 5 \\text{ if } x<0$$",
            &[(1, Given), (2, Wrong)],
        ),
        // Between words, the values behind the first one are not judged, and that is said.
        (
            "$m = \\max(a, b)$\n$\\partial m/\\partial a = 1$ if $a > b$ and $5$ otherwise",
            &[(1, Given), (2, Undecided)],
        ),
    ]);
}

#[test]
fn quotients_of_differentials_and_high_exponents_are_read_as_written() {
    holds(&[
        ("L = x^2\nd ln L/dx = 2/x", &[(1, Given), (2, Right)]),
        ("L = x^2\nd ln L/dx = 1/x", &[(1, Given), (2, Wrong)]),
        ("d/dx xⁿ = n·xⁿ⁻¹", &[(1, Right)]),
        ("d/dx xⁿ = n·xⁿ⁺¹", &[(1, Wrong)]),
        ("v = sin x, dv = cos x dx", &[(1, Right)]),
        ("v = sin x, dv = -cos x dx", &[(1, Wrong)]),
        (
            "h = z^2\nE = h^3\n∂E/∂z = ∂E/∂h ∂h/∂z\n= 3h^2 * 2z",
            &[(1, Given), (2, Given), (3, Right), (4, Right)],
        ),
        ("h = z^2\nE = h^3\n∂E/∂z = ∂E/∂h ∂h/∂z = 3h^2 z", &[(1, Given), (2, Given), (3, Wrong)]),
        (
            "u = [1, 2]\nv = [3, 4]\nu^T v = 11\nu^T v = 12",
            &[(1, Given), (2, Given), (3, RightIf), (4, Wrong)],
        ),
    ]);
}

#[test]
fn remarks_at_the_end_of_a_line_are_none_of_its_formula() {
    holds(&[
        (
            "f(x) = x^2\nf'(1) = 2 [slope at 1]\nf'(x) = 2x ✓\nf'(x) = 3x ✓",
            &[(1, Given), (2, Right), (3, Right), (4, Wrong)],
        ),
        ("f(x) = x^2 - 2x\nf'(x) = 2x - 2 = 0, so x = 1 is a minimum", &[(1, Given), (2, Right)]),
        ("f(x) = x^2 - 2x\nf'(x) = 2x - 1 = 0, so x = 1/2 is a minimum", &[(1, Given), (2, Wrong)]),
    ]);
}
