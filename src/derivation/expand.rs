//! Sums of products: what multiplying out gives, and what all terms have in common.

use super::gather::{self, Done, Powers};
use super::make::{Care, as_number, one};
use crate::number::Rational;
use crate::print;
use crate::syntax::tree::{Kind, Tree};

/// Longer sums are not multiplied out.
const MOST_TERMS: usize = 32;
/// Nor are higher powers of sums.
const HIGHEST_POWER: i64 = 4;

/// The terms of a tree that is multiplied out, fractions of sums split; `None` if there would be too many.
pub(super) fn terms(tree: &Tree) -> Option<Vec<Powers>> {
    let mut done = Done::default();
    let found = match &tree.kind {
        Kind::Sum(parts) => {
            let mut all = Vec::new();
            for part in parts {
                for term in terms(part)? {
                    add(&mut all, term);
                }
            }
            all
        }
        Kind::Negate(inner) => {
            let mut all = terms(inner)?;
            for term in &mut all {
                term.number = -term.number.clone();
            }
            all
        }
        Kind::Product(factors) => {
            let mut all = vec![Powers::number(Rational::ONE)];
            for factor in factors {
                all = products(&all, &terms(factor)?)?;
            }
            all
        }
        Kind::Quotient(a, b) => {
            let below = Powers::of(&gather::factors(b, &mut done), &mut done).inverse()?;
            products(&terms(a)?, &[below])?
        }
        Kind::Power(base, exponent) => match as_number(exponent).and_then(|n| n.as_integer()) {
            Some(n) if (2..=HIGHEST_POWER).contains(&n) && matches!(base.kind, Kind::Sum(_)) => {
                let base = terms(base)?;
                let mut all = vec![Powers::number(Rational::ONE)];
                for _ in 0..n {
                    all = products(&all, &base)?;
                }
                all
            }
            _ => vec![Powers::of(tree, &mut done)],
        },
        _ => vec![Powers::of(tree, &mut done)],
    };
    (found.len() <= MOST_TERMS).then_some(found)
}

fn products(left: &[Powers], right: &[Powers]) -> Option<Vec<Powers>> {
    if left.len() * right.len() > 4 * MOST_TERMS {
        return None;
    }
    let mut all = Vec::new();
    for a in left {
        for b in right {
            let mut product = a.clone();
            product.multiply(b.clone(), &mut Done::default());
            add(&mut all, product);
        }
    }
    (all.len() <= MOST_TERMS).then_some(all)
}

/// The number of terms before like ones are added; `None` if it is beyond counting.
pub(super) fn count(tree: &Tree) -> Option<usize> {
    match &tree.kind {
        Kind::Sum(parts) => parts.iter().try_fold(0usize, |sum, part| sum.checked_add(count(part)?)),
        Kind::Negate(inner) | Kind::Quotient(inner, _) => count(inner),
        Kind::Product(factors) => {
            factors.iter().try_fold(1usize, |product, factor| product.checked_mul(count(factor)?))
        }
        Kind::Power(base, exponent) => match as_number(exponent).and_then(|n| n.as_integer()) {
            Some(n) if (2..=HIGHEST_POWER).contains(&n) => count(base)?.checked_pow(n as u32),
            _ => Some(1),
        },
        _ => Some(1),
    }
}

/// Adds a term to like ones.
fn add(all: &mut Vec<Powers>, term: Powers) {
    match all.iter_mut().find(|own| own.is_like(&term)) {
        Some(own) => own.number = own.number.clone() + term.number,
        None => all.push(term),
    }
    all.retain(|own| !own.number.is_zero());
}

/// Multiplied out, like terms added.
pub(super) fn expanded(tree: &Tree) -> Option<Tree> {
    let all: Vec<Tree> = terms(tree)?.iter().map(Powers::tree).collect();
    // a power of a sum may come out of a product of equal sums
    Some(gather::terms(&Care::Tidy.sum(all), &mut Done::default()))
}

/// The parts of two trees in which they differ: common factors, common terms and equal surroundings left out.
pub(super) fn difference(left: &Tree, right: &Tree) -> (Tree, Tree) {
    let (left, right) =
        (gather::factors(left, &mut Done::default()), gather::factors(right, &mut Done::default()));
    // what is left of the difference, its positive terms against its negative ones
    let minus = Care::Tidy.negate(right.clone());
    let rest = gather::terms(&Care::Tidy.sum(vec![left.clone(), minus]), &mut Done::default());
    if let Kind::Sum(terms) = &rest.kind
        && (matches!(left.kind, Kind::Sum(_)) || matches!(right.kind, Kind::Sum(_)))
    {
        let (negative, positive): (Vec<Tree>, Vec<Tree>) =
            terms.iter().cloned().partition(|term| matches!(term.kind, Kind::Negate(_)));
        let positive = Care::Tidy.sum(positive);
        let negative = Care::Tidy.sum(negative.into_iter().map(|term| Care::Tidy.negate(term)).collect());
        let size = |a: &Tree, b: &Tree| print::nodes(a) + print::nodes(b);
        let is_whole = super::make::is_zero(&positive) || super::make::is_zero(&negative);
        if !is_whole && size(&positive, &negative) < size(&left, &right) {
            return difference(&positive, &negative);
        }
    }
    if let (Kind::Sum(a), Kind::Sum(b)) = (&left.kind, &right.kind) {
        let (a, b) = apart(a, b);
        if !(a.is_empty() || b.is_empty()) && a.len() + b.len() > 2 {
            return (Care::Tidy.sum(a), Care::Tidy.sum(b));
        }
        if let ([a], [b]) = (a.as_slice(), b.as_slice()) {
            return difference(a, b);
        }
        return (left, right);
    }
    if let (Kind::Call { name: f, primes: p, arguments: a }, Kind::Call { name: g, primes: q, arguments: b }) =
        (&left.kind, &right.kind)
        && f == g
        && p == q
        && let ([a], [b]) = (a.as_slice(), b.as_slice())
    {
        return difference(a, b);
    }
    let (mut a, mut b) = (Powers::of(&left, &mut Done::default()), Powers::of(&right, &mut Done::default()));
    let mut at = 0;
    while let Some((base, exponent)) = a.factors.get(at).cloned() {
        let key = print::text(&gather::sorted(&base));
        let twin = b
            .factors
            .iter()
            .position(|(other, e)| *e == exponent && print::text(&gather::sorted(other)) == key);
        match twin {
            Some(place) => {
                a.factors.remove(at);
                b.factors.remove(place);
            }
            None => at += 1,
        }
    }
    if a.number == b.number {
        (a.number, b.number) = (Rational::ONE, Rational::ONE);
    }
    if let ([(x, e)], [(y, f)]) = (a.factors.as_slice(), b.factors.as_slice())
        && e == f
        && a.number == b.number
        && matches!((&x.kind, &y.kind), (Kind::Sum(_), Kind::Sum(_)) | (Kind::Call { .. }, Kind::Call { .. }))
    {
        return difference(x, y);
    }
    (a.tree(), b.tree())
}

/// Terms that stand on one side only.
fn apart(left: &[Tree], right: &[Tree]) -> (Vec<Tree>, Vec<Tree>) {
    let mut right: Vec<(String, Tree)> =
        right.iter().map(|term| (print::text(&gather::sorted(term)), term.clone())).collect();
    let mut own = Vec::new();
    for term in left {
        let key = print::text(&gather::sorted(term));
        match right.iter().position(|(other, _)| *other == key) {
            Some(at) => {
                right.remove(at);
            }
            None => own.push(term.clone()),
        }
    }
    (own, right.into_iter().map(|(_, term)| term).collect())
}

/// What stands above and below the line.
pub(super) fn fraction(tree: &Tree) -> (Powers, Powers) {
    let powers = Powers::of(&gather::factors(tree, &mut Done::default()), &mut Done::default());
    let mut above = Powers::number(Rational::from_integer(powers.number.numerator()));
    let mut below = Powers::number(Rational::from_integer(powers.number.denominator()));
    for (base, exponent) in powers.factors {
        if exponent.is_below() {
            below.factors.push((base, exponent.scaled(&Rational::MINUS_ONE)));
        } else {
            above.factors.push((base, exponent));
        }
    }
    (above, below)
}

/// Is there nothing in it?
pub(super) fn is_unit(tree: &Tree) -> bool {
    *tree == one()
}
