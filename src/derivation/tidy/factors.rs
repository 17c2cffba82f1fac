//! Products and fractions: one bar instead of several, equal factors gathered or cancelled, exponents that are negative.

use super::super::Phrase;
use super::super::gather::{Done, Powering, Powers};
use super::super::make::{
    Care, as_number, holds_derivative, one, plain_power, plain_quotient, rebuilt, relation,
};
use super::moves::{Changed, Move, everywhere, quoted};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Relation, Tree};

/// Fractions inside products and fractions as one.
pub(super) fn one_fraction(line: &Tree) -> Option<Move> {
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| match &part.kind {
        Kind::Product(factors) if factors.iter().any(is_fraction) => {
            Some(rebuilt(part.clone(), Care::Tidy)).filter(|made| made != part)
        }
        Kind::Quotient(above, below) if is_fraction(above) || is_fraction(below) => {
            let (a, b) = (halves(above), halves(below));
            let care = Care::Tidy;
            let made = care.quotient(care.product(vec![a.0, b.1]), care.product(vec![a.1, b.0]));
            (made != *part).then_some(made)
        }
        _ => None,
    });
    (!changed.is_empty()).then(|| Move::algebra("write as one fraction", Vec::new(), tree))
}

fn is_fraction(tree: &Tree) -> bool {
    match &tree.kind {
        Kind::Quotient(..) => as_number(tree).is_none(),
        Kind::Negate(inner) => is_fraction(inner),
        _ => false,
    }
}

/// What stands above and below the bar, the sign above.
fn halves(tree: &Tree) -> (Tree, Tree) {
    match &tree.kind {
        Kind::Quotient(a, b) if as_number(tree).is_none() => ((**a).clone(), (**b).clone()),
        Kind::Negate(inner) if is_fraction(inner) => {
            let (a, b) = halves(inner);
            (Care::Tidy.negate(a), b)
        }
        _ => (tree.clone(), one()),
    }
}

/// `u^(−n) = 1/u^n`, for numbers n.
pub(super) fn negative_exponents(line: &Tree) -> Option<Move> {
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| {
        let Kind::Power(base, exponent) = &part.kind else { return None };
        let n = as_number(exponent).filter(Rational::is_negative)?.abs();
        let power = |base: &Tree| Care::Tidy.power(base.clone(), Tree::number(&n));
        Some(match &base.kind {
            Kind::Quotient(a, b) => power(&plain_quotient((**b).clone(), (**a).clone())),
            _ => plain_quotient(one(), power(base)),
        })
    });
    let letter = |name: &str| Tree::name(name);
    let negative = Kind::Negate(Box::new(letter("n"))).into();
    let law = relation(
        plain_power(letter("u"), negative),
        Relation::Equal,
        plain_quotient(one(), plain_power(letter("u"), letter("n"))),
    );
    let because = vec![Phrase::Formula(law)];
    (!changed.is_empty()).then(|| Move::identity("negative exponent", because, tree))
}

/// What happened to factors.
#[derive(Clone, Copy, Default)]
// Several of them may happen in one line.
#[allow(clippy::struct_excessive_bools)]
struct Met {
    gathered: bool,
    cancelled: bool,
    raised: bool,
    spread: bool,
}

/// Equal factors as powers, or cancelled above and below the bar; powers of powers as one.
pub(super) fn equal_factors(line: &Tree) -> Option<Move> {
    let mut met = Met::default();
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| merged(part, &mut met));
    let equal = match met {
        Met { gathered: true, cancelled: true, .. } => Some("gather and cancel equal factors"),
        Met { cancelled: true, .. } => Some("cancel equal factors"),
        Met { gathered: true, .. } => Some("gather equal factors"),
        _ => None,
    };
    let raised = met.raised.then_some("power of a power");
    let spread = met.spread.then_some("power of a product");
    let words: Vec<&str> = [equal, raised, spread].into_iter().flatten().collect();
    (!changed.is_empty()).then(|| Move::algebra(words.join(", "), quoted(line, &changed, 1), tree))
}

fn merged(tree: &Tree, met: &mut Met) -> Option<Tree> {
    if !matches!(tree.kind, Kind::Product(_) | Kind::Quotient(..) | Kind::Power(..)) || holds_derivative(tree)
    {
        return None;
    }
    for powering in [Powering::Closed, Powering::Open] {
        let mut done = Done::default();
        let powers = Powers::taken(tree, powering, &mut done);
        let is_number_cancelled = cancels_numbers(tree);
        if !(done.gathered || done.cancelled || is_number_cancelled) || powers.has_longer_exponent(tree) {
            continue;
        }
        met.gathered |= done.gathered;
        met.cancelled |= done.cancelled || is_number_cancelled;
        return Some(powers.tree()).filter(|made| made != tree);
    }
    let Kind::Power(base, exponent) = &tree.kind else { return None };
    as_number(exponent)?.as_integer()?;
    match &base.kind {
        Kind::Power(..) | Kind::Call { .. } => {
            let made = Powers::taken(tree, Powering::Closed, &mut Done::default()).tree();
            met.raised |= made != *tree;
            (made != *tree).then_some(made)
        }
        // (2x)³ = 8x³
        Kind::Product(factors) if factors.iter().any(|factor| as_number(factor).is_some()) => {
            met.spread = true;
            Some(Powers::of(tree, &mut Done::default()).tree())
        }
        _ => None,
    }
}

/// Is there a number above the bar that has a factor in common with one below?
fn cancels_numbers(tree: &Tree) -> bool {
    let Kind::Quotient(above, below) = &tree.kind else { return false };
    let number = |side: &Tree| Powers::taken(side, Powering::Closed, &mut Done::default()).number;
    let (a, b) = (number(above), number(below));
    match a.divide(&b) {
        Some(q) if a.is_integer() && b.is_integer() && !a.is_zero() => {
            !b.abs().is_one() && Rational::from_integer(q.denominator()) != b.abs()
        }
        _ => false,
    }
}
