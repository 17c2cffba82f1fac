//! One pulse of equality saturation: put the expression and its normal forms into a graph, let the rules work within a
//! budget of nodes, take out the cheapest.
//!
//! The loop is our own: it knows no clock, looks only at classes that changed since the last round, and spends a scarce
//! budget on rules that shorten before those that only regroup.

use egg::Id;

use super::analysis::Domain;
use super::extract::Extraction;
use super::form::Form;
use super::language::{Head, Node, lower};
use super::pattern::{Graph, Substitution, View, insert};
use super::rule::{FunctionSet, Rule, Theme, Tier, applicable};
use crate::ir::scalar::{Ref, Scalar};

/// How much a pulse may do.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Nodes of the graph.
    pub nodes: usize,
    /// Rounds of search and application.
    pub rounds: usize,
    /// Matches of one rule in one round.
    pub matches: usize,
    /// Which rules.
    pub tier: Tier,
}

/// What goes into a graph: an expression, others equal to it, and others equal to its parts.
#[derive(Debug, Default)]
pub struct Seed {
    /// Expressions equal on the domain, the first one with [`Seed::parts`].
    pub whole: Vec<Scalar>,
    /// For operations of the first expression, something equal.
    pub parts: Vec<(Ref, Scalar)>,
}

/// What a pulse found.
#[derive(Debug)]
pub struct Found {
    /// The cheapest form.
    pub form: Form,
    /// Nodes the graph had in the end.
    pub nodes: usize,
}

fn plant(graph: &mut Graph, expression: &Scalar) -> Vec<Id> {
    lower(expression, |node| insert(graph, node))
}

/// Runs a pulse; `new_magnitudes` says that absolute values are new to the input and dearer for it.
///
/// # Errors
/// A contradiction that was met, with the rule that led to it. Nothing of the graph can then be trusted.
pub fn pulse(
    seed: &Seed,
    domain: Domain,
    budget: &Budget,
    new_magnitudes: bool,
) -> Result<Option<Found>, String> {
    pulse_with(seed, domain, budget, new_magnitudes, &[])
}

/// [`pulse`] with more rules, for tests of what a wrong one does.
pub(super) fn pulse_with(
    seed: &Seed,
    domain: Domain,
    budget: &Budget,
    new_magnitudes: bool,
    more: &[&'static Rule],
) -> Result<Option<Found>, String> {
    let mut graph = Graph::new(domain);
    let Some(first) = seed.whole.first() else { return Ok(None) };
    let places = plant(&mut graph, first);
    let Some(&root) = places.last() else { return Ok(None) };
    for other in &seed.whole[1..] {
        if let Some(&top) = plant(&mut graph, other).last() {
            graph.union(root, top);
        }
    }
    for (at, other) in &seed.parts {
        if let (Some(&place), Some(&top)) = (places.get(*at as usize), plant(&mut graph, other).last()) {
            graph.union(place, top);
        }
    }
    graph.rebuild();
    order_operands(&mut graph);
    let limit = budget.nodes.max(graph.total_size() + graph.total_size() / 2);
    let mut rounds = 0;
    while rounds < budget.rounds && graph.analysis.conflict.borrow().is_none() {
        rounds += 1;
        let rules = RuleSet::new(&graph, budget.tier, more);
        let matches = search(&mut graph, &rules, budget.matches);
        if matches.is_empty() {
            break;
        }
        let full = apply(&mut graph, &rules, &matches, limit);
        graph.rebuild();
        order_operands(&mut graph);
        if full {
            break;
        }
    }
    if let Some(conflict) = graph.analysis.conflict.borrow_mut().take() {
        return Err(conflict);
    }
    let extraction = Extraction::new(&graph, new_magnitudes);
    let root = graph.find(root);
    Ok(Some(Found { form: extraction.form(root), nodes: graph.total_size() }))
}

/// `a + b` and `b + a` are one: where unions have brought both into the graph, their classes are joined.
fn order_operands(graph: &mut Graph) {
    graph.analysis.rule = "order of operands";
    loop {
        let mut pairs: Vec<(Id, Id)> = Vec::new();
        for class in graph.classes() {
            for node in &class.nodes {
                let swapped = match node {
                    Node::Add([a, b]) if b < a => Node::Add([*b, *a]),
                    Node::Multiply([a, b]) if b < a => Node::Multiply([*b, *a]),
                    _ => continue,
                };
                if let Some(other) = graph.lookup(swapped)
                    && graph.find(other) != class.id
                {
                    pairs.push((class.id, other));
                }
            }
        }
        if pairs.is_empty() {
            return;
        }
        for (a, b) in pairs {
            graph.union(a, b);
        }
        graph.rebuild();
    }
}

struct Match {
    rule: u16,
    class: Id,
    substitution: Substitution,
}

/// Classes that changed, and those above them as far as a pattern can look down, with their distance.
fn changed_classes(graph: &mut Graph, levels: usize) -> Vec<(Id, usize)> {
    let touched = std::mem::take(&mut graph.analysis.touched);
    let mut seen = vec![false; graph.nodes().len()];
    let mut all: Vec<(Id, usize)> = Vec::new();
    for id in touched {
        let id = graph.find(id);
        if !std::mem::replace(&mut seen[usize::from(id)], true) {
            all.push((id, 0));
        }
    }
    let mut start = 0;
    for level in 1..levels {
        let end = all.len();
        for at in start..end {
            for parent in graph[all[at].0].parents() {
                let parent = graph.find(parent);
                if !std::mem::replace(&mut seen[usize::from(parent)], true) {
                    all.push((parent, level));
                }
            }
        }
        start = end;
    }
    all.sort_unstable();
    all
}

fn search(graph: &mut Graph, rules: &RuleSet, limit: usize) -> Vec<Match> {
    let classes = changed_classes(graph, rules.deepest);
    let view = View::new(graph);
    let mut matches = Vec::new();
    let mut counts = vec![0usize; rules.rules.len()];
    for (class, distance) in classes {
        for (head, numbers) in &rules.by_head {
            if !view.may_have(class, *head) {
                continue;
            }
            for &number in numbers {
                let rule = rules.rules[number];
                // A change further down than the rule looks cannot matter to it.
                if distance >= rule.depth || counts[number] >= limit {
                    continue;
                }
                let count = &mut counts[number];
                rule.left.search(&view, class, &mut |substitution| {
                    if rule.is_allowed(&view, substitution) {
                        matches.push(Match { rule: number as u16, class, substitution: *substitution });
                        *count += 1;
                    }
                    *count < limit
                });
            }
        }
    }
    // What shortens first, what regroups last: the budget may end in between.
    matches.sort_by_key(|m| (urgency(rules.rules[usize::from(m.rule)].theme), m.rule));
    matches
}

/// The rules of a round, by the head of what they look for.
struct RuleSet {
    rules: Vec<&'static Rule>,
    by_head: Vec<(Head, Vec<usize>)>,
    deepest: usize,
}

impl RuleSet {
    /// The rules that can match in the graph as it is. A rule that new functions bring in need not look at what is old:
    /// it can only match where they are.
    fn new(graph: &Graph, tier: Tier, more: &[&'static Rule]) -> Self {
        let mut functions = FunctionSet::default();
        for node in graph.classes().flat_map(|class| &class.nodes) {
            if let Node::Call(function, _) = node {
                functions.insert(*function);
            }
        }
        let mut rules = applicable(tier, functions);
        rules.extend(more);
        let mut by_head: Vec<(Head, Vec<usize>)> = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            let Some(head) = rule.left.head() else { continue };
            match by_head.iter_mut().find(|(known, _)| *known == head) {
                Some((_, numbers)) => numbers.push(number),
                None => by_head.push((head, vec![number])),
            }
        }
        let deepest = rules.iter().map(|r| r.depth).max().unwrap_or(0);
        RuleSet { rules, by_head, deepest }
    }
}

fn urgency(theme: Theme) -> u8 {
    match theme {
        Theme::Function => 0,
        Theme::Power | Theme::Number => 1,
        Theme::Factor => 2,
        Theme::Sign => 3,
        Theme::Grouping => 4,
        Theme::Expand => 5,
    }
}

/// Applies matches until the graph is full; returns whether it is.
fn apply(graph: &mut Graph, rules: &RuleSet, matches: &[Match], limit: usize) -> bool {
    for found in matches {
        let rule = rules.rules[usize::from(found.rule)];
        graph.analysis.rule = rule.name;
        let right = rule.right.write(graph, &found.substitution);
        graph.union(found.class, right);
        if graph.total_size() >= limit {
            return true;
        }
        if graph.analysis.conflict.borrow().is_some() {
            return true;
        }
    }
    false
}
