//! Values at a point: only with digits that are proved, only where every condition holds, and only at points that satisfy the
//! facts.

use rustc_hash::FxHashSet;

use super::{Answer, Problem};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::evaluate::graph::{
    Claim, EvaluationError, Point, Proved, Truth, Value, certified, evaluate, relation,
};
use crate::facts::{Condition, Conditions};
use crate::ir::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use crate::ir::{Atom, Graph, NodeId};
use crate::lower::Layout;
use crate::normal::{self, Certainty};
use crate::number::Rational;
use crate::print;
use crate::simplify::TableDefinitions;
use crate::syntax::tree::{Kind, Tree};

/// Scalar views of equalities with more parts are not looked at.
const LARGEST_CLAIM: usize = 500;
/// How often proved equalities are put in before a value is given up.
const ROUNDS: usize = 4;

impl Problem {
    /// The value of a formula that was read as this tree, where all of its conditions hold.
    pub(super) fn formula_value(
        &mut self,
        tree: &Tree,
        node: NodeId,
        point: &Point,
    ) -> Result<Result<Value, Diagnostic>, Diagnostic> {
        let value = self.value(node, point)?;
        if value.is_err() {
            return Ok(value);
        }
        let conditions = self.environment.conditions.clone();
        if self.objection(&conditions, point).is_none() {
            return Ok(value);
        }
        // A condition of a part that a bracket or a case leaves out is none.
        let left = if self.is_guarded(tree) { self.conditions_at(tree, point) } else { Some(conditions) };
        let Some(left) = left else { return Ok(value) };
        Ok(match self.objection(&left, point) {
            Some(objection) => Err(objection),
            None => value,
        })
    }

    /// The shape and the entries of a formula without variables, as expressions without leaves; `None` if it is none, or not
    /// given entry by entry.
    pub(crate) fn closed(&mut self, answer: &Answer) -> Option<(Vec<usize>, Vec<Scalar>)> {
        let node = answer.partials.first()?.node;
        let shape = answer.value.as_ref()?.as_ref().ok()?.shape().to_vec();
        let graph = &mut self.environment.graph;
        let entries = match graph.atom(node) {
            Some(Atom::Array(entries)) => entries.clone(),
            _ if shape.is_empty() => vec![node],
            _ => return None,
        };
        let mut out = Vec::with_capacity(entries.len());
        for entry in entries {
            let view = graph.pointwise(entry, &FxHashSet::default(), LARGEST_CLAIM)?;
            if !view.leaves.is_empty() {
                return None;
            }
            out.push(view.expression);
        }
        Some((shape, out))
    }

    /// The value of a derivative, where its conditions beyond those of the formula hold.
    pub(super) fn partial_value(
        &mut self,
        conditions: &Conditions,
        node: NodeId,
        point: &Point,
    ) -> Result<Result<Value, Diagnostic>, Diagnostic> {
        let value = self.value(node, point)?;
        if value.is_err() || self.is_cut(node) {
            return Ok(value);
        }
        // Those of the formula itself were looked at.
        let mut own = Conditions::default();
        own.extend_unless(conditions, &self.environment.conditions);
        Ok(match self.objection(&own, point) {
            Some(objection) => Err(objection),
            None => value,
        })
    }

    /// Adds the conditions of the definitions that the formula is made of as far as they speak of what it no longer shows:
    /// x ≠ 0 for `y + 1` with `y = x/x`.
    pub(super) fn add_conditions_of_definitions(&mut self, tree: &Tree, node: NodeId) {
        let inlined = self.inlined(tree);
        if inlined == *tree {
            return;
        }
        let kept = std::mem::take(&mut self.environment.conditions);
        let conventions = self.environment.conventions.clone();
        let lowered = self.environment.lower(&inlined);
        let own = std::mem::replace(&mut self.environment.conditions, kept);
        self.environment.conventions = conventions;
        if lowered.is_ok() {
            self.environment.conditions.extend_beyond(&self.environment.graph, &own, node);
        }
    }

    /// The formula with the values of the names in their place.
    fn inlined(&self, tree: &Tree) -> Tree {
        match &tree.kind {
            Kind::Name(name) => match self.environment.written_definition(name) {
                Some(value) => self.inlined(value),
                None => tree.clone(),
            },
            _ => tree.with_parts(&mut |part| self.inlined(part)),
        }
    }

    /// Is the formula made of brackets or cases?
    fn is_guarded(&self, tree: &Tree) -> bool {
        let mut found = false;
        tree.walk(&mut |part| match &part.kind {
            Kind::Cases(_) | Kind::Iverson(_) => found = true,
            Kind::Big { .. } => found |= is_limited(part),
            Kind::Name(name) => {
                found |= self.environment.written_definition(name).is_some_and(|own| self.is_guarded(own));
            }
            Kind::Call { name, .. } => {
                found |= matches!(self.environment.named(name), Some(crate::lower::Named::Function { .. }));
            }
            _ => {}
        });
        found
    }

    /// Are parts of the node left out by brackets or cases?
    fn is_cut(&self, node: NodeId) -> bool {
        let graph = &self.environment.graph;
        let is_cut = |id: NodeId| matches!(graph.atom(id), Some(Atom::Cases(..) | Atom::Compare(..)));
        graph.reachable(&[node]).into_iter().any(is_cut)
    }

    /// The value of a node: outside an error is one of the question (a value is missing), inside it is the answer (there
    /// is no value).
    pub(super) fn value(
        &mut self,
        node: NodeId,
        point: &Point,
    ) -> Result<Result<Value, Diagnostic>, Diagnostic> {
        let mut proved = Proved::default();
        let mut tried: Vec<Claim> = Vec::new();
        loop {
            let doubt = match certified(&self.environment.graph, node, point, &proved) {
                Ok(value) => return Ok(Ok(value)),
                Err(doubt) => doubt,
            };
            if tried.len() < ROUNDS * 8 && self.settle(&doubt.claims, &mut tried, &mut proved, point) {
                continue;
            }
            let EvaluationError::Undefined(undefined) = doubt.error else {
                return Err(Diagnostic::new(Cause::Declaration, doubt.error.to_string()));
            };
            let rank = self.environment.graph.rank(undefined.node);
            let place = self.shown(undefined.node, Layout::of_rank(rank)).tree;
            return Ok(Err(Diagnostic::new(Cause::Undefined, undefined.to_string())
                .help(format!("in {}", print::unicode(&place)))));
        }
    }

    /// Proves what it can of equalities that were not tried before; was there any?
    fn settle(
        &mut self,
        claims: &[Claim],
        tried: &mut Vec<Claim>,
        proved: &mut Proved,
        point: &Point,
    ) -> bool {
        let mut any = false;
        for claim in claims {
            if tried.contains(claim) {
                continue;
            }
            tried.push(claim.clone());
            if self.is_proved(claim, point) {
                proved.add(claim);
                any = true;
            }
        }
        any
    }

    /// Is the equality true at the point, by algebra on exact numbers?
    fn is_proved(&mut self, claim: &Claim, point: &Point) -> bool {
        let graph = &mut self.environment.graph;
        let difference = match claim {
            Claim::Number(node, value) => {
                let value = graph.number(value);
                graph.subtract(*node, value)
            }
            Claim::Same(a, b) => graph.subtract(*a, *b),
        };
        let Some(view) = graph.pointwise(difference, &FxHashSet::default(), LARGEST_CLAIM) else {
            return false;
        };
        let leaves: Vec<Option<Scalar>> = view
            .leaves
            .iter()
            .map(|leaf| {
                let closed = match graph.atom(leaf.node) {
                    Some(Atom::Variable(symbol)) => point.closed(graph.symbol_name(*symbol)).cloned(),
                    _ => None,
                };
                closed.or_else(|| exact_leaf(graph, leaf.node, point).map(|q| constant(&q)))
            })
            .collect();
        let numbers = with_numbers(&view.expression, &leaves);
        normal::is_zero(&numbers, &TableDefinitions, &normal::Limits::default()) == Some(Certainty::Proved)
    }

    /// Is a condition true at the point? `None` if a variable of it has no value there.
    fn truth(&mut self, condition: &Condition, point: &Point) -> Option<Truth> {
        let difference = self.environment.graph.subtract(condition.left, condition.right);
        let mut proved = Proved::default();
        let mut tried: Vec<Claim> = Vec::new();
        loop {
            let question = (difference, condition.relation);
            match relation(&self.environment.graph, question, point, &proved).ok()? {
                Truth::Open(claims)
                    if tried.len() < ROUNDS * 8 && self.settle(&claims, &mut tried, &mut proved, point) => {}
                truth => return Some(truth),
            }
        }
    }

    /// What stands against a value at the point: a condition that fails there, or one that is not decided.
    pub(super) fn objection(&mut self, conditions: &Conditions, point: &Point) -> Option<Diagnostic> {
        let mut open = None;
        let firm: Vec<Condition> = conditions.firm().copied().collect();
        for condition in firm {
            match self.truth(&condition, point) {
                Some(Truth::False) => {
                    return Some(Diagnostic::new(
                        Cause::Undefined,
                        format!("it needs {}", self.said(condition)),
                    ));
                }
                Some(Truth::Open(_)) => open = open.or(Some(condition)),
                None | Some(Truth::True | Truth::Nothing | Truth::Beyond) => {}
            }
        }
        let condition = open?;
        Some(
            Diagnostic::new(Cause::Undefined, format!("it needs {}", self.said(condition)))
                .help("which cannot be decided with 1200 bits"),
        )
    }

    fn said(&mut self, condition: Condition) -> String {
        let written = self.written_conditions(&[condition]);
        written.iter().map(print::unicode).collect::<Vec<_>>().join(", ")
    }

    /// The conditions of a formula that bear on its value at the point: those of the parts that brackets and cases leave
    /// in there. The conditions as they are if the formula has none; `None` if it was not found out which parts are left.
    pub(super) fn conditions_at(&mut self, tree: &Tree, point: &Point) -> Option<Conditions> {
        let mut is_resolved = true;
        let chosen = self.chosen(tree, point, &mut is_resolved);
        if !is_resolved {
            return None;
        }
        let kept = std::mem::take(&mut self.environment.conditions);
        let conventions = self.environment.conventions.clone();
        let lowered = self.environment.lower(&chosen);
        let own = std::mem::replace(&mut self.environment.conditions, kept);
        self.environment.conventions = conventions;
        let node = lowered.ok()?.node;
        (!self.is_cut(node)).then_some(own)
    }

    /// The formula with each case and bracket replaced by what it is at the point.
    fn chosen(&mut self, tree: &Tree, point: &Point, is_resolved: &mut bool) -> Tree {
        match &tree.kind {
            Kind::Cases(rows) => {
                for (value, condition) in rows {
                    match condition.as_ref().map_or(Some(true), |c| self.tree_holds(c, point)) {
                        Some(true) => return self.chosen(value, point, is_resolved),
                        Some(false) => {}
                        None => {
                            *is_resolved = false;
                            return tree.clone();
                        }
                    }
                }
                tree.clone()
            }
            // What lies outside the range of an index is left out too.
            Kind::Big { .. } if is_limited(tree) => {
                *is_resolved = false;
                tree.clone()
            }
            Kind::Iverson(condition) => match self.tree_holds(condition, point) {
                Some(holds) => Tree::number(&Rational::integer(i64::from(holds))),
                None => {
                    *is_resolved = false;
                    tree.clone()
                }
            },
            Kind::Product(factors) | Kind::Hadamard(factors) => {
                let zero = Tree::number(&Rational::ZERO);
                for factor in factors.iter().filter(|factor| matches!(factor.kind, Kind::Iverson(_))) {
                    if self.chosen(factor, point, is_resolved) == zero {
                        return zero;
                    }
                }
                tree.with_parts(&mut |part| self.chosen(part, point, is_resolved))
            }
            Kind::Name(name) => match self.environment.written_definition(name).cloned() {
                Some(value) => self.chosen(&value, point, is_resolved),
                None => tree.clone(),
            },
            _ => tree.with_parts(&mut |part| self.chosen(part, point, is_resolved)),
        }
    }

    fn tree_holds(&mut self, condition: &Tree, point: &Point) -> Option<bool> {
        match &condition.kind {
            Kind::And(all) => {
                let mut holds = true;
                for one in all {
                    holds &= self.tree_holds(one, point)?;
                }
                Some(holds)
            }
            Kind::Relation(relation, a, b) => {
                let kept = self.environment.conditions.clone();
                let (left, right) = (self.environment.lower(a), self.environment.lower(b));
                self.environment.conditions = kept;
                let (left, right) = (left.ok()?, right.ok()?);
                if left.layout != Layout::Scalar || right.layout != Layout::Scalar {
                    return None;
                }
                let condition = Condition { left: left.node, relation: *relation, right: right.node };
                match self.truth(&condition, point)? {
                    Truth::True => Some(true),
                    Truth::False => Some(false),
                    Truth::Nothing | Truth::Open(_) | Truth::Beyond => None,
                }
            }
            _ => None,
        }
    }
}

/// Does an index not run over the whole of its axis?
fn is_limited(tree: &Tree) -> bool {
    match &tree.kind {
        Kind::Big { indices, condition, .. } => {
            condition.is_some() || indices.iter().any(|index| index.range.is_some())
        }
        _ => false,
    }
}

/// The exact value of a node, a float being the number that it is.
fn exact_leaf(graph: &Graph, node: NodeId, point: &Point) -> Option<Rational> {
    match evaluate(graph, &[node], point).ok()?.pop()? {
        Value::Exact(q) => Some(q),
        Value::Float(x) if matches!(graph.atom(node), Some(Atom::Variable(_))) => Rational::from_f64(x),
        _ => None,
    }
}

fn constant(value: &Rational) -> Scalar {
    let mut builder = ScalarBuilder::default();
    let root = builder.add(Operation::Number(value.clone()));
    builder.finish(root)
}

/// An expression with others in the place of the leaves that have one.
fn with_numbers(expression: &Scalar, leaves: &[Option<Scalar>]) -> Scalar {
    let mut builder = ScalarBuilder::default();
    let mut places: Vec<Ref> = Vec::with_capacity(expression.nodes().len());
    for operation in expression.nodes() {
        let place = match operation {
            Operation::Leaf(k) => match leaves.get(*k as usize) {
                Some(Some(value)) => builder.import(value, value.root()),
                _ => builder.add(operation.clone()),
            },
            _ => builder.add(operation.map(|a| places[a as usize])),
        };
        places.push(place);
    }
    match places.last() {
        Some(root) => builder.finish(*root),
        None => Scalar::default(),
    }
}
