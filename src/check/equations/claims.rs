//! Does a line follow from equations? By their ratio, by putting in what they say of one name, or by looking at the places where
//! they hold.

use crate::check::Witness;
use crate::check::decide::{Decision, Question, decide, plain};
use crate::check::number::{Written, shown};
use crate::check::rates::{Rate, total};
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

fn holds(equation: &Equation) -> Found {
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

fn fails_everywhere(last: &Equation) -> Found {
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
fn at_roots(sheet: &Sheet, equations: &[Equation], claim: &Tree, sides: [&Tree; 2], is_drawn: bool) -> Found {
    let own = names_of(claim);
    let candidate = equations.iter().rev().find_map(|equation| {
        let zero = equation.zero.as_ref()?;
        let names = names_of(zero);
        let unknown = match names.as_slice() {
            [only] => only.clone(),
            _ if equations.len() == 1 || is_drawn => {
                equation.unknown.clone().filter(|unknown| names.contains(unknown))?
            }
            _ => return None,
        };
        own.contains(&unknown).then(|| (equation, zero, unknown, names))
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

fn written(root: &Root) -> String {
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
        let own = match &equation.zero {
            Some(zero) => names_of(zero),
            None => {
                let mut own = sheet.variables_of(&equation.left);
                own.extend(sheet.variables_of(&equation.right));
                own
            }
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
    let names = equation.zero.as_ref().map(names_of);
    let is_alone = names.as_ref().is_none_or(|names| names.len() == 1);
    match decision {
        Decision::Proved { .. } => {
            let remark = not_of_the_first(&facts, equations, equation, name, value.tree);
            return Some(Found::Follows {
                remark,
                conditions: Vec::new(),
                group: equation.group,
                is_broken: equation.is_broken,
            });
        }
        Decision::Undecided(_) | Decision::Shape(_) | Decision::Refuted(_) if !is_alone => {
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
                        return Some(Found::Open(format!(
                            "it was not found to follow from line {}",
                            equation.line
                        )));
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
                    words: format!(
                        "{name} = {} does not solve line {}",
                        print::unicode(value.tree),
                        equation.line
                    ),
                    witness: Some(witness),
                    expected: expected.map(|value| format!("{name} = {value}")),
                    is_broken: equation.is_broken,
                });
            }
            if sheet.is_numeric(value.tree) || !is_closed {
                return Some(Found::Free);
            }
            return Some(Found::Open(format!("it was not found to follow from line {}", equation.line)));
        }
        _ => {}
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
