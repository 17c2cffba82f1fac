//! The language of the e-graph, and the way in and out of it.
//!
//! `a − b` enters as `a + (−b)` and `a / b` as `a · b^(−1)`: one rule then does for both of a pair, and extraction, which
//! prices negated and inverted occurrences of a class directly, puts `−` and `/` back. Functions are one node, `Call`,
//! whose meaning stands in the table.

use egg::{Id, Language};
use smallvec::SmallVec;

use crate::function::Function;
use crate::ir::scalar::{Constant, Operation, Scalar};
use crate::number::Rational;

/// A node of the e-graph.
///
/// The derived order puts numbers first and depends on nothing but the node, so that the order of nodes inside a class
/// does not depend on when they were made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// An exact number.
    Number(Rational),
    /// A named constant.
    Constant(Constant),
    /// A variable or anything opaque.
    Leaf(u32),
    /// `−a`.
    Negate([Id; 1]),
    /// `a + b`.
    Add([Id; 2]),
    /// `a · b`.
    Multiply([Id; 2]),
    /// `a^b`.
    Power([Id; 2]),
    /// `f(a, …)`.
    Call(Function, SmallVec<[Id; 2]>),
}

/// What two nodes that can match have in common besides their number of operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Head {
    /// Numbers, constants and leaves.
    Atom,
    /// `−a`.
    Negate,
    /// `a + b`.
    Add,
    /// `a · b`.
    Multiply,
    /// `a^b`.
    Power,
    /// `f(a, …)`.
    Call(Function),
}

impl Node {
    /// The head of the node.
    pub fn head(&self) -> Head {
        match self {
            Node::Number(_) | Node::Constant(_) | Node::Leaf(_) => Head::Atom,
            Node::Negate(_) => Head::Negate,
            Node::Add(_) => Head::Add,
            Node::Multiply(_) => Head::Multiply,
            Node::Power(_) => Head::Power,
            Node::Call(function, _) => Head::Call(*function),
        }
    }
}

impl Language for Node {
    type Discriminant = Head;

    fn discriminant(&self) -> Head {
        self.head()
    }

    fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Node::Number(a), Node::Number(b)) => a == b,
            (Node::Constant(a), Node::Constant(b)) => a == b,
            (Node::Leaf(a), Node::Leaf(b)) => a == b,
            (Node::Call(f, a), Node::Call(g, b)) => f == g && a.len() == b.len(),
            _ => self.head() == other.head() && self.head() != Head::Atom,
        }
    }

    fn children(&self) -> &[Id] {
        match self {
            Node::Number(_) | Node::Constant(_) | Node::Leaf(_) => &[],
            Node::Negate(a) => a,
            Node::Add(a) | Node::Multiply(a) | Node::Power(a) => a,
            Node::Call(_, arguments) => arguments,
        }
    }

    fn children_mut(&mut self) -> &mut [Id] {
        match self {
            Node::Number(_) | Node::Constant(_) | Node::Leaf(_) => &mut [],
            Node::Negate(a) => a,
            Node::Add(a) | Node::Multiply(a) | Node::Power(a) => a,
            Node::Call(_, arguments) => arguments,
        }
    }
}

/// Writes `expression` node by node through `add`; returns the place of each of its operations.
pub fn lower(expression: &Scalar, mut add: impl FnMut(Node) -> Id) -> Vec<Id> {
    let mut places: Vec<Id> = Vec::with_capacity(expression.nodes().len());
    for operation in expression.nodes() {
        let at = |a: &u32| places[*a as usize];
        let place = match operation {
            Operation::Number(q) => add(Node::Number(q.clone())),
            Operation::Constant(constant) => add(Node::Constant(*constant)),
            Operation::Leaf(leaf) => add(Node::Leaf(*leaf)),
            Operation::Negate(a) => add(Node::Negate([at(a)])),
            Operation::Add(a, b) => add(Node::Add([at(a), at(b)])),
            Operation::Multiply(a, b) => add(Node::Multiply([at(a), at(b)])),
            Operation::Power(a, b) => add(Node::Power([at(a), at(b)])),
            Operation::Subtract(a, b) => {
                let negated = add(Node::Negate([at(b)]));
                add(Node::Add([at(a), negated]))
            }
            Operation::Divide(a, b) => {
                let inverted = match expression.node(*b) {
                    Operation::Number(q) if !q.is_zero() => {
                        add(Node::Number(q.reciprocal().unwrap_or_default()))
                    }
                    _ => {
                        let exponent = add(Node::Number(Rational::from(-1)));
                        add(Node::Power([at(b), exponent]))
                    }
                };
                let is_one = matches!(expression.node(*a), Operation::Number(q) if q.is_one());
                if is_one { inverted } else { add(Node::Multiply([at(a), inverted])) }
            }
            Operation::Call(function, arguments) => {
                add(Node::Call(*function, arguments.iter().map(at).collect()))
            }
        };
        places.push(place);
    }
    places
}
