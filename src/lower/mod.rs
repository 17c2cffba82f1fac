//! From the surface tree to the graph: names are looked up, shapes checked, conditions collected.
//!
//! Declarations make an [`Environment`]; [`Environment::lower`] reads one formula in it. Everything the notation can say
//! is turned into contractions, elementwise calls and a few matrix functions here; the rooms below know no notation.

mod big;
mod calls;
mod derivative;
mod doubt;
mod environment;
mod fact;
mod index;
mod infer;
mod lowering;
mod product;
mod settle;
mod shape;
mod sum;
mod value;

pub use environment::{Environment, Given, Lowered, Named, Property};
pub use value::{Layout, Value};
