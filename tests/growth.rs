//! The cheap gradient principle (Baur and Strassen 1983): a formula and its gradient together are at most five times the
//! formula, in nodes and factors.

// What is measured or skipped is said.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod problem;

use problem::Problem;
use symdiff::differentiate::differentiate;
use symdiff::function;
use symdiff::ir::{Axes, Dimension, Graph, Node, NodeId, Operand};
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

fn ratio(graph: &mut Graph, node: NodeId, variables: &[NodeId]) -> f64 {
    let before = size(graph, &[node]);
    let mut roots = differentiate(graph, node, variables).unwrap().partials;
    roots.push(node);
    size(graph, &roots) as f64 / before as f64
}

#[test]
fn products_and_recurrences() {
    for n in [8, 64, 512, 2048] {
        let mut graph = Graph::new();
        let x: Vec<NodeId> = (0..=n).map(|i| graph.variable(&format!("x{i}"), Axes::new())).collect();
        let factors: Vec<NodeId> = (0..n)
            .map(|i| {
                let sine = graph.call(function::SIN, &[x[i + 1]]);
                graph.add(&[x[i], sine])
            })
            .collect();
        let product = graph.multiply(&factors);
        let found = ratio(&mut graph, product, &x);
        assert!(found <= 5.0, "product of {n}: {found}");

        let mut graph = Graph::new();
        let r = graph.variable("r", Axes::new());
        let start = graph.variable("x", Axes::new());
        let one = graph.number(&Rational::ONE);
        graph.set_shared(true);
        let mut x = start;
        for _ in 0..n {
            let rest = graph.subtract(one, x);
            x = graph.multiply(&[r, x, rest]);
        }
        let found = ratio(&mut graph, x, &[r, start]);
        assert!(found <= 5.0, "logistic map of {n} steps: {found}");
    }
}

#[test]
fn deep_networks() {
    for depth in [2, 8, 32, 128] {
        let mut graph = Graph::new();
        let symbol = graph.symbol("n");
        let n = graph.dimension(Dimension::symbol(symbol));
        let vector = Axes::from_slice(&[n]);
        let mut layer = graph.variable("x", vector.clone());
        let mut parameters = Vec::new();
        graph.set_shared(true);
        for k in 0..depth {
            let weights = graph.variable(&format!("W{k}"), Axes::from_slice(&[n, n]));
            let bias = graph.variable(&format!("b{k}"), vector.clone());
            let product =
                graph.contract(1, &[n, n], &[Operand::new(weights, &[0, 1]), Operand::new(layer, &[1])]);
            let input = graph.add(&[product, bias]);
            layer = graph.call(function::TANH, &[input]);
            parameters.extend([weights, bias]);
        }
        let loss = graph.contract(0, &[n], &[Operand::new(layer, &[0]), Operand::new(layer, &[0])]);
        let found = ratio(&mut graph, loss, &parameters);
        assert!(found <= 5.0, "{depth} layers: {found}");
    }
}

#[test]
fn typical_formulas() {
    for (declare, formula, by) in [
        (&[] as &[&str], "(x^2+σ(y))/(3x+y−σ(x))", &["x", "y"] as &[&str]),
        (&[], "exp(-(t/s)^2/2)/(sqrt(2*pi)*s)", &["t", "s"]),
        (&[], "sqrt((x1-x2)^2+(y1-y2)^2+(z1-z2)^2)", &["x1", "x2", "y1", "y2", "z1", "z2"]),
        (&[], "log(1 + exp(a*x + b*y + c*z + d))", &["a", "b", "c", "d", "x", "y", "z"]),
        (&["x: R[n]", "A: R[n,n]"], "x'*A*x/(x'*x)", &["x", "A"]),
        (&["x: R[n]", "W: R[m,n]", "b: R[m]", "y: R[m]"], "-y'*log(softmax(W*x+b))", &["W", "b", "x"]),
        (&["x: R[n]", "A: R[m,n]", "y: R[m]"], "norm2(A*x - y)^2 + λ*norm1(x)", &["x", "A"]),
        (&["S: R[n,n]", "x: R[n]"], "logdet(S) + x'*inv(S)*x", &["S", "x"]),
        (&["X: R[N,d]"], "sum[i,j] exp(-sum[k] (X[i,k]-X[j,k])^2)", &["X"]),
    ] {
        let mut problem = Problem::new(declare, &[]);
        let node = problem.formula(formula);
        let variables: Vec<NodeId> = by.iter().map(|name| problem.variable(name)).collect();
        let found = ratio(&mut problem.environment.graph, node, &variables);
        println!("{found:.2} {formula}");
        assert!(found <= 5.0, "{formula}: {found}");
    }
}
