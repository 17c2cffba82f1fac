//! The climber: words to a tree by precedence.
//!
//! From loose to tight: relations, `+ -` (with a leading sign), `* / .* ./` and juxtaposition (left associative),
//! `^ .^` (right associative), postfix `[i] ' ²`. Sums and products are flat, so depth comes from brackets, chains of
//! powers, quotients and prefixes only; all of them are counted.

use super::Names;
use super::powers::negated;
use super::slips;
use super::tokens::{Rule, Token, tokens};
use super::tree::{Kind, Relation, Tree};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// How deep a tree may be that the parser makes; rooms above may recurse on it.
pub const MAXIMUM_DEPTH: usize = 250;
/// How deep the parser itself may recurse.
pub(super) const MAXIMUM_NESTING: usize = 270;

/// A tree with its depth.
pub(super) struct Node {
    pub tree: Tree,
    pub depth: usize,
}

pub(super) type Result<T> = std::result::Result<T, Diagnostic>;

pub(super) struct Parser<'a> {
    pub source: &'a str,
    pub names: &'a Names,
    tokens: Vec<Token<'a>>,
    at: usize,
    warnings: Vec<Diagnostic>,
    nesting: usize,
    /// Bars `|` or `‖` opened since the last bracket: the next bar after an operand closes.
    pub bars: usize,
    /// Indices bound by the big operators around the present place.
    pub bound: Vec<String>,
    /// How often something was read a second time in another way.
    second_readings: usize,
    /// Letters of the Latin alphabet that stand alone somewhere, and are names.
    letters: [bool; 128],
}

/// A place to which reading may go back.
pub(super) struct Place {
    at: usize,
    warnings: usize,
    nesting: usize,
    bound: usize,
    bars: usize,
}

/// So often in one formula something is read a second time in another way.
const MOST_SECOND_READINGS: usize = 16;

pub(super) fn syntax(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(diagnostic::Kind::Syntax, message)
}

pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(diagnostic::Kind::Limit, "the formula is nested too deeply")
        .at(span, "too deep from here on")
        .help("give inner parts names with --let and use the names")
}

/// A node one level above its deepest part.
pub(super) fn built(kind: Kind, span: Span, depth_of_parts: usize) -> Result<Node> {
    if depth_of_parts >= MAXIMUM_DEPTH {
        return Err(too_deep(span));
    }
    Ok(Node { tree: Tree::new(kind, span), depth: depth_of_parts + 1 })
}

/// What the factors read so far make.
enum Chain {
    One(Tree),
    Product(Vec<Tree>),
    Hadamard(Vec<Tree>),
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a str, names: &'a Names) -> Result<Self> {
        let (tokens, warnings) = tokens(source, names)?;
        let (bound, second_readings) = (Vec::new(), 0);
        let mut letters = [false; 128];
        for token in tokens.iter().filter(|token| token.word == Rule::name) {
            if let [letter] = token.text.as_bytes() {
                letters[usize::from(*letter & 127)] = true;
            }
        }
        Ok(Parser {
            source,
            names,
            tokens,
            at: 0,
            warnings,
            nesting: 0,
            bars: 0,
            bound,
            second_readings,
            letters,
        })
    }

    /// Goes on at a place of the text.
    pub(super) fn skip_to(&mut self, place: usize) {
        while self.word() != Rule::EOI && self.token().span.start < place {
            self.advance();
        }
    }

    pub(super) fn into_warnings(self) -> Vec<Diagnostic> {
        self.warnings
    }

    // --- words -----------------------------------------------------------------------------------------------------

    pub(super) fn word(&self) -> Rule {
        self.tokens[self.at].word
    }

    /// The token `ahead` places on; the end stands after the last one for ever.
    pub(super) fn peek(&self, ahead: usize) -> &Token<'a> {
        &self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    pub(super) fn token(&self) -> &Token<'a> {
        &self.tokens[self.at]
    }

    pub(super) fn previous(&self) -> Option<&Token<'a>> {
        self.at.checked_sub(1).map(|at| &self.tokens[at])
    }

    pub(super) fn advance(&mut self) -> Span {
        let span = self.tokens[self.at].span;
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        span
    }

    pub(super) fn here(&self) -> Place {
        let (warnings, bound) = (self.warnings.len(), self.bound.len());
        Place { at: self.at, warnings, nesting: self.nesting, bound, bars: self.bars }
    }

    /// Goes back, as if nothing had been read since; not too often, so that reading stays linear in the text.
    pub(super) fn go_back(&mut self, place: Place) -> bool {
        if self.second_readings == MOST_SECOND_READINGS {
            return false;
        }
        self.second_readings += 1;
        self.at = place.at;
        self.warnings.truncate(place.warnings);
        self.nesting = place.nesting;
        self.bound.truncate(place.bound);
        self.bars = place.bars;
        true
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Whether the next token stands directly behind the one before.
    /// Is the letter a name of its own somewhere in the text?
    pub(super) fn has_letter(&self, letter: &str) -> bool {
        matches!(letter.as_bytes(), [letter] if self.letters[usize::from(*letter & 127)])
    }

    pub(super) fn is_glued(&self) -> bool {
        !self.token().spaced
    }

    pub(super) fn is_name(&self, text: &str) -> bool {
        self.word() == Rule::name && self.token().text == text && !self.names.has(text)
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        self.source.get(span.start..span.end).unwrap_or("")
    }

    /// Takes back what was said of a stretch of the text.
    pub(super) fn forget_warnings(&mut self, stretch: std::ops::Range<usize>) {
        self.warnings.retain(|warning| warning.span().is_none_or(|span| !stretch.contains(&span.start)));
    }

    pub(super) fn warn(&mut self, warning: Diagnostic) {
        // one remark on one place is enough, and a hostile text does not fill the memory
        if self.warnings.len() < 20 && self.warnings.iter().all(|w| w.span() != warning.span()) {
            self.warnings.push(warning);
        }
    }

    // --- depth -----------------------------------------------------------------------------------------------------

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

    // --- whole texts -----------------------------------------------------------------------------------------------

    pub(super) fn whole_formula(&mut self) -> Result<Tree> {
        if self.word() == Rule::EOI {
            return Err(syntax("the formula is empty")
                .at(Span::new(0, self.source.len()), "")
                .help("write one, such as x^2 + 1"));
        }
        let node = self.sum()?;
        self.expect_end(false)?;
        Ok(node.tree)
    }

    pub(super) fn whole_fact(&mut self) -> Result<Tree> {
        if self.word() == Rule::EOI {
            return Err(syntax("the fact is empty")
                .at(Span::new(0, self.source.len()), "")
                .help("write one, such as x > 0"));
        }
        let node = self.conditions()?;
        self.expect_end(true)?;
        Ok(node.tree)
    }

    pub(super) fn expect_end(&self, is_fact: bool) -> Result<()> {
        if self.word() == Rule::EOI { Ok(()) } else { Err(self.unexpected_after_operand(is_fact)) }
    }

    /// A complete operand has ended and the next word continues nothing.
    pub(super) fn unexpected_after_operand(&self, in_condition: bool) -> Diagnostic {
        let token = self.token();
        let problem = |message: String| syntax(message).at(token.span, "");
        match token.word {
            Rule::EOI => syntax("the formula ends too early").at(token.span, "more is expected here"),
            Rule::equal if !in_condition => problem("`=` stands inside a formula".into())
                .help("to compare two formulas use `prove 'A = B'`; to state a fact use --given; to name a part use --let"),
            Rule::equal | Rule::less | Rule::less_equal | Rule::greater | Rule::greater_equal | Rule::not_equal => {
                problem(format!("the comparison `{}` has no place here", token.text))
                    .help("comparisons stand in [ ], in cases(…) and in facts; write [x > 0] for 1 where x > 0 and 0 elsewhere")
            }
            Rule::double_equal => problem(format!("`{}` is no operator", token.text)).help("write a single `=`"),
            Rule::define => problem("`:=` stands inside a formula".into()).help("name a part with --let 'a = …'"),
            Rule::comma => self.stray_comma(),
            Rule::semicolon => problem("`;` has no meaning in a formula".into())
                .help("write one formula at a time; rows of a matrix are written [[1, 2], [3, 4]]"),
            Rule::bar | Rule::double_bar => {
                problem(format!("`{}` closes nothing", token.text)).help("write |x| for an absolute value, ‖x‖ for a norm")
            }
            Rule::point if self.previous().is_some_and(|p| p.word == Rule::number) => problem("a stray point".into())
                .help("write `*` for a product and one point in a number"),
            Rule::name if token.text == "if" => problem("`if` stands outside cases(…)".into())
                .help("write cases(a if x > 0, b otherwise)"),
            Rule::open_curly => slips::braces(token.span, ""),
            Rule::underscore if self.peek(1).word == Rule::open_curly => slips::braces(token.span.join(self.peek(1).span), "_"),
            Rule::underscore => problem("`_` must be glued to a name".into()).help("write x_1 for a name, x[1] for a component"),
            Rule::colon => problem("`:` has no meaning in a formula".into()).help("write a/b for a quotient, --let 'x: R[n]' for a shape"),
            _ => problem(format!("`{}` is not expected here", token.text)).help("put an operator before it, or remove it"),
        }
    }

    pub(super) fn stray_comma(&self) -> Diagnostic {
        let comma = self.token().span;
        let before = self.previous().filter(|t| t.word == Rule::number && t.span.end == comma.start);
        let after = self.peek(1);
        if let (Some(before), true) = (before, after.word == Rule::number && !after.spaced) {
            return syntax("a comma does not separate decimals")
                .at(before.span.join(after.span), "")
                .help(format!("write {}.{} with a point", before.text, after.text));
        }
        syntax("the comma separates nothing")
            .at(comma, "")
            .help("write one formula at a time, or [a, b] for a vector")
    }

    // --- relations -------------------------------------------------------------------------------------------------

    /// Relations, joined by `and` or chained.
    pub(super) fn conditions(&mut self) -> Result<Node> {
        let first = self.sum()?;
        self.conditions_from(first)
    }

    pub(super) fn relation_word(&self) -> Option<Relation> {
        Some(match self.word() {
            Rule::equal => Relation::Equal,
            Rule::not_equal => Relation::NotEqual,
            Rule::less => Relation::Less,
            Rule::less_equal => Relation::LessEqual,
            Rule::greater => Relation::Greater,
            Rule::greater_equal => Relation::GreaterEqual,
            _ => return None,
        })
    }

    pub(super) fn conditions_from(&mut self, first: Node) -> Result<Node> {
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
                let copy = (self.relation_word().is_some())
                    .then(|| Node { tree: right.tree.clone(), depth: right.depth });
                let span = left.tree.span.join(right.tree.span);
                let parts = left.depth.max(right.depth);
                let one =
                    built(Kind::Relation(relation, Box::new(left.tree), Box::new(right.tree)), span, parts)?;
                depth = depth.max(one.depth);
                all.push(one.tree);
                // an empty name stands in until the next `and` gives a left side
                left = copy.unwrap_or(Node { tree: Tree::name(""), depth: 0 });
            }
            if self.word() == Rule::conjunction || self.is_name("and") {
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

    fn no_relation(&self, left: Span) -> Diagnostic {
        let token = self.token();
        match token.word {
            Rule::double_equal => syntax(format!("`{}` is no relation", token.text))
                .at(token.span, "")
                .help("write a single `=`"),
            Rule::define => syntax("`:=` is no relation").at(token.span, "").help("write `=`"),
            Rule::EOI | Rule::comma | Rule::close_round | Rule::close_square | Rule::close_curly => {
                syntax("a comparison is missing")
                    .at(left, "this alone says nothing")
                    .help("write one of = != < <= > >= and a right side")
            }
            _ => self.unexpected_after_operand(true),
        }
    }

    // --- sums and products -----------------------------------------------------------------------------------------

    pub(super) fn sum(&mut self) -> Result<Node> {
        self.nested(|parser| {
            let first = parser.signed_term(true)?;
            if !matches!(parser.word(), Rule::plus | Rule::minus) {
                return Ok(first);
            }
            let (start, mut depth) = (first.tree.span, first.depth);
            let mut end = start;
            let mut terms = vec![first.tree];
            while let sign @ (Rule::plus | Rule::minus) = parser.word() {
                let operator = parser.advance();
                let mut term = parser.signed_term(false)?;
                end = term.tree.span;
                if sign == Rule::minus {
                    term = built(Kind::Negate(Box::new(term.tree)), operator.join(end), term.depth)?;
                }
                depth = depth.max(term.depth);
                terms.push(term.tree);
            }
            built(Kind::Sum(terms), start.join(end), depth)
        })
    }

    /// A product with the signs before it; `+` is read only where nothing stands before it.
    pub(super) fn signed_term(&mut self, is_first: bool) -> Result<Node> {
        if is_first && self.word() == Rule::plus {
            self.advance();
            if !self.starts_operand() {
                return Err(self.missing_operand());
            }
        }
        let signs = self.signs()?;
        let term = self.term()?;
        negated(term, signs)
    }

    /// The minus signs at the present place.
    pub(super) fn signs(&mut self) -> Result<Vec<Span>> {
        let mut signs = Vec::new();
        while self.word() == Rule::minus {
            if signs.len() == MAXIMUM_NESTING {
                return Err(too_deep(self.token().span));
            }
            signs.push(self.advance());
        }
        Ok(signs)
    }

    /// Whether the next word may begin a factor.
    pub(super) fn starts_operand(&self) -> bool {
        match self.word() {
            Rule::number
            | Rule::open_round
            | Rule::open_square
            | Rule::big_sum
            | Rule::big_product
            | Rule::root
            | Rule::cube_root
            | Rule::partial
            | Rule::nabla => true,
            Rule::name => !["if", "and", "otherwise", "else"].iter().any(|word| self.is_name(word)),
            Rule::bar | Rule::double_bar => self.bars == 0,
            _ => false,
        }
    }

    /// A chain of products and quotients.
    pub(super) fn term(&mut self) -> Result<Node> {
        let first = self.power()?;
        let (start, mut end, mut depth) = (first.tree.span, first.tree.span, first.depth);
        let mut chain = Chain::One(first.tree);
        // where the last explicit operator was a quotient: the span of its denominator
        let mut denominator: Option<Span> = None;
        loop {
            let word = self.word();
            let is_juxtaposed = match word {
                Rule::star | Rule::slash | Rule::dot_star | Rule::dot_slash => false,
                _ if self.starts_operand() => true,
                _ => break,
            };
            let right = if is_juxtaposed {
                self.juxtaposed(start.join(end), denominator)?
            } else {
                let is_circle = self.token().text == "∘";
                self.advance();
                let right = self.signed_power()?;
                if is_circle {
                    self.check_composition(&chain, &right.tree, start)?;
                }
                right
            };
            let before = end;
            end = right.tree.span;
            denominator = match word {
                Rule::slash => Some(end),
                // `1/2x y`: the remark has been made
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
                (Rule::dot_star, Chain::Hadamard(mut parts)) => {
                    parts.push(right.tree);
                    depth = limit;
                    Chain::Hadamard(parts)
                }
                (Rule::dot_star, chain) => {
                    let (left, deep) = grow(chain, depth);
                    depth = deep.max(right.depth);
                    Chain::Hadamard(vec![left, right.tree])
                }
                (Rule::slash | Rule::dot_slash, chain) => {
                    let (left, deep) = grow(chain, depth);
                    let (left, right_tree) = (Box::new(left), Box::new(right.tree));
                    let kind = if word == Rule::slash {
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
            if depth > MAXIMUM_DEPTH {
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

    /// A factor without an operator before it.
    fn juxtaposed(&mut self, left: Span, denominator: Option<Span>) -> Result<Node> {
        let token = self.token().span;
        if self.word() == Rule::number {
            return Err(self.number_behind(left));
        }
        let right = self.power()?;
        if let Some(denominator) = denominator {
            let (all, below, factor) = (self.text(left), self.text(denominator), self.text(right.tree.span));
            let above = self
                .text(Span::new(left.start, denominator.start))
                .trim_end()
                .trim_end_matches(['/', '÷', '∕'])
                .trim_end();
            if all.len() + factor.len() < 60 {
                let place = left.join(right.tree.span);
                self.warn(
                    syntax(format!("`{}` is read as ({all})*{factor}", self.text(place)))
                        .at(place, "")
                        .help(format!("write ({all})*{factor} or {above}/({below}*{factor})")),
                );
            } else {
                self.warn(
                    syntax("a factor without an operator after a quotient is read as a factor of the whole quotient")
                        .at(token, "")
                        .help("use brackets to say what is below the stroke"),
                );
            }
        }
        Ok(right)
    }

    /// `f∘g`: one function after another, and no product entry by entry.
    fn check_composition(&self, left: &Chain, right: &Tree, start: Span) -> Result<()> {
        let left = match left {
            Chain::One(tree) => Some(tree),
            Chain::Product(parts) | Chain::Hadamard(parts) => parts.last(),
        };
        let is_function = |tree: &Tree| {
            matches!(&tree.kind, Kind::Name(name)
                if matches!(name.as_str(), "f" | "g" | "h") && !self.names.has_variable(name))
        };
        if !(is_function(right) || left.is_some_and(is_function)) {
            return Ok(());
        }
        Err(syntax("`∘` is either one function after another or a product entry by entry")
            .at(start.join(right.span), "")
            .help("write f(g(x)) with functions that are declared, or .* for the product"))
    }

    fn number_behind(&self, left: Span) -> Diagnostic {
        let token = self.token();
        let previous = self.previous().filter(|t| t.word == Rule::number);
        match previous {
            Some(before) if !token.spaced => {
                syntax(format!("`{}{}` has two points", before.text, token.text))
                    .at(before.span.join(token.span), "")
                    .help("a number has one point; write `*` for a product")
            }
            Some(before) => {
                syntax(format!("two numbers stand side by side: `{}` and `{}`", before.text, token.text))
                    .at(before.span.join(token.span), "")
                    .help(format!(
                        "write {0}*{1} for the product or {0}{1} for one number",
                        before.text, token.text
                    ))
            }
            None => {
                let left = self.text(left);
                let left = if left.len() < 30 { left } else { "(…)" };
                syntax(format!("the number `{}` stands behind a factor without an operator", token.text))
                    .at(token.span, "")
                    .help(format!("write {left}*{0} for the product or {left}^{0} for the power", token.text))
            }
        }
    }
}
