//! Common factors taken out of sums where that makes them shorter: `(A + A')*x`, `X'*(p - y)`, `2*(x - a)`.

use num_integer::Integer;

use super::chain::Chain;
use super::part::{self, Part};
use super::size::weight;
use crate::number::Rational;
use crate::syntax::tree::Tree;

/// Longer sums are left as they are: everything that two terms share is tried.
const MAXIMUM_PARTS: usize = 24;

/// What several terms have in common.
#[derive(Clone, Debug, PartialEq)]
enum Shared {
    Above(Tree),
    Below(Tree),
    /// The first link of the body.
    First(Tree),
    /// The last link of the body.
    Last(Tree),
    /// The whole body; what remains are scalars.
    Body(Chain),
    /// The rational content of all terms.
    Content,
}

/// Takes common factors out until nothing gets shorter; the result is sorted.
pub(super) fn factored(parts: Vec<Part>) -> Vec<Part> {
    // How deep factors are looked for inside what a factor left: every level multiplies the work by the candidates.
    let depth = match parts.len() {
        0..=8 => 4,
        9..=12 => 3,
        _ => 2,
    };
    factored_to(parts, depth)
}

fn factored_to(mut parts: Vec<Part>, depth: usize) -> Vec<Part> {
    part::sort(&mut parts);
    while depth > 0 && (2..=MAXIMUM_PARTS).contains(&parts.len()) {
        let before: usize = total(&parts);
        let mut best: Option<(usize, Vec<Part>)> = None;
        for shared in candidates(&parts) {
            let Some(next) = take_out(&parts, &shared, depth - 1) else { continue };
            let after = total(&next);
            if after < best.as_ref().map_or(before, |b| b.0) {
                best = Some((after, next));
            }
        }
        match best {
            Some((_, next)) => parts = next,
            None => break,
        }
    }
    parts
}

fn total(parts: &[Part]) -> usize {
    weight(&part::sum(parts, false))
}

/// Everything that at least two terms share, in the order of the terms.
fn candidates(parts: &[Part]) -> Vec<Shared> {
    let mut seen: Vec<Shared> = Vec::new();
    let mut twice: Vec<Shared> = vec![Shared::Content];
    for part in parts {
        for shared in offered(part) {
            if twice.contains(&shared) {
                continue;
            }
            if seen.contains(&shared) {
                twice.push(shared);
            } else {
                seen.push(shared);
            }
        }
    }
    twice
}

fn offered(part: &Part) -> Vec<Shared> {
    let mut own: Vec<Shared> = Vec::new();
    let mut offer = |shared| {
        if !own.contains(&shared) {
            own.push(shared);
        }
    };
    part.above.iter().for_each(|tree| offer(Shared::Above(tree.clone())));
    part.below.iter().for_each(|tree| offer(Shared::Below(tree.clone())));
    if let Some(body) = &part.body {
        offer(Shared::Body(body.clone()));
        if let (Some(first), Some(last), true) = (body.first(), body.last(), body.len() > 1) {
            offer(Shared::First(first.plain.clone()));
            offer(Shared::Last(last.plain.clone()));
        }
    }
    own
}

/// The terms with what is shared taken out of those that have it; sorted. `None` if nothing can be taken out.
fn take_out(parts: &[Part], shared: &Shared, depth: usize) -> Option<Vec<Part>> {
    let mut inner: Vec<Part> = Vec::new();
    let mut rest: Vec<Part> = Vec::new();
    let mut whole = Part::number(Rational::ONE);
    for part in parts {
        let mut left = part.clone();
        let is_taken = match shared {
            Shared::Content => true,
            Shared::Above(tree) => remove(&mut left.above, tree),
            Shared::Below(tree) => remove(&mut left.below, tree),
            Shared::Body(body) => left.body.as_ref() == Some(body) && left.body.take().is_some(),
            Shared::First(tree) => match &mut left.body {
                Some(body) if body.len() > 1 && body[0].plain == *tree => {
                    whole.body = Some(vec![body.remove(0)]);
                    true
                }
                _ => false,
            },
            Shared::Last(tree) => match &mut left.body {
                Some(body) if body.len() > 1 && body.last().is_some_and(|l| l.plain == *tree) => {
                    whole.body = body.pop().map(|link| vec![link]);
                    true
                }
                _ => false,
            },
        };
        if is_taken { inner.push(left) } else { rest.push(part.clone()) }
    }
    if inner.len() < 2 {
        return None;
    }
    let content = content(inner.iter().map(|part| &part.coefficient));
    if *shared == Shared::Content && content.is_one() {
        return None;
    }
    let all_negative = inner.iter().all(|part| part.coefficient.is_negative());
    let mut scale = if all_negative { -content } else { content };
    let reciprocal = scale.reciprocal()?;
    for part in &mut inner {
        part.coefficient *= &reciprocal;
    }
    let mut inner = factored_to(inner, depth);
    if let [one] = inner.as_mut_slice() {
        scale *= &one.coefficient;
        one.coefficient = Rational::ONE;
        whole.above.append(&mut one.above);
        whole.below.append(&mut one.below);
    }
    let is_scalar = inner.iter().all(|part| part.body.is_none());
    whole.coefficient = scale;
    match shared {
        Shared::Above(tree) => whole.above.push(tree.clone()),
        Shared::Below(tree) => whole.below.push(tree.clone()),
        Shared::Body(body) => whole.body = Some(body.clone()),
        _ => {}
    }
    if is_scalar {
        if inner.len() > 1 {
            whole.above.push(part::sum(&inner, false));
        }
    } else {
        let links = match inner.as_slice() {
            [one] if one.bare().is_some() => one.body.clone().unwrap_or_default(),
            _ => vec![part::sum_link(&inner)],
        };
        let body = whole.body.get_or_insert_default();
        match shared {
            Shared::First(_) => body.extend(links),
            _ => {
                body.splice(0..0, links);
            }
        }
    }
    whole.sort();
    rest.push(whole);
    part::sort(&mut rest);
    Some(rest)
}

fn remove(trees: &mut Vec<Tree>, tree: &Tree) -> bool {
    match trees.iter().position(|t| t == tree) {
        Some(at) => {
            trees.remove(at);
            true
        }
        None => false,
    }
}

/// The positive rational content: what divides every coefficient.
pub(super) fn content<'a>(coefficients: impl Iterator<Item = &'a Rational>) -> Rational {
    let mut numerator = num_bigint::BigInt::from(0);
    let mut denominator = num_bigint::BigInt::from(1);
    for coefficient in coefficients {
        numerator = numerator.gcd(&coefficient.numerator());
        denominator = denominator.lcm(&coefficient.denominator());
    }
    Rational::from_big(num_rational::BigRational::new(numerator, denominator))
}
