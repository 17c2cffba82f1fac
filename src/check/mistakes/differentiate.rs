//! Differentiation as a writer does it, rule by rule on the formula as written, with one rule mistaken at one place.
//!
//! The partials of functions come from the function table; the rules for sums, products, quotients and powers are those that a
//! mistake can take the place of. Nothing that this file computes is shown as a right answer.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::pattern::{Bindings, Pattern, Root, instantiate, matches};
use crate::check::rewrite::{map_parts, mentions, names_of, substitute};
use crate::function;
use crate::number::Rational;
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};
use crate::syntax::{Names, parse};

/// A mistaken rule: what is matched and what is written.
#[derive(Clone, Copy)]
pub(super) struct Slip<'p> {
    pub from: &'p Pattern,
    pub to: &'p Pattern,
    /// Where: at the n-th place where it could be made, or at all of them.
    pub place: Option<usize>,
    /// Is it a rule of differentiation, or of rewriting?
    pub rewriting: bool,
    /// Is it made only inside the argument of a function, a base or an exponent?
    pub inside: bool,
}

/// A slip in a run: how many places were passed, and what its letters stood for where it was made.
struct Waiting<'p> {
    slip: Slip<'p>,
    seen: usize,
    made: Option<(Bindings, String)>,
}

/// One run through a formula.
pub(super) struct Differentiator<'p> {
    slips: Vec<Waiting<'p>>,
    variable: String,
    steps: usize,
    depth: usize,
    /// Functions and powers around the part that is differentiated.
    around: usize,
    /// Are products taken two factors at a time? A slip may be made in a part of a product.
    by_pairs: bool,
}

/// Parts that one run may touch.
const MAXIMUM_STEPS: usize = 4_000;
/// Derivatives within derivatives: a rule that leads to itself goes no deeper.
const MAXIMUM_DEPTH: usize = 64;

pub(super) fn zero() -> Tree {
    Tree::number(&Rational::ZERO)
}

pub(super) fn one() -> Tree {
    Tree::number(&Rational::ONE)
}

fn is_number(tree: &Tree, value: i64) -> bool {
    matches!(&tree.kind, Kind::Number(q) if q.as_integer() == Some(value))
}

pub(super) fn sum(terms: Vec<Tree>) -> Tree {
    let mut terms: Vec<Tree> = terms.into_iter().filter(|term| !is_number(term, 0)).collect();
    match terms.len() {
        0 => zero(),
        1 => terms.remove(0),
        _ => Kind::Sum(terms).into(),
    }
}

pub(super) fn product(factors: Vec<Tree>) -> Tree {
    if factors.iter().any(|factor| is_number(factor, 0)) {
        return zero();
    }
    let mut factors: Vec<Tree> = factors.into_iter().filter(|factor| !is_number(factor, 1)).collect();
    match factors.len() {
        0 => one(),
        1 => factors.remove(0),
        _ => Kind::Product(factors).into(),
    }
}

fn negated(tree: Tree) -> Tree {
    if is_number(&tree, 0) { tree } else { Kind::Negate(Box::new(tree)).into() }
}

fn quotient(a: Tree, b: Tree) -> Tree {
    if is_number(&a, 0) { a } else { Kind::Quotient(Box::new(a), Box::new(b)).into() }
}

pub(super) fn power(a: Tree, b: Tree) -> Tree {
    if is_number(&b, 1) { a } else { Kind::Power(Box::new(a), Box::new(b)).into() }
}

/// The argument of an exponential, written either way.
pub(super) fn exponent_of_e(tree: &Tree) -> Option<&Tree> {
    match &tree.kind {
        Kind::Power(base, exponent) if matches!(&base.kind, Kind::Name(name) if name == "e") => {
            Some(exponent)
        }
        Kind::Call { name, primes: 0, arguments } if function::lookup(name) == Some(function::EXP) => {
            arguments.first()
        }
        _ => None,
    }
}

/// The partials of the functions of the table, read once.
static PARTIALS: LazyLock<BTreeMap<&str, Vec<Tree>>> = LazyLock::new(|| {
    let read = |row: &'static function::Row| {
        let mut names = Names::new();
        row.parameters.iter().for_each(|parameter| names.add_variable(parameter));
        let partials = row.partials().iter().map(|text| parse(text, &names).ok().map(|parsed| parsed.tree));
        Some((row.name, partials.collect::<Option<Vec<Tree>>>()?))
    };
    function::ROWS.iter().filter(|row| row.is_elementwise()).filter_map(read).collect()
});

/// The partials of a function of the table at its arguments.
pub(super) fn partials(name: &str, arguments: &[Tree]) -> Option<Vec<Tree>> {
    let row = function::row(function::lookup(name)?);
    if row.parameters.len() != arguments.len() {
        return None;
    }
    let argument = |name: &str| {
        row.parameters.iter().position(|own| *own == name).and_then(|at| arguments.get(at).cloned())
    };
    let partials = PARTIALS.get(row.name)?;
    Some(partials.iter().map(|partial| substitute(partial, &argument)).collect())
}

/// The derivative of a formula by all its names together.
fn by_own_names(tree: &Tree) -> Option<Tree> {
    let names = names_of(tree).into_iter().filter(|name| !matches!(name.as_str(), "pi" | "e" | "π"));
    let partials: Option<Vec<Tree>> = names.map(|name| Differentiator::new(&name, None).of(tree)).collect();
    Some(sum(partials?))
}

impl<'p> Differentiator<'p> {
    /// A run with some slips; of two that could be made at one place the first one is.
    pub fn new(variable: &str, slips: impl IntoIterator<Item = Slip<'p>>) -> Self {
        let slips: Vec<Waiting> =
            slips.into_iter().map(|slip| Waiting { slip, seen: 0, made: None }).collect();
        let is_of_product = |waiting: &Waiting| {
            !waiting.slip.rewriting && matches!(waiting.slip.from.tree.kind, Kind::Product(_))
        };
        let by_pairs = slips.iter().any(is_of_product);
        Differentiator { slips, variable: variable.to_owned(), steps: 0, depth: 0, around: 0, by_pairs }
    }

    /// How many places for the first slip were passed.
    pub fn places(&self) -> usize {
        self.slips.first().map_or(0, |waiting| waiting.seen)
    }

    /// How many parts were touched.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Was every slip made?
    pub fn made(&self) -> bool {
        self.slips.iter().all(|waiting| waiting.made.is_some())
    }

    /// Was any slip made?
    pub fn made_any(&self) -> bool {
        self.slips.iter().any(|waiting| waiting.made.is_some())
    }

    /// What the letters of a slip stood for where it was first made, and the variable.
    pub fn bindings(&self, number: usize) -> Option<&(Bindings, String)> {
        self.slips.get(number)?.made.as_ref()
    }

    /// A formula with its derivative operators worked out; `None` if it is none of the scalar calculus.
    pub fn worked_out(&mut self, tree: &Tree) -> Option<Tree> {
        self.steps += 1;
        if let Kind::Derivative {
            operator: DerivativeOperator::Derivative | DerivativeOperator::Gradient,
            body,
            variables,
        } = &tree.kind
        {
            let mut body = self.rewritten(body)?;
            for variable in variables {
                let Kind::Name(name) = &variable.kind else { return None };
                self.variable.clone_from(name);
                body = self.worked_out(&body)?;
                body = self.of(&body)?;
            }
            return Some(body);
        }
        if let Some(written) = self.slipped_rewriting(tree) {
            return Some(written);
        }
        self.mapped(tree, &mut |own, part| own.worked_out(part))
    }

    fn mapped(
        &mut self,
        tree: &Tree,
        change: &mut dyn FnMut(&mut Self, &Tree) -> Option<Tree>,
    ) -> Option<Tree> {
        let mut complete = true;
        let made = map_parts(tree, &mut |part| {
            change(self, part).unwrap_or_else(|| {
                complete = false;
                part.clone()
            })
        });
        complete.then_some(made)
    }

    /// A formula with a mistaken rewriting at one place.
    fn rewritten(&mut self, tree: &Tree) -> Option<Tree> {
        if !self.slips.iter().any(|waiting| waiting.slip.rewriting) {
            return Some(tree.clone());
        }
        self.steps += 1;
        if let Some(written) = self.slipped_rewriting(tree) {
            return Some(written);
        }
        self.mapped(tree, &mut |own, part| own.rewritten(part))
    }

    fn slipped_rewriting(&mut self, tree: &Tree) -> Option<Tree> {
        for number in 0..self.slips.len() {
            let Slip { from, to, rewriting, .. } = self.slips[number].slip;
            if !rewriting {
                continue;
            }
            if let Some(bindings) = self.due(number, from, tree) {
                let mut none = |_: &str, tree: &Tree| Some(tree.clone());
                return instantiate(to, &bindings, &self.variable, &mut none);
            }
        }
        None
    }

    /// The way in which the slip is made here, if it is; each way counts as a place.
    fn due(&mut self, number: usize, from: &Pattern, tree: &Tree) -> Option<Bindings> {
        let waiting = self.slips.get_mut(number)?;
        let first = waiting.seen;
        let at = match waiting.slip.place {
            None => 0,
            Some(place) => place.checked_sub(first)?,
        };
        let mut ways = matches(from, tree, &self.variable);
        waiting.seen += ways.len();
        if at >= ways.len() {
            return None;
        }
        let way = ways.swap_remove(at);
        waiting.made.get_or_insert_with(|| (way.clone(), self.variable.clone()));
        Some(way)
    }

    /// The derivative by the variable, with the slip where it is due.
    pub fn of(&mut self, tree: &Tree) -> Option<Tree> {
        self.steps += 1;
        if self.steps > MAXIMUM_STEPS || self.depth > MAXIMUM_DEPTH {
            return None;
        }
        self.depth += 1;
        let derivative = self.of_part(tree);
        self.depth -= 1;
        derivative
    }

    fn of_part(&mut self, tree: &Tree) -> Option<Tree> {
        // What is said of the variable is not said of constants.
        let is_constant = !self.slips.is_empty() && !mentions(tree, &self.variable);
        for number in 0..self.slips.len() {
            let Slip { from, to, rewriting, inside, .. } = self.slips[number].slip;
            if rewriting || is_constant && from.has_argument || inside && self.around == 0 {
                continue;
            }
            if let Some(bindings) = self.due(number, from, tree) {
                let is_chain = from.root() != Root::Other;
                self.around += usize::from(is_chain);
                let slipped = self.slipped(to, &bindings);
                self.around -= usize::from(is_chain);
                return slipped;
            }
        }
        self.rightly(tree)
    }

    fn slipped(&mut self, to: &Pattern, bindings: &Bindings) -> Option<Tree> {
        let variable = self.variable.clone();
        let mut derive = |way: &str, tree: &Tree| match way {
            "R" => Differentiator::new(&variable, None).of(tree),
            "T" => by_own_names(tree),
            _ => self.of(tree),
        };
        instantiate(to, bindings, &variable, &mut derive)
    }

    /// The derivative of what stands in a function, a base or an exponent.
    fn of_inner(&mut self, tree: &Tree) -> Option<Tree> {
        self.around += 1;
        let derivative = self.of(tree);
        self.around -= 1;
        derivative
    }

    /// The derivative of a product as that of all factors but the last, times the last, and so on.
    fn of_product(&mut self, factors: &[Tree]) -> Option<Tree> {
        let (last, first) = factors.split_last()?;
        let before = product(first.to_vec());
        let (first, second) = (self.of(&before)?, self.of(last)?);
        let mut terms = match first.kind {
            Kind::Sum(terms) => terms.into_iter().map(|term| product(vec![term, last.clone()])).collect(),
            _ => vec![product(vec![first, last.clone()])],
        };
        terms.push(product(vec![before, second]));
        Some(sum(terms))
    }

    fn rightly(&mut self, tree: &Tree) -> Option<Tree> {
        if !mentions(tree, &self.variable) {
            return Some(zero());
        }
        if let Some(inner) = exponent_of_e(tree) {
            let inner = inner.clone();
            return Some(product(vec![tree.clone(), self.of_inner(&inner)?]));
        }
        match &tree.kind {
            Kind::Name(_) => Some(one()),
            Kind::Sum(terms) => Some(sum(terms.iter().map(|term| self.of(term)).collect::<Option<_>>()?)),
            Kind::Negate(inner) => Some(negated(self.of(inner)?)),
            Kind::Product(factors) if self.by_pairs && factors.len() > 2 => self.of_product(factors),
            Kind::Product(factors) => {
                let mut terms = Vec::new();
                for at in 0..factors.len() {
                    let derivative = self.of(&factors[at])?;
                    let mut term = factors.clone();
                    term[at] = derivative;
                    terms.push(product(term));
                }
                Some(sum(terms))
            }
            Kind::Quotient(u, v) => {
                if !mentions(v, &self.variable) {
                    return Some(quotient(self.of(u)?, (**v).clone()));
                }
                let (du, dv) = (self.of(u)?, self.of(v)?);
                let above =
                    sum(vec![product(vec![du, (**v).clone()]), negated(product(vec![(**u).clone(), dv]))]);
                Some(quotient(above, power((**v).clone(), Tree::number(&Rational::TWO))))
            }
            Kind::Power(u, n) => {
                if !mentions(n, &self.variable) {
                    let less = match &n.kind {
                        Kind::Number(q) => Tree::number(&(q.clone() - Rational::ONE)),
                        _ => Kind::Sum(vec![(**n).clone(), negated(one())]).into(),
                    };
                    return Some(product(vec![(**n).clone(), power((**u).clone(), less), self.of_inner(u)?]));
                }
                let logarithm = Tree::call(function::row(function::LOG).name, vec![(**u).clone()]);
                let dn = self.of_inner(n)?;
                if !mentions(u, &self.variable) {
                    return Some(product(vec![tree.clone(), logarithm, dn]));
                }
                let du = self.of_inner(u)?;
                let inner = sum(vec![
                    product(vec![dn, logarithm]),
                    quotient(product(vec![(**n).clone(), du]), (**u).clone()),
                ]);
                Some(product(vec![tree.clone(), inner]))
            }
            Kind::Call { name, primes: 0, arguments } => {
                let partials = partials(name, arguments)?;
                let mut terms = Vec::new();
                for (partial, argument) in partials.into_iter().zip(arguments) {
                    let inner = self.of_inner(argument)?;
                    terms.push(product(vec![partial, inner]));
                }
                Some(sum(terms))
            }
            _ => None,
        }
    }
}
