//! Products of vectors and matrices, each link carried with its transpose, so that transposes never stand around products.

use super::size::weight;
use crate::syntax::tree::{Kind, Tree};

/// One factor of a matrix product and its transpose.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Link {
    pub plain: Tree,
    pub turned: Tree,
}

/// A matrix product from left to right; a vector stands in it as a column.
pub(super) type Chain = Vec<Link>;

impl Link {
    /// Something whose transpose is written with a mark.
    pub fn new(plain: Tree) -> Self {
        let turned = transpose(plain.clone());
        Link { plain, turned }
    }

    /// Something that is its own transpose.
    pub fn symmetric(plain: Tree) -> Self {
        Link { turned: plain.clone(), plain }
    }

    /// The shorter of a mark around the whole and the transpose written inside.
    pub fn shorter(plain: Tree, inside: Tree) -> Self {
        let around = transpose(plain.clone());
        let turned = if weight(&inside) < weight(&around) { inside } else { around };
        Link { plain, turned }
    }

    /// The transpose.
    pub fn turn(self) -> Self {
        Link { plain: self.turned, turned: self.plain }
    }
}

/// `a'`, or `a` for `a'`.
pub(super) fn transpose(tree: Tree) -> Tree {
    match tree.kind {
        Kind::Transpose(inner) => *inner,
        _ => Kind::Transpose(Box::new(tree)).into(),
    }
}

/// The transposed product.
pub(super) fn turn(chain: &Chain) -> Chain {
    chain.iter().rev().cloned().map(Link::turn).collect()
}

/// The factors as they are written.
pub(super) fn plain(chain: &Chain) -> Vec<Tree> {
    with_powers(chain.iter().map(|link| link.plain.clone()).collect())
}

/// The chain as one tree.
pub(super) fn whole(chain: &Chain) -> Tree {
    product(plain(chain))
}

/// The chain as one link.
pub(super) fn link(chain: &Chain) -> Link {
    match chain.as_slice() {
        [one] => one.clone(),
        _ => Link { plain: whole(chain), turned: whole(&turn(chain)) },
    }
}

/// The product of trees; one factor is itself, none is nothing that can be written and becomes 1.
pub(super) fn product(mut factors: Vec<Tree>) -> Tree {
    if factors.len() == 1 {
        return factors.swap_remove(0);
    }
    let mut flat = Vec::with_capacity(factors.len());
    for factor in factors {
        match factor.kind {
            Kind::Product(inner) => flat.extend(inner),
            _ => flat.push(factor),
        }
    }
    match flat.len() {
        0 => Tree::number(&crate::number::Rational::ONE),
        1 => flat.swap_remove(0),
        _ => Kind::Product(flat).into(),
    }
}

/// `X*X*X` as `X^3`; `X'*X'` stays. Within one chain equal neighbours are square matrices.
fn with_powers(factors: Vec<Tree>) -> Vec<Tree> {
    let mut out: Vec<Tree> = Vec::with_capacity(factors.len());
    let mut rest = factors.into_iter().peekable();
    while let Some(factor) = rest.next() {
        let mut count = 1;
        while rest.next_if(|next| *next == factor && !matches!(factor.kind, Kind::Number(_))).is_some() {
            count += 1;
        }
        let least = if matches!(factor.kind, Kind::Transpose(_)) { 3 } else { 2 };
        if count < least {
            out.extend(std::iter::repeat_n(factor, count));
        } else {
            let exponent = Tree::number(&crate::number::Rational::integer(count as i64));
            out.push(Kind::Power(Box::new(factor), Box::new(exponent)).into());
        }
    }
    out
}
