//! Whether two lines are equal, by the engine and its normal forms; nothing is believed.

use rustc_hash::FxHashSet;

use super::Phrase;
use super::make::{map_parts, relation, substitute};
use crate::diagnostic::Diagnostic;
use crate::facts::Conditions;
use crate::function::{self, Function, FunctionId, Row};
use crate::ir::NodeId;
use crate::ir::scalar::{Operation, Scalar, ScalarBuilder};
use crate::lower::Lowered;
use crate::normal::{Certainty, Definitions, Limits, is_zero};
use crate::number::Rational;
use crate::problem::Problem;
use crate::prove::{Verdict, equivalent};
use crate::simplify::TableDefinitions;
use crate::syntax::tree::{Kind, Relation, Tree};
use crate::syntax::{Names, parse};

/// Parts of a difference that is looked at.
const LARGEST: usize = 6_000;

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
pub(super) fn follows(problem: &mut Problem, before: (&Tree, NodeId), after: (&Tree, NodeId)) -> bool {
    if equal(problem, before.1, after.1) {
        return true;
    }
    let in_cases = in_every_case(before.0, after.0, &mut |x, y| {
        let (Ok(a), Ok(b)) = (lower(problem, x), lower(problem, y)) else { return false };
        equal(problem, a.node, b.node) || matches!(equivalent(problem, x, y), Ok(Verdict::Proved(_)))
    });
    in_cases.unwrap_or_else(|| matches!(equivalent(problem, before.0, after.0), Ok(Verdict::Proved(_))))
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

/// The conditions of the engine's result, and which of them have been said.
#[derive(Default)]
pub(super) struct Known {
    /// What the engine assumes, as it is shown, with the difference of its sides.
    engine: Vec<(NodeId, Tree)>,
    said: Vec<NodeId>,
}

impl Known {
    pub(super) fn new(problem: &mut Problem, conditions: &[Tree]) -> Self {
        let mut known = Known::default();
        for condition in conditions {
            if let Some((node, _)) = sides(problem, condition) {
                // u ≥ 0 and u ≠ 0 say u > 0
                let twin = known.engine.iter_mut().find(|(own, _)| *own == node);
                match twin {
                    Some((_, shown)) => *shown = strict(shown).unwrap_or_else(|| shown.clone()),
                    None => known.engine.push((node, condition.clone())),
                }
            }
        }
        known
    }

    /// What the conditions of a step say that was not said before: in the engine's words where it has them.
    pub(super) fn take(&mut self, problem: &mut Problem, conditions: &[Tree]) -> Vec<Tree> {
        let mut new: Vec<Tree> = Vec::new();
        for condition in conditions {
            let Some((node, relation)) = sides(problem, condition) else { continue };
            let mut all = Conditions::default();
            let graph = &mut problem.environment.graph;
            let zero = graph.number(&Rational::ZERO);
            if relation == Relation::NotEqual {
                all.require_of(graph, node, relation);
            } else {
                all.require(graph, node, relation, zero);
            }
            for one in all.minimal(&mut problem.environment.graph) {
                let graph = &mut problem.environment.graph;
                let node = graph.subtract(one.left, one.right);
                let opposite = graph.negate(node);
                if self.said.contains(&node) || self.said.contains(&opposite) {
                    continue;
                }
                self.said.push(node);
                match self.engine.iter().find(|(own, _)| *own == node || *own == opposite) {
                    Some((_, shown)) => add(&mut new, shown.clone()),
                    None => problem.written_conditions(&[one]).into_iter().for_each(|one| add(&mut new, one)),
                }
            }
        }
        new
    }

    /// What the engine assumes and nobody has said.
    pub(super) fn unsaid(&self, problem: &mut Problem) -> Vec<Tree> {
        let graph = &mut problem.environment.graph;
        self.engine
            .iter()
            .filter(|(node, _)| {
                let opposite = graph.negate(*node);
                !self.said.contains(node) && !self.said.contains(&opposite)
            })
            .map(|(_, condition)| condition.clone())
            .collect()
    }
}

fn add(conditions: &mut Vec<Tree>, condition: Tree) {
    if !conditions.contains(&condition) {
        conditions.push(condition);
    }
}

/// `u > v` for `u ≥ v` and `u ≠ v`.
fn strict(condition: &Tree) -> Option<Tree> {
    let Kind::Relation(own, left, right) = &condition.kind else { return None };
    matches!(own, Relation::GreaterEqual | Relation::NotEqual | Relation::Greater)
        .then(|| relation((**left).clone(), Relation::Greater, (**right).clone()))
}

/// The difference of the sides, and the relation.
fn sides(problem: &mut Problem, condition: &Tree) -> Option<(NodeId, Relation)> {
    let Kind::Relation(relation, left, right) = &condition.kind else { return None };
    let (left, right) = (lower(problem, left).ok()?, lower(problem, right).ok()?);
    let graph = &mut problem.environment.graph;
    if graph.axes(left.node) != graph.axes(right.node) {
        return None;
    }
    Some((graph.subtract(left.node, right.node), *relation))
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
    let mut open = used.clone();
    open.extend(elementary);
    if holds(&open, &[]) {
        return Means::Identity("laws of exponents and logarithms".to_owned());
    }
    if holds(&elementary, &defined) {
        return Means::Definition(defined);
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
