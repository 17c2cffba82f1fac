//! Sums as they are written: term by term, or nested where that is shorter.

use crate::ir::scalar::Ref;
use crate::number::Rational;

use super::emit::{Style, Writer};
use super::field::Failure;
use super::form::PolynomialId;
use super::integer::Integer;
use super::kernel::Kernel;
use super::polynomial::{Monomial, Polynomial, Term, Variable};

/// Longer sums are written term by term.
pub const MOST_NESTED: usize = 40;

impl Writer<'_, '_> {
    pub(super) fn sum(&mut self, id: PolynomialId) -> Result<Ref, Failure> {
        if let Some(&at) = self.done.sums.get(&(id, self.style)) {
            return Ok(at);
        }
        let p = std::rc::Rc::clone(self.field.polynomial(id));
        let at = self.new_polynomial(&p)?;
        self.done.sums.insert((id, self.style), at);
        Ok(at)
    }

    pub(super) fn opposite_sum(&mut self, id: PolynomialId) -> Result<Ref, Failure> {
        if let Some(&at) = self.done.opposite_sums.get(&(id, self.style)) {
            return Ok(at);
        }
        let p = self.field.polynomial(id).negate();
        let at = self.new_polynomial(&p)?;
        self.done.opposite_sums.insert((id, self.style), at);
        Ok(at)
    }

    /// Writes a polynomial as it stands, without factoring the whole.
    pub(super) fn polynomial(&mut self, p: Polynomial) -> Result<Ref, Failure> {
        if p.len() < 2 {
            return self.flat(&p);
        }
        if p.leads_negative() {
            let id = self.field.intern_polynomial(p.negate(), false);
            self.opposite_sum(id)
        } else {
            let id = self.field.intern_polynomial(p, false);
            self.sum(id)
        }
    }

    fn new_polynomial(&mut self, p: &Polynomial) -> Result<Ref, Failure> {
        self.field.spend(8 * p.len())?;
        let flat = self.flat(p)?;
        if p.len() == 2
            && let Some(wave) = self.double_angle(p)?
            && self.page.cost(wave) <= self.page.cost(flat)
        {
            return Ok(wave);
        }
        if self.style == Style::Flat || p.len() < 3 || p.len() > MOST_NESTED {
            return Ok(flat);
        }
        match self.nested(p)? {
            Some(nested) if self.page.cost(nested) < self.page.cost(flat) => Ok(nested),
            _ => Ok(flat),
        }
    }

    /// Term by term, positive terms first.
    fn flat(&mut self, p: &Polynomial) -> Result<Ref, Failure> {
        let mut sum: Option<Ref> = None;
        for negative in [false, true] {
            for t in p.terms().iter().filter(|t| t.coefficient.is_negative() == negative) {
                let written =
                    self.term(Term { monomial: t.monomial.clone(), coefficient: t.coefficient.abs() })?;
                sum = Some(self.page.signed_sum(sum, written, negative));
            }
        }
        match sum {
            Some(sum) => Ok(sum),
            None => Ok(self.page.number(Rational::ZERO)),
        }
    }

    fn term(&mut self, term: Term) -> Result<Ref, Failure> {
        if let Some(&at) = self.done.terms.get(&term) {
            return Ok(at);
        }
        let p = Polynomial::term(term.monomial.clone(), term.coefficient.clone());
        let form = self.field.factored(&p)?;
        let at = self.form(&form)?;
        self.done.terms.insert(term, at);
        Ok(at)
    }

    /// With the kernel that saves most taken out of the terms that have it.
    fn nested(&mut self, p: &Polynomial) -> Result<Option<Ref>, Failure> {
        let mut best: Option<(usize, Variable)> = None;
        for (variable, _) in p.degrees() {
            let count = p.terms().iter().filter(|t| t.monomial.exponent(variable) > 0).count();
            if count < 2 {
                continue;
            }
            let written = self.kernel_or_root(variable)?;
            let saved = (count - 1) * (self.page.cost(written) + 1);
            if best.is_none_or(|b| saved > b.0) {
                best = Some((saved, variable));
            }
        }
        let number = Self::common_number(p);
        let (with, without): (Vec<Term>, Vec<Term>) = match (best, number) {
            (best, Some((saved, n))) if best.is_none_or(|b| saved > b.0) => {
                p.terms().iter().cloned().partition(|t| t.coefficient.divide(&n).is_some())
            }
            (Some((_, variable)), _) => {
                p.terms().iter().cloned().partition(|t| t.monomial.exponent(variable) > 0)
            }
            (None, _) => return Ok(None),
        };
        let (with, without) = (Polynomial::from_terms(with), Polynomial::from_terms(without));
        let form = self.field.factored(&with)?;
        if without.is_zero() {
            return self.form(&form).map(Some);
        }
        let plus = self.form(&form)?;
        let minus = self.form(&form.negate())?;
        let opposite = self.polynomial(without.negate())?;
        let rest = self.polynomial(without)?;
        // rest + with, with − (−rest), rest − (−with): whichever has the fewest signs.
        let mut choices = [
            self.page.sum(rest, plus),
            self.page.difference(plus, opposite),
            self.page.difference(rest, minus),
            self.page.sum(plus, rest),
        ];
        choices.sort_by_key(|&at| self.page.cost(at));
        Ok(Some(choices[0]))
    }

    /// A number above one that divides at least two coefficients, with what taking it out saves.
    fn common_number(p: &Polynomial) -> Option<(usize, Integer)> {
        let mut best: Option<(usize, Integer)> = None;
        for t in p.terms() {
            let n = t.coefficient.abs();
            if n.is_one() || t.monomial.is_one() {
                continue;
            }
            let count = p.terms().iter().filter(|u| u.coefficient.divide(&n).is_some()).count();
            let saved = count.saturating_sub(1) * 2;
            // What divides all of them was taken in on purpose.
            if count >= 2 && count < p.len() && best.as_ref().is_none_or(|b| saved > b.0) {
                best = Some((saved, n));
            }
        }
        best
    }

    fn kernel_or_root(&mut self, variable: Variable) -> Result<Ref, Failure> {
        match self.field.kernel_of(variable) {
            Kernel::Root { .. } | Kernel::Sum(_) | Kernel::Power { .. } | Kernel::Exponential(_) => {
                let form =
                    self.field.factored(&Polynomial::term(Monomial::power(variable, 1), Integer::ONE))?;
                self.form(&form)
            }
            _ => self.kernel(variable),
        }
    }
}
