//! From forms back to scalar expressions, as small as they get without searching.
//!
//! Signs go where they cost nothing, equal powers are grouped, exponentials are merged, sums are written in nested form
//! where that saves. Each of these steps is valid wherever the form is defined.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::function::{self, Function};
use crate::ir::scalar::{Constant, Operation, Ref, Scalar, ScalarBuilder};
use crate::number::Rational;

use super::cost::operation_cost;
use super::field::{Failure, Field};
use super::form::{Form, FormId, PolynomialId, merge};
use super::integer::Integer;
use super::kernel::Kernel;
use super::polynomial::{Monomial, Polynomial, Term, Variable};

/// Longer sums are written term by term.
const MOST_NESTED: usize = 40;

/// Collects expressions and knows what each costs.
#[derive(Default)]
pub struct Page {
    builder: ScalarBuilder,
    costs: Vec<usize>,
}

impl Page {
    /// Adds an operation.
    pub fn add(&mut self, operation: Operation) -> Ref {
        let at = self.builder.add(operation);
        if at as usize == self.costs.len() {
            let node = |at| self.builder.node(at);
            let cost = operation_cost(node(at), node, |a| self.costs[a as usize]);
            self.costs.push(cost);
        }
        at
    }

    /// What an expression costs.
    pub fn cost(&self, at: Ref) -> usize {
        self.costs[at as usize]
    }

    /// The expression on its own.
    pub fn finish(&self, at: Ref) -> Scalar {
        self.builder.finish(at)
    }

    /// Copies all nodes of an expression; the result says where each came to stand.
    pub fn import(&mut self, scalar: &Scalar) -> Vec<Ref> {
        let mut place: Vec<Ref> = Vec::with_capacity(scalar.nodes().len());
        for operation in scalar.nodes() {
            let at = self.add(operation.map(|a| place[a as usize]));
            place.push(at);
        }
        place
    }

    fn number(&mut self, q: Rational) -> Ref {
        self.add(Operation::Number(q))
    }

    fn negate(&mut self, a: Ref) -> Ref {
        match self.builder.node(a).clone() {
            Operation::Number(q) => self.number(-q),
            Operation::Negate(b) => b,
            Operation::Subtract(b, c) => self.add(Operation::Subtract(c, b)),
            _ => self.add(Operation::Negate(a)),
        }
    }

    fn sum(&mut self, a: Ref, b: Ref) -> Ref {
        match self.builder.node(b) {
            Operation::Negate(c) => {
                let c = *c;
                self.add(Operation::Subtract(a, c))
            }
            _ => self.add(Operation::Add(a, b)),
        }
    }

    fn difference(&mut self, a: Ref, b: Ref) -> Ref {
        match self.builder.node(b) {
            Operation::Negate(c) => {
                let c = *c;
                self.add(Operation::Add(a, c))
            }
            _ => self.add(Operation::Subtract(a, b)),
        }
    }

    /// The sum so far and one more term.
    pub(super) fn signed_sum(&mut self, sum: Option<Ref>, term: Ref, negative: bool) -> Ref {
        match (sum, negative) {
            (None, false) => term,
            (None, true) => self.negate(term),
            (Some(sum), false) => self.sum(sum, term),
            (Some(sum), true) => self.difference(sum, term),
        }
    }

    fn product(&mut self, items: &[Ref]) -> Option<Ref> {
        let (first, rest) = items.split_first()?;
        Some(rest.iter().fold(*first, |a, &b| self.add(Operation::Multiply(a, b))))
    }

    fn quotient(&mut self, above: Option<Ref>, below: Option<Ref>) -> Ref {
        let above = match above {
            Some(above) => above,
            None => self.number(Rational::ONE),
        };
        match below {
            Some(below) => self.add(Operation::Divide(above, below)),
            None => above,
        }
    }

    fn power(&mut self, base: Ref, exponent: &Rational) -> Ref {
        if exponent.is_one() {
            return base;
        }
        let exponent = self.number(exponent.clone());
        self.add(Operation::Power(base, exponent))
    }

    fn call(&mut self, function: function::FunctionId, argument: Ref) -> Ref {
        self.add(Operation::Call(Function::Known(function), smallvec::smallvec![argument]))
    }
}

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
    done: &'w mut Written,
}

/// What stands on a page already.
#[derive(Default)]
pub struct Written {
    kernels: FxHashMap<Variable, Ref>,
    sums: FxHashMap<(PolynomialId, Style), Ref>,
    opposite_sums: FxHashMap<(PolynomialId, Style), Ref>,
    terms: FxHashMap<Term, Ref>,
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
        let form = self.gather(form)?;
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
        if self.style == Style::Nested {
            self.regroup(&mut sums, instead.map(|i| i.sum))?;
        }
        self.sums(&mut coefficient, &sums, instead, &mut items)?;
        self.exponentials(&exponentials, &coefficient, &mut items)?;
        Ok(self.assemble(&coefficient, items))
    }

    /// Undoes what only serves calculation: `√g/g` is `1/√g`, `|f|/f²` is `1/|f|`.
    fn gather(&mut self, form: &Form) -> Result<Form, Failure> {
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
        Ok(form)
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
    fn regroup(
        &mut self,
        sums: &mut SmallVec<[(PolynomialId, Rational); 4]>,
        fixed: Option<PolynomialId>,
    ) -> Result<(), Failure> {
        let mut first = 0;
        while first + 1 < sums.len() {
            let mut second = first + 1;
            while second < sums.len() {
                let (a, b) = (sums[first].clone(), sums[second].clone());
                if a.1 == b.1
                    && Some(a.0) != fixed
                    && Some(b.0) != fixed
                    && self.field.polynomial(a.0).len() + self.field.polynomial(b.0).len() <= 8
                {
                    let product = self.field.polynomial(a.0).multiply(self.field.polynomial(b.0))?;
                    let (x, y) = (self.sum(a.0)?, self.sum(b.0)?);
                    let apart = self.page.cost(x) + self.page.cost(y) + 1;
                    if product.len() <= 4 {
                        let id = self.field.intern_polynomial(product, false);
                        let together = self.sum(id)?;
                        if self.page.cost(together) < apart {
                            sums[first].0 = id;
                            sums.remove(second);
                            second = first + 1;
                            continue;
                        }
                    }
                }
                second += 1;
            }
            first += 1;
        }
        Ok(())
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

    fn sum(&mut self, id: PolynomialId) -> Result<Ref, Failure> {
        if let Some(&at) = self.done.sums.get(&(id, self.style)) {
            return Ok(at);
        }
        let p = std::rc::Rc::clone(self.field.polynomial(id));
        let at = self.new_polynomial(&p)?;
        self.done.sums.insert((id, self.style), at);
        Ok(at)
    }

    fn opposite_sum(&mut self, id: PolynomialId) -> Result<Ref, Failure> {
        if let Some(&at) = self.done.opposite_sums.get(&(id, self.style)) {
            return Ok(at);
        }
        let p = self.field.polynomial(id).negate();
        let at = self.new_polynomial(&p)?;
        self.done.opposite_sums.insert((id, self.style), at);
        Ok(at)
    }

    /// Writes a polynomial as it stands, without factoring the whole.
    pub fn polynomial(&mut self, p: Polynomial) -> Result<Ref, Failure> {
        if p.len() < 2 {
            return self.flat(&p);
        }
        if p.leads_negative() {
            let id = self.field.intern_polynomial(p.negate(), false);
            self.opposite_sum(id)
        } else {
            let id = self.field.intern_polynomial(p, false);
            self.sum(id)
        }
    }

    fn new_polynomial(&mut self, p: &Polynomial) -> Result<Ref, Failure> {
        let flat = self.flat(p)?;
        if p.len() == 2
            && let Some(wave) = self.double_angle(p)?
            && self.page.cost(wave) <= self.page.cost(flat)
        {
            return Ok(wave);
        }
        if self.style == Style::Flat || p.len() < 3 || p.len() > MOST_NESTED {
            return Ok(flat);
        }
        match self.nested(p)? {
            Some(nested) if self.page.cost(nested) < self.page.cost(flat) => Ok(nested),
            _ => Ok(flat),
        }
    }

    /// Term by term, positive terms first.
    fn flat(&mut self, p: &Polynomial) -> Result<Ref, Failure> {
        let mut sum: Option<Ref> = None;
        for negative in [false, true] {
            for t in p.terms().iter().filter(|t| t.coefficient.is_negative() == negative) {
                let written =
                    self.term(Term { monomial: t.monomial.clone(), coefficient: t.coefficient.abs() })?;
                sum = Some(self.page.signed_sum(sum, written, negative));
            }
        }
        match sum {
            Some(sum) => Ok(sum),
            None => Ok(self.page.number(Rational::ZERO)),
        }
    }

    fn term(&mut self, term: Term) -> Result<Ref, Failure> {
        if let Some(&at) = self.done.terms.get(&term) {
            return Ok(at);
        }
        let p = Polynomial::term(term.monomial.clone(), term.coefficient.clone());
        let form = self.field.factored(p)?;
        let at = self.form(&form)?;
        self.done.terms.insert(term, at);
        Ok(at)
    }

    /// With the kernel that saves most taken out of the terms that have it.
    fn nested(&mut self, p: &Polynomial) -> Result<Option<Ref>, Failure> {
        let mut best: Option<(usize, Variable)> = None;
        for (variable, _) in p.degrees() {
            let count = p.terms().iter().filter(|t| t.monomial.exponent(variable) > 0).count();
            if count < 2 {
                continue;
            }
            let written = self.kernel_or_root(variable)?;
            let saved = (count - 1) * (self.page.cost(written) + 1);
            if best.is_none_or(|b| saved > b.0) {
                best = Some((saved, variable));
            }
        }
        let number = self.common_number(p);
        let (with, without): (Vec<Term>, Vec<Term>) = match (best, number) {
            (best, Some((saved, n))) if best.is_none_or(|b| saved > b.0) => {
                p.terms().iter().cloned().partition(|t| t.coefficient.divide(&n).is_some())
            }
            (Some((_, variable)), _) => {
                p.terms().iter().cloned().partition(|t| t.monomial.exponent(variable) > 0)
            }
            (None, _) => return Ok(None),
        };
        let (with, without) = (Polynomial::from_terms(with), Polynomial::from_terms(without));
        let form = self.field.factored(with)?;
        if without.is_zero() {
            return self.form(&form).map(Some);
        }
        let plus = self.form(&form)?;
        let minus = self.form(&form.negate())?;
        let opposite = self.polynomial(without.negate())?;
        let rest = self.polynomial(without)?;
        // rest + with, with − (−rest), rest − (−with): whichever has the fewest signs.
        let mut choices = [
            self.page.sum(rest, plus),
            self.page.difference(plus, opposite),
            self.page.difference(rest, minus),
            self.page.sum(plus, rest),
        ];
        choices.sort_by_key(|&at| self.page.cost(at));
        Ok(Some(choices[0]))
    }

    /// A number above one that divides at least two coefficients, with what taking it out saves.
    fn common_number(&self, p: &Polynomial) -> Option<(usize, Integer)> {
        let mut best: Option<(usize, Integer)> = None;
        for t in p.terms() {
            let n = t.coefficient.abs();
            if n.is_one() || t.monomial.is_one() {
                continue;
            }
            let count = p.terms().iter().filter(|u| u.coefficient.divide(&n).is_some()).count();
            let saved = count.saturating_sub(1) * 2;
            // What divides all of them was taken in on purpose.
            if count >= 2 && count < p.len() && best.as_ref().is_none_or(|b| saved > b.0) {
                best = Some((saved, n));
            }
        }
        best
    }

    fn kernel_or_root(&mut self, variable: Variable) -> Result<Ref, Failure> {
        match self.field.kernel_of(variable) {
            Kernel::Root { .. } | Kernel::Sum(_) | Kernel::Power { .. } | Kernel::Exponential(_) => {
                let form =
                    self.field.factored(Polynomial::term(Monomial::power(variable, 1), Integer::ONE))?;
                self.form(&form)
            }
            _ => self.kernel(variable),
        }
    }

    /// Writes a kernel to the first power.
    fn kernel(&mut self, variable: Variable) -> Result<Ref, Failure> {
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
