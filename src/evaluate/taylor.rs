//! Higher derivatives of functions of the table at a number, by truncated Taylor series.
//!
//! The partials are those of the table, read in our own notation; nothing is known of any function here.

use crate::evaluate::Reason;
use crate::evaluate::scalar::power;
use crate::function::{self, FunctionId};
use crate::ir::template::formulas;
use crate::number::Rational;
use crate::syntax::tree::{Kind, Relation, Tree};

/// Derivatives beyond this order are refused: the work doubles with each.
const MAXIMUM_ORDER: u8 = 12;

/// Coefficients of `Σ c_k h^k`.
type Series = Vec<f64>;

/// The derivative of that order of an elementwise function of one argument.
///
/// # Errors
/// Where the function or a derivative has no value.
pub(super) fn derivative(id: FunctionId, order: u8, x: f64) -> Result<f64, Reason> {
    if order > MAXIMUM_ORDER {
        return Err(Reason::Malformed);
    }
    let mut argument = vec![0.0; order as usize + 1];
    argument[0] = x;
    if order > 0 {
        argument[1] = 1.0;
    }
    let series = call(id, &[argument])?;
    let factorial: f64 = (1..=order).map(f64::from).product();
    let value = series.last().copied().unwrap_or(f64::NAN) * factorial;
    if value.is_nan() { Err(Reason::OutsideDomain(id)) } else { Ok(value) }
}

/// `f(u₀, u₁, …)` of series: the value, and then `f′·u′` integrated.
fn call(id: FunctionId, arguments: &[Series]) -> Result<Series, Reason> {
    let row = function::row(id);
    let heads: Vec<f64> = arguments.iter().map(|a| a[0]).collect();
    let value = row.float(&heads);
    if value.is_nan() {
        return Err(Reason::OutsideDomain(id));
    }
    let length = arguments.first().map_or(1, Vec::len);
    let mut out = vec![0.0; length];
    out[0] = value;
    if length == 1 {
        return Ok(out);
    }
    let shorter: Vec<Series> = arguments.iter().map(|a| a[..length - 1].to_vec()).collect();
    let partials = &formulas(id).partials;
    if partials.len() != arguments.len() {
        return Err(Reason::Malformed);
    }
    for (partial, argument) in partials.iter().zip(arguments) {
        if argument[1..].iter().all(|c| *c == 0.0) {
            continue;
        }
        let partial = partial.as_ref().ok_or(Reason::OutsideDomain(id))?;
        let slope = tree(partial, row.parameters, &shorter)?;
        let inner: Series = (1..length).map(|k| k as f64 * argument[k]).collect();
        let product = multiply(&slope, &inner);
        for k in 1..length {
            out[k] += product[k - 1] / k as f64;
        }
    }
    Ok(out)
}

fn constant(value: f64, length: usize) -> Series {
    let mut series = vec![0.0; length];
    series[0] = value;
    series
}

fn multiply(a: &[f64], b: &[f64]) -> Series {
    (0..a.len()).map(|k| (0..=k).map(|j| a[j] * b[k - j]).sum()).collect()
}

fn divide(a: &[f64], b: &[f64]) -> Result<Series, Reason> {
    if b[0] == 0.0 {
        return Err(Reason::DivisionByZero);
    }
    let mut out: Series = Vec::with_capacity(a.len());
    for k in 0..a.len() {
        let known: f64 = (0..k).map(|j| out[j] * b[k - j]).sum();
        out.push((a[k] - known) / b[0]);
    }
    Ok(out)
}

/// `u^q`: powers of a series with a positive whole exponent by multiplication, others by `u·p′ = q·p·u′`.
fn raise(u: &[f64], q: f64, written: Option<&Rational>) -> Result<Series, Reason> {
    if let Some(n) = written.and_then(Rational::as_integer).filter(|n| (0..=16).contains(n)) {
        let mut out = constant(1.0, u.len());
        for _ in 0..n {
            out = multiply(&out, u);
        }
        return Ok(out);
    }
    let mut out = constant(power(u[0], q, written)?, u.len());
    for k in 1..u.len() {
        if u[0] == 0.0 {
            return Err(Reason::NegativePowerOfZero);
        }
        let sum: f64 = (1..=k).map(|j| (q * j as f64 - (k - j) as f64) * u[j] * out[k - j]).sum();
        out[k] = sum / (k as f64 * u[0]);
    }
    Ok(out)
}

fn tree(formula: &Tree, parameters: &[&str], arguments: &[Series]) -> Result<Series, Reason> {
    let length = arguments.first().map_or(1, Vec::len);
    let of = |formula: &Tree| tree(formula, parameters, arguments);
    Ok(match &formula.kind {
        Kind::Number(value) => constant(value.to_f64(), length),
        Kind::Name(name) => match parameters.iter().position(|p| p == name) {
            Some(at) => arguments[at].clone(),
            None if name == "pi" => constant(std::f64::consts::PI, length),
            None if name == "e" => constant(std::f64::consts::E, length),
            None => return Err(Reason::Malformed),
        },
        Kind::Sum(terms) => {
            let mut sum = vec![0.0; length];
            for term in terms {
                for (sum, part) in sum.iter_mut().zip(of(term)?) {
                    *sum += part;
                }
            }
            sum
        }
        Kind::Product(factors) | Kind::Hadamard(factors) => {
            let mut product = constant(1.0, length);
            for factor in factors {
                product = multiply(&product, &of(factor)?);
            }
            product
        }
        Kind::Quotient(a, b) => divide(&of(a)?, &of(b)?)?,
        Kind::Negate(a) => of(a)?.into_iter().map(|c| -c).collect(),
        Kind::Power(base, exponent) => {
            let exponent = of(exponent)?;
            if exponent[1..].iter().any(|c| *c != 0.0) {
                // a^b = exp(b log a).
                let log = call(function::LOG, &[of(base)?])?;
                return call(function::EXP, &[multiply(&exponent, &log)]);
            }
            let written = rational(exponent[0]);
            raise(&of(base)?, exponent[0], written.as_ref())?
        }
        Kind::Call { name, arguments: inner, .. } => {
            let id = function::lookup(name).ok_or(Reason::Malformed)?;
            let inner: Result<Vec<Series>, Reason> = inner.iter().map(of).collect();
            call(id, &inner?)?
        }
        Kind::Iverson(relation) => {
            let Kind::Relation(relation, a, b) = &relation.kind else { return Err(Reason::Malformed) };
            let (a, b) = (of(a)?[0], of(b)?[0]);
            let holds = match relation {
                Relation::Equal => a == b,
                Relation::NotEqual => a != b,
                Relation::Less => a < b,
                Relation::LessEqual => a <= b,
                Relation::Greater => a > b,
                Relation::GreaterEqual => a >= b,
            };
            constant(f64::from(u8::from(holds)), length)
        }
        _ => return Err(Reason::Malformed),
    })
}

/// A whole exponent as a number, so that the parity of the power is exact.
fn rational(value: f64) -> Option<Rational> {
    (value.fract() == 0.0).then(|| Rational::from_f64(value)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn higher_derivatives_are_those_of_the_function() {
        let t = libm::tanh(0.3);
        let s = 1.0 / (1.0 + libm::exp(-0.3));
        for (name, order, expected) in [
            ("tanh", 0, t),
            ("tanh", 1, 1.0 - t * t),
            ("tanh", 2, -2.0 * t * (1.0 - t * t)),
            ("tanh", 3, -2.0 * (1.0 - t * t) * (1.0 - 3.0 * t * t)),
            ("sigmoid", 2, s * (1.0 - s) * (1.0 - 2.0 * s)),
            ("sin", 4, libm::sin(0.3)),
            ("exp", 5, libm::exp(0.3)),
            ("log", 3, 2.0 / 0.027),
        ] {
            let id = function::lookup(name).unwrap();
            let value = derivative(id, order, 0.3).unwrap();
            assert!((value - expected).abs() < 1e-12 * expected.abs().max(1.0), "{name} {order}: {value}");
        }
        assert!(derivative(function::LOG, 1, -1.0).is_err());
    }
}
