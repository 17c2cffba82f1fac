//! Canonical labelling of the bound labels of a term: colour refinement, then individualisation.
//!
//! Two terms that differ only in the names of their bound labels, the order of their factors or the orientation of
//! symmetric factors become the same term. Regular contractions need a search; it is capped, and beyond the cap the
//! labelling is deterministic but depends on the order given ("structural, not canonical"): equal terms may then be
//! kept apart, never different ones identified.

use smallvec::SmallVec;

use super::dimension::DimensionId;
use super::graph::{Graph, mix};
use super::node::{Axes, Exponent, Factor, Labels, Node, NodeId, Term};

/// Leaves of the search tree that are looked at. tr(Xᵏ) needs k.
const MAXIMUM_LEAVES: usize = 256;

impl Graph {
    /// Brings a term into canonical labelling: `(is the sign changed, term)`. `None`: the term is zero because a symmetry
    /// of it changes its sign. Every bound label must occur in some factor.
    pub(super) fn canonical_labelling(
        &self,
        outputs: usize,
        sizes: &[DimensionId],
        factors: Vec<Factor>,
    ) -> Option<(bool, Term)> {
        let bound: Vec<u8> = (outputs as u8..sizes.len() as u8).collect();
        if bound.is_empty() {
            return self.with_labels(outputs, sizes, &factors, &[]);
        }
        let colours: Vec<u64> = (0..sizes.len())
            // Sizes by content, not by the order in which they were first seen.
            .map(|l| if l < outputs { mix(1, l as u64) } else { mix(2, self.size_hash(sizes[l])) })
            .collect();
        let mut stack = vec![colours];
        let mut best: Option<(bool, Term)> = None;
        let mut is_zero = false;
        let mut leaves = 0;
        while let Some(mut colours) = stack.pop() {
            self.refine(&factors, &bound, &mut colours);
            let mut order = bound.clone();
            order.sort_by_key(|l| (colours[*l as usize], *l));
            let tie = order.windows(2).position(|w| colours[w[0] as usize] == colours[w[1] as usize]);
            if let (Some(at), true) = (tie, leaves + stack.len() < MAXIMUM_LEAVES) {
                let colour = colours[order[at] as usize];
                for label in order.iter().filter(|l| colours[**l as usize] == colour) {
                    let mut next = colours.clone();
                    next[*label as usize] = mix(7, colour);
                    stack.push(next);
                }
                continue;
            }
            leaves += 1;
            let candidate = self.with_labels(outputs, sizes, &factors, &order)?;
            match &best {
                None => best = Some(candidate),
                Some((sign, term)) if term.hash == candidate.1.hash && *term == candidate.1 => {
                    is_zero |= *sign != candidate.0;
                }
                Some((_, term)) if candidate.1.hash < term.hash => {
                    is_zero = false;
                    best = Some(candidate);
                }
                Some(_) => {}
            }
        }
        if is_zero { None } else { best }
    }

    /// Refines colours of bound labels by how they are connected until nothing new is told apart.
    fn refine(&self, factors: &[Factor], bound: &[u8], colours: &mut Vec<u64>) {
        let mut distinct = 0;
        loop {
            let mut next = colours.clone();
            for &label in bound {
                let mut seen: SmallVec<[u64; 8]> = SmallVec::new();
                for factor in factors {
                    for (slot, l) in factor.labels.iter().enumerate() {
                        if *l == label {
                            seen.push(self.slot_colour(factor, slot, colours));
                        }
                    }
                }
                seen.sort_unstable();
                next[label as usize] = seen.iter().fold(mix(5, colours[label as usize]), |h, s| mix(h, *s));
            }
            let mut values: SmallVec<[u64; 8]> = bound.iter().map(|l| next[*l as usize]).collect();
            values.sort_unstable();
            values.dedup();
            let count = values.len();
            if count == distinct {
                return;
            }
            distinct = count;
            *colours = next;
            if distinct == bound.len() {
                return;
            }
        }
    }

    /// The colour of one slot of a factor, the same for slots that a symmetry of the factor exchanges.
    fn slot_colour(&self, factor: &Factor, slot: usize, colours: &[u64]) -> u64 {
        let start = mix(self.content_hash(factor.base), self.exponent_hash(&factor.exponent));
        let colour = |slot: usize, order: &dyn Fn(usize) -> usize| {
            (0..factor.labels.len())
                .fold(mix(start, slot as u64), |h, i| mix(h, colours[factor.labels[order(i)] as usize]))
        };
        let mut least = colour(slot, &|i| i);
        for symmetry in self.symmetries(factor.base) {
            if let Some(image) = symmetry.order.iter().position(|o| *o as usize == slot) {
                least = least.min(colour(image, &|i| symmetry.order[i] as usize));
            }
        }
        least
    }

    /// Renames the bound labels in the given order, orients symmetric factors and sorts.
    fn with_labels(
        &self,
        outputs: usize,
        sizes: &[DimensionId],
        factors: &[Factor],
        order: &[u8],
    ) -> Option<(bool, Term)> {
        let mut to: SmallVec<[u8; 16]> = (0..sizes.len() as u8).collect();
        let mut new_sizes: Axes = SmallVec::from_slice(&sizes[..outputs]);
        for (i, label) in order.iter().enumerate() {
            to[*label as usize] = (outputs + i) as u8;
            new_sizes.push(sizes[*label as usize]);
        }
        let mut is_negative = false;
        let mut renamed: SmallVec<[(u64, Factor); 4]> = SmallVec::new();
        for factor in factors {
            let labels: Labels = factor.labels.iter().map(|l| to[*l as usize]).collect();
            let (labels, flips) = self.oriented(factor, labels)?;
            is_negative ^= flips;
            let factor = Factor { base: factor.base, labels, exponent: factor.exponent.clone() };
            renamed.push((self.factor_hash(&factor), factor));
        }
        renamed.sort_by_key(|a| (self.content_hash(a.1.base), a.0));
        let mut hash = self.term_hash(&new_sizes, &[]);
        for (h, _) in &renamed {
            hash = mix(hash, *h);
        }
        let factors = renamed.into_iter().map(|(_, factor)| factor).collect();
        Some((is_negative, Term { sizes: new_sizes, factors, hash }))
    }

    /// The least of the equivalent label orders of a symmetric factor, and whether the sign changes. `None`: the factor is
    /// zero (antisymmetric with equal labels).
    pub(super) fn oriented(&self, factor: &Factor, labels: Labels) -> Option<(Labels, bool)> {
        let symmetries = self.symmetries(factor.base);
        if symmetries.is_empty() {
            return Some((labels, false));
        }
        // The sign of an antisymmetric base survives odd powers only; other powers must be left alone.
        let parity = match &factor.exponent {
            Exponent::Number(q) if q.is_integer() => Some(!q.is_even()),
            _ => None,
        };
        let mut best = (labels.clone(), false);
        let mut is_zero = false;
        for symmetry in symmetries {
            let permuted: Labels = symmetry.order.iter().map(|i| labels[*i as usize]).collect();
            // y[i] − y[i] is its own negative, whatever the power.
            is_zero |= symmetry.is_negative && permuted == labels;
            if symmetry.is_negative && parity.is_none() {
                continue;
            }
            let flips = symmetry.is_negative && parity == Some(true);
            if permuted < best.0 {
                best = (permuted, flips);
            } else if permuted == best.0 {
                is_zero |= flips != best.1;
            }
        }
        // A zero base with a negative power is undefined, not zero.
        let is_positive_power = matches!(&factor.exponent, Exponent::Number(q) if q.is_positive());
        if is_zero && is_positive_power { None } else { Some(best) }
    }

    /// Is the base of the factor always zero or one? Then a positive power changes nothing.
    pub(super) fn is_indicator(&self, factor: &Factor) -> bool {
        self.is_zero_or_one(factor.base)
    }

    /// An indicator, a product of indicators, or one minus such a product (`[i ≠ j] = 1 − δ_ij`).
    pub(super) fn is_zero_or_one(&self, node: NodeId) -> bool {
        let is_product = |term: &Term| {
            term.sizes.len() == self.rank(node)
                && term.factors.iter().all(|f| f.exponent.is_one() && self.is_zero_or_one(f.base))
        };
        match self.node(node) {
            Node::Atom(atom) => atom.is_indicator(),
            Node::Sum(terms) => match terms.as_slice() {
                [(c, term)] => c.is_one() && is_product(term),
                [(a, one), (b, term)] if one.factors.is_empty() => {
                    a.is_one() && (-b.clone()).is_one() && is_product(term)
                }
                [(b, term), (a, one)] if one.factors.is_empty() => {
                    a.is_one() && (-b.clone()).is_one() && is_product(term)
                }
                _ => false,
            },
        }
    }
}
