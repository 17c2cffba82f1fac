//! Formulas rewritten into others that they do not equal.

use super::Rule::{Copying, Derivative, Rewriting, Said};
use super::{Mistake, mistake};

/// Rows about rewriting, before or after differentiating.
pub(super) const ALGEBRA: &[Mistake] = &[
    mistake(
        "B42",
        &[
            Rewriting("u-(v+w)", "u-v+w"),
            Derivative("u-(v+w)", "D(u)-D(v)+D(w)"),
            Said(
                &Rewriting("u-(v+w)*s", "u-s*v+s*w"),
                "The minus in front of the product must reach every term of ⟨v+w⟩.",
            ),
        ],
        ("x-(x^2-x)", "1-2*x-1"),
        "The minus in front of the bracket must reach every term in it.",
    ),
    // Powers and roots.
    mistake(
        "A01",
        &[
            Rewriting("u^c*u^n", "u^(c*n)"),
            Rewriting("u^n*u", "u^n"),
            Rewriting("exp(u)*exp(v)", "exp(u*v)"),
            Rewriting("c^u*c^v", "c^(u*v)"),
        ],
        ("x^3*x^4", "12*x^11"),
        "Exponents of a product are added: x^a · x^b = x^{a+b}.",
    ),
    mistake(
        "A02",
        &[
            Rewriting("(u^c)^n", "u^(c+n)"),
            Rewriting("(u^c)^n", "u^(c^n)"),
            Rewriting("exp(u)^n", "exp(u^n)"),
            Rewriting("exp(u)^n", "exp(u+n)"),
        ],
        ("(x^3)^2", "5*x^4"),
        "Exponents of a power are multiplied: (x^a)^b = x^{ab}.",
    ),
    mistake(
        "A03",
        &[
            Rewriting("(u*v)^n", "u*v^n"),
            Rewriting("(u/v)^n", "u^n/v"),
            Rewriting("(u/v)^n", "u/v^n"),
            Rewriting("(-u)^n", "-u^n"),
        ],
        ("(3*x)^2", "6*x"),
        "The exponent belongs to every factor in the bracket: (ab)^n = a^n b^n.",
    ),
    mistake(
        "A04",
        &[
            Rewriting("sqrt(u^2+v)", "u+sqrt(v)"),
            Rewriting("sqrt(u+v)", "sqrt(u)+sqrt(v)"),
            Rewriting("sqrt(u-v)", "sqrt(u)-sqrt(v)"),
            Rewriting("sqrt(v-u^2)", "sqrt(v)-u"),
        ],
        ("sqrt(x^2+9)", "1"),
        "√(a+b) is not √a + √b.",
    ),
    // Logarithms and exponentials.
    mistake(
        "A05",
        &[
            Rewriting("log(u+v)", "log(u)+log(v)"),
            Rewriting("log(u-v)", "log(u)-log(v)"),
            Rewriting("log(u-v)", "log(u)/log(v)"),
            Rewriting("log(u+v)", "log(u)*log(v)"),
        ],
        ("log(x+2)", "1/x"),
        "ln(a+b) is not ln a + ln b; that is ln(ab).",
    ),
    mistake(
        "A06",
        &[
            Rewriting("log(u*v)", "log(u)*log(v)"),
            Rewriting("log(u/v)", "log(u)/log(v)"),
            Rewriting("log(u)/log(v)", "log(u)-log(v)"),
            Rewriting("log(u)/log(v)", "log(u/v)"),
            Rewriting("log(u)*log(v)", "log(u)+log(v)"),
            Rewriting("log(u)^n", "n*log(u)"),
            Rewriting("log(u^n)", "log(u)^n"),
        ],
        ("log(x*y)", "log(y)/x"),
        "The laws of logarithms were mixed up: ln(ab) = ln a + ln b, ln(a/b) = ln a − ln b, ln(a^n) = n ln a.",
    ),
    mistake(
        "A07",
        &[
            Rewriting("exp(u+v)", "exp(u)+exp(v)"),
            Rewriting("exp(u*v)", "exp(u)*exp(v)"),
            Rewriting("c^(u+v)", "c^u+c^v"),
        ],
        ("exp(x+y)", "exp(x)"),
        "e^{a+b} is e^a · e^b, not e^a + e^b.",
    ),
    mistake(
        "A08",
        &[
            Rewriting("f(n*u)", "n*f(u)"),
            Rewriting("f(u+v)", "f(u)+f(v)"),
            Rewriting("f(u-v)", "f(u)-f(v)"),
            Rewriting("f(u*v)", "f(u)*f(v)"),
        ],
        ("sin(2*x)", "2*cos(x)"),
        "A function of a sum or a multiple is not taken apart: sin 2x is not 2 sin x, f(a+b) is not f(a) + f(b).",
    ),
    // Fractions and brackets.
    mistake(
        "A09",
        &[
            Rewriting("(v+u*w)/w", "v+u"),
            Rewriting("(v-u*w)/w", "v-u"),
            Rewriting("(v+w)/w", "v+1"),
            Rewriting("(v-w)/w", "v-1"),
            Rewriting("(v+w)/w", "v"),
            Rewriting("(v-w)/w", "v"),
            Rewriting("(v+w^n)/w", "v+w^(n-1)"),
            Rewriting("(v-w^n)/w", "v-w^(n-1)"),
            Rewriting("(v+u*w^n)/w", "v+u*w^(n-1)"),
            Rewriting("(v-u*w^n)/w", "v-u*w^(n-1)"),
            Rewriting("(v+u*w)/w^n", "(v+u)/w^(n-1)"),
            Rewriting("(v-u*w)/w^n", "(v-u)/w^(n-1)"),
            Rewriting("(v+u*w)/(u*c)", "(v+w)/c"),
            Rewriting("u/(u+v)", "1/v"),
            Rewriting("u/(u+v)", "1/(1+v)"),
        ],
        ("(x^3+5)/x", "2*x"),
        "Only one term was cancelled: what is cancelled must be a factor of every term.",
    ),
    mistake(
        "A10",
        &[Rewriting("w/(u+v)", "w/u+w/v"), Rewriting("w/(u-v)", "w/u-w/v")],
        ("1/(x+x^2)", "-1/x^2-2/x^3"),
        "1/(a+b) is not 1/a + 1/b.",
    ),
    mistake(
        "A11",
        &[Rewriting("u/w+v/c", "(u+v)/(w+c)"), Rewriting("u/w-v/c", "(u-v)/(w-c)")],
        ("1/x+1/x^2", "-2*(1+2*x)/(x+x^2)^2"),
        "Fractions are added over a common denominator, not term by term.",
    ),
    mistake(
        "A12",
        &[Rewriting("(v+w)*u", "u*v+w")],
        ("x*(x^2+x)", "3*x^2+1"),
        "The factor in front of the bracket must reach every term in it.",
    ),
    mistake(
        "A13",
        &[
            Rewriting("(u+v)^2", "u^2+u*v+v^2"),
            Rewriting("(u-v)^2", "u^2-u*v+v^2"),
            Rewriting("(u-v)^2", "u^2-2*u*v-v^2"),
        ],
        ("(x-3)^2", "2*x-3"),
        "The square of a sum has a double product: (a+b)² = a² + 2ab + b².",
    ),
    // What is lost on the way, if nothing else is.
    mistake(
        "A20",
        &[
            Copying("u-v", "u+v"),
            Said(&Copying("-u", "u"), "The sign of ⟨u⟩ was changed."),
            Copying("u+v", "u-v"),
        ],
        ("3*x^2-x", "6*x+1"),
        "The sign of ⟨v⟩ was changed.",
    ),
    mistake(
        "A21",
        &[
            Said(&Copying("n*u", "u"), "The factor ⟨n⟩ was lost."),
            Said(&Copying("u/n", "u"), "The divisor ⟨n⟩ was lost."),
            Copying("u*v", "u"),
            Said(&Copying("u/v", "u"), "The divisor ⟨v⟩ was lost."),
        ],
        ("5*x^2*sin(x)", "2*x*sin(x)+5*x^2*cos(x)"),
        "The factor ⟨v⟩ was lost.",
    ),
    mistake("A22", &[Copying("u+v", "u")], ("x^3+x^2+5*x", "3*x^2+2*x"), "The term ⟨v⟩ was lost."),
];
