//! Factors of a product that become fewer: equal bases, inverses, declared facts, contractions that have a name.

use smallvec::SmallVec;

use super::graph::Graph;
use super::node::{Atom, Exponent, Factor, Labels, Node};
use super::term::Partial;
use crate::number::Rational;

impl Graph {
    /// A sum beside a power of a multiple of it, `(1 − p)·(p − 1)⁻¹`, becomes a multiple of that base.
    fn unify_multiples(&self, partial: &mut Partial) {
        // Most products have no powers, and long ones are not compared pair by pair.
        let powers: SmallVec<[usize; 4]> =
            (0..partial.factors.len()).filter(|at| !partial.factors[*at].exponent.is_one()).collect();
        if powers.is_empty() {
            return;
        }
        for at in 0..partial.factors.len() {
            let factor = &partial.factors[at];
            let Node::Sum(terms) = self.node(factor.base) else { continue };
            if terms.len() < 2 || !factor.exponent.is_one() {
                continue;
            }
            let found = powers.iter().find_map(|power| {
                let other = &partial.factors[*power];
                if other.base == factor.base || other.labels != factor.labels {
                    return None;
                }
                let Node::Sum(others) = self.node(other.base) else { return None };
                let ratio = terms[0].0.divide(&others.first()?.0)?;
                let is_multiple = terms.len() == others.len()
                    && terms.iter().zip(others).all(|(a, b)| a.1 == b.1 && a.0 == &b.0 * &ratio);
                is_multiple.then_some((other.base, ratio))
            });
            if let Some((base, ratio)) = found {
                partial.factors[at].base = base;
                partial.coefficient *= &ratio;
            }
        }
    }

    /// Merges equal factors; `Some(true)` if the product must be looked at again, `None` if it is zero.
    pub(super) fn merge_factors(&mut self, partial: &mut Partial) -> Option<bool> {
        self.unify_multiples(partial);
        if partial.sizes.is_empty() {
            return Some(self.merge_scalars(partial));
        }
        let mut again = false;
        let mut merged: SmallVec<[Factor; 2]> = SmallVec::new();
        for factor in std::mem::take(&mut partial.factors) {
            let (labels, flips) = if factor.labels.len() < 2 {
                (factor.labels.clone(), false)
            } else {
                self.oriented(&factor, factor.labels.clone())?
            };
            if flips {
                partial.coefficient = -partial.coefficient.clone();
            }
            match merged.iter().position(|m| m.base == factor.base && m.labels == labels) {
                Some(at) => {
                    let exponent = merged[at].exponent.clone();
                    merged[at].exponent = self.merged_exponent(&factor, &exponent);
                    again = true;
                }
                None => merged.push(Factor { labels, ..factor }),
            }
        }
        for factor in merged {
            if matches!(&factor.exponent, Exponent::Number(q) if q.is_zero()) {
                continue;
            }
            if again {
                // The exponent may have become one: what was kept whole can be flattened now.
                self.push_factor(partial, factor);
            } else {
                partial.factors.push(factor);
            }
        }
        Some(again)
    }

    /// The exponent of a factor that comes twice; positive powers of zeros and ones are all the same.
    fn merged_exponent(&mut self, factor: &Factor, other: &Exponent) -> Exponent {
        let is_positive = |exponent: &Exponent| exponent.number().is_some_and(Rational::is_positive);
        if is_positive(other) && is_positive(&factor.exponent) && self.is_indicator(factor) {
            return Exponent::ONE;
        }
        self.exponent_plus(other, &factor.exponent)
    }

    /// The same for a product of scalars: only equal bases matter, and most products have none.
    fn merge_scalars(&mut self, partial: &mut Partial) -> bool {
        let factors = &mut partial.factors;
        if factors.len() <= 8 {
            let is_apart = |at: usize| factors[at + 1..].iter().all(|f| f.base != factors[at].base);
            if (0..factors.len()).all(is_apart) {
                return false;
            }
        }
        factors.sort_by_key(|factor| factor.base);
        if factors.windows(2).all(|pair| pair[0].base != pair[1].base) {
            return false;
        }
        let mut merged: SmallVec<[Factor; 2]> = SmallVec::new();
        for factor in std::mem::take(&mut partial.factors) {
            match merged.last_mut() {
                Some(last) if last.base == factor.base => {
                    let exponent = last.exponent.clone();
                    last.exponent = self.merged_exponent(&factor, &exponent);
                }
                _ => merged.push(factor),
            }
        }
        for factor in merged {
            // The exponent may have become one: what was kept whole can be flattened now.
            self.push_factor(partial, factor);
        }
        true
    }

    /// `Σ_k X[i,k]·inv(X)[k,j] = δ[i,j]`, from either side; X may be multiplied out.
    pub(super) fn cancel_inverse(&mut self, partial: &mut Partial) -> bool {
        for at in 0..partial.factors.len() {
            let factor = &partial.factors[at];
            let Some(Atom::Inverse(inner)) = self.atom(factor.base) else { continue };
            if !factor.exponent.is_one() || factor.labels[0] == factor.labels[1] {
                continue;
            }
            let terms = self.terms(*inner);
            let (pattern, count, scale) = match (terms.as_slice(), self.node(*inner)) {
                ([(coefficient, term)], _) => {
                    (term.factors.to_vec(), term.sizes.len(), coefficient.reciprocal())
                }
                (_, Node::Sum(_)) => {
                    let labels = Labels::from_slice(&[0, 1]);
                    let whole = Factor { base: *inner, labels, exponent: Exponent::ONE };
                    (vec![whole], 2, Some(Rational::ONE))
                }
                _ => continue,
            };
            let Some(scale) = scale else { continue };
            // Axes of the inverse run against those of the matrix: inv(X)[b, c], X[c, d] or X[d, b].
            let (b, c) = (factor.labels[0], factor.labels[1]);
            // A symmetric matrix is met either way round.
            let turns = self.symmetries(*inner).iter().any(|symmetry| !symmetry.is_negative);
            let ways = [(0usize, c, b), (1usize, b, c), (1usize, c, b), (0usize, b, c)];
            for (slot, shared, kept) in ways.into_iter().take(if turns { 4 } else { 2 }) {
                if (shared as usize) < partial.outputs {
                    continue;
                }
                let mut preset = vec![None; 2];
                preset[slot] = Some(shared);
                let Some(found) = Self::match_partly(&pattern, count, &preset, partial) else { continue };
                let other = found.labels[1 - slot];
                let uses = |f: &Factor| f.labels.contains(&shared);
                let is_private = partial
                    .factors
                    .iter()
                    .enumerate()
                    .all(|(i, f)| i == at || found.consumed.contains(&i) || !uses(f));
                if !is_private || other == shared {
                    continue;
                }
                let Some(size) = partial.sizes[kept as usize] else { continue };
                let mut consumed = found.consumed;
                consumed.push(at);
                consumed.sort_unstable();
                for gone in consumed.into_iter().rev() {
                    partial.factors.remove(gone);
                }
                for label in &found.labels[2..] {
                    partial.sizes[*label as usize] = None;
                }
                partial.sizes[shared as usize] = None;
                partial.coefficient *= &scale;
                let base = self.delta_atom(size);
                partial.factors.push(Factor {
                    base,
                    labels: Labels::from_slice(&[kept, other]),
                    exponent: Exponent::ONE,
                });
                return true;
            }
        }
        false
    }

    /// A contraction that is there as a factor to another power and multiplied out beside it is one power:
    /// `S⁻¹·Σ_k exp(a)[k] = 1` for S = `Σ_k` exp(a)[k].
    pub(super) fn fold_contraction(&mut self, partial: &mut Partial) -> bool {
        for at in 0..partial.factors.len() {
            let factor = &partial.factors[at];
            let Exponent::Number(exponent) = &factor.exponent else { continue };
            if exponent.is_integer() && !exponent.is_negative() {
                continue;
            }
            let Node::Sum(terms) = self.node(factor.base) else { continue };
            let [(coefficient, term)] = terms.as_slice() else { continue };
            let free = factor.labels.len();
            if term.sizes.len() == free {
                continue;
            }
            let found = Self::match_contraction(&term.factors, term.sizes.len(), &factor.labels, partial);
            let (Some(found), Some(scale)) = (found, coefficient.reciprocal()) else { continue };
            partial.coefficient *= &scale;
            partial.factors[at].exponent = Exponent::Number(exponent + &Rational::ONE);
            for label in &found.labels[free..] {
                partial.sizes[*label as usize] = None;
            }
            let mut consumed = found.consumed;
            consumed.sort_unstable();
            for gone in consumed.into_iter().rev() {
                partial.factors.remove(gone);
            }
            // It may have become a power that is multiplied out.
            let factors = std::mem::take(&mut partial.factors);
            for factor in factors {
                self.push_factor(partial, factor);
            }
            return true;
        }
        false
    }

    pub(super) fn apply_fact(&mut self, partial: &mut Partial) -> bool {
        for number in 0..self.facts.len() {
            if self.paused.contains(&super::FactId(number)) {
                continue;
            }
            let fact = &self.facts[number];
            let Some(found) = Self::match_fact(fact, &partial.factors, partial.outputs) else { continue };
            let (value, free, is_delta) = (fact.value.clone(), fact.free, fact.is_delta);
            let mut consumed = found.consumed;
            consumed.sort_unstable();
            for at in consumed.into_iter().rev() {
                partial.factors.remove(at);
            }
            for label in &found.labels[free..] {
                partial.sizes[*label as usize] = None;
            }
            partial.coefficient *= &value;
            if value.is_zero() {
                partial.is_zero = true;
            }
            if is_delta && let Some(size) = partial.sizes[found.labels[0] as usize] {
                let base = self.delta_atom(size);
                let labels = Labels::from_slice(&found.labels[..2]);
                partial.factors.push(Factor { base, labels, exponent: Exponent::ONE });
            }
            self.facts_used.push(super::FactId(number));
            return true;
        }
        false
    }
}
