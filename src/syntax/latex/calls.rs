//! Names and functions in front of what they may apply to.

use super::super::known::{self, Known};
use super::super::operands::call_node;
use super::super::parser::{Node, Result, built};
use super::super::powers::prime_count;
use super::super::tree::{DerivativeOperator, Kind, Tree};
use super::alphabet::greek;
use super::names::Symbol;
use super::parser::Parser;
use super::resolved::{Meaning, other_than};
use super::scripts::High;
use super::slips::{syntax, unsupported};
use super::words::{Fence, Word};
use crate::diagnostic::{self, Diagnostic};
use crate::function;
use crate::number::Rational;
use crate::span::Span;

/// A function about to be applied.
pub(super) struct Applied {
    /// As written, for messages.
    pub written: String,
    /// As it stands in the tree.
    pub name: String,
    pub arity: Option<usize>,
    /// Whether the table has it and nobody declared it.
    pub is_known: bool,
    pub span: Span,
}

/// The function whose row gives this LaTeX.
pub(super) fn by_latex(latex: &str) -> Option<Known> {
    function::all().find(|(_, row)| row.latex == latex).and_then(|(_, row)| known::lookup(row.name))
}

/// The function that a command of its own stands for: `\sin`, `\arctan`.
pub(super) fn command_of(name: &str) -> Option<Known> {
    if name.len() < 2 || greek(name).is_some() || !name.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    by_latex(&format!("\\{name}")).or_else(|| known::lookup(name))
}

/// The commands of functions; for did-you-mean.
pub(super) fn commands() -> impl Iterator<Item = &'static str> {
    known::words().filter(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn derivative_operator(name: &str) -> Option<DerivativeOperator> {
    Some(match name {
        "diff" => DerivativeOperator::Derivative,
        "grad" | "gradient" => DerivativeOperator::Gradient,
        "jacobian" => DerivativeOperator::Jacobian,
        "hessian" => DerivativeOperator::Hessian,
        _ => return None,
    })
}

impl Parser<'_> {
    pub(super) fn name_operand(&mut self) -> Result<Node> {
        if self.starts_bold_number() {
            return self.bold_number();
        }
        if let Some(node) = self.differential_operand()? {
            return Ok(node);
        }
        if self.word() == Word::Letter
            && let Some((text, count)) = self.check_run()?
            && let Some(known) = known::lookup(&text)
        {
            let mut span = self.token().span;
            for _ in 0..count {
                span = span.join(self.advance());
            }
            return self.apply_known(&text, known, span);
        }
        let start = self.token().clone();
        let symbol = self.symbol()?;
        match self.meaning(&symbol)? {
            Meaning::Variable { name, primes, is_low_used } => {
                if primes > 0 {
                    let text = self.short(symbol.span);
                    return Err(syntax(format!("the prime of `{text}` is either a transpose or a derivative"))
                        .at(symbol.span, "")
                        .help(format!(r"declare {name}' as a name of its own, write {name}^\top for the transpose, \frac{{d{name}}}{{d{0}}} for a derivative", other_than(&name))));
                }
                if self.word() == Word::Open(Fence::Round)
                    && self.is_glued()
                    && let Some(known) = known::lookup(&name)
                {
                    return Err(syntax(format!("`{name}` is a variable here, not the function"))
                        .at(symbol.span, "")
                        .help(format!(r"write {name} \cdot (…) for the product, \operatorname{{{}}}(…) for the function", known.name)));
                }
                if self.word() == Word::Open(Fence::Round) && self.holds_arguments() {
                    return Err(self.value_or_product(&symbol, &name));
                }
                if is_low_used {
                    return built(Kind::Name(name), symbol.span, 0);
                }
                self.with_indices(name, &symbol)
            }
            Meaning::Function { name, primes } => {
                let arity = self.names.arity(&name);
                let applied =
                    Applied { written: name.clone(), name, arity, is_known: false, span: symbol.span };
                self.application(&applied, primes)
            }
            Meaning::Unknown => self.unknown(&symbol, &start.text),
        }
    }

    /// A symbol that is not declared: a constant, a function of the table, or a variable.
    fn unknown(&mut self, symbol: &Symbol, command: &str) -> Result<Node> {
        let base = symbol.spellings.first().map_or("", String::as_str).to_string();
        let is_plain = symbol.low.is_none() && symbol.primes == 0;
        if is_plain && base == "e" {
            if matches!(command, "mathbf" | "boldsymbol" | "bm") {
                if self.word() == Word::Open(Fence::Round)
                    && let Some(known) = by_latex(r"\mathbf{e}")
                {
                    return self.apply_known(known.name, known, symbol.span);
                }
                return Err(syntax("a bold e is no number")
                    .at(symbol.span, "")
                    .help("declare it with --let 'e_1: R[n]' or another name; write e for the number"));
            }
            return built(Kind::Name("e".into()), symbol.span, 0);
        }
        if is_plain && command == "mathrm" && matches!(&*base, "i" | "j") {
            return Err(unsupported(format!(
                "the upright {base} is the imaginary unit, and everything is real here"
            ))
            .at(symbol.span, "")
            .help(format!("write {base} for a variable")));
        }
        if base == "δ"
            && let Some(node) = self.kronecker(symbol)?
        {
            return Ok(node);
        }
        let opens = matches!(self.word(), Word::Open(Fence::Round));
        if let (Some(operator), true, true) = (derivative_operator(&base), is_plain, opens) {
            return self.derivative_call(operator, symbol.span);
        }
        let known = by_latex(&format!("\\{command}{{{base}}}"))
            .or_else(|| by_latex(&format!("\\{command}{{{}}}", base.replace('_', r"\_"))))
            .or_else(|| by_latex(&format!("\\{command}")).filter(|_| greek(command).is_some()))
            .or_else(|| (symbol.is_word || greek(command).is_some()).then(|| known::lookup(&base)).flatten());
        if let Some(known) = known {
            let is_letter = base.chars().count() == 1;
            if symbol.low.is_none() && (!is_letter || opens) {
                self.at = symbol.end;
                return self.apply_known_with(&base, known, symbol.span, symbol.primes);
            }
            if !is_letter && let Some((start, _)) = symbol.low {
                let low = self.short(self.words[start].span.join(self.words[symbol.end - 1].span));
                return Err(syntax(format!("`{base}` has a subscript of its own"))
                    .at(symbol.span, "")
                    .help(format!(r"write \operatorname{{{base}}}(…){low} for a component of its value")));
            }
            let is_numbered = symbol
                .low
                .as_ref()
                .is_some_and(|(_, forms)| forms.iter().any(|f| f.bytes().all(|b| b.is_ascii_digit())));
            if opens && (is_numbered || symbol.primes > 0) {
                return Err(self.unknown_function(symbol, &base));
            }
        }
        if opens {
            if symbol.is_word || symbol.primes > 0 {
                return Err(self.unknown_function(symbol, &base));
            }
            if self.is_value_or_product(symbol, &base, command) {
                return Err(self.value_or_product(symbol, &base));
            }
        }
        self.check_square_brackets(symbol, &base)?;
        self.check_upright_word(symbol, &base, command)?;
        self.check_operator_letter(symbol, &base)?;
        self.undeclared(symbol)
    }

    /// `\sin`, `\log_2`, `\tanh'`.
    pub(super) fn function_command(&mut self) -> Result<Node> {
        let name = self.token().text.to_string();
        let span = self.advance();
        let Some(known) = command_of(&name) else { return Err(super::slips::command(&name, span)) };
        let log = function::row(function::LOG).name;
        if self.names.has_function(&name) && self.word() != Word::Under {
            let arity = self.names.arity(&name);
            let declared = Applied { written: name.clone(), name, arity, is_known: false, span };
            return self.application(&declared, 0);
        }
        if known.name == log && self.word() == Word::Under {
            return self.logarithm(span);
        }
        if let Some(base) = self.names.logarithm_base().filter(|_| name == log) {
            let base = call_node(log, 0, vec![Tree::number(&Rational::from(i64::from(base)))], span, 1)?;
            return self.over_logarithm(known, span, base);
        }
        // `\log\det` is one function of the table
        if self.word() == Word::Command
            && let Some(both) = by_latex(&format!("\\{name}\\{}", self.token().text))
        {
            let next = self.peek(1);
            if next.word == Word::Open(Fence::Round) {
                let span = span.join(self.advance());
                return self.apply_known(both.name, both, span);
            }
        }
        self.apply_known(&name, known, span)
    }

    /// `\log_2 x`, `\log_{10}(x)`, `\log_b(x)`.
    fn logarithm(&mut self, span: Span) -> Result<Node> {
        let (mut base, depth, place) = self.subscript_indices(None)?;
        let (Some(base), true) = (base.pop(), base.is_empty()) else {
            return Err(syntax("a logarithm has one base").at(place, "").help(r"write \log_{2} x"));
        };
        let span = span.join(place);
        let row = match &base.kind {
            Kind::Number(n) => n.as_integer().and_then(|n| {
                by_latex(&format!(r"\log_{n}")).or_else(|| by_latex(&format!(r"\log_{{{n}}}")))
            }),
            _ => None,
        };
        if let Some(known) = row {
            return self.apply_known(known.name, known, span);
        }
        let log = function::row(function::LOG).name;
        let Some(known) = known::lookup(log) else {
            return Err(unsupported("logarithms are not known").at(span, ""));
        };
        let below = call_node(log, 0, vec![base], place, depth)?;
        self.over_logarithm(known, span, below)
    }

    /// The logarithm that stands here over the one of its base.
    fn over_logarithm(&mut self, known: Known, span: Span, below: Node) -> Result<Node> {
        let above = self.apply_known(known.name, known, span)?;
        if matches!(above.tree.kind, Kind::Power(..)) {
            return Err(syntax("it is not clear what is raised")
                .at(above.tree.span, "")
                .help(r"write (\log_b(x))^2"));
        }
        let whole = above.tree.span;
        let depth = above.depth.max(below.depth);
        built(Kind::Quotient(Box::new(above.tree), Box::new(below.tree)), whole, depth)
    }

    pub(super) fn apply_known(&mut self, written: &str, known: Known, span: Span) -> Result<Node> {
        self.apply_known_with(written, known, span, 0)
    }

    fn apply_known_with(&mut self, written: &str, known: Known, span: Span, primes: usize) -> Result<Node> {
        let applied = Applied {
            written: written.into(),
            name: self.names.table_name(known.name, written).into(),
            arity: known.arity,
            is_known: true,
            span,
        };
        self.application(&applied, primes)
    }

    // --- application -----------------------------------------------------------------------------------------------

    fn application(&mut self, function: &Applied, mut primes: usize) -> Result<Node> {
        while self.word() == Word::Prime {
            primes += self.token().text.chars().map(prime_count).sum::<usize>();
            self.advance();
        }
        if primes == 0 && !function.is_known {
            primes = self.bracketed_order();
        }
        if primes > 9 {
            return Err(Diagnostic::new(diagnostic::Kind::Limit, "more than nine primes")
                .at(function.span, "")
                .help(r"write \frac{d^n}{dx^n}"));
        }
        let exponent = self.function_exponent(function)?;
        let call = match self.word() {
            Word::Open(Fence::Round) => self.call(function, primes)?,
            // `\exp[-x]`, but not `\exp [i = j]`
            Word::Open(Fence::Square | Fence::Brace) if function.arity == Some(1) => {
                let close = self.partners[self.at];
                let node = self.plain_group()?;
                let span = function.span.join(self.words[close].span);
                match node.tree.kind {
                    Kind::Array(_) | Kind::Iverson(_) => {
                        return Err(syntax(format!(
                            "it is not clear what `{}` is applied to",
                            function.written
                        ))
                        .at(span, "")
                        .help("put the argument in round brackets"));
                    }
                    _ => call_node(&function.name, primes as u8, vec![node.tree], span, node.depth)?,
                }
            }
            _ => self.bare_argument(function, primes)?,
        };
        let Some(exponent) = exponent else { return Ok(call) };
        if self.word() == Word::Caret {
            return Err(syntax("two exponents stand on one function")
                .at(call.tree.span.join(self.token().span), "")
                .help("group with brackets"));
        }
        let depth = call.depth.max(exponent.depth);
        let span = call.tree.span;
        built(Kind::Power(Box::new(call.tree), Box::new(exponent.tree)), span, depth)
    }

    fn plain_group(&mut self) -> Result<Node> {
        self.nested(Self::bare_operand)
    }

    /// The exponent between a function and its argument: `\sin^2 x`.
    fn function_exponent(&mut self, function: &Applied) -> Result<Option<Node>> {
        if self.word() != Word::Caret {
            return Ok(None);
        }
        let (high, place) = self.superscript()?;
        let span = function.span.join(place);
        let High::Power(exponent) = high else {
            return Err(syntax(format!("a function such as `{}` is not transposed", function.written))
                .at(span, "")
                .help("transpose its value: f(x)^{\\top}"));
        };
        if matches!(exponent.tree.kind, Kind::Negate(_)) {
            return Err(self.ambiguous_inverse(function, span));
        }
        Ok(Some(exponent))
    }

    /// `\sin^{-1} x`, `f^{-1}(x)`.
    fn ambiguous_inverse(&self, function: &Applied, span: Span) -> Diagnostic {
        let name = &function.written;
        let inverse = known::lookup(&format!("arc{name}")).or_else(|| known::lookup(&format!("a{name}")));
        let inverse = inverse.and_then(|known| function::lookup(known.name)).map_or_else(
            || "a name of its own for the inverse function".to_string(),
            |id| format!(r"{} x for the inverse function", function::row(id).latex),
        );
        syntax(format!("`{}` is either the inverse function or the reciprocal", self.short(span)))
            .at(span, "")
            .help(format!(r"write {inverse}, \frac{{1}}{{…}} for the reciprocal"))
    }

    /// `f(a, b)`.
    pub(super) fn call(&mut self, function: &Applied, primes: usize) -> Result<Node> {
        let close = self.partners[self.at];
        let open = self.advance();
        let end = self.words[close].span;
        if self.at == close {
            if function.arity == Some(0) || function.is_known && function.name == known::ones() {
                self.advance();
                return call_node(&function.name, primes as u8, Vec::new(), function.span.join(end), 0);
            }
            return Err(syntax(format!("`{}` has no argument", function.written))
                .at(open.join(end), "")
                .help(format!("write {}(x)", function.written)));
        }
        let (arguments, depth) = self.inside(|parser| {
            let first = parser.sum()?;
            parser.list_from(first, close)
        })?;
        if self.at != close {
            return Err(self.unexpected());
        }
        self.advance();
        let span = function.span.join(end);
        if let Some(arity) = function.arity.filter(|arity| *arity != arguments.len()) {
            let count = |n: usize| if n == 1 { "one argument".to_string() } else { format!("{n} arguments") };
            return Err(syntax(format!(
                "`{}` takes {}, not {}",
                function.written,
                count(arity),
                arguments.len()
            ))
            .at(span, "")
            .help(format!("give it {}", count(arity))));
        }
        match known::over_entries(&function.name).filter(|_| function.is_known && primes == 0) {
            Some(over_entries) => self.extremum(&function.name, over_entries, arguments, span, depth),
            None => call_node(&function.name, primes as u8, arguments, span, depth),
        }
    }

    /// `\max(x)` runs over the entries of x; `\max(a, b, c)` is taken two by two.
    pub(super) fn extremum(
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

    /// `\sin 2x`: a function takes the names that follow without an operator.
    fn bare_argument(&mut self, function: &Applied, primes: usize) -> Result<Node> {
        let is_sign = self.word() == Word::Minus;
        if !(self.starts_operand() || is_sign) || function.arity.is_some_and(|arity| arity != 1) {
            return Err(missing_argument(function));
        }
        let is_braced = self.word() == Word::OpenCurly;
        let is_number = self.word() == Word::Number;
        let (argument, count) = self.nested(|parser| {
            let mut signs = Vec::new();
            if is_sign {
                signs.push(parser.advance());
            }
            let first = parser.power()?;
            let first = super::super::powers::negated(first, signs)?;
            let start = first.tree.span;
            let (mut end, mut depth) = (start, first.depth);
            let mut factors = vec![first.tree];
            while parser.continues_argument() {
                if parser.ends_before_exponential(function, &factors)? {
                    break;
                }
                if is_braced {
                    let text = parser.short(function.span.join(parser.token().span));
                    return Err(syntax(format!("it is not clear how far `{}` reaches", function.written))
                        .at(function.span.join(parser.token().span), "")
                        .help(format!("put the argument of `{text}` in round brackets")));
                }
                let factor = parser.power()?;
                end = factor.tree.span;
                depth = depth.max(factor.depth);
                factors.push(factor.tree);
            }
            let count = factors.len();
            // \sin \pi/4: a part of π is an angle.
            let is_part_of_pi = factors.iter().all(|f| matches!(&f.kind, Kind::Number(_)) || is_pi(f))
                && factors.iter().any(is_pi)
                && parser.word() == Word::Slash
                && parser.peek(1).word == Word::Number;
            if is_part_of_pi && let Some(last) = factors.pop() {
                parser.advance();
                let below = parser.power()?;
                end = below.tree.span;
                let whole = last.span.join(end);
                factors.push(built(Kind::Quotient(Box::new(last), Box::new(below.tree)), whole, depth)?.tree);
            }
            let node = match factors.pop() {
                Some(only) if factors.is_empty() => Node { tree: only, depth },
                Some(last) => {
                    factors.push(last);
                    built(Kind::Product(factors), start.join(end), depth)?
                }
                None => return Err(parser.missing_operand()),
            };
            Ok((node, count))
        })?;
        let span = function.span.join(argument.tree.span);
        let inside = self.short(argument.tree.span);
        // \cos\theta(1 + 2\sin\theta): angles are written without brackets, and a sum in brackets is a factor.
        let is_angle = matches!(argument.tree.kind, Kind::Name(_))
            && super::super::known::is_of_angles(&function.name)
            && self.word() == Word::Open(Fence::Round)
            && self.has_sum_inside_or_sign();
        if self.word() == Word::Open(Fence::Round) && !is_angle {
            let next = self.words[self.partners[self.at]].span;
            return Err(syntax(format!("it is not clear how far `{}` reaches", function.written))
                .at(span.join(next), "")
                .help(format!(r"write \{0}({inside}) \cdot (…) or \{0}({inside} (…))", function.written)));
        }
        if is_angle {
            let next = self.words[self.partners[self.at]].span;
            self.warn(
                syntax(format!("only `{inside}` is read as the argument of `{}`", function.written))
                    .at(span.join(next), "")
                    .help(format!(
                        r"write \{0}({inside}) \cdot (…), or \{0}({inside} (…)) for a longer argument",
                        function.written
                    )),
            );
        }
        if count > 1 + usize::from(is_number) || self.word() == Word::Slash {
            self.warn(
                syntax(format!("`{}` is read as {}({inside})", self.short(span), function.written))
                    .at(span, "")
                    .help(format!(r"write the argument in round brackets: \{}({inside})", function.written)),
            );
        }
        call_node(&function.name, primes as u8, vec![argument.tree], span, argument.depth)
    }

    /// Whether a name follows that is no function: it belongs to the argument before it.
    fn continues_argument(&mut self) -> bool {
        if !self.starts_symbol() || self.starts_bold_number() || self.is_differential_ahead() {
            return false;
        }
        let at = self.at;
        let next_is_function = match self.symbol() {
            Ok(symbol) => match self.meaning(&symbol) {
                Ok(Meaning::Function { .. }) => true,
                Ok(Meaning::Variable { .. }) => false,
                _ => {
                    let base = symbol.spellings.first().map_or("", String::as_str);
                    let command = &self.words[at].text;
                    known::lookup(base).is_some()
                        && (symbol.is_word || self.word() == Word::Open(Fence::Round))
                        || by_latex(&format!("\\{command}{{{base}}}")).is_some()
                        || self.is_run_a_function(at)
                }
            },
            Err(_) => true,
        };
        self.at = at;
        !next_is_function
    }

    fn is_run_a_function(&self, at: usize) -> bool {
        let run: String = self.words[at..]
            .iter()
            .enumerate()
            .take_while(|(n, t)| t.word == Word::Letter && (*n == 0 || !t.spaced) && *n < 24)
            .map(|(_, t)| &*t.text)
            .collect();
        let next = &self.words[(at + run.chars().count()).min(self.words.len() - 1)];
        next.word == Word::Open(Fence::Round) && known::lookup(&run).is_some()
    }
}

fn is_pi(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Name(name) if matches!(name.as_str(), "pi" | "π"))
}

fn missing_argument(function: &Applied) -> Diagnostic {
    let name = &function.written;
    syntax(format!("`{name}` has no argument")).at(function.span, "").help(if function.is_known {
        format!("write {name}(x); a variable needs another name, such as {name}_1")
    } else {
        format!("{name} is declared as a function; write {name}(x)")
    })
}
