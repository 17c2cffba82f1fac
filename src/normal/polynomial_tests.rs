//! Laws of polynomial arithmetic, gcds and factorisations.

use proptest::prelude::*;

use super::factor::factor;
use super::gcd::gcd;
use super::integer::Integer;
use super::polynomial::{Monomial, Polynomial, Term};

/// Reads `2 a b^2 - c + 3`-like sums in the variables a … e.
fn read(text: &str) -> Polynomial {
    let mut terms = Vec::new();
    let spaced = text.replace('-', "+-");
    for part in spaced.split('+').map(str::trim).filter(|p| !p.is_empty()) {
        let (negative, part) = match part.strip_prefix('-') {
            Some(rest) => (true, rest.trim()),
            None => (false, part),
        };
        let mut coefficient = Integer::ONE;
        let mut monomial = Monomial::one();
        for word in part.split_whitespace() {
            if let Ok(n) = word.parse::<i64>() {
                coefficient = coefficient.multiply(&Integer::from(n));
            } else {
                let (name, exponent) = word.split_once('^').unwrap_or((word, "1"));
                let variable = u16::from(name.as_bytes()[0] - b'a');
                monomial = monomial.multiply(&Monomial::power(variable, exponent.parse().unwrap())).unwrap();
            }
        }
        if negative {
            coefficient = coefficient.negate();
        }
        terms.push(Term { monomial, coefficient });
    }
    Polynomial::from_terms(terms)
}

fn any_polynomial(variables: u16, terms: usize, degree: u16) -> impl Strategy<Value = Polynomial> {
    let monomial = proptest::collection::vec(0..=degree, usize::from(variables)).prop_map(|exponents| {
        exponents
            .iter()
            .enumerate()
            .fold(Monomial::one(), |m, (v, &e)| m.multiply(&Monomial::power(v as u16, e)).unwrap())
    });
    proptest::collection::vec((monomial, -9_i64..=9), 1..=terms).prop_map(|terms| {
        Polynomial::from_terms(
            terms
                .into_iter()
                .filter(|(_, c)| *c != 0)
                .map(|(monomial, c)| Term { monomial, coefficient: Integer::from(c) })
                .collect(),
        )
    })
}

proptest! {
    #[test]
    fn is_a_ring(a in any_polynomial(3, 5, 3), b in any_polynomial(3, 5, 3), c in any_polynomial(3, 4, 3)) {
        let times = |x: &Polynomial, y: &Polynomial| x.multiply(y).unwrap();
        prop_assert_eq!(a.add(&b), b.add(&a));
        prop_assert_eq!(times(&a, &b), times(&b, &a));
        prop_assert_eq!(times(&a, &b.add(&c)), times(&a, &b).add(&times(&a, &c)));
        prop_assert_eq!(times(&times(&a, &b), &c), times(&a, &times(&b, &c)));
        prop_assert_eq!(a.subtract(&b).add(&b), a.clone());
        if !b.is_zero() {
            prop_assert_eq!(times(&a, &b).divide(&b), Some(a.clone()));
        }
        if !a.is_zero() {
            let square = times(&a, &a);
            let root = square.square_root().unwrap();
            prop_assert!(root == a || root == a.negate());
        }
    }

    #[test]
    fn a_common_factor_divides_the_gcd(
        a in any_polynomial(3, 4, 2),
        b in any_polynomial(3, 4, 2),
        g in any_polynomial(3, 3, 2),
    ) {
        prop_assume!(!a.is_zero() && !b.is_zero() && !g.is_zero());
        let (x, y) = (a.multiply(&g).unwrap(), b.multiply(&g).unwrap());
        let found = gcd(&x, &y);
        prop_assert!(found.divide(&g.clone().primitive_part()).is_some(), "{:?} misses {:?}", found, g);
        prop_assert!(x.divide(&found).is_some() && y.divide(&found).is_some());
    }

    #[test]
    fn factors_multiply_back(
        parts in proptest::collection::vec(any_polynomial(2, 3, 2), 1..4),
        squares in 1_u32..3,
    ) {
        let mut p = Polynomial::constant(Integer::ONE);
        for part in &parts {
            p = p.multiply(&part.power(squares).unwrap()).unwrap();
        }
        prop_assume!(!p.is_zero());
        let p = p.primitive_part();
        let p = p.divide_monomial(&p.monomial_content());
        let mut product = Polynomial::constant(Integer::ONE);
        for f in factor(&p) {
            product = product.multiply(&f.polynomial.power(f.multiplicity).unwrap()).unwrap();
        }
        prop_assert_eq!(product, p);
    }

    #[test]
    fn univariate_factors_are_found(parts in proptest::collection::vec(any_polynomial(1, 3, 3), 2..4)) {
        let mut p = Polynomial::constant(Integer::ONE);
        let mut expected = 0;
        for part in &parts {
            let part = part.divide_monomial(&part.monomial_content()).primitive_part();
            expected += u32::from(!part.is_constant());
            p = p.multiply(&part).unwrap();
        }
        prop_assume!(!p.is_zero());
        let found: u32 = factor(&p.primitive_part()).iter().map(|f| f.multiplicity).sum();
        prop_assert!(found >= expected, "{} of {}", found, expected);
    }
}

#[test]
fn known_factorisations() {
    for (text, count) in [
        ("a c + a d + b c + b d", 2),
        ("a^2 - b^2", 2),
        ("a^2 - 1", 2),
        ("a^2 + 1", 1),
        ("a^4 + a^2 + 1", 2),
        ("a^4 + a^2 b^2 + b^4", 2),
        ("a^4 - b^4", 3),
        ("a^3 - b^3", 2),
        ("a^2 + 2 a b + b^2", 2),
        ("a^2 + 2 a b + b^2 - c^2", 2),
        ("a^6 - 1", 4),
        ("a^8 + a^4 + 1", 3),
        ("a^2 b^2 - a^2 - b^2 + 1", 4),
        ("6 a^2 + 5 a - 6", 2),
        ("a^5 - 1", 2),
        ("a^4 + 1", 1),
        ("a^12 - 1", 6),
        ("a^3 + 3 a^2 b + 3 a b^2 + b^3", 3),
        ("a^3 + b^3 + c^3 - 3 a b c", 2),
    ] {
        let found = factor(&read(text));
        let total: u32 = found.iter().map(|f| f.multiplicity).sum();
        assert_eq!(total, count, "{text}: {found:?}");
    }
}
