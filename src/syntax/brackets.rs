//! Brackets are checked before anything else, so that the parser may trust them and its recursion is bounded.

use super::tokens::{Rule, Token};
use crate::diagnostic::{Diagnostic, Kind};

/// How deep brackets may stand inside brackets.
pub(super) const MAXIMUM_BRACKETS: usize = 250;

/// Checks that brackets pair up and are not nested too deeply.
pub(super) fn check(source: &str, tokens: &[Token<'_>]) -> Result<(), Diagnostic> {
    let mut open: Vec<&Token<'_>> = Vec::new();
    for token in tokens {
        match token.word {
            Rule::open_round | Rule::open_square | Rule::open_curly => {
                if open.len() == MAXIMUM_BRACKETS {
                    return Err(Diagnostic::new(
                        Kind::Limit,
                        format!("brackets are nested more than {MAXIMUM_BRACKETS} deep"),
                    )
                    .at(token.span, "this one is too deep")
                    .help("give inner parts names with --let and use the names"));
                }
                open.push(token);
            }
            Rule::close_round | Rule::close_square | Rule::close_curly => match open.pop() {
                None => return Err(extra(token)),
                Some(opening) if partner(opening.word) != token.word => {
                    // `(a + [b)`: either of the two may be the wrong one; both are shown.
                    let wanted = closing(opening.word);
                    return Err(Diagnostic::new(
                        Kind::Syntax,
                        format!("`{}` is closed by `{}`", opening.text, token.text),
                    )
                    .at(token.span, format!("a `{wanted}` is expected here"))
                    .at(opening.span, "opened here")
                    .help(format!(
                        "write `{wanted}` instead of `{}`, or close the inner bracket first",
                        token.text
                    )));
                }
                Some(_) => {}
            },
            _ => {}
        }
    }
    match open.last() {
        None => Ok(()),
        Some(opening) => {
            let wanted = closing(opening.word);
            let end = source.trim_end().len();
            let mut problem = Diagnostic::new(Kind::Syntax, format!("`{}` is never closed", opening.text))
                .at(opening.span, "opened here");
            if end > opening.span.end {
                problem = problem.at(
                    crate::span::Span::new(end, end),
                    format!("`{wanted}` is missing here at the latest"),
                );
            }
            Err(problem.help(format!("add `{wanted}`")))
        }
    }
}

fn extra(token: &Token<'_>) -> Diagnostic {
    Diagnostic::new(Kind::Syntax, format!("`{}` closes nothing", token.text))
        .at(token.span, "no bracket is open here")
        .help(format!(
            "remove it, or open it earlier with `{}`",
            match token.word {
                Rule::close_round => "(",
                Rule::close_square => "[",
                _ => "{",
            }
        ))
}

fn partner(open: Rule) -> Rule {
    match open {
        Rule::open_round => Rule::close_round,
        Rule::open_square => Rule::close_square,
        _ => Rule::close_curly,
    }
}

fn closing(open: Rule) -> &'static str {
    match open {
        Rule::open_round => ")",
        Rule::open_square => "]",
        _ => "}",
    }
}
