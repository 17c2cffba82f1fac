//! How hard a formula is to read, and polynomials as they are written by hand: multiplied out, highest power first.
//!
//! The engine looks for the fewest signs, which gives 8 + x(3x − 8) and fractions inside fractions; a derivation ends with
//! what is no harder to read than the line before.

use super::expand;
use super::gather::Powers;
use super::make::{Care, as_number, map_parts};
use crate::number::Rational;
use crate::print;
use crate::syntax::tree::{Kind, Tree};

/// What a fraction inside a fraction costs, in signs.
const NESTED_FRACTION: usize = 4;
/// What a power of a product or fraction with a sum in it costs.
const POWER_OF_PRODUCT: usize = 3;
/// Signs by which a polynomial may grow when it is multiplied out.
const GROWTH: usize = 4;
/// Longer polynomials stay as they are.
const MOST_TERMS: usize = 6;

/// How hard a formula is to read: its signs, and more for what nests.
pub(super) fn cost(tree: &Tree) -> usize {
    fn extra(tree: &Tree, is_in_fraction: bool) -> usize {
        let is_number = as_number(tree).is_some();
        let own = match &tree.kind {
            Kind::Quotient(..) if is_number => 0,
            Kind::Quotient(_, below) => {
                usize::from(as_number(below).is_none()) + if is_in_fraction { NESTED_FRACTION } else { 0 }
            }
            Kind::Power(base, _) if holds_sum_and_more(base) => POWER_OF_PRODUCT,
            _ => 0,
        };
        let is_in_fraction = match &tree.kind {
            Kind::Quotient(..) => !is_number,
            // what stands in brackets of a function is read by itself
            Kind::Call { .. } | Kind::Big { .. } => false,
            _ => is_in_fraction,
        };
        let mut sum = own;
        tree.each_part(&mut |part| sum += extra(part, is_in_fraction));
        sum
    }
    print::nodes(tree) + extra(tree, false)
}

/// Is it a product or fraction with a sum in it? Its power is written as powers: (x(x + 3))³, but (v/c)².
fn holds_sum_and_more(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| found |= matches!(part.kind, Kind::Sum(_)));
    found && matches!(tree.kind, Kind::Product(_) | Kind::Quotient(..))
}

/// The formula with its polynomials in `variable` as they are written by hand.
pub(super) fn readable(tree: &Tree, variable: &str) -> Tree {
    let tree = map_parts(tree, &mut |part| readable(part, variable));
    match &tree.kind {
        Kind::Sum(terms) => polynomial(&tree, terms, variable).unwrap_or(tree),
        Kind::Product(factors) => {
            let mut is_negative = false;
            let factors: Vec<Tree> = factors
                .iter()
                .map(|factor| match &factor.kind {
                    Kind::Sum(terms) if terms.len() > 2 && is_negated(&terms[0]) => {
                        is_negative = !is_negative;
                        let terms = terms.iter().map(|term| Care::Tidy.negate(term.clone())).collect();
                        Kind::Sum(terms).into()
                    }
                    _ => factor.clone(),
                })
                .collect();
            let product = Kind::Product(factors).into();
            if is_negative { Care::Tidy.negate(product) } else { product }
        }
        // a sign that came forward
        Kind::Quotient(above, below) => match &above.kind {
            Kind::Negate(inner) => Care::Tidy.negate(Kind::Quotient(inner.clone(), below.clone()).into()),
            _ => tree,
        },
        Kind::Negate(inner) => Care::Tidy.negate((**inner).clone()),
        _ => tree,
    }
}

fn is_negated(tree: &Tree) -> bool {
    matches!(tree.kind, Kind::Negate(_))
}

/// The sum multiplied out, highest power first, if it is a short polynomial that is not written so.
fn polynomial(tree: &Tree, own: &[Tree], variable: &str) -> Option<Tree> {
    let terms = expand::terms(tree)?;
    let is_polynomial = terms.iter().all(|term| {
        term.factors.iter().all(|(base, exponent)| {
            matches!(base.kind, Kind::Name(_)) && exponent.whole().is_some_and(|n| n > 0)
        })
    });
    if !is_polynomial {
        return None;
    }
    let holds_sum = |term: &Tree| {
        let mut found = false;
        term.walk(&mut |part| found |= matches!(part.kind, Kind::Sum(_)));
        found
    };
    let is_open = own.iter().any(holds_sum);
    let degrees: Vec<i64> = own.iter().map(|term| degree(term, variable)).collect();
    let is_ordered = degrees.is_sorted() || degrees.iter().rev().is_sorted();
    if !is_open && (is_ordered || own.len() < 3) {
        return None;
    }
    let expanded = expand::expanded(tree)?;
    let Kind::Sum(mut parts) = expanded.kind else { return None };
    parts.sort_by_key(|part| std::cmp::Reverse(degree(part, variable)));
    if let [first, second] = parts.as_slice()
        && is_negated(first)
        && !is_negated(second)
    {
        parts.reverse();
    }
    let made: Tree = Kind::Sum(parts.clone()).into();
    (parts.len() <= MOST_TERMS && print::nodes(&made) <= print::nodes(tree) + GROWTH).then_some(made)
}

/// The power of a name in a term.
fn degree(term: &Tree, variable: &str) -> i64 {
    Powers::of(term, &mut super::gather::Done::default())
        .exponent(&Tree::name(variable))
        .as_ref()
        .and_then(Rational::as_integer)
        .unwrap_or(0)
}
