//! Named values inside products: a user's definition or a softmax is a subset of the factors of a term.

use super::chain::Link;
use super::factor::content;
use super::writer::Writer;
use crate::function::{self, Function, TensorFunction};
use crate::ir::{Atom, Axes, Exponent, Factor, Labels, Node, NodeId, Operand, Term};
use crate::number::Rational;

/// A factor of a term: a node, or something that already has a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Base {
    Node(NodeId),
    Written(Link),
}

/// `base[labels]^exponent`.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub base: Base,
    pub labels: Labels,
    pub exponent: Exponent,
}

/// A product to look for.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub coefficient: Rational,
    pub factors: Vec<Factor>,
    /// Labels below are free.
    pub free: usize,
    pub labels: usize,
    pub link: Link,
}

impl Piece {
    fn node(&self) -> Option<NodeId> {
        match self.base {
            Base::Node(node) => Some(node),
            Base::Written(_) => None,
        }
    }
}

impl Writer<'_> {
    /// The factors of a term with names put in, and the coefficient that is left.
    pub(super) fn pieces(
        &mut self,
        coefficient: &Rational,
        term: &Term,
        outputs: usize,
    ) -> (Rational, Vec<Piece>) {
        let is_alone = std::mem::take(&mut self.is_alone);
        let mut coefficient = coefficient.clone();
        let mut pieces: Vec<Piece> = term
            .factors
            .iter()
            .map(|factor| Piece {
                base: Base::Node(factor.base),
                labels: factor.labels.clone(),
                exponent: factor.exponent.clone(),
            })
            .collect();
        for at in 0..self.patterns.len() {
            let pattern = self.patterns[at].clone();
            self.replace(&pattern, &mut coefficient, &mut pieces, outputs);
        }
        if pieces.iter().any(|piece| self.is_call(piece, function::EXP)) {
            self.replace_softmax(&mut coefficient, &mut pieces, outputs);
        }
        for piece in &mut pieces {
            self.raise_exponential(piece);
        }
        // Those whose sign was written decide first; the others make up for the sign that is left.
        for settled in [true, false] {
            for piece in &mut pieces {
                self.orient(&mut coefficient, piece, settled);
            }
        }
        if is_alone && coefficient == Rational::MINUS_ONE {
            // `(μ - x)` rather than `-(x - μ)`.
            for piece in pieces.iter_mut().rev() {
                let (Base::Node(node), Exponent::Number(q)) = (&piece.base, &piece.exponent) else {
                    continue;
                };
                let is_odd = q.is_integer() && !q.is_even();
                let is_ordered = self.order_of_places(*node, &piece.labels).is_some()
                    || self.leads_with_number(*node).is_some();
                if is_odd && self.is_difference(*node) && !is_ordered {
                    piece.base = Base::Node(self.graph.negate(*node));
                    coefficient = Rational::ONE;
                    break;
                }
            }
        }
        (coefficient, pieces)
    }

    /// `exp(u)⁻¹` entry by entry is `exp(−u)`, as it is beside other exponentials.
    fn raise_exponential(&mut self, piece: &mut Piece) {
        if piece.labels.is_empty() || !self.is_call(piece, function::EXP) {
            return;
        }
        let (Some(node), Exponent::Number(q)) = (piece.node(), piece.exponent.clone()) else { return };
        let Some(Atom::Call(_, arguments)) = self.graph.atom(node) else { return };
        let argument = arguments[0];
        if q.is_negative() {
            let scaled = self.graph.scale(&q, argument);
            piece.base = Base::Node(self.graph.call(function::EXP, &[scaled]));
            piece.exponent = Exponent::ONE;
        }
    }

    fn is_call(&self, piece: &Piece, id: function::FunctionId) -> bool {
        piece.node().is_some_and(|node| {
            matches!(self.graph.atom(node), Some(Atom::Call(Function::Known(found), _)) if *found == id)
        })
    }

    /// exp(u)[…i]·(`Σ_i` exp(u)[…i])⁻¹ is softmax(u).
    fn replace_softmax(&mut self, coefficient: &mut Rational, pieces: &mut Vec<Piece>, outputs: usize) {
        let mut tried: Vec<NodeId> = Vec::new();
        while let Some(node) = pieces
            .iter()
            .filter(|piece| self.is_call(piece, function::EXP) && !piece.labels.is_empty())
            .filter_map(Piece::node)
            .find(|node| !tried.contains(node))
        {
            tried.push(node);
            let Some(Atom::Call(_, arguments)) = self.graph.atom(node) else { continue };
            let argument = arguments[0];
            let axes = self.graph.axes(node).clone();
            let rank = axes.len();
            let all: Labels = (0..rank as u8).collect();
            let total = self.graph.contract(rank - 1, &axes, &[Operand::new(node, &all)]);
            if !pieces.iter().any(|piece| piece.node() == Some(total)) {
                continue;
            }
            let Ok(link) = self.link(argument) else { continue };
            let name = self.tensor_name(TensorFunction::Softmax);
            let pattern = Pattern {
                coefficient: Rational::ONE,
                factors: vec![
                    Factor { base: node, labels: all.clone(), exponent: Exponent::ONE },
                    Factor {
                        base: total,
                        labels: Labels::from_slice(&all[..rank - 1]),
                        exponent: Exponent::Number(Rational::MINUS_ONE),
                    },
                ],
                free: rank,
                labels: rank,
                link: Link::new(crate::syntax::tree::Tree::call(name, vec![link.plain])),
            };
            self.replace(&pattern, coefficient, pieces, outputs);
        }
    }

    /// Replaces a product as often as it occurs, also its inverse.
    fn replace(
        &self,
        pattern: &Pattern,
        coefficient: &mut Rational,
        pieces: &mut Vec<Piece>,
        outputs: usize,
    ) {
        for exponent in [Rational::ONE, Rational::MINUS_ONE] {
            if exponent.is_negative() && pattern.labels > pattern.free {
                continue;
            }
            while let Some((taken, labels)) = self.find(pattern, &exponent, pieces, outputs) {
                for (at, wanted) in taken {
                    match (&mut pieces[at].exponent, wanted) {
                        (Exponent::Number(have), Exponent::Number(take)) => {
                            *have = &*have - &(&take * &exponent);
                        }
                        (have, _) => *have = Exponent::Number(Rational::ZERO),
                    }
                }
                pieces.retain(|piece| !matches!(&piece.exponent, Exponent::Number(q) if q.is_zero()));
                if let Some(scale) = if exponent.is_negative() {
                    Some(pattern.coefficient.clone())
                } else {
                    pattern.coefficient.reciprocal()
                } {
                    *coefficient *= &scale;
                }
                let base = Base::Written(pattern.link.clone());
                match pieces.iter_mut().find(|piece| piece.base == base && piece.labels == labels) {
                    Some(Piece { exponent: Exponent::Number(q), .. }) => *q = &*q + &exponent,
                    _ => pieces.push(Piece { base, labels, exponent: Exponent::Number(exponent.clone()) }),
                }
            }
        }
    }

    /// Which pieces are the factors of the pattern, and the labels of its axes.
    fn find(
        &self,
        pattern: &Pattern,
        sign: &Rational,
        pieces: &[Piece],
        outputs: usize,
    ) -> Option<(Vec<(usize, Exponent)>, Labels)> {
        let mut search = Search {
            pattern,
            sign,
            pieces,
            outputs,
            writer: self,
            labels: vec![None; pattern.labels],
            taken: Vec::new(),
        };
        if !search.extend() {
            return None;
        }
        let labels: Option<Labels> = search.labels[..pattern.free].iter().copied().collect();
        let taken =
            search.taken.iter().zip(&pattern.factors).map(|(at, f)| (*at, f.exponent.clone())).collect();
        Some((taken, labels?))
    }

    /// A sum as a factor: its content becomes part of the coefficient, and of both signs the one that reads better stays.
    fn orient(&mut self, coefficient: &mut Rational, piece: &mut Piece, settled: bool) {
        let (Base::Node(node), Exponent::Number(exponent)) = (&piece.base, &piece.exponent) else { return };
        let (mut node, Some(exponent)) = (*node, exponent.as_integer()) else { return };
        if self.exact.contains_key(&node) {
            return;
        }
        let Node::Sum(terms) = self.graph.node(node) else { return };
        if terms.len() < 2 {
            return;
        }
        let shared = content(terms.iter().map(|(c, _)| c));
        let mut scale = Rational::ONE;
        if !shared.is_one() {
            let Some(reciprocal) = shared.reciprocal() else { return };
            node = self.graph.scale(&reciprocal, node);
            scale = shared;
        }
        let Node::Sum(terms) = self.graph.node(node) else { return };
        let negative = terms.iter().filter(|(c, _)| c.is_negative()).count();
        let (all, none) = (negative == terms.len(), negative == 0);
        let opposite = self.graph.negate(node);
        let written = (self.names.written.contains(&node), self.names.written.contains(&opposite));
        let ordered = self.order_of_places(node, &piece.labels).or_else(|| match written {
            (false, false) | (true, true) => self.leads_with_number(node),
            _ => None,
        });
        if (written.0 != written.1 || ordered.is_some()) != settled {
            return;
        }
        let is_odd = exponent.rem_euclid(2) == 1;
        let Ok(power) = scale.power(exponent, 4096) else { return };
        let outside = &*coefficient * &power;
        let flips = match written {
            _ if all => true,
            _ if none => false,
            _ if ordered.is_some() => ordered == Some(false),
            (true, false) => false,
            (false, true) => true,
            _ if is_odd => outside.is_negative(),
            _ => self.leads_with_minus(node),
        };
        *coefficient = outside;
        if flips {
            node = opposite;
            if is_odd {
                *coefficient = -coefficient.clone();
            }
        }
        piece.base = Base::Node(node);
    }

    /// `1 − p` rather than `p − 1`: is a number without letters the only term with a plus (or the only one with a minus)?
    fn leads_with_number(&self, node: NodeId) -> Option<bool> {
        let Node::Sum(terms) = self.graph.node(node) else { return None };
        let number = terms.iter().find(|(_, term)| term.factors.is_empty())?;
        let others = terms.iter().filter(|(_, term)| !term.factors.is_empty());
        let is_positive = number.0.is_positive();
        others.into_iter().all(|(c, _)| c.is_positive() != is_positive).then_some(is_positive)
    }

    /// A sum without a name that has terms of both signs.
    fn is_difference(&self, node: NodeId) -> bool {
        let Node::Sum(terms) = self.graph.node(node) else { return false };
        let negative = terms.iter().filter(|(c, _)| c.is_negative()).count();
        !self.exact.contains_key(&node) && (1..terms.len()).contains(&negative)
    }

    /// For a difference of the same thing at two places, `y_i` − `y_k`: does the place that comes first have the plus?
    fn order_of_places(&self, node: NodeId, labels: &Labels) -> Option<bool> {
        if !self.graph.symmetries(node).iter().any(|s| s.is_negative) {
            return None;
        }
        let Node::Sum(terms) = self.graph.node(node) else { return None };
        let [a, b] = terms.as_slice() else { return None };
        let rank = labels.len();
        let places = |term: &Term| -> Vec<u8> {
            let mut places: Vec<u8> = term
                .factors
                .iter()
                .flat_map(|f| f.labels.iter().filter(|l| (**l as usize) < rank).map(|l| labels[*l as usize]))
                .collect();
            places.sort_unstable();
            places
        };
        let (plus, minus) = if a.0.is_negative() { (b, a) } else { (a, b) };
        let (plus, minus) = (places(&plus.1), places(&minus.1));
        (plus != minus).then(|| plus < minus)
    }

    /// Of a sum and its opposite the one that reads better, and whether that is the opposite.
    pub(super) fn preferred_sign(&mut self, node: NodeId) -> (bool, NodeId) {
        let Node::Sum(terms) = self.graph.node(node) else { return (false, node) };
        let negative = terms.iter().filter(|(c, _)| c.is_negative()).count();
        let (all, none) = (negative == terms.len(), negative == 0);
        if none || self.exact.contains_key(&node) {
            return (false, node);
        }
        let opposite = self.graph.negate(node);
        let flips = match (self.names.written.contains(&node), self.names.written.contains(&opposite)) {
            _ if all => true,
            (true, false) => false,
            (false, true) => true,
            _ => self.leads_with_minus(node),
        };
        if flips { (true, opposite) } else { (false, node) }
    }

    /// Of a difference and its opposite, which is equal but for the sign, one has to be chosen without regard to how
    /// they came about.
    fn leads_with_minus(&mut self, node: NodeId) -> bool {
        let Node::Sum(terms) = self.graph.node(node) else { return false };
        let terms = terms.clone();
        let axes: Axes = self.graph.axes(node).clone();
        let mut parts = Vec::new();
        for (coefficient, term) in terms {
            let Ok(part) = self.term(&coefficient.abs(), &term, axes.len()) else { return false };
            parts.push((part.magnitude(false), coefficient.is_negative()));
        }
        parts.sort_by(|a, b| super::size::term_order(&a.0, &b.0));
        parts.first().is_some_and(|first| first.1)
    }
}

/// Backtracking over the factors of a pattern; patterns have a handful of factors.
struct Search<'s, 'w> {
    pattern: &'s Pattern,
    sign: &'s Rational,
    pieces: &'s [Piece],
    outputs: usize,
    writer: &'s Writer<'w>,
    labels: Vec<Option<u8>>,
    taken: Vec<usize>,
}

impl Search<'_, '_> {
    fn extend(&mut self) -> bool {
        let Some(wanted) = self.pattern.factors.get(self.taken.len()) else { return self.is_private() };
        for (at, piece) in self.pieces.iter().enumerate() {
            if piece.node() != Some(wanted.base) || self.taken.contains(&at) || !self.has(piece, wanted) {
                continue;
            }
            for labels in self.orders(piece) {
                let saved = self.labels.clone();
                if self.bind(wanted, &labels) {
                    self.taken.push(at);
                    if self.extend() {
                        return true;
                    }
                    self.taken.pop();
                }
                self.labels = saved;
            }
        }
        false
    }

    /// The labels of the piece in every order that means the same.
    fn orders(&self, piece: &Piece) -> Vec<Labels> {
        let mut all = vec![piece.labels.clone()];
        if let Some(node) = piece.node() {
            for symmetry in self.writer.graph.symmetries(node).iter().filter(|s| !s.is_negative) {
                all.push(symmetry.order.iter().map(|i| piece.labels[*i as usize]).collect());
            }
        }
        all
    }

    /// Does the piece hold the wanted power?
    fn has(&self, piece: &Piece, wanted: &Factor) -> bool {
        match (&piece.exponent, &wanted.exponent) {
            (Exponent::Number(have), Exponent::Number(want)) => {
                let want = want * self.sign;
                have.is_negative() == want.is_negative() && have.abs() >= want.abs()
            }
            (have, want) => have == want && self.sign.is_one(),
        }
    }

    fn bind(&mut self, wanted: &Factor, labels: &Labels) -> bool {
        wanted.labels.iter().zip(labels).all(|(pattern, label)| {
            let pattern = *pattern as usize;
            let is_bound = pattern >= self.pattern.free;
            if is_bound && (*label as usize) < self.outputs {
                return false;
            }
            match self.labels[pattern] {
                Some(known) => known == *label,
                None if is_bound && self.labels.contains(&Some(*label)) => false,
                None => {
                    self.labels[pattern] = Some(*label);
                    true
                }
            }
        })
    }

    /// The bound labels of the pattern may occur in nothing that is left.
    fn is_private(&self) -> bool {
        let bound = &self.labels[self.pattern.free..];
        if bound.is_empty() {
            return true;
        }
        self.pieces.iter().enumerate().all(|(at, piece)| {
            let taken = self.taken.iter().position(|t| *t == at);
            let is_gone = taken.is_some_and(|t| self.pattern.factors[t].exponent == piece.exponent);
            is_gone || piece.labels.iter().all(|label| !bound.contains(&Some(*label)))
        })
    }
}
