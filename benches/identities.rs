//! Small true identities, found by enumeration: which ones does the engine miss?
//!
//! `cargo bench --bench identities [-- size [variables]]`: all terms up to `size` nodes (6) over `variables` variables (1),
//! 1, 2, −1, a few functions and arithmetic. Terms are built from one representative of each value; a new term with the
//! values of a representative is an identity if 200 bits agree at all points. The share that the engine proves is a
//! measure of completeness; the missed ones are printed, smallest first.

#![allow(clippy::needless_range_loop, clippy::cast_lossless, clippy::print_stdout, missing_docs)]

use std::collections::HashMap;
use std::time::Instant;

use symdiff::Problem;
use symdiff::evaluate::precise_at;
use symdiff::function::{self, Function};
use symdiff::ir::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use symdiff::normal::{Limits, equal};
use symdiff::number::Rational;
use symdiff::prove::{Verdict, equivalent};
use symdiff::simplify::{LeafFacts, Options, TableDefinitions, simplify, to_tree};
use symdiff::syntax::tree::Tree;

const POINTS: usize = 8;
const BITS: usize = 200;

/// Coordinates in 64ths, of all signs and on both sides of one.
const COORDINATES: [[i64; POINTS]; 2] =
    [[45, -39, 121, -90, 167, 22, -13, 70], [83, 26, -51, -134, 199, 13, 37, -6]];

type Values = [f64; POINTS];

#[derive(Clone, Copy)]
enum Head {
    Leaf(u32),
    Number(i64),
    Negate,
    Root,
    Call(&'static str),
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Clone)]
struct Term {
    head: Head,
    operands: [usize; 2],
    values: Values,
}

const UNARY: [Head; 10] = [
    Head::Negate,
    Head::Root,
    Head::Call("exp"),
    Head::Call("log"),
    Head::Call("sigmoid"),
    Head::Call("tanh"),
    Head::Call("softplus"),
    Head::Call("sin"),
    Head::Call("cos"),
    Head::Call("abs"),
];

const BINARY: [Head; 4] = [Head::Add, Head::Subtract, Head::Multiply, Head::Divide];

fn apply(head: Head, a: f64, b: f64) -> f64 {
    let value = match head {
        Head::Leaf(_) => f64::NAN,
        Head::Number(n) => n as f64,
        Head::Negate => -a,
        Head::Root => a.sqrt(),
        Head::Call(name) => function::lookup(name).map_or(f64::NAN, |id| function::row(id).float(&[a])),
        Head::Add => a + b,
        Head::Subtract => a - b,
        Head::Multiply => a * b,
        Head::Divide => a / b,
    };
    // A quotient by what is zero up to rounding has no value worth comparing.
    if value.is_finite() && value.abs() < 1e12 { value } else { f64::NAN }
}

/// Values to eight digits: what may be equal has the same key, up to bad luck in rounding.
fn key(values: &Values) -> Option<[i64; POINTS]> {
    if values.iter().all(|v| v.is_nan()) {
        return None;
    }
    Some(values.map(|v| {
        if v.is_nan() {
            return i64::MIN;
        }
        if v.abs() < 1e-11 {
            return 0;
        }
        let scale = v.abs().log10().floor();
        ((v / 10f64.powf(scale)) * 1e8).round() as i64 * 64 + scale as i64
    }))
}

/// All terms that are kept: one for each value.
#[derive(Default)]
struct Pool {
    terms: Vec<Term>,
    by_size: Vec<Vec<usize>>,
    known: HashMap<[i64; POINTS], usize>,
}

impl Pool {
    fn write(&self, term: &Term, builder: &mut ScalarBuilder) -> Ref {
        let mut operand = |at: usize| self.write(&self.terms[term.operands[at]], builder);
        let operation = match term.head {
            Head::Leaf(leaf) => Operation::Leaf(leaf),
            Head::Number(n) => Operation::Number(Rational::integer(n)),
            Head::Negate => Operation::Negate(operand(0)),
            Head::Root => {
                let a = operand(0);
                Operation::Power(a, builder.add(Operation::Number(Rational::HALF)))
            }
            Head::Call(name) => {
                let a = operand(0);
                let id = function::lookup(name).expect("a function of the table");
                Operation::Call(Function::Known(id), [a].into_iter().collect())
            }
            Head::Add => Operation::Add(operand(0), operand(1)),
            Head::Subtract => Operation::Subtract(operand(0), operand(1)),
            Head::Multiply => Operation::Multiply(operand(0), operand(1)),
            Head::Divide => Operation::Divide(operand(0), operand(1)),
        };
        builder.add(operation)
    }

    fn scalar(&self, term: &Term) -> Scalar {
        let mut builder = ScalarBuilder::default();
        let root = self.write(term, &mut builder);
        builder.finish(root)
    }

    /// Keeps a term with new values; an old one is an identity with the term that has them.
    fn offer(&mut self, term: Term, size: usize, found: &mut Vec<(Term, usize, usize)>) {
        let Some(key) = key(&term.values) else { return };
        if let Some(&other) = self.known.get(&key) {
            found.push((term, other, size));
            return;
        }
        let at = self.terms.len();
        self.known.insert(key, at);
        self.terms.push(term);
        self.by_size[size].push(at);
    }
}

fn enumerate(largest: usize, variables: usize) -> (Pool, Vec<(Term, usize, usize)>) {
    let mut pool = Pool { by_size: vec![Vec::new(); largest + 1], ..Pool::default() };
    let mut found = Vec::new();
    for (leaf, coordinates) in COORDINATES.iter().enumerate().take(variables) {
        let values = coordinates.map(|n| n as f64 / 64.0);
        pool.offer(Term { head: Head::Leaf(leaf as u32), operands: [0; 2], values }, 1, &mut found);
    }
    for n in [1, 2, -1] {
        let values = [n as f64; POINTS];
        pool.offer(Term { head: Head::Number(n), operands: [0; 2], values }, 1, &mut found);
    }
    for size in 2..=largest {
        for &a in &pool.by_size[size - 1].clone() {
            for head in UNARY {
                let values = pool.terms[a].values.map(|v| apply(head, v, 0.0));
                pool.offer(Term { head, operands: [a, 0], values }, size, &mut found);
            }
        }
        for left in 1..size - 1 {
            let right = size - 1 - left;
            for &a in &pool.by_size[left].clone() {
                for &b in &pool.by_size[right].clone() {
                    for head in BINARY {
                        // Sums and products in one order.
                        if matches!(head, Head::Add | Head::Multiply) && b < a {
                            continue;
                        }
                        let (x, y) = (pool.terms[a].values, pool.terms[b].values);
                        let mut values = [0.0; POINTS];
                        for (k, value) in values.iter_mut().enumerate() {
                            *value = apply(head, x[k], y[k]);
                        }
                        pool.offer(Term { head, operands: [a, b], values }, size, &mut found);
                    }
                }
            }
        }
    }
    (pool, found)
}

/// Whether 200 bits agree wherever both sides have values, also far out and near 0.
fn is_true(a: &Scalar, b: &Scalar) -> bool {
    const FAR: [(i64, i64); 14] = [
        (1, 700),
        (-1, 900),
        (1, 21),
        (-1, 19),
        (1, 9),
        (-1, 8),
        (11, 7),
        (-16, 5),
        (13, 3),
        (-17, 3),
        (29, 3),
        (-31, 4),
        (47, 2),
        (-53, 2),
    ];
    let mut compared = 0;
    for k in 0..POINTS + FAR.len() {
        let at: Vec<Rational> = (0..2)
            .map(|leaf: usize| {
                let (n, d) = match k.checked_sub(POINTS) {
                    None => (COORDINATES[leaf][k], 64),
                    Some(far) => FAR[(far + leaf * 5) % FAR.len()],
                };
                Rational::fraction(n, d).unwrap_or_default()
            })
            .collect();
        if let (Some(p), Some(q)) = (precise_at(a, &at, BITS), precise_at(b, &at, BITS)) {
            if p.is_disjoint(&q) {
                return false;
            }
            compared += 1;
        }
    }
    compared > 0
}

fn tree(expression: &Scalar) -> Tree {
    let leaf = |leaf: u32| Tree::name(["x", "y"][leaf as usize]);
    let name = |f: Function| match f {
        Function::Known(id) => (function::row(id).name.to_owned(), 0),
        Function::Unknown { .. } => ("f".to_owned(), 0),
    };
    to_tree(expression, &leaf, &name)
}

fn main() {
    let arguments: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let size = arguments.first().copied().unwrap_or(6);
    let variables = arguments.get(1).copied().unwrap_or(1).clamp(1, 2);
    // How many identities are looked at, evenly spread.
    let most = arguments.get(2).copied().unwrap_or(100_000);
    let shown = arguments.get(3).copied().unwrap_or(60);
    let start = Instant::now();
    let (pool, found) = enumerate(size, variables);
    println!(
        "{} different terms up to size {size}, {} candidates, {:.1?}",
        pool.terms.len(),
        found.len(),
        start.elapsed()
    );
    let limits = Limits::default();
    let (mut total, mut by_form, mut by_search, mut by_prover) = (0, 0, 0, 0);
    let mut missed: Vec<(usize, String)> = Vec::new();
    let step = found.len().div_ceil(most).max(1);
    for (term, other, size) in found.iter().step_by(step) {
        let (a, b) = (pool.scalar(term), pool.scalar(&pool.terms[*other]));
        if !is_true(&a, &b) {
            continue;
        }
        total += 1;
        if equal(&a, &b, &TableDefinitions, &limits).is_some() {
            by_form += 1;
            continue;
        }
        let mut builder = ScalarBuilder::default();
        let (x, y) = (builder.import(&a, a.root()), builder.import(&b, b.root()));
        let root = builder.add(Operation::Subtract(x, y));
        let simplified = simplify(&builder.finish(root), &LeafFacts::none(), &Options::default());
        let is_zero = matches!(simplified.expression.nodes(), [Operation::Number(q)] if q.is_zero());
        let (left, right) = (tree(&a), tree(&b));
        if is_zero {
            by_search += 1;
            continue;
        }
        let shown = format!("{} = {}", symdiff::print::text(&left), symdiff::print::text(&right));
        match equivalent(&mut Problem::new(), &left, &right) {
            Ok(Verdict::Proved(_)) => by_prover += 1,
            // Equal at all points of the enumeration, and not everywhere.
            Ok(Verdict::Refuted(_)) => total -= 1,
            _ => missed.push((*size, shown)),
        }
    }
    println!(
        "{total} identities: {by_form} by normal forms, {by_search} by search, {by_prover} by the prover, {} missed ({:.2} %), {:.1?}",
        missed.len(),
        100.0 * missed.len() as f64 / total.max(1) as f64,
        start.elapsed()
    );
    missed.sort();
    for (size, identity) in missed.iter().take(shown) {
        println!("  {size}  {identity}");
    }
}
