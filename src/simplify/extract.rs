//! Extraction: the cheapest notation for a class.
//!
//! A term is priced for the place in which it stands: as it is, negated, inverted, or both. `a + (−b)` then costs what
//! `a − b` does, `a·b^(−2)` what `a/b^2` does, and `−(a − b)` what `b − a` does, without a rule for any of it.

use egg::Id;

use super::cost::{Cost, MAGNITUDE, NODE, REFLECTED, is_magnitude, is_reflectable, number_cost};
use super::form::Form;
use super::language::Node;
use super::pattern::Graph;
use crate::function::{self, Function, Parity};
use crate::number::{Rational, Sign};

/// How an occurrence of a class is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mode {
    /// What is written is the negative of the value.
    negated: bool,
    /// What is written is the inverse of the value. It is written only where that changes no domain.
    inverted: bool,
}

const PLAIN: Mode = Mode { negated: false, inverted: false };
const NEGATED: Mode = Mode { negated: true, inverted: false };
const INVERTED: Mode = Mode { negated: false, inverted: true };

impl Mode {
    fn index(self) -> usize {
        usize::from(self.negated) | usize::from(self.inverted) << 1
    }

    fn all() -> [Mode; 4] {
        [PLAIN, NEGATED, INVERTED, Mode { negated: true, inverted: true }]
    }
}

/// How a class is written in a mode.
#[derive(Clone, Copy, Debug)]
enum Plan {
    Nothing,
    /// The number itself, after what the mode asks.
    Number,
    /// Node `0` of the class, an atom.
    Atom(u32),
    /// A minus sign before the same class in the other sign.
    Minus,
    /// One over the same class inverted.
    OneOver,
    /// Another class in a mode.
    As(Id, Mode),
    /// A sum; the flags say which terms are subtracted.
    Sum([(Id, Mode, bool); 2]),
    /// A product; the flags say which factors stand below the line.
    Product([(Id, Mode, bool); 2]),
    /// A power.
    Power(Id, Mode, Id, Mode),
    /// Call `0` of the class, its first argument in the mode.
    Call(u32, Mode),
}

/// The cheapest notation of every class.
pub struct Extraction<'a> {
    graph: &'a Graph,
    costs: Vec<[Cost; 4]>,
    plans: Vec<[Plan; 4]>,
    new_magnitudes: bool,
}

const INFINITE: Cost = Cost::MAX / 16;

impl<'a> Extraction<'a> {
    /// Prices the graph.
    pub fn new(graph: &'a Graph, new_magnitudes: bool) -> Self {
        let count = graph.nodes().len();
        let mut extraction = Extraction {
            graph,
            costs: vec![[INFINITE; 4]; count],
            plans: vec![[Plan::Nothing; 4]; count],
            new_magnitudes,
        };
        // Costs only fall and are bounded below; classes come roughly operands first.
        while extraction.improve() {}
        extraction
    }

    fn cost_in(&self, class: Id, mode: Mode) -> Cost {
        self.costs[usize::from(class)][mode.index()]
    }

    fn improve(&mut self) -> bool {
        let mut improved = false;
        for class in self.graph.classes() {
            let id = class.id;
            let at = usize::from(id);
            let mut costs = self.costs[at];
            let mut plans = self.plans[at];
            let mut changed = false;
            {
                let mut offer = |mode: Mode, cost: Cost, plan: Plan| {
                    if cost < costs[mode.index()] {
                        costs[mode.index()] = cost;
                        plans[mode.index()] = plan;
                        changed = true;
                    }
                };
                if let Some(value) = &class.data.constant {
                    for mode in Mode::all() {
                        if let Some(value) = number_in(value, mode) {
                            offer(mode, number_cost(&value), Plan::Number);
                        }
                    }
                } else {
                    for (place, node) in class.nodes.iter().enumerate() {
                        self.offers(place as u32, node, &mut offer);
                    }
                }
            }
            // A sign in front; one over.
            for inverted in [false, true] {
                for negated in [false, true] {
                    let (mode, other) = (Mode { negated, inverted }, Mode { negated: !negated, inverted });
                    let cost = costs[other.index()] + NODE;
                    if cost < costs[mode.index()] {
                        costs[mode.index()] = cost;
                        plans[mode.index()] = Plan::Minus;
                        changed = true;
                    }
                }
            }
            for negated in [false, true] {
                let (mode, other) = (Mode { negated, inverted: false }, Mode { negated, inverted: true });
                let cost = costs[other.index()] + 2 * NODE;
                if cost < costs[mode.index()] {
                    costs[mode.index()] = cost;
                    plans[mode.index()] = Plan::OneOver;
                    changed = true;
                }
            }
            if changed {
                self.costs[at] = costs;
                self.plans[at] = plans;
                improved = true;
            }
        }
        improved
    }

    fn offers(&self, place: u32, node: &Node, offer: &mut impl FnMut(Mode, Cost, Plan)) {
        match node {
            Node::Number(_) => {}
            Node::Constant(_) | Node::Leaf(_) => offer(PLAIN, NODE, Plan::Atom(place)),
            Node::Negate([a]) => {
                for mode in Mode::all() {
                    let other = Mode { negated: !mode.negated, ..mode };
                    offer(mode, self.cost_in(*a, other), Plan::As(*a, other));
                }
            }
            Node::Add([a, b]) => {
                for negated in [false, true] {
                    // A term is written as it is and added, or negated and subtracted; one at least is added.
                    for (subtract_a, subtract_b) in [(false, false), (false, true), (true, false)] {
                        let mode_a = Mode { negated: subtract_a != negated, inverted: false };
                        let mode_b = Mode { negated: subtract_b != negated, inverted: false };
                        let cost = NODE + self.cost_in(*a, mode_a) + self.cost_in(*b, mode_b);
                        let plan = Plan::Sum([(*a, mode_a, subtract_a), (*b, mode_b, subtract_b)]);
                        offer(Mode { negated, inverted: false }, cost, plan);
                    }
                }
            }
            Node::Multiply([a, b]) => self.products(*a, *b, offer),
            Node::Power([a, b]) => self.powers(*a, *b, offer),
            Node::Call(function, arguments) => self.calls(place, *function, arguments, offer),
        }
    }

    fn products(&self, a: Id, b: Id, offer: &mut impl FnMut(Mode, Cost, Plan)) {
        for mode in Mode::all() {
            for negate_a in [false, true] {
                let negate_b = negate_a != mode.negated;
                for (below_a, below_b) in [(false, false), (false, true), (true, false), (true, true)] {
                    // What is asked inverted stands, where it is written above the line, inverted.
                    let mode_a = Mode { negated: negate_a, inverted: below_a != mode.inverted };
                    let mode_b = Mode { negated: negate_b, inverted: below_b != mode.inverted };
                    // A plain factor of an inverted product goes below the line, where it must not be zero.
                    if mode.inverted && (below_a && !self.is_nonzero(a) || below_b && !self.is_nonzero(b)) {
                        continue;
                    }
                    let mut cost = NODE + self.cost_in(a, mode_a) + self.cost_in(b, mode_b);
                    if below_a && below_b {
                        cost += 2 * NODE;
                    }
                    offer(mode, cost, Plan::Product([(a, mode_a, below_a), (b, mode_b, below_b)]));
                }
            }
        }
    }

    fn is_nonzero(&self, class: Id) -> bool {
        self.graph[class].data.sign.is(Sign::NON_ZERO)
    }

    fn powers(&self, a: Id, b: Id, offer: &mut impl FnMut(Mode, Cost, Plan)) {
        let Some(exponent) = &self.graph[b].data.constant else {
            let cost = NODE + self.cost_in(a, PLAIN) + self.cost_in(b, PLAIN);
            offer(PLAIN, cost, Plan::Power(a, PLAIN, b, PLAIN));
            if self.is_nonzero(a) {
                let cost = NODE + self.cost_in(a, PLAIN) + self.cost_in(b, NEGATED);
                offer(INVERTED, cost, Plan::Power(a, PLAIN, b, NEGATED));
            }
            return;
        };
        let (written, mode) =
            if exponent.is_negative() { (exponent.abs(), INVERTED) } else { (exponent.clone(), PLAIN) };
        let exponent_mode = Mode { negated: mode.inverted, inverted: false };
        let operator = if written.is_one() {
            0
        } else if written == Rational::HALF {
            NODE
        } else {
            NODE + number_cost(&written)
        };
        let opposite = Mode { negated: false, inverted: !mode.inverted };
        let is_integer = exponent.is_integer();
        for base in Mode::all() {
            if base.negated && !is_integer {
                continue;
            }
            let negated = base.negated && !exponent.is_even();
            // (1/u)^n is 1/u^n.
            let result = if base.inverted { opposite } else { mode };
            let cost = operator + self.cost_in(a, base);
            offer(Mode { negated, ..result }, cost, Plan::Power(a, base, b, exponent_mode));
        }
    }

    fn calls(
        &self,
        place: u32,
        function: Function,
        arguments: &[Id],
        offer: &mut impl FnMut(Mode, Cost, Plan),
    ) {
        let mut name = NODE;
        if self.new_magnitudes && is_magnitude(function) {
            // A little less than the charge of the final choice, so that a magnitude that pays stays in the race.
            name += MAGNITUDE as Cost * NODE - 8;
        }
        let mut cost = name;
        for argument in arguments {
            cost = (cost + self.cost_in(*argument, PLAIN)).min(INFINITE);
        }
        if is_reflectable(function) && arguments.first().is_some_and(|a| self.is_written_negative(*a)) {
            cost += REFLECTED as Cost * NODE;
        }
        offer(PLAIN, cost, Plan::Call(place, PLAIN));
        let (Function::Known(id), [argument]) = (function, arguments) else { return };
        let flipped = name + self.cost_in(*argument, NEGATED);
        if id == function::EXP {
            offer(INVERTED, flipped, Plan::Call(place, NEGATED));
        }
        match function::row(id).parity {
            Parity::Odd => offer(NEGATED, flipped, Plan::Call(place, NEGATED)),
            Parity::Even => offer(PLAIN, flipped, Plan::Call(place, NEGATED)),
            Parity::None => {}
        }
    }

    /// Whether the negative of the class is cheaper than the class.
    fn is_written_negative(&self, class: Id) -> bool {
        self.cost_in(class, NEGATED) < self.cost_in(class, PLAIN)
    }

    /// The cheapest form of `class`.
    pub fn form(&self, class: Id) -> Form {
        self.write(self.graph.find(class), PLAIN)
    }

    fn write(&self, class: Id, mode: Mode) -> Form {
        match self.plans[usize::from(class)][mode.index()] {
            Plan::Nothing => Form::Number(Rational::ZERO),
            Plan::Number => {
                let value = self.graph[class].data.constant.as_ref();
                Form::Number(value.and_then(|value| number_in(value, mode)).unwrap_or_default())
            }
            Plan::Atom(place) => match &self.graph[class].nodes[place as usize] {
                Node::Constant(constant) => Form::Constant(*constant),
                Node::Leaf(leaf) => Form::Leaf(*leaf),
                _ => Form::Number(Rational::ZERO),
            },
            Plan::Minus => self.write(class, Mode { negated: !mode.negated, ..mode }).negated(),
            Plan::OneOver => inverse(self.write(class, Mode { inverted: true, ..mode })),
            Plan::As(class, mode) => self.write(class, mode),
            Plan::Sum(terms) => Form::sum(
                terms
                    .iter()
                    .map(|(class, mode, subtract)| {
                        let term = self.write(*class, *mode);
                        if *subtract { term.negated() } else { term }
                    })
                    .collect(),
            ),
            Plan::Product(factors) => Form::product(
                factors
                    .iter()
                    .map(|(class, mode, below)| {
                        let factor = self.write(*class, *mode);
                        if *below { inverse(factor) } else { factor }
                    })
                    .collect(),
            ),
            Plan::Power(base, base_mode, exponent, exponent_mode) => {
                Form::power(self.write(base, base_mode), self.write(exponent, exponent_mode))
            }
            Plan::Call(place, argument_mode) => match &self.graph[class].nodes[place as usize] {
                Node::Call(function, arguments) => {
                    let arguments = arguments
                        .iter()
                        .enumerate()
                        .map(|(at, argument)| {
                            self.write(*argument, if at == 0 { argument_mode } else { PLAIN })
                        })
                        .collect();
                    Form::call(*function, arguments)
                }
                _ => Form::Number(Rational::ZERO),
            },
        }
    }
}

fn inverse(form: Form) -> Form {
    Form::power(form, Form::Number(Rational::MINUS_ONE))
}

fn number_in(value: &Rational, mode: Mode) -> Option<Rational> {
    let value = if mode.inverted { value.reciprocal()? } else { value.clone() };
    Some(if mode.negated { -value } else { value })
}
