//! A piece of LaTeX cut into statements: what stands between line breaks, arrows, words and wide spaces. Surroundings such
//! as `$ … $` and `align` are taken off.

use super::brackets;
use super::parser::starts_operand;
use super::slips::syntax;
use super::words::{Fence, Token, Word};
use crate::diagnostic::Diagnostic;

/// Environments that only set formulas.
const TRANSPARENT: &[&str] = &[
    "align",
    "aligned",
    "alignat",
    "alignedat",
    "equation",
    "gather",
    "gathered",
    "split",
    "multline",
    "eqnarray",
    "flalign",
    "displaymath",
    "math",
    "multlined",
    "xalignat",
    "dmath",
    "IEEEeqnarray",
    "subequations",
];

/// Does an environment only set formulas?
pub(crate) fn is_transparent(environment: &str) -> bool {
    TRANSPARENT.contains(&environment.trim_end_matches('*'))
}

/// The statements of a text, each without an end word.
pub(super) fn statements(words: Vec<Token<'_>>) -> Result<Vec<Vec<Token<'_>>>, Diagnostic> {
    let words = without_dollars(words)?;
    let words = without_surroundings(words);
    let mut rows = split(words);
    for row in &mut rows {
        trim(row);
    }
    rows.retain(|row| !row.is_empty());
    if rows.len() > 1 {
        rows.retain(|row| !is_equation_number(row));
    }
    Ok(rows)
}

/// `\frac{d}{dx} &( … )`: a mark between an operator and what it is applied to only aligns. `&(1)` is another column.
pub(super) fn without_marks_at_brackets(words: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut depth = 0usize;
    let mut keep = Vec::with_capacity(words.len());
    for (at, token) in words.iter().enumerate() {
        match token.word {
            Word::Begin => depth += 1,
            Word::End => depth = depth.saturating_sub(1),
            _ => {}
        }
        let next = words.get(at + 1..).unwrap_or(&[]);
        let is_mark = token.word == Word::Ampersand
            && depth == 0
            && at > 0
            && matches!(next.first().map(|t| t.word), Some(Word::Open(_)))
            && !next.get(..3).is_some_and(is_equation_number);
        keep.push(!is_mark);
    }
    let mut kept = keep.into_iter();
    words.into_iter().filter(|_| kept.next().unwrap_or(true)).collect()
}

/// `$ … $` and its like around the whole text.
fn without_dollars(mut words: Vec<Token<'_>>) -> Result<Vec<Token<'_>>, Diagnostic> {
    words.retain(|t| t.word != Word::Eoi);
    // `\parbox{5em}{$x$}`
    let is_inner: Vec<bool> = (0..words.len())
        .map(|at| {
            words[at].word == Word::Dollars
                && (at > 0 && words[at - 1].word == Word::OpenCurly
                    || words.get(at + 1).is_some_and(|t| t.word == Word::CloseCurly))
        })
        .collect();
    let mut inner = is_inner.into_iter();
    words.retain(|_| !inner.next().unwrap_or(false));
    let count = words.iter().filter(|t| t.word == Word::Dollars).count();
    if count == 0 {
        return Ok(words);
    }
    let Some(open) = words.iter().position(|t| t.word == Word::Dollars) else { return Ok(words) };
    let wanted = match &*words[open].text {
        "(" => ")",
        "[" => "]",
        "$$" => "$$",
        "$" => "$",
        other => {
            return Err(syntax(format!(r"`\{other}` closes nothing"))
                .at(words[open].span, "")
                .help(r"write $ … $ or \( … \) around the formula"));
        }
    };
    if open > 0 {
        return Err(syntax("something stands before the formula")
            .at(words[0].span.join(words[open - 1].span), "")
            .help("give the formula alone, without the text around it"));
    }
    let close = words.iter().skip(1).position(|t| t.word == Word::Dollars).map(|at| at + 1);
    let Some(close) = close else {
        return Err(syntax(format!("`{}` is never closed", show(&words[open].text)))
            .at(words[open].span, "opened here")
            .help(format!("add `{}`", show(wanted))));
    };
    if words[close].text != wanted {
        return Err(syntax(format!(
            "`{}` is closed by `{}`",
            show(&words[open].text),
            show(&words[close].text)
        ))
        .at(words[close].span, "")
        .at(words[open].span, "opened here")
        .help(format!("write `{}`", show(wanted))));
    }
    let rest = &words[close + 1..];
    if rest.iter().any(|t| !matches!(t.word, Word::Point | Word::Comma | Word::Semicolon | Word::Text)) {
        let span = rest.iter().fold(words[close].span, |span, t| span.join(t.span));
        return Err(syntax("something stands behind the formula")
            .at(span, "")
            .help("give one formula at a time, without the text around it"));
    }
    words.truncate(close);
    words.remove(0);
    Ok(words)
}

/// `(7)` in a column of its own.
fn is_equation_number(row: &[Token<'_>]) -> bool {
    matches!(row, [open, number, close]
        if open.word == Word::Open(Fence::Round) && close.word == Word::Close(Fence::Round)
            && number.word == Word::Number && !number.text.contains('.'))
}

fn show(delimiter: &str) -> String {
    if delimiter.starts_with('$') { delimiter.into() } else { format!(r"\{delimiter}") }
}

/// Takes `\begin{align}`, `[t]` and the numbers of columns away.
fn without_surroundings(words: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut result: Vec<Token<'_>> = Vec::with_capacity(words.len());
    let mut at = 0;
    let mut depth = 0usize;
    // the beginning of the text counts: fragments are often cut from their environment
    let mut opened = true;
    while at < words.len() {
        let token = &words[at];
        if opened && is_position(&words[at..]) {
            at += 3;
            continue;
        }
        opened = false;
        match token.word {
            Word::Begin if depth == 0 && is_transparent(&token.text) => {
                opened = true;
                at += 1;
                if token.text.starts_with("aligna") || token.text.starts_with("alignedat") {
                    while at < words.len() && words[at].word != Word::CloseCurly {
                        at += 1;
                    }
                    at += 1;
                }
                // what stands around an environment is another line
                if result.last().is_some_and(|t| !matches!(t.word, Word::Relation(_))) {
                    result.push(Token { word: Word::Newline, ..token.clone() });
                }
                continue;
            }
            Word::End if depth == 0 && is_transparent(&token.text) => {
                at += 1;
                continue;
            }
            Word::OpenCurly | Word::Open(_) | Word::Begin => depth += 1,
            Word::CloseCurly | Word::Close(_) | Word::End => depth = depth.saturating_sub(1),
            _ => {}
        }
        result.push(token.clone());
        at += 1;
    }
    result
}

/// `[t]`.
fn is_position(words: &[Token<'_>]) -> bool {
    matches!(words, [open, letter, close, ..]
        if open.word == Word::Open(Fence::Square) && close.word == Word::Close(Fence::Square)
            && matches!(&*letter.text, "t" | "b" | "c"))
}

fn is_operator(word: Word) -> bool {
    matches!(
        word,
        Word::Plus | Word::Minus | Word::Times | Word::Slash | Word::Hadamard | Word::ElementwiseSlash
    )
}

fn is_link(word: Word) -> bool {
    matches!(word, Word::Relation(_) | Word::Approximately)
}

/// Cuts at separators outside brackets.
fn split<'a>(words: Vec<Token<'a>>) -> Vec<Vec<Token<'a>>> {
    let mut rows: Vec<Vec<Token<'a>>> = vec![Vec::new()];
    // what is open: whether line breaks mean something in it
    let mut open: Vec<bool> = Vec::new();
    let count = words.len();
    for at in 0..count {
        let token = words[at].clone();
        let next = words.get(at + 1);
        let row_is_empty = rows.last().is_none_or(Vec::is_empty);
        match token.word {
            Word::OpenCurly | Word::Open(_) => open.push(false),
            Word::Begin => open.push(true),
            Word::CloseCurly | Word::Close(_) | Word::End => {
                open.pop();
            }
            Word::Newline | Word::Ampersand | Word::Gap if open.last() == Some(&false) => continue,
            Word::Gap if !open.is_empty() => continue,
            _ => {}
        }
        if !open.is_empty() {
            push(&mut rows, token);
            continue;
        }
        match token.word {
            Word::Newline => {
                let mut ahead = at + 1;
                let mut has_mark = false;
                while words.get(ahead).is_some_and(|t| matches!(t.word, Word::Ampersand | Word::Gap)) {
                    has_mark = true;
                    ahead += 1;
                }
                // no formula begins with `+` or `\cdot`; one may begin with a minus
                let continues = words
                    .get(ahead)
                    .is_some_and(|t| is_operator(t.word) && (has_mark || t.word != Word::Minus));
                let is_open = rows.last().and_then(|row| row.last()).is_some_and(|t| {
                    is_operator(t.word) || is_link(t.word) && words.get(ahead).is_some_and(starts_operand)
                });
                if !(continues || is_open) || row_is_empty {
                    rows.push(Vec::new());
                }
            }
            Word::Arrow => rows.push(Vec::new()),
            Word::Text if connects(&token.text) => rows.push(Vec::new()),
            Word::And if !matches!(&*token.text, "land" | "wedge") => rows.push(Vec::new()),
            // columns of their own, unless the mark only aligns
            Word::Ampersand => {
                let is_behind_value = rows.last().and_then(|row| row.last()).is_some_and(|t| {
                    matches!(
                        t.word,
                        Word::Number
                            | Word::Letter
                            | Word::CloseCurly
                            | Word::Close(_)
                            | Word::Command
                            | Word::Prime
                    )
                });
                if is_behind_value && next.is_some_and(|t| starts_operand(t)) {
                    rows.push(Vec::new());
                }
            }
            Word::Gap | Word::Comma | Word::Semicolon => {
                let is_between = next.is_some_and(|t| {
                    starts_operand(t)
                        || matches!(t.word, Word::Minus | Word::Open(_) | Word::Gap | Word::Text)
                });
                let after_operator = rows
                    .last()
                    .and_then(|row| row.last())
                    .is_none_or(|t| is_operator(t.word) || is_link(t.word));
                if is_between
                    && !(token.word == Word::Gap
                        && (after_operator || next.is_some_and(|t| t.word == Word::Minus)))
                {
                    rows.push(Vec::new());
                }
            }
            _ => push(&mut rows, token),
        }
    }
    rows
}

fn push<'a>(rows: &mut [Vec<Token<'a>>], token: Token<'a>) {
    if let Some(row) = rows.last_mut() {
        row.push(token);
    }
}

/// Takes trailing punctuation and remarks off.
fn trim(row: &mut Vec<Token<'_>>) {
    while row.last().is_some_and(|t| {
        matches!(
            t.word,
            Word::Point
                | Word::Comma
                | Word::Semicolon
                | Word::Colon
                | Word::Gap
                | Word::Ampersand
                | Word::Newline
        ) || t.word == Word::Text && !is_word(&t.text)
    }) {
        row.pop();
    }
    // `(a remark) …` in front
    let remarks = row.iter().take_while(|t| t.word == Word::Text && !is_word(&t.text)).count();
    row.drain(..remarks.min(row.len().saturating_sub(1)));
    if row.iter().all(|t| matches!(t.word, Word::Text)) && row.iter().any(|t| !is_word(&t.text)) {
        row.clear();
    }
}

/// Words between two statements.
fn connects(text: &str) -> bool {
    const WORDS: &[&str] =
        &["and", "hence", "so", "then", "thus", "therefore", "gives", "with", "implies", "yields"];
    text.split(|c: char| !c.is_alphabetic()).any(|word| WORDS.contains(&word)) && !text.contains('(')
}

/// Whether prose is a single word, which may be a name.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Checks brackets in the whole text; if that fails, line by line, so that one bad line does not hide the others.
pub(super) fn lines<'a>(words: Vec<Token<'a>>) -> Vec<Result<Vec<Token<'a>>, Diagnostic>> {
    let Err(problem) = brackets::partners(&words) else {
        return match statements(words) {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            Err(problem) => vec![Err(problem)],
        };
    };
    let is_break = |t: &Token<'_>| t.word == Word::Newline;
    if !words.iter().any(is_break) {
        return vec![Err(problem)];
    }
    let mut result = Vec::new();
    for line in words.split(is_break) {
        let line: Vec<Token<'a>> = line
            .iter()
            .filter(|t| {
                !(matches!(t.word, Word::Begin | Word::End) && is_transparent(&t.text)
                    || t.word == Word::Dollars)
            })
            .cloned()
            .collect();
        match brackets::partners(&line) {
            Err(problem) => result.push(Err(problem)),
            Ok(_) => match statements(line) {
                Ok(rows) => result.extend(rows.into_iter().map(Ok)),
                Err(problem) => result.push(Err(problem)),
            },
        }
    }
    result
}
