//! Products: scaling, matrix products, outer and inner products, entry by entry.

use smallvec::SmallVec;

use super::lowering::{Lowering, place, union};
use super::shape::quoted;
use super::value::{Layout, Value};
use crate::diagnostic::Diagnostic;
use crate::ir::{Axes, Exponent, Labels, Operand};
use crate::syntax::tree::Tree;

impl Lowering<'_> {
    pub(super) fn product(&mut self, factors: &[Tree]) -> Result<Value, Diagnostic> {
        let parts = self.factors(factors)?;
        self.product_of(&parts)
    }

    /// The product from left to right; all scalars at once, so that a long product is one node.
    pub(super) fn product_of(&mut self, parts: &[(&Tree, Value)]) -> Result<Value, Diagnostic> {
        if parts.iter().all(|(_, value)| value.layout == Layout::Scalar) {
            return self.elementwise_product(parts);
        }
        let mut parts = parts.iter();
        let Some((first_tree, first)) = parts.next() else {
            return Ok(Value::plain(
                self.environment.graph.number(&crate::number::Rational::ONE),
                Layout::Scalar,
            ));
        };
        let (mut tree, mut product) = (*first_tree, first.clone());
        for (next_tree, next) in parts {
            product = self.matrix_product(tree, &product, next_tree, next)?;
            // For messages, what stands on the left is the last factor that had a shape.
            if next.layout != Layout::Scalar {
                tree = next_tree;
            }
        }
        Ok(product)
    }

    pub(super) fn hadamard(&mut self, factors: &[Tree]) -> Result<Value, Diagnostic> {
        let parts = self.entry_by_entry(|lowering| {
            let mut parts = Vec::with_capacity(factors.len());
            for factor in factors {
                parts.push((factor, lowering.tree(factor)?));
            }
            Ok(parts)
        })?;
        self.elementwise_product(&parts)
    }

    /// The product entry by entry; scalars scale.
    pub(super) fn elementwise_product(&mut self, parts: &[(&Tree, Value)]) -> Result<Value, Diagnostic> {
        if parts.iter().all(|(_, v)| v.layout == Layout::Scalar && v.indices.is_empty()) {
            let nodes: Vec<_> = parts.iter().map(|(_, v)| v.node).collect();
            let node = self.environment.graph.multiply(&nodes);
            return Ok(Value::plain(node, Layout::Scalar));
        }
        let (nodes, like) = self.aligned(parts, "multiplied entry by entry")?;
        Ok(Value { node: self.environment.graph.multiply(&nodes), ..like })
    }

    fn matrix_product(&mut self, a: &Tree, x: &Value, b: &Tree, y: &Value) -> Result<Value, Diagnostic> {
        use Layout::{Column, Matrix, Row, Scalar, Tensor};
        // Labels of the own axes of both: 0 and 1 are kept, 2 is summed over.
        let (left, right, layout): (&[u8], &[u8], Layout) = match (x.layout, y.layout) {
            (Scalar, other) => (&[], &[0, 1, 2, 3, 4, 5, 6, 7][..other.rank().min(8)], other),
            (other, Scalar) => (&[0, 1, 2, 3, 4, 5, 6, 7][..other.rank().min(8)], &[], other),
            (Column, Row) => (&[0], &[1], Matrix),
            (Row, Column) => (&[2], &[2], Scalar),
            (Row, Matrix) => (&[2], &[2, 0], Row),
            (Matrix, Column) => (&[0, 2], &[2], Column),
            (Matrix, Matrix) => (&[0, 2], &[2, 1], Matrix),
            (Column, Column) | (Row, Row) => {
                let (p, q) = (quoted(a), quoted(b));
                let help = match (x.layout == Column, self.environment.is_latex) {
                    (true, false) => format!(
                        "{p}'*{q} is the inner product, {p}.*{q} goes entry by entry, {p}*{q}' is the outer product"
                    ),
                    (false, false) => format!("{p}*{q}' is the inner product, {p}.*{q} goes entry by entry"),
                    (true, true) => format!(
                        r"{p}^\top {q} is the inner product, {p} \odot {q} goes entry by entry, {p} {q}^\top is the outer product"
                    ),
                    (false, true) => {
                        format!(r"{p} {q}^\top is the inner product, {p} \odot {q} goes entry by entry")
                    }
                };
                return Err(self.mismatch("two vectors have no product".to_owned(), &[(a, x), (b, y)], help));
            }
            (Column, Matrix) => return Err(self.bad_product(a, x, b, y)),
            (Matrix, Row) => return Err(self.bad_product(a, x, b, y)),
            (Tensor(_), _) | (_, Tensor(_)) => {
                return Err(self.mismatch(
                    "tensors with three or more axes have no product".to_owned(),
                    &[(a, x), (b, y)],
                    self.spelled(
                        "write it with indices: sum[k] A[i,j,k]*x[k]",
                        r"write it with indices: \sum_k A_{ijk} x_k",
                    )
                    .to_owned(),
                ));
            }
        };
        let graph = &self.environment.graph;
        let (own_x, own_y) = (x.sizes(graph.axes(x.node)), y.sizes(graph.axes(y.node)));
        let inner = |labels: &[u8], own: &[_]| labels.iter().position(|l| *l == 2).map(|at| own[at]);
        let is_sum = x.layout != Scalar && y.layout != Scalar;
        if is_sum && inner(left, own_x) != inner(right, own_y) {
            return Err(self.bad_product(a, x, b, y));
        }
        let indices = union([x, y].into_iter());
        let n = indices.len() as u8;
        let mut sizes = Axes::new();
        for index in &indices {
            sizes.push(self.size_of_index(*index, a)?);
        }
        let graph = &self.environment.graph;
        let (own_x, own_y) = (x.sizes(graph.axes(x.node)), y.sizes(graph.axes(y.node)));
        let rank = layout.rank() as u8;
        let size_at = |label: u8| {
            let found = left.iter().position(|l| *l == label).map(|at| own_x[at]);
            found.or_else(|| right.iter().position(|l| *l == label).map(|at| own_y[at]))
        };
        for label in 0..rank {
            sizes.extend(size_at(label));
        }
        let has_inner = is_sum && left.contains(&2);
        if has_inner {
            sizes.extend(size_at(2));
        }
        let own_label = |label: u8| if is_sum && label == 2 { n + rank } else { n + label };
        let operand = |value: &Value, own: &[u8]| {
            let mut labels: Labels = value.indices.iter().map(|i| place(&indices, *i)).collect();
            labels.extend(own.iter().map(|l| own_label(*l)));
            Operand { node: value.node, labels, exponent: Exponent::ONE }
        };
        let operands: SmallVec<[Operand; 2]> = SmallVec::from_vec(vec![operand(x, left), operand(y, right)]);
        let node = self.contract((n + rank) as usize, &sizes, &operands);
        Ok(Value { node, indices, layout })
    }

    fn bad_product(&self, a: &Tree, x: &Value, b: &Tree, y: &Value) -> Diagnostic {
        let graph = &self.environment.graph;
        let (own_x, own_y) = (x.sizes(graph.axes(x.node)), y.sizes(graph.axes(y.node)));
        let (p, q) = (quoted(a), quoted(b));
        let is_latex = self.environment.is_latex;
        let fits = |left: bool, right: bool| {
            let mark = |is_transposed| match (is_transposed, is_latex) {
                (false, _) => "",
                (true, false) => "'",
                (true, true) => r"^\top",
            };
            let (sign, left, right) = (if is_latex { " " } else { "*" }, mark(left), mark(right));
            format!("{p}{left}{sign}{q}{right} fits")
        };
        let rows_of_y = match y.layout {
            Layout::Row => None,
            _ => own_y.first(),
        };
        let help = if x.layout == Layout::Matrix && rows_of_y.is_some() && own_x.first() == rows_of_y {
            fits(true, false)
        } else if y.layout == Layout::Matrix && own_x.last() == own_y.last() {
            fits(x.layout == Layout::Column, true)
        } else if x.layout == Layout::Column && own_x.first() == own_y.first() {
            fits(true, false)
        } else if y.layout == Layout::Row && own_x.last() == own_y.last() {
            fits(false, true)
        } else {
            "the columns of the left factor must be as many as the rows of the right one".to_owned()
        };
        self.mismatch(
            format!("{} times {} does not fit", self.shape_text(x), self.shape_text(y)),
            &[(a, x), (b, y)],
            help,
        )
    }
}
