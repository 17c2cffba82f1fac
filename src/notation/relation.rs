//! Relations between indices, `i = j + 1`: places that they fix, and how they are written.

use smallvec::SmallVec;

use super::part::{self, Part};
use super::recognise::{Base, Piece};
use super::writer::Writer;
use crate::ir::Atom;
use crate::number::Rational;
use crate::syntax::tree::Tree;

/// A position that is a combination of others: `Σ coefficient · position + constant`.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) terms: Vec<(usize, i64)>,
    pub(super) constant: i64,
}

impl Writer<'_> {
    /// A bound label at a known place takes that place: `y[k]` for `Σ_q` y[q]·[q = k].
    pub(super) fn fix_units(&mut self, pieces: &mut Vec<Piece>, fixed: &mut [Option<Tree>], outputs: usize) {
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

    /// A bound label that only one factor and one relation use becomes a sum in the subscript: `X[i + a - 1]` for
    /// `Σ_p` X[p]·[p = i + a − 1]. Both read as the same term.
    pub(super) fn eliminate_relations(
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

/// `coefficient · tree` terms and a constant, as they are written.
pub(super) fn linear(terms: Vec<(Tree, i64)>, constant: i64) -> Tree {
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

pub(super) fn place_tree(place: &Place, fixed: &[Option<Tree>]) -> Tree {
    let terms =
        place.terms.iter().filter_map(|(label, c)| fixed[*label].clone().map(|tree| (tree, *c))).collect();
    linear(terms, place.constant)
}

/// Both sides of `Σ coefficient · place + constant = 0`, without minus signs where possible.
pub(super) fn relation_sides(coefficients: &[i64], constant: i64, at: &[Tree]) -> (Tree, Tree) {
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
