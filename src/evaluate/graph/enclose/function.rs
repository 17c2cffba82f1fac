//! Functions of the table on enclosed arguments, and relations between them.

use std::cmp::Ordering;

use smallvec::SmallVec;

use super::super::atom::holds;
use super::super::error::Undefined;
use super::ball::Ball;
use super::entry::Entry;
use crate::evaluate::Reason;
use crate::evaluate::exact::{self, Exact, Failure};
use crate::function::{self, FunctionId};
use crate::ir::template::formulas;
use crate::number::Rational;
use crate::syntax::tree::{Kind, Relation, Tree};

/// Does a difference stand in the relation to zero? The entry itself where it has no value.
pub(super) fn truth<T: Ball>(
    relation: Relation,
    difference: &Entry<T>,
    bits: usize,
) -> Result<Option<bool>, Entry<T>> {
    let order = if let Entry::Exact(Exact::Rational(q)) = difference {
        Some(q.cmp(&Rational::ZERO))
    } else {
        let Some(value) = difference.ball(bits) else { return Err(difference.clone()) };
        if value.is_positive() {
            Some(Ordering::Greater)
        } else if value.is_negative() {
            Some(Ordering::Less)
        } else if relation == Relation::GreaterEqual && value.is_nonnegative() {
            return Ok(Some(true));
        } else if relation == Relation::Less && value.is_nonnegative() {
            return Ok(Some(false));
        } else if relation == Relation::LessEqual && value.negated().is_nonnegative() {
            return Ok(Some(true));
        } else if relation == Relation::Greater && value.negated().is_nonnegative() {
            return Ok(Some(false));
        } else {
            None
        }
    };
    Ok(order.map(|order| holds(relation, order)))
}

/// A function of the table.
pub(super) fn function_value<T: Ball>(
    id: FunctionId,
    arguments: &[Entry<T>],
    at: &Undefined,
    bits: usize,
) -> Entry<T> {
    if let Some(missing) = arguments
        .iter()
        .find(|e| matches!(e, Entry::Nothing(_)))
        .or_else(|| arguments.iter().find(|e| matches!(e, Entry::Open(_))))
    {
        return missing.clone();
    }
    let row = function::row(id);
    let exact: Option<SmallVec<[&Exact; 2]>> = arguments
        .iter()
        .map(|entry| match entry {
            Entry::Exact(value) => Some(value),
            _ => None,
        })
        .collect();
    let balls: Option<SmallVec<[T; 2]>> = arguments.iter().map(|entry| entry.ball(bits)).collect();
    let Some(balls) = balls else { return Entry::Open(at.clone()) };
    let operand = balls.first().map_or(0.0, Ball::near);
    let outside = Undefined { reason: Reason::OutsideDomain(id), operand, ..at.clone() };
    if let Some(exact) = exact {
        match exact::call(id, &exact) {
            Ok(value) => return Entry::exact(value, bits),
            Err(Failure::Undefined(reason)) => {
                return Entry::Nothing(Undefined { reason, operand, ..at.clone() });
            }
            Err(_) => {}
        }
    }
    let mut is_sure = true;
    for condition in &formulas(id).defined {
        match condition_holds(condition, row.parameters, arguments, at, bits) {
            Some(true) => {}
            Some(false) => return Entry::Nothing(outside),
            None => is_sure = false,
        }
    }
    match T::call(row, &balls) {
        Some(value) => Entry::Near(value),
        None if is_sure => Entry::Open(super::entry::overflow(&outside)),
        None => Entry::Open(outside),
    }
}

/// A condition of the table; `None` if that is open.
fn condition_holds<T: Ball>(
    tree: &Tree,
    parameters: &[&str],
    arguments: &[Entry<T>],
    at: &Undefined,
    bits: usize,
) -> Option<bool> {
    match &tree.kind {
        Kind::And(all) => {
            let each: Vec<Option<bool>> =
                all.iter().map(|one| condition_holds(one, parameters, arguments, at, bits)).collect();
            if each.contains(&Some(false)) {
                Some(false)
            } else {
                each.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
            }
        }
        Kind::Relation(relation, a, b) => {
            let a = tree_value(a, parameters, arguments, at, bits)?;
            let b = tree_value(b, parameters, arguments, at, bits)?;
            truth(*relation, &a.plus(&b.negated(bits), at, bits), bits).ok().flatten()
        }
        _ => None,
    }
}

/// A formula of the table in enclosures.
fn tree_value<T: Ball>(
    tree: &Tree,
    parameters: &[&str],
    arguments: &[Entry<T>],
    at: &Undefined,
    bits: usize,
) -> Option<Entry<T>> {
    let of = |tree: &Tree| tree_value(tree, parameters, arguments, at, bits);
    Some(match &tree.kind {
        Kind::Number(value) => Entry::Exact(Exact::Rational(value.clone())),
        Kind::Name(name) => arguments.get(parameters.iter().position(|p| p == name)?)?.clone(),
        Kind::Sum(terms) => {
            let mut sum = Entry::whole(0);
            for term in terms {
                sum = sum.plus(&of(term)?, at, bits);
            }
            sum
        }
        Kind::Negate(inner) => of(inner)?.negated(bits),
        Kind::Power(base, exponent) => of(base)?.raised(&of(exponent)?, at, bits),
        Kind::Call { name, arguments: inner, .. } => {
            let id = function::lookup(name)?;
            let inner: Vec<Entry<T>> = inner.iter().map(of).collect::<Option<_>>()?;
            let exact: Option<Vec<&Exact>> = inner
                .iter()
                .map(|entry| match entry {
                    Entry::Exact(value) => Some(value),
                    _ => None,
                })
                .collect();
            if let Some(Ok(value)) = exact.map(|exact| exact::call(id, &exact)) {
                return Some(Entry::Exact(value));
            }
            let balls: Vec<T> = inner.iter().map(|entry| entry.ball(bits)).collect::<Option<_>>()?;
            Entry::Near(T::call(function::row(id), &balls)?)
        }
        _ => return None,
    })
}
