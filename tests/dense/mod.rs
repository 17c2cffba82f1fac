//! A plain evaluator of nodes, entry by entry, for tests only: slow, and written without a look at the engine's own.

use std::collections::BTreeMap;

use symdiff::function::{self, Function};
use symdiff::ir::{Atom, DimensionId, Exponent, Graph, Node, NodeId, Reduction};
use symdiff::syntax::tree::Relation;

/// Values of variables (row by row), sizes of symbols, positions of free indices.
#[derive(Default)]
pub struct Point {
    pub values: BTreeMap<String, Vec<f64>>,
    pub sizes: BTreeMap<String, i64>,
    pub places: BTreeMap<String, usize>,
}

pub struct Evaluator<'a> {
    graph: &'a Graph,
    point: &'a Point,
    known: BTreeMap<NodeId, Vec<f64>>,
}

impl<'a> Evaluator<'a> {
    pub fn new(graph: &'a Graph, point: &'a Point) -> Self {
        Evaluator { graph, point, known: BTreeMap::new() }
    }

    pub fn size(&self, id: DimensionId) -> usize {
        let dimension = self.graph.dimension_value(id);
        let terms: i64 =
            dimension.terms.iter().map(|(s, c)| c * self.point.sizes[self.graph.symbol_name(*s)]).sum();
        usize::try_from(terms + dimension.constant).expect("a size")
    }

    fn sizes(&self, ids: &[DimensionId]) -> Vec<usize> {
        ids.iter().map(|id| self.size(*id)).collect()
    }

    pub fn value(&mut self, node: NodeId) -> Vec<f64> {
        if let Some(known) = self.known.get(&node) {
            return known.clone();
        }
        let axes = self.sizes(self.graph.axes(node));
        let count: usize = axes.iter().product();
        let value = match self.graph.node(node).clone() {
            Node::Sum(terms) => {
                let mut total = vec![0.0; count];
                for (coefficient, term) in terms {
                    let sizes = self.sizes(&term.sizes);
                    let factors: Vec<(Vec<f64>, Vec<usize>, Vec<usize>, f64)> = term
                        .factors
                        .iter()
                        .map(|f| {
                            let exponent = match &f.exponent {
                                Exponent::Number(q) => q.to_f64(),
                                Exponent::Node(e) => self.value(*e)[0],
                            };
                            let own = self.sizes(self.graph.axes(f.base));
                            (
                                self.value(f.base),
                                f.labels.iter().map(|l| *l as usize).collect(),
                                own,
                                exponent,
                            )
                        })
                        .collect();
                    for_each(&sizes, |at| {
                        let mut product = coefficient.to_f64();
                        for (values, labels, own, exponent) in &factors {
                            let place = labels.iter().zip(own).fold(0, |p, (l, s)| p * s + at[*l]);
                            product *=
                                if *exponent == 1.0 { values[place] } else { values[place].powf(*exponent) };
                        }
                        let place = (0..axes.len()).fold(0, |p, i| p * axes[i] + at[i]);
                        total[place] += product;
                    });
                }
                total
            }
            Node::Atom(atom) => self.atom(&atom, &axes, count),
        };
        self.known.insert(node, value.clone());
        value
    }

    fn atom(&mut self, atom: &Atom, axes: &[usize], count: usize) -> Vec<f64> {
        let from = |f: &dyn Fn(&[usize]) -> f64| {
            let mut out = Vec::with_capacity(count);
            for_each(axes, |at| out.push(f(at)));
            out
        };
        match atom {
            Atom::Variable(symbol) => self.point.values[self.graph.symbol_name(*symbol)].clone(),
            Atom::Constant(_) => vec![std::f64::consts::PI],
            Atom::Size(size) => vec![self.size(*size) as f64],
            Atom::Position => from(&|at| at[0] as f64 + 1.0),
            Atom::Delta => from(&|at| f64::from(u8::from(at[0] == at[1]))),
            Atom::Unit(symbol) => {
                let place = self.point.places[self.graph.symbol_name(*symbol)];
                from(&|at| f64::from(u8::from(at[0] == place)))
            }
            Atom::Affine(coefficients, constant) => from(&|at| {
                let sum: i64 = coefficients.iter().zip(at).map(|(c, p)| c * (*p as i64 + 1)).sum();
                f64::from(u8::from(sum + constant == 0))
            }),
            Atom::Call(function, arguments) => {
                let values: Vec<Vec<f64>> = arguments.iter().map(|a| self.value(*a)).collect();
                (0..count)
                    .map(|i| {
                        let arguments: Vec<f64> = values.iter().map(|v| v[i]).collect();
                        match function {
                            Function::Known(id) => function::row(*id).float(&arguments),
                            // Some smooth function with distinct derivatives.
                            Function::Unknown { symbol, primes } => {
                                let phase =
                                    f64::from(*symbol) + f64::from(*primes) * std::f64::consts::FRAC_PI_2;
                                (arguments[0] + phase).sin()
                            }
                        }
                    })
                    .collect()
            }
            Atom::Compare(relation, a, b) => {
                let (a, b) = (self.value(*a), self.value(*b));
                a.iter()
                    .zip(&b)
                    .map(|(a, b)| {
                        let holds = match relation {
                            Relation::Equal => (a - b).abs() < 1e-12,
                            Relation::NotEqual => (a - b).abs() >= 1e-12,
                            Relation::Less => a < b,
                            Relation::LessEqual => a <= b,
                            Relation::Greater => a > b,
                            Relation::GreaterEqual => a >= b,
                        };
                        f64::from(u8::from(holds))
                    })
                    .collect()
            }
            Atom::Cases(c, a, b) => {
                let (c, a, b) = (self.value(*c), self.value(*a), self.value(*b));
                (0..count).map(|i| if c[i] == 0.0 { b[i] } else { a[i] }).collect()
            }
            Atom::Reduce(kind, inner, number) => {
                let values = self.value(*inner);
                let own = self.sizes(self.graph.axes(*inner));
                let width: usize = own[own.len() - *number as usize..].iter().product();
                values.chunks(width).map(|chunk| reduce(*kind, chunk)).collect()
            }
            Atom::Select(kind, inner, number) => {
                let values = self.value(*inner);
                let width: usize = axes[axes.len() - *number as usize..].iter().product();
                values
                    .chunks(width)
                    .flat_map(|chunk| {
                        let best = reduce(*kind, chunk);
                        let first = chunk.iter().position(|v| *v == best);
                        (0..width).map(move |i| f64::from(u8::from(Some(i) == first)))
                    })
                    .collect()
            }
            Atom::Inverse(inner) => inverse(&self.value(*inner), axes[0]).0,
            Atom::Determinant(inner) => {
                let n = self.sizes(self.graph.axes(*inner))[0];
                vec![inverse(&self.value(*inner), n).1]
            }
            Atom::LogDeterminant(inner) => {
                let n = self.sizes(self.graph.axes(*inner))[0];
                vec![inverse(&self.value(*inner), n).1.abs().ln()]
            }
            Atom::Array(entries) => entries.iter().map(|e| self.value(*e)[0]).collect(),
        }
    }
}

fn reduce(kind: Reduction, chunk: &[f64]) -> f64 {
    match kind {
        Reduction::Maximum => chunk.iter().copied().fold(f64::MIN, f64::max),
        Reduction::Minimum => chunk.iter().copied().fold(f64::MAX, f64::min),
        Reduction::Product => chunk.iter().product(),
    }
}

fn for_each(sizes: &[usize], mut visit: impl FnMut(&[usize])) {
    let count: usize = sizes.iter().product();
    let mut at = vec![0; sizes.len()];
    for number in 0..count {
        let mut rest = number;
        for axis in (0..sizes.len()).rev() {
            at[axis] = rest % sizes[axis];
            rest /= sizes[axis];
        }
        visit(&at);
    }
}

/// Inverse and determinant, by elimination with pivots.
fn inverse(values: &[f64], n: usize) -> (Vec<f64>, f64) {
    let mut a = values.to_vec();
    let mut b: Vec<f64> = (0..n * n).map(|i| f64::from(u8::from(i / n == i % n))).collect();
    let mut determinant = 1.0;
    for column in 0..n {
        let pivot = (column..n)
            .max_by(|p, q| a[p * n + column].abs().total_cmp(&a[q * n + column].abs()))
            .expect("a row");
        if pivot != column {
            determinant = -determinant;
            for k in 0..n {
                a.swap(pivot * n + k, column * n + k);
                b.swap(pivot * n + k, column * n + k);
            }
        }
        let scale = a[column * n + column];
        determinant *= scale;
        for k in 0..n {
            a[column * n + k] /= scale;
            b[column * n + k] /= scale;
        }
        for row in (0..n).filter(|r| *r != column) {
            let factor = a[row * n + column];
            for k in 0..n {
                a[row * n + k] -= factor * a[column * n + k];
                b[row * n + k] -= factor * b[column * n + k];
            }
        }
    }
    (b, determinant)
}
