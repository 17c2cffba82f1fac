//! Are two formulas written alike? For lines whose shapes do not fit, about which nothing can be proved: the same factors in
//! the same order, scalar factors in any order, and the same terms in any order.

use crate::check::sheet::Sheet;
use crate::number::Rational;
use crate::print;
use crate::syntax::tree::{Kind, Tree};

/// Are they the same but for the places of scalar factors and the order of terms?
pub(super) fn is_same(sheet: &Sheet, a: &Tree, b: &Tree) -> bool {
    form(sheet, a) == form(sheet, b)
}

fn form(sheet: &Sheet, tree: &Tree) -> String {
    let mut own = Product { number: Rational::ONE, scalars: Vec::new(), factors: Vec::new() };
    own.take(sheet, tree);
    own.scalars.sort();
    format!("{} {} {}", own.number, own.scalars.join(" "), own.factors.join(" "))
}

struct Product {
    number: Rational,
    scalars: Vec<String>,
    factors: Vec<String>,
}

impl Product {
    fn take(&mut self, sheet: &Sheet, tree: &Tree) {
        match &tree.kind {
            Kind::Number(q) => self.number = self.number.clone() * q.clone(),
            Kind::Negate(inner) => {
                self.number = -self.number.clone();
                self.take(sheet, inner);
            }
            Kind::Product(factors) => factors.iter().for_each(|factor| self.take(sheet, factor)),
            Kind::Quotient(a, b) => {
                self.take(sheet, a);
                let divided = match &b.kind {
                    Kind::Number(q) => self.number.divide(q),
                    _ => None,
                };
                match divided {
                    Some(number) => self.number = number,
                    None => self.scalars.push(format!("/{}", form(sheet, b))),
                }
            }
            Kind::Name(name) if sheet.rank(name) == 0 => self.scalars.push(name.clone()),
            Kind::Sum(terms) => {
                let mut terms: Vec<String> = terms.iter().map(|term| form(sheet, term)).collect();
                terms.sort();
                self.factors.push(format!("({})", terms.join(" + ")));
            }
            Kind::Transpose(inner) => self.factors.push(format!("{}'", form(sheet, inner))),
            _ => self.factors.push(print::text(tree)),
        }
    }
}
