//! From the formula to the lines: rules outermost first, then the tidying up, each line proved.

use std::collections::{BTreeMap, BTreeSet};

use super::make::{Care, derivative, holds_derivative, map_parts, substitute};
use super::proof::{self, Known};
use super::readable;
use super::rule::{Applied, Rules, pending};
use super::tidy;
use super::{Derivation, Detail, Phrase, Rule, Step};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::evaluate::graph::{Point, Value};
use crate::ir::NodeId;
use crate::lower::Layout;
use crate::print;
use crate::problem::{Operator, Problem, Request};
use crate::syntax::tree::{DerivativeOperator, Kind, Relation, Tree};

/// More lines are not read by anybody.
const MOST_STEPS: usize = 400;
/// A line with more parts is not read either.
const LARGEST_LINE: usize = 4_000;

pub(super) fn derive(
    problem: &mut Problem,
    formula: &str,
    wrt: &str,
    detail: Detail,
    at: Option<&Point>,
) -> Result<Derivation, Diagnostic> {
    let request =
        Request { operator: Operator::Gradient, wrt: vec![wrt.to_owned()], order: 1, at: at.cloned() };
    let answer = problem.answer(formula, &request)?;
    let Some(partial) = answer.partials.into_iter().next() else {
        return Err(Diagnostic::new(Cause::Name, "there is no variable to differentiate by"));
    };
    if partial.layout != Layout::Scalar {
        return Err(Diagnostic::new(
            Cause::Unsupported,
            format!("the derivation by {wrt}, which is not a scalar, is not available"),
        )
        .help("symdiff grad gives the derivative without the steps"));
    }
    let variable = Tree::name(wrt);
    let first = derivative(answer.reading.clone(), &variable);
    let before = proof::lower(problem, &first)?.node;
    let known = Known::new(problem, &partial.conditions);
    let mut lines = Lines {
        problem,
        detail,
        moving: BTreeMap::new(),
        line: first.clone(),
        node: before,
        known,
        conventions: Vec::new(),
        steps: Vec::new(),
    };
    lines.rules()?;
    lines.tidy(&partial.tree, wrt)?;
    let mut steps = lines.steps;
    let known = lines.known;
    // What the engine assumes and no step has said holds for the formula as such.
    let conditions: Vec<Tree> =
        known.unsaid(problem).iter().map(|condition| with_index_of(&answer.reading, condition)).collect();
    let is_said = |condition: &Tree| steps.iter().any(|step| step.conditions.contains(condition));
    let conditions: Vec<Tree> = conditions.into_iter().filter(|condition| !is_said(condition)).collect();
    if let Some(first) = steps.first_mut() {
        first.conditions.splice(0..0, conditions);
    }
    if let Some(last) = steps.last_mut() {
        last.facts.clone_from(&partial.facts);
    }
    // Only what the engine relied on is a convention of the result.
    let mut shown: Vec<String> = Vec::new();
    for step in &mut steps {
        step.conventions.retain(|c| partial.conventions.contains(c) && !shown.contains(c));
        shown.extend(step.conventions.iter().cloned());
    }
    let mut point = Vec::new();
    if let Some(at) = at {
        for name in &answer.variables {
            let request =
                Request { operator: Operator::Evaluate, at: Some(at.clone()), ..Request::default() };
            if let Some(Ok(value)) = problem.answer(name, &request)?.value {
                point.push((name.clone(), value));
            }
        }
    }
    let values = match (answer.value, partial.value) {
        (Some(of), Some(derivative)) => Some([of, derivative]),
        _ => None,
    };
    let unmet = match (at, &values) {
        (Some(at), Some([_, Ok(_)])) => unmet(problem, &partial.conditions, at),
        _ => Vec::new(),
    };
    Ok(Derivation {
        input: formula.to_owned(),
        formula: answer.reading,
        wrt: wrt.to_owned(),
        is_partial: answer.variables.len() > 1,
        first,
        steps,
        values,
        point,
        gradient: partial.tree,
        unmet,
    })
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

/// A condition for every index, with the letter that the author has for it.
fn with_index_of(formula: &Tree, condition: &Tree) -> Tree {
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

/// The derivation so far.
struct Lines<'p> {
    problem: &'p mut Problem,
    detail: Detail,
    /// For each variable, the names that change with it.
    moving: BTreeMap<String, BTreeSet<String>>,
    line: Tree,
    node: NodeId,
    known: Known,
    conventions: Vec<&'static str>,
    steps: Vec<Step>,
}

/// A derivative that is ready to be taken.
struct Place {
    path: Vec<usize>,
    rule: Rule,
}

impl Lines<'_> {
    /// Applies rules until nothing is left to differentiate.
    fn rules(&mut self) -> Result<(), Diagnostic> {
        while holds_derivative(&self.line) {
            if self.steps.len() >= MOST_STEPS || print::nodes(&self.line) > LARGEST_LINE {
                return Err(too_long());
            }
            let mut places = Vec::new();
            self.find(&self.line.clone(), &mut Vec::new(), &mut places)?;
            // What takes a formula apart goes first, from outside to inside and from left to right; then what is known.
            let Some(next) = places.iter().min_by_key(|place| (rank(&place.rule), place.path.len())) else {
                return Err(Diagnostic::new(
                    Cause::Unsupported,
                    "there is no textbook rule for one of the derivatives in the formula",
                )
                .help("symdiff grad gives the derivative without the steps"));
            };
            let (rule, path) = (next.rule.clone(), next.path.clone());
            let mut taken = Taken { rules: Vec::new(), because: Vec::new(), conditions: Vec::new() };
            let line = self.line.clone();
            let one = (self.detail == Detail::Full).then_some(path.as_slice());
            let after = self.rewrite(&line, &mut Vec::new(), &rule, one, &mut taken)?;
            self.push(taken, path, after)?;
        }
        Ok(())
    }

    fn care(&self) -> Care {
        if self.detail == Detail::Full { Care::Literal } else { Care::Tidy }
    }

    fn moving(&mut self, variable: &str) -> BTreeSet<String> {
        if let Some(known) = self.moving.get(variable) {
            return known.clone();
        }
        let rules = Rules { environment: &self.problem.environment, care: Care::Tidy, is_linear: true };
        let moving = rules.moving(variable);
        self.moving.insert(variable.to_owned(), moving.clone());
        moving
    }

    fn apply(&mut self, body: &Tree, variable: &Tree, name: &str) -> Result<Applied, Diagnostic> {
        let moving = self.moving(name);
        let care = self.care();
        let rules =
            Rules { environment: &self.problem.environment, care, is_linear: self.detail != Detail::Full };
        let applied = rules.apply(body, variable, &moving)?;
        if self.detail == Detail::Normal && matches!(applied.rule, Rule::Sum | Rule::ConstantMultiple) {
            return Ok(through(&rules, applied, &moving));
        }
        Ok(applied)
    }

    /// All derivatives whose bodies hold none, with the rule that comes next.
    fn find(&mut self, tree: &Tree, path: &mut Vec<usize>, out: &mut Vec<Place>) -> Result<(), Diagnostic> {
        if let Kind::Derivative { operator, body, variables } = &tree.kind
            && !holds_derivative(body)
        {
            if let Some((body, variable, name)) = pending(tree) {
                let applied = self.apply(body, variable, name)?;
                out.push(Place { path: path.clone(), rule: applied.rule });
            } else if *operator == DerivativeOperator::Derivative && variables.len() > 1 {
                out.push(Place { path: path.clone(), rule: Rule::Order });
            }
            return Ok(());
        }
        let mut parts = Vec::new();
        tree.each_part(&mut |part| parts.push(part));
        for (at, part) in parts.into_iter().enumerate() {
            path.push(at);
            self.find(part, path, out)?;
            path.pop();
        }
        Ok(())
    }

    /// Applies the rule wherever it comes next, or at one place only.
    fn rewrite(
        &mut self,
        tree: &Tree,
        path: &mut Vec<usize>,
        rule: &Rule,
        only: Option<&[usize]>,
        taken: &mut Taken,
    ) -> Result<Tree, Diagnostic> {
        if let Kind::Derivative { operator, body, variables } = &tree.kind
            && !holds_derivative(body)
        {
            if only.is_some_and(|only| only != path.as_slice()) {
                return Ok(tree.clone());
            }
            if let Some((body, variable, name)) = pending(tree) {
                let applied = self.apply(body, variable, name)?;
                if applied.rule != *rule {
                    return Ok(tree.clone());
                }
                let after = taken.take(applied, &mut self.conventions);
                return self.settle(&after, taken);
            }
            if *operator == DerivativeOperator::Derivative && *rule == Rule::Order {
                let Some((last, first)) = variables.split_last() else { return Ok(tree.clone()) };
                taken.name(Rule::Order);
                let inner =
                    Kind::Derivative { operator: *operator, body: body.clone(), variables: first.to_vec() };
                return Ok(derivative(inner.into(), last));
            }
            return Ok(tree.clone());
        }
        if !holds_derivative(tree) {
            return Ok(tree.clone());
        }
        let mut failure = None;
        let mut at = 0;
        let mut is_changed = false;
        let mapped = map_parts(tree, &mut |part| {
            path.push(at);
            at += 1;
            let new = match self.rewrite(part, path, rule, only, taken) {
                Ok(new) => new,
                Err(error) => {
                    failure.get_or_insert(error);
                    part.clone()
                }
            };
            path.pop();
            is_changed |= new != *part;
            new
        });
        match failure {
            Some(error) => Err(error),
            None if is_changed => Ok(rebuilt(mapped, self.care())),
            None => Ok(tree.clone()),
        }
    }

    /// Differentiates on the way what needs no line of its own.
    fn settle(&mut self, tree: &Tree, taken: &mut Taken) -> Result<Tree, Diagnostic> {
        if self.detail == Detail::Full || !holds_derivative(tree) {
            return Ok(tree.clone());
        }
        if let Some((body, variable, name)) = pending(tree) {
            if holds_derivative(body) {
                return Ok(tree.clone());
            }
            let moving = self.moving(name);
            let applied = self.apply(body, variable, name)?;
            let is_trivial = match applied.rule {
                Rule::Constant | Rule::Variable => true,
                // (c x)′ = c
                Rule::ConstantMultiple | Rule::Sum => {
                    self.detail == Detail::Brief || is_linear(&applied.tree, &moving)
                }
                Rule::Power { is_chain: false }
                | Rule::Reciprocal { is_chain: false }
                | Rule::Exponential { is_chain: false }
                | Rule::Function { is_chain: false, .. } => self.detail == Detail::Brief,
                _ => false,
            };
            if !is_trivial {
                return Ok(tree.clone());
            }
            let is_named = !matches!(applied.rule, Rule::Constant | Rule::Variable)
                && (self.detail == Detail::Brief && applied.rule != Rule::ConstantMultiple);
            let after = if is_named { taken.take(applied, &mut self.conventions) } else { applied.tree };
            return self.settle(&after, taken);
        }
        let mut failure = None;
        let mut is_changed = false;
        let mapped = map_parts(tree, &mut |part| match self.settle(part, taken) {
            Ok(new) => {
                is_changed |= new != *part;
                new
            }
            Err(error) => {
                failure.get_or_insert(error);
                part.clone()
            }
        });
        match failure {
            Some(error) => Err(error),
            None if is_changed => Ok(rebuilt(mapped, self.care())),
            None => Ok(tree.clone()),
        }
    }

    /// Adds a line, if it is proved.
    fn push(&mut self, taken: Taken, place: Vec<usize>, after: Tree) -> Result<(), Diagnostic> {
        let node = proof::lower(self.problem, &after)?.node;
        if !proof::follows(self.problem, (&self.line, self.node), (&after, node)) {
            return Err(unproved(&self.line, &after));
        }
        let conditions = self.known.take(self.problem, &taken.conditions);
        let conventions = std::mem::take(&mut self.conventions).into_iter().map(str::to_owned).collect();
        let before = std::mem::replace(&mut self.line, after.clone());
        self.node = node;
        self.steps.push(Step {
            rules: taken.rules,
            place,
            before,
            after,
            because: taken.because,
            conditions,
            conventions,
            facts: Vec::new(),
        });
        Ok(())
    }

    /// From the derivative as the rules leave it to the engine's result, as far as it gets easier to read.
    fn tidy(&mut self, engine: &Tree, wrt: &str) -> Result<(), Diagnostic> {
        let by_hand = readable::readable(engine, wrt);
        let is_safe = by_hand == *engine || proof::are_equal(self.problem, &by_hand, engine);
        let result = if is_safe { &by_hand } else { engine };
        if tidy::is_same_in_order(&self.line, result)
            && let Some(last) = self.steps.last().cloned()
        {
            // a line for the order alone would say nothing
            let node = proof::lower(self.problem, result)?.node;
            if proof::follows(self.problem, (&last.before, self.node), (result, node)) {
                self.line = result.clone();
                self.node = node;
                if let Some(last) = self.steps.last_mut() {
                    last.after = result.clone();
                }
                return Ok(());
            }
        }
        let lines = tidy::steps(self.problem, &self.line, result);
        // names that were opened stay open
        let is_opened = |line: &tidy::Line| line.0.iter().any(|rule| matches!(rule, Rule::Definition(_)));
        let mut shown = lines.len();
        while let Some((last, before)) = lines[..shown].split_last()
            && !is_opened(last)
        {
            let before = before.last().map_or(&self.line, |line| &line.2);
            if readable::cost(&last.2) <= readable::cost(before) {
                break;
            }
            shown -= 1;
        }
        let mut bare = None;
        if shown < lines.len() {
            // it ends here, and without brackets that nobody needs
            let last = lines[..shown].last().map_or(&self.line, |line| &line.2);
            bare = tidy::without_brackets(last).filter(|bare| {
                readable::cost(bare) <= readable::cost(last) && proof::are_equal(self.problem, last, bare)
            });
        }
        // what is not shown is proved all the same: the last line is the engine's result in another form
        let mut hidden = None;
        for (at, (rules, because, after)) in lines.into_iter().enumerate() {
            if at < shown {
                let taken = Taken { rules, because, conditions: Vec::new() };
                self.push(taken, Vec::new(), after)?;
                continue;
            }
            let (before, node) = hidden.unwrap_or_else(|| (self.line.clone(), self.node));
            let next = proof::lower(self.problem, &after)?.node;
            if !proof::follows(self.problem, (&before, node), (&after, next)) {
                return Err(unproved(&before, &after));
            }
            hidden = Some((after, next));
        }
        if let Some(bare) = bare {
            let rules = vec![Rule::Algebra("drop the brackets".to_owned())];
            let taken = Taken { rules, because: Vec::new(), conditions: Vec::new() };
            self.push(taken, Vec::new(), bare)?;
        }
        Ok(())
    }
}

/// What was applied on the way to one line.
struct Taken {
    rules: Vec<Rule>,
    because: Vec<Phrase>,
    conditions: Vec<Tree>,
}

impl Taken {
    fn name(&mut self, rule: Rule) {
        if !self.rules.contains(&rule) {
            self.rules.push(rule);
        }
    }

    fn take(&mut self, applied: Applied, conventions: &mut Vec<&'static str>) -> Tree {
        let own = (applied.also.is_none() || applied.rule != Rule::Variable).then_some(applied.rule);
        for rule in applied.also.into_iter().chain(own) {
            self.name(rule);
        }
        for phrase in applied.because {
            if !self.because.contains(&phrase) {
                self.because.push(phrase);
            }
        }
        self.conditions.extend(applied.conditions);
        conventions.extend(applied.conventions);
        applied.tree
    }
}

/// Where only one simple derivative is left (x² + 1, 3x²), it is taken in the same line.
fn through(rules: &Rules, outer: Applied, moving: &BTreeSet<String>) -> Applied {
    let mut left = Vec::new();
    outer.tree.walk(&mut |part| left.extend(pending(part)));
    let [(body, variable, _)] = left.as_slice() else { return outer };
    let Ok(inner) = rules.apply(body, variable, moving) else { return outer };
    let is_simple = rank(&inner.rule) > 0 && !matches!(inner.rule, Rule::Constant | Rule::Variable);
    let is_bare = outer.rule == Rule::Sum && outer.also.is_none();
    if !(is_simple || is_bare) || holds_sum_alone(&inner) {
        return outer;
    }
    fn filled(tree: &Tree, by: &Tree, care: Care) -> Tree {
        if pending(tree).is_some() {
            return by.clone();
        }
        if !holds_derivative(tree) {
            return tree.clone();
        }
        rebuilt(map_parts(tree, &mut |part| filled(part, by, care)), care)
    }
    let tree = filled(&outer.tree, &inner.tree, rules.care);
    // (x + y)′ = 1 is the sum rule
    if inner.rule == Rule::Variable {
        return Applied { tree, also: Some(outer.rule), ..inner };
    }
    let is_multiple = [Some(&outer.rule), outer.also.as_ref()].contains(&Some(&Rule::ConstantMultiple));
    let also = is_multiple.then_some(Rule::ConstantMultiple).or_else(|| inner.also.clone());
    Applied { also, tree, ..inner }
}

/// Is it one more step that only takes a sum apart?
fn holds_sum_alone(inner: &Applied) -> bool {
    matches!(inner.rule, Rule::Sum)
}

/// Rules that take a formula apart come before those that end it.
fn rank(rule: &Rule) -> u8 {
    match rule {
        Rule::Power { is_chain: false } | Rule::Reciprocal { is_chain: false } => 1,
        Rule::Exponential { is_chain: false } | Rule::Function { is_chain: false, .. } | Rule::Step => 2,
        Rule::Constant | Rule::Variable => 3,
        _ => 0,
    }
}

/// Is nothing left to differentiate but the variable itself?
fn is_linear(tree: &Tree, moving: &BTreeSet<String>) -> bool {
    let mut is_linear = true;
    tree.walk(&mut |part| {
        if let Some((body, _, _)) = pending(part) {
            let mut moves = false;
            body.walk(&mut |inner| {
                moves |= matches!(&inner.kind, Kind::Name(name) if moving.contains(name));
            });
            let is_plain = matches!(body.kind, Kind::Name(_)) || !moves;
            is_linear &= is_plain;
        }
    });
    is_linear
}

/// The tree once its parts have changed: no ones, no zeros.
fn rebuilt(tree: Tree, care: Care) -> Tree {
    match tree.kind {
        Kind::Sum(terms) => care.sum(terms),
        Kind::Product(factors) => care.product(factors),
        Kind::Quotient(a, b) => care.quotient(*a, *b),
        Kind::Negate(a) => care.negate(*a),
        kind => kind.into(),
    }
}

fn unproved(before: &Tree, after: &Tree) -> Diagnostic {
    Diagnostic::new(
        Cause::Unsupported,
        format!(
            "a line of the derivation could not be proved, so it is not shown: {} = {}",
            print::unicode(before),
            print::unicode(after)
        ),
    )
    .help("symdiff grad gives the derivative without the steps")
}

fn too_long() -> Diagnostic {
    Diagnostic::new(
        Cause::Limit,
        format!("the derivation has more than {MOST_STEPS} lines or a line too long to read"),
    )
    .help("name parts of the formula with --let and derive those")
}
