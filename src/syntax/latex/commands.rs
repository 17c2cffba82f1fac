//! Commands that a text defines for itself, `\newcommand{\w}{\omega}`, and those that many texts use without defining them
//! in the same file. They are written out before anything is read; places in the text that comes out are led back to the
//! text that was written.

use super::common::COMMON;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// Definitions that are taken up.
const MOST_DEFINITIONS: usize = 200;
/// The text may grow to this many bytes.
const LONGEST: usize = 1 << 20;
/// Commands within commands are written out this deep.
const MOST_LAYERS: usize = 8;

const DEFINERS: [&str; 5] =
    [r"\newcommand", r"\renewcommand", r"\providecommand", r"\DeclareMathOperator", r"\def"];

/// The argument in brackets that a command may take.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Bracketed {
    /// It takes none.
    None,
    /// It may be left out, and stands for this then.
    Or(String),
    /// It has to be there.
    Needed,
}

/// A command and what it stands for, with `#1`, `#2` … for its arguments; one in brackets is `#1`.
#[derive(Clone, Debug)]
struct Command {
    name: String,
    option: Bracketed,
    /// Arguments in braces.
    arguments: usize,
    body: String,
}

/// A text with commands written out.
pub(crate) struct WrittenOut {
    /// The text.
    pub text: String,
    /// For each pass over the text, where each stretch begins, where it comes from, and whether it was copied byte by byte.
    layers: Vec<Vec<Piece>>,
}

type Piece = (usize, Span, bool);

impl WrittenOut {
    /// A stretch of the original text.
    pub fn original_span(&self, span: Span) -> Span {
        self.layers.iter().rev().fold(span, |span, pieces| {
            let start = match piece(pieces, span.start) {
                Some((start, from, true)) => (from.start + (span.start - start)).min(from.end),
                Some((_, from, false)) => from.start,
                None => 0,
            };
            // The last byte stands in something that ends where it ends.
            let end = match span.end.checked_sub(1).filter(|last| *last >= span.start) {
                None => start,
                Some(last) => match piece(pieces, last) {
                    Some((begin, from, true)) => (from.start + (last - begin) + 1).min(from.end),
                    Some((_, from, false)) => from.end,
                    None => 0,
                },
            };
            Span::new(start, end.max(start))
        })
    }

    /// Leads the places of a message back.
    pub fn moved_back(&self, mut error: Diagnostic) -> Diagnostic {
        for label in &mut error.labels {
            label.span = self.original_span(label.span);
        }
        error
    }
}

fn piece(pieces: &[Piece], at: usize) -> Option<Piece> {
    let found = pieces.partition_point(|(start, ..)| *start <= at).checked_sub(1)?;
    pieces.get(found).copied()
}

/// Writes commands out; `None` if there are none.
pub(crate) fn written_out(text: &str) -> Option<WrittenOut> {
    let has_own = DEFINERS.iter().any(|definer| text.contains(definer));
    if !has_own && !COMMON.iter().any(|(name, ..)| text.contains(name)) {
        return None;
    }
    let mut definitions = Vec::new();
    let mut out = WrittenOut { text: text.to_owned(), layers: Vec::new() };
    for _ in 0..MOST_LAYERS {
        let Some((text, pieces)) = layer(&out.text, &mut definitions)? else { break };
        out.text = text;
        out.layers.push(pieces);
    }
    (!out.layers.is_empty()).then_some(out)
}

/// One pass: definitions are taken up and away, commands are written out once. The inner nothing says that there is nothing
/// to do, the outer one that the text grows too long.
#[allow(clippy::option_option)]
fn layer(text: &str, definitions: &mut Vec<Command>) -> Option<Option<(String, Vec<Piece>)>> {
    let mut out = Layer { from: text, text: String::with_capacity(text.len()), pieces: Vec::new() };
    let (mut at, mut copied) = (0, 0);
    while let Some(found) = text[at..].find('\\') {
        let start = at + found;
        let rest = &text[start..];
        if let Some((command, length)) = definition(rest)
            && definitions.len() < MOST_DEFINITIONS
        {
            out.copy(copied, start);
            definitions.retain(|known| known.name != command.name);
            definitions.push(command);
            let span = Span::new(start, start + length);
            // Lines keep their numbers.
            out.write(&"\n".repeat(rest[..length].matches('\n').count()), span);
            at = span.end;
            copied = at;
            continue;
        }
        let name = command_name(rest);
        if let Some((command, call)) = called(rest, name, definitions) {
            out.copy(copied, start);
            out.call(&command, &call, start);
            at = start + call.length;
            copied = at;
        } else {
            // What stands behind a backslash may be one itself.
            at = start + name.len().max(1 + rest[1..].chars().next().map_or(0, char::len_utf8));
        }
        if out.text.len() > LONGEST {
            return None;
        }
    }
    out.copy(copied, text.len());
    let is_changed = out.pieces.iter().any(|(_, _, is_copied)| !is_copied);
    Some(is_changed.then_some((out.text, out.pieces)))
}

/// What a pass writes.
struct Layer<'t> {
    from: &'t str,
    text: String,
    pieces: Vec<Piece>,
}

impl Layer<'_> {
    fn copy(&mut self, start: usize, end: usize) {
        if start < end {
            self.pieces.push((self.text.len(), Span::new(start, end), true));
            self.text.push_str(&self.from[start..end]);
        }
    }

    fn write(&mut self, text: &str, place: Span) {
        self.pieces.push((self.text.len(), place, false));
        self.text.push_str(text);
    }

    /// The body of a command with its arguments in their places.
    fn call(&mut self, command: &Command, call: &Call, start: usize) {
        let place = Span::new(start, start + call.length);
        let before = self.text.len();
        let mut used = Vec::new();
        let mut rest = command.body.as_str();
        while let Some(found) = rest.find('#') {
            self.write(&rest[..found], place);
            let number = rest[found + 1..].chars().next().and_then(|c| c.to_digit(10)).unwrap_or(0) as usize;
            rest = rest.get(found + 2..).unwrap_or("");
            match number.checked_sub(1).and_then(|number| call.arguments.get(number)) {
                Some(Argument::Written(range)) => {
                    let from = self.text.len();
                    self.copy(start + range.start, start + range.end);
                    if used.contains(&number) {
                        // A line that is written twice is still one line.
                        let again = self.text.split_off(from).replace('\n', " ");
                        self.text.push_str(&again);
                    }
                    used.push(number);
                }
                Some(Argument::LeftOut(text)) => self.write(text, place),
                None => {}
            }
        }
        self.write(rest, place);
        let lines = self.from[place.start..place.end].matches('\n').count();
        let kept = self.text[before..].matches('\n').count();
        self.write(&"\n".repeat(lines.saturating_sub(kept)), place);
        // `\w x` must not become `\omegax`, nor `\p{}y` something else.
        let ends_with_command = command_name_at_end(&self.text[before..])
            && self.from[place.end..].starts_with(|c: char| c.is_ascii_alphabetic());
        if ends_with_command {
            self.write(" ", place);
        }
    }
}

/// Does a text end with a command's name?
fn command_name_at_end(text: &str) -> bool {
    let stem = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    stem.len() < text.len() && stem.ends_with('\\')
}

/// A command as it is used: its length, and its arguments by their places behind the backslash.
struct Call {
    length: usize,
    arguments: Vec<Argument>,
    /// Whether all arguments stand in braces.
    is_braced: bool,
}

enum Argument {
    Written(std::ops::Range<usize>),
    LeftOut(String),
}

/// The command with which a text begins, if it is known, with its arguments.
fn called(rest: &str, name: &str, definitions: &[Command]) -> Option<(Command, Call)> {
    if let Some(own) = definitions.iter().find(|command| command.name == name) {
        return Some((own.clone(), call(rest, own)?));
    }
    // =! is a demand and no equality.
    if rest[name.len()..].starts_with("{!}") {
        return None;
    }
    COMMON.iter().filter(|(known, ..)| *known == name).find_map(|(_, takes_option, arguments, body)| {
        let option = if *takes_option { Bracketed::Needed } else { Bracketed::None };
        let command =
            Command { name: name.to_owned(), option, arguments: *arguments, body: (*body).to_owned() };
        // \dv{x} y has one argument: where fewer will do, each of them has braces
        let is_short =
            |row: &&(&str, bool, usize, &str)| row.0 == name && row.1 == *takes_option && row.2 < *arguments;
        let call =
            call(rest, &command).filter(|call| call.is_braced || COMMON.iter().find(is_short).is_none())?;
        Some((command, call))
    })
}

fn call(rest: &str, command: &Command) -> Option<Call> {
    let mut at = command.name.len();
    let mut arguments = Vec::new();
    let mut is_braced = true;
    let skip = |at: usize| at + (rest[at..].len() - rest[at..].trim_start().len());
    if command.option != Bracketed::None {
        let open = skip(at);
        match (rest[open..].strip_prefix('['), &command.option) {
            (Some(inner), _) => {
                let length = inner.find(']')?;
                arguments.push(Argument::Written(open + 1..open + 1 + length));
                at = open + length + 2;
            }
            (None, Bracketed::Or(text)) => arguments.push(Argument::LeftOut(text.clone())),
            (None, _) => return None,
        }
    }
    for _ in 0..command.arguments {
        let open = skip(at);
        let next = rest[open..].chars().next()?;
        if next == '{' {
            let length = group(&rest[open..])?;
            arguments.push(Argument::Written(open + 1..open + length - 1));
            at = open + length;
        } else {
            is_braced = false;
            let length = if next == '\\' { command_name(&rest[open..]).len() } else { next.len_utf8() };
            if next == '\\' && length < 2 || next != '\\' && !next.is_alphanumeric() {
                return None;
            }
            arguments.push(Argument::Written(open..open + length));
            at = open + length;
        }
    }
    Some(Call { length: at, arguments, is_braced })
}

/// The command at the start of a text: `\omega`.
fn command_name(text: &str) -> &str {
    let length = text[1..].find(|c: char| !c.is_ascii_alphabetic()).map_or(text.len(), |n| n + 1);
    &text[..length]
}

/// A definition at the start of a text: the command, and the length.
fn definition(text: &str) -> Option<(Command, usize)> {
    let definer = command_name(text);
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
        let name = text[at..].starts_with('\\').then(|| command_name(&text[at..]))?;
        at += name.len();
        name
    };
    at = skip(at);
    let mut arguments = 0;
    let mut option = Bracketed::None;
    if definer == r"\def" {
        while text[at..].starts_with('#') {
            arguments += 1;
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
        }
    } else if let Some(inner) = text[at..].strip_prefix('[') {
        let length = inner.find(']')?;
        arguments = inner[..length].trim().parse().ok()?;
        at = skip(at + length + 2);
        if let Some(inner) = text[at..].strip_prefix('[') {
            let length = inner.find(']')?;
            option = Bracketed::Or(inner[..length].to_owned());
            arguments = usize::checked_sub(arguments, 1)?;
            at = skip(at + length + 2);
        }
    }
    if !name.starts_with('\\')
        || command_name(name) != name
        || name.len() < 2
        || arguments > 9
        || !text[at..].starts_with('{')
    {
        return None;
    }
    let length = group(&text[at..])?;
    let body = &text[at + 1..at + length - 1];
    let body = if definer == r"\DeclareMathOperator" {
        format!(r"\operatorname{{{body}}}")
    } else {
        body.to_owned()
    };
    // A command that is its own meaning is left alone.
    let is_own = body.trim() == name;
    (!is_own).then(|| (Command { name: name.to_owned(), option, arguments, body }, at + length))
}

/// The length of a group in braces at the start of a text.
pub(crate) fn group(text: &str) -> Option<usize> {
    closing_brace(text.strip_prefix('{')?).map(|close| close + 2)
}

/// Where the brace closes that was opened before a text.
pub(crate) fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_out() {
        for (text, expected) in [
            (r"\newcommand{\w}{\omega} \sin(\w x)", r" \sin(\omega x)"),
            (r"\newcommand\w{\omega}\w", r"\omega"),
            (r"\def\a{x}\newcommand{\b}{\a^2} \b+\alpha", r" x^2+\alpha"),
            (r"\DeclareMathOperator{\soft}{softmax}\soft(x)", r"\operatorname{softmax}(x)"),
            ("\\newcommand{\\w}{\n y\n}\n\\w", "\n\n\n\n y\n"),
            (r"\newcommand{\w}[1]{#1^2} \w{x}+\w y", r" x^2+y^2"),
            (r"\newcommand{\w}[2][x]{#1#2}\w{y}\w[z]{a}", "xyza"),
            (r"\def\d#1#2{\frac{d#1}{d#2}}\d{f}x", r"\frac{df}{dx}"),
            (r"\newcommand{\a}[1]{(#1)}\newcommand{\b}[1]{\a{#1}^2}\b{\a{x}}", "((x))^2"),
            (r"\ddx\answer[given]{\frac{1}{x}}", r"\frac{d}{dx}{\frac{1}{x}}"),
            (r"\newcommand{\ddx}{y}\ddx", "y"),
            (r"\dv[2]{f}{x}", r"\frac{d^{2}f}{dx^{2}}"),
            (r"\dv{x} x^2", r"\frac{d}{dx} x^2"),
            (r"\dv{f}{x}", r"\frac{df}{dx}"),
            (r"\pdv{x} xy", r"\frac{\partial}{\partial x} xy"),
        ] {
            assert_eq!(written_out(text).unwrap().text, expected, "{text}");
        }
        for text in [r"\frac{x}{2}", r"\newcommand", r"\newcommand{\w", r"\dv", r"\answer{"] {
            assert!(written_out(text).is_none(), "{text}");
        }
        // One that calls itself comes to an end.
        assert!(written_out(r"\def\a{\a\a}\a").is_none_or(|out| out.text.len() <= LONGEST));
    }

    #[test]
    fn places_lead_back() {
        let text = r"\newcommand{\w}{\omega}\newcommand{\q}[1]{(#1)^2} a \w + b \q{x \w}";
        let out = written_out(text).unwrap();
        let place = |part: &str| {
            let at = out.text.find(part).unwrap();
            let span = out.original_span(Span::new(at, at + part.len()));
            &text[span.start..span.end]
        };
        assert_eq!(place("b"), "b");
        assert_eq!(place(r"\omega"), r"\w");
        assert_eq!(place(r"a \omega"), r"a \w");
        assert_eq!(place("x"), "x");
        assert_eq!(place(r"x \omega"), r"x \w");
        assert_eq!(place(")^2"), r"\q{x \w}");
    }
}
