//! δ, unit vectors and masks in a product: what they select, and what they make zero.

use super::graph::Graph;
use super::node::{Atom, Exponent, Factor, Labels, Node};
use super::term::{MAXIMUM_LABELS, Partial};
use crate::number::Rational;

impl Graph {
    /// `Σ_k` `δ_ik` `f_k` = `f_i`; a δ between two outputs substitutes the smaller label into the other factors.
    pub(super) fn eliminate_delta(&mut self, partial: &mut Partial) -> Option<bool> {
        for at in 0..partial.factors.len() {
            if !matches!(self.atom(partial.factors[at].base), Some(Atom::Delta)) {
                continue;
            }
            let (p, q) = (partial.factors[at].labels[0], partial.factors[at].labels[1]);
            if p == q {
                partial.factors.remove(at);
                return Some(true);
            }
            let (keep, gone) = if q as usize >= partial.outputs { (p, q) } else { (q, p) };
            if gone as usize >= partial.outputs {
                partial.factors.remove(at);
                substitute(&mut partial.factors, gone, keep);
                partial.sizes[gone as usize] = None;
                return Some(true);
            }
            let (low, high) = (p.min(q), p.max(q));
            let mut changed = false;
            for (i, factor) in partial.factors.iter_mut().enumerate() {
                if i != at {
                    for label in factor.labels.iter_mut().filter(|l| **l == high) {
                        *label = low;
                        changed = true;
                    }
                }
            }
            if changed {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Is the factor one at exactly one position, zero elsewhere?
    pub(super) fn is_point(&self, factor: &Factor) -> bool {
        match self.atom(factor.base) {
            Some(Atom::Unit(_)) => true,
            Some(Atom::Affine(coefficients, constant)) => {
                let size = self.dimension_value(self.axes(factor.base)[0]).as_number();
                coefficients.len() == 1
                    && coefficients[0] == 1
                    && size.is_some_and(|n| (1..=n).contains(&-constant))
            }
            _ => false,
        }
    }

    /// Labels fixed at one position by `e`: `Σ_k e[k] = 1` once nothing else uses the label; two bound labels at the same
    /// position are one; and `e[i]·f[i] = e[i]·Σ_q e[q]·f[q]`, so that `f` at the position is the same wherever it stands.
    pub(super) fn eliminate_unit(&mut self, partial: &mut Partial) -> bool {
        for at in 0..partial.factors.len() {
            if !self.is_point(&partial.factors[at]) {
                continue;
            }
            let (base, label) = (partial.factors[at].base, partial.factors[at].labels[0]);
            let is_bound = label as usize >= partial.outputs;
            let is_private =
                partial.factors.iter().enumerate().all(|(i, f)| i == at || !f.labels.contains(&label));
            if is_private && is_bound {
                partial.factors.remove(at);
                partial.sizes[label as usize] = None;
                return true;
            }
            let other = partial.factors.iter().enumerate().find(|(i, f)| {
                *i != at && f.base == base && f.labels[0] != label && f.labels[0] as usize >= partial.outputs
            });
            if let (true, Some((_, other))) = (is_bound, other) {
                let keep = other.labels[0];
                partial.factors.remove(at);
                substitute(&mut partial.factors, label, keep);
                partial.sizes[label as usize] = None;
                return true;
            }
            if !is_bound && !is_private && partial.sizes.len() < MAXIMUM_LABELS {
                let place = if let Some((_, other)) = other {
                    other.labels[0]
                } else {
                    let fresh = partial.sizes.len() as u8;
                    partial.sizes.push(partial.sizes[label as usize]);
                    let exponent = Exponent::ONE;
                    partial.factors.push(Factor { base, labels: Labels::from_slice(&[fresh]), exponent });
                    fresh
                };
                for (i, factor) in partial.factors.iter_mut().enumerate() {
                    if i != at {
                        for l in factor.labels.iter_mut().filter(|l| **l == label) {
                            *l = place;
                        }
                    }
                }
                return true;
            }
        }
        false
    }

    /// `[i ≠ j]·d[i,j] = d[i,j]` where d is antisymmetric: the diagonal is zero anyway. The mask may stand inside a sum. Not
    /// where the rest may have no value on the diagonal.
    pub(super) fn drop_mask(&mut self, partial: &mut Partial) -> bool {
        for at in 0..partial.factors.len() {
            let factor = partial.factors[at].clone();
            if let Some(sign) = self.mask_sign(factor.base) {
                let Some(n) = factor.exponent.number().and_then(Rational::as_integer).filter(|n| *n > 0)
                else {
                    continue;
                };
                let (p, q) = (factor.labels[0], factor.labels[1]);
                let others = partial.factors.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, f)| f);
                if self.is_odd_between(partial, at, p, q) && self.are_total_between(others, p, q) {
                    if n % 2 != 0 {
                        partial.coefficient *= &sign;
                    }
                    partial.factors.remove(at);
                    return true;
                }
                continue;
            }
            let Node::Sum(terms) = self.node(factor.base) else { continue };
            if terms.len() < 2 || !factor.exponent.is_one() {
                continue;
            }
            let rank = factor.labels.len();
            let terms = terms.clone();
            let mut changed = false;
            let mut left = Vec::with_capacity(terms.len());
            for (mut coefficient, mut term) in terms {
                let mask = term.factors.iter().enumerate().find_map(|(i, f)| {
                    let sign = self.mask_sign(f.base).filter(|_| f.exponent.is_one())?;
                    let (a, b) = (f.labels[0] as usize, f.labels[1] as usize);
                    if a >= rank || b >= rank {
                        return None;
                    }
                    let (p, q) = (factor.labels[a], factor.labels[b]);
                    let outside =
                        partial.factors.iter().enumerate().filter(|(j, _)| *j != at).map(|(_, f)| f);
                    let inside = term.factors.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, f)| f);
                    (self.is_odd_between(partial, at, p, q)
                        && self.are_total_between(outside, p, q)
                        && self.are_total_between(inside, f.labels[0], f.labels[1]))
                    .then_some((i, sign))
                });
                if let Some((gone, sign)) = mask {
                    term.factors.remove(gone);
                    coefficient *= &sign;
                    changed = true;
                }
                left.push((coefficient, term));
            }
            if !changed {
                continue;
            }
            let axes = self.axes(factor.base).clone();
            let mut parts = Vec::with_capacity(left.len());
            for (coefficient, term) in left {
                let operands: Vec<super::Operand> = term
                    .factors
                    .iter()
                    .map(|f| super::Operand {
                        node: f.base,
                        labels: f.labels.clone(),
                        exponent: f.exponent.clone(),
                    })
                    .collect();
                parts.push((coefficient, self.contract(axes.len(), &term.sizes, &operands)));
            }
            let base = self.combine(&parts);
            partial.factors.remove(at);
            self.push_factor(partial, Factor { base, ..factor });
            return true;
        }
        false
    }

    /// 1 for `1 − δ`, −1 for `δ − 1`.
    fn mask_sign(&self, node: super::NodeId) -> Option<Rational> {
        let Node::Sum(terms) = self.node(node) else { return None };
        let [a, b] = terms.as_slice() else { return None };
        let (one, other) = if a.1.factors.is_empty() { (a, b) } else { (b, a) };
        let [factor] = other.1.factors.as_slice() else { return None };
        let is_mask = one.1.factors.is_empty()
            && one.0.abs().is_one()
            && other.0 == -one.0.clone()
            && factor.labels.len() == 2
            && other.1.sizes.len() == 2
            && matches!(self.atom(factor.base), Some(Atom::Delta));
        is_mask.then(|| one.0.clone())
    }

    /// Is there a factor (other than `at`) that changes its sign when the labels p and q are exchanged?
    fn is_odd_between(&self, partial: &Partial, at: usize, p: u8, q: u8) -> bool {
        p != q
            && partial.factors.iter().enumerate().any(|(i, factor)| {
                let is_odd = matches!(&factor.exponent,
                    Exponent::Number(e) if e.is_positive() && e.is_integer() && !e.is_even());
                i != at
                    && is_odd
                    && self.symmetries(factor.base).iter().any(|symmetry| {
                        // The exchange of the axes that carry p and q, all others in place.
                        symmetry.is_negative
                            && symmetry.order.iter().enumerate().all(|(axis, from)| {
                                let (here, there) = (factor.labels[axis], factor.labels[*from as usize]);
                                here == there || (here, there) == (p, q) || (here, there) == (q, p)
                            })
                    })
            })
    }

    /// Is a factor summed over by itself, the sum being zero: `Σ_k` (x[k] − mean(x))?
    pub(super) fn has_vanishing_total(&mut self, partial: &Partial) -> bool {
        for at in 0..partial.factors.len() {
            let factor = &partial.factors[at];
            let is_alone = !factor.labels.is_empty()
                && factor.exponent.is_one()
                && factor.labels.iter().enumerate().all(|(i, label)| {
                    *label as usize >= partial.outputs
                        && !factor.labels[..i].contains(label)
                        && partial
                            .factors
                            .iter()
                            .enumerate()
                            .all(|(j, f)| j == at || !f.labels.contains(label))
                });
            if !is_alone || !matches!(self.node(factor.base), Node::Sum(terms) if terms.len() > 1) {
                continue;
            }
            let base = factor.base;
            let axes = self.axes(base).clone();
            let all: Labels = (0..axes.len() as u8).collect();
            let was = std::mem::replace(&mut self.shared, false);
            let total = self.contract(0, &axes, &[super::Operand::new(base, &all)]);
            self.shared = was;
            if self.is_zero(total) {
                return true;
            }
        }
        false
    }
}

fn substitute(factors: &mut [Factor], from: u8, to: u8) {
    for factor in factors {
        for label in factor.labels.iter_mut().filter(|l| **l == from) {
            *label = to;
        }
    }
}
