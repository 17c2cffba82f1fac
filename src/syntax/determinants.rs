//! Bars around a matrix are its determinant in most books, and absolute values of its entries in some: which names say so.

use super::names::Names;
use super::tree::{Kind, Tree};
use crate::function::{self, Meaning, TensorFunction};

/// A capital letter by itself that is not declared as anything but a matrix.
pub(super) fn capital(tree: &Tree, names: &Names) -> Option<String> {
    let Kind::Name(name) = &tree.kind else { return None };
    let is_capital = name.chars().count() == 1 && name.chars().all(char::is_uppercase);
    (is_capital && names.axes(name).is_none_or(|axes| axes == 2)).then(|| name.clone())
}

/// A declared matrix in the tree that nothing makes a number of.
pub(super) fn declared_matrix(tree: &Tree, names: &Names) -> Option<String> {
    let mut has_vector = false;
    match &tree.kind {
        Kind::Name(name) => return (names.axes(name) == Some(2)).then(|| name.clone()),
        Kind::Number(_) | Kind::Index(..) | Kind::Big { .. } | Kind::Derivative { .. } => return None,
        Kind::Call { name, .. } if makes_a_number(name) => return None,
        // x'*A*x
        Kind::Product(_) => tree.walk(&mut |part| {
            has_vector |= matches!(&part.kind, Kind::Name(name) if names.axes(name) == Some(1));
        }),
        _ => {}
    }
    let mut found = None;
    tree.each_part(&mut |part| {
        if found.is_none() && !has_vector {
            found = declared_matrix(part, names);
        }
    });
    found
}

/// Is what the function gives a number, whatever it is given?
fn makes_a_number(name: &str) -> bool {
    use TensorFunction as F;
    function::lookup(name).is_some_and(|id| {
        matches!(
            function::row(id).meaning,
            Meaning::Tensor(
                F::Sum
                    | F::Mean
                    | F::Norm1
                    | F::Norm2
                    | F::NormFrobenius
                    | F::LogSumExp
                    | F::Maximum
                    | F::Minimum
                    | F::Trace
                    | F::Determinant
                    | F::LogDeterminant
                    | F::Dot
            )
        )
    })
}
