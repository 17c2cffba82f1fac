//! Declared facts: signs and symmetries of variables, values of contractions.

use super::environment::{Environment, Given, Named, Property};
use super::lowering::Lowering;
use super::value::Layout;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::facts::{Condition, sign_of_relation};
use crate::ir::{Atom, Axes, Exponent, Graph, NodeId, Operand, Symmetry};
use crate::number::Sign;
use crate::syntax::tree::{Kind, Relation, Tree};

impl Environment {
    /// Is the fact about a bare variable (a sign or a symmetry)? Such facts must be taken up before the variable is used.
    pub fn is_about_variable(&self, fact: &Tree) -> bool {
        match &fact.kind {
            Kind::And(all) => all.iter().all(|one| self.is_about_variable(one)),
            Kind::Relation(relation, a, b) => {
                let is_about_whole = *relation == Relation::NotEqual && self.not_zero(a, b).is_some();
                self.symmetric(*relation, a, b).is_some()
                    || (sided(*relation, a, b).is_some() && !is_about_whole)
            }
            _ => false,
        }
    }

    /// Takes up a fact. `text` is how the user wrote it.
    ///
    /// # Errors
    /// If the fact cannot be read, or is of a kind the engine cannot use; it is never dropped silently.
    pub fn give(&mut self, fact: &Tree, text: &str) -> Result<(), Diagnostic> {
        match &fact.kind {
            Kind::And(all) => all.iter().try_for_each(|one| self.give(one, text)),
            Kind::Relation(relation, a, b) => {
                if let Some(name) = self.symmetric(*relation, a, b) {
                    let symbol = self.graph.symbol(&name);
                    self.graph.declare_symmetry(symbol, Symmetry::transposition());
                    self.note(fact, None, text);
                    return Ok(());
                }
                if *relation == Relation::NotEqual && self.give_not_zero(a, b, fact, text)? {
                    return Ok(());
                }
                if let Some((name, sign)) = sided(*relation, a, b) {
                    self.give_sign(&name, sign, fact)?;
                    self.note(fact, None, text);
                    return Ok(());
                }
                self.give_value(*relation, a, b, fact, text)
            }
            _ => Err(unusable(fact, "a fact is a relation, such as sum(y) = 1 or x > 0")),
        }
    }

    /// Takes up a property said in words.
    ///
    /// # Errors
    /// If the name is no matrix that can have it.
    pub fn give_property(&mut self, name: &str, property: Property, text: &str) -> Result<(), Diagnostic> {
        let bad = |why: &str| {
            Err(Diagnostic::new(Cause::Declaration, "this fact cannot be used")
                .help(format!("{name} must be {why}")))
        };
        let note = Given {
            tree: Tree::name(name),
            sides: None,
            property: Some((name.to_owned(), property)),
            text: text.to_owned(),
        };
        if property == Property::Integer {
            return match self.variable(name) {
                Some((_, Layout::Scalar)) => {
                    self.given.push(note);
                    Ok(())
                }
                _ => bad("a number"),
            };
        }
        let size = match self.named(name) {
            Some(Named::Variable { layout: Layout::Matrix, axes, .. }) if axes[0] == axes[1] => axes[0],
            _ => return bad("a declared square matrix, such as --let 'A: R[n,n]'"),
        };
        let symbol = self.graph.symbol(name);
        match property {
            Property::Symmetric | Property::PositiveDefinite => {
                self.graph.declare_symmetry(symbol, Symmetry::transposition());
            }
            Property::Antisymmetric => {
                let turned = Symmetry { is_negative: true, ..Symmetry::transposition() };
                self.graph.declare_symmetry(symbol, turned);
            }
            _ => {}
        }
        let Some((node, _)) = self.variable(name) else { return bad("a variable") };
        match property {
            Property::PositiveDefinite | Property::Invertible => {
                let sign = if property == Property::Invertible { Sign::NON_ZERO } else { Sign::POSITIVE };
                let determinant = self.graph.determinant(node);
                self.graph.learn_sign(determinant, sign);
            }
            Property::Orthogonal => {
                let axes = [size, size, size];
                for labels in [[[2, 0], [2, 1]], [[0, 2], [1, 2]]] {
                    let operands = labels.map(|l| Operand::new(node, &l));
                    let product = self.graph.contract(2, &axes, &operands);
                    let value = crate::number::Rational::ONE;
                    let identity = self.graph.delta(size);
                    self.graph.declare_fact(product, &value, true, text);
                    self.given.push(Given {
                        sides: Some((product, identity)),
                        property: None,
                        ..note.clone()
                    });
                }
            }
            _ => {}
        }
        self.given.push(note);
        Ok(())
    }

    /// The inequalities among the facts, both sides in the graph.
    pub fn inequalities(&mut self) -> Vec<Condition> {
        let mut found = Vec::new();
        for given in self.given.clone() {
            let Kind::Relation(relation, a, b) = &given.tree.kind else { continue };
            if *relation == Relation::Equal {
                continue;
            }
            let sides = given.sides.or_else(|| {
                let mut side = |tree: &Tree| match &tree.kind {
                    Kind::Index(base, _) => self.lower(base).ok(),
                    _ => self.lower(tree).ok(),
                };
                let (left, right) = (side(a)?.node, side(b)?.node);
                let axes =
                    if self.graph.rank(left) > 0 { self.graph.axes(left) } else { self.graph.axes(right) };
                let axes = axes.clone();
                let left = self.graph.broadcast_scalar(left, &axes);
                Some((left, self.graph.broadcast_scalar(right, &axes)))
            });
            if let Some((left, right)) = sides {
                found.push(Condition { left, relation: *relation, right });
            }
        }
        found
    }

    fn note(&mut self, tree: &Tree, sides: Option<(NodeId, NodeId)>, text: &str) {
        self.given.push(Given { tree: tree.clone(), sides, property: None, text: text.to_owned() });
    }

    /// `x ≠ 0` of a vector or matrix: it is not the zero vector. That no entry is zero is `x[i] ≠ 0`.
    fn give_not_zero(&mut self, a: &Tree, b: &Tree, fact: &Tree, text: &str) -> Result<bool, Diagnostic> {
        let Some((name, axes)) = self.not_zero(a, b) else { return Ok(false) };
        let node = self.graph.variable(&name, axes.clone());
        let labels: Vec<u8> = (0..axes.len() as u8).collect();
        let two = Exponent::Number(crate::number::Rational::TWO);
        let square = self.graph.contract(0, &axes, &[Operand::new(node, &labels).power(two)]);
        if !self.graph.learn_sign(square, Sign::POSITIVE) {
            return Err(contradiction(fact));
        }
        let zero = self.graph.number(&crate::number::Rational::ZERO);
        self.note(fact, Some((square, zero)), text);
        Ok(true)
    }

    /// The vector or matrix that is said not to be zero.
    fn not_zero(&self, a: &Tree, b: &Tree) -> Option<(String, Axes)> {
        let is_zero = |t: &Tree| matches!(&t.kind, Kind::Number(n) if n.is_zero());
        let name = match (&a.kind, &b.kind) {
            (Kind::Name(name), _) if is_zero(b) => name,
            (_, Kind::Name(name)) if is_zero(a) => name,
            _ => return None,
        };
        match self.named(name) {
            Some(Named::Variable { axes, .. }) if !axes.is_empty() => Some((name.clone(), axes.clone())),
            _ => None,
        }
    }

    fn give_sign(&mut self, name: &str, sign: Sign, fact: &Tree) -> Result<(), Diagnostic> {
        self.infer(fact)?;
        // The name is made known without making its node: a node takes its sign when it is made.
        match self.named(name) {
            Some(Named::Variable { .. }) => {}
            Some(_) => {
                return Err(unusable(fact, "a sign can be given to a variable, not to a defined value"));
            }
            None => {
                self.names.add_variable(name);
                let scalar = Named::Variable { axes: Axes::new(), layout: Layout::Scalar, declared: None };
                self.named.insert(name.to_owned(), scalar);
            }
        }
        let symbol = self.graph.symbol(name);
        if self.graph.declared_sign(symbol).and(sign).is_empty() {
            return Err(Diagnostic::new(
                Cause::Declaration,
                format!("no value of {name} satisfies all facts about it"),
            )
            .at(fact.span, "this contradicts an earlier fact")
            .help("take one of them out"));
        }
        self.graph.declare_sign(symbol, sign);
        Ok(())
    }

    /// `P' = P`.
    fn symmetric(&self, relation: Relation, a: &Tree, b: &Tree) -> Option<String> {
        if relation != Relation::Equal {
            return None;
        }
        let name_of = |a: &Tree, b: &Tree| match (&a.kind, &b.kind) {
            (Kind::Transpose(inner), Kind::Name(name)) if matches!(&inner.kind, Kind::Name(n) if n == name) => {
                Some(name.clone())
            }
            // P[i,j] = P[j,i]
            (Kind::Index(base, one), Kind::Index(other, two)) => match (&base.kind, &other.kind) {
                (Kind::Name(name), Kind::Name(same)) if name == same => {
                    let is_turned = one.len() == 2 && two.len() == 2 && one[0] == two[1] && one[1] == two[0];
                    let is_general =
                        one.iter().all(|i| matches!(&i.kind, Kind::Name(n) if self.named(n).is_none()));
                    (is_turned && is_general && one[0] != one[1]).then(|| name.clone())
                }
                _ => None,
            },
            _ => None,
        };
        let name = name_of(a, b).or_else(|| name_of(b, a))?;
        matches!(self.named(&name), Some(Named::Variable { layout: Layout::Matrix, axes, .. }) if axes[0] == axes[1])
            .then_some(name)
    }

    fn give_value(
        &mut self,
        relation: Relation,
        a: &Tree,
        b: &Tree,
        fact: &Tree,
        text: &str,
    ) -> Result<(), Diagnostic> {
        self.infer(fact)?;
        let mut lowering = Lowering::new(self);
        lowering.bind_for_all(fact);
        let (left, right) = (lowering.tree(a)?, lowering.tree(b)?);
        let broadcast = |graph: &mut Graph, node: NodeId, like: NodeId| {
            if graph.rank(node) > 0 {
                return node;
            }
            let axes = graph.axes(like).clone();
            graph.broadcast_scalar(node, &axes)
        };
        if relation != Relation::Equal {
            let right_node = broadcast(&mut self.graph, right.node, left.node);
            let is_aligned = right.indices.is_empty() || left.indices == right.indices;
            if self.graph.axes(left.node) != self.graph.axes(right_node) || !is_aligned {
                return Err(unusable(
                    fact,
                    "both sides of an inequality have one shape, or the right one is a number",
                ));
            }
            let difference = self.graph.subtract(left.node, right_node);
            if !self.graph.learn_sign(difference, sign_of_relation(relation)) {
                return Err(contradiction(fact));
            }
            self.note(fact, Some((left.node, right_node)), text);
            return Ok(());
        }
        let (left, right) =
            if self.graph.as_number(left.node).is_some() { (right, left) } else { (left, right) };
        let is_delta = matches!(self.graph.atom(right.node), Some(Atom::Delta));
        let value =
            if is_delta { Some(crate::number::Rational::ONE) } else { self.graph.as_number(right.node) };
        let bare = matches!(self.graph.atom(left.node), Some(Atom::Variable(_)));
        let declared = match value {
            Some(value) if !bare => self.graph.declare_fact(left.node, &value, is_delta, text),
            _ => None,
        };
        if declared.is_some() {
            let right_node = broadcast(&mut self.graph, right.node, left.node);
            self.note(fact, Some((left.node, right_node)), text);
        }
        declared.map(|_| ()).ok_or_else(|| {
            unusable(
                fact,
                if bare {
                    "to give a variable a value, define it: --let 'x = 2', or evaluate: --at x=2"
                } else {
                    "facts that are used: a sum or product of variables equal to a number, Q'*Q = eye(n), P' = P, signs"
                },
            )
        })
    }

    /// The node of the contraction that a fact speaks about, for messages and tests.
    pub fn node_of(&mut self, tree: &Tree) -> Result<NodeId, Diagnostic> {
        Ok(self.lower(tree)?.node)
    }
}

/// `x > 0`, `0 < x`, `x[i] >= 0`: a variable and its sign.
fn sided(relation: Relation, a: &Tree, b: &Tree) -> Option<(String, Sign)> {
    if relation == Relation::Equal {
        return None;
    }
    let is_zero = |t: &Tree| matches!(&t.kind, Kind::Number(n) if n.is_zero());
    let name = |t: &Tree| match &t.kind {
        Kind::Name(name) => Some(name.clone()),
        Kind::Index(base, _) => match &base.kind {
            Kind::Name(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    };
    let is_number = |t: &Tree| match &t.kind {
        Kind::Number(_) => true,
        Kind::Negate(inner) => matches!(inner.kind, Kind::Number(_)),
        Kind::Quotient(a, b) => matches!((&a.kind, &b.kind), (Kind::Number(_), Kind::Number(_))),
        _ => false,
    };
    let sign = sign_of_relation(relation);
    if is_zero(b) {
        Some((name(a)?, sign))
    } else if is_zero(a) {
        Some((name(b)?, sign.negated()))
    } else {
        let above = |t: &Tree| matches!(&t.kind, Kind::Number(n) if !n.is_negative());
        // x > 3 says x > 0; what it says beyond that is not used.
        let strict = matches!(relation, Relation::Greater | Relation::GreaterEqual);
        let reversed = matches!(relation, Relation::Less | Relation::LessEqual);
        if strict && above(b) {
            Some((name(a)?, Sign::POSITIVE))
        } else if reversed && above(a) {
            Some((name(b)?, Sign::POSITIVE))
        } else if is_number(b) {
            // x < 1 says nothing of the sign of x.
            Some((name(a)?, Sign::ANY))
        } else if is_number(a) {
            Some((name(b)?, Sign::ANY))
        } else {
            None
        }
    }
}

fn contradiction(fact: &Tree) -> Diagnostic {
    Diagnostic::new(Cause::Declaration, "no point satisfies all facts")
        .at(fact.span, "this contradicts an earlier fact")
        .help("take one of them out")
}

fn unusable(fact: &Tree, help: &str) -> Diagnostic {
    Diagnostic::new(Cause::Declaration, "this fact cannot be used").at(fact.span, "").help(help)
}
