//! `symdiff check FILE`: the verdicts of a hand derivation on the terminal, as JSON, or as a Markdown report.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value as Json, json};

use super::arguments::{ColorChoice, Format};
use super::{json as answers, report as numbers};
use crate::check::{Diagnosis, Line, Report, Verdict, Witness, check};
use crate::diagnostic::{Diagnostic, Kind};
use crate::evaluate::graph::Value;

/// A hand derivation to be checked.
#[derive(Args, Clone)]
pub struct Derivation {
    /// The file: plain text, Markdown or LaTeX; - reads standard input
    pub file: PathBuf,
    /// Declarations, facts and values from a file: lines that start with let, given or at
    #[arg(long, value_name = "FILE")]
    pub preamble: Option<PathBuf>,
    /// Declare: 'W: R[3,2]', 'a = W*x + b'
    #[arg(long = "let", value_name = "DECLARATION")]
    pub lets: Vec<String>,
    /// Take for granted: 'sum(y)=1', 'x>0'
    #[arg(long, value_name = "FACT")]
    pub given: Vec<String>,
    /// Values of variables: x=1,y=0
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    pub at: Vec<String>,
    /// How the verdicts are written
    #[arg(long, value_enum, default_value_t = Shape::Unicode)]
    pub format: Shape,
    /// Colours
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// With marks in the margin
    Unicode,
    /// The same in ASCII
    Text,
    /// One JSON object
    Json,
    /// A report in Markdown
    Markdown,
}

/// Checks one document.
pub fn run(derivation: &Derivation) -> io::Result<ExitCode> {
    let mut preamble = String::new();
    let read = source(&derivation.file).and_then(|text| {
        if let Some(file) = &derivation.preamble {
            preamble = source(file)?;
            preamble.push('\n');
        }
        Ok(text)
    });
    let text = match read {
        Ok(text) => text,
        Err(error) => {
            if derivation.format == Shape::Json {
                super::write_out(format!("{}\n", answers::error(&error)).as_bytes())?;
            } else {
                eprint_error(&error);
            }
            return Ok(ExitCode::from(2));
        }
    };
    for (word, lines) in [("let", &derivation.lets), ("given", &derivation.given), ("at", &derivation.at)] {
        for line in lines {
            let _ = writeln!(preamble, "{word} {line}");
        }
    }
    let report = check(&text, &preamble);
    let color = match derivation.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    let out = match derivation.format {
        Shape::Json => format!("{}\n", object(&report)),
        Shape::Markdown => markdown(&report),
        Shape::Text => terminal(&text, &report, Style { unicode: false, color: false }),
        Shape::Unicode => terminal(&text, &report, Style { unicode: true, color }),
    };
    super::write_out(out.as_bytes())?;
    Ok(ExitCode::from(report.status()))
}

fn eprint_error(error: &Diagnostic) {
    let mut text = format!("error: {}\n", error.message);
    if let Some(help) = &error.help {
        let _ = writeln!(text, "help: {help}");
    }
    let _ = io::Write::write_all(&mut io::stderr().lock(), text.as_bytes());
}

fn source(file: &PathBuf) -> Result<String, Diagnostic> {
    let limit = super::MAXIMUM_INPUT_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|error| {
        Diagnostic::new(Kind::Syntax, format!("{} cannot be read: {error}", file.display()))
            .help("symdiff check derivation.md, or symdiff check - to read standard input")
    })?;
    super::text_of(bytes)
}

/// The report by the contract.
fn object(report: &Report) -> Json {
    let lines: Vec<Json> = report.lines.iter().map(line_object).collect();
    let mut object = Map::new();
    object.insert("lines".into(), json!(lines));
    object.insert("first_wrong".into(), json!(report.first_wrong()));
    if !report.preamble.is_empty() {
        let errors: Vec<Json> = report
            .preamble
            .iter()
            .map(|error| json!({"message": error.message, "help": error.help}))
            .collect();
        object.insert("preamble".into(), json!(errors));
    }
    Json::Object(object)
}

fn line_object(line: &Line) -> Json {
    json!({
        "number": line.number,
        "source": line.source,
        "verdict": line.verdict.word(),
        "needs": line.needs,
        "conditions": line.conditions,
        "witness": line.witness.as_ref().map(witness_object),
        "diagnosis": line.diagnosis.iter().map(diagnosis_object).collect::<Vec<_>>(),
        "expected": line.expected,
        "message": line.message.as_ref().map(|m| m.message.clone()),
        "span": [line.span.start, line.span.end],
    })
}

/// A mistake. Those with `together` happened one with the other, those without it each explain the line; what is `covered` says the
/// same as another one, less closely.
fn diagnosis_object(diagnosis: &Diagnosis) -> Json {
    json!({
        "id": diagnosis.id,
        "text": diagnosis.text,
        "together": diagnosis.together,
        "covered": diagnosis.covered,
    })
}

fn witness_object(witness: &Witness) -> Json {
    let at: Map<String, Json> =
        witness.at.iter().map(|(name, value)| (name.clone(), answers::value_json(value))).collect();
    json!({"at": at, "left": answers::value_json(&witness.left), "right": answers::value_json(&witness.right)})
}

#[derive(Clone, Copy)]
struct Style {
    unicode: bool,
    color: bool,
}

impl Style {
    fn format(self) -> Format {
        if self.unicode { Format::Unicode } else { Format::Text }
    }

    fn mark(self, verdict: Verdict) -> &'static str {
        match (verdict, self.unicode) {
            (Verdict::Given, _) => " ",
            (Verdict::Right | Verdict::RightIf | Verdict::Rounding, true) => "✓",
            (Verdict::Right | Verdict::RightIf | Verdict::Rounding, false) => "+",
            (Verdict::Wrong | Verdict::Shape, true) => "✗",
            (Verdict::Wrong | Verdict::Shape, false) => "x",
            (Verdict::Follows, true) => "↳",
            (Verdict::Follows, false) => ">",
            (Verdict::Undecided | Verdict::Unreadable, _) => "?",
        }
    }

    fn paint(self, verdict: Verdict, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match verdict {
            Verdict::Given => return text.to_owned(),
            Verdict::Right => "32",
            Verdict::Wrong | Verdict::Shape => "31",
            _ => "33",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Lines of the document with marks in the margin and what is to be said below them.
fn terminal(text: &str, report: &Report, style: Style) -> String {
    let mut out = String::new();
    for error in &report.preamble {
        let _ = writeln!(out, "? preamble: {}", error.message);
        if let Some(help) = &error.help {
            let _ = writeln!(out, "  {help}");
        }
    }
    let width = report.lines.iter().map(|line| line.number).max().unwrap_or(0).to_string().len();
    for line in &report.lines {
        let mark = style.paint(line.verdict, style.mark(line.verdict));
        let _ = writeln!(out, "{mark} {:>width$} | {}", line.number, line.source.trim_end());
        let remarks = remarks(line, style.format());
        if remarks.is_empty() {
            continue;
        }
        let margin = format!("  {:width$} | ", "");
        if points(line.verdict) {
            let start = crate::check::line_start(text, line.span.start);
            let before: String =
                text[start..line.span.start].chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            let end = line.span.end.min(start + line.source.len()).max(line.span.start);
            let length = text[line.span.start..end].chars().filter(|c| !is_combining(*c)).count().max(1);
            let _ = writeln!(out, "{margin}{before}{}", style.paint(line.verdict, &"^".repeat(length)));
        }
        for remark in remarks {
            let _ = writeln!(out, "{margin}{remark}");
        }
    }
    if report.lines.is_empty() {
        out.push_str("There is nothing to check: no line says that two things are equal.\n");
    } else {
        let _ = writeln!(out, "\n{}", summary(report));
    }
    out
}

fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn points(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Wrong | Verdict::Shape | Verdict::Unreadable | Verdict::Rounding)
}

/// What is to be said about a line, one sentence each.
fn remarks(line: &Line, format: Format) -> Vec<String> {
    let mut out = Vec::new();
    let pretty = |text: &str| if format == Format::Unicode { unicode(text) } else { text.to_owned() };
    match line.verdict {
        Verdict::Given => {}
        Verdict::Right => out.extend(line.message.as_ref().map(|remark| remark.message.clone())),
        Verdict::RightIf => {
            let needs: Vec<String> =
                line.needs.iter().map(|need| indicator(need).unwrap_or_else(|| pretty(need))).collect();
            out.push(format!("right if {}", needs.join(" and ")));
        }
        Verdict::Rounding => {
            if let Some(expected) = &line.expected {
                out.push(format!("only rounding: without rounding on the way it is {}", pretty(expected)));
            }
        }
        Verdict::Follows => out.push(match &line.message {
            Some(message) => message.message.clone(),
            None => "follows from the line before, which is wrong".to_owned(),
        }),
        Verdict::Wrong | Verdict::Shape => wrong(&mut out, line, format),
        Verdict::Unreadable | Verdict::Undecided => {
            let start = if line.verdict == Verdict::Unreadable { "cannot be read" } else { "not decided" };
            if let Some(message) = &line.message {
                out.push(format!("{start}: {}", message.message));
                if let Some(help) = &message.help {
                    out.push(help.clone());
                }
            } else {
                out.push(start.to_owned());
            }
        }
    }
    out
}

fn wrong(out: &mut Vec<String>, line: &Line, format: Format) {
    if line.verdict == Verdict::Shape {
        let why = line.message.as_ref().map_or_else(String::new, |m| format!(": {}", m.message));
        out.push(format!("the shapes do not fit{why}"));
    } else if let Some(message) = &line.message {
        out.push(format!("wrong: {}", message.message));
    } else if let Some(witness) = &line.witness
        && let (Some(left), Some(right)) = (witness.left.scalar(), witness.right.scalar())
        && right.is_finite()
    {
        let at = place(witness, format);
        let at = if at.is_empty() { String::new() } else { format!("at {at} ") };
        let close = (left - right).abs() < 1e-3 * left.abs().max(right.abs());
        if close {
            out.push(format!("wrong: {at}it differs, by less than a thousandth"));
        } else {
            let (left, right) = (number(&witness.left, format), number(&witness.right, format));
            out.push(format!("wrong: {at}it should be {left}, but this is {right}"));
        }
    } else if let Some(entry) = line.witness.as_ref().and_then(|witness| entry(witness, format)) {
        out.push(entry);
    } else {
        out.push("wrong: the two sides are not equal".to_owned());
    }
    let shown: Vec<&Diagnosis> = line.diagnosis.iter().filter(|diagnosis| !diagnosis.covered).collect();
    match shown.as_slice() {
        [] => {}
        [one] => out.push(one.text.to_string()),
        several => {
            let together = several.iter().any(|diagnosis| diagnosis.together);
            let which = if together { "These happened together:" } else { "One of these may have happened:" };
            out.push(which.to_owned());
            out.extend(several.iter().map(|d| format!("- {}", d.text)));
        }
    }
    let expected = match format {
        Format::Unicode => line.expected_unicode.as_ref().or(line.expected.as_ref()),
        _ => line.expected.as_ref(),
    };
    if let Some(expected) = expected {
        let expected =
            if format == Format::Unicode { expected.replace('-', "−") } else { expected.clone() };
        out.push(format!("expected: {expected}"));
    }
}

/// The first entry in which two vectors or matrices differ, when the witness is short enough to be told.
fn entry(witness: &Witness, format: Format) -> Option<String> {
    let (left, right) = (witness.left.entries(), witness.right.entries());
    let shape = witness.left.shape();
    if left.len() != right.len() || shape.is_empty() {
        return None;
    }
    let at = left.iter().zip(&right).position(|(a, b)| (a - b).abs() > 1e-3 * a.abs().max(b.abs()))?;
    let mut rest = at;
    let mut place: Vec<String> = Vec::new();
    for size in shape.iter().rev() {
        place.insert(0, (rest % size + 1).to_string());
        rest /= size;
    }
    let value = |x: f64| number(&Value::Float(x), format);
    Some(format!(
        "wrong: for example, its entry {} should be {} and is {} for some values",
        place.join(","),
        value(*left.get(at)?),
        value(*right.get(at)?)
    ))
}

/// A value with four digits; small fractions as they are.
fn number(value: &Value, format: Format) -> String {
    let text = match value {
        Value::Exact(q) if q.as_pair().is_some_and(|(n, d)| n.abs() < 1000 && d < 100) => q.to_string(),
        other => match other.scalar() {
            Some(x) if x.abs() >= 1e-4 && x.abs() < 1e6 => {
                let digits = (3 - x.abs().log10().floor() as i32).clamp(0, 8) as usize;
                let text = format!("{x:.digits$}");
                if text.contains('.') {
                    text.trim_end_matches('0').trim_end_matches('.').to_owned()
                } else {
                    text
                }
            }
            Some(0.0) => "0".to_owned(),
            Some(x) => format!("{x:.3e}"),
            None => numbers::number(other, format),
        },
    };
    if format == Format::Unicode { text.replace('-', "−") } else { text }
}

fn place(witness: &Witness, format: Format) -> String {
    let at: Vec<String> = witness
        .at
        .iter()
        .map(|(name, value)| format!("{name} = {}", number_or_list(value, format)))
        .collect();
    if at.len() > 4 { String::new() } else { at.join(", ") }
}

fn number_or_list(value: &Value, format: Format) -> String {
    if value.scalar().is_some() { number(value, format) } else { numbers::number(value, format) }
}

/// `y[i] = [i = k]` in words.
fn indicator(need: &str) -> Option<String> {
    let (left, right) = need.split_once(" = [")?;
    let (name, _) = left.split_once('[')?;
    let (_, index) = right.strip_suffix(']')?.split_once(" = ")?;
    Some(format!("{name} is 1 at {index} and 0 elsewhere"))
}

/// A fact as people write it.
fn unicode(text: &str) -> String {
    text.replace("!=", "≠").replace(">=", "≥").replace("<=", "≤").replace(" - ", " − ").replace('*', "·")
}

fn summary(report: &Report) -> String {
    let count = |is: &dyn Fn(Verdict) -> bool| report.lines.iter().filter(|line| is(line.verdict)).count();
    let wrong = count(&|v| v.is_error());
    let open = count(&|v| matches!(v, Verdict::Undecided | Verdict::Unreadable));
    let lines = |n: usize| if n == 1 { "1 line".to_owned() } else { format!("{n} lines") };
    let mut text = match report.first_wrong() {
        Some(first) if wrong == 1 => format!("Line {first} is wrong."),
        Some(first) => format!("{} are wrong, the first is line {first}.", lines(wrong)),
        None if open == 0 => "Nothing is wrong.".to_owned(),
        None => "Nothing was found to be wrong.".to_owned(),
    };
    if open > 0 {
        let _ = write!(text, " {} could not be checked.", lines(open));
    }
    text
}

/// A report to hand back.
fn markdown(report: &Report) -> String {
    let mut out = String::from("| line | | |\n|---:|---|---|\n");
    for line in &report.lines {
        let mark = Style { unicode: true, color: false }.mark(line.verdict);
        let remarks: Vec<String> = remarks(line, Format::Unicode).iter().map(|r| escaped(r)).collect();
        let _ = writeln!(
            out,
            "| {} | {mark} `{}` | {} |",
            line.number,
            line.source.trim().replace('`', "'").replace('|', "\\|"),
            remarks.join("<br>")
        );
    }
    for error in &report.preamble {
        let _ = writeln!(out, "\nPreamble: {}", escaped(&error.message));
    }
    let _ = writeln!(out, "\n{}", summary(report));
    out
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('*', "\\*").replace('_', "\\_").replace('<', "&lt;")
}
