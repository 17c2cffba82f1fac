//! How the parser sees the function table. Temporary list until the table lands.

/// A function of the table as far as reading goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// The name of its row.
    pub name: &'static str,
    /// The number of its arguments; `None` if it takes any number.
    pub arity: Option<usize>,
}

const ONE: &[&str] = &[
    "exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "cbrt", "abs", "sign", "sin", "cos", "tan", "cot", "sec", "csc",
    "asin", "acos", "atan", "acot", "asec", "acsc", "sinh", "cosh", "tanh", "coth", "sech", "csch", "asinh", "acosh", "atanh",
    "acoth", "asech", "acsch", "sigmoid", "softplus", "relu", "erf", "logsumexp", "softmax", "norm1", "norm2", "sum", "mean",
    "tr", "det", "logdet", "inv", "diag", "transpose", "vec", "eye",
];
const ALIASES: &[(&str, &str)] =
    &[("ln", "log"), ("σ", "sigmoid"), ("arcsin", "asin"), ("arccos", "acos"), ("arctan", "atan"), ("trace", "tr")];

/// Looks a name up.
pub(super) fn lookup(name: &str) -> Option<Known> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    if let Some(name) = ["max", "min"].iter().find(|n| **n == name) {
        return Some(Known { name, arity: None });
    }
    if let Some(name) = ["atan2", "hadamard", "kron", "dot"].iter().find(|n| **n == name) {
        return Some(Known { name, arity: Some(2) });
    }
    ONE.iter().find(|n| **n == name).map(|name| Known { name, arity: Some(1) })
}

/// All names a function can be written with.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    ONE.iter().copied().chain(["max", "min", "ln"])
}

pub(super) const ABS: &str = "abs";
pub(super) const NORM1: &str = "norm1";
pub(super) const NORM2: &str = "norm2";
pub(super) const SQRT: &str = "sqrt";
pub(super) const CBRT: &str = "cbrt";
