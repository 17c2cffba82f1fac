//! Operators with a body that reaches over the following product: Σ, ∏, max and min over indices, d/dx, ∂/∂x, ∇.

use super::parser::{Node, Parser, Result, built, syntax};
use super::slips;
use super::tokens::{Rule, is_greek};
use super::tree::{Big, BoundIndex, DerivativeOperator, Kind, Tree};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// How often one variable may be repeated by a written order.
const MAXIMUM_ORDER: i64 = 20;

/// What stands behind a big operator, and the depth of its deepest part.
struct Range {
    indices: Vec<BoundIndex>,
    condition: Option<Box<Tree>>,
    depth: usize,
}

impl Parser<'_> {
    /// `Σ_k …`, `Σ[k] …`, `Σ_{k=1}^n …`, `Σᵢ …`.
    pub(super) fn big_sign(&mut self) -> Result<Node> {
        let token = self.token().clone();
        // a declared Σ is a matrix, and Σ[i, j] its component
        if self.names.has_variable(&token.text)
            && !matches!(self.peek(1).word, Rule::underscore | Rule::low_index)
        {
            let span = self.advance();
            return built(Kind::Name(token.text.into_owned()), span, 0);
        }
        let operation = if token.word == Rule::big_sum { Big::Sum } else { Big::Product };
        self.advance();
        match self.word() {
            Rule::open_square => self.big(operation, token.span, &token.text),
            Rule::low_index => {
                let low = self.token().clone();
                self.advance();
                let name: String = low.text.chars().map(letter_of_subscript).collect();
                let index = BoundIndex { name, range: None };
                self.big_body(
                    operation,
                    token.span,
                    Range { indices: vec![index], condition: None, depth: 0 },
                    self.bound.len(),
                )
            }
            Rule::underscore => {
                let low = self.advance();
                match self.word() {
                    Rule::open_curly => self.big(operation, token.span, &token.text),
                    Rule::name if self.is_glued() => {
                        let name = self.bound_name()?;
                        let index = BoundIndex { name, range: None };
                        self.big_body(
                            operation,
                            token.span,
                            Range { indices: vec![index], condition: None, depth: 0 },
                            self.bound.len(),
                        )
                    }
                    _ => Err(syntax("the index is missing")
                        .at(token.span.join(low), "")
                        .help(format!("write {0}_k or {0}[k]", token.text))),
                }
            }
            _ => Err(syntax(format!("`{}` does not say over which index", token.text))
                .at(token.span, "")
                .help(format!("write {0}_k x[k] or {0}[k] x[k]", token.text))),
        }
    }

    /// The indices in brackets, and the body. The word itself has been read.
    pub(super) fn big(&mut self, operation: Big, start: Span, written: &str) -> Result<Node> {
        let is_curly = self.word() == Rule::open_curly;
        let close = if is_curly { Rule::close_curly } else { Rule::close_square };
        let open = self.advance();
        if self.word() == close {
            return Err(syntax("the index is missing")
                .at(open.join(self.token().span), "")
                .help(format!("write {}[k] x[k]", written)));
        }
        let bars = std::mem::take(&mut self.bars);
        let outer = self.bound.len();
        let range = self.range(close);
        self.bars = bars;
        let mut range = match range {
            Ok(range) => range,
            Err(problem) => {
                self.bound.truncate(outer);
                return Err(problem);
            }
        };
        self.advance();
        let needs_upper = range
            .indices
            .iter()
            .position(|index| index.range.as_ref().is_some_and(|(_, upper)| is_open(upper)));
        if let Some(at) = needs_upper {
            let upper = if matches!(self.word(), Rule::caret) {
                self.advance();
                self.upper_bound()?
            } else if self.word() == Rule::superscript {
                self.superscript()?
            } else {
                return Err(syntax("the upper end of the range is missing")
                    .at(start.join(self.previous().map_or(start, |t| t.span)), "")
                    .help(format!("write {}[{} = 1..n]", written, range.indices[at].name)));
            };
            range.depth = range.depth.max(upper.depth);
            if let Some((_, end)) = &mut range.indices[at].range {
                *end = upper.tree;
            }
        }
        self.big_body(operation, start, range, outer)
    }

    fn upper_bound(&mut self) -> Result<Node> {
        if self.word() == Rule::open_curly {
            self.advance();
            let node = self.sum()?;
            if self.word() != Rule::close_curly {
                return Err(self.unexpected_after_operand(false));
            }
            self.advance();
            return Ok(node);
        }
        self.nested(Self::operand)
    }

    /// `k`, `i, j`, `k = 1..n`, `i != j`, `i, j: i < j`; leaves the closing bracket and binds the names.
    fn range(&mut self, close: Rule) -> Result<Range> {
        let mut range = Range { indices: Vec::new(), condition: None, depth: 0 };
        loop {
            if self.word() != Rule::name {
                return Err(self.no_index());
            }
            if self.peek(1).word != Rule::equal && self.relation_ahead() {
                self.range_of_relation(&mut range)?;
                break;
            }
            let name = self.bound_name()?;
            if range.indices.iter().any(|index| index.name == name) {
                return Err(syntax(format!("the index `{name}` is named twice"))
                    .at(self.previous().map_or(Span::default(), |t| t.span), "")
                    .help("give every index its own name"));
            }
            let mut index = BoundIndex { name, range: None };
            if self.word() == Rule::equal || self.word() == Rule::element {
                self.advance();
                let lower = self.sum()?;
                range.depth = range.depth.max(lower.depth);
                let upper = if self.word() == Rule::range {
                    self.advance();
                    let upper = self.sum()?;
                    range.depth = range.depth.max(upper.depth);
                    upper.tree
                } else if self.word() == close && close == Rule::close_curly {
                    Tree::name("")
                } else {
                    return Err(syntax("the upper end of the range is missing")
                        .at(lower.tree.span, "")
                        .help(format!("write {} = {}..n", index.name, self.text(lower.tree.span))));
                };
                index.range = Some((lower.tree, upper));
            }
            self.bound.push(index.name.clone());
            range.indices.push(index);
            match self.word() {
                Rule::comma => {
                    self.advance();
                }
                Rule::colon => {
                    self.advance();
                    let condition = self.conditions()?;
                    range.depth = range.depth.max(condition.depth);
                    range.condition = Some(Box::new(condition.tree));
                    break;
                }
                _ => break,
            }
        }
        if self.word() != close {
            return Err(match self.word() {
                Rule::range => {
                    syntax("a range needs a name").at(self.token().span, "").help("write k = 1..n")
                }
                _ => self.unexpected_after_operand(true),
            });
        }
        Ok(range)
    }

    fn no_index(&self) -> Diagnostic {
        let token = self.token();
        let problem = match token.word {
            Rule::comma | Rule::close_square | Rule::close_curly | Rule::colon => {
                syntax("an index is missing")
            }
            _ => syntax(format!("`{}` is no index", token.text)),
        };
        problem
            .at(token.span, "")
            .help("an index is a name: sum[k] x[k], sum[k = 1..n] x[k], sum[i, j: i != j] A[i, j]")
    }

    /// Whether the name here is the left side of a relation such as `i != j`.
    fn relation_ahead(&self) -> bool {
        matches!(
            self.peek(1).word,
            Rule::not_equal | Rule::less | Rule::less_equal | Rule::greater | Rule::greater_equal
        )
    }

    /// `sum[i != j]`: binds both names, except those that a sum around it binds already.
    fn range_of_relation(&mut self, range: &mut Range) -> Result<()> {
        let first = self.token().clone();
        let place = self.position();
        let mut names = vec![(first.text.to_string(), first.span)];
        let mut ahead = 1;
        while matches!(
            self.peek(ahead).word,
            Rule::not_equal | Rule::less | Rule::less_equal | Rule::greater | Rule::greater_equal
        ) && self.peek(ahead + 1).word == Rule::name
        {
            let token = self.peek(ahead + 1);
            names.push((token.text.to_string(), token.span));
            ahead += 2;
        }
        names.dedup_by(|a, b| a.0 == b.0);
        let outer = self.bound.len();
        let already: Vec<String> = range.indices.iter().map(|index| index.name.clone()).collect();
        for (name, _) in &names {
            let is_bound = self.bound[..outer].contains(name);
            if !is_bound && !already.contains(name) && !range.indices.iter().any(|index| index.name == *name)
            {
                check_index_name(name, first.span)?;
                range.indices.push(BoundIndex { name: name.clone(), range: None });
                self.bound.push(name.clone());
            }
        }
        debug_assert_eq!(place, self.position());
        let relation = self.conditions()?;
        let span = relation.tree.span;
        range.depth = range.depth.max(relation.depth);
        if range.indices.is_empty() {
            return Err(syntax("no new index is named")
                .at(span, "all of these are bound by a sum around it")
                .help("name the index: sum[k: k != i]"));
        }
        if range.indices.len() > 1 && already.is_empty() {
            let (all, text) =
                (range.indices.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), self.text(span));
            let (list, last) = (all.join(", "), all.last().copied().unwrap_or(""));
            let text = if text.len() < 60 { text } else { "…" };
            self.warn(
                syntax(format!("`{text}` runs over {}", all.join(" and ")))
                    .at(span, "")
                    .help(format!("write {list}: {text} to say so, {last}: {text} to run over {last} only")),
            );
        }
        range.condition = Some(Box::new(relation.tree));
        Ok(())
    }

    fn bound_name(&mut self) -> Result<String> {
        let token = self.token().clone();
        check_index_name(&token.text, token.span)?;
        self.advance();
        Ok(token.text.into_owned())
    }

    /// The body, read with the indices bound; `outer` indices were bound before.
    fn big_body(&mut self, operation: Big, start: Span, range: Range, outer: usize) -> Result<Node> {
        self.bound.truncate(outer);
        self.bound.extend(range.indices.iter().map(|index| index.name.clone()));
        let body = self.body(start);
        self.bound.truncate(outer);
        let body = body?;
        let span = start.join(body.tree.span);
        let depth = body.depth.max(range.depth);
        let kind = Kind::Big {
            operation,
            indices: range.indices,
            condition: range.condition,
            body: Box::new(body.tree),
        };
        built(kind, span, depth)
    }

    fn body(&mut self, start: Span) -> Result<Node> {
        if !(self.starts_operand() || self.word() == Rule::minus) {
            let end = self.previous().map_or(start, |t| t.span);
            let operator = start.join(end);
            let written = self.text(operator);
            return Err(match self.word() {
                Rule::EOI | Rule::close_round | Rule::close_square | Rule::comma | Rule::plus => {
                    syntax(format!("nothing stands behind `{written}`"))
                        .at(operator, "")
                        .help(format!("write what it acts on: {written} (…)"))
                }
                _ => self.missing_operand(),
            });
        }
        self.nested(|parser| parser.signed_term(false))
    }

    // --- derivatives -----------------------------------------------------------------------------------------------

    /// Whether `d/dx` stands here, and is not the quotient of two names.
    pub(super) fn is_derivative_sign(&self) -> bool {
        if self.word() != Rule::name || self.token().text != "d" {
            return false;
        }
        let mut ahead = 1;
        if self.peek(ahead).word == Rule::superscript {
            ahead += 1;
        } else if self.peek(ahead).word == Rule::caret && self.peek(ahead + 1).word == Rule::number {
            ahead += 2;
        }
        if self.peek(ahead).word != Rule::slash || self.peek(ahead + 1).word != Rule::name {
            return false;
        }
        let below = &*self.peek(ahead + 1).text;
        let after = self.peek(ahead + 2);
        if below == "d" {
            // `dθ` is cut in two; `d/d x` is a slip unless d is a variable
            let is_glued_greek =
                after.word == Rule::name && !after.spaced && after.text.starts_with(is_greek);
            let is_slip = after.word == Rule::name && !self.names.has_variable("d");
            return is_glued_greek || is_slip;
        }
        let Some(variable) = below.strip_prefix('d') else { return false };
        if self.names.has_variable(below) {
            return false;
        }
        let is_short = variable.chars().next().is_some_and(char::is_alphabetic)
            && super::tokens::is_one_letter(variable);
        self.names.has_variable(variable)
            || is_short && !self.names.has_variable("d")
            || is_short && self.names.has_variable(variable)
    }

    /// `d/dx body`, `d²/dx² body`.
    pub(super) fn derivative_sign(&mut self) -> Result<Node> {
        let start = self.advance();
        let order = self.order()?;
        self.advance();
        let token = self.token().clone();
        self.advance();
        let variable = if token.text == "d" {
            if !self.is_glued() {
                let name = self.token().text.to_string();
                return Err(syntax(format!("`d {name}` is two words"))
                    .at(token.span.join(self.token().span), "")
                    .help(format!("write d/d{name} without a space")));
            }
            let name = self.token().clone();
            self.advance();
            Tree::new(Kind::Name(name.text.into_owned()), name.span)
        } else {
            let mut span = token.span;
            span.start += 1;
            let mut name = token.text[1..].to_string();
            if self.word() == Rule::primes && self.names.has_variable(&format!("{name}'")) {
                name.push('\'');
                span = span.join(self.advance());
            }
            Tree::new(Kind::Name(name), span)
        };
        let variables = self.repeated(variable, order, start)?;
        self.derivative_body(start, variables)
    }

    /// The order between `d` and `/`.
    fn order(&mut self) -> Result<Option<i64>> {
        let node = match self.word() {
            Rule::superscript => self.superscript()?,
            Rule::caret => {
                self.advance();
                self.nested(Self::operand)?
            }
            _ => return Ok(None),
        };
        match &node.tree.kind {
            Kind::Number(n) if n.as_integer().is_some_and(|n| (1..=MAXIMUM_ORDER).contains(&n)) => {
                Ok(n.as_integer())
            }
            _ => Err(Diagnostic::new(
                diagnostic::Kind::Unsupported,
                "the order of a derivative must be a small whole number",
            )
            .at(node.tree.span, "")
            .help(format!("write a number from 1 to {MAXIMUM_ORDER}"))),
        }
    }

    /// A variable below the stroke with its index and order; `order` is what stands above.
    fn repeated(&mut self, variable: Tree, order: Option<i64>, start: Span) -> Result<Vec<Tree>> {
        let variable = self.indexed(variable)?;
        let below = self.order()?;
        if order.unwrap_or(1) != below.unwrap_or(1) {
            return Err(self.orders_differ(start));
        }
        let times = below.unwrap_or(1);
        Ok((0..times).map(|_| variable.clone()).collect())
    }

    fn orders_differ(&self, start: Span) -> Diagnostic {
        syntax("the orders above and below the stroke differ")
            .at(start.join(self.previous().map_or(start, |t| t.span)), "")
            .help("write d^2/dx^2 (…), or diff(f, x, x)")
    }

    fn indexed(&mut self, variable: Tree) -> Result<Tree> {
        if self.word() == Rule::open_square && self.is_glued() {
            return Ok(self.index(Node { tree: variable, depth: 1 })?.tree);
        }
        Ok(variable)
    }

    fn derivative_body(&mut self, start: Span, variables: Vec<Tree>) -> Result<Node> {
        let is_group = self.word() == Rule::open_round;
        let sign = start.join(self.previous().map_or(start, |t| t.span));
        if self.word() == Rule::equal || self.word() == Rule::slash || self.word() == Rule::star {
            return Err(syntax(format!("nothing stands behind `{}`", self.text(sign)))
                .at(sign, "")
                .help(format!("write what is differentiated: {} (…)", self.text(sign))));
        }
        let body = self.body(start)?;
        if is_group
            && matches!(body.tree.kind, Kind::Product(_) | Kind::Quotient(..))
            && self.text(body.tree.span).starts_with('(')
            && !self.is_one_group(body.tree.span)
        {
            let (text, operator) = (self.text(body.tree.span), self.text(sign));
            let text = if text.len() < 40 { text } else { "…" };
            self.warn(
                syntax("the derivative is read as reaching over the whole product")
                    .at(body.tree.span, "")
                    .help(format!("write {operator} ({text}) for that, or ({operator} (…))*… for less")),
            );
        }
        let span = start.join(body.tree.span);
        let kind = Kind::Derivative {
            operator: DerivativeOperator::Derivative,
            body: Box::new(body.tree),
            variables,
        };
        built(kind, span, body.depth)
    }

    /// Whether the text is `( … )` with these two brackets belonging together.
    fn is_one_group(&self, span: Span) -> bool {
        let mut depth = 0i32;
        let text = self.text(span);
        for (at, c) in text.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return at + 1 == text.len();
            }
        }
        false
    }

    /// `∂/∂x body`, `∂f/∂x`, `∂²/∂x∂y body`, `∂^2 f/(∂x ∂y)`.
    pub(super) fn partial(&mut self) -> Result<Node> {
        let start = self.advance();
        let order = self.order()?;
        let above = if self.word() == Rule::slash {
            None
        } else if self.starts_operand() && self.word() != Rule::partial {
            let mut node = self.nested(Self::operand)?;
            if self.word() == Rule::open_square {
                node = self.index(node)?;
            }
            Some(node)
        } else {
            return Err(lonely_partial(start));
        };
        if self.word() != Rule::slash {
            return Err(lonely_partial(start));
        }
        self.advance();
        let has_bracket = self.word() == Rule::open_round && self.peek(1).word == Rule::partial;
        if has_bracket {
            self.advance();
        }
        let mut variables = Vec::new();
        while self.word() == Rule::partial {
            self.advance();
            if self.word() != Rule::name {
                return Err(lonely_partial(start));
            }
            let token = self.token().clone();
            self.advance();
            let variable = self.indexed(Tree::new(Kind::Name(token.text.into_owned()), token.span))?;
            let times = self.order()?.unwrap_or(1);
            for _ in 0..times {
                variables.push(variable.clone());
            }
            if variables.len() > MAXIMUM_ORDER as usize {
                return Err(Diagnostic::new(
                    diagnostic::Kind::Limit,
                    "the order of the derivative is too high",
                )
                .at(token.span, ""));
            }
        }
        if variables.is_empty() {
            return Err(lonely_partial(start));
        }
        if has_bracket {
            if self.word() != Rule::close_round {
                return Err(self.unexpected_after_operand(false));
            }
            self.advance();
        }
        if order.unwrap_or(1) != variables.len() as i64 {
            return Err(self.orders_differ(start));
        }
        match above {
            None => self.derivative_body(start, variables),
            Some(body) => {
                let span = start.join(self.previous().map_or(start, |t| t.span));
                let kind = Kind::Derivative {
                    operator: DerivativeOperator::Derivative,
                    body: Box::new(body.tree),
                    variables,
                };
                built(kind, span, body.depth)
            }
        }
    }

    /// `∇_x f`, `∇[x] f`.
    pub(super) fn nabla(&mut self) -> Result<Node> {
        let start = self.advance();
        let unnamed =
            syntax("`∇` does not say by which variable").at(start, "").help("write ∇_x (…) or grad(…, x)");
        let close = match self.word() {
            Rule::underscore => {
                self.advance();
                match self.word() {
                    Rule::open_curly => Some(Rule::close_curly),
                    _ => None,
                }
            }
            Rule::open_square => Some(Rule::close_square),
            _ => return Err(unnamed),
        };
        if close.is_some() {
            self.advance();
        }
        if self.word() != Rule::name {
            return Err(unnamed);
        }
        let token = self.token().clone();
        self.advance();
        let variable = Tree::new(Kind::Name(token.text.into_owned()), token.span);
        if let Some(close) = close {
            if self.word() != close {
                return Err(slips::braces(self.token().span, ""));
            }
            self.advance();
        }
        let body = self.body(start)?;
        let span = start.join(body.tree.span);
        let kind = Kind::Derivative {
            operator: DerivativeOperator::Gradient,
            body: Box::new(body.tree),
            variables: vec![variable],
        };
        built(kind, span, body.depth)
    }
}

/// The place of an upper end that is still to be read.
fn is_open(upper: &Tree) -> bool {
    matches!(&upper.kind, Kind::Name(name) if name.is_empty())
}

fn letter_of_subscript(c: char) -> char {
    match c {
        'ᵢ' => 'i',
        'ⱼ' => 'j',
        'ₖ' => 'k',
        'ₗ' => 'l',
        'ₘ' => 'm',
        'ₙ' => 'n',
        'ₚ' => 'p',
        'ᵣ' => 'r',
        'ₛ' => 's',
        'ₜ' => 't',
        'ₐ' => 'a',
        c => c,
    }
}

fn check_index_name(name: &str, span: Span) -> Result<()> {
    if matches!(name, "e" | "pi" | "π") {
        return Err(Diagnostic::new(diagnostic::Kind::Name, format!("`{name}` is a constant and no index"))
            .at(span, "")
            .help("use another letter, such as k"));
    }
    Ok(())
}

fn lonely_partial(start: Span) -> Diagnostic {
    syntax("`∂` stands without a variable to differentiate by")
        .at(start, "")
        .help("write ∂/∂x (…) or diff(…, x)")
}
