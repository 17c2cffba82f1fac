//! Products of powers of atoms, brought into one form by the laws of the atoms.

use std::cmp::Ordering;

use smallvec::SmallVec;

use super::algebra::{Algebra, Checked, Head, MAXIMUM_BITS, MAXIMUM_DEPTH, MAXIMUM_POWER, MAXIMUM_TERMS};
use super::polynomial::{BOUND, FIXED, Factor, Label, Monomial, NAMED, Poly, Size, is_bound, is_open};
use super::sign::{ANY, NEGATIVE, POSITIVE, ZERO};
use crate::function;
use crate::number::Rational;

impl Algebra {
    pub(super) fn multiply(&mut self, a: &Poly, b: &Poly) -> Checked<Poly> {
        let mut result = Poly::zero();
        if !self.is_on {
            return Ok(result);
        }
        for (m, c) in &a.0 {
            for (n, d) in &b.0 {
                let number = c * d;
                // Gathering and reducing long numbers takes longer than the product itself.
                let words = number.bits() as usize / 64;
                self.spend(1 + words * words / 4)?;
                if let Some(product) = self.plain_product(m, n) {
                    result.add_term(product, &number);
                } else {
                    let shift = m.bound.len() as Label;
                    let mut factors = m.factors.to_vec();
                    factors.extend(n.factors.iter().map(|f| {
                        let mut f = f.clone();
                        f.labels.iter_mut().filter(|l| is_bound(**l)).for_each(|l| *l += shift);
                        f
                    }));
                    let bound: Vec<Size> = m.bound.iter().chain(&n.bound).copied().collect();
                    let product = self.normal(number, &bound, factors)?;
                    self.spend(product.0.len())?;
                    result.add(&product, &Rational::ONE);
                }
                if result.0.len() > MAXIMUM_TERMS {
                    return Err("this expands into too many terms to be checked".to_owned());
                }
            }
        }
        Ok(result)
    }

    /// The product of two that have no labels, if no law changes it.
    pub(super) fn plain_product(&self, m: &Monomial, n: &Monomial) -> Option<Monomial> {
        let is_plain = |m: &Monomial| m.bound.is_empty() && m.factors.iter().all(|f| f.labels.is_empty());
        if !self.rules.is_empty() || !is_plain(m) || !is_plain(n) {
            return None;
        }
        let mut factors: SmallVec<[Factor; 3]> = SmallVec::with_capacity(m.factors.len() + n.factors.len());
        let (mut a, mut b) = (m.factors.iter().peekable(), n.factors.iter().peekable());
        while let Some(side) = match (a.peek(), b.peek()) {
            (None, None) => None,
            (Some(_), None) => Some(Ordering::Less),
            (None, Some(_)) => Some(Ordering::Greater),
            (Some(f), Some(g)) => Some(f.atom.cmp(&g.atom)),
        } {
            let f = if side == Ordering::Greater { None } else { a.next() };
            let g = if side == Ordering::Less { None } else { b.next() };
            match (f, g) {
                (Some(f), Some(g)) => {
                    let power = &f.power + &g.power;
                    if !power.is_zero() {
                        factors.push(Factor { atom: f.atom, labels: SmallVec::new(), power });
                    }
                }
                (Some(f), None) | (None, Some(f)) => factors.push(f.clone()),
                (None, None) => {}
            }
        }
        let is_settled = !(0..factors.len()).any(|at| self.has_work(&factors, at));
        is_settled.then_some(Monomial { bound: SmallVec::new(), factors })
    }

    /// A product of powers in normal form.
    pub(super) fn normal(&mut self, number: Rational, bound: &[Size], factors: Vec<Factor>) -> Checked<Poly> {
        let has_law = |f: &Factor| {
            f.labels.iter().any(|l| is_bound(*l))
                && matches!(
                    self.head(f),
                    Head::Sum
                        | Head::Rotation
                        | Head::Known(function::COS | function::ABS | function::SIGN | function::HEAVISIDE)
                )
        };
        if !factors.iter().any(has_law) {
            return self.settled(number, bound, factors);
        }
        // Laws of atoms that a sum runs over are applied with its labels held fixed.
        let labels: Vec<Label> = bound.iter().map(|size| self.fresh(Some(*size))).collect();
        let open = |l: &mut Label| {
            if is_bound(*l) {
                *l = labels[(*l - BOUND) as usize];
            }
        };
        let mut factors = factors;
        factors.iter_mut().for_each(|f| f.labels.iter_mut().for_each(open));
        let product = self.settled(number, &[], factors)?;
        labels.iter().try_fold(product, |sum, label| self.sum_over(&sum, *label))
    }

    /// The sum over all values of a label.
    pub(super) fn sum_over(&mut self, poly: &Poly, label: Label) -> Checked<Poly> {
        let size = self.size_of(label).ok_or("how far an index runs is not known")?;
        let mut result = Poly::zero();
        for (monomial, coefficient) in &poly.0 {
            let mut monomial = monomial.clone();
            let new = BOUND + monomial.bound.len() as Label;
            monomial.bound.push(size);
            for l in monomial.factors.iter_mut().flat_map(|f| &mut f.labels).filter(|l| **l == label) {
                *l = new;
            }
            let sum = self.settled(coefficient.clone(), &monomial.bound, monomial.factors.to_vec())?;
            result.add(&sum, &Rational::ONE);
        }
        Ok(result)
    }

    /// [`Algebra::normal`] where atoms that a sum runs over are in order already.
    pub(super) fn settled(
        &mut self,
        number: Rational,
        bound: &[Size],
        factors: Vec<Factor>,
    ) -> Checked<Poly> {
        self.spend(1)?;
        self.depth += 1;
        let product = if self.depth > MAXIMUM_DEPTH {
            Err("this is nested too deeply to be checked".to_owned())
        } else {
            self.settled_here(number, bound, factors)
        };
        self.depth -= 1;
        product
    }

    pub(super) fn settled_here(
        &mut self,
        mut number: Rational,
        bound: &[Size],
        mut factors: Vec<Factor>,
    ) -> Checked<Poly> {
        let mut bound: Vec<Option<Size>> = bound.iter().copied().map(Some).collect();
        let mut others: Vec<Poly> = Vec::new();
        while self.merge(&mut factors) {
            if self.substitute_delta(&mut factors, &mut bound) {
                continue;
            }
            let Some(at) = (0..factors.len())
                .find(|at| !factors[*at].labels.iter().any(|l| is_bound(*l)) && self.has_work(&factors, *at))
            else {
                break;
            };
            if !self.apply_law(&mut factors, at, &mut number, &mut others)? {
                return Ok(Poly::zero());
            }
        }
        let is_impossible = |f: &Factor| {
            let [i, j] = [f.labels.first(), f.labels.last()].map(|l| l.copied().unwrap_or(0));
            *self.head(f) == Head::Delta
                && i != j
                && (FIXED..NAMED).contains(&i)
                && (FIXED..NAMED).contains(&j)
        };
        if factors.iter().any(is_impossible) {
            return Ok(Poly::zero());
        }
        // Sums over labels that nothing uses any more count how many there are.
        let mut sizes = Vec::new();
        let mut kept = Vec::new();
        for (at, size) in bound.iter().enumerate() {
            let label = BOUND + at as Label;
            let Some(size) = *size else { continue };
            if factors.iter().any(|f| f.labels.contains(&label)) {
                sizes.push(size);
                kept.push(label);
            } else {
                others.push(self.sizes[size as usize].clone());
            }
        }
        for label in factors.iter_mut().flat_map(|f| &mut f.labels).filter(|l| is_bound(**l)) {
            *label = BOUND + kept.iter().position(|k| k == label).unwrap_or(0) as Label;
        }
        let monomial = self.canonical(&sizes, factors)?;
        let mut product = self.rewritten(number, monomial)?;
        for other in &others {
            product = self.multiply(&product, other)?;
        }
        Ok(product)
    }

    /// Sorts and gathers equal atoms; always true.
    pub(super) fn merge(&self, factors: &mut Vec<Factor>) -> bool {
        for f in factors.iter_mut().filter(|f| f.labels.len() == 2) {
            let atom = &self.atoms[f.atom];
            if atom.head == Head::Delta || self.facts_hold && atom.is_symmetric {
                f.labels.sort_unstable();
            }
        }
        factors.sort_by(|f, g| f.key().cmp(&g.key()));
        factors.dedup_by(|next, kept| {
            let same = next.key() == kept.key();
            if same {
                kept.power += &next.power;
            }
            same
        });
        factors.retain(|f| !f.power.is_zero());
        true
    }

    /// Puts one label for another where a δ says that they are equal; false if there is nothing to do.
    pub(super) fn substitute_delta(&self, factors: &mut Vec<Factor>, bound: &mut [Option<Size>]) -> bool {
        for at in 0..factors.len() {
            if *self.head(&factors[at]) != Head::Delta {
                continue;
            }
            let (i, j) = (factors[at].labels[0], factors[at].labels[1]);
            // What goes: a bound label if there is one, then a label from outside against a position.
            let (kept, gone) =
                if is_bound(i) && !is_bound(j) || is_open(i) && j >= FIXED { (j, i) } else { (i, j) };
            if i == j || is_bound(gone) {
                factors.remove(at);
                if i != j {
                    bound[(gone - BOUND) as usize] = None;
                    factors
                        .iter_mut()
                        .flat_map(|f| &mut f.labels)
                        .filter(|l| **l == gone)
                        .for_each(|l| *l = kept);
                }
                return true;
            }
            let mut changed = !factors[at].power.is_one();
            factors[at].power = Rational::ONE;
            for (k, f) in factors.iter_mut().enumerate() {
                for l in f.labels.iter_mut().filter(|l| k != at && gone < FIXED && **l == gone) {
                    *l = kept;
                    changed = true;
                }
            }
            if changed {
                return true;
            }
        }
        false
    }

    /// Does a law of this atom change the product?
    pub(super) fn has_work(&self, factors: &[Factor], at: usize) -> bool {
        let f = &factors[at];
        let atom = &self.atoms[f.atom];
        let whole = || f.power.floor();
        let inner = || atom.arguments.first().map_or(ANY, |a| self.mask(a));
        match &atom.head {
            Head::Imaginary => f.power.is_negative() || f.power > Rational::ONE,
            Head::Prime(_) => !whole().is_zero(),
            Head::Sum => whole().is_positive(),
            Head::Known(function::COS) => f.power >= Rational::TWO,
            Head::Rotation => {
                let turn = self.is_half_turn(f);
                turn && (!whole().is_zero() || (&f.power * &Rational::integer(12)).is_integer())
            }
            Head::Known(function::ABS) => {
                !(&f.power * &Rational::HALF).floor().is_zero()
                    || !whole().is_zero() && inner() & (NEGATIVE | POSITIVE) != NEGATIVE | POSITIVE
            }
            Head::Known(function::SIGN) => {
                let inner = inner();
                inner & ZERO == 0
                    || inner == ZERO
                    || f.power > Rational::TWO
                    || self.partner(factors, at).is_some()
            }
            Head::Known(function::HEAVISIDE) => {
                let inner = inner();
                inner & POSITIVE == 0
                    || inner == POSITIVE
                    || !f.power.is_one()
                    || self.partner(factors, at).is_some()
            }
            _ => false,
        }
    }

    /// The place of |u| beside sign(u) or the step of u.
    pub(super) fn partner(&self, factors: &[Factor], at: usize) -> Option<usize> {
        let arguments = &self.atoms[factors[at].atom].arguments;
        factors.iter().position(|g| {
            self.is(g, function::ABS)
                && g.power >= Rational::ONE
                && g.labels == factors[at].labels
                && self.atoms[g.atom].arguments == *arguments
        })
    }

    /// Applies a law of one atom; false if the product is zero.
    pub(super) fn apply_law(
        &mut self,
        factors: &mut Vec<Factor>,
        at: usize,
        number: &mut Rational,
        others: &mut Vec<Poly>,
    ) -> Checked<bool> {
        let f = factors[at].clone();
        let whole = f.power.floor();
        let n = whole.as_integer().filter(|n| n.abs() <= 1 << 20).ok_or("a power is too large")?;
        match self.atoms[f.atom].head.clone() {
            Head::Imaginary => {
                if n.rem_euclid(4) >= 2 {
                    *number = -number.clone();
                }
                factors[at].power = Rational::integer(n.rem_euclid(2));
            }
            Head::Prime(prime) => {
                let power = prime.power(n, MAXIMUM_BITS).map_err(|_| "a number is too large")?;
                *number = &*number * &power;
                factors[at].power -= &whole;
            }
            Head::Sum => {
                if n > MAXIMUM_POWER {
                    return Err("a power is too large to be expanded".to_owned());
                }
                let sum = self.argument(&f, 0)?;
                others.extend(std::iter::repeat_n(sum, n as usize));
                factors[at].power -= &whole;
            }
            Head::Rotation => {
                // exp(iπ) = -1, and twelfths of it by exp(iπ/3) and exp(iπ/4).
                if n % 2 != 0 {
                    *number = -number.clone();
                }
                factors[at].power -= &whole;
                let twelfths = &factors[at].power * &Rational::integer(12);
                if let Some(k) = twelfths.as_integer().filter(|_| twelfths.is_integer()) {
                    factors.remove(at);
                    let i = self.imaginary();
                    let [two, three] =
                        [2, 3].map(|q| self.number_power(&Rational::integer(q), &Rational::HALF));
                    let third = self.multiply(&i, &three?)?.plus(&Poly::one()).times(&Rational::HALF);
                    let eighth = Poly::one().minus(&i).times(&Rational::HALF);
                    let eighth = self.multiply(&eighth, &two?)?;
                    for _ in 0..k {
                        others.extend([third.clone(), eighth.clone()]);
                    }
                }
            }
            Head::Known(function::COS) => {
                let pairs = (&f.power * &Rational::HALF).floor();
                let angle = self.argument(&f, 0)?;
                let sine = Poly::factor(self.atom(Head::Known(function::SIN), vec![angle])?);
                let square = Poly::one().minus(&self.multiply(&sine, &sine)?);
                others.push(self.raise(&square, &pairs)?);
                factors[at].power -= &(&pairs * &Rational::TWO);
            }
            Head::Known(function::ABS) => {
                let inner = self.argument(&f, 0)?;
                let pairs = (&f.power * &Rational::HALF).floor();
                if pairs.is_zero() {
                    let is_negative = self.mask(&inner) & POSITIVE == 0;
                    factors[at].power -= &whole;
                    others.push(inner.times(&Rational::integer(if is_negative { -1 } else { 1 })));
                } else {
                    let mut base = inner.as_factor().cloned().ok_or("a root cannot be checked")?;
                    base.power = &pairs * &Rational::TWO;
                    factors[at].power -= &base.power;
                    factors.push(base);
                }
            }
            Head::Known(id) => {
                let inner = self.argument(&f, 0)?;
                let mask = self.mask(&inner);
                let is_step = id == function::HEAVISIDE;
                if mask == ZERO || is_step && mask & POSITIVE == 0 {
                    return Ok(false);
                }
                if let Some(other) = self.partner(factors, at) {
                    // sign(u)·|u| = u, and where the step is 1, |u| = u.
                    factors[other].power -= &Rational::ONE;
                    factors[at].power -= &Rational::integer(i64::from(!is_step));
                    others.push(inner);
                } else if is_step && mask != POSITIVE {
                    factors[at].power = Rational::ONE;
                } else if mask & ZERO == 0 {
                    factors.remove(at);
                    if !is_step && !f.power.is_even() {
                        let size = self.absolute(&inner, &Rational::MINUS_ONE)?;
                        others.push(self.multiply(&inner, &size)?);
                    }
                } else {
                    factors[at].power = Rational::integer(if f.power.is_even() { 2 } else { 1 });
                }
            }
            _ => {}
        }
        Ok(true)
    }

    pub(super) fn is_half_turn(&self, factor: &Factor) -> bool {
        let argument = self.atoms[factor.atom].arguments.first().and_then(Poly::as_factor);
        *self.head(factor) == Head::Rotation && argument.is_some_and(|u| *self.head(u) == Head::Pi)
    }
}
