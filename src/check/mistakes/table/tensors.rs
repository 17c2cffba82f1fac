//! Gradients of vectors and matrices, and indices.

use super::Rule::{
    Answer, Body, Derivative, FixedSum, Gradient, Jacobian, Needs, OfPairs, OuterWithOutput, Slip, Softmax,
    Subscript, Summand,
};
use super::{Mistake, mistake};

/// Rows about vectors, matrices and indices.
pub(super) const TENSORS: &[Mistake] = &[
    // Vectors and matrices.
    mistake(
        "M02",
        &[Softmax("s*sum(s .* g) - s .* g")],
        ("l by W", "(y-ŷ)*x'"),
        "The sign of the whole result is wrong; for softmax with cross-entropy it is ŷ − y, not y − ŷ.",
    ),
    mistake(
        "M03",
        &[Softmax("s .* (1 - s) .* g")],
        ("l by W", "-(y .* (1-ŷ))*x'"),
        "The terms off the diagonal are missing: ∂ŷ_k/∂a_i = −ŷ_k ŷ_i for i ≠ k.",
    ),
    mistake(
        "M04",
        &[
            Softmax("s .* (1 - s) .* g + s .* (sum(s .* g) - s .* g)"),
            Jacobian("[i = k]*s[k]*(1 - s[k]) + (1 - [i = k])*s[k]*s[i]"),
            Jacobian("diag(s) + s*s' - 2*diag(s .* s)"),
        ],
        ("l by W", "-(y .* (1-ŷ) + ŷ .* (sum(y) - y))*x'"),
        "The sign off the diagonal is wrong: ∂ŷ_k/∂a_i = −ŷ_k ŷ_i for i ≠ k.",
    ),
    mistake(
        "M05",
        &[
            Jacobian("diag(s .* (1 - s))"),
            Jacobian("s .* (1 - s)"),
            Jacobian("s[k]*(1 - s[k])"),
            Jacobian("s[i]*(1 - s[i])"),
            Jacobian("s[k]*(1 - s[i])"),
            Jacobian("[i = k]*s[k]*(1 - s[k])"),
        ],
        ("ŷ by a", "ŷ .* (1-ŷ)"),
        "That is the rule for σ; the softmax couples all components: Diag(ŷ) − ŷŷᵀ.",
    ),
    mistake(
        "M10",
        &[OuterWithOutput],
        ("l by W", "δ*h'"),
        "The outer product takes what enters the layer, not what leaves it.",
    ),
    mistake(
        "M12",
        &[Body("norm2(u)", "1/2*norm2(u)^2")],
        ("norm2(x) by x", "x"),
        "That is the gradient of ½‖u‖²; that of ‖u‖ is divided by ‖u‖, and undefined at 0.",
    ),
    mistake(
        "M13",
        &[
            Gradient("tr(x)", "x"),
            Gradient("tr(u*x)", "u"),
            Gradient("tr(x*u)", "u"),
            Gradient("tr(u*x*v)", "u*v"),
            Gradient("tr(u*x')", "u'"),
            Gradient("tr(x'*u)", "u'"),
        ],
        ("tr(A*x*B) by x", "A*B"),
        "The factors must be transposed: the gradient of tr(AXB) by X is AᵀBᵀ.",
    ),
    mistake(
        "M14",
        &[Gradient("logdet(x)", "inv(x)"), Gradient("log(det(x))", "inv(x)")],
        ("logdet(x) by x", "inv(x)"),
        "The inverse must be transposed: the gradient of log det X is X⁻ᵀ.",
    ),
    mistake(
        "M15",
        &[
            Gradient("u'*inv(x)*v", "-u*v'*inv(x)*inv(x)"),
            Gradient("u'*inv(x)*v", "-inv(x)*u*v'*inv(x)"),
            Gradient("u'*inv(x)*v", "-inv(x)*inv(x)*u*v'"),
            Gradient("u'*inv(x)*v", "inv(x)'*u*v'*inv(x)'"),
        ],
        ("u'*inv(x)*v by x", "-u*v'*inv(x)*inv(x)"),
        "The gradient of uᵀX⁻¹v by X is −X⁻ᵀuvᵀX⁻ᵀ.",
    ),
    mistake(
        "M16",
        &[
            Gradient("norm2(w*x-v)^2", "2*w*(w*x-v)"),
            Gradient("norm2(w*x+v)^2", "2*w*(w*x+v)"),
            Gradient("norm2(v-w*x)^2", "-2*w*(v-w*x)"),
            Gradient("norm2(w*x)^2", "2*w*(w*x)"),
        ],
        ("1/2*norm2(A*x-y)^2 by x", "A*(A*x-y)"),
        "A transpose is missing: the gradient of ½‖Ax − y‖² is Aᵀ(Ax − y).",
    ),
    mistake(
        "M17",
        &[
            Gradient("norm2(w*x-v)^2", "2*(w*x-v)*w'"),
            Gradient("norm2(w*x+v)^2", "2*(w*x+v)*w'"),
            Gradient("norm2(v-w*x)^2", "-2*(v-w*x)*w'"),
            Gradient("norm2(w*x)^2", "2*(w*x)*w'"),
        ],
        ("1/2*norm2(A*x-y)^2 by x", "(A*x-y)*A'"),
        "The order is wrong: for a column the transposed matrix stands on the left, Aᵀ(Ax − y).",
    ),
    mistake(
        "M26",
        &[Gradient("log(sum(exp(u)))", "1/sum(exp(u))"), Gradient("log(sum(exp(u)))", "exp(u)")],
        ("log(sum(exp(x))) by x", "1/sum(exp(x))"),
        "A part of the quotient is missing: the gradient of log Σ e^x is e^x / Σ e^x, the softmax.",
    ),
    mistake(
        "M27",
        &[Body("max(u)", "mean(u)"), Body("max(u)", "sum(u)")],
        ("max(x) by x", "1/n"),
        "The gradient of a maximum goes to the largest entry only, not to all of them.",
    ),
    mistake(
        "M28",
        &[
            Body("u^(1/n)", "u"),
            Gradient("sum(x.^n)^(1/n)", "n*x.^(n-1)"),
            Gradient("sum(x.^n)^(1/n)", "x.^(n-1)"),
            Gradient("sqrt(sum(x.^n))", "n*x.^(n-1)"),
            Derivative("u^(1/c)", "D(u)"),
        ],
        ("sum(x.^p)^(1/p) by x", "p*x.^(p-1)"),
        "The outer power was not differentiated: for Y = (Σ x^p)^{1/p} the factor Y^{1−p}/p is missing.",
    ),
    mistake(
        "M29",
        &[Gradient("norm1(x)", "1"), Body("norm1(u)", "sum(u)")],
        ("t*norm1(x) by x", "t"),
        "The sign is missing: the gradient of ‖z‖₁ has the entries sign(z_i), and at 0 any number from −1 to 1.",
    ),
    mistake(
        "M19",
        &[
            Body("mean(u)", "sum(u)"),
            Body("u/M", "u"),
            Body("1/M*u", "u"),
            Body("n/M*u", "n*u"),
            Body("1/(n*M)*u", "1/n*u"),
            Body("u/(n*M)", "u/n"),
        ],
        ("mean(x) by x", "1"),
        "The factor 1/N of the mean is missing.",
    ),
    mistake(
        "M20",
        &[Summand],
        ("L by b, with Z = X*W + ones(N)*b'", "Z - Y"),
        "The sum is missing: what is used in every term, such as a bias in a batch, gets the sum over all of them.",
    ),
    mistake(
        "M22",
        &[OfPairs("1/2*A")],
        ("sum[i] sum[j] p[i,j]*(y[i]-y[j])^2 by y[s]", "2*sum[j] p[s,j]*(y[s]-y[j])"),
        "Half of it is missing: in a sum over pairs y_i stands in the terms (i, j) and in the terms (j, i).",
    ),
    mistake(
        "M24",
        &[OfPairs("-A")],
        ("sum[i] sum[j] p[i,j]*(y[i]-y[j])^2 by y[s]", "4*sum[j] p[s,j]*(y[j]-y[s])"),
        "The sign of the whole gradient is wrong.",
    ),
    mistake(
        "M25",
        &[FixedSum],
        ("-sum[i] sum[j] p[i,j]*log(exp(-(y[i]-y[j])^2)/Z) by y[s]", "4*sum[j] p[s,j]*(y[s]-y[j])"),
        "The sum in the denominator was taken for a constant; it depends on the variable too.",
    ),
    mistake(
        "M01",
        &[Answer("A'")],
        ("l by W", "x*(ŷ-y)'"),
        "The result is transposed: a gradient has the shape of what it is taken by.",
    ),
    mistake(
        "M08",
        &[Answer("1/2*A")],
        ("norm2(x-A)^2 by x", "x-A"),
        "A factor 2 is missing: the gradient of ‖u‖² by u is 2u.",
    ),
    mistake(
        "M09",
        &[Derivative("u-v", "D(u)+D(v)"), Answer("-A")],
        ("(3-x)^2", "2*(3-x)"),
        "The sign of an inner derivative was lost: (u − v)′ = u′ − v′.",
    ),
    mistake(
        "M07",
        &[Slip("u .* v", "u"), Slip("u .* v", "v")],
        ("l by b", "W''*δ"),
        "The factor σ′ of a layer is missing: passing back through σ(u) multiplies by σ′(u), entry by entry.",
    ),
    mistake(
        "M06",
        &[Slip("A'", "A"), Slip("M", "M'")],
        ("l by b", "W'*δ"),
        "A transpose is missing or too much: passing back through W·x multiplies by Wᵀ.",
    ),
    mistake(
        "M11",
        &[Gradient("x'*u*x", "2*u*x"), Gradient("x'*u*x", "u*x"), Needs("A' = A")],
        ("x'*A*x by x", "2*A*x"),
        "That holds for a symmetric matrix only: the gradient of xᵀAx is (A + Aᵀ)x.",
    ),
    mistake(
        "SubscriptTypo",
        &[Subscript],
        ("a[i] by W[i], for i ≠ j", "0"),
        "A subscript seems to be mistyped. This would hold:",
    ),
];
