//! Equations that are solved: what follows from them, what solves them, and what does not.

use crate::pages::holds;
use symdiff::check::Verdict::{Follows, Given, Right, Rounding, Undecided, Wrong};
use symdiff::check::check;

#[test]
fn solutions_are_put_in() {
    let parabola = "f(x) = x^2 - 4x + 1\nf'(x) = 2x - 4 = 0\n";
    for (lines, expected) in [
        ("2x = 4\nx = 2", vec![Right, Right]),
        ("2x = 4\nx = 3", vec![Right, Wrong]),
        ("x - 2 = 0\nx = 2\nf(2) = -3", vec![Right, Right, Right]),
        ("x - 2 = 0\nx = 2\nf(2) = 3", vec![Right, Right, Wrong]),
        ("2x = -4\nx = -2", vec![Wrong, Follows]),
        ("x = 4/2 = 2", vec![Right]),
        ("x = 4/2 = 3", vec![Wrong]),
    ] {
        let report = check(&format!("{parabola}{lines}"), "");
        let found: Vec<_> = report.lines.iter().skip(2).map(|line| line.verdict).collect();
        assert_eq!(found, expected, "{lines}");
    }
    let report = check(&format!("{parabola}x = 3"), "");
    assert_eq!(report.lines[2].expected.as_deref(), Some("x = 2"));
}

#[test]
fn lists_of_solutions() {
    let cubic = "f(x) = x^3 - 3x\nf'(x) = 3x^2 - 3 = 0\n";
    for (line, expected) in [
        ("x^2 = 1", Right),
        ("x^2 = 3", Wrong),
        ("x = 1 or x = -1", Right),
        ("x = 1, x = -1", Right),
        ("x = ±1", Right),
        ("x_1 = 1, x_2 = -1", Right),
        ("$x_{1,2} = \\pm 1$", Right),
        ("$x \\in \\{-1, 1\\}$", Right),
        ("$x \\in \\{-1, 2\\}$", Wrong),
        ("x = 1, x = 2", Wrong),
        ("x = ±sqrt(3)", Wrong),
        ("$x_{1,2} = \\pm \\sqrt{\\frac{3}{3}}$", Right),
    ] {
        let report = check(&format!("{cubic}{line}"), "");
        assert_eq!(report.lines.last().map(|line| line.verdict), Some(expected), "{line}");
    }
}

#[test]
fn a_solution_that_is_lost_is_told() {
    let report = check("Solve x^2 = 4x.\nx = 4", "");
    assert_eq!(report.lines[1].verdict, Right);
    let report = check("Set x^2 - 4x = 0\nx - 4 = 0\nx = 4", "");
    assert_eq!(report.lines[1].verdict, Right);
    let told = report.lines[1].message.as_ref().map(|m| m.message.clone());
    assert_eq!(told.as_deref(), Some("x = 0 solves line 1 too, and is lost here"));
}

#[test]
fn parameters_decimals_and_functions() {
    holds(&[
        (
            "f(x) = a x^2 + b x\nf'(x) = 2a x + b = 0\n2a x = -b\nx = -b/(2a)",
            &[(1, Given), (2, Right), (3, Right), (4, Right)],
        ),
        (
            "f(x) = a x^2 + b x\nf'(x) = 2a x + b = 0\n2a x = b\nx = b/(2a)",
            &[(1, Given), (2, Right), (3, Wrong), (4, Follows)],
        ),
        ("f(x) = a x^2 + b x\nf'(x) = 2a x + b = 0\nx = b/(2a)", &[(1, Given), (2, Right), (3, Wrong)]),
        (
            "f(x) = e^(2x) - 6x\nf'(x) = 2e^(2x) - 6 = 0\ne^(2x) = 3\n2x = ln 3\nx = ln(3)/2",
            &[(1, Given), (2, Right), (3, Right), (4, Right), (5, Right)],
        ),
        ("Set x^2 - 2 = 0\nx = 1.414", &[(1, Given), (2, Right)]),
        ("Set x^2 - 2 = 0\nx = 1.415", &[(1, Given), (2, Rounding)]),
        ("Set x^2 - 2 = 0\nx = 1.6", &[(1, Given), (2, Wrong)]),
        // Another equation may begin after a solution.
        ("Set 2x - 4 = 0\nx = 2\nx^2 - 9 = 0\nx = 3", &[(1, Given), (2, Right), (3, Given), (4, Right)]),
    ]);
}

#[test]
fn several_equations() {
    let lagrange = "L = x*y - λ*(x + y - 10)\n∂L/∂x = y - λ = 0\n∂L/∂y = x - λ = 0\n\
                    ∂L/∂λ = -(x + y - 10) = 0\n";
    for (lines, expected) in [
        ("x = y\n2x = 10\nx = 5\ny = 5", vec![Right, Right, Right, Right]),
        ("x = y\nx = 4", vec![Right, Wrong]),
        ("x = y = λ\nx = 5", vec![Right, Right]),
        ("x = -y", vec![Wrong]),
    ] {
        let report = check(&format!("{lagrange}{lines}"), "");
        let found: Vec<_> = report.lines.iter().skip(4).map(|line| line.verdict).collect();
        assert_eq!(found, expected, "{lines}");
    }
    holds(&[(
        "constraint: x + y = 10\nP = x*y\ny = 10 - x\nP = x*(10 - x)\nP = 10x - x^2\ndP/dx = 10 - 2x = 0\nx = 5\ny = 5\nP = 25",
        &[
            (1, Given),
            (2, Given),
            (3, Right),
            (4, Right),
            (5, Right),
            (6, Right),
            (7, Right),
            (8, Right),
            (9, Right),
        ],
    )]);
}

#[test]
fn vectors_are_put_in_too() {
    let start = "let X: R[n,d]\nlet y: R[n]\nlet w: R[d]\n\n";
    let loss = "$L = \\|Xw - y\\|^2$\n\n$$\\nabla_w L = 2X^T(Xw - y) = 0$$\n\n";
    for (line, expected) in [
        ("$$X^T X w = X^T y$$", Right),
        ("$$w = (X^TX)^{-1}X^Ty$$", Right),
        ("$$w = (XX^T)^{-1}X^Ty$$", Undecided),
    ] {
        let report = check(&format!("{start}{loss}{line}"), "");
        let found = report.lines.last().map(|line| line.verdict);
        if expected == Undecided {
            assert_ne!(found, Some(Right), "{line}");
        } else {
            assert_eq!(found, Some(expected), "{line}");
        }
    }
}

#[test]
fn implicit_differentiation() {
    let circle = "x^2 + y^2 = 25\n";
    for (lines, expected) in [
        ("d/dx(x^2 + y^2) = d/dx(25)\n2x + 2y dy/dx = 0\ndy/dx = -x/y", vec![Given, Right, Right, Right]),
        ("2x + 2y*y' = 0\ny' = -x/y", vec![Given, Right, Right]),
        ("2x + 2y*y' = 0\ny' = x/y", vec![Given, Right, Wrong]),
        ("2x + 2y = 0\ndy/dx = -x/y", vec![Given, Wrong, Right]),
        ("2x + y dy/dx = 0\ndy/dx = -2x/y", vec![Given, Wrong, Follows]),
        ("y' = -x/y\ny'' = -(y - x y')/y^2\ny'' = -25/y^3", vec![Given, Right, Right, Right]),
        ("y' = -x/y\ny'' = 25/y^3", vec![Given, Right, Wrong]),
        ("d/dx(y^2) = 2y\ndy/dx = -x/y", vec![Given, Wrong, Right]),
        ("d/dx(x^2 + y^2) = 2x + 2y dy/dx = 0", vec![Given, Right]),
    ] {
        let report = check(&format!("{circle}{lines}"), "");
        let found: Vec<_> = report.lines.iter().map(|line| line.verdict).collect();
        assert_eq!(found, expected, "{lines}");
    }
    holds(&[
        (
            "x^2*y - x*y^3 = 3\n2xy + x^2 dy/dx - y^3 - 3xy^2 dy/dx = 0\ndy/dx = (y^3 - 2xy)/(x^2 - 3xy^2)",
            &[(1, Given), (2, Right), (3, Right)],
        ),
        (
            "x^2*y - x*y^3 = 3\n2xy + x^2 dy/dx - y^3 - xy^2 dy/dx = 0\ndy/dx = (y^3 - 2xy)/(x^2 - 3xy^2)",
            &[(1, Given), (2, Wrong), (3, Right)],
        ),
        (
            "The curve $x^3 + y^3 = 6xy$.\n$$3x^2 + 3y^2 y' = 6y + 6xy'$$\n$$y' = \\frac{2y - x^2}{y^2 - 2x}$$\n$$y' = \\frac{2y + x^2}{y^2 - 2x}$$",
            &[(1, Given), (2, Right), (3, Right), (4, Wrong)],
        ),
        ("e^y = x\ne^y dy/dx = 1\ndy/dx = 1/e^y = 1/x", &[(1, Given), (2, Right), (3, Right)]),
    ]);
}

#[test]
fn related_rates() {
    holds(&[
        (
            "V = 4/3 π r^3\ndV/dt = 4π r^2 dr/dt\ndr/dt = (dV/dt)/(4π r^2)",
            &[(1, Given), (2, Right), (3, Right)],
        ),
        ("V = 4/3 π r^3\ndV/dt = 2π r^2 dr/dt", &[(1, Given), (2, Wrong)]),
        ("V = 4/3 π r^3\ndV/dt = 4π r^2", &[(1, Given), (2, Wrong)]),
        ("V = π r^2 h\ndV/dt = 2π r h dr/dt + π r^2 dh/dt", &[(1, Given), (2, Right)]),
        (
            "x^2 + y^2 = 100\n2x dx/dt + 2y dy/dt = 0\ndy/dt = -(x/y) dx/dt\nx = 6\ny = 8\ndx/dt = 2\ndy/dt = -1.5",
            &[(1, Given), (2, Right), (3, Right), (4, Given), (5, Given), (6, Given), (7, Right)],
        ),
        ("y = u^2\ndy/dx = 2u du/dx", &[(1, Given), (2, Right)]),
        // Subscripts and ∂ hold the other variables fixed.
        (
            "Let $F(x,y) = x^2 + xy + y^2$. Then $F_x = 2x + y$.\n\n$$\\frac{\\partial F}{\\partial y} = x + 2y$$\n\n$$\\frac{dy}{dx} = -\\frac{2x+y}{x+2y}$$",
            &[(1, Right), (3, Right), (5, Undecided)],
        ),
    ]);
}

#[test]
fn what_is_said_behind_an_equation_holds_where_it_does() {
    let from = r"$$0 = H'(\theta) = 4\sin\theta - 2\cos\theta \implies x = \cos\theta";
    holds(&[
        (&format!("{from} = 2\\sin\\theta$$"), &[(1, Undecided)]),
        (&format!("{from}$$\n$$x = 2\\sin\\theta$$"), &[(1, Undecided), (2, Right)]),
        (&format!("{from}$$\n$$x = 3\\sin\\theta$$"), &[(1, Undecided), (2, Wrong)]),
        (
            &format!("$H(\\theta) = -4\\cos\\theta - 2\\sin\\theta$\n\n{from} = 2\\sin\\theta$$"),
            &[(1, Given), (3, Right)],
        ),
        (
            &format!("$H(\\theta) = -4\\cos\\theta + 2\\sin\\theta$\n\n{from} = 2\\sin\\theta$$"),
            &[(1, Given), (3, Wrong)],
        ),
        (&format!("{from} = 2\\sin\\theta = 2 y$$"), &[(1, Undecided)]),
    ]);
}

#[test]
fn facts_between_numbers_may_be_used_and_bind_witnesses() {
    let on = |rest: &str| format!("given x + y = 1\n{rest}");
    holds(&[
        (
            &on("z = x^2 + y^2\nz = 1 - 2xy\nz = 1 + 2xy\n\n# Next\nx^3 + y^3 = 1 - 3xy"),
            &[(2, Given), (3, Right), (4, Wrong), (7, Right)],
        ),
        (&on("x^2 - y^2 = x - y\nx^2 - y^2 = x + y"), &[(2, Right), (3, Wrong)]),
        (&on("d/dx (x*y) = 1 - 2x"), &[(2, Undecided)]),
        (
            "given x^2 + y^2 = 1\nsin(x^2 + y^2) = sin(1)\nx^4 + 2x^2y^2 = 1 - y^4",
            &[(2, Undecided), (3, Right)],
        ),
    ]);
    let report = symdiff::check::check(&on("x^2 - y^2 = x + y"), "");
    let witness = report.lines[0].witness.as_ref().unwrap();
    let sum: f64 = witness.at.iter().filter_map(|(_, value)| value.scalar()).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{:?}", witness.at);
}

#[test]
fn what_goes_on_behind_a_solution_is_judged() {
    holds(&[
        ("x + y = 10\ny = 10 - x = 10 + x", &[(1, Given), (2, Wrong)]),
        ("PV = k\ndP/dV = -P/V = k/V", &[(1, Given), (2, Wrong)]),
        ("e^y = x\ny' = 1/e^y = 5/x", &[(1, Given), (2, Wrong)]),
        ("xy = 12\ny = 12/x\ndy/dx = -12/x^2 = y/x", &[(1, Given), (2, Right), (3, Undecided)]),
        // With h held fixed the slope would be that.
        (
            "V = πr²h = 1000\nS = 2πr² + 2πrh\nS = 2πr² + 2000/r\ndS/dr = 4πr + 2000/r²\ndS/dr = 4πr - 2000/r²",
            &[(1, Given), (2, Given), (3, Right), (4, Undecided), (5, Undecided)],
        ),
        ("e^y = x\ny' = 1/e^y = 1/x", &[(1, Given), (2, Right)]),
        // Each of the two holds on one half of the circle.
        ("x^2 + y^2 = 25\ny' = -x/y = x/√(25-x^2)", &[(1, Given), (2, Undecided)]),
        ("f(x) = x^2 - 4x\ndf/dx = 2x + 4\ndf/dx = 0 ⇒ x = 2", &[(1, Given), (2, Wrong), (3, Undecided)]),
        ("A(x) = x(50 - x)\ndA/dx = 50 - 2x = 0\nx = 25", &[(1, Given), (2, Right), (3, Right)]),
        ("A(x) = x(50 - x)\ndA/dx = 50 - x = 0\nx = 50", &[(1, Given), (2, Wrong), (3, Follows)]),
    ]);
}

#[test]
fn a_formula_that_is_set_to_a_number_is_a_constraint() {
    holds(&[
        (
            "V = πr²h = 1000\nS = 2πr² + 2πrh\nS = 2πr² + 2000/r\nS = 2πr² + 1000/r",
            &[(1, Given), (2, Given), (3, Right), (4, Wrong)],
        ),
        ("P = 2x + 2y = 100\nA = x y = x(50 - x)\nA = x(60 - x)", &[(1, Given), (2, Right), (3, Wrong)]),
        ("let A: R[n,n]\nlet x: R[n]\nlet b: R[n]\n$$Ax = b$$", &[(4, Given)]),
        ("let A: R[n,n]\nlet x: R[n]\n$$x^T A x = x^T A^T A x$$", &[(3, Wrong)]),
        ("let A: R[n,n]\nlet B: R[n,n]\n$$tr(A B) = tr(A)$$", &[(3, Wrong)]),
    ]);
}
