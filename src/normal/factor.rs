//! Factorisation over the integers: contents, square-free parts, quadratics, and univariate factors.
//!
//! A polynomial that is linear in some variable is irreducible once its content there is gone; that decides nearly
//! every denominator and numerator met in derivatives, and does grouping (`ac+ad+bc+bd = (a+b)(c+d)`) by the way.

use super::gcd::{content_in, gcd};
use super::integer::Integer;
use super::polynomial::{Monomial, Polynomial, Term, Variable};
use super::univariate;

/// Larger polynomials are only searched for contents.
const MOST_TERMS: usize = 300;

/// One factor of a factorisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Primitive, with a positive leading coefficient.
    pub polynomial: Polynomial,
    /// How often it occurs.
    pub multiplicity: u32,
    /// Is it known to have no proper factor?
    pub irreducible: bool,
}

/// Factors a primitive polynomial without monomial content and with a positive leading coefficient;
/// the product of the factors is the polynomial.
pub fn factor(p: &Polynomial) -> Vec<Factor> {
    let mut out = Vec::new();
    split(p, 1, 0, &mut out);
    // Verified, because everything above relies on it: a wrong product would be a silently wrong answer.
    let mut product = Polynomial::constant(Integer::ONE);
    for f in &out {
        match f.polynomial.power(f.multiplicity).and_then(|q| product.multiply(&q)) {
            Ok(q) => product = q,
            Err(_) => return vec![whole(p)],
        }
    }
    if product == *p { merge(out) } else { vec![whole(p)] }
}

fn whole(p: &Polynomial) -> Factor {
    Factor { polynomial: p.clone(), multiplicity: 1, irreducible: false }
}

fn merge(factors: Vec<Factor>) -> Vec<Factor> {
    let mut out: Vec<Factor> = Vec::with_capacity(factors.len());
    for f in factors {
        match out.iter_mut().find(|g| g.polynomial == f.polynomial) {
            Some(g) => g.multiplicity += f.multiplicity,
            None => out.push(f),
        }
    }
    out
}

/// Pushes the factors of `p^multiplicity`.
fn split(p: &Polynomial, multiplicity: u32, depth: u32, out: &mut Vec<Factor>) {
    let mut push = |polynomial: Polynomial, irreducible: bool| {
        if !polynomial.is_constant() {
            out.push(Factor { polynomial: polynomial.primitive_part(), multiplicity, irreducible });
        }
    };
    if p.is_constant() {
        return;
    }
    if depth > 12 {
        return push(p.clone(), false);
    }
    let degrees = p.degrees();
    if let Some(&(variable, _)) = degrees.iter().find(|entry| entry.1 == 1) {
        let content = content_in(p, variable);
        if content.is_constant() {
            return push(p.clone(), true);
        }
        if let Some(rest) = p.divide(&content) {
            push(rest, true);
            return split_with_monomial(&content, multiplicity, depth + 1, out);
        }
        return push(p.clone(), false);
    }
    if p.len() > MOST_TERMS {
        return push(p.clone(), false);
    }
    let Some(&(variable, degree)) = degrees.iter().min_by_key(|entry| entry.1) else { return };
    if degrees.len() > 1 {
        let content = content_in(p, variable);
        if !content.is_constant()
            && let Some(rest) = p.divide(&content)
        {
            split_with_monomial(&content, multiplicity, depth + 1, out);
            return split(&rest, multiplicity, depth + 1, out);
        }
    }
    // Square-free parts: a multiple factor divides the derivative.
    let common = gcd(p, &p.derivative(variable));
    if !common.is_constant()
        && let Some(rest) = p.divide(&common)
    {
        // `rest` holds each factor once; what it shares with `common` occurs more often.
        let repeated = gcd(&rest, &common);
        if let Some(single) = rest.divide(&repeated)
            && !repeated.is_constant()
        {
            split(&single.primitive_part(), multiplicity, depth + 1, out);
            if let Some(left) = common.divide(&repeated) {
                return split_repeated(&repeated, &left, multiplicity, depth, out);
            }
        }
        split(&rest, multiplicity, depth + 1, out);
        return split(&common, multiplicity, depth + 1, out);
    }
    if degrees.len() == 1 {
        for (polynomial, irreducible) in univariate::factor(p, variable) {
            out.push(Factor { polynomial, multiplicity, irreducible });
        }
        return;
    }
    if degree == 2 {
        return match quadratic(p, variable) {
            Some((a, b)) => {
                split(&a, multiplicity, depth + 1, out);
                split(&b, multiplicity, depth + 1, out);
            }
            None => push(p.clone(), true),
        };
    }
    if univariate::is_irreducible_by_degrees(p, variable, degree) {
        return push(p.clone(), true);
    }
    let parts = several(p, variable);
    if parts.len() < 2 {
        return push(p.clone(), false);
    }
    for f in parts {
        split(&f, multiplicity, depth + 1, out);
    }
}

/// `p` may have monomial content.
fn split_with_monomial(p: &Polynomial, multiplicity: u32, depth: u32, out: &mut Vec<Factor>) {
    let monomial = p.monomial_content();
    for (variable, exponent) in monomial.iter() {
        out.push(Factor {
            polynomial: Polynomial::variable(variable),
            multiplicity: multiplicity * u32::from(exponent),
            irreducible: true,
        });
    }
    split(&p.divide_monomial(&monomial), multiplicity, depth, out);
}

/// `repeated` holds each factor of multiplicity two and more once, `left` the multiplicities beyond two.
fn split_repeated(repeated: &Polynomial, left: &Polynomial, base: u32, depth: u32, out: &mut Vec<Factor>) {
    let (mut current, mut left) = (repeated.clone(), left.clone());
    let mut multiplicity = 2;
    while !current.is_constant() {
        let next = gcd(&current, &left);
        if let Some(exactly) = current.divide(&next) {
            split(&exactly.primitive_part(), base * multiplicity, depth + 1, out);
        }
        if next.is_constant() {
            return;
        }
        let Some(rest) = left.divide(&next) else { return };
        (current, left) = (next, rest);
        multiplicity += 1;
    }
}

/// Splits a square-free polynomial of degree two in `variable`: it has factors exactly if its discriminant is a square.
fn quadratic(p: &Polynomial, variable: Variable) -> Option<(Polynomial, Polynomial)> {
    let (mut a, mut b, mut c) = (Polynomial::default(), Polynomial::default(), Polynomial::default());
    for (power, coefficient) in p.coefficients_in(variable) {
        match power {
            2 => a = coefficient,
            1 => b = coefficient,
            _ => c = coefficient,
        }
    }
    let discriminant = b.multiply(&b).ok()?.subtract(&a.multiply(&c).ok()?.scale(&Integer::Small(4)));
    let root = discriminant.square_root()?;
    let twice = Polynomial::term(Monomial::power(variable, 1), Integer::Small(2)).multiply(&a).ok()?;
    let first = twice.add(&b).subtract(&root).primitive_part();
    let content = content_in(&first, variable);
    let first = first.divide(&content)?.primitive_part();
    let second = p.divide(&first)?;
    Some((first, second))
}

/// Factors in several variables by Kronecker's substitution, where that stays small; or the polynomial itself.
fn several(p: &Polynomial, main: Variable) -> Vec<Polynomial> {
    if let Some(found) = even(p, main).or_else(|| homogeneous(p, main)) {
        return found;
    }
    let degrees = p.degrees();
    if degrees.len() > 1 && p.terms().iter().all(|t| total_degree(t) == total_degree(&p.terms()[0])) {
        // Its factors are homogeneous and were looked for with one variable less.
        return vec![p.clone()];
    }
    // Each variable gets its own range of powers of one variable.
    let mut weights: Vec<(Variable, u32)> = Vec::new();
    let mut size: u32 = 1;
    for &(variable, degree) in &degrees {
        weights.push((variable, size));
        size = size.saturating_mul(u32::from(degree) + 1);
    }
    if size > univariate::MOST_DEGREE + 1 {
        return vec![p.clone()];
    }
    let substituted: Vec<Term> = p
        .terms()
        .iter()
        .map(|t| {
            let place: u32 = weights.iter().map(|&(v, w)| u32::from(t.monomial.exponent(v)) * w).sum();
            Term { monomial: Monomial::power(main, place as u16), coefficient: t.coefficient.clone() }
        })
        .collect();
    let image = Polynomial::from_terms(substituted);
    let monomial = image.monomial_content();
    let mut parts: Vec<Polynomial> = Vec::new();
    for (variable, exponent) in monomial.iter() {
        parts.extend(std::iter::repeat_n(Polynomial::variable(variable), usize::from(exponent)));
    }
    for f in factor(&image.divide_monomial(&monomial).primitive_part()) {
        parts.extend(std::iter::repeat_n(f.polynomial, f.multiplicity as usize));
    }
    if parts.len() < 2 || parts.len() > 10 {
        return vec![p.clone()];
    }
    // The true factors are images of products of some of the parts.
    for size in 1..=parts.len() / 2 {
        for chosen in 1_u32..1 << parts.len() {
            if chosen.count_ones() as usize != size {
                continue;
            }
            let mut product = Polynomial::constant(Integer::ONE);
            for (at, part) in parts.iter().enumerate() {
                if chosen >> at & 1 == 1 {
                    match product.multiply(part) {
                        Ok(q) => product = q,
                        Err(_) => return vec![p.clone()],
                    }
                }
            }
            let candidate = lift(&product, main, &degrees).primitive_part();
            if !candidate.is_constant()
                && let Some(rest) = p.divide(&candidate)
                && !rest.is_constant()
            {
                return vec![candidate, rest];
            }
        }
    }
    vec![p.clone()]
}

/// Undoes Kronecker's substitution.
fn lift(image: &Polynomial, main: Variable, degrees: &[(Variable, u16)]) -> Polynomial {
    let terms = image
        .terms()
        .iter()
        .filter_map(|t| {
            let mut place = t.monomial.exponent(main);
            let mut monomial = Monomial::one();
            for &(variable, degree) in degrees {
                monomial = monomial.multiply(&Monomial::power(variable, place % (degree + 1))).ok()?;
                place /= degree + 1;
            }
            Some(Term { monomial, coefficient: t.coefficient.clone() })
        })
        .collect();
    Polynomial::from_terms(terms)
}

/// A polynomial in the square of `variable` factors at least as far as it does in that square.
fn even(p: &Polynomial, variable: Variable) -> Option<Vec<Polynomial>> {
    let map = |q: &Polynomial, f: &dyn Fn(u16) -> Option<u16>| -> Option<Polynomial> {
        let mut terms = Vec::with_capacity(q.len());
        for t in q.terms() {
            let power = Monomial::power(variable, f(t.monomial.exponent(variable))?);
            let monomial = t.monomial.without(variable).multiply(&power).ok()?;
            terms.push(Term { monomial, coefficient: t.coefficient.clone() });
        }
        Some(Polynomial::from_terms(terms))
    };
    let halved = map(p, &|e| (e % 2 == 0).then_some(e / 2))?;
    let found = factor(&halved);
    let mut out = Vec::new();
    for f in &found {
        for _ in 0..f.multiplicity {
            out.push(map(&f.polynomial, &|e| e.checked_mul(2))?);
        }
    }
    (out.len() > 1).then_some(out)
}

fn total_degree(term: &Term) -> u32 {
    term.monomial.iter().map(|(_, e)| u32::from(e)).sum()
}

/// The factors of a homogeneous polynomial are those it has where one variable is 1.
fn homogeneous(p: &Polynomial, variable: Variable) -> Option<Vec<Polynomial>> {
    let degree = total_degree(p.terms().first()?);
    if p.terms().iter().any(|t| total_degree(t) != degree) {
        return None;
    }
    let lower =
        |t: &Term| Term { monomial: t.monomial.without(variable), coefficient: t.coefficient.clone() };
    let section = Polynomial::from_terms(p.terms().iter().map(lower).collect());
    let mut out = Vec::new();
    for f in factor(&section.primitive_part()) {
        let top = f.polynomial.terms().iter().map(total_degree).max()?;
        let mut terms = Vec::with_capacity(f.polynomial.len());
        for t in f.polynomial.terms() {
            let missing = u16::try_from(top - total_degree(t)).ok()?;
            let monomial = t.monomial.multiply(&Monomial::power(variable, missing)).ok()?;
            terms.push(Term { monomial, coefficient: t.coefficient.clone() });
        }
        let raised = Polynomial::from_terms(terms).primitive_part();
        out.extend(std::iter::repeat_n(raised, f.multiplicity as usize));
    }
    (out.len() > 1).then_some(out)
}
