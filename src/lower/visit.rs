//! A walk over every part of a tree.

use crate::syntax::tree::{Kind, Tree};

/// Calls `see` on every part of a tree, parents first; depth is bounded by the parser.
pub fn visit(tree: &Tree, see: &mut dyn FnMut(&Tree)) {
    see(tree);
    match &tree.kind {
        Kind::Number(_) | Kind::Name(_) => {}
        Kind::Sum(trees)
        | Kind::Product(trees)
        | Kind::Hadamard(trees)
        | Kind::And(trees)
        | Kind::Array(trees)
        | Kind::Call { arguments: trees, .. } => trees.iter().for_each(|t| visit(t, see)),
        Kind::Quotient(a, b)
        | Kind::Power(a, b)
        | Kind::ElementwiseQuotient(a, b)
        | Kind::ElementwisePower(a, b)
        | Kind::Relation(_, a, b) => {
            visit(a, see);
            visit(b, see);
        }
        Kind::Negate(a) | Kind::Transpose(a) | Kind::Iverson(a) => visit(a, see),
        Kind::Index(base, subscripts) => {
            visit(base, see);
            subscripts.iter().for_each(|t| visit(t, see));
        }
        Kind::Big { condition, body, .. } => {
            condition.iter().for_each(|t| visit(t, see));
            visit(body, see);
        }
        Kind::Cases(cases) => {
            for (value, condition) in cases {
                visit(value, see);
                condition.iter().for_each(|t| visit(t, see));
            }
        }
        Kind::Derivative { body, variables, .. } => {
            visit(body, see);
            variables.iter().for_each(|t| visit(t, see));
        }
    }
}
