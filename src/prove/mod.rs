//! Are two formulas equal? Proved, refuted by a certified witness, or undecided; nothing in between.
//!
//! *Proved*: equal at every real point at which both sides are defined and the facts hold, and one such point was found.
//! *Refuted*: at some such point both sides lie in disjoint enclosures. Floating point proposes points and nothing else. This
//! room knows problems, normal forms and enclosures; it does not know how a verdict is shown.
//!
//! ```
//! use symdiff::Problem;
//! use symdiff::prove::{Verdict, claim};
//!
//! let mut problem = Problem::new();
//! let links = claim(&mut problem, "(x+1)^2 = x^2 + 2x + 1").unwrap();
//! assert!(matches!(links[0].verdict, Verdict::Proved(_)));
//! let links = claim(&mut problem, "sqrt(x^2) = x").unwrap();
//! assert!(matches!(links[0].verdict, Verdict::Refuted(_)));
//! ```

mod claim;
mod concrete;
mod condition;
mod constancy;
mod constant;
mod engine;
mod entries;
mod expand;
mod fact;
mod induction;
mod instance;
mod record;
mod refute;
mod sample;
mod statement;
mod steps;
mod sums;
mod view;

pub use claim::{Link, claim};
pub(crate) use condition::is_implied;
pub use engine::equivalent;

use crate::certificate::Certificate;
use crate::evaluate::graph::Value;
use crate::syntax::tree::Tree;
use record::Claimed;

/// What was found out about an equality.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It holds.
    Proved(Proof),
    /// It does not.
    Refuted(Witness),
    /// Neither was shown; what was tried, in words.
    Undecided(Vec<String>),
}

/// Why an equality holds.
#[derive(Clone, Debug)]
pub struct Proof {
    /// How it was shown.
    pub method: &'static str,
    /// Is it proved only away from the jumps of step functions, at which both sides may have values?
    pub leaves_out_jumps: bool,
    /// What one side needs and the other does not: the equality speaks of these points only.
    pub conditions: Vec<Tree>,
    /// The facts that were used, as they were given.
    pub facts: Vec<String>,
    claimed: Claimed,
}

impl Proof {
    /// The claim in texts, without steps.
    pub fn statement(&self) -> Certificate {
        self.claimed.statement(&self.conditions)
    }

    /// The steps, confirmed by the independent checker; `None` if it confirms none of those that were tried. This can take
    /// much longer than the proof.
    pub fn certificate(&self) -> Option<Certificate> {
        steps::certificate(&self.claimed, &self.conditions, &self.facts)
    }
}

/// A point at which both sides are defined, all facts hold, and the sides differ.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The variables, by name.
    pub at: Vec<(String, Value)>,
    /// For functions without a definition: what they are taken to be, as a formula.
    pub functions: Vec<(String, Tree)>,
    /// The left side there.
    pub left: Value,
    /// The right side there.
    pub right: Value,
}
