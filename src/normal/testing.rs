//! A small reader, writer and differentiator for the tests of this room; letters are leaves.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::function::{self, Function};
use crate::ir::scalar::{Constant, Operation, Ref, Scalar, ScalarBuilder};
use crate::number::Rational;

use super::Definitions;

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    builder: ScalarBuilder,
}

/// The leaf of a name: letters by their place in the alphabet.
pub fn leaf(name: &str) -> u32 {
    u32::from(name.as_bytes()[0])
}

/// Reads infix notation.
pub fn read(text: &str) -> Scalar {
    let mut reader = Reader { text: text.as_bytes(), at: 0, builder: ScalarBuilder::default() };
    let root = reader.sum(0);
    reader.blank();
    assert_eq!(reader.at, text.len(), "trailing text in {text}");
    reader.builder.finish(root)
}

impl Reader<'_> {
    fn blank(&mut self) {
        while self.peek_raw() == b' ' {
            self.at += 1;
        }
    }

    fn peek_raw(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn peek(&mut self) -> u8 {
        self.blank();
        self.peek_raw()
    }

    fn sum(&mut self, least: u8) -> Ref {
        let mut left = match self.peek() {
            b'-' => {
                self.at += 1;
                let a = self.sum(5);
                match self.builder.node(a).clone() {
                    Operation::Number(q) => self.builder.add(Operation::Number(-q)),
                    _ => self.builder.add(Operation::Negate(a)),
                }
            }
            b'(' => {
                self.at += 1;
                let a = self.sum(0);
                assert_eq!(self.peek(), b')');
                self.at += 1;
                a
            }
            c if c.is_ascii_digit() => {
                let start = self.at;
                while self.peek_raw().is_ascii_digit() || self.peek_raw() == b'.' {
                    self.at += 1;
                }
                let text = std::str::from_utf8(&self.text[start..self.at]).unwrap();
                let q = Rational::parse(text, 1000).unwrap().unwrap();
                self.builder.add(Operation::Number(q))
            }
            _ => self.name(),
        };
        loop {
            let operator = self.peek();
            let (binds, right) = match operator {
                b'+' | b'-' => (1, 2),
                b'*' | b'/' => (3, 4),
                b'^' => (7, 6),
                _ => return left,
            };
            if binds < least {
                return left;
            }
            self.at += 1;
            let right = self.sum(right);
            left = self.builder.add(match operator {
                b'+' => Operation::Add(left, right),
                b'-' => Operation::Subtract(left, right),
                b'*' => Operation::Multiply(left, right),
                b'^' => Operation::Power(left, right),
                _ => match (self.builder.node(left), self.builder.node(right)) {
                    (Operation::Number(p), Operation::Number(q)) if !q.is_zero() => {
                        Operation::Number(p.divide(q).unwrap())
                    }
                    _ => Operation::Divide(left, right),
                },
            });
        }
    }

    fn name(&mut self) -> Ref {
        let start = self.at;
        while self.peek_raw().is_ascii_alphanumeric() {
            self.at += 1;
        }
        let name = std::str::from_utf8(&self.text[start..self.at]).unwrap().to_owned();
        assert!(!name.is_empty(), "unexpected text at {start}");
        if self.peek() != b'(' {
            return match name.as_str() {
                "pi" => self.builder.add(Operation::Constant(Constant::Pi)),
                name => self.builder.add(Operation::Leaf(leaf(name))),
            };
        }
        self.at += 1;
        let mut arguments = smallvec::SmallVec::new();
        loop {
            arguments.push(self.sum(0));
            let separator = self.peek();
            self.at += 1;
            if separator == b')' {
                break;
            }
        }
        let id = function::lookup(&name).unwrap();
        if id == function::SQRT {
            let half = self.builder.add(Operation::Number(Rational::HALF));
            return self.builder.add(Operation::Power(arguments[0], half));
        }
        self.builder.add(Operation::Call(Function::Known(id), arguments))
    }
}

/// Writes infix notation.
pub fn show(scalar: &Scalar) -> String {
    fn write(scalar: &Scalar, at: Ref, least: u8) -> String {
        let bracket = |text: String, binds: u8| if binds < least { format!("({text})") } else { text };
        match scalar.node(at) {
            Operation::Number(q) => {
                let binds = if q.is_negative() {
                    2
                } else if q.is_integer() {
                    9
                } else {
                    3
                };
                bracket(q.to_string(), binds)
            }
            Operation::Constant(Constant::Pi) => "pi".into(),
            Operation::Leaf(n) => char::from_u32(*n).unwrap().to_string(),
            Operation::Add(a, b) => {
                bracket(format!("{} + {}", write(scalar, *a, 1), write(scalar, *b, 2)), 1)
            }
            Operation::Subtract(a, b) => {
                bracket(format!("{} - {}", write(scalar, *a, 1), write(scalar, *b, 2)), 1)
            }
            Operation::Multiply(a, b) => {
                bracket(format!("{}*{}", write(scalar, *a, 3), write(scalar, *b, 4)), 3)
            }
            Operation::Divide(a, b) => {
                bracket(format!("{}/{}", write(scalar, *a, 3), write(scalar, *b, 4)), 3)
            }
            Operation::Negate(a) => bracket(format!("-{}", write(scalar, *a, 3)), 2),
            Operation::Power(a, b) => match scalar.node(*b) {
                Operation::Number(q) if *q == Rational::HALF => format!("sqrt({})", write(scalar, *a, 0)),
                _ => bracket(format!("{}^{}", write(scalar, *a, 8), write(scalar, *b, 7)), 7),
            },
            Operation::Call(f, arguments) => {
                let Function::Known(id) = f else { panic!("unknown function") };
                let arguments: Vec<_> = arguments.iter().map(|a| write(scalar, *a, 0)).collect();
                format!("{}({})", function::row(*id).name, arguments.join(", "))
            }
        }
    }
    write(scalar, scalar.root(), 0)
}

/// The definitions of the function table.
pub struct TableDefinitions(BTreeMap<Function, Scalar>);

/// Read once.
pub static DEFINITIONS: LazyLock<TableDefinitions> = LazyLock::new(|| {
    let mut definitions = BTreeMap::new();
    for (id, row) in function::all() {
        let Some(text) = row.canonical else { continue };
        if id == function::SQRT {
            continue;
        }
        let scalar = read(text);
        // Parameters are numbered, whatever their letters.
        let mut builder = ScalarBuilder::default();
        let mut place: Vec<Ref> = Vec::new();
        for operation in scalar.nodes() {
            let operation = match operation {
                Operation::Leaf(n) => {
                    let at = row.parameters.iter().position(|p| leaf(p) == *n).unwrap();
                    Operation::Leaf(at as u32)
                }
                other => other.map(|a| place[a as usize]),
            };
            place.push(builder.add(operation));
        }
        definitions.insert(Function::Known(id), builder.finish(*place.last().unwrap()));
    }
    TableDefinitions(definitions)
});

impl Definitions for TableDefinitions {
    fn canonical(&self, function: Function) -> Option<&Scalar> {
        self.0.get(&function)
    }
}

/// The derivative by a leaf, with zeros and ones folded away and nothing else.
pub fn differentiate(scalar: &Scalar, by: u32) -> Scalar {
    let mut d = Differentiator { builder: ScalarBuilder::default() };
    let mut place: Vec<Ref> = Vec::new();
    let mut slopes: Vec<Ref> = Vec::new();
    for operation in scalar.nodes() {
        let at = d.builder.add(operation.map(|a| place[a as usize]));
        place.push(at);
        let zero = d.integer(0);
        let slope = match operation {
            Operation::Number(_) | Operation::Constant(_) => zero,
            Operation::Leaf(n) => d.integer(i64::from(*n == by)),
            Operation::Add(a, b) => d.add(slopes[*a as usize], slopes[*b as usize]),
            Operation::Subtract(a, b) => d.subtract(slopes[*a as usize], slopes[*b as usize]),
            Operation::Negate(a) => d.negate(slopes[*a as usize]),
            Operation::Multiply(a, b) => {
                let p = d.multiply(slopes[*a as usize], place[*b as usize]);
                let q = d.multiply(place[*a as usize], slopes[*b as usize]);
                d.add(p, q)
            }
            Operation::Divide(a, b) => {
                let p = d.multiply(slopes[*a as usize], place[*b as usize]);
                let q = d.multiply(place[*a as usize], slopes[*b as usize]);
                let above = d.subtract(p, q);
                let two = d.integer(2);
                let below = d.builder.add(Operation::Power(place[*b as usize], two));
                d.divide(above, below)
            }
            Operation::Power(a, b) => {
                let (x, n) = (place[*a as usize], place[*b as usize]);
                let (dx, dn) = (slopes[*a as usize], slopes[*b as usize]);
                if d.is_integer(dn, 0) {
                    let lowered = if let Operation::Number(q) = d.builder.node(n).clone() {
                        d.builder.add(Operation::Number(&q - &Rational::ONE))
                    } else {
                        let one = d.integer(1);
                        d.subtract(n, one)
                    };
                    let power = d.power(x, lowered);
                    let product = d.multiply(n, power);
                    d.multiply(product, dx)
                } else {
                    let log = d.call(function::LOG, x);
                    let p = d.multiply(dn, log);
                    let q = d.divide(dx, x);
                    let q = d.multiply(n, q);
                    let sum = d.add(p, q);
                    d.multiply(at, sum)
                }
            }
            Operation::Call(Function::Known(id), arguments) => {
                let x = place[arguments[0] as usize];
                let partial = match *id {
                    function::EXP => at,
                    function::LOG => {
                        let one = d.integer(1);
                        d.divide(one, x)
                    }
                    function::SIN => d.call(function::COS, x),
                    function::COS => {
                        let s = d.call(function::SIN, x);
                        d.negate(s)
                    }
                    function::TAN => {
                        let (c, two, one) = (d.call(function::COS, x), d.integer(2), d.integer(1));
                        let square = d.power(c, two);
                        d.divide(one, square)
                    }
                    function::SIGMOID => {
                        let one = d.integer(1);
                        let rest = d.subtract(one, at);
                        d.multiply(at, rest)
                    }
                    function::TANH => {
                        let (one, two) = (d.integer(1), d.integer(2));
                        let square = d.power(at, two);
                        d.subtract(one, square)
                    }
                    other => panic!("no partial of {other:?}"),
                };
                d.multiply(partial, slopes[arguments[0] as usize])
            }
            Operation::Call(..) => panic!("unknown function"),
        };
        slopes.push(slope);
    }
    d.builder.finish(*slopes.last().unwrap())
}

struct Differentiator {
    builder: ScalarBuilder,
}

impl Differentiator {
    fn integer(&mut self, n: i64) -> Ref {
        self.builder.integer(n)
    }

    fn is_integer(&self, at: Ref, n: i64) -> bool {
        *self.builder.node(at) == Operation::Number(Rational::integer(n))
    }

    fn add(&mut self, a: Ref, b: Ref) -> Ref {
        match (self.is_integer(a, 0), self.is_integer(b, 0)) {
            (true, _) => b,
            (_, true) => a,
            _ => self.builder.add(Operation::Add(a, b)),
        }
    }

    fn subtract(&mut self, a: Ref, b: Ref) -> Ref {
        match (self.is_integer(a, 0), self.is_integer(b, 0)) {
            (_, true) => a,
            (true, _) => self.negate(b),
            _ => self.builder.add(Operation::Subtract(a, b)),
        }
    }

    fn negate(&mut self, a: Ref) -> Ref {
        match self.builder.node(a).clone() {
            Operation::Number(q) => self.builder.add(Operation::Number(-q)),
            Operation::Negate(b) => b,
            _ => self.builder.add(Operation::Negate(a)),
        }
    }

    fn multiply(&mut self, a: Ref, b: Ref) -> Ref {
        if self.is_integer(a, 0) || self.is_integer(b, 1) {
            a
        } else if self.is_integer(b, 0) || self.is_integer(a, 1) {
            b
        } else {
            self.builder.add(Operation::Multiply(a, b))
        }
    }

    fn divide(&mut self, a: Ref, b: Ref) -> Ref {
        if self.is_integer(a, 0) || self.is_integer(b, 1) {
            a
        } else {
            self.builder.add(Operation::Divide(a, b))
        }
    }

    fn power(&mut self, a: Ref, b: Ref) -> Ref {
        if self.is_integer(b, 1) { a } else { self.builder.add(Operation::Power(a, b)) }
    }

    fn call(&mut self, id: function::FunctionId, a: Ref) -> Ref {
        self.builder.add(Operation::Call(Function::Known(id), smallvec::smallvec![a]))
    }
}
