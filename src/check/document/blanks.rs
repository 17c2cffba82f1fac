//! What a text holds besides what it says: comments, drawings, listings, and the spacing with which the rows of a display begin.
//! It is blanked out byte by byte, so that places stay what they are.
//!
//! This file knows how such things are marked and nothing of what is left.

use crate::syntax::commands::group;
use crate::syntax::sets_formulas;

/// Environments of LaTeX that hold drawings or listings.
const DRAWN: [&str; 22] = [
    "comment",
    "tikzpicture",
    "tikzcd",
    "axis",
    "semilogxaxis",
    "semilogyaxis",
    "loglogaxis",
    "polaraxis",
    "pspicture",
    "picture",
    "asy",
    "asypicture",
    "lstlisting",
    "verbatim",
    "Verbatim",
    "minted",
    "alltt",
    "sageblock",
    "sagesilent",
    "python",
    "filecontents",
    "circuitikz",
];

/// Elements of XML and HTML that hold drawings or listings.
const ELEMENTS: [&str; 13] = [
    "latex-image",
    "latex-image-code",
    "asymptote",
    "sage",
    "pg-code",
    "prefigure",
    "program",
    "console",
    "pre",
    "script",
    "style",
    "svg",
    "setup",
];

/// Words of a text that is a document of LaTeX as a whole: there, a percent sign begins a comment wherever it stands.
const OF_LATEX: [&str; 13] = [
    "\\documentclass",
    "\\begin{document}",
    "\\usepackage",
    "\\chapter",
    "\\section",
    "\\subsection",
    "\\subsubsection",
    "\\paragraph",
    "\\item",
    "\\textbf{",
    "\\emph{",
    "\\input{",
    "\\noindent",
];

/// Commands that set a distance, with an argument in braces.
const DISTANCES: [&str; 10] = [
    "\\phantom",
    "\\hphantom",
    "\\vphantom",
    "\\hspace*",
    "\\hspace",
    "\\mspace",
    "\\kern",
    "\\hskip",
    "\\mkern",
    "\\mskip",
];

/// Commands that set a distance of their own.
const GAPS: [&str; 22] = [
    "\\quad",
    "\\qquad",
    "\\enspace",
    "\\enskip",
    "\\thinspace",
    "\\medspace",
    "\\thickspace",
    "\\negthinspace",
    "\\hfill",
    "\\hfil",
    "\\displaystyle",
    "\\textstyle",
    "\\mathstrut",
    "\\strut",
    "\\null",
    "\\relax",
    "\\,",
    "\\;",
    "\\:",
    "\\!",
    "\\ ",
    "\\>",
];

/// A text of which stretches are blanked out; line ends stay.
struct Blanked(Vec<u8>);

impl Blanked {
    fn of(text: &str) -> Self {
        Blanked(text.as_bytes().to_vec())
    }

    fn blank(&mut self, from: usize, to: usize) {
        for byte in self.0.iter_mut().take(to).skip(from) {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }

    fn into_text(self, text: &str) -> String {
        String::from_utf8(self.0).unwrap_or_else(|_| text.to_owned())
    }
}

/// A text without comments, drawings and listings.
pub(super) fn without_comments(text: &str) -> String {
    let text = without_marked(text);
    if text.contains('%') { without_percents(&text) } else { text }
}

/// `<!-- … -->`, `\iffalse … \fi`, environments and elements that hold no mathematics.
fn without_marked(text: &str) -> String {
    let mut blanked = Blanked::of(text);
    let mut pairs: Vec<(String, String)> =
        vec![("<!--".into(), "-->".into()), ("\\iffalse".into(), "\\fi".into())];
    if text.contains("\\begin{") {
        for name in DRAWN {
            for star in ["", "*"] {
                pairs.push((format!("\\begin{{{name}{star}}}"), format!("\\end{{{name}{star}}}")));
            }
        }
    }
    if text.contains("</") {
        for name in ELEMENTS {
            pairs.push((format!("<{name}>"), format!("</{name}>")));
            pairs.push((format!("<{name} "), format!("</{name}>")));
        }
    }
    let mut is_changed = false;
    for (open, close) in pairs {
        let mut from = 0;
        while let Some(found) = text[from..].find(&open) {
            let start = from + found;
            // What is never closed is left as it is.
            let Some(length) = text[start + open.len()..].find(&close) else { break };
            from = start + open.len() + length + close.len();
            blanked.blank(start, from);
            is_changed = true;
        }
    }
    if is_changed { blanked.into_text(text) } else { text.to_owned() }
}

/// Comments behind percent signs. In a formula of LaTeX, and in a document of LaTeX, every `%` without a backslash begins one; in
/// the prose of other documents, only one with which a line begins.
fn without_percents(text: &str) -> String {
    let mut blanked = Blanked::of(text);
    let is_latex = OF_LATEX.iter().any(|word| text.contains(word));
    let mut formula: Option<String> = None;
    let mut at = 0;
    let mut line = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let mut length = c.len_utf8();
        match c {
            '\n' => line = at + 1,
            '%' if is_latex || formula.is_some() || text[line..at].trim().is_empty() => {
                let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
                // $5% of x$: what closes the formula on the same line is found first.
                let close =
                    formula.as_ref().filter(|_| !is_latex).and_then(|close| line.find(close.as_str()));
                length = close.unwrap_or(line.len());
                blanked.blank(at, at + length);
            }
            '\\' | '$' => (formula, length) = delimited(rest, formula),
            _ => {}
        }
        at += length;
    }
    blanked.into_text(text)
}

/// What a backslash or a dollar sign at the start of a text does to the formula that is open: what closes it is told, with the
/// length of the mark.
fn delimited(rest: &str, formula: Option<String>) -> (Option<String>, usize) {
    if let Some(close) = &formula {
        if rest.starts_with(close.as_str()) {
            return (None, close.len());
        }
        let escaped = rest[1..].chars().next().filter(|_| rest.starts_with('\\')).map_or(0, char::len_utf8);
        return (formula, 1 + escaped);
    }
    for (open, close) in [("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)")] {
        if rest.starts_with(open) {
            return (Some(close.to_owned()), open.len());
        }
    }
    if let Some(behind) = rest.strip_prefix('$') {
        // An inline formula ends in its paragraph.
        let paragraph = behind.split("\n\n").next().unwrap_or("");
        return (paragraph.contains('$').then(|| "$".to_owned()), 1);
    }
    if let Some(name) = rest.strip_prefix("\\begin{").and_then(|behind| behind.split('}').next())
        && sets_formulas(name)
    {
        return (Some(format!("\\end{{{name}}}")), "\\begin{}".len() + name.len());
    }
    (None, 1 + rest[1..].chars().next().map_or(0, char::len_utf8))
}

/// A text in which the rows of displays begin with what they say: `\\[2pt] &\quad\phantom{=} + 3` as `\\ & + 3`, with the same
/// number of bytes. `\cr` ends a row too.
pub(in crate::check) fn with_plain_rows(text: &str) -> String {
    if !text.contains("\\\\") && !text.contains("\\cr") {
        return text.to_owned();
    }
    let mut blanked = Blanked::of(text);
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        let here = at + found;
        let rest = &text[here..];
        let is_old = rest.starts_with("\\cr") && !rest[3..].starts_with(|c: char| c.is_ascii_alphabetic());
        if is_old {
            for (place, byte) in blanked.0.iter_mut().skip(here).zip(*b"\\\\ ") {
                *place = byte;
            }
        } else if !rest.starts_with("\\\\") {
            at = here + 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        at = here + if is_old { 3 } else { 2 };
        let star = usize::from(text[at..].starts_with('*'));
        blanked.blank(at, at + star);
        at += star + width(&text[at + star..]);
        while let Some(length) = spacing(&text[at..]) {
            if !text[at..].starts_with('&') {
                blanked.blank(at, at + length);
            }
            at += length;
        }
    }
    blanked.into_text(text)
}

/// `[2pt]` behind a row.
fn width(text: &str) -> usize {
    text.strip_prefix('[')
        .and_then(|inner| inner.find(']'))
        .filter(|length| is_distance(&text[1..=*length]))
        .map_or(0, |length| length + 2)
}

/// Is it a distance, such as `2pt`, `-0.5ex`, `\baselineskip`?
fn is_distance(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(['\\', '.', '-'])
        || text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_alphabetic())
}

/// The length of a blank, an alignment mark or a distance with which a text begins.
fn spacing(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if first.is_whitespace() || matches!(first, '&' | '~') {
        return Some(first.len_utf8());
    }
    if text.starts_with("{}") {
        return Some(2);
    }
    let is_whole = |word: &str| {
        !word.ends_with(|c: char| c.is_ascii_alphabetic())
            || !text[word.len()..].starts_with(|c: char| c.is_ascii_alphabetic())
    };
    if let Some(word) = GAPS.iter().find(|word| text.starts_with(**word) && is_whole(word)) {
        return Some(word.len());
    }
    let word = DISTANCES.iter().find(|word| text.starts_with(**word))?;
    let behind = &text[word.len()..];
    let blanks = behind.len() - behind.trim_start().len();
    let own = &behind[blanks..];
    if own.starts_with('{') {
        return Some(word.len() + blanks + group(own)?);
    }
    // \hskip 0.1in, \kern-1em
    let number = own.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))?;
    let unit = own[number..].trim_start();
    let gap = own.len() - number - unit.len();
    let letters = unit.bytes().take_while(u8::is_ascii_lowercase).count().min(2);
    (number > 0 && letters == 2).then_some(word.len() + blanks + number + gap + letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_blank() {
        for (text, expected) in [
            ("$$a = b % = c\n$$", "$$a = b      \n$$"),
            ("$$a = 5\\% % c$$", "$$a = 5\\%    $$"),
            ("at 5% of $x$", "at 5% of $x$"),
            ("$x$ is 5% of $y$\n% $z$\nw", "$x$ is 5% of $y$\n     \nw"),
            ("\\section{A} x % $y$\n$z$", "\\section{A} x      \n$z$"),
            ("a \\\\% b\n\\item", "a \\\\   \n\\item"),
            ("<!-- $y$\n -->$z$", "        \n    $z$"),
            ("a <!-- b", "a <!-- b"),
            (
                "\\begin{tikzpicture}[a=b]\nx\n\\end{tikzpicture}c",
                "                        \n \n                 c",
            ),
        ] {
            assert_eq!(without_comments(text), expected, "{text}");
        }
    }

    #[test]
    fn rows_begin_with_what_they_say() {
        for (text, expected) in [
            ("a \\\\ &\\quad + b", "a \\\\ &      + b"),
            ("a \\\\[2pt]&\\phantom{={}} + b", "a \\\\[2pt]&              + b"),
            ("a \\\\& \\hskip0.1in\n+ b", "a \\\\&            \n+ b"),
            ("a\\\\*{}+ b", "a\\\\   + b"),
            ("a \\cr\\;= b \\cross c", "a \\\\   = b \\cross c"),
            ("a \\\\ [x] = 1 \\quad", "a \\\\ [x] = 1 \\quad"),
        ] {
            assert_eq!(with_plain_rows(text), expected, "{text}");
        }
    }
}
