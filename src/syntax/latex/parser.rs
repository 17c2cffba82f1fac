//! The climber for LaTeX: words to a tree by the same precedence as plain text. What differs stands here and beside:
//! letters are single, scripts belong to what they stand on, braces group.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Names;
use super::super::parser::{Node, Result, built, too_deep};
use super::super::powers::negated;
use super::super::tree::{Kind, Relation, Tree};
use super::brackets;
use super::slips::syntax;
use super::words::{Fence, Token, Way, Word};
use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// How deep the climber may recurse: a fraction in a fraction takes about 15 KB of stack without optimisation, and a
/// thread may have 2 MB.
const MAXIMUM_NESTING: usize = 90;

pub(super) struct Parser<'a> {
    pub source: &'a str,
    pub names: &'a Names,
    pub words: Vec<Token<'a>>,
    /// For each opening word the place of its closing one.
    pub partners: Vec<usize>,
    pub at: usize,
    warnings: Vec<Diagnostic>,
    nesting: usize,
    /// Bars opened since the last bracket: the next bar after an operand closes.
    pub bars: usize,
    /// Indices bound by the big operators around the present place.
    pub bound: Vec<String>,
    /// Undeclared names that carry indices somewhere in the formula, so that their subscripts are indices everywhere.
    pub indexed: BTreeSet<String>,
    /// Letters that stand in indices somewhere: `x_j` is a component beside `A_{ij}`.
    pub letters_in_indices: BTreeSet<String>,
    /// Those found in this pass: names, and letters.
    pub found: BTreeSet<String>,
    pub found_letters: BTreeSet<String>,
    /// Length in bytes of the longest declared name.
    pub longest: usize,
    /// Where each letter stands first and last.
    pub places: BTreeMap<String, (usize, usize)>,
    /// Whether a subscript was taken for a part of a name for want of better knowledge.
    pub guessed: bool,
    /// How often something was read a second time in another way.
    pub second_readings: usize,
}

/// Whether the word may begin a factor; bars are judged by the climber.
pub(super) fn starts_operand(token: &Token<'_>) -> bool {
    match token.word {
        Word::Number | Word::Letter | Word::OpenCurly | Word::Begin => true,
        Word::Open(fence) => fence != Fence::Nothing,
        Word::Bar(way) | Word::DoubleBar(way) => way == Way::Open,
        Word::Command => true,
        Word::Text => super::statement::is_word(&token.text),
        _ => false,
    }
}

/// The place behind a script that begins here.
pub(super) fn script_end(words: &[Token<'_>], partners: &[usize], at: usize) -> usize {
    let last = words.len().saturating_sub(1);
    let end = match words.get(at + 1).map(|t| t.word) {
        Some(Word::OpenCurly) => partners[at + 1] + 1,
        Some(Word::Command) if super::alphabet::is_typeface(&words[at + 1].text) => {
            match words.get(at + 2).map(|t| t.word) {
                Some(Word::OpenCurly) => partners[at + 2] + 1,
                _ => at + 3,
            }
        }
        _ => at + 2,
    };
    end.min(last)
}

/// `x^2_i` is set like `x_i^2`: the subscript is put first, so that one order is left.
fn low_first(words: &mut [Token<'_>], partners: &[usize]) -> bool {
    let mut changed = false;
    let mut at = 0;
    while at + 1 < words.len() {
        let follows_square = at > 0 && words[at - 1].word == Word::Close(Fence::Square);
        if words[at].word == Word::Caret && !follows_square {
            let middle = script_end(words, partners, at);
            if words[middle].word == Word::Under && middle > at {
                let end = script_end(words, partners, middle);
                words[at..end].rotate_left(middle - at);
                changed = true;
                at = end;
                continue;
            }
        }
        at += 1;
    }
    changed
}

pub(super) enum Chain {
    One(Tree),
    Product(Vec<Tree>),
    Hadamard(Vec<Tree>),
}

impl Chain {
    /// The factor that stands last.
    pub(super) fn last(&self) -> Option<&Tree> {
        match self {
            Chain::One(tree) => Some(tree),
            Chain::Product(parts) | Chain::Hadamard(parts) => parts.last(),
        }
    }
}

impl<'a> Parser<'a> {
    /// A climber over the words of one statement.
    pub(super) fn new(
        source: &'a str,
        names: &'a Names,
        mut words: Vec<Token<'a>>,
        (indexed, letters_in_indices): (BTreeSet<String>, BTreeSet<String>),
    ) -> Result<Self> {
        let end = words.last().map_or(source.len(), |t| t.span.end);
        if words.last().is_none_or(|t| t.word != Word::Eoi) {
            words.push(Token {
                word: Word::Eoi,
                span: Span::new(end, end),
                spaced: true,
                sized: false,
                text: "".into(),
            });
        }
        let mut partners = brackets::partners(&words)?;
        let (mut words, is_changed) = super::fonts::in_one_form(words, &partners, names);
        if is_changed {
            partners = brackets::partners(&words)?;
        }
        if low_first(&mut words, &partners) {
            partners = brackets::partners(&words)?;
        }
        let mut places: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (place, token) in words.iter().enumerate() {
            let letter = match token.word {
                Word::Letter => &*token.text,
                Word::Command => match super::alphabet::greek(&token.text) {
                    Some(letters) => letters[0],
                    None => continue,
                },
                _ => continue,
            };
            match places.get_mut(letter) {
                Some((_, last)) => *last = place,
                None => {
                    places.insert(letter.to_string(), (place, place));
                }
            }
        }
        Ok(Parser {
            longest: names.variables().chain(names.functions()).map(str::len).max().unwrap_or(0),
            places,
            source,
            names,
            words,
            partners,
            at: 0,
            warnings: Vec::new(),
            nesting: 0,
            bars: 0,
            bound: Vec::new(),
            indexed,
            letters_in_indices,
            found: BTreeSet::new(),
            found_letters: BTreeSet::new(),
            guessed: false,
            second_readings: 0,
        })
    }

    pub(super) fn into_warnings(self) -> Vec<Diagnostic> {
        self.warnings
    }

    // --- words -----------------------------------------------------------------------------------------------------

    pub(super) fn word(&self) -> Word {
        self.words[self.at].word
    }

    pub(super) fn peek(&self, ahead: usize) -> &Token<'a> {
        &self.words[(self.at + ahead).min(self.words.len() - 1)]
    }

    pub(super) fn token(&self) -> &Token<'a> {
        &self.words[self.at]
    }

    pub(super) fn previous(&self) -> Option<&Token<'a>> {
        self.at.checked_sub(1).map(|at| &self.words[at])
    }

    pub(super) fn advance(&mut self) -> Span {
        let span = self.words[self.at].span;
        if self.at + 1 < self.words.len() {
            self.at += 1;
        }
        span
    }

    pub(super) fn is_glued(&self) -> bool {
        !self.token().spaced
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        self.source.get(span.start..span.end).unwrap_or("")
    }

    /// The text for a message, if it is not too long.
    pub(super) fn short(&self, span: Span) -> &'a str {
        let text = self.text(span);
        if text.len() < 40 { text } else { "…" }
    }

    pub(super) fn warning_count(&self) -> usize {
        self.warnings.len()
    }

    /// Takes back what was said behind a place in the list.
    pub(super) fn forget_warnings(&mut self, from: usize) {
        self.warnings.truncate(from);
    }

    pub(super) fn warn(&mut self, warning: Diagnostic) {
        if self.warnings.len() < 20 && self.warnings.iter().all(|w| w.span() != warning.span()) {
            self.warnings.push(warning);
        }
    }

    /// Runs one level of recursion.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.nesting == MAXIMUM_NESTING {
            return Err(too_deep(self.token().span));
        }
        self.nesting += 1;
        let result = read(self);
        self.nesting -= 1;
        result
    }

    /// Reads what stands inside brackets, where bars begin anew.
    pub(super) fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let bars = std::mem::take(&mut self.bars);
        let result = read(self);
        self.bars = bars;
        result
    }

    // --- whole texts -----------------------------------------------------------------------------------------------

    pub(super) fn whole_formula(&mut self) -> Result<Tree> {
        let node = self.sum()?;
        self.expect_end()?;
        Ok(node.tree)
    }

    pub(super) fn whole_fact(&mut self) -> Result<Tree> {
        let node = self.conditions()?;
        self.expect_end()?;
        Ok(node.tree)
    }

    pub(super) fn expect_end(&self) -> Result<()> {
        if self.word() == Word::Eoi { Ok(()) } else { Err(self.unexpected()) }
    }

    // --- relations -------------------------------------------------------------------------------------------------

    pub(super) fn relation_word(&self) -> Option<Relation> {
        match self.word() {
            Word::Relation(relation) => Some(relation),
            _ => None,
        }
    }

    /// Relations, joined by `\land` or chained.
    pub(super) fn conditions(&mut self) -> Result<Node> {
        let first = self.sum()?;
        self.conditions_from(first)
    }

    /// Relations that may also be separated by commas, as behind a case: `x > 0, y > 0`.
    pub(super) fn listed_conditions(&mut self) -> Result<Node> {
        let first = self.sum()?;
        self.conditions_joined(first, true)
    }

    pub(super) fn conditions_from(&mut self, first: Node) -> Result<Node> {
        self.conditions_joined(first, false)
    }

    fn conditions_joined(&mut self, first: Node, by_commas: bool) -> Result<Node> {
        let start = first.tree.span;
        let mut left = first;
        let mut depth = 0;
        let mut all: Vec<Tree> = Vec::new();
        loop {
            if self.relation_word().is_none() {
                return Err(self.no_relation(left.tree.span));
            }
            while let Some(relation) = self.relation_word() {
                self.advance();
                let right = self.sum()?;
                let next = self
                    .relation_word()
                    .is_some()
                    .then(|| Node { tree: right.tree.clone(), depth: right.depth });
                let span = left.tree.span.join(right.tree.span);
                let parts = left.depth.max(right.depth);
                let one =
                    built(Kind::Relation(relation, Box::new(left.tree), Box::new(right.tree)), span, parts)?;
                depth = depth.max(one.depth);
                all.push(one.tree);
                // an empty name stands in until the next `and` gives a left side
                left = next.unwrap_or(Node { tree: Tree::name(""), depth: 0 });
            }
            let is_comma = by_commas && self.word() == Word::Comma && starts_operand(self.peek(1));
            if self.word() == Word::And || is_comma {
                self.advance();
                left = self.sum()?;
            } else {
                break;
            }
        }
        let end = all.last().map_or(start, |t| t.span);
        if all.len() == 1
            && let Some(tree) = all.pop()
        {
            return Ok(Node { tree, depth });
        }
        built(Kind::And(all), start.join(end), depth)
    }

    // --- sums and products -----------------------------------------------------------------------------------------

    pub(super) fn sum(&mut self) -> Result<Node> {
        self.nested(|parser| {
            if parser.word() == Word::Plus {
                parser.advance();
                if !parser.starts_operand() {
                    return Err(parser.missing_operand());
                }
            }
            let first = parser.signed_term()?;
            if !matches!(parser.word(), Word::Plus | Word::Minus) {
                return Ok(first);
            }
            let (start, mut depth) = (first.tree.span, first.depth);
            let mut end = start;
            let mut terms = vec![first.tree];
            while let sign @ (Word::Plus | Word::Minus) = parser.word() {
                let operator = parser.advance();
                let mut term = parser.signed_term()?;
                end = term.tree.span;
                if sign == Word::Minus {
                    term = built(Kind::Negate(Box::new(term.tree)), operator.join(end), term.depth)?;
                }
                depth = depth.max(term.depth);
                terms.push(term.tree);
            }
            built(Kind::Sum(terms), start.join(end), depth)
        })
    }

    pub(super) fn signed_term(&mut self) -> Result<Node> {
        let signs = self.signs()?;
        let term = self.term()?;
        negated(term, signs)
    }

    fn signs(&mut self) -> Result<Vec<Span>> {
        let mut signs = Vec::new();
        while self.word() == Word::Minus {
            if signs.len() == MAXIMUM_NESTING {
                return Err(too_deep(self.token().span));
            }
            signs.push(self.advance());
        }
        Ok(signs)
    }

    pub(super) fn starts_operand(&self) -> bool {
        match self.word() {
            Word::Bar(Way::Either) | Word::DoubleBar(Way::Either) => {
                self.bars == 0 && !self.is_evaluation_bar()
            }
            _ => starts_operand(self.token()),
        }
    }

    /// A chain of products and quotients.
    pub(super) fn term(&mut self) -> Result<Node> {
        let first = self.power()?;
        let (start, mut end, mut depth) = (first.tree.span, first.tree.span, first.depth);
        let mut chain = Chain::One(first.tree);
        let mut denominator: Option<Span> = None;
        loop {
            let word = self.word();
            let is_juxtaposed = match word {
                Word::Times | Word::Slash | Word::Hadamard | Word::ElementwiseSlash => false,
                _ if self.starts_operand() => true,
                // `1.\frac{a}{b}`
                Word::Point
                    if self.previous().is_some_and(|t| t.word == Word::Number)
                        && self.is_glued()
                        && starts_operand(self.peek(1)) =>
                {
                    self.advance();
                    true
                }
                _ => break,
            };
            let right = if is_juxtaposed {
                self.juxtaposed(start.join(end), denominator)?
            } else {
                let (is_circle, is_cross) = (self.token().is_text("circ"), self.token().is_text("times"));
                self.advance();
                let signs = self.signs()?;
                let power = self.power()?;
                if is_circle || is_cross {
                    self.check_operator(&chain, &power.tree, is_cross)?;
                }
                negated(power, signs)?
            };
            let before = end;
            end = right.tree.span;
            denominator = match word {
                Word::Slash => Some(end),
                _ if is_juxtaposed && denominator.is_some() => denominator.map(|d| d.join(end)),
                _ => None,
            };
            let grow = |chain: Chain, depth: usize| -> (Tree, usize) {
                match chain {
                    Chain::One(tree) => (tree, depth),
                    Chain::Product(parts) => (Tree::new(Kind::Product(parts), start.join(before)), depth + 1),
                    Chain::Hadamard(parts) => {
                        (Tree::new(Kind::Hadamard(parts), start.join(before)), depth + 1)
                    }
                }
            };
            let limit = depth.max(right.depth);
            chain = match (word, chain) {
                (Word::Hadamard, Chain::Hadamard(mut parts)) => {
                    parts.push(right.tree);
                    depth = limit;
                    Chain::Hadamard(parts)
                }
                (Word::Hadamard, chain) => {
                    let (left, deep) = grow(chain, depth);
                    depth = deep.max(right.depth);
                    Chain::Hadamard(vec![left, right.tree])
                }
                (Word::Slash | Word::ElementwiseSlash, chain) => {
                    let (left, deep) = grow(chain, depth);
                    let (left, right_tree) = (Box::new(left), Box::new(right.tree));
                    let kind = if word == Word::Slash {
                        Kind::Quotient(left, right_tree)
                    } else {
                        Kind::ElementwiseQuotient(left, right_tree)
                    };
                    let node = built(kind, start.join(end), deep.max(right.depth))?;
                    depth = node.depth;
                    Chain::One(node.tree)
                }
                (_, Chain::Product(mut parts)) => {
                    parts.push(right.tree);
                    depth = limit;
                    Chain::Product(parts)
                }
                (_, chain) => {
                    let (left, deep) = grow(chain, depth);
                    depth = deep.max(right.depth);
                    Chain::Product(vec![left, right.tree])
                }
            };
            if depth > super::super::MAXIMUM_DEPTH {
                return Err(too_deep(end));
            }
        }
        let span = start.join(end);
        match chain {
            Chain::One(tree) => Ok(Node { tree, depth }),
            Chain::Product(parts) => built(Kind::Product(parts), span, depth),
            Chain::Hadamard(parts) => built(Kind::Hadamard(parts), span, depth),
        }
    }

    /// `x^4 5^x`, `2\pi 5`, `(x + 1) 2x`: a number apart from what stands before it, which it cannot be an index of.
    fn number_is_factor(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).and_then(|at| self.words.get(at));
        self.token().spaced
            && before(1).is_some_and(|t| match t.word {
                Word::Close(_) | Word::CloseCurly => true,
                Word::Number => before(2).is_some_and(|t| t.word == Word::Caret),
                Word::Command => t.text == "pi",
                _ => false,
            })
    }

    /// A factor without an operator before it.
    fn juxtaposed(&mut self, left: Span, denominator: Option<Span>) -> Result<Node> {
        if self.word() == Word::Number && !self.number_is_factor() {
            return Err(self.number_behind(left));
        }
        if let Some(problem) = self.mixed_number().or_else(|| self.equation_number()) {
            return Err(problem);
        }
        let right = self.power()?;
        if let Some(denominator) = denominator {
            let place = left.join(right.tree.span);
            let (all, factor, below) =
                (self.short(left), self.short(right.tree.span), self.short(denominator));
            self.warn(
                syntax("a factor behind `/` is read as a factor of the whole quotient").at(place, "").help(
                    format!(r"write ({all}) \cdot {factor} for that, or \frac{{…}}{{{below} {factor}}}"),
                ),
            );
        }
        Ok(right)
    }

    /// `2\frac{1}{3}` is seven thirds to some and two thirds to others.
    fn mixed_number(&self) -> Option<Diagnostic> {
        let before = self.previous().filter(|t| t.word == Word::Number)?;
        if !matches!(&*self.token().text, "frac" | "tfrac" | "dfrac") || self.word() != Word::Command {
            return None;
        }
        let is_number = |ahead: usize| {
            let token = self.peek(ahead);
            if token.word == Word::Number {
                return Some(1);
            }
            (token.word == Word::OpenCurly
                && self.peek(ahead + 1).word == Word::Number
                && self.peek(ahead + 2).word == Word::CloseCurly)
                .then_some(3)
        };
        let above = is_number(1)?;
        let is_twin = self.peek(1).word == Word::Number && self.peek(1).text.len() > 1;
        if !is_twin {
            is_number(1 + above)?;
        }
        let span = before.span.join(self.token().span);
        Some(syntax("it is not clear whether this is a product or a mixed number").at(span, "").help(
            format!(
                r"write {0} \cdot \frac… for the product, {0} + \frac… for the mixed number",
                before.text
            ),
        ))
    }

    /// `… x (7)` at the end of a line is often the number of the equation.
    pub(super) fn equation_number(&self) -> Option<Diagnostic> {
        if self.word() != Word::Open(Fence::Round) || self.is_glued() || self.token().sized {
            return None;
        }
        let (number, close) = (self.peek(1), self.peek(2));
        let is_last = self.peek(3).word == Word::Eoi;
        if number.word != Word::Number
            || number.text.contains('.')
            || close.word != Word::Close(Fence::Round)
            || !is_last
        {
            return None;
        }
        Some(
            syntax(format!(
                "it is not clear whether `({})` is a factor or the number of the equation",
                number.text
            ))
            .at(self.token().span.join(close.span), "")
            .help(format!(r"write \cdot {0} for the factor, \tag{{{0}}} for the number", number.text)),
        )
    }

    /// An operand with its scripts.
    pub(super) fn power(&mut self) -> Result<Node> {
        let base = self.operand()?;
        self.scripts(base)
    }
}
