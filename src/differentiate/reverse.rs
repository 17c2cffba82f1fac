//! The sweep.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::jump::flat_nodes;
use crate::diagnostic::{Diagnostic, Kind};
use crate::facts::Conditions;
use crate::ir::{Atom, Axes, Exponent, Factor, Graph, Labels, Node, NodeId, Operand, Term};
use crate::number::Rational;
use crate::syntax::tree::Relation;

/// Scalar products with more factors are differentiated with running products from both ends: linear, not quadratic.
const LONG_PRODUCT: usize = 6;

/// The derivatives of one node.
#[derive(Clone, Debug, Default)]
pub struct Derivative {
    /// For each variable asked for: axes of the node first, then axes of the variable.
    pub partials: Vec<NodeId>,
    /// Where the node is differentiable, beyond being defined.
    pub conditions: Conditions,
    /// Conventions that were chosen at kinks.
    pub conventions: Vec<&'static str>,
    /// Where on the way the conditions and conventions arose.
    origins: Vec<Origin>,
}

/// What one node on the way asks for.
#[derive(Clone, Debug)]
struct Origin {
    node: NodeId,
    conditions: Conditions,
    conventions: Vec<&'static str>,
}

impl Derivative {
    /// One partial with what it needs.
    pub fn of_one(partial: NodeId, conditions: Conditions, conventions: Vec<&'static str>) -> Self {
        Derivative { partials: vec![partial], conditions, conventions, origins: Vec::new() }
    }

    /// The conditions and conventions of the partial by one of the variables: those of the nodes that depend on it.
    pub fn demands_of(&self, graph: &Graph, variable: NodeId) -> (Conditions, Vec<&'static str>) {
        let mut conditions = Conditions::default();
        let mut conventions = Vec::new();
        for origin in &self.origins {
            if graph.reachable(&[origin.node]).binary_search(&variable).is_ok() {
                conditions.extend(&origin.conditions);
                add_new(&mut conventions, &origin.conventions);
            }
        }
        (conditions, conventions)
    }
}

/// Adds what is not there yet.
fn add_new(all: &mut Vec<&'static str>, more: &[&'static str]) {
    for one in more {
        if !all.contains(one) {
            all.push(one);
        }
    }
}

/// State of one sweep.
pub(super) struct Sweep<'a> {
    pub graph: &'a mut Graph,
    /// Axes of the node that is differentiated.
    pub seed: Axes,
    adjoints: FxHashMap<NodeId, SmallVec<[(Rational, NodeId); 2]>>,
    depends: Vec<bool>,
    /// See [`flat_nodes`].
    flat: Vec<bool>,
    /// Of the node at hand.
    pub conditions: Conditions,
    /// Of the node at hand.
    pub conventions: Vec<&'static str>,
    origins: Vec<Origin>,
}

/// Differentiates `of` by each of the `variables` (nodes that are variables).
///
/// # Errors
/// If something on the way has no derivative here; the error names it.
pub fn differentiate(graph: &mut Graph, of: NodeId, variables: &[NodeId]) -> Result<Derivative, Diagnostic> {
    graph.set_shared(true);
    let result = sweep(graph, of, variables);
    graph.set_shared(false);
    result
}

fn sweep(graph: &mut Graph, of: NodeId, variables: &[NodeId]) -> Result<Derivative, Diagnostic> {
    let order = graph.reachable(&[of]);
    let places: FxHashMap<NodeId, usize> =
        variables.iter().enumerate().rev().map(|(at, variable)| (*variable, at)).collect();
    let mut depends = vec![false; of.0 as usize + 1];
    for node in &order {
        let mut found = places.contains_key(node);
        graph.node(*node).children(|child| found |= depends[child.0 as usize]);
        depends[node.0 as usize] = found;
    }
    let flat = flat_nodes(graph, &order, &depends);
    let seed = graph.axes(of).clone();
    let mut sweep = Sweep {
        graph,
        seed,
        adjoints: FxHashMap::default(),
        depends,
        flat,
        conditions: Conditions::default(),
        conventions: Vec::new(),
        origins: Vec::new(),
    };
    let start = sweep.seed_node();
    sweep.adjoints.insert(of, SmallVec::from_elem((Rational::ONE, start), 1));
    let mut partials: Vec<Option<NodeId>> = vec![None; variables.len()];
    for node in order.into_iter().rev() {
        if !sweep.depends[node.0 as usize] {
            continue;
        }
        let Some(parts) = sweep.adjoints.remove(&node) else { continue };
        let adjoint = sweep.graph.combine(&parts);
        if sweep.graph.is_zero(adjoint) {
            continue;
        }
        if let Some(at) = places.get(&node) {
            partials[*at] = Some(adjoint);
            continue;
        }
        match sweep.graph.node(node) {
            Node::Sum(terms) => {
                for at in 0..terms.len() {
                    sweep.sum_term(node, adjoint, at)?;
                }
            }
            Node::Atom(atom) => {
                let atom = atom.clone();
                sweep.atom(node, adjoint, &atom)?;
            }
        }
        sweep.note_origin(node);
    }
    let mut out = Vec::with_capacity(variables.len());
    for variable in variables {
        let partial = if let Some(node) = places.get(variable).and_then(|at| partials[*at]) {
            sweep.symmetric_part(*variable, node)
        } else {
            let mut axes = sweep.seed.clone();
            axes.extend_from_slice(sweep.graph.axes(*variable));
            sweep.graph.constant(&Rational::ZERO, axes)
        };
        out.push(partial);
    }
    let mut derivative = Derivative { partials: out, origins: sweep.origins, ..Derivative::default() };
    for origin in &derivative.origins {
        derivative.conditions.extend(&origin.conditions);
        add_new(&mut derivative.conventions, &origin.conventions);
    }
    Ok(derivative)
}

impl Sweep<'_> {
    /// δ between the axes of the result and those of the node: the scalar one for a scalar.
    fn seed_node(&mut self) -> NodeId {
        let rank = self.seed.len();
        let mut sizes = self.seed.clone();
        sizes.extend_from_slice(&self.seed.clone());
        let mut operands = Vec::new();
        for i in 0..rank {
            let delta = self.graph.delta(self.seed[i]);
            operands.push(Operand::new(delta, &[i as u8, (rank + i) as u8]));
        }
        self.graph.contract(2 * rank, &sizes, &operands)
    }

    /// Puts aside what the node asked for.
    fn note_origin(&mut self, node: NodeId) {
        if self.conditions.is_empty() && self.conventions.is_empty() {
            return;
        }
        let conditions = std::mem::take(&mut self.conditions);
        let conventions = std::mem::take(&mut self.conventions);
        self.origins.push(Origin { node, conditions, conventions });
    }

    /// Is the node constant but for jumps?
    pub(super) fn is_flat(&self, node: NodeId) -> bool {
        self.flat.get(node.0 as usize).copied().unwrap_or(true)
    }

    pub(super) fn is_dependent(&self, node: NodeId) -> bool {
        self.depends.get(node.0 as usize).copied().unwrap_or(false)
    }

    /// Adds to the adjoint of a node.
    pub(super) fn contribute(&mut self, to: NodeId, coefficient: Rational, part: NodeId) {
        if self.is_dependent(to) && !self.graph.is_zero(part) {
            self.adjoints.entry(to).or_default().push((coefficient, part));
        }
    }

    /// The pullback through one term of a sum, which is not copied if it is just `c · node`.
    fn sum_term(&mut self, node: NodeId, adjoint: NodeId, at: usize) -> Result<(), Diagnostic> {
        let Node::Sum(terms) = self.graph.node(node) else { return Ok(()) };
        let (coefficient, term) = &terms[at];
        if let [factor] = term.factors.as_slice() {
            if factor.exponent.is_one() && self.is_plain(factor, term, adjoint) {
                let (base, coefficient) = (factor.base, coefficient.clone());
                self.contribute(base, coefficient, adjoint);
                return Ok(());
            }
        } else if term.factors.is_empty() {
            return Ok(());
        }
        let (coefficient, term) = (coefficient.clone(), term.clone());
        self.term(adjoint, &coefficient, &term)
    }

    /// Is the factor with its axes as they stand the whole term?
    fn is_plain(&self, factor: &Factor, term: &Term, adjoint: NodeId) -> bool {
        factor.labels.len() == term.sizes.len()
            && factor.labels.len() + self.seed.len() == self.graph.rank(adjoint)
            && factor.labels.iter().enumerate().all(|(axis, label)| axis == *label as usize)
    }

    /// The pullback through one term of a sum.
    fn term(&mut self, adjoint: NodeId, coefficient: &Rational, term: &Term) -> Result<(), Diagnostic> {
        for factor in &term.factors {
            self.power_conditions(factor);
        }
        if term.sizes.is_empty() && self.seed.is_empty() && term.factors.len() > LONG_PRODUCT {
            return self.long_product(adjoint, coefficient, term);
        }
        if self.seed.len() + term.sizes.len() > 40 {
            return Err(Diagnostic::new(
                Kind::Limit,
                "a product with more than 40 indices cannot be differentiated",
            ));
        }
        for at in 0..term.factors.len() {
            let factor = &term.factors[at];
            if self.is_dependent(factor.base) {
                self.factor(adjoint, coefficient, term, at);
            }
            if let Exponent::Node(exponent) = factor.exponent
                && self.is_dependent(exponent)
            {
                self.exponent(adjoint, coefficient, term, at, exponent);
            }
        }
        Ok(())
    }

    /// Where a power is defined but not differentiable: `u^q` at zero for 0 < q < 1.
    fn power_conditions(&mut self, factor: &Factor) {
        if !self.is_dependent(factor.base) {
            return;
        }
        if let Exponent::Number(q) = &factor.exponent
            && !q.is_integer()
            && *q < Rational::ONE
        {
            self.conditions.require_of(self.graph, factor.base, Relation::NotEqual);
        }
    }

    /// Labels of the term moved behind those of the seed, and the adjoint as an operand on them.
    fn shifted(&self, adjoint: NodeId, term: &Term, outputs: usize) -> (Axes, Operand) {
        let shift = self.seed.len() as u8;
        let mut sizes = self.seed.clone();
        sizes.extend_from_slice(&term.sizes);
        let labels: Labels = (0..shift + outputs as u8).collect();
        (sizes, Operand { node: adjoint, labels, exponent: Exponent::ONE })
    }

    /// Adjoint of factor `at`: the contraction of the adjoint with the other factors and the derivative of the power.
    fn factor(&mut self, adjoint: NodeId, coefficient: &Rational, term: &Term, at: usize) {
        let shift = self.seed.len() as u8;
        let outputs = self.graph.rank(adjoint) - self.seed.len();
        let (sizes, first) = self.shifted(adjoint, term, outputs);
        let mut operands: SmallVec<[Operand; 6]> = SmallVec::new();
        operands.push(first);
        let mut scale = coefficient.clone();
        for (i, factor) in term.factors.iter().enumerate() {
            let labels: Labels = factor.labels.iter().map(|l| l + shift).collect();
            let exponent = if i == at {
                match &factor.exponent {
                    Exponent::Number(q) => {
                        scale *= q;
                        Exponent::Number(q - &Rational::ONE)
                    }
                    Exponent::Node(p) => {
                        operands.push(Operand::new(*p, &[]));
                        let less = self.graph.number(&Rational::MINUS_ONE);
                        let sum = self.graph.add(&[*p, less]);
                        self.graph.exponent_of(sum)
                    }
                }
            } else {
                factor.exponent.clone()
            };
            if !matches!(&exponent, Exponent::Number(q) if q.is_zero()) {
                operands.push(Operand { node: factor.base, labels, exponent });
            }
        }
        let base = term.factors[at].base;
        let part = self.gather(&sizes, operands, &term.factors[at].labels);
        self.contribute(base, scale, part);
    }

    /// Contracts to the seed axes followed by the axes with the given labels of the term; a label that comes twice gets a δ.
    fn gather(&mut self, sizes: &Axes, mut operands: SmallVec<[Operand; 6]>, labels: &[u8]) -> NodeId {
        let shift = self.seed.len();
        let mut outputs: SmallVec<[u8; 8]> = (0..shift as u8).collect();
        let mut all: SmallVec<[_; 8]> = sizes.iter().copied().collect();
        for label in labels {
            let label = label + shift as u8;
            if outputs.contains(&label) {
                let fresh = all.len() as u8;
                let size = all[label as usize];
                all.push(size);
                let delta = self.graph.delta(size);
                operands.push(Operand::new(delta, &[label, fresh]));
                outputs.push(fresh);
            } else {
                outputs.push(label);
            }
        }
        // Renumber so that outputs come first.
        let mut to: SmallVec<[u8; 16]> = SmallVec::from_elem(u8::MAX, all.len());
        let mut new_sizes = Axes::new();
        for (i, label) in outputs.iter().enumerate() {
            to[*label as usize] = i as u8;
            new_sizes.push(all[*label as usize]);
        }
        for label in 0..all.len() {
            if to[label] == u8::MAX {
                to[label] = new_sizes.len() as u8;
                new_sizes.push(all[label]);
            }
        }
        for operand in &mut operands {
            for label in &mut operand.labels {
                *label = to[*label as usize];
            }
        }
        self.graph.contract(outputs.len(), &new_sizes, &operands)
    }

    /// Adjoint of the exponent of factor `at`: the term times the logarithm of the base, summed over everything.
    fn exponent(
        &mut self,
        adjoint: NodeId,
        coefficient: &Rational,
        term: &Term,
        at: usize,
        exponent: NodeId,
    ) {
        let shift = self.seed.len() as u8;
        let outputs = self.graph.rank(adjoint) - self.seed.len();
        let (sizes, first) = self.shifted(adjoint, term, outputs);
        let mut operands: SmallVec<[Operand; 6]> = SmallVec::new();
        operands.push(first);
        for factor in &term.factors {
            let labels = factor.labels.iter().map(|l| l + shift).collect();
            operands.push(Operand { node: factor.base, labels, exponent: factor.exponent.clone() });
        }
        let base = term.factors[at].base;
        self.conditions.require_of(self.graph, base, Relation::Greater);
        let log = self.graph.call(crate::function::LOG, &[base]);
        let labels = term.factors[at].labels.iter().map(|l| l + shift).collect();
        operands.push(Operand { node: log, labels, exponent: Exponent::ONE });
        let part = self.gather(&sizes, operands, &[]);
        self.contribute(exponent, coefficient.clone(), part);
    }

    /// A long scalar product: the product of the others is a running product from the left times one from the right.
    fn long_product(
        &mut self,
        adjoint: NodeId,
        coefficient: &Rational,
        term: &Term,
    ) -> Result<(), Diagnostic> {
        let powers: Vec<NodeId> =
            term.factors.iter().map(|f| self.graph.power(f.base, f.exponent.clone())).collect();
        let count = powers.len();
        let mut suffix = vec![adjoint; count + 1];
        for at in (0..count).rev() {
            suffix[at] = self.graph.multiply(&[powers[at], suffix[at + 1]]);
        }
        let mut prefix = self.graph.number(coefficient);
        for at in 0..count {
            let others = self.graph.multiply(&[prefix, suffix[at + 1]]);
            let factor = &term.factors[at];
            if factor.exponent.is_one() {
                self.contribute(factor.base, Rational::ONE, others);
            } else {
                let single =
                    Term { sizes: Axes::new(), factors: smallvec::smallvec![factor.clone()], hash: 0 };
                if self.is_dependent(factor.base) {
                    self.factor(others, &Rational::ONE, &single, 0);
                }
                if let Exponent::Node(exponent) = factor.exponent {
                    self.exponent(others, &Rational::ONE, &single, 0, exponent);
                }
            }
            prefix = self.graph.multiply(&[prefix, powers[at]]);
        }
        Ok(())
    }

    /// The gradient by a variable that is declared symmetric: only the symmetric part means anything, because both
    /// orientations name the same entry.
    fn symmetric_part(&mut self, variable: NodeId, partial: NodeId) -> NodeId {
        let Some(Atom::Variable(_)) = self.graph.atom(variable) else { return partial };
        let symmetries = self.graph.symmetries(variable).to_vec();
        let [symmetry] = symmetries.as_slice() else { return partial };
        let seed = self.seed.len() as u8;
        let order: Vec<u8> = (0..seed).chain(symmetry.order.iter().map(|o| o + seed)).collect();
        let turned = self.graph.permute(partial, &order);
        if turned == partial && !symmetry.is_negative {
            return partial;
        }
        let sign = if symmetry.is_negative { -Rational::HALF } else { Rational::HALF };
        self.graph.combine(&[(Rational::HALF, partial), (sign, turned)])
    }
}
