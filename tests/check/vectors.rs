//! Vectors by their components, numbers in lists, and derivatives at points.

use crate::pages::holds;
use symdiff::check::Verdict::{Given, Right, RightIf, Shape, Undecided, Wrong};

#[test]
fn derivatives_by_names_that_were_defined_entry_by_entry() {
    holds(&[
        (
            "let z: R[m]\na[i] = z[i]^2\nE = sum[i] a[i]^2\n∂E/∂a[i] = 2a[i]\n∂E/∂z[i] = 4z[i]^3",
            &[(2, Given), (3, Given), (4, Right), (5, Right)],
        ),
        (
            "let z: R[m], a: R[m]\na[i] = z[i]^2\nE = sum[i] a[i]^2\n∂E/∂a[i] = 3a[i]\n∂E/∂z[i] = 4z[i]^2",
            &[(2, Given), (3, Given), (4, Wrong), (5, Wrong)],
        ),
        (
            "let z: R[m]\na[i] = z[i]^2\nE = sum(a .* a)\n∂E/∂a = 2a\n∂E/∂z = 4z.^3\n∂E/∂z = 3z.^3\n∂E/∂a = 3a",
            &[(2, Given), (3, Given), (4, Right), (5, Right), (6, Wrong), (7, Wrong)],
        ),
        (
            "let z: R[m], y: R[m]\n\n$p_i = \\frac{e^{z_i}}{\\sum_j e^{z_j}}$\n\n$L=-\\sum_i y_i\\log p_i$\n\n\
             $\\partial L/\\partial p_i = -y_i/p_i$\n\n$\\partial L/\\partial p_i = y_i/p_i$",
            &[(3, Given), (5, Given), (7, Right), (9, Wrong)],
        ),
    ]);
}

/// Two layers with sigmoid units.
#[test]
fn a_network_by_components() {
    let network = "let W: R[m, n], x: R[n], b: R[m], t: R[m]\n\n$a_i = \\sum_j W_{ij} x_j + b_i$\n\n$h_i = \\sigma(a_i)$\n\n\
                   $E = \\frac12\\sum_i (h_i - t_i)^2$\n\n";
    let right = format!(
        "{network}$\\frac{{\\partial E}}{{\\partial h_i}} = h_i - t_i$\n\n\
         $\\frac{{\\partial E}}{{\\partial a_i}} = (h_i - t_i) h_i (1-h_i)$\n\n\
         $\\frac{{\\partial E}}{{\\partial W_{{ij}}}} = (h_i-t_i) h_i(1-h_i) x_j$\n\n\
         $\\frac{{\\partial E}}{{\\partial x_j}} = \\sum_i (h_i-t_i) h_i(1-h_i) W_{{ij}}$"
    );
    let wrong = format!(
        "{network}$\\frac{{\\partial E}}{{\\partial h_i}} = t_i - h_i$\n\n\
         $\\frac{{\\partial E}}{{\\partial a_i}} = (h_i - t_i) (1-h_i)$\n\n\
         $\\frac{{\\partial E}}{{\\partial W_{{ij}}}} = (h_i-t_i) h_i x_j$"
    );
    holds(&[
        (&right, &[(3, Given), (5, Given), (7, Given), (9, Right), (11, Right), (13, Right), (15, Right)]),
        (
            "let W: R[m, n], V: R[p, m], x: R[n], t: R[p]\n\n$a_i = \\sum_j W_{ij} x_j$\n\n$h_i = \\sigma(a_i)$\n\n\
             $o_k = \\sum_i V_{ki} h_i$\n\n$y_k = \\sigma(o_k)$\n\n$E = \\frac12\\sum_k (y_k - t_k)^2$\n\n\
             $\\delta_k = \\frac{\\partial E}{\\partial o_k} = (y_k - t_k) y_k (1 - y_k)$\n\n\
             $\\frac{\\partial E}{\\partial h_i} = \\sum_k \\delta_k V_{ki}$\n\n\
             $\\frac{\\partial E}{\\partial a_i} = h_i(1-h_i)\\sum_k \\delta_k V_{ki}$\n\n\
             $\\frac{\\partial E}{\\partial a_i} = (1-h_i)\\sum_k \\delta_k V_{ki}$",
            &[
                (3, Given),
                (5, Given),
                (7, Given),
                (9, Given),
                (11, Given),
                (13, Right),
                (15, Right),
                (17, Right),
                (19, Wrong),
            ],
        ),
        (&wrong, &[(3, Given), (5, Given), (7, Given), (9, Wrong), (11, Wrong), (13, Wrong)]),
    ]);
}

#[test]
fn points_give_values_to_variables_in_their_order() {
    holds(&[
        ("T = x² + 2y²\n\nAt (1, 2): ∂T/∂x = 2, ∂T/∂y = 8", &[(1, Given), (3, Right)]),
        ("T = x² + 2y²\n\nAt the point (1, 2), ∂T/∂x = 2 and ∂T/∂y = 9", &[(1, Given), (3, Wrong)]),
        (
            "$f(y, x) = x^2 + 2y^2$\n\nAt $P(1,2)$: $f_x = 4$\n\nAt $(1,2)$: $f_y = 5$",
            &[(1, Given), (3, Right), (5, Wrong)],
        ),
        // The order is not known.
        ("T = p² + 2q²\n\nAt (1, 2): ∂T/∂p = 2", &[(1, Given), (3, Undecided)]),
    ]);
}

#[test]
fn lists_of_numbers_are_vectors_and_matrices() {
    holds(&[
        (
            "z = [1, 2, 3]\ns = softmax(z)\ny = [0, 0, 1]\nL = -sum(y .* log(s))\n∂L/∂z = s - y\n∂L/∂z = s + y",
            &[(1, Given), (2, Given), (3, Given), (4, Given), (5, Right), (6, Wrong)],
        ),
        ("x = [1, 2]\ny = 2x = [2, 4]", &[(1, Given), (2, Right)]),
        ("w = [1, 2]\ng = [1, 1]\nw_1 = w - 0.1*g = [0.9, 1.9]", &[(1, Given), (2, Given), (3, Right)]),
        ("w = [1, 2]\ng = [1, 1]\nw_1 = w - 0.1*g = [0.8, 1.9]", &[(1, Given), (2, Given), (3, Wrong)]),
        ("w = [1, 2]\nw = w - 0.1*[1, 1] = [0.9, 1.9]", &[(1, Given), (2, Right)]),
        ("w = [1, 2]\nw = w - 0.1*[1, 1] = [0.9, 2.9]", &[(1, Given), (2, Wrong)]),
        ("x = [1, 2]\ny = 2x = [2, 5]", &[(1, Given), (2, Wrong)]),
        (
            "$x = \\begin{pmatrix}1\\\\2\\end{pmatrix}$\n\n$A = \\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}$\n\n\
             $A x = \\begin{pmatrix}5\\\\11\\end{pmatrix}$\n\n$x^T x = 5$",
            &[(1, Given), (3, Given), (5, RightIf), (7, RightIf)],
        ),
        ("$x = \\begin{pmatrix}1\\\\2\\end{pmatrix}$\n\n$x^T x = 6$", &[(1, Given), (3, Wrong)]),
    ]);
}

#[test]
fn partial_derivatives_at_points() {
    holds(&[
        (
            "$f(x, y) = x y^2$\n\n$\\partial_x f(x,y) = y^2$, $\\partial_x f(2,1) = 1$\n\n$\\partial_x f(2,1) = 2$",
            &[(1, Given), (3, Right), (5, Wrong)],
        ),
        (
            "f(x, y) = x y² + 3\nf_x = y², f_x(2, 1) = 1\nf_x(2, 3) = 9\nf_xy(2, 1) = 2\nf_x(2, 1) = 2",
            &[(1, Given), (2, Right), (3, Right), (4, Right), (5, Wrong)],
        ),
        ("$f(x,y) = xy^2$\n\n$f_x(2,1) = 1$\n\n$f_{xy}(2,1) = 3$", &[(1, Given), (3, Right), (5, Wrong)]),
        ("f(x, y) = x y²\nf_x = y^2, f(2, 1) = 2", &[(1, Given), (2, Right)]),
    ]);
}

#[test]
fn capitals_may_be_one_name() {
    holds(&[
        ("$KL = \\mu^2$\n\n$\\frac{\\partial KL}{\\partial\\mu} = 2\\mu$", &[(1, Given), (3, Right)]),
        ("$MSE = (y-t)^2$\n\n$\\frac{\\partial MSE}{\\partial y} = 0$", &[(1, Given), (3, Wrong)]),
    ]);
}

#[test]
fn dots_are_derivatives_by_time() {
    holds(&[
        (
            "$L = \\frac12m\\dot x^2$. $\\frac{d}{dt}\\frac{\\partial L}{\\partial\\dot x} = m\\ddot x$",
            &[(1, Right)],
        ),
        (
            "$L = \\frac12m\\dot x^2$\n\n$\\frac{d}{dt}\\frac{\\partial L}{\\partial\\dot x} = 2m\\ddot x$",
            &[(1, Given), (3, Wrong)],
        ),
    ]);
}

#[test]
fn gradients_are_rows_where_the_document_says_so() {
    let gradient = "$\\frac{\\partial\\, u^\\top v}{\\partial u} = v^\\top$";
    holds(&[
        (&format!("let u: R[n], v: R[n]\n\nWe use the numerator layout.\n\n{gradient}"), &[(5, Right)]),
        (&format!("let u: R[n], v: R[n]\n\nWe use the usual layout.\n\n{gradient}"), &[(5, Shape)]),
        (
            "let u: R[n], v: R[n]\n\nWe use the numerator layout.\n\n\
             $\\frac{\\partial\\, u^\\top v}{\\partial u} = 2v^\\top$",
            &[(5, Wrong)],
        ),
    ]);
}

#[test]
fn names_in_sums_over_their_index_are_vectors() {
    holds(&[
        (
            "$S = \\sum_i x_i^2$\n\n$\\frac{\\partial S}{\\partial x_j} = 2x_j$\n\n$\\frac{\\partial S}{\\partial x_j} = x_j$",
            &[(1, Given), (3, Right), (5, Wrong)],
        ),
        (
            "$E = \\frac{1}{2n}\\sum_{i=1}^n (y_i - w x_i)^2$\n\n\
             $\\frac{\\partial E}{\\partial w} = -\\frac1n\\sum_{i=1}^n x_i(y_i - w x_i)$\n\n\
             $\\frac{\\partial E}{\\partial w} = \\frac1n\\sum_{i=1}^n x_i(y_i - w x_i)$",
            &[(1, Given), (3, Right), (5, Wrong)],
        ),
        // x stands without an index too.
        (
            "$S = \\sum_i x_i^2 + x$\n\n$\\frac{\\partial S}{\\partial x_j} = x_j$",
            &[(1, Given), (3, Undecided)],
        ),
    ]);
}
