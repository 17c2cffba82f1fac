//! Declarations for the whole document and for parts of it: which lines of the preamble hold where.

use super::lines::{Checker, Outcome};
use crate::check::Verdict;
use crate::check::document::letters::names_in;
use crate::check::preamble;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::span::Span;
use crate::syntax::is_letter_of_another_function;

/// Lines of the preamble for one part of the document.
pub(in crate::check) struct Part {
    heading: String,
    /// The line that names the heading.
    named: Option<Span>,
    /// Does it stand in the separate preamble?
    is_separate: bool,
    lines: Vec<Span>,
}

/// Lines by the heading that they are for; those for the whole document first, with an empty one.
pub(super) fn by_part(text: &str, lines: &[Span], is_separate: bool) -> Vec<Part> {
    let part = |heading: String, named: Option<Span>| Part { heading, named, is_separate, lines: Vec::new() };
    let mut parts = vec![part(String::new(), None)];
    for span in lines {
        match text[span.start..span.end].trim().strip_prefix("under ") {
            Some(heading) => {
                parts.push(part(heading.trim_end_matches(':').trim().to_lowercase(), Some(*span)));
            }
            None => {
                if let Some(part) = parts.last_mut() {
                    part.lines.push(*span);
                }
            }
        }
    }
    parts
}

impl Checker<'_> {
    /// Takes up the declarations for the whole document; those for parts of it wait.
    pub(super) fn declare_whole(&mut self) {
        let (whole, parts): (Vec<Part>, Vec<Part>) =
            std::mem::take(&mut self.parts).into_iter().partition(|part| part.named.is_none());
        self.parts = parts;
        for part in &whole {
            self.declare(part);
        }
        self.start = self.sheet.clone();
    }

    /// Makes the letters of the document known to the parser.
    pub(super) fn declare_letters(&mut self) {
        for letter in &self.letters {
            let is_function =
                crate::function::lookup(letter).is_some() || is_letter_of_another_function(letter);
            if !self.sheet.names.has(letter) && !is_function {
                self.sheet.names.add_variable(letter);
            }
        }
    }

    /// Takes up lines of the preamble.
    fn declare(&mut self, part: &Part) {
        let text = if part.is_separate { self.preamble.clone() } else { self.text.to_owned() };
        for unusable in preamble::take(&mut self.sheet, &text, &part.lines) {
            let words = text.get(unusable.span.start..unusable.span.end).unwrap_or("");
            if part.named.is_none() && self.take_constraint(words, unusable.span) {
                continue;
            }
            self.tainted.extend(names_in(words));
            self.cannot_use(unusable.error, unusable.span, part.is_separate);
        }
    }

    fn cannot_use(&mut self, error: Diagnostic, span: Span, is_separate: bool) {
        if is_separate {
            self.report.preamble.push(error);
        } else {
            let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
            self.note(span, outcome);
        }
    }

    /// A part with a preamble of its own begins: names of other parts mean nothing here.
    pub(super) fn enter_part(&mut self, between: &str) {
        if self.parts.is_empty() {
            return;
        }
        let between = between.to_lowercase();
        let found = self
            .parts
            .iter()
            .enumerate()
            .filter_map(|(at, part)| between.rfind(&part.heading).map(|place| (place, std::cmp::Reverse(at))))
            .max();
        if let Some((_, std::cmp::Reverse(at))) = found {
            let heading = self.parts[at].heading.clone();
            self.sheet = self.start.clone();
            self.chain = None;
            self.seen.clear();
            self.stated.clear();
            self.lasting.clear();
            // The same heading may have lines in the document and in the separate preamble.
            while let Some(at) = self.parts.iter().position(|part| part.heading == heading) {
                let part = self.parts.remove(at);
                self.declare(&part);
            }
            self.declare_letters();
        }
    }

    /// Declarations for headings that the document does not have are said to be of no use.
    pub(super) fn leave_parts(&mut self) {
        for part in std::mem::take(&mut self.parts) {
            let words = format!(
                "no heading has the words \"{}\": what is declared under it was not used",
                part.heading
            );
            let place = part.named.unwrap_or(Span::new(0, 0));
            let error = Diagnostic::new(Cause::Declaration, words).at(place, "");
            self.cannot_use(error, place, part.is_separate);
        }
    }
}
