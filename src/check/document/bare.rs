//! LaTeX without marks around it, as it is cut out of a document: which lines belong together, and which are plain text.

use super::plain::{plain, without_opening};
use super::prose;
use super::{Document, Formula, Notation, lines};
use crate::span::Span;
use crate::syntax::is_latex;

/// Formulas of a text without marks: lines in LaTeX, and plain ones between them.
pub(in crate::check) fn bare(text: &str, body: usize, document: &mut Document) {
    let all: Vec<(Span, &str)> = lines(text, body).collect();
    let beside_latex = is_latex(&text[body..]);
    let mut at = 0;
    let mut gap = body;
    let mut fenced = false;
    while let Some((span, line)) = all.get(at) {
        fenced ^= line.trim_start().starts_with("```");
        if fenced || !is_of_latex(line, beside_latex) {
            at += 1;
            continue;
        }
        plain(text, gap..span.start, false, document);
        let mut last = at;
        let mut depth = Depth::default();
        depth.count(line);
        while let Some((_, next)) = all.get(last + 1)
            && !next.trim().is_empty()
            && (depth.0 > 0 || goes_on(all[last].1, next))
        {
            last += 1;
            depth.count(next);
        }
        let end = all[last].0.end;
        let start = span.start + without_opening(line);
        let role = prose::role_after(&text[span.start..start]).unwrap_or_default();
        let own = &text[start..end];
        if own.contains(['=', '≈']) || own.contains("\\approx") {
            let (span, notation) = (Span::new(start, end), Notation::Latex);
            document.formulas.push(Formula { span, notation, inline: false, role });
        }
        at = last + 1;
        gap = all.get(at).map_or(text.len(), |(span, _)| span.start);
    }
    plain(text, gap..text.len(), false, document);
}

/// Is a line a formula in LaTeX, or a part of one? In a text with LaTeX in it, braces and blanks of LaTeX decide too.
fn is_of_latex(line: &str, beside_latex: bool) -> bool {
    let line = without_comment(line).trim();
    let has_marks =
        line.starts_with('&') || line.contains("&=") || line.contains("& =") || line.contains("\\ ");
    let has_braces = beside_latex && line.contains(['{', '\\']);
    !line.contains('`') && !line.starts_with('#') && (is_latex(line) || has_marks || has_braces)
}

/// Does a formula go on in the next line?
fn goes_on(line: &str, next: &str) -> bool {
    let line = without_comment(line).trim_end();
    let next = without_comment(next).trim_start();
    // \\[2pt]
    let is_broken = line.ends_with("\\\\")
        || line.ends_with(']')
            && line.rfind("\\\\[").is_some_and(|at| !line[at + 3..line.len() - 1].contains([']', '\\']));
    is_broken
        || line.ends_with(['&', '=', '+', '-', '(', '{'])
        || next.starts_with(['&', '+', '-', ')', '}'])
        || ["\\\\", "\\cdot", "\\times", "\\right", "\\text", "\\end{"]
            .iter()
            .any(|word| next.starts_with(word))
}

fn without_comment(line: &str) -> &str {
    let comment =
        line.match_indices('%').find(|(at, _)| !line[..*at].ends_with('\\')).map_or(line.len(), |(at, _)| at);
    &line[..comment]
}

/// Braces and environments that are open.
#[derive(Default)]
struct Depth(isize);

impl Depth {
    fn count(&mut self, line: &str) {
        let line = without_comment(line);
        let mut before = ' ';
        for c in line.chars() {
            match c {
                _ if before == '\\' => {}
                '{' => self.0 += 1,
                '}' => self.0 -= 1,
                _ => {}
            }
            before = if before == '\\' { ' ' } else { c };
        }
        for (word, step) in [("\\begin{", 1), ("\\end{", -1), ("\\left", 1), ("\\right", -1)] {
            let is_whole = |at: usize| {
                word.ends_with('{') || !line[at + word.len()..].starts_with(|c: char| c.is_ascii_alphabetic())
            };
            for _ in line.match_indices(word).filter(|(at, _)| is_whole(*at)) {
                self.0 += step;
            }
        }
    }
}
