//! Words around formulas: which of a line are prose, which join two formulas, which begin a reason or a condition.
//!
//! This file knows words of English, German and French, and nothing of what a formula means.

use std::ops::Range;

use super::document::Role;
use crate::function;

/// A stretch of a line between words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it stands in the line.
    pub range: Range<usize>,
    /// What the words before it make of it.
    pub role: Role,
}

/// Words that join two formulas.
const JOINING: [&str; 34] = [
    "so",
    "then",
    "hence",
    "thus",
    "therefore",
    "and",
    "also",
    "with",
    "where",
    "gives",
    "yields",
    "implies",
    "giving",
    "sowie",
    "und",
    "dann",
    "daher",
    "damit",
    "folglich",
    "somit",
    "mit",
    "wobei",
    "wo",
    "oder",
    "or",
    "et",
    "donc",
    "alors",
    "puis",
    "ainsi",
    "avec",
    "où",
    "soit",
    "whence",
];
/// Words that begin a reason: it is not judged.
const REASONS: [&str; 25] = [
    "since", "because", "by", "using", "via", "due", "weil", "da", "denn", "nach", "wegen", "per", "laut",
    "aufgrund", "gemäß", "mittels", "car", "puisque", "parce", "par", "selon", "thanks", "applying", "from",
    "aus",
];
/// Words that begin a condition.
const CONDITIONS: [&str; 19] = [
    "for", "if", "when", "whenever", "unless", "provided", "at", "on", "für", "falls", "wenn", "bei",
    "sofern", "solange", "pour", "si", "quand", "lorsque", "assuming",
];
/// Words that ask for an equation to be made true.
const DEMANDS: [&str; 11] =
    ["set", "setting", "solve", "equate", "setze", "setzen", "löse", "lösen", "résoudre", "résous", "posons"];
/// Words that give a name its meaning.
const DEFINING: [&str; 15] = [
    "let",
    "define",
    "denote",
    "consider",
    "put",
    "sei",
    "seien",
    "betrachte",
    "definiere",
    "gegeben",
    "soit",
    "soient",
    "given",
    "suppose",
    "assume",
];
/// Words that are prose even between formulas.
const FILLING: [&str; 83] = [
    "of",
    "the",
    "is",
    "are",
    "was",
    "this",
    "that",
    "these",
    "we",
    "it",
    "to",
    "in",
    "an",
    "as",
    "not",
    "but",
    "all",
    "any",
    "each",
    "every",
    "some",
    "which",
    "be",
    "has",
    "have",
    "get",
    "see",
    "holds",
    "everywhere",
    "always",
    "obviously",
    "clearly",
    "again",
    "wanted",
    "required",
    "done",
    "known",
    "follows",
    "claimed",
    "here",
    "now",
    "too",
    "only",
    "point",
    "rule",
    "ist",
    "sind",
    "die",
    "der",
    "das",
    "den",
    "dem",
    "des",
    "von",
    "vom",
    "ein",
    "eine",
    "im",
    "am",
    "auf",
    "zu",
    "es",
    "wir",
    "nun",
    "gilt",
    "wird",
    "alle",
    "jede",
    "jedes",
    "überall",
    "immer",
    "wieder",
    "also",
    "stelle",
    "punkt",
    "est",
    "la",
    "le",
    "les",
    "un",
    "une",
    "nous",
    "tout",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Joining,
    Reason,
    Condition,
    Demand,
    Defining,
    Filling,
    /// It may be a name or a word.
    Plain,
    /// Part of a formula.
    Formula,
}

fn class(word: &str, is_declared: &dyn Fn(&str) -> bool) -> Class {
    let lower = word.to_lowercase();
    let among = |list: &[&str]| list.contains(&lower.as_str());
    if word.chars().count() < 2 || is_declared(word) || function::lookup(word).is_some() || word == "pi" {
        return Class::Formula;
    }
    if among(&JOINING) {
        Class::Joining
    } else if among(&REASONS) {
        Class::Reason
    } else if among(&CONDITIONS) {
        Class::Condition
    } else if among(&DEMANDS) {
        Class::Demand
    } else if among(&DEFINING) {
        Class::Defining
    } else if among(&FILLING) {
        Class::Filling
    } else if lower.chars().count() >= 3 && word.chars().skip(1).all(char::is_lowercase) {
        Class::Plain
    } else {
        Class::Formula
    }
}

struct Word {
    range: Range<usize>,
    class: Class,
}

/// Words that stand free, outside brackets, in order.
fn words(line: &str, is_declared: &dyn Fn(&str) -> bool) -> Vec<Word> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut at = 0;
    let mut before = ' ';
    while let Some(c) = line[at..].chars().next() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let length = line[at..].find(|c: char| !c.is_alphabetic()).unwrap_or(line.len() - at);
        if length == 0 {
            before = c;
            at += c.len_utf8();
            continue;
        }
        let after = &line[at + length..];
        let ends = after.is_empty()
            || after.starts_with([' ', '\t', ',', ';', '!', '?'])
            || after.starts_with(['.', ':']) && (after.len() == 1 || after[1..].starts_with(' '));
        if depth == 0 && matches!(before, ' ' | '\t' | ',' | ';' | ':' | '.') && ends {
            found.push(Word { range: at..at + length, class: class(&line[at..at + length], is_declared) });
        }
        before = line[at..at + length].chars().last().unwrap_or(' ');
        at += length;
    }
    found
}

/// A line taken apart: its formulas with what the words make of them. The second value says whether there is prose in it.
pub(super) fn pieces(line: &str, is_declared: &dyn Fn(&str) -> bool) -> (Vec<Piece>, bool) {
    let mut words = words(line, is_declared);
    let touches = |a: &Word, b: &Word| line[a.range.end..b.range.start].trim().is_empty();
    // A word that may be a name is prose beside another word; a short one needs company too.
    let prose: Vec<bool> = (0..words.len())
        .map(|at| {
            let has_company = |other: Option<usize>| {
                other.and_then(|other| Some((words.get(other)?, words.get(at)?))).is_some_and(
                    |(other, own)| {
                        let (first, second) =
                            if other.range.start < own.range.start { (other, own) } else { (own, other) };
                        touches(first, second) && !matches!(other.class, Class::Formula | Class::Joining)
                    },
                )
            };
            if line[words[at].range.end..].trim_start().starts_with(['=', '≈']) {
                // A word before an equals sign is a name.
                return false;
            }
            let accompanied = has_company(at.checked_sub(1)) || has_company(at.checked_add(1));
            match words[at].class {
                Class::Plain => accompanied,
                Class::Filling => accompanied || words[at].range.start == 0 || words[at].range.len() > 2,
                Class::Formula => false,
                _ => true,
            }
        })
        .collect();
    let mut at = 0;
    words.retain(|_| {
        at += 1;
        prose.get(at - 1).copied().unwrap_or(false)
    });
    let has_prose = words.iter().any(|word| word.class != Class::Joining);
    let mut pieces = Vec::new();
    let mut role = Role::Claim;
    let mut start = 0;
    let mut push = |start: usize, end: usize, role: &mut Role| {
        let mut from = start;
        for (place, _) in line[start..end].match_indices([':', '.']) {
            // "the slope: y′ = 2x", "y = x. Then …"
            let here = start + place;
            let after = &line[here + 1..end];
            if after.starts_with(' ')
                && !line[from..here].ends_with(['=', ' '])
                && depth_of(&line[from..here]) == 0
            {
                piece(line, from, here, *role, &mut pieces);
                // "at x = 2: f′(x) = 7": the condition is over.
                let is_given = *role == Role::Condition && line[from..here].contains(['=', '≈']);
                from = here + 1;
                if line[here..].starts_with('.') || is_given {
                    *role = Role::Claim;
                }
            }
        }
        piece(line, from, end, *role, &mut pieces);
        // A condition or a reason is over with its formula, everything with its sentence.
        let is_over = matches!(role, Role::Condition | Role::Reason)
            && line[from..end].contains(['=', '≈', '<', '>', '≤', '≥', '≠']);
        if is_over || line[start..end].trim_end().ends_with('.') {
            *role = Role::Claim;
        }
    };
    for word in &words {
        push(start, word.range.start, &mut role);
        role = match word.class {
            Class::Joining => Role::Claim,
            Class::Reason => Role::Reason,
            Class::Condition if role != Role::Reason => Role::Condition,
            Class::Demand => Role::Demand,
            Class::Defining => Role::Definition,
            _ => role,
        };
        start = word.range.end;
    }
    push(start, line.len(), &mut role);
    (pieces, has_prose)
}

fn depth_of(text: &str) -> usize {
    text.chars().fold(0usize, |depth, c| match c {
        '(' | '[' | '{' => depth + 1,
        ')' | ']' | '}' => depth.saturating_sub(1),
        _ => depth,
    })
}

fn piece(line: &str, start: usize, end: usize, role: Role, pieces: &mut Vec<Piece>) {
    let own = line[start..end].trim_end_matches([' ', '\t', ',', ';', '.', ':']);
    let trimmed = own.trim_start_matches([' ', '\t', ',', ';', '.', ':']);
    let start = start + own.len() - trimmed.len();
    if !trimmed.is_empty() {
        pieces.push(Piece { range: start..start + trimmed.len(), role });
    }
}

/// Is it a remark beside a formula: words that begin neither a formula nor a condition?
pub(super) fn is_remark(text: &str) -> bool {
    let mut words = text.split([' ', '\t']).map(|word| word.trim_end_matches([',', ':', '.', ';']));
    let Some(first) = words.next().filter(|word| word.len() > 2 && word.chars().all(char::is_alphabetic))
    else {
        return false;
    };
    let is_word =
        |word: &str| matches!(class(word, &|_| false), Class::Plain | Class::Filling | Class::Reason);
    match class(first, &|_| false) {
        Class::Reason => true,
        // "product rule": a function by its name only.
        Class::Plain | Class::Filling | Class::Formula => words.any(is_word),
        _ => false,
    }
}

/// What the words right before a formula make of it; `None` if they say nothing.
pub(super) fn role_after(text: &str) -> Option<Role> {
    let sentence =
        text.rsplit(['.', '!', '?', '\n']).find(|part| part.chars().any(char::is_alphabetic)).unwrap_or("");
    sentence
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().count() > 1)
        .map(|word| class(word, &|_| false))
        .filter(|class| !matches!(class, Class::Filling | Class::Plain | Class::Formula))
        .fold(None, |before, class| match class {
            Class::Demand => Some(Role::Demand),
            // "set to zero and get": what comes then is claimed.
            Class::Joining => None,
            Class::Defining => Some(Role::Definition),
            _ => before,
        })
}

/// What a word in `\text{…}` inside a formula does to what follows; `None` if it may be a name.
pub(super) fn role_of_text(text: &str) -> Option<Role> {
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let class = class(words.next()?, &|_| false);
    match class {
        Class::Joining | Class::Defining => Some(Role::Claim),
        Class::Condition => Some(Role::Condition),
        Class::Demand => Some(Role::Demand),
        Class::Reason | Class::Filling => Some(Role::Reason),
        Class::Plain | Class::Formula => words.next().is_some().then_some(Role::Reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_part_formulas() {
        for (line, expected) in [
            ("f(x)=x^2 sowie f'(x)=2x", vec!["f(x)=x^2", "f'(x)=2x"]),
            ("We want the derivative of y = x ln x.", vec!["y = x ln x"]),
            ("The function f(x) = x ln x is given.", vec!["f(x) = x ln x"]),
            ("Sei u = x^2. Dann ist y = sin(u).", vec!["u = x^2", "y = sin(u)"]),
            ("f'(x) = 3x for all x > 0", vec!["f'(x) = 3x", "x > 0"]),
            ("f'(x) = 3x, by the power rule", vec!["f'(x) = 3x"]),
            ("loss = w*net + b", vec!["loss = w*net + b"]),
            ("f(x) = 2.5 x", vec!["f(x) = 2.5 x"]),
        ] {
            let (pieces, _) = pieces(line, &|_| false);
            let found: Vec<&str> = pieces
                .iter()
                .filter(|piece| piece.role != Role::Reason)
                .map(|piece| &line[piece.range.clone()])
                .collect();
            assert_eq!(found, expected, "{line}");
        }
    }
}
