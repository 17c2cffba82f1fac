//! Paths that were not followed: a name in between was held constant.

use super::table::{MISTAKES, Rule};
use super::{Case, Diagnosis, sums};
use crate::check::decide::simplest;
use crate::check::rewrite::{names_of, substitute};
use crate::syntax::tree::{Kind, Tree};

/// Names that are held constant, one after the other.
const MOST_NAMES: usize = 6;

/// The lines that come out when one name of the formula is taken for a constant, with what is said of them.
pub(super) fn consequences(case: &Case) -> Vec<(Diagnosis, Tree)> {
    ways(case).unwrap_or_default()
}

fn ways(case: &Case) -> Option<Vec<(Diagnosis, Tree)>> {
    let mistake = MISTAKES.iter().find(|mistake| mistake.rules.contains(&Rule::Path))?;
    let (body, variable) = differentiated(case)?;
    let definition = case.sheet.definitions.get(&body).filter(|d| d.indices.is_empty())?;
    let names = names_of(&definition.value);
    let between: Vec<&String> = names
        .iter()
        .filter(|name| **name != variable && case.sheet.depends_on(name, &variable))
        .take(MOST_NAMES)
        .collect();
    if between.len() + usize::from(names.contains(&variable)) < 2 {
        return None;
    }
    let mut made = Vec::new();
    for name in between {
        let told = mistake.told(format!("{} The way by {name} is missing.", mistake.words).into());
        // Constant where it stands in the formula, or everywhere.
        let in_formula = sums::with_constant(case.sheet, &body, name).and_then(|(sheet, constant)| {
            let consequence = simplest(&sheet, case.head)?;
            Some(substitute(&consequence, &|own| (own == constant).then(|| Tree::name(name.clone()))))
        });
        let mut sheet = case.sheet.clone();
        sheet.definitions.remove(name);
        let consequences = [in_formula, simplest(&sheet, case.head)];
        made.extend(consequences.into_iter().flatten().map(|consequence| (told.clone(), consequence)));
    }
    Some(made)
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
