//! Products as powers of factors, sums as multiples of terms: the form in which equal things meet.

use std::collections::BTreeMap;

use super::make::{Care, as_number, one, plain_power, plain_quotient};
use crate::function;
use crate::number::Rational;
use crate::print;
use crate::syntax::tree::{Kind, Tree};

/// `number + Σ coefficient · tree`, an exponent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Exponent {
    number: Rational,
    terms: Vec<(Rational, Tree)>,
}

impl Exponent {
    pub(super) fn number(number: Rational) -> Self {
        Exponent { number, terms: Vec::new() }
    }

    fn of(tree: &Tree) -> Self {
        if let Some(number) = as_number(tree) {
            return Exponent::number(number);
        }
        match &tree.kind {
            Kind::Negate(inner) => Exponent::of(inner).scaled(&Rational::MINUS_ONE),
            Kind::Sum(terms) => {
                let mut sum = Exponent::number(Rational::ZERO);
                for term in terms {
                    sum = sum.plus(&Exponent::of(term));
                }
                sum
            }
            _ => Exponent { number: Rational::ZERO, terms: vec![(Rational::ONE, tree.clone())] },
        }
    }

    fn plus(mut self, other: &Exponent) -> Self {
        self.number = self.number + other.number.clone();
        for (coefficient, tree) in &other.terms {
            match self.terms.iter_mut().find(|(_, own)| own == tree) {
                Some((own, _)) => *own = own.clone() + coefficient.clone(),
                None => self.terms.push((coefficient.clone(), tree.clone())),
            }
        }
        self.terms.retain(|(coefficient, _)| !coefficient.is_zero());
        self
    }

    pub(super) fn scaled(mut self, by: &Rational) -> Self {
        self.number = self.number * by.clone();
        for (coefficient, _) in &mut self.terms {
            *coefficient = coefficient.clone() * by.clone();
        }
        self
    }

    /// The exponent as a whole number, if it is one.
    pub(super) fn whole(&self) -> Option<i64> {
        if self.terms.is_empty() { self.number.as_integer() } else { None }
    }

    fn is_zero(&self) -> bool {
        self.terms.is_empty() && self.number.is_zero()
    }

    pub(super) fn is_below(&self) -> bool {
        self.terms.is_empty() && self.number.is_negative()
    }

    fn tree(&self) -> Tree {
        let mut terms: Vec<Tree> = self
            .terms
            .iter()
            .map(|(coefficient, tree)| Care::Tidy.product(vec![Tree::number(coefficient), tree.clone()]))
            .collect();
        if !self.number.is_zero() || terms.is_empty() {
            terms.push(Tree::number(&self.number));
        }
        Care::Tidy.sum(terms)
    }
}

/// `number · Π base^exponent`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Powers {
    pub number: Rational,
    pub factors: Vec<(Tree, Exponent)>,
}

/// What was done on the way, to be named.
#[allow(clippy::struct_excessive_bools)] // each is one word of the reason
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    /// Equal factors became a power.
    pub gathered: bool,
    /// A factor went away above and below.
    pub cancelled: bool,
    /// Numbers were multiplied or divided.
    pub numbers: bool,
    /// Like terms were added.
    pub collected: bool,
}

impl Powers {
    pub(super) fn number(number: Rational) -> Self {
        Powers { number, factors: Vec::new() }
    }

    /// Takes a tree apart into its factors; parts are already gathered.
    pub(super) fn of(tree: &Tree, done: &mut Done) -> Self {
        if let Kind::Number(value) = &tree.kind {
            return Powers::number(value.clone());
        }
        match &tree.kind {
            Kind::Negate(inner) => {
                let mut powers = Powers::of(inner, done);
                powers.number = -powers.number;
                powers
            }
            Kind::Product(factors) => {
                let mut product = Powers::number(Rational::ONE);
                for factor in factors {
                    product.multiply(Powers::of(factor, done), done);
                }
                product
            }
            Kind::Quotient(a, b) => {
                let mut above = Powers::of(a, done);
                if let Some(below) = Powers::of(b, done).raised(&Exponent::number(Rational::MINUS_ONE)) {
                    above.multiply(below, done);
                    return above;
                }
                Powers {
                    number: Rational::ONE,
                    factors: vec![(tree.clone(), Exponent::number(Rational::ONE))],
                }
            }
            Kind::Power(base, exponent) => {
                let exponent = Exponent::of(exponent);
                let is_whole = exponent.terms.is_empty() && exponent.number.is_integer();
                let base_powers = if is_whole { Powers::of(base, done).raised(&exponent) } else { None };
                base_powers.unwrap_or_else(|| Powers {
                    number: Rational::ONE,
                    factors: vec![((**base).clone(), exponent)],
                })
            }
            Kind::Call { name, primes: 0, arguments }
                if function::lookup(name) == Some(function::SQRT) && arguments.len() == 1 =>
            {
                let half = Rational::ONE.divide(&Rational::integer(2)).unwrap_or(Rational::ONE);
                Powers {
                    number: Rational::ONE,
                    factors: vec![(arguments[0].clone(), Exponent::number(half))],
                }
            }
            _ => Powers {
                number: Rational::ONE,
                factors: vec![(tree.clone(), Exponent::number(Rational::ONE))],
            },
        }
    }

    /// The exponent of a base, if it is a number; zero if the base does not occur.
    pub(super) fn exponent(&self, base: &Tree) -> Option<Rational> {
        match self.factors.iter().find(|(own, _)| own == base) {
            Some((_, exponent)) => exponent.terms.is_empty().then(|| exponent.number.clone()),
            None => Some(Rational::ZERO),
        }
    }

    /// One over it; `None` for 1/0.
    pub(super) fn inverse(self) -> Option<Self> {
        self.raised(&Exponent::number(Rational::MINUS_ONE))
    }

    /// To a whole power; `None` for 1/0.
    fn raised(mut self, exponent: &Exponent) -> Option<Self> {
        let n = exponent.number.as_integer()?;
        self.number = self.number.power(n, 4096).ok()?;
        for (_, own) in &mut self.factors {
            *own = own.clone().scaled(&exponent.number);
        }
        Some(self)
    }

    pub(super) fn multiply(&mut self, other: Powers, done: &mut Done) {
        let is_one = |n: &Rational| n.abs().is_one();
        if !is_one(&self.number) && !is_one(&other.number) {
            done.numbers = true;
        }
        self.number = self.number.clone() * other.number;
        for (base, exponent) in other.factors {
            match self.factors.iter_mut().find(|(own, _)| *own == base) {
                Some((_, own)) => {
                    if own.is_below() == exponent.is_below() {
                        done.gathered = true;
                    } else {
                        done.cancelled = true;
                    }
                    *own = own.clone().plus(&exponent);
                }
                None => self.factors.push((base, exponent)),
            }
        }
        self.factors.retain(|(_, exponent)| !exponent.is_zero());
    }

    /// Written as a product over a product.
    pub(super) fn tree(&self) -> Tree {
        let size = self.number.abs();
        let mut above = Vec::new();
        let mut below = Vec::new();
        if self.number.is_zero() {
            return Tree::number(&self.number);
        }
        let numerator = Rational::from_integer(size.numerator());
        let denominator = Rational::from_integer(size.denominator());
        if !numerator.is_one() {
            above.push(Tree::number(&numerator));
        }
        if !denominator.is_one() {
            below.push(Tree::number(&denominator));
        }
        for (base, exponent) in &self.factors {
            if exponent.is_below() {
                below.push(power(base, &exponent.clone().scaled(&Rational::MINUS_ONE)));
            } else {
                above.push(power(base, exponent));
            }
        }
        let joined = |mut factors: Vec<Tree>| match factors.len() {
            0 => one(),
            1 => factors.swap_remove(0),
            _ => Kind::Product(factors).into(),
        };
        let above = joined(above);
        let tree = if below.is_empty() { above } else { plain_quotient(above, joined(below)) };
        if self.number.is_negative() { Kind::Negate(Box::new(tree)).into() } else { tree }
    }
}

fn power(base: &Tree, exponent: &Exponent) -> Tree {
    let half = Rational::integer(2);
    if exponent.terms.is_empty() {
        if exponent.number.is_one() {
            return base.clone();
        }
        if (exponent.number.clone() * half).is_one() {
            return Tree::call(function::row(function::SQRT).name, vec![base.clone()]);
        }
    }
    plain_power(base.clone(), exponent.tree())
}

/// Every product with its equal factors as powers, from the inside out; sums keep their terms.
pub(super) fn factors(tree: &Tree, done: &mut Done) -> Tree {
    let tree = super::make::map_parts(tree, &mut |part| factors(part, done));
    match &tree.kind {
        Kind::Product(_) | Kind::Quotient(..) | Kind::Negate(_) | Kind::Power(..) => {
            let mut own = *done;
            let powers = Powers::of(&tree, &mut own);
            let new = powers.tree();
            if new != tree {
                *done = own;
            }
            new
        }
        Kind::Sum(terms) => Care::Tidy.sum(terms.clone()),
        _ => tree,
    }
}

/// Every sum with its like terms added, from the inside out.
pub(super) fn terms(tree: &Tree, done: &mut Done) -> Tree {
    let tree = super::make::map_parts(tree, &mut |part| terms(part, done));
    let Kind::Sum(parts) = &tree.kind else { return tree };
    let parts: Vec<Tree> = parts.iter().flat_map(|part| signed(part, false)).collect();
    let mut kept: Vec<(BTreeMap<String, String>, Powers)> = Vec::new();
    let mut is_changed = false;
    for part in &parts {
        let powers = Powers::of(part, &mut Done::default());
        let key: BTreeMap<String, String> = powers
            .factors
            .iter()
            .map(|(base, exponent)| (print::text(&sorted(base)), print::text(&sorted(&exponent.tree()))))
            .collect();
        match kept.iter_mut().find(|(own, _)| *own == key) {
            Some((_, own)) => {
                own.number = own.number.clone() + powers.number;
                is_changed = true;
            }
            None => kept.push((key, powers)),
        }
    }
    if !is_changed {
        return tree;
    }
    done.collected = true;
    Care::Tidy.sum(kept.into_iter().map(|(_, powers)| powers.tree()).collect())
}

/// The terms of a sum inside a sum, each with its sign.
pub(super) fn signed(tree: &Tree, is_negative: bool) -> Vec<Tree> {
    match &tree.kind {
        Kind::Negate(inner) => signed(inner, !is_negative),
        Kind::Sum(parts) => parts.iter().flat_map(|part| signed(part, is_negative)).collect(),
        _ if is_negative => vec![Kind::Negate(Box::new(tree.clone())).into()],
        _ => vec![tree.clone()],
    }
}

/// The tree with factors and terms in one order, and sums with one sign: two trees that differ in order and signs only
/// become one. `e^u` becomes the exponential function.
pub(super) fn sorted(tree: &Tree) -> Tree {
    let tree = super::make::map_parts(tree, &mut sorted);
    match &tree.kind {
        Kind::Power(base, exponent) if matches!(&base.kind, Kind::Name(name) if name == "e") => {
            Tree::call(function::row(function::EXP).name, vec![(**exponent).clone()])
        }
        Kind::Product(_) | Kind::Quotient(..) | Kind::Negate(_) | Kind::Power(..) => {
            let mut powers = Powers::of(&tree, &mut Done::default());
            let mut sign = Rational::ONE;
            for (base, exponent) in &mut powers.factors {
                if let (Kind::Sum(terms), Some(n)) = (&base.kind, exponent.whole())
                    && matches!(terms.first().map(|t| &t.kind), Some(Kind::Negate(_)))
                {
                    *base = sorted_sum(&Kind::Negate(Box::new(base.clone())).into());
                    if n % 2 != 0 {
                        sign = -sign;
                    }
                }
            }
            powers.number = powers.number * sign;
            powers
                .factors
                .sort_by_cached_key(|(base, exponent)| (print::text(base), print::text(&exponent.tree())));
            powers.tree()
        }
        Kind::Sum(_) => {
            let sum = sorted_sum(&tree);
            match &sum.kind {
                Kind::Sum(terms) if matches!(terms.first().map(|t| &t.kind), Some(Kind::Negate(_))) => {
                    let opposite = sorted_sum(&Kind::Negate(Box::new(sum.clone())).into());
                    Kind::Negate(Box::new(opposite)).into()
                }
                _ => sum,
            }
        }
        _ => tree,
    }
}

/// The terms in the order of what they are, whatever their signs.
fn sorted_sum(tree: &Tree) -> Tree {
    let mut terms = signed(tree, false);
    terms.sort_by_cached_key(|term| match &term.kind {
        Kind::Negate(inner) => print::text(inner),
        _ => print::text(term),
    });
    Care::Tidy.sum(terms)
}
