//! Numbers at the end of a chain: right, right but for the rounding on the way, or wrong.
//!
//! A decimal number says as much as its digits do: 0.4407 stands for every number between 0.44065 and 0.44075. Whole numbers
//! and fractions are meant exactly.

use super::meaning::Reading;
use super::{Witness, value_at};
use crate::check::sheet::Sheet;
use crate::evaluate::graph::Value;
use crate::function;
use crate::number::{Interval, Rational};
use crate::print;
use crate::span::Span;
use crate::syntax::tree::{Kind, Relation, Tree};

/// Values of formulas come with this relative error at most.
const ERROR: f64 = 1e-11;

/// So many units of its last digit a number may be off, and is still called rounded on the way.
const MOST_UNITS: f64 = 1.5;

/// Numbers with fewer digits, within their product or sum, are none that were rounded on the way.
const MOST_WIDTH: f64 = 0.03;

/// What is known of a number.
#[derive(Clone, Debug)]
pub(in crate::check) enum Judgement {
    Right,
    /// Right if these names are held fixed in a derivative.
    Held(Vec<String>),
    /// Only the last digit is off, because numbers were rounded on the way.
    Rounding {
        expected: String,
    },
    Wrong {
        expected: String,
        witness: Witness,
    },
    Undecided(String),
}

/// A side as numbers: the text its spans point into, and where that begins.
#[derive(Clone, Copy)]
pub(in crate::check) struct Written<'t> {
    pub tree: &'t Tree,
    pub text: &'t str,
    pub span: Span,
}

impl Written<'_> {
    /// The places after the decimal point of a literal.
    fn places(&self, literal: Span) -> Option<u32> {
        let text = self.text.get(self.span.start + literal.start..self.span.start + literal.end)?;
        let text = text.trim();
        let (_, decimals) = text.split_once('.')?;
        decimals.chars().all(|c| c.is_ascii_digit()).then_some(decimals.len() as u32)
    }

    /// The literal that the whole side is, with its sign, and its places.
    fn literal(&self) -> Option<(f64, Option<u32>)> {
        let (inner, sign) = match &self.tree.kind {
            Kind::Negate(inner) => (&**inner, -1.0),
            _ => (self.tree, 1.0),
        };
        match &inner.kind {
            Kind::Number(q) => Some((sign * q.to_f64(), self.places(inner.span))),
            _ => None,
        }
    }

    /// Is a number in it written with decimals, so that it may be rounded?
    pub fn has_decimals(&self) -> bool {
        let mut found = false;
        self.tree.walk(&mut |part| {
            found |= matches!(part.kind, Kind::Number(_)) && self.places(part.span).is_some();
        });
        found
    }

    /// All numbers that the side may stand for.
    pub fn enclosure(&self) -> Interval {
        self.of(self.tree, 0.5)
    }

    /// The same, with each decimal number off by so many units of its last digit.
    fn of(&self, tree: &Tree, units: f64) -> Interval {
        let literal = |tree: &Tree, q: &Rational| {
            let middle = Interval::from_rational(q);
            match self.places(tree.span) {
                Some(places) => {
                    let half = units * 10f64.powi(-(places as i32));
                    middle + Interval::new(-half, half)
                }
                None => middle,
            }
        };
        interval(tree, &|_| None, &literal)
    }
}

/// All values of a scalar formula whose names are in intervals; a literal may stand for more than the number it is.
pub(in crate::check) fn interval(
    tree: &Tree,
    value: &dyn Fn(&str) -> Option<Interval>,
    literal: &dyn Fn(&Tree, &Rational) -> Interval,
) -> Interval {
    let of = |part: &Tree| interval(part, value, literal);
    match &tree.kind {
        Kind::Number(q) => literal(tree, q),
        Kind::Name(name) => value(name).unwrap_or_else(|| match name.as_str() {
            "pi" | "π" => Interval::PI,
            "e" => Interval::ONE.exp(),
            _ => Interval::UNDEFINED,
        }),
        Kind::Sum(parts) => parts.iter().fold(Interval::ZERO, |sum, part| sum + of(part)),
        Kind::Product(parts) => parts.iter().fold(Interval::ONE, |product, part| product * of(part)),
        Kind::Quotient(a, b) => of(a) / of(b),
        Kind::Negate(a) => -of(a),
        Kind::Power(a, b) => match b.as_rational() {
            Some(q) => of(a).powr(&q),
            None => of(a).power(of(b)),
        },
        Kind::Call { name, primes: 0, arguments } => match function::lookup(name) {
            Some(id) => {
                let arguments: Vec<Interval> = arguments.iter().map(of).collect();
                function::row(id).interval(&arguments)
            }
            None => Interval::UNDEFINED,
        },
        Kind::Iverson(condition) => match truth(condition, &of) {
            Some(true) => Interval::ONE,
            Some(false) => Interval::ZERO,
            None => Interval::UNIT,
        },
        Kind::Cases(rows) => {
            for (row, condition) in rows {
                match condition.as_ref().map_or(Some(true), |condition| truth(condition, &of)) {
                    Some(true) => return of(row),
                    Some(false) => {}
                    None => return Interval::UNDEFINED,
                }
            }
            Interval::UNDEFINED
        }
        _ => Interval::UNDEFINED,
    }
}

/// Does a condition hold? `None` if the intervals do not tell.
fn truth(condition: &Tree, of: &dyn Fn(&Tree) -> Interval) -> Option<bool> {
    let Kind::Relation(relation, a, b) = &condition.kind else {
        let Kind::And(all) = &condition.kind else { return None };
        let all: Option<Vec<bool>> = all.iter().map(|condition| truth(condition, of)).collect();
        return all.map(|all| all.into_iter().all(|one| one));
    };
    let (a, b) = (of(a), of(b));
    if !a.is_defined() || !b.is_defined() {
        return None;
    }
    let (less, more) = (a.high < b.low, a.low > b.high);
    let same = a.is_point() && b.is_point() && a.low == b.low;
    if !less && !more && !same {
        return None;
    }
    Some(match relation {
        Relation::Equal => same,
        Relation::NotEqual => !same,
        Relation::Less => less,
        Relation::LessEqual => less || same,
        Relation::Greater => more,
        Relation::GreaterEqual => more || same,
    })
}

/// The side with its decimal numbers in the middle of what they stand for.
fn middle(written: &Written) -> Option<f64> {
    fn exact(tree: &Tree) -> Interval {
        Written { tree, text: "", span: Span::new(0, 0) }.enclosure()
    }
    let value = exact(written.tree);
    value.is_defined().then(|| value.middle())
}

/// How a number is judged.
#[derive(Clone, Copy)]
pub(in crate::check) struct Manner {
    /// Is it said to be about equal?
    pub about: bool,
    /// May derivatives hold other names fixed, because they are written with ∂?
    pub is_partial: bool,
}

/// Judges a number against what the chain stands for.
pub(in crate::check) fn judge(sheet: &Sheet, truth: &Tree, side: Written, manner: Manner) -> Judgement {
    let (mut local, mut masks) = (0, 1u32);
    let mut best: Option<Judgement> = None;
    while local < masks {
        let there = match value_at(sheet, truth, Reading { local, values: false }) {
            Err(error) => return Judgement::Undecided(error.message),
            Ok(there) => there,
        };
        if manner.is_partial {
            masks = masks.max(1 << there.doubtful.min(3));
        }
        let judged = match there.value.scalar() {
            Some(x) => against(sheet, x, &there.value, side, manner.about),
            None => against_list(sheet, &there.value, side),
        };
        match (&best, judged) {
            (_, Judgement::Right) if there.held.is_empty() || !is_derivative(truth) => {
                return Judgement::Right;
            }
            (_, Judgement::Right) => best = Some(Judgement::Held(there.held)),
            (None, other) => best = Some(other),
            (Some(Judgement::Wrong { .. }), other @ Judgement::Rounding { .. }) => best = Some(other),
            _ => {}
        }
        local += 1;
    }
    best.unwrap_or_else(|| Judgement::Undecided("it has no value".to_owned()))
}

fn is_derivative(tree: &Tree) -> bool {
    matches!(tree.kind, Kind::Derivative { .. })
}

fn witness(sheet: &Sheet, left: &Value, right: f64) -> Witness {
    let at = sheet
        .point
        .iter()
        .chain(&sheet.values)
        .filter_map(|(name, tree)| match &tree.kind {
            Kind::Number(q) => Some((name.clone(), Value::Exact(q.clone()))),
            Kind::Negate(inner) => match &inner.kind {
                Kind::Number(q) => Some((name.clone(), Value::Exact(-q.clone()))),
                _ => None,
            },
            _ => None,
        })
        .collect();
    Witness { at, left: left.clone(), right: Value::Float(right) }
}

fn against(sheet: &Sheet, truth: f64, value: &Value, side: Written, about: bool) -> Judgement {
    let slack = ERROR * truth.abs().max(1e-3);
    let enclosure = side.enclosure();
    let Some(own) = middle(&side) else { return Judgement::Undecided("this number has no value".to_owned()) };
    if !enclosure.is_defined() {
        return Judgement::Undecided("this number has no value".to_owned());
    }
    if truth >= enclosure.low - slack && truth <= enclosure.high + slack {
        return Judgement::Right;
    }
    let literal = side.literal();
    let places = literal.and_then(|(_, places)| places);
    let unit = match places {
        Some(places) => 10f64.powi(-(places as i32)),
        None if about && literal.is_some() => 1.0,
        None => 0.0,
    };
    if about && (truth - own).abs() <= 0.5 * unit.max(0.005 * truth.abs()) {
        return Judgement::Right;
    }
    // 0.151 · (−1.000) goes on with a number that was rounded on the way.
    if literal.is_none() && side.has_decimals() {
        let wide = side.of(side.tree, MOST_UNITS);
        let is_narrow = wide.is_defined() && wide.high - wide.low <= MOST_WIDTH * own.abs();
        if is_narrow && truth >= wide.low - slack && truth <= wide.high + slack {
            return Judgement::Rounding { expected: shown(truth) };
        }
    }
    let expected = match places {
        Some(places) => rounded(truth, places),
        None => shown(truth),
    };
    // One digit is no number that was rounded on the way, unless the others were cut off.
    let has_digits =
        own.abs() >= 10.0 * unit || (((truth / unit).abs() + 1e-6).floor() - (own / unit).abs()).abs() < 1e-3;
    // What has no more digits than were written needed no rounding.
    let is_exact = ((truth / unit) - (truth / unit).round()).abs() * unit <= slack;
    if places.is_some()
        && has_digits
        && !is_exact
        && (truth - own).abs() <= MOST_UNITS * unit * (1.0 + 1e-9) + slack
    {
        return Judgement::Rounding { expected };
    }
    Judgement::Wrong { expected, witness: witness(sheet, value, own) }
}

fn against_list(sheet: &Sheet, value: &Value, side: Written) -> Judgement {
    let mut written = Vec::new();
    flatten(side.tree, &mut written);
    let entries = value.entries();
    if written.len() != entries.len() || written.is_empty() {
        return Judgement::Undecided("the number of entries differs".to_owned());
    }
    let mut rounding = false;
    for (tree, truth) in written.iter().zip(&entries) {
        let own = Written { tree, ..side };
        match against(sheet, *truth, &Value::Float(*truth), own, false) {
            Judgement::Right | Judgement::Held(_) => {}
            Judgement::Rounding { .. } => rounding = true,
            Judgement::Undecided(why) => return Judgement::Undecided(why),
            Judgement::Wrong { .. } => {
                return Judgement::Wrong {
                    expected: list(value.shape(), &entries),
                    witness: witness(sheet, value, f64::NAN),
                };
            }
        }
    }
    if rounding { Judgement::Rounding { expected: list(value.shape(), &entries) } } else { Judgement::Right }
}

fn flatten<'t>(tree: &'t Tree, out: &mut Vec<&'t Tree>) {
    match &tree.kind {
        Kind::Array(parts) => parts.iter().for_each(|part| flatten(part, out)),
        _ => out.push(tree),
    }
}

fn list(shape: &[usize], entries: &[f64]) -> String {
    match shape {
        [] => entries.first().map_or_else(String::new, |x| shown(*x)),
        [count, rest @ ..] => {
            let step: usize = rest.iter().product::<usize>().max(1);
            let parts: Vec<String> = (0..*count)
                .map(|i| list(rest, entries.get(i * step..(i + 1) * step).unwrap_or(&[])))
                .collect();
            format!("[{}]", parts.join(", "))
        }
    }
}

/// A value with so many places; with more where these show nothing of it.
fn rounded(x: f64, places: u32) -> String {
    let text = format!("{x:.*}", places as usize);
    let shows = text.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
    if shows {
        text
    } else if x == 0.0 {
        "0".to_owned()
    } else {
        shown(x)
    }
}

/// A value as people write it: up to six significant digits.
pub(in crate::check) fn shown(x: f64) -> String {
    if x == x.trunc() && x.abs() < 1e9 {
        return format!("{x:.0}");
    }
    match Rational::from_f64(x) {
        Some(q) if q.as_pair().is_some_and(|(n, d)| n.abs() < 100 && d < 100) => {
            print::text(&Tree::number(&q))
        }
        _ => {
            let digits = (5 - x.abs().log10().floor() as i32).clamp(0, 12) as usize;
            let text = format!("{x:.digits$}");
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        }
    }
}
