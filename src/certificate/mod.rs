//! Certificates of equalities, and their independent checker.
//!
//! A [`Certificate`] is a chain of formulas, as text, with declarations, facts and conditions. [`verify`] confirms it without
//! anything of the machinery that found it: it uses the notation (`syntax`), the rows of the function table (`function`:
//! definitions, partials, domains, ranges, identities) and exact numbers (`number`), and has an algebra of its own.
//!
//! # What is confirmed
//!
//! `left = right` at every point, over the reals, at which both sides are defined and the facts and conditions hold; and,
//! unless facts are equations or inverses and determinants are in the way, that there is such a point ([`Verified::witness`],
//! with every size that is a letter being 2). A derivative counts as defined where each function under it is differentiable
//! by its row. Sizes are at least 1. The words of the justifications are for people, but for three: facts that are equations
//! are used only in steps that name them, an identity must be one of the table and its condition must follow, and cases may
//! be asked for where signs decide.
//!
//! # Why the check suffices
//!
//! 1. *Each formula of the chain is defined where both sides are.* Reading a formula (`read`, `matrix`) collects what it
//!    demands: denominators not 0, logarithms of positive numbers, even roots of numbers that are not negative, the `defined`
//!    of each row, regular matrices; under a derivative the `differentiable` of each row. The demands of both sides are granted.
//!    Each demand of a formula between them has to follow: from rigorous enclosures (`Interval`), or from signs (`sign`: of
//!    powers, sums of terms of one sign, factors of products, and what was granted). Otherwise the step is rejected.
//! 2. *Neighbours are equal.* A formula becomes a sum of products of powers of atoms (`polynomial`), with exact coefficients.
//!    Atoms are variables, exp(u), exp(iu), log|u|, |u|, roots of sums, functions without laws, entries of inverses,
//!    determinants, and δ. Each law (`product`, `power`, `elementary`) is an equality of numbers at each point where what was
//!    read is defined: it needs nothing of signs that `sign` does not show. Two formulas are equal if their difference,
//!    multiplied by the sums in its denominators, has no terms left after expansion (`equality`). Those sums are denominators
//!    of what was read, hence not 0. Where a sign is open, each case is looked at, but for those that are empty.
//! 3. *Vectors and matrices* are the same with labels: an entry of `A*x` is `Σ_k A[i,k] x[k]`, one product with one bound
//!    label (`contraction`). Products are compared after putting their bound labels in an order found by trying all that look
//!    alike; δ's are removed by putting one label for another; facts and `A⁻¹A = 1` replace parts of products. Scalars are
//!    the products without labels.
//! 4. *Derivatives* (`differentiate`) are taken of these sums by the partials of the table. Facts are not used under them:
//!    an equation that holds at a point says nothing of slopes there.
//! 5. Everything is counted: terms, products, digits, nesting. What grows too large is rejected, never accepted, and so is
//!    all notation that is not known here (products and maxima over indices, index arithmetic, Kronecker products).
//!
//! What is trusted is therefore: the parser, the rows of the table, exact and interval arithmetic, and this room.

mod algebra;
mod call;
mod check;
mod contraction;
mod differentiate;
mod elementary;
mod equality;
mod json;
mod matrix;
mod polynomial;
mod power;
mod product;
mod read;
mod sign;
mod subscript;
mod witness;

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
///
/// Every step is checked by the whole algebra, definitions of the table and of the declarations and derivatives included; the
/// first four words only say what a reader should look at.
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
/// ```
/// use symdiff::certificate::{Certificate, Justification, Step, verify};
/// let mut certificate = Certificate {
///     left: "d/dx log(1 + exp(x))".into(),
///     right: "1/(1 + exp(-x))".into(),
///     steps: vec![Step { after: "1/(1 + exp(-x))".into(), because: Justification::Differentiate }],
///     ..Certificate::default()
/// };
/// assert!(verify(&certificate).is_ok());
/// certificate.left = "d/dx log(2 + exp(x))".into();
/// assert_eq!(verify(&certificate).unwrap_err().step, Some(0));
/// ```
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
