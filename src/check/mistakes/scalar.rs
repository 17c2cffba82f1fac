//! The search for slips in the scalar calculus: every rule at every place, one slip first and two together if none explains the
//! line. Numbers sort out, the prover decides, and the way the line is written orders what is left.

use std::sync::LazyLock;

use super::super::rewrite::has_derivative;
use super::differentiate::{Differentiator, Slip, power};
use super::fingerprint::Fingerprint;
use super::form::form;
use super::pattern::{self, Parts, Pattern};
use super::table::{MISTAKES, Mistake, Rule};
use super::unfold;
use super::{Case, Diagnosis};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

/// Places at which one rule is tried.
const MOST_PLACES: usize = 16;
/// Consequences of one formula that the prover is asked about.
const MOST_PROOFS: usize = 12;
/// Parts of formulas that may be differentiated while pairs are tried: the pairs of some 40 slips in a formula of 20 parts.
/// 1 000 of them take about 1 ms.
const MOST_STEPS_OF_PAIRS: usize = 12_000;
/// Pairs that the prover is asked about.
const MOST_PROVED_PAIRS: usize = 4;

/// What a rule changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Differentiating, or rewriting before or between.
    Taken,
    /// Rewriting what is right.
    Rewritten,
    /// Copying what is right.
    Copied,
}

struct Read {
    mistake: &'static Mistake,
    from: Pattern,
    to: Pattern,
    parts: Parts,
    rewriting: bool,
    copying: bool,
    /// Is it a rule for any function, and not for one?
    general: bool,
}

/// The rules of the scalar mistakes, read once.
static RULES: LazyLock<Vec<Read>> = LazyLock::new(|| {
    let mut rules = Vec::new();
    for mistake in MISTAKES.iter() {
        for rule in mistake.rules {
            let (from, to, rewriting, copying) = match rule {
                Rule::Derivative(from, to) => (from, to, false, false),
                Rule::Rewriting(from, to) => (from, to, true, false),
                Rule::Copying(from, to) => (from, to, true, true),
                _ => continue,
            };
            if let (Some(from), Some(to)) = (pattern::read(from), pattern::read(to)) {
                let general = pattern::is_of_any_function(&from);
                let parts = Parts::of(&from.tree);
                rules.push(Read { mistake, from, to, parts, rewriting, copying, general });
            }
        }
    }
    rules
});

impl Read {
    fn slip(&self, place: Option<usize>) -> Slip<'_> {
        Slip { from: &self.from, to: &self.to, place, rewriting: self.rewriting }
    }
}

/// A consequence that has the values of the line; smaller ranks are believed first.
struct Candidate {
    rank: (bool, bool, usize),
    mistakes: Vec<&'static Mistake>,
    consequence: Tree,
    general: bool,
}

/// The search for what leads to one line.
pub(super) struct Search<'c> {
    case: &'c Case<'c>,
    target: Fingerprint,
    form: String,
    known: Vec<(Tree, bool)>,
}

impl<'c> Search<'c> {
    /// `None` if the line is none of the scalar calculus.
    pub fn of(case: &'c Case<'c>) -> Option<Self> {
        let written = unfold::unfolded(case.sheet, case.written);
        let written = Differentiator::new("", None).worked_out(&written)?;
        let target = values(case, &written);
        (!target.is_empty()).then(|| Search { case, target, form: form(&written), known: Vec::new() })
    }

    /// One slip on the way from the base to the line.
    pub fn one_slip(&mut self, base: &Tree, step: Step) -> Vec<Diagnosis> {
        let Some(right) = Differentiator::new("", None).worked_out(base) else { return Vec::new() };
        let base = if step == Step::Taken { base } else { &right };
        let parts = Parts::of(base);
        let mut candidates = Vec::new();
        for (order, rule) in RULES.iter().enumerate() {
            if !parts.hold(&rule.parts) {
                continue;
            }
            if rule.copying != (step == Step::Copied) || !rule.rewriting && step != Step::Taken {
                continue;
            }
            let places = places(rule, base).min(MOST_PLACES);
            // At one place after the other, then everywhere at once.
            let everywhere = (places > 1).then_some(None);
            for place in (0..places).map(Some).chain(everywhere) {
                let mut run = Differentiator::new("", Some(rule.slip(place)));
                let consequence = run.worked_out(base);
                let Some(consequence) = consequence.filter(|_| run.made()) else { continue };
                if consequence != right && self.target.agrees(&values(self.case, &consequence)) {
                    let rank = (form(&consequence) != self.form, place.is_none(), order);
                    let (mistakes, general) = (vec![rule.mistake], rule.general);
                    candidates.push(Candidate { rank, mistakes, consequence, general });
                }
            }
        }
        if step == Step::Taken {
            self.of_whole_derivatives(base, &mut candidates);
        }
        candidates.sort_by_key(|candidate| candidate.rank);
        let special: Vec<Tree> =
            candidates.iter().filter(|one| !one.general).map(|one| one.consequence.clone()).collect();
        let mut found: Vec<Diagnosis> = Vec::new();
        let mut proofs = 0;
        for candidate in candidates {
            let [mistake] = candidate.mistakes.as_slice() else { continue };
            let covered = candidate.general && special.contains(&candidate.consequence);
            if found.iter().all(|known| known.id != mistake.id)
                && self.is_written(candidate.consequence, &mut proofs, MOST_PROOFS)
            {
                found.push(Diagnosis { covered, ..mistake.diagnosis() });
            }
        }
        found
    }

    /// Two slips on the way from the base to the line.
    pub fn two_slips(&mut self, base: &Tree) -> Vec<Diagnosis> {
        let Some(right) = Differentiator::new("", None).worked_out(base) else { return Vec::new() };
        let right = values(self.case, &right);
        if self.target.agrees(&right) {
            return Vec::new();
        }
        // What changes nothing by itself is no slip.
        let mut single: Vec<(&Read, usize)> = Vec::new();
        let parts = Parts::of(base);
        for rule in RULES.iter().filter(|rule| !rule.copying && parts.hold(&rule.parts)) {
            for place in 0..places(rule, base).min(MOST_PLACES) {
                let mut run = Differentiator::new("", Some(rule.slip(Some(place))));
                let consequence = run.worked_out(base).filter(|_| run.made());
                if consequence.is_some_and(|c| !right.agrees(&values(self.case, &c))) {
                    single.push((rule, place));
                }
            }
        }
        let mut candidates = Vec::new();
        let (mut tried, mut steps) = (0, 0);
        'pairs: for sum in 1..2 * single.len() {
            for first in sum.saturating_sub(single.len() - 1)..sum.div_ceil(2) {
                tried += 1;
                if steps > MOST_STEPS_OF_PAIRS {
                    break 'pairs;
                }
                let ((a, at), (b, and_at)) = (&single[first], &single[sum - first]);
                let mut run = Differentiator::new("", [a.slip(Some(*at)), b.slip(Some(*and_at))]);
                let consequence = run.worked_out(base);
                steps += run.steps();
                let Some(consequence) = consequence.filter(|_| run.made()) else { continue };
                if self.target.agrees(&values(self.case, &consequence)) {
                    let rank = (form(&consequence) != self.form, false, tried);
                    let mistakes = vec![a.mistake, b.mistake];
                    candidates.push(Candidate { rank, mistakes, consequence, general: false });
                }
            }
        }
        candidates.sort_by_key(|candidate| candidate.rank);
        let mut proofs = 0;
        for candidate in candidates {
            if self.is_written(candidate.consequence, &mut proofs, MOST_PROVED_PAIRS) {
                return told(&candidate.mistakes);
            }
        }
        Vec::new()
    }

    /// Is the consequence what was written? The prover is asked once about each, and not too often.
    fn is_written(&mut self, consequence: Tree, proofs: &mut usize, most: usize) -> bool {
        if let Some((_, proved)) = self.known.iter().find(|(tree, _)| *tree == consequence) {
            return *proved;
        }
        if *proofs >= most {
            return false;
        }
        *proofs += 1;
        let proved = self.case.is_written(&consequence);
        self.known.push((consequence, proved));
        proved
    }

    /// Slips that concern a derivative as a whole: how often, and by what.
    fn of_whole_derivatives(&self, base: &Tree, candidates: &mut Vec<Candidate>) {
        for (order, mistake) in MISTAKES.iter().enumerate() {
            for rule in mistake.rules {
                let wrong = match rule {
                    Rule::Second(text) => second(base, text),
                    Rule::AlsoBy => also_by(base),
                    _ => continue,
                };
                for wrong in wrong {
                    let Some(consequence) = Differentiator::new("", None).worked_out(&wrong) else {
                        continue;
                    };
                    if self.target.agrees(&values(self.case, &consequence)) {
                        let rank = (form(&consequence) != self.form, true, order);
                        let mistakes = vec![mistake];
                        candidates.push(Candidate { rank, mistakes, consequence, general: false });
                    }
                }
            }
        }
    }
}

/// Both mistakes, or the one that was made twice.
fn told(mistakes: &[&'static Mistake]) -> Vec<Diagnosis> {
    match mistakes {
        [a, b] if a.id == b.id => {
            vec![Diagnosis { text: format!("At two places: {}", a.words).into(), ..a.diagnosis() }]
        }
        _ => mistakes.iter().map(|mistake| Diagnosis { together: true, ..mistake.diagnosis() }).collect(),
    }
}

/// At how many places a rule could be used.
fn places(rule: &Read, base: &Tree) -> usize {
    if !may_occur(rule, base) {
        return 0;
    }
    let mut count = Differentiator::new("", Some(rule.slip(Some(usize::MAX))));
    let _ = count.worked_out(base);
    count.places()
}

/// Does a rule match a part of a formula as it stands? A second derivative is taken of what does not stand there yet.
fn may_occur(rule: &Read, base: &Tree) -> bool {
    fn walk(rule: &Read, tree: &Tree, by: &str) -> bool {
        if let Kind::Derivative { body, variables, .. } = &tree.kind {
            return match variables.as_slice() {
                // What is rewritten is so before anything is differentiated.
                [Tree { kind: Kind::Name(_), .. }] if rule.rewriting => walk(rule, body, ""),
                [Tree { kind: Kind::Name(by), .. }] if !has_derivative(body) => walk(rule, body, by),
                _ => true,
            };
        }
        let mut found = !pattern::matches(&rule.from, tree, by).is_empty();
        tree.each_part(&mut |part| found = found || walk(rule, part, by));
        found
    }
    walk(rule, base, "")
}

/// The values of a formula, names looked through.
fn values(case: &Case, tree: &Tree) -> Fingerprint {
    let mut is_plain = true;
    tree.walk(&mut |part| match &part.kind {
        Kind::Name(name) => {
            is_plain &= !case.sheet.definitions.contains_key(name) && !case.sheet.values.contains_key(name);
        }
        Kind::Call { name, .. } => is_plain &= !case.sheet.functions.contains_key(name),
        _ => {}
    });
    if is_plain { Fingerprint::of(tree) } else { Fingerprint::of(&unfold::expanded(case.sheet, tree)) }
}

/// The formula with each second derivative written as `text` says, `A` being the first.
fn second(base: &Tree, text: &str) -> Vec<Tree> {
    fn walk(tree: &Tree, square: bool, made: &mut bool) -> Tree {
        if let Kind::Derivative { operator, body, variables } = &tree.kind
            && let [first, other] = variables.as_slice()
            && first == other
        {
            *made = true;
            let variables = vec![first.clone()];
            let once: Tree = Kind::Derivative { operator: *operator, body: body.clone(), variables }.into();
            return if square { power(once, Tree::number(&Rational::TWO)) } else { once };
        }
        super::super::rewrite::map_parts(tree, &mut |part| walk(part, square, made))
    }
    let mut made = false;
    let tree = walk(base, text.ends_with("^2"), &mut made);
    if made { vec![tree] } else { Vec::new() }
}

/// The formula with another name differentiated by as well, for each of the others and for all together.
fn also_by(base: &Tree) -> Vec<Tree> {
    let Kind::Derivative { operator, body, variables } = &base.kind else { return Vec::new() };
    let [variable] = variables.as_slice() else { return Vec::new() };
    let Kind::Name(own) = &variable.kind else { return Vec::new() };
    let by = |name: &str| -> Tree {
        let variables = vec![Tree::name(name)];
        Kind::Derivative { operator: *operator, body: body.clone(), variables }.into()
    };
    let others: Vec<String> = super::super::rewrite::names_of(body)
        .into_iter()
        .filter(|name| name != own && !matches!(name.as_str(), "pi" | "e" | "π"))
        .take(4)
        .collect();
    let mut made: Vec<Tree> =
        others.iter().map(|name| Kind::Sum(vec![base.clone(), by(name)]).into()).collect();
    if others.len() > 1 {
        let all = std::iter::once(base.clone()).chain(others.iter().map(|name| by(name))).collect();
        made.push(Kind::Sum(all).into());
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_can_be_read() {
        for mistake in MISTAKES.iter() {
            for rule in mistake.rules {
                if let Rule::Derivative(from, to) | Rule::Rewriting(from, to) | Rule::Copying(from, to) = rule
                {
                    assert!(pattern::read(from).is_some(), "{}: {from}", mistake.id);
                    assert!(pattern::read(to).is_some(), "{}: {to}", mistake.id);
                }
            }
        }
    }
}
