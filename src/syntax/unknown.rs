//! Names that are no functions: variables, constants, and what was perhaps meant.

use super::calls::reduction;
use super::known;
use super::parser::{Node, Parser, Result, built, syntax};
use super::suggestion::nearest;
use super::tokens::{Rule, Token, is_greek, is_one_letter};
use super::tree::{Kind, Tree};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn variable_as_function(&self, name: &str, canonical: &str) -> Diagnostic {
        let help = if canonical == name {
            format!("write {name}*(…) for the product, or give the variable another name")
        } else {
            format!("write {name}*(…) for the product, {canonical}(…) for the function")
        };
        syntax(format!("`{name}` is a variable here, not the function")).at(self.token().span, "").help(help)
    }

    pub(super) fn plain_name(&mut self) -> Result<Node> {
        let name = self.token().text.to_string();
        let span = self.advance();
        built(Kind::Name(name), span, 0)
    }

    pub(super) fn constant(&mut self, name: &str) -> Result<Node> {
        let span = self.advance();
        built(Kind::Name(name.into()), span, 0)
    }

    /// A name that is neither declared nor known: a variable, unless brackets make it look like a function.
    pub(super) fn undeclared_name(&mut self) -> Result<Node> {
        let token = self.token().clone();
        let name = &*token.text;
        if matches!(name, "inf" | "infinity" | "Infinity" | "nan" | "NaN" | "mod" | "lim") {
            return Err(syntax(format!("`{name}` is not read here")).at(token.span, "").help(
                "all values are finite real numbers; limits and remainders are not available; for a variable use another name",
            ));
        }
        if let Some(node) = self.glued_word(&token)? {
            return Ok(node);
        }
        if let Some(node) = self.logarithm_of_base(&token)? {
            return Ok(node);
        }
        self.check_numbered_function(&token)?;
        self.check_spaced_differentials(&token)?;
        if FOREIGN.contains(&name) {
            self.check_words_of_functions(&token)?;
        }
        let mut ahead = 1;
        while self.peek(ahead).word == Rule::primes {
            ahead += 1;
        }
        if self.peek(ahead).word == Rule::open_round {
            let resembles = name.trim_end_matches(|c: char| c.is_ascii_digit() || ('₀'..='₉').contains(&c));
            let is_function_letter = matches!(name, "f" | "g" | "h") && (ahead > 1 || !self.peek(1).spaced);
            let is_table_symbol = resembles != name
                && is_greek(name.chars().next().unwrap_or(' '))
                && known::lookup(resembles).is_some();
            if !is_one_letter(name) || is_table_symbol || is_function_letter && ahead > 1 {
                return Err(self.unknown_function(&token.text, token.span));
            }
            if is_function_letter {
                self.warn(
                    syntax(format!("`{name}(` is read as the product of {name} and the brackets"))
                        .at(token.span, "")
                        .help(format!("declare a function with --let '{name}: function' or --let '{name}(x) = …'; write {name}*(…) for the product")),
                );
            }
        }
        if let Some(component) = self.component(&token)? {
            return Ok(component);
        }
        if let Some((operation, low)) = name.split_once('_')
            && reduction(operation).is_some()
            && matches!(self.peek(1).word, Rule::name | Rule::number | Rule::open_round | Rule::root)
        {
            return Err(syntax(format!("`{name}` is read as one name"))
                .at(token.span, "")
                .help(format!("write {operation}[{low}] … to combine over {low}")));
        }
        self.check_words_of_functions(&token)?;
        // `Tr A`, `Sin x`: a function of the table in other letters
        if name.len() > 1
            && matches!(self.peek(1).word, Rule::name | Rule::number | Rule::root)
            && self.peek(1).spaced
            && let Some(known) =
                known::lookup(&name.to_lowercase()).filter(|known| !known::is_a_letter(known.name))
        {
            return Err(Diagnostic::new(diagnostic::Kind::Name, format!("there is no function `{name}`"))
                .at(token.span, format!("did you mean {}?", known.name))
                .help(format!("write {}(…) for the function, {name}*… for a product", known.name)));
        }
        if self.previous().is_some_and(|p| p.word == Rule::slash)
            && (2..=3).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase())
            && !["mu", "nu", "xi", "eta", "rho", "tau", "phi", "chi", "psi"].contains(&name)
        {
            let product: Vec<String> = name.chars().map(String::from).collect();
            self.warn(
                syntax(format!("`{name}` is read as one name"))
                    .at(token.span, "")
                    .help(format!("write ({}) for a product below the stroke", product.join("*"))),
            );
        }
        if matches!(self.peek(1).word, Rule::name | Rule::number)
            && let Some(known) = glued_function(name)
        {
            return Err(self
                .unknown_function(&token.text, token.span)
                .help(format!("write {known} with a space or `*` before it")));
        }
        self.plain_name()
    }

    /// `x_i` under a sum over i: the component, if x has as many axes; a name by itself would be taken for a number.
    fn component(&mut self, token: &Token<'_>) -> Result<Option<Node>> {
        let name = &*token.text;
        let Some((base, low)) = name.split_once('_').filter(|(_, low)| !low.is_empty()) else {
            return Ok(None);
        };
        let is_bound = |name: &str| self.bound.iter().any(|bound| bound == name);
        let indices: Vec<String> =
            if is_bound(low) { vec![low.to_owned()] } else { low.chars().map(String::from).collect() };
        if !indices.iter().all(|index| is_bound(index)) {
            return Ok(None);
        }
        if self.names.axes(base) == Some(indices.len()) {
            let span = self.advance();
            let of = |name: &str| Tree::new(Kind::Name(name.to_owned()), span);
            let indices = indices.iter().map(|index| of(index)).collect();
            return built(Kind::Index(Box::new(of(base)), indices), span, 1).map(Some);
        }
        Err(syntax(format!("`{name}` is one name, and no component over the index"))
            .at(token.span, "")
            .help(format!("write {base}[{}] for the component", indices.join(", "))))
    }

    /// Names that stand for a function elsewhere, and would be factors here: `lg x`, `log_10 x`, `ζ(x)`.
    fn check_words_of_functions(&self, token: &Token<'_>) -> Result<()> {
        let name = &*token.text;
        let problem = |message: String, help: String| Err(syntax(message).at(token.span, "").help(help));
        let next = self.peek(1);
        let is_applied = matches!(next.word, Rule::name | Rule::number | Rule::root | Rule::open_round);
        if let Some((base, low)) = name.split_once('_')
            && is_applied
            && base.len() > 1
            && known::lookup(base).is_some()
            && !known::is_a_letter_in_full(base)
        {
            return problem(
                format!("`{name}` is read as one name"),
                format!(
                    "write {base}(…)/{base}({low}) for a logarithm to another base, {name}*… for a product"
                ),
            );
        }
        if is_applied && FOREIGN.contains(&name) {
            return problem(
                format!("`{name}` is no function here"),
                format!(
                    "write its other name, as `symdiff functions` lists them, or {name}*… for a product; a logarithm says its base: log10(x), log2(x)"
                ),
            );
        }
        let is_function = name == "δ" || known::is_letter_of_another_function(name);
        if is_function && next.word == Rule::open_round && !next.spaced {
            let is_psi = name.starts_with('ψ');
            let other =
                if is_psi { ", digamma(…) or polygamma(n, …) for the functions made of Γ" } else { "" };
            return problem(
                format!("it is not clear whether `{name}(…)` is a value of a function or a product"),
                format!(
                    "declare --let '{name}: function' to differentiate it formally; write {name}*(…) for a product{other}"
                ),
            );
        }
        Ok(())
    }

    fn unknown_function(&self, name: &str, span: Span) -> Diagnostic {
        let problem =
            Diagnostic::new(diagnostic::Kind::Name, format!("there is no function `{name}`")).at(span, "");
        if let Some(known) = glued_function(name) {
            let rest = &name[..name.len() - known.len()];
            return problem.help(format!("write {rest}*{known}(…) if a product is meant"));
        }
        let operators = ["diff", "grad", "jacobian", "hessian", "cases", "prod"];
        let table: Vec<&str> = known::words().chain(operators).collect();
        match nearest(name, self.names.functions().chain(table.iter().copied())) {
            Some(word) => {
                problem.help(format!("did you mean {word}? (write {name}*(…) if a product is meant)"))
            }
            None => problem
                .help(format!("write {name}*(…) for a product, or declare it with --let '{name}: function'")),
        }
    }

    pub(super) fn reduction_without_brackets(&self, name: &str) -> Diagnostic {
        let index = self.peek(1);
        let is_index = index.word == Rule::name && self.peek(2).word == Rule::name;
        let low = if is_index { &*index.text } else { "k" };
        syntax(format!("`{name}` needs brackets")).at(self.token().span, "").help(format!(
            "write {name}[{low}] x[{low}] to run over the index {low}, {name}(x) for all entries of x"
        ))
    }
}

/// What functions are called in other countries.
const FOREIGN: [&str; 14] =
    ["lg", "lb", "ld", "ctg", "cotg", "arctg", "arcctg", "sh", "ch", "th", "cth", "arsh", "arch", "arth"];

/// `xsin` is x and sin, not a new word.
fn glued_function(name: &str) -> Option<&'static str> {
    known::words().find(|word| {
        word.len() >= 3 && name.strip_suffix(word).is_some_and(|rest| rest.chars().count() == 1)
            || word.len() >= 3
                && name
                    .strip_suffix(word)
                    .is_some_and(|rest| !rest.is_empty() && rest.ends_with(|c: char| c.is_ascii_digit()))
    })
}
