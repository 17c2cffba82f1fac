//! What stands high and low behind an operand: powers, transposes, indices.

use super::super::parser::{Node, Result, built};
use super::super::powers::negated;
use super::super::tree::{Kind, Tree};
use super::parser::{Parser, starts_operand};
use super::slips::{self, syntax};
use super::words::{Fence, Token, Word};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// What a superscript says.
pub(super) enum High {
    Power(Node),
    ElementwisePower(Node),
    Transpose,
    /// `^{-\top}`.
    InverseTranspose,
}

impl Parser<'_> {
    /// The scripts behind an operand. A name has taken its subscript already.
    pub(super) fn scripts(&mut self, base: Node) -> Result<Node> {
        let mut node = base;
        let mut high: Option<(Span, bool)> = None;
        let mut low: Option<Span> = None;
        loop {
            match self.word() {
                Word::Caret => {
                    let caret = self.token().span;
                    if let Some((first, _)) = high {
                        return Err(syntax("two exponents stand on one base")
                            .at(first.join(caret), "")
                            .help("group with braces: x^{y^z} or (x^y)^z"));
                    }
                    let is_entry = (is_matrix_entry(&node.tree) || self.is_guessed_entry(&node.tree))
                        && !self.text(node.tree.span).starts_with(['(', '{', '[', '\\']);
                    let (script, span) = self.superscript()?;
                    let is_negative =
                        matches!(&script, High::Power(n) if matches!(n.tree.kind, Kind::Negate(_)));
                    if is_entry && (is_negative || matches!(script, High::Transpose | High::InverseTranspose))
                    {
                        let text = self.short(node.tree.span);
                        return Err(syntax("it is not clear whether the matrix or its entry is meant")
                            .at(node.tree.span.join(span), "")
                            .help(format!(r"write (A^{{-1}})_{{ij}} for an entry of the inverse or transpose, ({text})^{{…}} for what is done to the entry")));
                    }
                    self.check_raised_function(&node.tree, is_negative)?;
                    high = Some((caret.join(span), is_negative));
                    node = raised(node, script, span)?;
                }
                Word::Under => {
                    let under = self.token().span;
                    if let Some(first) = low {
                        return Err(syntax("two subscripts stand on one base")
                            .at(first.join(under), "")
                            .help("write one subscript: x_{i,j}"));
                    }
                    if let Some((place, true)) = high {
                        return Err(syntax("it is not clear whether the power or the entry comes first")
                            .at(node.tree.span.join(place), "")
                            .help("write (A^{-1})_{ij} for the entry of the inverse, 1/A_{ij} for the reciprocal"));
                    }
                    if self.previous().is_some_and(|t| t.word == Word::Number) {
                        return Err(syntax("a number has no subscript")
                            .at(node.tree.span.join(under), "")
                            .help("put a name or brackets before it"));
                    }
                    low = Some(under);
                    // `x^2_i` is the square of x_i
                    let (indices, depth, span) = self.subscript_indices(None)?;
                    node = indexed(node, indices, depth, span, high.is_some())?;
                }
                Word::Prime => {
                    let text = self.short(node.tree.span);
                    return Err(syntax("a prime is either a transpose or a derivative")
                        .at(node.tree.span.join(self.token().span), "")
                        .help(format!(
                            r"write {text}^\top for the transpose, \frac{{d}}{{dx}} {text} for the derivative"
                        )));
                }
                _ => return Ok(node),
            }
        }
    }

    /// An undeclared `A_{ij}`, which is a name only for want of better knowledge.
    fn is_guessed_entry(&self, tree: &Tree) -> bool {
        let Kind::Name(name) = &tree.kind else { return false };
        let Some((_, low)) = name.split_once('_') else { return false };
        !self.is_declared(name) && low.chars().count() == 2 && low.chars().all(char::is_alphabetic)
    }

    /// `^{…}`, `^2`, `^\top`: what it says, and its place.
    pub(super) fn superscript(&mut self) -> Result<(High, Span)> {
        let caret = self.advance();
        let token = self.token().clone();
        if self.word() != Word::OpenCurly {
            if let Some(count) = self.transpose_sign(self.at) {
                let mut span = token.span;
                for _ in 0..count {
                    span = span.join(self.advance());
                }
                return Ok((High::Transpose, caret.join(span)));
            }
            if token.word == Word::Number && token.text.len() > 1 {
                let mut digits = token.text.chars();
                let first = digits.next().unwrap_or('1');
                return Err(syntax(format!("LaTeX raises only the first digit of `^{}`", token.text))
                    .at(caret.join(token.span), "")
                    .help(format!(
                        r"write ^{{{}}} for the whole number, ^{first} \cdot {} for a product",
                        token.text,
                        digits.as_str()
                    )));
            }
            if let Some(script) = self.signed_high(caret)? {
                return Ok(script);
            }
            if let Some(problem) = self.strange_high(caret, 0) {
                return Err(problem);
            }
            let node = self.single_argument(caret, "^")?;
            return Ok((High::Power(node), caret.join(self.previous().map_or(caret, |t| t.span))));
        }
        let close = self.partners[self.at];
        let span = caret.join(self.words[close].span);
        let is_minus = self.peek(1).word == Word::Minus;
        let first = self.at + 1 + usize::from(is_minus);
        if let Some(count) = self.transpose_sign(first)
            && first + count == close
        {
            self.at = close;
            self.advance();
            return Ok((if is_minus { High::InverseTranspose } else { High::Transpose }, span));
        }
        if let Some(problem) = self.strange_high(caret, 1) {
            return Err(problem);
        }
        self.advance();
        let is_elementwise = self.word() == Word::Hadamard && self.at + 1 < close;
        if is_elementwise {
            self.advance();
        }
        let node = self.braced_rest(close, "the exponent")?;
        Ok((if is_elementwise { High::ElementwisePower(node) } else { High::Power(node) }, span))
    }

    /// `^-1`, `^-x`: LaTeX raises only the sign, which nobody means, so one letter or digit behind it is taken along. Where more
    /// stands there it is not clear how much of it.
    fn signed_high(&mut self, caret: Span) -> Result<Option<(High, Span)>> {
        let sign = self.token().clone();
        if !matches!(sign.word, Word::Minus | Word::Plus) {
            return Ok(None);
        }
        let next = self.peek(1).clone();
        let after = self.peek(2);
        let is_single = match next.word {
            Word::Number => next.text.len() == 1,
            Word::Letter => true,
            Word::Command => super::alphabet::greek(&next.text).is_some(),
            _ => false,
        };
        let ends = after.spaced
            || !(starts_operand(after) || matches!(after.word, Word::Prime | Word::Under | Word::Caret));
        if !is_single || !ends || next.spaced {
            return Err(syntax(format!("LaTeX raises only the sign behind `^{}`", sign.text))
                .at(caret.join(sign.span), "")
                .help(format!(
                    "put the exponent in braces: ^{{{}{}…}}",
                    sign.text,
                    super::brackets::written(&next)
                )));
        }
        let minus = self.advance();
        let node = self.nested(Self::bare_operand)?;
        let span = caret.join(node.tree.span);
        let written = self.short(sign.span.join(node.tree.span));
        self.warn(
            syntax(format!("`^{written}` is read as ^{{{written}}}"))
                .at(span, "LaTeX raises only the sign")
                .help(format!("write ^{{{written}}}")),
        );
        let signs = if sign.word == Word::Minus { vec![minus] } else { Vec::new() };
        Ok(Some((High::Power(negated(node, signs)?), span)))
    }

    /// Superscripts that are no exponents.
    fn strange_high(&self, caret: Span, skip: usize) -> Option<Diagnostic> {
        let token = self.peek(skip);
        let place = caret.join(token.span);
        let alone = skip == 0 || self.peek(skip + 1).word == Word::CloseCurly;
        let problem = |message: &str, help: &str| Some(syntax(message).at(place, "").help(help));
        match token.word {
            Word::Times | Word::Plus | Word::Minus if alone => problem(
                &format!("`^{}` is no exponent", token.text),
                "give the value a name of its own with a subscript, such as x_{opt}",
            ),
            Word::Command
                if matches!(&*token.text, "dagger" | "ddagger" | "star" | "complement" | "perp") =>
            {
                problem(
                    &format!(r"`^\{}` is no exponent", token.text),
                    "give the value a name of its own with a subscript, such as x_{opt}",
                )
            }
            // A^\mathsf{H}
            Word::Command
                if super::alphabet::is_typeface(&token.text)
                    && (self.peek(skip + 1).text == "H"
                        || self.peek(skip + 1).word == Word::OpenCurly
                            && self.peek(skip + 2).text == "H"
                            && self.peek(skip + 3).word == Word::CloseCurly) =>
            {
                problem(
                    "the conjugate transpose is not known: everything is real here",
                    r"write ^\top for the transpose",
                )
            }
            Word::Hadamard if alone => problem("degrees are not read", r"write x \cdot \pi / 180"),
            Word::Open(Fence::Round | Fence::Square) if skip == 1 => {
                let open = self.at + skip;
                let close = *self.partners.get(open)?;
                let ends = self.words.get(close + 1).is_some_and(|t| t.word == Word::CloseCurly);
                (ends && self.stands_on_a_name() && is_count(self.words.get(open + 1..close)?)).then(|| {
                    syntax("a number in brackets up here counts derivatives or steps, and is no exponent")
                        .at(caret.join(self.words[close].span), "")
                        .help(r"write ^{n} for a power, x_{k} for a step, \frac{d^n}{dx^n} for a derivative")
                })
            }
            _ => None,
        }
    }

    /// Does the superscript here stand on a letter other than e?
    fn stands_on_a_name(&self) -> bool {
        let base = self.at.checked_sub(2).and_then(|at| self.words.get(at));
        base.is_some_and(|t| !matches!(t.word, Word::Number | Word::Close(_)) && t.text != "e")
    }

    /// How many words at the place are a sign of transposition: `\top`, `T`, `\mathsf{T}`.
    fn transpose_sign(&self, at: usize) -> Option<usize> {
        let token = self.words.get(at)?;
        match token.word {
            Word::Command => match &*token.text {
                "top" | "intercal" | "transpose" | "trans" | "tran" => Some(1),
                "mathsf" | "mathrm" | "mathbf" | "mathit" | "boldsymbol" | "rm" | "textsf" | "mathtt"
                | "operatorname" => {
                    let next = self.words.get(at + 1)?;
                    match next.word {
                        Word::Letter if next.text == "T" => Some(2),
                        Word::OpenCurly => {
                            let inner = self.words.get(at + 2)?;
                            let is_sign = inner.text == "T" || inner.is_command("top");
                            (is_sign && self.words.get(at + 3)?.word == Word::CloseCurly).then_some(4)
                        }
                        _ => None,
                    }
                }
                _ => None,
            },
            Word::Text if token.text == "T" => Some(1),
            Word::Letter if token.text == "T" && !self.is_declared("T") => {
                // e^T and 2^T are powers
                let base = at.checked_sub(2).and_then(|b| self.words.get(b));
                let before = if self.words.get(at.wrapping_sub(1)).is_some_and(|t| t.word == Word::Caret) {
                    base
                } else {
                    at.checked_sub(3).and_then(|b| self.words.get(b))
                };
                let is_number =
                    before.is_some_and(|t| t.word == Word::Number || t.text == "e" && t.word == Word::Letter);
                (!is_number).then_some(1)
            }
            _ => None,
        }
    }

    /// A single word or command with its arguments behind `^`, or an argument of a command.
    pub(super) fn single_argument(&mut self, before: Span, command: &str) -> Result<Node> {
        if self.word() == Word::OpenCurly {
            let close = self.partners[self.at];
            self.advance();
            return self.braced_rest(close, "the argument");
        }
        if !starts_operand(self.token()) || matches!(self.word(), Word::Open(_)) && command != "^" {
            return Err(syntax(format!("nothing stands behind `{command}`")).at(before, "").help(
                if command == "^" {
                    "write an exponent: x^{2}".into()
                } else {
                    format!("write {command}{{…}}")
                },
            ));
        }
        if matches!(self.word(), Word::Open(_)) {
            return Err(syntax("LaTeX raises only the bracket")
                .at(before.join(self.token().span), "")
                .help("write the exponent in braces: x^{(…)} or x^{…}"));
        }
        self.nested(Self::bare_operand)
    }

    /// A sum up to the closing brace at the place, which is passed.
    pub(super) fn braced_rest(&mut self, close: usize, what: &str) -> Result<Node> {
        if self.at == close {
            let span = self.previous().map_or(self.token().span, |t| t.span).join(self.token().span);
            return Err(syntax(format!("{what} is empty"))
                .at(span, "")
                .help("write what belongs between the braces"));
        }
        let node = self.inside(Parser::sum)?;
        if self.at != close {
            return Err(self.unexpected());
        }
        self.advance();
        Ok(node)
    }

    /// `_i`, `_{ij}`, `_{i,j+1}` as indices; `axes` is how many the name before them has, if a declaration says it.
    pub(super) fn subscript_indices(&mut self, axes: Option<usize>) -> Result<(Vec<Tree>, usize, Span)> {
        let under = self.advance();
        let token = self.token().clone();
        let is_braced = token.word == Word::OpenCurly;
        if self.peek(usize::from(is_braced)).word == Word::Plus
            && (!is_braced || self.peek(2).word == Word::CloseCurly)
        {
            return Err(slips::positive_part(under.join(token.span)));
        }
        if !is_braced {
            if token.word == Word::Number && token.text.len() > 1 {
                return Err(slips::long_low_number(&token.text, under.join(token.span)));
            }
            let node = self.single_argument(under, "_")?;
            let span = under.join(self.previous().map_or(under, |t| t.span));
            return Ok((vec![node.tree], node.depth, span));
        }
        let close = self.partners[self.at];
        let open = self.advance();
        if self.at == close {
            return Err(syntax("the subscript is empty")
                .at(open.join(self.token().span), "")
                .help("write what belongs between the braces"));
        }
        if let Some((indices, span)) = self.digits_as_indices(axes, close)? {
            return Ok((indices, 1, under.join(span)));
        }
        let (mut indices, mut depth) = (Vec::new(), 0);
        self.inside(|parser| {
            loop {
                let end = parser.index_end(close);
                if parser.is_letters(end, axes)? {
                    while parser.at < end {
                        let node = parser.bare_operand()?;
                        depth = depth.max(node.depth);
                        indices.push(node.tree);
                    }
                } else {
                    let node = parser.sum()?;
                    depth = depth.max(node.depth);
                    indices.push(node.tree);
                }
                if parser.word() == Word::Comma && parser.at < close {
                    parser.advance();
                    continue;
                }
                if parser.at != close {
                    return Err(match parser.word() {
                        Word::Relation(_) => syntax("an index is a value, not a comparison")
                            .at(parser.token().span, "")
                            .help("write [i = j] for a factor that is 1 where the condition holds"),
                        _ => parser.unexpected(),
                    });
                }
                return Ok(());
            }
        })?;
        let span = under.join(self.advance());
        Ok((indices, depth, span))
    }

    /// `_{12}` behind the name of a matrix: as many digits as it has axes.
    fn digits_as_indices(&mut self, axes: Option<usize>, close: usize) -> Result<Option<(Vec<Tree>, Span)>> {
        let token = self.token().clone();
        let is_meant = token.word == Word::Number
            && self.at + 1 == close
            && token.text.len() > 1
            && axes == Some(token.text.len())
            && token.text.bytes().all(|b| matches!(b, b'1'..=b'9'));
        if !is_meant {
            return Ok(None);
        }
        let mut indices = Vec::with_capacity(token.text.len());
        for at in 0..token.text.len() {
            let start = token.span.start + at;
            indices.push(
                super::super::operands::literal(&token.text[at..=at], Span::new(start, start + 1))?.tree,
            );
        }
        self.advance();
        Ok(Some((indices, self.advance())))
    }

    /// The comma or the end behind the present index.
    fn index_end(&self, close: usize) -> usize {
        let mut depth = 0usize;
        for at in self.at..close {
            match self.words[at].word {
                Word::OpenCurly | Word::Open(_) => depth += 1,
                Word::CloseCurly | Word::Close(_) => depth = depth.saturating_sub(1),
                Word::Comma if depth == 0 => return at,
                _ => {}
            }
        }
        close
    }

    /// Whether the words up to the place are letters and digits side by side, each of them an index: `ij`, `i k'`, `1j` of a matrix.
    fn is_letters(&self, end: usize, axes: Option<usize>) -> Result<bool> {
        let words = &self.words[self.at..end];
        let are_single = words.iter().all(|t| match t.word {
            Word::Letter | Word::Prime => true,
            Word::Number => t.text.len() == 1,
            Word::Command => super::alphabet::greek(&t.text).is_some(),
            _ => false,
        });
        if words.len() < 2 || !are_single || words.iter().all(|t| t.word == Word::Number) {
            return Ok(false);
        }
        if words[0].word != Word::Number {
            return Ok(true);
        }
        // 2k is twice k, or 2 and k
        let count = words.iter().filter(|t| t.word != Word::Prime).count();
        match axes {
            Some(1) => Ok(false),
            Some(axes) => Ok(axes == count),
            None if words[0].text == "1" => Ok(true),
            None => {
                let span = words[0].span.join(words[words.len() - 1].span);
                let text = self.short(span);
                let rest = self.short(words[1].span.join(words[words.len() - 1].span));
                Err(syntax(format!("`_{{{text}}}` is either one index or {count}")).at(span, "").help(
                    format!(
                        r"write _{{{0},{rest}}} for {count} indices, _{{{0} \cdot {rest}}} for the product",
                        words[0].text
                    ),
                ))
            }
        }
    }
}

/// An entry of a matrix, by two indices.
fn is_matrix_entry(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Index(_, indices) if indices.len() > 1)
}

fn raised(base: Node, high: High, place: Span) -> Result<Node> {
    let span = base.tree.span.join(place);
    match high {
        High::Power(exponent) => {
            let depth = base.depth.max(exponent.depth);
            built(Kind::Power(Box::new(base.tree), Box::new(exponent.tree)), span, depth)
        }
        High::ElementwisePower(exponent) => {
            let depth = base.depth.max(exponent.depth);
            built(Kind::ElementwisePower(Box::new(base.tree), Box::new(exponent.tree)), span, depth)
        }
        High::Transpose => built(Kind::Transpose(Box::new(base.tree)), span, base.depth),
        High::InverseTranspose => {
            let one = Node {
                tree: Tree::new(Kind::Number(crate::number::Rational::from_integer(1.into())), place),
                depth: 1,
            };
            let minus = negated(one, vec![place])?;
            let depth = base.depth.max(minus.depth);
            let power = built(Kind::Power(Box::new(base.tree), Box::new(minus.tree)), span, depth)?;
            built(Kind::Transpose(Box::new(power.tree)), span, power.depth)
        }
    }
}

/// The base with indices; a power that was just written is taken of the component: `x^2_i`.
pub(super) fn indexed(
    base: Node,
    indices: Vec<Tree>,
    depth: usize,
    place: Span,
    is_raised: bool,
) -> Result<Node> {
    let span = base.tree.span.join(place);
    match base.tree.kind {
        Kind::Power(inside, exponent) if is_raised => {
            let component = built(Kind::Index(inside, indices), span, depth.max(base.depth))?;
            built(Kind::Power(Box::new(component.tree), exponent), span, component.depth)
        }
        kind => {
            let tree = Tree::new(kind, base.tree.span);
            built(Kind::Index(Box::new(tree), indices), span, depth.max(base.depth))
        }
    }
}

/// Do words in brackets count something: `(2)`, `(k)`, `(t-1)`?
fn is_count(inside: &[Token]) -> bool {
    let is_plain = |token: &Token| matches!(token.word, Word::Number | Word::Letter);
    match inside {
        [only] => is_plain(only),
        [letter, sign, number] => {
            is_plain(letter) && matches!(sign.word, Word::Plus | Word::Minus) && number.word == Word::Number
        }
        _ => false,
    }
}
