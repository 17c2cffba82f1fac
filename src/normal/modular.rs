//! Arithmetic modulo a word-sized prime, of numbers and of univariate polynomials (coefficients by ascending power).

/// A Mersenne prime: reduction is a shift and an addition, and images modulo it collide with probability about 2⁻⁵⁰.
pub const PRIME: u64 = (1 << 61) - 1;

/// `a · b`.
pub fn multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let folded = (product as u64 & PRIME) + (product >> 61) as u64;
    if folded >= PRIME { folded - PRIME } else { folded }
}

/// `a + b`.
pub fn add(a: u64, b: u64) -> u64 {
    let sum = a + b;
    if sum >= PRIME { sum - PRIME } else { sum }
}

/// `a − b`.
pub fn subtract(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

/// `base^exponent`.
pub fn power(mut base: u64, mut exponent: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply(result, base);
        }
        base = multiply(base, base);
        exponent >>= 1;
    }
    result
}

/// `1/a` for `a ≠ 0`.
pub fn inverse(a: u64) -> u64 {
    power(a, PRIME - 2)
}

fn trim(p: &mut Vec<u64>) {
    while p.last() == Some(&0) {
        p.pop();
    }
}

/// Divides by the leading coefficient.
pub fn monic(mut p: Vec<u64>) -> Vec<u64> {
    trim(&mut p);
    if let Some(&lead) = p.last() {
        let scale = inverse(lead);
        for c in &mut p {
            *c = multiply(*c, scale);
        }
    }
    p
}

/// Quotient and remainder; `b` is not zero and has no leading zeros.
pub fn divide(mut a: Vec<u64>, b: &[u64]) -> (Vec<u64>, Vec<u64>) {
    trim(&mut a);
    let Some(&lead) = b.last() else { return (Vec::new(), a) };
    let scale = if lead == 1 { 1 } else { inverse(lead) };
    let mut quotient = vec![0; (a.len() + 1).saturating_sub(b.len())];
    while a.len() >= b.len() {
        let Some(&top) = a.last() else { break };
        let factor = multiply(top, scale);
        let shift = a.len() - b.len();
        quotient[shift] = factor;
        for (i, &c) in b.iter().enumerate() {
            a[i + shift] = subtract(a[i + shift], multiply(factor, c));
        }
        trim(&mut a);
    }
    (quotient, a)
}

/// The greatest common divisor, monic.
pub fn gcd(mut a: Vec<u64>, mut b: Vec<u64>) -> Vec<u64> {
    trim(&mut a);
    trim(&mut b);
    while !b.is_empty() {
        let (_, rest) = divide(a, &b);
        a = b;
        b = rest;
    }
    monic(a)
}

/// The product.
pub fn product(a: &[u64], b: &[u64]) -> Vec<u64> {
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
    let mut out = vec![0; a.len() + b.len() - 1];
    for (i, &x) in a.iter().enumerate() {
        for (j, &y) in b.iter().enumerate() {
            out[i + j] = add(out[i + j], multiply(x, y));
        }
    }
    out
}

/// `base^exponent` modulo a polynomial.
pub fn power_modulo(base: &[u64], mut exponent: u64, modulus: &[u64]) -> Vec<u64> {
    let mut result = vec![1];
    let mut square = divide(base.to_vec(), modulus).1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = divide(product(&result, &square), modulus).1;
        }
        exponent >>= 1;
        if exponent > 0 {
            square = divide(product(&square, &square), modulus).1;
        }
    }
    result
}

/// The monic irreducible factors of a square-free polynomial, or `None` if splitting did not come to an end.
pub fn factor(p: Vec<u64>) -> Option<Vec<Vec<u64>>> {
    let mut rest = monic(p);
    let mut out = Vec::new();
    let x = vec![0, 1];
    let mut frobenius = x.clone();
    let mut degree = 1;
    while rest.len() > 2 * degree {
        frobenius = power_modulo(&frobenius, PRIME, &rest);
        let mut difference = frobenius.clone();
        difference.resize(difference.len().max(2), 0);
        difference[1] = subtract(difference[1], 1);
        let together = gcd(rest.clone(), difference);
        if together.len() > 1 {
            rest = divide(rest, &together).0;
            split_equal(together, degree, &mut out)?;
            frobenius = divide(frobenius, &rest).1;
        }
        degree += 1;
    }
    if rest.len() > 1 {
        out.push(rest);
    }
    Some(out)
}

/// Splits a product of irreducible factors of one degree (Cantor–Zassenhaus with fixed trial elements).
fn split_equal(p: Vec<u64>, degree: usize, out: &mut Vec<Vec<u64>>) -> Option<()> {
    if p.len() == degree + 1 {
        out.push(p);
        return Some(());
    }
    for trial in 1..64_u64 {
        let element = vec![trial.wrapping_mul(0x9E37_79B9_7F4A_7C15) % PRIME, trial, 1];
        // element^((p^d − 1)/2) = (element · element^p · … · element^(p^(d−1)))^((p−1)/2)
        let mut norm = vec![1];
        let mut conjugate = divide(element, &p).1;
        for step in 0..degree {
            norm = divide(product(&norm, &conjugate), &p).1;
            if step + 1 < degree {
                conjugate = power_modulo(&conjugate, PRIME, &p);
            }
        }
        let mut character = power_modulo(&norm, (PRIME - 1) / 2, &p);
        if character.is_empty() {
            character.push(0);
        }
        character[0] = subtract(character[0], 1);
        let part = gcd(p.clone(), character);
        if part.len() > 1 && part.len() < p.len() {
            let other = divide(p, &part).0;
            split_equal(part, degree, out)?;
            return split_equal(other, degree, out);
        }
    }
    None
}
