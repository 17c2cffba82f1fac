//! Verdicts on the corpora: every equality that a row states, and every slip that a row plants.
//!
//! `SYMDIFF_CORPORA=<dir> cargo bench --bench prove [-- [--show] [file …]]`
//!
//! A derivative row claims `diff(expr, wrt) = expected`, an equality row `expr = expected`, a matrix row the same with its
//! shapes declared and its facts given. Leaves with failure if a true row is refuted or a false one proved; `--show` lists
//! the rows that were not decided as they should be, with the reasons, `--uncertified` those whose proof the independent
//! checker does not confirm. `--write=FILE` keeps all certificates, one JSON object a line, without steps where there is none;
//! `--no-certificates` leaves them out. `--claim 'A = B | x > 0'` decides single claims.

#![allow(clippy::too_many_lines, clippy::format_collect, clippy::print_stdout, missing_docs)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use symdiff::certificate::Certificate;
use symdiff::prove::{Proof, Verdict, claim};
use symdiff::{Problem, print};

const FILES: [&str; 8] = [
    "rubi_s300",
    "feynman",
    "fpcore_dev",
    "symengine_tests",
    "sympy_diff",
    "matrix_facts_dev",
    "matrix_wrong_dev",
    "kas_pairs_raw",
];
const STACK_BYTES: usize = 64 << 20;

/// One row as a claim.
struct Row {
    id: String,
    declarations: Vec<String>,
    facts: Vec<String>,
    claim: String,
    holds: bool,
    letters_apart: bool,
}

#[derive(Clone, PartialEq, Debug)]
enum Found {
    Proved,
    ProvedIf,
    Refuted,
    Undecided,
    Error,
    Panic,
}

struct Outcome {
    found: Found,
    /// What the independent checker was asked and took, for proofs.
    statement: Option<Certificate>,
    certificate: Option<Certificate>,
    text: String,
    time: Duration,
    certificate_time: Duration,
}

fn load(path: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| row(&serde_json::from_str(line).ok()?)).collect()
}

fn row(row: &Json) -> Option<Row> {
    let text = |key: &str| row[key].as_str().map(str::to_owned);
    let id = text("id")?;
    let plain = |claim: String, holds: bool| Row {
        id: id.clone(),
        declarations: Vec::new(),
        facts: Vec::new(),
        claim,
        holds,
        letters_apart: false,
    };
    let kind = text("kind")?;
    if kind == "derivative" {
        let (expr, by) = (text("expr")?, text("wrt")?);
        return Some(plain(format!("diff({expr}, {by}) = {}", text("expected")?), true));
    }
    if kind == "equality" {
        return Some(plain(format!("{} = {}", text("expr")?, text("expected")?), true));
    }
    if kind == "equality-text-or-latex" {
        let (a, b) = (text("a")?, text("b")?);
        // Equations compared with equations are no claims.
        if [&a, &b].iter().any(|side| side.contains(['=', '<', '>'])) {
            return None;
        }
        let claim = format!("{a} = {b}");
        return Some(Row { letters_apart: true, ..plain(claim, row["equal"].as_bool()?) });
    }
    let operator = match kind.trim_end_matches("-wrong") {
        "matrix-gradient" => "grad",
        "matrix-jacobian" => "jacobian",
        "matrix-hessian" => "hessian",
        "matrix-by-scalar" => "diff",
        _ => return None,
    };
    let (expr, by, expected) = (text("expr")?, text("wrt")?, text("expected")?);
    // Rows that write sizes as numbers are about these sizes.
    let is_sized = ["eye(", "ones(", "zeros("].iter().any(|word| {
        [&expr, &expected]
            .iter()
            .any(|t| t.split(word).skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit())))
    });
    let mut declarations = Vec::new();
    for (name, shape) in row["vars"].as_object()? {
        let sizes: Vec<String> = shape
            .as_array()?
            .iter()
            .filter_map(Json::as_str)
            .map(|size| match row["dims"][size].as_u64() {
                Some(n) if is_sized => n.to_string(),
                _ => size.to_owned(),
            })
            .collect();
        declarations.push(format!("{name}: R[{}]", sizes.join(",")));
    }
    let mut facts = Vec::new();
    for (name, property) in row["props"].as_object()? {
        match property.as_str()? {
            "positive" | "large positive" => facts.push(format!("{name} > 0")),
            "symmetric" => facts.push(format!("{name}' = {name}")),
            "symmetric positive definite" => {
                facts.push(format!("{name}' = {name}"));
                facts.push(format!("posdef({name})"));
            }
            "in (0,1)" => facts.push(format!("0 < {name} < 1")),
            "invertible" => facts.push(format!("{name} is invertible")),
            // What the notation has no word for; the rows hold without it.
            _ => {}
        }
    }
    Some(Row {
        declarations,
        facts,
        claim: format!("{operator}({expr}, {by}) = {expected}"),
        holds: !kind.ends_with("-wrong"),
        ..plain(String::new(), true)
    })
}

fn examine(row: &Row, with_certificates: bool) -> Outcome {
    let start = Instant::now();
    let result = Problem::with(&row.declarations, &row.facts).and_then(|mut problem| {
        problem.read_letters_apart(row.letters_apart);
        let links = claim(&mut problem, &row.claim)?;
        Ok(links.into_iter().next())
    });
    let time = start.elapsed();
    let proof = result.as_ref().ok().and_then(Option::as_ref).and_then(|link| match &link.verdict {
        Verdict::Proved(proof) => Some(proof),
        _ => None,
    });
    let statement = proof.map(Proof::statement);
    let start = Instant::now();
    let certificate = proof.filter(|_| with_certificates).and_then(Proof::certificate);
    let certificate_time = start.elapsed();
    let (found, text) = match result {
        Err(error) => (Found::Error, error.to_string()),
        Ok(None) => (Found::Error, "no claim".to_owned()),
        Ok(Some(link)) => match link.verdict {
            Verdict::Proved(proof) if proof.conditions.is_empty() => (Found::Proved, proof.method.to_owned()),
            Verdict::Proved(proof) => {
                let conditions: Vec<String> = proof.conditions.iter().map(print::unicode).collect();
                (Found::ProvedIf, format!("{} where {}", proof.method, conditions.join(", ")))
            }
            Verdict::Refuted(witness) => {
                (Found::Refuted, format!("at {:?}: {:?} and {:?}", witness.at, witness.left, witness.right))
            }
            Verdict::Undecided(tried) => (Found::Undecided, tried.join("; ")),
        },
    };
    Outcome { found, statement, certificate, text, time, certificate_time }
}

fn examine_all(rows: &[Row], with_certificates: bool) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
    let work =
        || {
            while let Some((at, row)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, rows.get(at)?)))
            {
                let outcome = catch_unwind(AssertUnwindSafe(|| examine(row, with_certificates)))
                    .unwrap_or_else(|_| Outcome {
                        found: Found::Panic,
                        statement: None,
                        certificate: None,
                        text: String::new(),
                        time: Duration::ZERO,
                        certificate_time: Duration::ZERO,
                    });
                if let Ok(mut done) = done.lock() {
                    done.push((at, outcome));
                }
            }
        };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let spawned = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
            assert!(spawned.is_ok(), "no thread");
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

fn main() -> ExitCode {
    if let Some(at) = std::env::args().position(|a| a == "--claim") {
        // Single claims, each with its facts behind bars: 'A = B | x > 0 | y > 0'.
        for text in std::env::args().skip(at + 1) {
            let mut parts = text.split(" | ").map(str::to_owned);
            let claim = parts.next().unwrap_or_default();
            let mut row = Row {
                id: String::new(),
                declarations: Vec::new(),
                facts: Vec::new(),
                claim,
                holds: true,
                letters_apart: false,
            };
            for part in parts {
                if part.contains(": ") { row.declarations.push(part) } else { row.facts.push(part) }
            }
            let outcome = examine(&row, true);
            println!(
                "{text}\n    {:?}: {} ({:.1} ms; certificate {}, {:.1} ms)",
                outcome.found,
                outcome.text,
                outcome.time.as_secs_f64() * 1e3,
                outcome.certificate.map_or("none".to_owned(), |c| format!("of {} steps", c.steps.len())),
                outcome.certificate_time.as_secs_f64() * 1e3,
            );
        }
        return ExitCode::SUCCESS;
    }
    let Ok(corpora) = std::env::var("SYMDIFF_CORPORA") else {
        println!("SYMDIFF_CORPORA is not set: nothing is measured");
        return ExitCode::SUCCESS;
    };
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let show = arguments.iter().any(|a| a == "--show");
    let uncertified = arguments.iter().any(|a| a == "--uncertified");
    let with_certificates = !arguments.iter().any(|a| a == "--no-certificates");
    let everything = arguments.iter().any(|a| a == "--all");
    let wanted: Vec<&str> = arguments.iter().filter(|a| !a.starts_with("--")).map(String::as_str).collect();
    println!(
        "| file | rows | proved | proved if | uncertified | refuted | undecided | errors | WRONG | median ms | worst ms | median with certificate | worst certificate |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    let mut written = arguments
        .iter()
        .find_map(|a| a.strip_prefix("--write="))
        .and_then(|path| std::fs::File::create(path).ok());
    let mut notes = Vec::new();
    let mut failed = false;
    for file in FILES {
        if !wanted.is_empty() && !wanted.contains(&file) {
            continue;
        }
        let rows = load(&format!("{corpora}/{file}.jsonl"));
        let outcomes = examine_all(&rows, with_certificates);
        let count = |found: &Found| outcomes.iter().filter(|o| o.found == *found).count();
        let is_wrong = |row: &Row, outcome: &Outcome| match outcome.found {
            Found::Proved | Found::ProvedIf => !row.holds,
            Found::Refuted => row.holds,
            Found::Panic => true,
            _ => false,
        };
        let wrong = rows.iter().zip(&outcomes).filter(|(row, o)| is_wrong(row, o)).count();
        failed |= wrong > 0;
        // The middle and the largest of the times of all rows.
        let times = |of: &dyn Fn(&Outcome) -> Duration| {
            let mut times: Vec<Duration> = outcomes.iter().map(of).collect();
            times.sort_unstable();
            [times.len() / 2, times.len().saturating_sub(1)]
                .map(|at| times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3))
        };
        let [median, worst] = times(&|o| o.time);
        let [with_certificate, _] = times(&|o| o.time + o.certificate_time);
        let [_, worst_certificate] = times(&|o| o.certificate_time);
        println!(
            "| {file} | {} | {} | {} | {} | {} | {} | {} | {wrong} | {median:.2} | {worst:.1} | {with_certificate:.2} | {worst_certificate:.1} |",
            rows.len(),
            count(&Found::Proved),
            count(&Found::ProvedIf),
            outcomes.iter().filter(|o| o.statement.is_some() && o.certificate.is_none()).count(),
            count(&Found::Refuted),
            count(&Found::Undecided),
            count(&Found::Error) + count(&Found::Panic),
        );
        for (row, outcome) in rows.iter().zip(&outcomes) {
            let is_right = match outcome.found {
                Found::Proved | Found::ProvedIf => row.holds,
                Found::Refuted => !row.holds,
                _ => false,
            };
            let is_wrong = is_wrong(row, outcome);
            if let Some(certificate) = outcome.certificate.as_ref().or(outcome.statement.as_ref())
                && let Some(place) = &mut written
            {
                use std::io::Write;
                let object: Option<Json> = serde_json::from_str(&certificate.to_json()).ok();
                failed |= writeln!(place, "{}", object.unwrap_or_default()).is_err();
            }
            if uncertified && outcome.statement.is_some() && outcome.certificate.is_none() {
                let facts: String = row.facts.iter().map(|fact| format!(" | {fact}")).collect();
                let lets: String = row.declarations.iter().map(|one| format!(" | {one}")).collect();
                notes.push(format!("UNCERTIFIED {}{lets}{facts}", row.claim));
            }
            if everything || is_wrong || (show && !is_right) {
                let head = if is_wrong { "WRONG " } else { "" };
                notes.push(format!(
                    "{head}{:?} {}: {} [{} | {}]: {} ({:.0} ms)",
                    outcome.found,
                    row.id,
                    row.claim,
                    row.declarations.join(", "),
                    row.facts.join(", "),
                    outcome.text,
                    outcome.time.as_secs_f64() * 1e3,
                ));
            }
        }
    }
    for note in notes {
        println!("{note}");
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
