//! From forms back to scalar expressions, as small as they get without searching.
//!
//! Signs go where they cost nothing, equal powers are grouped, exponentials are merged, sums are written in nested form
//! where that saves. Each of these steps is valid wherever the form is defined.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::function;
use crate::ir::scalar::{Constant, Operation, Ref};
use crate::number::Rational;

use super::field::{Failure, Field};
use super::form::{Form, FormId, PolynomialId, merge};
use super::kernel::Kernel;
use super::page::Page;
use super::polynomial::{Term, Variable};

/// How sums are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Nested where that is shorter.
    Nested,
    /// Term by term.
    Flat,
}

/// Writes the forms of one field.
pub struct Writer<'w, 'f> {
    /// The field the forms belong to.
    pub field: &'w mut Field<'f>,
    /// Where expressions are written.
    pub page: &'w mut Page,
    /// Where the nodes of the input stand on the page.
    pub input: &'w [Ref],
    /// How sums are written.
    pub style: Style,
    pub(super) done: &'w mut Written,
}

/// What stands on a page already.
#[derive(Default)]
pub struct Written {
    kernels: FxHashMap<Variable, Ref>,
    pub(super) sums: FxHashMap<(PolynomialId, Style), Ref>,
    pub(super) opposite_sums: FxHashMap<(PolynomialId, Style), Ref>,
    pub(super) terms: FxHashMap<Term, Ref>,
    forms: FxHashMap<(Form, Style), Ref>,
}

/// A factor about to be written.
struct Item {
    base: Ref,
    exponent: Rational,
}

/// What to write for a sum that is a factor.
pub(super) struct Instead {
    /// The sum.
    pub sum: PolynomialId,
    /// What is equal to what the other factors leave of it.
    pub written: Ref,
    /// The same with the other sign.
    pub opposite: Ref,
}

/// `base^exponent` with an exponent that is not a number, about to be written.
struct SymbolicPower {
    base: FormId,
    exponent: Form,
    /// It came from below the line.
    divides: bool,
}

impl<'w, 'f> Writer<'w, 'f> {
    /// A writer on a page that holds the input already.
    pub fn new(
        field: &'w mut Field<'f>,
        page: &'w mut Page,
        input: &'w [Ref],
        done: &'w mut Written,
    ) -> Writer<'w, 'f> {
        Writer { field, page, input, style: Style::Nested, done }
    }

    /// Writes a form.
    pub fn form(&mut self, form: &Form) -> Result<Ref, Failure> {
        if let Some(q) = form.as_number() {
            return Ok(self.page.number(q.clone()));
        }
        let key = (form.clone(), self.style);
        if let Some(&at) = self.done.forms.get(&key) {
            return Ok(at);
        }
        let at = self.new_form(form)?;
        self.done.forms.insert(key, at);
        Ok(at)
    }

    fn new_form(&mut self, form: &Form) -> Result<Ref, Failure> {
        let form = self.gather(form);
        let form = if self.style == Style::Nested { self.regroup(&form)? } else { form };
        let mut best = self.product_of_factors(&form, None)?;
        if self.style == Style::Flat {
            return Ok(best);
        }
        for other in self.variants(&form)? {
            if self.page.cost(other) < self.page.cost(best) {
                best = other;
            }
        }
        Ok(best)
    }

    /// Writes the product; `instead` is what to write for one of the sums.
    pub(super) fn product_of_factors(
        &mut self,
        form: &Form,
        instead: Option<&Instead>,
    ) -> Result<Ref, Failure> {
        self.field.spend(10)?;
        let mut coefficient = form.coefficient.clone();
        let mut items: SmallVec<[Item; 6]> = SmallVec::new();
        let mut exponentials: Vec<Form> = Vec::new();
        let mut powers: Vec<SymbolicPower> = Vec::new();
        let mut sums: SmallVec<[(PolynomialId, Rational); 4]> = SmallVec::new();
        for (id, exponent) in &form.factors {
            let Some(variable) = self.field.polynomial(*id).as_variable() else {
                sums.push((*id, exponent.clone()));
                continue;
            };
            match self.field.kernel_of(variable).clone() {
                Kernel::Exponential(a) => {
                    let a = self.field.form(a).clone();
                    exponentials.push(self.field.multiply(&a, &Form::number(exponent.clone()))?);
                }
                // (b^e)^m = b^(e·m) for integers m, or where b > 0.
                Kernel::Power { base, exponent: e }
                    if exponent.is_integer() || self.field.is_positive(&self.field.form(base).clone()) =>
                {
                    let e = self.field.form(e).clone();
                    let e = self.field.multiply(&e, &Form::number(exponent.clone()))?;
                    let divides = exponent.is_negative();
                    match powers.iter_mut().find(|p| p.base == base) {
                        Some(power) => {
                            power.exponent = self.field.add(&[power.exponent.clone(), e])?;
                            power.divides &= divides;
                        }
                        None => powers.push(SymbolicPower { base, exponent: e, divides }),
                    }
                }
                _ => {
                    let base = self.kernel(variable)?;
                    items.push(Item { base, exponent: exponent.clone() });
                }
            }
        }
        self.powers(&powers, instead.map(|i| i.sum), &mut sums, &mut items)?;
        self.sums(&mut coefficient, &sums, instead, &mut items)?;
        self.exponentials(&exponentials, &coefficient, &mut items)?;
        Ok(self.assemble(&coefficient, items))
    }

    /// Undoes what only serves calculation: `√g/g` is `1/√g`, `|f|/f²` is `1/|f|`.
    fn gather(&self, form: &Form) -> Form {
        let mut form = form.clone();
        for (id, _) in form.factors.clone() {
            let Some(variable) = self.field.polynomial(id).as_variable() else { continue };
            match self.field.kernel_of(variable) {
                Kernel::Composite(g) => {
                    let g = self.field.form(*g).clone();
                    let covered = g.factors.iter().all(|(f, e)| {
                        let mine = form.exponent(*f);
                        if e.is_positive() { mine <= -e.clone() } else { mine >= -e.clone() }
                    });
                    if covered {
                        form.coefficient = &form.coefficient * &g.coefficient;
                        form.factors = merge(&form.factors, &g.factors);
                        form.factors = merge(&form.factors, &[(id, Rational::MINUS_ONE)]);
                    }
                }
                // √2·x/2 is x/√2.
                Kernel::Number(n) => {
                    let n = Rational::from_integer(n.to_big());
                    let times = &form.coefficient * &n;
                    if times.denominator() < form.coefficient.denominator() && times.bits() < 60 {
                        form.coefficient = times;
                        form.factors = merge(&form.factors, &[(id, Rational::MINUS_ONE)]);
                    }
                }
                Kernel::Absolute(f) => {
                    let f = *f;
                    if form.exponent(f) <= Rational::integer(-2) {
                        form.factors = merge(&form.factors, &[(f, Rational::TWO)]);
                        form.factors = merge(&form.factors, &[(id, Rational::integer(-2))]);
                    }
                }
                _ => {}
            }
        }
        form
    }

    /// Symbolic powers; whole powers of the same base join them, products of bases with one exponent are grouped.
    fn powers(
        &mut self,
        powers: &[SymbolicPower],
        fixed: Option<PolynomialId>,
        sums: &mut SmallVec<[(PolynomialId, Rational); 4]>,
        items: &mut SmallVec<[Item; 6]>,
    ) -> Result<(), Failure> {
        let mut groups: Vec<(Form, bool, Vec<Ref>)> = Vec::new();
        for power in powers {
            let mut exponent = power.exponent.clone();
            let form = self.field.form(power.base).clone();
            // Below the line the base must not vanish: y^(−z) is 0 at y = 0 where z is negative.
            let mut divides = power.divides;
            if let [(id, one)] = form.factors.as_slice()
                && one.is_one()
                && form.coefficient.is_one()
            {
                // x·x^n = x^(n+1)
                let mut whole = Rational::ZERO;
                if let Some(at) =
                    sums.iter().position(|s| s.0 == *id && Some(s.0) != fixed && s.1.is_integer())
                {
                    whole = sums.remove(at).1;
                } else if let Some(variable) = self.field.polynomial(*id).as_variable() {
                    let written = self.kernel(variable)?;
                    if let Some(at) = items.iter().position(|i| i.base == written && i.exponent.is_integer())
                    {
                        whole = items.remove(at).exponent;
                    }
                }
                if !whole.is_zero() {
                    divides &= whole.is_negative();
                    exponent = self.field.add(&[exponent, Form::number(whole)])?;
                }
            }
            let written = self.form(&form)?;
            if let Some(q) = exponent.as_number() {
                items.push(Item { base: written, exponent: q.clone() });
                continue;
            }
            divides |= self.field.signs_of(&form) & super::sign::ZERO == 0;
            match groups.iter_mut().find(|g| g.0 == exponent) {
                Some(group) => {
                    group.1 &= divides;
                    group.2.push(written);
                }
                None => groups.push((exponent, divides, vec![written])),
            }
        }
        for (exponent, divides, bases) in groups {
            let below = divides && exponent.coefficient.is_negative() && !self.reads_positive(&exponent);
            let exponent = if below { exponent.negate() } else { exponent };
            let Some(base) = self.page.product(&bases) else { continue };
            let exponent = self.form(&exponent)?;
            let power = self.page.add(Operation::Power(base, exponent));
            let exponent = if below { Rational::MINUS_ONE } else { Rational::ONE };
            items.push(Item { base: power, exponent });
        }
        Ok(())
    }

    /// Can the form be written without a leading minus although its coefficient is negative?
    fn reads_positive(&self, form: &Form) -> bool {
        form.factors.iter().any(|(id, e)| {
            e.is_integer()
                && !e.is_even()
                && self.field.polynomial(*id).terms().iter().any(|t| t.coefficient.is_negative())
        })
    }

    /// Sums as factors; a minus sign in front disappears into one that has a negative term.
    fn sums(
        &mut self,
        coefficient: &mut Rational,
        sums: &[(PolynomialId, Rational)],
        instead: Option<&Instead>,
        items: &mut SmallVec<[Item; 6]>,
    ) -> Result<(), Failure> {
        for (id, exponent) in sums {
            if let Some(instead) = instead.filter(|i| i.sum == *id) {
                let turn = coefficient.is_negative()
                    && exponent.is_integer()
                    && !exponent.is_even()
                    && self.page.cost(instead.opposite) <= self.page.cost(instead.written);
                if turn {
                    *coefficient = -coefficient.clone();
                }
                let base = if turn { instead.opposite } else { instead.written };
                items.push(Item { base, exponent: exponent.clone() });
                continue;
            }
            let mut written = self.sum(*id)?;
            if coefficient.is_negative()
                && exponent.is_integer()
                && !exponent.is_even()
                && self.field.polynomial(*id).terms().iter().any(|t| t.coefficient.is_negative())
            {
                *coefficient = -coefficient.clone();
                written = self.opposite_sum(*id)?;
            }
            items.push(Item { base: written, exponent: exponent.clone() });
        }
        Ok(())
    }

    /// Multiplies out pairs of sums where the product is shorter: `(1 − t)·(1 + t)` is `1 − t^2`.
    fn regroup(&mut self, form: &Form) -> Result<Form, Failure> {
        let is_sum = |field: &Field<'_>, id: PolynomialId| field.polynomial(id).len() > 1;
        let mut sums: SmallVec<[(PolynomialId, Rational); 4]> =
            form.factors.iter().filter(|f| is_sum(self.field, f.0)).cloned().collect();
        if sums.len() < 2 {
            return Ok(form.clone());
        }
        let mut changed = false;
        let mut first = 0;
        while first + 1 < sums.len() {
            let mut second = first + 1;
            while second < sums.len() {
                if sums[first].1 == sums[second].1
                    && let Some(together) = self.shorter_product(sums[first].0, sums[second].0)?
                {
                    sums[first].0 = together;
                    sums.remove(second);
                    second = first + 1;
                    changed = true;
                } else {
                    second += 1;
                }
            }
            first += 1;
        }
        if !changed {
            return Ok(form.clone());
        }
        let mut factors = form.factors.clone();
        factors.retain(|f| !is_sum(self.field, f.0));
        for sum in sums {
            factors = merge(&factors, &[sum]);
        }
        Ok(Form { coefficient: form.coefficient.clone(), factors })
    }

    /// The product of two sums, if it is written shorter than the two.
    fn shorter_product(&mut self, a: PolynomialId, b: PolynomialId) -> Result<Option<PolynomialId>, Failure> {
        if self.field.polynomial(a).len() + self.field.polynomial(b).len() > 8 {
            return Ok(None);
        }
        let product = self.field.polynomial(a).multiply(self.field.polynomial(b))?;
        if product.len() > 4 {
            return Ok(None);
        }
        let (x, y) = (self.sum(a)?, self.sum(b)?);
        let apart = self.page.cost(x) + self.page.cost(y) + 1;
        let id = self.field.intern_polynomial(product, false);
        let together = self.sum(id)?;
        // c² − v² rather than (c − v)·(c + v): a denominator may go into it.
        Ok((self.page.cost(together) <= apart).then_some(id))
    }

    /// All exponentials as one, above or below the line.
    fn exponentials(
        &mut self,
        exponents: &[Form],
        coefficient: &Rational,
        items: &mut SmallVec<[Item; 6]>,
    ) -> Result<(), Failure> {
        if exponents.is_empty() {
            return Ok(());
        }
        let Ok(total) = self.field.add(exponents) else {
            for e in exponents {
                let argument = self.form(e)?;
                let base = self.page.call(function::EXP, argument);
                items.push(Item { base, exponent: Rational::ONE });
            }
            return Ok(());
        };
        if total.is_zero() {
            return Ok(());
        }
        let above = self.form(&total)?;
        let below = self.form(&total.negate())?;
        // exp(−u) above the line against exp(u) below it, where a line is drawn anyway or must be drawn.
        let line = !coefficient.is_integer() || items.iter().any(|i| i.exponent.is_negative());
        let alone = items.iter().all(|i| i.exponent.is_negative())
            && coefficient.numerator() == num_bigint::BigInt::from(1);
        // `1/exp(u)` needs a line and a one; `a/exp(u)` only exchanges `·` for `/`; with a line there is nothing to draw.
        let price_above = self.page.cost(above) + usize::from(!alone);
        let price_below = self.page.cost(below) + if alone && !line { 2 } else { 1 };
        let (argument, exponent) =
            if price_below < price_above { (below, Rational::MINUS_ONE) } else { (above, Rational::ONE) };
        let base = self.page.call(function::EXP, argument);
        items.push(Item { base, exponent });
        Ok(())
    }

    /// Puts coefficient and factors together.
    fn assemble(&mut self, coefficient: &Rational, mut items: SmallVec<[Item; 6]>) -> Ref {
        items.sort_by_key(|item| (self.page.cost(item.base), item.base));
        let mut above: SmallVec<[Ref; 8]> = SmallVec::new();
        let mut below: SmallVec<[Ref; 8]> = SmallVec::new();
        let size = coefficient.abs();
        if size.numerator() != num_bigint::BigInt::from(1) {
            above.push(self.page.number(Rational::from_integer(size.numerator())));
        }
        if !size.is_integer() {
            below.push(self.page.number(Rational::from_integer(size.denominator())));
        }
        // x^(3/2) = x·√x where x is short.
        let mut split: SmallVec<[Item; 6]> = SmallVec::new();
        for item in items {
            let whole = truncate(&item.exponent);
            let rest = &item.exponent - &whole;
            if !whole.is_zero()
                && !rest.is_zero()
                && rest.abs() == Rational::HALF
                && (self.page.cost(item.base) <= 2 && whole.abs().is_one())
            {
                split.push(Item { base: item.base, exponent: whole });
                split.push(Item { base: item.base, exponent: rest });
            } else {
                split.push(item);
            }
        }
        let mut done = vec![false; split.len()];
        for at in 0..split.len() {
            if done[at] {
                continue;
            }
            let size = split[at].exponent.abs();
            if size.is_one() {
                if split[at].exponent.is_negative() { &mut below } else { &mut above }.push(split[at].base);
                continue;
            }
            // Equal powers share one exponent.
            let (mut up, mut down): (SmallVec<[Ref; 8]>, SmallVec<[Ref; 8]>) =
                (SmallVec::new(), SmallVec::new());
            for other in at..split.len() {
                if split[other].exponent.abs() == size {
                    done[other] = true;
                    if split[other].exponent.is_negative() { &mut down } else { &mut up }
                        .push(split[other].base);
                }
            }
            if up.is_empty() {
                if let Some(base) = self.page.product(&down) {
                    below.push(self.page.power(base, &size));
                }
            } else {
                let (up, down) = (self.page.product(&up), self.page.product(&down));
                let base = self.page.quotient(up, down);
                above.push(self.page.power(base, &size));
            }
        }
        let (above, below) = (self.page.product(&above), self.page.product(&below));
        let quotient = self.page.quotient(above, below);
        if coefficient.is_negative() { self.page.negate(quotient) } else { quotient }
    }

    /// Writes a kernel to the first power.
    pub(super) fn kernel(&mut self, variable: Variable) -> Result<Ref, Failure> {
        if let Some(&at) = self.done.kernels.get(&variable) {
            return Ok(at);
        }
        let at = match self.field.kernel_of(variable).clone() {
            Kernel::Leaf(n) => self.page.add(Operation::Leaf(n)),
            Kernel::Pi => self.page.add(Operation::Constant(Constant::Pi)),
            Kernel::Opaque(at) => self.input.get(at as usize).copied().ok_or(Failure::Overflow)?,
            Kernel::Root { base, index } => {
                let base = self.sum_or_kernel(base)?;
                let exponent = Rational::fraction(1, i64::from(index)).unwrap_or_default();
                self.page.power(base, &exponent)
            }
            Kernel::Number(n) => self.page.number(Rational::from_integer(n.to_big())),
            Kernel::Composite(form) => {
                let form = self.field.form(form).clone();
                self.form(&form)?
            }
            Kernel::Absolute(f) => {
                let f = self.sum_or_kernel(f)?;
                self.page.call(function::ABS, f)
            }
            Kernel::LogAbsolute(f) => {
                let f = self.sum_or_kernel(f)?;
                let size = self.page.call(function::ABS, f);
                self.page.call(function::LOG, size)
            }
            Kernel::Exponential(a) => {
                let a = self.field.form(a).clone();
                let a = self.form(&a)?;
                self.page.call(function::EXP, a)
            }
            Kernel::Power { base, exponent } => {
                let (base, exponent) = (self.field.form(base).clone(), self.field.form(exponent).clone());
                let (base, exponent) = (self.form(&base)?, self.form(&exponent)?);
                self.page.add(Operation::Power(base, exponent))
            }
            Kernel::Call(f, arguments) => {
                let mut written: SmallVec<[Ref; 2]> = SmallVec::new();
                for a in arguments {
                    let a = self.field.form(a).clone();
                    written.push(self.form(&a)?);
                }
                self.page.add(Operation::Call(f, written))
            }
            Kernel::Sum(f) => self.sum(f)?,
        };
        self.done.kernels.insert(variable, at);
        Ok(at)
    }

    fn sum_or_kernel(&mut self, id: PolynomialId) -> Result<Ref, Failure> {
        match self.field.polynomial(id).as_variable() {
            Some(variable) => self.kernel(variable),
            None => self.sum(id),
        }
    }
}

/// The integer next to it on the side of zero.
fn truncate(q: &Rational) -> Rational {
    if q.is_negative() { -(-q.clone()).floor() } else { q.floor() }
}
