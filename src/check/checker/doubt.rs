//! Doubt: a refuted line is not always a slip of the writer. Texts set equations, put in values that were said in words, and
//! differentiate names that depend on others without a word. Where such a reading is possible and no known mistake explains the
//! line, it is left open, with the reason.
//!
//! This file weighs a refutation by the letters of the line; it refutes and proves nothing itself.

use std::collections::BTreeSet;

use super::lines::{Ahead, Chain, Checker, Outcome};
use super::reading::is_differential;
use crate::check::decide::{Question, decide, plain, simplest};
use crate::check::document::claim::Side;
use crate::check::rewrite::{has_derivative, mentions, names_of, substitute};
use crate::check::side::lone_name;
use crate::number::Rational;
use crate::print;
use crate::span::Span;
use crate::syntax::tree::{Kind, Tree};

/// What a refuted line may be instead of a slip.
pub(in crate::check) enum Doubt {
    /// An equation that holds at some places.
    Equation,
    /// Nothing that can be judged, and why.
    Open(String),
}

/// Mistakes whose names say only that something was lost or changed: they explain no other reading away.
pub(super) const WEAK: [&str; 3] = ["A20", "A21", "A22"];

/// Letters of constants: in d/dx (a x² + y) who says nothing means a constant by a, and perhaps something that depends on x
/// by y.
const OF_CONSTANTS: &str = "abcdkmnpqABCDKMNPQαβγδελμνρσωκ";

/// Values that are tried for a name that is gone.
const TRIED: [(i64, i64); 22] = [
    (2, 1),
    (3, 1),
    (4, 1),
    (5, 1),
    (6, 1),
    (7, 1),
    (8, 1),
    (9, 1),
    (10, 1),
    (12, 1),
    (20, 1),
    (100, 1),
    (-2, 1),
    (-3, 1),
    (-4, 1),
    (-5, 1),
    (1, 2),
    (3, 2),
    (5, 2),
    (1, 3),
    (1, 4),
    (-1, 2),
];

type Letters = BTreeSet<String>;

/// Is it a name, a power of one, or a function of the document at something? What is written out says itself on what it depends.
fn is_of_name(tree: &Tree) -> bool {
    match &tree.kind {
        Kind::Name(_) => true,
        Kind::Power(base, exponent) => is_of_name(base) && matches!(exponent.kind, Kind::Number(_)),
        Kind::Call { name, .. } => crate::function::lookup(name).is_none(),
        _ => false,
    }
}

/// Is there a derivative in it, or a quotient of differentials, which is one?
pub(in crate::check) fn is_about_derivatives(tree: &Tree) -> bool {
    let mut found = has_derivative(tree);
    tree.walk(&mut |part| {
        found |= matches!(&part.kind, Kind::Quotient(above, below) if is_differential(above) && is_differential(below));
    });
    found
}

impl Checker<'_> {
    /// What a refuted link may be instead, if anything.
    pub(in crate::check) fn doubt(
        &self,
        chain: &Chain,
        tree: &Tree,
        side: &Side,
        outcome: &Outcome,
    ) -> Option<Doubt> {
        let head = chain.head.as_ref()?;
        let before = chain.before.as_ref().map_or(head, |before| &before.tree);
        let is_named =
            outcome.diagnosis.iter().any(|diagnosis| !diagnosis.together && !WEAK.contains(&diagnosis.id));
        // f′(x) = 14 after f′(x) = 2x speaks of f′ again, and not of a place.
        let from = self.ahead.partition_point(|ahead| ahead.start <= side.span.start);
        let is_restated = self.ahead[..from].last().is_some_and(|ahead| ahead.right.as_ref() == Some(tree));
        let is_first = chain.length == 0 || is_restated;
        let (of_head, of_before, of_tree) = (self.letters(head), self.letters(before), self.letters(tree));
        // 0 = …, 14 = 3x² + 5
        if is_first && of_head.is_empty() && !of_tree.is_empty() && self.sheet.is_numeric(head) {
            return Some(Doubt::Equation);
        }
        if chain.length == 0 && self.differentiates_equation(side) {
            return Some(Doubt::Equation);
        }
        if let Some(why) = [head, before, tree].into_iter().find_map(|tree| self.unconnected(tree)) {
            return Some(Doubt::Open(why));
        }
        // y′(3) = 6 m/s: a number is compared with letters that nothing explains.
        let is_unsaid = |name: &String| !self.sheet.knows(name) && !self.sheet.point.contains_key(name);
        if let Some(name) = of_tree.iter().find(|name| is_unsaid(name))
            && of_tree.iter().all(is_unsaid)
            && !of_head.contains(name)
            && !is_about_derivatives(tree)
            && plain(&self.sheet, head).is_some_and(|head| names_of(&head).is_empty())
            && !outcome.diagnosis.iter().any(|diagnosis| !WEAK.contains(&diagnosis.id))
        {
            return Some(Doubt::Open(format!("nothing says what {name} is")));
        }
        if is_named {
            return None;
        }
        if is_first && self.is_constraint(head, tree) {
            return Some(Doubt::Equation);
        }
        if is_first && self.is_solved_next(head, tree, side) {
            return Some(Doubt::Equation);
        }
        let place = side.span;
        let differentiated = if is_first { vec![head, tree] } else { vec![head, before, tree] };
        if let Some(why) = differentiated.into_iter().find_map(|tree| self.hidden_dependence(tree, place)) {
            return Some(Doubt::Open(why));
        }
        if is_about_derivatives(before) {
            return None;
        }
        if is_about_derivatives(tree) {
            // N_x − M_y = ∂/∂x (0) − ∂/∂y (y): of letters that nothing explains and that are all gone.
            let own = names_of(tree);
            let is_over = of_before.iter().all(|name| is_unsaid(name) && !own.contains(name));
            let why = |name: &String| Doubt::Open(format!("nothing says what {name} is"));
            return of_before.first().filter(|_| is_over).map(why);
        }
        if is_first {
            // tan θ = x of two names that nothing is known of. Who lost a factor did not bring in a name.
            let is_about_nothing = ![head, tree].into_iter().any(|tree| self.speaks_of_defined(tree))
                || of_head.iter().all(|name| is_unsaid(name) && !of_tree.contains(name));
            // Ax = b of names that only have shapes: each side has one that the other has not.
            let is_declared = [head, tree].into_iter().any(|tree| self.speaks_of_known(tree));
            let is_between = !is_declared || !of_tree.is_subset(&of_head) && !of_head.is_subset(&of_tree);
            let is_slip = !outcome.diagnosis.is_empty() && of_tree.is_subset(&of_head);
            let is_of_names = !of_head.is_empty() && !of_tree.is_empty() && of_head != of_tree;
            return (is_about_nothing && is_between && is_of_names && !is_slip && !self.is_after_unknown)
                .then_some(Doubt::Equation);
        }
        // Who writes out what is differentiated, d/dx (x² + 3x), speaks of every x.
        let is_written_out = matches!(&head.kind, Kind::Derivative { body, .. }
            if !is_of_name(body));
        self.put_in(before, tree, &of_before, &of_tree, is_written_out)
    }

    /// d/dx (x² y − x y³) = d/dx (3): are both sides of an equation differentiated?
    fn differentiates_equation(&self, side: &Side) -> bool {
        let from = self.ahead.partition_point(|ahead| ahead.start <= side.span.start);
        let Some(Ahead { left, right: Some(right), .. }) = self.ahead[..from].last() else { return false };
        let (Kind::Derivative { body, variables: a, .. }, Kind::Derivative { body: own, variables: b, .. }) =
            (&left.kind, &right.kind)
        else {
            return false;
        };
        let is_rated = |name: &String| self.rates.iter().any(|rate| rate.name == *name);
        a == b && (self.sheet.is_numeric(own) || names_of(body).iter().any(is_rated))
    }

    /// x + y = 10 of names of which nothing was said: a fact, if there is something that it says.
    fn is_constraint(&self, head: &Tree, tree: &Tree) -> bool {
        let mut names = names_of(head);
        names.retain(|name| !matches!(name.as_str(), "pi" | "π"));
        let is_free = |name: &String| {
            !self.sheet.definitions.contains_key(name)
                && !self.sheet.functions.contains_key(name)
                && !self.sheet.values.contains_key(name)
                && !self.sheet.point.contains_key(name)
        };
        let mut calls = false;
        head.walk(&mut |part| {
            calls |= matches!(&part.kind, Kind::Call { name, .. } if crate::function::lookup(name).is_none());
        });
        self.sheet.is_numeric(tree)
            && !calls
            && !names.is_empty()
            && names.iter().all(is_free)
            && !is_about_derivatives(head)
            // With the facts that are known, something is left open.
            && simplest(&self.sheet, head).is_some_and(|head| !names_of(&head).is_empty())
    }

    /// A derivative by something that nothing in the document connects with what is differentiated: dA/dt of A = πr².
    fn unconnected(&self, tree: &Tree) -> Option<String> {
        let mut found = None;
        tree.walk(&mut |part| {
            let (body, by) = match &part.kind {
                Kind::Derivative { body, variables, .. } => {
                    ((**body).clone(), variables.first().and_then(lone_name))
                }
                Kind::Quotient(above, below) if is_differential(above) && is_differential(below) => {
                    let rest = |tree: &Tree| lone_name(tree).map(|name| name[1..].to_owned());
                    (rest(above).map_or_else(|| (**above).clone(), Tree::name), rest(below))
                }
                _ => return,
            };
            let Some(by) = by.filter(|_| found.is_none()) else { return };
            let is_said = self.sheet.knows(&by)
                || self.sheet.point.contains_key(&by)
                || self.sheet.values.contains_key(&by)
                || self.sheet.definitions.values().any(|own| mentions(&own.value, &by))
                || self
                    .sheet
                    .functions
                    .values()
                    .any(|(parameters, own)| parameters.contains(&by) || mentions(own, &by));
            let (Kind::Name(name) | Kind::Call { name, .. }) = &body.kind else { return };
            // dr/dt says that r does, unless a value was put in for r.
            let is_said = is_said
                || self.rates.iter().any(|rate| {
                    rate.by == by
                        && !self.sheet.values.contains_key(&rate.name)
                        && (rate.name == *name || self.sheet.depends_on(name, &rate.name))
                });
            if !is_said && !mentions(&body, &by) && crate::function::lookup(name).is_none() {
                found = Some(format!("nothing says how {name} depends on {by}"));
            }
        });
        found
    }

    /// f′(x) = 14 is an equation if the next line says 3x² + 2 = 14 of the same derivative, or a solution x = 2 that fulfils it.
    fn is_solved_next(&self, head: &Tree, tree: &Tree, side: &Side) -> bool {
        let variables = self.sheet.variables_of(head);
        if !self.sheet.is_numeric(tree) || variables.is_empty() {
            return false;
        }
        let Some(Ahead { left, right: Some(right), .. }) = self.ahead_of(side).first() else { return false };
        let holds = |a: &Tree, b: &Tree| decide(&self.sheet, a, b, &Question::default()).is_proved();
        match lone_name(left) {
            Some(name) if variables.contains(&name) && self.sheet.is_numeric(right) => {
                let there = |truth: &Tree| substitute(truth, &|own| (own == name).then(|| right.clone()));
                plain(&self.sheet, head).is_some_and(|truth| holds(&there(&truth), tree))
            }
            _ => right == tree && left != head && holds(head, left),
        }
    }

    /// The equations of the document that come after a side.
    pub(in crate::check) fn ahead_of(&self, side: &Side) -> &[Ahead] {
        let from = self.ahead.partition_point(|ahead| ahead.start <= side.span.end);
        self.ahead.get(from..).unwrap_or(&[])
    }

    /// The names of a formula for which something could be put in: no sizes, definitions looked through.
    fn letters(&self, tree: &Tree) -> Letters {
        self.sheet.variables_of(tree).into_iter().filter(|name| !self.sheet.is_size(name)).collect()
    }

    /// Is something in it that the document says or declares?
    fn speaks_of_known(&self, tree: &Tree) -> bool {
        let mut found = false;
        tree.walk(&mut |part| {
            if let Kind::Name(name) | Kind::Call { name, .. } = &part.kind {
                found |= self.sheet.knows(name) || self.sheet.unknown.contains(name);
            }
        });
        found
    }

    /// Is something in it that the document says what it is?
    fn speaks_of_defined(&self, tree: &Tree) -> bool {
        let mut found = false;
        tree.walk(&mut |part| {
            if let Kind::Name(name) | Kind::Call { name, .. } = &part.kind {
                found |= self.sheet.definitions.contains_key(name)
                    || self.sheet.functions.contains_key(name)
                    || self.sheet.unknown.contains(name);
            }
        });
        found
    }

    /// Was something put in that the line does not say?
    fn put_in(
        &self,
        before: &Tree,
        tree: &Tree,
        of_before: &Letters,
        of_tree: &Letters,
        is_everywhere: bool,
    ) -> Option<Doubt> {
        let is_undeclared = |name: &&String| !self.sheet.knows(name) && !self.sheet.point.contains_key(*name);
        let new = of_tree.difference(of_before).find(is_undeclared);
        let gone: Vec<&String> = of_before.difference(of_tree).filter(is_undeclared).collect();
        if let (Some(new), Some(gone)) = (new, gone.first()) {
            return Some(Doubt::Open(format!(
                "{gone} is gone and {new} is new: nothing says how they hang together"
            )));
        }
        if new.is_some() || is_everywhere {
            return None;
        }
        match gone.as_slice() {
            [] => None,
            [one] => {
                let value = TRIED.iter().filter_map(|(a, b)| Rational::fraction(*a, *b)).find(|value| {
                    let value = Tree::number(value);
                    let there = substitute(before, &|name| (name == *one).then(|| value.clone()));
                    decide(&self.sheet, &there, tree, &Question::default()).is_proved()
                });
                match value {
                    Some(value) => Some(Doubt::Open(format!(
                        "it holds for {one} = {}, which nothing says",
                        print::unicode(&Tree::number(&value))
                    ))),
                    None if of_tree.is_empty() => {
                        Some(Doubt::Open("it holds at some places only: an equation, or a slip".to_owned()))
                    }
                    None => None,
                }
            }
            // V = π r² h = 1000 of an r and an h that have no values.
            _ if of_tree.is_empty() && self.subject.is_some() => Some(Doubt::Equation),
            several if of_tree.is_empty() => {
                let names: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
                Some(Doubt::Open(format!("nothing says what is put in for {}", names.join(", "))))
            }
            _ => None,
        }
    }

    /// Does a derivative in it hang on how an undefined name depends on the variable?
    pub(in crate::check) fn hidden_dependence(&self, tree: &Tree, place: Span) -> Option<String> {
        let line = crate::check::document::line_span(self.text, place.start);
        let line = self.text.get(line.start..line.end).unwrap_or("");
        let is_partial = self.writes_partial(line);
        let mut found = None;
        tree.walk(&mut |part| {
            let Kind::Derivative { body, variables, .. } = &part.kind else { return };
            let Some(by) = variables.first().and_then(|by| match &by.kind {
                Kind::Index(base, _) => lone_name(base),
                _ => lone_name(by),
            }) else {
                return;
            };
            let inside = self.letters(body);
            // Of a vector, only what does not speak of it at all is doubtful.
            if found.is_some() || self.sheet.rank(&by) > 0 && inside.contains(&by) {
                return;
            }
            let is_open = |name: &&String| {
                **name != by
                    && !self.sheet.knows(name)
                    && !self.sheet.values.contains_key(*name)
                    && !self.sheet.point.contains_key(*name)
                    && !self.is_rated(name)
            };
            let may_depend = |name: &&String| {
                let base = name.split('_').next().unwrap_or(name);
                // u_y beside ∂/∂y (u M): who writes the slope of u means a function.
                let has_slope =
                    line.contains(&format!("{name}_{by}")) || line.contains(&format!("{name}_{{{by}}}"));
                is_open(name) && (has_slope || !is_partial && !OF_CONSTANTS.contains(base))
            };
            let is_named = is_of_name(body);
            // A bar puts a number in for the variable.
            let depends = inside.contains(&by)
                || names_of(body).iter().any(|name| *name == by || self.sheet.depends_on(name, &by));
            let open = if !depends && is_named {
                // ∂L/∂w of an L without w
                inside.iter().find(is_open)
            } else {
                inside.iter().find(may_depend)
            };
            if let Some(name) = open {
                found = Some(format!("nothing says whether {name} depends on {by}"));
            }
        });
        found
    }
}
