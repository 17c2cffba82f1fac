//! Sums and products. Sums and products match in both orders; `a − b` is `a + (−b)` and `a/b` is `a·b^(−1)`.

use super::super::rule::{
    Line,
    Theme::{Expand, Factor, Grouping, Number, Sign},
};
use super::{extend, given, total};

#[rustfmt::skip]
pub(super) const LINES: &[Line] = &[
    total(Grouping, "group-sum",             "(a + b) + c",       "a + (b + c)"),
    total(Grouping, "group-product",         "(a*b)*c",           "a*(b*c)"),

    given(Number,   "literal(q)", "number-out",                       "(q*a)*b",     "q*(a*b)"),
    given(Number,   "literal(p) and literal(q)", "join-factors",      "p*(q*a)",     "(p*q)*a"),
    given(Number,   "literal(p) and literal(q)", "join-numbers",      "p + (q + a)", "(p + q) + a"),
    given(Number,   "literal(q) and integer(n)", "number-out-of-power", "(q*a)^n",   "q^n*a^n"),

    total(Sign,     "sign-out-of-product",   "(-a)*b",            "-(a*b)"),
    total(Sign,     "sign-into-product",     "-(a*b)",            "(-a)*b").thorough(),
    total(Sign,     "sign-out-of-sum",       "-a - b",            "-(a + b)"),
    total(Sign,     "sign-into-sum",         "-(a + b)",          "-a - b"),

    total(Factor,   "twice",                 "a + a",             "2*a"),
    extend(Factor,  "cancel-difference",     "a - a",             "0"),
    total(Factor,   "factor",                "a*b + a*c",         "a*(b + c)"),
    total(Factor,   "factor-difference",     "a*b - a*c",         "a*(b - c)"),
    total(Factor,   "factor-one",            "a + a*b",           "a*(1 + b)"),
    total(Factor,   "factor-one-minus",      "a - a*b",           "a*(1 - b)"),
    total(Factor,   "factor-minus-one",      "a*b - a",           "a*(b - 1)"),

    total(Expand,   "expand",                "a*(b + c)",         "a*b + a*c"),
    total(Expand,   "square-of-sum",         "(a + b)^2",         "a^2 + 2*a*b + b^2").thorough(),
    total(Expand,   "difference-of-squares", "a^2 - b^2",         "(a - b)*(a + b)"),
    total(Expand,   "conjugates",            "(a - b)*(a + b)",   "a^2 - b^2"),
    total(Factor,   "one-minus-square",      "1 - a^2",           "(1 - a)*(1 + a)"),
];
