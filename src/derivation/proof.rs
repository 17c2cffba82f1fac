//! Whether two lines are equal, by the engine and its normal forms; nothing is believed.

use rustc_hash::FxHashSet;

use super::Phrase;
use super::make::{derivative, map_parts, relation, substitute};
use super::rule::pending;
use crate::diagnostic::Diagnostic;
use crate::function::{self, Function, FunctionId, Row};
use crate::ir::NodeId;
use crate::ir::scalar::{Operation, Scalar, ScalarBuilder};
use crate::lower::Lowered;
use crate::normal::{Certainty, Definitions, Limits, is_zero};
use crate::print;
use crate::problem::Problem;
use crate::prove::{Verdict, equivalent};
use crate::simplify::TableDefinitions;
use crate::syntax::tree::{Kind, Relation, Tree};
use crate::syntax::{Names, parse};

/// Parts of a difference that is looked at.
const LARGEST: usize = 6_000;
/// Parts in which two lines may differ to be compared one by one.
const MOST_DIFFERENT: usize = 40;
/// Derivatives of formulas up to this size are compared as they are.
const SMALL: usize = 24;
/// Functions that stand for parts.
const MOST_PARTS: usize = 12;

/// Reads a line; the conditions that its parts bring stay out of the problem.
pub(super) fn lower(problem: &mut Problem, tree: &Tree) -> Result<Lowered, Diagnostic> {
    let conditions = std::mem::take(&mut problem.environment.conditions);
    let conventions = std::mem::take(&mut problem.environment.conventions);
    let lowered = problem.environment.lower(tree);
    problem.environment.conditions = conditions;
    problem.environment.conventions = conventions;
    lowered
}

/// Are two nodes equal wherever both have a value? `false`: not shown.
pub(super) fn equal(problem: &mut Problem, left: NodeId, right: NodeId) -> bool {
    if left == right {
        return true;
    }
    let graph = &mut problem.environment.graph;
    if graph.axes(left) != graph.axes(right) {
        return false;
    }
    let difference = graph.subtract(left, right);
    if graph.is_zero(difference) {
        return true;
    }
    let Some(view) = graph.pointwise(difference, &FxHashSet::default(), LARGEST) else { return false };
    if is_zero(&view.expression, &TableDefinitions, &Limits::default()) == Some(Certainty::Proved) {
        return true;
    }
    false
}

/// Are two lines equal wherever both have a value, by all the means of the prover? `false`: not shown.
///
/// Where values are given by cases, they are equal if they are in every case, inside it.
pub(super) fn follows(problem: &mut Problem, before: &Tree, after: &Tree) -> bool {
    if are_equal_in_parts(problem, before, after) {
        return true;
    }
    let in_cases = in_every_case(before, after, &mut |x, y| {
        are_equal(problem, x, y) || matches!(equivalent(problem, x, y), Ok(Verdict::Proved(_)))
    });
    in_cases.unwrap_or_else(|| matches!(equivalent(problem, before, after), Ok(Verdict::Proved(_))))
}

/// Are the parts equal in which two lines of one form differ, or the lines as they are? A line of many terms in which one
/// changes is proved by that one.
fn are_equal_in_parts(problem: &mut Problem, before: &Tree, after: &Tree) -> bool {
    if before == after {
        return true;
    }
    if let Some(pairs) = different_parts(before, after)
        && pairs.iter().all(|(x, y)| are_equal_in_parts(problem, x, y))
    {
        return true;
    }
    if let Some((body, variable, _)) = pending(before) {
        if let Kind::Sum(terms) = &body.kind
            && is_sum_rule(problem, terms, variable, after)
        {
            return true;
        }
        if print::nodes(body) > SMALL && is_rule_for_any_parts(body, variable, after) {
            return true;
        }
    }
    are_equal(problem, before, after)
}

/// The parts in which two trees of one form differ; `None` if their forms do.
fn different_parts<'a>(before: &'a Tree, after: &'a Tree) -> Option<Vec<(&'a Tree, &'a Tree)>> {
    let is_same = match (&before.kind, &after.kind) {
        (
            Kind::Call { name: f, primes: p, arguments: a },
            Kind::Call { name: g, primes: q, arguments: b },
        ) => f == g && p == q && a.len() == b.len(),
        (Kind::Sum(a), Kind::Sum(b)) | (Kind::Product(a), Kind::Product(b)) => a.len() == b.len(),
        (Kind::Quotient(..), Kind::Quotient(..))
        | (Kind::Power(..), Kind::Power(..))
        | (Kind::Negate(_), Kind::Negate(_)) => true,
        _ => false,
    };
    if !is_same {
        return None;
    }
    let (mut a, mut b) = (Vec::new(), Vec::new());
    before.each_part(&mut |part| a.push(part));
    after.each_part(&mut |part| b.push(part));
    let pairs: Vec<(&Tree, &Tree)> = a.into_iter().zip(b).filter(|(x, y)| x != y).collect();
    (pairs.len() <= MOST_DIFFERENT).then_some(pairs)
}

/// Is each term of the sum the derivative of a term?
fn is_sum_rule(problem: &mut Problem, terms: &[Tree], variable: &Tree, after: &Tree) -> bool {
    let own: &[Tree] = match &after.kind {
        Kind::Sum(own) => own,
        _ => std::slice::from_ref(after),
    };
    let mut derivatives = Vec::with_capacity(terms.len());
    for term in terms {
        let one = derivative(term.clone(), variable);
        let Ok(lowered) = lower(problem, &one) else { return false };
        if own.len() == terms.len() || !problem.environment.graph.is_zero(lowered.node) {
            derivatives.push(one);
        }
    }
    derivatives.len() == own.len()
        && derivatives.iter().zip(own).all(|(x, y)| {
            // d/dx (−u) = −d/dx (u)
            if let (Some((body, ..)), Kind::Negate(y)) = (pending(x), &y.kind)
                && let Kind::Negate(body) = &body.kind
                && **y == derivative((**body).clone(), variable)
            {
                return true;
            }
            are_equal_in_parts(problem, x, y)
        })
}

/// Does the line follow whatever functions of the variable stand in the place of the parts? So it is shown for product,
/// quotient and power rules without looking into long factors.
fn is_rule_for_any_parts(body: &Tree, variable: &Tree, after: &Tree) -> bool {
    let Kind::Name(name) = &variable.kind else { return false };
    let mut parts: Vec<&Tree> = Vec::new();
    body.each_part(&mut |part| {
        let mut moves = false;
        part.walk(&mut |inner| moves |= matches!(&inner.kind, Kind::Name(own) if own == name));
        if moves && part != variable && !parts.contains(&part) {
            parts.push(part);
        }
    });
    if parts.is_empty() || parts.len() > MOST_PARTS {
        return false;
    }
    let mut scratch = Problem::new();
    let letter = |at: usize| format!("part_{at}");
    for at in 0..parts.len() {
        if scratch.declare(&format!("{}: function", letter(at))).is_err() {
            return false;
        }
    }
    let opaque = |tree: &Tree| with_parts_as_functions(tree, &parts, variable, &letter);
    are_equal(&mut scratch, &derivative(opaque(body), variable), &opaque(after))
}

fn with_parts_as_functions(
    tree: &Tree,
    parts: &[&Tree],
    variable: &Tree,
    letter: &dyn Fn(usize) -> String,
) -> Tree {
    match parts.iter().position(|part| *part == tree) {
        Some(at) => Tree::call(letter(at), vec![variable.clone()]),
        None => map_parts(tree, &mut |part| with_parts_as_functions(part, parts, variable, letter)),
    }
}

/// Does a relation hold between two trees in every case of those that are given by cases? `None` if there are none, or too
/// many of them.
pub(super) fn in_every_case(
    before: &Tree,
    after: &Tree,
    relates: &mut dyn FnMut(&Tree, &Tree) -> bool,
) -> Option<bool> {
    let mut conditions: Vec<Tree> = Vec::new();
    for tree in [before, after] {
        tree.walk(&mut |part| {
            if let Kind::Cases(rows) = &part.kind {
                for condition in rows.iter().filter_map(|(_, condition)| condition.as_ref()) {
                    if !conditions.contains(condition) {
                        conditions.push(condition.clone());
                    }
                }
            }
        });
    }
    if conditions.is_empty() || conditions.len() > MOST_CONDITIONS {
        return None;
    }
    let all = (0..1usize << conditions.len()).all(|choice| {
        let holds = |condition: &Tree| {
            conditions.iter().position(|own| own == condition).is_some_and(|at| choice >> at & 1 == 1)
        };
        // where one of them has no case it has no value
        let (Some(x), Some(y)) = (chosen(before, &holds), chosen(after, &holds)) else { return true };
        relates(&x, &y)
    });
    Some(all)
}

/// Are two trees proved equal by normal forms? The prover's whole means took seconds on pairs that are not equal.
pub(super) fn are_equal(problem: &mut Problem, left: &Tree, right: &Tree) -> bool {
    match (lower(problem, left), lower(problem, right)) {
        (Ok(a), Ok(b)) => equal(problem, a.node, b.node),
        _ => false,
    }
}

/// Conditions of cases that are looked at one by one.
const MOST_CONDITIONS: usize = 4;

/// The tree where some conditions hold and others do not; `None` where no case is left.
fn chosen(tree: &Tree, holds: &dyn Fn(&Tree) -> bool) -> Option<Tree> {
    if let Kind::Cases(rows) = &tree.kind {
        let (value, _) = rows.iter().find(|(_, condition)| condition.as_ref().is_none_or(holds))?;
        return chosen(value, holds);
    }
    let mut is_whole = true;
    let mapped = map_parts(tree, &mut |part| {
        chosen(part, holds).unwrap_or_else(|| {
            is_whole = false;
            part.clone()
        })
    });
    is_whole.then_some(mapped)
}

/// What it takes to see that two trees are equal.
pub(super) enum Means {
    /// Sums, products, powers.
    Algebra,
    /// A law, in words.
    Identity(String),
    /// What these functions mean.
    Definition(Vec<FunctionId>),
    /// More than that.
    Unknown,
}

/// The laws that are tried, with the functions that stay open for each.
const LAWS: [(&[FunctionId], &str); 4] = [
    (&[function::EXP], "laws of exponents"),
    (&[function::SIN, function::COS], "sin² + cos² = 1"),
    (&[function::LOG], "laws of logarithms"),
    (&[function::ABS, function::SIGN], "laws of absolute values"),
];

/// The simplest means by which two trees are seen to be equal.
pub(super) fn means(problem: &mut Problem, left: &Tree, right: &Tree) -> Means {
    let (Ok(left), Ok(right)) = (lower(problem, left), lower(problem, right)) else { return Means::Unknown };
    let graph = &mut problem.environment.graph;
    let difference = graph.subtract(left.node, right.node);
    let Some(view) = graph.pointwise(difference, &FxHashSet::default(), LARGEST) else {
        return Means::Unknown;
    };
    let expression = &view.expression;
    let holds = |open: &[FunctionId], defined: &[FunctionId]| {
        let closed = closed(expression, &|id| open.contains(&id) || defined.contains(&id));
        is_zero(&closed, &Only(defined), &Limits::default()) == Some(Certainty::Proved)
    };
    if holds(&[], &[]) {
        return Means::Algebra;
    }
    for (open, words) in LAWS {
        if holds(open, &[]) {
            return Means::Identity(words.to_owned());
        }
    }
    let mut used: Vec<FunctionId> = Vec::new();
    for operation in expression.nodes() {
        if let Operation::Call(Function::Known(id), _) = operation
            && !used.contains(id)
        {
            used.push(*id);
        }
    }
    used.sort_unstable();
    let elementary = [function::EXP, function::LOG, function::SIN, function::COS];
    let defined: Vec<FunctionId> =
        used.iter().copied().filter(|id| function::row(*id).canonical.is_some()).collect();
    for id in &defined {
        if holds(&elementary, &[*id]) {
            return Means::Definition(vec![*id]);
        }
    }
    for (at, first) in defined.iter().enumerate() {
        for second in &defined[at + 1..] {
            if holds(&elementary, &[*first, *second]) {
                return Means::Definition(vec![*first, *second]);
            }
        }
    }
    Means::Unknown
}

/// The expression with the calls that are not open as letters: equal calls are one letter.
fn closed(expression: &Scalar, is_open: &dyn Fn(FunctionId) -> bool) -> Scalar {
    let mut builder = ScalarBuilder::default();
    let mut place: Vec<u32> = Vec::with_capacity(expression.nodes().len());
    let leaves = expression
        .nodes()
        .iter()
        .map(|operation| if let Operation::Leaf(n) = operation { n + 1 } else { 0 })
        .max()
        .unwrap_or(0);
    for (at, operation) in expression.nodes().iter().enumerate() {
        let operation = match operation {
            Operation::Call(Function::Known(id), _) if is_open(*id) => operation.map(|a| place[a as usize]),
            Operation::Call(..) => Operation::Leaf(leaves + at as u32),
            other => other.map(|a| place[a as usize]),
        };
        place.push(builder.add(operation));
    }
    let root = place.last().copied().unwrap_or(0);
    builder.finish(root)
}

/// The definitions of these functions only.
struct Only<'a>(&'a [FunctionId]);

impl Definitions for Only<'_> {
    fn canonical(&self, function: Function) -> Option<&Scalar> {
        match function {
            Function::Known(id) if self.0.contains(&id) => TableDefinitions.canonical(function),
            _ => None,
        }
    }
}

/// `tan(u) = sin(u)/cos(u)`.
pub(super) fn definition(row: &Row) -> Option<Phrase> {
    let canonical = parse(row.canonical?, &Names::default()).ok()?.tree;
    let letters = ["u", "v"];
    let by: Vec<(String, Tree)> =
        row.parameters.iter().zip(letters).map(|(p, letter)| ((*p).to_owned(), Tree::name(letter))).collect();
    let arguments = by.iter().map(|(_, letter)| letter.clone()).collect();
    Some(Phrase::Formula(relation(
        Tree::call(row.name, arguments),
        Relation::Equal,
        substitute(&canonical, &by),
    )))
}
