//! The signs that a sum of products may have, from those of its atoms and from what is taken for granted.

use super::algebra::{Algebra, Atom, Checked, Head, Parts};
use super::polynomial::{Factor, Poly};
use crate::function;
use crate::number::Rational;
use crate::syntax::tree::Relation;

pub(super) const NEGATIVE: u8 = 1;
pub(super) const ZERO: u8 = 2;
pub(super) const POSITIVE: u8 = 4;
pub(super) const ANY: u8 = 7;

/// The signs of `u` for which `u R 0` holds.
pub(super) fn mask_of(relation: Relation) -> u8 {
    match relation {
        Relation::Equal => ZERO,
        Relation::NotEqual => NEGATIVE | POSITIVE,
        Relation::Less => NEGATIVE,
        Relation::LessEqual => NEGATIVE | ZERO,
        Relation::Greater => POSITIVE,
        Relation::GreaterEqual => POSITIVE | ZERO,
    }
}

fn of_number(number: &Rational) -> u8 {
    if number.is_zero() {
        ZERO
    } else if number.is_negative() {
        NEGATIVE
    } else {
        POSITIVE
    }
}

/// Signs of a number whose range is known.
pub(super) fn of_range((low, high, has_low, has_high): (f64, f64, bool, bool)) -> u8 {
    let mut mask = ANY;
    if low >= 0.0 {
        mask &= if low > 0.0 || !has_low { POSITIVE } else { POSITIVE | ZERO };
    }
    if high <= 0.0 {
        mask &= if high < 0.0 || !has_high { NEGATIVE } else { NEGATIVE | ZERO };
    }
    mask
}

fn times(a: u8, b: u8) -> u8 {
    let mut mask = (a | b) & ZERO;
    if a & POSITIVE != 0 && b & POSITIVE != 0 || a & NEGATIVE != 0 && b & NEGATIVE != 0 {
        mask |= POSITIVE;
    }
    if a & POSITIVE != 0 && b & NEGATIVE != 0 || a & NEGATIVE != 0 && b & POSITIVE != 0 {
        mask |= NEGATIVE;
    }
    mask
}

fn plus(a: u8, b: u8) -> u8 {
    let both = a | b;
    if a == ZERO {
        b
    } else if b == ZERO {
        a
    } else if both & POSITIVE != 0 && both & NEGATIVE != 0 {
        ANY
    } else if a & ZERO == 0 || b & ZERO == 0 {
        both & !ZERO
    } else {
        both
    }
}

fn negated(mask: u8) -> u8 {
    mask & ZERO | (mask & POSITIVE) >> 2 | (mask & NEGATIVE) << 2
}

impl Algebra {
    pub(super) fn mask_of_head(&self, head: &Head, arguments: &[Poly]) -> u8 {
        match head {
            Head::Pi | Head::Prime(_) => POSITIVE,
            Head::Delta => POSITIVE | ZERO,
            Head::Sum => arguments.first().map_or(ANY, |sum| self.mask_by_terms(sum)),
            // The logarithm of an absolute value has every sign.
            Head::Known(function::LOG) => ANY,
            Head::Known(function::ABS) => {
                let has_zero = arguments.first().is_none_or(|a| self.mask_by_terms(a) & ZERO != 0);
                if has_zero { POSITIVE | ZERO } else { POSITIVE }
            }
            Head::Known(id) => of_range(function::row(*id).range),
            _ => ANY,
        }
    }

    fn mask_of_factor(&self, factor: &Factor) -> u8 {
        let atom = &self.atoms[factor.atom];
        // What was learnt since the atom was made counts too.
        let mut mask = atom.mask & self.mask_of_head(&atom.head, &atom.arguments);
        if !factor.power.is_integer() {
            mask &= POSITIVE | ZERO;
        } else if factor.power.is_even() && mask != ZERO {
            mask = mask & ZERO | POSITIVE;
        }
        if factor.power.is_negative() { mask & !ZERO } else { mask }
    }

    fn mask_by_terms(&self, poly: &Poly) -> u8 {
        let is_complex = |f: &Factor| matches!(self.head(f), Head::Imaginary | Head::Rotation);
        if poly.factors().any(is_complex) {
            return ANY;
        }
        poly.0.iter().fold(ZERO, |sum, (monomial, coefficient)| {
            let start = of_number(coefficient);
            let product = monomial.factors.iter().fold(start, |m, f| times(m, self.mask_of_factor(f)));
            plus(sum, product)
        })
    }

    /// The signs that the values of a real sum may have (for all labels).
    pub(super) fn mask(&self, poly: &Poly) -> u8 {
        let mut mask = self.mask_by_terms(poly);
        // Sums that something is known of: this one, or one that this exceeds.
        for atom in self.atoms.iter().filter(|a| a.head == Head::Sum && a.mask != ANY && a.sizes.is_empty()) {
            let known = &atom.arguments[0];
            // The rest has no more terms than this only if at least half of the known ones are in it.
            if known.0.len() > 2 * poly.0.len()
                || 2 * known.0.keys().filter(|m| poly.0.contains_key(*m)).count() < known.0.len()
            {
                continue;
            }
            for (sign, own) in [(Rational::ONE, atom.mask), (Rational::MINUS_ONE, negated(atom.mask))] {
                let mut scale = Rational::ONE;
                if let (Some((m, c)), Some((n, d))) = (poly.lead(), known.lead())
                    && m == n
                {
                    scale = c.abs().divide(&d.abs()).unwrap_or(Rational::ONE);
                }
                let mut rest = poly.clone();
                rest.add(known, &-(&scale * &sign));
                if rest.0.len() <= poly.0.len() {
                    mask &= plus(own, self.mask_by_terms(&rest));
                }
            }
        }
        mask
    }

    /// Takes for granted that the values of a sum have these signs.
    pub(super) fn assume(&mut self, poly: &Poly, mask: u8) -> Checked<()> {
        let Parts { number, factors, sums } = self.parts(poly)?;
        let mut parts: Vec<(Poly, Rational)> = factors
            .into_iter()
            .map(|f| (Poly::factor(Factor { power: Rational::ONE, ..f.clone() }), f.power))
            .collect();
        parts.extend(sums);
        let masks: Vec<u8> = parts.iter().map(|(base, _)| self.mask(base)).collect();
        for at in 0..parts.len() {
            let mut learnt = ANY;
            // A product without zero has no factor that is zero.
            if mask & ZERO == 0 {
                learnt &= NEGATIVE | POSITIVE;
            }
            let others = parts.iter().zip(&masks).enumerate().filter(|(k, _)| *k != at);
            let sign = others.fold(of_number(&number), |sign, (_, ((_, power), mask))| {
                times(sign, if power.is_even() && *mask & ZERO == 0 { POSITIVE } else { *mask })
            });
            if parts[at].1.is_integer() && !parts[at].1.is_even() {
                match sign {
                    POSITIVE => learnt &= mask,
                    NEGATIVE => learnt &= negated(mask),
                    _ => {}
                }
            }
            let base = parts[at].0.clone();
            let factor = match base.as_factor() {
                Some(factor) => factor.clone(),
                None => self.atom(Head::Sum, vec![base])?,
            };
            // What holds at some labels holds of the atom only if they are any labels.
            let mut labels = factor.labels.to_vec();
            labels.sort_unstable();
            labels.dedup();
            if labels.len() == factor.labels.len() && labels.iter().all(|l| super::polynomial::is_open(*l)) {
                self.learn(factor.atom, learnt);
            }
        }
        for at in 0..self.atoms.len() {
            if self.atoms[at].head == Head::Sum && self.atoms[at].sizes.is_empty() {
                let mask = self.mask(&self.atoms[at].arguments[0]);
                self.atoms[at].mask &= mask;
                self.learn_from_sum(at);
            }
        }
        Ok(())
    }

    /// A positive sum whose other terms are not positive has a positive term, whose factors are not zero.
    fn learn_from_sum(&mut self, at: usize) {
        let (own, sum) = (self.atoms[at].mask, &self.atoms[at].arguments[0]);
        let known = match own {
            POSITIVE => NEGATIVE | ZERO,
            NEGATIVE => POSITIVE | ZERO,
            _ => return,
        };
        let mut open = sum.0.iter().filter(|(monomial, number)| {
            let mut term = Poly::zero();
            term.add_term((*monomial).clone(), number);
            self.mask_by_terms(&term) & !known != 0
        });
        let (Some((monomial, _)), None) = (open.next(), open.next()) else { return };
        let atoms: Vec<usize> = monomial.factors.iter().map(|f| f.atom).collect();
        let is_plain =
            |f: &Factor| f.labels.is_empty() && !matches!(self.head(f), Head::Imaginary | Head::Rotation);
        if !monomial.bound.is_empty() || !sum.factors().all(is_plain) {
            return;
        }
        atoms.into_iter().for_each(|atom| self.learn(atom, NEGATIVE | POSITIVE));
    }

    fn learn(&mut self, atom: usize, mask: u8) {
        let Atom { head, arguments, .. } = &self.atoms[atom];
        // |u| is zero where u is.
        let inner = arguments.first().and_then(Poly::as_factor).map(|f| f.atom);
        let inner = inner.filter(|_| *head == Head::Known(function::ABS) && mask & ZERO == 0);
        self.atoms[atom].mask &= mask;
        if let Some(inner) = inner {
            self.atoms[inner].mask &= NEGATIVE | POSITIVE;
        }
    }

    /// Is there a sum of products of variables that has no sign at all? Then there is no point at which what is taken for
    /// granted holds.
    pub(super) fn is_impossible(&self) -> bool {
        let is_variable = |f: &Factor| {
            matches!(self.head(f), Head::Variable(_))
                && f.labels.is_empty()
                && f.power.is_integer()
                && !f.power.is_negative()
        };
        self.atoms.iter().any(|atom| match &atom.head {
            Head::Variable(_) => atom.mask == 0 && atom.sizes.is_empty(),
            Head::Sum => atom.mask == 0 && atom.arguments[0].factors().all(is_variable),
            _ => false,
        })
    }

    /// Something under a root or an absolute value that is not zero, but whose sign is not known.
    pub(super) fn unsure(&self, poly: &Poly) -> Option<Poly> {
        let mut inside: Vec<&Factor> = poly.factors().collect();
        let mut seen = Vec::new();
        while let Some(f) = inside.pop() {
            let atom = &self.atoms[f.atom];
            if seen.contains(&f.atom) {
                continue;
            }
            seen.push(f.atom);
            let is_base = matches!(atom.head, Head::Known(function::ABS | function::SIGN))
                || atom.head == Head::Sum && !f.power.is_integer();
            if let Some(argument) = atom.arguments.first().filter(|_| atom.sizes.is_empty()) {
                let sure = |g: &&Factor| {
                    self.mask_of_factor(&Factor { power: Rational::ONE, ..(*g).clone() })
                        == NEGATIVE | POSITIVE
                };
                if let Some(base) = argument.factors().filter(|_| is_base && argument.0.len() == 1).find(sure)
                {
                    return Some(Poly::factor(Factor { power: Rational::ONE, ..base.clone() }));
                }
                inside.extend(argument.factors());
            }
        }
        None
    }

    /// Does `poly R 0` follow from the signs that are known?
    pub(super) fn implies(&mut self, poly: &Poly, relation: Relation) -> Checked<bool> {
        let wanted = mask_of(relation);
        if self.mask(poly) & !wanted == 0 {
            return Ok(true);
        }
        let Parts { number, factors, sums } = self.parts(poly)?;
        let mut mask = of_number(&number);
        for f in factors {
            mask = times(mask, self.mask_of_factor(&f));
        }
        for (sum, power) in sums {
            let base = match sum.as_factor() {
                Some(factor) => factor.clone(),
                None => self.atom(Head::Sum, vec![sum])?,
            };
            mask = times(mask, self.mask_of_factor(&Factor { power, ..base }));
        }
        Ok(mask & !wanted == 0)
    }
}
