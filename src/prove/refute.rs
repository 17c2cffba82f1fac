//! Looking for a point at which the sides differ for certain.

use std::collections::{BTreeMap, BTreeSet};

use super::Witness;
use super::fact::{Constraint, demands};
use super::instance::{Failure, Instance, LeafName};
use super::sample::{Chooser, Values, Variable, values};
use super::statement::Statement;
use crate::evaluate::graph::Value;
use crate::evaluate::{exact, intervals, precise_at};
use crate::ir::scalar::{Ref, Scalar, ScalarBuilder};
use crate::ir::{Atom, NodeId, SymbolId};
use crate::lower::Environment;
use crate::number::{Interval, Rational};
use crate::syntax::tree::{Kind, Relation, Tree};

/// Sizes of dimensions are tried in this many combinations.
const MOST_SIZES: u64 = 12;
/// Entries of a tensor that are compared with more digits than `f64` has.
const MOST_PRECISE: usize = 12;
/// Points that are kept for comparison with more digits.
const KEPT_POINTS: usize = 4;
/// A witness shows a difference of one part in so many, if one is found that does.
const VISIBLE: f64 = 0.01;
/// Larger expressions are not evaluated exactly.
const LARGEST_EXACT: usize = 200;
/// Bits with which the values shown are computed, until so many of them are certain.
const SHOWN: ([usize; 3], usize) = ([96, 320, 1_200], 57);
/// Points whose values are too large or too small to be shown.
const MOST_UNSEEN: usize = 3;

/// A condition in entries.
struct Need {
    left: Ref,
    relation: Relation,
    right: Ref,
}

/// A statement at concrete sizes, ready to be evaluated.
pub(super) struct Ground<'g> {
    environment: &'g Environment,
    instance: Instance<'g>,
    expression: Scalar,
    left: Vec<Ref>,
    right: Vec<Ref>,
    shape: Vec<usize>,
    needs: Vec<Need>,
    /// Both sides of the facts that must be checked, entry by entry.
    facts: Vec<(Ref, Ref)>,
    variables: Vec<Variable>,
    /// A function without a definition occurs.
    pub has_unknown: bool,
    /// Points at which both sides are defined.
    pub defined: Vec<Point>,
    /// Points that satisfy the facts, whether or not both sides are defined there.
    pub reached: bool,
    /// A certified difference, but a small one.
    small: Option<Point>,
}

/// A value for each leaf.
#[derive(Clone, Debug)]
pub(super) struct Point {
    leaves: Vec<Rational>,
    values: Values,
}

/// What a look at one point showed.
enum Look {
    /// The sides differ, and so much that it is seen.
    Differs,
    /// The sides differ a little.
    DiffersLittle,
    /// Both are defined.
    Defined,
    /// One of them is not, or is not known to be.
    Undefined,
}

impl<'g> Ground<'g> {
    /// Puts concrete sizes in, the first combination from `number` on that fits; `Err` says which operation cannot be
    /// followed.
    pub(super) fn new(
        environment: &'g Environment,
        statement: &Statement,
        number: &mut u64,
    ) -> Result<Self, Failure> {
        let mut last = Failure::Size;
        while *number < MOST_SIZES {
            let ground = Self::at_sizes(environment, statement, sizes(environment, *number));
            *number += 1;
            match ground {
                Err(Failure::Size) => last = Failure::Size,
                Err(other) => return Err(other),
                found => return found,
            }
        }
        Err(last)
    }

    /// Do other sizes make a difference?
    pub(super) fn has_sizes(environment: &Environment) -> bool {
        let graph = &environment.graph;
        (0..graph.dimension_count() as u32)
            .any(|id| !graph.dimension_value(crate::ir::DimensionId(id)).terms.is_empty())
    }

    fn at_sizes(
        environment: &'g Environment,
        statement: &Statement,
        sizes: BTreeMap<SymbolId, i64>,
    ) -> Result<Self, Failure> {
        let graph = &environment.graph;
        let mut instance = Instance::new(graph, sizes);
        let left = instance.entries(statement.left.node)?;
        let right = instance.entries(statement.right.node)?;
        let shape = instance.shape(statement.left.node)?.to_vec();
        let mut needs = Vec::new();
        let mut seen = Vec::new();
        for condition in statement.left.conditions.iter().chain(&statement.right.conditions) {
            if seen.contains(condition) {
                continue;
            }
            seen.push(*condition);
            let (a, b) = (instance.entries(condition.left)?, instance.entries(condition.right)?);
            for (left, right) in a.into_iter().zip(b) {
                needs.push(Need { left, relation: condition.relation, right });
            }
        }
        let mut facts = Vec::new();
        let own = variables_below(environment, &[statement.left.node, statement.right.node]);
        for given in &environment.given {
            let Some((left, right)) = given.sides else { continue };
            if variables_below(environment, &[left, right]).is_disjoint(&own) {
                continue;
            }
            let pairs = instance.entries(left)?.into_iter().zip(instance.entries(right)?);
            match given.tree.kind {
                Kind::Relation(relation, ..) if relation != Relation::Equal => {
                    needs.extend(pairs.map(|(left, right)| Need { left, relation, right }));
                }
                _ => facts.extend(pairs),
            }
        }
        let expression = instance.expression();
        let mut symbols: BTreeMap<&str, SymbolId> = BTreeMap::new();
        let mut has_unknown = false;
        for leaf in instance.leaves() {
            match leaf {
                LeafName::Entry(symbol, _) => {
                    symbols.insert(graph.symbol_name(*symbol), *symbol);
                }
                LeafName::Coefficient(..) => has_unknown = true,
            }
        }
        // (−2)^n: where a number must be whole, what it is made of is chosen so.
        let whole: Vec<NodeId> = seen
            .iter()
            .filter(|condition| condition.relation == Relation::Equal)
            .flat_map(|condition| [condition.left, condition.right])
            .collect();
        let whole = variables_below(environment, &whole);
        let mut variables = Vec::new();
        for (name, symbol) in symbols {
            let shape = match environment.named(name) {
                Some(crate::lower::Named::Variable { axes, .. }) => {
                    axes.iter().map(|axis| instance.size(*axis)).collect::<Result<Vec<usize>, Failure>>()?
                }
                _ => Vec::new(),
            };
            let mut demands = demands(environment, symbol);
            demands.is_integer |= whole.contains(&symbol);
            variables.push(Variable { symbol, shape, demands });
        }
        Ok(Ground {
            environment,
            instance,
            expression,
            left,
            right,
            shape,
            needs,
            facts,
            variables,
            has_unknown,
            defined: Vec::new(),
            reached: false,
            small: None,
        })
    }

    /// Looks at the points of some trials; the first clear difference ends it.
    pub(super) fn search(&mut self, trials: std::ops::Range<u64>, enough: usize) -> Option<Witness> {
        let mut unseen = 0;
        for trial in trials {
            if self.variables.is_empty() && !self.has_unknown && trial > 0 {
                break;
            }
            let Some(point) = self.point(trial) else { continue };
            self.reached = true;
            match self.look(&point) {
                Look::Differs => {
                    if let Some(witness) = self.witness(&point) {
                        return Some(witness);
                    }
                    // The values are beyond what can be shown: another point may do, but not many are tried.
                    unseen += 1;
                    if unseen > MOST_UNSEEN {
                        break;
                    }
                }
                Look::DiffersLittle => {
                    if self.small.is_none() {
                        self.small = Some(point.clone());
                    }
                    self.keep(point);
                }
                Look::Defined => {
                    self.keep(point);
                    if self.small.is_none() && self.defined.len() >= enough {
                        break;
                    }
                }
                Look::Undefined => {}
            }
        }
        let small = self.small.take()?;
        self.witness(&small)
    }

    fn keep(&mut self, point: Point) {
        if self.defined.len() < KEPT_POINTS {
            self.defined.push(point);
        }
    }

    /// Compares at the points kept with so many bits.
    pub(super) fn search_precisely(&mut self, bits: usize, most_points: usize) -> Option<Witness> {
        let points: Vec<Point> = self.defined.iter().take(most_points).cloned().collect();
        let pairs: Vec<(Ref, Ref)> = self.left.iter().copied().zip(self.right.iter().copied()).collect();
        for (left, right) in pairs.into_iter().take(MOST_PRECISE) {
            if left == right {
                continue;
            }
            let difference = self.instance.difference(left, right);
            for point in &points {
                if let Some(value) = precise_at(&difference, &point.leaves, bits)
                    && !value.contains_zero()
                {
                    return self.witness(point);
                }
            }
        }
        None
    }

    /// A point that satisfies all facts; `None` if this trial has none.
    fn point(&self, trial: u64) -> Option<Point> {
        let values = values(&self.variables, trial)?;
        let mut coefficients = Chooser::new(trial, 8);
        let mut chosen: BTreeMap<LeafName, Rational> = BTreeMap::new();
        let mut names: Vec<LeafName> = self.instance.leaves().to_vec();
        names.sort_unstable();
        for name in names {
            if matches!(name, LeafName::Coefficient(..)) {
                chosen.insert(name, coefficients.value());
            }
        }
        let leaves: Vec<Rational> = self
            .instance
            .leaves()
            .iter()
            .map(|leaf| match leaf {
                LeafName::Entry(symbol, entry) => values.get(symbol)?.get(*entry).cloned(),
                LeafName::Coefficient(..) => chosen.get(leaf).cloned(),
            })
            .collect::<Option<_>>()?;
        let point = Point { leaves, values };
        self.satisfies(&point).then_some(point)
    }

    /// Do all facts hold there, exactly?
    fn satisfies(&self, point: &Point) -> bool {
        for variable in &self.variables {
            let Some(entries) = point.values.get(&variable.symbol) else { return false };
            if !entries.iter().all(|entry| variable.demands.holds(entry)) {
                return false;
            }
            let is_definite = |c: &Constraint| matches!(c, Constraint::PositiveDefinite);
            if variable.demands.constraints.iter().any(is_definite) && variable.demands.constraints.len() > 1
            {
                return false;
            }
            if let (Some(negative), [n, m]) = (variable.demands.symmetry, variable.shape.as_slice()) {
                let is_kept = n == m
                    && (0..n * m).all(|at| {
                        let mirrored = entries[(at % n) * n + at / n].clone();
                        entries[at] == if negative { -mirrored } else { mirrored }
                    });
                if !is_kept {
                    return false;
                }
            }
        }
        self.facts.iter().all(|(left, right)| self.is_equal_exactly(*left, *right, point))
    }

    fn exactly(&self, at: Ref, point: &Point) -> Option<Rational> {
        exact(&below(&self.expression, at), &point.leaves).ok()
    }

    fn is_equal_exactly(&self, a: Ref, b: Ref, point: &Point) -> bool {
        matches!((self.exactly(a, point), self.exactly(b, point)), (Some(a), Some(b)) if a == b)
    }

    /// Compares in exact arithmetic, where that goes.
    fn look_exactly(&self, point: &Point) -> Look {
        if self.expression.nodes().len() > LARGEST_EXACT {
            return Look::Undefined;
        }
        let mut look = Look::Defined;
        for (a, b) in self.left.iter().zip(&self.right) {
            match (self.exactly(*a, point), self.exactly(*b, point)) {
                (Some(a), Some(b)) if a == b => {}
                (Some(_), Some(_)) => look = Look::Differs,
                _ => return Look::Undefined,
            }
        }
        look
    }

    fn look(&self, point: &Point) -> Look {
        let leaves: Vec<Interval> = point.leaves.iter().map(Interval::from_rational).collect();
        let values = intervals(&self.expression, &leaves);
        let at = |place: &Ref| values.get(*place as usize).copied().unwrap_or(Interval::UNDEFINED);
        for need in &self.needs {
            if need.relation == Relation::Equal {
                if !self.is_equal_exactly(need.left, need.right, point) {
                    return Look::Undefined;
                }
                continue;
            }
            let difference = at(&need.left) - at(&need.right);
            let holds = difference.is_defined()
                && match need.relation {
                    Relation::Equal => false,
                    Relation::NotEqual => difference.is_nonzero(),
                    Relation::Less => difference.is_negative(),
                    Relation::LessEqual => (-difference).is_nonnegative(),
                    Relation::Greater => difference.is_positive(),
                    Relation::GreaterEqual => difference.is_nonnegative(),
                };
            if !holds {
                return Look::Undefined;
            }
        }
        let pairs = || self.left.iter().map(at).zip(self.right.iter().map(at));
        if !pairs().all(|(a, b)| a.is_defined() && b.is_defined()) {
            // A negative base has powers with whole exponents only, which enclosures may not see.
            return self.look_exactly(point);
        }
        let mut look = Look::Defined;
        for (a, b) in pairs().filter(|(a, b)| a.is_disjoint(b)) {
            let size = a.middle().abs().max(b.middle().abs());
            if (a.middle() - b.middle()).abs() >= VISIBLE * size {
                return Look::Differs;
            }
            look = Look::DiffersLittle;
        }
        look
    }

    /// The point in words.
    fn witness(&self, point: &Point) -> Option<Witness> {
        let graph = &self.environment.graph;
        let mut at = Vec::new();
        let mut named: Vec<(&str, &Variable)> =
            self.variables.iter().map(|v| (graph.symbol_name(v.symbol), v)).collect();
        named.sort_unstable_by_key(|(name, _)| *name);
        for (name, variable) in named {
            let entries = point.values.get(&variable.symbol)?;
            let value = match variable.shape.as_slice() {
                [] => Value::Exact(entries.first()?.clone()),
                shape => Value::ExactTensor { shape: shape.to_vec(), entries: entries.clone() },
            };
            at.push((name.to_owned(), value));
        }
        Some(Witness {
            at,
            functions: self.functions(point),
            left: self.value(&self.left, point)?,
            right: self.value(&self.right, point)?,
        })
    }

    fn value(&self, entries: &[Ref], point: &Point) -> Option<Value> {
        let one = |at: Ref| {
            let expression = below(&self.expression, at);
            match exact(&expression, &point.leaves) {
                Ok(value) => Some(Value::Exact(value)),
                Err(_) => shown(&expression, &point.leaves).map(Value::Float),
            }
        };
        if self.shape.is_empty() {
            return one(*entries.first()?);
        }
        let shape = self.shape.clone();
        let values: Vec<Value> = entries.iter().map(|at| one(*at)).collect::<Option<_>>()?;
        let exact = values.iter().map(|value| match value {
            Value::Exact(q) => Some(q.clone()),
            _ => None,
        });
        if let Some(entries) = exact.collect::<Option<Vec<Rational>>>() {
            return Some(Value::ExactTensor { shape, entries });
        }
        let entries: Option<Vec<f64>> = values.iter().map(Value::scalar).collect();
        Some(Value::Tensor { shape, entries: entries? })
    }

    /// The polynomials that stand for functions without a definition.
    fn functions(&self, point: &Point) -> Vec<(String, Tree)> {
        let mut by_name: BTreeMap<String, Vec<(usize, Rational)>> = BTreeMap::new();
        for (leaf, value) in self.instance.leaves().iter().zip(&point.leaves) {
            if let LeafName::Coefficient(symbol, power) = leaf {
                let name = self.environment.graph.symbol_name(*symbol).to_owned();
                by_name.entry(name).or_default().push((*power, value.clone()));
            }
        }
        by_name
            .into_iter()
            .map(|(name, mut terms)| {
                terms.sort_unstable_by_key(|(power, _)| std::cmp::Reverse(*power));
                (name, polynomial(&terms))
            })
            .collect()
    }
}

/// `Σ c·t^k`.
fn polynomial(terms: &[(usize, Rational)]) -> Tree {
    let mut parts = Vec::new();
    for (power, coefficient) in terms {
        let variable = match power {
            0 => None,
            1 => Some(Tree::name("t")),
            n => Some(
                Kind::Power(Box::new(Tree::name("t")), Box::new(Tree::number(&Rational::integer(*n as i64))))
                    .into(),
            ),
        };
        let size = Tree::number(&coefficient.abs());
        let term: Tree = match variable {
            None => size,
            Some(variable) => Kind::Product(vec![size, variable]).into(),
        };
        parts.push(if coefficient.is_negative() { Kind::Negate(Box::new(term)).into() } else { term });
    }
    match parts.len() {
        0 => Tree::number(&Rational::ZERO),
        1 => parts.remove(0),
        _ => Kind::Sum(parts).into(),
    }
}

/// The value as it is shown; what cancels beyond these digits is shown as far as it is known.
fn shown(expression: &Scalar, leaves: &[Rational]) -> Option<f64> {
    let (bits, certain) = SHOWN;
    let mut best = None;
    for bits in bits {
        if let Some(value) = precise_at(expression, leaves, bits) {
            best = value.to_f64();
            if value.has_relative_bits(certain) {
                break;
            }
        }
    }
    best
}

/// The part of an expression below a place.
fn below(expression: &Scalar, at: Ref) -> Scalar {
    let mut builder = ScalarBuilder::default();
    let root = builder.import(expression, at);
    builder.finish(root)
}

/// Small sizes for the dimension symbols, different ones in other combinations.
fn sizes(environment: &Environment, number: u64) -> BTreeMap<SymbolId, i64> {
    let graph = &environment.graph;
    let mut symbols: Vec<(&str, SymbolId)> = (0..graph.dimension_count() as u32)
        .flat_map(|id| graph.dimension_value(crate::ir::DimensionId(id)).terms.iter())
        .map(|(symbol, _)| (graph.symbol_name(*symbol), *symbol))
        .collect();
    symbols.sort_unstable();
    symbols.dedup();
    if number % 2 == 1 {
        symbols.reverse();
    }
    symbols
        .into_iter()
        .enumerate()
        .map(|(at, (_, symbol))| {
            let size = if number < 2 {
                [2, 3, 4, 2, 3][at % 5]
            } else {
                2 + (super::sample::scatter(number, at as u64) % 4) as i64
            };
            (symbol, size)
        })
        .collect()
}

fn variables_below(environment: &Environment, nodes: &[NodeId]) -> BTreeSet<SymbolId> {
    let graph = &environment.graph;
    graph
        .reachable(nodes)
        .into_iter()
        .filter_map(|id| match graph.atom(id) {
            Some(Atom::Variable(symbol)) => Some(*symbol),
            _ => None,
        })
        .collect()
}
