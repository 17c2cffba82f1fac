//! Rules that look right and are not, with a point at which they fail. They stay so that nobody adds them again; a test
//! checks that they still fail. Those of particular functions stand in the function table.

use super::super::rule::{
    Line,
    Theme::{Expand, Factor, Power, Sign},
};
use super::{rejected, total};

#[rustfmt::skip]
pub(super) const LINES: &[Line] = &[
    rejected("a = -1",                total(Power,  "root-of-square",        "(a^2)^(1/2)",     "a")),
    rejected("a = -1, b = -1",        total(Power,  "split-root",            "(a*b)^(1/2)",     "a^(1/2)*b^(1/2)")),
    rejected("a = -1, b = -1",        total(Power,  "split-root-of-quotient", "(a/b)^(1/2)",    "a^(1/2)/b^(1/2)")),
    rejected("a = 1, b = 1",          total(Power,  "root-of-sum",           "(a + b)^(1/2)",   "a^(1/2) + b^(1/2)")),
    rejected("a = -1",                total(Power,  "square-of-root-back",   "a",               "(a^(1/2))^2")),
    rejected("a = -1, m = 2, n = 1/2", total(Power, "any-power-of-power",    "(a^m)^n",         "a^(m*n)")),
    rejected("a = -1, m = 1/2, n = 2", total(Power, "any-power-of-power-back", "a^(m*n)",       "(a^m)^n")),
    rejected("a = -1, b = -1, n = 1/2", total(Power, "any-power-of-product", "(a*b)^n",         "a^n*b^n")),
    rejected("a = 2, b = 2, n = 1",   total(Power,  "product-of-powers",     "a^n*b^n",         "(a*b)^(2*n)")),
    rejected("a = 2, m = 1, n = 1",   total(Power,  "multiply-exponents",    "a^m*a^n",         "a^(m*n)")),
    rejected("a = 0, m = 2, n = -1",  total(Power,  "split-any-exponent",    "a^(m + n)",       "a^m*a^n")),
    rejected("a = 0",                 total(Power,  "split-exponent",        "a^2",             "a^3*a^(-1)")),
    rejected("a = 1, b = 1",          total(Power,  "power-of-sum",          "(a + b)^2",       "a^2 + b^2")),
    rejected("a = 1, n = 1",          total(Sign,   "any-power-of-negative", "(-a)^n",          "a^n")),
    rejected("a = 1",                 total(Sign,   "negative-of-square",    "-(a^2)",          "(-a)^2")),
    rejected("a = 1, b = 1, c = 1",   total(Sign,   "sign-of-first-only",    "a - (b + c)",     "a - b + c")),
    rejected("a = 0",                 total(Factor, "divide-in",             "b",               "a*b/a")),
    rejected("a = 0",                 total(Factor, "one-as-quotient",       "1",               "a/a")),
    rejected("a = 1, b = 1",          total(Factor, "divide-in-difference",  "a + b",           "(a^2 - b^2)/(a - b)")),
    rejected("a = 1, b = 1, c = 2",   total(Factor, "cancel-in-sums",        "(a + b)/(a + c)", "b/c")),
    rejected("a = 1, b = 1, c = 2",   total(Factor, "quotient-of-quotient",  "a/b/c",           "a/(b/c)")),
    rejected("a = 1, b = 1",          total(Expand, "reciprocal-of-sum",     "1/(a + b)",       "1/a + 1/b")),
    rejected("a = 1, b = 1, c = 1",   total(Expand, "quotient-by-sum",       "a/(b + c)",       "a/b + a/c")),
    rejected("a = 2, b = 2, c = 2",   total(Expand, "expand-product",        "a*(b*c)",         "a*b*(a*c)")),
];
