//! The preamble: `let` declares or defines, `given` states a fact, `at` gives values.

use crate::check::decide::shape_of;
use crate::check::document::spaces;
use crate::check::rewrite::{mentions, names_of};
use crate::check::sheet::{Definition, Fact, Sheet, free_indices};
use crate::check::side::lone_name;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::span::Span;
use crate::syntax::tree::{Kind, Relation, Tree};
use crate::syntax::{Declaration, parse, parse_declaration, parse_fact};

/// A line of the preamble that cannot be used.
pub(super) struct Unusable {
    /// The line.
    pub span: Span,
    /// What is wrong; its places are places in the text of the preamble.
    pub error: Diagnostic,
}

/// Takes up a preamble; what can be used is used, the rest is returned.
pub(super) fn take(sheet: &mut Sheet, text: &str, lines: &[Span]) -> Vec<Unusable> {
    let mut unusable = Vec::new();
    // Shapes and functions first: facts and definitions are read with all names known.
    let mut later = Vec::new();
    for span in lines {
        let line = &text[span.start..span.end];
        let own = line.trim();
        if own.is_empty() || own.starts_with('#') {
            continue;
        }
        let start = span.start + (line.len() - line.trim_start().len());
        let (word, rest) = own.split_once(char::is_whitespace).unwrap_or((own, ""));
        let at = start + word.len() + (own.len() - word.len() - own[word.len()..].trim_start().len());
        let rest = rest.trim();
        match word.trim_end_matches(':') {
            "let" => {
                for (offset, part) in parts(rest) {
                    let place = Span::new(at + offset, at + offset + part.len());
                    let spaces = spaces::declarations(part);
                    let declared = match spaces.as_slice() {
                        [] => declare(sheet, part, place),
                        all => all.iter().try_fold(None, |_, one| declare(sheet, one, place)),
                    };
                    match declared {
                        Ok(None) => {}
                        Ok(Some(definition)) => later.push((place, Later::Value(definition))),
                        Err(error) => {
                            unusable.push(Unusable { span: place, error: moved(error, place.start) });
                        }
                    }
                }
            }
            "given" | "fact" | "assume" => {
                let place = Span::new(at, at + rest.len());
                later.push((place, Later::Fact(rest.to_owned())));
            }
            "at" => {
                for (offset, part) in parts(rest) {
                    let place = Span::new(at + offset, at + offset + part.len());
                    later.push((place, Later::Point(part.to_owned())));
                }
            }
            _ => {
                let error = Diagnostic::new(
                    Cause::Declaration,
                    "this line of the preamble is not understood",
                )
                .at(Span::new(start, start + own.len()), "")
                .help("start it with let, given or at: let W: R[3,2], given sum(y) = 1, at x = 1, y = 0");
                unusable.push(Unusable { span: Span::new(start, start + own.len()), error });
            }
        }
    }
    for (span, line) in later {
        let taken = match line {
            Later::Value((name, offset, value)) => {
                define(sheet, &name, &value).map_err(|error| moved(error, span.start + offset))
            }
            Later::Fact(text) => give(sheet, &text).map_err(|error| moved(error, span.start)),
            Later::Point(text) => set(sheet, &text).map_err(|error| moved(error, span.start)),
        };
        if let Err(error) = taken {
            unusable.push(Unusable { span, error });
        }
    }
    unusable
}

enum Later {
    Value((String, usize, String)),
    Fact(String),
    Point(String),
}

/// Parts between commas or semicolons outside brackets, with their places.
fn parts(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    let mut push = |start: usize, end: usize| {
        let part = &text[start..end];
        let trimmed = part.trim();
        if !trimmed.is_empty() {
            parts.push((start + part.len() - part.trim_start().len(), trimmed));
        }
    };
    for (at, c) in text.char_indices() {
        match c {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth = depth.saturating_sub(1),
            ',' | ';' if depth == 0 => {
                push(start, at);
                start = at + 1;
            }
            _ => {}
        }
    }
    push(start, text.len());
    parts
}

/// A declaration; what is to be defined later comes back as a name, the place of its value, and the value.
fn declare(sheet: &mut Sheet, text: &str, _: Span) -> Result<Option<(String, usize, String)>, Diagnostic> {
    if let Some(base) = logarithm_base(text) {
        sheet.names.read_logarithms_to_base(base);
        return Ok(None);
    }
    // `ŷ: R[K] = softmax(a)` is a shape and a definition.
    let (shape, value) = match text.split_once(':') {
        Some((_, after)) if after.contains('=') => {
            let equal = text.len() - after.len() + after.find('=').unwrap_or(0);
            (&text[..equal], Some((equal + 1, text[equal + 1..].to_owned())))
        }
        _ => (text, None),
    };
    // A definition of a name that has its shape already.
    if value.is_none()
        && let Some((name, after)) = text.split_once('=')
        && sheet.shapes.contains_key(name.trim())
    {
        return Ok(Some((name.trim().to_owned(), text.len() - after.len(), after.to_owned())));
    }
    let (declaration, _) = parse_declaration(shape.trim_end(), &sheet.names)?;
    let name = declaration.name().to_owned();
    declaration.declare(&mut sheet.names);
    match declaration {
        Declaration::Shape { sizes, .. } => {
            sheet.shapes.insert(name.clone(), (shape.trim().to_owned(), sizes.len()));
            Ok(value.map(|(at, value)| (name, at, value)))
        }
        Declaration::Definition { .. } => {
            let after = text.split_once('=').map_or("", |(_, after)| after);
            Ok(Some((name, text.len() - after.len(), after.to_owned())))
        }
        Declaration::FunctionDefinition { parameters, value, .. } => {
            sheet.functions.insert(name, (parameters, value));
            Ok(None)
        }
        Declaration::UnknownFunction { name } => {
            sheet.unknown.push(name);
            Ok(None)
        }
    }
}

/// `log: base 10`.
fn logarithm_base(text: &str) -> Option<u32> {
    let (name, base) = text.split_once(':')?;
    let is_log = name.trim() == crate::function::row(crate::function::LOG).name;
    let base = base.trim().strip_prefix("base").filter(|_| is_log)?;
    base.trim().parse().ok().filter(|base| *base > 1)
}

fn define(sheet: &mut Sheet, name: &str, value: &str) -> Result<(), Diagnostic> {
    let lead = value.len() - value.trim_start().len();
    let value = parse(value.trim(), &sheet.names).map_err(|error| moved(error, lead))?.tree;
    let sizes = shape_of(sheet, &value);
    sheet.infer_shape(name, sizes.as_deref());
    let definition = Definition { indices: Vec::new(), value, special: None };
    sheet.definitions.insert(name.to_owned(), definition);
    Ok(())
}

fn give(sheet: &mut Sheet, text: &str) -> Result<(), Diagnostic> {
    let tree = parse_fact(text, &sheet.names)?.tree;
    if let Kind::Relation(Relation::Equal, left, right) = &tree.kind
        && let Kind::Name(name) = &left.kind
        && !free_indices(right, sheet).is_empty()
        && let Some(definition) = sheet.definitions.get_mut(name)
    {
        // l = −log(ŷ[k]): what a name is in the case of this k.
        definition.special = Some((**right).clone());
        return Ok(());
    }
    if let Kind::Relation(Relation::Equal, left, right) = &tree.kind
        && let Kind::Index(base, indices) = &left.kind
        && let Kind::Name(name) = &base.kind
        && let Some(indices) = indices.iter().map(lone_name).collect::<Option<Vec<String>>>()
        && !sheet.definitions.contains_key(name)
        && !mentions(right, name)
        && indices.iter().all(|index| mentions(right, index))
        && names_of(right).iter().any(|own| sheet.rank(own) > 0)
    {
        // ŷ[i] = exp(a[i])/…: what the name stands for, said entry by entry.
        let definition = Definition { indices, value: (**right).clone(), special: None };
        sheet.definitions.insert(name.clone(), definition);
        return Ok(());
    }
    let (fact, mut about) = fact_of(sheet, &tree, text);
    if matches!(fact, Fact::Text(_)) {
        // sum[k] Y[i,k] = 1 is said of every i.
        about.clear();
    }
    // What the prover cannot use is said now, not at every line.
    sheet.problem(&[&tree], &[&fact], &[])?;
    sheet.facts.push((fact, about));
    Ok(())
}

/// A fact as it is used, and the particular indices that it speaks of.
pub(super) fn fact_of(sheet: &Sheet, tree: &Tree, text: &str) -> (Fact, Vec<String>) {
    let mut about = free_indices(tree, sheet);
    if let Kind::Relation(Relation::Equal, left, right) = &tree.kind
        && let Kind::Index(base, indices) = &left.kind
        && let (Kind::Name(name), [Kind::Name(index)]) =
            (&base.kind, indices.iter().map(|i| i.kind.clone()).collect::<Vec<_>>().as_slice())
    {
        let (text, value) = (text.to_owned(), (**right).clone());
        if names_of(right).contains(index) {
            about.retain(|i| i != index);
            return (Fact::Component { name: name.clone(), index: index.clone(), value, text }, about);
        }
        return (Fact::Entry { entry: (**left).clone(), value, text }, about);
    }
    (Fact::Text(text.to_owned()), about)
}

fn set(sheet: &mut Sheet, text: &str) -> Result<(), Diagnostic> {
    let missing = || {
        Diagnostic::new(Cause::Declaration, format!("{text} gives no value")).help("write at x = 1, y = 0")
    };
    let (name, value) = text.split_once('=').ok_or_else(missing)?;
    let offset = text.len() - value.len() + (value.len() - value.trim_start().len());
    let value = parse(value.trim(), &sheet.names).map_err(|error| moved(error, offset))?.tree;
    if !sheet.is_numeric(&value) {
        return Err(missing());
    }
    sheet.point.insert(name.trim().to_owned(), value);
    Ok(())
}

fn moved(mut error: Diagnostic, by: usize) -> Diagnostic {
    for label in &mut error.labels {
        label.span = Span::new(label.span.start + by, label.span.end + by);
    }
    error
}
