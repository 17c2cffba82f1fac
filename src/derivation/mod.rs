//! Derivations: how a derivative comes about, line by line, by the rules of the textbook.
//!
//! The first line is the author's formula as it was written, each further line follows by one rule, the last is the
//! engine's own result (unless that is harder to read than the line before), and each line is proved equal to the one
//! before; what cannot be proved is not shown. This room
//! knows rules and lines. It does not know partials of functions (they stand in the function table), nor how the engine
//! comes to its result.
//!
//! ```
//! use symdiff::{Problem, derivation::{Derivation, Detail}};
//!
//! let mut problem = Problem::new();
//! let derivation = Derivation::of(&mut problem, "x^2*sin(x)", "x", Detail::Normal)?;
//! assert_eq!(derivation.steps[0].rules[0].to_string(), "product rule");
//! println!("{}", derivation.latex());
//! # Ok::<(), symdiff::diagnostic::Diagnostic>(())
//! ```

mod breaks;
mod build;
mod conditions;
mod display;
mod expand;
mod function_rule;
mod gather;
mod laws;
mod layers;
mod lines;
mod logarithms;
mod make;
mod named;
mod page;
mod proof;
mod readable;
mod rule;
mod sheet;
mod solved;
mod spelling;
mod table;
mod tidy;

use std::fmt;

use crate::diagnostic::Diagnostic;
use crate::evaluate::graph::{Point, Value};
use crate::problem::Problem;
use crate::syntax::tree::Tree;

pub use laws::Law;
pub use layers::{Equation, LayeredDerivation, Notation};
pub use page::Style;
pub use table::{Local, Path, Row, Table};

/// How much is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Simple rules are applied together.
    Brief,
    /// One rule a line; constants and the variable itself are differentiated on the way.
    #[default]
    Normal,
    /// Every rule at every place has its own line.
    Full,
}

/// Why a line follows from the one before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// c′ = 0.
    Constant,
    /// x′ = 1.
    Variable,
    /// (u + v)′ = u′ + v′.
    Sum,
    /// (c u)′ = c u′.
    ConstantMultiple,
    /// (u v)′ = u′ v + u v′.
    Product,
    /// (u/v)′ = (v u′ − u v′)/v².
    Quotient,
    /// (1/x)′ = −1/x², and (1/v)′ = −v′/v².
    Reciprocal {
        /// Is the denominator more than the variable?
        is_chain: bool,
    },
    /// (xⁿ)′ = n xⁿ⁻¹, and (uⁿ)′ = n uⁿ⁻¹ u′.
    Power {
        /// Is the base more than the variable?
        is_chain: bool,
    },
    /// (aˣ)′ = aˣ log a, and (aᵘ)′ = aᵘ log(a) u′.
    Exponential {
        /// Is the exponent more than the variable?
        is_chain: bool,
        /// Is it a power of e?
        is_natural: bool,
    },
    /// (uᵛ)′ = uᵛ (log(u) v′ + v/u u′).
    GeneralPower,
    /// (∏ u)′ = ∏ u · Σ u′/u.
    LogarithmicDerivative,
    /// The derivative of a function, from its row in the function table.
    Function {
        /// Its name.
        name: String,
        /// Is its argument more than the variable?
        is_chain: bool,
    },
    /// Each case by itself.
    Cases,
    /// What only jumps has the derivative 0 between the jumps.
    Step,
    /// A second derivative is the derivative of the derivative.
    Order,
    /// The definition of a name or function.
    Definition(String),
    /// One kind of rearrangement of the result, in words.
    Algebra(String),
    /// An identity between functions, in words.
    Identity(String),
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::Constant => f.write_str("constant rule"),
            Rule::Variable => f.write_str("derivative of the variable"),
            Rule::Sum => f.write_str("sum rule"),
            Rule::ConstantMultiple => f.write_str("constant multiple rule"),
            Rule::Product => f.write_str("product rule"),
            Rule::Quotient => f.write_str("quotient rule"),
            Rule::Reciprocal { .. } => f.write_str("reciprocal rule"),
            Rule::Power { is_chain: false } => f.write_str("power rule"),
            Rule::Power { is_chain: true } => f.write_str("power rule, chain rule"),
            Rule::Exponential { is_chain: false, .. } => f.write_str("exponential rule"),
            Rule::Exponential { is_chain: true, .. } => f.write_str("exponential rule, chain rule"),
            Rule::LogarithmicDerivative => f.write_str("logarithmic derivative"),
            Rule::GeneralPower => f.write_str("general power rule"),
            Rule::Function { is_chain: true, .. } => f.write_str("chain rule"),
            Rule::Function { name, is_chain: false } => write!(f, "derivative of {name}"),
            Rule::Cases => f.write_str("each case by itself"),
            Rule::Step => f.write_str("constant between its jumps"),
            Rule::Order => f.write_str("differentiate twice"),
            Rule::Definition(name) => write!(f, "definition of {name}"),
            Rule::Algebra(words) | Rule::Identity(words) => f.write_str(words),
        }
    }
}

/// A part of a reason.
#[derive(Clone, Debug, PartialEq)]
pub enum Phrase {
    /// Words.
    Words(String),
    /// A formula.
    Formula(Tree),
    /// The statement of a textbook rule.
    Law(Law),
}

impl Phrase {
    fn words(text: impl Into<String>) -> Self {
        Phrase::Words(text.into())
    }
}

/// The places of the parts on the way down to where two lines differ, as in [`Tree::each_part`].
pub fn place_of_change(before: &Tree, after: &Tree) -> Vec<usize> {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    before.each_part(&mut |part| a.push(part));
    after.each_part(&mut |part| b.push(part));
    let is_same_form = a.len() == b.len()
        && before.with_parts(&mut |_| Tree::name("")) == after.with_parts(&mut |_| Tree::name(""));
    let different: Vec<usize> =
        a.iter().zip(&b).enumerate().filter(|(_, (x, y))| x != y).map(|(at, _)| at).collect();
    match different.as_slice() {
        [at] if is_same_form => {
            let mut place = vec![*at];
            place.extend(place_of_change(a[*at], b[*at]));
            place
        }
        _ => Vec::new(),
    }
}

/// One line of a derivation, and how it follows from the one before.
#[derive(Clone, Debug)]
pub struct Step {
    /// The rules that were applied; one, unless the derivation is brief.
    pub rules: Vec<Rule>,
    /// Where the first of them was applied: the places of the parts on the way down from the whole line, as in
    /// [`Tree::each_part`].
    pub place: Vec<usize>,
    /// The line before.
    pub before: Tree,
    /// The line.
    pub after: Tree,
    /// What else is said of the reason, such as `sin′(u) = cos(u)`.
    pub because: Vec<Phrase>,
    /// What must hold for this step and was not said before.
    pub conditions: Vec<Tree>,
    /// The conventions that this step uses and that were not said before.
    pub conventions: Vec<String>,
    /// The facts that this step uses, as they were given.
    pub facts: Vec<String>,
}

/// The value of a variable at a point.
#[derive(Clone, Debug)]
pub struct Coordinate {
    /// The variable.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// The value as it is written, if it was given as an expression such as π/2.
    pub written: Option<Tree>,
}

/// A derivation: from the formula as it was written to the engine's result.
#[derive(Clone, Debug)]
pub struct Derivation {
    /// The formula as it was given.
    pub input: String,
    /// The formula as it was read.
    pub formula: Tree,
    /// The variable.
    pub wrt: String,
    /// Do other variables occur, so that ∂ is written?
    pub is_partial: bool,
    /// The first line: the derivative of the formula, still to be taken.
    pub first: Tree,
    /// The steps. The last one ends in the result.
    pub steps: Vec<Step>,
    /// The engine's own result; the last line is this one, unless it is harder to read than the line before.
    pub gradient: Tree,
    /// Value of the formula and of its derivative at the point, if one was given; the error says why there is none.
    pub values: Option<[Result<Value, Diagnostic>; 2]>,
    /// That point.
    pub point: Vec<Coordinate>,
    /// The conditions that the point does not meet although the derivative has a value there, by a convention.
    pub unmet: Vec<Tree>,
}

impl Derivation {
    /// Derives the derivative of a formula by one variable.
    ///
    /// # Errors
    /// If the formula cannot be read or differentiated, if there is no textbook rule for a part of it, or if a line could
    /// not be proved.
    pub fn of(problem: &mut Problem, formula: &str, wrt: &str, detail: Detail) -> Result<Self, Diagnostic> {
        build::derive(problem, formula, wrt, detail, None)
    }

    /// The same, with the numbers at a point.
    ///
    /// # Errors
    /// As [`Derivation::of`]; also if the point does not give every variable a value.
    pub fn at(
        problem: &mut Problem,
        formula: &str,
        wrt: &str,
        detail: Detail,
        point: &Point,
    ) -> Result<Self, Diagnostic> {
        build::derive(problem, formula, wrt, detail, Some(point))
    }

    /// The result: the last line.
    pub fn result(&self) -> &Tree {
        self.steps.last().map_or(&self.first, |step| &step.after)
    }

    /// In one of the styles.
    pub fn written(&self, style: Style) -> String {
        page::derivation(self, style)
    }

    /// A line of it in one of the styles: d/dx, or ∂/∂x if there are several variables.
    pub fn line(&self, line: &Tree, style: Style) -> String {
        page::line(self, line, style)
    }

    /// As text for a terminal.
    pub fn unicode(&self) -> String {
        page::derivation(self, Style::Unicode)
    }

    /// As a LaTeX `align*`, the reasons in a right column.
    pub fn latex(&self) -> String {
        page::derivation(self, Style::Latex)
    }

    /// As Markdown with LaTeX inside.
    pub fn markdown(&self) -> String {
        page::derivation(self, Style::Markdown)
    }
}
