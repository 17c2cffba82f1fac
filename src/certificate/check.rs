//! The chain of a certificate, link by link.

use std::collections::BTreeMap;

use super::algebra::{Checked, Rule};
use super::polynomial::{Label, Poly, is_open};
use super::read::{Form, Reader, Texts};
use super::sign::{NEGATIVE, POSITIVE, mask_of};
use super::witness::witness;
use super::{Certificate, Justification, Rejection, Verified};
use crate::function;
use crate::number::Rational;
use crate::syntax::tree::{Kind, Relation, Tree};

/// Stack for the deepest formulas that are read.
const STACK_BYTES: usize = 192 << 20;

/// Checks everything on a stack of its own.
pub(super) fn examine(certificate: &Certificate) -> Result<Verified, Rejection> {
    let refuse = |reason: &str| Rejection { step: None, reason: reason.to_owned() };
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK_BYTES);
        let Ok(worker) = worker.spawn_scoped(scope, || chain(certificate)) else {
            return Err(refuse("there is no memory for the check"));
        };
        worker.join().unwrap_or_else(|_| Err(refuse("the check broke off")))
    })
}

fn chain(certificate: &Certificate) -> Result<Verified, Rejection> {
    let outside = |reason: String| Rejection { step: None, reason };
    if certificate.steps.last().is_none_or(|step| step.after != certificate.right) {
        return Err(outside("the last step does not reach the right side".to_owned()));
    }
    let mut chain = Chain { certificate, texts: Texts::default(), prepared: Vec::new() };
    let mut before = &certificate.left;
    for (at, step) in certificate.steps.iter().enumerate() {
        chain
            .link(before, &step.after, &step.because)
            .map_err(|reason| Rejection { step: Some(at), reason })?;
        before = &step.after;
    }
    Ok(Verified { witness: witness(certificate, &chain.texts).map_err(outside)? })
}

/// How a step is looked at; each mode is sound by itself, and dearer than the one before.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// Sines and cosines of different angles have nothing to do with each other.
    Plain,
    /// They are sums of powers of exp(iu).
    Angles,
    /// And sums are divided by the sums that are known.
    Factors,
}

struct Chain<'c> {
    certificate: &'c Certificate,
    texts: Texts,
    /// Readers that know what is taken for granted, by mode and the facts that are used.
    prepared: Vec<(Mode, Vec<usize>, Reader)>,
}

impl Chain<'_> {
    /// Is `before = after` wherever both sides of the claim are defined?
    fn link(&mut self, before: &str, after: &str, because: &Justification) -> Checked<()> {
        let used = match because {
            Justification::Facts { used } => used.as_slice(),
            _ => &[],
        };
        if let Some(at) = used.iter().find(|at| **at >= self.certificate.facts.len()) {
            return Err(format!("there is no fact {at}"));
        }
        let mut reason = "the two formulas are not seen to be equal".to_owned();
        for mode in [Mode::Plain, Mode::Angles, Mode::Factors] {
            match self.compared(before, after, because, used, mode) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(other) => {
                    reason = other;
                    // What is too large here is larger still in the next mode.
                    if reason.contains("too large") {
                        break;
                    }
                }
            }
        }
        Err(reason)
    }

    fn compared(
        &mut self,
        before: &str,
        after: &str,
        because: &Justification,
        used: &[usize],
        mode: Mode,
    ) -> Checked<bool> {
        let mut reader = self.reader(used, mode)?;
        if let Justification::Identity { name } = because {
            identity(&mut reader, name, before, after)?;
        }
        for text in [before, after] {
            if *text != self.certificate.left && *text != self.certificate.right {
                reader.demands.clear();
                reader.formula(text)?;
                follow(&mut reader)?;
            }
        }
        let on = match because {
            Justification::Cases { on } => Some(reader.formula(on)?.poly),
            _ => None,
        };
        holds_by_cases(&mut reader, before, after, on, 0)
    }

    fn reader(&mut self, used: &[usize], mode: Mode) -> Checked<Reader> {
        let known = self.prepared.iter().find(|(m, u, _)| *m == mode && u == used);
        if let Some((_, _, reader)) = known {
            return Ok(reader.clone());
        }
        let reader = prepared(self.certificate, &self.texts, used, mode)?;
        self.prepared.push((mode, used.to_vec(), reader.clone()));
        Ok(reader)
    }
}

/// Do the demands of what was read last follow from what is taken for granted?
fn follow(reader: &mut Reader) -> Checked<()> {
    for demand in std::mem::take(&mut reader.demands) {
        let is_granted =
            |(poly, mask): &(Poly, u8)| *poly == demand.poly && mask & !mask_of(demand.relation) == 0;
        if reader.granted.iter().any(is_granted) {
            continue;
        }
        if !reader.algebra.implies(&demand.poly, demand.relation)? {
            let relation = word(demand.relation);
            return Err(format!("`{}` needs something {relation} 0, which does not follow", demand.text));
        }
    }
    Ok(())
}

/// Compares two formulas; where signs are not known that matter, once for each sign.
fn holds_by_cases(
    reader: &mut Reader,
    before: &str,
    after: &str,
    on: Option<Poly>,
    depth: usize,
) -> Checked<bool> {
    let (left, right) = (reader.formula(before)?, reader.formula(after)?);
    if left.layout != right.layout {
        return Err("the two sides have different shapes".to_owned());
    }
    let (parts, _) = reader.aligned(vec![left, right])?;
    let [(left, _), (right, _)] = parts.as_slice() else { return Ok(false) };
    let difference = left.clone().minus(right);
    if reader.algebra.vanishes(&difference)? {
        return Ok(true);
    }
    let Some(base) = on.or_else(|| reader.algebra.unsure(&difference)).filter(|_| depth < 3) else {
        return Ok(false);
    };
    let known: Vec<u8> = reader.algebra.atoms.iter().map(|atom| atom.mask).collect();
    let rules = reader.algebra.rules.len();
    for sign in [POSITIVE, NEGATIVE] {
        reader.algebra.assume(&base, sign)?;
        // With one sign known, products that have a known sign tell others.
        for (poly, mask) in reader.granted.clone() {
            reader.algebra.assume(&poly, mask)?;
        }
        let holds = reader.algebra.is_impossible() || holds_by_cases(reader, before, after, None, depth + 1)?;
        // What was made under an assumption is not used outside of it.
        reader.algebra.rules.truncate(rules);
        reader.algebra.atoms.truncate(known.len());
        for (atom, mask) in reader.algebra.atoms.iter_mut().zip(&known) {
            atom.mask = *mask;
        }
        if !holds {
            return Ok(false);
        }
    }
    // Zero is a case only if it was not excluded.
    reader.algebra.implies(&base, Relation::NotEqual)
}

/// Takes an identity of the table for granted where one of its sides occurs and its condition follows.
fn identity(reader: &mut Reader, name: &str, before: &str, after: &str) -> Checked<()> {
    let identity = function::IDENTITIES.iter().find(|i| i.name == name);
    let identity = identity.ok_or_else(|| format!("there is no identity \"{name}\""))?;
    let first = reader.parsed(identity.left, Form::RowFormula)?;
    let second = reader.parsed(identity.right, Form::RowFormula)?;
    // A side that is defined at more points than the other says nothing of the other.
    let is_one_way = identity.class == function::Class::ExtendOnly;
    for text in [before, after] {
        let tree = reader.parsed(text, Form::Formula)?;
        let mut found: Vec<BTreeMap<String, Tree>> = Vec::new();
        tree.walk(&mut |part| {
            for side in if is_one_way { vec![&first] } else { vec![&first, &second] } {
                let mut letters = BTreeMap::new();
                if matches!(side.kind, Kind::Call { .. })
                    && matches(side, part, &mut letters)
                    && !found.contains(&letters)
                {
                    found.push(letters);
                }
            }
        });
        for letters in found {
            let (mut names, mut values) = (Vec::new(), Vec::new());
            for (name, tree) in &letters {
                let value = reader.tree(tree)?;
                names.push(name.as_str());
                values.push((value.poly, value.range));
            }
            reader.demands.clear();
            let left = reader.row_formula(identity.left, &names, &values);
            let right = reader.row_formula(identity.right, &names, &values);
            let (Ok(left), Ok(right)) = (left, right) else { continue };
            if !identity.condition.is_empty() {
                for (relation, _, _, difference) in
                    reader.row_relations(identity.condition, &names, &values)?
                {
                    let text = identity.condition.to_owned();
                    reader.demand(&difference.poly, difference.range, relation, text);
                }
                follow(reader)?;
            }
            rule(reader, &left, &right, &left.clone().minus(&right))?;
        }
    }
    Ok(())
}

/// Is the tree the pattern with something in the place of its letters?
fn matches(pattern: &Tree, tree: &Tree, letters: &mut BTreeMap<String, Tree>) -> bool {
    let mut all =
        |a: &[Tree], b: &[Tree]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| matches(a, b, letters));
    match (&pattern.kind, &tree.kind) {
        (Kind::Name(name), _) if name != "pi" && name != "e" => {
            letters.entry(name.clone()).or_insert_with(|| tree.clone()) == tree
        }
        (
            Kind::Call { name: f, arguments: a, primes: 0 },
            Kind::Call { name: g, arguments: b, primes: 0 },
        ) => f == g && all(a, b),
        (Kind::Sum(a), Kind::Sum(b)) | (Kind::Product(a), Kind::Product(b)) => all(a, b),
        (Kind::Quotient(a, b), Kind::Quotient(c, d)) | (Kind::Power(a, b), Kind::Power(c, d)) => {
            matches(a, c, letters) && matches(b, d, letters)
        }
        (Kind::Negate(a), Kind::Negate(b)) => matches(a, b, letters),
        (a, b) => a == b,
    }
}

fn word(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "=",
        Relation::NotEqual => "≠",
        Relation::Less => "<",
        Relation::LessEqual => "≤",
        Relation::Greater => ">",
        Relation::GreaterEqual => "≥",
    }
}

/// Declarations, and everything that is taken for granted: facts, conditions, and that both sides are defined.
fn prepared(certificate: &Certificate, texts: &Texts, used: &[usize], mode: Mode) -> Checked<Reader> {
    let mut reader = Reader::with(texts);
    reader.algebra.facts_hold = true;
    reader.algebra.has_angles = mode != Mode::Plain;
    for declaration in &certificate.declarations {
        reader.declare(declaration)?;
    }
    for (at, fact) in certificate.facts.iter().enumerate() {
        reader.is_fact = true;
        take_for_granted(&mut reader, fact, used.contains(&at))?;
    }
    reader.is_fact = false;
    for condition in &certificate.conditions {
        take_for_granted(&mut reader, condition, true)?;
    }
    for round in 0..2 {
        reader.demands.clear();
        reader.consequences.clear();
        reader.is_granted = true;
        for side in [&certificate.left, &certificate.right] {
            reader.formula(side)?;
        }
        reader.is_granted = false;
        reader.algebra.refines = mode == Mode::Factors && round > 0;
        let consequences = std::mem::take(&mut reader.consequences);
        if reader.demands.is_empty() && consequences.is_empty() {
            break;
        }
        for demand in std::mem::take(&mut reader.demands).into_iter().chain(consequences) {
            reader.algebra.assume(&demand.poly, mask_of(demand.relation))?;
            reader.granted.push((demand.poly, mask_of(demand.relation)));
        }
    }
    if reader.algebra.is_impossible() {
        return Err("what is taken for granted holds nowhere".to_owned());
    }
    reader.algebra.refines = mode == Mode::Factors;
    Ok(reader)
}

fn take_for_granted(reader: &mut Reader, text: &str, is_used: bool) -> Checked<()> {
    let relations = reader.relations(text)?;
    for demand in std::mem::take(&mut reader.demands) {
        reader.algebra.assume(&demand.poly, mask_of(demand.relation))?;
    }
    for (relation, left, right, difference) in relations {
        if relation != Relation::Equal {
            reader.algebra.assume(&difference.poly, mask_of(relation))?;
            // What a fact says of any position is not said of one in a formula.
            if difference.poly.factors().all(|f| f.labels.is_empty()) {
                reader.granted.push((difference.poly, mask_of(relation)));
            }
        } else if is_used {
            let (left, right) = (left.poly, right.poly);
            if let (Some(a), Some(b)) = (left.as_factor(), right.as_factor())
                && a.atom == b.atom
                && a.labels.len() == 2
                && a.labels[0] != a.labels[1]
                && a.labels.iter().all(|l| is_open(*l))
                && a.labels[0] == b.labels[1]
                && a.labels[1] == b.labels[0]
            {
                reader.algebra.atoms[a.atom].is_symmetric = true;
                continue;
            }
            rule(reader, &left, &right, &difference.poly)?;
        }
    }
    Ok(())
}

/// `left = right` as a rule that replaces a product: the left side if it is one, or the right, or the leading one of both.
fn rule(reader: &mut Reader, left: &Poly, right: &Poly, difference: &Poly) -> Checked<()> {
    let single = |poly: &Poly| poly.0.len() == 1 && poly.as_number().is_none();
    let lead = if single(left) {
        left.lead()
    } else if single(right) {
        right.lead()
    } else {
        difference.lead()
    };
    let Some(pattern) = lead.map(|(monomial, _)| monomial.clone()).filter(|m| !m.is_one()) else {
        return Ok(());
    };
    let Some(number) = difference.0.get(&pattern).cloned() else { return Ok(()) };
    let mut rest = difference.clone();
    rest.add_term(pattern.clone(), &-number.clone());
    let mut labels: Vec<Label> = Vec::new();
    difference.open_labels(&mut labels);
    let own = |l: Label| labels.iter().position(|k| *k == l).map_or(l, |at| at as Label);
    let mut general = pattern;
    general
        .factors
        .iter_mut()
        .flat_map(|f| &mut f.labels)
        .filter(|l| is_open(**l))
        .for_each(|l| *l = own(*l));
    let rest = reader.algebra.rename(&rest, &own)?;
    let replacement = rest.times(&-number.reciprocal().unwrap_or(Rational::ONE));
    reader.algebra.rules.push(Rule { pattern: general, replacement, is_fact: true });
    Ok(())
}
