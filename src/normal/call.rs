//! Function calls on forms: parity, angles, definitions.

use smallvec::SmallVec;

use crate::function::{self, Function, FunctionId, Parity};
use crate::number::Rational;

use super::Mode;
use super::field::{Failure, Family, Field, Relation};
use super::form::{Form, PolynomialId};
use super::integer::Integer;
use super::kernel::Kernel;
use super::polynomial::{Monomial, Polynomial, Term};
use super::sign::{NEGATIVE, POSITIVE, ZERO};

/// Multiples of an angle are expanded up to this.
const MOST_MULTIPLE: i64 = 6;

/// Sine or cosine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wave {
    Sine,
    Cosine,
}

impl Field<'_> {
    /// A call of a function on forms.
    pub(super) fn call(&mut self, function: Function, arguments: &[Form]) -> Result<Form, Failure> {
        let Function::Known(id) = function else { return self.plain_call(function, arguments) };
        match (id, arguments) {
            (function::EXP, [a]) => self.exponential(a),
            (function::LOG, [a]) => self.logarithm(a),
            (function::SQRT, [a]) => self.power(a, &Form::number(Rational::HALF)),
            (function::POW, [a, b]) => self.power(a, b),
            (function::ABS, [a]) => self.absolute(a),
            (function::CBRT, [a]) => self.cube_root(a),
            (function::SIGN, [a]) => match self.signs_of(a) {
                POSITIVE => Ok(Form::one()),
                NEGATIVE => Ok(Form::one().negate()),
                ZERO => Ok(Form::zero()),
                // sign u = u/|u| where u is not zero.
                signs if self.mode == Mode::Canonical && signs & ZERO == 0 => {
                    let size = self.absolute(a)?;
                    let inverse = self.invert(&size)?;
                    self.multiply(a, &inverse)
                }
                _ => {
                    self.declined = true;
                    match self.without_positive_factors(a)? {
                        Some(rest) if a.coefficient.is_negative() => {
                            Ok(self.known_call(id, &[rest.negate()])?.negate())
                        }
                        Some(rest) => self.known_call(id, &[rest]),
                        None => self.known_call(id, arguments),
                    }
                }
            },
            (function::HEAVISIDE, [a]) => match self.signs_of(a) {
                POSITIVE => Ok(Form::one()),
                signs if signs & POSITIVE == 0 => Ok(Form::zero()),
                // (1 + sign u)/2 where u is not zero.
                signs if self.mode == Mode::Canonical && signs & ZERO == 0 => {
                    let sign = self.call(Function::Known(function::SIGN), arguments)?;
                    let sum = self.add(&[Form::one(), sign])?;
                    self.multiply(&sum, &Form::number(Rational::HALF))
                }
                _ => {
                    self.declined = true;
                    match self.without_positive_factors(a)? {
                        Some(rest) => self.known_call(id, &[rest]),
                        None => self.known_call(id, arguments),
                    }
                }
            },
            (function::ATAN2, [y, x]) if self.mode == Mode::Canonical => self.angle_of_point(y, x),
            (function::ASIN | function::ATAN, [a]) if self.mode == Mode::Canonical => {
                match self.angle_within(id, a)? {
                    Some(angle) => Ok(angle),
                    None => self.known_call(id, arguments),
                }
            }
            (function::FLOOR, [a]) if self.mode == Mode::Canonical => {
                // ⌊u + n⌋ = ⌊u⌋ + n
                let (whole, rest) = self.split_exponent(a)?;
                if whole.is_zero() {
                    return self.known_call(id, arguments);
                }
                let floor = self.known_call(id, &[rest])?;
                self.add(&[floor, Form::number(whole)])
            }
            (function::SIN, [a]) => self.wave(Wave::Sine, a),
            (function::COS, [a]) => self.wave(Wave::Cosine, a),
            _ => self.known_call(id, arguments),
        }
    }

    /// The angle of a point by the quadrant it is in, as far as that is known; else of the point as near as the scale allows.
    fn angle_of_point(&mut self, y: &Form, x: &Form) -> Result<Form, Failure> {
        let half_turn = self.kernel_form(Kernel::Pi)?;
        let (above, right) = (self.signs_of(y), self.signs_of(x));
        let quotient = |field: &mut Self, a: &Form, b: &Form| {
            let inverse = field.invert(b)?;
            field.multiply(a, &inverse)
        };
        if right == POSITIVE {
            let slope = quotient(self, y, x)?;
            return self.call(Function::Known(function::ATAN), &[slope]);
        }
        if right == NEGATIVE && (above & NEGATIVE == 0 || above == NEGATIVE) {
            let slope = quotient(self, y, x)?;
            let angle = self.call(Function::Known(function::ATAN), &[slope])?;
            let turn = if above == NEGATIVE { half_turn.negate() } else { half_turn };
            return self.add(&[angle, turn]);
        }
        if above == POSITIVE || above == NEGATIVE {
            let slope = quotient(self, x, y)?;
            let angle = self.call(Function::Known(function::ATAN), &[slope])?.negate();
            let quarter = self.multiply(&half_turn, &Form::number(Rational::HALF))?;
            return self.add(&[if above == NEGATIVE { quarter.negate() } else { quarter }, angle]);
        }
        // A positive factor of both changes nothing.
        let mut scale = Form::number(x.coefficient.abs());
        if scale.is_zero() {
            scale = Form::one();
        }
        for (id, exponent) in &x.factors {
            let other = y.exponent(*id);
            if other.is_positive() == exponent.is_positive()
                && !other.is_zero()
                && self.signs(*id) == POSITIVE
            {
                let common = if other.abs() < exponent.abs() { other } else { exponent.clone() };
                scale = self.multiply(&scale, &Form::power(*id, common))?;
            }
        }
        let (y, x) = (quotient(self, y, &scale)?, quotient(self, x, &scale)?);
        self.known_call(function::ATAN2, &[y, x])
    }

    /// `asin(sin u) = u` for `|u| ≤ π/2`, `asin(cos u) = π/2 − u` for `0 ≤ u ≤ π`, `atan(tan u) = u` for `|u| < π/2`.
    fn angle_within(&mut self, id: FunctionId, a: &Form) -> Result<Option<Form>, Failure> {
        let inner = |field: &Self, id: PolynomialId, wave: FunctionId| {
            let variable = field.polynomial(id).as_variable()?;
            match field.kernel_of(variable) {
                Kernel::Call(Function::Known(f), arguments) if *f == wave => arguments.first().copied(),
                _ => None,
            }
        };
        if !a.coefficient.abs().is_one() {
            return Ok(None);
        }
        let (angle, is_cosine) = match (id, a.factors.as_slice()) {
            (function::ASIN, [(f, exponent)]) if exponent.is_one() => {
                match (inner(self, *f, function::SIN), inner(self, *f, function::COS)) {
                    (Some(angle), _) => (angle, false),
                    (None, Some(angle)) => (angle, true),
                    _ => return Ok(None),
                }
            }
            (function::ATAN, [(f, m), (g, n)]) => {
                let (sine, cosine) = if m.is_one() { (*f, *g) } else { (*g, *f) };
                let is_quotient = (m.is_one() || n.is_one()) && (m + n).is_zero();
                match (inner(self, sine, function::SIN), inner(self, cosine, function::COS)) {
                    (Some(above), Some(below)) if above == below && is_quotient => (above, false),
                    _ => return Ok(None),
                }
            }
            _ => return Ok(None),
        };
        let mut angle = self.form(angle).clone();
        let quarter = self.kernel_form(Kernel::Pi)?;
        let quarter = self.multiply(&quarter, &Form::number(Rational::HALF))?;
        if is_cosine {
            angle = self.add(&[quarter.clone(), angle.negate()])?;
        }
        let above = self.add(&[quarter.clone(), angle.clone().negate()])?;
        let below = self.add(&[quarter, angle.clone()])?;
        let is_within = [above, below].iter().all(|distance| self.signs_of(distance) & NEGATIVE == 0);
        if !is_within {
            self.declined = true;
            return Ok(None);
        }
        Ok(Some(if a.coefficient.is_negative() { angle.negate() } else { angle }))
    }

    /// What a step function of a product looks at: the coefficient as ±1, no factors that are positive; `None` if nothing
    /// changes.
    fn without_positive_factors(&mut self, a: &Form) -> Result<Option<Form>, Failure> {
        let unit = if a.coefficient.is_negative() { Rational::MINUS_ONE } else { Rational::ONE };
        let mut rest = Form::number(unit);
        for (id, exponent) in &a.factors {
            if self.power_signs(*id, exponent, 0) != POSITIVE {
                rest = self.multiply(&rest, &Form::power(*id, exponent.clone()))?;
            }
        }
        Ok((rest != *a).then_some(rest))
    }

    fn known_call(&mut self, id: FunctionId, arguments: &[Form]) -> Result<Form, Failure> {
        let row = function::row(id);
        // σ(log u) is u/(1 + u), whatever is known of the factors of u.
        let undone = matches!(id, function::SIGMOID | function::TANH) && self.is_whole_logarithm(arguments);
        if (self.mode == Mode::Canonical || row.shorthand || undone)
            && let Some(definition) = self.definitions.canonical(Function::Known(id))
        {
            return self.substitute(definition, arguments);
        }
        if let [a] = arguments {
            if let Some(q) = a.as_number()
                && let Some(value) = exact_value(row, q)
            {
                return Ok(Form::number(value));
            }
            if a.coefficient.is_negative() {
                let positive = a.clone().negate();
                if id == function::SIGMOID {
                    let value = self.plain_call(Function::Known(id), &[positive])?;
                    return self.add(&[Form::one(), value.negate()]);
                }
                if row.parity == Parity::Even {
                    return self.call(Function::Known(id), &[positive]);
                }
                match row.parity {
                    Parity::Odd => return Ok(self.plain_call(Function::Known(id), &[positive])?.negate()),
                    Parity::Even | Parity::None => {}
                }
            }
            if row.parity == Parity::Even
                && let Some(inside) = self.without_magnitudes(a)?
            {
                return self.call(Function::Known(id), &[inside]);
            }
        }
        self.plain_call(Function::Known(id), arguments)
    }

    /// Whether it is a multiple of one logarithm.
    fn is_whole_logarithm(&self, arguments: &[Form]) -> bool {
        let [argument] = arguments else { return false };
        let [(id, exponent)] = argument.factors.as_slice() else { return false };
        exponent.is_one()
            && self.polynomial(*id).as_variable().is_some_and(|variable| {
                matches!(self.kernel_of(variable), Kernel::Call(Function::Known(function::LOG), _))
            })
    }

    fn plain_call(&mut self, function: Function, arguments: &[Form]) -> Result<Form, Failure> {
        let ids: SmallVec<[_; 2]> = arguments.iter().map(|a| self.intern_form(a)).collect();
        self.kernel_form(Kernel::Call(function, ids))
    }

    fn wave(&mut self, wave: Wave, a: &Form) -> Result<Form, Failure> {
        if a.is_zero() {
            return Ok(if wave == Wave::Sine { Form::zero() } else { Form::one() });
        }
        if a.coefficient.is_negative() {
            let value = self.wave(wave, &a.clone().negate())?;
            return Ok(if wave == Wave::Sine { value.negate() } else { value });
        }
        if wave == Wave::Cosine
            && let Some(inside) = self.without_magnitudes(a)?
        {
            return self.wave(wave, &inside);
        }
        if let Some((Kernel::Pi, exponent)) = self.single_kernel(&a.monic())
            && exponent.is_one()
        {
            if let Some(value) = self.wave_of_pi(wave, &a.coefficient)? {
                return Ok(value);
            }
            // Into the first quarter: sin(c·π) for 0 < c ≤ 1/2.
            let (two, c) = (Rational::integer(2), &a.coefficient);
            let turns = c.divide(&two).unwrap_or(Rational::ZERO).floor();
            let rest = c - &(&turns * &two);
            let (rest, mut negative) =
                if rest >= Rational::ONE { (rest - Rational::ONE, true) } else { (rest, false) };
            let rest = if rest > Rational::HALF {
                negative ^= wave == Wave::Cosine;
                Rational::ONE - rest
            } else {
                rest
            };
            if rest != *c {
                let value = self.wave(wave, &a.with_coefficient(rest))?;
                return Ok(if negative { value.negate() } else { value });
            }
        }
        if self.mode == Mode::Canonical {
            if let Some((s, c)) = self.waves_of_inverse(a)? {
                return Ok(if wave == Wave::Sine { s } else { c });
            }
            if let Ok(parts) = self.addends(a)
                && (2..=3).contains(&parts.len())
            {
                let rest = self.add(&parts[1..])?;
                let (s, c) = (self.wave(Wave::Sine, &parts[0])?, self.wave(Wave::Cosine, &parts[0])?);
                let (t, d) = (self.wave(Wave::Sine, &rest)?, self.wave(Wave::Cosine, &rest)?);
                return self.wave_of_sum(wave, (&s, &c), (&t, &d));
            }
            let direction = a.monic();
            if let Some((unit, times)) = self.unit(Family::Angle, &direction, &a.coefficient)
                && (2..=MOST_MULTIPLE).contains(&times)
            {
                let (s, c) = self.wave_kernels(&direction.with_coefficient(unit))?;
                let (t, d) = self.waves_of_multiple((s, c), times)?;
                return Ok(if wave == Wave::Sine { t } else { d });
            }
        }
        let (s, c) = self.wave_kernels(a)?;
        Ok(if wave == Wave::Sine { s } else { c })
    }

    /// Sine and cosine of a multiple of an angle from its own.
    fn waves_of_multiple(&mut self, (s, c): (Form, Form), times: i64) -> Result<(Form, Form), Failure> {
        let (mut t, mut d) = (s.clone(), c.clone());
        for _ in 1..times {
            let next = self.wave_of_sum(Wave::Sine, (&s, &c), (&t, &d))?;
            d = self.wave_of_sum(Wave::Cosine, (&s, &c), (&t, &d))?;
            t = next;
        }
        Ok((t, d))
    }

    /// Sine and cosine of a whole multiple of an inverse function: `cos(asin u) = √(1 − u²)`, `cos(atan u) = 1/√(1 + u²)`.
    fn waves_of_inverse(&mut self, a: &Form) -> Result<Option<(Form, Form)>, Failure> {
        let Some(times) = a.coefficient.as_integer().filter(|n| (1..=MOST_MULTIPLE).contains(n)) else {
            return Ok(None);
        };
        let Some((Kernel::Call(Function::Known(id), arguments), exponent)) = self.single_kernel(&a.monic())
        else {
            return Ok(None);
        };
        if !exponent.is_one() || !matches!(id, function::ASIN | function::ATAN | function::ATAN2) {
            return Ok(None);
        }
        let Some(u) = arguments.first().map(|at| self.form(*at).clone()) else { return Ok(None) };
        let square = self.multiply(&u, &u)?;
        if let (function::ATAN2, Some(v)) = (id, arguments.get(1)) {
            // sin(atan2(u, v)) = u/√(u² + v²); where both are zero, there is no angle.
            let v = self.form(*v).clone();
            let other = self.multiply(&v, &v)?;
            let length = self.add(&[square, other])?;
            let length = self.power(&length, &Form::number(Rational::HALF))?;
            let inverse = self.invert(&length)?;
            let (sine, cosine) = (self.multiply(&u, &inverse)?, self.multiply(&v, &inverse)?);
            return self.waves_of_multiple((sine, cosine), times).map(Some);
        }
        let (sine, cosine) = if id == function::ASIN {
            let rest = self.add(&[Form::one(), square.negate()])?;
            let cosine = self.power(&rest, &Form::number(Rational::HALF))?;
            (u, cosine)
        } else {
            let length = self.add(&[Form::one(), square])?;
            let length = self.power(&length, &Form::number(Rational::HALF))?;
            let cosine = self.invert(&length)?;
            (self.multiply(&u, &cosine)?, cosine)
        };
        self.waves_of_multiple((sine, cosine), times).map(Some)
    }

    /// `g·f` for `g·|f|`, which an even function does not tell apart; `None` if no magnitude is a factor.
    fn without_magnitudes(&mut self, a: &Form) -> Result<Option<Form>, Failure> {
        let mut inside = Form::number(a.coefficient.clone());
        let mut found = false;
        for (id, exponent) in &a.factors {
            let base = self.polynomial(*id).as_variable().and_then(|v| match self.kernel_of(v) {
                Kernel::Absolute(f) if exponent.is_one() => Some(*f),
                _ => None,
            });
            found |= base.is_some();
            let part = Form::power(base.unwrap_or(*id), exponent.clone());
            inside = self.multiply(&inside, &part)?;
        }
        Ok(found.then_some(inside))
    }

    /// The real cube root: of a product factor by factor, each up to the cubes in it.
    fn cube_root(&mut self, a: &Form) -> Result<Form, Failure> {
        if a.is_zero() {
            return Ok(Form::zero());
        }
        let third = Rational::fraction(1, 3).unwrap_or_default();
        let mut product = self.rational_power(&Form::number(a.coefficient.abs()), &third)?;
        if a.coefficient.is_negative() {
            product = product.negate();
        }
        for (id, exponent) in &a.factors {
            let base = Form::power(*id, Rational::ONE);
            let part = match exponent.as_integer() {
                // cbrt(f) = −(−f)^(1/3) for f < 0.
                Some(n) if self.signs_of(&base) & POSITIVE == 0 => {
                    let root = self.rational_power(&base.negate(), &third)?.negate();
                    self.integer_power(&root, n)?
                }
                Some(n) if self.signs_of(&base) & NEGATIVE != 0 => {
                    self.declined = true;
                    let inside = self.intern_form(&base);
                    let root = Kernel::Call(Function::Known(function::CBRT), smallvec::smallvec![inside]);
                    let root = self.kernel_form(root)?;
                    self.integer_power(&root, n)?
                }
                _ => self.rational_power(&Form::power(*id, exponent.clone()), &third)?,
            };
            product = self.multiply(&product, &part)?;
        }
        Ok(product)
    }

    /// sin and cos of a sum from those of its parts.
    fn wave_of_sum(
        &mut self,
        wave: Wave,
        (s, c): (&Form, &Form),
        (t, d): (&Form, &Form),
    ) -> Result<Form, Failure> {
        match wave {
            Wave::Sine => {
                let (p, q) = (self.multiply(s, d)?, self.multiply(c, t)?);
                self.add(&[p, q])
            }
            Wave::Cosine => {
                let (p, q) = (self.multiply(c, d)?, self.multiply(s, t)?);
                self.add(&[p, q.negate()])
            }
        }
    }

    /// The kernels sin a and cos a with cos² = 1 − sin².
    fn wave_kernels(&mut self, a: &Form) -> Result<(Form, Form), Failure> {
        let id = self.intern_form(a);
        let sine = self.kernel(Kernel::Call(Function::Known(function::SIN), smallvec::smallvec![id]))?;
        let cosine = self.kernel(Kernel::Call(Function::Known(function::COS), smallvec::smallvec![id]))?;
        if self.relations[usize::from(cosine)].is_none() {
            let square = Polynomial::from_terms(vec![
                Term { monomial: Monomial::one(), coefficient: Integer::ONE },
                Term { monomial: Monomial::power(sine, 2), coefficient: Integer::Small(-1) },
            ]);
            self.relations[usize::from(cosine)] = Some(Relation::Polynomial(2, std::rc::Rc::new(square)));
            let beside = |n: i64| {
                Polynomial::from_terms(vec![
                    Term { monomial: Monomial::power(sine, 1), coefficient: Integer::ONE },
                    Term { monomial: Monomial::one(), coefficient: Integer::Small(n) },
                ])
            };
            let less = self.intern_polynomial(beside(-1), true);
            let more = self.intern_polynomial(beside(1), true);
            if let (Some(s), Some(c)) =
                (self.polynomial_of_variable(sine), self.polynomial_of_variable(cosine))
            {
                self.waves.push([s, c, less, more]);
            }
        }
        let sine = self.kernel_form(self.kernel_of(sine).clone())?;
        let cosine = self.kernel_form(self.kernel_of(cosine).clone())?;
        Ok((sine, cosine))
    }

    /// sin or cos of a multiple of π where it is 0, ±1/2, ±√2/2, ±√3/2 or ±1.
    fn wave_of_pi(&mut self, wave: Wave, times: &Rational) -> Result<Option<Form>, Failure> {
        let twelfths = times * &Rational::integer(12);
        let Some(n) = twelfths.as_integer() else { return Ok(None) };
        // cos a = sin(a + π/2)
        let n = (n.rem_euclid(24) + if wave == Wave::Cosine { 6 } else { 0 }) % 24;
        let (n, negative) = if n >= 12 { (n - 12, true) } else { (n, false) };
        let n = n.min(12 - n);
        let squared = match n {
            0 => return Ok(Some(Form::zero())),
            2 => Rational::fraction(1, 4),
            3 => Rational::fraction(1, 2),
            4 => Rational::fraction(3, 4),
            6 => Some(Rational::ONE),
            _ => None,
        };
        let Some(squared) = squared else { return Ok(None) };
        let value = self.rational_power(&Form::number(squared), &Rational::HALF)?;
        Ok(Some(if negative { value.negate() } else { value }))
    }
}

/// A value the row lists, where both are plain numbers.
fn exact_value(row: &function::Row, q: &Rational) -> Option<Rational> {
    row.values
        .iter()
        .find_map(|(argument, value)| (number(argument)? == *q).then(|| number(value))?)
        .or_else(|| row.exact.and_then(|exact| exact(std::slice::from_ref(q))))
}

fn number(text: &str) -> Option<Rational> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let value = match text.split_once('/') {
        None => Rational::parse(text, 64).ok()??,
        Some((n, d)) => Rational::parse(n, 64).ok()??.divide(&Rational::parse(d, 64).ok()??)?,
    };
    Some(if negative { -value } else { value })
}
