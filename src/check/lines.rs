//! The verdict of each line: chains of sides, definitions, numbers and conditions, in the order of the document.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::{self, Link, Side, Statement, lone_name, read_side};
use super::decide::{Decision, Question, decide, indices_of, is_mild, own_conditions, simplest};
use super::document::{self, Document, Formula, Notation};
use super::hypothesis;
use super::mistakes::{self, Case};
use super::number::{self, Judgement, Written};
use super::preamble;
use super::rewrite::{has_derivative, map_parts, mentions};
use super::sheet::{Definition, Fact, Sheet};
use super::{Line, Report, Verdict, Witness};
use crate::diagnostic::Diagnostic;
use crate::function;
use crate::print;
use crate::span::Span;
use crate::syntax::Names;
use crate::syntax::tree::{DerivativeOperator, Kind, Relation, Tree};

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
    /// Counted by headings and by items of lists.
    section: usize,
    /// Counted by headings.
    chapter: usize,
    /// In which section and chapter a name was given its meaning.
    meanings: BTreeMap<String, (usize, usize)>,
    /// Heads of chains with their last sides, for lines that take one up again.
    seen: Vec<(Tree, Chain)>,
    /// Conditions that the document states, for lines that need one.
    stated: Vec<Fact>,
    /// What the document starts from, for parts with a preamble of their own.
    start: Sheet,
    /// Parts with a preamble of their own, by words of their heading.
    parts: Vec<Part>,
    preamble: String,
    /// Names that stand for something the document does not say, unless it defines them.
    open: BTreeSet<String>,
    /// Those of them that the document defines nowhere: they may depend on anything.
    implicit: BTreeSet<String>,
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
            chapter: 1,
            meanings: BTreeMap::new(),
            seen: Vec::new(),
            stated: Vec::new(),
            start: Sheet::default(),
            parts,
            preamble: preamble_text.to_owned(),
            open: BTreeSet::new(),
            implicit: BTreeSet::new(),
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
        self.find_open_names(&formulas);
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
                self.section += 1;
            } else if between.clone().any(|line| document::list_mark(line.trim_start()).is_some())
                || is_new_line && document::list_mark(own.trim_start()).is_some()
            {
                self.section += 1;
            }
            self.enter_part(&self.text[end.min(formula.span.start)..formula.span.start]);
            end = formula.span.end;
            let condition = self.condition_behind(formula, formulas.get(at + 1));
            let statements = claim::statements(self.text, formula);
            if statements.is_empty()
                && !formula.inline
                && self.text[formula.span.start..formula.span.end].contains('=')
            {
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

    /// Reads a side. A prime on something scalar is a derivative, a function that nobody defined is one of its own.
    fn read(&mut self, span: Span, notation: Notation) -> Result<Tree, Diagnostic> {
        let tree = match read_side(self.text, span, notation, &self.sheet.names) {
            Ok(tree) => tree,
            Err(error) => self.read_otherwise(span, notation).ok_or(error)?,
        };
        self.note_unknown_functions(&tree);
        self.without_primes(&tree, span)
    }

    fn note_unknown_functions(&mut self, tree: &Tree) {
        let mut called: Vec<String> = Vec::new();
        tree.walk(&mut |part| {
            if let Kind::Call { name, .. } = &part.kind {
                called.push(name.clone());
            }
        });
        for name in called {
            if function::lookup(&name).is_none()
                && !self.sheet.knows(&name)
                && !self.sheet.unknown.contains(&name)
            {
                self.sheet.names.add_function(&name, None);
                self.open.insert(name.clone());
                self.sheet.unknown.push(name);
            }
        }
    }

    /// `f(x)` where f was not declared, and `∂f/∂x` where f is a function.
    fn read_otherwise(&mut self, span: Span, notation: Notation) -> Option<Tree> {
        let text = &self.text[span.start..span.end];
        let mut names = self.sheet.names.clone();
        for name in claim::called_letters(text) {
            if !self.sheet.knows(&name) && !names.has(&name) {
                names.add_function(&name, None);
            }
        }
        if let Ok(tree) = read_side(self.text, span, notation, &names) {
            return Some(tree);
        }
        // Functions as names of their values.
        let mut names = Names::new();
        self.sheet.names.variables().for_each(|name| names.add_variable(name));
        self.sheet.functions.keys().for_each(|name| names.add_variable(name));
        read_side(self.text, span, notation, &names).ok()
    }

    fn without_primes(&mut self, tree: &Tree, span: Span) -> Result<Tree, Diagnostic> {
        if let Kind::Transpose(_) = &tree.kind {
            let (mut inner, mut times) = (tree, 0usize);
            while let Kind::Transpose(deeper) = &inner.kind
                && self.ends_with_prime(inner, span)
            {
                inner = deeper;
                times += 1;
            }
            if times > 0 {
                let unknown = match &inner.kind {
                    Kind::Name(name) if !self.sheet.knows(name) => Some(name.clone()),
                    _ => None,
                };
                if let Some(name) = unknown {
                    // The derivative of something that nobody defined: a name of its own.
                    let name = format!("{name}_{}", "d".repeat(times));
                    self.open.insert(name.clone());
                    return Ok(Tree::new(Kind::Name(name), tree.span));
                }
                if let Some((body, variable)) =
                    self.sheet.primed(inner).map_err(|e| claim::moved(e, span.start))?
                {
                    let operator = DerivativeOperator::Derivative;
                    let variables = (0..times).map(|_| Tree::name(variable.clone())).collect();
                    let kind = Kind::Derivative { operator, body: Box::new(body), variables };
                    return Ok(Tree::new(kind, tree.span));
                }
                return Ok(tree.clone());
            }
        }
        match &tree.kind {
            // [ … ] around one thing is a bracket.
            Kind::Array(parts)
                if let [only] = parts.as_slice()
                    && !matches!(only.kind, Kind::Array(_)) =>
            {
                return self.without_primes(only, span);
            }
            // a*dy/dx is written for a times dy/dx.
            Kind::Quotient(above, below)
                if let Kind::Product(factors) = &above.kind
                    && let Some((last, rest)) = factors.split_last()
                    && is_differential(last)
                    && is_differential(below) =>
            {
                let mut factors = rest.to_vec();
                let part = last.span.join(below.span);
                factors.push(Tree::new(Kind::Quotient(Box::new(last.clone()), below.clone()), part));
                return self.without_primes(&Tree::new(Kind::Product(factors), tree.span), span);
            }
            _ => {}
        }
        let mut failed = None;
        let made = map_parts(tree, &mut |part| match self.without_primes(part, span) {
            Ok(part) => part,
            Err(error) => {
                failed.get_or_insert(error);
                part.clone()
            }
        });
        failed.map_or(Ok(made), Err)
    }

    fn ends_with_prime(&self, tree: &Tree, span: Span) -> bool {
        let end = (span.start + tree.span.end).min(self.text.len());
        self.text.get(span.start + tree.span.start..end).is_some_and(|text| {
            let text = text.trim_end().trim_end_matches(['}', ' ']);
            text.ends_with(['\'', '′', '’', '″']) || text.ends_with("\\prime")
        })
    }

    /// Why a refutation would say nothing: something in the line depends on what the document does not say.
    fn open_question(&self, sides: &[&Tree]) -> Option<String> {
        for side in sides {
            let mut found = None;
            side.walk(&mut |part| {
                if found.is_some() {
                    return;
                }
                let is_unsaid = |name: &str, among: &BTreeSet<String>| {
                    among.contains(name)
                        && !self.sheet.knows(name)
                        && !name.strip_prefix('d').is_some_and(|name| self.sheet.knows(name))
                };
                match &part.kind {
                    Kind::Name(name)
                        if is_unsaid(name, &self.implicit)
                            || name.ends_with("_d")
                            || name.ends_with("_dd") =>
                    {
                        found =
                            Some(format!("nothing says what {} is", name.split("_d").next().unwrap_or(name)));
                    }
                    Kind::Derivative { body, .. }
                        if lone_name(body).is_some_and(|name| is_unsaid(&name, &self.open)) =>
                    {
                        found = lone_name(body).map(|name| format!("nothing says what {name} is"));
                    }
                    Kind::Call { name, .. } if self.open.contains(name) && !self.sheet.knows(name) => {
                        found = Some(format!("nothing says what {name} is"));
                    }
                    _ => {}
                }
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Something is used as a vector or a matrix that was never declared to be one: nothing can be said of such a line.
    fn undeclared(&self, sides: &[&Tree]) -> Option<String> {
        for side in sides {
            let mut found = None;
            side.walk(&mut |part| {
                if found.is_some() {
                    return;
                }
                found = match &part.kind {
                    Kind::Transpose(inner) => self.undeclared_in(inner),
                    Kind::Index(base, _) => self.undeclared_in(base),
                    Kind::Call { name, arguments, .. } if is_of_tensors(name) => {
                        arguments.iter().find_map(|argument| self.undeclared_in(argument))
                    }
                    _ => None,
                };
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn undeclared_in(&self, tree: &Tree) -> Option<String> {
        self.sheet.variables_of(tree).into_iter().find(|name| !self.sheet.knows(name)).map(|name| {
            format!("the shape of {name} is not declared; start the document with a line such as let {name}: R[n] or let {name}: R[m,n]")
        })
    }

    /// Names that are differentiated somewhere although nothing says what they are.
    fn find_open_names(&mut self, formulas: &[Formula]) {
        let mut defined: BTreeSet<String> = BTreeSet::new();
        for formula in formulas {
            for statement in claim::statements(self.text, formula) {
                if let Some(first) = statement.sides.first()
                    && let Ok(tree) = read_side(self.text, first.span, statement.notation, &self.sheet.names)
                {
                    defined.extend(lone_name(&tree));
                }
                for side in &statement.sides {
                    let Ok(tree) = read_side(self.text, side.span, statement.notation, &self.sheet.names)
                    else {
                        continue;
                    };
                    tree.walk(&mut |part| match &part.kind {
                        Kind::Derivative { body, variables, .. } => {
                            if let Some(name) = lone_name(body)
                                && !variables.iter().any(|variable| mentions(variable, &name))
                            {
                                self.open.insert(name);
                            }
                        }
                        Kind::Quotient(above, below) => {
                            if let (Some(above), Some(below)) = (lone_name(above), lone_name(below))
                                && let (Some(y), Some(x)) = (above.strip_prefix('d'), below.strip_prefix('d'))
                                && !y.is_empty()
                                && !x.is_empty()
                            {
                                self.open.insert(y.to_owned());
                                self.open.insert(above);
                            }
                        }
                        _ => {}
                    });
                }
            }
        }
        self.implicit = self.open.difference(&defined).cloned().collect();
    }

    fn take_condition(&mut self, statement: &Statement) {
        let Ok(tree) =
            claim::read_condition(self.text, statement.span, statement.notation, &self.sheet.names)
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
        {
            self.seen.retain(|(known, _)| *known != head);
            self.seen.push((head, chain));
        }
    }

    /// Begins a chain; says how many of the following sides were used up by a definition, or `None` if nothing is left to do.
    fn start(
        &mut self,
        first: &Side,
        rest: &[Side],
        statement: &Statement,
        formula: &Formula,
    ) -> Option<usize> {
        let notation = statement.notation;
        if let Some((name, parameters)) =
            claim::applied_name(self.text, first.span, notation, &self.sheet.names)
            && crate::function::lookup(&name).is_none()
            && !self.sheet.unknown.contains(&name)
            && !self.has_meaning(first.span, notation)
        {
            let is_value =
                self.sheet.definitions.contains_key(&name) || self.sheet.shapes.contains_key(&name);
            if is_value {
                // l(y, ŷ) for a name l: what it depends on is said, not computed.
                return self.start_with(
                    Tree::new(Kind::Name(name), first.span),
                    first,
                    rest,
                    statement,
                    formula,
                );
            }
            let is_new = !self.sheet.functions.contains_key(&name)
                || self.may_mean_anew(&name).0 && !self.is_that_function(&name, &parameters, rest, notation);
            if is_new {
                return self.define_function(name, parameters, first, rest, notation);
            }
        }
        match self.read(first.span, notation) {
            Ok(tree) => self.start_with(tree, first, rest, statement, formula),
            Err(error) => {
                self.chain = Some(Chain { head: None, before: None, standing: Standing::Unknown, length: 0 });
                let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
                self.note(first.span, outcome);
                Some(0)
            }
        }
    }

    /// Is it a call or an operator of the notation, such as `diff(a, b)`?
    fn has_meaning(&self, span: Span, notation: Notation) -> bool {
        let kind = read_side(self.text, span, notation, &self.sheet.names).map(|tree| tree.kind);
        match kind {
            Ok(Kind::Call { name, .. }) => function::lookup(&name).is_some(),
            Ok(Kind::Name(_) | Kind::Product(_)) | Err(_) => false,
            Ok(_) => true,
        }
    }

    /// May a name be given another meaning: since an item of a list, since a heading?
    fn may_mean_anew(&self, name: &str) -> (bool, bool) {
        self.meanings
            .get(name)
            .map_or((false, false), |(section, chapter)| (*section < self.section, *chapter < self.chapter))
    }

    /// Is `f(x) = …` true of the f that is known?
    fn is_that_function(
        &mut self,
        name: &str,
        parameters: &[String],
        rest: &[Side],
        notation: Notation,
    ) -> bool {
        let Some(side) = rest.first() else { return true };
        let Ok(value) = self.read(side.span, notation) else { return true };
        let arguments = parameters.iter().map(Tree::name).collect();
        decide(&self.sheet, &Tree::call(name, arguments), &value, &Question::default()).is_proved()
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
            let (weak, strong) = self.may_mean_anew(&name);
            let again = known.is_some() && weak;
            if known.is_none() || again {
                let value = match self.read(side.span, notation) {
                    Ok(value) => value,
                    Err(error) => {
                        self.chain = Some(Chain {
                            head: Some(head),
                            before: None,
                            standing: Standing::Unknown,
                            length: 0,
                        });
                        let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
                        self.note(side.span, outcome);
                        return Some(1);
                    }
                };
                let is_claim = again
                    && (self.sheet.is_numeric(&value) && !strong
                        || decide(&self.sheet, &head, &value, &Question::default()).is_proved());
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
        if !indices.is_empty()
            && (inline || self.sheet.is_numeric(&value))
            && self.sheet.shapes.contains_key(&name)
        {
            // "Assume y_k = 1": an assumption about one entry.
            return;
        }
        self.sheet.names.add_variable(&name);
        self.forget_lines_about(&name);
        self.meanings.insert(name.clone(), (self.section, self.chapter));
        self.sheet.definitions.insert(name, Definition { indices, value, special: None });
    }

    /// Lines about a name that means something else now are not taken up again.
    fn forget_lines_about(&mut self, name: &str) {
        let speaks = |tree: &Tree| {
            let mut found = false;
            tree.walk(&mut |part| {
                found |= match &part.kind {
                    Kind::Name(own) | Kind::Call { name: own, .. } => own == name,
                    _ => false,
                };
            });
            found
        };
        self.seen.retain(|(head, _)| !speaks(head));
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
                self.meanings.insert(name.clone(), (self.section, self.chapter));
                self.forget_lines_about(&name);
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
                let outcome = self.judge(&chain, &tree, side, condition);
                match outcome.verdict {
                    Verdict::Right | Verdict::RightIf | Verdict::Rounding | Verdict::Given => {
                        if outcome.verdict != Verdict::Given {
                            chain.standing = Standing::Sound;
                        } else if self.is_given(&chain, chain.head.as_ref().unwrap_or(&tree)) {
                            chain.head = Some(tree.clone());
                            chain.before = Some(Read { tree: tree.clone(), span: side.span });
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
        if self.is_given(chain, head) {
            return Outcome::of(Verdict::Given);
        }
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
        } else if self.sheet.is_numeric(tree)
            && self.sheet.is_numeric(head)
            && has_decimals(self.text, side.span)
        {
            return self.judge_number(chain, head, written, side.link == Link::About);
        }
        self.judge_formula(chain, head, before, tree, side, condition)
    }

    /// `df/dx = …` with an f that nobody defined says what the derivative is.
    fn is_given(&self, chain: &Chain, head: &Tree) -> bool {
        chain.length == 0
            && match &head.kind {
                Kind::Derivative { body, .. } => {
                    let name = match &body.kind {
                        Kind::Name(name) => Some(name),
                        Kind::Call { name, .. } => Some(name),
                        _ => None,
                    };
                    name.is_some_and(|name| self.open.contains(name) && !self.sheet.knows(name))
                }
                Kind::Name(name) => self.open.contains(name) && !self.sheet.knows(name),
                Kind::Quotient(above, _) => lone_name(above).is_some_and(|name| {
                    let known = |name: &str| self.sheet.knows(name);
                    self.open.contains(&name) && !known(&name) && !name.strip_prefix('d').is_some_and(known)
                }),
                Kind::Call { name, primes, .. } => *primes > 0 && self.sheet.unknown.contains(name),
                _ => false,
            }
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
        let is_expression = !has_derivative(head)
            && !matches!(head.kind, Kind::Name(_) | Kind::Call { .. } | Kind::Transpose(_));
        (is_known || is_expression) && !decide(&self.sheet, head, tree, &Question::default()).is_proved()
    }

    fn judge_number(&mut self, chain: &Chain, head: &Tree, written: Written, about: bool) -> Outcome {
        let before = chain
            .before
            .as_ref()
            .filter(|before| self.sheet.is_numeric(&before.tree))
            .map(|before| Written { tree: &before.tree, text: self.text, span: before.span });
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
        let mut sides = vec![head, tree];
        sides.extend(before.map(|before| &before.tree));
        if let Some(why) = self.undeclared(&sides) {
            return Outcome::undecided(why);
        }
        let step = before.map(|before| (before, decide(&self.sheet, &before.tree, tree, &question)));
        if let Some((before, step)) = &step
            && step.is_proved()
            && chain.standing == Standing::Sound
        {
            if self.leaves_an_index(head, &before.tree, tree)
                && !decide(&self.sheet, head, tree, &question).is_proved()
            {
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
        if let Some(why) = self.open_question(&sides) {
            return Outcome::undecided(why);
        }
        if let Some(outcome) = self.with_hypothesis(chain.standing, head, before, tree, condition) {
            return outcome;
        }
        let reason = match (&step, &truth) {
            (_, Decision::Refuted(_) | Decision::Shape(_)) => truth.clone(),
            (Some(step @ (Decision::Refuted(_) | Decision::Shape(_))), _)
                if chain.standing == Standing::Sound =>
            {
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
        // What was asked is no answer.
        let expected = simplest(&self.sheet, head)
            .filter(|simple| simple != head)
            .map(|tree| (print::text(&tree), print::unicode(&tree)));
        Outcome { witness, diagnosis, expected, ..Outcome::of(Verdict::Wrong) }
    }

    /// Is an index gone that the line before had, and that something was said about?
    fn leaves_an_index(&self, head: &Tree, before: &Tree, tree: &Tree) -> bool {
        let own = indices_of(&self.sheet, &[head, tree]);
        indices_of(&self.sheet, &[before])
            .iter()
            .any(|index| !own.contains(index) && self.sheet.speaks_of(index))
    }

    /// A line that holds: right, or right where its conditions do.
    fn proved(&self, left: &Tree, right: &Tree, decision: &Decision) -> Outcome {
        let Decision::Proved { conditions } = decision else { return Outcome::of(Verdict::Right) };
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
        if needed.is_empty() || mistakes::loses_points(&self.sheet, left, right) == Some(false) {
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
        let possible =
            hypothesis::candidates(&self.sheet, &sides, &indices).into_iter().map(|fact| (fact, false));
        for (fact, is_stated) in from_document.chain(possible).collect::<Vec<_>>() {
            let question = Question { hypotheses: vec![fact.clone()], condition, ..Question::default() };
            let decision = decide(&self.sheet, head, tree, &question);
            let holds = decision.is_proved()
                || standing == Standing::Sound
                    && before
                        .is_some_and(|before| decide(&self.sheet, &before.tree, tree, &question).is_proved());
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

/// `dx`, as a name.
fn is_differential(tree: &Tree) -> bool {
    lone_name(tree).is_some_and(|name| name.strip_prefix('d').is_some_and(|rest| !rest.is_empty()))
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

/// Does the function look at whole vectors or matrices?
fn is_of_tensors(name: &str) -> bool {
    function::lookup(name).is_some_and(|id| !function::row(id).is_elementwise())
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
