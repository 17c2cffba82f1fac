//! Derivations on paper: LaTeX, Markdown with LaTeX, Unicode for a terminal.

use std::fmt::Write as _;

use super::{Derivation, Phrase, Rule, Step};
use crate::diagnostic::Diagnostic;
use crate::evaluate::graph::Value;
use crate::function;
use crate::print;
use crate::syntax::tree::Tree;

/// How a derivation is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Style {
    /// For a terminal.
    #[default]
    Unicode,
    /// ASCII that reads back.
    Text,
    /// LaTeX.
    Latex,
    /// Markdown with LaTeX inside.
    Markdown,
}

/// Columns up to which reasons stand in one column on a terminal.
const WIDEST: usize = 76;

pub(super) fn derivation(derivation: &Derivation, style: Style) -> String {
    let page = Page { style, is_partial: derivation.is_partial };
    match style {
        Style::Unicode | Style::Text => page.lines(derivation),
        Style::Latex => page.aligned(derivation),
        Style::Markdown => {
            let mut out = format!("$$\n{}$$\n", page.inside(derivation, "aligned"));
            let remarks = page.remarks(derivation);
            if !remarks.is_empty() {
                let _ = write!(out, "\n{}\n", remarks.join("\n"));
            }
            out
        }
    }
}

/// A way to write formulas and words.
pub(super) struct Page {
    pub style: Style,
    pub is_partial: bool,
}

impl Page {
    fn is_latex(&self) -> bool {
        matches!(self.style, Style::Latex | Style::Markdown)
    }

    pub(super) fn formula(&self, tree: &Tree) -> String {
        match self.style {
            Style::Text => print::text(tree),
            Style::Unicode if self.is_partial => print::unicode(tree),
            Style::Unicode => print::unicode(tree).replace("∂/∂", "d/d"),
            _ if self.is_partial => print::latex(tree),
            _ => print::latex(tree).replace(r"\frac{\partial}{\partial ", r"\frac{d}{d "),
        }
    }

    /// The reason of a step: rules, formulas, conditions.
    pub(super) fn reason(&self, step: &Step) -> String {
        let mut parts: Vec<String> = Vec::new();
        let rules: Vec<String> = step.rules.iter().map(|rule| self.rule(rule)).collect();
        parts.push(self.words(&rules.join(", ")));
        let because = self.phrases(&step.because);
        let mut out = parts.join("");
        if !because.is_empty() {
            out.push_str(&self.words(": "));
            out.push_str(&because);
        }
        for fact in &step.facts {
            out.push_str(&self.words(&format!("; uses {fact}")));
        }
        if !step.conditions.is_empty() {
            out.push_str(&self.words(" where "));
            let conditions: Vec<String> = step.conditions.iter().map(|c| self.formula(c)).collect();
            out.push_str(&conditions.join(if self.is_latex() { r",\ " } else { ", " }));
        }
        for convention in &step.conventions {
            out.push_str(&self.words(&format!(" (convention: {convention})")));
        }
        out
    }

    fn phrases(&self, phrases: &[Phrase]) -> String {
        let parts: Vec<String> = phrases
            .iter()
            .map(|phrase| match phrase {
                Phrase::Words(words) => self.words(words),
                Phrase::Formula(tree) => self.formula(tree),
            })
            .collect();
        parts.join(if self.is_latex() { r",\ " } else { ", " })
    }

    fn rule(&self, rule: &Rule) -> String {
        match rule {
            Rule::Function { name, is_chain: false } => {
                let shown = function::lookup(name).map_or(name.as_str(), |id| match self.style {
                    Style::Unicode => function::row(id).unicode,
                    _ => function::row(id).name,
                });
                format!("derivative of {shown}")
            }
            other => other.to_string(),
        }
    }

    /// Words as they stand beside formulas.
    fn words(&self, words: &str) -> String {
        if self.is_latex() { format!(r"\text{{{}}}", escaped(words)) } else { words.to_owned() }
    }

    fn lines(&self, derivation: &Derivation) -> String {
        let mut rows: Vec<(String, String)> = vec![(self.formula(&derivation.first), String::new())];
        for step in &derivation.steps {
            rows.push((format!("  = {}", self.formula(&step.after)), self.reason(step)));
        }
        let mut out = columns(&rows);
        for remark in self.remarks(derivation) {
            let _ = writeln!(out, "{remark}");
        }
        out
    }

    fn aligned(&self, derivation: &Derivation) -> String {
        let mut out = self.inside(derivation, "align*");
        for remark in self.remarks(derivation) {
            let _ = writeln!(out, "{remark}");
        }
        out
    }

    fn inside(&self, derivation: &Derivation, environment: &str) -> String {
        let mut out = format!("\\begin{{{environment}}}\n");
        let _ = write!(out, "{}", self.formula(&derivation.first));
        for (at, step) in derivation.steps.iter().enumerate() {
            let start = if at == 0 { " &= " } else { " \\\\\n &= " };
            let _ = write!(out, "{start}{} && {}", self.formula(&step.after), self.reason(step));
        }
        let _ = write!(out, "\n\\end{{{environment}}}\n");
        out
    }

    /// What is said below: where the formula is defined, and the numbers.
    fn remarks(&self, derivation: &Derivation) -> Vec<String> {
        let mut out = Vec::new();
        let math = |text: String| match self.style {
            Style::Latex | Style::Markdown => format!("${text}$"),
            _ => text,
        };
        if !derivation.conditions.is_empty() {
            let all: Vec<String> = derivation.conditions.iter().map(|c| math(self.formula(c))).collect();
            out.push(format!("where {}", all.join(", ")));
        }
        if let Some([value, slope]) = &derivation.values {
            let name = self.formula(&Tree::name(&derivation.wrt));
            let d = if derivation.is_partial { "∂" } else { "d" };
            let head = match self.style {
                Style::Latex | Style::Markdown if derivation.is_partial => {
                    format!(r"\frac{{\partial f}}{{\partial {name}}}")
                }
                Style::Latex | Style::Markdown => format!(r"\frac{{d f}}{{d {name}}}"),
                _ => format!("{d}f/{d}{name}"),
            };
            out.push(self.value("f", value, &math));
            out.push(self.value(&head, slope, &math));
        }
        out
    }

    fn value(
        &self,
        head: &str,
        value: &Result<Value, Diagnostic>,
        math: &dyn Fn(String) -> String,
    ) -> String {
        match value {
            Ok(value) => math(format!("{head} = {}", self.number(value))),
            Err(error) => format!("{} has no value: {}", math(head.to_owned()), error.message),
        }
    }

    pub(super) fn number(&self, value: &Value) -> String {
        let text = match value {
            Value::Exact(q) if q.bits() <= 40 => q.to_string(),
            Value::Exact(q) => significant(q.to_f64(), 10),
            Value::Float(x) => significant(*x, 10),
            Value::Tensor { entries, .. } => {
                format!("[{}]", entries.iter().map(|x| significant(*x, 10)).collect::<Vec<_>>().join(", "))
            }
        };
        if self.style == Style::Unicode { text.replace('-', "−") } else { text }
    }
}

/// So many significant digits.
pub(super) fn significant(x: f64, digits: usize) -> String {
    if x == 0.0 || !x.is_finite() {
        return format!("{x}");
    }
    let text = format!("{x:.*e}", digits.saturating_sub(1));
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let scale: i32 = exponent.parse().unwrap_or(0);
    if !(-5..15).contains(&scale) {
        let mantissa = if mantissa.contains('.') {
            mantissa.trim_end_matches('0').trim_end_matches('.')
        } else {
            mantissa
        };
        return format!("{mantissa}e{exponent}");
    }
    let places = (digits as i32 - 1 - scale).max(0) as usize;
    let text = format!("{x:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Formulas on the left, reasons in a column on the right.
pub(super) fn columns(rows: &[(String, String)]) -> String {
    let width = |text: &str| text.chars().count();
    let column = rows.iter().map(|(left, _)| width(left)).filter(|w| *w <= WIDEST).max().unwrap_or(0);
    let mut out = String::new();
    for (left, reason) in rows {
        if reason.is_empty() {
            let _ = writeln!(out, "{left}");
        } else if width(left) <= column {
            let _ = writeln!(out, "{left}{}   {reason}", " ".repeat(column - width(left)));
        } else {
            let _ = writeln!(out, "{left}\n{}   {reason}", " ".repeat(column));
        }
    }
    out
}

/// Words inside `\text{…}`.
fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '^' => out.push_str(r"\textasciicircum{}"),
            '~' => out.push_str(r"\textasciitilde{}"),
            '\\' => out.push_str(r"\textbackslash{}"),
            other => out.push(other),
        }
    }
    out
}
