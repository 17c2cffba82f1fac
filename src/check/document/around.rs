//! Formulas between marks and the words around them: which sentence a formula belongs to, and what its words make of it.
//!
//! This file knows where sentences end; `prose` knows how they go on.

use super::prose::{Reader, is_related, words};
use super::words::asks_behind;
use super::{Formula, Notation, Role};

/// Gives the formulas between marks the roles that the words of their sentences make of them. A display that follows a demand
/// without an equation in it is what is to be made true.
pub(super) fn settle(text: &str, body: usize, formulas: &mut [Formula]) {
    let mut reader = Reader::default();
    let mut demanded = false;
    let mut end = body;
    let mut sentence: Vec<usize> = Vec::new();
    for at in 0..formulas.len() {
        let Formula { span, notation, inline, .. } = formulas[at];
        let gap = text.get(end.min(span.start)..span.start).unwrap_or("");
        end = span.end.max(end);
        let own = text.get(span.start..span.end).unwrap_or("");
        let heard = hear(&mut reader, gap);
        if let Some(asks) = heard.stopped {
            if asks {
                for known in sentence.drain(..) {
                    if formulas[known].role == Role::Claim {
                        formulas[known].role = Role::Question;
                    }
                }
            }
            sentence.clear();
        }
        demanded = heard.demanded || demanded && !heard.has_words;
        if notation == Notation::Text {
            continue;
        }
        let mut role = reader.formula(own);
        if demanded && !inline && role == Role::Claim && is_related(own) {
            role = Role::Demand;
        }
        if is_related(own) {
            demanded = false;
        }
        let behind = text.get(span.end..).unwrap_or("");
        let behind = &behind[..behind.find(['.', '\n']).unwrap_or(behind.len())];
        if role == Role::Claim && asks_behind(behind.split_once('$').map_or("", |(_, words)| words)) {
            role = Role::Equation;
        }
        formulas[at].role = role;
        sentence.push(at);
        if own.trim_end().ends_with(['.', '!']) && !inline {
            reader.stop();
            sentence.clear();
        }
    }
    let rest = text.get(end..).unwrap_or("");
    if rest[..rest.find(['.', '!', '?', '\n']).map_or(rest.len(), |at| at + 1)].ends_with('?') {
        for known in sentence {
            if formulas[known].role == Role::Claim {
                formulas[known].role = Role::Question;
            }
        }
    }
}

/// What was heard between two formulas.
#[derive(Default)]
struct Heard {
    /// Did a sentence end, and did it ask?
    stopped: Option<bool>,
    /// Did a sentence that ended ask for an equation, and name none?
    demanded: bool,
    /// Were there words in the last sentence?
    has_words: bool,
}

/// Reads the words between two formulas.
fn hear(reader: &mut Reader, gap: &str) -> Heard {
    let mut heard = Heard::default();
    let mut start = 0;
    let marks = |reader: &mut Reader, heard: &mut Heard, from: usize, to: usize| {
        let between = &gap[from..to];
        for (at, c) in between.char_indices() {
            let after = &gap[from + at + c.len_utf8()..];
            match c {
                ',' | ';' => reader.comma(),
                ':' => reader.colon(),
                '.' | '!' | '?' if is_stop(gap, from + at) => {
                    heard.demanded = reader.role == Role::Demand && reader.formulas == 0;
                    heard.has_words = false;
                    heard.stopped = Some(c == '?');
                    reader.stop();
                }
                // A display may stand in a paragraph of its own within its sentence.
                '\n' if after.trim_start_matches([' ', '\t', '\r']).starts_with('\n')
                    && is_over(&gap[..from + at], after) =>
                {
                    heard.stopped.get_or_insert(false);
                    reader.stop();
                }
                _ => {}
            }
        }
    };
    for word in words(gap, &|_| false) {
        marks(reader, &mut heard, start, word.range.start);
        heard.has_words = true;
        reader.word(word.class);
        start = word.range.end;
    }
    marks(reader, &mut heard, start, gap.len());
    heard
}

/// Does a sentence end with the mark at a place? Not behind an abbreviation.
fn is_stop(text: &str, at: usize) -> bool {
    const ABBREVIATIONS: [&str; 16] = [
        "e.g", "i.e", "cf", "eq", "eqs", "fig", "resp", "bzw", "d.h", "z.b", "w.r.t", "vgl", "ca", "vs",
        "no", "p.ex",
    ];
    let after = text[at + 1..].chars().next();
    let ends = after.is_none_or(|c| c.is_whitespace() || matches!(c, '}' | '*' | ')' | '$' | '<'));
    let word =
        text[..at].rsplit(|c: char| !(c.is_alphabetic() || c == '.')).next().unwrap_or("").to_lowercase();
    ends && !(text[at..].starts_with('.') && ABBREVIATIONS.contains(&word.as_str()))
}

/// Does a sentence end in the words between two formulas?
pub(super) fn ends_sentence(gap: &str) -> bool {
    gap.char_indices().any(|(at, c)| match c {
        '.' | '!' | '?' => is_stop(gap, at),
        '\n' => {
            let after = &gap[at + 1..];
            after.trim_start_matches([' ', '\t', '\r']).starts_with('\n') && is_over(&gap[..at], after)
        }
        _ => false,
    })
}

/// Is a sentence over with its paragraph? It goes on if words stand right before a display, or nothing but marks does.
fn is_over(before: &str, after: &str) -> bool {
    let has_words_after = after.chars().any(char::is_alphabetic);
    let ends_open = before.trim_end().ends_with(|c: char| c.is_alphabetic() || matches!(c, ':' | ','));
    has_words_after || !ends_open
}
