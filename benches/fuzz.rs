//! The laws of the fuzz targets on formulas and texts from a seeded generator, for machines without a fuzzer.
//!
//! `cargo bench --bench fuzz -- [read|simplify|tensors] [seconds] [seed]`; every broken law is printed with the case that breaks it.

#![allow(clippy::print_stdout, missing_docs)]

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[path = "../tests/plain/mod.rs"]
mod plain;

/// Words from which texts are put together; bytes alone seldom make a formula.
const WORDS: &[&str] = &[
    "x",
    "y",
    "z",
    "W",
    "σ",
    "ŷ",
    "x_1",
    "g_",
    "e",
    "pi",
    "2",
    "0.5",
    "1e3",
    "10",
    "(",
    ")",
    "[",
    "]",
    "+",
    "-",
    "*",
    "/",
    "^",
    ".*",
    "./",
    ".^",
    "'",
    "ᵀ",
    "²",
    "√",
    "∂",
    "∇",
    "Σ",
    "|",
    "‖",
    ",",
    ":",
    "=",
    "<",
    ">=",
    "!=",
    "..",
    "_",
    "i",
    "j",
    "k",
    "n",
    "sum",
    "prod",
    "max",
    "if",
    "otherwise",
    "cases",
    "diff",
    "d/dx ",
    "grad",
    "sin",
    "log",
    "sgn",
    "f",
    "\n",
    " ",
    " ",
    "{",
    "\\",
    "R",
    "function",
    "softmax",
    "norm2",
    "tr",
    "inv",
    "det",
    "&",
    "∈",
    "−",
    "…",
];

/// `SplitMix64`.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let which = arguments.first().map_or("simplify", String::as_str).to_owned();
    let is_reading = which == "read";
    let law: fn(&[u8]) -> Result<(), String> = match which.as_str() {
        "read" => plain::laws::reading,
        "tensors" => plain::tensors::gradients,
        _ => plain::laws::simplifying,
    };
    let number =
        |at: usize, usual: u64| arguments.get(at).and_then(|word| word.parse().ok()).unwrap_or(usual);
    let (end, mut state) = (Instant::now() + Duration::from_secs(number(1, 10)), number(2, 1));
    let worker = std::thread::Builder::new().stack_size(256 << 20).spawn(move || {
        let (mut cases, mut broken) = (0u64, 0u64);
        while Instant::now() < end {
            let length = next(&mut state) % 48;
            let bytes: Vec<u8> = if is_reading {
                let word = |state: &mut u64| WORDS[next(state) as usize % WORDS.len()];
                (0..length).flat_map(|_| word(&mut state).bytes()).collect()
            } else {
                (0..length).map(|_| next(&mut state) as u8).collect()
            };
            let start = Instant::now();
            let result = catch_unwind(|| law(&bytes));
            let case = || match which.as_str() {
                "read" => String::from_utf8_lossy(&bytes).into_owned(),
                "tensors" => plain::tensors::formula(&bytes),
                _ => symdiff::print::text(&plain::decode::formula(&bytes)),
            };
            cases += 1;
            match result {
                Ok(Ok(())) => {}
                Ok(Err(law)) => {
                    broken += 1;
                    println!("BROKEN {law}");
                }
                Err(_) => {
                    broken += 1;
                    println!("PANIC {:?}", case());
                }
            }
            if start.elapsed() > Duration::from_secs(2) {
                println!("SLOW {:.1?} {:?}", start.elapsed(), case());
            }
        }
        println!("{cases} cases, {broken} broken");
        broken
    });
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(0)) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
