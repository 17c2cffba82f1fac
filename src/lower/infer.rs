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
        for (name, matrix, span) in &uses.forms {
            self.infer_from_form(name, matrix, *span);
        }
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
        self.share_sizes(&uses, &mut sizes);
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
            self.names.add_variable_with_axes(name, layout.rank());
            self.named.insert(name.clone(), Named::Variable { axes, layout, declared: None });
        }
        Ok(())
    }

    /// Indices that stand at one place of an undeclared name run over one axis: i and j in `x[i]*x[j]`.
    fn share_sizes(&mut self, uses: &Uses, sizes: &mut BTreeMap<String, DimensionId>) {
        let mut groups: Vec<Vec<&str>> = Vec::new();
        let mut places: BTreeMap<(&str, usize), &str> = BTreeMap::new();
        for (name, subscripts, _) in uses.indexed.iter().filter(|(name, ..)| self.named(name).is_none()) {
            for (place, index) in subscripts.iter().enumerate() {
                let Some(index) =
                    index.as_deref().filter(|index| uses.indices.iter().any(|own| own == index))
                else {
                    continue;
                };
                let first = *places.entry((name, place)).or_insert(index);
                let group =
                    |groups: &[Vec<&str>], index| groups.iter().position(|group| group.contains(&index));
                match (group(&groups, first), group(&groups, index)) {
                    (None, None) if first == index => groups.push(vec![index]),
                    (None, None) => groups.push(vec![first, index]),
                    (Some(at), None) => groups[at].push(index),
                    (None, Some(at)) => groups[at].push(first),
                    (Some(a), Some(b)) if a != b => {
                        let other = groups.remove(a.max(b));
                        groups[a.min(b)].extend(other);
                    }
                    _ => {}
                }
            }
        }
        for group in groups.iter().filter(|group| group.len() > 1) {
            let size = match group.iter().find_map(|index| sizes.get(*index)) {
                Some(size) => *size,
                None => self.fresh_size(),
            };
            for index in group {
                sizes.entry((*index).to_owned()).or_insert(size);
            }
        }
    }

    /// In `x'*A*x` with a declared square matrix A, an undeclared x is a vector.
    fn infer_from_form(&mut self, name: &str, matrix: &str, span: Span) {
        let Some(Named::Variable { axes, layout: Layout::Matrix, declared: Some(_) }) = self.named(matrix)
        else {
            return;
        };
        let [rows, columns] = axes.as_slice() else { return };
        if rows != columns || self.named(name).is_some() {
            return;
        }
        let axes = Axes::from_slice(&[*rows]);
        let length = self.graph.dimension_text(axes[0]);
        self.remarks.push(
            Diagnostic::new(Cause::Shape, format!("{name} is read as a vector of length {length}"))
                .at(span, "")
                .help(format!("declare it with --let '{name}: R[{length}]'")),
        );
        self.names.add_variable_with_axes(name, 1);
        self.named.insert(name.to_owned(), Named::Variable { axes, layout: Layout::Column, declared: None });
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
    /// `x'*A*x`: the names of x and A, and where x stands.
    forms: Vec<(String, String, Span)>,
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
        Kind::Product(factors) => {
            for three in factors.windows(3) {
                if let [Tree { kind: Kind::Transpose(left), .. }, matrix, right] = three
                    && let (Kind::Name(x), Kind::Name(a), Kind::Name(y)) =
                        (&left.kind, &matrix.kind, &right.kind)
                    && x == y
                {
                    uses.forms.push((x.clone(), a.clone(), left.span));
                }
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
