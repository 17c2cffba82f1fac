//! What is not a sum or product, in matrix notation.

use super::chain::Link;
use super::writer::{Attempt, LEFT_OUT, Writer, call};
use crate::function::{self, Function, TensorFunction};
use crate::ir::{Atom, Node, NodeId, Operand, Reduction};
use crate::number::Rational;
use crate::syntax::tree::{BoundIndex, Kind, Relation, Tree};

impl Writer<'_> {
    pub(super) fn atom(&mut self, node: NodeId, atom: &Atom) -> Attempt<Link> {
        let rank = self.graph.rank(node);
        let is_symmetric = rank == 0 || self.is_symmetric(node);
        let plain = |tree: Tree| if is_symmetric { Link::symmetric(tree) } else { Link::new(tree) };
        Ok(match atom {
            Atom::Variable(symbol) => {
                let name = self.graph.symbol_name(*symbol).to_owned();
                let is_lying = rank == 1 && self.names.lying.contains(&name);
                let link = plain(Tree::name(name));
                if is_lying { link.turn() } else { link }
            }
            Atom::Constant(crate::ir::scalar::Constant::Pi) => plain(Tree::name("pi")),
            Atom::Size(size) => plain(self.size_tree(*size)),
            Atom::Position => return Err("it uses the position along an axis".to_owned()),
            Atom::Call(function, arguments) => {
                if let Some(known) = self.named_scalar(node, *function, arguments) {
                    return Ok(known);
                }
                let links = self.entrywise(arguments)?;
                let (name, primes) = self.function_name(*function);
                let written = call(&name, primes, links.iter().map(|l| l.plain.clone()).collect());
                if is_symmetric { Link::symmetric(written) } else { Link::new(written) }
            }
            Atom::Delta => {
                let size = self.size_tree(self.graph.axes(node)[0]);
                plain(self.tensor_call(TensorFunction::Identity, size))
            }
            Atom::Unit(symbol) => {
                let place = Tree::name(self.graph.symbol_name(*symbol));
                self.unit(node, place)
            }
            Atom::Affine(coefficients, constant) if coefficients.as_slice() == [1] && *constant < 0 => {
                self.unit(node, Tree::number(&Rational::integer(-constant)))
            }
            Atom::Affine(..) => return Err("it relates indices by their positions".to_owned()),
            Atom::Compare(relation, a, b) => {
                let links = self.entrywise(&[*a, *b])?;
                let relation = |a: &Tree, b: &Tree| -> Tree {
                    let relation = Kind::Relation(*relation, Box::new(a.clone()), Box::new(b.clone()));
                    Kind::Iverson(Box::new(relation.into())).into()
                };
                plain(relation(&links[0].plain, &links[1].plain))
            }
            Atom::Cases(condition, yes, no) => {
                let has_shape = self.repeated(*condition).is_none();
                let condition = self.condition(*condition)?;
                let links = self.entrywise_beside(&[*yes, *no], has_shape)?;
                let rows = vec![(links[0].plain.clone(), Some(condition)), (links[1].plain.clone(), None)];
                plain(Kind::Cases(rows).into())
            }
            Atom::Reduce(kind, inner, count) if self.graph.rank(*inner) == *count as usize => {
                plain(self.reduced(*kind, *inner)?)
            }
            Atom::Reduce(..) => return Err("it selects along one of several axes".to_owned()),
            Atom::Select(_, _, count) if *count as usize != rank => {
                return Err("it selects along one of several axes".to_owned());
            }
            Atom::Select(kind, inner, _) => {
                let values = self.link(*inner)?.plain;
                let selected = self.reduced(*kind, *inner)?;
                let equal = Kind::Relation(Relation::Equal, Box::new(values), Box::new(selected));
                plain(Kind::Iverson(Box::new(equal.into())).into())
            }
            Atom::Inverse(inner) => {
                let inner = self.link(*inner)?.plain;
                plain(self.tensor_call(TensorFunction::Inverse, inner))
            }
            Atom::Determinant(inner) => {
                let inner = self.link(*inner)?.plain;
                plain(self.tensor_call(TensorFunction::Determinant, inner))
            }
            Atom::LogDeterminant(inner) => {
                let inner = self.link(*inner)?.plain;
                plain(self.tensor_call(TensorFunction::LogDeterminant, inner))
            }
            Atom::Array(entries) => {
                let mut trees = Vec::with_capacity(entries.len());
                for entry in entries {
                    trees.push(self.link(*entry)?.plain);
                }
                let columns = match rank {
                    2 => self.graph.dimension_value(self.graph.axes(node)[1]).as_number().unwrap_or(1),
                    _ => 0,
                };
                if columns > 0 {
                    let rows = trees.chunks(columns as usize).map(|row| Kind::Array(row.to_vec()).into());
                    plain(Kind::Array(rows.collect()).into())
                } else {
                    plain(Kind::Array(trees).into())
                }
            }
        })
    }

    fn unit(&self, node: NodeId, place: Tree) -> Link {
        let size = self.size_tree(self.graph.axes(node)[0]);
        Link::new(Tree::call(self.tensor_name(TensorFunction::Unit), vec![place, size]))
    }

    /// The name of a function and its primes.
    pub(super) fn function_name(&self, function: Function) -> (String, u8) {
        match function {
            Function::Known(id) => (function::row(id).name.to_owned(), 0),
            Function::Unknown { symbol, primes } => {
                (self.graph.symbol_name(crate::ir::SymbolId(symbol)).to_owned(), primes)
            }
        }
    }

    /// `e` for exp(1), `logsumexp(u)` for log Σ exp(u).
    fn named_scalar(&mut self, node: NodeId, function: Function, arguments: &[NodeId]) -> Option<Link> {
        let Function::Known(id) = function else { return None };
        let [argument] = arguments else { return None };
        if self.graph.rank(node) > 0 {
            return None;
        }
        if id == function::EXP && self.graph.as_number(*argument).is_some_and(|q| q.is_one()) {
            return (!self.names.used.contains("e")).then(|| Link::symmetric(Tree::name("e")));
        }
        if id != function::LOG {
            return None;
        }
        let Node::Sum(terms) = self.graph.node(*argument) else { return None };
        let [(coefficient, term)] = terms.as_slice() else { return None };
        let [factor] = term.factors.as_slice() else { return None };
        let in_order = factor.labels.len() == term.sizes.len() && !factor.labels.is_empty();
        if !coefficient.is_one() || !factor.exponent.is_one() || !in_order {
            return None;
        }
        let Some(Atom::Call(Function::Known(inner), arguments)) = self.graph.atom(factor.base) else {
            return None;
        };
        if *inner != function::EXP {
            return None;
        }
        let mut seen = factor.labels.clone();
        seen.sort_unstable();
        seen.dedup();
        if seen.len() != factor.labels.len() {
            return None;
        }
        let argument = arguments[0];
        let inner = self.link(argument).ok()?;
        Some(Link::symmetric(self.tensor_call(TensorFunction::LogSumExp, inner.plain)))
    }

    /// A condition as it is written after `if`.
    pub(super) fn condition(&mut self, node: NodeId) -> Attempt<Tree> {
        if let Some(conditions) = self.conditions_of(node) {
            let mut all = Vec::with_capacity(conditions.len());
            for (relation, a, b) in conditions {
                let links = self.entrywise(&[a, b])?;
                all.push(
                    Kind::Relation(
                        relation,
                        Box::new(links[0].plain.clone()),
                        Box::new(links[1].plain.clone()),
                    )
                    .into(),
                );
            }
            return Ok(if all.len() == 1 { all.swap_remove(0) } else { Kind::And(all).into() });
        }
        let value = self.link(node)?.plain;
        let zero = Tree::number(&Rational::ZERO);
        Ok(Kind::Relation(Relation::NotEqual, Box::new(value), Box::new(zero)).into())
    }

    /// A product of comparisons on the axes of the node, taken apart.
    pub(super) fn conditions_of(&mut self, node: NodeId) -> Option<Vec<(Relation, NodeId, NodeId)>> {
        let rank = self.graph.rank(node);
        let terms = self.graph.terms(node);
        let [(coefficient, term)] = terms.as_slice() else { return None };
        if !coefficient.is_one() || term.sizes.len() != rank || term.factors.is_empty() {
            return None;
        }
        let axes = self.graph.axes(node).clone();
        let mut all = Vec::new();
        for factor in &term.factors {
            let Some(Atom::Compare(relation, a, b)) = self.graph.atom(factor.base) else { return None };
            let (relation, a, b) = (*relation, *a, *b);
            let a = self.graph.contract(rank, &axes, &[Operand::new(a, &factor.labels)]);
            let b = self.graph.contract(rank, &axes, &[Operand::new(b, &factor.labels)]);
            all.push((relation, a, b));
        }
        all.sort_by_key(|(_, a, b)| (self.graph.content_hash(*a), self.graph.content_hash(*b)));
        Some(all)
    }

    /// All entries reduced to one: `max(x)`, `prod[k] x[k]`.
    fn reduced(&mut self, kind: Reduction, inner: NodeId) -> Attempt<Tree> {
        let name = match kind {
            Reduction::Maximum => Some(function::row(function::MAX).name),
            Reduction::Minimum => Some(function::row(function::MIN).name),
            Reduction::Product => None,
        };
        if let (Some(name), Ok(link)) = (name, self.link(inner)) {
            return Ok(Tree::call(name, vec![link.plain]));
        }
        let names = self.fresh(self.graph.rank(inner));
        let tree = self.reduced_entry(kind, inner, &[], &names);
        self.release(&names);
        Ok(tree)
    }

    /// Something that cannot be written at all.
    pub(super) fn left_out(&mut self) -> Tree {
        self.is_cut = true;
        Tree::name(LEFT_OUT)
    }
}

/// `prod[k] …`, `max[k] …`.
pub(super) fn big(kind: Reduction, indices: Vec<BoundIndex>, body: Tree) -> Tree {
    use crate::syntax::tree::Big;
    let operation = match kind {
        Reduction::Maximum => Big::Maximum,
        Reduction::Minimum => Big::Minimum,
        Reduction::Product => Big::Product,
    };
    Kind::Big { operation, indices, condition: None, body: Box::new(body) }.into()
}
