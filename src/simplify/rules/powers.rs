//! Powers and roots. `a^b` is defined for a > 0, for a = 0 if b > 0, for a < 0 if b is an integer, and `a^0 = 1`.

use super::super::rule::{
    Line,
    Theme::{Power, Sign},
};
use super::{extend, given, total};

#[rustfmt::skip]
pub(super) const LINES: &[Line] = &[
    total(Power,  "square",                "a*a",               "a^2"),
    extend(Power, "add-exponents",         "a^m*a^n",           "a^(m + n)"),
    extend(Power, "add-one-to-exponent",   "a*a^n",             "a^(1 + n)"),
    total(Power,  "zero-exponent",         "a^0",               "1"),
    total(Power,  "first-power",           "a^1",               "a"),
    given(Power,  "integer(n)", "power-of-power",  "(a^m)^n",   "a^(m*n)").extending(),
    given(Power,  "a > 0", "power-of-power-positive", "(a^m)^n","a^(m*n)"),
    given(Power,  "a >= 0 and literal(m) and literal(n)", "root-of-power", "(a^m)^n", "a^(m*n)").extending(),
    extend(Power, "power-of-product-back", "a^n*b^n",           "(a*b)^n"),
    given(Power,  "integer(n)", "power-of-product", "(a*b)^n",  "a^n*b^n"),
    given(Power,  "a > 0", "power-of-positive-product", "(a*b)^n", "a^n*b^n"),
    given(Sign,   "even(n)", "even-power-of-negative", "(-a)^n",  "a^n"),
    given(Sign,   "odd(n)",  "odd-power-of-negative",  "(-a)^n",  "-(a^n)"),
    total(Power,  "split-cube",            "a^3",               "a*a^2").thorough(),
];
