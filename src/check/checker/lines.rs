//! What the checker knows on its way through a document, and the lines that it has written down.

use std::collections::{BTreeMap, BTreeSet};

use super::anew::{Meaning, Supposed};
use super::parts::Part;
use super::rates::Rate;
use super::values::Given;
use crate::check::document::claim::Side;
use crate::check::document::scopes::{Place, Scopes};
use crate::check::document::{Document, LineIndex};
use crate::check::equations::Solving;
use crate::check::sheet::{Definition, Fact, Sheet};
use crate::check::{Depth, Line, Report, Verdict, Witness};
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::tree::Tree;

/// How far a chain can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum Standing {
    /// All lines so far hold.
    Sound,
    /// One was wrong.
    Broken,
    /// One was not decided or could not be read.
    Unknown,
}

/// Sides that are claimed to be equal.
#[derive(Clone, Debug)]
pub(in crate::check) struct Chain {
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
    /// The conditions under which its sides were judged: under others it is not taken up again.
    pub under: Vec<Fact>,
}

/// The first two sides of a statement of the document.
#[derive(Clone, Debug)]
pub(in crate::check) struct Ahead {
    pub start: usize,
    pub left: Tree,
    pub right: Option<Tree>,
    /// The sides of the statement that a number is said to be equal to: where each starts, and the number.
    pub numbers: Vec<(usize, Tree)>,
}

/// What words make of a statement by standing right before it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gap {
    /// Do words or a label part it from the statement before?
    pub introduces: bool,
    /// Does a word name what it is about, if it begins with a relation?
    pub names_subject: bool,
}

/// A side that was read.
#[derive(Clone, Debug)]
pub(in crate::check) struct Read {
    pub tree: Tree,
}

/// What was found out about one link.
#[derive(Clone)]
pub(in crate::check) struct Outcome {
    pub verdict: Verdict,
    pub needs: Vec<String>,
    pub conditions: Vec<String>,
    pub witness: Option<Witness>,
    pub diagnosis: Vec<crate::check::Diagnosis>,
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

pub(in crate::check) struct Checker<'t> {
    pub(in crate::check) text: &'t str,
    pub(in crate::check) lines: LineIndex,
    pub(in crate::check) document: Document,
    pub(in crate::check) sheet: Sheet,
    pub(in crate::check) report: Report,
    pub(in crate::check) chain: Option<Chain>,
    /// The parts of the document.
    pub(in crate::check) scopes: Scopes,
    /// Where the checker is.
    pub(in crate::check) here: Place,
    /// Counted by headings and by items of lists.
    pub(in crate::check) section: usize,
    /// Equations that are being solved, "2x − 4 = 0": what follows from them holds for their solutions only.
    pub(in crate::check) solving: Solving,
    /// The equations of the whole document, in order: what a line means may show in those that come after it.
    pub(in crate::check) ahead: Vec<Ahead>,
    /// Counted by headings.
    pub(in crate::check) chapter: usize,
    /// Where names were given their meaning.
    pub(in crate::check) meanings: BTreeMap<String, Meaning>,
    /// Heads of chains with their last sides, for lines that take one up again.
    pub(in crate::check) seen: Vec<(Tree, Chain)>,
    /// Conditions under which the line at hand is claimed, as the document states them.
    pub(in crate::check) stated: Vec<Fact>,
    /// Those of them that hold until the end of the part, with the names that they speak of.
    pub(in crate::check) lasting: Vec<(Fact, Vec<String>)>,
    /// The conditions of the sentence as they are written: a point outside them refutes nothing.
    pub(super) said_where: Vec<Tree>,
    /// What names stood for before the sentence supposed something else.
    pub(super) supposed: Vec<Supposed>,
    /// Could the row before the one at hand not be decided or read?
    pub(super) is_after_unknown: bool,
    /// Does an arrow join the statement at hand to what stands before it?
    pub(in crate::check) is_drawn: bool,
    /// What stands between the statement at hand and the one before.
    pub(super) gap: Gap,
    /// The last formula without a relation: a line that begins with one may go on with it.
    pub(super) expression: Option<Side>,
    /// Chains of the formula at hand by where their last sides stand, for rows that go on beside a remark.
    pub(in crate::check) beside: Vec<(usize, Chain)>,
    /// Names of which the preamble says something that could not be used.
    pub(super) tainted: BTreeSet<String>,
    /// Letters that are functions: they are primed, differentiated or applied somewhere.
    pub(super) functional: BTreeSet<String>,
    /// Letters that are differentiated and applied somewhere, `u′(3t)`.
    pub(super) primed_calls: Vec<String>,
    /// Where in the report each line stands.
    pub(super) noted: BTreeMap<usize, usize>,
    /// What the document starts from, for parts with a preamble of their own.
    pub(in crate::check) start: Sheet,
    /// Parts with a preamble of their own, by words of their heading.
    pub(in crate::check) parts: Vec<Part>,
    pub(in crate::check) preamble: String,
    /// Letters that stand by themselves somewhere in plain text.
    pub(in crate::check) letters: BTreeSet<String>,
    /// Names that stand for something the document does not say, unless it defines them.
    pub(in crate::check) open: BTreeSet<String>,
    /// Names that stand for a value at an evaluation bar, with what they stood for before.
    pub(super) at_bar: Vec<(String, Option<Definition>)>,
    /// Those of them that the document defines nowhere: they may depend on anything.
    pub(in crate::check) implicit: BTreeSet<String>,
    /// How much is said of wrong lines.
    pub(super) depth: Depth,
    /// The name that the statement at hand is about, and the numbers that were written for such names.
    pub(in crate::check) subject: Option<String>,
    pub(super) written_numbers: BTreeMap<String, Tree>,
    /// Names that stand for a number and, with an index, for something else, as in `L = Σ L_i`; and what the latter are called
    /// here.
    pub(super) families: BTreeMap<String, String>,
    /// Names of which only a derivative is written: they depend on what that is by.
    pub(in crate::check) rates: Vec<Rate>,
    /// Letters of constants that the document uses for something else, and what they are called here.
    pub(super) own_constants: BTreeMap<String, String>,
    /// Functions that are defined somewhere in the document, with the number of their arguments.
    pub(super) heads: BTreeMap<String, usize>,
    /// Names whose definition could not be read.
    pub(super) unread: BTreeSet<String>,
    /// What names stand for if a product without a sign binds tighter than a stroke or a power.
    pub(in crate::check) second: BTreeMap<String, Tree>,
    /// Values that hold in one line, or from one line on.
    pub(in crate::check) given: Given,
}

impl Checker<'_> {
    /// Writes an outcome down at its line; of several on one line the gravest stays.
    pub(in crate::check) fn note(&mut self, span: Span, outcome: Outcome) {
        let number = self.lines.number(span.start);
        let outcome = self.with_rates_shown(outcome);
        let (expected, expected_unicode) = outcome.expected.unzip();
        let line = Line {
            number,
            source: String::new(),
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
        let known = self.noted.get(&number).and_then(|at| self.report.lines.get_mut(*at));
        match known {
            None => {
                self.noted.insert(number, self.report.lines.len());
                self.report.lines.push(line);
            }
            Some(known) => {
                for need in &line.needs {
                    if !known.needs.contains(need) {
                        known.needs.push(need.clone());
                    }
                }
                if line.verdict == known.verdict && known.message.is_none() {
                    known.message = line.message;
                } else if line.verdict > known.verdict {
                    let needs = std::mem::take(&mut known.needs);
                    *known = Line { needs, ..line };
                }
            }
        }
    }
}
