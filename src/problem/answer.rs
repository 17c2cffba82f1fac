//! What is asked, and what is answered.

use super::Problem;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::differentiate::{Derivative, differentiate};
use crate::evaluate::graph::{Point, Value};
use crate::facts::{Condition, Conditions};
use crate::ir::{Atom, FactId, NodeId};
use crate::lower::{Layout, Lowered};
use crate::print;
use crate::syntax::tree::{Kind, Relation, Tree};
use crate::syntax::{name_as_read, parse};

/// What is to be done with a formula.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operator {
    /// The gradient of a scalar, by each variable.
    #[default]
    Gradient,
    /// The derivative of anything, output axes first.
    Jacobian,
    /// The second derivatives of a scalar, by each pair of variables.
    Hessian,
    /// The formula itself, simplified.
    Simplify,
    /// The formula itself, as it is, for its value.
    Evaluate,
}

/// A question about one formula.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What is to be done.
    pub operator: Operator,
    /// By which variables; empty: all that occur.
    pub wrt: Vec<String>,
    /// How often to differentiate; 0 is read as 1.
    pub order: usize,
    /// Where to evaluate, if at all.
    pub at: Option<Point>,
}

/// One derivative.
#[derive(Clone, Debug)]
pub struct Partial {
    /// By what: one name, or several joined by commas for higher orders. Empty for the formula itself.
    pub wrt: String,
    /// The closed form.
    pub tree: Tree,
    /// Its node in the problem's graph.
    pub node: NodeId,
    /// How its axes lie.
    pub layout: Layout,
    /// Where it holds.
    pub conditions: Vec<Tree>,
    /// The facts that it used, as they were given.
    pub facts: Vec<String>,
    /// The conventions that it used.
    pub conventions: Vec<String>,
    /// Why it is in index notation, if it is.
    pub note: Option<String>,
    /// The names of its indices then, axis by axis: the closed form is one entry.
    pub indices: Vec<String>,
    /// Size of the printed text as a tree.
    pub nodes: usize,
    /// Its value at the point, if one was given; the error says why there is none.
    pub value: Option<Result<Value, Diagnostic>>,
}

/// The answer to a [`Request`].
#[derive(Clone, Debug)]
pub struct Answer {
    /// The formula as it was given.
    pub input: String,
    /// The formula as it was read.
    pub reading: Tree,
    /// The variables that occur in it.
    pub variables: Vec<String>,
    /// Its value at the point, if one was given; the error says why there is none.
    pub value: Option<Result<Value, Diagnostic>>,
    /// Where the formula has a value.
    pub conditions: Vec<Tree>,
    /// The derivatives (or the formula itself).
    pub partials: Vec<Partial>,
    /// Size of the formula as it was read.
    pub nodes: usize,
}

impl Answer {
    /// Where the formula has no value it has no derivative either, whatever its closed form gives there: 1/x for log(x)
    /// at −1.
    fn without_values_of_nothing(mut self) -> Self {
        if let Some(Err(reason)) = &self.value {
            for partial in &mut self.partials {
                partial.value = partial.value.is_some().then(|| Err(reason.clone()));
            }
        }
        self
    }
}

/// Larger derivatives are not differentiated again.
const LARGEST_DIFFERENTIATED: usize = 5_000;

impl Problem {
    /// The gradient of a formula by the variables given, or by all that occur.
    ///
    /// # Errors
    /// If the formula cannot be read, is no scalar, or has no derivative.
    pub fn gradient(&mut self, formula: &str, wrt: &[&str]) -> Result<Answer, Diagnostic> {
        self.answer(
            formula,
            &Request { wrt: wrt.iter().map(|w| (*w).to_owned()).collect(), ..Request::default() },
        )
    }

    /// Answers a request.
    ///
    /// # Errors
    /// If the formula cannot be read or what is asked cannot be done; a value that does not exist is an error too.
    pub fn answer(&mut self, formula: &str, request: &Request) -> Result<Answer, Diagnostic> {
        // asked for as it is read: the micro sign is a µ too
        let wrt = request.wrt.iter().map(|name| name_as_read(name).into_owned()).collect();
        let request = &Request { wrt, ..request.clone() };
        self.speak_of(request.wrt.iter().map(String::as_str));
        if let Some(point) = &request.at {
            self.speak_of(point.names());
        }
        let tree = self.read(formula)?;
        self.check_asked(&tree, &request.wrt)?;
        let definitions = std::mem::take(&mut self.environment.conditions);
        let conventions = std::mem::take(&mut self.environment.conventions);
        let mut answer =
            self.answer_to(formula, tree, &definitions, request).map(Answer::without_values_of_nothing);
        if let Ok(answer) = &mut answer {
            self.name_used_facts(formula, request, answer);
        }
        self.environment.conditions = definitions;
        self.environment.conventions = conventions;
        match self.conflict.take() {
            Some(conflict) if self.paranoid => Err(Diagnostic::new(
                Cause::Contradiction,
                format!("simplification contradicts itself ({conflict})"),
            )
            .help("this is a fault of symdiff, please report it; without --paranoid the contradiction is avoided")),
            _ => answer,
        }
    }

    fn answer_to(
        &mut self,
        formula: &str,
        tree: Tree,
        definitions: &Conditions,
        request: &Request,
    ) -> Result<Answer, Diagnostic> {
        let lowered = self.environment.lower(&tree)?;
        let span = tree.span;
        self.environment.conditions.extend_within(&self.environment.graph, definitions, lowered.node);
        if let Some(condition) = self.environment.conditions.impossible(&mut self.environment.graph) {
            let needed = self.written_conditions(&[condition]);
            let needed: Vec<String> = needed.iter().map(print::unicode).collect();
            return Err(Diagnostic::new(Cause::Undefined, "this has no value anywhere")
                .at(span, "")
                .help(format!("it needs {}, which never holds here", needed.join(", "))));
        }
        let mut facts = self.environment.graph.take_facts_used();
        if !definitions.is_empty() {
            self.add_conditions_of_definitions(&tree, lowered.node);
            self.environment.graph.take_facts_used();
        }
        let variables = self.variables_of(lowered.node);
        let mut answer = Answer {
            input: formula.to_owned(),
            nodes: print::nodes(&tree),
            reading: tree,
            variables,
            value: None,
            conditions: Vec::new(),
            partials: Vec::new(),
        };
        if let Some(point) = &request.at {
            self.check_facts(point)?;
            answer.value = Some(self.formula_value(&answer.reading, lowered.node, point)?);
        }
        let minimal = self.environment.conditions.clone().minimal(&mut self.environment.graph);
        answer.conditions = self.written_conditions(&minimal);
        let chains = self.chains(&answer, request)?;
        if matches!(request.operator, Operator::Simplify | Operator::Evaluate) {
            let derivative = Derivative::of_one(lowered.node, Conditions::default(), Vec::new());
            let partial = self.partial(String::new(), &derivative, lowered.layout, &mut facts, None)?;
            answer.partials.push(Partial { value: answer.value.clone(), ..partial });
            return Ok(answer);
        }
        if lowered.layout != Layout::Scalar && request.operator != Operator::Jacobian {
            return Err(Diagnostic::new(
                Cause::Shape,
                "the gradient is that of a scalar, and this is not one",
            )
            .at(answer.reading.span, "")
            .help("ask for the jacobian, or sum the components: sum(…)"));
        }
        // With facts, each partial has its own sweep, so that it says which of them it used.
        if self.facts == 0 && chains.len() > 1 && chains.iter().all(|chain| chain.len() == 1) {
            self.together(&lowered, &chains, request, &mut answer)?;
            return Ok(answer);
        }
        for chain in chains {
            let wrt = chain.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>().join(", ");
            let mut facts = facts.clone();
            let (derivative, layout) =
                self.along_with_facts(&answer.reading, &lowered, &chain, &mut facts)?;
            let at = request.at.as_ref();
            answer.partials.push(self.partial(wrt, &derivative, layout, &mut facts, at)?);
        }
        Ok(answer)
    }

    /// The variables to differentiate by, one list for each derivative asked for.
    #[allow(clippy::type_complexity)]
    fn chains(
        &mut self,
        answer: &Answer,
        request: &Request,
    ) -> Result<Vec<Vec<(String, NodeId, Layout)>>, Diagnostic> {
        let names = if request.wrt.is_empty() { answer.variables.clone() } else { request.wrt.clone() };
        let mut all = Vec::new();
        for name in names {
            let is_name =
                parse(&name, &self.environment.names).is_ok_and(|p| matches!(p.tree.kind, Kind::Name(_)));
            if !is_name {
                return Err(Diagnostic::new(Cause::Name, format!("`{name}` is not the name of a variable"))
                    .help("give names: --wrt x,W"));
            }
            if matches!(name.as_str(), "e" | "pi" | "π") {
                return Err(Diagnostic::new(Cause::Name, format!("`{name}` is a constant"))
                    .help(format!("differentiate by a variable, such as {name}_1")));
            }
            let Some((node, layout)) = self.environment.variable(&name) else {
                return Err(self.environment.no_variable(&name));
            };
            all.push((name, node, layout));
        }
        Ok(match request.operator {
            Operator::Hessian => {
                let mut pairs = Vec::new();
                for (at, first) in all.iter().enumerate() {
                    for second in &all[at..] {
                        pairs.push(vec![first.clone(), second.clone()]);
                    }
                }
                pairs
            }
            Operator::Simplify | Operator::Evaluate => Vec::new(),
            Operator::Gradient | Operator::Jacobian => {
                let order = request.order.clamp(1, 64);
                all.into_iter().map(|one| vec![one; order]).collect()
            }
        })
    }

    /// First derivatives by several variables, in one sweep.
    fn together(
        &mut self,
        of: &Lowered,
        chains: &[Vec<(String, NodeId, Layout)>],
        request: &Request,
        answer: &mut Answer,
    ) -> Result<(), Diagnostic> {
        let variables: Vec<NodeId> = chains.iter().flatten().map(|(_, variable, _)| *variable).collect();
        let all = differentiate(&mut self.environment.graph, of.node, &variables)?;
        for ((name, variable, own), partial) in chains.iter().flatten().zip(&all.partials) {
            let (conditions, conventions) = all.demands_of(&self.environment.graph, *variable);
            let one = Derivative::of_one(*partial, conditions, conventions);
            let layout = joint(of.layout, *own);
            let at = request.at.as_ref();
            answer.partials.push(self.partial(name.clone(), &one, layout, &mut Vec::new(), at)?);
        }
        Ok(())
    }

    /// Differentiates by one variable after the other. Facts about these variables are put in afterwards.
    fn along_with_facts(
        &mut self,
        tree: &Tree,
        of: &Lowered,
        chain: &[(String, NodeId, Layout)],
        facts: &mut Vec<FactId>,
    ) -> Result<(Derivative, Layout), Diagnostic> {
        let mut paused = Vec::with_capacity(chain.len());
        for (_, variable, _) in chain {
            paused.push(self.environment.graph.pause_facts_about(*variable));
        }
        let node = if self.environment.graph.has_paused_facts() {
            // Those that are used are noted again.
            facts.clear();
            // What the formula demands is known already, with the facts put in.
            let demanded = self.environment.conditions.clone();
            let node = self.environment.lower(tree).map(|lowered| lowered.node);
            self.environment.conditions = demanded;
            node
        } else {
            Ok(of.node)
        };
        let result = node.and_then(|node| self.along(node, of.layout, chain));
        let mut were_paused = false;
        for since in paused.into_iter().rev() {
            were_paused |= self.environment.graph.resume_facts(since);
        }
        let (mut derivative, layout) = result?;
        if were_paused {
            for partial in &mut derivative.partials {
                *partial = self.environment.graph.rebuild(*partial, &rustc_hash::FxHashMap::default());
            }
            derivative.conditions = derivative.conditions.rebuilt(&mut self.environment.graph);
        }
        Ok((derivative, layout))
    }

    /// Differentiates by one variable after the other.
    fn along(
        &mut self,
        node: NodeId,
        layout: Layout,
        chain: &[(String, NodeId, Layout)],
    ) -> Result<(Derivative, Layout), Diagnostic> {
        let mut total = Derivative::of_one(node, Conditions::default(), Vec::new());
        let mut layout = layout;
        for (at, (_, variable, own)) in chain.iter().enumerate() {
            let mut from = total.partials[0];
            if at > 0 {
                // A simplified first derivative keeps the next one small.
                let shown = self.show(from, layout);
                from = shown.node;
                let parts = print::nodes(&shown.tree);
                if parts > LARGEST_DIFFERENTIATED {
                    return Err(Diagnostic::new(
                        Cause::Limit,
                        format!("the derivative of order {at} has {parts} parts, too many to be differentiated again"),
                    )
                    .help(format!("ask for --order {at} or lower")));
                }
            }
            let next = differentiate(&mut self.environment.graph, from, &[*variable])?;
            total.conditions.extend(&next.conditions);
            for convention in next.conventions {
                if !total.conventions.contains(&convention) {
                    total.conventions.push(convention);
                }
            }
            total.partials = next.partials;
            layout = joint(layout, *own);
        }
        Ok((total, layout))
    }

    fn partial(
        &mut self,
        wrt: String,
        derivative: &Derivative,
        layout: Layout,
        facts: &mut Vec<FactId>,
        at: Option<&Point>,
    ) -> Result<Partial, Diagnostic> {
        let Some(node) = derivative.partials.first().copied() else {
            return Err(Diagnostic::new(Cause::Unsupported, "nothing to show"));
        };
        let shown = self.show(node, layout);
        facts.extend(self.environment.graph.take_facts_used());
        facts.sort_unstable();
        facts.dedup();
        let facts = facts.iter().map(|id| self.environment.graph.fact_text(*id).to_owned()).collect();
        let mut conditions = self.environment.conditions.clone();
        conditions.extend(&derivative.conditions);
        let minimal = conditions.minimal(&mut self.environment.graph);
        let conditions = self.written_conditions(&minimal);
        let mut conventions: Vec<String> = derivative.conventions.iter().map(|c| (*c).to_owned()).collect();
        conventions.extend(self.environment.conventions.iter().map(|c| (*c).to_owned()));
        let value = match at {
            Some(point) => Some(self.partial_value(&derivative.conditions, node, point)?),
            None => None,
        };
        Ok(Partial {
            wrt,
            nodes: print::nodes(&shown.tree),
            tree: shown.tree,
            node: shown.node,
            layout,
            conditions,
            facts,
            conventions,
            note: shown.note,
            indices: shown.indices,
            value,
        })
    }

    /// Conditions as they are shown, each once.
    pub(crate) fn written_conditions(&mut self, conditions: &[Condition]) -> Vec<Tree> {
        let mut out: Vec<Tree> = Vec::new();
        for condition in conditions {
            let side = |problem: &mut Problem, node: NodeId| {
                let rank = problem.environment.graph.rank(node);
                match problem.environment.graph.as_number(node) {
                    Some(value) => Tree::number(&value),
                    None => problem.shown(node, Layout::of_rank(rank)).tree,
                }
            };
            if let Some(tree) = self.tensor_not_zero(condition) {
                if !out.contains(&tree) {
                    out.push(tree);
                }
                continue;
            }
            let (left, relation, right) = match condition.solved(&self.environment.graph) {
                Some((variable, relation, value)) => (side(self, variable), relation, Tree::number(&value)),
                None => (side(self, condition.left), condition.relation, side(self, condition.right)),
            };
            let tree: Tree = Kind::Relation(relation, Box::new(left), Box::new(right)).into();
            if !out.contains(&tree) {
                out.push(tree);
            }
        }
        out
    }

    /// `x ≠ 0` for a vector that is not zero, `x[i] ≠ 0` for one none of whose entries is.
    fn tensor_not_zero(&mut self, condition: &Condition) -> Option<Tree> {
        const INDICES: [&str; 6] = ["i", "j", "k", "l", "m", "p"];
        let graph = &self.environment.graph;
        if condition.relation != Relation::NotEqual || !graph.is_zero(condition.right) {
            return None;
        }
        let not_zero = |left: Tree| {
            let zero = Tree::number(&crate::number::Rational::ZERO);
            Some(Kind::Relation(Relation::NotEqual, Box::new(left), Box::new(zero)).into())
        };
        let rank = graph.rank(condition.left);
        if rank == 0 {
            let terms = graph.terms(condition.left);
            let [(_, term)] = terms.as_slice() else { return None };
            let [factor] = term.factors.as_slice() else { return None };
            let is_square = factor.exponent.number().is_some_and(|q| *q == crate::number::Rational::TWO);
            let Some(Atom::Variable(symbol)) = graph.atom(factor.base) else { return None };
            let is_whole = factor.labels.len() == term.sizes.len()
                && (0..term.sizes.len() as u8).all(|label| factor.labels.contains(&label));
            let name = Tree::name(graph.symbol_name(*symbol));
            return (is_square && is_whole && !term.sizes.is_empty()).then(|| not_zero(name))?;
        }
        let shown = self.shown(condition.left, Layout::of_rank(rank));
        let names: Vec<&str> =
            INDICES.into_iter().filter(|name| self.environment.named(name).is_none()).take(rank).collect();
        if shown.note.is_some() || names.len() < rank {
            return None;
        }
        let subscripts = names.into_iter().map(Tree::name).collect();
        not_zero(Kind::Index(Box::new(shown.tree), subscripts).into())
    }

    /// The variables that occur in a formula, in the order of their names.
    ///
    /// # Errors
    /// If the formula cannot be read.
    pub fn variables(&mut self, formula: &str) -> Result<Vec<String>, Diagnostic> {
        let request = Request { operator: Operator::Simplify, ..Request::default() };
        Ok(self.answer(formula, &request)?.variables)
    }

    /// The variables below a node, in the order of their names.
    fn variables_of(&self, node: NodeId) -> Vec<String> {
        let graph = &self.environment.graph;
        let mut names: Vec<String> = graph
            .reachable(&[node])
            .into_iter()
            .filter_map(|id| match graph.atom(id) {
                Some(Atom::Variable(symbol)) => Some(graph.symbol_name(*symbol).to_owned()),
                _ => None,
            })
            .collect();
        names.sort();
        names
    }
}

/// How the axes of a derivative lie: those of what is differentiated, then those of the variable.
fn joint(of: Layout, own: Layout) -> Layout {
    match (of, own) {
        (Layout::Scalar, own) => own,
        (of, Layout::Scalar) => of,
        (of, own) => Layout::of_rank(of.rank() + own.rank()),
    }
}
