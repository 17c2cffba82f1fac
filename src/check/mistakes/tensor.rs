//! Mistakes in gradients of vectors and matrices: a transposed or negated answer, a softmax that was passed wrongly.

use super::differentiate::{Differentiator, Slip};
use super::pattern::read;
use super::table::{MISTAKES, Rule};
use super::{Case, Diagnosis, gradient, sums, writing};
use crate::check::decide::simplest;
use crate::check::decide::unfold;
use crate::check::rewrite::{map_parts, substitute};
use crate::function;
use crate::print;
use crate::problem::{Operator, Request};
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};
use crate::syntax::{Names, parse};

/// Places of an answer at which a slip is tried.
const MOST_SLIPS: usize = 12;
/// Names inside the rules that cannot be names of a document.
const SOFTMAX: &str = "s_0";
const ARRIVING: &str = "g_0";

/// Adds the mistakes that explain the line.
pub(super) fn diagnose(case: &Case, found: &mut Vec<Diagnosis>) {
    let Some(head) = opened(case) else { return };
    if !is_tensor(case, &head) {
        return;
    }
    let is_number = case.sheet.is_numeric(case.written);
    // Sums over the entries of vectors as the rules have them.
    let in_vectors = sums::of_vectors(case.sheet, &head);
    for mistake in MISTAKES.iter() {
        for rule in mistake.rules {
            if matches!(rule, Rule::Answer(_)) && (is_number || !found.is_empty()) {
                // A number is its own transpose: that would explain nothing. What is said of the whole answer explains less
                // than a rule does.
                continue;
            }
            let consequences = match rule {
                Rule::Answer(text) => answers(text, &head),
                Rule::Softmax(text) => softmax(case, &head, text).into_iter().collect(),
                Rule::Jacobian(text) => jacobian(&head, text).into_iter().collect(),
                Rule::Slip(from, to) if !is_number => slips(case, from, to),
                Rule::Gradient(from, to) => gradient::written(case, &in_vectors, from, to),
                Rule::Body(from, to) => gradient::of_another(&in_vectors, from, to),
                Rule::OfPairs(text) if found.is_empty() && sums::is_of_pairs(case) => {
                    answers(text, case.head)
                }
                Rule::Summand if sums::is_summand(case) => vec![case.written.clone()],
                Rule::FixedSum if sums::is_with_fixed_sums(case) => vec![case.written.clone()],
                Rule::OuterWithOutput => gradient::outer_with_output(case, &head),
                _ => continue,
            };
            if consequences.iter().any(|consequence| is_written(case, consequence)) {
                found.push(mistake.diagnosis());
                break;
            }
        }
    }
}

/// Is a consequence what was written: proved, or, where the shapes do not fit, written alike?
fn is_written(case: &Case, consequence: &Tree) -> bool {
    case.is_written(&sums::by_entries(case.sheet, consequence))
        || writing::is_same(case.sheet, consequence, case.written)
}

/// The mistake of a line that holds under a fact only: the particular one, or that of having used the fact.
pub(super) fn of_fact(case: &Case, general: &'static str) -> Option<Diagnosis> {
    let head = opened(case)?;
    for mistake in MISTAKES.iter() {
        for rule in mistake.rules {
            let holds = match rule {
                Rule::Gradient(from, to) => {
                    gradient::written(case, &head, from, to).iter().any(|c| case.is_written(c))
                }
                _ => false,
            };
            if holds {
                return Some(mistake.diagnosis());
            }
        }
    }
    gradient::is_quadratic(&head).then_some(())?;
    let mistake = MISTAKES.iter().find(|mistake| mistake.rules.contains(&Rule::Needs(general)))?;
    Some(mistake.diagnosis())
}

/// What the chain starts from, as a derivative by a whole name: names are looked through except that one.
fn opened(case: &Case) -> Option<Tree> {
    let Kind::Derivative { operator, body, variables } = &case.head.kind else { return None };
    let [variable] = variables.as_slice() else { return None };
    let (name, indices) = match &variable.kind {
        Kind::Name(name) => (name, None),
        Kind::Index(base, indices) => match &base.kind {
            Kind::Name(name) => (name, Some(indices.clone())),
            _ => return None,
        },
        _ => return None,
    };
    let body = Box::new(unfold::opened(case.sheet, body, name, 0));
    let derivative: Tree =
        Kind::Derivative { operator: *operator, body, variables: vec![Tree::name(name.clone())] }.into();
    Some(match indices {
        Some(indices) => Kind::Index(Box::new(derivative), indices).into(),
        None => derivative,
    })
}

fn is_tensor(case: &Case, head: &Tree) -> bool {
    let mut found = false;
    head.walk(&mut |part| {
        if let Kind::Name(name) = &part.kind {
            found |= case.sheet.rank(name) > 0;
        }
    });
    found
}

/// The whole answer, transposed or negated; an entry of it is transposed by its indices.
fn answers(text: &str, head: &Tree) -> Vec<Tree> {
    let mut names = Names::new();
    names.add_variable("A");
    let Ok(parsed) = parse(text, &names) else { return Vec::new() };
    if let Kind::Transpose(_) = parsed.tree.kind
        && let Kind::Index(base, indices) = &head.kind
    {
        return match indices.as_slice() {
            [i, j] => vec![Kind::Index(base.clone(), vec![j.clone(), i.clone()]).into()],
            _ => Vec::new(),
        };
    }
    vec![substitute(&parsed.tree, &|name| (name == "A").then(|| head.clone()))]
}

/// The right answer with one part written wrongly, at each place.
fn slips(case: &Case, from: &str, to: &str) -> Vec<Tree> {
    let (Some(from), Some(to), Some(answer)) = (read(from), read(to), simplest(case.sheet, case.head)) else {
        return Vec::new();
    };
    let mut made = Vec::new();
    for place in 0..MOST_SLIPS {
        let slip = Slip { from: &from, to: &to, place: Some(place), rewriting: true, inside: false };
        let mut run = Differentiator::new("", Some(slip));
        match run.worked_out(&answer) {
            Some(consequence) if run.made() => made.push(consequence),
            _ => break,
        }
    }
    made
}

/// The first call of softmax in a formula, and its argument.
fn softmax_in(tree: &Tree) -> Option<(Tree, Tree)> {
    let mut found = None;
    tree.walk(&mut |part| {
        if let Kind::Call { name, primes: 0, arguments } = &part.kind
            && let [inner] = arguments.as_slice()
            && found.is_none()
            && is_softmax(name)
        {
            found = Some((part.clone(), inner.clone()));
        }
    });
    found
}

fn is_softmax(name: &str) -> bool {
    function::lookup(name).is_some_and(|id| {
        matches!(function::row(id).meaning, function::Meaning::Tensor(function::TensorFunction::Softmax))
    })
}

fn replaced(tree: &Tree, from: &Tree, to: &Tree) -> Tree {
    if tree == from { to.clone() } else { map_parts(tree, &mut |part| replaced(part, from, to)) }
}

/// The derivative with a wrong rule for the softmax in it: by way of what arrives at the softmax and what leaves it.
fn softmax(case: &Case, head: &Tree, text: &str) -> Option<Tree> {
    let (derivative, places) = match &head.kind {
        Kind::Index(base, indices) => (&**base, Some(indices.clone())),
        _ => (head, None),
    };
    let Kind::Derivative { body, variables, .. } = &derivative.kind else { return None };
    let [variable] = variables.as_slice() else { return None };
    let (call, inner) = softmax_in(body)?;
    let outer = replaced(body, &call, &Tree::name(SOFTMAX));
    if softmax_in(&outer).is_some() {
        return None;
    }
    let mut problem = case.sheet.problem(&[body, variable], &[], &[]).ok()?;
    // The argument has as many components as the softmax: its shape is read off.
    let lowered = problem.environment.lower(&inner).ok()?;
    let graph = &problem.environment.graph;
    let sizes: Vec<String> =
        graph.axes(lowered.node).iter().map(|axis| graph.dimension_text(*axis)).collect();
    let [size] = sizes.as_slice() else { return None };
    problem.declare(&format!("{SOFTMAX}: R[{size}]")).ok()?;
    problem.declare(&format!("{ARRIVING}: R[{size}]")).ok()?;
    let mut derived = |body: Tree, by: &Tree| {
        let operator = DerivativeOperator::Derivative;
        let tree: Tree =
            Kind::Derivative { operator, body: Box::new(body), variables: vec![by.clone()] }.into();
        let request = Request { operator: Operator::Simplify, ..Request::default() };
        let answer = problem.answer(&print::text(&tree), &request).ok()?;
        answer.partials.into_iter().next().map(|partial| partial.tree)
    };
    let arriving = derived(outer, &Tree::name(SOFTMAX))?;
    let product: Tree =
        Kind::Product(vec![Kind::Transpose(Box::new(Tree::name(ARRIVING))).into(), inner.clone()]).into();
    let leaving = derived(product, variable)?;
    let mut names = Names::new();
    ["s", "g"].iter().for_each(|name| names.add_variable(name));
    let rule = parse(text, &names).ok()?.tree;
    let passed = substitute(&rule, &|name| match name {
        "s" => Some(Tree::name(SOFTMAX)),
        "g" => Some(arriving.clone()),
        _ => None,
    });
    let whole = substitute(&leaving, &|name| (name == ARRIVING).then(|| passed.clone()));
    let whole = substitute(&whole, &|name| (name == SOFTMAX).then(|| call.clone()));
    Some(match places {
        Some(places) => Kind::Index(Box::new(whole), places).into(),
        None => whole,
    })
}

/// The Jacobian of the softmax itself, wrongly written.
fn jacobian(head: &Tree, text: &str) -> Option<Tree> {
    let (derivative, i) = match &head.kind {
        Kind::Index(base, indices) => (&**base, indices.first()),
        _ => (head, None),
    };
    let Kind::Derivative { body, .. } = &derivative.kind else { return None };
    let (call, k) = match &body.kind {
        Kind::Index(base, indices) => (&**base, indices.first()),
        _ => (&**body, None),
    };
    if !matches!(&call.kind, Kind::Call { name, .. } if is_softmax(name)) || i.is_some() != k.is_some() {
        return None;
    }
    let is_indexed = text.contains("s[");
    if is_indexed != i.is_some() {
        return None;
    }
    let mut names = Names::new();
    names.add_variable("s");
    let rule = parse(text, &names).ok()?.tree;
    Some(substitute(&rule, &|name| match name {
        "s" => Some(call.clone()),
        "i" => i.cloned(),
        "k" => k.cloned(),
        _ => None,
    }))
}
