//! Chains of additions or multiplications in flat expressions, so that `a·b·c·…` can be made at once: made two by two, every
//! product on the way would be made as well, which takes the square of the time and the memory.

use super::scalar::{Operation, Ref, Scalar};

/// Where an operation stands in a chain of sums or of products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// In none.
    None,
    /// The end of a chain of additions and subtractions.
    Sum,
    /// The end of a chain of multiplications and divisions.
    Product,
    /// Within a chain, used by nothing else.
    Inner,
}

/// The chains of an expression.
#[derive(Clone, Debug)]
pub struct Chains {
    links: Vec<Link>,
}

impl Chains {
    /// Finds them.
    pub fn of(expression: &Scalar) -> Chains {
        let nodes = expression.nodes();
        let mut uses = vec![0u32; nodes.len()];
        for operation in nodes {
            operation.operands(|a| uses[a as usize] += 1);
        }
        let mut links = vec![Link::None; nodes.len()];
        for number in 0..nodes.len() {
            let kind = kind(&nodes[number]);
            if kind == Link::None {
                continue;
            }
            let (Operation::Add(a, b)
            | Operation::Subtract(a, b)
            | Operation::Multiply(a, b)
            | Operation::Divide(a, b)) = &nodes[number]
            else {
                continue;
            };
            // u/(v·w) keeps its divisor whole: the conditions of a divisor are about it.
            let right = if matches!(nodes[number], Operation::Divide(..)) { None } else { Some(b) };
            for inner in [Some(a), right].into_iter().flatten() {
                let at = *inner as usize;
                if uses[at] == 1 && links[at] == kind {
                    links[at] = Link::Inner;
                }
            }
            links[number] = kind;
        }
        Chains { links }
    }

    /// Where an operation stands.
    pub fn link(&self, at: Ref) -> Link {
        self.links.get(at as usize).copied().unwrap_or(Link::None)
    }

    /// The operands of the chain that ends at an operation, from left to right, and whether each is subtracted or a divisor.
    pub fn operands(&self, expression: &Scalar, end: Ref) -> Vec<(Ref, bool)> {
        let mut found = Vec::new();
        let mut pending = vec![(end, false, true)];
        while let Some((at, turned, is_end)) = pending.pop() {
            if !is_end && self.link(at) != Link::Inner {
                found.push((at, turned));
                continue;
            }
            match expression.node(at) {
                Operation::Add(a, b) | Operation::Multiply(a, b) => {
                    pending.push((*b, turned, false));
                    pending.push((*a, turned, false));
                }
                Operation::Subtract(a, b) | Operation::Divide(a, b) => {
                    pending.push((*b, !turned, false));
                    pending.push((*a, turned, false));
                }
                _ => found.push((at, turned)),
            }
        }
        found
    }
}

fn kind(operation: &Operation) -> Link {
    match operation {
        Operation::Add(..) | Operation::Subtract(..) => Link::Sum,
        Operation::Multiply(..) | Operation::Divide(..) => Link::Product,
        _ => Link::None,
    }
}
