//! Formulas of the function table put on nodes: partials and conditions are written in our own notation in the table, read
//! once, and built pointwise on whatever the arguments are.

use std::sync::{LazyLock, OnceLock};

use super::graph::Graph;
use super::node::{Exponent, NodeId};
use crate::function::{self, FunctionId};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Relation, Tree};
use crate::syntax::{Names, parse, parse_fact};

/// The formulas of one row, read.
#[derive(Default)]
pub struct RowFormulas {
    /// A partial for each parameter; none for one that counts something.
    pub partials: Vec<Option<Tree>>,
    /// Where it is defined.
    pub defined: Vec<Tree>,
    /// Where it is differentiable beyond that.
    pub differentiable: Vec<Tree>,
    /// The canonical form.
    pub canonical: Option<Tree>,
}

static FORMULAS: LazyLock<Vec<OnceLock<RowFormulas>>> =
    LazyLock::new(|| function::ROWS.iter().map(|_| OnceLock::new()).collect());

/// The formulas of a row, read when first asked for. A test reads them all, so that none is silently dropped.
pub fn formulas(id: FunctionId) -> &'static RowFormulas {
    FORMULAS[id.0 as usize].get_or_init(|| {
        let row = function::row(id);
        let mut names = Names::new();
        for parameter in row.parameters {
            names.add_variable(parameter);
        }
        let formula = |text: &&str| parse(text, &names).map(|parsed| parsed.tree).ok();
        let facts = |texts: &[&str]| {
            texts.iter().filter_map(|text| parse_fact(text, &names).map(|parsed| parsed.tree).ok()).collect()
        };
        RowFormulas {
            partials: row.partials().iter().map(formula).collect(),
            defined: facts(row.defined),
            differentiable: facts(row.differentiable),
            canonical: row.canonical.as_ref().and_then(formula),
        }
    })
}

impl Graph {
    /// Builds a formula pointwise, its parameters being nodes of the same axes. `None` if it uses notation that is not
    /// elementwise.
    pub fn instantiate(&mut self, tree: &Tree, parameters: &[&str], arguments: &[NodeId]) -> Option<NodeId> {
        let axes = arguments.first().map(|a| self.axes(*a).clone()).unwrap_or_default();
        Some(match &tree.kind {
            Kind::Number(value) => self.constant(value, axes),
            Kind::Name(name) => match parameters.iter().position(|p| p == name) {
                Some(at) => arguments[at],
                None if name == "pi" => {
                    let pi = self.pi();
                    self.broadcast(pi, &axes, &[])
                }
                None if name == "e" => {
                    let one = self.constant(&Rational::ONE, axes);
                    self.call(function::EXP, &[one])
                }
                None => return None,
            },
            Kind::Sum(terms) => {
                let terms = self.instantiate_all(terms, parameters, arguments)?;
                self.add(&terms)
            }
            Kind::Product(factors) | Kind::Hadamard(factors) => {
                let factors = self.instantiate_all(factors, parameters, arguments)?;
                self.multiply(&factors)
            }
            Kind::Quotient(a, b) => {
                let a = self.instantiate(a, parameters, arguments)?;
                let b = self.instantiate(b, parameters, arguments)?;
                let b = self.reciprocal(b);
                self.multiply(&[a, b])
            }
            Kind::Negate(a) => {
                let a = self.instantiate(a, parameters, arguments)?;
                self.negate(a)
            }
            Kind::Power(base, exponent) => {
                let base = self.instantiate(base, parameters, arguments)?;
                let exponent = self.instantiate(exponent, parameters, arguments)?;
                self.raise(base, exponent)
            }
            Kind::Call { name, arguments: inner, .. } => {
                let id = function::lookup(name)?;
                let inner = self.instantiate_all(inner, parameters, arguments)?;
                if id == function::SQRT {
                    return Some(self.power(*inner.first()?, Exponent::Number(Rational::HALF)));
                }
                // floor(2) is 2
                let numbers: Option<Vec<Rational>> = inner.iter().map(|at| self.as_number(*at)).collect();
                if let Some(value) = numbers.zip(function::row(id).exact).and_then(|(at, exact)| exact(&at)) {
                    return Some(self.constant(&value, axes));
                }
                self.call(id, &inner)
            }
            Kind::Iverson(relation) => {
                let Kind::Relation(relation, a, b) = &relation.kind else { return None };
                let a = self.instantiate(a, parameters, arguments)?;
                let b = self.instantiate(b, parameters, arguments)?;
                self.compare(*relation, a, b)
            }
            _ => return None,
        })
    }

    fn instantiate_all(
        &mut self,
        trees: &[Tree],
        parameters: &[&str],
        arguments: &[NodeId],
    ) -> Option<Vec<NodeId>> {
        trees.iter().map(|tree| self.instantiate(tree, parameters, arguments)).collect()
    }

    /// `base^exponent`, elementwise, with any exponent: a number, a scalar, or a tensor of the same axes (which is
    /// `exp(exponent · log base)`).
    pub fn raise(&mut self, base: NodeId, exponent: NodeId) -> NodeId {
        match self.exponent_of(exponent) {
            Exponent::Node(node) if self.rank(node) > 0 => {
                let log = self.call(function::LOG, &[base]);
                let product = self.multiply(&[node, log]);
                self.call(function::EXP, &[product])
            }
            exponent => self.power(base, exponent),
        }
    }

    /// The two sides of a relation in a row's condition, built on the arguments.
    pub fn instantiate_relation(
        &mut self,
        relation: &Tree,
        parameters: &[&str],
        arguments: &[NodeId],
    ) -> Option<Vec<(Relation, NodeId, NodeId)>> {
        match &relation.kind {
            Kind::Relation(kind, a, b) => {
                let a = self.instantiate(a, parameters, arguments)?;
                let b = self.instantiate(b, parameters, arguments)?;
                Some(vec![(*kind, a, b)])
            }
            Kind::And(all) => {
                let mut out = Vec::new();
                for one in all {
                    out.extend(self.instantiate_relation(one, parameters, arguments)?);
                }
                Some(out)
            }
            _ => None,
        }
    }
}
