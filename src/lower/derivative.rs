//! Derivative operators inside a formula: `d/dx (…)`, `grad(f, X)`, `jacobian(f, x)`, `hessian(f, x)`.

use super::lowering::Lowering;
use super::value::{Layout, Value};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::differentiate::differentiate;
use crate::ir::{NodeId, PausedFacts};
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// Larger derivatives are not differentiated again: terms and factors.
const LARGEST_DIFFERENTIATED: usize = 20_000;

impl Lowering<'_> {
    pub(super) fn derivative(
        &mut self,
        whole: &Tree,
        operator: DerivativeOperator,
        body: &Tree,
        variables: &[Tree],
    ) -> Result<Value, Diagnostic> {
        let mut by = Vec::with_capacity(variables.len());
        for variable in variables {
            by.push(self.differentiated_name(variable)?);
        }
        // by a scalar it is the derivative of each term
        if !self.scope.is_empty() && by.iter().any(|(_, layout)| *layout != Layout::Scalar) {
            return Err(Diagnostic::new(
                Cause::Unsupported,
                "a derivative inside a sum over indices is not available",
            )
            .at(whole.span, "")
            .help("differentiate the whole sum instead"));
        }
        let mut paused: Vec<PausedFacts> = Vec::with_capacity(by.len());
        for (variable, _) in &by {
            paused.push(self.environment.graph.pause_facts_about(*variable));
        }
        let value = self.derived_by(whole, operator, body, by);
        let were_paused = paused.into_iter().rev().fold(false, |any, since| {
            let were_paused = self.environment.graph.resume_facts(since);
            any || were_paused
        });
        let mut value = value?;
        if were_paused {
            value.node = self.environment.graph.rebuild(value.node, &rustc_hash::FxHashMap::default());
        }
        Ok(value)
    }

    fn derived_by(
        &mut self,
        whole: &Tree,
        operator: DerivativeOperator,
        body: &Tree,
        mut by: Vec<(NodeId, Layout)>,
    ) -> Result<Value, Diagnostic> {
        let mut value = self.tree(body)?;
        if operator == DerivativeOperator::Hessian {
            let [one] = by.as_slice() else {
                return Err(
                    Diagnostic::new(Cause::Syntax, "a Hessian is taken by one variable").at(whole.span, "")
                );
            };
            by.push(*one);
        }
        let mut is_again = false;
        body.walk(&mut |part| is_again |= matches!(part.kind, Kind::Derivative { .. }));
        for (node, layout) in by {
            value = self.derived(whole, &value, node, layout, is_again)?;
            is_again = true;
        }
        Ok(value)
    }

    fn derived(
        &mut self,
        whole: &Tree,
        value: &Value,
        by: NodeId,
        layout: Layout,
        is_again: bool,
    ) -> Result<Value, Diagnostic> {
        let environment = &mut *self.environment;
        if is_again && environment.graph.size_of(value.node) > LARGEST_DIFFERENTIATED {
            return Err(Diagnostic::new(
                Cause::Limit,
                "this derivative has too many parts to be differentiated again",
            )
            .at(whole.span, "")
            .help("use fewer derivatives inside each other"));
        }
        let derivative = differentiate(&mut environment.graph, value.node, &[by])?;
        environment.conditions.extend(&derivative.conditions);
        environment.add_conventions(&derivative.conventions);
        let layout = match (value.layout, layout) {
            (Layout::Scalar, by) => by,
            (of, Layout::Scalar) => of,
            (of, by) => Layout::of_rank(of.rank() + by.rank()),
        };
        let Some(node) = derivative.partials.first() else {
            return Err(Diagnostic::new(Cause::Unsupported, "nothing to differentiate by").at(whole.span, ""));
        };
        Ok(Value { node: *node, indices: value.indices.clone(), layout })
    }

    /// The variable behind a name in a derivative operator.
    fn differentiated_name(&mut self, tree: &Tree) -> Result<(NodeId, Layout), Diagnostic> {
        let Kind::Name(name) = &tree.kind else {
            return Err(Diagnostic::new(
                Cause::Unsupported,
                "differentiate by a name, not by a component or an expression",
            )
            .at(tree.span, "")
            .help("differentiate by the whole variable and take the component of the result"));
        };
        if let Some((_, value)) = self.parameters.iter().rev().find(|(n, _)| n == name)
            && self
                .environment
                .graph
                .atom(value.node)
                .is_some_and(|a| matches!(a, crate::ir::Atom::Variable(_)))
        {
            return Ok((value.node, value.layout));
        }
        match self.environment.variable(name) {
            Some(found) => Ok(found),
            None => Err(self.environment.no_variable(name).at(tree.span, "")),
        }
    }
}
