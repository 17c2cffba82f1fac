//! Values that are proved: every entry exact or enclosed, at as many digits as it takes.
//!
//! What this room cannot follow (too large, a derivative of a function put in by name) it leaves to plain `f64`. It knows no
//! algebra: where an enclosure holds a number at which something jumps, at every precision, it says which equality would
//! decide, and whoever can prove it asks again.

mod atom;
mod ball;
mod certify;
mod elimination;
mod entry;
mod function;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::error::{EvaluationError, Undefined};
use super::point::{Point, Sizes};
use super::tensor::{Shape, strides, walk};
use crate::evaluate::Reason;
use crate::evaluate::exact::Exact;
use crate::ir::{Exponent, Graph, Node, NodeId, Term};
use crate::number::Rational;
use ball::Ball;
use entry::Entry;

pub use certify::{Doubt, Truth, certified, relation};

/// An equality that would decide a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// A node without axes has this value at the point.
    Number(NodeId, Rational),
    /// Two nodes without axes have the same value at the point.
    Same(NodeId, NodeId),
}

/// The equalities that were proved at a point.
#[derive(Clone, Debug, Default)]
pub struct Proved {
    numbers: FxHashMap<NodeId, Rational>,
    same: Vec<(NodeId, NodeId)>,
}

impl Proved {
    /// Takes up one of them.
    pub fn add(&mut self, claim: &Claim) {
        match claim {
            Claim::Number(node, value) => {
                self.numbers.insert(*node, value.clone());
            }
            Claim::Same(a, b) => self.same.push((*a, *b)),
        }
    }

    fn is_same(&self, a: NodeId, b: NodeId) -> bool {
        a == b || self.same.contains(&(a, b)) || self.same.contains(&(b, a))
    }
}

/// Why values were not enclosed.
enum Stop {
    /// Something is missing or does not fit.
    Error(EvaluationError),
    /// More work than is done for certainty, or something that has no enclosure.
    Beyond,
}

impl From<EvaluationError> for Stop {
    fn from(error: EvaluationError) -> Self {
        Stop::Error(error)
    }
}

/// The value of a node.
struct Grid<T> {
    shape: Shape,
    entries: Vec<Entry<T>>,
    /// Only zeros and ones of structure: its zeros also cancel what has no value.
    is_structure: bool,
}

/// State of one evaluation with enclosures of one precision.
struct Enclosing<'a, T> {
    graph: &'a Graph,
    point: &'a Point,
    sizes: Sizes,
    proved: &'a Proved,
    bits: usize,
    values: Vec<Option<Grid<T>>>,
    work: usize,
    limit: usize,
    claims: Vec<Claim>,
    node: NodeId,
}

/// The entries of a node, and the equalities that would decide what is open.
fn enclose<T: Ball>(
    graph: &Graph,
    root: NodeId,
    point: &Point,
    proved: &Proved,
    (bits, limit): (usize, usize),
) -> Result<(Shape, Vec<Entry<T>>, Vec<Claim>), Stop> {
    let order = graph.reachable(&[root]);
    let mut state = Enclosing {
        graph,
        point,
        sizes: Sizes::solve(graph, point)?,
        proved,
        bits,
        values: Vec::new(),
        work: 0,
        limit,
        claims: Vec::new(),
        node: root,
    };
    state.values.resize_with(root.0 as usize + 1, || None);
    for node in order {
        state.node = node;
        let grid = state.of(node)?;
        state.values[node.0 as usize] = Some(grid);
    }
    match state.values.pop().flatten() {
        Some(grid) => Ok((grid.shape, grid.entries, state.claims)),
        None => Err(Stop::Beyond),
    }
}

impl<T: Ball> Enclosing<'_, T> {
    fn of(&mut self, node: NodeId) -> Result<Grid<T>, Stop> {
        let graph = self.graph;
        let mut shape = Shape::new();
        for axis in graph.axes(node) {
            shape.push(self.sizes.size(graph, *axis)?);
        }
        let count = shape.iter().try_fold(1usize, |p, n| p.checked_mul(*n)).ok_or(Stop::Beyond)?;
        self.charge(count)?;
        if let Some(value) = self.proved.numbers.get(&node) {
            let entries = vec![Entry::Exact(Exact::Rational(value.clone())); count];
            return Ok(Grid { shape, entries, is_structure: false });
        }
        match graph.node(node) {
            Node::Sum(terms) => self.sum(terms, shape, count),
            Node::Atom(atom) => self.atom(atom, shape, count),
        }
    }

    fn charge(&mut self, work: usize) -> Result<(), Stop> {
        self.work = self.work.saturating_add(work);
        if self.work > self.limit { Err(Stop::Beyond) } else { Ok(()) }
    }

    /// The place of an entry of the node at hand, for messages.
    fn at(&self, entry: usize) -> Undefined {
        Undefined { node: self.node, entry, reason: Reason::Undecided, operand: 0.0 }
    }

    fn grid(&self, node: NodeId) -> Result<&Grid<T>, Stop> {
        self.values.get(node.0 as usize).and_then(Option::as_ref).ok_or(Stop::Beyond)
    }

    /// Would it help to know that a node without axes is exactly the simplest number it may be?
    fn ask(&mut self, node: NodeId, entry: &Entry<T>) {
        let Entry::Near(value) = entry else { return };
        if self.graph.rank(node) > 0 {
            return;
        }
        let Some((low, high)) = value.ends() else { return };
        if let Some(number) = certify::simplest(&low, &high) {
            let claim = Claim::Number(node, number);
            if !self.claims.contains(&claim) {
                self.claims.push(claim);
            }
        }
    }

    fn sum(&mut self, terms: &[(Rational, Term)], shape: Shape, count: usize) -> Result<Grid<T>, Stop> {
        let bits = self.bits;
        let mut entries: Vec<Entry<T>> = vec![Entry::whole(0); count];
        let mut is_structure = terms.iter().any(|(_, term)| !term.factors.is_empty());
        for (coefficient, term) in terms {
            let mut sizes: SmallVec<[usize; 8]> = SmallVec::new();
            for size in &term.sizes {
                sizes.push(self.sizes.size(self.graph, *size)?);
            }
            let work = sizes.iter().try_fold(term.factors.len() + 1, |p, n| p.checked_mul(*n));
            self.charge(work.ok_or(Stop::Beyond)?)?;
            let mut operands: Vec<(Vec<Entry<T>>, bool)> = Vec::with_capacity(term.factors.len());
            let mut steps = Vec::with_capacity(term.factors.len());
            for factor in &term.factors {
                let base = self.grid(factor.base)?;
                steps.push(strides(&factor.labels, &base.shape, sizes.len()));
                let own = base.is_structure && factor.exponent.is_one();
                is_structure &= own;
                if factor.exponent.is_one() {
                    operands.push((base.entries.clone(), own));
                    continue;
                }
                self.charge(4 * self.grid(factor.base)?.entries.len())?;
                let exponent = match &factor.exponent {
                    Exponent::Number(q) => Entry::Exact(Exact::Rational(q.clone())),
                    Exponent::Node(node) => self.grid(*node)?.entries.first().cloned().ok_or(Stop::Beyond)?,
                };
                let powers: Vec<Entry<T>> = self
                    .grid(factor.base)?
                    .entries
                    .iter()
                    .enumerate()
                    .map(|(at, base)| base.raised(&exponent, &self.at(at), bits))
                    .collect();
                if powers.iter().any(|power| matches!(power, Entry::Open(_))) {
                    let base = self.grid(factor.base)?.entries.first().cloned();
                    if let Some(base) = base {
                        self.ask(factor.base, &base);
                    }
                    if let Exponent::Node(node) = factor.exponent {
                        self.ask(node, &exponent);
                    }
                }
                operands.push((powers, own));
            }
            let coefficient = Entry::Exact(Exact::Rational(coefficient.clone()));
            let place = self.at(0);
            walk(&sizes, shape.len(), &steps, |output, offsets| {
                let at = Undefined { entry: output, ..place.clone() };
                let product = product(&coefficient, &operands, offsets, &at, bits);
                entries[output] = entries[output].plus(&product, &at, bits);
            });
        }
        Ok(Grid { shape, entries, is_structure })
    }
}

/// The product of one entry of each operand.
fn product<T: Ball>(
    coefficient: &Entry<T>,
    operands: &[(Vec<Entry<T>>, bool)],
    offsets: &[usize],
    at: &Undefined,
    bits: usize,
) -> Entry<T> {
    let own =
        || operands.iter().zip(offsets).map(|((entries, is_structure), at)| (&entries[*at], *is_structure));
    if own().any(|(entry, is_structure)| is_structure && entry.is_zero()) {
        return Entry::whole(0);
    }
    let product = own().fold(coefficient.clone(), |product, (entry, _)| product.times(entry, at, bits));
    match product {
        // A bracket that is not decided may leave it out.
        Entry::Nothing(why)
            if own().any(|(e, is_structure)| is_structure && !matches!(e, Entry::Exact(_))) =>
        {
            Entry::Open(why)
        }
        product => product,
    }
}
