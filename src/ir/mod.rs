//! The one representation: a hash-consed graph of tensors, a scalar being a tensor without axes.
//!
//! Sums and products over indices live in n-ary contraction terms whose labels exist only inside the term, so a bound
//! index has no name and nothing is ever renamed. The constructors of [`Graph`] are the only way in: what they return is
//! in construction form (like terms and equal factors merged, δ eliminated, declared facts applied, labels canonical).
//! This room knows no notation: names of variables are carried, never interpreted.

pub mod chain;
mod construct;
mod delta;
mod dimension;
mod elementary;
mod fact;
mod graph;
mod label;
mod merge;
mod node;
mod order;
mod pointwise;
mod rebuild;
pub mod scalar;
mod symmetry;
pub mod template;
mod term;
mod total;

pub use construct::Operand;
pub use dimension::{Dimension, DimensionId, SymbolId};
pub use fact::{Fact, FactId, PausedFacts};
pub use graph::Graph;
pub use node::{Atom, Axes, Exponent, Factor, Labels, Node, NodeId, Reduction, Term};
pub use pointwise::{Leaf, Pointwise};
pub use symmetry::Symmetry;
