//! Documents: where the formulas stand. Plain text, Markdown with LaTeX, or LaTeX; prose is skipped.
//!
//! This file knows delimiters and lines and nothing of what a formula means.

mod around;
mod bare;
pub(super) mod blanks;
pub(super) mod boundaries;
mod braces;
pub(super) mod cases;
pub(super) mod claim;
pub(super) mod letters;
mod plain;
pub(super) mod prose;
mod rows;
pub(super) mod scopes;
pub(super) mod sentences;
pub(super) mod spaces;
pub(super) mod trim;
pub(super) mod words;
mod xml;

use crate::span::Span;
use crate::syntax::sets_formulas;
use bare::bare;
use claim::column_count;
use plain::{has_sentence, plain};

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
    /// It is taken to be so for what its sentence says: "if".
    Supposition,
    /// It is to be made true: "set to zero", "solve", "such that".
    Demand,
    /// It is an equation, if it does not hold everywhere: "the level curve", "has a solution".
    Equation,
    /// Whether it holds is asked.
    Question,
    /// It says where something else holds: "for", "at".
    Condition,
    /// It says why something else holds.
    Reason,
}

/// A document split into what is declared and where its formulas stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    /// The lines of the preamble, with their places.
    pub preamble: Vec<Span>,
    /// Where the text behind it begins.
    pub body: usize,
    /// The formulas in order.
    pub formulas: Vec<Formula>,
    /// Places that hold mathematics and cannot be taken apart, and why.
    pub skipped: Vec<(Span, String)>,
}

/// Splits a document.
pub(super) fn read(text: &str) -> Document {
    let (preamble, body) = preamble(text);
    let mut document = Document { preamble, body, ..Document::default() };
    if body == 0
        && let Some(ruler) = open_front_matter(text)
    {
        document.skipped.push((ruler, "this --- is never closed by another one".to_owned()));
    }
    let is_marked = is_marked_up(&text[body..]);
    if is_marked {
        marked(text, body, &mut document);
    } else {
        bare(text, body, &mut document);
    }
    document.formulas.sort_by_key(|formula| formula.span.start);
    if is_marked {
        around::settle(text, body, &mut document.formulas);
    }
    document
}

/// The text with the same number of bytes in which comments and drawings are blank and characters that only look different are
/// the usual ones: a byte-order mark, typographic apostrophes, signs of full width, decimal commas of LaTeX, dollar signs around a
/// lone relation, and braces where nothing else is LaTeX.
pub(super) fn normal(text: &str) -> String {
    let mut made = without_wide_signs(&blanks::without_comments(text));
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
    made = braces::with_plain_braces(xml::with_marks_of_latex(made));
    made.split_inclusive('\n').map(without_dollars_at_relations).collect()
}

/// Signs of full width, as texts in Chinese and Japanese have them, and others that only look different.
fn without_wide_signs(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        let usual = match c {
            '\u{feff}' => ' ',
            '\u{2019}' => '\u{2032}',
            // ！ to ～
            '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
            '。' => '.',
            '、' => ',',
            _ => c,
        };
        made.push(usual);
        made.extend(std::iter::repeat_n(' ', c.len_utf8() - usual.len_utf8()));
    }
    made
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

/// Where the lines of a text begin.
#[derive(Clone, Debug, Default)]
pub(super) struct LineIndex(Vec<usize>);

impl LineIndex {
    pub fn new(text: &str) -> Self {
        LineIndex(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    /// The number of the line, from 1, in which a byte stands.
    pub fn number(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at) + 1
    }
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
    if line.starts_with("let ") && !spaces::declarations(line).is_empty() {
        return true;
    }
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

/// Are there marks around formulas? Dollar signs within a box or words of a formula are none.
fn is_marked_up(text: &str) -> bool {
    let dollars = text.matches('$').count() - text.matches("\\$").count();
    dollars >= 2 && !dollars_are_inside(text)
        || text.contains("\\[")
        || text.contains("\\(")
        || text
            .match_indices("\\begin{")
            .any(|(at, begin)| text[at + begin.len()..].split('}').next().is_some_and(sets_formulas))
        || text.contains("```math")
}

/// `\parbox{5em}{$x$}`, `\text{by $x = 1$}`: every dollar sign stands within braces.
fn dollars_are_inside(text: &str) -> bool {
    let mut depth = 0usize;
    let mut before = ' ';
    for c in text.chars() {
        match c {
            _ if before == '\\' => {}
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '$' if depth == 0 => return false,
            _ => {}
        }
        before = if before == '\\' { ' ' } else { c };
    }
    true
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
            && sets_formulas(name)
        {
            let begin = "\\begin{}".len() + name.len();
            let length = begin + rest.get(begin..).map_or(0, |behind| column_count(name, behind));
            open = Some((length, &rest[..begin.min(rest.len())]));
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
            document.formulas.push(Formula {
                span: Span::new(start, end),
                notation: Notation::Latex,
                inline,
                role: Role::Claim,
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
pub(super) fn is_markup(line: &str) -> bool {
    line.contains('\\')
        || line.contains("://")
        || line.contains("](")
        || line.contains("</")
        || line.trim_start().starts_with(['|', '<', '!'])
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
        let lines = LineIndex::new(text);
        assert_eq!(lines.number(0), 1);
        assert_eq!(lines.number(3), 2);
        assert_eq!(lines.number(text.len()), 4);
        assert_eq!(line_span(text, 4), Span::new(2, 7));
    }
}
