//! Derivations on paper: LaTeX, Markdown with LaTeX, Unicode for a terminal.

use std::fmt::Write as _;

use super::display::{Row, display};
use super::layers::LayeredDerivation;
use super::layers::PENDING;
use super::logarithms::Logarithms;
use super::{Coordinate, Derivation, Law, Phrase, Rule, Step};
use crate::diagnostic::Diagnostic;
use crate::evaluate::graph::Value;
use crate::function;
use crate::print;
use crate::syntax;
use crate::syntax::tree::{Kind, Relation, Tree};

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

/// A reason that says what equations are used.
pub(super) const PUT_IN: &str = "put in";

/// Columns up to which reasons stand in one column on a terminal.
const WIDEST: usize = 76;

fn page_of(derivation: &Derivation, style: Style) -> Page {
    Page { is_partial: derivation.is_partial, ..Page::new(style, &derivation.input) }
}

pub(super) fn line(derivation: &Derivation, line: &Tree, style: Style) -> String {
    page_of(derivation, style).formula(line)
}

pub(super) fn derivation(derivation: &Derivation, style: Style) -> String {
    let page = page_of(derivation, style);
    match style {
        Style::Unicode | Style::Text => page.lines(derivation),
        Style::Latex => page.aligned(derivation, "align*"),
        Style::Markdown => format!("$$\n{}$$\n", page.aligned(derivation, "aligned")),
    }
}

/// A derivation over layers on paper.
pub(super) fn equations(derivation: &LayeredDerivation, style: Style) -> String {
    // dl, dŷ, da, dW
    let mut differentials: Vec<String> = derivation
        .equations
        .iter()
        .filter_map(|equation| match &equation.left.as_ref()?.kind {
            Kind::Name(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    differentials.push(derivation.wrt.clone());
    let page =
        Page { is_partial: true, has_delta: true, differentials, ..Page::new(style, &derivation.input) };
    let mut rows: Vec<Row> = derivation
        .equations
        .iter()
        .map(|equation| {
            let left = equation.left.as_ref().map_or_else(String::new, |tree| page.formula(tree));
            let mut reason = page.sentence(&equation.because);
            page.needs(&equation.conditions, &equation.conventions, &mut reason);
            if !equation.facts.is_empty() {
                reason.push_str(&page.words(&format!(" (given {})", equation.facts.join(", "))));
            }
            Row { left, right: format!("= {}", page.formula(&equation.right)), reason }
        })
        .collect();
    if let Some(value) = &derivation.value {
        let (right, place) = page.value(value, &derivation.point);
        let reason = place + &page.unmet(&derivation.unmet, derivation.result());
        rows.push(Row { left: String::new(), right, reason });
    }
    match style {
        Style::Unicode | Style::Text => {
            let width = rows.iter().map(|row| row.left.chars().count()).max().unwrap_or(0);
            let lines: Vec<(String, String)> = rows
                .into_iter()
                .map(|Row { left, right, reason }| {
                    (format!("{left}{} {right}", " ".repeat(width - left.chars().count())), reason)
                })
                .collect();
            columns(&lines)
        }
        Style::Latex => display(&rows, "align*"),
        Style::Markdown => format!("$$\n{}$$\n", display(&rows, "aligned")),
    }
}

/// What has a short way to be written.
enum Short {
    Derivative(Tree, Tree),
    Delta(Tree, Tree),
    Differential(String),
    /// `log_b` of something.
    Logarithm(String, Tree),
}

/// Derivatives of a name by a name or component, which are written ∂l/∂W\[i, j\], not ∂/∂W\[i, j\] (l).
fn short_derivatives(tree: &Tree, page: &Page, found: &mut Vec<Short>) -> Tree {
    if let Kind::Name(name) = &tree.kind
        && let Some(of) = name.strip_prefix('d').filter(|of| page.differentials.iter().any(|own| own == of))
    {
        found.push(Short::Differential(of.to_owned()));
        return Tree::name(placeholder(found.len() - 1));
    }
    // d(A·X), which is not worked out yet
    if page.is_latex()
        && !page.differentials.is_empty()
        && let Kind::Call { name, primes: 0, arguments } = &tree.kind
        && name == PENDING
    {
        let arguments = arguments.iter().map(|part| short_derivatives(part, page, found)).collect();
        found.push(Short::Differential(String::new()));
        return Kind::Call { name: placeholder(found.len() - 1), primes: 0, arguments }.into();
    }
    if page.has_delta
        && let Kind::Iverson(condition) = &tree.kind
        && let Kind::Relation(Relation::Equal, a, b) = &condition.kind
    {
        found.push(Short::Delta((**a).clone(), (**b).clone()));
        return Tree::name(placeholder(found.len() - 1));
    }
    if page.has_delta
        && let Kind::Derivative { body, variables, .. } = &tree.kind
        && let [variable] = variables.as_slice()
        && let Kind::Name(_) | Kind::Index(..) = &body.kind
    {
        found.push(Short::Derivative((**body).clone(), variable.clone()));
        return Tree::name(placeholder(found.len() - 1));
    }
    if let Some((base, argument)) = page.logarithms.to_base(tree) {
        let argument = argument.clone();
        found.push(Short::Logarithm(base.to_owned(), argument));
        return Tree::name(placeholder(found.len() - 1));
    }
    super::make::map_parts(tree, &mut |part| short_derivatives(part, page, found))
}

/// A letter that no formula holds.
fn placeholder(at: usize) -> String {
    char::from_u32(0xE000 + at as u32).unwrap_or('\u{E000}').to_string()
}

/// A way to write formulas and words.
pub(super) struct Page {
    pub style: Style,
    pub is_partial: bool,
    /// Is `[i = j]` written δ, and the derivative of a name ∂l/∂x?
    pub has_delta: bool,
    /// Names whose differentials occur: dW is d and W.
    pub differentials: Vec<String>,
    /// How the author writes logarithms.
    pub logarithms: Logarithms,
}

impl Page {
    /// A page for what was written so.
    pub(super) fn new(style: Style, input: &str) -> Self {
        let (differentials, logarithms) = (Vec::new(), Logarithms::of(input));
        Page { style, is_partial: false, has_delta: false, differentials, logarithms }
    }

    pub(super) fn is_latex(&self) -> bool {
        matches!(self.style, Style::Latex | Style::Markdown)
    }

    pub(super) fn formula(&self, tree: &Tree) -> String {
        let mut short = Vec::new();
        let reduced = short_derivatives(tree, self, &mut short);
        let mut out = self.plain(&reduced);
        for (at, one) in short.iter().enumerate() {
            let text = match one {
                Short::Derivative(of, by) => {
                    let (of, by) = (self.plain(of), self.plain(by));
                    match (self.style, self.is_partial) {
                        (Style::Text, _) => format!("d{of}/d{by}"),
                        (Style::Unicode, true) => format!("∂{of}/∂{by}"),
                        (Style::Unicode, false) => format!("d{of}/d{by}"),
                        (_, true) => format!(r"\frac{{\partial {of}}}{{\partial {by}}}"),
                        (_, false) => format!(r"\frac{{d {of}}}{{d {by}}}"),
                    }
                }
                Short::Differential(of) if of.is_empty() => r"\mathrm{d}".to_owned(),
                Short::Differential(of) => {
                    let of = self.plain(&Tree::name(of));
                    if self.is_latex() { format!(r"\mathrm{{d}}{of}") } else { format!("d{of}") }
                }
                Short::Logarithm(base, argument) => {
                    let argument = self.plain(argument);
                    if self.is_latex() {
                        format!(r"\log_{{{base}}}({argument})")
                    } else {
                        format!("log_{base}({argument})")
                    }
                }
                Short::Delta(a, b) => {
                    let (a, b) = (self.plain(a), self.plain(b));
                    match self.style {
                        Style::Text => format!("[{a} = {b}]"),
                        Style::Unicode => format!("δ[{a}, {b}]"),
                        _ => format!(r"\delta_{{{a} {b}}}"),
                    }
                }
            };
            out = out.replace(&placeholder(at), &text);
        }
        out
    }

    /// Words and formulas one after the other.
    fn sentence(&self, phrases: &[Phrase]) -> String {
        let mut out = String::new();
        for (at, phrase) in phrases.iter().enumerate() {
            match phrase {
                Phrase::Words(words) => {
                    let before = if at > 0 && !words.starts_with(',') { " " } else { "" };
                    let after = if at + 1 < phrases.len() { " " } else { "" };
                    out.push_str(&self.words(&format!("{before}{words}{after}")));
                }
                Phrase::Formula(tree) => out.push_str(&self.formula(tree)),
                Phrase::Law(law) => out.push_str(&self.law(law)),
            }
        }
        out
    }

    fn law(&self, law: &Law) -> String {
        let written = match self.style {
            Style::Text => &law.text,
            Style::Unicode => &law.unicode,
            Style::Latex | Style::Markdown => &law.latex,
        };
        self.logarithms.spelled(written, self.is_latex())
    }

    fn plain(&self, tree: &Tree) -> String {
        let written = match self.style {
            Style::Text => print::text(tree),
            Style::Unicode if self.is_partial => print::unicode(tree),
            Style::Unicode => print::unicode(tree).replace("∂/∂", "d/d"),
            _ if self.is_partial => print::latex(tree),
            _ => print::latex(tree).replace(r"\frac{\partial}{\partial ", r"\frac{d}{d "),
        };
        self.logarithms.spelled(&written, self.is_latex())
    }

    /// A condition; two bounds of one thing are written on both sides of it.
    fn condition(&self, condition: &Tree) -> String {
        if let Kind::And(parts) = &condition.kind
            && let [first, second] = parts.as_slice()
            && let (Kind::Relation(_, _, right), Kind::Relation(_, left, _)) = (&first.kind, &second.kind)
            && left == right
        {
            let middle = self.formula(left);
            let second = self.formula(second);
            return format!("{}{}", self.formula(first), second.strip_prefix(&middle).unwrap_or(&second));
        }
        self.formula(condition)
    }

    /// The reason of a step: rules, formulas, conditions.
    pub(super) fn reason(&self, step: &Step) -> String {
        let mut rules: Vec<String> = Vec::new();
        for rule in &step.rules {
            for words in self.rule(rule) {
                if !rules.contains(&words) {
                    rules.push(words);
                }
            }
        }
        let because = self.phrases(&step.because);
        // "take out x, cancel equal factors" names them itself
        let is_named = match (step.rules.first(), step.because.first()) {
            (Some(rule), Some(Phrase::Words(words))) => words.starts_with(&rule.to_string()),
            _ => false,
        };
        let mut out = if is_named { because.clone() } else { rules.join(&self.words(", ")) };
        if !because.is_empty() && !is_named {
            // "take out x", "put in u = x²"
            let is_equation = |phrase: &Phrase| matches!(phrase, Phrase::Formula(tree) if matches!(tree.kind, Kind::Relation(..)));
            let takes_object = match step.rules.as_slice() {
                [Rule::Algebra(words)] => words == PUT_IN || !step.because.iter().any(is_equation),
                _ => false,
            };
            out.push_str(&self.words(if takes_object { " " } else { ": " }));
            out.push_str(&because);
        }
        for fact in &step.facts {
            out.push_str(&self.words(&format!("; uses {fact}")));
        }
        self.needs(&step.conditions, &step.conventions, &mut out);
        out
    }

    /// Where a line holds, and what was chosen where it does not.
    fn needs(&self, conditions: &[Tree], conventions: &[String], out: &mut String) {
        if !conditions.is_empty() {
            out.push_str(&self.words(if out.is_empty() { "where " } else { ", where " }));
            let conditions: Vec<String> = conditions.iter().map(|c| self.condition(c)).collect();
            out.push_str(&conditions.join(if self.is_latex() { r",\ " } else { ", " }));
        }
        for convention in conventions {
            out.push_str(&self.words(&format!(" (convention: {convention})")));
        }
    }

    /// Reasons one after the other; words go on in the formula after them.
    fn phrases(&self, phrases: &[Phrase]) -> String {
        let mut out = String::new();
        for (at, phrase) in phrases.iter().enumerate() {
            let is_after_words = at > 0 && matches!(phrases[at - 1], Phrase::Words(_));
            match (at, is_after_words) {
                (0, _) => {}
                (_, true) => out.push_str(&self.words(" ")),
                (_, false) => out.push_str(if self.is_latex() { r",\ " } else { ", " }),
            }
            out.push_str(&match phrase {
                Phrase::Words(words) => self.words(words),
                Phrase::Formula(tree) => self.formula(tree),
                Phrase::Law(law) => self.law(law),
            });
        }
        out
    }

    /// The names of a rule: power rule and chain rule are two.
    fn rule(&self, rule: &Rule) -> Vec<String> {
        match rule {
            Rule::Function { name, is_chain: false } => {
                let row = function::lookup(name).map(function::row).filter(|row| row.name == name);
                let is_log = function::lookup(name) == Some(function::LOG);
                if is_log && self.logarithms.is_natural() {
                    return vec![self.words(&rule.to_string().replace(name.as_str(), "ln"))];
                }
                vec![match (self.style, row) {
                    (Style::Unicode, Some(row)) => format!("derivative of {}", row.unicode),
                    (Style::Latex | Style::Markdown, Some(row)) if !row.latex.contains("sqrt") => {
                        format!("{}{}", self.words("derivative of "), row.latex)
                    }
                    _ => self.words(&rule.to_string()),
                }]
            }
            Rule::Power { is_chain: true } | Rule::Exponential { is_chain: true, .. } => {
                rule.to_string().split(", ").map(|words| self.words(words)).collect()
            }
            other => vec![self.words(&other.to_string())],
        }
    }

    /// Words as they stand beside formulas.
    pub(super) fn words(&self, words: &str) -> String {
        if self.is_latex() { format!(r"\text{{{}}}", escaped(words)) } else { words.to_owned() }
    }

    /// The first line: in LaTeX with the author's own text, if it was LaTeX.
    fn first(&self, derivation: &Derivation) -> String {
        let input = derivation.input.trim();
        let is_own = self.is_latex()
            && syntax::is_latex(input)
            && !input.contains(['&', '$', '%', '\n'])
            && ![r"\\", r"\begin", r"\label", r"\tag", r"\[", r"\("].iter().any(|sign| input.contains(sign));
        match (&derivation.first.kind, is_own) {
            (Kind::Derivative { operator, variables, .. }, true) => {
                let body = Box::new(Tree::name(placeholder(0)));
                let short = Kind::Derivative { operator: *operator, body, variables: variables.clone() };
                self.formula(&short.into()).replace(&placeholder(0), input)
            }
            _ => self.formula(&derivation.first),
        }
    }

    fn lines(&self, derivation: &Derivation) -> String {
        let mut rows: Vec<(String, String)> = vec![(self.first(derivation), String::new())];
        for step in &derivation.steps {
            rows.push((format!("  = {}", self.formula(&step.after)), self.reason(step)));
        }
        if let Some([_, slope]) = &derivation.values {
            let (value, mut place) = self.value(slope, &derivation.point);
            place.push_str(&self.unmet(&derivation.unmet, derivation.result()));
            rows.push((format!("  {value}"), place));
        }
        columns(&rows)
    }

    /// One display.
    fn aligned(&self, derivation: &Derivation, environment: &str) -> String {
        let mut rows: Vec<Row> = derivation
            .steps
            .iter()
            .map(|step| Row {
                left: String::new(),
                right: format!("= {}", self.formula(&step.after)),
                reason: self.reason(step),
            })
            .collect();
        rows.extend(derivation.values.iter().map(|[_, slope]| {
            let (right, place) = self.value(slope, &derivation.point);
            let reason = place + &self.unmet(&derivation.unmet, derivation.result());
            Row { left: String::new(), right, reason }
        }));
        if rows.is_empty() {
            rows.push(Row { left: String::new(), right: String::new(), reason: String::new() });
        }
        if let Some(row) = rows.first_mut() {
            row.left = self.first(derivation);
        }
        display(&rows, environment)
    }

    /// What the point does not meet, so that the number is a convention.
    fn unmet(&self, unmet: &[Tree], result: &Tree) -> String {
        if unmet.is_empty() {
            return String::new();
        }
        let unmet: Vec<String> = unmet.iter().map(|condition| self.formula(condition)).collect();
        let unmet = unmet.join(if self.is_latex() { r",\ " } else { ", " });
        let is_convention = holds_jump(result);
        let words = if is_convention {
            " does not hold there, so this is the convention"
        } else {
            " does not hold there, which a step asks for"
        };
        format!("{}{unmet}{}", self.words("; "), self.words(words))
    }

    /// The number at the point, and the point.
    fn value(&self, value: &Result<Value, Diagnostic>, point: &[Coordinate]) -> (String, String) {
        let point: Vec<String> = point
            .iter()
            .map(|own| {
                let name = self.formula(&Tree::name(&own.name));
                match &own.written {
                    Some(written) => format!("{name} = {}", self.formula(written)),
                    None => format!("{name} {} {}", self.equal(&own.value), self.number(&own.value)),
                }
            })
            .collect();
        let place =
            format!("{}{}", self.words("at "), point.join(if self.is_latex() { r",\ " } else { ", " }));
        match value {
            Ok(value) => (format!("{} {}", self.equal(value), self.number(value)), place),
            Err(error) => (
                self.words("has no value"),
                format!("{place}{}", self.words(&format!(": {}", error.message))),
            ),
        }
    }

    /// Is the value what is written, or near it?
    fn equal(&self, value: &Value) -> &'static str {
        let is_exact = match value {
            Value::Exact(_) | Value::ExactTensor { .. } => true,
            Value::Tensor { entries, .. } => entries.iter().all(|x| *x == x.trunc() && x.abs() < 1e9),
            Value::Float(_) => false,
        };
        match (is_exact, self.style) {
            (true, _) | (_, Style::Text) => "=",
            (_, Style::Unicode) => "≈",
            _ => r"\approx",
        }
    }

    pub(super) fn number(&self, value: &Value) -> String {
        let text = match value {
            Value::Exact(q) if q.bits() <= 40 => q.to_string(),
            Value::Exact(q) => significant(q.to_f64(), 10),
            Value::Float(x) => significant(*x, 10),
            Value::Tensor { .. } | Value::ExactTensor { .. } => nested(value.shape(), &value.entries()),
        };
        match self.style {
            Style::Text => text,
            Style::Unicode => text.replace('-', "−"),
            Style::Latex | Style::Markdown => with_powers_of_ten(&text),
        }
    }
}

/// Numbers in LaTeX: `1e-9` is 1 · 10⁻⁹.
pub(super) fn with_powers_of_ten(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('e') {
        let end = after.find(|c: char| c != '-' && !c.is_ascii_digit()).unwrap_or(after.len());
        let (exponent, after) = after.split_at(end);
        let _ = write!(out, r"{before} \cdot 10^{{{exponent}}}");
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Is there a function that jumps, whose value at the jump is a convention?
fn holds_jump(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        found |= match &part.kind {
            Kind::Iverson(_) => true,
            Kind::Call { name, .. } => {
                function::lookup(name).is_some_and(|id| [function::SIGN, function::HEAVISIDE].contains(&id))
            }
            _ => false,
        };
    });
    found
}

/// Rows in brackets.
fn nested(shape: &[usize], entries: &[f64]) -> String {
    let Some((count, rest)) = shape.split_first() else {
        return entries.first().map_or_else(String::new, |x| significant(*x, 10));
    };
    let size = rest.iter().product::<usize>().max(1);
    let rows: Vec<String> = entries.chunks(size).take(*count).map(|row| nested(rest, row)).collect();
    format!("[{}]", rows.join(", "))
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

/// Words inside `\text{…}`; signs that text does not have go outside.
fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        let sign = match c {
            '<' | '>' => {
                let _ = write!(out, "${c}$");
                continue;
            }
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => {
                out.push('\\');
                out.push(c);
                continue;
            }
            '^' => r"\wedge",
            '~' => r"\sim",
            '\\' => r"\backslash",
            other => {
                match print::latex_sign(other) {
                    Some(sign) => {
                        let _ = write!(out, "${sign}$");
                    }
                    None => out.push(other),
                }
                continue;
            }
        };
        let _ = write!(out, "${sign}$");
    }
    out
}
