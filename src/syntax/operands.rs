//! Operands: numbers, brackets, bars, arrays, roots, and what is said when one is missing.

use super::known;
use super::parser::{Node, Parser, Result, built, syntax};
use super::slips;
use super::tokens::Rule;
use super::tree::{Kind, Tree};
use crate::diagnostic::{self, Diagnostic};
use crate::number::{Rational, TooLarge};
use crate::span::Span;

/// Literals may have this many bits: about 4 900 digits.
const NUMBER_BITS: u64 = 16_384;

impl Parser<'_> {
    pub(super) fn operand(&mut self) -> Result<Node> {
        match self.word() {
            Rule::number => {
                let token = self.token().clone();
                self.advance();
                literal(&token.text, token.span)
            }
            Rule::name if !self.starts_operand() => Err(self.missing_operand()),
            Rule::name => self.name_operand(),
            Rule::open_round => self.group(),
            Rule::open_square => self.square(),
            Rule::bar | Rule::double_bar => self.in_bars(),
            Rule::big_sum | Rule::big_product => self.big_sign(),
            Rule::root | Rule::cube_root => self.root(),
            Rule::partial => self.partial(),
            Rule::nabla => self.nabla(),
            _ => Err(self.missing_operand()),
        }
    }

    /// `( … )`.
    fn group(&mut self) -> Result<Node> {
        let open = self.advance();
        if self.word() == Rule::close_round {
            return Err(syntax("the brackets are empty")
                .at(open.join(self.token().span), "")
                .help("write what belongs inside, or remove them"));
        }
        let bars = std::mem::take(&mut self.bars);
        let mut node = self.sum()?;
        self.bars = bars;
        if self.word() != Rule::close_round {
            return Err(self.unexpected_after_operand(false));
        }
        node.tree.span = open.join(self.advance());
        Ok(node)
    }

    /// `[a, b]` or `[i = j]`.
    fn square(&mut self) -> Result<Node> {
        let open = self.advance();
        if self.word() == Rule::close_square {
            return Err(syntax("the brackets are empty")
                .at(open.join(self.token().span), "")
                .help("write entries [a, b] for a vector, or a condition [i = j]"));
        }
        let bars = std::mem::take(&mut self.bars);
        let first = self.sum()?;
        let node = if self.relation_word().is_some() {
            let condition = self.conditions_from(first)?;
            self.bars = bars;
            let close = self.close_square("the condition")?;
            built(Kind::Iverson(Box::new(condition.tree)), open.join(close), condition.depth)?
        } else {
            let (entries, depth) = self.list_from(first, Rule::close_square)?;
            self.bars = bars;
            let close = self.close_square("the vector")?;
            if let ([one], false) = (&entries[..], matches!(entries[0].kind, Kind::Array(_))) {
                let inner = self.text(one.span);
                let help = if inner.len() < 40 {
                    format!("write ({inner}) to group")
                } else {
                    "write ( ) to group".into()
                };
                self.warn(syntax("`[ ]` makes a vector with one entry").at(open.join(close), "").help(help));
            }
            built(Kind::Array(entries), open.join(close), depth)?
        };
        Ok(node)
    }

    fn close_square(&mut self, what: &str) -> Result<Span> {
        match self.word() {
            Rule::close_square => Ok(self.advance()),
            Rule::semicolon => Err(syntax("rows are not separated by `;`")
                .at(self.token().span, "")
                .help("write [[1, 2], [3, 4]]: each row in its own brackets")),
            Rule::comma => Err(syntax(format!("a comma stands in {what}"))
                .at(self.token().span, "")
                .help("join conditions with `and`: [i = j and j > 1]")),
            _ => Err(self.unexpected_after_operand(true)),
        }
    }

    /// The rest of `first, second, …` up to the closing bracket, which is left.
    pub(super) fn list_from(&mut self, first: Node, close: Rule) -> Result<(Vec<Tree>, usize)> {
        let mut depth = first.depth;
        let mut entries = vec![first.tree];
        while self.word() == Rule::comma {
            let comma = self.advance();
            if self.word() == close || self.word() == Rule::comma {
                return Err(nothing_after_comma(comma));
            }
            let entry = self.sum()?;
            depth = depth.max(entry.depth);
            entries.push(entry.tree);
        }
        Ok((entries, depth))
    }

    /// Whether `[` behind an operand begins a factor: `x [i = j]`, `A [[1, 2], [3, 4]]` with a space.
    pub(super) fn opens_a_factor(&self) -> bool {
        if self.is_glued() {
            return false;
        }
        let mut depth = 0usize;
        if self.peek(1).word == Rule::open_square {
            return true;
        }
        for ahead in 0.. {
            match self.peek(ahead).word {
                Rule::open_square | Rule::open_round | Rule::open_curly => depth += 1,
                Rule::close_square | Rule::close_round | Rule::close_curly => {
                    depth -= 1;
                    if depth == 0 {
                        return false;
                    }
                }
                Rule::equal
                | Rule::not_equal
                | Rule::less
                | Rule::less_equal
                | Rule::greater
                | Rule::greater_equal
                    if depth == 1 =>
                {
                    return true;
                }
                Rule::EOI => return false,
                _ => {}
            }
        }
        false
    }

    /// `x[i, j]`.
    pub(super) fn index(&mut self, base: Node) -> Result<Node> {
        let open = self.advance();
        let name = self.text(base.tree.span);
        if self.word() == Rule::close_square {
            return Err(syntax("the index is missing")
                .at(open.join(self.token().span), "")
                .help(format!("write {name}[i] with a name or a number counted from 1")));
        }
        let bars = std::mem::take(&mut self.bars);
        let first = self.sum()?;
        if self.relation_word().is_some() {
            return Err(syntax("an index is a value, not a comparison")
                .at(self.token().span, "")
                .help(format!("write {name}*[…] for a factor that is 1 where the condition holds")));
        }
        let (indices, depth) = self.list_from(first, Rule::close_square)?;
        self.bars = bars;
        let close = self.close_square("the index")?;
        let span = base.tree.span.join(close);
        let depth = depth.max(base.depth);
        built(Kind::Index(Box::new(base.tree), indices), span, depth)
    }

    /// `|x|`, `‖x‖`, `||x||`, with `_1`, `₂`, `_F` behind a norm; `||x| - 1|` is an absolute value inside another one.
    fn in_bars(&mut self) -> Result<Node> {
        let is_ascii_norm =
            self.word() == Rule::bar && self.peek(1).word == Rule::bar && !self.peek(1).spaced;
        if !is_ascii_norm {
            return self.between_bars(false);
        }
        let start = self.here();
        let problem = match self.between_bars(true) {
            Err(problem) if problem.kind == diagnostic::Kind::Syntax => problem,
            other => return other,
        };
        if !self.go_back(start) {
            return Err(problem);
        }
        self.between_bars(false).map_err(|_| problem)
    }

    fn between_bars(&mut self, is_ascii_norm: bool) -> Result<Node> {
        let first = self.token().clone();
        let open = self.advance();
        let open = if is_ascii_norm { open.join(self.advance()) } else { open };
        let is_norm = is_ascii_norm || first.word == Rule::double_bar;
        if matches!(self.word(), Rule::EOI) {
            return Err(self.unclosed_bar(open, is_ascii_norm));
        }
        let bars = self.bars;
        self.bars = bars + 1;
        let inner = self.sum();
        self.bars = bars;
        let inner = inner?;
        if self.word() != first.word {
            return Err(match self.word() {
                Rule::EOI | Rule::close_round | Rule::close_square | Rule::comma => {
                    self.unclosed_bar(open, is_ascii_norm)
                }
                _ => self.unexpected_after_operand(false),
            });
        }
        let mut close = self.advance();
        if is_ascii_norm {
            if self.word() != Rule::bar || !self.is_glued() {
                return Err(syntax("`||` is closed by a single `|`")
                    .at(open, "opened here")
                    .at(close, "closed here")
                    .help(format!(
                        "write norm2({0}) for the norm, or abs(…) for absolute values inside each other",
                        self.text(inner.tree.span)
                    )));
            }
            close = close.join(self.advance());
        }
        let mut name = known::absolute();
        if !is_norm && super::determinants::declared_matrix(&inner.tree, self.names).is_some() {
            let (place, inside) = (open.join(close), self.text(inner.tree.span));
            return Err(syntax("bars around a matrix are either absolute values or its determinant")
                .at(place, "")
                .help(format!("write abs({inside}) or det({inside})")));
        }
        if is_norm {
            let (which, span) = self.norm_index(close)?;
            name = which;
            close = close.join(span);
        }
        call_node(name, 0, vec![inner.tree], open.join(close), inner.depth)
    }

    fn unclosed_bar(&self, open: Span, is_ascii_norm: bool) -> Diagnostic {
        let bar = self.text(open);
        let help = if is_ascii_norm {
            "write ||x|| for a norm, |x| for an absolute value".into()
        } else {
            format!("add `{bar}`")
        };
        syntax(format!("`{bar}` is never closed")).at(open, "opened here").help(help)
    }

    /// `_1`, `₂`, `_F` behind a norm, or nothing.
    fn norm_index(&mut self, close: Span) -> Result<(&'static str, Span)> {
        let (text, span) = match self.word() {
            Rule::low_index if self.is_glued() => {
                let token = self.token().clone();
                self.advance();
                let digit = |c: char| char::from_digit(u32::from(c).wrapping_sub(0x2080), 10);
                (token.text.chars().map(|c| digit(c).unwrap_or(c)).collect(), token.span)
            }
            Rule::underscore => {
                let low = self.advance();
                if self.word() == Rule::open_curly {
                    return Err(slips::braces(self.token().span, "_"));
                }
                let text = self.token().text.to_string();
                (text, low.join(self.advance()))
            }
            _ => (String::new(), close),
        };
        known::norm(&text).map(|name| (name, span)).ok_or_else(|| {
            Diagnostic::new(
                diagnostic::Kind::Unsupported,
                format!("the norm with index `{text}` is not known"),
            )
            .at(span, "")
            .help("the norms are ‖x‖_1, ‖x‖_2 and ‖X‖_F; write others as sums")
        })
    }

    /// `√x`, `√(x+1)`.
    fn root(&mut self) -> Result<Node> {
        let name = if self.word() == Rule::root { known::square_root() } else { known::cube_root() };
        let sign = self.advance();
        let is_group = self.word() == Rule::open_round;
        let is_number = self.word() == Rule::number;
        if !self.starts_operand() {
            return Err(self.missing_operand());
        }
        let mut inner = self.nested(Self::operand)?;
        if !is_group {
            while self.word() == Rule::open_square
                && self.is_glued()
                && matches!(inner.tree.kind, Kind::Name(_) | Kind::Index(..))
            {
                inner = self.index(inner)?;
            }
            let span = sign.join(inner.tree.span);
            if matches!(self.word(), Rule::superscript | Rule::caret) {
                let (root, inside) = (self.text(span), self.text(inner.tree.span));
                return Err(syntax("it is not clear how far the root reaches")
                    .at(span.join(self.token().span), "")
                    .help(format!(
                        "write √({inside}^…) for the root of the power, ({root})^… for the power of the root"
                    )));
            }
            if is_number && self.starts_operand() && self.is_glued() {
                let (root, inside) = (self.text(span), self.text(inner.tree.span));
                let next = self.token().text.to_string();
                self.warn(
                    syntax(format!("the root is read as reaching over `{inside}` only"))
                        .at(span, "")
                        .help(format!("write {root}*{next} or √({inside}*{next})")),
                );
            }
        }
        let span = sign.join(inner.tree.span);
        call_node(name, 0, vec![inner.tree], span, inner.depth)
    }

    /// Something that may begin an operand is missing at the present word.
    pub(super) fn missing_operand(&self) -> Diagnostic {
        let token = self.token();
        let previous = self.previous();
        let is_operator = |word| {
            matches!(
                word,
                Rule::plus
                    | Rule::minus
                    | Rule::star
                    | Rule::slash
                    | Rule::caret
                    | Rule::dot_star
                    | Rule::dot_slash
                    | Rule::dot_caret
            )
        };
        let is_relation = |word| {
            matches!(
                word,
                Rule::equal
                    | Rule::not_equal
                    | Rule::less
                    | Rule::less_equal
                    | Rule::greater
                    | Rule::greater_equal
            )
        };
        let operator_before = previous.filter(|t| is_operator(t.word) || is_relation(t.word));
        match (operator_before, token.word) {
            (Some(before), other) if is_operator(other) => {
                let both = before.span.join(token.span);
                let help = match (&*before.text, &*token.text) {
                    (a, b) if a == b => format!("write one `{a}`"),
                    (a, "+") => format!("leave the + out: {a}"),
                    (a, b) => format!("remove `{a}` or `{b}`, or write what belongs between them"),
                };
                syntax(format!("two operators in a row: `{}` and `{}`", before.text, token.text))
                    .at(both, "")
                    .help(help)
            }
            (Some(before), other) if is_relation(other) => {
                syntax(format!("nothing stands between `{}` and `{}`", before.text, token.text))
                    .at(before.span.join(token.span), "")
                    .help("write <=, >=, != without a space for a single comparison")
            }
            (Some(before), Rule::EOI) => syntax(format!("the formula ends with `{}`", before.text))
                .at(before.span, "nothing follows")
                .help("write what belongs behind it, or remove it"),
            (Some(before), Rule::close_round | Rule::close_square | Rule::close_curly | Rule::comma) => {
                syntax(format!("nothing stands between `{}` and `{}`", before.text, token.text))
                    .at(before.span.join(token.span), "")
                    .help(format!("write what belongs behind `{}`, or remove it", before.text))
            }
            (_, Rule::EOI) => match previous {
                Some(before) => syntax(format!("nothing stands behind `{}`", before.text))
                    .at(before.span, "the formula ends here")
                    .help("write what belongs there"),
                None => syntax("the formula is empty").at(token.span, "").help("write one, such as x^2 + 1"),
            },
            (_, other) if is_operator(other) || is_relation(other) => {
                let message = match previous.map(|t| t.word) {
                    None => format!("the formula begins with `{}`", token.text),
                    Some(_) => format!("nothing stands before `{}`", token.text),
                };
                syntax(message)
                    .at(token.span, "")
                    .help(format!("write what belongs before `{}`, or remove it", token.text))
            }
            (_, Rule::open_curly) => slips::braces(token.span, ""),
            (_, Rule::comma) => syntax("nothing stands before the comma")
                .at(token.span, "")
                .help("remove the comma, or write what is missing"),
            (_, Rule::primes) => syntax("a prime has nothing to stand on")
                .at(token.span, "")
                .help("write x' for the transpose of x, f'(x) for a derivative"),
            (_, Rule::transpose | Rule::superscript | Rule::low_index) => {
                syntax(format!("`{}` has nothing to stand on", token.text))
                    .at(token.span, "")
                    .help("write a name before it")
            }
            (_, Rule::bar | Rule::double_bar) => syntax(format!("nothing stands before `{}`", token.text))
                .at(token.span, "")
                .help("write |x| for an absolute value, ‖x‖ for a norm"),
            (_, Rule::point) => syntax("a stray point")
                .at(token.span, "")
                .help("write 0.5 or .5 for a number, `*` for a product"),
            (_, Rule::name) => syntax(format!("`{}` stands where a value is expected", token.text))
                .at(token.span, "")
                .help("it is a word of cases(a if x > 0, b otherwise)"),
            _ => self.unexpected_after_operand(false),
        }
    }
}

/// A call as a node.
pub(super) fn call_node(
    name: &str,
    primes: u8,
    arguments: Vec<Tree>,
    span: Span,
    depth: usize,
) -> Result<Node> {
    built(Kind::Call { name: name.to_string(), primes, arguments }, span, depth)
}

pub(super) fn nothing_after_comma(comma: Span) -> Diagnostic {
    syntax("nothing stands behind the comma").at(comma, "").help("remove the comma, or write what is missing")
}

/// A number as written.
pub(super) fn literal(text: &str, span: Span) -> Result<Node> {
    let number = match Rational::parse(text.strip_suffix('.').unwrap_or(text), NUMBER_BITS) {
        Ok(Some(number)) => number,
        Ok(None) => match text.split_once(".e").or_else(|| text.split_once(".E")) {
            Some((whole, exponent)) => return literal(&format!("{whole}e{exponent}"), span),
            None => return Err(syntax(format!("`{text}` is no number")).at(span, "")),
        },
        Err(TooLarge) => {
            return Err(Diagnostic::new(diagnostic::Kind::Limit, "the number is too long")
                .at(span, format!("at most {NUMBER_BITS} bits are read"))
                .help("use a variable for it, or a power such as 10^k"));
        }
    };
    built(Kind::Number(number), span, 0)
}

/// The factorial of a whole number that is written out, up to 170, as digits.
pub(super) fn factorial(digits: &str) -> Option<String> {
    let n: u32 = digits.parse().ok().filter(|n| *n <= 170)?;
    let product =
        (2..=n).fold(Rational::ONE, |product, factor| &product * &Rational::from(i64::from(factor)));
    Some(product.to_string())
}
