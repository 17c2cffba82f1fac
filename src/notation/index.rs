//! Index notation: what has no matrix notation, entry by entry.

use smallvec::SmallVec;

use super::atom::big;
use super::edge::{power_of, raised};
use super::factor::factored;
use super::part::{self, Part};
use super::recognise::{Base, Piece};
use super::size::weight;
use super::writer::Writer;
use crate::function::{self, Function};
use crate::ir::{Atom, DimensionId, Exponent, Labels, Node, NodeId, Term};
use crate::number::Rational;
use crate::syntax::tree::{Big, BoundIndex, Kind, Relation, Tree};

/// Names of free indices, then of bound ones.
const FREE: [&str; 8] = ["i", "j", "k", "l", "p", "q", "r", "s"];
pub(super) const BOUND: [&str; 12] = ["k", "l", "m", "p", "q", "r", "s", "t", "u", "v", "i", "j"];

/// A position that is a combination of others: `Σ coefficient · position + constant`.
#[derive(Clone, Debug)]
struct Place {
    terms: Vec<(usize, i64)>,
    constant: i64,
}

impl Writer<'_> {
    /// Names for the axes of the result.
    pub(super) fn free_names(&mut self, count: usize) -> Vec<String> {
        self.take_names(&FREE, count)
    }

    /// Names for bound indices; the caller releases them by [`Writer::release`] when their scope ends.
    pub(super) fn fresh(&mut self, count: usize) -> Vec<String> {
        self.take_names(&BOUND, count)
    }

    fn take_names(&mut self, from: &[&str], count: usize) -> Vec<String> {
        let mut names = Vec::with_capacity(count);
        let mut number = 0;
        while names.len() < count {
            let name = match from.get(number) {
                Some(name) => (*name).to_owned(),
                None => format!("i{}", number - from.len() + 1),
            };
            number += 1;
            if self.used.insert(name.clone()) {
                names.push(name);
            }
        }
        names
    }

    /// Ends the scope of bound names.
    pub(super) fn release(&mut self, names: &[String]) {
        for name in names {
            self.used.remove(name);
        }
    }

    /// The entry of a whole result at a place: terms are gathered under one sum where that is shorter.
    pub(super) fn result_entry(&mut self, node: NodeId, at: &[Tree]) -> Tree {
        let plain = self.entry(node, at);
        let Node::Sum(terms) = self.graph.node(node).clone() else { return plain };
        let Some(gathered) = self.gathered(node, &terms) else { return plain };
        let other = self.entry(gathered, at);
        if weight(&other) < weight(&plain) { other } else { plain }
    }

    /// The entry of a node at a place.
    pub(super) fn entry(&mut self, node: NodeId, at: &[Tree]) -> Tree {
        if self.is_exhausted() {
            return self.left_out();
        }
        if let Some((link, _)) = self.exact.get(&node) {
            return indexed(base_of(&link.plain), at);
        }
        if at.is_empty() {
            return match self.link(node) {
                Ok(link) => link.plain,
                Err(_) => self.left_out(),
            };
        }
        match self.graph.node(node).clone() {
            Node::Atom(atom) => self.atom_entry(node, &atom, at),
            Node::Sum(terms) => {
                if let Some(unequal) = self.unequal(&terms, at) {
                    return unequal;
                }
                let parts = self.entry_parts(node, &terms, at);
                part::sum(&parts, false)
            }
        }
    }

    fn entry_parts(&mut self, node: NodeId, terms: &[(Rational, Term)], at: &[Tree]) -> Vec<Part> {
        let mut parts = Vec::with_capacity(terms.len());
        let mut rest: Vec<(Rational, Term)> = terms.to_vec();
        for number in 0..self.sums.len() {
            let (sum, link) = self.sums[number].clone();
            if sum == node || self.graph.axes(sum) != self.graph.axes(node) {
                continue;
            }
            if let Some((ratio, left)) = super::writer::subset(&rest, &self.graph.terms(sum)) {
                rest = left;
                parts.push(Part { above: vec![indexed(base_of(&link.plain), at)], ..Part::number(ratio) });
            }
        }
        let is_alone = terms.len() == 1;
        for (coefficient, term) in &rest {
            self.is_alone = is_alone;
            let (coefficient, pieces) = self.pieces(coefficient, term, at.len());
            let mut part = self.index_term(&pieces, &term.sizes, at);
            part.coefficient *= &coefficient;
            part.sort();
            parts.push(part);
        }
        factored(parts)
    }

    fn atom_entry(&mut self, node: NodeId, atom: &Atom, at: &[Tree]) -> Tree {
        match atom {
            Atom::Variable(symbol) => indexed(Tree::name(self.graph.symbol_name(*symbol)), at),
            Atom::Position => at[0].clone(),
            Atom::Call(function, arguments) => {
                let arguments: Vec<Tree> = arguments.iter().map(|a| self.entry(*a, at)).collect();
                if let (Function::Known(function::EXP), [argument]) = (function, arguments.as_slice())
                    && let Some((base, exponent)) = power_of(argument)
                {
                    return Kind::Power(Box::new(base), Box::new(exponent)).into();
                }
                let (name, primes) = self.function_name(*function);
                super::writer::call(&name, primes, arguments)
            }
            Atom::Delta => iverson(Relation::Equal, at[0].clone(), at[1].clone()),
            Atom::Unit(symbol) => {
                iverson(Relation::Equal, at[0].clone(), Tree::name(self.graph.symbol_name(*symbol)))
            }
            Atom::Affine(coefficients, constant) => {
                let (left, right) = relation_sides(coefficients, *constant, at);
                iverson(Relation::Equal, left, right)
            }
            Atom::Compare(relation, a, b) => {
                let (a, b) = (self.entry(*a, at), self.entry(*b, at));
                iverson(*relation, a, b)
            }
            Atom::Cases(condition, yes, no) => {
                let condition = if let Some(all) = self.conditions_of(*condition) {
                    let mut all: Vec<Tree> = all
                        .into_iter()
                        .map(|(relation, a, b)| {
                            let (a, b) = (self.entry(a, at), self.entry(b, at));
                            Kind::Relation(relation, Box::new(a), Box::new(b)).into()
                        })
                        .collect();
                    if all.len() == 1 { all.swap_remove(0) } else { Kind::And(all).into() }
                } else {
                    let value = self.entry(*condition, at);
                    let zero = Box::new(Tree::number(&Rational::ZERO));
                    match value.kind {
                        Kind::Iverson(condition) => *condition,
                        _ => Kind::Relation(Relation::NotEqual, Box::new(value), zero).into(),
                    }
                };
                let (yes, no) = (self.entry(*yes, at), self.entry(*no, at));
                Kind::Cases(vec![(yes, Some(condition)), (no, None)]).into()
            }
            Atom::Reduce(kind, inner, count) => {
                let names = self.fresh(*count as usize);
                let tree = self.reduced_entry(*kind, *inner, at, &names);
                self.release(&names);
                tree
            }
            Atom::Select(kind, inner, count) => {
                let value = self.entry(*inner, at);
                let names = self.fresh(*count as usize);
                let kept = &at[..at.len() - *count as usize];
                let selected = self.reduced_entry(*kind, *inner, kept, &names);
                self.release(&names);
                iverson(Relation::Equal, value, selected)
            }
            _ => match self.link(node) {
                Ok(link) => indexed(base_of(&link.plain), at),
                Err(_) => self.left_out(),
            },
        }
    }

    /// `max[k] body`, the last axes of `inner` being reduced.
    pub(super) fn reduced_entry(
        &mut self,
        kind: crate::ir::Reduction,
        inner: NodeId,
        kept: &[Tree],
        names: &[String],
    ) -> Tree {
        let mut all = kept.to_vec();
        all.extend(names.iter().map(Tree::name));
        let body = self.entry(inner, &all);
        let sizes: Vec<DimensionId> = self.graph.axes(inner)[kept.len()..].to_vec();
        let indices = self.bound(names, &sizes, &[&body]);
        big(kind, indices, body)
    }

    /// Bound indices with their ranges, where nothing in the body says how far they run.
    fn bound(&self, names: &[String], sizes: &[DimensionId], bodies: &[&Tree]) -> Vec<BoundIndex> {
        names
            .iter()
            .zip(sizes)
            .map(|(name, size)| {
                let shown = bodies.iter().any(|body| shows_range(body, name));
                let range = (!shown).then(|| (Tree::number(&Rational::ONE), self.size_tree(*size)));
                BoundIndex { name: name.clone(), range }
            })
            .collect()
    }

    /// `[i != j]` for `1 − [i = j]`.
    fn unequal(&mut self, terms: &[(Rational, Term)], at: &[Tree]) -> Option<Tree> {
        let [a, b] = terms else { return None };
        let (one, other) = if a.1.factors.is_empty() { (a, b) } else { (b, a) };
        let [factor] = other.1.factors.as_slice() else { return None };
        let is_difference = one.1.factors.is_empty() && one.0.is_one() && other.0 == -Rational::ONE;
        if !is_difference || !factor.exponent.is_one() || other.1.sizes.len() != at.len() {
            return None;
        }
        let atom = self.graph.atom(factor.base)?.clone();
        if !matches!(atom, Atom::Delta | Atom::Unit(_) | Atom::Affine(..)) {
            return None;
        }
        let inner: Vec<Tree> = factor.labels.iter().map(|l| at[*l as usize].clone()).collect();
        let equal = self.atom_entry(factor.base, &atom, &inner);
        match equal.kind {
            Kind::Iverson(relation) => match relation.kind {
                Kind::Relation(Relation::Equal, a, b) => Some(iverson(Relation::NotEqual, *a, *b)),
                _ => None,
            },
            _ => None,
        }
    }

    /// A term entry by entry: scalars above and below the line, sums among them.
    pub(super) fn index_term(&mut self, pieces: &[Piece], sizes: &[DimensionId], at: &[Tree]) -> Part {
        let outputs = at.len();
        let mut pieces: Vec<Piece> = pieces.to_vec();
        let mut fixed: Vec<Option<Tree>> = (0..sizes.len()).map(|l| at.get(l).cloned()).collect();
        self.fix_units(&mut pieces, &mut fixed, outputs);
        let places = self.eliminate_relations(&mut pieces, sizes.len(), outputs, &fixed);
        let mut part = Part::number(Rational::ONE);
        let mut left: Vec<usize> = (outputs..sizes.len())
            .filter(|l| fixed[*l].is_none() && places[*l].is_none())
            // A label that no factor uses went with a named value.
            .filter(|l| {
                let in_place = |p: &Place| p.terms.iter().any(|(t, _)| t == l);
                pieces.iter().any(|p| p.labels.contains(&(*l as u8))) || places.iter().flatten().any(in_place)
            })
            .collect();
        let touches = |piece: &Piece, label: usize| {
            piece.labels.iter().any(|l| {
                *l as usize == label
                    || places[*l as usize].as_ref().is_some_and(|p| p.terms.iter().any(|(t, _)| *t == label))
            })
        };
        let mut done = vec![false; pieces.len()];
        while !left.is_empty() {
            // The labels and factors connected with the first label.
            let mut labels = vec![left.remove(0)];
            let mut members: Vec<usize> = Vec::new();
            let mut next = 0;
            while next < labels.len() {
                let label = labels[next];
                next += 1;
                for (number, piece) in pieces.iter().enumerate() {
                    if done[number] || !touches(piece, label) {
                        continue;
                    }
                    done[number] = true;
                    members.push(number);
                    let found: Vec<usize> = left.iter().copied().filter(|l| touches(piece, *l)).collect();
                    left.retain(|l| !found.contains(l));
                    labels.extend(found);
                }
            }
            labels.sort_unstable();
            members.sort_unstable();
            let members: Vec<Piece> = members.into_iter().map(|m| pieces[m].clone()).collect();
            self.component(&members, sizes, &labels, &fixed, &places, &mut part);
        }
        for (piece, _) in pieces.iter().zip(&done).filter(|(_, done)| !**done) {
            self.entry_piece(piece, &fixed, &places, &mut part);
        }
        part.sort();
        part
    }

    /// One connected group of bound indices.
    fn component(
        &mut self,
        members: &[Piece],
        sizes: &[DimensionId],
        labels: &[usize],
        fixed: &[Option<Tree>],
        places: &[Option<Place>],
        part: &mut Part,
    ) {
        let is_closed = members.iter().all(|m| m.labels.iter().all(|l| labels.contains(&(*l as usize))));
        if is_closed {
            let own: Vec<Piece> = members
                .iter()
                .map(|m| Piece {
                    labels: m
                        .labels
                        .iter()
                        .map(|l| labels.iter().position(|x| *x == *l as usize).unwrap_or(0) as u8)
                        .collect::<Labels>(),
                    ..m.clone()
                })
                .collect();
            let own_sizes: Vec<DimensionId> = labels.iter().map(|l| sizes[*l]).collect();
            if let Ok(found) = self.reduce(&own, &own_sizes, 0) {
                part.coefficient *= &found.coefficient;
                part.above.extend(found.above);
                part.below.extend(found.below);
                return;
            }
        }
        let names = self.fresh(labels.len());
        let mut fixed = fixed.to_vec();
        for (label, name) in labels.iter().zip(&names) {
            fixed[*label] = Some(Tree::name(name));
        }
        let mut body = Part::number(Rational::ONE);
        for member in members {
            self.entry_piece(member, &fixed, places, &mut body);
        }
        body.sort();
        let mut conditions = Vec::new();
        if body.above.len() > 1 {
            body.above.retain(|tree| match &tree.kind {
                Kind::Iverson(inner) if matches!(inner.kind, Kind::Relation(Relation::NotEqual, ..)) => {
                    conditions.push((**inner).clone());
                    false
                }
                _ => true,
            });
        }
        let condition = match conditions.len() {
            0 => None,
            1 => conditions.pop().map(Box::new),
            _ => Some(Box::new(Kind::And(conditions).into())),
        };
        let body = body.magnitude(false);
        let own: Vec<DimensionId> = labels.iter().map(|l| sizes[*l]).collect();
        let indices = self.bound(&names, &own, &[&body]);
        self.release(&names);
        part.above.push(Kind::Big { operation: Big::Sum, indices, condition, body: Box::new(body) }.into());
    }

    /// One factor with its subscripts and power.
    fn entry_piece(
        &mut self,
        piece: &Piece,
        fixed: &[Option<Tree>],
        places: &[Option<Place>],
        part: &mut Part,
    ) {
        let mut at = Vec::with_capacity(piece.labels.len());
        let mut is_shifted = false;
        for label in &piece.labels {
            let label = *label as usize;
            match (&fixed[label], &places[label]) {
                (Some(tree), _) => at.push(tree.clone()),
                (None, Some(place)) => {
                    is_shifted = true;
                    at.push(place_tree(place, fixed));
                }
                (None, None) => {
                    let lost = self.left_out();
                    at.push(lost);
                }
            }
        }
        let base = match &piece.base {
            Base::Written(link) => indexed(base_of(&link.plain), &at),
            Base::Node(node) if at.is_empty() => match self.scalar(piece) {
                Ok((tree, is_below)) => {
                    if is_below {
                        part.below.push(tree);
                    } else {
                        part.above.push(tree);
                    }
                    return;
                }
                Err(_) => self.entry(*node, &at),
            },
            Base::Node(node) if is_shifted => match self.link(*node) {
                Ok(link) => indexed(base_of(&link.plain), &at),
                Err(_) => self.entry(*node, &at),
            },
            Base::Node(node) => self.entry(*node, &at),
        };
        match &piece.exponent {
            Exponent::Number(q) => {
                let tree = raised(base, &q.abs(), false);
                if q.is_negative() { part.below.push(tree) } else { part.above.push(tree) }
            }
            Exponent::Node(node) => {
                if let Ok((exponent, is_below)) = self.exponent_tree(*node) {
                    let tree = Kind::Power(Box::new(base), Box::new(exponent)).into();
                    if is_below { part.below.push(tree) } else { part.above.push(tree) }
                } else {
                    let lost = self.left_out();
                    part.above.push(lost);
                }
            }
        }
    }

    /// A bound label at a known place takes that place: `y[k]` for `Σ_q` y[q]·[q = k].
    fn fix_units(&mut self, pieces: &mut Vec<Piece>, fixed: &mut [Option<Tree>], outputs: usize) {
        let mut at = 0;
        while at < pieces.len() {
            let place = match &pieces[at].base {
                Base::Node(node) => match self.graph.atom(*node) {
                    Some(Atom::Unit(symbol)) => Some(Tree::name(self.graph.symbol_name(*symbol))),
                    Some(Atom::Affine(coefficients, constant))
                        if coefficients.as_slice() == [1] && *constant < 0 =>
                    {
                        Some(Tree::number(&Rational::integer(-constant)))
                    }
                    _ => None,
                },
                Base::Written(_) => None,
            };
            if let Some(place) = place {
                let label = pieces[at].labels[0] as usize;
                let others =
                    pieces.iter().enumerate().filter(|(i, p)| *i != at && p.labels.contains(&(label as u8)));
                let is_simple = others.clone().count() > 0
                    && others.into_iter().all(|(_, p)| match &p.base {
                        Base::Written(_) => true,
                        Base::Node(node) => !self.counts_positions(*node),
                    });
                if label >= outputs && fixed[label].is_none() && is_simple {
                    fixed[label] = Some(place);
                    pieces.remove(at);
                    continue;
                }
            }
            at += 1;
        }
    }

    /// Does it hold anything that a free index cannot stand in?
    fn counts_positions(&self, node: NodeId) -> bool {
        self.graph.reachable(&[node]).into_iter().any(|id| {
            matches!(
                self.graph.atom(id),
                Some(Atom::Position | Atom::Affine(..) | Atom::Delta | Atom::Unit(_))
            )
        })
    }

    /// A bound label that only one factor and one relation use becomes a sum in the subscript: `X[i + a - 1]` for
    /// `Σ_p` X[p]·[p = i + a − 1]. Both read as the same term.
    fn eliminate_relations(
        &mut self,
        pieces: &mut Vec<Piece>,
        labels: usize,
        outputs: usize,
        fixed: &[Option<Tree>],
    ) -> Vec<Option<Place>> {
        let mut places: Vec<Option<Place>> = vec![None; labels];
        let mut pinned = vec![false; labels];
        let mut at = 0;
        while at < pieces.len() {
            let relation = match &pieces[at].base {
                Base::Node(node) if pieces[at].exponent.is_one() => match self.graph.atom(*node) {
                    Some(Atom::Affine(coefficients, constant)) => Some((coefficients.clone(), *constant)),
                    _ => None,
                },
                _ => None,
            };
            let Some((coefficients, constant)) = relation else {
                at += 1;
                continue;
            };
            let own: SmallVec<[usize; 4]> = pieces[at].labels.iter().map(|l| *l as usize).collect();
            let is_settled = own.iter().any(|l| places[*l].is_some());
            let mut best: Option<((usize, String), usize)> = None;
            for (slot, label) in own.iter().enumerate() {
                let is_free = *label >= outputs && fixed[*label].is_none() && !pinned[*label];
                let is_alone = own.iter().filter(|l| *l == label).count() == 1;
                if is_settled || !is_free || !is_alone || coefficients[slot].abs() != 1 {
                    continue;
                }
                let users: Vec<usize> = (0..pieces.len())
                    .filter(|i| *i != at && pieces[*i].labels.contains(&(*label as u8)))
                    .collect();
                let [user] = users.as_slice() else { continue };
                let user = &pieces[*user];
                let once = user.labels.iter().filter(|l| **l as usize == *label).count() == 1;
                let written = match &user.base {
                    Base::Written(link) => Some(link.plain.clone()),
                    Base::Node(node) if self.counts_positions(*node) => None,
                    Base::Node(node) => self.link(*node).ok().map(|link| link.plain),
                };
                let (true, true, Some(written)) = (once, user.exponent.is_one(), written) else { continue };
                // Fewest minus signs first, then by what is accessed.
                let minus = (0..own.len())
                    .filter(|o| *o != slot && coefficients[*o].signum() == coefficients[slot].signum())
                    .count();
                let key = (minus, format!("{:?}", written.kind));
                if best.as_ref().is_none_or(|(b, _)| key < *b) {
                    best = Some((key, slot));
                }
            }
            let Some((_, slot)) = best else {
                at += 1;
                continue;
            };
            let flip = -coefficients[slot];
            let terms: Vec<(usize, i64)> =
                (0..own.len()).filter(|o| *o != slot).map(|o| (own[o], coefficients[o] * flip)).collect();
            for (label, _) in &terms {
                pinned[*label] = true;
            }
            places[own[slot]] = Some(Place { terms, constant: constant * flip });
            pieces.remove(at);
        }
        places
    }
}

/// What stands before the subscripts: a row is indexed like its column.
fn base_of(tree: &Tree) -> Tree {
    tree.clone()
}

fn indexed(base: Tree, at: &[Tree]) -> Tree {
    if at.is_empty() {
        return base;
    }
    if let (Kind::Transpose(inner), [row, column]) = (&base.kind, at) {
        return Kind::Index(inner.clone(), vec![column.clone(), row.clone()]).into();
    }
    if let (Kind::Transpose(inner), [_]) = (&base.kind, at) {
        return Kind::Index(inner.clone(), at.to_vec()).into();
    }
    Kind::Index(Box::new(base), at.to_vec()).into()
}

fn iverson(relation: Relation, a: Tree, b: Tree) -> Tree {
    let relation = Kind::Relation(relation, Box::new(a), Box::new(b));
    Kind::Iverson(Box::new(relation.into())).into()
}

/// `coefficient · tree` terms and a constant, as they are written.
fn linear(terms: Vec<(Tree, i64)>, constant: i64) -> Tree {
    let mut parts: Vec<Part> = terms
        .into_iter()
        .map(|(tree, c)| Part { above: vec![tree], ..Part::number(Rational::integer(c)) })
        .collect();
    if constant != 0 || parts.is_empty() {
        parts.push(Part::number(Rational::integer(constant)));
    }
    part::sort(&mut parts);
    part::sum(&parts, false)
}

fn place_tree(place: &Place, fixed: &[Option<Tree>]) -> Tree {
    let terms =
        place.terms.iter().filter_map(|(label, c)| fixed[*label].clone().map(|tree| (tree, *c))).collect();
    linear(terms, place.constant)
}

/// Both sides of `Σ coefficient · place + constant = 0`, without minus signs where possible.
fn relation_sides(coefficients: &[i64], constant: i64, at: &[Tree]) -> (Tree, Tree) {
    let side = |sign: i64| -> Vec<(Tree, i64)> {
        coefficients
            .iter()
            .zip(at)
            .filter(|(c, _)| c.signum() == sign)
            .map(|(c, tree)| (tree.clone(), c.abs()))
            .collect()
    };
    let (mut left, mut right, mut constant) = (side(1), side(-1), -constant);
    if left.is_empty() || (left.len() > 1 && right.len() == 1) {
        std::mem::swap(&mut left, &mut right);
        constant = -constant;
    }
    (linear(left, 0), linear(right, constant))
}

/// Is the index used as a bare subscript of a name, so that its range is known?
fn shows_range(tree: &Tree, index: &str) -> bool {
    if let Kind::Index(base, subscripts) = &tree.kind {
        let is_bare = |s: &Tree| matches!(&s.kind, Kind::Name(name) if name == index);
        if matches!(base.kind, Kind::Name(_)) && subscripts.iter().any(is_bare) {
            return true;
        }
    }
    let mut found = false;
    tree.each_part(&mut |part| found |= shows_range(part, index));
    found
}
