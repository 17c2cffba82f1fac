//! Terms that share factors under a sum, put under one sum: `Σ_k (p[k] − q[k])·d[k]` for two sums over k.

use smallvec::SmallVec;

use super::writer::Writer;
use crate::ir::{Axes, Factor, NodeId, Operand, Term};
use crate::number::Rational;

/// Longer sums are left as they are: every pair of terms is compared.
const MAXIMUM_TERMS: usize = 16;

/// What two terms have in common.
struct Common {
    /// Places of the common factors in the first term and in the second.
    factors: Vec<(usize, usize)>,
    /// For each label of the second term its label in the first.
    labels: Vec<Option<u8>>,
}

impl Writer<'_> {
    /// The node with terms gathered that share factors with bound labels; `None` if there are none.
    pub(super) fn gathered(&mut self, node: NodeId, terms: &[(Rational, Term)]) -> Option<NodeId> {
        if !(2..=MAXIMUM_TERMS).contains(&terms.len()) {
            return None;
        }
        let axes = self.graph.axes(node).clone();
        let mut left = terms.to_vec();
        let mut parts: Vec<NodeId> = Vec::new();
        let mut found = false;
        while let Some((coefficient, term)) = (!left.is_empty()).then(|| left.remove(0)) {
            let partner = left
                .iter()
                .enumerate()
                .find_map(|(at, (_, other))| common(&term, other, axes.len()).map(|common| (at, common)));
            let Some((at, common)) = partner else {
                parts.push(self.graph.term_node(&axes, coefficient, term));
                continue;
            };
            let (other_coefficient, other) = left.remove(at);
            let first = (&coefficient, &term);
            let merged = self.merge(&axes, first, (&other_coefficient, &other), &common);
            found = true;
            // It may take in more terms.
            match self.graph.terms(merged).as_slice() {
                [one] => left.insert(0, one.clone()),
                _ => parts.push(merged),
            }
        }
        found.then(|| self.graph.add(&parts)).filter(|other| *other != node)
    }

    fn merge(
        &mut self,
        axes: &Axes,
        first: (&Rational, &Term),
        second: (&Rational, &Term),
        common: &Common,
    ) -> NodeId {
        let rest = |term: &Term, taken: &dyn Fn(usize) -> bool| -> Vec<Factor> {
            term.factors.iter().enumerate().filter(|(i, _)| !taken(*i)).map(|(_, f)| f.clone()).collect()
        };
        let rest_first = rest(first.1, &|i| common.factors.iter().any(|c| c.0 == i));
        let mut rest_second = rest(second.1, &|i| common.factors.iter().any(|c| c.1 == i));
        // Labels of the second term in those of the first; what only the second has comes behind.
        let mut sizes: SmallVec<[_; 8]> = first.1.sizes.iter().copied().collect();
        let mut to: Vec<u8> = Vec::with_capacity(second.1.sizes.len());
        for (label, known) in common.labels.iter().enumerate() {
            to.push(known.unwrap_or_else(|| {
                sizes.push(second.1.sizes[label]);
                sizes.len() as u8 - 1
            }));
        }
        for factor in &mut rest_second {
            for label in &mut factor.labels {
                *label = to[*label as usize];
            }
        }
        // The axes of the sum inside: the outputs and the labels of the common factors that it uses.
        let shared: Vec<u8> = {
            let mut shared: Vec<u8> = (0..axes.len() as u8).collect();
            for (at, _) in &common.factors {
                shared.extend(first.1.factors[*at].labels.iter().copied());
            }
            shared.sort_unstable();
            shared.dedup();
            shared.retain(|l| rest_first.iter().chain(&rest_second).any(|f| f.labels.contains(l)));
            shared
        };
        let mut inner = Vec::new();
        for (coefficient, factors) in [(first.0, &rest_first), (second.0, &rest_second)] {
            let mut own: Vec<u8> = shared.clone();
            for factor in factors {
                own.extend(factor.labels.iter().copied().filter(|l| !shared.contains(l)));
            }
            let mut seen: Vec<u8> = Vec::new();
            own.retain(|l| {
                !seen.contains(l) && {
                    seen.push(*l);
                    true
                }
            });
            let own_sizes: Vec<_> = own.iter().map(|l| sizes[*l as usize]).collect();
            let operands: Vec<Operand> = factors
                .iter()
                .map(|f| Operand {
                    node: f.base,
                    labels: f.labels.iter().map(|l| place(&own, *l)).collect(),
                    exponent: f.exponent.clone(),
                })
                .collect();
            let product = self.graph.contract(shared.len(), &own_sizes, &operands);
            inner.push((coefficient.clone(), product));
        }
        let inner = self.graph.combine(&inner);
        let mut operands: Vec<Operand> = common
            .factors
            .iter()
            .map(|(at, _)| {
                let factor = &first.1.factors[*at];
                Operand {
                    node: factor.base,
                    labels: factor.labels.clone(),
                    exponent: factor.exponent.clone(),
                }
            })
            .collect();
        operands.push(Operand::new(inner, &shared));
        // Labels that only the rest used are bound inside.
        let used: Vec<u8> = (0..sizes.len() as u8)
            .filter(|l| (*l as usize) < axes.len() || operands.iter().any(|o| o.labels.contains(l)))
            .collect();
        for operand in &mut operands {
            for label in &mut operand.labels {
                *label = place(&used, *label);
            }
        }
        let used_sizes: Vec<_> = used.iter().map(|l| sizes[*l as usize]).collect();
        self.graph.contract(axes.len(), &used_sizes, &operands)
    }
}

fn place(labels: &[u8], label: u8) -> u8 {
    labels.iter().position(|l| *l == label).unwrap_or(0) as u8
}

/// Factors with bound labels that both terms have, and how their bound labels correspond.
fn common(a: &Term, b: &Term, outputs: usize) -> Option<Common> {
    let bound = |factor: &Factor| factor.labels.iter().any(|l| *l as usize >= outputs);
    let mut best: Option<Common> = None;
    for (start, first) in a.factors.iter().enumerate().filter(|(_, f)| bound(f)) {
        for (other, second) in b.factors.iter().enumerate() {
            let mut labels: Vec<Option<u8>> =
                (0..b.sizes.len()).map(|l| (l < outputs).then_some(l as u8)).collect();
            if !correspond(first, second, &mut labels, outputs) {
                continue;
            }
            let mut factors = vec![(start, other)];
            for (i, f) in a.factors.iter().enumerate() {
                if factors.iter().any(|c| c.0 == i) {
                    continue;
                }
                for (j, g) in b.factors.iter().enumerate() {
                    if factors.iter().any(|c| c.1 == j) {
                        continue;
                    }
                    let mut tried = labels.clone();
                    if correspond(f, g, &mut tried, outputs) {
                        labels = tried;
                        factors.push((i, j));
                        break;
                    }
                }
            }
            if best.as_ref().is_none_or(|b| b.factors.len() < factors.len()) {
                best = Some(Common { factors, labels });
            }
        }
    }
    best
}

fn correspond(f: &Factor, g: &Factor, labels: &mut [Option<u8>], outputs: usize) -> bool {
    if f.base != g.base || f.exponent != g.exponent {
        return false;
    }
    for (p, q) in f.labels.iter().zip(&g.labels) {
        match labels[*q as usize] {
            Some(known) if known == *p => {}
            Some(_) => return false,
            None if (*p as usize) < outputs || labels.contains(&Some(*p)) => return false,
            None => labels[*q as usize] = Some(*p),
        }
    }
    true
}
