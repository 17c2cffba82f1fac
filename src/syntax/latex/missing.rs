//! What is said when an operand is missing, or when something stands where nothing is expected.

use super::super::tree::Relation;
use super::brackets::written;
use super::parser::Parser;
use super::slips::{syntax, unsupported};
use super::words::Word;
use crate::diagnostic::Diagnostic;
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn missing_operand(&self) -> Diagnostic {
        let token = self.token();
        let is_operator = |word| {
            matches!(
                word,
                Word::Plus
                    | Word::Minus
                    | Word::Times
                    | Word::Slash
                    | Word::Hadamard
                    | Word::ElementwiseSlash
                    | Word::Relation(_)
                    | Word::Approximately
                    | Word::Caret
                    | Word::Under
            )
        };
        if token.word == Word::Dots {
            return self.unexpected();
        }
        let previous = self.previous().filter(|t| is_operator(t.word));
        match (previous, token.word) {
            (Some(before), word) if is_operator(word) => {
                let (a, b) = (self.text(before.span), self.text(token.span));
                syntax(format!("two operators in a row: `{a}` and `{b}`"))
                    .at(before.span.join(token.span), "")
                    .help(format!("remove `{a}` or `{b}`, or write what belongs between them"))
            }
            (Some(before), _) => syntax(format!("nothing stands behind `{}`", self.text(before.span)))
                .at(before.span, "")
                .help("write what belongs there, or remove it"),
            (None, word) if is_operator(word) => {
                syntax(format!("nothing stands before `{}`", self.text(token.span)))
                    .at(token.span, "")
                    .help("write what belongs there, or remove it")
            }
            (None, Word::Eoi) => {
                let place = self.previous().map_or(token.span, |t| t.span);
                syntax("the formula ends too early")
                    .at(place, "nothing follows")
                    .help("write what belongs behind it")
            }
            _ => self.unexpected(),
        }
    }

    /// A complete operand has ended and the next word continues nothing.
    pub(super) fn unexpected(&self) -> Diagnostic {
        let token = self.token();
        let text = match token.word {
            Word::Text => token.text.trim().to_string(),
            Word::Eoi => String::new(),
            _ => written(token),
        };
        let problem = |message: String| syntax(message).at(token.span, "");
        match token.word {
            Word::Eoi => syntax("the formula ends too early")
                .at(self.previous().map_or(token.span, |t| t.span), "nothing follows")
                .help("write what belongs behind it"),
            Word::Relation(Relation::Equal) => problem(format!("`{text}` stands inside a formula")).help(
                "to compare two formulas use `prove`; to state a fact use --given; to name a part use --let",
            ),
            Word::Relation(_) | Word::Approximately => {
                problem(format!("the comparison `{}` has no place here", self.text(token.span)))
                    .help("comparisons stand in [ ], in cases and in facts")
            }
            Word::Bar(_) if self.is_evaluation_bar() => self.evaluation(token.span),
            Word::Bar(_) | Word::DoubleBar(_) => problem(format!("`{text}` closes nothing"))
                .help(r"write |x| for an absolute value, \|x\| for a norm"),
            Word::Dots => unsupported("it is not known what the dots stand for")
                .at(token.span, "")
                .help(r"write a sum such as \sum_{k=1}^{n} x_k"),
            Word::Text => problem(format!("words stand inside the formula: `{text}`"))
                .help("give the formula alone, without the text around it"),
            Word::Comma => problem("the comma separates nothing".into()).help("write one formula at a time"),
            Word::Ampersand | Word::Newline => problem(format!("`{text}` stands inside a formula"))
                .help(r"give one line at a time; rows and columns stand in \begin{pmatrix} … \end{pmatrix}"),
            Word::Point | Word::Semicolon | Word::Colon => {
                problem(format!("`{text}` has no meaning in a formula")).help("remove it")
            }
            Word::Dollars => problem(format!("`{}` stands inside a formula", self.text(token.span)))
                .help("give one formula at a time"),
            Word::Prime => problem("a prime has nothing to stand on".into())
                .help(r"write x^\top for the transpose, f'(x) for a derivative"),
            Word::Caret | Word::Under => {
                problem(format!("`{text}` has nothing to stand on")).help("write a name before it")
            }
            _ => problem(format!("`{text}` is not expected here"))
                .help("put an operator before it, or remove it"),
        }
    }

    pub(super) fn no_relation(&self, left: Span) -> Diagnostic {
        match self.word() {
            Word::Eoi
            | Word::Comma
            | Word::Close(_)
            | Word::CloseCurly
            | Word::Ampersand
            | Word::Newline
            | Word::End => syntax("a comparison is missing")
                .at(left, "this alone says nothing")
                .help(r"write one of = \ne < \le > \ge and a right side"),
            _ => self.unexpected(),
        }
    }

    pub(super) fn number_behind(&self, left: Span) -> Diagnostic {
        let token = self.token();
        if let Some(before) = self.previous().filter(|t| t.word == Word::Number) {
            if !token.spaced && token.text.starts_with('.') {
                return syntax(format!("`{}{}` has two points", before.text, token.text))
                    .at(before.span.join(token.span), "")
                    .help(r"a number has one point; write \cdot for a product");
            }
            return syntax(format!("two numbers stand side by side: `{}` and `{}`", before.text, token.text))
                .at(before.span.join(token.span), "")
                .help(format!(
                    r"write {0} \cdot {1} for the product or {0}{1} for one number",
                    before.text, token.text
                ));
        }
        let left = self.short(left);
        syntax(format!("the number `{}` stands behind a factor without an operator", token.text))
            .at(token.span, "")
            .help(format!(r"write {left}_{{{0}}} for a name or component, {left} \cdot {0} for the product, {left}^{{{0}}} for the power", token.text))
    }
}
