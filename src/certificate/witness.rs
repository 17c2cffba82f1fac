//! Points at which a claim says something: both sides have values there, and facts and conditions hold.

use std::collections::{BTreeMap, BTreeSet};

use super::Certificate;
use super::algebra::{Checked, Head};
use super::polynomial::Poly;
use super::read::{Demand, Form, Reader, Texts};
use super::sign::POSITIVE;
use crate::number::{Interval, Rational};
use crate::syntax::tree::{Kind, Relation, Tree};

/// Points that are tried before it is said that none was found.
const MAXIMUM_POINTS: u64 = 300;

/// A point at which both sides have values and the conditions hold.
pub(super) fn witness(certificate: &Certificate, texts: &Texts) -> Checked<Option<Vec<(String, Rational)>>> {
    let mut reader = Reader::with(texts);
    for declaration in &certificate.declarations {
        reader.declare(declaration)?;
    }
    reader.algebra.is_on = false;
    let mut names = BTreeSet::new();
    for text in [&certificate.left, &certificate.right]
        .into_iter()
        .chain(&certificate.conditions)
        .chain(&certificate.facts)
    {
        let tree = reader.parsed(text, Form::Formula).or_else(|_| reader.parsed(text, Form::Relation))?;
        reader.names_in(&tree, &mut names);
    }
    let is_size = |name: &String| {
        let head = Head::Variable(name.clone());
        reader.algebra.atoms.iter().any(|atom| atom.head == head && atom.mask == POSITIVE)
    };
    let (sizes_named, names): (Vec<String>, Vec<String>) = names.into_iter().partition(is_size);
    let sizes = [3, 5, 1, 7, 2, 9, 4, 1, 6, 13, 1, 8, 21, 1, 5, 30, 11, 1, 100, 3];
    let below = [2, 3, 3, 4, 1, 5, 3, 1, 5, 8, 10, 3, 2, 100, 7, 1, 6, 25, 1, 1];
    let mut state = 1u64;
    for attempt in 0..MAXIMUM_POINTS {
        let mut point: Vec<(String, Rational)> =
            sizes_named.iter().map(|n| (n.clone(), Rational::TWO)).collect();
        for name in &names {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (state >> 33) as usize % sizes.len();
            let sign = if attempt % 3 == 0 || (state >> 60).is_multiple_of(2) { 1 } else { -1 };
            point.push((
                name.clone(),
                Rational::fraction(sign * sizes[at], below[at]).unwrap_or(Rational::ONE),
            ));
        }
        reader.point = point
            .iter()
            .map(|(name, x)| (name.clone(), Interval::from_rational(x)))
            .collect::<BTreeMap<_, _>>();
        match is_inside(&mut reader, certificate)? {
            Some(true) => return Ok(Some(point)),
            Some(false) => {}
            None => return Ok(None),
        }
        if names.is_empty() {
            break;
        }
    }
    Err("no point was found at which both sides are defined".to_owned())
}

/// Are both sides defined at the point, and do facts and conditions hold? `None` if that cannot be found out.
fn is_inside(reader: &mut Reader, certificate: &Certificate) -> Checked<Option<bool>> {
    for (texts, is_fact) in [(&certificate.facts, true), (&certificate.conditions, false)] {
        for text in texts {
            reader.is_fact = is_fact;
            for (relation, _, _, difference) in reader.relations(text)? {
                if relation == Relation::Equal || reader.is_blind {
                    return Ok(None);
                }
                let demand =
                    Demand { poly: Poly::zero(), relation, range: difference.range, text: String::new() };
                if !demand.is_met() {
                    return Ok(Some(false));
                }
            }
        }
    }
    reader.is_fact = false;
    reader.demands.clear();
    for side in [&certificate.left, &certificate.right] {
        reader.formula(side)?;
    }
    if reader.is_blind {
        return Ok(None);
    }
    Ok(Some(reader.demands.drain(..).all(|demand| demand.is_met())))
}

impl Reader {
    /// The names of variables in a formula and in the definitions it uses.
    fn names_in(&self, tree: &Tree, into: &mut BTreeSet<String>) {
        let (mut found, mut places) = (Vec::new(), BTreeSet::new());
        tree.walk(&mut |part| {
            match &part.kind {
                Kind::Big { indices, .. } => places.extend(indices.iter().map(|index| index.name.clone())),
                Kind::Index(_, subscripts) => {
                    places.extend(subscripts.iter().filter_map(|s| match &s.kind {
                        Kind::Name(name) => Some(name.clone()),
                        _ => None,
                    }));
                }
                _ => {}
            }
            if let Kind::Name(name) | Kind::Call { name, .. } = &part.kind {
                found.push((name.clone(), matches!(part.kind, Kind::Name(_))));
            }
        });
        for (name, is_name) in found {
            if let Some(body) = self.body_of(&name) {
                self.names_in(body, into);
            } else if is_name
                && !places.contains(&name)
                && (self.names.has_variable(&name) || !matches!(name.as_str(), "pi" | "e"))
            {
                into.insert(name);
            }
        }
    }
}
