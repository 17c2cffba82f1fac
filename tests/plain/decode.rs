//! From bytes to small formulas: every string of bytes is one, and near strings are near formulas.

use symdiff::function::{self, FunctionId};
use symdiff::number::Rational;
use symdiff::syntax::tree::{Kind, Tree};

/// The variables of decoded formulas.
pub const VARIABLES: [&str; 3] = ["x", "y", "z"];
/// A decoded formula has at most so many nodes, about.
const LARGEST: usize = 24;
const DEEPEST: usize = 6;

/// The formula that the bytes stand for.
pub fn formula(bytes: &[u8]) -> Tree {
    Decoder { bytes: bytes.iter().copied(), left: LARGEST }.tree(0)
}

struct Decoder<I> {
    bytes: I,
    left: usize,
}

impl<I: Iterator<Item = u8>> Decoder<I> {
    fn byte(&mut self) -> usize {
        usize::from(self.bytes.next().unwrap_or(0))
    }

    fn tree(&mut self, depth: usize) -> Tree {
        self.left = self.left.saturating_sub(1);
        let choice = if depth >= DEEPEST || self.left == 0 { self.byte() % 8 } else { self.byte() % 32 };
        let below = depth + 1;
        match choice {
            0 | 3 | 4 => Tree::name(VARIABLES[0]),
            1 | 5 => Tree::name(VARIABLES[1]),
            2 => Tree::name(VARIABLES[2]),
            6 => number(self.byte()),
            7 => match self.byte() % 4 {
                0 => Tree::name("pi"),
                1 => Tree::name("e"),
                _ => Kind::Quotient(Box::new(number(self.byte())), Box::new(number(self.byte() | 1))).into(),
            },
            8..=11 => {
                let count = 2 + self.byte() % 2;
                Kind::Sum((0..count).map(|_| self.tree(below)).collect()).into()
            }
            12 | 13 => {
                let first = self.tree(below);
                let second: Tree = Kind::Negate(Box::new(self.tree(below))).into();
                Kind::Sum(vec![first, second]).into()
            }
            14..=17 => {
                let count = 2 + self.byte() % 2;
                Kind::Product((0..count).map(|_| self.tree(below)).collect()).into()
            }
            18..=20 => {
                let above = self.tree(below);
                Kind::Quotient(Box::new(above), Box::new(self.tree(below))).into()
            }
            21 => Kind::Negate(Box::new(self.tree(below))).into(),
            22..=25 => {
                let base = self.tree(below);
                let exponent = self.exponent(below);
                Kind::Power(Box::new(base), Box::new(exponent)).into()
            }
            _ => self.call(below),
        }
    }

    fn exponent(&mut self, depth: usize) -> Tree {
        let byte = self.byte();
        let size = number(1 + byte / 8 % 5);
        match byte % 8 {
            0..=2 => size,
            3 => Kind::Negate(Box::new(size)).into(),
            4 => Kind::Quotient(Box::new(size), Box::new(number(2))).into(),
            5 => Kind::Negate(Box::new(Kind::Quotient(Box::new(size), Box::new(number(2))).into())).into(),
            6 => Kind::Quotient(Box::new(size), Box::new(number(3))).into(),
            _ => self.tree(depth),
        }
    }

    fn call(&mut self, depth: usize) -> Tree {
        let rows: Vec<(FunctionId, &function::Row)> =
            function::all().filter(|(_, row)| row.is_elementwise() && !row.parameters.is_empty()).collect();
        let (_, row) = rows[self.byte() % rows.len()];
        let arguments = row.parameters.iter().map(|_| self.tree(depth)).collect();
        Kind::Call { name: row.name.to_owned(), primes: 0, arguments }.into()
    }
}

/// Small numbers, the common ones most often.
fn number(byte: usize) -> Tree {
    let value = match byte % 16 {
        n @ 0..=12 => n as i64,
        13 => 100,
        14 => 1_000_003,
        _ => i64::from(u32::MAX),
    };
    Tree::number(&Rational::integer(value))
}
