//! The function table: everything the engine knows of a function stands in one row, and nowhere else.
//!
//! This room knows names, definitions and numbers; it does not know trees or graphs. What is written in our own
//! notation here (partials, conditions, identities) is read by the rooms above.

use crate::number::{Interval, Rational};

mod table;

pub use table::ROWS;

/// A function of the table: its place in [`ROWS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u16);

/// What stands in front of the brackets of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// A function of the table.
    Known(FunctionId),
    /// A function the user declared without a definition, elementwise and as smooth as needed;
    /// `primes` counts derivatives: σ1″ has two.
    Unknown {
        /// Index of its name in the table of names of the problem.
        symbol: u32,
        /// How often it is differentiated.
        primes: u8,
    },
}

/// How a function behaves under a change of sign of its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// f(−x) = −f(x).
    Odd,
    /// f(−x) = f(x).
    Even,
    /// Neither.
    None,
}

/// What a row means.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// Acts on each component by itself; all arguments have one shape (scalars are broadcast).
    Elementwise {
        /// One partial for each parameter, in our own notation, as a formula in the parameters; Iverson brackets may be used.
        partials: &'static [&'static str],
        /// Value in `f64`; NaN where undefined.
        float: fn(&[f64]) -> f64,
        /// Enclosure with outward rounding; [`Interval::UNDEFINED`] unless defined on the whole of the arguments.
        interval: fn(&[Interval]) -> Interval,
    },
    /// Built from contractions and other functions when a formula is read (`ir` knows how).
    Tensor(TensorFunction),
}

/// The functions that look at more than one component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum TensorFunction {
    Sum,
    Mean,
    Trace,
    Determinant,
    LogDeterminant,
    Inverse,
    Diagonal,
    Transpose,
    Softmax,
    LogSumExp,
    Norm1,
    Norm2,
    Maximum,
    Minimum,
    Dot,
    Hadamard,
    Outer,
    Identity,
    Ones,
    Zeros,
    Unit,
    Kronecker,
    Vectorize,
}

/// One function.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The name used in text output.
    pub name: &'static str,
    /// Other names it is read under.
    pub aliases: &'static [&'static str],
    /// Name in Unicode output.
    pub unicode: &'static str,
    /// Name in LaTeX output, e.g. `\sin` or `\operatorname{softplus}`.
    pub latex: &'static str,
    /// Names of the arguments, as used by the formulas of this row. Empty for functions of any number of arguments.
    pub parameters: &'static [&'static str],
    /// What it means.
    pub meaning: Meaning,
    /// Where it is defined over the reals, e.g. `x > 0`; empty: everywhere.
    pub defined: &'static [&'static str],
    /// Where it is differentiable beyond being defined, e.g. `x != 0`; empty: wherever it is defined.
    pub differentiable: &'static [&'static str],
    /// The convention chosen where it is not differentiable, e.g. `sign(0) = 0`.
    pub convention: Option<&'static str>,
    /// An interval of arguments on which it is defined, for tests that loop over the table (the same for every argument).
    pub sample: (f64, f64),
    /// Its parity in the first argument.
    pub parity: Parity,
    /// Lower and upper bound of its values (infinite where unbounded) and whether each bound is attained.
    pub range: (f64, f64, bool, bool),
    /// Exact values: argument and value in our own notation, e.g. `("0", "1")` for `cos`.
    pub values: &'static [(&'static str, &'static str)],
    /// The function in terms of `exp`, `log`, powers, `sin`, `cos` where it has such a form, in our own notation.
    pub canonical: Option<&'static str>,
    /// Names in generated code: Rust (method of `f64`), C, NumPy, Julia; empty where there is none.
    pub code: [&'static str; 4],
    /// One line of documentation.
    pub doc: &'static str,
}
