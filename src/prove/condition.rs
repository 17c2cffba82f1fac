//! What an equality needs beyond what both sides say: the conditions of one side that the other side and the facts do not
//! imply.

use super::expand::opened;
use super::statement::Statement;
use super::view::View;
use crate::facts::{Condition, Conditions, sign_of_relation};
use crate::function::{self, Function};
use crate::ir::{Atom, Graph, NodeId};
use crate::lower::Environment;
use crate::normal::Limits;
use crate::number::Rational;
use crate::problem::Problem;
use crate::syntax::tree::{Kind, Relation, Tree};

/// More conditions than this are compared by what they are made of only.
const MOST_COMPARED: usize = 24;
/// Work on one comparison.
const WORK: u64 = 10_000;

/// The conditions of one side only, without those that follow from others.
pub(super) fn one_sided(environment: &mut Environment, statement: &Statement) -> Vec<Condition> {
    let sides =
        [minimal(environment, &statement.left.conditions), minimal(environment, &statement.right.conditions)];
    let mut open: Vec<Condition> = Vec::new();
    for (own, other) in [(&sides[0], &sides[1]), (&sides[1], &sides[0])] {
        for condition in own {
            if !open.contains(condition) && !is_implied(environment, condition, other) {
                open.push(*condition);
            }
        }
    }
    let mut joint = Conditions::default();
    for condition in &open {
        joint.require(&mut environment.graph, condition.left, condition.relation, condition.right);
    }
    let mut open = joint.minimal(&mut environment.graph);
    // Those that follow from the rest, the last ones first: what was written first stays.
    let mut at = open.len();
    while at > 0 {
        at -= 1;
        let mut rest = open.clone();
        let condition = rest.remove(at);
        if is_implied(environment, &condition, &rest) {
            open = rest;
        }
    }
    open
}

/// `u ≠ 0` for the arguments of step functions and for what is compared, where the value at the jump is a convention. None
/// if some u has kinks itself: `relu(x)` is zero on a whole half-line.
pub(super) fn of_jumps(graph: &mut Graph, roots: [NodeId; 2]) -> Vec<Condition> {
    let mut found: Vec<Condition> = Vec::new();
    for id in graph.reachable(&roots) {
        let argument = match graph.atom(id).cloned() {
            Some(Atom::Call(Function::Known(function::SIGN | function::HEAVISIDE), arguments)) => {
                arguments[0]
            }
            Some(Atom::Compare(_, a, b)) => graph.subtract(a, b),
            _ => continue,
        };
        let below = graph.reachable(&[argument]);
        // Where positions are compared, nothing is a convention.
        if below.iter().any(|n| matches!(graph.atom(*n), Some(Atom::Position))) {
            continue;
        }
        let is_smooth = |node: &NodeId| match graph.atom(*node) {
            Some(Atom::Call(Function::Known(id), _)) => function::row(*id).differentiable.is_empty(),
            Some(Atom::Variable(_) | Atom::Constant(_) | Atom::Size(_)) | None => true,
            Some(_) => false,
        };
        if !below.iter().all(is_smooth) {
            return Vec::new();
        }
        let right = graph.constant(&Rational::ZERO, graph.axes(argument).clone());
        let condition = Condition { left: argument, relation: Relation::NotEqual, right };
        if !found.contains(&condition) {
            found.push(condition);
        }
    }
    found
}

/// `a > 0` for `(a^b)^c`, `log(a^b)`, …: both sides ask for it, but only because a power with a variable exponent is read so.
/// With whole exponents both may have values where a is negative, and then `(a^b)^c = a^(b·c)` is wrong.
pub(super) fn of_nested_powers(problem: &mut Problem, sides: [&Tree; 2]) -> Vec<Condition> {
    let mut bases = Vec::new();
    for side in sides {
        collect_bases(side, false, &mut bases);
    }
    // Reading adds to the conditions of the problem, which are not ours to change.
    let kept = problem.environment.conditions.clone();
    let mut found = Conditions::default();
    for base in bases {
        if let Ok(lowered) = problem.environment.lower(base) {
            found.require_of(&mut problem.environment.graph, lowered.node, Relation::Greater);
        }
    }
    problem.environment.conditions = kept;
    found.minimal(&mut problem.environment.graph)
}

/// Both sides with a new variable in place of each power with a variable exponent, the innermost ones.
pub(super) fn without_powers(sides: [&Tree; 2]) -> [Tree; 2] {
    let mut powers: Vec<Tree> = Vec::new();
    sides.map(|side| replaced(side, &mut powers))
}

fn replaced(tree: &Tree, powers: &mut Vec<Tree>) -> Tree {
    let inner = tree.with_parts(&mut |part| replaced(part, powers));
    // Names that nobody writes.
    let is_new = |t: &Tree| {
        let mut found = false;
        t.walk(&mut |part| found |= matches!(&part.kind, Kind::Name(name) if name.starts_with("power_")));
        found
    };
    let Kind::Power(_, exponent) = &inner.kind else { return inner };
    let mut has_names = false;
    exponent.walk(&mut |part| has_names |= matches!(part.kind, Kind::Name(_)));
    if !has_names || is_new(&inner) {
        return inner;
    }
    let number = powers.iter().position(|known| *known == inner).unwrap_or_else(|| {
        powers.push(inner.clone());
        powers.len() - 1
    });
    Tree::name(format!("power_{number}"))
}

fn collect_bases<'a>(tree: &'a Tree, is_inside: bool, bases: &mut Vec<&'a Tree>) {
    match &tree.kind {
        Kind::Power(base, exponent) => {
            let literal = match &exponent.kind {
                Kind::Number(q) => Some(q.is_integer()),
                Kind::Negate(inner) | Kind::Quotient(inner, _) if matches!(inner.kind, Kind::Number(_)) => {
                    Some(false)
                }
                _ => None,
            };
            // A power is positive where its base is.
            let is_power = matches!(base.kind, Kind::Power(..));
            if is_inside && literal.is_none() && !is_power {
                bases.push(base);
            }
            collect_bases(base, is_inside || literal != Some(true), bases);
            collect_bases(exponent, is_inside, bases);
        }
        Kind::Call { arguments, .. } => {
            arguments.iter().for_each(|argument| collect_bases(argument, true, bases));
        }
        _ => tree.each_part(&mut |part| collect_bases(part, is_inside, bases)),
    }
}

fn minimal(environment: &mut Environment, conditions: &[Condition]) -> Vec<Condition> {
    let mut all = Conditions::default();
    for condition in conditions {
        all.require(&mut environment.graph, condition.left, condition.relation, condition.right);
    }
    all.minimal(&mut environment.graph)
}

/// Does a condition follow from others and the facts?
pub(crate) fn is_implied(environment: &mut Environment, condition: &Condition, others: &[Condition]) -> bool {
    if others.contains(condition) {
        return true;
    }
    let wanted = sign_of_relation(condition.relation);
    let difference = environment.graph.subtract(condition.left, condition.right);
    if environment.graph.sign(difference).is(wanted) {
        return true;
    }
    // softmax(x)[j] is exp(x[j]) over a sum.
    if let Some(opened) = opened(&mut environment.graph, difference)
        && environment.graph.sign(opened).is(wanted)
    {
        return true;
    }
    let related: Vec<Condition> =
        others.iter().filter(|o| share(environment, condition, o)).copied().collect();
    if related.len() > MOST_COMPARED {
        return false;
    }
    let axes = environment.graph.axes(difference).clone();
    let labels: Vec<u8> = (0..axes.len() as u8).collect();
    let mut view = View::new(axes);
    let Some(place) = view.add(&mut environment.graph, difference, &labels) else { return false };
    for other in &related {
        view.assume(&mut environment.graph, other);
    }
    view.assume_facts(environment);
    view.assume_leaves(&environment.graph);
    if view.leaves.is_empty() {
        return view.sign_of_number(place).is(wanted);
    }
    let limits = Limits { work: WORK, ..Limits::default() };
    view.sign(place, &limits).is(wanted)
        || (!related.is_empty() && view.is_sign_by_cases(place, wanted, &limits))
}

/// Do two conditions speak of a common variable?
fn share(environment: &Environment, a: &Condition, b: &Condition) -> bool {
    let graph = &environment.graph;
    let is_variable = |node: &NodeId| matches!(graph.atom(*node), Some(Atom::Variable(_)));
    let of = |condition: &Condition| -> Vec<NodeId> {
        graph.reachable(&[condition.left, condition.right]).into_iter().filter(is_variable).collect()
    };
    let (first, second) = (of(a), of(b));
    first.iter().any(|node| second.contains(node))
}
