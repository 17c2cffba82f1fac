//! Patterns of the mistakes' table: reading them, finding them in a formula, and writing what they stand for.

use std::collections::BTreeSet;
use std::rc::Rc;

use smallvec::SmallVec;

use super::Diagnosis;
use super::differentiate::{exponent_of_e, one, partials, product, sum};
use super::table::Mistake;
use crate::check::decide::unfold;
use crate::check::rewrite::{map_parts, mentions, names_of};
use crate::check::sheet::Sheet;
use crate::function;
use crate::print;
use crate::syntax::tree::{Kind, Tree};
use crate::syntax::{Names, parse};

/// A side of a rule.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub tree: Tree,
    /// Does it speak of `u`, something that depends on the variable?
    pub has_argument: bool,
}

/// What a pattern is about as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// A function, any or one of the table.
    Function,
    Power,
    Exponential,
    /// A sum, a product, a quotient, a constant.
    Other,
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

impl Bindings {
    /// A function that a letter stands for.
    pub fn of_function(letter: &str, name: &str) -> Self {
        let mut bindings = Bindings::default();
        bindings.functions.extend(letter.chars().next().map(|letter| (letter, name.into())));
        bindings
    }

    /// One letter for what another one stands for as well.
    pub fn and_as(&self, letter: &str, other: &str) -> Self {
        match self.formula(other) {
            Some(tree) => self.clone().with(letter, tree.clone()),
            None => self.clone(),
        }
    }

    /// One more letter.
    pub fn with(mut self, letter: &str, tree: Tree) -> Self {
        self.formulas.extend(letter.chars().next().map(|letter| (letter, Rc::new(tree))));
        self
    }
}

/// Ways in which one pattern may match at one place.
const MOST: usize = 24;

/// What is differentiated in a rule: as the writer does it, rightly, and by its own names.
const DERIVATIVES: [&str; 3] = ["D", "R", "T"];

/// Reads a side of a rule; `None` if it is not written in our notation.
pub(super) fn read(text: &str) -> Option<Pattern> {
    let mut names = Names::new();
    for letter in ["u", "v", "w", "h", "p", "q", "c", "n", "k", "x", "s", "g", "z", "A", "M"] {
        names.add_variable(letter);
    }
    for function in DERIVATIVES {
        if text.contains(function) {
            names.add_function(function, Some(1));
        }
    }
    let mut without_g = Names::new();
    if text.contains("g(") || text.contains("g'") {
        for letter in ["u", "v", "w", "c", "n", "k", "x"] {
            without_g.add_variable(letter);
        }
        DERIVATIVES.iter().for_each(|function| without_g.add_function(function, Some(1)));
        without_g.add_function("g", Some(1));
        names = without_g;
    }
    names.add_function("f", Some(1));
    let tree = parse(text, &names).ok()?.tree;
    let has_argument = mentions(&tree, "u");
    Some(Pattern { tree, has_argument })
}

impl Pattern {
    /// What it is about as a whole.
    pub fn root(&self) -> Root {
        match &self.tree.kind {
            _ if exponent_of_e(&self.tree).is_some() => Root::Function,
            Kind::Call { .. } => Root::Function,
            Kind::Power(base, _) if matches!(&base.kind, Kind::Name(name) if name == "c") => {
                Root::Exponential
            }
            Kind::Power(..) => Root::Power,
            _ => Root::Other,
        }
    }

    /// Does it speak of constants only?
    pub fn is_of_constants(&self) -> bool {
        names_of(&self.tree).iter().all(|name| matches!(name.as_str(), "c" | "n" | "k" | "M"))
    }

    /// Does it call this function?
    pub fn calls(&self, function: &str) -> bool {
        let mut found = false;
        self.tree
            .walk(&mut |part| found |= matches!(&part.kind, Kind::Call { name, .. } if name == function));
        found
    }

    /// The right side of a rule with the factor `D(u)` left out, and the letter in it; `None` if it has none.
    pub fn without_inner(&self) -> Option<(Pattern, String)> {
        let mut letter = None;
        let tree = without_inner(&self.tree, &mut letter);
        Some((Pattern { tree, has_argument: self.has_argument }, letter?))
    }

    /// The pattern with one letter for another one.
    pub fn with_letter(&self, old: &str, new: &str) -> Pattern {
        let tree = self.tree.with_names(&|name| (name == old).then(|| Tree::name(new)));
        Pattern { tree, has_argument: self.has_argument }
    }
}

/// `D(u)` becomes 1 and `D(f(u))` becomes `f'(u)` where they are factors.
fn without_inner(tree: &Tree, letter: &mut Option<String>) -> Tree {
    let mut inner = |tree: &Tree| Box::new(without_inner(tree, letter));
    let kind = match &tree.kind {
        Kind::Call { name, primes: 0, arguments } if name == "D" => match &arguments[0].kind {
            Kind::Name(own) => {
                *letter = Some(own.clone());
                return one();
            }
            Kind::Call { name, primes: 0, arguments } if function::lookup(name).is_none() => {
                let Kind::Name(own) = &arguments[0].kind else { return tree.clone() };
                *letter = Some(own.clone());
                Kind::Call { name: name.clone(), primes: 1, arguments: arguments.clone() }
            }
            _ => return tree.clone(),
        },
        Kind::Product(factors) => return product(factors.iter().map(|factor| *inner(factor)).collect()),
        Kind::Negate(a) => Kind::Negate(inner(a)),
        Kind::Quotient(above, below) => Kind::Quotient(inner(above), below.clone()),
        Kind::Power(base, exponent) => Kind::Power(inner(base), exponent.clone()),
        _ => return tree.clone(),
    };
    kind.into()
}

/// What is said of a mistake, with what its words quote.
pub(super) fn diagnosis(
    mistake: &Mistake,
    words: &'static str,
    made: Option<&(Bindings, String)>,
    sheet: &Sheet,
) -> Diagnosis {
    match made.and_then(|(bindings, variable)| told(words, bindings, variable, sheet)) {
        Some(text) => mistake.told(text.into()),
        None => mistake.told(words.into()),
    }
}

/// Words with what they quote filled in; `None` if a letter stands for nothing.
fn told(words: &str, bindings: &Bindings, variable: &str, sheet: &Sheet) -> Option<String> {
    let mut out = String::new();
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('⟨') {
        let (quoted, after) = after.split_once('⟩')?;
        let mut none = |_: &str, _: &Tree| None;
        let filled = instantiate(&read(quoted)?, bindings, variable, &mut none)?;
        out.push_str(before);
        out.push_str(&print::unicode(&unfold::named(sheet, &filled, variable)));
        rest = after;
    }
    out.push_str(rest);
    Some(out)
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
                Kind::Call { name, primes: 0, .. } if !DERIVATIVES.contains(&name.as_str()) => {
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

fn is_negative_number(tree: &Tree) -> bool {
    tree.as_rational().is_some_and(|q| q.is_negative())
}

/// May the letter stand for the formula?
fn is_allowed(letter: &str, tree: &Tree, variable: &str) -> bool {
    match letter {
        "x" => matches!(&tree.kind, Kind::Name(name) if name == variable),
        "h" => mentions(tree, variable) && !matches!(&tree.kind, Kind::Name(_)),
        "p" | "q" => mentions(tree, variable),
        "c" => !mentions(tree, variable),
        "n" => !mentions(tree, variable) && !is_negative_number(tree),
        "k" => is_negative_number(tree),
        "M" => matches!(&tree.kind, Kind::Name(name) if name != variable),
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
    // Several constant factors are one.
    if matches!(&a.kind, Kind::Name(name) if name == "c") && !variable.is_empty() {
        let (constants, others): (Vec<Tree>, Vec<Tree>) =
            factors.iter().cloned().partition(|factor| !mentions(factor, variable));
        if constants.len() > 1 && !others.is_empty() {
            unify(a, &product(constants), variable, so_far, &mut |bindings| {
                unify(b, &product(others.clone()), variable, bindings, then);
            });
        }
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
    // The first term against all others.
    if terms.len() > 2 {
        unify(a, &terms[0], variable, so_far, &mut |bindings| {
            unify(b, &sum(all_but(terms, 0)), variable, bindings, then);
        });
    }
}

/// Writes a pattern with its letters filled in; `derive` gives the derivatives `D`, `R` and `T`.
pub(super) fn instantiate(
    pattern: &Pattern,
    bindings: &Bindings,
    variable: &str,
    derive: &mut dyn FnMut(&str, &Tree) -> Option<Tree>,
) -> Option<Tree> {
    fill(&pattern.tree, bindings, variable, derive)
}

fn fill(
    pattern: &Tree,
    bindings: &Bindings,
    variable: &str,
    derive: &mut dyn FnMut(&str, &Tree) -> Option<Tree>,
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
            if DERIVATIVES.contains(&name.as_str()) {
                return derive(name, &inner);
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
