//! Equations as formulas that are zero: their ratio, what they say of a name that they are linear in, and what is left of a
//! claim when such names are put in. Works on formulas without derivatives whose definitions are put in.

use crate::check::decide::plain;
use crate::check::rewrite::{mentions, names_of, substitute};
use crate::check::sheet::Sheet;
use crate::number::{Interval, Rational};
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

use super::roots;

/// Rounds of elimination: more unknowns than these are left alone.
const MOST_UNKNOWNS: usize = 8;

/// The difference of two sides.
pub(super) fn difference(left: &Tree, right: &Tree) -> Tree {
    if right.as_rational().is_some_and(|q| q.is_zero()) {
        return left.clone();
    }
    Kind::Sum(vec![left.clone(), Kind::Negate(Box::new(right.clone())).into()]).into()
}

/// Knows shapes and nothing else: what is looked at here stands for itself.
pub(super) fn bare(sheet: &Sheet) -> Sheet {
    Sheet { names: sheet.names.clone(), shapes: sheet.shapes.clone(), ..Sheet::default() }
}

/// Does it speak of numbers alone?
pub(super) fn is_scalar(sheet: &Sheet, tree: &Tree) -> bool {
    let mut plain = names_of(tree).iter().all(|name| sheet.rank(name) == 0);
    tree.walk(&mut |part| {
        plain &=
            !matches!(part.kind, Kind::Transpose(_) | Kind::Array(_) | Kind::Index(..) | Kind::Big { .. });
    });
    plain
}

/// How many times the one the other is, simplified.
pub(super) fn ratio(bare: &Sheet, above: &Tree, below: &Tree) -> Option<Tree> {
    plain(bare, &Kind::Quotient(Box::new(above.clone()), Box::new(below.clone())).into())
}

/// Can it be infinite somewhere: is a name in a divisor, or under a negative power?
pub(super) fn has_divisor(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        found |= match &part.kind {
            Kind::Quotient(_, below) => !names_of(below).is_empty(),
            Kind::Power(base, exponent) => {
                !names_of(base).is_empty() && exponent.as_rational().is_none_or(|q| q.is_negative())
            }
            _ => false,
        };
    });
    found
}

/// Is it proved not to be zero, whatever its names stand for?
pub(super) fn is_never_zero(tree: &Tree) -> bool {
    if let Some(q) = tree.as_rational() {
        return !q.is_zero();
    }
    let everywhere: Vec<(String, Interval)> =
        names_of(tree).into_iter().map(|name| (name, Interval::REAL)).collect();
    let value = roots::value(tree, &everywhere);
    value.is_defined() && value.is_nonzero()
}

/// `a` and `b` of `a v + b`, if the formula is linear in the name.
pub(super) fn linear(bare: &Sheet, tree: &Tree, name: &str) -> Option<(Tree, Tree)> {
    let operator = DerivativeOperator::Derivative;
    let body = Box::new(tree.clone());
    let slope = plain(bare, &Kind::Derivative { operator, body, variables: vec![Tree::name(name)] }.into())?;
    if mentions(&slope, name) || slope.as_rational().is_some_and(|q| q.is_zero()) {
        return None;
    }
    let zero = Tree::number(&Rational::ZERO);
    let rest = plain(bare, &substitute(tree, &|own| (own == name).then(|| zero.clone())))?;
    Some((slope, rest))
}

/// What a name is that an equation is linear in, if its factor is never zero, or if it may be one that is zero at some places.
pub(super) fn solved(bare: &Sheet, tree: &Tree, name: &str, may_vanish: bool) -> Option<Tree> {
    let (slope, rest) = linear(bare, tree, name)?;
    if !may_vanish && !is_never_zero(&slope) {
        return None;
    }
    let negative: Tree = Kind::Negate(Box::new(rest)).into();
    plain(bare, &Kind::Quotient(Box::new(negative), Box::new(slope)).into())
}

/// What is left of equations and of a claim when every name is put in that an equation says.
pub(super) struct Rest {
    pub claim: Tree,
    /// Equations that are left.
    pub equations: Vec<Tree>,
    /// What was put in.
    pub values: Vec<(String, Tree)>,
    /// Do the equations contradict each other?
    pub is_contradictory: bool,
}

/// Puts in what the equations say of names they are linear in: of `first` even where their factor may vanish, and of others if
/// these are wanted.
pub(super) fn eliminate(
    bare: &Sheet,
    equations: &[Tree],
    claim: &Tree,
    first: &[String],
    others: bool,
) -> Option<Rest> {
    let mut rest = Rest {
        claim: claim.clone(),
        equations: equations.to_vec(),
        values: Vec::new(),
        is_contradictory: false,
    };
    for _ in 0..MOST_UNKNOWNS {
        rest.equations.retain(|tree| tree.as_rational().is_none_or(|q| !q.is_zero()));
        if rest.equations.iter().any(|tree| tree.as_rational().is_some()) {
            rest.is_contradictory = true;
            return Some(rest);
        }
        let mut found = None;
        'search: for (at, tree) in rest.equations.iter().enumerate() {
            for name in first.iter().filter(|name| mentions(tree, name)) {
                if let Some(value) = solved(bare, tree, name, true) {
                    found = Some((at, name.clone(), value));
                    break 'search;
                }
            }
        }
        if found.is_none() && others {
            'others: for (at, tree) in rest.equations.iter().enumerate() {
                for name in names_of(tree) {
                    if let Some(value) = solved(bare, tree, &name, false) {
                        found = Some((at, name, value));
                        break 'others;
                    }
                }
            }
        }
        let Some((at, name, value)) = found else { break };
        rest.equations.remove(at);
        let put_in = |tree: &Tree| {
            if mentions(tree, &name) {
                plain(bare, &substitute(tree, &|own| (own == name).then(|| value.clone())))
            } else {
                Some(tree.clone())
            }
        };
        rest.claim = put_in(&rest.claim)?;
        rest.equations = rest.equations.iter().map(&put_in).collect::<Option<Vec<Tree>>>()?;
        for (_, known) in &mut rest.values {
            *known = put_in(known)?;
        }
        rest.values.push((name, value));
    }
    Some(rest)
}
