//! Lines that are refuted only because they were read as something else, and beside each the slip that is found all the same.

use crate::pages::holds;
use symdiff::check::Verdict::{Given, Right, RightIf, Undecided, Wrong};

#[test]
fn units_are_no_factors() {
    holds(&[
        (r"$$1\ \text{GB}=10^9\ \text{bytes}$$", &[(1, Undecided)]),
        (r"$$2 \cdot 3 = 7 \text{ by hand}$$", &[(1, Wrong)]),
    ]);
}

#[test]
fn inverse_functions_are_not_reciprocals() {
    holds(&[
        ("$f(x) = e^x$\n\n$f^{-1}(x) = \\ln(x)$", &[(1, Given), (3, Undecided)]),
        ("$f(x) = e^x$\n\n$f(x)^{-1} = \\ln(x)$", &[(1, Given), (3, Wrong)]),
    ]);
}

#[test]
fn letters_that_are_always_applied_may_be_functions() {
    holds(&[
        (r"$$E(a - b) = E(a) - b$$", &[(1, Undecided)]),
        ("a(b + c) = a b + c", &[(1, Wrong)]),
        ("f(x) = g(x) h(x)\nf'(x) = g'(x) h(x) + g(x) h'(x)", &[(1, Given), (2, Right)]),
    ]);
}

#[test]
fn names_that_run_together() {
    holds(&[
        ("y = e^(ax)\ny' = ae^(ax)", &[(1, Given), (2, Undecided)]),
        ("y = e^(a*x)\ndy/dx = a*e^(a*x)\ndy/dx = e^(a*x)", &[(1, Given), (2, Right), (3, Wrong)]),
        ("f(x) = x^2\nf'(x) = 2x (chain)", &[(1, Given), (2, Undecided)]),
        ("f(x) = x^2\nf'(x) = 2x (x)", &[(1, Given), (2, Wrong)]),
    ]);
}

#[test]
fn derivatives_by_what_nothing_was_said_of() {
    holds(&[
        (
            "When $r=3$, $A=\\pi r^2$ and $\\frac{dA}{dt} = 2\\pi r\\frac{dr}{dt} = 6\\pi \\frac{dr}{dt}$.",
            &[(1, Undecided)],
        ),
        ("V = 4/3 π r^3\ndV/dt = 2π r^2 dr/dt", &[(1, Given), (2, Wrong)]),
        ("f(x, y) = x^2 + y^3\n∂f/∂y = 2x", &[(1, Given), (2, Wrong)]),
    ]);
}

#[test]
fn constraints_are_facts() {
    holds(&[
        ("$$bc-ad=1$$", &[(1, Given)]),
        ("a*(b + c) - a*b - a*c = 1", &[(1, Wrong)]),
        ("x*(x + 1) - x^2 - x = 1", &[(1, Wrong)]),
        (
            "x + y = 10\nA = x y\nA(x) = x (10 - x)\nA(x) = x (10 + x)",
            &[(1, Given), (2, Given), (3, Right), (4, Wrong)],
        ),
        ("let y: R[K]\ngiven sum(y) = 1\nsum(y) = 2\nsum(y) = 1", &[(3, Wrong), (4, Right)]),
    ]);
}

#[test]
fn the_identity_matrix_needs_no_declaration() {
    let quadratic = "let A: R[n,n]\nlet x: R[n]\nf = x'*A*x + x'*x\n";
    holds(&[
        (&format!("{quadratic}∂f/∂x = (A + A' + 2I)*x"), &[(3, Given), (4, Right)]),
        (&format!("{quadratic}∂f/∂x = (A + A' + 3I)*x"), &[(3, Given), (4, Undecided)]),
        ("let A: R[n,n]\n$\\frac{\\partial}{\\partial A} \\mathrm{tr}(A) = I$", &[(2, Right)]),
    ]);
}

#[test]
fn transposes_and_columns_as_people_write_them() {
    let product = "let x: R[n]\nlet y: R[n]\nf = x^T y\n";
    holds(&[
        (&format!("{product}∂f/∂x = y"), &[(3, Given), (4, Right)]),
        (&format!("{product}∂f/∂x = x"), &[(3, Given), (4, Wrong)]),
        (
            "let x: R[2]\n$f = x_1^2 + 3x_1x_2$\n$\\nabla_x f = [2x_1 + 3x_2, 3x_1]^T$\n$\\nabla_x f = [2x_1 + 3x_2, 2x_1]^T$",
            &[(2, Given), (3, Right), (4, symdiff::check::Verdict::Shape)],
        ),
        ("[x^2]' = 2x\n[x^2]' = 3x", &[(1, Right), (2, Wrong)]),
        ("let z: R[n]\nf = ‖z‖^2\ndf/dz_1 = 2 z_1\ndf/dz_1 = z_1", &[(2, Given), (3, Right), (4, Wrong)]),
    ]);
}

#[test]
fn sentences_and_lines_declare_shapes() {
    holds(&[
        (
            "Let $x\\in\\mathbb{R}^n$ and $A\\in\\mathbb{R}^{n\\times n}$. Define $f(x) = x^TAx$.\n\n$\\nabla_x f(x) = 2Ax$\n\n$\\nabla_x f(x) = (A + A^T)x$\n\n$\\nabla_x f(x) = 3Ax$",
            &[(1, Given), (3, RightIf), (5, Right), (7, Wrong)],
        ),
        ("let x: R^n\nlet y: R^n\nf = x'*y\n∂f/∂x = y", &[(3, Given), (4, Right)]),
        // What is said of x cannot be used, so nothing is held against the line.
        (
            "given x + y = (1\nz = x^2 + y^2\nz = 1 - 2xy",
            &[(1, symdiff::check::Verdict::Unreadable), (2, Given), (3, Undecided)],
        ),
    ]);
}

#[test]
fn points_may_move() {
    holds(&[(
        "at x = 1\ny = x^2 = 1\nat x = 2\ny = x^2 = 4\ny = x^2 = 1",
        &[(2, Right), (3, Given), (4, Right), (5, Wrong)],
    )]);
}

#[test]
fn lengths_are_positive() {
    holds(&[
        (
            "V = π r^2 h\nA = 2π r^2 + 2π r h\nA(h) = 2V/h + 2 sqrt(V π h)",
            &[(1, Given), (2, Given), (3, RightIf)],
        ),
        (
            "V = π r^2 h\nA = 2π r^2 + 2π r h\nA(h) = V/h + 2 sqrt(V π h)",
            &[(1, Given), (2, Given), (3, Wrong)],
        ),
    ]);
}

#[test]
fn entries_of_derivatives_that_have_no_form_without_indices() {
    let convolution =
        "let x: R[5]\nlet k: R[3]\nlet g: R[3]\nL = sum[i=1..3] sum[j=1..3] g[i]*k[j]*x[i+j-1]\n";
    let embedding = "let Y: R[n,d]\nlet P: R[n,n]\ngiven P' = P\ngiven sum(P) = 1\n\
        let Z = sum[k] sum[l] exp(-sum[c] (Y[k,c]-Y[l,c])^2)\n\
        let C = sum[i] sum[j] P[i,j]*(log(P[i,j]) - log(exp(-sum[c] (Y[i,c]-Y[j,c])^2)/Z))\n";
    let slope = "sum[j] (P[s,j]-exp(-sum[c] (Y[s,c]-Y[j,c])^2)/Z)*(Y[s,t]-Y[j,t])";
    holds(&[
        (
            &format!(
                "{convolution}∂L/∂x[3] = g[1]*k[3] + g[2]*k[2] + g[3]*k[1]\n\
                 ∂L/∂x[3] = g[1]*k[1] + g[2]*k[2] + g[3]*k[3]\n∂L/∂k[2] = sum[i] g[i]*x[i+1]"
            ),
            &[(4, Given), (5, Right), (6, Wrong), (7, Right)],
        ),
        (&format!("{embedding}∂C/∂Y[s,t] = 4*{slope}\n∂C/∂Y[s,t] = 2*{slope}"), &[(7, Right), (8, Wrong)]),
        // A range that only the derivative runs out of is no slip of the writer.
        (
            "let x: R[4]\nlet k: R[2]\nlet g: R[3]\nL = sum[i=1..3] g[i]*(k[1]*x[i] + k[2]*x[i+1])\n\
             ∂L/∂x[3] = g[2]*k[2] + g[3]*k[1]",
            &[(4, Given), (5, Undecided)],
        ),
    ]);
}

#[test]
fn sums_over_positions_have_entries() {
    holds(&[(
        "let x: R[3]\nf = sum[i=1..3] i*x[i]\n∂f/∂x[2] = 2\n∂f/∂x[2] = 3",
        &[(2, Given), (3, Right), (4, Wrong)],
    )]);
}

#[test]
fn functions_may_be_defined_further_down() {
    holds(&[
        (
            "g(x) = f(x) + 1\nf(x) = x^2\ng'(x) = 2x\ng'(x) = 3x",
            &[(1, Given), (2, Given), (3, Right), (4, Wrong)],
        ),
        (
            "g(t) = f(t) + 1\nf(x) = x^2\ng(2) = 5\ng(2) = 9",
            &[(1, Given), (2, Given), (3, Right), (4, Wrong)],
        ),
    ]);
}

#[test]
fn what_stands_side_by_side_may_belong_together() {
    holds(&[
        ("y = 1/2x\ny' = -1/2x^2\ny' = 1/2\ny' = 2", &[(1, Given), (2, Right), (3, Right), (4, Wrong)]),
        ("y = x^2\ny'(3) = 6 m/s\ny'(3) = 7", &[(1, Given), (2, Undecided), (3, Wrong)]),
    ]);
}

#[test]
fn letters_that_are_differentiated_and_applied_are_functions() {
    holds(&[
        (
            r"$$\frac{\partial}{\partial t} \left[ C u\bigl(t-\tfrac{x}{a}\bigr) \right] = C u'\bigl(t-\tfrac{x}{a}\bigr)$$",
            &[(1, Right)],
        ),
        ("∂/∂t (C*u(t - x)) = C*u'(t - x)", &[(1, Right)]),
        ("∂/∂t (C*u(3*t)) = C*u'(3*t)", &[(1, Undecided)]),
        ("let u: R\n∂/∂t (u*(3*t)) = 3*t", &[(2, Wrong)]),
    ]);
}

#[test]
fn a_chain_may_use_what_it_says_at_its_end() {
    holds(&[
        (r"$$p_1(p_1 + p_2) + p_2(p_1 + p_2) = p_1 + p_2 = 1$$", &[(1, RightIf)]),
        ("p(p + q) + q(p + q) = p + q = 1\np^3 + q^3 = 1 - 3*p*q", &[(1, RightIf), (2, Right)]),
        ("x(x + y) + y(x - y) = x + y = 1", &[(1, Wrong)]),
        (r"$$p_1(p_1 + p_2) + p_2(p_1 + p_2) = p_1 + p_2$$", &[(1, Wrong)]),
    ]);
}

#[test]
fn words_before_a_relation_name_another_thing() {
    holds(&[
        (
            "At $x = 2$: numerator $= 2 + 1 = 3$.\n\nAt $x = -2$: numerator $= -2 + 1 = -1$.",
            &[(1, Undecided), (3, Undecided)],
        ),
        (
            "At $x = 2$: numerator $= 2 + 1 = 3$.\n\nAt $x = -2$: numerator $= -2 + 1 = 1$.",
            &[(1, Undecided), (3, Wrong)],
        ),
        ("$f(x) = x^2 + x$\n\nThis is $= x(x + 1)$. Hence it is $= x^2$.", &[(1, Given), (3, Wrong)]),
    ]);
}

#[test]
fn letters_that_nothing_explains_are_no_numbers() {
    let curl = r"N_x - M_y = \frac{\partial}{\partial x}(0) - \frac{\partial}{\partial y}(y)";
    holds(&[
        (&format!("$${curl} = -1$$"), &[(1, Undecided)]),
        ("u = 3y\nv = 2y\nu - v = d/dy (2y)", &[(1, Given), (2, Given), (3, Wrong)]),
    ]);
}

#[test]
fn linearisations_are_about_equal() {
    let f = "Let $f(x) = x^3$.\n";
    holds(&[
        (&format!("{f}$$f(x) = f(a) + f'(a)(x - a)$$"), &[(1, Given), (2, Undecided)]),
        (&format!("{f}$$f(x) = f(2) + f'(2)(x - 2) = 8 + 12(x - 2)$$"), &[(1, Given), (2, Undecided)]),
        (&format!("{f}$$f(x) = f(2) + f'(2)(x + 2)$$"), &[(1, Given), (2, Wrong)]),
        (&format!("{f}$$f(x) = f(2) + f(2)(x - 2)$$"), &[(1, Given), (2, Wrong)]),
        (
            r"$$\Delta y \approx g'(x)\,\Delta x$$ and $$g(x) = \sqrt{x}, \quad \Delta y = g(4.5) - g(4)$$",
            &[(1, Given)],
        ),
        (r"$$g(x) \approx x^2 + 1 = x^3$$", &[(1, Wrong)]),
    ]);
}

#[test]
fn logarithms_may_have_another_base() {
    holds(&[
        ("f(x) = log(x)\nf'(x) = 1/(x*ln(10))", &[(1, Given), (2, RightIf)]),
        ("f(x) = log(x)\nf'(x) = 1/x\nf'(x) = 1/(x*ln(10))", &[(1, Given), (2, Right), (3, Wrong)]),
        ("f(x) = ln(x)\nf'(x) = 1/(x*ln(10))", &[(1, Given), (2, Wrong)]),
        (
            "let log: base 10\nf(x) = log(x)\nf'(x) = 1/(x*ln(10))\nf'(x) = 1/x",
            &[(2, Given), (3, Right), (4, Wrong)],
        ),
        (r"$$-\frac12 \log\frac12 - \frac12\log\frac12 = 1$$", &[(1, RightIf)]),
        (r"$$-\frac12 \log\frac12 - \frac12\log\frac12 = 2$$", &[(1, Wrong)]),
    ]);
    let needs = &symdiff::check::check("-log(0.001) = 3", "").lines[0].needs;
    assert_eq!(needs, &["log is the logarithm to base 10"]);
}

#[test]
fn one_subscript_on_a_matrix_is_a_row() {
    let data = "let w: R[d]\nlet x: R[N,d]\nlet y: R[N]\n";
    let loss = r"$L(w) = \sum_{n=1}^N (y_n - w^T x_n)^2$";
    let each = r"$L_n = (y_n - w^T x_n)^2$";
    holds(&[
        (
            &(format!("{data}{loss}\n\n")
                + r"$\nabla_w L = -2\sum_{n=1}^N (y_n - w^T x_n) x_n = -2 x^T(y - x w)$"),
            &[(4, Given), (6, Right)],
        ),
        (
            &(format!("{data}{loss}\n\n") + r"$\nabla_w L = -\sum_{n=1}^N (y_n - w^T x_n) x_n$"),
            &[(4, Given), (6, Wrong)],
        ),
        (
            &(format!("{data}{loss}\n\n")
                + r"$\frac{\partial L}{\partial w_j} = -2\sum_{n=1}^N (y_n - w^T x_n) x_{n,j}$"),
            &[(4, Given), (6, Right)],
        ),
        (
            &(format!("{data}{each}\n\n") + r"$\nabla_w L_n = -2(y_n - w^T x_n) x_n$"),
            &[(4, Given), (6, Right)],
        ),
        (
            &(format!("{data}{each}\n\n") + r"$\nabla_w L_n = 2(y_n - w^T x_n) x_n$"),
            &[(4, Given), (6, Wrong)],
        ),
        (&(data.to_owned() + r"$x_n^T x_m = x_m^T x_n$"), &[(4, Right)]),
        (&(data.to_owned() + r"$\|x_i - x_j\|^2 = x_i^T x_i - 2x_i^T x_j + x_j^T x_j$"), &[(4, Right)]),
        (&(data.to_owned() + r"$\|x_i - x_j\|^2 = x_i^T x_i + 2x_i^T x_j + x_j^T x_j$"), &[(4, Wrong)]),
    ]);
}

#[test]
fn a_loss_and_the_losses_it_sums() {
    let data = "let w: R[d]\nlet x: R[N,d]\nlet y: R[N]\n";
    let each = r"$L = \frac{1}{N}\sum_{i=1}^N L_i$, where $L_i = (y_i - w^T x_i)^2$.";
    let line = |line: &str| format!("{data}{each}\n\n{line}");
    holds(&[
        (&line(r"$\nabla_w L_i = -2 (y_i - w^T x_i) x_i$"), &[(4, Given), (6, Right)]),
        (&line(r"$\nabla_w L_i = 2 (y_i - w^T x_i) x_i$"), &[(4, Given), (6, Wrong)]),
        (
            &line(
                r"$\nabla_w L = \frac1N \sum_i \nabla_w L_i = -\frac{2}{N}\sum_{i=1}^N (y_i - w^T x_i) x_i$",
            ),
            &[(4, Given), (6, Right)],
        ),
        (&line(r"$\nabla_w L = -\frac{1}{N}\sum_{i=1}^N (y_i - w^T x_i) x_i$"), &[(4, Given), (6, Wrong)]),
        // An entry of a vector is no member of a sum.
        (
            "let W: R[K,D]\nlet x: R[D]\ny = W x\ny_i = sum[j] W[i,j]*x[j]\n∂y_i/∂x_j = W[i,j]",
            &[(3, Given), (4, Right), (5, Right)],
        ),
    ]);
}
