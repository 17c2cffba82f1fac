//! The function list.

use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use serde_json::json;

use super::arguments::Format;
use crate::diagnostic::{Diagnostic, Kind};
use crate::function::{self, Row};

/// Prints all functions, or one with all that is known of it.
pub fn functions(name: Option<&str>, format: Format) -> io::Result<ExitCode> {
    if let Some(name) = name {
        let Some(id) = function::lookup(name) else {
            let error = Diagnostic::new(Kind::Name, format!("{name} is not a known function"))
                .help("symdiff functions lists all of them");
            let sources = super::render::Sources { formula: name, lets: &[], givens: &[] };
            super::render::write(
                &mut io::stderr().lock(),
                &error,
                &sources,
                super::render::Level::Error,
                false,
            )?;
            return Ok(ExitCode::from(2));
        };
        return super::write_out(one(function::row(id), format).as_bytes());
    }
    let mut out = String::new();
    if format == Format::Json {
        let all: Vec<_> = function::ROWS.iter().map(object).collect();
        let _ = writeln!(out, "{}", json!(all));
    } else {
        let width = function::ROWS.iter().map(|row| row.name.len()).max().unwrap_or(0);
        for row in function::ROWS {
            let _ = writeln!(out, "{:width$}  {}", row.name, row.doc);
        }
    }
    super::write_out(out.as_bytes())
}

fn object(row: &Row) -> serde_json::Value {
    json!({
        "name": row.name,
        "aliases": row.aliases,
        "parameters": row.parameters,
        "partials": row.partials(),
        "defined": row.defined,
        "differentiable": row.differentiable,
        "convention": row.convention,
        "doc": row.doc,
    })
}

fn one(row: &Row, format: Format) -> String {
    if format == Format::Json {
        return format!("{}\n", object(row));
    }
    let mut out = format!("{}({})  {}\n", row.name, row.parameters.join(", "), row.doc);
    let mut line = |head: &str, text: String| {
        if !text.is_empty() {
            let _ = writeln!(out, "  {head} {text}");
        }
    };
    line("also written", row.aliases.join(", "));
    for (parameter, partial) in row.parameters.iter().zip(row.partials()) {
        line(&format!("d/d{parameter} ="), (*partial).to_owned());
    }
    line("defined where", row.defined.join(", "));
    line("differentiable where", row.differentiable.join(", "));
    line("convention:", row.convention.unwrap_or("").to_owned());
    out
}
