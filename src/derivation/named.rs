//! The identities of the function table by name: which of them makes two short formulas equal.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::gather::{self, Done};
use super::make::{plain_quotient, substitute};
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
    letters: Vec<String>,
    functions: BTreeSet<String>,
}

static READ: LazyLock<Vec<Read>> = LazyLock::new(|| {
    IDENTITIES
        .iter()
        // what needs a condition explains nothing by itself
        .filter(|identity| identity.condition.is_empty())
        .filter_map(|identity| {
            let side = |text: &str| Some(parse(text, &Names::default()).ok()?.tree);
            let sides = [side(identity.left)?, side(identity.right)?];
            let (mut letters, mut functions) = (BTreeSet::new(), BTreeSet::new());
            for side in &sides {
                letters.extend(names(side));
                functions.extend(calls(side));
            }
            let letters: Vec<String> = letters.into_iter().collect();
            (letters.len() <= 2 && !functions.is_empty()).then_some(Read {
                name: identity.name,
                sides,
                letters,
                functions,
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

fn calls(tree: &Tree) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    tree.walk(&mut |part| {
        if let Kind::Call { name, .. } = &part.kind {
            let shown = function::lookup(name).map_or(name.as_str(), |id| function::row(id).name);
            all.insert(shown.to_owned());
        }
    });
    all
}

/// The name of an identity whose sides are `a` and `b` up to order and a common factor, and whether they are its sides
/// without a factor.
pub(super) fn identity(a: &Tree, b: &Tree) -> Option<(&'static str, bool)> {
    let mut used = calls(a);
    used.extend(calls(b));
    let mut arguments: Vec<Tree> = Vec::new();
    for tree in [a, b] {
        tree.walk(&mut |part| {
            if let Kind::Call { arguments: own, .. } = &part.kind {
                for argument in own {
                    for argument in [argument, opposite(argument)] {
                        if !arguments.contains(argument) {
                            arguments.push(argument.clone());
                        }
                    }
                }
            }
        });
    }
    arguments.truncate(MOST_ARGUMENTS);
    let both = (key(a), key(b));
    let ratio = key(&plain_quotient(a.clone(), b.clone()));
    let inverse = key(&plain_quotient(b.clone(), a.clone()));
    for read in READ.iter().filter(|read| read.functions == used) {
        for first in &arguments {
            let second: &[Tree] =
                if read.letters.len() == 2 { &arguments } else { std::slice::from_ref(first) };
            for second in second {
                let by: Vec<(String, Tree)> =
                    read.letters.iter().cloned().zip([first.clone(), second.clone()]).collect();
                let sides = read.sides.each_ref().map(|side| substitute(side, &by));
                let [left, right] = sides;
                let own = key(&plain_quotient(left.clone(), right.clone()));
                if own == ratio || own == inverse {
                    let (x, y) = (key(&left), key(&right));
                    let is_exact = (&x, &y) == (&both.0, &both.1) || (&y, &x) == (&both.0, &both.1);
                    return Some((read.name, is_exact));
                }
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
