//! The order in which a verdict is sought: a few points, algebra, identities, more points.

use rustc_hash::FxHashSet;

use super::expand::{expanded, opened};
use super::instance::Failure;
use super::record::Claimed;
use super::refute::Ground;
use super::statement::Statement;
use super::sums::{is_zero_entrywise, is_zero_under_sums};
use super::view::{self, View};
use super::{Proof, Verdict, concrete, condition, constancy, constant, fact, induction};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::facts::Condition;
use crate::ir::FactId;
use crate::normal;
use crate::problem::Problem;
use crate::problem::simplified::NodeSimplifier;
use crate::simplify::{Options, TableDefinitions};
use crate::syntax::tree::{Kind, Tree};

/// Points at which both sides are looked at before a proof is tried.
const FIRST_POINTS: usize = 3;
/// Trials for these points.
const FIRST_TRIALS: u64 = 64;
/// Trials after no proof was found.
const LAST_TRIALS: u64 = 256;
/// Combinations of sizes that are tried before both sides count as undefined.
const MOST_SIZES: usize = 4;
/// Step functions whose jumps are left out.
const MOST_KINKS: usize = 4;
/// Bits with which points are compared after algebra failed, and at the end.
const BITS: [(usize, usize); 2] = [(320, 2), (1_200, 3)];

/// Are two formulas equal wherever both are defined and the facts of the problem hold?
///
/// # Errors
/// If a side cannot be read in the problem, or the sides have different shapes.
pub fn equivalent(problem: &mut Problem, left: &Tree, right: &Tree) -> Result<Verdict, Diagnostic> {
    if let Some(name) = fact::contradicted(&problem.environment) {
        let message = format!("no value of {name} satisfies all facts about it");
        return Err(Diagnostic::new(Cause::Declaration, message).help("take one of them out"));
    }
    let statement = Statement::new(problem, left, right)?;
    let mut tried = Vec::new();
    let (mut is_defined, mut reached, mut can_evaluate) = (false, false, false);
    // The combination of sizes at which both sides are defined.
    let mut sizes = 0;
    for _ in 0..MOST_SIZES {
        let mut next = sizes;
        match Ground::new(&problem.environment, &statement, &mut next) {
            Ok(mut ground) => {
                if let Some(witness) = ground.search(0..FIRST_TRIALS, FIRST_POINTS) {
                    return Ok(Verdict::Refuted(witness));
                }
                can_evaluate = true;
                is_defined = !ground.defined.is_empty();
                reached |= ground.reached;
                if is_defined || !Ground::has_sizes(&problem.environment) {
                    break;
                }
            }
            Err(failure) => {
                if !can_evaluate {
                    tried.push(match failure {
                        Failure::Size => {
                            "no sizes were found at which both sides could be evaluated".to_owned()
                        }
                        Failure::Large => {
                            "the formulas are too large to be evaluated with certainty".to_owned()
                        }
                        Failure::Operation(what) => format!("{what} cannot be evaluated with certainty"),
                    });
                }
                break;
            }
        }
        sizes = next;
    }
    if !is_defined && tried.is_empty() {
        tried.push(if reached {
            "no point was found at which both sides are defined".to_owned()
        } else {
            "no point was found that satisfies the facts".to_owned()
        });
    }
    let may_say_something = is_defined || !can_evaluate;
    let sides = [left, right];
    if let Some(found) = prove_everywhere(problem, &statement) {
        return Ok(proved(problem, &statement, sides, Found::everywhere(found), may_say_something, tried));
    }
    tried.push("algebra and the known identities do not bring both sides to one form".to_owned());
    if let Ok(mut ground) = Ground::new(&problem.environment, &statement, &mut sizes) {
        if let Some(witness) = ground.search(0..LAST_TRIALS, usize::MAX) {
            return Ok(Verdict::Refuted(witness));
        }
        for (bits, points) in BITS {
            if let Some(witness) = ground.search_precisely(bits, points) {
                return Ok(Verdict::Refuted(witness));
            }
        }
        if let Some(found) = prove_by_pieces(problem, &statement, sides) {
            return Ok(proved(problem, &statement, sides, found, may_say_something, tried));
        }
        tried.push(format!("no difference was found at {LAST_TRIALS} points"));
    }
    Ok(Verdict::Undecided(tried))
}

/// The verdict on what was proved, if it says anything at all.
fn proved(
    problem: &mut Problem,
    statement: &Statement,
    sides: [&Tree; 2],
    found: Found,
    may_say_something: bool,
    mut tried: Vec<String>,
) -> Verdict {
    if !may_say_something {
        tried.push("nothing speaks against it, but it may say nothing at all".to_owned());
        return Verdict::Undecided(tried);
    }
    let Found { method, mut facts, kinks } = found;
    let [left, right] = sides;
    facts.extend(&statement.left.facts);
    facts.extend(&statement.right.facts);
    facts.sort_unstable();
    facts.dedup();
    let (conditions, leaves_out_jumps) = open_conditions(problem, statement, kinks, sides);
    let mut facts: Vec<String> =
        facts.iter().map(|id| problem.environment.graph.fact_text(*id).to_owned()).collect();
    let mut conditions = problem.written_conditions(&conditions);
    // The order of the sides does not show.
    conditions.sort_by_cached_key(|condition| {
        let text = crate::print::text(condition);
        (text.len(), text)
    });
    for fact in fact::needed(problem, left, right, &conditions, &facts) {
        facts.push(fact);
    }
    let claimed = Claimed::new(problem, left, right);
    Verdict::Proved(Proof { method, leaves_out_jumps, conditions, facts, claimed })
}

/// Is the equality proved in another problem, under the same conditions? Points are not looked at.
pub(super) fn holds_likewise(problem: &mut Problem, left: &Tree, right: &Tree, conditions: &[Tree]) -> bool {
    let Ok(statement) = Statement::new(problem, left, right) else { return false };
    let Some(found) = prove(problem, &statement, [left, right]) else { return false };
    let (open, _) = open_conditions(problem, &statement, found.kinks, [left, right]);
    let open = problem.written_conditions(&open);
    open.iter().all(|condition| conditions.contains(condition))
}

/// What a proved equality needs beyond what both sides say, and whether jumps at which both have values are left out.
fn open_conditions(
    problem: &mut Problem,
    statement: &Statement,
    kinks: Vec<Condition>,
    sides: [&Tree; 2],
) -> (Vec<Condition>, bool) {
    let mut conditions = condition::one_sided(&mut problem.environment, statement);
    let both = view::conditions(statement);
    let mut leaves_out_jumps = false;
    for condition in kinks {
        if !conditions.contains(&condition)
            && !condition::is_implied(&mut problem.environment, &condition, &both)
        {
            conditions.push(condition);
            leaves_out_jumps = true;
        }
    }
    let nested = condition::of_nested_powers(problem, sides);
    // Where the powers may be anything at all, their bases may be too.
    if nested.iter().all(|condition| conditions.contains(condition)) || holds_for_any_powers(problem, sides) {
        return (conditions, leaves_out_jumps);
    }
    for condition in nested {
        if !conditions.contains(&condition) {
            conditions.push(condition);
        }
    }
    (conditions, leaves_out_jumps)
}

/// Is the equality proved with a new variable in place of each power with a variable exponent?
fn holds_for_any_powers(problem: &Problem, sides: [&Tree; 2]) -> bool {
    // A power of an index is another one in every term.
    let mut has_indices = false;
    for side in sides {
        side.walk(&mut |part| has_indices |= matches!(part.kind, Kind::Big { .. }));
    }
    if has_indices {
        return false;
    }
    let [left, right] = condition::without_powers(sides);
    let other = Problem::with(&problem.written_declarations, &problem.written_facts);
    let Ok(mut other) = other else { return false };
    let Ok(statement) = Statement::new(&mut other, &left, &right) else { return false };
    prove_everywhere(&mut other, &statement).is_some()
}

/// A proof.
struct Found {
    method: &'static str,
    /// The facts it used.
    facts: Vec<FactId>,
    /// Where a step function jumps, the equality may fail: it is proved away from these places.
    kinks: Vec<Condition>,
}

impl Found {
    fn everywhere((method, facts): (&'static str, Vec<FactId>)) -> Self {
        Found { method, facts, kinks: Vec::new() }
    }
}

fn prove(problem: &mut Problem, statement: &Statement, sides: [&Tree; 2]) -> Option<Found> {
    prove_everywhere(problem, statement)
        .map(Found::everywhere)
        .or_else(|| prove_by_pieces(problem, statement, sides))
}

/// On intervals by the derivatives, or away from the jumps of step functions.
fn prove_by_pieces(problem: &mut Problem, statement: &Statement, sides: [&Tree; 2]) -> Option<Found> {
    let (method, kinks) = if constancy::is_equal(problem, statement, sides[0], sides[1]) {
        ("equal derivatives, and one common value", Vec::new())
    } else {
        ("algebra away from jumps", prove_beside_kinks(problem, statement)?)
    };
    let facts = problem.environment.graph.take_facts_used();
    Some(Found { method, facts, kinks })
}

/// The conditions `u ≠ 0` for arguments u of step functions under which algebra proves the equality, none of them idle.
fn prove_beside_kinks(problem: &mut Problem, statement: &Statement) -> Option<Vec<Condition>> {
    let graph = &mut problem.environment.graph;
    let mut kinks = condition::of_jumps(graph, [statement.left.node, statement.right.node]);
    if kinks.is_empty() || kinks.len() > MOST_KINKS {
        return None;
    }
    let mut view = View::new(graph.axes(statement.left.node).clone());
    let labels: Vec<u8> = (0..graph.rank(statement.left.node) as u8).collect();
    let a = view.add(graph, statement.left.node, &labels)?;
    let b = view.add(graph, statement.right.node, &labels)?;
    let place = view.difference(a, b);
    for condition in view::conditions(statement) {
        view.assume(graph, &condition);
    }
    view.assume_facts(&mut problem.environment);
    view.assume_leaves(&problem.environment.graph);
    let graph = &mut problem.environment.graph;
    let mut holds = |kinks: &[Condition]| {
        let mut view = view.clone();
        for kink in kinks {
            view.assume(graph, kink);
        }
        view.is_zero(place, &normal::Limits::default())
    };
    if !holds(&kinks) {
        return None;
    }
    let mut at = kinks.len();
    while at > 0 {
        at -= 1;
        let mut rest = kinks.clone();
        rest.remove(at);
        if !rest.is_empty() && holds(&rest) {
            kinks = rest;
        }
    }
    Some(kinks)
}

/// What arithmetic alone found, and both sides in common leaves.
pub(super) struct Algebra {
    /// The name of the method and the facts it used.
    pub found: Option<(&'static str, Vec<FactId>)>,
    view: Option<(View, crate::ir::scalar::Ref)>,
}

/// Is the difference zero by arithmetic, with what is known of signs?
pub(super) fn by_algebra(problem: &mut Problem, statement: &Statement) -> Algebra {
    let graph = &mut problem.environment.graph;
    let (left, right) = (statement.left.node, statement.right.node);
    graph.take_facts_used();
    let difference = graph.subtract(left, right);
    if left == right || graph.is_zero(difference) {
        return Algebra { found: Some(("both sides have one form", graph.take_facts_used())), view: None };
    }
    let limits = normal::Limits::default();
    let axes = graph.axes(left).clone();
    let labels: Vec<u8> = (0..axes.len() as u8).collect();
    let mut view = View::new(axes);
    let (Some(a), Some(b)) = (view.add(graph, left, &labels), view.add(graph, right, &labels)) else {
        return Algebra { found: None, view: None };
    };
    let place = view.difference(a, b);
    let alone = view.expression(place);
    let mut method = None;
    if normal::is_zero(&alone, &TableDefinitions, &limits) == Some(normal::Certainty::Proved) {
        method = Some("algebra");
    } else if view.leaves.is_empty() && constant::is_zero(&alone) == Some(true) {
        method = Some("a number that is nearer to zero than any other of its kind");
    } else {
        for condition in view::conditions(statement) {
            view.assume(graph, &condition);
        }
        view.assume_facts(&mut problem.environment);
        view.assume_leaves(&problem.environment.graph);
        if view.is_zero(place, &limits) {
            method = Some("algebra");
        }
    }
    let found = method.map(|method| (method, problem.environment.graph.take_facts_used()));
    Algebra { found, view: Some((view, place)) }
}

/// The name of the method and the facts it used.
fn prove_everywhere(problem: &mut Problem, statement: &Statement) -> Option<(&'static str, Vec<FactId>)> {
    let Algebra { found, view } = by_algebra(problem, statement);
    if found.is_some() {
        return found;
    }
    let graph = &mut problem.environment.graph;
    let (left, right) = (statement.left.node, statement.right.node);
    let difference = graph.subtract(left, right);
    let graph = &mut problem.environment.graph;
    let mut simplifier = NodeSimplifier::new(Options::default(), FxHashSet::default());
    let simple = simplifier.node(graph, difference);
    if graph.is_zero(simple) {
        return Some(("identities", graph.take_facts_used()));
    }
    if let Some(expanded) = expanded(graph, difference) {
        if graph.is_zero(expanded) {
            return Some(("products multiplied out", graph.take_facts_used()));
        }
        let simple = simplifier.node(graph, expanded);
        if graph.is_zero(simple) {
            return Some(("products multiplied out", graph.take_facts_used()));
        }
        if is_zero_under_sums(graph, expanded) {
            return Some(("sums taken together", graph.take_facts_used()));
        }
        if let Some(opened) = opened(graph, difference)
            && let Some(opened) = self::expanded(graph, opened)
            && (graph.is_zero(opened)
                || is_zero_entrywise(graph, opened)
                || is_zero_under_sums(graph, opened))
        {
            return Some(("factors taken out of sums", graph.take_facts_used()));
        }
    }
    let (a, b) = (simplifier.node(graph, left), simplifier.node(graph, right));
    let difference = graph.subtract(a, b);
    if graph.is_zero(difference) {
        return Some(("identities on both sides", graph.take_facts_used()));
    }
    if induction::is_zero(graph, difference) {
        return Some(("induction on the size", graph.take_facts_used()));
    }
    if concrete::is_equal(&problem.environment, statement) {
        return Some(("entry by entry", problem.environment.graph.take_facts_used()));
    }
    let graph = &mut problem.environment.graph;
    let (view, place) = view?;
    let limits = normal::Limits { terms: 5_000, degree: 60, work: 800_000, ..normal::Limits::default() };
    if view.is_zero(place, &limits) {
        return Some(("algebra", graph.take_facts_used()));
    }
    None
}
