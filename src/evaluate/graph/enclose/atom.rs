//! Enclosed values of the atoms.

use smallvec::SmallVec;

use super::super::atom::affine_walk;
use super::super::error::{EvaluationError, Undefined};
use super::super::point::Entries;
use super::super::tensor::Shape;
use super::ball::Ball;
use super::entry::Entry;
use super::function::{function_value, truth};
use super::{Claim, Enclosing, Grid, Stop, elimination};
use crate::evaluate::Reason;
use crate::evaluate::exact::{self, Exact};
use crate::function::{self, Function, FunctionId};
use crate::ir::scalar::Constant;
use crate::ir::{Atom, NodeId, Reduction, SymbolId};
use crate::number::Rational;
use crate::syntax::tree::Relation;

/// What one function costs, in multiplications.
const CALL: usize = 8;
/// An argument of a function with jumps that is known so well may stand on one of them.
const CLOSE: f64 = 1e-6;

impl<T: Ball> Enclosing<'_, T> {
    pub(super) fn atom(&mut self, atom: &Atom, shape: Shape, count: usize) -> Result<Grid<T>, Stop> {
        let plain = |shape: Shape, entries: Vec<Entry<T>>| Grid { shape, entries, is_structure: false };
        let structure = |shape: Shape, entries: Vec<Entry<T>>| Grid { shape, entries, is_structure: true };
        let flag = |is: bool| Entry::whole(i64::from(is));
        Ok(match atom {
            Atom::Variable(symbol) => {
                let entries = self.variable(*symbol)?;
                plain(shape, entries)
            }
            Atom::Constant(Constant::Pi) => {
                plain(shape, vec![Entry::Exact(Exact::OfPi(Rational::ONE)); count])
            }
            Atom::Size(dimension) => {
                let size = self.sizes.size(self.graph, *dimension)?;
                plain(shape, vec![Entry::whole(size as i64)])
            }
            Atom::Position => plain(shape, (1..=count as i64).map(Entry::whole).collect()),
            Atom::Call(Function::Known(id), arguments) => {
                let entries = self.call(*id, arguments, count)?;
                plain(shape, entries)
            }
            Atom::Call(Function::Unknown { symbol, primes: 0 }, arguments) => {
                let name = self.graph.symbol_name(SymbolId(*symbol));
                let id = self.point.functions.get(name).and_then(|chosen| function::lookup(chosen));
                let entries = self.call(id.ok_or(Stop::Beyond)?, arguments, count)?;
                plain(shape, entries)
            }
            Atom::Call(Function::Unknown { .. }, _) => return Err(Stop::Beyond),
            Atom::Delta => {
                let n = shape.first().copied().unwrap_or(1);
                structure(shape, (0..count).map(|at| flag(at / n == at % n)).collect())
            }
            Atom::Unit(symbol) => {
                let name = self.graph.symbol_name(*symbol);
                let position = self.point.position(name);
                let position = position.filter(|p| (1..=count).contains(p)).ok_or(Stop::Beyond)?;
                structure(shape, (1..=count).map(|at| flag(at == position)).collect())
            }
            Atom::Affine(coefficients, constant) => {
                let steps: Vec<usize> = coefficients.iter().map(|c| *c as usize).collect();
                let start = coefficients.iter().fold(*constant, |sum, c| sum.wrapping_add(*c));
                let mut entries = Vec::with_capacity(count);
                affine_walk(&shape, &steps, |offset| {
                    entries.push(flag((offset as i64).wrapping_add(start) == 0));
                });
                structure(shape, entries)
            }
            Atom::Compare(relation, a, b) => {
                let entries = self.compare(*relation, *a, *b, count)?;
                structure(shape, entries)
            }
            Atom::Cases(condition, yes, no) => {
                let entries = self.cases(*condition, *yes, *no, count)?;
                plain(shape, entries)
            }
            Atom::Reduce(kind, inner, last) => {
                let entries = self.reduce(*kind, *inner, *last)?;
                plain(shape, entries)
            }
            Atom::Select(kind, inner, last) => {
                let entries = self.select(*kind, *inner, *last)?;
                structure(shape, entries)
            }
            Atom::Inverse(inner) => {
                let n = shape.first().copied().unwrap_or(1);
                self.charge(n.saturating_mul(n).saturating_mul(n))?;
                let entries = elimination::inverse(&self.grid(*inner)?.entries, n, &self.at(0), self.bits);
                plain(shape, entries)
            }
            Atom::Determinant(inner) => {
                let determinant = self.determinant(*inner)?;
                plain(shape, vec![determinant])
            }
            Atom::LogDeterminant(inner) => {
                let determinant = self.determinant(*inner)?;
                let value = self.logarithm_of_determinant(determinant);
                plain(shape, vec![value])
            }
            Atom::Array(nodes) => {
                let mut entries = Vec::with_capacity(nodes.len());
                for node in nodes {
                    entries.push(self.grid(*node)?.entries.first().cloned().ok_or(Stop::Beyond)?);
                }
                plain(shape, entries)
            }
        })
    }

    fn variable(&self, symbol: SymbolId) -> Result<Vec<Entry<T>>, Stop> {
        let name = self.graph.symbol_name(symbol);
        let Some((_, entries)) = self.point.variables.get(name) else {
            return Err(EvaluationError::MissingVariable { name: name.to_owned() }.into());
        };
        match entries {
            Entries::Exact(entries) => {
                Ok(entries.iter().map(|q| Entry::exact(Exact::Rational(q.clone()), self.bits)).collect())
            }
            Entries::Float(entries) => entries
                .iter()
                .map(|x| {
                    let value = Rational::from_f64(*x)
                        .ok_or_else(|| EvaluationError::NotFinite { name: name.to_owned() })?;
                    Ok(Entry::exact(Exact::Rational(value), self.bits))
                })
                .collect(),
            Entries::Closed(entries) => Ok(entries
                .iter()
                .enumerate()
                .map(|(at, entry)| match exact::closed(entry) {
                    Some(value) => Entry::exact(value, self.bits),
                    None => match T::closed(entry, self.bits) {
                        Some(value) => Entry::Near(value),
                        None => Entry::Open(self.at(at)),
                    },
                })
                .collect()),
        }
    }

    fn call(&mut self, id: FunctionId, arguments: &[NodeId], count: usize) -> Result<Vec<Entry<T>>, Stop> {
        self.charge(CALL.saturating_mul(count))?;
        let mut out = Vec::with_capacity(count);
        for at in 0..count {
            let place = self.at(at);
            let mut own: SmallVec<[Entry<T>; 2]> = SmallVec::new();
            for argument in arguments {
                own.push(self.grid(*argument)?.entries.get(at).cloned().ok_or(Stop::Beyond)?);
            }
            let value = function_value(id, &own, &place, self.bits);
            let is_unsure = match &value {
                Entry::Open(_) => true,
                Entry::Near(value) => function::row(id).exact.is_some() && is_wide(value),
                _ => false,
            };
            if is_unsure {
                for (argument, entry) in arguments.iter().zip(&own) {
                    self.ask(*argument, entry);
                }
                if let [a, b] = arguments
                    && !self.claims.contains(&Claim::Same(*a, *b))
                    && self.graph.rank(*a) == 0
                {
                    self.claims.push(Claim::Same(*a, *b));
                }
            }
            out.push(value);
        }
        Ok(out)
    }

    fn compare(
        &mut self,
        relation: Relation,
        a: NodeId,
        b: NodeId,
        count: usize,
    ) -> Result<Vec<Entry<T>>, Stop> {
        let bits = self.bits;
        let mut out = Vec::with_capacity(count);
        for at in 0..count {
            let place = self.at(at);
            let (x, y) = (self.grid(a)?.entries.get(at).cloned(), self.grid(b)?.entries.get(at).cloned());
            let (Some(x), Some(y)) = (x, y) else { return Err(Stop::Beyond) };
            let difference = if self.proved.is_same(a, b) && x.ball(bits).is_some() {
                Entry::whole(0)
            } else {
                x.plus(&y.negated(bits), &place, bits)
            };
            let value = match truth(relation, &difference, bits) {
                Ok(Some(is)) => Entry::whole(i64::from(is)),
                Ok(None) => {
                    if self.graph.rank(a) == 0 && !self.claims.contains(&Claim::Same(a, b)) {
                        self.claims.push(Claim::Same(a, b));
                    }
                    Entry::Near(zero_to_one(bits))
                }
                Err(missing) => missing,
            };
            out.push(value);
        }
        Ok(out)
    }

    fn cases(
        &mut self,
        condition: NodeId,
        yes: NodeId,
        no: NodeId,
        count: usize,
    ) -> Result<Vec<Entry<T>>, Stop> {
        let mut out = Vec::with_capacity(count);
        for at in 0..count {
            let entry = |node: NodeId| self.grid(node)?.entries.get(at).cloned().ok_or(Stop::Beyond);
            let condition = entry(condition)?;
            let value = match &condition {
                Entry::Exact(_) => entry(if condition.is_zero() { no } else { yes })?,
                Entry::Near(c) if !c.contains_zero() => entry(yes)?,
                Entry::Near(_) => match (entry(yes)?.ball(self.bits), entry(no)?.ball(self.bits)) {
                    (Some(a), Some(b)) => Entry::near(a.hull(&b), &self.at(at)),
                    _ => Entry::Open(self.at(at)),
                },
                missing => missing.clone(),
            };
            out.push(value);
        }
        Ok(out)
    }

    fn groups(&self, inner: NodeId, last: u8) -> Result<(usize, Vec<Entry<T>>), Stop> {
        let grid = self.grid(inner)?;
        let size = grid.shape[grid.shape.len().saturating_sub(last as usize)..].iter().product::<usize>();
        Ok((size.max(1), grid.entries.clone()))
    }

    fn reduce(&mut self, kind: Reduction, inner: NodeId, last: u8) -> Result<Vec<Entry<T>>, Stop> {
        let bits = self.bits;
        let (size, entries) = self.groups(inner, last)?;
        self.charge(entries.len())?;
        let mut out = Vec::with_capacity(entries.len() / size);
        for (at, group) in entries.chunks(size).enumerate() {
            let place = self.at(at);
            let Some((first, rest)) = group.split_first() else { return Err(Stop::Beyond) };
            let fold = |best: Entry<T>, next: &Entry<T>| match kind {
                Reduction::Product => best.times(next, &place, bits),
                Reduction::Maximum => larger(&best, next, &place, bits),
                Reduction::Minimum => {
                    larger(&best.negated(bits), &next.negated(bits), &place, bits).negated(bits)
                }
            };
            out.push(rest.iter().fold(first.clone(), fold));
        }
        Ok(out)
    }

    fn select(&mut self, kind: Reduction, inner: NodeId, last: u8) -> Result<Vec<Entry<T>>, Stop> {
        let bits = self.bits;
        let (size, entries) = self.groups(inner, last)?;
        self.charge(entries.len().saturating_mul(size))?;
        let mut out = Vec::with_capacity(entries.len());
        for (number, group) in entries.chunks(size).enumerate() {
            let place = self.at(number * size);
            for (at, entry) in group.iter().enumerate() {
                // The first of the best: better than those before it, at least as good as those after it.
                let mut chosen = Some(true);
                let mut missing = None;
                for (other_at, other) in group.iter().enumerate().filter(|(other_at, _)| *other_at != at) {
                    let relation = match (kind == Reduction::Minimum, other_at < at) {
                        (false, true) => Relation::Greater,
                        (false, false) => Relation::GreaterEqual,
                        (true, true) => Relation::Less,
                        (true, false) => Relation::LessEqual,
                    };
                    match truth(relation, &entry.plus(&other.negated(bits), &place, bits), bits) {
                        Ok(Some(true)) => {}
                        Ok(Some(false)) => chosen = Some(false),
                        Ok(None) => chosen = chosen.filter(|is| !is),
                        Err(entry) => missing = Some(entry),
                    }
                }
                out.push(match (missing, chosen) {
                    (Some(missing), _) => missing,
                    (None, Some(is)) => Entry::whole(i64::from(is)),
                    (None, None) => Entry::Near(zero_to_one(bits)),
                });
            }
        }
        Ok(out)
    }

    fn determinant(&mut self, inner: NodeId) -> Result<Entry<T>, Stop> {
        let n = self.grid(inner)?.shape.first().copied().unwrap_or(1);
        self.charge(n.saturating_mul(n).saturating_mul(n))?;
        Ok(elimination::determinant(&self.grid(inner)?.entries, n, &self.at(0), self.bits))
    }

    fn logarithm_of_determinant(&self, determinant: Entry<T>) -> Entry<T> {
        let Some(value) = determinant.ball(self.bits) else { return determinant };
        let failed =
            Undefined { reason: Reason::NotPositiveDeterminant, operand: value.near(), ..self.at(0) };
        if value.is_negative() || determinant.is_zero() {
            Entry::Nothing(failed)
        } else {
            Entry::near(value.log(), &failed)
        }
    }
}

fn zero_to_one<T: Ball>(bits: usize) -> T {
    T::rational(&Rational::ZERO, bits).hull(&T::rational(&Rational::ONE, bits))
}

fn larger<T: Ball>(a: &Entry<T>, b: &Entry<T>, at: &Undefined, bits: usize) -> Entry<T> {
    if let (Entry::Exact(Exact::Rational(x)), Entry::Exact(Exact::Rational(y))) = (a, b) {
        return if y > x { b.clone() } else { a.clone() };
    }
    match (a.ball(bits), b.ball(bits)) {
        (Some(x), Some(y)) => Entry::near(x.largest(&y), at),
        (None, _) => a.clone(),
        _ => b.clone(),
    }
}

fn is_wide<T: Ball>(value: &T) -> bool {
    let seen = value.interval();
    !seen.is_defined() || seen.width() > CLOSE
}
