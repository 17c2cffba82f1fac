//! Sums, products, maxima and minima over indices: their ranges, and what is summed.

use smallvec::SmallVec;

use super::index::IndexSum;
use super::infer::mentions;
use super::lowering::{BoundName, Lowering, place};
use super::value::{IndexId, Layout, Value};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::ir::{Axes, Dimension, DimensionId, Exponent, Labels, Operand, Reduction};
use crate::number::Rational;
use crate::syntax::tree::{Big, BoundIndex, Kind, Relation, Tree};

/// Sums and products of powers of the index are written out up to this many terms.
const MOST_WRITTEN: i64 = 32;

impl Lowering<'_> {
    pub(super) fn big(
        &mut self,
        whole: &Tree,
        operation: Big,
        indices: &[BoundIndex],
        condition: Option<&Tree>,
        body: &Tree,
    ) -> Result<Value, Diagnostic> {
        if let Some(written) = self.written_out(operation, indices, condition, body) {
            return self.tree(&written);
        }
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
            self.bound.push(BoundName::new(index.name.clone(), size));
            if let Some((lower, upper)) = &index.range {
                limits.extend(self.range(id, lower, upper, whole)?);
            }
            self.note_values(id, index, condition, body);
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

    /// `Σ_{i=0}^3 x^i` and `∏_{i=1}^3 (x − i)` term by term: `x^i` for all i at once would be `exp(i·log x)`, which needs x > 0,
    /// and the derivative of a product over an index divides by its factors. Only for a short range of numbers.
    fn written_out(
        &self,
        operation: Big,
        indices: &[BoundIndex],
        condition: Option<&Tree>,
        body: &Tree,
    ) -> Option<Tree> {
        let [index] = indices else { return None };
        let (first, last) = if let Some((lower, upper)) = &index.range {
            (whole_number(lower)?, whole_number(upper)?)
        } else {
            let size = self.direct_size(body, &index.name)?;
            (1, self.environment.graph.dimension_value(size).as_number()?)
        };
        let count = last.checked_sub(first)?.checked_add(1)?;
        if condition.is_some() || !(1..=MOST_WRITTEN).contains(&count) {
            return None;
        }
        let is_index = |name: &str| name == index.name;
        let (mut is_exponent, mut is_subscript) = (false, false);
        body.walk(&mut |part| match &part.kind {
            Kind::Power(_, exponent) | Kind::ElementwisePower(_, exponent) => {
                is_exponent |= mentions(exponent, &is_index);
            }
            Kind::Index(_, subscripts) => is_subscript |= subscripts.iter().any(|s| mentions(s, &is_index)),
            _ => {}
        });
        let is_wanted = match operation {
            Big::Sum => is_exponent,
            Big::Product => is_exponent || !is_subscript && mentions(body, &is_index),
            Big::Maximum | Big::Minimum => false,
        };
        if !is_wanted {
            return None;
        }
        let terms: Vec<Tree> = (first..=last)
            .map(|k| {
                let number = Tree::number(&Rational::integer(k));
                body.with_names(&|name| is_index(name).then(|| number.clone()))
            })
            .collect();
        let kind = match operation {
            _ if count == 1 => return terms.into_iter().next(),
            Big::Product => Kind::Product(terms),
            _ => Kind::Sum(terms),
        };
        Some(Tree::new(kind, body.span))
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

    /// What is known of the values an index takes, for components that may not exist.
    fn note_values(&mut self, id: IndexId, index: &BoundIndex, condition: Option<&Tree>, body: &Tree) {
        let is_own = |name: &str| name == index.name;
        let mut is_limited = condition.is_some_and(|condition| mentions(condition, &is_own));
        // [i < n] and cases leave values out
        body.walk(&mut |part| match &part.kind {
            Kind::Iverson(condition) => is_limited |= mentions(condition, &is_own),
            Kind::Cases(rows) => {
                is_limited |= rows.iter().any(|(_, c)| c.as_ref().is_some_and(|c| mentions(c, &is_own)));
            }
            _ => {}
        });
        let end = |lowering: &mut Self, tree: &Tree| {
            let is_free = !mentions(tree, &|name: &str| lowering.index_named(name).is_some());
            let number = whole_number(tree).map(Dimension::number);
            number.or_else(|| is_free.then(|| lowering.environment.dimension_of(tree).ok()).flatten())
        };
        let range = index.range.as_ref().map(|(lower, upper)| (end(self, lower), end(self, upper)));
        let bound = &mut self.bound[id as usize];
        match range {
            None => {}
            Some((Some(lower), Some(upper))) => bound.range = Some((lower, upper)),
            Some(_) => is_limited = true,
        }
        bound.is_limited = is_limited;
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
