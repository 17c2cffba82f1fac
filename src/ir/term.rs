//! Construction form of one product: equal factors merged, δ eliminated, facts applied, labels canonical.

use smallvec::SmallVec;

use super::dimension::DimensionId;
use super::graph::{Graph, mix};
use super::node::{Axes, Exponent, Factor, Labels, Node, NodeId, Term};
use crate::number::{Rational, Sign};

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
                    let power = inner.exponent.number().map_or(sign, |k| sign.power(k).unless_empty());
                    power.is(Sign::NON_NEGATIVE)
                }));
        let (outside, inside): (Vec<Factor>, Vec<Factor>) = term.factors.iter().cloned().partition(|inner| {
            self.sign(inner.base).is(Sign::POSITIVE)
                || (hides_nothing
                    && self.sign(inner.base).is(Sign::NON_NEGATIVE)
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
