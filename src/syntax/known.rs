//! How reading sees the function table: names, numbers of arguments, and the few functions that have signs of their own.

use crate::function::{self, Meaning, TensorFunction};

/// A function of the table as far as reading goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// The name of its row.
    pub name: &'static str,
    /// The number of its arguments; `None` if it takes any number.
    pub arity: Option<usize>,
}

/// Looks a name or an alias up.
pub(super) fn lookup(name: &str) -> Option<Known> {
    let id = function::lookup(name)?;
    let row = function::row(id);
    // the larger of two and the largest of all entries share a name
    let takes_any = row.parameters.is_empty() || id == function::MAX || id == function::MIN;
    Some(Known { name: row.name, arity: (!takes_any).then_some(row.parameters.len()) })
}

/// Another name of a function.
pub(super) fn other_name(name: &str) -> Option<&'static str> {
    let row = function::row(function::lookup(name)?);
    std::iter::once(row.name).chain(row.aliases.iter().copied()).find(|other| *other != name)
}

/// All names a function can be written with.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    function::names().map(|(name, _)| name)
}

/// The function written `|x|`.
pub(super) fn absolute() -> &'static str {
    function::row(function::ABS).name
}

/// The natural logarithm, as it is written without a base.
pub(super) fn natural_logarithm() -> &'static str {
    function::row(function::LOG).name
}

/// The function written `√x`.
pub(super) fn square_root() -> &'static str {
    function::row(function::SQRT).name
}

/// The function written `∛x`.
pub(super) fn cube_root() -> &'static str {
    function::row(function::CBRT).name
}

/// The function written `‖x‖` with an index: `1`, `2` or `F`.
pub(super) fn norm(index: &str) -> Option<&'static str> {
    let wanted = match index {
        "" | "2" => TensorFunction::Norm2,
        "1" => TensorFunction::Norm1,
        "F" => TensorFunction::NormFrobenius,
        _ => return None,
    };
    function::all()
        .find(|(_, row)| matches!(row.meaning, Meaning::Tensor(t) if t == wanted))
        .map(|(_, row)| row.name)
}

/// The function that makes a vector of ones.
pub(super) fn ones() -> &'static str {
    function::all()
        .find(|(_, row)| matches!(row.meaning, Meaning::Tensor(TensorFunction::Ones)))
        .map_or("", |(_, row)| row.name)
}

/// The row that takes the extremum over all entries, for the name of the row that takes it of two values.
pub(super) fn over_entries(name: &str) -> Option<&'static str> {
    let wanted = match function::lookup(name)? {
        function::MAX => TensorFunction::Maximum,
        function::MIN => TensorFunction::Minimum,
        _ => return None,
    };
    function::all()
        .find(|(_, row)| matches!(row.meaning, Meaning::Tensor(t) if t == wanted))
        .map(|(_, row)| row.name)
}

/// Is it written as a single letter, such as σ?
pub(super) fn is_a_letter(name: &str) -> bool {
    function::lookup(name).is_some_and(|id| function::row(id).unicode.chars().count() == 1)
}

/// Is it the name of a Greek letter that is the sign of the same function: Gamma, but not sigma?
pub(super) fn is_a_letter_in_full(name: &str) -> bool {
    let letter = super::latex::letter_of(name);
    letter != name && function::lookup(&letter).is_some_and(|id| function::lookup(name) == Some(id))
}

/// Letters that stand for functions of mathematics which go by another name here or by none: ζ, and ψ, ψ₀, ψ₁ for the
/// digamma function and its derivatives.
pub(crate) fn is_letter_of_another_function(name: &str) -> bool {
    name == "ζ"
        || name.strip_prefix('ψ').is_some_and(|low| low.chars().all(|c| c == '_' || !c.is_alphabetic()))
}

/// Is it the name, of several letters, of a function of one number?
pub(super) fn is_of_one_number(name: &str) -> bool {
    let is_of_numbers = function::lookup(name).is_some_and(|id| function::row(id).is_elementwise());
    name.len() > 1 && is_of_numbers && lookup(name).is_some_and(|known| known.arity == Some(1))
}

/// Is it a function of an angle? Their arguments are written without brackets.
pub(super) fn is_of_angles(name: &str) -> bool {
    function::lookup(name).is_some_and(|id| {
        [function::SIN, function::COS, function::TAN, function::COT, function::SEC, function::CSC]
            .contains(&id)
    })
}
