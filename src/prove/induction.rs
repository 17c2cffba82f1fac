//! Sums to a symbolic bound: an equality for all sizes n by induction on n.
//!
//! With `D(n) = left − right` and every sum `S(n) = S(n−1) + f(n)`, every product `P(n) = P(n−1)·f(n)`, the equality holds for
//! all n if it holds for the first of them and `D(n) − D(n−1)` is zero by arithmetic, whatever the sums are. Where a single
//! sum has a factor that changes with n, `D(n) = A(n)·S(n) + G(n)`, the sum is eliminated instead.

use rustc_hash::FxHashSet;

use crate::function::{self, Function};
use crate::ir::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use crate::ir::{Atom, Dimension, DimensionId, Graph, Leaf, Node, NodeId, Operand, Reduction, SymbolId};
use crate::normal::{self, Certainty, Known};
use crate::number::{Rational, Sign};
use crate::simplify::TableDefinitions;
use crate::syntax::tree::Relation;

/// Views with more parts are not taken apart.
const LARGEST_VIEW: usize = 600;
/// Sums of the first cases are written out up to this many terms.
const MOST_WRITTEN: i64 = 12;
/// Sums in one equality.
const MOST_SUMS: usize = 6;

/// `f(position)`, with the place of each leaf.
struct Summand {
    expression: Scalar,
    leaves: Vec<Part>,
    /// The bound is n and this.
    offset: i64,
    /// Is it a product?
    is_product: bool,
}

/// What a leaf is when n changes.
#[derive(Clone)]
enum Part {
    /// `c·n + d`.
    Size(i64, i64),
    /// The position in a sum.
    Position,
    /// One for positions from here on, or zero.
    Indicator(Relation, i64),
    /// A sum, by number.
    Sum(usize),
    /// Something that does not change, by number.
    Fixed(u32),
}

/// An equality read for one symbol.
struct Reading {
    expression: Scalar,
    leaves: Vec<Part>,
    summands: Vec<Summand>,
    /// From here on all indicators are settled and all sums have a term.
    settled: i64,
    /// The least n at which all sums have a term.
    first: i64,
}

/// Is a scalar zero for every size?
pub(super) fn is_zero(graph: &mut Graph, node: NodeId) -> bool {
    if graph.rank(node) > 0 {
        return false;
    }
    let Some(view) = graph.pointwise(node, &FxHashSet::default(), LARGEST_VIEW) else { return false };
    let mut symbols: Vec<SymbolId> = Vec::new();
    for leaf in &view.leaves {
        if let Some(size) = one_sum(graph, leaf)
            && let [(symbol, 1)] = graph.dimension_value(size).terms.as_slice()
            && !symbols.contains(symbol)
        {
            symbols.push(*symbol);
        }
    }
    symbols.sort_by(|a, b| graph.symbol_name(*a).cmp(graph.symbol_name(*b)));
    symbols.into_iter().any(|symbol| {
        read(graph, &view.expression, &view.leaves, symbol).is_some_and(|reading| reading.holds())
    })
}

/// The size of the axis summed or multiplied over, if the leaf is a sum or product over one axis without other axes.
fn one_sum(graph: &Graph, leaf: &Leaf) -> Option<DimensionId> {
    if !leaf.labels.is_empty() {
        return None;
    }
    match graph.node(leaf.node) {
        Node::Sum(terms) => match terms.as_slice() {
            [(_, term)] if term.sizes.len() == 1 => Some(term.sizes[0]),
            _ => None,
        },
        Node::Atom(Atom::Reduce(Reduction::Product, inner, 1)) => match graph.axes(*inner).as_slice() {
            [size] => Some(*size),
            _ => None,
        },
        Node::Atom(_) => None,
    }
}

fn contains(size: &Dimension, symbol: SymbolId) -> bool {
    size.terms.iter().any(|(s, _)| *s == symbol)
}

/// Does the node change with the size?
fn changes(graph: &Graph, node: NodeId, symbol: SymbolId) -> bool {
    let has = |id: &DimensionId| contains(graph.dimension_value(*id), symbol);
    graph.reachable(&[node]).into_iter().any(|id| {
        graph.axes(id).iter().any(has)
            || match graph.node(id) {
                Node::Sum(terms) => terms.iter().any(|(_, term)| term.sizes.iter().any(has)),
                Node::Atom(Atom::Size(size)) => has(size),
                Node::Atom(_) => false,
            }
    })
}

fn read(graph: &mut Graph, expression: &Scalar, leaves: &[Leaf], symbol: SymbolId) -> Option<Reading> {
    let mut fixed: Vec<Leaf> = Vec::new();
    let mut summands: Vec<Summand> = Vec::new();
    let (mut first, mut settled) = (1, 1);
    let mut parts = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let sum = one_sum(graph, leaf);
        match sum.filter(|size| contains(graph.dimension_value(*size), symbol)) {
            Some(size) => {
                let value = graph.dimension_value(size).clone();
                let [(_, 1)] = value.terms.as_slice() else { return None };
                first = first.max(1 - value.constant);
                let summand = summand(graph, leaf.node, size, symbol, &mut fixed, &mut settled)?;
                parts.push(Part::Sum(summands.len()));
                summands.push(Summand { offset: value.constant, ..summand });
            }
            None => parts.push(plain(graph, leaf, symbol, &mut fixed)?),
        }
    }
    let settled = settled.max(first);
    let longest = summands.iter().map(|s| settled + s.offset).max().unwrap_or(0);
    (summands.len() <= MOST_SUMS && longest <= MOST_WRITTEN).then_some(Reading {
        expression: expression.clone(),
        leaves: parts,
        summands,
        settled,
        first,
    })
}

/// A leaf that is no sum up to n.
fn plain(graph: &Graph, leaf: &Leaf, symbol: SymbolId, fixed: &mut Vec<Leaf>) -> Option<Part> {
    if let Some(Atom::Size(size)) = graph.atom(leaf.node) {
        let value = graph.dimension_value(*size);
        if let [(own, times)] = value.terms.as_slice()
            && *own == symbol
        {
            return Some(Part::Size(*times, value.constant));
        }
    }
    if changes(graph, leaf.node, symbol) {
        return None;
    }
    let number = fixed.iter().position(|known| known == leaf).unwrap_or_else(|| {
        fixed.push(leaf.clone());
        fixed.len() - 1
    });
    Some(Part::Fixed(number as u32))
}

fn summand(
    graph: &mut Graph,
    sum: NodeId,
    size: DimensionId,
    symbol: SymbolId,
    fixed: &mut Vec<Leaf>,
    settled: &mut i64,
) -> Option<Summand> {
    let product = match graph.atom(sum) {
        Some(Atom::Reduce(Reduction::Product, inner, _)) => Some(*inner),
        _ => None,
    };
    let body = if let Some(inner) = product {
        inner
    } else {
        let terms = graph.terms(sum);
        let [(coefficient, term)] = terms.as_slice() else { return None };
        let operands: Vec<Operand> = term
            .factors
            .iter()
            .map(|f| Operand { node: f.base, labels: f.labels.clone(), exponent: f.exponent.clone() })
            .collect();
        let body = graph.contract(1, &[size], &operands);
        graph.scale(coefficient, body)
    };
    let view = graph.pointwise(body, &FxHashSet::default(), LARGEST_VIEW)?;
    let offset = graph.dimension_value(size).constant;
    let mut leaves = Vec::with_capacity(view.leaves.len());
    for leaf in &view.leaves {
        if leaf.labels.is_empty() {
            leaves.push(plain(graph, leaf, symbol, fixed)?);
            // A sum of terms that change with n is no sum of those before.
            if matches!(leaves.last(), Some(Part::Size(..))) {
                return None;
            }
            continue;
        }
        leaves.push(match graph.atom(leaf.node)? {
            Atom::Position => Part::Position,
            Atom::Affine(coefficients, constant) if coefficients.len() == 1 => {
                let at = constant.checked_neg()?.checked_div(coefficients[0])?;
                if coefficients[0].abs() != 1 {
                    return None;
                }
                *settled = (*settled).max(at.checked_sub(offset)?.checked_add(1)?);
                Part::Indicator(Relation::Equal, at)
            }
            Atom::Compare(relation, a, b) => {
                let is_position = matches!(graph.atom(*a), Some(Atom::Position));
                let at = graph.as_number(*b)?.as_integer()?;
                if !is_position {
                    return None;
                }
                *settled = (*settled).max(at.checked_sub(offset)?.checked_add(1)?);
                Part::Indicator(*relation, at)
            }
            _ => return None,
        });
    }
    Some(Summand { expression: view.expression, leaves, offset: 0, is_product: product.is_some() })
}

/// Expressions in n (leaf 0), what is fixed (from leaf 1 on), and the sums (after these).
struct Writer {
    builder: ScalarBuilder,
}

impl Writer {
    fn leaf(&mut self, number: u32) -> Ref {
        self.builder.add(Operation::Leaf(number))
    }

    fn write(
        &mut self,
        expression: &Scalar,
        mut leaf: impl FnMut(&mut Self, u32) -> Option<Ref>,
    ) -> Option<Ref> {
        let mut place: Vec<Ref> = Vec::with_capacity(expression.nodes().len());
        for operation in expression.nodes() {
            let made = match operation {
                Operation::Leaf(number) => leaf(self, *number)?,
                other => self.builder.add(other.map(|a| place[a as usize])),
            };
            place.push(made);
        }
        place.last().copied()
    }

    fn affine(&mut self, times: i64, n: Ref, constant: i64) -> Ref {
        let times = self.builder.integer(times);
        let product = self.builder.add(Operation::Multiply(times, n));
        let constant = self.builder.integer(constant);
        self.builder.add(Operation::Add(product, constant))
    }

    /// The summand at a position; `known` is the position where it is a number.
    fn summand(&mut self, summand: &Summand, position: Ref, known: Option<i64>) -> Option<Ref> {
        self.write(&summand.expression, |writer, number| {
            Some(match summand.leaves.get(number as usize)? {
                Part::Position => position,
                Part::Fixed(number) => writer.leaf(1 + number),
                Part::Indicator(relation, at) => {
                    let order = known.map_or(std::cmp::Ordering::Greater, |known| known.cmp(at));
                    let holds = match relation {
                        Relation::Equal => order.is_eq(),
                        Relation::NotEqual => order.is_ne(),
                        Relation::Less => order.is_lt(),
                        Relation::LessEqual => order.is_le(),
                        Relation::Greater => order.is_gt(),
                        Relation::GreaterEqual => order.is_ge(),
                    };
                    writer.builder.integer(i64::from(holds))
                }
                Part::Size(..) | Part::Sum(_) => return None,
            })
        })
    }

    /// A sum or product with one more term.
    fn joined(&mut self, summand: &Summand, total: Ref, term: Ref) -> Ref {
        self.builder.add(if summand.is_product {
            Operation::Multiply(total, term)
        } else {
            Operation::Add(total, term)
        })
    }

    /// The whole for a size and with expressions for the sums.
    fn whole(&mut self, reading: &Reading, n: Ref, sums: &[Ref]) -> Option<Ref> {
        self.write(&reading.expression, |writer, number| {
            Some(match reading.leaves.get(number as usize)? {
                Part::Size(times, constant) => writer.affine(*times, n, *constant),
                Part::Fixed(number) => writer.leaf(1 + number),
                Part::Sum(number) => *sums.get(*number)?,
                Part::Position | Part::Indicator(..) => return None,
            })
        })
    }
}

fn is_zero_alone(expression: &Scalar) -> bool {
    let limits = normal::Limits::default();
    normal::is_zero(expression, &TableDefinitions, &limits) == Some(Certainty::Proved)
}

impl Reading {
    fn holds(&self) -> bool {
        (self.first..=self.settled).all(|n| self.holds_at(n) == Some(true)) && self.steps().unwrap_or(false)
    }

    /// With all sums written out.
    fn holds_at(&self, n: i64) -> Option<bool> {
        let mut writer = Writer { builder: ScalarBuilder::default() };
        let mut sums = Vec::new();
        for summand in &self.summands {
            let mut total = writer.builder.integer(i64::from(summand.is_product));
            for position in 1..=n.checked_add(summand.offset)? {
                let at = writer.builder.integer(position);
                let term = writer.summand(summand, at, Some(position))?;
                total = writer.joined(summand, total, term);
            }
            sums.push(total);
        }
        let n = writer.builder.integer(n);
        let whole = writer.whole(self, n, &sums)?;
        Some(is_zero_alone(&writer.builder.finish(whole)))
    }

    /// From n − 1 to n, for `n > settled`.
    fn steps(&self) -> Option<bool> {
        let mut writer = Writer { builder: ScalarBuilder::default() };
        let n = writer.leaf(0);
        let one = writer.builder.integer(1);
        let before = writer.builder.add(Operation::Subtract(n, one));
        let fixed = self.fixed_count();
        // The leaves are the sums up to n − 1.
        let shorter: Vec<Ref> =
            (0..self.summands.len() as u32).map(|sum| writer.leaf(1 + fixed + sum)).collect();
        let mut last = Vec::new();
        for summand in &self.summands {
            let at = writer.affine(1, n, summand.offset);
            last.push(writer.summand(summand, at, None)?);
        }
        let sums: Vec<Ref> = self
            .summands
            .iter()
            .zip(shorter.iter().zip(&last))
            .map(|(summand, (sum, term))| writer.joined(summand, *sum, *term))
            .collect();
        let (now, then) = (writer.whole(self, n, &sums)?, writer.whole(self, before, &shorter)?);
        let settled = writer.builder.integer(self.settled);
        let above = writer.builder.add(Operation::Subtract(n, settled));
        let mut signs = vec![(above, Sign::POSITIVE)];
        // A leaf n of its own, so that powers and logarithms of it are seen to exist.
        signs.push((n, Sign::POSITIVE));
        let change = writer.builder.add(Operation::Subtract(now, then));
        let mut goals = vec![change];
        let mut nonzero = None;
        if let [sum] = sums.as_slice()
            && let [term] = last.as_slice()
        {
            let zero = writer.builder.integer(0);
            let one = writer.builder.integer(1);
            let mut parts = |at: Ref| {
                let (without, with) = (writer.whole(self, at, &[zero])?, writer.whole(self, at, &[one])?);
                Some((writer.builder.add(Operation::Subtract(with, without)), without))
            };
            let ((a, g), (b, h)) = (parts(n)?, parts(before)?);
            // A·S + G is the whole, B·S' + H the one before; with S = S' + f or S'·f the sum S' goes.
            let product = writer.builder.add(Operation::Multiply(a, *sum));
            let linear = writer.builder.add(Operation::Add(product, g));
            let linear = writer.builder.add(Operation::Subtract(now, linear));
            let scaled = writer.builder.add(Operation::Multiply(a, *term));
            let first = if self.summands.iter().any(|s| s.is_product) {
                g
            } else {
                writer.builder.add(Operation::Add(scaled, g))
            };
            let first = writer.builder.add(Operation::Multiply(b, first));
            let carried = if self.summands.iter().any(|s| s.is_product) { scaled } else { a };
            let second = writer.builder.add(Operation::Multiply(carried, h));
            let eliminated = writer.builder.add(Operation::Subtract(first, second));
            goals.extend([linear, eliminated]);
            nonzero = Some(b);
        }
        let expressions = writer.builder.everything();
        let known = Known { expressions: &expressions, signs: &signs };
        let limits = normal::Limits::default();
        if !is_defined_between(&expressions, now, &known, &limits) {
            return Some(false);
        }
        let vanishes = |at: Ref| known.is_zero(at, &TableDefinitions, &limits) == Some(Certainty::Proved);
        if vanishes(change) {
            return Some(true);
        }
        let (Some(factor), [_, linear, eliminated]) = (nonzero, goals.as_slice()) else { return Some(false) };
        Some(
            known.sign(factor, &TableDefinitions, &limits).is(Sign::NON_ZERO)
                && vanishes(*linear)
                && vanishes(*eliminated),
        )
    }

    fn fixed_count(&self) -> u32 {
        let own = self.leaves.iter();
        own.chain(self.summands.iter().flat_map(|s| s.leaves.iter()))
            .filter_map(|part| match part {
                Part::Fixed(number) => Some(number + 1),
                _ => None,
            })
            .max()
            .unwrap_or(0)
    }
}

/// If the whole is defined at n, is it at n − 1? Whatever changes with n must be defined for every n.
fn is_defined_between(expressions: &Scalar, root: Ref, known: &Known<'_>, limits: &normal::Limits) -> bool {
    let mut changes = vec![false; expressions.nodes().len()];
    let mut used = vec![false; expressions.nodes().len()];
    used[root as usize] = true;
    for at in (0..=root as usize).rev() {
        if used[at] {
            expressions.node(at as Ref).operands(|a| used[a as usize] = true);
        }
    }
    let sign = |at: Ref| known.sign(at, &TableDefinitions, limits);
    for (at, operation) in expressions.nodes().iter().enumerate().take(root as usize + 1) {
        let mut own = matches!(operation, Operation::Leaf(0));
        operation.operands(|a| own |= changes[a as usize]);
        changes[at] = own;
        if !used[at] || !own {
            continue;
        }
        let is_fine = match operation {
            Operation::Divide(_, b) => !changes[*b as usize] || sign(*b).is(Sign::NON_ZERO),
            Operation::Power(a, b) => match expressions.node(*b) {
                Operation::Number(q) if q.is_integer() && !q.is_negative() => true,
                Operation::Number(q) if q.is_integer() => sign(*a).is(Sign::NON_ZERO),
                Operation::Number(_) => sign(*a).is(Sign::POSITIVE),
                // r^n: whole exponents. What r needs does not change while the exponent stays positive.
                _ => !changes[*a as usize] && sign(*b).is(Sign::POSITIVE) && is_whole(expressions, *b),
            },
            Operation::Call(Function::Known(function::POW), arguments) => match arguments.as_slice() {
                [a, b] => !changes[*a as usize] && sign(*b).is(Sign::POSITIVE) && is_whole(expressions, *b),
                _ => false,
            },
            Operation::Call(Function::Known(function::LOG), arguments) => {
                arguments.iter().all(|a| sign(*a).is(Sign::POSITIVE))
            }
            Operation::Call(Function::Known(id), _) => function::row(*id).defined.is_empty(),
            Operation::Call(Function::Unknown { .. }, _) => false,
            _ => true,
        };
        if !is_fine {
            return false;
        }
    }
    true
}

/// Is it a whole number for whole n, by its looks?
fn is_whole(expressions: &Scalar, at: Ref) -> bool {
    match expressions.node(at) {
        Operation::Leaf(0) => true,
        Operation::Number(q) => Rational::is_integer(q),
        Operation::Add(a, b) | Operation::Subtract(a, b) | Operation::Multiply(a, b) => {
            is_whole(expressions, *a) && is_whole(expressions, *b)
        }
        Operation::Negate(a) => is_whole(expressions, *a),
        _ => false,
    }
}
