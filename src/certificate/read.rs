//! From notation to sums of products of atoms, with what each formula demands in order to be defined.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::algebra::{Algebra, Checked, Head};
use super::polynomial::{Factor, Label, Poly, Size};
use super::sign::{POSITIVE, mask_of};
use crate::function;
use crate::number::{Interval, Rational};
use crate::syntax::tree::{Big, Kind, Relation, Tree};
use crate::syntax::{Declaration, Names, parse, parse_declaration, parse_fact};

/// How the axes of a value lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Scalar,
    Column,
    Row,
    Matrix,
    Tensor,
}

/// What a formula stands for: a sum of products whose labels `axes` are its entries, and an enclosure of all entries.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub poly: Poly,
    pub axes: Vec<Label>,
    pub layout: Layout,
    pub range: Interval,
}

/// `poly R 0`, without which a formula has no value.
#[derive(Clone, Debug)]
pub(super) struct Demand {
    pub poly: Poly,
    pub relation: Relation,
    pub range: Interval,
    pub text: String,
}

/// How a text is read: with the names of the certificate or, in rows of the table, without.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Formula,
    Relation,
    RowFormula,
    RowRelation,
}

/// The trees of texts that were met, shared by all readers of one certificate.
pub(super) type Texts = Rc<RefCell<BTreeMap<(Form, String), Rc<Tree>>>>;

#[derive(Clone)]
pub(super) enum Scoped {
    Value(Value),
    Index(Label),
}

impl Demand {
    /// Does it hold whatever the variables are?
    pub fn is_met(&self) -> bool {
        let range = self.range;
        range.is_defined()
            && match self.relation {
                Relation::Equal => range.low == 0.0 && range.high == 0.0,
                Relation::NotEqual => range.is_nonzero(),
                Relation::Less => range.is_negative(),
                Relation::LessEqual => (-range).is_nonnegative(),
                Relation::Greater => range.is_positive(),
                Relation::GreaterEqual => range.is_nonnegative(),
            }
    }
}

/// Reads formulas; everything it knows of names comes from the certificate's declarations.
#[derive(Clone, Default)]
// Four separate questions about what is being read.
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Reader {
    pub algebra: Algebra,
    pub names: Names,
    pub demands: Vec<Demand>,
    /// What definitions of the table demand: it follows from what their rows state.
    pub consequences: Vec<Demand>,
    /// What both sides of the claim demand, with the signs that fulfil it.
    pub granted: Vec<(Poly, u8)>,
    /// Values of scalars and of all entries of the others, where a point is looked at.
    pub point: BTreeMap<String, Interval>,
    /// What the names in subscripts stand for that are bound nowhere: positions, or, in facts, any position.
    pub is_fact: bool,
    shapes: BTreeMap<String, (Layout, Vec<Size>)>,
    pub(super) definitions: BTreeMap<String, Tree>,
    pub(super) functions: BTreeMap<String, (Vec<String>, Tree)>,
    pub(super) positions: Vec<String>,
    pub(super) scope: Vec<(String, Scoped)>,
    /// Is what is read taken to be defined, because it is a side of the claim?
    pub(super) is_granted: bool,
    /// Are demands left out, because a row of the table states them?
    pub(super) is_silent: bool,
    /// The variables of the derivatives that are being taken.
    pub(super) by: Vec<usize>,
    /// Did something occur of which no enclosure is made?
    pub(super) is_blind: bool,
    pub texts: Texts,
    text: String,
    depth: usize,
}

impl Value {
    pub(super) fn scalar(poly: Poly, range: Interval) -> Self {
        Value { poly, axes: Vec::new(), layout: Layout::Scalar, range }
    }
}

pub(super) fn refuse<T>(reason: impl Into<String>) -> Checked<T> {
    Err(reason.into())
}

impl Reader {
    pub fn with(texts: &Texts) -> Self {
        let mut reader = Reader { texts: texts.clone(), ..Reader::default() };
        reader.algebra.is_on = true;
        reader
    }

    pub fn declare(&mut self, text: &str) -> Checked<()> {
        let (declaration, _) = parse_declaration(text, &self.names).map_err(|e| e.message)?;
        declaration.declare(&mut self.names);
        match declaration {
            Declaration::Shape { name, sizes, .. } => {
                let one = self.count(&Poly::one());
                let mut axes = Vec::new();
                for size in &sizes {
                    axes.push(self.size(size)?);
                }
                let layout = match axes.as_slice() {
                    [] => Layout::Scalar,
                    [a] => {
                        if *a == one {
                            Layout::Scalar
                        } else {
                            Layout::Column
                        }
                    }
                    [a, b] if *a == one && *b == one => Layout::Scalar,
                    [_, b] if *b == one => Layout::Column,
                    [a, _] if *a == one => Layout::Row,
                    [_, _] => Layout::Matrix,
                    _ => Layout::Tensor,
                };
                if layout != Layout::Tensor {
                    axes.retain(|s| *s != one);
                }
                self.shapes.insert(name, (layout, axes));
            }
            Declaration::Definition { name, value } => {
                self.definitions.insert(name, value);
            }
            Declaration::FunctionDefinition { name, parameters, value } => {
                self.functions.insert(name, (parameters, value));
            }
            Declaration::UnknownFunction { .. } => {}
        }
        Ok(())
    }

    /// What a name was declared to stand for.
    pub(super) fn body_of(&self, name: &str) -> Option<&Tree> {
        self.definitions.get(name).or_else(|| self.functions.get(name).map(|(_, body)| body))
    }

    /// The number of a size.
    pub(super) fn count(&mut self, size: &Poly) -> Size {
        let known = self.algebra.sizes.iter().position(|s| s == size);
        known.unwrap_or_else(|| {
            self.algebra.sizes.push(size.clone());
            self.algebra.sizes.len() - 1
        }) as Size
    }

    pub(super) fn size(&mut self, tree: &Tree) -> Checked<Size> {
        tree.walk(&mut |part| {
            if let Kind::Name(name) = &part.kind {
                let atom = self.algebra.plain(Head::Variable(name.clone()), &[], &[]).atom;
                self.algebra.atoms[atom].mask &= POSITIVE;
            }
        });
        let is_on = std::mem::replace(&mut self.algebra.is_on, true);
        let value = self.tree(tree);
        self.algebra.is_on = is_on;
        let value = value?.poly;
        Ok(self.count(&value))
    }

    /// The tree of a text; each is parsed once for all that is asked of it.
    pub(super) fn parsed(&self, text: &str, form: Form) -> Checked<Rc<Tree>> {
        let key = (form, text.to_owned());
        if let Some(tree) = self.texts.borrow().get(&key) {
            return Ok(tree.clone());
        }
        let tree = match form {
            Form::Formula => parse(text, &self.names),
            Form::Relation => parse_fact(text, &self.names),
            Form::RowFormula => parse(text, &Names::default()),
            Form::RowRelation => parse_fact(text, &Names::default()),
        };
        let tree = tree.map_err(|e| format!("`{text}` cannot be read: {}", e.message))?.tree;
        let tree = Rc::new(tree);
        self.texts.borrow_mut().insert(key, tree.clone());
        Ok(tree)
    }

    /// Reads a formula.
    pub fn formula(&mut self, text: &str) -> Checked<Value> {
        let tree = self.parsed(text, Form::Formula)?;
        text.clone_into(&mut self.text);
        self.tree(&tree)
    }

    /// Reads relations `a R b`: both sides and their difference.
    pub fn relations(&mut self, text: &str) -> Checked<Vec<(Relation, Value, Value, Value)>> {
        let tree = self.parsed(text, Form::Relation)?;
        text.clone_into(&mut self.text);
        let result = self.related(&tree);
        self.scope.clear();
        result
    }

    pub(super) fn related(&mut self, tree: &Tree) -> Checked<Vec<(Relation, Value, Value, Value)>> {
        match &tree.kind {
            Kind::And(all) => {
                let mut relations = Vec::new();
                for one in all {
                    relations.extend(self.related(one)?);
                }
                Ok(relations)
            }
            Kind::Relation(relation, a, b) => {
                let values = vec![self.tree(a)?, self.tree(b)?];
                let (parts, like) = self.aligned(values)?;
                let poly = parts[0].0.clone().minus(&parts[1].0);
                let value = |(poly, range): (Poly, Interval)| Value { poly, range, ..like.clone() };
                let range = parts[0].1 - parts[1].1;
                let difference = value((poly, range));
                let mut sides = parts.into_iter().map(value);
                match (sides.next(), sides.next()) {
                    (Some(left), Some(right)) => Ok(vec![(*relation, left, right, difference)]),
                    _ => refuse("a relation has two sides"),
                }
            }
            _ => refuse("this is no relation"),
        }
    }

    pub(super) fn written(&self, tree: &Tree) -> String {
        self.text.get(tree.span.start..tree.span.end).filter(|t| !t.is_empty()).unwrap_or("a part").to_owned()
    }

    pub(super) fn demand(&mut self, poly: &Poly, range: Interval, relation: Relation, text: String) {
        let demand = Demand { poly: poly.clone(), relation, range, text };
        if demand.is_met() || self.algebra.is_on && self.algebra.mask(poly) & !mask_of(relation) == 0 {
            return;
        }
        if self.is_silent { self.consequences.push(demand) } else { self.demands.push(demand) }
    }

    pub(super) fn variable(&mut self, name: &str) -> Option<(Factor, Layout)> {
        let (layout, sizes) = self.shapes.get(name).cloned().unwrap_or((Layout::Scalar, Vec::new()));
        if self.definitions.contains_key(name) || self.functions.contains_key(name) {
            return None;
        }
        let labels: Vec<Label> = sizes.iter().map(|s| self.algebra.fresh(Some(*s))).collect();
        Some((self.algebra.plain(Head::Variable(name.to_owned()), &sizes, &labels), layout))
    }

    /// Reads a part of a formula.
    pub(super) fn tree(&mut self, tree: &Tree) -> Checked<Value> {
        self.depth += 1;
        if self.depth > 400 {
            return refuse("this is nested too deeply");
        }
        let value = self.part(tree);
        self.depth -= 1;
        value
    }

    // One arm for each form of notation.
    #[allow(clippy::too_many_lines)]
    pub(super) fn part(&mut self, tree: &Tree) -> Checked<Value> {
        match &tree.kind {
            Kind::Number(value) => {
                Ok(Value::scalar(Poly::number(value.clone()), Interval::from_rational(value)))
            }
            Kind::Name(name) => self.name(name),
            Kind::Sum(terms) => {
                let values = self.trees(terms)?;
                let (parts, like) = self.aligned(values)?;
                let poly = parts.iter().fold(Poly::zero(), |sum, (p, _)| sum.plus(p));
                let range = parts.iter().fold(Interval::ZERO, |sum, (_, r)| sum + *r);
                Ok(Value { poly, range, ..like })
            }
            Kind::Negate(inner) => {
                let value = self.tree(inner)?;
                Ok(Value { poly: value.poly.times(&Rational::MINUS_ONE), range: -value.range, ..value })
            }
            Kind::Product(factors) => {
                let mut values = self.trees(factors)?.into_iter();
                let Some(first) = values.next() else { return refuse("a product of nothing") };
                values.try_fold(first, |product, next| self.matrix_product(product, next))
            }
            Kind::Hadamard(factors) => {
                let values = self.trees(factors)?;
                self.entrywise_product(values)
            }
            Kind::Quotient(a, b) | Kind::ElementwiseQuotient(a, b) => {
                let (a, b) = (self.tree(a)?, self.tree(b)?);
                if matches!(tree.kind, Kind::Quotient(..)) && b.layout != Layout::Scalar {
                    return refuse("a denominator that is no scalar");
                }
                let minus_one = Value::scalar(Poly::number(Rational::MINUS_ONE), Interval::point(-1.0));
                let below = self.power(b, minus_one, tree)?;
                if below.layout == Layout::Scalar {
                    self.matrix_product(a, below)
                } else {
                    self.entrywise_product(vec![a, below])
                }
            }
            Kind::Power(a, b) | Kind::ElementwisePower(a, b) => {
                if matches!(&a.kind, Kind::Name(n) if n == "e" && !self.names.has("e") && !self.is_scoped("e"))
                {
                    let exponent = self.tree(b)?;
                    return self.entrywise(function::EXP, vec![exponent], tree);
                }
                let base = self.tree(a)?;
                let exponent = self.tree(b)?;
                if base.layout == Layout::Matrix && matches!(tree.kind, Kind::Power(..)) {
                    let n = exponent.poly.as_number().and_then(|n| n.as_integer()).filter(|n| n.abs() <= 8);
                    let Some(n) = n else { return refuse("a power of a matrix") };
                    let one = if n < 0 { self.inverse(a)? } else { base };
                    if n == 0 {
                        let (i, j) = (one.axes[0], one.axes[1]);
                        let size = self.algebra.size_of(i).unwrap_or(0);
                        return Ok(Value { poly: self.algebra.delta(size, i, j)?, ..one });
                    }
                    let mut product = one.clone();
                    for _ in 1..n.abs() {
                        let next = self.refreshed(&one)?;
                        product = self.matrix_product(product, next)?;
                    }
                    return Ok(product);
                }
                if matches!(tree.kind, Kind::Power(..))
                    && (base.layout != Layout::Scalar || exponent.layout != Layout::Scalar)
                {
                    return refuse("a power of a vector");
                }
                self.power(base, exponent, tree)
            }
            Kind::Transpose(inner) => {
                let value = self.tree(inner)?;
                self.transposed(value)
            }
            Kind::Call { name, primes, arguments } => self.call(tree, name, *primes, arguments),
            Kind::Index(base, subscripts) => self.indexed(base, subscripts),
            Kind::Big { operation: Big::Sum, indices, condition, body } => {
                let depth = self.scope.len();
                let mut own = Vec::new();
                for index in indices {
                    let size = match &index.range {
                        None => None,
                        Some((lower, upper)) if matches!(&lower.kind, Kind::Number(n) if n.is_one()) => {
                            Some(self.size(upper)?)
                        }
                        Some(_) => return refuse("a sum that does not start at 1"),
                    };
                    let label = self.algebra.fresh(size);
                    self.scope.push((index.name.clone(), Scoped::Index(label)));
                    own.push(label);
                }
                // The body says how far an index runs, so it is read before the condition.
                let mut value = self.tree(body)?;
                if let Some(condition) = condition {
                    let (mask, range) = self.indicator(condition)?;
                    value.poly = self.algebra.multiply(&value.poly, &mask)?;
                    value.range = value.range * range;
                }
                self.scope.truncate(depth);
                own.into_iter().rev().try_fold(value, |value, label| self.total(value, label))
            }
            Kind::Iverson(condition) => {
                let (poly, range) = self.indicator(condition)?;
                Ok(Value::scalar(poly, range))
            }
            Kind::Cases(cases) => {
                let Some(((last, _), rest)) = cases.split_last() else {
                    return refuse("cases without a case");
                };
                let before = self.demands.len();
                let mut value = self.tree(last)?;
                for (case, condition) in rest.iter().rev() {
                    let Some(condition) = condition else { return refuse("a case without a condition") };
                    let case = self.tree(case)?;
                    let (mask, _) = self.indicator(condition)?;
                    let (parts, like) = self.aligned(vec![case, value])?;
                    let other = Poly::one().minus(&mask);
                    let poly = self
                        .algebra
                        .multiply(&parts[0].0, &mask)?
                        .plus(&self.algebra.multiply(&parts[1].0, &other)?);
                    value = Value { poly, range: parts[0].1.hull(&parts[1].1), ..like };
                }
                if self.demands.len() > before {
                    return refuse("cases whose values are not defined everywhere");
                }
                Ok(value)
            }
            Kind::Derivative { operator, body, variables } => self.derivative(*operator, body, variables),
            Kind::Array(entries) => self.array(entries),
            Kind::Big { .. } => refuse("a product, maximum or minimum over an index"),
            Kind::Relation(..) | Kind::And(_) => refuse("a relation in the place of a value"),
        }
    }

    pub(super) fn trees(&mut self, trees: &[Tree]) -> Checked<Vec<Value>> {
        trees.iter().map(|tree| self.tree(tree)).collect()
    }

    pub(super) fn is_scoped(&self, name: &str) -> bool {
        self.scope.iter().any(|(n, _)| n == name)
    }

    pub(super) fn name(&mut self, name: &str) -> Checked<Value> {
        if let Some((_, scoped)) = self.scope.iter().rev().find(|(n, _)| n == name).cloned() {
            return match scoped {
                Scoped::Value(value) => self.refreshed(&value),
                Scoped::Index(_) => refuse("an index in the place of a value"),
            };
        }
        if let Some(tree) = self.definitions.get(name).cloned() {
            let outer = std::mem::take(&mut self.scope);
            let value = self.tree(&tree);
            self.scope = outer;
            return value;
        }
        if !self.names.has_variable(name) && !self.point.contains_key(name) {
            match name {
                "pi" => {
                    let pi = self.algebra.plain(Head::Pi, &[], &[]);
                    return Ok(Value::scalar(Poly::factor(pi), Interval::PI));
                }
                "e" => {
                    let poly = self.algebra.exponential(&Poly::one())?;
                    return Ok(Value::scalar(poly, Interval::ONE.exp()));
                }
                _ => {}
            }
        }
        let Some((factor, layout)) = self.variable(name) else {
            return refuse(format!("{name} has no value"));
        };
        let range = self.point.get(name).copied().unwrap_or(Interval::REAL);
        let axes = factor.labels.to_vec();
        let poly = self.algebra.normal(Rational::ONE, &[], vec![factor])?;
        Ok(Value { poly, axes, layout, range })
    }

    /// The same value at labels of its own.
    pub(super) fn refreshed(&mut self, value: &Value) -> Checked<Value> {
        let mut axes = Vec::new();
        for label in &value.axes {
            let size = self.algebra.size_of(*label);
            axes.push(self.algebra.fresh(size));
        }
        self.moved(value, axes)
    }

    /// The same value at other labels.
    pub(super) fn moved(&mut self, value: &Value, axes: Vec<Label>) -> Checked<Value> {
        let to = |l: Label| value.axes.iter().position(|a| *a == l).map_or(l, |at| axes[at]);
        let poly =
            if axes == value.axes { value.poly.clone() } else { self.algebra.rename(&value.poly, &to)? };
        Ok(Value { poly, axes, ..value.clone() })
    }

    /// The values at common labels; scalars are repeated.
    pub(super) fn aligned(&mut self, values: Vec<Value>) -> Checked<(Vec<(Poly, Interval)>, Value)> {
        let zero = Value::scalar(Poly::zero(), Interval::ZERO);
        let like = values.iter().find(|v| v.layout != Layout::Scalar).cloned().unwrap_or(zero);
        let mut parts = Vec::new();
        for value in values {
            if value.layout == Layout::Scalar {
                parts.push((value.poly, value.range));
                continue;
            }
            let sizes = |v: &Value| v.axes.iter().map(|l| self.algebra.size_of(*l)).collect::<Vec<_>>();
            if value.layout != like.layout || sizes(&value) != sizes(&like) {
                return refuse("shapes that do not fit");
            }
            let value = self.moved(&value, like.axes.clone())?;
            parts.push((value.poly, value.range));
        }
        Ok((parts, like))
    }

    pub(super) fn entrywise_product(&mut self, values: Vec<Value>) -> Checked<Value> {
        let (parts, like) = self.aligned(values)?;
        let mut product = (Poly::one(), Interval::ONE);
        for (poly, range) in parts {
            product = (self.algebra.multiply(&product.0, &poly)?, product.1 * range);
        }
        Ok(Value { poly: product.0, range: product.1, ..like })
    }

    pub(super) fn power(&mut self, base: Value, exponent: Value, tree: &Tree) -> Checked<Value> {
        let (parts, like) = self.aligned(vec![base, exponent])?;
        let [(base, range), (exponent, exponents)] = parts.as_slice() else { return refuse("a power") };
        if let Some(q) = exponent.as_number().filter(|_| self.algebra.is_on) {
            let is_variable = self.by.iter().any(|atom| self.algebra.depends(base, *atom));
            let relation = match (q.is_integer(), q.is_negative()) {
                (true, false) => None,
                (true, true) => Some(Relation::NotEqual),
                (false, false) if !is_variable => Some(Relation::GreaterEqual),
                (false, _) => Some(Relation::Greater),
            };
            if let Some(relation) = relation {
                self.demand(base, *range, relation, self.written(tree));
            }
            let poly = self.algebra.raise(base, &q)?;
            return Ok(Value { poly, range: known(range.powr(&q)), ..like });
        }
        if exponents.is_point() && exponents.low.fract() == 0.0 && !self.algebra.is_on {
            if exponents.low < 0.0 {
                self.demand(base, *range, Relation::NotEqual, self.written(tree));
            }
        } else {
            let strict = if exponents.low > 0.0 && self.by.is_empty() {
                Relation::GreaterEqual
            } else {
                Relation::Greater
            };
            self.demand(
                base,
                *range,
                if self.algebra.is_on { Relation::Greater } else { strict },
                self.written(tree),
            );
        }
        let logarithm = if self.algebra.is_on { self.algebra.logarithm(base)? } else { Poly::zero() };
        let poly = self.algebra.multiply(&logarithm, exponent)?;
        let poly = self.algebra.exponential(&poly)?;
        Ok(Value { poly, range: known(range.power(*exponents)), ..like })
    }
}

/// An enclosure, or everything where there is none.
fn known(range: Interval) -> Interval {
    if range.is_defined() { range } else { Interval::REAL }
}
