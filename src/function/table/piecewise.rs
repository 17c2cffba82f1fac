//! Functions with kinks and jumps: absolute value, sign, step, larger and smaller, rounding.

use super::super::{Identity, Parity, Rejected, Row};
use super::function;
use crate::number::{Interval, Rational};

fn steps(x: Interval, f: impl Fn(f64) -> f64) -> Interval {
    if x.is_defined() { Interval::new(f(x.low), f(x.high)) } else { x }
}

fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        // NaN stays NaN.
        x * 0.0
    }
}

fn exact_sign(x: &Rational) -> Rational {
    Rational::integer(i64::from(x.is_positive()) - i64::from(x.is_negative()))
}

fn step(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x <= 0.0 {
        0.0
    } else {
        x
    }
}

pub(super) const ROWS: &[Row] = &[
    Row {
        differentiable: &["x != 0"],
        convention: Some("the derivative of abs at 0 is sign(0) = 0"),
        parity: Parity::Even,
        range: (0.0, f64::INFINITY, true, false),
        values: &[("0", "0"), ("1", "1"), ("-1", "1")],
        code: ["abs", "fabs", "abs", "abs"],
        exact: Some(|x| Some(x[0].abs())),
        precise: Some(|x| x[0].abs()),
        ..function(
            "abs",
            r"\operatorname{abs}",
            &["sign(x)"],
            |x| libm::fabs(x[0]),
            |x| x[0].abs(),
            "The absolute value.",
        )
    },
    Row {
        aliases: &["sgn", "signum"],
        differentiable: &["x != 0"],
        convention: Some("sign(0) = 0, and its derivative there is 0"),
        parity: Parity::Odd,
        range: (-1.0, 1.0, true, true),
        values: &[("0", "0"), ("1", "1"), ("-1", "-1")],
        code: ["", "", "sign", "sign"],
        exact: Some(|x| Some(exact_sign(&x[0]))),
        precise: Some(|x| x[0].steps(exact_sign)),
        ..function(
            "sign",
            r"\operatorname{sign}",
            &["0"],
            |x| sign(x[0]),
            |x| steps(x[0], sign),
            "The sign: -1, 0 or 1.",
        )
    },
    Row {
        differentiable: &["x != 0"],
        convention: Some("heaviside(0) = 0, and its derivative there is 0"),
        range: (0.0, 1.0, true, true),
        values: &[("0", "0"), ("1", "1"), ("-1", "0")],
        code: ["", "", "", ""],
        exact: Some(|x| Some(exact_sign(&x[0]).max(Rational::ZERO))),
        precise: Some(|x| x[0].steps(|x| exact_sign(x).max(Rational::ZERO))),
        ..function(
            "heaviside",
            r"\operatorname{H}",
            &["0"],
            |x| step(x[0]),
            |x| steps(x[0], step),
            "The unit step: 1 for x > 0, otherwise 0.",
        )
    },
    Row {
        parameters: &["x", "y"],
        differentiable: &["x != y"],
        convention: Some("where the arguments of max are equal, its derivative follows the first"),
        canonical: Some("(x + y + abs(x - y))/2"),
        code: ["max", "fmax", "maximum", "max"],
        exact: Some(|x| Some(x[0].clone().max(x[1].clone()))),
        precise: Some(|x| x[0].max(&x[1])),
        ..function(
            "max",
            r"\max",
            &["[x >= y]", "[x < y]"],
            |x| if x[0] >= x[1] || x[0].is_nan() { x[0] } else { x[1] },
            |x| x[0].max(x[1]),
            "The larger of two.",
        )
    },
    Row {
        parameters: &["x", "y"],
        differentiable: &["x != y"],
        convention: Some("where the arguments of min are equal, its derivative follows the first"),
        canonical: Some("(x + y - abs(x - y))/2"),
        code: ["min", "fmin", "minimum", "min"],
        exact: Some(|x| Some(x[0].clone().min(x[1].clone()))),
        precise: Some(|x| x[0].min(&x[1])),
        ..function(
            "min",
            r"\min",
            &["[x <= y]", "[x > y]"],
            |x| if x[0] <= x[1] || x[0].is_nan() { x[0] } else { x[1] },
            |x| x[0].min(x[1]),
            "The smaller of two.",
        )
    },
    Row {
        differentiable: &["floor(x) != x"],
        convention: Some("the derivative of floor at an integer is 0"),
        values: &[("0", "0"), ("1", "1"), ("1/2", "0"), ("-1/2", "-1")],
        code: ["floor", "floor", "floor", "floor"],
        exact: Some(|x| Some(x[0].floor())),
        precise: Some(|x| x[0].steps(Rational::floor)),
        ..function(
            "floor",
            r"\operatorname{floor}",
            &["0"],
            |x| libm::floor(x[0]),
            |x| steps(x[0], libm::floor),
            "The largest integer not above x.",
        )
    },
    Row {
        aliases: &["ceiling"],
        differentiable: &["ceil(x) != x"],
        convention: Some("the derivative of ceil at an integer is 0"),
        values: &[("0", "0"), ("1", "1"), ("1/2", "1"), ("-1/2", "0")],
        canonical: Some("-floor(-x)"),
        code: ["ceil", "ceil", "ceil", "ceil"],
        exact: Some(|x| Some(-(-x[0].clone()).floor())),
        precise: Some(|x| x[0].steps(|x| -(-x.clone()).floor())),
        ..function(
            "ceil",
            r"\operatorname{ceil}",
            &["0"],
            |x| libm::ceil(x[0]),
            |x| steps(x[0], libm::ceil),
            "The smallest integer not below x.",
        )
    },
];

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::total("square of an absolute value", "abs(x)^2", "x^2"),
    Identity::total("absolute value of a square", "abs(x^2)", "x^2").thorough(),
    Identity::total("root of a square", "(x^2)^(1/2)", "abs(x)"),
    Identity::total("absolute value of a negative", "abs(-x)", "abs(x)"),
    Identity::total("absolute value of a difference swapped", "abs(x - y)", "abs(y - x)").thorough(),
    Identity::total("absolute value of an absolute value", "abs(abs(x))", "abs(x)"),
    Identity::total("absolute value of a product", "abs(x*y)", "abs(x)*abs(y)").both_ways().thorough(),
    Identity::total("absolute value of a quotient", "abs(x/y)", "abs(x)/abs(y)").both_ways().thorough(),
    Identity::given("x >= 0", "absolute value of a nonnegative", "abs(x)", "x"),
    Identity::given("x <= 0", "absolute value of a nonpositive", "abs(x)", "-x"),
    Identity::total("x over its absolute value", "x/abs(x)", "abs(x)/x").thorough(),
    Identity::extend("sign by the absolute value", "x/abs(x)", "sign(x)"),
    Identity::extend("sign by the absolute value, reversed", "abs(x)/x", "sign(x)"),
    Identity::total("sign times absolute value", "sign(x)*abs(x)", "x"),
    Identity::total("sign times its argument", "x*sign(x)", "abs(x)"),
    Identity::total("sign over its argument", "sign(x)/x", "1/abs(x)"),
    Identity::total("sign over the absolute value", "sign(x)/abs(x)", "1/x"),
    Identity::total("sign of a negative", "sign(-x)", "-sign(x)"),
    Identity::given("x > 0", "sign of a positive", "sign(x)", "1"),
    Identity::given("x < 0", "sign of a negative number", "sign(x)", "-1"),
    Identity::given("x != 0", "square of a sign", "sign(x)^2", "1"),
    Identity::given("x > 0", "step of a positive", "heaviside(x)", "1"),
    Identity::given("x <= 0", "step of a nonpositive", "heaviside(x)", "0"),
    Identity::total("square of a step", "heaviside(x)^2", "heaviside(x)"),
    Identity::total("larger of equals", "max(x, x)", "x"),
    Identity::total("smaller of equals", "min(x, x)", "x"),
    Identity::total("larger and smaller together", "max(x, y) + min(x, y)", "x + y"),
    Identity::total("larger by negatives", "max(-x, -y)", "-min(x, y)").thorough(),
    Identity::total("larger less smaller", "max(x, y) - min(x, y)", "abs(x - y)"),
    Identity::total("larger of opposites", "max(x, -x)", "abs(x)"),
    Identity::total("difference of steps", "heaviside(x) - heaviside(-x)", "sign(x)").thorough(),
    Identity::given("x != 0", "sign by the step", "2*heaviside(x) - 1", "sign(x)").thorough(),
    Identity::total("step times absolute value", "heaviside(x)*abs(x)", "relu(x)").thorough(),
    Identity::total("sign of a product", "sign(x*y)", "sign(x)*sign(y)").both_ways().thorough(),
    Identity::total("relu as the larger", "max(x, 0)", "relu(x)"),
    Identity::given("x >= y", "larger of ordered", "max(x, y)", "x"),
    Identity::given("x >= y", "smaller of ordered", "min(x, y)", "y"),
];

#[rustfmt::skip]
pub(super) const REJECTED: &[Rejected] = &[
    Rejected::new("x = -1", "absolute value as its argument", "abs(x)", "x"),
    Rejected::new("x = 1, y = -1", "absolute value of a sum", "abs(x + y)", "abs(x) + abs(y)"),
    Rejected::new("x = -1", "x over its absolute value as one", "x/abs(x)", "1"),
    Rejected::new("x = 0", "square of any sign", "sign(x)^2", "1"),
    Rejected::new("x = 0", "sign as a quotient", "sign(x)", "x/abs(x)"),
    Rejected::new("x = 0", "steps of both signs", "heaviside(x) + heaviside(-x)", "1"),
    Rejected::new("x = 0", "any sign by the step", "2*heaviside(x) - 1", "sign(x)"),
    Rejected::new("x = 1, y = 2", "larger as the mean", "max(x, y)", "(x + y)/2"),
    Rejected::new("x = -2, y = 1", "larger of squares", "max(x, y)^2", "max(x^2, y^2)"),
    Rejected::new("x = 1, y = 2", "larger of negatives", "max(-x, -y)", "-max(x, y)"),
    Rejected::new("x = 1, y = 2", "larger of any", "max(x, y)", "x"),
    Rejected::new("x = 1/2, y = 1/2", "floor of a sum", "floor(x + y)", "floor(x) + floor(y)"),
    Rejected::new("x = 1/2", "floor of a negative", "floor(-x)", "-floor(x)"),
];
