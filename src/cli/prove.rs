//! `symdiff prove 'A = B'`: verdicts for people and as JSON.

use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use serde_json::{Map, Value as Json, json};

use super::arguments::{Format, Question, Statement};
use super::{json as answers, lines, render, report};
use crate::diagnostic::{Diagnostic, Kind};
use crate::print;
use crate::problem::Problem;
use crate::prove::{Link, Verdict, Witness, claim};

/// Exit status of a refuted claim.
const REFUTED: u8 = 1;
/// Exit status of a claim that stays open.
const UNDECIDED: u8 = 3;

/// Decides one claim, or each line of standard input.
pub fn run(statement: &Statement) -> io::Result<ExitCode> {
    let question = statement.question();
    if question.lines {
        let paranoid = statement.paranoid;
        return lines::run(&question, &|own, text| {
            decided(own, text, paranoid).map(|(links, _)| object(text, &links))
        });
    }
    let color = super::is_colored(&question);
    let text = match super::formula(&question) {
        Ok(text) if text.trim().is_empty() => {
            let error = Diagnostic::new(Kind::Syntax, "there is no claim").help("symdiff prove 'x + x = 2x'");
            return super::fail(&question, "", &error, color);
        }
        Ok(text) => text,
        Err(error) => return super::fail(&question, "", &error, color),
    };
    match decided(&question, &text, statement.paranoid) {
        Err(error) => super::fail(&question, &text, &error, color),
        Ok((links, warnings)) => {
            if let Some(path) = &statement.certificate
                && let Err(error) = record(path, &links)
            {
                return super::fail(&question, &text, &error, color);
            }
            let sources = render::Sources { formula: &text, lets: &question.lets, givens: &question.given };
            for warning in &warnings {
                render::write(&mut io::stderr().lock(), warning, &sources, render::Level::Warning, color)?;
            }
            let written = match question.format {
                Format::Json => format!("{}\n", object(&text, &links)),
                format => verdicts(&links, format),
            };
            super::write_out(written.as_bytes())?;
            Ok(ExitCode::from(status(&links)))
        }
    }
}

fn decided(
    question: &Question,
    text: &str,
    paranoid: bool,
) -> Result<(Vec<Link>, Vec<Diagnostic>), Diagnostic> {
    let mut problem = Problem::with(&question.lets, &question.given)?;
    problem.set_refuses_unknown_derivatives(true);
    let mut links = claim(&mut problem, text)?;
    for link in links.iter_mut().filter(|_| paranoid) {
        if matches!(&link.verdict, Verdict::Proved(proof) if proof.certificate().is_none()) {
            link.verdict =
                Verdict::Undecided(vec!["the independent checker did not confirm the proof".to_owned()]);
        }
    }
    Ok((links, problem.take_warnings()))
}

/// Writes the certificates of all links, one JSON object or a list of them.
fn record(path: &std::path::Path, links: &[Link]) -> Result<(), Diagnostic> {
    let mut all = Vec::new();
    for link in links {
        match &link.verdict {
            Verdict::Proved(proof) => match proof.certificate() {
                Some(certificate) => all.push(certificate.to_json()),
                None => {
                    return Err(Diagnostic::new(Kind::Unsupported, "this proof has no certificate yet")
                        .help("without --certificate the verdict is printed"));
                }
            },
            _ => {
                return Err(Diagnostic::new(Kind::Unsupported, "only a proof has a certificate")
                    .help("without --certificate the verdict is printed"));
            }
        }
    }
    let text = match all.as_slice() {
        [only] => only.clone(),
        _ => format!("[{}]", all.join(",")),
    };
    std::fs::write(path, format!("{text}\n")).map_err(|error| {
        Diagnostic::new(Kind::Declaration, format!("{} cannot be written: {error}", path.display()))
    })
}

/// One wrong link makes a chain wrong, one open link leaves it open.
fn status(links: &[Link]) -> u8 {
    let any = |is: fn(&Verdict) -> bool| links.iter().any(|link| is(&link.verdict));
    if any(|verdict| matches!(verdict, Verdict::Refuted(_))) {
        REFUTED
    } else if any(|verdict| matches!(verdict, Verdict::Undecided(_))) {
        UNDECIDED
    } else {
        0
    }
}

/// One claim as one object; a chain has its links in a list.
fn object(text: &str, links: &[Link]) -> Json {
    if let [only] = links {
        return link(only);
    }
    let word = match status(links) {
        REFUTED => "refuted",
        UNDECIDED => "undecided",
        _ if links.iter().any(|one| word(&one.verdict) == "proved_if") => "proved_if",
        _ => "proved",
    };
    json!({"input": text, "verdict": word, "links": links.iter().map(link).collect::<Vec<_>>()})
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Proved(proof) if proof.conditions.is_empty() => "proved",
        Verdict::Proved(_) => "proved_if",
        Verdict::Refuted(_) => "refuted",
        Verdict::Undecided(_) => "undecided",
    }
}

fn link(link: &Link) -> Json {
    let mut object = Map::new();
    object.insert("left".into(), json!(print::text(&link.left)));
    object.insert("right".into(), json!(print::text(&link.right)));
    object.insert("verdict".into(), json!(word(&link.verdict)));
    let (method, witness, conditions, facts, tried) = match &link.verdict {
        Verdict::Proved(proof) => {
            (proof.method, Json::Null, answers::texts(&proof.conditions), proof.facts.clone(), Vec::new())
        }
        Verdict::Refuted(found) => ("witness", witness(found), Vec::new(), Vec::new(), Vec::new()),
        Verdict::Undecided(tried) => ("", Json::Null, Vec::new(), Vec::new(), tried.clone()),
    };
    object.insert("method".into(), json!(method));
    object.insert("witness".into(), witness);
    object.insert("conditions".into(), json!(conditions));
    object.insert("facts".into(), json!(facts));
    object.insert("tried".into(), json!(tried));
    let certificate = match &link.verdict {
        Verdict::Proved(proof) => proof.certificate(),
        _ => None,
    };
    let steps: Vec<Json> = certificate
        .as_ref()
        .map(|certificate| certificate.steps.iter())
        .into_iter()
        .flatten()
        .map(|step| json!({"after": step.after, "because": step.because.word()}))
        .collect();
    object.insert("steps".into(), json!(steps));
    object.insert("certified".into(), json!(certificate.is_some()));
    Json::Object(object)
}

fn witness(witness: &Witness) -> Json {
    let mut at = Map::new();
    for (name, value) in &witness.at {
        at.insert(name.clone(), answers::value_json(value));
    }
    let mut object = Map::new();
    object.insert("at".into(), Json::Object(at));
    let exact =
        witness.at.iter().filter_map(|(name, value)| Some((name.clone(), answers::exact_json(value)?)));
    object.insert("exact".into(), Json::Object(exact.collect()));
    if !witness.functions.is_empty() {
        let functions: Map<String, Json> = witness
            .functions
            .iter()
            .map(|(name, tree)| (name.clone(), json!(format!("t -> {}", print::text(tree)))))
            .collect();
        object.insert("functions".into(), Json::Object(functions));
    }
    object.insert("left".into(), answers::value_json(&witness.left));
    object.insert("right".into(), answers::value_json(&witness.right));
    Json::Object(object)
}

/// A line or two for each link.
fn verdicts(links: &[Link], format: Format) -> String {
    let mut out = String::new();
    for link in links {
        if links.len() > 1 {
            let (left, right) = (report::tree(&link.left, format), report::tree(&link.right, format));
            let _ = writeln!(out, "{left} = {right}");
        }
        verdict(&mut out, &link.verdict, format);
    }
    out
}

fn verdict(out: &mut String, verdict: &Verdict, format: Format) {
    let mark = |unicode: &'static str| if format == Format::Unicode { unicode } else { "" };
    match verdict {
        Verdict::Proved(proof) => {
            let _ = write!(out, "{}proved", mark("✓ "));
            if !proof.conditions.is_empty() {
                let conditions: Vec<String> =
                    proof.conditions.iter().map(|condition| report::tree(condition, format)).collect();
                let _ = write!(out, ", where {}", conditions.join(", "));
            }
            out.push('\n');
            if !proof.facts.is_empty() {
                let _ = writeln!(out, "  used {}", proof.facts.join(", "));
            }
        }
        Verdict::Refuted(witness) => {
            let mut at: Vec<String> = witness
                .at
                .iter()
                .map(|(name, value)| {
                    format!(
                        "{} = {}",
                        report::tree(&crate::syntax::tree::Tree::name(name), format),
                        report::number(value, format)
                    )
                })
                .collect();
            at.extend(
                witness
                    .functions
                    .iter()
                    .map(|(name, tree)| format!("{name}(t) = {}", report::tree(tree, format))),
            );
            let _ = write!(out, "{}wrong: ", mark("✗ "));
            if !at.is_empty() {
                let _ = write!(out, "at {} ", at.join(", "));
            }
            let (left, right) =
                (report::number(&witness.left, format), report::number(&witness.right, format));
            if left == right {
                let _ = writeln!(out, "the sides differ by less than shows in {left}");
            } else {
                let _ = writeln!(out, "the left side is {left}, the right side is {right}");
            }
        }
        Verdict::Undecided(tried) => {
            let _ = writeln!(out, "{}undecided: {}", mark("? "), tried.join("; "));
        }
    }
}
