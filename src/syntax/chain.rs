//! Chains of equalities and other relations, side by side, as derivations are written.

use super::Names;
use super::parser::Parser;
use super::tokens::Rule;
use super::tree::{Relation, Tree};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// One side of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The relation in front of it; `None` for the first side unless the line begins with one.
    pub relation: Option<Relation>,
    /// Whether the relation is `≈`, which is given as [`Relation::Equal`].
    pub is_approximate: bool,
    /// The side itself.
    pub tree: Tree,
    /// Where it stands.
    pub span: Span,
}

/// What a line says: `f = a = b`, or a single formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The sides, at least one.
    pub sides: Vec<Side>,
    /// Readings that a person may not have meant.
    pub warnings: Vec<Diagnostic>,
}

/// One statement of a larger text.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Where it stands.
    pub span: Span,
    /// What it says, or why it cannot be read.
    pub chain: Result<Chain, Diagnostic>,
}

/// Reads a line of plain text that may be a chain: `f = a = b`, `= b`.
///
/// ```
/// use symdiff::syntax::{Names, parse_chain};
/// let chain = parse_chain("d/dx x^2 = 2x", &Names::default()).unwrap();
/// assert_eq!(chain.sides.len(), 2);
/// ```
///
/// # Errors
/// If a side is not a formula.
pub fn parse_chain(text: &str, names: &Names) -> Result<Chain, Diagnostic> {
    let mut parser = Parser::new(text, names)?;
    let mut sides: Vec<Side> = Vec::new();
    loop {
        let relation = parser.relation_word();
        let is_approximate = parser.word() == Rule::approximate;
        if relation.is_some() || is_approximate {
            parser.advance();
        } else if !sides.is_empty() {
            parser.expect_end(true)?;
            let mut warnings = parser.into_warnings();
            for side in &sides {
                warnings.extend(super::imaginary::examine(&side.tree, names, false)?);
            }
            return Ok(Chain { sides, warnings });
        }
        let relation = if is_approximate { Some(Relation::Equal) } else { relation };
        let node = parser.sum()?;
        let span = node.tree.span;
        sides.push(Side { relation, is_approximate, tree: node.tree, span });
    }
}
