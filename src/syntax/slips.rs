//! What is said about texts that are no formulas, as far as it depends on single characters.

use crate::diagnostic::{Diagnostic, Kind};
use crate::span::Span;

/// A character that no rule of the grammar knows.
pub(super) fn stray(source: &str, span: Span) -> Diagnostic {
    let text = &source[span.start..span.end];
    let c = text.chars().next().unwrap_or(' ');
    if let Some(meant) = look_alike(c) {
        return refused_look_alike(c, meant, span);
    }
    let problem =
        |message: String, help: &str| Diagnostic::new(Kind::Syntax, message).at(span, "").help(help);
    match c {
        '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' => problem(
            format!("an invisible character (U+{:04X}) stands here", u32::from(c)),
            "delete it, or type the formula anew",
        ),
        '%' => problem("`%` has no meaning in a formula".into(), "write x/100 for a percentage"),
        '!' => {
            problem("factorials are not read".into(), "write the product out, or Gamma(n + 1); `!=` means ≠")
        }
        '∞' => problem("`∞` is no number".into(), "limits are not read; use a variable for a large number"),
        '"' => problem("`\"` has no meaning in a formula".into(), "write ' for the transpose or a prime"),
        '~' => {
            problem("`~` has no meaning in a formula".into(), "write - for minus, = in a fact for equality")
        }
        '°' => problem("degrees are not read".into(), "write x*pi/180"),
        '$' => problem(
            "`$` has no meaning in a formula".into(),
            "leave the dollar signs out; LaTeX is read with --input latex",
        ),
        '#' | '@' | '?' | '`' => problem(format!("`{c}` has no meaning in a formula"), "remove it"),
        '⁻' | '⁺' => {
            problem(format!("the superscript `{c}` has no number"), "write the exponent after ^, as in x^-1")
        }
        _ if c.is_control() => {
            problem(format!("a control character (U+{:04X}) stands here", u32::from(c)), "delete it")
        }
        _ => problem(
            format!("`{c}` (U+{:04X}) has no meaning in a formula", u32::from(c)),
            "remove it, or use another name",
        ),
    }
}

/// A name that is written in letters which only look like the usual ones.
pub(super) fn look_alike_letter(name: &str, start: Span) -> Option<Diagnostic> {
    let (offset, c, meant) = name.char_indices().find_map(|(at, c)| Some((at, c, look_alike(c)?)))?;
    let from = start.start + offset;
    Some(refused_look_alike(c, meant, Span::new(from, from + c.len_utf8())))
}

fn refused_look_alike(c: char, meant: &'static str, span: Span) -> Diagnostic {
    let kind = match u32::from(c) {
        0x400..=0x4FF => "a Cyrillic letter",
        0xFF01..=0xFF5E => "a full-width character",
        0x1D400..=0x1D7FF | 0x2145..=0x2149 => "a letter of a mathematical typeface",
        _ => "another character",
    };
    Diagnostic::new(
        Kind::Syntax,
        format!("`{c}` (U+{:04X}) is {kind} that looks like `{meant}`", u32::from(c)),
    )
    .at(span, format!("type `{meant}`"))
    .help(format!("replace it by `{meant}`"))
}

const ASCII: &str =
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

fn ascii(code: u32) -> Option<&'static str> {
    let at = code.checked_sub(0x21)? as usize;
    ASCII.get(at..=at)
}

/// Letters of the mathematical typefaces in their order.
const GREEK: &str = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΘΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂ϵϑκϕρπ";

fn greek(place: u32) -> Option<&'static str> {
    let (at, letter) = GREEK.char_indices().nth(place as usize)?;
    GREEK.get(at..at + letter.len_utf8())
}

/// The character that was probably meant.
fn look_alike(c: char) -> Option<&'static str> {
    const CYRILLIC: [(char, &str); 22] = [
        ('а', "a"),
        ('е', "e"),
        ('о', "o"),
        ('р', "p"),
        ('с', "c"),
        ('у', "y"),
        ('х', "x"),
        ('к', "k"),
        ('і', "i"),
        ('ј', "j"),
        ('ѕ', "s"),
        ('А', "A"),
        ('В', "B"),
        ('Е', "E"),
        ('К', "K"),
        ('М', "M"),
        ('Н', "H"),
        ('О', "O"),
        ('Р', "P"),
        ('С', "C"),
        ('Т', "T"),
        ('Х', "X"),
    ];
    match c {
        '‘' | '’' | '‛' | '´' | '＇' => Some("'"),
        '–' | '—' | '‐' | '‑' | '‒' | '―' | '﹣' => Some("-"),
        '∗' | '⁎' | '•' => Some("*"),
        '⁄' => Some("/"),
        '∣' | 'ǀ' => Some("|"),
        '∥' | '║' => Some("‖"),
        '‚' | '،' => Some(","),
        '˄' | 'ˆ' => Some("^"),
        '⟨' | '❨' => Some("("),
        '⟩' | '❩' => Some(")"),
        '\u{FF01}'..='\u{FF5E}' => ascii(u32::from(c) - 0xFEE0),
        '\u{1D400}'..='\u{1D6A3}' => {
            let place = (u32::from(c) - 0x1D400) % 52;
            ascii(if place < 26 { 0x41 + place } else { 0x61 + place - 26 })
        }
        '\u{1D6A8}'..='\u{1D7CB}' => greek((u32::from(c) - 0x1D6A8) % 58),
        'ⅅ' => Some("D"),
        'ⅆ' => Some("d"),
        'ⅇ' => Some("e"),
        'ⅈ' => Some("i"),
        'ⅉ' => Some("j"),
        '\u{1D7CE}'..='\u{1D7FF}' => ascii(0x30 + (u32::from(c) - 0x1D7CE) % 10),
        '\u{400}'..='\u{4FF}' => CYRILLIC.iter().find(|(look, _)| *look == c).map(|(_, meant)| *meant),
        _ => None,
    }
}

/// A LaTeX command in plain text.
pub(super) fn command(source: &str, span: Span) -> Diagnostic {
    let text = &source[span.start..span.end];
    Diagnostic::new(Kind::Syntax, format!("`{text}` is LaTeX, but this is read as plain text"))
        .at(span, "")
        .help("read it with --input latex, or write it plainly: a/b for \\frac{a}{b}, sqrt(x), x[1] for an index")
}

/// Braces where the formula needs none.
pub(super) fn braces(span: Span, after: &str) -> Diagnostic {
    let problem = Diagnostic::new(Kind::Syntax, "`{ }` does not group in plain text");
    match after {
        "^" => problem.at(span, "").help("write x^(2) with round brackets; LaTeX is read with --input latex"),
        "_" => problem
            .at(span, "")
            .help("write x[1] for a component and x_1 or x₁ for a name; LaTeX is read with --input latex"),
        _ => problem.at(span, "").help("use round brackets; LaTeX is read with --input latex"),
    }
}
