//! From expressions to numbers: `f64`, enclosures, exact rationals, derivatives by dual numbers, and high precision.
//!
//! A value that does not exist is an [`Undefined`] that names the operation and the reason; no NaN and no infinity comes
//! out of this room. It knows nothing of notation or of how an expression came to be.

mod dual;
mod exact;
pub mod graph;
mod interval;
mod precise;
mod scalar;
mod taylor;
#[cfg(test)]
mod testing;

pub use dual::dual;
pub use exact::{Exact, NotExact, exact};
pub use interval::{interval, intervals};
pub use precise::{precise, precise_at};
pub use scalar::{Reason, Undefined, float, floats};
