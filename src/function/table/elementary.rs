//! Exponential, logarithms, roots and powers.

use super::super::{Identity, Parity, Rejected, Row};
use super::function;
use crate::number::{Enclosure, Interval};

fn precise_cube_root(x: &Enclosure) -> Enclosure {
    let third = Enclosure::integer(1, x.bits()) / Enclosure::integer(3, x.bits());
    x.increasing_by(|x| if x.is_negative() { -(-x).power(&third) } else { x.power(&third) })
}

pub(super) const ROWS: &[Row] = &[
    Row {
        range: (0.0, f64::INFINITY, false, false),
        values: &[("0", "1"), ("1", "e"), ("-1", "1/e")],
        code: ["exp", "exp", "exp", "exp"],
        precise: Some(|x| x[0].exp()),
        ..function(
            "exp",
            r"\exp",
            &["exp(x)"],
            |x| libm::exp(x[0]),
            |x| x[0].exp(),
            "The exponential function.",
        )
    },
    Row {
        aliases: &["ln"],
        defined: &["x > 0"],
        sample: (0.125, 6.0),
        values: &[("1", "0"), ("e", "1")],
        code: ["ln", "log", "log", "log"],
        precise: Some(|x| x[0].log()),
        ..function(
            "log",
            r"\log",
            &["1/x"],
            |x| if x[0] > 0.0 { libm::log(x[0]) } else { f64::NAN },
            |x| x[0].log(),
            "The natural logarithm.",
        )
    },
    Row {
        defined: &["x > 0"],
        sample: (0.125, 6.0),
        values: &[("1", "0"), ("2", "1"), ("4", "2"), ("1/2", "-1")],
        canonical: Some("log(x)/log(2)"),
        code: ["log2", "log2", "log2", "log2"],
        precise: Some(|x| x[0].log() / Enclosure::integer(2, x[0].bits()).log()),
        ..function(
            "log2",
            r"\log_2",
            &["1/(x*log(2))"],
            |x| if x[0] > 0.0 { libm::log2(x[0]) } else { f64::NAN },
            |x| if x[0].is_positive() { x[0].increasing(libm::log2) } else { Interval::UNDEFINED },
            "The logarithm to base 2.",
        )
    },
    Row {
        defined: &["x > 0"],
        sample: (0.125, 6.0),
        values: &[("1", "0"), ("10", "1"), ("100", "2"), ("1/10", "-1")],
        canonical: Some("log(x)/log(10)"),
        code: ["log10", "log10", "log10", "log10"],
        precise: Some(|x| x[0].log() / Enclosure::integer(10, x[0].bits()).log()),
        ..function(
            "log10",
            r"\log_{10}",
            &["1/(x*log(10))"],
            |x| if x[0] > 0.0 { libm::log10(x[0]) } else { f64::NAN },
            |x| if x[0].is_positive() { x[0].increasing(libm::log10) } else { Interval::UNDEFINED },
            "The logarithm to base 10.",
        )
    },
    Row {
        parameters: &["x", "b"],
        defined: &["x > 0", "b > 0", "b != 1"],
        sample: (1.125, 6.0),
        canonical: Some("log(x)/log(b)"),
        shorthand: true,
        precise: Some(|x| x[0].log() / x[1].log()),
        ..function(
            "log_base",
            r"\operatorname{log\_base}",
            &["1/(x*log(b))", "-log(x)/(b*log(b)^2)"],
            |x| {
                if x[0] > 0.0 && x[1] > 0.0 && x[1] != 1.0 {
                    libm::log(x[0]) / libm::log(x[1])
                } else {
                    f64::NAN
                }
            },
            |x| x[0].log() / x[1].log(),
            "The logarithm of x to base b.",
        )
    },
    Row {
        defined: &["x > -1"],
        sample: (-0.875, 4.0),
        values: &[("0", "0")],
        canonical: Some("log(1 + x)"),
        code: ["ln_1p", "log1p", "log1p", "log1p"],
        precise: Some(|x| (&x[0] + &Enclosure::integer(1, x[0].bits())).log()),
        ..function(
            "log1p",
            r"\operatorname{log1p}",
            &["1/(1 + x)"],
            |x| if x[0] > -1.0 { libm::log1p(x[0]) } else { f64::NAN },
            |x| if x[0].low > -1.0 { x[0].increasing(libm::log1p) } else { Interval::UNDEFINED },
            "log(1 + x), accurate near 0.",
        )
    },
    Row {
        range: (-1.0, f64::INFINITY, false, false),
        values: &[("0", "0")],
        canonical: Some("exp(x) - 1"),
        code: ["exp_m1", "expm1", "expm1", "expm1"],
        precise: Some(|x| x[0].increasing_by(|x| x.exp() - Enclosure::integer(1, x.bits()))),
        ..function(
            "expm1",
            r"\operatorname{expm1}",
            &["exp(x)"],
            |x| libm::expm1(x[0]),
            |x| x[0].increasing(libm::expm1).clip(-1.0, f64::INFINITY),
            "exp(x) - 1, accurate near 0.",
        )
    },
    Row {
        unicode: "√",
        defined: &["x >= 0"],
        differentiable: &["x > 0"],
        sample: (0.0, 6.0),
        range: (0.0, f64::INFINITY, true, false),
        values: &[("0", "0"), ("1", "1"), ("4", "2")],
        canonical: Some("x^(1/2)"),
        shorthand: true,
        code: ["sqrt", "sqrt", "sqrt", "sqrt"],
        exact: Some(|x| x[0].root(2)),
        precise: Some(|x| x[0].sqrt()),
        ..function(
            "sqrt",
            r"\sqrt",
            &["1/(2*sqrt(x))"],
            |x| if x[0] >= 0.0 { libm::sqrt(x[0]) } else { f64::NAN },
            |x| x[0].sqrt(),
            "The square root: the power 1/2.",
        )
    },
    Row {
        aliases: &["∛"],
        unicode: "∛",
        differentiable: &["x != 0"],
        parity: Parity::Odd,
        values: &[("0", "0"), ("1", "1"), ("8", "2"), ("27", "3")],
        canonical: Some("sign(x)*abs(x)^(1/3)"),
        code: ["cbrt", "cbrt", "cbrt", "cbrt"],
        exact: Some(|x| if x[0].is_negative() { x[0].abs().root(3).map(|r| -r) } else { x[0].root(3) }),
        precise: Some(|x| precise_cube_root(&x[0])),
        ..function(
            "cbrt",
            r"\sqrt[3]",
            &["1/(3*cbrt(x)^2)"],
            |x| libm::cbrt(x[0]),
            |x| x[0].increasing(libm::cbrt),
            "The real cube root, also of negative numbers.",
        )
    },
    Row {
        aliases: &["power"],
        parameters: &["x", "y"],
        // For every exponent; `Power` itself is defined on more (see the notation).
        defined: &["x > 0"],
        sample: (0.125, 3.0),
        canonical: Some("x^y"),
        shorthand: true,
        code: ["powf", "pow", "power", ""],
        precise: Some(
            |x| if x[0].is_positive() { x[0].power(&x[1]) } else { Enclosure::undefined(x[0].bits()) },
        ),
        ..function(
            "pow",
            r"\operatorname{pow}",
            &["y*x^(y - 1)", "x^y*log(x)"],
            |x| if x[0] > 0.0 { libm::pow(x[0], x[1]) } else { f64::NAN },
            |x| if x[0].is_positive() { x[0].power(x[1]) } else { Interval::UNDEFINED },
            "The power x^y.",
        )
    },
    Row {
        parameters: &["x", "y"],
        differentiable: &["x^2 + y^2 != 0"],
        range: (0.0, f64::INFINITY, true, false),
        canonical: Some("(x^2 + y^2)^(1/2)"),
        shorthand: true,
        code: ["hypot", "hypot", "hypot", "hypot"],
        precise: Some(|x| (x[0].powi(2) + x[1].powi(2)).sqrt()),
        ..function(
            "hypot",
            r"\operatorname{hypot}",
            &["x/hypot(x, y)", "y/hypot(x, y)"],
            |x| libm::hypot(x[0], x[1]),
            |x| (x[0].powi(2) + x[1].powi(2)).sqrt(),
            "The length of (x, y).",
        )
    },
];

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::extend("exp of a logarithm", "exp(log(x))", "x"),
    Identity::total("logarithm of an exponential", "log(exp(x))", "x"),
    Identity::total("power of an exponential", "exp(x)^y", "exp(x*y)"),
    Identity::total("product of exponentials", "exp(x)*exp(y)", "exp(x + y)").both_ways(),
    Identity::total("quotient of exponentials", "exp(x)/exp(y)", "exp(x - y)").both_ways(),
    Identity::total("reciprocal of an exponential", "1/exp(x)", "exp(-x)").both_ways(),
    Identity::total("exponential in a denominator", "y/exp(x)", "y*exp(-x)").thorough(),
    Identity::extend("exponential of a multiple of a logarithm", "exp(y*log(x))", "x^y"),
    Identity::extend("sum of logarithms", "log(x) + log(y)", "log(x*y)"),
    Identity::extend("difference of logarithms", "log(x) - log(y)", "log(x/y)"),
    Identity::given("x > 0", "logarithm of a product", "log(x*y)", "log(x) + log(y)").thorough(),
    Identity::given("x > 0", "logarithm of a quotient", "log(x/y)", "log(x) - log(y)").thorough(),
    Identity::given("x > 0", "logarithm of a power", "log(x^y)", "y*log(x)"),
    Identity::total("logarithm of a root", "log(x^(1/2))", "log(x)/2").thorough(),
    Identity::given("x > 0", "multiple of a logarithm", "y*log(x)", "log(x^y)").thorough(),
    Identity::total("twice the logarithm of an absolute value", "2*log(abs(x))", "log(x^2)"),
    Identity::total("logarithm of a reciprocal", "log(1/x)", "-log(x)"),
    Identity::total("logarithm of an exponential times x", "log(exp(x)*y)", "x + log(y)"),
    Identity::total("logarithm of an exponential over x", "log(exp(x)/y)", "x - log(y)").thorough(),
    Identity::total("logarithm of x over an exponential", "log(y/exp(x))", "log(y) - x").thorough(),
    Identity::total("cube of a cube root", "cbrt(x)^3", "x"),
    Identity::total("cube root of a cube", "cbrt(x^3)", "x"),
    Identity::total("cube root of a negative", "cbrt(-x)", "-cbrt(x)"),
    Identity::total("product of cube roots", "cbrt(x)*cbrt(y)", "cbrt(x*y)").thorough(),
    Identity::total("cube root over its argument", "cbrt(x)/x", "1/cbrt(x)^2").thorough(),
    Identity::total("exponential without one, plus one", "expm1(x) + 1", "exp(x)"),
    Identity::total("exponential less one", "exp(x) - 1", "expm1(x)").thorough(),
    Identity::total("logarithm of one plus x", "log(1 + x)", "log1p(x)").thorough(),
    Identity::extend("exponential of log1p", "exp(log1p(x))", "1 + x"),
];

#[rustfmt::skip]
pub(super) const REJECTED: &[Rejected] = &[
    Rejected::new("x = -1", "logarithm of a square", "log(x^2)", "2*log(x)"),
    Rejected::new("x = -1, y = -1", "logarithm of any product", "log(x*y)", "log(x) + log(y)"),
    Rejected::new("x = -1, y = -1", "logarithm of any quotient", "log(x/y)", "log(x) - log(y)"),
    Rejected::new("x = -1, y = 2", "logarithm of any power", "log(x^y)", "y*log(x)"),
    Rejected::new("x = 1, y = 1", "logarithm of a sum", "log(x + y)", "log(x) + log(y)"),
    Rejected::new("x = 1, y = 2", "quotient of logarithms", "log(x)/log(y)", "log(x/y)"),
    Rejected::new("x = 2", "square of a logarithm", "log(x)^2", "log(x^2)"),
    Rejected::new("x = -1", "anything as an exponential", "x", "exp(log(x))"),
    Rejected::new("x = -1, y = 2", "any power as an exponential", "x^y", "exp(y*log(x))"),
    Rejected::new("x = 1, y = 1", "exponential of a product", "exp(x*y)", "exp(x)*exp(y)"),
    Rejected::new("x = 0, y = 0", "exponential of a sum", "exp(x + y)", "exp(x) + exp(y)"),
    Rejected::new("x = 1, y = 2", "power of an exponential inside", "exp(x)^y", "exp(x^y)"),
    Rejected::new("x = -1", "cube root as a power", "cbrt(x)", "x^(1/3)"),
    Rejected::new("x = 3, y = 4", "length as a sum", "hypot(x, y)", "abs(x) + abs(y)"),
];
