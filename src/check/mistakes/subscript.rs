//! Mistyped subscripts: the line holds with another index at one place.

use super::table::{MISTAKES, Rule};
use super::{Case, Diagnosis};
use crate::check::decide::{Question, decide, indices_of};
use crate::check::rewrite::{map_parts, names_of};
use crate::print;
use crate::syntax::tree::{Kind, Tree};

/// Places at which another index is tried.
const MOST_PLACES: usize = 6;

/// The line with one index changed so that it holds, if it is a line about indices.
pub(super) fn diagnose(case: &Case) -> Option<Diagnosis> {
    let mistake = MISTAKES.iter().find(|mistake| mistake.rules.contains(&Rule::Subscript))?;
    let mut indices = indices_of(case.sheet, &[case.head, case.written]);
    for name in case.condition.iter().flat_map(|condition| names_of(condition)) {
        if !indices.contains(&name) {
            indices.push(name);
        }
    }
    if indices.len() < 2 {
        return None;
    }
    let question = Question { condition: case.condition, ..Question::default() };
    // What is differentiated by stands last and is mistyped first.
    let places = count(case.head, &indices).min(MOST_PLACES);
    for place in (0..places).rev() {
        for index in &indices {
            let Some(head) = changed(case.head, &indices, index, place) else { continue };
            if decide(case.sheet, &head, case.written, &question).is_proved() {
                return Some(told(mistake.id, mistake.words, &head, case.written));
            }
        }
    }
    for place in 0..count(case.written, &indices).min(MOST_PLACES) {
        for index in &indices {
            let Some(written) = changed(case.written, &indices, index, place) else { continue };
            if decide(case.sheet, case.head, &written, &question).is_proved() {
                return Some(told(mistake.id, mistake.words, case.head, &written));
            }
        }
    }
    None
}

fn told(id: &'static str, words: &str, left: &Tree, right: &Tree) -> Diagnosis {
    let left = match &left.kind {
        Kind::Derivative { body, variables, .. } if let [variable] = variables.as_slice() => {
            format!("∂{}/∂{}", print::unicode(body), print::unicode(variable))
        }
        _ => print::unicode(left),
    };
    Diagnosis {
        id,
        text: format!("{words} {left} = {}", print::unicode(right)).into(),
        together: false,
        covered: false,
    }
}

/// How often one of the indices stands as a subscript.
fn count(tree: &Tree, indices: &[String]) -> usize {
    let mut found = 0;
    tree.walk(&mut |part| {
        if let Kind::Index(_, places) = &part.kind {
            found += places.iter().filter(|place| is_one_of(place, indices)).count();
        }
    });
    found
}

fn is_one_of(place: &Tree, indices: &[String]) -> bool {
    matches!(&place.kind, Kind::Name(name) if indices.contains(name))
}

/// The formula with another index at one of its subscripts; `None` if it stands there already.
fn changed(tree: &Tree, indices: &[String], index: &str, place: usize) -> Option<Tree> {
    fn walk(tree: &Tree, indices: &[String], index: &str, left: &mut Option<usize>, made: &mut bool) -> Tree {
        let Kind::Index(base, places) = &tree.kind else {
            return map_parts(tree, &mut |part| walk(part, indices, index, left, made));
        };
        let base = Box::new(walk(base, indices, index, left, made));
        let places = places
            .iter()
            .map(|own| {
                if !is_one_of(own, indices) {
                    return own.clone();
                }
                let is_due = *left == Some(0);
                *left = left.and_then(|left| left.checked_sub(1));
                if is_due && !matches!(&own.kind, Kind::Name(name) if name == index) {
                    *made = true;
                    return Tree::name(index);
                }
                own.clone()
            })
            .collect();
        Tree::new(Kind::Index(base, places), tree.span)
    }
    let (mut left, mut made) = (Some(place), false);
    let tree = walk(tree, indices, index, &mut left, &mut made);
    made.then_some(tree)
}
