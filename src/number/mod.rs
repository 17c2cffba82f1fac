//! Numbers: exact rationals and enclosures. This room knows arithmetic and nothing of formulas.

mod bernoulli;
mod enclosure;
mod gamma;
mod interval;
mod rational;
mod sign;

pub use enclosure::Enclosure;
pub use interval::{Interval, ULPS};
pub use rational::{Rational, TooLarge};
pub use sign::Sign;
