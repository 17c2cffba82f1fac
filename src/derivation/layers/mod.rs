//! Derivations of losses over layers, such as softmax regression: `−Σ_k y_k log(softmax(W x + b)_k)` by W.
//!
//! A loss is a sum over the components of a vector p; p comes from a vector a by softmax or entry by entry; a is W x + b.
//! The derivative is written in index notation (chain rule over p and a, sums with δ collapsed) or in matrix notation
//! (differentials, ending in dl = tr(Gᵀ dW)). Every line with free indices is proved by contracting it with an arbitrary
//! tensor, every differential as a directional derivative; a line that is not proved is not shown.

mod along;
mod components;
mod differential_rules;
mod differentials;
mod index;
mod jacobian;
mod matrix;
mod pull;
mod read;
mod written;

pub(super) use differentials::PENDING;

use super::conditions;
use super::page::{self, Style};
use super::{Coordinate, Detail, Phrase, proof};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::evaluate::graph::{Point, Value};
use crate::function::{Meaning, ROWS, TensorFunction};
use crate::print;
use crate::problem::{Operator, Problem, Request};
use crate::syntax::name_as_read;
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// Index or matrix notation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Notation {
    /// `∂l/∂W_ij`, sums over indices.
    #[default]
    Index,
    /// dl = tr(Gᵀ dW).
    Matrix,
}

/// One line: `left = right`, or `= right` where it goes on.
#[derive(Clone, Debug)]
pub struct Equation {
    /// The left side; `None` where the line continues the one before.
    pub left: Option<Tree>,
    /// The right side.
    pub right: Tree,
    /// Why it holds, rules first.
    pub because: Vec<Phrase>,
    /// The facts that it uses, as they were given.
    pub facts: Vec<String>,
    /// What must hold for this line and was not said before.
    pub conditions: Vec<Tree>,
    /// The conventions that this line uses and that were not said before.
    pub conventions: Vec<String>,
}

impl Equation {
    /// The rule by name: what its reason begins with.
    pub fn rule(&self) -> String {
        match self.because.first() {
            Some(Phrase::Words(words)) => words.trim_end_matches(':').to_owned(),
            Some(Phrase::Formula(tree)) => print::text(tree),
            Some(Phrase::Law(law)) => law.text.clone(),
            None => "definition".to_owned(),
        }
    }

    fn new(left: Option<Tree>, right: Tree, because: Vec<Phrase>) -> Self {
        let (facts, conditions, conventions) = (Vec::new(), Vec::new(), Vec::new());
        Equation { left, right, because, facts, conditions, conventions }
    }
}

/// The derivation of a loss over layers by one of its parameters.
#[derive(Clone, Debug)]
pub struct LayeredDerivation {
    /// The formula as it was given.
    pub input: String,
    /// By what.
    pub wrt: String,
    /// In which notation.
    pub notation: Notation,
    /// The lines; the last right side is the result.
    pub equations: Vec<Equation>,
    /// The value of the result at the point, if one was given; the error says why there is none.
    pub value: Option<Result<Value, Diagnostic>>,
    /// That point.
    pub point: Vec<Coordinate>,
    /// The conditions that the point does not meet although the derivative has a value there, by a convention.
    pub unmet: Vec<Tree>,
}

impl LayeredDerivation {
    /// Derives the gradient of a loss over layers. Intermediates are named in the derivation, not in the problem.
    ///
    /// ```
    /// use symdiff::{Problem, derivation::{Detail, LayeredDerivation, Notation}, print};
    ///
    /// let mut problem = Problem::new();
    /// for text in ["W: R[K,D]", "x: R[D]", "b: R[K]", "y: R[K]"] {
    ///     problem.declare(text)?;
    /// }
    /// problem.given("sum(y) = 1")?;
    /// let loss = "-sum[k] y[k]*log(softmax(W*x+b)[k])";
    /// let derivation = LayeredDerivation::of(&mut problem, loss, "W", Notation::Matrix, Detail::Normal)?;
    /// assert_eq!(print::unicode(derivation.result()), "(ŷ − y)xᵀ");
    /// # Ok::<(), symdiff::diagnostic::Diagnostic>(())
    /// ```
    ///
    /// # Errors
    /// If the formula is not of this kind, or if a line could not be proved.
    pub fn of(
        problem: &mut Problem,
        formula: &str,
        wrt: &str,
        notation: Notation,
        detail: Detail,
    ) -> Result<Self, Diagnostic> {
        let wrt = &*name_as_read(wrt);
        let equations = match notation {
            Notation::Index => Writing::lines(problem, formula, wrt, Notation::Index)?,
            // What is no layer, or none that could be proved, is differentiated part by part.
            Notation::Matrix => match Writing::lines(problem, formula, wrt, Notation::Matrix) {
                Ok(equations) => equations,
                Err(_) => differentials::derive(problem, formula, wrt, detail)?,
            },
        };
        Ok(LayeredDerivation {
            input: formula.to_owned(),
            wrt: wrt.to_owned(),
            notation,
            equations,
            value: None,
            point: Vec::new(),
            unmet: Vec::new(),
        })
    }

    /// The same, with the numbers at a point.
    ///
    /// # Errors
    /// As [`LayeredDerivation::of`]; also if the point does not give every variable a value.
    pub fn at(
        problem: &mut Problem,
        formula: &str,
        wrt: &str,
        notation: Notation,
        detail: Detail,
        point: &Point,
    ) -> Result<Self, Diagnostic> {
        let request = |operator| Request {
            operator,
            wrt: vec![wrt.to_owned()],
            at: Some(point.clone()),
            ..Request::default()
        };
        let answer = problem.answer(formula, &request(Operator::Gradient))?;
        let mut derivation = LayeredDerivation::of(problem, formula, wrt, notation, detail)?;
        if let Some(partial) = answer.partials.into_iter().next() {
            if matches!(partial.value, Some(Ok(_))) {
                derivation.unmet = conditions::unmet(problem, &partial.conditions, point);
            }
            derivation.value = partial.value;
        }
        derivation.point = super::build::place(problem, &answer.variables, point)?;
        Ok(derivation)
    }

    /// The result: the right side of the last line.
    pub fn result(&self) -> &Tree {
        static NONE: std::sync::LazyLock<Tree> = std::sync::LazyLock::new(super::make::zero);
        self.equations.last().map_or(&NONE, |equation| &equation.right)
    }

    /// In one of the styles.
    pub fn written(&self, style: Style) -> String {
        page::equations(self, style)
    }
}

/// A derivation being written.
struct Writing<'p> {
    problem: &'p mut Problem,
    layers: read::Layers,
    equations: Vec<Equation>,
    /// What the rule of each equation needs.
    needed: Vec<Vec<Tree>>,
    /// What the formula and the engine's derivative need, and the conventions of the latter.
    whole: [Vec<Tree>; 2],
    conventions: Vec<String>,
}

/// The name of the variable that stands for an arbitrary tensor in proofs.
const ARBITRARY: &str = "arbitrary_tensor";

impl<'p> Writing<'p> {
    /// The lines in one of the notations. The names of intermediates are gone afterwards: what comes next names its own.
    fn lines(
        problem: &mut Problem,
        formula: &str,
        wrt: &str,
        notation: Notation,
    ) -> Result<Vec<Equation>, Diagnostic> {
        let before: Vec<String> =
            problem.environment.definitions().map(|(name, _)| name.to_owned()).collect();
        let lines = Writing::of(problem, formula, wrt).and_then(|own| own.written(notation));
        let after: Vec<String> = problem.environment.definitions().map(|(name, _)| name.to_owned()).collect();
        for name in after.iter().filter(|name| !before.contains(name)) {
            problem.environment.forget(name);
        }
        lines
    }

    fn of(problem: &'p mut Problem, formula: &str, wrt: &str) -> Result<Self, Diagnostic> {
        let request = Request { wrt: vec![wrt.to_owned()], ..Request::default() };
        let answer = problem.answer(formula, &request)?;
        let (mut engine, mut conventions) = (Vec::new(), Vec::new());
        if let Some(partial) = answer.partials.into_iter().next() {
            (engine, conventions) = (partial.conditions, partial.conventions);
        }
        let layers = read::Layers::of(problem, formula, wrt)?;
        let (equations, needed) = (Vec::new(), Vec::new());
        Ok(Writing { problem, layers, equations, needed, whole: [answer.conditions, engine], conventions })
    }

    /// The lines in one of the notations, with what they need.
    fn written(mut self, notation: Notation) -> Result<Vec<Equation>, Diagnostic> {
        match notation {
            Notation::Index => self.index()?,
            Notation::Matrix => self.matrix()?,
        }
        let [formula, engine] = &self.whole;
        let start = self.equations.iter().position(|equation| !is_definition(equation)).unwrap_or(0);
        let whole = conditions::Whole { formula, engine, kinks: &[] };
        let shown = conditions::of_lines(self.problem, &self.needed[start..], &whole);
        for (equation, conditions) in self.equations[start..].iter_mut().zip(shown) {
            equation.conditions = conditions;
        }
        say_conventions(&mut self.equations, self.conventions);
        Ok(self.equations)
    }

    fn push(&mut self, left: Option<Tree>, right: Tree, because: Vec<Phrase>) {
        self.equations.push(Equation::new(left, right, because));
        self.needed.push(Vec::new());
    }

    /// The equation that was added last needs something.
    fn needs(&mut self, conditions: Vec<Tree>) {
        if let Some(last) = self.needed.last_mut() {
            last.extend(conditions);
        }
    }

    /// Both trees are read and must be proved equal; `shown` is the line that would be shown.
    fn prove(&mut self, left: &Tree, right: &Tree, shown: &Tree) -> Result<(), Diagnostic> {
        proof::lower(self.problem, left)?;
        proof::lower(self.problem, right)?;
        if proof::follows(self.problem, left, right) {
            return Ok(());
        }
        Err(Diagnostic::new(
            Cause::Undecided,
            format!(
                "a line of the derivation could not be proved, so it is not shown: {}",
                print::unicode(shown)
            ),
        )
        .help("symdiff grad gives the derivative without the steps"))
    }

    /// The facts that reading a tree uses.
    fn facts_in(&mut self, tree: &Tree) -> Result<Vec<String>, Diagnostic> {
        self.problem.environment.graph.take_facts_used();
        proof::lower(self.problem, tree)?;
        let mut facts = self.problem.environment.graph.take_facts_used();
        facts.sort_unstable();
        facts.dedup();
        Ok(facts.into_iter().map(|id| self.problem.environment.graph.fact_text(id).to_owned()).collect())
    }
}

/// Is it `l = …`, `ŷ = softmax(a)`: the loss or a name?
fn is_definition(equation: &Equation) -> bool {
    let is_name = |tree: &Tree| matches!(&tree.kind, Kind::Name(name) if !name.starts_with('d'));
    equation.left.as_ref().is_some_and(is_name)
}

/// The conventions stand where the first condition does, or at the end.
fn say_conventions(equations: &mut [Equation], conventions: Vec<String>) {
    let at = equations.iter().position(|equation| !equation.conditions.is_empty());
    let at = at.unwrap_or(equations.len().saturating_sub(1));
    if let Some(equation) = equations.get_mut(at) {
        equation.conventions = conventions;
    }
}

/// The name of a tensor function in the table.
fn tensor_function(wanted: TensorFunction) -> &'static str {
    ROWS.iter()
        .find(|row| matches!(row.meaning, Meaning::Tensor(own) if own == wanted))
        .map_or("", |row| row.name)
}

/// `grad(f, x)`, `jacobian(f, x)`.
fn operator(operator: DerivativeOperator, body: Tree, by: &str) -> Tree {
    Kind::Derivative { operator, body: Box::new(body), variables: vec![Tree::name(by)] }.into()
}

fn index(base: Tree, indices: &[&str]) -> Tree {
    Kind::Index(Box::new(base), indices.iter().map(|i| Tree::name(*i)).collect()).into()
}

fn transpose(tree: Tree) -> Tree {
    Kind::Transpose(Box::new(tree)).into()
}

fn unsupported(message: &str, tree: &Tree) -> Diagnostic {
    Diagnostic::new(Cause::Undecided, message).at(tree.span, "").help(
        "a loss such as -sum[k] y[k]*log(softmax(W*x+b)[k]) can be derived by W or b; symdiff grad gives any gradient without the steps",
    )
}
