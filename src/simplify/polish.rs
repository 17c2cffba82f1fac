//! Small local improvements of a flat form: what a person does to a result before writing it down.
//!
//! A number or a factor goes into a bracket, or comes out of one, if that is shorter; equal exponents are joined. Each
//! step looks at one sum or product as a whole, which is what an e-graph of binary operations is worst at: it would
//! need all groupings. Each step holds wherever its input is defined.

use super::form::Form;
use crate::number::Rational;

/// Sums of more terms, and products of more factors, stay as they are.
const MOST_OPERANDS: usize = 24;

/// How often one sum or product is improved.
const MOST_STEPS: usize = 12;

impl Form {
    /// The form after the improvements.
    #[must_use]
    pub fn polished(&self) -> Form {
        self.improved().with_joined_powers()
    }

    fn improved(&self) -> Form {
        match self {
            Form::Number(_) | Form::Constant(_) | Form::Leaf(_) => self.clone(),
            Form::Call(function, arguments) => {
                Form::call(*function, arguments.iter().map(Form::improved).collect())
            }
            Form::Power(base, exponent) => Form::power(base.improved(), exponent.improved()),
            Form::Product(coefficient, factors) => {
                let mut factors: Vec<Form> = factors.iter().map(Form::improved).collect();
                factors.push(Form::Number(coefficient.clone()));
                settle(Form::product(factors))
            }
            Form::Sum(terms) => settle(Form::sum(terms.iter().map(Form::improved).collect())),
        }
    }

    /// Products in which factors to the same power stand under one exponent: `(a*b)^2`.
    fn with_joined_powers(&self) -> Form {
        match self {
            Form::Number(_) | Form::Constant(_) | Form::Leaf(_) => self.clone(),
            Form::Call(function, arguments) => {
                Form::call(*function, arguments.iter().map(Form::with_joined_powers).collect())
            }
            Form::Power(base, exponent) => {
                Form::power(base.with_joined_powers(), exponent.with_joined_powers())
            }
            Form::Sum(terms) => Form::sum(terms.iter().map(Form::with_joined_powers).collect()),
            Form::Product(coefficient, factors) => {
                let mut factors: Vec<Form> = factors.iter().map(Form::with_joined_powers).collect();
                factors.push(Form::Number(coefficient.clone()));
                join_powers(Form::product(factors))
            }
        }
    }
}

fn join_powers(form: Form) -> Form {
    let Form::Product(coefficient, factors) = &form else { return form };
    if factors.len() < 2 || factors.len() > MOST_OPERANDS {
        return form;
    }
    // Pairs of exponent and bases to it, those below the line inverted.
    let mut groups: Vec<(Rational, Vec<Form>)> = Vec::new();
    let mut rest: Vec<Form> = vec![Form::Number(coefficient.clone())];
    for factor in factors {
        if let Form::Power(base, exponent) = factor
            && let Form::Number(q) = &**exponent
            && q.abs() != Rational::ONE
        {
            let size = q.abs();
            let base = if q.is_negative() {
                Form::power((**base).clone(), Form::Number(Rational::MINUS_ONE))
            } else {
                (**base).clone()
            };
            match groups.iter_mut().find(|(known, _)| *known == size) {
                Some((_, bases)) => bases.push(base),
                None => groups.push((size, vec![base])),
            }
        } else {
            rest.push(factor.clone());
        }
    }
    if groups.iter().all(|(_, bases)| bases.len() < 2) {
        return form;
    }
    for (exponent, bases) in groups {
        rest.push(Form::power(Form::product(bases), Form::Number(exponent)));
    }
    shorter(form.clone(), Form::product(rest))
}

fn shorter(a: Form, b: Form) -> Form {
    if b.nodes() < a.nodes() { b } else { a }
}

/// Improves one sum or product until no step shortens it.
fn settle(mut form: Form) -> Form {
    for _ in 0..MOST_STEPS {
        let next = match &form {
            Form::Product(coefficient, factors) if factors.len() <= MOST_OPERANDS => {
                into_bracket(&form, coefficient, factors)
            }
            Form::Sum(terms) if terms.len() <= MOST_OPERANDS => out_of_bracket(&form, terms),
            _ => None,
        };
        match next {
            Some(next) => form = next,
            None => break,
        }
    }
    form
}

/// Moves the coefficient, or a factor or one power of it, into a bracket.
fn into_bracket(form: &Form, coefficient: &Rational, factors: &[Form]) -> Option<Form> {
    let mut best: Option<(usize, Form)> = None;
    let mut least = form.nodes();
    let mut offer = |candidate: Form| {
        let nodes = candidate.nodes();
        if nodes < least {
            least = nodes;
            best = Some((nodes, candidate));
        }
    };
    for (at, bracket) in factors.iter().enumerate() {
        let Form::Sum(terms) = bracket else { continue };
        if terms.len() > MOST_OPERANDS {
            continue;
        }
        let spread =
            |by: &Form| Form::sum(terms.iter().map(|t| Form::product(vec![t.clone(), by.clone()])).collect());
        let others = |without: Option<usize>| -> Vec<Form> {
            factors
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at && Some(*other) != without)
                .map(|(_, factor)| factor.clone())
                .collect()
        };
        if !coefficient.is_one() && *coefficient != Rational::MINUS_ONE {
            let mut all = others(None);
            all.push(spread(&Form::Number(coefficient.clone())));
            offer(Form::product(all));
        }
        for (other, factor) in factors.iter().enumerate() {
            if other == at || matches!(factor, Form::Sum(_)) {
                continue;
            }
            let mut all = others(Some(other));
            all.push(spread(factor));
            all.push(Form::Number(coefficient.clone()));
            offer(Form::product(all));
            if let Form::Power(base, exponent) = factor
                && let Form::Number(q) = &**exponent
                && q.is_integer()
            {
                let one = if q.is_negative() { Rational::MINUS_ONE } else { Rational::ONE };
                let step = Form::power((**base).clone(), Form::Number(one.clone()));
                let mut all = others(Some(other));
                all.push(spread(&step));
                all.push(Form::power((**base).clone(), Form::Number(q - &one)));
                all.push(Form::Number(coefficient.clone()));
                offer(Form::product(all));
            }
        }
    }
    best.map(|(_, form)| form)
}

/// The factors of a term as bases with numeric exponents.
fn powers(term: &Form) -> Vec<(Form, Rational)> {
    let factors: &[Form] = match term {
        Form::Product(_, factors) => factors,
        Form::Number(_) => &[],
        other => std::slice::from_ref(other),
    };
    factors
        .iter()
        .map(|factor| match factor {
            Form::Power(base, exponent) => match &**exponent {
                Form::Number(q) => ((**base).clone(), q.clone()),
                _ => (factor.clone(), Rational::ONE),
            },
            _ => (factor.clone(), Rational::ONE),
        })
        .collect()
}

fn coefficient(term: &Form) -> Rational {
    match term {
        Form::Number(q) | Form::Product(q, _) => q.clone(),
        _ => Rational::ONE,
    }
}

/// Draws a factor out of the terms that have it, or a number out of all.
fn out_of_bracket(form: &Form, terms: &[Form]) -> Option<Form> {
    let parts: Vec<Vec<(Form, Rational)>> = terms.iter().map(powers).collect();
    let mut bases: Vec<(&Form, bool, usize)> = Vec::new();
    for (base, exponent) in parts.iter().flatten() {
        let negative = exponent.is_negative();
        match bases.iter_mut().find(|(b, n, _)| *n == negative && *b == base) {
            Some((_, _, count)) => *count += 1,
            None => bases.push((base, negative, 1)),
        }
    }
    // The cheapest split decides; what is in its bracket is improved only then.
    let mut best: Option<(Vec<Form>, Form, Form)> = None;
    let mut least = form.nodes();
    for (base, negative, count) in bases {
        if count < 2 {
            continue;
        }
        let exponent_in = |at: usize| {
            parts[at].iter().find(|(b, e)| b == base && e.is_negative() == negative).map(|(_, e)| e)
        };
        let drawn = (0..terms.len()).filter_map(exponent_in).min_by(|a, b| a.abs().cmp(&b.abs()));
        let Some(drawn) = drawn.cloned() else { continue };
        let divisor = Form::power(base.clone(), Form::Number(-drawn.clone()));
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for (at, term) in terms.iter().enumerate() {
            if exponent_in(at).is_some() {
                inside.push(Form::product(vec![term.clone(), divisor.clone()]));
            } else {
                outside.push(term.clone());
            }
        }
        let bracket = Form::sum(inside);
        let factor = Form::power(base.clone(), Form::Number(drawn));
        let mut all = outside.clone();
        all.push(Form::product(vec![factor.clone(), bracket.clone()]));
        let nodes = Form::sum(all).nodes();
        if nodes < least {
            least = nodes;
            best = Some((outside, factor, bracket));
        }
    }
    let drawn = best.map(|(mut outside, factor, bracket)| {
        outside.push(Form::product(vec![factor, settle(bracket)]));
        Form::sum(outside)
    });
    if drawn.is_some() {
        return drawn;
    }
    // A common number.
    let content = terms.iter().map(coefficient).fold(None::<Rational>, |content, q| {
        Some(match content {
            None => q.abs(),
            Some(content) => common_measure(&content, &q),
        })
    })?;
    if !content.is_one()
        && let Some(inverse) = content.reciprocal()
    {
        let divisor = Form::Number(inverse);
        let inside = terms.iter().map(|t| Form::product(vec![t.clone(), divisor.clone()])).collect();
        let candidate = Form::product(vec![Form::Number(content), Form::sum(inside)]);
        if candidate.nodes() < least {
            return Some(candidate);
        }
    }
    None
}

/// The largest number of which both are integer multiples.
fn common_measure(a: &Rational, b: &Rational) -> Rational {
    use num_integer::Integer;
    let numerator = a.numerator().gcd(&b.numerator());
    let denominator = a.denominator().lcm(&b.denominator());
    Rational::from_integer(numerator).divide(&Rational::from_integer(denominator)).unwrap_or(Rational::ONE)
}
