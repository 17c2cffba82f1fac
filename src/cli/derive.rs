//! `symdiff derive`: the steps from a formula to its derivative. `symdiff table`: its forward and backward pass.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::arguments::{ColorChoice, Format, Question};
use crate::derivation::{Derivation, Detail, LayeredDerivation, Notation, Phrase, Row, Step, Style, Table};
use crate::diagnostic::{Diagnostic, Kind};
use crate::lower::Layout;
use crate::print;
use crate::problem::Problem;
use crate::syntax::name_as_read;

/// What is asked of `derive`.
#[derive(Args, Clone)]
pub struct Asked {
    /// The formula; - reads standard input
    #[arg(allow_hyphen_values = true)]
    pub formula: Option<OsString>,
    /// Derive by these variables, one derivation each (all that occur, if not given)
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub wrt: Vec<String>,
    /// Numbers at the end: x=1,y=0, or a JSON file
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    pub at: Vec<String>,
    /// Declare: 'a = x^2', 'swish(t) = t*σ(t)', 'σ1: function'
    #[arg(long = "let", value_name = "DECLARATION")]
    pub lets: Vec<String>,
    /// Take for granted: 'x>0'
    #[arg(long, value_name = "FACT")]
    pub given: Vec<String>,
    /// How much is shown
    #[arg(long, value_enum, default_value_t = Shown::Normal)]
    pub detail: Shown,
    /// For losses over layers: index notation, matrix notation by differentials, or both
    #[arg(long, value_enum, default_value_t = Written::Both)]
    pub notation: Written,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Paper::Unicode)]
    pub format: Paper,
    /// Colours in messages
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

/// The notation of a derivation by a vector or matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Written {
    /// Sums over indices
    Index,
    /// Differentials
    Matrix,
    /// First by indices, then by differentials
    Both,
}

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shown {
    /// Simple rules together
    Brief,
    /// One rule a line
    Normal,
    /// Every rule at every place
    Full,
}

/// How steps and tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Paper {
    /// For a terminal
    Unicode,
    /// ASCII
    Text,
    /// LaTeX: align*, array
    Latex,
    /// Markdown with LaTeX inside
    Markdown,
    /// One JSON object
    Json,
}

impl Paper {
    /// The style of the page; JSON has none.
    pub fn style(self) -> Style {
        match self {
            Paper::Unicode | Paper::Json => Style::Unicode,
            Paper::Text => Style::Text,
            Paper::Latex => Style::Latex,
            Paper::Markdown => Style::Markdown,
        }
    }
}

impl Asked {
    /// The same as a question, for what all commands share.
    fn question(&self) -> Question {
        Question {
            formula: self.formula.clone(),
            wrt: self.wrt.clone(),
            at: self.at.clone(),
            lets: self.lets.clone(),
            given: self.given.clone(),
            format: if self.format == Paper::Json { Format::Json } else { Format::Unicode },
            color: self.color,
            ..Question::default()
        }
    }
}

/// Runs `derive`.
pub fn run(asked: &Asked) -> io::Result<ExitCode> {
    let question = asked.question();
    let color = super::is_colored(&question);
    let formula = match super::formula(&question) {
        Ok(formula) => formula,
        Err(error) => return super::fail(&question, "", &error, color),
    };
    match answer(asked, &formula) {
        Err(error) => super::fail(&question, &formula, &error, color),
        Ok((text, warnings)) => {
            super::warn(&warnings, &question, &formula, color)?;
            super::write_out(text.as_bytes())
        }
    }
}

fn answer(asked: &Asked, formula: &str) -> Result<(String, Vec<Diagnostic>), Diagnostic> {
    let mut problem = Problem::with(&asked.lets, &asked.given)?;
    problem.set_refuses_unknown_derivatives(true);
    let point = super::point::read(&asked.at)?;
    // Known before the formula is read, so that it means the same for all of them.
    problem.speak_of(asked.wrt.iter().map(String::as_str));
    problem.speak_of(point.iter().flat_map(crate::evaluate::graph::Point::names));
    let occurring = problem.variables(formula)?;
    let asked_for = || asked.wrt.iter().map(|name| name_as_read(name).into_owned()).collect();
    let names = if asked.wrt.is_empty() { occurring } else { asked_for() };
    let mut warnings = problem.take_warnings();
    if names.is_empty() {
        return Err(
            Diagnostic::new(Kind::Name, "there is no variable to differentiate by").help("name one: --wrt x")
        );
    }
    let detail = match asked.detail {
        Shown::Brief => Detail::Brief,
        Shown::Normal => Detail::Normal,
        Shown::Full => Detail::Full,
    };
    // each derivation names its own intermediates
    let of_layers = |notation, name: &str| {
        let mut problem = Problem::with(&asked.lets, &asked.given)?;
        match &point {
            Some(point) => LayeredDerivation::at(&mut problem, formula, name, notation, detail, point),
            None => LayeredDerivation::of(&mut problem, formula, name, notation, detail),
        }
    };
    let mut all = Vec::new();
    let mut layered = Vec::new();
    let mut missing = Vec::new();
    for name in &names {
        if problem.environment.variable(name).is_some_and(|(_, layout)| layout != Layout::Scalar) {
            let before = layered.len();
            let mut failed = None;
            for notation in [Notation::Index, Notation::Matrix] {
                let is_wanted = match asked.notation {
                    Written::Both => true,
                    Written::Index => notation == Notation::Index,
                    Written::Matrix => notation == Notation::Matrix,
                };
                if !is_wanted {
                    continue;
                }
                match of_layers(notation, name) {
                    Ok(derivation) => layered.push(derivation),
                    // One notation is better than none; what is no layer has differentials only.
                    Err(error) if notation == Notation::Matrix && layered.len() > before => {
                        missing.push(error);
                    }
                    Err(error) => failed = Some(error),
                }
            }
            if layered.len() == before
                && let Some(error) = failed
            {
                return Err(error);
            }
            continue;
        }
        let derived = match &point {
            Some(point) => Derivation::at(&mut problem, formula, name, detail, point),
            None => Derivation::of(&mut problem, formula, name, detail),
        };
        match derived {
            Ok(derivation) => all.push(derivation),
            // A scalar inside a norm or another function of vectors.
            Err(error) if matches!(error.kind, Kind::Unsupported | Kind::Undecided) => {
                match of_layers(Notation::Matrix, name) {
                    Ok(derivation) => layered.push(derivation),
                    Err(_) => return Err(error),
                }
            }
            Err(error) => return Err(error),
        }
    }
    // Every derivation reads the formula anew.
    for warning in problem.take_warnings() {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    warnings.extend(missing);
    let text = match asked.format {
        Paper::Json => {
            let list: Vec<Json> = all.iter().map(object).collect();
            let layers: Vec<Json> = layered.iter().map(layered_object).collect();
            format!("{}\n", json!({"input": formula, "derivations": list, "layered": layers}))
        }
        paper => {
            let style = paper.style();
            let written: Vec<String> = all
                .iter()
                .map(|d| d.written(style))
                .chain(layered.iter().map(|d| d.written(style)))
                .collect();
            written.join("\n")
        }
    };
    Ok((text, warnings))
}

/// A derivation over layers as an object.
fn layered_object(derivation: &LayeredDerivation) -> Json {
    let texts = |trees: &[crate::syntax::tree::Tree]| trees.iter().map(print::text).collect::<Vec<_>>();
    let mut before: Option<&crate::syntax::tree::Tree> = None;
    let lines: Vec<Json> = derivation
        .equations
        .iter()
        .map(|equation| {
            let because = equation.because.iter().map(phrase).collect::<Vec<_>>().join(" ");
            // a line without a left side goes on from the one before
            let from = if equation.left.is_none() { before } else { None };
            before = Some(&equation.right);
            json!({
                "left": equation.left.as_ref().map(print::text),
                "right": print::text(&equation.right),
                "rule": equation.rule(),
                "place": from.map(|from| crate::derivation::place_of_change(from, &equation.right)),
                "before": from.map(print::text),
                "after": print::text(&equation.right),
                "because": because,
                "conditions": texts(&equation.conditions),
                "conventions": equation.conventions,
                "facts": equation.facts,
            })
        })
        .collect();
    let mut object = json!({
        "input": derivation.input,
        "wrt": derivation.wrt,
        "notation": if derivation.notation == Notation::Index { "index" } else { "matrix" },
        "lines": lines,
        "result": print::text(derivation.result()),
        "latex": derivation.written(Style::Latex),
    });
    if let (Some(value), Some(fields)) = (&derivation.value, object.as_object_mut()) {
        fields.insert("derivative_value".into(), super::json::optional(Some(value)));
        fields.insert("unmet".into(), json!(texts(&derivation.unmet)));
    }
    object
}

fn phrase(phrase: &Phrase) -> String {
    match phrase {
        Phrase::Words(words) => words.clone(),
        Phrase::Formula(tree) => print::text(tree),
        Phrase::Law(law) => law.text.clone(),
    }
}

/// A derivation as an object.
fn object(derivation: &Derivation) -> Json {
    let texts = |trees: &[crate::syntax::tree::Tree]| trees.iter().map(print::text).collect::<Vec<_>>();
    let step = |step: &Step| {
        json!({
            "rules": step.rules.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "place": step.place,
            "before": print::text(&step.before),
            "after": print::text(&step.after),
            "latex": derivation.line(&step.after, Style::Latex),
            "because": step.because.iter().map(phrase).collect::<Vec<_>>(),
            "conditions": texts(&step.conditions),
            "conventions": step.conventions,
            "facts": step.facts,
        })
    };
    let mut object = json!({
        "input": derivation.input,
        "wrt": derivation.wrt,
        "first": print::text(&derivation.first),
        "result": print::text(derivation.result()),
        "gradient": print::text(&derivation.gradient),
        "steps": derivation.steps.iter().map(step).collect::<Vec<_>>(),
        "latex": derivation.latex(),
    });
    if let (Some([value, slope]), Some(fields)) = (&derivation.values, object.as_object_mut()) {
        fields.insert("value".into(), super::json::optional(Some(value)));
        fields.insert("derivative_value".into(), super::json::optional(Some(slope)));
        fields.insert("unmet".into(), json!(texts(&derivation.unmet)));
    }
    object
}

/// What is asked of `table`.
#[derive(Args, Clone)]
pub struct TableAsked {
    /// The formula; - reads standard input
    #[arg(allow_hyphen_values = true)]
    pub formula: Option<OsString>,
    /// The point: x=1,y=0, or a JSON file; formulas only if it is left out
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    pub at: Vec<String>,
    /// Name intermediates: 'a = x^2', 'b = a + y'
    #[arg(long = "let", value_name = "DECLARATION")]
    pub lets: Vec<String>,
    /// Take for granted: 'x>0'
    #[arg(long, value_name = "FACT")]
    pub given: Vec<String>,
    /// Digits after the point
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(0..=16))]
    pub digits: u8,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Paper::Unicode)]
    pub format: Paper,
    /// Colours in messages
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

/// Runs `table`.
pub fn table(asked: &TableAsked) -> io::Result<ExitCode> {
    let question = Question {
        formula: asked.formula.clone(),
        at: asked.at.clone(),
        lets: asked.lets.clone(),
        given: asked.given.clone(),
        format: if asked.format == Paper::Json { Format::Json } else { Format::Unicode },
        color: asked.color,
        ..Question::default()
    };
    let color = super::is_colored(&question);
    let formula = match super::formula(&question) {
        Ok(formula) => formula,
        Err(error) => return super::fail(&question, "", &error, color),
    };
    let made = Problem::with(&asked.lets, &asked.given).and_then(|mut problem| {
        let point = super::point::read(&asked.at)?;
        problem.set_refuses_unknown_derivatives(true);
        problem.speak_of(point.iter().flat_map(crate::evaluate::graph::Point::names));
        let table = Table::of(&mut problem, &formula, point.as_ref())?;
        Ok((table, problem.take_warnings()))
    });
    match made {
        Err(error) => super::fail(&question, &formula, &error, color),
        Ok((table, warnings)) => {
            super::warn(&warnings, &question, &formula, color)?;
            let text = match asked.format {
                Paper::Json => format!("{}\n", table_object(&table)),
                paper => {
                    let mut text = table.written(paper.style(), usize::from(asked.digits));
                    if !text.ends_with('\n') {
                        text.push('\n');
                    }
                    text
                }
            };
            super::write_out(text.as_bytes())
        }
    }
}

fn table_object(table: &Table) -> Json {
    let row = |row: &Row| {
        json!({
            "name": row.name,
            "formula": row.formula.as_ref().map(print::text),
            "value": row.value,
            "partials": row.partials.iter().map(|partial| json!({
                "by": partial.by,
                "held": partial.held,
                "text": print::text(&partial.tree),
                "value": partial.value,
            })).collect::<Vec<_>>(),
            "paths": row.paths.iter().map(|path| json!({
                "through": path.through,
                "adjoint": path.adjoint,
                "partial": print::text(&path.partial.tree),
                "held": path.partial.held,
                "value": path.partial.value,
            })).collect::<Vec<_>>(),
            "adjoint": row.adjoint,
        })
    };
    json!({
        "input": table.input,
        "reading": print::text(&table.formula),
        "nodes": table.nodes.iter().map(row).collect::<Vec<_>>(),
        "inputs": table.inputs.iter().map(row).collect::<Vec<_>>(),
        "conditions": table.conditions.iter().map(print::text).collect::<Vec<_>>(),
        "conventions": table.conventions,
        "unmet": table.unmet.iter().map(print::text).collect::<Vec<_>>(),
    })
}
