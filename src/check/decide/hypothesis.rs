//! Facts that a line may have used without saying so. Each is tried when a line does not hold without it; the first that makes
//! it hold is named.

use super::meaning::Reading;
use super::unfold::unfolded;
use super::{Question, decide, simplest, value_at};
use crate::check::rewrite::{mentions, names_of, substitute};
use crate::check::sheet::{Fact, Sheet, free_indices};
use crate::evaluate::graph::Value;
use crate::function;
use crate::syntax::parse_fact;
use crate::syntax::tree::{Kind, Relation, Tree};

/// So many are tried on one line, weakest first.
const MOST: usize = 10;

/// The facts that could help, weakest first.
pub(in crate::check) fn candidates(sheet: &Sheet, sides: &[&Tree], indices: &[String]) -> Vec<Fact> {
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
    // What is assumed of a variable at a point says nothing of slopes along it.
    let mut moving: Vec<String> = Vec::new();
    for side in sides {
        side.walk(&mut |part| {
            if let Kind::Derivative { variables, .. } = &part.kind {
                moving.extend(variables.iter().flat_map(names_of));
            }
        });
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
    // Labels and probabilities sum to one: what stands beside a logarithm, or in nothing that was said before. Of an input
    // nobody assumes it.
    let said = |test: &dyn Fn(&Tree) -> bool| {
        seen_trees.iter().any(test)
            || sheet
                .definitions
                .values()
                .any(|own| test(&own.value) || own.special.as_ref().is_some_and(test))
            || sheet.functions.values().any(|(_, body)| test(body))
    };
    let weighs = |name: &&String| {
        said(&|tree| weighs_logarithms(sheet, tree, name))
            || !sheet.definitions.values().any(|own| mentions(&own.value, name))
                && !sheet.functions.values().any(|(_, body)| mentions(body, name))
    };
    for rank in [1, 2] {
        for name in vectors(rank).filter(|name| !moving.contains(name)).filter(weighs) {
            facts.push(Fact::Text(format!("sum({name}) = 1")));
        }
    }
    // Who assumes a label to be an indicator writes the label, or leaves it out for the entry that it picks.
    let written: Vec<String> = sides.iter().flat_map(|side| names_of(side)).collect();
    let left_out: Vec<String> = match sides {
        [head, tree, ..] => {
            let kept = sheet.variables_of(tree);
            sheet.variables_of(head).into_iter().filter(|name| !kept.contains(name)).collect()
        }
        _ => Vec::new(),
    };
    let picked = sides.get(1).map(|tree| free_indices(tree, sheet)).unwrap_or_default();
    // The index by which is differentiated runs over all entries: it is no label.
    let running = differentiated_indices(sides);
    for name in vectors(1).filter(|name| !moving.contains(name)).filter(weighs) {
        for index in indices.iter().filter(|index| !running.contains(index)) {
            if written.contains(name) || left_out.contains(name) && picked.contains(index) {
                facts.push(indicator(name, index));
            }
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

/// The indices of what is differentiated by.
fn differentiated_indices(sides: &[&Tree]) -> Vec<String> {
    let mut found = Vec::new();
    for side in sides {
        side.walk(&mut |part| {
            if let Kind::Derivative { variables, .. } = &part.kind {
                for variable in variables {
                    if let Kind::Index(_, indices) = &variable.kind {
                        found.extend(indices.iter().flat_map(names_of));
                    }
                }
            }
        });
    }
    found
}

/// Is a name multiplied by a logarithm somewhere, as labels and probabilities are, or is its logarithm taken?
fn weighs_logarithms(sheet: &Sheet, tree: &Tree, name: &str) -> bool {
    let mentions_log = |tree: &Tree| {
        let mut found = false;
        tree.walk(&mut |part| {
            found |= match &part.kind {
                Kind::Call { name, .. } => function::lookup(name) == Some(function::LOG),
                // l = −Σ y_k l_k with l_k = log ŷ_k.
                Kind::Name(own) => sheet.definitions.get(own).is_some_and(|definition| {
                    matches!(&definition.value.kind, Kind::Call { name, .. }
                        if function::lookup(name) == Some(function::LOG))
                }),
                _ => false,
            };
        });
        found
    };
    let is_it = |factor: &Tree| match &factor.kind {
        Kind::Name(own) => own == name,
        Kind::Index(base, _) | Kind::Transpose(base) => matches!(&base.kind, Kind::Name(own) if own == name),
        _ => false,
    };
    let mut found = false;
    tree.walk(&mut |part| {
        found |= match &part.kind {
            Kind::Product(factors) | Kind::Hadamard(factors) => {
                factors.iter().any(&is_it) && factors.iter().any(&mentions_log)
            }
            Kind::Call { arguments, .. } if arguments.len() > 1 => {
                arguments.iter().any(&is_it) && arguments.iter().any(&mentions_log)
            }
            _ => false,
        };
    });
    found
}

/// May the writer not have meant this fact? The values of the document speak against it, or it is a matrix said to be
/// symmetric where more than its symmetric part matters: a missing transpose is a mistake there, not an assumption.
pub(in crate::check) fn is_refused(sheet: &Sheet, fact: &Fact, head: &Tree) -> bool {
    if is_contradicted(sheet, fact) {
        return true;
    }
    let Some(name) = symmetric(fact) else { return false };
    let truth = unfolded(sheet, &simplest(sheet, head).unwrap_or_else(|| head.clone()));
    let transposed =
        substitute(&truth, &|own| (own == name).then(|| Kind::Transpose(Box::new(Tree::name(name))).into()));
    !decide(sheet, &truth, &transposed, &Question::default()).is_proved()
}

/// The matrix of a fact `A' = A`.
fn symmetric(fact: &Fact) -> Option<&str> {
    let Fact::Text(text) = fact else { return None };
    let (left, right) = text.split_once('=')?;
    let (left, right) = (left.trim(), right.trim());
    (left.strip_suffix('\'') == Some(right)).then_some(right)
}

/// Do the values of the document speak against the fact?
fn is_contradicted(sheet: &Sheet, fact: &Fact) -> bool {
    let value = |tree: &Tree| value_at(sheet, tree, Reading::default()).ok().map(|there| there.value);
    let entries = |value: &Value| value.entries();
    match fact {
        Fact::Text(text) => {
            let Ok(parsed) = parse_fact(text, &sheet.names) else { return false };
            let Kind::Relation(relation, left, right) = &parsed.tree.kind else { return false };
            let (Some(left), Some(right)) = (value(left), value(right)) else { return false };
            let (left, right) = (entries(&left), entries(&right));
            let far = |(a, b): (&f64, &f64)| (a - b).abs() > 1e-3 * a.abs().max(b.abs()).max(1.0);
            match relation {
                Relation::Equal => left.len() == right.len() && left.iter().zip(&right).any(far),
                Relation::Greater => left.iter().zip(&right).any(|(a, b)| a <= b),
                _ => false,
            }
        }
        Fact::Component { name, .. } => {
            // A label is one at one place and zero elsewhere.
            let Some(value) = value(&Tree::name(name)) else { return false };
            let entries = entries(&value);
            entries.iter().any(|x| *x != 0.0 && *x != 1.0) || entries.iter().sum::<f64>() != 1.0
        }
        Fact::Entry { .. } => false,
    }
}

/// Does the line hold for the derivative by a matrix that is symmetric, but all of whose entries vary by themselves? The other
/// reading lets the entries vary together; either is in use.
pub(in crate::check) fn holds_without_ties(
    sheet: &Sheet,
    head: &Tree,
    tree: &Tree,
    question: &Question,
) -> bool {
    let Kind::Derivative { variables, .. } = &head.kind else { return false };
    let is_tied = |fact: &Fact| {
        symmetric(fact)
            .is_some_and(|name| variables.iter().any(|variable| names_of(variable).iter().any(|n| n == name)))
    };
    if !sheet.facts.iter().any(|(fact, _)| is_tied(fact)) {
        return false;
    }
    let mut free = sheet.clone();
    free.facts.retain(|(fact, _)| !is_tied(fact));
    simplest(&free, head).is_some_and(|truth| decide(sheet, &truth, tree, question).is_proved())
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

pub(in crate::check) fn has_branches(tree: &Tree) -> bool {
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
