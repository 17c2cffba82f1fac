//! Tables on paper: columns for a terminal, `array` for LaTeX.

use std::fmt::Write as _;

use super::page::{Page, Style, significant};
use super::table::{Local, Row, Table};
use crate::syntax::tree::Tree;

/// A table on paper.
pub(super) fn table(table: &Table, style: Style, digits: usize) -> String {
    let page = Page { style, is_partial: true, has_delta: false, differentials: Vec::new() };
    let sheet = Sheet { page, digits, top: table.nodes.last().map_or("f", |row| &row.name) };
    match style {
        Style::Unicode | Style::Text => sheet.lines(table),
        // One display, which stands in a document as it is.
        Style::Latex => {
            let rows: Vec<String> = sheet.arrays(table).into_iter().chain(sheet.notes(table)).collect();
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

    /// `∂f/∂b·∂b/∂a + …`.
    fn paths(&self, row: &Row) -> String {
        let parts: Vec<String> = row
            .paths
            .iter()
            .map(|path| match path.is_direct {
                true if path.partial.held.is_empty() => self.page.formula(&path.partial.tree),
                true => self.local(self.top, &path.partial),
                false => {
                    let slope = self.slope(self.top, &path.through);
                    format!("{slope}{}{}", self.dot(), self.slope(&path.through, &row.name))
                }
            })
            .collect();
        if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") }
    }

    /// `0.4407·2 − 0.2914·3`.
    fn numbers(&self, row: &Row) -> String {
        let mut out = String::new();
        let is_direct = matches!(row.paths.as_slice(), [path] if path.is_direct);
        if is_direct {
            return out;
        }
        let minus = if self.page.style == Style::Unicode { '−' } else { '-' };
        for (at, path) in row.paths.iter().enumerate() {
            let (Some(adjoint), Some(value)) = (path.adjoint, path.partial.value) else { continue };
            match (at, adjoint < 0.0 && !path.is_direct) {
                (0, false) => {}
                (0, true) => out.push(minus),
                (_, true) => out.extend([' ', minus, ' ']),
                (_, false) => out.push_str(" + "),
            }
            let text = self.number(value);
            let bracketed = if value < 0.0 { format!("({text})") } else { text };
            if path.is_direct {
                out.push_str(&bracketed);
            } else {
                let _ = write!(out, "{}{}{bracketed}", self.number(adjoint.abs()), self.dot());
            }
        }
        out
    }

    fn optional(&self, value: Option<f64>) -> String {
        value.map_or_else(String::new, |value| self.number(value))
    }

    /// The forward rows: name, formula, value, local partials.
    fn forward(&self, table: &Table) -> Vec<[String; 4]> {
        let inputs = table
            .inputs
            .iter()
            .map(|row| [self.name(&row.name), String::new(), self.optional(row.value), String::new()]);
        let nodes = table.nodes.iter().map(|row| {
            let partials: Vec<String> = row
                .partials
                .iter()
                .map(|partial| {
                    let tree = self.page.formula(&partial.tree);
                    let slope = self.local(&row.name, partial);
                    match partial.value.map(|value| self.number(value)) {
                        Some(number) if number != tree => format!("{slope} = {tree} = {number}"),
                        _ => format!("{slope} = {tree}"),
                    }
                })
                .collect();
            let formula = row.formula.as_ref().map_or_else(String::new, |tree| self.page.formula(tree));
            let partials = partials.join(if self.page.is_latex() { r",\quad " } else { ",  " });
            [self.name(&row.name), formula, self.optional(row.value), partials]
        });
        inputs.chain(nodes).collect()
    }

    /// The backward rows: which derivative, the sum over paths, the same in numbers, value. What says nothing new is left out.
    fn backward(&self, table: &Table) -> Vec<[String; 4]> {
        let order = table.nodes.iter().rev().skip(1).chain(&table.inputs);
        order
            .map(|row| {
                let (paths, numbers) = (self.paths(row), self.numbers(row));
                let value = self.optional(row.adjoint);
                let numbers = if numbers == value { String::new() } else { numbers };
                let value = if value == paths { String::new() } else { value };
                [self.slope(self.top, &row.name), paths, numbers, value]
            })
            .collect()
    }

    fn lines(&self, table: &Table) -> String {
        let mut out = String::from("forward pass\n");
        let forward = self.forward(table);
        let rows: Vec<Vec<String>> = forward
            .into_iter()
            .map(|[name, formula, value, partials]| {
                vec![format!("  {name}"), equals(&formula), equals(&value), partials]
            })
            .collect();
        out.push_str(&grid(&rows));
        out.push_str("\nbackward pass\n");
        let rows: Vec<Vec<String>> = self
            .backward(table)
            .into_iter()
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
        for (heads, rows) in [
            (["", "", r"\text{value}", r"\text{local partials}"], self.forward(table)),
            (["", r"\text{sum over the paths}", r"\text{in numbers}", r"\text{value}"], self.backward(table)),
        ] {
            // A column in which nothing stands is left out.
            let columns: Vec<usize> =
                (0..4).filter(|at| *at == 0 || rows.iter().any(|row| !row[*at].is_empty())).collect();
            let cells = |row: &[String; 4]| {
                columns.iter().map(|at| row[*at].as_str()).collect::<Vec<_>>().join(" & ")
            };
            let heads = heads.map(str::to_owned);
            let mut out = format!("\\begin{{array}}{{{}}}\n", "l".repeat(columns.len()));
            let _ = writeln!(out, "{} \\\\ \\hline", cells(&heads));
            for row in &rows {
                let _ = writeln!(out, "{} \\\\", cells(row));
            }
            out.push_str("\\end{array}");
            all.push(out);
        }
        all
    }
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
