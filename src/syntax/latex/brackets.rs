//! Brackets and environments are checked before anything else, so that the climber may trust them.

use super::super::brackets::MAXIMUM_BRACKETS;
use super::slips::syntax;
use super::words::{Fence, Token, Way, Word};
use crate::diagnostic::{Diagnostic, Kind};

/// For each opening word the place of the word that closes it; 0 for all others.
pub(super) fn partners(words: &[Token<'_>]) -> Result<Vec<usize>, Diagnostic> {
    let mut partners = vec![0; words.len()];
    let mut open: Vec<usize> = Vec::new();
    for (place, token) in words.iter().enumerate() {
        let (opens, closes) = match token.word {
            Word::OpenCurly | Word::Open(_) | Word::Begin => (true, false),
            Word::CloseCurly | Word::Close(_) | Word::End => (false, true),
            Word::Bar(way) | Word::DoubleBar(way) if token.sized => (way == Way::Open, way == Way::Close),
            _ => (false, false),
        };
        if opens {
            if open.len() == MAXIMUM_BRACKETS {
                return Err(Diagnostic::new(
                    Kind::Limit,
                    format!("brackets are nested more than {MAXIMUM_BRACKETS} deep"),
                )
                .at(token.span, "this one is too deep")
                .help("give inner parts names with --let and use the names"));
            }
            open.push(place);
        }
        if closes {
            let Some(opening) = open.pop() else { return Err(extra(token)) };
            let first = &words[opening];
            if !fits(first, token) {
                return Err(mismatch(first, token));
            }
            partners[opening] = place;
        }
    }
    match open.last() {
        None => Ok(partners),
        Some(&opening) => Err(unclosed(&words[opening])),
    }
}

fn fits(open: &Token<'_>, close: &Token<'_>) -> bool {
    if open.sized != close.sized {
        return false;
    }
    match (open.word, close.word) {
        (Word::OpenCurly, Word::CloseCurly) => true,
        (Word::Begin, Word::End) => open.text == close.text,
        (Word::Begin | Word::OpenCurly, _) | (_, Word::End | Word::CloseCurly) => false,
        (Word::Open(Fence::Nothing), _) | (_, Word::Close(Fence::Nothing)) => true,
        (Word::Open(left), Word::Close(right)) => left == right,
        (Word::Bar(_), Word::Bar(_)) | (Word::DoubleBar(_), Word::DoubleBar(_)) => true,
        _ => false,
    }
}

/// How a word is written, for messages.
pub(super) fn written(token: &Token<'_>) -> String {
    let bracket = match token.word {
        Word::OpenCurly => "{",
        Word::CloseCurly => "}",
        Word::Open(Fence::Round) => "(",
        Word::Close(Fence::Round) => ")",
        Word::Open(Fence::Square) => "[",
        Word::Close(Fence::Square) => "]",
        Word::Open(Fence::Brace) => r"\{",
        Word::Close(Fence::Brace) => r"\}",
        Word::Open(Fence::Floor) => r"\lfloor",
        Word::Close(Fence::Floor) => r"\rfloor",
        Word::Open(Fence::Ceiling) => r"\lceil",
        Word::Close(Fence::Ceiling) => r"\rceil",
        Word::Open(Fence::Angle) => r"\langle",
        Word::Close(Fence::Angle) => r"\rangle",
        Word::Open(Fence::Nothing) | Word::Close(Fence::Nothing) => ".",
        Word::Bar(_) => "|",
        Word::DoubleBar(_) => r"\|",
        Word::Begin => return format!(r"\begin{{{}}}", token.text),
        Word::End => return format!(r"\end{{{}}}", token.text),
        Word::Command => return format!(r"\{}", token.text),
        _ => return token.text.to_string(),
    };
    match (token.sized, token.word) {
        (true, Word::Open(_) | Word::Bar(Way::Open) | Word::DoubleBar(Way::Open)) => {
            format!(r"\left{bracket}")
        }
        (true, _) => format!(r"\right{bracket}"),
        _ => bracket.into(),
    }
}

/// What closes an opening word.
fn closing(open: &Token<'_>) -> String {
    let bracket = match open.word {
        Word::OpenCurly => "}",
        Word::Open(Fence::Round) => ")",
        Word::Open(Fence::Square) => "]",
        Word::Open(Fence::Brace) => r"\}",
        Word::Open(Fence::Floor) => r"\rfloor",
        Word::Open(Fence::Ceiling) => r"\rceil",
        Word::Open(Fence::Angle) => r"\rangle",
        Word::Bar(_) => "|",
        Word::DoubleBar(_) => r"\|",
        Word::Begin => return format!(r"\end{{{}}}", open.text),
        _ => ".",
    };
    if open.sized { format!(r"\right{bracket}") } else { bracket.into() }
}

fn extra(token: &Token<'_>) -> Diagnostic {
    syntax(format!("`{}` closes nothing", written(token)))
        .at(token.span, "nothing is open here")
        .help("remove it, or open it earlier")
}

fn mismatch(open: &Token<'_>, close: &Token<'_>) -> Diagnostic {
    let wanted = closing(open);
    syntax(format!("`{}` is closed by `{}`", written(open), written(close)))
        .at(close.span, format!("`{wanted}` is expected here"))
        .at(open.span, "opened here")
        .help(format!("write `{wanted}`, or close the inner bracket first"))
}

fn unclosed(open: &Token<'_>) -> Diagnostic {
    let wanted = closing(open);
    syntax(format!("`{}` is never closed", written(open)))
        .at(open.span, "opened here")
        .help(format!("add `{wanted}`"))
}
