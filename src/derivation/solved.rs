//! Conditions on one variable as sets of numbers: −1 < 2x is x > −1/2, and x > 0 says more than x ≥ −1.
//!
//! Only rational functions whose zeros are rational are solved, and the signs of their logarithms; the other conditions stay as
//! they are.

use super::make::{as_number, relation};
use crate::function;
use crate::number::Rational;
use crate::syntax::tree::{Kind, Relation, Tree};

/// Higher powers are not solved.
const HIGHEST_DEGREE: usize = 8;
/// Numbers that are tried as zeros of polynomials of degree three and more.
const TRIED_ROOTS: i64 = 12;
/// Bits of a coefficient.
const MOST_BITS: u64 = 64;

/// A polynomial, the constant first, without zeros at the end.
type Polynomial = Vec<Rational>;

/// A set of numbers that begins and ends at some of the breaks: whether the parts between them belong to it, and the breaks
/// themselves.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Numbers {
    breaks: Vec<Rational>,
    /// Part, break, part, …, part.
    cells: Vec<bool>,
}

impl Numbers {
    pub(super) fn all() -> Self {
        Numbers { breaks: Vec::new(), cells: vec![true] }
    }

    pub(super) fn is_all(&self) -> bool {
        self.cells.iter().all(|is_in| *is_in)
    }

    fn is_empty(&self) -> bool {
        !self.cells.contains(&true)
    }

    /// Where `left relation right` holds, if it is about one variable and can be solved.
    pub(super) fn of(condition: &Tree, variable: &str) -> Option<Self> {
        let Kind::Relation(wanted, left, right) = &condition.kind else { return None };
        if let Some(argument) = logarithm(left)
            && as_number(right).is_some_and(|n| n.is_zero())
        {
            // log u grows and is 0 at 1
            let own = |wanted, number: &Rational| {
                Numbers::of(&relation(argument.clone(), wanted, Tree::number(number)), variable)
            };
            return Some(own(*wanted, &Rational::ONE)?.and(&own(Relation::Greater, &Rational::ZERO)?));
        }
        let minus = Kind::Negate(right.clone()).into();
        let (above, below) = fraction(&Kind::Sum(vec![(**left).clone(), minus]).into(), variable)?;
        let mut breaks = roots(&above)?;
        breaks.extend(roots(&below)?);
        breaks.sort();
        breaks.dedup();
        let holds = |x: &Rational| {
            let below = value(&below, x);
            if below.is_zero() {
                return false;
            }
            let Some(y) = value(&above, x).divide(&below) else { return false };
            match wanted {
                Relation::Equal => y.is_zero(),
                Relation::NotEqual => !y.is_zero(),
                Relation::Less => y.is_negative(),
                Relation::LessEqual => !y.is_positive(),
                Relation::Greater => y.is_positive(),
                Relation::GreaterEqual => !y.is_negative(),
            }
        };
        let mut cells = Vec::with_capacity(2 * breaks.len() + 1);
        for (at, sample) in samples(&breaks).iter().enumerate() {
            cells.push(holds(sample));
            cells.extend(breaks.get(at).map(&holds));
        }
        Some(Numbers { breaks, cells })
    }

    /// The numbers in both sets.
    pub(super) fn and(&self, other: &Numbers) -> Numbers {
        let mut breaks: Vec<Rational> = self.breaks.iter().chain(&other.breaks).cloned().collect();
        breaks.sort();
        breaks.dedup();
        let mut cells = Vec::with_capacity(2 * breaks.len() + 1);
        for (at, sample) in samples(&breaks).iter().enumerate() {
            cells.push(self.holds(sample) && other.holds(sample));
            cells.extend(breaks.get(at).map(|x| self.holds(x) && other.holds(x)));
        }
        Numbers { breaks, cells }.without_idle_breaks()
    }

    fn holds(&self, x: &Rational) -> bool {
        let at = self.breaks.partition_point(|own| own < x);
        let is_break = self.breaks.get(at) == Some(x);
        self.cells.get(2 * at + usize::from(is_break)).copied().unwrap_or(false)
    }

    /// Breaks at which nothing changes are none.
    fn without_idle_breaks(mut self) -> Self {
        let mut at = 0;
        while at < self.breaks.len() {
            let around = &self.cells[2 * at..2 * at + 3];
            if around[0] == around[1] && around[1] == around[2] {
                self.breaks.remove(at);
                self.cells.drain(2 * at + 1..2 * at + 3);
            } else {
                at += 1;
            }
        }
        self
    }

    /// What the set says beyond another one that is known, as conditions; `None` if it is neither an interval without some
    /// points nor what is outside of one around zero.
    pub(super) fn beyond(&self, known: &Numbers, variable: &str) -> Option<Vec<Tree>> {
        let set = self.and(known);
        let x = || Tree::name(variable);
        if set.is_empty() {
            return None;
        }
        if let Some((low, high, is_open)) = set.gap() {
            if high != -low.clone() || !known.is_all() {
                return None;
            }
            let name = function::row(function::ABS).name;
            let own = if is_open { Relation::Greater } else { Relation::GreaterEqual };
            return Some(vec![relation(Tree::call(name, vec![x()]), own, Tree::number(&high))]);
        }
        let mut all = Vec::new();
        let ((low, high), (known_low, known_high)) = (set.ends()?, known.ends().unwrap_or((None, None)));
        let is_new = |end: &Option<(Rational, bool)>, known: &Option<(Rational, bool)>| end != known;
        let low = low.filter(|low| is_new(&Some(low.clone()), &known_low));
        let high = high.filter(|high| is_new(&Some(high.clone()), &known_high));
        match (low, high) {
            (Some((a, is_a)), Some((b, is_b))) => all.push(between(&a, is_a, x(), &b, is_b)),
            (Some((a, is_in)), None) => {
                let own = if is_in { Relation::GreaterEqual } else { Relation::Greater };
                all.push(relation(x(), own, Tree::number(&a)));
            }
            (None, Some((b, is_in))) => {
                let own = if is_in { Relation::LessEqual } else { Relation::Less };
                all.push(relation(x(), own, Tree::number(&b)));
            }
            (None, None) => {}
        }
        for hole in set.holes() {
            if known.holds(hole) {
                all.push(relation(x(), Relation::NotEqual, Tree::number(hole)));
            }
        }
        Some(all)
    }

    /// The points that are left out between parts that are in.
    fn holes(&self) -> impl Iterator<Item = &Rational> {
        self.breaks.iter().enumerate().filter_map(|(at, point)| {
            (self.cells[2 * at] && !self.cells[2 * at + 1] && self.cells[2 * at + 2]).then_some(point)
        })
    }

    /// The one closed or open interval that is left out, if nothing else is.
    fn gap(&self) -> Option<(Rational, Rational, bool)> {
        match (self.breaks.as_slice(), self.cells.as_slice()) {
            ([low, high], [true, a, false, b, true]) if a == b => Some((low.clone(), high.clone(), !a)),
            _ => None,
        }
    }

    /// The ends of the interval that the set is, without some points, and whether they are in it.
    #[allow(clippy::type_complexity)]
    fn ends(&self) -> Option<(Option<(Rational, bool)>, Option<(Rational, bool)>)> {
        let parts: Vec<usize> = (0..self.cells.len()).step_by(2).filter(|at| self.cells[*at]).collect();
        let (first, last) = (*parts.first()?, *parts.last()?);
        if (last - first) / 2 + 1 != parts.len() {
            return None;
        }
        // a point by itself outside of the interval
        let is_alone = |at: &usize| self.cells[*at] && (*at + 1 < first || *at > last + 1);
        if (1..self.cells.len()).step_by(2).any(|at| is_alone(&at)) {
            return None;
        }
        let low = (first > 0).then(|| (self.breaks[first / 2 - 1].clone(), self.cells[first - 1]));
        let high =
            (last + 1 < self.cells.len()).then(|| (self.breaks[last / 2].clone(), self.cells[last + 1]));
        Some((low, high))
    }
}

/// What the logarithm is taken of.
fn logarithm(tree: &Tree) -> Option<&Tree> {
    let Kind::Call { name, primes: 0, arguments } = &tree.kind else { return None };
    match arguments.as_slice() {
        [argument] if function::lookup(name) == Some(function::LOG) => Some(argument),
        _ => None,
    }
}

/// `a < x < b` as both at once.
fn between(a: &Rational, is_a: bool, x: Tree, b: &Rational, is_b: bool) -> Tree {
    let own = |is_in: bool| if is_in { Relation::LessEqual } else { Relation::Less };
    Kind::And(vec![relation(Tree::number(a), own(is_a), x.clone()), relation(x, own(is_b), Tree::number(b))])
        .into()
}

/// A number in each part between the breaks.
fn samples(breaks: &[Rational]) -> Vec<Rational> {
    let (Some(first), Some(last)) = (breaks.first(), breaks.last()) else { return vec![Rational::ZERO] };
    let mut all = vec![first.clone() - Rational::ONE];
    all.extend(breaks.windows(2).map(|pair| (pair[0].clone() + pair[1].clone()) * Rational::HALF));
    all.push(last.clone() + Rational::ONE);
    all
}

fn value(polynomial: &Polynomial, x: &Rational) -> Rational {
    polynomial.iter().rev().fold(Rational::ZERO, |sum, own| sum * x.clone() + own.clone())
}

/// The real zeros, if all of them are rational and found.
fn roots(polynomial: &Polynomial) -> Option<Vec<Rational>> {
    let mut rest = polynomial.clone();
    let mut found = Vec::new();
    while rest.len() > 3 {
        let root = (-TRIED_ROOTS..=TRIED_ROOTS).map(Rational::integer).find(|n| value(&rest, n).is_zero())?;
        rest = divided(&rest, &root);
        found.push(root);
    }
    match rest.as_slice() {
        [] => return None,
        [_] => {}
        [c, b] => found.push(-c.divide(b)?),
        [c, b, a] => {
            let four = Rational::integer(4);
            let discriminant = b.clone() * b.clone() - four * a.clone() * c.clone();
            if !discriminant.is_negative() {
                let root = if discriminant.is_zero() { Rational::ZERO } else { discriminant.root(2)? };
                let twice = Rational::TWO * a.clone();
                for sign in [Rational::ONE, Rational::MINUS_ONE] {
                    found.push((-b.clone() + sign * root.clone()).divide(&twice)?);
                }
            }
        }
        _ => return None,
    }
    Some(found)
}

/// The polynomial over `x − root`.
fn divided(polynomial: &Polynomial, root: &Rational) -> Polynomial {
    let mut quotient = Vec::with_capacity(polynomial.len());
    let mut carry = Rational::ZERO;
    for coefficient in polynomial.iter().skip(1).rev() {
        carry = coefficient.clone() + carry * root.clone();
        quotient.push(carry.clone());
    }
    quotient.reverse();
    quotient
}

/// A rational function in one variable as a polynomial over another.
fn fraction(tree: &Tree, variable: &str) -> Option<(Polynomial, Polynomial)> {
    let number = |n: Rational| (trimmed(vec![n]), vec![Rational::ONE]);
    match &tree.kind {
        Kind::Number(n) => Some(number(n.clone())),
        Kind::Name(name) if name == variable => {
            Some((vec![Rational::ZERO, Rational::ONE], vec![Rational::ONE]))
        }
        Kind::Negate(inner) => {
            let (a, b) = fraction(inner, variable)?;
            Some((a.into_iter().map(|n| -n).collect(), b))
        }
        Kind::Sum(terms) => {
            let mut sum = number(Rational::ZERO);
            for term in terms {
                let (a, b) = fraction(term, variable)?;
                let above = added(&product(&sum.0, &b)?, &product(&a, &sum.1)?);
                sum = (above, product(&sum.1, &b)?);
            }
            Some(sum)
        }
        Kind::Product(factors) => {
            let mut all = number(Rational::ONE);
            for factor in factors {
                let (a, b) = fraction(factor, variable)?;
                all = (product(&all.0, &a)?, product(&all.1, &b)?);
            }
            Some(all)
        }
        Kind::Quotient(a, b) => {
            let ((a, b), (c, d)) = (fraction(a, variable)?, fraction(b, variable)?);
            Some((product(&a, &d)?, product(&b, &c)?))
        }
        Kind::Power(base, exponent) => {
            let n = as_number(exponent)?.as_integer()?;
            let (a, b) = fraction(base, variable)?;
            let (a, b) = if n < 0 { (b, a) } else { (a, b) };
            let mut all = number(Rational::ONE);
            if n.unsigned_abs() as usize > HIGHEST_DEGREE {
                return None;
            }
            for _ in 0..n.unsigned_abs() {
                all = (product(&all.0, &a)?, product(&all.1, &b)?);
            }
            Some(all)
        }
        _ => None,
    }
}

fn trimmed(mut polynomial: Polynomial) -> Polynomial {
    while polynomial.last().is_some_and(Rational::is_zero) {
        polynomial.pop();
    }
    polynomial
}

fn added(a: &Polynomial, b: &Polynomial) -> Polynomial {
    let get = |p: &Polynomial, at: usize| p.get(at).cloned().unwrap_or(Rational::ZERO);
    trimmed((0..a.len().max(b.len())).map(|at| get(a, at) + get(b, at)).collect())
}

fn product(a: &Polynomial, b: &Polynomial) -> Option<Polynomial> {
    if a.is_empty() || b.is_empty() {
        return Some(Vec::new());
    }
    if a.len() + b.len() > HIGHEST_DEGREE + 2 {
        return None;
    }
    let mut all = vec![Rational::ZERO; a.len() + b.len() - 1];
    for (at, x) in a.iter().enumerate() {
        for (place, y) in b.iter().enumerate() {
            all[at + place] = all[at + place].clone() + x.clone() * y.clone();
        }
    }
    all.iter().all(|n| n.bits() <= MOST_BITS).then(|| trimmed(all))
}

#[cfg(test)]
mod tests {
    use super::Numbers;
    use crate::print;
    use crate::syntax::{Names, parse_fact};

    fn set(text: &str) -> Numbers {
        let tree = parse_fact(text, &Names::default()).unwrap().tree;
        Numbers::of(&tree, "x").unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn conditions_are_solved() {
        for (conditions, known, said) in [
            (vec!["2x + 1 > 0", "2x + 1 >= 0"], "0 < 1", vec!["x > -1/2"]),
            (vec!["-1 < 2x", "2x < 1"], "0 < 1", vec!["-1/2 < x < 1/2"]),
            (vec!["1 - x^2 > 0"], "0 < 1", vec!["-1 < x < 1"]),
            (vec!["1 - x^2 > 0"], "x < 1", vec!["x > -1"]),
            (vec!["x >= -1"], "x > 0", vec![]),
            (vec!["x^2 - 4 != 0"], "0 < 1", vec!["x != -2", "x != 2"]),
            (vec!["x^2 - 4 != 0"], "x > 0", vec!["x != 2"]),
            (vec!["-1 < 1/x", "1/x < 1"], "x != 0", vec!["abs(x) > 1"]),
            (vec!["x != 1 - x"], "0 < 1", vec!["x != 1/2"]),
            (vec!["x^3 - x != 0"], "0 < 1", vec!["x != -1", "x != 0", "x != 1"]),
            (vec!["x/(x^2 + 1) < 1"], "0 < 1", vec![]),
            (vec!["x^2 + x + 1 != 0"], "0 < 1", vec![]),
            (vec!["log(x) > 0"], "0 < 1", vec!["x > 1"]),
            (vec!["log(x) > 0", "x > 0", "x != 1"], "0 < 1", vec!["x > 1"]),
            (vec!["log(x) < 0"], "0 < 1", vec!["0 < x < 1"]),
            (vec!["log(x) != 0"], "0 < 1", vec!["x > 0", "x != 1"]),
            (vec!["log(2x - 1) >= 0"], "0 < 1", vec!["x >= 1"]),
        ] {
            let all = conditions.iter().map(|text| set(text)).fold(Numbers::all(), |all, own| all.and(&own));
            let known = if conditions[0].contains("1/x") { Numbers::all() } else { set(known) };
            let shown: Vec<String> = all.beyond(&known, "x").unwrap().iter().map(print::text).collect();
            assert_eq!(shown, said, "{conditions:?}");
        }
    }

    #[test]
    fn what_has_no_rational_zeros_is_left() {
        let tree = parse_fact("x^2 - 2 > 0", &Names::default()).unwrap().tree;
        assert!(Numbers::of(&tree, "x").is_none());
        let tree = parse_fact("log(log(x)) > 0", &Names::default()).unwrap().tree;
        assert!(Numbers::of(&tree, "x").is_none());
        let tree = parse_fact("x*y > 0", &Names::default()).unwrap().tree;
        assert!(Numbers::of(&tree, "x").is_none());
    }
}
