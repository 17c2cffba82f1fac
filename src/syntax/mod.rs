//! From text to the surface tree and its messages. pest lives here and nowhere else.
//!
//! [`parse`] reads a formula, [`parse_fact`] a relation, [`parse_declaration`] what stands behind `--let`. All three are
//! total: any text gives a tree or a [`Diagnostic`] that points at bytes and names a way out, in time linear in the
//! text and with bounded nesting. Shapes and algebra are not known here.

mod brackets;
mod calls;
mod chain;
mod declaration;
mod derivatives;
mod determinants;
mod glued;
mod imaginary;
mod known;
mod latex;
mod names;
mod operands;
mod parser;
mod powers;
mod reach;
mod reductions;
mod slips;
mod suggestion;
mod tokens;
pub mod tree;
mod unknown;

pub use chain::{Chain, Side, Statement, parse_chain};
pub use declaration::{Declaration, parse_declaration};
pub(crate) use known::is_letter_of_another_function;
pub(crate) use latex::{commands, letter_of, sets_formulas};
pub use latex::{is_latex, parse_latex, parse_latex_chain, parse_latex_fact, parse_latex_statements};
pub use names::Names;
pub use parser::MAXIMUM_DEPTH;
pub(crate) use tokens::decomposed;
pub use tokens::normalised as name_as_read;

use crate::diagnostic::Diagnostic;
use parser::Parser;
use tree::Tree;

/// What was read, and what should be said about the reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The formula.
    pub tree: Tree,
    /// Readings that a person may not have meant.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a formula.
///
/// ```
/// use symdiff::syntax::{Names, parse};
/// let parsed = parse("2 sin x + 1", &Names::default()).unwrap();
/// assert_eq!(symdiff::print::text(&parsed.tree), "2*sin(x) + 1");
/// ```
///
/// # Errors
/// If the text is not a formula; the diagnostic points at the bytes.
pub fn parse(text: &str, names: &Names) -> Result<Parsed, Diagnostic> {
    let mut parser = Parser::new(text, names)?;
    let tree = parser.whole_formula()?;
    let mut warnings = parser.into_warnings();
    warnings.extend(imaginary::examine(&tree, names, false)?);
    Ok(Parsed { tree, warnings })
}

/// In which notation a text is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notation {
    /// Found out by [`is_latex`].
    #[default]
    Automatic,
    /// Plain text.
    Text,
    /// LaTeX.
    Latex,
}

impl Notation {
    /// Whether the text is to be read as LaTeX.
    pub fn is_latex(self, text: &str) -> bool {
        match self {
            Notation::Automatic => is_latex(text),
            Notation::Text => false,
            Notation::Latex => true,
        }
    }
}

/// Reads a formula in plain text or in LaTeX.
///
/// # Errors
/// If the text is not a formula in that notation.
pub fn parse_in(notation: Notation, text: &str, names: &Names) -> Result<Parsed, Diagnostic> {
    if notation.is_latex(text) { parse_latex(text, names) } else { parse(text, names) }
}

/// Reads a relation or several at once: `sum(y) = 1`, `x > 0`, `0 < a < b`, `P' = P`, `x > 0 and y > 0`.
///
/// The tree is a [`tree::Kind::Relation`] or a [`tree::Kind::And`].
///
/// # Errors
/// If the text is not a relation; the diagnostic points at the bytes.
pub fn parse_fact(text: &str, names: &Names) -> Result<Parsed, Diagnostic> {
    let mut parser = Parser::new(text, names)?;
    let tree = parser.whole_fact()?;
    let mut warnings = parser.into_warnings();
    warnings.extend(imaginary::examine(&tree, names, false)?);
    Ok(Parsed { tree, warnings })
}
