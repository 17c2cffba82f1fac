//! Plain text as people type it: braces, brackets behind a space, conditions before a colon, values with conditions. Each right
//! line stands beside one with a slip, which is still found.

use symdiff::check::Verdict::{Given, Right, RightIf, Wrong};

use super::pages::holds;

#[test]
fn quotients_of_differentials_and_high_exponents_are_read_as_written() {
    holds(&[
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
            &[(1, Given), (2, Given), (3, RightIf), (4, Wrong)],
        ),
    ]);
}
