//! Calls: declared functions, functions of the table, their primes, and the formulas of their rows.

use super::algebra::{Checked, Head};
use super::polynomial::{Factor, Poly};
use super::read::{Form, Layout, Reader, Scoped, Value, refuse};
use super::sign::of_range;
use crate::function::{self, FunctionId, Meaning};
use crate::number::{Interval, Rational};
use crate::syntax::tree::{Relation, Tree};

impl Reader {
    pub(super) fn call(&mut self, tree: &Tree, name: &str, primes: u8, arguments: &[Tree]) -> Checked<Value> {
        if let Some((parameters, body)) = self.functions.get(name).cloned() {
            let values = self.trees(arguments)?;
            if parameters.len() != values.len() {
                return refuse(format!("{name} with other arguments than declared"));
            }
            if primes > 0 {
                return self.primed(&parameters, &body, values, primes);
            }
            let outer = std::mem::take(&mut self.scope);
            self.scope = parameters.into_iter().zip(values.into_iter().map(Scoped::Value)).collect();
            let value = self.tree(&body);
            self.scope = outer;
            return value;
        }
        if self.names.has_function(name) {
            let [argument] = arguments else { return refuse("an unknown function of several arguments") };
            let value = self.tree(argument)?;
            let argument = self.algebra.reduced(&value.poly)?;
            let atom = self.algebra.atom(Head::Unknown(name.to_owned(), primes), vec![argument])?;
            return Ok(Value { poly: Poly::factor(atom), range: Interval::REAL, ..value });
        }
        let Some(id) = function::lookup(name) else { return refuse(format!("{name} is not known")) };
        match function::row(id).meaning {
            Meaning::Tensor(kind) => self.tensor_call(kind, arguments),
            Meaning::Elementwise { .. } if primes > 0 => {
                let [argument] = arguments else { return refuse("a prime") };
                let value = self.tree(argument)?;
                let atom = self.algebra.plain(Head::Variable("the argument of a prime".to_owned()), &[], &[]);
                let inner = Value {
                    poly: Poly::factor(atom.clone()),
                    axes: Vec::new(),
                    layout: Layout::Scalar,
                    ..value.clone()
                };
                self.by.push(atom.atom);
                let result = self.entrywise(id, vec![inner], tree);
                self.by.pop();
                self.derived_at(result?.poly, &atom, value, primes)
            }
            Meaning::Elementwise { .. } => {
                let mut values = self.trees(arguments)?;
                while values.len() > 2 && (id == function::MAX || id == function::MIN) {
                    let second = values.remove(1);
                    values[0] = self.entrywise(id, vec![values[0].clone(), second], tree)?;
                }
                if values.len() != function::row(id).parameters.len() {
                    return refuse(format!("{name} of so many arguments"));
                }
                self.entrywise(id, values, tree)
            }
        }
    }

    /// f'(u) of a declared function of one scalar.
    pub(super) fn primed(
        &mut self,
        parameters: &[String],
        body: &Tree,
        mut values: Vec<Value>,
        primes: u8,
    ) -> Checked<Value> {
        let (Some(value), [parameter]) = (values.pop(), parameters) else { return refuse("a prime") };
        let atom = self.algebra.plain(Head::Variable("the argument of a prime".to_owned()), &[], &[]);
        let inner = Value::scalar(Poly::factor(atom.clone()), value.range);
        let outer = std::mem::replace(&mut self.scope, vec![(parameter.clone(), Scoped::Value(inner))]);
        self.by.push(atom.atom);
        let result = self.tree(body);
        self.by.pop();
        self.scope = outer;
        self.derived_at(result?.poly, &atom, value, primes)
    }

    pub(super) fn derived_at(
        &mut self,
        mut poly: Poly,
        atom: &Factor,
        at: Value,
        primes: u8,
    ) -> Checked<Value> {
        for _ in 0..primes {
            poly = self.derived(&poly, atom.atom, &[])?;
        }
        let poly = self.rebuilt(&poly, &|factor| (factor.atom == atom.atom).then(|| at.poly.clone()))?;
        // What was demanded of the argument is demanded at its value.
        let mut demands = std::mem::take(&mut self.demands);
        for demand in &mut demands {
            demand.poly =
                self.rebuilt(&demand.poly, &|factor| (factor.atom == atom.atom).then(|| at.poly.clone()))?;
        }
        self.demands = demands;
        Ok(Value { poly, range: Interval::REAL, ..at })
    }

    /// A function of the table, entry by entry.
    pub(super) fn entrywise(&mut self, id: FunctionId, values: Vec<Value>, tree: &Tree) -> Checked<Value> {
        let (parts, like) = self.aligned(values)?;
        let text = self.written(tree);
        let (poly, range) = self.applied(id, parts, text)?;
        Ok(Value { poly, range, ..like })
    }

    pub(super) fn applied(
        &mut self,
        id: FunctionId,
        parts: Vec<(Poly, Interval)>,
        text: String,
    ) -> Checked<(Poly, Interval)> {
        let row = function::row(id);
        let is_variable =
            parts.iter().any(|(p, _)| self.by.iter().any(|atom| self.algebra.depends(p, *atom)));
        let differentiable = if is_variable { row.differentiable } else { &[] };
        for condition in row.defined.iter().chain(differentiable) {
            for (relation, _, _, difference) in self.row_relations(condition, row.parameters, &parts)? {
                self.demand(&difference.poly, difference.range, relation, text.clone());
            }
        }
        let ranges: Vec<Interval> = parts.iter().map(|(_, range)| *range).collect();
        let (low, high, ..) = row.range;
        let enclosure = row.interval(&ranges);
        let enclosure = if enclosure.is_defined() { enclosure } else { Interval::new(low, high) };
        if !self.algebra.is_on {
            return Ok((Poly::zero(), enclosure));
        }
        // f(-u) = ±f(u), as the row says.
        if let ([(u, range)], function::Parity::Odd | function::Parity::Even) = (parts.as_slice(), row.parity)
            && u.lead().is_some_and(|(_, c)| c.is_negative())
            && !matches!(id, function::ABS | function::SIGN)
        {
            let flipped = vec![(u.times(&Rational::MINUS_ONE), -*range)];
            let silent = std::mem::replace(&mut self.is_silent, true);
            let value = self.applied(id, flipped, text);
            self.is_silent = silent;
            let sign = if row.parity == function::Parity::Odd { -Rational::ONE } else { Rational::ONE };
            return Ok((value?.0.times(&sign), enclosure));
        }
        let [(u, _), ..] = parts.as_slice() else { return refuse("a function of nothing") };
        let poly = match id {
            function::EXP => self.algebra.exponential(u)?,
            function::LOG => self.algebra.logarithm(u)?,
            function::ABS => self.algebra.absolute(u, &Rational::ONE)?,
            function::SIGN => self.algebra.signum(u)?,
            function::HEAVISIDE => self.algebra.step(u)?,
            function::RELU => {
                let step = self.algebra.step(u)?;
                self.algebra.multiply(&step, u)?
            }
            function::SIN | function::COS if self.algebra.has_angles || self.algebra.is_inverse(u) => {
                let forth = self.algebra.rotation(u)?;
                let back = self.algebra.rotation(&u.times(&Rational::MINUS_ONE))?;
                if id == function::COS {
                    forth.plus(&back).times(&Rational::HALF)
                } else {
                    let i = self.algebra.imaginary();
                    self.algebra.multiply(&back.minus(&forth), &i)?.times(&Rational::HALF)
                }
            }
            _ => match row.canonical {
                Some(canonical) => self.row_formula(canonical, row.parameters, &parts)?,
                None => match self.angle(id, &parts, enclosure)? {
                    Some(angle) => angle,
                    None => match self.listed_value(id, u)? {
                        Some(value) => value,
                        None => self.algebra.opaque(id, parts.into_iter().map(|(poly, _)| poly).collect())?,
                    },
                },
            },
        };
        // The range holds of the definition too, at points where all that was read so far is defined.
        let mask = of_range(row.range);
        let is_defined = self.is_granted || self.demands.is_empty() && self.consequences.is_empty();
        if is_defined && self.algebra.mask(&poly) & !mask != 0 {
            self.algebra.assume(&poly, mask)?;
        }
        Ok((poly, enclosure))
    }

    /// An inverse trigonometric function of constants, if it is a simple part of a turn.
    pub(super) fn angle(
        &mut self,
        id: FunctionId,
        parts: &[(Poly, Interval)],
        enclosure: Interval,
    ) -> Checked<Option<Poly>> {
        match (id, parts) {
            (function::ATAN, [(y, _)]) => self.algebra.constant_angle(&Poly::one(), y, enclosure),
            (function::ATAN2, [(y, _), (x, _)]) => self.algebra.constant_angle(x, y, enclosure),
            (function::ASIN, [(y, _)]) if enclosure.width() < 1e-3 => {
                let square = self.algebra.multiply(y, y)?;
                let x = self.algebra.raise(&Poly::one().minus(&square), &Rational::HALF)?;
                self.algebra.constant_angle(&x, y, enclosure)
            }
            _ => Ok(None),
        }
    }

    /// The value of a function at an argument that its row lists, up to sign.
    pub(super) fn listed_value(&mut self, id: FunctionId, argument: &Poly) -> Checked<Option<Poly>> {
        let row = function::row(id);
        for (at, value) in row.values {
            let at = self.row_formula(at, &[], &[])?;
            if at == *argument {
                return self.row_formula(value, &[], &[]).map(Some);
            }
            if row.parity == function::Parity::Odd && at == argument.times(&Rational::MINUS_ONE) {
                return Ok(Some(self.row_formula(value, &[], &[])?.times(&Rational::MINUS_ONE)));
            }
        }
        let exact = argument.as_number().zip(row.exact).and_then(|(at, exact)| exact(&[at]));
        Ok(exact.map(Poly::number))
    }

    /// A formula of the table, with its parameters put in.
    pub(super) fn row_formula(
        &mut self,
        text: &str,
        parameters: &[&str],
        parts: &[(Poly, Interval)],
    ) -> Checked<Poly> {
        let tree = self.parsed(text, Form::RowFormula)?;
        self.in_row(parameters, parts, |reader| reader.tree(&tree)).map(|value| value.poly)
    }

    pub(super) fn row_relations(
        &mut self,
        text: &str,
        parameters: &[&str],
        parts: &[(Poly, Interval)],
    ) -> Checked<Vec<(Relation, Value, Value, Value)>> {
        let tree = self.parsed(text, Form::RowRelation)?;
        self.in_row(parameters, parts, |reader| reader.related(&tree))
    }

    /// Does something where only the parameters of a row are known, without demands of its own.
    pub(super) fn in_row<T>(
        &mut self,
        parameters: &[&str],
        parts: &[(Poly, Interval)],
        act: impl FnOnce(&mut Self) -> Checked<T>,
    ) -> Checked<T> {
        let values = parts.iter().map(|(poly, range)| Scoped::Value(Value::scalar(poly.clone(), *range)));
        let scope = parameters.iter().map(|p| (*p).to_owned()).zip(values).collect();
        let outer = (std::mem::replace(&mut self.scope, scope), std::mem::replace(&mut self.is_silent, true));
        let names = (
            std::mem::take(&mut self.names),
            std::mem::take(&mut self.definitions),
            std::mem::take(&mut self.point),
        );
        let result = act(self);
        (self.scope, self.is_silent) = outer;
        (self.names, self.definitions, self.point) = names;
        result
    }
}
