//! Logarithms without a base: natural here, to base ten for engineers, to base two for who counts bits.
//!
//! A document that does not say which it means is read again with each of these when it is refuted; what holds then is right if
//! the logarithm has that base. This file only compares reports.

use super::{Line, Report, Verdict};

/// Bases other than e that `log` has in books.
const BASES: [u32; 2] = [10, 2];

/// The report with lines that hold for another base of `log`, if that makes no other line wrong.
pub(super) fn to_another_base(
    text: &str,
    preamble: &str,
    report: Report,
    read: &dyn Fn(&str, &str) -> Report,
) -> Report {
    let is_silent = [text, preamble].into_iter().any(says_log)
        && ![text, preamble]
            .into_iter()
            .any(|text| text.contains("log: base") || text.contains("log : base"));
    let Some(first) = report.lines.iter().find(|line| line.verdict.is_error()).filter(|_| is_silent) else {
        return report;
    };
    // The lines up to the first wrong one tell most bases from the right one.
    let number = first.number;
    let start = text.get(..super::document::line_span(text, first.span.end).end).unwrap_or(text);
    for base in BASES {
        let preamble = format!("{preamble}\nlet log: base {base}");
        let begun = read(start, &preamble);
        if !begun.lines.iter().any(|line| line.number == number && is_right(line.verdict)) {
            continue;
        }
        let other = read(text, &preamble);
        let is_better = |(own, other): (&Line, &Line)| own.verdict.is_error() && is_right(other.verdict);
        let is_worse = |(own, other): (&Line, &Line)| is_right(own.verdict) && !is_right(other.verdict);
        let same = other.lines.len() == report.lines.len() && other.preamble.len() == report.preamble.len();
        let mut pairs = report.lines.iter().zip(&other.lines);
        if same && pairs.clone().any(is_better) && !pairs.any(is_worse) {
            let lines = report.lines.into_iter().zip(other.lines);
            let lines =
                lines.map(|(own, other)| if is_better((&own, &other)) { needing(base, other) } else { own });
            return Report { lines: lines.collect(), preamble: report.preamble };
        }
    }
    report
}

fn is_right(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Right | Verdict::RightIf | Verdict::Rounding)
}

fn needing(base: u32, mut line: Line) -> Line {
    line.needs.push(format!("log is the logarithm to base {base}"));
    line.verdict = Verdict::RightIf;
    line
}

/// Is there a logarithm that does not say its base?
fn says_log(text: &str) -> bool {
    text.match_indices("log").any(|(at, word)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].trim_start().chars().next();
        !before.is_some_and(char::is_alphabetic)
            && !after
                .is_some_and(|c| c == '_' || c.is_ascii_digit() && !text[at + word.len()..].starts_with(' '))
    })
}
