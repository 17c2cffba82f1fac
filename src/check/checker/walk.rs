//! The way through a document: what is looked at before anything is judged, then formula by formula, sentence by sentence.
//!
//! This file knows in which order things are done; what is done with a statement is in `statements`.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{Checker, Gap, Outcome};
use super::parts::by_part;
use super::values::Given;
use crate::check::Depth;
use crate::check::Verdict;
use crate::check::document::boundaries::{boundaries, labelled};
use crate::check::document::claim::Statement;
use crate::check::document::letters;
use crate::check::document::prose;
use crate::check::document::scopes::{Mention, Place, Scopes};
use crate::check::document::sentences::{self, Placed, Sentence};
use crate::check::document::spaces;
use crate::check::document::{self, Formula, LineIndex, Notation};
use crate::check::equations::Solving;
use crate::check::preamble;
use crate::check::sheet::Sheet;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::span::Span;

/// How far the checker has come.
struct Walk<'f> {
    formulas: &'f [Formula],
    /// For each formula that was come to: is there anything to judge in it?
    entered: Vec<Option<bool>>,
    /// Where the last formula ended.
    end: usize,
    /// Where the last statement ended.
    said: usize,
}

impl<'t> Checker<'t> {
    /// A checker that has read the declarations.
    pub fn new(text: &'t str, preamble_text: &str, depth: Depth) -> Self {
        let document = document::read(text);
        let lines: Vec<Span> = document::lines(preamble_text, 0)
            .map(|(span, _)| span)
            .filter(|span| preamble_text[span.start..span.end].trim() != "---")
            .collect();
        let mut parts = by_part(preamble_text, &lines, true);
        parts.extend(by_part(text, &document.preamble, false));
        let mut checker = Checker {
            text,
            lines: LineIndex::new(text),
            document,
            sheet: Sheet::default(),
            report: crate::check::Report::default(),
            chain: None,
            scopes: Scopes::default(),
            here: Place::default(),
            section: 1,
            solving: Solving::default(),
            ahead: Vec::new(),
            chapter: 1,
            meanings: BTreeMap::new(),
            seen: Vec::new(),
            stated: Vec::new(),
            lasting: Vec::new(),
            said_where: Vec::new(),
            supposed: Vec::new(),
            is_after_unknown: false,
            is_drawn: false,
            gap: Gap::default(),
            expression: None,
            beside: Vec::new(),
            tainted: BTreeSet::new(),
            functional: BTreeSet::new(),
            primed_calls: letters::primed_calls(text),
            noted: BTreeMap::new(),
            start: Sheet::default(),
            parts,
            preamble: preamble_text.to_owned(),
            open: BTreeSet::new(),
            letters: BTreeSet::new(),
            at_bar: Vec::new(),
            implicit: BTreeSet::new(),
            families: BTreeMap::new(),
            depth,
            subject: None,
            written_numbers: BTreeMap::new(),
            rates: Vec::new(),
            own_constants: BTreeMap::new(),
            heads: BTreeMap::new(),
            unread: BTreeSet::new(),
            second: BTreeMap::new(),
            given: Given::default(),
        };
        checker.declare_whole();
        checker
    }

    /// Goes through the document.
    pub fn run(mut self) -> crate::check::Report {
        let formulas = std::mem::take(&mut self.document.formulas);
        let all = sentences::placed(self.text, &formulas);
        self.sheet.has_rows = says_rows(self.text);
        self.take_spaces(&formulas);
        self.learn_letters(&formulas, &all);
        self.declare_letters();
        self.find_open_names(&formulas);
        self.find_rates(&formulas);
        self.find_given_values(&formulas);
        self.functional = letters::primed_letters(self.text).into_iter().chain(self.open.clone()).collect();
        let heads: Vec<(String, &str)> =
            all.iter().filter_map(|placed| self.head_of(placed.statement.as_ref()?)).collect();
        let is_general = |(_, own): &(String, &str)| letters::value_at_place(own).is_none();
        self.functional.extend(heads.into_iter().filter(is_general).map(|(name, _)| name));
        let mentions: Vec<Mention> = all
            .iter()
            .filter_map(|placed| mention(self.text, placed.row, placed.statement.as_ref()?))
            .collect();
        let spoken: BTreeSet<&str> =
            mentions.iter().filter_map(|mention| mention.defines.as_deref()).collect();
        let spans: Vec<Span> = formulas.iter().map(|formula| formula.span).collect();
        let body = self.document.body;
        let mut bounds = boundaries(self.text, body, &spans);
        let statements = all.iter().filter_map(|placed| placed.statement.as_ref());
        bounds.extend(
            statements
                .filter(|statement| statement.is_labelled)
                .map(|statement| labelled(statement.span.start)),
        );
        bounds.sort_by_key(|(at, _)| *at);
        self.scopes = Scopes::new(self.text, body, bounds, &mentions);
        let sentences = sentences::sentences(
            self.text,
            &formulas,
            &all,
            &|from, to| self.scopes.crossed(from, to).end,
            &|name| spoken.contains(crate::syntax::letter_of(name).as_str()),
        );
        let mut walk = Walk { formulas: &formulas, entered: vec![None; formulas.len()], end: 0, said: 0 };
        for sentence in &sentences {
            self.sentence(sentence, &all, &mut walk);
        }
        for (span, why) in std::mem::take(&mut self.document.skipped) {
            let error = Diagnostic::new(Cause::Syntax, why).at(span, "");
            self.note(span, Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) });
        }
        self.leave_parts();
        self.report.lines.sort_by_key(|line| (line.number, line.span.start));
        self.report
    }

    /// The name of the function at the head of a statement, and the head as it stands.
    fn head_of(&self, statement: &Statement) -> Option<(String, &'t str)> {
        let first = statement.sides.first().filter(|_| statement.sides.len() > 1)?;
        let own = self.text.get(first.span.start..first.span.end)?;
        let (name, _) =
            crate::check::side::applied_name(self.text, first.span, statement.notation, &self.sheet.names)?;
        Some((name, own))
    }

    /// Takes up the shapes that sentences declare.
    fn take_spaces(&mut self, formulas: &[Formula]) {
        for formula in formulas {
            let text = self.text.get(formula.span.start..formula.span.end).unwrap_or("");
            if !text.contains("\\in") && !text.contains('∈') {
                continue;
            }
            for declaration in spaces::declarations(text) {
                let line = format!("let {declaration}");
                let is_known = declaration.split(':').next().is_some_and(|name| self.sheet.knows(name));
                if !is_known {
                    let whole = Span::new(0, line.len());
                    preamble::take(&mut self.sheet, &line, &[whole]);
                }
            }
        }
        self.find_vectors(formulas);
        self.start = self.sheet.clone();
    }

    /// Letters that stand by themselves, and words that are names.
    fn learn_letters(&mut self, formulas: &[Formula], all: &[Placed]) {
        let plain: Vec<&str> = formulas
            .iter()
            .filter(|formula| formula.notation == Notation::Text)
            .map(|formula| &self.text[formula.span.start..formula.span.end])
            .collect();
        self.letters = letters::lone_letters(&plain.join("\n")).into_iter().collect();
        for statement in all.iter().filter_map(|placed| placed.statement.as_ref()) {
            // net = w x + b: who puts a word before an equals sign means a name.
            if statement.notation == Notation::Latex
                && let Some(first) = statement.sides.first()
                && let Some(word) = self.text.get(first.span.start..first.span.end)
                && statement.sides.len() > 1
                && (word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_lowercase())
                    || letters::is_one_name(
                        word,
                        formulas
                            .iter()
                            .filter_map(|formula| self.text.get(formula.span.start..formula.span.end)),
                    ))
            {
                self.letters.insert(word.to_owned());
            }
        }
    }

    fn sentence(&mut self, sentence: &Sentence, all: &[Placed], walk: &mut Walk<'_>) {
        let says_where: BTreeSet<usize> = sentence.conditions.iter().flatten().copied().collect();
        for (member, conditions) in sentence.members.iter().zip(&sentence.conditions) {
            let Some(placed) = all.get(*member) else { continue };
            let Some(formula) = walk.formulas.get(placed.formula) else { continue };
            if !self.enter(placed.formula, walk) {
                continue;
            }
            let Some(statement) = &placed.statement else {
                self.without_statement(formula);
                continue;
            };
            self.here = self.scopes.place(statement.span.start, placed.row);
            let gap = self.text.get(walk.said.min(statement.span.start)..statement.span.start).unwrap_or("");
            self.gap =
                Gap { introduces: sentences::introduces(gap), names_subject: sentences::names_subject(gap) };
            self.is_drawn = statement.joint == crate::check::document::claim::Joint::Arrow;
            walk.said = walk.said.max(statement.span.end);
            let is_lasting = sentence.lasting.contains(member);
            if is_lasting {
                self.take_lasting(statement);
            }
            if is_lasting || says_where.contains(member) {
                self.solution_set(statement);
                continue;
            }
            let conditions: Vec<&Statement> = conditions
                .iter()
                .filter_map(|at| all.get(*at).and_then(|placed| placed.statement.as_ref()))
                .collect();
            self.under_conditions(statement, formula, &conditions);
        }
        self.leave_suppositions();
    }

    /// Comes to a formula; false if there is nothing to judge in it.
    fn enter(&mut self, number: usize, walk: &mut Walk<'_>) -> bool {
        if let Some(is_judged) = walk.entered[number] {
            return is_judged;
        }
        let formula = &walk.formulas[number];
        let (from, start) = (walk.end.min(formula.span.start), formula.span.start);
        self.cross(from, start);
        self.enter_line(self.lines.number(start));
        self.enter_part(&self.text[from..start]);
        self.beside.clear();
        walk.end = walk.end.max(formula.span.end);
        let mut is_judged = true;
        if let Some((place, what)) = self.not_of_ours(formula) {
            let error = Diagnostic::new(Cause::Unsupported, format!("this is {what}"))
                .at(place, "")
                .help("only derivatives and what follows from them are checked");
            self.chain = None;
            self.note(place, Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) });
            is_judged = false;
        } else if self.is_point(formula) {
            is_judged = false;
        }
        walk.entered[number] = Some(is_judged);
        is_judged
    }

    /// Parts of the document begin and end between two places.
    fn cross(&mut self, from: usize, to: usize) {
        let crossed = self.scopes.crossed(from, to);
        if crossed.chapter {
            self.end_chain();
            self.chapter += 1;
            self.sheet.values.clear();
            self.written_numbers.clear();
            self.sheet.point.clone_from(&self.start.point);
            self.own_constants.clear();
            self.lasting.clear();
        }
        if crossed.chapter || crossed.section {
            self.section += 1;
        }
        if crossed.end {
            self.expression = None;
        }
    }

    /// A formula in which nothing is claimed.
    fn without_statement(&mut self, formula: &Formula) {
        let own = &self.text[formula.span.start..formula.span.end];
        if self.chain.is_some() && is_value_elsewhere(self.text, formula) {
            let why = "a value under another condition is not judged; write \\begin{cases} … \\end{cases}";
            self.note(formula.span, Outcome::undecided(why));
            return;
        }
        if own.contains('=') {
            // An unclosed bracket hides the relation: that is said rather than passed over.
            if let Err(error) = self.read(formula.span, formula.notation) {
                self.note(formula.span, Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) });
            }
        } else if !prose::is_name(own) {
            let span = crate::check::document::trim::trimmed(self.text, formula.span, formula.notation);
            self.expression = Some(crate::check::document::claim::Side {
                link: crate::check::document::claim::Link::Start,
                span,
            });
        }
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
}

/// `$1$ if $a > b$ and $0$ otherwise`: is a formula the value that something has elsewhere?
fn is_value_elsewhere(text: &str, formula: &Formula) -> bool {
    let line = document::line_span(text, formula.span.start);
    let before =
        text.get(line.start..formula.span.start).unwrap_or("").trim_end_matches(['$', ' ', '(', '\\']);
    let behind = text.get(formula.span.end..line.end).unwrap_or("").trim_start_matches(['$', ' ', ')', '\\']);
    let word = behind.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    let is_joined = before.ends_with([',', ';', '$'])
        || [" and", " else", " or", " und", " sonst"].iter().any(|own| before.ends_with(own));
    formula.inline
        && is_joined
        && (matches!(word, "otherwise" | "else" | "elsewhere" | "sonst" | "if" | "falls")
            || before.ends_with(" else"))
}

/// Which names a statement uses, and which it says the meaning of.
fn mention(text: &str, row: usize, statement: &Statement) -> Option<Mention> {
    let first = statement.sides.first()?;
    let named = |text: &str| -> Vec<String> {
        sentences::tokens(text).into_iter().map(crate::syntax::letter_of).collect()
    };
    let own = text.get(first.span.start..first.span.end)?;
    let last = statement.sides.last()?.span.end.max(first.span.end);
    let defines =
        (statement.sides.len() > 1 && !statement.is_condition && prose::may_define(&format!("{own} =")))
            .then(|| named(own).into_iter().next())
            .flatten();
    let uses = match &defines {
        Some(_) => named(text.get(first.span.end..last)?),
        None => named(text.get(first.span.start..last.max(statement.span.end))?),
    };
    Some(Mention { at: statement.span.start, row, uses, defines })
}

/// Does the document say that gradients are rows?
fn says_rows(text: &str) -> bool {
    let words = text.to_lowercase().replace('-', " ");
    let says = |all: &[&str]| all.iter().any(|phrase| words.contains(phrase));
    says(&["numerator layout", "jacobian layout", "jacobian convention", "row convention", "zählerlayout"])
        && !says(&["denominator layout", "nennerlayout"])
}
