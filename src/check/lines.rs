//! The verdict of each line: chains of sides, definitions, numbers and conditions, in the order of the document.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::{self, Link, Side, Statement};
use super::document::{self, Document, Formula, Notation, Role};
use super::equations::Solving;
use super::letters;
use super::preamble;
use super::rates::Rate;
use super::sheet::{Definition, Fact, Sheet};
use super::side::{self, lone_name};
use super::values::Given;
use super::{Line, Report, Verdict, Witness};
use crate::diagnostic::Diagnostic;
use crate::print;
use crate::span::Span;
use crate::syntax::tree::{Kind, Relation, Tree};

/// How far a chain can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// All lines so far hold.
    Sound,
    /// One was wrong.
    Broken,
    /// One was not decided or could not be read.
    Unknown,
}

/// Sides that are claimed to be equal.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    /// What it starts from.
    pub head: Option<Tree>,
    /// The side before, if it could be read.
    pub before: Option<Read>,
    pub standing: Standing,
    /// How many sides followed the head.
    pub length: usize,
    /// Where it begins in the text.
    pub start: usize,
    /// Is it an equation rather than a claim about something? Then no other line takes it up.
    pub is_equation: bool,
}

/// The first two sides of a statement of the document.
#[derive(Clone, Debug)]
pub(super) struct Ahead {
    pub start: usize,
    pub left: Tree,
    pub right: Option<Tree>,
}

/// A side that was read.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub tree: Tree,
}

/// What was found out about one link.
pub(super) struct Outcome {
    pub verdict: Verdict,
    pub needs: Vec<String>,
    pub conditions: Vec<String>,
    pub witness: Option<Witness>,
    pub diagnosis: Vec<super::Diagnosis>,
    pub expected: Option<(String, String)>,
    pub message: Option<Diagnostic>,
}

impl Outcome {
    pub fn of(verdict: Verdict) -> Self {
        Outcome {
            verdict,
            needs: Vec::new(),
            conditions: Vec::new(),
            witness: None,
            diagnosis: Vec::new(),
            expected: None,
            message: None,
        }
    }

    pub fn undecided(why: impl Into<String>) -> Self {
        Outcome {
            message: Some(Diagnostic::new(crate::diagnostic::Kind::Unsupported, why)),
            ..Outcome::of(Verdict::Undecided)
        }
    }
}

pub(super) struct Checker<'t> {
    pub(super) text: &'t str,
    pub(super) document: Document,
    pub(super) sheet: Sheet,
    pub(super) report: Report,
    pub(super) chain: Option<Chain>,
    /// Counted by headings and by items of lists.
    pub(super) section: usize,
    /// Equations that are being solved, "2x − 4 = 0": what follows from them holds for their solutions only.
    pub(super) solving: Solving,
    /// The equations of the whole document, in order: what a line means may show in those that come after it.
    pub(super) ahead: Vec<Ahead>,
    /// Counted by headings.
    pub(super) chapter: usize,
    /// In which section and chapter a name was given its meaning.
    pub(super) meanings: BTreeMap<String, (usize, usize)>,
    /// Heads of chains with their last sides, for lines that take one up again.
    pub(super) seen: Vec<(Tree, Chain)>,
    /// Conditions that the document states, for lines that need one.
    pub(super) stated: Vec<Fact>,
    /// What the document starts from, for parts with a preamble of their own.
    pub(super) start: Sheet,
    /// Parts with a preamble of their own, by words of their heading.
    pub(super) parts: Vec<Part>,
    pub(super) preamble: String,
    /// Letters that stand by themselves somewhere in plain text.
    pub(super) letters: BTreeSet<String>,
    /// Names that stand for something the document does not say, unless it defines them.
    pub(super) open: BTreeSet<String>,
    /// Names that stand for a value at an evaluation bar, with what they stood for before.
    pub(super) at_bar: Vec<(String, Option<Definition>)>,
    /// Those of them that the document defines nowhere: they may depend on anything.
    pub(super) implicit: BTreeSet<String>,
    /// Names of which only a derivative is written: they depend on what that is by.
    pub(super) rates: Vec<Rate>,
    /// Letters of constants that the document uses for something else, and what they are called here.
    pub(super) own_constants: BTreeMap<String, String>,
    /// Functions that are defined somewhere in the document, with the number of their arguments.
    pub(super) heads: BTreeMap<String, usize>,
    /// Names whose definition could not be read.
    pub(super) unread: BTreeSet<String>,
    /// What names stand for if a product without a sign binds tighter than a stroke or a power.
    pub(super) second: BTreeMap<String, Tree>,
    /// Values that hold in one line, or from one line on.
    pub(super) given: Given,
}

/// Lines of the preamble for one part of the document.
pub(super) struct Part {
    heading: String,
    /// Lines of the separate preamble, and lines of the document.
    separate: Vec<Span>,
    own: Vec<Span>,
}

/// Lines by the heading that they are for; those for the whole document first, with an empty one.
fn by_part(text: &str, lines: &[Span]) -> Vec<(String, Vec<Span>)> {
    let mut parts = vec![(String::new(), Vec::new())];
    for span in lines {
        match text[span.start..span.end].trim().strip_prefix("under ") {
            Some(heading) => parts.push((heading.trim_end_matches(':').trim().to_lowercase(), Vec::new())),
            None => {
                if let Some((_, lines)) = parts.last_mut() {
                    lines.push(*span);
                }
            }
        }
    }
    parts
}

impl<'t> Checker<'t> {
    pub fn new(text: &'t str, preamble_text: &str) -> Self {
        let document = document::read(text);
        let lines: Vec<Span> = document::lines(preamble_text, 0)
            .map(|(span, _)| span)
            .filter(|span| preamble_text[span.start..span.end].trim() != "---")
            .collect();
        let mut parts: Vec<Part> = by_part(preamble_text, &lines)
            .into_iter()
            .map(|(heading, separate)| Part { heading, separate, own: Vec::new() })
            .collect();
        parts.extend(by_part(text, &document.preamble).into_iter().map(|(heading, own)| Part {
            heading,
            separate: Vec::new(),
            own,
        }));
        let (whole, parts): (Vec<Part>, Vec<Part>) =
            parts.into_iter().partition(|part| part.heading.is_empty());
        let mut checker = Checker {
            text,
            document,
            sheet: Sheet::default(),
            report: Report::default(),
            chain: None,
            section: 1,
            solving: Solving::default(),
            ahead: Vec::new(),
            chapter: 1,
            meanings: BTreeMap::new(),
            seen: Vec::new(),
            stated: Vec::new(),
            start: Sheet::default(),
            parts,
            preamble: preamble_text.to_owned(),
            open: BTreeSet::new(),
            letters: BTreeSet::new(),
            at_bar: Vec::new(),
            implicit: BTreeSet::new(),
            rates: Vec::new(),
            own_constants: BTreeMap::new(),
            heads: BTreeMap::new(),
            unread: BTreeSet::new(),
            second: BTreeMap::new(),
            given: Given::default(),
        };
        for part in &whole {
            checker.declare(&part.separate, &part.own);
        }
        checker.start = checker.sheet.clone();
        checker
    }

    /// Makes the letters of the document known to the parser.
    fn declare_letters(&mut self) {
        for letter in &self.letters {
            if !self.sheet.names.has(letter) && crate::function::lookup(letter).is_none() {
                self.sheet.names.add_variable(letter);
            }
        }
    }

    /// Takes up lines of the preamble.
    fn declare(&mut self, separate: &[Span], own: &[Span]) {
        for unusable in preamble::take(&mut self.sheet, &self.preamble, separate) {
            self.report.preamble.push(unusable.error);
        }
        for unusable in preamble::take(&mut self.sheet, self.text, own) {
            let outcome = Outcome { message: Some(unusable.error), ..Outcome::of(Verdict::Unreadable) };
            self.note(unusable.span, outcome);
        }
    }

    /// A part with a preamble of its own begins: names of other parts mean nothing here.
    fn enter_part(&mut self, between: &str) {
        let between = between.to_lowercase();
        let found = self
            .parts
            .iter()
            .enumerate()
            .filter_map(|(at, part)| between.rfind(&part.heading).map(|place| (place, at)))
            .max();
        if let Some((_, at)) = found {
            let part = self.parts.remove(at);
            self.sheet = self.start.clone();
            self.chain = None;
            self.seen.clear();
            self.stated.clear();
            self.declare(&part.separate, &part.own);
            self.declare_letters();
        }
    }

    pub fn run(mut self) -> Report {
        let formulas = std::mem::take(&mut self.document.formulas);
        let plain: Vec<&str> = formulas
            .iter()
            .filter(|formula| formula.notation == Notation::Text)
            .map(|formula| &self.text[formula.span.start..formula.span.end])
            .collect();
        self.letters = letters::lone_letters(&plain.join("\n")).into_iter().collect();
        for formula in formulas.iter().filter(|formula| formula.notation == Notation::Latex) {
            for statement in claim::statements(self.text, formula) {
                // net = w x + b: who puts a word before an equals sign means a name.
                if let Some(first) = statement.sides.first()
                    && let Some(word) = self.text.get(first.span.start..first.span.end)
                    && word.len() > 2
                    && word.bytes().all(|byte| byte.is_ascii_lowercase())
                    && statement.sides.len() > 1
                {
                    self.letters.insert(word.to_owned());
                }
            }
        }
        self.declare_letters();
        self.find_open_names(&formulas);
        self.find_rates(&formulas);
        self.find_given_values(&formulas);
        let mut end = 0;
        for (at, formula) in formulas.iter().enumerate() {
            // From the line in which the last formula ended.
            let from =
                document::line_span(self.text, end.min(formula.span.start)).end.min(formula.span.start);
            let line = document::line_span(self.text, formula.span.start);
            let between = self.text[from..formula.span.start].lines();
            let own = &self.text[line.start..line.end];
            let is_new_line = line.start > end || end == 0;
            if between.clone().any(is_heading) || is_new_line && is_heading(own) {
                self.chapter += 1;
                self.sheet.values.clear();
                self.sheet.point.clone_from(&self.start.point);
                self.own_constants.clear();
                self.section += 1;
            } else if between.clone().any(is_item) || is_new_line && is_item(own) {
                self.section += 1;
            }
            self.enter_line(document::line_number(self.text, formula.span.start));
            self.enter_part(&self.text[end.min(formula.span.start)..formula.span.start]);
            end = formula.span.end;
            if let Some((place, what)) = self.not_of_ours(formula) {
                let error = Diagnostic::new(crate::diagnostic::Kind::Unsupported, format!("this is {what}"))
                    .at(place, "")
                    .help("only derivatives and what follows from them are checked");
                self.chain = None;
                self.note(place, Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) });
                continue;
            }
            if self.is_point(formula) {
                continue;
            }
            let condition = self.condition_behind(formula, formulas.get(at + 1));
            let statements = claim::statements(self.text, formula);
            if statements.is_empty() && self.text[formula.span.start..formula.span.end].contains('=') {
                // An unclosed bracket hides the relation: that is said rather than passed over.
                if let Err(error) = self.read(formula.span, formula.notation) {
                    let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
                    self.note(formula.span, outcome);
                }
            }
            for statement in statements {
                self.statement(&statement, formula, condition.as_ref());
            }
        }
        for (span, why) in std::mem::take(&mut self.document.skipped) {
            let error = Diagnostic::new(crate::diagnostic::Kind::Syntax, why).at(span, "");
            let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
            self.note(span, outcome);
        }
        self.report.lines.sort_by_key(|line| (line.number, line.span.start));
        self.report
    }

    /// Limits and integrals in plain text, which would be taken for names and arrows.
    fn not_of_ours(&self, formula: &Formula) -> Option<(Span, &'static str)> {
        if formula.notation != Notation::Text {
            return None;
        }
        let text = &self.text[formula.span.start..formula.span.end];
        let place =
            |at: usize, length: usize| Span::new(formula.span.start + at, formula.span.start + at + length);
        if let Some(at) = text.find('∫') {
            return Some((place(at, '∫'.len_utf8()), "an integral"));
        }
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        text.match_indices("lim")
            .find(|(at, _)| {
                !is_letter(text[..*at].chars().next_back())
                    && !is_letter(text[at + 3..].chars().next())
                    && text[at + 3..].contains(['→', '>'])
            })
            .map(|(at, word)| (place(at, word.len()), "a limit"))
    }

    /// `… for i ≠ j` behind a formula of the same line.
    fn condition_behind(&self, formula: &Formula, next: Option<&Formula>) -> Option<Tree> {
        let next = next.filter(|next| next.inline && formula.inline)?;
        let between = self.text.get(formula.span.end..next.span.start)?;
        if between.contains('\n') || !["for", "if", "when", "where"].iter().any(|w| between.contains(w)) {
            return None;
        }
        let statement = claim::statements(self.text, next).into_iter().find(|s| s.is_condition)?;
        let tree = side::read_condition(self.text, statement.span, next.notation, &self.sheet.names).ok()?;
        match &tree.kind {
            Kind::Relation(Relation::Equal | Relation::NotEqual, a, b)
                if lone_name(a).is_some() && lone_name(b).is_some() =>
            {
                Some(tree)
            }
            _ => None,
        }
    }

    fn statement(&mut self, statement: &Statement, formula: &Formula, condition: Option<&Tree>) {
        if statement.is_condition {
            self.take_condition(statement);
            return;
        }
        if statement.role == Role::Condition {
            self.take_value(statement);
            return;
        }
        if statement.sides.len() < 2 {
            return;
        }
        if statement.sides.first().is_some_and(|first| first.span.start < first.span.end) {
            self.leave_bars();
        }
        let sides = self.without_bars(statement);
        let Some((first, rest)) = sides.split_first() else { return };
        let leads = first.span.start >= first.span.end;
        let mut taken = 0;
        if !leads {
            self.end_chain();
            if self.solution(&sides, statement) {
                return;
            }
            match self.start(first, rest, statement, formula) {
                Some(used) => taken = used,
                None => return,
            }
        } else if self.chain.is_none() {
            let start = first.span.start;
            self.chain = Some(Chain {
                head: None,
                before: None,
                standing: Standing::Unknown,
                length: 0,
                start,
                is_equation: false,
            });
        }
        for (at, side) in rest.iter().enumerate().skip(taken) {
            if statement.role == Role::Demand && at + 1 == rest.len() {
                // It is to be made true, not said to be.
                self.take_demand(side, statement.notation);
                self.note(side.span, Outcome::of(Verdict::Given));
                self.chain = None;
                continue;
            }
            if side.span.start >= side.span.end {
                // A relation at the end of the line: the other side is on the next.
                continue;
            }
            let role = if at == 0 && rest.len() == 1 { statement.role } else { Role::Claim };
            let outcome = self.link_as(role, side, statement.notation, condition);
            self.note(side.span, outcome);
        }
    }

    pub(super) fn link(&mut self, side: &Side, notation: Notation, condition: Option<&Tree>) -> Outcome {
        self.link_as(Role::Claim, side, notation, condition)
    }

    fn take_condition(&mut self, statement: &Statement) {
        self.solution_set(statement);
        let Ok(tree) = side::read_condition(self.text, statement.span, statement.notation, &self.sheet.names)
        else {
            return;
        };
        if let Kind::Relation(relation, ..) = &tree.kind
            && *relation != Relation::Equal
        {
            let fact = Fact::Text(print::text(&tree));
            if self.sheet.problem(&[&tree], &[&fact], &[]).is_ok() {
                self.stated.push(fact);
            }
        }
    }

    fn end_chain(&mut self) {
        if let Some(chain) = self.chain.take()
            && let Some(head) = chain.head.clone()
            && chain.length > 0
            && !chain.is_equation
        {
            self.seen.retain(|(known, _)| *known != head);
            self.seen.push((head, chain));
        }
    }

    /// Judges one side against the chain, and lets the chain go on with it.
    fn link_as(&mut self, role: Role, side: &Side, notation: Notation, condition: Option<&Tree>) -> Outcome {
        let Some(mut chain) = self.chain.take() else {
            return Outcome::undecided("nothing stands before this line");
        };
        let outcome = match self.read(side.span, notation) {
            Err(error) => {
                chain.before = None;
                if chain.standing == Standing::Sound {
                    chain.standing = Standing::Unknown;
                }
                Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) }
            }
            Ok(tree) => {
                let mut outcome = self.judged(role, &chain, &tree, side, condition);
                chain.is_equation |= self.ended_equation(&chain, side);
                let is_open = outcome.verdict == Verdict::Given
                    && self.is_given(&chain, chain.head.as_ref().unwrap_or(&tree));
                match outcome.verdict {
                    Verdict::Right | Verdict::RightIf | Verdict::Rounding | Verdict::Given => {
                        if outcome.verdict != Verdict::Given {
                            chain.standing = Standing::Sound;
                        } else if is_open {
                            // What follows is compared with what is claimed of it.
                            if let Some(why) = chain.head.as_ref().map(|head| self.what_is_open(head)) {
                                outcome = Outcome::undecided(why);
                            }
                            chain.head = Some(tree.clone());
                            chain.before = Some(Read { tree: tree.clone() });
                            chain.length += 1;
                        }
                    }
                    Verdict::Wrong | Verdict::Shape | Verdict::Follows => chain.standing = Standing::Broken,
                    Verdict::Undecided | Verdict::Unreadable => {
                        if chain.standing == Standing::Sound {
                            chain.standing = Standing::Unknown;
                        }
                    }
                }
                if outcome.verdict != Verdict::Given && !is_open {
                    chain.before = Some(Read { tree: tree.clone() });
                    if side.link == Link::About {
                        // What follows is equal to this, and to what stands before it only about.
                        chain.head = None;
                    }
                    if chain.head.is_none() {
                        chain.head = Some(tree);
                    }
                    chain.length += 1;
                }
                outcome
            }
        };
        self.chain = Some(chain);
        outcome
    }

    /// Writes an outcome down at its line; of several on one line the gravest stays.
    pub(super) fn note(&mut self, span: Span, outcome: Outcome) {
        let number = document::line_number(self.text, span.start);
        let whole = document::line_span(self.text, span.start);
        let outcome = self.with_rates_shown(outcome);
        let (expected, expected_unicode) = outcome.expected.unzip();
        let line = Line {
            number,
            source: self.text[whole.start..whole.end].to_owned(),
            span,
            verdict: outcome.verdict,
            needs: outcome.needs,
            conditions: outcome.conditions,
            witness: outcome.witness,
            diagnosis: outcome.diagnosis,
            expected,
            expected_unicode,
            message: outcome.message,
        };
        match self.report.lines.iter_mut().find(|known| known.number == number) {
            None => self.report.lines.push(line),
            Some(known) => {
                for need in &line.needs {
                    if !known.needs.contains(need) {
                        known.needs.push(need.clone());
                    }
                }
                if line.verdict > known.verdict {
                    let needs = std::mem::take(&mut known.needs);
                    *known = Line { needs, ..line };
                }
            }
        }
    }
}

/// Lines after which names may get new meanings.
fn is_heading(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('#')
        || line.starts_with("\\section")
        || line.starts_with("\\subsection")
        || line.starts_with("---")
        || HEADINGS.iter().any(|word| line.starts_with(word))
}

/// Words that begin a new exercise.
const HEADINGS: [&str; 13] = [
    "Exercise", "Question", "Problem", "Task", "Example", "Part", "Aufgabe", "Übung", "Beispiel", "Teil",
    "Exercice", "Exemple", "Aufg.",
];

/// An item of a list.
fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("\\item") || super::plain::list_mark(line).is_some()
}
