//! The arena: every distinct node once, with what is known of it.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::dimension::{Dimension, DimensionId, SymbolId};
use super::fact::{Fact, FactId};
use super::node::{Atom, Axes, Exponent, Factor, Node, NodeId, Term};
use super::symmetry::Symmetry;
use crate::function::{self, Function};
use crate::number::Rational;
use crate::number::Sign;

/// A graph of tensors. Only its constructors make nodes; equal tensors in construction form are one node.
#[derive(Default)]
pub struct Graph {
    nodes: Vec<Node>,
    known: Vec<Known>,
    table: HashTable<NodeId>,
    symbols: Vec<String>,
    /// Hash of each name; that of each size follows.
    symbol_hashes: Vec<u64>,
    dimension_hashes: Vec<u64>,
    size_hashes: Vec<u64>,
    symbol_index: FxHashMap<String, SymbolId>,
    dimensions: Vec<Dimension>,
    dimension_index: FxHashMap<Dimension, DimensionId>,
    pub(super) variable_sign: FxHashMap<SymbolId, Sign>,
    pub(super) variable_symmetry: FxHashMap<SymbolId, Vec<Symmetry>>,
    pub(super) facts: Vec<Fact>,
    pub(super) facts_used: Vec<FactId>,
    /// Facts that are not used for now.
    pub(super) paused: Vec<FactId>,
    /// In shared form, products and sums that are already nodes are not flattened into their users; see
    /// [`Graph::set_shared`].
    pub(super) shared: bool,
}

/// What is known of a node.
struct Known {
    axes: Axes,
    hash: u64,
    sign: Sign,
    symmetries: Vec<Symmetry>,
}

/// Mixes a word into a hash.
pub(super) fn mix(hash: u64, word: u64) -> u64 {
    let mixed = (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// The node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The atom, if it is one.
    pub fn atom(&self, id: NodeId) -> Option<&Atom> {
        match self.node(id) {
            Node::Atom(atom) => Some(atom),
            Node::Sum(_) => None,
        }
    }

    /// Sizes of its axes.
    pub fn axes(&self, id: NodeId) -> &Axes {
        &self.known[id.0 as usize].axes
    }

    /// Number of its axes.
    pub fn rank(&self, id: NodeId) -> usize {
        self.axes(id).len()
    }

    /// Hash of its content by names and structure: the same in every run and however the node came about.
    pub fn content_hash(&self, id: NodeId) -> u64 {
        self.known[id.0 as usize].hash
    }

    /// What is known of the sign of its entries.
    pub fn sign(&self, id: NodeId) -> Sign {
        self.known[id.0 as usize].sign
    }

    /// Permutations of its axes that leave it as it is or change its sign, without the identity.
    pub fn symmetries(&self, id: NodeId) -> &[Symmetry] {
        &self.known[id.0 as usize].symmetries
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Is there no node?
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The id of a name.
    pub fn symbol(&mut self, name: &str) -> SymbolId {
        if let Some(&id) = self.symbol_index.get(name) {
            return id;
        }
        let id = SymbolId(self.symbols.len() as u32);
        self.symbols.push(name.to_owned());
        // FxHasher over bytes differs between word sizes; this does not.
        self.symbol_hashes.push(name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| mix(h, u64::from(b))));
        self.symbol_index.insert(name.to_owned(), id);
        id
    }

    /// The name behind an id.
    pub fn symbol_name(&self, id: SymbolId) -> &str {
        &self.symbols[id.0 as usize]
    }

    /// The id of a size.
    pub fn dimension(&mut self, dimension: Dimension) -> DimensionId {
        if let Some(&id) = self.dimension_index.get(&dimension) {
            return id;
        }
        let id = DimensionId(self.dimensions.len() as u32);
        let hash = dimension
            .terms
            .iter()
            .map(|(symbol, c)| mix(self.symbol_hash(*symbol), *c as u64))
            .fold(mix(11, dimension.constant as u64), u64::wrapping_add);
        let text = dimension.text(|symbol| self.symbol_name(symbol));
        self.size_hashes.push(text.bytes().fold(3, |h, b| mix(h, u64::from(b))));
        self.dimension_hashes.push(hash);
        self.dimensions.push(dimension.clone());
        self.dimension_index.insert(dimension, id);
        id
    }

    /// The size behind an id.
    pub fn dimension_value(&self, id: DimensionId) -> &Dimension {
        &self.dimensions[id.0 as usize]
    }

    /// A size as people write it.
    pub fn dimension_text(&self, id: DimensionId) -> String {
        self.dimension_value(id).text(|symbol| self.symbol_name(symbol))
    }

    /// Declares the sign of every entry of a variable. Must come before the variable is used.
    pub fn declare_sign(&mut self, symbol: SymbolId, sign: Sign) {
        let entry = self.variable_sign.entry(symbol).or_insert(Sign::ANY);
        *entry = entry.and(sign);
    }

    /// Notes the sign of a node that follows from facts; `false` if it contradicts what is known. What was made of the node
    /// before does not change.
    pub fn learn_sign(&mut self, node: NodeId, sign: Sign) -> bool {
        let negated = self.negate(node);
        for (node, sign) in [(node, sign), (negated, sign.negated())] {
            let known = &mut self.known[node.0 as usize].sign;
            if known.and(sign).is_empty() {
                return false;
            }
            *known = known.and(sign);
        }
        true
    }

    /// The sign declared for a variable.
    pub fn declared_sign(&self, symbol: SymbolId) -> Sign {
        self.variable_sign.get(&symbol).copied().unwrap_or(Sign::ANY)
    }

    /// Declares that a variable is unchanged by a permutation of its axes. Must come before the variable is used.
    pub fn declare_symmetry(&mut self, symbol: SymbolId, symmetry: Symmetry) {
        self.variable_symmetry.entry(symbol).or_default().push(symmetry);
    }

    /// Chooses between flattening (the default: products and sums of what is already built are merged into one term, which
    /// is canonical) and sharing (they stay factors beyond a small size, which keeps gradients linear in the size of the
    /// formula; used while differentiating).
    pub fn set_shared(&mut self, shared: bool) {
        self.shared = shared;
    }

    fn dimension_hash(&self, id: DimensionId) -> u64 {
        self.dimension_hashes[id.0 as usize]
    }

    /// The hash of a size as it is written: where canonical labelling starts.
    pub(super) fn size_hash(&self, id: DimensionId) -> u64 {
        self.size_hashes[id.0 as usize]
    }

    fn symbol_hash(&self, id: SymbolId) -> u64 {
        self.symbol_hashes[id.0 as usize]
    }

    fn function_hash(&self, function: Function) -> u64 {
        match function {
            Function::Known(id) => mix(21, u64::from(id.0)),
            Function::Unknown { symbol, primes } => {
                mix(self.symbol_hash(SymbolId(symbol)), 22 + u64::from(primes))
            }
        }
    }

    pub(super) fn rational_hash(value: &Rational) -> u64 {
        match value.as_pair() {
            Some((n, d)) => mix(mix(31, n as u64), d as u64),
            None => mix(32, FxBuildHasher.hash_one(value)),
        }
    }

    pub(super) fn exponent_hash(&self, exponent: &Exponent) -> u64 {
        match exponent {
            Exponent::Number(q) => Self::rational_hash(q),
            Exponent::Node(node) => mix(33, self.content_hash(*node)),
        }
    }

    pub(super) fn factor_hash(&self, factor: &Factor) -> u64 {
        let start = mix(self.content_hash(factor.base), self.exponent_hash(&factor.exponent));
        factor.labels.iter().fold(start, |h, label| mix(h, u64::from(*label)))
    }

    pub(super) fn term_hash(&self, sizes: &[DimensionId], factors: &[Factor]) -> u64 {
        let start = sizes.iter().fold(41, |h, size| mix(h, self.dimension_hash(*size)));
        factors.iter().fold(start, |h, factor| mix(h, self.factor_hash(factor)))
    }

    fn atom_hash(&self, atom: &Atom) -> u64 {
        self.atom_hash_with(atom, |id| self.content_hash(*id))
    }

    /// The hash of an atom without what it is made of.
    pub(super) fn outer_hash(&self, atom: &Atom) -> u64 {
        self.atom_hash_with(atom, |_| 0)
    }

    fn atom_hash_with(&self, atom: &Atom, child: impl Fn(&NodeId) -> u64) -> u64 {
        match atom {
            Atom::Variable(symbol) => mix(51, self.symbol_hash(*symbol)),
            Atom::Constant(constant) => mix(52, *constant as u64),
            Atom::Size(dimension) => mix(53, self.dimension_hash(*dimension)),
            Atom::Position => 54,
            Atom::Call(function, arguments) => {
                arguments.iter().fold(mix(55, self.function_hash(*function)), |h, a| mix(h, child(a)))
            }
            Atom::Delta => 56,
            Atom::Unit(symbol) => mix(57, self.symbol_hash(*symbol)),
            Atom::Affine(coefficients, constant) => {
                coefficients.iter().fold(mix(58, *constant as u64), |h, c| mix(h, *c as u64))
            }
            Atom::Compare(relation, a, b) => mix(mix(mix(59, *relation as u64), child(a)), child(b)),
            Atom::Cases(a, b, c) => mix(mix(mix(60, child(a)), child(b)), child(c)),
            Atom::Reduce(kind, a, count) => mix(mix(mix(61, *kind as u64), child(a)), u64::from(*count)),
            Atom::Select(kind, a, count) => mix(mix(mix(62, *kind as u64), child(a)), u64::from(*count)),
            Atom::Inverse(a) => mix(63, child(a)),
            Atom::Determinant(a) => mix(64, child(a)),
            Atom::LogDeterminant(a) => mix(65, child(a)),
            Atom::Array(entries) => entries.iter().fold(66, |h, a| mix(h, child(a))),
        }
    }

    /// Stores a node that is in construction form, or finds it.
    pub(super) fn intern(&mut self, node: Node, axes: Axes) -> NodeId {
        let content = match &node {
            Node::Atom(atom) => self.atom_hash(atom),
            Node::Sum(terms) => terms
                .iter()
                .fold(71, |h, (coefficient, term)| mix(mix(h, Self::rational_hash(coefficient)), term.hash)),
        };
        let hash = axes.iter().fold(content, |h, size| mix(h, self.dimension_hash(*size)));
        let found = self.table.find(hash, |id| {
            let at = id.0 as usize;
            self.known[at].hash == hash && self.known[at].axes == axes && self.nodes[at] == node
        });
        if let Some(&id) = found {
            return id;
        }
        let id = NodeId(self.nodes.len() as u32);
        let sign = self.sign_of(&node);
        let symmetries = if axes.len() < 2 { Vec::new() } else { self.symmetries_of(&node, &axes) };
        self.nodes.push(node);
        self.known.push(Known { axes, hash, sign, symmetries });
        let known = &self.known;
        self.table.insert_unique(hash, id, |id| known[id.0 as usize].hash);
        id
    }

    fn sign_of(&self, node: &Node) -> Sign {
        match node {
            Node::Sum(terms) if self.is_complement(terms) => Sign::NON_NEGATIVE,
            Node::Sum(terms) => {
                let sign = terms
                    .iter()
                    .map(|(coefficient, term)| Sign::of(coefficient).times(self.term_sign(&term.factors)))
                    .reduce(Sign::plus)
                    .unwrap_or(Sign::ZERO);
                let both = sign.and(self.bounded_sign(terms));
                // Nothing is defined where they contradict each other; an empty set would prove everything.
                if both.is_empty() { sign } else { both }
            }
            Node::Atom(atom) => match atom {
                Atom::Variable(symbol) => self.variable_sign.get(symbol).copied().unwrap_or(Sign::ANY),
                Atom::Constant(_) | Atom::Size(_) | Atom::Position => Sign::POSITIVE,
                Atom::Call(Function::Known(id), _) => Sign::of_range(function::row(*id).range),
                Atom::Cases(_, a, b) => self.sign(*a).or(self.sign(*b)),
                Atom::Reduce(super::Reduction::Product, a, _) => match self.sign(*a) {
                    sign if sign.is(Sign::NON_NEGATIVE) => sign,
                    sign if sign.is(Sign::NON_ZERO) => Sign::NON_ZERO,
                    _ => Sign::ANY,
                },
                Atom::Reduce(_, a, _) => self.sign(*a),
                Atom::Array(entries) => {
                    entries.iter().map(|a| self.sign(*a)).reduce(Sign::or).unwrap_or(Sign::ANY)
                }
                atom if atom.is_indicator() => Sign::NON_NEGATIVE,
                _ => Sign::ANY,
            },
        }
    }

    /// Is it one minus something that is zero or one?
    pub(super) fn is_complement(&self, terms: &[(Rational, Term)]) -> bool {
        let [a, b] = terms else { return false };
        let (one, other) = if a.1.factors.is_empty() { (a, b) } else { (b, a) };
        one.1.factors.is_empty()
            && one.0.is_one()
            && other.0 == Rational::MINUS_ONE
            && other.1.sizes.len() == one.1.sizes.len()
            && other.1.factors.iter().all(|f| self.atom(f.base).is_some_and(Atom::is_indicator))
    }

    /// The sign of a number plus multiples of functions with bounded values: 1 − σ(x), cosh(x) − 1, 2 + sin(x).
    fn bounded_sign(&self, terms: &[(Rational, Term)]) -> Sign {
        if terms.len() < 2 || terms.len() > 4 {
            return Sign::ANY;
        }
        let (mut low, mut high, mut low_attained, mut high_attained) = (0.0, 0.0, true, true);
        for (coefficient, term) in terms {
            let c = coefficient.to_f64();
            // Exact in f64, so that the sum is, for the small numbers that ranges are made of.
            if Rational::from_f64(c).as_ref() != Some(coefficient) || c.abs() > 1e6 {
                return Sign::ANY;
            }
            let (a, b, a_attained, b_attained) = match term.factors.as_slice() {
                [] => (1.0, 1.0, true, true),
                [factor] if factor.exponent.is_one() => match self.atom(factor.base) {
                    Some(Atom::Call(Function::Known(id), _)) => function::row(*id).range,
                    _ => return Sign::ANY,
                },
                _ => return Sign::ANY,
            };
            if c > 0.0 {
                low += c * a;
                high += c * b;
                low_attained &= a_attained;
                high_attained &= b_attained;
            } else {
                low += c * b;
                high += c * a;
                low_attained &= b_attained;
                high_attained &= a_attained;
            }
        }
        // Bounds such as π/2 are rounded: only what is clear of them is said.
        let is_clear = |x: f64| x == 0.0 || x.abs() > 1e-9;
        if low.is_nan() || high.is_nan() || !is_clear(low) || !is_clear(high) {
            return Sign::ANY;
        }
        Sign::of_range((low, high, low_attained, high_attained))
    }

    pub(super) fn term_sign(&self, factors: &[Factor]) -> Sign {
        factors.iter().map(|factor| self.factor_sign(factor)).reduce(Sign::times).unwrap_or(Sign::POSITIVE)
    }

    /// The sign of a factor with its power.
    pub fn factor_sign(&self, factor: &Factor) -> Sign {
        match &factor.exponent {
            Exponent::Number(q) => self.sign(factor.base).power(q).unless_empty(),
            Exponent::Node(_) if self.sign(factor.base).is(Sign::POSITIVE) => Sign::POSITIVE,
            Exponent::Node(_) => Sign::ANY,
        }
    }

    /// The terms of a node: an atom is one term with coefficient one.
    pub fn terms(&self, id: NodeId) -> Vec<(Rational, Term)> {
        match self.node(id) {
            Node::Sum(terms) => terms.clone(),
            Node::Atom(_) => vec![(Rational::ONE, self.identity_term(id))],
        }
    }

    /// The node as a term with a single factor.
    pub(super) fn identity_term(&self, id: NodeId) -> Term {
        let sizes = self.axes(id).clone();
        let factor = Factor { base: id, labels: (0..sizes.len() as u8).collect(), exponent: Exponent::ONE };
        let factors: smallvec::SmallVec<[Factor; 2]> = smallvec::smallvec![factor];
        let hash = self.term_hash(&sizes, &factors);
        Term { sizes, factors, hash }
    }

    /// The number, if the node is a number in every entry.
    pub fn as_number(&self, id: NodeId) -> Option<Rational> {
        match self.node(id) {
            Node::Sum(terms) => match terms.as_slice() {
                [] => Some(Rational::ZERO),
                [(coefficient, term)] if term.factors.is_empty() => Some(coefficient.clone()),
                _ => None,
            },
            Node::Atom(_) => None,
        }
    }

    /// Is it zero in every entry?
    pub fn is_zero(&self, id: NodeId) -> bool {
        matches!(self.node(id), Node::Sum(terms) if terms.is_empty())
    }

    /// Terms and factors of a node and all that it is made of, each once.
    pub fn size_of(&self, root: NodeId) -> usize {
        let size = |node: NodeId| match self.node(node) {
            Node::Sum(terms) => terms.iter().map(|(_, term)| 1 + term.factors.len()).sum(),
            Node::Atom(_) => 1,
        };
        self.reachable(&[root]).into_iter().map(size).sum()
    }

    /// All nodes reachable from the roots, children before parents.
    pub fn reachable(&self, roots: &[NodeId]) -> Vec<NodeId> {
        let mut used = vec![false; roots.iter().map(|r| r.0 as usize + 1).max().unwrap_or(0)];
        for root in roots {
            used[root.0 as usize] = true;
        }
        for at in (0..used.len()).rev() {
            if used[at] {
                self.nodes[at].children(|child| used[child.0 as usize] = true);
            }
        }
        (0..used.len() as u32).filter(|at| used[*at as usize]).map(NodeId).collect()
    }
}

/// Sizes by name.
impl Graph {
    /// The symbol of a name that occurred.
    pub fn symbol_named(&self, name: &str) -> Option<SymbolId> {
        self.symbol_index.get(name).copied()
    }

    /// Does any size contain this symbol?
    pub fn has_dimension_symbol(&self, name: &str) -> bool {
        self.symbol_index
            .get(name)
            .is_some_and(|symbol| self.dimensions.iter().any(|d| d.terms.iter().any(|(s, _)| s == symbol)))
    }

    /// The size that is just this symbol, if any size contains it: where an axis has n − 1 positions, n is a size too.
    pub fn size_named(&mut self, name: &str) -> Option<DimensionId> {
        if !self.has_dimension_symbol(name) {
            return None;
        }
        let symbol = self.symbol(name);
        Some(self.dimension(Dimension::symbol(symbol)))
    }

    /// How many sizes there are.
    pub fn dimension_count(&self) -> usize {
        self.dimensions.len()
    }
}
