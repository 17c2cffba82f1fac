//! Functions and powers whose derivative was misremembered.

use super::Rule::Derivative;
use super::{Mistake, mistake};

/// Rows about the derivative of one function or power.
pub(super) const FUNCTIONS: &[Mistake] = &[
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
        "B24",
        &[Derivative("cos(u)", "sin(u)*D(u)"), Derivative("cos(u)", "sin(u)")],
        ("cos(x)", "sin(x)"),
        "The sign: (cos x)′ = −sin x.",
    ),
    mistake(
        "B25",
        &[Derivative("sin(u)", "-cos(u)*D(u)"), Derivative("sin(u)", "-cos(u)")],
        ("sin(x)", "-cos(x)"),
        "The sign: (sin x)′ = cos x; −cos x is an antiderivative.",
    ),
    mistake(
        "B26",
        &[Derivative("tan(u)", "D(u)/cos(u)"), Derivative("tan(u)", "1/cos(u)")],
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
    mistake(
        "F01",
        &[
            Derivative("sigmoid(u)", "(1-sigmoid(u)^2)*D(u)"),
            Derivative("tanh(u)", "tanh(u)*(1-tanh(u))*D(u)"),
            Derivative("sigmoid(u)", "1-sigmoid(u)^2"),
            Derivative("tanh(u)", "tanh(u)*(1-tanh(u))"),
        ],
        ("tanh(x)", "tanh(x)*(1-tanh(x))"),
        "The rules for σ and tanh were exchanged: σ′ = σ(1−σ), tanh′ = 1 − tanh².",
    ),
    mistake(
        "F02",
        &[
            Derivative("relu(u)", "relu(u)*D(u)"),
            Derivative("relu(u)", "relu(u)"),
            Derivative("relu(u)", "D(u)"),
            Derivative("max(0, u)", "max(0, u)*D(u)"),
            Derivative("max(0, u)", "D(u)"),
        ],
        ("relu(x)", "relu(x)"),
        "The derivative of ReLU is a step: u′ for u > 0 and 0 for u < 0.",
    ),
    mistake(
        "F03",
        &[Derivative("cosh(u)", "-sinh(u)*D(u)"), Derivative("sinh(u)", "-cosh(u)*D(u)")],
        ("cosh(x)", "-sinh(x)"),
        "The hyperbolic functions change no sign: cosh′ = sinh and sinh′ = cosh.",
    ),
    mistake(
        "F04",
        &[
            Derivative("asin(u)", "D(u)/(1+u^2)"),
            Derivative("atan(u)", "D(u)/sqrt(1-u^2)"),
            Derivative("atan(u)", "D(u)/(1-u^2)"),
            Derivative("asin(u)", "D(u)/sqrt(1+u^2)"),
            Derivative("asin(u)", "-D(u)/sqrt(1-u^2)"),
            Derivative("acos(u)", "D(u)/sqrt(1-u^2)"),
            Derivative("atan(u)", "-D(u)/(1+u^2)"),
        ],
        ("asin(x)", "1/(1+x^2)"),
        "The derivatives of the inverse functions were mixed up: (asin u)′ = u′/√(1−u²), (acos u)′ = −u′/√(1−u²), (atan u)′ = u′/(1+u²).",
    ),
    // Powers.
    mistake(
        "B40",
        &[
            Derivative("u^u", "u*u^(u-1)*D(u)"),
            Derivative("p^q", "q*p^(q-1)*D(p)"),
            Derivative("p^q", "q*p^(q-1)"),
            Derivative("p^q", "p^q*log(p)*D(q)"),
            Derivative("p^q", "p^q*log(p)"),
        ],
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
            Derivative("u^k", "k*u^(k+1)"),
        ],
        ("x^(-2)", "-2/x"),
        "The exponent goes down by one, also when it is negative: −2 − 1 = −3.",
    ),
    mistake(
        "B17",
        &[Derivative("u^n", "n*u^n*D(u)"), Derivative("u^n", "n*u^n")],
        ("x^3", "3*x^3"),
        "The exponent was not lowered: (x^n)′ = n x^{n−1}.",
    ),
    mistake(
        "B18",
        &[
            Derivative("u^n", "u^(n-1)*D(u)"),
            Derivative("c/u^n", "c*D(u)/u^(n+1)"),
            Derivative("u^n", "u^(n-1)"),
        ],
        ("x^3", "x^2"),
        "The exponent must come down as a factor: (x^n)′ = n x^{n−1}.",
    ),
    mistake(
        "F05",
        &[
            Derivative("u^n", "(n-1)*u^(n-1)*D(u)"),
            Derivative("u^n", "n*u^(n+1)*D(u)"),
            Derivative("u^n", "n*u^(n-2)*D(u)"),
            Derivative("u^n", "(n-1)*u^n*D(u)"),
        ],
        ("x^3", "2*x^2"),
        "The old exponent comes down as a factor, and the exponent goes down by one: (x^n)′ = n x^{n−1}.",
    ),
    mistake(
        "B33",
        &[Derivative("u^n", "u^(n+1)/(n+1)"), Derivative("x", "x^2/2")],
        ("x^2", "x^3/3"),
        "That is an antiderivative.",
    ),
    mistake("B43", &[Derivative("c/u", "c*log(u)")], ("1/(x+1)", "log(x+1)"), "That is an antiderivative."),
];
