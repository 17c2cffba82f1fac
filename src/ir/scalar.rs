//! A scalar expression as a flat list: the form in which normal forms, the e-graph and the scalar evaluators work.
//!
//! Anything that is not scalar arithmetic (a component of a tensor, a contraction, a reduction) is a leaf with a number;
//! whoever makes the list knows what the numbers mean.

use smallvec::SmallVec;

use crate::function::Function;
use crate::number::Rational;

/// Index of a node in its [`Scalar`].
pub type Ref = u32;

/// Named constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Constant {
    /// π.
    Pi,
}

/// One operation; operands stand before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// An exact number.
    Number(Rational),
    /// A named constant.
    Constant(Constant),
    /// A variable or anything opaque.
    Leaf(u32),
    /// `a + b`.
    Add(Ref, Ref),
    /// `a − b`.
    Subtract(Ref, Ref),
    /// `a · b`.
    Multiply(Ref, Ref),
    /// `a / b`.
    Divide(Ref, Ref),
    /// `−a`.
    Negate(Ref),
    /// `a^b`; a square root is the power 1/2. Defined for a > 0, for a = 0 if b > 0, for a < 0 if b is an integer, `a^0 = 1`.
    Power(Ref, Ref),
    /// `f(a, …)`, elementwise functions only.
    Call(Function, SmallVec<[Ref; 2]>),
}

/// A scalar expression: operations, operands first, the root last; equal operations appear once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scalar {
    nodes: Vec<Operation>,
}

impl Scalar {
    /// The operations, operands first.
    pub fn nodes(&self) -> &[Operation] {
        &self.nodes
    }

    /// Index of the root. An empty expression has none; builders never finish empty.
    pub fn root(&self) -> Ref {
        (self.nodes.len() as Ref).saturating_sub(1)
    }

    /// The operation at `at`.
    pub fn node(&self, at: Ref) -> &Operation {
        &self.nodes[at as usize]
    }
}

impl Operation {
    /// Calls `visit` with each operand.
    pub fn operands(&self, mut visit: impl FnMut(Ref)) {
        match self {
            Operation::Number(_) | Operation::Constant(_) | Operation::Leaf(_) => {}
            Operation::Negate(a) => visit(*a),
            Operation::Add(a, b)
            | Operation::Subtract(a, b)
            | Operation::Multiply(a, b)
            | Operation::Divide(a, b)
            | Operation::Power(a, b) => {
                visit(*a);
                visit(*b);
            }
            Operation::Call(_, arguments) => arguments.iter().copied().for_each(visit),
        }
    }

    /// The same operation on other operands.
    #[must_use]
    pub fn map(&self, mut f: impl FnMut(Ref) -> Ref) -> Operation {
        match self {
            Operation::Number(_) | Operation::Constant(_) | Operation::Leaf(_) => self.clone(),
            Operation::Negate(a) => Operation::Negate(f(*a)),
            Operation::Add(a, b) => Operation::Add(f(*a), f(*b)),
            Operation::Subtract(a, b) => Operation::Subtract(f(*a), f(*b)),
            Operation::Multiply(a, b) => Operation::Multiply(f(*a), f(*b)),
            Operation::Divide(a, b) => Operation::Divide(f(*a), f(*b)),
            Operation::Power(a, b) => Operation::Power(f(*a), f(*b)),
            Operation::Call(function, arguments) => {
                Operation::Call(*function, arguments.iter().map(|a| f(*a)).collect())
            }
        }
    }
}

/// Builds a [`Scalar`] with each operation stored once.
#[derive(Clone, Debug, Default)]
pub struct ScalarBuilder {
    nodes: Vec<Operation>,
    index: rustc_hash::FxHashMap<Operation, Ref>,
}

impl ScalarBuilder {
    /// Adds an operation, or finds it.
    pub fn add(&mut self, operation: Operation) -> Ref {
        if let Some(&at) = self.index.get(&operation) {
            return at;
        }
        let at = self.nodes.len() as Ref;
        self.index.insert(operation.clone(), at);
        self.nodes.push(operation);
        at
    }

    /// Adds an integer.
    pub fn integer(&mut self, n: i64) -> Ref {
        self.add(Operation::Number(Rational::integer(n)))
    }

    /// The operation at `at`.
    pub fn node(&self, at: Ref) -> &Operation {
        &self.nodes[at as usize]
    }

    /// Copies the part of `from` below `root` and returns where its root came to stand.
    pub fn import(&mut self, from: &Scalar, root: Ref) -> Ref {
        let used = reachable(from.nodes(), root);
        let mut place = vec![0; root as usize + 1];
        for (at, operation) in from.nodes().iter().enumerate().take(root as usize + 1) {
            if used[at] {
                place[at] = self.add(operation.map(|a| place[a as usize]));
            }
        }
        place[root as usize]
    }

    /// All operations so far as one expression, in which places stay what they are; its root is the last of them.
    pub fn everything(&self) -> Scalar {
        Scalar { nodes: self.nodes.clone() }
    }

    /// How many operations there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The expression below `root`, without what it does not use.
    pub fn finish(&self, root: Ref) -> Scalar {
        let used = reachable(&self.nodes, root);
        let mut place = vec![0; root as usize + 1];
        let mut nodes = Vec::new();
        for (at, operation) in self.nodes.iter().enumerate().take(root as usize + 1) {
            if used[at] {
                place[at] = nodes.len() as Ref;
                nodes.push(operation.map(|a| place[a as usize]));
            }
        }
        Scalar { nodes }
    }
}

fn reachable(nodes: &[Operation], root: Ref) -> Vec<bool> {
    let mut used = vec![false; root as usize + 1];
    used[root as usize] = true;
    for at in (0..=root as usize).rev() {
        if used[at] {
            nodes[at].operands(|a| used[a as usize] = true);
        }
    }
    used
}
