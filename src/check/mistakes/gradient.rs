//! Wrong gradients of whole formulas of vectors and matrices: another formula's gradient, or a rule that forgets a transpose.

use super::Case;
use super::differentiate::{Differentiator, Slip, sum};
use super::pattern::{instantiate, matches, read};
use crate::check::decide::unfold;
use crate::check::decide::{shape_of, simplest};
use crate::check::rewrite::{map_parts, mentions};
use crate::function::{self, Meaning, ROWS, TensorFunction};
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// Places at which one rule is tried.
const MOST_PLACES: usize = 8;
/// Names of what leaves a layer that are tried.
const MOST_OUTPUTS: usize = 6;

/// A derivative by one name, and the entry of it that is meant.
struct Parts<'t> {
    operator: DerivativeOperator,
    body: &'t Tree,
    variable: &'t str,
    entry: Option<&'t [Tree]>,
}

fn parts(head: &Tree) -> Option<Parts<'_>> {
    let (derivative, entry) = match &head.kind {
        Kind::Index(base, indices) => (&**base, Some(indices.as_slice())),
        _ => (head, None),
    };
    let Kind::Derivative { operator, body, variables } = &derivative.kind else { return None };
    let [variable] = variables.as_slice() else { return None };
    let Kind::Name(variable) = &variable.kind else { return None };
    Some(Parts { operator: *operator, body, variable, entry })
}

impl Parts<'_> {
    fn derivative(&self, body: Tree) -> Tree {
        let variables = vec![Tree::name(self.variable)];
        Kind::Derivative { operator: self.operator, body: Box::new(body), variables }.into()
    }

    fn entry(&self, whole: Tree) -> Tree {
        match self.entry {
            Some(indices) => Kind::Index(Box::new(whole), indices.to_vec()).into(),
            None => whole,
        }
    }
}

/// Does the variable stand twice in what is differentiated?
pub(super) fn is_quadratic(head: &Tree) -> bool {
    let Some(parts) = parts(head) else { return false };
    let mut count = 0;
    parts.body.walk(&mut |part| {
        count += usize::from(matches!(&part.kind, Kind::Name(name) if name == parts.variable));
    });
    count > 1
}

/// The gradient with a wrong rule for one term.
pub(super) fn written(case: &Case, head: &Tree, from: &str, to: &str) -> Vec<Tree> {
    let (Some(parts), Some(from), Some(to)) = (parts(head), read(from), read(to)) else { return Vec::new() };
    let mut terms = Vec::new();
    linear(case, parts.body, &[], &mut terms);
    let mut made = Vec::new();
    for (at, (factors, core)) in terms.iter().enumerate() {
        for bindings in matches(&from, &in_full(core), parts.variable) {
            let mut none = |_: &str, tree: &Tree| Some(tree.clone());
            let Some(wrong) = instantiate(&to, &bindings, parts.variable, &mut none) else { continue };
            let others: Vec<Tree> = terms
                .iter()
                .enumerate()
                .filter(|(other, (_, core))| *other != at && mentions(core, parts.variable))
                .map(|(_, (factors, core))| scaled(factors, core.clone()))
                .collect();
            let mut all = Vec::new();
            if !others.is_empty() {
                all.push(parts.entry(parts.derivative(sum(others))));
            }
            // A number is written for every entry.
            let wrong = scaled(factors, wrong);
            let is_number =
                parts.entry.is_some() && shape_of(case.sheet, &wrong).is_some_and(|sizes| sizes.is_empty());
            all.push(if is_number { wrong } else { parts.entry(wrong) });
            made.push(sum(all));
            if made.len() >= MOST_PLACES {
                return made;
            }
        }
    }
    made
}

/// The logarithm of a sum of exponentials, written out.
fn in_full(tree: &Tree) -> Tree {
    let sum = ROWS.iter().find(|row| matches!(row.meaning, Meaning::Tensor(TensorFunction::Sum)));
    if let Kind::Call { name, primes: 0, arguments } = &tree.kind
        && let Some(id) = function::lookup(name)
        && matches!(function::row(id).meaning, Meaning::Tensor(TensorFunction::LogSumExp))
        && let (Some(sum), [inner]) = (sum, arguments.as_slice())
    {
        let exponentials = Tree::call(function::row(function::EXP).name, vec![in_full(inner)]);
        let total = Tree::call(sum.name, vec![exponentials]);
        return Tree::call(function::row(function::LOG).name, vec![total]);
    }
    map_parts(tree, &mut in_full)
}

fn scaled(factors: &[Tree], core: Tree) -> Tree {
    if factors.is_empty() {
        return core;
    }
    let mut all = factors.to_vec();
    all.push(core);
    Kind::Product(all).into()
}

/// The terms of a formula with the scalar factors in front of them.
fn linear(case: &Case, tree: &Tree, factors: &[Tree], out: &mut Vec<(Vec<Tree>, Tree)>) {
    let is_scalar = |tree: &Tree| match &tree.kind {
        Kind::Number(_) => true,
        Kind::Name(name) => case.sheet.rank(name) == 0,
        Kind::Quotient(a, b) => [a, b].iter().all(|part| match &part.kind {
            Kind::Number(_) => true,
            Kind::Name(name) => case.sheet.rank(name) == 0,
            _ => false,
        }),
        _ => false,
    };
    match &tree.kind {
        Kind::Sum(terms) => terms.iter().for_each(|term| linear(case, term, factors, out)),
        Kind::Negate(inner) => {
            let mut more = factors.to_vec();
            more.push(Kind::Negate(Box::new(super::differentiate::one())).into());
            linear(case, inner, &more, out);
        }
        Kind::Quotient(above, below) if is_scalar(below) => {
            let mut more = factors.to_vec();
            more.push(Kind::Quotient(Box::new(super::differentiate::one()), below.clone()).into());
            linear(case, above, &more, out);
        }
        Kind::Product(all) if all.iter().any(is_scalar) && !all.iter().all(is_scalar) => {
            let (scalars, mut rest): (Vec<Tree>, Vec<Tree>) = all.iter().cloned().partition(is_scalar);
            let mut more = factors.to_vec();
            more.extend(scalars);
            let rest = if rest.len() == 1 { rest.remove(0) } else { Kind::Product(rest).into() };
            linear(case, &rest, &more, out);
        }
        _ => out.push((factors.to_vec(), tree.clone())),
    }
}

/// The right gradient of another formula: one part was taken for something else.
pub(super) fn of_another(head: &Tree, from: &str, to: &str) -> Vec<Tree> {
    let (Some(parts), Some(from), Some(to)) = (parts(head), read(from), read(to)) else { return Vec::new() };
    let mut made = Vec::new();
    for place in 0..MOST_PLACES {
        let slip = Slip { from: &from, to: &to, place: Some(place), rewriting: true, inside: false };
        let mut run = Differentiator::new(parts.variable, Some(slip));
        match run.worked_out(parts.body) {
            Some(body) if run.made() => made.push(parts.entry(parts.derivative(body))),
            _ => break,
        }
    }
    made
}

/// The right answer with `x'`, for what enters the layer `f(W x + b)`, replaced by what leaves it.
pub(super) fn outer_with_output(case: &Case, head: &Tree) -> Vec<Tree> {
    let (Some(parts), Some(answer)) = (parts(head), simplest(case.sheet, case.head)) else {
        return Vec::new();
    };
    let mut inputs: Vec<(Tree, Tree)> = Vec::new();
    layers(parts.body, parts.variable, None, &mut inputs);
    // Linear layers have no function around; what leaves one has a name.
    let named_outputs: Vec<Tree> = case
        .sheet
        .definitions
        .keys()
        .filter(|name| case.sheet.rank(name) == 1 && case.sheet.depends_on(name, parts.variable))
        .take(MOST_OUTPUTS)
        .map(Tree::name)
        .collect();
    let mut made = Vec::new();
    let with_names = inputs.iter().flat_map(|(input, _)| {
        named_outputs.iter().map(|output| (input.clone(), output.clone())).collect::<Vec<_>>()
    });
    let pairs: Vec<(Tree, Tree)> = inputs.iter().cloned().chain(with_names).collect();
    for (input, output) in pairs {
        // The document may have a name for either.
        let named = |tree: &Tree| {
            case.sheet
                .definitions
                .keys()
                .map(Tree::name)
                .find(|name| unfold::opened(case.sheet, name, parts.variable, 0) == *tree)
                .unwrap_or_else(|| tree.clone())
        };
        for own in [input.clone(), named(&input)] {
            let wrong = replaced(&answer, &own, &output);
            if wrong != answer && !made.contains(&wrong) {
                made.push(wrong);
            }
        }
    }
    made
}

fn replaced(tree: &Tree, input: &Tree, output: &Tree) -> Tree {
    if let Kind::Transpose(inner) = &tree.kind
        && **inner == *input
    {
        return Kind::Transpose(Box::new(output.clone())).into();
    }
    map_parts(tree, &mut |part| replaced(part, input, output))
}

/// What the matrix is multiplied with, and the function of it around.
fn layers(tree: &Tree, matrix: &str, around: Option<&Tree>, out: &mut Vec<(Tree, Tree)>) {
    if let Kind::Product(factors) = &tree.kind
        && let Some(around) = around
    {
        for pair in factors.windows(2) {
            if matches!(&pair[0].kind, Kind::Name(name) if name == matrix) {
                out.push((pair[1].clone(), around.clone()));
            }
        }
    }
    let around = match &tree.kind {
        Kind::Call { primes: 0, .. } => Some(tree),
        _ => around,
    };
    tree.each_part(&mut |part| layers(part, matrix, around, out));
}
