//! Declared facts as rewrites of contractions.

use super::node::{Exponent, Factor, NodeId, Term};
use crate::number::Rational;

/// Number of a fact in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub usize);

/// `Σ_bound Π factors = value`: a contraction whose value is known.
///
/// Labels below `outputs` of the pattern are free (they match any label); the others must be bound labels of the term that
/// occur nowhere else in it.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The pattern.
    pub pattern: Vec<Factor>,
    /// How many labels of the pattern are free.
    pub free: usize,
    /// How many labels the pattern has.
    pub labels: usize,
    /// What the contraction is worth: a number, times δ of both free labels if `is_delta`.
    pub value: Rational,
    /// See `value`.
    pub is_delta: bool,
    /// The fact as the user wrote it.
    pub text: String,
}

/// From where on facts are paused.
#[derive(Debug)]
#[must_use = "paused facts stay unused until they are resumed"]
pub struct PausedFacts(usize);

/// Where a fact applies in a term.
pub(super) struct Match {
    /// Factors that it consumes.
    pub consumed: Vec<usize>,
    /// For each label of the pattern, the label of the term.
    pub labels: Vec<u8>,
}

impl super::Graph {
    /// Declares that the contraction `node` (a single term) equals `value`, times the identity if `is_delta`.
    /// Returns `None` if the node is not of a form that can be recognised inside other terms.
    pub fn declare_fact(
        &mut self,
        node: NodeId,
        value: &Rational,
        is_delta: bool,
        text: &str,
    ) -> Option<FactId> {
        let terms = self.terms(node);
        let [(coefficient, Term { factors, sizes, .. })] = terms.as_slice() else { return None };
        let value = value.divide(coefficient)?;
        let free = self.rank(node);
        if factors.is_empty() || (is_delta && free != 2) || free > 2 {
            return None;
        }
        let id = FactId(self.facts.len());
        self.facts.push(Fact {
            pattern: factors.to_vec(),
            free,
            labels: sizes.len(),
            value,
            is_delta,
            text: text.to_owned(),
        });
        Some(id)
    }

    /// Facts that speak of a variable are left unused until [`super::Graph::resume_facts`]: an equation that holds at a point says
    /// nothing of slopes there. What was built before stays as it is.
    pub fn pause_facts_about(&mut self, variable: NodeId) -> PausedFacts {
        let before = PausedFacts(self.paused.len());
        for number in 0..self.facts.len() {
            let mut roots: Vec<NodeId> = Vec::new();
            for factor in &self.facts[number].pattern {
                roots.push(factor.base);
                if let Exponent::Node(exponent) = factor.exponent {
                    roots.push(exponent);
                }
            }
            let id = FactId(number);
            if !self.paused.contains(&id) && self.reachable(&roots).contains(&variable) {
                self.paused.push(id);
            }
        }
        before
    }

    /// Uses facts again that were paused since then; true if there were any, and what was built should be built again.
    pub fn resume_facts(&mut self, since: PausedFacts) -> bool {
        let were_paused = self.paused.len() > since.0;
        self.paused.truncate(since.0);
        were_paused
    }

    /// Is any fact paused?
    pub fn has_paused_facts(&self) -> bool {
        !self.paused.is_empty()
    }

    /// The text of a fact.
    pub fn fact_text(&self, id: FactId) -> &str {
        &self.facts[id.0].text
    }

    /// The facts used since this was last asked, each once, in order of declaration.
    pub fn take_facts_used(&mut self) -> Vec<FactId> {
        let mut used = std::mem::take(&mut self.facts_used);
        used.sort_unstable();
        used.dedup();
        used
    }

    pub(super) fn match_fact(fact: &Fact, factors: &[Factor], outputs: usize) -> Option<Match> {
        Search {
            pattern: &fact.pattern,
            free: fact.free,
            factors,
            outputs,
            labels: vec![None; fact.labels],
            consumed: Vec::new(),
        }
        .run()
    }

    /// Finds the factors of a contraction, its free labels being given, multiplied out in a product.
    pub(super) fn match_contraction(
        pattern: &[Factor],
        count: usize,
        free: &[u8],
        partial: &super::term::Partial,
    ) -> Option<Match> {
        let free: Vec<Option<u8>> = free.iter().map(|label| Some(*label)).collect();
        Self::match_partly(pattern, count, &free, partial)
    }

    /// The same with only some of the free labels given.
    pub(super) fn match_partly(
        pattern: &[Factor],
        count: usize,
        free: &[Option<u8>],
        partial: &super::term::Partial,
    ) -> Option<Match> {
        let mut labels = vec![None; count];
        labels[..free.len()].copy_from_slice(free);
        let (factors, outputs) = (&partial.factors, partial.outputs);
        Search { pattern, free: free.len(), factors, outputs, labels, consumed: Vec::new() }.run()
    }
}

/// Backtracking over the factors of the pattern; patterns have a handful of factors.
struct Search<'a> {
    pattern: &'a [Factor],
    free: usize,
    factors: &'a [Factor],
    outputs: usize,
    labels: Vec<Option<u8>>,
    consumed: Vec<usize>,
}

impl Search<'_> {
    fn run(mut self) -> Option<Match> {
        if !self.extend(0) {
            return None;
        }
        let labels: Option<Vec<u8>> = self.labels.iter().copied().collect();
        Some(Match { consumed: self.consumed, labels: labels? })
    }

    fn extend(&mut self, at: usize) -> bool {
        let Some(wanted) = self.pattern.get(at) else { return self.is_private() };
        for (i, factor) in self.factors.iter().enumerate() {
            if factor.base != wanted.base || factor.exponent != wanted.exponent || self.consumed.contains(&i)
            {
                continue;
            }
            let saved = self.labels.clone();
            if self.bind(wanted, factor) {
                self.consumed.push(i);
                if self.extend(at + 1) {
                    return true;
                }
                self.consumed.pop();
            }
            self.labels = saved;
        }
        false
    }

    fn bind(&mut self, wanted: &Factor, factor: &Factor) -> bool {
        wanted.labels.iter().zip(&factor.labels).all(|(pattern, label)| {
            let pattern = *pattern as usize;
            let is_bound_pattern = pattern >= self.free;
            if is_bound_pattern && (*label as usize) < self.outputs {
                return false;
            }
            match self.labels[pattern] {
                Some(known) => known == *label,
                None if is_bound_pattern && self.labels.contains(&Some(*label)) => false,
                None => {
                    self.labels[pattern] = Some(*label);
                    true
                }
            }
        })
    }

    /// The bound labels of the pattern may occur in no other factor.
    fn is_private(&self) -> bool {
        let bound = &self.labels[self.free..];
        self.factors
            .iter()
            .enumerate()
            .filter(|(i, _)| !self.consumed.contains(i))
            .all(|(_, factor)| factor.labels.iter().all(|label| !bound.contains(&Some(*label))))
    }
}
