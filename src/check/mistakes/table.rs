//! The mistakes: one row each. To add one, add a row; nothing else knows it.
//!
//! A rule says what was differentiated and what was written instead of its derivative, in our own notation:
//! `u`, `v`, `w` are any formulas, `h` one that holds the variable and more, `c` one without the variable, `n` a number, `k` a negative whole number, `x` the variable,
//! `f(u)` and `g(u)` any functions of one argument, `D(u)` the right derivative of `u`, `f'(u)` the right derivative of `f` at `u`.
//! `D` on the left of `->` does not occur: the left side is what stands behind d/dx. A rule for `rewriting` says how a formula
//! was turned into another one before or after it was differentiated.
//!
//! Rows stand in the order in which they are believed: the particular before the general.

/// What a mistaken step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The derivative of the left side is written as the right side.
    Derivative(&'static str, &'static str),
    /// The left side is written as the right side.
    Rewriting(&'static str, &'static str),
    /// The whole answer `A` is written as this.
    Answer(&'static str),
    /// The right answer with the left side written as the right side at one place; `M` is a name.
    Slip(&'static str, &'static str),
    /// The line holds under this fact only, for a name `A`.
    Needs(&'static str),
    /// The gradient `g` that arrives at the softmax `s` is passed on as this.
    Softmax(&'static str),
    /// The Jacobian of the softmax `s` is written as this; `i` and `k` are its indices, if it is written with indices.
    Jacobian(&'static str),
    /// The gradient by `x` of a formula, or of a term of it, is written as the right side.
    Gradient(&'static str, &'static str),
    /// Another formula was differentiated: the left side is taken for the right side at one place.
    Body(&'static str, &'static str),
    /// The outer product of a layer's gradient is taken with what leaves the layer, not with what enters it.
    OuterWithOutput,
    /// Only some of the ways on which a name depends on the variable were followed.
    Path,
    /// One index stands where another one belongs; the words are followed by what would hold.
    Subscript,
}

/// A mistake.
#[derive(Clone, Copy, Debug)]
pub struct Mistake {
    /// Its number in the list of known mistakes.
    pub id: &'static str,
    /// What the writer did.
    pub rules: &'static [Rule],
    /// A problem and the wrong answer that the mistake gives.
    pub example: (&'static str, &'static str),
    /// What is said to the writer.
    pub words: &'static str,
}

use Rule::{
    Answer, Body, Derivative, Gradient, Jacobian, Needs, OuterWithOutput, Path, Rewriting, Slip, Softmax,
    Subscript,
};

const fn mistake(
    id: &'static str,
    rules: &'static [Rule],
    example: (&'static str, &'static str),
    words: &'static str,
) -> Mistake {
    Mistake { id, rules, example, words }
}

/// All mistakes.
pub const MISTAKES: &[Mistake] = &[
    // Functions whose own derivative was misremembered; a sign in a product is rather that of the product rule.
    mistake(
        "B14",
        &[Derivative("c^u", "c^u*D(u)")],
        ("2^x", "2^x"),
        "The factor ln of the base is missing; only e^x is its own derivative.",
    ),
    mistake(
        "B13",
        &[Derivative("c^u", "u*c^(u-1)"), Derivative("c^u", "u*c^(u-1)*D(u)")],
        ("a^x", "x*a^(x-1)"),
        "The power rule was used on an exponential: (a^x)′ = a^x ln a.",
    ),
    mistake(
        "B15",
        &[Derivative("exp(u)", "u*exp(u-1)"), Derivative("exp(u)", "u*exp(u-1)*D(u)")],
        ("exp(2*x)", "2*x*exp(2*x-1)"),
        "The power rule was used on e^{…}: its derivative is e^{…} times the inner derivative.",
    ),
    mistake(
        "B16",
        &[Derivative("exp(u)", "exp(u)")],
        ("exp(2*x)", "exp(2*x)"),
        "The inner derivative is missing: (e^u)′ = e^u · u′.",
    ),
    mistake(
        "B21",
        &[Derivative("log(u)", "1/u")],
        ("log(x^2+1)", "1/(x^2+1)"),
        "The numerator must be the inner derivative: (ln u)′ = u′/u.",
    ),
    mistake(
        "B22",
        &[Derivative("log(u)", "1/log(u)"), Derivative("log(u)", "D(u)/log(u)")],
        ("log(x)", "1/log(x)"),
        "(ln x)′ = 1/x, not 1/ln x.",
    ),
    mistake(
        "B23",
        &[
            Derivative("log10(u)", "D(u)/u"),
            Derivative("log2(u)", "D(u)/u"),
            Derivative("log10(u)", "1/u"),
            Derivative("log(u)/log(c)", "D(u)/u"),
        ],
        ("log10(x)", "1/x"),
        "The base was ignored: (log_b x)′ = 1/(x ln b).",
    ),
    mistake(
        "B03",
        &[Derivative("u*v", "D(u)*v - u*D(v)")],
        ("x^2*sin(x)", "2*x*sin(x) - x^2*cos(x)"),
        "The product rule has a plus; the minus belongs to the quotient rule.",
    ),
    mistake(
        "B24",
        &[Derivative("cos(u)", "sin(u)*D(u)")],
        ("cos(x)", "sin(x)"),
        "The sign: (cos x)′ = −sin x.",
    ),
    mistake(
        "B25",
        &[Derivative("sin(u)", "-cos(u)*D(u)")],
        ("sin(x)", "-cos(x)"),
        "The sign: (sin x)′ = cos x; −cos x is an antiderivative.",
    ),
    mistake(
        "B26",
        &[Derivative("tan(u)", "D(u)/cos(u)")],
        ("tan(x)", "1/cos(x)"),
        "The cosine must be squared: (tan x)′ = 1/cos²x.",
    ),
    mistake(
        "B29",
        &[Derivative("atan(u)", "1/(1+u^2)")],
        ("atan(3*x)", "1/(1+9*x^2)"),
        "The inner derivative is missing: (atan u)′ = u′/(1+u²).",
    ),
    mistake(
        "B34",
        &[Derivative("sigmoid(u)", "sigmoid(u)*D(u)"), Derivative("sigmoid(u)", "sigmoid(u)")],
        ("sigmoid(x)", "sigmoid(x)"),
        "The factor 1−σ is missing: σ′ = σ(1−σ).",
    ),
    mistake(
        "B35",
        &[Derivative("sigmoid(u)", "(1-sigmoid(u))*D(u)"), Derivative("sigmoid(u)", "1-sigmoid(u)")],
        ("sigmoid(x)", "1-sigmoid(x)"),
        "The factor σ is missing: σ′ = σ(1−σ).",
    ),
    mistake(
        "B36",
        &[Derivative("sigmoid(u)", "sigmoid(u)*(1-sigmoid(u))")],
        ("sigmoid(3*x)", "sigmoid(3*x)*(1-sigmoid(3*x))"),
        "The inner derivative is missing: σ(u)′ = σ(u)(1−σ(u)) · u′.",
    ),
    mistake(
        "B37",
        &[Derivative("tanh(u)", "(1-tanh(u))*D(u)"), Derivative("tanh(u)", "1-tanh(u)")],
        ("tanh(x)", "1-tanh(x)"),
        "The square is missing: tanh′ = 1 − tanh².",
    ),
    mistake(
        "B44",
        &[Derivative("abs(u)", "D(u)")],
        ("abs(x)", "1"),
        "That holds for positive arguments only: |x|′ is the sign of x, and is undefined at 0.",
    ),
    // Powers.
    mistake(
        "B40",
        &[Derivative("u^u", "u*u^(u-1)*D(u)")],
        ("x^x", "x*x^(x-1)"),
        "Neither the power rule nor the exponential rule applies by itself: write e^{x ln x}.",
    ),
    mistake(
        "B20",
        &[
            Derivative("sqrt(u)", "D(u)/sqrt(u)"),
            Derivative("u^(1/2)", "D(u)/u^(1/2)"),
            Derivative("sqrt(u)", "1/sqrt(u)"),
        ],
        ("sqrt(x)", "1/sqrt(x)"),
        "The factor ½ is missing: (√x)′ = 1/(2√x).",
    ),
    mistake(
        "B27",
        &[
            Derivative("f(u)^n", "n*D(f(u))"),
            Derivative("f(u)^n", "n*D(f(u))^(n-1)"),
            Derivative("f(u)^n", "n*f'(u)"),
            Derivative("f(u)^n", "n*f'(u)^(n-1)"),
        ],
        ("sin(x)^2", "2*cos(x)"),
        "The outer power rule keeps the inner function: (sin²x)′ = 2 sin x cos x.",
    ),
    mistake(
        "B28",
        &[Derivative("f(u)^n", "D(f(u^n))")],
        ("sin(x)^2", "2*x*cos(x^2)"),
        "sin²x is (sin x)², not sin(x²).",
    ),
    mistake(
        "B19",
        &[
            Derivative("u^k", "k*u^(k+1)*D(u)"),
            Derivative("c/u^n", "-n*c*D(u)/u^(n-1)"),
            Derivative("c/u", "-c*D(u)"),
        ],
        ("x^(-2)", "-2/x"),
        "The exponent goes down by one, also when it is negative: −2 − 1 = −3.",
    ),
    mistake(
        "B17",
        &[Derivative("u^n", "n*u^n*D(u)")],
        ("x^3", "3*x^3"),
        "The exponent was not lowered: (x^n)′ = n x^{n−1}.",
    ),
    mistake(
        "B18",
        &[Derivative("u^n", "u^(n-1)*D(u)")],
        ("x^3", "x^2"),
        "The exponent must come down as a factor: (x^n)′ = n x^{n−1}.",
    ),
    mistake(
        "B33",
        &[Derivative("u^n", "u^(n+1)/(n+1)"), Derivative("x", "x^2/2")],
        ("x^2", "x^3/3"),
        "That is an antiderivative.",
    ),
    mistake("B43", &[Derivative("c/u", "c*log(u)")], ("1/(x+1)", "log(x+1)"), "That is an antiderivative."),
    // Products.
    mistake(
        "B01",
        &[Derivative("u*v", "D(u)*D(v)")],
        ("x^2*sin(x)", "2*x*cos(x)"),
        "The two derivatives were multiplied. Product rule: (uv)′ = u′v + uv′.",
    ),
    mistake(
        "B02",
        &[Derivative("u*v", "D(u)*v")],
        ("x^2*sin(x)", "2*x*sin(x)"),
        "Only one factor was differentiated. Product rule: (uv)′ = u′v + uv′.",
    ),
    // Quotients.
    mistake(
        "B04",
        &[Derivative("u/v", "D(u)/D(v)")],
        ("x^2/(x+1)", "2*x"),
        "The derivatives were divided. Quotient rule: (u/v)′ = (u′v − uv′)/v².",
    ),
    mistake(
        "B05",
        &[Derivative("u/v", "(u*D(v) - D(u)*v)/v^2")],
        ("x/(x^2+1)", "(x*2*x - (x^2+1))/(x^2+1)^2"),
        "The order in the numerator is swapped: u′v comes first. The result has the wrong sign.",
    ),
    mistake(
        "B06",
        &[Derivative("u/v", "(D(u)*v + u*D(v))/v^2")],
        ("x/(x^2+1)", "((x^2+1)+2*x^2)/(x^2+1)^2"),
        "The quotient rule has a minus: (u/v)′ = (u′v − uv′)/v².",
    ),
    mistake(
        "B07",
        &[Derivative("u/v", "(D(u)*v - u*D(v))/v")],
        ("x/(x^2+1)", "(1-x^2)/(x^2+1)"),
        "The denominator must be squared: (u/v)′ = (u′v − uv′)/v².",
    ),
    // Chains.
    mistake(
        "B12",
        &[
            Derivative("f(g(u))", "f'(g(u))*g'(u)"),
            Derivative("f(g(u)^n)", "f'(g(u)^n)*n*g(u)^(n-1)*g'(u)"),
            Derivative("f(g(u))^n", "n*f(g(u))^(n-1)*f'(g(u))*g'(u)"),
            Derivative("f(h)^n", "n*f(h)^(n-1)*f'(h)"),
        ],
        ("exp(sin(3*x))", "exp(sin(3*x))*cos(3*x)"),
        "The chain stops one level too early: the innermost derivative is missing.",
    ),
    mistake(
        "B08",
        &[Derivative("f(u)", "f'(u)"), Derivative("u^n", "n*u^(n-1)"), Derivative("c^u", "c^u*log(c)")],
        ("sin(x^2)", "cos(x^2)"),
        "The inner derivative is missing. Chain rule: f(g)′ = f′(g) · g′.",
    ),
    mistake(
        "B09",
        &[Derivative("f(h)", "f'(D(h))"), Derivative("h^n", "n*D(h)^(n-1)")],
        ("sin(x^2)", "cos(2*x)"),
        "The inner derivative was put inside: it must be f′(g) · g′, not f′(g′).",
    ),
    mistake(
        "B10",
        &[Derivative("f(u)", "f'(x)*D(u)")],
        ("sin(x^2)", "2*x*cos(x)"),
        "The outer derivative must be taken at the inner function: f′(g) · g′.",
    ),
    mistake(
        "B11",
        &[Derivative("f(h)", "f'(h) + D(h)"), Derivative("h^n", "n*h^(n-1) + D(h)")],
        ("sin(x^2)", "cos(x^2) + 2*x"),
        "The chain rule multiplies, it does not add: f′(g) · g′.",
    ),
    // Constants and brackets.
    mistake(
        "B31",
        &[Derivative("c*u", "D(u)")],
        ("5*x^2", "2*x"),
        "The constant factor was dropped: (c u)′ = c u′.",
    ),
    mistake("B32", &[Derivative("c*u", "0")], ("5*x^2", "0"), "A constant factor stays: (c u)′ = c u′."),
    mistake(
        "B38",
        &[
            Derivative("c*u", "c*D(u) + u"),
            Derivative("f(c)*u", "f(c)*D(u) + f'(c)*u"),
            Derivative("c^n*u", "c^n*D(u) + n*c^(n-1)*u"),
        ],
        ("x^2*y", "2*x*y + x^2"),
        "The other variable was differentiated too; in a partial derivative it is constant.",
    ),
    mistake(
        "B39",
        &[
            Derivative("f(c)", "f'(c)"),
            Derivative("c^n", "n*c^(n-1)"),
            Derivative("n*M", "n"),
            Derivative("M", "1"),
        ],
        ("x^2+sin(y)", "2*x+cos(y)"),
        "A term without the variable has derivative 0.",
    ),
    mistake("B30", &[Derivative("c", "c")], ("x^2+5", "2*x+5"), "The derivative of a constant is 0."),
    mistake(
        "B42",
        &[Rewriting("u-(v+w)", "u-v+w")],
        ("x-(x^2-x)", "1-2*x-1"),
        "The minus in front of the bracket must reach every term in it.",
    ),
    mistake(
        "B41",
        &[Rewriting("(u+v)^2", "u^2+v^2"), Rewriting("(u+v)^n", "u^n+v^n")],
        ("(x+1)^2", "2*x"),
        "(a+b)² is not a² + b².",
    ),
    mistake(
        "M18",
        &[Path],
        ("u*v by t, with u = sin(t), v = t^2", "v*cos(t)"),
        "A path is missing: the chain rule adds over every way from the variable to the result.",
    ),
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
        &[Body("mean(u)", "sum(u)"), Body("u/M", "u"), Body("1/M*u", "u"), Body("n/M*u", "n*u")],
        ("mean(x) by x", "1"),
        "The factor 1/N of the mean is missing.",
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
