//! What the facts demand of a point: of single variables, so that points can be chosen, and altogether, so that they can be
//! checked.

use crate::facts::reversed;
use crate::ir::{Atom, Graph, NodeId, SymbolId};
use crate::lower::{Environment, Given, Property};
use crate::number::Rational;
use crate::problem::Problem;
use crate::syntax::tree::{Kind, Relation, Tree};

/// Facts are left out one at a time if there are no more than this.
const MOST_LEFT_OUT: usize = 5;

/// The facts without which the proof or its conditions would be other than they are, of those that leave no trace when they
/// are used: signs, symmetries, properties in words.
pub(super) fn needed(
    problem: &Problem,
    left: &Tree,
    right: &Tree,
    conditions: &[Tree],
    known: &[String],
) -> Vec<String> {
    let facts = &problem.written_facts;
    if facts.len() > MOST_LEFT_OUT {
        return Vec::new();
    }
    let is_open = |at: &usize| !known.contains(&facts[*at]);
    (0..facts.len())
        .filter(is_open)
        .filter(|at| {
            let rest: Vec<String> =
                facts.iter().enumerate().filter(|(other, _)| other != at).map(|(_, f)| f.clone()).collect();
            // What cannot even be read without a fact needs it.
            Problem::with(&problem.written_declarations, &rest)
                .map_or(true, |mut other| !super::engine::holds_likewise(&mut other, left, right, conditions))
        })
        .map(|at| facts[at].clone())
        .collect()
}

/// A variable that no value satisfies all facts about: bounds that leave nothing, a sum of entries whose signs do not allow it.
pub(super) fn contradicted(environment: &Environment) -> Option<String> {
    let names: Vec<(String, bool)> =
        environment.variables().map(|(name, axes, _)| (name.to_owned(), axes.is_empty())).collect();
    names.into_iter().find_map(|(name, is_scalar)| {
        let symbol = environment.graph.symbol_named(&name)?;
        let demands = demands(environment, symbol);
        (demands.is_empty() || (!is_scalar && demands.contradicts_sums())).then_some(name)
    })
}

/// An equality between the entries of one variable and a number.
#[derive(Clone, Debug)]
pub(super) enum Constraint {
    /// All entries add up to it.
    Total(Rational),
    /// Each row does.
    Rows(Rational),
    /// Each column does.
    Columns(Rational),
    /// The squares add up to it.
    Length(Rational),
    /// `Q'Q = I`.
    OrthonormalColumns,
    /// `QQ' = I`.
    OrthonormalRows,
    /// Symmetric, all eigenvalues above zero.
    PositiveDefinite,
    /// A scalar is the number divided by powers of scalars chosen before.
    Quotient(Rational, Vec<(SymbolId, i64)>),
}

/// What is demanded of the entries of a variable.
#[derive(Clone, Debug, Default)]
pub(super) struct Demands {
    /// Bounds: entry, relation, number.
    pub bounds: Vec<(Relation, Rational)>,
    /// Is the matrix equal to its transpose (`false`) or to its negative (`true`)?
    pub symmetry: Option<bool>,
    /// Is it a whole number?
    pub is_integer: bool,
    /// Equalities.
    pub constraints: Vec<Constraint>,
}

impl Demands {
    /// The greatest lower bound and the least upper bound, each with whether it may be attained.
    fn ends(&self) -> [Option<(Rational, bool)>; 2] {
        let end = |upper: bool| {
            self.bounds
                .iter()
                .filter_map(|(relation, number)| {
                    let (above, attained) = match relation {
                        Relation::Less => (true, false),
                        Relation::LessEqual => (true, true),
                        Relation::Greater => (false, false),
                        Relation::GreaterEqual => (false, true),
                        Relation::Equal => (upper, true),
                        Relation::NotEqual => return None,
                    };
                    (above == upper).then(|| (number.clone(), attained))
                })
                .reduce(|a, b| match a.0.cmp(&b.0) {
                    std::cmp::Ordering::Equal => (a.0, a.1 && b.1),
                    order if order.is_lt() == upper => a,
                    _ => b,
                })
        };
        [end(false), end(true)]
    }

    /// Is there no number within the bounds?
    fn is_empty(&self) -> bool {
        let [Some((low, has_low)), Some((high, has_high))] = self.ends() else { return false };
        let is_single = low == high && has_low && has_high;
        let is_excluded =
            self.bounds.iter().any(|(relation, n)| *relation == Relation::NotEqual && *n == low);
        if self.is_integer {
            let next = if low.is_integer() && !has_low { low + Rational::ONE } else { -(-low).floor() };
            return next > high || (next == high && !has_high);
        }
        high < low || (low == high && !(has_low && has_high)) || (is_single && is_excluded)
    }

    /// Do the signs of the entries rule out what they add up to?
    fn contradicts_sums(&self) -> bool {
        let [low, high] = self.ends();
        self.constraints.iter().any(|constraint| {
            let (Constraint::Total(total) | Constraint::Rows(total) | Constraint::Columns(total)) =
                constraint
            else {
                return false;
            };
            let above = low.as_ref().is_some_and(|(low, attained)| {
                !low.is_negative()
                    && (total.is_negative() || (total.is_zero() && (low.is_positive() || !attained)))
            });
            let below = high.as_ref().is_some_and(|(high, attained)| {
                !high.is_positive()
                    && (total.is_positive() || (total.is_zero() && (high.is_negative() || !attained)))
            });
            above || below
        })
    }

    /// The value moved within the bounds; `None` if nothing fits.
    pub(super) fn fitted(&self, value: Rational) -> Option<Rational> {
        let value = if self.is_integer { whole(&value) } else { value };
        if self.holds(&value) {
            return Some(value);
        }
        let end = |upper: bool| {
            self.bounds
                .iter()
                .filter(|(relation, _)| match relation {
                    Relation::Less | Relation::LessEqual => upper,
                    Relation::Greater | Relation::GreaterEqual => !upper,
                    _ => false,
                })
                .map(|(_, number)| number.clone())
                .reduce(|a, b| if (a < b) == upper { a } else { b })
        };
        let size = value.abs();
        let moved = match (end(false), end(true)) {
            (Some(low), Some(high)) => {
                // size/(1 + size) is between 0 and 1.
                let part = size.divide(&(Rational::ONE + size.clone()))?;
                low.clone() + (high - low) * part
            }
            (Some(low), None) => low + size,
            (None, Some(high)) => high - size,
            (None, None) => value + Rational::ONE,
        };
        let moved = if self.is_integer { whole(&moved) } else { moved };
        self.holds(&moved).then_some(moved)
    }

    /// Is the value within the bounds?
    pub(super) fn holds(&self, value: &Rational) -> bool {
        (!self.is_integer || value.is_integer())
            && self.bounds.iter().all(|(relation, number)| {
                let order = value.cmp(number);
                match relation {
                    Relation::Equal => order.is_eq(),
                    Relation::NotEqual => order.is_ne(),
                    Relation::Less => order.is_lt(),
                    Relation::LessEqual => order.is_le(),
                    Relation::Greater => order.is_gt(),
                    Relation::GreaterEqual => order.is_ge(),
                }
            })
    }
}

/// What the facts demand of the variable by itself.
pub(super) fn demands(environment: &Environment, symbol: SymbolId) -> Demands {
    let name = environment.graph.symbol_name(symbol).to_owned();
    let mut demands = Demands::default();
    for given in &environment.given {
        read(environment, given, &given.tree, symbol, &name, &mut demands);
    }
    demands
}

fn read(
    environment: &Environment,
    given: &Given,
    tree: &Tree,
    symbol: SymbolId,
    name: &str,
    demands: &mut Demands,
) {
    if let Some((owner, property)) = &given.property {
        if owner == name {
            match property {
                Property::Symmetric => demands.symmetry = Some(false),
                Property::Antisymmetric => demands.symmetry = Some(true),
                Property::PositiveDefinite => demands.constraints.push(Constraint::PositiveDefinite),
                Property::Integer => demands.is_integer = true,
                Property::Invertible | Property::Orthogonal => {}
            }
        }
        return;
    }
    match (&tree.kind, given.sides) {
        (Kind::And(all), _) => {
            all.iter().for_each(|one| read(environment, given, one, symbol, name, demands));
        }
        (Kind::Relation(Relation::Equal, ..) | Kind::Name(_), Some((left, right))) => {
            if let Some(constraint) = constraint(&environment.graph, left, right, symbol) {
                demands.constraints.push(constraint);
            }
        }
        (Kind::Relation(Relation::Equal, a, b), None) => {
            for (x, y) in [(a, b), (b, a)] {
                let Kind::Transpose(inner) = &x.kind else { continue };
                let is_own = |t: &Tree| matches!(&t.kind, Kind::Name(n) if n == name);
                if is_own(inner) && is_own(y) {
                    demands.symmetry = Some(false);
                } else if let Kind::Negate(other) = &y.kind
                    && is_own(inner)
                    && is_own(other)
                {
                    demands.symmetry = Some(true);
                }
            }
        }
        (Kind::Relation(relation, a, b), None) => {
            if a.base_name() == Some(name)
                && let Some(number) = b.as_rational()
            {
                demands.bounds.push((*relation, number));
            } else if b.base_name() == Some(name)
                && let Some(number) = a.as_rational()
            {
                demands.bounds.push((reversed(*relation), number));
            }
        }
        _ => {}
    }
}

/// An equality that speaks of this variable and, for scalars, of some before it.
fn constraint(graph: &Graph, left: NodeId, right: NodeId, symbol: SymbolId) -> Option<Constraint> {
    let is_own = |node: NodeId| matches!(graph.atom(node), Some(Atom::Variable(s)) if *s == symbol);
    let terms = graph.terms(left);
    let [(coefficient, term)] = terms.as_slice() else { return None };
    let rank = graph.rank(left);
    let delta = matches!(graph.atom(right), Some(Atom::Delta));
    let value = if delta { Rational::ONE } else { graph.as_number(right)? }.divide(coefficient)?;
    match term.factors.as_slice() {
        [factor] if is_own(factor.base) && factor.exponent.is_one() && !factor.labels.is_empty() => {
            match (rank, factor.labels.as_slice()) {
                (0, labels) if distinct(labels) => Some(Constraint::Total(value)),
                (1, [0, 1]) => Some(Constraint::Rows(value)),
                (1, [1, 0]) => Some(Constraint::Columns(value)),
                _ => None,
            }
        }
        [factor] if is_own(factor.base) && factor.labels.as_slice() == [0] && rank == 0 => {
            (factor.exponent.number()? == &Rational::integer(2)).then_some(Constraint::Length(value))
        }
        [a, b] if is_own(a.base) && is_own(b.base) && delta => {
            match (a.labels.as_slice(), b.labels.as_slice()) {
                ([2, 0], [2, 1]) | ([2, 1], [2, 0]) => Some(Constraint::OrthonormalColumns),
                ([0, 2], [1, 2]) | ([1, 2], [0, 2]) => Some(Constraint::OrthonormalRows),
                _ => None,
            }
        }
        factors if rank == 0 && factors.iter().all(|f| f.labels.is_empty()) => {
            // The last name of a product of scalars is what is solved for.
            let mut named = Vec::new();
            for factor in factors {
                let Some(Atom::Variable(s)) = graph.atom(factor.base) else { return None };
                named.push((*s, factor.exponent.number()?.as_integer()?));
            }
            let last = named.iter().map(|(s, _)| graph.symbol_name(*s)).max()?.to_owned();
            let at = named.iter().position(|(s, power)| *s == symbol && *power == 1)?;
            if graph.symbol_name(symbol) != last {
                return None;
            }
            named.remove(at);
            Some(Constraint::Quotient(value, named))
        }
        _ => None,
    }
}

/// A whole number that comes from a value: its numerator, one further if that is 0 or ±1.
fn whole(value: &Rational) -> Rational {
    let numerator = Rational::from_integer(value.numerator());
    if numerator.is_zero() || numerator.abs().is_one() { numerator + Rational::integer(2) } else { numerator }
}

fn distinct(labels: &[u8]) -> bool {
    (1..labels.len()).all(|at| !labels[..at].contains(&labels[at]))
}
