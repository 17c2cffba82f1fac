//! Tables on paper: columns for a terminal, `array` for LaTeX.

use std::fmt::Write as _;

use super::breaks;
use super::display::PAGE;
use super::page::{Page, Style, significant, with_powers_of_ten};
use super::table::{Local, Row, Table};
use crate::print::latex_width_in_line;
use crate::syntax::tree::Tree;

/// A table on paper.
pub(super) fn table(table: &Table, style: Style, digits: usize) -> String {
    let page = Page { is_partial: true, ..Page::new(style, &table.input) };
    let sheet = Sheet { page, digits, top: table.nodes.last().map_or("f", |row| &row.name) };
    match style {
        Style::Unicode | Style::Text => sheet.lines(table),
        // One display, which stands in a document as it is.
        Style::Latex => {
            let notes = sheet.notes(table);
            let notes = notes.iter().flat_map(|note| breaks::reason(note, PAGE));
            let rows: Vec<String> = sheet.arrays(table).into_iter().chain(notes).collect();
            format!("\\begin{{gather*}}\n{}\n\\end{{gather*}}", rows.join(" \\\\[1ex]\n"))
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
            Style::Latex | Style::Markdown => with_powers_of_ten(&text),
        }
    }

    fn name(&self, name: &str) -> String {
        self.page.formula(&Tree::name(name))
    }

    /// ∂a/∂b.
    fn slope(&self, of: &str, by: &str) -> String {
        let (of, by) = (self.name(of), self.name(by));
        match self.page.style {
            Style::Text => format!("d{of}/d{by}"),
            Style::Unicode => format!("∂{of}/∂{by}"),
            _ => format!(r"\frac{{\partial {of}}}{{\partial {by}}}"),
        }
    }

    /// A local partial of a name; (∂f/∂a)_c if it must be said that c is held fixed.
    fn local(&self, of: &str, partial: &Local) -> String {
        let slope = self.slope(of, &partial.by);
        if partial.held.is_empty() {
            return slope;
        }
        let held: Vec<String> = partial.held.iter().map(|name| self.name(name)).collect();
        let held = held.join(", ");
        match self.page.style {
            Style::Text | Style::Unicode if partial.held.len() == 1 => format!("({slope})_{held}"),
            Style::Text | Style::Unicode => format!("({slope})_{{{held}}}"),
            _ => format!(r"\left({slope}\right)_{{{held}}}"),
        }
    }

    fn dot(&self) -> &'static str {
        match self.page.style {
            Style::Text => "*",
            Style::Unicode => "·",
            _ => r" \cdot ",
        }
    }

    /// `∂f/∂b·∂b/∂a`, ` + …`.
    fn paths(&self, row: &Row) -> Vec<String> {
        let parts = row.paths.iter().map(|path| match path.is_direct {
            true if path.partial.held.is_empty() => self.page.formula(&path.partial.tree),
            true => self.local(self.top, &path.partial),
            false => {
                let slope = self.slope(self.top, &path.through);
                format!("{slope}{}{}", self.dot(), self.slope(&path.through, &row.name))
            }
        });
        let parts = parts.enumerate().map(|(at, part)| if at == 0 { part } else { format!(" + {part}") });
        let parts: Vec<String> = parts.collect();
        if parts.is_empty() { vec!["0".to_owned()] } else { parts }
    }

    /// `0.4407·2`, ` − 0.2914·3`.
    fn numbers(&self, row: &Row) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let is_direct = matches!(row.paths.as_slice(), [path] if path.is_direct);
        if is_direct {
            return out;
        }
        let minus = if self.page.style == Style::Unicode { '−' } else { '-' };
        for path in &row.paths {
            let (Some(adjoint), Some(value)) = (path.adjoint, path.partial.value) else { continue };
            let sign = match (out.len(), adjoint < 0.0 && !path.is_direct) {
                (0, false) => String::new(),
                (0, true) => minus.to_string(),
                (_, true) => format!(" {minus} "),
                (_, false) => " + ".to_owned(),
            };
            let text = self.number(value);
            let bracketed = if value < 0.0 { format!("({text})") } else { text };
            out.push(if path.is_direct {
                format!("{sign}{bracketed}")
            } else {
                format!("{sign}{}{}{bracketed}", self.number(adjoint.abs()), self.dot())
            });
        }
        out
    }

    fn optional(&self, value: Option<f64>) -> String {
        value.map_or_else(String::new, |value| self.number(value))
    }

    /// The forward rows: name, formula, value, local partials.
    fn forward(&self, table: &Table) -> Vec<[Cell; 4]> {
        let inputs = table.inputs.iter().map(|row| {
            [cell(self.name(&row.name)), Cell::new(), cell(self.optional(row.value)), Cell::new()]
        });
        let nodes = table.nodes.iter().map(|row| {
            let comma = if self.page.is_latex() { r",\quad " } else { ",  " };
            let last = row.partials.len().saturating_sub(1);
            let partials = row
                .partials
                .iter()
                .enumerate()
                .map(|(at, partial)| {
                    let comma = if at < last { comma } else { "" };
                    let tree = self.page.formula(&partial.tree);
                    let slope = self.local(&row.name, partial);
                    match partial.value.map(|value| self.number(value)) {
                        Some(number) if number != tree => format!("{slope} = {tree} = {number}{comma}"),
                        _ => format!("{slope} = {tree}{comma}"),
                    }
                })
                .collect();
            let formula = row.formula.as_ref().map_or_else(String::new, |tree| self.page.formula(tree));
            [cell(self.name(&row.name)), cell(formula), cell(self.optional(row.value)), partials]
        });
        inputs.chain(nodes).collect()
    }

    /// The backward rows: which derivative, the sum over paths, the same in numbers, value. What says nothing new is left out.
    fn backward(&self, table: &Table) -> Vec<[Cell; 4]> {
        let order = table.nodes.iter().rev().skip(1).chain(&table.inputs);
        order
            .map(|row| {
                let (paths, numbers) = (self.paths(row), self.numbers(row));
                let value = self.optional(row.adjoint);
                let numbers = if numbers.concat() == value { Cell::new() } else { numbers };
                let value = if value == paths.concat() { String::new() } else { value };
                [cell(self.slope(self.top, &row.name)), paths, numbers, cell(value)]
            })
            .collect()
    }

    fn lines(&self, table: &Table) -> String {
        let mut out = String::from("forward pass\n");
        let forward = self.forward(table);
        let rows: Vec<Vec<String>> = forward
            .into_iter()
            .map(|row| row.map(|cell| cell.concat()))
            .map(|[name, formula, value, partials]| {
                vec![format!("  {name}"), equals(&formula), equals(&value), partials]
            })
            .collect();
        out.push_str(&grid(&rows));
        out.push_str("\nbackward pass\n");
        let rows: Vec<Vec<String>> = self
            .backward(table)
            .into_iter()
            .map(|row| row.map(|cell| cell.concat()))
            .map(|[slope, paths, numbers, value]| {
                vec![format!("  {slope}"), equals(&paths), equals(&numbers), equals(&value)]
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
        for (heads, cells) in [
            (["", "", r"\text{value}", r"\text{local partials}"], self.forward(table)),
            (["", r"\text{sum over the paths}", r"\text{in numbers}", r"\text{value}"], self.backward(table)),
        ] {
            let mut rows: Vec<[String; 4]> =
                cells.iter().map(|row| row.each_ref().map(|cell| cell.concat())).collect();
            if array_width(&rows) > PAGE {
                rows = cells.iter().flat_map(one_below_the_other).collect();
            }
            // A column in which nothing stands is left out.
            let columns: Vec<usize> =
                (0..4).filter(|at| *at == 0 || rows.iter().any(|row| !row[*at].is_empty())).collect();
            let joined = |row: &[String; 4]| {
                columns.iter().map(|at| row[*at].as_str()).collect::<Vec<_>>().join(" & ")
            };
            let heads = heads.map(str::to_owned);
            let mut out = format!("\\begin{{array}}{{{}}}\n", "l".repeat(columns.len()));
            let _ = writeln!(out, "{} \\\\ \\hline", joined(&heads));
            for (at, row) in rows.iter().enumerate() {
                // fractions of neighbours do not touch
                let _ =
                    writeln!(out, "{} \\\\{}", joined(row), if at + 1 < rows.len() { "[1ex]" } else { "" });
            }
            out.push_str("\\end{array}");
            all.push(out);
        }
        all
    }
}

/// What stands in one place of a table, in parts that may stand one below the other.
type Cell = Vec<String>;

fn cell(text: String) -> Cell {
    if text.is_empty() { Cell::new() } else { vec![text] }
}

/// How wide the rows of an array are, in em.
fn array_width(rows: &[[String; 4]]) -> f64 {
    let widest = |at: usize| rows.iter().map(|row| latex_width_in_line(&row[at])).fold(0.0, f64::max);
    (0..4).map(widest).filter(|width| *width > 0.0).map(|width| width + 1.0).sum()
}

/// A row whose parts have rows of their own.
fn one_below_the_other(row: &[Cell; 4]) -> Vec<[String; 4]> {
    let count = row.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let part = |cell: &Cell, at: usize| match cell.get(at) {
        // a sign between two terms
        Some(term) if at > 0 && term.starts_with([' ']) => format!("{{}}{term}"),
        Some(term) => term.trim_end_matches(r"\quad ").to_owned(),
        None => String::new(),
    };
    (0..count).map(|at| row.each_ref().map(|cell| part(cell, at))).collect()
}

fn equals(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("= {text}") }
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
