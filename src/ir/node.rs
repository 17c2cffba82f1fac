//! The parts of the graph.

use smallvec::SmallVec;

use super::dimension::{DimensionId, SymbolId};
use super::scalar::Constant;
use crate::function::Function;
use crate::number::Rational;
use crate::syntax::tree::Relation;

/// A node of a graph; children have smaller ids than their parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// Sizes of the axes of a node, first axis first.
pub type Axes = SmallVec<[DimensionId; 4]>;

/// Labels of the axes of a factor. A label below the number of outputs of the term is that output axis; the others are
/// summed over.
pub type Labels = SmallVec<[u8; 8]>;

/// A tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Something that is not a sum.
    Atom(Atom),
    /// `Σ coefficient · term`, terms in canonical order; the empty sum is zero.
    Sum(Vec<(Rational, Term)>),
}

/// A contraction: the product of the factors, summed over every label that is not an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Sizes of the labels; the first of them are the output axes (as many as the node has).
    pub sizes: Axes,
    /// The factors in canonical order.
    pub factors: SmallVec<[Factor; 2]>,
    /// Hash of the content, by names and structure; the canonical order of terms.
    pub hash: u64,
}

/// `base[labels]^exponent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// An atom, or a sum used as a whole.
    pub base: NodeId,
    /// One label an axis of the base.
    pub labels: Labels,
    /// The power, elementwise.
    pub exponent: Exponent,
}

/// An exponent: a number, or a scalar node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exponent {
    /// A number.
    Number(Rational),
    /// A node without axes.
    Node(NodeId),
}

impl Exponent {
    /// The exponent one.
    pub const ONE: Exponent = Exponent::Number(Rational::ONE);

    /// Is it the number one?
    pub fn is_one(&self) -> bool {
        matches!(self, Exponent::Number(q) if q.is_one())
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<&Rational> {
        match self {
            Exponent::Number(q) => Some(q),
            Exponent::Node(_) => None,
        }
    }
}

/// How the last axes of a node are reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Reduction {
    Maximum,
    Minimum,
    Product,
}

/// A tensor that is not built by sums and products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Atom {
    /// A declared or inferred variable.
    Variable(SymbolId),
    /// A named constant.
    Constant(Constant),
    /// The size of an axis as a number.
    Size(DimensionId),
    /// The position along an axis, counted from one.
    Position,
    /// An elementwise function; all arguments have the axes of the atom.
    Call(Function, SmallVec<[NodeId; 2]>),
    /// One where both axes have the same position, zero elsewhere.
    Delta,
    /// One at the position named by a free index, zero elsewhere: `e_k`.
    Unit(SymbolId),
    /// One where `Σ coefficient · position + constant = 0`, positions counted from one; zero elsewhere.
    Affine(SmallVec<[i64; 4]>, i64),
    /// One where the relation holds between two nodes of the same axes, zero elsewhere.
    Compare(Relation, NodeId, NodeId),
    /// The second node where the first is not zero, the third elsewhere; the branch not taken need not exist.
    Cases(NodeId, NodeId, NodeId),
    /// The last axes of a node reduced; the count says how many.
    Reduce(Reduction, NodeId, u8),
    /// One on the selected entry among the last axes (all of them in a tie share it evenly is *not* chosen: the first
    /// one counts), zero elsewhere. Axes of the node.
    Select(Reduction, NodeId, u8),
    /// The inverse of a square matrix.
    Inverse(NodeId),
    /// The determinant.
    Determinant(NodeId),
    /// The logarithm of the determinant.
    LogDeterminant(NodeId),
    /// Entries given one by one, row by row; scalar nodes.
    Array(Vec<NodeId>),
}

impl Atom {
    /// Is its value always zero or one?
    pub fn is_indicator(&self) -> bool {
        matches!(self, Atom::Delta | Atom::Unit(_) | Atom::Affine(..) | Atom::Compare(..) | Atom::Select(..))
    }

    /// Calls `visit` with each node it is made of.
    pub fn children(&self, mut visit: impl FnMut(NodeId)) {
        match self {
            Atom::Variable(_)
            | Atom::Constant(_)
            | Atom::Size(_)
            | Atom::Position
            | Atom::Delta
            | Atom::Unit(_)
            | Atom::Affine(..) => {}
            Atom::Call(_, arguments) => arguments.iter().copied().for_each(visit),
            Atom::Array(entries) => entries.iter().copied().for_each(visit),
            Atom::Compare(_, a, b) => {
                visit(*a);
                visit(*b);
            }
            Atom::Cases(a, b, c) => {
                visit(*a);
                visit(*b);
                visit(*c);
            }
            Atom::Reduce(_, a, _)
            | Atom::Select(_, a, _)
            | Atom::Inverse(a)
            | Atom::Determinant(a)
            | Atom::LogDeterminant(a) => visit(*a),
        }
    }
}

impl Node {
    /// Calls `visit` with each node it is made of (exponents included), possibly more than once.
    pub fn children(&self, mut visit: impl FnMut(NodeId)) {
        match self {
            Node::Atom(atom) => atom.children(visit),
            Node::Sum(terms) => {
                for (_, term) in terms {
                    for factor in &term.factors {
                        visit(factor.base);
                        if let Exponent::Node(exponent) = factor.exponent {
                            visit(exponent);
                        }
                    }
                }
            }
        }
    }
}
