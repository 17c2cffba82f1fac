//! Words that run together: `sinx` is the sine of x, `xlnx` says nothing for certain, `log_2 x` is a logarithm to the base 2,
//! `f^(3)(x)` a third derivative.

use super::calls::Applied;
use super::known::{self, Known};
use super::operands::call_node;
use super::parser::{Node, Parser, Result, built, syntax};
use super::tokens::{Rule, Token};
use super::tree::{Kind, Tree};
use crate::function;
use crate::number::Rational;
use crate::span::Span;

/// Letters that are variables wherever nothing else is said.
const UNKNOWNS: [&str; 3] = ["x", "y", "z"];
/// Longer bases of logarithms are not read.
const LONGEST_BASE: usize = 9;

/// A word that ends with a function of numbers and one letter: what stands before, the function, the letter.
pub(super) fn function_and_letter(word: &str) -> Option<(&str, Known, &str)> {
    if !word.bytes().all(|byte| byte.is_ascii_alphabetic()) || word.len() < 3 {
        return None;
    }
    let (rest, letter) = word.split_at(word.len() - 1);
    let of_numbers = |name: &str| known::lookup(name).filter(|_| known::is_of_one_number(name));
    // asinx may be a sin x too
    of_numbers(&rest[1..])
        .map(|known| (&rest[..1], known, letter))
        .or_else(|| of_numbers(rest).map(|known| ("", known, letter)))
}

impl Parser<'_> {
    /// `sinx`, `xlnx`: read where it can be nothing else, refused where it may be; `cost` is a word.
    pub(super) fn glued_word(&mut self, token: &Token<'_>) -> Result<Option<Node>> {
        let name = &*token.text;
        let Some((head, known, letter)) = function_and_letter(name) else { return Ok(None) };
        let function = &name[head.len()..name.len() - 1];
        let is_unknown = UNKNOWNS.contains(&letter);
        let stands_alone = self.names.has_variable(letter) || self.has_letter(letter);
        let reading = format!("{function}({letter})");
        if !is_unknown && !stands_alone {
            if head.is_empty() {
                self.warn(
                    syntax(format!("`{name}` is read as one name"))
                        .at(token.span, "")
                        .help(format!("write {reading} for the function")),
                );
            }
            return Ok(None);
        }
        let declared = format!("declare --let '{name}: R' for one name");
        if !head.is_empty() {
            let other = known::lookup(&name[..name.len() - 1])
                .map_or(String::new(), |known| format!(" or {}({letter})", known.name));
            return Err(syntax(format!("`{name}` is read as one name"))
                .at(token.span, "")
                .help(format!("write {head}*{reading}{other} for the function; {declared}")));
        }
        if !is_unknown {
            return Err(syntax(format!("it is not clear whether `{name}` is one name or {reading}"))
                .at(token.span, "")
                .help(format!("write {reading} for the function; {declared}")));
        }
        if self.goes_on_behind() {
            return Err(syntax(format!("it is not clear how far `{function}` reaches"))
                .at(token.span.join(self.peek(1).span), "")
                .help(format!("put its argument in brackets: {reading}; {declared}")));
        }
        self.warn(
            syntax(format!("`{name}` is read as {reading}"))
                .at(token.span, "")
                .help(format!("write {reading}; {declared}")),
        );
        let span = self.advance();
        let argument = Tree::new(Kind::Name(letter.to_owned()), Span::new(span.end - 1, span.end));
        call_node(known.name, 0, vec![argument], span, 1).map(Some)
    }

    /// Does something follow that may belong to the argument of a function without brackets?
    fn goes_on_behind(&self) -> bool {
        let next = self.peek(1);
        match next.word {
            Rule::caret
            | Rule::superscript
            | Rule::primes
            | Rule::open_round
            | Rule::open_square
            | Rule::number => true,
            Rule::name => {
                !matches!(&*next.text, "if" | "and" | "otherwise" | "else")
                    && !self.names.has_function(&next.text)
                    && known::lookup(&next.text).is_none()
                    && function_and_letter(&next.text).is_none()
            }
            _ => false,
        }
    }

    /// `log_2 x`, `log_3(x)`.
    pub(super) fn logarithm_of_base(&mut self, token: &Token<'_>) -> Result<Option<Node>> {
        let log = function::row(function::LOG).name;
        let Some(low) = token.text.strip_prefix(log).filter(|low| !low.is_empty()) else { return Ok(None) };
        let is_below = low.chars().all(|c| ('₀'..='₉').contains(&c));
        let base = match low.strip_prefix('_') {
            Some(base) => base.to_owned(),
            None if is_below => {
                low.chars().filter_map(|c| char::from_digit(c as u32 - '₀' as u32, 10)).collect()
            }
            None => return Ok(None),
        };
        let next = self.peek(1).word;
        let is_applied = matches!(
            next,
            Rule::name | Rule::number | Rule::root | Rule::open_round | Rule::caret | Rule::superscript
        );
        if !is_applied || base.len() > LONGEST_BASE {
            return Ok(None);
        }
        let Some(number) = base.parse::<i64>().ok().filter(|base| *base > 1) else { return Ok(None) };
        let of = |known: Known| Applied {
            written: token.text.to_string(),
            name: known.name.into(),
            arity: known.arity,
            is_known: true,
            span: token.span,
        };
        if let Some(known) = known::lookup(&format!("{log}{base}")) {
            return self.application(&of(known)).map(Some);
        }
        let Some(known) = known::lookup(log) else { return Ok(None) };
        self.logarithm(&of(known), number).map(Some)
    }

    /// The logarithm that stands here, to a base.
    pub(super) fn logarithm(&mut self, of: &Applied, base: i64) -> Result<Node> {
        let place = of.span;
        let above = self.application(of)?;
        if matches!(above.tree.kind, Kind::Power(..)) {
            return Err(syntax("it is not clear what is raised")
                .at(above.tree.span, "")
                .help(format!("write ({0}(x)/{0}({base}))^2", of.name)));
        }
        let mut number = Tree::number(&Rational::from(base));
        number.span = place;
        let below = call_node(&of.name, 0, vec![number], place, 1)?;
        let (span, depth) = (above.tree.span, above.depth.max(below.depth));
        built(Kind::Quotient(Box::new(above.tree), Box::new(below.tree)), span, depth)
    }

    /// `sin2x`, `sin2 x`: a word that ends with a number is a name, and nobody means one here.
    pub(super) fn check_numbered_function(&self, token: &Token<'_>) -> Result<()> {
        let name = &*token.text;
        let Some(at) = name.find(|c: char| c.is_ascii_digit()) else { return Ok(()) };
        let (function, rest) = name.split_at(at);
        let letters = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let next = self.peek(1);
        let is_applied =
            next.word == Rule::name && !matches!(&*next.text, "if" | "and" | "otherwise" | "else");
        let is_argument = letters.len() == 1 && letters.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !known::is_of_one_number(function) || !(is_argument || letters.is_empty() && is_applied) {
            return Ok(());
        }
        let more = if is_argument { "" } else { "…" };
        Err(syntax(format!("`{name}` is read as one name")).at(token.span, "").help(format!(
            "write {function}({rest}{more}) for the function; declare --let '{name}: R' for one name"
        )))
    }

    /// `f^(3)(x)`: the primes that a number in brackets stands for; the climber stands behind the function.
    pub(super) fn bracketed_order(&mut self, function: &Applied) -> Result<usize> {
        let is_bracketed = self.word() == Rule::caret
            && self.peek(1).word == Rule::open_round
            && self.peek(2).word == Rule::number
            && self.peek(3).word == Rule::close_round
            && self.peek(4).word == Rule::open_round;
        let order = self.peek(2).text.parse::<usize>().ok().filter(|order| *order > 0);
        let (true, Some(order)) = (is_bracketed, order) else { return Ok(0) };
        let place = function.span.join(self.peek(3).span);
        let name = &function.written;
        if function.is_known {
            return Err(syntax(format!(
                "it is not clear whether `{}` is a power or a derivative",
                self.text(place)
            ))
            .at(place, "")
            .help(format!("write {name}(x)^{order} for the power, diff({name}(x), x, …) for a derivative")));
        }
        for _ in 0..4 {
            self.advance();
        }
        let written = self.text(place);
        self.warn(
            syntax(format!("`{written}` is read as the derivative of order {order}"))
                .at(place, "")
                .help(format!("write {name}(x)^{order} for the power")),
        );
        Ok(order)
    }

    /// `d y / d x`: neither a derivative nor a quotient for certain.
    pub(super) fn check_spaced_differentials(&self, token: &Token<'_>) -> Result<()> {
        if token.text != "d" {
            return Ok(());
        }
        let above = match self.peek(1).word {
            Rule::superscript => 2,
            Rule::caret if self.peek(2).word == Rule::number => 3,
            _ => 1,
        };
        let (of, below, by) = (self.peek(above), self.peek(above + 2), self.peek(above + 3));
        let is_quotient = of.word == Rule::name
            && self.peek(above + 1).word == Rule::slash
            && below.word == Rule::name
            && below.text == "d"
            && by.word == Rule::name;
        if !is_quotient {
            return Ok(());
        }
        let place = token.span.join(by.span);
        Err(syntax(format!("`{}` is either a derivative or a quotient", self.text(place)))
            .at(place, "")
            .help(format!(
                "write d/d{} {} for the derivative; declare --let 'd: R' for a factor",
                by.text, of.text
            )))
    }
}
