//! Partial derivatives at a point: `∂_x f(2, 1)`, and mixed ones by names that stand for something.

use super::meaning::Meaning;
use crate::check::rewrite::{has_derivative, mentions, names_of, substitute};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::print;
use crate::problem::{Operator, Request};
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

impl Meaning<'_> {
    /// `∂_x f(2, 1)` of a function of x and y: its partial derivative at the point. What is differentiated by its own parameter
    /// and applied to something without it would be zero otherwise.
    pub(super) fn partial_there(
        &mut self,
        body: &Tree,
        names: &[String],
        stop: &[&str],
        depth: usize,
    ) -> Result<Option<Tree>, Diagnostic> {
        let Kind::Call { name, primes: 0, arguments } = &body.kind else { return Ok(None) };
        let Some((parameters, value)) = self.sheet.functions.get(name) else { return Ok(None) };
        let is_reached = |argument: &Tree| {
            let behind = self.sheet.variables_of(argument);
            names.iter().any(|name| behind.contains(name) || mentions(argument, name))
        };
        if parameters.len() < 2
            || parameters.len() != arguments.len()
            || !names.iter().all(|name| parameters.contains(name))
            || arguments.iter().any(is_reached)
        {
            return Ok(None);
        }
        if !arguments.iter().all(|argument| self.sheet.is_numeric(argument)) {
            self.unclear.get_or_insert_with(|| {
                format!("whether {name} is differentiated before it is applied is not said")
            });
        }
        let mut inner: Vec<&str> = stop.to_vec();
        inner.extend(parameters.iter().map(String::as_str));
        let formula = self.expand(value, &inner, depth + 1)?;
        let mut there = Vec::new();
        for (parameter, argument) in parameters.iter().zip(arguments) {
            there.push((parameter.clone(), self.expand(argument, stop, depth + 1)?));
        }
        let Some(value) = self.partial_of(formula, names, &there)? else {
            let words = "the partial derivative of this function at a point is not available";
            return Err(Diagnostic::new(Cause::Unsupported, words).at(body.span, ""));
        };
        Ok(Some(value))
    }

    /// A partial derivative of a scalar formula at a point, which may be by several of its variables.
    pub(super) fn partial_of(
        &mut self,
        body: Tree,
        names: &[String],
        there: &[(String, Tree)],
    ) -> Result<Option<Tree>, Diagnostic> {
        if names.iter().chain(&names_of(&body)).any(|name| self.sheet.rank(name) > 0) {
            return Ok(None);
        }
        let variables = names.iter().map(|name| Tree::name(name.clone())).collect();
        let operator = DerivativeOperator::Derivative;
        let question: Tree = Kind::Derivative { operator, body: Box::new(body), variables }.into();
        let mut problem = self.sheet.problem(&[&question], &[], &self.functions)?;
        let request = Request { operator: Operator::Simplify, ..Request::default() };
        let answer = problem.answer(&print::text(&question), &request)?;
        let Some(partial) = answer.partials.first() else { return Ok(None) };
        if !partial.indices.is_empty() || has_derivative(&partial.tree) {
            return Ok(None);
        }
        let value = |name: &str| there.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
        Ok(Some(substitute(&partial.tree, &value)))
    }
}
