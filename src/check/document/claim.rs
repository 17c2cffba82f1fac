//! Formulas cut into claims: sides with `=` or `≈` between them. Cutting knows brackets, environments and line breaks; the
//! sides themselves are read by `syntax`.

use super::cases::as_cases;
use super::rows::Aside;
use super::trim::trimmed;
use super::{Formula, Notation, Role};
use crate::span::Span;
use crate::syntax::sets_formulas;

/// What stands before a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum Link {
    /// Nothing: it is the first.
    Start,
    /// `=`, `:=`, `≡`.
    Equal,
    /// `≈`.
    About,
}

/// One side of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check) struct Side {
    /// What stands before it.
    pub link: Link,
    /// Where it stands in the document.
    pub span: Span,
}

/// A chain of sides, or a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check) struct Statement {
    /// The sides; the first has no text if the statement begins with `=`.
    pub sides: Vec<Side>,
    /// Is there a relation other than equality? Then the whole is a condition.
    pub is_condition: bool,
    /// All of it.
    pub span: Span,
    /// How it is written.
    pub notation: Notation,
    /// What the words before it make of it.
    pub role: Role,
    /// How it is joined to the statement before it in the same formula.
    pub joint: Joint,
    /// Does a name stand before it, as in `L:\ x = 1 + t`?
    pub is_labelled: bool,
}

/// How a statement is joined to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::check) enum Joint {
    /// It is the first of its formula.
    First,
    /// `a = b > 0`: an inequality about the last side.
    Tail,
    /// By a comma, a space or a word in the same row.
    Aside,
    /// It begins a row.
    Row,
    /// By an arrow: it is said to follow.
    Arrow,
}

/// A mark that the cutter understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Equal,
    About,
    Other,
    Break,
    /// A wide space: it parts statements unless a formula goes on behind it.
    Gap,
    Row,
}

const LATEX_MARKS: &[(&str, Mark)] = &[
    ("\\approx", Mark::About),
    ("\\simeq", Mark::About),
    ("\\coloneqq", Mark::Equal),
    ("\\equiv", Mark::Equal),
    ("\\neq", Mark::Other),
    ("\\ne", Mark::Other),
    ("\\leq", Mark::Other),
    ("\\geq", Mark::Other),
    ("\\le", Mark::Other),
    ("\\ge", Mark::Other),
    ("\\lt", Mark::Other),
    ("\\gt", Mark::Other),
    ("\\in", Mark::Other),
    ("\\notin", Mark::Other),
    ("\\sim", Mark::Other),
    ("\\propto", Mark::Other),
    ("\\to", Mark::Other),
    ("\\rightarrow", Mark::Break),
    ("\\Rightarrow", Mark::Break),
    ("\\Longrightarrow", Mark::Break),
    ("\\implies", Mark::Break),
    ("\\iff", Mark::Break),
    ("\\Leftrightarrow", Mark::Break),
    ("\\Longleftrightarrow", Mark::Break),
    ("\\longrightarrow", Mark::Break),
    ("\\therefore", Mark::Break),
    ("⇒", Mark::Break),
    ("⟹", Mark::Break),
    ("⇔", Mark::Break),
    ("⟺", Mark::Break),
    ("∴", Mark::Break),
    ("≡", Mark::Equal),
    ("≃", Mark::About),
    ("\\doteq", Mark::Equal),
    ("\\triangleq", Mark::Equal),
    ("\\geqslant", Mark::Other),
    ("\\leqslant", Mark::Other),
    ("\\cong", Mark::Other),
    ("!=", Mark::Other),
    ("≠", Mark::Other),
    ("<=", Mark::Other),
    (">=", Mark::Other),
    ("≤", Mark::Other),
    ("≥", Mark::Other),
    ("∈", Mark::Other),
    ("↦", Mark::Other),
    ("→", Mark::Break),
    ("\\qquad", Mark::Gap),
    ("\\quad", Mark::Gap),
    ("\\hspace", Mark::Gap),
    ("\\mapsto", Mark::Other),
    (":=", Mark::Equal),
    ("=", Mark::Equal),
    ("<", Mark::Other),
    (">", Mark::Other),
    ("≈", Mark::About),
];

const TEXT_MARKS: &[(&str, Mark)] = &[
    ("==>", Mark::Break),
    ("=>", Mark::Break),
    ("->", Mark::Break),
    ("⇒", Mark::Break),
    ("⟹", Mark::Break),
    ("→", Mark::Break),
    ("⇔", Mark::Break),
    ("⟺", Mark::Break),
    ("<=>", Mark::Break),
    ("<==>", Mark::Break),
    ("∴", Mark::Break),
    ("↦", Mark::Other),
    (":=", Mark::Equal),
    ("==", Mark::Equal),
    ("~=", Mark::About),
    ("≈", Mark::About),
    ("≃", Mark::About),
    ("≡", Mark::Equal),
    ("!=", Mark::Other),
    ("<=", Mark::Other),
    (">=", Mark::Other),
    ("≠", Mark::Other),
    ("≤", Mark::Other),
    ("≥", Mark::Other),
    ("∈", Mark::Other),
    ("<", Mark::Other),
    (">", Mark::Other),
    ("=", Mark::Equal),
    (";", Mark::Break),
];

/// Cuts a formula into statements.
pub(in crate::check) fn statements(text: &str, formula: &Formula) -> Vec<Statement> {
    let mut cutter = Cutter::new(text, formula);
    cutter.run();
    cutter.statements
}

/// `|x=2`, `|_x=2`, `|_{x=2}` at the start of a text: its length.
pub(in crate::check) fn bar_length(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('|')?.trim_start_matches(['_', '{', '(']);
    let name = inner.find(|c: char| !c.is_alphanumeric()).filter(|length| *length > 0)?;
    let value = inner[name..].trim_start().strip_prefix('=')?.trim_start();
    let length = value.find([' ', ',', '}', ')', '=', '≈', '|']).unwrap_or(value.len());
    let rest = value[length..].trim_start_matches(['}', ')']);
    (length > 0 && inner.starts_with(char::is_alphabetic) && !rest.starts_with('|'))
        .then_some(text.len() - rest.len())
}

/// Goes through a formula and cuts it.
pub(super) struct Cutter<'t> {
    pub(in crate::check) text: &'t str,
    pub(in crate::check) end: usize,
    pub(in crate::check) at: usize,
    pub(in crate::check) notation: Notation,
    pub(in crate::check) depth: usize,
    pub(in crate::check) start: usize,
    pub(in crate::check) link: Link,
    pub(in crate::check) sides: Vec<Side>,
    pub(in crate::check) is_condition: bool,
    /// Where a relation other than equality began.
    pub(in crate::check) whole: Option<usize>,
    pub(in crate::check) role: Role,
    pub(in crate::check) statements: Vec<Statement>,
    /// For each array that is open: does it hold equations?
    pub(super) arrays: Vec<bool>,
    /// In which column of equations of its row the cutter is.
    pub(in crate::check) column: usize,
    /// Where the last side of each column stands, for rows that go on with it.
    pub(in crate::check) columns: Vec<Span>,
    /// Is the cutter behind what the row says?
    pub(super) aside: Aside,
    /// How the next statement is joined to the last one.
    pub(in crate::check) joint: Joint,
}

impl<'t> Cutter<'t> {
    fn new(text: &'t str, formula: &Formula) -> Self {
        Cutter {
            text,
            end: formula.span.end,
            at: formula.span.start,
            notation: formula.notation,
            depth: 0,
            start: formula.span.start,
            link: Link::Start,
            sides: Vec::new(),
            is_condition: false,
            whole: None,
            role: formula.role,
            statements: Vec::new(),
            arrays: Vec::new(),
            column: 0,
            columns: Vec::new(),
            aside: Aside::No,
            joint: Joint::First,
        }
    }

    pub(in crate::check) fn rest(&self) -> &'t str {
        &self.text[self.at..self.end]
    }

    fn run(&mut self) {
        while self.at < self.end {
            let rest = self.rest();
            if self.notation == Notation::Latex
                && (self.words_step(rest) || self.column_step(rest) || self.latex_step(rest))
            {
                continue;
            }
            let Some(c) = rest.chars().next() else { break };
            match c {
                '(' | '[' | '{' => self.depth += 1,
                ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
                // dy/dx|x=2: the relation at a bar is not one of the chain.
                '|' if self.notation == Notation::Text
                    && let Some(length) = bar_length(rest) =>
                {
                    self.at += length;
                    continue;
                }
                _ => {
                    if self.depth == 0
                        && let Some((mark, length)) = self.mark(rest)
                    {
                        self.take(mark, length);
                        continue;
                    }
                }
            }
            self.at += c.len_utf8();
        }
        self.finish(self.end);
    }

    /// Commands of LaTeX; true if the place moved.
    fn latex_step(&mut self, rest: &str) -> bool {
        if rest.starts_with("\\\\") {
            if self.depth == 0 {
                self.take(Mark::Row, 2);
            } else {
                self.at += 2;
            }
            return true;
        }
        for (word, opens) in [("\\begin{", true), ("\\end{", false)] {
            if let Some(name) = rest.strip_prefix(word).and_then(|r| r.split('}').next()) {
                let length = word.len() + name.len() + 1;
                // An array of equations sets them; any other one is a table or a matrix.
                let is_set = match (name, opens) {
                    ("array", true) => {
                        self.arrays.push(holds_equations(rest));
                        self.arrays.last() == Some(&true)
                    }
                    ("array", false) => self.arrays.pop() == Some(true),
                    _ => sets_formulas(name),
                };
                if !is_set {
                    self.depth = if opens { self.depth + 1 } else { self.depth.saturating_sub(1) };
                }
                self.at += length.min(rest.len());
                if opens && is_set {
                    self.at += column_count(name, self.rest());
                }
                return true;
            }
        }
        if rest.starts_with('\\') && !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            // \{ \, \| and their like
            let next = rest[1..].chars().next().map_or(0, char::len_utf8);
            self.at += 1 + next;
            return true;
        }
        if rest.starts_with('\\') && (self.depth > 0 || self.mark(rest).is_none()) {
            let word = 1 + rest[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - 1);
            self.at += word;
            return true;
        }
        false
    }

    pub(in crate::check) fn mark(&self, rest: &str) -> Option<(Mark, usize)> {
        let marks: &[(&str, Mark)] = match self.notation {
            Notation::Latex => LATEX_MARKS,
            Notation::Text => TEXT_MARKS,
        };
        for (word, mark) in marks {
            if let Some(after) = rest.strip_prefix(word) {
                let is_word = word.starts_with('\\');
                if !is_word || !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    return Some((*mark, word.len()));
                }
            }
        }
        // A comma parts statements if another relation follows before the next comma.
        if rest.starts_with(',') || rest.starts_with(" and ") {
            let length = if rest.starts_with(',') { 1 } else { 5 };
            let next = &rest[length..];
            let next = &next[..outer_comma(next)];
            let has_relation = next.contains(['=', '≈', '<', '>', '≤', '≥', '≠', '∈'])
                || ["\\g", "\\l", "\\ne", "\\in"].iter().any(|word| {
                    next.match_indices(word)
                        .any(|(at, _)| matches!(self.command_at(&next[at..]), Some(Mark::Other)))
                });
            if !(self.sides.is_empty() && self.whole.is_none()) && has_relation {
                return Some((Mark::Break, length));
            }
        }
        None
    }

    /// The relation that a command of LaTeX is.
    fn command_at(&self, text: &str) -> Option<Mark> {
        let length = 1 + text[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len() - 1);
        LATEX_MARKS.iter().find(|(word, _)| *word == &text[..length]).map(|(_, mark)| *mark)
    }

    fn take(&mut self, mark: Mark, length: usize) {
        let here = self.at;
        match mark {
            Mark::Equal | Mark::About => {
                self.side(here);
                self.link = if mark == Mark::Equal { Link::Equal } else { Link::About };
            }
            Mark::Other if self.sides.is_empty() => {
                self.is_condition = true;
                self.whole.get_or_insert(self.start);
            }
            // a = b > 0: two claims.
            Mark::Other => {
                let begin = self.start;
                self.finish(here);
                self.is_condition = true;
                self.whole = Some(begin);
                self.joint = Joint::Tail;
            }
            Mark::Break => {
                self.finish(here);
                if self.text[here..].starts_with([',', ';', ' ']) {
                    self.aside = self.aside.max(Aside::Apart);
                    self.joint = self.joint.max(Joint::Aside);
                } else {
                    self.joint = Joint::Arrow;
                    if self.role != Role::Definition {
                        self.role = Role::Claim;
                    }
                }
            }
            Mark::Gap => {
                let behind = &self.text[here + length..self.end];
                let width =
                    if behind.starts_with('{') { behind.find('}').map_or(0, |close| close + 1) } else { 0 };
                let next = behind[width..].trim_start();
                let own = next.split("\\\\").next().unwrap_or("");
                let own = ["\\quad", "\\qquad", "\\hspace"]
                    .iter()
                    .fold(own, |own, gap| own.split(gap).next().unwrap_or(own));
                let goes_on = own.starts_with(['+', '-', '&', ')', ']', '}'])
                    || ["\\cdot", "\\times", "\\right"].iter().any(|word| own.starts_with(word))
                    || matches!(self.mark(own), Some((Mark::Equal | Mark::About, _)));
                let is_blank = self.text[self.start..here].trim().is_empty();
                // A width of one's own may be a thin space.
                let is_thin = width > 0 && !own.contains(['=', '<', '>']) && !own.starts_with('(');
                if is_blank || goes_on || is_thin {
                    self.at = here + length + width;
                    if is_blank {
                        self.start = self.at;
                    }
                    return;
                }
                self.finish(here);
                self.aside = self.aside.max(Aside::Apart);
                self.joint = self.joint.max(Joint::Aside);
                self.at = here + length + width;
                self.start = self.at;
                return;
            }
            Mark::Row => {
                self.row(here, length);
                return;
            }
        }
        self.at = here + length;
        self.start = self.at;
        // 1 if a > b, else 0: the relations in it are conditions.
        let is_cases = self.notation == Notation::Text
            && matches!(mark, Mark::Equal | Mark::About)
            && as_cases(self.rest()).is_some();
        if is_cases {
            self.at = self.end;
        }
    }

    pub(in crate::check) fn side(&mut self, end: usize) {
        let span = trimmed(self.text, Span::new(self.start, end), self.notation);
        self.sides.push(Side { link: self.link, span });
        self.link = Link::Start;
    }

    pub(super) fn finish(&mut self, end: usize) {
        self.side(end);
        let mut sides = std::mem::take(&mut self.sides);
        let label = sides.first().filter(|_| sides.len() > 1 && self.notation == Notation::Latex);
        let label = label.and_then(|first| label_length(self.text.get(first.span.start..first.span.end)?));
        if let (Some(length), Some(first)) = (label, sides.first_mut()) {
            let span = Span::new(first.span.start + length, first.span.end);
            first.span = trimmed(self.text, span, self.notation);
        }
        if let Some(last) =
            sides.last().filter(|side| side.span.start < side.span.end && self.aside == Aside::No)
        {
            self.columns.resize(self.columns.len().max(self.column + 1), last.span);
            if let Some(known) = self.columns.get_mut(self.column) {
                *known = last.span;
            }
        }
        let is_condition = std::mem::take(&mut self.is_condition) && sides.len() == 1;
        let whole = self.whole.take();
        self.link = Link::Start;
        let (notation, role) = (self.notation, self.role);
        let is_empty = sides.iter().all(|side| side.span.start >= side.span.end);
        if let (Some(first), Some(last)) = (sides.first(), sides.last())
            && !is_empty
            && (sides.len() > 1 || is_condition)
        {
            let span = match whole.filter(|_| is_condition) {
                Some(start) => trimmed(self.text, Span::new(start, end), notation),
                None => Span::new(first.span.start, last.span.end.max(first.span.end)),
            };
            let joint = std::mem::replace(&mut self.joint, Joint::First);
            let is_labelled = label.is_some();
            self.statements.push(Statement { sides, is_condition, span, notation, role, joint, is_labelled });
        }
    }
}

/// `L'&:\ ` before what is said of the line L′: its length. Without a space it may be a ratio, a : b = c : d.
fn label_length(text: &str) -> Option<usize> {
    let (name, behind) = text.split_once(':')?;
    let name = name.trim_end_matches(['&', ' ']);
    let stem = name.trim_end_matches('\'');
    let is_name = stem.starts_with(char::is_alphabetic)
        && stem.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '{' | '}'));
    let spaces = ["\\quad", "\\qquad", "\\ ", "\\,", "\\;", "~", " ", "&"];
    let is_apart = spaces.iter().any(|space| behind.starts_with(space));
    (is_name && is_apart && !behind.contains(':')).then(|| text.len() - behind.len())
}

/// The length of `{3}` behind `\begin{alignat}`: a number of columns.
pub(super) fn column_count(environment: &str, behind: &str) -> usize {
    if !["alignat", "alignedat", "xalignat"].contains(&environment.trim_end_matches('*')) {
        return 0;
    }
    let digits = behind.strip_prefix('{').map_or("", |inner| inner.split('}').next().unwrap_or(""));
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) { 0 } else { digits.len() + 2 }
}

/// Is `=` a column of the array with which a text begins?
fn holds_equations(text: &str) -> bool {
    let inside = text.split("\\end{array}").next().unwrap_or(text);
    let plain: String = inside.chars().filter(|c| !c.is_whitespace()).collect();
    plain.contains("&=") || plain.contains("=&")
}

/// Where the next comma is that does not stand in brackets.
fn outer_comma(text: &str) -> usize {
    let mut depth = 0i32;
    let comma = text.char_indices().find(|(_, c)| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        *c == ',' && depth <= 0
    });
    comma.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::document::blanks::with_plain_rows;

    fn cut(text: &str, notation: Notation) -> Vec<Vec<&str>> {
        let formula = Formula { span: Span::new(0, text.len()), notation, inline: false, role: Role::Claim };
        statements(text, &formula)
            .iter()
            .map(|s| s.sides.iter().map(|side| &text[side.span.start..side.span.end]).collect())
            .collect()
    }

    #[test]
    fn statements_are_cut_at_relations_and_breaks() {
        for (text, expected) in [
            ("a = b = c", vec![vec!["a", "b", "c"]]),
            ("= b", vec![vec!["", "b"]]),
            ("a = 1, b = 2", vec![vec!["a", "1"], vec!["b", "2"]]),
            ("f(x, y) = x ≈ 2.", vec![vec!["f(x, y)", "x", "2"]]),
            ("[i = j] = δ[i,j]", vec![vec!["[i = j]", "δ[i,j]"]]),
            ("a = b => c = d", vec![vec!["a", "b"], vec!["c", "d"]]),
        ] {
            assert_eq!(cut(text, Notation::Text), expected, "{text}");
        }
        for (text, expected) in [
            (r"a &= b \\ &= c \tag{3}", vec![vec!["a", "b", "c"]]),
            (r"a = b \\ c = d", vec![vec!["a", "b"], vec!["c", "d"]]),
            (
                r"a = \begin{cases} b, & i = k \\ c, & i \neq k \end{cases}",
                vec![vec!["a", r"\begin{cases} b, & i = k \\ c, & i \neq k \end{cases}"]],
            ),
            (r"\begin{aligned} a &= b \\ &\quad + c \end{aligned}", vec![vec!["a", r"b \\ &      + c"]]),
            (r"a &= b \\ &\qquad \times c = d \\ &= e", vec![vec!["a", r"b \\ &       \times c", "d", "e"]]),
            (
                r"a &= b + \\ &\phantom{=} c \\ x &= \\ &y",
                vec![vec!["a", r"b + \\ &            c"], vec!["x", "y"]],
            ),
            (r"a &= b \\ -c &= d", vec![vec!["a", "b"], vec!["-c", "d"]]),
            (
                r"y &= u \qquad\text{with } u = 2x \\ &= 2x",
                vec![vec!["y", "u"], vec!["u", "2x"], vec!["u", "2x"]],
            ),
            (r"=\hat{y}_k(y_i-\hat{y}_i) \tag{4}", vec![vec!["", r"\hat{y}_k(y_i-\hat{y}_i)"]]),
            (r"\sum_{i=1}^n x_i \approx 3", vec![vec![r"\sum_{i=1}^n x_i", "3"]]),
        ] {
            let text = with_plain_rows(text);
            assert_eq!(cut(&text, Notation::Latex), expected, "{text}");
        }
    }
}
