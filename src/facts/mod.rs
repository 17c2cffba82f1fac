//! Conditions under which an answer holds, and how they are discharged.
//!
//! A condition is collected where it arises (a division, a logarithm, a kink) and dropped only if the signs known of its
//! sides prove it.

use rustc_hash::FxHashMap;

use crate::function::{self, Function};
use crate::ir::{Atom, Graph, Node, NodeId, Term};
use crate::number::Rational;
use crate::number::Sign;
use crate::syntax::tree::Relation;

/// So many conditions are compared with each other.
const MOST_COMPARED: usize = 32;

/// `left relation right`, entry by entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The left side.
    pub left: NodeId,
    /// The relation.
    pub relation: Relation,
    /// The right side, of the same axes.
    pub right: NodeId,
}

impl Condition {
    /// The opposite.
    #[must_use]
    pub fn negated(&self) -> Condition {
        let relation = match self.relation {
            Relation::Equal => Relation::NotEqual,
            Relation::NotEqual => Relation::Equal,
            Relation::Less => Relation::GreaterEqual,
            Relation::LessEqual => Relation::Greater,
            Relation::Greater => Relation::LessEqual,
            Relation::GreaterEqual => Relation::Less,
        };
        Condition { relation, ..*self }
    }

    /// Does a condition on scalars follow from another one about the same quantity: x ≠ −1 from x > 0?
    pub fn follows_from(&self, graph: &mut Graph, other: &Condition) -> bool {
        if graph.rank(self.left) > 0 || graph.rank(other.left) > 0 {
            return false;
        }
        let (own, other_side) =
            (graph.subtract(self.left, self.right), graph.subtract(other.left, other.right));
        // own = factor · other + shift
        let ((own_shift, own), (other_shift, other_terms)) = (split(graph, own), split(graph, other_side));
        let (Some((first, _)), Some((second, _))) = (own.first(), other_terms.first()) else { return false };
        let Some(factor) = first.divide(second) else { return false };
        let is_multiple = own.len() == other_terms.len()
            && own.iter().zip(&other_terms).all(|((a, s), (b, t))| s == t && *a == &factor * b);
        if !is_multiple {
            return false;
        }
        let shift = &own_shift - &(&factor * &other_shift);
        let sign = sign_of_relation(other.relation);
        let sign = if factor.is_negative() { sign.negated() } else { sign };
        sign.shifted(&shift).is(sign_of_relation(self.relation))
    }

    /// The condition solved for its variable, if it is `c·x + d` against zero for a scalar x: `x ≠ 1` for `2x − 2 ≠ 0`.
    pub fn solved(&self, graph: &Graph) -> Option<(NodeId, Relation, Rational)> {
        let terms = graph.terms(self.left);
        if !is_zero(graph, self.right) || terms.len() != 2 || graph.rank(self.left) > 0 {
            return None;
        }
        let (constant, linear) = if terms[0].1.factors.is_empty() { (0, 1) } else { (1, 0) };
        let (d, (c, term)) = (&terms[constant], &terms[linear]);
        let [factor] = term.factors.as_slice() else { return None };
        let is_variable = matches!(graph.atom(factor.base), Some(Atom::Variable(_)));
        if !d.1.factors.is_empty() || !d.1.sizes.is_empty() || !is_variable || !factor.exponent.is_one() {
            return None;
        }
        if !term.sizes.is_empty() {
            return None;
        }
        let relation = if c.is_negative() { reversed(self.relation) } else { self.relation };
        Some((factor.base, relation, -d.0.divide(c)?))
    }
}

/// The number in a sum, and its other terms.
fn split(graph: &Graph, node: NodeId) -> (Rational, Vec<(Rational, Term)>) {
    let is_number = |term: &Term| term.factors.is_empty() && term.sizes.is_empty();
    let (numbers, rest): (Vec<_>, Vec<_>) = graph.terms(node).into_iter().partition(|(_, t)| is_number(t));
    (numbers.into_iter().next().map_or(Rational::ZERO, |(c, _)| c), rest)
}

/// The comparisons that all hold where an indicator is one.
pub fn comparisons(graph: &Graph, indicator: NodeId) -> Vec<Condition> {
    if let Some(Atom::Compare(relation, left, right)) = graph.atom(indicator) {
        return vec![Condition { left: *left, relation: *relation, right: *right }];
    }
    let Node::Sum(terms) = graph.node(indicator) else { return Vec::new() };
    let [(coefficient, term)] = terms.as_slice() else { return Vec::new() };
    if !coefficient.is_one() || !term.sizes.is_empty() {
        return Vec::new();
    }
    let factors = term.factors.iter();
    factors.filter(|f| f.base != indicator).flat_map(|f| comparisons(graph, f.base)).collect()
}

/// The relation of the sides exchanged.
pub fn reversed(relation: Relation) -> Relation {
    match relation {
        Relation::Equal | Relation::NotEqual => relation,
        Relation::Less => Relation::Greater,
        Relation::LessEqual => Relation::GreaterEqual,
        Relation::Greater => Relation::Less,
        Relation::GreaterEqual => Relation::LessEqual,
    }
}

/// The base and the relation it must satisfy for `c·u^n` to satisfy the given one to zero, n odd.
fn odd_root(graph: &Graph, node: NodeId, relation: Relation) -> Option<(NodeId, Relation)> {
    let Node::Sum(terms) = graph.node(node) else { return None };
    let [(coefficient, term)] = terms.as_slice() else { return None };
    let [factor] = term.factors.as_slice() else { return None };
    let is_odd = factor.exponent.number().is_some_and(|q| q.is_integer() && q.is_positive() && !q.is_even());
    let is_whole = factor.labels.len() == term.sizes.len()
        && factor.labels.iter().enumerate().all(|(axis, label)| axis == *label as usize)
        && graph.axes(factor.base) == graph.axes(node);
    if !is_odd || !is_whole || factor.base == node {
        return None;
    }
    Some((factor.base, if coefficient.is_negative() { reversed(relation) } else { relation }))
}

/// What a relation to zero says of the sign.
pub fn sign_of_relation(relation: Relation) -> Sign {
    match relation {
        Relation::Equal => Sign::ZERO,
        Relation::NotEqual => Sign::NON_ZERO,
        Relation::Less => Sign::NEGATIVE,
        Relation::LessEqual => Sign::NON_POSITIVE,
        Relation::Greater => Sign::POSITIVE,
        Relation::GreaterEqual => Sign::NON_NEGATIVE,
    }
}

fn is_zero(graph: &Graph, node: NodeId) -> bool {
    graph.as_number(node).is_some_and(|q| q.is_zero())
}

/// Is `c·position + d` zero at no position 1, 2, …?
fn misses_positions(graph: &Graph, node: NodeId) -> bool {
    let (mut slope, mut constant) = (Rational::ZERO, Rational::ZERO);
    for (coefficient, term) in graph.terms(node) {
        match term.factors.as_slice() {
            [] if term.sizes.len() == graph.rank(node) => constant = constant + coefficient,
            [factor]
                if matches!(graph.atom(factor.base), Some(Atom::Position))
                    && factor.exponent.is_one()
                    && slope.is_zero() =>
            {
                slope = coefficient;
            }
            _ => return false,
        }
    }
    match (-constant).divide(&slope) {
        Some(root) => !root.is_integer() || !root.is_positive(),
        None => false,
    }
}

/// Is the function zero where its argument is, and nowhere else?
fn vanishes_at_zero_only(id: function::FunctionId) -> bool {
    matches!(
        id,
        function::ABS
            | function::SIGN
            | function::CBRT
            | function::SINH
            | function::TANH
            | function::ASIN
            | function::ATAN
            | function::EXPM1
            | function::LOG1P
            | function::ERF
    )
}

/// The relation to zero that says no more and no less than the sign.
fn relation_of_sign(sign: Sign) -> Option<Relation> {
    [
        Relation::Equal,
        Relation::NotEqual,
        Relation::Less,
        Relation::LessEqual,
        Relation::Greater,
        Relation::GreaterEqual,
    ]
    .into_iter()
    .find(|relation| sign_of_relation(*relation) == sign)
}

/// The conditions of one problem, each once, in the order in which they arose.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    all: Vec<Condition>,
    /// Those that only a convention asks for: where they fail, the convention gives the value.
    by_convention: Vec<Condition>,
}

impl Conditions {
    /// Adds `left relation right` unless the signs known prove it.
    pub fn require(&mut self, graph: &mut Graph, left: NodeId, relation: Relation, right: NodeId) {
        let difference = graph.subtract(left, right);
        let sign = graph.sign(difference);
        if sign.is(sign_of_relation(relation)) {
            return;
        }
        if relation == Relation::NotEqual && misses_positions(graph, difference) {
            return;
        }
        if relation == Relation::Greater && sign.is(Sign::NON_NEGATIVE) && is_zero(graph, right) {
            // x² > 0 asks for x ≠ 0 and no more.
            self.require_of(graph, left, Relation::NotEqual);
            return;
        }
        if is_zero(graph, right)
            && let Some((base, relation)) = odd_root(graph, left, relation)
        {
            self.require_zero(graph, base, relation);
            return;
        }
        self.add(Condition { left, relation, right });
    }

    fn add(&mut self, condition: Condition) {
        if !self.all.contains(&condition) {
            self.all.push(condition);
        } else if !self.by_convention.is_empty() {
            self.by_convention.retain(|other| *other != condition);
        }
    }

    /// Adds `node relation 0`, about a single factor where a product allows it: a product is not zero where no factor is.
    pub fn require_of(&mut self, graph: &mut Graph, node: NodeId, relation: Relation) {
        if relation == Relation::NotEqual {
            if let Some(Atom::Call(Function::Known(id), arguments)) = graph.atom(node) {
                let inner = arguments[0];
                if vanishes_at_zero_only(*id) {
                    self.require_of(graph, inner, relation);
                    return;
                }
                if *id == function::LOG {
                    let one = graph.constant(&Rational::ONE, graph.axes(inner).clone());
                    self.require(graph, inner, relation, one);
                    return;
                }
            }
            let terms = graph.terms(node);
            if let [(_, term)] = terms.as_slice() {
                if term.sizes.len() == graph.rank(node) && term.factors.len() > 1 {
                    for factor in &term.factors {
                        let base = factor.base;
                        let sign = factor.exponent.number().map_or(Relation::Greater, |_| Relation::NotEqual);
                        self.require_zero(graph, base, sign);
                    }
                    return;
                }
                if let ([factor], true) = (term.factors.as_slice(), term.sizes.len() == graph.rank(node))
                    && factor.base != node
                {
                    self.require_zero(graph, factor.base, Relation::NotEqual);
                    return;
                }
            }
        }
        self.require_zero(graph, node, relation);
    }

    fn require_zero(&mut self, graph: &mut Graph, node: NodeId, relation: Relation) {
        let axes = graph.axes(node).clone();
        let zero = graph.constant(&Rational::ZERO, axes);
        self.require(graph, node, relation, zero);
    }

    /// Adds a condition of `other` as what it is there.
    fn take_over(&mut self, other: &Conditions, condition: &Condition) {
        if !other.by_convention.contains(condition) {
            self.add(*condition);
        } else if !self.all.contains(condition) {
            self.all.push(*condition);
            self.by_convention.push(*condition);
        }
    }

    /// Adds all of `other`; where one that is new fails, a convention gives the value.
    pub fn extend_by_convention(&mut self, other: &Conditions) {
        for condition in &other.all {
            if !self.all.contains(condition) {
                self.all.push(*condition);
                self.by_convention.push(*condition);
            }
        }
    }

    /// The same conditions with their sides built again, so that facts are put in; what then holds of itself is dropped.
    #[must_use]
    pub fn rebuilt(&self, graph: &mut Graph) -> Conditions {
        self.mapped(graph, &mut |graph, node| graph.rebuild(node, &FxHashMap::default()))
    }

    /// The same conditions about other nodes; what holds of them by itself is dropped.
    #[must_use]
    pub fn mapped(
        &self,
        graph: &mut Graph,
        again: &mut dyn FnMut(&mut Graph, NodeId) -> NodeId,
    ) -> Conditions {
        let (mut firm, mut others) = (Conditions::default(), Conditions::default());
        for condition in &self.all {
            let (left, right) = (again(graph, condition.left), again(graph, condition.right));
            let is_firm = !self.by_convention.contains(condition);
            let into = if is_firm { &mut firm } else { &mut others };
            into.require(graph, left, condition.relation, right);
        }
        firm.extend_by_convention(&others);
        firm
    }

    /// Adds those of `other` that are not firm in `known`.
    pub fn extend_unless(&mut self, other: &Conditions, known: &Conditions) {
        for condition in &other.all {
            if known.firm().any(|own| own == condition) {
                continue;
            }
            self.take_over(other, condition);
        }
    }

    /// Those without which there is no value.
    pub fn firm(&self) -> impl Iterator<Item = &Condition> {
        self.all.iter().filter(|condition| !self.by_convention.contains(condition))
    }

    /// The first one that no value satisfies, by what is known of signs. Where one fails that is by convention, the convention
    /// gives the value.
    pub fn impossible(&self, graph: &mut Graph) -> Option<Condition> {
        self.firm().copied().find(|condition| {
            let difference = graph.subtract(condition.left, condition.right);
            graph.sign(difference).and(sign_of_relation(condition.relation)).is_empty()
        })
    }

    /// All of them, in the order in which they arose.
    pub fn all(&self) -> &[Condition] {
        &self.all
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: &Conditions) {
        for condition in &other.all {
            self.take_over(other, condition);
        }
    }

    /// Adds those of `other` that do not follow from one of the guards.
    pub fn extend_unless_implied(&mut self, graph: &mut Graph, other: &Conditions, guards: &[Condition]) {
        for condition in &other.all {
            let is_implied = guards.iter().any(|guard| condition.follows_from(graph, guard));
            if is_implied {
                continue;
            }
            self.take_over(other, condition);
        }
    }

    /// Adds those of `other` that speak of nothing but what `root` is made of.
    pub fn extend_within(&mut self, graph: &Graph, other: &Conditions, root: NodeId) {
        let below = graph.reachable(&[root]);
        let is_variable = |node: &NodeId| matches!(graph.atom(*node), Some(Atom::Variable(_)));
        for condition in &other.all {
            let own = graph.reachable(&[condition.left, condition.right]);
            let is_within = own.iter().filter(|n| is_variable(n)).all(|n| below.binary_search(n).is_ok());
            if is_within {
                self.take_over(other, condition);
            }
        }
    }

    /// Adds those of `other` that speak of something that `root` is not made of.
    pub fn extend_beyond(&mut self, graph: &Graph, other: &Conditions, root: NodeId) {
        let mut within = Conditions::default();
        within.extend_within(graph, other, root);
        self.extend_unless(other, &within);
    }

    /// The conditions, without those that another one implies, and two of the same side as one: `u ≥ 0` and `u ≠ 0` are
    /// `u > 0`.
    pub fn minimal(&self, graph: &mut Graph) -> Vec<Condition> {
        let mut found: Vec<(NodeId, Sign, Condition)> = Vec::new();
        for condition in &self.all {
            let difference = graph.subtract(condition.left, condition.right);
            let sign = sign_of_relation(condition.relation);
            let Some((_, both, first)) = found.iter_mut().find(|(node, ..)| *node == difference) else {
                found.push((difference, sign, *condition));
                continue;
            };
            let joint = both.and(sign);
            match relation_of_sign(joint) {
                Some(_) if joint == *both => {}
                Some(relation) => {
                    *both = joint;
                    *first = Condition { relation, ..*condition };
                }
                // No value satisfies both: each is said.
                None => found.push((difference, sign, *condition)),
            }
        }
        let mut kept: Vec<Condition> = found.into_iter().map(|(_, _, condition)| condition).collect();
        // Compared pair by pair: not where there are very many.
        if kept.len() <= MOST_COMPARED {
            // From the end, so that of two that say the same the first is kept.
            for at in (0..kept.len()).rev() {
                let condition = kept[at];
                let is_implied =
                    (0..kept.len()).any(|other| other != at && condition.follows_from(graph, &kept[other]));
                if is_implied {
                    kept.remove(at);
                }
            }
        }
        kept
    }
}
