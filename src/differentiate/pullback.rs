//! Pullbacks of the atoms: what the adjoint of a node says about the adjoints of its parts.
//!
//! Matrix rules after Giles (2008), "Collected matrix derivative results for forward and reverse mode algorithmic
//! differentiation".

use smallvec::SmallVec;

use super::reverse::Sweep;
use crate::diagnostic::{Diagnostic, Kind};
use crate::facts::Conditions;
use crate::function::{self, Function, FunctionId};
use crate::ir::template::formulas;
use crate::ir::{Atom, Axes, Exponent, Labels, NodeId, Operand, Reduction};
use crate::number::Rational;
use crate::syntax::tree::Relation;

/// Said where a largest or smallest entry is differentiated.
const TIES: &str = "where the selected entry is attained more than once, the derivative follows the first";

impl Sweep<'_> {
    pub(super) fn atom(&mut self, node: NodeId, adjoint: NodeId, atom: &Atom) -> Result<(), Diagnostic> {
        match atom {
            Atom::Variable(_)
            | Atom::Constant(_)
            | Atom::Size(_)
            | Atom::Position
            | Atom::Delta
            | Atom::Unit(_)
            | Atom::Affine(..)
            | Atom::Select(..) => Ok(()),
            _ if self.is_flat(node) => {
                self.keep_from_jumps(node);
                Ok(())
            }
            // A comparison is flat.
            Atom::Compare(..) => Ok(()),
            Atom::Call(function, arguments) => self.call(adjoint, *function, arguments),
            Atom::Cases(condition, yes, no) => {
                self.keep_from_jumps(*condition);
                self.cases(adjoint, *condition, *yes, *no);
                Ok(())
            }
            Atom::Reduce(kind, inner, count) => {
                self.reduction(node, adjoint, *kind, *inner, *count);
                Ok(())
            }
            Atom::Inverse(inner) => {
                self.inverse(node, adjoint, *inner);
                Ok(())
            }
            Atom::Determinant(inner) => {
                // det(X)·X⁻ᵀ is the adjugate where X has an inverse.
                self.conditions.require_of(self.graph, node, Relation::NotEqual);
                let scaled = self.graph.multiply_over(adjoint, node);
                self.determinant(scaled, *inner);
                Ok(())
            }
            Atom::LogDeterminant(inner) => {
                self.determinant(adjoint, *inner);
                Ok(())
            }
            Atom::Array(entries) => {
                self.array(node, adjoint, entries);
                Ok(())
            }
        }
    }

    /// adjoint ⊙ f′(arguments), for each argument.
    fn call(&mut self, adjoint: NodeId, function: Function, arguments: &[NodeId]) -> Result<(), Diagnostic> {
        match function {
            Function::Unknown { symbol, primes } => {
                let [argument] = arguments else { return Err(too_many(arguments.len())) };
                let name = self.graph.symbol_name(crate::ir::SymbolId(symbol)).to_owned();
                let primes = primes.checked_add(1).ok_or_else(|| {
                    Diagnostic::new(Kind::Limit, format!("{name} is differentiated more than 255 times"))
                })?;
                let partial = self.graph.unknown_call(&name, primes, *argument);
                let part = self.pointwise(adjoint, partial);
                self.contribute(*argument, Rational::ONE, part);
                Ok(())
            }
            Function::Known(id) => {
                let row = function::row(id);
                for (at, argument) in arguments.iter().enumerate() {
                    if !self.is_dependent(*argument) {
                        continue;
                    }
                    let partial = formulas(id)
                        .partials
                        .get(at)
                        .and_then(Option::as_ref)
                        .and_then(|tree| self.graph.instantiate(tree, row.parameters, arguments));
                    let Some(partial) = partial else {
                        return Err(no_partial(row, at));
                    };
                    let part = self.pointwise(adjoint, partial);
                    self.contribute(*argument, Rational::ONE, part);
                }
                if arguments.iter().any(|a| self.is_dependent(*a)) {
                    self.smoothness(id, arguments);
                }
                Ok(())
            }
        }
    }

    /// Conditions under which a function of the table is differentiable; its convention where they are not proved.
    pub(super) fn smoothness(&mut self, id: FunctionId, arguments: &[NodeId]) {
        let row = function::row(id);
        let mut conditions = Conditions::default();
        for tree in &formulas(id).differentiable {
            let Some(relations) = self.graph.instantiate_relation(tree, row.parameters, arguments) else {
                continue;
            };
            for (relation, a, b) in relations {
                let difference = self.graph.subtract(a, b);
                if self.graph.sign(difference).is(crate::facts::sign_of_relation(relation)) {
                    continue;
                }
                if self.graph.as_number(b).is_some_and(|v| v.is_zero()) {
                    conditions.require_of(self.graph, a, relation);
                } else {
                    conditions.require(self.graph, a, relation, b);
                }
                self.conventions.extend(row.convention.filter(|c| !self.conventions.contains(c)));
            }
        }
        if row.convention.is_some() {
            self.conditions.extend_by_convention(&conditions);
        } else {
            self.conditions.extend(&conditions);
        }
    }

    /// adjoint ⊙ node, the node's axes being the last of the adjoint's.
    fn pointwise(&mut self, adjoint: NodeId, node: NodeId) -> NodeId {
        self.graph.multiply_over(adjoint, node)
    }

    fn cases(&mut self, adjoint: NodeId, condition: NodeId, yes: NodeId, no: NodeId) {
        let axes = self.graph.axes(adjoint).clone();
        let last: Labels = (self.seed.len() as u8..axes.len() as u8).collect();
        let condition = self.graph.broadcast(condition, &axes, &last);
        let zero = self.graph.constant(&Rational::ZERO, axes);
        let first = self.graph.cases(condition, adjoint, zero);
        self.contribute(yes, Rational::ONE, first);
        let second = self.graph.cases(condition, zero, adjoint);
        self.contribute(no, Rational::ONE, second);
    }

    fn reduction(&mut self, node: NodeId, adjoint: NodeId, kind: Reduction, inner: NodeId, count: u8) {
        let mut axes: Axes = self.seed.clone();
        axes.extend_from_slice(self.graph.axes(inner));
        let seed = self.seed.len() as u8;
        let kept = axes.len() as u8 - count;
        let all: Labels = (seed..axes.len() as u8).collect();
        let outer: Labels = (0..kept).collect();
        let mut operands: SmallVec<[Operand; 4]> = SmallVec::new();
        operands.push(Operand { node: adjoint, labels: outer, exponent: Exponent::ONE });
        match kind {
            Reduction::Maximum | Reduction::Minimum => {
                let select = self.graph.select(kind, inner, count as usize);
                operands.push(Operand { node: select, labels: all, exponent: Exponent::ONE });
                if !self.conventions.contains(&TIES) {
                    self.conventions.push(TIES);
                }
            }
            Reduction::Product => {
                self.conditions.require_of(self.graph, inner, Relation::NotEqual);
                operands.push(Operand { node, labels: (seed..kept).collect(), exponent: Exponent::ONE });
                operands.push(Operand {
                    node: inner,
                    labels: all,
                    exponent: Exponent::Number(Rational::MINUS_ONE),
                });
            }
        }
        let part = self.graph.contract(axes.len(), &axes, &operands);
        self.contribute(inner, Rational::ONE, part);
    }

    /// X̄ = −Yᵀ Ȳ Yᵀ for Y = X⁻¹.
    fn inverse(&mut self, node: NodeId, adjoint: NodeId, inner: NodeId) {
        let n = self.seed.len() as u8;
        let mut sizes = self.seed.clone();
        sizes.extend_from_slice(self.graph.axes(inner));
        sizes.extend_from_slice(self.graph.axes(node));
        // Labels: p = n, q = n+1 (axes of X), i = n+2, j = n+3 (axes of Y).
        let outer: Labels = (0..n).chain([n + 2, n + 3]).collect();
        let operands = [
            Operand { node: adjoint, labels: outer, exponent: Exponent::ONE },
            Operand::new(node, &[n + 2, n]),
            Operand::new(node, &[n + 1, n + 3]),
        ];
        let part = self.graph.contract(n as usize + 2, &sizes, &operands);
        self.contribute(inner, Rational::MINUS_ONE, part);
    }

    /// X̄ = ȳ X⁻ᵀ for y = log det X.
    fn determinant(&mut self, adjoint: NodeId, inner: NodeId) {
        let n = self.seed.len() as u8;
        let inverse = self.graph.inverse(inner);
        let mut sizes = self.seed.clone();
        sizes.extend_from_slice(self.graph.axes(inner));
        let operands = [
            Operand { node: adjoint, labels: (0..n).collect(), exponent: Exponent::ONE },
            Operand::new(inverse, &[n + 1, n]),
        ];
        let part = self.graph.contract(n as usize + 2, &sizes, &operands);
        self.contribute(inner, Rational::ONE, part);
    }

    /// Each entry gets its component of the adjoint.
    fn array(&mut self, node: NodeId, adjoint: NodeId, entries: &[NodeId]) {
        let axes = self.graph.axes(node).clone();
        let counts: Vec<i64> =
            axes.iter().map(|a| self.graph.dimension_value(*a).as_number().unwrap_or(0)).collect();
        let n = self.seed.len() as u8;
        let mut sizes = self.seed.clone();
        sizes.extend_from_slice(&axes);
        for (at, entry) in entries.iter().enumerate() {
            if !self.is_dependent(*entry) {
                continue;
            }
            let mut rest = at as i64;
            let mut operands = vec![Operand {
                node: adjoint,
                labels: (0..sizes.len() as u8).collect(),
                exponent: Exponent::ONE,
            }];
            for axis in (0..axes.len()).rev() {
                let position = rest % counts[axis] + 1;
                rest /= counts[axis];
                let point = self.graph.affine(&[1], -position, SmallVec::from_slice(&[axes[axis]]));
                operands.push(Operand::new(point, &[n + axis as u8]));
            }
            let part = self.graph.contract(n as usize, &sizes, &operands);
            self.contribute(*entry, Rational::ONE, part);
        }
    }
}

fn no_partial(row: &function::Row, at: usize) -> Diagnostic {
    let (name, own) = (row.name, row.parameters.join(", "));
    let parameter = row.parameters.get(at).copied().unwrap_or_default();
    Diagnostic::new(
        Kind::Unsupported,
        format!("{name}({own}) has no derivative with respect to {parameter}, which counts something"),
    )
    .help(format!("put a number for {parameter}, or a name that is not differentiated by"))
}

fn too_many(count: usize) -> Diagnostic {
    Diagnostic::new(
        Kind::Unsupported,
        format!("a function without a definition takes one argument, not {count}"),
    )
}
