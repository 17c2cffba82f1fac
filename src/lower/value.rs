//! What a piece of notation stands for: a node, the bound indices it still carries, and how its other axes lie.

use smallvec::SmallVec;

use crate::ir::{DimensionId, NodeId};

/// How the axes of a value lie, bound indices aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// No axes.
    Scalar,
    /// One axis, standing.
    Column,
    /// One axis, lying: the transpose of a column.
    Row,
    /// Two axes: rows, columns.
    Matrix,
    /// Three axes or more.
    Tensor(u8),
}

impl Layout {
    /// Number of axes.
    pub fn rank(self) -> usize {
        match self {
            Layout::Scalar => 0,
            Layout::Column | Layout::Row => 1,
            Layout::Matrix => 2,
            Layout::Tensor(rank) => rank as usize,
        }
    }

    /// The layout of a declared variable with so many axes.
    pub fn of_rank(rank: usize) -> Self {
        match rank {
            0 => Layout::Scalar,
            1 => Layout::Column,
            2 => Layout::Matrix,
            rank => Layout::Tensor(rank as u8),
        }
    }
}

/// A bound index that is in scope, by its number.
pub type IndexId = u32;

/// A value: axes of the node are first the bound indices it depends on, then those of its layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The node.
    pub node: NodeId,
    /// Bound indices that the first axes stand for.
    pub indices: SmallVec<[IndexId; 2]>,
    /// How the other axes lie.
    pub layout: Layout,
}

impl Value {
    /// A value without bound indices.
    pub fn plain(node: NodeId, layout: Layout) -> Self {
        Value { node, indices: SmallVec::new(), layout }
    }

    /// Sizes of the axes of the layout.
    pub fn sizes<'a>(&self, axes: &'a [DimensionId]) -> &'a [DimensionId] {
        &axes[self.indices.len()..]
    }
}
