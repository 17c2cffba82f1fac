//! Symbolic differentiation: gradients in closed form, with their values, the conditions under which they hold, and proofs.

pub mod diagnostic;
pub mod number;
pub mod span;

pub mod function;
pub mod syntax;

pub mod facts;
pub mod ir;

pub mod differentiate;
pub mod evaluate;
pub mod normal;

pub mod lower;
pub mod simplify;

pub mod notation;
pub mod print;

pub mod problem;

pub use problem::{Answer, Operator, Partial, Problem, Request};

#[cfg(feature = "cli")]
pub mod cli;
