//! Powers and what clings to an operand: signs in exponents, primes, indices, superscripts.

use super::operands::literal;
use super::parser::{Node, Parser, Result, built, syntax};
use super::slips;
use super::tokens::Rule;
use super::tree::{Kind, Tree};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

impl Parser<'_> {
    /// A power with the signs before it, behind `*`, `/` or `^`.
    pub(super) fn signed_power(&mut self) -> Result<Node> {
        let signs = self.signs()?;
        let power = self.power()?;
        negated(power, signs)
    }

    pub(super) fn power(&mut self) -> Result<Node> {
        self.power_of(false)
    }

    /// In an exponent a prime belongs to the whole power: `A^-1'` is the transpose of the inverse.
    pub(super) fn power_of(&mut self, is_exponent: bool) -> Result<Node> {
        let base = self.postfix(is_exponent)?;
        let operator = self.word();
        if !matches!(operator, Rule::caret | Rule::dot_caret) {
            return Ok(base);
        }
        let caret = self.advance();
        if self.word() == Rule::open_curly {
            return Err(self.braced_exponent(&base));
        }
        let first = self.position();
        let exponent = self.nested(Parser::exponent)?;
        let has_one_word = self.position() == first + 1;
        let span = base.tree.span.join(exponent.tree.span);
        let parts = base.depth.max(exponent.depth);
        self.remark_exponent(&base.tree, &exponent.tree, has_one_word, span, caret);
        let (left, right) = (Box::new(base.tree), Box::new(exponent.tree));
        let kind = if operator == Rule::caret {
            Kind::Power(left, right)
        } else {
            Kind::ElementwisePower(left, right)
        };
        let mut power = built(kind, span, parts)?;
        if !is_exponent {
            power = self.transposes(power)?;
        }
        Ok(power)
    }

    pub(super) fn exponent(&mut self) -> Result<Node> {
        let signs = self.signs()?;
        let power = self.power_of(true)?;
        negated(power, signs)
    }

    pub(super) fn braced_exponent(&self, base: &Node) -> Diagnostic {
        let brace = self.token().span;
        let is_inverse = self.peek(1).word == Rule::minus
            && self.peek(2).text == "1"
            && self.peek(3).word == Rule::close_curly
            && self.peek(4).word == Rule::open_round;
        match &base.tree.kind {
            Kind::Name(name) if is_inverse => {
                self.ambiguous_inverse(name, base.tree.span.join(self.peek(3).span))
            }
            _ => slips::braces(brace, "^"),
        }
    }

    /// `sin^-1(x)`, `f^{-1}(x)`.
    pub(super) fn ambiguous_inverse(&self, name: &str, span: Span) -> Diagnostic {
        let inverse =
            super::known::lookup(&format!("arc{name}")).or_else(|| super::known::lookup(&format!("a{name}")));
        let inverse = inverse.map_or_else(
            || "a name of its own for the inverse function".to_string(),
            |k| format!("{}(x) for the inverse function", k.name),
        );
        syntax(format!("`{}` is either the inverse function or 1/{name}", self.text(span)))
            .at(span, "")
            .help(format!("write {inverse}, or 1/{name}(x) for the reciprocal"))
    }

    /// Readings of an exponent that a person may not have meant.
    pub(super) fn remark_exponent(
        &mut self,
        base: &Tree,
        exponent: &Tree,
        has_one_word: bool,
        span: Span,
        caret: Span,
    ) {
        let is_matrix =
            matches!(&base.kind, Kind::Name(n) if n.chars().next().is_some_and(char::is_uppercase));
        if is_matrix && matches!(&exponent.kind, Kind::Name(n) if n == "T") && !self.names.has("T") {
            let name = self.text(base.span);
            self.warn(
                syntax(format!("`{}` is read as a power", self.text(span)))
                    .at(span, "")
                    .help(format!("write {name}' for the transpose; declare T to keep the power")),
            );
        }
        let is_glued = self.is_glued() && self.starts_operand() && self.word() != Rule::open_square;
        let surprises = match (&base.kind, &exponent.kind) {
            // x^2y is always x²y, e^2x is not always e²x
            (Kind::Name(name), Kind::Number(_)) => name == "e",
            _ => true,
        };
        if is_glued && has_one_word && surprises {
            let next = self.token().span;
            let (power, word) = (self.text(span), self.text(next));
            let (below, above) = (self.text(base.span), self.text(exponent.span));
            if power.len() + word.len() < 40 {
                self.warn(
                    syntax(format!("`{power}{word}` is read as ({power})*{word}"))
                        .at(caret.join(next), "")
                        .help(format!("write {power}*{word} or {below}^({above}*{word})")),
                );
            }
        }
    }

    /// Primes and ᵀ behind a complete power.
    pub(super) fn transposes(&mut self, mut node: Node) -> Result<Node> {
        while let Rule::primes | Rule::transpose = self.word() {
            let times = self.token().text.chars().map(prime_count).sum::<usize>();
            let mark = self.advance();
            for _ in 0..times {
                let span = node.tree.span.join(mark);
                node = built(Kind::Transpose(Box::new(node.tree)), span, node.depth)?;
            }
        }
        Ok(node)
    }

    /// An operand with what clings to it: indices, primes, superscripts.
    pub(super) fn postfix(&mut self, is_exponent: bool) -> Result<Node> {
        let mut node = self.operand()?;
        loop {
            match self.word() {
                Rule::open_square
                    if self.previous().is_some_and(|t| is_indexable(&node.tree, t.word))
                        && !self.opens_a_factor() =>
                {
                    node = self.index(node)?;
                }
                Rule::primes | Rule::transpose if !is_exponent => node = self.transposes(node)?,
                Rule::superscript => {
                    let exponent = self.superscript()?;
                    let span = node.tree.span.join(exponent.tree.span);
                    let parts = node.depth.max(exponent.depth);
                    node = built(Kind::Power(Box::new(node.tree), Box::new(exponent.tree)), span, parts)?;
                }
                _ => return Ok(node),
            }
        }
    }

    /// `²`, `⁻¹`, `ⁿ`, `²ⁿ⁻¹`.
    pub(super) fn superscript(&mut self) -> Result<Node> {
        let token = self.token().clone();
        self.advance();
        let mut terms: Vec<Tree> = Vec::new();
        let mut rest = &*token.text;
        while let Some(sign) = rest.chars().next() {
            let is_signed = matches!(sign, '⁻' | '⁺');
            let own = if is_signed { &rest[sign.len_utf8()..] } else { rest };
            let (term, behind) = own.split_at(own.find(['⁻', '⁺']).unwrap_or(own.len()));
            let mut node = raised_term(term, token.span)?;
            if sign == '⁻' {
                node = built(Kind::Negate(Box::new(node.tree)), token.span, node.depth)?;
            }
            terms.push(node.tree);
            rest = behind;
        }
        match terms.len() {
            1 => Ok(Node { tree: terms.remove(0), depth: 1 }),
            _ => built(Kind::Sum(terms), token.span, 1),
        }
    }
}

/// `12`, `n` or `2n`, written high.
fn raised_term(text: &str, span: Span) -> Result<Node> {
    let mut digits = String::new();
    let mut letter = None;
    for c in text.chars() {
        match c {
            'ⁿ' => letter = Some(Tree::new(Kind::Name("n".into()), span)),
            '¹' => digits.push('1'),
            '²' => digits.push('2'),
            '³' => digits.push('3'),
            c => digits.extend(char::from_digit(u32::from(c).wrapping_sub(0x2070), 10)),
        }
    }
    match letter {
        Some(letter) if digits.is_empty() => Ok(Node { tree: letter, depth: 1 }),
        Some(letter) => built(Kind::Product(vec![literal(&digits, span)?.tree, letter]), span, 1),
        None => literal(&digits, span),
    }
}

/// The node with signs before it, the last sign innermost.
pub(super) fn negated(mut node: Node, mut signs: Vec<Span>) -> Result<Node> {
    while let Some(sign) = signs.pop() {
        let span = sign.join(node.tree.span);
        node = built(Kind::Negate(Box::new(node.tree)), span, node.depth)?;
    }
    Ok(node)
}

pub(super) fn prime_count(c: char) -> usize {
    match c {
        '″' => 2,
        '‴' => 3,
        _ => 1,
    }
}

/// Whether `[` behind an operand that ends with this word is an index; behind numbers, bars and superscripts it is a factor.
fn is_indexable(tree: &Tree, last: Rule) -> bool {
    match last {
        Rule::name
        | Rule::close_round
        | Rule::primes
        | Rule::transpose
        | Rule::big_sum
        | Rule::big_product => true,
        Rule::close_square => !matches!(tree.kind, Kind::Iverson(_)),
        _ => false,
    }
}
