//! Formulas in plain text: lines that are formulas, words before and behind them, lines that go on.

use super::cases::first_condition;
use super::letters::names_in;
use super::prose;
use super::{Document, Formula, Notation, Role, is_markup, lines};
use crate::span::Span;

/// Formulas of plain text: lines that relate two things, without the words around them. `between` says that the text stands
/// between formulas of a document with marks.
pub(in crate::check) fn plain(
    text: &str,
    body: std::ops::Range<usize>,
    between: bool,
    document: &mut Document,
) {
    let declared: Vec<String> =
        document.preamble.iter().flat_map(|span| names_in(&text[span.start..span.end])).collect();
    let is_declared = |word: &str| declared.iter().any(|own| own == word);
    let named = named_by(&text[..body.end], body.start);
    let is_known = |word: &str| is_declared(word) || named.contains(&word);
    let mut fenced = false;
    let mut demanded = false;
    let all: Vec<(Span, &str)> = lines(&text[..body.end], body.start).collect();
    let mut skip = 0;
    for (number, (span, line)) in all.iter().enumerate() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        let trimmed = line.trim_start();
        let is_comment = trimmed.starts_with(['#', '%']) || trimmed.starts_with("//");
        if is_comment || between && is_markup(line) {
            continue;
        }
        let own = without_words(line, &is_known);
        if own.is_empty() {
            continue;
        }
        let before = prose::role_after(&line[..own.start]);
        let own = Span::new(span.start + own.start, span.start + own.end);
        if line.contains('`') {
            in_code_marks(line, span.start, document);
            continue;
        }
        if !text[own.start..own.end].contains(['=', '≈']) {
            if !has_words(&text[own.start..own.end], 1)
                && let Some((next, following)) = all.get(number + 1)
                && following.trim_start().starts_with(['=', '≈'])
            {
                // What a chain starts from may have a line of its own.
                let end = next.start + without_words(following, &is_known).end;
                document.formulas.push(in_text(Span::new(own.start, end), false, Role::Claim));
                skip = 1;
                continue;
            }
            if let Some(head) = text[own.start..own.end].trim_end().strip_suffix(':') {
                case_head(head, own.start, &is_declared, document);
            }
            if !between {
                demanded = prose::role_after(line) == Some(Role::Demand);
            }
            continue;
        }
        let mut end = own.end;
        while let Some((next, following)) = all.get(number + 1 + skip)
            && continues(&text[own.start..end], following)
        {
            end = next.start + following.trim_end_matches(['.', ' ', '\t']).len();
            skip += 1;
        }
        // 2x (x ≠ 0): a condition in brackets.
        let aside = condition_in_brackets(&text[own.start..end]);
        if let Some((open, _)) = aside {
            end = own.start + open;
        }
        // Values with conditions are one side.
        let whole = end;
        end = first_condition(&text[own.start..end]).map_or(end, |at| own.start + at);
        let (mut pieces, has_prose) = prose::pieces(&text[own.start..end], &is_declared);
        if end < whole
            && let Some(last) = pieces.last_mut()
        {
            last.range.end = whole - own.start;
        }
        let mut is_taken = false;
        for piece in pieces {
            let formula = &text[own.start + piece.range.start..own.start + piece.range.end];
            let is_related = formula.contains(['=', '≈', '<', '>', '≤', '≥', '≠']);
            // "3 in a row = done": what stands on the left are words.
            if formula.starts_with(['=', '≈']) && piece.range.start > 0 && !is_taken && has_prose {
                continue;
            }
            is_taken |= piece.role == Role::Reason || formula.contains(['=', '≈']);
            if !is_related || piece.role == Role::Reason {
                continue;
            }
            let role = match (piece.role, before) {
                (Role::Claim, Some(role)) => role,
                (Role::Claim, None) if demanded => Role::Demand,
                (role, _) => role,
            };
            let span = Span::new(own.start + piece.range.start, own.start + piece.range.end);
            document.formulas.push(in_text(span, has_prose || between, role));
        }
        if let Some((open, close)) = aside {
            let span = Span::new(own.start + open + 1, own.start + close);
            document.formulas.push(in_text(span, true, Role::Condition));
        }
        demanded = false;
        if !is_taken && text[own.start..end].chars().any(char::is_alphanumeric) {
            let why = "the formula cannot be told from the words in this line: write it on a line of its own";
            document.skipped.push((own, why.to_owned()));
        }
    }
}

fn in_text(span: Span, inline: bool, role: Role) -> Formula {
    Formula { span, notation: Notation::Text, inline, role }
}

/// "Case x < 0:" speaks of the lines below.
fn case_head(head: &str, start: usize, is_declared: &dyn Fn(&str) -> bool, document: &mut Document) {
    for piece in prose::pieces(head, is_declared).0 {
        if prose::is_related(&head[piece.range.clone()]) {
            let span = Span::new(start + piece.range.start, start + piece.range.end);
            document.formulas.push(in_text(span, false, Role::Condition));
        }
    }
}

/// Markdown with formulas in code marks.
fn in_code_marks(line: &str, start: usize, document: &mut Document) {
    let mut parts = line.split('`');
    let mut at = start + parts.next().map_or(0, str::len) + 1;
    while let (Some(code), after) = (parts.next(), parts.next()) {
        if code.contains(['=', '≈']) && !has_sentence(code) {
            document.formulas.push(in_text(Span::new(at, at + code.len()), true, Role::Claim));
        }
        at += code.len() + after.map_or(0, str::len) + 2;
    }
}

/// The names that stand alone on the left of a line.
fn named_by(text: &str, from: usize) -> Vec<&str> {
    lines(text, from)
        .filter_map(|(_, line)| line.split_once(['=', '≈']).map(|(left, _)| left.trim()))
        .filter(|left| prose::is_name(left))
        .collect()
}

/// Where the brackets at the end of a line stand that say where it holds: ` (x ≠ 0)`.
fn condition_in_brackets(formula: &str) -> Option<(usize, usize)> {
    let inner = formula.strip_suffix(')')?;
    let open = inner.rfind(" (")? + 1;
    let condition = &inner[open + 1..];
    let is_condition = prose::is_related(condition) && !condition.contains(['(', '[', '≈']) && {
        let plain = condition.replace("<=", "").replace(">=", "").replace("!=", "");
        !plain.contains('=')
    };
    let before = formula[..open].trim_end();
    (is_condition && !is_open(before) && before.contains(['=', '≈'])).then_some((open, inner.len()))
}

/// Does a formula end with an operator?
fn is_open(formula: &str) -> bool {
    formula.ends_with(['+', '-', '−', '*', '·', '/', '^', '=', '≈'])
}

/// Does a formula go on in the next line: one that ends with an operator, or one that the next line goes on with?
fn continues(formula: &str, next: &str) -> bool {
    let next = next.trim();
    let formula = formula.trim_end();
    if next.is_empty() || next.contains(['=', '≈', '<', '>', '≤', '≥', '≠', '`']) || has_words(next, 1)
    {
        return false;
    }
    let goes_on =
        next.starts_with(['+', '−', '*', '·', '/']) || next.starts_with('-') && !next.starts_with("---");
    is_open(formula) || goes_on && formula.contains(['=', '≈'])
}

/// Words that may stand before a formula on its line.
const OPENERS: [&str; 33] = [
    "use",
    "let",
    "sei",
    "seien",
    "soit",
    "dann ist",
    "dann",
    "also",
    "es gilt",
    "somit",
    "daher",
    "so",
    "then",
    "hence",
    "thus",
    "therefore",
    "where",
    "with",
    "and",
    "define",
    "denote",
    "put",
    "set",
    "we get",
    "we have",
    "which gives",
    "now",
    "i.e.",
    "or",
    "finally",
    "answer",
    "solution",
    "claim",
];

/// The part of a line that may be a formula: list marks, opening words and remarks at the end are taken off.
fn without_words(line: &str, is_known: &dyn Fn(&str) -> bool) -> std::ops::Range<usize> {
    let mut start = line.len() - line.trim_start().len();
    // Ticks of a reader, and the end of a proof.
    let mut end =
        line.trim_end_matches([' ', '\t', '\r', '✓', '✔', '✅', '☑', '∎', '□', '■', '\u{fe0f}']).len();
    if start >= end {
        return 0..0;
    }
    // Remarks.
    for mark in ["//", " -- ", "  #", "\t#", " — "] {
        if let Some(found) = line[start..end].find(mark) {
            end = start + line[start..start + found].trim_end().len();
        }
    }
    // A column of words: "= 2x    power rule".
    if let Some((column, _)) = line[start..end].match_indices("  ").find(|(at, _)| {
        let rest = line[start + at..end].trim_start();
        *at > 0 && !line[start..start + at].ends_with(' ') && prose::is_remark(rest)
    }) {
        end = start + column;
    }
    if line[start..end].ends_with([')', ']'])
        && let Some(open) = line[start..end].rfind(['(', '['])
        && !is_factor(&line[start..start + open], &line[start + open + 1..end - 1], is_known)
        && (line[start..start + open].ends_with(' ') && prose::is_remark(&line[start + open + 1..end - 1])
            || (line[start..start + open].ends_with("  ") || line[start..start + open].ends_with('\t'))
                && (has_words(&line[start + open + 1..end - 1], 1)
                    || line[start + open + 1..end - 1].parse::<u32>().is_ok()))
    {
        end = start + line[start..start + open].trim_end().len();
    }
    start += without_opening(&line[start..end]);
    let trimmed = line[start..end].trim_end_matches(['.', ',', ';']).trim_end();
    start..start + trimmed.len()
}

/// Is what stands in brackets at the end of a line a part of the formula? Behind an operator it is, and so are known names, and
/// words with an operator between them.
fn is_factor(before: &str, inner: &str, is_known: &dyn Fn(&str) -> bool) -> bool {
    const OPERATORS: [&str; 5] = [" + ", " - ", " − ", " * ", " / "];
    let mut words = inner.split_whitespace().peekable();
    is_open(before.trim_end())
        || before.trim_end().ends_with('(')
        || words.peek().is_some() && words.all(is_known)
        || OPERATORS.iter().any(|operator| inner.contains(operator)) && !has_words(inner, 2)
}

/// How much of a line stands before a formula: list marks and opening words.
pub(super) fn without_opening(line: &str) -> usize {
    let mut start = line.len() - line.trim_start().len();
    loop {
        let rest = &line[start..];
        let before = start;
        let skip = |n: usize| start + n + (rest[n..].len() - rest[n..].trim_start().len());
        // "the derivative is: …"
        if let Some(colon) = rest.find(": ")
            && has_words(&rest[..colon], 1)
            && !prose::is_related(&rest[..colon])
        {
            start = skip(colon + 1);
        } else if let Some(rest_after) = rest.strip_prefix(['-', '*', '•', '>'])
            && rest_after.starts_with(' ')
            && !rest.starts_with("> =")
        {
            start = skip(rest.len() - rest_after.len());
        } else if let Some(n) = list_mark(rest) {
            // (a), 1), 2.
            start = skip(n);
        } else if let Some(n) = opening_word(rest) {
            start = skip(n);
        }
        if start == before {
            return start;
        }
    }
}

/// The length of a word at the start that belongs to a sentence: one of a few, or a long one before something to read.
fn opening_word(rest: &str) -> Option<usize> {
    for word in OPENERS {
        if rest.len() > word.len()
            && rest.is_char_boundary(word.len())
            && rest[..word.len()].eq_ignore_ascii_case(word)
            && rest[word.len()..].starts_with([' ', ':', ','])
        {
            return Some(word.len() + 1);
        }
    }
    let length = rest.find(|c: char| !c.is_ascii_alphabetic())?;
    let next = rest[length..].trim_start().chars().next()?;
    let is_spaced = rest[length..].starts_with(' ') || rest[length..].starts_with(',');
    let starts_formula = next.is_alphanumeric() || matches!(next, '(' | '∂' | '∇' | '‖' | '√' | 'Σ' | '\\');
    (length >= 4 && is_spaced && (starts_formula || next == ',') && has_words(&rest[..length], 1))
        .then_some(length + 1)
}

/// `(a)`, `1)`, `2.`, `(iv)` at the start, with what follows apart from it.
pub(super) fn list_mark(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('(').unwrap_or(text);
    let opened = inner.len() < text.len();
    let word = inner.find(|c: char| !c.is_ascii_alphanumeric())?;
    let is_number = inner[..word].bytes().all(|byte| byte.is_ascii_digit());
    if word == 0 || word > 3 && !(is_number && word <= 6) {
        return None;
    }
    let after = &inner[word..];
    let closed =
        if opened { after.starts_with(") ") } else { after.starts_with(") ") || after.starts_with(". ") };
    let is_mark = is_number || word == 1 || opened && word <= 3;
    // `(x) = …` is a formula.
    let rest = after.get(2..).unwrap_or("").trim_start();
    (closed && is_mark && !rest.is_empty() && !rest.starts_with(['=', '+', '-', '*', '/', '^', '≈', ')']))
        .then_some(text.len() - inner.len() + word + 1)
}

/// Two ordinary words side by side.
pub(super) fn has_sentence(text: &str) -> bool {
    has_words(text, 2)
}

fn has_words(text: &str, wanted: usize) -> bool {
    let mut run = 0;
    for word in text.split([' ', '\t', ',']) {
        let letters = word.trim_end_matches(['.', ';', ':', '!', '?']);
        let is_word = letters.len() >= 2
            && letters.chars().all(|c| c.is_ascii_alphabetic())
            && crate::function::lookup(letters).is_none()
            && !matches!(letters, "if" | "and" | "otherwise" | "diff" | "grad" | "pi" | "cases")
            && (letters.len() >= 3
                || matches!(
                    letters,
                    "is" | "we" | "of" | "to" | "by" | "in" | "so" | "it" | "at" | "as" | "an"
                ))
            && letters.chars().skip(1).all(|c| c.is_ascii_lowercase());
        if is_word {
            run += 1;
            if run >= wanted {
                return true;
            }
        } else if !word.is_empty() {
            run = 0;
        }
    }
    false
}
