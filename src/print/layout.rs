//! What all notations share: how tightly a form of notation binds, and how large it is.

use crate::function::{self, Meaning, TensorFunction};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

/// How tightly a form binds; a part that binds less than its place asks for is bracketed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// `a < b`, `a and b`.
    Relation,
    /// `a + b`.
    Sum,
    /// `-a`.
    Sign,
    /// `a*b`, `a/b`, a big operator with its body.
    Product,
    /// `a^b`.
    Power,
    /// `a'`, `a[i]`.
    Postfix,
    /// Everything that has its own ends.
    Atom,
}

/// The level of a tree in linear notation.
pub(super) fn level(tree: &Tree) -> Level {
    match &tree.kind {
        Kind::Relation(..) | Kind::And(_) => Level::Relation,
        Kind::Sum(_) => Level::Sum,
        Kind::Negate(_) => Level::Sign,
        Kind::Number(n) if n.is_negative() => Level::Sign,
        Kind::Number(n) if decimal(n).is_none() => Level::Product,
        Kind::Product(_)
        | Kind::Quotient(..)
        | Kind::Hadamard(_)
        | Kind::ElementwiseQuotient(..)
        | Kind::Big { .. } => Level::Product,
        Kind::Power(..) | Kind::ElementwisePower(..) => Level::Power,
        Kind::Transpose(_) | Kind::Index(..) => Level::Postfix,
        Kind::Number(_)
        | Kind::Name(_)
        | Kind::Call { .. }
        | Kind::Iverson(_)
        | Kind::Cases(_)
        | Kind::Derivative { .. }
        | Kind::Array(_) => Level::Atom,
    }
}

/// The terms of a sum with their signs: whether `-` stands before it, and what follows.
pub(super) fn signed_term(term: &Tree) -> (bool, &Tree) {
    match &term.kind {
        Kind::Negate(inner) => (true, inner),
        _ => (false, term),
    }
}

/// Digits written in full; beyond that an exponent is used where it is shorter.
const FULL_DIGITS: usize = 18;

/// A number as a finite decimal, if it has one: `12`, `0.125`, `6.02e23`.
pub(super) fn decimal(number: &Rational) -> Option<String> {
    let numerator = number.numerator().magnitude().to_string();
    let denominator = number.denominator();
    let one: num_bigint::BigInt = 1.into();
    let (digits, places) = if denominator == one {
        (numerator, 0usize)
    } else {
        let (mut rest, mut twos, mut fives) = (denominator, 0usize, 0usize);
        let (two, five) = (num_bigint::BigInt::from(2), num_bigint::BigInt::from(5));
        let zero: num_bigint::BigInt = 0.into();
        while &rest % &two == zero {
            rest /= &two;
            twos += 1;
        }
        while &rest % &five == zero {
            rest /= &five;
            fives += 1;
        }
        if rest != one {
            return None;
        }
        let places = twos.max(fives);
        let scale = two.pow((places - twos) as u32) * five.pow((places - fives) as u32);
        ((number.numerator() * scale).magnitude().to_string(), places)
    };
    let sign = if number.is_negative() { "-" } else { "" };
    let plain = if places == 0 {
        digits.clone()
    } else if digits.len() > places {
        format!("{}.{}", &digits[..digits.len() - places], &digits[digits.len() - places..])
    } else {
        format!("0.{}{digits}", "0".repeat(places - digits.len()))
    };
    if plain.len() <= FULL_DIGITS {
        return Some(format!("{sign}{plain}"));
    }
    let short = digits.trim_end_matches('0');
    let exponent = (digits.len() - short.len()) as i64 - places as i64 + short.len() as i64 - 1;
    let scientific = match short.len() {
        0 => "0".to_string(),
        1 => format!("{short}e{exponent}"),
        _ => format!("{}.{}e{exponent}", &short[..1], &short[1..]),
    };
    Some(format!("{sign}{}", if scientific.len() < plain.len() { scientific } else { plain }))
}

/// The size of the printed text as a tree: every operator (an n-ary sum or product as n − 1; a subtraction is the operator
/// of the sum), call, number and occurrence of a symbol counts one.
pub fn nodes(tree: &Tree) -> usize {
    let mut count = 0;
    let mut pending = vec![tree];
    while let Some(tree) = pending.pop() {
        match &tree.kind {
            Kind::Number(n) => count += if n.is_integer() || decimal(n).is_some() { 1 } else { 3 },
            Kind::Name(_) => count += 1,
            Kind::Sum(terms) => {
                count += terms.len() - 1;
                for (place, term) in terms.iter().enumerate() {
                    let (is_negative, inner) = signed_term(term);
                    pending.push(if is_negative && place > 0 { inner } else { term });
                }
            }
            Kind::Product(parts) | Kind::Hadamard(parts) | Kind::And(parts) => {
                count += parts.len() - 1;
                pending.extend(parts);
            }
            Kind::Quotient(a, b)
            | Kind::Power(a, b)
            | Kind::ElementwiseQuotient(a, b)
            | Kind::ElementwisePower(a, b)
            | Kind::Relation(_, a, b) => {
                count += 1;
                pending.extend([&**a, b]);
            }
            Kind::Negate(a) | Kind::Transpose(a) | Kind::Iverson(a) => {
                count += 1;
                pending.push(a);
            }
            Kind::Call { arguments, .. } => {
                count += 1;
                pending.extend(arguments);
            }
            Kind::Index(base, indices) => {
                count += 1;
                pending.push(base);
                pending.extend(indices);
            }
            Kind::Big { indices, condition, body, .. } => {
                count += 1 + indices.len();
                for (lower, upper) in indices.iter().filter_map(|index| index.range.as_ref()) {
                    pending.extend([lower, upper]);
                }
                pending.extend(condition.as_deref());
                pending.push(body);
            }
            Kind::Cases(rows) => {
                count += 1;
                for (value, condition) in rows {
                    pending.push(value);
                    pending.extend(condition.as_ref());
                }
            }
            Kind::Derivative { body, variables, .. } => {
                count += 1;
                pending.push(body);
                pending.extend(variables);
            }
            Kind::Array(entries) => {
                count += 1;
                pending.extend(entries);
            }
        }
    }
    count
}

/// Special forms that a call takes in two-dimensional and Unicode notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `|x|`.
    Bars,
    /// `‖x‖`.
    Norm,
    /// `‖x‖₁`.
    Norm1,
    /// `√x`.
    Root,
    /// `∛x`.
    CubeRoot,
    /// `f(x)`.
    Plain,
}

/// The form of a call with one argument and no primes.
pub(super) fn form(name: &str, primes: u8, arguments: &[Tree]) -> Form {
    if primes > 0 || arguments.len() != 1 {
        return Form::Plain;
    }
    let Some(id) = function::lookup(name) else { return Form::Plain };
    match function::row(id).meaning {
        Meaning::Tensor(TensorFunction::Norm2) => Form::Norm,
        Meaning::Tensor(TensorFunction::Norm1) => Form::Norm1,
        _ if id == function::ABS => Form::Bars,
        _ if id == function::SQRT => Form::Root,
        _ if id == function::CBRT => Form::CubeRoot,
        _ => Form::Plain,
    }
}
