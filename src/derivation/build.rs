//! From the formula to the lines: the rules, then the tidying up, and what the lines need.

use super::conditions::{self, Whole};
use super::laws::Letters;
use super::lines::Lines;
use super::make::derivative;
use super::spelling::Spelling;
use super::{Coordinate, Derivation, Detail};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::evaluate::graph::Point;
use crate::ir::Axes;
use crate::lower::{Environment, Layout, Named};
use crate::problem::{Operator, Problem, Request};
use crate::syntax::name_as_read;
use crate::syntax::tree::{Kind, Tree};

pub(super) use conditions::unmet;

pub(super) fn derive(
    problem: &mut Problem,
    formula: &str,
    wrt: &str,
    detail: Detail,
    at: Option<&Point>,
) -> Result<Derivation, Diagnostic> {
    let wrt = &*name_as_read(wrt);
    let request =
        Request { operator: Operator::Gradient, wrt: vec![wrt.to_owned()], order: 1, at: at.cloned() };
    let answer = problem.answer(formula, &request)?;
    let Some(partial) = answer.partials.into_iter().next() else {
        return Err(Diagnostic::new(Cause::Name, "there is no variable to differentiate by"));
    };
    if partial.layout != Layout::Scalar {
        return Err(Diagnostic::new(
            Cause::Unsupported,
            format!("the derivation by {wrt}, which is not a scalar, is not available"),
        )
        .help("symdiff grad gives the derivative without the steps"));
    }
    let written = written_by_author(&answer.reading, &problem.environment);
    let spelling = Spelling::of(written.iter(), &problem.environment);
    let letters = Letters::beside(written.iter());
    let first = derivative(answer.reading.clone(), &Tree::name(wrt));
    let mut lines = Lines::new(problem, detail, letters, spelling, first.clone())?;
    lines.rules()?;
    lines.tidy(&partial.tree, wrt)?;
    let (mut steps, needed, kinks) = lines.finished();
    let with_index = |all: &[Tree]| -> Vec<Tree> {
        all.iter().map(|condition| conditions::with_index_of(&answer.reading, condition)).collect()
    };
    let (formula_needs, engine) = (with_index(&answer.conditions), with_index(&partial.conditions));
    let whole = Whole { formula: &formula_needs, engine: &engine, kinks: &kinks };
    let shown = conditions::of_lines(problem, &needed, &whole);
    for (step, conditions) in steps.iter_mut().zip(shown) {
        step.conditions = conditions;
    }
    if let Some(last) = steps.last_mut() {
        last.facts.clone_from(&partial.facts);
    }
    // Only what the engine relied on is a convention of the result.
    let mut said: Vec<String> = Vec::new();
    for step in &mut steps {
        step.conventions.retain(|c| partial.conventions.contains(c) && !said.contains(c));
        said.extend(step.conventions.iter().cloned());
    }
    let point = match at {
        Some(at) => place(problem, &answer.variables, at)?,
        None => Vec::new(),
    };
    let values = match (answer.value, partial.value) {
        (Some(of), Some(derivative)) => Some([of, derivative]),
        _ => None,
    };
    let unmet = match (at, &values) {
        (Some(at), Some([_, Ok(_)])) => unmet(problem, &partial.conditions, at),
        _ => Vec::new(),
    };
    Ok(Derivation {
        input: formula.to_owned(),
        formula: answer.reading,
        wrt: wrt.to_owned(),
        is_partial: answer.variables.len() > 1,
        first,
        steps,
        values,
        point,
        gradient: partial.tree,
        unmet,
    })
}

/// The values of the variables at a point, and how they are written where they are no numbers: π/2.
pub(super) fn place(
    problem: &mut Problem,
    variables: &[String],
    at: &Point,
) -> Result<Vec<Coordinate>, Diagnostic> {
    let mut all = Vec::new();
    for name in variables {
        let request = Request { operator: Operator::Evaluate, at: Some(at.clone()), ..Request::default() };
        if let Some(Ok(value)) = problem.answer(name, &request)?.value {
            let written = at.closed(name).map(|closed| {
                let node = problem.environment.graph.from_pointwise(closed, &[], &Axes::new());
                problem.shown(node, Layout::Scalar).tree
            });
            all.push(Coordinate { name: name.clone(), value, written });
        }
    }
    Ok(all)
}

/// The formula and the definitions that stand behind its names.
pub(super) fn written_by_author(formula: &Tree, environment: &Environment) -> Vec<Tree> {
    let mut all = vec![formula.clone()];
    let mut at = 0;
    while let Some(tree) = all.get(at).cloned() {
        at += 1;
        tree.walk(&mut |part| {
            let value = match &part.kind {
                Kind::Name(name) => environment.written_definition(name),
                Kind::Call { name, .. } => match environment.named(name) {
                    Some(Named::Function { value, .. }) => Some(value),
                    _ => None,
                },
                _ => None,
            };
            if let Some(value) = value
                && !all.contains(value)
            {
                all.push(value.clone());
            }
        });
    }
    all
}

/// The line is proved to follow, or an error says that it is not.
pub(super) fn unproved(before: &Tree, after: &Tree) -> Diagnostic {
    Diagnostic::new(
        Cause::Undecided,
        format!(
            "a line of the derivation could not be proved, so it is not shown: {} = {}",
            crate::print::unicode(before),
            crate::print::unicode(after)
        ),
    )
    .help("symdiff grad gives the derivative without the steps")
}
