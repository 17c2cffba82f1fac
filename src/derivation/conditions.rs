//! Which conditions a derivation states, and on which line.
//!
//! Rules say what they need; what the facts or earlier conditions imply is not said again, and conditions on one variable
//! are solved for it. What the engine needs and no rule has said is said on the first line.

use super::proof::lower;
use super::solved::Numbers;
use crate::evaluate::graph::{Point, Value};
use crate::facts::{Condition, Conditions};
use crate::ir::{Atom, NodeId};
use crate::number::Rational;
use crate::print;
use crate::problem::{Operator, Problem, Request};
use crate::prove;
use crate::syntax::tree::{Kind, Relation, Tree};

use super::make::substitute;

/// More conditions are not compared with each other.
const MOST_COMPARED: usize = 32;

/// A condition as it may be shown, and as the engine understands it.
#[derive(Clone)]
struct Needed {
    tree: Tree,
    own: Condition,
}

/// What has been said.
#[derive(Default)]
struct Said {
    /// What the formula needs by itself.
    strong: Vec<Needed>,
    conditions: Vec<Condition>,
    /// For each variable, the numbers that are left.
    left: Vec<(String, Numbers)>,
}

/// What is needed besides what rules say.
pub(super) struct Whole<'a> {
    /// Where the formula has a value.
    pub formula: &'a [Tree],
    /// What the engine's result needs; what no rule has said of it goes to the first line.
    pub engine: &'a [Tree],
    /// What of it says too much.
    pub kinks: &'a [Tree],
}

/// The conditions of each line: what its rules need beyond what was said before. What the formula needs by itself is said at
/// once where a line would say less: x > 0 for log(x)/x, not x ≠ 0 first.
pub(super) fn of_lines(problem: &mut Problem, lines: &[Vec<Tree>], whole: &Whole) -> Vec<Vec<Tree>> {
    let Whole { formula, engine, kinks } = *whole;
    let needed: Vec<Vec<Needed>> = lines.iter().map(|own| minimal(problem, own)).collect();
    let all: Vec<Condition> = needed.iter().flatten().map(|one| one.own).collect();
    let kinks: Vec<Condition> = minimal(problem, kinks).into_iter().map(|one| one.own).collect();
    let unsaid: Vec<Needed> = minimal(problem, engine)
        .into_iter()
        .filter(|one| !kinks.contains(&one.own) && !is_implied(problem, &one.own, &all))
        .collect();
    let strong: Vec<Needed> = minimal(problem, formula)
        .into_iter()
        .map(|one| {
            // √u has a derivative for u > 0 only
            let is_strict = |other: &&Needed| {
                (other.own.left, other.own.right) == (one.own.left, one.own.right)
                    && other.own.relation == Relation::Greater
            };
            needed.iter().flatten().find(is_strict).cloned().unwrap_or(one)
        })
        .collect();
    let mut said = Said { strong, ..Said::default() };
    let mut shown = Vec::with_capacity(needed.len());
    for (at, mut own) in needed.into_iter().enumerate() {
        if at == 0 {
            own.splice(0..0, unsaid.iter().cloned());
        }
        shown.push(said.take(problem, own));
    }
    shown
}

impl Said {
    /// What is new among the conditions of one line.
    fn take(&mut self, problem: &mut Problem, needed: Vec<Needed>) -> Vec<Tree> {
        let mut open: Vec<Needed> = Vec::new();
        for one in needed {
            let is_new = !is_implied(problem, &one.own, &self.conditions);
            let stronger = self.strong.iter().find(|other| {
                other.own != one.own && is_implied(problem, &one.own, std::slice::from_ref(&other.own))
            });
            let one = stronger.cloned().unwrap_or(one);
            if is_new && !open.iter().any(|other| other.own == one.own) {
                open.push(one);
            }
        }
        // those that follow from the rest of the line, the last ones first
        let mut at = open.len();
        while at > 0 {
            at -= 1;
            let rest: Vec<Condition> = open
                .iter()
                .enumerate()
                .filter(|(place, _)| *place != at)
                .map(|(_, one)| one.own)
                .chain(self.conditions.iter().copied())
                .collect();
            if is_implied(problem, &open[at].own, &rest) {
                open.remove(at);
            }
        }
        self.conditions.extend(open.iter().map(|one| one.own));
        self.written(problem, &open)
    }

    /// The conditions as they are shown: those on one variable together, solved for it.
    fn written(&mut self, problem: &Problem, open: &[Needed]) -> Vec<Tree> {
        let mut shown: Vec<Tree> = Vec::new();
        let mut solved: Vec<(String, Numbers, Vec<Tree>, usize)> = Vec::new();
        for one in open {
            let set = variable_of(problem, &one.own)
                .and_then(|variable| Numbers::of(&one.tree, &variable).map(|set| (variable, set)));
            let Some((variable, set)) = set else {
                add(&mut shown, one.tree.clone());
                continue;
            };
            match solved.iter_mut().find(|(own, ..)| *own == variable) {
                Some((_, own, trees, _)) => {
                    *own = own.and(&set);
                    trees.push(one.tree.clone());
                }
                None => solved.push((variable, set, vec![one.tree.clone()], shown.len())),
            }
        }
        for (variable, set, trees, at) in solved.into_iter().rev() {
            let known = self.left.iter().find(|(own, _)| *own == variable).map(|(_, set)| set.clone());
            let known = known.unwrap_or_else(Numbers::all);
            let new = set.beyond(&known, &variable).unwrap_or(trees);
            let left = set.and(&known);
            match self.left.iter_mut().find(|(own, _)| *own == variable) {
                Some((_, own)) => *own = left,
                None => self.left.push((variable, left)),
            }
            let new: Vec<Tree> = new.into_iter().filter(|tree| !shown.contains(tree)).collect();
            shown.splice(at..at, new);
        }
        shown
    }
}

/// Is something divided in a condition by what another one is about?
fn divides_by(problem: &Problem, condition: &Condition, other: &Condition) -> bool {
    let graph = &problem.environment.graph;
    let is_below = |node: &NodeId| {
        graph.terms(*node).iter().flat_map(|(_, term)| &term.factors).any(|factor| {
            factor.base == other.left && factor.exponent.number().is_some_and(Rational::is_negative)
        })
    };
    condition != other && graph.reachable(&[condition.left, condition.right]).iter().any(is_below)
}

fn add(conditions: &mut Vec<Tree>, condition: Tree) {
    if !conditions.contains(&condition) {
        conditions.push(condition);
    }
}

/// The one scalar variable that a condition is about.
fn variable_of(problem: &Problem, condition: &Condition) -> Option<String> {
    let graph = &problem.environment.graph;
    let mut names: Vec<&str> = Vec::new();
    for node in graph.reachable(&[condition.left, condition.right]) {
        if graph.rank(node) > 0 {
            return None;
        }
        if let Some(Atom::Variable(symbol)) = graph.atom(node) {
            names.push(graph.symbol_name(*symbol));
        }
    }
    let [one] = names.as_slice() else { return None };
    Some((*one).to_owned())
}

/// Does a condition follow from others? That they have values says that what they divide by is not 0, but nobody reads that.
fn is_implied(problem: &mut Problem, condition: &Condition, others: &[Condition]) -> bool {
    let others: Vec<Condition> = others
        .iter()
        .filter(|other| !divides_by(problem, other, condition))
        .take(MOST_COMPARED)
        .copied()
        .collect();
    prove::is_implied(&mut problem.environment, condition, &others)
}

/// Conditions as the engine understands them: products taken apart, what always holds left out.
fn minimal(problem: &mut Problem, conditions: &[Tree]) -> Vec<Needed> {
    let mut all: Vec<Needed> = Vec::new();
    for condition in conditions {
        let parts: &[Tree] = match &condition.kind {
            Kind::And(parts) => parts,
            _ => std::slice::from_ref(condition),
        };
        for part in parts {
            for one in needed(problem, part) {
                let is_constant = variables_in(problem, &one.own) == 0;
                if !is_constant && !all.iter().any(|other| other.own == one.own) {
                    all.push(one);
                }
            }
        }
    }
    all
}

fn variables_in(problem: &Problem, condition: &Condition) -> usize {
    let graph = &problem.environment.graph;
    let nodes = graph.reachable(&[condition.left, condition.right]);
    nodes.iter().filter(|node| matches!(graph.atom(**node), Some(Atom::Variable(_)))).count()
}

fn needed(problem: &mut Problem, condition: &Tree) -> Vec<Needed> {
    let Kind::Relation(relation, left, right) = &condition.kind else { return Vec::new() };
    let (Ok(a), Ok(b)) = (lower(problem, left), lower(problem, right)) else { return Vec::new() };
    let graph = &mut problem.environment.graph;
    if graph.axes(a.node) != graph.axes(b.node) {
        return Vec::new();
    }
    let difference = graph.subtract(a.node, b.node);
    let zero = graph.constant(&Rational::ZERO, graph.axes(difference).clone());
    let mut all = Conditions::default();
    if *relation == Relation::NotEqual {
        all.require_of(graph, difference, *relation);
    } else {
        all.require(graph, difference, *relation, zero);
    }
    let minimal = all.minimal(graph);
    let mut found = Vec::with_capacity(minimal.len());
    for own in minimal {
        if is_implied(problem, &own, &[]) {
            continue;
        }
        let is_same = own.left == difference && own.right == zero;
        let trees = if is_same {
            vec![Kind::Relation(own.relation, left.clone(), right.clone()).into()]
        } else {
            problem.written_conditions(&[own])
        };
        found.extend(trees.into_iter().map(|tree| Needed { tree, own }));
    }
    found
}

/// A condition for every index, with the letter that the author has for it.
pub(super) fn with_index_of(formula: &Tree, condition: &Tree) -> Tree {
    let mut bound: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    formula.walk(&mut |part| match &part.kind {
        Kind::Big { indices, .. } => bound.extend(indices.iter().map(|index| index.name.clone())),
        Kind::Name(name) => names.push(name.clone()),
        _ => {}
    });
    let [index] = bound.as_slice() else { return condition.clone() };
    let mut by: Vec<(String, Tree)> = Vec::new();
    condition.walk(&mut |part| {
        if let Kind::Name(name) = &part.kind
            && !names.contains(name)
            && name != index
        {
            by.push((name.clone(), Tree::name(index.clone())));
        }
    });
    substitute(condition, &by)
}

/// The conditions `u ≠ v` that do not hold at a point.
pub(super) fn unmet(problem: &mut Problem, conditions: &[Tree], point: &Point) -> Vec<Tree> {
    let mut is_equality = |condition: &Tree| {
        let Kind::Relation(Relation::NotEqual, left, right) = &condition.kind else { return false };
        let sides = Kind::Sum(vec![(**left).clone(), Kind::Negate(right.clone()).into()]).into();
        let request = Request { operator: Operator::Evaluate, at: Some(point.clone()), ..Request::default() };
        let answer = problem.answer(&print::text(&sides), &request);
        match answer.ok().and_then(|answer| answer.value) {
            Some(Ok(Value::Exact(value))) => value.is_zero(),
            Some(Ok(Value::Float(value))) => value == 0.0,
            _ => false,
        }
    };
    conditions.iter().filter(|condition| is_equality(condition)).cloned().collect()
}
