//! Powers and absolute values of sums, by the factors that are found in them.

use std::collections::BTreeMap;

use num_traits::ToPrimitive;
use smallvec::SmallVec;

use super::algebra::{Algebra, Checked, Head, MAXIMUM_BITS, MAXIMUM_POWER, Parts};
use super::polynomial::{Factor, Label, Poly, is_bound};
use super::sign::{NEGATIVE, POSITIVE};
use crate::function;
use crate::number::Rational;

impl Algebra {
    /// The power of a positive number, as powers of primes.
    pub(super) fn number_power(&mut self, number: &Rational, power: &Rational) -> Checked<Poly> {
        let mut factors = Vec::new();
        for (prime, count) in primes(number) {
            let atom = self.plain(Head::Prime(prime), &[], &[]);
            factors.push(Factor { power: power * &Rational::integer(count), ..atom });
        }
        self.normal(Rational::ONE, &[], factors)
    }

    /// `number · Π factors · Π sums^k`, over a common denominator. Parts that are not real stay in the sums.
    pub(super) fn parts(&mut self, poly: &Poly) -> Checked<Parts> {
        let (numerator, below) = self.cleared(poly)?;
        let mut factors: Vec<Factor> = below.into_iter().map(|f| Factor { power: -f.power, ..f }).collect();
        let Some((_, lead)) = numerator.lead() else {
            return Ok(Parts { number: Rational::ZERO, factors: Vec::new(), sums: Vec::new() });
        };
        let number = lead.clone();
        // The least power of each atom over all terms.
        let mut common: Option<BTreeMap<(usize, SmallVec<[Label; 2]>), Rational>> = None;
        for monomial in numerator.0.keys() {
            let own: BTreeMap<_, _> = monomial
                .factors
                .iter()
                .filter(|f| {
                    !matches!(self.head(f), Head::Imaginary | Head::Rotation | Head::Delta)
                        && !f.labels.iter().any(|l| is_bound(*l))
                })
                .map(|f| ((f.atom, f.labels.clone()), f.power.clone()))
                .collect();
            common = Some(match common {
                None => own,
                Some(mut common) => {
                    for (key, power) in &own {
                        let least = common.entry(key.clone()).or_insert(Rational::ZERO);
                        *least = least.clone().min(power.clone());
                    }
                    for (_, least) in common.iter_mut().filter(|(key, _)| !own.contains_key(*key)) {
                        *least = least.clone().min(Rational::ZERO);
                    }
                    common
                }
            });
        }
        let common: Vec<Factor> = common
            .unwrap_or_default()
            .into_iter()
            .filter(|(_, power)| !power.is_zero())
            .map(|((atom, labels), power)| Factor { atom, labels, power })
            .collect();
        let inverse: Vec<Factor> =
            common.iter().map(|f| Factor { power: -f.power.clone(), ..f.clone() }).collect();
        let inverse = self.normal(number.reciprocal().unwrap_or(Rational::ONE), &[], inverse)?;
        let rest = self.multiply(&numerator, &inverse)?;
        factors.extend(common);
        self.merge(&mut factors);
        let mut parts = Parts { number, factors, sums: Vec::new() };
        self.split(rest, Rational::ONE, &mut parts, 0)?;
        Ok(parts)
    }

    /// A sum as a product of powers of sums: its square root if it is a square, quotients by sums that are known.
    pub(super) fn split(
        &mut self,
        sum: Poly,
        power: Rational,
        into: &mut Parts,
        depth: usize,
    ) -> Checked<()> {
        if depth > 8 {
            return Err("a root is nested too deeply".to_owned());
        }
        if let Some(n) = sum.as_number()
            && let Some(power) = power.as_integer()
        {
            let value = n.power(power, MAXIMUM_BITS).map_err(|_| "a number is too large")?;
            into.number = &into.number * &value;
            return Ok(());
        }
        if self.refines {
            for at in 0..self.atoms.len() {
                if self.atoms[at].head == Head::Sum && self.atoms[at].sizes.is_empty() {
                    let divisor = self.atoms[at].arguments[0].clone();
                    let scale = divisor.lead().and_then(|(_, c)| c.reciprocal()).unwrap_or(Rational::ONE);
                    let divisor = divisor.times(&scale);
                    if divisor == sum || !self.is_real(&divisor) {
                        continue;
                    }
                    if let Some(quotient) = self.quotient(&sum, &divisor)? {
                        self.split(divisor, power.clone(), into, depth + 1)?;
                        return self.split(quotient, power, into, depth + 1);
                    }
                }
            }
        }
        match self.square_root(&sum)? {
            // A square is not split where that needs more than the sign: (i·u)² = -u².
            Some((root, is_real)) if is_real || power.is_one() => {
                if !is_real {
                    into.number = -into.number.clone();
                }
                self.split(root, power * Rational::TWO, into, depth + 1)
            }
            _ => {
                into.sums.push((sum, power));
                Ok(())
            }
        }
    }

    /// `sum/divisor` if it is a sum.
    pub(super) fn quotient(&mut self, sum: &Poly, divisor: &Poly) -> Checked<Option<Poly>> {
        let Some((lead, number)) = divisor.lead().map(|(m, c)| (m.clone(), c.clone())) else {
            return Ok(None);
        };
        let (mut rest, mut result) = (sum.clone(), Poly::zero());
        if divisor.0.len() < 2 || divisor.0.keys().any(|m| !m.bound.is_empty()) {
            return Ok(None);
        }
        for _ in 0..=2 * sum.0.len() {
            let Some((m, c)) = rest.lead() else { return Ok(Some(result)) };
            let inverse = lead.factors.iter().map(|f| Factor { power: -f.power.clone(), ..f.clone() });
            let factors: Vec<Factor> = m.factors.iter().cloned().chain(inverse).collect();
            let (number, bound) = (c * &number.reciprocal().unwrap_or_default(), m.bound.clone());
            let term = self.normal(number, &bound, factors)?;
            if !term.factors().all(|f| !f.power.is_negative() || self.is_unit(f)) {
                return Ok(None);
            }
            self.spend(rest.0.len())?;
            rest = rest.minus(&self.multiply(&term, divisor)?);
            result = result.plus(&term);
        }
        Ok(None)
    }

    /// A real sum whose square this is up to sign, and whether the sign is positive.
    pub(super) fn square_root(&mut self, sum: &Poly) -> Checked<Option<(Poly, bool)>> {
        let Some((lead, number)) = sum.lead().map(|(m, c)| (m.clone(), c.clone())) else { return Ok(None) };
        let Some(root) = number.root(2).filter(|_| sum.0.len() > 2 && lead.bound.is_empty()) else {
            return Ok(None);
        };
        let factors: Vec<Factor> =
            lead.factors.iter().map(|f| Factor { power: &f.power * &Rational::HALF, ..f.clone() }).collect();
        if !factors.iter().all(|f| f.power.is_integer() || self.is_unit(f)) {
            return Ok(None);
        }
        let inverse = factors.iter().map(|f| Factor { power: -f.power.clone(), ..f.clone() }).collect();
        let below = self.normal((&root * &Rational::TWO).reciprocal().unwrap_or_default(), &[], inverse)?;
        let mut result = self.normal(root, &[], factors)?;
        for _ in 0..sum.0.len() {
            self.spend(sum.0.len())?;
            let rest = sum.clone().minus(&self.multiply(&result, &result)?);
            let Some((m, c)) = rest.lead() else {
                let i = self.imaginary();
                let turned = self.multiply(&result, &i)?;
                return Ok(if self.is_real(&result) {
                    Some((result, true))
                } else {
                    Some((turned, false)).filter(|(turned, _)| self.is_real(turned))
                });
            };
            // What is no square has ever longer coefficients.
            if c.bits() > 512 {
                return Ok(None);
            }
            let mut next = Poly::zero();
            next.add_term(m.clone(), c);
            result = result.plus(&self.multiply(&next, &below)?);
        }
        Ok(None)
    }

    /// Is it its own complex conjugate?
    pub(super) fn is_real(&self, poly: &Poly) -> bool {
        let mut conjugate = Poly::zero();
        for (monomial, coefficient) in &poly.0 {
            let mut monomial = monomial.clone();
            let mut sign = Rational::ONE;
            for f in &mut monomial.factors {
                match self.head(f) {
                    Head::Imaginary => sign = -sign,
                    Head::Rotation => f.power = -f.power.clone(),
                    _ => {}
                }
            }
            conjugate.add_term(monomial, &(coefficient * &sign));
        }
        conjugate == *poly
    }

    /// Is it of a kind that has a reciprocal everywhere, so that its powers may be of any sign and fraction?
    pub(super) fn is_unit(&self, factor: &Factor) -> bool {
        matches!(self.head(factor), Head::Rotation | Head::Known(function::EXP))
    }

    /// A power with a rational exponent. For one that is no integer, `poly ≥ 0` is taken for granted where it is defined.
    pub(super) fn raise(&mut self, poly: &Poly, power: &Rational) -> Checked<Poly> {
        if !self.is_on {
            return Ok(Poly::zero());
        }
        if let Some(n) =
            power.as_integer().filter(|n| (0..=MAXIMUM_POWER).contains(n) && (*n < 2 || poly.0.len() > 1))
        {
            return (0..n).try_fold(Poly::one(), |product, _| self.multiply(&product, poly));
        }
        if let (Some(n), 1, Some((monomial, number))) = (power.as_integer(), poly.0.len(), poly.lead())
            && monomial.bound.is_empty()
            && (n > 0 || !monomial.factors.iter().any(|f| *self.head(f) == Head::Delta))
        {
            let number = number.power(n, MAXIMUM_BITS).map_err(|_| "a number is too large")?;
            let powers =
                monomial.factors.iter().map(|f| Factor { power: &f.power * power, ..f.clone() }).collect();
            return self.normal(number, &[], powers);
        }
        let Parts { number, factors, sums } = self.parts(poly)?;
        if number.is_zero() {
            return if power.is_positive() { Ok(Poly::zero()) } else { Err("a division by zero".to_owned()) };
        }
        let mut result = match power.as_integer() {
            Some(n) => Poly::number(number.power(n, MAXIMUM_BITS).map_err(|_| "a number is too large")?),
            None => self.number_power(&number.abs(), power)?,
        };
        if power.is_integer() {
            for f in factors {
                result = self.multiply(&result, &Poly::factor(Factor { power: &f.power * power, ..f }))?;
            }
            for (sum, k) in sums {
                let base = self.atom(Head::Sum, vec![sum])?;
                result = self.multiply(&result, &Poly::factor(Factor { power: &k * power, ..base }))?;
            }
            return Ok(result);
        }
        // What has one sign: |f|^(e·r). What may have both stays together: f·g ≥ 0 says nothing of f and g alone.
        let mut together = Poly::one();
        let mut is_negative = number.is_negative();
        let bases = factors
            .into_iter()
            .map(|f| (Poly::factor(Factor { power: Rational::ONE, ..f.clone() }), f.power));
        for (base, k) in bases.chain(sums).collect::<Vec<_>>() {
            let mut rest = k.clone();
            let mask = if k.is_integer() && !k.is_even() { self.mask(&base) } else { POSITIVE };
            if mask & POSITIVE == 0 {
                is_negative = !is_negative;
            } else if mask & NEGATIVE != 0 {
                together = self.multiply(&together, &base)?;
                rest -= &Rational::ONE;
            }
            let value = match base.as_factor() {
                Some(factor) if !k.is_integer() => {
                    self.normal(Rational::ONE, &[], vec![Factor { power: &rest * power, ..factor.clone() }])?
                }
                _ => self.absolute(&base, &(&rest * power))?,
            };
            result = self.multiply(&result, &value)?;
        }
        if is_negative {
            together = together.times(&Rational::MINUS_ONE);
        }
        if together.as_number().is_none_or(|n| !n.is_one()) {
            let base = match together.as_factor() {
                Some(factor) => factor.clone(),
                None => self.atom(Head::Sum, vec![together])?,
            };
            let value = self.normal(Rational::ONE, &[], vec![Factor { power: power.clone(), ..base }])?;
            result = self.multiply(&result, &value)?;
        }
        Ok(result)
    }

    /// `|poly|^power`.
    pub(super) fn absolute(&mut self, poly: &Poly, power: &Rational) -> Checked<Poly> {
        if !self.is_on {
            return Ok(Poly::zero());
        }
        let Parts { number, factors, sums } = self.parts(poly)?;
        if number.is_zero() {
            return if power.is_positive() { Ok(Poly::zero()) } else { Err("a division by zero".to_owned()) };
        }
        let mut result = self.number_power(&number.abs(), power)?;
        let mut bases: Vec<(Factor, Rational)> =
            factors.into_iter().map(|f| (Factor { power: Rational::ONE, ..f.clone() }, f.power)).collect();
        for (sum, k) in sums {
            bases.push((self.atom(Head::Sum, vec![sum])?, k));
        }
        for (base, k) in bases {
            let value = Poly::factor(base.clone());
            let mask = self.mask(&value);
            let atom = if mask & NEGATIVE == 0 || !k.is_integer() {
                base
            } else if mask & POSITIVE == 0 {
                // Roots of 1 - x are roots of that sum, not of |x - 1|.
                let sum = if *self.head(&base) == Head::Sum { self.argument(&base, 0)? } else { value };
                let sum = sum.times(&Rational::MINUS_ONE);
                self.atom(Head::Sum, vec![sum])?
            } else {
                self.atom(Head::Known(function::ABS), vec![value])?
            };
            let part = self.normal(Rational::ONE, &[], vec![Factor { power: &k * power, ..atom }])?;
            result = self.multiply(&result, &part)?;
        }
        Ok(result)
    }
}

/// A positive number as a product of powers of primes, as far as small primes go.
pub(super) fn primes(number: &Rational) -> Vec<(Rational, i64)> {
    let mut result = Vec::new();
    for (mut n, sign) in [(number.numerator(), 1), (number.denominator(), -1)] {
        let mut p = 2u32;
        while n.to_u32() != Some(1) {
            let prime = if p < 2_000 { num_bigint::BigInt::from(p) } else { n.clone() };
            let mut count = 0;
            while (&n % &prime) == num_bigint::BigInt::from(0) {
                n /= &prime;
                count += sign;
            }
            if count != 0 {
                result.push((Rational::from_integer(prime), count));
            }
            p += 1;
        }
    }
    result
}
