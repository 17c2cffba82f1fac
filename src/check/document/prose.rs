//! Sentences around formulas: what the words before a formula make of it, and which words of a line are prose.
//!
//! This file knows how sentences go on, `words` knows the words; neither knows what a formula means.

use std::ops::Range;

use super::Role;
use super::words::{Class, asks_behind, class, phrase};

/// A stretch of a line between words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it stands in the line.
    pub range: Range<usize>,
    /// What the words before it make of it.
    pub role: Role,
}

/// Signs that relate two things.
const RELATIONS: [char; 10] = ['=', '≈', '≃', '≡', '<', '>', '≤', '≥', '≠', '≅'];

/// Commands that do.
const RELATION_COMMANDS: [&str; 12] = [
    "\\approx",
    "\\equiv",
    "\\simeq",
    "\\leq",
    "\\geq",
    "\\neq",
    "\\le",
    "\\ge",
    "\\ne",
    "\\lt",
    "\\gt",
    "\\coloneqq",
];

/// Where the first relation stands.
fn first_relation(text: &str) -> Option<usize> {
    let sign = text.find(RELATIONS);
    let command = RELATION_COMMANDS
        .iter()
        .flat_map(|word| text.match_indices(word))
        .filter(|(at, word)| !text[at + word.len()..].starts_with(|c: char| c.is_ascii_alphabetic()))
        .map(|(at, _)| at)
        .min();
    sign.into_iter().chain(command).min()
}

/// Does a formula relate two things?
pub(super) fn is_related(text: &str) -> bool {
    first_relation(text).is_some()
}

/// Is it one letter, `\\theta`, a word, or one of them with a subscript?
pub(in crate::check) fn is_name(text: &str) -> bool {
    let text = without_accent(text.trim());
    let stem = text.strip_prefix('\\').unwrap_or(text);
    let length = stem.find(|c: char| !c.is_alphabetic()).unwrap_or(stem.len());
    let behind = stem[length..].trim_end_matches(['}', ' ']);
    let subscript = behind.strip_prefix('_').map(|inner| inner.trim_start_matches('{'));
    length > 0
        && (behind.is_empty()
            || subscript.is_some_and(|inner| !inner.is_empty() && inner.chars().all(char::is_alphanumeric)))
}

/// `\hat y` and `\mathbf{y}` as `y`.
fn without_accent(text: &str) -> &str {
    const ACCENTS: [&str; 9] = [
        "\\hat",
        "\\widehat",
        "\\bar",
        "\\overline",
        "\\tilde",
        "\\vec",
        "\\mathbf",
        "\\boldsymbol",
        "\\mathrm",
    ];
    let inner = ACCENTS.iter().find_map(|accent| text.strip_prefix(accent));
    match inner {
        Some(inner) if inner.starts_with(' ') => inner.trim_start(),
        Some(inner) => inner.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(text),
        None => text,
    }
}

/// `x = 1`, `(x, y) = (1, 2)`, `0 < x < 1`: what may say where something holds.
pub(super) fn may_be_condition(text: &str) -> bool {
    let Some(at) = first_relation(text) else { return false };
    let left = text[..at].trim().trim_end_matches(':');
    let is_tuple = left
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
        .is_some_and(|inner| inner.split(',').all(is_name));
    is_name(left) || is_tuple || !text.contains(['=', '≈'])
}

/// Can its left side be given a meaning: `y = …`, `f(x, y) = …`?
pub(in crate::check) fn may_define(text: &str) -> bool {
    let Some(at) = first_relation(text) else { return false };
    let left = text[..at].trim().trim_end_matches([':', '&', ' ']).trim_start_matches(['&', ' ']);
    let left = left.replace("\\left", "").replace("\\right", "");
    match left.split_once('(') {
        None => is_name(&left),
        Some((name, arguments)) => {
            is_name(name)
                && arguments.trim_end().strip_suffix(')').is_some_and(|inner| inner.split(',').all(is_name))
        }
    }
}

/// What the words of a sentence so far make of the next formula.
#[derive(Clone, Debug, Default)]
pub(super) struct Reader {
    pub(in crate::check) role: Role,
    /// What the last formula was that was no claim.
    before: Option<Role>,
    /// The role goes on through a comma or an `and`.
    goes_on: bool,
    /// Did the clause begin its sentence?
    opens: bool,
    /// Formulas that were claimed in this sentence.
    claims: usize,
    /// Formulas since the word that made the role.
    pub(in crate::check) formulas: usize,
    /// Does the sentence only ask?
    asks: bool,
}

impl Reader {
    fn set(&mut self, role: Role) {
        self.role = role;
        self.formulas = 0;
        self.goes_on = false;
    }

    pub(in crate::check) fn word(&mut self, class: Class) {
        match class {
            Class::Joining => {
                self.set(Role::Claim);
                self.before = None;
            }
            Class::Linking => self.go_on(),
            Class::Reason => {
                self.opens = self.claims == 0;
                self.set(Role::Reason);
            }
            Class::Condition if self.role != Role::Reason && self.role != Role::Demand => {
                self.set(Role::Condition);
            }
            Class::Supposition if self.role != Role::Reason => self.set(Role::Supposition),
            Class::Demand => self.set(Role::Demand),
            Class::Equation if self.role != Role::Demand => self.set(Role::Equation),
            Class::Defining => self.set(Role::Definition),
            Class::Question => self.asks = true,
            _ => {}
        }
    }

    /// `and`: what follows is what the last formula was.
    fn go_on(&mut self) {
        if self.role == Role::Claim
            && let Some(before) = self.before
        {
            self.role = before;
        }
        self.goes_on = true;
    }

    pub(in crate::check) fn comma(&mut self) {
        match (self.role, self.before) {
            // "By the power rule, …"
            (Role::Reason, _) if self.opens => self.set(Role::Claim),
            // Set f′(x) = 0, x = 2
            (Role::Reason, _) | (Role::Claim, Some(Role::Demand | Role::Equation)) => {}
            _ => self.go_on(),
        }
    }

    /// "For all x: …", "at x = 2: …".
    pub(super) fn colon(&mut self) {
        if matches!(self.role, Role::Condition | Role::Supposition | Role::Reason) {
            self.set(Role::Claim);
        }
        self.before = None;
        self.goes_on = false;
    }

    /// The sentence is over.
    pub(in crate::check) fn stop(&mut self) {
        *self = Reader::default();
    }

    /// The role of the formula that stands here.
    pub(in crate::check) fn formula(&mut self, text: &str) -> Role {
        let mut role = self.role;
        let goes_on = std::mem::take(&mut self.goes_on);
        if !is_related(text) {
            return role;
        }
        let keeps = match role {
            Role::Condition => !goes_on || may_be_condition(text),
            Role::Supposition => !goes_on || may_be_condition(text) || self.formulas == 0 && may_define(text),
            Role::Definition => self.formulas == 0 || may_define(text) || may_be_condition(text),
            _ => true,
        };
        if !keeps {
            self.before = None;
            role = Role::Claim;
        }
        self.formulas += 1;
        match role {
            Role::Claim => self.claims += 1,
            Role::Definition => return role,
            _ => self.before = Some(role),
        }
        self.role = Role::Claim;
        if self.asks && role == Role::Claim { Role::Question } else { role }
    }
}

pub(in crate::check) struct Word {
    pub(in crate::check) range: Range<usize>,
    pub(super) class: Class,
}

/// Words that stand free, outside brackets, in order; those of a phrase are one.
pub(in crate::check) fn words(line: &str, is_declared: &dyn Fn(&str) -> bool) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
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
            || after.starts_with([' ', '\t', '\n', ',', ';', '!', '?'])
            || after.starts_with(['.', ':']) && (after.len() == 1 || after[1..].starts_with([' ', '\n']));
        if depth == 0 && matches!(before, ' ' | '\t' | '\n' | ',' | ';' | ':' | '.' | '*') && ends {
            found.push(Word { range: at..at + length, class: class(&line[at..at + length], is_declared) });
        }
        before = line[at..at + length].chars().last().unwrap_or(' ');
        at += length;
    }
    with_phrases(line, found)
}

/// Words that stand side by side and say something together, as one word.
fn with_phrases(line: &str, mut found: Vec<Word>) -> Vec<Word> {
    let all: Vec<String> = found.iter().map(|word| line[word.range.clone()].to_lowercase()).collect();
    let mut at = 0;
    let mut kept: Vec<bool> = vec![true; found.len()];
    while at < found.len() {
        let mut end = at + 1;
        while end < found.len() && end < at + 6 {
            let gap = &line[found[end - 1].range.end..found[end].range.start];
            if !gap.chars().all(|c| c.is_whitespace() || matches!(c, ',' | '\'' | '-')) {
                break;
            }
            end += 1;
        }
        let Some((class, length)) = phrase(&all[at..end]) else {
            at += 1;
            continue;
        };
        let last = found[at + length - 1].range.end;
        found[at].class = class;
        found[at].range.end = last;
        kept[at + 1..at + length].fill(false);
        at += length;
    }
    let mut kept = kept.into_iter();
    found.retain(|_| kept.next().unwrap_or(true));
    found
}

/// A line taken apart: its formulas with what the words make of them. The second value says whether there is prose in it.
pub(super) fn pieces(line: &str, is_declared: &dyn Fn(&str) -> bool) -> (Vec<Piece>, bool) {
    let words = prose_of(line, words(line, is_declared));
    let has_prose = words.iter().any(|word| !matches!(word.class, Class::Joining | Class::Linking));
    let mut taken = Taken { line, reader: Reader::default(), pieces: Vec::new(), sentence: 0 };
    let mut start = 0;
    for word in &words {
        taken.stretch(start, word.range.start);
        taken.reader.word(word.class);
        start = word.range.end;
    }
    taken.stretch(start, line.len());
    let mut pieces = taken.pieces;
    for piece in &mut pieces {
        if piece.role == Role::Claim && asks_behind(&line[piece.range.end..]) {
            piece.role = Role::Equation;
        }
    }
    (pieces, has_prose)
}

/// The words that are prose. A word that may be a name is so beside another word; a short one needs company too.
fn prose_of(line: &str, mut words: Vec<Word>) -> Vec<Word> {
    let touches = |a: &Word, b: &Word| line[a.range.end..b.range.start].trim().is_empty();
    let prose: Vec<bool> = (0..words.len())
        .map(|at| {
            let has_company = |other: Option<usize>| {
                other.and_then(|other| Some((words.get(other)?, words.get(at)?))).is_some_and(
                    |(other, own)| {
                        let (first, second) =
                            if other.range.start < own.range.start { (other, own) } else { (own, other) };
                        touches(first, second)
                            && !matches!(other.class, Class::Formula | Class::Joining | Class::Linking)
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
                Class::Filling => {
                    // "x = 1 is a minimum": words may be letters and functions too.
                    let next: Vec<&Word> = words[at..].iter().take(3).collect();
                    let begins_three =
                        next.len() == 3 && next.windows(2).all(|pair| touches(pair[0], pair[1]));
                    accompanied || begins_three || words[at].range.start == 0 || words[at].range.len() > 2
                }
                Class::Formula => false,
                _ => true,
            }
        })
        .collect();
    let mut prose = prose.into_iter();
    words.retain(|_| prose.next().unwrap_or(false));
    words
}

/// A line that is being taken apart.
struct Taken<'l> {
    line: &'l str,
    reader: Reader,
    pieces: Vec<Piece>,
    /// The first piece of the sentence.
    sentence: usize,
}

impl Taken<'_> {
    /// What stands between two words: formulas, and marks between them.
    fn stretch(&mut self, start: usize, end: usize) {
        let mut from = start;
        let mut depth = 0usize;
        for (at, c) in self.line[start..end].char_indices() {
            let here = start + at;
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let after = &self.line[here + c.len_utf8()..];
            let is_mark = depth == 0 && matches!(c, ':' | '.' | ',' | ';' | '?' | '!');
            if !is_mark || !(after.is_empty() || after.starts_with([' ', '\t'])) {
                continue;
            }
            let own = &self.line[from..here];
            match c {
                // "the slope: y′ = 2x", "y = x. Then …"
                ':' | '.' if own.ends_with(['=', ' ']) => continue,
                // f = 1, g = 2 is for those who cut claims, unless something else begins behind the comma.
                ',' | ';' => {
                    let is_apart = !matches!(self.reader.role, Role::Claim | Role::Definition);
                    if !is_apart && !own.trim().is_empty() {
                        continue;
                    }
                    self.piece(from, here);
                    self.reader.comma();
                }
                _ => {
                    self.piece(from, here);
                    match c {
                        ':' => self.reader.colon(),
                        _ => self.stop(c == '?'),
                    }
                }
            }
            from = here + c.len_utf8();
        }
        self.piece(from, end);
    }

    fn stop(&mut self, asks: bool) {
        if asks {
            for piece in &mut self.pieces[self.sentence..] {
                if piece.role == Role::Claim {
                    piece.role = Role::Question;
                }
            }
        }
        self.sentence = self.pieces.len();
        self.reader.stop();
    }

    fn piece(&mut self, start: usize, end: usize) {
        let own = self.line[start..end].trim_end_matches([' ', '\t', ',', ';', '.', ':']);
        let trimmed = own.trim_start_matches([' ', '\t', ',', ';', '.', ':']);
        if trimmed.is_empty() {
            return;
        }
        let start = start + own.len() - trimmed.len();
        let role = self.reader.formula(trimmed);
        self.pieces.push(Piece { range: start..start + trimmed.len(), role });
    }
}

/// Is it a remark beside a formula: words that begin neither a formula nor a condition?
pub(super) fn is_remark(text: &str) -> bool {
    let mut words = text.split([' ', '\t']).map(|word| word.trim_end_matches([',', ':', '.', ';']));
    let Some(first) = words.next().filter(|word| word.chars().all(char::is_alphabetic)) else {
        return false;
    };
    let is_word =
        |word: &str| matches!(class(word, &|_| false), Class::Plain | Class::Filling | Class::Reason);
    // A function by its name only is applied to nothing.
    if first.len() > 1 && first.len() == text.len() && crate::function::lookup(first).is_some() {
        return true;
    }
    match class(first, &|_| false) {
        Class::Reason => true,
        // "product rule": a function by its name only.
        Class::Plain | Class::Filling | Class::Formula => {
            // "slope at 1"
            words
                .any(|word| is_word(word) || class(word, &|_| false) == Class::Condition && !is_related(text))
        }
        _ => false,
    }
}

/// What the words right before a formula make of it; `None` if they say nothing.
pub(super) fn role_after(text: &str) -> Option<Role> {
    let sentence =
        text.rsplit(['.', '!', '?', '\n']).find(|part| part.chars().any(char::is_alphabetic)).unwrap_or("");
    let mut reader = Reader::default();
    let mut said = false;
    for word in words(sentence, &|_| false) {
        said |= !matches!(word.class, Class::Filling | Class::Plain | Class::Formula | Class::Reason);
        if word.class != Class::Reason {
            reader.word(word.class);
        }
    }
    (said && reader.role != Role::Claim).then_some(reader.role)
}

/// What a word in `\text{…}` inside a formula does to what follows; `None` if it may be a name.
pub(super) fn role_of_text(text: &str) -> Option<Role> {
    let all: Vec<String> = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if let Some((class, _)) = phrase(&all) {
        return Some(match class {
            Class::Demand => Role::Demand,
            Class::Equation => Role::Equation,
            Class::Condition => Role::Condition,
            _ => Role::Claim,
        });
    }
    let mut words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let class = class(words.next()?, &|_| false);
    match class {
        Class::Joining | Class::Linking | Class::Defining => Some(Role::Claim),
        Class::Condition => Some(Role::Condition),
        Class::Supposition => Some(Role::Supposition),
        Class::Demand | Class::Equation | Class::Question => Some(Role::Demand),
        Class::Reason | Class::Filling => Some(Role::Reason),
        Class::Plain | Class::Formula => words.next().is_some().then_some(Role::Reason),
    }
}

/// Do words begin with one that gives a reason?
pub(super) fn begins_reason(text: &str) -> bool {
    first_class(text) == Some(Class::Reason)
}

/// Do words do nothing but set two formulas side by side?
pub(super) fn is_link(text: &str) -> bool {
    first_class(text) == Some(Class::Linking)
}

fn first_class(text: &str) -> Option<Class> {
    text.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).map(|word| class(word, &|_| false))
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
