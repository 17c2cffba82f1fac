//! Both sides, their conditions and the facts as scalar expressions in common leaves.

use rustc_hash::FxHashSet;

use super::statement::Statement;
use crate::evaluate::interval;
use crate::facts::{Condition, sign_of_relation};
use crate::function::{self, Function};
use crate::ir::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use crate::ir::{Atom, Axes, Dimension, DimensionId, Graph, Labels, Leaf, NodeId};
use crate::lower::Environment;
use crate::normal::{self, Known};
use crate::number::Sign;
use crate::simplify::TableDefinitions;
use crate::syntax::tree::Relation;

/// Views with more parts are not taken apart.
const LARGEST_VIEW: usize = 3_000;
/// Cases are told apart among so many leaves.
const MOST_LEAVES: usize = 3;
/// Conditions whose axes can be laid on those of the statement in more ways are used in these ways only.
const MOST_WAYS: usize = 6;

/// Expressions in common leaves.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    builder: ScalarBuilder,
    pub leaves: Vec<Leaf>,
    /// What is known of signs.
    pub signs: Vec<(Ref, Sign)>,
    axes: Axes,
}

impl View {
    /// A view for tensors of these axes.
    pub(super) fn new(axes: Axes) -> Self {
        View { axes, ..View::default() }
    }

    /// The entries of a node, its axes on these labels.
    pub(super) fn add(&mut self, graph: &mut Graph, node: NodeId, labels: &[u8]) -> Option<Ref> {
        let view = graph.pointwise(node, &FxHashSet::default(), LARGEST_VIEW)?;
        let mut place: Vec<Ref> = Vec::with_capacity(view.expression.nodes().len());
        for operation in view.expression.nodes() {
            let made = match operation {
                Operation::Leaf(number) => {
                    let leaf = view.leaves.get(*number as usize)?;
                    let own: Labels = leaf
                        .labels
                        .iter()
                        .map(|l| labels.get(*l as usize).copied())
                        .collect::<Option<_>>()?;
                    if let Some(Atom::Compare(relation, a, b)) = graph.atom(leaf.node).cloned() {
                        place.push(self.compared(graph, relation, a, b, &own)?);
                        continue;
                    }
                    if let Some(Atom::Size(size)) = graph.atom(leaf.node) {
                        let size = *size;
                        place.push(self.size(graph, size));
                        continue;
                    }
                    self.leaf(Leaf { node: leaf.node, labels: own })
                }
                other => other.map(|a| place[a as usize]),
            };
            place.push(self.builder.add(made));
        }
        place.last().copied()
    }

    /// `n + 1` in terms of n.
    fn size(&mut self, graph: &mut Graph, size: DimensionId) -> Ref {
        let value = graph.dimension_value(size).clone();
        let mut sum = self.builder.integer(value.constant);
        for (symbol, times) in value.terms {
            let own = graph.dimension(Dimension::symbol(symbol));
            let node = graph.size(own);
            let leaf = self.leaf(Leaf { node, labels: Labels::new() });
            let leaf = self.builder.add(leaf);
            let times = self.builder.integer(times);
            let product = self.builder.add(Operation::Multiply(times, leaf));
            sum = self.builder.add(Operation::Add(sum, product));
        }
        sum
    }

    /// One where the relation holds, by steps: `[a > b] = H(a − b)`.
    fn compared(
        &mut self,
        graph: &mut Graph,
        relation: Relation,
        a: NodeId,
        b: NodeId,
        labels: &[u8],
    ) -> Option<Ref> {
        let is_turned = matches!(relation, Relation::Less | Relation::GreaterEqual);
        let difference = if is_turned { graph.subtract(b, a) } else { graph.subtract(a, b) };
        let argument = self.add(graph, difference, labels)?;
        let mut call =
            |id| self.builder.add(Operation::Call(Function::Known(id), smallvec::smallvec![argument]));
        let value = match relation {
            Relation::Equal | Relation::NotEqual => {
                let sign = call(function::SIGN);
                self.builder.add(Operation::Multiply(sign, sign))
            }
            _ => call(function::HEAVISIDE),
        };
        Some(match relation {
            Relation::Greater | Relation::Less | Relation::NotEqual => value,
            Relation::Equal | Relation::GreaterEqual | Relation::LessEqual => {
                let one = self.builder.integer(1);
                self.builder.add(Operation::Subtract(one, value))
            }
        })
    }

    fn leaf(&mut self, leaf: Leaf) -> Operation {
        let number = self.leaves.iter().position(|known| *known == leaf).unwrap_or_else(|| {
            self.leaves.push(leaf);
            self.leaves.len() - 1
        });
        Operation::Leaf(number as u32)
    }

    /// `a − b`.
    pub(super) fn difference(&mut self, a: Ref, b: Ref) -> Ref {
        self.builder.add(Operation::Subtract(a, b))
    }

    /// Takes it for granted that a condition holds, wherever its axes fit those of the view.
    pub(super) fn assume(&mut self, graph: &mut Graph, condition: &Condition) {
        let difference = graph.subtract(condition.left, condition.right);
        let sign = sign_of_relation(condition.relation);
        let own = graph.axes(difference).clone();
        for labels in ways(&own, &self.axes) {
            if let Some(place) = self.add(graph, difference, &labels) {
                self.signs.push((place, sign));
            }
        }
    }

    /// Takes the facts of a problem for granted.
    pub(super) fn assume_facts(&mut self, environment: &mut Environment) {
        let facts: Vec<Condition> = environment.inequalities();
        for fact in facts {
            self.assume(&mut environment.graph, &fact);
        }
    }

    /// Takes the signs of the leaves for granted.
    pub(super) fn assume_leaves(&mut self, graph: &Graph) {
        for (number, leaf) in self.leaves.clone().iter().enumerate() {
            let sign = graph.sign(leaf.node);
            if sign != Sign::ANY {
                let place = self.builder.add(Operation::Leaf(number as u32));
                self.signs.push((place, sign));
            }
        }
    }

    /// All expressions in one; places stay what they are.
    pub(super) fn expressions(&self) -> Scalar {
        self.builder.everything()
    }

    /// One of the expressions alone.
    pub(super) fn expression(&self, place: Ref) -> Scalar {
        self.builder.finish(place)
    }

    /// Is the expression at a place zero, as far as is known?
    pub(super) fn is_zero(&self, place: Ref, limits: &normal::Limits) -> bool {
        let expressions = self.expressions();
        let known = Known { expressions: &expressions, signs: &self.signs };
        known.is_zero(place, &TableDefinitions, limits) == Some(normal::Certainty::Proved)
    }

    /// The sign of an expression without leaves, by its enclosure.
    pub(super) fn sign_of_number(&self, place: Ref) -> Sign {
        let value = interval(&self.expression(place), &[]);
        if !value.is_defined() {
            Sign::ANY
        } else if value.is_positive() {
            Sign::POSITIVE
        } else if value.is_negative() {
            Sign::NEGATIVE
        } else if value.is_nonnegative() {
            Sign::NON_NEGATIVE
        } else {
            Sign::ANY
        }
    }

    /// Has the expression at a place one of these signs whatever the sign of some leaf is?
    pub(super) fn is_sign_by_cases(&self, place: Ref, wanted: Sign, limits: &normal::Limits) -> bool {
        if self.leaves.len() > MOST_LEAVES {
            return false;
        }
        let mut view = self.clone();
        for leaf in 0..self.leaves.len() as u32 {
            let own = view.builder.add(Operation::Leaf(leaf));
            let expressions = view.expressions();
            let holds = [Sign::POSITIVE, Sign::NEGATIVE, Sign::ZERO].into_iter().all(|sign| {
                let mut signs = view.signs.clone();
                signs.push((own, sign));
                let known = Known { expressions: &expressions, signs: &signs };
                known.sign(place, &TableDefinitions, limits).is(wanted)
                    || known.is_contradictory(&TableDefinitions, limits)
            });
            if holds {
                return true;
            }
        }
        false
    }

    /// The signs of the expression at a place, as far as they are known.
    pub(super) fn sign(&self, place: Ref, limits: &normal::Limits) -> Sign {
        let expressions = self.expressions();
        let known = Known { expressions: &expressions, signs: &self.signs };
        known.sign(place, &TableDefinitions, limits)
    }
}

/// The ways to lay some axes on others, sizes agreeing, no two on one; the plain way first.
pub(super) fn ways(own: &Axes, axes: &Axes) -> Vec<Labels> {
    let mut found: Vec<Labels> = vec![Labels::new()];
    for size in own {
        let mut next = Vec::new();
        for labels in &found {
            for (label, other) in axes.iter().enumerate() {
                if other == size && !labels.contains(&(label as u8)) {
                    let mut longer = labels.clone();
                    longer.push(label as u8);
                    next.push(longer);
                }
            }
        }
        found = next;
    }
    found.truncate(MOST_WAYS);
    found
}

/// The conditions of both sides, each once.
pub(super) fn conditions(statement: &Statement) -> Vec<Condition> {
    let mut all = statement.left.conditions.clone();
    for condition in &statement.right.conditions {
        if !all.contains(condition) {
            all.push(*condition);
        }
    }
    all
}
