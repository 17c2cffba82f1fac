//! Names that are said to be something else: in another exercise they are, in the same one a line may be a slip or another
//! definition. And refutations that say nothing of the writer: of names of another exercise, of equations that words announce, of
//! values at places that nobody gave.
//!
//! This file weighs a refutation; it refutes nothing itself.

use super::doubt::WEAK;
use super::lines::{Ahead, Chain, Checker, Outcome, Read, Standing};
use crate::check::Verdict;
use crate::check::document::Role;
use crate::check::document::claim::{Side, Statement};
use crate::check::document::letters;
use crate::check::document::scopes::{Place, Relation};
use crate::check::rewrite::{has_derivative, mentions, names_of};
use crate::check::sheet::{Definition, Sheet};
use crate::check::side::lone_name;
use crate::syntax::tree::{Kind, Tree};

/// Where a name was given its meaning.
#[derive(Clone, Copy, Debug)]
pub(in crate::check) struct Meaning {
    pub place: Place,
    /// The line, from 1.
    pub line: usize,
    /// Does it follow from an equation in its row?
    pub is_drawn: bool,
}

/// What a name stood for before a sentence supposed that it is something else.
pub(super) struct Supposed {
    name: String,
    function: Option<(Vec<String>, Tree)>,
    definition: Option<Definition>,
    meaning: Option<Meaning>,
}

/// What a refuted line is instead.
enum Instead {
    /// It holds at some places: what follows is compared with this side.
    Equation,
    /// The name has another meaning from here on.
    Anew(String, Option<Vec<String>>),
    /// It has one for this sentence.
    Supposed(String, Option<Vec<String>>),
    /// Nothing that can be judged, and why.
    Open(String),
}

impl Checker<'_> {
    /// Writes down where a name was given its meaning.
    pub(super) fn give_meaning(&mut self, name: &str, at: usize) {
        let meaning = Meaning { place: self.here, line: self.lines.number(at), is_drawn: self.is_drawn };
        self.meanings.insert(name.to_owned(), meaning);
        self.lasting.retain(|(_, names)| !names.iter().any(|own| own == name));
    }

    /// How what a name stands for is related to where the checker is. What the preamble declares belongs to all parts.
    pub(in crate::check) fn relation(&self, name: &str) -> Relation {
        self.meanings
            .get(name)
            .map_or(Relation::Own, |meaning| self.scopes.relation(name, meaning.place, self.here))
    }

    /// May a name be given another meaning here without a word?
    pub(super) fn may_mean_anew(&self, name: &str) -> bool {
        self.meanings.contains_key(name) && self.relation(name) != Relation::Own
    }

    /// A name whose definition cannot be read means nothing that is known, whatever it meant before.
    pub(super) fn make_unknown(&mut self, name: &str) {
        self.sheet.forget(name);
        self.sheet.functions.remove(name);
        self.sheet.values.remove(name);
        self.forget_lines_about(name);
        self.second.remove(name);
        self.meanings.remove(name);
        self.unread.insert(name.to_owned());
        self.open.insert(name.to_owned());
    }

    /// `y(a) = y_0` of a y that is differentiated somewhere: its value at a place, which says nothing of what y is.
    pub(super) fn value_somewhere(
        &mut self,
        name: &str,
        parameters: &[String],
        rest: &[Side],
        statement: &Statement,
    ) -> Option<Outcome> {
        let first = statement.sides.first()?;
        let is_place = letters::value_at_place(self.text.get(first.span.start..first.span.end)?).is_some();
        // The level curve F(x, y) = 5.
        let is_equation = matches!(statement.role, Role::Equation | Role::Demand);
        if self.sheet.functions.contains_key(name)
            || !(is_equation || is_place && self.functional.contains(name))
        {
            return None;
        }
        let value = self.read(rest.first()?.span, statement.notation).ok()?;
        let says_more = parameters.iter().any(|own| mentions(&value, own));
        (!says_more).then(|| Outcome::of(Verdict::Given))
    }

    /// `w(1/2) = 3` of a w that is differentiated somewhere and defined nowhere: no product.
    pub(super) fn value_of_unknown(&mut self, rest: &[Side], statement: &Statement) -> Option<Outcome> {
        let first = statement.sides.first()?;
        let (name, primes) = letters::value_at_place(self.text.get(first.span.start..first.span.end)?)?;
        if primes > 0 || self.sheet.knows(&name) || !self.functional.contains(&name) {
            return None;
        }
        let value = self.read(rest.first()?.span, statement.notation).ok()?;
        let is_other = !names_of(&value).contains(&name) && rest.len() == 1;
        (is_other && !self.heads.contains_key(&name)).then(|| Outcome::of(Verdict::Given))
    }

    /// Replaces a refutation that says nothing of the writer. The second value says whether the chain begins anew with this side.
    pub(super) fn with_doubt(
        &mut self,
        role: Role,
        chain: &mut Chain,
        tree: &Tree,
        side: &Side,
        outcome: Outcome,
    ) -> (Outcome, bool) {
        if !matches!(outcome.verdict, Verdict::Wrong | Verdict::Shape) {
            if matches!(outcome.verdict, Verdict::Right | Verdict::RightIf) {
                self.adopt(chain.head.as_ref(), tree);
            }
            return (outcome, false);
        }
        if let Some(outcome) = self.misread(chain, tree, side, &outcome) {
            return (outcome, false);
        }
        let Some(instead) = self.instead(role, chain, tree, &outcome) else { return (outcome, false) };
        let outcome = match instead {
            Instead::Open(why) => return (Outcome::undecided(why), false),
            Instead::Equation => {
                if let Some(head) = chain.head.clone() {
                    let left =
                        chain.before.as_ref().map_or_else(|| head.clone(), |before| before.tree.clone());
                    self.take_equation(&head, &left, tree, side.span, chain.standing);
                }
                chain.is_equation = true;
                Outcome::of(Verdict::Given)
            }
            Instead::Supposed(name, parameters) => {
                self.supposed.push(Supposed {
                    function: self.sheet.functions.get(&name).cloned(),
                    definition: self.sheet.definitions.get(&name).cloned(),
                    meaning: self.meanings.get(&name).copied(),
                    name: name.clone(),
                });
                self.mean_anew(&name, parameters, tree, chain.start);
                Outcome::of(Verdict::Given)
            }
            Instead::Anew(name, parameters) => {
                let line = self.meanings.get(&name).map(|meaning| meaning.line);
                let before = line.map_or("before".to_owned(), |line| format!("in line {line}"));
                let is_next = parameters.is_some() && self.is_done_with(&name);
                self.mean_anew(&name, parameters, tree, chain.start);
                if is_next {
                    return self.begun_anew(chain, tree, Outcome::of(Verdict::Given));
                }
                Outcome::undecided(format!(
                    "{name} is something else here than {before}: is it another {name}?"
                ))
            }
        };
        self.begun_anew(chain, tree, outcome)
    }

    fn begun_anew(&self, chain: &mut Chain, tree: &Tree, outcome: Outcome) -> (Outcome, bool) {
        chain.head = Some(tree.clone());
        chain.before = Some(Read { tree: tree.clone() });
        chain.standing = Standing::Sound;
        chain.length += 1;
        (outcome, true)
    }

    /// Was a function spoken of, and does an empty line stand behind that? Then the next one may have its name.
    fn is_done_with(&self, name: &str) -> bool {
        let is_apart =
            self.meanings.get(name).is_some_and(|meaning| meaning.place.is_in_other_paragraph(self.here));
        is_apart && self.is_past(name)
    }

    /// Was a derivative or a value of it told? Then it may be another one's turn.
    fn is_past(&self, name: &str) -> bool {
        let speaks = |tree: &Tree| {
            let mut found = false;
            tree.walk(&mut |part| found |= matches!(&part.kind, Kind::Call { name: own, .. } if own == name));
            found
        };
        self.seen.iter().any(|(head, _)| speaks(head))
    }

    fn mean_anew(&mut self, name: &str, parameters: Option<Vec<String>>, tree: &Tree, at: usize) {
        match parameters {
            Some(parameters) => {
                self.forget_lines_about(name);
                self.sheet.functions.insert(name.to_owned(), (parameters, tree.clone()));
                self.give_meaning(name, at);
            }
            None => self.define(name.to_owned(), Vec::new(), tree.clone(), false, at),
        }
    }

    /// A sentence is over, and so is what it supposed.
    pub(super) fn leave_suppositions(&mut self) {
        while let Some(Supposed { name, function, definition, meaning }) = self.supposed.pop() {
            self.forget_lines_about(&name);
            self.chain = None;
            match function {
                Some(function) => self.sheet.functions.insert(name.clone(), function),
                None => self.sheet.functions.remove(&name),
            };
            match definition {
                Some(definition) => self.sheet.definitions.insert(name.clone(), definition),
                None => self.sheet.definitions.remove(&name),
            };
            if let Some(meaning) = meaning {
                self.meanings.insert(name, meaning);
            }
        }
    }

    /// Does a formula say what a name is: in terms of its parameters, and of no other function of the document?
    fn says_all(&self, parameters: Option<&[String]>, tree: &Tree) -> bool {
        let mut calls = false;
        tree.walk(&mut |part| {
            calls |= matches!(&part.kind, Kind::Call { name, .. } if self.sheet.functions.contains_key(name));
        });
        !calls && parameters.is_none_or(|parameters| parameters.iter().any(|own| mentions(tree, own)))
    }

    fn instead(&self, role: Role, chain: &Chain, tree: &Tree, outcome: &Outcome) -> Option<Instead> {
        let head = chain.head.as_ref()?;
        let is_first = chain.length == 0;
        if is_first && role == Role::Supposition {
            // "if f(x) = x^3 then …": another f for this sentence.
            return match self.anew(head, tree) {
                Some(Instead::Anew(name, parameters)) if self.says_all(parameters.as_deref(), tree) => {
                    Some(Instead::Supposed(name, parameters))
                }
                _ => Some(Instead::Equation),
            };
        }
        if is_first && role == Role::Equation {
            return Some(Instead::Equation);
        }
        if is_first && self.asks_for_a_place(head, tree) {
            return Some(Instead::Equation);
        }
        let before = chain.before.as_ref().map(|before| &before.tree);
        if let Some(why) =
            [Some(head), before, Some(tree)].into_iter().flatten().find_map(|tree| self.foreign(tree))
        {
            return Some(Instead::Open(why));
        }
        if let Some(why) = self.unsaid(is_first, chain, tree) {
            return Some(Instead::Open(why));
        }
        let is_explained = outcome.diagnosis.iter().any(|diagnosis| !WEAK.contains(&diagnosis.id));
        if !is_first || is_explained || outcome.verdict != Verdict::Wrong {
            return None;
        }
        let instead = self.anew(head, tree)?;
        match &instead {
            // f(x) = 0 of an f that is something else is an equation, if its solution is told.
            Instead::Anew(_, Some(parameters)) if !parameters.iter().any(|own| mentions(tree, own)) => {
                let is_solved = |ahead: &Ahead| {
                    ahead.start > chain.start
                        && lone_name(&ahead.left).is_some_and(|name| parameters.contains(&name))
                };
                self.ahead.iter().any(is_solved).then_some(Instead::Equation)
            }
            // Right below its definition, without a word, or as a consequence, it is a slip.
            Instead::Anew(name, _) => (self.is_apart(name) || self.is_past(name)).then_some(instead),
            _ => Some(instead),
        }
    }

    /// Is an equation refuted that may follow from what could not be read, or a side with a letter that nothing explains, in a
    /// chain that began with what could not be read?
    fn unsaid(&self, is_first: bool, chain: &Chain, tree: &Tree) -> Option<String> {
        let head = chain.head.as_ref()?;
        let is_spoken = match &head.kind {
            Kind::Name(name) | Kind::Call { name, .. } => self.sheet.knows(name),
            _ => false,
        };
        if is_spoken || has_derivative(head) || has_derivative(tree) {
            return None;
        }
        let (left, right) = (self.sheet.variables_of(head), self.sheet.variables_of(tree));
        if is_first && self.is_after_unknown && !(left.is_empty() && right.is_empty()) {
            return Some("it may follow from the row before, which was not decided".to_owned());
        }
        let is_foreign =
            |name: &&String| !(self.sheet.knows(name) || left.contains(name) && right.contains(name));
        let foreign = left.iter().chain(&right).find(is_foreign);
        foreign
            .filter(|_| !is_first && chain.standing == Standing::Unknown)
            .map(|name| format!("nothing says what {name} is"))
    }

    /// Does something part what is said of a name from its definition: words, or an empty line?
    fn is_apart(&self, name: &str) -> bool {
        self.gap.introduces
            || self.meanings.get(name).is_some_and(|meaning| {
                self.relation(name) != Relation::Own
                    || meaning.place.is_in_other_paragraph(self.here)
                    || meaning.is_drawn && self.is_drawn && meaning.place != self.here
            })
    }

    /// `f(c) = 9` of an f that is known asks at which c, and `P(0) = 100` of P = C e^(k t) asks for C.
    fn asks_for_a_place(&self, head: &Tree, tree: &Tree) -> bool {
        let Kind::Call { name, arguments, .. } = &head.kind else { return false };
        let Some((parameters, _)) = self.sheet.functions.get(name) else { return false };
        let of_tree = self.sheet.variables_of(tree);
        let is_unsaid = |own: &String| {
            !parameters.contains(own)
                && !self.sheet.knows(own)
                && !self.sheet.values.contains_key(own)
                && !self.sheet.point.contains_key(own)
                && !of_tree.contains(own)
        };
        if arguments.iter().filter_map(lone_name).any(|own| is_unsaid(&own)) && of_tree.is_empty() {
            return true;
        }
        let are_numbers = arguments.iter().all(|argument| self.sheet.is_numeric(argument));
        let general = Sheet { values: std::collections::BTreeMap::new(), ..self.sheet.clone() };
        are_numbers
            && self.sheet.is_numeric(tree)
            && general.variables_of(head).iter().any(|own| is_unsaid(own) && !self.sheet.is_size(own))
    }

    /// Something in it was said in another exercise and nowhere here.
    fn foreign(&self, tree: &Tree) -> Option<String> {
        let mut found = None;
        tree.walk(&mut |part| {
            let (Kind::Name(name) | Kind::Call { name, .. }) = &part.kind else { return };
            let name = match name.strip_prefix('d') {
                Some(rest) if !self.sheet.knows(name) && self.sheet.knows(rest) => rest,
                _ => name,
            };
            if found.is_none() && self.sheet.knows(name) && self.relation(name) == Relation::Foreign {
                found = self.meanings.get(name).map(|meaning| {
                    format!(
                        "the {name} of line {} belongs to another exercise: what is it here?",
                        meaning.line
                    )
                });
            }
        });
        found
    }

    /// Names of another exercise of which something true is said are those that are meant.
    fn adopt(&mut self, head: Option<&Tree>, tree: &Tree) {
        let mut names: Vec<String> = Vec::new();
        for side in head.into_iter().chain([tree]) {
            side.walk(&mut |part| {
                if let Kind::Name(name) | Kind::Call { name, .. } = &part.kind {
                    names.push(name.clone());
                }
            });
        }
        let here = self.here;
        for name in names {
            if self.relation(&name) == Relation::Foreign
                && let Some(meaning) = self.meanings.get_mut(&name)
            {
                meaning.place = here;
            }
        }
    }

    /// `f(x) = …`, `y = …` of something that was something else, and that no known slip explains.
    fn anew(&self, head: &Tree, tree: &Tree) -> Option<Instead> {
        match &head.kind {
            Kind::Call { name, primes: 0, arguments } => {
                let (parameters, _) = self.sheet.functions.get(name)?;
                let own: Vec<String> = arguments.iter().map(lone_name).collect::<Option<_>>()?;
                let is_head =
                    own.len() == parameters.len() && !self.leads_back(tree, name) && !has_derivative(tree);
                is_head.then(|| Instead::Anew(name.clone(), Some(own)))
            }
            Kind::Name(name) => {
                let Definition { indices, value, .. } = self.sheet.definitions.get(name)?;
                let is_lent = self.at_bar.iter().any(|(own, _)| own == name);
                let is_rate = self.rates.iter().any(|rate| rate.first() == *name || rate.second() == *name);
                // At x = 2: a = 3. At x = 3: a = 4.
                let is_for_value = !self.given.is_empty() && self.sheet.is_numeric(value);
                let is_head = indices.is_empty()
                    && !is_lent
                    && self.meanings.contains_key(name)
                    && !self.leads_back(tree, name)
                    && !has_derivative(tree)
                    && (!is_rate || self.gap.introduces)
                    && (is_for_value || !self.sheet.is_numeric(tree));
                is_head.then(|| Instead::Anew(name.clone(), None))
            }
            _ => None,
        }
    }
}
