//! The surface tree: a formula as notation, with the place of each part in the source.
//!
//! It is what the parser makes, what derivations quote and what the printers write; it knows nothing of shapes or of
//! algebra. `x/y`, `-x` and brackets that change the grouping are kept as written.

use crate::number::Rational;
use crate::span::Span;

/// A formula as written. Two trees are equal if they are the same notation, wherever they stand.
#[derive(Clone, Debug)]
pub struct Tree {
    /// What it is.
    pub kind: Kind,
    /// Where it stands; empty for trees that the engine made.
    pub span: Span,
}

/// The forms of notation.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A literal number, never negative (a sign is a [`Kind::Negate`]).
    Number(Rational),
    /// A variable, a constant (`pi`, `e`), a dimension or a bound index.
    Name(String),
    /// `a + b - c` as `[a, b, Negate(c)]`; at least two terms. A [`Kind::Negate`] that is not the first term prints as `-`.
    Sum(Vec<Tree>),
    /// `a*b*c` or `a b c`; at least two factors. Matrix product or scaling, as the shapes say.
    Product(Vec<Tree>),
    /// `a/b`.
    Quotient(Box<Tree>, Box<Tree>),
    /// `-a`.
    Negate(Box<Tree>),
    /// `a^b`; also `a²`, `√a` is a call of `sqrt`.
    Power(Box<Tree>, Box<Tree>),
    /// `a .* b` (⊙); at least two factors.
    Hadamard(Vec<Tree>),
    /// `a ./ b`.
    ElementwiseQuotient(Box<Tree>, Box<Tree>),
    /// `a .^ b`.
    ElementwisePower(Box<Tree>, Box<Tree>),
    /// `a'`, `aᵀ`.
    Transpose(Box<Tree>),
    /// `f(a, b)`: the name of the table (aliases are resolved by the parser) or the name of a declared function.
    /// `primes` counts the primes of a declared or elementwise function: σ'(x), σ1''(x).
    Call {
        /// Name of the function.
        name: String,
        /// Number of primes.
        primes: u8,
        /// Its arguments.
        arguments: Vec<Tree>,
    },
    /// `x[i]`, `W[i, j+1]`.
    Index(Box<Tree>, Vec<Tree>),
    /// `sum[k] body`, `Σ_{i≠j} body`, `prod[k=1..n] body`, `max[i,j] body`.
    Big {
        /// Which operation.
        operation: Big,
        /// The bound indices, left to right.
        indices: Vec<BoundIndex>,
        /// A condition on them (`i != j`), if there is one.
        condition: Option<Box<Tree>>,
        /// What is combined.
        body: Box<Tree>,
    },
    /// `a = b`, `a < b`, … as used in brackets, cases, facts and claims. A chain `a < b < c` is an [`Kind::And`].
    Relation(Relation, Box<Tree>, Box<Tree>),
    /// Several conditions at once.
    And(Vec<Tree>),
    /// `[i = j]`: one where the condition holds, zero elsewhere (Iverson). `δ[i,j]` and `\delta_{ij}` are read as this.
    Iverson(Box<Tree>),
    /// `cases(a if x > 0, b if x < 0, c)`: values with their conditions; the last may have none.
    Cases(Vec<(Tree, Option<Tree>)>),
    /// `d/dx body`, `diff(body, x, x)`, `grad(body, X)`, `jacobian(body, x)`, `hessian(body, x)`.
    Derivative {
        /// Which of them.
        operator: DerivativeOperator,
        /// What is differentiated.
        body: Box<Tree>,
        /// By what, in order; repeated for higher orders. A name, or an indexed name (`∂/∂x[i]`).
        variables: Vec<Tree>,
    },
    /// `[a, b, c]` or, nested, `[[a, b], [c, d]]`: a vector or matrix given entry by entry.
    Array(Vec<Tree>),
}

/// An operation over a range of indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Big {
    Sum,
    Product,
    Maximum,
    Minimum,
}

/// A bound index of a [`Kind::Big`].
#[derive(Clone, Debug, PartialEq)]
pub struct BoundIndex {
    /// Its name.
    pub name: String,
    /// `k = lower..upper`, both inclusive, counted from 1; `None`: over the whole axis it is used on.
    pub range: Option<(Tree, Tree)>,
}

/// A relation between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Relation {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// The derivative operators of the notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum DerivativeOperator {
    /// `d/dx`, `∂/∂x`, `diff`.
    Derivative,
    Gradient,
    Jacobian,
    Hessian,
}

impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl From<Kind> for Tree {
    fn from(kind: Kind) -> Self {
        Tree { kind, span: Span::default() }
    }
}

impl Tree {
    /// A tree at a place.
    pub fn new(kind: Kind, span: Span) -> Self {
        Tree { kind, span }
    }

    /// A name made by the engine.
    pub fn name(name: impl Into<String>) -> Self {
        Kind::Name(name.into()).into()
    }

    /// A number made by the engine; negative numbers become a [`Kind::Negate`], fractions a [`Kind::Quotient`].
    pub fn number(value: &Rational) -> Self {
        if value.is_negative() {
            return Kind::Negate(Box::new(Self::number(&value.abs()))).into();
        }
        if value.is_integer() {
            return Kind::Number(value.clone()).into();
        }
        let part = |n| Box::new(Kind::Number(Rational::from_integer(n)).into());
        Kind::Quotient(part(value.numerator()), part(value.denominator())).into()
    }

    /// The number it is, written with a sign or a bar or not.
    pub fn as_rational(&self) -> Option<Rational> {
        match &self.kind {
            Kind::Number(value) => Some(value.clone()),
            Kind::Negate(inner) => inner.as_rational().map(|value| -value),
            Kind::Quotient(a, b) => a.as_rational()?.divide(&b.as_rational()?),
            _ => None,
        }
    }

    /// The name, or that of which it is a component: `x`, `x[i]`.
    pub fn base_name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Name(name) => Some(name),
            Kind::Index(base, _) => base.base_name(),
            _ => None,
        }
    }

    /// A call made by the engine.
    pub fn call(name: impl Into<String>, arguments: Vec<Tree>) -> Self {
        Kind::Call { name: name.into(), primes: 0, arguments }.into()
    }

    /// Calls `see` on the tree and on every part of it at any depth, parents first; depth is bounded by the parser.
    pub fn walk<'a>(&'a self, see: &mut dyn FnMut(&'a Tree)) {
        see(self);
        self.each_part(&mut |part| part.walk(see));
    }

    /// Visits the parts one level down, in the order they are written (the body of a derivative before its variables).
    pub fn each_part<'a>(&'a self, visit: &mut dyn FnMut(&'a Tree)) {
        match &self.kind {
            Kind::Number(_) | Kind::Name(_) => {}
            Kind::Sum(parts)
            | Kind::Product(parts)
            | Kind::Hadamard(parts)
            | Kind::And(parts)
            | Kind::Array(parts) => {
                parts.iter().for_each(visit);
            }
            Kind::Call { arguments, .. } => arguments.iter().for_each(visit),
            Kind::Quotient(a, b)
            | Kind::Power(a, b)
            | Kind::ElementwiseQuotient(a, b)
            | Kind::ElementwisePower(a, b)
            | Kind::Relation(_, a, b) => {
                visit(a);
                visit(b);
            }
            Kind::Negate(a) | Kind::Transpose(a) | Kind::Iverson(a) => visit(a),
            Kind::Index(base, indices) => {
                visit(base);
                indices.iter().for_each(visit);
            }
            Kind::Big { indices, condition, body, .. } => {
                for (lower, upper) in indices.iter().filter_map(|index| index.range.as_ref()) {
                    visit(lower);
                    visit(upper);
                }
                if let Some(condition) = condition {
                    visit(condition);
                }
                visit(body);
            }
            Kind::Cases(rows) => {
                for (value, condition) in rows {
                    visit(value);
                    if let Some(condition) = condition {
                        visit(condition);
                    }
                }
            }
            Kind::Derivative { body, variables, .. } => {
                visit(body);
                variables.iter().for_each(visit);
            }
        }
    }

    /// The tree with every name replaced for which `value` has something; bound indices stay what they are.
    #[must_use]
    pub fn with_names(&self, value: &dyn Fn(&str) -> Option<Tree>) -> Tree {
        match &self.kind {
            Kind::Name(name) => {
                value(name).map_or_else(|| self.clone(), |new| Tree::new(new.kind, self.span))
            }
            Kind::Big { indices, .. } => {
                let free = |name: &str| {
                    if indices.iter().any(|index| index.name == name) { None } else { value(name) }
                };
                self.with_parts(&mut |part| part.with_names(&free))
            }
            _ => self.with_parts(&mut |part| part.with_names(value)),
        }
    }

    /// The same tree with every part one level down replaced, in the order of [`Tree::each_part`].
    #[must_use]
    pub fn with_parts(&self, change: &mut dyn FnMut(&Tree) -> Tree) -> Tree {
        let kind = match &self.kind {
            Kind::Number(_) | Kind::Name(_) => self.kind.clone(),
            Kind::Sum(parts) => Kind::Sum(parts.iter().map(change).collect()),
            Kind::Product(parts) => Kind::Product(parts.iter().map(change).collect()),
            Kind::Hadamard(parts) => Kind::Hadamard(parts.iter().map(change).collect()),
            Kind::And(parts) => Kind::And(parts.iter().map(change).collect()),
            Kind::Array(parts) => Kind::Array(parts.iter().map(change).collect()),
            Kind::Call { name, primes, arguments } => Kind::Call {
                name: name.clone(),
                primes: *primes,
                arguments: arguments.iter().map(change).collect(),
            },
            Kind::Quotient(a, b) => Kind::Quotient(Box::new(change(a)), Box::new(change(b))),
            Kind::Power(a, b) => Kind::Power(Box::new(change(a)), Box::new(change(b))),
            Kind::ElementwiseQuotient(a, b) => {
                Kind::ElementwiseQuotient(Box::new(change(a)), Box::new(change(b)))
            }
            Kind::ElementwisePower(a, b) => Kind::ElementwisePower(Box::new(change(a)), Box::new(change(b))),
            Kind::Relation(relation, a, b) => {
                Kind::Relation(*relation, Box::new(change(a)), Box::new(change(b)))
            }
            Kind::Negate(a) => Kind::Negate(Box::new(change(a))),
            Kind::Transpose(a) => Kind::Transpose(Box::new(change(a))),
            Kind::Iverson(a) => Kind::Iverson(Box::new(change(a))),
            Kind::Index(base, indices) => {
                let base = Box::new(change(base));
                Kind::Index(base, indices.iter().map(change).collect())
            }
            Kind::Big { operation, indices, condition, body } => Kind::Big {
                operation: *operation,
                indices: indices
                    .iter()
                    .map(|index| BoundIndex {
                        name: index.name.clone(),
                        range: index.range.as_ref().map(|(lower, upper)| (change(lower), change(upper))),
                    })
                    .collect(),
                condition: condition.as_ref().map(|condition| Box::new(change(condition))),
                body: Box::new(change(body)),
            },
            Kind::Cases(rows) => Kind::Cases(
                rows.iter()
                    .map(|(value, condition)| (change(value), condition.as_ref().map(&mut *change)))
                    .collect(),
            ),
            Kind::Derivative { operator, body, variables } => Kind::Derivative {
                operator: *operator,
                body: Box::new(change(body)),
                variables: variables.iter().map(change).collect(),
            },
        };
        Tree::new(kind, self.span)
    }
}
