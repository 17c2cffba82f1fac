//! How long derivations take, and how many there are: `cargo bench --bench derivation`. With `SYMDIFF_CORPORA` set, every
//! derivative there is derived; each line is proved on the way, and one that is not is counted as refused.

#![allow(clippy::print_stdout, missing_docs)]

use std::time::{Duration, Instant};

use symdiff::derivation::{Derivation, Detail};
use symdiff::{Problem, print};

fn main() {
    for formula in ["(x^2+σ(y))/(3x+y−σ(x))", "x*exp(-x^2/2)*sin(3x) + log(1 + x^2)"] {
        let rounds = 50;
        let start = Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(Derivation::of(&mut Problem::new(), formula, "x", Detail::Normal).ok());
        }
        println!("{formula}: {:?}", start.elapsed() / rounds);
    }
    let Ok(folder) = std::env::var("SYMDIFF_CORPORA") else {
        println!("SYMDIFF_CORPORA is not set: the corpora are skipped");
        return;
    };
    for name in ["feynman", "fpcore_dev", "symengine_tests", "rubi_s300", "sympy_diff"] {
        let text = std::fs::read_to_string(format!("{folder}/{name}.jsonl")).unwrap_or_default();
        let (mut all, mut derived, mut lines) = (0usize, 0usize, 0usize);
        let mut times: Vec<Duration> = Vec::new();
        let mut small: Vec<Duration> = Vec::new();
        let mut slowest = String::new();
        for line in text.lines() {
            let Ok(row) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            let (Some("derivative"), Some(formula), Some(wrt)) =
                (row["kind"].as_str(), row["expr"].as_str(), row["wrt"].as_str())
            else {
                continue;
            };
            if wrt.contains(',') {
                continue;
            }
            all += 1;
            let start = Instant::now();
            match Derivation::of(&mut Problem::new(), formula, wrt, Detail::Normal) {
                Ok(derivation) => {
                    derived += 1;
                    lines += derivation.steps.len();
                    times.push(start.elapsed());
                    if print::nodes(&derivation.formula) <= 21 {
                        let time = start.elapsed();
                        if small.iter().all(|known| *known < time) {
                            slowest = format!("{formula} by {wrt}");
                        }
                        small.push(time);
                    }
                }
                Err(error) => println!("  {formula} by {wrt}: {}", short(&error.message)),
            }
        }
        times.sort_unstable();
        small.sort_unstable();
        let at = |times: &[Duration], percent: usize| {
            times.get((times.len().saturating_sub(1)) * percent / 100).copied().unwrap_or_default()
        };
        println!(
            "{name}: {derived} of {all} derived in {lines} lines; median {:?}, 95 % {:?}; up to 10 operations 95 % {:?}, most {:?} ({slowest})",
            at(&times, 50),
            at(&times, 95),
            at(&small, 95),
            at(&small, 100)
        );
    }
}

fn short(message: &str) -> String {
    message.chars().take(120).collect()
}
