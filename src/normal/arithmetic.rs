//! Arithmetic of forms: products cancel, sums are brought over a common denominator and factored.

use std::rc::Rc;

use crate::number::Rational;

use super::Mode;
use super::factor::factor;
use super::field::{Failure, Field, Fold, Relation};
use super::form::{Form, PolynomialId, merge};
use super::gcd::gcd;
use super::integer::Integer;
use super::kernel::Kernel;
use super::polynomial::{Monomial, Polynomial, Term, Variable};

impl Field<'_> {
    /// `a · b`.
    pub(super) fn multiply(&mut self, a: &Form, b: &Form) -> Result<Form, Failure> {
        if a.is_zero() || b.is_zero() {
            return Ok(Form::zero());
        }
        if a.is_one() {
            return Ok(b.clone());
        }
        if b.is_one() {
            return Ok(a.clone());
        }
        let coefficient = &a.coefficient * &b.coefficient;
        if coefficient.bits() > self.limits.bits {
            return Err(Failure::Overflow);
        }
        if b.factors.is_empty() {
            return Ok(a.with_coefficient(coefficient));
        }
        if a.factors.is_empty() {
            return Ok(b.with_coefficient(coefficient));
        }
        let product = Form { coefficient, factors: merge(&a.factors, &b.factors) };
        self.settle(product)
    }

    /// Brings exponents of folded bases into range and cancels what numerator and denominator share.
    pub(super) fn settle(&mut self, mut form: Form) -> Result<Form, Failure> {
        self.spend(form.factors.len() + 1)?;
        let mut at = 0;
        while at < form.factors.len() {
            let (id, exponent) = form.factors[at].clone();
            let Some(fold) = self.polynomials[id as usize].fold.clone() else {
                at += 1;
                continue;
            };
            let whole = match fold {
                Fold::Absolute(_) => {
                    exponent.divide(&Rational::TWO).unwrap_or_default().floor() * Rational::TWO
                }
                Fold::CubeRoot(_) => {
                    let three = Rational::integer(3);
                    exponent.divide(&three).unwrap_or_default().floor() * three
                }
                _ => exponent.floor(),
            };
            if whole.is_zero() {
                at += 1;
                continue;
            }
            let rest = &exponent - &whole;
            if rest.is_zero() {
                form.factors.remove(at);
            } else {
                form.factors[at].1 = rest;
            }
            let n = whole.as_integer().ok_or(Failure::Overflow)?;
            let value = match fold {
                Fold::Number(p) => Form::number(p.power(n, self.limits.bits).map_err(|_| Failure::Overflow)?),
                Fold::Composite(g) => {
                    let g = self.form(g).clone();
                    self.integer_power(&g, n)?
                }
                Fold::Absolute(f) => Form::power(f, whole),
                Fold::CubeRoot(f) => Form::power(f, Rational::integer(n / 3)),
            };
            form = self.multiply(&form, &value)?;
            at = 0;
        }
        if !self.waves.is_empty() {
            self.join_waves(&mut form);
        }
        self.cancel(form)
    }

    /// `(sin − 1)·(sin + 1) = −cos²`, in the direction that makes less of it.
    fn join_waves(&self, form: &mut Form) {
        for [_, cosine, less, more] in &self.waves {
            let (c, a, b) = (form.exponent(*cosine), form.exponent(*less), form.exponent(*more));
            if a.is_zero() && b.is_zero() || !a.is_integer() || !b.is_integer() || !c.is_integer() {
                continue;
            }
            let half = c.divide(&Rational::TWO).unwrap_or_default();
            let half = if half.is_negative() { -(-half).floor() } else { half.floor() };
            // How many pairs to turn into squares of the cosine.
            let pairs = if a.is_positive() && b.is_positive() {
                a.min(b)
            } else if a.is_negative() && b.is_negative() {
                a.max(b)
            } else if half.is_positive() && (a.is_negative() || b.is_negative()) {
                -half.min(-a.min(b))
            } else if half.is_negative() && (a.is_positive() || b.is_positive()) {
                -half.max(-a.max(b))
            } else {
                continue;
            };
            let lowered = -pairs.clone();
            form.factors = merge(&form.factors, &[(*cosine, &pairs * &Rational::TWO)]);
            form.factors = merge(&form.factors, &[(*less, lowered.clone())]);
            form.factors = merge(&form.factors, &[(*more, lowered)]);
            if !pairs.is_even() {
                form.coefficient = -form.coefficient.clone();
            }
        }
    }

    /// Divides common parts out of numerator and denominator where factors are not known to be irreducible.
    fn cancel(&mut self, form: Form) -> Result<Form, Failure> {
        let open = |field: &Self, id: PolynomialId| !field.polynomials[id as usize].irreducible;
        let both =
            form.factors.iter().any(|f| f.1.is_negative()) && form.factors.iter().any(|f| f.1.is_positive());
        if !both || !form.factors.iter().any(|f| open(self, f.0)) {
            return Ok(form);
        }
        for (a, up) in &form.factors {
            for (b, down) in &form.factors {
                if !up.is_positive()
                    || !down.is_negative()
                    || !up.is_integer()
                    || !down.is_integer()
                    || !(open(self, *a) || open(self, *b))
                {
                    continue;
                }
                let (p, q) = (Rc::clone(self.polynomial(*a)), Rc::clone(self.polynomial(*b)));
                self.spend(p.len() * q.len())?;
                let g = gcd(&p, &q);
                if g.is_constant() {
                    continue;
                }
                let (Some(p), Some(q)) = (p.divide(&g), q.divide(&g)) else { continue };
                let mut rest = form.clone();
                rest.factors.retain(|f| f.0 != *a && f.0 != *b);
                let mut out = rest;
                for (part, exponent) in [(p, up.clone()), (q, down.clone()), (g, up + down)] {
                    let n = exponent.as_integer().ok_or(Failure::Overflow)?;
                    let part = self.factored(&part)?;
                    let part = self.integer_power(&part, n)?;
                    out = self.multiply(&out, &part)?;
                }
                return Ok(out);
            }
        }
        Ok(form)
    }

    /// `form^n`; zero to a power that is not positive is undefined, except `0^0 = 1`.
    pub(super) fn integer_power(&mut self, form: &Form, n: i64) -> Result<Form, Failure> {
        if n == 0 {
            return Ok(Form::one());
        }
        if n == 1 {
            return Ok(form.clone());
        }
        if form.is_zero() {
            return if n > 0 { Ok(Form::zero()) } else { Err(Failure::Undefined) };
        }
        if n.unsigned_abs() > 1 << 40 {
            return Err(Failure::Overflow);
        }
        let coefficient = form.coefficient.power(n, self.limits.bits).map_err(|_| Failure::Overflow)?;
        let by = Rational::integer(n);
        let factors = form.factors.iter().map(|(id, e)| (*id, e * &by)).collect();
        let power = Form { coefficient, factors };
        if power.factors.iter().any(|f| f.1.bits() > 60) {
            return Err(Failure::Overflow);
        }
        self.settle(power)
    }

    /// `1/form`.
    pub(super) fn invert(&mut self, form: &Form) -> Result<Form, Failure> {
        self.integer_power(form, -1)
    }

    /// The form as a polynomial with integer coefficients.
    pub(super) fn expand(&mut self, form: &Form) -> Result<Polynomial, Failure> {
        if !form.coefficient.is_integer() || form.factors.iter().any(|f| f.1.is_negative()) {
            return Err(Failure::Overflow);
        }
        self.expand_numerator(form)
    }

    /// `numerator(c) · Π fᵉ` over the factors with positive exponents, multiplied out.
    pub(super) fn expand_numerator(&mut self, form: &Form) -> Result<Polynomial, Failure> {
        let content = Integer::from_big(form.coefficient.numerator());
        let mut monomial = Monomial::one();
        let mut sums: smallvec::SmallVec<[(Rc<Polynomial>, u32); 4]> = smallvec::SmallVec::new();
        let alone = form.factors.len() == 1 && form.factors[0].1.is_one();
        for (id, exponent) in &form.factors {
            if !exponent.is_positive() {
                continue;
            }
            let whole = exponent.floor();
            let n = whole.as_integer().and_then(|n| u16::try_from(n).ok()).ok_or(Failure::Overflow)?;
            if n > 0 {
                if let Some(v) = self.polynomial(*id).as_variable() {
                    monomial = monomial.multiply(&Monomial::power(v, n))?;
                } else if self.mode == Mode::Structured && !alone {
                    let v = self.kernel(Kernel::Sum(*id))?;
                    monomial = monomial.multiply(&Monomial::power(v, n))?;
                } else {
                    sums.push((Rc::clone(self.polynomial(*id)), u32::from(n)));
                }
            }
            let rest = exponent - &whole;
            if !rest.is_zero() {
                let (p, q) = rest.as_pair().ok_or(Failure::Overflow)?;
                let q = u16::try_from(q).map_err(|_| Failure::Overflow)?;
                let index = self.note_root(*id, q)?;
                let v = self.kernel(Kernel::Root { base: *id, index })?;
                let power = u16::try_from(p).map_err(|_| Failure::Overflow)? * (index / q);
                monomial = monomial.multiply(&Monomial::power(v, power))?;
            }
        }
        self.check_size(&sums)?;
        let mut product = Polynomial::term(monomial, content);
        let factors: u32 = sums.iter().map(|(_, n)| *n).sum();
        self.expanded |= factors > 1;
        for (p, n) in sums {
            for _ in 0..n {
                product = product.multiply(&p)?;
                self.spend(product.len() * 2)?;
            }
        }
        if product.bits() > self.limits.bits {
            return Err(Failure::Overflow);
        }
        Ok(product)
    }

    /// Refuses products that would have too many terms before forming them.
    fn check_size(&self, sums: &[(Rc<Polynomial>, u32)]) -> Result<(), Failure> {
        let mut terms: u64 = 1;
        let mut degree: u64 = 0;
        let mut degrees: Vec<(Variable, u64)> = Vec::new();
        for (p, n) in sums {
            for (variable, top) in p.degrees() {
                let top = u64::from(top) * u64::from(*n);
                match degrees.iter_mut().find(|d| d.0 == variable) {
                    Some(known) => known.1 += top,
                    None => degrees.push((variable, top)),
                }
            }
            degree += u64::from(*n);
        }
        // No polynomial has more terms than there are monomials of its degrees.
        let room = degrees.iter().fold(1_u64, |room, d| room.saturating_mul(d.1 + 1));
        for (p, n) in sums {
            // The power of a sum of k terms has at most C(k+n−1, n) terms.
            for step in 0..u64::from(*n) {
                terms = terms.saturating_mul(p.len() as u64 + step) / (step + 1);
                if terms.min(room) > self.limits.terms as u64 {
                    return Err(Failure::Overflow);
                }
            }
        }
        if degree > u64::from(self.limits.degree) { Err(Failure::Overflow) } else { Ok(()) }
    }

    /// The factored form of a polynomial, after relations between kernels were applied.
    pub(super) fn form_of(&mut self, p: Polynomial) -> Result<Form, Failure> {
        let mut p = p;
        for _ in 0..20 {
            let due = p.degrees().into_iter().rev().find_map(|(variable, degree)| {
                match &self.relations[usize::from(variable)] {
                    Some(relation @ (Relation::Polynomial(power, _) | Relation::Form(power, _)))
                        if degree >= *power =>
                    {
                        Some((variable, relation.clone()))
                    }
                    _ => None,
                }
            });
            match due {
                None => return self.factored(&p),
                Some((variable, Relation::Polynomial(power, value))) => {
                    self.spend(p.len() * value.len())?;
                    p = p.reduce(variable, power, &value)?;
                    if p.len() > self.limits.terms {
                        return Err(Failure::Overflow);
                    }
                }
                Some((variable, Relation::Form(power, value))) => {
                    return self.reduce_to_forms(&p, variable, power, &value);
                }
            }
        }
        Err(Failure::Overflow)
    }

    /// Replaces `variable^power` by a value that is not a polynomial.
    fn reduce_to_forms(
        &mut self,
        p: &Polynomial,
        variable: Variable,
        power: u16,
        value: &Form,
    ) -> Result<Form, Failure> {
        let mut parts: Vec<(u16, Vec<Term>)> = Vec::new();
        for t in p.terms() {
            let exponent = t.monomial.exponent(variable);
            let (times, left) = (exponent / power, exponent % power);
            let monomial = t.monomial.without(variable).multiply(&Monomial::power(variable, left))?;
            let term = Term { monomial, coefficient: t.coefficient.clone() };
            match parts.iter_mut().find(|part| part.0 == times) {
                Some(part) => part.1.push(term),
                None => parts.push((times, vec![term])),
            }
        }
        let mut sum = Vec::with_capacity(parts.len());
        for (times, terms) in parts {
            let rest = self.form_of(Polynomial::from_terms(terms))?;
            let value = self.integer_power(value, i64::from(times))?;
            sum.push(self.multiply(&rest, &value)?);
        }
        self.add(&sum)
    }

    /// A form with its polynomials factored, as far as their exponents allow.
    pub(super) fn factored_form(&mut self, form: &Form) -> Result<Form, Failure> {
        let mut out = Form::number(form.coefficient.clone());
        for (id, exponent) in form.factors.clone() {
            let part = match exponent.as_integer() {
                Some(n) => {
                    let polynomial = Rc::clone(self.polynomial(id));
                    let factored = self.factored(&polynomial)?;
                    self.integer_power(&factored, n)?
                }
                None => Form::power(id, exponent),
            };
            out = self.multiply(&out, &part)?;
        }
        Ok(out)
    }

    /// The factored form of a polynomial to which no relation applies.
    pub(super) fn factored(&mut self, p: &Polynomial) -> Result<Form, Failure> {
        if p.is_zero() {
            return Ok(Form::zero());
        }
        let (content, p) = p.primitive();
        let coefficient = Rational::from_integer(content.to_big());
        if coefficient.bits() > self.limits.bits {
            return Err(Failure::Overflow);
        }
        let monomial = p.monomial_content();
        let rest = p.divide_monomial(&monomial);
        let mut out = Form::number(coefficient);
        for (variable, exponent) in monomial.iter() {
            let factor = self.variable_power(variable, u32::from(exponent))?;
            out = self.multiply(&out, &factor)?;
        }
        if rest.is_constant() {
            return Ok(out);
        }
        let id = self.intern_polynomial(rest, false);
        if let Some(form) = self.polynomials[id as usize].factored.clone() {
            return self.multiply(&out, &form);
        }
        let rest = Rc::clone(self.polynomial(id));
        let degrees = rest.degrees();
        self.spend(rest.len() * (rest.len() + 20 * degrees.len()))?;
        if let [(_, degree)] = degrees.as_slice() {
            // Splitting modulo a prime: degree 8 takes about 0.1 ms.
            self.spend(2 * usize::from(*degree).pow(3))?;
        }
        let mut product = Form::one();
        for f in factor(&rest) {
            let power = if let Some(variable) = f.polynomial.as_variable() {
                self.variable_power(variable, f.multiplicity)?
            } else {
                let id = self.intern_polynomial(f.polynomial, f.irreducible);
                Form::power(id, Rational::integer(i64::from(f.multiplicity)))
            };
            product = self.multiply(&product, &power)?;
        }
        self.polynomials[id as usize].factored = Some(product.clone());
        self.multiply(&out, &product)
    }

    /// A power of a variable as a form: roots become rational exponents, sums what they stand for.
    fn variable_power(&mut self, variable: Variable, exponent: u32) -> Result<Form, Failure> {
        let n = Rational::integer(i64::from(exponent));
        let (base, exponent) = match self.kernel_of(variable) {
            Kernel::Root { base, index } => {
                let part = Rational::fraction(i64::from(exponent), i64::from(*index)).unwrap_or_default();
                (*base, part)
            }
            Kernel::Sum(base) => (*base, n),
            _ => (self.kernel_polynomial[usize::from(variable)], n),
        };
        self.settle(Form::power(base, exponent))
    }

    /// The sum of forms.
    pub(super) fn add(&mut self, terms: &[Form]) -> Result<Form, Failure> {
        let terms: smallvec::SmallVec<[&Form; 8]> = terms.iter().filter(|t| !t.is_zero()).collect();
        match terms.as_slice() {
            [] => return Ok(Form::zero()),
            [one] => return Ok((*one).clone()),
            [first, rest @ ..] if rest.iter().all(|t| t.factors == first.factors) => {
                let coefficient = terms.iter().fold(Rational::ZERO, |sum, t| &sum + &t.coefficient);
                if coefficient.is_zero() {
                    return Ok(Form::zero());
                }
                if coefficient.bits() > self.limits.bits {
                    return Err(Failure::Overflow);
                }
                return Ok(first.with_coefficient(coefficient));
            }
            _ => {}
        }
        // The lowest power of each base comes out in front.
        let mut common = Form::one();
        for (index, term) in terms.iter().enumerate() {
            for (id, _) in &term.factors {
                if terms[..index].iter().any(|t| t.factors.iter().any(|f| f.0 == *id)) {
                    continue;
                }
                let lowest = terms.iter().map(|t| t.exponent(*id)).min().unwrap_or_default();
                if !lowest.is_zero() {
                    let at = common.factors.partition_point(|f| f.0 < *id);
                    common.factors.insert(at, (*id, lowest));
                }
            }
        }
        let (mut g, mut l) = (Integer::ZERO, Integer::ONE);
        for t in &terms {
            let (n, d) = match t.coefficient.as_pair() {
                Some((n, d)) => (Integer::from(n), Integer::from(d)),
                None => (
                    Integer::from_big(t.coefficient.numerator()),
                    Integer::from_big(t.coefficient.denominator()),
                ),
            };
            g = g.gcd(&n);
            l = l.multiply(&d).divide(&l.gcd(&d)).unwrap_or(Integer::ONE);
        }
        common.coefficient = Rational::from_integer(g.to_big())
            .divide(&Rational::from_integer(l.to_big()))
            .ok_or(Failure::Overflow)?;
        if common.coefficient.bits() > self.limits.bits {
            return Err(Failure::Overflow);
        }
        let lowered: smallvec::SmallVec<[_; 3]> =
            common.factors.iter().map(|(id, e)| (*id, -e.clone())).collect();
        let scale = common.coefficient.reciprocal().ok_or(Failure::Overflow)?;
        let mut monomials: Vec<Term> = Vec::with_capacity(terms.len());
        for t in &terms {
            let rest = Form { coefficient: &t.coefficient * &scale, factors: merge(&t.factors, &lowered) };
            let p = self.expand(&rest)?;
            monomials.extend_from_slice(p.terms());
            if monomials.len() > self.limits.terms {
                return Err(Failure::Overflow);
            }
        }
        self.spend(monomials.len())?;
        let sum = Polynomial::from_terms(monomials);
        let sum = self.form_of(sum)?;
        if sum.is_zero() {
            return Ok(sum);
        }
        let product = Form {
            coefficient: &sum.coefficient * &common.coefficient,
            factors: merge(&sum.factors, &common.factors),
        };
        if product.coefficient.bits() > self.limits.bits {
            return Err(Failure::Overflow);
        }
        self.settle(product)
    }

    /// The sum of the form's numerator taken apart: monomials over the common denominator.
    pub(super) fn addends(&mut self, form: &Form) -> Result<Vec<Form>, Failure> {
        let numerator = self.expand_numerator(form)?;
        let below = Form {
            coefficient: Rational::from_integer(form.coefficient.denominator())
                .reciprocal()
                .ok_or(Failure::Overflow)?,
            factors: form.factors.iter().filter(|f| f.1.is_negative()).cloned().collect(),
        };
        if numerator.len() > 12 {
            return Err(Failure::Overflow);
        }
        let mut out = Vec::with_capacity(numerator.len());
        for t in numerator.terms() {
            let p = Polynomial::term(t.monomial.clone(), t.coefficient.clone());
            let part = self.factored(&p)?;
            out.push(self.multiply(&part, &below)?);
        }
        Ok(out)
    }
}
