//! Size and speed of simplified derivatives over the corpora.
//!
//! `SYMDIFF_CORPORA=<dir> cargo bench --bench simplify_size [-- options]`
//!
//! For every formula of `feynman.jsonl` and `fpcore_dev.jsonl`: all partials, printed nodes summed, compared with the raw
//! derivative and, where `SYMDIFF_PEERS` names a file of peers' sizes, with the best of the peers, formula by formula.
//! Options: `--ablation` compares normal forms alone with normal forms and e-graph; `--show` prints every partial;
//! `--losses` those that a peer does better; `--slowest` the slowest formulas; `--only <text>` keeps formulas that
//! contain the text.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::too_many_lines, missing_docs)]

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;
use symdiff::function::{self, Function};
use symdiff::ir::scalar::Scalar;
use symdiff::simplify::{Effort, Extent, LeafFacts, Options, Simplified, simplify_many, to_tree};
use symdiff::syntax::tree::{Kind, Tree};

#[path = "simplify_size/plain.rs"]
mod plain;

struct Formula {
    corpus: String,
    text: String,
    partials: Vec<String>,
}

fn load(corpora: &str, names: &[&str]) -> Vec<Formula> {
    let mut formulas: Vec<Formula> = Vec::new();
    let mut place: BTreeMap<(String, String), usize> = BTreeMap::new();
    for name in names {
        let Ok(text) = std::fs::read_to_string(format!("{corpora}/{name}.jsonl")) else { continue };
        for line in text.lines() {
            let Ok(row) = serde_json::from_str::<Value>(line) else { continue };
            let (Some(expr), Some(wrt)) = (row["expr"].as_str(), row["wrt"].as_str()) else { continue };
            let at = *place.entry(((*name).to_owned(), expr.to_owned())).or_insert_with(|| {
                formulas.push(Formula {
                    corpus: (*name).to_owned(),
                    text: expr.to_owned(),
                    partials: Vec::new(),
                });
                formulas.len() - 1
            });
            formulas[at].partials.push(wrt.to_owned());
        }
    }
    formulas
}

fn text(tree: &Tree, least: u8) -> String {
    let (own, level) = match &tree.kind {
        Kind::Number(q) => (q.to_string(), 9),
        Kind::Name(n) => (n.clone(), 9),
        Kind::Sum(terms) => {
            let mut s = String::new();
            for (at, term) in terms.iter().enumerate() {
                match &term.kind {
                    Kind::Negate(a) if at > 0 => s += &format!(" - {}", text(a, 2)),
                    _ if at > 0 => s += &format!(" + {}", text(term, 2)),
                    _ => s += &text(term, 1),
                }
            }
            (s, 1)
        }
        Kind::Product(f) => (f.iter().map(|a| text(a, 4)).collect::<Vec<_>>().join("*"), 3),
        Kind::Quotient(a, b) => (format!("{}/{}", text(a, 3), text(b, 4)), 3),
        Kind::Negate(a) => (format!("-{}", text(a, 3)), 2),
        Kind::Power(a, b) => (format!("{}^{}", text(a, 8), text(b, 7)), 7),
        Kind::Call { name, arguments, .. } => {
            (format!("{name}({})", arguments.iter().map(|a| text(a, 0)).collect::<Vec<_>>().join(", ")), 9)
        }
        _ => ("?".to_owned(), 9),
    };
    if level < least { format!("({own})") } else { own }
}

fn print(f: &Scalar, names: &[String]) -> String {
    let leaf = |l: u32| Tree::name(names[l as usize].clone());
    let function = |f: Function| match f {
        Function::Known(id) => (function::row(id).name.to_owned(), 0),
        Function::Unknown { symbol, primes } => (format!("f{symbol}"), primes),
    };
    text(&to_tree(f, &leaf, &function), 0)
}

/// Best size over the peers, formula by formula, and the best partials.
type Peers = BTreeMap<(String, String), (usize, BTreeMap<String, (usize, String)>)>;

fn load_peers() -> Peers {
    let mut peers = Peers::new();
    let Ok(path) = std::env::var("SYMDIFF_PEERS") else { return peers };
    let Ok(text) = std::fs::read_to_string(path) else { return peers };
    let Ok(Value::Array(rows)) = serde_json::from_str::<Value>(&text) else { return peers };
    for row in rows {
        let (Some(corpus), Some(expr), Some(partials)) =
            (row["corpus"].as_str(), row["expr"].as_str(), row["partials"].as_object())
        else {
            continue;
        };
        let calls: std::collections::BTreeSet<String> =
            partials.values().filter_map(Value::as_object).flat_map(|p| p.keys().cloned()).collect();
        let mut by_call: BTreeMap<String, usize> = BTreeMap::new();
        let mut by_partial = BTreeMap::new();
        for (wrt, results) in partials {
            let size = |call: &str| {
                let result = results.get(call).or(results.get("raw")).and_then(|r| r[0].as_u64());
                result.unwrap_or(1 << 40) as usize
            };
            for call in &calls {
                *by_call.entry(call.clone()).or_default() += size(call);
            }
            if let Some(best) = calls.iter().min_by_key(|call| size(call)) {
                let shown = results.get(best).and_then(|r| r[1].as_str()).unwrap_or("").to_owned();
                by_partial.insert(wrt.clone(), (size(best), shown));
            }
        }
        if let Some(best) = by_call.values().min() {
            peers.insert((corpus.to_owned(), expr.to_owned()), (*best, by_partial));
        }
    }
    peers
}

#[derive(Default)]
struct Tally {
    formulas: usize,
    partials: usize,
    raw: usize,
    ours: usize,
    peer: usize,
    compared: usize,
    not_above: usize,
    above_raw: usize,
    unread: usize,
    conflicts: usize,
    unwitnessed: usize,
    graphs: usize,
    times: Vec<f64>,
}

fn main() {
    let Ok(corpora) = std::env::var("SYMDIFF_CORPORA") else {
        println!("SYMDIFF_CORPORA is not set: nothing to measure");
        return;
    };
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let has = |name: &str| arguments.iter().any(|a| a == name);
    let only = arguments.iter().skip_while(|a| *a != "--only").nth(1).cloned();
    let repeat: usize =
        arguments.iter().skip_while(|a| *a != "--repeat").nth(1).and_then(|n| n.parse().ok()).unwrap_or(3);
    let formulas = load(&corpora, &["feynman", "fpcore_dev"]);
    let peers = load_peers();
    let default = Options::default();
    let fast = Options { effort: Effort::Fast, ..default };
    let thorough = Options { effort: Effort::Thorough, ..default };
    let modes: Vec<(&str, Options)> = if has("--ablation") {
        vec![
            ("normal forms alone", fast),
            ("normal forms and e-graph", default),
            ("e-graph alone", Options { without_normal_forms: true, ..default }),
            ("thorough", thorough),
        ]
    } else if has("--thorough") {
        vec![("thorough", thorough)]
    } else if has("--fast") {
        vec![("fast", fast)]
    } else {
        vec![("default", default)]
    };
    // What the first expression of a process pays for reading the rules.
    let lab = "(x^2 + sigmoid(y))/(3*x + y - sigmoid(x))";
    let names = plain::names_of(lab);
    if let Some(partial) = plain::read(lab, &names).and_then(|f| plain::differentiate(&f, 0)) {
        for label in ["first", "second"] {
            let start = Instant::now();
            let result = simplify_many(std::slice::from_ref(&partial), &LeafFacts::none(), &default);
            let time = start.elapsed().as_secs_f64() * 1e3;
            println!("{label} expression of the process: {time:.2} ms, {} nodes", result[0].nodes);
        }
    }
    for (label, options) in modes {
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        let mut slowest: Vec<(f64, String)> = Vec::new();
        for formula in &formulas {
            if only.as_ref().is_some_and(|o| !formula.text.contains(o.as_str())) {
                continue;
            }
            let tally = tallies.entry(formula.corpus.clone()).or_default();
            let names = plain::names_of(&formula.text);
            let Some(f) = plain::read(&formula.text, &names) else {
                tally.unread += 1;
                if has("--show") {
                    println!("UNREAD {}", formula.text);
                }
                continue;
            };
            // The machine has other work too: the least of several runs is what the work takes.
            let mut time = f64::INFINITY;
            for _ in 1..repeat {
                let start = Instant::now();
                let again: Vec<Scalar> = formula
                    .partials
                    .iter()
                    .filter_map(|wrt| {
                        let leaf = names.iter().position(|n| n == wrt)?;
                        plain::differentiate(&f, leaf as u32)
                    })
                    .collect();
                std::hint::black_box(simplify_many(&again, &LeafFacts::none(), &options));
                time = time.min(start.elapsed().as_secs_f64() * 1e3);
            }
            let start = Instant::now();
            let derivatives: Option<Vec<Scalar>> = formula
                .partials
                .iter()
                .map(|wrt| {
                    let leaf = names.iter().position(|n| n == wrt)?;
                    plain::differentiate(&f, leaf as u32)
                })
                .collect();
            let Some(derivatives) = derivatives else {
                tally.unread += 1;
                if has("--show") {
                    println!("UNDIFFERENTIATED {}", formula.text);
                }
                continue;
            };
            let results: Vec<Simplified> = simplify_many(&derivatives, &LeafFacts::none(), &options);
            let time = time.min(start.elapsed().as_secs_f64() * 1e3);
            tally.times.push(time);
            slowest.push((time, formula.text.clone()));
            let raw: usize = derivatives.iter().map(plain::raw_nodes).sum();
            let ours: usize = results.iter().map(|r| r.nodes).sum();
            tally.formulas += 1;
            tally.partials += results.len();
            tally.raw += raw;
            tally.ours += ours;
            tally.above_raw += usize::from(ours > raw);
            tally.conflicts += results.iter().filter(|r| r.conflict.is_some()).count();
            tally.unwitnessed += results.iter().filter(|r| r.extent == Extent::NoWitness).count();
            tally.graphs += results.iter().filter(|r| r.graph_nodes > 0).count();
            let peer = peers.get(&(formula.corpus.clone(), formula.text.clone()));
            let mut lost = ours > raw;
            if let Some((best, _)) = peer {
                tally.compared += 1;
                tally.peer += best;
                tally.not_above += usize::from(ours <= *best);
                lost |= ours > *best;
            }
            if has("--show") || (has("--losses") && lost) {
                println!(
                    "\n{}   raw {raw} ours {ours} peer {:?}  {time:.2} ms",
                    formula.text,
                    peer.map(|p| p.0)
                );
                for (at, wrt) in formula.partials.iter().enumerate() {
                    let other = peer.and_then(|(_, partials)| partials.get(wrt)).cloned().unwrap_or_default();
                    let result = &results[at];
                    if has("--show") || result.nodes > other.0 {
                        println!(
                            "  d/d{wrt}: {} {}{} {}\n      peer {} {}",
                            result.nodes,
                            print(&result.expression, &names),
                            result.conflict.as_ref().map_or(String::new(), |c| format!("   CONFLICT {c}")),
                            if result.extent == Extent::Full { "" } else { "UNWITNESSED" },
                            other.0,
                            other.1
                        );
                    }
                }
            }
        }
        for (corpus, mut tally) in tallies {
            tally.times.sort_by(f64::total_cmp);
            let at = |p: f64| {
                let last = tally.times.len().saturating_sub(1);
                tally.times.get((last as f64 * p) as usize).copied().unwrap_or(0.0)
            };
            println!(
                "{label:25} {corpus:10} formulas {} partials {} unread {} raw {} ours {} peer {} ratio {:.4} at or below {:.1} % above raw {} conflicts {} unwitnessed {} graphs {} | ms median {:.3} p90 {:.2} p99 {:.2} worst {:.2} sum {:.0}",
                tally.formulas,
                tally.partials,
                tally.unread,
                tally.raw,
                tally.ours,
                tally.peer,
                tally.ours as f64 / tally.peer.max(1) as f64,
                100.0 * tally.not_above as f64 / tally.compared.max(1) as f64,
                tally.above_raw,
                tally.conflicts,
                tally.unwitnessed,
                tally.graphs,
                at(0.5),
                at(0.9),
                at(0.99),
                at(1.0),
                tally.times.iter().sum::<f64>()
            );
        }
        slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (time, text) in slowest.iter().take(if has("--slowest") { 8 } else { 0 }) {
            println!("   {time:.2} ms {text}");
        }
    }
}
