//! Sums of contractions: exactly, in `f64`, or with a scale beside every value where exponentials leave `f64`.

use smallvec::SmallVec;

use super::contract::{self, Operand};
use super::error::EvaluationError;
use super::tensor::{Shape, Tensor, strides, walk};
use super::{Evaluation, LIMIT_OPERATIONS};
use crate::evaluate::exact::{self, Exact};
use crate::evaluate::scalar;
use crate::ir::{Exponent, Factor, Term};
use crate::number::Rational;

/// Exact arithmetic is tried on contractions up to this many products of factors.
const EXACT_WORK: usize = 20_000;
/// Exact values with more bits are followed in `f64` only.
pub(super) const EXACT_BITS: u64 = 2048;
/// Scaled values whose logarithm is within this range go back to plain ones.
const PLAIN_LOGARITHM: f64 = 300.0;

impl Evaluation<'_> {
    pub(super) fn sum(
        &mut self,
        terms: &[(Rational, Term)],
        shape: Shape,
    ) -> Result<Tensor, EvaluationError> {
        let count: usize = shape.iter().product();
        if terms.is_empty() {
            return Ok(Tensor::exact(shape, vec![Exact::Rational(Rational::ZERO); count]));
        }
        let mut sizes: Vec<SmallVec<[usize; 8]>> = Vec::with_capacity(terms.len());
        for (_, term) in terms {
            let mut own = SmallVec::new();
            for size in &term.sizes {
                own.push(self.size(*size)?);
            }
            sizes.push(own);
        }
        let is_structure = self.is_structural(terms);
        if let Some(exact) = self.exact_sum(terms, &sizes, shape.len(), count) {
            return Ok(Tensor { is_structure, ..Tensor::exact(shape, exact) });
        }
        let is_scaled =
            terms.iter().any(|(_, term)| term.factors.iter().any(|f| self.value(f.base).scale.is_some()));
        if is_scaled {
            return self.scaled_sum(terms, &sizes, shape, count);
        }
        let mut entries = vec![0.0; count];
        for ((coefficient, term), sizes) in terms.iter().zip(&sizes) {
            let coefficient = coefficient.to_f64();
            if sizes.is_empty() {
                let mut values: SmallVec<[(f64, bool); 8]> = SmallVec::new();
                for factor in &term.factors {
                    let value = self.power_of(factor, 0);
                    values.push((value, self.is_structure(factor)));
                }
                let product = contract::product(&mut self.causes, 0, &values);
                entries[0] = contract::plus(&mut self.causes, 0, entries[0], times(coefficient, product));
                continue;
            }
            let mut operands = Vec::with_capacity(term.factors.len());
            for factor in &term.factors {
                operands.push(self.operand(factor));
            }
            let part =
                contract::contract(&mut self.causes, &mut self.operations, operands, sizes, shape.len())?;
            for (at, (entry, value)) in entries.iter_mut().zip(part).enumerate() {
                *entry = contract::plus(&mut self.causes, at, *entry, times(coefficient, value));
            }
        }
        Ok(Tensor { is_structure, ..Tensor::new(shape, entries) })
    }

    /// Sums and products of zeros and ones of structure only, such as 1 − δ.
    fn is_structural(&self, terms: &[(Rational, Term)]) -> bool {
        terms.iter().any(|(_, term)| !term.factors.is_empty())
            && terms.iter().all(|(_, term)| term.factors.iter().all(|factor| self.is_structure(factor)))
    }

    fn is_structure(&self, factor: &Factor) -> bool {
        self.value(factor.base).is_structure && factor.exponent.is_one()
    }

    /// The exponent as a float, and as a number where it is written.
    fn exponent<'t>(&self, exponent: &'t Exponent) -> (f64, Option<&'t Rational>) {
        match exponent {
            Exponent::Number(q) => (q.to_f64(), Some(q)),
            Exponent::Node(node) => (self.value(*node).entries[0], None),
        }
    }

    /// One entry of the base of a factor to its power.
    fn power_of(&mut self, factor: &Factor, at: usize) -> f64 {
        let base = self.value(factor.base).entries[at];
        if factor.exponent.is_one() {
            return base;
        }
        let (exponent, written) = self.exponent(&factor.exponent);
        if base.is_nan() {
            return base;
        }
        if exponent.is_nan() {
            return exponent;
        }
        match scalar::power(base, exponent, written) {
            Ok(value) => self.causes.finite(at, value),
            Err(reason) => self.causes.undefined(at, reason, base),
        }
    }

    /// A factor with its power taken.
    fn operand(&mut self, factor: &Factor) -> Operand {
        let count = self.value(factor.base).entries.len();
        let is_structure = self.is_structure(factor);
        let data = if factor.exponent.is_one() {
            self.value(factor.base).entries.clone()
        } else {
            (0..count).map(|at| self.power_of(factor, at)).collect()
        };
        Operand {
            labels: factor.labels.clone(),
            shape: self.value(factor.base).shape.clone(),
            data,
            is_structure,
        }
    }

    /// The sum in exact arithmetic; `None` if something is not exact, has no value, or is too much work.
    fn exact_sum(
        &self,
        terms: &[(Rational, Term)],
        sizes: &[SmallVec<[usize; 8]>],
        outputs: usize,
        count: usize,
    ) -> Option<Vec<Exact>> {
        let mut work = 0usize;
        for ((_, term), sizes) in terms.iter().zip(sizes) {
            let products = sizes.iter().try_fold(1usize, |p, n| p.checked_mul(*n))?;
            work = work.checked_add(products.checked_mul(term.factors.len() + 1)?)?;
            if work > EXACT_WORK {
                return None;
            }
            for factor in &term.factors {
                self.value(factor.base).exact.as_ref()?;
            }
        }
        let mut out = vec![Exact::Rational(Rational::ZERO); count];
        for ((coefficient, term), sizes) in terms.iter().zip(sizes) {
            let mut operands: Vec<Vec<Exact>> = Vec::with_capacity(term.factors.len());
            let mut steps = Vec::with_capacity(term.factors.len());
            for factor in &term.factors {
                let base = self.value(factor.base);
                let exact = base.exact.as_ref()?;
                let exponent = match &factor.exponent {
                    Exponent::Number(q) => Exact::Rational(q.clone()),
                    Exponent::Node(node) => self.value(*node).exact.as_ref()?.first()?.clone(),
                };
                let mut powers = Vec::with_capacity(exact.len());
                for value in exact {
                    powers.push(if factor.exponent.is_one() {
                        value.clone()
                    } else {
                        exact::raise(value, &exponent).ok().filter(|v| !v.is_large(EXACT_BITS))?
                    });
                }
                operands.push(powers);
                steps.push(strides(&factor.labels, &base.shape, sizes.len()));
            }
            let coefficient = Exact::Rational(coefficient.clone());
            let mut failed = false;
            walk(sizes, outputs, &steps, |output, offsets| {
                if failed {
                    return;
                }
                let product = operands
                    .iter()
                    .zip(offsets)
                    .try_fold(coefficient.clone(), |product, (operand, offset)| {
                        exact::multiply(&product, &operand[*offset]).ok()
                    })
                    .and_then(|product| exact::add(&out[output], &product).ok())
                    .filter(|sum| !sum.is_large(EXACT_BITS));
                match product {
                    Some(sum) => out[output] = sum,
                    None => failed = true,
                }
            });
            if failed {
                return None;
            }
        }
        Some(out)
    }

    /// The sum of values with scales: `mantissa · e^scale`, the scale of a sum being the largest of its parts.
    fn scaled_sum(
        &mut self,
        terms: &[(Rational, Term)],
        sizes: &[SmallVec<[usize; 8]>],
        shape: Shape,
        count: usize,
    ) -> Result<Tensor, EvaluationError> {
        let mut entries = vec![0.0f64; count];
        let mut scales = vec![0.0f64; count];
        for ((coefficient, term), sizes) in terms.iter().zip(sizes) {
            let work = sizes.iter().try_fold(term.factors.len() + 1, |p, n| p.checked_mul(*n));
            self.charge(work.filter(|w| *w <= LIMIT_OPERATIONS / 10).ok_or(EvaluationError::Limit)?)?;
            let mut operands = Vec::with_capacity(term.factors.len());
            let mut steps = Vec::with_capacity(term.factors.len());
            for factor in &term.factors {
                let operand = self.operand(factor);
                let exponent = self.exponent(&factor.exponent).0;
                let scale: Option<Vec<f64>> = self
                    .value(factor.base)
                    .scale
                    .as_ref()
                    .map(|scale| scale.iter().map(|s| s * exponent).collect());
                steps.push(strides(&operand.labels, &operand.shape, sizes.len()));
                operands.push((operand, scale));
            }
            let coefficient = coefficient.to_f64();
            let causes = &mut self.causes;
            walk(sizes, shape.len(), &steps, |output, offsets| {
                let mut values: SmallVec<[(f64, bool); 8]> = SmallVec::new();
                let mut scale = 0.0;
                for ((operand, scales), offset) in operands.iter().zip(offsets) {
                    values.push((operand.data[*offset], operand.is_structure));
                    scale += scales.as_ref().map_or(0.0, |s| s[*offset]);
                }
                let value = times(coefficient, contract::product(causes, output, &values));
                if value == 0.0 {
                    return;
                }
                if entries[output] == 0.0 {
                    (entries[output], scales[output]) = (value, scale);
                    return;
                }
                let top = scale.max(scales[output]);
                let kept = entries[output] * libm::exp(scales[output] - top);
                let added = value * libm::exp(scale - top);
                entries[output] = contract::plus(causes, output, kept, added);
                scales[output] = top;
            });
        }
        let is_plain = entries.iter().zip(&scales).all(|(entry, scale)| {
            entry.is_nan() || *entry == 0.0 || (libm::log(entry.abs()) + scale).abs() < PLAIN_LOGARITHM
        });
        let mut tensor = Tensor::new(shape, entries);
        if is_plain {
            for (entry, scale) in tensor.entries.iter_mut().zip(&scales) {
                if !entry.is_nan() && *entry != 0.0 {
                    *entry *= libm::exp(*scale);
                }
            }
        } else {
            tensor.scale = Some(scales);
        }
        Ok(tensor)
    }
}

/// A coefficient times a value; a coefficient beyond `f64` does not spoil a zero.
fn times(coefficient: f64, value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { coefficient * value }
}
