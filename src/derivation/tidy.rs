//! From the derivative as the rules leave it to the engine's result, in steps that have a name each.

use super::gather::{self, Done};
use super::{Phrase, Rule};
use crate::problem::Problem;
use crate::syntax::tree::Tree;

/// The lines from `raw` to `result`; the last one is the result. Empty if they are the same.
pub(super) fn steps(
    _problem: &mut Problem,
    raw: &Tree,
    result: &Tree,
) -> Vec<(Vec<Rule>, Vec<Phrase>, Tree)> {
    let mut lines: Vec<(String, Tree)> = Vec::new();
    let goal = gather::sorted(result);
    let mut line = raw.clone();
    if line == *result {
        return Vec::new();
    }
    let is_there = |line: &Tree| gather::sorted(line) == goal;
    if !is_there(&line) || true {
        let mut done = Done::default();
        let next = gather::factors(&line, &mut done);
        if next != line && (done.gathered || done.cancelled) {
            let words = match (done.gathered, done.cancelled) {
                (_, true) => "cancel equal factors",
                _ => "gather equal factors",
            };
            lines.push((words.to_owned(), next.clone()));
            line = next;
        } else if next != line {
            line = next;
        }
        let mut done = Done::default();
        let next = gather::terms(&line, &mut done);
        if done.collected {
            lines.push(("collect like terms".to_owned(), next.clone()));
            line = next;
        }
    }
    if is_there(&line) {
        match lines.last_mut() {
            Some(last) => last.1 = result.clone(),
            None => lines.push(("rearrange".to_owned(), result.clone())),
        }
    } else {
        lines.push(("simplify".to_owned(), result.clone()));
    }
    lines.into_iter().map(|(words, tree)| (vec![Rule::Algebra(words)], Vec::new(), tree)).collect()
}
