//! Flat form: sums and products of any number of operands, like terms and equal factors collected, operands in the
//! order in which people write them.
//!
//! It is the first and the last thing the simplifier does to an expression: the order of the operands of the input is
//! gone after it, so nothing later can depend on it, and what is printed is this form. It never expands and never
//! factors; that is the choice of the e-graph.

use super::cost::is_magnitude;
use super::order::{arrange_terms, canonical_sign, compare_factors, is_flipped};
use crate::function::{self, Function, Parity};
use crate::ir::chain::{Chains, Link};
use crate::ir::scalar::{Constant, Operation, Ref, Scalar, ScalarBuilder};
use crate::number::Rational;

/// Literals above this many bits are left as they were written.
const LITERAL_BITS: u64 = 512;

/// An expression in flat form.
///
/// Only the constructors below make values, and keep: sums have at least two terms, none of them a sum, at most one a
/// number; a product is a non-zero coefficient and at least one factor (two, if the coefficient is one), none of them a
/// number or a product; operands are in display order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// An exact number.
    Number(Rational),
    /// A named constant.
    Constant(Constant),
    /// A variable or anything opaque.
    Leaf(u32),
    /// `f(a, …)`.
    Call(Function, Vec<Form>),
    /// `a^b`.
    Power(Box<Form>, Box<Form>),
    /// `coefficient · factors`.
    Product(Rational, Vec<Form>),
    /// Terms to be added.
    Sum(Vec<Form>),
}

/// Size of `expression` written out as a tree, shared parts counted as often as they occur.
pub fn tree_size(expression: &Scalar) -> u64 {
    let mut sizes: Vec<u64> = Vec::with_capacity(expression.nodes().len());
    for operation in expression.nodes() {
        let mut size = 1u64;
        operation.operands(|a| size = size.saturating_add(sizes[a as usize]));
        sizes.push(size);
    }
    sizes.last().copied().unwrap_or(0)
}

impl Form {
    /// The flat form of `expression`. The work is proportional to its size as a tree; callers look at [`tree_size`].
    pub fn new(expression: &Scalar) -> Form {
        let count = expression.nodes().len();
        let chains = Chains::of(expression);
        let mut operands: Vec<Vec<(Ref, bool)>> = vec![Vec::new(); count];
        let mut uses = vec![0u32; count];
        for (at, operation) in expression.nodes().iter().enumerate() {
            match chains.link(at as Ref) {
                Link::Inner => {}
                Link::Sum | Link::Product => {
                    operands[at] = chains.operands(expression, at as Ref);
                    operands[at].iter().for_each(|(a, _)| uses[*a as usize] += 1);
                }
                Link::None => operation.operands(|a| uses[a as usize] += 1),
            }
        }
        let mut forms: Vec<Option<Form>> = Vec::with_capacity(count);
        for (at, operation) in expression.nodes().iter().enumerate() {
            let link = chains.link(at as Ref);
            if link == Link::Inner {
                forms.push(None);
                continue;
            }
            let mut take = |a: Ref| -> Form {
                let at = a as usize;
                uses[at] -= 1;
                let form = if uses[at] == 0 { forms[at].take() } else { forms[at].clone() };
                form.unwrap_or(Form::Number(Rational::ZERO))
            };
            let form = match operation {
                Operation::Number(q) => Form::Number(q.clone()),
                Operation::Constant(constant) => Form::Constant(*constant),
                Operation::Leaf(leaf) => Form::Leaf(*leaf),
                Operation::Negate(a) => take(*a).negated(),
                Operation::Power(a, b) => Form::power(take(*a), take(*b)),
                Operation::Call(function, arguments) => {
                    Form::call(*function, arguments.iter().map(|a| take(*a)).collect())
                }
                Operation::Add(..)
                | Operation::Subtract(..)
                | Operation::Multiply(..)
                | Operation::Divide(..) => {
                    let parts = operands[at].iter().map(|(a, turned)| match (take(*a), turned, link) {
                        (form, false, _) => form,
                        (form, true, Link::Sum) => form.negated(),
                        (form, true, _) => Form::power(form, Form::Number(Rational::MINUS_ONE)),
                    });
                    if link == Link::Sum {
                        Form::sum(parts.collect())
                    } else {
                        Form::product(parts.collect())
                    }
                }
            };
            forms.push(Some(form));
        }
        forms.pop().flatten().unwrap_or(Form::Number(Rational::ZERO))
    }

    /// The expression in binary operations, operands in display order.
    pub fn to_scalar(&self) -> Scalar {
        let mut builder = ScalarBuilder::default();
        let root = self.write(&mut builder);
        builder.finish(root)
    }

    fn write(&self, out: &mut ScalarBuilder) -> Ref {
        match self {
            Form::Number(q) => out.add(Operation::Number(q.clone())),
            Form::Constant(constant) => out.add(Operation::Constant(*constant)),
            Form::Leaf(leaf) => out.add(Operation::Leaf(*leaf)),
            Form::Call(function, arguments) => {
                let arguments = arguments.iter().map(|a| a.write(out)).collect();
                out.add(Operation::Call(*function, arguments))
            }
            Form::Power(base, exponent) => {
                let (base, exponent) = (base.write(out), exponent.write(out));
                out.add(Operation::Power(base, exponent))
            }
            Form::Product(coefficient, factors) => {
                let (above, below): (Vec<&Form>, Vec<&Form>) =
                    factors.iter().partition(|f| f.inverse().is_none());
                let mut product: Option<Ref> = None;
                for factor in above {
                    let factor = factor.write(out);
                    product = Some(product.map_or(factor, |p| out.add(Operation::Multiply(p, factor))));
                }
                let mut divisor: Option<Ref> = None;
                for factor in below {
                    let factor = factor.inverse().unwrap_or(Form::Number(Rational::ONE)).write(out);
                    divisor = Some(divisor.map_or(factor, |d| out.add(Operation::Multiply(d, factor))));
                }
                let size = coefficient.abs();
                if !size.is_one() {
                    let size = out.add(Operation::Number(size));
                    product = Some(product.map_or(size, |p| out.add(Operation::Multiply(size, p))));
                }
                let product = product.unwrap_or_else(|| out.integer(1));
                let product = divisor.map_or(product, |d| out.add(Operation::Divide(product, d)));
                if coefficient.is_negative() { out.add(Operation::Negate(product)) } else { product }
            }
            Form::Sum(terms) => {
                let mut sum: Option<Ref> = None;
                for term in terms {
                    sum = Some(match sum {
                        None => term.write(out),
                        Some(sum) if term.is_negative() => {
                            let term = term.clone().negated().write(out);
                            out.add(Operation::Subtract(sum, term))
                        }
                        Some(sum) => {
                            let term = term.write(out);
                            out.add(Operation::Add(sum, term))
                        }
                    });
                }
                sum.unwrap_or_else(|| out.integer(0))
            }
        }
    }

    /// Whether a minus sign stands in front of it.
    pub fn is_negative(&self) -> bool {
        match self {
            Form::Number(q) => q.is_negative(),
            Form::Product(coefficient, _) => coefficient.is_negative(),
            _ => false,
        }
    }

    /// `−self`.
    #[must_use]
    pub fn negated(self) -> Form {
        self.scaled(&Rational::MINUS_ONE)
    }

    /// `by · self`.
    #[must_use]
    pub fn scaled(self, by: &Rational) -> Form {
        if by.is_one() {
            return self;
        }
        if by.is_zero() {
            return Form::Number(Rational::ZERO);
        }
        match self {
            Form::Number(q) => Form::Number(&q * by),
            Form::Product(coefficient, mut factors) => {
                let coefficient = &coefficient * by;
                if coefficient.is_one() && factors.len() == 1 {
                    return factors.swap_remove(0);
                }
                if *by == Rational::MINUS_ONE
                    && coefficient == Rational::MINUS_ONE
                    && factors.len() == 1
                    && matches!(factors[0], Form::Sum(_))
                {
                    return factors.swap_remove(0).negated();
                }
                Form::Product(coefficient, factors)
            }
            Form::Sum(terms) if *by == Rational::MINUS_ONE => {
                let mut terms: Vec<Form> = terms.into_iter().map(Form::negated).collect();
                arrange_terms(&mut terms);
                Form::Sum(terms)
            }
            // A multiple of a sum holds the sum with its canonical sign.
            Form::Sum(terms) => {
                let (flip, sum) = canonical_sign(terms);
                let coefficient = if flip { -by.clone() } else { by.clone() };
                Form::Product(coefficient, vec![sum])
            }
            other => Form::Product(by.clone(), vec![other]),
        }
    }

    /// Coefficient and what it multiplies.
    fn split(self) -> (Rational, Form) {
        match self {
            Form::Product(coefficient, mut factors) => {
                let core = if factors.len() == 1 {
                    factors.swap_remove(0)
                } else {
                    Form::Product(Rational::ONE, factors)
                };
                (coefficient, core)
            }
            other => (Rational::ONE, other),
        }
    }

    /// The sum of `terms`.
    pub fn sum(terms: Vec<Form>) -> Form {
        let mut number = Rational::ZERO;
        let mut parts: Vec<(Form, Rational)> = Vec::with_capacity(terms.len() + 2);
        let mut take = |term: Form| match term {
            Form::Number(q) => number += &q,
            other => {
                let (coefficient, core) = other.split();
                parts.push((core, coefficient));
            }
        };
        for term in terms {
            match term {
                Form::Sum(inner) => inner.into_iter().for_each(&mut take),
                other => take(other),
            }
        }
        parts.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        let mut collected: Vec<Form> = Vec::with_capacity(parts.len() + 1);
        let mut parts = parts.into_iter().peekable();
        let mut nested = false;
        while let Some((core, mut coefficient)) = parts.next() {
            while let Some((_, more)) = parts.next_if(|next| next.0 == core) {
                coefficient += &more;
            }
            if !coefficient.is_zero() {
                let term = core.scaled(&coefficient);
                nested |= matches!(term, Form::Sum(_));
                collected.push(term);
            }
        }
        if !number.is_zero() {
            collected.push(Form::Number(number));
        }
        if nested {
            // 2·(a+b) − (a+b): what is left is a sum again.
            return Form::sum(collected);
        }
        match collected.len() {
            0 => Form::Number(Rational::ZERO),
            1 => collected.swap_remove(0),
            _ => {
                arrange_terms(&mut collected);
                Form::Sum(collected)
            }
        }
    }

    /// The product of `factors`.
    pub fn product(factors: Vec<Form>) -> Form {
        let mut coefficient = Rational::ONE;
        let mut parts: Vec<(Form, Rational)> = Vec::with_capacity(factors.len() + 2);
        for factor in factors {
            match factor {
                Form::Product(c, inner) => {
                    coefficient = &coefficient * &c;
                    parts.extend(inner.into_iter().map(base_and_exponent));
                }
                Form::Number(q) => coefficient = &coefficient * &q,
                other => parts.push(base_and_exponent(other)),
            }
        }
        if coefficient.is_zero() {
            return Form::Number(coefficient);
        }
        parts.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        let mut collected: Vec<Form> = Vec::with_capacity(parts.len());
        let mut parts = parts.into_iter().peekable();
        let mut nested = false;
        while let Some((base, mut exponent)) = parts.next() {
            while let Some((_, more)) = parts.next_if(|next| next.0 == base) {
                exponent += &more;
            }
            match Form::power(base, Form::Number(exponent)) {
                Form::Number(q) => coefficient = &coefficient * &q,
                Form::Product(c, inner) => {
                    nested |= inner.iter().any(|f| matches!(f, Form::Product(..) | Form::Number(_)));
                    coefficient = &coefficient * &c;
                    collected.extend(inner);
                }
                Form::Sum(terms) => {
                    let (flip, sum) = canonical_sign(terms);
                    if flip {
                        coefficient = -coefficient;
                    }
                    collected.push(sum);
                }
                other => collected.push(other),
            }
        }
        if nested {
            collected.push(Form::Number(coefficient));
            return Form::product(collected);
        }
        if collected.is_empty() {
            return Form::Number(coefficient);
        }
        if collected.len() == 1 {
            let only = collected.swap_remove(0);
            return only.scaled(&coefficient);
        }
        collected.sort_by(compare_factors);
        Form::Product(coefficient, collected)
    }

    /// `base^exponent`.
    pub fn power(base: Form, exponent: Form) -> Form {
        let Form::Number(q) = &exponent else {
            if matches!(&base, Form::Number(one) if one.is_one()) {
                return base;
            }
            return Form::Power(Box::new(base), Box::new(exponent));
        };
        if q.is_one() {
            return base;
        }
        if q.is_zero() {
            return Form::Number(Rational::ONE);
        }
        match base {
            Form::Number(b) => match literal_power(&b, q) {
                Some(value) => Form::Number(value),
                None => Form::Power(Box::new(Form::Number(b)), Box::new(exponent)),
            },
            Form::Power(inner, inner_exponent) if q.is_integer() => {
                if let Form::Number(r) = &*inner_exponent {
                    return Form::power(*inner, Form::Number(r * q));
                }
                Form::power(*inner, inner_exponent.scaled(q))
            }
            Form::Product(coefficient, factors) => product_power(coefficient, factors, q),
            Form::Sum(terms) if q.is_integer() => {
                let (flip, sum) = canonical_sign(terms);
                let power = Form::Power(Box::new(sum), Box::new(exponent.clone()));
                if flip && !q.is_even() { power.negated() } else { power }
            }
            other => Form::Power(Box::new(other), Box::new(exponent)),
        }
    }

    /// `f(arguments)`, with the sign of the first argument drawn out where the function is odd or even.
    pub fn call(function: Function, mut arguments: Vec<Form>) -> Form {
        let parity = match function {
            Function::Known(id) => function::row(id).parity,
            Function::Unknown { .. } => Parity::None,
        };
        if parity == Parity::None || arguments.len() != 1 {
            return Form::Call(function, arguments);
        }
        let flip = match &arguments[0] {
            Form::Sum(terms) => match parity {
                Parity::Even => is_flipped(terms),
                _ => terms.iter().filter(|t| t.is_negative()).count() * 2 > terms.len(),
            },
            other => other.is_negative(),
        };
        if !flip {
            return Form::Call(function, arguments);
        }
        let argument = arguments.swap_remove(0).negated();
        let call = Form::Call(function, vec![argument]);
        if parity == Parity::Odd { call.negated() } else { call }
    }

    /// Whether no rule can shorten it: every leaf occurs once, and there is one call or root at most.
    pub fn is_plain(&self) -> bool {
        let mut leaves = Vec::new();
        let mut special = 0;
        self.survey(&mut leaves, &mut special);
        leaves.sort_unstable();
        special <= 1 && leaves.windows(2).all(|pair| pair[0] != pair[1])
    }

    /// Whether it has neither calls nor roots nor symbolic exponents: normal forms know all about it.
    pub fn is_rational(&self) -> bool {
        let mut special = 0;
        self.survey(&mut Vec::new(), &mut special);
        special == 0
    }

    fn survey(&self, leaves: &mut Vec<u32>, special: &mut usize) {
        match self {
            Form::Number(_) => {}
            Form::Constant(_) => leaves.push(u32::MAX),
            Form::Leaf(leaf) => leaves.push(*leaf),
            Form::Call(function, arguments) => {
                // A magnitude may be decided by a sign.
                *special += 1 + usize::from(is_magnitude(*function));
                for argument in arguments {
                    argument.survey(leaves, special);
                }
            }
            Form::Power(base, exponent) => {
                *special += usize::from(!matches!(&**exponent, Form::Number(q) if q.is_integer()));
                *special += usize::from(matches!(&**base, Form::Power(..)));
                base.survey(leaves, special);
                exponent.survey(leaves, special);
            }
            Form::Product(_, operands) | Form::Sum(operands) => {
                for operand in operands {
                    operand.survey(leaves, special);
                }
            }
        }
    }

    /// For a factor that belongs below the line, what stands there.
    pub fn inverse(&self) -> Option<Form> {
        let Form::Power(base, exponent) = self else { return None };
        let below = match &**exponent {
            Form::Sum(terms) => terms.iter().all(Form::is_negative),
            other => other.is_negative(),
        };
        below.then(|| Form::power((**base).clone(), (**exponent).clone().negated()))
    }
}

/// Exact `base^exponent` of numbers, if there is one of reasonable size.
fn literal_power(base: &Rational, exponent: &Rational) -> Option<Rational> {
    if base.is_one() {
        return Some(Rational::ONE);
    }
    if base.is_zero() {
        return exponent.is_positive().then_some(Rational::ZERO);
    }
    let (p, q) = exponent.as_pair()?;
    let root = if q == 1 {
        base.clone()
    } else {
        if base.is_negative() {
            return None;
        }
        base.root(u32::try_from(q).ok()?)?
    };
    root.power(p, LITERAL_BITS).ok()
}

fn base_and_exponent(factor: Form) -> (Form, Rational) {
    match factor {
        Form::Power(base, exponent) => match *exponent {
            Form::Number(q) => (*base, q),
            other if other.is_negative() => {
                (Form::Power(base, Box::new(other.negated())), Rational::MINUS_ONE)
            }
            other => (Form::Power(base, Box::new(other)), Rational::ONE),
        },
        other => (other, Rational::ONE),
    }
}

/// `(coefficient · factors)^q`: the inverse of a product is a product of inverses, an exact power of a positive
/// coefficient and the sign under an integer exponent come out; otherwise the product stays together, which is shorter.
fn product_power(coefficient: Rational, factors: Vec<Form>, q: &Rational) -> Form {
    if *q == Rational::MINUS_ONE {
        let Some(inverse) = coefficient.reciprocal() else {
            return Form::Number(Rational::ZERO);
        };
        let mut inverted: Vec<Form> =
            factors.into_iter().map(|f| Form::power(f, Form::Number(Rational::MINUS_ONE))).collect();
        inverted.push(Form::Number(inverse));
        return Form::product(inverted);
    }
    let exponent = Form::Number(q.clone());
    let (sign, size) = if coefficient.is_negative() && q.is_integer() {
        (if q.is_even() { Rational::ONE } else { Rational::MINUS_ONE }, coefficient.abs())
    } else {
        (Rational::ONE, coefficient)
    };
    let drawn = if size.is_positive() && !size.is_one() && (factors.len() == 1 || !q.is_integer()) {
        literal_power(&size, q)
    } else {
        None
    };
    let (outside, inside) = match drawn {
        Some(value) => (&value * &sign, Rational::ONE),
        None => (sign, size),
    };
    let base = if inside.is_one() && factors.len() == 1 {
        let mut factors = factors;
        return Form::power(factors.swap_remove(0), exponent).scaled(&outside);
    } else {
        Form::Product(inside, factors)
    };
    Form::Power(Box::new(base), Box::new(exponent)).scaled(&outside)
}
