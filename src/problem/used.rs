//! Facts that an answer rests on without a trace of their use: signs and symmetries are built into what is known of a
//! variable. They are found by leaving them out, one at a time.

use super::answer::{Answer, Partial, Request};
use super::read::Problem;
use crate::print;

/// Facts are left out one at a time if there are no more than this.
const MOST_LEFT_OUT: usize = 5;
/// Larger formulas are not answered again.
const LARGEST: usize = 400;

impl Problem {
    /// Adds the facts without which a result or its conditions would be other than they are.
    pub(super) fn name_used_facts(&self, formula: &str, request: &Request, answer: &mut Answer) {
        let facts = &self.written_facts;
        if self.leaves_facts_out || facts.len() > MOST_LEFT_OUT || answer.nodes > LARGEST {
            return;
        }
        let request = Request { at: None, ..request.clone() };
        for left_out in facts {
            if answer.partials.iter().all(|partial| partial.facts.contains(left_out)) {
                continue;
            }
            let rest: Vec<String> = facts.iter().filter(|fact| *fact != left_out).cloned().collect();
            let other = Problem::with(&self.written_declarations, &rest).and_then(|mut other| {
                other.set_effort(self.effort);
                other.set_notation(self.notation);
                other.leaves_facts_out = true;
                other.answer(formula, &request)
            });
            for (at, partial) in answer.partials.iter_mut().enumerate() {
                let is_same = other.as_ref().is_ok_and(|other| {
                    other.partials.get(at).is_some_and(|without| says_the_same(partial, without))
                });
                if !is_same && !partial.facts.contains(left_out) {
                    partial.facts.push(left_out.clone());
                }
            }
        }
        for partial in &mut answer.partials {
            partial.facts.sort_by_key(|fact| facts.iter().position(|own| own == fact));
        }
    }
}

fn says_the_same(a: &Partial, b: &Partial) -> bool {
    let conditions = |partial: &Partial| {
        let mut texts: Vec<String> = partial.conditions.iter().map(print::text).collect();
        texts.sort_unstable();
        texts
    };
    a.wrt == b.wrt && print::text(&a.tree) == print::text(&b.tree) && conditions(a) == conditions(b)
}
