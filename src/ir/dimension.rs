//! Sizes of axes: affine expressions over dimension symbols, stored once each.

use std::fmt::Write as _;

/// A name stored in the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId(pub u32);

/// A size stored in the graph; equal sizes have equal ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DimensionId(pub u32);

/// `constant + Σ coefficient · symbol`, e.g. `H - h + 1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dimension {
    /// Symbols with their coefficients (never zero), by symbol.
    pub terms: Vec<(SymbolId, i64)>,
    /// The constant part.
    pub constant: i64,
}

impl Dimension {
    /// A fixed size.
    pub fn number(n: i64) -> Self {
        Dimension { terms: Vec::new(), constant: n }
    }

    /// A symbol.
    pub fn symbol(symbol: SymbolId) -> Self {
        Dimension { terms: vec![(symbol, 1)], constant: 0 }
    }

    /// The size as a number, if it is one.
    pub fn as_number(&self) -> Option<i64> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// `self + factor · other`; `None` on overflow.
    pub fn plus(&self, factor: i64, other: &Dimension) -> Option<Dimension> {
        let mut sum = self.clone();
        sum.constant = sum.constant.checked_add(other.constant.checked_mul(factor)?)?;
        for (symbol, coefficient) in &other.terms {
            let add = coefficient.checked_mul(factor)?;
            match sum.terms.binary_search_by_key(symbol, |t| t.0) {
                Ok(at) => {
                    sum.terms[at].1 = sum.terms[at].1.checked_add(add)?;
                    if sum.terms[at].1 == 0 {
                        sum.terms.remove(at);
                    }
                }
                Err(at) => {
                    if add != 0 {
                        sum.terms.insert(at, (*symbol, add));
                    }
                }
            }
        }
        Some(sum)
    }

    /// Writes it with the names of its symbols.
    pub fn text<'a>(&self, name: impl Fn(SymbolId) -> &'a str) -> String {
        let mut out = String::new();
        for (symbol, coefficient) in &self.terms {
            let sign = if *coefficient < 0 {
                "-"
            } else if out.is_empty() {
                ""
            } else {
                "+"
            };
            out.push_str(sign);
            if coefficient.unsigned_abs() != 1 {
                let _ = write!(out, "{}*", coefficient.unsigned_abs());
            }
            out.push_str(name(*symbol));
        }
        if out.is_empty() {
            return self.constant.to_string();
        }
        if self.constant != 0 {
            let _ = write!(out, "{:+}", self.constant);
        }
        out
    }
}
