//! Sums inside products multiplied out, so that equal tensors meet however their sums were grouped.

use rustc_hash::FxHashMap;

use crate::function::{self, Function};
use crate::ir::{Atom, Axes, Exponent, Factor, Graph, Labels, Node, NodeId, Operand, Reduction, Term};
use crate::number::{Rational, Sign};

/// Terms of one sum.
const MOST_TERMS: usize = 300;
/// Elementwise functions within functions that a unit vector selects from.
const DEEPEST_COMPONENT: usize = 12;
/// Powers of sums are multiplied out up to this exponent.
const MOST_POWER: i64 = 4;

/// The node with sums inside products multiplied out, at every depth; `None` if that would be too large.
pub(super) fn expanded(graph: &mut Graph, root: NodeId) -> Option<NodeId> {
    let mut place: FxHashMap<NodeId, NodeId> = FxHashMap::default();
    for node in graph.reachable(&[root]) {
        // Its parts are done: put together again, then its own products.
        let mut known = FxHashMap::default();
        graph.node(node).children(|child| {
            if let Some(done) = place.get(&child) {
                known.insert(child, *done);
            }
        });
        let changed = known.iter().any(|(from, to)| from != to);
        let made = if changed { graph.rebuild(node, &known) } else { node };
        let flat = multiplied_out(graph, made)?;
        place.insert(node, flat);
    }
    place.get(&root).copied()
}

/// Distributes the products of one sum over the sums in them.
fn multiplied_out(graph: &mut Graph, node: NodeId) -> Option<NodeId> {
    let mut current = node;
    // Each round opens one factor of every term; what was nested needs another.
    for _ in 0..8 {
        let Node::Sum(terms) = graph.node(current).clone() else { return Some(current) };
        if terms.is_empty() {
            return Some(current);
        }
        let axes = graph.axes(current).clone();
        let mut parts: Vec<(Rational, NodeId)> = Vec::new();
        let mut changed = false;
        for (coefficient, term) in terms {
            match open_factor(graph, &term) {
                None => parts.push((coefficient, graph.term_node(&axes, Rational::ONE, term))),
                Some(at) => {
                    changed = true;
                    for (scale, part) in distributed(graph, axes.len(), &term, at) {
                        parts.push((coefficient.clone() * scale, part));
                        if parts.len() > MOST_TERMS {
                            return None;
                        }
                    }
                }
            }
        }
        if !changed {
            return Some(current);
        }
        current = graph.combine(&parts);
    }
    Some(current)
}

/// A factor that is a sum of several terms to a small power.
fn open_factor(graph: &Graph, term: &Term) -> Option<usize> {
    term.factors.iter().position(|factor| {
        let Node::Sum(terms) = graph.node(factor.base) else { return false };
        // A power of a contraction is several contractions, which facts may speak of together.
        let is_contraction = terms.first().is_some_and(|(_, t)| t.sizes.len() > graph.rank(factor.base));
        let least = if terms.len() > 1 { 1 } else { 2 };
        let power = factor.exponent.number().and_then(Rational::as_integer);
        (terms.len() > 1 || is_contraction) && power.is_some_and(|n| (least..=MOST_POWER).contains(&n))
    })
}

/// The product with each term of one factor in its place.
fn distributed(graph: &mut Graph, outputs: usize, term: &Term, at: usize) -> Vec<(Rational, NodeId)> {
    let factor = &term.factors[at];
    let own = graph.axes(factor.base).clone();
    let rest = factor.exponent.number().map_or(Rational::ZERO, |n| n.clone() - Rational::ONE);
    let mut others: Vec<Operand> = term
        .factors
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != at)
        .map(|(_, f)| Operand { node: f.base, labels: f.labels.clone(), exponent: f.exponent.clone() })
        .collect();
    if !rest.is_zero() {
        others.push(Operand {
            node: factor.base,
            labels: factor.labels.clone(),
            exponent: Exponent::Number(rest),
        });
    }
    graph
        .terms(factor.base)
        .into_iter()
        .map(|(scale, inner)| {
            let node = graph.term_node(&own, Rational::ONE, inner);
            let mut operands = others.clone();
            operands.push(Operand { node, labels: factor.labels.clone(), exponent: Exponent::ONE });
            (scale, graph.contract(outputs, &term.sizes, &operands))
        })
        .collect()
}

/// The node with exponentials of sums as products, factors that a sum does not run over in front of it, also inside powers
/// and logarithms, and products of exponentials as exponentials of sums.
pub(super) fn opened(graph: &mut Graph, root: NodeId) -> Option<NodeId> {
    let mut place: FxHashMap<NodeId, NodeId> = FxHashMap::default();
    for node in graph.reachable(&[root]) {
        let mut known = FxHashMap::default();
        graph.node(node).children(|child| {
            if let Some(done) = place.get(&child) {
                known.insert(child, *done);
            }
        });
        let changed = known.iter().any(|(from, to)| from != to);
        let made = if changed { graph.rebuild(node, &known) } else { node };
        let made = match graph.node(made).clone() {
            Node::Atom(Atom::Call(Function::Known(function::EXP), arguments)) => {
                exponential(graph, made, arguments[0])
            }
            Node::Atom(Atom::Call(Function::Known(function::LOG), arguments)) => {
                logarithm(graph, made, arguments[0])
            }
            Node::Atom(Atom::LogDeterminant(inner)) => {
                let determinant = graph.determinant(inner);
                let determinant = scaled_determinant(graph, determinant);
                graph.call(function::LOG, &[determinant])
            }
            Node::Atom(Atom::Determinant(_)) => scaled_determinant(graph, made),
            Node::Atom(Atom::Reduce(Reduction::Product, inner, count)) => {
                product_of_exponentials(graph, made, inner, count)
            }
            Node::Sum(terms) => {
                let made = powers(graph, made, &terms);
                selected(graph, made)
            }
            Node::Atom(_) => made,
        };
        place.insert(node, made);
    }
    place.get(&root).copied()
}

/// `Σ_k e_j[k]·f(x[k]) = f(x[j])`: what a unit vector selects, inside elementwise functions.
fn selected(graph: &mut Graph, whole: NodeId) -> NodeId {
    let Node::Sum(terms) = graph.node(whole).clone() else { return whole };
    let axes = graph.axes(whole).clone();
    let mut parts = Vec::with_capacity(terms.len());
    let mut changed = false;
    for (coefficient, term) in terms {
        match selected_term(graph, axes.len(), &term) {
            Some(part) => {
                changed = true;
                parts.push((coefficient, part));
            }
            None => parts.push((coefficient, graph.term_node(&axes, Rational::ONE, term))),
        }
    }
    if changed { graph.combine(&parts) } else { whole }
}

fn selected_term(graph: &mut Graph, outputs: usize, term: &Term) -> Option<NodeId> {
    let is_unit = |f: &Factor| matches!(graph.atom(f.base), Some(Atom::Unit(_))) && f.exponent.is_one();
    let at = term.factors.iter().position(is_unit)?;
    let unit = term.factors[at].base;
    let label = *term.factors[at].labels.first()?;
    let others: Vec<Factor> =
        term.factors.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, f)| f.clone()).collect();
    // Only where something is opened by it.
    let opens = others.iter().any(|f| {
        f.labels.contains(&label) && matches!(graph.node(f.base), Node::Sum(_) | Node::Atom(Atom::Call(..)))
    });
    if !opens || (label as usize) < outputs {
        return None;
    }
    let to: Labels = (0..term.sizes.len() as u8).map(|l| if l > label { l - 1 } else { l }).collect();
    let sizes: Axes =
        term.sizes.iter().enumerate().filter(|(l, _)| *l != label as usize).map(|(_, s)| *s).collect();
    let mut operands = Vec::new();
    for factor in &others {
        let places: Vec<usize> =
            factor.labels.iter().enumerate().filter(|(_, l)| **l == label).map(|(place, _)| place).collect();
        let node = match places.as_slice() {
            [] => factor.base,
            [place] => component(graph, factor.base, *place, unit, 0)?,
            _ => return None,
        };
        let labels: Labels = factor.labels.iter().filter(|l| **l != label).map(|l| to[*l as usize]).collect();
        operands.push(Operand { node, labels, exponent: factor.exponent.clone() });
    }
    Some(graph.contract(outputs, &sizes, &operands))
}

/// The node without one of its axes, at the place that a unit vector says.
fn component(graph: &mut Graph, node: NodeId, axis: usize, unit: NodeId, depth: usize) -> Option<NodeId> {
    if depth > DEEPEST_COMPONENT {
        return None;
    }
    let axes = graph.axes(node).clone();
    match graph.node(node).clone() {
        Node::Atom(Atom::Call(Function::Known(id), arguments)) => {
            let arguments: Option<Vec<NodeId>> =
                arguments.iter().map(|a| component(graph, *a, axis, unit, depth + 1)).collect();
            Some(graph.call(id, &arguments?))
        }
        Node::Sum(terms) => {
            let mut parts = Vec::with_capacity(terms.len());
            for (coefficient, term) in terms {
                let keep = |l: &u8| *l as usize != axis;
                let to = |l: u8| if l as usize > axis { l - 1 } else { l };
                let sizes: Axes = term
                    .sizes
                    .iter()
                    .enumerate()
                    .filter(|(l, _)| *l != axis)
                    .map(|(_, size)| *size)
                    .collect();
                let mut operands = Vec::new();
                for factor in &term.factors {
                    let places: Vec<usize> =
                        (0..factor.labels.len()).filter(|p| !keep(&factor.labels[*p])).collect();
                    let base = match places.as_slice() {
                        [] => factor.base,
                        [place] => component(graph, factor.base, *place, unit, depth + 1)?,
                        _ => return None,
                    };
                    let labels: Labels = factor.labels.iter().copied().filter(|l| keep(l)).map(to).collect();
                    operands.push(Operand { node: base, labels, exponent: factor.exponent.clone() });
                }
                parts.push((coefficient, graph.contract(axes.len() - 1, &sizes, &operands)));
            }
            if parts.is_empty() {
                let rest: Axes =
                    axes.iter().enumerate().filter(|(l, _)| *l != axis).map(|(_, size)| *size).collect();
                return Some(graph.constant(&Rational::ZERO, rest));
            }
            Some(graph.combine(&parts))
        }
        Node::Atom(_) => {
            let bound = (axes.len() - 1) as u8;
            let mut sizes: Axes =
                axes.iter().enumerate().filter(|(l, _)| *l != axis).map(|(_, size)| *size).collect();
            sizes.push(axes[axis]);
            let labels: Labels = (0..axes.len())
                .map(|l| match l.cmp(&axis) {
                    std::cmp::Ordering::Less => l as u8,
                    std::cmp::Ordering::Equal => bound,
                    std::cmp::Ordering::Greater => l as u8 - 1,
                })
                .collect();
            let operands = [Operand::new(unit, &[bound]), Operand { node, labels, exponent: Exponent::ONE }];
            Some(graph.contract(axes.len() - 1, &sizes, &operands))
        }
    }
}

/// `det(c·A) = c^n·det(A)`.
fn scaled_determinant(graph: &mut Graph, whole: NodeId) -> NodeId {
    let Some(Atom::Determinant(inner)) = graph.atom(whole) else { return whole };
    let inner = *inner;
    let axes = graph.axes(inner).clone();
    let Node::Sum(terms) = graph.node(inner).clone() else { return whole };
    let ([(coefficient, term)], Some(size)) = (terms.as_slice(), axes.first()) else { return whole };
    let (scalars, rest): (Vec<Factor>, Vec<Factor>) =
        term.factors.iter().cloned().partition(|f| f.labels.is_empty());
    if rest.is_empty() || (scalars.is_empty() && coefficient.is_one()) {
        return whole;
    }
    let own: Labels = (0..term.sizes.len() as u8).collect();
    let operands: Vec<Operand> = rest.iter().map(|f| operand(f, &own)).collect();
    let matrix = graph.contract(2, &term.sizes, &operands);
    let determinant = graph.determinant(matrix);
    let operands: Vec<Operand> = scalars.iter().map(|f| operand(f, &[])).collect();
    let scale = graph.contract(0, &[], &operands);
    let scale = graph.scale(coefficient, scale);
    let n = graph.size(*size);
    let power = graph.raise(scale, n);
    graph.multiply(&[power, determinant])
}

/// `exp(a + b) = exp(a)·exp(b)`, each on the axes that it depends on.
fn exponential(graph: &mut Graph, whole: NodeId, argument: NodeId) -> NodeId {
    let Node::Sum(terms) = graph.node(argument).clone() else { return whole };
    let axes = graph.axes(argument).clone();
    if terms.is_empty() || (terms.len() == 1 && !narrows(&terms[0].1, axes.len())) {
        return whole;
    }
    let mut operands = Vec::new();
    for (coefficient, term) in terms {
        let (node, labels) = narrowed(graph, &axes, coefficient, &term);
        let node = graph.call(function::EXP, &[node]);
        operands.push(Operand { node, labels, exponent: Exponent::ONE });
    }
    graph.contract(axes.len(), &axes, &operands)
}

fn narrows(term: &Term, rank: usize) -> bool {
    (0..rank as u8).any(|label| !term.factors.iter().any(|f| f.labels.contains(&label)))
}

/// A term on those of the output axes that it depends on.
fn narrowed(graph: &mut Graph, axes: &Axes, coefficient: Rational, term: &Term) -> (NodeId, Labels) {
    let rank = axes.len();
    let used: Labels =
        (0..rank as u8).filter(|label| term.factors.iter().any(|f| f.labels.contains(label))).collect();
    let mut to: Labels = (0..term.sizes.len() as u8).collect();
    let mut sizes: Axes = used.iter().map(|label| axes[*label as usize]).collect();
    for (new, old) in used.iter().enumerate() {
        to[*old as usize] = new as u8;
    }
    for (label, size) in term.sizes.iter().enumerate().skip(rank) {
        to[label] = sizes.len() as u8;
        sizes.push(*size);
    }
    let operands: Vec<Operand> = term.factors.iter().map(|f| operand(f, &to)).collect();
    let node = graph.contract(used.len(), &sizes, &operands);
    (graph.scale(&coefficient, node), used)
}

fn operand(factor: &Factor, to: &[u8]) -> Operand {
    Operand {
        node: factor.base,
        labels: factor.labels.iter().map(|l| to[*l as usize]).collect(),
        exponent: factor.exponent.clone(),
    }
}

/// The factors of a term that its sums do not run over, and the rest; `None` if there is nothing to part.
fn parted(graph: &mut Graph, axes: &Axes, term: &Term) -> Option<(Vec<Factor>, NodeId)> {
    let rank = axes.len();
    let (bound, free): (Vec<Factor>, Vec<Factor>) =
        term.factors.iter().cloned().partition(|f| f.labels.iter().any(|l| *l as usize >= rank));
    if bound.is_empty() || free.is_empty() {
        return None;
    }
    let own: Labels = (0..term.sizes.len() as u8).collect();
    let operands: Vec<Operand> = bound.iter().map(|f| operand(f, &own)).collect();
    Some((free, graph.contract(rank, &term.sizes, &operands)))
}

/// `log(f·Σg) = log f + log Σg` for `f > 0`.
fn logarithm(graph: &mut Graph, whole: NodeId, argument: NodeId) -> NodeId {
    let Node::Sum(terms) = graph.node(argument).clone() else { return whole };
    let [(coefficient, term)] = terms.as_slice() else { return whole };
    let axes = graph.axes(argument).clone();
    let Some((free, rest)) = parted(graph, &axes, term) else { return whole };
    if !coefficient.is_positive() || !free.iter().all(|f| graph.factor_sign(f).is(Sign::POSITIVE)) {
        return whole;
    }
    let rest = graph.scale(coefficient, rest);
    let mut parts = vec![graph.call(function::LOG, &[rest])];
    for factor in free {
        let log = graph.call(function::LOG, &[factor.base]);
        let exponent = graph.exponent_node(&factor.exponent);
        let scaled = graph.multiply(&[exponent, log]);
        parts.push(graph.broadcast(scaled, &axes, &factor.labels));
    }
    graph.add(&parts)
}

/// `∏ exp(a) = exp(Σ a)`.
fn product_of_exponentials(graph: &mut Graph, whole: NodeId, inner: NodeId, count: u8) -> NodeId {
    let Some(Atom::Call(Function::Known(function::EXP), arguments)) = graph.atom(inner) else { return whole };
    let argument = arguments[0];
    let axes = graph.axes(argument).clone();
    let labels: Labels = (0..axes.len() as u8).collect();
    let outputs = axes.len() - count as usize;
    let sum = graph.contract(outputs, &axes, &[Operand { node: argument, labels, exponent: Exponent::ONE }]);
    graph.call(function::EXP, &[sum])
}

/// `(f·Σg)^e = f^e·(Σg)^e` for whole `e`.
fn powers(graph: &mut Graph, whole: NodeId, terms: &[(Rational, Term)]) -> NodeId {
    let axes = graph.axes(whole).clone();
    let mut parts = Vec::with_capacity(terms.len());
    let mut changed = false;
    for (coefficient, term) in terms {
        let own: Labels = (0..term.sizes.len() as u8).collect();
        let mut operands = Vec::new();
        let mut scale = coefficient.clone();
        for factor in &term.factors {
            let base_axes = graph.axes(factor.base).clone();
            let inner = match (graph.node(factor.base).clone(), factor.exponent.number()) {
                (Node::Sum(inner), Some(e)) if inner.len() == 1 && e.is_integer() && !e.is_one() => {
                    inner.into_iter().next()
                }
                _ => None,
            };
            let opened = inner.and_then(|(c, inner)| {
                let (free, rest) = parted(graph, &base_axes, &inner)?;
                let e = factor.exponent.number()?;
                Some((c.power(e.as_integer()?, 4096).ok()?, free, rest, e.clone()))
            });
            let Some((c, free, rest, e)) = opened else {
                operands.push(operand(factor, &own));
                continue;
            };
            changed = true;
            scale *= &c;
            operands.push(Operand {
                node: rest,
                labels: factor.labels.clone(),
                exponent: Exponent::Number(e.clone()),
            });
            for part in free {
                let whole_exponent = match &part.exponent {
                    Exponent::Number(q) => Exponent::Number(q * &e),
                    Exponent::Node(node) => {
                        let scaled = graph.scale(&e, *node);
                        graph.exponent_of(scaled)
                    }
                };
                operands.push(Operand {
                    node: part.base,
                    labels: part.labels.iter().map(|l| factor.labels[*l as usize]).collect(),
                    exponent: whole_exponent,
                });
            }
        }
        parts.push((scale, graph.contract(axes.len(), &term.sizes, &operands)));
    }
    if changed && !parts.is_empty() { graph.combine(&parts) } else { whole }
}
