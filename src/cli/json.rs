//! Answers as JSON: a contract. Fields are added, never changed.

use serde_json::{Map, Value as Json, json};

use crate::diagnostic::Diagnostic;
use crate::evaluate::graph::Value;
use crate::number::Rational;
use crate::print;
use crate::problem::{Answer, Operator, Partial};
use crate::syntax::tree::Tree;

/// One answer as one object.
pub fn answer(answer: &Answer, operator: Operator) -> Json {
    let mut object = Map::new();
    object.insert("input".into(), json!(answer.input));
    object.insert("reading".into(), json!(print::text(&answer.reading)));
    object.insert("variables".into(), json!(answer.variables));
    object.insert("value".into(), optional(answer.value.as_ref()));
    let list: Vec<Json> = answer.partials.iter().map(partial).collect();
    let total: usize = answer.partials.iter().map(|p| p.nodes).sum();
    match operator {
        Operator::Gradient => {
            object.insert("gradient".into(), Json::Array(list));
        }
        Operator::Jacobian => {
            object.insert("jacobian".into(), Json::Array(list));
        }
        Operator::Hessian => {
            object.insert("hessian".into(), Json::Array(list));
        }
        Operator::Simplify | Operator::Evaluate => {
            if let Some(Json::Object(fields)) = list.into_iter().next() {
                for (key, value) in fields {
                    if key != "wrt" {
                        object.insert(key, value);
                    }
                }
            }
        }
    }
    object.insert("nodes".into(), json!(total));
    if !object.contains_key("conditions") {
        object.insert("conditions".into(), json!(texts(&answer.conditions)));
    }
    if let Some(Err(error)) = &answer.value {
        object.insert("undefined".into(), json!(error.message));
    }
    Json::Object(object)
}

fn partial(partial: &Partial) -> Json {
    let mut object = json!({
        "wrt": partial.wrt,
        "text": print::text(&partial.tree),
        "latex": print::latex(&partial.tree),
        "unicode": print::unicode(&partial.tree),
        "value": optional(partial.value.as_ref()),
        "conditions": texts(&partial.conditions),
        "facts": partial.facts,
        "conventions": partial.conventions,
        "nodes": partial.nodes,
    });
    if let (Some(note), Some(fields)) = (&partial.note, object.as_object_mut()) {
        fields.insert("note".into(), json!(note));
    }
    object
}

pub fn texts(trees: &[Tree]) -> Vec<String> {
    trees.iter().map(print::text).collect()
}

pub fn optional(value: Option<&Result<Value, Diagnostic>>) -> Json {
    match value {
        Some(Ok(value)) => value_json(value),
        Some(Err(_)) | None => Json::Null,
    }
}

/// A number, or nested arrays of numbers.
pub fn value_json(value: &Value) -> Json {
    match value {
        Value::Exact(q) => number(q),
        Value::Float(x) => json!(x),
        Value::Tensor { shape, entries } => nested(shape, entries, &|x| json!(x)),
        Value::ExactTensor { shape, entries } => nested(shape, entries, &number),
    }
}

/// A rational as text, `-3/4`, or nested arrays of them; `None` if it is not known exactly.
pub fn exact_json(value: &Value) -> Option<Json> {
    match value {
        Value::Exact(q) => Some(json!(q.to_string())),
        Value::ExactTensor { shape, entries } => Some(nested(shape, entries, &|q| json!(q.to_string()))),
        Value::Float(_) | Value::Tensor { .. } => None,
    }
}

fn number(q: &Rational) -> Json {
    match q.as_integer() {
        Some(n) if n.unsigned_abs() < 1 << 53 => json!(n),
        _ => json!(q.to_f64()),
    }
}

fn nested<T>(shape: &[usize], entries: &[T], shown: &dyn Fn(&T) -> Json) -> Json {
    match shape {
        [] => entries.first().map_or(Json::Null, shown),
        [count, rest @ ..] => {
            let step: usize = rest.iter().product();
            Json::Array(
                (0..*count).map(|i| nested(rest, &entries[i * step..(i + 1) * step], shown)).collect(),
            )
        }
    }
}

/// An error as an object.
pub fn error(error: &Diagnostic) -> Json {
    let span = error.span().map_or(Json::Null, |span| json!([span.start, span.end]));
    json!({"error": {
        "kind": error.kind.word(),
        "message": error.message,
        "span": span,
        "help": error.help,
    }})
}
