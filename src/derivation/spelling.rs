//! The author's way of writing: e^x or exp(x), √x or x^(1/2). What the engine makes is written in the same way, so that no
//! line has to say that the one is the other.

use super::make::{as_number, map_parts, plain_power};
use crate::function;
use crate::lower::Environment;
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

/// What the author writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spelling {
    /// Powers of e, and never exp.
    has_powers_of_e: bool,
    /// Powers with fractions, and never a root.
    has_half_powers: bool,
}

const E: &str = "e";

impl Spelling {
    /// The way in which formulas are written.
    pub(super) fn of<'a>(formulas: impl Iterator<Item = &'a Tree>, environment: &Environment) -> Self {
        let (mut has_powers, mut has_exp, mut has_fractions, mut has_roots) = (false, false, false, false);
        for formula in formulas {
            formula.walk(&mut |part| match &part.kind {
                Kind::Power(base, exponent) => {
                    has_powers |= is_e(base);
                    has_fractions |= as_number(exponent).is_some_and(|n| !n.is_integer());
                }
                Kind::Call { name, .. } => {
                    let id = function::lookup(name);
                    has_exp |= id == Some(function::EXP);
                    has_roots |= id == Some(function::SQRT);
                }
                _ => {}
            });
        }
        Spelling {
            has_powers_of_e: has_powers && !has_exp && environment.named(E).is_none(),
            has_half_powers: has_fractions && !has_roots,
        }
    }

    /// A formula of the engine as the author writes it.
    pub(super) fn applied(self, tree: &Tree) -> Tree {
        if !self.has_powers_of_e && !self.has_half_powers {
            return tree.clone();
        }
        let tree = map_parts(tree, &mut |part| self.applied(part));
        let Kind::Call { name, primes: 0, arguments } = &tree.kind else { return tree };
        let [argument] = arguments.as_slice() else { return tree };
        match function::lookup(name) {
            Some(function::EXP) if self.has_powers_of_e => match as_number(argument) {
                Some(n) if n.is_one() => Tree::name(E),
                _ => plain_power(Tree::name(E), argument.clone()),
            },
            Some(function::SQRT) if self.has_half_powers => {
                plain_power(argument.clone(), Tree::number(&Rational::HALF))
            }
            _ => tree,
        }
    }

    /// A formula of the author as the table of identities writes it: with exp.
    pub(super) fn plain(self, tree: &Tree) -> Tree {
        if !self.has_powers_of_e {
            return tree.clone();
        }
        let tree = map_parts(tree, &mut |part| self.plain(part));
        match &tree.kind {
            Kind::Power(base, exponent) if is_e(base) => {
                Tree::call(function::row(function::EXP).name, vec![(**exponent).clone()])
            }
            _ => tree,
        }
    }
}

fn is_e(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Name(name) if name == E)
}
