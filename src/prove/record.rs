//! Claims that were proved, as texts for the independent checker.

use crate::certificate::Certificate;
use crate::lower::{Environment, Named, Property};
use crate::print;
use crate::problem::Problem;
use crate::syntax::tree::Tree;

/// A claim that was proved, with all that is needed to make a certificate of it later: few proofs are asked for theirs.
#[derive(Clone, Debug)]
pub(super) struct Claimed {
    pub left: Tree,
    pub right: Tree,
    pub declarations: Vec<String>,
    /// The facts as they were given.
    pub given: Vec<String>,
    /// What they say as relations, with the places of the facts they come from.
    relations: Vec<(usize, String)>,
}

impl Claimed {
    pub(super) fn new(problem: &Problem, left: &Tree, right: &Tree) -> Self {
        Claimed {
            left: left.clone(),
            right: right.clone(),
            declarations: problem.written_declarations.clone(),
            given: problem.written_facts.clone(),
            relations: stated(problem),
        }
    }

    /// The claim in texts, without steps.
    pub(super) fn statement(&self, conditions: &[Tree]) -> Certificate {
        Certificate {
            left: print::text(&self.left),
            right: print::text(&self.right),
            declarations: self.declarations.clone(),
            facts: self.relations.iter().map(|(_, text)| text.clone()).collect(),
            conditions: conditions.iter().map(print::text).collect(),
            steps: Vec::new(),
        }
    }

    /// The places, in the certificate, of what some of the given facts say.
    pub(super) fn places(&self, facts: &[String]) -> Vec<usize> {
        let is_used = |given: usize| self.given.get(given).is_some_and(|text| facts.contains(text));
        (0..self.relations.len()).filter(|at| is_used(self.relations[*at].0)).collect()
    }
}

/// The facts as relations.
fn stated(problem: &Problem) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for (at, text) in problem.written_facts.iter().enumerate() {
        match Property::read(text) {
            None => all.push((at, text.clone())),
            Some((name, property)) => {
                all.extend(
                    relations(&problem.environment, name, property).into_iter().map(|text| (at, text)),
                );
            }
        }
    }
    all
}

/// What a property says as relations.
fn relations(environment: &Environment, name: &str, property: Property) -> Vec<String> {
    let size = match environment.named(name) {
        Some(Named::Variable { axes, .. }) => {
            axes.first().map(|axis| environment.graph.dimension_text(*axis))
        }
        _ => None,
    };
    match (property, size) {
        (Property::Symmetric, _) => vec![format!("{name}' = {name}")],
        (Property::Antisymmetric, _) => vec![format!("{name}' = -{name}")],
        (Property::PositiveDefinite, _) => vec![format!("{name}' = {name}"), format!("det({name}) > 0")],
        (Property::Invertible, _) => vec![format!("det({name}) != 0")],
        (Property::Orthogonal, Some(n)) => {
            vec![format!("{name}'*{name} = eye({n})"), format!("{name}*{name}' = eye({n})")]
        }
        (Property::Orthogonal, None) | (Property::Integer, _) => Vec::new(),
    }
}
