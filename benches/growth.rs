//! How time and size of gradients grow: `cargo bench --bench growth`.
//!
//! A node count is the number of nodes that can be reached plus the number of their factors.
#![allow(clippy::print_stdout, missing_docs)]

use std::time::Instant;

use symdiff::differentiate::differentiate;
use symdiff::function;
use symdiff::ir::{Axes, Graph, Node, NodeId};
use symdiff::number::Rational;

/// Nodes and factors below the roots.
fn size(graph: &Graph, roots: &[NodeId]) -> usize {
    graph
        .reachable(roots)
        .into_iter()
        .map(|id| match graph.node(id) {
            Node::Sum(terms) => 1 + terms.iter().map(|(_, term)| term.factors.len()).sum::<usize>(),
            Node::Atom(_) => 1,
        })
        .sum()
}

/// Π_{i≤n} (`x_i` + sin x_{i+1})
fn product(graph: &mut Graph, n: usize) -> (NodeId, Vec<NodeId>) {
    let x: Vec<NodeId> = (0..=n).map(|i| graph.variable(&format!("x{i}"), Axes::new())).collect();
    let factors: Vec<NodeId> = (0..n)
        .map(|i| {
            let sine = graph.call(function::SIN, &[x[i + 1]]);
            graph.add(&[x[i], sine])
        })
        .collect();
    (graph.multiply(&factors), x)
}

/// x ← r x (1 − x), n times.
fn logistic(graph: &mut Graph, n: usize) -> (NodeId, Vec<NodeId>) {
    let r = graph.variable("r", Axes::new());
    let start = graph.variable("x", Axes::new());
    let one = graph.number(&Rational::ONE);
    graph.set_shared(true);
    let mut x = start;
    for _ in 0..n {
        let rest = graph.subtract(one, x);
        x = graph.multiply(&[r, x, rest]);
    }
    graph.set_shared(false);
    (x, vec![r, start])
}

type Build = fn(&mut Graph, usize) -> (NodeId, Vec<NodeId>);

fn main() {
    for (name, build) in [("Π (x_i + sin x_{i+1})", product as Build), ("logistic map", logistic as Build)] {
        println!("{name}");
        println!(
            "{:>6} {:>10} {:>12} {:>10} {:>12} {:>6} {:>10}",
            "n", "nodes f", "nodes f,∇f", "build ms", "gradient ms", "ratio", "µs a step"
        );
        for n in (3..=12).map(|k| 1usize << k) {
            let mut best = (f64::INFINITY, f64::INFINITY);
            let mut sizes = (0, 0);
            for _ in 0..15 {
                let mut graph = Graph::new();
                let start = Instant::now();
                let (node, variables) = build(&mut graph, n);
                let built = start.elapsed().as_secs_f64() * 1e3;
                let start = Instant::now();
                let derivative = match differentiate(&mut graph, node, &variables) {
                    Ok(derivative) => derivative,
                    Err(error) => {
                        println!("{error}");
                        return;
                    }
                };
                let swept = start.elapsed().as_secs_f64() * 1e3;
                best = (best.0.min(built), best.1.min(swept));
                let mut roots = derivative.partials.clone();
                roots.push(node);
                sizes = (size(&graph, &[node]), size(&graph, &roots));
            }
            println!(
                "{n:>6} {:>10} {:>12} {:>10.3} {:>12.3} {:>6.2} {:>10.3}",
                sizes.0,
                sizes.1,
                best.0,
                best.1,
                sizes.1 as f64 / sizes.0 as f64,
                best.1 * 1e3 / n as f64
            );
        }
    }
}
