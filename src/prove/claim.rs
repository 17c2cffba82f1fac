//! Claims as text: `A = B`, or a chain `A = B = C`.

use super::{Verdict, equivalent};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::problem::Problem;
use crate::syntax::tree::{Kind, Relation, Tree};

/// One equality of a chain.
#[derive(Clone, Debug)]
pub struct Link {
    /// The left side as it was read.
    pub left: Tree,
    /// The right side as it was read.
    pub right: Tree,
    /// What was found out.
    pub verdict: Verdict,
}

/// Decides `A = B`, or each equality of `A = B = C`.
///
/// # Errors
/// If the text is not an equality, or a side cannot be read or does not fit the other.
pub fn claim(problem: &mut Problem, text: &str) -> Result<Vec<Link>, Diagnostic> {
    let tree = problem.read_claim(text)?;
    let relations = match tree.kind {
        Kind::And(all) => all,
        _ => vec![tree],
    };
    let mut links = Vec::with_capacity(relations.len());
    for relation in relations {
        let span = relation.span;
        let Kind::Relation(Relation::Equal, left, right) = relation.kind else {
            return Err(Diagnostic::new(Cause::Unsupported, "only equalities can be proved")
                .at(span, "")
                .help("write A = B, or A = B = C"));
        };
        let verdict = equivalent(problem, &left, &right)?;
        links.push(Link { left: *left, right: *right, verdict });
    }
    Ok(links)
}
