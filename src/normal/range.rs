//! Enclosures of forms wherever the input is defined, by interval arithmetic from what is known of their parts: the signs of
//! numbers such as log 2 − 1, and of functions of bounded functions.

use crate::function::{self, Function};
use crate::number::{Interval, Rational};

use super::field::Field;
use super::form::{Form, PolynomialId};
use super::kernel::Kernel;
use super::polynomial::{Monomial, Term, Variable};
use super::sign::{NEGATIVE, POSITIVE, ZERO};

/// Nested kernels are looked into this deep.
const DEEPEST: u32 = 4;

/// Polynomials with more terms are not looked at.
const MOST_TERMS: usize = 12;

/// The signs of the numbers in an interval.
pub fn signs(range: Interval) -> u8 {
    let mut signs = 0;
    if range.low < 0.0 {
        signs |= NEGATIVE;
    }
    if range.contains_zero() {
        signs |= ZERO;
    }
    if range.high > 0.0 {
        signs |= POSITIVE;
    }
    signs
}

/// What is not enclosed may be anything.
fn or_real(range: Interval) -> Interval {
    if range.is_defined() { range } else { Interval::REAL }
}

fn of_signs(signs: u8) -> Interval {
    let low = if signs & NEGATIVE != 0 { f64::NEG_INFINITY } else { 0.0 };
    let high = if signs & POSITIVE != 0 { f64::INFINITY } else { 0.0 };
    Interval::new(low, high)
}

impl Field<'_> {
    /// An enclosure of the values of a polynomial.
    pub(super) fn range_of(&self, id: PolynomialId, depth: u32) -> Interval {
        let known = of_signs(self.recorded_signs(id));
        let p = self.polynomial(id);
        if depth > DEEPEST || p.len() > MOST_TERMS {
            return known;
        }
        let mut sum = Interval::ZERO;
        for t in p.terms() {
            let mut term = Interval::from_rational(&Rational::from_integer(t.coefficient.to_big()));
            for (variable, exponent) in t.monomial.iter() {
                term = or_real(term * self.range_of_variable(variable, depth).powi(i64::from(exponent)));
            }
            sum = or_real(sum + term);
            if sum == Interval::REAL {
                return known;
            }
        }
        or_real(sum.intersect(&known))
    }

    fn range_of_variable(&self, variable: Variable, depth: u32) -> Interval {
        let range = match self.kernel_of(variable) {
            Kernel::Pi => Interval::PI,
            Kernel::Number(n) => Interval::from_rational(&Rational::from_integer(n.to_big())),
            Kernel::Exponential(a) => {
                or_real(self.range_of_form(self.form(*a), depth + 1).exp()).clip(0.0, f64::INFINITY)
            }
            Kernel::Absolute(f) => self.range_of(*f, depth + 1).abs(),
            Kernel::Root { base, index } => {
                let exponent = Rational::fraction(1, i64::from(*index)).unwrap_or(Rational::ONE);
                let base = self.range_of(*base, depth + 1).clip(0.0, f64::INFINITY);
                or_real(base.powr(&exponent)).clip(0.0, f64::INFINITY)
            }
            Kernel::Sum(f) => self.range_of(*f, depth + 1),
            Kernel::Leaf(_) => self.range_of_leaf(variable),
            Kernel::Call(Function::Known(id), arguments) => {
                let arguments: smallvec::SmallVec<[Interval; 2]> =
                    arguments.iter().map(|a| self.range_of_form(self.form(*a), depth + 1)).collect();
                let row = function::row(*id);
                let (low, high, ..) = row.range;
                or_real(row.interval(&arguments)).clip(low, high)
            }
            _ => Interval::REAL,
        };
        let recorded = self.polynomial_of_variable(variable).map(|id| of_signs(self.recorded_signs(id)));
        let range = or_real(range);
        recorded.map_or(range, |recorded| or_real(range.intersect(&recorded)))
    }

    /// Between the numbers that linear polynomials with known signs say: `1 − x > 0` is `x < 1`.
    pub(super) fn range_of_leaf(&self, variable: Variable) -> Interval {
        let mut range = Interval::REAL;
        for (polynomial, signs) in self.linear_bounds() {
            let [a, b] = polynomial.terms() else { continue };
            let is_own = |t: &Term| t.monomial == Monomial::power(variable, 1);
            let (slope, rest) = if is_own(a) {
                (a, b)
            } else if is_own(b) {
                (b, a)
            } else {
                continue;
            };
            let mut constant = Interval::from_rational(&Rational::from_integer(rest.coefficient.to_big()));
            let mut factors = rest.monomial.iter();
            match (factors.next(), factors.next()) {
                (None, _) => {}
                (Some((v, 1)), None) if *self.kernel_of(v) == Kernel::Pi => {
                    constant = constant * Interval::PI;
                }
                _ => continue,
            }
            let slope = Interval::from_rational(&Rational::from_integer(slope.coefficient.to_big()));
            let root = -constant / slope;
            if !root.is_defined() {
                continue;
            }
            // What the polynomial cannot be, on this side of the root.
            let is_rising = slope.low > 0.0;
            let (low, high) = match (signs & NEGATIVE == 0, signs & POSITIVE == 0) {
                (true, false) => (is_rising, !is_rising),
                (false, true) => (!is_rising, is_rising),
                _ => continue,
            };
            if low {
                range.low = range.low.max(root.low);
            }
            if high {
                range.high = range.high.min(root.high);
            }
        }
        if range.low <= range.high { range } else { Interval::REAL }
    }

    fn range_of_form(&self, form: &Form, depth: u32) -> Interval {
        if depth > DEEPEST {
            return Interval::REAL;
        }
        let mut product = Interval::from_rational(&form.coefficient);
        for (id, exponent) in &form.factors {
            product = or_real(product * or_real(self.range_of(*id, depth).powr(exponent)));
        }
        product
    }
}
