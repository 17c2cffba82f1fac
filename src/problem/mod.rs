//! The library call: declarations, facts and a formula in; gradient, conditions, facts used and values out.
//!
//! ```
//! use symdiff::Problem;
//!
//! let mut problem = Problem::new();
//! let answer = problem.gradient("(x^2+σ(y))/(3x+y−σ(x))", &[]).unwrap();
//! assert_eq!(answer.partials[1].wrt, "y");
//! ```

mod answer;
mod consistency;
mod guard;
mod read;
pub(crate) mod simplified;
mod used;
mod value;
mod written;

pub use answer::{Answer, Operator, Partial, Request};
pub use read::Problem;
