//! Equalities whose derivative holds: the difference of the sides is constant on every interval where both are defined and
//! smooth, and zero at one point of it.
//!
//! `atan(x) + atan(1/x) = π/2` for x > 0 is shown so. What is demanded of x must be rational functions with rational roots,
//! so that the intervals are known.

use super::engine::by_algebra;
use super::statement::Statement;
use super::view::{self, View};
use super::{condition, constant};
use crate::facts::{Condition, sign_of_relation};
use crate::function::{self, Function};
use crate::ir::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use crate::ir::{Atom, Axes, Leaf};
use crate::normal::{self, Certainty};
use crate::number::{Rational, Sign};
use crate::problem::Problem;
use crate::simplify::TableDefinitions;
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// Variables that are tried.
const MOST_VARIABLES: usize = 3;
/// Degree of what is demanded.
const MOST_DEGREE: usize = 8;
/// Bits of the coefficients.
const MOST_BITS: u64 = 400;
/// Numerators and denominators of roots that are looked for.
const LARGEST_ROOT: i64 = 60;

/// Something demanded of one variable: a rational function of it has one of these signs.
struct Demand {
    above: Vec<Rational>,
    below: Vec<Rational>,
    signs: Sign,
}

/// Is the difference of two scalars zero because its derivative is?
pub(super) fn is_equal(problem: &mut Problem, statement: &Statement, left: &Tree, right: &Tree) -> bool {
    let graph = &problem.environment.graph;
    if graph.rank(statement.left.node) > 0 {
        return false;
    }
    let mut names: Vec<String> = Vec::new();
    let mut has_calls = false;
    for id in graph.reachable(&[statement.left.node, statement.right.node]) {
        match graph.atom(id) {
            Some(Atom::Variable(symbol)) if graph.axes(id).is_empty() => {
                names.push(graph.symbol_name(*symbol).to_owned());
            }
            Some(Atom::Call(Function::Known(_), _)) => has_calls = true,
            Some(Atom::Constant(_)) | None => {}
            // Anything else may jump.
            Some(_) => return false,
        }
    }
    names.sort();
    names.truncate(MOST_VARIABLES);
    has_calls && names.iter().any(|name| is_constant_in(problem, statement, left, right, name) == Some(true))
}

fn is_constant_in(
    problem: &mut Problem,
    statement: &Statement,
    left: &Tree,
    right: &Tree,
    name: &str,
) -> Option<bool> {
    let derivative = |side: &Tree| -> Tree {
        Kind::Derivative {
            operator: DerivativeOperator::Derivative,
            body: Box::new(side.clone()),
            variables: vec![Tree::name(name)],
        }
        .into()
    };
    let slopes = Statement::new(problem, &derivative(left), &derivative(right)).ok()?;
    let (_, used) = by_algebra(problem, &slopes).found?;
    // An equality between variables does not hold beside the point.
    let sides = [&statement.left, &statement.right, &slopes.left, &slopes.right];
    if !used.is_empty() || sides.iter().any(|side| !side.facts.is_empty()) {
        return None;
    }
    let own = view::conditions(statement);
    let facts = problem.environment.inequalities();
    let mut known: Vec<Condition> = own.clone();
    known.extend(facts.iter().copied());
    let mut domain = demands(problem, &own, &facts, name)?;
    domain.extend(demands(problem, &facts, &[], name)?);
    let smooth = demands(problem, &view::conditions(&slopes), &known, name)?;
    let mut ends: Vec<Rational> = Vec::new();
    for demand in domain.iter().chain(&smooth) {
        for polynomial in [&demand.above, &demand.below] {
            ends.extend(roots(polynomial)?);
        }
    }
    ends.sort();
    ends.dedup();
    let difference = Difference::new(problem, statement, name)?;
    let graph = &problem.environment.graph;
    let jumps =
        |id: &function::FunctionId| *id == function::ATAN2 || function::row(*id).partials().contains(&"0");
    let is_continuous = !graph
        .reachable(&[statement.left.node, statement.right.node])
        .into_iter()
        .any(|node| matches!(graph.atom(node), Some(Atom::Call(Function::Known(id), _)) if jumps(id)));
    let holds = |demands: &[Demand], at: &Rational| demands.iter().all(|demand| demand.holds(at));
    // Where the intervals meet, the sides are compared by themselves.
    for end in &ends {
        if holds(&domain, end) && !difference.vanishes(end) {
            return Some(false);
        }
    }
    for interval in 0..=ends.len() {
        let low = interval.checked_sub(1).and_then(|at| ends.get(at));
        let inside = points(low, ends.get(interval));
        let first = inside.first()?;
        if !holds(&domain, first) {
            continue;
        }
        // The sides are continuous up to an end that both have.
        let meets = |end: Option<&Rational>| is_continuous && end.is_some_and(|end| holds(&domain, end));
        let vanishes =
            meets(low) || meets(ends.get(interval)) || inside.iter().any(|at| difference.vanishes(at));
        if !holds(&smooth, first) || !vanishes {
            return Some(false);
        }
    }
    Some(true)
}

/// What conditions demand of one variable; those that do not speak of it and those that follow from others left out. `None`
/// if one cannot be read.
fn demands(
    problem: &mut Problem,
    conditions: &[Condition],
    known: &[Condition],
    name: &str,
) -> Option<Vec<Demand>> {
    let mut found = Vec::new();
    for condition in conditions {
        let mut view = View::new(Axes::new());
        let graph = &mut problem.environment.graph;
        let difference = graph.subtract(condition.left, condition.right);
        let place = view.add(graph, difference, &[])?;
        let Some(leaf) = leaf_named(problem, &view.leaves, name) else { continue };
        let expression = view.expression(place);
        match rational(&expression, leaf) {
            Some((above, below)) => {
                found.push(Demand { above, below, signs: sign_of_relation(condition.relation) });
            }
            None if condition::is_implied(&mut problem.environment, condition, known) => {}
            None => return None,
        }
    }
    Some(found)
}

fn leaf_named(problem: &Problem, leaves: &[Leaf], name: &str) -> Option<u32> {
    let graph = &problem.environment.graph;
    leaves
        .iter()
        .position(|leaf| {
            matches!(graph.atom(leaf.node), Some(Atom::Variable(symbol)) if graph.symbol_name(*symbol) == name)
        })
        .map(|at| at as u32)
}

impl Demand {
    fn holds(&self, at: &Rational) -> bool {
        match value(&self.above, at).divide(&value(&self.below, at)) {
            Some(value) => Sign::of(&value).is(self.signs),
            None => false,
        }
    }
}

/// The difference of the sides in the variables.
struct Difference {
    expression: Scalar,
    leaf: Option<u32>,
}

impl Difference {
    fn new(problem: &mut Problem, statement: &Statement, name: &str) -> Option<Self> {
        let mut view = View::new(Axes::new());
        let graph = &mut problem.environment.graph;
        let a = view.add(graph, statement.left.node, &[])?;
        let b = view.add(graph, statement.right.node, &[])?;
        let place = view.difference(a, b);
        let leaf = leaf_named(problem, &view.leaves, name);
        Some(Difference { expression: view.expression(place), leaf })
    }

    /// Is it zero at a value of the variable?
    fn vanishes(&self, at: &Rational) -> bool {
        let mut builder = ScalarBuilder::default();
        let mut place: Vec<Ref> = Vec::with_capacity(self.expression.nodes().len());
        let mut has_others = false;
        for operation in self.expression.nodes() {
            let made = match operation {
                Operation::Leaf(leaf) if Some(*leaf) == self.leaf => Operation::Number(at.clone()),
                Operation::Leaf(leaf) => {
                    has_others = true;
                    Operation::Leaf(*leaf)
                }
                other => other.map(|a| place[a as usize]),
            };
            place.push(builder.add(made));
        }
        let Some(root) = place.last() else { return false };
        let expression = builder.finish(*root);
        let limits = normal::Limits::default();
        normal::is_zero(&expression, &TableDefinitions, &limits) == Some(Certainty::Proved)
            || (!has_others && constant::is_zero(&expression) == Some(true))
    }
}

/// Points of an open interval: simple ones, at which functions may have known values.
fn points(low: Option<&Rational>, high: Option<&Rational>) -> Vec<Rational> {
    let mut all: Vec<Rational> = Vec::new();
    match (low, high) {
        (Some(low), Some(high)) => all.push((low.clone() + high.clone()) * Rational::HALF),
        (Some(low), None) => all.push(low.clone() + Rational::ONE),
        (None, Some(high)) => all.push(high.clone() - Rational::ONE),
        (None, None) => {}
    }
    let half = Rational::HALF;
    let plain = [Rational::ZERO, Rational::ONE, Rational::MINUS_ONE, Rational::TWO, half.clone(), -half];
    all.extend(plain.into_iter().filter(|at| low.is_none_or(|l| l < at) && high.is_none_or(|h| at < h)));
    all
}

/// A rational function of one leaf as two polynomials, coefficients from the constant one on.
fn rational(expression: &Scalar, leaf: u32) -> Option<(Vec<Rational>, Vec<Rational>)> {
    let mut values: Vec<(Vec<Rational>, Vec<Rational>)> = Vec::with_capacity(expression.nodes().len());
    let one = || vec![Rational::ONE];
    for operation in expression.nodes() {
        let at = |a: &Ref| &values[*a as usize];
        let value = match operation {
            Operation::Number(q) => (vec![q.clone()], one()),
            Operation::Leaf(n) if *n == leaf => (vec![Rational::ZERO, Rational::ONE], one()),
            Operation::Add(a, b) | Operation::Subtract(a, b) => {
                let ((p, q), (r, s)) = (at(a), at(b));
                let sign =
                    if matches!(operation, Operation::Add(..)) { Rational::ONE } else { Rational::MINUS_ONE };
                if q == s {
                    (sum(p, r, &sign), q.clone())
                } else {
                    (sum(&product(p, s)?, &product(r, q)?, &sign), product(q, s)?)
                }
            }
            Operation::Negate(a) => {
                let (p, q) = at(a);
                (p.iter().map(|c| -c.clone()).collect(), q.clone())
            }
            Operation::Multiply(a, b) => {
                let ((p, q), (r, s)) = (at(a), at(b));
                (product(p, r)?, product(q, s)?)
            }
            Operation::Divide(a, b) => {
                let ((p, q), (r, s)) = (at(a), at(b));
                (product(p, s)?, product(q, r)?)
            }
            Operation::Power(a, b) => {
                let Operation::Number(exponent) = expression.node(*b) else { return None };
                let n = exponent.as_integer().filter(|n| n.unsigned_abs() as usize <= MOST_DEGREE)?;
                let (p, q) = at(a);
                let (mut above, mut below) = (one(), one());
                for _ in 0..n.unsigned_abs() {
                    above = product(&above, p)?;
                    below = product(&below, q)?;
                }
                if n < 0 { (below, above) } else { (above, below) }
            }
            _ => return None,
        };
        values.push(value);
    }
    values.pop()
}

fn sum(a: &[Rational], b: &[Rational], sign: &Rational) -> Vec<Rational> {
    let at = |p: &[Rational], k: usize| p.get(k).cloned().unwrap_or(Rational::ZERO);
    (0..a.len().max(b.len())).map(|k| at(a, k) + at(b, k) * sign.clone()).collect()
}

fn product(a: &[Rational], b: &[Rational]) -> Option<Vec<Rational>> {
    let mut out = vec![Rational::ZERO; (a.len() + b.len()).checked_sub(1)?];
    if out.len() > MOST_DEGREE + 1 {
        return None;
    }
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            out[i + j] = out[i + j].clone() + x.clone() * y.clone();
        }
    }
    out.iter().all(|c| c.bits() <= MOST_BITS).then_some(out)
}

fn value(polynomial: &[Rational], at: &Rational) -> Rational {
    polynomial.iter().rev().fold(Rational::ZERO, |sum, c| sum * at.clone() + c.clone())
}

/// The real roots of a polynomial; `None` if some may not be rational.
fn roots(polynomial: &[Rational]) -> Option<Vec<Rational>> {
    let mut rest: Vec<Rational> = polynomial.to_vec();
    let trim = |p: &mut Vec<Rational>| {
        while p.last().is_some_and(Rational::is_zero) {
            p.pop();
        }
    };
    trim(&mut rest);
    let mut found = Vec::new();
    while rest.len() > 3 {
        let root = candidate(&rest)?;
        rest = deflated(&rest, &root);
        trim(&mut rest);
        found.push(root);
    }
    match rest.as_slice() {
        // Zero everywhere: nothing is known of it.
        [] => return None,
        [_] => {}
        [b, a] => found.push(-b.divide(a)?),
        [c, b, a] => {
            let four = Rational::integer(4);
            let discriminant = b.clone() * b.clone() - four * a.clone() * c.clone();
            if !discriminant.is_negative() {
                let root = discriminant.root(2)?;
                let twice = a.clone() + a.clone();
                found.push((-b.clone() + root.clone()).divide(&twice)?);
                found.push((-b.clone() - root).divide(&twice)?);
            }
        }
        _ => return None,
    }
    Some(found)
}

/// A small rational root.
fn candidate(polynomial: &[Rational]) -> Option<Rational> {
    for denominator in 1..=LARGEST_ROOT {
        for numerator in 0..=LARGEST_ROOT {
            for sign in [1, -1] {
                let at = Rational::fraction(sign * numerator, denominator)?;
                if value(polynomial, &at).is_zero() {
                    return Some(at);
                }
            }
        }
    }
    None
}

/// The polynomial without the factor of a root.
fn deflated(polynomial: &[Rational], root: &Rational) -> Vec<Rational> {
    let mut out = vec![Rational::ZERO; polynomial.len().saturating_sub(1)];
    let mut carry = Rational::ZERO;
    for at in (0..out.len()).rev() {
        carry = carry * root.clone() + polynomial[at + 1].clone();
        out[at] = carry.clone();
    }
    out
}
