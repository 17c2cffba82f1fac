//! Trigonometric functions and their inverses.
//!
//! Conventions of the inverses: acot(x) = atan(1/x), odd and undefined at 0; asec(x) = acos(1/x), acsc(x) = asin(1/x).

use std::f64::consts::{FRAC_PI_2, PI};

use super::super::{Identity, Parity, Rejected, Row};
use super::function;
use crate::number::{Enclosure, Interval};

fn arcsine(x: Interval) -> Interval {
    if x.low >= -1.0 && x.high <= 1.0 { x.increasing(libm::asin) } else { Interval::UNDEFINED }
}

fn arccosine(x: Interval) -> Interval {
    if x.low >= -1.0 && x.high <= 1.0 {
        x.decreasing(libm::acos).clip(0.0, Interval::PI.high)
    } else {
        Interval::UNDEFINED
    }
}

/// `1/x` for |x| ≥ 1, cut to [−1, 1] so that rounding does not leave the domain of what follows.
fn inverse_of_large(x: Interval) -> Interval {
    if x.low >= 1.0 || x.high <= -1.0 { x.recip().clip(-1.0, 1.0) } else { Interval::UNDEFINED }
}

/// acos(1/x) by the tangent, because 1/x loses the distance from 1.
fn arcsecant(x: f64) -> f64 {
    let size = x.abs();
    // NaN between −1 and 1.
    let angle = libm::atan(libm::sqrt(size - 1.0) * libm::sqrt(size + 1.0));
    if x < 0.0 { PI - angle } else { angle }
}

fn arcsecant_interval(x: Interval) -> Interval {
    let angle = |x: Interval| ((x - Interval::ONE).sqrt() * (x + Interval::ONE).sqrt()).atan();
    if x.low >= 1.0 {
        x.increasing_by(angle).clip(0.0, Interval::PI.high)
    } else if x.high <= -1.0 {
        x.increasing_by(|x| Interval::PI - angle(-x)).clip(0.0, Interval::PI.high)
    } else {
        Interval::UNDEFINED
    }
}

const fn unit(attained: bool) -> (f64, f64, bool, bool) {
    (-1.0, 1.0, attained, attained)
}

fn precise_arccosine(x: &Enclosure) -> Enclosure {
    Enclosure::pi(x.bits()) / Enclosure::integer(2, x.bits()) - x.asin()
}

pub(super) const ROWS: &[Row] = &[
    Row {
        parity: Parity::Odd,
        range: unit(true),
        values: &[
            ("0", "0"),
            ("pi/6", "1/2"),
            ("pi/4", "sqrt(2)/2"),
            ("pi/3", "sqrt(3)/2"),
            ("pi/2", "1"),
            ("2*pi/3", "sqrt(3)/2"),
            ("3*pi/4", "sqrt(2)/2"),
            ("5*pi/6", "1/2"),
            ("pi", "0"),
            ("3*pi/2", "-1"),
            ("2*pi", "0"),
        ],
        code: ["sin", "sin", "sin", "sin"],
        precise: Some(|x| x[0].sin()),
        ..function("sin", r"\sin", &["cos(x)"], |x| libm::sin(x[0]), |x| x[0].sin(), "The sine.")
    },
    Row {
        parity: Parity::Even,
        range: unit(true),
        values: &[
            ("0", "1"),
            ("pi/6", "sqrt(3)/2"),
            ("pi/4", "sqrt(2)/2"),
            ("pi/3", "1/2"),
            ("pi/2", "0"),
            ("2*pi/3", "-1/2"),
            ("3*pi/4", "-sqrt(2)/2"),
            ("5*pi/6", "-sqrt(3)/2"),
            ("pi", "-1"),
            ("3*pi/2", "0"),
            ("2*pi", "1"),
        ],
        code: ["cos", "cos", "cos", "cos"],
        precise: Some(|x| x[0].cos()),
        ..function("cos", r"\cos", &["-sin(x)"], |x| libm::cos(x[0]), |x| x[0].cos(), "The cosine.")
    },
    Row {
        aliases: &["tg"],
        defined: &["cos(x) != 0"],
        sample: (-1.5, 1.5),
        parity: Parity::Odd,
        values: &[
            ("0", "0"),
            ("pi/6", "sqrt(3)/3"),
            ("pi/4", "1"),
            ("pi/3", "sqrt(3)"),
            ("2*pi/3", "-sqrt(3)"),
            ("3*pi/4", "-1"),
            ("pi", "0"),
        ],
        canonical: Some("sin(x)/cos(x)"),
        code: ["tan", "tan", "tan", "tan"],
        precise: Some(|x| x[0].tan()),
        ..function("tan", r"\tan", &["1 + tan(x)^2"], |x| libm::tan(x[0]), |x| x[0].tan(), "The tangent.")
    },
    Row {
        aliases: &["ctg", "cotan"],
        defined: &["sin(x) != 0"],
        sample: (0.125, 3.0),
        parity: Parity::Odd,
        values: &[("pi/4", "1"), ("pi/3", "sqrt(3)/3"), ("pi/6", "sqrt(3)"), ("pi/2", "0")],
        canonical: Some("cos(x)/sin(x)"),
        code: ["", "", "", "cot"],
        precise: Some(|x| x[0].cos() / x[0].sin()),
        ..function(
            "cot",
            r"\cot",
            &["-(1 + cot(x)^2)"],
            |x| if x[0] == 0.0 { f64::NAN } else { 1.0 / libm::tan(x[0]) },
            |x| x[0].cot(),
            "The cotangent.",
        )
    },
    Row {
        defined: &["cos(x) != 0"],
        sample: (-1.5, 1.5),
        parity: Parity::Even,
        values: &[("0", "1"), ("pi/4", "sqrt(2)"), ("pi/3", "2"), ("pi", "-1")],
        canonical: Some("1/cos(x)"),
        code: ["", "", "", "sec"],
        precise: Some(|x| x[0].cos().recip()),
        ..function(
            "sec",
            r"\sec",
            &["sec(x)*tan(x)"],
            |x| 1.0 / libm::cos(x[0]),
            |x| x[0].cos().recip(),
            "The secant 1/cos(x).",
        )
    },
    Row {
        aliases: &["cosec"],
        defined: &["sin(x) != 0"],
        sample: (0.125, 3.0),
        parity: Parity::Odd,
        values: &[("pi/6", "2"), ("pi/4", "sqrt(2)"), ("pi/2", "1")],
        canonical: Some("1/sin(x)"),
        code: ["", "", "", "csc"],
        precise: Some(|x| x[0].sin().recip()),
        ..function(
            "csc",
            r"\csc",
            &["-csc(x)*cot(x)"],
            |x| if x[0] == 0.0 { f64::NAN } else { 1.0 / libm::sin(x[0]) },
            |x| x[0].sin().recip(),
            "The cosecant 1/sin(x).",
        )
    },
    Row {
        aliases: &["arcsin"],
        defined: &["-1 <= x", "x <= 1"],
        differentiable: &["-1 < x", "x < 1"],
        sample: (-1.0, 1.0),
        parity: Parity::Odd,
        range: (-FRAC_PI_2, FRAC_PI_2, true, true),
        values: &[
            ("0", "0"),
            ("1/2", "pi/6"),
            ("sqrt(2)/2", "pi/4"),
            ("sqrt(3)/2", "pi/3"),
            ("1", "pi/2"),
            ("-1", "-pi/2"),
        ],
        code: ["asin", "asin", "arcsin", "asin"],
        precise: Some(|x| x[0].asin()),
        ..function(
            "asin",
            r"\arcsin",
            &["1/sqrt(1 - x^2)"],
            |x| libm::asin(x[0]),
            |x| arcsine(x[0]),
            "The inverse sine, in [-π/2, π/2].",
        )
    },
    Row {
        aliases: &["arccos"],
        defined: &["-1 <= x", "x <= 1"],
        differentiable: &["-1 < x", "x < 1"],
        sample: (-1.0, 1.0),
        range: (0.0, PI, true, true),
        values: &[
            ("1", "0"),
            ("sqrt(3)/2", "pi/6"),
            ("sqrt(2)/2", "pi/4"),
            ("1/2", "pi/3"),
            ("0", "pi/2"),
            ("-1", "pi"),
        ],
        canonical: Some("pi/2 - asin(x)"),
        code: ["acos", "acos", "arccos", "acos"],
        precise: Some(|x| precise_arccosine(&x[0])),
        ..function(
            "acos",
            r"\arccos",
            &["-1/sqrt(1 - x^2)"],
            |x| libm::acos(x[0]),
            |x| arccosine(x[0]),
            "The inverse cosine, in [0, π].",
        )
    },
    Row {
        aliases: &["arctan", "arctg"],
        parity: Parity::Odd,
        range: (-FRAC_PI_2, FRAC_PI_2, false, false),
        values: &[("0", "0"), ("sqrt(3)/3", "pi/6"), ("1", "pi/4"), ("sqrt(3)", "pi/3"), ("-1", "-pi/4")],
        code: ["atan", "atan", "arctan", "atan"],
        precise: Some(|x| x[0].atan()),
        ..function(
            "atan",
            r"\arctan",
            &["1/(1 + x^2)"],
            |x| libm::atan(x[0]),
            |x| x[0].atan(),
            "The inverse tangent, in (-π/2, π/2).",
        )
    },
    Row {
        aliases: &["arccot", "arcctg"],
        defined: &["x != 0"],
        convention: Some("acot(x) = atan(1/x), with values in (-π/2, π/2)"),
        sample: (0.125, 6.0),
        parity: Parity::Odd,
        range: (-FRAC_PI_2, FRAC_PI_2, false, false),
        values: &[("1", "pi/4"), ("sqrt(3)", "pi/6"), ("sqrt(3)/3", "pi/3")],
        canonical: Some("atan(1/x)"),
        code: ["", "", "", "acot"],
        precise: Some(|x| x[0].recip().atan()),
        ..function(
            "acot",
            r"\operatorname{arccot}",
            &["-1/(1 + x^2)"],
            |x| if x[0] == 0.0 { f64::NAN } else { libm::atan(1.0 / x[0]) },
            |x| x[0].recip().atan(),
            "The inverse cotangent atan(1/x).",
        )
    },
    Row {
        aliases: &["arcsec"],
        defined: &["abs(x) >= 1"],
        differentiable: &["abs(x) > 1"],
        sample: (1.0, 6.0),
        range: (0.0, PI, true, true),
        values: &[("1", "0"), ("2", "pi/3"), ("-1", "pi")],
        canonical: Some("acos(1/x)"),
        code: ["", "", "", "asec"],
        precise: Some(|x| precise_arccosine(&x[0].recip())),
        ..function(
            "asec",
            r"\operatorname{arcsec}",
            &["1/(abs(x)*sqrt(x^2 - 1))"],
            |x| arcsecant(x[0]),
            |x| arcsecant_interval(x[0]),
            "The inverse secant acos(1/x).",
        )
    },
    Row {
        aliases: &["arccsc", "acosec"],
        defined: &["abs(x) >= 1"],
        differentiable: &["abs(x) > 1"],
        sample: (1.0, 6.0),
        parity: Parity::Odd,
        range: (-FRAC_PI_2, FRAC_PI_2, true, true),
        values: &[("1", "pi/2"), ("2", "pi/6"), ("-1", "-pi/2")],
        canonical: Some("asin(1/x)"),
        code: ["", "", "", "acsc"],
        precise: Some(|x| x[0].recip().asin()),
        ..function(
            "acsc",
            r"\operatorname{arccsc}",
            &["-1/(abs(x)*sqrt(x^2 - 1))"],
            |x| libm::asin(1.0 / x[0]),
            |x| arcsine(inverse_of_large(x[0])),
            "The inverse cosecant asin(1/x).",
        )
    },
    Row {
        aliases: &["arctan2"],
        parameters: &["y", "x"],
        defined: &["x^2 + y^2 != 0"],
        // Zero exactly on the cut y = 0, x ≤ 0.
        differentiable: &["x + sqrt(x^2 + y^2) != 0"],
        convention: Some("atan2(0, x) = π for x < 0"),
        sample: (0.125, 3.0),
        range: (-PI, PI, false, true),
        code: ["atan2", "atan2", "arctan2", "atan"],
        precise: Some(|x| x[0].atan2(&x[1])),
        ..function(
            "atan2",
            r"\operatorname{atan2}",
            &["x/(x^2 + y^2)", "-y/(x^2 + y^2)"],
            // Adding 0 turns −0 into 0, so that there is one zero.
            |x| if x[0] == 0.0 && x[1] == 0.0 { f64::NAN } else { libm::atan2(x[0] + 0.0, x[1] + 0.0) },
            |x| x[0].atan2(x[1]),
            "The angle of the point (x, y), given as atan2(y, x), in (-π, π].",
        )
    },
];

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::total("sine squared plus cosine squared", "sin(x)^2 + cos(x)^2", "1"),
    Identity::total("one less sine squared", "1 - sin(x)^2", "cos(x)^2"),
    Identity::total("one less cosine squared", "1 - cos(x)^2", "sin(x)^2"),
    Identity::total("sine squared less one", "sin(x)^2 - 1", "-cos(x)^2").thorough(),
    Identity::total("cosine squared less one", "cos(x)^2 - 1", "-sin(x)^2").thorough(),
    Identity::total("sine of a negative", "sin(-x)", "-sin(x)"),
    Identity::total("cosine of a negative", "cos(-x)", "cos(x)"),
    Identity::total("tangent of a negative", "tan(-x)", "-tan(x)"),
    Identity::total("cotangent of a negative", "cot(-x)", "-cot(x)").thorough(),
    Identity::total("secant of a negative", "sec(-x)", "sec(x)").thorough(),
    Identity::total("cosecant of a negative", "csc(-x)", "-csc(x)").thorough(),
    Identity::total("sine of a difference swapped", "sin(x - y)", "-sin(y - x)").thorough(),
    Identity::total("cosine of a difference swapped", "cos(x - y)", "cos(y - x)").thorough(),
    Identity::total("sine over cosine", "sin(x)/cos(x)", "tan(x)"),
    Identity::total("cosine over sine", "cos(x)/sin(x)", "cot(x)"),
    Identity::extend("tangent times cosine", "tan(x)*cos(x)", "sin(x)"),
    Identity::extend("cotangent times sine", "cot(x)*sin(x)", "cos(x)").thorough(),
    Identity::extend("sine over tangent", "sin(x)/tan(x)", "cos(x)").thorough(),
    Identity::extend("reciprocal tangent", "1/tan(x)", "cot(x)"),
    Identity::extend("reciprocal cotangent", "1/cot(x)", "tan(x)").thorough(),
    Identity::total("reciprocal cosine", "1/cos(x)", "sec(x)").thorough(),
    Identity::total("reciprocal sine", "1/sin(x)", "csc(x)").thorough(),
    Identity::extend("reciprocal secant", "1/sec(x)", "cos(x)"),
    Identity::extend("reciprocal cosecant", "1/csc(x)", "sin(x)"),
    Identity::extend("secant times cosine", "sec(x)*cos(x)", "1"),
    Identity::extend("cosecant times sine", "csc(x)*sin(x)", "1"),
    Identity::total("secant times sine", "sec(x)*sin(x)", "tan(x)"),
    Identity::total("cosecant times cosine", "csc(x)*cos(x)", "cot(x)"),
    Identity::extend("tangent times cotangent", "tan(x)*cot(x)", "1"),
    Identity::extend("tangent over secant", "tan(x)/sec(x)", "sin(x)").thorough(),
    Identity::total("one plus tangent squared", "1 + tan(x)^2", "1/cos(x)^2").both_ways(),
    Identity::total("one plus tangent squared as secant", "1 + tan(x)^2", "sec(x)^2").both_ways(),
    Identity::total("one plus cotangent squared", "1 + cot(x)^2", "1/sin(x)^2").both_ways(),
    Identity::total("one plus cotangent squared as cosecant", "1 + cot(x)^2", "csc(x)^2").thorough(),
    Identity::total("secant squared less one", "sec(x)^2 - 1", "tan(x)^2"),
    Identity::extend("secant squared less tangent squared", "sec(x)^2 - tan(x)^2", "1"),
    Identity::total("cosecant squared less one", "csc(x)^2 - 1", "cot(x)^2").thorough(),
    Identity::total("sine of a double angle", "2*sin(x)*cos(x)", "sin(2*x)").both_ways(),
    Identity::total("product of sine and cosine", "sin(x)*cos(x)", "sin(2*x)/2"),
    Identity::total("cosine of a double angle", "cos(x)^2 - sin(x)^2", "cos(2*x)"),
    Identity::total("cosine of a double angle by the sine", "1 - 2*sin(x)^2", "cos(2*x)"),
    Identity::total("cosine of a double angle by the cosine", "2*cos(x)^2 - 1", "cos(2*x)"),
    Identity::total("sine of a sum", "sin(x)*cos(y) + cos(x)*sin(y)", "sin(x + y)"),
    Identity::total("sine of a difference", "sin(x)*cos(y) - cos(x)*sin(y)", "sin(x - y)"),
    Identity::total("cosine of a sum", "cos(x)*cos(y) - sin(x)*sin(y)", "cos(x + y)"),
    Identity::total("cosine of a difference", "cos(x)*cos(y) + sin(x)*sin(y)", "cos(x - y)"),
    Identity::extend("sine of an inverse sine", "sin(asin(x))", "x"),
    Identity::extend("cosine of an inverse cosine", "cos(acos(x))", "x"),
    Identity::total("tangent of an inverse tangent", "tan(atan(x))", "x"),
    Identity::total("cosine of an inverse sine", "cos(asin(x))", "sqrt(1 - x^2)"),
    Identity::total("sine of an inverse cosine", "sin(acos(x))", "sqrt(1 - x^2)"),
    Identity::total("cosine of an inverse tangent", "cos(atan(x))", "1/sqrt(1 + x^2)"),
    Identity::total("sine of an inverse tangent", "sin(atan(x))", "x/sqrt(1 + x^2)"),
    Identity::total("secant of an inverse tangent", "sec(atan(x))", "sqrt(1 + x^2)").thorough(),
    Identity::total("tangent of an inverse sine", "tan(asin(x))", "x/sqrt(1 - x^2)").thorough(),
    Identity::total("inverse sine of a negative", "asin(-x)", "-asin(x)"),
    Identity::total("inverse tangent of a negative", "atan(-x)", "-atan(x)"),
    Identity::total("inverse cosine of a negative", "acos(-x)", "pi - acos(x)").thorough(),
    Identity::extend("inverse sine plus inverse cosine", "asin(x) + acos(x)", "pi/2"),
    Identity::total("inverse cotangent", "acot(x)", "atan(1/x)").thorough(),
    Identity::branch("-pi/2 <= x and x <= pi/2", "inverse sine of a sine", "asin(sin(x))", "x"),
    Identity::branch("0 <= x and x <= pi", "inverse cosine of a cosine", "acos(cos(x))", "x"),
    Identity::branch("-pi/2 < x and x < pi/2", "inverse tangent of a tangent", "atan(tan(x))", "x"),
];

#[rustfmt::skip]
pub(super) const REJECTED: &[Rejected] = &[
    Rejected::new("x = 3", "inverse sine of any sine", "asin(sin(x))", "x"),
    Rejected::new("x = -1", "inverse cosine of any cosine", "acos(cos(x))", "x"),
    Rejected::new("x = 3", "inverse tangent of any tangent", "atan(tan(x))", "x"),
    Rejected::new("x = -1", "inverse tangents of reciprocals", "atan(x) + atan(1/x)", "pi/2"),
    Rejected::new("x = -1, y = 1", "angle as an inverse tangent", "atan2(y, x)", "atan(y/x)"),
    Rejected::new("x = 1/2", "inverse cosine as if even", "acos(-x)", "acos(x)"),
    Rejected::new("x = 1/2", "inverse tangent as a quotient", "atan(x)", "asin(x)/acos(x)"),
    Rejected::new("x = 1/2", "inverse sine as a reciprocal", "asin(x)", "1/sin(x)"),
    Rejected::new("x = 2", "anything as a sine", "x", "sin(asin(x))"),
    Rejected::new("x = 1, y = 1", "sine of a sum term by term", "sin(x + y)", "sin(x) + sin(y)"),
    Rejected::new("x = 1, y = 1", "tangent of a sum term by term", "tan(x + y)", "tan(x) + tan(y)"),
    Rejected::new("x = 2", "square of a sine inside", "sin(x)^2", "sin(x^2)"),
    Rejected::new("x = 0", "cosine of a double angle outside", "cos(2*x)", "2*cos(x)"),
    Rejected::new("x = 2", "cosine by the sine", "cos(x)", "(1 - sin(x)^2)^(1/2)"),
    Rejected::new("x = -1", "sine by the cosine", "sin(x)", "(1 - cos(x)^2)^(1/2)"),
];
