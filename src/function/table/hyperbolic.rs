//! Hyperbolic functions and their inverses.
//!
//! Conventions of the inverses: acoth(x) = atanh(1/x), asech(x) = acosh(1/x), acsch(x) = asinh(1/x).

use super::super::{Identity, Parity, Rejected, Row};
use super::function;
use crate::number::{Enclosure, Interval};

fn hyperbolic_cosine(x: Interval) -> Interval {
    x.abs().increasing(libm::cosh).clip(1.0, f64::INFINITY)
}

fn area_cosine(x: Interval) -> Interval {
    if x.low >= 1.0 { x.increasing(libm::acosh).clip(0.0, f64::INFINITY) } else { Interval::UNDEFINED }
}

fn area_tangent(x: Interval) -> Interval {
    if x.low > -1.0 && x.high < 1.0 { x.increasing(libm::atanh) } else { Interval::UNDEFINED }
}

fn precise_sine(x: &Enclosure) -> Enclosure {
    x.increasing_by(|x| (x.exp() - (-x).exp()) / Enclosure::integer(2, x.bits()))
}

fn precise_cosine(x: &Enclosure) -> Enclosure {
    x.abs().increasing_by(|x| (x.exp() + (-x).exp()) / Enclosure::integer(2, x.bits()))
}

fn precise_tangent(x: &Enclosure) -> Enclosure {
    x.increasing_by(|x| {
        let one = Enclosure::integer(1, x.bits());
        // The exponential of a negative number, so that nothing overflows.
        let e = (-&(x.abs() + x.abs())).exp();
        let size = (&one - &e) / (&one + &e);
        if x.is_negative() { -size } else { size }
    })
}

fn precise_area_sine(x: &Enclosure) -> Enclosure {
    x.increasing_by(|x| {
        let size = x.abs();
        let size = (&size + &(size.powi(2) + Enclosure::integer(1, x.bits())).sqrt()).log();
        if x.is_negative() { -size } else { size }
    })
}

fn precise_area_cosine(x: &Enclosure) -> Enclosure {
    let one = Enclosure::integer(1, x.bits());
    if !(x - &one).is_nonnegative() {
        return Enclosure::undefined(x.bits());
    }
    x.increasing_by(|x| (x + &((x - &one) * (x + &one)).sqrt()).log())
}

fn precise_area_tangent(x: &Enclosure) -> Enclosure {
    x.increasing_by(|x| {
        let one = Enclosure::integer(1, x.bits());
        ((&one + x).log() - (&one - x).log()) / Enclosure::integer(2, x.bits())
    })
}

pub(super) const ROWS: &[Row] = &[
    Row {
        parity: Parity::Odd,
        values: &[("0", "0")],
        canonical: Some("(exp(x) - exp(-x))/2"),
        code: ["sinh", "sinh", "sinh", "sinh"],
        precise: Some(|x| precise_sine(&x[0])),
        ..function(
            "sinh",
            r"\sinh",
            &["cosh(x)"],
            |x| libm::sinh(x[0]),
            |x| x[0].increasing(libm::sinh),
            "The hyperbolic sine.",
        )
    },
    Row {
        parity: Parity::Even,
        range: (1.0, f64::INFINITY, true, false),
        values: &[("0", "1")],
        canonical: Some("(exp(x) + exp(-x))/2"),
        code: ["cosh", "cosh", "cosh", "cosh"],
        precise: Some(|x| precise_cosine(&x[0])),
        ..function(
            "cosh",
            r"\cosh",
            &["sinh(x)"],
            |x| libm::cosh(x[0]),
            |x| hyperbolic_cosine(x[0]),
            "The hyperbolic cosine.",
        )
    },
    Row {
        parity: Parity::Odd,
        range: (-1.0, 1.0, false, false),
        values: &[("0", "0")],
        canonical: Some("(exp(x) - exp(-x))/(exp(x) + exp(-x))"),
        code: ["tanh", "tanh", "tanh", "tanh"],
        precise: Some(|x| precise_tangent(&x[0])),
        ..function(
            "tanh",
            r"\tanh",
            &["1 - tanh(x)^2"],
            |x| libm::tanh(x[0]),
            |x| x[0].increasing(libm::tanh).clip(-1.0, 1.0),
            "The hyperbolic tangent.",
        )
    },
    Row {
        defined: &["x != 0"],
        sample: (0.125, 3.0),
        parity: Parity::Odd,
        canonical: Some("(exp(x) + exp(-x))/(exp(x) - exp(-x))"),
        code: ["", "", "", "coth"],
        precise: Some(|x| precise_tangent(&x[0]).recip()),
        ..function(
            "coth",
            r"\coth",
            &["1 - coth(x)^2"],
            |x| if x[0] == 0.0 { f64::NAN } else { 1.0 / libm::tanh(x[0]) },
            |x| x[0].increasing(libm::tanh).recip(),
            "The hyperbolic cotangent.",
        )
    },
    Row {
        parity: Parity::Even,
        range: (0.0, 1.0, false, true),
        values: &[("0", "1")],
        canonical: Some("2/(exp(x) + exp(-x))"),
        code: ["", "", "", "sech"],
        precise: Some(|x| precise_cosine(&x[0]).recip()),
        ..function(
            "sech",
            r"\operatorname{sech}",
            &["-sech(x)*tanh(x)"],
            |x| 1.0 / libm::cosh(x[0]),
            |x| hyperbolic_cosine(x[0]).recip().clip(0.0, 1.0),
            "The hyperbolic secant 1/cosh(x).",
        )
    },
    Row {
        defined: &["x != 0"],
        sample: (0.125, 3.0),
        parity: Parity::Odd,
        canonical: Some("2/(exp(x) - exp(-x))"),
        code: ["", "", "", "csch"],
        precise: Some(|x| precise_sine(&x[0]).recip()),
        ..function(
            "csch",
            r"\operatorname{csch}",
            &["-csch(x)*coth(x)"],
            |x| if x[0] == 0.0 { f64::NAN } else { 1.0 / libm::sinh(x[0]) },
            |x| x[0].increasing(libm::sinh).recip(),
            "The hyperbolic cosecant 1/sinh(x).",
        )
    },
    Row {
        aliases: &["arcsinh", "arsinh"],
        parity: Parity::Odd,
        values: &[("0", "0")],
        canonical: Some("log(x + sqrt(x^2 + 1))"),
        code: ["asinh", "asinh", "arcsinh", "asinh"],
        precise: Some(|x| precise_area_sine(&x[0])),
        ..function(
            "asinh",
            r"\operatorname{arsinh}",
            &["1/sqrt(x^2 + 1)"],
            |x| libm::asinh(x[0]),
            |x| x[0].increasing(libm::asinh),
            "The inverse hyperbolic sine.",
        )
    },
    Row {
        aliases: &["arccosh", "arcosh"],
        defined: &["x >= 1"],
        differentiable: &["x > 1"],
        sample: (1.0, 6.0),
        range: (0.0, f64::INFINITY, true, false),
        values: &[("1", "0")],
        canonical: Some("log(x + sqrt(x^2 - 1))"),
        code: ["acosh", "acosh", "arccosh", "acosh"],
        precise: Some(|x| precise_area_cosine(&x[0])),
        ..function(
            "acosh",
            r"\operatorname{arcosh}",
            &["1/sqrt(x^2 - 1)"],
            // `libm` gives large negative numbers a value.
            |x| if x[0] >= 1.0 { libm::acosh(x[0]) } else { f64::NAN },
            |x| area_cosine(x[0]),
            "The inverse hyperbolic cosine.",
        )
    },
    Row {
        aliases: &["arctanh", "artanh"],
        defined: &["-1 < x", "x < 1"],
        sample: (-0.875, 0.875),
        parity: Parity::Odd,
        values: &[("0", "0")],
        canonical: Some("(log(1 + x) - log(1 - x))/2"),
        code: ["atanh", "atanh", "arctanh", "atanh"],
        precise: Some(|x| precise_area_tangent(&x[0])),
        ..function(
            "atanh",
            r"\operatorname{artanh}",
            &["1/(1 - x^2)"],
            |x| if x[0].abs() < 1.0 { libm::atanh(x[0]) } else { f64::NAN },
            |x| area_tangent(x[0]),
            "The inverse hyperbolic tangent.",
        )
    },
    Row {
        aliases: &["arccoth", "arcoth"],
        defined: &["abs(x) > 1"],
        sample: (1.125, 6.0),
        parity: Parity::Odd,
        canonical: Some("log((x + 1)/(x - 1))/2"),
        code: ["", "", "", "acoth"],
        precise: Some(|x| precise_area_tangent(&x[0].recip())),
        ..function(
            "acoth",
            r"\operatorname{arcoth}",
            &["1/(1 - x^2)"],
            |x| {
                if x[0].abs() > 1.0 {
                    0.5 * (libm::copysign(libm::log1p(2.0 / (x[0].abs() - 1.0)), x[0]))
                } else {
                    f64::NAN
                }
            },
            |x| {
                // log1p(2/(|x| − 1))/2 is accurate near 1, where 1/x is not.
                let value = |m: Interval| {
                    Interval::point(0.5)
                        * (Interval::point(2.0) / (m - Interval::ONE)).increasing(libm::log1p)
                };
                if x[0].low > 1.0 {
                    -x[0].increasing_by(|m| -value(m))
                } else if x[0].high < -1.0 {
                    -x[0].increasing_by(|m| value(-m))
                } else {
                    Interval::UNDEFINED
                }
            },
            "The inverse hyperbolic cotangent atanh(1/x).",
        )
    },
    Row {
        aliases: &["arcsech", "arsech"],
        defined: &["0 < x", "x <= 1"],
        differentiable: &["x < 1"],
        sample: (0.125, 1.0),
        range: (0.0, f64::INFINITY, true, false),
        values: &[("1", "0")],
        canonical: Some("log(1/x + sqrt(1/x^2 - 1))"),
        code: ["", "", "", "asech"],
        precise: Some(|x| precise_area_cosine(&x[0].recip())),
        ..function(
            "asech",
            r"\operatorname{arsech}",
            &["-1/(x*sqrt(1 - x^2))"],
            // 2 asinh(√((1 − x)/2x)): 1/x loses the distance from 1.
            |x| {
                if x[0] > 0.0 && x[0] <= 1.0 {
                    2.0 * libm::asinh(libm::sqrt((1.0 - x[0]) / (2.0 * x[0])))
                } else {
                    f64::NAN
                }
            },
            |x| {
                if !(x[0].low > 0.0 && x[0].high <= 1.0) {
                    return Interval::UNDEFINED;
                }
                let value = |x: Interval| {
                    let two = Interval::point(2.0);
                    two * ((Interval::ONE - x) / (two * x)).sqrt().increasing(libm::asinh)
                };
                -x[0].increasing_by(|x| -value(x)).clip(f64::NEG_INFINITY, 0.0)
            },
            "The inverse hyperbolic secant acosh(1/x).",
        )
    },
    Row {
        aliases: &["arccsch", "arcsch"],
        defined: &["x != 0"],
        sample: (0.125, 6.0),
        parity: Parity::Odd,
        canonical: Some("log(1/x + sqrt(1/x^2 + 1))"),
        code: ["", "", "", "acsch"],
        precise: Some(|x| precise_area_sine(&x[0].recip())),
        ..function(
            "acsch",
            r"\operatorname{arcsch}",
            &["-1/(abs(x)*sqrt(1 + x^2))"],
            |x| if x[0] == 0.0 { f64::NAN } else { libm::asinh(1.0 / x[0]) },
            |x| x[0].recip().increasing(libm::asinh),
            "The inverse hyperbolic cosecant asinh(1/x).",
        )
    },
];

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::total("hyperbolic cosine squared less sine squared", "cosh(x)^2 - sinh(x)^2", "1"),
    Identity::total("one plus hyperbolic sine squared", "1 + sinh(x)^2", "cosh(x)^2"),
    Identity::total("hyperbolic cosine squared less one", "cosh(x)^2 - 1", "sinh(x)^2"),
    Identity::total("hyperbolic sine of a negative", "sinh(-x)", "-sinh(x)"),
    Identity::total("hyperbolic cosine of a negative", "cosh(-x)", "cosh(x)"),
    Identity::total("hyperbolic tangent of a negative", "tanh(-x)", "-tanh(x)"),
    Identity::total("hyperbolic tangent of a difference swapped", "tanh(x - y)", "-tanh(y - x)").thorough(),
    Identity::total("hyperbolic sine over cosine", "sinh(x)/cosh(x)", "tanh(x)"),
    Identity::total("hyperbolic cosine over sine", "cosh(x)/sinh(x)", "coth(x)").thorough(),
    Identity::total("hyperbolic tangent times cosine", "tanh(x)*cosh(x)", "sinh(x)"),
    Identity::total("reciprocal hyperbolic tangent", "1/tanh(x)", "coth(x)").thorough(),
    Identity::total("reciprocal hyperbolic cosine", "1/cosh(x)", "sech(x)").thorough(),
    Identity::total("reciprocal hyperbolic sine", "1/sinh(x)", "csch(x)").thorough(),
    Identity::total("reciprocal hyperbolic secant", "1/sech(x)", "cosh(x)"),
    Identity::extend("reciprocal hyperbolic cosecant", "1/csch(x)", "sinh(x)"),
    Identity::total("hyperbolic secant times cosine", "sech(x)*cosh(x)", "1"),
    Identity::extend("hyperbolic cosecant times sine", "csch(x)*sinh(x)", "1"),
    Identity::total("hyperbolic secant times sine", "sech(x)*sinh(x)", "tanh(x)"),
    Identity::total("hyperbolic cosecant times cosine", "csch(x)*cosh(x)", "coth(x)").thorough(),
    Identity::total("one less hyperbolic tangent squared", "1 - tanh(x)^2", "1/cosh(x)^2").both_ways(),
    Identity::total("one less hyperbolic tangent squared as secant", "1 - tanh(x)^2", "sech(x)^2").thorough(),
    Identity::total("one less hyperbolic secant squared", "1 - sech(x)^2", "tanh(x)^2").thorough(),
    Identity::total("hyperbolic cotangent squared less one", "coth(x)^2 - 1", "1/sinh(x)^2").thorough(),
    Identity::total("hyperbolic sine of a double argument", "2*sinh(x)*cosh(x)", "sinh(2*x)"),
    Identity::total("product of hyperbolic sine and cosine", "sinh(x)*cosh(x)", "sinh(2*x)/2").thorough(),
    Identity::total("hyperbolic cosine of a double argument", "cosh(x)^2 + sinh(x)^2", "cosh(2*x)"),
    Identity::total("hyperbolic cosine plus sine", "cosh(x) + sinh(x)", "exp(x)"),
    Identity::total("hyperbolic cosine less sine", "cosh(x) - sinh(x)", "exp(-x)"),
    Identity::total("sum of an exponential and its reciprocal", "exp(x) + exp(-x)", "2*cosh(x)"),
    Identity::total("difference of an exponential and its reciprocal", "exp(x) - exp(-x)", "2*sinh(x)"),
    Identity::total(
        "square of a hyperbolic sine by exponentials",
        "exp(x)/(exp(x) - 1)^2",
        "1/(4*sinh(x/2)^2)",
    ),
    Identity::total(
        "square of a hyperbolic sine by exponentials, reversed",
        "exp(x)/(1 - exp(x))^2",
        "1/(4*sinh(x/2)^2)",
    ),
    Identity::total("hyperbolic tangent by exponentials", "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "tanh(x)"),
    Identity::total(
        "hyperbolic tangent by squares of exponentials",
        "(exp(x)^2 - 1)/(exp(x)^2 + 1)",
        "tanh(x)",
    )
    .thorough(),
    Identity::total(
        "hyperbolic tangent by the double exponential",
        "(exp(2*x) - 1)/(exp(2*x) + 1)",
        "tanh(x)",
    ),
    Identity::total("hyperbolic tangent of half an argument", "(1 - exp(-x))/(1 + exp(-x))", "tanh(x/2)")
        .thorough(),
    Identity::total("hyperbolic sine of its inverse", "sinh(asinh(x))", "x"),
    Identity::extend("hyperbolic cosine of its inverse", "cosh(acosh(x))", "x"),
    Identity::extend("hyperbolic tangent of its inverse", "tanh(atanh(x))", "x"),
    Identity::total("inverse hyperbolic sine of its inverse", "asinh(sinh(x))", "x"),
    Identity::total("inverse hyperbolic tangent of its inverse", "atanh(tanh(x))", "x"),
    Identity::total("hyperbolic cosine of an inverse sine", "cosh(asinh(x))", "sqrt(x^2 + 1)").thorough(),
    Identity::extend("hyperbolic sine of an inverse cosine", "sinh(acosh(x))", "sqrt(x^2 - 1)").thorough(),
    Identity::total("hyperbolic cosine of an inverse tangent", "cosh(atanh(x))", "1/sqrt(1 - x^2)")
        .thorough(),
    Identity::total("hyperbolic sine of an inverse tangent", "sinh(atanh(x))", "x/sqrt(1 - x^2)").thorough(),
    Identity::total("exponential of an inverse hyperbolic sine", "exp(asinh(x))", "x + sqrt(x^2 + 1)")
        .thorough(),
    Identity::total("inverse hyperbolic sine of a negative", "asinh(-x)", "-asinh(x)"),
    Identity::total("inverse hyperbolic tangent of a negative", "atanh(-x)", "-atanh(x)"),
    Identity::total("inverse hyperbolic cotangent of a negative", "acoth(-x)", "-acoth(x)").thorough(),
    Identity::branch("x >= 0", "inverse hyperbolic cosine of its inverse", "acosh(cosh(x))", "x"),
];

#[rustfmt::skip]
pub(super) const REJECTED: &[Rejected] = &[
    Rejected::new("x = -1", "inverse hyperbolic cosine of any cosine", "acosh(cosh(x))", "x"),
    Rejected::new("x = 0", "anything as a hyperbolic cosine", "x", "cosh(acosh(x))"),
    Rejected::new("x = 2", "anything as a hyperbolic tangent", "x", "tanh(atanh(x))"),
    Rejected::new("x = 1", "hyperbolic squares added", "cosh(x)^2 + sinh(x)^2", "1"),
    Rejected::new("x = -1", "hyperbolic sine by the cosine", "sinh(x)", "(cosh(x)^2 - 1)^(1/2)"),
    Rejected::new("x = 1", "one plus hyperbolic tangent squared", "1 + tanh(x)^2", "sech(x)^2"),
    Rejected::new("x = 1, y = 1", "hyperbolic tangent of a sum", "tanh(x + y)", "tanh(x) + tanh(y)"),
    Rejected::new("x = 1", "hyperbolic cosine as if odd", "cosh(-x)", "-cosh(x)"),
];
