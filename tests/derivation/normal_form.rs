//! The normal form by which the judge of reasons compares two lines: at each level, more of what differs is left out.

use std::collections::BTreeMap;

use symdiff::number::Rational;
use symdiff::print;
use symdiff::syntax::tree::{Kind, Tree};

/// How much two lines may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Factors and terms in another order.
    Order,
    /// Numbers worked out, zeros, ones, signs.
    Numbers,
    /// Equal factors, powers of powers, fractions in products.
    Factors,
    /// Like terms, sums inside sums.
    Terms,
    /// Products of sums multiplied out.
    Brackets,
    /// Fractions over one denominator.
    Fractions,
    /// What functions mean.
    Functions,
}

use Level::{Brackets, Factors, Fractions, Functions, Numbers, Order, Terms};

/// The least level at which two lines agree.
pub fn level(before: &Tree, after: &Tree) -> Level {
    for level in [Order, Numbers, Factors, Terms, Brackets] {
        if written(before, level) == written(after, level) {
            return level;
        }
    }
    let ((a, b), (c, d)) = (over(before), over(after));
    if product(&a, &d) == product(&c, &b) { Fractions } else { Functions }
}

/// `number · Π base^exponent`, the exponent as text where it is no number.
type Monomial = BTreeMap<String, (Rational, BTreeMap<String, Rational>)>;
/// Monomials with their coefficients; the key is the monomial as text.
type Polynomial = BTreeMap<String, (Monomial, Rational)>;

fn key(monomial: &Monomial) -> String {
    monomial.iter().fold(String::new(), |key, (base, exponent)| key + &format!("[{base}^{exponent:?}]"))
}

fn single(monomial: Monomial, number: Rational) -> Polynomial {
    if number.is_zero() {
        return Polynomial::new();
    }
    Polynomial::from([(key(&monomial), (monomial, number))])
}

fn atom(text: String, exponent: Rational) -> Polynomial {
    single(Monomial::from([(text, (exponent, BTreeMap::new()))]), Rational::ONE)
}

pub fn sum(mut a: Polynomial, b: &Polynomial) -> Polynomial {
    for (key, (monomial, number)) in b {
        let entry = a.entry(key.clone()).or_insert_with(|| (monomial.clone(), Rational::ZERO));
        entry.1 = entry.1.clone() + number.clone();
    }
    a.retain(|_, (_, number)| !number.is_zero());
    a
}

pub fn product(a: &Polynomial, b: &Polynomial) -> Polynomial {
    let mut all = Polynomial::new();
    for (first, m) in a.values() {
        for (second, n) in b.values() {
            let mut both = first.clone();
            for (base, (number, terms)) in second {
                let own = both.entry(base.clone()).or_insert_with(|| (Rational::ZERO, BTreeMap::new()));
                own.0 = own.0.clone() + number.clone();
                for (term, n) in terms {
                    let of = own.1.entry(term.clone()).or_insert(Rational::ZERO);
                    *of = of.clone() + n.clone();
                }
                own.1.retain(|_, n| !n.is_zero());
            }
            both.retain(|_, (n, terms)| !(n.is_zero() && terms.is_empty()));
            all = sum(all, &single(both, m.clone() * n.clone()));
        }
    }
    all
}

/// As text in which only what the level allows is left out.
pub fn written(tree: &Tree, level: Level) -> String {
    match level {
        Order | Numbers => plain(tree, level),
        _ => text(&terms(tree, level)),
    }
}

pub fn text(polynomial: &Polynomial) -> String {
    polynomial.iter().fold(String::new(), |text, (key, (_, number))| text + &format!("{number}*{key} + "))
}

pub fn numeric(tree: &Tree) -> Option<Rational> {
    match &tree.kind {
        Kind::Number(n) => Some(n.clone()),
        Kind::Negate(inner) => numeric(inner).map(|n| -n),
        Kind::Sum(all) => all.iter().try_fold(Rational::ZERO, |sum, one| Some(sum + numeric(one)?)),
        Kind::Product(all) => {
            all.iter().try_fold(Rational::ONE, |product, one| Some(product * numeric(one)?))
        }
        Kind::Quotient(a, b) => numeric(a)?.divide(&numeric(b)?),
        Kind::Power(a, b) => numeric(a)?.power(numeric(b)?.as_integer()?, 512).ok(),
        _ => None,
    }
}

/// The tree in order.
fn plain(tree: &Tree, level: Level) -> String {
    if level >= Numbers { plain(&worked_out(tree), Order) } else { in_order(tree) }
}

fn in_order(tree: &Tree) -> String {
    let mut parts: Vec<String> = Vec::new();
    let name = match &tree.kind {
        Kind::Sum(_) => {
            terms_of(tree, &mut |term| parts.push(in_order(term)));
            parts.sort();
            "sum".to_owned()
        }
        Kind::Product(_) => {
            factors_of(tree, &mut |factor| parts.push(in_order(factor)));
            parts.sort();
            "product".to_owned()
        }
        Kind::Number(n) => return n.to_string(),
        Kind::Name(name) => return name.clone(),
        _ => {
            tree.each_part(&mut |part| parts.push(in_order(part)));
            print::text(&tree.with_parts(&mut |_| Tree::name("_")))
        }
    };
    format!("{name}{{{}}}", parts.join(";"))
}

fn factors_of(tree: &Tree, see: &mut dyn FnMut(&Tree)) {
    match &tree.kind {
        Kind::Product(factors) => factors.iter().for_each(|factor| factors_of(factor, see)),
        _ => see(tree),
    }
}

/// Numbers worked out, zeros and ones dropped, signs in front.
fn worked_out(tree: &Tree) -> Tree {
    if let Some(n) = numeric(tree) {
        return Tree::number(&n);
    }
    let tree = tree.with_parts(&mut worked_out);
    if let Some(n) = numeric(&tree) {
        return Tree::number(&n);
    }
    let negated = |tree: Tree, is_negative: bool| match tree.kind {
        Kind::Negate(inner) if is_negative => *inner,
        kind if is_negative => Kind::Negate(Box::new(kind.into())).into(),
        kind => kind.into(),
    };
    match &tree.kind {
        Kind::Negate(inner) => negated((**inner).clone(), true),
        Kind::Sum(_) => {
            let (mut number, mut all) = (Rational::ZERO, Vec::new());
            terms_of(&tree, &mut |term| match numeric(term) {
                Some(n) => number = number.clone() + n,
                None => all.push(term.clone()),
            });
            if !number.is_zero() {
                all.push(Tree::number(&number));
            }
            if all.len() == 1 { all.swap_remove(0) } else { Kind::Sum(all).into() }
        }
        Kind::Product(_) => {
            let (mut number, mut all, mut is_negative) = (Rational::ONE, Vec::new(), false);
            factors_of(&tree, &mut |factor| {
                let mut factor = factor.clone();
                if let Kind::Negate(inner) = factor.kind {
                    is_negative = !is_negative;
                    factor = *inner;
                }
                factors_of(&factor, &mut |factor| match numeric(factor) {
                    Some(n) => number = number.clone() * n,
                    None => all.push(factor.clone()),
                });
            });
            if number.is_negative() {
                is_negative = !is_negative;
            }
            let size = if number.is_negative() { -number } else { number };
            if size.is_zero() {
                return Tree::number(&size);
            }
            if !size.is_one() {
                all.push(Tree::number(&size));
            }
            negated(if all.len() == 1 { all.swap_remove(0) } else { Kind::Product(all).into() }, is_negative)
        }
        Kind::Quotient(a, b) => {
            let bare = |tree: &Tree| match &tree.kind {
                Kind::Negate(inner) => ((**inner).clone(), true),
                _ => (tree.clone(), false),
            };
            let ((above, m), (below, n)) = (bare(a), bare(b));
            if numeric(&above).is_some_and(|n| n.is_zero()) {
                return above;
            }
            let is_one = numeric(&below).is_some_and(|n| n.is_one());
            negated(
                if is_one { above } else { Kind::Quotient(Box::new(above), Box::new(below)).into() },
                m != n,
            )
        }
        Kind::Power(base, exponent) => {
            let n = numeric(exponent);
            if n.as_ref().is_some_and(Rational::is_one) {
                return (**base).clone();
            }
            let is_even = n.as_ref().is_some_and(|n| n.is_integer() && n.is_even());
            if n.is_some_and(|n| n.is_zero()) || numeric(base).is_some_and(|n| n.is_one()) {
                return Tree::number(&Rational::ONE);
            }
            match &base.kind {
                Kind::Negate(inner) if is_even => Kind::Power(inner.clone(), exponent.clone()).into(),
                _ => tree,
            }
        }
        _ => tree,
    }
}

fn terms_of(tree: &Tree, see: &mut dyn FnMut(&Tree)) {
    match &tree.kind {
        Kind::Sum(terms) => terms.iter().for_each(|term| terms_of(term, see)),
        _ => see(tree),
    }
}

fn as_atom(tree: &Tree, level: Level) -> Polynomial {
    if let Kind::Name(name) = &tree.kind {
        return atom(name.clone(), Rational::ONE);
    }
    if let Kind::Call { name, arguments, .. } = &tree.kind
        && name == "sqrt"
    {
        let half = Box::new(Tree::number(&Rational::HALF));
        return terms(&Kind::Power(Box::new(arguments[0].clone()), half).into(), level);
    }
    let mut parts: Vec<String> = Vec::new();
    tree.each_part(&mut |part| parts.push(written(part, level)));
    let head = tree.with_parts(&mut |_| Tree::name("_"));
    atom(format!("{}{{{}}}", print::text(&head), parts.join(";")), Rational::ONE)
}

/// A polynomial in what the level does not look into: sums are atoms in products, unless brackets are multiplied out.
pub fn terms(tree: &Tree, level: Level) -> Polynomial {
    if let Some(n) = numeric(tree) {
        return single(Monomial::new(), n);
    }
    match &tree.kind {
        Kind::Negate(inner) => {
            let minus = single(Monomial::new(), Rational::MINUS_ONE);
            product(&minus, &factor(inner, level))
        }
        Kind::Sum(parts) => {
            let all = |parts: &[Tree]| {
                parts.iter().fold(Polynomial::new(), |all, part| {
                    let own = match &part.kind {
                        // a − (b + c)
                        Kind::Negate(inner) if level >= Terms && matches!(inner.kind, Kind::Sum(_)) => {
                            product(&single(Monomial::new(), Rational::MINUS_ONE), &terms(inner, level))
                        }
                        _ => terms(part, level),
                    };
                    sum(all, &own)
                })
            };
            if level >= Terms {
                return all(parts);
            }
            // below that, terms are not added, numbers are
            let mut texts: Vec<String> = Vec::new();
            let mut number = Rational::ZERO;
            terms_of(tree, &mut |term| {
                let own = terms(term, level);
                match own.values().next() {
                    Some((monomial, n)) if monomial.is_empty() && own.len() == 1 => {
                        number = number.clone() + n.clone();
                    }
                    _ => texts.push(text(&own)),
                }
            });
            texts.retain(|text| !text.is_empty());
            if !number.is_zero() {
                texts.push(number.to_string());
            }
            texts.sort();
            if let ([one], false) = (texts.as_slice(), number.is_zero())
                && *one == number.to_string()
            {
                return single(Monomial::new(), number);
            }
            atom(format!("sum{{{}}}", texts.join("+")), Rational::ONE)
        }
        Kind::Product(parts) => parts
            .iter()
            .fold(single(Monomial::new(), Rational::ONE), |all, part| product(&all, &factor(part, level))),
        Kind::Quotient(a, b) => product(&factor(a, level), &power(&below(b, level), -1)),
        Kind::Power(base, exponent) => match numeric(exponent) {
            Some(n) if n.is_integer() => {
                let base = if n.is_negative() { below(base, level) } else { factor(base, level) };
                power(&base, n.as_integer().unwrap_or(1))
            }
            Some(n) => {
                let base = below(base, level);
                let own = text(&base);
                let one = base.len() == 1 && base.values().all(|(m, c)| m.len() == 1 && c.is_one());
                match base.values().next().and_then(|(m, _)| m.iter().next()) {
                    Some((name, (e, terms))) if one && terms.is_empty() => atom(name.clone(), e.clone() * n),
                    _ => atom(own, n),
                }
            }
            None => {
                let exponent = terms(exponent, Brackets);
                let mut number = Rational::ZERO;
                let mut symbolic = BTreeMap::new();
                for (key, (monomial, n)) in exponent {
                    if monomial.is_empty() { number = n } else { drop(symbolic.insert(key, n)) }
                }
                let name = if numeric(base).is_none() && matches!(base.kind, Kind::Name(_)) {
                    print::text(base)
                } else {
                    text(&terms(base, level))
                };
                single(Monomial::from([(name, (number, symbolic))]), Rational::ONE)
            }
        },
        _ => as_atom(tree, level),
    }
}

/// A factor: a sum is one atom, unless brackets are multiplied out.
pub fn factor(tree: &Tree, level: Level) -> Polynomial {
    if level >= Brackets { terms(tree, level) } else { below(tree, level) }
}

/// What is divided by or raised: a sum is one atom.
pub fn below(tree: &Tree, level: Level) -> Polynomial {
    let own = terms(tree, level);
    match own.len() {
        0 | 1 => own,
        _ => {
            // without the number that all terms have, and with the first one positive
            let first = own.values().next().map_or(Rational::ONE, |(_, n)| n.clone());
            let sign = if first.is_negative() { Rational::MINUS_ONE } else { Rational::ONE };
            let turned = product(&own, &single(Monomial::new(), sign.clone()));
            product(&atom(text(&turned), Rational::ONE), &single(Monomial::new(), sign))
        }
    }
}

pub fn power(base: &Polynomial, n: i64) -> Polynomial {
    let one = single(Monomial::new(), Rational::ONE);
    let inverse = |base: &Polynomial| match base.values().next() {
        Some((monomial, number)) => {
            let turned = monomial
                .iter()
                .map(|(base, (n, terms))| {
                    let terms = terms.iter().map(|(t, n)| (t.clone(), -n.clone())).collect();
                    (base.clone(), (-n.clone(), terms))
                })
                .collect();
            single(turned, number.reciprocal().unwrap_or(Rational::ZERO))
        }
        None => Polynomial::new(),
    };
    let base = if n < 0 { inverse(base) } else { base.clone() };
    if n.unsigned_abs() > 8 && base.len() > 1 {
        return atom(format!("{}^{n}", text(&base)), Rational::ONE);
    }
    if base.len() == 1 && n.unsigned_abs() > 8 {
        let (monomial, number) = base.values().next().cloned().unwrap_or_default_pair();
        let exponent = Rational::integer(n.abs());
        let raised = monomial
            .into_iter()
            .map(|(b, (e, t))| {
                (b, (e * exponent.clone(), t.into_iter().map(|(k, v)| (k, v * exponent.clone())).collect()))
            })
            .collect();
        return single(raised, number.power(n.abs(), 4096).unwrap_or(Rational::ONE));
    }
    (0..n.unsigned_abs()).fold(one, |all, _| product(&all, &base))
}

trait Pair {
    fn unwrap_or_default_pair(self) -> (Monomial, Rational);
}

impl Pair for Option<(Monomial, Rational)> {
    fn unwrap_or_default_pair(self) -> (Monomial, Rational) {
        self.unwrap_or_else(|| (Monomial::new(), Rational::ONE))
    }
}

/// Numerator and denominator, both multiplied out.
pub fn over(tree: &Tree) -> (Polynomial, Polynomial) {
    let one = || single(Monomial::new(), Rational::ONE);
    match &tree.kind {
        Kind::Sum(parts) => parts.iter().fold((Polynomial::new(), one()), |(a, b), part| {
            let (c, d) = over(part);
            (sum(product(&a, &d), &product(&c, &b)), product(&b, &d))
        }),
        Kind::Negate(inner) => {
            let (a, b) = over(inner);
            (product(&a, &single(Monomial::new(), Rational::MINUS_ONE)), b)
        }
        Kind::Product(parts) => parts.iter().fold((one(), one()), |(a, b), part| {
            let (c, d) = over(part);
            (product(&a, &c), product(&b, &d))
        }),
        Kind::Quotient(a, b) => {
            let ((a, b), (c, d)) = (over(a), over(b));
            (product(&a, &d), product(&b, &c))
        }
        Kind::Power(base, exponent) => match numeric(exponent).and_then(|n| n.as_integer()) {
            Some(n) if n.abs() <= 8 => {
                let (a, b) = over(base);
                let (a, b) = if n < 0 { (b, a) } else { (a, b) };
                let raised = |p: &Polynomial| (0..n.abs()).fold(one(), |all, _| product(&all, p));
                (raised(&a), raised(&b))
            }
            _ => (terms(tree, Brackets), one()),
        },
        _ => (terms(tree, Brackets), one()),
    }
}
