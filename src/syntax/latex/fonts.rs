//! Typefaces as they were switched before LaTeX 2e, and the upright d of a differential: `{\rm d}` is set as `\mathrm{d}`, and
//! `\mathrm{dx}` as `\mathrm{d}x`. What is the same ink has the same meaning, so the words are brought into one form before
//! they are read.

use std::borrow::Cow;

use super::super::Names;
use super::alphabet::{accent, is_typeface};
use super::words::{Fence, Token, Word};
use crate::span::Span;

/// The command with an argument that sets what a switch sets.
fn command_of_switch(switch: &str) -> Option<&'static str> {
    Some(match switch {
        "rm" => "mathrm",
        "bf" => "mathbf",
        "it" | "sl" | "em" | "mit" => "mathit",
        "sf" => "mathsf",
        "tt" => "mathtt",
        "cal" => "mathcal",
        "frak" => "mathfrak",
        "Bbb" => "mathbb",
        _ => return None,
    })
}

/// Writes switches as commands with an argument, takes braces off brackets, and cuts `\mathrm{dx}` in two. `partners` are those of
/// the words; they have to be found anew if something changed.
pub(super) fn in_one_form<'a>(
    words: Vec<Token<'a>>,
    partners: &[usize],
    names: &Names,
) -> (Vec<Token<'a>>, bool) {
    let switches = |t: &Token<'_>| {
        t.word == Word::Command && (command_of_switch(&t.text).is_some() || t.text == "mathrm")
    };
    let places = Places { words: &words, partners, openings: openings(partners) };
    let is_braced_bracket = |at: usize| places.is_braced_bracket(at);
    if !words.iter().any(switches) && !(0..words.len()).any(is_braced_bracket) {
        return (words, false);
    }
    let mut result: Vec<Token<'a>> = Vec::with_capacity(words.len() + 8);
    let mut is_changed = false;
    // Behind which word so many closing braces are written, or none of those that stand there.
    let mut added: Vec<usize> = vec![0; words.len()];
    let mut dropped: Vec<bool> = vec![false; words.len()];
    let mut at = 0;
    while at < words.len() {
        let token = words[at].clone();
        let place = at;
        at += 1;
        if dropped[place] {
            continue;
        }
        let next = words.get(at);
        let switch = next.filter(|t| t.word == Word::Command).and_then(|t| command_of_switch(&t.text));
        if token.word == Word::OpenCurly
            && let (Some(command), Some(inner)) = (switch, next)
            && partners[place] > at + 1
        {
            let close = partners[place];
            if places.is_argument(place) {
                result.push(token.clone());
                added[close] += 1;
            }
            let span = token.span.join(inner.span);
            result.push(made(Word::Command, span, token.spaced, command));
            result.push(made(Word::OpenCurly, Span::new(span.end, span.end), false, "{"));
            is_changed = true;
            at += 1;
            continue;
        }
        if token.word == Word::Command
            && let Some(command) = command_of_switch(&token.text)
        {
            result.push(Token { text: Cow::Borrowed(command), ..token });
            is_changed = true;
            continue;
        }
        if is_braced_bracket(place) {
            dropped[partners[place]] = true;
            is_changed = true;
            continue;
        }
        let is_closing = token.word == Word::CloseCurly;
        let closing = made(Word::CloseCurly, token.span, false, "}");
        result.push(token);
        if is_closing {
            result.extend(std::iter::repeat_n(closing, added[place]));
        }
    }
    let is_cut = cut_differentials(&mut result, names);
    (result, is_changed || is_cut)
}

fn made<'a>(word: Word, span: Span, spaced: bool, text: &'static str) -> Token<'a> {
    Token { word, span, spaced, sized: false, text: Cow::Borrowed(text) }
}

/// For each closing word the place of the one that opened it.
fn openings(partners: &[usize]) -> Vec<usize> {
    let mut openings = vec![0; partners.len()];
    for (open, close) in partners.iter().enumerate().filter(|(open, close)| **close > *open) {
        openings[*close] = open;
    }
    openings
}

/// The words of a statement with what belongs together.
struct Places<'w, 'a> {
    words: &'w [Token<'a>],
    partners: &'w [usize],
    openings: Vec<usize>,
}

impl Places<'_, '_> {
    /// `{( … )}` where the braces group nothing: `\sigma{(x)}`.
    fn is_braced_bracket(&self, at: usize) -> bool {
        self.words[at].word == Word::OpenCurly
            && self.words.get(at + 1).is_some_and(|t| t.word == Word::Open(Fence::Round))
            && self.partners[at + 1] + 1 == self.partners[at]
            && at > 0
            && !self.is_argument(at)
    }

    /// Whether the braces belong to a command or a script before them.
    fn is_argument(&self, open: usize) -> bool {
        let is_root =
            |t: &Token<'_>| t.is_command("sqrt") || is_typeface(&t.text) || accent(&t.text).is_some();
        let Some(before) = open.checked_sub(1) else { return false };
        let token = &self.words[before];
        let opened = || self.openings[before].checked_sub(1).map(|at| &self.words[at]);
        match token.word {
            Word::Caret | Word::Under | Word::Begin => true,
            Word::Command => is_fraction(token) || is_root(token),
            // behind the first argument of a fraction, or the order of a root
            Word::CloseCurly => opened().is_some_and(is_fraction),
            Word::Close(Fence::Square) => opened().is_some_and(|t| t.is_command("sqrt")),
            _ => false,
        }
    }
}

fn is_fraction(token: &Token<'_>) -> bool {
    ["frac", "dfrac", "tfrac", "cfrac"].iter().any(|name| token.is_command(name))
}

/// `\mathrm{dx}` above or below a stroke as `\mathrm{d}x`, unless it is the name of something.
fn cut_differentials(words: &mut [Token<'_>], names: &Names) -> bool {
    let mut is_cut = false;
    for at in 2..words.len().saturating_sub(4) {
        let begins_argument = words[at - 1].word == Word::OpenCurly
            && (is_fraction(&words[at - 2]) || words[at - 2].word == Word::CloseCurly);
        let [command, open, sign, variable, close] = &words[at..at + 5] else { continue };
        let is_differential = begins_argument
            && command.is_command("mathrm")
            && open.word == Word::OpenCurly
            && sign.word == Word::Letter
            && sign.text == "d"
            && variable.word == Word::Letter
            && close.word == Word::CloseCurly
            && !names.has(&format!("d{}", variable.text));
        if is_differential {
            words.swap(at + 3, at + 4);
            is_cut = true;
        }
    }
    is_cut
}
