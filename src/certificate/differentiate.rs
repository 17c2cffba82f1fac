//! Derivatives of sums of products by an entry of a variable, from the partials of the function table.

use super::algebra::{Checked, Head};
use super::polynomial::{Factor, Label, Poly, is_bound};
use super::read::{Layout, Reader, Value};
use crate::function;
use crate::number::{Interval, Rational};
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

impl super::algebra::Algebra {
    /// Does the sum contain the atom, at any depth?
    pub(super) fn depends(&self, poly: &Poly, atom: usize) -> bool {
        poly.factors()
            .any(|f| f.atom == atom || self.atoms[f.atom].arguments.iter().any(|a| self.depends(a, atom)))
    }
}

impl Reader {
    pub(super) fn derivative(
        &mut self,
        operator: DerivativeOperator,
        body: &Tree,
        variables: &[Tree],
    ) -> Checked<Value> {
        let mut by = Vec::new();
        for variable in variables {
            by.push(self.differentiated(variable)?);
        }
        if operator == DerivativeOperator::Hessian {
            by.extend(by.first().cloned());
        }
        // Facts hold at single points; what is differentiated must not use them.
        let facts = std::mem::replace(&mut self.algebra.facts_hold, false);
        let depth = self.by.len();
        self.by.extend(by.iter().map(|(factor, _)| factor.atom));
        let value = self.tree(body);
        self.by.truncate(depth);
        let mut value = value?;
        for (factor, layout) in by {
            let axes: Vec<Label> = factor
                .labels
                .iter()
                .map(|l| {
                    let size = self.algebra.size_of(*l);
                    self.algebra.fresh(size)
                })
                .collect();
            let poly = self.derived(&value.poly, factor.atom, &axes)?;
            let layout = match (value.layout, layout) {
                (Layout::Scalar, by) => by,
                (of, Layout::Scalar) => of,
                (of, by)
                    if value.axes.len() + axes.len() == 2 && of != Layout::Tensor && by != Layout::Tensor =>
                {
                    Layout::Matrix
                }
                _ => Layout::Tensor,
            };
            value = Value { poly, axes: [value.axes, axes].concat(), layout, range: Interval::REAL };
        }
        self.algebra.facts_hold = facts;
        // Equations and symmetries hold of the derivative itself.
        let algebra = &self.algebra;
        if algebra.rules.iter().any(|rule| rule.is_fact) || algebra.atoms.iter().any(|a| a.sizes.len() > 1) {
            value.poly = self.rebuilt(&value.poly, &|_| None)?;
        }
        Ok(value)
    }

    fn differentiated(&mut self, tree: &Tree) -> Checked<(Factor, Layout)> {
        match &tree.kind {
            Kind::Name(name) if !self.is_scoped(name) => {
                self.variable(name).ok_or_else(|| format!("{name} is not a variable"))
            }
            _ => Err("a derivative by something that is no variable".to_owned()),
        }
    }

    /// The derivative by the entry of a variable at these labels.
    pub(super) fn derived(&mut self, poly: &Poly, by: usize, at: &[Label]) -> Checked<Poly> {
        let mut result = Poly::zero();
        if !self.algebra.is_on {
            return Ok(result);
        }
        for (monomial, coefficient) in &poly.0 {
            if !monomial.factors.iter().any(|f| self.algebra.depends(&Poly::factor(f.clone()), by)) {
                continue;
            }
            let opened: Vec<Label> =
                monomial.bound.iter().map(|size| self.algebra.fresh(Some(*size))).collect();
            let mut factors = monomial.factors.to_vec();
            for l in factors.iter_mut().flat_map(|f| &mut f.labels).filter(|l| is_bound(**l)) {
                *l = opened[(*l - super::polynomial::BOUND) as usize];
            }
            let mut sum = Poly::zero();
            for place in 0..factors.len() {
                let inner = self.derived_factor(&factors[place], by, at)?;
                if inner.is_zero() {
                    continue;
                }
                let mut others = factors.clone();
                let power = others[place].power.clone();
                others[place].power -= &Rational::ONE;
                let others = self.algebra.normal(coefficient * &power, &[], others)?;
                let term = self.algebra.multiply(&others, &inner)?;
                sum = sum.plus(&term);
            }
            for label in opened {
                sum = self.algebra.sum_over(&sum, label)?;
            }
            result = result.plus(&sum);
        }
        Ok(result)
    }

    /// The derivative of an atom (to the power 1).
    fn derived_factor(&mut self, factor: &Factor, by: usize, at: &[Label]) -> Checked<Poly> {
        let own = Poly::factor(Factor { power: Rational::ONE, ..factor.clone() });
        if factor.atom == by {
            let mut product = Poly::one();
            for (label, place) in factor.labels.iter().zip(at) {
                let size = self
                    .algebra
                    .size_of(*label)
                    .or(self.algebra.size_of(*place))
                    .ok_or("a size is not known")?;
                let delta = self.algebra.delta(size, *label, *place)?;
                product = self.algebra.multiply(&product, &delta)?;
            }
            return Ok(product);
        }
        if !self.algebra.depends(&own, by) {
            return Ok(Poly::zero());
        }
        let head = self.algebra.head(factor).clone();
        if matches!(head, Head::Inverse | Head::Determinant) {
            return self.derived_matrix(factor, by, at);
        }
        let count = self.algebra.atoms[factor.atom].arguments.len();
        let mut sum = Poly::zero();
        for place in 0..count {
            let argument = self.algebra.argument(factor, place)?;
            let inner = self.derived(&argument, by, at)?;
            if inner.is_zero() {
                continue;
            }
            let outer = match &head {
                Head::Sum => Poly::one(),
                Head::Rotation => {
                    let i = self.algebra.imaginary();
                    self.algebra.multiply(&own, &i)?
                }
                Head::Known(function::LOG) => self.algebra.raise(&argument, &Rational::MINUS_ONE)?,
                Head::Known(id) => {
                    let mut parts = Vec::new();
                    for k in 0..count {
                        parts.push((self.algebra.argument(factor, k)?, Interval::REAL));
                    }
                    let row = function::row(*id);
                    let partial = row.partials().get(place).ok_or("a function without a partial")?;
                    self.row_formula(partial, row.parameters, &parts)?
                }
                Head::Unknown(name, primes) => {
                    let head = Head::Unknown(name.clone(), primes.saturating_add(1));
                    Poly::factor(self.algebra.atom(head, vec![argument.clone()])?)
                }
                _ => return Err("something that cannot be differentiated here".to_owned()),
            };
            let term = self.algebra.multiply(&outer, &inner)?;
            sum = sum.plus(&term);
        }
        Ok(sum)
    }

    /// The sum built again from its atoms, under what holds now; some atoms are replaced.
    pub(super) fn rebuilt(
        &mut self,
        poly: &Poly,
        replace: &dyn Fn(&Factor) -> Option<Poly>,
    ) -> Checked<Poly> {
        let mut result = Poly::zero();
        if !self.algebra.is_on {
            return Ok(result);
        }
        for (monomial, coefficient) in &poly.0 {
            let opened: Vec<Label> =
                monomial.bound.iter().map(|size| self.algebra.fresh(Some(*size))).collect();
            let mut product = Poly::number(coefficient.clone());
            for f in &monomial.factors {
                let mut f = f.clone();
                for l in f.labels.iter_mut().filter(|l| is_bound(**l)) {
                    *l = opened[(*l - super::polynomial::BOUND) as usize];
                }
                let value = self.rebuilt_factor(&f, replace)?;
                product = self.algebra.multiply(&product, &value)?;
            }
            for label in opened {
                product = self.algebra.sum_over(&product, label)?;
            }
            result = result.plus(&product);
        }
        Ok(result)
    }

    fn rebuilt_factor(
        &mut self,
        factor: &Factor,
        replace: &dyn Fn(&Factor) -> Option<Poly>,
    ) -> Checked<Poly> {
        if let Some(value) = replace(factor) {
            return self.algebra.raise(&value, &factor.power);
        }
        let head = self.algebra.head(factor).clone();
        if matches!(head, Head::Inverse | Head::Determinant) {
            let value = self.rebuilt_matrix(factor, replace)?;
            return self.algebra.raise(&value, &factor.power);
        }
        let mut arguments = Vec::new();
        for place in 0..self.algebra.atoms[factor.atom].arguments.len() {
            let argument = self.algebra.argument(factor, place)?;
            arguments.push(self.rebuilt(&argument, replace)?);
        }
        let Some(first) = arguments.first().cloned() else {
            return self.algebra.normal(Rational::ONE, &[], vec![factor.clone()]);
        };
        let algebra = &mut self.algebra;
        let value = match head {
            Head::Sum => return algebra.raise(&first, &factor.power),
            Head::Known(function::EXP) => return algebra.exponential(&first.times(&factor.power)),
            Head::Rotation => return algebra.rotation(&first.times(&factor.power)),
            Head::Known(function::ABS) => return algebra.absolute(&first, &factor.power),
            Head::Known(function::LOG) => algebra.logarithm(&first)?,
            Head::Known(function::SIGN) => algebra.signum(&first)?,
            Head::Known(function::HEAVISIDE) => algebra.step(&first)?,
            Head::Known(id) => algebra.opaque(id, arguments)?,
            other => Poly::factor(algebra.atom(other, arguments)?),
        };
        self.algebra.raise(&value, &factor.power)
    }
}
