//! How a formula is written, up to what everybody tidies at once: factors and terms in any order, factors 1 and terms 0, numbers
//! multiplied. Minus signs stay where they are. Of several explanations the one that needs no more tidying is believed first.

use super::differentiate::exponent_of_e;
use crate::function;
use crate::number::Rational;
use crate::syntax::tree::{Kind, Tree};

/// The form of a formula; formulas with the same form are written alike.
pub(super) fn form(tree: &Tree) -> String {
    let mut terms = Vec::new();
    let mut constant = Rational::ZERO;
    flatten(tree, false, &mut terms, &mut constant);
    if !constant.is_zero() {
        let outer = constant.is_negative();
        let number = if outer { -constant } else { constant };
        terms.push(Term { outer, number, ..Term::default() });
    }
    if let [term] = terms.as_mut_slice() {
        term.inner += usize::from(std::mem::take(&mut term.outer));
    }
    let mut words: Vec<String> = terms.into_iter().map(Term::words).collect();
    words.sort();
    if words.is_empty() { "0".to_owned() } else { words.join(" + ") }
}

/// A product: the minus in front of it and those within.
struct Term {
    outer: bool,
    inner: usize,
    number: Rational,
    above: Vec<String>,
    below: Vec<String>,
}

impl Default for Term {
    fn default() -> Self {
        Term { outer: false, inner: 0, number: Rational::ONE, above: Vec::new(), below: Vec::new() }
    }
}

fn flatten(tree: &Tree, minus: bool, terms: &mut Vec<Term>, constant: &mut Rational) {
    match &tree.kind {
        Kind::Sum(parts) => parts.iter().for_each(|part| flatten(part, minus, terms, constant)),
        Kind::Negate(inner) => flatten(inner, !minus, terms, constant),
        _ => {
            let mut term = Term { outer: minus, ..Term::default() };
            term.take(tree, false);
            if term.above.is_empty() && term.below.is_empty() {
                let negative = minus != (term.inner % 2 == 1);
                *constant = constant.clone() + if negative { -term.number } else { term.number };
            } else if !term.number.is_zero() {
                terms.push(term);
            }
        }
    }
}

impl Term {
    fn take(&mut self, tree: &Tree, is_below: bool) {
        match &tree.kind {
            Kind::Number(q) if is_below => match self.number.divide(q) {
                Some(number) => self.number = number,
                None => self.below.push("0".to_owned()),
            },
            Kind::Number(q) => self.number = self.number.clone() * q.clone(),
            Kind::Negate(inner) => {
                self.inner += 1;
                self.take(inner, is_below);
            }
            Kind::Product(factors) => factors.iter().for_each(|factor| self.take(factor, is_below)),
            Kind::Quotient(a, b) => {
                self.take(a, is_below);
                self.take(b, !is_below);
            }
            Kind::Power(base, exponent) if exponent_of_e(tree).is_none() => {
                let (exponent, is_below) = match &exponent.kind {
                    Kind::Negate(positive) => (form(positive), !is_below),
                    _ => (form(exponent), is_below),
                };
                if exponent == "1" {
                    self.take(base, is_below);
                } else {
                    self.push(format!("({})^({exponent})", form(base)), is_below);
                }
            }
            Kind::Sum(_) => {
                let inner = form(tree);
                if inner != "1" {
                    self.push(format!("({inner})"), is_below);
                }
            }
            Kind::Name(name) => self.push(name.clone(), is_below),
            Kind::Call { name, primes, arguments } => {
                let name = function::lookup(name).map_or(name.as_str(), |id| function::row(id).name);
                let arguments: Vec<String> = arguments.iter().map(form).collect();
                self.push(format!("{name}{primes}({})", arguments.join(", ")), is_below);
            }
            _ => match exponent_of_e(tree) {
                Some(exponent) => {
                    let name = function::row(function::EXP).name;
                    self.push(format!("{name}0({})", form(exponent)), is_below);
                }
                None => self.push(crate::print::text(tree), is_below),
            },
        }
    }

    fn push(&mut self, factor: String, is_below: bool) {
        if is_below { self.below.push(factor) } else { self.above.push(factor) }
    }

    fn words(mut self) -> String {
        self.above.sort();
        self.below.sort();
        let sign = if self.outer { "-" } else { "" };
        let (above, below) = (self.above.join("*"), self.below.join("*"));
        if self.inner == 0 && above.is_empty() && below.is_empty() {
            return format!("{sign}{}", self.number);
        }
        format!("{sign}{}{} {above} / {below}", "~".repeat(self.inner), self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Names, parse};

    fn of(text: &str) -> String {
        let mut names = Names::new();
        ["x", "y"].iter().for_each(|name| names.add_variable(name));
        form(&parse(text, &names).unwrap().tree)
    }

    #[test]
    fn what_is_tidied_at_once_is_written_alike() {
        for (a, b) in [
            ("1*cos(x) + x*(sin(x)*1)", "x*sin(x) + cos(x)"),
            ("3*x^(3-1)", "3*x^2"),
            ("x^(2-1)*2 + 0", "2*x"),
            ("1/(x^2+1)*2*x", "2*x/(1+x^2)"),
            ("2*x*(-sin(x^2))", "-2*x*sin(x^2)"),
            ("exp(2*x)", "e^(x*2)"),
        ] {
            assert_eq!(of(a), of(b), "{a} and {b}");
        }
    }

    #[test]
    fn minus_signs_stay_where_they_are() {
        assert_ne!(of("sin(x) + x*(-cos(x))"), of("sin(x) - x*cos(x)"));
        assert_ne!(of("cos(x) - x*(-sin(x))"), of("cos(x) + x*sin(x)"));
    }
}
