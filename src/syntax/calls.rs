//! Names and what a name in front of brackets means: product, call, operator.

use super::known::{self, Known};
use super::operands::{call_node, nothing_after_comma};
use super::parser::{Node, Parser, Result, built, syntax};
use super::powers::prime_count;
use super::tokens::{Rule, is_one_letter};
use super::tree::{Big, DerivativeOperator, Kind, Tree};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// A function about to be applied.
pub(super) struct Applied {
    /// As written, for messages.
    pub written: String,
    /// As it stands in the tree.
    pub name: String,
    /// The number of arguments it takes.
    pub arity: Option<usize>,
    /// Whether the table has it (and the person did not declare it).
    pub is_known: bool,
    pub span: Span,
}

/// The operators that are written like calls.
fn derivative_operator(name: &str) -> Option<DerivativeOperator> {
    Some(match name {
        "diff" => DerivativeOperator::Derivative,
        "grad" | "gradient" => DerivativeOperator::Gradient,
        "jacobian" => DerivativeOperator::Jacobian,
        "hessian" => DerivativeOperator::Hessian,
        _ => return None,
    })
}

/// The operations over indices that are written as words.
pub(super) fn reduction(name: &str) -> Option<Big> {
    Some(match name {
        "sum" => Big::Sum,
        "prod" | "product" => Big::Product,
        "max" => Big::Maximum,
        "min" => Big::Minimum,
        _ => return None,
    })
}

impl Parser<'_> {
    pub(super) fn name_operand(&mut self) -> Result<Node> {
        let token = self.token().clone();
        let name = &*token.text;
        let next = self.peek(1).word;
        if (self.bound.iter().any(|bound| bound == name) || self.names.has_variable(name))
            && !self.is_derivative_sign()
        {
            // the same letters call a function elsewhere, so neither reading may be chosen in silence
            if next == Rule::open_round
                && !self.peek(1).spaced
                && let Some(known) = known::lookup(name)
            {
                return Err(self.variable_as_function(name, known.name));
            }
            return self.plain_name();
        }
        if self.names.has_function(name) {
            let arity = self.names.arity(name);
            let applied =
                Applied { written: name.into(), name: name.into(), arity, is_known: false, span: token.span };
            return self.application(&applied);
        }
        if name == "d" && self.is_derivative_sign() {
            return self.derivative_sign();
        }
        if let (Some(operator), Rule::open_round) = (derivative_operator(name), next) {
            return self.derivative_call(operator);
        }
        if let Some(operation) = reduction(name) {
            if next == Rule::open_square {
                self.advance();
                return self.big(operation, token.span, &token.text);
            }
            if next != Rule::open_round {
                return Err(self.reduction_without_brackets(name));
            }
            if known::lookup(name).is_none() {
                return Err(syntax(format!("`{name}` needs an index"))
                    .at(token.span, "")
                    .help(format!("write {name}[i] x[i]")));
            }
        }
        if (name == "δ" || name == "delta") && next == Rule::open_square {
            return self.kronecker();
        }
        if name == "cases" && next == Rule::open_round {
            return self.cases();
        }
        match name {
            "e" => return self.constant("e"),
            "pi" | "π" => return self.constant("pi"),
            _ => {}
        }
        if let Some(Known { name: canonical, arity }) = known::lookup(name) {
            let applied = Applied {
                written: name.into(),
                name: self.names.table_name(canonical, name).into(),
                arity,
                is_known: true,
                span: token.span,
            };
            if (is_one_letter(name) || known::is_a_letter_in_full(name)) && !self.takes_argument() {
                return self.plain_name();
            }
            if is_one_letter(name) {
                self.check_raised_letter(name)?;
            }
            // another name of a function, such as sgn, may be what somebody calls a variable
            if name != canonical && !self.may_be_applied() && !matches!(name, "ln") {
                self.warn(
                    syntax(format!("`{name}` is read as a variable, because no argument follows"))
                        .at(token.span, "")
                        .help(format!(
                            "write {name}(x) for the function; declare the variable with --let '{name}: R'"
                        )),
                );
                return self.plain_name();
            }
            let own = known::natural_logarithm();
            if let Some(base) = self.names.logarithm_base().filter(|_| name == own) {
                return self.logarithm(&applied, i64::from(base));
            }
            return self.application(&applied);
        }
        self.undeclared_name()
    }

    /// Whether an argument follows the name of a function of one letter, such as σ; otherwise it is a variable. A capital one
    /// such as Γ is more often a variable, and takes what stands in brackets right behind it.
    fn takes_argument(&self) -> bool {
        let name = &*self.token().text;
        let is_capital = name.starts_with(char::is_uppercase);
        let is_in_full = !is_one_letter(name);
        let mut ahead = 1;
        let mut is_bare = true;
        while matches!(self.peek(ahead).word, Rule::primes | Rule::superscript) {
            is_bare = false;
            ahead += 1;
        }
        if self.peek(ahead).word == Rule::caret && matches!(self.peek(ahead + 1).word, Rule::number) {
            is_bare = false;
            ahead += 2;
        }
        let next = self.peek(ahead);
        match next.word {
            Rule::open_round => !next.spaced || is_bare && (!is_capital || is_in_full),
            Rule::name => {
                is_bare && !is_capital && !matches!(&*next.text, "if" | "and" | "otherwise" | "else")
            }
            _ => false,
        }
    }

    /// `σ²(x)`: the square of a value, or a variance times something.
    fn check_raised_letter(&self, name: &str) -> Result<()> {
        let ahead = match self.peek(1).word {
            Rule::superscript => 2,
            Rule::caret if self.peek(2).word == Rule::number => 3,
            _ => return Ok(()),
        };
        if self.peek(ahead).word != Rule::open_round {
            return Ok(());
        }
        let exponent = self.peek(ahead - 1);
        let place = self.token().span.join(exponent.span);
        let written = self.text(place);
        let high = self.text(Span::new(self.token().span.end, exponent.span.end));
        Err(syntax(format!("it is not clear whether `{written}(…)` is a power of {name}(…) or a product"))
            .at(place, "")
            .help(format!("write {name}(…){high} for the power of the value, {written}*(…) for the product")))
    }

    /// Whether anything stands behind the name that could be an argument, or an exponent before one.
    fn may_be_applied(&self) -> bool {
        let mut next = self.peek(1);
        if next.word == Rule::caret && self.peek(2).word == Rule::number {
            next = self.peek(3);
        }
        match next.word {
            Rule::minus => !next.spaced,
            Rule::name => !matches!(&*next.text, "if" | "and" | "otherwise" | "else"),
            Rule::bar | Rule::double_bar => self.bars == 0,
            Rule::number
            | Rule::open_round
            | Rule::primes
            | Rule::root
            | Rule::cube_root
            | Rule::big_sum
            | Rule::big_product
            | Rule::partial
            | Rule::nabla => true,
            _ => false,
        }
    }

    // --- application -----------------------------------------------------------------------------------------------

    /// `f'(x)`, `sin^2 x`, `log 2x`.
    pub(super) fn application(&mut self, function: &Applied) -> Result<Node> {
        self.advance();
        let mut primes = 0;
        while self.word() == Rule::primes {
            primes += self.token().text.chars().map(prime_count).sum::<usize>();
            self.advance();
        }
        if primes == 0 {
            primes = self.bracketed_order(function)?;
        }
        if primes > 9 {
            return Err(Diagnostic::new(diagnostic::Kind::Limit, "more than nine primes")
                .at(function.span, "")
                .help("write diff(f(x), x, x, …)"));
        }
        let exponent = self.function_exponent(function)?;
        let call = if self.word() == Rule::open_round {
            self.call(function, primes)?
        } else {
            self.bare_argument(function, primes)?
        };
        let Some(exponent) = exponent else { return Ok(call) };
        let depth = call.depth.max(exponent.depth);
        let span = call.tree.span;
        built(Kind::Power(Box::new(call.tree), Box::new(exponent.tree)), span, depth)
    }

    /// The exponent between a function and its argument: `sin^2 x`, `sin²x`.
    fn function_exponent(&mut self, function: &Applied) -> Result<Option<Node>> {
        let exponent = match self.word() {
            Rule::superscript => self.superscript()?,
            Rule::caret => {
                let caret = self.advance();
                match self.word() {
                    Rule::number => self.operand()?,
                    Rule::name if known::lookup(&self.token().text).is_none() => self.name_operand()?,
                    Rule::open_round => self.nested(Self::operand)?,
                    Rule::minus => {
                        let sign = self.advance();
                        let span = function.span.join(if self.word() == Rule::number {
                            self.token().span
                        } else {
                            sign
                        });
                        return Err(self.ambiguous_inverse(&function.written, span));
                    }
                    Rule::open_curly if self.peek(1).word == Rule::minus => {
                        let span = function.span.join(self.peek(3).span);
                        return Err(self.ambiguous_inverse(&function.written, span));
                    }
                    Rule::open_curly => return Err(super::slips::braces(self.token().span, "^")),
                    _ => {
                        return Err(syntax(format!("the exponent of `{}` is missing", function.written))
                            .at(caret, "")
                            .help(format!("write {0}(x)^2 or {0}^2(x)", function.written)));
                    }
                }
            }
            _ => return Ok(None),
        };
        if matches!(exponent.tree.kind, Kind::Negate(_)) {
            return Err(self.ambiguous_inverse(&function.written, function.span.join(exponent.tree.span)));
        }
        Ok(Some(exponent))
    }

    /// `f(a, b)`.
    fn call(&mut self, function: &Applied, primes: usize) -> Result<Node> {
        let open = self.advance();
        if self.word() == Rule::close_round {
            if function.arity == Some(0) || function.is_known && function.name == known::ones() {
                let span = function.span.join(self.advance());
                return call_node(&function.name, primes as u8, Vec::new(), span, 0);
            }
            return Err(syntax(format!("`{}` has no argument", function.written))
                .at(open.join(self.token().span), "")
                .help(format!("write {}(x)", function.written)));
        }
        if self.word() == Rule::comma {
            return Err(self.missing_operand());
        }
        let bars = std::mem::take(&mut self.bars);
        let first = self.sum()?;
        let (arguments, depth) = self.list_from(first, Rule::close_round)?;
        self.bars = bars;
        if self.word() != Rule::close_round {
            return Err(self.unexpected_after_operand(false));
        }
        let span = function.span.join(self.advance());
        self.check_arity(function, &arguments, span)?;
        match known::over_entries(&function.name).filter(|_| function.is_known && primes == 0) {
            Some(over_entries) => self.extremum(&function.name, over_entries, arguments, span, depth),
            None => call_node(&function.name, primes as u8, arguments, span, depth),
        }
    }

    /// `max(x)` runs over the entries of x; `max(a, b, c)` is taken two by two.
    fn extremum(
        &self,
        name: &str,
        over_entries: &str,
        arguments: Vec<Tree>,
        span: Span,
        depth: usize,
    ) -> Result<Node> {
        if arguments.len() == 1 {
            return call_node(over_entries, 0, arguments, span, depth);
        }
        let mut rest = arguments.into_iter();
        let Some(first) = rest.next() else { return Err(self.missing_operand()) };
        let mut node = Node { tree: first, depth };
        for next in rest {
            node = call_node(name, 0, vec![node.tree, next], span, node.depth)?;
        }
        Ok(node)
    }

    fn check_arity(&self, function: &Applied, arguments: &[Tree], span: Span) -> Result<()> {
        let Some(arity) = function.arity else { return Ok(()) };
        if arity == arguments.len() {
            return Ok(());
        }
        let count = |n: usize| match n {
            1 => "one argument".to_string(),
            2 => "two arguments".into(),
            n => format!("{n} arguments"),
        };
        let name = &function.written;
        let problem =
            syntax(format!("`{name}` takes {}, not {}", count(arity), arguments.len())).at(span, "");
        if let ([a, b], 1) = (arguments, arity)
            && let (Kind::Number(_), Kind::Number(_)) = (&a.kind, &b.kind)
        {
            let (a, b) = (self.text(a.span), self.text(b.span));
            return Err(problem.help(format!("write {name}({a}.{b}) with a point if one number is meant")));
        }
        if let [a, b] = arguments
            && crate::function::lookup(name) == Some(crate::function::LOG)
        {
            let (a, b) = (self.text(a.span), self.text(b.span));
            return Err(problem.help(format!("write {name}({a})/{name}({b}) if {b} is the base")));
        }
        let letters = ["x", "y", "z", "u", "v", "w"];
        Err(if arity <= letters.len() {
            problem.help(format!("write {name}({})", letters[..arity].join(", ")))
        } else {
            problem.help(format!("give it {}", count(arity)))
        })
    }

    /// `sin 2x`: a function takes the factors that follow without an operator.
    fn bare_argument(&mut self, function: &Applied, primes: usize) -> Result<Node> {
        let is_sign = self.word() == Rule::minus;
        if !(self.starts_operand() || is_sign) {
            return Err(missing_argument(function));
        }
        if function.arity.is_some_and(|arity| arity != 1) {
            return Err(missing_argument(function));
        }
        let (argument, plain) = self.nested(|parser| {
            let is_number = parser.word() == Rule::number;
            let first = if is_sign { parser.signed_power()? } else { parser.power()? };
            let start = first.tree.span;
            let mut end = start;
            let mut depth = first.depth;
            let mut factors = vec![first.tree];
            // a function or an operator begins the next factor of the formula, not a factor of the argument
            while parser.continues_argument() && !parser.argument_ends(function, &factors)? {
                let factor = parser.power()?;
                end = factor.tree.span;
                depth = depth.max(factor.depth);
                factors.push(factor.tree);
            }
            let plain = factors.len() - usize::from(is_number && factors.len() > 1);
            let node = match factors.pop() {
                Some(only) if factors.is_empty() => Node { tree: only, depth },
                Some(last) => {
                    factors.push(last);
                    built(Kind::Product(factors), start.join(end), depth)?
                }
                None => return Err(parser.missing_operand()),
            };
            Ok((node, plain))
        })?;
        let span = function.span.join(argument.tree.span);
        let (written, inside) = (&function.written, self.text(argument.tree.span));
        if inside.len() < 40 {
            if plain > 1 || self.word() == Rule::slash || self.word() == Rule::caret {
                let next = self.text(span).len();
                let rest = self.source.get(span.start + next..).unwrap_or("");
                let help = if plain > 1 {
                    let first = inside.split([' ', '(']).next().unwrap_or("");
                    format!("write {written}({inside}), or {written}({first})*… if less is meant")
                } else {
                    let below: String = rest.trim_start().chars().take(12).collect();
                    format!("write {written}({inside}) or {written}({inside}{below})")
                };
                self.warn(
                    syntax(format!("`{}` is read as {written}({inside})", self.text(span)))
                        .at(span, "")
                        .help(help),
                );
            } else if function.is_known && is_one_letter(written) {
                self.warn(
                    syntax(format!("`{}` is read as {written}({inside})", self.text(span)))
                        .at(span, "")
                        .help(format!("write {written}*{inside} for the product")),
                );
            }
        }
        call_node(&function.name, primes as u8, vec![argument.tree], span, argument.depth)
    }

    fn continues_argument(&self) -> bool {
        match self.word() {
            Rule::name => {
                let name = &*self.token().text;
                let is_variable = self.bound.iter().any(|b| b == name) || self.names.has_variable(name);
                let is_letter = is_one_letter(name) && self.peek(1).word != Rule::open_round;
                self.starts_operand()
                    && !self.is_derivative_sign()
                    && (is_variable
                        || is_letter && !self.names.has_function(name)
                        || !self.names.has_function(name)
                            && known::lookup(name).is_none()
                            && reduction(name).is_none()
                            && derivative_operator(name).is_none()
                            && name != "cases")
            }
            Rule::open_round => true,
            _ => false,
        }
    }

    // --- cases and δ -----------------------------------------------------------------------------------------------

    /// `cases(a if x > 0, b if x < 0, c)`.
    fn cases(&mut self) -> Result<Node> {
        let start = self.advance();
        let open = self.advance();
        if self.word() == Rule::close_round {
            return Err(syntax("`cases` has no values")
                .at(open.join(self.token().span), "")
                .help("write cases(a if x > 0, b otherwise)"));
        }
        let bars = std::mem::take(&mut self.bars);
        let mut rows = Vec::new();
        let mut depth = 0;
        loop {
            let value = self.sum()?;
            depth = depth.max(value.depth);
            let condition = if self.is_name("if") {
                self.advance();
                let condition = self.conditions()?;
                depth = depth.max(condition.depth);
                Some(condition.tree)
            } else {
                if self.is_name("otherwise") || self.is_name("else") {
                    self.advance();
                }
                None
            };
            let is_last = condition.is_none();
            rows.push((value.tree, condition));
            if self.word() != Rule::comma {
                break;
            }
            let comma = self.advance();
            if is_last {
                return Err(syntax("a value without a condition is not the last one")
                    .at(rows.last().map_or(comma, |(value, _)| value.span), "")
                    .help("write `value if condition`; only the last value may stand alone"));
            }
            if matches!(self.word(), Rule::close_round | Rule::comma) {
                return Err(nothing_after_comma(comma));
            }
        }
        self.bars = bars;
        if self.word() != Rule::close_round {
            return Err(self.unexpected_after_operand(false));
        }
        let span = start.join(self.advance());
        built(Kind::Cases(rows), span, depth + 1)
    }

    /// `δ[i, j]`.
    fn kronecker(&mut self) -> Result<Node> {
        let start = self.advance();
        let open = self.advance();
        let first = self.sum()?;
        let (mut indices, depth) = self.list_from(first, Rule::close_square)?;
        if self.word() != Rule::close_square {
            return Err(self.unexpected_after_operand(false));
        }
        let span = start.join(self.advance());
        let (Some(right), Some(left), true) = (indices.pop(), indices.pop(), indices.is_empty()) else {
            return Err(syntax("δ takes two indices")
                .at(open.join(span), "")
                .help("write δ[i, j], which is [i = j]"));
        };
        let relation = Kind::Relation(super::tree::Relation::Equal, Box::new(left), Box::new(right));
        let relation = built(relation, span, depth)?;
        built(Kind::Iverson(Box::new(relation.tree)), span, relation.depth)
    }
}

fn missing_argument(function: &Applied) -> Diagnostic {
    let name = &function.written;
    syntax(format!("`{name}` has no argument")).at(function.span, "").help(if function.is_known {
        format!("write {name}(x); a variable needs another name, such as {name}_1")
    } else {
        format!("{name} is declared as a function; write {name}(x)")
    })
}
