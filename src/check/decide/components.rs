//! Formulas component by component: an index on a whole vector moves to its parts, and products of sums are multiplied out, so
//! that a claim with free indices becomes sums over bound ones in the simplest terms.

use crate::check::rewrite::{map_parts, mentions};
use crate::check::sheet::Sheet;
use crate::function::{self, Meaning, TensorFunction};
use crate::number::Rational;
use crate::syntax::tree::{Big, Kind, Relation, Tree};

/// Terms of one side when it is multiplied out.
const MOST_TERMS: usize = 120;

/// The number of axes of a formula; `None` where the notation does not say.
fn rank(sheet: &Sheet, extra: &dyn Fn(&str) -> Option<usize>, tree: &Tree) -> Option<usize> {
    let of = |tree: &Tree| rank(sheet, extra, tree);
    match &tree.kind {
        Kind::Number(_) | Kind::Iverson(_) | Kind::Relation(..) | Kind::And(_) => Some(0),
        Kind::Name(name) => Some(extra(name).unwrap_or_else(|| sheet.rank(name))),
        Kind::Sum(parts) | Kind::Hadamard(parts) => {
            parts.iter().map(of).try_fold(0, |most, r| r.map(|r| most.max(r)))
        }
        Kind::Negate(inner) => of(inner),
        Kind::Quotient(a, _) | Kind::ElementwiseQuotient(a, _) | Kind::ElementwisePower(a, _) => of(a),
        Kind::Power(a, _) => of(a).filter(|rank| *rank == 0),
        Kind::Index(base, indices) => of(base).and_then(|rank| rank.checked_sub(indices.len())),
        Kind::Product(factors) => {
            let ranks: Vec<usize> = factors.iter().map(of).collect::<Option<_>>()?;
            let mut large = ranks.iter().filter(|rank| **rank > 0);
            match (large.next(), large.next()) {
                (None, _) => Some(0),
                (Some(rank), None) => Some(*rank),
                // Matrix times vector, column times row.
                (Some(2), Some(1)) if ranks.iter().filter(|r| **r > 0).count() == 2 => Some(1),
                (Some(1), Some(1)) if is_outer(sheet, extra, factors) => Some(2),
                _ => None,
            }
        }
        Kind::Call { name, primes: 0, arguments } => {
            let row = function::row(function::lookup(name)?);
            match row.meaning {
                Meaning::Elementwise { .. } => {
                    arguments.iter().map(of).try_fold(0, |most, r| r.map(|r| most.max(r)))
                }
                Meaning::Tensor(
                    TensorFunction::Sum
                    | TensorFunction::Mean
                    | TensorFunction::Trace
                    | TensorFunction::LogSumExp
                    | TensorFunction::Dot
                    | TensorFunction::Norm1
                    | TensorFunction::Norm2
                    | TensorFunction::NormFrobenius
                    | TensorFunction::Determinant
                    | TensorFunction::LogDeterminant,
                ) => Some(0),
                Meaning::Tensor(TensorFunction::Softmax | TensorFunction::Unit) => Some(1),
                Meaning::Tensor(_) => None,
            }
        }
        Kind::Transpose(inner) => of(inner),
        _ => None,
    }
}

/// A column times a row: the last large factor is transposed and the others are not.
fn is_outer(sheet: &Sheet, extra: &dyn Fn(&str) -> Option<usize>, factors: &[Tree]) -> bool {
    let large: Vec<&Tree> =
        factors.iter().filter(|factor| rank(sheet, extra, factor).is_some_and(|r| r > 0)).collect();
    matches!(large.as_slice(), [a, b] if !matches!(a.kind, Kind::Transpose(_)) && matches!(b.kind, Kind::Transpose(_)))
}

/// Moves indices down to the parts of what they stand on.
pub(super) fn by_component(sheet: &Sheet, extra: &dyn Fn(&str) -> Option<usize>, tree: &Tree) -> Tree {
    let tree = map_parts(tree, &mut |part| by_component(sheet, extra, part));
    match &tree.kind {
        Kind::Index(base, indices) => at(sheet, extra, base, indices).unwrap_or(tree),
        _ => tree,
    }
}

fn at(sheet: &Sheet, extra: &dyn Fn(&str) -> Option<usize>, base: &Tree, indices: &[Tree]) -> Option<Tree> {
    let rank_of = |tree: &Tree| rank(sheet, extra, tree);
    let whole = |tree: &Tree| -> Tree { Kind::Index(Box::new(tree.clone()), indices.to_vec()).into() };
    let part = |tree: &Tree| -> Option<Tree> {
        match rank_of(tree)? {
            0 => Some(tree.clone()),
            _ => Some(at(sheet, extra, tree, indices).unwrap_or_else(|| whole(tree))),
        }
    };
    if rank_of(base)? != indices.len() {
        return None;
    }
    let kind = match &base.kind {
        Kind::Sum(parts) => Kind::Sum(parts.iter().map(part).collect::<Option<_>>()?),
        Kind::Hadamard(parts) => Kind::Product(parts.iter().map(part).collect::<Option<_>>()?),
        Kind::Negate(inner) => Kind::Negate(Box::new(part(inner)?)),
        Kind::Quotient(a, b) | Kind::ElementwiseQuotient(a, b) => {
            Kind::Quotient(Box::new(part(a)?), Box::new(part(b)?))
        }
        Kind::ElementwisePower(a, b) => Kind::Power(Box::new(part(a)?), Box::new(part(b)?)),
        Kind::Product(factors) => {
            let large: Vec<&Tree> =
                factors.iter().filter(|factor| rank_of(factor).is_some_and(|r| r > 0)).collect();
            match (large.as_slice(), indices) {
                ([_], _) => Kind::Product(factors.iter().map(part).collect::<Option<_>>()?),
                ([_, _], [i, j]) if is_outer(sheet, extra, factors) => {
                    let mut made = Vec::new();
                    for factor in factors {
                        made.push(match (&factor.kind, rank_of(factor)?) {
                            (_, 0) => factor.clone(),
                            (Kind::Transpose(inner), _) => by_component(
                                sheet,
                                extra,
                                &Kind::Index(inner.clone(), vec![j.clone()]).into(),
                            ),
                            _ => by_component(
                                sheet,
                                extra,
                                &Kind::Index(Box::new(factor.clone()), vec![i.clone()]).into(),
                            ),
                        });
                    }
                    Kind::Product(made)
                }
                _ => return None,
            }
        }
        Kind::Transpose(inner) => match indices {
            [i, j] => {
                let swapped: Tree = Kind::Index(inner.clone(), vec![j.clone(), i.clone()]).into();
                return Some(by_component(sheet, extra, &swapped));
            }
            _ => return None,
        },
        Kind::Call { name, primes: 0, arguments } => {
            let row = function::row(function::lookup(name)?);
            match (row.meaning, arguments.as_slice(), indices) {
                (Meaning::Elementwise { .. }, _, _) => Kind::Call {
                    name: name.clone(),
                    primes: 0,
                    arguments: arguments.iter().map(part).collect::<Option<_>>()?,
                },
                (Meaning::Tensor(TensorFunction::Unit), [place, ..], [i]) => {
                    let equal: Tree =
                        Kind::Relation(Relation::Equal, Box::new(i.clone()), Box::new(place.clone())).into();
                    Kind::Iverson(Box::new(equal))
                }
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(kind.into())
}

/// What was said of entry `i`, said of the whole vector: `σ(z[i])` as `σ(z)`, `Σ_j W[i,j] x[j]` as `W x`. `None` if there is no
/// such form.
pub(super) fn whole(sheet: &Sheet, index: &str, tree: &Tree) -> Option<Tree> {
    if !mentions(tree, index) {
        return Some(tree.clone());
    }
    let of = |tree: &Tree| whole(sheet, index, tree);
    let all = |parts: &[Tree]| -> Option<Vec<Tree>> { parts.iter().map(of).collect() };
    let kind = match &tree.kind {
        Kind::Index(base, places) => match (&base.kind, places.as_slice()) {
            (Kind::Name(name), [Tree { kind: Kind::Name(own), .. }])
                if own == index && sheet.rank(name) == 1 =>
            {
                return Some((**base).clone());
            }
            _ => return None,
        },
        Kind::Sum(parts) => Kind::Sum(all(parts)?),
        Kind::Negate(inner) => Kind::Negate(Box::new(of(inner)?)),
        Kind::Product(factors) => {
            let (vectors, mut scalars): (Vec<Tree>, Vec<Tree>) =
                factors.iter().cloned().partition(|factor| mentions(factor, index));
            let mut vectors = all(&vectors)?;
            let product = if vectors.len() == 1 { vectors.remove(0) } else { Kind::Hadamard(vectors).into() };
            if scalars.is_empty() {
                return Some(product);
            }
            scalars.push(product);
            Kind::Product(scalars)
        }
        Kind::Quotient(a, b) if mentions(b, index) => {
            Kind::ElementwiseQuotient(Box::new(of(a)?), Box::new(of(b)?))
        }
        Kind::Quotient(a, b) => Kind::Quotient(Box::new(of(a)?), b.clone()),
        Kind::Power(a, b) if !mentions(b, index) => Kind::ElementwisePower(Box::new(of(a)?), b.clone()),
        Kind::Power(a, b) if matches!(&a.kind, Kind::Name(name) if name == "e" && !sheet.knows(name)) => {
            return Some(Tree::call(function::row(function::EXP).name, vec![of(b)?]));
        }
        Kind::Call { name, primes: 0, arguments } => {
            if !matches!(function::row(function::lookup(name)?).meaning, Meaning::Elementwise { .. }) {
                return None;
            }
            return Some(Tree::call(name, all(arguments)?));
        }
        Kind::Big { operation: Big::Sum, indices, condition: None, body } => match indices.as_slice() {
            [bound] => return matrix_times(sheet, index, &bound.name, body),
            _ => return None,
        },
        _ => return None,
    };
    Some(kind.into())
}

/// `Σ_j W[i,j] x[j]` as `W x`, and `Σ_j W[j,i] x[j]` as `Wᵀ x`.
fn matrix_times(sheet: &Sheet, index: &str, bound: &str, body: &Tree) -> Option<Tree> {
    let Kind::Product(factors) = &body.kind else { return None };
    let (own, rest): (Vec<&Tree>, Vec<&Tree>) = factors.iter().partition(|factor| mentions(factor, index));
    let [Tree { kind: Kind::Index(base, places), .. }] = own.as_slice() else { return None };
    let (Kind::Name(name), [first, second]) = (&base.kind, places.as_slice()) else { return None };
    let is = |place: &Tree, name: &str| matches!(&place.kind, Kind::Name(own) if own == name);
    let matrix = if is(first, index) && is(second, bound) {
        (**base).clone()
    } else if is(first, bound) && is(second, index) {
        Kind::Transpose(base.clone()).into()
    } else {
        return None;
    };
    let vector: Tree = Kind::Product(rest.into_iter().cloned().collect()).into();
    if sheet.rank(name) != 2 || !mentions(&vector, bound) {
        return None;
    }
    let vector = whole(sheet, bound, &vector)?;
    Some(Kind::Product(vec![matrix, vector]).into())
}

/// Does a unit vector at one of these indices remain, other than in a row xᵀ eₙ? Nothing reliable can be said about it.
pub(super) fn has_unit_at(tree: &Tree, indices: &[String]) -> bool {
    if is_unit_at(tree, indices) {
        return true;
    }
    let mut found = false;
    let mut is_row = false;
    tree.each_part(&mut |part| {
        let is_of_matrix = is_row && matches!(tree.kind, Kind::Product(_));
        found |= if is_unit_at(part, indices) { !is_of_matrix } else { has_unit_at(part, indices) };
        is_row = matches!(part.kind, Kind::Transpose(_));
    });
    found
}

fn is_unit_at(tree: &Tree, indices: &[String]) -> bool {
    let Kind::Call { name, arguments, .. } = &tree.kind else { return false };
    let is_unit = function::lookup(name) == Some(function::UNIT);
    matches!(arguments.first().map(|place| &place.kind), Some(Kind::Name(index)) if is_unit && indices.contains(index))
}

/// The terms of a formula, multiplied out; one term, the formula itself, if there are too many.
pub(in crate::check) fn terms(tree: &Tree) -> Vec<Tree> {
    let Some(terms) = multiplied_out(tree) else { return vec![tree.clone()] };
    terms
        .into_iter()
        .map(|(negative, mut factors)| {
            let product: Tree = match factors.len() {
                0 => Tree::number(&Rational::ONE),
                1 => factors.remove(0),
                _ => Kind::Product(factors).into(),
            };
            if negative { Kind::Negate(Box::new(product)).into() } else { product }
        })
        .collect()
}

type Term = (bool, Vec<Tree>);

fn multiplied_out(tree: &Tree) -> Option<Vec<Term>> {
    let terms = match &tree.kind {
        Kind::Sum(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(multiplied_out(part)?);
            }
            all
        }
        Kind::Negate(inner) => {
            multiplied_out(inner)?.into_iter().map(|(negative, factors)| (!negative, factors)).collect()
        }
        Kind::Product(factors) => {
            let mut all: Vec<Term> = vec![(false, Vec::new())];
            for factor in factors {
                let own = multiplied_out(factor)?;
                if all.len() * own.len() > MOST_TERMS {
                    return None;
                }
                all = all
                    .iter()
                    .flat_map(|(negative, factors)| {
                        own.iter().map(move |(other, more)| {
                            let mut factors = factors.clone();
                            factors.extend(more.iter().cloned());
                            (negative != other, factors)
                        })
                    })
                    .collect();
            }
            all
        }
        Kind::Quotient(a, b) => {
            let below: Tree = Kind::Quotient(Box::new(Tree::number(&Rational::ONE)), b.clone()).into();
            multiplied_out(a)?
                .into_iter()
                .map(|(negative, mut factors)| {
                    factors.retain(|f| !matches!(&f.kind, Kind::Number(q) if q.is_one()));
                    factors.push(below.clone());
                    (negative, factors)
                })
                .collect()
        }
        _ => vec![(false, vec![tree.clone()])],
    };
    (terms.len() <= MOST_TERMS).then_some(terms)
}
