//! Simplification of scalar expressions: small and familiar, equal to the input wherever the input is defined.
//!
//! Normal forms do the algebra; the e-graph adds identities of functions and chooses the cheapest mix. The room knows
//! expressions, rules and cost; it does not know where an expression comes from or how it is laid out on a page.

mod analysis;
mod cost;
mod definitions;
mod display;
mod drive;
mod extract;
mod form;
mod language;
mod order;
mod pattern;
mod polish;
mod read;
mod rule;
mod rules;
mod saturate;
mod sign;
mod witness;

#[cfg(test)]
mod soundness;

pub use definitions::TableDefinitions;
pub use display::{to_tree, tree_nodes};
pub use drive::{Effort, Extent, Options, Simplified, Simplifier, simplify, simplify_many};
pub use sign::LeafFacts;
