//! Exponentials, logarithms, angles and signs of sums.

use smallvec::SmallVec;

use super::algebra::{Algebra, Checked, Head, Parts};
use super::polynomial::{Factor, Poly};
use super::power::primes;
use super::sign::{POSITIVE, ZERO};
use crate::function::{self, FunctionId, Parity};
use crate::number::{Interval, Rational};

impl Algebra {
    /// exp(Σ c·m) = Π exp(m)^c, with exp(c·log|u|) = |u|^c.
    pub(super) fn exponential(&mut self, poly: &Poly) -> Checked<Poly> {
        if !self.is_on {
            return Ok(Poly::zero());
        }
        let mut result = Poly::one();
        for (monomial, coefficient) in &self.reduced(poly)?.0 {
            let mut unit = Poly::zero();
            unit.add_term(monomial.clone(), &Rational::ONE);
            let part = match unit.as_factor() {
                Some(f) if self.is(f, function::LOG) => {
                    let inner = self.argument(&f.clone(), 0)?;
                    self.absolute(&inner, coefficient)?
                }
                _ => {
                    let atom = self.atom(Head::Known(function::EXP), vec![unit])?;
                    Poly::factor(Factor { power: coefficient.clone(), ..atom })
                }
            };
            result = self.multiply(&result, &part)?;
        }
        Ok(result)
    }

    /// log|poly|: the sum over its factors.
    pub(super) fn logarithm(&mut self, poly: &Poly) -> Checked<Poly> {
        let Parts { number, factors, sums } = self.parts(poly)?;
        if number.is_zero() {
            return Err("a logarithm of zero".to_owned());
        }
        let mut result = Poly::zero();
        for (prime, count) in primes(&number.abs()) {
            let prime = Poly::factor(self.plain(Head::Prime(prime), &[], &[]));
            let atom = self.atom(Head::Known(function::LOG), vec![prime])?;
            result.add(&Poly::factor(atom), &Rational::integer(count));
        }
        for f in factors {
            let base = Poly::factor(Factor { power: Rational::ONE, ..f.clone() });
            let value = if self.is(&f, function::EXP) {
                self.argument(&f, 0)?
            } else if self.is(&f, function::ABS) {
                let inner = self.argument(&f, 0)?;
                Poly::factor(self.atom(Head::Known(function::LOG), vec![inner])?)
            } else {
                Poly::factor(self.atom(Head::Known(function::LOG), vec![base])?)
            };
            result.add(&value, &f.power);
        }
        'sums: for (sum, k) in sums {
            // If P·Q is a single product, log|P| = log|P·Q| - log|Q|.
            for at in (0..self.atoms.len()).filter(|_| sum.factors().any(|f| !f.power.is_integer())) {
                if self.atoms[at].head == Head::Known(function::LOG) && self.atoms[at].sizes.is_empty() {
                    let other = self.atoms[at].arguments[0].clone();
                    let product = self.multiply(&sum, &other)?;
                    let is_sum = other.factors().any(|f| *self.head(f) == Head::Sum);
                    if is_sum && product.0.len() == 1 && product.0.keys().all(|m| m.bound.is_empty()) {
                        let other = Factor { atom: at, labels: SmallVec::new(), power: Rational::ONE };
                        let value = self.logarithm(&product)?.minus(&Poly::factor(other));
                        result.add(&value, &k);
                        continue 'sums;
                    }
                }
            }
            let base = Poly::factor(self.atom(Head::Sum, vec![sum])?);
            let atom = self.atom(Head::Known(function::LOG), vec![base])?;
            result.add(&Poly::factor(atom), &k);
        }
        Ok(result)
    }

    /// Is it an angle whose sine or tangent is written in it?
    pub(super) fn is_inverse(&self, angle: &Poly) -> bool {
        angle.as_factor().is_some_and(|f| self.is(f, function::ASIN) || self.is(f, function::ATAN))
    }

    /// exp(i·Σ c·m) = Π exp(i·m)^c, and the inverse sine and tangent resolved.
    pub(super) fn rotation(&mut self, poly: &Poly) -> Checked<Poly> {
        let mut result = Poly::one();
        for (monomial, coefficient) in &self.reduced(poly)?.0 {
            let mut unit = Poly::zero();
            unit.add_term(monomial.clone(), &Rational::ONE);
            let turns = coefficient.as_integer().filter(|n| n.abs() <= 8);
            let part = match (unit.as_factor().cloned(), turns) {
                (Some(f), Some(n)) if self.is(&f, function::ASIN) || self.is(&f, function::ATAN) => {
                    let sine = self.argument(&f, 0)?;
                    let square = self.multiply(&sine, &sine)?;
                    let i = self.imaginary();
                    let sine = self.multiply(&sine, &i)?.times(&Rational::integer(n.signum()));
                    let one = if self.is(&f, function::ASIN) {
                        let cosine = self.raise(&Poly::one().minus(&square), &Rational::HALF)?;
                        cosine.plus(&sine)
                    } else {
                        let length = self.raise(&Poly::one().plus(&square), &-Rational::HALF)?;
                        self.multiply(&Poly::one().plus(&sine), &length)?
                    };
                    self.raise(&one, &Rational::integer(n.abs()))?
                }
                _ => {
                    let atom = self.atom(Head::Rotation, vec![unit])?;
                    self.normal(Rational::ONE, &[], vec![Factor { power: coefficient.clone(), ..atom }])?
                }
            };
            result = self.multiply(&result, &part)?;
        }
        Ok(result)
    }

    /// The angle of the point (x, y), a multiple of π that lies in the enclosure, if powers of the point show that it is one.
    pub(super) fn constant_angle(
        &mut self,
        x: &Poly,
        y: &Poly,
        enclosure: Interval,
    ) -> Checked<Option<Poly>> {
        let half_turns = enclosure / Interval::PI;
        let is_constant =
            |p: &Poly| !p.factors().any(|f| matches!(self.head(f), Head::Variable(_) | Head::Known(_)));
        if !is_constant(x) || !is_constant(y) || half_turns.width() >= 1e-3 {
            return Ok(None);
        }
        for m in 1..=12i64 {
            let nearest = (half_turns.middle() * 2.0 * m as f64).round();
            let Some(turns) = Rational::fraction(nearest as i64, 2 * m) else { continue };
            // No other multiple of π/(2m) is as near.
            if (half_turns - Interval::from_rational(&turns)).abs().high >= 0.25 / m as f64 {
                continue;
            }
            let i = self.imaginary();
            let point = x.clone().plus(&self.multiply(y, &i)?);
            let square = self.multiply(x, x)?.plus(&self.multiply(y, y)?);
            let point = self.raise(&point, &Rational::integer(2 * m))?;
            let length = self.raise(&square, &Rational::integer(m))?;
            // exp(2imθ) = ±1
            let sign = Rational::integer(if nearest as i64 % 2 == 0 { 1 } else { -1 });
            if self.vanishes(&point.minus(&length.times(&sign)))? {
                let pi = self.plain(Head::Pi, &[], &[]);
                return Ok(Some(Poly::factor(pi).times(&turns)));
            }
        }
        Ok(None)
    }

    /// A function of the table without laws but its parity and its listed values.
    pub(super) fn opaque(&mut self, id: FunctionId, mut arguments: Vec<Poly>) -> Checked<Poly> {
        let parity = function::row(id).parity;
        let mut sign = Rational::ONE;
        for argument in &mut arguments {
            *argument = self.reduced(argument)?;
        }
        if let (Parity::Odd | Parity::Even, [only]) = (parity, arguments.as_mut_slice())
            && only.lead().is_some_and(|(_, c)| c.is_negative())
        {
            *only = only.times(&Rational::MINUS_ONE);
            sign = if parity == Parity::Odd { Rational::MINUS_ONE } else { Rational::ONE };
        }
        let atom = self.atom(Head::Known(id), arguments)?;
        self.normal(sign, &[], vec![atom])
    }

    /// sign(u), by the factors of u.
    pub(super) fn signum(&mut self, poly: &Poly) -> Checked<Poly> {
        let Parts { number, factors, sums } = self.parts(poly)?;
        let mut bases: Vec<(Factor, Rational)> =
            factors.into_iter().map(|f| (Factor { power: Rational::ONE, ..f.clone() }, f.power)).collect();
        for (sum, k) in sums {
            bases.push((self.atom(Head::Sum, vec![sum])?, k));
        }
        let mut signs = Vec::new();
        for (base, k) in bases {
            let base = Poly::factor(base);
            if self.mask(&base) != POSITIVE {
                let atom = self.atom(Head::Known(function::SIGN), vec![base])?;
                signs.push(Factor {
                    power: Rational::integer(if k.is_integer() && !k.is_even() { 1 } else { 2 }),
                    ..atom
                });
            }
        }
        let number = if number.is_zero() {
            0
        } else if number.is_negative() {
            -1
        } else {
            1
        };
        self.normal(Rational::integer(number), &[], signs)
    }

    /// One where u > 0, otherwise zero; (1 + sign(u))/2 where u ≠ 0.
    pub(super) fn step(&mut self, poly: &Poly) -> Checked<Poly> {
        if !self.is_on {
            return Ok(Poly::zero());
        }
        let mask = self.mask(poly);
        if mask & ZERO == 0 {
            return Ok(self.signum(poly)?.plus(&Poly::one()).times(&Rational::HALF));
        }
        if mask & POSITIVE == 0 {
            return Ok(Poly::zero());
        }
        let scale = poly.lead().and_then(|(_, c)| c.abs().reciprocal()).unwrap_or(Rational::ONE);
        let argument = self.reduced(&poly.times(&scale))?;
        let atom = self.atom(Head::Known(function::HEAVISIDE), vec![argument])?;
        self.normal(Rational::ONE, &[], vec![atom])
    }
}
