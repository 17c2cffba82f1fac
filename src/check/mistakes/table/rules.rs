//! The rules for products, quotients, chains and constants, mistaken.

use super::Rule::{AlsoBy, Derivative, Inside, Path, Said, Second, WithoutInner};
use super::{Mistake, mistake};

const FACTOR_TOO: &str = "⟨c⟩ was differentiated too; in a derivative by ⟨x⟩ it is constant.";
const INSIDE_TOO: &str =
    "The inner derivative was put inside as well: it must be f′(g) · g′, not f′(g′) · g′.";

/// Rows about the rules that put derivatives together.
pub(super) const RULES: &[Mistake] = &[
    // Products.
    mistake(
        "B03",
        &[Derivative("u*v", "D(u)*v - u*D(v)")],
        ("x^2*sin(x)", "2*x*sin(x) - x^2*cos(x)"),
        "The product rule has a plus; the minus belongs to the quotient rule.",
    ),
    mistake(
        "B01",
        &[Derivative("u*v", "D(u)*D(v)")],
        ("x^2*sin(x)", "2*x*cos(x)"),
        "The two derivatives were multiplied. Product rule: (uv)′ = u′v + uv′.",
    ),
    mistake(
        "B02",
        &[Derivative("u*v", "D(u)*v"), Derivative("u*v", "u*D(v)")],
        ("x^2*sin(x)", "2*x*sin(x)"),
        "Only one factor was differentiated. Product rule: (uv)′ = u′v + uv′.",
    ),
    // Quotients.
    mistake(
        "B04",
        &[Derivative("u/q", "D(u)/D(q)")],
        ("x^2/(x+1)", "2*x"),
        "The derivatives were divided. Quotient rule: (u/v)′ = (u′v − uv′)/v².",
    ),
    mistake(
        "B05",
        &[Derivative("u/q", "(u*D(q) - D(u)*q)/q^2")],
        ("x/(x^2+1)", "(x*2*x - (x^2+1))/(x^2+1)^2"),
        "The order in the numerator is swapped: u′v comes first. The result has the wrong sign.",
    ),
    mistake(
        "B06",
        &[Derivative("u/q", "(D(u)*q + u*D(q))/q^2")],
        ("x/(x^2+1)", "((x^2+1)+2*x^2)/(x^2+1)^2"),
        "The quotient rule has a minus: (u/v)′ = (u′v − uv′)/v².",
    ),
    mistake(
        "B07",
        &[Derivative("u/q", "(D(u)*q - u*D(q))/q"), Derivative("u/q", "D(u)*q - u*D(q)")],
        ("x/(x^2+1)", "(1-x^2)/(x^2+1)"),
        "The denominator must be squared: (u/v)′ = (u′v − uv′)/v².",
    ),
    mistake(
        "D01",
        &[
            Derivative("u/q", "D(u)/q"),
            Derivative("u/q", "D(u)/q^2"),
            Derivative("u/q", "u/D(q)"),
            Derivative("p/q", "-p*D(q)/q^2"),
        ],
        ("sin(x)/x", "cos(x)/x"),
        "Only one part of the quotient was differentiated. Quotient rule: (u/v)′ = (u′v − uv′)/v².",
    ),
    mistake(
        "D02",
        &[Derivative("c/u", "c*D(u)/u^2"), Derivative("c/u", "c/D(u)"), Derivative("c/u", "-c/u^2")],
        ("1/(x^2+1)", "2*x/(x^2+1)^2"),
        "The reciprocal was differentiated wrongly: (1/u)′ = −u′/u².",
    ),
    // Chains.
    mistake(
        "B12",
        &[
            Inside("f(u)", "f'(u)"),
            Inside("u^c", "c*u^(c-1)"),
            Inside("c^u", "c^u*log(c)"),
            Said(
                &Derivative("f(h)^n", "n*f(h)^(n-1)*f'(h)"),
                "The chain stops one level too early: the innermost derivative, that of ⟨h⟩, is missing.",
            ),
        ],
        ("exp(sin(3*x))", "exp(sin(3*x))*cos(3*x)"),
        "The chain stops one level too early: the innermost derivative, that of ⟨u⟩, is missing.",
    ),
    mistake(
        "B08",
        &[
            Derivative("f(u)", "f'(u)"),
            Derivative("u^c", "c*u^(c-1)"),
            Derivative("c^u", "c^u*log(c)"),
            WithoutInner,
        ],
        ("sin(x^2)", "cos(x^2)"),
        "The inner derivative is missing, that of ⟨u⟩. Chain rule: f(g)′ = f′(g) · g′.",
    ),
    mistake(
        "B09",
        &[
            Derivative("f(h)", "f'(D(h))"),
            Derivative("h^n", "n*D(h)^(n-1)"),
            Derivative("c^h", "c^D(h)*log(c)"),
            Said(&Derivative("f(h)", "f'(D(h))*D(h)"), INSIDE_TOO),
            Said(&Derivative("h^n", "n*D(h)^(n-1)*D(h)"), INSIDE_TOO),
            Said(&Derivative("c^h", "c^D(h)*log(c)*D(h)"), INSIDE_TOO),
        ],
        ("sin(x^2)", "cos(2*x)"),
        "The inner derivative was put inside: it must be f′(g) · g′, not f′(g′).",
    ),
    mistake(
        "B10",
        &[
            Derivative("f(u)", "f'(x)*D(u)"),
            Derivative("u^n", "n*x^(n-1)*D(u)"),
            Derivative("c^u", "c^x*log(c)*D(u)"),
        ],
        ("sin(x^2)", "2*x*cos(x)"),
        "The outer derivative must be taken at the inner function: f′(g) · g′.",
    ),
    mistake(
        "B11",
        &[
            Derivative("f(h)", "f'(h) + D(h)"),
            Derivative("h^n", "n*h^(n-1) + D(h)"),
            Derivative("c^h", "c^h*log(c) + D(h)"),
        ],
        ("sin(x^2)", "cos(x^2) + 2*x"),
        "The chain rule multiplies, it does not add: f′(g) · g′.",
    ),
    mistake(
        "D03",
        &[
            Derivative("f(h)", "f(D(h))"),
            Derivative("f(u)", "f(u)*D(u)"),
            Derivative("h^n", "D(h)^n"),
            Derivative("h^n", "h^n*D(h)"),
        ],
        ("log(x^2+1)", "log(2*x)"),
        "The outer function was not differentiated. Chain rule: f(g)′ = f′(g) · g′.",
    ),
    mistake(
        "D04",
        &[Second("A^2"), Second("A")],
        ("second derivative of x^3", "9*x^4"),
        "The second derivative is the derivative of the first, not the first again or its square.",
    ),
    // Constants.
    mistake(
        "B31",
        &[
            Derivative("c*u", "D(u)"),
            Said(&Derivative("u/c", "D(u)"), "The divisor ⟨c⟩ was dropped: (u/c)′ = u′/c."),
            Derivative("c/p", "-D(p)/p^2"),
        ],
        ("5*x^2", "2*x"),
        "The constant factor ⟨c⟩ was dropped: (c u)′ = c u′.",
    ),
    mistake(
        "B32",
        &[
            Derivative("c*u", "0"),
            Said(
                &Derivative("p/c", "0"),
                "The divisor ⟨c⟩ was differentiated, and the term became 0: (u/c)′ = u′/c.",
            ),
        ],
        ("5*x^2", "0"),
        "The factor ⟨c⟩ was differentiated to 0, and the term with it; a constant factor stays: (c u)′ = c u′.",
    ),
    mistake(
        "B39",
        &[Derivative("u+c", "D(u)+T(c)")],
        ("x^2+sin(y)", "2*x+cos(y)"),
        "The term ⟨c⟩ was differentiated too; it does not hold ⟨x⟩, and its derivative is 0.",
    ),
    mistake(
        "B38",
        &[
            Said(&Derivative("c*u", "c*D(u) + u"), FACTOR_TOO),
            Derivative("f(c)*u", "f(c)*D(u) + f'(c)*u"),
            Derivative("c^n*u", "c^n*D(u) + n*c^(n-1)*u"),
            Said(&Derivative("p/c", "(D(p)*c - p)/c^2"), FACTOR_TOO),
            AlsoBy,
        ],
        ("x^2*y", "2*x*y + x^2"),
        "The other variable was differentiated too; in a partial derivative it is constant.",
    ),
    mistake(
        "B30",
        &[Derivative("c", "c")],
        ("x^2+5", "2*x+5"),
        "The constant ⟨c⟩ was kept: its derivative is 0.",
    ),
    mistake(
        "M18",
        &[Path],
        ("u*v by t, with u = sin(t), v = t^2", "v*cos(t)"),
        "A path is missing: the chain rule adds over every way from the variable to the result.",
    ),
];
