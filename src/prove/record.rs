//! Certificates of proofs: the claim in texts, with steps that the independent checker confirms.

use crate::certificate::{Certificate, Justification, Step, verify};
use crate::lower::{Environment, Named, Property};
use crate::print;
use crate::problem::Problem;
use crate::syntax::tree::Tree;

/// A claim that was proved, with all that is needed to make a certificate of it later: few proofs are asked for theirs.
#[derive(Clone, Debug)]
pub(super) struct Claimed {
    left: Tree,
    right: Tree,
    declarations: Vec<String>,
    facts: Vec<String>,
}

impl Claimed {
    pub(super) fn new(problem: &Problem, left: &Tree, right: &Tree) -> Self {
        Claimed {
            left: left.clone(),
            right: right.clone(),
            declarations: problem.written_declarations.clone(),
            facts: facts(problem),
        }
    }

    /// The claim in texts, without steps.
    pub(super) fn statement(&self, conditions: &[Tree]) -> Certificate {
        Certificate {
            left: print::text(&self.left),
            right: print::text(&self.right),
            declarations: self.declarations.clone(),
            facts: self.facts.clone(),
            conditions: conditions.iter().map(print::text).collect(),
            steps: Vec::new(),
        }
    }
}

/// A certificate that the checker accepts; `None` if none of those tried is.
pub(super) fn certificate(claimed: &Claimed, conditions: &[Tree]) -> Option<Certificate> {
    let base = claimed.statement(conditions);
    let all: Vec<usize> = (0..base.facts.len()).collect();
    let mut reasons = vec![Justification::Algebra];
    if !all.is_empty() {
        reasons.push(Justification::Facts { used: all });
    }
    for because in reasons {
        let step = Step { after: base.right.clone(), because };
        let candidate = Certificate { steps: vec![step], ..base.clone() };
        if verify(&candidate).is_ok() {
            return Some(candidate);
        }
    }
    None
}

/// The facts as relations.
fn facts(problem: &Problem) -> Vec<String> {
    problem
        .written_facts
        .iter()
        .flat_map(|text| match Property::read(text) {
            None => vec![text.clone()],
            Some((name, property)) => relations(&problem.environment, name, property),
        })
        .collect()
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
