//! Products as powers of factors, sums as multiples of terms: the form in which equal things meet.

use super::make::{Care, as_number, one, place, plain_power, plain_quotient};
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

    /// The exponent that all others have in them: the one nearest to zero, if all are numbers of one sign; n − 1 of n and
    /// n − 1.
    pub(super) fn nearest_to_zero(all: &[&Exponent]) -> Option<Exponent> {
        let first = all.first()?;
        if all.iter().any(|own| own.terms != first.terms) {
            return None;
        }
        if !first.terms.is_empty() {
            return all.iter().min_by_key(|own| &own.number).map(|own| (**own).clone());
        }
        let least = all.iter().min_by_key(|own| own.number.abs())?;
        all.iter()
            .all(|own| own.number.is_negative() == least.number.is_negative())
            .then(|| (**least).clone())
    }

    /// The exponent as a number, if it is one.
    pub(super) fn value(&self) -> Option<Rational> {
        self.terms.is_empty().then(|| self.number.clone())
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    /// Equal factors became a power.
    pub gathered: bool,
    /// A factor went away above and below.
    pub cancelled: bool,
    /// Like terms were added.
    pub collected: bool,
}

/// Are whole powers of products and fractions taken apart into powers of their factors?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Powering {
    /// `(x y)²` is one factor.
    Closed,
    /// `(x y)²` is `x²` and `y²`.
    Open,
}

impl Powers {
    pub(super) fn number(number: Rational) -> Self {
        Powers { number, factors: Vec::new() }
    }

    fn one_factor(base: Tree, exponent: Exponent) -> Self {
        Powers { number: Rational::ONE, factors: vec![(base, exponent)] }
    }

    /// Takes a tree apart into its factors; parts are already gathered.
    pub(super) fn of(tree: &Tree, done: &mut Done) -> Self {
        Powers::taken(tree, Powering::Open, done)
    }

    /// The same, with powers of products as the author has them.
    pub(super) fn taken(tree: &Tree, powering: Powering, done: &mut Done) -> Self {
        if let Kind::Number(value) = &tree.kind {
            return Powers::number(value.clone());
        }
        match &tree.kind {
            Kind::Negate(inner) => {
                let mut powers = Powers::taken(inner, powering, done);
                powers.number = -powers.number;
                powers
            }
            Kind::Product(factors) => {
                let mut product = Powers::number(Rational::ONE);
                for factor in factors {
                    product.multiply(Powers::taken(factor, powering, done), done);
                }
                product
            }
            Kind::Quotient(a, b) => {
                let mut above = Powers::taken(a, powering, done);
                if let Some(below) = Powers::taken(b, powering, done).inverse() {
                    above.multiply(below, done);
                    return above;
                }
                Powers::one_factor(tree.clone(), Exponent::number(Rational::ONE))
            }
            Kind::Power(base, exponent) => {
                let exponent = Exponent::of(exponent);
                let is_whole = exponent.terms.is_empty() && exponent.number.is_integer();
                let is_open = powering == Powering::Open
                    || !matches!(base.kind, Kind::Product(_) | Kind::Quotient(..) | Kind::Negate(_));
                let base_powers = if is_whole && is_open {
                    Powers::taken(base, powering, done).raised(&exponent)
                } else {
                    None
                };
                base_powers.unwrap_or_else(|| Powers::one_factor((**base).clone(), exponent))
            }
            Kind::Call { name, primes: 0, arguments }
                if function::lookup(name) == Some(function::SQRT) && arguments.len() == 1 =>
            {
                Powers::one_factor(arguments[0].clone(), Exponent::number(Rational::HALF))
            }
            _ => Powers::one_factor(tree.clone(), Exponent::number(Rational::ONE)),
        }
    }

    /// The exponent of a base, if it is a number; zero if the base does not occur.
    pub(super) fn exponent(&self, base: &Tree) -> Option<Rational> {
        match self.factors.iter().find(|(own, _)| is_same_base(own, base)) {
            Some((_, exponent)) => exponent.terms.is_empty().then(|| exponent.number.clone()),
            None => Some(Rational::ZERO),
        }
    }

    /// The exponent of a base that occurs.
    pub(super) fn raised_by(&self, base: &Tree) -> Option<&Exponent> {
        self.factors.iter().find(|(own, _)| is_same_base(own, base)).map(|(_, exponent)| exponent)
    }

    /// Does the base occur with this exponent?
    pub(super) fn holds(&self, base: &Tree, exponent: &Exponent) -> bool {
        self.factors.iter().any(|(own, e)| e == exponent && is_same_base(own, base))
    }

    /// Gives a base at least this exponent, which is a number.
    pub(super) fn raise_to(&mut self, base: &Tree, exponent: Exponent) {
        match self.factors.iter_mut().find(|(own, _)| is_same_base(own, base)) {
            Some((_, own)) if own.number < exponent.number => *own = exponent,
            Some(_) => {}
            None => self.factors.push((base.clone(), exponent)),
        }
    }

    /// One over it; `None` for 1/0.
    pub(super) fn inverse(self) -> Option<Self> {
        self.raised(&Exponent::number(Rational::MINUS_ONE))
    }

    /// To a whole power; `None` for 1/0.
    pub(super) fn raised(mut self, exponent: &Exponent) -> Option<Self> {
        let n = exponent.number.as_integer()?;
        self.number = self.number.power(n, 4096).ok()?;
        for (_, own) in &mut self.factors {
            *own = own.clone().scaled(&exponent.number);
        }
        Some(self)
    }

    pub(super) fn multiply(&mut self, other: Powers, done: &mut Done) {
        self.number = self.number.clone() * other.number;
        for (base, exponent) in other.factors {
            match self.factors.iter_mut().find(|(own, _)| is_same_base(own, &base)) {
                Some((_, own)) => {
                    let sum = own.clone().plus(&exponent);
                    if own.is_below() == exponent.is_below() && !sum.is_zero() {
                        done.gathered = true;
                    } else {
                        done.cancelled = true;
                    }
                    *own = sum;
                }
                None => self.factors.push((base, exponent)),
            }
        }
        self.factors.retain(|(_, exponent)| !exponent.is_zero());
    }

    /// Do they have the same factors, whatever the numbers before them?
    pub(super) fn is_like(&self, other: &Powers) -> bool {
        self.factors.len() == other.factors.len()
            && self.factors.iter().all(|(base, exponent)| {
                other.factors.iter().any(|(own, e)| e == exponent && is_same_base(own, base))
            })
    }

    /// Has one of the exponents more different parts than those in the tree that it came from: `x + e^x` of `x` and `e^x`?
    pub(super) fn has_longer_exponent(&self, from: &Tree) -> bool {
        let mut most = 0;
        from.walk(&mut |part| {
            if let Kind::Power(_, exponent) = &part.kind {
                most = most.max(Exponent::of(exponent).terms.len());
            }
        });
        self.factors.iter().any(|(_, exponent)| exponent.terms.len() > most)
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
        above.sort_by_key(place);
        below.sort_by_key(place);
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

/// Are two bases the same up to the order of terms and factors?
fn is_same_base(a: &Tree, b: &Tree) -> bool {
    let has_order = |tree: &Tree| matches!(tree.kind, Kind::Sum(_) | Kind::Call { .. });
    a == b || has_order(a) && has_order(b) && print::nodes(a) == print::nodes(b) && sorted(a) == sorted(b)
}

/// Every product with its equal factors as powers, from the inside out; sums keep their terms.
pub(super) fn factors(tree: &Tree, done: &mut Done) -> Tree {
    let tree = super::make::map_parts(tree, &mut |part| factors(part, done));
    match &tree.kind {
        Kind::Product(_) | Kind::Quotient(..) | Kind::Negate(_) | Kind::Power(..) => {
            Powers::of(&tree, done).tree()
        }
        Kind::Sum(terms) => Care::Tidy.sum(terms.clone()),
        _ => tree,
    }
}

/// Every sum with its like terms added, from the inside out.
pub(super) fn terms(tree: &Tree, done: &mut Done) -> Tree {
    let tree = super::make::map_parts(tree, &mut |part| terms(part, done));
    match like_terms(&tree) {
        Some((new, _)) => {
            done.collected = true;
            new
        }
        None => tree,
    }
}

/// A sum with its like terms added, and whether only numbers were; `None` if there are none.
pub(super) fn like_terms(tree: &Tree) -> Option<(Tree, bool)> {
    let Kind::Sum(parts) = &tree.kind else { return None };
    let parts: Vec<Tree> = parts.iter().flat_map(|part| signed(part, false)).collect();
    let mut kept: Vec<(Powers, Tree, bool)> = Vec::new();
    let (mut is_changed, mut is_number) = (false, true);
    for part in parts {
        let powers = Powers::of(&part, &mut Done::default());
        if powers.number.is_zero() {
            kept.push((powers, part, false));
            continue;
        }
        match kept.iter_mut().find(|(own, ..)| !own.number.is_zero() && own.is_like(&powers)) {
            Some((own, _, is_sum)) => {
                own.number = own.number.clone() + powers.number;
                is_number &= own.factors.is_empty();
                (is_changed, *is_sum) = (true, true);
            }
            None => kept.push((powers, part, false)),
        }
    }
    let written = |(powers, part, is_sum): (Powers, Tree, bool)| {
        if is_sum { powers.tree() } else { part }
    };
    is_changed.then(|| (Care::Tidy.sum(kept.into_iter().map(written).collect()), is_number))
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
