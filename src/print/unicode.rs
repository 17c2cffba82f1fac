//! Unicode as people write it: `σ(x)`, `x²`, `√x`, `Wᵀ`, `⊙`; reads back to the same tree with the same names.

use super::layout::{Form, Level, decimal, form, level};
use super::linear::{Notation, Writer};
use crate::function;
use crate::number::Rational;
use crate::syntax::Names;
use crate::syntax::tree::{Big, DerivativeOperator, Kind, Relation, Tree};

/// The formula in Unicode.
///
/// ```
/// use symdiff::syntax::{Names, parse};
/// let parsed = parse("sigmoid(x)*(1 - sigmoid(x)) + x^2", &Names::default()).unwrap();
/// assert_eq!(symdiff::print::unicode(&parsed.tree), "σ(x)(1 − σ(x)) + x²");
/// ```
pub fn unicode(tree: &Tree) -> String {
    unicode_with(tree, &Names::default())
}

/// The formula in Unicode, to be read with these names: a declared σ or π is not the function or the constant.
pub fn unicode_with(tree: &Tree, names: &Names) -> String {
    Writer(&Unicode { names }).print(tree)
}

struct Unicode<'a> {
    names: &'a Names,
}

/// A whole exponent in superscript digits.
fn superscript(exponent: &Tree) -> Option<String> {
    let (sign, number) = match &exponent.kind {
        Kind::Number(number) => ("", number),
        Kind::Negate(inner) => match &inner.kind {
            Kind::Number(number) => ("⁻", number),
            _ => return None,
        },
        _ => return None,
    };
    if number.is_negative() || !number.is_integer() {
        return None;
    }
    let digits = decimal(number).filter(|d| d.len() <= 4)?;
    // 2e90 has no raised form.
    let raised: Option<String> =
        digits.chars().map(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c.to_digit(10)? as usize)).collect();
    Some(format!("{sign}{}", raised?))
}

/// Whether the name can follow `Σ_`: letters and digits, so that it ends where the space stands.
fn can_stand_low(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn is_plain_number(tree: &Tree) -> bool {
    let shows_no_exponent = |n: &Rational| decimal(n).is_some_and(|text| !text.contains('e'));
    matches!(&tree.kind, Kind::Number(n) if shows_no_exponent(n))
}

impl Unicode<'_> {
    /// How a call is written, unless its content has bars of its own.
    fn form(&self, tree: &Tree) -> Form {
        let Kind::Call { name, primes, arguments } = &tree.kind else { return Form::Plain };
        if self.names.has_function(name) {
            return Form::Plain;
        }
        let form = form(name, *primes, arguments);
        let has_bars =
            matches!(form, Form::Bars | Form::Norm | Form::Norm1) && arguments.iter().any(holds_bars);
        if has_bars { Form::Plain } else { form }
    }
}

impl Notation for Unicode<'_> {
    const MINUS: &'static str = "−";
    const AND: &'static str = " ∧ ";

    fn level(&self, tree: &Tree) -> Level {
        match &tree.kind {
            Kind::Derivative { operator: DerivativeOperator::Derivative, .. } => Level::Product,
            Kind::Call { .. } if matches!(self.form(tree), Form::Root | Form::CubeRoot) => Level::Power,
            _ => level(tree),
        }
    }

    fn takes_index(&self, base: &Tree) -> bool {
        self.form(base) == Form::Plain
    }

    fn relation(relation: Relation) -> &'static str {
        match relation {
            Relation::Equal => " = ",
            Relation::NotEqual => " ≠ ",
            Relation::Less => " < ",
            Relation::LessEqual => " ≤ ",
            Relation::Greater => " > ",
            Relation::GreaterEqual => " ≥ ",
        }
    }

    fn big(&self, operation: Big) -> &'static str {
        match operation {
            Big::Sum if self.names.has("Σ") => "sum",
            Big::Product if self.names.has("∏") => "prod",
            Big::Sum => "Σ",
            Big::Product => "∏",
            Big::Maximum => "max",
            Big::Minimum => "min",
        }
    }

    fn hadamard() -> &'static str {
        " ⊙ "
    }

    fn name(&self, name: &str, out: &mut String) {
        out.push_str(if name == "pi" { "π" } else { name });
    }

    fn join_factors(&self, left: &Tree, right: &Tree, start: usize, out: &mut String) {
        let before = out[..start].chars().last().unwrap_or(' ');
        let mut ahead = out[start..].chars();
        let (next, second) = (ahead.next().unwrap_or(' '), ahead.next().unwrap_or(' '));
        let has_quotient = matches!(left.kind, Kind::Quotient(..) | Kind::ElementwiseQuotient(..));
        let begins_letter = next.is_alphabetic() && !matches!(next, 'Σ' | '∏');
        let ends_closed = matches!(before, ')' | 'ᵀ') || "⁰¹²³⁴⁵⁶⁷⁸⁹".contains(before);
        // 2e5 would be a number; d/dx an operator; `if` a word
        let may_be_exponent =
            matches!(next, 'e' | 'E') && (second.is_ascii_digit() || matches!(second, '+' | '-'));
        let is_juxtaposed = !has_quotient
            && match &left.kind {
                _ if matches!(right.kind, Kind::Big { .. }) => false,
                Kind::Number(_) if is_plain_number(left) && before.is_ascii_digit() => {
                    begins_letter && !may_be_exponent || matches!(next, '(' | '√')
                }
                // a name before `(` may be a function, but brackets, superscripts and ᵀ end what stands before them
                _ => ends_closed && (begins_letter || next == '('),
            };
        if !is_juxtaposed {
            out.insert(start, '·');
        }
    }

    fn special(writer: &Writer<'_, Self>, tree: &Tree, followed: bool, out: &mut String) -> bool {
        match &tree.kind {
            Kind::Call { arguments, .. } => {
                let bars = |open: &str, close: &str, out: &mut String| {
                    out.push_str(open);
                    writer.write(&arguments[0], Level::Sum, false, out);
                    out.push_str(close);
                };
                match writer.0.form(tree) {
                    Form::Bars => bars("|", "|", out),
                    Form::Norm => bars("‖", "‖", out),
                    Form::Norm1 => bars("‖", "‖₁", out),
                    root @ (Form::Root | Form::CubeRoot) => {
                        out.push(if root == Form::Root { '√' } else { '∛' });
                        let is_atom =
                            matches!(&arguments[0].kind, Kind::Name(_)) || is_plain_number(&arguments[0]);
                        writer.bracketed_unless(&arguments[0], is_atom.then_some(Level::Atom), out);
                    }
                    Form::Plain => return false,
                }
                true
            }
            Kind::Power(base, exponent) => {
                let Some(raised) = superscript(exponent) else { return false };
                writer.write(base, Level::Postfix, true, out);
                out.push_str(&raised);
                true
            }
            Kind::Big {
                operation: operation @ (Big::Sum | Big::Product),
                indices,
                condition: None,
                body,
            } if indices.len() == 1
                && indices[0].range.is_none()
                && !writer.0.big(*operation).is_ascii()
                && can_stand_low(&indices[0].name) =>
            {
                out.push_str(writer.0.big(*operation));
                out.push('_');
                out.push_str(&indices[0].name);
                out.push(' ');
                writer.write(body, Level::Product, followed, out);
                true
            }
            Kind::Derivative { operator: DerivativeOperator::Derivative, body, variables } => {
                out.push('∂');
                if variables.len() > 1 {
                    out.push('^');
                    out.push_str(&variables.len().to_string());
                }
                out.push('/');
                let is_long = variables.len() > 1;
                if is_long {
                    out.push('(');
                }
                for (place, variable) in variables.iter().enumerate() {
                    if place > 0 {
                        out.push(' ');
                    }
                    out.push('∂');
                    writer.write(variable, Level::Postfix, false, out);
                }
                if is_long {
                    out.push(')');
                }
                out.push_str(" (");
                writer.write(body, Level::Sum, false, out);
                out.push(')');
                true
            }
            _ => false,
        }
    }

    fn transpose(writer: &Writer<'_, Self>, operand: &Tree, out: &mut String) {
        writer.write(operand, Level::Postfix, true, out);
        out.push('ᵀ');
    }

    fn function(&self, name: &str, primes: u8, out: &mut String) {
        let sign = match function::lookup(name) {
            // Another name of a function stands where a declared one has taken its own.
            Some(id) if function::row(id).name == name && !self.names.has_function(name) => {
                function::row(id).unicode
            }
            _ => name,
        };
        // a declared σ takes the sign away from the table
        out.push_str(if self.names.has(sign) || !is_word(sign) { name } else { sign });
        out.extend(std::iter::repeat_n('\'', usize::from(primes)));
    }
}

/// Signs such as √ are no names that brackets may follow in every place.
fn is_word(sign: &str) -> bool {
    sign.chars().all(char::is_alphanumeric)
}

fn holds_bars(tree: &Tree) -> bool {
    let mut pending = vec![tree];
    while let Some(tree) = pending.pop() {
        if let Kind::Call { name, primes, arguments } = &tree.kind
            && matches!(form(name, *primes, arguments), Form::Bars | Form::Norm | Form::Norm1)
        {
            return true;
        }
        tree.each_part(&mut |part| pending.push(part));
    }
    false
}
