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

use super::make::{relation, substitute};
use crate::function::{Meaning, ROWS, TensorFunction};

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
    let needed: Vec<Vec<Needed>> = lines.iter().map(|own| minimal(problem, own, Source::Rule)).collect();
    let all: Vec<Condition> = needed.iter().flatten().map(|one| one.own).collect();
    let kinks: Vec<Condition> =
        minimal(problem, kinks, Source::Rule).into_iter().map(|one| one.own).collect();
    let unsaid: Vec<Needed> = minimal(problem, engine, Source::Engine)
        .into_iter()
        .filter(|one| !kinks.contains(&one.own) && !is_implied(problem, &one.own, &all))
        .collect();
    let strong: Vec<Needed> = minimal(problem, formula, Source::Engine)
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

/// Who wrote a condition. For a vector, `x ≠ 0` of a rule is about every entry; of the engine it is about the vector, and
/// `x[i] ≠ 0` about every entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Rule,
    Engine,
}

/// Conditions as the engine understands them: products taken apart, what always holds left out.
fn minimal(problem: &mut Problem, conditions: &[Tree], source: Source) -> Vec<Needed> {
    let mut all: Vec<Needed> = Vec::new();
    for condition in conditions {
        let parts: &[Tree] = match &condition.kind {
            Kind::And(parts) => parts,
            _ => std::slice::from_ref(condition),
        };
        for part in parts {
            for one in needed(problem, part, source) {
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

fn needed(problem: &mut Problem, condition: &Tree, source: Source) -> Vec<Needed> {
    let Kind::Relation(relation, left, right) = &condition.kind else { return Vec::new() };
    if source == Source::Engine
        && let Some(meant) = meant_by_engine(problem, *relation, left, right)
    {
        let tree = entry_by_entry(condition);
        return needed(problem, &meant, Source::Rule)
            .into_iter()
            .map(|one| Needed { tree: tree.clone(), ..one })
            .collect();
    }
    let (Ok(a), Ok(b)) = (lower(problem, left), lower(problem, right)) else { return Vec::new() };
    let graph = &mut problem.environment.graph;
    // a number beside a vector is one for every entry
    let (mut left_node, mut right_node) = (a.node, b.node);
    if let (Some(value), true) = (graph.as_number(a.node), graph.rank(a.node) < graph.rank(b.node)) {
        left_node = graph.constant(&value, graph.axes(b.node).clone());
    }
    if let (Some(value), true) = (graph.as_number(b.node), graph.rank(b.node) < graph.rank(a.node)) {
        right_node = graph.constant(&value, graph.axes(a.node).clone());
    }
    if graph.axes(left_node) != graph.axes(right_node) {
        return Vec::new();
    }
    let difference = graph.subtract(left_node, right_node);
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
        let is_scalar = problem.environment.graph.rank(difference) == 0;
        let is_same = is_scalar && own.left == difference && own.right == zero;
        let trees = if is_same {
            vec![Kind::Relation(own.relation, left.clone(), right.clone()).into()]
        } else {
            problem.written_conditions(&[own])
        };
        found.extend(trees.into_iter().map(|tree| Needed { tree: entry_by_entry(&tree), own }));
    }
    found
}

/// What the engine's way of writing stands for: ‖x‖ ≠ 0 for the vector x ≠ 0, x ≠ 0 in every entry for x[i] ≠ 0.
fn meant_by_engine(problem: &mut Problem, wanted: Relation, left: &Tree, right: &Tree) -> Option<Tree> {
    if wanted != Relation::NotEqual {
        return None;
    }
    if let Kind::Index(base, _) = &left.kind
        && lower(problem, base).is_ok_and(|own| problem.environment.graph.rank(own.node) > 0)
    {
        return Some(relation((**base).clone(), wanted, right.clone()));
    }
    let rank = lower(problem, left).map_or(0, |own| problem.environment.graph.rank(own.node));
    let norm = match rank {
        0 => return None,
        1 => TensorFunction::Norm2,
        _ => TensorFunction::NormFrobenius,
    };
    let name = ROWS.iter().find(|row| matches!(row.meaning, Meaning::Tensor(own) if own == norm))?.name;
    let is_whole = matches!(left.kind, Kind::Name(_));
    is_whole.then(|| relation(Tree::call(name, vec![left.clone()]), wanted, right.clone()))
}

/// `x[i] − y[i] ≠ 0` for `(x − y)[i] ≠ 0`, and without a sign in front.
fn entry_by_entry(condition: &Tree) -> Tree {
    let Kind::Relation(own, left, right) = &condition.kind else { return condition.clone() };
    let Kind::Index(base, indices) = &left.kind else { return condition.clone() };
    let base = match &base.kind {
        Kind::Negate(inner) if *own == Relation::NotEqual => inner,
        _ => base,
    };
    relation(entry(base, indices), *own, (**right).clone())
}

/// An entry of a formula, with the indices at the names.
fn entry(tree: &Tree, indices: &[Tree]) -> Tree {
    let is_entrywise = match &tree.kind {
        Kind::Sum(_)
        | Kind::Negate(_)
        | Kind::Hadamard(_)
        | Kind::ElementwiseQuotient(..)
        | Kind::ElementwisePower(..) => true,
        Kind::Call { name, .. } => {
            crate::function::lookup(name).is_some_and(|id| crate::function::row(id).is_elementwise())
        }
        _ => false,
    };
    match &tree.kind {
        Kind::Number(_) => tree.clone(),
        _ if is_entrywise => {
            let made = tree.with_parts(&mut |part| entry(part, indices));
            match made.kind {
                Kind::Hadamard(factors) => Kind::Product(factors).into(),
                Kind::ElementwiseQuotient(a, b) => Kind::Quotient(a, b).into(),
                Kind::ElementwisePower(a, b) => Kind::Power(a, b).into(),
                kind => kind.into(),
            }
        }
        _ => Kind::Index(Box::new(tree.clone()), indices.to_vec()).into(),
    }
}

/// A condition on entries with bound indices as one on vectors: `x > 0` for `x[k] > 0`.
pub(super) fn without_bound(condition: &Tree, bound: &[String]) -> Tree {
    if let Kind::Index(base, indices) = &condition.kind
        && indices
            .iter()
            .all(|index| index.base_name().is_some_and(|name| bound.iter().any(|own| own == name)))
    {
        return (**base).clone();
    }
    condition.with_parts(&mut |part| without_bound(part, bound))
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
        let is_zero = |side: &Tree| super::make::is_zero(side);
        // x[i] ≠ 0 for every i
        let bare = |side: &Tree| match &side.kind {
            Kind::Index(base, _) => (**base).clone(),
            _ => side.clone(),
        };
        let sides: Tree = match (is_zero(left), is_zero(right)) {
            (_, true) => bare(left),
            (true, _) => bare(right),
            _ => Kind::Sum(vec![(**left).clone(), Kind::Negate(right.clone()).into()]).into(),
        };
        let is_entrywise = matches!(left.kind, Kind::Index(..)) || is_zero(left);
        let request = Request { operator: Operator::Evaluate, at: Some(point.clone()), ..Request::default() };
        let answer = problem.answer(&print::text(&sides), &request);
        match answer.ok().and_then(|answer| answer.value) {
            Some(Ok(Value::Exact(value))) => value.is_zero(),
            Some(Ok(Value::Float(value))) => value == 0.0,
            // a vector is not zero if one of its entries is not
            Some(Ok(value)) if is_entrywise => value.entries().contains(&0.0),
            Some(Ok(value)) => value.entries().iter().all(|entry| *entry == 0.0),
            _ => false,
        }
    };
    conditions.iter().filter(|condition| is_equality(condition)).cloned().collect()
}
