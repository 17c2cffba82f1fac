//! The rules of general arithmetic, one line each. What holds for particular functions stands in the function table.

use super::rule::Line;

mod arithmetic;
mod powers;
mod rejected;

/// All groups.
pub const ALL: [&[Line]; 3] = [arithmetic::LINES, powers::LINES, rejected::LINES];

use super::rule::{Theme, Tier};
use crate::function::Class;

/// A rule that holds wherever either side is defined.
const fn total(theme: Theme, name: &'static str, left: &'static str, right: &'static str) -> Line {
    Line {
        name,
        left,
        right,
        condition: "",
        theme,
        class: Class::Total,
        tier: Tier::Default,
        struck_out: None,
    }
}

/// A rule whose right side may be defined at more points.
const fn extend(theme: Theme, name: &'static str, left: &'static str, right: &'static str) -> Line {
    Line { class: Class::ExtendOnly, ..total(theme, name, left, right) }
}

/// A rule under a condition.
const fn given(
    theme: Theme,
    condition: &'static str,
    name: &'static str,
    left: &'static str,
    right: &'static str,
) -> Line {
    Line { class: Class::Conditional, condition, ..total(theme, name, left, right) }
}

impl Line {
    /// Under its condition the right side may be defined at more points.
    const fn extending(self) -> Line {
        Line { class: Class::ExtendOnly, ..self }
    }

    /// Left to the thorough mode.
    const fn thorough(self) -> Line {
        Line { tier: Tier::Thorough, ..self }
    }
}

/// A rejected rule with the point at which it fails.
const fn rejected(witness: &'static str, line: Line) -> Line {
    Line { struck_out: Some(witness), ..line }
}
