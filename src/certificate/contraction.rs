//! Products summed over labels: their one form, and replacing a part of them by what it equals.

use smallvec::SmallVec;

use super::algebra::{Algebra, Checked, Rule};
use super::polynomial::{BOUND, FIXED, Factor, Label, Monomial, Poly, Size, is_bound};
use crate::number::Rational;

/// Orders of bound labels that are tried before giving up.
const MAXIMUM_ORDERS: usize = 720;

impl Algebra {
    /// The product with its bound labels in an order that does not depend on how they were named.
    pub(super) fn canonical(&self, sizes: &[Size], factors: Vec<Factor>) -> Checked<Monomial> {
        if sizes.is_empty() || sizes.len() == 1 {
            return Ok(Monomial { bound: SmallVec::from_slice(sizes), factors: SmallVec::from_vec(factors) });
        }
        // Labels are told apart by where they stand, then by what stands beside them.
        let mut ranks: Vec<usize> = sizes.iter().map(|s| *s as usize).collect();
        for _ in 0..sizes.len() {
            let mut looks: Vec<(usize, Vec<(usize, usize, Rational, Vec<usize>)>)> = Vec::new();
            for at in 0..sizes.len() {
                let label = BOUND + at as Label;
                let mut uses = Vec::new();
                for f in &factors {
                    for (place, _) in f.labels.iter().enumerate().filter(|(_, l)| **l == label) {
                        let place = if self.commutes(f) { 0 } else { place };
                        let mut beside: Vec<usize> = f
                            .labels
                            .iter()
                            .map(|l| {
                                if is_bound(*l) { ranks[(l - BOUND) as usize] } else { (FIXED + l) as usize }
                            })
                            .collect();
                        if self.commutes(f) {
                            beside.sort_unstable();
                        }
                        uses.push((f.atom, place, f.power.clone(), beside));
                    }
                }
                uses.sort();
                looks.push((ranks[at], uses));
            }
            let mut sorted = looks.clone();
            sorted.sort();
            sorted.dedup();
            ranks = looks.iter().map(|look| sorted.binary_search(look).unwrap_or(0)).collect();
        }
        // What looks the same is tried in every order.
        let mut orders: Vec<Vec<usize>> = vec![Vec::new()];
        for _ in 0..sizes.len() {
            let mut longer = Vec::new();
            for order in &orders {
                let left = (0..sizes.len()).filter(|at| !order.contains(at));
                let least = left.clone().map(|at| ranks[at]).min();
                for at in left.filter(|at| Some(ranks[*at]) == least) {
                    let mut order = order.clone();
                    order.push(at);
                    longer.push(order);
                }
            }
            orders = longer;
            if orders.len() > MAXIMUM_ORDERS {
                return Err("a product over too many like indices cannot be checked".to_owned());
            }
        }
        let mut best: Option<Monomial> = None;
        for order in orders {
            let mut factors = factors.clone();
            for f in &mut factors {
                for l in f.labels.iter_mut().filter(|l| is_bound(**l)) {
                    let at = (*l - BOUND) as usize;
                    *l = BOUND + order.iter().position(|o| *o == at).unwrap_or(0) as Label;
                }
                if self.commutes(f) {
                    f.labels.sort_unstable();
                }
            }
            factors.sort_by(|f, g| f.key().cmp(&g.key()));
            let bound = order.iter().map(|at| sizes[*at]).collect();
            let next = Monomial { bound, factors: SmallVec::from_vec(factors) };
            let smaller = |best: &Monomial| {
                next.factors.iter().map(Factor::key).lt(best.factors.iter().map(Factor::key))
            };
            if best.as_ref().is_none_or(smaller) {
                best = Some(next);
            }
        }
        Ok(best.unwrap_or_default())
    }

    fn commutes(&self, factor: &Factor) -> bool {
        let atom = &self.atoms[factor.atom];
        atom.head == super::algebra::Head::Delta || self.facts_hold && atom.is_symmetric
    }

    /// The product after the rules in force.
    pub(super) fn rewritten(&mut self, number: Rational, monomial: Monomial) -> Checked<Poly> {
        for at in 0..self.rules.len() {
            if self.rules[at].is_fact && !self.facts_hold {
                continue;
            }
            let rule = self.rules[at].clone();
            if let Some(value) = self.replaced(&rule, &monomial)? {
                return Ok(value.times(&number));
            }
        }
        let mut result = Poly::zero();
        result.add_term(monomial, &number);
        Ok(result)
    }

    /// The monomial with the pattern of a rule replaced once; `None` if it does not occur.
    pub(super) fn replaced(&mut self, rule: &Rule, monomial: &Monomial) -> Checked<Option<Poly>> {
        let mut found = Vec::new();
        if !self.matches(
            &rule.pattern.factors,
            monomial,
            &mut vec![false; monomial.factors.len()],
            &mut found,
        ) {
            return Ok(None);
        }
        let consumed: Vec<Label> =
            found.iter().filter(|(from, _)| is_bound(*from)).map(|(_, to)| *to).collect();
        // The other bound labels are held fixed, the replacement is put in, and then they are summed over.
        let mut opened: Vec<Label> = Vec::new();
        for (at, size) in monomial.bound.iter().enumerate() {
            if consumed.contains(&(BOUND + at as Label)) {
                opened.push(0);
            } else {
                let label = self.fresh(Some(*size));
                opened.push(label);
            }
        }
        let open = |l: Label| if is_bound(l) { opened[(l - BOUND) as usize] } else { l };
        let mut rest = monomial.factors.to_vec();
        for pattern in &rule.pattern.factors {
            let labels: SmallVec<[Label; 2]> =
                pattern.labels.iter().map(|l| image(&found, *l).unwrap_or(*l)).collect();
            let swapped: SmallVec<[Label; 2]> = labels.iter().rev().copied().collect();
            let symmetric = self.commutes(pattern);
            if let Some(f) = rest
                .iter_mut()
                .find(|f| f.atom == pattern.atom && (f.labels == labels || symmetric && f.labels == swapped))
            {
                f.power -= &pattern.power;
            }
        }
        let took_too_much = |f: &Factor| {
            let before = monomial.factors.iter().find(|g| g.key() == f.key());
            before.is_some_and(|g| !f.power.is_zero() && g.power.is_negative() != f.power.is_negative())
        };
        if rest.iter().any(took_too_much) {
            return Ok(None);
        }
        rest.retain(|f| !f.power.is_zero());
        rest.iter_mut().flat_map(|f| &mut f.labels).for_each(|l| *l = open(*l));
        let rest = self.normal(Rational::ONE, &[], rest)?;
        // Labels that the replacement itself sums over are its own.
        let value = self
            .rename(&rule.replacement, &|l| if is_bound(l) { l } else { image(&found, l).map_or(l, open) })?;
        let mut product = self.multiply(&rest, &value)?;
        for label in opened.into_iter().filter(|l| *l != 0) {
            product = self.sum_over(&product, label)?;
        }
        Ok(Some(product))
    }

    /// Finds places for all factors of a pattern; labels the pattern sums over must be summed over and occur nowhere else.
    fn matches(
        &self,
        pattern: &[Factor],
        monomial: &Monomial,
        used: &mut Vec<bool>,
        found: &mut Vec<(Label, Label)>,
    ) -> bool {
        let Some((first, others)) = pattern.split_first() else {
            let is_only_here = |to: Label| {
                monomial.factors.iter().zip(used.iter()).all(|(f, used)| *used || !f.labels.contains(&to))
            };
            return found.iter().all(|(from, to)| {
                !is_bound(*from)
                    || is_bound(*to)
                        && is_only_here(*to)
                        && found.iter().filter(|(_, other)| other == to).count() == 1
            });
        };
        for at in 0..monomial.factors.len() {
            let f = &monomial.factors[at];
            let sums = first.labels.iter().any(|l| is_bound(*l));
            let fits = f.power == first.power
                || !sums
                    && f.power.is_negative() == first.power.is_negative()
                    && f.power.abs() > first.power.abs();
            if used[at] || f.atom != first.atom || !fits {
                continue;
            }
            for swap in 0..if self.commutes(f) { 2 } else { 1 } {
                let before = found.len();
                let mut targets = f.labels.clone();
                if swap == 1 {
                    targets.reverse();
                }
                let mut agrees = true;
                for (from, to) in first.labels.iter().zip(&targets) {
                    match image(found, *from) {
                        Some(known) => agrees = agrees && known == *to,
                        None if *from >= FIXED => agrees = agrees && from == to,
                        None => found.push((*from, *to)),
                    }
                }
                // A factor that keeps part of its power still holds its labels.
                used[at] = f.power == first.power;
                if agrees && self.matches(others, monomial, used, found) {
                    return true;
                }
                used[at] = false;
                found.truncate(before);
            }
        }
        false
    }
}

fn image(found: &[(Label, Label)], label: Label) -> Option<Label> {
    found.iter().find(|(from, _)| *from == label).map(|(_, to)| *to)
}
