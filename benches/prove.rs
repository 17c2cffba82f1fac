//! Verdicts on the corpora: every equality that a row states, and every slip that a row plants.
//!
//! `SYMDIFF_CORPORA=<dir> cargo bench --bench prove [-- [--show] [file …]]`
//!
//! A derivative row claims `diff(expr, wrt) = expected`, an equality row `expr = expected`, a matrix row the same with its
//! shapes declared and its facts given. Leaves with failure if a true row is refuted or a false one proved; `--show` lists
//! the rows that were not decided as they should be, with the reasons. `--claim 'A = B | x > 0'` decides single claims.

#![allow(clippy::too_many_lines, clippy::format_collect, clippy::print_stdout, missing_docs)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use symdiff::prove::{Verdict, claim};
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
    certified: bool,
    text: String,
    time: Duration,
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

fn examine(row: &Row) -> Outcome {
    let start = Instant::now();
    let result = Problem::with(&row.declarations, &row.facts).and_then(|mut problem| {
        problem.read_letters_apart(row.letters_apart);
        let links = claim(&mut problem, &row.claim)?;
        Ok(links.into_iter().next())
    });
    let time = start.elapsed();
    let certified = matches!(&result, Ok(Some(link))
        if matches!(&link.verdict, Verdict::Proved(proof) if proof.certificate.is_some()));
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
    Outcome { found, certified, text, time }
}

fn examine_all(rows: &[Row]) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
    let work = || {
        while let Some((at, row)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, rows.get(at)?)))
        {
            let outcome = catch_unwind(AssertUnwindSafe(|| examine(row))).unwrap_or_else(|_| Outcome {
                found: Found::Panic,
                certified: false,
                text: String::new(),
                time: Duration::ZERO,
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
            let outcome = examine(&row);
            println!(
                "{text}\n    {:?}: {} ({:.1} ms)",
                outcome.found,
                outcome.text,
                outcome.time.as_secs_f64() * 1e3
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
    let everything = arguments.iter().any(|a| a == "--all");
    let wanted: Vec<&str> = arguments.iter().filter(|a| !a.starts_with("--")).map(String::as_str).collect();
    println!(
        "| file | rows | proved | proved if | uncertified | refuted | undecided | errors | WRONG | median ms | worst ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let mut notes = Vec::new();
    let mut failed = false;
    for file in FILES {
        if !wanted.is_empty() && !wanted.contains(&file) {
            continue;
        }
        let rows = load(&format!("{corpora}/{file}.jsonl"));
        let outcomes = examine_all(&rows);
        let count = |found: &Found| outcomes.iter().filter(|o| o.found == *found).count();
        let is_wrong = |row: &Row, outcome: &Outcome| match outcome.found {
            Found::Proved | Found::ProvedIf => !row.holds,
            Found::Refuted => row.holds,
            Found::Panic => true,
            _ => false,
        };
        let wrong = rows.iter().zip(&outcomes).filter(|(row, o)| is_wrong(row, o)).count();
        failed |= wrong > 0;
        let mut times: Vec<Duration> = outcomes.iter().map(|o| o.time).collect();
        times.sort_unstable();
        let milliseconds = |at: usize| times.get(at).map_or(0.0, |t| t.as_secs_f64() * 1e3);
        println!(
            "| {file} | {} | {} | {} | {} | {} | {} | {} | {wrong} | {:.2} | {:.1} |",
            rows.len(),
            count(&Found::Proved),
            count(&Found::ProvedIf),
            outcomes
                .iter()
                .filter(|o| matches!(o.found, Found::Proved | Found::ProvedIf) && !o.certified)
                .count(),
            count(&Found::Refuted),
            count(&Found::Undecided),
            count(&Found::Error) + count(&Found::Panic),
            milliseconds(times.len() / 2),
            milliseconds(times.len().saturating_sub(1)),
        );
        for (row, outcome) in rows.iter().zip(&outcomes) {
            let is_right = match outcome.found {
                Found::Proved | Found::ProvedIf => row.holds,
                Found::Refuted => !row.holds,
                _ => false,
            };
            let is_wrong = is_wrong(row, outcome);
            let is_uncertified =
                matches!(outcome.found, Found::Proved | Found::ProvedIf) && !outcome.certified;
            if uncertified && is_uncertified {
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
