//! From the derivative as the rules leave it to the last line, in steps that have a name each.
//!
//! A move is one kind of rearrangement and is named after it; nothing else happens in its line. What every hand does
//! (numbers, signs, equal factors, like terms) is done as long as something is left of it. Moves that may help (taking out,
//! multiplying out, a common denominator, an identity) are tried a few deep, and those are shown that lead to what is
//! easiest to read, by [`readable::cost`]. The engine's own form comes last, if it is easier still, brings in no function
//! that nobody has written, and a law that is confirmed leads there.

mod arithmetic;
mod factors;
mod functions;
mod moves;
mod opening;
mod reach;
mod sums;

use std::collections::BTreeSet;

pub(super) use moves::{Changed, everywhere};

use super::make::{Care, holds_derivative};
use super::spelling::Spelling;
use super::{Detail, Phrase, Rule, gather, named, readable};
use crate::print;
use crate::problem::Problem;
use crate::syntax::tree::{Kind, Tree};
use moves::Move;

/// A line with the reason for it.
pub(super) type Line = (Vec<Rule>, Vec<Phrase>, Tree);

/// Moves of habit in one go.
const MOST_HABITS: usize = 16;
/// Moves that are tried one after the other before it is seen whether they help.
const DEEPEST: usize = 3;
/// Moves that are tried for one derivation.
const MOST_TRIED: usize = 120;
/// Longer lines are left as the habits leave them.
const LARGEST_TRIED: usize = 300;
/// The engine's form is taken if it is easier to read by so much.
const MARGIN: usize = 2;

/// What tidying looks at.
pub(super) struct Tidying<'p> {
    pub problem: &'p mut Problem,
    pub spelling: &'p Spelling,
    pub detail: Detail,
    /// The engine's own form.
    pub engine: &'p Tree,
    /// The functions that may stand in a line: the author's, and those that rules brought in.
    pub known: BTreeSet<String>,
    pub tried: usize,
}

impl Tidying<'_> {
    /// The lines from `raw` on; the last of them is the end of the derivation.
    pub(super) fn steps(&mut self, raw: &Tree) -> Vec<Line> {
        if holds_derivative(raw) {
            return Vec::new();
        }
        self.known.extend(named::calls(raw));
        let mut lines: Vec<Line> = Vec::new();
        if let Some(opened) = opening::definitions(self.problem, raw, self.engine) {
            lines.push(line(opened));
        }
        if let Some(open) = opening::range(last(&lines, raw), self.engine) {
            lines.push(line(open));
        }
        let habits = self.habits(last(&lines, raw));
        lines.extend(habits);
        for _ in 0..MOST_HABITS {
            let Some((_, path)) = self.best(&last(&lines, raw).clone(), DEEPEST) else { break };
            lines.extend(path);
        }
        let end = last(&lines, raw).clone();
        if let Some(step) = self.engines_form(&end) {
            lines.push(line(step));
        }
        lines
    }

    /// What is done without looking ahead, as long as there is something left of it.
    fn habits(&mut self, start: &Tree) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        // as the rules leave a line in full, it is not tidied in passing
        let mut care = if self.detail == Detail::Full { Care::Literal } else { Care::Tidy };
        for _ in 0..MOST_HABITS {
            let current = last(&lines, start).clone();
            let basic = arithmetic::numbers(&current, care)
                .or_else(|| arithmetic::ones_and_zeros(&current, care))
                .or_else(|| arithmetic::signs(&current, care));
            if basic.is_none() {
                care = Care::Tidy;
            }
            let next = basic
                .or_else(|| functions::values(self.problem, &current))
                .or_else(|| functions::by_facts(self.problem, &current, self.engine))
                .or_else(|| functions::parity(self.problem, &current))
                .or_else(|| factors::negative_exponents(&current))
                .or_else(|| factors::one_fraction(&current))
                .or_else(|| factors::equal_factors(&current))
                .or_else(|| sums::like_terms(&current))
                .or_else(|| arithmetic::brackets(&current));
            let Some(next) = next.map(|next| self.spelled(next)) else { break };
            if next.tree == current {
                break;
            }
            lines.push(line(next));
        }
        lines
    }

    /// The moves, with the habits after them, that lead to the line that is easiest to read.
    fn best(&mut self, start: &Tree, depth: usize) -> Option<(usize, Vec<Line>)> {
        let cost = readable::cost(start);
        let mut best: Option<(usize, Vec<Line>)> = None;
        if print::nodes(start) > LARGEST_TRIED {
            return None;
        }
        let sizes = (print::nodes(start), calls(start));
        for (needs, next) in self.openings(start) {
            if self.tried >= MOST_TRIED {
                break;
            }
            self.tried += 1;
            let next = self.spelled(next);
            if next.tree == *start
                || gather::sorted(&next.tree) == gather::sorted(start) && {
                    readable::cost(&next.tree) >= cost
                }
            {
                continue;
            }
            let mut lines = vec![line(next)];
            let habits = self.habits(last(&lines, start));
            lines.extend(habits);
            let mut reached = readable::cost(last(&lines, start));
            if depth > 1
                && let Some((further, path)) = self.best(&last(&lines, start).clone(), depth - 1)
            {
                lines.extend(path);
                reached = further;
            }
            let end = last(&lines, start);
            let is_worth = match needs {
                Needs::Nothing => true,
                Needs::FewerSigns => print::nodes(end) < sizes.0,
                Needs::FewerCalls => calls(end) < sizes.1,
            };
            let is_better =
                |(known, path): &(usize, Vec<Line>)| (reached, lines.len()) < (*known, path.len());
            if is_worth && reached < cost && best.as_ref().is_none_or(is_better) {
                best = Some((reached, lines));
            }
        }
        best
    }

    /// Moves that may help.
    fn openings(&mut self, line: &Tree) -> Vec<(Needs, Move)> {
        let mut all: Vec<(Needs, Move)> = Vec::new();
        let plain = [sums::take_out(line, false), sums::take_out(line, true), sums::multiply_in(line)];
        all.extend(plain.into_iter().flatten().map(|made| (Needs::Nothing, made)));
        let larger = [sums::multiply_out(line), sums::common_denominator(line)];
        all.extend(larger.into_iter().flatten().map(|made| (Needs::FewerSigns, made)));
        let cost = readable::cost(line);
        let plain = self.spelling.plain(line);
        let identities = functions::identities(&plain, &self.known);
        let is_shorter = |made: &Move| readable::cost(&self.spelling.applied(&made.tree)) < cost;
        all.extend(identities.into_iter().filter(is_shorter).map(|made| (Needs::FewerCalls, made)));
        all
    }

    /// The engine's form, if it is worth a line and a law leads there.
    fn engines_form(&mut self, end: &Tree) -> Option<Move> {
        let is_safe = named::calls(self.engine).is_subset(&self.known);
        if !is_safe
            || matches!(end.kind, Kind::Cases(_))
            || readable::cost(self.engine) + MARGIN > readable::cost(end)
            || gather::sorted(end) == gather::sorted(self.engine)
        {
            return None;
        }
        reach::step(self.problem, end, self.engine)
    }

    fn spelled(&self, made: Move) -> Move {
        let because = made
            .because
            .into_iter()
            .map(|phrase| match phrase {
                Phrase::Formula(tree) => Phrase::Formula(self.spelling.applied(&tree)),
                other => other,
            })
            .collect();
        Move { tree: self.spelling.applied(&made.tree), because, rule: made.rule }
    }
}

/// The engine's form without signs that cancel.
pub(super) fn with_signs_in_front(tree: &Tree) -> Tree {
    arithmetic::signs(tree, Care::Tidy).map_or_else(|| tree.clone(), |made| made.tree)
}

/// What must have come of a move for it to be shown.
#[derive(Clone, Copy)]
enum Needs {
    Nothing,
    /// The line has fewer operators, names and numbers.
    FewerSigns,
    /// The line has fewer calls of functions.
    FewerCalls,
}

/// Calls of functions in a tree.
fn calls(tree: &Tree) -> usize {
    let mut count = 0;
    tree.walk(&mut |part| count += usize::from(matches!(part.kind, Kind::Call { .. })));
    count
}

fn line(made: Move) -> Line {
    (vec![made.rule], made.because, made.tree)
}

fn last<'a>(lines: &'a [Line], start: &'a Tree) -> &'a Tree {
    lines.last().map_or(start, |(_, _, tree)| tree)
}
