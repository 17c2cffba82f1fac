//! Signs: which of negative, zero, positive a value may be.

use crate::function::{self, Function, Row};
use crate::number::Sign;

/// Signs of a value of a function, from its range.
pub fn of_value(function: Function) -> Sign {
    match function {
        Function::Known(id) => Sign::of_range(function::row(id).range),
        Function::Unknown { .. } => Sign::ANY,
    }
}

/// What a condition such as `x > 0` says of `x`; `None` for anything else.
pub fn read_condition(text: &str) -> Option<(&str, Sign)> {
    let relations = [
        (">=", Sign::NON_NEGATIVE),
        ("<=", Sign::NON_POSITIVE),
        ("!=", Sign::NON_ZERO),
        (">", Sign::POSITIVE),
        ("<", Sign::NEGATIVE),
    ];
    relations.iter().find_map(|(relation, sign)| {
        let (left, right) = text.split_once(relation)?;
        (right.trim() == "0").then_some((left.trim(), *sign))
    })
}

/// What the definedness of a call says of its arguments: `log(u)` is defined only where u > 0.
pub fn argument_signs(row: &Row) -> impl Iterator<Item = (usize, Sign)> + '_ {
    row.defined.iter().filter_map(|condition| {
        let (name, sign) = read_condition(condition)?;
        let at = row.parameters.iter().position(|p| *p == name)?;
        Some((at, sign))
    })
}

/// What is known of the leaves of an expression.
#[derive(Clone, Debug, Default)]
pub struct LeafFacts {
    signs: rustc_hash::FxHashMap<u32, Sign>,
}

impl LeafFacts {
    /// Nothing is known.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds that `leaf` has one of the signs in `sign`.
    pub fn declare(&mut self, leaf: u32, sign: Sign) {
        let known = self.signs.entry(leaf).or_insert(Sign::ANY);
        *known = known.and(sign);
    }

    /// The signs that `leaf` may have.
    pub fn sign(&self, leaf: u32) -> Sign {
        self.signs.get(&leaf).copied().unwrap_or(Sign::ANY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables() {
        assert_eq!(read_condition("x >= 0"), Some(("x", Sign::NON_NEGATIVE)));
        assert_eq!(read_condition("x > 1"), None);
    }
}
