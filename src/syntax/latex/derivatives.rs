//! Operators of differentiation: `\frac{\partial f}{\partial x}`, `\frac{d}{dx} (…)`, `\partial_x f`, `\nabla_x f`.

use super::super::parser::{Node, Result, built};
use super::super::tree::{DerivativeOperator, Kind, Tree};
use super::alphabet::greek;
use super::parser::{Parser, starts_operand};
use super::slips::syntax;
use super::words::{Fence, Word};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// How often one variable may be repeated.
const MAXIMUM_ORDER: i64 = 20;

impl Parser<'_> {
    /// How many words at the place are a differential sign: `\partial`, `d`, `\mathrm{d}`.
    fn differential(&self, at: usize) -> Option<(usize, bool)> {
        let token = self.words.get(at)?;
        match token.word {
            Word::Command if token.text == "partial" => Some((1, true)),
            Word::Command
                if matches!(
                    &*token.text,
                    "mathrm" | "operatorname" | "mathop" | "mathsf" | "mathbf" | "rm"
                ) =>
            {
                let next = self.words.get(at + 1)?;
                if next.word == Word::OpenCurly {
                    let is_d = self.words.get(at + 2)?.text == "d"
                        && self.words.get(at + 3)?.word == Word::CloseCurly;
                    return is_d.then_some((4, false));
                }
                (next.word == Word::Letter && next.text == "d").then_some((2, false))
            }
            Word::Text if token.text == "d" => Some((1, false)),
            Word::Letter if token.text == "d" && !self.is_variable("d") => {
                let next = self.words.get(at + 1)?;
                (next.word != Word::Under && next.word != Word::Prime).then_some((1, false))
            }
            _ => None,
        }
    }

    /// `^2` behind a differential sign.
    fn order(&mut self) -> Result<i64> {
        if self.word() != Word::Caret {
            return Ok(1);
        }
        let (high, place) = self.superscript()?;
        if let super::scripts::High::Power(node) = high
            && let Kind::Number(n) = &node.tree.kind
            && let Some(order) = n.as_integer().filter(|n| (1..=MAXIMUM_ORDER).contains(n))
        {
            return Ok(order);
        }
        Err(Diagnostic::new(
            diagnostic::Kind::Unsupported,
            "the order of a derivative must be a small whole number",
        )
        .at(place, "")
        .help(format!("write a number from 1 to {MAXIMUM_ORDER}")))
    }

    /// A fraction that is a derivative; the climber stands on `\frac`.
    pub(super) fn derivative_fraction(&mut self) -> Result<Option<Node>> {
        let start = self.token().span;
        if self.peek(1).word != Word::OpenCurly {
            return Ok(None);
        }
        let above_open = self.at + 1;
        let above_close = self.partners[above_open];
        let below_open = above_close + 1;
        if self.words.get(below_open).is_none_or(|t| t.word != Word::OpenCurly) {
            return Ok(None);
        }
        let below_close = self.partners[below_open];
        let (Some((above_sign, above_partial)), Some((below_sign, below_partial))) =
            (self.differential(above_open + 1), self.differential(below_open + 1))
        else {
            return Ok(None);
        };
        // `\frac{d}{2}` was excluded; `\frac{d}{d}` is no derivative
        if below_open + 1 + below_sign >= below_close {
            return Ok(None);
        }
        let span = start.join(self.words[below_close].span);
        if above_partial != below_partial {
            return Err(syntax(r"`\partial` and `d` stand in one derivative")
                .at(span, "")
                .help(r"write \frac{\partial f}{\partial x} or \frac{df}{dx}"));
        }
        self.at = above_open + 1 + above_sign;
        let order = self.order()?;
        let at_place = self.derived_function(above_close, below_close + 1);
        let above = if self.at == above_close || at_place.is_some() {
            None
        } else {
            let node = match self.definition_side(Some(above_close)) {
                Some(node) => node,
                None => self.inside(Parser::term)?,
            };
            if self.at != above_close {
                return Err(self.unexpected());
            }
            Some(node)
        };
        self.at = below_open + 1;
        let variables = self.variables_below(below_close, below_partial)?;
        if order != variables.len() as i64 {
            return Err(orders_differ(span));
        }
        self.at = below_close;
        self.advance();
        if let Some(function) = at_place {
            if variables.windows(2).any(|pair| pair[0].kind != pair[1].kind) {
                return Err(orders_differ(span));
            }
            return self.derivative_at(&function, variables.len()).map(Some);
        }
        match above {
            Some(body) => {
                let kind = Kind::Derivative {
                    operator: DerivativeOperator::Derivative,
                    body: Box::new(body.tree),
                    variables,
                };
                built(kind, span, body.depth + 1).map(Some)
            }
            None => self.derivative_body(span, variables, DerivativeOperator::Derivative).map(Some),
        }
    }

    /// `\partial x^2 \partial y` up to the closing brace.
    fn variables_below(&mut self, close: usize, is_partial: bool) -> Result<Vec<Tree>> {
        let mut variables: Vec<Tree> = Vec::new();
        while self.at < close {
            let sign = self.differential(self.at).filter(|(_, partial)| *partial == is_partial);
            let Some((count, _)) = sign else {
                return Err(syntax("this is no variable to differentiate by")
                    .at(self.token().span, "")
                    .help(r"write \frac{\partial^2}{\partial x \, \partial y}"));
            };
            for _ in 0..count {
                self.advance();
            }
            let variable = self.variable()?;
            let order = self.order()?;
            for _ in 0..order {
                variables.push(variable.clone());
            }
            if variables.len() > MAXIMUM_ORDER as usize {
                return Err(Diagnostic::new(
                    diagnostic::Kind::Limit,
                    "the order of the derivative is too high",
                )
                .at(variable.span, "")
                .help(format!("write at most {MAXIMUM_ORDER}")));
            }
        }
        Ok(variables)
    }

    /// A name or a component.
    fn variable(&mut self) -> Result<Tree> {
        let place = self.token().span;
        let is_braced = self.word() == Word::OpenCurly;
        let node = if self.starts_symbol() {
            self.name_operand()?
        } else if is_braced || matches!(self.word(), Word::Open(Fence::Round)) {
            // `\partial {W'}^2`
            self.bare_operand()?
        } else {
            return Err(syntax("a derivative does not say by which variable")
                .at(place, "")
                .help(r"write \frac{\partial}{\partial x}"));
        };
        let is_name = match &node.tree.kind {
            Kind::Name(name) => !matches!(&**name, "e" | "pi") || self.names.has_variable(name),
            Kind::Index(base, _) => matches!(base.kind, Kind::Name(_)),
            _ => false,
        };
        if is_name {
            return Ok(node.tree);
        }
        Err(syntax(format!("`{}` is no variable", self.short(node.tree.span)))
            .at(node.tree.span, "")
            .help("a derivative is taken by a name or a component: x, x_i"))
    }

    /// What an operator acts on: a group by itself, or the factors that follow without a sign between them.
    pub(super) fn derivative_body(
        &mut self,
        start: Span,
        variables: Vec<Tree>,
        operator: DerivativeOperator,
    ) -> Result<Node> {
        let sign = start.join(self.previous().map_or(start, |t| t.span));
        let written = self.short(sign);
        if !(self.starts_operand() || self.word() == Word::Minus) {
            return Err(syntax(format!("nothing stands behind `{written}`"))
                .at(sign, "")
                .help(format!("write what is differentiated: {written} (…)")));
        }
        let is_group = matches!(self.word(), Word::Open(_));
        let minus = (self.word() == Word::Minus).then(|| self.advance());
        let body = self.nested(|parser| {
            let first = match parser.undeclared_value() {
                Some(value) => parser.scripts(value)?,
                None => parser.power()?,
            };
            if !matches!(parser.word(), Word::Times | Word::Hadamard | Word::Slash | Word::ElementwiseSlash)
                && !parser.starts_operand()
            {
                return Ok(first);
            }
            let is_explicit = !parser.starts_operand();
            if is_group && is_explicit && !matches!(parser.word(), Word::Slash | Word::ElementwiseSlash) {
                return Ok(first);
            }
            if is_group || is_explicit {
                return Err(reach(written, sign.join(first.tree.span)));
            }
            // names side by side belong together
            let (first_span, mut depth) = (first.tree.span, first.depth);
            let mut end = first_span;
            let mut factors = vec![first.tree];
            while parser.starts_operand() && !parser.is_differential_ahead() {
                if parser.word() == Word::Number {
                    return Err(parser.number_behind(first_span.join(end)));
                }
                let is_name = starts_operand(parser.token()) && !matches!(parser.word(), Word::Open(_));
                let factor = parser.power()?;
                if !is_name && factors.len() > 1 {
                    return Err(reach(written, sign.join(factor.tree.span)));
                }
                end = factor.tree.span;
                depth = depth.max(factor.depth);
                factors.push(factor.tree);
            }
            if matches!(parser.word(), Word::Times | Word::Hadamard | Word::Slash | Word::ElementwiseSlash)
                || parser.starts_operand()
            {
                return Err(reach(written, sign.join(end)));
            }
            if factors.len() == 1
                && let Some(tree) = factors.pop()
            {
                return Ok(Node { tree, depth });
            }
            built(Kind::Product(factors), first_span.join(end), depth)
        })?;
        let body = super::super::powers::negated(body, minus.into_iter().collect())?;
        let span = start.join(body.tree.span);
        built(Kind::Derivative { operator, body: Box::new(body.tree), variables }, span, body.depth + 1)
    }

    /// `\partial_x f`, `\partial f / \partial x`.
    pub(super) fn partial(&mut self) -> Result<Node> {
        let start = self.advance();
        let lonely = |place: Span| {
            syntax(r"`\partial` stands without a variable to differentiate by")
                .at(place, "")
                .help(r"write \frac{\partial f}{\partial x}")
        };
        if self.word() == Word::Under {
            self.advance();
            let variable = self.low_variable()?;
            if let Kind::Name(name) = &variable.kind
                && matches!(&**name, "i" | "j" | "k" | "l" | "m" | "n")
                && !self.is_variable(name)
            {
                return Err(syntax(format!(r"`\partial_{name}` names an index, not a variable"))
                    .at(start.join(variable.span), "")
                    .help(format!(r"write \partial_{{x_{name}}}")));
            }
            return self.derivative_body(start, vec![variable], DerivativeOperator::Derivative);
        }
        let order = self.order()?;
        let above = if self.word() == Word::Slash {
            None
        } else if self.starts_operand() {
            Some(self.nested(Parser::power)?)
        } else {
            return Err(lonely(start));
        };
        self.inline(start, order, above, true)
    }

    /// The rest of `\partial f / \partial x` behind f.
    fn inline(&mut self, start: Span, order: i64, above: Option<Node>, is_partial: bool) -> Result<Node> {
        let place = start.join(self.previous().map_or(start, |t| t.span));
        let problem = || {
            syntax("a differential stands without a variable to differentiate by")
                .at(place, "")
                .help(r"write \frac{\partial f}{\partial x} or \frac{df}{dx}")
        };
        let sign = self.differential(self.at + 1).filter(|(_, partial)| *partial == is_partial);
        let (Word::Slash, Some((count, _))) = (self.word(), sign) else { return Err(problem()) };
        for _ in 0..=count {
            self.advance();
        }
        let variable = self.variable()?;
        let times = self.order()?;
        let span = start.join(self.previous().map_or(start, |t| t.span));
        if order != times {
            return Err(orders_differ(span));
        }
        let variables = (0..times).map(|_| variable.clone()).collect();
        match above {
            None => self.derivative_body(span, variables, DerivativeOperator::Derivative),
            Some(body) => {
                let kind = Kind::Derivative {
                    operator: DerivativeOperator::Derivative,
                    body: Box::new(body.tree),
                    variables,
                };
                built(kind, span, body.depth + 1)
            }
        }
    }

    /// Whether `d/dx`, `dy/dx` or a differential such as `dx` stands here.
    pub(super) fn is_differential_ahead(&self) -> bool {
        if self.word() == Word::Command && self.token().text == "partial" {
            return true;
        }
        let Some((count, false)) = self.differential(self.at) else { return false };
        self.is_differential_at(count)
    }

    fn is_differential_at(&self, count: usize) -> bool {
        let next = self.peek(count);
        if next.word == Word::Slash {
            return self.differential(self.at + count + 1).is_some();
        }
        let is_letter =
            next.word == Word::Letter || next.word == Word::Command && greek(&next.text).is_some();
        if count > 1 {
            // an upright d
            return is_letter || starts_operand(next) || next.word == Word::Caret;
        }
        is_letter
            && !next.spaced
            && (self.at == 0 || self.words[self.at - 1].word != Word::Letter || self.token().spaced)
    }

    /// `d/dx (…)`, `dy/dx`; a differential alone is refused.
    pub(super) fn differential_operand(&mut self) -> Result<Option<Node>> {
        let Some((count, false)) = self.differential(self.at) else { return Ok(None) };
        if !self.is_differential_at(count) || self.word() == Word::Letter && self.long_name(self.at).is_some()
        {
            return Ok(None);
        }
        let start = self.token().span;
        let upright = count > 1;
        // `dx` as a product needs a declared d
        for _ in 0..count {
            self.advance();
        }
        let order = self.order()?;
        if self.word() == Word::Slash {
            return self.inline(start, order, None, false).map(Some);
        }
        let above = self.nested(Parser::power)?;
        if self.word() == Word::Slash && self.differential(self.at + 1).is_some() {
            return self.inline(start, order, Some(above), false).map(Some);
        }
        let span = start.join(above.tree.span);
        let text = self.short(span);
        Err(syntax(format!("the differential `{text}` stands alone")).at(span, "").help(if upright {
            r"write \frac{df}{dx} for a derivative".to_string()
        } else {
            r"write \frac{df}{dx} for a derivative; declare d with --let 'd: R' for a product".to_string()
        }))
    }

    /// `_x`, `_{\mathbf{w}}`: the climber stands behind the `_`.
    fn low_variable(&mut self) -> Result<Tree> {
        if self.word() != Word::OpenCurly {
            let node = self.single_argument(self.token().span, "_")?;
            return match node.tree.kind {
                Kind::Name(_) => Ok(node.tree),
                _ => Err(syntax("this is no variable to differentiate by")
                    .at(node.tree.span, "")
                    .help(r"write \partial_x f")),
            };
        }
        let close = self.partners[self.at];
        self.advance();
        let variable = self.variable()?;
        if self.at != close {
            return Err(self.unexpected());
        }
        self.advance();
        Ok(variable)
    }

    /// `\nabla_x f`, `\nabla_x^2 f`.
    pub(super) fn nabla(&mut self) -> Result<Node> {
        let start = self.advance();
        let mut order = 1;
        if self.word() == Word::Caret {
            order = self.order()?;
        }
        if self.word() != Word::Under {
            return Err(syntax(r"`\nabla` does not say by which variable")
                .at(start, "")
                .help(r"write \nabla_x f or \nabla_{W} f"));
        }
        self.advance();
        let variable = self.low_variable()?;
        if self.word() == Word::Caret {
            order = self.order()?;
        }
        let operator = match order {
            1 => DerivativeOperator::Gradient,
            2 => DerivativeOperator::Hessian,
            _ => {
                return Err(Diagnostic::new(
                    diagnostic::Kind::Unsupported,
                    "only first and second orders of ∇ are read",
                )
                .at(start, "")
                .help(r"write \frac{\partial^3}{\partial x^3}"));
            }
        };
        self.derivative_body(start, vec![variable], operator)
    }

    /// `\operatorname{jacobian}(f, x)` and its like, as they are printed.
    pub(super) fn derivative_call(&mut self, operator: DerivativeOperator, name: Span) -> Result<Node> {
        let close = self.partners[self.at];
        self.advance();
        let (mut arguments, depth) = self.inside(|parser| {
            let first = parser.sum()?;
            parser.list_from(first, close)
        })?;
        if self.at != close {
            return Err(self.unexpected());
        }
        self.advance();
        let span = name.join(self.words[close].span);
        let body = arguments.remove(0);
        let are_names = arguments.iter().all(|argument| match &argument.kind {
            Kind::Name(_) => true,
            Kind::Index(base, _) => matches!(base.kind, Kind::Name(_)),
            _ => false,
        });
        let is_one = arguments.len() == 1 || operator == DerivativeOperator::Derivative;
        if arguments.is_empty() || !are_names || !is_one || arguments.len() > MAXIMUM_ORDER as usize {
            return Err(syntax("the variable to differentiate by is missing")
                .at(span, "")
                .help(r"write \operatorname{jacobian}(f, x)"));
        }
        built(Kind::Derivative { operator, body: Box::new(body), variables: arguments }, span, depth)
    }
}

fn orders_differ(span: Span) -> Diagnostic {
    syntax("the orders above and below the stroke differ").at(span, "").help(r"write \frac{d^2 f}{dx^2}")
}

fn reach(written: &str, span: Span) -> Diagnostic {
    syntax("it is not clear how far the derivative reaches")
        .at(span, "")
        .help(format!(r"write {written} \left( … \right) with all that is differentiated in brackets, and \cdot before what is not"))
}
