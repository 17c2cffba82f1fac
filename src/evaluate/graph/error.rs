//! What can go wrong when a graph is evaluated.

use std::fmt;

use crate::evaluate::Reason;
use crate::ir::NodeId;

/// An entry without a value: where it first went wrong and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Undefined {
    /// The node that has no value although its parts have.
    pub node: NodeId,
    /// Which of its entries, counted from zero, the last axis fastest.
    pub entry: usize,
    /// Why.
    pub reason: Reason,
    /// The value it fails on, as near as `f64` comes.
    pub operand: f64,
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let x = self.operand;
        match self.reason {
            Reason::DivisionByZero => write!(f, "division by zero"),
            Reason::NegativePowerOfZero => write!(f, "zero to a negative power"),
            Reason::RealPowerOfNegative => write!(f, "{x} to a power that is not an integer"),
            Reason::OutsideDomain(id) => {
                let row = crate::function::row(id);
                write!(f, "{}({x}) is not defined", row.name)?;
                if row.defined.is_empty() {
                    return Ok(());
                }
                write!(f, ": it needs {}", row.defined.join(" and "))?;
                row.convention.map_or(Ok(()), |convention| write!(f, "; {convention}"))
            }
            Reason::Overflow => write!(f, "the value is too large"),
            // The operand is the decimal logarithm.
            Reason::Underflow if x.is_finite() => {
                let whole = x.floor();
                let digits = 10f64.powf(x - whole);
                write!(f, "the value is too small for a number of the machine: about {digits:.3}e{whole}")
            }
            Reason::Underflow => write!(f, "the value is too small for a number of the machine"),
            Reason::Undecided => write!(f, "this cannot be decided with 1200 bits"),
            Reason::Singular => write!(f, "the inverse of a singular matrix"),
            Reason::NotPositiveDeterminant => {
                write!(f, "the logarithm of a determinant that is {x}: it must be positive")
            }
            Reason::Leaf(_) => write!(f, "a variable has no value"),
            Reason::UnknownFunction => write!(f, "a function without a definition has no value"),
            Reason::Malformed => write!(f, "this call cannot be evaluated"),
        }
    }
}

/// Why nodes have no values at a point.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EvaluationError {
    /// A variable has no value.
    MissingVariable {
        /// Its name.
        name: String,
    },
    /// A value does not have the shape that was declared, or two values disagree about a size.
    Shape {
        /// The variable.
        name: String,
        /// The declared sizes.
        declared: Vec<String>,
        /// The sizes of the value.
        given: Vec<usize>,
    },
    /// The number of entries does not fit the shape that came with them.
    EntryCount {
        /// The variable.
        name: String,
        /// The shape that came with the entries.
        shape: Vec<usize>,
        /// How many entries there are.
        count: usize,
    },
    /// An entry is not a finite number.
    NotFinite {
        /// The variable.
        name: String,
    },
    /// No value says how large a symbolic size is.
    UnknownSize {
        /// The dimension symbol.
        name: String,
    },
    /// A size that follows from the others is not a positive number, or is too large.
    BadSize {
        /// The size as it is written.
        name: String,
        /// What it comes to.
        value: i64,
    },
    /// A free index has no position.
    MissingPosition {
        /// Its name.
        name: String,
    },
    /// A free index lies outside the axis.
    PositionOutside {
        /// Its name.
        name: String,
        /// Where it is.
        position: usize,
        /// The size of the axis.
        size: usize,
    },
    /// A function without a definition, and no function of the table was named for it.
    MissingFunction {
        /// Its name.
        name: String,
    },
    /// The function named for a function without a definition is not an elementwise function of one argument.
    NotAFunction {
        /// The function without a definition.
        name: String,
        /// What was named for it.
        function: String,
    },
    /// Too many entries or operations.
    Limit,
    /// An entry has no value.
    Undefined(Undefined),
}

impl fmt::Display for EvaluationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EvaluationError::MissingVariable { name } => write!(f, "{name} has no value"),
            EvaluationError::Shape { name, declared, given } => write!(
                f,
                "{name} is declared as {} but its value is {}",
                shape_text(declared),
                shape_text(&given.iter().map(ToString::to_string).collect::<Vec<_>>())
            ),
            EvaluationError::EntryCount { name, shape, count } => {
                write!(f, "{name} has {count} entries, which do not fill the shape {shape:?}")
            }
            EvaluationError::NotFinite { name } => write!(f, "the value of {name} is not a finite number"),
            EvaluationError::UnknownSize { name } => write!(f, "the size {name} is not known"),
            EvaluationError::BadSize { name, value } => {
                write!(f, "the size {name} is {value}, which is not the length of an axis")
            }
            EvaluationError::MissingPosition { name } => write!(f, "the index {name} has no value"),
            EvaluationError::PositionOutside { name, position, size } => {
                write!(f, "the index {name} is {position}, but positions run from 1 to {size}")
            }
            EvaluationError::MissingFunction { name } => {
                write!(f, "{name} has no definition: say which function it is")
            }
            EvaluationError::NotAFunction { name, function } => {
                write!(f, "{name} cannot be {function}: that is no function of one number")
            }
            EvaluationError::Limit => write!(f, "the value takes too much memory or time"),
            EvaluationError::Undefined(undefined) => undefined.fmt(f),
        }
    }
}

impl std::error::Error for EvaluationError {}

fn shape_text(sizes: &[String]) -> String {
    if sizes.is_empty() { "a scalar".to_owned() } else { sizes.join("×") }
}
