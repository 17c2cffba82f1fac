//! LaTeX for display: fractions, roots, `\left( \right)` only around what is tall.

use std::fmt::Write as _;
use std::ops::{Deref, DerefMut};

use super::latex_names::{ends_low, name};
use super::layout::{Form, Level, decimal, form, level, signed_term};
use crate::function;
use crate::syntax::tree::{Big, BoundIndex, DerivativeOperator, Kind, Relation, Tree};
use crate::syntax::{Names, parse_latex};

/// The formula in LaTeX, for math mode.
///
/// ```
/// use symdiff::syntax::{Names, parse};
/// let parsed = parse("σ(x)/(2x) + ŷ'", &Names::default()).unwrap();
/// assert_eq!(symdiff::print::latex(&parsed.tree), r"\frac{\sigma(x)}{2 x} + \hat{y}^{\top}");
/// ```
pub fn latex(tree: &Tree) -> String {
    let mut out = Out { text: String::new(), names: None };
    write(tree, Level::Relation, false, &mut out);
    out.text
}

/// The formula in LaTeX that reads back to the same tree where these names are declared: components and names that would
/// look alike are told apart by braces and upright letters.
pub fn latex_with(tree: &Tree, names: &Names) -> String {
    let mut out = Out { text: String::new(), names: Some(names) };
    write(tree, Level::Relation, false, &mut out);
    out.text
}

/// The text so far, and the names that it must not be mistaken for.
struct Out<'a> {
    text: String,
    names: Option<&'a Names>,
}

impl Deref for Out<'_> {
    type Target = String;
    fn deref(&self) -> &String {
        &self.text
    }
}

impl DerefMut for Out<'_> {
    fn deref_mut(&mut self) -> &mut String {
        &mut self.text
    }
}

/// Whether what was written from a place on reads back to the tree.
fn reads_back(tree: &Tree, start: usize, out: &Out<'_>) -> bool {
    let Some(names) = out.names else { return true };
    parse_latex(&out.text[start..], names).is_ok_and(|parsed| parsed.tree == *tree)
}

/// How tightly a form binds in two dimensions: a fraction has its own ends.
fn latex_level(tree: &Tree) -> Level {
    match &tree.kind {
        // a fraction, or a product with a power of ten
        Kind::Number(n) if !n.is_negative() && decimal(n).is_none_or(|text| text.contains('e')) => {
            Level::Product
        }
        // ∂/∂x and ∇_x reach over what follows
        Kind::Derivative {
            operator: DerivativeOperator::Derivative | DerivativeOperator::Gradient, ..
        } => Level::Product,
        Kind::Call { name, primes, arguments } if form(name, *primes, arguments) == Form::Norm1 => {
            Level::Power
        }
        _ => level(tree),
    }
}

fn has_open_end(tree: &Tree) -> bool {
    matches!(tree.kind, Kind::Big { .. })
        || matches!(tree.kind, Kind::Derivative { .. }) && latex_level(tree) < Level::Atom
}

fn write(tree: &Tree, wanted: Level, followed: bool, out: &mut Out<'_>) {
    if latex_level(tree) < wanted || followed && has_open_end(tree) {
        bracketed(out, |out| body(tree, false, out));
    } else {
        body(tree, followed, out);
    }
}

/// Brackets that grow only if what they hold is tall.
fn bracketed(out: &mut Out<'_>, inside: impl FnOnce(&mut Out<'_>)) {
    fenced("(", ")", out, inside);
}

fn fenced(open: &str, close: &str, out: &mut Out<'_>, inside: impl FnOnce(&mut Out<'_>)) {
    let start = out.len();
    inside(out);
    let text = &out[start..];
    let is_tall = [r"\frac", r"\left", r"\sum", r"\prod", r"\begin", r"\max_", r"\min_", r"\sqrt"]
        .iter()
        .any(|sign| text.contains(sign));
    let (before, after) = if is_tall { (r"\left", r"\right") } else { ("", "") };
    out.insert_str(start, &format!("{before}{open}"));
    out.push_str(after);
    out.push_str(close);
}

fn braced(tree: &Tree, out: &mut Out<'_>) {
    out.push('{');
    write(tree, Level::Relation, false, out);
    out.push('}');
}

fn list(trees: &[Tree], out: &mut Out<'_>) {
    for (place, tree) in trees.iter().enumerate() {
        if place > 0 {
            out.push_str(", ");
        }
        write(tree, Level::Relation, false, out);
    }
}

// One arm a form of notation.
#[allow(clippy::too_many_lines)]
fn body(tree: &Tree, followed: bool, out: &mut Out<'_>) {
    match &tree.kind {
        Kind::Number(n) => out.push_str(&number(n)),
        Kind::Name(text) => {
            let start = out.len();
            name(text, out);
            if !reads_back(tree, start, out) {
                out.truncate(start);
                if text.chars().count() > 1 || text.is_ascii() {
                    let _ = write!(out, r"\mathrm{{{}}}", text.replace('_', r"\_"));
                } else {
                    out.push_str(text);
                }
            }
        }
        Kind::Sum(terms) => {
            for (place, term) in terms.iter().enumerate() {
                let (is_negative, inner) = signed_term(term);
                match (place, is_negative) {
                    (0, true) => out.push('-'),
                    (0, false) => {}
                    (_, true) => out.push_str(" - "),
                    (_, false) => out.push_str(" + "),
                }
                write(inner, Level::Product, false, out);
            }
        }
        Kind::Product(factors) => product(factors, followed, out),
        Kind::Hadamard(factors) => {
            let last = factors.len() - 1;
            for (place, factor) in factors.iter().enumerate() {
                if place > 0 {
                    out.push_str(r" \odot ");
                }
                let wanted =
                    if matches!(factor.kind, Kind::Quotient(..)) { Level::Product } else { Level::Power };
                write(factor, wanted, followed || place < last, out);
            }
        }
        Kind::Quotient(above, below) => {
            out.push_str(r"\frac");
            braced(above, out);
            braced(below, out);
        }
        Kind::ElementwiseQuotient(above, below) => {
            write(above, Level::Power, true, out);
            out.push_str(r" \oslash ");
            write(below, Level::Power, followed, out);
        }
        Kind::Negate(inner) => {
            out.push('-');
            write(inner, Level::Product, followed, out);
        }
        Kind::Power(base, exponent) => power(base, exponent, out),
        Kind::ElementwisePower(base, exponent) => {
            raised(base, out);
            out.push_str(r"^{\odot ");
            write(exponent, Level::Power, false, out);
            out.push('}');
        }
        Kind::Transpose(operand) => {
            raised(operand, out);
            out.push_str(r"^{\top}");
        }
        Kind::Call { name, primes, arguments } => call(name, *primes, arguments, out),
        Kind::Index(base, indices) => {
            let is_simple = is_simple_base(base);
            let start = out.len();
            if is_simple {
                body(base, false, out);
            } else {
                out.push_str(r"\left[");
                write(base, Level::Relation, false, out);
                out.push_str(r"\right]");
            }
            let end = out.len();
            out.push_str("_{");
            for (place, index) in indices.iter().enumerate() {
                if place > 0 {
                    out.push_str(", ");
                }
                // letters side by side are several indices
                let wanted =
                    if matches!(index.kind, Kind::Product(_)) { Level::Power } else { Level::Relation };
                write(index, wanted, false, out);
            }
            out.push('}');
            if is_simple && !reads_back(tree, start, out) {
                out.insert(end, '}');
                out.insert(start, '{');
            }
        }
        Kind::Big { operation, indices, condition, body: inner } => {
            out.push_str(match operation {
                Big::Sum => r"\sum",
                Big::Product => r"\prod",
                Big::Maximum => r"\max",
                Big::Minimum => r"\min",
            });
            bounds(indices, condition.as_deref(), out);
            out.push(' ');
            write(inner, Level::Product, followed, out);
        }
        Kind::Relation(relation, left, right) => {
            write(left, Level::Sum, false, out);
            out.push_str(relation_sign(*relation));
            write(right, Level::Sum, false, out);
        }
        Kind::And(conditions) => conjunction(conditions, out),
        Kind::Iverson(condition) => {
            fenced("[", "]", out, |out| write(condition, Level::Relation, false, out));
        }
        Kind::Cases(rows) => cases(rows, out),
        Kind::Derivative { operator, body: inner, variables } => derivative(*operator, inner, variables, out),
        Kind::Array(entries) => array(entries, out),
    }
}

fn number(n: &crate::number::Rational) -> String {
    match decimal(n) {
        Some(text) => match text.split_once('e') {
            Some((mantissa, exponent)) => format!(r"{mantissa} \cdot 10^{{{exponent}}}"),
            None => text,
        },
        None => format!(r"\frac{{{}}}{{{}}}", n.numerator(), n.denominator()),
    }
}

fn product(factors: &[Tree], followed: bool, out: &mut Out<'_>) {
    let last = factors.len() - 1;
    let mut previous = out.len();
    for (place, factor) in factors.iter().enumerate() {
        let start = out.len();
        let is_fraction = matches!(factor.kind, Kind::Quotient(..));
        let is_open_last = place == last && has_open_end(factor);
        let wanted = if is_fraction || is_open_last { Level::Product } else { Level::Power };
        write(factor, wanted, followed || place < last, out);
        if place == 0 {
            continue;
        }
        let next = out[start..].chars().next().unwrap_or(' ');
        let left = &factors[place - 1];
        let before = out[..start].chars().last().unwrap_or(' ');
        let opens = next == '(' || out[start..].starts_with(r"\left(");
        // an upright word looks like an operator, a raised letter like a power of a function's value
        let is_word =
            matches!(left.kind, Kind::Name(_) | Kind::Index(..)) && out[previous..].starts_with(r"\mathrm");
        let is_raised_letter =
            opens && matches!(&left.kind, Kind::Power(base, _) if matches!(base.kind, Kind::Name(_)));
        // a component of what nobody declared may be a value of a function
        let is_unknown_component = opens
            && matches!(&left.kind, Kind::Index(base, _) if matches!(&base.kind, Kind::Name(name)
                if out.names.is_some_and(|names| !names.has(name))));
        let is_operator_letter = matches!(&left.kind, Kind::Name(name) if name.starts_with("D_"));
        // digits must not meet, a name must not look like a function of what follows
        let needs_dot = next.is_ascii_digit()
            || out[start..].starts_with(r"\frac") && matches!(left.kind, Kind::Number(_))
            || is_fraction && matches!(left.kind, Kind::Quotient(..))
            || opens && matches!(left.kind, Kind::Name(_))
            || is_word
            || is_raised_letter
            || is_unknown_component
            || is_operator_letter
            || matches!(left.kind, Kind::Derivative { .. });
        let gap = if needs_dot {
            r" \cdot "
        } else if matches!(next, '(' | '[') && before == ')' {
            ""
        } else {
            " "
        };
        out.insert_str(start, gap);
        previous = start + gap.len();
    }
}

/// The base of an exponent: what has an exponent already, or is long, is bracketed.
fn raised(base: &Tree, out: &mut Out<'_>) {
    match &base.kind {
        Kind::Name(text) if text.ends_with('\'') => {
            out.push('{');
            body(base, false, out);
            out.push('}');
        }
        Kind::Transpose(_) => bracketed(out, |out| body(base, false, out)),
        // the entry of a matrix must not look like an entry of its inverse
        Kind::Index(inner, indices) if indices.len() > 1 || !is_simple_base(inner) => {
            bracketed(out, |out| body(base, false, out));
        }
        Kind::Call { name, primes, arguments } if form(name, *primes, arguments) == Form::Root => {
            bracketed(out, |out| body(base, false, out));
        }
        Kind::Iverson(_) | Kind::Array(_) | Kind::Cases(_) | Kind::Derivative { .. } => {
            bracketed(out, |out| body(base, false, out));
        }
        _ => write(base, Level::Postfix, true, out),
    }
}

fn power(base: &Tree, exponent: &Tree, out: &mut Out<'_>) {
    // sin²(x): only functions with a name of their own in LaTeX, and never a negative exponent
    if let (Kind::Call { name, primes: 0, arguments }, Kind::Number(n)) = (&base.kind, &exponent.kind) {
        let row = function::lookup(name).map(function::row).filter(|row| row.name == name);
        let sign = row.map(|row| row.latex).filter(|sign| is_upright(sign));
        if let (Some(sign), true, Form::Plain) = (sign, n.is_integer(), form(name, 0, arguments)) {
            let _ = write!(out, "{sign}^{{{}}}", number(n));
            bracketed(out, |out| list(arguments, out));
            return;
        }
    }
    raised(base, out);
    out.push('^');
    let start = out.len();
    braced(exponent, out);
    // a T up there is a sign of transposition
    if matches!(&out[start..], "{T}" | "{-T}") {
        out.insert(start, '{');
        out.push('}');
    }
}

/// Whether an index can stand on it without brackets.
fn is_simple_base(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Name(text) if !text.contains('_') && !ends_low(text))
}

fn is_capital(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Name(name) if name.chars().count() == 1 && name.chars().all(char::is_uppercase))
}

/// `\sin`, `\tanh`, but not `\sigma`, `\operatorname{…}`, `\mathbf{1}`.
fn is_upright(sign: &str) -> bool {
    sign.strip_prefix('\\').is_some_and(|rest| {
        !matches!(rest, "sigma" | "max" | "min") && rest.bytes().all(|b| b.is_ascii_lowercase())
    })
}

fn call(function_name: &str, primes: u8, arguments: &[Tree], out: &mut Out<'_>) {
    match (form(function_name, primes, arguments), arguments) {
        // |A| may be a determinant
        (Form::Bars, [argument]) if !is_capital(argument) => {
            fenced("|", "|", out, |out| write(argument, Level::Relation, false, out));
        }
        (Form::Norm, [argument]) => {
            fenced(r"\|", r"\|", out, |out| write(argument, Level::Relation, false, out));
        }
        (Form::Norm1, [argument]) => {
            fenced(r"\|", r"\|", out, |out| write(argument, Level::Relation, false, out));
            out.push_str("_{1}");
        }
        (Form::Root, [argument]) => {
            out.push_str(r"\sqrt");
            braced(argument, out);
        }
        (Form::CubeRoot, [argument]) => {
            out.push_str(r"\sqrt[3]");
            braced(argument, out);
        }
        _ => {
            match function::lookup(function_name) {
                // a prime needs letters to stand on, and a declared σ is not the function
                Some(id)
                    if primes > 0
                        && [r"\sqrt", r"\max", r"\min"]
                            .iter()
                            .any(|sign| function::row(id).latex.starts_with(sign))
                        // another name stands where a declared function has taken its own
                        || function::row(id).name != function_name
                        || out.names.is_some_and(|names| names.has(function::row(id).unicode)) =>
                {
                    let _ = write!(out, r"\operatorname{{{}}}", function_name.replace('_', r"\_"));
                }
                Some(id) => out.push_str(function::row(id).latex),
                None => name(function_name, out),
            }
            out.extend(std::iter::repeat_n('\'', usize::from(primes)));
            bracketed(out, |out| list(arguments, out));
        }
    }
}

fn bounds(indices: &[BoundIndex], condition: Option<&Tree>, out: &mut Out<'_>) {
    let single = match indices {
        [BoundIndex { name, range: Some((lower, upper)) }] if condition.is_none() => {
            Some((name, lower, upper))
        }
        _ => None,
    };
    out.push_str("_{");
    if let Some((index, lower, upper)) = single {
        name(index, out);
        out.push('=');
        write(lower, Level::Sum, false, out);
        out.push_str("}^");
        braced(upper, out);
        return;
    }
    for (place, index) in indices.iter().enumerate() {
        if place > 0 {
            out.push_str(", ");
        }
        name(&index.name, out);
        if let Some((lower, upper)) = &index.range {
            out.push('=');
            write(lower, Level::Sum, false, out);
            out.push_str(r"..");
            write(upper, Level::Sum, false, out);
        }
    }
    if let Some(condition) = condition {
        out.push_str(r" : ");
        write(condition, Level::Relation, false, out);
    }
    out.push('}');
}

fn relation_sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => " = ",
        Relation::NotEqual => r" \neq ",
        Relation::Less => " < ",
        Relation::LessEqual => r" \leq ",
        Relation::Greater => " > ",
        Relation::GreaterEqual => r" \geq ",
    }
}

fn conjunction(conditions: &[Tree], out: &mut Out<'_>) {
    let mut before: Option<&Tree> = None;
    for condition in conditions {
        match (&condition.kind, before) {
            (Kind::Relation(relation, left, right), Some(shared)) if **left == *shared => {
                out.push_str(relation_sign(*relation));
                write(right, Level::Sum, false, out);
                before = Some(right);
            }
            (kind, _) => {
                if before.is_some() {
                    out.push_str(r" \land ");
                }
                write(condition, Level::Relation, false, out);
                before = match kind {
                    Kind::Relation(_, _, right) => Some(right),
                    _ => Some(condition),
                };
            }
        }
    }
}

/// What begins a row of several; behind the end of a row, a square bracket would say how far the next is.
fn first_in_row(tree: &Tree, place: usize, out: &mut Out<'_>) {
    if place > 0 {
        out.push_str(r" \\ ");
    }
    let start = out.len();
    write(tree, Level::Sum, false, out);
    if place > 0 && out[start..].starts_with('[') {
        out.insert(start, '{');
        out.push('}');
    }
}

fn cases(rows: &[(Tree, Option<Tree>)], out: &mut Out<'_>) {
    out.push_str(r"\begin{cases} ");
    for (place, (value, condition)) in rows.iter().enumerate() {
        first_in_row(value, place, out);
        match condition {
            Some(condition) => {
                out.push_str(r" & \text{if } ");
                write(condition, Level::Relation, false, out);
            }
            None => out.push_str(r" & \text{otherwise}"),
        }
    }
    out.push_str(r" \end{cases}");
}

fn derivative(operator: DerivativeOperator, inner: &Tree, variables: &[Tree], out: &mut Out<'_>) {
    match operator {
        DerivativeOperator::Derivative => {
            let order = variables.len();
            out.push_str(r"\frac{\partial");
            if order > 1 {
                let _ = write!(out, "^{{{order}}}");
            }
            out.push_str("}{");
            let mut place = 0;
            while place < order {
                let times = variables[place..].iter().take_while(|v| **v == variables[place]).count();
                if place > 0 {
                    out.push_str(r" \, ");
                }
                out.push_str(r"\partial ");
                if times > 1 {
                    raised(&variables[place], out);
                    let _ = write!(out, "^{{{times}}}");
                } else {
                    write(&variables[place], Level::Postfix, false, out);
                }
                place += times;
            }
            out.push_str("} ");
            bracketed(out, |out| write(inner, Level::Sum, false, out));
        }
        DerivativeOperator::Gradient => {
            out.push_str(r"\nabla_{");
            list(variables, out);
            out.push_str("} ");
            bracketed(out, |out| write(inner, Level::Sum, false, out));
        }
        DerivativeOperator::Jacobian | DerivativeOperator::Hessian => {
            out.push_str(if operator == DerivativeOperator::Jacobian {
                r"\operatorname{jacobian}"
            } else {
                r"\operatorname{hessian}"
            });
            bracketed(out, |out| {
                write(inner, Level::Sum, false, out);
                out.push_str(", ");
                list(variables, out);
            });
        }
    }
}

fn array(entries: &[Tree], out: &mut Out<'_>) {
    let rows: Option<Vec<&[Tree]>> = entries
        .iter()
        .map(|entry| match &entry.kind {
            Kind::Array(row) if !row.iter().any(|e| matches!(e.kind, Kind::Array(_))) => Some(row.as_slice()),
            _ => None,
        })
        .collect();
    // a column of one entry a row would read as a vector
    let rows = rows.filter(|rows| rows.iter().all(|row| row.len() > 1 && row.len() == rows[0].len()));
    out.push_str(r"\begin{pmatrix} ");
    match rows {
        Some(rows) => {
            for (place, row) in rows.iter().enumerate() {
                for (column, entry) in row.iter().enumerate() {
                    if column == 0 {
                        first_in_row(entry, place, out);
                        continue;
                    }
                    out.push_str(" & ");
                    write(entry, Level::Sum, false, out);
                }
            }
        }
        None => {
            for (place, entry) in entries.iter().enumerate() {
                first_in_row(entry, place, out);
            }
        }
    }
    out.push_str(r" \end{pmatrix}");
}
