//! Patterns of the mistakes' table: reading them, finding them in a formula, and writing what they stand for.

use std::collections::BTreeSet;
use std::rc::Rc;

use smallvec::SmallVec;

use super::super::rewrite::{map_parts, mentions};
use super::differentiate::{exponent_of_e, partials, product, sum};
use crate::function;
use crate::syntax::tree::{Kind, Tree};
use crate::syntax::{Names, parse};

/// A side of a rule.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub tree: Tree,
    /// Does it speak of `u`, something that depends on the variable?
    pub has_argument: bool,
}

/// What the letters of a pattern stand for. Shared, because every way to match goes through many of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Bindings {
    formulas: SmallVec<[(char, Rc<Tree>); 4]>,
    functions: SmallVec<[(char, Rc<str>); 2]>,
}

impl Bindings {
    fn formula(&self, letter: &str) -> Option<&Tree> {
        let letter = letter.chars().next()?;
        self.formulas.iter().find(|(own, _)| *own == letter).map(|(_, tree)| &**tree)
    }

    fn function(&self, letter: &str) -> Option<&str> {
        let letter = letter.chars().next()?;
        self.functions.iter().find(|(own, _)| *own == letter).map(|(_, name)| &**name)
    }
}

/// Ways in which one pattern may match at one place.
const MOST: usize = 24;

/// Reads a side of a rule; `None` if it is not written in our notation.
pub(super) fn read(text: &str) -> Option<Pattern> {
    let mut names = Names::new();
    for letter in ["u", "v", "w", "h", "p", "q", "c", "n", "k", "x", "s", "g", "A", "M"] {
        names.add_variable(letter);
    }
    if text.contains("D(") {
        names.add_function("D", Some(1));
    }
    let mut without_g = Names::new();
    if text.contains("g(") || text.contains("g'") {
        for letter in ["u", "v", "w", "c", "n", "k", "x"] {
            without_g.add_variable(letter);
        }
        without_g.add_function("D", Some(1));
        without_g.add_function("g", Some(1));
        names = without_g;
    }
    names.add_function("f", Some(1));
    let tree = parse(text, &names).ok()?.tree;
    let has_argument = mentions(&tree, "u");
    Some(Pattern { tree, has_argument })
}

/// Is it about any function, and not about one of the table?
pub(super) fn is_of_any_function(pattern: &Pattern) -> bool {
    let mut found = false;
    pattern.tree.walk(&mut |part| {
        found |= matches!(&part.kind, Kind::Call { name, .. } if function::lookup(name).is_none());
    });
    found
}

/// The kinds of parts that a formula or a pattern is made of.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    kinds: u16,
    functions: BTreeSet<&'static str>,
}

impl Parts {
    pub fn of(tree: &Tree) -> Self {
        let mut parts = Parts::default();
        tree.walk(&mut |part| {
            let kind = match &part.kind {
                Kind::Sum(_) => 1,
                Kind::Product(_) => 2,
                Kind::Quotient(..) => 3,
                Kind::Negate(_) => 4,
                Kind::Transpose(_) => 5,
                Kind::Hadamard(_) => 6,
                Kind::ElementwisePower(..) => 7,
                Kind::Power(..) if exponent_of_e(part).is_none() => 8,
                Kind::Call { name, primes: 0, .. } if name != "D" => {
                    parts.functions.extend(function::lookup(name).map(|id| function::row(id).name));
                    0
                }
                Kind::Power(..) => {
                    parts.functions.insert(function::row(function::EXP).name);
                    0
                }
                _ => return,
            };
            parts.kinds |= 1 << kind;
        });
        parts
    }

    /// Are all the parts of a pattern there? If not, it matches nowhere.
    pub fn hold(&self, pattern: &Parts) -> bool {
        pattern.kinds & !self.kinds == 0 && pattern.functions.is_subset(&self.functions)
    }
}

/// All ways in which the pattern matches the whole formula.
pub(super) fn matches(pattern: &Pattern, tree: &Tree, variable: &str) -> Vec<Bindings> {
    let mut found = Vec::new();
    unify(&pattern.tree, tree, variable, &Bindings::default(), &mut |bindings| {
        if found.len() < MOST {
            found.push(bindings.clone());
        }
    });
    found
}

fn number_of(tree: &Tree) -> Option<&crate::number::Rational> {
    match &tree.kind {
        Kind::Number(q) => Some(q),
        _ => None,
    }
}

fn is_whole_negative(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Negate(inner) if number_of(inner).is_some_and(crate::number::Rational::is_integer))
}

/// May the letter stand for the formula?
fn is_allowed(letter: &str, tree: &Tree, variable: &str) -> bool {
    match letter {
        "x" => matches!(&tree.kind, Kind::Name(name) if name == variable),
        "h" => mentions(tree, variable) && !matches!(&tree.kind, Kind::Name(_)),
        "p" | "q" => mentions(tree, variable),
        "c" => !mentions(tree, variable),
        "n" => !mentions(tree, variable) && !is_whole_negative(tree),
        "k" => is_whole_negative(tree),
        "M" => matches!(tree.kind, Kind::Name(_)),
        // A constant is no part of a chain.
        _ => true,
    }
}

fn unify(pattern: &Tree, tree: &Tree, variable: &str, so_far: &Bindings, then: &mut dyn FnMut(&Bindings)) {
    match &pattern.kind {
        Kind::Name(letter) => {
            if !is_allowed(letter, tree, variable) {
                return;
            }
            match so_far.formula(letter) {
                Some(known) if known == tree => then(so_far),
                Some(_) => {}
                None => {
                    let mut next = so_far.clone();
                    next.formulas.extend(letter.chars().next().map(|own| (own, Rc::new(tree.clone()))));
                    then(&next);
                }
            }
        }
        Kind::Number(q) if number_of(tree) == Some(q) => then(so_far),
        Kind::Call { name, primes: 0, arguments } => {
            let [inner] = arguments.as_slice() else { return };
            if function::lookup(name) == Some(function::EXP)
                && let Some(exponent) = exponent_of_e(tree)
            {
                unify(inner, exponent, variable, so_far, then);
                return;
            }
            let (own, argument) = match &tree.kind {
                Kind::Call { name, primes: 0, arguments } if arguments.len() == 1 => {
                    (name.as_str(), &arguments[0])
                }
                Kind::Power(..) if let Some(exponent) = exponent_of_e(tree) => {
                    (function::row(function::EXP).name, exponent)
                }
                _ => return,
            };
            if let Some(id) = function::lookup(name) {
                if function::lookup(own) == Some(id) {
                    unify(inner, argument, variable, so_far, then);
                }
                return;
            }
            // f or g: any function of the table.
            if partials(own, std::slice::from_ref(argument)).is_none()
                || so_far.function(name).is_some_and(|known| known != own)
            {
                return;
            }
            let mut next = so_far.clone();
            next.functions.extend(name.chars().next().map(|letter| (letter, own.into())));
            unify(inner, argument, variable, &next, then);
        }
        Kind::Product(wanted) => unify_product(wanted, tree, variable, so_far, then),
        Kind::Sum(wanted) => unify_sum(wanted, tree, variable, so_far, then),
        Kind::Quotient(a, b) => {
            if let Kind::Quotient(x, y) = &tree.kind {
                unify(a, x, variable, so_far, &mut |bindings| unify(b, y, variable, bindings, then));
            }
        }
        Kind::Power(a, b) => {
            if let Kind::Power(x, y) = &tree.kind
                && exponent_of_e(tree).is_none()
            {
                unify(a, x, variable, so_far, &mut |bindings| unify(b, y, variable, bindings, then));
            }
        }
        Kind::Transpose(a) => {
            if let Kind::Transpose(x) = &tree.kind {
                unify(a, x, variable, so_far, then);
            }
        }
        Kind::Hadamard(wanted) => {
            let (Kind::Hadamard(factors), [a, b]) = (&tree.kind, wanted.as_slice()) else { return };
            for at in 0..factors.len() {
                unify(b, &factors[at], variable, so_far, &mut |bindings| {
                    let mut rest = all_but(factors, at);
                    let rest = if rest.len() == 1 { rest.remove(0) } else { Kind::Hadamard(rest).into() };
                    unify(a, &rest, variable, bindings, then);
                });
            }
        }
        Kind::ElementwisePower(a, b) => {
            if let Kind::ElementwisePower(x, y) = &tree.kind {
                unify(a, x, variable, so_far, &mut |bindings| unify(b, y, variable, bindings, then));
            }
        }
        Kind::Negate(a) => {
            if let Kind::Negate(x) = &tree.kind {
                unify(a, x, variable, so_far, then);
            }
        }
        _ => {}
    }
}

/// `u*v`: each factor against all others, and the first factors against the last.
fn unify_product(
    wanted: &[Tree],
    tree: &Tree,
    variable: &str,
    so_far: &Bindings,
    then: &mut dyn FnMut(&Bindings),
) {
    let Kind::Product(factors) = &tree.kind else { return };
    if wanted.len() > 2 || wanted.iter().any(is_of_matrices) {
        unify_in_order(wanted, factors, variable, so_far, then);
        return;
    }
    let [a, b] = wanted else { return };
    // A constant factor is none of the product rule's business.
    let is_rule_of_two = is_any(a) && is_any(b) && !variable.is_empty();
    let depends: Vec<bool> = if is_rule_of_two {
        factors.iter().map(|factor| mentions(factor, variable)).collect()
    } else {
        Vec::new()
    };
    for at in 0..factors.len() {
        if is_rule_of_two
            && (!depends[at] || depends.iter().enumerate().all(|(other, depends)| other == at || !depends))
        {
            continue;
        }
        unify(a, &factors[at], variable, so_far, &mut |bindings| {
            unify(b, &product(all_but(factors, at)), variable, bindings, then);
        });
    }
}

fn all_but(parts: &[Tree], at: usize) -> Vec<Tree> {
    parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| part.clone()).collect()
}

/// Products of matrices: the factors in their order, several of them for one letter.
fn unify_in_order(
    wanted: &[Tree],
    factors: &[Tree],
    variable: &str,
    so_far: &Bindings,
    then: &mut dyn FnMut(&Bindings),
) {
    let Some((first, rest)) = wanted.split_first() else {
        if factors.is_empty() {
            then(so_far);
        }
        return;
    };
    let most = factors.len().saturating_sub(rest.len());
    for taken in 1..=most {
        let (own, others) = factors.split_at(taken);
        let own = if own.len() == 1 { own[0].clone() } else { Kind::Product(own.to_vec()).into() };
        unify(first, &own, variable, so_far, &mut |bindings| {
            unify_in_order(rest, others, variable, bindings, then);
        });
    }
}

/// Does the order of factors matter: a transpose, or the variable itself?
fn is_of_matrices(pattern: &Tree) -> bool {
    match &pattern.kind {
        Kind::Transpose(_) => true,
        Kind::Name(name) => name == "x",
        _ => false,
    }
}

fn is_any(pattern: &Tree) -> bool {
    matches!(&pattern.kind, Kind::Name(name) if matches!(name.as_str(), "u" | "v" | "w"))
}

/// `u+v` of two terms; `u-(v+w)` with a bracket behind a minus.
fn unify_sum(
    wanted: &[Tree],
    tree: &Tree,
    variable: &str,
    so_far: &Bindings,
    then: &mut dyn FnMut(&Bindings),
) {
    let (Kind::Sum(terms), [a, b]) = (&tree.kind, wanted) else { return };
    for at in 0..terms.len() {
        unify(b, &terms[at], variable, so_far, &mut |bindings| {
            unify(a, &sum(all_but(terms, at)), variable, bindings, then);
        });
    }
}

/// Writes a pattern with its letters filled in; `derive` gives right derivatives.
pub(super) fn instantiate(
    pattern: &Pattern,
    bindings: &Bindings,
    variable: &str,
    derive: &mut dyn FnMut(&Tree) -> Option<Tree>,
) -> Option<Tree> {
    fill(&pattern.tree, bindings, variable, derive)
}

fn fill(
    pattern: &Tree,
    bindings: &Bindings,
    variable: &str,
    derive: &mut dyn FnMut(&Tree) -> Option<Tree>,
) -> Option<Tree> {
    match &pattern.kind {
        Kind::Name(letter) => {
            if let Some(formula) = bindings.formula(letter) {
                return Some(formula.clone());
            }
            (letter == "x").then(|| Tree::name(variable))
        }
        Kind::Call { name, primes, arguments } if function::lookup(name).is_none() => {
            let [inner] = arguments.as_slice() else { return None };
            let inner = fill(inner, bindings, variable, derive)?;
            if name == "D" {
                return derive(&inner);
            }
            let own = bindings.function(name)?;
            if *primes == 0 {
                return Some(Tree::call(own, vec![inner]));
            }
            partials(own, &[inner])?.into_iter().next()
        }
        _ => {
            let mut complete = true;
            let made = map_parts(pattern, &mut |part| {
                fill(part, bindings, variable, derive).unwrap_or_else(|| {
                    complete = false;
                    part.clone()
                })
            });
            complete.then_some(made)
        }
    }
}
