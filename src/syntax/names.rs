//! The names that a person declared; the reading of a text depends on them and on nothing else.

use std::collections::BTreeMap;

use super::tokens::normalised;

/// Declared variables and functions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// With the number of axes, where a declaration says it.
    variables: BTreeMap<String, Option<usize>>,
    functions: BTreeMap<String, Option<usize>>,
    letters_apart: bool,
    /// The base of what is written `log`; without one it is natural, as `ln` always is.
    logarithm_base: Option<u32>,
}

impl Names {
    /// No names at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a variable; `W'`, `ŷ` and `σ1` are names too.
    pub fn add_variable(&mut self, name: &str) {
        self.variables.entry(normalised(name).into_owned()).or_default();
    }

    /// Declares a variable that has so many axes: `A_{12}` of a matrix is the entry 1, 2.
    pub fn add_variable_with_axes(&mut self, name: &str, axes: usize) {
        self.variables.insert(normalised(name).into_owned(), Some(axes));
    }

    /// Declares a function, with its number of arguments if that is fixed.
    pub fn add_function(&mut self, name: &str, arity: Option<usize>) {
        self.functions.insert(normalised(name).into_owned(), arity);
    }

    /// Reads every undeclared run of letters that is no known word as a product: `ab` as `a*b`. Learners write so; files of
    /// formulas, in which `lat` is a latitude, do not.
    pub fn read_letters_apart(&mut self, apart: bool) {
        self.letters_apart = apart;
    }

    /// What a function of the table is called in a tree: by its name, or as it is written if a declared function has taken its
    /// name, as in `log(t) = ln(t)/ln(10)`.
    pub(super) fn table_name<'n>(&self, name: &'n str, written: &'n str) -> &'n str {
        if name != written && self.has_function(name) { written } else { name }
    }

    /// Reads `log` without a base as a logarithm to this base: ten for engineers, two for who counts bits.
    pub fn read_logarithms_to_base(&mut self, base: u32) {
        self.logarithm_base = Some(base);
    }

    /// The base of what is written `log`, if it is not the natural one.
    pub fn logarithm_base(&self) -> Option<u32> {
        self.logarithm_base
    }

    /// Whether the variable is declared.
    pub fn has_variable(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// The number of axes of a variable, if its declaration says it.
    pub fn axes(&self, name: &str) -> Option<usize> {
        self.variables.get(name).copied().flatten()
    }

    /// Whether the function is declared.
    pub fn has_function(&self, name: &str) -> bool {
        self.functions.contains_key(name)
    }

    /// The declared number of arguments of a declared function.
    pub fn arity(&self, name: &str) -> Option<usize> {
        self.functions.get(name).copied().flatten()
    }

    /// Whether the name is declared as anything.
    pub fn has(&self, name: &str) -> bool {
        self.has_variable(name) || self.has_function(name)
    }

    /// The declared variables, in order.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// The declared functions, in order.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(String::as_str)
    }

    pub(super) fn are_letters_apart(&self) -> bool {
        self.letters_apart
    }
}
