//! Where a formula or a reason in LaTeX may go on in the next line. It works on what the page has written: outside of braces,
//! of growing brackets and of environments.

use std::fmt::Write as _;

use crate::print::latex_width;
use crate::syntax::commands::closing_brace;

/// A place where a line may end.
#[derive(Clone, Copy)]
struct Place {
    /// The line ends here.
    end: usize,
    /// The next one begins here.
    start: usize,
    /// The worse a place, the larger.
    price: usize,
    /// What ends this line, and what begins the next.
    closing: &'static str,
    opening: &'static str,
}

/// The lines of a formula, `first` em the first and `next` em the others; what has no place to break stays too wide.
pub(super) fn formula(source: &str, first: f64, next: f64) -> Vec<String> {
    let mut source = source.to_owned();
    let mut out = lines(&source, &places(&source, true), first, next);
    for _ in 0..DEEPEST {
        if fits(&out, first) {
            break;
        }
        // a fraction has no place to break, and brackets that grow only if they are given a size
        let opened = without_wide_fraction(&source, next).or_else(|| with_brackets_of_one_size(&source));
        let Some(opened) = opened else { break };
        source = opened;
        out = lines(&source, &places(&source, true), first, next);
    }
    out
}

/// Into how many brackets and fractions it is looked for a place to break.
const DEEPEST: usize = 8;

/// The first fraction that is wider than a line, and whose numerator can be broken, as one over its denominator times the
/// numerator.
fn without_wide_fraction(source: &str, width: f64) -> Option<String> {
    let mut depth = 0usize;
    for (at, c) in source.char_indices() {
        let rest = source.get(at..)?;
        if depth == 0 && rest.starts_with(r"\frac{") {
            let (above, behind) = group(rest.strip_prefix(r"\frac")?)?;
            let (below, behind) = group(behind)?;
            let is_wide = latex_width(&format!(r"\frac{{{above}}}{{{below}}}")) > width;
            if is_wide && latex_width(below) < width / 2.0 && !places(above, true).is_empty() {
                let before = source.get(..at)?;
                return Some(format!(r"{before}\frac{{1}}{{{below}}} \biggl({above}\biggr){behind}"));
            }
        }
        if opened(rest).is_some() || c == '{' {
            depth += 1;
        } else if closed(rest).is_some() || c == '}' {
            depth = depth.saturating_sub(1);
        }
    }
    None
}

/// What stands in braces at the beginning, and what stands behind them.
fn group(source: &str) -> Option<(&str, &str)> {
    let inside = source.strip_prefix('{')?;
    let close = closing_brace(inside)?;
    Some((&inside[..close], &inside[close + 1..]))
}

/// The outermost growing round brackets with a size of their own; nothing if there are none.
fn with_brackets_of_one_size(source: &str) -> Option<String> {
    let mut out = String::with_capacity(source.len());
    let (mut depth, mut is_changed, mut at) = (0usize, false, 0);
    // whether each growing bracket that is open was changed
    let mut open: Vec<bool> = Vec::new();
    while let Some(c) = source.get(at..)?.chars().next() {
        let rest = &source[at..];
        let mut step = c.len_utf8();
        if rest.starts_with(r"\left") && !rest.starts_with(r"\leftarrow") {
            let is_outermost = depth == 0 && open.iter().all(|own| !own) && rest.starts_with(r"\left(");
            open.push(is_outermost);
            if is_outermost {
                is_changed = true;
                out.push_str(r"\biggl(");
                at += r"\left(".len();
                continue;
            }
            depth += 1;
            step = r"\left".len();
        } else if rest.starts_with(r"\right") && !rest.starts_with(r"\rightarrow") {
            if open.pop()? {
                out.push_str(r"\biggr)");
                at += r"\right)".len();
                continue;
            }
            depth = depth.saturating_sub(1);
            step = r"\right".len();
        } else if c == '{' {
            depth += 1;
        } else if c == '}' {
            depth = depth.saturating_sub(1);
        }
        out.push_str(source.get(at..at + step)?);
        at += step;
    }
    is_changed.then_some(out)
}

/// The lines of a reason.
pub(super) fn reason(source: &str, width: f64) -> Vec<String> {
    lines(source, &places(source, false), width, width)
}

/// Do all lines fit?
pub(super) fn fits(lines: &[String], width: f64) -> bool {
    lines.iter().all(|line| latex_width(line) <= width)
}

/// How much of a line may stay empty for the sake of a better place.
const LEAST_FILLED: f64 = 0.4;

fn lines(source: &str, places: &[Place], first: f64, next: f64) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let (mut from, mut opening) = (0, "");
    if source.is_empty() {
        return vec![String::new()];
    }
    loop {
        let most = if out.is_empty() { first } else { next };
        let rest = format!("{opening}{}", source.get(from..).unwrap_or(""));
        if latex_width(&rest) <= most {
            out.push(rest);
            return out;
        }
        let mut best: Option<(Place, String)> = None;
        for place in places.iter().filter(|place| place.end > from) {
            let line = format!("{opening}{}{}", source.get(from..place.end).unwrap_or(""), place.closing);
            let width = latex_width(&line);
            if width > most {
                break;
            }
            if width >= LEAST_FILLED * most && best.as_ref().is_none_or(|(own, _)| place.price <= own.price) {
                best = Some((*place, line));
            }
        }
        let Some((place, line)) = best else {
            out.push(rest);
            return out;
        };
        out.push(line);
        (from, opening) = (place.start, place.opening);
    }
}

/// Signs before which a formula may be broken, with their prices.
const SIGNS: [(&str, usize); 8] = [
    (" = ", 1),
    (r" \neq ", 1),
    (r" \geq ", 1),
    (r" \leq ", 1),
    (r" \approx ", 1),
    (" + ", 2),
    (" - ", 2),
    (r" \cdot ", 5),
];

/// What begins words that the next line leaves out, and what ends the line before instead.
const LINKS: [(&str, &str); 2] = [(r"\text{, ", r"\text{,}"), (r"\text{ ", "")];

fn places(source: &str, is_formula: bool) -> Vec<Place> {
    let mut out = Vec::new();
    // braces, growing brackets and environments; brackets that do not grow
    let (mut depth, mut round, mut is_in_words) = (0usize, 0usize, false);
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        let rest = &source[at..];
        let mut step = c.len_utf8();
        if is_in_words {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth = depth.saturating_sub(1);
                    is_in_words = depth > 0;
                }
                ' ' if depth == 1 => {
                    // `rule: ` ends a line rather than `constant `
                    let price = if source[..at].ends_with([':', ',']) { 0 } else { 3 };
                    out.push(Place { end: at, start: at + 1, price, closing: "}", opening: r"\text{" });
                }
                _ => {}
            }
        } else if depth == 0 && rest.starts_with(r"\text{") {
            if let (true, Some((link, closing))) = (at > 0, LINKS.iter().find(|(l, _)| rest.starts_with(l))) {
                let start = at + link.len();
                out.push(Place { end: at, start, price: 0, closing, opening: r"\text{" });
                // the blank is no place of its own
                at = start;
                (is_in_words, depth) = (true, 1);
                continue;
            }
            (is_in_words, depth, step) = (true, 1, r"\text{".len());
        } else if let Some(length) = opened(rest) {
            (depth, step) = (depth + 1, length);
        } else if let Some(length) = closed(rest) {
            (depth, step) = (depth.saturating_sub(1), length);
        } else if let (0, Some((_, price))) = (depth, SIGNS.iter().find(|(sign, _)| rest.starts_with(sign))) {
            if at > 0 && (is_formula || round == 0) {
                out.push(Place {
                    end: at,
                    start: at + 1,
                    price: price + 3 * round,
                    closing: "",
                    opening: "",
                });
            }
        } else if depth == 0 && round == 0 && is_formula && is_before_fraction(source, at) {
            out.push(Place { end: at, start: at + 1, price: 4, closing: "", opening: r"\cdot " });
        } else if depth == 0 && rest.starts_with(r",\ ") {
            out.push(Place { end: at + 1, start: at + 3, price: 1, closing: "", opening: "" });
            step = 3;
        } else {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                '(' if depth == 0 => round += 1,
                ')' if depth == 0 => round = round.saturating_sub(1),
                _ => {}
            }
        }
        at += step;
    }
    out
}

/// The length of a growing bracket or of the word that begins an environment.
fn opened(rest: &str) -> Option<usize> {
    let is_bracket = rest.starts_with(r"\left") && !rest.starts_with(r"\leftarrow");
    if is_bracket {
        return Some(r"\left".len());
    }
    rest.strip_prefix(r"\begin{").map(|name| r"\begin{".len() + name.find('}').map_or(0, |end| end + 1))
}

/// The length of what closes a growing bracket or an environment.
fn closed(rest: &str) -> Option<usize> {
    if let Some(bracket) = rest.strip_prefix(r"\right") {
        // `\right)`, `\right\|`, `\right.`
        let sign = bracket.chars().take(1 + usize::from(bracket.starts_with('\\')));
        return Some(r"\right".len() + sign.map(char::len_utf8).sum::<usize>());
    }
    rest.strip_prefix(r"\end{").map(|name| r"\end{".len() + name.find('}').map_or(0, |end| end + 1))
}

/// Is it the blank before a factor that is a fraction? Not behind a sum, whose body goes on.
fn is_before_fraction(source: &str, at: usize) -> bool {
    let (before, rest) = source.split_at(at);
    rest.starts_with(r" \frac{")
        && before.ends_with(['}', ')'])
        && ![r"\sum", r"\prod", r"\max_", r"\min_"].iter().any(|sign| before.contains(sign))
}

/// A reason as words with formulas in dollar signs: a row of words says nothing but words.
pub(super) fn as_words(reason: &str) -> String {
    let mut out = String::from(r"\text{");
    let mut rest = reason;
    while !rest.is_empty() {
        if let Some((inside, after)) = rest.strip_prefix(r"\text").and_then(group) {
            out.push_str(inside);
            rest = after;
            continue;
        }
        // up to the next words on this level
        let mut depth = 0usize;
        let end = rest.char_indices().find_map(|(at, c)| {
            if depth == 0 && at > 0 && rest[at..].starts_with(r"\text{") {
                return Some(at);
            }
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            None
        });
        let (formula, after) = rest.split_at(end.unwrap_or(rest.len()));
        let (formula, comma) = match formula.strip_suffix(r",\ ") {
            Some(formula) => (formula.trim(), ", "),
            None => (formula.trim(), ""),
        };
        if !formula.is_empty() {
            let _ = write!(out, "${formula}$");
        }
        out.push_str(comma);
        rest = after;
    }
    out.push('}');
    out
}
