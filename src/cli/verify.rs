//! `symdiff verify FILE`: replays a certificate. Status 0: accepted; 1: rejected; 2: not a certificate.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::certificate::{Certificate, Justification, Verified, examine};

pub(super) fn run(file: &Path) -> io::Result<ExitCode> {
    let certificate = match read(file).and_then(|text| Certificate::from_json(&text).map_err(|e| e.message)) {
        Ok(certificate) => certificate,
        Err(message) => {
            writeln!(io::stderr(), "error: {message}")?;
            return Ok(ExitCode::from(2));
        }
    };
    match examine(&certificate) {
        Ok(verified) => {
            super::write_out(report(&certificate, &verified).as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(rejection) => {
            super::write_out(format!("rejected: {rejection}\n").as_bytes())?;
            Ok(ExitCode::from(1))
        }
    }
}

fn read(file: &Path) -> Result<String, String> {
    let limit = super::MAXIMUM_INPUT_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let done = if file.as_os_str() == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    done.map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    super::text_of(bytes).map_err(|error| error.message)
}

/// What is now known to be true.
fn report(certificate: &Certificate, verified: &Verified) -> String {
    let mut text = format!("accepted: {} = {}\n", certificate.left, certificate.right);
    text.push_str("wherever both sides are defined");
    for (word, list) in [("where", &certificate.conditions), ("given", &certificate.facts)] {
        if !list.is_empty() {
            let _ = write!(text, ", {word} {}", list.join(" and "));
        }
    }
    text.push('\n');
    if !certificate.declarations.is_empty() {
        let _ = writeln!(text, "with {}", certificate.declarations.join("; "));
    }
    match &verified.witness {
        Some(point) if point.is_empty() => {}
        Some(point) => {
            let values: Vec<String> = point.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            let _ = writeln!(text, "for instance at {}", values.join(", "));
        }
        None => text.push_str("no point was searched at which both sides are defined\n"),
    }
    let _ = writeln!(text, "\n  {}", certificate.left);
    for step in &certificate.steps {
        let _ = writeln!(text, "= {}    {}", step.after, reason(certificate, &step.because));
    }
    let steps = certificate.steps.len();
    let _ = writeln!(text, "{steps} {} checked", if steps == 1 { "step" } else { "steps" });
    text
}

/// Why a step holds, in words.
fn reason(certificate: &Certificate, because: &Justification) -> String {
    match because {
        Justification::Differentiate => "by differentiating".to_owned(),
        Justification::Definition => "by definitions of functions".to_owned(),
        Justification::Declaration => "by what was declared".to_owned(),
        Justification::Facts { used } => {
            let facts: Vec<&str> =
                used.iter().filter_map(|at| certificate.facts.get(*at)).map(String::as_str).collect();
            format!("since {}", facts.join(" and "))
        }
        Justification::Identity { name } => format!("by the identity \"{name}\""),
        Justification::Cases { on } => format!("by cases of the sign of {on}"),
        _ => "by algebra".to_owned(),
    }
}
