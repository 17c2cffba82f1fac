//! Operands: numbers, groups, bars, fractions, roots, arrays, cases, and what is said when one is missing.

use super::super::known;
use super::super::operands::{call_node, literal};
use super::super::parser::{Node, Result, built};
use super::super::tree::{Kind, Tree};
use super::parser::Parser;
use super::slips::{self, syntax, unsupported};
use super::words::{Fence, Word};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

impl Parser<'_> {
    /// An operand with its own subscript if it is a name, without exponents.
    pub(super) fn operand(&mut self) -> Result<Node> {
        if self.starts_symbol() {
            return self.name_operand();
        }
        self.plain_operand()
    }

    /// A single word or command with its arguments, as behind `^` and `_`.
    pub(super) fn bare_operand(&mut self) -> Result<Node> {
        if !self.starts_symbol() || self.starts_bold_number() {
            return self.plain_operand();
        }
        let at = self.at;
        let (spellings, primes, is_word, span) = match self.word() {
            Word::Letter => {
                let text = self.token().text.to_string();
                let span = self.advance();
                (vec![text], 0, false, span)
            }
            _ => self.letters()?,
        };
        let mut symbol = super::names::Symbol { spellings, primes, is_word, span, low: None, end: self.at };
        // `k'` is a name of its own if it is declared or bound
        let mut end = self.at;
        let mut count = 0;
        while self.words[end].word == Word::Prime && count < 4 {
            end += 1;
            count += 1;
            let name =
                format!("{}{}", symbol.spellings.first().map_or("", String::as_str), "'".repeat(count));
            if self.is_variable(&name) {
                symbol.primes = primes + count;
                symbol.span = span.join(self.words[end - 1].span);
                self.at = end;
            }
        }
        symbol.end = self.at;
        match self.meaning(&symbol)? {
            super::resolved::Meaning::Variable { name, primes: 0, .. } => {
                built(Kind::Name(name), symbol.span, 0)
            }
            super::resolved::Meaning::Unknown => self.undeclared(&symbol),
            _ => Err(syntax("a function stands without its argument")
                .at(self.words[at].span.join(symbol.span), "")
                .help("group it with braces and give it an argument")),
        }
    }

    fn plain_operand(&mut self) -> Result<Node> {
        match self.word() {
            Word::Number => {
                let token = self.token().clone();
                let next = self.peek(1);
                if next.word == Word::Letter
                    && matches!(&*next.text, "e" | "E")
                    && !next.spaced
                    && (self.peek(2).word == Word::Number && !self.peek(2).spaced
                        || self.peek(2).word == Word::Minus
                            && self.peek(3).word == Word::Number
                            && !self.peek(2).spaced
                            && !self.peek(3).spaced)
                {
                    return Err(syntax("it is not clear whether `e` is a power of ten or the number e")
                        .at(token.span.join(self.peek(2).span), "")
                        .help(format!(r"write {} \cdot 10^{{…}} for the power of ten", token.text)));
                }
                self.advance();
                literal(&token.text, token.span)
            }
            Word::OpenCurly => self.braces(),
            Word::Open(fence) => self.group(fence),
            Word::Bar(_) | Word::DoubleBar(_) if self.starts_operand() || self.opens_inner_bar() => {
                self.in_bars()
            }
            Word::Begin => self.environment(),
            Word::Command => self.command(),
            _ => Err(self.missing_operand()),
        }
    }

    fn command(&mut self) -> Result<Node> {
        let name = self.token().text.to_string();
        match &*name {
            "frac" | "dfrac" | "tfrac" | "cfrac" => self.fraction(),
            "sqrt" => self.root(),
            "partial" => self.partial(),
            "nabla" => self.nabla(),
            "sum" | "prod" | "max" | "min" => self.big_sign(),
            "ensuremath" | "mathord" | "mathinner" => {
                self.advance();
                self.nested(Self::plain_operand)
            }
            "lbrack" => Err(self.missing_operand()),
            _ if super::calls::command_of(&name).is_some() => self.function_command(),
            _ => Err(slips::command(&name, self.token().span)),
        }
    }

    /// `{ … }`; `{x}_1` is a component in any case.
    fn braces(&mut self) -> Result<Node> {
        let close = self.partners[self.at];
        let open = self.advance();
        let mut node = self.braced_rest(close, "the group")?;
        node.tree.span = open.join(self.words[close].span);
        Ok(node)
    }

    /// `( … )`, `[ … ]`, `\{ … \}`, `\lfloor … \rfloor`.
    fn group(&mut self, fence: Fence) -> Result<Node> {
        let close = self.partners[self.at];
        let start = self.at;
        let open = self.advance();
        let closing = self.words[close].clone();
        if fence == Fence::Nothing || closing.word == Word::Close(Fence::Nothing) {
            return self.half_open(start, close);
        }
        if fence == Fence::Angle {
            return Err(unsupported(r"`\langle … \rangle` may be an inner product or a mean")
                .at(open.join(closing.span), "")
                .help(r"write x^\top y for the inner product"));
        }
        if self.at == close {
            return Err(syntax("the brackets are empty")
                .at(open.join(closing.span), "")
                .help("write what belongs inside, or remove them"));
        }
        if fence == Fence::Brace && self.at + 1 == close {
            let text = self.short(open.join(closing.span));
            return Err(syntax(format!(
                "it is not clear whether `{text}` is a group, a set or a fractional part"
            ))
            .at(open.join(closing.span), "")
            .help(format!(
                r"write ({0}) to group, {0} - \lfloor {0} \rfloor for the fractional part",
                self.token().text
            )));
        }
        let mut node = self.inside(|parser| {
            let first = parser.sum()?;
            if fence == Fence::Square && parser.relation_word().is_some() {
                let condition = parser.conditions_from(first)?;
                let depth = condition.depth;
                return built(Kind::Iverson(Box::new(condition.tree)), open, depth);
            }
            if fence == Fence::Square && parser.word() == Word::Comma {
                let (entries, depth) = parser.list_from(first, close)?;
                return built(Kind::Array(entries), open, depth);
            }
            Ok(first)
        })?;
        if self.at != close {
            return Err(match self.word() {
                Word::Comma if fence == Fence::Brace => unsupported("sets are not read")
                    .at(open.join(closing.span), "")
                    .help("write ( ) to group"),
                Word::Comma => syntax("several values stand in brackets")
                    .at(open.join(closing.span), "")
                    .help(r"write \begin{pmatrix} a \\ b \end{pmatrix} for a vector; declare a function before its arguments"),
                _ => self.unexpected(),
            });
        }
        self.advance();
        node.tree.span = open.join(closing.span);
        match fence {
            Fence::Floor => self.rounded("floor", node),
            Fence::Ceiling => self.rounded("ceil", node),
            _ => {
                if fence == Fence::Square && self.word() == Word::Under && self.peek_script_end() {
                    return Err(self.evaluation(node.tree.span));
                }
                Ok(node)
            }
        }
    }

    /// `[F]_0^1`: values between bounds.
    fn peek_script_end(&self) -> bool {
        let end = match self.peek(1).word {
            Word::OpenCurly => self.partners.get(self.at + 1).copied().unwrap_or(self.at) + 1,
            _ => self.at + 2,
        };
        self.words.get(end).is_some_and(|t| t.word == Word::Caret)
    }

    fn rounded(&self, name: &str, inner: Node) -> Result<Node> {
        let Some(known) = known::lookup(name) else {
            return Err(unsupported("rounding is not known")
                .at(inner.tree.span, "")
                .help("use a variable for it"));
        };
        let span = inner.tree.span;
        call_node(known.name, 0, vec![inner.tree], span, inner.depth)
    }

    /// `\left. … \right|`, `\left\{ … \right.`.
    fn half_open(&mut self, start: usize, close: usize) -> Result<Node> {
        let span = self.words[start].span.join(self.words[close].span);
        if matches!(self.words[close].word, Word::Bar(_) | Word::Close(Fence::Square)) {
            return Err(self.evaluation(span));
        }
        let is_system = self.word() == Word::Begin
            && matches!(self.token().text.trim_end_matches('*'), "array" | "matrix" | "aligned" | "cases");
        if self.words[start].word == Word::Open(Fence::Brace)
            && is_system
            && self.partners[self.at] + 1 == close
        {
            let mut node = self.cases()?;
            self.advance();
            node.tree.span = span;
            return Ok(node);
        }
        Err(syntax("a bracket has no partner").at(span, "").help("write the bracket on both sides"))
    }

    /// The rest of `first, second, …` up to the place, which is left.
    pub(super) fn list_from(&mut self, first: Node, close: usize) -> Result<(Vec<Tree>, usize)> {
        let mut depth = first.depth;
        let mut entries = vec![first.tree];
        while self.word() == Word::Comma {
            let comma = self.advance();
            if self.at == close || self.word() == Word::Comma {
                return Err(super::super::operands::nothing_after_comma(comma));
            }
            let entry = self.sum()?;
            depth = depth.max(entry.depth);
            entries.push(entry.tree);
        }
        Ok((entries, depth))
    }

    pub(super) fn script_end(&self, at: usize) -> usize {
        super::parser::script_end(&self.words, &self.partners, at)
    }

    /// Whether a bar here says "evaluated at": it has a subscript and nothing opened it.
    pub(super) fn is_evaluation_bar(&self) -> bool {
        matches!(self.word(), Word::Bar(_)) && self.bars == 0 && self.peek(1).word == Word::Under
    }

    pub(super) fn evaluation(&self, span: Span) -> Diagnostic {
        unsupported("values at a point are not read inside a formula")
            .at(span, "")
            .help("write the formula alone, and give the point with --at x=1")
    }

    // --- fractions and roots ---------------------------------------------------------------------------------------

    fn fraction(&mut self) -> Result<Node> {
        let start = self.at;
        let command = self.token().span;
        let name = self.text(command);
        // `\frac12`
        if self.peek(1).word == Word::Number && self.peek(1).text.len() > 1 {
            return self.glued_fraction();
        }
        if let Some(node) = self.derivative_fraction()? {
            return Ok(node);
        }
        self.at = start;
        self.advance();
        let above = self.single_argument(command, name)?;
        let mut behind = None;
        if self.word() == Word::Number && self.token().text.len() > 1 {
            behind = Some(self.token().clone());
        }
        if let Some(number) = behind {
            return Err(syntax(format!("only the first digit of `{}` stands below the stroke", number.text))
                .at(number.span, "")
                .help("put the numerator and the denominator in braces"));
        }
        let below = self.single_argument(command, name)?;
        let span = command.join(self.previous().map_or(command, |t| t.span));
        let depth = above.depth.max(below.depth);
        built(Kind::Quotient(Box::new(above.tree), Box::new(below.tree)), span, depth)
    }

    /// `\frac12` is a half; `\frac123` is not clear.
    fn glued_fraction(&mut self) -> Result<Node> {
        let command = self.advance();
        let token = self.token().clone();
        let digits: Vec<&str> = token.text.split("").filter(|d| !d.is_empty()).collect();
        let [above, below] = digits[..] else {
            return Err(syntax(format!(r"`\frac{}` is not clear", token.text))
                .at(command.join(token.span), "")
                .help("put the numerator and the denominator in braces"));
        };
        self.advance();
        let middle = token.span.start + above.len();
        let above = literal(above, Span::new(token.span.start, middle))?;
        let below = literal(below, Span::new(middle, token.span.end))?;
        let depth = above.depth.max(below.depth);
        built(Kind::Quotient(Box::new(above.tree), Box::new(below.tree)), command.join(token.span), depth)
    }

    /// `\sqrt{x}`, `\sqrt[3]{x}`, `\sqrt[n]{x}`.
    fn root(&mut self) -> Result<Node> {
        let command = self.advance();
        let mut order = None;
        if self.word() == Word::Open(Fence::Square) {
            let close = self.partners[self.at];
            self.advance();
            order = Some(self.braced_rest(close, "the order of the root")?);
        }
        if self.word() == Word::Number && self.token().text.len() > 1 {
            return Err(syntax(format!("the root covers only the first digit of `{}`", self.token().text))
                .at(command.join(self.token().span), "")
                .help(format!(r"write \sqrt{{{}}}", self.token().text)));
        }
        let inner = self.single_argument(command, r"\sqrt")?;
        let span = command.join(self.previous().map_or(command, |t| t.span));
        let Some(order) = order else {
            return call_node(known::square_root(), 0, vec![inner.tree], span, inner.depth);
        };
        match &order.tree.kind {
            Kind::Number(n) if n.as_integer() == Some(2) => {
                call_node(known::square_root(), 0, vec![inner.tree], span, inner.depth)
            }
            Kind::Number(n) if n.as_integer() == Some(3) => {
                call_node(known::cube_root(), 0, vec![inner.tree], span, inner.depth)
            }
            _ => {
                let one = literal("1", order.tree.span)?;
                let place = order.tree.span;
                let depth = order.depth.max(one.depth);
                let exponent = built(Kind::Quotient(Box::new(one.tree), Box::new(order.tree)), place, depth)?;
                let depth = exponent.depth.max(inner.depth);
                built(Kind::Power(Box::new(inner.tree), Box::new(exponent.tree)), span, depth)
            }
        }
    }
}
