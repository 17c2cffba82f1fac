//! LaTeX in: the same surface tree, with spans into the LaTeX source.
//!
//! LaTeX says how a formula looks; what it means is decided by what is declared and by the conventions of the field. What
//! is not sure is refused with its place and the ways to say it clearly: a formula is never misread in silence.

mod alphabet;
mod bars;
mod brackets;
mod calls;
pub(crate) mod commands;
mod common;
mod declaration;
mod derivatives;
mod environments;
mod fonts;
mod indicators;
mod missing;
mod names;
mod operands;
mod parser;
mod reach;
mod reductions;
mod resolved;
mod scripts;
mod slips;
mod statement;
mod unclear;
mod words;

use std::collections::BTreeSet;

use super::chain::{Chain, Side, Statement};
use super::tree::Tree;
use super::{Names, Parsed};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
pub(crate) use alphabet::letter_of;
pub(super) use declaration::declaration;
use parser::Parser;
use slips::syntax;
pub(crate) use statement::is_transparent as sets_formulas;
use words::{Token, Word};

type Result<T> = std::result::Result<T, Diagnostic>;

/// Whether a text is LaTeX: a command or dollar signs decide; plain text stays plain.
///
/// ```
/// use symdiff::syntax::is_latex;
/// assert!(is_latex(r"\frac{x}{2}") && is_latex("$x^2$") && is_latex("x^{2}"));
/// assert!(!is_latex("x/2 + sum[k] y[k]"));
/// ```
pub fn is_latex(text: &str) -> bool {
    let (mut first, mut before) = (' ', ' ');
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let decides = match c {
            '\\' => next.is_ascii_alphabetic() || matches!(next, '(' | '[' | '{' | '|' | ',' | ';' | '\\'),
            // plain text writes Σ_{k} and ∇_{x} only behind these signs
            '{' => before == '^' || before == '_' && first.is_alphanumeric() && first != '∇',
            '$' => true,
            _ => false,
        };
        if decides && !(c == '{' && text.contains(['Σ', '∑', '∏'])) {
            return true;
        }
        first = before;
        before = c;
    }
    false
}

/// Reads a formula in LaTeX.
///
/// ```
/// use symdiff::syntax::{Names, parse_latex};
/// let parsed = parse_latex(r"\frac{x^2 + \sigma(y)}{3x + y - \sigma(x)}", &Names::default()).unwrap();
/// assert_eq!(symdiff::print::text(&parsed.tree), "(x^2 + sigmoid(y))/(3*x + y - sigmoid(x))");
/// ```
///
/// # Errors
/// If the text is not a formula, or it is not sure which; the diagnostic points at the bytes.
pub fn parse_latex(text: &str, names: &Names) -> Result<Parsed> {
    if let Some(out) = commands::written_out(text) {
        return led_back(&out, parse_latex(&out.text, names));
    }
    let words = single(text)?;
    let (tree, mut warnings) = read(text, names, &words, Parser::whole_formula)?;
    warnings.extend(super::imaginary::examine(&tree, names, true)?);
    Ok(Parsed { tree, warnings })
}

/// What was read with a text's own commands written out, with places in the text as it was written.
fn led_back(out: &commands::WrittenOut, read: Result<Parsed>) -> Result<Parsed> {
    fn placed(out: &commands::WrittenOut, tree: &Tree) -> Tree {
        let mut placed = tree.with_parts(&mut |part| placed(out, part));
        placed.span = out.original_span(tree.span);
        placed
    }
    let Parsed { tree, warnings } = read.map_err(|error| out.moved_back(error))?;
    let warnings = warnings.into_iter().map(|warning| out.moved_back(warning)).collect();
    Ok(Parsed { tree: placed(out, &tree), warnings })
}

/// Reads a relation or several at once in LaTeX, as [`super::parse_fact`] does in plain text.
///
/// # Errors
/// If the text is not a relation.
pub fn parse_latex_fact(text: &str, names: &Names) -> Result<Parsed> {
    if let Some(out) = commands::written_out(text) {
        return led_back(&out, parse_latex_fact(&out.text, names));
    }
    let words = single(text)?;
    let (tree, mut warnings) = read(text, names, &words, Parser::whole_fact)?;
    warnings.extend(super::imaginary::examine(&tree, names, true)?);
    Ok(Parsed { tree, warnings })
}

/// Reads one line of LaTeX that may be a chain: `f = a = b`, `&= b`, `a \approx 0.44`.
///
/// ```
/// use symdiff::syntax::{Names, parse_latex_chain};
/// let chain = parse_latex_chain(r"\frac{\partial f}{\partial b} &= \frac{1}{c} = 0.4407", &Names::default()).unwrap();
/// assert_eq!(chain.sides.len(), 3);
/// ```
///
/// # Errors
/// If a side is not a formula, or the text holds more than one statement.
pub fn parse_latex_chain(text: &str, names: &Names) -> Result<Chain> {
    let words = single(text)?;
    chain(text, names, &words)
}

/// Reads a piece of LaTeX with any number of lines, each on its own: one that cannot be read does not hide the others.
pub fn parse_latex_statements(text: &str, names: &Names) -> Vec<Statement> {
    let words = match words::tokens(text) {
        Ok(words) => words,
        Err(problem) => return vec![Statement { span: Span::new(0, text.len()), chain: Err(problem) }],
    };
    statement::lines(words)
        .into_iter()
        .map(|line| match line {
            Err(problem) => {
                let span = problem.span().unwrap_or(Span::new(0, text.len()));
                Statement { span, chain: Err(problem) }
            }
            Ok(words) => Statement { span: covered(&words), chain: chain(text, names, &words) },
        })
        .collect()
}

fn covered(words: &[Token<'_>]) -> Span {
    match (words.first(), words.last()) {
        (Some(first), Some(last)) => first.span.join(last.span),
        _ => Span::default(),
    }
}

/// The words of a text that is one statement.
fn single(text: &str) -> Result<Vec<Token<'_>>> {
    let words = words::tokens(text)?;
    brackets::partners(&words)?;
    let mut rows = statement::statements(statement::without_marks_at_brackets(words))?;
    match rows.len() {
        0 => Err(syntax("the formula is empty")
            .at(Span::new(0, text.len()), "")
            .help("write one, such as x^2 + 1")),
        1 => Ok(rows.remove(0)),
        _ if is_decimal_comma(text, &rows) => Err(syntax("a comma does not separate decimals")
            .at(covered(&rows[0][rows[0].len() - 1..]).join(rows[1][0].span), "")
            .help("write the number with a point")),
        _ => Err(syntax("several formulas stand here")
            .at(covered(&rows[1]), "the second one")
            .help("give one formula at a time")),
    }
}

/// `1,5`.
fn is_decimal_comma(text: &str, rows: &[Vec<Token<'_>>]) -> bool {
    let (Some(before), Some(after)) = (rows[0].last(), rows[1].first()) else { return false };
    before.word == Word::Number
        && after.word == Word::Number
        && text.get(before.span.end..after.span.start) == Some(",")
}

/// What is learnt about a name that carries an index may say so of another; more than a few steps are not seen.
const MAXIMUM_PASSES: usize = 4;

/// Reads with what was learnt in earlier passes about names that carry indices.
fn read<'a, T>(
    text: &'a str,
    names: &'a Names,
    words: &[Token<'a>],
    whole: impl Fn(&mut Parser<'a>) -> Result<T>,
) -> Result<(T, Vec<Diagnostic>)> {
    let mut known = (BTreeSet::new(), BTreeSet::new());
    let mut passes = 0;
    loop {
        let mut parser = Parser::new(text, names, words.to_vec(), known.clone())?;
        let result = whole(&mut parser)?;
        passes += 1;
        let before = known.0.len() + known.1.len();
        known.0.append(&mut parser.found);
        known.1.append(&mut parser.found_letters);
        if !parser.guessed || passes == MAXIMUM_PASSES || known.0.len() + known.1.len() == before {
            return Ok((result, parser.into_warnings()));
        }
    }
}

fn chain<'a>(text: &'a str, names: &'a Names, words: &[Token<'a>]) -> Result<Chain> {
    let (sides, mut warnings) = read(text, names, words, sides)?;
    for side in &sides {
        warnings.extend(super::imaginary::examine(&side.tree, names, true)?);
    }
    Ok(Chain { sides, warnings })
}

fn sides(parser: &mut Parser<'_>) -> Result<Vec<Side>> {
    let mut sides: Vec<Side> = Vec::new();
    loop {
        let (relation, is_approximate) = match parser.word() {
            Word::Relation(relation) => {
                parser.advance();
                (Some(relation), false)
            }
            Word::Approximately => {
                parser.advance();
                (Some(super::tree::Relation::Equal), true)
            }
            Word::Eoi if !sides.is_empty() => return Ok(sides),
            _ if sides.is_empty() => (None, false),
            _ => return Err(parser.unexpected()),
        };
        let head = if sides.is_empty() { parser.definition_side(None) } else { None };
        let node = match head {
            Some(node) => node,
            None => parser.sum()?,
        };
        let span = node.tree.span;
        sides.push(Side { relation, is_approximate, tree: node.tree, span });
    }
}
