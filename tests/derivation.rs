//! Derivations: first line as written, each line by a rule and proved, last line the engine's result.

use symdiff::derivation::{Derivation, Detail};
use symdiff::{Problem, print};

/// Looks at derivations of formulas of one's own: `FORMULAS=file cargo test --test derivation shown -- --nocapture`.
#[test]
#[allow(clippy::print_stdout)]
fn shown() {
    let Some(path) = std::env::var_os("FORMULAS") else { return };
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let (wrt, formula) = line.split_once(';').unwrap();
        for detail in [Detail::Normal] {
            match Derivation::of(&mut Problem::new(), formula, wrt, detail) {
                Ok(derivation) => println!("{}", derivation.unicode()),
                Err(error) => println!("{formula}: {error}\n"),
            }
        }
    }
}

/// The derivatives of the corpora: formula and variable.
fn rows() -> Vec<(String, String)> {
    let Some(folder) = std::env::var_os("SYMDIFF_CORPORA") else { return Vec::new() };
    let mut rows = Vec::new();
    for name in ["feynman", "fpcore_dev", "symengine_tests"] {
        let path = std::path::Path::new(&folder).join(format!("{name}.jsonl"));
        for line in std::fs::read_to_string(path).unwrap_or_default().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            // higher orders are derivatives of derivatives
            if row["kind"] == "derivative" && !row["wrt"].as_str().unwrap_or("").contains(',') {
                let text = |key: &str| row[key].as_str().unwrap_or("").to_owned();
                rows.push((text("expr"), text("wrt")));
            }
        }
    }
    rows
}

/// First line verbatim, last line the engine's, neighbours proved (a line that is not proved is an error).
#[test]
#[allow(clippy::print_stdout)]
fn corpora() {
    let rows = rows();
    if rows.is_empty() {
        println!("skipped: SYMDIFF_CORPORA is not set");
        return;
    }
    let every: usize = std::env::var("EVERY").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let (mut all, mut derived) = (0, 0);
    for (formula, wrt) in rows.iter().step_by(every) {
        all += 1;
        let mut problem = Problem::new();
        match Derivation::of(&mut problem, formula, wrt, Detail::Normal) {
            Ok(derivation) => {
                derived += 1;
                let written = problem.read(formula).unwrap();
                assert_eq!(derivation.formula, written);
                let first = Problem::new().read(&print::text(&derivation.first)).unwrap();
                assert_eq!(first, derivation.first, "{formula}");
                let engine = Problem::new().gradient(formula, &[wrt]).unwrap();
                assert_eq!(*derivation.result(), engine.partials[0].tree, "{formula}");
                if std::env::var_os("SHOW").is_some() {
                    println!("{}", derivation.unicode());
                }
            }
            Err(error) => println!("{formula} by {wrt}: {error}"),
        }
    }
    println!("{derived} of {all}");
    assert_eq!(derived, all);
}
