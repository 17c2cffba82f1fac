//! The identities of the function table by name: which of them makes two short formulas equal, and what they make of a line.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::gather::{self, Done, Powers};
use super::make::{Care, plain_quotient, substitute};
use super::tidy::{Changed, everywhere};
use crate::function::{self, IDENTITIES};
use crate::print;
use crate::syntax::tree::{Kind, Tree};
use crate::syntax::{Names, parse};

/// Arguments that are tried for the letters of an identity.
const MOST_ARGUMENTS: usize = 4;

/// An identity as trees.
struct Read {
    name: &'static str,
    sides: [Tree; 2],
    /// The functions of each side.
    calls: [BTreeSet<String>; 2],
    letters: Vec<String>,
    functions: BTreeSet<String>,
    both_ways: bool,
}

static READ: LazyLock<Vec<Read>> = LazyLock::new(|| {
    IDENTITIES
        .iter()
        // what needs a condition explains nothing by itself
        .filter(|identity| identity.condition.is_empty())
        .filter_map(|identity| {
            let side = |text: &str| Some(parse(text, &Names::default()).ok()?.tree);
            let sides = [side(identity.left)?, side(identity.right)?];
            let letters: BTreeSet<String> = sides.iter().flat_map(names).collect();
            let letters: Vec<String> = letters.into_iter().collect();
            let calls = sides.each_ref().map(calls);
            let functions: BTreeSet<String> = calls.iter().flatten().cloned().collect();
            (letters.len() <= 2 && !functions.is_empty()).then_some(Read {
                name: identity.name,
                sides,
                calls,
                letters,
                functions,
                both_ways: identity.both_ways,
            })
        })
        .collect()
});

fn names(tree: &Tree) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    tree.walk(&mut |part| {
        if let Kind::Name(name) = &part.kind
            && name != "pi"
            && name != "e"
        {
            all.insert(name.clone());
        }
    });
    all
}

/// The functions of the table that are called, by their names there.
pub(super) fn calls(tree: &Tree) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    tree.walk(&mut |part| {
        if let Kind::Call { name, .. } = &part.kind {
            let shown = function::lookup(name).map_or(name.as_str(), |id| function::row(id).name);
            all.insert(shown.to_owned());
        }
    });
    all
}

/// The arguments of calls, without their signs too.
fn arguments_in(trees: &[&Tree]) -> Vec<Tree> {
    let mut all: Vec<Tree> = Vec::new();
    for tree in trees {
        tree.walk(&mut |part| {
            if let Kind::Call { arguments: own, .. } = &part.kind {
                for argument in own {
                    for argument in [argument, opposite(argument)] {
                        if !all.contains(argument) {
                            all.push(argument.clone());
                        }
                    }
                }
            }
        });
    }
    all.truncate(MOST_ARGUMENTS);
    all
}

/// What an identity makes of a line.
pub(super) struct Rewritten {
    pub name: &'static str,
    /// The identity with what its letters stand for.
    pub sides: [Tree; 2],
    pub tree: Tree,
}

/// What the identities that hold everywhere make of a line, without bringing in functions other than those that are known.
pub(super) fn rewritings(line: &Tree, known: &BTreeSet<String>) -> Vec<Rewritten> {
    let own = calls(line);
    let arguments = arguments_in(&[line]);
    let mut all: Vec<Rewritten> = Vec::new();
    for read in READ.iter() {
        for (from, to) in [(0, 1), (1, 0)] {
            let is_used = from == 0 || read.both_ways;
            if !is_used
                || read.calls[from].is_empty()
                || !read.calls[from].is_subset(&own)
                || !read.calls[to].is_subset(known)
            {
                continue;
            }
            for by in choices(&read.letters, &arguments) {
                let left = substitute(&read.sides[from], &by);
                let right = substitute(&read.sides[to], &by);
                let tree = replaced(line, &left, &right);
                if tree != *line && !all.iter().any(|other| other.tree == tree) {
                    all.push(Rewritten { name: read.name, sides: [left, right], tree });
                }
            }
        }
    }
    all
}

/// The arguments that the letters may stand for.
fn choices(letters: &[String], arguments: &[Tree]) -> Vec<Vec<(String, Tree)>> {
    match letters {
        [one] => arguments.iter().map(|argument| vec![(one.clone(), argument.clone())]).collect(),
        [one, two] => arguments
            .iter()
            .flat_map(|first| {
                arguments
                    .iter()
                    .map(move |second| vec![(one.clone(), first.clone()), (two.clone(), second.clone())])
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The line with one side of an equation in place of the other, also as a part of a sum or product.
fn replaced(line: &Tree, left: &Tree, right: &Tree) -> Tree {
    let pattern: Vec<Powers> = match &left.kind {
        Kind::Sum(terms) => terms.iter().map(|term| Powers::of(term, &mut Done::default())).collect(),
        _ => vec![Powers::of(left, &mut Done::default())],
    };
    let is_sum = matches!(left.kind, Kind::Sum(_));
    everywhere(line, Care::Tidy, &mut Changed::new(), &mut |part| match &part.kind {
        Kind::Sum(terms) if is_sum => in_sum(terms, &pattern, right),
        Kind::Product(_) | Kind::Quotient(..) | Kind::Power(..) | Kind::Call { .. } if !is_sum => {
            in_product(part, &pattern[0], right)
        }
        _ => None,
    })
}

/// The terms with `c·right` in place of `c·p + c·q + …`.
fn in_sum(terms: &[Tree], pattern: &[Powers], right: &Tree) -> Option<Tree> {
    let all: Vec<Powers> = terms.iter().map(|term| Powers::of(term, &mut Done::default())).collect();
    let (first, others) = pattern.split_first()?;
    let inverse = first.clone().inverse()?;
    for (at, start) in all.iter().enumerate() {
        let mut factor = start.clone();
        factor.multiply(inverse.clone(), &mut Done::default());
        let mut taken = vec![at];
        for other in others {
            let mut wanted = factor.clone();
            wanted.multiply(other.clone(), &mut Done::default());
            let found = all.iter().enumerate().find(|(place, own)| {
                !taken.contains(place) && own.number == wanted.number && own.is_like(&wanted)
            });
            taken.extend(found.map(|(place, _)| place));
        }
        if taken.len() == pattern.len() {
            let made = Care::Tidy.product(vec![factor.tree(), right.clone()]);
            let mut kept: Vec<Tree> = Vec::with_capacity(terms.len());
            for (place, term) in terms.iter().enumerate() {
                if place == at {
                    kept.push(made.clone());
                } else if !taken.contains(&place) {
                    kept.push(term.clone());
                }
            }
            return Some(Care::Tidy.sum(kept));
        }
    }
    None
}

/// The factors with `right` in place of the pattern.
fn in_product(tree: &Tree, pattern: &Powers, right: &Tree) -> Option<Tree> {
    let mut powers = Powers::of(tree, &mut Done::default());
    let is_there = pattern.factors.iter().all(|(base, exponent)| {
        let (Some(wanted), Some(own)) = (exponent.value(), powers.exponent(base)) else { return false };
        own.is_negative() == wanted.is_negative() && own.abs() >= wanted.abs()
    });
    if !is_there || pattern.factors.is_empty() {
        return None;
    }
    powers.multiply(pattern.clone().inverse()?, &mut Done::default());
    Some(Care::Tidy.product(vec![powers.tree(), right.clone()]))
}

/// The name of an identity whose sides are `a` and `b` up to order and a common factor, and whether they are its sides
/// without a factor.
pub(super) fn identity(a: &Tree, b: &Tree) -> Option<(&'static str, bool)> {
    let mut used = calls(a);
    used.extend(calls(b));
    let arguments = arguments_in(&[a, b]);
    let both = (key(a), key(b));
    let ratio = key(&plain_quotient(a.clone(), b.clone()));
    let inverse = key(&plain_quotient(b.clone(), a.clone()));
    for read in READ.iter().filter(|read| read.functions == used) {
        for by in choices(&read.letters, &arguments) {
            let [left, right] = read.sides.each_ref().map(|side| substitute(side, &by));
            let own = key(&plain_quotient(left.clone(), right.clone()));
            if own == ratio || own == inverse {
                let (x, y) = (key(&left), key(&right));
                let is_exact = (&x, &y) == (&both.0, &both.1) || (&y, &x) == (&both.0, &both.1);
                return Some((read.name, is_exact));
            }
        }
    }
    None
}

/// What stands behind a sign, or the tree itself.
fn opposite(tree: &Tree) -> &Tree {
    match &tree.kind {
        Kind::Negate(inner) => inner,
        _ => tree,
    }
}

fn key(tree: &Tree) -> String {
    let gathered = gather::factors(tree, &mut Done::default());
    print::text(&gather::sorted(&gathered))
}
