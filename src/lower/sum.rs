//! Sums: what may be added, and how a number is spread over a vector or a matrix.

use smallvec::SmallVec;

use super::lowering::{Lowering, place, union};
use super::value::{Layout, Value};
use crate::diagnostic::Diagnostic;
use crate::ir::{Axes, NodeId};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

impl Lowering<'_> {
    pub(super) fn sum(&mut self, terms: &[Tree]) -> Result<Value, Diagnostic> {
        let mut parts = Vec::with_capacity(terms.len());
        for (term, value) in terms.iter().zip(self.terms(terms)?) {
            // A minus stays a coefficient: a long sum is one node, built once.
            let sign = match &term.kind {
                Kind::Negate(_) => Rational::MINUS_ONE,
                _ => Rational::ONE,
            };
            parts.push((sign, term, value));
        }
        let values: Vec<&Value> = parts.iter().map(|(_, _, value)| value).collect();
        let is_plain = values.iter().all(|v| v.layout == values[0].layout && v.indices == values[0].indices);
        if is_plain {
            let axes = self.environment.graph.axes(values[0].node).clone();
            for (_, tree, value) in &parts {
                if *self.environment.graph.axes(value.node) != axes {
                    return Err(self.unequal(parts[0].1, &parts[0].2, tree, value, "added"));
                }
            }
            let combined: Vec<_> = parts.iter().map(|(sign, _, value)| (sign.clone(), value.node)).collect();
            let node = self.environment.graph.combine(&combined);
            self.environment.written.insert(node);
            return Ok(Value { node, ..parts[0].2.clone() });
        }
        let named: Vec<(&Tree, Value)> =
            parts.iter().map(|(_, tree, value)| (*tree, value.clone())).collect();
        let (nodes, like) = self.aligned(&named, "added")?;
        let combined: Vec<_> = parts.iter().map(|p| p.0.clone()).zip(nodes).collect();
        let node = self.environment.graph.combine(&combined);
        self.environment.written.insert(node);
        Ok(Value { node, ..like })
    }

    /// Broadcasts values to a common shape: scalars to the layout of the others, and all to the union of their indices.
    pub(super) fn aligned(
        &mut self,
        parts: &[(&Tree, Value)],
        what: &str,
    ) -> Result<(Vec<NodeId>, Value), Diagnostic> {
        let indices = union(parts.iter().map(|(_, value)| value));
        let shaped = parts.iter().find(|(_, value)| value.layout != Layout::Scalar);
        let (layout, own): (Layout, Axes) = match shaped {
            None => (Layout::Scalar, Axes::new()),
            Some((tree, value)) => {
                let own = Axes::from_slice(value.sizes(self.environment.graph.axes(value.node)));
                for (other_tree, other) in parts {
                    if other.layout == Layout::Scalar {
                        continue;
                    }
                    let other_own = other.sizes(self.environment.graph.axes(other.node));
                    if other.layout != value.layout || other_own != own.as_slice() {
                        return Err(self.unequal(tree, value, other_tree, other, what));
                    }
                }
                (value.layout, own)
            }
        };
        let mut axes = Axes::new();
        for index in &indices {
            axes.push(self.size_of_index(*index, parts[0].0)?);
        }
        axes.extend_from_slice(&own);
        let mut nodes = Vec::with_capacity(parts.len());
        for (_, value) in parts {
            let mut labels: SmallVec<[u8; 8]> = value.indices.iter().map(|i| place(&indices, *i)).collect();
            if value.layout != Layout::Scalar {
                labels.extend(indices.len() as u8..axes.len() as u8);
            }
            nodes.push(self.environment.graph.broadcast(value.node, &axes, &labels));
        }
        let node = nodes[0];
        Ok((nodes, Value { node, indices, layout }))
    }

    fn unequal(&self, a: &Tree, x: &Value, b: &Tree, y: &Value, what: &str) -> Diagnostic {
        let help = match (x.layout, y.layout) {
            (Layout::Column, Layout::Row) | (Layout::Row, Layout::Column) => self
                .spelled("one of them needs a transpose (')", r"one of them needs a transpose (^\top)")
                .to_owned(),
            (Layout::Matrix, Layout::Matrix) => {
                let graph = &self.environment.graph;
                let (p, q) = (x.sizes(graph.axes(x.node)), y.sizes(graph.axes(y.node)));
                if p[0] == q[1] && p[1] == q[0] {
                    self.spelled(
                        "one of them needs a transpose (')",
                        r"one of them needs a transpose (^\top)",
                    )
                    .to_owned()
                } else {
                    String::new()
                }
            }
            _ => String::new(),
        };
        self.mismatch(
            format!("{} and {} cannot be {what}", self.shape_text(x), self.shape_text(y)),
            &[(a, x), (b, y)],
            help,
        )
    }
}
