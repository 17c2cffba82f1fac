//! Is a sum zero? Its numerator is, after all that stands below has been multiplied out.

use num_integer::Integer;

use super::algebra::{Algebra, Atom, Checked, Head, Rule};
use super::polynomial::{Factor, Label, Poly, is_bound};
use crate::number::Rational;

impl Algebra {
    /// The numerator and the denominator, which has sums as factors only.
    pub(super) fn cleared(&mut self, poly: &Poly) -> Checked<(Poly, Vec<Factor>)> {
        let (mut numerator, mut below) = (poly.clone(), Vec::new());
        loop {
            let mut least: Option<Factor> = None;
            for f in numerator.factors() {
                if *self.head(f) == Head::Sum
                    && f.power.is_negative()
                    && !f.labels.iter().any(|l| is_bound(*l))
                {
                    let whole = Factor { power: f.power.floor(), ..f.clone() };
                    if least.as_ref().is_none_or(|l| {
                        whole.key() > l.key() || whole.key() == l.key() && whole.power < l.power
                    }) {
                        least = Some(whole);
                    }
                }
            }
            let Some(mut least) = least else { return Ok((numerator, below)) };
            if self.argument(&least, 0)?.is_zero() {
                return Err("a division by zero".to_owned());
            }
            least.power = -least.power;
            // Term by term, so that equal powers cancel before anything is expanded.
            numerator = self.multiply(&numerator, &Poly::factor(least.clone()))?;
            below.push(least);
        }
    }

    /// Is it zero wherever it is defined?
    pub(super) fn vanishes(&mut self, poly: &Poly) -> Checked<bool> {
        // Whole numbers are quicker to add and multiply.
        let below = poly.0.values().fold(num_bigint::BigInt::from(1), |below, c| below.lcm(&c.denominator()));
        let numerator = self.cleared(&poly.times(&Rational::from_integer(below)))?.0;
        if numerator.is_zero() {
            return Ok(true);
        }
        let is_summed = |f: &Factor| *self.head(f) == Head::Sum && f.labels.iter().any(|l| is_bound(*l));
        if numerator.factors().any(is_summed) {
            let reduced = self.reduced(&numerator)?;
            return Ok(self.cleared(&reduced)?.0.is_zero());
        }
        Ok(false)
    }

    /// Divides numerators by the sums below them, as far as their leading terms go.
    pub(super) fn reduced(&mut self, poly: &Poly) -> Checked<Poly> {
        let mut sums: Vec<usize> = Vec::new();
        for f in poly.factors() {
            if *self.head(f) == Head::Sum && f.power.is_negative() && !sums.contains(&f.atom) {
                sums.push(f.atom);
            }
        }
        let mut rules = Vec::new();
        for atom in sums {
            let Atom { arguments, sizes, .. } = self.atoms[atom].clone();
            let sum = &arguments[0];
            let Some((lead, number)) = sum.lead() else { continue };
            let labels = (0..sizes.len() as Label).collect();
            let below = Factor { atom, labels, power: Rational::MINUS_ONE };
            let mut rest = sum.clone();
            rest.add_term(lead.clone(), &-number.clone());
            let rest = self.multiply(&rest, &Poly::factor(below.clone()))?;
            let mut pattern = lead.clone();
            pattern.factors.push(below);
            let replacement = Poly::one().minus(&rest).times(&number.reciprocal().unwrap_or(Rational::ONE));
            rules.push(Rule { pattern, replacement, is_fact: false });
        }
        let mut result = poly.clone();
        for _ in 0..if rules.is_empty() { 0 } else { 64 } {
            let mut next = Poly::zero();
            let mut changed = false;
            for (monomial, coefficient) in &result.0 {
                let mut found = None;
                for rule in &rules {
                    found = self.replaced(rule, monomial)?;
                    if found.is_some() {
                        break;
                    }
                }
                match found {
                    Some(value) => {
                        changed = true;
                        next.add(&value, coefficient);
                    }
                    None => next.add_term(monomial.clone(), coefficient),
                }
            }
            result = next;
            if !changed {
                return Ok(result);
            }
        }
        Ok(if rules.is_empty() { result } else { poly.clone() })
    }
}
