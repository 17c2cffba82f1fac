//! Rebuilding surface trees: one part at a time, or every name by what it stands for.

use crate::syntax::tree::{Kind, Tree};

/// The tree with each part one level down replaced; the order is that of [`Tree::each_part`].
pub(super) fn map_parts(tree: &Tree, change: &mut dyn FnMut(&Tree) -> Tree) -> Tree {
    tree.with_parts(change)
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
