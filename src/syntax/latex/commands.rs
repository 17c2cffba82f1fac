//! Commands that a text defines for itself: `\newcommand{\w}{\omega}`. Those without arguments are written out before
//! anything is read; places in the text that comes out are led back to the text that was written.

use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// Definitions that are taken up.
const MOST_DEFINITIONS: usize = 200;
/// The text may grow to this many bytes.
const LONGEST: usize = 1 << 20;

const DEFINERS: [&str; 5] =
    [r"\newcommand", r"\renewcommand", r"\providecommand", r"\DeclareMathOperator", r"\def"];

/// A text with its own commands written out.
pub(crate) struct WrittenOut {
    /// The text.
    pub text: String,
    /// Where each stretch begins, where it comes from, and whether it was copied byte by byte.
    pieces: Vec<(usize, Span, bool)>,
}

impl WrittenOut {
    /// The place in the original text.
    pub fn original(&self, at: usize) -> usize {
        let found = self.pieces.partition_point(|(start, ..)| *start <= at).checked_sub(1);
        match found.and_then(|found| self.pieces.get(found)) {
            Some((start, from, true)) => (from.start + (at - start)).min(from.end),
            Some((_, from, false)) => from.start,
            None => 0,
        }
    }

    /// A stretch of the original text.
    pub fn original_span(&self, span: Span) -> Span {
        let start = self.original(span.start);
        let end = match span.end.checked_sub(1) {
            Some(last) if span.end > span.start => self.original_end(last),
            _ => start,
        };
        Span::new(start, end.max(start))
    }

    /// Where the thing ends in which a byte stands.
    fn original_end(&self, at: usize) -> usize {
        let found = self.pieces.partition_point(|(start, ..)| *start <= at).checked_sub(1);
        match found.and_then(|found| self.pieces.get(found)) {
            Some((start, from, true)) => (from.start + (at - start) + 1).min(from.end),
            Some((_, from, false)) => from.end,
            None => 0,
        }
    }

    /// Leads the places of a message back.
    pub fn moved_back(&self, mut error: Diagnostic) -> Diagnostic {
        for label in &mut error.labels {
            label.span = self.original_span(label.span);
        }
        error
    }
}

/// Writes the text's own commands out; `None` if it defines none. Commands with arguments are left as they are.
pub(crate) fn written_out(text: &str) -> Option<WrittenOut> {
    if !DEFINERS.iter().any(|definer| text.contains(definer)) {
        return None;
    }
    let mut definitions: Vec<(&str, String)> = Vec::new();
    let mut out = WrittenOut { text: String::with_capacity(text.len()), pieces: Vec::new() };
    let (mut at, mut copied) = (0, 0);
    let copy = |out: &mut WrittenOut, from: usize, to: usize| {
        if from < to {
            out.pieces.push((out.text.len(), Span::new(from, to), true));
            out.text.push_str(&text[from..to]);
        }
    };
    while let Some(found) = text[at..].find('\\') {
        let start = at + found;
        let rest = &text[start..];
        if let Some((name, body, length)) = definition(rest)
            && definitions.len() < MOST_DEFINITIONS
        {
            copy(&mut out, copied, start);
            let value = replaced(&body, &definitions);
            definitions.retain(|(known, _)| *known != name);
            definitions.push((name, value));
            // Lines keep their numbers.
            let lines = rest[..length].matches('\n').count();
            out.pieces.push((out.text.len(), Span::new(start, start + length), false));
            out.text.push_str(&"\n".repeat(lines));
            at = start + length;
            copied = at;
            continue;
        }
        let word = command(rest);
        if let Some((_, value)) = definitions.iter().find(|(name, _)| *name == word) {
            copy(&mut out, copied, start);
            out.pieces.push((out.text.len(), Span::new(start, start + word.len()), false));
            out.text.push_str(value);
            copied = start + word.len();
        }
        if out.text.len() > LONGEST {
            return None;
        }
        // What stands behind a backslash may be one itself.
        at = start + word.len().max(1 + rest[1..].chars().next().map_or(0, char::len_utf8));
    }
    copy(&mut out, copied, text.len());
    (!definitions.is_empty()).then_some(out)
}

/// The command at the start of a text: `\omega`.
fn command(text: &str) -> &str {
    let length = text[1..].find(|c: char| !c.is_ascii_alphabetic()).map_or(text.len(), |n| n + 1);
    &text[..length]
}

/// A definition at the start of a text: the command, what it stands for, and the length.
fn definition(text: &str) -> Option<(&str, String, usize)> {
    let definer = command(text);
    if !DEFINERS.contains(&definer) {
        return None;
    }
    let mut at = definer.len();
    let skip = |at: usize| at + (text[at..].len() - text[at..].trim_start().len());
    if text[at..].starts_with('*') {
        at += 1;
    }
    at = skip(at);
    let name = if text[at..].starts_with('{') {
        let inner = group(&text[at..])?;
        let name = text[at + 1..at + inner - 1].trim();
        at += inner;
        name
    } else {
        let name = text[at..].starts_with('\\').then(|| command(&text[at..]))?;
        at += name.len();
        name
    };
    at = skip(at);
    if !name.starts_with('\\') || command(name) != name || name.len() < 2 || !text[at..].starts_with('{') {
        // It has arguments, or is no command.
        return None;
    }
    let length = group(&text[at..])?;
    let body = &text[at + 1..at + length - 1];
    if body.contains('#') {
        return None;
    }
    let body = if definer == r"\DeclareMathOperator" {
        format!(r"\operatorname{{{body}}}")
    } else {
        body.to_owned()
    };
    Some((name, body, at + length))
}

/// The length of a group in braces at the start of a text.
fn group(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '{' => depth += 1,
            '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// A body with the commands that were defined before it written out.
fn replaced(body: &str, definitions: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(body.len());
    let mut at = 0;
    while let Some(found) = body[at..].find('\\') {
        let start = at + found;
        out.push_str(&body[at..start]);
        let word = command(&body[start..]);
        match definitions.iter().find(|(name, _)| *name == word) {
            Some((_, value)) if out.len() + value.len() < LONGEST / 16 => out.push_str(value),
            _ => out.push_str(word),
        }
        at = start + word.len();
    }
    out.push_str(&body[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_without_arguments_are_written_out() {
        for (text, expected) in [
            (r"\newcommand{\w}{\omega} \sin(\w x)", r" \sin(\omega x)"),
            (r"\newcommand\w{\omega}\w", r"\omega"),
            (r"\def\a{x}\newcommand{\b}{\a^2} \b+\alpha", r" x^2+\alpha"),
            (r"\DeclareMathOperator{\soft}{softmax}\soft(x)", r"\operatorname{softmax}(x)"),
            ("\\newcommand{\\w}{\n y\n}\n\\w", "\n\n\n\n y\n"),
        ] {
            assert_eq!(written_out(text).unwrap().text, expected, "{text}");
        }
        for text in [r"\newcommand{\w}[1]{#1^2} \w{x}", r"\frac{x}{2}", r"\newcommand", r"\newcommand{\w"] {
            assert!(written_out(text).is_none(), "{text}");
        }
    }

    #[test]
    fn places_lead_back() {
        let text = r"\newcommand{\w}{\omega} a \w + b";
        let out = written_out(text).unwrap();
        let place = |part: &str| {
            let at = out.text.find(part).unwrap();
            let span = out.original_span(Span::new(at, at + part.len()));
            &text[span.start..span.end]
        };
        assert_eq!(place("b"), "b");
        assert_eq!(place(r"\omega"), r"\w");
        assert_eq!(place(r"a \omega"), r"a \w");
    }
}
