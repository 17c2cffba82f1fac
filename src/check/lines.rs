//! The verdict of each line: chains of sides, definitions, numbers and conditions, in the order of the document.

use super::claim::{self, Link, Side, Statement, lone_name, read_side};
use super::decide::{Decision, Question, decide, indices_of, is_mild, own_conditions, simplest};
use super::document::{self, Document, Formula, Notation};
use super::hypothesis;
use super::mistakes::{self, Case};
use super::number::{self, Judgement, Written};
use super::preamble;
use super::rewrite::{has_derivative, mentions};
use super::sheet::{Definition, Fact, Sheet};
use super::{Line, Report, Verdict, Witness};
use crate::diagnostic::Diagnostic;
use crate::print;
use crate::span::Span;
use crate::syntax::tree::{Kind, Relation, Tree};

/// How far a chain can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// All lines so far hold.
    Sound,
    /// One was wrong.
    Broken,
    /// One was not decided or could not be read.
    Unknown,
}

/// Sides that are claimed to be equal.
#[derive(Clone, Debug)]
struct Chain {
    /// What it starts from.
    head: Option<Tree>,
    /// The side before, if it could be read.
    before: Option<Read>,
    standing: Standing,
    /// How many sides followed the head.
    length: usize,
}

/// A side that was read.
#[derive(Clone, Debug)]
struct Read {
    tree: Tree,
    span: Span,
}

/// What was found out about one link.
struct Outcome {
    verdict: Verdict,
    needs: Vec<String>,
    conditions: Vec<String>,
    witness: Option<Witness>,
    diagnosis: Vec<super::Diagnosis>,
    expected: Option<(String, String)>,
    message: Option<Diagnostic>,
}

impl Outcome {
    fn of(verdict: Verdict) -> Self {
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

    fn undecided(why: impl Into<String>) -> Self {
        Outcome {
            message: Some(Diagnostic::new(crate::diagnostic::Kind::Unsupported, why)),
            ..Outcome::of(Verdict::Undecided)
        }
    }
}

pub(super) struct Checker<'t> {
    text: &'t str,
    document: Document,
    sheet: Sheet,
    report: Report,
    chain: Option<Chain>,
    section: usize,
    /// Heads of chains with their last sides, for lines that take one up again.
    seen: Vec<(Tree, Chain)>,
    /// Conditions that the document states, for lines that need one.
    stated: Vec<Fact>,
    /// What the document starts from, for parts with a preamble of their own.
    start: Sheet,
    /// Parts with a preamble of their own, by words of their heading.
    parts: Vec<Part>,
    preamble: String,
}

/// Lines of the preamble for one part of the document.
struct Part {
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
        parts.extend(
            by_part(text, &document.preamble)
                .into_iter()
                .map(|(heading, own)| Part { heading, separate: Vec::new(), own }),
        );
        let (whole, parts): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(|part| part.heading.is_empty());
        let mut checker = Checker {
            text,
            document,
            sheet: Sheet::default(),
            report: Report::default(),
            chain: None,
            section: 1,
            seen: Vec::new(),
            stated: Vec::new(),
            start: Sheet::default(),
            parts,
            preamble: preamble_text.to_owned(),
        };
        for part in &whole {
            checker.declare(&part.separate, &part.own);
        }
        checker.start = checker.sheet.clone();
        checker
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
        }
    }

    pub fn run(mut self) -> Report {
        let formulas = std::mem::take(&mut self.document.formulas);
        let mut end = 0;
        for (at, formula) in formulas.iter().enumerate() {
            if self.text[end.min(formula.span.start)..formula.span.start].lines().any(is_heading) {
                self.section += 1;
            }
            self.enter_part(&self.text[end.min(formula.span.start)..formula.span.start]);
            end = formula.span.end;
            let condition = self.condition_behind(formula, formulas.get(at + 1));
            for statement in claim::statements(self.text, formula) {
                self.statement(&statement, formula, condition.as_ref());
            }
        }
        self.report.lines.sort_by_key(|line| (line.number, line.span.start));
        self.report
    }

    /// `… for i ≠ j` behind a formula of the same line.
    fn condition_behind(&self, formula: &Formula, next: Option<&Formula>) -> Option<Tree> {
        let next = next.filter(|next| next.inline && formula.inline)?;
        let between = self.text.get(formula.span.end..next.span.start)?;
        if between.contains('\n') || !["for", "if", "when", "where"].iter().any(|w| between.contains(w)) {
            return None;
        }
        let statement = claim::statements(self.text, next).into_iter().find(|s| s.is_condition)?;
        let tree = claim::read_condition(self.text, statement.span, next.notation, &self.sheet.names).ok()?;
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
        let Some((first, rest)) = statement.sides.split_first() else { return };
        let leads = first.span.start >= first.span.end;
        if rest.is_empty() {
            return;
        }
        let mut taken = 0;
        if !leads {
            self.end_chain();
            match self.start(first, rest, statement, formula) {
                Some(used) => taken = used,
                None => return,
            }
        } else if self.chain.is_none() {
            self.chain = Some(Chain { head: None, before: None, standing: Standing::Unknown, length: 0 });
        }
        for side in rest.iter().skip(taken) {
            if side.span.start >= side.span.end {
                // A relation at the end of the line: the other side is on the next.
                continue;
            }
            let outcome = self.link(side, statement.notation, condition);
            self.note(side.span, outcome);
        }
    }

    fn take_condition(&mut self, statement: &Statement) {
        let Ok(tree) = claim::read_condition(self.text, statement.span, statement.notation, &self.sheet.names) else {
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
        {
            self.seen.retain(|(known, _)| *known != head);
            self.seen.push((head, chain));
        }
    }

    /// Begins a chain; says how many of the following sides were used up by a definition, or `None` if nothing is left to do.
    fn start(&mut self, first: &Side, rest: &[Side], statement: &Statement, formula: &Formula) -> Option<usize> {
        let notation = statement.notation;
        if let Some((name, parameters)) =
            claim::applied_name(self.text, first.span, notation, &self.sheet.names)
            && crate::function::lookup(&name).is_none()
            && !self.sheet.unknown.contains(&name)
        {
            let is_value = self.sheet.definitions.contains_key(&name) || self.sheet.shapes.contains_key(&name);
            if is_value {
                // l(y, ŷ) for a name l: what it depends on is said, not computed.
                return self.start_with(Tree::new(Kind::Name(name), first.span), first, rest, statement, formula);
            }
            if !self.sheet.functions.contains_key(&name) {
                return self.define_function(name, parameters, first, rest, notation);
            }
        }
        match read_side(self.text, first.span, notation, &self.sheet.names) {
            Ok(tree) => self.start_with(tree, first, rest, statement, formula),
            Err(error) => {
                self.chain = Some(Chain { head: None, before: None, standing: Standing::Unknown, length: 0 });
                let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
                self.note(first.span, outcome);
                Some(0)
            }
        }
    }

    fn start_with(
        &mut self,
        head: Tree,
        first: &Side,
        rest: &[Side],
        statement: &Statement,
        formula: &Formula,
    ) -> Option<usize> {
        let notation = statement.notation;
        let (name, indices) = match &head.kind {
            Kind::Name(name) => (Some(name.clone()), Vec::new()),
            Kind::Index(base, indices) => {
                let own: Option<Vec<String>> = indices.iter().map(lone_name).collect();
                (lone_name(base).filter(|_| own.is_some()), own.unwrap_or_default())
            }
            _ => (None, Vec::new()),
        };
        if let Some(name) = name
            && !matches!(name.as_str(), "pi" | "π" | "e")
            && let Some(side) = rest.first()
        {
            let known = self.sheet.definitions.get(&name);
            let again = known.is_some_and(|known| known.section != 0 && known.section < self.section);
            if known.is_none() || again {
                let value = match read_side(self.text, side.span, notation, &self.sheet.names) {
                    Ok(value) => value,
                    Err(error) => {
                        self.chain = Some(Chain { head: Some(head), before: None, standing: Standing::Unknown, length: 0 });
                        let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
                        self.note(side.span, outcome);
                        return Some(1);
                    }
                };
                let is_claim = again && {
                    let question = Question::default();
                    decide(&self.sheet, &head, &value, &question).is_proved()
                };
                if !is_claim && !mentions(&value, &name) {
                    self.define(name, indices, value.clone(), formula.inline);
                    self.chain = Some(Chain {
                        head: Some(value.clone()),
                        before: Some(Read { tree: value, span: side.span }),
                        standing: Standing::Sound,
                        length: 1,
                    });
                    self.note(first.span, Outcome::of(Verdict::Given));
                    return Some(1);
                }
            }
        }
        // The same left side again: the chain goes on.
        if let Some(at) = self.seen.iter().rposition(|(known, _)| *known == head) {
            let (_, chain) = self.seen.remove(at);
            self.chain = Some(chain);
            return Some(0);
        }
        self.chain = Some(Chain {
            before: Some(Read { tree: head.clone(), span: first.span }),
            head: Some(head),
            standing: Standing::Sound,
            length: 0,
        });
        Some(0)
    }

    /// Takes up `name = value`.
    fn define(&mut self, name: String, indices: Vec<String>, value: Tree, inline: bool) {
        if indices.is_empty() && self.sheet.is_numeric(&value) {
            // A value of a variable is known from here on, and may be put in or not.
            self.sheet.values.insert(name.clone(), value);
            self.sheet.names.add_variable(&name);
            return;
        }
        if !indices.is_empty() && (inline || self.sheet.is_numeric(&value)) && self.sheet.shapes.contains_key(&name) {
            // "Assume y_k = 1": an assumption about one entry.
            return;
        }
        self.sheet.names.add_variable(&name);
        self.sheet
            .definitions
            .insert(name, Definition { indices, value, special: None, section: self.section });
    }

    fn define_function(
        &mut self,
        name: String,
        parameters: Vec<String>,
        first: &Side,
        rest: &[Side],
        notation: Notation,
    ) -> Option<usize> {
        let side = rest.first()?;
        let mut names = self.sheet.names.clone();
        parameters.iter().for_each(|parameter| names.add_variable(parameter));
        match read_side(self.text, side.span, notation, &names) {
            Ok(value) => {
                self.sheet.names.add_function(&name, Some(parameters.len()));
                self.chain = Some(Chain {
                    head: Some(value.clone()),
                    before: Some(Read { tree: value.clone(), span: side.span }),
                    standing: Standing::Sound,
                    length: 1,
                });
                self.sheet.functions.insert(name, (parameters, value));
                self.note(first.span, Outcome::of(Verdict::Given));
            }
            Err(error) => {
                self.chain = Some(Chain { head: None, before: None, standing: Standing::Unknown, length: 0 });
                let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
                self.note(side.span, outcome);
            }
        }
        Some(1)
    }

    /// Judges one side against the chain, and lets the chain go on with it.
    fn link(&mut self, side: &Side, notation: Notation, condition: Option<&Tree>) -> Outcome {
        let Some(mut chain) = self.chain.take() else { return Outcome::undecided("nothing stands before this line") };
        let outcome = match read_side(self.text, side.span, notation, &self.sheet.names) {
            Err(error) => {
                chain.before = None;
                if chain.standing == Standing::Sound {
                    chain.standing = Standing::Unknown;
                }
                Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) }
            }
            Ok(tree) => {
                let outcome = self.judge(&chain, &tree, side, condition);
                match outcome.verdict {
                    Verdict::Right | Verdict::RightIf | Verdict::Rounding | Verdict::Given => {
                        if outcome.verdict != Verdict::Given {
                            chain.standing = Standing::Sound;
                        }
                    }
                    Verdict::Wrong | Verdict::Shape | Verdict::Follows => chain.standing = Standing::Broken,
                    Verdict::Undecided | Verdict::Unreadable => {
                        if chain.standing == Standing::Sound {
                            chain.standing = Standing::Unknown;
                        }
                    }
                }
                if outcome.verdict != Verdict::Given {
                    chain.before = Some(Read { tree: tree.clone(), span: side.span });
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

    fn judge(&mut self, chain: &Chain, tree: &Tree, side: &Side, condition: Option<&Tree>) -> Outcome {
        let Some(head) = &chain.head else {
            // What the chain starts from could not be read: this side is where it starts again.
            return match &chain.before {
                None => Outcome::undecided("what stands before it could not be read"),
                Some(_) => Outcome::of(Verdict::Right),
            };
        };
        let before = chain.before.as_ref();
        let written = Written { tree, text: self.text, span: side.span };
        if self.is_number(tree) && !self.sheet.is_numeric(head) {
            let variables = self.sheet.variables_of(head);
            let has_values = variables
                .iter()
                .all(|name| self.sheet.point.contains_key(name) || self.sheet.values.contains_key(name));
            if self.is_equation(chain, head, tree) {
                return Outcome::of(Verdict::Given);
            }
            if has_values {
                return self.judge_number(chain, head, written, side.link == Link::About);
            }
        } else if self.sheet.is_numeric(tree) && self.sheet.is_numeric(head) && has_decimals(self.text, side.span) {
            return self.judge_number(chain, head, written, side.link == Link::About);
        }
        self.judge_formula(chain, head, before, tree, side, condition)
    }

    /// A number, or a list of numbers.
    fn is_number(&self, tree: &Tree) -> bool {
        self.sheet.is_numeric(tree)
    }

    /// "f′(x) = 0" after f′ was computed asks for x; it does not claim.
    fn is_equation(&self, chain: &Chain, head: &Tree, tree: &Tree) -> bool {
        let is_zero = matches!(&tree.kind, Kind::Number(q) if q.is_zero());
        if !is_zero {
            return false;
        }
        let is_known = chain.length > 0
            || self.seen.iter().any(|(known, chain)| {
                known == head || chain.before.as_ref().is_some_and(|last| last.tree == *head)
            });
        let is_expression = !has_derivative(head) && !matches!(head.kind, Kind::Name(_) | Kind::Call { .. } | Kind::Transpose(_));
        (is_known || is_expression) && !decide(&self.sheet, head, tree, &Question::default()).is_proved()
    }

    fn judge_number(&mut self, chain: &Chain, head: &Tree, written: Written, about: bool) -> Outcome {
        let before = chain.before.as_ref().filter(|before| self.sheet.is_numeric(&before.tree)).map(|before| Written {
            tree: &before.tree,
            text: self.text,
            span: before.span,
        });
        match number::judge(&self.sheet, head, written, before, about) {
            Judgement::Right => Outcome::of(Verdict::Right),
            Judgement::Rounding { expected } => {
                Outcome { expected: Some((expected.clone(), expected)), ..Outcome::of(Verdict::Rounding) }
            }
            Judgement::Undecided(why) => Outcome::undecided(why),
            Judgement::Wrong { expected, witness } => {
                if chain.standing == Standing::Broken
                    && let Some(before) = &chain.before
                    && matches!(
                        number::judge(&self.sheet, &before.tree, written, None, about),
                        Judgement::Right | Judgement::Rounding { .. }
                    )
                {
                    return Outcome::of(Verdict::Follows);
                }
                Outcome {
                    witness: Some(witness),
                    expected: Some((expected.clone(), expected)),
                    ..Outcome::of(Verdict::Wrong)
                }
            }
        }
    }

    fn judge_formula(
        &mut self,
        chain: &Chain,
        head: &Tree,
        before: Option<&Read>,
        tree: &Tree,
        side: &Side,
        condition: Option<&Tree>,
    ) -> Outcome {
        let question = Question { condition, ..Question::default() };
        let step = before.map(|before| (before, decide(&self.sheet, &before.tree, tree, &question)));
        if let Some((before, step)) = &step
            && step.is_proved()
            && chain.standing == Standing::Sound
        {
            if self.leaves_an_index(head, &before.tree, tree) && !decide(&self.sheet, head, tree, &question).is_proved() {
                // The lines before spoke of one index; this one speaks of all.
                if let Some(outcome) = self.with_hypothesis(Standing::Unknown, head, None, tree, condition) {
                    return outcome;
                }
            }
            return self.proved(&before.tree, tree, step);
        }
        let is_first = chain.length == 0;
        let truth = match step {
            Some((_, ref step)) if is_first => step.clone(),
            _ => decide(&self.sheet, head, tree, &question),
        };
        if truth.is_proved() {
            return self.proved(head, tree, &truth);
        }
        let step = step.map(|(_, step)| step);
        if step.as_ref().is_some_and(Decision::is_proved) {
            return match chain.standing {
                Standing::Broken => Outcome::of(Verdict::Follows),
                _ => Outcome::undecided("it follows from the line before, which was not decided"),
            };
        }
        if let Some(outcome) = self.with_hypothesis(chain.standing, head, before, tree, condition) {
            return outcome;
        }
        let reason = match (&step, &truth) {
            (_, Decision::Refuted(_) | Decision::Shape(_)) => truth.clone(),
            (Some(step @ (Decision::Refuted(_) | Decision::Shape(_))), _) if chain.standing == Standing::Sound => {
                // Every line before holds where it is defined, so what differs from the last differs from the first.
                step.clone()
            }
            (_, other) => (*other).clone(),
        };
        match reason {
            Decision::Refuted(witness) => {
                if side.link == Link::About && is_close(&witness) {
                    return Outcome::of(Verdict::Right);
                }
                self.wrong(head, before, tree, Some(witness), &question)
            }
            Decision::Shape(error) => {
                let outcome = self.wrong(head, before, tree, None, &question);
                Outcome { verdict: Verdict::Shape, message: Some(error), ..outcome }
            }
            Decision::Undecided(why) => Outcome::undecided(why),
            Decision::Proved { .. } => Outcome::of(Verdict::Right),
        }
    }

    fn wrong(
        &self,
        head: &Tree,
        before: Option<&Read>,
        tree: &Tree,
        witness: Option<Witness>,
        question: &Question,
    ) -> Outcome {
        let case = Case {
            sheet: &self.sheet,
            head,
            before: before.map(|before| &before.tree),
            written: tree,
            condition: question.condition,
        };
        let diagnosis = mistakes::diagnose(&case);
        let expected = simplest(&self.sheet, head).map(|tree| (print::text(&tree), print::unicode(&tree)));
        Outcome { witness, diagnosis, expected, ..Outcome::of(Verdict::Wrong) }
    }

    /// Is an index gone that the line before had, and that something was said about?
    fn leaves_an_index(&self, head: &Tree, before: &Tree, tree: &Tree) -> bool {
        let own = indices_of(&self.sheet, &[head, tree]);
        indices_of(&self.sheet, &[before]).iter().any(|index| !own.contains(index) && self.sheet.speaks_of(index))
    }

    /// A line that holds: right, or right where its conditions do.
    fn proved(&self, left: &Tree, right: &Tree, decision: &Decision) -> Outcome {
        let Decision::Proved { conditions, .. } = decision else { return Outcome::of(Verdict::Right) };
        let (mild, strict): (Vec<&Tree>, Vec<&Tree>) = conditions.iter().partition(|c| is_mild(c));
        let mut outcome = Outcome::of(Verdict::Right);
        outcome.conditions = mild.iter().map(|c| print::text(c)).collect();
        if strict.is_empty() {
            return outcome;
        }
        // Where the line before is defined is understood; what only this line asks for is said.
        let own = own_conditions(&self.sheet, left, right);
        let stated: Vec<&str> = self.stated.iter().map(Fact::text).collect();
        let needed: Vec<String> = strict
            .iter()
            .map(|c| print::text(c))
            .filter(|text| !own.contains(text) && !stated.contains(&text.as_str()))
            .collect();
        if needed.is_empty() {
            return outcome;
        }
        Outcome { verdict: Verdict::RightIf, needs: needed, ..outcome }
    }

    /// Would the line hold under a fact that was not stated?
    fn with_hypothesis(
        &mut self,
        standing: Standing,
        head: &Tree,
        before: Option<&Read>,
        tree: &Tree,
        condition: Option<&Tree>,
    ) -> Option<Outcome> {
        let mut sides = vec![head, tree];
        sides.extend(before.map(|before| &before.tree));
        let indices = indices_of(&self.sheet, &sides);
        let from_document = self.stated.iter().map(|fact| (fact.clone(), true));
        let possible = hypothesis::candidates(&self.sheet, &sides, &indices).into_iter().map(|fact| (fact, false));
        for (fact, is_stated) in from_document.chain(possible).collect::<Vec<_>>() {
            let question = Question { hypotheses: vec![fact.clone()], condition, ..Question::default() };
            let decision = decide(&self.sheet, head, tree, &question);
            let holds = decision.is_proved()
                || standing == Standing::Sound
                    && before.is_some_and(|before| decide(&self.sheet, &before.tree, tree, &question).is_proved());
            if !holds {
                continue;
            }
            if is_stated {
                return Some(Outcome::of(Verdict::Right));
            }
            let text = fact.text().to_owned();
            let about = match &fact {
                Fact::Component { index, value, .. } => {
                    super::rewrite::names_of(value).into_iter().filter(|name| name != index).collect()
                }
                _ => Vec::new(),
            };
            self.sheet.facts.push((fact, about));
            return Some(Outcome { needs: vec![text], ..Outcome::of(Verdict::RightIf) });
        }
        None
    }

    /// Writes an outcome down at its line; of several on one line the gravest stays.
    fn note(&mut self, span: Span, outcome: Outcome) {
        let number = document::line_number(self.text, span.start);
        let whole = document::line_span(self.text, span.start);
        let (expected, expected_unicode) = match outcome.expected {
            Some((text, unicode)) => (Some(text), Some(unicode)),
            None => (None, None),
        };
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
        || ["Exercise", "Question", "Problem", "Task"].iter().any(|word| line.starts_with(word))
}

fn has_decimals(text: &str, span: Span) -> bool {
    text[span.start..span.end].contains('.')
}

/// Do both sides agree to a percent?
fn is_close(witness: &Witness) -> bool {
    match (witness.left.scalar(), witness.right.scalar()) {
        (Some(a), Some(b)) => (a - b).abs() <= 0.01 * a.abs().max(b.abs()),
        _ => false,
    }
}
