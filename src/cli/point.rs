//! `--at`: `x=1,y=1/3`, `W=[[1,2],[3,4]]`, a JSON file, or a JSON object.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, Kind};
use crate::evaluate::graph::{Point, Value};
use crate::number::Rational;
use crate::problem::{Operator, Problem, Request};
use crate::syntax::name_as_read;

/// Bits of a number in a point; more is a slip.
const MAXIMUM_BITS: u64 = 4096;

/// Reads all parts of a point; `None` if there are none.
///
/// # Errors
/// If a part is not `name=value` and no readable file.
pub fn read(parts: &[String]) -> Result<Option<Point>, Diagnostic> {
    if parts.is_empty() {
        return Ok(None);
    }
    let mut point = Point::default();
    let mut names = BTreeSet::new();
    for part in parts {
        let text = part.trim();
        if text.starts_with('{') {
            object(&mut point, &mut names, text, "the point")?;
        } else if text.contains('=') {
            for assignment in split(text) {
                new_names(&mut names, assignment.split('=').next().map(|name| name.trim().to_owned()))?;
                assign(&mut point, assignment)?;
            }
        } else {
            let content = fs::read_to_string(text).map_err(|error| {
                bad(format!("the point {text} cannot be read: {error}"))
                    .help("write --at x=1,y=0, or name a JSON file: --at point.json")
            })?;
            object(&mut point, &mut names, &content, text)?;
        }
    }
    Ok(Some(point))
}

/// Takes up names, each of which may have one value only.
fn new_names(names: &mut BTreeSet<String>, new: impl IntoIterator<Item = String>) -> Result<(), Diagnostic> {
    for name in new {
        let name = name_as_read(&name).into_owned();
        if names.contains(&name) {
            return Err(given_twice(&name));
        }
        names.insert(name);
    }
    Ok(())
}

/// A name that a JSON object has twice: a reader of JSON would keep the last and say nothing.
pub fn repeated(text: &str) -> Option<String> {
    let mut open: Vec<BTreeSet<String>> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}', '"']) {
        let sign = rest.as_bytes().get(at).copied();
        rest = rest.get(at..)?;
        match sign {
            Some(b'{') => open.push(BTreeSet::new()),
            Some(b'}') => {
                open.pop();
            }
            _ => {
                let mut texts = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let word = texts.next()?.ok()?;
                rest = rest.get(texts.byte_offset()..)?;
                if rest.trim_start().starts_with(':')
                    && let Some(names) = open.last_mut()
                    && !names.insert(word.clone())
                {
                    return Some(word);
                }
                continue;
            }
        }
        rest = rest.get(1..)?;
    }
    None
}

/// The error of a name that is given twice.
pub fn given_twice(name: &str) -> Diagnostic {
    bad(format!("{name} is given two values")).help("give each name one value")
}

fn bad(message: String) -> Diagnostic {
    Diagnostic::new(Kind::Declaration, message)
}

/// Splits at commas outside brackets.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    for (at, c) in text.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            ',' | ';' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn assign(point: &mut Point, text: &str) -> Result<(), Diagnostic> {
    let Some((name, value)) = text.split_once('=') else {
        return Err(bad(format!("{text} in --at gives no value")).help("write --at x=1,y=0"));
    };
    let (name, value) = (&*name_as_read(name.trim()), value.trim());
    if name.is_empty() || value.is_empty() {
        return Err(bad(format!("{text} in --at gives no value")).help("write --at x=1,y=0"));
    }
    if value.starts_with('[')
        && let Ok(json) = serde_json::from_str::<Json>(value)
    {
        return set(point, name, &json);
    }
    if let Some(number) = number(value) {
        point.set(name, number);
        return Ok(());
    }
    // A function for a function without a definition: σ1=tanh.
    if let Some(id) = crate::function::lookup(value)
        && crate::function::row(id).parameters.len() == 1
    {
        point.set_function(name, crate::function::row(id).name);
        return Ok(());
    }
    // Anything else is a formula without variables: pi/2, [1/3, sqrt(2)].
    let request = Request { operator: Operator::Evaluate, at: Some(Point::default()), ..Request::default() };
    let unreadable = |why: &str| bad(format!("the value of {name} in --at cannot be read: {why}"));
    let mut problem = Problem::new();
    let answer = problem.answer(value, &request).map_err(|error| unreadable(&error.message))?;
    if let (Some(Ok(value)), Some((shape, entries))) = (&answer.value, problem.closed(&answer))
        && value.shape() == shape
    {
        point.set_closed(name, shape, entries);
        return Ok(());
    }
    match answer.value {
        Some(Ok(Value::Exact(q))) => point.set(name, q),
        Some(Ok(Value::Float(x))) => point.set_float(name, x),
        Some(Ok(Value::Tensor { shape, entries })) => point.set_tensor(name, shape, entries),
        Some(Ok(value @ Value::ExactTensor { .. })) => {
            point.set_tensor(name, value.shape().to_vec(), value.entries());
        }
        Some(Err(error)) => return Err(unreadable(&error.message)),
        None => return Err(unreadable("it has no value")),
    }
    Ok(())
}

/// `1`, `-0.5`, `2e-3`, `1/3`.
fn number(text: &str) -> Option<Rational> {
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (n, d) = digits.split_once('/').unwrap_or((digits, "1"));
    let read = |text: &str| Rational::parse(text.trim(), MAXIMUM_BITS).ok().flatten();
    let value = read(n)?.divide(&read(d)?)?;
    Some(if negative { -value } else { value })
}

fn object(point: &mut Point, names: &mut BTreeSet<String>, text: &str, name: &str) -> Result<(), Diagnostic> {
    if let Some(twice) = repeated(text) {
        return Err(given_twice(&twice));
    }
    let json: Json =
        serde_json::from_str(text).map_err(|error| bad(format!("{name} is not JSON: {error}")))?;
    let Some(fields) = json.as_object() else {
        return Err(
            bad(format!("{name} is not a JSON object")).help("write {\"x\": 1, \"W\": [[1, 2], [3, 4]]}")
        );
    };
    new_names(names, fields.keys().cloned())?;
    for (key, value) in fields {
        set(point, key, value)?;
    }
    Ok(())
}

fn set(point: &mut Point, name: &str, json: &Json) -> Result<(), Diagnostic> {
    let name = &*name_as_read(name);
    match json {
        Json::Number(value) => {
            let exact = number(&value.to_string())
                .ok_or_else(|| bad(format!("the value of {name} has too many digits: {value}")))?;
            point.set(name, exact);
        }
        Json::String(text) => assign(point, &format!("{name}={text}"))?,
        Json::Array(_) => {
            let mut shape = Vec::new();
            let mut entries = Vec::new();
            flatten(name, json, 0, &mut shape, &mut entries)?;
            point.set_exact_tensor(name, shape, entries);
        }
        _ => return Err(bad(format!("the value of {name} is neither a number nor a list of numbers"))),
    }
    Ok(())
}

/// The entries of nested lists, row by row; every list at one depth must have the same length.
fn flatten(
    name: &str,
    json: &Json,
    depth: usize,
    shape: &mut Vec<usize>,
    entries: &mut Vec<Rational>,
) -> Result<(), Diagnostic> {
    let ragged = || bad(format!("the rows of {name} have different lengths"));
    match json {
        Json::Array(items) => {
            if items.is_empty() {
                return Err(bad(format!("{name} is an empty list")));
            }
            match shape.get(depth) {
                None if entries.is_empty() => shape.push(items.len()),
                Some(count) if *count == items.len() => {}
                _ => return Err(ragged()),
            }
            items.iter().try_for_each(|item| flatten(name, item, depth + 1, shape, entries))
        }
        Json::Number(value) if depth == shape.len() => {
            entries.push(
                number(&value.to_string())
                    .ok_or_else(|| bad(format!("an entry of {name} has too many digits: {value}")))?,
            );
            Ok(())
        }
        Json::Number(_) => Err(ragged()),
        _ => Err(bad(format!("an entry of {name} is not a number: {json}"))),
    }
}
