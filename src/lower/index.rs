//! Index notation: `x[i]`, sums over indices, indicators.
//!
//! A bound index is an axis of the value until its sum closes. Index arithmetic is a relation between axes, never an
//! access: `X[i+a]` holds the factor `[p = i + a]`, so that gradients need no inverse of an index map.

use smallvec::SmallVec;

use super::lowering::{BoundName, Lowering, place, union};
use super::value::{IndexId, Layout, Value};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::ir::{Axes, Dimension, DimensionId, Exponent, Labels, NodeId, Operand};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Relation, Tree};

/// `Σ coefficient · index + constant`.
#[derive(Default)]
pub(super) struct IndexSum {
    pub(super) terms: Vec<(IndexId, i64)>,
    pub(super) constant: i64,
}

/// What stands in a subscript.
enum Subscript {
    Sum(IndexSum),
    /// A name that is neither bound nor a number: one fixed but unknown position.
    Free(String),
}

impl Lowering<'_> {
    /// Takes the free subscripts of a fact as indices: what it says holds for all of them.
    pub(super) fn bind_for_all(&mut self, fact: &Tree) {
        let mut names: Vec<String> = Vec::new();
        fact.walk(&mut |part| {
            let Kind::Index(_, subscripts) = &part.kind else { return };
            for subscript in subscripts {
                if let Kind::Name(name) = &subscript.kind
                    && self.environment.named(name).is_none()
                    && !names.contains(name)
                {
                    names.push(name.clone());
                }
            }
        });
        let mut summed: Vec<&str> = Vec::new();
        fact.walk(&mut |part| {
            if let Kind::Big { indices, .. } = &part.kind {
                summed.extend(indices.iter().map(|index| index.name.as_str()));
            }
        });
        for name in names.into_iter().filter(|name| !summed.contains(&name.as_str())) {
            let id = self.bound.len() as IndexId;
            self.bound.push(BoundName::new(name, None));
            self.scope.push(id);
        }
    }

    /// The index of that name in scope, the innermost first.
    pub(super) fn index_named(&self, name: &str) -> Option<IndexId> {
        self.scope.iter().rev().copied().find(|id| self.bound[*id as usize].name == name)
    }

    pub(super) fn size_of_index(&self, index: IndexId, tree: &Tree) -> Result<DimensionId, Diagnostic> {
        let bound = &self.bound[index as usize];
        bound.size.ok_or_else(|| {
            Diagnostic::new(Cause::Shape, format!("how far the index {} runs is not known", bound.name))
                .at(tree.span, "")
                .help(format!(
                    "give its range: sum[{0}=1..n] …, or use it as a subscript: x[{0}]",
                    bound.name
                ))
        })
    }

    /// The position of an index as a number.
    pub(super) fn index_value(&mut self, index: IndexId, tree: &Tree) -> Result<Value, Diagnostic> {
        let size = self.size_of_index(index, tree)?;
        let graph = &mut self.environment.graph;
        let mut node = graph.position(size);
        let offset = self.bound[index as usize].offset;
        if offset != 0 {
            let axes = graph.axes(node).clone();
            let offset = graph.constant(&Rational::integer(offset), axes);
            node = graph.add(&[node, offset]);
        }
        Ok(Value { node, indices: SmallVec::from_slice(&[index]), layout: Layout::Scalar })
    }

    fn subscript(&self, tree: &Tree) -> Result<Subscript, Diagnostic> {
        if let Kind::Name(name) = &tree.kind
            && self.index_named(name).is_none()
        {
            return Ok(Subscript::Free(name.clone()));
        }
        let mut sum = IndexSum::default();
        self.add_subscript(tree, 1, &mut sum)?;
        sum.terms.retain(|(_, c)| *c != 0);
        Ok(Subscript::Sum(sum))
    }

    pub(super) fn add_subscript(
        &self,
        tree: &Tree,
        factor: i64,
        sum: &mut IndexSum,
    ) -> Result<(), Diagnostic> {
        let help = self.spelled(
            "bind the index with a sum; give the value of a step a name of its own, such as x_prev",
            r"bind the index with a sum; give the value of a step a name of its own, such as x_{\mathrm{prev}}",
        );
        let bad = || {
            Diagnostic::new(
                Cause::Unsupported,
                "a subscript is a bound index, a number, or a sum of multiples of them",
            )
            .at(tree.span, "")
            .help(help)
        };
        match &tree.kind {
            Kind::Number(value) => {
                let n = value.as_integer().and_then(|n| n.checked_mul(factor)).ok_or_else(bad)?;
                sum.constant = sum.constant.checked_add(n).ok_or_else(bad)?;
            }
            Kind::Name(name) => {
                let index = self.index_named(name).ok_or_else(bad)?;
                let offset = self.bound[index as usize].offset;
                let offset = factor.checked_mul(offset).ok_or_else(bad)?;
                sum.constant = sum.constant.checked_add(offset).ok_or_else(bad)?;
                match sum.terms.iter_mut().find(|(i, _)| *i == index) {
                    Some((_, c)) => *c += factor,
                    None => sum.terms.push((index, factor)),
                }
            }
            Kind::Negate(inner) => self.add_subscript(inner, -factor, sum)?,
            Kind::Sum(terms) => {
                for term in terms {
                    self.add_subscript(term, factor, sum)?;
                }
            }
            Kind::Product(factors) => {
                let mut scale = factor;
                let mut rest = None;
                for part in factors {
                    match &part.kind {
                        Kind::Number(value) => {
                            let n = value.as_integer().ok_or_else(bad)?;
                            scale = scale.checked_mul(n).ok_or_else(bad)?;
                        }
                        _ if rest.is_none() => rest = Some(part),
                        _ => return Err(bad()),
                    }
                }
                self.add_subscript(rest.ok_or_else(bad)?, scale, sum)?;
            }
            _ => return Err(bad()),
        }
        Ok(())
    }

    pub(super) fn indexed(
        &mut self,
        base: &Tree,
        subscripts: &[Tree],
        whole: &Tree,
    ) -> Result<Value, Diagnostic> {
        let value = self.tree(base)?;
        let own = Axes::from_slice(value.sizes(self.environment.graph.axes(value.node)));
        if own.len() != subscripts.len() {
            return Err(self.wrong_count(base, subscripts, &value, whole));
        }
        let mut read = Vec::new();
        for (subscript, axis) in subscripts.iter().zip(&own) {
            let one = self.subscript(subscript)?;
            if let Subscript::Sum(IndexSum { terms, constant: 0 }) = &one
                && let [(index, 1)] = terms.as_slice()
            {
                self.unify(*index, *axis, subscript)?;
            }
            read.push(one);
        }
        // Every index that is used: of the base, and of the subscripts.
        let mut used = value.clone();
        for one in &read {
            if let Subscript::Sum(sum) = one {
                used.indices.extend(sum.terms.iter().map(|(index, _)| *index));
            }
        }
        let indices = union(std::iter::once(&used));
        let mut sizes = Axes::new();
        for index in &indices {
            sizes.push(self.size_of_index(*index, whole)?);
        }
        let outputs = sizes.len();
        let mut labels: Labels = value.indices.iter().map(|i| place(&indices, *i)).collect();
        let mut operands: Vec<Operand> = Vec::new();
        for ((one, axis), tree) in read.iter().zip(&own).zip(subscripts) {
            match one {
                Subscript::Sum(sum) if matches!(sum.terms.as_slice(), [(_, 1)]) && sum.constant == 0 => {
                    labels.push(place(&indices, sum.terms[0].0));
                }
                Subscript::Sum(sum) => {
                    self.check_within(sum, *axis, tree)?;
                    let label = sizes.len() as u8;
                    sizes.push(*axis);
                    labels.push(label);
                    operands.push(self.position_relation(sum, *axis, label, &indices, &sizes, tree)?);
                }
                Subscript::Free(name) => {
                    let label = sizes.len() as u8;
                    sizes.push(*axis);
                    labels.push(label);
                    let node = self.free_position(name, *axis);
                    operands.push(Operand::new(node, &[label]));
                }
            }
        }
        operands.push(Operand { node: value.node, labels, exponent: Exponent::ONE });
        let node = self.contract(outputs, &sizes, &operands);
        Ok(Value { node, indices, layout: Layout::Scalar })
    }

    /// More or fewer subscripts than axes.
    fn wrong_count(&self, base: &Tree, subscripts: &[Tree], value: &Value, whole: &Tree) -> Diagnostic {
        let axes = value.layout.rank();
        let name = match &base.kind {
            Kind::Name(name) => name.as_str(),
            _ => "this",
        };
        let (given, wanted) = (plural(subscripts.len(), "subscript"), plural(axes, "axis"));
        let message = match axes {
            0 => format!("{name} is a number and has no components"),
            _ => format!("{given} given, but {name} has {wanted}"),
        };
        let help = match (axes, subscripts.len()) {
            (0, _) => {
                let example = if subscripts.len() == 1 { "R[n]" } else { "R[m,n]" };
                format!("declare its shape with --let '{name}: {example}'")
            }
            (2, 1) => self
                .spelled(
                    "write A[i,j] for an entry, A[1,j] with a bound j for a row",
                    "write A_{i,j} for an entry, with a comma between two numbers",
                )
                .to_owned(),
            _ => format!("write {} with a comma between them", plural(axes, "subscript")),
        };
        // A row of a matrix has a meaning, which is not read; a component of a number has none.
        let kind = if axes == 0 { Cause::Name } else { Cause::Unsupported };
        Diagnostic::new(kind, message)
            .at(whole.span, format!("{name} is {}", self.shape_text(value)))
            .help(help)
    }

    /// One at the position that a name says: the n-th on an axis of length n or n + 1, else one that is not known.
    fn free_position(&mut self, name: &str, axis: DimensionId) -> NodeId {
        let graph = &mut self.environment.graph;
        let symbol = graph.symbol(name);
        if !graph.dimension_value(axis).terms.iter().any(|(s, _)| *s == symbol) {
            return graph.unit(symbol, axis);
        }
        let size = graph.dimension(Dimension::symbol(symbol));
        let (position, size) = (graph.position(axis), graph.size(size));
        let axes = graph.axes(position).clone();
        let size = graph.broadcast_scalar(size, &axes);
        graph.compare(Relation::Equal, position, size)
    }

    /// `[position on the axis = Σ c·index + constant]`.
    fn position_relation(
        &mut self,
        sum: &IndexSum,
        axis: DimensionId,
        label: u8,
        indices: &[IndexId],
        sizes: &Axes,
        tree: &Tree,
    ) -> Result<Operand, Diagnostic> {
        if sum.terms.is_empty() {
            let size = self.environment.graph.dimension_value(axis).as_number();
            if sum.constant < 1 || size.is_some_and(|n| sum.constant > n) {
                return Err(Diagnostic::new(
                    Cause::Shape,
                    format!(
                        "there is no component {} here: positions run from 1 to {}",
                        sum.constant,
                        self.environment.graph.dimension_text(axis)
                    ),
                )
                .at(tree.span, "")
                .help("positions are counted from 1"));
            }
        }
        let mut coefficients = vec![1];
        let mut labels: Labels = SmallVec::from_slice(&[label]);
        let mut axes: Axes = SmallVec::from_slice(&[axis]);
        for (index, coefficient) in &sum.terms {
            coefficients.push(-coefficient);
            let at = place(indices, *index);
            labels.push(at);
            axes.push(sizes[at as usize]);
        }
        let node = self.environment.graph.affine(&coefficients, -sum.constant, axes);
        Ok(Operand { node, labels, exponent: Exponent::ONE })
    }

    pub(super) fn unify(&mut self, index: IndexId, axis: DimensionId, tree: &Tree) -> Result<(), Diagnostic> {
        let bound = &mut self.bound[index as usize];
        match bound.size {
            None => bound.size = Some(axis),
            Some(size) if size == axis => {}
            Some(size) => {
                let graph = &self.environment.graph;
                return Err(Diagnostic::new(
                    Cause::Shape,
                    format!(
                        "the index {} runs to {} elsewhere but to {} here",
                        bound.name,
                        graph.dimension_text(size),
                        graph.dimension_text(axis)
                    ),
                )
                .at(tree.span, "")
                .help("give the axes one size in the declarations, or use another index"));
            }
        }
        Ok(())
    }

    /// The value of a condition: one where it holds, zero elsewhere.
    pub(super) fn indicator(&mut self, tree: &Tree) -> Result<Value, Diagnostic> {
        match &tree.kind {
            Kind::And(all) => {
                let mut parts = Vec::with_capacity(all.len());
                for one in all {
                    parts.push((one, self.indicator(one)?));
                }
                self.elementwise_product(&parts)
            }
            Kind::Relation(relation, a, b) => {
                if let Some(value) = self.index_indicator(*relation, a, b, tree)? {
                    return Ok(value);
                }
                let parts = [(a.as_ref(), self.tree(a)?), (b.as_ref(), self.tree(b)?)];
                let (nodes, like) = self.aligned(&parts, "compared")?;
                Ok(Value { node: self.environment.graph.compare(*relation, nodes[0], nodes[1]), ..like })
            }
            Kind::Iverson(inner) => self.indicator(inner),
            _ => Err(Diagnostic::new(Cause::Syntax, "a condition is needed here")
                .at(tree.span, "")
                .help("a condition compares two values: x > 0, i != j")),
        }
    }

    /// `[i = j]`, `[i != j + 1]`, `[i = k]` for indices: structure, not a comparison of values.
    fn index_indicator(
        &mut self,
        relation: Relation,
        a: &Tree,
        b: &Tree,
        whole: &Tree,
    ) -> Result<Option<Value>, Diagnostic> {
        if !matches!(relation, Relation::Equal | Relation::NotEqual) {
            return Ok(None);
        }
        let (Ok(left), Ok(right)) = (self.subscript(a), self.subscript(b)) else { return Ok(None) };
        let equal = match (left, right) {
            (Subscript::Sum(p), Subscript::Sum(q)) => {
                let mut sum = p;
                sum.constant -= q.constant;
                for (index, c) in q.terms {
                    match sum.terms.iter_mut().find(|(i, _)| *i == index) {
                        Some((_, known)) => *known -= c,
                        None => sum.terms.push((index, -c)),
                    }
                }
                sum.terms.retain(|(_, c)| *c != 0);
                sum.terms.sort_unstable();
                if sum.terms.is_empty() {
                    return Ok(None);
                }
                let mut axes = Axes::new();
                for (index, _) in &sum.terms {
                    axes.push(self.size_of_index(*index, whole)?);
                }
                let coefficients: Vec<i64> = sum.terms.iter().map(|(_, c)| *c).collect();
                let node = self.environment.graph.affine(&coefficients, sum.constant, axes);
                let indices = sum.terms.iter().map(|(i, _)| *i).collect();
                Value { node, indices, layout: Layout::Scalar }
            }
            (Subscript::Sum(sum), Subscript::Free(name)) | (Subscript::Free(name), Subscript::Sum(sum)) => {
                if self.environment.named(&name).is_some() {
                    return Ok(None);
                }
                let ([(index, 1)], 0) = (sum.terms.as_slice(), sum.constant) else { return Ok(None) };
                let size = self.size_of_index(*index, whole)?;
                let graph = &mut self.environment.graph;
                let symbol = graph.symbol(&name);
                let node = graph.unit(symbol, size);
                Value { node, indices: SmallVec::from_slice(&[*index]), layout: Layout::Scalar }
            }
            (Subscript::Free(_), Subscript::Free(_)) => return Ok(None),
        };
        if relation == Relation::Equal {
            return Ok(Some(equal));
        }
        let graph = &mut self.environment.graph;
        let axes = graph.axes(equal.node).clone();
        let one = graph.constant(&Rational::ONE, axes);
        let node = graph.subtract(one, equal.node);
        Ok(Some(Value { node, ..equal }))
    }
}

fn plural(count: usize, noun: &str) -> String {
    match (count, noun) {
        (1, _) => format!("1 {noun}"),
        (_, "axis") => format!("{count} axes"),
        _ => format!("{count} {noun}s"),
    }
}
