//! Sums: like terms, common factors, brackets multiplied out, fractions over one denominator.

use num_bigint::BigInt;
use num_integer::Integer as _;

use super::super::Phrase;
use super::super::expand;
use super::super::gather::{self, Done, Exponent, Powers};
use super::super::make::{Care, as_number, holds_derivative, is_one, plain_quotient};
use super::arithmetic::is_negated;
use super::moves::{Changed, Move, everywhere, quoted};
use crate::number::Rational;
use crate::print;
use crate::syntax::tree::{Kind, Tree};

/// Like terms added.
pub(super) fn like_terms(line: &Tree) -> Option<Move> {
    let mut are_numbers = true;
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| {
        let (made, is_number) = gather::like_terms(part)?;
        are_numbers &= is_number;
        Some(made)
    });
    let words = if are_numbers { "add the numbers" } else { "collect like terms" };
    (!changed.is_empty()).then(|| Move::algebra(words, quoted(line, &changed, 1), tree))
}

/// What all terms of a sum have in common in front of it, for every sum; with numbers, or without.
pub(super) fn take_out(line: &Tree, with_numbers: bool) -> Option<Move> {
    let mut found: Vec<Tree> = Vec::new();
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| {
        let (front, rest) = common(part, with_numbers)?;
        let sum = positive_first(Care::Tidy.sum(rest));
        let is_negative = is_negated(&front);
        let shown = if is_negative { Care::Tidy.negate(front.clone()) } else { front.clone() };
        if is_one(&shown) {
            return Some(Care::Tidy.negate(sum));
        }
        if !found.contains(&front) {
            found.push(front.clone());
        }
        let factors = match shown.kind {
            Kind::Product(factors) => factors,
            kind => vec![kind.into()],
        };
        let made: Tree = Kind::Product(factors.into_iter().chain([sum]).collect()).into();
        Some(if is_negative { Care::Tidy.negate(made) } else { made })
    });
    if changed.is_empty() {
        return None;
    }
    if found.is_empty() {
        return Some(Move::algebra("take out the sign", Vec::new(), tree));
    }
    let because = found.into_iter().map(Phrase::Formula).collect();
    Some(Move::algebra("take out", because, tree))
}

/// What the terms of a sum have in common, and what is left of them.
fn common(tree: &Tree, with_numbers: bool) -> Option<(Tree, Vec<Tree>)> {
    let Kind::Sum(parts) = &tree.kind else { return None };
    if holds_derivative(tree) {
        return None;
    }
    let all: Vec<Powers> = parts.iter().map(|part| Powers::of(part, &mut Done::default())).collect();
    let first = all.first()?;
    let mut shared = Powers::number(Rational::ONE);
    for (base, exponent) in &first.factors {
        // an exponent that all have, whatever it is
        if all.iter().all(|powers| powers.holds(base, exponent)) {
            shared.factors.push((base.clone(), exponent.clone()));
            continue;
        }
        let exponents: Option<Vec<&Exponent>> = all.iter().map(|powers| powers.raised_by(base)).collect();
        if let Some(least) = exponents.and_then(|all| Exponent::nearest_to_zero(&all)) {
            shared.factors.push((base.clone(), least));
        }
    }
    if with_numbers && let Some(number) = content(&all) {
        shared.number = number;
    }
    if all.iter().all(|powers| powers.number.is_negative()) {
        shared.number = -shared.number;
    }
    if shared.factors.is_empty() && shared.number.is_one() {
        return None;
    }
    let inverse = shared.clone().inverse()?;
    let rest: Vec<Tree> = all
        .into_iter()
        .map(|mut powers| {
            powers.multiply(inverse.clone(), &mut Done::default());
            powers.tree()
        })
        .collect();
    Some((shared.tree(), rest))
}

/// The greatest whole number in all coefficients, if all of them are whole.
fn content(all: &[Powers]) -> Option<Rational> {
    let mut greatest = BigInt::from(0);
    for powers in all {
        if !powers.number.is_integer() {
            return None;
        }
        greatest = greatest.gcd(&powers.number.numerator());
    }
    Some(Rational::from_integer(greatest)).filter(|n| !n.is_zero())
}

/// Products of sums inside sums multiplied out, like terms added.
pub(super) fn multiply_out(line: &Tree) -> Option<Move> {
    let mut is_collected = false;
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| {
        let Kind::Sum(terms) = &part.kind else { return None };
        if holds_derivative(part) || !terms.iter().any(is_open) {
            return None;
        }
        let count = expand::count(part);
        let made = ordered(expand::expanded(part)?);
        let own = if let Kind::Sum(terms) = &made.kind { terms.len() } else { 1 };
        is_collected |= count.is_some_and(|count| own < count);
        Some(made)
    });
    let words = if is_collected { "multiply out and collect like terms" } else { "multiply out" };
    (!changed.is_empty()).then(|| Move::algebra(words, quoted(line, &changed, 1), tree))
}

/// Is it a product with a sum in it, or a power of a sum?
fn is_open(term: &Tree) -> bool {
    match &term.kind {
        Kind::Negate(inner) => is_open(inner) || matches!(inner.kind, Kind::Sum(_)),
        Kind::Quotient(above, _) => is_open(above) || matches!(above.kind, Kind::Sum(_)),
        Kind::Product(factors) => factors.iter().any(|f| matches!(f.kind, Kind::Sum(_)) || is_open(f)),
        Kind::Power(base, exponent) => {
            matches!(base.kind, Kind::Sum(_))
                && as_number(exponent).and_then(|n| n.as_integer()).is_some_and(|n| n > 1)
        }
        _ => false,
    }
}

/// A factor multiplied into the one sum beside it: `x²(1 + y²/x²) = x² + y²`.
pub(super) fn multiply_in(line: &Tree) -> Option<Move> {
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| {
        let Kind::Product(factors) = &part.kind else { return None };
        let sums = factors.iter().filter(|factor| matches!(factor.kind, Kind::Sum(_))).count();
        if sums != 1 || holds_derivative(part) {
            return None;
        }
        let made = ordered(expand::expanded(part)?);
        (fractions(&made) < fractions(part) && print::nodes(&made) < print::nodes(part)).then_some(made)
    });
    (!changed.is_empty()).then(|| Move::algebra("multiply out", quoted(line, &changed, 1), tree))
}

/// Fractions that are no numbers.
fn fractions(tree: &Tree) -> usize {
    let mut count = 0;
    tree.walk(&mut |part| {
        count += usize::from(matches!(part.kind, Kind::Quotient(..)) && as_number(part).is_none());
    });
    count
}

/// A polynomial with its highest power first, a sum of two terms with the positive one first.
fn ordered(tree: Tree) -> Tree {
    let Kind::Sum(mut terms) = tree.kind else { return tree };
    let degrees: Option<Vec<(Tree, Rational)>> = terms.iter().map(degree).collect();
    if let Some(degrees) = degrees {
        let names: Vec<&Tree> = degrees.iter().filter(|(_, n)| !n.is_zero()).map(|(name, _)| name).collect();
        if names.windows(2).all(|pair| pair[0] == pair[1]) {
            terms.sort_by_cached_key(|term| std::cmp::Reverse(degree(term).map(|(_, n)| n)));
        }
    }
    positive_first(Kind::Sum(terms).into())
}

/// A sum of two terms does not begin with a sign, if one of them has none.
fn positive_first(tree: Tree) -> Tree {
    match tree.kind {
        Kind::Sum(mut terms) => {
            if let [first, second] = terms.as_slice()
                && is_negated(first)
                && !is_negated(second)
            {
                terms.reverse();
            }
            Kind::Sum(terms).into()
        }
        kind => kind.into(),
    }
}

/// The name and its power, if a term is a multiple of a power of one name.
fn degree(term: &Tree) -> Option<(Tree, Rational)> {
    let powers = Powers::of(term, &mut Done::default());
    match powers.factors.as_slice() {
        [] => Some((Tree::name(""), Rational::ZERO)),
        [(base, _)] if matches!(base.kind, Kind::Name(_)) => powers.exponent(base).map(|n| (base.clone(), n)),
        _ => None,
    }
}

/// Sums of fractions over their common denominator.
pub(super) fn common_denominator(line: &Tree) -> Option<Move> {
    let mut found: Vec<Tree> = Vec::new();
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| {
        let Kind::Sum(terms) = &part.kind else { return None };
        if holds_derivative(part) {
            return None;
        }
        let all: Vec<Powers> = terms.iter().map(|term| Powers::of(term, &mut Done::default())).collect();
        let mut below = Powers::number(Rational::ONE);
        let mut number = BigInt::from(1);
        for powers in &all {
            number = number.lcm(&powers.number.denominator());
            for (base, exponent) in powers.factors.iter().filter(|(_, exponent)| exponent.is_below()) {
                let wanted = exponent.clone().scaled(&Rational::MINUS_ONE);
                below.raise_to(base, wanted);
            }
        }
        if below.factors.is_empty() {
            return None;
        }
        below.number = Rational::from_integer(number);
        let above: Vec<Tree> = all
            .into_iter()
            .map(|mut powers| {
                powers.multiply(below.clone(), &mut Done::default());
                powers.tree()
            })
            .collect();
        let below = below.tree();
        if !found.contains(&below) {
            found.push(below.clone());
        }
        Some(plain_quotient(positive_first(Care::Tidy.sum(above)), below))
    });
    let because = found.into_iter().map(Phrase::Formula).collect();
    (!changed.is_empty()).then(|| Move::algebra("bring over the common denominator", because, tree))
}
