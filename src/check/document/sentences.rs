//! Statements of one sentence or one row: which of them say where the others hold, and which say what a name in them is.
//!
//! This file looks at the text; it reads no formula.

use super::around;
use super::claim::{self, Joint, Statement};
use super::prose;
use super::words::{Class, class};
use super::{Formula, Notation, Role};
use crate::span::Span;

/// A statement with the formula in which it stands; a formula without one has an entry too.
#[derive(Clone, Debug)]
pub(in crate::check) struct Placed {
    pub formula: usize,
    pub statement: Option<Statement>,
    /// The row of a display, counted through the document.
    pub row: usize,
}

/// Statements that belong together, by their numbers.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct Sentence {
    /// In the order in which they are looked at.
    pub members: Vec<usize>,
    /// For each of them, the conditions under which it is claimed.
    pub conditions: Vec<Vec<usize>>,
    /// Conditions that hold from here on.
    pub lasting: Vec<usize>,
}

/// What a statement is in its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Claim,
    Condition,
    Other,
}

/// Cuts all formulas into statements.
pub(in crate::check) fn placed(text: &str, formulas: &[Formula]) -> Vec<Placed> {
    let mut all = Vec::new();
    let mut row = 0;
    for (number, formula) in formulas.iter().enumerate() {
        row += 1;
        let statements = claim::statements(text, formula);
        if statements.is_empty() {
            all.push(Placed { formula: number, statement: None, row });
        }
        for statement in statements {
            row += usize::from(statement.joint >= Joint::Row && !is_arrow_in_row(text, formula, &statement));
            all.push(Placed { formula: number, statement: Some(statement), row });
        }
    }
    all
}

/// Does an arrow stand before it in the same row?
fn is_arrow_in_row(text: &str, formula: &Formula, statement: &Statement) -> bool {
    let before = text.get(formula.span.start..statement.span.start.max(formula.span.start)).unwrap_or("");
    statement.joint == Joint::Arrow && before.rsplit("\\\\").next().is_some_and(prose::is_related)
}

/// Puts statements together that belong to one sentence. `is_spoken` knows the names of which the document says what they are.
pub(in crate::check) fn sentences(
    text: &str,
    formulas: &[Formula],
    all: &[Placed],
    is_cut: &dyn Fn(usize, usize) -> bool,
    is_spoken: &dyn Fn(&str) -> bool,
) -> Vec<Sentence> {
    let mut found: Vec<Sentence> = Vec::new();
    let mut start = 0;
    for at in 1..=all.len() {
        let is_over = all.get(at).is_none_or(|next| {
            breaks(text, formulas, &all[at - 1], next, is_cut)
                && !is_of_case(text, formulas, [&all[start], &all[at - 1], next], is_cut)
        });
        if is_over && start < at {
            found.push(sentence(text, formulas, all, start..at, is_spoken));
            start = at;
        }
    }
    found
}

/// Does a statement belong to the case above it: "Case x < 0:" holds for the lines below it, up to an empty line or the next case?
fn is_of_case(
    text: &str,
    formulas: &[Formula],
    [head, before, next]: [&Placed; 3],
    is_cut: &dyn Fn(usize, usize) -> bool,
) -> bool {
    let end = |placed: &Placed| formulas[placed.formula].span.end;
    let begins_case = |placed: &Placed| {
        let formula = &formulas[placed.formula];
        let behind = text.get(formula.span.end..).unwrap_or("").trim_start_matches([' ', '\t']);
        let is_last = behind
            .strip_prefix(':')
            .is_some_and(|rest| rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n'));
        formula.notation == Notation::Text && formula.role == Role::Condition && is_last
    };
    let (from, to) = (end(before), formulas[next.formula].span.start);
    let gap = text.get(from.min(to)..to).unwrap_or("");
    let lines: Vec<&str> = gap.split('\n').collect();
    let has_empty_line =
        lines.len() > 2 && lines[1..lines.len() - 1].iter().any(|line| line.trim().is_empty());
    begins_case(head) && !begins_case(next) && !has_empty_line && !is_cut(from.min(to), to)
}

/// Does a sentence or a row end between two statements?
fn breaks(
    text: &str,
    formulas: &[Formula],
    first: &Placed,
    second: &Placed,
    is_cut: &dyn Fn(usize, usize) -> bool,
) -> bool {
    if first.formula == second.formula {
        return first.row != second.row;
    }
    let (before, after) = (&formulas[first.formula], &formulas[second.formula]);
    let (end, start) = (before.span.end, after.span.start);
    let gap = text.get(end.min(start)..start).unwrap_or("");
    if is_cut(end.min(start), start) {
        return true;
    }
    if before.notation == Notation::Text || after.notation == Notation::Text {
        return gap.contains('\n');
    }
    let words = gap.trim_start_matches(['$', ' ', '\n', '\t', '\r']);
    if !before.inline {
        // for x < 0, behind a display
        let own = text.get(before.span.start..before.span.end).unwrap_or("").trim_end();
        return !after.inline
            || own.ends_with(['.', '!'])
            || !words.starts_with(|c: char| c.is_lowercase() || c == ',')
            || around::ends_sentence(gap);
    }
    around::ends_sentence(gap) || begins_with_condition(gap)
}

/// Does a line begin behind a formula with a condition and a capital letter: "For $x > 0$"? Then a sentence does.
fn begins_with_condition(gap: &str) -> bool {
    let behind = gap.trim_start_matches(['$', ' ', '\t', '\r']);
    let Some(line) = behind.strip_prefix('\n') else { return false };
    let word = line.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    word.starts_with(char::is_uppercase) && class(word, &|_| false) == Class::Condition
}

fn sentence(
    text: &str,
    formulas: &[Formula],
    all: &[Placed],
    range: std::ops::Range<usize>,
    is_spoken: &dyn Fn(&str) -> bool,
) -> Sentence {
    let own = |placed: &Placed| placed.statement.as_ref().map_or(Span::new(0, 0), |statement| statement.span);
    let sort = |at: usize| match &all[at].statement {
        None => Sort::Other,
        Some(statement) => {
            let own = text.get(statement.span.start..statement.span.end).unwrap_or("");
            sort(statement, own, is_spoken)
        }
    };
    let sorts: Vec<Sort> = range.clone().map(sort).collect();
    let mut conditions: Vec<Vec<usize>> = vec![Vec::new(); sorts.len()];
    let mut lasting = Vec::new();
    let first = sorts.iter().find(|sort| **sort != Sort::Other);
    if sorts.contains(&Sort::Claim) {
        let is_in_front = first == Some(&Sort::Condition);
        for at in (0..sorts.len()).filter(|at| sorts[*at] == Sort::Condition) {
            // In front of what it is said of, or behind it.
            let concerned: Vec<usize> = if is_in_front {
                let later = (at + 1..sorts.len()).skip_while(|next| sorts[*next] == Sort::Condition);
                later.take_while(|next| sorts[*next] != Sort::Condition).collect()
            } else {
                let earlier = (0..at).rev().skip_while(|before| sorts[*before] == Sort::Condition);
                earlier.take_while(|before| sorts[*before] != Sort::Condition).collect()
            };
            for claim in concerned {
                conditions[claim].push(range.start + at);
            }
        }
    } else {
        lasting
            .extend((0..sorts.len()).filter(|at| sorts[*at] == Sort::Condition).map(|at| range.start + at));
    }
    let mut members: Vec<usize> = range.clone().collect();
    // What a name is may be said behind what is said with it: f′(x) = 2u, where u = x + 1.
    for at in range.clone().skip(1) {
        let Some(name) = said_behind(text, formulas, all, at, &range) else { continue };
        if is_defined_before(text, all, at, name) {
            continue;
        }
        let user = range.clone().take_while(|before| *before < at).find(|before| {
            let span = own(&all[*before]);
            let used = text.get(span.start..span.end).unwrap_or("");
            sorts[before - range.start] == Sort::Claim && mentions(used, name)
        });
        if let Some(place) = user.and_then(|user| members.iter().position(|member| *member == user)) {
            members.retain(|member| *member != at);
            members.insert(place, at);
        }
    }
    let conditions = members.iter().map(|member| conditions[member - range.start].clone()).collect();
    Sentence { members, conditions, lasting }
}

fn sort(statement: &Statement, own: &str, is_spoken: &dyn Fn(&str) -> bool) -> Sort {
    if statement.joint == Joint::Tail {
        return Sort::Other;
    }
    if statement.is_condition {
        let is_said = matches!(statement.role, Role::Claim | Role::Equation);
        return if is_said && speaks_of_known(own, is_spoken) { Sort::Claim } else { Sort::Condition };
    }
    if statement.role == Role::Condition {
        // i = j says where; x = 2 is a value.
        let is_place = own.split_once('=').is_some_and(|(left, right)| {
            prose::may_be_condition(own)
                && right.trim().chars().all(char::is_alphabetic)
                && !left.trim().is_empty()
        });
        return if is_place { Sort::Condition } else { Sort::Other };
    }
    Sort::Claim
}

/// Is an inequality about something that the document defines, or about numbers alone? Then it is claimed; otherwise it says
/// where something holds.
pub(in crate::check) fn speaks_of_known(text: &str, is_spoken: &dyn Fn(&str) -> bool) -> bool {
    let marks = ["'", "′", "\\prime", "\\frac{d", "\\partial", "∂", "\\nabla", "∇", "\\dot", "\\ddot"];
    if marks.iter().any(|mark| text.contains(mark)) {
        return true;
    }
    let names = tokens(text);
    let is_set = ["\\in", "∈", "\\to", "→", "\\sim", "\\mapsto", "↦"].iter().any(|mark| text.contains(mark));
    // \sqrt 2 < \pi is of numbers, \alpha > 0 is not.
    let is_of_numbers = |name: &&str| {
        let letter = crate::syntax::letter_of(name);
        name.starts_with('\\') && (letter.chars().count() != 1 || letter == "π")
    };
    !is_set && (names.iter().all(is_of_numbers) || names.iter().any(|name| is_spoken(name)))
}

/// The name that a statement gives its meaning behind what is said with it.
fn said_behind<'t>(
    text: &'t str,
    formulas: &[Formula],
    all: &[Placed],
    at: usize,
    range: &std::ops::Range<usize>,
) -> Option<&'t str> {
    let placed = all.get(at)?;
    let statement = placed.statement.as_ref()?;
    let [first, _] = statement.sides.as_slice() else { return None };
    let own = text.get(first.span.start..first.span.end)?.trim();
    let name = own
        .split(['(', '\\'])
        .next()
        .filter(|name| own.contains('(') && !name.is_empty())
        .unwrap_or(own)
        .trim();
    if !prose::may_define(&format!("{own} =")) || !matches!(statement.role, Role::Claim | Role::Definition) {
        return None;
    }
    let before = all.get(at.checked_sub(1).filter(|before| *before >= range.start)?)?;
    let end = before.statement.as_ref().map_or(formulas[before.formula].span.end, |known| known.span.end);
    let gap = text.get(end.min(first.span.start)..first.span.start)?;
    let says = |word: &str| gap.split(|c: char| !c.is_alphabetic()).any(|own| own.eq_ignore_ascii_case(word));
    let is_in_row = before.formula == placed.formula
        && statement.joint == Joint::Aside
        && !formulas[placed.formula].inline;
    let is_said = ["where", "with", "for", "wobei", "mit", "avec", "où"].iter().any(|word| says(word));
    (is_said || is_in_row).then_some(name)
}

/// Was a name given a meaning before a place? Then what is said of it there is another matter.
fn is_defined_before(text: &str, all: &[Placed], end: usize, name: &str) -> bool {
    // So many statements are looked through; a name that was not used for so long may be said anew.
    const MOST: usize = 200;
    all[end.saturating_sub(MOST)..end].iter().any(|placed| {
        placed.statement.as_ref().is_some_and(|statement| {
            statement.sides.len() > 1
                && statement.sides.first().is_some_and(|first| {
                    text.get(first.span.start..first.span.end).is_some_and(|own| {
                        let own = own.trim();
                        // f(a) = f(b) says nothing of what f is.
                        own.strip_prefix(name).is_some_and(|behind| {
                            behind.is_empty()
                                || behind.starts_with(['(', '\\'])
                                    && super::letters::value_at_place(own).is_none()
                        })
                    })
                })
        })
    })
}

/// Do words or a label part two statements, and none that makes a consequence of the second one?
pub(in crate::check) fn introduces(gap: &str) -> bool {
    let is_labelled = gap.match_indices(':').any(|(at, _)| !gap[at + 1..].starts_with('='));
    let last = gap.rsplit(['.', '!', '?']).find(|part| has_words(part)).unwrap_or("");
    (has_words(gap) || is_labelled) && !super::words::draws(last)
}

/// Does a new sentence name something right before a statement that begins with a relation: "numerator $= 3$"?
pub(in crate::check) fn names_subject(gap: &str) -> bool {
    let Some((_, last)) = gap.rsplit_once(['.', '!', '?', ';', ':', '\n']) else { return false };
    let last = last.trim_end_matches(['$', ' ', '(', '\\']);
    let word = last.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    class(word, &|_| false) == Class::Plain
}

/// Are there words in it, besides the names of commands and environments?
fn has_words(text: &str) -> bool {
    let mut at = 0;
    while let Some(found) = text[at..].find(char::is_alphabetic) {
        let start = at + found;
        let length = text[start..].find(|c: char| !c.is_alphabetic()).unwrap_or(text.len() - start);
        let before = &text[..start];
        let is_command = before.ends_with('\\') || before.ends_with("\\begin{") || before.ends_with("\\end{");
        if !is_command && text[start..start + length].chars().count() > 1 {
            return true;
        }
        at = start + length;
    }
    false
}

fn mentions(text: &str, name: &str) -> bool {
    let base = name.split('_').next().unwrap_or(name);
    // \hat y is more than one token.
    let is_whole = name.starts_with('\\') && name.contains([' ', '{']) && text.contains(name);
    is_whole || tokens(text).contains(&base)
}

/// Names as they stand in a text: letters, words, and commands of LaTeX; `dy` is y too.
pub(in crate::check) fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut at = 0;
    let is_latex = text.contains('\\');
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c == '\\' {
            let length = 1 + rest[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - 1);
            let length = length.max(1 + rest[1..].chars().next().map_or(0, char::len_utf8));
            found.push(&rest[..length]);
            at += length;
            continue;
        }
        let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        if length == 0 {
            at += c.len_utf8();
            continue;
        }
        let word = &rest[..length];
        if is_latex || word.chars().count() <= 2 {
            found.extend(word.char_indices().map(|(place, c)| &word[place..place + c.len_utf8()]));
        }
        if word.chars().count() > 1 {
            found.push(word);
            found.extend(word.strip_prefix('d').filter(|rest| !rest.is_empty()));
        }
        at += length;
    }
    found
}
