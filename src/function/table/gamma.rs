//! The gamma function, its logarithm and the derivatives of that, right of zero.
//!
//! They are taken for x > 0 only, which is where they are met in practice (distributions, factorials, volumes): there Γ is
//! positive and its logarithm exists, and the condition is one that can be read and proved. Left of zero the condition
//! would be that x is no whole number, which nothing here could use.

use super::super::{Identity, Rejected, Row};
use super::function;
use crate::number::{Enclosure, Interval, Rational};

const RIGHT_OF_ZERO: Option<&str> = Some("Gamma and the functions made of it are taken for x > 0 only");

/// Up to this order `f64` intervals are summed directly, up to the second one by many digits.
const ORDERS: (u32, u32) = (16, 1000);

/// Digits in bits for a derivative of high order.
const BITS: usize = 80;

/// (n − 1)!, for whole numbers that are not large.
fn factorial_before(x: &Rational) -> Option<Rational> {
    let n = x.as_integer().filter(|n| (1..=50).contains(n))?;
    Some((2..n).fold(Rational::ONE, |product, k| &product * &Rational::integer(k)))
}

fn right_of_zero(x: f64, f: impl Fn(f64) -> f64) -> f64 {
    if x > 0.0 { f(x) } else { f64::NAN }
}

fn digamma(x: f64) -> f64 {
    // The rest is lost beside the pole, which may overflow.
    right_of_zero(x, |x| if x < 1e-17 { -1.0 / x } else { Interval::point(x).polygamma(0).middle() })
}

/// The order of a derivative, if it is one.
fn order(n: f64) -> Option<u32> {
    (n >= 0.0 && libm::floor(n) == n && n <= f64::from(u32::MAX)).then_some(n as u32)
}

fn polygamma(n: f64, x: f64) -> f64 {
    let Some(order) = order(n) else { return f64::NAN };
    if order == 0 || x.is_nan() || x <= 0.0 {
        return digamma(x);
    }
    let sign = if order % 2 == 1 { 1.0 } else { -1.0 };
    let value =
        if order <= ORDERS.1 { polygamma_interval(order, Interval::point(x)) } else { Interval::UNDEFINED };
    if value.low.is_finite() && value.high.is_finite() {
        return value.middle();
    }
    sign * libm::exp(log_of_polygamma(n, x))
}

/// log |ψ⁽ⁿ⁾(x)| for large n: n! Σ 1/(x + k)ⁿ⁺¹ by the formula of Euler and Maclaurin after a few terms.
fn log_of_polygamma(n: f64, x: f64) -> f64 {
    let part = |k: f64| libm::exp(-(n + 1.0) * libm::log1p(k / x));
    let far = 64.0;
    let sum: f64 = (0..64).map(|k| part(f64::from(k))).sum();
    let rest = part(far) * ((x + far) / n + 0.5 + (n + 1.0) / (12.0 * (x + far)));
    libm::lgamma(n + 1.0) - (n + 1.0) * libm::log(x) + libm::log(sum + rest)
}

fn polygamma_interval(n: u32, x: Interval) -> Interval {
    if n <= ORDERS.0 {
        return x.polygamma(n);
    }
    let end = |x: f64| Rational::from_f64(x).map(|x| Enclosure::from_rational(&x, BITS));
    match (end(x.low), end(x.high)) {
        (Some(low), Some(high)) if x.is_positive() => low.hull(&high).polygamma(n).to_interval(),
        _ => Interval::UNDEFINED,
    }
}

fn precise_polygamma(n: &Enclosure, x: &Enclosure) -> Enclosure {
    let whole = n.ends().filter(|_| n.is_point()).and_then(|(n, _)| n.as_integer());
    match whole.and_then(|n| u32::try_from(n).ok()) {
        Some(n) => x.polygamma(n),
        None => Enclosure::undefined(x.bits()),
    }
}

pub(super) const ROWS: &[Row] = &[
    Row {
        aliases: &["Γ", "GammaFunction"],
        unicode: "Γ",
        defined: &["x > 0"],
        convention: RIGHT_OF_ZERO,
        sample: (0.25, 6.0),
        // Its least value is 0.88560319441088870…
        range: (0.885_603_194_410_888, f64::INFINITY, false, false),
        values: &[("1", "1"), ("2", "1"), ("1/2", "sqrt(pi)"), ("3/2", "sqrt(pi)/2")],
        exact: Some(|x| factorial_before(&x[0])),
        code: ["", "tgamma", "", "gamma"],
        precise: Some(|x| x[0].gamma()),
        ..function(
            "Gamma",
            r"\Gamma",
            &["Gamma(x)*digamma(x)"],
            |x| right_of_zero(x[0], libm::tgamma),
            |x| x[0].gamma(),
            "The gamma function, Gamma(n + 1) = n! for whole n.",
        )
    },
    Row {
        aliases: &["loggamma", "lnGamma", "logGamma", "gammaln", "LogGamma"],
        defined: &["x > 0"],
        convention: RIGHT_OF_ZERO,
        sample: (0.25, 6.0),
        // Its least value is −0.12148629053584960…
        range: (-0.121_486_290_535_85, f64::INFINITY, false, false),
        values: &[("1", "0"), ("2", "0"), ("1/2", "log(pi)/2"), ("3", "log(2)")],
        canonical: Some("log(Gamma(x))"),
        code: ["", "lgamma", "", "loggamma"],
        precise: Some(|x| x[0].log_gamma()),
        ..function(
            "lgamma",
            r"\operatorname{lgamma}",
            &["digamma(x)"],
            |x| right_of_zero(x[0], libm::lgamma),
            |x| x[0].log_gamma(),
            "The logarithm of the gamma function.",
        )
    },
    Row {
        aliases: &["Digamma", "DiGamma"],
        defined: &["x > 0"],
        convention: RIGHT_OF_ZERO,
        sample: (0.25, 6.0),
        code: ["", "", "", "digamma"],
        precise: Some(|x| x[0].polygamma(0)),
        ..function(
            "digamma",
            r"\operatorname{digamma}",
            &["polygamma(1, x)"],
            |x| digamma(x[0]),
            |x| x[0].polygamma(0),
            "The derivative of log(Gamma(x)).",
        )
    },
    Row {
        aliases: &["PolyGamma", "Polygamma"],
        parameters: &["n", "x"],
        defined: &["floor(n) = n", "n >= 0", "x > 0"],
        convention: RIGHT_OF_ZERO,
        sample: (1.0, 4.0),
        code: ["", "", "", "polygamma"],
        precise: Some(|x| precise_polygamma(&x[0], &x[1])),
        ..function(
            "polygamma",
            r"\operatorname{polygamma}",
            // n counts derivatives: there is none by n.
            &["", "polygamma(n + 1, x)"],
            |x| polygamma(x[0], x[1]),
            |x| match (x[0].is_point(), order(x[0].low)) {
                (true, Some(n)) if n <= ORDERS.1 => polygamma_interval(n, x[1]),
                _ => Interval::UNDEFINED,
            },
            "The n-th derivative of digamma.",
        )
    },
];

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::given("x > 0", "gamma function of one more", "Gamma(x + 1)", "x*Gamma(x)"),
    Identity::extend("a number times its gamma function", "x*Gamma(x)", "Gamma(x + 1)").thorough(),
    Identity::total("gamma function of a half", "Gamma(1/2)", "sqrt(pi)"),
    Identity::total("logarithm of the gamma function", "log(Gamma(x))", "lgamma(x)"),
    Identity::total("exponential of the logarithm of the gamma function", "exp(lgamma(x))", "Gamma(x)"),
    Identity::given(
        "x > 0",
        "logarithm of the gamma function of one more",
        "lgamma(x + 1)",
        "lgamma(x) + log(x)",
    )
    .thorough(),
    Identity::extend("logarithm added to one of the gamma function", "lgamma(x) + log(x)", "lgamma(x + 1)")
        .thorough(),
    Identity::given("x > 0", "digamma function of one more", "digamma(x + 1)", "digamma(x) + 1/x").thorough(),
    Identity::extend("reciprocal added to the digamma function", "digamma(x) + 1/x", "digamma(x + 1)")
        .thorough(),
    Identity::total("polygamma function of order zero", "polygamma(0, x)", "digamma(x)"),
];

#[rustfmt::skip]
pub(super) const REJECTED: &[Rejected] = &[
    Rejected::new("x = 2, y = 2", "gamma function of a sum", "Gamma(x + y)", "Gamma(x)*Gamma(y)"),
    Rejected::new("x = 2", "gamma function of one more by one more", "Gamma(x + 1)", "(x + 1)*Gamma(x)"),
    Rejected::new("x = 2", "gamma function by its logarithmic derivative", "exp(digamma(x))", "Gamma(x)"),
    Rejected::new("x = 2", "digamma function of one more by its argument", "digamma(x + 1)", "digamma(x) + x"),
    Rejected::new("x = 2", "logarithm of the gamma function of one more by a product", "lgamma(x + 1)", "x*lgamma(x)"),
    Rejected::new("x = 2", "polygamma function of order one", "polygamma(1, x)", "digamma(x)"),
];
