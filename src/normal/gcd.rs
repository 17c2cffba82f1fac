//! Greatest common divisors of polynomials.
//!
//! A gcd of images modulo a prime settles the common case (coprime) and bounds the degree; a primitive remainder
//! sequence does the rest. What is returned always divides both arguments (it is verified by division); beyond the
//! caps it may be smaller than the greatest common divisor, never wrong as a divisor.

use super::integer::Integer;
use super::modular::{self, PRIME};
use super::polynomial::{Monomial, Overflow, Polynomial, Variable};

/// Remainder sequences stop when a member has more terms than this.
const MOST_TERMS: usize = 600;
/// … or a coefficient more bits than this.
const MOST_BITS: u64 = 2_000;
/// … or recursion into coefficients goes deeper than this.
const DEEPEST: u32 = 24;

/// The greatest common divisor, primitive over the integers and with a positive leading coefficient.
pub fn gcd(a: &Polynomial, b: &Polynomial) -> Polynomial {
    if a.is_zero() {
        return b.clone().primitive_part();
    }
    if b.is_zero() {
        return a.clone().primitive_part();
    }
    primitive_gcd(&a.clone().primitive_part(), &b.clone().primitive_part(), 0)
}

/// The greatest common divisor of the coefficients of the powers of `variable`, primitive.
pub fn content_in(p: &Polynomial, variable: Variable) -> Polynomial {
    content_at(p, variable, 0)
}

fn content_at(p: &Polynomial, variable: Variable, depth: u32) -> Polynomial {
    let mut coefficients = p.coefficients_in(variable);
    coefficients.sort_by_key(|(_, c)| c.len());
    let mut g = Polynomial::default();
    for (_, c) in coefficients {
        if c.is_constant() {
            return one();
        }
        let c = c.primitive_part();
        g = if g.is_zero() { c } else { primitive_gcd(&g, &c, depth + 1) };
        if g.is_constant() {
            return one();
        }
    }
    g
}

fn one() -> Polynomial {
    Polynomial::constant(Integer::ONE)
}

fn primitive_gcd(a: &Polynomial, b: &Polynomial, depth: u32) -> Polynomial {
    if a == b {
        return a.clone();
    }
    if a.is_constant() || b.is_constant() || depth > DEEPEST {
        return one();
    }
    let (in_a, in_b) = (a.monomial_content(), b.monomial_content());
    let common = in_a.gcd(&in_b);
    let g = stripped_gcd(&a.divide_monomial(&in_a), &b.divide_monomial(&in_b), depth);
    if common.is_one() {
        return g;
    }
    match g.shift(&common, &Integer::ONE) {
        Ok(g) => g,
        Err(Overflow) => Polynomial::term(common, Integer::ONE),
    }
}

/// For primitive arguments without monomial content.
fn stripped_gcd(a: &Polynomial, b: &Polynomial, depth: u32) -> Polynomial {
    if a == b {
        return a.clone();
    }
    if a.is_constant() || b.is_constant() {
        return one();
    }
    let (degrees_a, degrees_b) = (a.degrees(), b.degrees());
    // A variable that only one of them has cannot occur in a common divisor: go to the content in it.
    for (p, q, of_p, of_q) in [(a, b, &degrees_a, &degrees_b), (b, a, &degrees_b, &degrees_a)] {
        for &(variable, _) in of_p {
            if of_q.binary_search_by_key(&variable, |entry| entry.0).is_err() {
                let mut g = q.clone();
                for (_, c) in p.coefficients_in(variable) {
                    if c.is_constant() {
                        return one();
                    }
                    g = primitive_gcd(&g, &c.primitive_part(), depth + 1);
                    if g.is_constant() {
                        return one();
                    }
                }
                return g;
            }
        }
    }
    // Both have the same variables; the one of the smallest degree makes the shortest sequence.
    let Some((variable, degree_a, degree_b)) = degrees_a
        .iter()
        .zip(&degrees_b)
        .map(|(x, y)| (x.0, x.1, y.1))
        .min_by_key(|&(_, x, y)| (x.max(y), x.min(y)))
    else {
        return one();
    };
    let bound = image_degree(a, b, variable, degree_a, degree_b);
    let (content_a, content_b) = (content_at(a, variable, depth), content_at(b, variable, depth));
    let content = if content_a.is_constant() || content_b.is_constant() {
        one()
    } else {
        primitive_gcd(&content_a, &content_b, depth + 1)
    };
    if bound == Some(0) {
        return content;
    }
    let (Some(x), Some(y)) = (a.divide(&content_a), b.divide(&content_b)) else { return content };
    let g = sequence_gcd(x, y, variable, depth).unwrap_or_else(|_| one());
    let Ok(product) = g.multiply(&content) else { return content };
    let product = product.primitive_part();
    if a.divide(&product).is_some() && b.divide(&product).is_some() { product } else { content }
}

/// The last member of the primitive remainder sequence of two polynomials without content in `variable`.
fn sequence_gcd(
    mut x: Polynomial,
    mut y: Polynomial,
    variable: Variable,
    depth: u32,
) -> Result<Polynomial, Overflow> {
    if x.degree(variable) < y.degree(variable) {
        std::mem::swap(&mut x, &mut y);
    }
    if x.divide(&y).is_some() {
        return Ok(y);
    }
    loop {
        let rest = pseudo_remainder(&x, &y, variable)?;
        if rest.is_zero() {
            return Ok(y);
        }
        if rest.degree(variable) == 0 {
            return Ok(one());
        }
        let rest = rest.primitive_part();
        let content = content_at(&rest, variable, depth);
        let rest = rest.divide(&content).ok_or(Overflow)?;
        (x, y) = (y, rest);
    }
}

fn pseudo_remainder(a: &Polynomial, b: &Polynomial, variable: Variable) -> Result<Polynomial, Overflow> {
    let degree = b.degree(variable);
    let Some((_, lead)) = b.coefficients_in(variable).into_iter().next() else { return Err(Overflow) };
    let mut rest = a.clone();
    loop {
        let Some((top, coefficient)) = rest.coefficients_in(variable).into_iter().next() else {
            return Ok(rest);
        };
        if top < degree || degree == 0 {
            return Ok(rest);
        }
        let shifted = b.shift(&Monomial::power(variable, top - degree), &Integer::ONE)?;
        rest = rest.multiply(&lead)?.subtract(&shifted.multiply(&coefficient)?);
        if rest.len() > MOST_TERMS || rest.bits() > MOST_BITS {
            return Err(Overflow);
        }
    }
}

/// The degree of the gcd of the images at a point modulo the prime: an upper bound for the degree in `variable` of
/// the gcd. `None` if a leading coefficient vanished.
fn image_degree(a: &Polynomial, b: &Polynomial, variable: Variable, da: u16, db: u16) -> Option<usize> {
    let (x, y) = (image(a, variable, da), image(b, variable, db));
    if x.last() == Some(&0) || y.last() == Some(&0) {
        return None;
    }
    Some(modular::gcd(x, y).len().saturating_sub(1))
}

fn image(p: &Polynomial, variable: Variable, degree: u16) -> Vec<u64> {
    let mut out = vec![0; usize::from(degree) + 1];
    for t in p.terms() {
        let mut value = t.coefficient.residue(PRIME);
        let mut place = 0;
        for (v, exponent) in t.monomial.iter() {
            if v == variable {
                place = usize::from(exponent);
            } else {
                // Fixed points, spread by a multiplicative hash: deterministic and without small relations.
                let point = (u64::from(v) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) % PRIME;
                value = modular::multiply(value, modular::power(point, u64::from(exponent)));
            }
        }
        if let Some(slot) = out.get_mut(place) {
            *slot = modular::add(*slot, value);
        }
    }
    out
}
