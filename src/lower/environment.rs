//! The names of a problem and what they stand for.

use std::collections::{BTreeMap, BTreeSet};

use smallvec::SmallVec;

use super::lowering::Lowering;
use super::value::{Layout, Value};
use crate::diagnostic::{Diagnostic, Kind, Source};
use crate::facts::Conditions;
use crate::function;
use crate::ir::{Axes, Dimension, DimensionId, Graph, NodeId};
use crate::span::Span;
use crate::syntax::tree::{Kind as Notation, Tree};
use crate::syntax::{Declaration, Names};

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Named {
    /// A variable.
    Variable {
        /// Its axes.
        axes: Axes,
        /// How they lie.
        layout: Layout,
        /// The declaration, if it was declared.
        declared: Option<(usize, Span)>,
    },
    /// `a = W*x + b`.
    Definition(Value),
    /// `swish(t) = t*σ(t)`.
    Function {
        /// Names of the parameters.
        parameters: Vec<String>,
        /// What it stands for.
        value: Tree,
    },
    /// A function without a definition.
    Unknown,
}

/// The names of a problem, its graph, and the conditions collected so far.
#[derive(Default)]
pub struct Environment {
    /// The graph everything lives in.
    pub graph: Graph,
    /// Names as the parser needs them.
    pub names: Names,
    pub(super) named: BTreeMap<String, Named>,
    /// The definitions of [`Named::Definition`] as they were written and in that order, for derivations.
    written_definitions: Vec<(String, Tree)>,
    /// Conditions under which what was lowered so far is defined.
    pub conditions: Conditions,
    /// Conventions that the notation brought in (derivatives inside a formula).
    pub conventions: Vec<&'static str>,
    /// Sums as they were written: of `x - a` and `a - x`, which are one up to sign, answers show the one that was read.
    pub written: rustc_hash::FxHashSet<NodeId>,
    /// The facts as they were given, for whoever must check that a point satisfies them.
    pub given: Vec<Given>,
    /// Whether the formula at hand is LaTeX, so that messages show ways out in LaTeX.
    pub is_latex: bool,
    /// What is to be said about definitions that were taken up.
    pub remarks: Vec<Diagnostic>,
    /// Undeclared names that are spoken of as variables outside the formula.
    pub(super) spoken_of: BTreeSet<String>,
    /// Variables that were declared with axes of one entry, which are numbers here.
    pub(super) one_entry: BTreeSet<String>,
    /// Did a declared function take the name of one of the table?
    takes_names_of_table: bool,
}

/// A fact as it was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// The relation, or several at once.
    pub tree: Tree,
    /// Both sides in the graph, as they were before the fact itself was used; `None` for signs and symmetries of a variable.
    pub sides: Option<(NodeId, NodeId)>,
    /// A property of a variable said in words: its name and what it is.
    pub property: Option<(String, Property)>,
    /// How it was written.
    pub text: String,
}

/// What can be said of a matrix or number in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// `A' = A`.
    Symmetric,
    /// `A' = −A`.
    Antisymmetric,
    /// Symmetric, and `x'Ax > 0` for every `x` that is not zero.
    PositiveDefinite,
    /// `det(A) ≠ 0`.
    Invertible,
    /// `A'A = AA' = I`.
    Orthogonal,
    /// A whole number.
    Integer,
}

impl Property {
    /// The variable and its property, if a fact is said in words: `A is positive definite`, `n is an integer`.
    pub fn read(text: &str) -> Option<(&str, Property)> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("posdef(") {
            return Some((rest.strip_suffix(')')?.trim(), Property::PositiveDefinite));
        }
        let (name, words) = text.split_once(char::is_whitespace)?;
        let words: Vec<&str> =
            words.split_whitespace().filter(|w| !matches!(*w, "is" | "an" | "a")).collect();
        let property = match words.as_slice() {
            ["symmetric"] => Property::Symmetric,
            ["antisymmetric" | "skew-symmetric"] => Property::Antisymmetric,
            ["positive", "definite"] | ["symmetric", "positive", "definite"] => Property::PositiveDefinite,
            ["invertible" | "regular" | "nonsingular"] => Property::Invertible,
            ["orthogonal"] => Property::Orthogonal,
            ["integer"] => Property::Integer,
            _ => return None,
        };
        Some((name, property))
    }
}

/// A formula in the graph.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The node.
    pub node: NodeId,
    /// How its axes lie.
    pub layout: Layout,
}

impl Environment {
    /// An environment without names.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a name stands for.
    pub fn named(&self, name: &str) -> Option<&Named> {
        self.named.get(name)
    }

    /// Whether a declared function has the name of one of the table.
    pub fn takes_names_of_table(&self) -> bool {
        self.takes_names_of_table
    }

    /// The names given to values (`--let`), in alphabetical order.
    pub fn definitions(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.named.iter().filter_map(|(name, named)| match named {
            Named::Definition(value) => Some((name.as_str(), value)),
            _ => None,
        })
    }

    /// What a name was given as its value, as it was written.
    pub fn written_definition(&self, name: &str) -> Option<&Tree> {
        self.written_definitions.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The names that were given values, in the order in which they were.
    pub fn written_names(&self) -> impl Iterator<Item = &str> {
        self.written_definitions.iter().map(|(name, _)| name.as_str())
    }

    /// Makes a name a variable on the axes of a value; what it stood for before is gone.
    pub fn declare_like(&mut self, name: &str, like: NodeId, layout: Layout) -> NodeId {
        let axes = self.graph.axes(like).clone();
        self.names.add_variable_with_axes(name, layout.rank());
        self.named.insert(name.to_owned(), Named::Variable { axes: axes.clone(), layout, declared: None });
        self.graph.variable(name, axes)
    }

    /// A name that stood for something stands for nothing.
    pub fn forget(&mut self, name: &str) {
        self.named.remove(name);
        self.written_definitions.retain(|(own, _)| own != name);
    }

    /// Makes a name stand for a node; what it stood for before is gone.
    pub fn define_as(&mut self, name: &str, node: NodeId, layout: Layout) {
        self.names.add_variable_with_axes(name, layout.rank());
        self.named.insert(name.to_owned(), Named::Definition(Value::plain(node, layout)));
    }

    /// Takes up a declaration; `number` is its place among the declarations, for messages.
    ///
    /// # Errors
    /// If a size is not one, or a definition cannot be read.
    pub fn declare(&mut self, declaration: &Declaration, number: usize) -> Result<(), Diagnostic> {
        declaration.declare(&mut self.names);
        let name = declaration.name().to_owned();
        if self.graph.has_dimension_symbol(&name) {
            let error =
                Diagnostic::new(Kind::Declaration, format!("{name} is a size in another declaration")).help(
                    format!("use another name, or write the number as the size, such as R[5] for R[{name}]"),
                );
            return Err(in_declaration(error, number));
        }
        let named = match declaration {
            Declaration::Shape { sizes, span, .. } => {
                let mut axes = Axes::new();
                for size in sizes {
                    let dimension = self.dimension_of(size)?;
                    axes.push(self.graph.dimension(dimension));
                }
                let has_axes = !axes.is_empty();
                let (axes, layout) = self.squeezed(axes);
                if has_axes && layout == Layout::Scalar {
                    self.one_entry.insert(name.clone());
                }
                self.names.add_variable_with_axes(&name, layout.rank());
                Named::Variable { axes, layout, declared: Some((number, *span)) }
            }
            Declaration::Definition { value, .. } => {
                let (value, remarks) = self.settle(value).map_err(|error| in_declaration(error, number))?;
                self.remarks.extend(remarks.into_iter().map(|remark| in_declaration(remark, number)));
                let lowered = self.lower(&value).map_err(|error| in_declaration(error, number))?;
                self.written_definitions.push((name.clone(), value));
                self.names.add_variable_with_axes(&name, lowered.layout.rank());
                Named::Definition(Value::plain(lowered.node, lowered.layout))
            }
            Declaration::FunctionDefinition { parameters, value, .. } => {
                self.takes_names_of_table |= function::lookup(&name).is_some();
                Named::Function { parameters: parameters.clone(), value: value.clone() }
            }
            Declaration::UnknownFunction { .. } => Named::Unknown,
        };
        self.named.insert(name, named);
        Ok(())
    }

    /// `R[n,1]` is a column, `R[1,n]` a row, `R[1]` and `R[1,1]` are scalars.
    fn squeezed(&self, axes: Axes) -> (Axes, Layout) {
        let is_one = |d: &DimensionId| self.graph.dimension_value(*d).as_number() == Some(1);
        match axes.as_slice() {
            [a] if is_one(a) => (Axes::new(), Layout::Scalar),
            [a, b] if is_one(a) && is_one(b) => (Axes::new(), Layout::Scalar),
            [a, b] if is_one(b) => (SmallVec::from_slice(&[*a]), Layout::Column),
            [a, b] if is_one(a) => (SmallVec::from_slice(&[*b]), Layout::Row),
            _ => {
                let layout = Layout::of_rank(axes.len());
                (axes, layout)
            }
        }
    }

    /// A size: a number, a symbol, or a sum of multiples of them.
    pub(super) fn dimension_of(&mut self, tree: &Tree) -> Result<Dimension, Diagnostic> {
        let bad = |why: &str| {
            Err(Diagnostic::new(Kind::Declaration, format!("this is not a size: {why}"))
                .at(tree.span, "")
                .help("a size is a positive whole number, a name, or a sum such as H - h + 1"))
        };
        let limit = || Diagnostic::new(Kind::Limit, "this size is too large").at(tree.span, "");
        match &tree.kind {
            Notation::Number(value) => match value.as_integer() {
                Some(n) if (1..=1 << 40).contains(&n) => Ok(Dimension::number(n)),
                Some(n) if n <= 0 => bad("it must be at least 1"),
                _ => bad("it must be a whole number"),
            },
            Notation::Name(name) if self.named(name).is_some() => {
                bad(&format!("{name} is declared as something else"))
            }
            Notation::Name(name) => Ok(Dimension::symbol(self.graph.symbol(name))),
            Notation::Negate(inner) => {
                let inner = self.dimension_of(inner)?;
                Dimension::default().plus(-1, &inner).ok_or_else(limit)
            }
            Notation::Sum(terms) => {
                let mut sum = Dimension::default();
                for term in terms {
                    let term = self.dimension_of(term)?;
                    sum = sum.plus(1, &term).ok_or_else(limit)?;
                }
                Ok(sum)
            }
            Notation::Product(factors) => {
                let mut product = Dimension::number(1);
                for factor in factors {
                    let factor = self.dimension_of(factor)?;
                    let (number, other) = match (product.as_number(), factor.as_number()) {
                        (Some(n), _) => (n, factor),
                        (_, Some(n)) => (n, product),
                        _ => return bad("a product of two names"),
                    };
                    product = Dimension::default().plus(number, &other).ok_or_else(limit)?;
                }
                Ok(product)
            }
            _ => bad("it is a formula"),
        }
    }

    /// Reads one formula.
    ///
    /// # Errors
    /// If a name, shape or construct does not fit; the diagnostic points at the place.
    pub fn lower(&mut self, tree: &Tree) -> Result<Lowered, Diagnostic> {
        self.infer(tree)?;
        let mut lowering = Lowering::new(self);
        let value = lowering.tree(tree)?;
        debug_assert!(value.indices.is_empty(), "bound indices end with their sums");
        Ok(Lowered { node: value.node, layout: value.layout })
    }

    /// Adds conventions that are not among those that the notation brought in.
    pub(super) fn add_conventions(&mut self, conventions: &[&'static str]) {
        for convention in conventions {
            if !self.conventions.contains(convention) {
                self.conventions.push(convention);
            }
        }
    }

    /// The node of a variable, which is made known as a scalar if the name is new.
    pub fn variable(&mut self, name: &str) -> Option<(NodeId, Layout)> {
        match self.named.get(name) {
            Some(Named::Variable { axes, layout, .. }) => {
                let (axes, layout) = (axes.clone(), *layout);
                Some((self.graph.variable(name, axes), layout))
            }
            Some(_) => None,
            None if self.graph.size_named(name).is_some() => None,
            None => {
                self.names.add_variable(name);
                self.named.insert(
                    name.to_owned(),
                    Named::Variable { axes: Axes::new(), layout: Layout::Scalar, declared: None },
                );
                Some((self.graph.variable(name, Axes::new()), Layout::Scalar))
            }
        }
    }

    /// Why a name is no variable to differentiate by.
    pub(crate) fn no_variable(&self, name: &str) -> Diagnostic {
        if self.named(name).is_none() {
            return Diagnostic::new(
                Kind::Name,
                format!("{name} is a size: a whole number has no derivative"),
            )
            .help("differentiate by a variable");
        }
        Diagnostic::new(Kind::Name, format!("{name} is not a variable: it was given a value"))
            .help("differentiate by the variables it is made of")
    }

    /// Names of the variables, in alphabetical order.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &Axes, Layout)> {
        self.named.iter().filter_map(|(name, named)| match named {
            Named::Variable { axes, layout, .. } => Some((name.as_str(), axes, *layout)),
            _ => None,
        })
    }
}

/// Says that the places of an error lie in a declaration.
pub(super) fn in_declaration(mut error: Diagnostic, number: usize) -> Diagnostic {
    for label in &mut error.labels {
        if label.source == Source::Formula {
            label.source = Source::Declaration(number);
        }
    }
    error
}
