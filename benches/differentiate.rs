//! Time to differentiate a formula by all its variables in one sweep: `SYMDIFF_CORPORA=… cargo bench --bench differentiate`.
//!
//! Reading and lowering are outside the timing; each repetition starts from its own copy of the lowered graph, and making the
//! copy is outside the timing too.
#![allow(clippy::print_stdout, missing_docs)]

use std::collections::BTreeMap;
use std::time::Instant;

use symdiff::differentiate::differentiate;
use symdiff::ir::{Graph, NodeId};
use symdiff::lower::Environment;
use symdiff::syntax::parse;

const REPETITIONS: usize = 41;

/// The graph of one formula, its root and its variables.
fn lowered(text: &str, names: &[String]) -> Option<(Graph, NodeId, Vec<NodeId>)> {
    let mut environment = Environment::new();
    let variables: Option<Vec<NodeId>> =
        names.iter().map(|name| environment.variable(name).map(|(node, _)| node)).collect();
    let tree = parse(text, &environment.names).ok()?.tree;
    let node = environment.lower(&tree).ok()?.node;
    Some((environment.graph, node, variables?))
}

fn main() {
    let Ok(corpora) = std::env::var("SYMDIFF_CORPORA") else {
        println!("SYMDIFF_CORPORA is not set: skipped");
        return;
    };
    for file in ["feynman", "fpcore_dev"] {
        let path = format!("{corpora}/{file}.jsonl");
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("{path} cannot be read: skipped");
            continue;
        };
        let mut formulas: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in text.lines() {
            let Ok(row) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            let Some(formula) = row["expr"].as_str() else { continue };
            let names = row["vars"].as_array().into_iter().flatten().filter_map(|v| v.as_str());
            formulas.entry(formula.to_owned()).or_insert_with(|| names.map(str::to_owned).collect());
        }
        let mut times: Vec<(f64, String)> = Vec::new();
        let mut skipped = 0;
        for (formula, names) in &formulas {
            let mut best: Vec<f64> = Vec::new();
            for _ in 0..REPETITIONS {
                let Some((mut graph, node, variables)) = lowered(formula, names) else { break };
                let start = Instant::now();
                let derivative = differentiate(&mut graph, node, &variables);
                let elapsed = start.elapsed().as_secs_f64() * 1e6;
                if derivative.is_err() {
                    best.clear();
                    break;
                }
                best.push(elapsed);
            }
            best.sort_by(f64::total_cmp);
            if let Some(median) = best.get(best.len() / 2) {
                times.push((*median, formula.clone()))
            } else {
                skipped += 1;
                println!("    not differentiated: {formula}");
            }
        }
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let at =
            |part: f64| times.get((part * (times.len().max(1) - 1) as f64) as usize).map_or(0.0, |t| t.0);
        println!(
            "{file}: {} formulas ({skipped} not differentiated): median {:.1} µs, 90% {:.1} µs, 99% {:.1} µs, worst {:.1} µs",
            times.len(),
            at(0.5),
            at(0.9),
            at(0.99),
            at(1.0)
        );
        for (time, formula) in times.iter().rev().take(3) {
            println!("    {time:>8.1} µs  {formula}");
        }
    }
}
