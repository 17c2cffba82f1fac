//! Known mistakes: data, and the engine that recognises their consequences.
//!
//! Each row of [`table`] holds wrong rules. A rule is tried at every place where it could have been used while the line before
//! was differentiated or rewritten; numbers sort out most of the consequences, and what is left counts only if the prover
//! shows it equal to the line that was written. Adding a mistake touches the table and nothing else.

mod differentiate;
mod fingerprint;
mod gradient;
mod path;
mod pattern;
mod subscript;
pub mod table;
mod tensor;
mod unfold;
mod writing;

pub use table::{MISTAKES, Mistake, Rule};
pub(super) use unfold::unfolded;

use std::sync::LazyLock;

use super::Diagnosis;
use super::decide::{Question, decide};
use super::sheet::Sheet;
use crate::syntax::tree::{Kind, Tree};
use differentiate::{Differentiator, Slip};
use fingerprint::Fingerprint;
use pattern::Pattern;

/// Places at which one rule is tried.
const MOST_PLACES: usize = 16;
/// Consequences that the prover is asked about.
const MOST_PROOFS: usize = 10;
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

struct Read {
    mistake: &'static Mistake,
    from: Pattern,
    to: Pattern,
    rewriting: bool,
}

/// The rules of the scalar mistakes, read once.
static RULES: LazyLock<Vec<Read>> = LazyLock::new(|| {
    let mut rules = Vec::new();
    for mistake in MISTAKES {
        for rule in mistake.rules {
            let (from, to, rewriting) = match rule {
                Rule::Derivative(from, to) => (from, to, false),
                Rule::Rewriting(from, to) => (from, to, true),
                _ => continue,
            };
            if let (Some(from), Some(to)) = (pattern::read(from), pattern::read(to)) {
                rules.push(Read { mistake, from, to, rewriting });
            }
        }
    }
    rules
});

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
    let mut proofs = 0;
    for base in &bases {
        scalar(case, base, &mut found, &mut proofs);
        if !found.is_empty() {
            break;
        }
    }
    if found.is_empty() {
        found.extend(path::diagnose(case));
    }
    if found.is_empty() {
        tensor::diagnose(case, &mut found);
    }
    if found.is_empty() {
        found.extend(subscript::diagnose(case));
    }
    found.truncate(MOST_NAMED);
    found
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

fn scalar(case: &Case, base: &Tree, found: &mut Vec<Diagnosis>, proofs: &mut usize) {
    let Some(right) = Differentiator::new("", None).worked_out(base) else { return };
    let written = unfolded(case.sheet, case.written);
    let Some(written_out) = Differentiator::new("", None).worked_out(&written) else { return };
    let target = Fingerprint::of(&unfold::expanded(case.sheet, &written_out));
    if target.is_empty() || target.agrees(&Fingerprint::of(&unfold::expanded(case.sheet, &right))) {
        return;
    }
    let mut known: Vec<(Tree, bool)> = Vec::new();
    for rule in RULES.iter() {
        if found.iter().any(|diagnosis| diagnosis.id == rule.mistake.id) {
            continue;
        }
        let slip =
            |place: Option<usize>| Slip { from: &rule.from, to: &rule.to, place, rewriting: rule.rewriting };
        let mut count = Differentiator::new("", Some(slip(Some(usize::MAX))));
        let _ = count.worked_out(base);
        let places = count.places().min(MOST_PLACES);
        // At one place after the other, then everywhere at once.
        let everywhere = (places > 1).then_some(None);
        for place in (0..places).map(Some).chain(everywhere) {
            let mut run = Differentiator::new("", Some(slip(place)));
            let consequence = run.worked_out(base);
            let Some(consequence) = consequence.filter(|_| run.made) else { continue };
            if !target.agrees(&Fingerprint::of(&unfold::expanded(case.sheet, &consequence))) {
                continue;
            }
            let proved = match known.iter().find(|(tree, _)| *tree == consequence) {
                Some((_, proved)) => *proved,
                None if *proofs >= MOST_PROOFS => false,
                None => {
                    *proofs += 1;
                    let proved = case.is_written(&consequence);
                    known.push((consequence, proved));
                    proved
                }
            };
            if proved {
                found.push(Diagnosis { id: rule.mistake.id, text: rule.mistake.words.into() });
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_can_be_read() {
        for mistake in MISTAKES {
            for rule in mistake.rules {
                if let Rule::Derivative(from, to) | Rule::Rewriting(from, to) = rule {
                    assert!(pattern::read(from).is_some(), "{}: {from}", mistake.id);
                    assert!(pattern::read(to).is_some(), "{}: {to}", mistake.id);
                }
            }
        }
    }

    #[test]
    fn every_number_is_given_once() {
        for (at, mistake) in MISTAKES.iter().enumerate() {
            assert!(MISTAKES[..at].iter().all(|other| other.id != mistake.id), "{}", mistake.id);
        }
    }
}
