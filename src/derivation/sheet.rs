//! Tables on paper: columns for a terminal, `array` for LaTeX.

use std::fmt::Write as _;

use super::page::{Page, Style, significant};
use super::table::{Row, Table};
use crate::syntax::tree::Tree;

/// A table on paper.
pub(super) fn table(table: &Table, style: Style, digits: usize) -> String {
    let page = Page { is_partial: table.inputs.len() > 1, ..Page::new(style, &table.input) };
    let sheet = Sheet { page, digits, top: table.nodes.last().map_or("f", |row| &row.name) };
    match style {
        Style::Unicode | Style::Text => sheet.lines(table),
        Style::Latex => {
            sheet.arrays(table).into_iter().chain(sheet.notes(table)).collect::<Vec<_>>().join("\n\n")
        }
        Style::Markdown => sheet
            .arrays(table)
            .into_iter()
            .chain(sheet.notes(table))
            .map(|array| format!("$$\n{array}\n$$\n"))
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

/// A table being written.
struct Sheet<'a> {
    page: Page,
    digits: usize,
    /// The name of the whole formula.
    top: &'a str,
}

impl Sheet<'_> {
    fn number(&self, x: f64) -> String {
        let text = decimals(x, self.digits);
        match self.page.style {
            Style::Text => text,
            Style::Unicode => text.replace('-', "−"),
            _ => match text.split_once('e') {
                Some((mantissa, exponent)) => format!(r"{mantissa} \cdot 10^{{{exponent}}}"),
                None => text,
            },
        }
    }

    fn name(&self, name: &str) -> String {
        self.page.formula(&Tree::name(name))
    }

    /// ∂a/∂b.
    fn slope(&self, of: &str, by: &str) -> String {
        let (of, by) = (self.name(of), self.name(by));
        let d = if self.page.is_partial || !self.page.is_latex() { "∂" } else { "d" };
        match (self.page.is_latex(), self.page.style) {
            (true, _) => format!(r"\frac{{\partial {of}}}{{\partial {by}}}")
                .replace("\\partial", if d == "d" { "d" } else { "\\partial" }),
            (false, Style::Text) => format!("d{of}/d{by}"),
            (false, _) => format!("∂{of}/∂{by}"),
        }
    }

    /// `∂f/∂b·∂b/∂a + …`.
    fn paths(&self, row: &Row) -> String {
        let parts: Vec<String> = row
            .paths
            .iter()
            .map(|path| {
                if path.is_direct {
                    self.page.formula(&path.tree)
                } else {
                    let dot = if self.page.is_latex() {
                        r" \cdot "
                    } else if self.page.style == Style::Text {
                        "*"
                    } else {
                        "·"
                    };
                    format!(
                        "{}{dot}{}",
                        self.slope(self.top, &path.through),
                        self.slope(&path.through, &row.name)
                    )
                }
            })
            .collect();
        if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") }
    }

    /// `0.4407·2 − 0.2914·3`.
    fn numbers(&self, row: &Row) -> String {
        let mut out = String::new();
        let is_direct = matches!(row.paths.as_slice(), [path] if path.is_direct);
        if is_direct || row.paths.is_empty() {
            return out;
        }
        for (at, path) in row.paths.iter().enumerate() {
            let sign = if path.adjoint.is_sign_negative() { -1.0 } else { 1.0 };
            match (at, sign < 0.0 && !path.is_direct) {
                (0, false) => {}
                (0, true) => out.push(if self.page.style == Style::Unicode { '−' } else { '-' }),
                (_, true) => out.push_str(if self.page.style == Style::Unicode { " − " } else { " - " }),
                (_, false) => out.push_str(" + "),
            }
            let bracketed = |x: f64| {
                let text = self.number(x);
                if x < 0.0 { format!("({text})") } else { text }
            };
            if path.is_direct {
                out.push_str(&bracketed(path.value));
            } else {
                let dot = if self.page.is_latex() {
                    r" \cdot "
                } else if self.page.style == Style::Text {
                    "*"
                } else {
                    "·"
                };
                let _ = write!(out, "{}{dot}{}", self.number(path.adjoint.abs()), bracketed(path.value));
            }
        }
        out
    }

    /// The forward rows: name, formula, value, local partials.
    fn forward(&self, table: &Table) -> Vec<[String; 4]> {
        let inputs = table
            .inputs
            .iter()
            .map(|row| [self.name(&row.name), String::new(), self.number(row.value), String::new()]);
        let nodes = table.nodes.iter().map(|row| {
            let partials: Vec<String> = row
                .partials
                .iter()
                .map(|partial| {
                    let tree = self.page.formula(&partial.tree);
                    let number = self.number(partial.value);
                    let slope = self.slope(&row.name, &partial.by);
                    if tree == number {
                        format!("{slope} = {tree}")
                    } else {
                        format!("{slope} = {tree} = {number}")
                    }
                })
                .collect();
            let formula = row.formula.as_ref().map_or_else(String::new, |tree| self.page.formula(tree));
            [
                self.name(&row.name),
                formula,
                self.number(row.value),
                partials.join(if self.page.is_latex() { r",\quad " } else { ",  " }),
            ]
        });
        inputs.chain(nodes).collect()
    }

    /// The backward rows: which derivative, the sum over paths, the same in numbers, value.
    fn backward(&self, table: &Table) -> Vec<[String; 4]> {
        let order = table.nodes.iter().rev().skip(1).chain(&table.inputs);
        order
            .map(|row| {
                [
                    self.slope(self.top, &row.name),
                    self.paths(row),
                    self.numbers(row),
                    self.number(row.adjoint),
                ]
            })
            .collect()
    }

    fn lines(&self, table: &Table) -> String {
        let mut out = String::from("forward pass\n");
        let forward = self.forward(table);
        let rows: Vec<Vec<String>> = forward
            .into_iter()
            .map(|[name, formula, value, partials]| {
                let formula = if formula.is_empty() { String::new() } else { format!("= {formula}") };
                vec![format!("  {name}"), formula, format!("= {value}"), partials]
            })
            .collect();
        out.push_str(&grid(&rows));
        out.push_str("\nbackward pass\n");
        let rows: Vec<Vec<String>> = self
            .backward(table)
            .into_iter()
            .map(|[slope, paths, numbers, value]| {
                let numbers = if numbers.is_empty() { String::new() } else { format!("= {numbers}") };
                vec![format!("  {slope}"), format!("= {paths}"), numbers, format!("= {value}")]
            })
            .collect();
        out.push_str(&grid(&rows));
        let notes = self.notes(table);
        if !notes.is_empty() {
            let _ = write!(out, "\n{}\n", notes.join("\n"));
        }
        out
    }

    /// Where the derivatives exist, and what was chosen where they do not.
    fn notes(&self, table: &Table) -> Vec<String> {
        let joined = |conditions: &[Tree]| {
            let texts: Vec<String> = conditions.iter().map(|c| self.page.formula(c)).collect();
            texts.join(if self.page.is_latex() { r",\ " } else { ", " })
        };
        let mut notes = Vec::new();
        if !table.conditions.is_empty() {
            notes.push(format!("{}{}", self.page.words("where "), joined(&table.conditions)));
        }
        notes.extend(table.conventions.iter().map(|c| self.page.words(&format!("convention: {c}"))));
        if !table.unmet.is_empty() {
            let unmet = joined(&table.unmet);
            let words = " does not hold at this point: the derivative there is the convention";
            notes.push(format!("{unmet}{}", self.page.words(words)));
        }
        notes
    }

    fn arrays(&self, table: &Table) -> Vec<String> {
        let mut all = Vec::new();
        for (heads, rows) in [
            (["", "", r"\text{value}", r"\text{local partials}"], self.forward(table)),
            (["", r"\text{sum over the paths}", r"\text{in numbers}", r"\text{value}"], self.backward(table)),
        ] {
            let mut out = String::from("\\begin{array}{llll}\n");
            let _ = writeln!(out, "{} \\\\ \\hline", heads.join(" & "));
            for row in rows {
                let _ = writeln!(out, "{} \\\\", row.join(" & "));
            }
            out.push_str("\\end{array}");
            all.push(out);
        }
        all
    }
}

/// Columns of text, the last one ragged.
fn grid(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            if *width == 0 {
                continue;
            }
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.chars().count() + 2));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// So many digits after the point, trailing zeros off; small and large numbers with a power of ten.
fn decimals(x: f64, digits: usize) -> String {
    let size = x.abs();
    if x != 0.0 && x.is_finite() && (size < 0.5 * 10f64.powi(-(digits as i32)) || size >= 1e15) {
        return significant(x, digits.max(1));
    }
    let text = format!("{x:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
