//! Verdicts on generated equalities: none that is wrong may be proved, none that is true refuted.
//!
//! `SYMDIFF_CORPORA=<dir> cargo bench --bench verdicts [-- [wrong|true|stable|simplify|confirm] [count] [seed]]`
//!
//! * `wrong`: expressions of the corpora and random ones with one or two slips, or a number changed by 1e-3 … 1e-30. A pair
//!   counts only if enclosures of the two sides as they are written are disjoint somewhere.
//! * `true`: the same expressions rewritten by sampled sound rules, reordered, expanded, factored and renamed. A pair
//!   counts only if both sides have a value at one of the points.
//! * `stable`: the same verdict, conditions and witness in `count` runs, and for shuffled operands.
//! * `simplify`: random expressions simplified and compared with enclosures.
//! * `confirm`: certificates of wrong claims, and of true ones by way of a wrong formula, none of which may be accepted.
//!
//! Every disagreement is printed with the seed that makes it. Without the corpora, random expressions alone are used.

#![allow(clippy::print_stdout, missing_docs)]

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[path = "../tests/plain/mod.rs"]
mod plain;

#[path = "verdicts/confirm.rs"]
mod confirm;
#[path = "verdicts/generate.rs"]
mod generate;
#[path = "verdicts/judge.rs"]
mod judge;

use generate::{Expressions, Random};
use judge::{Judged, judge};
use symdiff::print;
use symdiff::prove::{Verdict, equivalent};
use symdiff::syntax::tree::Tree;
use symdiff::{Operator, Problem, Request};

const STACK_BYTES: usize = 256 << 20;

/// Disagreements of a kind that are printed.
const SHOWN: usize = 25;

#[derive(Default)]
struct Tally {
    pairs: u64,
    skipped: u64,
    proved: u64,
    conditional: u64,
    refuted: u64,
    undecided: u64,
    refused: u64,
    examples: Vec<String>,
    times: Vec<Duration>,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.pairs += other.pairs;
        self.skipped += other.skipped;
        self.proved += other.proved;
        self.conditional += other.conditional;
        self.refuted += other.refuted;
        self.undecided += other.undecided;
        self.refused += other.refused;
        self.examples.extend(other.examples);
        self.times.extend(other.times);
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let number = |at: usize, usual: u64| arguments.get(at).and_then(|a| a.parse().ok()).unwrap_or(usual);
    let (count, seed) = (number(1, 2_000), number(2, 1));
    let expressions = Expressions::load();
    let all = ["wrong", "true", "stable", "simplify", "confirm"];
    let chosen: Vec<&str> = match arguments.first() {
        Some(name) => all.iter().copied().filter(|known| known == name).collect(),
        None => all.to_vec(),
    };
    let mut good = true;
    for mode in chosen {
        println!("{mode}: {count} of seed {seed}, {} expressions of the corpora", expressions.len());
        good &= match mode {
            "stable" => stable(&expressions, count.min(1_000), seed),
            "simplify" => simplified(&expressions, count, seed),
            "confirm" => confirm::run(&expressions, count, seed),
            _ => pairs(mode == "true", &expressions, count, seed),
        };
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs `work` for the numbers below `count` on all cores.
fn in_parallel<T: Send>(
    count: u64,
    work: impl Fn(u64, &mut T) + Sync,
    start: impl Fn() -> T + Sync,
) -> Vec<T> {
    let next = AtomicU64::new(0);
    let done = Mutex::new(Vec::new());
    let run = || {
        let mut own = start();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                break;
            }
            work(at, &mut own);
        }
        if let Ok(mut done) = done.lock() {
            done.push(own);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let spawned = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, run);
            assert!(spawned.is_ok(), "no thread");
        }
    });
    done.into_inner().unwrap_or_default()
}

fn pairs(truth: bool, expressions: &Expressions, count: u64, seed: u64) -> bool {
    let start = Instant::now();
    let parts = in_parallel(count, |at, tally| pair(truth, expressions, seed, at, tally), Tally::default);
    let mut total = Tally::default();
    for part in parts {
        total.add(part);
    }
    total.examples.sort();
    for example in total.examples.iter().filter(|e| e.starts_with("WRONG")) {
        println!("{example}");
    }
    for example in total.examples.iter().filter(|e| !e.starts_with("WRONG")).take(SHOWN) {
        println!("{example}");
    }
    total.times.sort_unstable();
    let time = |share: f64| {
        let at = ((total.times.len() as f64 - 1.0).max(0.0) * share) as usize;
        total.times.get(at).copied().unwrap_or_default()
    };
    println!(
        "{} pairs ({} drawn and not used): {} proved ({} with conditions), {} refuted, {} undecided ({:.2} %), {} refused",
        total.pairs,
        total.skipped,
        total.proved,
        total.conditional,
        total.refuted,
        total.undecided,
        100.0 * total.undecided as f64 / total.pairs.max(1) as f64,
        total.refused
    );
    println!(
        "median {:.2?}, 99 % {:.1?}, worst {:.1?}; {:.0?} in all",
        time(0.5),
        time(0.99),
        time(1.0),
        start.elapsed()
    );
    if truth { total.refuted == 0 } else { total.proved == 0 }
}

/// One pair; drawn again until one can be used.
fn pair(truth: bool, expressions: &Expressions, seed: u64, at: u64, tally: &mut Tally) {
    for attempt in 0..40 {
        let mut random = Random::new(seed, at * 64 + attempt);
        let left = expressions.any(&mut random);
        let right = if truth {
            generate::rewritten(&left, &mut random)
        } else {
            generate::slipped(&left, &mut random)
        };
        let Some(right) = right else { continue };
        if right == left {
            continue;
        }
        let (left, right) = if random.below(2) == 0 { (left, right) } else { (right, left) };
        let (left, right) = generate::renamed(left, right, &mut random);
        let judged = judge(&left, &right);
        let usable = match judged {
            Judged::Apart => true,
            Judged::Together(points) => truth && points > 0,
            Judged::Unreadable => false,
        };
        if !usable {
            tally.skipped += 1;
            continue;
        }
        let shown = || format!("[{at}.{attempt}] {} = {}", print::text(&left), print::text(&right));
        if truth && matches!(judged, Judged::Apart) {
            tally.examples.push(format!("WRONG (the rewriting or the enclosures) {}", shown()));
            return;
        }
        let start = Instant::now();
        let verdict = equivalent(&mut Problem::new(), &left, &right);
        let time = start.elapsed();
        tally.times.push(time);
        if time > Duration::from_secs(2) {
            tally.examples.push(format!("slow {time:.1?} {}", shown()));
        }
        tally.pairs += 1;
        match verdict {
            Err(error) => {
                tally.refused += 1;
                tally.examples.push(format!("refused {}: {error}", shown()));
            }
            Ok(Verdict::Proved(proof)) => {
                tally.proved += 1;
                tally.conditional += u64::from(!proof.conditions.is_empty());
                if !truth {
                    tally.examples.push(format!("WRONG proved {} by {}", shown(), proof.method));
                }
            }
            Ok(Verdict::Refuted(witness)) => {
                tally.refuted += 1;
                if truth {
                    tally.examples.push(format!("WRONG refuted {} at {:?}", shown(), witness.at));
                }
            }
            Ok(Verdict::Undecided(tried)) => {
                tally.undecided += 1;
                tally.examples.push(format!("undecided {} ({})", shown(), tried.join("; ")));
            }
        }
        return;
    }
}

/// Everything that is said about a claim.
fn told(left: &Tree, right: &Tree) -> String {
    match equivalent(&mut Problem::new(), left, right) {
        Ok(Verdict::Refuted(witness)) => format!("refuted at {:?}", witness.at),
        Ok(Verdict::Proved(proof)) => {
            let conditions: Vec<String> = proof.conditions.iter().map(print::text).collect();
            format!("proved: {} where {conditions:?}", proof.method)
        }
        Ok(Verdict::Undecided(tried)) => format!("undecided: {tried:?}"),
        Err(error) => format!("refused: {error}"),
    }
}

fn stable(expressions: &Expressions, runs: u64, seed: u64) -> bool {
    const CLAIMS: u64 = 60;
    let claims: Vec<(Tree, Tree)> = (0..CLAIMS * 4)
        .filter_map(|at| {
            let mut random = Random::new(seed, at);
            let left = expressions.any(&mut random);
            let right = if at % 2 == 0 {
                generate::rewritten(&left, &mut random)
            } else {
                generate::slipped(&left, &mut random)
            }?;
            (!matches!(judge(&left, &right), Judged::Unreadable)).then_some((left, right))
        })
        .take(CLAIMS as usize)
        .collect();
    let first: Vec<String> = claims.iter().map(|(left, right)| told(left, right)).collect();
    let work = |run: u64, faults: &mut Vec<String>| {
        for (at, (left, right)) in claims.iter().enumerate() {
            if run.is_multiple_of(2) {
                if told(left, right) != first[at] {
                    faults.push(format!("another verdict on {} = {}", print::text(left), print::text(right)));
                }
                continue;
            }
            let mut random = Random::new(seed ^ run, at as u64);
            let (a, b) = (generate::shuffled(left, &mut random), generate::shuffled(right, &mut random));
            let again = told(&a, &b);
            if again != first[at] {
                faults.push(format!(
                    "shuffled: {} = {}: {} and then {again}",
                    print::text(left),
                    print::text(right),
                    first[at]
                ));
            }
        }
    };
    let mut faults: Vec<String> = in_parallel(runs, work, Vec::new).into_iter().flatten().collect();
    faults.sort();
    faults.dedup_by(|a, b| a.split(": ").nth(1) == b.split(": ").nth(1));
    for fault in faults.iter().take(SHOWN) {
        println!("{fault}");
    }
    println!("{} claims in {runs} runs, {} of them told differently", claims.len(), faults.len());
    faults.is_empty()
}

fn simplified(expressions: &Expressions, count: u64, seed: u64) -> bool {
    let start = Instant::now();
    let work = |at: u64, tally: &mut Tally| {
        let mut random = Random::new(seed, at);
        let tree = expressions.any(&mut random);
        let request = Request { operator: Operator::Simplify, ..Request::default() };
        let Ok(answer) = Problem::new().answer(&print::text(&tree), &request) else {
            tally.refused += 1;
            return;
        };
        let simple = &answer.partials[0].tree;
        tally.pairs += 1;
        match judge(&tree, simple) {
            Judged::Apart => {
                tally.refuted += 1;
                let (before, after) = (print::text(&tree), print::text(simple));
                tally.examples.push(format!("WRONG [{at}] {before} became {after}"));
            }
            Judged::Together(points) => tally.proved += u64::from(points > 0),
            Judged::Unreadable => tally.skipped += 1,
        }
    };
    let mut total = Tally::default();
    for part in in_parallel(count, work, Tally::default) {
        total.add(part);
    }
    total.examples.sort();
    for example in &total.examples {
        println!("{example}");
    }
    println!(
        "{} simplified, {} compared somewhere, {} wrong, {} refused, {:.0?}",
        total.pairs,
        total.proved,
        total.refuted,
        total.refused,
        start.elapsed()
    );
    total.refuted == 0
}
