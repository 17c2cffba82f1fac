//! Derivatives at a point where a function has a kink or a jump: there is none, whatever the rules give.

use super::lines::{Checker, Outcome};
use crate::check::decide::number::{interval, shown};
use crate::check::decide::plain;
use crate::check::rewrite::{mentions, substitute};
use crate::check::{Verdict, Witness};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::evaluate::graph::Value;
use crate::function;
use crate::number::{Interval, Rational};
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// How near to the point the two sides are compared, and how far apart they may be there. What is smooth differs by about the
/// distance.
const NEAR: f64 = 1.0 / (1u64 << 36) as f64;
const APART: f64 = 1e-4;
/// How near a number is to the limit that it names.
const AGREES: f64 = 1e-8;
/// How far it is from it if it is no rounded value of it.
const IS_ANOTHER: f64 = 0.05;
/// Derivatives of a higher order are left alone.
const MOST_ORDERS: usize = 4;

/// A derivative of a function at a place.
struct Place {
    name: String,
    body: Tree,
    variable: String,
    at: Tree,
    order: usize,
}

/// What a derivative is at a place where the function may have an edge.
enum Edge {
    /// There is none.
    Broken(Box<Outcome>),
    /// From both sides it is this.
    Smooth(f64),
    /// There is no edge, or nothing can be said of it.
    Unknown,
}

impl Checker<'_> {
    /// Is a derivative claimed at a place where there is none?
    pub(in crate::check) fn at_a_kink(&self, sides: &[&Tree]) -> Option<Outcome> {
        self.places(sides).iter().find_map(|place| match self.edge(place) {
            Edge::Broken(outcome) => Some(*outcome),
            Edge::Smooth(_) | Edge::Unknown => None,
        })
    }

    /// A number that is claimed for a derivative at an edge where both sides agree, though the rules that gave it do not reach
    /// the edge itself.
    pub(in crate::check) fn at_a_smooth_edge(&self, head: &Tree, own: &Tree) -> Option<Outcome> {
        if !self.sheet.is_numeric(own) {
            return None;
        }
        let places = self.places(&[head]);
        let [place] = places.as_slice() else { return None };
        // The claim is about the derivative and nothing else.
        if !matches!(&head.kind, Kind::Call { primes, .. } if *primes > 0) {
            return None;
        }
        let Edge::Smooth(limit) = self.edge(place) else { return None };
        let own = interval(own, &|_| None, &|_, q| Interval::from_rational(q)).middle();
        let distance = (own - limit).abs() / limit.abs().max(1.0);
        if distance <= AGREES {
            Some(Outcome::of(Verdict::Right))
        } else {
            let expected = shown(rough(limit));
            (distance > IS_ANOTHER).then(|| Outcome {
                witness: Some(Witness {
                    at: Vec::new(),
                    left: Value::Float(rough(limit)),
                    right: Value::Float(own),
                }),
                expected: Some((expected.clone(), expected)),
                ..Outcome::of(Verdict::Wrong)
            })
        }
    }

    /// The derivatives of functions at numbers that stand in the sides.
    fn places(&self, sides: &[&Tree]) -> Vec<Place> {
        let mut places = Vec::new();
        for side in sides {
            side.walk(&mut |part| {
                if let Kind::Call { name, primes, arguments } = &part.kind
                    && *primes > 0
                    && let [at] = arguments.as_slice()
                    && self.sheet.is_numeric(at)
                    && let Some((parameters, body)) = self.sheet.functions.get(name)
                    && let [variable] = parameters.as_slice()
                {
                    places.push(Place {
                        name: name.clone(),
                        body: body.clone(),
                        variable: variable.clone(),
                        at: at.clone(),
                        order: usize::from(*primes),
                    });
                }
                if let Kind::Derivative { body, variables, .. } = &part.kind
                    && let Some(Kind::Name(variable)) = variables.first().map(|v| &v.kind)
                    && variables.iter().all(|own| own.kind == Kind::Name(variable.clone()))
                    && let Some((_, at)) = self.at_bar_of(variable)
                {
                    let name = match &body.kind {
                        Kind::Name(name) | Kind::Call { name, .. } => name.clone(),
                        _ => "this".to_owned(),
                    };
                    let mut free = self.sheet.clone();
                    free.definitions.remove(variable);
                    if let Some(body) = plain(&free, body) {
                        let variable = variable.clone();
                        places.push(Place { name, body, variable, at, order: variables.len() });
                    }
                }
            });
        }
        places
    }

    fn edge(&self, place: &Place) -> Edge {
        self.sides_of(place).unwrap_or(Edge::Unknown)
    }

    fn sides_of(&self, place: &Place) -> Option<Edge> {
        let has_calls = |tree: &Tree| {
            let mut found = false;
            tree.walk(&mut |part| {
                found |= matches!(&part.kind, Kind::Call { name, .. } if function::lookup(name).is_none());
            });
            found
        };
        let mut free = self.sheet.clone();
        free.definitions.remove(&place.variable);
        free.values.clear();
        let mut body = if has_calls(&place.body) || !names_only(&place.body, &place.variable) {
            plain(&free, &place.body)?
        } else {
            place.body.clone()
        };
        if !is_edged(&body) || place.order > MOST_ORDERS {
            return None;
        }
        let at = interval(&place.at, &|_| None, &|_, q| Interval::from_rational(q));
        let text = crate::print::unicode(&place.at);
        for order in 0..=place.order {
            let of = |x: Interval| {
                let value = |name: &str| (name == place.variable).then_some(x);
                interval(&body, &value, &|_, q| Interval::from_rational(q))
            };
            let near = Interval::point(NEAR * at.middle().abs().max(1.0));
            let (left, right) = (of(at - near), of(at + near));
            if !left.is_defined() || !right.is_defined() {
                return None;
            }
            let scale = left.middle().abs().max(right.middle().abs()).max(1.0);
            let jump = left - right;
            let is_apart = jump.abs().low > APART * scale;
            // The function itself has a value there, which counts too.
            let here = of(at);
            let is_off = order == 0
                && here.is_defined()
                && here.is_disjoint(&left)
                && (here - left).abs().low > APART * scale;
            if is_apart || is_off {
                let (a, b) = (shown(rough(left.middle())), shown(rough(right.middle())));
                let primes = "′".repeat(order);
                let name = &place.name;
                let words = if order == 0 {
                    format!("{name} jumps at {text}, so it has no derivative there")
                } else {
                    let above = "′".repeat(order - 1);
                    format!(
                        "{name}{above} has a kink at {text}: {name}{primes} is {a} on its left and {b} on its right, so there is no {name}{primes}({text})"
                    )
                };
                return Some(Edge::Broken(Box::new(Outcome {
                    message: Some(Diagnostic::new(Cause::Undefined, words)),
                    witness: Some(Witness {
                        at: Vec::new(),
                        left: Value::Float(left.middle()),
                        right: Value::Float(right.middle()),
                    }),
                    ..Outcome::of(Verdict::Wrong)
                })));
            }
            if order == place.order {
                return Some(Edge::Smooth(0.5 * (left.middle() + right.middle())));
            }
            let operator = DerivativeOperator::Derivative;
            let variables = vec![Tree::name(place.variable.clone())];
            let next = Kind::Derivative { operator, body: Box::new(body.clone()), variables };
            body = plain(&crate::check::sheet::Sheet::default(), &next.into())?;
        }
        None
    }
}

fn rough(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}

/// Is there a function in it that has an edge somewhere, or are there cases?
fn is_edged(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        found |= match &part.kind {
            Kind::Cases(_) => true,
            Kind::Call { name, .. } => {
                function::lookup(name).is_some_and(|id| function::row(id).convention.is_some())
            }
            _ => false,
        };
    });
    found
}

fn names_only(tree: &Tree, variable: &str) -> bool {
    let hole = substitute(tree, &|name| (name == variable).then(|| Tree::number(&Rational::ONE)));
    !mentions(&hole, variable) && crate::check::rewrite::names_of(&hole).is_empty()
}
