//! Braces in plain text: `e^{2x}` and `x_{ij}` where nothing else is LaTeX. Such a line stays plain text, in which words are words.
//!
//! The text keeps its length, so that places in it stay what they are.

/// Signs behind which plain text has braces of its own: `Σ_{k}`, `∇_{x}`.
const BIG: [char; 6] = ['Σ', '∑', '∏', 'Π', '∇', '}'];

/// No formula in plain text is longer.
const LONGEST: usize = 4000;

/// A text without LaTeX but braces behind `^` and `_`, with round brackets and plain subscripts instead.
pub(super) fn with_plain_braces(text: String) -> String {
    if !text.contains('{') || text.contains(['\\', '$']) {
        return text;
    }
    text.split_inclusive('\n').map(|line| plain_line(line).unwrap_or_else(|| line.to_owned())).collect()
}

/// The line in plain text; `None` if its braces say what plain text has no way to say.
fn plain_line(line: &str) -> Option<String> {
    if line.len() > LONGEST {
        return None;
    }
    let mut made = line.to_owned();
    // The innermost braces first.
    while let Some(close) = made.find('}') {
        let open = made[..close].rfind('{')?;
        let mark = made[..open].chars().next_back()?;
        let inner = made[open + 1..close].to_owned();
        let put = match mark {
            '^' => raised(&inner)?,
            '_' if made[..open - 1].ends_with(BIG) => return None,
            '_' => {
                lower(&mut made, open, &inner)?;
                continue;
            }
            _ => return None,
        };
        made.replace_range(open..=close, &put);
    }
    (!made.contains('{')).then_some(made)
}

/// What stands behind `^` for the exponent in braces. A label or an order in brackets, `W^{[1]}` and `f^{(4)}`, and a prime are no
/// exponents.
fn raised(inner: &str) -> Option<String> {
    let content = inner.trim();
    let is_label = content.is_empty()
        || content.starts_with(['[', '(', '\'', '′', '*']) && !content.contains(['+', '-', '−']);
    if is_label {
        return None;
    }
    Some(match content {
        "T" | "⊤" => format!("{content}{}", " ".repeat(inner.len() + 2 - content.len())),
        _ => format!("({inner})"),
    })
}

/// Puts a subscript where its braces are: `x_{ij}` as `x_ij`, with blanks behind it, or before the name if it is applied.
fn lower(made: &mut String, open: usize, inner: &str) -> Option<()> {
    let is_plain = !inner.is_empty() && inner.chars().all(char::is_alphanumeric);
    if !is_plain {
        return None;
    }
    let close = open + inner.len() + 1;
    let start = made[..open - 1].char_indices().rev().take_while(|(_, c)| c.is_alphabetic()).last()?.0;
    let name = made[start..open].to_owned();
    let put = if made[close + 1..].starts_with(['(', '[', '\'', '′']) {
        format!("  {name}{inner}")
    } else {
        format!("{name}{inner}  ")
    };
    made.replace_range(start..=close, &put);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_behind_a_mark_are_brackets_and_subscripts() {
        for (text, expected) in [
            ("f(x) = e^{2x}, so", "f(x) = e^(2x), so"),
            ("e^{x^{2}} y", "e^(x^(2)) y"),
            ("x_{1} + x_{ij}y", "x_1   + x_ij  y"),
            ("2a_{n}(x)", "2  a_n(x)"),
            ("u^{T} v", "u^T   v"),
            ("W^{[1]} x", "W^{[1]} x"),
            ("f^{(4)}(x)", "f^{(4)}(x)"),
            ("Σ_{k} x^{2}", "Σ_{k} x^{2}"),
            ("x_{i+1}", "x_{i+1}"),
            ("\\sin x^{2}", "\\sin x^{2}"),
            ("{1, 2}", "{1, 2}"),
        ] {
            let made = with_plain_braces(text.to_owned());
            assert_eq!(made, expected, "{text}");
            assert_eq!(made.len(), text.len());
        }
    }
}
