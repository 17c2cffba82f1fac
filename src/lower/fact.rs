//! Declared facts: signs and symmetries of variables, values of contractions.

use super::environment::{Environment, Given, Named};
use super::lowering::Lowering;
use super::value::Layout;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::facts::sign_of_relation;
use crate::ir::{Atom, Axes, NodeId, Sign, Symmetry};
use crate::syntax::tree::{Kind, Relation, Tree};

impl Environment {
    /// Is the fact about a bare variable (a sign or a symmetry)? Such facts must be taken up before the variable is used.
    pub fn is_about_variable(&self, fact: &Tree) -> bool {
        match &fact.kind {
            Kind::And(all) => all.iter().all(|one| self.is_about_variable(one)),
            Kind::Relation(relation, a, b) => {
                self.symmetric(*relation, a, b).is_some() || sided(*relation, a, b).is_some()
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

    fn note(&mut self, tree: &Tree, sides: Option<(NodeId, NodeId)>, text: &str) {
        self.given.push(Given { tree: tree.clone(), sides, text: text.to_owned() });
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
        if relation != Relation::Equal {
            return Err(unusable(fact, "inequalities can be given for variables: x > 0"));
        }
        self.infer(fact)?;
        let mut lowering = Lowering::new(self);
        let (left, right) = (lowering.tree(a)?, lowering.tree(b)?);
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
            self.note(fact, Some((left.node, right.node)), text);
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
        } else {
            None
        }
    }
}

fn unusable(fact: &Tree, help: &str) -> Diagnostic {
    Diagnostic::new(Cause::Declaration, "this fact cannot be used").at(fact.span, "").help(help)
}
