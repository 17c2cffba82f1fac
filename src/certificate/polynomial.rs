//! Sums of products of powers of atoms. A product may be summed over labels of its own: `Σ_k A[i,k] x[k]` is one monomial
//! with one bound label. What the atoms are, and which laws they obey, is not known here.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use smallvec::SmallVec;

use crate::number::Rational;

/// The name of an axis. From 0: axes of an atom, in its own formulas; from [`FREE`]: axes of a formula; from [`BOUND`]: summed
/// over, counted within a monomial; from [`FIXED`]: a position, counted from 1; from [`NAMED`]: a position by its name.
pub(super) type Label = u32;
pub(super) const FREE: Label = 1 << 8;
pub(super) const BOUND: Label = 1 << 20;
pub(super) const FIXED: Label = 1 << 24;
pub(super) const NAMED: Label = 1 << 28;

/// The size of an axis, by its number.
pub(super) type Size = u32;

/// Is the label summed over?
pub(super) fn is_bound(label: Label) -> bool {
    (BOUND..FIXED).contains(&label)
}

/// Does the label stand for an axis from outside?
pub(super) fn is_open(label: Label) -> bool {
    label < BOUND
}

/// A power of an atom at labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Factor {
    pub atom: usize,
    pub labels: SmallVec<[Label; 2]>,
    pub power: Rational,
}

impl Factor {
    pub fn key(&self) -> (usize, &[Label]) {
        (self.atom, &self.labels)
    }
}

/// A product, summed over its bound labels, whose sizes are listed in order.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Monomial {
    pub bound: SmallVec<[Size; 2]>,
    pub factors: SmallVec<[Factor; 3]>,
}

impl Monomial {
    pub fn is_one(&self) -> bool {
        self.factors.is_empty() && self.bound.is_empty()
    }

    pub fn has_label(&self, label: Label) -> bool {
        self.factors.iter().any(|f| f.labels.contains(&label))
    }
}

impl PartialOrd for Monomial {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Lexicographic by powers, so that the order of two products survives multiplying both.
impl Ord for Monomial {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = (self.factors.iter().peekable(), other.factors.iter().peekable());
        loop {
            let side = match (a.peek(), b.peek()) {
                (None, None) => return self.bound.cmp(&other.bound),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(f), Some(g)) => f.key().cmp(&g.key()),
            };
            let p = if side == Ordering::Greater { None } else { a.next() };
            let q = if side == Ordering::Less { None } else { b.next() };
            let [p, q] = [p, q].map(|factor| factor.map_or(&Rational::ZERO, |factor| &factor.power));
            let order = p.cmp(q);
            if order != Ordering::Equal {
                return order;
            }
        }
    }
}

/// A sum of monomials with coefficients other than zero.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Poly(pub BTreeMap<Monomial, Rational>);

impl Poly {
    pub fn zero() -> Self {
        Self::default()
    }

    pub fn number(value: Rational) -> Self {
        let mut poly = Self::zero();
        poly.add_term(Monomial::default(), &value);
        poly
    }

    pub fn one() -> Self {
        Self::number(Rational::ONE)
    }

    /// One factor and nothing else.
    pub fn factor(factor: Factor) -> Self {
        let mut poly = Self::zero();
        poly.0.insert(
            Monomial { bound: SmallVec::new(), factors: std::iter::once(factor).collect() },
            Rational::ONE,
        );
        poly
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// The value if it is a number.
    pub fn as_number(&self) -> Option<Rational> {
        match self.0.len() {
            0 => Some(Rational::ZERO),
            1 => self.0.iter().next().filter(|(m, _)| m.is_one()).map(|(_, c)| c.clone()),
            _ => None,
        }
    }

    /// The factor, if it is a single one with power and coefficient 1.
    pub fn as_factor(&self) -> Option<&Factor> {
        let (monomial, coefficient) = self.0.iter().next().filter(|_| self.0.len() == 1)?;
        match monomial.factors.as_slice() {
            [factor] if coefficient.is_one() && factor.power.is_one() && monomial.bound.is_empty() => {
                Some(factor)
            }
            _ => None,
        }
    }

    pub fn add_term(&mut self, monomial: Monomial, coefficient: &Rational) {
        use std::collections::btree_map::Entry;
        if coefficient.is_zero() {
            return;
        }
        match self.0.entry(monomial) {
            Entry::Vacant(place) => {
                place.insert(coefficient.clone());
            }
            Entry::Occupied(mut place) => {
                *place.get_mut() += coefficient;
                if place.get().is_zero() {
                    place.remove();
                }
            }
        }
    }

    /// Adds `scale·other`.
    pub fn add(&mut self, other: &Poly, scale: &Rational) {
        for (monomial, coefficient) in &other.0 {
            self.add_term(monomial.clone(), &(coefficient * scale));
        }
    }

    pub fn plus(mut self, other: &Poly) -> Poly {
        self.add(other, &Rational::ONE);
        self
    }

    pub fn minus(mut self, other: &Poly) -> Poly {
        self.add(other, &Rational::MINUS_ONE);
        self
    }

    #[must_use]
    pub fn times(&self, scale: &Rational) -> Poly {
        let mut result = Poly::zero();
        result.add(self, scale);
        result
    }

    /// The term that is first in the order.
    pub fn lead(&self) -> Option<(&Monomial, &Rational)> {
        self.0.iter().next_back()
    }

    pub fn factors(&self) -> impl Iterator<Item = &Factor> {
        self.0.keys().flat_map(|monomial| &monomial.factors)
    }

    /// Labels from outside, in order of appearance.
    pub fn open_labels(&self, into: &mut Vec<Label>) {
        for label in self.factors().flat_map(|f| &f.labels) {
            if is_open(*label) && !into.contains(label) {
                into.push(*label);
            }
        }
    }
}
