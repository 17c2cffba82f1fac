//! Are two lines between differentials equal?
//!
//! dW stands for a variable of the shape of W, and what is still to be differentiated, d(U), for the derivative of U along
//! the path W + t dW where t = 0. So both lines are formulas in W and dW, linear in dW, and the prover can be asked.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::super::make::{Care, map_parts, substitute};
use super::super::proof;
use super::differentials::{PENDING, pending_in};
use super::matrix::distributed;
use crate::ir::NodeId;
use crate::lower::{Layout, Lowered, Named};
use crate::number::Rational;
use crate::problem::Problem;
use crate::prove::{Verdict, equivalent};
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// The number t of the path.
const STEP: &str = "step_along_the_path";
/// The names of the two lines while they are compared.
const LINES: [&str; 2] = ["line_before", "line_after"];
/// Definitions inside definitions are opened so often.
const DEEPEST: usize = 64;

/// A variable and the name of its differential.
pub(super) struct Path<'a> {
    pub variable: &'a str,
    pub differential: &'a str,
}

impl Path<'_> {
    /// Does one line follow from the other? `false`: neither is shown.
    pub(super) fn follows(&self, problem: &mut Problem, before: &Tree, after: &Tree) -> bool {
        let in_cases = proof::in_every_case(before, after, &mut |x, y| self.are_equal(problem, x, y));
        in_cases.unwrap_or_else(|| self.are_equal(problem, before, after))
    }

    fn are_equal(&self, problem: &mut Problem, before: &Tree, after: &Tree) -> bool {
        if before == after {
            return true;
        }
        [false, true].into_iter().any(|is_open| {
            let form = |tree: &Tree| if is_open { distributed(tree) } else { tree.clone() };
            let (Some(a), Some(b)) = (self.value(problem, &form(before)), self.value(problem, &form(after)))
            else {
                return false;
            };
            if proof::equal(problem, a.node, b.node) {
                return true;
            }
            let [left, right] = LINES;
            problem.environment.define_as(left, a.node, a.layout);
            problem.environment.define_as(right, b.node, b.layout);
            let verdict = equivalent(problem, &Tree::name(left), &Tree::name(right));
            matches!(verdict, Ok(Verdict::Proved(_)))
        })
    }

    /// The line as a formula in the variable and its differential.
    fn value(&self, problem: &mut Problem, line: &Tree) -> Option<Lowered> {
        if pending_in(line).is_none() {
            return proof::lower(problem, line).ok();
        }
        let zero: NodeId = problem.environment.graph.number(&Rational::ZERO);
        let step = problem.environment.declare_like(STEP, zero, Layout::Scalar);
        let line = self.taken(problem, line)?;
        let lowered = proof::lower(problem, &line).ok()?;
        let known = FxHashMap::from_iter([(step, zero)]);
        let node = problem.environment.graph.rebuild(lowered.node, &known);
        Some(Lowered { node, layout: lowered.layout })
    }

    /// Every d(U) as the derivative by t of U on the path.
    fn taken(&self, problem: &Problem, tree: &Tree) -> Option<Tree> {
        if let Kind::Call { name, primes: 0, arguments } = &tree.kind
            && name == PENDING
        {
            let [inner] = arguments.as_slice() else { return None };
            if pending_in(inner).is_some() {
                return None;
            }
            let step: Tree = Kind::Product(vec![Tree::name(STEP), Tree::name(self.differential)]).into();
            let place = Care::Literal.sum(vec![Tree::name(self.variable), step]);
            let body = substitute(&opened(problem, inner, 0)?, &[(self.variable.to_owned(), place)]);
            return Some(
                Kind::Derivative {
                    operator: DerivativeOperator::Derivative,
                    body: Box::new(body),
                    variables: vec![Tree::name(STEP)],
                }
                .into(),
            );
        }
        let mut is_whole = true;
        let made = map_parts(tree, &mut |part| {
            self.taken(problem, part).unwrap_or_else(|| {
                is_whole = false;
                part.clone()
            })
        });
        is_whole.then_some(made)
    }
}

/// The tree with the definitions of names and functions in their place. `None` if an index that is bound in it has the name
/// of something in a definition, or if there is a derivative in it, whose variable must stay a name.
fn opened(problem: &Problem, tree: &Tree, depth: usize) -> Option<Tree> {
    if depth > DEEPEST {
        return None;
    }
    let environment = &problem.environment;
    let mut bound: BTreeSet<String> = BTreeSet::new();
    let mut definitions: Vec<(String, Tree)> = Vec::new();
    let mut has_derivative = false;
    tree.walk(&mut |part| match &part.kind {
        Kind::Big { indices, .. } => bound.extend(indices.iter().map(|index| index.name.clone())),
        Kind::Derivative { .. } => has_derivative = true,
        Kind::Name(name) => {
            definitions
                .extend(environment.written_definition(name).map(|value| (name.clone(), value.clone())));
        }
        Kind::Call { name, .. } => {
            if let Some(Named::Function { value, .. }) = environment.named(name) {
                definitions.push((name.clone(), value.clone()));
            }
        }
        _ => {}
    });
    if has_derivative {
        return None;
    }
    if definitions.is_empty() {
        return Some(tree.clone());
    }
    let mut is_caught = false;
    for (_, value) in &definitions {
        value.walk(&mut |part| {
            is_caught |= matches!(&part.kind, Kind::Name(name) if bound.contains(name));
        });
    }
    if is_caught {
        return None;
    }
    let by_name: Vec<(String, Tree)> =
        definitions.into_iter().filter(|(name, _)| environment.written_definition(name).is_some()).collect();
    let made = with_functions(problem, &substitute(tree, &by_name));
    opened(problem, &made, depth + 1)
}

/// Calls of functions that were defined, as their definitions.
fn with_functions(problem: &Problem, tree: &Tree) -> Tree {
    let made = map_parts(tree, &mut |part| with_functions(problem, part));
    if let Kind::Call { name, primes: 0, arguments } = &made.kind
        && let Some(Named::Function { parameters, value }) = problem.environment.named(name)
        && parameters.len() == arguments.len()
    {
        let by: Vec<(String, Tree)> = parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
        return substitute(value, &by);
    }
    made
}

#[cfg(test)]
mod tests {
    use super::Path;
    use crate::problem::Problem;
    use crate::syntax::tree::{Kind, Tree};

    /// A line as it is written here, where D(u) is what is still to be differentiated.
    fn line(problem: &mut Problem, text: &str) -> Tree {
        fn pending(tree: &Tree) -> Tree {
            let made = crate::derivation::make::map_parts(tree, &mut pending);
            match &made.kind {
                Kind::Call { name, arguments, .. } if name == "D" => {
                    Tree::call(super::PENDING, arguments.clone())
                }
                _ => made,
            }
        }
        pending(&problem.read(text).unwrap_or_else(|error| panic!("{text}: {error}")))
    }

    fn follows(by: &str, before: &str, after: &str) -> bool {
        let mut problem = Problem::new();
        for text in ["D: function", "X: R[n,n]", "A: R[n,n]", "v: R[n]", "w: R[n]", "s: R", "a = X*v"] {
            problem.declare(text).unwrap();
        }
        let differential = format!("d{by}");
        let (node, layout) = problem.environment.variable(by).unwrap();
        problem.environment.declare_like(&differential, node, layout);
        let (before, after) = (line(&mut problem, before), line(&mut problem, after));
        Path { variable: by, differential: &differential }.follows(&mut problem, &before, &after)
    }

    /// Right rules are proved, and the same rules with a slip are not.
    #[test]
    fn a_wrong_rule_is_caught() {
        for (by, before, right, wrong) in [
            ("X", "D(tr(X*A*X))", "tr(dX*A*X + X*A*dX)", "tr(dX*A*X)"),
            ("X", "D(v'*inv(X)*w)", "-v'*inv(X)*dX*inv(X)*w", "v'*inv(X)*dX*inv(X)*w"),
            ("X", "D(v'*inv(X)*w)", "v'*D(inv(X))*w", "w'*D(inv(X))*v"),
            ("X", "D(logdet(X))", "tr(inv(X)*dX)", "tr(inv(X)'*dX)"),
            ("X", "tr(D(X'*X))", "tr(D(X')*X + X'*dX)", "tr(D(X)*X + X'*dX)"),
            ("X", "D(det(X))", "det(X)*tr(inv(X)*dX)", "tr(inv(X)*dX)"),
            ("X", "D(v'*X^3*w)", "v'*(dX*X*X + X*dX*X + X*X*dX)*w", "3*v'*X*X*dX*w"),
            ("X", "D(norm2(a)^2)", "2*a'*D(a)", "2*D(a)'*v"),
            ("X", "2*a'*D(a)", "2*a'*dX*v", "2*a'*dX'*v"),
            ("v", "D(norm2(v))", "v'*dv/norm2(v)", "v'*dv/norm2(v)^2"),
            (
                "v",
                "D(softmax(v)'*w)",
                "w'*(diag(softmax(v)) - softmax(v)*softmax(v)')*dv",
                "w'*diag(softmax(v))*dv",
            ),
            ("v", "D(sum(tanh(X*v)))", "sum((1 - tanh(X*v).^2) .* (X*dv))", "sum((1 - tanh(X*v)) .* (X*dv))"),
            ("v", "sum[i] D(v[i]^2*w[i])", "sum[i] 2*v[i]*dv[i]*w[i]", "sum[i] v[i]*dv[i]*w[i]"),
            ("v", "D(v'*A*v)", "dv'*A*v + v'*A*dv", "2*dv'*A*v"),
            ("v", "v'*dv*s", "s*dv'*v", "s*dv'*w"),
            ("s", "D(norm2(s*v-w)^2)", "2*(s*v-w)'*v*ds", "2*(s*v-w)'*ds*w"),
            ("s", "D(s^2*sum(v))", "2*s*ds*sum(v)", "s*ds*sum(v)"),
        ] {
            assert!(follows(by, before, right), "{before} = {right} is not proved");
            assert!(!follows(by, before, wrong), "{before} = {wrong} was let through");
        }
    }
}
