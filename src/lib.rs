//! Symbolic differentiation: gradients in closed form, with their values, the conditions under which they hold, the facts
//! they used and the conventions they chose. Scalars, vectors, matrices and indexed sums are one calculus.
//!
//! ```
//! use symdiff::{Problem, print};
//!
//! let mut problem = Problem::new();
//! let answer = problem.gradient("(x^2+σ(y))/(3x+y−σ(x))", &["y"])?;
//! let partial = &answer.partials[0];
//! assert_eq!(print::unicode(&partial.conditions[0]), "3x + y − σ(x) ≠ 0");
//!
//! problem.declare("W: R[K,D]")?.declare("v: R[D]")?.declare("t: R[K]")?;
//! let answer = problem.gradient("norm2(W*v - t)^2", &["W"])?;
//! assert_eq!(print::text(&answer.partials[0].tree), "2*(W*v - t)*v'");
//! # Ok::<(), symdiff::diagnostic::Diagnostic>(())
//! ```
//!
//! [`Problem`] is the way in: declarations, facts and formulas go in as text, an [`Answer`] comes out. The rooms behind it
//! are public for those who build on them; a file uses only rooms on floors below its own:
//!
//! | floor | rooms |
//! |---|---|
//! | 0 | [`number`], [`span`] |
//! | 1 | [`diagnostic`], [`function`] |
//! | 2 | [`syntax`] |
//! | 3 | [`ir`], [`certificate`] |
//! | 4 | [`facts`], [`normal`], [`evaluate`] |
//! | 5 | [`differentiate`] |
//! | 6 | [`lower`], [`simplify`], [`mod@print`] |
//! | 7 | [`notation`] |
//! | 8 | [`problem`] |
//! | 9 | [`prove`] |
//! | 10 | [`derivation`] |
//! | 11 | [`mod@check`] |
//! | 12 | `cli` |

pub mod diagnostic;
pub mod number;
pub mod span;

pub mod function;
pub mod syntax;

pub mod certificate;
pub mod facts;
pub mod ir;

pub mod differentiate;
pub mod evaluate;
pub mod normal;

pub mod lower;
pub mod simplify;

pub mod notation;
pub mod print;

pub mod problem;

pub mod prove;

pub mod check;
pub mod derivation;

pub use problem::{Answer, Operator, Partial, Problem, Request};

#[cfg(feature = "cli")]
pub mod cli;

/// The README's Rust blocks are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
