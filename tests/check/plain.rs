//! Plain text as people type it: braces, brackets behind a space, conditions before a colon, values with conditions. Each right
//! line stands beside one with a slip, which is still found.

use symdiff::check::Verdict::{Given, Right, RightIf, Wrong};

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
