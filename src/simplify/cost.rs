//! What notation costs: the number of nodes of the printed text, with small weights that decide between equals.
//!
//! The count is the one the answer reports: every operator (a sum or product of n operands as n − 1), every call, number
//! and name once; a fraction is two numbers and a bar, a minus sign in front is one more.

use super::form::Form;
use crate::function::{self, Function, Parity};
use crate::number::Rational;

/// One printed node, in the units of [`Cost`].
pub const NODE: Cost = 256;

/// Printed nodes times [`NODE`], plus weights that are too small to outweigh a node in formulas of ordinary size.
pub type Cost = u32;

/// Printed nodes of a literal.
pub fn number_nodes(q: &Rational) -> usize {
    1 + 2 * usize::from(!q.is_integer()) + usize::from(q.is_negative())
}

/// Cost of a literal: among literals of as many nodes the shorter one.
pub fn number_cost(q: &Rational) -> Cost {
    number_nodes(q) as Cost * NODE + q.bits().min(100) as Cost / 4
}

impl Form {
    /// Printed nodes of the form.
    pub fn nodes(&self) -> usize {
        match self {
            Form::Number(q) => number_nodes(q),
            Form::Constant(_) | Form::Leaf(_) => 1,
            Form::Call(_, arguments) => 1 + arguments.iter().map(Form::nodes).sum::<usize>(),
            Form::Power(base, exponent) => match self.inverse() {
                Some(below) => 2 + below.nodes(),
                None if is_half(exponent) => 1 + base.nodes(),
                None => 1 + base.nodes() + exponent.nodes(),
            },
            Form::Product(coefficient, factors) => {
                usize::from(coefficient.is_negative() && flipped_factor(factors).is_none())
                    + product_nodes(coefficient, factors)
            }
            Form::Sum(terms) => {
                let mut nodes = terms.len() - 1;
                for (at, term) in terms.iter().enumerate() {
                    nodes += match term {
                        Form::Number(q) if at > 0 => number_nodes(&q.abs()),
                        Form::Product(coefficient, factors) if at > 0 => product_nodes(coefficient, factors),
                        other => other.nodes(),
                    };
                }
                nodes
            }
        }
    }
}

/// Whether it is the exponent of a square root.
pub fn is_half(exponent: &Form) -> bool {
    matches!(exponent, Form::Number(q) if *q == Rational::HALF)
}

/// The negative of a form, if it is no longer than the form: `b − a` for `a − b`, `f(b − a)` for an odd f of `a − b`.
pub fn flipped(form: &Form) -> Option<Form> {
    match form {
        Form::Sum(terms) => {
            let negative = terms.iter().filter(|t| t.is_negative()).count();
            (negative * 2 == terms.len()).then(|| form.clone().negated())
        }
        Form::Product(coefficient, factors) => {
            if coefficient.is_negative() {
                return Some(form.clone().negated());
            }
            let (at, factor) = flipped_factor(factors)?;
            let mut factors = factors.clone();
            factors[at] = factor;
            Some(Form::Product(coefficient.clone(), factors))
        }
        Form::Power(base, exponent) => match &**exponent {
            Form::Number(q) if q.is_integer() && !q.is_even() => {
                let base = flipped(base)?;
                Some(Form::Power(Box::new(base), exponent.clone()))
            }
            _ => None,
        },
        Form::Call(Function::Known(id), arguments)
            if arguments.len() == 1 && function::row(*id).parity == Parity::Odd =>
        {
            let argument = flipped(&arguments[0])?;
            Some(Form::Call(Function::Known(*id), vec![argument]))
        }
        _ => None,
    }
}

/// The first factor that takes a minus sign at no cost, with the sign in it.
pub fn flipped_factor(factors: &[Form]) -> Option<(usize, Form)> {
    factors.iter().enumerate().find_map(|(at, factor)| Some((at, flipped(factor)?)))
}

/// Printed nodes of a product without its sign.
fn product_nodes(coefficient: &Rational, factors: &[Form]) -> usize {
    let size = coefficient.abs();
    let (mut operands, mut above, mut nodes) = (0, 0, 0);
    let numerator_is_one = size.numerator() == 1.into();
    if !numerator_is_one {
        operands += 1;
        above += 1;
        nodes += 1;
    }
    if !size.is_integer() {
        operands += 1;
        nodes += 1;
    }
    for factor in factors {
        operands += 1;
        nodes += if let Some(below) = factor.inverse() {
            below.nodes()
        } else {
            above += 1;
            factor.nodes()
        };
    }
    nodes + operands - 1 + if above == 0 { 2 } else { 0 }
}

/// What an absolute value or a sign that the input did not have costs on top: people prefer `sqrt(x^2*y + 1)/x` to a
/// shorter formula with `abs(x)` in it.
pub const MAGNITUDE: usize = 2;

/// What a logistic function of a negative costs on top: people write `1 - sigmoid(x)`.
pub const REFLECTED: usize = 2;

/// Whether it is the logistic function.
pub fn is_reflectable(function: Function) -> bool {
    function == Function::Known(function::SIGMOID)
}

/// Whether it is the absolute value or the sign.
pub fn is_magnitude(function: Function) -> bool {
    function == Function::Known(function::ABS) || function == Function::Known(function::SIGN)
}

/// What decides between forms: printed nodes, with a charge for magnitudes that the input did not have and for logistic
/// functions of negatives, then what is less familiar or harder to read.
pub fn weight(form: &Form, new_magnitudes: bool) -> (usize, u32) {
    let mut strangeness = 0;
    let charge = survey(form, new_magnitudes, &mut strangeness);
    (form.nodes() + charge, strangeness)
}

/// Adds up the charges, and how strange the parts look.
fn survey(form: &Form, new_magnitudes: bool, strangeness: &mut u32) -> usize {
    // Brackets around a sum.
    let bracket = |form: &Form| u32::from(matches!(form, Form::Sum(_))) * 2;
    match form {
        Form::Number(q) => {
            *strangeness += q.bits().min(100) as u32 / 4 + u32::from(q.is_negative());
            0
        }
        Form::Constant(_) | Form::Leaf(_) => 0,
        Form::Call(function, arguments) => {
            *strangeness += 1;
            let mut charge = 0;
            if new_magnitudes && is_magnitude(*function) {
                charge += MAGNITUDE;
            }
            if is_reflectable(*function) && arguments.iter().any(Form::is_negative) {
                charge += REFLECTED;
            }
            charge + arguments.iter().map(|a| survey(a, new_magnitudes, strangeness)).sum::<usize>()
        }
        Form::Power(base, exponent) => {
            *strangeness += 1 + bracket(base);
            survey(base, new_magnitudes, strangeness) + survey(exponent, new_magnitudes, strangeness)
        }
        Form::Product(coefficient, factors) => {
            *strangeness += coefficient.bits().min(100) as u32 / 4 + factors.iter().map(bracket).sum::<u32>();
            factors.iter().map(|f| survey(f, new_magnitudes, strangeness)).sum()
        }
        Form::Sum(terms) => terms.iter().map(|t| survey(t, new_magnitudes, strangeness)).sum(),
    }
}
