//! From the flat form to notation.
//!
//! Numbers stand first in a product, what has a negative exponent stands below the line, a square root is a call, signs
//! are as few as can be. [`Form::nodes`] counts what is written here; a test holds the two together.

use super::cost::{flipped_factor, is_half};
use super::form::Form;
use crate::function::{self, Function};
use crate::ir::scalar::{Constant, Scalar};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

/// Names for what a formula is made of.
pub struct Names<'a> {
    /// How a leaf is written.
    pub leaf: &'a dyn Fn(u32) -> Tree,
    /// Name and number of primes of a function.
    pub function: &'a dyn Fn(Function) -> (String, u8),
}

/// Writes an expression in the order and with the signs in which people write it. The tree holds shared parts as often as
/// they occur; the caller bounds the size.
pub fn to_tree(
    expression: &Scalar,
    leaf: &dyn Fn(u32) -> Tree,
    function: &dyn Fn(Function) -> (String, u8),
) -> Tree {
    Form::new(expression).to_tree(&Names { leaf, function })
}

impl Form {
    /// Writes the form.
    pub fn to_tree(&self, names: &Names) -> Tree {
        match self {
            Form::Number(q) => Tree::number(q),
            Form::Constant(Constant::Pi) => Tree::name("pi"),
            Form::Leaf(leaf) => (names.leaf)(*leaf),
            Form::Call(function, arguments) => {
                let arguments = arguments.iter().map(|a| a.to_tree(names)).collect();
                call(names, *function, arguments)
            }
            Form::Power(base, exponent) => match self.inverse() {
                Some(below) => quotient(Tree::number(&Rational::ONE), below.to_tree(names)),
                None if is_half(exponent) => {
                    call(names, Function::Known(function::SQRT), vec![base.to_tree(names)])
                }
                None => Kind::Power(Box::new(base.to_tree(names)), Box::new(exponent.to_tree(names))).into(),
            },
            Form::Product(coefficient, factors) => {
                if !coefficient.is_negative() {
                    return unsigned_product(coefficient, factors, names);
                }
                match flipped_factor(factors) {
                    Some((at, factor)) => {
                        let mut factors = factors.clone();
                        factors[at] = factor;
                        unsigned_product(coefficient, &factors, names)
                    }
                    None => negate(unsigned_product(coefficient, factors, names)),
                }
            }
            Form::Sum(terms) => {
                let terms = terms
                    .iter()
                    .enumerate()
                    .map(|(at, term)| match term {
                        Form::Product(coefficient, factors) if at > 0 && coefficient.is_negative() => {
                            negate(unsigned_product(coefficient, factors, names))
                        }
                        other => other.to_tree(names),
                    })
                    .collect();
                Kind::Sum(terms).into()
            }
        }
    }
}

fn call(names: &Names, function: Function, arguments: Vec<Tree>) -> Tree {
    let (name, primes) = (names.function)(function);
    Kind::Call { name, primes, arguments }.into()
}

fn quotient(above: Tree, below: Tree) -> Tree {
    Kind::Quotient(Box::new(above), Box::new(below)).into()
}

fn negate(tree: Tree) -> Tree {
    Kind::Negate(Box::new(tree)).into()
}

/// The product without the sign of its coefficient.
fn unsigned_product(coefficient: &Rational, factors: &[Form], names: &Names) -> Tree {
    let size = coefficient.abs();
    let numerator = Rational::from_integer(size.numerator());
    let denominator = Rational::from_integer(size.denominator());
    let mut above: Vec<Tree> = Vec::new();
    let mut below: Vec<Tree> = Vec::new();
    if !numerator.is_one() {
        above.push(Tree::number(&numerator));
    }
    if !denominator.is_one() {
        below.push(Tree::number(&denominator));
    }
    for factor in factors {
        match factor.inverse() {
            Some(inverse) => below.push(inverse.to_tree(names)),
            None => above.push(factor.to_tree(names)),
        }
    }
    let above = product(above);
    if below.is_empty() { above } else { quotient(above, product(below)) }
}

fn product(mut factors: Vec<Tree>) -> Tree {
    match factors.len() {
        0 => Tree::number(&Rational::ONE),
        1 => factors.swap_remove(0),
        _ => Kind::Product(factors).into(),
    }
}

/// Printed nodes of a tree: every operator (n − 1 for a sum or product of n), every call, number and name occurrence.
pub fn tree_nodes(tree: &Tree) -> usize {
    let all = |trees: &[Tree]| trees.iter().map(tree_nodes).sum::<usize>();
    match &tree.kind {
        Kind::Sum(terms) => {
            terms.len() - 1
                + terms
                    .iter()
                    .enumerate()
                    .map(|(at, term)| match &term.kind {
                        Kind::Negate(inner) if at > 0 => tree_nodes(inner),
                        _ => tree_nodes(term),
                    })
                    .sum::<usize>()
        }
        Kind::Product(factors) | Kind::Hadamard(factors) => factors.len() - 1 + all(factors),
        Kind::Quotient(a, b)
        | Kind::Power(a, b)
        | Kind::ElementwiseQuotient(a, b)
        | Kind::ElementwisePower(a, b)
        | Kind::Relation(_, a, b) => 1 + tree_nodes(a) + tree_nodes(b),
        Kind::Negate(a) | Kind::Transpose(a) | Kind::Iverson(a) => 1 + tree_nodes(a),
        Kind::Call { arguments, .. } => 1 + all(arguments),
        Kind::Index(a, indices) => tree_nodes(a) + all(indices),
        Kind::Big { indices, condition, body, .. } => {
            1 + indices.len() + condition.as_deref().map_or(0, tree_nodes) + tree_nodes(body)
        }
        Kind::And(parts) | Kind::Array(parts) => 1 + all(parts),
        Kind::Cases(cases) => {
            1 + cases
                .iter()
                .map(|(value, condition)| tree_nodes(value) + condition.as_ref().map_or(0, tree_nodes))
                .sum::<usize>()
        }
        Kind::Derivative { body, variables, .. } => 1 + tree_nodes(body) + all(variables),
        Kind::Number(_) | Kind::Name(_) => 1,
    }
}
