//! Answers for people.

use std::fmt::Write as _;

use super::arguments::{Format, Question};
use crate::diagnostic::Diagnostic;
use crate::evaluate::graph::Value;
use crate::number::Rational;
use crate::print;
use crate::problem::{Answer, Operator, Partial};
use crate::syntax::tree::Tree;

/// The whole answer as lines.
pub fn answer(answer: &Answer, operator: Operator, format: Format, question: &Question) -> String {
    let mut out = String::new();
    if question.echo {
        let _ = writeln!(out, "read as {}", tree(&answer.reading, format));
    }
    if operator != Operator::Evaluate {
        for partial in &answer.partials {
            let line = tree(&partial.tree, format);
            let _ = match operator {
                Operator::Simplify => writeln!(out, "{line}"),
                _ => writeln!(out, "{} = {line}", head(partial, operator, question.order, format)),
            };
            if let Some(note) = &partial.note {
                let _ = writeln!(out, "  ({note})");
            }
        }
    }
    if answer.partials.is_empty() {
        out.push_str("f has no variables\n");
    }
    values(&mut out, answer, operator, format, question);
    conditions(&mut out, answer, format);
    out
}

/// ∂f/∂x, ∂²f/∂x², ∂²f/∂x∂y.
fn head(partial: &Partial, operator: Operator, order: u8, format: Format) -> String {
    let names: Vec<&str> = partial.wrt.split(", ").collect();
    let one = |name: &str| {
        let tree = Tree::name(name);
        match format {
            Format::Latex => print::latex(&tree),
            Format::Unicode => print::unicode(&tree),
            _ => name.to_owned(),
        }
    };
    let count = if operator == Operator::Hessian { 2 } else { usize::from(order) };
    let power = |n: usize| if n < 2 { String::new() } else { superscript(n, format) };
    let is_pure = names.windows(2).all(|w| w[0] == w[1]);
    let below = if is_pure {
        format!("{}{}", one(names[0]), power(count))
    } else {
        names.iter().map(|n| one(n)).collect::<Vec<_>>().join(match format {
            Format::Latex => r"\,\partial ",
            Format::Unicode => " ∂",
            _ => " d",
        })
    };
    match format {
        Format::Latex => format!(r"\frac{{\partial{} f}}{{\partial {below}}}", power(count)),
        Format::Unicode => format!("∂{}f/∂{below}", power(count)),
        _ => format!("d{}f/d{below}", power(count)),
    }
}

fn superscript(n: usize, format: Format) -> String {
    match format {
        Format::Unicode => n
            .to_string()
            .chars()
            .filter_map(|c| {
                c.to_digit(10).map(|d| ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][d as usize])
            })
            .collect(),
        Format::Latex => format!("^{{{n}}}"),
        _ => format!("^{n}"),
    }
}

fn values(out: &mut String, answer: &Answer, operator: Operator, format: Format, question: &Question) {
    let Some(value) = &answer.value else { return };
    if operator == Operator::Evaluate {
        match value {
            Ok(value) => {
                let _ = writeln!(out, "{}", number(value, format));
            }
            Err(error) => {
                let _ = writeln!(out, "no value: {}", undefined(error));
            }
        }
        return;
    }
    if !question.at.is_empty() {
        let _ = writeln!(out, "\nat {}", question.at.join(", "));
    }
    let mut line = |head: String, value: &Result<Value, Diagnostic>| {
        let _ = match value {
            Ok(value) => writeln!(out, "{head} = {}", number(value, format)),
            Err(error) => writeln!(out, "{head} has no value: {}", undefined(error)),
        };
    };
    line("f".to_owned(), value);
    if operator == Operator::Simplify {
        return;
    }
    for partial in &answer.partials {
        if let Some(value) = &partial.value {
            line(head(partial, operator, question.order, format), value);
        }
    }
}

fn undefined(error: &Diagnostic) -> String {
    match &error.help {
        Some(help) => format!("{} ({help})", error.message),
        None => error.message.clone(),
    }
}

/// A value with ten significant digits; exact numbers as they are when they are short.
pub fn number(value: &Value, format: Format) -> String {
    let text = match value {
        Value::Exact(q) => exact(q),
        Value::Float(x) => digits(*x),
        Value::Tensor { shape, entries } => nested(shape, entries, &|x| digits(*x)),
        Value::ExactTensor { shape, entries } => nested(shape, entries, &exact),
    };
    if format == Format::Unicode { text.replace('-', "−") } else { text }
}

fn exact(q: &Rational) -> String {
    if q.bits() <= 40 { q.to_string() } else { digits(q.to_f64()) }
}

fn nested<T>(shape: &[usize], entries: &[T], shown: &dyn Fn(&T) -> String) -> String {
    match shape {
        [] => entries.first().map_or_else(String::new, shown),
        [count, rest @ ..] => {
            let step: usize = rest.iter().product();
            let parts: Vec<String> =
                (0..*count).map(|i| nested(rest, &entries[i * step..(i + 1) * step], shown)).collect();
            format!("[{}]", parts.join(", "))
        }
    }
}

/// Ten significant digits, trailing zeros kept off.
fn digits(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let scale = x.abs().log10().floor() as i32;
    if !(-5..15).contains(&scale) {
        let text = format!("{x:.9e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(mantissa));
    }
    // Ten decimals show as much as ten digits from a hundredth on.
    let places = if scale >= -2 { (9 - scale).clamp(0, 10) } else { 9 - scale } as usize;
    trimmed(&format!("{x:.places$}")).to_owned()
}

fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// Conditions, facts and conventions, each once.
fn conditions(out: &mut String, answer: &Answer, format: Format) {
    let unique = |lists: Vec<Vec<String>>| {
        let mut all: Vec<String> = Vec::new();
        for text in lists.into_iter().flatten() {
            if !all.contains(&text) {
                all.push(text);
            }
        }
        all
    };
    let mut wheres = unique(
        answer.partials.iter().map(|p| p.conditions.iter().map(|c| tree(c, format)).collect()).collect(),
    );
    if answer.partials.is_empty() {
        wheres = unique(vec![answer.conditions.iter().map(|c| tree(c, format)).collect()]);
    }
    let facts = unique(answer.partials.iter().map(|p| p.facts.clone()).collect());
    let conventions = unique(answer.partials.iter().map(|p| p.conventions.clone()).collect());
    if !wheres.is_empty() || !facts.is_empty() || !conventions.is_empty() {
        out.push('\n');
    }
    if !wheres.is_empty() {
        let _ = writeln!(out, "where {}", wheres.join(", "));
    }
    if !facts.is_empty() {
        let _ = writeln!(out, "used {}", facts.join(", "));
    }
    for convention in conventions {
        let _ = writeln!(out, "convention: {convention}");
    }
}

pub fn tree(tree: &Tree, format: Format) -> String {
    match format {
        Format::Text | Format::Json => print::text(tree),
        Format::Unicode => print::unicode(tree),
        Format::Latex => print::latex(tree),
    }
}
