//! Lines of a sheet as formulas of the scalar calculus: primes and dy/dx become derivatives of what their names stand for.

use super::meaning::{Meaning, Reading};
use crate::check::rewrite::{called, map_parts, mentions, substitute};
use crate::check::sheet::Sheet;
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

fn derivative(body: Tree, variable: &str, times: u8) -> Tree {
    let variables = (0..times).map(|_| Tree::name(variable)).collect();
    Kind::Derivative { operator: DerivativeOperator::Derivative, body: Box::new(body), variables }.into()
}

/// Names replaced by what they stand for, other than the one that is differentiated by.
pub(in crate::check) fn opened(sheet: &Sheet, tree: &Tree, keep: &str, depth: usize) -> Tree {
    if depth > 20 {
        return tree.clone();
    }
    match &tree.kind {
        Kind::Name(name) if name != keep => match sheet.definitions.get(name) {
            Some(definition) if definition.indices.is_empty() && !mentions(&definition.value, name) => {
                opened(sheet, &definition.value, keep, depth + 1)
            }
            _ => match sheet.functions.get(name) {
                Some((_, value)) => opened(sheet, value, keep, depth + 1),
                None => tree.clone(),
            },
        },
        Kind::Call { name, primes: 0, arguments }
            if let Some((parameters, value)) = sheet.functions.get(name) =>
        {
            let arguments: Vec<Tree> = arguments.iter().map(|a| opened(sheet, a, keep, depth + 1)).collect();
            let value = substitute(value, &|n| {
                parameters.iter().position(|p| p == n).and_then(|at| arguments.get(at).cloned())
            });
            opened_names(sheet, &value, keep, parameters, depth + 1)
        }
        _ => map_parts(tree, &mut |part| opened(sheet, part, keep, depth + 1)),
    }
}

/// A formula in which what the document has a name for is called by it, as opened with the same name kept.
pub(in crate::check) fn named(sheet: &Sheet, tree: &Tree, keep: &str) -> Tree {
    let mut tree = tree.clone();
    for (name, definition) in &sheet.definitions {
        if name == keep || !definition.indices.is_empty() {
            continue;
        }
        let value = opened(sheet, &Tree::name(name.clone()), keep, 0);
        if !matches!(value.kind, Kind::Name(_) | Kind::Number(_)) {
            tree = called(&tree, &value, name);
        }
    }
    tree
}

/// The body of a function: its parameters may have the names of definitions, and are left alone.
fn opened_names(sheet: &Sheet, tree: &Tree, keep: &str, parameters: &[String], depth: usize) -> Tree {
    match &tree.kind {
        Kind::Name(name) if parameters.contains(name) => tree.clone(),
        Kind::Name(_) => opened(sheet, tree, keep, depth),
        _ => map_parts(tree, &mut |part| opened_names(sheet, part, keep, parameters, depth)),
    }
}

/// A line with its derivatives written out as operators.
pub(in crate::check) fn unfolded(sheet: &Sheet, tree: &Tree) -> Tree {
    match &tree.kind {
        Kind::Call { name, primes, arguments }
            if *primes > 0
                && arguments.len() == 1
                && let Some((parameters, value)) = sheet.functions.get(name)
                && let [parameter] = parameters.as_slice() =>
        {
            let body = opened_names(sheet, value, parameter, parameters, 0);
            match &arguments[0].kind {
                Kind::Name(own) if own == parameter => derivative(body, parameter, *primes),
                _ => tree.clone(),
            }
        }
        Kind::Quotient(above, below) => {
            if let (Kind::Name(above), Kind::Name(below)) = (&above.kind, &below.kind)
                && let (Some(y), Some(x)) = (above.strip_prefix('d'), below.strip_prefix('d'))
                && (sheet.definitions.contains_key(y) || sheet.functions.contains_key(y))
                && !sheet.definitions.contains_key(above.as_str())
            {
                return derivative(opened(sheet, &Tree::name(y), x, 0), x, 1);
            }
            map_parts(tree, &mut |part| unfolded(sheet, part))
        }
        Kind::Derivative { operator, body, variables } => {
            let variable = match variables.first().map(|v| &v.kind) {
                Some(Kind::Name(name)) => name.clone(),
                _ => return tree.clone(),
            };
            let body = Box::new(opened(sheet, body, &variable, 0));
            Kind::Derivative { operator: *operator, body, variables: variables.clone() }.into()
        }
        _ => map_parts(tree, &mut |part| unfolded(sheet, part)),
    }
}

/// Every name replaced by what it stands for; the tree itself where that fails.
pub(in crate::check) fn expanded(sheet: &Sheet, tree: &Tree) -> Tree {
    Meaning::new(sheet, Reading::default(), Vec::new(), Vec::new()).of(tree).unwrap_or_else(|_| tree.clone())
}
