//! Certificates of equalities, and their independent checker.

mod algebra;
mod check;
mod contraction;
mod differentiate;
mod json;
mod matrix;
mod polynomial;
mod read;
mod sign;

use std::fmt;

use crate::number::Rational;

/// A claim `left = right` with the steps that prove it. Everything is text in our own notation, so that nothing of the
/// machinery that found the proof is needed to read it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Certificate {
    /// The left side.
    pub left: String,
    /// The right side.
    pub right: String,
    /// `W: R[3,2]`, `a = W*x + b`, `swish(t) = t*σ(t)`, `σ1: function`, in order.
    pub declarations: Vec<String>,
    /// What is taken for granted: `sum(y) = 1`, `x > 0`, `P' = P`.
    pub facts: Vec<String>,
    /// What the claim needs beyond what both sides need to be defined.
    pub conditions: Vec<String>,
    /// The chain `left`, `after`, `after`, …; the last one is `right`.
    pub steps: Vec<Step>,
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The formula that is reached.
    pub after: String,
    /// Why it equals the one before.
    pub because: Justification,
}

/// Why two neighbouring formulas are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Justification {
    /// They are one expression over the values of functions, by the laws of arithmetic, exponentials, logarithms, powers,
    /// trigonometric functions, sums and products of matrices; functions of the table may be replaced by their definitions.
    Algebra,
    /// The same, said of a step that puts in definitions of the table.
    Definition,
    /// The same, after carrying out derivatives by the partials of the table.
    Differentiate,
    /// The same, said of a step that puts in definitions of the certificate's declarations.
    Declaration,
    /// By these facts, counted from 0.
    Facts {
        /// Places in [`Certificate::facts`].
        used: Vec<usize>,
    },
    /// By an identity of the function table, in either direction.
    Identity {
        /// Its name in the table.
        name: String,
    },
    /// By cases: positive, zero and negative values of a formula.
    Cases {
        /// The formula.
        on: String,
    },
}

impl Justification {
    /// The word in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Justification::Algebra => "algebra",
            Justification::Definition => "definition",
            Justification::Differentiate => "differentiate",
            Justification::Declaration => "declaration",
            Justification::Facts { .. } => "facts",
            Justification::Identity { .. } => "identity",
            Justification::Cases { .. } => "cases",
        }
    }
}

/// Why a certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The step that does not hold, counted from 0; `None`: something outside the steps.
    pub step: Option<usize>,
    /// One sentence without a full stop.
    pub reason: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.step {
            Some(step) => write!(f, "step {}: {}", step + 1, self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl std::error::Error for Rejection {}

/// What was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// A point at which both sides have values and the conditions hold; for a vector or matrix, the value of every entry.
    /// `None` if there was nothing to search: facts are equations, or inverses and determinants are in the way.
    pub witness: Option<Vec<(String, Rational)>>,
}

/// Checks every step of a certificate.
///
/// # Errors
/// If a step is not confirmed.
pub fn verify(certificate: &Certificate) -> Result<(), Rejection> {
    examine(certificate).map(|_| ())
}

/// Checks every step of a certificate and says where both sides are defined.
///
/// # Errors
/// If a step is not confirmed.
pub fn examine(certificate: &Certificate) -> Result<Verified, Rejection> {
    check::examine(certificate)
}
