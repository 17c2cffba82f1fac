//! Kernels: what the variables of the polynomials stand for.

use smallvec::SmallVec;

use crate::function::Function;
use crate::ir::scalar::Ref;

use super::form::{FormId, PolynomialId};
use super::integer::Integer;

/// A variable of the polynomials. Equal kernels have equal canonical arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kernel {
    /// A leaf of the input.
    Leaf(u32),
    /// π.
    Pi,
    /// A subterm of the input that exceeded a limit.
    Opaque(Ref),
    /// `base^(1/index)`: the root inside polynomials of what forms write as a rational exponent.
    Root {
        /// Not negative wherever the input is defined.
        base: PolynomialId,
        /// At least two.
        index: u16,
    },
    /// A positive integer; occurs only with exponents between 0 and 1.
    Number(Integer),
    /// A form that is not negative wherever the input is defined, though its factors need not be;
    /// occurs only with exponents between 0 and 1.
    Composite(FormId),
    /// `|f|`; occurs only with exponents below 2.
    Absolute(PolynomialId),
    /// `log |f|`.
    LogAbsolute(PolynomialId),
    /// `exp(a)`.
    Exponential(FormId),
    /// `a^b`.
    Power {
        /// The base.
        base: FormId,
        /// The exponent, not a number unless the base is zero.
        exponent: FormId,
    },
    /// A function call that stays.
    Call(Function, SmallVec<[FormId; 2]>),
    /// A sum that is not to be multiplied out.
    Sum(PolynomialId),
}
