//! Certificates as JSON. The form has a version; fields are only ever added, and unknown ones are passed over.

use serde_json::{Map, Value, json};

use super::{Certificate, Justification, Step};
use crate::diagnostic::{Diagnostic, Kind};

/// The version that is written, and the only one that is read.
const VERSION: u64 = 1;

impl Certificate {
    /// The certificate as JSON, on several lines.
    pub fn to_json(&self) -> String {
        let steps: Vec<Value> = self
            .steps
            .iter()
            .map(|step| {
                let mut object = Map::new();
                object.insert("after".into(), json!(step.after));
                object.insert("because".into(), json!(step.because.word()));
                match &step.because {
                    Justification::Facts { used } => object.insert("used".into(), json!(used)),
                    Justification::Identity { name } => object.insert("name".into(), json!(name)),
                    Justification::Cases { on } => object.insert("on".into(), json!(on)),
                    _ => None,
                };
                Value::Object(object)
            })
            .collect();
        let whole = json!({
            "version": VERSION,
            "left": self.left,
            "right": self.right,
            "declarations": self.declarations,
            "facts": self.facts,
            "conditions": self.conditions,
            "steps": steps,
        });
        format!("{whole:#}\n")
    }

    /// Reads what [`Certificate::to_json`] writes.
    ///
    /// # Errors
    /// If the text is not JSON, or not a certificate of this version.
    pub fn from_json(text: &str) -> Result<Certificate, Diagnostic> {
        let whole: Value = serde_json::from_str(text)
            .map_err(|error| Diagnostic::new(Kind::Syntax, format!("this is not JSON: {error}")))?;
        if whole.get("version").and_then(Value::as_u64) != Some(VERSION) {
            return Err(missing("version", "1"));
        }
        let steps = whole.get("steps").and_then(Value::as_array).ok_or_else(|| missing("steps", "a list"))?;
        Ok(Certificate {
            left: text_at(&whole, "left")?,
            right: text_at(&whole, "right")?,
            declarations: texts_at(&whole, "declarations")?,
            facts: texts_at(&whole, "facts")?,
            conditions: texts_at(&whole, "conditions")?,
            steps: steps.iter().map(step).collect::<Result<_, _>>()?,
        })
    }
}

fn missing(field: &str, wanted: &str) -> Diagnostic {
    Diagnostic::new(Kind::Syntax, format!("a certificate needs the field \"{field}\": {wanted}"))
}

fn text_at(object: &Value, field: &str) -> Result<String, Diagnostic> {
    object.get(field).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| missing(field, "a text"))
}

/// A list of texts; none if the field is absent.
fn texts_at(object: &Value, field: &str) -> Result<Vec<String>, Diagnostic> {
    let Some(value) = object.get(field) else { return Ok(Vec::new()) };
    let texts = value.as_array().ok_or_else(|| missing(field, "a list of texts"))?;
    texts
        .iter()
        .map(|text| text.as_str().map(str::to_owned).ok_or_else(|| missing(field, "a list of texts")))
        .collect()
}

fn step(object: &Value) -> Result<Step, Diagnostic> {
    let because = match text_at(object, "because")?.as_str() {
        "algebra" => Justification::Algebra,
        "definition" => Justification::Definition,
        "differentiate" => Justification::Differentiate,
        "declaration" => Justification::Declaration,
        "facts" => {
            let used =
                object.get("used").and_then(Value::as_array).ok_or_else(|| missing("used", "a list"))?;
            let places: Option<Vec<usize>> =
                used.iter().map(|place| place.as_u64().and_then(|at| usize::try_from(at).ok())).collect();
            Justification::Facts { used: places.ok_or_else(|| missing("used", "places of facts"))? }
        }
        "identity" => Justification::Identity { name: text_at(object, "name")? },
        "cases" => Justification::Cases { on: text_at(object, "on")? },
        other => {
            return Err(Diagnostic::new(Kind::Syntax, format!("no step is justified by \"{other}\"")));
        }
    };
    Ok(Step { after: text_at(object, "after")?, because })
}
