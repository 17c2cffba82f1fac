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
use crate::syntax::tree::Tree;

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
    pub(super) fn truth(&mut self, condition: &Condition, point: &Point) -> Option<Truth> {
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
