//! Construction form of one product: equal factors merged, δ eliminated, facts applied, labels canonical.

use smallvec::SmallVec;

use super::dimension::DimensionId;
use super::graph::{Graph, mix};
use super::node::{Atom, Axes, Exponent, Factor, Labels, Node, NodeId, Term};
use crate::number::Rational;

/// Exact powers of numbers are kept as powers beyond this many bits.
pub(super) const MAXIMUM_BITS: u64 = 4096;
/// A term has at most this many labels; labels are bytes, and canonical labelling is costly long before.
pub(super) const MAXIMUM_LABELS: usize = 48;
/// In shared form, terms longer than this stay factors of their users. Measured as nodes and factors of formula and gradient
/// over those of the formula, on deep networks and on the logistic map: without a cap the ratio grows with depth, with 6 it is
/// 3.2 and 6.1, with 4 3.0 and 5.2, with 3 2.7 and 4.3.
const SHARED_FACTORS: usize = 3;

/// A product under construction.
pub(super) struct Partial {
    pub coefficient: Rational,
    /// Sizes of labels, outputs first. A bound label that was eliminated is `None`.
    pub sizes: SmallVec<[Option<DimensionId>; 8]>,
    pub outputs: usize,
    pub factors: SmallVec<[Factor; 2]>,
    /// A factor is zero with a positive power.
    pub is_zero: bool,
}

impl Graph {
    /// Multiplies `base[labels]^exponent` into a product, flattening what can be.
    pub(super) fn push_factor(&mut self, partial: &mut Partial, mut factor: Factor) {
        if matches!(&factor.exponent, Exponent::Number(q) if q.is_zero()) {
            return;
        }
        if !factor.labels.is_empty() {
            if let Some((base, kept)) = self.without_unused_axes(factor.base) {
                factor.labels = kept.iter().map(|axis| factor.labels[*axis as usize]).collect();
                factor.base = base;
            }
            if factor.labels.len() > 1
                && let Some((base, order)) = self.with_sorted_axes(factor.base)
            {
                factor.labels = order.iter().map(|axis| factor.labels[*axis as usize]).collect();
                factor.base = base;
            }
        }
        let Node::Sum(terms) = self.node(factor.base) else {
            partial.factors.push(factor);
            return;
        };
        let is_raised = matches!(&factor.exponent, Exponent::Number(q) if q.is_positive() && !q.is_one());
        if is_raised && self.is_indicator(&factor) {
            self.push_factor(partial, Factor { exponent: Exponent::ONE, ..factor });
            return;
        }
        match (terms.as_slice(), &factor.exponent) {
            ([], Exponent::Number(q)) if q.is_positive() => partial.is_zero = true,
            // no value; kept, so that whoever asks for one is told
            ([], _) => partial.factors.push(factor),
            ([(coefficient, term)], exponent) if exponent.is_one() => {
                if self.is_kept_whole(partial, &factor, term) {
                    partial.factors.push(factor);
                } else {
                    flatten(partial, &factor.labels, coefficient, term);
                }
            }
            ([(coefficient, term)], _) => {
                let (coefficient, term) = (coefficient.clone(), term.clone());
                self.push_power(partial, factor, &coefficient, &term);
            }
            (_, Exponent::Number(q)) if q.is_integer() => self.push_primitive(partial, factor),
            _ => partial.factors.push(factor),
        }
    }

    /// A sum whose entries do not depend on some of its axes (it was repeated along them to be added or multiplied), on the
    /// axes on which it does, and which those are. `None` if it depends on all.
    fn without_unused_axes(&mut self, node: NodeId) -> Option<(NodeId, Labels)> {
        let Node::Sum(terms) = self.node(node) else { return None };
        let rank = self.rank(node);
        let is_used = |axis: &u8| {
            terms.iter().any(|(_, term)| term.factors.iter().any(|factor| factor.labels.contains(axis)))
        };
        if terms.len() < 2 || (0..rank as u8).all(|axis| is_used(&axis)) {
            return None;
        }
        let kept: Labels = (0..rank as u8).filter(is_used).collect();
        let axes: Axes = kept.iter().map(|axis| self.axes(node)[*axis as usize]).collect();
        let mut narrow = Vec::with_capacity(terms.len());
        for (coefficient, term) in terms.clone() {
            let mut to: Labels = SmallVec::from_elem(0, term.sizes.len());
            let mut sizes = axes.clone();
            for (at, axis) in kept.iter().enumerate() {
                to[*axis as usize] = at as u8;
            }
            for bound in rank..term.sizes.len() {
                to[bound] = sizes.len() as u8;
                sizes.push(term.sizes[bound]);
            }
            let factors = term
                .factors
                .into_iter()
                .map(|factor| Factor {
                    labels: factor.labels.iter().map(|l| to[*l as usize]).collect(),
                    ..factor
                })
                .collect();
            if let Some((is_negative, term)) = self.canonical_labelling(kept.len(), &sizes, factors) {
                narrow.push((if is_negative { -coefficient } else { coefficient }, term));
            }
        }
        Some((self.sum_node(axes, narrow), kept))
    }

    /// A sum with its axes in an order that depends on its content only, and that order; `None` if it has it. `Σ_ij` f(i,j) and
    /// `Σ_ji` f(i,j) meet; axes that nothing tells apart stay as they are.
    fn with_sorted_axes(&mut self, node: NodeId) -> Option<(NodeId, Labels)> {
        let Node::Sum(terms) = self.node(node) else { return None };
        if terms.len() < 2 {
            return None;
        }
        let signature = |axis: u8| {
            let mut sum = 0u64;
            for (coefficient, term) in terms {
                let mut uses = 0u64;
                for factor in &term.factors {
                    for (slot, label) in factor.labels.iter().enumerate() {
                        if *label == axis {
                            let factor =
                                mix(self.content_hash(factor.base), self.exponent_hash(&factor.exponent));
                            uses = uses.wrapping_add(mix(factor, slot as u64));
                        }
                    }
                }
                sum = sum.wrapping_add(mix(Graph::rational_hash(coefficient), uses));
            }
            sum
        };
        let mut order: SmallVec<[(u64, u8); 4]> =
            (0..self.rank(node) as u8).map(|axis| (signature(axis), axis)).collect();
        if order.windows(2).all(|pair| pair[0].0 <= pair[1].0) {
            return None;
        }
        order.sort_by_key(|(signature, _)| *signature);
        let order: Labels = order.into_iter().map(|(_, axis)| axis).collect();
        Some((self.permute(node, &order), order))
    }

    /// Would flattening make the product too large?
    fn is_kept_whole(&self, partial: &Partial, factor: &Factor, term: &Term) -> bool {
        partial.sizes.len() + term.sizes.len() - factor.labels.len() > MAXIMUM_LABELS
            || (self.shared && term.factors.len() > SHARED_FACTORS)
    }

    /// A power of a sum of one term: `(c · Π f^k)^e`, e ≠ 1.
    fn push_power(&mut self, partial: &mut Partial, factor: Factor, coefficient: &Rational, term: &Term) {
        let has_bound = term.sizes.len() > factor.labels.len();
        // One entry picked by points is a number like any other: (Σ_q f[q]·e[q])^n = Σ_q f[q]^n·e[q].
        let is_entry = has_bound
            && (factor.labels.len()..term.sizes.len()).all(|label| {
                term.factors.iter().any(|f| f.labels.as_slice() == [label as u8] && self.is_point(f))
            });
        let rank = factor.labels.len();
        if let (true, Some(n)) = (is_entry, factor.exponent.number().and_then(Rational::as_integer)) {
            let Ok(power) = coefficient.power(n, MAXIMUM_BITS) else {
                partial.factors.push(factor);
                return;
            };
            if partial.sizes.len() + term.sizes.len() - rank <= MAXIMUM_LABELS {
                partial.coefficient *= &power;
                let mut to: Labels = factor.labels.clone();
                for size in &term.sizes[rank..] {
                    to.push(partial.sizes.len() as u8);
                    partial.sizes.push(Some(*size));
                }
                for inner in &term.factors {
                    let labels = inner.labels.iter().map(|l| to[*l as usize]).collect();
                    if self.is_point(inner) {
                        partial.factors.push(Factor { labels, ..inner.clone() });
                    } else {
                        let exponent = self.exponent_times(&inner.exponent, &factor.exponent);
                        self.push_factor(partial, Factor { base: inner.base, labels, exponent });
                    }
                }
                return;
            }
        }
        if has_bound || (self.shared && term.factors.len() > SHARED_FACTORS) {
            partial.factors.push(factor);
            return;
        }
        let exponent = factor.exponent.clone();
        if let Some(n) = exponent.number().and_then(Rational::as_integer) {
            let Ok(power) = coefficient.power(n, MAXIMUM_BITS) else {
                partial.factors.push(factor);
                return;
            };
            partial.coefficient *= &power;
            for inner in &term.factors {
                let labels = inner.labels.iter().map(|l| factor.labels[*l as usize]).collect();
                let exponent = self.exponent_times(&inner.exponent, &exponent);
                self.push_factor(partial, Factor { base: inner.base, labels, exponent });
            }
            return;
        }
        self.push_root(partial, factor, coefficient, term);
    }

    /// `(c · Π f^k)^e` with e not an integer: what is known to be positive comes out, the rest stays together.
    fn push_root(&mut self, partial: &mut Partial, factor: Factor, coefficient: &Rational, term: &Term) {
        let exponent = factor.exponent.clone();
        // A factor that may vanish hides the signs of the others: √(f·g) is 0 at f = 0, whatever g is.
        let hides_nothing = exponent.number().is_some_and(Rational::is_negative)
            || (!coefficient.is_negative()
                && term.factors.iter().all(|inner| {
                    let sign = self.sign(inner.base);
                    let power = inner.exponent.number().map_or(sign, |k| sign.power(k));
                    power.is(super::Sign::NON_NEGATIVE)
                }));
        let (outside, inside): (Vec<Factor>, Vec<Factor>) = term.factors.iter().cloned().partition(|inner| {
            self.sign(inner.base).is(super::Sign::POSITIVE)
                || (hides_nothing
                    && self.sign(inner.base).is(super::Sign::NON_NEGATIVE)
                    && matches!((&inner.exponent, &exponent),
                        (Exponent::Number(k), Exponent::Number(_)) if k.is_positive()))
        });
        let mut kept = coefficient.clone();
        if let Exponent::Number(q) = &exponent
            && coefficient.is_positive()
        {
            let (out, rest) = split_root(coefficient, q);
            partial.coefficient *= &out;
            kept = rest;
        }
        if outside.is_empty() && kept == *coefficient {
            partial.factors.push(factor);
            return;
        }
        for inner in outside {
            let labels = inner.labels.iter().map(|l| factor.labels[*l as usize]).collect();
            let exponent = self.exponent_times(&inner.exponent, &exponent);
            self.push_factor(partial, Factor { base: inner.base, labels, exponent });
        }
        if inside.is_empty() {
            if !kept.is_one() {
                let base = self.number(&kept);
                partial.factors.push(Factor { base, labels: Labels::new(), exponent });
            }
            return;
        }
        // What stays inside is a node on its own axes.
        let axes = self.axes(factor.base).clone();
        let hash = self.term_hash(&axes, &inside);
        let rest =
            self.sum_node(axes.clone(), vec![(kept, Term { sizes: axes, factors: inside.into(), hash })]);
        partial.factors.push(Factor { base: rest, labels: factor.labels, exponent });
    }

    /// A sum of several terms under an integer power: rational content and sign come out, so that `(2x+2y)⁻¹` and
    /// `(x+y)⁻¹`, `(a−b)²` and `(b−a)²`, `(a−b)c` and `(b−a)c` meet.
    fn push_primitive(&mut self, partial: &mut Partial, factor: Factor) {
        let Node::Sum(terms) = self.node(factor.base) else { return };
        let mut content = content(terms);
        // Of c·(1 − δ) the number is positive, of other sums the first coefficient.
        let first = match terms.as_slice() {
            [(a, term), (b, _)] | [(b, _), (a, term)] if term.factors.is_empty() && (a + b).is_zero() => a,
            _ => &terms[0].0,
        };
        if first.is_negative() {
            content = -content;
        }
        let power = factor.exponent.number().and_then(Rational::as_integer);
        if content.is_one() {
            partial.factors.push(factor);
            return;
        }
        let (Some(reciprocal), Some(Ok(power))) =
            (content.reciprocal(), power.map(|n| content.power(n, MAXIMUM_BITS)))
        else {
            partial.factors.push(factor);
            return;
        };
        let scaled: Vec<_> = terms.iter().map(|(c, term)| (c * &reciprocal, term.clone())).collect();
        let axes = self.axes(factor.base).clone();
        let base = self.sum_node(axes, scaled);
        partial.coefficient *= &power;
        partial.factors.push(Factor { base, ..factor });
    }

    /// Finishes a product: `None` if it is zero, else its coefficient and term.
    pub(super) fn finish_product(&mut self, mut partial: Partial) -> Option<(Rational, Term)> {
        loop {
            if partial.is_zero {
                return None;
            }
            if self.merge_factors(&mut partial)? {
                continue;
            }
            // Asked each time: powers that merge may have become a contraction, √S·√S = Σ_k y[k]².
            let has_labels = !partial.sizes.is_empty();
            if has_labels && (self.eliminate_delta(&mut partial)? || self.eliminate_unit(&mut partial)) {
                continue;
            }
            if !self.facts.is_empty() && self.apply_fact(&mut partial) {
                continue;
            }
            if has_labels
                && (self.fold_contraction(&mut partial)
                    || self.drop_mask(&mut partial)
                    || self.cancel_inverse(&mut partial))
            {
                continue;
            }
            break;
        }
        if !partial.sizes.is_empty() {
            return self.finish_labels(partial);
        }
        // Bases are distinct here.
        let mut factors = partial.factors;
        factors.sort_by_key(|factor| self.content_hash(factor.base));
        let hash = self.term_hash(&[], &factors);
        Some((partial.coefficient, Term { sizes: Axes::new(), factors, hash }))
    }

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
    fn merge_factors(&mut self, partial: &mut Partial) -> Option<bool> {
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

    /// `Σ_k` `δ_ik` `f_k` = `f_i`; a δ between two outputs substitutes the smaller label into the other factors.
    fn eliminate_delta(&mut self, partial: &mut Partial) -> Option<bool> {
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
    fn is_point(&self, factor: &Factor) -> bool {
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
    fn eliminate_unit(&mut self, partial: &mut Partial) -> bool {
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
    fn drop_mask(&mut self, partial: &mut Partial) -> bool {
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

    /// `Σ_k X[i,k]·inv(X)[k,j] = δ[i,j]`, from either side; X may be multiplied out.
    fn cancel_inverse(&mut self, partial: &mut Partial) -> bool {
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
    fn fold_contraction(&mut self, partial: &mut Partial) -> bool {
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

    fn apply_fact(&mut self, partial: &mut Partial) -> bool {
        for number in 0..self.facts.len() {
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

    /// Removes eliminated labels, turns unused bound labels into sizes, and labels canonically.
    fn finish_labels(&mut self, mut partial: Partial) -> Option<(Rational, Term)> {
        let mut used = [false; 256];
        for factor in &partial.factors {
            for label in &factor.labels {
                used[*label as usize] = true;
            }
        }
        let mut resized = false;
        for (label, is_used) in used.iter().enumerate().take(partial.sizes.len()).skip(partial.outputs) {
            if let (Some(size), false) = (partial.sizes[label], *is_used) {
                partial.sizes[label] = None;
                resized = true;
                if let Some(n) = self.dimension_value(size).as_number() {
                    partial.coefficient *= &Rational::integer(n);
                } else {
                    let base = self.size_atom(size);
                    self.push_factor(
                        &mut partial,
                        Factor { base, labels: Labels::new(), exponent: Exponent::ONE },
                    );
                }
            }
        }
        if partial.coefficient.is_zero() || self.has_vanishing_total(&partial) {
            return None;
        }
        if resized {
            self.merge_factors(&mut partial)?;
        }
        let mut to: SmallVec<[u8; 16]> = SmallVec::new();
        let mut sizes: Axes = Axes::new();
        for size in &partial.sizes {
            to.push(sizes.len() as u8);
            if let Some(size) = size {
                sizes.push(*size);
            }
        }
        for factor in &mut partial.factors {
            for label in &mut factor.labels {
                *label = to[*label as usize];
            }
        }
        let (is_negative, term) =
            self.canonical_labelling(partial.outputs, &sizes, partial.factors.into_vec())?;
        let coefficient = if is_negative { -partial.coefficient } else { partial.coefficient };
        Some((coefficient, term))
    }

    /// Is a factor summed over by itself, the sum being zero: `Σ_k` (x[k] − mean(x))?
    fn has_vanishing_total(&mut self, partial: &Partial) -> bool {
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

    /// `a + b` of exponents.
    pub(super) fn exponent_plus(&mut self, a: &Exponent, b: &Exponent) -> Exponent {
        if let (Exponent::Number(a), Exponent::Number(b)) = (a, b) {
            return Exponent::Number(a + b);
        }
        let (a, b) = (self.exponent_node(a), self.exponent_node(b));
        let sum = self.add(&[a, b]);
        self.exponent_of(sum)
    }

    /// `a · b` of exponents.
    pub(super) fn exponent_times(&mut self, a: &Exponent, b: &Exponent) -> Exponent {
        if let (Exponent::Number(a), Exponent::Number(b)) = (a, b) {
            return Exponent::Number(a * b);
        }
        let (a, b) = (self.exponent_node(a), self.exponent_node(b));
        let product = self.multiply(&[a, b]);
        self.exponent_of(product)
    }

    /// The exponent as a scalar node.
    pub fn exponent_node(&mut self, exponent: &Exponent) -> super::NodeId {
        match exponent {
            Exponent::Number(q) => self.number(q),
            Exponent::Node(node) => *node,
        }
    }

    /// A scalar node as an exponent.
    pub fn exponent_of(&self, node: super::NodeId) -> Exponent {
        self.as_number(node).map_or(Exponent::Node(node), Exponent::Number)
    }
}

/// Multiplies the factors of a term into a product, its axes being the given labels.
fn flatten(partial: &mut Partial, outer: &Labels, coefficient: &Rational, term: &Term) {
    if !coefficient.is_one() {
        partial.coefficient *= coefficient;
    }
    if term.sizes.is_empty() {
        let scalars = term.factors.iter().map(|inner| Factor {
            base: inner.base,
            labels: Labels::new(),
            exponent: inner.exponent.clone(),
        });
        partial.factors.extend(scalars);
        return;
    }
    let mut to: Labels = Labels::from_slice(outer);
    for size in &term.sizes[outer.len()..] {
        to.push(partial.sizes.len() as u8);
        partial.sizes.push(Some(*size));
    }
    for inner in &term.factors {
        let labels = inner.labels.iter().map(|l| to[*l as usize]).collect();
        partial.factors.push(Factor { base: inner.base, labels, exponent: inner.exponent.clone() });
    }
}

fn substitute(factors: &mut [Factor], from: u8, to: u8) {
    for factor in factors {
        for label in factor.labels.iter_mut().filter(|l| **l == from) {
            *label = to;
        }
    }
}

/// The positive rational content of a sum.
fn content(terms: &[(Rational, Term)]) -> Rational {
    use num_integer::Integer;
    let mut numerator = num_bigint::BigInt::from(0);
    let mut denominator = num_bigint::BigInt::from(1);
    if terms.iter().any(|(c, _)| c.as_integer().is_some_and(|n| n.abs() == 1))
        && terms.iter().all(|(c, _)| c.is_integer())
    {
        return Rational::ONE;
    }
    for (coefficient, _) in terms {
        numerator = numerator.gcd(&coefficient.numerator());
        denominator = denominator.lcm(&coefficient.denominator());
    }
    Rational::from_big(num_rational::BigRational::new(numerator, denominator))
}

/// `c^q = out · rest^q` for c > 0, with the perfect powers in `out`.
fn split_root(c: &Rational, q: &Rational) -> (Rational, Rational) {
    let Some((n, d)) = q.as_pair() else { return (Rational::ONE, c.clone()) };
    let Ok(root) = u32::try_from(d) else { return (Rational::ONE, c.clone()) };
    match c.root(root).map(|r| r.power(n, MAXIMUM_BITS)) {
        Some(Ok(exact)) => (exact, Rational::ONE),
        _ => (Rational::ONE, c.clone()),
    }
}
