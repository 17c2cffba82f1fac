//! Values with conditions in plain text: `1 if a > b, else 0`, `1 if x > 0 and −1 if x < 0`. They are one side, which says something
//! at each place; one value with one condition is a claim under that condition and is not meant here.

use std::fmt::Write as _;
use std::ops::Range;

/// Words before a condition.
const IF: [&str; 4] = ["if", "when", "wenn", "falls"];

/// Words for all other places.
const ELSE: [&str; 4] = ["else", "otherwise", "sonst", "sinon"];

/// A word that parts values from conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    If,
    Else,
}

/// The side with which a text begins as `cases(…)`, if it has several values.
pub(in crate::check) fn as_cases(text: &str) -> Option<String> {
    // A condition is needed, and a word before it: most sides are none of these.
    let head = &text[..text.find(['=', '≈', '<', '>', '≤', '≥', '≠', '∈'])?];
    if !IF.iter().any(|word| head.contains(word)) {
        return None;
    }
    let signs = signs(text);
    let mut rows: Vec<(&str, Option<&str>)> = Vec::new();
    let (first, Sign::If) = signs.first()? else { return None };
    let mut value = text[..first.start].trim();
    for (at, (place, sign)) in signs.iter().enumerate() {
        let end = signs.get(at + 1).map_or(text.len(), |(next, _)| next.start);
        let own = text[place.end..end].trim_matches(is_blank);
        let next = signs.get(at + 1).map(|(_, sign)| *sign);
        match (sign, next) {
            (Sign::If, None) => rows.push((value, Some(own))),
            (Sign::If, Some(next)) => {
                let is_last = at + 2 == signs.len();
                let is_behind = next == Sign::Else && is_last && {
                    let (last, _) = &signs[at + 1];
                    text[last.end..].trim_matches(is_blank).is_empty()
                };
                if next == Sign::Else && !is_behind {
                    rows.push((value, Some(without_joint(own))));
                    continue;
                }
                let (condition, other) = split_last(own)?;
                rows.push((value, Some(condition)));
                value = other;
            }
            (Sign::Else, None) => rows.push((if own.is_empty() { value } else { own }, None)),
            // 1 if x > 1 else 0 if x < 0
            (Sign::Else, Some(Sign::If)) => value = own,
            (Sign::Else, Some(Sign::Else)) => return None,
        }
    }
    let is_value = |value: &str| !value.is_empty() && !super::prose::is_related(value);
    let is_condition = |condition: &str| super::prose::is_related(condition);
    let are_whole =
        rows.iter().all(|(value, condition)| is_value(value) && condition.is_none_or(is_condition));
    if rows.len() < 2 || !are_whole {
        return None;
    }
    let mut made = String::from("cases(");
    for (at, (value, condition)) in rows.iter().enumerate() {
        let joint = if at == 0 { "" } else { ", " };
        let _ = match condition {
            Some(condition) => write!(made, "{joint}{value} if {condition}"),
            None => write!(made, "{joint}{value} otherwise"),
        };
    }
    made.push(')');
    Some(made)
}

/// Where the values with conditions begin behind a relation, and where the first condition does; `None` if there are none.
pub(super) fn first_condition(text: &str) -> Option<usize> {
    let (place, _) = signs(text).into_iter().next()?;
    let start = text[..place.start]
        .rfind(['=', '≈'])
        .map(|at| at + text[at..].chars().next().map_or(1, char::len_utf8))?;
    as_cases(&text[start..]).map(|_| place.start)
}

/// The words that part values from conditions, outside brackets.
fn signs(text: &str) -> Vec<(Range<usize>, Sign)> {
    let mut found = Vec::new();
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let length = text[at..].find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len() - at);
        if length == 0 {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            at += c.len_utf8();
            continue;
        }
        let word = &text[at..at + length];
        let sign = match word {
            _ if depth > 0 => None,
            _ if IF.contains(&word) => Some(Sign::If),
            _ if ELSE.contains(&word) => Some(Sign::Else),
            _ => None,
        };
        found.extend(sign.map(|sign| (at..at + length, sign)));
        at += length;
    }
    found
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '.' | ':')
}

/// A condition without the `and` behind it.
fn without_joint(text: &str) -> &str {
    JOINTS.iter().find_map(|joint| text.strip_suffix(joint.trim_end())).unwrap_or(text).trim_matches(is_blank)
}

const JOINTS: [&str; 4] = [" and ", " or ", " und ", " et "];

/// A condition and the value behind it: at the last comma, or the last `and`.
fn split_last(text: &str) -> Option<(&str, &str)> {
    let (condition, value) = text.rsplit_once([',', ';']).or_else(|| {
        JOINTS
            .iter()
            .filter_map(|joint| text.rfind(joint).map(|at| (at, joint.len())))
            .max()
            .map(|(at, length)| (&text[..at], &text[at + length..]))
    })?;
    let value = value.trim_matches(is_blank);
    let value = JOINTS.iter().find_map(|joint| value.strip_prefix(joint.trim_start())).unwrap_or(value);
    Some((condition.trim_matches(is_blank), value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_conditions_are_cases() {
        for (text, expected) in [
            ("1 if a > b, else 0", Some("cases(1 if a > b, 0 otherwise)")),
            ("1 if a > b else 0", Some("cases(1 if a > b, 0 otherwise)")),
            ("1 if a > b and 5 if a < b", Some("cases(1 if a > b, 5 if a < b)")),
            ("1 if x > 0, 5 if x < 0", Some("cases(1 if x > 0, 5 if x < 0)")),
            ("1 if x > 0, and 5 otherwise", Some("cases(1 if x > 0, 5 otherwise)")),
            ("1 if x > 0 and y > 0, 0 otherwise", Some("cases(1 if x > 0 and y > 0, 0 otherwise)")),
            ("2x if x > 0; -x if x < 0; 0 otherwise", Some("cases(2x if x > 0, -x if x < 0, 0 otherwise)")),
            ("1 if x > 1 else 0 if x > 0 else 2", Some("cases(1 if x > 1, 0 if x > 0, 2 otherwise)")),
            ("1 if x > 0", None),
            ("cases(1 if x > 0, 2 otherwise)", None),
            ("2x", None),
        ] {
            assert_eq!(as_cases(text).as_deref(), expected, "{text}");
        }
    }
}
