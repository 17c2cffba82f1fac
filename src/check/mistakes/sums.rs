//! Mistakes in the gradients of sums: over a batch, over all pairs, with a sum that everything is divided by.

use super::Case;
use crate::check::decide::{Question, decide, shape_of};
use crate::check::rewrite::{map_parts, mentions, names_of, substitute};
use crate::check::sheet::{Definition, Sheet, free_indices, name_of};
use crate::syntax::tree::{Big, BoundIndex, Kind, Tree};

/// Definitions within definitions that are looked through.
const MOST_DEFINITIONS: usize = 12;
/// The name of a sum that is held fixed; no document has it.
const FIXED: &str = "fixed_0";

/// Is the right answer the sum of what is written, over an index or an axis that the answer does not have?
pub(super) fn is_summand(case: &Case) -> bool {
    let sums = |left: &Tree, summand: Tree, index: &str| {
        let indices = vec![BoundIndex { name: index.to_owned(), range: None }];
        let body = Box::new(summand);
        let sum = Kind::Big { operation: Big::Sum, indices, condition: None, body }.into();
        let question = Question { condition: case.condition, ..Question::default() };
        decide(case.sheet, left, &sum, &question).is_proved()
    };
    let own = free_indices(case.head, case.sheet);
    let more: Vec<String> =
        free_indices(case.written, case.sheet).into_iter().filter(|index| !own.contains(index)).collect();
    match more.as_slice() {
        [index] => return sums(case.head, case.written.clone(), index),
        [] => {}
        _ => return false,
    }
    let Some(rank) = rank_of_variable(case) else { return false };
    let Some(sizes) = shape_of(case.sheet, case.written).filter(|sizes| sizes.len() == rank + 1) else {
        return false;
    };
    let taken = [names_of(case.head), names_of(case.written)].concat();
    let free = |name: &&str| !taken.iter().any(|taken| taken == name) && !case.sheet.knows(name);
    let letters: Vec<&str> =
        ["i", "j", "k", "l", "m", "p", "q", "r", "s"].into_iter().filter(free).take(sizes.len()).collect();
    let Some((summed, rest)) = letters.split_first().filter(|(_, rest)| rest.len() == rank) else {
        return false;
    };
    let entry = |whole: &Tree, places: Vec<&str>| -> Tree {
        if places.is_empty() {
            return whole.clone();
        }
        Kind::Index(Box::new(whole.clone()), places.into_iter().map(Tree::name).collect()).into()
    };
    (0..sizes.len()).any(|axis| {
        let mut places = rest.to_vec();
        places.insert(axis, summed);
        let left = by_entries(case.sheet, &entry(case.head, rest.to_vec()));
        sums(&left, entry(case.written, places), summed)
    })
}

/// Entries of a derivative by a whole name as derivatives by entries: ∂/∂x[i] is what the prover knows best.
pub(super) fn by_entries(sheet: &Sheet, tree: &Tree) -> Tree {
    if let Kind::Index(base, indices) = &tree.kind
        && let Kind::Derivative { operator, body, variables } = &base.kind
        && let [variable] = variables.as_slice()
        && name_of(variable).is_some_and(|name| sheet.rank(name) == indices.len())
    {
        let variables = vec![Kind::Index(Box::new(variable.clone()), indices.clone()).into()];
        return Kind::Derivative { operator: *operator, body: body.clone(), variables }.into();
    }
    map_parts(tree, &mut |part| by_entries(sheet, part))
}

fn rank_of_variable(case: &Case) -> Option<usize> {
    let Kind::Derivative { variables, .. } = &case.head.kind else { return None };
    let [variable] = variables.as_slice() else { return None };
    Some(case.sheet.rank(name_of(variable)?))
}

/// What is differentiated and by whose entries, if it is one derivative.
fn differentiated(head: &Tree) -> Option<(&Tree, &str)> {
    let Kind::Derivative { body, variables, .. } = &head.kind else { return None };
    let [variable] = variables.as_slice() else { return None };
    let base = match &variable.kind {
        Kind::Index(base, _) => base,
        _ => variable,
    };
    Some((body, name_of(base)?))
}

/// A formula and the definitions behind it.
fn behind<'t>(sheet: &'t Sheet, tree: &'t Tree) -> Vec<(Option<&'t str>, &'t Tree)> {
    let mut found: Vec<(Option<&str>, &Tree)> = vec![(None, tree)];
    let mut at = 0;
    while let Some((_, tree)) = found.get(at).copied() {
        for name in names_of(tree) {
            if let Some((name, definition)) = sheet.definitions.get_key_value(&name)
                && found.len() < MOST_DEFINITIONS
                && found.iter().all(|(known, _)| *known != Some(name))
            {
                found.push((Some(name), &definition.value));
            }
        }
        at += 1;
    }
    found
}

/// Is a sum over all pairs differentiated, one in which the variable stands with either index?
pub(super) fn is_of_pairs(case: &Case) -> bool {
    let Some((body, variable)) = differentiated(case.head) else { return false };
    behind(case.sheet, body).iter().any(|(_, tree)| {
        let mut places: Vec<&[Tree]> = Vec::new();
        tree.walk(&mut |part| {
            if let Kind::Index(base, indices) = &part.kind
                && name_of(base) == Some(variable)
                && !places.contains(&indices.as_slice())
            {
                places.push(indices);
            }
        });
        places.len() > 1
    })
}

/// Is the line what comes out when the sums that are divided by are taken for constants? It is asked for any value of such a
/// constant, so for the one that the sum has.
pub(super) fn is_with_fixed_sums(case: &Case) -> bool {
    let Some((body, variable)) = differentiated(case.head) else { return false };
    let mut sheet = case.sheet.clone();
    let mut fixed = false;
    for (name, value) in behind(case.sheet, body) {
        let Some(name) = name else { continue };
        let mut divisors = Vec::new();
        let changed = with_fixed(case.sheet, value, variable, &mut divisors);
        if let Some(definition) = sheet.definitions.get_mut(name)
            && changed != *value
        {
            *definition = Definition { value: changed, ..definition.clone() };
            fixed = true;
        }
        for divisor in divisors {
            sheet.forget(&divisor);
            fixed = true;
        }
    }
    let question = Question { condition: case.condition, ..Question::default() };
    fixed && decide(&sheet, case.head, case.written, &question).is_proved()
}

/// A value whose divisors, if they are sums over everything, have a name that stands for any number; `divisors` are those that
/// have a name of their own.
fn with_fixed(sheet: &Sheet, tree: &Tree, variable: &str, divisors: &mut Vec<String>) -> Tree {
    let is_sum = |tree: &Tree| {
        matches!(tree.kind, Kind::Big { operation: Big::Sum, .. })
            && mentions(tree, variable)
            && free_indices(tree, sheet).is_empty()
    };
    if let Kind::Quotient(above, below) = &tree.kind {
        if is_sum(below) {
            let above = Box::new(with_fixed(sheet, above, variable, divisors));
            return Kind::Quotient(above, Box::new(Tree::name(FIXED))).into();
        }
        if let Some(name) = name_of(below)
            && sheet.definitions.get(name).is_some_and(|d| d.indices.is_empty() && is_sum(&d.value))
        {
            divisors.push(name.to_owned());
            return tree.clone();
        }
    }
    map_parts(tree, &mut |part| with_fixed(sheet, part, variable, divisors))
}

/// A formula in which sums over the entries of vectors are sums of vectors: `sum(x .* y)` for the sum of all `x[i]*y[i]`.
pub(super) fn of_vectors(sheet: &Sheet, tree: &Tree) -> Tree {
    let tree = map_parts(tree, &mut |part| of_vectors(sheet, part));
    if let Kind::Big { operation, indices, condition: None, body } = &tree.kind
        && let [BoundIndex { name, range: None }] = indices.as_slice()
        && let Some(function) = function_of(*operation)
        && let Some((whole, true)) = whole(sheet, body, name)
    {
        return Tree::call(function, vec![whole]);
    }
    tree
}

fn function_of(operation: Big) -> Option<&'static str> {
    use crate::function::{Meaning, ROWS, TensorFunction};
    let wanted = |meaning: &Meaning| {
        matches!(
            (operation, meaning),
            (Big::Sum, Meaning::Tensor(TensorFunction::Sum))
                | (Big::Maximum, Meaning::Tensor(TensorFunction::Maximum))
        )
    };
    ROWS.iter().find(|row| wanted(&row.meaning)).map(|row| row.name)
}

/// A formula of entries with one index as a formula of the vectors; is it a vector? `None` if it is neither.
fn whole(sheet: &Sheet, tree: &Tree, index: &str) -> Option<(Tree, bool)> {
    let all = |parts: &[Tree]| -> Option<(Vec<Tree>, usize)> {
        let parts: Vec<(Tree, bool)> =
            parts.iter().map(|part| whole(sheet, part, index)).collect::<Option<_>>()?;
        let vectors = parts.iter().filter(|(_, is_vector)| *is_vector).count();
        Some((parts.into_iter().map(|(tree, _)| tree).collect(), vectors))
    };
    if !mentions(tree, index) {
        return Some((tree.clone(), false));
    }
    match &tree.kind {
        Kind::Index(base, indices) => match indices.as_slice() {
            [only] if name_of(only) == Some(index) && sheet.rank(name_of(base)?) == 1 => {
                Some(((**base).clone(), true))
            }
            _ => None,
        },
        // A number is not added to every entry of a vector without saying so.
        Kind::Sum(terms) => {
            let (all, vectors) = all(terms)?;
            (vectors == terms.len()).then(|| (Kind::Sum(all).into(), true))
        }
        Kind::Negate(inner) => {
            let (inner, _) = whole(sheet, inner, index)?;
            Some((Kind::Negate(Box::new(inner)).into(), true))
        }
        Kind::Product(factors) => {
            let (factors, vectors) = all(factors)?;
            let (mut of_index, others): (Vec<_>, Vec<_>) =
                factors.into_iter().zip(factors_of(tree)).partition(|(_, factor)| mentions(factor, index));
            let vector: Tree = match of_index.len() {
                1 => of_index.remove(0).0,
                _ => Kind::Hadamard(of_index.into_iter().map(|(tree, _)| tree).collect()).into(),
            };
            if vectors == 0 {
                return None;
            }
            if others.is_empty() {
                return Some((vector, true));
            }
            let mut all: Vec<Tree> = others.into_iter().map(|(tree, _)| tree).collect();
            all.push(vector);
            Some((Kind::Product(all).into(), true))
        }
        Kind::Quotient(above, below) if !mentions(below, index) => {
            let (above, _) = whole(sheet, above, index)?;
            Some((Kind::Quotient(Box::new(above), below.clone()).into(), true))
        }
        Kind::Power(base, exponent) if !mentions(exponent, index) => {
            let (base, _) = whole(sheet, base, index)?;
            Some((Kind::ElementwisePower(Box::new(base), exponent.clone()).into(), true))
        }
        Kind::Power(base, exponent) if !mentions(base, index) => {
            super::differentiate::exponent_of_e(tree)?;
            let (exponent, _) = whole(sheet, exponent, index)?;
            Some((Tree::call(exponential(), vec![exponent]), true))
        }
        Kind::Call { name, primes: 0, arguments } => {
            let [inner] = arguments.as_slice() else { return None };
            let (inner, _) = whole(sheet, inner, index)?;
            Some((Tree::call(name, vec![inner]), true))
        }
        _ => None,
    }
}

fn factors_of(tree: &Tree) -> Vec<Tree> {
    match &tree.kind {
        Kind::Product(factors) => factors.clone(),
        _ => vec![tree.clone()],
    }
}

fn exponential() -> &'static str {
    crate::function::row(crate::function::EXP).name
}

/// The definition of what is differentiated, with another name for a number in it that is held constant.
pub(super) fn with_constant(sheet: &Sheet, body: &str, name: &str) -> Option<(Sheet, &'static str)> {
    if sheet.rank(name) > 0 {
        return None;
    }
    let mut sheet = sheet.clone();
    let definition = sheet.definitions.get_mut(body)?;
    definition.value = substitute(&definition.value, &|own| (own == name).then(|| Tree::name(FIXED)));
    Some((sheet, FIXED))
}
