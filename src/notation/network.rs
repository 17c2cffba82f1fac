//! One contraction in matrix notation, by series–parallel reduction.
//!
//! Labels are vertices, matrices are edges, vectors are weights of vertices. A bound vertex without edges is a sum, with
//! one edge a matrix times a vector, with two edges a matrix product; edges side by side multiply entry by entry. What
//! cannot be reduced so has treewidth over two, and then no matrix notation exists (Cosme-Llópez and Pous, 2017).

use super::chain::{self, Chain, Link};
use super::edge::{Edge, Item, Network, Power, raised};
use super::part::Part;
use super::recognise::{Base, Piece};
use super::size::{factor_order, structure, weight};
use super::writer::{Attempt, Writer};
use crate::function::{self, TensorFunction};
use crate::ir::{Atom, DimensionId, Exponent, Node, Term};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

impl Writer<'_> {
    /// A term of a node with so many axes.
    pub(super) fn term(&mut self, coefficient: &Rational, term: &Term, outputs: usize) -> Attempt<Part> {
        let (coefficient, pieces) = self.pieces(coefficient, term, outputs);
        let mut part = match self.reduce(&pieces, &term.sizes, outputs) {
            Ok(part) => part,
            // A scalar is always a sum over indices.
            Err(_) if outputs == 0 => self.index_term(&pieces, &term.sizes, &[]),
            Err(reason) => return Err(reason),
        };
        part.coefficient *= &coefficient;
        part.sort();
        Ok(part)
    }

    pub(super) fn reduce(
        &mut self,
        pieces: &[Piece],
        sizes: &[DimensionId],
        outputs: usize,
    ) -> Attempt<Part> {
        let mut network = Network {
            outputs,
            sizes: sizes.to_vec(),
            weights: vec![Vec::new(); sizes.len()],
            edges: Vec::new(),
            // A bound label that no factor uses went with a named value.
            live: (0..sizes.len())
                .map(|label| label >= outputs && pieces.iter().any(|p| p.labels.contains(&(label as u8))))
                .collect(),
            above: Vec::new(),
            below: Vec::new(),
            identity: false,
            sums: Vec::new(),
        };
        for piece in pieces {
            self.place(piece, &mut network)?;
        }
        self.contract_network(&mut network)?;
        self.finish(network)
    }

    fn place(&mut self, piece: &Piece, network: &mut Network) -> Attempt<()> {
        if let Base::Node(node) = piece.base
            && matches!(self.graph.atom(node), Some(Atom::Delta))
            && piece.labels.iter().all(|l| (*l as usize) < network.outputs)
        {
            network.identity = true;
            return Ok(());
        }
        if piece.labels.len() > 2 {
            return Err(format!("a factor has {} axes", piece.labels.len()));
        }
        if piece.labels.is_empty() {
            let (tree, is_below) = self.scalar(piece)?;
            if is_below {
                network.below.push(tree);
            } else {
                network.above.push(tree);
            }
            return Ok(());
        }
        let (chain, place) = match &piece.base {
            Base::Written(link) => (vec![link.clone()], None),
            Base::Node(node) => {
                let place = match self.graph.atom(*node) {
                    Some(Atom::Unit(symbol)) => Some(Tree::name(self.graph.symbol_name(*symbol))),
                    Some(Atom::Affine(coefficients, constant))
                        if coefficients.len() == 1 && coefficients[0] == 1 =>
                    {
                        Some(Tree::number(&Rational::integer(-constant)))
                    }
                    _ => None,
                };
                (self.chain(*node)?, place)
            }
        };
        let power = self.exponent(&piece.exponent)?;
        let item = Item { power, place, ..Item::new(chain) };
        match piece.labels.as_slice() {
            [label] => network.weights[*label as usize].push(item),
            [from, to] => {
                network.edges.push(Edge { from: *from as usize, to: *to as usize, items: vec![item] });
            }
            _ => {}
        }
        Ok(())
    }

    fn exponent(&mut self, exponent: &Exponent) -> Attempt<Power> {
        Ok(match exponent {
            Exponent::Number(q) => Power::Number(q.clone()),
            Exponent::Node(node) => {
                let (exponent, is_below) = self.exponent_tree(*node)?;
                Power::Tree { exponent, is_below }
            }
        })
    }

    /// An exponent that is a formula, without the minus that puts the power below the line.
    pub(super) fn exponent_tree(&mut self, node: crate::ir::NodeId) -> Attempt<(Tree, bool)> {
        let is_negative = match self.graph.node(node) {
            Node::Sum(terms) => !terms.is_empty() && terms.iter().all(|(c, _)| c.is_negative()),
            Node::Atom(_) => false,
        };
        let node = if is_negative { self.graph.negate(node) } else { node };
        Ok((self.link(node)?.plain, is_negative))
    }

    /// A scalar to a power, and whether it stands below the line.
    pub(super) fn scalar(&mut self, piece: &Piece) -> Attempt<(Tree, bool)> {
        match &piece.exponent {
            Exponent::Number(q) => {
                if let Base::Node(node) = piece.base
                    && let Some(norm) = self.norm_of(node)
                {
                    let doubled = &q.abs() * &Rational::TWO;
                    return Ok((raised(norm, &doubled, false), q.is_negative()));
                }
                let base = self.base(piece)?;
                Ok((raised(base, &q.abs(), false), q.is_negative()))
            }
            Exponent::Node(node) => {
                let base = self.base(piece)?;
                let (exponent, is_below) = self.exponent_tree(*node)?;
                Ok((Kind::Power(Box::new(base), Box::new(exponent)).into(), is_below))
            }
        }
    }

    fn base(&mut self, piece: &Piece) -> Attempt<Tree> {
        match &piece.base {
            Base::Written(link) => Ok(link.plain.clone()),
            Base::Node(node) => Ok(self.link(*node)?.plain),
        }
    }

    /// `norm2(v)` if the scalar is its square.
    fn norm_of(&mut self, node: crate::ir::NodeId) -> Option<Tree> {
        if self.exact.contains_key(&node) {
            return None;
        }
        let Node::Sum(terms) = self.graph.node(node) else { return None };
        let [(coefficient, term)] = terms.as_slice() else { return None };
        if !coefficient.is_one() || term.factors.is_empty() {
            return None;
        }
        let term = term.clone();
        let rank = term.sizes.len();
        if !(1..=2).contains(&rank) {
            return None;
        }
        let mut operands = Vec::new();
        for factor in &term.factors {
            let half = factor.exponent.number().filter(|q| q.is_integer() && q.is_even())?;
            let half = half * &Rational::HALF;
            operands.push(crate::ir::Operand {
                node: factor.base,
                labels: factor.labels.clone(),
                exponent: Exponent::Number(half),
            });
        }
        let root = self.graph.contract(rank, &term.sizes, &operands);
        let (_, root) = self.preferred_sign(root);
        let link = self.link(root).ok()?;
        Some(self.norm(link.plain, rank))
    }

    fn norm(&self, of: Tree, rank: usize) -> Tree {
        let kind = if rank == 1 { TensorFunction::Norm2 } else { TensorFunction::NormFrobenius };
        self.tensor_call(kind, of)
    }

    fn contract_network(&mut self, network: &mut Network) -> Attempt<()> {
        loop {
            network.loops(self);
            if network.parallel(self) || self.pair(network) {
                continue;
            }
            let bound: Vec<usize> =
                (network.outputs..network.sizes.len()).filter(|v| network.live[*v]).collect();
            // Leaves that carry a weight first: M*v rather than sums of columns.
            let degree = |v: usize| network.edges.iter().filter(|e| e.from == v || e.to == v).count();
            let next = bound.iter().copied().find(|v| degree(*v) == 0).or_else(|| {
                let leaf = |with_weight: bool| {
                    bound
                        .iter()
                        .copied()
                        .find(|v| degree(*v) == 1 && network.weights[*v].is_empty() != with_weight)
                };
                leaf(true).or_else(|| leaf(false)).or_else(|| bound.iter().copied().find(|v| degree(*v) == 2))
            });
            let Some(vertex) = next else {
                return if bound.is_empty() { Ok(()) } else { Err(network.width()) };
            };
            match degree(vertex) {
                0 => {
                    let items = std::mem::take(&mut network.weights[vertex]);
                    let (tree, is_below) = self.total(items, &[network.sizes[vertex]]);
                    network.sums.push((tree.clone(), network.sizes[vertex]));
                    if is_below { network.below.push(tree) } else { network.above.push(tree) }
                }
                1 => {
                    let (other, edge) = network.take_edge(vertex);
                    let mut chain = self.closed(edge, true);
                    let items = std::mem::take(&mut network.weights[vertex]);
                    chain.extend(self.vector(items, network.sizes[vertex]));
                    network.weights[other].push(Item::new(chain));
                }
                _ => {
                    let (a, left) = network.take_edge(vertex);
                    let (b, right) = network.take_edge(vertex);
                    let mut chain = self.closed(left, true);
                    let items = std::mem::take(&mut network.weights[vertex]);
                    if !items.is_empty() {
                        let vector = self.vector(items, network.sizes[vertex]);
                        chain.push(self.diagonal(&vector));
                    }
                    chain.extend(chain::turn(&self.closed(right, true)));
                    network.edges.push(Edge { from: a, to: b, items: vec![Item::new(chain)] });
                }
            }
            network.live[vertex] = false;
        }
    }

    fn diagonal(&self, vector: &Chain) -> Link {
        Link::symmetric(self.tensor_call(TensorFunction::Diagonal, chain::whole(vector)))
    }

    /// Two bound labels joined by nothing but matrices: a sum over all entries, or a trace.
    fn pair(&mut self, network: &mut Network) -> bool {
        let Some(at) = network.edges.iter().position(|edge| {
            let ends = [edge.from, edge.to];
            edge.from != edge.to
                && ends.iter().all(|v| {
                    *v >= network.outputs
                        && network.weights[*v].is_empty()
                        && network.edges.iter().filter(|e| e.from == *v || e.to == *v).count() == 1
                })
        }) else {
            return false;
        };
        let edge = network.edges.remove(at);
        let sizes = [network.sizes[edge.from], network.sizes[edge.to]];
        network.live[edge.from] = false;
        network.live[edge.to] = false;
        let (tree, is_below) = self.matrix_total(edge.items, &sizes);
        if is_below {
            network.below.push(tree);
        } else {
            network.above.push(tree);
        }
        true
    }

    /// The sum of all entries of a product entry by entry of matrices.
    fn matrix_total(&mut self, items: Vec<Item>, sizes: &[DimensionId]) -> (Tree, bool) {
        let entrywise = self.total(items.clone(), sizes);
        let [a, b] = items.as_slice() else { return entrywise };
        if !a.is_plain() || !b.is_plain() {
            return entrywise;
        }
        let mut best = entrywise.0;
        for (a, b) in [(a, b), (b, a)] {
            for turned in [false, true] {
                let (a, b) = if turned {
                    (chain::turn(&a.chain), b.chain.clone())
                } else {
                    (a.chain.clone(), chain::turn(&b.chain))
                };
                let product: Chain = a.into_iter().chain(b).collect();
                let trace = self.trace(&product);
                if weight(&trace).cmp(&weight(&best)).then_with(|| structure(&trace, &best)).is_lt() {
                    best = trace;
                }
            }
        }
        (best, false)
    }

    /// The trace of a product; a product may be turned round and transposed.
    fn trace(&self, product: &Chain) -> Tree {
        let mut best: Option<Tree> = None;
        for product in [product.clone(), chain::turn(product)] {
            for start in 0..product.len() {
                let mut rotated = product.clone();
                rotated.rotate_left(start);
                let tree = self.tensor_call(TensorFunction::Trace, chain::whole(&rotated));
                let is_better = best
                    .as_ref()
                    .is_none_or(|b| weight(&tree).cmp(&weight(b)).then_with(|| structure(&tree, b)).is_lt());
                if is_better {
                    best = Some(tree);
                }
            }
        }
        best.unwrap_or_else(|| Tree::name(super::writer::LEFT_OUT))
    }

    /// The sum over everything of a product entry by entry, and whether it stands below the line.
    fn total(&mut self, mut items: Vec<Item>, sizes: &[DimensionId]) -> (Tree, bool) {
        // y[k] for the component picked by a unit vector.
        if let Some(at) = items.iter().position(|item| item.place.is_some() && item.is_plain()) {
            let place = items.remove(at).place.unwrap_or_else(|| Tree::name(super::writer::LEFT_OUT));
            if let [item] = items.as_slice()
                && let Power::Number(q) = &item.power
            {
                return (raised(self.picked(&item.chain, place), &q.abs(), false), q.is_negative());
            }
            let chain = self.vector(items, sizes[0]);
            return (self.picked(&chain, place), false);
        }
        match items.as_slice() {
            [] => {
                let mut sizes = sizes.iter().map(|size| self.size_tree(*size)).collect::<Vec<_>>();
                (chain::product(std::mem::take(&mut sizes)), false)
            }
            [item] if item.is_plain() => {
                if let Some(matrix) = &item.diagonal_of {
                    return (self.trace(matrix), false);
                }
                let tree = chain::whole(&item.chain);
                if let Kind::Call { name, primes: 0, arguments } = &tree.kind
                    && name == function::row(function::ABS).name
                    && arguments.len() == 1
                {
                    return (self.tensor_call(TensorFunction::Norm1, arguments[0].clone()), false);
                }
                // 1'·(M·v) is read more easily as sum(M·v); sum(A + B) may be a sum of scalars already.
                (self.tensor_call(TensorFunction::Sum, tree), false)
            }
            [item] if matches!(&item.power, Power::Number(q) if *q == Rational::TWO) => {
                let tree = chain::whole(&item.chain);
                if sizes.len() == 1 && matches!(tree.kind, Kind::Name(_) | Kind::Transpose(_)) {
                    let product =
                        chain::turn(&item.chain).into_iter().chain(item.chain.iter().cloned()).collect();
                    return (chain::whole(&product), false);
                }
                (raised(self.norm(tree, sizes.len()), &Rational::TWO, false), false)
            }
            [a, b] if sizes.len() == 1 && a.is_plain() && b.is_plain() => (inner(&a.chain, &b.chain), false),
            _ => {
                let all_two =
                    items.iter().all(|i| matches!(&i.power, Power::Number(q) if *q == Rational::TWO));
                if all_two {
                    let roots =
                        items.into_iter().map(|item| Item { power: Power::Number(Rational::ONE), ..item });
                    let chain = self.closed_items(roots.collect(), sizes.len() == 2);
                    return (
                        raised(self.norm(chain::whole(&chain), sizes.len()), &Rational::TWO, false),
                        false,
                    );
                }
                if sizes.len() == 1 && items.iter().filter(|i| !i.is_below()).count() == items.len() {
                    // Σ u·v·w with a product of matrices among them is an inner product.
                    if let Some(at) = items.iter().position(|i| i.is_plain() && i.chain.len() > 1) {
                        let one = items.remove(at);
                        let rest = self.closed_items(items, false);
                        return (inner(&one.chain, &rest), false);
                    }
                }
                let chain = self.closed_items(items, sizes.len() == 2);
                (self.tensor_call(TensorFunction::Sum, chain::whole(&chain)), false)
            }
        }
    }

    /// `v[k]`, and `A[k,l]` for the component of `A·e_l`.
    fn picked(&self, chain: &Chain, place: Tree) -> Tree {
        let unit = self.tensor_name(TensorFunction::Unit);
        let unit_place = |tree: &Tree| match &tree.kind {
            Kind::Call { name, arguments, .. } if name == unit => arguments.first().cloned(),
            _ => None,
        };
        if let [matrix, column] = chain.as_slice()
            && let Some(other) = unit_place(&column.plain)
        {
            return match &matrix.plain.kind {
                Kind::Transpose(inner) => Kind::Index(inner.clone(), vec![other, place]).into(),
                _ => Kind::Index(Box::new(matrix.plain.clone()), vec![place, other]).into(),
            };
        }
        Kind::Index(Box::new(chain::whole(chain)), vec![place]).into()
    }

    /// The weights of a vertex as a vector; ones if there are none.
    fn vector(&mut self, items: Vec<Item>, size: DimensionId) -> Chain {
        if items.is_empty() {
            return vec![Link::new(self.ones(&[size]))];
        }
        self.closed_items(items, false)
    }

    pub(super) fn closed(&mut self, edge: Edge, is_matrix: bool) -> Chain {
        self.closed_items(edge.items, is_matrix)
    }

    /// The product entry by entry.
    fn closed_items(&self, items: Vec<Item>, is_matrix: bool) -> Chain {
        if let [one] = items.as_slice()
            && one.is_plain()
        {
            return one.chain.clone();
        }
        let write = |turned: bool| {
            let side = |below: bool| {
                let mut trees: Vec<Tree> =
                    items.iter().filter(|i| i.is_below() == below).map(|i| i.raised(turned)).collect();
                trees.sort_by(factor_order);
                trees
            };
            let (above, below) = (hadamard(side(false)), hadamard(side(true)));
            match (above, below) {
                (Some(above), None) => above,
                (above, Some(below)) => {
                    let above = above.unwrap_or_else(|| Tree::number(&Rational::ONE));
                    Kind::ElementwiseQuotient(Box::new(above), Box::new(below)).into()
                }
                (None, None) => Tree::number(&Rational::ONE),
            }
        };
        let plain = write(false);
        vec![if is_matrix { Link::shorter(plain, write(true)) } else { Link::new(plain) }]
    }

    /// What is left between the outputs.
    fn finish(&mut self, mut network: Network) -> Attempt<Part> {
        self.means(&mut network);
        let mut part = Part {
            above: std::mem::take(&mut network.above),
            below: std::mem::take(&mut network.below),
            ..Part::number(Rational::ONE)
        };
        match network.outputs {
            0 => {}
            1 => {
                let items = std::mem::take(&mut network.weights[0]);
                if !items.is_empty() {
                    part.body = Some(self.closed_items(items, false));
                }
            }
            _ => part.body = self.finish_matrix(network)?,
        }
        Ok(part)
    }

    /// `sum(x)/n` is `mean(x)`.
    fn means(&self, network: &mut Network) {
        let sum = self.tensor_name(TensorFunction::Sum);
        for (tree, size) in std::mem::take(&mut network.sums) {
            let size = self.size_tree(size);
            let above = network.above.iter().position(|t| *t == tree);
            let below = network.below.iter().position(|t| *t == size);
            let (Some(above), Some(below)) = (above, below) else { continue };
            if let Kind::Call { name, arguments, .. } = &tree.kind
                && name == sum
            {
                network.above[above] = Tree::call(self.tensor_name(TensorFunction::Mean), arguments.clone());
                network.below.remove(below);
            }
        }
    }

    fn finish_matrix(&mut self, mut network: Network) -> Attempt<Option<Chain>> {
        let (rows, columns) =
            (std::mem::take(&mut network.weights[0]), std::mem::take(&mut network.weights[1]));
        if network.identity {
            let items: Vec<Item> = rows.into_iter().chain(columns).collect();
            if items.is_empty() {
                let size = self.size_tree(network.sizes[0]);
                return Ok(Some(vec![Link::symmetric(self.tensor_call(TensorFunction::Identity, size))]));
            }
            let vector = self.vector(items, network.sizes[0]);
            return Ok(Some(vec![self.diagonal(&vector)]));
        }
        let Some(edge) = network.edges.pop() else {
            if rows.is_empty() && columns.is_empty() {
                return Ok(None);
            }
            let mut chain = self.vector(rows, network.sizes[0]);
            chain.extend(chain::turn(&self.vector(columns, network.sizes[1])));
            return Ok(Some(chain));
        };
        let is_forward = edge.from == 0;
        let middle = self.closed(edge, true);
        let mut chain = Chain::new();
        if !rows.is_empty() {
            let vector = self.vector(rows, network.sizes[0]);
            chain.push(self.diagonal(&vector));
        }
        chain.extend(if is_forward { middle } else { chain::turn(&middle) });
        if !columns.is_empty() {
            let vector = self.vector(columns, network.sizes[1]);
            chain.push(self.diagonal(&vector));
        }
        Ok(Some(chain))
    }
}

/// `a'*b`, written from the side that needs fewer marks.
fn inner(a: &Chain, b: &Chain) -> Tree {
    let write = |a: &Chain, b: &Chain| {
        chain::product(chain::turn(a).into_iter().chain(b.iter().cloned()).map(|link| link.plain).collect())
    };
    let (p, q) = (write(a, b), write(b, a));
    let order = weight(&p).cmp(&weight(&q)).then_with(|| structure(&p, &q));
    if order.is_gt() { q } else { p }
}

fn hadamard(mut trees: Vec<Tree>) -> Option<Tree> {
    if trees.len() < 2 {
        return trees.pop();
    }
    let mut flat = Vec::with_capacity(trees.len());
    for tree in trees {
        match tree.kind {
            Kind::Hadamard(inner) => flat.extend(inner),
            _ => flat.push(tree),
        }
    }
    Some(Kind::Hadamard(flat).into())
}
