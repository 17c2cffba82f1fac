//! Words of LaTeX: what pest found, with the meaning of each command and without what only moves ink.

use std::borrow::Cow;

use pest::Parser as _;

use super::super::tree::Relation;
use super::slips;
use crate::diagnostic::{Diagnostic, Kind};
use crate::span::Span;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/latex.pest"]
struct Lexer;

/// The kinds of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fence {
    Round,
    Square,
    /// `\{ \}`.
    Brace,
    /// `\lfloor \rfloor`.
    Floor,
    /// `\lceil \rceil`.
    Ceiling,
    /// `\langle \rangle`.
    Angle,
    /// `\left.` and `\right.`.
    Nothing,
}

/// Which way a bar opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Open,
    Close,
    Either,
}

/// Kinds of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Number,
    Letter,
    /// A command that is none of the others; the text has no backslash.
    Command,
    OpenCurly,
    CloseCurly,
    Open(Fence),
    Close(Fence),
    Bar(Way),
    DoubleBar(Way),
    Plus,
    Minus,
    Times,
    Slash,
    Hadamard,
    ElementwiseSlash,
    Caret,
    Under,
    Prime,
    Ampersand,
    Newline,
    Comma,
    Semicolon,
    Colon,
    Point,
    Dots,
    Relation(Relation),
    Approximately,
    /// `\Rightarrow` and its like: between statements.
    Arrow,
    And,
    /// `\text{…}`; the text is what stands inside.
    Text,
    /// `\begin{…}`, `\end{…}`; the text is the environment's name.
    Begin,
    End,
    /// `\quad`.
    Gap,
    Dollars,
    Eoi,
}

/// A word with its place.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub word: Word,
    pub span: Span,
    /// Whether white space stands before it.
    pub spaced: bool,
    /// Whether `\left` or `\right` stands before it.
    pub sized: bool,
    pub text: Cow<'a, str>,
}

impl Token<'_> {
    pub(super) fn is_command(&self, name: &str) -> bool {
        self.word == Word::Command && self.text == name
    }

    pub(super) fn is_text(&self, text: &str) -> bool {
        self.text == text
    }
}

/// Commands that only move ink or change its look.
const SILENT: &[&str] = &[
    "displaystyle",
    "textstyle",
    "scriptstyle",
    "scriptscriptstyle",
    "limits",
    "nolimits",
    "notag",
    "nonumber",
    "hfill",
    "thinspace",
    "medspace",
    "thickspace",
    "negthinspace",
    "mathstrut",
    "strut",
    "noindent",
    "centering",
    "small",
    "footnotesize",
    "large",
    "normalsize",
    "allowbreak",
    "relax",
    "nobreak",
    "null",
    "tiny",
    "break",
    "scriptsize",
    "boldmath",
    "unboldmath",
    "hline",
    "allowdisplaybreaks",
    "par",
    "qed",
    "ds",
    "enspace",
    "unicode",
];

/// Commands whose argument says nothing of the meaning.
const SILENT_WITH_ARGUMENT: &[&str] = &[
    "label", "tag", "vphantom", "hphantom", "phantom", "hspace", "vspace", "ref", "eqref", "cite", "color",
    "mspace", "kern", "footnote",
];

/// Sizes of brackets.
const SIZES: &[&str] = &["big", "Big", "bigg", "Bigg"];

/// The words of a text; the last is an [`Word::Eoi`] at its end.
// One arm a kind of word: split, the table would have to be read in two places.
#[allow(clippy::too_many_lines)]
pub(super) fn tokens(source: &str) -> Result<Vec<Token<'_>>, Diagnostic> {
    let raw = lex(source)?;
    let mut words: Vec<Token<'_>> = Vec::with_capacity(raw.len());
    let mut at = 0;
    let mut spaced = false;
    // the way of the bracket that follows, and the place of the command that sizes it
    let mut size: Option<(Way, Span, bool)> = None;
    // remarks under and over braces, from where to where
    let mut remarks: Vec<(usize, usize)> = Vec::new();
    while let Some(token) = raw.get(at) {
        if let Some((_, end)) = remarks.iter().find(|(start, _)| *start == at) {
            at = *end;
            spaced = true;
            continue;
        }
        at += 1;
        let mut token = token.clone();
        token.spaced |= spaced;
        spaced = false;
        if token.word == Word::Command {
            let name = token.text.to_string();
            if SILENT.contains(&&*name) {
                spaced = true;
                continue;
            }
            if SILENT_WITH_ARGUMENT.contains(&&*name) {
                if raw.get(at).is_some_and(|t| t.word == Word::Times && t.text == "*") {
                    at += 1;
                }
                at = skip_argument(source, &raw, at, token.span)?;
                spaced = true;
                continue;
            }
            if matches!(&*name, "underbrace" | "overbrace" | "underbracket" | "overbracket") {
                // \underbrace{2x}_{\text{inner derivative}}
                let behind = skip_argument(source, &raw, at, token.span)?;
                if raw.get(behind).is_some_and(|t| matches!(t.word, Word::Under | Word::Caret)) {
                    remarks.push((behind, skip_argument(source, &raw, behind + 1, token.span)?));
                }
                spaced = true;
                continue;
            }
            if name == "hskip" {
                // \hskip 0.2in
                let unit = raw.get(at + 1..at + 3).is_some_and(|t| t.iter().all(|t| t.word == Word::Letter));
                at += if raw.get(at).is_some_and(|t| t.word == Word::Number) && unit { 3 } else { 0 };
                spaced = true;
                continue;
            }
            if name == "parbox" {
                at = skip_argument(source, &raw, at, token.span)?;
                spaced = true;
                continue;
            }
            if let Some(way) = sizing(&name) {
                let is_paired = matches!(&*name, "left" | "right");
                size = Some((way, token.span, is_paired));
                spaced = token.spaced;
                continue;
            }
            if matches!(
                &*name,
                "text"
                    | "textrm"
                    | "mbox"
                    | "textnormal"
                    | "textit"
                    | "textbf"
                    | "intertext"
                    | "hbox"
                    | "textsf"
                    | "texttt"
            ) {
                let open = at;
                at = skip_argument(source, &raw, at, token.span)?;
                let inside = match (raw.get(open), raw.get(at - 1)) {
                    (Some(first), Some(last)) if first.word == Word::OpenCurly => {
                        token.span = token.span.join(last.span);
                        source.get(first.span.end..last.span.start)
                    }
                    (Some(only), _) => {
                        token.span = token.span.join(only.span);
                        source.get(only.span.start..only.span.end)
                    }
                    _ => None,
                };
                let inside = inside.unwrap_or("");
                token.text = Cow::Borrowed(inside);
                token.word = if matches!(inside.trim(), "and" | "und") { Word::And } else { Word::Text };
                words.push(token);
                continue;
            }
            if name == "begin" || name == "end" {
                let open = at;
                at = skip_argument(source, &raw, at, token.span)?;
                let (Some(first), Some(last)) = (raw.get(open), raw.get(at - 1)) else { continue };
                if first.word != Word::OpenCurly {
                    return Err(slips::syntax(format!("`\\{name}` does not say which environment"))
                        .at(token.span, "")
                        .help(format!("write \\{name}{{cases}}")));
                }
                token.text = Cow::Borrowed(source.get(first.span.end..last.span.start).unwrap_or("").trim());
                token.span = token.span.join(last.span);
                token.word = if name == "begin" { Word::Begin } else { Word::End };
                words.push(token);
                continue;
            }
            if let Some(word) = word_of_command(&name) {
                token.word = word;
            }
        }
        if let Some((way, place, is_paired)) = size.take() {
            token.span = place.join(token.span);
            token.sized = is_paired;
            token.word = sized(token.word, way).ok_or_else(|| {
                slips::syntax(format!("a bracket is missing behind `{}`", &source[place.start..place.end]))
                    .at(place, "")
                    .help(r"write \left( … \right), with \left. or \right. for none")
            })?;
        }
        if matches!(token.word, Word::Command)
            && matches!(&*token.text, "," | ";" | ":" | "!" | " " | "/" | "-" | ">" | "\n" | "\t" | "\r")
        {
            spaced = true;
            continue;
        }
        words.push(token);
    }
    if let Some((_, place, _)) = size {
        return Err(slips::syntax(format!(
            "a bracket is missing behind `{}`",
            &source[place.start..place.end]
        ))
        .at(place, "")
        .help(r"write \left( … \right), with \left. or \right. for none"));
    }
    Ok(words)
}

/// `{…}`, `[…]{…}` or a single word: the place behind it.
fn skip_argument(source: &str, raw: &[Token<'_>], start: usize, command: Span) -> Result<usize, Diagnostic> {
    let name = &source[command.start..command.end];
    let mut depth = 0usize;
    for (ahead, token) in raw.iter().enumerate().skip(start) {
        match token.word {
            Word::OpenCurly => depth += 1,
            Word::CloseCurly if depth == 0 => break,
            Word::CloseCurly => depth -= 1,
            Word::Eoi => {
                let open = raw.get(start).map_or(command, |t| t.span);
                return Err(if depth > 0 {
                    slips::syntax(format!("`{{` behind `{name}` is never closed"))
                        .at(command.join(open), "opened here")
                        .help("add `}`")
                } else {
                    slips::syntax(format!("nothing stands behind `{name}`"))
                        .at(command, "")
                        .help(format!("write {name}{{…}}"))
                });
            }
            _ => {}
        }
        if depth == 0 {
            return Ok(ahead + 1);
        }
    }
    Err(slips::syntax(format!("nothing stands behind `{name}`"))
        .at(command, "")
        .help(format!("write {name}{{…}}")))
}

fn sizing(name: &str) -> Option<Way> {
    match name {
        "left" => return Some(Way::Open),
        "right" => return Some(Way::Close),
        _ => {}
    }
    if SIZES.contains(&name) {
        return Some(Way::Either);
    }
    let stem = name.get(..name.len() - 1)?;
    match (SIZES.contains(&stem), name.as_bytes().last()) {
        (true, Some(b'l')) => Some(Way::Open),
        (true, Some(b'r')) => Some(Way::Close),
        (true, Some(b'm')) => Some(Way::Either),
        _ => None,
    }
}

/// A bracket behind `\left`, `\big` and the like.
fn sized(word: Word, way: Way) -> Option<Word> {
    Some(match (word, way) {
        (Word::Bar(_), way) => Word::Bar(way),
        (Word::DoubleBar(_), way) => Word::DoubleBar(way),
        (Word::Point, Way::Open) => Word::Open(Fence::Nothing),
        (Word::Point, _) => Word::Close(Fence::Nothing),
        (Word::Relation(Relation::Less), Way::Open) => Word::Open(Fence::Angle),
        (Word::Relation(Relation::Greater), Way::Close) => Word::Close(Fence::Angle),
        (word @ (Word::Open(_) | Word::Close(_) | Word::Slash), _) => word,
        _ => return None,
    })
}

/// Commands that are operators, relations or brackets.
fn word_of_command(name: &str) -> Option<Word> {
    Some(match name {
        "cdot" | "cdotp" | "times" | "ast" | "bullet" => Word::Times,
        "div" => Word::Slash,
        "odot" | "circ" => Word::Hadamard,
        "oslash" => Word::ElementwiseSlash,
        "le" | "leq" | "leqslant" => Word::Relation(Relation::LessEqual),
        "ge" | "geq" | "geqslant" => Word::Relation(Relation::GreaterEqual),
        "ne" | "neq" => Word::Relation(Relation::NotEqual),
        "lt" => Word::Relation(Relation::Less),
        "gt" => Word::Relation(Relation::Greater),
        "equiv" | "coloneqq" | "triangleq" | "doteq" | "coloneq" => Word::Relation(Relation::Equal),
        "approx" | "approxeq" | "simeq" => Word::Approximately,
        "Rightarrow" | "Leftrightarrow" | "implies" | "iff" | "Longrightarrow" | "Longleftrightarrow"
        | "therefore" => Word::Arrow,
        "land" | "wedge" => Word::And,
        "dots" | "ldots" | "cdots" | "vdots" | "ddots" | "dotsc" | "dotsb" => Word::Dots,
        "quad" | "qquad" => Word::Gap,
        "amp" => Word::Ampersand,
        "vert" | "mid" => Word::Bar(Way::Either),
        "lvert" => Word::Bar(Way::Open),
        "rvert" => Word::Bar(Way::Close),
        "|" | "Vert" | "parallel" => Word::DoubleBar(Way::Either),
        "lVert" => Word::DoubleBar(Way::Open),
        "rVert" => Word::DoubleBar(Way::Close),
        "{" | "lbrace" => Word::Open(Fence::Brace),
        "}" | "rbrace" => Word::Close(Fence::Brace),
        "lbrack" => Word::Open(Fence::Square),
        "rbrack" => Word::Close(Fence::Square),
        "lparen" => Word::Open(Fence::Round),
        "rparen" => Word::Close(Fence::Round),
        "lfloor" => Word::Open(Fence::Floor),
        "rfloor" => Word::Close(Fence::Floor),
        "lceil" => Word::Open(Fence::Ceiling),
        "rceil" => Word::Close(Fence::Ceiling),
        "langle" => Word::Open(Fence::Angle),
        "rangle" => Word::Close(Fence::Angle),
        "(" | ")" | "[" | "]" => Word::Dollars,
        "colon" => Word::Colon,
        _ => return None,
    })
}

/// The word of a sign that always means the same.
fn word_of(rule: Rule) -> Option<Word> {
    Some(match rule {
        Rule::line_break => Word::Newline,
        Rule::open_curly => Word::OpenCurly,
        Rule::close_curly => Word::CloseCurly,
        Rule::open_round => Word::Open(Fence::Round),
        Rule::close_round => Word::Close(Fence::Round),
        Rule::open_square => Word::Open(Fence::Square),
        Rule::close_square => Word::Close(Fence::Square),
        Rule::plus => Word::Plus,
        Rule::minus => Word::Minus,
        Rule::star => Word::Times,
        Rule::slash => Word::Slash,
        Rule::hadamard => Word::Hadamard,
        Rule::caret => Word::Caret,
        Rule::underscore => Word::Under,
        Rule::primes => Word::Prime,
        Rule::ampersand => Word::Ampersand,
        Rule::comma => Word::Comma,
        Rule::semicolon => Word::Semicolon,
        Rule::colon => Word::Colon,
        Rule::point => Word::Point,
        Rule::dots => Word::Dots,
        Rule::define | Rule::equal => Word::Relation(Relation::Equal),
        Rule::not_equal => Word::Relation(Relation::NotEqual),
        Rule::less_equal => Word::Relation(Relation::LessEqual),
        Rule::greater_equal => Word::Relation(Relation::GreaterEqual),
        Rule::less => Word::Relation(Relation::Less),
        Rule::greater => Word::Relation(Relation::Greater),
        Rule::approximate => Word::Approximately,
        Rule::bar => Word::Bar(Way::Either),
        Rule::double_bar => Word::DoubleBar(Way::Either),
        Rule::dollars => Word::Dollars,
        _ => return None,
    })
}

/// The words as pest finds them.
fn lex(source: &str) -> Result<Vec<Token<'_>>, Diagnostic> {
    let unreadable =
        || Diagnostic::new(Kind::Syntax, "this is not a formula").at(Span::new(0, source.len()), "");
    let pairs = Lexer::parse(Rule::formula, source).map_err(|_| unreadable())?;
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(source.len() / 2 + 1);
    let mut spaced = false;
    // inside `\text{…}` anything may stand
    let mut text_depth: Option<usize> = None;
    for pair in pairs.flat_map(pest::iterators::Pair::into_inner) {
        let place = pair.as_span();
        let span = Span::new(place.start(), place.end());
        let mut text = Cow::Borrowed(place.as_str());
        let follows_text =
            tokens.last().is_some_and(|t: &Token<'_>| t.word == Word::Command && is_text(&t.text));
        let word = match pair.as_rule() {
            Rule::white | Rule::comment => {
                spaced = true;
                continue;
            }
            Rule::EOI => break,
            Rule::number => Word::Number,
            Rule::letter => {
                if text_depth.is_none()
                    && !text.is_ascii()
                    && let Some(problem) = super::super::slips::look_alike_letter(&text, span)
                {
                    return Err(problem);
                }
                text = super::super::tokens::normalised(place.as_str());
                Word::Letter
            }
            Rule::command | Rule::symbol => {
                text = Cow::Borrowed(place.as_str().get(1..).unwrap_or(""));
                if text.is_empty() && text_depth.is_none() {
                    return Err(slips::syntax("a backslash stands alone")
                        .at(span, "")
                        .help(r"write a command such as \frac, or remove it"));
                }
                // symbols such as `\|` are operators as they stand
                match word_of_command(&text) {
                    Some(word) if pair.as_rule() == Rule::symbol => word,
                    _ => Word::Command,
                }
            }
            rule if let Some(word) = word_of(rule) => word,
            _ if text_depth.is_some() => Word::Text,
            // 3! is a number
            _ if text == "!"
                && let Some(before) = tokens.last_mut().filter(|before| before.word == Word::Number)
                && let Some(product) = super::super::operands::factorial(&before.text) =>
            {
                before.text = Cow::Owned(product);
                before.span = before.span.join(span);
                continue;
            }
            _ => return Err(slips::stray(source, span)),
        };
        match (word, text_depth) {
            (Word::OpenCurly, None) if follows_text => text_depth = Some(1),
            (Word::OpenCurly, Some(depth)) => text_depth = Some(depth + 1),
            (Word::CloseCurly, Some(1)) => text_depth = None,
            (Word::CloseCurly, Some(depth)) => text_depth = Some(depth - 1),
            _ => {}
        }
        tokens.push(Token { word, span, spaced, sized: false, text });
        spaced = false;
    }
    let end = source.len();
    tokens.push(Token {
        word: Word::Eoi,
        span: Span::new(end, end),
        spaced,
        sized: false,
        text: Cow::Borrowed(""),
    });
    Ok(tokens)
}

/// Commands whose argument is prose.
fn is_text(name: &str) -> bool {
    name.starts_with("text") && name != "textstyle"
        || matches!(
            name,
            "mbox" | "hbox" | "intertext" | "label" | "tag" | "ref" | "eqref" | "cite" | "footnote"
        )
}
