//! What is known of each class of the e-graph: an exact value, its possible signs, and enclosures at the witnesses.
//!
//! One graph serves one input whose domain D is not empty (the witnesses are in it). Every term in the graph is defined
//! on D, so a term `log(u)` says u > 0 on D, and `u^(−1)` says u ≠ 0: these facts are added as terms come in. Every union
//! compares the enclosures of its two sides: if they are disjoint the union was wrong. So was the rule that writes a term
//! which has no value at a witness. Nothing panics: the conflict is kept with the name of the rule and whoever runs the
//! graph throws the graph away.

use std::cell::RefCell;

use egg::{Analysis, DidMerge, Id, Justification};
use rustc_hash::FxHashMap;

use super::language::Node;
use super::pattern::Graph;
use super::sign::{self, LeafFacts};
use crate::function::{self, Function};
use crate::ir::scalar::Constant;
use crate::number::{Enclosure, Interval, Rational, Sign};

/// At how many points every class is enclosed. Four is the number of the prototype; other numbers were not measured here.
/// Witnesses do not suffice: the prototype met a wrong candidate that fitted all four and that only the last gate refuted.
pub const WITNESSES: usize = 4;

/// Exact values with more bits are not computed.
const VALUE_BITS: u64 = 256;

/// What is known of a class.
#[derive(Clone, Debug)]
pub struct Data {
    /// Its exact value.
    pub constant: Option<Rational>,
    /// The signs it may have on D.
    pub sign: Sign,
    /// Its enclosures at the witnesses.
    pub intervals: [Interval; WITNESSES],
    /// Its enclosures to many digits at the witnesses, where they are known; empty unless the domain asks for them.
    pub digits: Vec<Option<Enclosure>>,
}

/// The domain of the input, as far as it is known.
#[derive(Debug, Default)]
pub struct Domain {
    /// What is known of the leaves.
    pub leaves: FxHashMap<u32, (Sign, [Interval; WITNESSES])>,
    /// Bits with which classes are also enclosed; 0: they are not.
    pub bits: usize,
    /// The rule at work, for the report of a conflict.
    pub rule: &'static str,
    /// The first contradiction that was met.
    pub conflict: RefCell<Option<String>>,
    /// Classes made or changed since this was last emptied.
    pub touched: Vec<Id>,
}

impl Domain {
    /// The domain with leaves that take the values `points[k][leaf]`.
    pub fn new(leaves: &[u32], points: &[FxHashMap<u32, Interval>], facts: &LeafFacts) -> Self {
        let mut known = FxHashMap::default();
        for leaf in leaves {
            let mut intervals = [Interval::UNDEFINED; WITNESSES];
            for (interval, point) in intervals.iter_mut().zip(points.iter().cycle()) {
                *interval = point.get(leaf).copied().unwrap_or(Interval::UNDEFINED);
            }
            known.insert(*leaf, (facts.sign(*leaf), intervals));
        }
        Domain { leaves: known, rule: "input", ..Domain::default() }
    }

    /// Encloses every class with so many bits too; slow.
    pub fn with_bits(self, bits: usize) -> Self {
        Domain { bits, ..self }
    }

    fn report(&self, what: &str) {
        let mut conflict = self.conflict.borrow_mut();
        if conflict.is_none() {
            *conflict = Some(format!("{}: {what}", self.rule));
        }
    }
}

/// The enclosure of `π` and of other constants.
pub fn constant_interval(constant: Constant) -> Interval {
    match constant {
        Constant::Pi => Interval::PI,
    }
}

/// The enclosure of a call.
pub fn call_interval(function: Function, arguments: &[Interval]) -> Interval {
    match function {
        Function::Known(id) => function::row(id).interval(arguments),
        // Nothing is used of an unknown function but that it is one, so any function will do as a model.
        Function::Unknown { symbol, primes } => {
            let shift = f64::from(symbol % 97) * 0.75 + f64::from(primes) * 0.375;
            let sum = arguments
                .iter()
                .enumerate()
                .fold(Interval::point(shift), |sum, (at, a)| sum + *a * Interval::point(1.0 + at as f64));
            sum.sin() + Interval::point(1.5)
        }
    }
}

/// Whether the function is proved to have no value at these arguments: a condition of its row fails, or it has none at
/// either end of arguments too narrow for a domain between.
fn has_no_value(function: Function, arguments: &[Interval]) -> bool {
    const NARROW: f64 = 1e-9;
    let Function::Known(id) = function else { return false };
    let row = function::row(id);
    if row.defined.is_empty() || !arguments.iter().all(|a| a.is_defined()) {
        return false;
    }
    let fails = |(at, sign): (usize, Sign)| arguments.get(at).is_some_and(|a| excludes(*a, sign));
    if sign::argument_signs(row).any(fails) {
        return true;
    }
    let ends =
        |end: fn(&Interval) -> f64| arguments.iter().map(end).collect::<smallvec::SmallVec<[f64; 2]>>();
    // A thin shell on each side of the boundary is left out: there rounding may decide.
    arguments.iter().all(|a| a.width() < NARROW)
        && [-1.0, 0.0, 1.0].iter().all(|side| {
            let shifted: smallvec::SmallVec<[f64; 2]> =
                ends(|a| a.middle()).iter().map(|a| a + side * 2.0 * NARROW * (1.0 + a.abs())).collect();
            row.float(&shifted).is_nan()
        })
}

/// Whether no number of the interval has one of these signs.
fn excludes(interval: Interval, sign: Sign) -> bool {
    let mut possible = Sign::NONE;
    if interval.low < 0.0 {
        possible = possible.or(Sign::NEGATIVE);
    }
    if interval.contains_zero() {
        possible = possible.or(Sign::ZERO);
    }
    if interval.high > 0.0 {
        possible = possible.or(Sign::POSITIVE);
    }
    possible.and(sign) == Sign::NONE
}

/// The sign a base must have for the power to be defined; nothing for an exponent that is not exact.
fn base_sign(exponent: Option<&Rational>) -> Option<Sign> {
    let q = exponent?;
    match (q.is_integer(), q.is_negative()) {
        (true, false) => None,
        (true, true) => Some(Sign::NON_ZERO),
        (false, false) => Some(Sign::NON_NEGATIVE),
        (false, true) => Some(Sign::POSITIVE),
    }
}

/// The enclosure of `base^exponent`; an exact exponent decides whether negative bases are allowed.
pub fn power_interval(base: Interval, exponent: Interval, exact: Option<&Rational>) -> Interval {
    match exact {
        Some(q) => base.powr(q),
        None => base.power(exponent),
    }
}

fn exact_value(graph: &Graph, node: &Node) -> Option<Rational> {
    let value = |a: &Id| graph[*a].data.constant.as_ref();
    let result = match node {
        Node::Number(q) => return Some(q.clone()),
        Node::Constant(_) | Node::Leaf(_) | Node::Call(..) => return None,
        Node::Negate([a]) => -value(a)?.clone(),
        Node::Add([a, b]) => value(a)? + value(b)?,
        Node::Multiply([a, b]) => match (value(a), value(b)) {
            (Some(a), Some(b)) => a * b,
            (Some(zero), None) | (None, Some(zero)) if zero.is_zero() => Rational::ZERO,
            _ => return None,
        },
        Node::Power([a, b]) => {
            let exponent = value(b)?;
            if exponent.is_zero() {
                return Some(Rational::ONE);
            }
            let base = value(a)?;
            if base.is_one() {
                return Some(Rational::ONE);
            }
            if base.is_zero() {
                return exponent.is_positive().then_some(Rational::ZERO);
            }
            let (p, q) = exponent.as_pair()?;
            let root = match q {
                1 => base.clone(),
                _ if base.is_negative() => return None,
                _ => base.root(u32::try_from(q).ok()?)?,
            };
            root.power(p, VALUE_BITS).ok()?
        }
    };
    (result.bits() <= VALUE_BITS).then_some(result)
}

/// The enclosure of a node to many digits at a witness. Leaves stand at witnesses exactly.
fn digits_of(graph: &Graph, node: &Node, witness: usize, bits: usize) -> Option<Enclosure> {
    let value = |a: &Id| graph[*a].data.digits.get(witness)?.clone();
    let result = match node {
        Node::Number(q) => Enclosure::from_rational(q, bits),
        Node::Constant(Constant::Pi) => Enclosure::pi(bits),
        Node::Leaf(leaf) => {
            let at = graph.analysis.leaves.get(leaf)?.1[witness];
            if !at.is_point() {
                return None;
            }
            Enclosure::from_rational(&Rational::from_f64(at.low)?, bits)
        }
        Node::Negate([a]) => -value(a)?,
        Node::Add([a, b]) => value(a)? + value(b)?,
        Node::Multiply([a, b]) if a == b => value(a)?.powi(2),
        Node::Multiply([a, b]) => value(a)? * value(b)?,
        Node::Power([a, b]) => match &graph[*b].data.constant {
            Some(q) => value(a)?.powr(q),
            None => value(a)?.power(&value(b)?),
        },
        Node::Call(Function::Unknown { .. }, _) => return None,
        Node::Call(Function::Known(id), arguments) => {
            let arguments: Option<smallvec::SmallVec<[Enclosure; 2]>> = arguments.iter().map(value).collect();
            function::row(*id).precise(&arguments?)?
        }
    };
    result.is_defined().then_some(result)
}

impl Analysis<Node> for Domain {
    type Data = Data;

    fn make(graph: &mut Graph, node: &Node, _: Id) -> Data {
        let constant = exact_value(graph, node);
        if let Some(value) = constant {
            let interval = Interval::from_rational(&value);
            let digits = match graph.analysis.bits {
                0 => Vec::new(),
                bits => vec![Some(Enclosure::from_rational(&value, bits)); WITNESSES],
            };
            return Data {
                sign: Sign::of(&value),
                intervals: [interval; WITNESSES],
                digits,
                constant: Some(value),
            };
        }
        let data = |a: &Id| &graph[*a].data;
        let mut intervals = [Interval::UNDEFINED; WITNESSES];
        let sign = match node {
            Node::Number(_) => Sign::ANY,
            Node::Constant(constant) => {
                intervals = [constant_interval(*constant); WITNESSES];
                Sign::POSITIVE
            }
            Node::Leaf(leaf) => match graph.analysis.leaves.get(leaf) {
                Some((sign, known)) => {
                    intervals = *known;
                    *sign
                }
                None => Sign::ANY,
            },
            Node::Negate([a]) => {
                let a = data(a);
                for (k, interval) in intervals.iter_mut().enumerate() {
                    *interval = -a.intervals[k];
                }
                a.sign.negated()
            }
            Node::Add([a, b]) => {
                let (a, b) = (data(a), data(b));
                for (k, interval) in intervals.iter_mut().enumerate() {
                    *interval = a.intervals[k] + b.intervals[k];
                }
                a.sign.plus(b.sign)
            }
            Node::Multiply([x, y]) => {
                let (a, b) = (data(x), data(y));
                for (k, interval) in intervals.iter_mut().enumerate() {
                    *interval = a.intervals[k] * b.intervals[k];
                }
                if x == y { a.sign.squared() } else { a.sign.times(b.sign) }
            }
            Node::Power([a, b]) => {
                let (a, b) = (data(a), data(b));
                let needed = base_sign(b.constant.as_ref());
                for (k, interval) in intervals.iter_mut().enumerate() {
                    *interval = power_interval(a.intervals[k], b.intervals[k], b.constant.as_ref());
                    let base = a.intervals[k];
                    if base.is_defined() && needed.is_some_and(|sign| excludes(base, sign)) {
                        graph.analysis.report("a power without a value");
                    }
                }
                match &b.constant {
                    Some(exponent) => a.sign.power(exponent),
                    None if a.sign == Sign::POSITIVE => Sign::POSITIVE,
                    None => Sign::ANY,
                }
            }
            Node::Call(function, arguments) => {
                for (k, interval) in intervals.iter_mut().enumerate() {
                    let values: smallvec::SmallVec<[Interval; 2]> =
                        arguments.iter().map(|a| graph[*a].data.intervals[k]).collect();
                    *interval = call_interval(*function, &values);
                    if !interval.is_defined() && has_no_value(*function, &values) {
                        graph.analysis.report("a call without a value");
                    }
                }
                sign::of_value(*function)
            }
        };
        let digits = match graph.analysis.bits {
            0 => Vec::new(),
            bits => (0..WITNESSES).map(|k| digits_of(graph, node, k, bits)).collect(),
        };
        Data { constant: None, sign, intervals, digits }
    }

    fn merge(&mut self, to: &mut Data, from: Data) -> DidMerge {
        let mut changed = DidMerge(false, false);
        match (&to.constant, &from.constant) {
            (None, Some(_)) => {
                to.constant = from.constant;
                changed.0 = true;
            }
            (Some(_), None) => changed.1 = true,
            (Some(a), Some(b)) if a != b => self.report(&format!("{a} = {b}")),
            _ => {}
        }
        let sign = to.sign.and(from.sign);
        changed.0 |= sign != to.sign;
        changed.1 |= sign != from.sign;
        to.sign = sign;
        if sign == Sign::NONE {
            self.report("signs exclude each other");
        }
        for (a, b) in to.intervals.iter_mut().zip(&from.intervals) {
            // The narrower of the two rather than their intersection: refinement must come to an end.
            let width = |i: &Interval| if i.is_defined() { i.width() } else { f64::INFINITY };
            if width(b) < 0.5 * width(a) {
                *a = *b;
                changed.0 = true;
            } else if width(a) < 0.5 * width(b) {
                changed.1 = true;
            }
        }
        // Any known enclosure is narrow; the first one stays.
        for (a, b) in to.digits.iter_mut().zip(from.digits) {
            match (a.is_some(), b) {
                (false, Some(b)) => {
                    *a = Some(b);
                    changed.0 = true;
                }
                (true, None) => changed.1 = true,
                _ => {}
            }
        }
        changed
    }

    fn pre_union(graph: &Graph, a: Id, b: Id, _: &Option<Justification>) {
        let (a, b) = (&graph[a].data, &graph[b].data);
        for (x, y) in a.intervals.iter().zip(&b.intervals) {
            if x.is_disjoint(y) {
                graph.analysis.report(&format!("[{:e}, {:e}] = [{:e}, {:e}]", x.low, x.high, y.low, y.high));
                return;
            }
        }
        for (x, y) in a.digits.iter().zip(&b.digits) {
            if let (Some(x), Some(y)) = (x, y)
                && x.is_disjoint(y)
            {
                graph.analysis.report(&format!("values that differ beyond f64, near {:?}", x.to_f64()));
                return;
            }
        }
    }

    fn modify(graph: &mut Graph, id: Id) {
        let id = graph.find(id);
        graph.analysis.touched.push(id);
        if graph[id].nodes.len() == 1 {
            let node = graph[id].nodes[0].clone();
            state_definedness(graph, &node);
        }
        if let Some(value) = graph[id].data.constant.clone() {
            let number = graph.add(Node::Number(value.clone()));
            graph.union(id, number);
            // Nothing is shorter than the number, so nothing else need stay; its negative helps rules to see the sign.
            let id = graph.find(id);
            graph[id].nodes.retain(|n| matches!(n, Node::Number(_) | Node::Negate(_)));
            if value.is_negative() {
                let size = graph.add(Node::Number(-value));
                let negated = graph.add(Node::Negate([size]));
                graph.union(id, negated);
            }
        }
    }
}

/// A term of the graph is defined on D: what that says of its operands.
fn state_definedness(graph: &mut Graph, node: &Node) {
    match node {
        Node::Power([base, exponent]) => {
            if let Some(sign) = base_sign(graph[*exponent].data.constant.as_ref()) {
                state(graph, *base, sign);
            }
        }
        Node::Call(Function::Known(id), arguments) => {
            let row = function::row(*id);
            for (at, sign) in sign::argument_signs(row) {
                if let Some(argument) = arguments.get(at) {
                    state(graph, *argument, sign);
                }
            }
        }
        _ => {}
    }
}

fn state(graph: &mut Graph, id: Id, sign: Sign) {
    let id = graph.find(id);
    let known = graph[id].data.sign;
    if known.is(sign) {
        return;
    }
    let mut data = graph[id].data.clone();
    data.sign = known.and(sign);
    if data.sign == Sign::NONE {
        graph.analysis.report("signs exclude each other");
    }
    graph.set_analysis_data(id, data);
}
