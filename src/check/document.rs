//! Documents: where the formulas stand. Plain text, Markdown with LaTeX, or LaTeX; prose is skipped.
//!
//! This file knows delimiters and lines and nothing of what a formula means.

use super::prose;
use crate::span::Span;

/// In which notation a formula is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// Plain or Unicode text.
    Text,
    /// LaTeX.
    Latex,
}

/// A stretch of mathematics in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Formula {
    /// Where it stands.
    pub span: Span,
    /// How it is written.
    pub notation: Notation,
    /// Does it stand within a sentence?
    pub inline: bool,
    /// What the words around it make of it.
    pub role: Role,
}

/// What the words around a formula make of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Role {
    /// It is said to hold.
    #[default]
    Claim,
    /// It gives a name its meaning: "let", "sei".
    Definition,
    /// It is to be made true: "set to zero", "solve".
    Demand,
    /// It says where something else holds: "for", "if".
    Condition,
    /// It says why something else holds.
    Reason,
}

/// A document split into what is declared and where its formulas stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    /// The lines of the preamble, with their places.
    pub preamble: Vec<Span>,
    /// The formulas in order.
    pub formulas: Vec<Formula>,
    /// Places that hold mathematics and cannot be taken apart, and why.
    pub skipped: Vec<(Span, String)>,
}

/// Environments whose content is a formula.
const ENVIRONMENTS: [&str; 16] = [
    "equation",
    "equation*",
    "align",
    "align*",
    "aligned",
    "gather",
    "gather*",
    "multline",
    "multline*",
    "eqnarray",
    "eqnarray*",
    "displaymath",
    "math",
    "alignat",
    "alignat*",
    "flalign*",
];

/// Splits a document.
pub(super) fn read(text: &str) -> Document {
    let (preamble, body) = preamble(text);
    let mut document = Document { preamble, ..Document::default() };
    if body == 0
        && let Some(ruler) = open_front_matter(text)
    {
        document.skipped.push((ruler, "this --- is never closed by another one".to_owned()));
    }
    if is_marked_up(&text[body..]) {
        marked(text, body, &mut document);
    } else {
        plain(text, body..text.len(), false, &mut document);
    }
    document.formulas.sort_by_key(|formula| formula.span.start);
    document
}

/// The text with the same number of bytes in which characters that only look different are the usual ones: a byte-order mark,
/// typographic apostrophes, decimal commas of LaTeX, and dollar signs around a lone relation.
pub(super) fn normal(text: &str) -> String {
    let mut made = text.replace('\u{feff}', "   ").replace('\u{2019}', "\u{2032}");
    let mut from = 0;
    while let Some(found) = made[from..].find("{,}") {
        let at = from + found;
        let digits = made[at + 3..].bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && made[..at].ends_with(|c: char| c.is_ascii_digit()) {
            let moved = format!(".{}  ", &made[at + 3..at + 3 + digits]);
            made.replace_range(at..at + 3 + digits, &moved);
        }
        from = at + 3;
    }
    let mut lines: Vec<String> = Vec::new();
    for line in made.split_inclusive('\n') {
        lines.push(without_dollars_at_relations(line));
    }
    lines.concat()
}

/// `$a$ = $b$` as `$a  =  b$`.
fn without_dollars_at_relations(line: &str) -> String {
    let mut bytes = line.as_bytes().to_vec();
    for (at, _) in line.match_indices('=') {
        let before = line[..at].trim_end_matches([' ', '\t']);
        let after = line[at + 1..].trim_start_matches([' ', '\t']);
        let is_single = before.ends_with('$')
            && !before.ends_with("$$")
            && after.starts_with('$')
            && !after.starts_with("$$")
            && !before.ends_with("\\$");
        if is_single && before.matches('$').count().is_multiple_of(2) {
            for place in [before.len() - 1, line.len() - after.len()] {
                if let Some(byte) = bytes.get_mut(place) {
                    *byte = b' ';
                }
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| line.to_owned())
}

/// A `---` before declarations that no other one closes.
fn open_front_matter(text: &str) -> Option<Span> {
    let mut rest = lines(text, 0).skip_while(|(_, line)| line.trim().is_empty());
    let (ruler, _) = rest.next().filter(|(_, line)| line.trim_end() == "---")?;
    let (_, first) = rest.find(|(_, line)| !line.trim().is_empty())?;
    is_declaration(first).then_some(ruler)
}

/// The number of the line, from 1, in which a byte stands.
pub(super) fn line_number(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// The line in which a byte stands, without its end.
pub(super) fn line_span(text: &str, at: usize) -> Span {
    let at = at.min(text.len());
    let start = text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |p| p + 1);
    let end = text.as_bytes()[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |p| at + p);
    let end = if text[start..end].ends_with('\r') { end - 1 } else { end };
    Span::new(start, end)
}

/// Lines with their places.
pub(super) fn lines(text: &str, from: usize) -> impl Iterator<Item = (Span, &str)> {
    let mut at = from;
    text[from..].split_inclusive('\n').map(move |line| {
        let span = Span::new(at, at + line.trim_end_matches(['\n', '\r']).len());
        at += line.len();
        (span, &text[span.start..span.end])
    })
}

/// Words that open a line of declarations.
fn is_declaration(line: &str) -> bool {
    let line = line.trim_start();
    ["let ", "given ", "at "].iter().any(|word| {
        line.strip_prefix(word).is_some_and(|rest| {
            // "at x = 1" and "given sum(y) = 1" declare; "given that x = 1 we see" does not.
            rest.contains(['=', ':', '>', '<', '≥', '≤', '≠']) && !rest.contains('$') && !has_sentence(rest)
        })
    })
}

/// The preamble and where the body starts: front matter between `---`, or leading lines that start with let, given or at.
fn preamble(text: &str) -> (Vec<Span>, usize) {
    let mut spans = Vec::new();
    let mut rest = lines(text, 0).skip_while(|(_, line)| line.trim().is_empty()).peekable();
    let next = |text: &str, span: Span| {
        text.as_bytes()[span.end..].iter().position(|b| *b == b'\n').map_or(text.len(), |p| span.end + p + 1)
    };
    if rest.peek().is_some_and(|(_, line)| line.trim_end() == "---") {
        rest.next();
        for (span, line) in rest {
            if line.trim_end() == "---" {
                return (spans, next(text, span));
            }
            spans.push(span);
        }
        // Never closed: a ruler, not front matter.
        return (Vec::new(), 0);
    }
    let mut body = 0;
    for (span, line) in rest {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        if !is_declaration(line) {
            break;
        }
        spans.push(span);
        body = next(text, span);
    }
    (spans, body)
}

fn is_marked_up(text: &str) -> bool {
    let dollars = text.matches('$').count();
    dollars >= 2
        || text.contains("\\[")
        || text.contains("\\(")
        || text.contains("\\begin{")
        || text.contains("```math")
}

/// Formulas of Markdown or LaTeX, from their delimiters. What stands between them is looked through line by line.
fn marked(text: &str, body: usize, document: &mut Document) {
    let mut at = body;
    let mut gap = body;
    while at < text.len() {
        let rest = &text[at..];
        let close = |open: usize, mark: &str| {
            rest[open..]
                .find(mark)
                .map(|found| (at + open, at + open + found, at + open + found + mark.len()))
        };
        // Where a formula begins that is never closed, and how it is opened.
        let mut open: Option<(usize, &str)> = None;
        let found = if rest.starts_with("\\$") || rest.starts_with("\\\\") {
            at += 2;
            continue;
        } else if rest.starts_with('%') {
            at += rest.find('\n').map_or(rest.len(), |p| p + 1);
            continue;
        } else if rest.starts_with("```math") {
            open = Some((7, "```math"));
            close(7, "```").map(|f| (f, false))
        } else if rest.starts_with("```") {
            match close(3, "```") {
                Some((_, _, after)) => {
                    between(text, gap..at, document);
                    at = after;
                    gap = after;
                    continue;
                }
                None => None,
            }
        } else if rest.starts_with("$$") {
            open = Some((2, "$$"));
            close(2, "$$").map(|f| (f, false))
        } else if rest.starts_with('$') {
            open = Some((1, "$"));
            // An inline formula does not cross an empty line.
            close(1, "$").filter(|(start, end, _)| !text[*start..*end].contains("\n\n")).map(|f| (f, true))
        } else if rest.starts_with("\\[") {
            open = Some((2, "\\["));
            close(2, "\\]").map(|f| (f, false))
        } else if rest.starts_with("\\(") {
            open = Some((2, "\\("));
            close(2, "\\)").map(|f| (f, true))
        } else if let Some(name) = rest.strip_prefix("\\begin{").and_then(|r| r.split('}').next())
            && ENVIRONMENTS.contains(&name)
        {
            let length = "\\begin{}".len() + name.len();
            open = Some((length, &rest[..length.min(rest.len())]));
            close(length, &format!("\\end{{{name}}}")).map(|f| (f, false))
        } else {
            None
        };
        let (found, is_open) = match (found, open) {
            (Some(found), _) => (found, None),
            (None, Some((length, mark))) => {
                // To the end of the line or of the paragraph.
                let start = at + length;
                let stop = if mark == "$" { "\n" } else { "\n\n" };
                let end = text[start..].find(stop).map_or(text.len(), |found| start + found);
                let is_formula = text[start..end].contains(['=', '≈']);
                if !is_formula {
                    at += length;
                    continue;
                }
                (((start, end, end), mark == "$"), Some(mark))
            }
            (None, None) => {
                at += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            }
        };
        let ((start, end, after), inline) = found;
        between(text, gap..at, document);
        if let Some(mark) = is_open {
            document.skipped.push((Span::new(at, end), format!("this {mark} is never closed")));
        }
        if !text[start..end].trim().is_empty() {
            let role = prose::role_after(&text[gap..at]).unwrap_or_default();
            document.formulas.push(Formula {
                span: Span::new(start, end),
                notation: Notation::Latex,
                inline,
                role,
            });
        }
        at = after;
        gap = after;
    }
    between(text, gap..text.len(), document);
}

/// Formulas outside the marks of a document that has such marks.
fn between(text: &str, gap: std::ops::Range<usize>, document: &mut Document) {
    if text[gap.clone()].contains(['=', '≈']) {
        plain(text, gap, true, document);
    }
}

/// Is a line no mathematics, although there is an equals sign in it?
fn is_markup(line: &str) -> bool {
    line.contains('\\')
        || line.contains("://")
        || line.contains("](")
        || line.contains("</")
        || line.trim_start().starts_with(['|', '<', '!'])
}

/// Formulas of plain text: lines that relate two things, without the words around them. `between` says that the text stands
/// between formulas of a document with marks.
fn plain(text: &str, body: std::ops::Range<usize>, between: bool, document: &mut Document) {
    let declared: Vec<String> = document
        .preamble
        .iter()
        .flat_map(|span| text[span.start..span.end].split(|c: char| !c.is_alphanumeric()).map(str::to_owned))
        .collect();
    let is_declared = |word: &str| declared.iter().any(|own| own == word);
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
        if trimmed.starts_with('#') || trimmed.starts_with("//") || trimmed.starts_with('%') {
            continue;
        }
        if between && is_markup(line) {
            continue;
        }
        let own = without_words(line);
        if own.is_empty() {
            continue;
        }
        let before = prose::role_after(&line[..own.start]);
        let own = Span::new(span.start + own.start, span.start + own.end);
        if line.contains('`') {
            // Markdown with formulas in code marks.
            let mut parts = line.split('`');
            let mut at = span.start + parts.next().map_or(0, str::len) + 1;
            while let (Some(code), after) = (parts.next(), parts.next()) {
                if code.contains(['=', '≈']) && !has_sentence(code) {
                    let span = Span::new(at, at + code.len());
                    let role = Role::Claim;
                    document.formulas.push(Formula { span, notation: Notation::Text, inline: true, role });
                }
                at += code.len() + after.map_or(0, str::len) + 2;
            }
            continue;
        }
        if !text[own.start..own.end].contains(['=', '≈']) {
            if !has_words(&text[own.start..own.end], 1)
                && let Some((next, following)) = all.get(number + 1)
                && following.trim_start().starts_with(['=', '≈'])
            {
                // What a chain starts from may have a line of its own.
                let end = next.start + without_words(following).end;
                let span = Span::new(own.start, end);
                let (notation, role) = (Notation::Text, Role::Claim);
                document.formulas.push(Formula { span, notation, inline: false, role });
                skip = 1;
                continue;
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
        let (pieces, has_prose) = prose::pieces(&text[own.start..end], &is_declared);
        let mut is_taken = false;
        for piece in pieces {
            let formula = &text[own.start + piece.range.start..own.start + piece.range.end];
            let is_related = formula.contains(['=', '≈', '<', '>', '≤', '≥', '≠']);
            is_taken |= piece.role == Role::Reason || formula.contains(['=', '≈']);
            if !is_related || piece.role == Role::Reason {
                continue;
            }
            let role = match (piece.role, before) {
                (Role::Claim, Some(role)) => role,
                (Role::Claim, None) if demanded => Role::Demand,
                (role, _) => role,
            };
            document.formulas.push(Formula {
                span: Span::new(own.start + piece.range.start, own.start + piece.range.end),
                notation: Notation::Text,
                inline: has_prose || between,
                role,
            });
        }
        demanded = false;
        if !is_taken && text[own.start..end].chars().any(char::is_alphanumeric) {
            let why = "the formula cannot be told from the words in this line: write it on a line of its own";
            document.skipped.push((own, why.to_owned()));
        }
    }
}

/// Does a formula go on in the next line: one that ends with an operator, or one that the next line goes on with?
fn continues(formula: &str, next: &str) -> bool {
    let next = next.trim();
    let formula = formula.trim_end();
    if next.is_empty() || next.contains(['=', '≈', '<', '>', '≤', '≥', '≠', '`']) || has_words(next, 1)
    {
        return false;
    }
    let is_open = formula.ends_with(['+', '-', '−', '*', '·', '/', '^', '=', '≈']);
    let goes_on =
        next.starts_with(['+', '−', '*', '·', '/']) || next.starts_with('-') && !next.starts_with("---");
    is_open || goes_on && formula.contains(['=', '≈'])
}

/// Words that may stand before a formula on its line.
const OPENERS: [&str; 32] = [
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
fn without_words(line: &str) -> std::ops::Range<usize> {
    let mut start = line.len() - line.trim_start().len();
    let mut end = line.trim_end().len();
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
        && (line[start..start + open].ends_with(' ') && prose::is_remark(&line[start + open + 1..end - 1])
            || (line[start..start + open].ends_with("  ") || line[start..start + open].ends_with('\t'))
                && (has_words(&line[start + open + 1..end - 1], 1)
                    || line[start + open + 1..end - 1].parse::<u32>().is_ok()))
    {
        end = start + line[start..start + open].trim_end().len();
    }
    loop {
        let rest = &line[start..end];
        let before = start;
        let skip = |n: usize| start + n + (rest[n..].len() - rest[n..].trim_start().len());
        // "the derivative is: …"
        if let Some(colon) = rest.find(": ")
            && has_words(&rest[..colon], 1)
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
            break;
        }
    }
    let trimmed = line[start..end].trim_end_matches(['.', ',', ';']).trim_end();
    start..start + trimmed.len()
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
    let starts_formula = next.is_alphanumeric() || matches!(next, '(' | '∂' | '∇' | '‖' | '√' | 'Σ');
    (length >= 4 && is_spaced && (starts_formula || next == ',') && has_words(&rest[..length], 1))
        .then_some(length + 1)
}

/// `(a)`, `1)`, `2.`, `(iv)` at the start, with what follows apart from it.
pub(super) fn list_mark(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('(').unwrap_or(text);
    let opened = inner.len() < text.len();
    let word = inner.find(|c: char| !c.is_ascii_alphanumeric())?;
    if word == 0 || word > 3 {
        return None;
    }
    let after = &inner[word..];
    let closed =
        if opened { after.starts_with(") ") } else { after.starts_with(") ") || after.starts_with(". ") };
    let is_mark = inner[..word].chars().all(|c| c.is_ascii_digit()) || word == 1 || opened && word <= 3;
    // `(x) = …` is a formula.
    let rest = after.get(2..).unwrap_or("").trim_start();
    (closed && is_mark && !rest.is_empty() && !rest.starts_with(['=', '+', '-', '*', '/', '^', '≈', ')']))
        .then_some(text.len() - inner.len() + word + 1)
}

/// Two ordinary words side by side.
fn has_sentence(text: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        read(text).formulas.iter().map(|f| text[f.span.start..f.span.end].trim()).collect()
    }

    #[test]
    fn formulas_are_found_and_prose_is_not() {
        for (text, expected) in [
            ("f(x) = x^2\nf'(x) = 2x", vec!["f(x) = x^2", "f'(x) = 2x"]),
            ("We want the slope of this.\n1) y = x^2\n   = x*x  (by definition)", vec!["y = x^2", "= x*x"]),
            ("Here $a = b$ and\n$$\na = c \\tag{1}\n$$\n costs \\$5", vec!["a = b", "a = c \\tag{1}"]),
            ("\\begin{align*} a &= b \\\\ &= c \\end{align*}", vec!["a &= b \\\\ &= c"]),
            ("So y' = 2x.\nTherefore: y'' = 2", vec!["y' = 2x", "y'' = 2"]),
            ("# Title = 3\nThe slope is `d/dx x^2 = 2x` here, and so on", vec!["d/dx x^2 = 2x"]),
            ("let x: R\n\na = x", vec!["a = x"]),
            ("---\nlet x: R\n---\na = x", vec!["a = x"]),
            ("(x) = 3", vec!["(x) = 3"]),
            ("we see that x = 3 holds for all of them", vec!["x = 3"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn lines_are_counted_from_one() {
        let text = "a\nb = 1\n\nc";
        assert_eq!(line_number(text, 0), 1);
        assert_eq!(line_number(text, 3), 2);
        assert_eq!(line_number(text, text.len()), 4);
        assert_eq!(line_span(text, 4), Span::new(2, 7));
    }
}
