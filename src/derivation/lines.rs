//! The lines of a derivation: rules outermost first, then the tidying up, each line proved.

use std::collections::{BTreeMap, BTreeSet};

use super::build::unproved;
use super::laws::Letters;
use super::make::{Care, as_number, derivative, holds_derivative, map_parts, rebuilt};
use super::proof;
use super::readable;
use super::rule::{Applied, Rules, Taking, pending};
use super::spelling::Spelling;
use super::tidy::{self, Tidying};
use super::{Detail, Phrase, Rule, Step, named};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::print;
use crate::problem::Problem;
use crate::syntax::tree::{DerivativeOperator, Kind, Relation, Tree};

/// More lines are not read by anybody.
const MOST_STEPS: usize = 400;
/// A line with more parts is not read either.
const LARGEST_LINE: usize = 4_000;

/// The derivation so far.
pub(super) struct Lines<'p> {
    problem: &'p mut Problem,
    detail: Detail,
    letters: Letters,
    spelling: Spelling,
    /// For each variable, the names that change with it.
    moving: BTreeMap<String, BTreeSet<String>>,
    line: Tree,
    conventions: Vec<&'static str>,
    steps: Vec<Step>,
    /// What the rules of each step need.
    needed: Vec<Vec<Tree>>,
    /// Differences that are zero on a whole interval, where nothing is missing.
    kinks: Vec<Tree>,
    /// Statements that stand on a line already.
    stated: Vec<Phrase>,
}

/// A derivative that is ready to be taken.
struct Place {
    path: Vec<usize>,
    rule: Rule,
}

impl<'p> Lines<'p> {
    pub(super) fn new(
        problem: &'p mut Problem,
        detail: Detail,
        letters: Letters,
        spelling: Spelling,
        first: Tree,
    ) -> Result<Self, Diagnostic> {
        proof::lower(problem, &first)?;
        Ok(Lines {
            problem,
            detail,
            letters,
            spelling,
            moving: BTreeMap::new(),
            line: first,
            conventions: Vec::new(),
            steps: Vec::new(),
            needed: Vec::new(),
            kinks: Vec::new(),
            stated: Vec::new(),
        })
    }

    /// The steps, what each of them needs, and the conditions that say too much.
    pub(super) fn finished(self) -> (Vec<Step>, Vec<Vec<Tree>>, Vec<Tree>) {
        (self.steps, self.needed, self.kinks)
    }

    /// Applies rules until nothing is left to differentiate.
    pub(super) fn rules(&mut self) -> Result<(), Diagnostic> {
        while holds_derivative(&self.line) {
            if self.steps.len() >= MOST_STEPS || print::nodes(&self.line) > LARGEST_LINE {
                return Err(too_long());
            }
            let mut places = Vec::new();
            self.find(&self.line.clone(), &mut Vec::new(), &mut places)?;
            // What takes a formula apart goes first, from outside to inside and from left to right; then what is known.
            let Some(next) = places.iter().min_by_key(|place| (rank(&place.rule), place.path.len())) else {
                return Err(Diagnostic::new(
                    Cause::Undecided,
                    "there is no textbook rule for one of the derivatives in the formula",
                )
                .help("symdiff grad gives the derivative without the steps"));
            };
            let (rule, path) = (next.rule.clone(), next.path.clone());
            let mut taken = Taken::default();
            let line = self.line.clone();
            let one = (self.detail == Detail::Full).then_some(path.as_slice());
            let after = self.rewrite(&line, &mut Vec::new(), &rule, one, &mut taken)?;
            let after = self.spelling.applied(&after);
            self.push(taken, path, after)?;
        }
        Ok(())
    }

    fn care(&self) -> Care {
        if self.detail == Detail::Full { Care::Literal } else { Care::Tidy }
    }

    fn taking(&self) -> Taking {
        match self.detail {
            Detail::Full => Taking::OneByOne,
            Detail::Normal => Taking::RuleByRule,
            Detail::Brief => Taking::Together,
        }
    }

    fn moving(&mut self, variable: &str) -> BTreeSet<String> {
        if let Some(known) = self.moving.get(variable) {
            return known.clone();
        }
        let moving = Rules::new(&self.problem.environment).moving(variable);
        self.moving.insert(variable.to_owned(), moving.clone());
        moving
    }

    fn apply(&mut self, body: &Tree, variable: &Tree, name: &str) -> Result<Applied, Diagnostic> {
        let moving = self.moving(name);
        let rules = Rules {
            care: self.care(),
            taking: self.taking(),
            letters: self.letters,
            indices: counting(&self.line),
            ..Rules::new(&self.problem.environment)
        };
        let applied = rules.apply(body, variable, &moving)?;
        if self.detail == Detail::Normal && applied.rule == Rule::Sum {
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

    /// Differentiates on the way what needs no line of its own: constants and the variable; if it is brief, everything up to
    /// the next product or fraction.
    fn settle(&mut self, tree: &Tree, taken: &mut Taken) -> Result<Tree, Diagnostic> {
        if self.detail == Detail::Full || !holds_derivative(tree) {
            return Ok(tree.clone());
        }
        if let Some((body, variable, name)) = pending(tree) {
            if holds_derivative(body) {
                return Ok(tree.clone());
            }
            let applied = self.apply(body, variable, name)?;
            let is_trivial = match applied.rule {
                Rule::Constant | Rule::Variable => true,
                _ if self.detail == Detail::Brief => {
                    !taken.rules.iter().any(is_structural) || !is_structural(&applied.rule)
                }
                _ => false,
            };
            if !is_trivial {
                return Ok(tree.clone());
            }
            let is_named = !matches!(applied.rule, Rule::Constant | Rule::Variable);
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
        if !proof::follows(self.problem, &self.line, &after) {
            return Err(unproved(&self.line, &after));
        }
        let conventions = std::mem::take(&mut self.conventions).into_iter().map(str::to_owned).collect();
        let before = std::mem::replace(&mut self.line, after.clone());
        let because = self.reasons(&taken);
        self.needed.push(taken.conditions);
        self.kinks.extend(taken.kinks);
        self.steps.push(Step {
            rules: taken.rules,
            place,
            before,
            after,
            because,
            conditions: Vec::new(),
            conventions,
            facts: Vec::new(),
        });
        Ok(())
    }

    /// What is said beside the names of the rules: statements where they are used first, none if it is brief.
    fn reasons(&mut self, taken: &Taken) -> Vec<Phrase> {
        let is_statement = |phrase: &Phrase| match phrase {
            Phrase::Law(_) => true,
            Phrase::Formula(tree) => matches!(tree.kind, Kind::Relation(Relation::Equal, ..)),
            Phrase::Words(_) => false,
        };
        if self.detail == Detail::Brief && taken.is_rule && taken.rules.len() > 1 {
            return Vec::new();
        }
        let laws = taken.rules.iter().filter_map(|rule| self.letters.law(rule)).map(Phrase::Law);
        let mut because: Vec<Phrase> = Vec::new();
        for phrase in laws.chain(taken.because.iter().cloned()) {
            let is_known = taken.is_rule && is_statement(&phrase) && self.stated.contains(&phrase);
            if !is_known && !because.contains(&phrase) {
                because.push(phrase);
            }
        }
        self.stated.extend(because.iter().filter(|phrase| is_statement(phrase)).cloned());
        because
    }

    /// From the derivative as the rules leave it to the end, which is proved to be the engine's result.
    pub(super) fn tidy(&mut self, engine: &Tree, wrt: &str) -> Result<(), Diagnostic> {
        let spelling = self.spelling;
        let by_hand = readable::readable(engine, wrt);
        let is_safe = by_hand == *engine || proof::are_equal(self.problem, &by_hand, engine);
        let result = spelling.applied(if is_safe { &by_hand } else { engine });
        let result = tidy::with_signs_in_front(&result);
        let mut known = named::calls(&self.first());
        known.extend(named::calls(&self.line));
        let raw = self.line.clone();
        let mut tidying = Tidying {
            problem: self.problem,
            spelling: &spelling,
            detail: self.detail,
            engine: &result,
            known,
            tried: 0,
        };
        let lines = joined(tidying.steps(&raw), self.detail);
        for (rules, because, after) in lines {
            let taken = Taken { rules, because, is_rule: false, ..Taken::default() };
            self.push(taken, Vec::new(), after)?;
        }
        // the engine's result, if it is not shown, is proved all the same
        if self.line != *engine && !proof::follows(self.problem, &self.line, engine) {
            return Err(unproved(&self.line, engine));
        }
        Ok(())
    }

    fn first(&self) -> Tree {
        self.steps.first().map_or_else(|| self.line.clone(), |step| step.before.clone())
    }
}

/// Lines of tidying as they are shown: if it is brief, neighbours together.
fn joined(lines: Vec<tidy::Line>, detail: Detail) -> Vec<tidy::Line> {
    if detail != Detail::Brief || lines.len() < 2 {
        return lines;
    }
    let mut rules: Vec<Rule> = Vec::new();
    let mut named: Vec<(Rule, Option<Tree>)> = Vec::new();
    let mut end = None;
    for (own, because, tree) in lines {
        for rule in own {
            // "take out x" is one name
            let object = match (&rule, because.as_slice()) {
                (Rule::Algebra(_), [Phrase::Formula(object), ..])
                    if !matches!(object.kind, Kind::Relation(..)) =>
                {
                    Some(object.clone())
                }
                _ => None,
            };
            let name = (rule, object);
            if !named.contains(&name) {
                named.push(name);
            }
        }
        end = Some(tree);
    }
    let mut said: Vec<Phrase> = Vec::new();
    for (rule, object) in &named {
        match said.last_mut() {
            Some(Phrase::Words(words)) => *words += &format!(", {rule}"),
            _ => said.push(Phrase::words(rule.to_string())),
        }
        said.extend(object.clone().map(Phrase::Formula));
        if !rules.contains(rule) {
            rules.push(rule.clone());
        }
    }
    // names alone are said by the rules
    if said.len() < 2 {
        said.clear();
    }
    end.map(|tree| (rules, said, tree)).into_iter().collect()
}

/// What was applied on the way to one line.
struct Taken {
    rules: Vec<Rule>,
    because: Vec<Phrase>,
    conditions: Vec<Tree>,
    kinks: Vec<Tree>,
    /// Is it a rule of differentiation?
    is_rule: bool,
}

impl Default for Taken {
    fn default() -> Self {
        Taken {
            rules: Vec::new(),
            because: Vec::new(),
            conditions: Vec::new(),
            kinks: Vec::new(),
            is_rule: true,
        }
    }
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
        self.kinks.extend(applied.kinks);
        conventions.extend(applied.conventions);
        applied.tree
    }
}

/// The indices of sums and products, with the least number that each of them stands for; none that is a name elsewhere.
fn counting(line: &Tree) -> BTreeMap<String, i64> {
    fn walk(tree: &Tree, bound: &[String], found: &mut BTreeMap<String, Option<i64>>) {
        match &tree.kind {
            Kind::Name(name) if !bound.contains(name) => {
                found.insert(name.clone(), None);
            }
            Kind::Big { indices, .. } => {
                let mut inner = bound.to_vec();
                for index in indices {
                    let low = match &index.range {
                        Some((low, _)) => as_number(low).and_then(|n| n.as_integer()),
                        None => Some(1),
                    };
                    let known = found.entry(index.name.clone()).or_insert(low);
                    *known = known.zip(low).map(|(a, b)| a.min(b));
                    inner.push(index.name.clone());
                }
                tree.each_part(&mut |part| walk(part, &inner, found));
            }
            _ => tree.each_part(&mut |part| walk(part, bound, found)),
        }
    }
    let mut found = BTreeMap::new();
    walk(line, &[], &mut found);
    found.into_iter().filter_map(|(name, low)| low.map(|low| (name, low))).collect()
}

/// Where the other terms of a sum are constants, the one that is left is taken in the same line: (x² + 1)′ = 2x.
fn through(rules: &Rules, outer: Applied, moving: &BTreeSet<String>) -> Applied {
    let (is_negative, inner) = match &outer.tree.kind {
        Kind::Negate(inner) => (true, &**inner),
        _ => (false, &outer.tree),
    };
    let Some((body, variable, _)) = pending(inner) else { return outer };
    let Ok(applied) = rules.apply(body, variable, moving) else { return outer };
    if matches!(applied.rule, Rule::Sum | Rule::Definition(_)) {
        return outer;
    }
    let tree = if is_negative { rules.care.negate(applied.tree.clone()) } else { applied.tree.clone() };
    // (x + y)′ = 1 is the sum rule
    let rule = if applied.rule == Rule::Variable { Rule::Sum } else { applied.rule.clone() };
    Applied { rule, tree, ..applied }
}

/// Does the rule make several derivatives of one, or another one?
fn is_structural(rule: &Rule) -> bool {
    matches!(
        rule,
        Rule::Product
            | Rule::Quotient
            | Rule::GeneralPower
            | Rule::LogarithmicDerivative
            | Rule::Definition(_)
            | Rule::Order
            | Rule::Cases
    )
}

/// Rules that take a formula apart come before those that end it.
fn rank(rule: &Rule) -> u8 {
    match rule {
        Rule::Power { is_chain: false } | Rule::Reciprocal { is_chain: false } => 1,
        Rule::Exponential { is_chain: false, .. } | Rule::Function { is_chain: false, .. } | Rule::Step => 2,
        Rule::Constant | Rule::Variable => 3,
        _ => 0,
    }
}

fn too_long() -> Diagnostic {
    Diagnostic::new(
        Cause::Limit,
        format!("the derivation has more than {MOST_STEPS} lines or a line too long to read"),
    )
    .help("name parts of the formula with --let and derive those")
}
