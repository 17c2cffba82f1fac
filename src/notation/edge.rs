//! The graph of one contraction: labels as vertices, matrices as edges, vectors as weights; and the steps that need nothing else.

use super::chain::{self, Chain, Link};
use super::writer::Writer;
use crate::function::{self, TensorFunction};
use crate::ir::DimensionId;
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

/// Something to a power; a negative power stands below the line.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) chain: Chain,
    /// A number that is not zero, or the exponent as it is written.
    pub(super) power: Power,
    /// The matrix of which it is the diagonal.
    pub(super) diagonal_of: Option<Chain>,
    /// The place of the one, of a unit vector.
    pub(super) place: Option<Tree>,
}

#[derive(Clone, Debug)]
pub(super) enum Power {
    Number(Rational),
    Tree { exponent: Tree, is_below: bool },
}

impl Item {
    pub(super) fn new(chain: Chain) -> Self {
        Item { chain, power: Power::Number(Rational::ONE), diagonal_of: None, place: None }
    }

    pub(super) fn is_plain(&self) -> bool {
        matches!(&self.power, Power::Number(q) if q.is_one())
    }

    pub(super) fn is_below(&self) -> bool {
        match &self.power {
            Power::Number(q) => q.is_negative(),
            Power::Tree { is_below, .. } => *is_below,
        }
    }

    /// The tree without the sign of the exponent, entry by entry.
    pub(super) fn raised(&self, turned: bool) -> Tree {
        let base = if turned { chain::whole(&chain::turn(&self.chain)) } else { chain::whole(&self.chain) };
        match &self.power {
            Power::Number(q) => raised(base, &q.abs(), true),
            Power::Tree { exponent, .. } => {
                Kind::ElementwisePower(Box::new(base), Box::new(exponent.clone())).into()
            }
        }
    }
}

/// `base^q` for q > 0.
pub(super) fn raised(base: Tree, q: &Rational, is_entrywise: bool) -> Tree {
    if q.is_one() {
        return base;
    }
    if *q == Rational::HALF {
        return Tree::call(function::row(function::SQRT).name, vec![base]);
    }
    let exponent = Box::new(Tree::number(q));
    if is_entrywise {
        Kind::ElementwisePower(Box::new(base), exponent).into()
    } else {
        Kind::Power(Box::new(base), exponent).into()
    }
}

/// Base and exponent of `exp(exponent · log(base))`, given its argument: a power whose exponent changes with an index.
pub(super) fn power_of(argument: &Tree) -> Option<(Tree, Tree)> {
    match &argument.kind {
        Kind::Negate(inner) => {
            let (base, exponent) = power_of(inner)?;
            Some((base, negated(exponent)))
        }
        Kind::Quotient(above, below) => {
            let (base, exponent) = power_of(above)?;
            Some((base, Kind::Quotient(Box::new(exponent), below.clone()).into()))
        }
        Kind::Product(factors) => {
            let log = function::row(function::LOG).name;
            let base = |tree: &Tree| match &tree.kind {
                Kind::Call { name, primes: 0, arguments } if name == log => arguments.first().cloned(),
                _ => None,
            };
            let mut logs = factors.iter().enumerate().filter_map(|(at, factor)| Some((at, base(factor)?)));
            let (at, base) = logs.next()?;
            if logs.next().is_some() {
                return None;
            }
            let mut rest = factors.clone();
            rest.remove(at);
            let exponent = if rest.len() == 1 { rest.remove(0) } else { Kind::Product(rest).into() };
            Some((base, exponent))
        }
        _ => None,
    }
}

/// `−tree`, the signs of a sum turned.
fn negated(tree: Tree) -> Tree {
    match tree.kind {
        Kind::Negate(inner) => *inner,
        Kind::Sum(terms) => {
            let mut terms: Vec<Tree> = terms.into_iter().map(negated).collect();
            // What is added stands first.
            terms.sort_by_key(|term| matches!(term.kind, Kind::Negate(_)));
            Kind::Sum(terms).into()
        }
        kind => Kind::Negate(Box::new(kind.into())).into(),
    }
}

#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) items: Vec<Item>,
}

/// The contraction while it is reduced.
pub(super) struct Network {
    pub(super) outputs: usize,
    pub(super) sizes: Vec<DimensionId>,
    pub(super) weights: Vec<Vec<Item>>,
    pub(super) edges: Vec<Edge>,
    pub(super) live: Vec<bool>,
    pub(super) above: Vec<Tree>,
    pub(super) below: Vec<Tree>,
    pub(super) identity: bool,
    /// Sums over one label, which a division by its size makes means.
    pub(super) sums: Vec<(Tree, DimensionId)>,
}

impl Network {
    /// Edges from a vertex to itself are diagonals.
    pub(super) fn loops(&mut self, writer: &mut Writer) {
        while let Some(at) = self.edges.iter().position(|edge| edge.from == edge.to) {
            let edge = self.edges.remove(at);
            let vertex = edge.from;
            let matrix = writer.closed(edge, true);
            let diagonal = Link::new(writer.tensor_call(TensorFunction::Diagonal, chain::whole(&matrix)));
            self.weights[vertex].push(Item { diagonal_of: Some(matrix), ..Item::new(vec![diagonal]) });
        }
    }

    /// Edges side by side become one.
    pub(super) fn parallel(&mut self, _: &mut Writer) -> bool {
        for i in 0..self.edges.len() {
            for j in i + 1..self.edges.len() {
                let (a, b) = (&self.edges[i], &self.edges[j]);
                let same = (a.from, a.to) == (b.from, b.to);
                let opposite = (a.from, a.to) == (b.to, b.from);
                if !same && !opposite {
                    continue;
                }
                let edge = self.edges.remove(j);
                let items = edge
                    .items
                    .into_iter()
                    .map(|item| if same { item } else { Item { chain: chain::turn(&item.chain), ..item } });
                let items: Vec<Item> = items.collect();
                self.edges[i].items.extend(items);
                return true;
            }
        }
        false
    }

    /// Takes an edge of the vertex, turned so that the vertex is at its end; the other end and the edge.
    pub(super) fn take_edge(&mut self, vertex: usize) -> (usize, Edge) {
        let at = self.edges.iter().position(|e| e.from == vertex || e.to == vertex).unwrap_or(0);
        let edge = self.edges.remove(at);
        if edge.to == vertex {
            return (edge.from, edge);
        }
        let other = edge.to;
        let items =
            edge.items.into_iter().map(|item| Item { chain: chain::turn(&item.chain), ..item }).collect();
        (other, Edge { from: other, to: vertex, items })
    }

    /// Why nothing more can be reduced: eliminates vertices of least degree to bound the treewidth.
    pub(super) fn width(&self) -> String {
        let count = self.sizes.len();
        let mut joined = vec![vec![false; count]; count];
        for edge in &self.edges {
            joined[edge.from][edge.to] = true;
            joined[edge.to][edge.from] = true;
        }
        if self.outputs == 2 {
            joined[0][1] = true;
            joined[1][0] = true;
        }
        let mut left: Vec<usize> = (0..count).filter(|v| *v < self.outputs || self.live[*v]).collect();
        let mut width = 0;
        while let Some(at) =
            (0..left.len()).min_by_key(|at| left.iter().filter(|w| joined[left[*at]][**w]).count())
        {
            let vertex = left.remove(at);
            let neighbours: Vec<usize> = left.iter().copied().filter(|w| joined[vertex][*w]).collect();
            width = width.max(neighbours.len());
            for a in &neighbours {
                for b in &neighbours {
                    if a != b {
                        joined[*a][*b] = true;
                    }
                }
            }
        }
        // Not reducible means over two; elimination shows at most `width`.
        if width == 3 {
            "the contraction graph has treewidth 3".to_owned()
        } else {
            "the contraction graph has treewidth over 2".to_owned()
        }
    }
}
