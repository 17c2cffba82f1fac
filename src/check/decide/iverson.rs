//! Conditions on indices, as brackets that are one where they hold and zero elsewhere (Iverson brackets).

use crate::check::sheet::name_of;
use crate::syntax::tree::{Kind, Relation, Tree};

/// `cases` whose conditions compare indices, if they leave no case out: a sum of Iverson brackets. The first condition that
/// holds counts.
pub(super) fn index_cases(rows: &[(Tree, Option<Tree>)]) -> Option<Tree> {
    let mut terms: Vec<Tree> = Vec::new();
    let mut before: Vec<&Tree> = Vec::new();
    let mut is_complete = false;
    for (value, condition) in rows {
        let mut factors: Vec<Tree> = Vec::new();
        match condition {
            // The last of two that are each other's opposite.
            Some(condition) if matches!(before.as_slice(), [first] if is_opposite(first, condition)) => {
                factors.push(iverson(condition));
                is_complete = true;
            }
            _ => factors.extend(before.iter().map(|first| opposite(first))),
        }
        match condition {
            Some(condition) => {
                if !is_complete {
                    factors.push(iverson(index_condition(condition)?));
                }
                before.push(condition);
            }
            None => is_complete = true,
        }
        factors.push(value.clone());
        terms.push(Kind::Product(factors).into());
    }
    (is_complete && terms.len() > 1).then(|| Kind::Sum(terms).into())
}

fn index_condition(condition: &Tree) -> Option<&Tree> {
    match &condition.kind {
        Kind::Relation(Relation::Equal | Relation::NotEqual, a, b)
            if name_of(a).is_some() && name_of(b).is_some() =>
        {
            Some(condition)
        }
        _ => None,
    }
}

fn is_opposite(a: &Tree, b: &Tree) -> bool {
    let (Kind::Relation(first, p, q), Kind::Relation(second, r, s)) = (&a.kind, &b.kind) else {
        return false;
    };
    let differ = matches!(
        (first, second),
        (Relation::Equal, Relation::NotEqual) | (Relation::NotEqual, Relation::Equal)
    );
    differ && (p == r && q == s || p == s && q == r)
}

/// One where the condition does not hold.
fn opposite(condition: &Tree) -> Tree {
    let one = || Tree::number(&crate::number::Rational::ONE);
    Kind::Sum(vec![one(), Kind::Negate(Box::new(iverson(condition))).into()]).into()
}

/// `[a = b]`, and `1 - [a = b]` for `a ≠ b`.
pub(in crate::check) fn iverson(condition: &Tree) -> Tree {
    match &condition.kind {
        Kind::Relation(Relation::NotEqual, a, b) => {
            let equal: Tree = Kind::Relation(Relation::Equal, a.clone(), b.clone()).into();
            let bracket: Tree = Kind::Iverson(Box::new(equal)).into();
            Kind::Sum(vec![
                Tree::number(&crate::number::Rational::ONE),
                Kind::Negate(Box::new(bracket)).into(),
            ])
            .into()
        }
        _ => Kind::Iverson(Box::new(condition.clone())).into(),
    }
}
