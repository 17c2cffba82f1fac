//! The writer for notations on one line, text and Unicode. Brackets are decided here, once for both.

use std::fmt::Write as _;

use super::layout::{Level, decimal, level, signed_term};
use crate::syntax::tree::{Big, BoundIndex, DerivativeOperator, Kind, Relation, Tree};

/// What distinguishes one notation on a line from another.
pub(super) trait Notation {
    const MINUS: &'static str;
    const AND: &'static str;
    /// The level of a form where it differs from that of the text notation.
    fn level(&self, tree: &Tree) -> Level {
        level(tree)
    }
    /// Whether `[` behind the form is an index.
    fn takes_index(&self, _base: &Tree) -> bool {
        true
    }
    fn relation(relation: Relation) -> &'static str;
    fn big(&self, operation: Big) -> &'static str;
    fn hadamard() -> &'static str;
    /// A name where a value stands.
    fn name(&self, name: &str, out: &mut String);
    /// What stands between the factors; `right` begins at `start` of `out`.
    fn join_factors(&self, left: &Tree, right: &Tree, start: usize, out: &mut String);
    /// Writes the form in its own way, or returns false to have it written as text.
    fn special(writer: &Writer<'_, Self>, tree: &Tree, followed: bool, out: &mut String) -> bool
    where
        Self: Sized;
    /// A transpose; the operand is on its way.
    fn transpose(writer: &Writer<'_, Self>, operand: &Tree, out: &mut String)
    where
        Self: Sized;
    /// The name in front of the brackets of a call.
    fn function(&self, name: &str, primes: u8, out: &mut String);
}

/// Writes trees in a notation.
pub(super) struct Writer<'n, N: Notation>(pub &'n N);

impl<N: Notation> Writer<'_, N> {
    pub(super) fn print(&self, tree: &Tree) -> String {
        let mut out = String::new();
        self.write(tree, Level::Relation, false, &mut out);
        out
    }

    /// Writes a tree at a place that asks for `wanted`. `followed`: a factor or stroke follows on the right, so that the
    /// body of a big operator must not stand open.
    pub(super) fn write(&self, tree: &Tree, wanted: Level, followed: bool, out: &mut String) {
        let is_open = followed && self.has_open_end(tree);
        if self.0.level(tree) < wanted || is_open {
            out.push('(');
            self.form(tree, false, out);
            out.push(')');
        } else {
            self.form(tree, followed, out);
        }
    }

    fn has_open_end(&self, tree: &Tree) -> bool {
        matches!(tree.kind, Kind::Big { .. })
            || matches!(tree.kind, Kind::Derivative { .. }) && self.0.level(tree) < Level::Atom
    }

    pub(super) fn list(&self, trees: &[Tree], out: &mut String) {
        for (place, tree) in trees.iter().enumerate() {
            if place > 0 {
                out.push_str(", ");
            }
            self.write(tree, Level::Relation, false, out);
        }
    }

    // one arm a form of notation
    #[allow(clippy::too_many_lines)]
    fn form(&self, tree: &Tree, followed: bool, out: &mut String) {
        if N::special(self, tree, followed, out) {
            return;
        }
        match &tree.kind {
            Kind::Number(number) => match decimal(number) {
                Some(text) => out.push_str(&text),
                None => {
                    let _ = write!(out, "{}/{}", number.numerator(), number.denominator());
                }
            },
            Kind::Name(name) => self.0.name(name, out),
            Kind::Sum(terms) => self.sum(terms, out),
            Kind::Product(factors) => {
                let last = factors.len() - 1;
                for (place, factor) in factors.iter().enumerate() {
                    let wanted = if place == 0 { first_factor(factor) } else { Level::Power };
                    let is_open = is_big(factor) || matches!(factor.kind, Kind::Derivative { .. });
                    let wanted = if place == last && is_open { Level::Product } else { wanted };
                    let start = out.len();
                    self.write(factor, wanted, followed || place < last, out);
                    if place > 0 {
                        self.0.join_factors(&factors[place - 1], factor, start, out);
                    }
                }
            }
            Kind::Hadamard(factors) => {
                let last = factors.len() - 1;
                for (place, factor) in factors.iter().enumerate() {
                    if place > 0 {
                        out.push_str(N::hadamard());
                    }
                    let wanted = if place == 0 { first_factor(factor) } else { Level::Power };
                    self.write(factor, wanted, followed || place < last, out);
                }
            }
            Kind::Quotient(above, below) => {
                let wanted =
                    if matches!(above.kind, Kind::Hadamard(_)) { Level::Power } else { Level::Product };
                self.binary(above, wanted, "/", below, Level::Power, followed, out);
            }
            Kind::ElementwiseQuotient(above, below) => {
                self.binary(above, Level::Product, " ./ ", below, Level::Power, followed, out);
            }
            Kind::Negate(inner) => {
                out.push_str(N::MINUS);
                self.write(inner, Level::Product, followed, out);
            }
            Kind::Power(base, exponent) => self.power(base, "^", exponent, out),
            Kind::ElementwisePower(base, exponent) => self.power(base, ".^", exponent, out),
            Kind::Transpose(operand) => N::transpose(self, operand, out),
            Kind::Call { name, primes, arguments } => {
                self.0.function(name, *primes, out);
                out.push('(');
                self.list(arguments, out);
                out.push(')');
            }
            Kind::Index(base, indices) => {
                // an index behind an Iverson bracket or a number would be read as a factor
                let wanted = if matches!(base.kind, Kind::Iverson(_) | Kind::Number(_) | Kind::Array(_))
                    || !self.0.takes_index(base)
                {
                    None
                } else {
                    Some(Level::Postfix)
                };
                self.bracketed_unless(base, wanted, out);
                out.push('[');
                self.list(indices, out);
                out.push(']');
            }
            Kind::Big { operation, indices, condition, body } => {
                out.push_str(self.0.big(*operation));
                out.push('[');
                self.indices(indices, condition.as_deref(), out);
                out.push_str("] ");
                self.write(body, Level::Product, followed, out);
            }
            Kind::Relation(relation, left, right) => {
                self.write(left, Level::Sum, false, out);
                out.push_str(N::relation(*relation));
                self.write(right, Level::Sum, false, out);
            }
            Kind::And(conditions) => self.conditions(conditions, out),
            Kind::Iverson(condition) => {
                out.push('[');
                self.write(condition, Level::Relation, false, out);
                out.push(']');
            }
            Kind::Cases(rows) => {
                out.push_str("cases(");
                for (place, (value, condition)) in rows.iter().enumerate() {
                    if place > 0 {
                        out.push_str(", ");
                    }
                    self.write(value, Level::Sum, false, out);
                    if let Some(condition) = condition {
                        out.push_str(" if ");
                        self.write(condition, Level::Relation, false, out);
                    }
                }
                out.push(')');
            }
            Kind::Derivative { operator, body, variables } => {
                out.push_str(match operator {
                    DerivativeOperator::Derivative => "diff(",
                    DerivativeOperator::Gradient => "grad(",
                    DerivativeOperator::Jacobian => "jacobian(",
                    DerivativeOperator::Hessian => "hessian(",
                });
                self.write(body, Level::Sum, false, out);
                out.push_str(", ");
                self.list(variables, out);
                out.push(')');
            }
            Kind::Array(entries) => {
                out.push('[');
                self.list(entries, out);
                out.push(']');
            }
        }
    }

    fn sum(&self, terms: &[Tree], out: &mut String) {
        for (place, term) in terms.iter().enumerate() {
            let (is_negative, inner) = signed_term(term);
            match (place, is_negative) {
                (0, true) => out.push_str(N::MINUS),
                (0, false) => {}
                (_, true) => {
                    out.push(' ');
                    out.push_str(N::MINUS);
                    out.push(' ');
                }
                (_, false) => out.push_str(" + "),
            }
            self.write(inner, Level::Product, false, out);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn binary(&self, a: &Tree, la: Level, sign: &str, b: &Tree, lb: Level, followed: bool, out: &mut String) {
        self.write(a, la, true, out);
        out.push_str(sign);
        self.write(b, lb, followed, out);
    }

    pub(super) fn bracketed_unless(&self, tree: &Tree, wanted: Option<Level>, out: &mut String) {
        if let Some(wanted) = wanted {
            self.write(tree, wanted, true, out);
        } else {
            out.push('(');
            self.write(tree, Level::Relation, false, out);
            out.push(')');
        }
    }

    fn power(&self, base: &Tree, sign: &str, exponent: &Tree, out: &mut String) {
        self.write(base, Level::Postfix, true, out);
        out.push_str(sign);
        self.exponent(exponent, out);
    }

    pub(super) fn exponent(&self, exponent: &Tree, out: &mut String) {
        self.bracketed_unless(exponent, (!begins_transposed(exponent)).then_some(Level::Power), out);
    }

    pub(super) fn indices(&self, indices: &[BoundIndex], condition: Option<&Tree>, out: &mut String) {
        for (place, index) in indices.iter().enumerate() {
            if place > 0 {
                out.push_str(", ");
            }
            self.0.name(&index.name, out);
            if let Some((lower, upper)) = &index.range {
                out.push_str(" = ");
                self.write(lower, Level::Sum, false, out);
                out.push_str("..");
                self.write(upper, Level::Sum, false, out);
            }
        }
        if let Some(condition) = condition {
            out.push_str(": ");
            self.write(condition, Level::Relation, false, out);
        }
    }

    /// `a < b < c` where the sides meet, `a < b and c < d` elsewhere.
    fn conditions(&self, conditions: &[Tree], out: &mut String) {
        let mut before: Option<&Tree> = None;
        for condition in conditions {
            match (&condition.kind, before) {
                (Kind::Relation(relation, left, right), Some(shared)) if **left == *shared => {
                    out.push_str(N::relation(*relation));
                    self.write(right, Level::Sum, false, out);
                    before = Some(right);
                }
                (kind, _) => {
                    if before.is_some() {
                        out.push_str(N::AND);
                    }
                    self.write(condition, Level::Relation, false, out);
                    before = match kind {
                        Kind::Relation(_, _, right) => Some(right),
                        _ => Some(condition),
                    };
                }
            }
        }
    }
}

fn is_big(tree: &Tree) -> bool {
    matches!(tree.kind, Kind::Big { .. })
}

/// Whether a prime would stand in the exponent's first operand: `a^b'` is the transpose of a^b.
fn begins_transposed(exponent: &Tree) -> bool {
    match &exponent.kind {
        Kind::Transpose(_) => true,
        Kind::Power(base, _) | Kind::ElementwisePower(base, _) | Kind::Index(base, _) => {
            begins_transposed(base)
        }
        _ => false,
    }
}

/// A product that begins a product was in brackets; a quotient there was not. Between `*` and `.*` brackets are not needed,
/// but few people know which goes first.
fn first_factor(factor: &Tree) -> Level {
    match factor.kind {
        Kind::Product(_) | Kind::Hadamard(_) => Level::Power,
        _ => Level::Product,
    }
}
