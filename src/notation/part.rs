//! One term of a sum on its way to notation: a number, scalars above and below the line, and a matrix product.

use super::chain::{self, Chain, Link, product, scaled};
use super::size::{factor_order, term_order};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

/// `coefficient · above / below · body`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub coefficient: Rational,
    /// Scalar factors.
    pub above: Vec<Tree>,
    /// Scalar divisors.
    pub below: Vec<Tree>,
    /// The vector or matrix; none for a scalar, which is repeated over the axes where it stands among vectors.
    pub body: Option<Chain>,
}

impl Part {
    /// A number.
    pub fn number(coefficient: Rational) -> Self {
        Part { coefficient, above: Vec::new(), below: Vec::new(), body: None }
    }

    /// A vector or matrix.
    pub fn of(body: Chain) -> Self {
        Part { body: Some(body), ..Part::number(Rational::ONE) }
    }

    /// Puts the scalars in the order in which they are written.
    pub fn sort(&mut self) {
        self.above.sort_by(factor_order);
        self.below.sort_by(factor_order);
    }

    /// The term without its sign; transposed if `turned`.
    pub fn magnitude(&self, turned: bool) -> Tree {
        let size = self.coefficient.abs();
        let numerator = Rational::from_integer(size.numerator());
        let denominator = Rational::from_integer(size.denominator());
        let mut above = Vec::new();
        if !numerator.is_one() {
            above.push(Tree::number(&numerator));
        }
        above.extend(self.above.iter().cloned());
        let body = match &self.body {
            None => Vec::new(),
            Some(body) if turned => chain::plain(&chain::turn(body)),
            Some(body) => chain::plain(body),
        };
        let mut below = Vec::new();
        if !denominator.is_one() {
            below.push(Tree::number(&denominator));
        }
        below.extend(self.below.iter().cloned());
        let above = over_entries(above, body);
        if below.is_empty() {
            return above;
        }
        Kind::Quotient(Box::new(above), Box::new(product(below))).into()
    }

    /// The term with its sign.
    pub fn tree(&self, turned: bool) -> Tree {
        signed(self.coefficient.is_negative(), self.magnitude(turned))
    }

    /// The term as a chain of links, if nothing but the chain is there.
    pub fn bare(&self) -> Option<&Chain> {
        if self.coefficient.is_one() && self.above.is_empty() && self.below.is_empty() {
            self.body.as_ref()
        } else {
            None
        }
    }
}

/// The product; `a*(1 ./ v)` becomes `a ./ v` for a scalar a. A matrix before it stays a factor.
fn over_entries(mut scalars: Vec<Tree>, mut body: Vec<Tree>) -> Tree {
    if body.len() > 1 {
        return scaled(scalars, body);
    }
    let factors = if body.is_empty() { &mut scalars } else { &mut body };
    if let Some(Kind::ElementwiseQuotient(one, below)) = factors.last().map(|last| last.kind.clone())
        && matches!(&one.kind, Kind::Number(n) if n.is_one())
    {
        let last = factors.pop();
        if !scalars.is_empty() || !body.is_empty() {
            return Kind::ElementwiseQuotient(Box::new(scaled(scalars, body)), below).into();
        }
        return last.unwrap_or(*one);
    }
    scaled(scalars, body)
}

fn signed(is_negative: bool, tree: Tree) -> Tree {
    if is_negative { Kind::Negate(Box::new(tree)).into() } else { tree }
}

/// Adds up terms that are written alike.
fn merge(parts: &mut Vec<Part>) {
    let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts.drain(..) {
        let same = |m: &&mut Part| m.above == part.above && m.below == part.below && m.body == part.body;
        match merged.iter_mut().find(same) {
            Some(known) => known.coefficient += &part.coefficient,
            None => merged.push(part),
        }
    }
    if merged.iter().any(|part| !part.coefficient.is_zero()) {
        merged.retain(|part| !part.coefficient.is_zero());
    }
    *parts = merged;
}

/// Puts terms in the order in which they are written: by degree, a positive one first if there is one.
pub(super) fn sort(parts: &mut Vec<Part>) {
    merge(parts);
    let mut keyed: Vec<(Tree, Part)> = parts
        .drain(..)
        .map(|part| {
            let bare = Part { coefficient: Rational::ONE, ..part.clone() };
            let is_number = part.body.is_none() && part.above.is_empty() && part.below.is_empty();
            (if is_number { Tree::number(&Rational::ONE) } else { bare.magnitude(false) }, part)
        })
        .collect();
    keyed.sort_by(|a, b| term_order(&a.0, &b.0));
    if let Some(first) = keyed.iter().position(|(_, part)| !part.coefficient.is_negative()) {
        keyed[..=first].rotate_right(1);
    }
    parts.extend(keyed.into_iter().map(|(_, part)| part));
}

/// The sum of sorted terms.
pub(super) fn sum(parts: &[Part], turned: bool) -> Tree {
    match parts {
        [] => Tree::number(&Rational::ZERO),
        [one] => one.tree(turned),
        _ => Kind::Sum(parts.iter().map(|part| part.tree(turned)).collect()).into(),
    }
}

/// The sum of sorted terms as one link.
pub(super) fn sum_link(parts: &[Part]) -> Link {
    Link::shorter(sum(parts, false), sum(parts, true))
}
