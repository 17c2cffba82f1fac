//! Does a line follow from equations? By their ratio, by putting in what they say of one name, or by looking at the places where
//! they hold.

use crate::check::Witness;
use crate::check::checker::rates::{Rate, total};
use crate::check::decide::number::shown;
use crate::check::decide::{Question, decide, plain};
use crate::check::rewrite::{mentions, names_of, substitute};
use crate::check::sheet::Sheet;
use crate::evaluate::graph::Value;
use crate::function;
use crate::number::{Interval, Rational};
use crate::print;
use crate::syntax::tree::{Kind, Tree};

use super::Equation;
use super::algebra::{self, bare, difference, eliminate, has_divisor, is_never_zero, ratio};
use super::roots::{self, Root, roots};

/// What is found of a claim and equations.
pub(super) enum Found {
    /// It follows.
    Follows { remark: Option<String>, conditions: Vec<String>, group: usize, is_broken: bool },
    /// It does not hold where they do.
    Fails { words: String, witness: Option<Witness>, expected: Option<String>, is_broken: bool },
    /// It holds but for its last digit.
    Rounded { expected: String },
    /// It says something that they leave open.
    Free,
    /// It could not be found out.
    Open(String),
}

pub(super) fn holds(equation: &Equation) -> Found {
    Found::Follows {
        remark: None,
        conditions: Vec::new(),
        group: equation.group,
        is_broken: equation.is_broken,
    }
}

/// Does `left = right` follow from the equations, the last of which are the nearest?
pub(super) fn follows(
    sheet: &Sheet,
    equations: &[Equation],
    rates: &[Rate],
    left: &Tree,
    right: &Tree,
    is_drawn: bool,
) -> Found {
    let Some(last) = equations.last() else { return Found::Free };
    let claim = plain(sheet, &difference(left, right));
    let Some(claim) = claim.filter(|claim| algebra::is_scalar(sheet, claim)) else {
        return of_vectors(sheet, equations, left, right);
    };
    let bare = bare(sheet);
    let used: Vec<&Rate> = rates
        .iter()
        .filter(|rate| mentions(&claim, &rate.first()) || mentions(&claim, &rate.second()))
        .collect();
    if !used.is_empty() {
        return differentiated(sheet, equations, rates, &claim, [left, right]);
    }
    if let Some(found) = dropped(&bare, equations, rates, &claim) {
        return found;
    }
    for equation in equations.iter().rev() {
        if let Some(zero) = &equation.zero
            && let Some(found) = by_ratio(&bare, equation, zero, &claim)
        {
            return found;
        }
    }
    for equation in equations.iter().rev() {
        if by_function(sheet, equation, &claim) {
            return holds(equation);
        }
    }
    // Several equations, or one that says what a name is.
    let zeros: Vec<Tree> = equations.iter().filter_map(|equation| equation.zero.clone()).collect();
    if zeros.len() > 1
        && let Some(rest) = eliminate(&bare, &zeros, &claim, &[], true)
        && !rest.is_contradictory
    {
        if rest.claim.as_rational().is_some_and(|q| q.is_zero()) {
            return holds(last);
        }
        for zero in &rest.equations {
            if ratio(&bare, &rest.claim, zero).is_some_and(|ratio| !has_divisor(&ratio)) {
                return holds(last);
            }
        }
        if names_of(&rest.claim).is_empty() && is_never_zero(&rest.claim) {
            return fails_everywhere(last);
        }
    }
    at_roots(sheet, equations, &claim, [left, right], is_drawn)
}

pub(super) fn fails_everywhere(last: &Equation) -> Found {
    Found::Fails {
        words: format!("it contradicts line {}", last.line),
        witness: None,
        expected: None,
        is_broken: last.is_broken,
    }
}

/// By the normal form of the ratio: the claim is the equation times something, or the other way round.
fn by_ratio(bare: &Sheet, equation: &Equation, zero: &Tree, claim: &Tree) -> Option<Found> {
    let own = names_of(zero);
    if !names_of(claim).iter().any(|name| own.contains(name)) {
        return None;
    }
    let factor = ratio(bare, claim, zero)?;
    if !has_divisor(&factor) {
        return Some(holds(equation));
    }
    let lost = ratio(bare, zero, claim)?;
    if has_divisor(&lost) {
        return None;
    }
    if is_never_zero(&lost) {
        return Some(holds(equation));
    }
    // Solutions at which the factor is zero are lost.
    let mut remark = None;
    let mut conditions = Vec::new();
    match own.as_slice() {
        [name] => {
            let places: Vec<String> = roots(&lost, name, &[])
                .iter()
                .filter(|root| {
                    let there = roots::value(claim, &[(name.clone(), root.bracket)]);
                    there.is_defined() && there.is_nonzero()
                })
                .map(|root| format!("{name} = {}", written(root)))
                .collect();
            if !places.is_empty() {
                let verb = if places.len() == 1 { "solves" } else { "solve" };
                remark = Some(format!(
                    "{} {verb} line {} too, and is lost here",
                    places.join(" and "),
                    equation.line
                ));
            }
        }
        _ => conditions.push(format!("{} != 0", print::text(&lost))),
    }
    Some(Found::Follows { remark, conditions, group: equation.group, is_broken: equation.is_broken })
}

/// Both sides under a function that loses nothing where it is defined: logarithm, exponential, reciprocal; or squared.
fn by_function(sheet: &Sheet, equation: &Equation, claim: &Tree) -> bool {
    let name = |id| function::row(id).name;
    let apply = |side: &Tree, which: usize| -> Tree {
        match which {
            0 => Tree::call(name(function::LOG), vec![side.clone()]),
            1 => Tree::call(name(function::EXP), vec![side.clone()]),
            2 => Kind::Power(Box::new(side.clone()), Box::new(Tree::number(&Rational::TWO))).into(),
            _ => Kind::Quotient(Box::new(Tree::number(&Rational::ONE)), Box::new(side.clone())).into(),
        }
    };
    (0..4).any(|which| {
        let made = difference(&apply(&equation.left, which), &apply(&equation.right, which));
        plain(sheet, &made).is_some_and(|made| {
            made.as_rational().is_none()
                && ratio(&bare(sheet), claim, &made)
                    .is_some_and(|ratio| ratio.as_rational().is_some_and(|q| !q.is_zero()))
        })
    })
}

/// Does the claim hold where an equation in one unknown does?
/// The names in a formula that stand for no constant.
fn variables_of(tree: &Tree) -> Vec<String> {
    let mut names = names_of(tree);
    names.retain(|name| !matches!(name.as_str(), "pi" | "π" | "e"));
    names
}

fn at_roots(sheet: &Sheet, equations: &[Equation], claim: &Tree, sides: [&Tree; 2], is_drawn: bool) -> Found {
    let own = variables_of(claim);
    let candidate = equations.iter().rev().find_map(|equation| {
        let zero = equation.zero.as_ref()?;
        let names = variables_of(zero);
        let unknown = match names.as_slice() {
            [only] => only.clone(),
            _ if equations.len() == 1 || is_drawn => {
                equation.unknown.clone().filter(|unknown| names.contains(unknown))?
            }
            _ => return None,
        };
        own.contains(&unknown).then_some((equation, zero, unknown, names))
    });
    let last = equations.last().map_or(0, |equation| equation.line);
    let Some((equation, zero, unknown, names)) = candidate else {
        return if is_drawn {
            Found::Open(format!("it was not found to follow from line {last}"))
        } else {
            Found::Free
        };
    };
    // Parameters have some values.
    let mut others: Vec<(String, Interval)> = Vec::new();
    for (at, name) in names.iter().chain(&own).filter(|name| **name != unknown).enumerate() {
        if !others.iter().any(|(known, _)| known == name) {
            others.push((name.clone(), Interval::point([3.0, 2.0, 5.0, 7.0, 4.0, 6.0][at % 6])));
        }
    }
    let found = roots(zero, &unknown, &others);
    let there = |root: &Root| {
        let mut at = others.clone();
        at.push((unknown.clone(), root.bracket));
        at
    };
    let values: Vec<Interval> = found.iter().map(|root| roots::value(claim, &there(root))).collect();
    let (Some(first), false) = (found.first(), values.is_empty()) else {
        return Found::Open(format!("it was not found to follow from line {}", equation.line));
    };
    if !values.iter().all(|value| value.is_defined() && value.is_nonzero()) {
        return Found::Open(format!("it was not found to follow from line {}", equation.line));
    }
    let side = |tree: &Tree| {
        plain(sheet, tree).map_or(f64::NAN, |plain| roots::value(&plain, &there(first)).middle())
    };
    let (left, right) = (side(sides[0]), side(sides[1]));
    let place: Vec<String> = others
        .iter()
        .map(|(name, value)| format!("{name} = {}", shown(value.middle())))
        .chain([format!("{unknown} = {}", written(first))])
        .collect();
    let place = place.join(", ");
    let words = format!(
        "line {} holds at {place}, but here the sides are {} and {}",
        equation.line,
        shown(left),
        shown(right)
    );
    let mut at: Vec<(String, Value)> =
        others.iter().map(|(name, value)| (name.clone(), Value::Float(value.middle()))).collect();
    at.push((unknown.clone(), first.fraction().map_or(Value::Float(first.about()), Value::Exact)));
    let witness = Witness { at, left: Value::Float(left), right: Value::Float(right) };
    Found::Fails { words, witness: Some(witness), expected: None, is_broken: equation.is_broken }
}

/// A claim about derivatives: the equations hold along a curve, and so do their derivatives.
fn differentiated(
    sheet: &Sheet,
    equations: &[Equation],
    rates: &[Rate],
    claim: &Tree,
    sides: [&Tree; 2],
) -> Found {
    let bare = bare(sheet);
    let Some(last) = equations.last() else { return Found::Free };
    let orders = 1 + usize::from(rates.iter().any(|rate| mentions(claim, &rate.second())));
    let has_rate = |tree: &Tree| {
        rates.iter().any(|rate| mentions(tree, &rate.first()) || mentions(tree, &rate.second()))
    };
    let mut zeros: Vec<Tree> = Vec::new();
    let mut sources: Vec<&Equation> = Vec::new();
    for equation in equations {
        let Some(zero) = &equation.zero else { continue };
        zeros.push(zero.clone());
        let mut made = zero.clone();
        let has_own = has_rate(zero);
        if !has_own {
            sources.push(equation);
        }
        for _ in 0..orders {
            if has_own && orders == 1 || rates.iter().any(|rate| mentions(&made, &rate.second())) {
                break;
            }
            let by: Vec<&String> =
                rates.iter().filter(|rate| mentions(zero, &rate.name)).map(|rate| &rate.by).collect();
            let Some(by) = by.first() else { break };
            let inner = made.clone();
            let Some(next) = plain(&bare, &total(rates, &made, by, &|name| mentions(&inner, name))) else {
                break;
            };
            zeros.push(next.clone());
            made = next;
        }
    }
    // Without one, a line about derivatives is where it begins.
    let source = sources.last().copied().unwrap_or(last);
    if zeros.iter().any(|zero| ratio(&bare, claim, zero).is_some_and(|factor| !has_divisor(&factor))) {
        return holds(source);
    }
    // Second derivatives first: they are linear in the equations, and so are the first ones then.
    let mut first: Vec<String> = rates.iter().map(Rate::second).collect();
    first.extend(rates.iter().map(Rate::first));
    let Some(rest) = eliminate(&bare, &zeros, claim, &first, false) else {
        return Found::Open(format!("it was not found to follow from line {}", source.line));
    };
    if rest.claim.as_rational().is_some_and(|q| q.is_zero()) {
        return holds(source);
    }
    if has_rate(&rest.claim) {
        return Found::Open("the equations leave the derivatives in it open".to_owned());
    }
    on_curve(&bare, rates, source, &rest, sides)
}

/// Is it the derivative of an equation from which the derivatives of what depends on the variable were left out?
fn dropped(bare: &Sheet, equations: &[Equation], rates: &[Rate], claim: &Tree) -> Option<Found> {
    for equation in equations.iter().rev() {
        let Some(zero) = &equation.zero else { continue };
        for rate in rates.iter().filter(|rate| mentions(zero, &rate.name)) {
            let whole = plain(bare, &total(rates, zero, &rate.by, &|name| mentions(zero, name)))?;
            for (slope, why) in [(Rational::ONE, "is left out"), (Rational::ZERO, "is taken for zero")] {
                let slope = Tree::number(&slope);
                let cut = substitute(&whole, &|name| (*name == rate.first()).then(|| slope.clone()));
                let is_it = plain(bare, &cut)
                    .and_then(|cut| ratio(bare, claim, &cut))
                    .is_some_and(|factor| factor.as_rational().is_some_and(|q| !q.is_zero()));
                if is_it {
                    return Some(Found::Fails {
                        words: format!(
                            "{} depends on {}: in the derivative of line {} {} {why}",
                            rate.name,
                            rate.by,
                            equation.line,
                            rate.first()
                        ),
                        witness: None,
                        expected: Some(format!("{} = 0", print::text(&whole))),
                        is_broken: equation.is_broken,
                    });
                }
            }
        }
    }
    None
}

/// Is a claim refuted somewhere on the curve of an equation?
fn on_curve(
    bare: &Sheet,
    rates: &[Rate],
    source: &Equation,
    rest: &algebra::Rest,
    sides: [&Tree; 2],
) -> Found {
    let open = || Found::Open(format!("it was not found to follow from line {}", source.line));
    let fails = |at: &[(String, Interval)]| {
        let there = roots::value(&rest.claim, at);
        there.is_defined() && there.is_nonzero()
    };
    let expected = rates.iter().find_map(|rate| {
        let of = |name: String| {
            let own = matches!(&sides[0].kind, Kind::Name(known) if *known == name);
            let value = rest.values.iter().find(|(known, _)| *known == name);
            value.filter(|_| own).map(|(_, value)| format!("{name} = {}", print::text(value)))
        };
        of(rate.first()).or_else(|| of(rate.second()))
    });
    let wrong = |at: &[(String, Interval)]| {
        let place: Vec<String> =
            at.iter().map(|(name, value)| format!("{name} = {}", shown(value.middle()))).collect();
        let start = if source.is_broken { "" } else { "differentiated, " };
        Found::Fails {
            words: format!(
                "it does not follow from line {}: {start}that says something else at {}",
                source.line,
                place.join(", ")
            ),
            witness: None,
            expected: expected.clone(),
            is_broken: source.is_broken,
        }
    };
    let values = [2.0, 3.0, 5.0, 0.5, 0.75, 1.25, 1.0];
    let names: Vec<String> = rest.equations.iter().chain([&rest.claim]).flat_map(names_of).collect();
    let mut names: Vec<String> = names.into_iter().fold(Vec::new(), |mut all, name| {
        if !all.contains(&name) {
            all.push(name);
        }
        all
    });
    names.sort();
    match rest.equations.as_slice() {
        [] => {
            for shift in 0..values.len() {
                let at: Vec<(String, Interval)> = names
                    .iter()
                    .enumerate()
                    .map(|(place, name)| {
                        (name.clone(), Interval::point(values[(place + shift) % values.len()]))
                    })
                    .collect();
                if fails(&at) {
                    return wrong(&at);
                }
            }
            open()
        }
        [zero] => {
            let Some(unknown) = names.iter().rev().find(|name| mentions(zero, name)).cloned() else {
                return open();
            };
            let factor = ratio(bare, &rest.claim, zero);
            let mut finite = 0;
            for shift in 0..values.len() {
                let others: Vec<(String, Interval)> = names
                    .iter()
                    .filter(|name| **name != unknown)
                    .enumerate()
                    .map(|(place, name)| {
                        (name.clone(), Interval::point(values[(place + shift) % values.len()]))
                    })
                    .collect();
                for root in roots(zero, &unknown, &others) {
                    let mut at = others.clone();
                    at.push((unknown.clone(), root.bracket));
                    if fails(&at) {
                        return wrong(&at);
                    }
                    let multiple = factor.as_ref().map(|factor| roots::value(factor, &at));
                    finite +=
                        usize::from(multiple.is_some_and(|value| value.is_defined() && value.width() < 1.0));
                }
            }
            // A multiple of the equation, by something that is finite on the curve.
            if finite >= 2 { holds(source) } else { open() }
        }
        _ => open(),
    }
}

pub(super) fn written(root: &Root) -> String {
    root.fraction().map_or_else(|| shown(root.about()), |q| print::text(&Tree::number(&q)))
}

/// Equations of vectors: a multiple by a number.
fn of_vectors(sheet: &Sheet, equations: &[Equation], left: &Tree, right: &Tree) -> Found {
    let claim = difference(left, right);
    for equation in equations.iter().rev() {
        let zero = difference(&equation.left, &equation.right);
        for factor in [(1, 1), (1, 2), (2, 1), (-1, 1), (-1, 2), (-2, 1)] {
            let Some(factor) = Rational::fraction(factor.0, factor.1) else { continue };
            let scaled = Kind::Product(vec![Tree::number(&factor), zero.clone()]).into();
            if decide(sheet, &claim, &scaled, &Question::default()).is_proved() {
                return holds(equation);
            }
        }
    }
    let last = equations.last().map_or(0, |equation| equation.line);
    Found::Open(format!("it was not found to follow from line {last}"))
}
