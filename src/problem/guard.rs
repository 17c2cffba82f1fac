//! Brackets, cases and ranges at a point: which parts of a formula count there, and whose conditions.

use super::Problem;
use crate::evaluate::graph::{Point, Truth};
use crate::facts::{Condition, Conditions};
use crate::ir::{Atom, NodeId};
use crate::lower::Layout;
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

impl Problem {
    /// Adds the conditions of the definitions that the formula is made of as far as they speak of what it no longer shows:
    /// x ≠ 0 for `y + 1` with `y = x/x`.
    pub(super) fn add_conditions_of_definitions(&mut self, tree: &Tree, node: NodeId) {
        let inlined = self.inlined(tree);
        if inlined == *tree {
            return;
        }
        let kept = std::mem::take(&mut self.environment.conditions);
        let conventions = self.environment.conventions.clone();
        let lowered = self.environment.lower(&inlined);
        let own = std::mem::replace(&mut self.environment.conditions, kept);
        self.environment.conventions = conventions;
        if lowered.is_ok() {
            self.environment.conditions.extend_beyond(&self.environment.graph, &own, node);
        }
    }

    /// The formula with the values of the names in their place.
    fn inlined(&self, tree: &Tree) -> Tree {
        match &tree.kind {
            Kind::Name(name) => match self.environment.written_definition(name) {
                Some(value) => self.inlined(value),
                None => tree.clone(),
            },
            _ => tree.with_parts(&mut |part| self.inlined(part)),
        }
    }

    /// Is the formula made of brackets or cases?
    pub(super) fn is_guarded(&self, tree: &Tree) -> bool {
        let mut found = false;
        tree.walk(&mut |part| match &part.kind {
            Kind::Cases(_) | Kind::Iverson(_) => found = true,
            Kind::Big { .. } => found |= is_limited(part),
            Kind::Name(name) => {
                found |= self.environment.written_definition(name).is_some_and(|own| self.is_guarded(own));
            }
            Kind::Call { name, .. } => {
                found |= matches!(self.environment.named(name), Some(crate::lower::Named::Function { .. }));
            }
            _ => {}
        });
        found
    }

    /// Are parts of the node left out by brackets or cases?
    pub(super) fn is_cut(&self, node: NodeId) -> bool {
        let graph = &self.environment.graph;
        let is_cut = |id: NodeId| matches!(graph.atom(id), Some(Atom::Cases(..) | Atom::Compare(..)));
        graph.reachable(&[node]).into_iter().any(is_cut)
    }

    /// The conditions of a formula that bear on its value at the point: those of the parts that brackets and cases leave
    /// in there. The conditions as they are if the formula has none; `None` if it was not found out which parts are left.
    pub(super) fn conditions_at(&mut self, tree: &Tree, point: &Point) -> Option<Conditions> {
        let mut is_resolved = true;
        let chosen = self.chosen(tree, point, &mut is_resolved);
        if !is_resolved {
            return None;
        }
        let kept = std::mem::take(&mut self.environment.conditions);
        let conventions = self.environment.conventions.clone();
        let lowered = self.environment.lower(&chosen);
        let own = std::mem::replace(&mut self.environment.conditions, kept);
        self.environment.conventions = conventions;
        let node = lowered.ok()?.node;
        (!self.is_cut(node)).then_some(own)
    }

    /// The formula with each case and bracket replaced by what it is at the point.
    fn chosen(&mut self, tree: &Tree, point: &Point, is_resolved: &mut bool) -> Tree {
        match &tree.kind {
            Kind::Cases(rows) => {
                for (value, condition) in rows {
                    match condition.as_ref().map_or(Some(true), |c| self.tree_holds(c, point)) {
                        Some(true) => return self.chosen(value, point, is_resolved),
                        Some(false) => {}
                        None => {
                            *is_resolved = false;
                            return tree.clone();
                        }
                    }
                }
                // No case holds: what is left is the demand that one does.
                let zero = Tree::number(&Rational::ZERO);
                let rows = rows.iter().map(|(_, condition)| (zero.clone(), condition.clone())).collect();
                Tree::new(Kind::Cases(rows), tree.span)
            }
            // What lies outside the range of an index is left out too.
            Kind::Big { .. } if is_limited(tree) => {
                *is_resolved = false;
                tree.clone()
            }
            Kind::Iverson(condition) => {
                if let Some(holds) = self.tree_holds(condition, point) {
                    return Tree::number(&Rational::integer(i64::from(holds)));
                }
                *is_resolved = false;
                tree.clone()
            }
            Kind::Product(factors) | Kind::Hadamard(factors) => {
                let zero = Tree::number(&Rational::ZERO);
                for factor in factors.iter().filter(|factor| matches!(factor.kind, Kind::Iverson(_))) {
                    if self.chosen(factor, point, is_resolved) == zero {
                        return zero;
                    }
                }
                tree.with_parts(&mut |part| self.chosen(part, point, is_resolved))
            }
            Kind::Name(name) => match self.environment.written_definition(name).cloned() {
                Some(value) => self.chosen(&value, point, is_resolved),
                None => tree.clone(),
            },
            _ => tree.with_parts(&mut |part| self.chosen(part, point, is_resolved)),
        }
    }

    fn tree_holds(&mut self, condition: &Tree, point: &Point) -> Option<bool> {
        match &condition.kind {
            Kind::And(all) => {
                let mut holds = true;
                for one in all {
                    holds &= self.tree_holds(one, point)?;
                }
                Some(holds)
            }
            Kind::Relation(relation, a, b) => {
                let kept = self.environment.conditions.clone();
                let (left, right) = (self.environment.lower(a), self.environment.lower(b));
                self.environment.conditions = kept;
                let (left, right) = (left.ok()?, right.ok()?);
                if left.layout != Layout::Scalar || right.layout != Layout::Scalar {
                    return None;
                }
                let condition = Condition { left: left.node, relation: *relation, right: right.node };
                match self.truth(&condition, point)? {
                    Truth::True => Some(true),
                    Truth::False => Some(false),
                    Truth::Nothing | Truth::Open(_) | Truth::Beyond => None,
                }
            }
            _ => None,
        }
    }
}

/// Does an index not run over the whole of its axis?
fn is_limited(tree: &Tree) -> bool {
    match &tree.kind {
        Kind::Big { indices, condition, .. } => {
            condition.is_some() || indices.iter().any(|index| index.range.is_some())
        }
        _ => false,
    }
}
