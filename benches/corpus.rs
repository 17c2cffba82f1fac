//! Every derivative of the corpora against every value that is listed for it.
//!
//! `SYMDIFF_CORPORA=<dir> cargo bench --bench corpus [-- --show]`
//!
//! A row is read, differentiated and simplified; the answer is printed, the printed text is read again and evaluated as it
//! stands. It agrees if it is within 1e-9 of the listed value in `f64`, or, where `f64` cancels, with as many digits as it
//! takes. Leaves with failure if any row is wrong or panics. `--show` lists the rows that needed more digits.

#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value as Json;
use symdiff::evaluate::graph::{Point, evaluate};
use symdiff::evaluate::{float, precise};
use symdiff::lower::Environment;
use symdiff::number::{Enclosure, Rational};
use symdiff::print;
use symdiff::syntax::{Names, parse};
use symdiff::{Operator, Problem, Request};

#[path = "../tests/plain/mod.rs"]
mod plain;

const CORPORA: [&str; 5] = ["feynman", "rubi_s300", "fpcore_dev", "symengine_tests", "sympy_diff"];
/// The relative distance at which a value agrees.
const TOLERANCE: f64 = 1e-9;
const DIGITS: u32 = 25;
const STACK_BYTES: usize = 64 << 20;

/// One row of a file.
struct Row {
    id: String,
    formula: String,
    by: Vec<String>,
    points: Vec<(Vec<(String, Rational)>, String)>,
}

/// What became of one point.
#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Agrees,
    AgreesWithMoreDigits,
    /// No value in `f64` or precisely: the answer has no real value there.
    NoValue,
    Wrong,
}

/// What became of one row.
#[derive(Default)]
struct Outcome {
    is_read: bool,
    text: Option<String>,
    points: Vec<(usize, Verdict, String)>,
    error: Option<String>,
    panicked: bool,
}

fn load(path: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut rows = Vec::new();
    for line in text.lines() {
        let Ok(row) = serde_json::from_str::<Json>(line) else { continue };
        let (Some("derivative"), Some(formula), Some(by)) =
            (row["kind"].as_str(), row["expr"].as_str(), row["wrt"].as_str())
        else {
            continue;
        };
        let mut points = Vec::new();
        for point in row["points"].as_array().into_iter().flatten() {
            let Some(at) = point["at"].as_object() else { continue };
            let at = at.iter().filter_map(|(name, x)| Some((name.clone(), Rational::from_f64(x.as_f64()?)?)));
            points.push((at.collect(), point["value"].as_str().unwrap_or("").to_owned()));
        }
        rows.push(Row {
            id: row["id"].as_str().unwrap_or("?").to_owned(),
            formula: formula.to_owned(),
            by: by.split(',').map(|name| name.trim().to_owned()).collect(),
            points,
        });
    }
    rows
}

fn examine(row: &Row) -> Outcome {
    let mut outcome = Outcome::default();
    if let Err(error) = parse(&row.formula, &Names::default()) {
        outcome.error = Some(error.message);
        return outcome;
    }
    outcome.is_read = true;
    let mut problem = Problem::new();
    let mut request = Request { wrt: row.by.clone(), order: row.by.len(), ..Request::default() };
    let mut formula = row.formula.clone();
    if row.by.iter().any(|name| *name != row.by[0]) {
        formula = format!("diff({formula}, {})", row.by.join(", "));
        request = Request { operator: Operator::Simplify, ..Request::default() };
    } else {
        request.wrt.truncate(1);
    }
    let answer = match problem.answer(&formula, &request) {
        Ok(answer) => answer,
        Err(error) => {
            outcome.error = Some(error.message);
            return outcome;
        }
    };
    let text = print::text(&answer.partials[0].tree);
    for (number, (at, expected)) in row.points.iter().enumerate() {
        let (verdict, found) = compare(&text, at, expected);
        outcome.points.push((number, verdict, found));
    }
    outcome.text = Some(text);
    outcome
}

/// The printed text at a point, against the value that is listed.
fn compare(text: &str, at: &[(String, Rational)], expected: &str) -> (Verdict, String) {
    let (is_negative, digits) = match expected.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, expected),
    };
    let Ok(Some(size)) = Rational::parse(digits, 1 << 14) else {
        return (Verdict::Wrong, "unreadable".into());
    };
    let wanted = if is_negative { -size } else { size };
    let mut names = Names::default();
    for (name, _) in at {
        names.add_variable(name);
    }
    let tree = match parse(text, &names) {
        Ok(parsed) => parsed.tree,
        Err(error) => return (Verdict::Wrong, format!("does not read back: {}", error.message)),
    };
    let leaves: Vec<String> = at.iter().map(|(name, _)| name.clone()).collect();
    let values: Vec<Rational> = at.iter().map(|(_, x)| x.clone()).collect();
    let Some(scalar) = plain::scalar(&tree, &leaves) else { return compare_in_graph(&tree, at, &wanted) };
    let floats: Vec<f64> = values.iter().map(Rational::to_f64).collect();
    let in_f64 = float(&scalar, &floats);
    if in_f64.as_ref().is_ok_and(|found| is_near(*found, wanted.to_f64())) {
        return (Verdict::Agrees, String::new());
    }
    match precise(&scalar, &values, DIGITS) {
        None => (Verdict::NoValue, in_f64.map_or_else(|error| error.to_string(), |x| x.to_string())),
        Some(found) if agrees(&found, &wanted) => (Verdict::AgreesWithMoreDigits, String::new()),
        Some(found) => (Verdict::Wrong, format!("{:?}", found.to_interval())),
    }
}

/// For answers with brackets and cases, which are more than scalar arithmetic.
fn compare_in_graph(
    tree: &symdiff::syntax::tree::Tree,
    at: &[(String, Rational)],
    wanted: &Rational,
) -> (Verdict, String) {
    let mut environment = Environment::new();
    let mut point = Point::new();
    for (name, x) in at {
        point.set(name, x.clone());
    }
    let lowered = match environment.lower(tree) {
        Ok(lowered) => lowered,
        Err(error) => return (Verdict::Wrong, error.message),
    };
    match evaluate(&environment.graph, &[lowered.node], &point) {
        Ok(values) => match values[0].scalar() {
            Some(found) if is_near(found, wanted.to_f64()) => (Verdict::Agrees, String::new()),
            found => (Verdict::Wrong, format!("{found:?}")),
        },
        Err(error) => (Verdict::NoValue, error.to_string()),
    }
}

fn is_near(found: f64, wanted: f64) -> bool {
    found == wanted || (found - wanted).abs() <= TOLERANCE * wanted.abs()
}

/// Listed values carry 17 digits, so a listed zero is met by an enclosure around zero.
fn agrees(found: &Enclosure, wanted: &Rational) -> bool {
    let Some((low, high)) = found.ends() else { return false };
    let slack = wanted.abs() * Rational::from_f64(TOLERANCE).unwrap_or(Rational::ZERO);
    let margin = if wanted.is_zero() { Rational::from_f64(1e-300).unwrap_or(Rational::ZERO) } else { slack };
    low <= wanted.clone() + margin.clone() && high >= wanted.clone() - margin
}

/// All rows, on all cores, in order.
fn examine_all(rows: &[Row]) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
    let work = || {
        while let Some((at, row)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, rows.get(at)?)))
        {
            let outcome = catch_unwind(AssertUnwindSafe(|| examine(row)))
                .unwrap_or_else(|_| Outcome { panicked: true, ..Outcome::default() });
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
    let Ok(corpora) = std::env::var("SYMDIFF_CORPORA") else {
        println!("SYMDIFF_CORPORA is not set: nothing is measured");
        return ExitCode::SUCCESS;
    };
    let show = std::env::args().any(|argument| argument == "--show");
    println!(
        "| file | rows | read | differentiated | points | agree in f64 | agree with more digits | no real value | wrong | errors |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let mut notes: Vec<String> = Vec::new();
    let mut failed = false;
    let mut total = [0usize; 9];
    for name in CORPORA {
        let rows = load(&format!("{corpora}/{name}.jsonl"));
        let outcomes = examine_all(&rows);
        let points = |verdict: Verdict| {
            outcomes.iter().flat_map(|o| &o.points).filter(|(_, found, _)| *found == verdict).count()
        };
        let count = |is: &dyn Fn(&Outcome) -> bool| outcomes.iter().filter(|o| is(o)).count();
        let figures = [
            rows.len(),
            count(&|o| o.is_read),
            count(&|o| o.text.is_some()),
            outcomes.iter().map(|o| o.points.len()).sum(),
            points(Verdict::Agrees),
            points(Verdict::AgreesWithMoreDigits),
            points(Verdict::NoValue),
            points(Verdict::Wrong),
            count(&|o| o.error.is_some() || o.panicked),
        ];
        println!("| {name} | {} |", figures.map(|n| n.to_string()).join(" | "));
        for (sum, figure) in total.iter_mut().zip(figures) {
            *sum += figure;
        }
        for (row, outcome) in rows.iter().zip(&outcomes) {
            failed |= outcome.panicked;
            if outcome.panicked {
                notes.push(format!("PANIC  {}: {}", row.id, row.formula));
            }
            if let Some(error) = &outcome.error {
                notes.push(format!("error  {}: {}: {error}", row.id, row.formula));
            }
            for (number, verdict, found) in &outcome.points {
                let word = match verdict {
                    Verdict::Agrees => continue,
                    Verdict::AgreesWithMoreDigits if !show => continue,
                    Verdict::AgreesWithMoreDigits => "digits",
                    Verdict::NoValue => "no value",
                    Verdict::Wrong => "WRONG ",
                };
                failed |= *verdict == Verdict::Wrong;
                let (at, expected) = &row.points[*number];
                let at: Vec<String> = at.iter().map(|(name, x)| format!("{name}={}", x.to_f64())).collect();
                notes.push(format!(
                    "{word} {}: ∂/∂{} {} → {} at {}: {expected} is listed, {found}",
                    row.id,
                    row.by.join(","),
                    row.formula,
                    outcome.text.as_deref().unwrap_or(""),
                    at.join(","),
                ));
            }
        }
    }
    println!("| all | {} |", total.map(|n| n.to_string()).join(" | "));
    for note in notes {
        println!("{note}");
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
