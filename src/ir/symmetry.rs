//! Permutations of axes under which a tensor does not change, or changes its sign.
//!
//! They are found when a node is made: permute the axes, build, compare. `exp(−‖y_i − y_j‖²)` is found symmetric and
//! `y_i − y_j` antisymmetric, which is what turns two sums into 4Σ in the gradient of SNE.

use smallvec::SmallVec;

use super::graph::Graph;
use super::node::{Atom, Axes, Factor, Labels, Node, NodeId};
use crate::function::Function;

/// A permutation of axes and whether it changes the sign: axis `i` of the permuted tensor is axis `order[i]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symmetry {
    /// The permutation.
    pub order: SmallVec<[u8; 4]>,
    /// Does the sign change?
    pub is_negative: bool,
}

/// More axes than this are not searched for symmetries (4! = 24 permutations, each rebuilding every term).
const MAXIMUM_RANK: usize = 4;
/// Nor are sums with more terms.
const MAXIMUM_TERMS: usize = 12;

impl Symmetry {
    /// The exchange of both axes of a matrix.
    pub fn transposition() -> Self {
        Symmetry { order: SmallVec::from_slice(&[1, 0]), is_negative: false }
    }
}

impl Graph {
    pub(super) fn symmetries_of(&mut self, node: &Node, axes: &Axes) -> Vec<Symmetry> {
        let rank = axes.len();
        if !(2..=MAXIMUM_RANK).contains(&rank) {
            return Vec::new();
        }
        match node {
            Node::Atom(atom) => match atom {
                Atom::Variable(symbol) => self.variable_symmetry.get(symbol).cloned().unwrap_or_default(),
                Atom::Delta => vec![Symmetry::transposition()],
                Atom::Call(function, arguments) => match arguments.as_slice() {
                    [argument] => self.call_symmetries(*function, *argument),
                    _ => Vec::new(),
                },
                Atom::Inverse(inner) => self.symmetries(*inner).to_vec(),
                _ => Vec::new(),
            },
            Node::Sum(terms) => {
                if terms.is_empty() || terms.len() > MAXIMUM_TERMS {
                    return Vec::new();
                }
                let mut found = Vec::new();
                for order in permutations(rank) {
                    if order.iter().enumerate().all(|(i, p)| i == *p as usize)
                        || (0..rank).any(|i| axes[i] != axes[order[i] as usize])
                    {
                        continue;
                    }
                    if let Some(is_negative) = self.is_unchanged(terms, axes, &order) {
                        found.push(Symmetry { order, is_negative });
                    }
                }
                found
            }
        }
    }

    fn call_symmetries(&self, function: Function, argument: NodeId) -> Vec<Symmetry> {
        let is_odd = matches!(function, Function::Known(id)
            if crate::function::row(id).parity == crate::function::Parity::Odd);
        let is_even = matches!(function, Function::Known(id)
            if crate::function::row(id).parity == crate::function::Parity::Even);
        self.symmetries(argument)
            .iter()
            .filter(|s| !s.is_negative || is_odd || is_even)
            .map(|s| Symmetry { order: s.order.clone(), is_negative: s.is_negative && is_odd })
            .collect()
    }

    /// `Some(false)` if the permuted sum is the same, `Some(true)` if it is the negative.
    fn is_unchanged(
        &mut self,
        terms: &[(crate::number::Rational, super::node::Term)],
        axes: &Axes,
        order: &[u8],
    ) -> Option<bool> {
        let rank = axes.len();
        let mut permuted = Vec::with_capacity(terms.len());
        for (coefficient, term) in terms {
            let mut to: Vec<u8> = (0..term.sizes.len() as u8).collect();
            for i in 0..rank {
                to[order[i] as usize] = i as u8;
            }
            let factors: Vec<Factor> = term
                .factors
                .iter()
                .map(|factor| Factor {
                    labels: factor.labels.iter().map(|l| to[*l as usize]).collect::<Labels>(),
                    ..factor.clone()
                })
                .collect();
            let (sign, canonical) = self.canonical_labelling(rank, &term.sizes, factors)?;
            permuted.push((if sign { -coefficient.clone() } else { coefficient.clone() }, canonical));
        }
        permuted.sort_by_key(|(_, term)| term.hash);
        let same = |negative: bool| {
            permuted.len() == terms.len()
                && permuted
                    .iter()
                    .zip(terms)
                    .all(|(a, b)| a.1 == b.1 && if negative { -a.0.clone() == b.0 } else { a.0 == b.0 })
        };
        if same(false) {
            Some(false)
        } else if same(true) {
            Some(true)
        } else {
            None
        }
    }
}

/// All permutations of `0..n`, in a fixed order.
fn permutations(n: usize) -> Vec<SmallVec<[u8; 4]>> {
    let mut all = vec![SmallVec::new()];
    for next in 0..n as u8 {
        let mut longer = Vec::new();
        for shorter in &all {
            for at in 0..=shorter.len() {
                let mut order: SmallVec<[u8; 4]> = shorter.clone();
                order.insert(at, next);
                longer.push(order);
            }
        }
        all = longer;
    }
    all
}
