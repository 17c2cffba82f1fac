//! Points people like: small rationals, not 0 or ±1, no two alike, inside the facts. The same in every run.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::fact::{Constraint, Demands};
use crate::ir::SymbolId;
use crate::number::Rational;

/// Values of the variables, entry by entry.
pub(super) type Values = BTreeMap<SymbolId, Vec<Rational>>;

/// A variable to be given a value.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub symbol: SymbolId,
    pub shape: Vec<usize>,
    pub demands: Demands,
}

/// Points of the first trials are within these ranges, in this order, then again with other values.
const RANGES: [Range; 8] = [
    Range::Between(0.3, 3.2),
    Range::Between(-3.2, 3.2),
    Range::Between(-0.95, 0.95),
    Range::Between(0.05, 0.95),
    Range::Between(-3.2, -0.3),
    Range::Between(1.1, 6.0),
    Range::Wide,
    Range::Between(3.0, 20.0),
];

#[derive(Clone, Copy, PartialEq)]
enum Range {
    Between(f64, f64),
    /// Powers of two times small rationals: from a hundredth to a hundred, of both signs.
    Wide,
}

/// Small rationals by size of numerator and denominator, simple ones first.
static POOLS: LazyLock<Vec<Vec<Rational>>> =
    LazyLock::new(|| RANGES.iter().map(|range| pool(*range)).collect());

fn pool(range: Range) -> Vec<Rational> {
    let (low, high) = match range {
        Range::Between(low, high) => (low, high),
        Range::Wide => (-99.0, 99.0),
    };
    let mut all: Vec<(i64, i64, i64)> = Vec::new();
    for denominator in 1..=20i64 {
        for numerator in -99..=99i64 {
            let value = numerator as f64 / denominator as f64;
            let is_plain = numerator == 0 || numerator.abs() == denominator;
            if is_plain || value < low || value > high || num_integer::gcd(numerator, denominator) != 1 {
                continue;
            }
            let height = if range == Range::Wide {
                // In scattered order: sizes of all kinds among the first.
                (scatter(numerator as u64, denominator as u64) % 1000) as i64
            } else {
                numerator.abs() + denominator
            };
            all.push((height, numerator, denominator));
        }
    }
    all.sort_unstable();
    all.into_iter().filter_map(|(_, n, d)| Rational::fraction(n, d)).collect()
}

/// A number that depends on nothing but its arguments.
pub(super) fn scatter(a: u64, b: u64) -> u64 {
    let mut h = a.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ b.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    h ^= h >> 29;
    h = h.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    h ^= h >> 32;
    h.wrapping_mul(0x94D0_49BB_1331_11EB) ^ (h >> 17)
}

/// Chooses values of one trial.
pub(super) struct Chooser {
    trial: u64,
    next: u64,
    used: Vec<Rational>,
    expected: usize,
}

impl Chooser {
    /// For so many values altogether.
    pub(super) fn new(trial: u64, expected: usize) -> Self {
        Chooser { trial, next: 0, used: Vec::new(), expected }
    }

    /// A value like none before, in size.
    pub(super) fn value(&mut self) -> Rational {
        let pool = &POOLS[(self.trial % RANGES.len() as u64) as usize];
        self.next += 1;
        // Later rounds choose from more.
        let round = self.trial as usize / RANGES.len();
        let span = (10 + 3 * self.expected + 16 * round).min(pool.len());
        let start = scatter(self.trial + 1, self.next) as usize % span;
        for offset in 0..span {
            let candidate = &pool[(start + offset) % span];
            let size = candidate.abs();
            if !self.used.contains(&size) {
                self.used.push(size);
                return candidate.clone();
            }
        }
        pool[start].clone()
    }
}

/// Values of all variables that satisfy what is demanded of each by itself; `None` if that was not possible.
pub(super) fn values(variables: &[Variable], trial: u64) -> Option<Values> {
    let expected = variables.iter().map(|v| v.shape.iter().product::<usize>()).sum();
    let mut chooser = Chooser::new(trial, expected);
    let mut out = Values::new();
    for variable in variables {
        let count: usize = variable.shape.iter().product();
        let mut entries: Vec<Rational> =
            (0..count).map(|_| variable.demands.fitted(chooser.value())).collect::<Option<_>>()?;
        if let (Some(sign), [n, m]) = (variable.demands.symmetry, variable.shape.as_slice()) {
            symmetrise(&mut entries, *n, *m, sign);
        }
        for constraint in &variable.demands.constraints {
            constraint.impose(&mut entries, &variable.shape, &out)?;
        }
        out.insert(variable.symbol, entries);
    }
    Some(out)
}

/// The upper triangle on the lower one, with or without a change of sign.
fn symmetrise(entries: &mut [Rational], n: usize, m: usize, is_negative: bool) {
    if n != m {
        return;
    }
    for row in 0..n {
        for column in 0..=row {
            let value = entries[column * n + row].clone();
            entries[row * n + column] = match (is_negative, row == column) {
                (true, true) => Rational::ZERO,
                (true, false) => -value,
                (false, _) => value,
            };
        }
    }
}

impl Constraint {
    /// Changes the entries so that the constraint holds; `None` if that was not possible.
    fn impose(&self, entries: &mut Vec<Rational>, shape: &[usize], others: &Values) -> Option<()> {
        match self {
            Constraint::Total(total) => {
                let places: Vec<usize> = (0..entries.len()).collect();
                scaled(entries, &places, total)
            }
            Constraint::Rows(total) => {
                let [rows, columns] = shape else { return None };
                (0..*rows).try_for_each(|row| {
                    let places: Vec<usize> = (0..*columns).map(|column| row * columns + column).collect();
                    scaled(entries, &places, total)
                })
            }
            Constraint::Columns(total) => {
                let [rows, columns] = shape else { return None };
                (0..*columns).try_for_each(|column| {
                    let places: Vec<usize> = (0..*rows).map(|row| row * columns + column).collect();
                    scaled(entries, &places, total)
                })
            }
            Constraint::Length(square) => {
                let n = entries.len();
                let length = square.root(2)?;
                let matrix = rotation(entries, n)?;
                *entries = (0..n).map(|row| matrix[row * n].clone() * length.clone()).collect();
                Some(())
            }
            Constraint::OrthonormalColumns => {
                let [rows, columns] = shape else { return None };
                if rows < columns {
                    return None;
                }
                let matrix = rotation(entries, *rows)?;
                *entries = (0..*rows)
                    .flat_map(|row| (0..*columns).map(move |column| (row, column)))
                    .map(|(row, column)| matrix[row * rows + column].clone())
                    .collect();
                Some(())
            }
            Constraint::OrthonormalRows => {
                let [rows, columns] = shape else { return None };
                if columns < rows {
                    return None;
                }
                let matrix = rotation(entries, *columns)?;
                entries.clone_from_slice(&matrix[..rows * columns]);
                Some(())
            }
            Constraint::PositiveDefinite => {
                let [n, m] = shape else { return None };
                if n != m {
                    return None;
                }
                // B·Bᵀ + I.
                let b = entries.clone();
                for row in 0..*n {
                    for column in 0..*n {
                        let start = if row == column { Rational::ONE } else { Rational::ZERO };
                        entries[row * n + column] = (0..*n).fold(start, |sum, at| {
                            sum + b[row * n + at].clone() * b[column * n + at].clone()
                        });
                    }
                }
                Some(())
            }
            Constraint::Quotient(value, factors) => {
                let mut product = Rational::ONE;
                for (symbol, power) in factors {
                    let factor = others.get(symbol)?.first()?;
                    product *= &factor.power(*power, 4096).ok()?;
                }
                *entries.first_mut()? = value.divide(&product)?;
                Some(())
            }
        }
    }
}

/// Brings the sum of some entries to `total`: by a factor where all are positive, else by the last of them.
fn scaled(entries: &mut [Rational], places: &[usize], total: &Rational) -> Option<()> {
    let sum = places.iter().fold(Rational::ZERO, |sum, at| sum + entries[*at].clone());
    if places.iter().all(|at| entries[*at].is_positive()) && total.is_positive() {
        let factor = total.divide(&sum)?;
        for at in places {
            entries[*at] *= &factor;
        }
        return Some(());
    }
    let last = *places.last()?;
    let rest = sum - entries[last].clone();
    entries[last] = total.clone() - rest;
    Some(())
}

/// A rational rotation (Cayley): (I − S)(I + S)⁻¹ with S antisymmetric.
fn rotation(seeds: &[Rational], n: usize) -> Option<Vec<Rational>> {
    let mut seed = 0;
    let mut skew = vec![Rational::ZERO; n * n];
    for row in 0..n {
        for column in 0..row {
            let value = seeds.get(seed % seeds.len().max(1))?.clone();
            seed += 1;
            skew[column * n + row] = -value.clone();
            skew[row * n + column] = value;
        }
    }
    // Solve (I + S)ᵀ Xᵀ = (I − S)ᵀ, and (I + S)ᵀ = I − S.
    let identity = |row: usize, column: usize| if row == column { Rational::ONE } else { Rational::ZERO };
    let minus: Vec<Rational> = (0..n * n).map(|at| identity(at / n, at % n) - skew[at].clone()).collect();
    let plus: Vec<Rational> = (0..n * n).map(|at| identity(at / n, at % n) + skew[at].clone()).collect();
    let transposed = solved(minus, plus, n)?;
    Some((0..n * n).map(|at| transposed[(at % n) * n + at / n].clone()).collect())
}

/// `A⁻¹ B` by elimination.
fn solved(mut a: Vec<Rational>, mut b: Vec<Rational>, n: usize) -> Option<Vec<Rational>> {
    for column in 0..n {
        let pivot = (column..n).find(|row| !a[row * n + column].is_zero())?;
        for at in 0..n {
            a.swap(pivot * n + at, column * n + at);
            b.swap(pivot * n + at, column * n + at);
        }
        let inverse = a[column * n + column].reciprocal()?;
        for at in 0..n {
            a[column * n + at] *= &inverse;
            b[column * n + at] *= &inverse;
        }
        for row in (0..n).filter(|row| *row != column) {
            let factor = a[row * n + column].clone();
            if factor.is_zero() {
                continue;
            }
            for at in 0..n {
                let (x, y) = (a[column * n + at].clone(), b[column * n + at].clone());
                a[row * n + at] = a[row * n + at].clone() - factor.clone() * x;
                b[row * n + at] = b[row * n + at].clone() - factor.clone() * y;
            }
        }
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_small_and_no_two_alike() {
        for trial in 0..40 {
            let mut chooser = Chooser::new(trial, 6);
            let values: Vec<Rational> = (0..6).map(|_| chooser.value()).collect();
            for (at, value) in values.iter().enumerate() {
                assert!(!value.is_zero() && !value.abs().is_one());
                let (n, d) = value.as_pair().unwrap();
                assert!(n.abs() < 100 && d < 100);
                assert!(values[..at].iter().all(|other| other.abs() != value.abs()));
            }
        }
    }

    #[test]
    fn rotations_are_orthogonal() {
        let seeds = [Rational::HALF, Rational::integer(2), Rational::fraction(3, 4).unwrap()];
        let matrix = rotation(&seeds, 3).unwrap();
        for row in 0..3 {
            for column in 0..3 {
                let product = (0..3).fold(Rational::ZERO, |sum, at| {
                    sum + matrix[at * 3 + row].clone() * matrix[at * 3 + column].clone()
                });
                assert_eq!(product, if row == column { Rational::ONE } else { Rational::ZERO });
            }
        }
    }
}
