//! Activation functions and the error function.

use super::super::{Identity, Parity, Rejected, Row};
use super::function;
use crate::number::{Enclosure, Interval, Rational};

/// The logistic function, without overflow on either side.
fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let e = libm::exp(x);
        e / (1.0 + e)
    }
}

fn logistic_interval(x: Interval) -> Interval {
    x.increasing_by(|x| {
        if x.low >= 0.0 {
            (Interval::ONE + (-x).exp()).recip()
        } else {
            // exp(x) stays below 1, so that nothing overflows.
            let e = x.exp();
            if x.high <= 0.0 { e / (Interval::ONE + e) } else { (Interval::ONE + (-x).exp()).recip() }
        }
    })
    .clip(0.0, 1.0)
}

/// log(x/(1 − x)), by the distance from 1/2 in the middle.
fn log_odds(x: f64) -> f64 {
    if 0.25 < x && x < 0.75 {
        libm::log1p((2.0 * x - 1.0) / (1.0 - x))
    } else {
        libm::log(x) - libm::log1p(-x)
    }
}

fn log_odds_interval(x: Interval) -> Interval {
    if x.low > 0.25 && x.high < 0.75 {
        ((Interval::point(2.0) * x - Interval::ONE) / (Interval::ONE - x)).increasing(libm::log1p)
    } else {
        x.log() - (-x).increasing(libm::log1p)
    }
}

fn precise_logistic(x: &Enclosure) -> Enclosure {
    x.increasing_by(|x| {
        let one = Enclosure::integer(1, x.bits());
        let e = (-x.abs()).exp();
        if x.is_negative() { &e / &(&one + &e) } else { (one + e).recip() }
    })
}

fn precise_softplus(x: &Enclosure) -> Enclosure {
    let one = Enclosure::integer(1, x.bits());
    x.max(&Enclosure::integer(0, x.bits())) + (one + (-x.abs()).exp()).log()
}

pub(super) const ROWS: &[Row] = &[
    Row {
        aliases: &["σ", "logistic", "expit"],
        unicode: "σ",
        range: (0.0, 1.0, false, false),
        values: &[("0", "1/2")],
        canonical: Some("1/(1 + exp(-x))"),
        precise: Some(|x| precise_logistic(&x[0])),
        ..function(
            "sigmoid",
            r"\sigma",
            &["sigmoid(x)*(1 - sigmoid(x))"],
            |x| logistic(x[0]),
            |x| logistic_interval(x[0]),
            "The logistic function 1/(1 + exp(-x)).",
        )
    },
    Row {
        range: (0.0, f64::INFINITY, false, false),
        values: &[("0", "log(2)")],
        canonical: Some("log(1 + exp(x))"),
        precise: Some(|x| x[0].increasing_by(precise_softplus)),
        ..function(
            "softplus",
            r"\operatorname{softplus}",
            &["sigmoid(x)"],
            |x| x[0].max(0.0) + libm::log1p(libm::exp(-x[0].abs())),
            |x| {
                x[0].increasing_by(|x| x.max(Interval::ZERO) + (-x.abs()).exp().increasing(libm::log1p))
                    .clip(0.0, f64::INFINITY)
            },
            "log(1 + exp(x)), the smooth form of max(x, 0).",
        )
    },
    Row {
        defined: &["0 < x", "x < 1"],
        sample: (0.0625, 0.9375),
        values: &[("1/2", "0")],
        canonical: Some("log(x/(1 - x))"),
        precise: Some(|x| {
            x[0].increasing_by(|x| x.log() - (Enclosure::integer(1, x.bits()) - x.clone()).log())
        }),
        ..function(
            "logit",
            r"\operatorname{logit}",
            &["1/(x*(1 - x))"],
            |x| if x[0] > 0.0 && x[0] < 1.0 { log_odds(x[0]) } else { f64::NAN },
            |x| {
                if x[0].low > 0.0 && x[0].high < 1.0 {
                    x[0].increasing_by(log_odds_interval)
                } else {
                    Interval::UNDEFINED
                }
            },
            "The inverse of the logistic function.",
        )
    },
    Row {
        aliases: &["ReLU"],
        differentiable: &["x != 0"],
        convention: Some("the derivative of relu at 0 is 0"),
        range: (0.0, f64::INFINITY, true, false),
        values: &[("0", "0"), ("1", "1"), ("-1", "0")],
        canonical: Some("(x + abs(x))/2"),
        exact: Some(|x| Some(x[0].clone().max(Rational::ZERO))),
        precise: Some(|x| x[0].max(&Enclosure::integer(0, x[0].bits()))),
        ..function(
            "relu",
            r"\operatorname{relu}",
            &["heaviside(x)"],
            |x| x[0].max(0.0),
            |x| x[0].max(Interval::ZERO),
            "max(x, 0).",
        )
    },
    Row {
        parity: Parity::Odd,
        range: (-1.0, 1.0, false, false),
        values: &[("0", "0")],
        code: ["", "erf", "", "erf"],
        precise: Some(|x| x[0].erf()),
        ..function(
            "erf",
            r"\operatorname{erf}",
            &["2/sqrt(pi)*exp(-x^2)"],
            |x| libm::erf(x[0]),
            |x| x[0].increasing(libm::erf).clip(-1.0, 1.0),
            "The error function.",
        )
    },
    Row {
        range: (0.0, 2.0, false, false),
        values: &[("0", "1")],
        canonical: Some("1 - erf(x)"),
        code: ["", "erfc", "", "erfc"],
        precise: Some(|x| Enclosure::integer(1, x[0].bits()) - x[0].erf()),
        ..function(
            "erfc",
            r"\operatorname{erfc}",
            &["-2/sqrt(pi)*exp(-x^2)"],
            |x| libm::erfc(x[0]),
            // Widened twice: errors of 2.3 ulp have been seen.
            |x| x[0].decreasing(libm::erfc).increasing(|x| x).clip(0.0, 2.0),
            "1 - erf(x), accurate for large x.",
        )
    },
];

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::total("complement of the logistic function", "1 - sigmoid(x)", "sigmoid(-x)").both_ways(),
    Identity::total("logistic function less one", "sigmoid(x) - 1", "-sigmoid(-x)").thorough(),
    Identity::total("logistic functions of both signs", "sigmoid(x) + sigmoid(-x)", "1"),
    Identity::total("definition of the logistic function", "1/(1 + exp(-x))", "sigmoid(x)"),
    Identity::total("logistic function by exponentials", "exp(x)/(1 + exp(x))", "sigmoid(x)"),
    Identity::total("reciprocal of one plus an exponential", "1/(1 + exp(x))", "sigmoid(-x)"),
    Identity::total("softmax of two", "exp(x)/(exp(x) + exp(y))", "sigmoid(x - y)"),
    Identity::total("exponential times a logistic function", "exp(-x)*sigmoid(x)", "sigmoid(-x)"),
    Identity::total("exponential times the opposite logistic function", "exp(x)*sigmoid(-x)", "sigmoid(x)"),
    Identity::total("logistic function over an exponential", "sigmoid(x)/exp(x)", "sigmoid(-x)").thorough(),
    Identity::total("quotient of logistic functions", "sigmoid(x)/sigmoid(-x)", "exp(x)"),
    Identity::extend("logistic function of a logarithm", "sigmoid(log(x))", "x/(1 + x)"),
    Identity::total(
        "derivative form of the logistic function",
        "exp(x)/(1 + exp(x))^2",
        "sigmoid(x)*sigmoid(-x)",
    ),
    Identity::total(
        "derivative form of the logistic function, negative",
        "exp(-x)/(1 + exp(-x))^2",
        "sigmoid(x)*sigmoid(-x)",
    )
    .thorough(),
    Identity::total("logistic function and hyperbolic tangent", "2*sigmoid(2*x) - 1", "tanh(x)"),
    Identity::total("hyperbolic tangent and logistic function", "(1 + tanh(x))/2", "sigmoid(2*x)"),
    Identity::total("hyperbolic tangent of half", "tanh(x/2)", "2*sigmoid(x) - 1").thorough(),
    Identity::total("definition of softplus", "log(1 + exp(x))", "softplus(x)"),
    Identity::total("softplus by log1p", "log1p(exp(x))", "softplus(x)"),
    Identity::total("logarithm of a sum of exponentials", "log(exp(x) + exp(y))", "y + softplus(x - y)")
        .thorough(),
    Identity::total("softplus of both signs", "softplus(x) - softplus(-x)", "x"),
    Identity::total("softplus of a negative", "softplus(-x)", "softplus(x) - x").thorough(),
    Identity::total("exponential of softplus", "exp(softplus(x))", "1 + exp(x)"),
    Identity::total("exponential of minus softplus", "exp(-softplus(x))", "sigmoid(-x)"),
    Identity::total("logarithm of a logistic function", "log(sigmoid(x))", "-softplus(-x)").both_ways(),
    Identity::total("logit of a logistic function", "logit(sigmoid(x))", "x"),
    Identity::extend("logistic function of a logit", "sigmoid(logit(x))", "x"),
    Identity::total("error function of a negative", "erf(-x)", "-erf(x)"),
    Identity::total("complement of the error function", "1 - erf(x)", "erfc(x)").both_ways(),
    Identity::total("error function and its complement", "erf(x) + erfc(x)", "1"),
    Identity::total("complementary error function of a negative", "erfc(-x)", "2 - erfc(x)").thorough(),
    Identity::total("relu of both signs", "relu(x) - relu(-x)", "x"),
    Identity::total("absolute value by relu", "relu(x) + relu(-x)", "abs(x)"),
    Identity::total("x times a step", "x*heaviside(x)", "relu(x)"),
    Identity::total("relu times its step", "relu(x)*heaviside(x)", "relu(x)"),
    Identity::total("relu of a relu", "relu(relu(x))", "relu(x)"),
    Identity::given("x >= 0", "relu of a nonnegative", "relu(x)", "x"),
];

#[rustfmt::skip]
pub(super) const REJECTED: &[Rejected] = &[
    Rejected::new("x = 0", "logistic function as if odd", "sigmoid(-x)", "-sigmoid(x)"),
    Rejected::new("x = 1", "hyperbolic tangent without the half", "tanh(x)", "2*sigmoid(x) - 1"),
    Rejected::new("x = 1", "derivative of the logistic function as a square", "sigmoid(x)*(1 - sigmoid(x))", "sigmoid(x)^2"),
    Rejected::new("x = 1, y = 1", "softmax of two with a one", "exp(x)/(1 + exp(y))", "sigmoid(x - y)"),
    Rejected::new("x = 2", "anything as a logistic function", "x", "sigmoid(logit(x))"),
    Rejected::new("x = 0", "softplus as if odd", "softplus(-x)", "-softplus(x)"),
    Rejected::new("x = 0", "softplus as its argument", "log(1 + exp(x))", "x"),
    Rejected::new("x = 0", "logarithm of a logistic function without its sign", "log(sigmoid(x))", "softplus(-x)"),
    Rejected::new("x = 0, y = 0", "logarithm of a sum of exponentials as the larger", "log(exp(x) + exp(y))", "max(x, y)"),
    Rejected::new("x = 0, y = 0", "logarithm of a sum of exponentials term by term", "log(exp(x) + exp(y))", "x + y"),
    Rejected::new("x = 1, y = -1", "relu of a sum", "relu(x + y)", "relu(x) + relu(y)"),
    Rejected::new("x = -1, y = -1", "relu of a product", "relu(x*y)", "relu(x)*relu(y)"),
    Rejected::new("x = 1, y = 1", "sum of error functions", "erf(x) + erf(y)", "erf(x + y)"),
    Rejected::new("x = 1", "complement of the error function by sign", "1 - erf(x)", "erf(-x)"),
];
