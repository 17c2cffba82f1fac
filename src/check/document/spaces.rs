//! Declarations in sentences: `Let x ∈ ℝⁿ and A ∈ ℝ^{n×n}` says the shapes of x and A.
//!
//! This file reads such a formula as text and makes it the line of a preamble; it judges nothing.

/// The real numbers, as people write them.
const REALS: [&str; 7] = ["\\mathbb{R}", "\\mathbb R", "\\R", "\\Reals", "\\reals", "ℝ", "R"];
/// Signs between a name and where it lives.
const IN: [&str; 4] = ["\\in", "∈", ":", "\\colon"];
/// Signs between two sizes.
const TIMES: [&str; 4] = ["\\times", "×", "*", "x"];

/// `x, y ∈ ℝ^n` as declarations, `x: R[n]` and `y: R[n]`; nothing if it is something else.
pub(in crate::check) fn declarations(text: &str) -> Vec<String> {
    let text = text.trim().trim_end_matches(['.', ',', ';', ' ']);
    let text = text.strip_prefix("let ").unwrap_or(text);
    let Some((names, space)) = IN.iter().find_map(|sign| text.split_once(sign)) else { return Vec::new() };
    let Some(sizes) = sizes(space.trim()) else { return Vec::new() };
    let names: Option<Vec<String>> = names.split(',').map(|name| plain_name(name.trim())).collect();
    let shape = if sizes.is_empty() { "R".to_owned() } else { format!("R[{}]", sizes.join(",")) };
    names.unwrap_or_default().into_iter().map(|name| format!("{name}: {shape}")).collect()
}

/// The sizes of a space: none for ℝ itself.
fn sizes(space: &str) -> Option<Vec<String>> {
    let power = REALS.iter().find_map(|sign| space.strip_prefix(sign))?.trim();
    if power.is_empty() {
        return Some(Vec::new());
    }
    let power = power.strip_prefix('^')?.trim();
    let inner = [('{', '}'), ('(', ')')]
        .into_iter()
        .find_map(|(open, close)| power.strip_prefix(open)?.strip_suffix(close))
        .unwrap_or(power);
    let mut parts = vec![inner.to_owned()];
    for sign in TIMES {
        // An x is a sign of its own only between blanks.
        let sign = if sign == "x" { " x " } else { sign };
        parts = parts.iter().flat_map(|part| part.split(sign)).map(|part| part.trim().to_owned()).collect();
    }
    let is_size = |part: &String| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_'))
    };
    (parts.len() <= 2 && parts.iter().all(is_size)).then_some(parts)
}

/// A name without what sets it in bold.
fn plain_name(text: &str) -> Option<String> {
    let bare = ["\\mathbf", "\\boldsymbol", "\\bm", "\\vec", "\\mathrm"]
        .iter()
        .find_map(|command| text.strip_prefix(command))
        .map_or(text, |rest| rest.trim().trim_start_matches('{').trim_end_matches('}'));
    let name = crate::syntax::letter_of(bare.trim_start_matches('\\'));
    let is_name = !name.is_empty()
        && name.starts_with(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::declarations;

    #[test]
    fn sentences_declare() {
        for (text, expected) in [
            (r"x \in \mathbb{R}^n", vec!["x: R[n]"]),
            (r"A\in\mathbb{R}^{n\times n}", vec!["A: R[n,n]"]),
            (r"x, y \in \mathbb{R}^{3}", vec!["x: R[3]", "y: R[3]"]),
            (r"\mathbf{w}\in\mathbb R^d.", vec!["w: R[d]"]),
            (r"\lambda\in\mathbb{R}", vec!["λ: R"]),
            ("let x: R^n", vec!["x: R[n]"]),
            ("W ∈ ℝ^(m × n)", vec!["W: R[m,n]"]),
            (r"f: \mathbb{R}^n \to \mathbb{R}", vec![]),
            (r"x \in \{1, 2\}", vec![]),
            (r"f(x) \in \mathbb{R}", vec![]),
            ("x = 2", vec![]),
        ] {
            assert_eq!(declarations(text), expected, "{text}");
        }
    }
}
