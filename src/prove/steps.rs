//! The steps of a certificate: from the left side over formulas that a reader would write down to the right side, each
//! step confirmed by the independent checker.

use super::record::Claimed;
use crate::certificate::{Certificate, Justification, Step, verify};
use crate::function;
use crate::print;
use crate::problem::Problem;
use crate::syntax::tree::{Kind, Tree};

/// Identities that are tried where algebra does not show a step.
const MOST_IDENTITIES: usize = 16;

/// Written-out derivatives with more parts are no help to a reader.
const LARGEST_MIDDLE: usize = 150;

/// A certificate that the checker accepts; `None` if none of those tried is.
///
/// The first try writes out the derivatives of both sides, the second goes straight from side to side, and the last goes by
/// the simplified forms of both.
pub(super) fn certificate(claimed: &Claimed, conditions: &[Tree], facts: &[String]) -> Option<Certificate> {
    let base = claimed.statement(conditions);
    let mut maker = Maker { claimed, used: claimed.places(facts), base };
    let (left, right) = (&claimed.left, &claimed.right);
    let ends = [left, right].map(|side| sorted(side, claimed.declarations.is_empty()));
    let is_new = |tree: &Tree| !ends.contains(&sorted(tree, claimed.declarations.is_empty()));
    let derived: Vec<Option<Tree>> =
        [left, right].map(|side| maker.differentiated(side).filter(is_new)).into();
    let plan = |middle: &[&Option<Tree>]| {
        let ends = [left.clone()].into_iter();
        let middle = middle.iter().filter_map(|tree| (*tree).clone());
        ends.chain(middle).chain([right.clone()]).collect::<Vec<Tree>>()
    };
    let mut plans = vec![plan(&[&derived[0], &derived[1]]), plan(&[])];
    plans.dedup();
    for plan in plans {
        match maker.confirmed(&plan) {
            Tried::Accepted(certificate) => return Some(certificate),
            Tried::Rejected => {}
            Tried::Hopeless => return None,
        }
    }
    let simple: Vec<Option<Tree>> = [left, right].map(|side| maker.simplified(side)).into();
    match maker.confirmed(&plan(&[&derived[0], &simple[0], &simple[1], &derived[1]])) {
        Tried::Accepted(certificate) => Some(certificate),
        _ => match maker.confirmed(&plan(&[&simple[0], &simple[1]])) {
            Tried::Accepted(certificate) => Some(certificate),
            _ => None,
        },
    }
}

enum Tried {
    Accepted(Certificate),
    Rejected,
    /// Not by other steps either.
    Hopeless,
}

struct Maker<'c> {
    claimed: &'c Claimed,
    /// The places of the facts that the proof used.
    used: Vec<usize>,
    base: Certificate,
}

impl Maker<'_> {
    /// The formula with its derivatives carried out; `None` if there are none.
    fn differentiated(&mut self, tree: &Tree) -> Option<Tree> {
        if !holds_derivative(tree) {
            return None;
        }
        let mut problem = self.problem()?;
        let lowered = problem.environment.lower(tree).ok()?;
        let shown = problem.shown(lowered.node, lowered.layout).tree;
        (print::nodes(&shown) <= LARGEST_MIDDLE).then_some(shown)
    }

    fn simplified(&mut self, tree: &Tree) -> Option<Tree> {
        let mut problem = self.problem()?;
        let lowered = problem.environment.lower(tree).ok()?;
        Some(problem.show(lowered.node, lowered.layout).tree)
    }

    fn problem(&self) -> Option<Problem> {
        Problem::with(&self.claimed.declarations, &self.claimed.given).ok()
    }

    /// The chain of these formulas with reasons that the checker accepts.
    fn confirmed(&self, formulas: &[Tree]) -> Tried {
        let mut certificate = self.base.clone();
        let mut reasons: Vec<Vec<Justification>> = Vec::new();
        let mut before = &formulas[0];
        for (at, after) in formulas.iter().enumerate().skip(1) {
            let is_last = at + 1 == formulas.len();
            let text = if is_last { certificate.right.clone() } else { print::text(after) };
            let last = certificate.steps.last().map_or(&certificate.left, |step| &step.after);
            // What is written alike needs no step of its own.
            if *last == text && !(is_last && certificate.steps.is_empty()) {
                before = after;
                continue;
            }
            let mut open = self.reasons(before, after);
            open.reverse();
            let Some(because) = open.pop() else { return Tried::Rejected };
            certificate.steps.push(Step { after: text, because });
            reasons.push(open);
            before = after;
        }
        loop {
            let Err(rejection) = verify(&certificate) else { return Tried::Accepted(certificate) };
            let Some(at) = rejection.step else { return Tried::Hopeless };
            if rejection.reason.contains("too large") {
                return Tried::Rejected;
            }
            let Some(because) = reasons.get_mut(at).and_then(Vec::pop) else { return Tried::Rejected };
            certificate.steps[at].because = because;
        }
    }

    /// Why one formula may equal the other: the likeliest first.
    fn reasons(&self, before: &Tree, after: &Tree) -> Vec<Justification> {
        let calls = [before, after].map(called);
        let [a, b] = &calls;
        // What stands on one side only.
        let own = a.iter().filter(|name| !b.contains(name)).chain(b.iter().filter(|name| !a.contains(name)));
        let own: Vec<&String> = own.collect();
        let only_one = |is: &dyn Fn(&str) -> bool| own.iter().any(|name| is(name));
        let is_declared = |name: &str| {
            let is_own = |text: &String| {
                text.split_once('=').is_some_and(|(head, _)| head.trim().split('(').next() == Some(name))
            };
            self.claimed.declarations.iter().any(is_own)
        };
        // By other functions, that is; roots are powers.
        let is_defined = |name: &str| {
            let canonical = function::lookup(name).and_then(|id| function::row(id).canonical);
            canonical.is_some_and(|text| text.split(|c: char| !c.is_alphabetic()).any(|word| word.len() > 1))
        };
        let mut all = vec![if holds_derivative(before) != holds_derivative(after) {
            Justification::Differentiate
        } else if only_one(&is_declared) {
            Justification::Declaration
        } else if only_one(&is_defined) {
            Justification::Definition
        } else {
            Justification::Algebra
        }];
        let every: Vec<usize> = (0..self.base.facts.len()).collect();
        for used in [self.used.clone(), every] {
            let facts = Justification::Facts { used };
            if !self.base.facts.is_empty() && !all.contains(&facts) {
                all.push(facts);
            }
        }
        let speaks_of = |text: &str| calls.iter().flatten().any(|name| text.contains(&format!("{name}(")));
        all.extend(
            function::IDENTITIES
                .iter()
                .filter(|identity| speaks_of(identity.left))
                .take(MOST_IDENTITIES)
                .map(|identity| Justification::Identity { name: identity.name.to_owned() }),
        );
        all
    }
}

/// The formula with the terms of each sum, and the factors of products of scalars, in the order of their texts.
fn sorted(tree: &Tree, is_scalar: bool) -> Tree {
    let tree = tree.with_parts(&mut |part| sorted(part, is_scalar));
    let in_order = |mut parts: Vec<Tree>| {
        parts.sort_by_cached_key(print::text);
        parts
    };
    match tree.kind {
        Kind::Sum(terms) => Kind::Sum(in_order(terms)).into(),
        Kind::Product(factors) if is_scalar => Kind::Product(in_order(factors)).into(),
        kind => kind.into(),
    }
}

fn holds_derivative(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        found |= matches!(part.kind, Kind::Derivative { .. } | Kind::Call { primes: 1.., .. });
    });
    found
}

/// The names of functions and variables in a formula.
fn called(tree: &Tree) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    tree.walk(&mut |part| {
        if let Kind::Call { name, .. } | Kind::Name(name) = &part.kind
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    });
    names
}
