//! Identities between functions as data: one line each, in our own notation, in the letters `x`, `y`, `n` (any expression).
//!
//! They stand beside the rows of their family; the e-graph and the prover read them. Laws of general arithmetic are not here.

/// What an identity `left = right` does to the domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Both sides are defined at the same points and equal there.
    Total,
    /// The right side is defined wherever the left is and equal there, and may be defined at more points: never to be reversed.
    ExtendOnly,
    /// Equal, with the same domain, where the condition holds.
    Conditional,
    /// Equal only on one branch; the condition names it.
    Branch,
}

/// One identity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Identity {
    /// Its name, unique in the table; proofs quote it.
    pub name: &'static str,
    /// The side that is recognised.
    pub left: &'static str,
    /// The side that replaces it.
    pub right: &'static str,
    /// What must be proved before it is used (`x > 0`, several joined by `and`); empty: nothing.
    pub condition: &'static str,
    /// What it does to the domain.
    pub class: Class,
    /// Is it also used from right to left? Only for [`Class::Total`] and [`Class::Conditional`].
    pub both_ways: bool,
    /// Is it left to the thorough mode?
    pub thorough: bool,
}

impl Identity {
    /// An identity between expressions with the same domain, used from left to right.
    pub(super) const fn total(name: &'static str, left: &'static str, right: &'static str) -> Self {
        Identity { name, left, right, condition: "", class: Class::Total, both_ways: false, thorough: false }
    }

    /// An identity whose right side may be defined at more points.
    pub(super) const fn extend(name: &'static str, left: &'static str, right: &'static str) -> Self {
        Identity { class: Class::ExtendOnly, ..Self::total(name, left, right) }
    }

    /// An identity under a condition.
    pub(super) const fn given(
        condition: &'static str,
        name: &'static str,
        left: &'static str,
        right: &'static str,
    ) -> Self {
        Identity { class: Class::Conditional, condition, ..Self::total(name, left, right) }
    }

    /// An identity on one branch.
    pub(super) const fn branch(
        condition: &'static str,
        name: &'static str,
        left: &'static str,
        right: &'static str,
    ) -> Self {
        Identity { class: Class::Branch, condition, ..Self::total(name, left, right) }
    }

    /// Also used from right to left.
    pub(super) const fn both_ways(self) -> Self {
        Identity { both_ways: true, ..self }
    }

    /// Left to the thorough mode.
    pub(super) const fn thorough(self) -> Self {
        Identity { thorough: true, ..self }
    }
}

/// An equation that looks right and is not. It stays in the table so that nobody adds it again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rejected {
    /// Its name, unique in the table.
    pub name: &'static str,
    /// The side that would be recognised.
    pub left: &'static str,
    /// The side that would replace it.
    pub right: &'static str,
    /// A point at which it fails: `x = -1, y = 1/2`.
    pub witness: &'static str,
}

impl Rejected {
    pub(super) const fn new(
        witness: &'static str,
        name: &'static str,
        left: &'static str,
        right: &'static str,
    ) -> Self {
        Rejected { name, left, right, witness }
    }
}
