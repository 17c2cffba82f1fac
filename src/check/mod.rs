//! Hand derivations: what a document claims, and whether each line holds.
//!
//! A document is plain text, Markdown with LaTeX, or LaTeX. Its preamble declares shapes, facts and values; its lines define
//! names and claim equalities. Each line is compared with the line before and with what the chain started from. A line is
//! called wrong only if the prover refuted it under every reading that its notation allows, and a mistake is named only if its
//! consequence is proved to be the written line.
//!
//! ```
//! use symdiff::check::{Verdict, check};
//!
//! let report = check("f(x) = x^2 sin(x)\nf'(x) = 2x cos(x)", "");
//! assert_eq!(report.lines[1].verdict, Verdict::Wrong);
//! assert_eq!(report.lines[1].diagnosis[0].id, "B01");
//! ```
//!
//! This room knows documents, claims and mistakes; it does not know how a verdict is decided (that is `prove`) nor how a report
//! is shown (that is the command line).

mod checker;
mod decide;
mod document;
mod equations;
mod logarithms;
pub mod mistakes;
mod preamble;
mod rewrite;
mod sheet;
mod side;

use std::borrow::Cow;

use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::syntax::commands;

pub use decide::Witness;
pub use document::Notation;

/// What is said of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// A definition, a value or an assumption: nothing to check.
    Given,
    /// It holds.
    Right,
    /// It holds under a fact that was not stated.
    RightIf,
    /// A number that is right but for the rounding on the way.
    Rounding,
    /// It follows from the line before, which is wrong.
    Follows,
    /// Neither proved nor refuted.
    Undecided,
    /// It cannot be read.
    Unreadable,
    /// The two sides have different shapes.
    Shape,
    /// It does not hold.
    Wrong,
}

impl Verdict {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Given => "given",
            Verdict::Right => "right",
            Verdict::RightIf => "right_if",
            Verdict::Rounding => "rounding",
            Verdict::Follows => "follows",
            Verdict::Undecided => "undecided",
            Verdict::Unreadable => "unreadable",
            Verdict::Shape => "shape",
            Verdict::Wrong => "wrong",
        }
    }

    /// Is it an error of the writer?
    pub fn is_error(self) -> bool {
        matches!(self, Verdict::Wrong | Verdict::Shape)
    }
}

/// What a wrong line does, if it is a known mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The number of the mistake.
    pub id: &'static str,
    /// What is to be said to the writer.
    pub text: Cow<'static, str>,
    /// Did it happen together with the others, and not instead of them?
    pub together: bool,
    /// Does another one of the set say the same more closely? Then it need not be shown beside that one.
    pub covered: bool,
}

/// A line of the document that claims something.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number in the document, from 1.
    pub number: usize,
    /// The line as it stands.
    pub source: String,
    /// The part that the verdict is about, in the document.
    pub span: Span,
    /// The verdict.
    pub verdict: Verdict,
    /// Facts and conditions that it needs and the document does not state.
    pub needs: Vec<String>,
    /// Single points at which it does not speak, such as `c != 0`.
    pub conditions: Vec<String>,
    /// A point at which a wrong line fails.
    pub witness: Option<Witness>,
    /// The mistakes that explain it, the likeliest first.
    pub diagnosis: Vec<Diagnosis>,
    /// What should stand there.
    pub expected: Option<String>,
    /// The same as people write it.
    pub expected_unicode: Option<String>,
    /// Why it cannot be read or was not decided.
    pub message: Option<Diagnostic>,
}

/// What is known of a document.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The lines that claim something, in order.
    pub lines: Vec<Line>,
    /// Lines of a separate preamble that cannot be used; their places are places in that text.
    pub preamble: Vec<Diagnostic>,
}

impl Report {
    /// The number of the first line that is wrong.
    pub fn first_wrong(&self) -> Option<usize> {
        self.lines.iter().find(|line| line.verdict.is_error()).map(|line| line.number)
    }

    /// Exit status: 0 all right, 1 a wrong line, 2 something could not be read, 3 something was not decided.
    pub fn status(&self) -> u8 {
        let any = |verdict: Verdict| self.lines.iter().any(|line| line.verdict == verdict);
        if self.first_wrong().is_some() {
            1
        } else if any(Verdict::Unreadable) || !self.preamble.is_empty() {
            2
        } else if any(Verdict::Undecided) {
            3
        } else {
            0
        }
    }
}

/// Where the line begins in which a byte stands.
pub fn line_start(text: &str, at: usize) -> usize {
    document::line_span(text, at).start
}

/// Checks a document; `preamble` holds declarations beside those that the document starts with.
pub fn check(text: &str, preamble: &str) -> Report {
    let report = checked(text, preamble, Depth::Full);
    logarithms::to_another_base(text, preamble, report, &|text, preamble| {
        checked(text, preamble, Depth::Verdicts)
    })
}

/// How much is said of wrong lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// Mistakes and corrections.
    Full,
    /// That they are wrong.
    Verdicts,
}

fn checked(text: &str, preamble: &str, depth: Depth) -> Report {
    let normal = document::normal(text);
    let Some(out) = commands::written_out(&normal) else {
        let set = document::blanks::with_plain_rows(&normal);
        let mut report = checker::Checker::new(&set, preamble, depth).run();
        for line in &mut report.lines {
            line.source = source_of(text, line.span);
        }
        return report;
    };
    // Lines as they stand, without the document's own commands written out.
    let set = document::blanks::with_plain_rows(&out.text);
    let mut report = checker::Checker::new(&set, preamble, depth).run();
    for line in &mut report.lines {
        line.span = out.original_span(line.span);
        line.source = source_of(text, line.span);
        line.message = line.message.take().map(|message| out.moved_back(message));
    }
    report
}

/// The line of a document in which a place is, as it stands there.
fn source_of(text: &str, span: Span) -> String {
    let whole = document::line_span(text, span.start);
    text.get(whole.start..whole.end).unwrap_or("").to_owned()
}
