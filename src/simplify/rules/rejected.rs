//! Rules that look right and are not, with a point at which they fail. They stay so that nobody adds them again; a test
//! checks that they still fail.

use super::super::rule::{
    Line,
    Theme::{Factor, Power},
};
use super::{rejected, total};

#[rustfmt::skip]
pub(super) const LINES: &[Line] = &[
    rejected("a = -1, n = 1/2", total(Power,  "root-of-square",        "(a^2)^(1/2)",     "a")),
    rejected("a = -1, b = -1",  total(Power,  "split-root",            "(a*b)^(1/2)",     "a^(1/2)*b^(1/2)")),
    rejected("a = -1, m = 2, n = 1/2", total(Power, "any-power-of-power", "(a^m)^n",      "a^(m*n)")),
    rejected("a = 0: only the left side is defined", total(Factor, "divide-in", "b",      "a*b/a")),
    rejected("a = 0, b = 1, only the left side is defined", total(Power, "split-exponent", "a^2", "a^3*a^(-1)")),
    rejected("a = 1, b = 1",    total(Power,  "power-of-sum",          "(a + b)^2",       "a^2 + b^2")),
    rejected("a = -1, b = -1: (a/b)^(1/2) is 1", total(Power, "split-root-of-quotient", "(a/b)^(1/2)", "a^(1/2)/b^(1/2)")),
    rejected("a = -1",          total(Power,  "square-of-root-back",   "a",               "(a^(1/2))^2")),
];
