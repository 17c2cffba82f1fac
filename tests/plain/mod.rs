//! A tree as it stands, operation by operation: nothing is folded, cancelled or reordered, so that what is measured is the
//! formula that a person sees and not what the engine makes of it when it reads it again.

#![allow(dead_code)]

pub mod agreement;
pub mod decode;
pub mod laws;
#[path = "../../benches/simplify_size/plain.rs"]
pub mod raw;
pub mod tensors;

use symdiff::function::{self, Function};
use symdiff::ir::scalar::{Constant, Operation, Ref, Scalar, ScalarBuilder};
use symdiff::number::Rational;
use symdiff::syntax::tree::{Kind, Relation, Tree};
use symdiff::syntax::{Names, parse};

/// The scalar expression that a tree writes down; names become leaves, numbered as in `leaves`. `None` where the tree is more
/// than scalar arithmetic (brackets of conditions, sums over indices, …) or speaks of another name.
pub fn scalar(tree: &Tree, leaves: &[String]) -> Option<Scalar> {
    let mut builder = ScalarBuilder::default();
    let root = Plain { leaves, bound: None, builder: &mut builder }.tree(tree)?;
    Some(builder.finish(root))
}

struct Plain<'a> {
    leaves: &'a [String],
    /// What the names stand for inside the canonical form of a function.
    bound: Option<&'a [Ref]>,
    builder: &'a mut ScalarBuilder,
}

impl Plain<'_> {
    fn tree(&mut self, tree: &Tree) -> Option<Ref> {
        let operation = match &tree.kind {
            Kind::Number(value) => Operation::Number(value.clone()),
            Kind::Name(name) => match (self.leaves.iter().position(|leaf| leaf == name), self.bound) {
                (Some(at), Some(bound)) => return bound.get(at).copied(),
                (Some(at), None) => Operation::Leaf(at as u32),
                (None, _) if name == "pi" => Operation::Constant(Constant::Pi),
                (None, _) if name == "e" => {
                    let one = self.builder.integer(1);
                    Operation::Call(Function::Known(function::EXP), [one].into_iter().collect())
                }
                (None, _) => return None,
            },
            Kind::Sum(terms) => {
                let mut sum = self.tree(terms.first()?)?;
                for term in &terms[1..] {
                    sum = if let Kind::Negate(inner) = &term.kind {
                        let inner = self.tree(inner)?;
                        self.builder.add(Operation::Subtract(sum, inner))
                    } else {
                        let term = self.tree(term)?;
                        self.builder.add(Operation::Add(sum, term))
                    };
                }
                return Some(sum);
            }
            Kind::Product(factors) | Kind::Hadamard(factors) => {
                let mut product = self.tree(factors.first()?)?;
                for factor in &factors[1..] {
                    let factor = self.tree(factor)?;
                    product = self.builder.add(Operation::Multiply(product, factor));
                }
                return Some(product);
            }
            Kind::Quotient(a, b) | Kind::ElementwiseQuotient(a, b) => {
                // 1/3 is one number
                if let (Kind::Number(p), Kind::Number(q)) = (&a.kind, &b.kind)
                    && let Some(value) = p.divide(q)
                {
                    Operation::Number(value)
                } else {
                    Operation::Divide(self.tree(a)?, self.tree(b)?)
                }
            }
            Kind::Negate(a) => {
                let a = self.tree(a)?;
                self.number(a).map_or(Operation::Negate(a), |value| Operation::Number(-value))
            }
            Kind::Power(a, b) | Kind::ElementwisePower(a, b) => {
                Operation::Power(self.tree(a)?, self.tree(b)?)
            }
            Kind::Call { name, primes: 0, arguments } => {
                let id = function::lookup(name)?;
                let row = function::row(id);
                if row.parameters.len() != arguments.len() || !row.is_elementwise() {
                    return None;
                }
                let mut values = Vec::new();
                for argument in arguments {
                    values.push(self.tree(argument)?);
                }
                if row.shorthand {
                    return self.meaning(row.canonical?, row.parameters, &values);
                }
                Operation::Call(Function::Known(id), values.into_iter().collect())
            }
            Kind::Iverson(condition) => return self.condition(condition),
            _ => return None,
        };
        Some(self.builder.add(operation))
    }

    /// One where the condition holds and zero elsewhere, by the sign of the difference of its sides.
    fn condition(&mut self, tree: &Tree) -> Option<Ref> {
        let (relation, left, right) = match &tree.kind {
            Kind::And(conditions) => {
                let mut product = self.builder.integer(1);
                for condition in conditions {
                    let condition = self.condition(condition)?;
                    product = self.builder.add(Operation::Multiply(product, condition));
                }
                return Some(product);
            }
            Kind::Relation(relation, left, right) => (relation, self.tree(left)?, self.tree(right)?),
            _ => return None,
        };
        let difference = self.builder.add(Operation::Subtract(left, right));
        let formula = match relation {
            Relation::Equal => "1 - sign(t)^2",
            Relation::NotEqual => "sign(t)^2",
            Relation::Less => "-floor(sign(t)/2)",
            Relation::LessEqual => "1 + floor(-sign(t)/2)",
            Relation::Greater => "-floor(-sign(t)/2)",
            Relation::GreaterEqual => "1 + floor(sign(t)/2)",
        };
        self.meaning(formula, &["t"], &[difference])
    }

    fn number(&self, at: Ref) -> Option<Rational> {
        match self.builder.node(at) {
            Operation::Number(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// Shorthand has no meaning of its own.
    fn meaning(&mut self, canonical: &str, parameters: &[&str], values: &[Ref]) -> Option<Ref> {
        let leaves: Vec<String> = parameters.iter().map(|name| (*name).to_owned()).collect();
        let mut names = Names::default();
        for name in &leaves {
            names.add_variable(name);
        }
        let tree = parse(canonical, &names).ok()?.tree;
        Plain { leaves: &leaves, bound: Some(values), builder: self.builder }.tree(&tree)
    }
}
