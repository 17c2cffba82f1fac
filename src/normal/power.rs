//! Exponentials, logarithms, powers and roots of forms.
//!
//! Every step is valid wherever the input is defined: it may extend the domain, never shrink it. So `√(ab)` is taken apart
//! only if the parts cannot be negative, `x^(n+1)` becomes `x·x^n` only if `x^n` occurs in the input as well (at x = 0 with
//! −1 < n < 0 the product is not defined), and `√(x²)` is `|x|`.

use crate::function::{self, Function};
use crate::number::Rational;

use super::Mode;
use super::field::{Failure, Family, Field};
use super::form::{Form, PolynomialId};
use super::integer::Integer;
use super::kernel::Kernel;
use super::sign::{NEGATIVE, POSITIVE, ZERO};

impl Field<'_> {
    /// The kernel a form consists of, with its exponent, if it is a power of one kernel.
    pub(super) fn single_kernel(&self, form: &Form) -> Option<(Kernel, Rational)> {
        let [(id, exponent)] = form.factors.as_slice() else { return None };
        if !form.coefficient.is_one() {
            return None;
        }
        let variable = self.polynomial(*id).as_variable()?;
        Some((self.kernel_of(variable).clone(), exponent.clone()))
    }

    /// Are sums in exponents and products in logarithms taken apart?
    fn splits(&self) -> bool {
        matches!(self.mode, Mode::Split | Mode::Canonical)
    }

    /// `exp(a)`.
    pub(super) fn exponential(&mut self, a: &Form) -> Result<Form, Failure> {
        if a.is_zero() {
            return Ok(Form::one());
        }
        if self.splits()
            && let Ok(parts) = self.addends(a)
            && parts.len() > 1
        {
            let mut product = Form::one();
            for part in parts {
                let power = self.exponential_term(&part)?;
                product = self.multiply(&product, &power)?;
            }
            return Ok(product);
        }
        if a.factors.iter().any(|(id, e)| e.is_positive() && self.polynomial(*id).len() > 1) {
            self.splittable = true;
        }
        self.exponential_term(a)
    }

    fn exponential_term(&mut self, a: &Form) -> Result<Form, Failure> {
        // exp(c·log u) = u^c, exp(b·log u) = u^b: defined wherever the logarithm is.
        for (at, (id, exponent)) in a.factors.iter().enumerate() {
            if !exponent.is_one() {
                continue;
            }
            let Some(variable) = self.polynomial(*id).as_variable() else { continue };
            let base = match self.kernel_of(variable) {
                Kernel::Call(f, arguments) if *f == Function::Known(function::LOG) => {
                    self.form(arguments[0]).clone()
                }
                Kernel::LogAbsolute(f) => {
                    let f = *f;
                    self.absolute_polynomial(f)?
                }
                _ => continue,
            };
            let mut rest = a.clone();
            rest.factors.remove(at);
            return self.power(&base, &rest);
        }
        let direction = a.monic();
        let (argument, times) = match self.unit(Family::Exponential, &direction, &a.coefficient) {
            Some((unit, times)) => (direction.with_coefficient(unit), times),
            None => (a.clone(), 1),
        };
        let id = self.intern_form(&argument);
        let kernel = self.kernel_form(Kernel::Exponential(id))?;
        self.integer_power(&kernel, times)
    }

    /// `log(u)`.
    pub(super) fn logarithm(&mut self, u: &Form) -> Result<Form, Failure> {
        if u.is_one() {
            return Ok(Form::zero());
        }
        if u.as_number().is_some_and(|q| !q.is_positive()) {
            return Err(Failure::Undefined);
        }
        self.demand(u, POSITIVE);
        if let Some((Kernel::Exponential(a), exponent)) = self.single_kernel(u) {
            let a = self.form(a).clone();
            return self.multiply(&a, &Form::number(exponent));
        }
        let apart = u.factors.len() > 1 || !u.coefficient.is_one() || u.factors.iter().any(|f| !f.1.is_one());
        if !apart && !u.factors.is_empty() {
            return self.logarithm_term(u.factors[0].0);
        }
        let may_split = match self.mode {
            Mode::Canonical => true,
            Mode::Split => {
                u.coefficient.is_positive() && u.factors.iter().all(|(id, _)| self.signs(*id) == POSITIVE)
            }
            // log(f^e) = e·log f if f > 0.
            _ => u.coefficient.is_one() && u.factors.len() == 1 && self.signs(u.factors[0].0) == POSITIVE,
        };
        if !may_split {
            self.declined = true;
            self.splittable = true;
            let id = self.intern_form(u);
            return self.kernel_form(Kernel::Call(Function::Known(function::LOG), smallvec::smallvec![id]));
        }
        let mut sum = Vec::new();
        for (p, e) in prime_powers(&u.coefficient.abs()) {
            let id = self.intern_form(&Form::number(p));
            let log =
                self.kernel_form(Kernel::Call(Function::Known(function::LOG), smallvec::smallvec![id]))?;
            sum.push(self.multiply(&log, &Form::number(Rational::integer(e)))?);
        }
        for (id, exponent) in &u.factors {
            let log = self.logarithm_term(*id)?;
            sum.push(self.multiply(&log, &Form::number(exponent.clone()))?);
        }
        self.add(&sum)
    }

    /// `log |f|`.
    fn logarithm_term(&mut self, f: PolynomialId) -> Result<Form, Failure> {
        if let Some(variable) = self.polynomial(f).as_variable() {
            match self.kernel_of(variable).clone() {
                Kernel::Exponential(a) => return Ok(self.form(a).clone()),
                Kernel::Number(n) => {
                    let id = self.intern_form(&Form::number(Rational::from_integer(n.to_big())));
                    let log = Kernel::Call(Function::Known(function::LOG), smallvec::smallvec![id]);
                    return self.kernel_form(log);
                }
                // The signs of what is inside fit, because the input is defined.
                Kernel::Composite(g) => {
                    let g = self.form(g).clone();
                    return self.logarithm(&g);
                }
                Kernel::Absolute(f) => return self.logarithm_term(f),
                // log |b^x| = x·log |b|.
                Kernel::Power { base, exponent } if self.splits() => {
                    let (base, exponent) = (self.form(base).clone(), self.form(exponent).clone());
                    if self.is_positive(&base) {
                        let log = self.logarithm(&base)?;
                        return self.multiply(&log, &exponent);
                    }
                }
                _ => {}
            }
        }
        let form = Form::power(f, Rational::ONE);
        if self.signs(f) == POSITIVE {
            let id = self.intern_form(&form);
            return self.kernel_form(Kernel::Call(Function::Known(function::LOG), smallvec::smallvec![id]));
        }
        if self.signs(f) == NEGATIVE {
            let id = self.intern_form(&form.negate());
            return self.kernel_form(Kernel::Call(Function::Known(function::LOG), smallvec::smallvec![id]));
        }
        self.declined = true;
        self.kernel_form(Kernel::LogAbsolute(f))
    }

    /// `|f|`.
    pub(super) fn absolute_polynomial(&mut self, f: PolynomialId) -> Result<Form, Failure> {
        let form = Form::power(f, Rational::ONE);
        let signs = self.signs(f);
        if signs & NEGATIVE == 0 {
            Ok(form)
        } else if signs & POSITIVE == 0 {
            Ok(form.negate())
        } else {
            self.declined = true;
            self.kernel_form(Kernel::Absolute(f))
        }
    }

    /// `|u|`.
    pub(super) fn absolute(&mut self, u: &Form) -> Result<Form, Failure> {
        let mut product = Form::number(u.coefficient.abs());
        for (id, exponent) in u.factors.clone() {
            let part = if exponent.is_integer() && !exponent.is_even() {
                let size = self.absolute_polynomial(id)?;
                self.integer_power(&size, exponent.as_integer().ok_or(Failure::Overflow)?)?
            } else {
                Form::power(id, exponent)
            };
            product = self.multiply(&product, &part)?;
        }
        Ok(product)
    }

    /// `u^e`.
    pub(super) fn power(&mut self, u: &Form, e: &Form) -> Result<Form, Failure> {
        if let Some(q) = e.as_number() {
            let q = q.clone();
            return match q.as_integer() {
                Some(n) => self.integer_power(u, n),
                None if q.is_integer() => Err(Failure::Overflow),
                None => self.rational_power(u, &q),
            };
        }
        if u.is_one() {
            return Ok(Form::one());
        }
        if u.is_zero() {
            let (base, exponent) = (self.intern_form(u), self.intern_form(e));
            return self.kernel_form(Kernel::Power { base, exponent });
        }
        // (exp a)^e = exp(a·e).
        if let Some((Kernel::Exponential(a), times)) = self.single_kernel(u) {
            let a = self.form(a).clone();
            let a = self.multiply(&a, &Form::number(times))?;
            let a = self.multiply(&a, e)?;
            return self.exponential(&a);
        }
        // e = b·log-kernel^-1 …: u^(c/log u) and the like are left alone.
        if self.is_positive(u) {
            return self.positive_power(u, e);
        }
        self.declined = true;
        self.shifted_power(u, e)
    }

    /// `u^e` for `u > 0`: exponents add, factors multiply.
    fn positive_power(&mut self, u: &Form, e: &Form) -> Result<Form, Failure> {
        // (b^a)^e = b^(a·e) for b > 0.
        if let Some((Kernel::Power { base, exponent }, times)) = self.single_kernel(u) {
            let (base, exponent) = (self.form(base).clone(), self.form(exponent).clone());
            if self.is_positive(&base) {
                let exponent = self.multiply(&exponent, &Form::number(times))?;
                let exponent = self.multiply(&exponent, e)?;
                return self.power(&base, &exponent);
            }
        }
        let parts = if self.splits() {
            self.addends(e)?
        } else {
            let (whole, rest) = self.split_exponent(e)?;
            vec![Form::number(whole), rest]
        };
        let mut product = Form::one();
        for part in parts {
            if part.is_zero() {
                continue;
            }
            let power = match part.as_number() {
                Some(q) if q.is_integer() => self.power(u, &part)?,
                Some(q) => self.rational_power(u, &q.clone())?,
                None => self.positive_power_term(u, &part)?,
            };
            product = self.multiply(&product, &power)?;
        }
        Ok(product)
    }

    fn positive_power_term(&mut self, u: &Form, e: &Form) -> Result<Form, Failure> {
        if self.mode == Mode::Canonical
            && (u.factors.len() > 1 || u.factors.iter().any(|(_, k)| !k.is_one()))
            && u.factors.iter().any(|(id, _)| self.signs(*id) != POSITIVE)
        {
            // u = |u|, and no factor of it is zero.
            let mut product = self.positive_power_term(&Form::number(u.coefficient.abs()), e)?;
            for (id, exponent) in u.factors.clone() {
                self.record_signs(id, POSITIVE | NEGATIVE);
                let size = self.absolute_polynomial(id)?;
                let exponent = self.multiply(e, &Form::number(exponent))?;
                let part = self.size_power(&size, &exponent)?;
                product = self.multiply(&product, &part)?;
            }
            return Ok(product);
        }
        if self.splits() {
            let positive =
                u.coefficient.is_positive() && u.factors.iter().all(|(id, _)| self.signs(*id) == POSITIVE);
            if positive && (u.factors.len() > 1 || !u.factors.is_empty() && !u.coefficient.is_one()) {
                let mut product = self.positive_power_term(&Form::number(u.coefficient.clone()), e)?;
                for (id, exponent) in u.factors.clone() {
                    let exponent = self.multiply(e, &Form::number(exponent))?;
                    let part = self.power(&Form::power(id, Rational::ONE), &exponent)?;
                    product = self.multiply(&product, &part)?;
                }
                return Ok(product);
            }
            if u.is_one() {
                return Ok(Form::one());
            }
            if let Some(q) = u.as_number() {
                let primes = prime_powers(q);
                if primes.len() > 1 || primes.first().is_some_and(|p| p.1 != 1) {
                    let mut product = Form::one();
                    for (p, times) in primes {
                        let exponent = self.multiply(e, &Form::number(Rational::integer(times)))?;
                        let part = self.positive_power_term(&Form::number(p), &exponent)?;
                        product = self.multiply(&product, &part)?;
                    }
                    return Ok(product);
                }
            }
        }
        if u.is_one() {
            return Ok(Form::one());
        }
        if let [(id, exponent)] = u.factors.as_slice()
            && u.coefficient.is_one()
            && !exponent.is_one()
            && self.signs(*id) == POSITIVE
        {
            let e = self.multiply(e, &Form::number(exponent.clone()))?;
            return self.power(&Form::power(*id, Rational::ONE), &e);
        }
        let base = self.intern_form(u);
        let direction = e.monic();
        let (exponent, times) = match self.unit(Family::Power(base), &direction, &e.coefficient) {
            Some((unit, times)) => (direction.with_coefficient(unit), times),
            None => (e.clone(), 1),
        };
        let exponent = self.intern_form(&exponent);
        let kernel = self.kernel_form(Kernel::Power { base, exponent })?;
        self.integer_power(&kernel, times)
    }

    /// A power of what is known to be positive: of a factor or of its absolute value.
    fn size_power(&mut self, size: &Form, e: &Form) -> Result<Form, Failure> {
        match size.factors.as_slice() {
            [(id, one)] if one.is_one() && size.coefficient.is_one() => {
                self.record_signs(*id, POSITIVE);
                match e.as_number() {
                    Some(_) => self.power(size, e),
                    None => self.positive_power_term(size, e),
                }
            }
            _ => self.power(size, e),
        }
    }

    /// The integer part of the constant term of an exponent, and the rest.
    pub(super) fn split_exponent(&mut self, e: &Form) -> Result<(Rational, Form), Failure> {
        if e.factors.iter().any(|f| f.1.is_negative()) {
            return Ok((Rational::ZERO, e.clone()));
        }
        let Ok(p) = self.expand_numerator(e) else { return Ok((Rational::ZERO, e.clone())) };
        let Some(last) = p.terms().last().filter(|t| t.monomial.is_one()) else {
            return Ok((Rational::ZERO, e.clone()));
        };
        let constant = Rational::from_integer(last.coefficient.to_big())
            .divide(&Rational::from_integer(e.coefficient.denominator()))
            .unwrap_or_default();
        let whole = constant.floor();
        if whole.is_zero() {
            return Ok((whole, e.clone()));
        }
        let rest = self.add(&[e.clone(), Form::number(-whole.clone())])?;
        Ok((whole, rest))
    }

    /// `u^e` for `u` of unknown sign: only shifts of the exponent by integers are taken out, down to the lowest that occurs.
    fn shifted_power(&mut self, u: &Form, e: &Form) -> Result<Form, Failure> {
        let (whole, rest) = self.split_exponent(e)?;
        let base = self.intern_form(u);
        let key = (base, self.intern_form(&rest));
        let lowest = match self.shifts.get(&key) {
            Some(known) if *known <= whole => known.clone(),
            Some(_) => {
                self.stale = true;
                whole.clone()
            }
            None => whole.clone(),
        };
        self.shifts.insert(key, lowest.clone());
        let exponent = self.add(&[rest, Form::number(lowest.clone())])?;
        let exponent = self.intern_form(&exponent);
        let kernel = self.kernel_form(Kernel::Power { base, exponent })?;
        let shift = (&whole - &lowest).as_integer().ok_or(Failure::Overflow)?;
        let factor = self.integer_power(u, shift)?;
        self.multiply(&kernel, &factor)
    }

    /// `u^q` for a number `q` that is not an integer.
    pub(super) fn rational_power(&mut self, u: &Form, q: &Rational) -> Result<Form, Failure> {
        if u.is_zero() {
            return if q.is_positive() { Ok(Form::zero()) } else { Err(Failure::Undefined) };
        }
        if q.bits() > 40 {
            return Err(Failure::Overflow);
        }
        if u.as_number().is_some_and(Rational::is_negative) {
            return Err(Failure::Undefined);
        }
        self.demand(u, if q.is_negative() { POSITIVE } else { POSITIVE | ZERO });
        // √(a² + 2ab + b²) is |a + b|.
        let factored;
        let u = if self.mode == Mode::Canonical {
            factored = self.factored_form(u)?;
            &factored
        } else {
            u
        };
        let negative = u.coefficient.is_negative();
        let signs: smallvec::SmallVec<[u8; 4]> =
            u.factors.iter().map(|(id, e)| self.power_signs(*id, e, 0)).collect();
        let all = !negative && signs.iter().all(|s| s & NEGATIVE == 0);
        let mut product = self.number_power(&u.coefficient.abs(), q)?;
        let mut rest = Form::number(if negative { Rational::MINUS_ONE } else { Rational::ONE });
        // An even power leaves its root as an absolute value, which is worth it only if nothing else stays behind.
        let sizes = |field: &Self| {
            u.factors
                .iter()
                .filter(|(id, e)| e.is_even() && !(e * q).is_even() && field.signs(*id) & NEGATIVE != 0)
                .count()
        };
        let keep_sizes = self.mode != Mode::Canonical && u.factors.len() > sizes(self);
        for ((id, exponent), signs) in u.factors.clone().into_iter().zip(signs) {
            // A factor that may vanish could hide the sign of the others: √(x²·y) is 0 at x = 0 whatever y is.
            let apart = all || signs == POSITIVE || self.mode == Mode::Canonical;
            let size = exponent.is_even() && !(&exponent * q).is_even() && self.signs(id) & NEGATIVE != 0;
            if !apart || keep_sizes && size {
                self.declined = true;
                rest = self.multiply(&rest, &Form::power(id, exponent))?;
                continue;
            }
            let total = &exponent * q;
            let odd_sign = signs & NEGATIVE != 0 || self.signs(id) & NEGATIVE != 0 && exponent.is_even();
            let part = if odd_sign && !(total.is_even()) {
                let size = self.absolute_polynomial(id)?;
                self.form_power(&size, &total)?
            } else {
                self.form_power(&Form::power(id, Rational::ONE), &total)?
            };
            product = self.multiply(&product, &part)?;
        }
        if self.mode == Mode::Canonical {
            // All factors came apart as absolute values; the sign in front cannot be negative where the input is defined.
            return Ok(product);
        }
        if !rest.is_one() {
            let composite = self.composite_power(&rest, q)?;
            product = self.multiply(&product, &composite)?;
        }
        Ok(product)
    }

    /// A power of a form with one factor and coefficient ±1 whose sign is known to allow it.
    fn form_power(&mut self, form: &Form, q: &Rational) -> Result<Form, Failure> {
        if let Some(n) = q.as_integer() {
            return self.integer_power(form, n);
        }
        if form.coefficient.is_negative() {
            return self.composite_power(form, q);
        }
        let [(id, exponent)] = form.factors.as_slice() else { return Err(Failure::Overflow) };
        let total = exponent * q;
        let (id, total) = (*id, total);
        if total.bits() > 40 {
            return Err(Failure::Overflow);
        }
        // Exponentials take rational powers inside.
        if let Some((Kernel::Exponential(a), times)) = self.single_kernel(form) {
            let a = self.form(a).clone();
            let a = self.multiply(&a, &Form::number(&times * q))?;
            return self.exponential(&a);
        }
        self.settle(Form::power(id, total))
    }

    fn composite_power(&mut self, g: &Form, q: &Rational) -> Result<Form, Failure> {
        let id = self.intern_form(g);
        let kernel = self.kernel_form(Kernel::Composite(id))?;
        let factor = kernel.factors[0].0;
        let whole = q.floor();
        let power = Form::power(factor, q - &whole);
        let n = whole.as_integer().ok_or(Failure::Overflow)?;
        let outside = self.integer_power(g, n)?;
        self.multiply(&power, &outside)
    }

    /// `c^q` for a positive number.
    fn number_power(&mut self, c: &Rational, q: &Rational) -> Result<Form, Failure> {
        let mut product = Form::one();
        for (p, e) in prime_powers(c) {
            let exponent = &Rational::integer(e) * q;
            let whole = exponent.floor();
            let n = whole.as_integer().ok_or(Failure::Overflow)?;
            let outside = p.power(n, self.limits.bits).map_err(|_| Failure::Overflow)?;
            let rest = &exponent - &whole;
            let mut part = Form::number(outside);
            if !rest.is_zero() {
                let kernel = self.kernel_form(Kernel::Number(Integer::from_big(p.numerator())))?;
                let inside = Form::power(kernel.factors[0].0, rest);
                part = self.multiply(&part, &inside)?;
            }
            product = self.multiply(&product, &part)?;
        }
        Ok(product)
    }
}

/// A positive rational as a product of powers of primes; a large part without small primes stays as it is.
pub fn prime_powers(q: &Rational) -> Vec<(Rational, i64)> {
    let mut out: Vec<(Rational, i64)> = Vec::new();
    for (n, sign) in [(q.numerator(), 1), (q.denominator(), -1)] {
        let mut n = n;
        let mut d: u32 = 2;
        let one = num_bigint::BigInt::from(1);
        while n > one && d < 1000 {
            if num_bigint::BigInt::from(d) * d > n {
                break;
            }
            let mut times = 0;
            while (&n % d) == num_bigint::BigInt::ZERO {
                n /= d;
                times += sign;
            }
            if times != 0 {
                out.push((Rational::integer(i64::from(d)), times));
            }
            d += 1;
        }
        if n > one {
            let mut left = Rational::from_integer(n);
            let mut times = sign;
            // A square of a large prime.
            if let Some(root) = left.root(2) {
                left = root;
                times *= 2;
            }
            out.push((left, times));
        }
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}
