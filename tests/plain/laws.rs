//! What holds for every formula, whatever it is; each law says in words how it was broken.

use symdiff::diagnostic::Kind;
use symdiff::lower::Environment;
use symdiff::print;
use symdiff::syntax::tree::Tree;
use symdiff::syntax::{Names, parse, parse_declaration, parse_fact};
use symdiff::{Operator, Problem, Request};

use super::agreement::{Disagreement, compare};
use super::decode::{VARIABLES, formula};
use super::{raw, scalar};

/// Longer texts say nothing new and take long.
const LONGEST_TEXT: usize = 2_000;

/// Reads bytes as a problem, the last line its formula: no panic, and what is printed reads back to the same tree.
///
/// # Errors
/// What did not come back.
pub fn reading(bytes: &[u8]) -> Result<(), String> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
    if text.len() > LONGEST_TEXT {
        return Ok(());
    }
    let mut names = Names::default();
    let mut environment = Environment::new();
    let mut lines: Vec<&str> = text.split('\n').collect();
    let last = lines.pop().unwrap_or("");
    for (number, line) in lines.into_iter().enumerate() {
        if let Ok((declaration, _)) = parse_declaration(line, &names)
            && environment.declare(&declaration, number).is_ok()
        {
            declaration.declare(&mut names);
        }
    }
    if let Ok(parsed) = parse(last, &names) {
        reads_back(&parsed.tree, &names, |text| parse(text, &names).map(|p| p.tree).map_err(|e| e.message))?;
        let _ = environment.lower(&parsed.tree);
    }
    if let Ok(parsed) = parse_fact(last, &names) {
        reads_back(&parsed.tree, &names, |text| {
            parse_fact(text, &names).map(|p| p.tree).map_err(|e| e.message)
        })?;
        let _ = environment.give(&parsed.tree, last);
    }
    Ok(())
}

fn reads_back(tree: &Tree, names: &Names, read: impl Fn(&str) -> Result<Tree, String>) -> Result<(), String> {
    for text in [print::text_with(tree, names), print::unicode_with(tree, names)] {
        match read(&text) {
            Ok(again) if again == *tree => {}
            // one level more of brackets than the writer used may be one too many
            Err(error) if error.contains("nested too deeply") => {}
            Ok(again) => return Err(format!("{text} reads back as {}", print::text(&again))),
            Err(error) => return Err(format!("{text} does not read back: {error}")),
        }
    }
    Ok(())
}

/// Decodes a formula, simplifies and differentiates it: the answers have its values, wherever it has values.
///
/// # Errors
/// The answer that does not.
pub fn simplifying(bytes: &[u8]) -> Result<(), String> {
    answering(&print::text(&formula(bytes)))
}

/// Simplifies and differentiates a formula in the variables of decoded ones.
///
/// # Errors
/// The answer that does not have its values.
pub fn answering(text: &str) -> Result<(), String> {
    let names = Names::default();
    let tree = parse(text, &names).map_err(|e| format!("{text} does not read back: {}", e.message))?.tree;
    let leaves = VARIABLES.map(str::to_owned);
    let Some(input) = scalar(&tree, &leaves) else { return Ok(()) };
    let request = Request { operator: Operator::Simplify, ..Request::default() };
    match Problem::new().answer(text, &request) {
        Ok(answer) => agree(text, "", &input, &answer.partials[0].tree, &leaves)?,
        Err(error) => may_fail(text, &input, error.kind, &error.message)?,
    }
    match Problem::new().answer(text, &Request::default()) {
        Ok(answer) => {
            for partial in &answer.partials {
                let leaf = leaves.iter().position(|name| *name == partial.wrt).unwrap_or_default();
                let Some(derivative) = raw::differentiate(&input, leaf as u32) else { continue };
                agree(text, &partial.wrt, &derivative, &partial.tree, &leaves)?;
            }
        }
        Err(error) => may_fail(text, &input, error.kind, &error.message)?,
    }
    Ok(())
}

fn agree(
    text: &str,
    wrt: &str,
    before: &symdiff::ir::scalar::Scalar,
    answer: &Tree,
    leaves: &[String],
) -> Result<(), String> {
    let printed = print::text(answer);
    let again = parse(&printed, &Names::default())
        .map_err(|e| format!("{printed} does not read back: {}", e.message))?;
    if again.tree != *answer {
        return Err(format!("{printed} reads back as {}", print::text(&again.tree)));
    }
    let Some(after) = scalar(answer, leaves) else { return Ok(()) };
    match compare(before, &after) {
        Ok(_) => Ok(()),
        Err(Disagreement::Value { at, before, after }) => {
            Err(format!("[{wrt}] {text} → {printed} at {at:?}: {before} became {after}"))
        }
        Err(Disagreement::Domain { at, before, after }) => {
            Err(format!("[{wrt}] {text} → {printed} at {at:?}: {before} became undefined ({after})"))
        }
    }
}

/// A formula that has a value is refused only for its size.
fn may_fail(
    text: &str,
    input: &symdiff::ir::scalar::Scalar,
    kind: Kind,
    message: &str,
) -> Result<(), String> {
    let has_value = compare(input, input).is_ok_and(|points| points > 0);
    if has_value && !matches!(kind, Kind::Limit | Kind::Unsupported) {
        return Err(format!("{text} is refused: {message}"));
    }
    Ok(())
}
