//! Degrees of the factors of a univariate polynomial modulo a small prime.

/// The degrees of the irreducible factors; `None` unless the image keeps its degree and is square-free.
pub fn factor_degrees(mut p: Vec<u64>, prime: u64) -> Option<Vec<u32>> {
    if p.last().is_none_or(|lead| *lead == 0) {
        return None;
    }
    let slope: Vec<u64> =
        p.iter().enumerate().skip(1).map(|(place, c)| c * (place as u64 % prime) % prime).collect();
    if gcd(p.clone(), slope, prime).len() != 1 {
        return None;
    }
    let mut degrees = Vec::new();
    let mut frobenius = vec![0, 1];
    let mut degree: u32 = 1;
    while p.len() > 2 * degree as usize {
        frobenius = power(&frobenius, prime, &p, prime);
        let mut difference = frobenius.clone();
        difference.resize(difference.len().max(2), 0);
        difference[1] = (difference[1] + prime - 1) % prime;
        let together = gcd(p.clone(), difference, prime);
        if together.len() > 1 {
            let times = (together.len() as u32 - 1) / degree;
            degrees.extend(std::iter::repeat_n(degree, times as usize));
            p = divide(p, &together, prime).0;
            frobenius = divide(frobenius, &p, prime).1;
        }
        degree += 1;
    }
    if p.len() > 1 {
        degrees.push(p.len() as u32 - 1);
    }
    Some(degrees)
}

fn trim(p: &mut Vec<u64>) {
    while p.last() == Some(&0) {
        p.pop();
    }
}

fn inverse(a: u64, prime: u64) -> u64 {
    let (mut result, mut base, mut left) = (1, a % prime, prime - 2);
    while left > 0 {
        if left & 1 == 1 {
            result = result * base % prime;
        }
        base = base * base % prime;
        left >>= 1;
    }
    result
}

fn divide(mut a: Vec<u64>, b: &[u64], prime: u64) -> (Vec<u64>, Vec<u64>) {
    trim(&mut a);
    let Some(&lead) = b.last() else { return (Vec::new(), a) };
    let scale = inverse(lead, prime);
    let mut quotient = vec![0; (a.len() + 1).saturating_sub(b.len())];
    while a.len() >= b.len() {
        let Some(&top) = a.last() else { break };
        let factor = top * scale % prime;
        let shift = a.len() - b.len();
        quotient[shift] = factor;
        for (i, &c) in b.iter().enumerate() {
            a[i + shift] = (a[i + shift] + (prime - factor) * c) % prime;
        }
        trim(&mut a);
    }
    (quotient, a)
}

fn gcd(mut a: Vec<u64>, mut b: Vec<u64>, prime: u64) -> Vec<u64> {
    trim(&mut a);
    trim(&mut b);
    while !b.is_empty() {
        let (_, rest) = divide(a, &b, prime);
        a = b;
        b = rest;
    }
    a
}

fn power(base: &[u64], mut exponent: u64, modulus: &[u64], prime: u64) -> Vec<u64> {
    let product = |a: &[u64], b: &[u64]| {
        if a.is_empty() || b.is_empty() {
            return Vec::new();
        }
        let mut out = vec![0; a.len() + b.len() - 1];
        for (i, &x) in a.iter().enumerate() {
            for (j, &y) in b.iter().enumerate() {
                out[i + j] = (out[i + j] + x * y) % prime;
            }
        }
        divide(out, modulus, prime).1
    };
    let mut result = vec![1];
    let mut square = divide(base.to_vec(), modulus, prime).1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = product(&result, &square);
        }
        exponent >>= 1;
        if exponent > 0 {
            square = product(&square, &square);
        }
    }
    result
}
