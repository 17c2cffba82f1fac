//! From a node to matrix notation.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::chain::{Chain, Link, transpose};
use super::factor::factored;
use super::names::{Definition, Names};
use super::part::{self, Part};
use super::recognise::Pattern;
use super::size::{nodes, weight};
use crate::function::{self, Meaning, TensorFunction};
use crate::ir::{DimensionId, Graph, Node, NodeId, Term};
use crate::lower::Layout;
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

/// A definition is used where it saves at least so many nodes.
const LEAST_SAVING: usize = 3;
/// A tree with more nodes is not written out: parts of it are left out and the reason says so. A graph of forty nodes can
/// be a tree of a million million.
pub(super) const MAXIMUM_NODES: usize = 20_000;
/// Common factors and other forms are looked for only below this size.
const MAXIMUM_SEARCHED: usize = 2_000;
/// Products of sums are multiplied out up to so many terms, to see whether that is shorter.
const MAXIMUM_TERMS: usize = 48;
/// Multiplying out has to make the formula shorter by more than this weight: factors say more.
const SAVING: usize = 2;
/// What stands for a part that is left out.
pub(super) const LEFT_OUT: &str = "…";

/// Notation, or why there is none.
pub(super) type Attempt<T> = Result<T, String>;

/// The state of writing one node.
pub(super) struct Writer<'a> {
    pub graph: &'a mut Graph,
    pub names: &'a Names,
    /// Names that a bound index must not take.
    pub used: BTreeSet<String>,
    /// Nodes that have a name.
    pub exact: FxHashMap<NodeId, (Link, Layout)>,
    /// Named products that are looked for inside terms, the largest first.
    pub patterns: Vec<Pattern>,
    /// Named sums that are looked for inside sums, the largest first.
    pub sums: Vec<(NodeId, Link)>,
    memo: FxHashMap<NodeId, Attempt<Link>>,
    estimates: FxHashMap<NodeId, usize>,
    chains: FxHashMap<NodeId, Chain>,
    /// Is the next term to be written the only one of its sum?
    pub is_alone: bool,
    /// Entries written in index notation so far.
    entries: usize,
    /// Something was left out because it is too large.
    pub is_cut: bool,
}

impl<'a> Writer<'a> {
    pub fn new(graph: &'a mut Graph, node: NodeId, names: &'a Names) -> Self {
        let used = names.with_names_in(graph, node);
        let mut writer = Writer {
            graph,
            names,
            used,
            exact: FxHashMap::default(),
            patterns: Vec::new(),
            sums: Vec::new(),
            memo: FxHashMap::default(),
            estimates: FxHashMap::default(),
            chains: FxHashMap::default(),
            is_alone: false,
            entries: 0,
            is_cut: false,
        };
        writer.take_up_definitions();
        writer
    }

    fn take_up_definitions(&mut self) {
        let mut known: Vec<(usize, Definition)> = Vec::new();
        for definition in &self.names.definitions {
            if matches!(self.graph.node(definition.node), Node::Atom(crate::ir::Atom::Variable(_))) {
                continue;
            }
            let size = self.estimate(definition.node);
            if size > LEAST_SAVING {
                known.push((size, definition.clone()));
            }
        }
        // With names put in, everything gets shorter.
        self.estimates.clear();
        // The largest first, names of equal size in alphabetical order.
        known.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
        for (_, Definition { name, node, layout }) in known {
            let tree = Tree::name(&name);
            let link = match layout {
                Layout::Row => Link { plain: transpose(tree.clone()), turned: tree },
                Layout::Matrix if !self.is_symmetric(node) => Link::new(tree),
                Layout::Column => Link::new(tree),
                _ => Link::symmetric(tree),
            };
            self.exact.entry(node).or_insert_with(|| (link.clone(), layout));
            if layout == Layout::Matrix {
                let turned = self.graph.transpose(node);
                self.exact.entry(turned).or_insert_with(|| (link.clone().turn(), layout));
            }
            let terms = self.graph.terms(node);
            match terms.as_slice() {
                [(coefficient, term)] if !term.factors.is_empty() => self.patterns.push(Pattern {
                    coefficient: coefficient.clone(),
                    factors: term.factors.to_vec(),
                    free: self.graph.rank(node),
                    labels: term.sizes.len(),
                    link,
                }),
                [_, _, ..] => self.sums.push((node, link)),
                _ => {}
            }
        }
    }

    /// About as many nodes as the tree of the node has.
    pub fn estimate(&mut self, node: NodeId) -> usize {
        if let Some(known) = self.estimates.get(&node) {
            return *known;
        }
        // Children before parents, without recursion: graphs may be deep.
        for id in self.graph.reachable(&[node]) {
            if self.estimates.contains_key(&id) {
                continue;
            }
            let mut size = 1usize;
            if !self.exact.contains_key(&id) {
                let known = &self.estimates;
                self.graph.node(id).children(|child| {
                    size = size.saturating_add(1).saturating_add(known.get(&child).copied().unwrap_or(1));
                });
                if let Node::Sum(terms) = self.graph.node(id) {
                    let numbers = terms.iter().filter(|(c, _)| !c.abs().is_one()).count();
                    size = size.saturating_add(numbers).saturating_sub(1);
                } else if size > 1 {
                    // An argument of a call stands without an operator.
                    let mut arguments = 0;
                    self.graph.node(id).children(|_| arguments += 1);
                    size = size.saturating_sub(arguments);
                }
            }
            self.estimates.insert(id, size);
        }
        self.estimates.get(&node).copied().unwrap_or(usize::MAX)
    }

    /// Has so much been written that no more should be?
    pub fn is_exhausted(&mut self) -> bool {
        self.entries += 1;
        self.entries > MAXIMUM_NODES
    }

    /// Is it its own transpose?
    pub fn is_symmetric(&self, node: NodeId) -> bool {
        self.graph.symmetries(node).iter().any(|s| !s.is_negative && s.order.as_slice() == [1, 0])
    }

    /// The name of a function of vectors and matrices.
    pub fn tensor_name(&self, wanted: TensorFunction) -> &'static str {
        function::all()
            .find(|(_, row)| matches!(row.meaning, Meaning::Tensor(kind) if kind == wanted))
            .map_or("", |(_, row)| row.name)
    }

    pub fn tensor_call(&self, wanted: TensorFunction, argument: Tree) -> Tree {
        Tree::call(self.tensor_name(wanted), vec![argument])
    }

    /// A size as it is written in a formula.
    pub fn size_tree(&self, size: DimensionId) -> Tree {
        let dimension = self.graph.dimension_value(size);
        let mut parts: Vec<Part> = dimension
            .terms
            .iter()
            .map(|(symbol, coefficient)| Part {
                above: vec![Tree::name(self.graph.symbol_name(*symbol))],
                ..Part::number(Rational::integer(*coefficient))
            })
            .collect();
        if dimension.constant != 0 || parts.is_empty() {
            parts.push(Part::number(Rational::integer(dimension.constant)));
        }
        part::sort(&mut parts);
        part::sum(&parts, false)
    }

    /// `ones(n)`, `ones(n, m)`.
    pub fn ones(&self, sizes: &[DimensionId]) -> Tree {
        let sizes = sizes.iter().map(|size| self.size_tree(*size)).collect();
        Tree::call(self.tensor_name(TensorFunction::Ones), sizes)
    }

    /// A node as one link: a scalar as itself, a vector as a column, a matrix.
    ///
    /// # Errors
    /// Why there is no matrix notation for it.
    pub fn link(&mut self, node: NodeId) -> Attempt<Link> {
        if let Some(known) = self.memo.get(&node) {
            return known.clone();
        }
        let named = self.exact.get(&node).filter(|(_, layout)| !matches!(layout, Layout::Tensor(_)));
        let mut result = match named.map(|(link, _)| link.clone()) {
            Some(link) => Ok(link),
            _ if self.estimate(node) > MAXIMUM_NODES => {
                self.is_cut = true;
                Ok(Link::symmetric(Tree::name(LEFT_OUT)))
            }
            _ => self.compose(node),
        };
        if let Ok(link) = &mut result {
            // What is multiplied out may be larger than what was estimated.
            if nodes(&link.plain) > 4 * MAXIMUM_NODES {
                self.is_cut = true;
                *link = Link::symmetric(Tree::name(LEFT_OUT));
                self.chains.remove(&node);
            }
        }
        self.memo.insert(node, result.clone());
        result
    }

    /// A node as a product, so that products of products are written without brackets.
    pub fn chain(&mut self, node: NodeId) -> Attempt<Chain> {
        let link = self.link(node)?;
        Ok(self.chains.get(&node).cloned().unwrap_or_else(|| vec![link]))
    }

    fn compose(&mut self, node: NodeId) -> Attempt<Link> {
        let rank = self.graph.rank(node);
        if rank > 2 {
            return Err(format!("{rank} axes"));
        }
        match self.graph.node(node).clone() {
            Node::Atom(atom) => self.atom(node, &atom),
            Node::Sum(terms) => {
                let mut parts = self.sum_parts(node, &terms);
                for other in self.alternatives(node, &terms) {
                    let other_terms = self.graph.terms(other);
                    let other = self.sum_parts(other, &other_terms);
                    let size = |parts: &Attempt<Vec<Part>>| {
                        parts.as_ref().map_or(usize::MAX, |parts| weight(&part::sum(parts, false)))
                    };
                    if size(&other).saturating_add(SAVING) < size(&parts) {
                        parts = other;
                    }
                }
                let parts = parts?;
                if let [one] = parts.as_slice()
                    && let Some(chain) = one.bare()
                {
                    let chain = chain.clone();
                    let link = super::chain::link(&chain);
                    self.chains.insert(node, chain);
                    return Ok(self.settled(node, link));
                }
                let link = part::sum_link(&parts);
                let link = if rank == 0 { Link::symmetric(link.plain) } else { link };
                Ok(self.settled(node, link))
            }
        }
    }

    /// The same value with products of sums multiplied out: all of them, those in which something cancels, or both.
    fn alternatives(&mut self, node: NodeId, terms: &[(Rational, Term)]) -> Vec<NodeId> {
        let mut found = Vec::new();
        if self.estimate(node) > MAXIMUM_SEARCHED {
            return found;
        }
        found.extend(self.multiplied_out(node, terms, false));
        if let Some(absorbed) = self.multiplied_out(node, terms, true) {
            found.push(absorbed);
            let terms = self.graph.terms(absorbed);
            found.extend(self.multiplied_out(absorbed, &terms, false));
        }
        found
    }

    /// Does the sum hold a power below the line of something that stands beside it above the line?
    fn cancels(&self, term: &Term, at: usize) -> bool {
        let sum = &term.factors[at];
        let Node::Sum(inner) = self.graph.node(sum.base) else { return false };
        let below = |base: NodeId, labels: &[u8]| {
            inner.iter().any(|(_, term)| {
                term.factors.iter().any(|f| {
                    let is_below = f.exponent.number().is_some_and(Rational::is_negative);
                    let here = f.labels.iter().map(|l| sum.labels.get(*l as usize));
                    let same = f.base == base || self.is_multiple(f.base, base);
                    is_below && same && here.eq(labels.iter().map(Some))
                })
            })
        };
        term.factors.iter().enumerate().any(|(i, f)| {
            i != at && f.exponent.number().is_some_and(Rational::is_positive) && below(f.base, &f.labels)
        })
    }

    /// Sums that differ by a number as a factor.
    fn is_multiple(&self, a: NodeId, b: NodeId) -> bool {
        match (self.graph.node(a), self.graph.node(b)) {
            (Node::Sum(a), Node::Sum(b)) if a.len() > 1 => {
                subset(a, b).is_some_and(|(_, left)| left.is_empty())
            }
            _ => false,
        }
    }

    /// The node with sums that are factors multiplied out: `diag(p) - p*p'` rather than diag(p)*(I - 1*p'). If asked for
    /// only where something cancels.
    fn multiplied_out(
        &mut self,
        node: NodeId,
        terms: &[(Rational, Term)],
        cancelling: bool,
    ) -> Option<NodeId> {
        let rank = self.graph.rank(node);
        let is_sum = |writer: &Self, term: &Term, at: usize| {
            let factor = &term.factors[at];
            let is_named = writer.exact.contains_key(&factor.base);
            factor.exponent.is_one()
                && !is_named
                && matches!(writer.graph.node(factor.base), Node::Sum(inner) if inner.len() > 1)
                && (!cancelling || writer.cancels(term, at))
        };
        let mut products: Vec<(Rational, Term, Vec<crate::ir::Operand>)> = Vec::new();
        let mut found = false;
        for (coefficient, term) in terms {
            let mut own: Vec<Vec<crate::ir::Operand>> = vec![Vec::new()];
            for (at, factor) in term.factors.iter().enumerate() {
                let mut choices: Vec<NodeId> = vec![factor.base];
                if is_sum(self, term, at) {
                    found = true;
                    let axes = self.graph.axes(factor.base).clone();
                    choices.clear();
                    for (c, inner) in self.graph.terms(factor.base) {
                        choices.push(self.graph.term_node(&axes, c, inner));
                    }
                }
                let mut longer = Vec::new();
                for product in &own {
                    for choice in &choices {
                        let mut next = product.clone();
                        next.push(crate::ir::Operand {
                            node: *choice,
                            labels: factor.labels.clone(),
                            exponent: factor.exponent.clone(),
                        });
                        longer.push(next);
                    }
                }
                own = longer;
                if own.len() + products.len() > MAXIMUM_TERMS {
                    return None;
                }
            }
            products.extend(own.into_iter().map(|product| (coefficient.clone(), term.clone(), product)));
        }
        if !found {
            return None;
        }
        let mut parts = Vec::with_capacity(products.len());
        for (coefficient, term, product) in products {
            parts.push((coefficient, self.graph.contract(rank, &term.sizes, &product)));
        }
        let other = self.graph.combine(&parts);
        (other != node).then_some(other)
    }

    /// A symmetric matrix needs no transpose.
    fn settled(&self, node: NodeId, link: Link) -> Link {
        if self.graph.rank(node) == 2 && self.is_symmetric(node) { Link::symmetric(link.plain) } else { link }
    }

    /// The terms of a sum with common factors taken out, in the order of writing.
    fn sum_parts(&mut self, node: NodeId, terms: &[(Rational, Term)]) -> Attempt<Vec<Part>> {
        let axes = self.graph.axes(node).clone();
        if terms.is_empty() {
            return Ok(vec![if axes.is_empty() {
                Part::number(Rational::ZERO)
            } else {
                let sizes = axes.iter().map(|size| self.size_tree(*size)).collect();
                Part::of(vec![Link::symmetric(Tree::call(self.tensor_name(TensorFunction::Zeros), sizes))])
            }]);
        }
        let mut parts = Vec::with_capacity(terms.len());
        let mut rest: Vec<(Rational, Term)> = terms.to_vec();
        for at in 0..self.sums.len() {
            let (sum, link) = self.sums[at].clone();
            if sum == node || *self.graph.axes(sum) != axes {
                continue;
            }
            if let Some((ratio, left)) = subset(&rest, &self.graph.terms(sum)) {
                rest = left;
                let mut part = Part::number(ratio);
                if axes.is_empty() {
                    part.above.push(link.plain);
                } else {
                    part.body = Some(vec![link]);
                }
                parts.push(part);
            }
        }
        let is_alone = terms.len() == 1;
        for (coefficient, term) in &rest {
            self.is_alone = is_alone;
            parts.push(self.term(coefficient, term, axes.len())?);
        }
        if !axes.is_empty() && parts.iter().all(|part| part.body.is_none()) {
            // Numbers repeated over axes: something has to say how often.
            let ones = Link::new(self.ones(&axes));
            let ones = if axes.len() == 2 && axes[0] == axes[1] { Link::symmetric(ones.plain) } else { ones };
            let parts = factored(parts);
            return Ok(vec![match parts.as_slice() {
                [one] => Part { body: Some(vec![ones]), ..one.clone() },
                _ => Part {
                    above: vec![part::sum(&parts, false)],
                    body: Some(vec![ones]),
                    ..Part::number(Rational::ONE)
                },
            }]);
        }
        if self.estimate(node) > MAXIMUM_SEARCHED {
            part::sort(&mut parts);
            return Ok(parts);
        }
        Ok(factored(parts))
    }

    /// Is the node one scalar in every entry? Then that scalar.
    pub fn repeated(&mut self, node: NodeId) -> Option<NodeId> {
        let rank = self.graph.rank(node);
        if rank == 0 {
            return None;
        }
        let Node::Sum(terms) = self.graph.node(node) else { return None };
        let terms = terms.clone();
        let uses = |term: &Term| term.factors.iter().any(|f| f.labels.iter().any(|l| (*l as usize) < rank));
        if terms.iter().any(|(_, term)| uses(term)) {
            return None;
        }
        let mut parts = Vec::new();
        for (coefficient, term) in terms {
            let operands: Vec<crate::ir::Operand> = term
                .factors
                .iter()
                .map(|f| crate::ir::Operand {
                    node: f.base,
                    labels: f.labels.iter().map(|l| l - rank as u8).collect(),
                    exponent: f.exponent.clone(),
                })
                .collect();
            parts.push((coefficient, self.graph.contract(0, &term.sizes[rank..], &operands)));
        }
        Some(self.graph.combine(&parts))
    }

    /// Arguments of something elementwise: scalars stand for themselves where another argument shows the shape.
    pub fn entrywise(&mut self, arguments: &[NodeId]) -> Attempt<Vec<Link>> {
        self.entrywise_beside(arguments, false)
    }

    /// The same, beside something that shows the shape already.
    pub fn entrywise_beside(&mut self, arguments: &[NodeId], has_shape: bool) -> Attempt<Vec<Link>> {
        let mut links = Vec::with_capacity(arguments.len());
        let scalars: Vec<Option<NodeId>> = arguments.iter().map(|a| self.repeated(*a)).collect();
        let has_shape = has_shape || scalars.iter().any(Option::is_none);
        for (argument, scalar) in arguments.iter().zip(scalars) {
            links.push(match scalar {
                Some(scalar) if has_shape => Link::symmetric(self.link(scalar)?.plain),
                _ => self.link(*argument)?,
            });
        }
        Ok(links)
    }
}

/// The terms of `part` inside `whole`, all with the same ratio: the ratio, and what is left.
pub(super) fn subset(
    whole: &[(Rational, Term)],
    part: &[(Rational, Term)],
) -> Option<(Rational, Vec<(Rational, Term)>)> {
    if part.len() > whole.len() {
        return None;
    }
    let mut ratio: Option<Rational> = None;
    let mut left = whole.to_vec();
    for (coefficient, term) in part {
        let at = left.iter().position(|(_, other)| other == term)?;
        let here = left[at].0.divide(coefficient)?;
        if ratio.as_ref().is_some_and(|r| *r != here) {
            return None;
        }
        ratio = Some(here);
        left.remove(at);
    }
    ratio.map(|ratio| (ratio, left))
}

/// `name(a, b)` with primes.
pub(super) fn call(name: &str, primes: u8, arguments: Vec<Tree>) -> Tree {
    Kind::Call { name: name.to_owned(), primes, arguments }.into()
}
