//! The rows, by family. To add a function, add a row to the file of its family; nothing else knows it.

use super::{Identity, Meaning, Parity, Rejected, Row, TensorFunction};
use crate::number::Interval;

mod activation;
mod elementary;
mod gamma;
mod hyperbolic;
mod piecewise;
mod tensor;
mod trigonometric;

const FAMILIES: [&[Row]; 7] = [
    elementary::ROWS,
    trigonometric::ROWS,
    hyperbolic::ROWS,
    activation::ROWS,
    gamma::ROWS,
    piecewise::ROWS,
    tensor::ROWS,
];

const IDENTITY_FAMILIES: [&[Identity]; 6] = [
    elementary::IDENTITIES,
    trigonometric::IDENTITIES,
    hyperbolic::IDENTITIES,
    activation::IDENTITIES,
    gamma::IDENTITIES,
    piecewise::IDENTITIES,
];

const COUNT: usize = {
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

const IDENTITY_COUNT: usize = {
    let (mut count, mut family) = (0, 0);
    while family < IDENTITY_FAMILIES.len() {
        count += IDENTITY_FAMILIES[family].len();
        family += 1;
    }
    count
};

static ALL_ROWS: [Row; COUNT] = {
    let mut rows = [FAMILIES[0][0]; COUNT];
    let (mut at, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut row = 0;
        while row < FAMILIES[family].len() {
            rows[at] = FAMILIES[family][row];
            at += 1;
            row += 1;
        }
        family += 1;
    }
    rows
};

static ALL_IDENTITIES: [Identity; IDENTITY_COUNT] = {
    let mut identities = [IDENTITY_FAMILIES[0][0]; IDENTITY_COUNT];
    let (mut at, mut family) = (0, 0);
    while family < IDENTITY_FAMILIES.len() {
        let mut identity = 0;
        while identity < IDENTITY_FAMILIES[family].len() {
            identities[at] = IDENTITY_FAMILIES[family][identity];
            at += 1;
            identity += 1;
        }
        family += 1;
    }
    identities
};

/// All functions.
pub static ROWS: &[Row] = &ALL_ROWS;

/// All identities between functions.
pub static IDENTITIES: &[Identity] = &ALL_IDENTITIES;

/// Equations between functions that look right and are not, by family.
pub static REJECTED: [&[Rejected]; 6] = [
    elementary::REJECTED,
    trigonometric::REJECTED,
    hyperbolic::REJECTED,
    activation::REJECTED,
    gamma::REJECTED,
    piecewise::REJECTED,
];

/// Equality of texts, usable while compiling.
pub(super) const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// All real numbers, no bound attained.
const UNBOUNDED: (f64, f64, bool, bool) = (f64::NEG_INFINITY, f64::INFINITY, false, false);

/// An elementwise function of `x`; what is not said here is the usual case (defined everywhere, no parity, unbounded).
const fn function(
    name: &'static str,
    latex: &'static str,
    partials: &'static [&'static str],
    float: fn(&[f64]) -> f64,
    interval: fn(&[Interval]) -> Interval,
    doc: &'static str,
) -> Row {
    Row {
        name,
        aliases: &[],
        unicode: name,
        latex,
        parameters: &["x"],
        meaning: Meaning::Elementwise { partials, float, interval },
        defined: &[],
        differentiable: &[],
        convention: None,
        sample: (-3.0, 3.0),
        parity: Parity::None,
        range: UNBOUNDED,
        values: &[],
        exact: None,
        precise: None,
        canonical: None,
        shorthand: false,
        code: ["", "", "", ""],
        doc,
    }
}

/// A tensor function.
const fn tensor(
    name: &'static str,
    latex: &'static str,
    parameters: &'static [&'static str],
    meaning: TensorFunction,
    doc: &'static str,
) -> Row {
    Row {
        name,
        aliases: &[],
        unicode: name,
        latex,
        parameters,
        meaning: Meaning::Tensor(meaning),
        defined: &[],
        differentiable: &[],
        convention: None,
        sample: (-3.0, 3.0),
        parity: Parity::None,
        range: UNBOUNDED,
        values: &[],
        exact: None,
        precise: None,
        canonical: None,
        shorthand: false,
        code: ["", "", "", ""],
        doc,
    }
}
