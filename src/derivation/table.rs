//! The forward and backward table of a formula: every intermediate with its value, its local partials, and the derivative
//! of the formula by it as the sum over the paths that lead on.
//!
//! Intermediates are the names given with definitions; parts that have none are named a, b, c … in the order in which they
//! are evaluated. A weighted sum (3x + y − z) is one intermediate, as is each function, power, product and quotient.

use std::collections::BTreeSet;

use super::build;
use super::make::{as_number, map_parts, substitute};
use super::page::Style;
use super::sheet;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::evaluate::graph::{Point, Value};
use crate::lower::Named;
use crate::problem::{Operator, Problem, Request};
use crate::syntax::tree::{Kind, Tree};

/// How far the backward numbers may be from the engine's gradient, relatively.
const TOLERANCE: f64 = 1e-9;
/// Larger formulas have no table that anybody reads.
const MOST_ROWS: usize = 200;

/// An intermediate, an input, or the formula itself.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What it is made of; `None` for inputs.
    pub formula: Option<Tree>,
    /// Its value at the point, if there is one.
    pub value: Option<f64>,
    /// Its derivatives by what it is made of.
    pub partials: Vec<Local>,
    /// The derivative of the whole by it, as the sum of these paths; empty for the formula itself.
    pub paths: Vec<Path>,
    /// The value of that derivative.
    pub adjoint: Option<f64>,
}

/// A local partial: by what, its closed form and its value.
#[derive(Clone, Debug)]
pub struct Local {
    /// By what.
    pub by: String,
    /// What is held fixed, where that must be said: of `f = a/c` with `c = a + y`, the local partial by `a` holds `c` and is
    /// not the derivative of `f` by `a`.
    pub held: Vec<String>,
    /// The closed form.
    pub tree: Tree,
    /// Its value.
    pub value: Option<f64>,
}

/// One summand of an adjoint: through which later intermediate, and the local partial there.
#[derive(Clone, Debug)]
pub struct Path {
    /// The later intermediate.
    pub through: String,
    /// Is that the formula itself?
    pub is_direct: bool,
    /// The derivative of the whole by it.
    pub adjoint: Option<f64>,
    /// Its derivative by this one.
    pub partial: Local,
}

/// The table of a formula, with numbers at a point.
#[derive(Clone, Debug)]
pub struct Table {
    /// The formula as it was given.
    pub input: String,
    /// The formula as it was read.
    pub formula: Tree,
    /// Intermediates in the order of evaluation; the last one is the formula itself.
    pub nodes: Vec<Row>,
    /// The inputs, in the order in which they occur.
    pub inputs: Vec<Row>,
    /// Where the derivatives by all inputs exist.
    pub conditions: Vec<Tree>,
    /// What was chosen where they do not.
    pub conventions: Vec<String>,
    /// The conditions that the point does not meet.
    pub unmet: Vec<Tree>,
}

impl Table {
    /// The forward and backward pass through a formula, in numbers too if there is a point.
    ///
    /// ```
    /// use symdiff::{Problem, derivation::Table, evaluate::graph::Point};
    ///
    /// let mut point = Point::default();
    /// point.set_float("x", 1.0);
    /// let table = Table::of(&mut Problem::new(), "σ(x^2)", Some(&point))?;
    /// assert_eq!(table.inputs[0].paths[0].through, "a");
    /// # Ok::<(), symdiff::diagnostic::Diagnostic>(())
    /// ```
    ///
    /// # Errors
    /// If the formula or an intermediate is no scalar, or has no value at the point.
    pub fn of(problem: &mut Problem, formula: &str, point: Option<&Point>) -> Result<Self, Diagnostic> {
        let request = Request { operator: Operator::Gradient, wrt: Vec::new(), order: 1, at: point.cloned() };
        let answer = problem.answer(formula, &request)?;
        let mut parts =
            Parts { problem, nodes: Vec::new(), inputs: Vec::new(), taken: BTreeSet::new(), next: 0 };
        parts.collect_names(&answer.reading);
        // named intermediates in the order in which they were named, as far as the formula is made of them
        let top_name = match &answer.reading.kind {
            Kind::Name(name) => Some(name.clone()),
            _ => None,
        };
        let named: Vec<String> = parts
            .problem
            .environment
            .written_names()
            .filter(|name| parts.taken.contains(*name) && top_name.as_deref() != Some(*name))
            .map(str::to_owned)
            .collect();
        for name in named {
            parts.part(&Tree::name(name))?;
        }
        let top = parts.top(&answer.reading)?;
        let (nodes, inputs) = (parts.nodes, parts.inputs);
        let mut unknown: Vec<String> = Vec::new();
        for (_, tree) in &nodes {
            tree.walk(&mut |part| {
                if let Kind::Call { name, .. } = &part.kind
                    && matches!(problem.environment.named(name), Some(Named::Unknown))
                    && !unknown.contains(name)
                {
                    unknown.push(name.clone());
                }
            });
        }
        let mut table = Table {
            input: formula.to_owned(),
            formula: answer.reading,
            nodes: Vec::new(),
            inputs: Vec::new(),
            conditions: Vec::new(),
            conventions: Vec::new(),
            unmet: Vec::new(),
        };
        for partial in &answer.partials {
            for condition in partial
                .conditions
                .iter()
                .filter(|c| !table.conditions.contains(c))
                .cloned()
                .collect::<Vec<_>>()
            {
                table.conditions.push(condition);
            }
            for convention in &partial.conventions {
                if !table.conventions.contains(convention) {
                    table.conventions.push(convention.clone());
                }
            }
        }
        let mut known = point.cloned();
        if let Some(point) = point {
            table.unmet = build::unmet(problem, &table.conditions, point);
        }
        for name in &inputs {
            let value = point.map(|point| value_of(&mut Problem::new(), name, point)).transpose()?;
            table.inputs.push(Row {
                name: name.clone(),
                formula: None,
                value,
                partials: Vec::new(),
                paths: Vec::new(),
                adjoint: None,
            });
        }
        for (name, tree) in nodes {
            let row = local(name, tree, known.as_ref(), &inputs, &table.nodes, &unknown)?;
            if let (Some(known), Some(value)) = (&mut known, row.value) {
                known.set_float(&row.name, value);
            }
            table.nodes.push(row);
        }
        table.backward(&top);
        for partial in &answer.partials {
            let Some(row) = table.inputs.iter().find(|row| row.name == partial.wrt) else { continue };
            let agrees = match (&partial.value, row.adjoint) {
                (Some(Ok(value)), Some(own)) => number(value).is_some_and(|engine| {
                    (engine - own).abs() <= TOLERANCE * engine.abs().max(own.abs()).max(1e-12)
                }),
                _ => true,
            };
            if !agrees {
                return Err(Diagnostic::new(
                    Cause::Undefined,
                    format!("the paths to {} cancel so far that their sum is not certain", row.name),
                )
                .help("symdiff grad gives the derivative and its value"));
            }
        }
        Ok(table)
    }

    /// The derivative by each row, from the formula back to the inputs.
    fn backward(&mut self, top: &str) {
        let count = self.nodes.len();
        // intermediates from the last to the first, then the inputs
        for place in (0..count).rev().chain(count..count + self.inputs.len()) {
            let name = self.row(place).name.clone();
            if name == top {
                self.row_mut(place).adjoint = self.row(place).value.map(|_| 1.0);
                continue;
            }
            let mut paths = Vec::new();
            for later in &self.nodes {
                for partial in later.partials.iter().filter(|partial| partial.by == name) {
                    paths.push(Path {
                        through: later.name.clone(),
                        is_direct: later.name == top,
                        adjoint: later.adjoint,
                        partial: partial.clone(),
                    });
                }
            }
            if paths.len() > 1 {
                self.hold_the_others(top, &name, &mut paths);
            }
            let row = self.row_mut(place);
            row.adjoint = paths.iter().map(|path| Some(path.adjoint? * path.partial.value?)).sum();
            row.paths = paths;
        }
    }

    /// The formula is made of a name directly and through others: its local partial by that name holds these fixed.
    fn hold_the_others(&mut self, top: &str, name: &str, paths: &mut [Path]) {
        let Some(row) = self.nodes.iter_mut().find(|row| row.name == top) else { return };
        let others: Vec<String> =
            row.partials.iter().map(|partial| partial.by.clone()).filter(|by| by != name).collect();
        for partial in row.partials.iter_mut().filter(|partial| partial.by == name) {
            partial.held.clone_from(&others);
        }
        for path in paths.iter_mut().filter(|path| path.is_direct) {
            path.partial.held.clone_from(&others);
        }
    }

    fn row(&self, at: usize) -> &Row {
        if at < self.nodes.len() { &self.nodes[at] } else { &self.inputs[at - self.nodes.len()] }
    }

    fn row_mut(&mut self, at: usize) -> &mut Row {
        let count = self.nodes.len();
        if at < count { &mut self.nodes[at] } else { &mut self.inputs[at - count] }
    }

    /// In one of the styles, with so many digits after the point.
    pub fn written(&self, style: Style, digits: usize) -> String {
        sheet::table(self, style, digits)
    }
}

/// A formula taken apart.
struct Parts<'p> {
    problem: &'p mut Problem,
    /// Name and formula of the intermediates found so far.
    nodes: Vec<(String, Tree)>,
    inputs: Vec<String>,
    /// Names that are in use.
    taken: BTreeSet<String>,
    next: usize,
}

impl Parts<'_> {
    /// Every name that occurs, also in definitions, so that none is given twice.
    fn collect_names(&mut self, tree: &Tree) {
        let mut names = Vec::new();
        tree.walk(&mut |part| {
            if let Kind::Name(name) | Kind::Call { name, .. } = &part.kind {
                names.push(name.clone());
            }
        });
        for name in names {
            if self.taken.insert(name.clone())
                && let Some(definition) = self.problem.environment.written_definition(&name).cloned()
            {
                self.collect_names(&definition);
            }
        }
        self.taken.insert("e".to_owned());
    }

    /// The formula itself: its name.
    fn top(&mut self, tree: &Tree) -> Result<String, Diagnostic> {
        if let Kind::Name(name) = &tree.kind
            && self.problem.environment.written_definition(name).is_some()
        {
            let name = name.clone();
            self.part(tree)?;
            return Ok(name);
        }
        let name = ["f", "F", "L", "loss"].into_iter().find(|n| !self.taken.contains(*n)).unwrap_or("result");
        self.taken.insert(name.to_owned());
        let inner = self.module(tree)?;
        self.nodes.push((name.to_owned(), inner));
        Ok(name.to_owned())
    }

    /// A part as it stands in a later one: a name or a number.
    fn part(&mut self, tree: &Tree) -> Result<Tree, Diagnostic> {
        match &tree.kind {
            Kind::Number(_) => Ok(tree.clone()),
            _ if as_number(tree).is_some() => Ok(tree.clone()),
            Kind::Name(name) => {
                if let Some(definition) = self.problem.environment.written_definition(name).cloned() {
                    if !self.nodes.iter().any(|(own, _)| own == name) {
                        let inner = self.module(&definition)?;
                        self.nodes.push((name.clone(), inner));
                    }
                } else if !is_constant(name, self.problem) && !self.inputs.contains(name) {
                    self.inputs.push(name.clone());
                }
                Ok(tree.clone())
            }
            _ if !self.has_variable(tree) => Ok(tree.clone()),
            // a sign is no step of its own
            Kind::Negate(inner) => Ok(Kind::Negate(Box::new(self.part(inner)?)).into()),
            _ => {
                let inner = self.module(tree)?;
                if let Some((name, _)) = self.nodes.iter().find(|(_, own)| *own == inner) {
                    return Ok(Tree::name(name));
                }
                if self.nodes.len() >= MOST_ROWS {
                    return Err(Diagnostic::new(
                        Cause::Limit,
                        format!("the table would have more than {MOST_ROWS} lines"),
                    ));
                }
                let name = self.fresh();
                self.nodes.push((name.clone(), inner));
                Ok(Tree::name(name))
            }
        }
    }

    /// One operation on parts.
    fn module(&mut self, tree: &Tree) -> Result<Tree, Diagnostic> {
        let mut failure = None;
        let mut take = |parts: &mut Self, part: &Tree| match parts.part(part) {
            Ok(new) => new,
            Err(error) => {
                failure.get_or_insert(error);
                part.clone()
            }
        };
        let opened = self.opened(tree);
        let tree = opened.as_ref().unwrap_or(tree);
        let new = match &tree.kind {
            Kind::Number(_) | Kind::Name(_) => take(self, tree),
            // 3x + y − σ: multiples are no steps of their own
            Kind::Sum(terms) => {
                Kind::Sum(terms.iter().map(|term| weighted(term, &mut |part| take(self, part))).collect())
                    .into()
            }
            Kind::Product(_) | Kind::Quotient(..) | Kind::Power(..) | Kind::Call { .. } => {
                map_parts(tree, &mut |part| take(self, part))
            }
            Kind::Negate(inner) => Kind::Negate(Box::new(take(self, inner))).into(),
            _ => {
                return Err(Diagnostic::new(Cause::Unsupported, "a table is made of scalar operations only")
                    .at(tree.span, "this is none")
                    .help("name it with --let, or ask symdiff derive"));
            }
        };
        match failure {
            Some(error) => Err(error),
            None => Ok(bare(&new)),
        }
    }

    /// A call of a function that was defined, as its definition.
    fn opened(&self, tree: &Tree) -> Option<Tree> {
        let Kind::Call { name, primes: 0, arguments } = &tree.kind else { return None };
        match self.problem.environment.named(name) {
            Some(Named::Function { parameters, value }) if parameters.len() == arguments.len() => {
                let by: Vec<(String, Tree)> =
                    parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
                Some(substitute(value, &by))
            }
            _ => None,
        }
    }

    fn has_variable(&self, tree: &Tree) -> bool {
        let mut found = false;
        tree.walk(&mut |part| {
            found |= matches!(&part.kind, Kind::Name(name) if !is_constant(name, self.problem));
        });
        found
    }

    /// The next letter that is not in use.
    fn fresh(&mut self) -> String {
        loop {
            let letter = char::from(b'a' + (self.next % 26) as u8);
            let round = self.next / 26;
            self.next += 1;
            let name = if round == 0 { letter.to_string() } else { format!("{letter}_{round}") };
            if !matches!(letter, 'e' | 'f' | 'i') && self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// A term of a weighted sum: its sign and its number stay where they are.
fn weighted(term: &Tree, take: &mut dyn FnMut(&Tree) -> Tree) -> Tree {
    match &term.kind {
        Kind::Negate(inner) => Kind::Negate(Box::new(weighted(inner, take))).into(),
        Kind::Product(factors) => match factors.split_first() {
            Some((number, [one])) if as_number(number).is_some() => {
                Kind::Product(vec![number.clone(), take(one)]).into()
            }
            _ => take(term),
        },
        Kind::Quotient(a, b) if as_number(b).is_some() => {
            Kind::Quotient(Box::new(weighted(a, take)), b.clone()).into()
        }
        _ => take(term),
    }
}

/// Without places, so that equal parts are found.
fn bare(tree: &Tree) -> Tree {
    let mut new = map_parts(tree, &mut bare);
    new.span = crate::span::Span::default();
    new
}

fn is_constant(name: &str, problem: &Problem) -> bool {
    matches!(name, "pi" | "e") && problem.environment.named(name).is_none()
}

/// The row of one intermediate: its value and its local partials, with everything before it as a variable.
fn local(
    name: String,
    tree: Tree,
    known: Option<&Point>,
    inputs: &[String],
    before: &[Row],
    unknown: &[String],
) -> Result<Row, Diagnostic> {
    let text = crate::print::text(&tree);
    let mut parents: Vec<String> = Vec::new();
    tree.walk(&mut |part| {
        if let Kind::Name(own) = &part.kind
            && (inputs.contains(own) || before.iter().any(|row| row.name == *own))
            && !parents.contains(own)
        {
            parents.push(own.clone());
        }
    });
    let mut problem = Problem::new();
    for function in unknown {
        problem.declare(&format!("{function}: function"))?;
    }
    for parent in &parents {
        problem.environment.variable(parent);
    }
    let request =
        Request { operator: Operator::Gradient, wrt: parents.clone(), order: 1, at: known.cloned() };
    let answer = problem.answer(&text, &request)?;
    let value = known.map(|_| scalar(answer.value.as_ref(), &name)).transpose()?;
    let mut partials = Vec::new();
    for partial in answer.partials {
        let what = || format!("the derivative of {name} by {}", partial.wrt);
        let value = known.map(|_| scalar(partial.value.as_ref(), &what())).transpose()?;
        partials.push(Local { by: partial.wrt, held: Vec::new(), tree: partial.tree, value });
    }
    Ok(Row { name, formula: Some(tree), value, partials, paths: Vec::new(), adjoint: None })
}

fn scalar(value: Option<&Result<Value, Diagnostic>>, what: &str) -> Result<f64, Diagnostic> {
    match value {
        Some(Ok(value)) => number(value).ok_or_else(|| {
            Diagnostic::new(Cause::Shape, format!("{what} is not a scalar, and a table has scalars only"))
        }),
        Some(Err(error)) => {
            Err(Diagnostic::new(Cause::Undefined, format!("{what} has no value there: {}", error.message)))
        }
        None => Err(Diagnostic::new(Cause::Undefined, format!("{what} has no value"))),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Exact(q) => Some(q.to_f64()),
        Value::Float(x) => Some(*x),
        Value::Tensor { .. } | Value::ExactTensor { .. } => None,
    }
}

fn value_of(problem: &mut Problem, name: &str, point: &Point) -> Result<f64, Diagnostic> {
    problem.environment.variable(name);
    let request = Request { operator: Operator::Evaluate, at: Some(point.clone()), ..Request::default() };
    let answer = problem.answer(name, &request)?;
    scalar(answer.value.as_ref(), name)
}
