//! Inverses and determinants of enclosed matrices.

use super::super::error::Undefined;
use super::super::matrix;
use super::ball::Ball;
use super::entry::Entry;
use crate::evaluate::Reason;
use crate::evaluate::exact::Exact;

/// Larger determinants are not multiplied out where elimination finds no pivot.
const MOST_EXPANDED: usize = 4;

/// All entries exactly.
fn exact<T>(entries: &[Entry<T>]) -> Option<Vec<Exact>> {
    entries
        .iter()
        .map(|entry| match entry {
            Entry::Exact(value) => Some(value.clone()),
            _ => None,
        })
        .collect()
}

/// The row from `column` on whose entry there is surely not zero and largest.
fn pivot<T: Ball>(a: &[Option<T>], n: usize, column: usize) -> Option<usize> {
    (column..n)
        .filter_map(|row| {
            a[row * n + column].as_ref().filter(|x| !x.contains_zero()).map(|x| (row, x.near()))
        })
        .reduce(|best, next| if next.1.abs() > best.1.abs() { next } else { best })
        .map(|(row, _)| row)
}

fn swap<T>(a: &mut [T], n: usize, p: usize, q: usize) {
    if p != q {
        for j in 0..n {
            a.swap(p * n + j, q * n + j);
        }
    }
}

/// `a − f·b`.
fn minus<T: Ball>(a: Option<&T>, f: &T, b: Option<&T>) -> Option<T> {
    let value = a?.plus(&f.times(b?).negated());
    value.is_defined().then_some(value)
}

/// The inverse.
pub(super) fn inverse<T: Ball>(entries: &[Entry<T>], n: usize, at: &Undefined, bits: usize) -> Vec<Entry<T>> {
    let singular = Undefined { reason: Reason::Singular, ..at.clone() };
    if let Some(exact) = exact(entries)
        && let Some(inverse) = matrix::exact_inverse(&exact, n)
    {
        return match inverse {
            Some(inverse) => inverse.into_iter().map(|value| Entry::exact(value, bits)).collect(),
            None => vec![Entry::Nothing(singular); n * n],
        };
    }
    if let Some(missing) = entries.iter().find(|e| matches!(e, Entry::Nothing(_) | Entry::Open(_))) {
        return vec![missing.clone(); n * n];
    }
    let open = || vec![Entry::Open(singular.clone()); n * n];
    let mut a: Vec<Option<T>> = entries.iter().map(|entry| entry.ball(bits)).collect();
    let mut out: Vec<Option<T>> =
        (0..n * n).map(|place| Entry::<T>::whole(i64::from(place / n == place % n)).ball(bits)).collect();
    for column in 0..n {
        let Some(row) = pivot(&a, n, column) else { return open() };
        swap(&mut a, n, row, column);
        swap(&mut out, n, row, column);
        let Some(top) = a[column * n + column].clone() else { return open() };
        for j in 0..n {
            for side in [&mut a, &mut out] {
                let place = column * n + j;
                side[place] = side[place].as_ref().map(|x| x.over(&top));
            }
        }
        for row in (0..n).filter(|row| *row != column) {
            let Some(factor) = a[row * n + column].clone() else { return open() };
            for j in 0..n {
                for side in [&mut a, &mut out] {
                    side[row * n + j] =
                        minus(side[row * n + j].as_ref(), &factor, side[column * n + j].as_ref());
                }
            }
        }
    }
    out.into_iter()
        .map(|x| x.map_or_else(|| Entry::Open(singular.clone()), |x| Entry::near(x, &singular)))
        .collect()
}

/// The determinant.
pub(super) fn determinant<T: Ball>(entries: &[Entry<T>], n: usize, at: &Undefined, bits: usize) -> Entry<T> {
    if let Some(exact) = exact(entries)
        && let Some(value) = matrix::exact_determinant(&exact, n)
    {
        return Entry::exact(value, bits);
    }
    if let Some(missing) = entries.iter().find(|e| matches!(e, Entry::Nothing(_) | Entry::Open(_))) {
        return missing.clone();
    }
    let open = || {
        if n <= MOST_EXPANDED { expanded(entries, n, at, bits) } else { Entry::Open(at.clone()) }
    };
    let mut a: Vec<Option<T>> = entries.iter().map(|entry| entry.ball(bits)).collect();
    let mut value = T::rational(&crate::number::Rational::ONE, bits);
    for column in 0..n {
        let Some(row) = pivot(&a, n, column) else { return open() };
        swap(&mut a, n, row, column);
        if row != column {
            value = value.negated();
        }
        let Some(top) = a[column * n + column].clone() else { return open() };
        value = value.times(&top);
        for row in column + 1..n {
            let Some(factor) = a[row * n + column].as_ref().map(|x| x.over(&top)) else { return open() };
            for j in column..n {
                a[row * n + j] = minus(a[row * n + j].as_ref(), &factor, a[column * n + j].as_ref());
            }
        }
    }
    Entry::near(value, at)
}

/// The determinant by its first row.
fn expanded<T: Ball>(entries: &[Entry<T>], n: usize, at: &Undefined, bits: usize) -> Entry<T> {
    if n == 1 {
        return entries.first().cloned().unwrap_or_else(|| Entry::whole(1));
    }
    let mut sum = Entry::whole(0);
    for column in 0..n {
        let minor: Vec<Entry<T>> = (1..n)
            .flat_map(|row| (0..n).filter(move |j| *j != column).map(move |j| row * n + j))
            .map(|place| entries[place].clone())
            .collect();
        let part = entries[column].times(&expanded(&minor, n - 1, at, bits), at, bits);
        sum = sum.plus(&if column % 2 == 1 { part.negated(bits) } else { part }, at, bits);
    }
    sum
}
