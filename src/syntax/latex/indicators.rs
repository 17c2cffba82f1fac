//! `\delta_{ij}`, `\mathbb{1}[…]`, and names with arguments that are only named: `f(x) = …`.

use super::super::known;
use super::super::operands::call_node;
use super::super::parser::{Node, Result, built};
use super::super::tree::{Kind, Relation};
use super::alphabet::greek;
use super::calls::by_latex;
use super::names::Symbol;
use super::parser::Parser;
use super::resolved::Meaning;
use super::words::{Fence, Word};
use crate::span::Span;

impl Parser<'_> {
    /// `\delta_{ij}` is 1 where i = j.
    pub(super) fn kronecker(&mut self, symbol: &Symbol) -> Result<Option<Node>> {
        let Some((start, _)) = symbol.low else { return Ok(None) };
        self.at = start;
        let (mut indices, depth, _) = self.subscript_indices(None)?;
        self.at = symbol.end;
        let (Some(right), Some(left), true) = (indices.pop(), indices.pop(), indices.is_empty()) else {
            return Ok(None);
        };
        for index in [&left, &right] {
            if let Kind::Name(name) = &index.kind {
                self.found_letters.insert(name.clone());
            }
        }
        let relation =
            built(Kind::Relation(Relation::Equal, Box::new(left), Box::new(right)), symbol.span, depth)?;
        built(Kind::Iverson(Box::new(relation.tree)), symbol.span, relation.depth).map(Some)
    }

    /// `\mathbf{1}`, `\mathbb{1}`, `\mathbf{0}`.
    pub(super) fn starts_bold_number(&self) -> bool {
        if self.word() != Word::Command || !super::alphabet::is_typeface(&self.token().text) {
            return false;
        }
        let next = self.peek(1);
        let inner = if next.word == Word::OpenCurly { self.peek(2) } else { next };
        let behind = if next.word == Word::OpenCurly { self.peek(4) } else { self.peek(2) };
        let is_sign = matches!(&*self.token().text, "mathbb" | "mathds")
            && inner.word == Word::Letter
            && inner.text == "I"
            && matches!(behind.word, Word::Under | Word::Open(Fence::Square | Fence::Brace | Fence::Round));
        (inner.word == Word::Number || is_sign)
            && (next.word != Word::OpenCurly || self.peek(3).word == Word::CloseCurly)
            && !matches!(&*self.token().text, "operatorname")
    }

    pub(super) fn bold_number(&mut self) -> Result<Node> {
        let start = self.token().span;
        let command = self.token().text.to_string();
        self.advance();
        let is_braced = self.word() == Word::OpenCurly;
        if is_braced {
            self.advance();
        }
        let number = self.token().clone();
        let mut span = start.join(self.advance());
        if is_braced {
            span = span.join(self.advance());
        }
        if matches!(&*command, "mathrm" | "mathit" | "mathsf" | "mathtt") {
            return super::super::operands::literal(&number.text, span);
        }
        let is_upright = self.word() == Word::Open(Fence::Round);
        if is_upright && let Some(known) = by_latex(&format!("\\{command}{{{}}}", number.text)) {
            return self.apply_known(known.name, known, span);
        }
        if number.text == "0" {
            return super::super::operands::literal("0", span);
        }
        if number.text == "1"
            && matches!(&*command, "mathbf" | "boldsymbol" | "bm" | "pmb" | "bold" | "symbf" | "bf")
            && let Some(ones) = self.vector_of_ones(span)?
        {
            return Ok(ones);
        }
        // `\mathbb{1}[i = j]`, `\mathbf{1}\{i = j\}`, `\mathbb{1}_{i = j}`
        if matches!(&*number.text, "1" | "I") {
            let from = match self.word() {
                Word::Open(Fence::Square | Fence::Brace | Fence::Round) => Some(self.at),
                Word::Under if self.peek(1).word == Word::OpenCurly => Some(self.at + 1),
                _ => None,
            };
            if let Some(from) = from {
                let close = self.partners[from];
                self.at = from;
                self.advance();
                let is_bracketed = matches!(self.word(), Word::Open(Fence::Square | Fence::Brace));
                let inner = self.partners[self.at];
                if is_bracketed && inner + 1 == close {
                    self.advance();
                }
                let condition = self.inside(Parser::conditions)?;
                if is_bracketed && self.at == inner {
                    self.advance();
                }
                if self.at != close {
                    return Err(self.unexpected());
                }
                self.advance();
                let whole = span.join(self.words[close].span);
                return built(Kind::Iverson(Box::new(condition.tree)), whole, condition.depth);
            }
        }
        Err(super::slips::bold_number(span))
    }

    /// `\mathbf{1}`, `\mathbf{1}_n`: a vector of ones, whose length its surroundings say if nothing else does.
    fn vector_of_ones(&mut self, span: Span) -> Result<Option<Node>> {
        let is_condition = |words: &[super::words::Token<'_>]| {
            words.iter().any(|t| matches!(t.word, Word::Relation(_)) || t.is_command("in"))
        };
        match self.word() {
            Word::Open(Fence::Square | Fence::Brace | Fence::Round)
                if is_condition(&self.words[self.at..self.partners[self.at]]) =>
            {
                return Ok(None);
            }
            Word::Under => {
                let end = self.script_end(self.at);
                if is_condition(&self.words[self.at..end]) {
                    return Ok(None);
                }
                let under = self.advance();
                let size = self.single_argument(under, "_")?;
                let whole = span.join(size.tree.span);
                return call_node(known::ones(), 0, vec![size.tree], whole, size.depth).map(Some);
            }
            _ => {}
        }
        call_node(known::ones(), 0, Vec::new(), span, 0).map(Some)
    }

    // --- functions being defined -----------------------------------------------------------------------------------

    /// `f(x, y) =` in front of a chain, or `f(x, y)` alone up to a place, as above the stroke of a derivative: the name of
    /// a value, whatever f is declared as.
    pub(super) fn definition_side(&mut self, end: Option<usize>) -> Option<Node> {
        let at = self.at;
        let node = self.definition_head(end);
        if node.is_none() {
            self.at = at;
        }
        node
    }

    /// `J(x)` behind an operator of differentiation, where nobody declared J.
    pub(super) fn undeclared_value(&mut self) -> Option<Node> {
        if !self.starts_symbol() || self.starts_bold_number() || self.long_name(self.at).is_some() {
            return None;
        }
        let at = self.at;
        let symbol = self.symbol().ok()?;
        let is_unknown = matches!(self.meaning(&symbol), Ok(Meaning::Unknown));
        let opens = self.word() == Word::Open(Fence::Round);
        let end = self.partners[self.at] + 1;
        self.at = at;
        (is_unknown && opens).then(|| self.definition_side(Some(end))).flatten()
    }

    fn definition_head(&mut self, end: Option<usize>) -> Option<Node> {
        if !self.starts_symbol() || self.starts_bold_number() {
            return None;
        }
        if self.word() == Word::Letter
            && let Ok(Some(_)) = self.check_run()
        {
            return None;
        }
        let start = self.at;
        let symbol = self.symbol().ok()?;
        if self.word() != Word::Open(Fence::Round) {
            return None;
        }
        let (name, primes) = match self.meaning(&symbol).ok()? {
            Meaning::Variable { name, primes, is_low_used } if is_low_used || symbol.low.is_none() => {
                (name, primes)
            }
            Meaning::Unknown => {
                let base = symbol.spellings.first()?;
                if known::lookup(base).is_some()
                    || by_latex(&format!("\\{}", self.words[start].text)).is_some()
                {
                    return None;
                }
                let low = match &symbol.low {
                    Some((_, forms)) => forms.first()?.as_str(),
                    None => "",
                };
                (format!("{base}{low}"), symbol.primes)
            }
            _ => return None,
        };
        let close = self.partners[self.at];
        let after = self.words.get(close + 1)?.word;
        let is_complete = match end {
            Some(end) => close + 1 == end,
            None => matches!(after, Word::Relation(_) | Word::Approximately),
        };
        let are_names = self.words[self.at + 1..close].iter().all(|t| match t.word {
            Word::Letter
            | Word::Number
            | Word::OpenCurly
            | Word::CloseCurly
            | Word::Under
            | Word::Comma
            | Word::Prime => true,
            Word::Command => {
                greek(&t.text).is_some()
                    || super::alphabet::is_typeface(&t.text)
                    || super::alphabet::accent(&t.text).is_some()
            }
            _ => false,
        });
        if !is_complete || !are_names {
            return None;
        }
        self.advance();
        let (arguments, depth) = self
            .inside(|parser| {
                let first = parser.power()?;
                parser.list_from(first, close)
            })
            .ok()?;
        let are_names = arguments.iter().all(|argument| matches!(argument.kind, Kind::Name(_)));
        if self.at != close || !are_names {
            return None;
        }
        self.advance();
        let span = symbol.span.join(self.words[close].span);
        call_node(&name, primes as u8, arguments, span, depth).ok()
    }
}
