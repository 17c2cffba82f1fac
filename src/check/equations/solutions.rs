//! Is a value a solution? It is put into the equation, into what is left when the others are eliminated, or compared with the
//! roots.

use crate::check::Witness;
use crate::check::checker::rates::Rate;
use crate::check::decide::number::{Written, shown};
use crate::check::decide::{Decision, Question, decide, plain};
use crate::check::rewrite::{mentions, names_of, substitute};
use crate::check::sheet::Sheet;
use crate::evaluate::graph::Value;
use crate::number::Interval;
use crate::print;
use crate::syntax::tree::Tree;

use super::Equation;
use super::algebra::{self, bare, difference, eliminate, is_never_zero};
use super::claims::{Found, fails_everywhere, follows, holds, written};
use super::roots::{self, Root, roots};

/// Is `name = value` a solution of the nearest equation in the name?
pub(super) fn solves(
    sheet: &Sheet,
    equations: &[Equation],
    rates: &[Rate],
    name: &str,
    value: Written,
    is_drawn: bool,
) -> Option<Found> {
    if rates.iter().any(|rate| rate.first() == name || rate.second() == name) {
        let found = follows(sheet, equations, rates, &Tree::name(name), value.tree, is_drawn);
        // A number is the rate that is given, or its value at a point.
        let is_number = sheet.is_numeric(value.tree);
        return Some(if is_number && !matches!(found, Found::Follows { .. }) { Found::Free } else { found });
    }
    let speaks = |equation: &&Equation| {
        let own = if let Some(zero) = &equation.zero {
            names_of(zero)
        } else {
            let mut own = sheet.variables_of(&equation.left);
            own.extend(sheet.variables_of(&equation.right));
            own
        };
        own.iter().any(|known| known == name)
    };
    let equation = equations.iter().rev().find(speaks)?;
    let put_in = |side: &Tree| substitute(side, &|own| (own == name).then(|| value.tree.clone()));
    if mentions(value.tree, name) {
        return Some(follows(sheet, equations, rates, &Tree::name(name), value.tree, is_drawn));
    }
    let bare = bare(sheet);
    let facts = Sheet { facts: sheet.facts.clone(), ..bare.clone() };
    let decision = decide(&facts, &put_in(&equation.left), &put_in(&equation.right), &Question::default());
    if decision.is_proved() {
        let remark = not_of_the_first(&facts, equations, equation, name, value.tree);
        return Some(Found::Follows {
            remark,
            conditions: Vec::new(),
            group: equation.group,
            is_broken: equation.is_broken,
        });
    }
    let is_alone = equation.zero.as_ref().is_none_or(|zero| names_of(zero).len() == 1);
    if !is_alone {
        return of_several(sheet, equations, equation, name, value, decision, is_drawn);
    }
    let Some(zero) = &equation.zero else {
        return Some(match decision {
            Decision::Refuted(witness) => Found::Fails {
                words: format!(
                    "{name} = {} does not solve line {}",
                    print::unicode(value.tree),
                    equation.line
                ),
                witness: Some(witness),
                expected: None,
                is_broken: equation.is_broken,
            },
            _ => Found::Open(format!("it could not be put into line {}", equation.line)),
        });
    };
    Some(of_number(sheet, equation, zero, name, value, &decision))
}

/// Is `name = value` a solution although other names are in the equation: is it one of several, or one with parameters?
fn of_several(
    sheet: &Sheet,
    equations: &[Equation],
    equation: &Equation,
    name: &str,
    value: Written,
    decision: Decision,
    is_drawn: bool,
) -> Option<Found> {
    let bare = bare(sheet);
    let names = equation.zero.as_ref().map(names_of);
    // Other names are in it: one equation of several, or one with parameters.
    let claim = plain(sheet, &difference(&Tree::name(name), value.tree))?;
    let zeros: Vec<Tree> = equations.iter().filter_map(|equation| equation.zero.clone()).collect();
    if zeros.len() > 1
        && let Some(rest) = eliminate(&bare, &zeros, &claim, &[], true)
        && !rest.is_contradictory
    {
        if rest.claim.as_rational().is_some_and(|q| q.is_zero()) {
            return Some(holds(equation));
        }
        if names_of(&rest.claim).is_empty() && is_never_zero(&rest.claim) {
            let expected = solved_for(sheet, &zeros, name);
            return Some(Found::Fails {
                words: format!("this does not solve the equations up to line {}", equation.line),
                witness: None,
                expected: expected.map(|value| format!("{name} = {value}")),
                is_broken: equation.is_broken,
            });
        }
        if let ([zero], [only]) = (rest.equations.as_slice(), names_of(&rest.claim).as_slice())
            && names_of(zero).as_slice() == [only.clone()]
        {
            // One equation in one unknown is left.
            let value_there: Vec<Interval> = roots(zero, only, &[])
                .iter()
                .map(|root| roots::value(&rest.claim, &[(only.clone(), root.bracket)]))
                .collect();
            if value_there.is_empty() || value_there.iter().any(|v| !v.is_defined()) {
                return Some(Found::Open(format!("it was not found to follow from line {}", equation.line)));
            }
            return Some(if value_there.iter().any(|value| value.contains_zero()) {
                if sheet.is_numeric(value.tree) { Found::Free } else { holds(equation) }
            } else {
                fails_everywhere(equation)
            });
        }
    }
    let known = names.unwrap_or_default();
    let is_closed = names_of(value.tree)
        .iter()
        .all(|own| known.contains(own) || matches!(own.as_str(), "pi" | "e" | "π"));
    let is_asked = equation.unknown.as_deref() == Some(name) || is_drawn && zeros.len() == 1;
    if let Decision::Refuted(witness) = decision
        && is_closed
        && is_asked
    {
        let expected = equation
            .zero
            .as_ref()
            .and_then(|zero| algebra::solved(&bare, zero, name, true))
            .map(|tree| print::text(&tree));
        return Some(Found::Fails {
            words: format!("{name} = {} does not solve line {}", print::unicode(value.tree), equation.line),
            witness: Some(witness),
            expected: expected.map(|value| format!("{name} = {value}")),
            is_broken: equation.is_broken,
        });
    }
    if sheet.is_numeric(value.tree) || !is_closed {
        return Some(Found::Free);
    }
    Some(Found::Open(format!("it was not found to follow from line {}", equation.line)))
}

/// A number for the one unknown of an equation.
fn of_number(
    sheet: &Sheet,
    equation: &Equation,
    zero: &Tree,
    name: &str,
    value: Written,
    decision: &Decision,
) -> Found {
    if !sheet.is_numeric(value.tree) {
        return match decision {
            Decision::Refuted(_) => Found::Free,
            _ => Found::Open(format!("it could not be put into line {}", equation.line)),
        };
    }
    let at = |x: Interval| roots::value(zero, &[(name.to_owned(), x)]);
    let own = value.enclosure();
    if !own.is_defined() {
        return Found::Open("this number has no value".to_owned());
    }
    let found = roots(zero, name, &[]);
    let is_near = |root: &Root, slack: f64| {
        root.bracket.high >= own.low - slack && root.bracket.low <= own.high + slack
    };
    if value.has_decimals() {
        if found.iter().any(|root| is_near(root, 0.0)) {
            return holds(equation);
        }
        if let Some(root) = found.iter().find(|root| is_near(root, own.width())) {
            return Found::Rounded { expected: format!("{name} = {}", shown(root.about())) };
        }
    }
    let there = at(own);
    let text = print::unicode(value.tree);
    if !there.is_defined() {
        return Found::Open(format!("line {} is not defined at {name} = {text}", equation.line));
    }
    if there.contains_zero() {
        return Found::Open(format!(
            "it could not be proved that {name} = {text} solves line {}",
            equation.line
        ));
    }
    let middle = Interval::point(own.middle());
    let side = |side: &Tree| {
        plain(sheet, side)
            .map_or(f64::NAN, |plain| roots::value(&plain, &[(name.to_owned(), middle)]).middle())
    };
    let (left, right) = (side(&equation.left), side(&equation.right));
    let exact = value.tree.as_rational().map_or(Value::Float(middle.middle()), Value::Exact);
    let witness =
        Witness { at: vec![(name.to_owned(), exact)], left: Value::Float(left), right: Value::Float(right) };
    let all: Vec<String> = found.iter().map(|root| format!("{name} = {}", written(root))).collect();
    Found::Fails {
        words: format!(
            "{name} = {text} does not solve line {}: there its sides are {} and {}",
            equation.line,
            shown(left),
            shown(right)
        ),
        witness: Some(witness),
        expected: (!all.is_empty()).then(|| all.join(" or ")),
        is_broken: equation.is_broken,
    }
}

/// A solution of a line that does not solve the one where its derivation began.
fn not_of_the_first(
    sheet: &Sheet,
    equations: &[Equation],
    equation: &Equation,
    name: &str,
    value: &Tree,
) -> Option<String> {
    let first = equations.iter().find(|first| first.group == equation.group)?;
    let is_of_it_alone = first.zero.as_ref().is_some_and(|zero| names_of(zero) == [name]);
    if first.line == equation.line || !is_of_it_alone {
        return None;
    }
    let put_in = |side: &Tree| substitute(side, &|own| (own == name).then(|| value.clone()));
    let decision = decide(sheet, &put_in(&first.left), &put_in(&first.right), &Question::default());
    matches!(decision, Decision::Refuted(_))
        .then(|| format!("it does not solve line {}, with which this began", first.line))
}

/// What the equations say a name is.
fn solved_for(sheet: &Sheet, zeros: &[Tree], name: &str) -> Option<String> {
    let claim = Tree::name(name);
    let rest = eliminate(&bare(sheet), zeros, &claim, &[], true)?;
    names_of(&rest.claim).is_empty().then(|| print::text(&rest.claim))
}
