//! Numbers: exact rationals and enclosures. This room knows arithmetic and nothing of formulas.

mod interval;
mod rational;

pub use interval::Interval;
pub use rational::{Rational, TooLarge};
