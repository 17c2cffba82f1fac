//! Trees as a person writes them down: no factor 1, no term 0, signs in front, numbers multiplied at once.

use crate::number::Rational;
use crate::syntax::tree::{DerivativeOperator, Kind, Relation, Tree};

/// How much is done while a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// Ones and zeros are dropped, numbers multiplied.
    Tidy,
    /// Everything is left standing.
    Literal,
}

pub(super) fn integer(n: i64) -> Tree {
    Tree::number(&Rational::integer(n))
}

pub(super) fn one() -> Tree {
    integer(1)
}

pub(super) fn zero() -> Tree {
    integer(0)
}

/// The value of a tree that is written as a number: `3`, `−3`, `1/2`, `−1/2`.
pub(super) fn as_number(tree: &Tree) -> Option<Rational> {
    match &tree.kind {
        Kind::Number(value) => Some(value.clone()),
        Kind::Negate(inner) => as_number(inner).map(|value| -value),
        Kind::Quotient(a, b) => match (&a.kind, &b.kind) {
            (Kind::Number(a), Kind::Number(b)) => a.divide(b),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn is_zero(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Number(value) if value.is_zero())
}

pub(super) fn is_one(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Number(value) if value.is_one())
}

pub(super) fn derivative(body: Tree, variable: &Tree) -> Tree {
    Kind::Derivative {
        operator: DerivativeOperator::Derivative,
        body: Box::new(body),
        variables: vec![variable.clone()],
    }
    .into()
}

pub(super) fn relation(left: Tree, relation: Relation, right: Tree) -> Tree {
    Kind::Relation(relation, Box::new(left), Box::new(right)).into()
}

pub(super) fn plain_quotient(above: Tree, below: Tree) -> Tree {
    Kind::Quotient(Box::new(above), Box::new(below)).into()
}

pub(super) fn plain_power(base: Tree, exponent: Tree) -> Tree {
    Kind::Power(Box::new(base), Box::new(exponent)).into()
}

impl Care {
    pub(super) fn negate(self, tree: Tree) -> Tree {
        match tree.kind {
            Kind::Negate(inner) if self == Care::Tidy => *inner,
            Kind::Number(ref value) if value.is_zero() && self == Care::Tidy => tree,
            kind => Kind::Negate(Box::new(Tree::from(kind))).into(),
        }
    }

    pub(super) fn sum(self, terms: Vec<Tree>) -> Tree {
        let mut kept: Vec<Tree> = Vec::with_capacity(terms.len());
        for term in terms {
            match term.kind {
                Kind::Sum(inner) => kept.extend(inner),
                _ => kept.push(term),
            }
        }
        if self == Care::Tidy {
            kept.retain(|term| !is_zero(term));
        }
        match kept.len() {
            0 => zero(),
            1 => kept.swap_remove(0),
            _ => Kind::Sum(kept).into(),
        }
    }

    pub(super) fn product(self, factors: Vec<Tree>) -> Tree {
        if self == Care::Literal {
            return side_by_side(factors);
        }
        let mut is_negative = false;
        let mut number = Rational::ONE;
        let mut above: Vec<Tree> = Vec::new();
        let mut below: Vec<Tree> = Vec::new();
        let mut pending: Vec<Tree> = factors;
        pending.reverse();
        while let Some(factor) = pending.pop() {
            if is_zero(&factor) {
                return zero();
            }
            match factor.kind {
                Kind::Product(inner) => pending.extend(inner.into_iter().rev()),
                Kind::Negate(inner) => {
                    is_negative = !is_negative;
                    pending.push(*inner);
                }
                Kind::Number(value) if value.bits() <= 64 => number = number * value,
                // a fraction among factors: what is above and what is below
                Kind::Quotient(a, b) if !holds_derivative(&b) => {
                    let parts = match b.kind {
                        Kind::Product(parts) => parts,
                        kind => vec![kind.into()],
                    };
                    for part in parts {
                        match as_number(&part).and_then(|n| number.divide(&n)) {
                            Some(quotient) => number = quotient,
                            None => below.push(part),
                        }
                    }
                    pending.push(*a);
                }
                kind => above.push(kind.into()),
            }
        }
        // A pending derivative stands last, so that it needs no brackets; before it, names stand before functions.
        let (derivatives, mut first): (Vec<Tree>, Vec<Tree>) =
            above.into_iter().partition(|factor| matches!(factor.kind, Kind::Derivative { .. }));
        first.sort_by_key(place);
        below.sort_by_key(place);
        let mut above = Vec::new();
        if number.is_negative() {
            is_negative = !is_negative;
            number = number.abs();
        }
        let numerator = Tree::number(&Rational::from_integer(number.numerator()));
        let denominator = Tree::number(&Rational::from_integer(number.denominator()));
        if !is_one(&denominator) {
            below.insert(0, denominator);
        }
        let joined = |mut factors: Vec<Tree>| match factors.len() {
            0 => one(),
            1 => factors.swap_remove(0),
            _ => Kind::Product(factors).into(),
        };
        let tree = if derivatives.is_empty() {
            above.extend((!is_one(&numerator)).then_some(numerator));
            above.extend(first);
            let above = joined(above);
            if below.is_empty() { above } else { self.quotient(above, joined(below)) }
        } else {
            // m g/r² stands before what is still to be differentiated
            let (mut names, rest): (Vec<Tree>, Vec<Tree>) = first.into_iter().partition(is_monomial);
            if !is_one(&numerator) {
                names.insert(0, numerator);
            }
            if below.is_empty() {
                above.extend(names);
            } else {
                above.push(plain_quotient(joined(names), joined(below)));
            }
            above.extend(rest);
            above.extend(derivatives);
            joined(above)
        };
        if is_negative { self.negate(tree) } else { tree }
    }

    pub(super) fn quotient(self, above: Tree, below: Tree) -> Tree {
        if self == Care::Literal {
            return plain_quotient(above, below);
        }
        if is_zero(&above) {
            return zero();
        }
        if is_one(&below) {
            return above;
        }
        match above.kind {
            Kind::Negate(inner) => self.negate(self.quotient(*inner, below)),
            // (a/b)/c
            Kind::Quotient(a, b) => plain_quotient(*a, self.product(vec![*b, below])),
            kind => match below.kind {
                Kind::Negate(inner) => self.negate(self.quotient(kind.into(), *inner)),
                below => plain_quotient(kind.into(), below.into()),
            },
        }
    }

    pub(super) fn power(self, base: Tree, exponent: Tree) -> Tree {
        if self == Care::Tidy {
            if is_one(&exponent) {
                return base;
            }
            if is_zero(&exponent) {
                return one();
            }
        }
        plain_power(base, exponent)
    }

    /// `exponent − 1`, as a number where it is one.
    pub(super) fn one_less(self, exponent: &Tree) -> Tree {
        if self == Care::Tidy
            && let Some(value) = as_number(exponent)
        {
            return Tree::number(&(value - Rational::ONE));
        }
        let minus_one: Tree = Kind::Negate(Box::new(one())).into();
        match &exponent.kind {
            Kind::Sum(terms) => Kind::Sum(terms.iter().cloned().chain([minus_one]).collect()).into(),
            _ => Kind::Sum(vec![exponent.clone(), minus_one]).into(),
        }
    }
}

/// The factors of a product that is left as it is; a product among them needs no brackets.
fn side_by_side(factors: Vec<Tree>) -> Tree {
    let mut all: Vec<Tree> = Vec::with_capacity(factors.len());
    for factor in factors {
        match factor.kind {
            Kind::Product(inner) => all.extend(inner),
            kind => all.push(kind.into()),
        }
    }
    all.sort_by_key(|factor| match &factor.kind {
        Kind::Derivative { .. } => 5,
        // what is still to be dropped
        _ if is_one(factor) => 4,
        _ if as_number(factor).is_some() => 0,
        Kind::Negate(inner) => 1 + place(inner),
        _ => 1 + place(factor),
    });
    match all.len() {
        0 => one(),
        1 => all.swap_remove(0),
        _ => Kind::Product(all).into(),
    }
}

/// Numbers stand before names, these before their powers, and these before functions.
pub(super) fn place(factor: &Tree) -> u8 {
    match &factor.kind {
        Kind::Number(_) | Kind::Name(_) => 0,
        _ if is_monomial(factor) => 1,
        _ => 2,
    }
}

/// The tree once its parts have changed: with care, no ones and no zeros.
pub(super) fn rebuilt(tree: Tree, care: Care) -> Tree {
    match tree.kind {
        Kind::Sum(terms) => care.sum(terms),
        Kind::Product(factors) => care.product(factors),
        Kind::Quotient(a, b) => care.quotient(*a, *b),
        Kind::Power(a, b) => care.power(*a, *b),
        Kind::Negate(a) => care.negate(*a),
        kind => kind.into(),
    }
}

/// A name or a power of one.
fn is_monomial(tree: &Tree) -> bool {
    match &tree.kind {
        Kind::Name(_) | Kind::Number(_) => true,
        Kind::Power(base, _) => is_monomial(base),
        Kind::Index(base, _) => is_monomial(base),
        _ => false,
    }
}

/// Is anything still to be differentiated in it?
pub(super) fn holds_derivative(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| found |= matches!(part.kind, Kind::Derivative { .. }));
    found
}

/// The tree with its parts replaced by `change`, in the order of [`Tree::each_part`]; the form stays.
pub(super) fn map_parts(tree: &Tree, change: &mut dyn FnMut(&Tree) -> Tree) -> Tree {
    tree.with_parts(change)
}

/// The tree with names replaced; bound indices of the same name keep theirs.
pub(super) fn substitute(tree: &Tree, by: &[(String, Tree)]) -> Tree {
    tree.with_names(&|name| by.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone()))
}
