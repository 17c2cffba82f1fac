//! The gradient of any scalar formula of vectors and matrices, by differentials: rules are applied to d(…) from outside to
//! inside until only the differential of the variable is left.
//!
//! The last differential is proved to be the derivative in the direction of the variable's differential; each line before it
//! is the same formula with fewer rules applied.

use std::collections::BTreeSet;

use super::super::make::{Care, is_zero, map_parts, relation, substitute, zero};
use super::super::proof;
use super::super::rule::Rules;
use super::matrix::distributed;
use super::{Equation, operator, tensor_function, transpose};
use crate::derivation::Phrase;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::{self, Meaning, TensorFunction};
use crate::lower::Named;
use crate::print;
use crate::problem::{Operator, Problem, Request};
use crate::syntax::tree::{Big, DerivativeOperator, Kind, Relation, Tree};

/// More lines are not read by anybody.
const MOST_LINES: usize = 40;
/// A line with more parts is not read either.
const LARGEST_LINE: usize = 600;
/// What is still to be differentiated: `d(u)`.
pub(super) const PENDING: &str = "d";

/// The lines of the derivation of a formula by one of its variables.
pub(super) fn derive(problem: &mut Problem, formula: &str, wrt: &str) -> Result<Vec<Equation>, Diagnostic> {
    let request = Request { operator: Operator::Gradient, wrt: vec![wrt.to_owned()], ..Request::default() };
    let answer = problem.answer(formula, &request)?;
    let Some(result) = answer.partials.into_iter().next() else {
        return Err(Diagnostic::new(Cause::Name, "there is no variable to differentiate by"));
    };
    let reading = answer.reading;
    let variable = proof::lower(problem, &Tree::name(wrt))?;
    let taken = |name: &str| problem.environment.named(name).is_some() || name == wrt;
    let differential = format!("d{wrt}");
    let Some(f) =
        ["f", "l", "L", "F", "loss"].into_iter().find(|name| !taken(name) && !taken(&format!("d{name}")))
    else {
        return Err(unsupported(&reading));
    };
    if taken(&differential) {
        return Err(unsupported(&reading));
    }
    let rules = Rules { environment: &problem.environment, care: Care::Tidy, is_linear: true };
    let moving = rules.moving(wrt);
    let rank = problem.environment.graph.axes(variable.node).len();
    problem.environment.declare_like(&differential, variable.node, variable.layout);
    let mut lines = Lines { problem, moving, wrt: wrt.to_owned(), differential, said: Vec::new() };
    let mut equations =
        vec![equation(Some(Tree::name(f)), reading.clone(), vec![Phrase::words("the formula")])];
    let mut line = lines.differential_of(&reading);
    let mut left = Some(Tree::name(format!("d{f}")));
    if pending_in(&line) != Some(reading.clone()) {
        equations.push(equation(
            left.take(),
            line.clone(),
            vec![Phrase::words("constants stay, sums term by term")],
        ));
    }
    while let Some(next) = pending_in(&line) {
        if equations.len() > MOST_LINES || print::nodes(&line) > LARGEST_LINE {
            return Err(Diagnostic::new(Cause::Limit, "the derivation has more lines than anybody reads")
                .help("symdiff grad gives the gradient without the steps"));
        }
        let applied = lines.apply(&next)?;
        let mut because = applied.because.clone();
        let mut seen = vec![next.clone()];
        let mut failed = None;
        line = lines.rewritten(&line, &applied.rule, &mut seen, &mut failed);
        if let Some(error) = failed {
            return Err(error);
        }
        let conditions = lines.conditions(&seen)?;
        for condition in conditions {
            match because.last_mut() {
                Some(Phrase::Words(words)) => words.push_str(", where"),
                _ => because.push(Phrase::words("where")),
            }
            because.push(Phrase::Formula(condition));
        }
        equations.push(equation(left.take(), line.clone(), because));
    }
    let d = Tree::name(lines.differential.clone());
    let gradient = result.tree.clone();
    let product = |factors: Vec<Tree>| -> Tree { Kind::Product(factors).into() };
    let pairing = |g: Tree| match rank {
        0 => Care::Tidy.product(vec![g, d.clone()]),
        1 => product(vec![transpose(g), d.clone()]),
        2 => Tree::call(tensor_function(TensorFunction::Trace), vec![product(vec![transpose(g), d.clone()])]),
        _ => {
            Tree::call(tensor_function(TensorFunction::Sum), vec![Kind::Hadamard(vec![g, d.clone()]).into()])
        }
    };
    let compact = pairing(gradient.clone());
    let along = match rank {
        0 => product(vec![operator(DerivativeOperator::Derivative, reading.clone(), wrt), d.clone()]),
        _ => Tree::call(
            tensor_function(TensorFunction::Sum),
            vec![
                Kind::Hadamard(vec![operator(DerivativeOperator::Gradient, reading, wrt), d.clone()]).into(),
            ],
        ),
    };
    lines.prove(&along, &line)?;
    if compact != line {
        lines.prove(&along, &compact)?;
        let because = vec![Phrase::words("collect what stands with"), Phrase::Formula(d.clone())];
        let mut last = equation(left.take(), compact, because);
        last.facts.clone_from(&result.facts);
        equations.push(last);
    }
    let because = vec![
        Phrase::Formula(relation(Tree::name(format!("d{f}")), Relation::Equal, pairing(Tree::name("G")))),
        Phrase::words("means that"),
        Phrase::Formula(Tree::name("G")),
        Phrase::words("is the derivative"),
    ];
    let head = super::super::make::derivative(Tree::name(f), &Tree::name(wrt));
    equations.push(equation(Some(head), gradient, because));
    Ok(equations)
}

fn equation(left: Option<Tree>, right: Tree, because: Vec<Phrase>) -> Equation {
    Equation { left, right, because, facts: Vec::new() }
}

/// What a rule makes of a differential.
pub(super) struct Applied {
    /// Differentials with the same rule are taken in one line.
    pub rule: String,
    pub tree: Tree,
    pub because: Vec<Phrase>,
    pub condition: Option<Tree>,
}

pub(super) struct Lines<'p> {
    problem: &'p mut Problem,
    moving: BTreeSet<String>,
    wrt: String,
    differential: String,
    /// Conditions that stand on a line already.
    said: Vec<Tree>,
}

/// The first `d(u)` from outside to inside, and its u.
fn pending_in(tree: &Tree) -> Option<Tree> {
    if let Kind::Call { name, primes: 0, arguments } = &tree.kind
        && name == PENDING
        && let [inner] = arguments.as_slice()
    {
        return Some(inner.clone());
    }
    let mut found = None;
    tree.each_part(&mut |part| {
        if found.is_none() {
            found = pending_in(part);
        }
    });
    found
}

pub(super) fn tensor_meaning(name: &str) -> Option<TensorFunction> {
    match function::row(function::lookup(name)?).meaning {
        Meaning::Tensor(meaning) => Some(meaning),
        Meaning::Elementwise { .. } => None,
    }
}

impl Lines<'_> {
    pub(super) fn moves(&self, tree: &Tree) -> bool {
        Rules { environment: &self.problem.environment, care: Care::Tidy, is_linear: true }
            .depends(tree, &self.moving)
    }

    /// The number of axes; formulas with a bound index are entries.
    pub(super) fn rank(&mut self, tree: &Tree) -> usize {
        match proof::lower(self.problem, tree) {
            Ok(lowered) => self.problem.environment.graph.axes(lowered.node).len(),
            Err(_) => 0,
        }
    }

    /// Rewrites every differential to which the rule applies.
    fn rewritten(
        &mut self,
        tree: &Tree,
        rule: &str,
        seen: &mut Vec<Tree>,
        failed: &mut Option<Diagnostic>,
    ) -> Tree {
        if let Kind::Call { name, primes: 0, arguments } = &tree.kind
            && name == PENDING
            && let [inner] = arguments.as_slice()
        {
            return match self.apply(inner) {
                Ok(applied) if applied.rule == rule => {
                    seen.push(inner.clone());
                    applied.tree
                }
                Ok(_) => tree.clone(),
                Err(error) => {
                    failed.get_or_insert(error);
                    tree.clone()
                }
            };
        }
        if pending_in(tree).is_none() {
            return tree.clone();
        }
        let made = map_parts(tree, &mut |part| self.rewritten(part, rule, seen, failed));
        flat(made)
    }

    /// The conditions of the rules of a line that no line has said.
    fn conditions(&mut self, taken: &[Tree]) -> Result<Vec<Tree>, Diagnostic> {
        let mut new = Vec::new();
        for inner in taken {
            if let Some(condition) = self.apply(inner)?.condition
                && !self.said.contains(&condition)
            {
                self.said.push(condition.clone());
                new.push(condition);
            }
        }
        Ok(new)
    }

    fn prove(&mut self, left: &Tree, right: &Tree) -> Result<(), Diagnostic> {
        for (a, b) in [(left.clone(), right.clone()), (distributed(left), distributed(right))] {
            let (Ok(first), Ok(second)) = (proof::lower(self.problem, &a), proof::lower(self.problem, &b))
            else {
                continue;
            };
            if proof::follows(self.problem, (&a, first.node), (&b, second.node)) {
                return Ok(());
            }
        }
        Err(Diagnostic::new(
            Cause::Unsupported,
            "a line of the derivation could not be proved, so it is not shown",
        )
        .help("symdiff grad gives the gradient without the steps"))
    }

    /// The differential with everything linear done: constants, sums, signs, transposes, constant factors.
    pub(super) fn differential_of(&mut self, tree: &Tree) -> Tree {
        let care = Care::Tidy;
        if !self.moves(tree) {
            return zero();
        }
        match &tree.kind {
            Kind::Name(name) if *name == self.wrt => Tree::name(self.differential.clone()),
            Kind::Name(name) => match self.problem.environment.written_definition(name).cloned() {
                Some(value) => self.differential_of(&value),
                None => Tree::call(PENDING, vec![tree.clone()]),
            },
            Kind::Sum(terms) => {
                let terms = terms.iter().map(|term| self.differential_of(term)).collect();
                care.sum(terms)
            }
            Kind::Negate(inner) => care.negate(self.differential_of(inner)),
            Kind::Transpose(inner) => transpose(self.differential_of(inner)),
            Kind::Index(base, indices) => {
                Kind::Index(Box::new(self.differential_of(base)), indices.clone()).into()
            }
            Kind::Product(factors) | Kind::Hadamard(factors) if self.count(factors) == 1 => {
                let made = factors
                    .iter()
                    .map(
                        |factor| {
                            if self.moves(factor) { self.differential_of(factor) } else { factor.clone() }
                        },
                    )
                    .collect();
                let is_product = matches!(tree.kind, Kind::Product(_));
                flat(if is_product { Kind::Product(made).into() } else { Kind::Hadamard(made).into() })
            }
            Kind::Quotient(above, below) if !self.moves(below) => {
                Kind::Quotient(Box::new(self.differential_of(above)), below.clone()).into()
            }
            Kind::ElementwiseQuotient(above, below) if !self.moves(below) => {
                Kind::ElementwiseQuotient(Box::new(self.differential_of(above)), below.clone()).into()
            }
            Kind::Big { operation: Big::Sum, indices, condition, body } => {
                let body = Box::new(self.differential_of(body));
                let (indices, condition) = (indices.clone(), condition.clone());
                Kind::Big { operation: Big::Sum, indices, condition, body }.into()
            }
            Kind::Call { name, primes: 0, arguments } => {
                if let Some(Named::Function { parameters, value }) = self.problem.environment.named(name)
                    && parameters.len() == arguments.len()
                {
                    let by: Vec<(String, Tree)> =
                        parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
                    let opened = substitute(value, &by);
                    return self.differential_of(&opened);
                }
                let is_linear = matches!(
                    tensor_meaning(name),
                    Some(
                        TensorFunction::Sum
                            | TensorFunction::Mean
                            | TensorFunction::Trace
                            | TensorFunction::Diagonal
                            | TensorFunction::Transpose
                            | TensorFunction::Vectorize
                    )
                );
                match arguments.as_slice() {
                    [inner] if is_linear => Tree::call(name.clone(), vec![self.differential_of(inner)]),
                    _ => Tree::call(PENDING, vec![tree.clone()]),
                }
            }
            _ => Tree::call(PENDING, vec![tree.clone()]),
        }
    }

    fn count(&self, factors: &[Tree]) -> usize {
        factors.iter().filter(|factor| self.moves(factor)).count()
    }
}

/// Products within products as one, and signs in front.
pub(super) fn flat(tree: Tree) -> Tree {
    let Kind::Product(factors) = &tree.kind else { return tree };
    if factors.iter().any(is_zero) {
        return zero();
    }
    let mut is_negative = false;
    let mut all: Vec<Tree> = Vec::new();
    for factor in factors {
        match &factor.kind {
            Kind::Negate(inner) => {
                is_negative = !is_negative;
                match &inner.kind {
                    Kind::Product(own) => all.extend(own.iter().cloned()),
                    _ => all.push((**inner).clone()),
                }
            }
            Kind::Product(own) => all.extend(own.iter().cloned()),
            _ => all.push(factor.clone()),
        }
    }
    let made: Tree = if all.len() == 1 { all.swap_remove(0) } else { Kind::Product(all).into() };
    if is_negative { Kind::Negate(Box::new(made)).into() } else { made }
}

pub(super) fn unsupported(tree: &Tree) -> Diagnostic {
    Diagnostic::new(
        Cause::Unsupported,
        format!("there is no textbook rule for the differential of {}", print::unicode(tree)),
    )
    .at(tree.span, "")
    .help("symdiff grad gives the gradient without the steps")
}
