//! What a move is: one kind of rearrangement, wherever it applies, and the parts that it changes.

use super::super::make::{Care, map_parts, rebuilt, relation};
use super::super::{Phrase, Rule};
use crate::print;
use crate::syntax::tree::{Relation, Tree};

/// A part that is quoted in a reason has at most so many operators, names and numbers, with what becomes of it.
pub(super) const LONGEST_QUOTE: usize = 22;

/// One kind of rearrangement of a line.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub rule: Rule,
    pub because: Vec<Phrase>,
    pub tree: Tree,
}

impl Move {
    /// A rearrangement by algebra.
    pub(super) fn algebra(words: impl Into<String>, because: Vec<Phrase>, tree: Tree) -> Self {
        Move { rule: Rule::Algebra(words.into()), because, tree }
    }

    /// One that rests on what a function is.
    pub(super) fn identity(words: impl Into<String>, because: Vec<Phrase>, tree: Tree) -> Self {
        Move { rule: Rule::Identity(words.into()), because, tree }
    }
}

/// Parts that changed, as they were and as they are; none of them is inside another.
pub(in crate::derivation) type Changed = Vec<(Tree, Tree)>;

/// Changes parts from the inside out; what stands around them is put together with the care given.
pub(in crate::derivation) fn everywhere(
    tree: &Tree,
    care: Care,
    changed: &mut Changed,
    change: &mut dyn FnMut(&Tree) -> Option<Tree>,
) -> Tree {
    let before = changed.len();
    let mut is_changed = false;
    let mapped = map_parts(tree, &mut |part| {
        let count = changed.len();
        let new = everywhere(part, care, changed, change);
        is_changed |= changed.len() > count;
        new
    });
    let mapped = if is_changed { rebuilt(mapped, care) } else { tree.clone() };
    match change(&mapped) {
        Some(new) if new != mapped => {
            changed.truncate(before);
            changed.push((tree.clone(), new.clone()));
            new
        }
        _ => mapped,
    }
}

/// The parts that changed as equations, if they are few, short and not the whole line.
pub(super) fn quoted(line: &Tree, changed: &Changed, most: usize) -> Vec<Phrase> {
    let mut all: Vec<Phrase> = Vec::new();
    for (before, after) in changed {
        if before == line || print::nodes(before) + print::nodes(after) > LONGEST_QUOTE {
            return Vec::new();
        }
        let equation = Phrase::Formula(relation(before.clone(), Relation::Equal, after.clone()));
        if !all.contains(&equation) {
            all.push(equation);
        }
    }
    if all.len() > most { Vec::new() } else { all }
}
