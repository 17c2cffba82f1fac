//! Operators of differentiation: diff, grad, jacobian, hessian, d/dx, ∂/∂x, ∇.

use super::parser::{Node, Parser, Result, built, syntax};
use super::slips;
use super::tokens::{Rule, is_greek};
use super::tree::{DerivativeOperator, Kind, Tree};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// How often one variable may be repeated by a written order.
const MAXIMUM_ORDER: i64 = 20;

impl Parser<'_> {
    pub(super) fn derivative_call(&mut self, operator: DerivativeOperator) -> Result<Node> {
        let name = self.token().text.to_string();
        let start = self.advance();
        let open = self.advance();
        let usage = match operator {
            DerivativeOperator::Derivative => format!("write {name}(x^2, x)"),
            _ => format!("write {name}(f, x)"),
        };
        if self.word() == Rule::close_round {
            return Err(syntax(format!("`{name}` has no arguments"))
                .at(open.join(self.token().span), "")
                .help(usage));
        }
        let bars = std::mem::take(&mut self.bars);
        let first = self.sum()?;
        let (mut arguments, depth) = self.list_from(first, Rule::close_round)?;
        self.bars = bars;
        if self.word() != Rule::close_round {
            return Err(self.unexpected_after_operand(false));
        }
        let span = start.join(self.advance());
        let body = arguments.remove(0);
        if arguments.is_empty() {
            return Err(syntax(format!("`{name}` does not say by which variable")).at(span, "").help(usage));
        }
        if arguments.len() > 1 && operator != DerivativeOperator::Derivative {
            return Err(syntax(format!(
                "`{name}` takes a formula and one variable, not {} variables",
                arguments.len()
            ))
            .at(span, "")
            .help(usage));
        }
        let mut variables: Vec<Tree> = Vec::new();
        for argument in arguments {
            match (&argument.kind, variables.last()) {
                (Kind::Name(_), _) => variables.push(argument),
                (Kind::Index(base, _), _) if matches!(base.kind, Kind::Name(_)) => variables.push(argument),
                (Kind::Number(order), Some(variable))
                    if order.as_integer().is_some_and(|n| (1..=20).contains(&n)) =>
                {
                    let again = variable.clone();
                    for _ in 1..order.as_integer().unwrap_or(1) {
                        variables.push(again.clone());
                    }
                }
                _ => {
                    return Err(syntax(format!("`{}` is no variable", self.text(argument.span)))
                        .at(argument.span, "")
                        .help(format!(
                            "a derivative is taken by a name or a component: {name}(f, x), {name}(f, x[1])"
                        )));
                }
            }
        }
        built(Kind::Derivative { operator, body: Box::new(body), variables }, span, depth)
    }

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
    pub(super) fn order(&mut self) -> Result<Option<i64>> {
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
    pub(super) fn repeated(&mut self, variable: Tree, order: Option<i64>, start: Span) -> Result<Vec<Tree>> {
        let variable = self.indexed(variable)?;
        let below = self.order()?;
        if order.unwrap_or(1) != below.unwrap_or(1) {
            return Err(self.orders_differ(start));
        }
        let times = below.unwrap_or(1);
        Ok((0..times).map(|_| variable.clone()).collect())
    }

    pub(super) fn orders_differ(&self, start: Span) -> Diagnostic {
        syntax("the orders above and below the stroke differ")
            .at(start.join(self.previous().map_or(start, |t| t.span)), "")
            .help("write d^2/dx^2 (…), or diff(f, x, x)")
    }

    pub(super) fn indexed(&mut self, variable: Tree) -> Result<Tree> {
        if self.word() == Rule::open_square && self.is_glued() {
            return Ok(self.index(Node { tree: variable, depth: 1 })?.tree);
        }
        Ok(variable)
    }

    pub(super) fn derivative_body(&mut self, start: Span, variables: Vec<Tree>) -> Result<Node> {
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
    pub(super) fn is_one_group(&self, span: Span) -> bool {
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
            // ∂f/∂x ∂x/∂t: the next quotient begins.
            let is_complete = !has_bracket && variables.len() as i64 >= order.unwrap_or(1);
            if is_complete && self.is_quotient_of_partials() {
                break;
            }
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

    /// Whether `∂x/∂…` or `∂²x/∂…` stands here.
    fn is_quotient_of_partials(&self) -> bool {
        let above = match self.peek(1).word {
            Rule::superscript => 2,
            Rule::caret if self.peek(2).word == Rule::number => 3,
            _ => 1,
        };
        let mut ahead = above + usize::from(self.peek(above).word == Rule::name);
        if self.peek(ahead).word == Rule::open_square {
            while !matches!(self.peek(ahead).word, Rule::close_square | Rule::EOI) {
                ahead += 1;
            }
            ahead += 1;
        }
        self.peek(ahead).word == Rule::slash
            && matches!(self.peek(ahead + 1).word, Rule::partial | Rule::open_round)
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

fn lonely_partial(start: Span) -> Diagnostic {
    syntax("`∂` stands without a variable to differentiate by")
        .at(start, "")
        .help("write ∂/∂x (…) or diff(…, x)")
}
