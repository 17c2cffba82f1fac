//! Numbers as they were written on the way: who goes on with 0.67 for 2/3 gets 2.01 for three times that, rightly.
//!
//! This file remembers what was written for a name; `number` says what digits stand for.

use super::lines::{Chain, Checker, Standing};
use crate::check::Verdict;
use crate::check::decide::number::{self, Judgement, Manner, Written};
use crate::check::document::claim::Side;
use crate::check::rewrite::{names_of, substitute};
use crate::syntax::tree::Tree;

impl Checker<'_> {
    /// A new statement says something of a name, or of nothing that has one.
    pub(super) fn speak_of(&mut self, first: &Side) {
        let own = self.text.get(first.span.start..first.span.end).unwrap_or("").trim();
        let is_name = own.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '\\' | '{' | '}' | '\''));
        self.subject =
            (is_name && !own.is_empty()).then(|| crate::syntax::letter_of(own.trim_start_matches('\\')));
    }

    /// Remembers the number that was written for the name at hand.
    pub(super) fn remember_number(&mut self, tree: &Tree, side: &Side, verdict: Verdict) {
        let is_taken = matches!(verdict, Verdict::Right | Verdict::Rounding | Verdict::RightIf);
        let written = Written { tree, text: self.text, span: side.span };
        if is_taken
            && self.is_number(tree)
            && written.has_decimals()
            && let Some(name) = self.subject.clone()
        {
            self.written_numbers.insert(name, tree.clone());
        }
    }

    /// Is a number right for the numbers that were written before it: those of the names in it, or the side before it?
    pub(super) fn is_right_as_written(
        &self,
        chain: &Chain,
        head: &Tree,
        written: Written,
        manner: Manner,
    ) -> bool {
        let is_right = |tree: &Tree| {
            matches!(number::judge(&self.sheet, tree, written, manner), Judgement::Right | Judgement::Held(_))
        };
        let before = chain.before.as_ref().filter(|_| chain.standing == Standing::Sound);
        let before = before.map(|before| &before.tree);
        let is_of_numbers = |tree: &&Tree| self.is_number(tree) || self.sheet.is_numeric(tree);
        if before.filter(is_of_numbers).is_some_and(|before| before != head && is_right(before)) {
            return true;
        }
        [Some(head), before].into_iter().flatten().any(|tree| {
            let names = names_of(tree);
            names.iter().any(|name| self.written_numbers.contains_key(name))
                && is_right(&substitute(tree, &|name| self.written_numbers.get(name).cloned()))
        })
    }
}
