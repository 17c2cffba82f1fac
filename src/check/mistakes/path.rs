//! Paths that were not followed: a name in between was held constant.

use super::super::decide::{Question, decide, simplest};
use super::super::rewrite::names_of;
use super::table::{MISTAKES, Rule};
use super::{Case, Diagnosis};
use crate::syntax::tree::{Kind, Tree};

/// Names that are held constant, one after the other.
const MOST_NAMES: usize = 6;

/// The line is what comes out when one name of the formula is taken for a constant.
pub(super) fn diagnose(case: &Case) -> Option<Diagnosis> {
    let mistake = MISTAKES.iter().find(|mistake| mistake.rules.contains(&Rule::Path))?;
    let (body, variable) = differentiated(case)?;
    let definition = case.sheet.definitions.get(&body).filter(|d| d.indices.is_empty())?;
    let between: Vec<String> = names_of(&definition.value)
        .into_iter()
        .filter(|name| *name != variable && case.sheet.depends_on(name, &variable))
        .take(MOST_NAMES)
        .collect();
    let ways = between.len() + usize::from(names_of(&definition.value).contains(&variable));
    if ways < 2 {
        return None;
    }
    for name in between {
        let mut sheet = case.sheet.clone();
        sheet.definitions.remove(&name);
        let Some(consequence) = simplest(&sheet, case.head) else { continue };
        let question = Question { condition: case.condition, ..Question::default() };
        if decide(case.sheet, &consequence, case.written, &question).is_proved() {
            return Some(mistake.diagnosis());
        }
    }
    None
}

/// The name that is differentiated, and the one by which.
fn differentiated(case: &Case) -> Option<(String, String)> {
    match &case.head.kind {
        Kind::Derivative { body, variables, .. } => match (&body.kind, variables.as_slice()) {
            (Kind::Name(body), [Tree { kind: Kind::Name(variable), .. }]) => {
                Some((body.clone(), variable.clone()))
            }
            _ => None,
        },
        Kind::Quotient(above, below) => match (&above.kind, &below.kind) {
            (Kind::Name(above), Kind::Name(below)) => {
                Some((above.strip_prefix('d')?.to_owned(), below.strip_prefix('d')?.to_owned()))
            }
            _ => None,
        },
        _ => None,
    }
}
