//! How long reading and printing take: `cargo bench --bench reading`. With `SYMDIFF_CORPORA` set, the formulas there too.

use std::hint::black_box;
use std::time::Instant;

use symdiff::print;
use symdiff::syntax::{Names, parse};

fn main() {
    let names = Names::default();
    for text in
        ["(x^2+σ(y))/(3x+y−σ(x))", "exp(-theta^2/2)/sqrt(2*pi)*x*y", "-sum[k] y[k]*log(softmax(W*x+b)[k])"]
    {
        let rounds = 20_000;
        let start = Instant::now();
        for _ in 0..rounds {
            let _ = black_box(parse(black_box(text), &names));
        }
        let reading = start.elapsed() / rounds;
        let Ok(parsed) = parse(text, &names) else { continue };
        let start = Instant::now();
        for _ in 0..rounds {
            black_box(print::text(black_box(&parsed.tree)));
        }
        report(&format!("{text}: read {reading:?}, printed {:?}", start.elapsed() / rounds));
    }
    for (what, text) in [
        ("x + x + …, 10^5 terms", vec!["x"; 100_000].join("+")),
        ("sin(x) + sin(x) + …, 10^5 terms", vec!["sin(x)"; 100_000].join("+")),
        ("x*x*…, 10^5 factors", vec!["x"; 100_000].join("*")),
        ("a name of 1 MB", "x".repeat(1_000_000)),
        ("10^5 open brackets", "(".repeat(100_000)),
    ] {
        let start = Instant::now();
        let result = black_box(parse(&text, &names));
        let reading = start.elapsed();
        let start = Instant::now();
        if let Ok(parsed) = &result {
            black_box(print::text(&parsed.tree));
        }
        report(&format!("{what}: read {reading:?}, printed {:?}", start.elapsed()));
    }
    let Ok(folder) = std::env::var("SYMDIFF_CORPORA") else {
        report("SYMDIFF_CORPORA is not set: the corpora are skipped");
        return;
    };
    for file in ["feynman", "fpcore_dev", "rubi_s300", "symengine_tests", "sympy_diff", "matrix_facts_dev"] {
        let Ok(rows) = std::fs::read_to_string(format!("{folder}/{file}.jsonl")) else { continue };
        let texts: Vec<String> = rows
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .flat_map(|row| ["expr", "expected"].map(|key| row[key].as_str().map(String::from)))
            .flatten()
            .collect();
        let (mut refused, mut warned) = (0, 0);
        let start = Instant::now();
        for text in &texts {
            match parse(text, &names) {
                Ok(parsed) => warned += usize::from(!parsed.warnings.is_empty()),
                Err(problem) => {
                    refused += 1;
                    report(&format!("  {text}: {problem}"));
                }
            }
        }
        let each = start.elapsed() / texts.len().max(1) as u32;
        let letters = texts.iter().map(String::len).sum::<usize>() / texts.len().max(1);
        report(&format!(
            "{file}: {} formulas of {letters} bytes, {refused} refused, {warned} warned about, {each:?} each",
            texts.len()
        ));
    }
}

#[allow(clippy::print_stdout)]
fn report(line: &str) {
    println!("{line}");
}
