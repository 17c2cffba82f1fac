//! Which signs a form can have wherever the input is defined: from its shape, from ranges of functions, and from what
//! the input itself demands (`log u` occurs, so `u > 0`).

use crate::function::{self, Function};
use crate::number::Rational;

use super::field::Field;
use super::form::{Form, FormId, PolynomialId};
use super::kernel::Kernel;
use super::polynomial::{Polynomial, Variable};
use super::range;

/// Below zero.
pub const NEGATIVE: u8 = 1;
/// Zero.
pub const ZERO: u8 = 2;
/// Above zero.
pub const POSITIVE: u8 = 4;
/// Nothing is known.
pub const ANY: u8 = 7;

/// Polynomials that are looked through for an open sign.
const MOST_LOOKED_AT: usize = 200;

/// Sums with a root whose sign is looked for by squares.
const MOST_ROOT_TERMS: usize = 5;

/// Nested kernels are looked into this deep.
const DEEPEST: u32 = 6;

/// An interval with ends that may be left out.
#[derive(Clone, Copy, Debug)]
struct Range {
    low: f64,
    low_open: bool,
    high: f64,
    high_open: bool,
}

impl Range {
    const ALL: Range = Range { low: f64::NEG_INFINITY, low_open: true, high: f64::INFINITY, high_open: true };

    fn of_signs(signs: u8) -> Range {
        let (low, low_open) = match signs {
            s if s & NEGATIVE != 0 => (f64::NEG_INFINITY, true),
            s => (0.0, s & ZERO == 0),
        };
        let (high, high_open) = match signs {
            s if s & POSITIVE != 0 => (f64::INFINITY, true),
            s => (0.0, s & ZERO == 0),
        };
        Range { low, low_open, high, high_open }
    }

    fn signs(self) -> u8 {
        let mut signs = 0;
        if self.low < 0.0 {
            signs |= NEGATIVE;
        }
        if self.high > 0.0 {
            signs |= POSITIVE;
        }
        if self.low < 0.0 && self.high > 0.0
            || self.low == 0.0 && !self.low_open
            || self.high == 0.0 && !self.high_open
        {
            signs |= ZERO;
        }
        signs
    }

    fn negate(self) -> Range {
        Range { low: -self.high, low_open: self.high_open, high: -self.low, high_open: self.low_open }
    }

    /// A range that contains the `n`-th powers, `n ≥ 1`.
    fn power(self, n: u16) -> Range {
        if self.low < 0.0 && n.is_multiple_of(2) {
            let negative = self.high <= 0.0;
            let flipped = self.negate();
            if negative {
                return flipped.power(n);
            }
            let high = self.high.max(-self.low);
            let open = self.high_open && self.low_open;
            return Range { low: 0.0, low_open: false, high, high_open: open }.power(n);
        }
        let raise = |x: f64| x.powi(i32::from(n));
        Range { low: raise(self.low), high: raise(self.high), ..self }
    }

    /// A range that contains the products; exact where neither crosses zero.
    fn multiply(self, other: Range) -> Range {
        if self.low < 0.0 && self.high <= 0.0 {
            return self.negate().multiply(other).negate();
        }
        if other.low < 0.0 && other.high <= 0.0 {
            return self.multiply(other.negate()).negate();
        }
        if self.low < 0.0 || other.low < 0.0 {
            return Range::ALL;
        }
        let end = |a: f64, b: f64| if a == 0.0 || b == 0.0 { 0.0 } else { a * b };
        // A product is zero exactly if a factor can be zero.
        let low = end(self.low, other.low);
        let low_open = if low == 0.0 {
            (self.low > 0.0 || self.low_open) && (other.low > 0.0 || other.low_open)
        } else {
            self.low_open || other.low_open
        };
        let high = end(self.high, other.high);
        Range { low, low_open, high, high_open: self.high_open || other.high_open }
    }

    fn add(self, other: Range) -> Range {
        Range {
            low: self.low + other.low,
            low_open: self.low_open || other.low_open,
            high: self.high + other.high,
            high_open: self.high_open || other.high_open,
        }
    }
}

/// The sign of a number as a set.
fn of_number(q: &Rational) -> u8 {
    if q.is_zero() {
        ZERO
    } else if q.is_negative() {
        NEGATIVE
    } else {
        POSITIVE
    }
}

/// The signs of products.
pub(super) fn product(a: u8, b: u8) -> u8 {
    let mut out = 0;
    for (x, y, z) in [
        (NEGATIVE, NEGATIVE, POSITIVE),
        (NEGATIVE, POSITIVE, NEGATIVE),
        (POSITIVE, NEGATIVE, NEGATIVE),
        (POSITIVE, POSITIVE, POSITIVE),
    ] {
        if a & x != 0 && b & y != 0 {
            out |= z;
        }
    }
    if a & ZERO != 0 || b & ZERO != 0 {
        out |= ZERO;
    }
    out
}

impl Field<'_> {
    /// The signs a polynomial can have.
    pub(super) fn signs(&self, id: PolynomialId) -> u8 {
        self.signs_at(id, 0)
    }

    fn signs_at(&self, id: PolynomialId, depth: u32) -> u8 {
        let recorded = self.recorded_signs(id);
        if depth > DEEPEST || recorded.is_power_of_two() {
            return recorded;
        }
        let mut signs = recorded & self.range_of_polynomial(id, depth).signs();
        if depth == 0 && !signs.is_power_of_two() {
            signs &= self.signs_of_root_sum(id);
        }
        if depth > 0 || signs.is_power_of_two() || !self.has_calls(id) {
            return signs;
        }
        signs & range::signs(self.range_of(id, 0))
    }

    /// Whether anything in it has a range worth looking at.
    fn has_calls(&self, id: PolynomialId) -> bool {
        let is_bounded = |variable: Variable| {
            matches!(
                self.kernel_of(variable),
                Kernel::Call(Function::Known(_), _) | Kernel::Exponential(_) | Kernel::Pi | Kernel::Number(_)
            ) || matches!(self.kernel_of(variable), Kernel::Leaf(_)) && self.linear_bounds().next().is_some()
        };
        self.polynomial(id)
            .terms()
            .iter()
            .all(|t| t.monomial.iter().all(|(variable, _)| is_bounded(variable)))
    }

    /// `p + c·√q` has the sign of c where `c²·q > p²`, and the sign of p where `c²·q < p²`.
    fn signs_of_root_sum(&self, id: PolynomialId) -> u8 {
        let sum = self.polynomial(id);
        if !(2..=MOST_ROOT_TERMS).contains(&sum.len()) {
            return ANY;
        }
        let mut root = None;
        for t in sum.terms() {
            for (variable, exponent) in t.monomial.iter() {
                if let Kernel::Root { base, index } = self.kernel_of(variable) {
                    let is_plain = *index == 2 && exponent == 1 && t.monomial.width() == 1;
                    if !is_plain || root.is_some() || self.polynomials[*base as usize].fold.is_some() {
                        return ANY;
                    }
                    root = Some((t, *base));
                }
            }
        }
        let Some((term, base)) = root else { return ANY };
        let rest = sum.subtract(&Polynomial::term(term.monomial.clone(), term.coefficient.clone()));
        let Ok(square) = rest.power(2) else { return ANY };
        let inside = self.polynomial(base).scale(&term.coefficient.multiply(&term.coefficient));
        match self.range_of_terms(&inside.subtract(&square), 1).signs() {
            POSITIVE if term.coefficient.is_negative() => NEGATIVE,
            POSITIVE => POSITIVE,
            NEGATIVE => self.range_of_terms(&rest, 1).signs(),
            _ => ANY,
        }
    }

    fn range_of_polynomial(&self, id: PolynomialId, depth: u32) -> Range {
        self.range_of_terms(self.polynomial(id), depth)
    }

    fn range_of_terms(&self, p: &Polynomial, depth: u32) -> Range {
        if p.len() > 20 {
            return Range::ALL;
        }
        let mut sum: Option<Range> = None;
        for t in p.terms() {
            // Beyond 2^53 the arithmetic of the ends would round.
            let Some(c) = t.coefficient.small().filter(|c| c.unsigned_abs() < 1 << 40) else {
                return Range::ALL;
            };
            let c = c as f64;
            let mut range = Range { low: c, low_open: false, high: c, high_open: false };
            for (variable, exponent) in t.monomial.iter() {
                range = range.multiply(self.range_of_kernel(variable, depth).power(exponent));
            }
            sum = Some(match sum {
                None => range,
                Some(sum) => sum.add(range),
            });
            if sum.is_some_and(|s| s.low == f64::NEG_INFINITY && s.high == f64::INFINITY) {
                return Range::ALL;
            }
        }
        sum.unwrap_or(Range::ALL)
    }

    fn range_of_kernel(&self, variable: Variable, depth: u32) -> Range {
        let signs = match self.kernel_of(variable) {
            Kernel::Exponential(a) => {
                // exp(a) − 1 has the sign of a.
                let signs = self.form_signs_at(*a, depth + 1);
                let all = Range { low: 0.0, low_open: true, ..Range::ALL };
                let is_open = signs & ZERO == 0;
                return match (signs & NEGATIVE == 0, signs & POSITIVE == 0) {
                    (true, false) => Range { low: 1.0, low_open: is_open, ..all },
                    (false, true) => Range { high: 1.0, high_open: is_open, ..all },
                    _ => all,
                };
            }
            Kernel::Pi | Kernel::Number(_) => POSITIVE,
            Kernel::Root { base, .. } => self.signs_at(*base, depth + 1) & !NEGATIVE,
            Kernel::Composite(_) => POSITIVE | ZERO,
            Kernel::Absolute(f) => {
                if self.signs_at(*f, depth + 1) & ZERO == 0 {
                    POSITIVE
                } else {
                    POSITIVE | ZERO
                }
            }
            Kernel::Power { base, .. } => match self.form_signs_at(*base, depth + 1) {
                POSITIVE => POSITIVE,
                signs if signs & NEGATIVE == 0 => POSITIVE | ZERO,
                _ => ANY,
            },
            Kernel::Call(Function::Known(id), _) => {
                let (low, high, low_attained, high_attained) = function::row(*id).range;
                // Only ends that are exact small numbers may take part in exact arithmetic.
                if low.fract() == 0.0 && high.fract() == 0.0 || low.is_infinite() || high.is_infinite() {
                    let low = if low.fract() == 0.0 { low } else { f64::NEG_INFINITY };
                    let high = if high.fract() == 0.0 { high } else { f64::INFINITY };
                    return Range { low, low_open: !low_attained, high, high_open: !high_attained };
                }
                ANY
            }
            Kernel::Sum(f) => return self.range_of_polynomial(*f, depth + 1),
            Kernel::Leaf(_) => range::signs(self.range_of_leaf(variable)),
            _ => ANY,
        };
        let recorded = self.polynomial_of_variable(variable).map_or(ANY, |id| self.recorded_signs(id));
        Range::of_signs(signs & recorded)
    }

    fn form_signs_at(&self, id: FormId, depth: u32) -> u8 {
        if depth > DEEPEST {
            return ANY;
        }
        self.signs_of_at(self.form(id), depth)
    }

    /// The signs a form can have.
    pub(super) fn signs_of(&self, form: &Form) -> u8 {
        self.signs_of_at(form, 0)
    }

    fn signs_of_at(&self, form: &Form, depth: u32) -> u8 {
        let mut signs = of_number(&form.coefficient);
        for (id, exponent) in &form.factors {
            signs = product(signs, self.power_signs(*id, exponent, depth));
        }
        signs
    }

    /// The signs of `f^e`.
    pub(super) fn power_signs(&self, id: PolynomialId, exponent: &Rational, depth: u32) -> u8 {
        let mut signs = self.signs_at(id, depth);
        if !exponent.is_integer() {
            signs &= !NEGATIVE;
        } else if exponent.is_even() && signs & NEGATIVE != 0 {
            signs = signs & ZERO | POSITIVE;
        }
        if exponent.is_negative() { signs & !ZERO } else { signs }
    }

    /// Records that a form has one of these signs wherever the input is defined, where that says something of one factor.
    pub(super) fn demand(&mut self, form: &Form, signs: u8) {
        if signs & ZERO == 0 {
            for (id, exponent) in &form.factors {
                if exponent.is_positive() {
                    self.record_signs(*id, ANY & !ZERO);
                }
            }
        }
        // If the signs of all other factors are known, so is that of the one that is left.
        let mut is_negative = form.coefficient.is_negative();
        let mut open: smallvec::SmallVec<[_; 4]> = smallvec::SmallVec::new();
        for (id, exponent) in &form.factors {
            match self.power_signs(*id, exponent, 0) {
                POSITIVE => {}
                NEGATIVE => is_negative = !is_negative,
                _ => open.push((*id, exponent)),
            }
        }
        if let [(id, exponent)] = open.as_slice()
            && exponent.is_integer()
            && !exponent.is_even()
        {
            let signs = if is_negative {
                signs & ZERO | (signs & NEGATIVE) << 2 | (signs & POSITIVE) >> 2
            } else {
                signs
            };
            self.record_signs(*id, signs);
        }
    }

    /// Is there no value that the form can have with these signs?
    pub(super) fn contradicts(&self, form: &Form, signs: u8) -> bool {
        self.signs_of(form) & signs == 0
            || form
                .factors
                .iter()
                .any(|(id, _)| self.recorded_signs(*id) & self.range_of_polynomial(*id, 0).signs() == 0)
    }

    /// A polynomial whose sign is open and matters for a form: the form holds its absolute value, the logarithm of it, or
    /// its sign. The simplest of several: what is known of x says something of exp(x) − 1, not the other way round.
    pub(super) fn open_sign(&self, form: &Form) -> Option<(PolynomialId, u8)> {
        let (mut seen, mut found) = (Vec::new(), Vec::new());
        for (id, _) in &form.factors {
            self.open_signs_below(*id, &mut seen, &mut found);
        }
        let size = |id: PolynomialId| (self.polynomial_depth(id), self.polynomial(id).len());
        found.into_iter().min_by_key(|(id, _)| size(*id))
    }

    fn open_signs_of(&self, form: FormId, seen: &mut Vec<PolynomialId>, found: &mut Vec<(PolynomialId, u8)>) {
        for (id, _) in &self.form(form).factors {
            self.open_signs_below(*id, seen, found);
        }
    }

    fn open_signs_below(
        &self,
        id: PolynomialId,
        seen: &mut Vec<PolynomialId>,
        found: &mut Vec<(PolynomialId, u8)>,
    ) {
        if seen.contains(&id) || seen.len() > MOST_LOOKED_AT {
            return;
        }
        seen.push(id);
        let open = |f: PolynomialId| {
            let signs = self.signs(f);
            (signs & NEGATIVE != 0 && signs & POSITIVE != 0).then_some((f, signs))
        };
        let polynomial = std::rc::Rc::clone(self.polynomial(id));
        for term in polynomial.terms() {
            for (variable, _) in term.monomial.iter() {
                match self.kernel_of(variable) {
                    Kernel::Absolute(f) | Kernel::LogAbsolute(f) => {
                        found.extend(open(*f));
                        self.open_signs_below(*f, seen, found);
                    }
                    Kernel::Root { base, .. } | Kernel::Sum(base) => {
                        self.open_signs_below(*base, seen, found);
                    }
                    Kernel::Call(f, arguments) => {
                        let is_step = matches!(f, Function::Known(function::SIGN | function::HEAVISIDE));
                        let is_root = *f == Function::Known(function::CBRT);
                        for argument in arguments {
                            for (id, _) in &self.form(*argument).factors {
                                let signs = self.signs(*id);
                                if is_root {
                                    found.extend(open(*id));
                                } else if is_step && signs.count_ones() > 1 {
                                    found.push((*id, signs));
                                }
                            }
                            self.open_signs_of(*argument, seen, found);
                        }
                    }
                    Kernel::Composite(g) | Kernel::Exponential(g) => self.open_signs_of(*g, seen, found),
                    Kernel::Power { base, exponent } => {
                        self.open_signs_of(*base, seen, found);
                        self.open_signs_of(*exponent, seen, found);
                    }
                    Kernel::Leaf(_) | Kernel::Pi | Kernel::Opaque(_) | Kernel::Number(_) => {}
                }
            }
        }
    }

    /// The leaf and the number at which a polynomial of the form `a·leaf + b` is zero.
    pub(super) fn root_of_leaf(&self, id: PolynomialId) -> Option<(u32, Rational)> {
        let polynomial = self.polynomial(id);
        let (mut leaf, mut slope, mut constant) = (None, Rational::ZERO, Rational::ZERO);
        for term in polynomial.terms() {
            let coefficient = Rational::from_integer(term.coefficient.to_big());
            let mut factors = term.monomial.iter();
            match (factors.next(), factors.next()) {
                (None, _) => constant = coefficient,
                (Some((variable, 1)), None) if leaf.is_none() => {
                    let Kernel::Leaf(n) = self.kernel_of(variable) else { return None };
                    (leaf, slope) = (Some(*n), coefficient);
                }
                _ => return None,
            }
        }
        Some((leaf?, -constant.divide(&slope)?))
    }

    /// Is the form a positive number wherever the input is defined?
    pub(super) fn is_positive(&self, form: &Form) -> bool {
        self.signs_of(form) == POSITIVE
    }
}
