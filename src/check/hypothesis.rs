//! Facts that a line may have used without saying so. Each is tried when a line does not hold without it; the first that makes
//! it hold is named.

use super::rewrite::names_of;
use super::sheet::{Fact, Sheet};
use crate::function;
use crate::syntax::tree::{Kind, Tree};

/// So many are tried on one line, weakest first.
const MOST: usize = 10;

/// The facts that could help, weakest first.
pub(super) fn candidates(sheet: &Sheet, sides: &[&Tree], indices: &[String]) -> Vec<Fact> {
    let mut names: Vec<String> = Vec::new();
    let mut todo: Vec<Tree> = sides.iter().map(|side| (*side).clone()).collect();
    let mut seen = 0;
    let mut seen_trees: Vec<Tree> = Vec::new();
    let mut called: Vec<String> = Vec::new();
    while let Some(tree) = todo.pop() {
        seen += 1;
        if seen > 200 {
            break;
        }
        for name in names_of(&tree) {
            if let Some(definition) = sheet.definitions.get(&name)
                && !names.contains(&name)
            {
                todo.push(definition.value.clone());
            }
            if !names.contains(&name) {
                names.push(name);
            }
        }
        tree.walk(&mut |part| {
            if let Kind::Call { name, .. } = &part.kind
                && let Some((_, value)) = sheet.functions.get(name)
                && !called.contains(name)
            {
                called.push(name.clone());
                todo.push(value.clone());
            }
        });
        seen_trees.push(tree);
    }
    names.sort();
    let mut facts = Vec::new();
    let vectors = |rank: usize| {
        names.iter().filter(move |name| sheet.rank(name) == rank && !sheet.definitions.contains_key(*name))
    };
    for name in vectors(2) {
        // The weights of a layer are not symmetric by chance: there, a missing transpose is a mistake.
        if is_square(sheet, name) && !seen_trees.iter().any(|tree| is_weight(tree, name, false)) {
            facts.push(Fact::Text(format!("{name}' = {name}")));
        }
    }
    for name in vectors(1) {
        facts.push(Fact::Text(format!("sum({name}) = 1")));
    }
    for name in vectors(2) {
        facts.push(Fact::Text(format!("sum({name}) = 1")));
    }
    for name in vectors(1) {
        for index in indices {
            facts.push(indicator(name, index));
        }
    }
    // Signs matter only to roots, logarithms, magnitudes and powers.
    if seen_trees.iter().any(has_branches) {
        for name in vectors(0).filter(|name| !indices.contains(name) && is_plain(name)) {
            facts.push(Fact::Text(format!("{name} > 0")));
        }
    }
    facts.truncate(MOST);
    facts
}

/// Does the name stand inside a function that bends, such as σ or a norm?
fn is_weight(tree: &Tree, name: &str, inside: bool) -> bool {
    let inside = inside
        || match &tree.kind {
            Kind::Call { name, .. } => function::lookup(name).is_none_or(|id| {
                use function::{Meaning, TensorFunction};
                matches!(
                    function::row(id).meaning,
                    Meaning::Elementwise { .. }
                        | Meaning::Tensor(
                            TensorFunction::Softmax
                                | TensorFunction::LogSumExp
                                | TensorFunction::Norm1
                                | TensorFunction::Norm2
                                | TensorFunction::NormFrobenius
                        )
                )
            }),
            _ => false,
        };
    if matches!(&tree.kind, Kind::Name(own) if own == name) {
        return inside;
    }
    let mut found = false;
    tree.each_part(&mut |part| found |= is_weight(part, name, inside));
    found
}

fn is_plain(name: &str) -> bool {
    !matches!(name, "pi" | "π" | "e")
}

/// `name[i] = [i = k]`: the vector is one at k and zero elsewhere.
fn indicator(name: &str, index: &str) -> Fact {
    let any = if index == "i" { "j" } else { "i" };
    let equal = Kind::Relation(
        crate::syntax::tree::Relation::Equal,
        Box::new(Tree::name(any)),
        Box::new(Tree::name(index)),
    );
    Fact::Component {
        name: name.to_owned(),
        index: any.to_owned(),
        value: Kind::Iverson(Box::new(equal.into())).into(),
        text: format!("{name}[{any}] = [{any} = {index}]"),
    }
}

fn is_square(sheet: &Sheet, name: &str) -> bool {
    sheet.shapes.get(name).is_some_and(|(text, _)| {
        text.split_once('[')
            .and_then(|(_, sizes)| sizes.trim_end().strip_suffix(']'))
            .and_then(|sizes| sizes.split_once(','))
            .is_some_and(|(a, b)| a.trim() == b.trim())
    })
}

fn has_branches(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        found |= match &part.kind {
            Kind::Call { name, .. } => function::lookup(name).is_some_and(|id| {
                [function::SQRT, function::LOG, function::ABS, function::SIGN].contains(&id)
            }),
            Kind::Power(_, exponent) => !matches!(&exponent.kind, Kind::Number(q) if q.is_integer()),
            _ => false,
        };
    });
    found
}
