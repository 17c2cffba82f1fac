//! How long a piece of notation is to read, and the order in which equal-ranking pieces are written.

use std::cmp::Ordering;

use crate::function;
use crate::syntax::tree::{Kind, Tree};

/// The weight of a tree: two for each name, number or call, one for each operator, one more for brackets around a sum
/// inside a product. Only comparisons of weights mean anything.
pub(super) fn weight(tree: &Tree) -> usize {
    let all = |trees: &[Tree]| trees.iter().map(weight).sum::<usize>();
    let factors = |trees: &[Tree]| trees.iter().map(factor_weight).sum::<usize>();
    match &tree.kind {
        Kind::Number(_) | Kind::Name(_) => 2,
        Kind::Sum(terms) => {
            let minus = |t: &Tree| usize::from(matches!(t.kind, Kind::Negate(_)));
            // A minus between terms stands for the operator; one in front is extra.
            terms.len() - 1 + all(terms) - terms[1..].iter().map(minus).sum::<usize>()
        }
        Kind::Product(parts) | Kind::Hadamard(parts) => parts.len() - 1 + factors(parts),
        Kind::Quotient(a, b) | Kind::ElementwiseQuotient(a, b) => 1 + factor_weight(a) + factor_weight(b),
        Kind::Power(a, b) | Kind::ElementwisePower(a, b) => 1 + factor_weight(a) + weight(b),
        Kind::Relation(_, a, b) => 1 + weight(a) + weight(b),
        Kind::Negate(a) | Kind::Transpose(a) => 1 + factor_weight(a),
        Kind::Iverson(a) => 2 + weight(a),
        Kind::Call { name, arguments, .. } => {
            // Ones, identities and diagonal matrices are scaffolding: what says the same without them is better.
            let scaffolding = function::lookup(name).is_some_and(|id| {
                use function::{Meaning::Tensor, TensorFunction as F};
                matches!(function::row(id).meaning, Tensor(F::Ones | F::Identity | F::Zeros | F::Diagonal))
            });
            2 + usize::from(scaffolding) + all(arguments)
        }
        Kind::Index(base, subscripts) => 1 + weight(base) + subscripts.len(),
        Kind::Big { indices, condition, body, .. } => {
            2 + 2 * indices.len() + condition.as_deref().map_or(0, weight) + weight(body)
        }
        Kind::And(parts) | Kind::Array(parts) => 1 + all(parts),
        Kind::Cases(rows) => {
            let condition = |c: &Option<Tree>| c.as_ref().map_or(0, weight);
            2 + rows.iter().map(|(value, c)| weight(value) + condition(c)).sum::<usize>()
        }
        Kind::Derivative { body, variables, .. } => 2 + weight(body) + all(variables),
    }
}

fn factor_weight(tree: &Tree) -> usize {
    weight(tree) + usize::from(matches!(tree.kind, Kind::Sum(_) | Kind::Negate(_)))
}

/// The number of nodes of a tree, names and numbers included.
pub(super) fn nodes(tree: &Tree) -> usize {
    let mut count = 1;
    tree.each_part(&mut |part| count += nodes(part));
    count
}

/// The degree in its names: sums are written with the highest degree first. Calls count as names.
pub(super) fn degree(tree: &Tree) -> i64 {
    match &tree.kind {
        Kind::Number(_) => 0,
        Kind::Product(parts) | Kind::Hadamard(parts) => parts.iter().map(degree).sum(),
        Kind::Quotient(a, b) | Kind::ElementwiseQuotient(a, b) => degree(a) - degree(b),
        Kind::Power(a, b) | Kind::ElementwisePower(a, b) => match &b.kind {
            Kind::Number(n) => degree(a).saturating_mul(n.as_integer().unwrap_or(1).clamp(0, 1 << 20)),
            _ => degree(a),
        },
        Kind::Negate(a) | Kind::Transpose(a) => degree(a),
        Kind::Index(a, _) => degree(a),
        Kind::Sum(parts) => parts.iter().map(degree).max().unwrap_or(0),
        Kind::Big { body, .. } => degree(body),
        _ => 1,
    }
}

/// Where a factor or term stands among others.
fn class(tree: &Tree) -> u8 {
    match &tree.kind {
        Kind::Number(_) => 0,
        Kind::Name(_) => 1,
        Kind::Transpose(a) | Kind::Index(a, _) if class(a) <= 1 => 1,
        Kind::Power(a, _) | Kind::ElementwisePower(a, _) => class(a).max(1),
        Kind::Product(_) | Kind::Hadamard(_) | Kind::Quotient(..) | Kind::ElementwiseQuotient(..) => 2,
        Kind::Call { primes: 0, .. } => 3,
        Kind::Sum(_) | Kind::Negate(_) => 4,
        // The derivative of an unknown function stands last, as in the chain rule.
        Kind::Call { .. } => 5,
        Kind::Big { .. } => 7,
        _ => 6,
    }
}

/// The order of terms in a sum: highest degree first, then names before calls before sums, then alphabetical.
pub(super) fn term_order(a: &Tree, b: &Tree) -> Ordering {
    // A sum over indices stands open to the right: nothing should follow it.
    let constant = |t: &Tree| match &t.kind {
        Kind::Number(_) => 1,
        Kind::Big { .. } => 2,
        Kind::Product(parts) if matches!(parts.last().map(|p| &p.kind), Some(Kind::Big { .. })) => 2,
        _ => 0,
    };
    constant(a)
        .cmp(&constant(b))
        .then_with(|| degree(b).cmp(&degree(a)))
        .then_with(|| class(a).cmp(&class(b)))
        .then_with(|| transposes(a).cmp(&transposes(b)))
        .then_with(|| words(a).cmp(&words(b)))
        .then_with(|| weight(a).cmp(&weight(b)))
        .then_with(|| structure(a, b))
}

fn transposes(tree: &Tree) -> usize {
    let mut count = usize::from(matches!(tree.kind, Kind::Transpose(_)));
    tree.each_part(&mut |part| count += transposes(part));
    count
}

/// The order of factors that commute: numbers, names, products, calls, sums; each alphabetical.
pub(super) fn factor_order(a: &Tree, b: &Tree) -> Ordering {
    class(a)
        .cmp(&class(b))
        .then_with(|| words(a).cmp(&words(b)))
        .then_with(|| weight(a).cmp(&weight(b)))
        .then_with(|| structure(a, b))
}

/// The names in a tree in the order of writing, those under a whole power repeated: x² is the word "x x", so that
/// x², x·y, y² come in this order.
fn words(tree: &Tree) -> Vec<String> {
    const LONGEST: usize = 24;
    let mut out = Vec::new();
    fn collect(tree: &Tree, out: &mut Vec<String>) {
        if out.len() > LONGEST {
            return;
        }
        match &tree.kind {
            Kind::Name(name) => out.push(name.clone()),
            Kind::Power(base, exponent) | Kind::ElementwisePower(base, exponent) => {
                let times = match &exponent.kind {
                    Kind::Number(n) => n.as_integer().unwrap_or(1).clamp(1, 8),
                    _ => 1,
                };
                for _ in 0..times {
                    collect(base, out);
                }
            }
            _ => tree.each_part(&mut |part| collect(part, out)),
        }
    }
    collect(tree, &mut out);
    out
}

/// A total order on trees, by form and content.
pub(super) fn structure(a: &Tree, b: &Tree) -> Ordering {
    fn rank(kind: &Kind) -> u8 {
        match kind {
            Kind::Number(_) => 0,
            Kind::Name(_) => 1,
            Kind::Transpose(_) => 2,
            Kind::Power(..) => 3,
            Kind::ElementwisePower(..) => 4,
            Kind::Index(..) => 5,
            Kind::Product(_) => 6,
            Kind::Hadamard(_) => 7,
            Kind::Quotient(..) => 8,
            Kind::ElementwiseQuotient(..) => 9,
            Kind::Call { .. } => 10,
            Kind::Sum(_) => 11,
            Kind::Negate(_) => 12,
            Kind::Iverson(_) => 13,
            Kind::Relation(..) => 14,
            Kind::And(_) => 15,
            Kind::Array(_) => 16,
            Kind::Cases(_) => 17,
            Kind::Big { .. } => 18,
            Kind::Derivative { .. } => 19,
        }
    }
    let own = match (&a.kind, &b.kind) {
        (Kind::Number(x), Kind::Number(y)) => x.cmp(y),
        (Kind::Name(x), Kind::Name(y)) => x.cmp(y),
        (Kind::Call { name: x, primes: p, .. }, Kind::Call { name: y, primes: q, .. }) => {
            x.cmp(y).then(p.cmp(q))
        }
        (Kind::Relation(x, ..), Kind::Relation(y, ..)) => x.cmp(y),
        (x, y) => rank(x).cmp(&rank(y)),
    };
    own.then_with(|| {
        let (mut p, mut q) = (Vec::new(), Vec::new());
        a.each_part(&mut |part| p.push(part));
        b.each_part(&mut |part| q.push(part));
        p.len().cmp(&q.len()).then_with(|| {
            p.iter()
                .zip(&q)
                .map(|(x, y)| structure(x, y))
                .find(|o| *o != Ordering::Equal)
                .unwrap_or(Ordering::Equal)
        })
    })
}
