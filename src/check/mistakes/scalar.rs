//! The search for slips in the scalar calculus: every rule at every place, one slip first and two together if none explains the
//! line. Numbers sort out, the prover decides, and the way the line is written orders what is left.

use std::borrow::Cow;

use super::differentiate::{Differentiator, power};
use super::fingerprint::Fingerprint;
use super::form::form;
use super::known::{FAMILIES, KNOWN, Known, Use, WITHOUT_INNER};
use super::pattern::{self, Parts};
use super::table::{MISTAKES, Mistake, Rule};
use super::{Case, Diagnosis};
use crate::check::decide::unfold;
use crate::check::rewrite::has_derivative;
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

impl Step {
    fn uses(self, rule: &Known) -> bool {
        match self {
            Step::Taken => rule.used != Use::Copying,
            Step::Rewritten => rule.used == Use::Rewriting,
            Step::Copied => rule.used == Use::Copying,
        }
    }
}

/// A consequence that has the values of the line; smaller ranks are believed first: what needs nothing else to fail, what is
/// written alike, what happened at one place, what stands first in the table.
struct Candidate {
    rank: (bool, bool, bool, usize),
    told: Vec<Diagnosis>,
    consequence: Tree,
    /// The number of the rule.
    rule: Option<usize>,
    seldom: bool,
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
        let target = Fingerprint::of(&plain(case, &written));
        (!target.is_empty()).then(|| Search { case, target, form: form(&written), known: Vec::new() })
    }

    /// One slip on the way from the base to the line; or one that is told together with a missing inner derivative.
    pub fn one_slip(&mut self, base: &Tree, step: Step) -> Vec<Diagnosis> {
        let Some(right) = Differentiator::new("", None).worked_out(base) else { return Vec::new() };
        let base = if step == Step::Taken { base } else { &right };
        let rules = KNOWN.iter().enumerate().filter(|(_, rule)| step.uses(rule));
        let mut candidates = self.at_each_place(base, &right, rules, None);
        if step == Step::Taken {
            self.of_whole_derivatives(base, &mut candidates);
            self.of_families(base, &mut candidates);
        }
        let found = self.proved(candidates);
        if !found.is_empty() || step != Step::Taken {
            return found;
        }
        let Some((inner, rules)) = &*WITHOUT_INNER else { return found };
        let mut candidates = self.at_each_place(base, &right, rules.iter().enumerate(), Some(inner));
        candidates.sort_by_key(|candidate| candidate.rank);
        let mut proofs = 0;
        for candidate in candidates {
            if self.is_written(candidate.consequence, &mut proofs, MOST_PROOFS) {
                return candidate.told.into_iter().map(|told| Diagnosis { together: true, ..told }).collect();
            }
        }
        found
    }

    /// Rules at one place after the other, then everywhere at once; `inner` is what happened as well.
    fn at_each_place<'r>(
        &self,
        base: &Tree,
        right: &Tree,
        rules: impl Iterator<Item = (usize, &'r Known)>,
        inner: Option<&'static Mistake>,
    ) -> Vec<Candidate> {
        let parts = Parts::of(base);
        let mut candidates = Vec::new();
        for (order, rule) in rules {
            if !parts.hold(&rule.parts) {
                continue;
            }
            let places = places(rule, base).min(MOST_PLACES);
            let everywhere = (places > 1).then_some(None);
            for place in (0..places).map(Some).chain(everywhere) {
                let mut run = Differentiator::new("", Some(rule.slip(place)));
                let consequence = run.worked_out(base);
                let Some(consequence) = consequence.filter(|_| run.made()) else { continue };
                if consequence != *right && self.agrees(&consequence) {
                    let seldom = rule.mistake.seldom;
                    let rank = (seldom, form(&consequence) != self.form, place.is_none(), order);
                    let made = run.bindings(0);
                    let mut told = vec![rule.diagnosis(made, self.case.sheet)];
                    if let Some(inner) = inner {
                        let made = made.map(|(bindings, by)| (bindings.and_as("u", "h"), by.clone()));
                        told.push(pattern::diagnosis(inner, inner.words, made.as_ref(), self.case.sheet));
                    }
                    candidates.push(Candidate { rank, told, consequence, rule: Some(order), seldom });
                }
            }
        }
        candidates
    }

    /// Those whose consequence is the line, each mistake once.
    fn proved(&mut self, mut candidates: Vec<Candidate>) -> Vec<Diagnosis> {
        candidates.sort_by_key(|candidate| candidate.rank);
        let all: Vec<(Option<usize>, Tree)> =
            candidates.iter().map(|one| (one.rule, one.consequence.clone())).collect();
        let covered = |rule: Option<usize>, consequence: &Tree| {
            rule.is_some_and(|rule| {
                all.iter().any(|(other, same)| {
                    other.is_some_and(|other| KNOWN[other].covers.contains(&rule)) && same == consequence
                })
            })
        };
        let mut found: Vec<Diagnosis> = Vec::new();
        let mut proofs = 0;
        for candidate in candidates {
            let Candidate { told, consequence, rule, seldom, .. } = candidate;
            let Some(diagnosis) = told.into_iter().next() else { continue };
            if seldom && !found.is_empty() && found.iter().all(|known| !is_seldom(known)) {
                continue;
            }
            let covered = covered(rule, &consequence);
            if found.iter().all(|known| known.id != diagnosis.id)
                && self.is_written(consequence, &mut proofs, MOST_PROOFS)
            {
                found.push(Diagnosis { covered, ..diagnosis });
            }
        }
        found
    }

    /// Two slips on the way from the base to the line.
    pub fn two_slips(&mut self, base: &Tree) -> Vec<Diagnosis> {
        let Some(right) = Differentiator::new("", None).worked_out(base) else { return Vec::new() };
        if self.agrees(&right) {
            return Vec::new();
        }
        let right = Fingerprint::of(&plain(self.case, &right));
        // What changes nothing by itself is no slip.
        let mut single: Vec<(&Known, usize)> = Vec::new();
        let parts = Parts::of(base);
        for rule in KNOWN.iter().filter(|rule| Step::Taken.uses(rule) && parts.hold(&rule.parts)) {
            for place in 0..places(rule, base).min(MOST_PLACES) {
                let mut run = Differentiator::new("", Some(rule.slip(Some(place))));
                let consequence = run.worked_out(base).filter(|_| run.made());
                if consequence.is_some_and(|c| !right.is_of(&plain(self.case, &c))) {
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
                // Terms that come and go explain anything.
                if a.is_slight && b.is_slight && a.mistake.id != b.mistake.id {
                    continue;
                }
                let mut run = Differentiator::new("", [a.slip(Some(*at)), b.slip(Some(*and_at))]);
                let consequence = run.worked_out(base);
                steps += run.steps();
                let Some(consequence) = consequence.filter(|_| run.made()) else { continue };
                if self.agrees(&consequence) {
                    let rank = (false, form(&consequence) != self.form, false, tried);
                    let told = vec![
                        a.diagnosis(run.bindings(0), self.case.sheet),
                        b.diagnosis(run.bindings(1), self.case.sheet),
                    ];
                    candidates.push(Candidate { rank, told, consequence, rule: None, seldom: false });
                }
            }
        }
        candidates.sort_by_key(|candidate| candidate.rank);
        let mut proofs = 0;
        for candidate in candidates {
            if self.is_written(candidate.consequence, &mut proofs, MOST_PROVED_PAIRS) {
                return both(candidate.told);
            }
        }
        Vec::new()
    }

    /// Has a formula the values of the line?
    pub fn agrees(&self, tree: &Tree) -> bool {
        self.target.is_of(&plain(self.case, tree))
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
        for mistake in MISTAKES.iter() {
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
                    self.consider(mistake.diagnosis(), consequence, candidates);
                }
            }
        }
    }

    /// Slips that were made wherever they could be.
    fn of_families(&self, base: &Tree, candidates: &mut Vec<Candidate>) {
        for family in FAMILIES.iter() {
            let mut run = Differentiator::new("", family.iter().map(|rule| rule.slip(None)));
            let consequence = run.worked_out(base);
            if let (Some(consequence), Some(rule)) = (consequence.filter(|_| run.made_any()), family.first())
            {
                self.consider(rule.diagnosis(None, self.case.sheet), consequence, candidates);
            }
        }
    }

    fn consider(&self, told: Diagnosis, consequence: Tree, candidates: &mut Vec<Candidate>) {
        if self.agrees(&consequence) {
            let rank = (false, form(&consequence) != self.form, true, KNOWN.len());
            candidates.push(Candidate { rank, told: vec![told], consequence, rule: None, seldom: false });
        }
    }
}

fn is_seldom(diagnosis: &Diagnosis) -> bool {
    MISTAKES.iter().any(|mistake| mistake.id == diagnosis.id && mistake.seldom)
}

/// Both mistakes, or the one that was made twice.
fn both(told: Vec<Diagnosis>) -> Vec<Diagnosis> {
    match told.as_slice() {
        [a, b] if a.id == b.id => {
            let words = if a.text == b.text { a.text.to_string() } else { format!("{} {}", a.text, b.text) };
            vec![Diagnosis { text: format!("At two places: {words}").into(), ..a.clone() }]
        }
        _ => told.into_iter().map(|told| Diagnosis { together: true, ..told }).collect(),
    }
}

/// At how many places a rule could be used.
fn places(rule: &Known, base: &Tree) -> usize {
    if !may_occur(rule, base) {
        return 0;
    }
    let mut count = Differentiator::new("", Some(rule.slip(Some(usize::MAX))));
    let _ = count.worked_out(base);
    count.places()
}

/// Does a rule match a part of a formula as it stands? A second derivative is taken of what does not stand there yet.
fn may_occur(rule: &Known, base: &Tree) -> bool {
    fn walk(rule: &Known, tree: &Tree, by: &str) -> bool {
        if let Kind::Derivative { body, variables, .. } = &tree.kind {
            return match variables.as_slice() {
                // What is rewritten is so before anything is differentiated.
                [Tree { kind: Kind::Name(_), .. }] if rule.slip(None).rewriting => walk(rule, body, ""),
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

/// A formula in terms of variables alone.
fn plain<'t>(case: &Case, tree: &'t Tree) -> Cow<'t, Tree> {
    let mut is_plain = true;
    tree.walk(&mut |part| match &part.kind {
        Kind::Name(name) => {
            is_plain &= !case.sheet.definitions.contains_key(name) && !case.sheet.values.contains_key(name);
        }
        Kind::Call { name, .. } => is_plain &= !case.sheet.functions.contains_key(name),
        _ => {}
    });
    if is_plain { Cow::Borrowed(tree) } else { Cow::Owned(unfold::expanded(case.sheet, tree)) }
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
        crate::check::rewrite::map_parts(tree, &mut |part| walk(part, square, made))
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
    let others: Vec<String> = crate::check::rewrite::names_of(body)
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
