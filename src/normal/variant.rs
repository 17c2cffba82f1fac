//! Other ways to write a product: with a denominator taken into a sum, with a number taken into it, with double angles.
//!
//! A denominator may always go into a sum above the line. What stands above the line may go into a sum below it only if
//! it cannot vanish: `c^2/(c^2 − v^2)` is defined at c = 0, `1/(1 − v^2/c^2)` is not.

use smallvec::SmallVec;

use crate::function::{self, Function};
use crate::ir::scalar::Ref;
use crate::number::Rational;

use super::emit::{Instead, Writer};
use super::field::Failure;
use super::form::{Form, PolynomialId, merge};
use super::kernel::Kernel;
use super::polynomial::{Monomial, Polynomial, Term, Variable};
use super::sign::ZERO;

/// Longer sums are not taken apart.
const MOST_TERMS: usize = 5;
/// Kernels above the line that are tried inside the sum.
const MOST_TRIED: usize = 3;

impl Writer<'_, '_> {
    /// The other ways.
    pub(super) fn variants(&mut self, form: &Form) -> Result<Vec<Ref>, Failure> {
        let mut out = Vec::new();
        self.double_sine(form, &mut out)?;
        for (id, exponent) in form.factors.clone() {
            let p = std::rc::Rc::clone(self.field.polynomial(id));
            if p.as_variable().is_some() || p.len() > MOST_TERMS {
                continue;
            }
            let Some(n) = exponent.as_integer() else { continue };
            self.partial(form, id, &p, n, &mut out)?;
            if n == 1 {
                self.distributed(form, id, &p, &mut out)?;
                self.scaled(form, id, &p, &mut out)?;
            }
        }
        Ok(out)
    }

    /// `(A·v^a + B)/v^a = A + B/v^a` for one kernel `v`.
    fn partial(
        &mut self,
        form: &Form,
        id: PolynomialId,
        p: &Polynomial,
        n: i64,
        out: &mut Vec<Ref>,
    ) -> Result<(), Failure> {
        for (variable, _) in p.degrees() {
            let Some(base) = self.base_of(variable) else { continue };
            let mine = form.exponent(base);
            let fits = if n > 0 {
                mine.is_negative()
            } else {
                mine.is_positive() && self.field.signs(base) & ZERO == 0
            };
            if !fits {
                continue;
            }
            let (with, without): (Vec<Term>, Vec<Term>) =
                p.terms().iter().cloned().partition(|t| t.monomial.exponent(variable) > 0);
            if with.is_empty() || without.is_empty() {
                continue;
            }
            let least = with.iter().map(|t| t.monomial.exponent(variable)).min().unwrap_or(0);
            let power = Monomial::power(variable, least);
            let change = Rational::integer(i64::from(least) * n);
            if change.abs() > mine.abs() {
                continue;
            }
            let with = Polynomial::from_terms(with).divide_monomial(&power);
            let first = self.field.factored(&with)?;
            let second = self.field.factored(&Polynomial::from_terms(without))?;
            let below = Form::power(base, Rational::integer(-i64::from(least)));
            let second = self.field.multiply(&second, &below)?;
            let rest = Form {
                coefficient: form.coefficient.clone(),
                factors: merge(&form.factors, &[(base, change)]),
            };
            self.instead(&rest, id, &[first, second], out)?;
        }
        Ok(())
    }

    /// Each term over all kernels below the line, alone and with one kernel from above.
    fn distributed(
        &mut self,
        form: &Form,
        id: PolynomialId,
        p: &Polynomial,
        out: &mut Vec<Ref>,
    ) -> Result<(), Failure> {
        let mut below = Form::one();
        let mut above: SmallVec<[PolynomialId; 4]> = SmallVec::new();
        for (base, exponent) in &form.factors {
            if self.field.polynomial(*base).as_variable().is_none() || !exponent.is_integer() {
                continue;
            }
            if exponent.is_negative() {
                below.factors.push((*base, exponent.clone()));
            } else if exponent.is_one() {
                above.push(*base);
            }
        }
        let shares = |t: &Term| {
            t.monomial
                .iter()
                .any(|(v, _)| self.base_of(v).is_some_and(|base| below.factors.iter().any(|f| f.0 == base)))
        };
        if below.factors.is_empty() || !p.terms().iter().any(shares) {
            return Ok(());
        }
        let outside: SmallVec<[(PolynomialId, Rational); 3]> =
            form.factors.iter().filter(|f| below.factors.iter().all(|b| b.0 != f.0)).cloned().collect();
        above.truncate(MOST_TRIED);
        for extra in std::iter::once(None).chain(above.into_iter().map(Some)) {
            let mut inside = below.clone();
            let mut rest = Form { coefficient: form.coefficient.clone(), factors: outside.clone() };
            if let Some(extra) = extra {
                inside.factors = merge(&inside.factors, &[(extra, Rational::ONE)]);
                rest.factors = merge(&rest.factors, &[(extra, Rational::MINUS_ONE)]);
            }
            let mut terms = Vec::with_capacity(p.len());
            for t in p.terms() {
                let term = Polynomial::term(t.monomial.clone(), t.coefficient.clone());
                let term = self.field.factored(&term)?;
                terms.push(self.field.multiply(&term, &inside)?);
            }
            self.instead(&rest, id, &terms, out)?;
        }
        Ok(())
    }

    /// A number in front taken into the sum.
    fn scaled(
        &mut self,
        form: &Form,
        id: PolynomialId,
        p: &Polynomial,
        out: &mut Vec<Ref>,
    ) -> Result<(), Failure> {
        let n = Rational::from_integer(form.coefficient.numerator()).abs();
        if n.is_one() || p.terms().iter().all(|t| t.coefficient.abs().is_one() && !t.monomial.is_one()) {
            return Ok(());
        }
        let scaled = p.scale(&super::integer::Integer::from_big(n.numerator()));
        let written = self.polynomial(scaled.clone())?;
        let opposite = self.polynomial(scaled.negate())?;
        let Some(coefficient) = form.coefficient.divide(&n) else { return Ok(()) };
        let rest = form.with_coefficient(coefficient);
        out.push(self.product_of_factors(&rest, Some(&Instead { sum: id, written, opposite }))?);
        Ok(())
    }

    /// Writes `rest`, in which the sum stands for the sum of `terms`.
    fn instead(
        &mut self,
        rest: &Form,
        sum: PolynomialId,
        terms: &[Form],
        out: &mut Vec<Ref>,
    ) -> Result<(), Failure> {
        let written = self.signed(terms, false)?;
        let opposite = self.signed(terms, true)?;
        out.push(self.product_of_factors(rest, Some(&Instead { sum, written, opposite }))?);
        Ok(())
    }

    /// The sum of some forms, positive ones first.
    fn signed(&mut self, terms: &[Form], opposite: bool) -> Result<Ref, Failure> {
        let mut sum: Option<Ref> = None;
        for negative in [false, true] {
            for t in terms.iter().filter(|t| (t.coefficient.is_negative() != opposite) == negative) {
                let size = t.with_coefficient(t.coefficient.abs());
                let written = self.form(&size)?;
                sum = Some(self.page.signed_sum(sum, written, negative));
            }
        }
        sum.ok_or(Failure::Overflow)
    }

    /// The base of the factor that a variable is in a form, if that is the variable itself.
    fn base_of(&self, variable: Variable) -> Option<PolynomialId> {
        match self.field.kernel_of(variable) {
            Kernel::Root { .. } | Kernel::Sum(_) => None,
            _ => self.field.polynomial_of_variable(variable),
        }
    }

    /// `sin u·cos u = sin(2u)/2`.
    fn double_sine(&mut self, form: &Form, out: &mut Vec<Ref>) -> Result<(), Failure> {
        for (sine, exponent) in &form.factors {
            let Some(v) = self.field.polynomial(*sine).as_variable() else { continue };
            let Kernel::Call(f, arguments) = self.field.kernel_of(v).clone() else { continue };
            let Some(n) = exponent.as_integer() else { continue };
            if f != Function::Known(function::SIN) || n < 1 {
                continue;
            }
            let cosine = Kernel::Call(Function::Known(function::COS), arguments.clone());
            let Some(cosine) = self.field.known_kernel(&cosine) else { continue };
            if form.exponent(cosine) != *exponent {
                continue;
            }
            let twice = self.field.form(arguments[0]).clone();
            let twice = twice.with_coefficient(&twice.coefficient * &Rational::TWO);
            let twice = self.field.intern_form(&twice);
            let wave = self.field.kernel_form(Kernel::Call(f, smallvec::smallvec![twice]))?;
            let scale = Rational::TWO.power(-n, 64).map_err(|_| Failure::Overflow)?;
            let change = [(*sine, -exponent.clone())];
            let mut factors = merge(&form.factors, &change);
            factors = merge(&factors, &[(cosine, -exponent.clone())]);
            factors = merge(&factors, &[(wave.factors[0].0, exponent.clone())]);
            let other = Form { coefficient: &form.coefficient * &scale, factors };
            out.push(self.product_of_factors(&other, None)?);
        }
        Ok(())
    }

    /// `1 − 2·sin(u)^2 = cos(2u)`, with either sign.
    pub(super) fn double_angle(&mut self, p: &Polynomial) -> Result<Option<Ref>, Failure> {
        let [square, one] = p.terms() else { return Ok(None) };
        let (Some(c), Some(d)) = (square.coefficient.small(), one.coefficient.small()) else {
            return Ok(None);
        };
        if !one.monomial.is_one() || d.abs() != 1 || c != -2 * d || square.monomial.width() != 1 {
            return Ok(None);
        }
        let Some((variable, 2)) = square.monomial.iter().next() else { return Ok(None) };
        let Kernel::Call(f, arguments) = self.field.kernel_of(variable).clone() else { return Ok(None) };
        if f != Function::Known(function::SIN) {
            return Ok(None);
        }
        let twice = self.field.form(arguments[0]).clone();
        let twice = twice.with_coefficient(&twice.coefficient * &Rational::TWO);
        let twice = self.field.intern_form(&twice);
        let cosine = Kernel::Call(Function::Known(function::COS), smallvec::smallvec![twice]);
        let wave = self.field.kernel_form(cosine)?;
        self.form(&if d < 0 { wave.negate() } else { wave }).map(Some)
    }
}
