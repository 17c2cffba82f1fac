//! Known mistakes: data, and the engine that recognises their consequences.
//!
//! Each row of [`table`] holds wrong rules. A rule is tried at every place where it could have been used while the line before
//! was differentiated or rewritten; numbers sort out most of the consequences, and what is left counts only if the prover
//! shows it equal to the line that was written. Adding a mistake touches the table and nothing else.

mod differentiate;
mod fingerprint;
mod form;
mod gradient;
mod known;
mod path;
mod pattern;
mod scalar;
mod subscript;
mod sums;
pub mod table;
mod tensor;
mod writing;

use crate::check::decide::unfold::{self, unfolded};
pub use table::{MISTAKES, Mistake, Rule};

use super::Diagnosis;
use crate::check::decide::{Question, decide, simplest};
use crate::check::sheet::Sheet;
use crate::syntax::tree::{Kind, Tree};
use differentiate::Differentiator;
use scalar::{Search, Step};

/// Mistakes that are named.
const MOST_NAMED: usize = 4;

/// A wrong line.
pub(super) struct Case<'c> {
    pub sheet: &'c Sheet,
    /// What the chain starts from.
    pub head: &'c Tree,
    /// The line before, if it could be read.
    pub before: Option<&'c Tree>,
    /// The line.
    pub written: &'c Tree,
    /// The condition on indices under which it is claimed.
    pub condition: Option<&'c Tree>,
}

impl Case<'_> {
    /// Is a consequence what was written?
    fn is_written(&self, consequence: &Tree) -> bool {
        let question = Question { condition: self.condition, ..Question::default() };
        decide(self.sheet, consequence, self.written, &question).is_proved()
    }
}

/// The mistakes whose consequence is the written line, likeliest first.
pub(super) fn diagnose(case: &Case) -> Vec<Diagnosis> {
    let mut found: Vec<Diagnosis> = Vec::new();
    let mut bases: Vec<Tree> = Vec::new();
    for base in case.before.into_iter().chain([case.head]) {
        let unfolded = unfolded(case.sheet, base);
        if !bases.contains(&unfolded) {
            bases.push(unfolded);
        }
    }
    let mut search = Search::of(case);
    let lost = lost_path(case, search.as_ref());
    let mut scalar = |bases: &[Tree],
                      by: &dyn Fn(&mut Search, &Tree) -> Vec<Diagnosis>,
                      found: &mut Vec<Diagnosis>| {
        if let Some(search) = &mut search
            && found.is_empty()
        {
            found.extend(
                bases.iter().map(|base| by(search, base)).find(|found| !found.is_empty()).unwrap_or_default(),
            );
        }
    };
    scalar(&bases, &|search, base| search.one_slip(base, Step::Taken), &mut found);
    // Who follows the names in between loses a path; who puts everything in does not.
    if let Some(lost) = lost {
        found.retain(|told| !told.together);
        found.insert(0, lost);
    }
    if found.is_empty() {
        tensor::diagnose(case, &mut found);
    }
    if found.is_empty() {
        found.extend(subscript::diagnose(case));
    }
    scalar(&bases, &|search, base| search.one_slip(base, Step::Rewritten), &mut found);
    // What is lost in copying may be lost from the right answer in its shortest form.
    let simple = found.is_empty().then(|| simplest(case.sheet, case.head)).flatten();
    let copied: Vec<Tree> = bases.iter().cloned().chain(simple).collect();
    scalar(&copied, &|search, base| search.one_slip(base, Step::Copied), &mut found);
    scalar(&bases, &|search, base| search.two_slips(base), &mut found);
    found.truncate(MOST_NAMED);
    // What covers the others may be one too many.
    if found.iter().all(|told| told.covered) {
        found.iter_mut().for_each(|told| told.covered = false);
    }
    found
}

/// The mistake of having followed only some of the paths, if it explains the line.
fn lost_path(case: &Case, search: Option<&Search>) -> Option<Diagnosis> {
    path::consequences(case)
        .into_iter()
        .find(|(_, consequence)| {
            search.is_none_or(|search| search.agrees(consequence)) && case.is_written(consequence)
        })
        .map(|(told, _)| told)
}

/// Does the line hold with another subscript at one place?
pub(super) fn is_mistyped(case: &Case) -> bool {
    subscript::diagnose(case).is_some()
}

/// The mistake of having used a fact that was not given.
pub(super) fn of_fact(case: &Case, fact: &str) -> Option<Diagnosis> {
    match fact.split_once("' = ") {
        Some((name, again)) if name == again => tensor::of_fact(case, "A' = A"),
        // |x|′ = 1 holds for x > 0, and is a mistake elsewhere.
        _ if fact.ends_with(" > 0") => diagnose(case).into_iter().next(),
        _ => None,
    }
}

/// Does a line hold at fewer points than the line before it has values at? `None` if numbers do not tell.
pub(super) fn loses_points(sheet: &Sheet, before: &Tree, after: &Tree) -> Option<bool> {
    let mut parts = Vec::new();
    let unfolded_before = unfolded(sheet, before);
    unfolded_before.walk(&mut |part| {
        if let Kind::Derivative { body, .. } = &part.kind {
            parts.push(unfold::expanded(sheet, body));
        }
    });
    let worked_out = |tree: &Tree| {
        Differentiator::new("", None).worked_out(tree).map(|tree| unfold::expanded(sheet, &tree))
    };
    parts.push(worked_out(&unfolded_before)?);
    fingerprint::loses_points(&parts, &worked_out(&unfolded(sheet, after))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_given_once() {
        for (at, mistake) in MISTAKES.iter().enumerate() {
            assert!(MISTAKES[..at].iter().all(|other| other.id != mistake.id), "{}", mistake.id);
        }
    }
}
