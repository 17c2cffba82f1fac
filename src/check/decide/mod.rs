//! Are two sides equal? Asks the prover under every reading that the notation allows.
//!
//! A link is proved if one reading is proved, refuted only if all readings are, and undecided otherwise. This file is the only
//! one of the room that knows the prover.

mod components;
pub(super) mod hypothesis;
mod iverson;
pub(super) mod meaning;
pub(super) mod number;
mod partial;
pub(super) mod unfold;

use std::collections::BTreeMap;

use crate::check::rewrite::{called, has_derivative, names_of};
use crate::check::sheet::{Fact, Sheet, free_indices};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::evaluate::graph::{Point, Value};
use crate::print;
use crate::problem::{Operator, Problem, Request};
use crate::prove::{Verdict, equivalent};
use crate::syntax::tree::{Big, BoundIndex, Kind, Relation, Tree};
use components::{by_component, has_unit_at, terms};
use iverson::iverson;
use meaning::{Meaning, Reading};
use unfold::unfolded;

/// Readings of one link: two to the number of doubtful derivatives, and no more than this.
const MOST_DOUBTFUL: u32 = 3;

/// A point at which two sides differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The variables, by name.
    pub at: Vec<(String, Value)>,
    /// The line before, or what the line should be, there.
    pub left: Value,
    /// What the line says there.
    pub right: Value,
}

/// What is known of an equality.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    /// It holds, where the conditions do.
    Proved {
        /// What one side needs and the other does not, in words.
        conditions: Vec<Tree>,
        /// Names that a derivative standing alone must hold fixed for it, although they depend on its variable.
        held: Vec<String>,
    },
    /// It does not.
    Refuted(Witness),
    /// Neither was shown; why.
    Undecided(String),
    /// The sides have different shapes.
    Shape(Diagnostic),
}

impl Decision {
    pub fn is_proved(&self) -> bool {
        matches!(self, Decision::Proved { .. })
    }
}

/// What an equality is asked under.
#[derive(Clone, Debug, Default)]
pub(super) struct Question<'q> {
    /// Facts beyond those of the document.
    pub hypotheses: Vec<Fact>,
    /// Indices of the line besides those of the sides.
    pub indices: Vec<String>,
    /// A condition on indices under which it is claimed.
    pub condition: Option<&'q Tree>,
    /// Is it written with ∂, so that a derivative may hold the other names of a definition fixed?
    pub is_partial: bool,
}

/// The indices that occur in any of the sides.
pub(super) fn indices_of(sheet: &Sheet, trees: &[&Tree]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for tree in trees {
        for index in free_indices(tree, sheet) {
            if !all.contains(&index) {
                all.push(index);
            }
        }
    }
    all
}

/// Are two sides equal, in some reading?
pub(super) fn decide(sheet: &Sheet, left: &Tree, right: &Tree, question: &Question) -> Decision {
    let decision = decide_as_written(sheet, left, right, question);
    if sheet.has_rows
        && matches!(decision, Decision::Shape(_) | Decision::Refuted(_))
        && (has_derivative(left) || has_derivative(right))
    {
        let turned = Kind::Transpose(Box::new(right.clone())).into();
        let other = decide_as_written(sheet, left, &turned, question);
        let is_shape = |decision: &Decision| matches!(decision, Decision::Shape(_));
        if other.is_proved() || is_shape(&decision) && !is_shape(&other) {
            return other;
        }
    }
    decision
}

fn decide_as_written(sheet: &Sheet, left: &Tree, right: &Tree, question: &Question) -> Decision {
    if left == right {
        return Decision::Proved { conditions: Vec::new(), held: Vec::new() };
    }
    if let Some((left, right)) = entry_by_entry(sheet, left, right) {
        return decide_as_written(sheet, &left, &right, question);
    }
    let mut indices = indices_of(sheet, &[left, right]);
    indices.extend(question.indices.iter().cloned());
    let mut facts = sheet.facts_for(&indices);
    facts.extend(question.hypotheses.iter().cloned());
    let mut first: Option<Decision> = None;
    let mut undecided = None;
    let mut holding = None;
    for values in [false, true] {
        if values && !may_put_in_values(sheet, left, right) {
            break;
        }
        let (mut local, mut masks) = (0, 1u32);
        while local < masks {
            let reading = Reading { local, values };
            let tried = one(sheet, left, right, reading, &facts, &indices, question.condition);
            if question.is_partial {
                masks = masks.max(1 << tried.doubtful.min(MOST_DOUBTFUL));
            }
            match tried.decision {
                // A derivative that stands alone holds nothing fixed, unless there is no other way.
                Decision::Proved { ref held, .. } if !held.is_empty() => {
                    holding.get_or_insert(tried.decision);
                }
                Decision::Proved { .. } => return tried.decision,
                Decision::Refuted(_) | Decision::Shape(_) => {
                    first.get_or_insert(tried.decision);
                }
                Decision::Undecided(_) => {
                    undecided.get_or_insert(tried.decision);
                }
            }
            local += 1;
        }
    }
    holding.or(undecided).or(first).unwrap_or_else(|| Decision::Undecided("nothing was tried".to_owned()))
}

/// May the values that the document gave be put in? Only where one of the sides no longer speaks of the variable: a line that
/// speaks of it on both sides claims something of all its values.
fn may_put_in_values(sheet: &Sheet, left: &Tree, right: &Tree) -> bool {
    if sheet.values.is_empty() {
        return false;
    }
    let general = Sheet { values: BTreeMap::new(), ..sheet.clone() };
    let (left, right) = (general.variables_of(left), general.variables_of(right));
    // Lists of numbers are data.
    let is_list = |value: &Tree| matches!(value.kind, Kind::Array(_));
    sheet.values.keys().any(|name| left.contains(name) || right.contains(name))
        && sheet
            .values
            .iter()
            .all(|(name, value)| is_list(value) || !(left.contains(name) && right.contains(name)))
}

/// Sides in which a name stands as a whole that was defined entry by entry are compared entry by entry.
fn entry_by_entry(sheet: &Sheet, left: &Tree, right: &Tree) -> Option<(Tree, Tree)> {
    let rank = [left, right].into_iter().find_map(|side| match &side.kind {
        Kind::Name(name) if sheet.definitions.get(name).is_some_and(|d| !d.indices.is_empty()) => {
            Some(sheet.rank(name)).filter(|rank| *rank > 0)
        }
        _ => None,
    })?;
    let taken: Vec<String> = [left, right].into_iter().flat_map(names_of).collect();
    let letters = ["i", "j", "m", "n", "p", "q", "r", "s", "u", "v"];
    let free: Vec<Tree> =
        letters.into_iter().filter(|l| !taken.iter().any(|t| t == l)).take(rank).map(Tree::name).collect();
    let entry = |side: &Tree| {
        by_component(sheet, &|_| None, &Kind::Index(Box::new(side.clone()), free.clone()).into())
    };
    (free.len() == rank).then(|| (entry(left), entry(right)))
}

/// What came of one reading.
struct Tried {
    decision: Decision,
    /// Derivatives that could be read in two ways.
    doubtful: u32,
}

fn one(
    sheet: &Sheet,
    left: &Tree,
    right: &Tree,
    reading: Reading,
    facts: &[Fact],
    indices: &[String],
    condition: Option<&Tree>,
) -> Tried {
    let mut meaning = Meaning::new(sheet, reading, facts.to_vec(), indices.to_vec());
    meaning.taken = condition.map(names_of).unwrap_or_default();
    let first = meaning.of(left);
    let is_alone = matches!(left.kind, Kind::Derivative { .. });
    let held = if is_alone { std::mem::take(&mut meaning.held) } else { Vec::new() };
    let (mut a, mut b) = match (first, meaning.of(right)) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(error), _) | (_, Err(error)) => {
            return Tried { decision: failed(error), doubtful: meaning.doubtful };
        }
    };
    if let Some(condition) = condition {
        let bracket = iverson(condition);
        a = Kind::Product(vec![bracket.clone(), a]).into();
        b = Kind::Product(vec![bracket, b]).into();
    }
    let doubtful = meaning.doubtful;
    let unclear = meaning.unclear.or_else(|| whole_by_entry(sheet, &a, &b));
    let functions = meaning.functions;
    let used: Vec<&Fact> = facts.iter().collect();
    let decision = sheet
        .problem(&[&a, &b], &used, &functions)
        .and_then(|mut problem| {
            match without_free_indices(sheet, &mut problem, a, b, [left, right], condition) {
                Some((a, b)) => equivalent(&mut problem, &a, &b),
                None => Ok(Verdict::Undecided(vec!["its components could not be compared".to_owned()])),
            }
        })
        .map_or_else(failed, |verdict| match verdict {
            // At a jump both sides have values, and they may differ.
            Verdict::Proved(proof) if proof.leaves_out_jumps => Decision::Undecided(
                "it holds away from the jumps; what happens there was not decided".to_owned(),
            ),
            Verdict::Proved(proof) => {
                // What a derivative by an intermediate result asks of that result is the derivative's own business.
                let is_own = |condition: &Tree| names_of(condition).iter().any(|name| name.starts_with("t_"));
                let conditions =
                    proof.conditions.into_iter().filter(|condition| !is_own(condition)).collect();
                Decision::Proved { conditions, held }
            }
            Verdict::Refuted(_) if let Some(why) = unclear => Decision::Undecided(why),
            Verdict::Refuted(witness) => {
                let is_weighted = witness.at.iter().any(|(name, _)| name.starts_with(WEIGHT));
                // Parameters of functions that only this room made are nobody's business.
                let own = |name: &str| name.starts_with("t_") || name.starts_with("partial_");
                let at = if is_weighted {
                    Vec::new()
                } else {
                    witness.at.into_iter().filter(|(name, _)| !own(name)).collect()
                };
                let none = Value::Float(f64::NAN);
                let (left, right) =
                    if is_weighted { (none.clone(), none) } else { (witness.left, witness.right) };
                Decision::Refuted(Witness { at, left, right })
            }
            Verdict::Undecided(tried) => Decision::Undecided(tried.join("; ")),
        });
    Tried { decision, doubtful }
}

/// A name that was defined entry by entry stands as a whole beside what it depends on: nothing was put in for it, and a
/// refutation says nothing.
fn whole_by_entry(sheet: &Sheet, a: &Tree, b: &Tree) -> Option<String> {
    let mut names = names_of(a);
    names.extend(names_of(b));
    let is_open = |name: &&String| {
        sheet.is_by_entry(name)
            && sheet.variables_of(&Tree::name((*name).clone())).iter().any(|own| names.contains(own))
    };
    let name = names.iter().find(is_open)?;
    Some(format!("what {name} is was said entry by entry, and here it stands as a whole"))
}

/// Names of the weights; no document has them.
const WEIGHT: &str = "weight_";

/// Sides with free indices are equal for all of these exactly if their sums with arbitrary weights are. Bound indices are what
/// the prover knows best.
fn without_free_indices(
    sheet: &Sheet,
    problem: &mut Problem,
    a: Tree,
    b: Tree,
    written: [&Tree; 2],
    condition: Option<&Tree>,
) -> Option<(Tree, Tree)> {
    let mut bound = Vec::new();
    let mut weights = Vec::new();
    for index in indices_of(sheet, &[&a, &b]) {
        let mut known = |index: &str| {
            size_of(problem, index, &a)
                .or_else(|| size_of(problem, index, &b))
                .or_else(|| written.iter().find_map(|side| written_size(sheet, index, side)))
        };
        // In "for i ≠ j", j runs as far as i.
        let size = known(&index).or_else(|| partner(condition?, &index).and_then(|other| known(&other)));
        // Without a size it would be taken for a number, of which [i = k] is almost never 1.
        let size = size?;
        let weight = format!("{WEIGHT}{index}");
        if problem.declare(&format!("{weight}: R[{size}]")).is_ok() {
            weights.push(Kind::Index(Box::new(Tree::name(weight)), vec![Tree::name(index.clone())]).into());
            bound.push(BoundIndex { name: index, range: None });
        }
    }
    if bound.is_empty() {
        return Some((a, b));
    }
    let names: Vec<String> = bound.iter().map(|index: &BoundIndex| index.name.clone()).collect();
    let summed = |side: Tree| {
        let side = by_component(sheet, &|name| name.starts_with(WEIGHT).then_some(1), &side);
        if has_unit_at(&side, &names) {
            return None;
        }
        let mut sums: Vec<Tree> = terms(&side)
            .into_iter()
            .map(|term| {
                let mut factors: Vec<Tree> = weights.clone();
                let (term, negative) = match term.kind {
                    Kind::Negate(inner) => (*inner, true),
                    _ => (term, false),
                };
                match term.kind {
                    Kind::Product(own) => factors.extend(own),
                    _ => factors.push(term),
                }
                let body = Box::new(Kind::Product(factors).into());
                let sum: Tree =
                    Kind::Big { operation: Big::Sum, indices: bound.clone(), condition: None, body }.into();
                if negative { Kind::Negate(Box::new(sum)).into() } else { sum }
            })
            .collect();
        Some(if sums.len() == 1 { sums.remove(0) } else { Kind::Sum(sums).into() })
    };
    Some((summed(a)?, summed(b)?))
}

/// What an index is compared with.
fn partner(condition: &Tree, index: &str) -> Option<String> {
    let Kind::Relation(_, a, b) = &condition.kind else { return None };
    let (Kind::Name(a), Kind::Name(b)) = (&a.kind, &b.kind) else { return None };
    if a == index { Some(b.clone()) } else { (b == index).then(|| a.clone()) }
}

/// The size of the axis on which an index stands in a side as it was written.
fn written_size(sheet: &Sheet, index: &str, tree: &Tree) -> Option<String> {
    let mut size = None;
    tree.walk(&mut |part| {
        if let Kind::Index(base, indices) = &part.kind
            && let Kind::Name(name) = &base.kind
            && let Some(at) =
                indices.iter().position(|i| matches!(&i.kind, Kind::Name(name) if name == index))
            && size.is_none()
        {
            size = sheet.size_of(name, at).map(|size| print::text(&size));
        }
    });
    size
}

/// The size of the axis on which an index is used, as it is written.
fn size_of(problem: &mut Problem, index: &str, tree: &Tree) -> Option<String> {
    let mut places: Vec<(&Tree, usize)> = Vec::new();
    tree.walk(&mut |part| {
        if let Kind::Index(base, indices) = &part.kind
            && let Some(at) =
                indices.iter().position(|i| matches!(&i.kind, Kind::Name(name) if name == index))
        {
            places.push((base, at));
        }
    });
    for (base, at) in places {
        // Names whose shape is declared; a formula has the shape of the first vector in it.
        let mut bases: Vec<&Tree> = vec![base];
        if !matches!(base.kind, Kind::Name(_)) {
            base.walk(&mut |part| bases.push(part));
        }
        for base in bases {
            let Ok(lowered) = problem.environment.lower(base) else { continue };
            let graph = &problem.environment.graph;
            if let Some(axis) = graph.axes(lowered.node).get(at) {
                return Some(graph.dimension_text(*axis));
            }
        }
    }
    None
}

/// The sizes of the axes of what a tree stands for; `None` if these are not the sizes of something that was declared.
pub(super) fn shape_of(sheet: &Sheet, tree: &Tree) -> Option<Vec<String>> {
    let mut meaning = Meaning::new(sheet, Reading::default(), Vec::new(), Vec::new());
    let meant = meaning.of(tree).ok()?;
    let mut problem = sheet.problem(&[&meant], &[], &meaning.functions).ok()?;
    let lowered = problem.environment.lower(&meant).ok()?;
    let graph = &problem.environment.graph;
    let sizes: Vec<String> =
        graph.axes(lowered.node).iter().map(|axis| graph.dimension_text(*axis)).collect();
    let is_known = |size: &String| size.bytes().all(|byte| byte.is_ascii_digit()) || sheet.is_size(size);
    sizes.iter().all(is_known).then_some(sizes)
}

fn failed(error: Diagnostic) -> Decision {
    // A size that nothing says is no slip of the writer.
    let is_unknown = error.message.ends_with("is not known")
        // Nor is a range that only what was made of the line runs out of.
        || error.message.starts_with("the index ");
    if error.kind == Cause::Shape && !is_unknown {
        Decision::Shape(error)
    } else {
        Decision::Undecided(error.message)
    }
}

/// A value, and how it was read.
pub(super) struct ValueThere {
    pub value: Value,
    /// Derivatives that could be read in two ways.
    pub doubtful: u32,
    /// Names that were held fixed although they depend on the variable of a derivative.
    pub held: Vec<String>,
}

/// The value of a side at the point of the document; the error says what is missing.
pub(super) fn value_at(sheet: &Sheet, tree: &Tree, reading: Reading) -> Result<ValueThere, Diagnostic> {
    let indices = free_indices(tree, sheet);
    let facts = sheet.facts_for(&indices);
    let mut meaning = Meaning::new(sheet, reading, facts, indices);
    let meant = meaning.of(tree)?;
    let mut point = Point::new();
    let mut empty = sheet.problem(&[], &[], &[])?;
    for (name, value) in sheet.point.iter().chain(&sheet.values) {
        let request = Request { operator: Operator::Evaluate, at: Some(Point::new()), ..Request::default() };
        match empty.answer(&print::text(value), &request)?.value {
            Some(Ok(Value::Exact(q))) => point.set(name, q),
            Some(Ok(Value::Float(x))) => point.set_float(name, x),
            Some(Ok(Value::Tensor { shape, entries })) => point.set_tensor(name, shape, entries),
            Some(Ok(value @ Value::ExactTensor { .. })) => {
                point.set_tensor(name, value.shape().to_vec(), value.entries());
            }
            Some(Err(error)) => return Err(error),
            None => {}
        }
    }
    let mut problem = sheet.problem(&[&meant], &[], &meaning.functions)?;
    let request = Request { operator: Operator::Evaluate, at: Some(point), ..Request::default() };
    match problem.answer(&print::text(&meant), &request)?.value {
        Some(Ok(value)) => Ok(ValueThere { value, doubtful: meaning.doubtful, held: meaning.held }),
        Some(Err(error)) => Err(error),
        None => Err(Diagnostic::new(Cause::Undefined, "it has no value")),
    }
}

/// The number that a formula is at a point; `None` if it has none there, or something in it has no value.
pub(super) fn value_of(sheet: &Sheet, tree: &Tree, at: &[(String, Value)]) -> Option<f64> {
    let mut point = Point::new();
    for (name, value) in at {
        match value {
            Value::Exact(q) => point.set(name, q.clone()),
            Value::Float(x) => point.set_float(name, *x),
            _ => return None,
        }
    }
    let mut problem = sheet.problem(&[tree], &[], &[]).ok()?;
    let request = Request { operator: Operator::Evaluate, at: Some(point), ..Request::default() };
    let value = problem.answer(&print::text(tree), &request).ok()?.value?.ok()?;
    match value.entries().as_slice() {
        [only] if only.is_finite() => Some(*only),
        _ => None,
    }
}

/// The simplest form of what a side stands for, in the names that the document uses; `None` where there is none to show.
pub(super) fn simplest(sheet: &Sheet, tree: &Tree) -> Option<Tree> {
    let shallow = sheet.shallow(tree);
    let indices = free_indices(tree, sheet);
    let facts = sheet.facts_for(&indices);
    let used: Vec<&Fact> = facts.iter().collect();
    let mut meaning = Meaning::new(sheet, Reading::default(), facts.clone(), indices);
    let meant = match shallow {
        Some(tree) => tree,
        None => meaning.of(tree).ok()?,
    };
    let mut problem = sheet.problem(&[&meant], &used, &meaning.functions).ok()?;
    let request = Request { operator: Operator::Simplify, ..Request::default() };
    let answer = problem.answer(&print::text(&meant), &request).ok()?;
    let made = answer.partials.into_iter().next()?;
    let tree = made.tree;
    if has_derivative(&tree) || !made.indices.is_empty() {
        return None;
    }
    // What has a name is called by it.
    let mut named: Vec<(String, Tree)> = Vec::new();
    for (name, definition) in &sheet.definitions {
        if definition.indices.is_empty() {
            let mut meaning = Meaning::new(sheet, Reading::default(), Vec::new(), Vec::new());
            if let Ok(value) = meaning.of(&Tree::name(name.clone())) {
                named.push((name.clone(), value));
            }
        }
    }
    named.retain(|(_, value)| !matches!(value.kind, Kind::Name(_) | Kind::Number(_)));
    named.sort_by_key(|(name, value)| (std::cmp::Reverse(print::nodes(value)), name.clone()));
    Some(named.iter().fold(tree, |tree, (name, value)| called(&tree, value, name)))
}

/// A formula in terms of variables alone, simplified and without derivatives; `None` if there is no such form.
pub(super) fn plain(sheet: &Sheet, tree: &Tree) -> Option<Tree> {
    let mut meaning = Meaning::new(sheet, Reading::default(), Vec::new(), Vec::new());
    let meant = meaning.of(tree).ok()?;
    let mut problem = sheet.problem(&[&meant], &[], &meaning.functions).ok()?;
    let request = Request { operator: Operator::Simplify, ..Request::default() };
    let answer = problem.answer(&print::text(&meant), &request).ok()?;
    let made = answer.partials.into_iter().next()?;
    if !made.indices.is_empty() {
        return None;
    }
    let made = made.tree;
    (!has_derivative(&made) && names_of(&made).iter().all(|name| !name.starts_with("t_"))).then_some(made)
}

/// Does the condition only keep single points out (`≠`)? Such a condition does not make a line doubtful.
pub(super) fn is_mild(condition: &Tree) -> bool {
    match &condition.kind {
        Kind::Relation(Relation::NotEqual, ..) => true,
        Kind::And(all) => all.iter().all(is_mild),
        _ => false,
    }
}

/// Conditions that the left side of a link needs by itself, as they are printed. A derivative needs what is differentiated.
pub(super) fn own_conditions(sheet: &Sheet, left: &Tree, right: &Tree) -> Vec<String> {
    let indices = indices_of(sheet, &[left, right]);
    let mut todo = vec![left.clone()];
    unfolded(sheet, left).walk(&mut |part| {
        if let Kind::Derivative { body, .. } = &part.kind {
            todo.push((**body).clone());
        }
    });
    let mut conditions = Vec::new();
    for tree in todo {
        let facts = sheet.facts_for(&indices);
        let mut meaning = Meaning::new(sheet, Reading::default(), facts, indices.clone());
        let Ok(meant) = meaning.of(&tree) else { continue };
        let request = Request { operator: Operator::Simplify, ..Request::default() };
        let answer = sheet
            .problem(&[&meant], &[], &meaning.functions)
            .and_then(|mut problem| problem.answer(&print::text(&meant), &request));
        if let Ok(answer) = answer {
            conditions.extend(answer.partials.iter().flat_map(|p| p.conditions.iter().map(print::text)));
        }
    }
    conditions
}
