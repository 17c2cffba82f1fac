//! Checking, measured: `cargo bench --bench check [-- COUNT]`.
//!
//! COUNT derivations made by chance (2 000 by default): false alarms, first wrong lines that were missed or misplaced, lines
//! that stayed open, and the time of one check. COUNT/10 formulas with every mistake that can be made in them: how often it is
//! named. With `SYMDIFF_CORPORA` set, also the worked derivations of that folder, against
//! what is known of their steps.

#![allow(clippy::print_stdout, missing_docs)]

#[path = "../tests/check/chains.rs"]
#[allow(dead_code)]
mod chains;
#[path = "../tests/check/mistaken.rs"]
#[allow(dead_code)]
mod mistaken;

use std::time::Instant;

use symdiff::check::{Verdict, check};

fn main() {
    let count: u64 = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(2_000);
    by_chance(count);
    named(count / 10);
    match std::env::var_os("SYMDIFF_CORPORA") {
        Some(folder) => worked(&std::path::Path::new(&folder).join("latex_derivations_dev.jsonl")),
        None => println!("worked derivations: skipped, SYMDIFF_CORPORA is not set"),
    }
}

fn by_chance(count: u64) {
    let (mut alarms, mut missed, mut exact, mut open, mut lines, mut named) = (0, 0, 0, 0, 0, 0);
    let mut times = Vec::new();
    let mut wrong = 0;
    for seed in 1..=count {
        let derivation = chains::derivation(&mut chains::Chance::new(seed));
        let start = Instant::now();
        let report = check(&derivation.text, "");
        times.push(start.elapsed().as_secs_f64() * 1e3);
        lines += report.lines.len();
        open += report
            .lines
            .iter()
            .filter(|l| matches!(l.verdict, Verdict::Undecided | Verdict::Unreadable))
            .count();
        let found = report.first_wrong();
        if let Some(expected) = derivation.first_wrong {
            wrong += 1;
            exact += usize::from(found == Some(expected));
            named += usize::from(
                report.lines.iter().any(|l| l.verdict == Verdict::Wrong && !l.diagnosis.is_empty()),
            );
        }
        let is_alarm =
            found.is_some_and(|found| derivation.first_wrong.is_none_or(|expected| found < expected));
        let is_missed = !is_alarm && found != derivation.first_wrong;
        alarms += usize::from(is_alarm);
        missed += usize::from(is_missed);
        if is_alarm || is_missed {
            println!(
                "seed {seed}: expected {:?}, found {found:?}\n{}",
                derivation.first_wrong, derivation.text
            );
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{count} derivations by chance, {lines} lines, seeds 1 to {count}");
    println!(
        "  false alarms {alarms}; first wrong line exact {exact} of {wrong}; missed {missed}; lines left open {open}"
    );
    println!("  wrong derivations with a named mistake {named}");
    println!("  one check: median {:.2} ms, p95 {:.2} ms, most {:.2} ms", at(0.5), at(0.95), at(1.0));
}

/// Mistakes made by chance: how often they are named.
fn named(formulas: u64) {
    let rates = mistaken::recognised(formulas, &mut |mistake, found, line| {
        println!("  {mistake}: {} for {line}", found.join(", "));
    });
    let words = |rate: &mistaken::Rate| {
        let mistaken::Rate { lines, first, shown, unnamed } = rate;
        format!("{lines} lines, first choice {first}, in the set {shown}, nothing named {unnamed}")
    };
    for (mistake, rate) in &rates {
        println!("  {mistake}: {}", words(rate));
    }
    println!("mistakes made by chance in {formulas} formulas: {}", words(&mistaken::Rate::total(&rates)));
}

/// Lines of worked derivations: how many are right where every step is known to hold.
fn worked(file: &std::path::Path) {
    let Ok(text) = std::fs::read_to_string(file) else {
        println!("worked derivations: {} cannot be read", file.display());
        return;
    };
    let (mut true_rows, mut alarms, mut right, mut total, mut unread) = (0, 0, 0, 0, 0);
    for line in text.lines() {
        let Ok(row) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let (Some(latex), Some(id)) = (row["latex"].as_str(), row["id"].as_str()) else { continue };
        let document = format!("\\begin{{align*}}\n{latex}\n\\end{{align*}}\n");
        let report = check(&document, "");
        let steps = row["steps_true"].as_array();
        let holds = steps.is_some_and(|steps| steps.iter().all(|step| step.as_bool() == Some(true)));
        let is_wrong = report.first_wrong().is_some();
        let has_error = row["has_error"].as_bool() == Some(true)
            || steps.is_some_and(|steps| steps.iter().any(|step| step.as_bool() == Some(false)));
        if is_wrong && !has_error {
            alarms += 1;
            println!("  {id}: a line is called wrong");
        }
        if holds {
            true_rows += 1;
            total += report.lines.len();
            right += report
                .lines
                .iter()
                .filter(|l| matches!(l.verdict, Verdict::Right | Verdict::RightIf | Verdict::Given))
                .count();
            unread += report.lines.iter().filter(|l| l.verdict == Verdict::Unreadable).count();
        }
    }
    println!(
        "worked derivations: {true_rows} whose steps all hold: {right} of {total} lines right, {unread} unreadable; false alarms in all rows {alarms}"
    );
}
