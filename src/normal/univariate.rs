//! Factors of square-free polynomials in one variable: modulo one large prime, then recombined.
//!
//! The prime exceeds twice Mignotte's bound for the degrees and coefficients accepted here, so no lifting is needed.

use super::integer::Integer;
use super::modular::{self, PRIME};
use super::polynomial::{Monomial, Polynomial, Term, Variable};
use super::small;

/// Polynomials of a higher degree are left whole.
pub const MOST_DEGREE: u32 = 27;
/// More modular factors than this are not recombined.
const MOST_PARTS: usize = 12;

/// The factors of a primitive square-free polynomial in one variable, each with whether it is known to be irreducible.
pub fn factor(p: &Polynomial, variable: Variable) -> Vec<(Polynomial, bool)> {
    let degree = u32::from(p.degree(variable));
    if degree <= 1 {
        return vec![(p.clone(), true)];
    }
    if degree <= 3
        && let Some(found) = by_small_roots(p, variable)
    {
        return found;
    }
    let mut out = Vec::new();
    let mut rest = p.clone();
    while rest.degree(variable) > 2
        && let Some(linear) = linear_factor(&rest, variable)
        && let Some(quotient) = rest.divide(&linear)
    {
        out.push((linear, true));
        rest = quotient;
    }
    if rest.degree(variable) <= 2 && rest != *p {
        out.extend(factor(&rest, variable));
        return out;
    }
    out.extend(zassenhaus(&rest, variable).unwrap_or_else(|| vec![(rest, false)]));
    out
}

/// `q·x − p` for a rational root `p/q` with small numerator and denominator.
fn linear_factor(f: &Polynomial, variable: Variable) -> Option<Polynomial> {
    let lead = f.terms().first()?.coefficient.small()?.unsigned_abs();
    let last = f.terms().last().filter(|t| t.monomial.is_one())?.coefficient.small()?.unsigned_abs();
    let mut coefficients = vec![0_i128; usize::from(f.degree(variable)) + 1];
    for t in f.terms() {
        coefficients[usize::from(t.monomial.exponent(variable))] = i128::from(t.coefficient.small()?);
    }
    for q in (1..=lead.min(12)).filter(|q| lead % q == 0) {
        for p in (1..=last.min(60)).filter(|p| last % p == 0) {
            if num_integer::gcd(p, q) != 1 {
                continue;
            }
            for p in [p as i64, -(p as i64)] {
                if vanishes(&coefficients, i128::from(p), i128::from(q)) {
                    let one = Term { monomial: Monomial::one(), coefficient: Integer::from(-p) };
                    let x =
                        Term { monomial: Monomial::power(variable, 1), coefficient: Integer::from(q as i64) };
                    return Some(Polynomial::from_terms(vec![x, one]));
                }
            }
        }
    }
    None
}

/// Is `Σ cᵢ pⁱ q^(n−i)` zero? `false` if it would not fit.
fn vanishes(coefficients: &[i128], p: i128, q: i128) -> bool {
    let mut value: i128 = 0;
    let mut scale: i128 = 1;
    for c in coefficients.iter().rev() {
        let next = value.checked_mul(p).and_then(|v| v.checked_add(c.checked_mul(scale)?));
        let Some(next) = next else { return false };
        value = next;
        let Some(larger) = scale.checked_mul(q) else { return false };
        scale = larger;
    }
    value == 0
}

/// Degrees two and three: a factor means a rational root.
fn by_small_roots(p: &Polynomial, variable: Variable) -> Option<Vec<(Polynomial, bool)>> {
    let coefficients = p.coefficients_in(variable);
    let coefficient = |power: u16| {
        coefficients
            .iter()
            .find(|entry| entry.0 == power)
            .map_or(Some(0), |entry| entry.1.as_constant()?.small())
    };
    if coefficients.first()?.0 == 2 {
        let (a, b, c) = (coefficient(2)?, coefficient(1)?, coefficient(0)?);
        let wide = |n: i64| i128::from(n);
        let discriminant =
            wide(b).checked_mul(wide(b))?.checked_sub(wide(a).checked_mul(wide(c))?.checked_mul(4)?)?;
        let root = if discriminant < 0 {
            None
        } else {
            let root = num_integer::Roots::sqrt(&discriminant);
            (root * root == discriminant).then_some(root)
        };
        let Some(root) = root else { return Some(vec![(p.clone(), true)]) };
        let linear = Polynomial::from_terms(vec![
            Term {
                monomial: Monomial::power(variable, 1),
                coefficient: Integer::from(a).add(&Integer::from(a)),
            },
            Term {
                monomial: Monomial::one(),
                coefficient: Integer::from(i64::try_from(wide(b) - root).ok()?),
            },
        ])
        .primitive_part();
        let other = p.divide(&linear)?;
        return Some(vec![(linear, true), (other, true)]);
    }
    None
}

fn zassenhaus(p: &Polynomial, variable: Variable) -> Option<Vec<(Polynomial, bool)>> {
    let degree = p.degree(variable);
    if u32::from(degree) > MOST_DEGREE {
        return None;
    }
    let lead = p.terms().first()?.coefficient.clone();
    // |coefficient of lead · factor| ≤ lead · 2^degree · ‖p‖, which must stay below half the prime.
    let norm_bits = p.bits() + u64::from(u32::from(degree).ilog2() + 1);
    if lead.bits() + u64::from(degree) + norm_bits > 59 {
        return None;
    }
    let mut image = vec![0; usize::from(degree) + 1];
    let mut slope = vec![0; usize::from(degree)];
    for t in p.terms() {
        let place = usize::from(t.monomial.exponent(variable));
        image[place] = t.coefficient.residue(PRIME);
        if place > 0 {
            slope[place - 1] = modular::multiply(image[place], place as u64);
        }
    }
    if modular::gcd(image.clone(), slope).len() != 1 {
        return None;
    }
    if is_irreducible_by_degrees(p, variable, degree) {
        return Some(vec![(p.clone(), true)]);
    }
    let mut parts = modular::factor(image)?;
    if parts.len() > MOST_PARTS {
        return None;
    }
    parts.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    let mut rest = p.clone();
    let mut out = Vec::new();
    let mut size = 1;
    while size * 2 <= parts.len() {
        let found =
            (1_u32..1 << parts.len()).filter(|set| set.count_ones() as usize == size).find_map(|set| {
                let candidate = recombine(&parts, set, &rest, variable)?;
                let quotient = rest.divide(&candidate)?;
                Some((set, candidate, quotient))
            });
        match found {
            Some((set, candidate, quotient)) => {
                out.push((candidate, true));
                rest = quotient;
                let mut at = 0;
                parts.retain(|_| {
                    at += 1;
                    set >> (at - 1) & 1 == 0
                });
            }
            None => size += 1,
        }
    }
    if !rest.is_constant() {
        out.push((rest, true));
    }
    Some(out)
}

/// Do the degrees of the factors modulo some small primes, the other variables taking some values, leave no room for a
/// proper factor of positive degree in `variable`?
pub fn is_irreducible_by_degrees(p: &Polynomial, variable: Variable, degree: u16) -> bool {
    if degree > 60 {
        return false;
    }
    // Bit d: a factor of degree d is still possible.
    let mut possible: u64 = (1 << (degree + 1)) - 1;
    for prime in [101_u64, 103, 107, 109, 113, 127, 131, 137] {
        let mut image = vec![0; usize::from(degree) + 1];
        for t in p.terms() {
            let mut value = t.coefficient.residue(prime);
            let mut place = 0;
            for (v, exponent) in t.monomial.iter() {
                if v == variable {
                    place = usize::from(exponent);
                } else {
                    let point = (u64::from(v) * 37 + prime * 7 + 5) % (prime - 3) + 2;
                    for _ in 0..exponent {
                        value = value * point % prime;
                    }
                }
            }
            image[place] = (image[place] + value) % prime;
        }
        let Some(degrees) = small::factor_degrees(image, prime) else { continue };
        let sums = degrees.iter().fold(1_u64, |sums, d| sums | sums << d);
        possible &= sums;
        if possible == 1 | 1 << degree {
            return true;
        }
    }
    false
}

/// The primitive polynomial whose image is the product of the chosen factors.
fn recombine(parts: &[Vec<u64>], set: u32, rest: &Polynomial, variable: Variable) -> Option<Polynomial> {
    let lead = &rest.terms().first()?.coefficient;
    let mut product = vec![lead.residue(PRIME)];
    for (at, part) in parts.iter().enumerate() {
        if set >> at & 1 == 1 {
            product = modular::product(&product, part);
        }
    }
    let terms = product
        .iter()
        .enumerate()
        .filter(|(_, c)| **c != 0)
        .map(|(place, &c)| {
            let signed = if c > PRIME / 2 { c as i64 - PRIME as i64 } else { c as i64 };
            Term { monomial: Monomial::power(variable, place as u16), coefficient: Integer::from(signed) }
        })
        .collect();
    let candidate = Polynomial::from_terms(terms).primitive_part();
    (!candidate.is_constant()).then_some(candidate)
}
