//! What is no slip although it is refuted at first sight, and what is not right although it could be proved in some reading: in
//! both directions, for each reading the slip beside it.

use crate::pages::holds;
use symdiff::check::Verdict::{Follows, Given, Right, RightIf, Rounding, Undecided, Unreadable, Wrong};
use symdiff::check::check;

#[test]
fn only_a_partial_derivative_holds_names_fixed() {
    holds(&[
        ("u = 3x\ny = u^2*x\ndy/dx = u^2", &[(1, Given), (2, Given), (3, Wrong)]),
        ("u = 3x\ny = u^2*x\ny' = u^2", &[(1, Given), (2, Given), (3, Wrong)]),
        ("u = 3x\ny = u^2*x\n∂y/∂x = u^2", &[(1, Given), (2, Given), (3, RightIf)]),
        ("u = 3x\ny = u^2*x\n∂y/∂x = 27x^2", &[(1, Given), (2, Given), (3, Right)]),
        ("u = 3x\ny = u^2*x\ndy/dx = 27x^2", &[(1, Given), (2, Given), (3, Right)]),
        ("at x=1\nu = 3x\ny = u^2*x\ndy/dx = 9", &[(2, Given), (3, Given), (4, Wrong)]),
        ("at x=1\nu = 3x\ny = u^2*x\n∂y/∂x = 9", &[(2, Given), (3, Given), (4, RightIf)]),
    ]);
    let report = check("u = 3x\ny = u^2*x\n∂y/∂x = u^2", "");
    assert_eq!(report.lines[2].needs, ["u is held fixed"]);
}

#[test]
fn definitions_that_lead_to_each_other_are_claims() {
    holds(&[
        ("V = I R\nI = V/R\nR = V/I\ndV/dR = I", &[(1, Given), (2, Right), (3, Right), (4, Right)]),
        ("V = I R\nI = V R", &[(1, Given), (2, Wrong)]),
        ("a = b + 1\nb = c + 1\nc = a - 2", &[(1, Given), (2, Given), (3, Right)]),
    ]);
    // Sixty names, each of which stands for two of the one before, lead to the first on very many ways.
    let mut text = String::from("a_0 = x^2\n");
    for at in 1..60 {
        text.push_str(&format!("a_{at} = a_{} + 2*a_{}\n", at - 1, at - 1));
    }
    text.push_str("x = a_59\n");
    assert!(check(&text, "").first_wrong().is_none());
}

#[test]
fn equations_are_told_from_slips() {
    holds(&[
        ("tan(θ) = x", &[(1, Given)]),
        ("0 = 3x + 5", &[(1, Given)]),
        ("f(x) = x^2\nf(x) = 4\nx = 2", &[(1, Given), (2, Given), (3, Right)]),
        ("f(x) = x^3 - 3x\nf'(x) = 14\n3x^2 - 3 = 14", &[(1, Given), (2, Given), (3, Right)]),
        // Nothing solves these.
        ("f(x) = x^2\nf'(x) = 14", &[(1, Given), (2, Wrong)]),
        ("f(x) = x^2\nf'(x) = 14\n3x = 14", &[(1, Given), (2, Wrong), (3, Given)]),
        ("f(x) = x^2\nf'(2) = 4 = 0", &[(1, Given), (2, Wrong)]),
        ("sin(x)^2 + cos(x)^2 = 2", &[(1, Wrong)]),
        ("2(x+1) - 2x = 3", &[(1, Wrong)]),
        ("3*a*b/c = 3*a*b", &[(1, Wrong)]),
        ("y = x^2\ndy/dx = 3x", &[(1, Given), (2, Wrong)]),
    ]);
}

/// ψ is the derivative of log Γ in the books, and a letter here: nobody is told that it is wrong.
#[test]
fn what_is_made_of_the_gamma_function() {
    holds(&[
        ("d/dx Γ(x) = Γ(x)*digamma(x)", &[(1, Right)]),
        ("d/dx Γ(x) = Γ(x)ψ(x)", &[(1, Undecided)]),
        ("d/dx log(Γ(x)) = ψ_0(x)", &[(1, Unreadable)]),
        ("$$\\frac{d}{dx}\\Gamma(x) = \\Gamma(x)\\psi(x)$$", &[(1, Unreadable)]),
        ("$$\\frac{d}{dx}\\Gamma(x) = \\Gamma(x)\\operatorname{digamma}(x)$$", &[(1, Right)]),
        ("d/dx Γ(x) = digamma(x)", &[(1, Wrong)]),
        ("d/dx lgamma(x) = digamma(x)\nd/dx digamma(x) = polygamma(1, x)", &[(1, Right), (2, Right)]),
        ("Γ(x+1) = x*Γ(x)", &[(1, RightIf)]),
        ("Γ(x+1) = (x+1)*Γ(x)", &[(1, Wrong)]),
        // It has a value there, which is not taken here.
        ("Γ(-1/2) = -2*sqrt(pi)", &[(1, Undecided)]),
        // The reflection formula is not known.
        ("Γ(x)*Γ(1-x) = pi/sin(pi*x)", &[(1, Undecided)]),
    ]);
}

#[test]
fn equations_are_differentiated_on_both_sides() {
    holds(&[
        (
            "$$\\frac{d}{dx}(x^2y-xy^3) = \\frac{d}{dx}(3)$$\n$$2xy + x^2\\frac{dy}{dx}-y^3-3xy^2\\frac{dy}{dx} = 0$$\n$$\\frac{dy}{dx} = -\\frac{2xy-y^3}{x^2-3xy^2}$$",
            &[(1, Given), (2, Right), (3, Right)],
        ),
        ("d/dx ((x + 1)^2) = d/dx (x^2 + 1)", &[(1, Wrong)]),
        // Other names stand in for those of the line before, and primes say nothing of their variable.
        (
            "$$\\tan\\theta = \\frac{y}{x}$$\n\n$$\\sec^2\\theta\\,\\frac{d\\theta}{dt} = \\frac{xy'-yx'}{x^2}$$",
            &[(1, Given), (3, Undecided)],
        ),
        ("x^2 + y^2 = 25\n2x + 2y dy/dx = 1", &[(1, Given), (2, Wrong)]),
    ]);
}

#[test]
fn what_is_put_in_without_a_word_is_not_wrong() {
    holds(&[
        ("f(x) = x^2 + 3x\nf'(x) = 2x + 3 = 7", &[(1, Given), (2, Undecided)]),
        ("f(x) = x^2 + 3x\nf'(x) = 2x + 5", &[(1, Given), (2, Wrong)]),
        ("∂L/∂w = 0", &[(1, Undecided)]),
        // What is written out depends on nothing else.
        ("d/dx (sigmoid(a^2 + 1)) = 1/(a^2 + 1)", &[(1, Wrong)]),
        ("d/dx (atan(x + 2)) = 1/((x + 2)^2 + 1)\n= 1/1\n= 1/2", &[(1, Right), (2, Wrong), (3, Wrong)]),
        ("y = x^3 + a*x\ndy/dx = 3x^2", &[(1, Given), (2, Wrong)]),
    ]);
}

#[test]
fn roots_of_squares_have_a_sign() {
    holds(&[
        ("sqrt((x-1)^2) = x - 1", &[(1, RightIf)]),
        ("sqrt((x-1)^2) = x + 1", &[(1, Wrong)]),
        ("sqrt((x-1)^2) = |x - 1|", &[(1, Right)]),
        ("f(x) = ln(x)\nf'(x) = -1/x", &[(1, Given), (2, Wrong)]),
    ]);
}

#[test]
fn what_was_never_declared_is_looked_through() {
    holds(&[
        ("L = ‖x‖^2\n∂L/∂x = 2x", &[(1, Given), (2, Undecided)]),
        ("let x: R[n]\nL = ‖x‖^2\n∂L/∂x = 2x", &[(2, Given), (3, Right)]),
        ("let x: R[n]\nL = ‖x‖^2\n∂L/∂x = x", &[(2, Given), (3, Wrong)]),
    ]);
}

#[test]
fn one_digit_is_rounded_only_if_the_others_were_cut_off() {
    holds(&[
        ("at x=2\nf = ln(x) = 0.6\ng = 0.1x = 0.3", &[(2, Rounding), (3, Wrong)]),
        ("at x=2\nf = ln(x) = 0.7\ng = 0.1x = 0.2", &[(2, Right), (3, Right)]),
    ]);
}

#[test]
fn primes_need_values_that_are_scalars() {
    let report = check("let x: R[n]\nf(t) = t*x\nf'(2) = x", "");
    assert_eq!(report.lines[1].verdict, Undecided);
}

#[test]
fn sums_are_one_only_of_what_weighs_logarithms() {
    let labels = "let y: R[K]\nlet p: R[K]\nL = -sum[k] y[k]*log(p[k])";
    holds(&[
        (&format!("{labels}\nL = -log(p[i])"), &[(4 - 1, Given), (4, RightIf)]),
        ("let x: R[n]\nlet w: R[n]\nf = sum(w)*sum(x)\n∂f/∂w[1] = 1", &[(3, Given), (4, Wrong)]),
    ]);
}

#[test]
fn differentials_are_claims() {
    holds(&[
        ("y = x^2\ndy = 2x dx\ndy = 3x dx", &[(1, Given), (2, Right), (3, Wrong)]),
        ("z = x^2*y\ndz = 2x y dx + x^2 dy\ndz = 2x dx + x^2 dy", &[(1, Given), (2, Right), (3, Wrong)]),
        (
            "u = x^2 + 1\ndu = 2x dx\ny = u^3\ndy = 3u^2 du\ndy = 6x u^2 dx\ndy = 3u^2 dx",
            &[(1, Given), (2, Right), (3, Given), (4, Right), (5, Right), (6, Wrong)],
        ),
    ]);
}

#[test]
fn partial_derivatives_are_written_as_subscripts_too() {
    holds(&[
        (
            "z = x^2y\nz_x = 2xy\nz_xy = 2x\nz_x = y\nz_xy = 3x",
            &[(1, Given), (2, Right), (3, Right), (4, Wrong), (5, Wrong)],
        ),
        ("$z = x^2y$\n\n$z_{xy} = 2x$\n\n$z_{xy} = 3x$", &[(1, Given), (3, Right), (5, Wrong)]),
    ]);
}

#[test]
fn what_follows_from_an_open_line_is_open() {
    holds(&[(
        "let X: R[N,D]\nlet w: R[D]\nlet y: R[N]\nlet λ: R\n$L(w) = \\|Xw - y\\|^2 + \\lambda \\|w\\|^2$\n\
         $\\nabla_w L = 2X^T(Xw - y) + 2\\lambda w = 0$\n$(X^TX - \\lambda I)w = X^Ty$\n$w = (X^TX-\\lambda I)^{-1}X^Ty$",
        &[(5, Given), (6, Right), (7, Undecided), (8, Undecided)],
    )]);
    holds(&[
        // Wrong in between, and right again.
        (
            "x^2 + y^2 = 25\n2x + y dy/dx = 0\ndy/dx = -2x/y\ndy/dx = -x/y",
            &[(1, Given), (2, Wrong), (3, Follows), (4, Right)],
        ),
        (
            "x^2 + y^2 = z^2\n2x dx/dt + 2y dy/dt = 2z dz/dt\ndz/dt = (x dx/dt + y dy/dt)/z\ndz/dt = x dx/dt + y dy/dt",
            &[(1, Given), (2, Right), (3, Right), (4, Undecided)],
        ),
    ]);
}

#[test]
fn who_goes_on_rightly_from_a_slip_makes_no_second_one() {
    holds(&[
        (
            "f(x) = (x+1)^2\nf(x) = x^2 + 1\nf'(x) = 2x\nf'(x) = 3x",
            &[(1, Given), (2, Wrong), (3, Follows), (4, Wrong)],
        ),
        (
            "u = x^2\nv = sin x\nv' = -cos x\ny = u v\ny' = 2x sin x - x^2 cos x\ny' = 2x sin x - 2x^2 cos x",
            &[(1, Given), (2, Given), (3, Wrong), (4, Given), (5, Follows), (6, Wrong)],
        ),
        (
            "f(x) = sin(x)\nf'(x) = -cos(x)\ng(x) = exp(f(x))\ng'(x) = -exp(sin(x))*cos(x)\ng'(0) = -1",
            &[(1, Given), (2, Wrong), (3, Given), (4, Follows), (5, Follows)],
        ),
    ]);
}

#[test]
fn a_partial_derivative_of_a_letter_is_its_slope_or_zero() {
    let sum = r"\frac{\partial}{\partial x}(x^2 + y^2) = \frac{\partial}{\partial x}(x^2) + \frac{\partial}{\partial x}(y^2)";
    let each = r"2x + 2y \frac{\partial}{\partial x}(y)";
    holds(&[
        (&format!("$${sum} = {each} = 2x$$"), &[(1, RightIf)]),
        (&format!("$${sum} = {each} = 2x + 2y$$"), &[(1, Wrong)]),
        (&format!("$${sum} = {each} = x$$"), &[(1, Wrong)]),
        ("x^2 + y^2 = 25\n2x + 2y*dy/dx = 0\n2x = 0", &[(1, Given), (2, Right), (3, Wrong)]),
    ]);
}

#[test]
fn numbers_are_rounded_on_the_way() {
    holds(&[
        (
            "z = 0.07\nh = tanh(z) = 0.07\np = 0.5 h = 0.04\np = 0.5 h = 0.05",
            &[(1, Given), (2, Right), (3, Rounding), (4, Wrong)],
        ),
        (
            "a = 2/3 = 0.67\n3a = 2.1\n3a = 2.01\n3a = 2.0",
            &[(1, Right), (2, Wrong), (3, Rounding), (4, Right)],
        ),
        ("a = 1/3 = 0.33\n3a = 0.99\n3a = 0.98", &[(1, Right), (2, Rounding), (3, Wrong)]),
        // What is exact was not rounded.
        ("x = 2\nx^2 = 4.1", &[(1, Given), (2, Wrong)]),
        ("1/4 = 0.26", &[(1, Wrong)]),
        ("1/4 = 0.3", &[(1, Right)]),
        ("π ≈ 3.14\nπ ≈ 3.41", &[(1, Right), (2, Wrong)]),
    ]);
}

#[test]
fn derivatives_by_greek_letters() {
    holds(&[
        ("y = sin θ\ndy/dθ = cos θ\ndy/dθ = -cos θ", &[(1, Given), (2, Right), (3, Wrong)]),
        ("x = r cos φ\ndx/dφ = -r sin φ", &[(1, Given), (2, Right)]),
    ]);
}

#[test]
fn units_behind_numbers_are_no_names() {
    holds(&[
        ("s(t) = 5t^2\ns'(2) = 20 m/s\ns'(2) = 25 m/s", &[(1, Given), (2, Right), (3, Undecided)]),
        ("f(m) = 5m^2\nf'(m) = 20 m\nf'(m) = 10 m", &[(1, Given), (2, Wrong), (3, Right)]),
    ]);
}

#[test]
fn a_function_of_which_all_was_told_may_be_followed_by_another() {
    holds(&[
        (
            "f(x) = x^2\nf'(x) = 2x\nf(x) = x^3\nf'(x) = 3x^2\nf'(x) = 2x",
            &[(1, Given), (2, Right), (3, Undecided), (4, Right), (5, Wrong)],
        ),
        ("f(x) = (x+1)^2\nf(x) = x^2 + 1", &[(1, Given), (2, Wrong)]),
    ]);
}

#[test]
fn a_power_of_a_name_may_be_what_is_defined() {
    let batch = r"$$\mu = \frac1m\sum_{i=1}^m x_i,\quad \sigma^2 = \frac1m\sum_{i=1}^m (x_i-\mu)^2$$";
    holds(&[
        (batch, &[(1, Given)]),
        (
            &format!("{batch}\n\n{}", r"$$\frac{\partial \sigma^2}{\partial x_i} = \frac{2}{m}(x_i-\mu)$$"),
            &[(1, Given), (3, Undecided)],
        ),
        ("s = 3\ns^2 = 8", &[(1, Given), (2, Wrong)]),
    ]);
}

#[test]
fn who_writes_a_case_does_not_suppose_it_away() {
    let elu = r"$$f(x) = \begin{cases} x & \text{if } x > 0\\ a(e^x-1) & \text{if } x \le 0\end{cases}$$";
    let slope = |below: &str| {
        format!(
            r"{elu}{}$$f'(x) = \begin{{cases}} 1 & \text{{if }} x > 0\\ {below} & \text{{if }} x < 0\end{{cases}}$$",
            "\n"
        )
    };
    holds(&[
        (&slope(r"a e^x"), &[(1, Given), (2, Right)]),
        (&slope(r"a e^x - a"), &[(1, Given), (2, Wrong)]),
    ]);
}
