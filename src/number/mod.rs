//! Numbers: exact rationals and enclosures. This room knows arithmetic and nothing of formulas.

mod interval;
mod rational;

pub use interval::{Interval, ULPS};
pub use rational::{Rational, TooLarge};
