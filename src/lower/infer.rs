//! Undeclared names get the shape their use says: `y[k]` makes y a vector, with the length of whatever else k runs over.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::environment::{Environment, Named};
use super::value::Layout;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::ir::{Axes, Dimension, DimensionId};
use crate::span::Span;
use crate::syntax::tree::{Kind, Tree};

/// Names for sizes that nothing names.
const SIZE_NAMES: [&str; 8] = ["n", "m", "p", "q", "r", "s", "u", "v"];

impl Environment {
    /// Declares every undeclared name that is used with an index in `tree`, and the sizes that its ranges name. Both sides
    /// of an equality are looked through before one is read: in `n = sum[k=1..n] 1` the first n is a size as well.
    ///
    /// # Errors
    /// If a name is used with different numbers of indices.
    pub fn infer(&mut self, tree: &Tree) -> Result<(), Diagnostic> {
        let mut uses = Uses::default();
        collect(tree, &mut uses);
        for (_, upper) in &uses.ranges {
            if !mentions(upper, &|name| uses.indices.iter().any(|i| i == name) || self.named(name).is_some())
                && let Ok(dimension) = self.dimension_of(upper)
            {
                self.graph.dimension(dimension);
            }
        }
        if uses.indexed.iter().all(|(name, ..)| self.named(name).is_some()) {
            return Ok(());
        }
        let mut sizes: BTreeMap<String, DimensionId> = BTreeMap::new();
        for (index, upper) in &uses.ranges {
            if !mentions(upper, &|name| uses.indices.iter().any(|i| i == name))
                && let Ok(dimension) = self.dimension_of(upper)
            {
                let id = self.graph.dimension(dimension);
                sizes.insert(index.clone(), id);
            }
        }
        for (name, subscripts, _) in &uses.indexed {
            if let Some(Named::Variable { axes, .. }) = self.named(name) {
                for (subscript, axis) in subscripts.iter().zip(axes.clone()) {
                    if let Some(index) = subscript {
                        sizes.insert(index.clone(), axis);
                    }
                }
            }
        }
        for (name, subscripts, span) in &uses.indexed {
            if let Some(named) = self.named(name) {
                if let Named::Variable { axes, declared: None, .. } = named
                    && axes.len() != subscripts.len()
                {
                    return Err(Diagnostic::new(
                        Cause::Shape,
                        format!(
                            "{name} is used with {} indices here, elsewhere with {}",
                            subscripts.len(),
                            axes.len()
                        ),
                    )
                    .at(*span, "")
                    .help(format!("declare its shape: --let '{name}: R[…]'")));
                }
                continue;
            }
            let mut axes = Axes::new();
            for subscript in subscripts {
                let size = match subscript {
                    Some(index) => {
                        if let Some(size) = sizes.get(index) {
                            *size
                        } else {
                            let fresh = self.fresh_size();
                            sizes.insert(index.clone(), fresh);
                            fresh
                        }
                    }
                    None => self.fresh_size(),
                };
                axes.push(size);
            }
            let layout = Layout::of_rank(axes.len());
            self.names.add_variable(name);
            self.named.insert(name.clone(), Named::Variable { axes, layout, declared: None });
        }
        Ok(())
    }

    fn fresh_size(&mut self) -> DimensionId {
        let mut taken: SmallVec<[String; 8]> = SmallVec::new();
        for (name, axes, _) in self.variables() {
            taken.push(name.to_owned());
            taken.extend(axes.iter().map(|a| self.graph.dimension_text(*a)));
        }
        let known = self.graph.dimension_count();
        let name = SIZE_NAMES
            .iter()
            .find(|name| !taken.iter().any(|t| t == *name) && !self.graph.has_dimension_symbol(name))
            .map_or_else(|| format!("n{known}"), |name| (*name).to_owned());
        let symbol = self.graph.symbol(&name);
        self.graph.dimension(Dimension::symbol(symbol))
    }
}

#[derive(Default)]
struct Uses {
    /// Name, its subscripts (the name of the index where a subscript is just that), place.
    indexed: Vec<(String, Vec<Option<String>>, Span)>,
    /// Index and the upper end of its range.
    ranges: Vec<(String, Tree)>,
    /// Names of the bound indices.
    indices: Vec<String>,
}

/// Does a name of this kind occur?
pub(super) fn mentions(tree: &Tree, is_meant: &dyn Fn(&str) -> bool) -> bool {
    let mut found = false;
    tree.walk(&mut |part| found |= matches!(&part.kind, Kind::Name(name) if is_meant(name)));
    found
}

fn collect(tree: &Tree, uses: &mut Uses) {
    tree.walk(&mut |part| match &part.kind {
        Kind::Index(base, subscripts) => {
            if let Kind::Name(name) = &base.kind {
                let subscripts = subscripts
                    .iter()
                    .map(|s| if let Kind::Name(index) = &s.kind { Some(index.clone()) } else { None })
                    .collect();
                uses.indexed.push((name.clone(), subscripts, part.span));
            }
        }
        Kind::Big { indices, .. } => {
            for index in indices {
                uses.indices.push(index.name.clone());
                if let Some((_, upper)) = &index.range {
                    uses.ranges.push((index.name.clone(), upper.clone()));
                }
            }
        }
        _ => {}
    });
}
