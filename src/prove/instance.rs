//! A tensor at concrete sizes: one scalar expression for each entry, in the entries of the variables.
//!
//! The expressions say what the nodes mean and nothing more, so that enclosures of them certify values.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::entries::{Shape, strides, walk};
use crate::function::{self, Function};
use crate::ir::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use crate::ir::{Atom, DimensionId, Exponent, Graph, Node, NodeId, Reduction, SymbolId, Term};
use crate::number::Rational;
use crate::syntax::tree::Relation;

/// Operations of all expressions together.
const MOST_OPERATIONS: usize = 60_000;
/// Products of factors that are looked at, zeros included.
const MOST_PRODUCTS: usize = 400_000;
/// Contractions with more products of factors are done one label at a time.
const LARGEST_AT_ONCE: usize = 500;
/// Determinants are expanded up to this size.
const LARGEST_DETERMINANT: usize = 5;
/// Degree of the polynomials that stand for functions without a definition, beyond the derivatives taken.
const STAND_IN_DEGREE: usize = 3;

/// What a leaf of the expressions stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum LeafName {
    /// An entry of a variable.
    Entry(SymbolId, usize),
    /// A coefficient of the polynomial that stands for a function without a definition.
    Coefficient(SymbolId, usize),
}

/// A factor with its entries; `None` where structure makes them zero.
struct Operand {
    labels: Vec<u8>,
    entries: Vec<Option<Ref>>,
}

/// Why a node has no expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// A size that is not known or not positive.
    Size,
    /// Too many entries or operations.
    Large,
    /// An operation that cannot be followed, in words.
    Operation(&'static str),
}

/// Expressions for the entries of nodes, sharing what they share.
pub(super) struct Instance<'g> {
    graph: &'g Graph,
    sizes: BTreeMap<SymbolId, i64>,
    builder: ScalarBuilder,
    leaves: Vec<LeafName>,
    done: FxHashMap<NodeId, Vec<Ref>>,
    products: usize,
    /// The most primes with which each function without a definition occurs.
    most_primes: u8,
}

impl<'g> Instance<'g> {
    /// Over a graph, with sizes for its dimension symbols; a free index is at its size's last but one place.
    pub(super) fn new(graph: &'g Graph, sizes: BTreeMap<SymbolId, i64>) -> Self {
        let most_primes = (0..graph.len() as u32)
            .filter_map(|id| match graph.atom(NodeId(id)) {
                Some(Atom::Call(Function::Unknown { primes, .. }, _)) => Some(*primes),
                _ => None,
            })
            .max()
            .unwrap_or(0);
        Instance {
            graph,
            sizes,
            builder: ScalarBuilder::default(),
            leaves: Vec::new(),
            done: FxHashMap::default(),
            products: 0,
            most_primes,
        }
    }

    /// All operations; the places of entries stay what they are.
    pub(super) fn expression(&self) -> Scalar {
        self.builder.everything()
    }

    /// The expression of one entry alone, and the difference of two.
    pub(super) fn difference(&mut self, a: Ref, b: Ref) -> Scalar {
        let difference = self.builder.add(Operation::Subtract(a, b));
        self.builder.finish(difference)
    }

    /// What the leaves stand for.
    pub(super) fn leaves(&self) -> &[LeafName] {
        &self.leaves
    }

    /// Sizes of the axes of a node.
    pub(super) fn shape(&self, node: NodeId) -> Result<Shape, Failure> {
        self.graph.axes(node).iter().map(|axis| self.size(*axis)).collect()
    }

    pub(super) fn size(&self, id: DimensionId) -> Result<usize, Failure> {
        let dimension = self.graph.dimension_value(id);
        let value = dimension.terms.iter().try_fold(dimension.constant, |sum, (symbol, coefficient)| {
            sum.checked_add(coefficient.checked_mul(*self.sizes.get(symbol)?)?)
        });
        match value {
            Some(n) if (1..=1 << 20).contains(&n) => Ok(n as usize),
            _ => Err(Failure::Size),
        }
    }

    /// The entries of a node, the last axis fastest.
    pub(super) fn entries(&mut self, node: NodeId) -> Result<Vec<Ref>, Failure> {
        for id in self.graph.reachable(&[node]) {
            if self.done.contains_key(&id) {
                continue;
            }
            let shape = self.shape(id)?;
            let count = shape.iter().try_fold(1usize, |n, size| n.checked_mul(*size));
            if count.is_none_or(|n| n > MOST_OPERATIONS) || self.builder.len() > MOST_OPERATIONS {
                return Err(Failure::Large);
            }
            let made = match self.graph.node(id) {
                Node::Sum(terms) => self.sum(terms, &shape)?,
                Node::Atom(atom) => self.atom(atom, &shape)?,
            };
            self.done.insert(id, made);
        }
        self.done.get(&node).cloned().ok_or(Failure::Large)
    }

    fn of(&self, node: NodeId) -> &[Ref] {
        self.done.get(&node).map_or(&[], Vec::as_slice)
    }

    fn leaf(&mut self, name: LeafName) -> Ref {
        let number = self.leaves.iter().position(|leaf| *leaf == name).unwrap_or_else(|| {
            self.leaves.push(name);
            self.leaves.len() - 1
        });
        self.builder.add(Operation::Leaf(number as u32))
    }

    fn number(&mut self, value: Rational) -> Ref {
        self.builder.add(Operation::Number(value))
    }

    fn integer(&mut self, value: i64) -> Ref {
        self.builder.integer(value)
    }

    fn known(&self, at: Ref) -> Option<&Rational> {
        match self.builder.node(at) {
            Operation::Number(value) => Some(value),
            _ => None,
        }
    }

    fn is_zero(&self, at: Ref) -> bool {
        self.known(at).is_some_and(Rational::is_zero)
    }

    fn plus(&mut self, a: Ref, b: Ref) -> Ref {
        match (self.known(a).cloned(), self.known(b).cloned()) {
            (Some(x), Some(y)) => self.number(x + y),
            (Some(x), None) if x.is_zero() => b,
            (None, Some(y)) if y.is_zero() => a,
            _ => self.builder.add(Operation::Add(a, b)),
        }
    }

    fn minus(&mut self, a: Ref, b: Ref) -> Ref {
        match (self.known(a).cloned(), self.known(b).cloned()) {
            (Some(x), Some(y)) => self.number(x - y),
            (None, Some(y)) if y.is_zero() => a,
            _ => self.builder.add(Operation::Subtract(a, b)),
        }
    }

    fn times(&mut self, a: Ref, b: Ref) -> Ref {
        match (self.known(a).cloned(), self.known(b).cloned()) {
            (Some(x), Some(y)) => self.number(x * y),
            (Some(x), None) if x.is_one() => b,
            (None, Some(y)) if y.is_one() => a,
            _ => self.builder.add(Operation::Multiply(a, b)),
        }
    }

    fn call(&mut self, id: function::FunctionId, arguments: &[Ref]) -> Ref {
        self.builder.add(Operation::Call(Function::Known(id), SmallVec::from_slice(arguments)))
    }

    fn sum(&mut self, terms: &[(Rational, Term)], shape: &Shape) -> Result<Vec<Ref>, Failure> {
        let count: usize = shape.iter().product();
        let zero = self.integer(0);
        let mut out = vec![zero; count];
        for (coefficient, term) in terms {
            let sizes: Shape = term.sizes.iter().map(|size| self.size(*size)).collect::<Result<_, _>>()?;
            let work = sizes.iter().try_fold(term.factors.len() + 1, |n, size| n.checked_mul(*size));
            if term.factors.len() > 3 && work.is_none_or(|n| n > LARGEST_AT_ONCE) {
                let parts = self.pairwise(term, &sizes, shape.len())?;
                let scale = self.number(coefficient.clone());
                for (place, part) in out.iter_mut().zip(parts) {
                    if let Some(part) = part {
                        let product = self.times(scale, part);
                        *place = self.plus(*place, product);
                    }
                }
                continue;
            }
            self.spend(work)?;
            // Structure first: where it is zero, the rest need not exist.
            let mut factors: Vec<_> = term.factors.iter().collect();
            factors.sort_by_key(|factor| !self.graph.atom(factor.base).is_some_and(Atom::is_indicator));
            let mut steps = Vec::with_capacity(factors.len());
            for factor in &factors {
                steps.push(strides(&factor.labels, &self.shape(factor.base)?, sizes.len()));
            }
            let scale = self.number(coefficient.clone());
            let mut walked = Vec::new();
            walk(&sizes, shape.len(), &steps, |output, offsets| {
                walked.push((output, SmallVec::<[usize; 4]>::from_slice(offsets)));
            });
            for (output, offsets) in walked {
                let mut product: Option<Ref> = None;
                let mut vanishes = false;
                for (factor, offset) in factors.iter().zip(&offsets) {
                    let base = self.of(factor.base).get(*offset).copied().ok_or(Failure::Large)?;
                    let is_structure = self.graph.atom(factor.base).is_some_and(Atom::is_indicator);
                    if is_structure && self.is_zero(base) {
                        vanishes = true;
                        break;
                    }
                    let value = self.power(base, &factor.exponent)?;
                    product = Some(match product {
                        Some(product) => self.times(product, value),
                        None => value,
                    });
                }
                if vanishes {
                    continue;
                }
                let product = product.map_or(scale, |product| self.times(scale, product));
                out[output] = self.plus(out[output], product);
                if self.builder.len() > MOST_OPERATIONS {
                    return Err(Failure::Large);
                }
            }
        }
        Ok(out)
    }

    fn spend(&mut self, work: Option<usize>) -> Result<(), Failure> {
        self.products = self.products.saturating_add(work.unwrap_or(usize::MAX));
        if self.products > MOST_PRODUCTS || self.builder.len() > MOST_OPERATIONS {
            return Err(Failure::Large);
        }
        Ok(())
    }

    /// A long product with one bound label after the other summed over; `None` where structure makes it zero.
    fn pairwise(&mut self, term: &Term, sizes: &Shape, outputs: usize) -> Result<Vec<Option<Ref>>, Failure> {
        let mut operands: Vec<Operand> = Vec::new();
        for factor in &term.factors {
            let is_structure = self.graph.atom(factor.base).is_some_and(Atom::is_indicator);
            let mut entries = Vec::new();
            for base in self.of(factor.base).to_vec() {
                let is_nothing = is_structure && self.is_zero(base);
                entries.push(if is_nothing { None } else { Some(self.power(base, &factor.exponent)?) });
            }
            operands.push(Operand { labels: factor.labels.to_vec(), entries });
        }
        let mut bound: Vec<u8> = (outputs as u8..sizes.len() as u8).collect();
        loop {
            let span = |label: u8| -> Vec<u8> {
                let mut all: Vec<u8> = operands
                    .iter()
                    .filter(|o| o.labels.contains(&label))
                    .flat_map(|o| o.labels.clone())
                    .collect();
                all.sort_unstable();
                all.dedup();
                all
            };
            let size = |labels: &[u8]| labels.iter().map(|l| sizes[*l as usize]).product::<usize>();
            let next = bound.iter().copied().min_by_key(|label| (size(&span(*label)), *label));
            let labels: Vec<u8> = match next {
                Some(label) => span(label).into_iter().filter(|l| *l != label).chain([label]).collect(),
                None => (0..outputs as u8).collect(),
            };
            let (taken, kept): (Vec<Operand>, Vec<Operand>) =
                operands.into_iter().partition(|o| next.is_none_or(|label| o.labels.contains(&label)));
            operands = kept;
            let own: Shape = labels.iter().map(|l| sizes[*l as usize]).collect();
            let count = own.iter().product::<usize>();
            self.spend(count.checked_mul(taken.len() + 1))?;
            let steps: Vec<Vec<usize>> = taken
                .iter()
                .map(|o| {
                    let places: Vec<u8> = o
                        .labels
                        .iter()
                        .map(|l| labels.iter().position(|k| k == l).unwrap_or(0) as u8)
                        .collect();
                    let shape: Shape = o.labels.iter().map(|l| sizes[*l as usize]).collect();
                    strides(&places, &shape, own.len())
                })
                .collect();
            let results = labels.len() - usize::from(next.is_some());
            let mut walked = Vec::with_capacity(count);
            walk(&own, results, &steps, |output, offsets| {
                walked.push((output, SmallVec::<[usize; 4]>::from_slice(offsets)));
            });
            let mut entries: Vec<Option<Ref>> = vec![None; own[..results].iter().product()];
            for (output, offsets) in walked {
                let mut product = Some(self.integer(1));
                for (operand, offset) in taken.iter().zip(&offsets) {
                    let factor = operand.entries.get(*offset).copied().flatten();
                    product = match (product, factor) {
                        (Some(a), Some(b)) => Some(self.times(a, b)),
                        _ => None,
                    };
                }
                if let Some(product) = product {
                    entries[output] = Some(match entries[output] {
                        Some(sum) => self.plus(sum, product),
                        None => product,
                    });
                }
            }
            match next {
                None => return Ok(entries),
                Some(label) => {
                    bound.retain(|l| *l != label);
                    operands.push(Operand { labels: labels[..results].to_vec(), entries });
                }
            }
        }
    }

    fn power(&mut self, base: Ref, exponent: &Exponent) -> Result<Ref, Failure> {
        let exponent = match exponent {
            Exponent::Number(q) if q.is_one() => return Ok(base),
            Exponent::Number(q) => self.number(q.clone()),
            Exponent::Node(node) => self.of(*node).first().copied().ok_or(Failure::Large)?,
        };
        Ok(self.builder.add(Operation::Power(base, exponent)))
    }

    fn atom(&mut self, atom: &Atom, shape: &Shape) -> Result<Vec<Ref>, Failure> {
        let count: usize = shape.iter().product();
        match atom {
            Atom::Variable(symbol) => {
                Ok((0..count).map(|entry| self.leaf(LeafName::Entry(*symbol, entry))).collect())
            }
            Atom::Constant(constant) => Ok(vec![self.builder.add(Operation::Constant(*constant)); count]),
            Atom::Size(dimension) => {
                let size = self.size(*dimension)?;
                Ok(vec![self.integer(size as i64); count])
            }
            Atom::Position => Ok((1..=count as i64).map(|at| self.integer(at)).collect()),
            Atom::Call(function, arguments) => self.calls(*function, arguments, count),
            Atom::Delta => Ok(self.structure(shape, |at| at.first() == at.get(1))),
            Atom::Unit(_) => {
                let place = count.saturating_sub(2);
                Ok(self.structure(shape, |at| at.first() == Some(&place)))
            }
            Atom::Affine(coefficients, constant) => {
                let start = coefficients.iter().fold(*constant, |sum, c| sum.saturating_add(*c));
                Ok(self.structure(shape, |at| {
                    at.iter().zip(coefficients).fold(start, |sum, (at, c)| sum + *at as i64 * c) == 0
                }))
            }
            Atom::Compare(relation, a, b) => {
                let (a, b) = (self.of(*a).to_vec(), self.of(*b).to_vec());
                Ok(a.into_iter().zip(b).map(|(a, b)| self.compared(*relation, a, b)).collect())
            }
            Atom::Cases(condition, yes, no) => {
                let all = [*condition, *yes, *no].map(|node| self.of(node).to_vec());
                Ok((0..count).map(|at| self.case(all[0][at], all[1][at], all[2][at])).collect())
            }
            Atom::Reduce(kind, inner, last) => self.reduced(*kind, *inner, *last),
            Atom::Select(kind, inner, last) => self.selected(*kind, *inner, *last),
            Atom::Inverse(inner) => self.inverse(*inner, shape),
            Atom::Determinant(inner) => Ok(vec![self.determinant(*inner)?]),
            Atom::LogDeterminant(inner) => {
                let determinant = self.determinant(*inner)?;
                Ok(vec![self.call(function::LOG, &[determinant])])
            }
            Atom::Array(nodes) => {
                nodes.iter().map(|node| self.of(*node).first().copied().ok_or(Failure::Large)).collect()
            }
        }
    }

    /// Zeros and ones by position.
    fn structure(&mut self, shape: &Shape, holds: impl Fn(&[usize]) -> bool) -> Vec<Ref> {
        let (zero, one) = (self.integer(0), self.integer(1));
        super::entries::positions(shape).iter().map(|at| if holds(at) { one } else { zero }).collect()
    }

    fn calls(&mut self, function: Function, arguments: &[NodeId], count: usize) -> Result<Vec<Ref>, Failure> {
        let arguments: Vec<Vec<Ref>> = arguments.iter().map(|a| self.of(*a).to_vec()).collect();
        let mut out = Vec::with_capacity(count);
        for at in 0..count {
            let own: SmallVec<[Ref; 2]> = arguments.iter().filter_map(|a| a.get(at).copied()).collect();
            out.push(match (function, own.as_slice()) {
                (Function::Known(_), own) if own.len() == arguments.len() => {
                    self.builder.add(Operation::Call(function, SmallVec::from_slice(own)))
                }
                (Function::Unknown { symbol, primes }, [argument]) => {
                    self.stand_in(SymbolId(symbol), primes, *argument)
                }
                _ => return Err(Failure::Operation("a function of several arguments without a definition")),
            });
        }
        Ok(out)
    }

    /// A polynomial in place of a function without a definition, or one of its derivatives.
    fn stand_in(&mut self, symbol: SymbolId, primes: u8, argument: Ref) -> Ref {
        let degree = usize::from(self.most_primes) + STAND_IN_DEGREE;
        let mut value = self.integer(0);
        for power in (usize::from(primes)..=degree).rev() {
            let falling = (power - usize::from(primes) + 1..=power).product::<usize>() as i64;
            let coefficient = self.leaf(LeafName::Coefficient(symbol, power));
            let falling = self.integer(falling);
            let term = self.times(falling, coefficient);
            let higher = self.times(value, argument);
            value = if self.is_zero(value) { term } else { self.plus(higher, term) };
        }
        value
    }

    /// One where the relation holds, by the sign of the difference.
    fn compared(&mut self, relation: Relation, a: Ref, b: Ref) -> Ref {
        if let (Some(x), Some(y)) = (self.known(a), self.known(b)) {
            let order = x.cmp(y);
            let holds = match relation {
                Relation::Equal => order.is_eq(),
                Relation::NotEqual => order.is_ne(),
                Relation::Less => order.is_lt(),
                Relation::LessEqual => order.is_le(),
                Relation::Greater => order.is_gt(),
                Relation::GreaterEqual => order.is_ge(),
            };
            return self.integer(i64::from(holds));
        }
        let difference = self.minus(a, b);
        let sign = self.call(function::SIGN, &[difference]);
        let square = self.builder.add(Operation::Multiply(sign, sign));
        let one = self.integer(1);
        let half = self.number(Rational::HALF);
        match relation {
            Relation::NotEqual => square,
            Relation::Equal => self.minus(one, square),
            Relation::Greater | Relation::LessEqual => {
                let twice = self.plus(square, sign);
                let above = self.times(half, twice);
                if relation == Relation::Greater { above } else { self.minus(one, above) }
            }
            Relation::Less | Relation::GreaterEqual => {
                let twice = self.minus(square, sign);
                let below = self.times(half, twice);
                if relation == Relation::Less { below } else { self.minus(one, below) }
            }
        }
    }

    /// A case; both branches must exist unless the condition is a number.
    fn case(&mut self, condition: Ref, yes: Ref, no: Ref) -> Ref {
        if let Some(value) = self.known(condition) {
            return if value.is_zero() { no } else { yes };
        }
        let one = self.integer(1);
        let otherwise = self.minus(one, condition);
        let first = self.times(condition, yes);
        let second = self.times(otherwise, no);
        self.plus(first, second)
    }

    /// Entries in groups that are reduced together: the last axes are the fastest.
    fn groups(&self, inner: NodeId, last: u8) -> Result<Vec<Vec<Ref>>, Failure> {
        let shape = self.shape(inner)?;
        let size: usize = shape[shape.len().saturating_sub(last as usize)..].iter().product();
        Ok(self.of(inner).chunks(size.max(1)).map(<[Ref]>::to_vec).collect())
    }

    fn reduced(&mut self, kind: Reduction, inner: NodeId, last: u8) -> Result<Vec<Ref>, Failure> {
        let mut out = Vec::new();
        for group in self.groups(inner, last)? {
            let mut value = *group.first().ok_or(Failure::Size)?;
            for next in &group[1..] {
                value = match kind {
                    Reduction::Maximum => self.call(function::MAX, &[value, *next]),
                    Reduction::Minimum => self.call(function::MIN, &[value, *next]),
                    Reduction::Product => self.times(value, *next),
                };
            }
            out.push(value);
        }
        Ok(out)
    }

    /// One on the first of the greatest (or least) entries.
    fn selected(&mut self, kind: Reduction, inner: NodeId, last: u8) -> Result<Vec<Ref>, Failure> {
        let (beyond, at_least) = match kind {
            Reduction::Maximum => (Relation::Greater, Relation::GreaterEqual),
            Reduction::Minimum => (Relation::Less, Relation::LessEqual),
            Reduction::Product => return Err(Failure::Operation("a selection")),
        };
        let mut out = Vec::new();
        for group in self.groups(inner, last)? {
            for (at, value) in group.iter().enumerate() {
                let mut product = self.integer(1);
                for (other, against) in group.iter().enumerate() {
                    if at != other {
                        let relation = if other < at { beyond } else { at_least };
                        let holds = self.compared(relation, *value, *against);
                        product = self.times(product, holds);
                    }
                }
                out.push(product);
            }
        }
        Ok(out)
    }

    /// Entries of a square matrix, row by row, if it is small enough.
    fn square(&self, inner: NodeId) -> Result<(usize, Vec<Ref>), Failure> {
        let shape = self.shape(inner)?;
        match shape.as_slice() {
            [n, m] if n == m && *n <= LARGEST_DETERMINANT => Ok((*n, self.of(inner).to_vec())),
            _ => Err(Failure::Operation("the determinant or inverse of a matrix of this size")),
        }
    }

    fn determinant(&mut self, inner: NodeId) -> Result<Ref, Failure> {
        let (n, entries) = self.square(inner)?;
        let columns: Vec<usize> = (0..n).collect();
        let rows: Vec<usize> = (0..n).collect();
        Ok(self.minor(&entries, n, &rows, &columns))
    }

    /// The determinant of the rows and columns that are left, by the first row.
    fn minor(&mut self, entries: &[Ref], n: usize, rows: &[usize], columns: &[usize]) -> Ref {
        let Some((row, rest)) = rows.split_first() else { return self.integer(1) };
        let mut total = self.integer(0);
        for (at, column) in columns.iter().enumerate() {
            let entry = entries[row * n + column];
            if self.is_zero(entry) {
                continue;
            }
            let others: Vec<usize> = columns.iter().copied().filter(|c| c != column).collect();
            let inner = self.minor(entries, n, rest, &others);
            let product = self.times(entry, inner);
            total = if at % 2 == 0 { self.plus(total, product) } else { self.minus(total, product) };
        }
        total
    }

    fn inverse(&mut self, inner: NodeId, shape: &Shape) -> Result<Vec<Ref>, Failure> {
        let (n, entries) = self.square(inner)?;
        let all: Vec<usize> = (0..n).collect();
        let determinant = self.minor(&entries, n, &all, &all);
        let mut out = Vec::with_capacity(shape.iter().product());
        for row in 0..n {
            for column in 0..n {
                let rows: Vec<usize> = all.iter().copied().filter(|r| *r != column).collect();
                let columns: Vec<usize> = all.iter().copied().filter(|c| *c != row).collect();
                let mut cofactor = self.minor(&entries, n, &rows, &columns);
                if (row + column) % 2 == 1 {
                    let zero = self.integer(0);
                    cofactor = self.minus(zero, cofactor);
                }
                out.push(self.builder.add(Operation::Divide(cofactor, determinant)));
            }
        }
        Ok(out)
    }
}
