//! Contractions in `f64`: operand by operand in an order that keeps intermediate results small.

use smallvec::SmallVec;

use super::error::EvaluationError;
use super::tensor::{Causes, Shape, strides, walk};
use super::{LIMIT_ENTRIES, LIMIT_OPERATIONS};
use crate::evaluate::Reason;
use crate::ir::Labels;

/// Contractions up to this many products are done at once, without intermediate results.
const DIRECT_WORK: usize = 4096;

/// A tensor on labels.
pub(super) struct Operand {
    pub labels: Labels,
    pub shape: Shape,
    pub data: Vec<f64>,
    /// Its zeros cancel what has no value.
    pub is_structure: bool,
}

/// The product of values, each with whether its zero cancels what has no value.
pub(super) fn product(causes: &mut Causes, entry: usize, values: &[(f64, bool)]) -> f64 {
    let mut product = 1.0;
    for (value, _) in values {
        product *= value;
    }
    if product.is_finite() && product != 0.0 {
        return product;
    }
    if values.iter().any(|(value, is_structure)| *is_structure && *value == 0.0) {
        return 0.0;
    }
    if let Some((value, _)) = values.iter().find(|(value, _)| value.is_nan()) {
        return *value;
    }
    // The product of a part of them may leave the range although the whole does not.
    let (mut mantissa, mut exponent) = (1.0f64, 0i32);
    for (value, _) in values {
        let (m, e) = libm::frexp(*value);
        let (m, shift) = libm::frexp(mantissa * m);
        mantissa = m;
        exponent = exponent.saturating_add(e).saturating_add(shift);
    }
    causes.finite(entry, libm::ldexp(mantissa, exponent))
}

/// The sum of two values.
pub(super) fn plus(causes: &mut Causes, entry: usize, a: f64, b: f64) -> f64 {
    let sum = a + b;
    if sum.is_finite() {
        sum
    } else if a.is_nan() {
        a
    } else if b.is_nan() {
        b
    } else {
        causes.undefined(entry, Reason::Overflow, if a.is_finite() { b } else { a })
    }
}

/// The contraction of the operands to the first `outputs` labels.
pub(super) fn contract(
    causes: &mut Causes,
    operations: &mut usize,
    mut operands: Vec<Operand>,
    sizes: &[usize],
    outputs: usize,
) -> Result<Vec<f64>, EvaluationError> {
    let is_small = |operands: &[Operand]| {
        let work = sizes.iter().try_fold(operands.len().max(1), |p, n| p.checked_mul(*n));
        work.is_some_and(|work| work <= DIRECT_WORK)
    };
    while operands.len() > 1 && !is_small(&operands) {
        if let Some(at) = operands.iter().position(|o| !private(o, &operands, outputs).is_empty()) {
            let operand = operands.remove(at);
            let gone = private(&operand, &operands, outputs);
            let kept: Labels = unique(&operand.labels).into_iter().filter(|l| !gone.contains(l)).collect();
            operands.insert(at, combine(causes, operations, vec![operand], &kept, sizes)?);
            continue;
        }
        if operands.len() == 2 {
            break;
        }
        let (i, j, kept) = cheapest(&operands, sizes, outputs);
        let second = operands.remove(j);
        let first = operands.remove(i);
        let joined = combine(causes, operations, vec![first, second], &kept, sizes)?;
        operands.push(joined);
    }
    let all: Labels = (0..outputs as u8).collect();
    Ok(combine(causes, operations, operands, &all, sizes)?.data)
}

fn unique(labels: &[u8]) -> Labels {
    let mut out = Labels::new();
    for label in labels {
        if !out.contains(label) {
            out.push(*label);
        }
    }
    out
}

/// Labels that are summed over and occur in this operand only.
fn private(operand: &Operand, others: &[Operand], outputs: usize) -> Labels {
    unique(&operand.labels)
        .into_iter()
        .filter(|label| {
            *label as usize >= outputs
                && others.iter().all(|o| std::ptr::eq(o, operand) || !o.labels.contains(label))
        })
        .collect()
}

/// The pair whose product takes the fewest operations, the smaller result first; with the labels that the product keeps.
fn cheapest(operands: &[Operand], sizes: &[usize], outputs: usize) -> (usize, usize, Labels) {
    let mut best: Option<(f64, f64, usize, usize, Labels)> = None;
    for j in 1..operands.len() {
        for i in 0..j {
            let mut labels = operands[i].labels.clone();
            labels.extend_from_slice(&operands[j].labels);
            let labels = unique(&labels);
            let kept: Labels = labels
                .iter()
                .copied()
                .filter(|label| {
                    (*label as usize) < outputs
                        || operands
                            .iter()
                            .enumerate()
                            .any(|(at, o)| at != i && at != j && o.labels.contains(label))
                })
                .collect();
            let volume = |labels: &[u8]| labels.iter().map(|l| sizes[*l as usize] as f64).product::<f64>();
            let (cost, size) = (volume(&labels), volume(&kept));
            // A product that grows is put off: what it grows by counts as cost.
            let cost = cost + size;
            if best.as_ref().is_none_or(|b| (cost, size) < (b.0, b.1)) {
                best = Some((cost, size, i, j, kept));
            }
        }
    }
    best.map_or((0, 1, Labels::new()), |(_, _, i, j, kept)| (i, j, kept))
}

/// The product of operands, summed over every label that is not kept.
fn combine(
    causes: &mut Causes,
    operations: &mut usize,
    operands: Vec<Operand>,
    kept: &[u8],
    sizes: &[usize],
) -> Result<Operand, EvaluationError> {
    let mut order: Labels = Labels::from_slice(kept);
    for operand in &operands {
        for label in &operand.labels {
            if !order.contains(label) {
                order.push(*label);
            }
        }
    }
    let own: SmallVec<[usize; 8]> = order.iter().map(|l| sizes[*l as usize]).collect();
    let shape: Shape = kept.iter().map(|l| sizes[*l as usize]).collect();
    let count = shape.iter().try_fold(1usize, |p, n| p.checked_mul(*n));
    let work = own.iter().try_fold(operands.len().max(1), |p, n| p.checked_mul(*n));
    let (Some(count), Some(work)) = (count, work) else { return Err(EvaluationError::Limit) };
    *operations = operations.saturating_add(work);
    if count > LIMIT_ENTRIES || *operations > LIMIT_OPERATIONS {
        return Err(EvaluationError::Limit);
    }
    let steps: Vec<Vec<usize>> = operands
        .iter()
        .map(|operand| {
            let labels: Labels = operand
                .labels
                .iter()
                .map(|label| order.iter().position(|l| l == label).unwrap_or(0) as u8)
                .collect();
            strides(&labels, &operand.shape, order.len())
        })
        .collect();
    let mut data = vec![0.0; count];
    walk(&own, kept.len(), &steps, |output, offsets| {
        let mut value = 1.0;
        for (operand, offset) in operands.iter().zip(offsets) {
            value *= operand.data[*offset];
        }
        let sum = data[output] + value;
        if sum.is_finite() && value != 0.0 {
            data[output] = sum;
            return;
        }
        let values: SmallVec<[(f64, bool); 8]> = operands
            .iter()
            .zip(offsets)
            .map(|(operand, offset)| (operand.data[*offset], operand.is_structure))
            .collect();
        let value = product(causes, output, &values);
        data[output] = plus(causes, output, data[output], value);
    });
    let is_structure = operands.iter().all(|operand| operand.is_structure);
    Ok(Operand { labels: Labels::from_slice(kept), shape, data, is_structure })
}
