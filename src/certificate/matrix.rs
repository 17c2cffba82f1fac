//! Matrix notation: products, transposes, inverses, determinants and the functions of whole vectors and matrices.

use smallvec::SmallVec;

use super::algebra::{Checked, Head, Rule};
use super::polynomial::{BOUND, FIXED, FREE, Factor, Label, Monomial, Poly};
use super::read::{Layout, Reader, Value};
use crate::function::{self, TensorFunction};
use crate::number::{Interval, Rational};
use crate::syntax::tree::{Kind, Relation, Tree};

fn refuse<T>(reason: &str) -> Checked<T> {
    Err(reason.to_owned())
}

/// Puts labels for others.
fn to(pairs: [(Label, Label); 2]) -> impl Fn(Label) -> Label {
    move |label| pairs.iter().find(|(from, _)| *from == label).map_or(label, |(_, to)| *to)
}

impl Reader {
    pub(super) fn matrix_product(&mut self, a: Value, b: Value) -> Checked<Value> {
        use Layout::{Column, Matrix, Row, Scalar};
        let (axes, layout, inner) = match (a.layout, b.layout) {
            (Scalar, layout) => (b.axes.clone(), layout, None),
            (layout, Scalar) => (a.axes.clone(), layout, None),
            (Column, Row) => (vec![a.axes[0], b.axes[0]], Matrix, None),
            (Row, Column) => (vec![], Scalar, Some((a.axes[0], b.axes[0]))),
            (Row, Matrix) => (vec![b.axes[1]], Row, Some((a.axes[0], b.axes[0]))),
            (Matrix, Column) => (vec![a.axes[0]], Column, Some((a.axes[1], b.axes[0]))),
            (Matrix, Matrix) => (vec![a.axes[0], b.axes[1]], Matrix, Some((a.axes[1], b.axes[0]))),
            _ => return refuse("a product whose shapes do not fit"),
        };
        let mut right = b.poly;
        if let Some((i, j)) = inner {
            if self.algebra.size_of(i) != self.algebra.size_of(j) {
                return refuse("a product whose shapes do not fit");
            }
            right = self.algebra.rename(&right, &|l| if l == j { i } else { l })?;
        }
        let poly = self.algebra.multiply(&a.poly, &right)?;
        let product = Value { poly, axes, layout, range: a.range * b.range };
        match inner {
            Some((i, _)) => self.total(product, i),
            None => Ok(product),
        }
    }

    /// The sum over a label.
    pub(super) fn total(&mut self, value: Value, label: Label) -> Checked<Value> {
        let count = self.count_range(label);
        let poly = self.algebra.sum_over(&value.poly, label)?;
        Ok(Value { poly, range: value.range * count, ..value })
    }

    /// How far a label runs; at a point, sizes that are letters are 2.
    fn count_range(&self, label: Label) -> Interval {
        let any = Interval::new(1.0, f64::INFINITY);
        let Some(size) = self.algebra.size_of(label).map(|size| &self.algebra.sizes[size as usize]) else {
            return any;
        };
        if size.as_number().is_none() && self.algebra.is_on {
            return any;
        }
        let value = size.0.iter().fold(Rational::ZERO, |sum, (monomial, number)| {
            let letters = monomial.factors.iter().filter_map(|f| f.power.as_integer());
            letters.fold(number.clone(), |n, power| n * Rational::integer(1 << power.clamp(0, 8))) + sum
        });
        Interval::from_rational(&value)
    }

    /// The sum over all axes.
    fn sum(&mut self, value: Value) -> Checked<Value> {
        let axes = value.axes.clone();
        let scalar = Value { axes: Vec::new(), layout: Layout::Scalar, ..value };
        axes.into_iter().try_fold(scalar, |sum, label| self.total(sum, label))
    }

    pub(super) fn transposed(&mut self, mut value: Value) -> Checked<Value> {
        value.layout = match value.layout {
            Layout::Column => Layout::Row,
            Layout::Row => Layout::Column,
            Layout::Tensor => return refuse("the transpose of a tensor"),
            other => other,
        };
        value.axes.reverse();
        Ok(value)
    }

    fn square(&mut self, tree: &Tree) -> Checked<(Value, Label, Label)> {
        let value = self.tree(tree)?;
        match value.axes.as_slice() {
            [i, j]
                if value.layout == Layout::Matrix && self.algebra.size_of(*i) == self.algebra.size_of(*j) =>
            {
                let (i, j) = (*i, *j);
                Ok((value, i, j))
            }
            _ => refuse("a matrix that is not square"),
        }
    }

    /// The factors of a product of square matrices, which have inverses and determinants of their own.
    fn square_factors<'t>(&mut self, tree: &'t Tree) -> Option<&'t [Tree]> {
        let Kind::Product(factors) = &tree.kind else { return None };
        factors.iter().all(|f| self.square(f).is_ok()).then_some(factors)
    }

    pub(super) fn inverse(&mut self, tree: &Tree) -> Checked<Value> {
        if let Some(factors) = self.square_factors(tree) {
            let mut parts = Vec::new();
            for factor in factors.iter().rev() {
                parts.push(self.inverse(factor)?);
            }
            let mut parts = parts.into_iter();
            let first = parts.next().ok_or("a product of nothing")?;
            return parts.try_fold(first, |product, next| self.matrix_product(product, next));
        }
        if let Kind::Transpose(inner) = &tree.kind {
            let value = self.inverse(inner)?;
            return self.transposed(value);
        }
        let (value, i, j) = self.square(tree)?;
        if !self.algebra.is_on {
            self.is_blind = true;
            return Ok(Value { range: Interval::REAL, ..value });
        }
        let determinant = self.determinant_of(&value.poly, i, j)?;
        self.demand(&determinant, Interval::REAL, Relation::NotEqual, "an inverse".to_owned());
        let poly = self.inverse_of(&value.poly, i, j)?;
        Ok(Value { poly, range: Interval::REAL, ..value })
    }

    /// `poly = δ[i,j]·p`: the p, at the label i.
    fn diagonal_of(&mut self, poly: &Poly, i: Label, j: Label) -> Checked<Option<Poly>> {
        let mut result = Poly::zero();
        for (monomial, coefficient) in &poly.0 {
            let mut monomial = monomial.clone();
            let before = monomial.factors.len();
            let delta = |f: &Factor| {
                *self.algebra.head(f) == Head::Delta && f.labels.contains(&i) && f.labels.contains(&j)
            };
            let kept: SmallVec<[Factor; 3]> =
                monomial.factors.iter().filter(|f| !delta(f)).cloned().collect();
            monomial.factors = kept;
            if monomial.factors.len() == before || monomial.has_label(j) && monomial.has_label(i) {
                return Ok(None);
            }
            result.add_term(monomial, coefficient);
        }
        self.algebra.rename(&result, &|l| if l == j { i } else { l }).map(Some)
    }

    /// The entry (i, j) of the inverse of a matrix with rows i and columns j.
    pub(super) fn inverse_of(&mut self, poly: &Poly, i: Label, j: Label) -> Checked<Poly> {
        let size = self.algebra.size_of(i).ok_or("a size is not known")?;
        if let Some(diagonal) = self.diagonal_of(poly, i, j)? {
            let below = self.algebra.raise(&diagonal, &Rational::MINUS_ONE)?;
            let delta = self.algebra.delta(size, i, j)?;
            return self.algebra.multiply(&below, &delta);
        }
        // Common factors without labels go out: (c·A)⁻¹ = A⁻¹/c.
        let super::algebra::Parts { number, factors, .. } = self.algebra.parts(poly)?;
        let is_outside = |f: &Factor| !f.labels.contains(&i) && !f.labels.contains(&j);
        let outside: Vec<Factor> = factors.iter().filter(|f| is_outside(f)).cloned().collect();
        let below: Vec<Factor> = outside.into_iter().map(|f| Factor { power: -f.power, ..f }).collect();
        let below = self.algebra.normal(number.reciprocal().unwrap_or(Rational::ONE), &[], below)?;
        let matrix = self.algebra.multiply(poly, &below)?;
        let known = self.algebra.atoms.len();
        let factor = self.matrix_atom(Head::Inverse, &matrix, i, j)?;
        if factor.atom == known {
            self.inverse_rules(factor.atom)?;
        }
        let value = self.algebra.normal(Rational::ONE, &[], vec![factor])?;
        self.algebra.multiply(&value, &below)
    }

    pub(super) fn determinant_of(&mut self, poly: &Poly, i: Label, j: Label) -> Checked<Poly> {
        let mut factor = self.matrix_atom(Head::Determinant, poly, i, j)?;
        factor.labels.clear();
        self.algebra.normal(Rational::ONE, &[], vec![factor])
    }

    /// The atom of a matrix with rows i and columns j; the transpose has the same atom with its labels exchanged.
    fn matrix_atom(&mut self, head: Head, poly: &Poly, i: Label, j: Label) -> Checked<Factor> {
        let forth = self.algebra.rename(poly, &to([(i, 0), (j, 1)]))?;
        let back = self.algebra.rename(poly, &to([(i, 1), (j, 0)]))?;
        let mut labels = Vec::new();
        forth.open_labels(&mut labels);
        if labels.iter().any(|l| *l >= FREE) {
            return refuse("a matrix for each value of an index");
        }
        let is_symmetric = forth == back && head == Head::Inverse;
        let size = self.algebra.size_of(i).ok_or("a size is not known")?;
        for at in 0..self.algebra.atoms.len() {
            let atom = &self.algebra.atoms[at];
            for (own, labels) in [(&forth, [i, j]), (&back, [j, i])] {
                if atom.head == head && atom.arguments.first() == Some(own) {
                    self.algebra.atoms[at].is_symmetric |= is_symmetric;
                    return Ok(Factor {
                        atom: at,
                        labels: SmallVec::from_slice(&labels),
                        power: Rational::ONE,
                    });
                }
            }
        }
        let sizes = if head == Head::Inverse { vec![size, size] } else { Vec::new() };
        let atom = super::algebra::Atom {
            head,
            arguments: vec![forth],
            sizes,
            mask: super::sign::ANY,
            is_symmetric,
        };
        self.algebra.atoms.push(atom);
        Ok(Factor {
            atom: self.algebra.atoms.len() - 1,
            labels: SmallVec::from_slice(&[i, j]),
            power: Rational::ONE,
        })
    }

    /// A⁻¹A = AA⁻¹ = 1, as rules for one term of A.
    fn inverse_rules(&mut self, atom: usize) -> Checked<()> {
        let matrix = self.algebra.atoms[atom].arguments[0].clone();
        let size = self.algebra.atoms[atom].sizes[0];
        let is_plain = |m: &Monomial| m.has_label(0) && m.has_label(1);
        let Some((lead, number)) = matrix.0.iter().rev().find(|(m, _)| is_plain(m)) else { return Ok(()) };
        let (lead, number) = (lead.clone(), number.clone());
        let mut rest = matrix.clone();
        rest.add_term(lead.clone(), &-number.clone());
        // The label that is summed over comes after those of the term itself.
        let middle = BOUND + lead.bound.len() as Label;
        for is_left in [true, false] {
            let (from, inverse) = if is_left { (0, [0, middle]) } else { (1, [middle, 1]) };
            let mut pattern = lead.clone();
            pattern
                .factors
                .iter_mut()
                .flat_map(|f| &mut f.labels)
                .filter(|l| **l == from)
                .for_each(|l| *l = middle);
            pattern.bound.push(size);
            pattern.factors.push(Factor {
                atom,
                labels: SmallVec::from_slice(&inverse),
                power: Rational::ONE,
            });
            let held = self.algebra.fresh(Some(size));
            let moved = self.algebra.rename(&rest, &|l| if l == from { held } else { l })?;
            let labels = if is_left { [0, held] } else { [held, 1] };
            let own =
                Poly::factor(Factor { atom, labels: SmallVec::from_slice(&labels), power: Rational::ONE });
            let product = self.algebra.multiply(&own, &moved)?;
            let product = self.algebra.sum_over(&product, held)?;
            let delta = self.algebra.delta(size, 0, 1)?;
            let replacement = delta.minus(&product).times(&number.reciprocal().unwrap_or(Rational::ONE));
            self.algebra.rules.push(Rule { pattern, replacement, is_fact: false });
        }
        Ok(())
    }

    /// The matrix under an inverse or a determinant, with rows and columns of its own.
    fn matrix_of(&mut self, factor: &Factor) -> Checked<(Poly, Label, Label)> {
        let matrix = self.algebra.atoms[factor.atom].arguments[0].clone();
        let size = matrix.factors().find_map(|f| {
            let place = f.labels.iter().position(|l| *l < 2)?;
            self.algebra.atoms[f.atom].sizes.get(place).copied()
        });
        let (p, q) = (self.algebra.fresh(size), self.algebra.fresh(size));
        let matrix = self.algebra.rename(&matrix, &|l| match l {
            0 => p,
            1 => q,
            other => other,
        })?;
        Ok((matrix, p, q))
    }

    /// dA⁻¹ = -A⁻¹ dA A⁻¹ and d det A = det A · tr(A⁻¹ dA).
    pub(super) fn derived_matrix(&mut self, factor: &Factor, by: usize, at: &[Label]) -> Checked<Poly> {
        let (matrix, p, q) = self.matrix_of(factor)?;
        let inner = self.derived(&matrix, by, at)?;
        let outer = if let [i, j] = *factor.labels.as_slice() {
            let side = |labels: [Label; 2]| {
                Poly::factor(Factor {
                    atom: factor.atom,
                    labels: SmallVec::from_slice(&labels),
                    power: Rational::ONE,
                })
            };
            self.algebra.multiply(&side([i, p]), &side([q, j]))?.times(&Rational::MINUS_ONE)
        } else {
            let inverse = self.inverse_of(&matrix, p, q)?;
            let inverse = self.algebra.rename(&inverse, &to([(p, q), (q, p)]))?;
            self.algebra
                .multiply(&Poly::factor(Factor { power: Rational::ONE, ..factor.clone() }), &inverse)?
        };
        let product = self.algebra.multiply(&outer, &inner)?;
        let product = self.algebra.sum_over(&product, p)?;
        self.algebra.sum_over(&product, q)
    }

    pub(super) fn rebuilt_matrix(
        &mut self,
        factor: &Factor,
        replace: &dyn Fn(&Factor) -> Option<Poly>,
    ) -> Checked<Poly> {
        let (matrix, p, q) = self.matrix_of(factor)?;
        let matrix = self.rebuilt(&matrix, replace)?;
        let [i, j] = *factor.labels.as_slice() else { return self.determinant_of(&matrix, p, q) };
        let inverse = self.inverse_of(&matrix, p, q)?;
        self.algebra.rename(&inverse, &to([(p, i), (q, j)]))
    }

    /// The determinant, as the product of those of the factors of a product.
    fn determinant(&mut self, tree: &Tree) -> Checked<Poly> {
        if let Some(factors) = self.square_factors(tree) {
            let mut product = Poly::one();
            for factor in factors {
                let next = self.determinant(factor)?;
                product = self.algebra.multiply(&product, &next)?;
            }
            return Ok(product);
        }
        match &tree.kind {
            Kind::Transpose(inner) => self.determinant(inner),
            Kind::Call { name, arguments, .. }
                if function::lookup(name).is_some_and(|id| {
                    matches!(function::row(id).meaning, function::Meaning::Tensor(TensorFunction::Inverse))
                }) =>
            {
                let [inner] = arguments.as_slice() else { return refuse("an inverse of several matrices") };
                let value = self.determinant(inner)?;
                self.demand(&value, Interval::REAL, Relation::NotEqual, "an inverse".to_owned());
                self.algebra.raise(&value, &Rational::MINUS_ONE)
            }
            _ => {
                let (value, i, j) = self.square(tree)?;
                self.determinant_of(&value.poly, i, j)
            }
        }
    }

    pub(super) fn tensor_call(&mut self, kind: TensorFunction, arguments: &[Tree]) -> Checked<Value> {
        use TensorFunction as F;
        match (kind, arguments) {
            (F::Identity | F::Ones | F::Zeros | F::Unit, _) => return self.made(kind, arguments),
            (F::Determinant | F::LogDeterminant, [_]) if !self.algebra.is_on => {
                self.is_blind = true;
                return Ok(Value::scalar(Poly::zero(), Interval::REAL));
            }
            (F::Inverse, [a]) => return self.inverse(a),
            (F::Determinant, [a]) => return Ok(Value::scalar(self.determinant(a)?, Interval::REAL)),
            (F::LogDeterminant, [a]) => {
                let determinant = self.determinant(a)?;
                self.demand(
                    &determinant,
                    Interval::REAL,
                    Relation::Greater,
                    "a logarithm of a determinant".to_owned(),
                );
                return Ok(Value::scalar(self.algebra.logarithm(&determinant)?, Interval::REAL));
            }
            _ => {}
        }
        let mut values = self.trees(arguments)?.into_iter();
        let (Some(x), y) = (values.next(), values.next()) else { return refuse("a function of nothing") };
        let whole = &arguments[0];
        if let Some(y) = y {
            return match kind {
                F::Hadamard => self.entrywise_product(vec![x, y]),
                F::Dot => {
                    let product = self.entrywise_product(vec![x, y])?;
                    self.sum(product)
                }
                F::Outer => {
                    let y = self.transposed(y)?;
                    self.matrix_product(x, y)
                }
                _ => refuse("a function of matrices that the checker does not know"),
            };
        }
        match kind {
            F::Sum => self.sum(x),
            F::Mean => {
                let ones = Value { poly: Poly::one(), range: Interval::ONE, ..x.clone() };
                let (count, total) = (self.sum(ones)?, self.sum(x)?);
                let poly = self.algebra.raise(&count.poly, &Rational::MINUS_ONE)?;
                let poly = self.algebra.multiply(&total.poly, &poly)?;
                Ok(Value { poly, range: total.range / count.range, ..total })
            }
            F::Norm1 => {
                let x = self.entrywise(function::ABS, vec![x], whole)?;
                self.sum(x)
            }
            F::Norm2 | F::NormFrobenius => {
                let poly = self.algebra.multiply(&x.poly, &x.poly)?;
                let square = self.sum(Value { poly, range: x.range.powi(2), ..x })?;
                self.entrywise(function::SQRT, vec![square], whole)
            }
            F::LogSumExp => {
                let x = self.entrywise(function::EXP, vec![x], whole)?;
                let sum = self.sum(x)?;
                self.entrywise(function::LOG, vec![sum], whole)
            }
            F::Softmax => {
                let Some(last) = x.axes.last().copied() else { return refuse("the softmax of a scalar") };
                let x = self.entrywise(function::EXP, vec![x], whole)?;
                let held = self.algebra.fresh(self.algebra.size_of(last));
                let sum = self.algebra.rename(&x.poly, &|l| if l == last { held } else { l })?;
                let sum = self.algebra.sum_over(&sum, held)?;
                let below = self.algebra.raise(&sum, &Rational::MINUS_ONE)?;
                let poly = self.algebra.multiply(&x.poly, &below)?;
                let total = x.range * self.count_range(last);
                let quotient = (x.range / total).clip(0.0, 1.0);
                let range = if quotient.is_defined() { quotient } else { Interval::new(0.0, 1.0) };
                Ok(Value { poly, range, ..x })
            }
            F::Transpose => self.transposed(x),
            F::Trace | F::Diagonal if x.layout == Layout::Matrix => {
                let (i, j) = (x.axes[0], x.axes[1]);
                if self.algebra.size_of(i) != self.algebra.size_of(j) {
                    return refuse("a matrix that is not square");
                }
                let poly = self.algebra.rename(&x.poly, &|l| if l == j { i } else { l })?;
                if kind == F::Diagonal {
                    return Ok(Value { poly, axes: vec![i], layout: Layout::Column, ..x });
                }
                self.total(Value { poly, axes: Vec::new(), layout: Layout::Scalar, ..x }, i)
            }
            F::Diagonal if matches!(x.layout, Layout::Column | Layout::Row) => {
                let size = self.algebra.size_of(x.axes[0]).ok_or("a size is not known")?;
                let j = self.algebra.fresh(Some(size));
                let delta = self.algebra.delta(size, x.axes[0], j)?;
                let poly = self.algebra.multiply(&x.poly, &delta)?;
                let range = x.range.hull(&Interval::ZERO);
                Ok(Value { poly, axes: vec![x.axes[0], j], layout: Layout::Matrix, range })
            }
            _ => refuse("a function of matrices that the checker does not know"),
        }
    }

    /// `eye(n)`, `ones(n)`, `ones(n,m)`, `zeros(n)`, `unit(k, n)`.
    fn made(&mut self, kind: TensorFunction, arguments: &[Tree]) -> Checked<Value> {
        let sizes = if kind == TensorFunction::Unit { arguments.get(1..).unwrap_or(&[]) } else { arguments };
        let one = Poly::one();
        let mut axes = Vec::new();
        for size in sizes {
            let size = self.size(size)?;
            if self.algebra.sizes[size as usize] != one || kind == TensorFunction::Identity {
                axes.push(self.algebra.fresh(Some(size)));
            }
        }
        let range = Interval::new(0.0, 1.0);
        let layout = match axes.len() {
            0 => Layout::Scalar,
            1 => Layout::Column,
            2 => Layout::Matrix,
            _ => return refuse("a tensor of ones"),
        };
        match (kind, axes.as_slice()) {
            (TensorFunction::Ones, _) => Ok(Value { poly: one, axes, layout, range: Interval::ONE }),
            (TensorFunction::Zeros, _) => {
                Ok(Value { poly: Poly::zero(), axes, layout, range: Interval::ZERO })
            }
            (TensorFunction::Identity, [i]) => {
                let size = self.algebra.size_of(*i).unwrap_or(0);
                let j = self.algebra.fresh(Some(size));
                let poly = self.algebra.delta(size, *i, j)?;
                Ok(Value { poly, axes: vec![*i, j], layout: Layout::Matrix, range })
            }
            (TensorFunction::Unit, [i]) => {
                let size = self.algebra.size_of(*i);
                let at = self.subscript(&arguments[0], size)?;
                let poly = self.algebra.delta(size.unwrap_or(0), *i, at)?;
                Ok(Value { poly, axes, layout, range })
            }
            _ => refuse("a matrix made so"),
        }
    }

    /// `[a, b]` and `[[a, b], [c, d]]`.
    pub(super) fn array(&mut self, entries: &[Tree]) -> Checked<Value> {
        let rows: Vec<Vec<&Tree>> = entries
            .iter()
            .map(|entry| match &entry.kind {
                Kind::Array(row) => row.iter().collect(),
                _ => vec![entry],
            })
            .collect();
        let is_matrix = matches!(entries.first().map(|e| &e.kind), Some(Kind::Array(_)));
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 || rows.iter().any(|row| row.len() != width) {
            return refuse("rows of different lengths");
        }
        let counts = if is_matrix { vec![rows.len(), width] } else { vec![rows.len()] };
        let mut axes = Vec::new();
        for n in counts {
            let size = self.size(&Tree::number(&Rational::integer(n as i64)))?;
            axes.push(self.algebra.fresh(Some(size)));
        }
        let (mut poly, mut range) = (Poly::zero(), None);
        for (r, row) in rows.iter().enumerate() {
            for (c, entry) in row.iter().enumerate() {
                let value = self.tree(entry)?;
                if value.layout != Layout::Scalar {
                    return refuse("an entry that is no scalar");
                }
                let mut term = value.poly;
                for (axis, at) in axes.iter().zip([r, c]) {
                    let size = self.algebra.size_of(*axis).unwrap_or(0);
                    let delta = self.algebra.delta(size, *axis, FIXED + 1 + at as Label)?;
                    term = self.algebra.multiply(&term, &delta)?;
                }
                poly = poly.plus(&term);
                range = Some(range.map_or(value.range, |r: Interval| r.hull(&value.range)));
            }
        }
        let layout = if is_matrix { Layout::Matrix } else { Layout::Column };
        Ok(Value { poly, axes, layout, range: range.unwrap_or(Interval::REAL) })
    }
}
