//! Evaluation bars: `\left. \frac{dy}{dx} \right|_{x=1}`. A side with a bar is read without it, and while its chain lasts the
//! names at the bar stand for their values.

use super::lines::Checker;
use crate::check::document::Notation;
use crate::check::document::claim::{self, Side, Statement};
use crate::check::sheet::Definition;
use crate::check::side::{lone_name, read_side};
use crate::span::Span;
use crate::syntax::tree::{Kind, Tree};

/// Commands that set the size of a bar.
const SIZES: [&str; 14] = [
    "\\right", "\\biggr", "\\Biggr", "\\bigr", "\\Bigr", "\\bigg", "\\Bigg", "\\big", "\\Big", "\\middle",
    "\\l", "\\r", "\\", ".",
];

/// A bar at the end of a side: what stands before it, and the equations below it.
fn bar(text: &str, span: Span) -> Option<(Span, Vec<Span>)> {
    let own = text.get(span.start..span.end)?;
    let below = own.strip_suffix('}')?;
    let (mark, length) = ["|_{", "vert_{"]
        .into_iter()
        .filter_map(|mark| below.rfind(mark).map(|at| (at, mark.len())))
        .max_by_key(|(at, length)| at + length)?;
    let inner = &below[mark + length..];
    if inner.contains(['{', '}']) && !inner.contains('\\') || !inner.contains('=') {
        return None;
    }
    let mut before = own[..mark].trim_end();
    while let Some(shorter) = SIZES.iter().find_map(|size| before.strip_suffix(size)) {
        before = shorter.trim_end();
    }
    let mut start = before.len() - before.trim_start().len();
    if let Some(rest) = before[start..].strip_prefix("\\left.") {
        start = before.len() - rest.len();
    } else if before.matches('|').count() % 2 == 1
        || before.contains("\\left|") && !before.contains("\\right|")
    {
        // The bar closes an absolute value.
        return None;
    }
    let mut at = span.start + mark + length;
    let mut equations = Vec::new();
    for part in inner.split(',') {
        equations.push(Span::new(at, at + part.len()));
        at += part.len() + 1;
    }
    Some((Span::new(span.start + start, span.start + before.len()), equations))
}

/// A bar in plain text: `dy/dx|x=2`.
fn plain_bar(text: &str, span: Span) -> Option<(Span, Vec<Span>)> {
    let own = text.get(span.start..span.end)?;
    let at = own.rfind('|')?;
    if claim::bar_length(&own[at..])? < own[at..].trim_end().len() || own[..at].matches('|').count() % 2 == 1
    {
        return None;
    }
    let equation = own[at + 1..].trim_start_matches(['_', '{', '(']);
    let start = own.len() - equation.len();
    let equation = equation.trim_end_matches(['}', ')', ' ']);
    let inner = Span::new(span.start, span.start + own[..at].trim_end().len());
    Some((inner, vec![Span::new(span.start + start, span.start + start + equation.len())]))
}

impl Checker<'_> {
    /// The sides without their bars; the names at the bars are set.
    pub(super) fn without_bars(&mut self, statement: &Statement) -> Vec<Side> {
        let mut sides = statement.sides.clone();
        for side in &mut sides {
            if let Some((inner, name, value)) = self.applied_derivative(side.span, statement.notation) {
                side.span = inner;
                self.set_at_bar(name, value);
                continue;
            }
            let found = match statement.notation {
                Notation::Latex => bar(self.text, side.span),
                Notation::Text => plain_bar(self.text, side.span),
            };
            let Some((inner, equations)) = found else { continue };
            let mut values = Vec::new();
            for equation in equations {
                let text = &self.text[equation.start..equation.end];
                let Some(sign) = text.find('=') else { continue };
                let left = Span::new(equation.start, equation.start + sign);
                let right = Span::new(equation.start + sign + 1, equation.end);
                let read = |span| read_side(self.text, span, statement.notation, &self.sheet.names);
                if let (Ok(name), Ok(value)) = (read(left), read(right))
                    && let Some(name) = lone_name(&name)
                {
                    values.push((name, value));
                }
            }
            if values.is_empty() {
                continue;
            }
            side.span = inner;
            for (name, value) in values {
                self.set_at_bar(name, value);
            }
        }
        sides
    }

    fn set_at_bar(&mut self, name: String, value: Tree) {
        let definition = Definition { indices: Vec::new(), value, special: None };
        let before = self.sheet.definitions.insert(name.clone(), definition);
        if !self.at_bar.iter().any(|(known, _)| *known == name) {
            self.at_bar.push((name, before));
        }
    }

    /// `y′(2)` and `dy/dx(2)` for a name y: the derivative at a number, not a product with it.
    fn applied_derivative(&mut self, span: Span, notation: Notation) -> Option<(Span, String, Tree)> {
        let own = self.text.get(span.start..span.end)?;
        let before = own.strip_suffix(')')?;
        let open = before.rfind('(')?;
        let argument = Span::new(span.start + open + 1, span.start + before.len());
        let mut inner = before[..open].trim_end();
        let mut argument = argument;
        if let Some(shorter) = inner.strip_suffix("\\left") {
            inner = shorter.trim_end();
            argument.end = argument.start
                + self.text[argument.start..argument.end].trim_end().strip_suffix("\\right")?.len();
        }
        if !inner.ends_with(['\'', '′', '}']) && !inner.contains("/d") {
            return None;
        }
        let inner = Span::new(span.start, span.start + inner.len());
        let value = read_side(self.text, argument, notation, &self.sheet.names).ok()?;
        if !self.sheet.is_numeric(&value) {
            return None;
        }
        let variable = match self.read(inner, notation).ok()?.kind {
            Kind::Derivative { body, variables, .. } => {
                let name = lone_name(&body).filter(|name| self.sheet.definitions.contains_key(name));
                let first = variables.first().and_then(lone_name)?;
                name.filter(|_| {
                    variables.iter().all(|variable| lone_name(variable).as_ref() == Some(&first))
                })?;
                first
            }
            Kind::Quotient(above, below) => {
                let name = lone_name(&above)?;
                self.sheet.definitions.get(name.strip_prefix('d')?)?;
                lone_name(&below)?.strip_prefix('d')?.to_owned()
            }
            _ => return None,
        };
        Some((inner, variable, value))
    }

    /// The number for which a variable stands at the bar of this chain.
    pub(super) fn at_bar_of(&self, variable: &str) -> Option<(String, Tree)> {
        let (name, _) = self.at_bar.iter().find(|(name, _)| name == variable)?;
        let definition = self.sheet.definitions.get(name)?;
        self.sheet.is_numeric(&definition.value).then(|| (name.clone(), definition.value.clone()))
    }

    /// The chain with the bar is over: its names are what they were.
    pub(super) fn leave_bars(&mut self) {
        if self.at_bar.is_empty() {
            return;
        }
        self.chain = None;
        for (name, before) in std::mem::take(&mut self.at_bar) {
            match before {
                Some(definition) => {
                    self.sheet.definitions.insert(name, definition);
                }
                None => {
                    self.sheet.definitions.remove(&name);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_found() {
        for (text, inner, count) in [
            (r"\left. \frac{dy}{dx} \right|_{x=1}", r" \frac{dy}{dx}", 1),
            (r"\frac{dy}{dx}\bigg|_{x=0, y=2}", r"\frac{dy}{dx}", 2),
            (r"f'(x)|_{x=\pi}", r"f'(x)", 1),
            (r"2x \Big\rvert_{x=3}", "2x", 1),
        ] {
            let (span, equations) = bar(text, Span::new(0, text.len())).unwrap();
            assert_eq!((&text[span.start..span.end], equations.len()), (inner, count), "{text}");
        }
        for text in ["x^2", r"\|x\|_{2}", r"|x|_{a=1}", r"\left|x\right|"] {
            assert!(bar(text, Span::new(0, text.len())).is_none(), "{text}");
        }
    }
}
