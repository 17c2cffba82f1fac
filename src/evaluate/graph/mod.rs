//! Evaluation of nodes of the graph at a point: scalars, tensors, contractions, matrix functions.
//!
//! Numbers stay exact while every step is exact, else they are `f64`. An entry without a value stays local: it is an error
//! only if the result depends on it, so a bracket or a case may exclude it. Exponentials far beyond `f64` carry their
//! logarithm along, so that softmax and log-sum-exp have their values. No NaN and no infinity comes out.

mod atom;
mod contract;
mod enclose;
mod error;
mod matrix;
mod point;
mod sum;
mod tensor;

use crate::ir::{Atom, DimensionId, Graph, Node, NodeId};
use crate::number::Rational;

pub use enclose::{Claim, Doubt, Proved, Truth, certified, relation};
pub use error::{EvaluationError, Undefined};
pub use point::Point;

use super::exact::Exact;
use point::Sizes;
use tensor::{Causes, Shape, Tensor};

/// All values that are needed at one time may have this many entries together (0.8 GB).
const LIMIT_ENTRIES: usize = 100_000_000;
/// Multiplications and additions of one evaluation (about 10 s).
const LIMIT_OPERATIONS: usize = 2_000_000_000;

/// The value of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A scalar that is known exactly.
    Exact(Rational),
    /// A scalar.
    Float(f64),
    /// A tensor; entries with the last axis fastest.
    Tensor {
        /// Sizes of the axes.
        shape: Vec<usize>,
        /// The entries.
        entries: Vec<f64>,
    },
    /// A tensor whose entries are known exactly.
    ExactTensor {
        /// Sizes of the axes.
        shape: Vec<usize>,
        /// The entries.
        entries: Vec<Rational>,
    },
}

impl Value {
    /// The scalar as a float.
    pub fn scalar(&self) -> Option<f64> {
        match self {
            Value::Exact(q) => Some(q.to_f64()),
            Value::Float(x) => Some(*x),
            Value::Tensor { .. } | Value::ExactTensor { .. } => None,
        }
    }

    /// All entries; a scalar has one.
    pub fn entries(&self) -> Vec<f64> {
        match self {
            Value::Exact(q) => vec![q.to_f64()],
            Value::Float(x) => vec![*x],
            Value::Tensor { entries, .. } => entries.clone(),
            Value::ExactTensor { entries, .. } => entries.iter().map(Rational::to_f64).collect(),
        }
    }

    /// Sizes of the axes; a scalar has none.
    pub fn shape(&self) -> &[usize] {
        match self {
            Value::Exact(_) | Value::Float(_) => &[],
            Value::Tensor { shape, .. } | Value::ExactTensor { shape, .. } => shape,
        }
    }
}

/// State of one evaluation.
struct Evaluation<'a> {
    graph: &'a Graph,
    point: &'a Point,
    sizes: Sizes,
    values: Vec<Option<Tensor>>,
    causes: Causes,
    operations: usize,
    entries: usize,
}

/// The values of nodes at a point; parts that nodes share are evaluated once.
///
/// ```
/// use symdiff::evaluate::graph::{Point, Value, evaluate};
/// use symdiff::ir::{Axes, Graph};
/// use symdiff::number::Rational;
///
/// let mut graph = Graph::new();
/// let x = graph.variable("x", Axes::new());
/// let square = graph.multiply(&[x, x]);
/// let mut point = Point::new();
/// point.set("x", Rational::HALF);
/// let values = evaluate(&graph, &[square], &point).unwrap();
/// assert_eq!(values, [Value::Exact(Rational::fraction(1, 4).unwrap())]);
/// ```
///
/// # Errors
/// If something is missing at the point or does not fit, if a value does not exist, or if the work is beyond the limits.
pub fn evaluate(graph: &Graph, nodes: &[NodeId], point: &Point) -> Result<Vec<Value>, EvaluationError> {
    let sizes = Sizes::solve(graph, point)?;
    let order = graph.reachable(nodes);
    let count = order.last().map_or(0, |node| node.0 as usize + 1);
    let mut uses = vec![0u32; count];
    for node in &order {
        graph.node(*node).children(|child| uses[child.0 as usize] += 1);
    }
    for node in nodes {
        uses[node.0 as usize] += 1;
    }
    let mut evaluation = Evaluation {
        graph,
        point,
        sizes,
        values: vec![None; count],
        causes: Causes::default(),
        operations: 0,
        entries: 0,
    };
    for node in order {
        let value = evaluation.node(node)?;
        evaluation.entries += value.entries.len();
        evaluation.values[node.0 as usize] = Some(value);
        // What nothing needs any more is dropped.
        let (values, entries) = (&mut evaluation.values, &mut evaluation.entries);
        graph.node(node).children(|child| {
            let at = child.0 as usize;
            uses[at] -= 1;
            if uses[at] == 0
                && let Some(gone) = values[at].take()
            {
                *entries -= gone.entries.len();
            }
        });
    }
    nodes.iter().map(|node| evaluation.finish(*node)).collect()
}

impl Evaluation<'_> {
    fn node(&mut self, node: NodeId) -> Result<Tensor, EvaluationError> {
        let graph = self.graph;
        self.causes.enter(node);
        if let Some(Atom::Variable(symbol)) = graph.atom(node) {
            // Said before its sizes are missed.
            let name = graph.symbol_name(*symbol);
            if !self.point.variables.contains_key(name) {
                return Err(EvaluationError::MissingVariable { name: name.to_owned() });
            }
        }
        let mut shape = Shape::new();
        for axis in graph.axes(node) {
            shape.push(self.size(*axis)?);
        }
        let count = shape.iter().try_fold(1usize, |p, n| p.checked_mul(*n));
        if count.is_none_or(|n| n.saturating_add(self.entries) > LIMIT_ENTRIES) {
            return Err(EvaluationError::Limit);
        }
        let mut value = match graph.node(node) {
            Node::Sum(terms) => self.sum(terms, shape)?,
            Node::Atom(atom) => self.atom(atom, shape)?,
        };
        if value.exact.as_ref().is_some_and(|all| all.iter().any(|v| v.is_large(sum::EXACT_BITS))) {
            value.exact = None;
        }
        Ok(value)
    }

    fn size(&self, id: DimensionId) -> Result<usize, EvaluationError> {
        self.sizes.size(self.graph, id)
    }

    /// The value of a node that was evaluated before: children come before their parents.
    fn value(&self, node: NodeId) -> &Tensor {
        match &self.values[node.0 as usize] {
            Some(value) => value,
            None => unreachable!("children are evaluated first and kept while they are needed"),
        }
    }

    /// The entries of a node as plain numbers.
    fn plain(&mut self, node: NodeId) -> Vec<f64> {
        let value = self.value(node);
        let Some(scale) = &value.scale else { return value.entries.clone() };
        let scaled: Vec<f64> = value
            .entries
            .iter()
            .zip(scale)
            .map(
                |(entry, scale)| {
                    if entry.is_nan() || *entry == 0.0 { *entry } else { spread(*entry, *scale) }
                },
            )
            .collect();
        scaled.into_iter().enumerate().map(|(at, entry)| self.causes.finite(at, entry)).collect()
    }

    fn charge(&mut self, work: usize) -> Result<(), EvaluationError> {
        self.operations = self.operations.saturating_add(work);
        if self.operations > LIMIT_OPERATIONS { Err(EvaluationError::Limit) } else { Ok(()) }
    }

    fn finish(&mut self, node: NodeId) -> Result<Value, EvaluationError> {
        self.causes.enter(node);
        let entries = self.plain(node);
        if let Some(bad) = entries.iter().find(|entry| !entry.is_finite()) {
            return Err(EvaluationError::Undefined(self.causes.cause(*bad, node)));
        }
        let value = self.value(node);
        if !value.shape.is_empty() {
            return Ok(Value::Tensor { shape: value.shape.to_vec(), entries });
        }
        Ok(match value.exact.as_deref() {
            Some([Exact::Rational(q)]) => Value::Exact(q.clone()),
            _ => Value::Float(entries[0]),
        })
    }
}

/// `mantissa · e^scale` without overflow on the way.
fn spread(mantissa: f64, scale: f64) -> f64 {
    let half = libm::exp(scale * 0.5);
    mantissa * half * half
}
