//! A reader of the corpora's plain notation and a differentiator that folds zeros and ones and nothing else: the raw
//! derivative that simplification starts from.

use symdiff::function::{self, Function};
use symdiff::ir::scalar::{Constant, Operation, Ref, Scalar, ScalarBuilder};
use symdiff::number::Rational;

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    names: &'a [String],
    out: &'a mut ScalarBuilder,
    bound: Option<&'a [Ref]>,
}

/// Reads a formula whose leaves are numbered as in `names`.
pub fn read(text: &str, names: &[String]) -> Option<Scalar> {
    let mut out = ScalarBuilder::default();
    let mut reader = Reader { text: text.as_bytes(), at: 0, names, out: &mut out, bound: None };
    let root = reader.expression(0)?;
    let done = reader.peek() == 0;
    done.then(|| out.finish(root))
}

impl Reader<'_> {
    fn peek(&mut self) -> u8 {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn skip(&mut self, is: impl Fn(u8) -> bool) {
        while self.text.get(self.at).is_some_and(|c| is(*c)) {
            self.at += 1;
        }
    }

    fn operand(&mut self) -> Option<Ref> {
        match self.peek() {
            b'-' => {
                self.at += 1;
                let a = self.expression(3)?;
                Some(self.out.add(Operation::Negate(a)))
            }
            b'+' => {
                self.at += 1;
                self.expression(3)
            }
            b'(' => {
                self.at += 1;
                let a = self.expression(0)?;
                self.close()?;
                Some(a)
            }
            c if c.is_ascii_digit() || c == b'.' => {
                let start = self.at;
                self.skip(|c| c.is_ascii_digit() || c == b'.');
                let exponent = matches!(self.text.get(self.at), Some(b'e' | b'E'))
                    && self.text.get(self.at + 1).is_some_and(|c| c.is_ascii_digit() || b"+-".contains(c));
                if exponent {
                    self.at += 2;
                    self.skip(|c| c.is_ascii_digit());
                }
                let text = std::str::from_utf8(&self.text[start..self.at]).ok()?;
                let q = Rational::parse(text, 4096).ok()??;
                Some(self.out.add(Operation::Number(q)))
            }
            c if c.is_ascii_alphabetic() || c == b'_' => {
                let start = self.at;
                self.skip(|c| c.is_ascii_alphanumeric() || c == b'_');
                let name = std::str::from_utf8(&self.text[start..self.at]).ok()?.to_owned();
                if self.peek() == b'(' {
                    self.at += 1;
                    let mut arguments = vec![self.expression(0)?];
                    while self.peek() == b',' {
                        self.at += 1;
                        arguments.push(self.expression(0)?);
                    }
                    self.close()?;
                    return call(self.out, &name, &arguments);
                }
                if let Some(at) = self.names.iter().position(|n| *n == name) {
                    return Some(match self.bound {
                        Some(bound) => bound[at],
                        None => self.out.add(Operation::Leaf(at as u32)),
                    });
                }
                match name.as_str() {
                    "pi" => Some(self.out.add(Operation::Constant(Constant::Pi))),
                    "e" => {
                        let one = self.out.integer(1);
                        let call = [one].into_iter().collect();
                        Some(self.out.add(Operation::Call(Function::Known(function::EXP), call)))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn expression(&mut self, least: u8) -> Option<Ref> {
        let mut left = self.operand()?;
        loop {
            let (binding, right) = match self.peek() {
                b'+' | b'-' => (1, 2),
                b'*' | b'/' => (3, 4),
                b'^' => (7, 6),
                _ => return Some(left),
            };
            if binding < least {
                return Some(left);
            }
            let operator = self.text[self.at];
            self.at += 1;
            let b = if operator == b'^' && self.peek() == b'-' {
                self.at += 1;
                let b = self.expression(6)?;
                match self.out.node(b).clone() {
                    Operation::Number(q) => self.out.add(Operation::Number(-q)),
                    _ => self.out.add(Operation::Negate(b)),
                }
            } else {
                self.expression(right)?
            };
            left = self.out.add(match operator {
                b'+' => Operation::Add(left, b),
                b'-' => Operation::Subtract(left, b),
                b'*' => Operation::Multiply(left, b),
                b'/' => match (self.out.node(left).clone(), self.out.node(b).clone()) {
                    (Operation::Number(p), Operation::Number(q)) if !q.is_zero() => {
                        Operation::Number(p.divide(&q)?)
                    }
                    _ => Operation::Divide(left, b),
                },
                _ => Operation::Power(left, b),
            });
        }
    }

    fn close(&mut self) -> Option<()> {
        (self.peek() == b')').then(|| self.at += 1)
    }
}

fn call(out: &mut ScalarBuilder, name: &str, arguments: &[Ref]) -> Option<Ref> {
    let id = function::lookup(name)?;
    let row = function::row(id);
    if row.shorthand || !row.is_elementwise() {
        return formula(out, row.canonical?, row.parameters, arguments);
    }
    (row.parameters.len() == arguments.len())
        .then(|| out.add(Operation::Call(Function::Known(id), arguments.iter().copied().collect())))
}

fn formula(out: &mut ScalarBuilder, text: &str, parameters: &[&str], arguments: &[Ref]) -> Option<Ref> {
    let names: Vec<String> = parameters.iter().map(|p| (*p).to_owned()).collect();
    let mut reader = Reader { text: text.as_bytes(), at: 0, names: &names, out, bound: Some(arguments) };
    let root = reader.expression(0)?;
    (reader.peek() == 0).then_some(root)
}

/// The names of a formula that are not in front of a bracket, in alphabetical order.
pub fn names_of(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        if bytes[at].is_ascii_digit() {
            while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'.') {
                at += 1;
            }
        } else if bytes[at].is_ascii_alphabetic() || bytes[at] == b'_' {
            while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
                at += 1;
            }
            let name = &text[start..at];
            if bytes.get(at) != Some(&b'(') && name != "pi" {
                names.push(name.to_owned());
            }
        } else {
            at += 1;
        }
    }
    names.sort();
    names.dedup();
    names
}

/// The derivative by `leaf`, with zeros and ones folded and nothing else.
pub fn differentiate(f: &Scalar, leaf: u32) -> Option<Scalar> {
    let mut out = ScalarBuilder::default();
    let mut place: Vec<Ref> = Vec::new();
    let mut slope: Vec<Option<Ref>> = Vec::new();
    for operation in f.nodes() {
        let here = out.add(operation.map(|a| place[a as usize]));
        let at = |a: &Ref| (place[*a as usize], slope[*a as usize]);
        let d = match operation {
            Operation::Number(_) | Operation::Constant(_) => None,
            Operation::Leaf(l) => (*l == leaf).then(|| out.integer(1)),
            Operation::Add(a, b) => match (at(a).1, at(b).1) {
                (Some(x), Some(y)) => Some(out.add(Operation::Add(x, y))),
                (x, y) => x.or(y),
            },
            Operation::Subtract(a, b) => match (at(a).1, at(b).1) {
                (Some(x), Some(y)) => Some(out.add(Operation::Subtract(x, y))),
                (None, Some(y)) => Some(out.add(Operation::Negate(y))),
                (x, None) => x,
            },
            Operation::Negate(a) => at(a).1.map(|x| out.add(Operation::Negate(x))),
            Operation::Multiply(a, b) => {
                let ((a, x), (b, y)) = (at(a), at(b));
                let first = x.map(|x| times(&mut out, x, b));
                let second = y.map(|y| times(&mut out, a, y));
                match (first, second) {
                    (Some(p), Some(q)) => Some(out.add(Operation::Add(p, q))),
                    (p, q) => p.or(q),
                }
            }
            Operation::Divide(a, b) => quotient(&mut out, at(a), at(b)),
            Operation::Power(a, b) => power(&mut out, here, at(a), at(b)),
            Operation::Call(Function::Known(id), arguments) => {
                let row = function::row(*id);
                let values: Vec<Ref> = arguments.iter().map(|a| place[*a as usize]).collect();
                let mut sum: Option<Ref> = None;
                for (argument, partial) in arguments.iter().zip(row.partials()) {
                    let Some(x) = slope[*argument as usize] else { continue };
                    let p = formula(&mut out, partial, row.parameters, &values)?;
                    let p = times(&mut out, p, x);
                    sum = Some(sum.map_or(p, |s| out.add(Operation::Add(s, p))));
                }
                sum
            }
            Operation::Call(..) => return None,
        };
        place.push(here);
        slope.push(d);
    }
    let root = match slope.last()? {
        Some(root) => *root,
        None => out.integer(0),
    };
    Some(out.finish(root))
}

type Dual = (Ref, Option<Ref>);

fn quotient(out: &mut ScalarBuilder, (a, x): Dual, (b, y): Dual) -> Option<Ref> {
    let Some(y) = y else { return x.map(|x| out.add(Operation::Divide(x, b))) };
    let q = times(out, a, y);
    let top = match x {
        Some(x) => {
            let p = times(out, x, b);
            out.add(Operation::Subtract(p, q))
        }
        None => out.add(Operation::Negate(q)),
    };
    let two = out.integer(2);
    let square = out.add(Operation::Power(b, two));
    Some(out.add(Operation::Divide(top, square)))
}

fn power(out: &mut ScalarBuilder, here: Ref, (a, x): Dual, (b, y): Dual) -> Option<Ref> {
    let Some(y) = y else {
        let x = x?;
        let less = if let Operation::Number(q) = out.node(b).clone() {
            out.add(Operation::Number(&q - &Rational::ONE))
        } else {
            let one = out.integer(1);
            out.add(Operation::Subtract(b, one))
        };
        let is_one = matches!(out.node(less), Operation::Number(q) if q.is_one());
        let power = if is_one { a } else { out.add(Operation::Power(a, less)) };
        let p = times(out, b, power);
        return Some(times(out, p, x));
    };
    let log = out.add(Operation::Call(Function::Known(function::LOG), [a].into_iter().collect()));
    let mut sum = times(out, y, log);
    if let Some(x) = x {
        let p = times(out, b, x);
        let q = out.add(Operation::Divide(p, a));
        sum = out.add(Operation::Add(sum, q));
    }
    Some(times(out, here, sum))
}

fn times(out: &mut ScalarBuilder, a: Ref, b: Ref) -> Ref {
    let is_one = |a: Ref| matches!(out.node(a), Operation::Number(q) if q.is_one());
    if is_one(a) {
        b
    } else if is_one(b) {
        a
    } else {
        out.add(Operation::Multiply(a, b))
    }
}

/// Printed nodes of an expression as it stands.
pub fn raw_nodes(f: &Scalar) -> usize {
    let mut sizes: Vec<usize> = Vec::new();
    for operation in f.nodes() {
        let mut size = match operation {
            Operation::Number(q) => 1 + 2 * usize::from(!q.is_integer()) + usize::from(q.is_negative()),
            _ => 1,
        };
        operation.operands(|a| size = size.saturating_add(sizes[a as usize]));
        if let Operation::Power(_, b) = operation
            && matches!(f.node(*b), Operation::Number(q) if *q == Rational::HALF)
        {
            size -= 3;
        }
        sizes.push(size);
    }
    sizes.last().copied().unwrap_or(0)
}
