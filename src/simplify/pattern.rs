//! Patterns: the sides of rules, matched in the e-graph and written into it.
//!
//! egg's own matcher would need every rule in both orders of every sum and product, or commutativity as a rule, which
//! doubles the graph. This one matches sums and products in both orders, so that the graph holds each of them once.

use egg::{EClass, EGraph, Id};
use smallvec::SmallVec;

use super::analysis::{Data, Domain};
use super::language::{Head, Node};
use crate::function::Function;
use crate::ir::scalar::{Constant, Operation, Ref, Scalar, ScalarBuilder};
use crate::number::Rational;

/// The graph in which rules work.
pub type Graph = EGraph<Node, Domain>;

/// Most variables a rule may have.
pub const VARIABLES: usize = 6;

/// What the variables of a rule stand for.
pub type Substitution = [Id; VARIABLES];

pub(super) type Place = u8;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Variable(u8),
    Number(Rational),
    Constant(Constant),
    Negate(Place),
    Add(Place, Place),
    Multiply(Place, Place),
    Power(Place, Place),
    Call(Function, SmallVec<[Place; 2]>),
}

/// One side of a rule; operands first, the root last.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub(super) parts: Vec<Part>,
}

impl Pattern {
    /// The pattern as an expression whose leaves are the letters.
    pub fn to_scalar(&self) -> Scalar {
        let mut builder = ScalarBuilder::default();
        let mut places: Vec<Ref> = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let at = |a: &Place| places[usize::from(*a)];
            let operation = match part {
                Part::Variable(v) => Operation::Leaf(u32::from(*v)),
                Part::Number(q) => Operation::Number(q.clone()),
                Part::Constant(constant) => Operation::Constant(*constant),
                Part::Negate(a) => Operation::Negate(at(a)),
                Part::Add(a, b) => Operation::Add(at(a), at(b)),
                Part::Multiply(a, b) => Operation::Multiply(at(a), at(b)),
                Part::Power(a, b) => Operation::Power(at(a), at(b)),
                Part::Call(function, arguments) => {
                    Operation::Call(*function, arguments.iter().map(at).collect())
                }
            };
            places.push(builder.add(operation));
        }
        builder.finish(places.last().copied().unwrap_or(0))
    }

    fn root(&self) -> Place {
        (self.parts.len() - 1) as Place
    }

    /// The head that a class must have for the pattern to match, unless anything may.
    pub fn head(&self) -> Option<Head> {
        match self.parts.last()? {
            Part::Variable(_) => None,
            Part::Number(_) | Part::Constant(_) => Some(Head::Atom),
            Part::Negate(_) => Some(Head::Negate),
            Part::Add(..) => Some(Head::Add),
            Part::Multiply(..) => Some(Head::Multiply),
            Part::Power(..) => Some(Head::Power),
            Part::Call(function, _) => Some(Head::Call(*function)),
        }
    }

    /// How many steps below the root it looks at nodes.
    pub fn depth(&self) -> usize {
        let mut depths: Vec<usize> = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let below = |a: &Place| depths[usize::from(*a)];
            depths.push(match part {
                Part::Variable(_) => 0,
                Part::Number(_) | Part::Constant(_) => 1,
                Part::Negate(a) => 1 + below(a),
                Part::Add(a, b) | Part::Multiply(a, b) | Part::Power(a, b) => 1 + below(a).max(below(b)),
                Part::Call(_, arguments) => 1 + arguments.iter().map(below).max().unwrap_or(0),
            });
        }
        depths.last().copied().unwrap_or(0)
    }

    /// Finds the ways in which the pattern matches `class`; `found` returns whether to go on.
    pub fn search(&self, view: &View, class: Id, found: &mut dyn FnMut(&Substitution) -> bool) {
        let mut search = Search {
            parts: &self.parts,
            view,
            goals: SmallVec::new(),
            bound: [None; VARIABLES],
            stopped: false,
            found,
        };
        search.goals.push((self.root(), class));
        search.solve();
    }

    /// Writes the pattern into the graph.
    pub fn write(&self, graph: &mut Graph, substitution: &Substitution) -> Id {
        let mut places: SmallVec<[Id; 16]> = SmallVec::new();
        for part in &self.parts {
            let at = |a: &Place| places[usize::from(*a)];
            let id = match part {
                Part::Variable(v) => substitution[usize::from(*v)],
                Part::Number(q) => graph.add(Node::Number(q.clone())),
                Part::Constant(constant) => graph.add(Node::Constant(*constant)),
                Part::Negate(a) => insert(graph, Node::Negate([at(a)])),
                Part::Add(a, b) => insert(graph, Node::Add([at(a), at(b)])),
                Part::Multiply(a, b) => insert(graph, Node::Multiply([at(a), at(b)])),
                Part::Power(a, b) => insert(graph, Node::Power([at(a), at(b)])),
                Part::Call(function, arguments) => {
                    insert(graph, Node::Call(*function, arguments.iter().map(at).collect()))
                }
            };
            places.push(id);
        }
        places[places.len() - 1]
    }
}

/// Adds a node, unless it is one of those that a law of numbers makes superfluous: sums and products stand in one order
/// only, and neutral elements do not come in.
pub fn insert(graph: &mut Graph, node: Node) -> Id {
    let is = |graph: &Graph, a: Id, value: &Rational| graph[a].data.constant.as_ref() == Some(value);
    match &node {
        Node::Add([a, b]) => {
            if is(graph, *a, &Rational::ZERO) {
                return *b;
            }
            if is(graph, *b, &Rational::ZERO) {
                return *a;
            }
            if let Some(found) = graph.lookup(Node::Add([*b, *a])) {
                return found;
            }
        }
        Node::Multiply([a, b]) => {
            if is(graph, *a, &Rational::ONE) {
                return *b;
            }
            if is(graph, *b, &Rational::ONE) {
                return *a;
            }
            if is(graph, *a, &Rational::MINUS_ONE) {
                return insert(graph, Node::Negate([*b]));
            }
            if is(graph, *b, &Rational::MINUS_ONE) {
                return insert(graph, Node::Negate([*a]));
            }
            if let Some(found) = graph.lookup(Node::Multiply([*b, *a])) {
                return found;
            }
        }
        Node::Power([a, b]) if is(graph, *b, &Rational::ONE) => {
            return *a;
        }
        Node::Negate([a]) => {
            let inner = graph[*a].nodes.iter().find_map(|n| match n {
                Node::Negate([inner]) => Some(*inner),
                _ => None,
            });
            if let Some(inner) = inner {
                return graph.find(inner);
            }
        }
        _ => {}
    }
    graph.add(node)
}

impl Part {
    pub(super) fn operands(&self, mut visit: impl FnMut(Place)) {
        match self {
            Part::Variable(_) | Part::Number(_) | Part::Constant(_) => {}
            Part::Negate(a) => visit(*a),
            Part::Add(a, b) | Part::Multiply(a, b) | Part::Power(a, b) => {
                visit(*a);
                visit(*b);
            }
            Part::Call(_, arguments) => arguments.iter().copied().for_each(visit),
        }
    }

    pub(super) fn map(&self, place: impl Fn(Place) -> Place) -> Part {
        match self {
            Part::Variable(_) | Part::Number(_) | Part::Constant(_) => self.clone(),
            Part::Negate(a) => Part::Negate(place(*a)),
            Part::Add(a, b) => Part::Add(place(*a), place(*b)),
            Part::Multiply(a, b) => Part::Multiply(place(*a), place(*b)),
            Part::Power(a, b) => Part::Power(place(*a), place(*b)),
            Part::Call(function, arguments) => {
                Part::Call(*function, arguments.iter().map(|a| place(*a)).collect())
            }
        }
    }
}

/// The classes of a rebuilt graph by number, with the heads that occur in each: what a search looks at all the time.
pub struct View<'a> {
    classes: Vec<Option<&'a EClass<Node, Data>>>,
    heads: Vec<u64>,
}

/// One bit for a head; functions share the bits that are left.
fn head_bit(head: Head) -> u64 {
    match head {
        Head::Atom => 0,
        Head::Negate => 1,
        Head::Add => 2,
        Head::Multiply => 4,
        Head::Power => 8,
        Head::Call(Function::Known(id)) => 16 << (id.0 % 59),
        Head::Call(Function::Unknown { .. }) => 1 << 63,
    }
}

impl<'a> View<'a> {
    /// A view of a graph, which must be rebuilt.
    pub fn new(graph: &'a Graph) -> Self {
        let count = graph.nodes().len();
        let mut view = View { classes: vec![None; count], heads: vec![0; count] };
        for class in graph.classes() {
            let at = usize::from(class.id);
            view.classes[at] = Some(class);
            view.heads[at] = class.nodes.iter().fold(0, |bits, node| bits | head_bit(node.head()));
        }
        view
    }

    fn nodes(&self, class: Id) -> &'a [Node] {
        self.classes[usize::from(class)].map_or(&[], |class| &class.nodes)
    }

    fn constant(&self, class: Id) -> Option<&'a Rational> {
        self.classes[usize::from(class)].and_then(|class| class.data.constant.as_ref())
    }

    /// What is known of a class.
    pub fn data(&self, class: Id) -> Option<&'a Data> {
        self.classes[usize::from(class)].map(|class| &class.data)
    }

    /// Whether the class may have a node with this head.
    pub fn may_have(&self, class: Id, head: Head) -> bool {
        let bit = head_bit(head);
        bit == 0 || self.heads[usize::from(class)] & bit != 0
    }
}

struct Search<'a, 'b> {
    parts: &'a [Part],
    view: &'a View<'a>,
    goals: SmallVec<[(Place, Id); 12]>,
    bound: [Option<Id>; VARIABLES],
    stopped: bool,
    found: &'b mut dyn FnMut(&Substitution) -> bool,
}

impl Search<'_, '_> {
    fn solve(&mut self) {
        if self.stopped {
            return;
        }
        let Some((place, class)) = self.goals.pop() else {
            let mut substitution = [Id::from(0); VARIABLES];
            for (to, from) in substitution.iter_mut().zip(&self.bound) {
                *to = from.unwrap_or(Id::from(0));
            }
            self.stopped = !(self.found)(&substitution);
            return;
        };
        self.goal(place, class);
        self.goals.push((place, class));
    }

    /// What can be told of a goal without looking at nodes.
    fn is_possible(&self, place: Place, class: Id) -> bool {
        match &self.parts[usize::from(place)] {
            Part::Variable(v) => self.bound[usize::from(*v)].is_none_or(|known| known == class),
            Part::Number(q) => self.view.constant(class) == Some(q),
            Part::Constant(_) => true,
            Part::Negate(_) => self.view.may_have(class, Head::Negate),
            Part::Add(..) => self.view.may_have(class, Head::Add),
            Part::Multiply(..) => self.view.may_have(class, Head::Multiply),
            Part::Power(..) => self.view.may_have(class, Head::Power),
            Part::Call(function, _) => self.view.may_have(class, Head::Call(*function)),
        }
    }

    fn goal(&mut self, place: Place, class: Id) {
        let (parts, view) = (self.parts, self.view);
        match &parts[usize::from(place)] {
            Part::Variable(v) => {
                let v = usize::from(*v);
                match self.bound[v] {
                    Some(known) if known == class => self.solve(),
                    Some(_) => {}
                    None => {
                        self.bound[v] = Some(class);
                        self.solve();
                        self.bound[v] = None;
                    }
                }
            }
            Part::Number(q) => {
                if view.constant(class) == Some(q) {
                    self.solve();
                }
            }
            Part::Constant(constant) => {
                if view.nodes(class).contains(&Node::Constant(*constant)) {
                    self.solve();
                }
            }
            Part::Negate(a) => {
                for node in view.nodes(class) {
                    if let Node::Negate([x]) = node {
                        self.with(&[(*a, *x)]);
                    }
                }
            }
            Part::Add(a, b) => {
                for node in view.nodes(class) {
                    if let Node::Add([x, y]) = node {
                        self.both_orders(*a, *b, *x, *y);
                    }
                }
            }
            Part::Multiply(a, b) => {
                for node in view.nodes(class) {
                    if let Node::Multiply([x, y]) = node {
                        self.both_orders(*a, *b, *x, *y);
                    }
                }
            }
            Part::Power(a, b) => {
                for node in view.nodes(class) {
                    if let Node::Power([x, y]) = node {
                        self.with(&[(*a, *x), (*b, *y)]);
                    }
                }
            }
            Part::Call(function, arguments) => {
                for node in view.nodes(class) {
                    if let Node::Call(f, xs) = node
                        && f == function
                        && xs.len() == arguments.len()
                    {
                        let goals: SmallVec<[(Place, Id); 2]> =
                            arguments.iter().copied().zip(xs.iter().copied()).collect();
                        self.with(&goals);
                    }
                }
            }
        }
    }

    fn both_orders(&mut self, a: Place, b: Place, x: Id, y: Id) {
        self.with(&[(a, x), (b, y)]);
        if x != y {
            self.with(&[(a, y), (b, x)]);
        }
    }

    fn with(&mut self, goals: &[(Place, Id)]) {
        if !goals.iter().all(|(place, class)| self.is_possible(*place, *class)) {
            return;
        }
        let depth = self.goals.len();
        // Constrained parts are tried first: they are what is on top of the stack.
        for pass in [true, false] {
            for (place, class) in goals {
                let is_variable = matches!(self.parts[usize::from(*place)], Part::Variable(_));
                if is_variable == pass {
                    self.goals.push((*place, *class));
                }
            }
        }
        self.solve();
        self.goals.truncate(depth);
    }
}
