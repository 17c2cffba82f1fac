//! Equations that are to be solved: "2x − 4 = 0" asks for x, and what comes after it holds for its solutions only. This room
//! remembers the equations of a document and says of later lines whether they follow from them, contradict them, or neither.
//!
//! It does not know how two formulas are proved to be equal, nor what stands in a document before and after a line.

mod algebra;
mod claims;
mod constraints;
mod roots;
mod said;
mod solutions;
mod written;

use std::collections::BTreeSet;

use super::{Verdict, Witness};
use crate::check::checker::doubt::{Doubt, is_about_derivatives};
use crate::check::checker::lines::{Chain, Checker, Outcome, Standing};
use crate::check::decide::{Question, decide, plain};
use crate::check::document::claim::Side;
use crate::check::document::words::draws;
use crate::check::document::{self, Notation, Role};
use crate::check::rewrite::{has_derivative, names_of};
use crate::check::sheet::Sheet;
use crate::check::side::lone_name;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::span::Span;
use crate::syntax::tree::{Kind, Tree};
use claims::Found;

/// Equations that are looked at for one line.
const MOST_EQUATIONS: usize = 12;

/// An equation of the document.
#[derive(Clone, Debug)]
pub(super) struct Equation {
    left: Tree,
    right: Tree,
    /// The difference of its sides in terms of variables, if it is one of numbers.
    zero: Option<Tree>,
    /// The line in which it stands.
    line: usize,
    /// Equations that follow from each other have the same number.
    group: usize,
    /// The variable that is asked for, if that is known.
    unknown: Option<String>,
    /// Did something wrong lead to it?
    is_broken: bool,
    /// Was it left open whether it follows from those before?
    is_open: bool,
    /// Was it said to hold, rather than set to hold at some places? Then it may be used everywhere.
    is_constraint: bool,
}

/// What is being solved.
#[derive(Clone, Debug, Default)]
pub(super) struct Solving {
    equations: Vec<Equation>,
    /// Those that hold in the whole document.
    lasting: Vec<Equation>,
    groups: usize,
    /// Where the last equation or solution ended in the text, and whether that was a solution.
    last: Option<(usize, bool)>,
    chapter: usize,
    section: usize,
    /// Names that stand for what solved an equation.
    defined: Vec<String>,
}

impl Checker<'_> {
    /// The equations of this chapter.
    fn equations(&mut self) -> &[Equation] {
        if self.solving.chapter != self.chapter {
            // What solved an equation of another exercise says nothing here.
            for name in std::mem::take(&mut self.solving.defined) {
                self.sheet.forget(&name);
            }
            let lasting = std::mem::take(&mut self.solving.lasting);
            let (chapter, section) = (self.chapter, self.section);
            self.solving = Solving { lasting, chapter, section, ..Solving::default() };
        }
        &self.solving.equations
    }

    /// The verdict of a link: of an equation, from equations, or of an ordinary claim.
    pub(super) fn judged(
        &mut self,
        role: Role,
        chain: &Chain,
        tree: &Tree,
        side: &Side,
        condition: Option<&Tree>,
    ) -> Outcome {
        let sides: Vec<&Tree> = chain.head.iter().filter(|_| chain.length == 0).chain([tree]).collect();
        if let Some(outcome) = self.at_a_kink(&sides) {
            return outcome;
        }
        if let Some(outcome) = self.of_equations(chain, tree, side) {
            return outcome;
        }
        let outcome = self.judge(chain, tree, side, condition);
        if outcome.verdict == Verdict::Undecided
            && let Some(head) = chain.head.as_ref().filter(|_| chain.length == 0)
            && let Some(outcome) = self.at_a_smooth_edge(head, tree)
        {
            return outcome;
        }
        if outcome.verdict == Verdict::Right
            && chain.length == 0
            && matches!(&tree.kind, Kind::Number(q) if q.is_zero())
            && let Some(head) = chain.head.as_ref().filter(|head| is_derivative_of_name(head))
            && let Some(why) = self.hidden_dependence(head, side.span)
        {
            // It is zero only as long as nothing says how its names depend on the variable.
            return Outcome::undecided(why);
        }
        if !matches!(outcome.verdict, Verdict::Wrong | Verdict::Shape) {
            return outcome;
        }
        if let Some(why) = self.has_two_meanings(&sides) {
            return Outcome::undecided(why);
        }
        if let Some(outcome) = self.by_constraints(chain, tree, &outcome) {
            return outcome;
        }
        if let Some(outcome) = self.by_its_own_number(chain, tree, side) {
            return outcome;
        }
        if self.begins_equation(chain, tree, side, role) {
            return Outcome::of(Verdict::Given);
        }
        if outcome.verdict != Verdict::Wrong {
            return outcome;
        }
        match self.doubt(chain, tree, side, &outcome) {
            None => outcome,
            Some(Doubt::Open(why)) => Outcome::undecided(why),
            Some(Doubt::Equation) => {
                if let Some(head) = chain.head.clone() {
                    self.take_equation(&head, &head, tree, side.span, chain.standing);
                    // x + y = 10 asks for nothing: it may be used.
                    let several = self.sheet.variables_of(&head).len() > 1;
                    if let Some(equation) = self.solving.equations.last_mut() {
                        equation.is_constraint = several && matches!(tree.kind, Kind::Number(_));
                    }
                }
                Outcome::of(Verdict::Given)
            }
        }
    }

    /// The last side of an equation that words ask to be made true.
    pub(super) fn take_demand(&mut self, side: &Side, notation: Notation) {
        let Some(chain) = self.chain.clone() else { return };
        let Some(head) = chain.head else { return };
        let left = chain.before.map_or_else(|| head.clone(), |before| before.tree);
        if let Ok(right) = self.read(side.span, notation) {
            self.take_equation(&head, &left, &right, side.span, chain.standing);
        }
    }

    /// Takes up `left = right` as something that is to be made true; the chain began with `head`.
    pub(super) fn take_equation(
        &mut self,
        head: &Tree,
        left: &Tree,
        right: &Tree,
        span: Span,
        standing: Standing,
    ) {
        self.equations();
        let unknown = unknown_of(head);
        self.solving.groups += 1;
        let group = self.solving.groups;
        self.remember(left, right, span, group);
        if let Some(equation) = self.solving.equations.last_mut() {
            equation.unknown = unknown;
            equation.is_broken = standing == Standing::Broken;
            equation.is_open = standing == Standing::Unknown;
        }
    }

    fn remember(&mut self, left: &Tree, right: &Tree, span: Span, group: usize) {
        let free = free_sheet(&self.sheet);
        let zero =
            plain(&free, &algebra::difference(left, right)).filter(|tree| algebra::is_scalar(&free, tree));
        // Derivatives by a name that is put in later are no derivatives any more.
        let expanded = |tree: &Tree| {
            let needs = has_derivative(tree) || zero.is_some();
            if needs { plain(&free, tree) } else { None }.unwrap_or_else(|| tree.clone())
        };
        let equation = Equation {
            left: expanded(left),
            right: expanded(right),
            zero,
            line: self.lines.number(span.start),
            group,
            unknown: None,
            is_broken: false,
            is_open: false,
            is_constraint: false,
        };
        self.solving.equations.push(equation);
        if self.solving.equations.len() > MOST_EQUATIONS {
            self.solving.equations.remove(0);
        }
        self.solving.last = Some((span.end, false));
        self.solving.section = self.section;
    }

    /// Is it said to follow from what stands before it, by an arrow or a word?
    fn is_drawn(&self, start: usize) -> bool {
        let Some((end, _)) = self.solving.last else { return false };
        draws(self.text.get(end.min(start)..start).unwrap_or(""))
    }

    /// Judges a link that goes on from equations, or begins one; `None` if it is an ordinary claim.
    pub(super) fn of_equations(&mut self, chain: &Chain, tree: &Tree, side: &Side) -> Option<Outcome> {
        let head = chain.head.as_ref()?;
        let left = chain.before.as_ref().map_or(head, |before| &before.tree).clone();
        let free = free_sheet(&self.sheet);
        let mut names = free.variables_of(&left);
        names.extend(free.variables_of(tree));
        let is_rate = names.iter().any(|name| self.is_rate(name));
        let is_value = self.sheet.is_numeric(tree) && self.is_spoken_of(head);
        let differentiates = [head, &left, tree].into_iter().any(is_about_derivatives);
        if is_value || !is_rate && (self.is_spoken_of(head) || differentiates) {
            return None;
        }
        if names.is_empty() {
            return None;
        }
        let concerned: Vec<Equation> =
            self.equations().iter().filter(|equation| shares(&free, equation, &names)).cloned().collect();
        if concerned.is_empty() || decide(&free, &left, tree, &Question::default()).is_proved() {
            return None;
        }
        let is_drawn = self.is_drawn(chain.start);
        let latest = concerned.last().map_or(0, |equation| equation.group);
        let is_solved = self.solving.last.is_some_and(|(_, solved)| solved);
        let of =
            |equations: &[Equation]| claims::follows(&free, equations, &self.rates, &left, tree, is_drawn);
        let found = nearest(&of, &concerned);
        // A rate that is known is not set anew.
        let is_known_rate = lone_name(&left).is_some_and(|name| self.is_rate(&name));
        let outcome = match found {
            Found::Follows { remark, conditions, group, is_broken } => {
                self.remember(&left, tree, side.span, group);
                if let Some(equation) = self.solving.equations.last_mut() {
                    equation.is_broken = is_broken;
                }
                let verdict = if is_broken { Verdict::Follows } else { Verdict::Right };
                let message = remark.map(|words| Diagnostic::new(Cause::Unsupported, words));
                Outcome { conditions, message, ..Outcome::of(verdict) }
            }
            // After a solution another equation may begin.
            Found::Fails { .. } | Found::Open(_) | Found::Free
                if is_solved && !is_drawn && !is_known_rate && chain.length == 0 =>
            {
                self.take_equation(&left, &left, tree, side.span, chain.standing);
                Outcome::of(Verdict::Given)
            }
            Found::Fails { words, witness, expected, is_broken } => {
                self.remember(&left, tree, side.span, latest);
                if let Some(equation) = self.solving.equations.last_mut() {
                    equation.is_broken = true;
                }
                if is_broken {
                    Outcome::undecided("it does not follow from the line before, which is wrong")
                } else if let Some(why) = self.may_be_about_others(&concerned, &left, tree) {
                    Outcome::undecided(why)
                } else {
                    failed(words, witness, expected)
                }
            }
            Found::Free | Found::Rounded { .. } if chain.length > 0 => return None,
            Found::Free | Found::Rounded { .. } => {
                self.take_equation(&left, &left, tree, side.span, chain.standing);
                Outcome::of(Verdict::Given)
            }
            Found::Open(why) => {
                self.remember(&left, tree, side.span, latest);
                if let Some(equation) = self.solving.equations.last_mut() {
                    equation.is_open = true;
                }
                Outcome::undecided(why)
            }
        };
        Some(outcome)
    }

    /// Why an equation may say something else than those before without being wrong: another name stands in for one of theirs, or
    /// primes and differentials may be by different variables.
    fn may_be_about_others(&self, concerned: &[Equation], left: &Tree, right: &Tree) -> Option<String> {
        let free = free_sheet(&self.sheet);
        let of = |sides: [&Tree; 2]| -> BTreeSet<String> {
            sides.iter().flat_map(|side| free.variables_of(side)).collect()
        };
        let own = of([left, right]);
        let theirs: BTreeSet<String> =
            concerned.iter().flat_map(|equation| of([&equation.left, &equation.right])).collect();
        let is_plain = |name: &&String| !self.sheet.knows(name) && !self.is_rate(name);
        let (new, gone) = (own.difference(&theirs).find(is_plain), theirs.difference(&own).find(is_plain));
        if let (Some(new), Some(gone)) = (new, gone) {
            return Some(format!("{gone} is gone and {new} is new: nothing says how they hang together"));
        }
        // x′ beside dθ/dt: by t as well, or a name?
        let primed = own.iter().find_map(|name| {
            let base = name.trim_end_matches('d').strip_suffix('_').filter(|_| name.ends_with('d'))?;
            (theirs.contains(base) && !self.rates.iter().any(|rate| rate.name == base)).then_some(base)
        });
        if let Some(base) = primed {
            return Some(format!("nothing says by which variable {base}′ is"));
        }
        if let Some(new) = new {
            return Some(format!("nothing says what {new} is"));
        }
        let mut by: Vec<&str> = self
            .rates
            .iter()
            .filter(|rate| own.contains(&rate.first()) || own.contains(&rate.second()))
            .map(|rate| rate.by.as_str())
            .collect();
        by.dedup();
        (by.len() > 1).then(|| format!("derivatives by {} and by {} stand side by side", by[0], by[1]))
    }

    /// Is a refuted link an equation between variables rather than a claim? Something must say so: a word, or that it is solved
    /// later on.
    pub(super) fn begins_equation(&mut self, chain: &Chain, tree: &Tree, side: &Side, role: Role) -> bool {
        let Some(head) = chain.head.clone().filter(|_| chain.length == 0) else { return false };
        if self.is_spoken_of(&head) || is_about_derivatives(&head) || is_about_derivatives(tree) {
            return false;
        }
        let free = free_sheet(&self.sheet);
        let mut names = free.variables_of(&head);
        names.extend(free.variables_of(tree));
        if names.is_empty() || decide(&free, &head, tree, &Question::default()).is_proved() {
            return false;
        }
        let line = document::line_span(self.text, side.span.start);
        let before = self.text.get(line.start..chain.start.max(line.start)).unwrap_or("").to_lowercase();
        let is_said = role == Role::Definition
            || names.iter().any(|name| self.is_rated(name))
            || before.split(|c: char| !c.is_alphabetic()).any(|word| EQUATION_WORDS.contains(&word));
        let is_solved_later = self.ahead_of(side).iter().any(|ahead| {
            lone_name(&ahead.left).is_some_and(|name| names.contains(&name) && !self.sheet.knows(&name))
        });
        if is_said || is_solved_later {
            self.take_equation(&head, &head, tree, side.span, chain.standing);
            if let Some(equation) = self.solving.equations.last_mut() {
                equation.is_constraint = true;
            }
            return true;
        }
        false
    }

    /// Is it the name of the derivative of something that depends on another?
    fn is_rate(&self, name: &str) -> bool {
        self.rates.iter().any(|rate| rate.first() == name || rate.second() == name)
    }

    /// Did the chain, which is about nothing that the document defines, end with an equation at this side?
    pub(super) fn ended_equation(&self, chain: &Chain, side: &Side) -> bool {
        self.solving.last.is_some_and(|(end, _)| end == side.span.end)
            && chain.head.as_ref().is_some_and(|head| !self.is_spoken_of(head))
    }

    /// Is the head something that the document defines, so that a claim is about it?
    fn is_spoken_of(&self, head: &Tree) -> bool {
        match &head.kind {
            Kind::Name(name) => {
                self.sheet.definitions.contains_key(name) || self.sheet.functions.contains_key(name)
            }
            Kind::Call { name, .. } => {
                self.sheet.functions.contains_key(name) || self.sheet.unknown.contains(name)
            }
            Kind::Derivative { .. } => true,
            _ => false,
        }
    }
}

/// What is found of the equations that are right, whatever was wrong in between; of the others if it follows from these only.
fn nearest(of: &dyn Fn(&[Equation]) -> Found, equations: &[Equation]) -> Found {
    let those = |test: &dyn Fn(&Equation) -> bool| -> Vec<Equation> {
        equations.iter().filter(|equation| test(equation)).cloned().collect()
    };
    let sound = those(&|equation| !equation.is_broken && !equation.is_open);
    let open = those(&|equation| equation.is_open);
    let broken = those(&|equation| equation.is_broken);
    let found = (!sound.is_empty()).then(|| of(&sound));
    if matches!(found, Some(Found::Follows { .. })) {
        return found.unwrap_or(Found::Free);
    }
    if let Some(last) = open.last()
        && matches!(of(&open), Found::Follows { .. })
    {
        return Found::Open(format!("it follows from line {}, which was not decided", last.line));
    }
    if found.is_none() && !open.is_empty() {
        return Found::Open("what stands before it was not decided".to_owned());
    }
    match (found, broken.is_empty()) {
        (Some(found), true) => found,
        (found, _) => match (of(&broken), found) {
            (follows @ Found::Follows { .. }, _) => follows,
            (_, Some(found)) => found,
            (own, None) => own,
        },
    }
}

fn failed(words: String, witness: Option<Witness>, expected: Option<String>) -> Outcome {
    Outcome {
        message: Some(Diagnostic::new(Cause::Unsupported, words)),
        witness,
        expected: expected.map(|text| (text.clone(), text)),
        ..Outcome::of(Verdict::Wrong)
    }
}

/// The sheet without the values that were given: an equation asks for them.
fn free_sheet(sheet: &Sheet) -> Sheet {
    Sheet { values: std::collections::BTreeMap::new(), ..sheet.clone() }
}

fn shares(free: &Sheet, equation: &Equation, names: &[String]) -> bool {
    let own = if let Some(zero) = &equation.zero {
        names_of(zero)
    } else {
        let mut own = free.variables_of(&equation.left);
        own.extend(free.variables_of(&equation.right));
        own
    };
    own.iter().any(|name| names.contains(name))
}

fn is_derivative_of_name(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Derivative { body, .. } if lone_name(body).is_some())
}

/// By what a derivative is taken that is set to zero.
fn unknown_of(head: &Tree) -> Option<String> {
    match &head.kind {
        Kind::Derivative { variables, .. } => variables.first().and_then(lone_name),
        Kind::Call { primes, arguments, .. } if *primes > 0 => arguments.first().and_then(lone_name),
        Kind::Quotient(_, below) => lone_name(below)?.strip_prefix('d').map(str::to_owned),
        _ => None,
    }
}

/// Words that say that a formula is an equation.
const EQUATION_WORDS: [&str; 27] = [
    "solve",
    "equation",
    "equations",
    "constraint",
    "constraints",
    "subject",
    "curve",
    "circle",
    "ellipse",
    "hyperbola",
    "line",
    "plane",
    "implicitly",
    "implicit",
    "satisfies",
    "satisfy",
    "satisfying",
    "gleichung",
    "gleichungen",
    "nebenbedingung",
    "kurve",
    "kreis",
    "löse",
    "lösen",
    "erfüllt",
    "équation",
    "contrainte",
];
