//! The last step: to the engine's own form, if a law that can be named and is confirmed leads there.

use super::super::expand;
use super::super::gather;
use super::super::make::relation;
use super::super::proof::{self, Means};
use super::super::{Phrase, named};
use super::functions::word;
use super::moves::{LONGEST_QUOTE, Move};
use crate::function::{self, FunctionId};
use crate::print;
use crate::problem::Problem;
use crate::syntax::tree::{Big, Kind, Relation, Tree};

/// The step from a line to the engine's form; `None` if no law is found that is confirmed.
pub(super) fn step(problem: &mut Problem, line: &Tree, result: &Tree) -> Option<Move> {
    if holds_sum(line) && !holds_sum(result) {
        let is_range = holds_range(line);
        return (!is_range).then(|| Move::algebra("in matrix notation", Vec::new(), result.clone()));
    }
    // a part may be quoted only if it is proved by itself: what was left out could be zero
    let (mut a, mut b) = expand::difference(line, result);
    let mut is_part = print::nodes(&a) < print::nodes(line);
    if is_part && !proof::are_equal(problem, &a, &b) {
        (a, b, is_part) = (line.clone(), result.clone(), false);
    }
    let because: Vec<Phrase> = (print::nodes(&a) + print::nodes(&b) <= LONGEST_QUOTE && is_part)
        .then(|| Phrase::Formula(relation(a.clone(), Relation::Equal, b.clone())))
        .into_iter()
        .collect();
    if let Some((identity, true)) = named::identity(&a, &b) {
        return Some(Move::identity(identity, because, result.clone()));
    }
    match proof::means(problem, &a, &b) {
        Means::Algebra => algebra(&a, &b, because, result),
        Means::Identity(words) if !has_new_arguments(&a, &b) => {
            Some(Move::identity(words, because, result.clone()))
        }
        Means::Definition(functions) => definition(&functions, &a, &b, because, result),
        Means::Identity(_) | Means::Unknown => None,
    }
}

/// Are there functions of something that stood in no function before? From 2x and 3x to x is no single law.
fn has_new_arguments(before: &Tree, after: &Tree) -> bool {
    let of = |tree: &Tree| {
        let mut all: Vec<Tree> = Vec::new();
        tree.walk(&mut |part| {
            if let Kind::Call { arguments, .. } = &part.kind {
                all.extend(arguments.iter().map(gather::sorted));
            }
        });
        all
    };
    let known = of(before);
    of(after).iter().any(|argument| !known.contains(argument))
}

/// What algebra does, if it is one of the things that are confirmed by multiplying out.
fn algebra(a: &Tree, b: &Tree, because: Vec<Phrase>, result: &Tree) -> Option<Move> {
    let is_sum = |tree: &Tree| matches!(tree.kind, Kind::Sum(_));
    let is_product = |tree: &Tree| {
        let inner = if let Kind::Negate(inner) = &tree.kind { inner } else { tree };
        matches!(inner.kind, Kind::Product(_) | Kind::Power(..))
    };
    let below = |tree: &Tree| expand::fraction(tree).1.tree();
    let (below_a, below_b) = (below(a), below(b));
    let have_same_terms = || match (expand::expanded(a), expand::expanded(b)) {
        (Some(x), Some(y)) => gather::sorted(&x) == gather::sorted(&y),
        _ => false,
    };
    let words = if is_sum(a) && is_product(b) && have_same_terms() && !nests(b, 0) {
        "factor"
    } else if is_product(a) && is_sum(b) && have_same_terms() {
        "multiply out"
    } else if is_sum(a) && !is_sum(b) && !expand::is_unit(&below_b) {
        "bring over a common denominator"
    } else if is_sum(b) && !is_sum(a) && !expand::is_unit(&below_a) {
        "split the fraction"
    } else {
        return None;
    };
    Some(Move::algebra(words, because, result.clone()))
}

/// Is there a sum in a product in a sum: x(x(x + 1) + 2)?
fn nests(tree: &Tree, sums: usize) -> bool {
    let sums = sums + usize::from(matches!(tree.kind, Kind::Sum(_)));
    let mut found = sums > 1;
    tree.each_part(&mut |part| found = found || nests(part, sums));
    found
}

/// The meaning of functions, if one of them goes away by it.
fn definition(
    functions: &[FunctionId],
    a: &Tree,
    b: &Tree,
    because: Vec<Phrase>,
    result: &Tree,
) -> Option<Move> {
    let (before, after) = (named::calls(a), named::calls(b));
    if before.is_subset(&after) || has_new_arguments(a, b) {
        return None;
    }
    let mut phrases = because;
    for id in functions {
        phrases.extend(proof::definition(function::row(*id)));
    }
    let names: Vec<&str> = functions.iter().map(|id| word(function::row(*id))).collect();
    Some(Move::identity(format!("by the definition of {}", names.join(" and ")), phrases, result.clone()))
}

fn holds_sum(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        found |= matches!(part.kind, Kind::Big { operation: Big::Sum | Big::Product, .. });
    });
    found
}

/// Is there a sum or product over numbers that are given?
fn holds_range(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        if let Kind::Big { indices, .. } = &part.kind {
            found |= indices.iter().any(|index| index.range.is_some());
        }
    });
    found
}
