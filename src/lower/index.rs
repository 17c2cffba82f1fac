//! Index notation: `x[i]`, sums over indices, indicators.
//!
//! A bound index is an axis of the value until its sum closes. Index arithmetic is a relation between axes, never an
//! access: `X[i+a]` holds the factor `[p = i + a]`, so that gradients need no inverse of an index map.

use smallvec::SmallVec;

use super::infer::mentions;
use super::lowering::{BoundName, Lowering, place, union};
use super::value::{IndexId, Layout, Value};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::ir::{Axes, Dimension, DimensionId, Exponent, Labels, NodeId, Operand, Reduction};
use crate::number::Rational;
use crate::syntax::tree::{Big, BoundIndex, Kind, Relation, Tree};

/// `Σ coefficient · index + constant`.
#[derive(Default)]
struct IndexSum {
    terms: Vec<(IndexId, i64)>,
    constant: i64,
}

/// What stands in a subscript.
enum Subscript {
    Sum(IndexSum),
    /// A name that is neither bound nor a number: one fixed but unknown position.
    Free(String),
}

impl Lowering<'_> {
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

    fn add_subscript(&self, tree: &Tree, factor: i64, sum: &mut IndexSum) -> Result<(), Diagnostic> {
        let bad = || {
            Diagnostic::new(
                Cause::Unsupported,
                "a subscript is a bound index, a number, or a sum of multiples of them",
            )
            .at(tree.span, "")
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
            let error = self.wrong_shape(
                &format!("{} given, which does not fit", plural(subscripts.len(), "subscript")),
                whole,
                &value,
                "",
            );
            return Err(error);
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
                .at(tree.span, ""));
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
                .at(tree.span, ""));
            }
        }
        Ok(())
    }

    pub(super) fn big(
        &mut self,
        whole: &Tree,
        operation: Big,
        indices: &[BoundIndex],
        condition: Option<&Tree>,
        body: &Tree,
    ) -> Result<Value, Diagnostic> {
        let depth = self.scope.len();
        let result = self.big_in_scope(whole, operation, indices, condition, body);
        self.scope.truncate(depth);
        result
    }

    fn big_in_scope(
        &mut self,
        whole: &Tree,
        operation: Big,
        indices: &[BoundIndex],
        condition: Option<&Tree>,
        body: &Tree,
    ) -> Result<Value, Diagnostic> {
        let mut own: SmallVec<[IndexId; 4]> = SmallVec::new();
        let mut limits: Vec<Value> = Vec::new();
        for index in indices {
            let id = self.bound.len() as IndexId;
            let size = self.direct_size(body, &index.name);
            self.bound.push(BoundName { name: index.name.clone(), size, offset: 0 });
            if let Some((lower, upper)) = &index.range {
                limits.extend(self.range(id, lower, upper, whole)?);
            }
            self.scope.push(id);
            own.push(id);
        }
        let mut value = self.tree(body)?;
        if let Some(condition) = condition {
            limits.push(self.indicator(condition)?);
        }
        if !limits.is_empty() {
            value = self.restricted(operation, value, limits, whole)?;
        }
        match operation {
            Big::Sum => self.summed(&value, &own, whole),
            Big::Product | Big::Maximum | Big::Minimum => self.reduced(operation, &value, &own, whole),
        }
    }

    /// The size of the axis that the index is used on directly, if a declared name says it.
    fn direct_size(&self, body: &Tree, index: &str) -> Option<DimensionId> {
        let mut found = None;
        body.walk(&mut |tree| {
            let Kind::Index(base, subscripts) = &tree.kind else { return };
            let Kind::Name(name) = &base.kind else { return };
            let axes = match self.environment.named(name) {
                Some(super::Named::Variable { axes, .. }) => axes.clone(),
                Some(super::Named::Definition(value)) => self.environment.graph.axes(value.node).clone(),
                _ => return,
            };
            for (subscript, axis) in subscripts.iter().zip(axes) {
                if matches!(&subscript.kind, Kind::Name(n) if n == index) && found.is_none() {
                    found = Some(axis);
                }
            }
        });
        found
    }

    /// `k = lower..upper`: the size of the index, and indicators where that is not the whole axis.
    fn range(
        &mut self,
        id: IndexId,
        lower: &Tree,
        upper: &Tree,
        whole: &Tree,
    ) -> Result<Vec<Value>, Diagnostic> {
        let first = whole_number(lower);
        let last = whole_number(upper);
        let known = self.bound[id as usize].size;
        let is_index =
            |lowering: &Self, tree: &Tree| mentions(tree, &|name: &str| lowering.index_named(name).is_some());
        if let Some(name) = self.scalar_in(upper).or_else(|| self.scalar_in(lower)) {
            return Err(Diagnostic::new(
                Cause::Shape,
                format!("{name} is a number here, and a size in this range"),
            )
            .at(upper.span, "")
            .help("a size needs no declaration or fact: it is a whole number and at least 1"));
        }
        let mut limits = Vec::new();
        let lowest = match first {
            Some(n) => Some(n),
            None if is_index(self, lower) => self.lowest(lower),
            None => self.environment.dimension_of(lower).ok().and_then(|d| {
                let lowest = least(&d);
                self.environment.graph.dimension(d);
                lowest
            }),
        };
        let below = |what: &str| {
            Err(Diagnostic::new(Cause::Shape, what.to_owned()).at(lower.span, "").help(
                "positions run from 1; a range such as k=0..n may be used where k is no subscript by itself",
            ))
        };
        // The size that covers the range, where no axis says it.
        let reach = if is_index(self, upper) {
            self.highest(upper)
        } else {
            match last {
                Some(n) => Some(Dimension::number(n)),
                None => self.environment.dimension_of(upper).ok(),
            }
        };
        match (known, reach) {
            (None, None) => {
                return Err(Diagnostic::new(Cause::Shape, "the upper end of this range is not a size")
                    .at(upper.span, "")
                    .help("write a whole number, a name, or a sum such as n - 1"));
            }
            (None, Some(reach)) if first.is_some_and(|n| n < 1) && !is_index(self, upper) => {
                let offset = first.unwrap_or(1).saturating_sub(1);
                let size = reach.plus(-1, &Dimension::number(offset));
                let size = size.filter(|size| size.as_number().is_none_or(|n| n >= 1));
                let Some(size) = size else { return below("this range is empty") };
                let bound = &mut self.bound[id as usize];
                bound.size = Some(self.environment.graph.dimension(size));
                bound.offset = offset;
                return Ok(limits);
            }
            (None, Some(reach)) => {
                if reach.as_number().is_some_and(|n| n < 1) {
                    return below("this range is empty");
                }
                self.bound[id as usize].size = Some(self.environment.graph.dimension(reach));
                if is_index(self, upper) {
                    limits.push(self.compared_position(id, Relation::LessEqual, upper, whole)?);
                }
            }
            (Some(size), reach) => {
                let graph = &self.environment.graph;
                let own = graph.dimension_value(size);
                let is_beyond = matches!((last, own.as_number()), (Some(last), Some(n)) if last > n);
                if is_beyond {
                    return Err(Diagnostic::new(
                        Cause::Shape,
                        format!("this range goes beyond the axis, which has {}", graph.dimension_text(size)),
                    )
                    .at(upper.span, ""));
                }
                if reach.as_ref() != Some(own) {
                    limits.push(self.compared_position(id, Relation::LessEqual, upper, whole)?);
                }
            }
        }
        match lowest {
            Some(n) if n < 1 => return below("this range begins below 1"),
            None => return below("where this range begins is not known to be at least 1"),
            Some(_) => {}
        }
        if first != Some(1) {
            limits.push(self.compared_position(id, Relation::GreaterEqual, lower, whole)?);
        }
        Ok(limits)
    }

    /// A scalar variable or a defined value in the end of a range.
    fn scalar_in(&self, tree: &Tree) -> Option<String> {
        let mut found = None;
        tree.walk(&mut |part| {
            if let Kind::Name(name) = &part.kind
                && self.index_named(name).is_none()
                && self.environment.named(name).is_some()
                && found.is_none()
            {
                found = Some(name.clone());
            }
        });
        found
    }

    /// The least value of a sum of indices.
    fn lowest(&self, tree: &Tree) -> Option<i64> {
        let mut sum = IndexSum::default();
        self.add_subscript(tree, 1, &mut sum).ok()?;
        let size = sum.terms.iter().try_fold(0i64, |n, (_, c)| (*c >= 0).then(|| n.saturating_add(*c)))?;
        sum.constant.checked_add(size)
    }

    /// The greatest value of an index or of one with a number added.
    fn highest(&self, tree: &Tree) -> Option<Dimension> {
        let mut sum = IndexSum::default();
        self.add_subscript(tree, 1, &mut sum).ok()?;
        let [(index, 1)] = sum.terms.as_slice() else { return None };
        let size = self.environment.graph.dimension_value(self.bound[*index as usize].size?);
        size.plus(1, &Dimension::number(sum.constant))
    }

    fn compared_position(
        &mut self,
        id: IndexId,
        relation: Relation,
        bound: &Tree,
        whole: &Tree,
    ) -> Result<Value, Diagnostic> {
        let position = self.index_value(id, whole)?;
        let limit = self.tree(bound)?;
        let (nodes, like) = self.aligned(&[(whole, position), (bound, limit)], "compared")?;
        let node = self.environment.graph.compare(relation, nodes[0], nodes[1]);
        Ok(Value { node, ..like })
    }

    fn restricted(
        &mut self,
        operation: Big,
        value: Value,
        limits: Vec<Value>,
        whole: &Tree,
    ) -> Result<Value, Diagnostic> {
        let mut parts: Vec<(&Tree, Value)> = limits.into_iter().map(|limit| (whole, limit)).collect();
        match operation {
            Big::Sum => {
                parts.push((whole, value));
                self.elementwise_product(&parts)
            }
            Big::Product => {
                let all = self.elementwise_product(&parts)?;
                let (nodes, like) = self.aligned(&[(whole, all), (whole, value)], "multiplied")?;
                let axes = self.environment.graph.axes(nodes[1]).clone();
                let one = self.environment.graph.constant(&Rational::ONE, axes);
                Ok(Value { node: self.environment.graph.cases(nodes[0], nodes[1], one), ..like })
            }
            Big::Maximum | Big::Minimum => Err(Diagnostic::new(
                Cause::Unsupported,
                "a largest or smallest value over part of a range is not available",
            )
            .at(whole.span, "")),
        }
    }

    fn summed(&mut self, value: &Value, own: &[IndexId], whole: &Tree) -> Result<Value, Diagnostic> {
        let kept: SmallVec<[IndexId; 2]> =
            value.indices.iter().copied().filter(|i| !own.contains(i)).collect();
        let axes = self.environment.graph.axes(value.node).clone();
        let outputs = kept.len() + value.layout.rank();
        let mut sizes = Axes::new();
        for index in &kept {
            sizes.push(axes[place(&value.indices, *index) as usize]);
        }
        sizes.extend_from_slice(&axes[value.indices.len()..]);
        let mut labels = Labels::new();
        for (at, index) in value.indices.iter().enumerate() {
            if own.contains(index) {
                labels.push(sizes.len() as u8);
                sizes.push(axes[at]);
            } else {
                labels.push(place(&kept, *index));
            }
        }
        labels.extend((kept.len()..outputs).map(|l| l as u8));
        // An index that the body does not use multiplies by its size.
        for index in own.iter().filter(|i| !value.indices.contains(i)) {
            let size = self.size_of_index(*index, whole)?;
            sizes.push(size);
        }
        let node =
            self.contract(outputs, &sizes, &[Operand { node: value.node, labels, exponent: Exponent::ONE }]);
        Ok(Value { node, indices: kept, layout: value.layout })
    }

    fn reduced(
        &mut self,
        operation: Big,
        value: &Value,
        own: &[IndexId],
        whole: &Tree,
    ) -> Result<Value, Diagnostic> {
        if value.layout != Layout::Scalar {
            return Err(self.wrong_shape("this needs scalars", whole, value, ""));
        }
        let kept: SmallVec<[IndexId; 2]> =
            value.indices.iter().copied().filter(|i| !own.contains(i)).collect();
        let used: Vec<IndexId> = own.iter().copied().filter(|i| value.indices.contains(i)).collect();
        let order: Vec<u8> = kept.iter().chain(&used).map(|i| place(&value.indices, *i)).collect();
        if operation == Big::Product {
            let mut node = value.node;
            for index in own.iter().filter(|i| !value.indices.contains(i)) {
                let size = self.size_of_index(*index, whole)?;
                let size = self.environment.graph.size(size);
                node = self.environment.graph.raise(node, size);
            }
            if used.len() < own.len() {
                return self.reduced(operation, &Value { node, ..value.clone() }, &used, whole);
            }
        }
        let kind = match operation {
            Big::Maximum => Reduction::Maximum,
            Big::Minimum => Reduction::Minimum,
            Big::Product | Big::Sum => Reduction::Product,
        };
        let node = self.environment.graph.permute(value.node, &order);
        let node = self.environment.graph.reduce(kind, node, used.len());
        Ok(Value { node, indices: kept, layout: Layout::Scalar })
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
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A whole number as it is written.
fn whole_number(tree: &Tree) -> Option<i64> {
    match &tree.kind {
        Kind::Number(value) => value.as_integer(),
        Kind::Negate(inner) => whole_number(inner)?.checked_neg(),
        _ => None,
    }
}

/// The least value of a size whose names are at least 1.
fn least(size: &Dimension) -> Option<i64> {
    size.terms.iter().try_fold(size.constant, |n, (_, c)| (*c >= 0).then(|| n.saturating_add(*c)))
}
