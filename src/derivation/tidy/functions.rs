//! What functions are: their values at numbers, even and odd ones, and what facts make of them.

use super::super::make::{Care, relation, substitute};
use super::super::proof;
use super::super::{Phrase, named};
use super::moves::{Changed, Move, everywhere, quoted};
use crate::facts::Condition;
use crate::function::{self, IDENTITIES, Parity, Row};
use crate::problem::Problem;
use crate::prove;
use crate::syntax::tree::{Kind, Relation, Tree};
use crate::syntax::{Names, parse, parse_fact};

/// Functions and brackets that are numbers: `log(1) = 0`, `[x ≥ x] = 1`.
pub(super) fn values(problem: &mut Problem, line: &Tree) -> Option<Move> {
    let mut of: Vec<String> = Vec::new();
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| {
        let word = match &part.kind {
            Kind::Call { name, primes: 0, .. } if !holds_names(part) => {
                format!("value of {}", word(function::lookup(name).map(function::row)?))
            }
            Kind::Power(..) if !holds_names(part) => "value of the root".to_owned(),
            Kind::Iverson(_) => "value of the bracket".to_owned(),
            _ => return None,
        };
        let node = proof::lower(problem, part).ok()?.node;
        let value = problem.environment.graph.as_number(node)?;
        let made = Tree::number(&value);
        if made != *part && !of.contains(&word) {
            of.push(word);
        }
        Some(made)
    });
    let words = if let [one] = of.as_slice() { one.clone() } else { "values of the functions".to_owned() };
    (!changed.is_empty()).then(|| Move::identity(words, quoted(line, &changed, 3), tree))
}

fn holds_names(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        found |= matches!(&part.kind, Kind::Name(name) if name != "e" && name != "pi");
    });
    found
}

/// The name of a function among words: σ, but not ∛.
pub(super) fn word(row: &Row) -> &'static str {
    if row.unicode.chars().all(char::is_alphanumeric) { row.unicode } else { row.name }
}

/// `cosh(−u) = cosh(u)`, `sin(−u) = −sin(u)`.
pub(super) fn parity(problem: &Problem, line: &Tree) -> Option<Move> {
    let mut found: Vec<&'static Row> = Vec::new();
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| {
        let Kind::Call { name, primes: 0, arguments } = &part.kind else { return None };
        let [argument] = arguments.as_slice() else { return None };
        if problem.environment.named(name).is_some() {
            return None;
        }
        let row = function::row(function::lookup(name)?);
        let opposite = match &argument.kind {
            Kind::Negate(inner) => (**inner).clone(),
            Kind::Sum(terms) if terms.iter().all(|term| matches!(term.kind, Kind::Negate(_))) => {
                Kind::Sum(terms.iter().map(|term| Care::Tidy.negate(term.clone())).collect()).into()
            }
            _ => return None,
        };
        let made = Tree::call(name.clone(), vec![opposite]);
        let made = match row.parity {
            Parity::Even => made,
            Parity::Odd => Care::Tidy.negate(made),
            Parity::None => return None,
        };
        if !found.iter().any(|own| own.name == row.name) {
            found.push(row);
        }
        Some(made)
    });
    let said: Vec<String> = found
        .iter()
        .map(|row| format!("{} is {}", word(row), if row.parity == Parity::Even { "even" } else { "odd" }))
        .collect();
    (!changed.is_empty()).then(|| Move::identity(said.join(", "), quoted(line, &changed, 1), tree))
}

/// What a function is under the facts: `sign(x) = −1` where x < 0 is given.
pub(super) fn by_facts(problem: &mut Problem, line: &Tree, engine: &Tree) -> Option<Move> {
    let kept = named::calls(engine);
    let mut names: Vec<&'static str> = Vec::new();
    let mut changed = Changed::new();
    let tree = everywhere(line, Care::Tidy, &mut changed, &mut |part| {
        let Kind::Call { name, primes: 0, arguments } = &part.kind else { return None };
        let own = function::row(function::lookup(name)?).name;
        if kept.contains(own) {
            return None;
        }
        for identity in IDENTITIES.iter().filter(|identity| !identity.condition.is_empty()) {
            let Ok(left) = parse(identity.left, &Names::default()) else { continue };
            let Kind::Call { name: other, primes: 0, arguments: letters } = &left.tree.kind else { continue };
            if other != name || letters.len() != arguments.len() {
                continue;
            }
            let by: Option<Vec<(String, Tree)>> = letters
                .iter()
                .zip(arguments)
                .map(|(letter, argument)| match &letter.kind {
                    Kind::Name(letter) => Some((letter.clone(), argument.clone())),
                    _ => None,
                })
                .collect();
            let Some(by) = by else { continue };
            if holds(problem, identity.condition, &by) {
                let right = parse(identity.right, &Names::default()).ok()?.tree;
                if !names.contains(&identity.name) {
                    names.push(identity.name);
                }
                return Some(substitute(&right, &by));
            }
        }
        None
    });
    (!changed.is_empty()).then(|| Move::identity(names.join(", "), quoted(line, &changed, 1), tree))
}

/// Does a condition hold of what its letters stand for?
fn holds(problem: &mut Problem, condition: &str, by: &[(String, Tree)]) -> bool {
    condition.split(" and ").all(|part| {
        let Ok(fact) = parse_fact(part, &Names::default()) else { return false };
        let Kind::Relation(relation, left, right) = substitute(&fact.tree, by).kind else { return false };
        let (Ok(left), Ok(right)) = (proof::lower(problem, &left), proof::lower(problem, &right)) else {
            return false;
        };
        let condition = Condition { left: left.node, relation, right: right.node };
        prove::is_implied(&mut problem.environment, &condition, &[])
    })
}

/// Identities of the table that make a line easier to read, by name.
pub(super) fn identities(line: &Tree, known: &std::collections::BTreeSet<String>) -> Vec<Move> {
    named::rewritings(line, known)
        .into_iter()
        .map(|made| {
            let [left, right] = made.sides;
            let because = vec![Phrase::Formula(relation(left, Relation::Equal, right))];
            Move::identity(made.name, because, made.tree)
        })
        .collect()
}
