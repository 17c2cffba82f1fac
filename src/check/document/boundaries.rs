//! Where the parts of a document begin and end: headings, exercises, items of lists, rows of tables, rules. It finds their marks
//! in Markdown, LaTeX, XML and plain text, in order.
//!
//! This file knows how parts are marked; `scopes` knows what they do to names.

use super::lines;
use super::plain::list_mark;
use crate::span::Span;
use crate::syntax::sets_formulas;

/// What begins or ends at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check) enum Boundary {
    /// A heading of a level, 1 for the highest.
    Heading(u8),
    /// A heading under which names are its own: an exercise, an example, a theorem.
    Exercise(u8),
    /// A step of what is under way: a solution, a proof, "Step 2".
    Step,
    /// An environment or an element whose names are its own begins.
    Open(String),
    /// A list or a table begins.
    List(String),
    /// An environment, an element, a list or a table ends.
    Close(String),
    /// An item: the kind of its list, and its number if it has one.
    Item(String, Option<u32>),
    /// A paragraph of prose that belongs to no list with bullets.
    Paragraph,
    /// A table without an end mark is over.
    NoTable,
}

/// Words that begin something whose names are its own.
const EXERCISES: &[&str] = &[
    "exercise",
    "question",
    "problem",
    "task",
    "example",
    "examples",
    "theorem",
    "lemma",
    "proposition",
    "corollary",
    "definition",
    "activity",
    "checkpoint",
    "quiz",
    "aufgabe",
    "übung",
    "beispiel",
    "satz",
    "korollar",
    "aufg",
    "exercice",
    "exemple",
    "théorème",
    "lemme",
    "définition",
    "problème",
    "ex",
    "practice",
];

/// Words that go on with what is under way.
const STEPS: &[&str] = &[
    "step",
    "solution",
    "answer",
    "proof",
    "hint",
    "derivation",
    "check",
    "verification",
    "result",
    "conclusion",
    "schritt",
    "lösung",
    "antwort",
    "beweis",
    "hinweis",
    "herleitung",
    "probe",
    "ergebnis",
    "étape",
    "réponse",
    "preuve",
    "démonstration",
    "simplification",
    "vereinfachung",
    "note",
    "remark",
    "remarks",
    "tip",
    "warning",
    "info",
    "important",
    "caution",
    "bemerkung",
    "hinweise",
    "remarque",
    "recall",
    "setup",
    "summary",
];

/// Words of the parts of an exercise.
const PARTS: &[&str] = &["part", "teil", "partie", "teilaufgabe", "subpart", "case", "fall", "cas"];

/// Stems of the names of environments and elements whose names are their own.
const STEMS: &[&str] = &[
    "exam", "exer", "prob", "ques", "task", "theo", "thm", "lem", "propo", "prop", "coro", "defi", "defn",
    "rem", "note", "aufg", "beisp", "satz", "übung", "activ", "explor", "project", "warm", "block", "ex",
    "xca", "fact", "obser", "investig", "claim",
];

/// Environments and elements that are lists or tables.
const LISTS: &[&str] = &[
    "enumerate",
    "itemize",
    "description",
    "compactenum",
    "parts",
    "subparts",
    "questions",
    "choices",
    "oneparchoices",
    "checkboxes",
    "multicols",
    "tasks",
    "tabular",
    "tabularx",
    "longtable",
    "table",
    "ol",
    "ul",
    "dl",
    "tbody",
    "sidebyside",
    "exercisegroup",
    "array",
    "sbsgroup",
];

/// Elements of XML that are parts of a book.
const SECTIONS: [(&str, u8); 6] =
    [("part", 1), ("chapter", 1), ("section", 2), ("subsection", 3), ("subsubsection", 4), ("paragraphs", 6)];

/// Commands of LaTeX that are headings.
const HEADINGS: [(&str, u8); 7] = [
    ("\\chapter", 1),
    ("\\section", 2),
    ("\\subsection", 3),
    ("\\subsubsection", 4),
    ("\\paragraph", 6),
    ("\\subparagraph", 6),
    ("\\frametitle", 6),
];

/// Labels in bold stand below all headings, a larger gap below these.
const LABEL: u8 = 8;
const RULE: u8 = 7;
const GAP: u8 = 9;

/// The boundaries of a text behind a place, in order. What stands in one of the spans, which are in order too, is formula.
pub(in crate::check) fn boundaries(text: &str, body: usize, formulas: &[Span]) -> Vec<(usize, Boundary)> {
    let mut finder = Finder { found: Vec::new(), table: false, tabular: 0, is_blank: true, fenced: false };
    let mut next = 0;
    for (span, line) in lines(text, body) {
        while formulas.get(next).is_some_and(|formula| formula.end <= span.start) {
            next += 1;
        }
        // What belongs to a formula says nothing of parts.
        let inside: Vec<Span> =
            formulas[next..].iter().take_while(|formula| formula.start < span.end).copied().collect();
        let is_formula = |at: usize| inside.iter().any(|formula| formula.start <= at && at < formula.end);
        finder.line(span, line, &is_formula);
    }
    finder.found
}

/// A label within a formula, `L:\ x = 1 + t`: what follows is an item, up to the next paragraph.
pub(in crate::check) fn labelled(at: usize) -> (usize, Boundary) {
    (at, Boundary::Item("-:".to_owned(), None))
}

struct Finder {
    found: Vec<(usize, Boundary)>,
    /// Are we in a table of Markdown?
    table: bool,
    /// How many tables of LaTeX are open.
    tabular: usize,
    is_blank: bool,
    fenced: bool,
}

impl Finder {
    fn line(&mut self, span: Span, line: &str, is_formula: &dyn Fn(usize) -> bool) {
        let own = line.trim_start();
        if own.starts_with("```") || own.starts_with("~~~") {
            self.fenced = !self.fenced;
            return;
        }
        if self.fenced {
            return;
        }
        let start = span.start + line.len() - own.len();
        if own.is_empty() {
            self.is_blank = true;
            return;
        }
        if self.table && !own.starts_with('|') {
            self.table = false;
            self.found.push((span.start, Boundary::NoTable));
        }
        if !is_formula(start) {
            self.beginning(start, own, line.len() - own.len());
        }
        self.marks(span, line, is_formula);
        self.is_blank = false;
    }

    /// What the beginning of a line says.
    fn beginning(&mut self, at: usize, own: &str, indent: usize) {
        let was_blank = self.is_blank;
        let quoted = own.trim_start_matches(['>', ' ']);
        let hashes = quoted.len() - quoted.trim_start_matches('#').len();
        if (1..=6).contains(&hashes) {
            let kind = titled(&quoted[hashes..], hashes as u8);
            self.found.push((at, kind));
        } else if is_rule(own) {
            self.found.push((at, Boundary::Heading(RULE)));
        } else if own.starts_with("!!!") || own.starts_with("???") || own.starts_with(":::") {
            self.found.push((at, Boundary::Exercise(LABEL)));
        } else if own.starts_with('|') {
            self.table = true;
            self.found.push((at, Boundary::Item("|".to_owned(), None)));
        } else if let Some(boundary) = label(own) {
            self.found.push((at, boundary));
        } else if let Some((style, number)) = item(own) {
            self.found.push((at, Boundary::Item(format!("{style}{}", indent / 2), number)));
        } else if was_blank && indent < 2 && own.starts_with(char::is_alphabetic) {
            self.found.push((at, Boundary::Paragraph));
        }
    }

    /// Commands and elements within a line.
    fn marks(&mut self, span: Span, line: &str, is_formula: &dyn Fn(usize) -> bool) {
        for (at, _) in line.match_indices(['\\', '<']) {
            if is_formula(span.start + at) {
                continue;
            }
            let rest = &line[at..];
            let boundary = if rest.starts_with('<') { element(rest) } else { self.command(rest, at, line) };
            if let Some(boundary) = boundary {
                self.found.push((span.start + at, boundary));
            }
        }
    }

    fn command(&mut self, rest: &str, at: usize, line: &str) -> Option<Boundary> {
        if rest.starts_with("\\\\") {
            let is_second = line[..at].ends_with('\\') && !line[..at].ends_with("\\\\");
            return (self.tabular > 0 && !is_second).then(|| Boundary::Item("row".to_owned(), None));
        }
        let length = 1 + rest[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len() - 1);
        let (word, behind) = rest.split_at(length);
        if let Some((_, level)) = HEADINGS.iter().find(|(known, _)| *known == word) {
            let behind = behind.trim_start_matches('*').trim_start();
            return Some(titled(behind.strip_prefix('{').unwrap_or(behind), *level));
        }
        let name = behind.strip_prefix('{').and_then(|inner| inner.split('}').next());
        match (word, name) {
            ("\\begin", Some(name)) => {
                let is_table = name.starts_with("tabular") || name == "longtable";
                self.tabular += usize::from(is_table);
                opened(name)
            }
            ("\\end", Some(name)) => {
                let is_table = name.starts_with("tabular") || name == "longtable";
                self.tabular = self.tabular.saturating_sub(usize::from(is_table));
                opened(name).and_then(|opened| match opened {
                    Boundary::Open(name) | Boundary::List(name) => Some(Boundary::Close(name)),
                    _ => None,
                })
            }
            ("\\item" | "\\choice" | "\\CorrectChoice" | "\\question" | "\\task" | "\\subpart", _) => {
                Some(Boundary::Item("item".to_owned(), None))
            }
            ("\\part", None) => Some(Boundary::Item("item".to_owned(), None)),
            ("\\part", Some(_)) => Some(Boundary::Heading(1)),
            ("\\newpage" | "\\clearpage" | "\\pagebreak", _) => Some(Boundary::Heading(RULE)),
            ("\\bigskip", _) => Some(Boundary::Heading(GAP)),
            _ => None,
        }
    }
}

/// What an environment begins.
fn opened(name: &str) -> Option<Boundary> {
    let plain = name.trim_end_matches('*');
    let lower = plain.to_lowercase();
    if sets_formulas(plain) {
        return None;
    }
    if LISTS.contains(&lower.as_str()) {
        return Some(Boundary::List(plain.to_owned()));
    }
    if lower == "frame" {
        return Some(Boundary::Item("frame".to_owned(), None));
    }
    let is_step = STEPS.iter().any(|word| lower.starts_with(word)) || lower.starts_with("sol");
    (!is_step && STEMS.iter().any(|stem| lower.starts_with(stem))).then(|| Boundary::Open(plain.to_owned()))
}

/// What an element of XML or HTML begins or ends.
fn element(rest: &str) -> Option<Boundary> {
    let (is_end, inner) = match rest.strip_prefix("</") {
        Some(inner) => (true, inner),
        None => (false, rest.strip_prefix('<')?),
    };
    let length = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))?;
    let name = &inner[..length];
    if name.is_empty()
        || !inner[length..].starts_with(['>', ' ', '\t', '\n'])
        || inner[length..].starts_with(" =")
    {
        return None;
    }
    if name == "hr" {
        return Some(Boundary::Heading(RULE));
    }
    if let Some((_, level)) = SECTIONS.iter().find(|(known, _)| *known == name) {
        return Some(Boundary::Heading(*level));
    }
    if matches!(name, "li" | "tr" | "row" | "dt") {
        return (!is_end).then(|| Boundary::Item("element".to_owned(), None));
    }
    let boundary = opened(name)?;
    match boundary {
        Boundary::Open(name) | Boundary::List(name) if is_end => Some(Boundary::Close(name)),
        boundary => (!is_end).then_some(boundary),
    }
}

/// A heading by the words of its title.
fn titled(title: &str, level: u8) -> Boundary {
    let title = title.trim_start_matches([' ', '*', '_']);
    match word_of(title) {
        Some(word) if STEPS.contains(&word.as_str()) => Boundary::Step,
        Some(word) if EXERCISES.contains(&word.as_str()) => Boundary::Exercise(level),
        Some(word) if PARTS.contains(&word.as_str()) => Boundary::Item("part".to_owned(), None),
        _ => match item(title) {
            // "### (b)", "## 2) Next"
            Some((style, number)) if title.starts_with('(') || style.ends_with(')') => {
                Boundary::Item(format!("#{style}"), number)
            }
            _ => Boundary::Heading(level),
        },
    }
}

fn word_of(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
    (!word.is_empty()).then(|| word.to_lowercase())
}

/// `**Example 2.**`, `\textbf{2.}`, "Exercise 3:", "Step 2": a label at the start of a line.
fn label(own: &str) -> Option<Boundary> {
    let plain = own.strip_prefix("\\noindent").map_or(own, str::trim_start).trim_start_matches(['>', ' ']);
    let bold = [
        ("**", "**"),
        ("__", "__"),
        ("\\textbf{", "}"),
        ("\\underline{", "}"),
        ("\\emph{", "}"),
        ("{\\bf ", "}"),
        ("<b>", "</b>"),
        ("<strong>", "</strong>"),
        ("*", "*"),
        ("_", "_"),
    ]
    .iter()
    .find_map(|(open, close)| {
        let inner = plain.strip_prefix(open)?;
        let length = inner.find(close)?;
        Some((&inner[..length], inner[length + close.len()..].trim()))
    });
    let (title, behind) = bold.unwrap_or((plain, ""));
    let title = title.trim_start_matches("\\large").trim_start_matches("\\Large").trim();
    let word = word_of(title);
    let known = |list: &[&str]| word.as_ref().is_some_and(|word| list.contains(&word.as_str()));
    // "Example 2", "Example:", "Example" alone; not "Examples of this".
    let rest = word.as_ref().map_or("", |word| title.get(word.len()..).unwrap_or("")).trim_start();
    let number = rest.split([' ', '.', ':', ')', '(', ',', '-']).next().unwrap_or("");
    let is_label = rest.is_empty()
        || rest.starts_with([':', '.', '(', '-', '–', '—'])
        || number.len() <= 4 && number.chars().any(|c| c.is_ascii_digit())
        || number.len() == 1 && number.chars().all(char::is_uppercase)
        || !number.is_empty() && number.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
    let is_title = title.starts_with(char::is_uppercase) || bold.is_some();
    if is_label && is_title {
        if known(EXERCISES) {
            return Some(Boundary::Exercise(LABEL));
        }
        if known(STEPS) {
            return Some(Boundary::Step);
        }
        if known(PARTS) {
            return Some(Boundary::Item("part".to_owned(), None));
        }
    }
    bold?;
    if let Some((style, number)) = item(&format!("{title} x")) {
        return Some(Boundary::Item(format!("*{style}"), number));
    }
    // A line in bold is a heading.
    (behind.is_empty() && !title.contains(['=', '$'])).then_some(Boundary::Heading(LABEL))
}

/// `***`, `---`, `* * *`, `====`.
fn is_rule(own: &str) -> bool {
    let marks: String = own.chars().filter(|c| !c.is_whitespace()).collect();
    marks.len() >= 3 && ['*', '-', '_', '='].iter().any(|mark| marks.chars().all(|c| c == *mark))
}

/// `- `, `2. `, `(b) `: how the items of the list are marked, and the number.
fn item(own: &str) -> Option<(&'static str, Option<u32>)> {
    if ["- ", "* ", "+ ", "• "].iter().any(|mark| own.starts_with(mark)) {
        return Some(("-", None));
    }
    let length = list_mark(own)?;
    let mark = &own[..length];
    let inner = mark.trim_matches(['(', ')', '.', ' ']);
    let number: Option<u32> = inner.parse().ok();
    let style = match (number.is_some(), mark.starts_with('('), mark.trim_end().ends_with(')')) {
        (true, true, _) => "(1)",
        (true, false, true) => "1)",
        (true, false, false) => "1.",
        (false, true, _) => "(a)",
        (false, false, true) => "a)",
        (false, false, false) => "a.",
    };
    // Letters are numbers too.
    let letter = inner.chars().next().filter(|c| inner.len() == 1 && c.is_ascii_alphabetic());
    Some((style, number.or(letter.map(|c| u32::from(c.to_ascii_lowercase()) - u32::from('a') + 1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found() {
        use Boundary::{Close, Exercise, Heading, Item, Open, Step};
        for (line, expected) in [
            ("## Step 2: simplify", vec![Step]),
            ("## Exercise 2", vec![Exercise(2)]),
            ("# The chain rule", vec![Heading(1)]),
            ("**Example 2.** Let y", vec![Exercise(8)]),
            ("Examples of this", vec![]),
            ("Example 4", vec![Exercise(8)]),
            ("\\textbf{2.} Let y", vec![Item("*1.".into(), Some(2))]),
            ("**Theorem**", vec![Exercise(8)]),
            ("***", vec![Heading(7)]),
            ("!!! note", vec![Exercise(8)]),
            ("- f", vec![Item("-0".into(), None)]),
            ("(b) f'(x) = 3", vec![Item("(a)0".into(), Some(2))]),
            ("\\begin{example} a \\end{example}", vec![Open("example".into()), Close("example".into())]),
            ("\\begin{proof}", vec![]),
            ("\\begin{align*}", vec![]),
            ("a \\bigskip b", vec![Heading(9)]),
            ("<exercise><p>a</p></exercise>", vec![Open("exercise".into()), Close("exercise".into())]),
            ("a <b", vec![]),
        ] {
            let found: Vec<Boundary> =
                boundaries(&format!("x\n{line}"), 0, &[]).into_iter().map(|(_, boundary)| boundary).collect();
            let found: Vec<Boundary> = found.into_iter().filter(|b| *b != Boundary::Paragraph).collect();
            assert_eq!(found, expected, "{line}");
        }
    }
}
