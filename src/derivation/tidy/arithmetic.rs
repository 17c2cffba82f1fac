//! What is done without thinking: numbers among each other, factors 1 and terms 0, signs, brackets inside sums.

use super::super::gather;
use super::super::make::{Care, as_number, integer, is_one, is_zero, one, plain_power, plain_quotient, zero};
use super::moves::{Changed, Move, everywhere, quoted};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

/// Powers of numbers with more bits stay as they are.
const MOST_BITS: u64 = 96;

/// Kinds of work on numbers.
#[derive(Clone, Copy, Default)]
struct Work {
    sums: bool,
    products: bool,
    others: bool,
}

/// Sums, products, powers and fractions of numbers as numbers.
pub(super) fn numbers(line: &Tree, care: Care) -> Option<Move> {
    let mut work = Work::default();
    let mut changed = Changed::new();
    let tree = everywhere(line, care, &mut changed, &mut |part| worked_out(part, &mut work));
    let words = match work {
        Work { sums: true, products: false, others: false } => "add the numbers",
        Work { sums: false, products: true, others: false } => "multiply the numbers",
        _ => "work out the numbers",
    };
    (!changed.is_empty()).then(|| Move::algebra(words, quoted(line, &changed, 3), tree))
}

fn worked_out(tree: &Tree, work: &mut Work) -> Option<Tree> {
    match &tree.kind {
        Kind::Sum(terms) => {
            let of = |term: &Tree| as_number(term).filter(|n| !n.is_zero());
            let values: Vec<Rational> = terms.iter().filter_map(of).collect();
            // like terms are collected together with the numbers
            if values.len() < 2 || gather::like_terms(tree).is_some_and(|(_, is_number)| !is_number) {
                return None;
            }
            let total = values.into_iter().fold(Rational::ZERO, |sum, own| sum + own);
            let mut kept: Vec<Tree> = Vec::with_capacity(terms.len());
            let mut pending = Some(total);
            for term in terms {
                if of(term).is_none() {
                    kept.push(term.clone());
                } else if let Some(total) = pending.take()
                    && (!total.is_zero() || terms.iter().all(|term| as_number(term).is_some()))
                {
                    kept.push(Tree::number(&total));
                }
            }
            work.sums = true;
            Some(Care::Literal.sum(kept))
        }
        Kind::Product(factors) => {
            let of = |factor: &Tree| as_number(factor).filter(|n| !n.is_zero() && !n.is_one());
            if factors.iter().filter_map(of).count() < 2 {
                return None;
            }
            let product = factors.iter().filter_map(of).fold(Rational::ONE, |product, own| product * own);
            let mut kept: Vec<Tree> = factors.iter().filter(|factor| of(factor).is_none()).cloned().collect();
            if !product.abs().is_one() || kept.is_empty() {
                kept.insert(0, Tree::number(&product.abs()));
            }
            work.products = true;
            let made = Care::Literal.product(kept);
            Some(if product.is_negative() { Kind::Negate(Box::new(made)).into() } else { made })
        }
        Kind::Power(base, exponent) => {
            let n = as_number(exponent)?.as_integer()?;
            let value = as_number(base)?.power(n, MOST_BITS).ok()?;
            if n == 0 || n == 1 {
                return None;
            }
            work.others = true;
            Some(Tree::number(&value))
        }
        Kind::Quotient(above, below) => {
            let value = as_number(above)?.divide(&as_number(below)?)?;
            let made = Tree::number(&value);
            if made == *tree || is_one(below) || is_zero(above) {
                return None;
            }
            work.others = true;
            Some(made)
        }
        _ => None,
    }
}

/// `1·u = u`, `u + 0 = u`, `0·u = 0`, `u¹ = u`, `u⁰ = 1`.
pub(super) fn ones_and_zeros(line: &Tree, care: Care) -> Option<Move> {
    let (mut has_one, mut has_zero) = (false, false);
    let mut changed = Changed::new();
    let tree = everywhere(line, care, &mut changed, &mut |part| match &part.kind {
        Kind::Sum(terms) if terms.iter().any(is_zero) => {
            has_zero = true;
            let kept: Vec<Tree> = terms.iter().filter(|term| !is_zero(term)).cloned().collect();
            Some(if kept.is_empty() { zero() } else { Care::Literal.sum(kept) })
        }
        Kind::Product(factors) if factors.iter().any(is_zero) => {
            has_zero = true;
            Some(zero())
        }
        Kind::Product(factors) if factors.iter().any(is_one) => {
            has_one = true;
            Some(Care::Literal.product(factors.iter().filter(|factor| !is_one(factor)).cloned().collect()))
        }
        Kind::Quotient(above, _) if is_zero(above) => {
            has_zero = true;
            Some(zero())
        }
        Kind::Quotient(above, below) if is_one(below) => {
            has_one = true;
            Some((**above).clone())
        }
        Kind::Power(base, exponent) if is_one(exponent) => {
            has_one = true;
            Some((**base).clone())
        }
        Kind::Power(base, exponent) if is_zero(exponent) && !is_zero(base) || is_one(base) => {
            has_one = true;
            Some(one())
        }
        Kind::Negate(inner) if is_zero(inner) => {
            has_zero = true;
            Some(zero())
        }
        _ => None,
    });
    let words = match (has_zero, has_one) {
        (true, false) => "drop the zeros",
        (false, true) => "drop the ones",
        _ => "drop zeros and ones",
    };
    (!changed.is_empty()).then(|| Move::algebra(words, Vec::new(), tree))
}

/// Signs to the front, two of them cancelled.
pub(super) fn signs(line: &Tree, care: Care) -> Option<Move> {
    let mut is_double = true;
    let mut changed = Changed::new();
    let tree = everywhere(line, care, &mut changed, &mut |part| match &part.kind {
        Kind::Negate(inner) => match &inner.kind {
            Kind::Negate(inner) => Some((**inner).clone()),
            _ => None,
        },
        Kind::Product(factors) => {
            let count = factors.iter().filter(|factor| is_negated(factor)).count();
            if count == 0 {
                return None;
            }
            is_double &= count % 2 == 0;
            let made = Care::Literal.product(factors.iter().map(without_sign).collect());
            Some(if count % 2 == 0 { made } else { Kind::Negate(Box::new(made)).into() })
        }
        Kind::Quotient(above, below) if is_negated(above) || is_negated(below) => {
            let made = plain_quotient(without_sign(above), without_sign(below));
            let is_even = is_negated(above) == is_negated(below);
            is_double &= is_even;
            Some(if is_even { made } else { Kind::Negate(Box::new(made)).into() })
        }
        Kind::Power(base, exponent) if is_negated(base) => {
            let n = as_number(exponent)?.as_integer()?;
            is_double &= n % 2 == 0;
            let made = plain_power(without_sign(base), integer(n));
            Some(if n % 2 == 0 { made } else { Kind::Negate(Box::new(made)).into() })
        }
        _ => None,
    });
    let words = if is_double { "two signs cancel" } else { "put the sign in front" };
    (!changed.is_empty()).then(|| Move::algebra(words, quoted(line, &changed, 1), tree))
}

pub(super) fn is_negated(tree: &Tree) -> bool {
    matches!(tree.kind, Kind::Negate(_))
}

fn without_sign(tree: &Tree) -> Tree {
    match &tree.kind {
        Kind::Negate(inner) => (**inner).clone(),
        _ => tree.clone(),
    }
}

/// Sums behind a sign inside sums without their brackets.
pub(super) fn brackets(line: &Tree) -> Option<Move> {
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| match &part.kind {
        Kind::Sum(terms) => {
            let is_open = |term: &Tree| match &term.kind {
                Kind::Negate(inner) => matches!(inner.kind, Kind::Sum(_)),
                _ => false,
            };
            terms.iter().any(is_open).then(|| Care::Tidy.sum(gather::signed(part, false)))
        }
        _ => None,
    });
    (!changed.is_empty()).then(|| Move::algebra("drop the brackets", Vec::new(), tree))
}
