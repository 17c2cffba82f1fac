//! Reader of the notation in which rules are written.
//!
//! It is much smaller than the grammar of formulas because rules are read while a process starts.

use smallvec::SmallVec;

use super::pattern::{Part, Pattern, Place, VARIABLES};
use crate::function::{self, Function};
use crate::ir::scalar::Constant;
use crate::number::Rational;

/// The letters of a rule, in the order in which they first appear.
#[derive(Clone, Debug, Default)]
pub struct Letters(pub Vec<String>);

impl Letters {
    /// The number of a letter that is known already.
    pub fn find(&self, name: &str) -> Option<u8> {
        self.0.iter().position(|l| l == name).map(|at| at as u8)
    }
}

/// Why a text is not a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl Pattern {
    /// Reads a side of a rule. Names in front of a bracket are functions of the table, `pi` is π, other names are letters.
    pub fn read(text: &str, letters: &mut Letters) -> Result<Pattern, Unreadable> {
        let mut reader = Reader { text: text.as_bytes(), at: 0, letters, parts: Vec::new() };
        let root = reader.sum()?;
        reader.space();
        if reader.at < reader.text.len() {
            return Err(Unreadable(format!("unexpected text at {} in {text:?}", reader.at)));
        }
        Ok(Pattern { parts: used_parts(&reader.parts, root) })
    }
}

/// The parts below `root`; reading leaves some behind, such as the 2 of −2.
fn used_parts(parts: &[Part], root: Place) -> Vec<Part> {
    let mut used = vec![false; parts.len()];
    used[usize::from(root)] = true;
    let mut places = vec![0; parts.len()];
    let mut kept = Vec::with_capacity(parts.len());
    for at in (0..=usize::from(root)).rev() {
        if used[at] {
            parts[at].operands(|a| used[usize::from(a)] = true);
        }
    }
    for (at, part) in parts.iter().enumerate().take(usize::from(root) + 1) {
        if used[at] {
            places[at] = kept.len() as Place;
            kept.push(part.map(|a| places[usize::from(a)]));
        }
    }
    kept
}

/// Numbers, letters, `+ - * / ^`, brackets, calls.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    letters: &'a mut Letters,
    parts: Vec<Part>,
}

impl Reader<'_> {
    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.space();
        self.text.get(self.at).copied()
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), Unreadable> {
        if self.accept(byte) { Ok(()) } else { Err(self.error(&format!("expected {:?}", byte as char))) }
    }

    fn error(&self, what: &str) -> Unreadable {
        Unreadable(format!("{what} at {} in {:?}", self.at, String::from_utf8_lossy(self.text)))
    }

    fn push(&mut self, part: Part) -> Result<Place, Unreadable> {
        if self.parts.len() >= 64 {
            return Err(self.error("too long"));
        }
        self.parts.push(part);
        Ok((self.parts.len() - 1) as Place)
    }

    fn number(&self, place: Place) -> Option<&Rational> {
        match &self.parts[usize::from(place)] {
            Part::Number(q) => Some(q),
            _ => None,
        }
    }

    fn negate(&mut self, place: Place) -> Result<Place, Unreadable> {
        match self.number(place).map(|q| -q.clone()) {
            Some(q) => self.push(Part::Number(q)),
            None => self.push(Part::Negate(place)),
        }
    }

    fn sum(&mut self) -> Result<Place, Unreadable> {
        let mut left = self.product()?;
        loop {
            if self.accept(b'+') {
                let right = self.product()?;
                left = self.push(Part::Add(left, right))?;
            } else if self.accept(b'-') {
                let right = self.product()?;
                let right = self.negate(right)?;
                left = self.push(Part::Add(left, right))?;
            } else {
                return Ok(left);
            }
        }
    }

    fn product(&mut self) -> Result<Place, Unreadable> {
        if self.accept(b'-') {
            let negated = self.product()?;
            return self.negate(negated);
        }
        let mut left = self.power()?;
        loop {
            if self.accept(b'*') {
                let right = self.power()?;
                left = self.push(Part::Multiply(left, right))?;
            } else if self.accept(b'/') {
                let right = self.power()?;
                let right = self.invert(right)?;
                left = match (self.number(left).cloned(), self.number(right).cloned()) {
                    (Some(a), Some(b)) => self.push(Part::Number(&a * &b))?,
                    (Some(a), None) if a.is_one() => right,
                    _ => self.push(Part::Multiply(left, right))?,
                };
            } else {
                return Ok(left);
            }
        }
    }

    fn invert(&mut self, place: Place) -> Result<Place, Unreadable> {
        match self.parts[usize::from(place)].clone() {
            Part::Number(q) => {
                let inverse = q.reciprocal().ok_or_else(|| self.error("division by zero"))?;
                self.push(Part::Number(inverse))
            }
            Part::Multiply(a, b) => {
                let (a, b) = (self.invert(a)?, self.invert(b)?);
                self.push(Part::Multiply(a, b))
            }
            Part::Power(base, exponent) => {
                let exponent = self.negate(exponent)?;
                self.push(Part::Power(base, exponent))
            }
            _ => {
                let exponent = self.push(Part::Number(Rational::MINUS_ONE))?;
                self.push(Part::Power(place, exponent))
            }
        }
    }

    fn power(&mut self) -> Result<Place, Unreadable> {
        let base = self.operand()?;
        if !self.accept(b'^') {
            return Ok(base);
        }
        let exponent = if self.accept(b'-') {
            let exponent = self.power()?;
            self.negate(exponent)?
        } else {
            self.power()?
        };
        self.push(Part::Power(base, exponent))
    }

    fn operand(&mut self) -> Result<Place, Unreadable> {
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                let inner = self.sum()?;
                self.expect(b')')?;
                Ok(inner)
            }
            Some(digit) if digit.is_ascii_digit() => {
                let mut value = 0i64;
                while let Some(digit) = self.text.get(self.at).filter(|c| c.is_ascii_digit()) {
                    value = value
                        .checked_mul(10)
                        .and_then(|v| v.checked_add(i64::from(digit - b'0')))
                        .ok_or_else(|| self.error("number too large"))?;
                    self.at += 1;
                }
                self.push(Part::Number(Rational::integer(value)))
            }
            Some(letter) if letter.is_ascii_alphabetic() => {
                let start = self.at;
                while self.text.get(self.at).is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_') {
                    self.at += 1;
                }
                let name = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
                if self.text.get(self.at) == Some(&b'(') {
                    self.at += 1;
                    return self.call(&name);
                }
                if name == "pi" {
                    return self.push(Part::Constant(Constant::Pi));
                }
                let known = self.letters.find(&name);
                let number = match known {
                    Some(number) => number,
                    None if self.letters.0.len() < VARIABLES => {
                        self.letters.0.push(name);
                        (self.letters.0.len() - 1) as u8
                    }
                    None => return Err(self.error("too many letters")),
                };
                self.push(Part::Variable(number))
            }
            _ => Err(self.error("expected an operand")),
        }
    }

    fn call(&mut self, name: &str) -> Result<Place, Unreadable> {
        let id = function::lookup(name).ok_or_else(|| self.error(&format!("no function {name}")))?;
        let mut arguments: SmallVec<[Place; 2]> = SmallVec::new();
        loop {
            arguments.push(self.sum()?);
            if !self.accept(b',') {
                break;
            }
        }
        self.expect(b')')?;
        let row = function::row(id);
        match (row.shorthand, row.canonical) {
            // sqrt(a) is a^(1/2), pow(a, b) is a^b: the canonical form with the arguments in place of the parameters.
            (true, Some(canonical)) => {
                let mut letters = Letters(row.parameters.iter().map(|p| (*p).to_owned()).collect());
                let body = Pattern::read(canonical, &mut letters)?;
                self.splice(&body, &arguments)
            }
            _ => self.push(Part::Call(Function::Known(id), arguments)),
        }
    }

    fn splice(&mut self, body: &Pattern, arguments: &[Place]) -> Result<Place, Unreadable> {
        let mut places: Vec<Place> = Vec::with_capacity(body.parts.len());
        for part in &body.parts {
            let at = |a: Place| places[usize::from(a)];
            let place = match part {
                Part::Variable(v) => match arguments.get(usize::from(*v)) {
                    Some(place) => *place,
                    None => return Err(self.error("too few arguments")),
                },
                other => {
                    let part = other.map(at);
                    self.push(part)?
                }
            };
            places.push(place);
        }
        places.last().copied().ok_or_else(|| self.error("empty"))
    }
}
