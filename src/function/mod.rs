//! The function table: everything the engine knows of a function stands in one row, and nowhere else.
//!
//! This room knows names, definitions and numbers; it does not know trees or graphs. What is written in our own
//! notation here (partials, conditions, identities) is read by the rooms above. Rooms that need one particular function
//! use the constants below ([`EXP`], [`LOG`], …), never a name.

use std::sync::LazyLock;

use crate::number::{Enclosure, Interval, Rational};

mod identity;
mod table;

pub use identity::{Class, Identity, Rejected};
pub use table::{IDENTITIES, REJECTED, ROWS};

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
        /// Empty where there is none at all, because the parameter counts something.
        partials: &'static [&'static str],
        /// Value in `f64`, one argument for each parameter; NaN where undefined, infinite only where it overflows.
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
    /// The Frobenius norm: [`TensorFunction::Norm2`] of all entries.
    NormFrobenius,
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

/// An exact value on rational arguments; `None` where undefined or irrational.
pub type ExactValue = fn(&[Rational]) -> Option<Rational>;

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
    /// Where it is defined over the reals, e.g. `x > 0`, all of them at once; empty: everywhere.
    pub defined: &'static [&'static str],
    /// Where it is differentiable beyond being defined, e.g. `x != 0`; empty: wherever it is defined.
    pub differentiable: &'static [&'static str],
    /// The convention chosen where there is a choice, e.g. `sign(0) = 0`.
    pub convention: Option<&'static str>,
    /// An interval of arguments on which it is defined, for tests that loop over the table (the same for every argument).
    pub sample: (f64, f64),
    /// Its parity in the first argument.
    pub parity: Parity,
    /// Lower and upper bound of its values (infinite where unbounded) and whether each bound is attained.
    pub range: (f64, f64, bool, bool),
    /// Exact values: argument and value in our own notation, e.g. `("0", "1")` for `cos`. Functions of one argument only.
    pub values: &'static [(&'static str, &'static str)],
    /// The value on rational arguments where it is rational and not in `values` (`abs`, `max`, …); `None` where undefined or irrational.
    pub exact: Option<ExactValue>,
    /// Enclosure to any number of digits; elementwise functions all have one.
    pub precise: Option<fn(&[Enclosure]) -> Enclosure>,
    /// The function in terms of `exp`, `log`, powers, `sin`, `cos` or of simpler rows, in our own notation, equal to it
    /// wherever it is defined; `None` where there is no such form.
    pub canonical: Option<&'static str>,
    /// Is the name mere shorthand for the canonical form, put in its place when a formula is read (`sqrt`, `pow`)?
    pub shorthand: bool,
    /// Names in generated code: Rust (method of `f64`), C, `NumPy`, Julia; empty where there is none.
    pub code: [&'static str; 4],
    /// One line of documentation.
    pub doc: &'static str,
}

impl Row {
    /// The partial with respect to each parameter, for elementwise functions.
    pub fn partials(&self) -> &'static [&'static str] {
        match self.meaning {
            Meaning::Elementwise { partials, .. } => partials,
            Meaning::Tensor(_) => &[],
        }
    }

    /// Value in `f64`: NaN where undefined, for the wrong number of arguments, and for tensor functions.
    pub fn float(&self, arguments: &[f64]) -> f64 {
        match self.meaning {
            Meaning::Elementwise { float, .. } if arguments.len() == self.parameters.len() => {
                float(arguments)
            }
            _ => f64::NAN,
        }
    }

    /// Enclosure: undefined unless defined on the whole of the arguments.
    pub fn interval(&self, arguments: &[Interval]) -> Interval {
        match self.meaning {
            Meaning::Elementwise { interval, .. }
                if arguments.len() == self.parameters.len() && arguments.iter().all(|a| a.is_defined()) =>
            {
                interval(arguments)
            }
            _ => Interval::UNDEFINED,
        }
    }

    /// Enclosure to any number of digits; `None` for the wrong number of arguments and for tensor functions.
    pub fn precise(&self, arguments: &[Enclosure]) -> Option<Enclosure> {
        let f = self.precise.filter(|_| arguments.len() == self.parameters.len())?;
        arguments.iter().all(Enclosure::is_defined).then(|| f(arguments))
    }

    /// Does it act on each component by itself?
    pub fn is_elementwise(&self) -> bool {
        matches!(self.meaning, Meaning::Elementwise { .. })
    }
}

/// The row of a function. Ids come from [`lookup`] or the constants, so they are always in the table.
pub fn row(id: FunctionId) -> &'static Row {
    &ROWS[id.0 as usize]
}

/// All functions, in the order of the table.
pub fn all() -> impl Iterator<Item = (FunctionId, &'static Row)> {
    ROWS.iter().enumerate().map(|(at, row)| (FunctionId(at as u16), row))
}

static NAMES: LazyLock<Vec<(&'static str, FunctionId)>> = LazyLock::new(|| {
    let mut names: Vec<_> = all()
        .flat_map(|(id, row)| std::iter::once(&row.name).chain(row.aliases).map(move |name| (*name, id)))
        .collect();
    names.sort_unstable();
    names
});

/// The function with a name or alias.
///
/// ```
/// use symdiff::function;
/// assert_eq!(function::lookup("ln"), Some(function::LOG));
/// assert_eq!(function::lookup("σ"), Some(function::SIGMOID));
/// assert_eq!(function::lookup("sine"), None);
/// ```
pub fn lookup(name: &str) -> Option<FunctionId> {
    NAMES.binary_search_by(|(known, _)| (*known).cmp(name)).ok().map(|at| NAMES[at].1)
}

/// All names and aliases in alphabetical order.
pub fn names() -> impl Iterator<Item = (&'static str, FunctionId)> {
    NAMES.iter().copied()
}

/// The place of a name, found when the crate is compiled: an absent name does not compile.
const fn find(name: &str) -> FunctionId {
    let mut at = 0;
    while at < ROWS.len() {
        if table::is_same(ROWS[at].name, name) {
            return FunctionId(at as u16);
        }
        at += 1;
    }
    panic!("no such row")
}

macro_rules! constants {
    ($($constant:ident $name:literal)*) => {
        $(
            #[doc = concat!("The row `", $name, "`.")]
            pub const $constant: FunctionId = find($name);
        )*
    };
}

constants! {
    EXP "exp"
    LOG "log"
    LOG1P "log1p"
    EXPM1 "expm1"
    SQRT "sqrt"
    CBRT "cbrt"
    POW "pow"
    ABS "abs"
    SIGN "sign"
    HEAVISIDE "heaviside"
    FLOOR "floor"
    MIN "min"
    MAX "max"
    SIN "sin"
    COS "cos"
    TAN "tan"
    COT "cot"
    SEC "sec"
    CSC "csc"
    ASIN "asin"
    ACOS "acos"
    ATAN "atan"
    ATAN2 "atan2"
    SINH "sinh"
    COSH "cosh"
    TANH "tanh"
    SIGMOID "sigmoid"
    SOFTPLUS "softplus"
    RELU "relu"
    ERF "erf"
    ERFC "erfc"
    UNIT "unit"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_row_and_none_is_given_twice() {
        for pair in NAMES.windows(2) {
            assert_ne!(pair[0].0, pair[1].0, "given twice");
        }
        for (id, row) in all() {
            for name in std::iter::once(&row.name).chain(row.aliases) {
                assert_eq!(lookup(name), Some(id), "{name}");
            }
            assert!(!row.doc.is_empty() && !row.latex.is_empty() && !row.unicode.is_empty(), "{}", row.name);
            assert!(row.name.is_ascii(), "{}", row.name);
        }
        assert_eq!(lookup("σ"), Some(SIGMOID));
        assert_eq!(lookup("ln"), Some(LOG));
        assert_eq!(lookup(""), None);
        assert_eq!(names().count(), NAMES.len());
    }

    #[test]
    fn rows_are_complete() {
        for (_, row) in all() {
            match row.meaning {
                Meaning::Elementwise { partials, .. } => {
                    assert_eq!(partials.len(), row.parameters.len(), "{}", row.name);
                    assert!(!row.shorthand || row.canonical.is_some(), "{}", row.name);
                    assert!(row.sample.0 < row.sample.1, "{}", row.name);
                    assert!(row.precise.is_some(), "{}", row.name);
                    assert!(row.values.is_empty() || row.parameters.len() == 1, "{}", row.name);
                }
                Meaning::Tensor(_) => assert!(row.canonical.is_none() && !row.shorthand, "{}", row.name),
            }
        }
    }
}
