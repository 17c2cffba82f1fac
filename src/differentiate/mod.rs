//! Reverse mode on the graph: one sweep gives the derivative by any number of variables.
//!
//! The partials of functions are those of the function table; this room adds the pullbacks of what is not elementwise. It
//! knows nothing of notation or of simplification. Adjoints stay unexpanded (the graph is in shared form meanwhile), so
//! that the gradient costs a constant factor of the formula (Baur and Strassen 1983).

mod jump;
mod pullback;
mod reverse;

pub use reverse::{Derivative, differentiate};
