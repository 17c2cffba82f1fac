//! The laws of the atoms: what a product of powers of them is, in one form as far as these laws go.
//!
//! Every law here is an equality of real (or complex, for [`Head::Rotation`]) numbers at each point where the formula that
//! was read is defined; nothing is assumed of signs that [`Algebra::mask`] does not show. Whatever grows too large is refused.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use num_integer::Integer;
use num_traits::ToPrimitive;
use smallvec::SmallVec;

use super::polynomial::{BOUND, FIXED, FREE, Factor, Label, Monomial, NAMED, Poly, Size, is_bound, is_open};
use super::sign::{ANY, NEGATIVE, POSITIVE, ZERO};
use crate::function::{self, FunctionId, Parity};
use crate::number::{Interval, Rational};

/// The reason why something is not confirmed.
pub(super) type Checked<T> = Result<T, String>;

/// Products formed in one reading of a step; an ordinary step needs a few thousand, and a million take about two seconds.
const MAXIMUM_WORK: usize = 1_000_000;
const MAXIMUM_TERMS: usize = 6_000;
const MAXIMUM_POWER: i64 = 64;
/// Laws applied within laws; rules that lead in circles end here.
const MAXIMUM_DEPTH: usize = 300;
const MAXIMUM_BITS: u64 = 4_096;

/// What an atom is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// A variable, with its axes.
    Variable(String),
    /// A function of the table; `LOG` means the logarithm of the absolute value.
    Known(FunctionId),
    /// A declared function without a definition, and its primes.
    Unknown(String, u8),
    /// The imaginary unit.
    Imaginary,
    Pi,
    /// A number under a root or a logarithm, prime as far as it was factored.
    Prime(Rational),
    /// exp(i·u).
    Rotation,
    /// A sum, as a base of powers.
    Sum,
    /// One where both labels are equal, otherwise zero.
    Delta,
    /// An entry of the inverse of the matrix whose rows and columns are the labels 0 and 1 of the argument.
    Inverse,
    /// The determinant of such a matrix.
    Determinant,
}

/// An atom: a head over arguments in which the labels 0, 1, … are its own axes.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub head: Head,
    pub arguments: Vec<Poly>,
    pub sizes: Vec<Size>,
    /// The signs its values may have.
    pub mask: u8,
    /// Do its two labels commute?
    pub is_symmetric: bool,
}

/// `pattern = replacement` at any labels in the place of 0, 1, ….
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub pattern: Monomial,
    pub replacement: Poly,
    /// Comes from a fact, which does not hold under a derivative.
    pub is_fact: bool,
}

/// All atoms met so far, and what is known of them.
// What is switched on for one step does not exclude what else is.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Default)]
pub(super) struct Algebra {
    pub atoms: Vec<Atom>,
    pub rules: Vec<Rule>,
    pub sizes: Vec<Poly>,
    /// Sizes of the labels from [`FREE`] on.
    pub labels: Vec<Option<Size>>,
    /// Are facts in force?
    pub facts_hold: bool,
    /// Are sums divided by the sums already known?
    pub refines: bool,
    /// Are sines and cosines sums of powers of exp(iu)?
    pub has_angles: bool,
    /// Only enclosures are asked for; every sum is then zero.
    pub is_on: bool,
    work: usize,
    depth: usize,
}

/// A number, a product and a sum that cannot be split: their product is what was split.
pub(super) struct Parts {
    pub number: Rational,
    pub factors: Vec<Factor>,
    pub sums: Vec<(Poly, Rational)>,
}

impl Algebra {
    pub fn fresh(&mut self, size: Option<Size>) -> Label {
        self.labels.push(size);
        FREE + self.labels.len() as Label - 1
    }

    pub fn set_size(&mut self, label: Label, size: Option<Size>) {
        if let Some(place) = label.checked_sub(FREE).and_then(|at| self.labels.get_mut(at as usize)) {
            *place = size;
        }
    }

    pub fn size_of(&self, label: Label) -> Option<Size> {
        self.labels.get((label.checked_sub(FREE)?) as usize).copied().flatten()
    }

    fn spend(&mut self, work: usize) -> Checked<()> {
        self.work += work;
        if self.work > MAXIMUM_WORK { Err("this is too large to be checked".to_owned()) } else { Ok(()) }
    }

    // ---- atoms -----------------------------------------------------------------------------------------------------

    /// The atom with this head and these arguments, at the labels they use. Equal arguments give the same atom.
    pub fn atom(&mut self, head: Head, arguments: Vec<Poly>) -> Checked<Factor> {
        let factor = self.found_atom(head, arguments)?;
        let Atom { arguments, sizes, is_symmetric, .. } = &self.atoms[factor.atom];
        if let ([a, b], false, true) = (sizes.as_slice(), *is_symmetric, self.facts_hold)
            && a == b
            && !arguments.is_empty()
        {
            let mut commutes = true;
            for argument in arguments.clone() {
                commutes =
                    commutes && self.rename(&argument, &|l| if l < 2 { 1 - l } else { l })? == argument;
            }
            self.atoms[factor.atom].is_symmetric = commutes;
        }
        Ok(factor)
    }

    fn found_atom(&mut self, head: Head, arguments: Vec<Poly>) -> Checked<Factor> {
        // All labels that no sum runs over, with the sizes of the axes they stand on.
        let mut labels: Vec<Label> = Vec::new();
        let mut sizes: Vec<Size> = Vec::new();
        for f in arguments.iter().flat_map(Poly::factors) {
            for (label, size) in f.labels.iter().zip(&self.atoms[f.atom].sizes) {
                if !is_bound(*label) && !labels.contains(label) {
                    labels.push(*label);
                    sizes.push(*size);
                }
            }
        }
        let orders = orders(labels.len());
        let mut first = None;
        for order in &orders {
            let own = |l: Label| {
                labels
                    .iter()
                    .position(|k| *k == l)
                    .map_or(l, |at| order.iter().position(|o| *o == at).unwrap_or(0) as Label)
            };
            let mut renamed = Vec::new();
            for argument in &arguments {
                renamed.push(self.rename(argument, &own)?);
            }
            let ordered: Vec<Size> = order.iter().map(|at| sizes[*at]).collect();
            let places: SmallVec<[Label; 2]> = order.iter().map(|at| labels[*at]).collect();
            for at in 0..self.atoms.len() {
                if self.atoms[at].head == head && self.atoms[at].sizes == ordered {
                    let known = self.atoms[at].arguments.clone();
                    let mut same = known.len() == renamed.len();
                    for (a, b) in known.iter().zip(&renamed) {
                        same =
                            same && (a == b || self.is_loose(a, b) && self.vanishes(&a.clone().minus(b))?);
                    }
                    if same {
                        return Ok(Factor { atom: at, labels: places, power: Rational::ONE });
                    }
                }
            }
            first = first.or(Some((renamed, ordered, places)));
        }
        let (arguments, sizes, labels) = first.unwrap_or_default();
        let mut mask = self.mask_of_head(&head, &arguments);
        if head == Head::Sum {
            mask &= self.mask(&arguments[0]);
        }
        self.atoms.push(Atom { head, arguments, sizes, mask, is_symmetric: false });
        Ok(Factor { atom: self.atoms.len() - 1, labels, power: Rational::ONE })
    }

    /// May two different polynomials be equal? Only if sums stand under powers in them.
    fn is_loose(&self, a: &Poly, b: &Poly) -> bool {
        a.factors().chain(b.factors()).any(|f| self.atoms[f.atom].head == Head::Sum)
    }

    /// An atom without arguments, with axes of these sizes.
    pub fn plain(&mut self, head: Head, sizes: &[Size], labels: &[Label]) -> Factor {
        let found =
            self.atoms.iter().position(|a| a.head == head && a.sizes == sizes && a.arguments.is_empty());
        let atom = found.unwrap_or_else(|| {
            let mask = self.mask_of_head(&head, &[]);
            self.atoms.push(Atom {
                is_symmetric: head == Head::Delta,
                head,
                arguments: Vec::new(),
                sizes: sizes.to_vec(),
                mask,
            });
            self.atoms.len() - 1
        });
        Factor { atom, labels: SmallVec::from_slice(labels), power: Rational::ONE }
    }

    pub fn head(&self, factor: &Factor) -> &Head {
        &self.atoms[factor.atom].head
    }

    fn is(&self, factor: &Factor, id: FunctionId) -> bool {
        *self.head(factor) == Head::Known(id)
    }

    /// An argument of a factor, at the labels of the factor.
    pub fn argument(&mut self, factor: &Factor, at: usize) -> Checked<Poly> {
        let formula = self.atoms[factor.atom].arguments.get(at).cloned().unwrap_or_default();
        if factor.labels.is_empty() {
            return Ok(formula);
        }
        self.rename(&formula, &|l| factor.labels.get(l as usize).copied().unwrap_or(l))
    }

    pub fn rename(&mut self, poly: &Poly, to: &dyn Fn(Label) -> Label) -> Checked<Poly> {
        let mut result = Poly::zero();
        for (monomial, coefficient) in &poly.0 {
            let mut renamed = monomial.clone();
            renamed.factors.iter_mut().flat_map(|f| &mut f.labels).for_each(|l| *l = to(*l));
            if renamed == *monomial {
                result.add_term(renamed, coefficient);
            } else {
                let normal = self.normal(coefficient.clone(), &renamed.bound, renamed.factors.to_vec())?;
                result.add(&normal, &Rational::ONE);
            }
        }
        Ok(result)
    }

    pub fn imaginary(&mut self) -> Poly {
        Poly::factor(self.plain(Head::Imaginary, &[], &[]))
    }

    pub fn delta(&mut self, size: Size, i: Label, j: Label) -> Checked<Poly> {
        let factor = self.plain(Head::Delta, &[size, size], &[i, j]);
        self.normal(Rational::ONE, &[], vec![factor])
    }

    // ---- products --------------------------------------------------------------------------------------------------

    pub fn multiply(&mut self, a: &Poly, b: &Poly) -> Checked<Poly> {
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
    fn plain_product(&self, m: &Monomial, n: &Monomial) -> Option<Monomial> {
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
    pub fn normal(&mut self, number: Rational, bound: &[Size], factors: Vec<Factor>) -> Checked<Poly> {
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
    pub fn sum_over(&mut self, poly: &Poly, label: Label) -> Checked<Poly> {
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
    fn settled(&mut self, number: Rational, bound: &[Size], factors: Vec<Factor>) -> Checked<Poly> {
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

    fn settled_here(
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
    fn merge(&self, factors: &mut Vec<Factor>) -> bool {
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
    fn substitute_delta(&self, factors: &mut Vec<Factor>, bound: &mut [Option<Size>]) -> bool {
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
    fn has_work(&self, factors: &[Factor], at: usize) -> bool {
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
    fn partner(&self, factors: &[Factor], at: usize) -> Option<usize> {
        let arguments = &self.atoms[factors[at].atom].arguments;
        factors.iter().position(|g| {
            self.is(g, function::ABS)
                && g.power >= Rational::ONE
                && g.labels == factors[at].labels
                && self.atoms[g.atom].arguments == *arguments
        })
    }

    /// Applies a law of one atom; false if the product is zero.
    fn apply_law(
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

    fn is_half_turn(&self, factor: &Factor) -> bool {
        let argument = self.atoms[factor.atom].arguments.first().and_then(Poly::as_factor);
        *self.head(factor) == Head::Rotation && argument.is_some_and(|u| *self.head(u) == Head::Pi)
    }

    // ---- powers ----------------------------------------------------------------------------------------------------

    /// The power of a positive number, as powers of primes.
    pub fn number_power(&mut self, number: &Rational, power: &Rational) -> Checked<Poly> {
        let mut factors = Vec::new();
        for (prime, count) in primes(number) {
            let atom = self.plain(Head::Prime(prime), &[], &[]);
            factors.push(Factor { power: power * &Rational::integer(count), ..atom });
        }
        self.normal(Rational::ONE, &[], factors)
    }

    /// `number · Π factors · Π sums^k`, over a common denominator. Parts that are not real stay in the sums.
    pub fn parts(&mut self, poly: &Poly) -> Checked<Parts> {
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
    fn split(&mut self, sum: Poly, power: Rational, into: &mut Parts, depth: usize) -> Checked<()> {
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
    fn quotient(&mut self, sum: &Poly, divisor: &Poly) -> Checked<Option<Poly>> {
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
    fn square_root(&mut self, sum: &Poly) -> Checked<Option<(Poly, bool)>> {
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
    fn is_real(&self, poly: &Poly) -> bool {
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
    fn is_unit(&self, factor: &Factor) -> bool {
        matches!(self.head(factor), Head::Rotation | Head::Known(function::EXP))
    }

    /// A power with a rational exponent. For one that is no integer, `poly ≥ 0` is taken for granted where it is defined.
    pub fn raise(&mut self, poly: &Poly, power: &Rational) -> Checked<Poly> {
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
    pub fn absolute(&mut self, poly: &Poly, power: &Rational) -> Checked<Poly> {
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

    // ---- exponentials, logarithms, angles ---------------------------------------------------------------------------

    /// exp(Σ c·m) = Π exp(m)^c, with exp(c·log|u|) = |u|^c.
    pub fn exponential(&mut self, poly: &Poly) -> Checked<Poly> {
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
    pub fn logarithm(&mut self, poly: &Poly) -> Checked<Poly> {
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
    pub fn is_inverse(&self, angle: &Poly) -> bool {
        angle.as_factor().is_some_and(|f| self.is(f, function::ASIN) || self.is(f, function::ATAN))
    }

    /// exp(i·Σ c·m) = Π exp(i·m)^c, and the inverse sine and tangent resolved.
    pub fn rotation(&mut self, poly: &Poly) -> Checked<Poly> {
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
    pub fn constant_angle(&mut self, x: &Poly, y: &Poly, enclosure: Interval) -> Checked<Option<Poly>> {
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
    pub fn opaque(&mut self, id: FunctionId, mut arguments: Vec<Poly>) -> Checked<Poly> {
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
    pub fn signum(&mut self, poly: &Poly) -> Checked<Poly> {
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
    pub fn step(&mut self, poly: &Poly) -> Checked<Poly> {
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

    // ---- equality --------------------------------------------------------------------------------------------------

    /// The numerator and the denominator, which has sums as factors only.
    pub fn cleared(&mut self, poly: &Poly) -> Checked<(Poly, Vec<Factor>)> {
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
    pub fn vanishes(&mut self, poly: &Poly) -> Checked<bool> {
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
    pub fn reduced(&mut self, poly: &Poly) -> Checked<Poly> {
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

/// A positive number as a product of powers of primes, as far as small primes go.
fn primes(number: &Rational) -> Vec<(Rational, i64)> {
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

/// All orders of so many things (of more than four, only the given one).
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for next in 0..count {
        all = if count > 4 {
            vec![(0..=next).collect()]
        } else {
            all.into_iter()
                .flat_map(|order: Vec<usize>| {
                    (0..=order.len()).rev().map(move |at| {
                        let mut order = order.clone();
                        order.insert(at, next);
                        order
                    })
                })
                .collect()
        };
    }
    all
}
