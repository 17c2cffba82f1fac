//! Vectors that nobody declared: names that only ever stand with one index, and somewhere in a sum over it. They are declared
//! before anything is judged, with the size that the sums say, or one of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::Checker;
use super::subscripts::member_of;
use crate::check::document::Formula;
use crate::check::document::claim;
use crate::check::preamble;
use crate::check::side::{lone_name, read_side};
use crate::print;
use crate::span::Span;
use crate::syntax::tree::{BoundIndex, Kind, Tree};

/// Sizes that nobody wrote.
const SIZES: [&str; 8] = ["n", "m", "p", "q", "d", "N", "M", "K"];

/// What was seen of the names of a document.
#[derive(Default)]
struct Seen {
    /// Names with one index, and the letters of these.
    members: BTreeMap<String, BTreeSet<String>>,
    /// Those of them that stand in a sum over the index.
    summed: BTreeSet<String>,
    /// Names that stand otherwise too.
    otherwise: BTreeSet<String>,
    /// How far sums over a letter run; `None` for one that does not run from 1 to a size.
    ranges: BTreeMap<String, BTreeSet<Option<String>>>,
    /// All names.
    names: BTreeSet<String>,
}

impl Seen {
    fn look(&mut self, tree: &Tree, bound: &mut Vec<String>) {
        if let Some((base, index)) = member_of(tree) {
            match lone_name(&index) {
                Some(letter) => {
                    if bound.contains(&letter) {
                        self.summed.insert(base.clone());
                    }
                    self.members.entry(base).or_default().insert(letter);
                }
                None => {
                    self.otherwise.insert(base);
                }
            }
            return;
        }
        let before = bound.len();
        match &tree.kind {
            Kind::Name(name) | Kind::Call { name, .. } => {
                self.names.insert(name.clone());
                self.otherwise.insert(name.clone());
                // x_{12}, x_0
                self.otherwise.extend(name.split_once('_').map(|(base, _)| base.to_owned()));
            }
            Kind::Big { indices, condition, .. } => {
                for index in indices {
                    let range = range_of(index, condition.is_some());
                    if let Some(range) = range {
                        self.ranges.entry(index.name.clone()).or_default().insert(range);
                    }
                    bound.push(index.name.clone());
                }
            }
            _ => {}
        }
        tree.each_part(&mut |part| self.look(part, bound));
        bound.truncate(before);
    }

    /// Names and letters that belong together, with what the sums say of their size.
    fn groups(&self) -> Vec<(BTreeSet<String>, BTreeSet<Option<String>>)> {
        let mut groups: Vec<(BTreeSet<String>, BTreeSet<String>)> = Vec::new();
        for (name, letters) in &self.members {
            let mut own = (BTreeSet::from([name.clone()]), letters.clone());
            groups.retain(|(names, others)| {
                let meets = others.iter().any(|letter| own.1.contains(letter));
                if meets {
                    own.0.extend(names.iter().cloned());
                    own.1.extend(others.iter().cloned());
                }
                !meets
            });
            groups.push(own);
        }
        let sizes = |letters: &BTreeSet<String>| {
            letters.iter().filter_map(|letter| self.ranges.get(letter)).flatten().cloned().collect()
        };
        groups.into_iter().map(|(names, letters)| (names, sizes(&letters))).collect()
    }
}

/// The size to which a sum runs; `Some(None)` if it begins or ends elsewhere, `None` if it says nothing.
fn range_of(index: &BoundIndex, is_conditional: bool) -> Option<Option<String>> {
    if is_conditional {
        return Some(None);
    }
    let (from, to) = index.range.as_ref()?;
    let is_one = matches!(&from.kind, Kind::Number(number) if number.is_one());
    let is_size =
        matches!(&to.kind, Kind::Name(name) if name.chars().all(char::is_alphabetic) && name.len() == 1);
    Some((is_one && is_size).then(|| print::text(to)))
}

impl Checker<'_> {
    /// Declares the vectors that nobody declared.
    pub(super) fn find_vectors(&mut self, formulas: &[Formula]) {
        let mut seen = Seen::default();
        for statement in formulas.iter().flat_map(|formula| claim::statements(self.text, formula)) {
            for (at, side) in statement.sides.iter().enumerate() {
                let read = read_side(self.text, side.span, statement.notation, &self.sheet.names).ok();
                let Some(tree) = read.or_else(|| self.read_otherwise(side.span, statement.notation)) else {
                    // Whatever it says, its names may be anything.
                    let own = self.text.get(side.span.start..side.span.end).unwrap_or("");
                    let words = own.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
                    seen.otherwise.extend(words.map(str::to_owned));
                    continue;
                };
                if at == 0 && statement.sides.len() > 1 {
                    // What a_i is will be said.
                    seen.otherwise.extend(member_of(&tree).map(|(base, _)| base));
                }
                seen.look(&tree, &mut Vec::new());
            }
        }
        for (names, sizes) in seen.groups() {
            let is_declared = |name: &String| self.sheet.knows(name);
            if sizes.len() > 1 || sizes.contains(&None) || names.iter().any(is_declared) {
                continue;
            }
            let own = || {
                let is_new = |size: &&&str| !seen.names.contains(**size) && !self.sheet.is_size(size);
                SIZES.iter().find(is_new).map(|size| (*size).to_owned())
            };
            let Some(size) = sizes.into_iter().flatten().next().or_else(own) else { continue };
            for name in names {
                if seen.summed.contains(&name)
                    && !seen.otherwise.contains(&name)
                    && crate::function::lookup(&name).is_none()
                {
                    let line = format!("let {name}: R[{size}]");
                    preamble::take(&mut self.sheet, &line, &[Span::new(0, line.len())]);
                }
            }
        }
    }
}
