//! Does a point satisfy the facts? Answers that used a fact are false where it does not hold.

use super::Problem;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::evaluate::graph::{Point, Value, evaluate};
use crate::facts::{reversed, sign_of_relation};
use crate::ir::NodeId;
use crate::lower::Property;
use crate::number::{Rational, Sign};
use crate::syntax::tree::{Kind, Relation, Tree};

/// Equalities of numbers that were typed hold to so many digits, relative to the largest of them.
const ROUNDING: f64 = 1e-9;
/// Matrices beyond this size are tested for positive pivots in `f64`, like all others, but no longer for symmetry by hand.
const LARGEST_SIDE: usize = 512;

impl Problem {
    /// Is every fact about what the point gives a value satisfied?
    ///
    /// # Errors
    /// The first fact that is not, with the values.
    pub(super) fn check_facts(&mut self, point: &Point) -> Result<(), Diagnostic> {
        for given in self.environment.given.clone() {
            let holds = match &given.property {
                Some((name, property)) => property_holds(point, name, *property),
                None => self.fact_holds(point, &given.tree, given.sides),
            };
            if holds == Some(false) {
                let mut names: Vec<&str> = Vec::new();
                given.tree.walk(&mut |part| {
                    if let Kind::Name(name) = &part.kind
                        && point.value(name).is_some()
                        && !names.contains(&name.as_str())
                    {
                        names.push(name);
                    }
                });
                let values: Vec<String> = names
                    .iter()
                    .filter_map(|name| {
                        let (shape, entries) = point.value(name)?;
                        Some(format!("{name} = {}", written(&shape, &entries)))
                    })
                    .collect();
                return Err(Diagnostic::new(
                    Cause::Declaration,
                    format!("the point contradicts the fact {}: {}", given.text.trim(), values.join(", ")),
                )
                .help("take another point, or leave the fact out"));
            }
        }
        Ok(())
    }

    /// `None` if that cannot be said: a variable of it has no value.
    fn fact_holds(&self, point: &Point, fact: &Tree, sides: Option<(NodeId, NodeId)>) -> Option<bool> {
        match &fact.kind {
            // What a property said in words comes to.
            Kind::Name(_) => {
                let (left, right) = sides?;
                let left = self.exact_entries(left, point)?;
                relation_holds(Relation::Equal, &left, &self.exact_entries(right, point)?)
            }
            Kind::And(all) => {
                let mut holds = None;
                for one in all {
                    match self.fact_holds(point, one, None) {
                        Some(false) => return Some(false),
                        Some(true) => holds = Some(true),
                        None => {}
                    }
                }
                holds
            }
            Kind::Relation(relation, a, b) => {
                if let Some((left, right)) = sides {
                    let left = self.exact_entries(left, point)?;
                    let right = self.exact_entries(right, point)?;
                    return relation_holds(*relation, &left, &right);
                }
                if *relation == Relation::Equal {
                    return symmetric(point, a, b).or_else(|| symmetric(point, b, a));
                }
                match (a.base_name(), b.as_rational(), b.base_name(), a.as_rational()) {
                    (Some(name), Some(number), ..) => bound_holds(point, name, *relation, &number),
                    (_, _, Some(name), Some(number)) => {
                        bound_holds(point, name, reversed(*relation), &number)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn exact_entries(&self, node: NodeId, point: &Point) -> Option<Vec<Rational>> {
        let value = evaluate(&self.environment.graph, &[node], point).ok()?.pop()?;
        match value {
            Value::Exact(q) => Some(vec![q]),
            Value::ExactTensor { entries, .. } => Some(entries),
            other => other.entries().into_iter().map(Rational::from_f64).collect(),
        }
    }
}

fn relation_holds(relation: Relation, left: &[Rational], right: &[Rational]) -> Option<bool> {
    let right = |at: usize| if right.len() == 1 { right.first() } else { right.get(at) };
    if relation == Relation::Equal {
        let mut pairs = Vec::with_capacity(left.len());
        for (at, value) in left.iter().enumerate() {
            pairs.push((value.clone(), right(at)?.clone()));
        }
        return Some(all_equal(&pairs));
    }
    for (at, value) in left.iter().enumerate() {
        if !Sign::of(&(value - right(at)?)).is(sign_of_relation(relation)) {
            return Some(false);
        }
    }
    Some(true)
}

/// Are the numbers of each pair equal up to rounding of what was typed?
fn all_equal(pairs: &[(Rational, Rational)]) -> bool {
    let largest = pairs.iter().flat_map(|(a, b)| [a.to_f64().abs(), b.to_f64().abs()]).fold(0.0, f64::max);
    pairs.iter().all(|(a, b)| a == b || (a - b).to_f64().abs() <= ROUNDING * largest)
}

fn bound_holds(point: &Point, name: &str, relation: Relation, number: &Rational) -> Option<bool> {
    let (_, entries) = point.value(name)?;
    relation_holds(relation, &entries, std::slice::from_ref(number))
}

/// `P' = P` or `P' = −P`.
fn symmetric(point: &Point, a: &Tree, b: &Tree) -> Option<bool> {
    let Kind::Transpose(inner) = &a.kind else { return None };
    let name = inner.base_name()?;
    let is_negative = match &b.kind {
        Kind::Negate(other) if other.base_name() == Some(name) => true,
        _ if b.base_name() == Some(name) => false,
        _ => return None,
    };
    is_symmetric(point, name, is_negative)
}

fn is_symmetric(point: &Point, name: &str, is_negative: bool) -> Option<bool> {
    let (shape, entries) = point.value(name)?;
    let [n, m] = shape.as_slice() else { return None };
    if n != m || *n > LARGEST_SIDE {
        return None;
    }
    let mut pairs = Vec::new();
    for row in 0..*n {
        for column in 0..=row {
            let other = entries[column * n + row].clone();
            pairs.push((entries[row * n + column].clone(), if is_negative { -other } else { other }));
        }
    }
    Some(all_equal(&pairs))
}

fn property_holds(point: &Point, name: &str, property: Property) -> Option<bool> {
    let (shape, entries) = point.value(name)?;
    match property {
        Property::Integer => Some(entries.iter().all(Rational::is_integer)),
        Property::Symmetric => is_symmetric(point, name, false),
        Property::Antisymmetric => is_symmetric(point, name, true),
        // Its two equalities are facts of their own.
        Property::Orthogonal => None,
        Property::PositiveDefinite | Property::Invertible => {
            if property == Property::PositiveDefinite && is_symmetric(point, name, false) == Some(false) {
                return Some(false);
            }
            let [n, m] = shape.as_slice() else { return None };
            (n == m && *n <= 12).then(|| pivots(entries, *n, property == Property::PositiveDefinite))
        }
    }
}

/// Is the matrix invertible, and are all of its pivots positive if they must be? By exact elimination.
fn pivots(mut a: Vec<Rational>, n: usize, must_be_positive: bool) -> bool {
    for column in 0..n {
        let found = (column..n).find(|row| !a[row * n + column].is_zero());
        let Some(row) = found else { return false };
        if must_be_positive && (row != column || a[column * n + column].is_negative()) {
            return false;
        }
        for j in 0..n {
            a.swap(row * n + j, column * n + j);
        }
        for row in column + 1..n {
            let Some(factor) = a[row * n + column].divide(&a[column * n + column]) else { return false };
            for j in column..n {
                let part = &factor * &a[column * n + j];
                a[row * n + j] -= &part;
            }
        }
    }
    true
}

/// Values as they are typed, cut where they are many.
fn written(shape: &[usize], entries: &[Rational]) -> String {
    match shape {
        [] => entries.first().map_or_else(String::new, short),
        [count, rest @ ..] => {
            let step = rest.iter().product::<usize>().max(1);
            let mut parts: Vec<String> =
                entries.chunks(step).take((*count).min(6)).map(|part| written(rest, part)).collect();
            if *count > 6 {
                parts.push("…".to_owned());
            }
            format!("[{}]", parts.join(", "))
        }
    }
}

fn short(q: &Rational) -> String {
    if q.bits() <= 40 { q.to_string() } else { q.to_f64().to_string() }
}
