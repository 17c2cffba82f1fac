//! The display of a derivation in LaTeX: lines on the left, reasons on the right if a page has room for both; otherwise reasons
//! go over several rows or stand below their lines, and long formulas are broken.

use super::breaks;
use crate::print::latex_width;

/// The width of a page in em, somewhat less than that of an article and of the column of a web page: widths are estimates.
pub(super) const PAGE: f64 = 33.5;

/// Between two columns.
const GAP: f64 = 1.0;

/// By how much lines below their left side are moved, and by how much what goes on from one.
const MOVED: f64 = 1.0;
const FURTHER: f64 = 3.0;

/// A column for reasons is at least so wide.
const NARROWEST: f64 = 11.0;

/// The most rows of a reason beside its line.
const MOST_ROWS: usize = 3;

/// A line with its reason.
pub(super) struct Row {
    /// What is equal; nothing if the line goes on.
    pub left: String,
    /// `= …`.
    pub right: String,
    /// Why.
    pub reason: String,
}

/// The rows in an environment such as `align*`.
pub(super) fn display(rows: &[Row], environment: &str) -> String {
    let lines = if let Some(lines) = beside(rows, false, true)
        .or_else(|| beside(rows, true, true))
        .or_else(|| beside(rows, false, false))
        .or_else(|| beside(rows, true, false))
    {
        lines
    } else {
        below(rows)
    };
    format!("\\begin{{{environment}}}\n{}\n\\end{{{environment}}}\n", lines.join("\n"))
}

/// Is there one left side, above all lines?
fn has_one_left(rows: &[Row]) -> bool {
    rows.first().is_some_and(|row| !row.left.is_empty()) && rows.iter().skip(1).all(|row| row.left.is_empty())
}

fn widest<'a>(parts: impl Iterator<Item = &'a String>) -> f64 {
    parts.map(|part| latex_width(part)).fold(0.0, f64::max)
}

/// Reasons in a column beside the lines, if there is room. A single left side may have a row to itself, with the lines below it.
fn beside(rows: &[Row], is_hung: bool, is_whole: bool) -> Option<Vec<String>> {
    if is_hung && !has_one_left(rows) {
        return None;
    }
    let (left, right) = (widest(rows.iter().map(|row| &row.left)), widest(rows.iter().map(|row| &row.right)));
    let used = if is_hung { left.max(MOVED + right) } else { left + right };
    let room = PAGE - used - GAP;
    let reasons: Vec<Vec<String>> = if is_whole {
        rows.iter().map(|row| vec![row.reason.clone()]).collect()
    } else if room < NARROWEST {
        return None;
    } else {
        rows.iter().map(|row| breaks::reason(&row.reason, room)).collect()
    };
    let has_reasons = rows.iter().any(|row| !row.reason.is_empty());
    let is_room = if has_reasons { room >= 0.0 } else { room >= -GAP };
    // a row of numbers alone would be a claim
    let is_claim = |line: &String| !line.replace(r"\text", "").contains(|c: char| c.is_ascii_alphabetic());
    let is_bad = |lines: &Vec<String>| {
        lines.len() > MOST_ROWS || !breaks::fits(lines, room) || lines.iter().skip(1).any(is_claim)
    };
    if !is_room || reasons.iter().any(is_bad) {
        return None;
    }
    let mut out = Vec::new();
    if is_hung {
        out.push(format!("&{} \\\\", rows.first().map_or("", |row| &row.left)));
    }
    for (at, (row, reasons)) in rows.iter().zip(&reasons).enumerate() {
        let end = if at + 1 < rows.len() { r" \\" } else { "" };
        let start = if is_hung { r" &\quad ".to_owned() } else { format!("{} &", row.left) };
        for (part, reason) in reasons.iter().enumerate() {
            let reason = if reasons.len() > 1 { breaks::as_words(reason) } else { reason.clone() };
            let start = if part == 0 { format!("{start}{} && ", row.right) } else { " &&& ".to_owned() };
            let end = if part + 1 < reasons.len() { r" \\" } else { end };
            out.push(format!("{start}{reason}{end}"));
        }
    }
    Some(out)
}

/// Reasons below their lines.
fn below(rows: &[Row]) -> Vec<String> {
    let left = widest(rows.iter().map(|row| &row.left));
    let is_hung = has_one_left(rows);
    let indent = if is_hung { MOVED } else { left };
    let mut out: Vec<String> = Vec::new();
    if let (true, Some(row)) = (is_hung, rows.first()) {
        let lines = breaks::formula(&row.left, PAGE, PAGE - FURTHER);
        out.extend(lines.iter().enumerate().map(|(at, line)| {
            let start = if at == 0 { "&" } else { r"&\qquad " };
            format!("{start}{line} \\\\")
        }));
    }
    for (at, row) in rows.iter().enumerate() {
        let mut parts: Vec<String> = Vec::new();
        let lines = breaks::formula(&row.right, PAGE - indent, PAGE - indent - FURTHER);
        for (part, line) in lines.iter().enumerate() {
            parts.push(match (part, is_hung) {
                (0, true) => format!(r" &\quad {line}"),
                (0, false) => format!("{} &{line}", row.left),
                (_, true) => format!(r" &\quad\qquad {line}"),
                (_, false) => format!(r" &\qquad {line}"),
            });
        }
        if !row.reason.is_empty() {
            let start = if is_hung { r" &\quad\qquad " } else { r" &\qquad " };
            let lines = breaks::reason(&row.reason, PAGE - indent - FURTHER);
            parts.extend(lines.iter().map(|line| format!("{start}{}", breaks::as_words(line))));
        }
        // a line and its reason stand together
        let end = if at + 1 < rows.len() { r" \\[1ex]" } else { "" };
        out.push(format!("{}{end}", parts.join(" \\\\\n")));
    }
    out
}
