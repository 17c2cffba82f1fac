//! Building a node again with parts replaced.

use rustc_hash::FxHashMap;

use super::construct::Operand;
use super::graph::Graph;
use super::node::{Atom, Axes, Exponent, Node, NodeId};
use crate::function::Function;

impl Graph {
    /// Builds a node again bottom up: nodes in `known` are replaced, everything above them is made anew by the
    /// constructors. Also brings a node made in shared form into flat form.
    pub fn rebuild(&mut self, root: NodeId, known: &FxHashMap<NodeId, NodeId>) -> NodeId {
        let mut place: FxHashMap<NodeId, NodeId> = known.clone();
        for node in self.reachable(&[root]) {
            if place.contains_key(&node) {
                continue;
            }
            let made = self.rebuild_one(node, &place);
            place.insert(node, made);
        }
        place[&root]
    }

    fn rebuild_one(&mut self, node: NodeId, place: &FxHashMap<NodeId, NodeId>) -> NodeId {
        let at = |id: &NodeId| place.get(id).copied().unwrap_or(*id);
        match self.node(node).clone() {
            Node::Sum(terms) => {
                let axes = self.axes(node).clone();
                let mut parts = Vec::with_capacity(terms.len());
                for (coefficient, term) in terms {
                    let operands: Vec<Operand> = term
                        .factors
                        .iter()
                        .map(|factor| Operand {
                            node: at(&factor.base),
                            labels: factor.labels.clone(),
                            exponent: match &factor.exponent {
                                Exponent::Node(exponent) => self.exponent_of(at(exponent)),
                                Exponent::Number(q) => Exponent::Number(q.clone()),
                            },
                        })
                        .collect();
                    parts.push((coefficient, self.contract(axes.len(), &term.sizes, &operands)));
                }
                if parts.is_empty() { node } else { self.combine(&parts) }
            }
            Node::Atom(atom) => match atom {
                Atom::Call(Function::Known(id), arguments) => {
                    let arguments: Vec<NodeId> = arguments.iter().map(at).collect();
                    self.call(id, &arguments)
                }
                Atom::Call(Function::Unknown { symbol, primes }, arguments) => {
                    let name = self.symbol_name(super::SymbolId(symbol)).to_owned();
                    match arguments.first() {
                        Some(argument) => self.unknown_call(&name, primes, at(argument)),
                        None => node,
                    }
                }
                Atom::Compare(relation, a, b) => self.compare(relation, at(&a), at(&b)),
                Atom::Cases(a, b, c) => self.cases(at(&a), at(&b), at(&c)),
                Atom::Reduce(kind, a, count) => self.reduce(kind, at(&a), count as usize),
                Atom::Select(kind, a, count) => self.select(kind, at(&a), count as usize),
                Atom::Inverse(a) => self.inverse(at(&a)),
                Atom::Determinant(a) => self.determinant(at(&a)),
                Atom::LogDeterminant(a) => self.log_determinant(at(&a)),
                Atom::Array(entries) => {
                    let axes = self.axes(node).clone();
                    self.array(entries.iter().map(at).collect(), axes)
                }
                _ => node,
            },
        }
    }

    /// A scalar formula in the scalar `variable`, with a node of any axes put in its place: every node in between is
    /// taken entry by entry. `None` if something in between is not elementwise.
    pub fn substitute_scalar(&mut self, root: NodeId, variable: NodeId, by: NodeId) -> Option<NodeId> {
        let axes = self.axes(by).clone();
        if axes.is_empty() {
            let known = std::iter::once((variable, by)).collect();
            return Some(self.rebuild(root, &known));
        }
        let mut place: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        place.insert(variable, by);
        for node in self.reachable(&[root]) {
            if place.contains_key(&node) {
                continue;
            }
            let made = self.spread(node, &place, &axes)?;
            place.insert(node, made);
        }
        place.get(&root).copied()
    }

    fn spread(&mut self, node: NodeId, place: &FxHashMap<NodeId, NodeId>, axes: &Axes) -> Option<NodeId> {
        let mut depends = false;
        self.node(node).children(|c| depends |= place.get(&c).is_some_and(|p| *p != c));
        if !depends {
            return Some(node);
        }
        Some(match self.node(node).clone() {
            Node::Sum(terms) => {
                let mut parts = Vec::new();
                for (coefficient, term) in terms {
                    if !term.sizes.is_empty() {
                        return None;
                    }
                    let mut factors = Vec::new();
                    for factor in term.factors {
                        let exponent = match factor.exponent {
                            Exponent::Node(e) if place.get(&e).is_some_and(|p| *p != e) => return None,
                            exponent => exponent,
                        };
                        let base = place.get(&factor.base).copied().unwrap_or(factor.base);
                        factors.push(self.power(base, exponent));
                    }
                    let product = self.multiply(&factors);
                    parts.push((coefficient, self.broadcast_scalar(product, axes)));
                }
                self.combine(&parts)
            }
            Node::Atom(Atom::Call(function, arguments)) => {
                let mut all = Vec::new();
                for argument in arguments {
                    let argument = place.get(&argument).copied().unwrap_or(argument);
                    all.push(self.broadcast_scalar(argument, axes));
                }
                match (function, all.as_slice()) {
                    (Function::Known(id), all) => self.call(id, all),
                    (Function::Unknown { symbol, primes }, [argument]) => {
                        let name = self.symbol_name(super::SymbolId(symbol)).to_owned();
                        self.unknown_call(&name, primes, *argument)
                    }
                    _ => return None,
                }
            }
            Node::Atom(_) => return None,
        })
    }

    /// A scalar repeated over axes; anything else as it is.
    pub fn broadcast_scalar(&mut self, node: NodeId, axes: &Axes) -> NodeId {
        if self.rank(node) == 0 { self.broadcast(node, axes, &[]) } else { node }
    }
}
