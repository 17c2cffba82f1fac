//! What stands for something else is put in: names that were given values, sums over numbers that are given.

use super::super::make::{Care, as_number, map_parts, rebuilt, relation, substitute};
use super::super::page::PUT_IN;
use super::super::{Phrase, Rule};
use super::moves::{Changed, Move, everywhere};
use crate::problem::Problem;
use crate::syntax::tree::{Big, Kind, Relation, Tree};

/// Definitions inside definitions are opened so often.
const DEEPEST: usize = 16;
/// Longer sums are not written out.
const MOST_TERMS: i64 = 8;

/// All names that were given values and that the result does not have, with their values, in one line.
pub(super) fn definitions(problem: &Problem, line: &Tree, result: &Tree) -> Option<Move> {
    let mut because: Vec<Phrase> = Vec::new();
    let mut tree = line.clone();
    for _ in 0..DEEPEST {
        let found = opened(problem, &tree, result);
        if found.is_empty() {
            break;
        }
        for (name, value) in &found {
            let equation = relation(Tree::name(name), Relation::Equal, value.clone());
            if !because.contains(&Phrase::Formula(equation.clone())) {
                because.push(Phrase::Formula(equation));
            }
        }
        tree = in_order(&substitute(&tree, &found));
    }
    let [Phrase::Formula(first), ..] = because.as_slice() else { return None };
    let rule = match (&first.kind, because.len()) {
        (Kind::Relation(_, name, _), 1) => Rule::Definition(name.base_name().unwrap_or_default().to_owned()),
        _ => Rule::Algebra(PUT_IN.to_owned()),
    };
    Some(Move { rule, because, tree })
}

/// Names of which only the line has some, with their values.
fn opened(problem: &Problem, line: &Tree, result: &Tree) -> Vec<(String, Tree)> {
    let mut found: Vec<(String, Tree)> = Vec::new();
    line.walk(&mut |part| {
        if let Kind::Name(name) = &part.kind
            && let Some(value) = problem.environment.written_definition(name)
            && !found.iter().any(|(own, _)| own == name)
        {
            let mut is_kept = false;
            result.walk(&mut |other| is_kept |= other == part);
            if !is_kept {
                found.push((name.clone(), value.clone()));
            }
        }
    });
    found
}

/// Products in the order in which they are written: `2x·sin(x)` once c is sin(x) in `2c·x`.
fn in_order(tree: &Tree) -> Tree {
    let mapped = map_parts(tree, &mut in_order);
    rebuilt(mapped, Care::Tidy)
}

/// Sums and products over a few numbers written out, if the result has none.
pub(super) fn range(line: &Tree, result: &Tree) -> Option<Move> {
    let mut is_kept = false;
    result.walk(&mut |part| is_kept |= matches!(part.kind, Kind::Big { .. }));
    if is_kept {
        return None;
    }
    let (mut has_sum, mut has_product) = (false, false);
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| {
        let Kind::Big { operation, indices, condition: None, body } = &part.kind else { return None };
        let made = terms(*operation, indices, body)?;
        has_sum |= *operation == Big::Sum;
        has_product |= *operation == Big::Product;
        Some(made)
    });
    let words = match (has_sum, has_product) {
        (true, true) => "write out the product and the sum",
        (false, true) => "write out the product",
        _ => "write out the sum",
    };
    (!changed.is_empty()).then(|| Move::algebra(words, Vec::new(), tree))
}

fn terms(operation: Big, indices: &[crate::syntax::tree::BoundIndex], body: &Tree) -> Option<Tree> {
    let [index] = indices else { return None };
    let (low, high) = index.range.as_ref()?;
    let (low, high) = (as_number(low)?.as_integer()?, as_number(high)?.as_integer()?);
    if !(low..low.checked_add(MOST_TERMS)?).contains(&high) {
        return None;
    }
    let all = (low..=high)
        .map(|k| {
            let by = [(index.name.clone(), super::super::make::integer(k))];
            worked_out(&substitute(body, &by))
        })
        .collect();
    match operation {
        Big::Product => Some(Care::Tidy.product(all)),
        Big::Sum => Some(Care::Tidy.sum(all)),
        Big::Maximum | Big::Minimum => None,
    }
}

/// Exponents and coefficients in which the index stood, as numbers.
fn worked_out(tree: &Tree) -> Tree {
    let mapped = map_parts(tree, &mut worked_out);
    if let Kind::Sum(terms) = &mapped.kind {
        let total =
            terms.iter().try_fold(crate::number::Rational::ZERO, |sum, term| Some(sum + as_number(term)?));
        if let Some(total) = total {
            return Tree::number(&total);
        }
    }
    rebuilt(mapped, Care::Tidy)
}
