//! Logarithms as the author writes them: ln, or to a base.

use super::make::as_number;
use crate::function;
use crate::print;
use crate::syntax::tree::{Kind, Tree};

/// How logarithms are written.
#[derive(Clone, Debug, Default)]
pub(super) struct Logarithms {
    is_natural: bool,
    /// The bases that stand below: `log_3`.
    bases: Vec<String>,
}

const NATURAL: &str = "ln";

impl Logarithms {
    /// As they are written in a formula.
    pub(super) fn of(input: &str) -> Self {
        let own = function::row(function::LOG).name;
        let mut bases: Vec<String> = Vec::new();
        for (at, _) in input.match_indices(&format!("{own}_")) {
            let rest = input[at + own.len() + 1..].trim_start_matches('{');
            let base: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
            if !base.is_empty() && !bases.contains(&base) {
                bases.push(base);
            }
        }
        Logarithms { is_natural: has_word(input, NATURAL) && !has_word(input, own), bases }
    }

    pub(super) fn is_natural(&self) -> bool {
        self.is_natural
    }

    /// The base and the argument of a quotient of logarithms that was written as one logarithm.
    pub(super) fn to_base<'a, 'b>(&'a self, tree: &'b Tree) -> Option<(&'a str, &'b Tree)> {
        let Kind::Quotient(above, below) = &tree.kind else { return None };
        let base = argument(below)?;
        let is_atom = matches!(base.kind, Kind::Name(_)) || as_number(base).is_some();
        let written = is_atom.then(|| print::text(base))?;
        let own = self.bases.iter().find(|own| **own == written)?;
        Some((own, argument(above)?))
    }

    /// A formula with the author's word for the natural logarithm.
    pub(super) fn spelled(&self, written: &str, is_latex: bool) -> String {
        if !self.is_natural {
            return written.to_owned();
        }
        let own = function::row(function::LOG).name;
        let mut out = String::with_capacity(written.len());
        let mut rest = written;
        while let Some(at) = rest.find(own) {
            let (before, from) = rest.split_at(at);
            let after = &from[own.len()..];
            let is_end =
                |c: char| if is_latex { c != '_' && !c.is_alphabetic() } else { c == '(' || c == '\'' };
            let is_start = match before.chars().last().or_else(|| out.chars().last()) {
                Some('\\') => is_latex,
                Some(c) => !is_latex && !c.is_alphanumeric() && c != '_',
                None => !is_latex,
            };
            out.push_str(before);
            out.push_str(if is_start && after.chars().next().is_some_and(is_end) { NATURAL } else { own });
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// The argument of a logarithm.
fn argument(tree: &Tree) -> Option<&Tree> {
    let Kind::Call { name, primes: 0, arguments } = &tree.kind else { return None };
    match arguments.as_slice() {
        [argument] if function::lookup(name) == Some(function::LOG) => Some(argument),
        _ => None,
    }
}

/// Is the word there, with no letter beside it?
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().last();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}
