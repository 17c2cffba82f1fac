//! A problem as a person states it, for the integration tests: declarations, facts, formulas, a point.
#![allow(dead_code)]

use symdiff::differentiate::differentiate;
use symdiff::evaluate::graph::{EvaluationError, Point, Value, evaluate};
use symdiff::ir::{Atom, NodeId};
use symdiff::lower::Environment;
use symdiff::number::Rational;
use symdiff::syntax::{Declaration, parse, parse_declaration, parse_fact};

/// An environment and where it is evaluated.
#[derive(Default)]
pub struct Problem {
    pub environment: Environment,
    pub point: Point,
}

impl Problem {
    /// Takes up declarations and facts: shapes, then facts about variables, then definitions, then the other facts.
    pub fn new(declarations: &[&str], facts: &[&str]) -> Problem {
        let mut problem = Problem::default();
        let mut later = Vec::new();
        for (number, text) in declarations.iter().enumerate() {
            let (declaration, _) = parse_declaration(text, &problem.environment.names)
                .unwrap_or_else(|error| panic!("{text}: {error}"));
            declaration.declare(&mut problem.environment.names);
            if matches!(declaration, Declaration::Definition { .. }) {
                later.push((number, declaration, *text));
            } else {
                problem.environment.declare(&declaration, number).unwrap_or_else(|e| panic!("{text}: {e}"));
            }
        }
        let mut others = Vec::new();
        for text in facts {
            let fact = parse_fact(text, &problem.environment.names)
                .unwrap_or_else(|error| panic!("{text}: {error}"))
                .tree;
            if problem.environment.is_about_variable(&fact) {
                problem.environment.give(&fact, text).unwrap_or_else(|e| panic!("{text}: {e}"));
            } else {
                others.push((fact, text));
            }
        }
        for (number, declaration, text) in later {
            problem.environment.declare(&declaration, number).unwrap_or_else(|e| panic!("{text}: {e}"));
        }
        for (fact, text) in others {
            problem.environment.give(&fact, text).unwrap_or_else(|e| panic!("{text}: {e}"));
        }
        problem
    }

    /// Reads a formula.
    pub fn formula(&mut self, text: &str) -> NodeId {
        let tree = parse(text, &self.environment.names).unwrap_or_else(|e| panic!("{text}: {e}")).tree;
        self.environment.lower(&tree).unwrap_or_else(|e| panic!("{text}: {e}")).node
    }

    pub fn variable(&mut self, name: &str) -> NodeId {
        self.environment.variable(name).unwrap_or_else(|| panic!("{name} is no variable")).0
    }

    /// The derivatives of a node by variables, in one sweep.
    pub fn derivatives(&mut self, of: NodeId, by: &[&str]) -> Vec<NodeId> {
        let variables: Vec<NodeId> = by.iter().map(|name| self.variable(name)).collect();
        differentiate(&mut self.environment.graph, of, &variables)
            .unwrap_or_else(|e| panic!("{by:?}: {e}"))
            .partials
    }

    pub fn gradient(&mut self, formula: &str, by: &str) -> NodeId {
        let node = self.formula(formula);
        self.derivatives(node, &[by])[0]
    }

    pub fn try_value(&self, node: NodeId) -> Result<Value, EvaluationError> {
        evaluate(&self.environment.graph, &[node], &self.point).map(|mut values| values.remove(0))
    }

    pub fn value(&self, node: NodeId) -> Value {
        self.try_value(node).unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn entries(&self, node: NodeId) -> Vec<f64> {
        self.value(node).entries()
    }

    /// Gives a variable entries; a shape of no axes is a scalar.
    pub fn set(&mut self, name: &str, shape: &[usize], entries: &[f64]) {
        if shape.is_empty() {
            self.point.set_float(name, entries[0]);
        } else {
            self.point.set_tensor(name, shape.to_vec(), entries.to_vec());
        }
    }

    /// Decimal literals, exactly.
    pub fn set_exact(&mut self, name: &str, shape: &[usize], entries: &[&str]) {
        let exact: Vec<Rational> = entries
            .iter()
            .map(|text| {
                let (negative, digits) = text.strip_prefix('-').map_or((false, *text), |rest| (true, rest));
                let value = Rational::parse(digits, 256).ok().flatten().expect("a number");
                if negative { -value } else { value }
            })
            .collect();
        if shape.is_empty() {
            self.point.set(name, exact[0].clone());
        } else {
            self.point.set_exact_tensor(name, shape.to_vec(), exact);
        }
    }

    /// Sizes of the axes of a variable when symbols have the given sizes.
    pub fn shape_of(&self, node: NodeId, sizes: &[(&str, usize)]) -> Vec<usize> {
        let graph = &self.environment.graph;
        graph
            .axes(node)
            .iter()
            .map(|axis| {
                let dimension = graph.dimension_value(*axis);
                let size = dimension.terms.iter().fold(dimension.constant, |sum, (symbol, c)| {
                    let name = graph.symbol_name(*symbol);
                    let size =
                        sizes.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("size {name}"));
                    sum + c * size.1 as i64
                });
                usize::try_from(size).expect("a size")
            })
            .collect()
    }

    /// Names of the variables that the graph has nodes for.
    pub fn variables(&self) -> Vec<(String, NodeId)> {
        let graph = &self.environment.graph;
        (0..graph.len() as u32)
            .map(NodeId)
            .filter_map(|id| match graph.atom(id) {
                Some(Atom::Variable(symbol)) => Some((graph.symbol_name(*symbol).to_owned(), id)),
                _ => None,
            })
            .collect()
    }
}

/// Are the numbers equal within a relative tolerance (absolute below one)?
pub fn assert_close(actual: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(actual.len(), expected.len(), "{what}: {actual:?} for {expected:?}");
    let scale = expected.iter().fold(1.0f64, |m, x| m.max(x.abs()));
    for (a, e) in actual.iter().zip(expected) {
        assert!((a - e).abs() <= tolerance * scale, "{what}: {actual:?} for {expected:?}");
    }
}
