//! The order of operands, and the sign in which a sum is written.

use std::cmp::Ordering;

use super::form::Form;
use crate::number::Rational;

/// Whether the sum's sign is the other of the two in which it could be written.
pub(super) fn is_flipped(terms: &[Form]) -> bool {
    let negative = terms.iter().filter(|t| t.is_negative()).count();
    match (negative * 2).cmp(&terms.len()) {
        Ordering::Less => false,
        Ordering::Greater => true,
        // As many of one as of the other: the least term, whatever the order of display, is positive.
        Ordering::Equal => terms.iter().min_by(|a, b| compare_unsigned(a, b)).is_some_and(Form::is_negative),
    }
}

/// The sum, negated if needed, so that a sum and its negative are written alike.
pub(super) fn canonical_sign(terms: Vec<Form>) -> (bool, Form) {
    if is_flipped(&terms) { (true, Form::Sum(terms).negated()) } else { (false, Form::Sum(terms)) }
}

fn compare_unsigned(a: &Form, b: &Form) -> Ordering {
    if let (Form::Number(p), Form::Number(q)) = (a, b) {
        p.abs().cmp(&q.abs())
    } else {
        let (a, b) = (term_key(a), term_key(b));
        b.degree.cmp(&a.degree).then_with(|| a.factors.cmp(b.factors))
    }
}

struct TermKey<'a> {
    /// Total degree in leaves; zero for anything else.
    degree: Rational,
    /// A number, constants and leaves to positive integer powers.
    is_monomial: bool,
    factors: &'a [Form],
}

fn term_key(term: &Form) -> TermKey<'_> {
    let factors: &[Form] = match term {
        Form::Product(_, factors) => factors,
        Form::Number(_) => &[],
        other => std::slice::from_ref(other),
    };
    let mut degree = Rational::ZERO;
    let mut is_monomial = true;
    for factor in factors {
        match factor {
            Form::Leaf(_) => degree += &Rational::ONE,
            Form::Constant(_) => {}
            Form::Power(base, exponent) => match (&**base, &**exponent) {
                (Form::Leaf(_), Form::Number(q)) => {
                    degree += q;
                    is_monomial &= q.is_integer() && q.is_positive();
                }
                _ => is_monomial = false,
            },
            _ => is_monomial = false,
        }
    }
    TermKey { degree, is_monomial, factors }
}

/// Puts terms in the order in which people write them: a polynomial by descending degree; beside functions the number
/// first, then what is polynomial, then the rest; and a positive term in front if there is one.
pub(super) fn arrange_terms(terms: &mut Vec<Form>) {
    let is_polynomial = terms.iter().all(|t| term_key(t).is_monomial);
    terms.sort_by(|a, b| {
        let (ka, kb) = (term_key(a), term_key(b));
        let rank = |term: &Form, key: &TermKey| -> u8 {
            match term {
                Form::Number(_) => {
                    if is_polynomial {
                        3
                    } else {
                        0
                    }
                }
                _ if key.is_monomial => 1,
                _ => 2,
            }
        };
        rank(a, &ka)
            .cmp(&rank(b, &kb))
            .then_with(|| kb.degree.cmp(&ka.degree))
            .then_with(|| compare_factor_lists(ka.factors, kb.factors))
            .then_with(|| a.cmp(b))
    });
    if let Some(first) = terms.iter().position(|t| !t.is_negative())
        && first > 0
    {
        let term = terms.remove(first);
        terms.insert(0, term);
    }
}

fn compare_factor_lists(a: &[Form], b: &[Form]) -> Ordering {
    for (x, y) in a.iter().zip(b) {
        let order = compare_factors(x, y);
        if order != Ordering::Equal {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// Order of factors: constants, variables, functions, brackets; equal bases by descending exponent.
pub(super) fn compare_factors(a: &Form, b: &Form) -> Ordering {
    fn rank(form: &Form) -> u8 {
        match form {
            Form::Number(_) => 0,
            Form::Constant(_) => 1,
            Form::Leaf(_) => 2,
            // x·a^(x − 1): a variable exponent makes it a function.
            Form::Power(base, exponent) => match (&**base, &**exponent) {
                (Form::Power(..) | Form::Product(..), _) => 4,
                (base, exponent) => rank(base).max(if matches!(exponent, Form::Number(_)) { 0 } else { 3 }),
            },
            Form::Call(..) => 3,
            Form::Product(..) | Form::Sum(_) => 5,
        }
    }
    fn parts(form: &Form) -> (&Form, Option<&Form>) {
        match form {
            Form::Power(base, exponent) => (base, Some(exponent)),
            other => (other, None),
        }
    }
    let one = Form::Number(Rational::ONE);
    let ((base_a, e_a), (base_b, e_b)) = (parts(a), parts(b));
    rank(a)
        .cmp(&rank(b))
        .then_with(|| base_a.cmp(base_b))
        .then_with(|| e_b.unwrap_or(&one).cmp(e_a.unwrap_or(&one)))
}
