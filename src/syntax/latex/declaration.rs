//! Declarations in LaTeX: `\hat{y} = x^2`, `f(x) = \frac{x}{2}`, `\mathbf{W} \in \mathbb{R}^{m \times n}`.

use super::super::declaration::{Declaration, parse_declaration};
use super::super::tree::Kind;
use super::super::{Names, Parsed};
use super::{Result, parse_latex};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// Reads a declaration in LaTeX.
pub(in super::super) fn declaration(text: &str, names: &Names) -> Result<(Declaration, Vec<Diagnostic>)> {
    let whole = Span::new(0, text.len());
    let Some((left, right, is_shape)) = parts(text) else {
        return Err(problem("this is no declaration")
            .at(whole, "")
            .help(r"write \hat{y} = x^2, f(x) = \frac{x}{2} or \mathbf{W} \in \mathbb{R}^{m \times n}"));
    };
    let own = &text[left.start..left.end];
    if is_shape {
        let name = name(own, names).map_err(|error| moved(error, left.start))?;
        let shape = shape(text[right.start..right.end].trim());
        if super::is_latex(&shape) {
            return Err(problem("this is no shape")
                .at(right, "")
                .help(r"write \mathbb{R}^{m \times n} or R[m,n]"));
        }
        return parse_declaration(&format!("{name}: {shape}"), names).map_err(|error| at_whole(error, whole));
    }
    let value = |names: &Names| -> Result<Parsed> {
        parse_latex(&text[right.start..right.end], names).map_err(|error| moved(error, right.start))
    };
    let own = own.replace(r"\left(", "(").replace(r"\right)", ")");
    if let Some((base, rest)) = own.split_once('(')
        && let Some(inner) = rest.trim_end().strip_suffix(')')
    {
        let base = name(base, names).map_err(|error| at_whole(error, left))?;
        let mut parameters = Vec::new();
        let mut inside = names.clone();
        for part in inner.split(',') {
            let parameter = name(part, &Names::default()).map_err(|error| at_whole(error, left))?;
            inside.add_variable(&parameter);
            parameters.push(parameter);
        }
        parse_declaration(&format!("{base}: function"), names).map_err(|error| at_whole(error, left))?;
        let Parsed { tree, warnings } = value(&inside)?;
        return Ok((Declaration::FunctionDefinition { name: base, parameters, value: tree }, warnings));
    }
    let name = name(&own, names).map_err(|error| moved(error, left.start))?;
    parse_declaration(&format!("{name}: R"), names).map_err(|error| at_whole(error, left))?;
    let Parsed { tree, warnings } = value(names)?;
    Ok((Declaration::Definition { name, value: tree }, warnings))
}

/// The two sides, and whether the right one is a shape.
fn parts(text: &str) -> Option<(Span, Span, bool)> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 {
            continue;
        }
        for (mark, is_shape) in [
            (":=", false),
            (r"\coloneqq", false),
            ("=", false),
            (r"\in ", true),
            (r"\in\", true),
            (r"\colon", true),
            (":", true),
        ] {
            if rest.starts_with(mark) {
                let length = if mark == r"\in\" { mark.len() - 1 } else { mark.len() };
                return Some((Span::new(0, at), Span::new(at + length, text.len()), is_shape));
            }
        }
    }
    None
}

/// `\mathbb{R}^{m \times n}` as `R[m,n]`.
fn shape(text: &str) -> String {
    let plain = text.replace(r"\mathbb{R}", "R").replace(r"\R", "R").replace("ℝ", "R");
    match plain.trim().split_once('^') {
        Some(("R", sizes)) => {
            let sizes = sizes.trim().trim_start_matches('{').trim_end_matches('}');
            format!("R[{}]", sizes.replace(r"\times", ","))
        }
        _ => plain,
    }
}

fn name(text: &str, names: &Names) -> Result<String> {
    let parsed = parse_latex(text, names)?;
    match parsed.tree.kind {
        Kind::Name(name) => Ok(name),
        _ => Err(problem(format!("`{}` is no name", text.trim()))
            .at(Span::new(0, text.len()), "")
            .help(r"declare one name, such as \hat{y}, or a function such as f(x)")),
    }
}

fn problem(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(diagnostic::Kind::Declaration, message)
}

fn moved(mut error: Diagnostic, by: usize) -> Diagnostic {
    for label in &mut error.labels {
        label.span = Span::new(label.span.start + by, label.span.end + by);
    }
    error
}

fn at_whole(mut error: Diagnostic, span: Span) -> Diagnostic {
    for label in &mut error.labels {
        label.span = span;
    }
    error
}
