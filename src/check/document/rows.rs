//! Rows and columns of displays: which rows go on with the one before, which columns are equations of their own, and which
//! words stand between them.

use super::Role;
use super::claim::{Cutter, Joint, Link, Mark, Side};
use super::prose;
use crate::span::Span;
use crate::syntax::commands::closing_brace;

/// What stands in a row behind its first statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aside {
    /// The cutter is at the first statement.
    No,
    /// Something that a space or a comma parts from it: a remark, or another claim.
    Apart,
    /// A remark, as a word says: `\text{with } u = 2x`.
    Remark,
}

impl Cutter<'_> {
    /// `A &= B & C &= D`: two equations side by side; true if the place moved.
    pub(super) fn column_step(&mut self, rest: &str) -> bool {
        if self.depth > 0 || !rest.starts_with('&') || rest.starts_with("&&") {
            return false;
        }
        let cell = rest[1..].trim_start();
        let row = cell.split("\\\\").next().unwrap_or("");
        let own = self.text[self.start..self.at].trim();
        // Right of the first mark of a row stands its relation, in an eqnarray left of the second one too.
        let is_blank = own.is_empty() && self.link != Link::Start && rest.starts_with("& ") && {
            self.text[..self.at].ends_with(' ')
                && row.find('&').is_some_and(|mark| !row[..mark].contains('='))
        };
        let goes_on = cell.starts_with('&') && self.mark(cell[1..].trim_start()).is_some();
        let is_next = (self.sides.is_empty() || !own.is_empty() || is_blank)
            && self.link != Link::Start
            && (goes_on
                || row.contains('=')
                    && !row.starts_with(['+', '-', '&', ')', ']', '}'])
                    && self.mark(row).is_none());
        if !is_next {
            return false;
        }
        self.finish(self.at);
        self.column += 1;
        self.at += 1;
        self.start = self.at;
        if goes_on {
            self.at = self.end - cell.len() + 1;
            self.go_on_with_column();
        }
        true
    }

    /// The row goes on with what stands above in the same column.
    fn go_on_with_column(&mut self) {
        self.start = self.at;
        if let Some(above) = self.columns.get(self.column) {
            self.sides.push(Side { link: Link::Start, span: *above });
        } else {
            self.sides.push(Side { link: Link::Start, span: Span::new(self.at, self.at) });
        }
        self.skip_to_relation();
    }

    /// Words between formulas of LaTeX, and columns of remarks; true if the place moved.
    pub(super) fn words_step(&mut self, rest: &str) -> bool {
        if self.depth > 0 {
            return false;
        }
        if rest.starts_with("&&") {
            let row = rest.split("\\\\").next().unwrap_or("");
            let column = row.trim_start_matches(['&', ' ']);
            self.finish(self.at);
            // && \text{power rule}: what stands in such a column besides is a part of the remark.
            let is_remark = column
                .strip_prefix("\\text{")
                .and_then(|words| Some(&words[..closing_brace(words)?]))
                .is_some_and(|words| prose::role_of_text(words) == Some(Role::Reason));
            let is_read = column.contains("\\text") || column.contains(['=', '<', '>']);
            let length = if is_read && !is_remark { 2 } else { row.len() };
            self.at += length;
            self.start = self.at;
            return true;
        }
        for command in ["\\text{", "\\mbox{", "\\textrm{", "\\textit{", "\\intertext{"] {
            let Some(after) = rest.strip_prefix(command) else { continue };
            let Some(close) = closing_brace(after) else { return false };
            let (words, behind) = (&after[..close], &after[close + 1..]);
            let is_rest = matches!(words.trim(), "otherwise" | "else" | "sonst" | "sinon");
            let Some(role) = prose::role_of_text(words).filter(|_| !is_rest) else {
                if is_rest {
                    self.take_value_elsewhere();
                }
                return false;
            };
            if matches!(role, Role::Supposition | Role::Condition) {
                self.take_value_elsewhere();
            }
            self.finish(self.at);
            let is_prose = command == "\\intertext{";
            // \text{since } …, and \text{the slope} = 3, where words are what the formula is about.
            let is_reason =
                prose::begins_reason(words) || self.mark(behind.trim_start()).is_some_and(is_link);
            self.at += if role == Role::Reason && is_reason && !is_prose {
                rest.split("\\\\").next().unwrap_or("").len()
            } else {
                command.len() + close + 1
            };
            self.start = self.at;
            self.aside = if is_prose { Aside::No } else { Aside::Remark };
            self.joint = self.joint.max(if is_prose { Joint::Row } else { Joint::Aside });
            if !prose::is_link(words) {
                self.role = if role == Role::Reason { Role::Claim } else { role };
            }
            return true;
        }
        false
    }

    /// `1 \\text{ if } x > 0, \\quad 0 \\text{ if } x < 0`: the value before the second condition is one of what the row speaks of.
    fn take_value_elsewhere(&mut self) {
        let own = self.text[self.start..self.at].trim_matches([' ', ',', ';', '&']);
        let is_lone = self.sides.is_empty() && self.whole.is_none() && self.link == Link::Start;
        if self.aside == Aside::No || !is_lone || own.is_empty() {
            return;
        }
        let head = self.statements.iter().rev().find(|known| known.sides.len() > 1 && !known.is_condition);
        if let Some(first) = head.and_then(|known| known.sides.first()) {
            self.sides.push(Side { link: Link::Start, span: first.span });
            self.link = Link::Equal;
            self.role = Role::Claim;
        }
    }

    /// A row ends: the next one goes on with its last side or its chain, or begins anew.
    pub(in crate::check) fn row(&mut self, here: usize, length: usize) {
        let mut next = here + length;
        // \\[2pt]
        if let Some(inner) = self.text[next..self.end].strip_prefix('[')
            && let Some(close) = inner.find(']')
        {
            next += close + 2;
        }
        let behind = &self.text[next..self.end];
        let first = behind.trim_start_matches([' ', '\t', '\n', '\r', '&']);
        let (lead, row) = behind.split_at(behind.len() - first.len());
        let row = row.split("\\\\").next().unwrap_or("");
        let is_aside = self.is_remark();
        if matches!(self.mark(first), Some((Mark::Equal | Mark::About, _))) {
            if self.column > 0 || is_aside {
                self.finish(here);
                self.column = 0;
                self.at = next;
                self.go_on_with_column();
            } else {
                // The next relation ends this side.
                self.side(here);
                self.link = Link::Start;
                self.at = next;
                self.skip_to_relation();
            }
            self.aside = Aside::No;
            return;
        }
        let own = self.text[self.start..here].trim_end_matches([' ', '\t', '\n', '\r', '&']);
        let is_open = own.is_empty() && self.link != Link::Start || ends_open(own);
        let goes_on = match first.chars().next() {
            Some('+') => true,
            // −x = 3 may begin an equation, if no mark says that it does not.
            Some('-') => !row.contains('=') || lead.contains('&'),
            _ => begins_with_operator(first),
        };
        if (is_open || goes_on) && !is_aside && !first.is_empty() {
            self.at = next + lead.len();
            if own.is_empty() {
                self.start = self.at;
            }
            return;
        }
        self.finish(here);
        self.aside = Aside::No;
        self.joint = self.joint.max(Joint::Row);
        // What words before a display make of it is for its first row; a definition may have several.
        if self.role != Role::Definition && !self.statements.is_empty() {
            self.role = Role::Claim;
        }
        self.column = 0;
        self.columns.clear();
        self.at = next;
        self.start = next;
    }

    /// Is the statement at which the cutter is a remark beside what the row says: a word says so, or it says what a letter
    /// there stands for?
    fn is_remark(&self) -> bool {
        if self.aside != Aside::Apart {
            return self.aside == Aside::Remark;
        }
        let (Some(first), Some(main)) = (self.sides.first(), self.columns.first()) else { return false };
        let text = |span: Span| self.text.get(span.start..span.end).unwrap_or("").trim();
        let name = text(first.span);
        let is_name = name.chars().count() == 1 && name.chars().all(char::is_alphabetic)
            || name.strip_prefix('\\').is_some_and(|word| word.chars().all(|c| c.is_ascii_alphabetic()));
        is_name && text(*main).contains(name)
    }

    /// After a row that ended a side: the relation with which the next row begins.
    fn skip_to_relation(&mut self) {
        while self.at < self.end && self.rest().starts_with([' ', '\t', '\n', '\r', '&']) {
            self.at += 1;
        }
        if let Some((mark, length)) = self.mark(self.rest()) {
            self.link = if mark == Mark::About { Link::About } else { Link::Equal };
            self.at += length;
        }
        self.start = self.at;
    }
}

fn is_link((mark, _): (Mark, usize)) -> bool {
    matches!(mark, Mark::Equal | Mark::About)
}

/// Does a row end with an operator, so that the next one goes on with it?
fn ends_open(row: &str) -> bool {
    const OPERATORS: [&str; 5] = ["\\cdot", "\\times", "\\pm", "\\mp", "\\div"];
    row.ends_with(['+', '-', '*', '/', '^', '_']) || OPERATORS.iter().any(|word| row.ends_with(word))
}

/// Does a row begin with an operator or a closing bracket? It goes on with the one before.
fn begins_with_operator(row: &str) -> bool {
    const COMMANDS: [&str; 12] =
        ["cdot", "times", "pm", "mp", "div", "ast", "odot", "otimes", "right", "bigr", "Bigr", "biggr"];
    let is_command = row.strip_prefix('\\').is_some_and(|behind| {
        let length = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        COMMANDS.contains(&&behind[..length])
    });
    is_command
        || row.starts_with(['*', '/', ')', ']', '}', '^', '_', '·', '×', '−'])
        || row.starts_with("\\}")
}
