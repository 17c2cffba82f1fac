//! Values of the atoms.

use smallvec::SmallVec;

use super::Evaluation;
use super::error::EvaluationError;
use super::matrix;
use super::tensor::{Shape, Tensor};
use crate::evaluate::exact::{self, Exact};
use crate::evaluate::{Reason, taylor};
use crate::function::{self, Function, FunctionId};
use crate::ir::scalar::Constant;
use crate::ir::{Atom, NodeId, Reduction, SymbolId};
use crate::number::Rational;
use crate::syntax::tree::Relation;

use super::point::Entries;

/// Exponentials of larger arguments, either sign, are kept as their logarithm.
const LARGEST_EXPONENT: f64 = 600.0;
/// Elementwise functions of so many entries are tried exactly.
const EXACT_ENTRIES: usize = 4096;

impl Evaluation<'_> {
    pub(super) fn atom(&mut self, atom: &Atom, shape: Shape) -> Result<Tensor, EvaluationError> {
        let count: usize = shape.iter().product();
        match atom {
            Atom::Variable(symbol) => self.variable(*symbol, shape),
            Atom::Constant(Constant::Pi) => Ok(Tensor::exact(shape, vec![Exact::OfPi(Rational::ONE); count])),
            Atom::Size(dimension) => {
                let size = self.size(*dimension)?;
                Ok(Tensor::exact(shape, vec![whole(size as i64)]))
            }
            Atom::Position => Ok(Tensor::exact(shape, (1..=count as i64).map(whole).collect())),
            Atom::Call(Function::Known(id), arguments) => Ok(self.call(*id, arguments, shape)),
            Atom::Call(Function::Unknown { symbol, primes }, arguments) => {
                self.unknown(SymbolId(*symbol), *primes, arguments, shape)
            }
            Atom::Delta => {
                let n = shape[0];
                let entries = (0..count).map(|at| f64::from(u8::from(at / n == at % n))).collect();
                Ok(indicator(shape, entries))
            }
            Atom::Unit(symbol) => {
                let name = self.graph.symbol_name(*symbol);
                let Some(position) = self.point.position(name) else {
                    return Err(EvaluationError::MissingPosition { name: name.to_owned() });
                };
                if !(1..=count).contains(&position) {
                    let name = name.to_owned();
                    return Err(EvaluationError::PositionOutside { name, position, size: count });
                }
                let entries = (1..=count).map(|at| f64::from(u8::from(at == position))).collect();
                Ok(indicator(shape, entries))
            }
            Atom::Affine(coefficients, constant) => {
                // Offsets of one operand whose "strides" are the coefficients, counted modulo 2⁶⁴.
                let steps: Vec<usize> = coefficients.iter().map(|c| *c as usize).collect();
                let start = coefficients.iter().fold(*constant, |sum, c| sum.wrapping_add(*c));
                let mut entries = Vec::with_capacity(count);
                affine_walk(&shape, &steps, |offset| {
                    entries.push(f64::from(u8::from((offset as i64).wrapping_add(start) == 0)));
                });
                Ok(indicator(shape, entries))
            }
            Atom::Compare(relation, a, b) => Ok(self.compare(*relation, *a, *b, shape)),
            Atom::Cases(condition, yes, no) => Ok(self.cases(*condition, *yes, *no, shape)),
            Atom::Reduce(kind, inner, last) => Ok(self.reduce(*kind, *inner, *last, shape)),
            Atom::Select(kind, inner, last) => Ok(self.select(*kind, *inner, *last, shape)),
            Atom::Inverse(inner) => self.inverse(*inner, shape),
            Atom::Determinant(inner) => self.determinant(*inner, shape),
            Atom::LogDeterminant(inner) => self.log_determinant(*inner, shape),
            Atom::Array(nodes) => Ok(self.array(nodes, shape)),
        }
    }

    fn variable(&mut self, symbol: SymbolId, shape: Shape) -> Result<Tensor, EvaluationError> {
        let name = self.graph.symbol_name(symbol);
        let Some((_, entries)) = self.point.variables.get(name) else {
            return Err(EvaluationError::MissingVariable { name: name.to_owned() });
        };
        match entries {
            Entries::Exact(entries) => {
                let exact: Vec<Exact> = entries.iter().cloned().map(Exact::Rational).collect();
                let value = Tensor::exact(shape, exact);
                if value.entries.iter().all(|entry| entry.is_finite()) {
                    return Ok(value);
                }
                Err(EvaluationError::NotFinite { name: name.to_owned() })
            }
            Entries::Float(entries) if entries.iter().all(|entry| entry.is_finite()) => {
                Ok(Tensor::new(shape, entries.clone()))
            }
            Entries::Float(_) => Err(EvaluationError::NotFinite { name: name.to_owned() }),
            Entries::Closed(entries) => {
                let exact: Option<Vec<Exact>> = entries.iter().map(exact::closed).collect();
                if let Some(exact) = exact {
                    return Ok(Tensor::exact(shape, exact));
                }
                let floats: Option<Vec<f64>> =
                    entries.iter().map(|entry| crate::evaluate::float(entry, &[]).ok()).collect();
                match floats {
                    Some(floats) => Ok(Tensor::new(shape, floats)),
                    None => Err(EvaluationError::NotFinite { name: name.to_owned() }),
                }
            }
        }
    }

    /// Exact values entry by entry, as long as all of them are.
    fn exact_entries(
        &self,
        arguments: &[NodeId],
        value: impl Fn(&[&Exact]) -> Option<Exact>,
    ) -> Option<Vec<Exact>> {
        let mut all: SmallVec<[&[Exact]; 2]> = SmallVec::new();
        for argument in arguments {
            all.push(self.value(*argument).exact.as_deref()?);
        }
        let count = all.first().map_or(0, |entries| entries.len());
        if count > EXACT_ENTRIES {
            return None;
        }
        (0..count)
            .map(|at| {
                let entries: SmallVec<[&Exact; 2]> = all.iter().map(|entries| &entries[at]).collect();
                value(&entries)
            })
            .collect()
    }

    fn call(&mut self, id: FunctionId, arguments: &[NodeId], shape: Shape) -> Tensor {
        if let Some(exact) = self.exact_entries(arguments, |entries| exact::call(id, entries).ok()) {
            return Tensor::exact(shape, exact);
        }
        if let ([argument], true) = (arguments, id == function::LOG)
            && self.value(*argument).scale.is_some()
        {
            return self.scaled_logarithm(*argument, shape);
        }
        let values: SmallVec<[Vec<f64>; 2]> = arguments.iter().map(|a| self.plain(*a)).collect();
        if id == function::EXP && values[0].iter().any(|x| x.abs() > LARGEST_EXPONENT) {
            // NaN in the argument is NaN in the mantissa.
            let entries = values[0].iter().map(|x| if x.is_nan() { *x } else { 1.0 }).collect();
            let scale = values[0].iter().map(|x| if x.is_nan() { 0.0 } else { *x }).collect();
            return Tensor { scale: Some(scale), ..Tensor::new(shape, entries) };
        }
        let row = function::row(id);
        let count = shape.iter().product();
        let mut entries = Vec::with_capacity(count);
        for at in 0..count {
            let own: SmallVec<[f64; 2]> = values.iter().map(|entries| entries[at]).collect();
            entries.push(self.entry(at, &own, Reason::OutsideDomain(id), |x| row.float(x)));
        }
        Tensor::new(shape, entries)
    }

    /// One entry of a function.
    fn entry(&mut self, at: usize, arguments: &[f64], reason: Reason, f: impl Fn(&[f64]) -> f64) -> f64 {
        if let Some(bad) = arguments.iter().find(|x| x.is_nan()) {
            return *bad;
        }
        let value = f(arguments);
        let operand = arguments.first().copied().unwrap_or(0.0);
        if value.is_nan() {
            self.causes.undefined(at, reason, operand)
        } else if value.is_infinite() {
            self.causes.undefined(at, Reason::Overflow, operand)
        } else {
            value
        }
    }

    /// `log(m·e^s) = log m + s`.
    fn scaled_logarithm(&mut self, argument: NodeId, shape: Shape) -> Tensor {
        let value = self.value(argument);
        let scale = value.scale.clone().unwrap_or_default();
        let mantissas = value.entries.clone();
        let row = function::row(function::LOG);
        let reason = Reason::OutsideDomain(function::LOG);
        let entries = mantissas
            .iter()
            .zip(scale)
            .enumerate()
            .map(|(at, (m, s))| self.entry(at, &[*m], reason, |x| row.float(x) + s))
            .collect();
        Tensor::new(shape, entries)
    }

    fn unknown(
        &mut self,
        symbol: SymbolId,
        primes: u8,
        arguments: &[NodeId],
        shape: Shape,
    ) -> Result<Tensor, EvaluationError> {
        let name = self.graph.symbol_name(symbol);
        let Some(chosen) = self.point.functions.get(name) else {
            return Err(EvaluationError::MissingFunction { name: name.to_owned() });
        };
        let id = function::lookup(chosen).filter(|id| {
            let row = function::row(*id);
            row.is_elementwise() && row.parameters.len() == 1
        });
        let ([argument], Some(id)) = (arguments, id) else {
            return Err(EvaluationError::NotAFunction { name: name.to_owned(), function: chosen.clone() });
        };
        if primes == 0 {
            return Ok(self.call(id, &[*argument], shape));
        }
        let values = self.plain(*argument);
        let mut entries = Vec::with_capacity(values.len());
        for (at, x) in values.into_iter().enumerate() {
            entries.push(if x.is_nan() {
                x
            } else {
                match taylor::derivative(id, primes, x) {
                    Ok(value) => self.causes.finite(at, value),
                    Err(reason) => self.causes.undefined(at, reason, x),
                }
            });
        }
        Ok(Tensor::new(shape, entries))
    }

    fn compare(&mut self, relation: Relation, a: NodeId, b: NodeId, shape: Shape) -> Tensor {
        let exact = self.exact_entries(&[a, b], |entries| match entries {
            [Exact::Rational(x), Exact::Rational(y)] => Some(whole(i64::from(holds(relation, x.cmp(y))))),
            _ => None,
        });
        if let Some(exact) = exact {
            return Tensor { is_structure: true, ..Tensor::exact(shape, exact) };
        }
        let (x, y) = (self.plain(a), self.plain(b));
        let entries = x
            .into_iter()
            .zip(y)
            .map(|(x, y)| match x.partial_cmp(&y) {
                Some(order) => f64::from(u8::from(holds(relation, order))),
                None if x.is_nan() => x,
                None => y,
            })
            .collect();
        Tensor::structure(shape, entries)
    }

    fn cases(&mut self, condition: NodeId, yes: NodeId, no: NodeId, shape: Shape) -> Tensor {
        let condition = self.plain(condition);
        let branch = |at: usize| if condition[at] == 0.0 { no } else { yes };
        let exact: Option<Vec<Exact>> = (0..condition.len())
            .map(|at| {
                let exact = self.value(branch(at)).exact.as_ref()?;
                (!condition[at].is_nan()).then(|| exact[at].clone())
            })
            .collect();
        if let Some(exact) = exact {
            return Tensor::exact(shape, exact);
        }
        let (first, second) = (self.plain(yes), self.plain(no));
        let entries = condition
            .iter()
            .enumerate()
            .map(|(at, c)| {
                if c.is_nan() {
                    *c
                } else if *c == 0.0 {
                    second[at]
                } else {
                    first[at]
                }
            })
            .collect();
        Tensor::new(shape, entries)
    }

    /// Entries of a node in groups that are reduced together: the last axes are the fastest.
    fn group_size(&self, inner: NodeId, last: u8) -> usize {
        let shape = &self.value(inner).shape;
        shape[shape.len().saturating_sub(last as usize)..].iter().product()
    }

    fn reduce(&mut self, kind: Reduction, inner: NodeId, last: u8, shape: Shape) -> Tensor {
        let group = self.group_size(inner, last);
        let entries = self.plain(inner);
        if kind == Reduction::Product {
            if let Some(exact) = &self.value(inner).exact {
                let products: Option<Vec<Exact>> = exact
                    .chunks(group)
                    .map(|chunk| {
                        chunk.iter().try_fold(whole(1), |product, value| {
                            exact::multiply(&product, value)
                                .ok()
                                .filter(|v| !v.is_large(super::sum::EXACT_BITS))
                        })
                    })
                    .collect();
                if let Some(exact) = products {
                    return Tensor::exact(shape, exact);
                }
            }
            let mut out = Vec::with_capacity(entries.len() / group.max(1));
            for (at, chunk) in entries.chunks(group).enumerate() {
                let values: Vec<(f64, bool)> = chunk.iter().map(|value| (*value, false)).collect();
                out.push(super::contract::product(&mut self.causes, at, &values));
            }
            return Tensor::new(shape, out);
        }
        let places: Vec<usize> = entries.chunks(group).map(|chunk| selected(kind, chunk)).collect();
        if let Some(exact) = &self.value(inner).exact {
            let chosen = places.iter().enumerate().map(|(at, place)| exact[at * group + place].clone());
            return Tensor::exact(shape, chosen.collect());
        }
        let chosen = places.iter().enumerate().map(|(at, place)| entries[at * group + place]);
        Tensor::new(shape, chosen.collect())
    }

    fn select(&mut self, kind: Reduction, inner: NodeId, last: u8, shape: Shape) -> Tensor {
        let group = self.group_size(inner, last);
        let entries = self.plain(inner);
        let mut out = vec![0.0; entries.len()];
        for (at, chunk) in entries.chunks(group).enumerate() {
            let place = selected(kind, chunk);
            if chunk[place].is_nan() {
                out[at * group..(at + 1) * group].fill(chunk[place]);
            } else {
                out[at * group + place] = 1.0;
            }
        }
        Tensor::structure(shape, out)
    }

    fn inverse(&mut self, inner: NodeId, shape: Shape) -> Result<Tensor, EvaluationError> {
        let n = shape[0];
        if let Some(exact) = &self.value(inner).exact {
            match matrix::exact_inverse(exact, n) {
                Some(Some(exact)) => return Ok(Tensor::exact(shape, exact)),
                Some(None) => {
                    let bad = self.causes.undefined(0, Reason::Singular, 0.0);
                    return Ok(Tensor::new(shape, vec![bad; n * n]));
                }
                None => {}
            }
        }
        self.charge(n.saturating_mul(n).saturating_mul(n))?;
        let entries = self.plain(inner);
        if let Some(bad) = entries.iter().find(|entry| entry.is_nan()) {
            return Ok(Tensor::new(shape, vec![*bad; n * n]));
        }
        let out = match matrix::inverse(&entries, n) {
            Some(out) => out.into_iter().enumerate().map(|(at, x)| self.causes.finite(at, x)).collect(),
            None => vec![self.causes.undefined(0, Reason::Singular, 0.0); n * n],
        };
        Ok(Tensor::new(shape, out))
    }

    fn determinant(&mut self, inner: NodeId, shape: Shape) -> Result<Tensor, EvaluationError> {
        let n = self.value(inner).shape[0];
        if let Some(exact) = &self.value(inner).exact
            && let Some(determinant) = matrix::exact_determinant(exact, n)
        {
            return Ok(Tensor::exact(shape, vec![determinant]));
        }
        self.charge(n.saturating_mul(n).saturating_mul(n))?;
        let entries = self.plain(inner);
        let value = if let Some(bad) = entries.iter().find(|entry| entry.is_nan()) {
            *bad
        } else {
            let (sign, logarithm, value) = matrix::determinant(&entries, n);
            let value = if value.is_finite() { value } else { sign * libm::exp(logarithm) };
            self.causes.finite(0, value)
        };
        Ok(Tensor::new(shape, vec![value]))
    }

    fn log_determinant(&mut self, inner: NodeId, shape: Shape) -> Result<Tensor, EvaluationError> {
        let n = self.value(inner).shape[0];
        self.charge(n.saturating_mul(n).saturating_mul(n))?;
        // The determinant of a singular matrix is not zero in f64.
        let exact = self.value(inner).exact.as_ref().and_then(|exact| matrix::exact_determinant(exact, n));
        if let Some(Exact::Rational(value)) = exact
            && !value.is_positive()
        {
            let value = self.causes.undefined(0, Reason::NotPositiveDeterminant, value.to_f64());
            return Ok(Tensor::new(shape, vec![value]));
        }
        let entries = self.plain(inner);
        let value = match entries.iter().find(|entry| entry.is_nan()) {
            Some(bad) => *bad,
            None => match matrix::determinant(&entries, n) {
                (sign, logarithm, _) if sign > 0.0 => logarithm,
                (_, _, value) => self.causes.undefined(0, Reason::NotPositiveDeterminant, value),
            },
        };
        Ok(Tensor::new(shape, vec![value]))
    }

    fn array(&mut self, nodes: &[NodeId], shape: Shape) -> Tensor {
        let exact: Option<Vec<Exact>> = nodes
            .iter()
            .map(|node| self.value(*node).exact.as_ref().and_then(|entries| entries.first().cloned()))
            .collect();
        if let Some(exact) = exact {
            return Tensor::exact(shape, exact);
        }
        let entries = nodes.iter().map(|node| self.plain(*node)[0]).collect();
        Tensor::new(shape, entries)
    }
}

fn whole(n: i64) -> Exact {
    Exact::Rational(Rational::integer(n))
}

/// Zeros and ones, exactly.
fn indicator(shape: Shape, entries: Vec<f64>) -> Tensor {
    let exact =
        (entries.len() <= EXACT_ENTRIES).then(|| entries.iter().map(|entry| whole(*entry as i64)).collect());
    Tensor { exact, ..Tensor::structure(shape, entries) }
}

pub(super) fn holds(relation: Relation, order: std::cmp::Ordering) -> bool {
    match relation {
        Relation::Equal => order.is_eq(),
        Relation::NotEqual => order.is_ne(),
        Relation::Less => order.is_lt(),
        Relation::LessEqual => order.is_le(),
        Relation::Greater => order.is_gt(),
        Relation::GreaterEqual => order.is_ge(),
    }
}

/// The place of the first largest or smallest entry, or of the first one without a value.
fn selected(kind: Reduction, entries: &[f64]) -> usize {
    let mut best = 0;
    for (at, entry) in entries.iter().enumerate() {
        if entry.is_nan() {
            return at;
        }
        let is_better = match kind {
            Reduction::Minimum => *entry < entries[best],
            Reduction::Maximum | Reduction::Product => *entry > entries[best],
        };
        if is_better {
            best = at;
        }
    }
    best
}

/// Visits every position of a tensor with the wrapping sum of `step · position`.
pub(super) fn affine_walk(shape: &[usize], steps: &[usize], mut visit: impl FnMut(usize)) {
    let mut position: SmallVec<[usize; 4]> = SmallVec::from_elem(0, shape.len());
    loop {
        let offset =
            position.iter().zip(steps).fold(0usize, |sum, (p, s)| sum.wrapping_add(p.wrapping_mul(*s)));
        visit(offset);
        let mut axis = shape.len();
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            position[axis] += 1;
            if position[axis] < shape[axis] {
                break;
            }
            position[axis] = 0;
        }
    }
}
