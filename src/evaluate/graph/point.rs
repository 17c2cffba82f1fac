//! Points: values of variables by name, and the sizes of axes that follow from them.

use std::collections::BTreeMap;

use super::error::EvaluationError;
use crate::evaluate::exact;
use crate::evaluate::scalar::float;
use crate::ir::scalar::Scalar;
use crate::ir::{Atom, Dimension, DimensionId, Graph, Node, NodeId, SymbolId};
use crate::number::Rational;

/// Sizes beyond this are not evaluated.
const MAXIMUM_SIZE: i64 = 1 << 32;

/// Entries of a variable, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Entries {
    Exact(Vec<Rational>),
    Float(Vec<f64>),
    /// Expressions without leaves: π/2, √2.
    Closed(Vec<Scalar>),
}

impl Entries {
    fn len(&self) -> usize {
        match self {
            Entries::Exact(entries) => entries.len(),
            Entries::Float(entries) => entries.len(),
            Entries::Closed(entries) => entries.len(),
        }
    }
}

/// Where a graph is evaluated: values of variables, sizes of symbolic axes, places of free indices, and functions of the
/// table for functions without a definition.
///
/// ```
/// use symdiff::evaluate::graph::Point;
/// use symdiff::number::Rational;
///
/// let mut point = Point::new();
/// point.set("x", Rational::ONE);
/// point.set_tensor("W", vec![2, 2], vec![1.0, 2.0, 3.0, 4.0]);
/// point.set_position("k", 2);
/// point.set_function("σ1", "tanh");
/// assert_eq!(point.names().collect::<Vec<_>>(), ["W", "x"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    pub(super) variables: BTreeMap<String, (Vec<usize>, Entries)>,
    sizes: BTreeMap<String, usize>,
    positions: BTreeMap<String, usize>,
    pub(super) functions: BTreeMap<String, String>,
}

impl Point {
    /// A point without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a scalar its exact value.
    pub fn set(&mut self, name: &str, value: Rational) {
        self.variables.insert(name.to_owned(), (Vec::new(), Entries::Exact(vec![value])));
    }

    /// Gives a scalar a value in `f64`.
    pub fn set_float(&mut self, name: &str, value: f64) {
        self.variables.insert(name.to_owned(), (Vec::new(), Entries::Float(vec![value])));
    }

    /// Gives a tensor its entries, the last axis fastest.
    pub fn set_tensor(&mut self, name: &str, shape: Vec<usize>, entries: Vec<f64>) {
        self.variables.insert(name.to_owned(), (shape, Entries::Float(entries)));
    }

    /// Gives a tensor exact entries, the last axis fastest.
    pub fn set_exact_tensor(&mut self, name: &str, shape: Vec<usize>, entries: Vec<Rational>) {
        self.variables.insert(name.to_owned(), (shape, Entries::Exact(entries)));
    }

    /// Gives a scalar or tensor entries that are expressions without leaves, such as π/2, the last axis fastest: they are as
    /// exact as rational numbers.
    pub fn set_closed(&mut self, name: &str, shape: Vec<usize>, entries: Vec<Scalar>) {
        self.variables.insert(name.to_owned(), (shape, Entries::Closed(entries)));
    }

    /// The expression that is the value of a scalar, if it was given as one.
    pub fn closed(&self, name: &str) -> Option<&Scalar> {
        match self.variables.get(name) {
            Some((shape, Entries::Closed(entries))) if shape.is_empty() => entries.first(),
            _ => None,
        }
    }

    /// Gives a dimension symbol its size; sizes that follow from tensors need not be given.
    pub fn set_size(&mut self, name: &str, size: usize) {
        self.sizes.insert(name.to_owned(), size);
    }

    /// Gives a free index its position, counted from one.
    pub fn set_position(&mut self, name: &str, position: usize) {
        self.positions.insert(name.to_owned(), position);
    }

    /// Says which function of the table a function without a definition is.
    pub fn set_function(&mut self, name: &str, function: &str) {
        self.functions.insert(name.to_owned(), function.to_owned());
    }

    /// Names of the variables that have a value.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// The shape and entries of a variable, floats as the numbers they are; `None` if it has no finite value.
    pub fn value(&self, name: &str) -> Option<(Vec<usize>, Vec<Rational>)> {
        let (shape, entries) = self.variables.get(name)?;
        let entries = match entries {
            Entries::Exact(entries) => entries.clone(),
            Entries::Float(entries) => {
                entries.iter().map(|x| Rational::from_f64(*x)).collect::<Option<Vec<_>>>()?
            }
            Entries::Closed(entries) => entries
                .iter()
                .map(|entry| match exact::exact(entry, &[]) {
                    Ok(value) => Some(value),
                    Err(_) => Rational::from_f64(float(entry, &[]).ok()?),
                })
                .collect::<Option<Vec<_>>>()?,
        };
        (shape.iter().product::<usize>() == entries.len()).then(|| (shape.clone(), entries))
    }

    /// A size or position: what was given as such, else the scalar of that name if it is a whole number.
    fn whole(&self, given: &BTreeMap<String, usize>, name: &str) -> Option<usize> {
        if let Some(n) = given.get(name) {
            return Some(*n);
        }
        let (_, entries) = self.variables.get(name)?;
        let value = match entries {
            Entries::Exact(entries) => entries.first()?.as_integer()?,
            Entries::Float(entries) => {
                let value = *entries.first()?;
                if value.fract() != 0.0 || value.abs() > MAXIMUM_SIZE as f64 {
                    return None;
                }
                value as i64
            }
            Entries::Closed(entries) => exact::exact(entries.first()?, &[]).ok()?.as_integer()?,
        };
        (entries.len() == 1).then(|| usize::try_from(value).ok())?
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.whole(&self.positions, name)
    }
}

/// Sizes of the dimension symbols.
pub(super) struct Sizes {
    symbols: BTreeMap<SymbolId, i64>,
}

impl Sizes {
    /// Solves for the symbols: first what was given, then what the tensors of the point say.
    pub(super) fn solve(graph: &Graph, point: &Point) -> Result<Self, EvaluationError> {
        let mut sizes = Sizes { symbols: BTreeMap::new() };
        let mut equations: Vec<(&str, &Dimension, i64)> = Vec::new();
        for id in 0..graph.len() as u32 {
            let id = NodeId(id);
            let Node::Atom(Atom::Variable(symbol)) = graph.node(id) else { continue };
            let name = graph.symbol_name(*symbol);
            let Some((shape, entries)) = point.variables.get(name) else { continue };
            if shape.iter().product::<usize>() != entries.len() {
                return Err(EvaluationError::EntryCount {
                    name: name.to_owned(),
                    shape: shape.clone(),
                    count: entries.len(),
                });
            }
            let axes = graph.axes(id);
            let Some(shape) = fitted(shape, axes.len()) else {
                return Err(mismatch(graph, id, name, shape));
            };
            equations.extend(
                axes.iter().zip(shape).map(|(axis, size)| (name, graph.dimension_value(*axis), size as i64)),
            );
        }
        for dimension in 0..graph.dimension_count() as u32 {
            for (symbol, _) in &graph.dimension_value(DimensionId(dimension)).terms {
                if let Some(size) = point.whole(&point.sizes, graph.symbol_name(*symbol)) {
                    sizes.symbols.insert(*symbol, size as i64);
                }
            }
        }
        // Each round settles at least one symbol or is the last.
        loop {
            let before = sizes.symbols.len();
            for (_, dimension, size) in &equations {
                sizes.settle(dimension, *size);
            }
            if sizes.symbols.len() == before {
                break;
            }
        }
        for (name, dimension, size) in &equations {
            if sizes.value(dimension).is_some_and(|value| value != *size) {
                let node = (0..graph.len() as u32).map(NodeId).find(|id| {
                    matches!(graph.node(*id), Node::Atom(Atom::Variable(s)) if graph.symbol_name(*s) == *name)
                });
                let (shape, _) = &point.variables[*name];
                return Err(node.map_or_else(
                    || EvaluationError::UnknownSize { name: (*name).to_owned() },
                    |node| mismatch(graph, node, name, shape),
                ));
            }
        }
        Ok(sizes)
    }

    /// Settles the one symbol of a dimension that is not known yet.
    fn settle(&mut self, dimension: &Dimension, size: i64) {
        let mut unknown = None;
        let mut rest = size - dimension.constant;
        for (symbol, coefficient) in &dimension.terms {
            match self.symbols.get(symbol) {
                Some(known) => rest -= coefficient * known,
                None if unknown.is_none() => unknown = Some((*symbol, *coefficient)),
                None => return,
            }
        }
        if let Some((symbol, coefficient)) = unknown
            && coefficient != 0
            && rest % coefficient == 0
        {
            self.symbols.insert(symbol, rest / coefficient);
        }
    }

    fn value(&self, dimension: &Dimension) -> Option<i64> {
        dimension.terms.iter().try_fold(dimension.constant, |sum, (symbol, coefficient)| {
            sum.checked_add(coefficient.checked_mul(*self.symbols.get(symbol)?)?)
        })
    }

    /// The size of an axis.
    pub(super) fn size(&self, graph: &Graph, id: DimensionId) -> Result<usize, EvaluationError> {
        let dimension = graph.dimension_value(id);
        let Some(value) = self.value(dimension) else {
            let name = dimension
                .terms
                .iter()
                .find(|(symbol, _)| !self.symbols.contains_key(symbol))
                .map_or_else(|| graph.dimension_text(id), |(s, _)| graph.symbol_name(*s).to_owned());
            return Err(EvaluationError::UnknownSize { name });
        };
        if !(1..=MAXIMUM_SIZE).contains(&value) {
            return Err(EvaluationError::BadSize { name: graph.dimension_text(id), value });
        }
        Ok(value as usize)
    }
}

fn mismatch(graph: &Graph, node: NodeId, name: &str, shape: &[usize]) -> EvaluationError {
    EvaluationError::Shape {
        name: name.to_owned(),
        declared: graph.axes(node).iter().map(|axis| graph.dimension_text(*axis)).collect(),
        given: shape.to_vec(),
    }
}

/// The shape with so many axes; axes of length one may be left out (a 3×1 matrix is a vector of length 3).
fn fitted(shape: &[usize], rank: usize) -> Option<Vec<usize>> {
    if shape.len() == rank {
        return Some(shape.to_vec());
    }
    let longer: Vec<usize> = shape.iter().copied().filter(|n| *n != 1).collect();
    (longer.len() == rank).then_some(longer)
}
