//! Elimination: inverses and determinants, in `f64` with row pivoting and exactly.

use crate::evaluate::exact::Exact;
use crate::number::Rational;

/// Larger matrices are not eliminated exactly.
const EXACT_SIDE: usize = 12;

/// The inverse; `None` if the matrix is singular to working precision.
pub(super) fn inverse(entries: &[f64], n: usize) -> Option<Vec<f64>> {
    let mut a = entries.to_vec();
    let mut out = vec![0.0; n * n];
    for i in 0..n {
        out[i * n + i] = 1.0;
    }
    let norms: Vec<f64> = a.chunks(n).map(|row| row.iter().fold(0.0, |m: f64, x| m.max(x.abs()))).collect();
    let mut norms = norms;
    for column in 0..n {
        let pivot = pivot(&a, &norms, n, column)?;
        if pivot != column {
            swap_rows(&mut a, n, pivot, column);
            swap_rows(&mut out, n, pivot, column);
            norms.swap(pivot, column);
        }
        let scale = a[column * n + column];
        for j in 0..n {
            a[column * n + j] /= scale;
            out[column * n + j] /= scale;
        }
        for row in (0..n).filter(|row| *row != column) {
            let factor = a[row * n + column];
            if factor == 0.0 {
                continue;
            }
            for j in 0..n {
                a[row * n + j] -= factor * a[column * n + j];
                out[row * n + j] -= factor * out[column * n + j];
            }
        }
    }
    Some(out)
}

/// The row of the pivot: the largest relative to its row; `None` if all that is left is rounding.
fn pivot(a: &[f64], norms: &[f64], n: usize, column: usize) -> Option<usize> {
    let mut best = None;
    for row in column..n {
        if norms[row] == 0.0 {
            return None;
        }
        let size = a[row * n + column].abs() / norms[row];
        if best.is_none_or(|(_, most)| size > most) {
            best = Some((row, size));
        }
    }
    best.filter(|(_, size)| *size > 4.0 * n as f64 * f64::EPSILON).map(|(row, _)| row)
}

fn swap_rows(a: &mut [f64], n: usize, p: usize, q: usize) {
    for j in 0..n {
        a.swap(p * n + j, q * n + j);
    }
}

/// Sign, logarithm of the absolute value, and value of the determinant.
pub(super) fn determinant(entries: &[f64], n: usize) -> (f64, f64, f64) {
    let mut a = entries.to_vec();
    let (mut sign, mut logarithm, mut value) = (1.0, 0.0, 1.0);
    for column in 0..n {
        let mut pivot = column;
        for row in column + 1..n {
            if a[row * n + column].abs() > a[pivot * n + column].abs() {
                pivot = row;
            }
        }
        let top = a[pivot * n + column];
        if top == 0.0 {
            return (0.0, f64::NEG_INFINITY, 0.0);
        }
        if pivot != column {
            swap_rows(&mut a, n, pivot, column);
            sign = -sign;
            value = -value;
        }
        sign *= top.signum();
        logarithm += libm::log(top.abs());
        value *= top;
        for row in column + 1..n {
            let factor = a[row * n + column] / top;
            for j in column..n {
                a[row * n + j] -= factor * a[column * n + j];
            }
        }
    }
    (sign, logarithm, value)
}

fn rationals(entries: &[Exact], n: usize) -> Option<Vec<Rational>> {
    if n > EXACT_SIDE {
        return None;
    }
    entries
        .iter()
        .map(|entry| match entry {
            Exact::Rational(q) => Some(q.clone()),
            Exact::OfPi(_) => None,
        })
        .collect()
}

/// The exact inverse: `None` if it is not tried, `Some(None)` if the matrix is singular.
pub(super) fn exact_inverse(entries: &[Exact], n: usize) -> Option<Option<Vec<Exact>>> {
    let mut a = rationals(entries, n)?;
    let mut out: Vec<Rational> =
        (0..n * n).map(|at| Rational::integer(i64::from(at / n == at % n))).collect();
    for column in 0..n {
        let Some(pivot) = (column..n).find(|row| !a[row * n + column].is_zero()) else {
            return Some(None);
        };
        for j in 0..n {
            a.swap(pivot * n + j, column * n + j);
            out.swap(pivot * n + j, column * n + j);
        }
        let scale = a[column * n + column].reciprocal()?;
        for j in 0..n {
            a[column * n + j] *= &scale;
            out[column * n + j] *= &scale;
        }
        for row in (0..n).filter(|row| *row != column) {
            let factor = a[row * n + column].clone();
            if factor.is_zero() {
                continue;
            }
            for j in 0..n {
                let (p, q) = (&factor * &a[column * n + j], &factor * &out[column * n + j]);
                a[row * n + j] -= &p;
                out[row * n + j] -= &q;
            }
        }
    }
    Some(Some(out.into_iter().map(Exact::Rational).collect()))
}

/// The exact determinant; `None` if it is not tried.
pub(super) fn exact_determinant(entries: &[Exact], n: usize) -> Option<Exact> {
    let mut a = rationals(entries, n)?;
    let mut value = Rational::ONE;
    for column in 0..n {
        let Some(pivot) = (column..n).find(|row| !a[row * n + column].is_zero()) else {
            return Some(Exact::Rational(Rational::ZERO));
        };
        if pivot != column {
            for j in 0..n {
                a.swap(pivot * n + j, column * n + j);
            }
            value = -value;
        }
        let top = a[column * n + column].clone();
        value *= &top;
        let scale = top.reciprocal()?;
        for row in column + 1..n {
            let factor = &a[row * n + column] * &scale;
            for j in column..n {
                let p = &factor * &a[column * n + j];
                a[row * n + j] -= &p;
            }
        }
    }
    Some(Exact::Rational(value))
}
