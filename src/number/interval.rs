//! Intervals of `f64` with outward rounding.

/// A closed interval that encloses a real number, or [`Interval::UNDEFINED`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// No value: some operation was not proved to be defined.
    pub const UNDEFINED: Interval = Interval { low: f64::NAN, high: f64::NAN };
}
