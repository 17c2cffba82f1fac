//! Bound indices get their names last, from the outside in: no index hides another one of the same name, and parts that
//! were written once and used at several places follow the place they stand at.

use std::collections::{BTreeMap, BTreeSet};

use super::index::BOUND;
use crate::syntax::tree::{BoundIndex, Kind, Tree};

/// The tree with bound indices named anew. `taken` holds the names that mean something outside.
pub(super) fn distinct(tree: Tree, taken: &BTreeSet<String>) -> Tree {
    if has_sums(&tree) {
        Scope { taken, names: BTreeMap::new(), open: Vec::new() }.renamed(&tree)
    } else {
        tree
    }
}

fn has_sums(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| found |= matches!(part.kind, Kind::Big { .. }));
    found
}

struct Scope<'a> {
    taken: &'a BTreeSet<String>,
    /// New names of the bound indices in scope.
    names: BTreeMap<String, String>,
    /// The new names in scope.
    open: Vec<String>,
}

impl Scope<'_> {
    fn fresh(&self) -> String {
        let is_free = |name: &str| !self.taken.contains(name) && !self.open.iter().any(|used| used == name);
        if let Some(name) = BOUND.iter().find(|name| is_free(name)) {
            return (*name).to_owned();
        }
        let most = self.taken.len() + self.open.len() + 1;
        (1..=most).map(|number| format!("i{number}")).find(|name| is_free(name)).unwrap_or_default()
    }

    fn renamed(&mut self, tree: &Tree) -> Tree {
        let kind = match &tree.kind {
            Kind::Name(name) => match self.names.get(name) {
                Some(new) => Kind::Name(new.clone()),
                None => return tree.clone(),
            },
            Kind::Big { operation, indices, condition, body } => {
                let ranges: Vec<Option<(Tree, Tree)>> = indices
                    .iter()
                    .map(|index| index.range.as_ref().map(|(a, b)| (self.renamed(a), self.renamed(b))))
                    .collect();
                let mut inner = self.names.clone();
                let mut bound = Vec::with_capacity(indices.len());
                let depth = self.open.len();
                for (index, range) in indices.iter().zip(ranges) {
                    let name = self.fresh();
                    inner.insert(index.name.clone(), name.clone());
                    self.open.push(name.clone());
                    bound.push(BoundIndex { name, range });
                }
                let outer = std::mem::replace(&mut self.names, inner);
                let condition = condition.as_ref().map(|condition| Box::new(self.renamed(condition)));
                let body = Box::new(self.renamed(body));
                self.names = outer;
                self.open.truncate(depth);
                Kind::Big { operation: *operation, indices: bound, condition, body }
            }
            _ => return tree.with_parts(&mut |part| self.renamed(part)),
        };
        Tree::new(kind, tree.span)
    }
}
