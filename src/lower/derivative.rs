//! Derivative operators inside a formula: `d/dx (…)`, `grad(f, X)`, `jacobian(f, x)`, `hessian(f, x)`.

use super::lowering::Lowering;
use super::value::{Layout, Value};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::differentiate::differentiate;
use crate::ir::NodeId;
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

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
        let mut value = self.tree(body)?;
        if operator == DerivativeOperator::Hessian {
            let [one] = by.as_slice() else {
                return Err(
                    Diagnostic::new(Cause::Syntax, "a Hessian is taken by one variable").at(whole.span, "")
                );
            };
            by.push(*one);
        }
        for (node, layout) in by {
            value = self.derived(whole, &value, node, layout)?;
        }
        Ok(value)
    }

    fn derived(
        &mut self,
        whole: &Tree,
        value: &Value,
        by: NodeId,
        layout: Layout,
    ) -> Result<Value, Diagnostic> {
        let environment = &mut *self.environment;
        let derivative = differentiate(&mut environment.graph, value.node, &[by])?;
        environment.conditions.extend(&derivative.conditions);
        for convention in derivative.conventions {
            if !environment.conventions.contains(&convention) {
                environment.conventions.push(convention);
            }
        }
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
        self.environment.variable(name).ok_or_else(|| {
            Diagnostic::new(Cause::Name, format!("{name} is not a variable: it was given a value"))
                .at(tree.span, "")
                .help("differentiate by a variable")
        })
    }
}
