//! How hard a formula is to read, and polynomials as they are written by hand: multiplied out, highest power first.
//!
//! The engine looks for the fewest signs, which gives 8 + x(3x − 8) and fractions inside fractions; a derivation ends with
//! what is no harder to read than the line before. The measure is the number of operators, names and numbers, and for what
//! makes a reader stop: a fraction inside a fraction, a power of a product, sums nested through products, a sum with a
//! number left in all its terms or a sign left in front, a negative exponent, an exponential below the bar, long numbers.

use super::expand;
use super::gather::{Done, Powers};
use super::make::{Care, as_number, map_parts};
use crate::function;
use crate::number::Rational;
use crate::print;
use crate::syntax::tree::{Kind, Tree};

/// What a fraction inside a fraction costs, in signs.
const NESTED_FRACTION: usize = 4;
/// What a power of a product or fraction costs.
const POWER_OF_PRODUCT: usize = 3;
/// What a sum inside a product inside a sum costs: x(x(3x + 1) + 2) + 1.
const NESTED_SUM: usize = 2;
/// What a number costs that could stand before its sum: 4x + 6 as a factor.
const LEFT_INSIDE: usize = 3;
/// What an exponential below the bar costs, and a negative exponent.
const UPSIDE_DOWN: usize = 3;
/// Digits that are read at a glance.
const SHORT: usize = 3;
/// Signs by which a polynomial may grow when it is multiplied out.
const GROWTH: usize = 4;
/// Longer polynomials stay as they are.
const MOST_TERMS: usize = 6;

/// Where a part stands.
#[derive(Clone, Copy, Default)]
struct Place {
    in_fraction: bool,
    below: bool,
    factor: bool,
    /// Sums around it, up to the next function.
    in_sums: usize,
}

/// How hard a formula is to read: its signs, and more for what makes a reader stop.
pub(super) fn cost(tree: &Tree) -> usize {
    print::nodes(tree) + extra(tree, Place::default())
}

fn extra(tree: &Tree, place: Place) -> usize {
    if as_number(tree).is_some() {
        return match &tree.kind {
            Kind::Number(n) => n.numerator().to_string().len().saturating_sub(SHORT) / 2,
            _ => 0,
        };
    }
    let own = match &tree.kind {
        Kind::Quotient(_, below) => {
            usize::from(as_number(below).is_none()) + if place.in_fraction { NESTED_FRACTION } else { 0 }
        }
        Kind::Power(base, exponent) => {
            let is_compound = matches!(base.kind, Kind::Product(_) | Kind::Quotient(..) | Kind::Negate(_));
            let is_turned = as_number(exponent).is_some_and(|n| n.is_negative());
            let is_e = matches!(&base.kind, Kind::Name(name) if name == "e");
            usize::from(is_compound) * POWER_OF_PRODUCT
                + usize::from(is_turned || is_e && place.below) * UPSIDE_DOWN
        }
        Kind::Call { name, .. } if place.below && function::lookup(name) == Some(function::EXP) => {
            UPSIDE_DOWN
        }
        Kind::Sum(terms) => {
            let is_signed = place.factor || place.in_fraction;
            usize::from(is_signed && is_negated(&terms[0])) + sum_in_product(terms, place)
        }
        _ => 0,
    };
    let inner = match &tree.kind {
        Kind::Quotient(..) => Place { in_fraction: true, factor: false, ..place },
        Kind::Product(_) => Place { factor: true, ..place },
        Kind::Negate(_) => place,
        Kind::Sum(_) => Place { in_sums: place.in_sums + 1, factor: false, ..place },
        Kind::Power(..) => Place { factor: false, ..place },
        // what stands in brackets of a function is read by itself
        _ => Place::default(),
    };
    let mut sum = own;
    let mut at = 0;
    tree.each_part(&mut |part| {
        let is_below = matches!(tree.kind, Kind::Quotient(..)) && at == 1;
        let is_exponent = matches!(tree.kind, Kind::Power(..)) && at == 1;
        at += 1;
        let place = if is_exponent { Place::default() } else { inner };
        sum += extra(part, Place { below: place.below || is_below, ..place });
    });
    sum
}

/// What a sum costs among the factors of a product.
fn sum_in_product(terms: &[Tree], place: Place) -> usize {
    if !place.factor {
        return 0;
    }
    let nested = place.in_sums * NESTED_SUM;
    let numbers: Vec<Rational> =
        terms.iter().map(|term| Powers::of(term, &mut Done::default()).number).collect();
    let is_divisible = |n: i64| {
        numbers.iter().all(|number| {
            number.is_integer() && number.divide(&Rational::integer(n)).is_some_and(|q| q.is_integer())
        })
    };
    nested + if [2, 3, 5, 7].into_iter().any(is_divisible) { LEFT_INSIDE } else { 0 }
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
    Powers::of(term, &mut Done::default())
        .exponent(&Tree::name(variable))
        .as_ref()
        .and_then(Rational::as_integer)
        .unwrap_or(0)
}
