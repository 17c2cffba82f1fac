//! The way of one expression through the simplifier: flat form, witnesses, normal forms, e-graph, last gate.

use rustc_hash::FxHashMap;

use super::analysis::{Domain, WITNESSES};
use super::cost::{self, weight};
use super::definitions::TableDefinitions;
use super::form::{Form, tree_size};
use super::rule::Tier;
use super::saturate::{Budget, Seed, pulse};
use super::sign::LeafFacts;
use super::witness::{self, Agreement, Point};
use crate::ir::scalar::{Operation, Ref, Scalar};
use crate::normal;
use crate::number::Interval;

/// Above this size as a tree an expression is only brought into flat form where that is cheap.
const LARGEST_TREE: u64 = 4_000;

/// Above this size normal forms are taken, but no graph is built.
const LARGEST_FOR_GRAPH: usize = 600;

/// Above this size forms are not polished.
const LARGEST_TO_POLISH: usize = 300;

/// Work of a normal form. Measured on a loaded machine: with 30 000 and more one corpus of the bench was 0.3 % shorter and
/// its slowest formula took 250 ms instead of about 120; after normal forms were reworked, 40 000 and 100 000 gave sums
/// 1.6 % longer than this.
const NORMAL_WORK: u64 = 20_000;

/// The e-graph of a quotient of polynomials: normal forms know all about it, so one small pulse for what they emit
/// apart. The larger budget below shortened no sum of the bench; no graph at all lengthened one by 0.2 % and took the
/// share of formulas no longer than a peer's from 95.6 to 95.0 %.
const RATIONAL: [Budget; 1] = [Budget { nodes: 100, rounds: 2, matches: 20, tier: Tier::Default }];

/// Two pulses; the second runs only if the first shortened something. Before [`Form::polished`] was there, 500 nodes
/// instead of 200 to 300 shortened the sums of the bench by 0.1 and 1.3 % at about twice the time.
const DEFAULT: [Budget; 2] = [Budget { nodes: 200, rounds: 4, matches: 30, tier: Tier::Default }; 2];

/// Two pulses with all rules: sums 2 % shorter than the default's at eight to twelve times the time.
const THOROUGH: [Budget; 2] = [Budget { nodes: 3_000, rounds: 12, matches: 1_000, tier: Tier::Thorough }; 2];

/// Points of the last gate.
const GATE_POINTS: usize = 6;

/// First trial of the last gate; those of the witnesses come before it.
const GATE_TRIALS: u64 = 1_000;

/// Further sets of witnesses, and bits of their enclosures, for a simplifier that trusts nothing.
const MORE_WITNESSES: u64 = 3;
const MORE_BITS: usize = 200;

/// Points of its last gate.
const MORE_GATE_POINTS: usize = 40;

/// How hard to try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effort {
    /// Normal forms only.
    Fast,
    /// Normal forms and two small pulses of the e-graph.
    #[default]
    Default,
    /// Normal forms and two large pulses with all rules.
    Thorough,
}

/// What to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How hard to try.
    pub effort: Effort,
    /// For measurements: leaves the normal forms out.
    pub without_normal_forms: bool,
    /// Looks for contradictions much longer: more witnesses, values beyond `f64`. The answer is the same, or a contradiction.
    pub paranoid: bool,
}

/// How much the answer was looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All was done.
    Full,
    /// No point was found at which the input is proved to be defined: it is in flat form, and no more.
    NoWitness,
    /// Too large: it is as it came or in flat form.
    TooLarge,
}

/// A simplified expression.
#[derive(Clone, Debug)]
pub struct Simplified {
    /// The expression, equal to the input wherever the input is defined.
    pub expression: Scalar,
    /// Printed nodes.
    pub nodes: usize,
    /// A contradiction that was met inside; the answer does then not depend on it. Never seen so far: report it.
    pub conflict: Option<String>,
    /// Whether the answer may be defined at points where the input is not.
    pub extended: bool,
    /// What was done.
    pub extent: Extent,
    /// Nodes of the largest e-graph that was built.
    pub graph_nodes: usize,
}

/// Simplifies expressions; keeps what it has done, so that equal expressions are done once.
#[derive(Debug, Default)]
pub struct Simplifier {
    facts: LeafFacts,
    options: Options,
    limits: normal::Limits,
    done: FxHashMap<Scalar, Simplified>,
}

impl Simplifier {
    /// A simplifier for expressions whose leaves satisfy `facts`.
    pub fn new(facts: LeafFacts, options: Options) -> Self {
        let mut limits = normal::Limits::default();
        if options.effort != Effort::Thorough {
            limits.work = NORMAL_WORK;
        }
        Simplifier { facts, options, limits, done: FxHashMap::default() }
    }

    /// Simplifies one expression.
    pub fn simplify(&mut self, input: &Scalar) -> Simplified {
        if let Some(known) = self.done.get(input) {
            return known.clone();
        }
        let result = self.run(input);
        self.done.insert(input.clone(), result.clone());
        result
    }

    fn run(&self, input: &Scalar) -> Simplified {
        let size = tree_size(input);
        let unchanged = |extent| Simplified {
            expression: input.clone(),
            nodes: usize::try_from(size).unwrap_or(usize::MAX),
            conflict: None,
            extended: false,
            extent,
            graph_nodes: 0,
        };
        if size > LARGEST_TREE {
            return unchanged(Extent::TooLarge);
        }
        let flat = Form::new(input);
        let canonical = flat.to_scalar();
        let leaves = witness::leaves(input);
        let points = witness::find(&[input], &leaves, &self.facts, WITNESSES, 0);
        let mut simplified = Simplified {
            nodes: flat.nodes(),
            expression: canonical,
            extent: Extent::Full,
            ..unchanged(Extent::Full)
        };
        if points.is_empty() {
            simplified.extent = Extent::NoWitness;
            return simplified;
        }
        let mut best = self.search(input, flat.clone(), &leaves, &points, 0, &mut simplified);
        // Charges for taste must not make the answer longer than the input.
        if best.nodes() > flat.nodes() {
            best = flat.clone();
        }
        let fresh = witness::find(&[input], &leaves, &self.facts, GATE_POINTS, GATE_TRIALS);
        let mut gated = None;
        for form in [best, flat] {
            let expression = form.to_scalar();
            let fits =
                |points: &[Point]| witness::compare(input, &expression, points) == Agreement::Consistent;
            if fits(&points) && fits(&fresh) {
                gated = Some((form.nodes(), expression));
                break;
            }
        }
        if self.options.paranoid && simplified.conflict.is_none() {
            let answer = gated.as_ref().map_or(input, |(_, expression)| expression);
            simplified.conflict = self.contradiction(input, answer, &leaves);
        }
        match gated {
            Some((nodes, expression)) => {
                simplified.extended = has_lost_conditions(input, &expression);
                simplified.nodes = nodes;
                simplified.expression = expression;
            }
            None => simplified.expression = input.clone(),
        }
        simplified
    }

    /// What speaks against an answer when it is looked for: the same search with other witnesses and more digits, and the
    /// answer at many points.
    fn contradiction(&self, input: &Scalar, answer: &Scalar, leaves: &[u32]) -> Option<String> {
        let flat = Form::new(input);
        for round in 1..=MORE_WITNESSES {
            let points = witness::find(&[input], leaves, &self.facts, WITNESSES, round * GATE_TRIALS * 10);
            let mut report = Simplified {
                expression: flat.to_scalar(),
                nodes: 0,
                conflict: None,
                extended: false,
                extent: Extent::Full,
                graph_nodes: 0,
            };
            if points.is_empty() {
                continue;
            }
            self.search(input, flat.clone(), leaves, &points, MORE_BITS, &mut report);
            if report.conflict.is_some() {
                return report.conflict;
            }
        }
        let points = witness::find(&[input], leaves, &self.facts, MORE_GATE_POINTS, GATE_TRIALS * 50);
        match witness::compare(input, answer, &points) {
            Agreement::Different => Some("the answer has another value".to_owned()),
            // Enclosures that became too wide prove nothing.
            Agreement::Undefined | Agreement::Consistent => None,
        }
    }

    /// The best form among the flat form, the normal forms and what the graph makes of them.
    fn search(
        &self,
        input: &Scalar,
        flat: Form,
        leaves: &[u32],
        points: &[Point],
        bits: usize,
        report: &mut Simplified,
    ) -> Form {
        let canonical = flat.to_scalar();
        let mut seed = Seed { whole: vec![canonical], parts: Vec::new() };
        if !self.options.without_normal_forms {
            self.add_normal_forms(&mut seed, points);
        }
        let mut best = flat;
        let brings_magnitudes = !input.nodes().iter().any(is_magnitude);
        let weigh = |form: &Form| weight(form, brings_magnitudes);
        let mut best_weight = weigh(&best);
        let consider = |form: &Form, best: &mut Form, best_weight: &mut (usize, u32)| -> bool {
            let mut form = form.clone();
            // A form half as long again as the best is not expected to overtake it; large forms take too long.
            let nodes = form.nodes();
            if nodes <= LARGEST_TO_POLISH && nodes * 2 <= best_weight.0 * 3 {
                form = form.polished();
            }
            let found = weigh(&form);
            let better = found < *best_weight || (found == *best_weight && form < *best);
            if better {
                *best = form;
                *best_weight = found;
            }
            better
        };
        consider(&best.clone(), &mut best, &mut best_weight);
        for other in &seed.whole[1..] {
            consider(&Form::new(other), &mut best, &mut best_weight);
        }
        let budgets: &[Budget] = match self.options.effort {
            Effort::Fast => &[],
            Effort::Default if best.is_rational() => &RATIONAL,
            Effort::Default => &DEFAULT,
            Effort::Thorough => &THOROUGH,
        };
        if best.nodes() > LARGEST_FOR_GRAPH || best.is_plain() {
            return best;
        }
        seed.whole.insert(1, best.to_scalar());
        for budget in budgets {
            let domain = Domain::new(leaves, points, &self.facts).with_bits(bits);
            match pulse(&seed, domain, budget, brings_magnitudes) {
                Ok(Some(found)) => {
                    report.graph_nodes = report.graph_nodes.max(found.nodes);
                    let scalar = found.form.to_scalar();
                    if witness::compare(input, &scalar, points) != Agreement::Consistent {
                        break;
                    }
                    let better = consider(&found.form, &mut best, &mut best_weight);
                    if !better {
                        break;
                    }
                }
                Ok(None) => break,
                Err(conflict) => {
                    debug_assert!(false, "{conflict}");
                    report.conflict = Some(conflict);
                    break;
                }
            }
            seed = Seed { whole: vec![best.to_scalar()], parts: Vec::new() };
            if !self.options.without_normal_forms {
                self.add_normal_forms(&mut seed, points);
            }
        }
        best
    }

    /// Adds the normal forms of the first expression of the seed and of its parts, as far as they fit the witnesses.
    fn add_normal_forms(&self, seed: &mut Seed, points: &[Point]) {
        let whole = &seed.whole[0];
        let candidates = normal::candidates(whole, &TableDefinitions, &self.limits);
        let mut expected: Vec<Vec<Interval>> = Vec::with_capacity(points.len());
        for point in points {
            let mut values = Vec::new();
            if witness::enclose(whole, point, &mut values).is_none() {
                return;
            }
            expected.push(values);
        }
        let mut values = Vec::new();
        let mut fits = |candidate: &Scalar, at: Ref| {
            points.iter().zip(&expected).all(|(point, expected)| {
                witness::enclose(candidate, point, &mut values)
                    .is_some_and(|found| !found.is_disjoint(&expected[at as usize]))
            })
        };
        let root = whole.root();
        let mut roots = candidates.root;
        roots.retain(|candidate| fits(candidate, root));
        seed.parts = candidates.parts;
        seed.parts.retain(|(at, candidate)| fits(candidate, *at));
        seed.whole.extend(roots);
    }
}

fn is_magnitude(operation: &Operation) -> bool {
    matches!(operation, Operation::Call(function, _) if cost::is_magnitude(*function))
}

/// Whether some operation of `before` that is not defined everywhere has gone.
fn has_lost_conditions(before: &Scalar, after: &Scalar) -> bool {
    let partial = |expression: &Scalar| -> rustc_hash::FxHashSet<(u8, Form)> {
        let part = |a: Ref| -> Form {
            let mut builder = crate::ir::scalar::ScalarBuilder::default();
            let root = builder.import(expression, a);
            Form::new(&builder.finish(root))
        };
        expression
            .nodes()
            .iter()
            .filter_map(|operation| match operation {
                Operation::Divide(_, b) if !matches!(expression.node(*b), Operation::Number(_)) => {
                    Some((0, part(*b)))
                }
                Operation::Power(a, b) => match expression.node(*b) {
                    Operation::Number(q) if q.is_integer() && !q.is_negative() => None,
                    Operation::Number(q) if q.is_integer() => Some((0, part(*a))),
                    _ => Some((1, part(*a))),
                },
                Operation::Call(crate::function::Function::Known(id), arguments)
                    if !crate::function::row(*id).defined.is_empty() =>
                {
                    Some((2, arguments.first().map_or(Form::Leaf(0), |a| part(*a))))
                }
                _ => None,
            })
            .collect()
    };
    let kept = partial(after);
    !partial(before).is_subset(&kept)
}

/// Simplifies one expression.
pub fn simplify(input: &Scalar, facts: &LeafFacts, options: &Options) -> Simplified {
    Simplifier::new(facts.clone(), *options).simplify(input)
}

/// Simplifies several expressions, such as the partials of one formula; each keeps its own domain.
pub fn simplify_many(inputs: &[Scalar], facts: &LeafFacts, options: &Options) -> Vec<Simplified> {
    let mut simplifier = Simplifier::new(facts.clone(), *options);
    inputs.iter().map(|input| simplifier.simplify(input)).collect()
}
