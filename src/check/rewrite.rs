//! Rebuilding surface trees: one part at a time, or every name by what it stands for.

use crate::syntax::tree::{BoundIndex, Kind, Tree};

/// The tree with each part one level down replaced; the order is that of [`Tree::each_part`].
pub(super) fn map_parts(tree: &Tree, change: &mut dyn FnMut(&Tree) -> Tree) -> Tree {
    let boxed = |part: &Tree, change: &mut dyn FnMut(&Tree) -> Tree| Box::new(change(part));
    let kind = match &tree.kind {
        Kind::Number(_) | Kind::Name(_) => tree.kind.clone(),
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
        Kind::Quotient(a, b) => {
            let a = boxed(a, change);
            Kind::Quotient(a, boxed(b, change))
        }
        Kind::Power(a, b) => {
            let a = boxed(a, change);
            Kind::Power(a, boxed(b, change))
        }
        Kind::ElementwiseQuotient(a, b) => {
            let a = boxed(a, change);
            Kind::ElementwiseQuotient(a, boxed(b, change))
        }
        Kind::ElementwisePower(a, b) => {
            let a = boxed(a, change);
            Kind::ElementwisePower(a, boxed(b, change))
        }
        Kind::Relation(relation, a, b) => {
            let a = boxed(a, change);
            Kind::Relation(*relation, a, boxed(b, change))
        }
        Kind::Negate(a) => Kind::Negate(boxed(a, change)),
        Kind::Transpose(a) => Kind::Transpose(boxed(a, change)),
        Kind::Iverson(a) => Kind::Iverson(boxed(a, change)),
        Kind::Index(base, indices) => {
            let base = boxed(base, change);
            Kind::Index(base, indices.iter().map(change).collect())
        }
        Kind::Big { operation, indices, condition, body } => {
            let indices = indices
                .iter()
                .map(|index| BoundIndex {
                    name: index.name.clone(),
                    range: index.range.as_ref().map(|(a, b)| {
                        let a = change(a);
                        (a, change(b))
                    }),
                })
                .collect();
            let condition = condition.as_ref().map(|c| boxed(c, change));
            Kind::Big { operation: *operation, indices, condition, body: boxed(body, change) }
        }
        Kind::Cases(rows) => Kind::Cases(
            rows.iter()
                .map(|(value, condition)| {
                    let value = change(value);
                    (value, condition.as_ref().map(&mut *change))
                })
                .collect(),
        ),
        Kind::Derivative { operator, body, variables } => {
            let body = boxed(body, change);
            Kind::Derivative { operator: *operator, body, variables: variables.iter().map(change).collect() }
        }
    };
    Tree::new(kind, tree.span)
}

/// The tree with every name replaced for which `value` has something; bound indices stay what they are.
pub(super) fn substitute(tree: &Tree, value: &dyn Fn(&str) -> Option<Tree>) -> Tree {
    match &tree.kind {
        Kind::Name(name) => value(name).map_or_else(|| tree.clone(), |new| Tree::new(new.kind, tree.span)),
        Kind::Big { indices, .. } => {
            let bound: Vec<&str> = indices.iter().map(|index| index.name.as_str()).collect();
            let inner = |name: &str| if bound.contains(&name) { None } else { value(name) };
            map_parts(tree, &mut |part| substitute(part, &inner))
        }
        _ => map_parts(tree, &mut |part| substitute(part, value)),
    }
}

/// The tree with every part that equals the value replaced by its name.
pub(super) fn called(tree: &Tree, value: &Tree, name: &str) -> Tree {
    if tree == value { Tree::name(name) } else { map_parts(tree, &mut |part| called(part, value, name)) }
}

/// Does the name occur?
pub(super) fn mentions(tree: &Tree, name: &str) -> bool {
    let mut found = false;
    tree.walk(&mut |part| found |= matches!(&part.kind, Kind::Name(own) if own == name));
    found
}

/// The names that occur, in order of appearance, each once; bound indices among them.
pub(super) fn names_of(tree: &Tree) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    tree.walk(&mut |part| {
        if let Kind::Name(name) = &part.kind
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    });
    names
}

/// Is there a derivative operator anywhere in it?
pub(super) fn has_derivative(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| found |= matches!(part.kind, Kind::Derivative { .. }));
    found
}
