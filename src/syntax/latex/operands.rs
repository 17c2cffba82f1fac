//! Operands: numbers, groups, bars, fractions, roots, arrays, cases, and what is said when one is missing.

use super::super::known;
use super::super::operands::{call_node, literal};
use super::super::parser::{Node, Result, built};
use super::super::tree::{Kind, Relation, Tree};
use super::brackets::written;
use super::parser::Parser;
use super::slips::{self, syntax, unsupported};
use super::words::{Fence, Way, Word};
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
        let mut symbol =
            super::names::Symbol { spellings, primes, is_word, span, low: None, end: self.at };
        // `k'` is a name of its own if it is declared or bound
        let mut end = self.at;
        let mut count = 0;
        while self.words[end].word == Word::Prime && count < 4 {
            end += 1;
            count += 1;
            let name = format!("{}{}", symbol.spellings.first().map_or("", String::as_str), "'".repeat(count));
            if self.is_variable(&name) {
                symbol.primes = primes + count;
                symbol.span = span.join(self.words[end - 1].span);
                self.at = end;
            }
        }
        symbol.end = self.at;
        match self.meaning(&symbol)? {
            super::names::Meaning::Variable { name, primes: 0, .. } => built(Kind::Name(name), symbol.span, 0),
            super::names::Meaning::Unknown => self.undeclared(&symbol),
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
                        || self.peek(2).word == Word::Minus && self.peek(3).word == Word::Number && !self.peek(2).spaced && !self.peek(3).spaced)
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
            Word::Bar(_) | Word::DoubleBar(_) if self.starts_operand() => self.in_bars(),
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
                self.nested(|parser| parser.plain_operand())
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
            return Err(unsupported("rounding is not known").at(inner.tree.span, "").help("use a variable for it"));
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
        if self.words[start].word == Word::Open(Fence::Brace) && is_system && self.partners[self.at] + 1 == close {
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

    // --- bars ------------------------------------------------------------------------------------------------------

    /// `|x|`, `\|x\|_2`, `\lvert x \rvert`.
    fn in_bars(&mut self) -> Result<Node> {
        let first = self.token().clone();
        let mut open = self.advance();
        let is_ascii_norm = matches!(first.word, Word::Bar(Way::Either))
            && matches!(self.word(), Word::Bar(Way::Either))
            && self.is_glued();
        if is_ascii_norm {
            open = open.join(self.advance());
        }
        let is_norm = is_ascii_norm || matches!(first.word, Word::DoubleBar(_));
        let unclosed = |parser: &Self| {
            let bar = parser.text(open);
            syntax(format!("`{bar}` is never closed")).at(open, "opened here").help(format!("add `{bar}`"))
        };
        if self.word() == Word::Eoi {
            return Err(unclosed(self));
        }
        let bars = self.bars;
        self.bars = bars + 1;
        let inner = self.nested(Parser::sum);
        self.bars = bars;
        let inner = inner?;
        let closes = match (self.word(), first.word) {
            (Word::Bar(way), Word::Bar(_)) | (Word::DoubleBar(way), Word::DoubleBar(_)) => way != Way::Open,
            _ => false,
        };
        if !closes {
            return Err(match self.word() {
                Word::Eoi | Word::Close(_) | Word::CloseCurly | Word::Comma | Word::Relation(_) => unclosed(self),
                _ => self.unexpected(),
            });
        }
        let mut close = self.advance();
        if is_ascii_norm {
            if !matches!(self.word(), Word::Bar(_)) || !self.is_glued() {
                return Err(syntax("`||` is closed by a single `|`")
                    .at(open, "opened here")
                    .at(close, "closed here")
                    .help(r"write \|x\| for a norm, |x| for an absolute value"));
            }
            close = close.join(self.advance());
        }
        let span = open.join(close);
        if !is_norm {
            if let Kind::Name(name) = &inner.tree.kind
                && name.chars().count() == 1
                && name.chars().all(char::is_uppercase)
            {
                let text = self.short(span);
                return Err(syntax(format!("`{text}` is either an absolute value or a determinant"))
                    .at(span, "")
                    .help(format!(r"write \operatorname{{abs}}({name}) or \det({name})")));
            }
            return call_node(known::absolute(), 0, vec![inner.tree], span, inner.depth);
        }
        let under = self.at;
        let mut which = String::new();
        let mut place = span;
        if self.word() == Word::Under {
            let end = self.script_end(under);
            which = self.words[under + 1..end]
                .iter()
                .filter(|t| !matches!(t.word, Word::OpenCurly | Word::CloseCurly))
                .map(|t| &*t.text)
                .filter(|t| !matches!(*t, "mathrm" | "mathsf" | "mathit"))
                .collect();
            place = span.join(self.words[end - 1].span);
            self.at = end;
        }
        let Some(name) = known::norm(&which) else {
            return Err(unsupported(format!("the norm with index `{which}` is not known"))
                .at(place, "")
                .help(r"the norms are \|x\|_1, \|x\|_2 and \|X\|_F; write others as sums"));
        };
        call_node(name, 0, vec![inner.tree], place, inner.depth)
    }

    pub(super) fn script_end(&self, at: usize) -> usize {
        super::parser::script_end(&self.words, &self.partners, at)
    }

    /// Whether a bar here says "evaluated at": it has a subscript and nothing opened it.
    pub(super) fn is_evaluation_bar(&self) -> bool {
        matches!(self.word(), Word::Bar(_)) && self.bars == 0 && self.peek(1).word == Word::Under
    }

    fn evaluation(&self, span: Span) -> Diagnostic {
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
                let exponent =
                    built(Kind::Quotient(Box::new(one.tree), Box::new(order.tree)), place, depth)?;
                let depth = exponent.depth.max(inner.depth);
                built(Kind::Power(Box::new(inner.tree), Box::new(exponent.tree)), span, depth)
            }
        }
    }

    // --- environments ----------------------------------------------------------------------------------------------

    fn environment(&mut self) -> Result<Node> {
        let token = self.token().clone();
        match token.text.trim_end_matches('*') {
            "cases" | "dcases" | "rcases" => self.cases(),
            "pmatrix" | "bmatrix" | "matrix" | "smallmatrix" | "array" | "Bmatrix" => self.matrix(),
            "vmatrix" => {
                let node = self.matrix()?;
                let span = node.tree.span;
                match known::lookup("det") {
                    Some(known) => call_node(known.name, 0, vec![node.tree], span, node.depth),
                    None => Err(unsupported("determinants are not known").at(span, "").help("write it out")),
                }
            }
            name => Err(unsupported(format!("the environment `{name}` is not read here"))
                .at(token.span, "")
                .help("pmatrix makes a vector or a matrix, cases a choice")),
        }
    }

    /// The rows of an environment as cells: the words from a place up to another.
    fn cells(&mut self) -> (Vec<Vec<(usize, usize)>>, Span) {
        let open = self.at;
        let close = self.partners[open];
        let span = self.words[open].span.join(self.words[close].span);
        let mut at = open + 1;
        if self.words[open].text.trim_end_matches('*') == "array" && self.words[at].word == Word::OpenCurly {
            at = self.partners[at] + 1;
        }
        let mut rows = vec![Vec::new()];
        let mut start = at;
        while at <= close {
            let word = self.words[at].word;
            if at == close || matches!(word, Word::Newline | Word::Ampersand) {
                if let Some(row) = rows.last_mut() {
                    row.push((start, at));
                }
                start = at + 1;
                if word == Word::Newline && at + 1 < close {
                    rows.push(Vec::new());
                }
            }
            at = if matches!(word, Word::OpenCurly | Word::Open(_) | Word::Begin) { self.partners[at] + 1 } else { at + 1 };
        }
        rows.retain(|row| row.iter().any(|(start, end)| start < end));
        (rows, span)
    }

    /// Reads one cell.
    fn cell<T>(&mut self, (start, end): (usize, usize), read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.at = start;
        if start == end {
            let span = self.words[start].span;
            return Err(syntax("an entry is empty").at(span, "").help("write every entry; 0 for nothing"));
        }
        let value = self.inside(read)?;
        while matches!(self.word(), Word::Comma | Word::Point | Word::Semicolon | Word::Gap) && self.at < end {
            self.advance();
        }
        if self.at != end {
            return Err(self.unexpected());
        }
        Ok(value)
    }

    fn matrix(&mut self) -> Result<Node> {
        let close = self.partners[self.at];
        let (rows, span) = self.cells();
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 {
            return Err(syntax("the matrix is empty").at(span, "").help("write its entries"));
        }
        let mut entries = Vec::new();
        let mut depth = 0;
        for row in &rows {
            if row.len() != width {
                let place = self.words[row[0].0].span;
                return Err(syntax("the rows of the matrix have different lengths")
                    .at(place, format!("{} here, {width} in the first row", row.len()))
                    .help("write every entry; 0 for nothing"));
            }
            let mut values = Vec::new();
            for &cell in row {
                let node = self.cell(cell, Parser::sum)?;
                depth = depth.max(node.depth);
                values.push(node.tree);
            }
            if width == 1 {
                entries.append(&mut values);
            } else {
                let first = values.first().map_or(span, |t| t.span);
                let last = values.last().map_or(span, |t| t.span);
                entries.push(Tree::new(Kind::Array(values), first.join(last)));
            }
        }
        self.at = close;
        self.advance();
        built(Kind::Array(entries), span, depth + usize::from(width > 1))
    }

    /// Values with their conditions.
    pub(super) fn cases(&mut self) -> Result<Node> {
        let close = self.partners[self.at];
        let (rows, span) = self.cells();
        let mut result: Vec<(Tree, Option<Tree>)> = Vec::new();
        let mut depth = 0;
        let count = rows.len();
        for (place, row) in rows.into_iter().enumerate() {
            let (first, rest) = match &row[..] {
                [only] => {
                    let split = (only.0..only.1).find(|&at| self.words[at].word == Word::Text && !self.is_name_text(at));
                    match split {
                        Some(at) => ((only.0, at), Some((at, only.1))),
                        None => (*only, None),
                    }
                }
                [value, condition] => (*value, Some(*condition)),
                _ => {
                    return Err(syntax("a case has a value and a condition")
                        .at(self.words[row[0].0].span, "")
                        .help(r"write a & \text{if } x > 0"));
                }
            };
            let value = self.cell(first, Parser::sum)?;
            depth = depth.max(value.depth);
            let condition = match rest {
                None => None,
                Some(cell) => self.case_condition(cell)?,
            };
            if condition.is_none() && place + 1 < count {
                return Err(syntax("a value without a condition is not the last one")
                    .at(value.tree.span, "")
                    .help("only the last value may stand alone"));
            }
            depth = depth.max(condition.as_ref().map_or(0, |c| c.depth));
            result.push((value.tree, condition.map(|c| c.tree)));
        }
        if result.is_empty() {
            return Err(syntax("there are no cases").at(span, "").help(r"write a & \text{if } x > 0 \\ b & \text{otherwise}"));
        }
        self.at = close;
        self.advance();
        built(Kind::Cases(result), span, depth + 1)
    }

    fn is_name_text(&self, at: usize) -> bool {
        let text = self.words[at].text.trim();
        super::statement::is_word(text) && self.is_declared(text)
    }

    /// `\text{if } x > 0`, `\text{otherwise}`.
    fn case_condition(&mut self, (mut start, mut end): (usize, usize)) -> Result<Option<Node>> {
        const BEFORE: &[&str] = &["if", "for", "when", "where", "falls", "für", "if and only if", "at", "in case"];
        const NONE: &[&str] = &["otherwise", "else", "sonst", "elsewhere", "in all other cases", "in other cases"];
        while start < end && matches!(self.words[start].word, Word::Comma | Word::Gap | Word::Text) {
            let token = &self.words[start];
            if token.word == Word::Text {
                let words = token.text.trim().trim_matches([',', '.', ' ']).to_lowercase();
                if NONE.contains(&&*words) {
                    return Ok(None);
                }
                if !words.is_empty() && !BEFORE.contains(&&*words) {
                    return Err(syntax(format!("`{}` is no condition", token.text.trim()))
                        .at(token.span, "")
                        .help(r"write \text{if } and a comparison, or \text{otherwise}"));
                }
            }
            start += 1;
        }
        while end > start && matches!(self.words[end - 1].word, Word::Comma | Word::Point | Word::Gap | Word::Semicolon) {
            end -= 1;
        }
        if start == end {
            return Ok(None);
        }
        self.cell((start, end), Parser::conditions).map(Some)
    }

    // --- what is missing or too much ---------------------------------------------------------------------------------

    pub(super) fn missing_operand(&self) -> Diagnostic {
        let token = self.token();
        let is_operator = |word| {
            matches!(
                word,
                Word::Plus | Word::Minus | Word::Times | Word::Slash | Word::Hadamard | Word::ElementwiseSlash
                    | Word::Relation(_) | Word::Approximately | Word::Caret | Word::Under
            )
        };
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
                syntax("the formula ends too early").at(place, "nothing follows").help("write what belongs behind it")
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
            Word::Relation(Relation::Equal) => problem(format!("`{text}` stands inside a formula"))
                .help("to compare two formulas use `prove`; to state a fact use --given; to name a part use --let"),
            Word::Relation(_) | Word::Approximately => problem(format!("the comparison `{}` has no place here", self.text(token.span)))
                .help("comparisons stand in [ ], in cases and in facts"),
            Word::Bar(_) if self.is_evaluation_bar() => self.evaluation(token.span),
            Word::Bar(_) | Word::DoubleBar(_) => {
                problem(format!("`{text}` closes nothing")).help(r"write |x| for an absolute value, \|x\| for a norm")
            }
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
            Word::Dollars => problem(format!("`{}` stands inside a formula", self.text(token.span))).help("give one formula at a time"),
            Word::Prime => problem("a prime has nothing to stand on".into())
                .help(r"write x^\top for the transpose, f'(x) for a derivative"),
            Word::Caret | Word::Under => problem(format!("`{text}` has nothing to stand on")).help("write a name before it"),
            _ => problem(format!("`{text}` is not expected here")).help("put an operator before it, or remove it"),
        }
    }

    pub(super) fn no_relation(&self, left: Span) -> Diagnostic {
        match self.word() {
            Word::Eoi | Word::Comma | Word::Close(_) | Word::CloseCurly | Word::Ampersand | Word::Newline | Word::End => {
                syntax("a comparison is missing")
                    .at(left, "this alone says nothing")
                    .help(r"write one of = \ne < \le > \ge and a right side")
            }
            _ => self.unexpected(),
        }
    }

    pub(super) fn number_behind(&self, left: Span) -> Diagnostic {
        let token = self.token();
        if let Some(before) = self.previous().filter(|t| t.word == Word::Number) {
            return syntax(format!("two numbers stand side by side: `{}` and `{}`", before.text, token.text))
                .at(before.span.join(token.span), "")
                .help(format!(r"write {0} \cdot {1} for the product or {0}{1} for one number", before.text, token.text));
        }
        let left = self.short(left);
        syntax(format!("the number `{}` stands behind a factor without an operator", token.text))
            .at(token.span, "")
            .help(format!(r"write {left}_{{{0}}} for a name or component, {left} \cdot {0} for the product, {left}^{{{0}}} for the power", token.text))
    }
}
