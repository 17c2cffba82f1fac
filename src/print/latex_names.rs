//! Names in LaTeX: Greek letters, accents, subscripts. Every letter is written with commands that browsers and LaTeX have without
//! further packages; a letter that no font of formulas holds is set as text.

use std::fmt::Write as _;

use crate::syntax::decomposed;

const GREEK: &[(char, &str)] = &[
    ('α', "alpha"),
    ('β', "beta"),
    ('γ', "gamma"),
    ('δ', "delta"),
    ('ε', "varepsilon"),
    ('ϵ', "epsilon"),
    ('ζ', "zeta"),
    ('η', "eta"),
    ('θ', "theta"),
    ('ϑ', "vartheta"),
    ('ι', "iota"),
    ('κ', "kappa"),
    ('λ', "lambda"),
    ('μ', "mu"),
    ('ν', "nu"),
    ('ξ', "xi"),
    ('π', "pi"),
    ('ρ', "rho"),
    ('ς', "varsigma"),
    ('σ', "sigma"),
    ('τ', "tau"),
    ('υ', "upsilon"),
    ('φ', "varphi"),
    ('ϕ', "phi"),
    ('χ', "chi"),
    ('ψ', "psi"),
    ('ω', "omega"),
    ('Γ', "Gamma"),
    ('Δ', "Delta"),
    ('Θ', "Theta"),
    ('Λ', "Lambda"),
    ('Ξ', "Xi"),
    ('Π', "Pi"),
    ('Σ', "Sigma"),
    ('Υ', "Upsilon"),
    ('Φ', "Phi"),
    ('Ψ', "Psi"),
    ('Ω', "Omega"),
    ('ϰ', "varkappa"),
    ('ϖ', "varpi"),
    ('ϱ', "varrho"),
    ('ℓ', "ell"),
    ('ħ', "hbar"),
    ('ℏ', "hbar"),
    ('ı', "imath"),
    ('ȷ', "jmath"),
];

/// Greek letters that look like Latin ones, which is how fonts of formulas have them.
const LIKE_LATIN: (&str, &str) = ("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX");

/// Is it the word of a Greek letter, without its backslash?
pub(super) fn is_greek_word(word: &str) -> bool {
    GREEK.iter().any(|(_, own)| *own == word)
}

fn is_low(c: char) -> bool {
    low_letter(c).is_some()
}

pub(super) fn ends_low(text: &str) -> bool {
    text.trim_end_matches('\'').ends_with(|c: char| is_low(c) || c.is_ascii_digit() && text.len() > 1)
}

fn low_letter(c: char) -> Option<char> {
    const LETTERS: &str = "aeoxəhklmnpst";
    match c {
        '₀'..='₉' => char::from_digit(u32::from(c) - 0x2080, 10),
        'ₐ'..='ₜ' => LETTERS.chars().nth((u32::from(c) - 0x2090) as usize),
        'ᵢ' => Some('i'),
        'ᵣ' => Some('r'),
        'ᵤ' => Some('u'),
        'ᵥ' => Some('v'),
        'ⱼ' => Some('j'),
        '₊' => Some('+'),
        '₋' => Some('-'),
        _ => None,
    }
}

/// A name: `θ_max` as `\theta_{\mathrm{max}}`, `x1` as `x_{1}`, `ŷ` as `\hat{y}`, `W'` as `W'`.
pub(super) fn name(text: &str, out: &mut String) {
    let stem = text.trim_end_matches('\'');
    let primes = &text[stem.len()..];
    let (base, mut low) = match stem.split_once('_') {
        Some((base, low)) => (base, low.replace('_', ",")),
        None => (stem, String::new()),
    };
    let head = base.trim_end_matches(|c: char| c.is_ascii_digit() || is_low(c));
    if !head.is_empty() && low.is_empty() {
        low = base[head.len()..].chars().map(|c| low_letter(c).unwrap_or(c)).collect();
        letters(head, out);
    } else {
        letters(base, out);
    }
    if !low.is_empty() {
        out.push_str("_{");
        let is_plain = low.chars().count() == 1 || low.chars().all(|c| c.is_ascii_digit() || c == ',');
        if is_plain {
            letters(&low, out);
        } else {
            word(&low, out);
        }
        out.push('}');
    }
    out.push_str(primes);
}

fn word(text: &str, out: &mut String) {
    if let Some((_, word)) = GREEK.iter().find(|(_, word)| *word == text) {
        let _ = write!(out, r"\{word}");
        return;
    }
    // one name, not a product of letters
    out.push_str(r"\mathrm{");
    let mut is_behind_command = false;
    for c in text.chars() {
        // a command must not run into the letter behind it
        if c.is_ascii_alphabetic() && is_behind_command {
            out.push(' ');
        }
        let start = out.len();
        letter(c, out);
        is_behind_command =
            out[start..].starts_with('\\') && out.ends_with(|c: char| c.is_ascii_alphabetic());
    }
    out.push('}');
}

/// The letters of a name: one letter in italics, a Greek word as its letter, other words upright.
fn letters(text: &str, out: &mut String) {
    let mut chars = text.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some(base), Some(mark @ '\u{300}'..='\u{36F}'), None) => accented(base, mark, out),
        (Some(only), None, _) => letter(only, out),
        (Some(_), ..) if text.bytes().all(|b| b.is_ascii_digit() || b == b',') => out.push_str(text),
        _ => word(text, out),
    }
}

/// One letter in a formula.
pub(super) fn letter(c: char, out: &mut String) {
    let mut like_latin = LIKE_LATIN.0.chars().zip(LIKE_LATIN.1.chars());
    if let Some((_, word)) = GREEK.iter().find(|(greek, _)| *greek == c) {
        let _ = write!(out, r"\{word}");
    } else if let Some((_, latin)) = like_latin.find(|(greek, _)| *greek == c) {
        let _ = write!(out, r"\mathrm{{{latin}}}");
    } else if c == 'ο' {
        out.push('o');
    } else if let Some((base, mark)) = decomposed(c) {
        accented(base, mark, out);
    } else if c.is_alphabetic() && !c.is_ascii() {
        let _ = write!(out, r"\text{{{c}}}");
    } else {
        out.push(c);
    }
}

fn accented(base: char, mark: char, out: &mut String) {
    let command = match mark {
        '\u{300}' => "grave",
        '\u{301}' => "acute",
        '\u{302}' => "hat",
        '\u{303}' => "tilde",
        '\u{304}' => "bar",
        '\u{306}' => "breve",
        '\u{307}' => "dot",
        '\u{308}' => "ddot",
        '\u{30A}' => "mathring",
        '\u{30C}' => "check",
        '\u{20D7}' => "vec",
        // set as text, which has more accents
        _ => {
            let _ = write!(out, r"\text{{{base}{mark}}}");
            return;
        }
    };
    let _ = write!(out, r"\{command}{{");
    letter(base, out);
    out.push('}');
}

/// A sign among words in LaTeX, where words cannot hold it: a formula for `$…$`, or nothing if it stands as it is.
pub fn latex_sign(c: char) -> Option<String> {
    let sign = match c {
        _ if c.is_ascii() => return None,
        '−' => "-",
        '·' => r"\cdot",
        '×' => r"\times",
        '⊙' => r"\odot",
        '≠' => r"\neq",
        '≥' => r"\geq",
        '≤' => r"\leq",
        '≈' => r"\approx",
        '∞' => r"\infty",
        '√' => r"\surd",
        '∂' => r"\partial",
        '∇' => r"\nabla",
        '∈' => r"\in",
        '‖' => r"\|",
        '′' => "'",
        'ᵀ' => r"^{\top}",
        'ⁿ' => "^{n}",
        '²' => "^{2}",
        '³' => "^{3}",
        '¹' => "^{1}",
        '⁰' => "^{0}",
        '⁴'..='⁹' => {
            return char::from_digit(u32::from(c) - 0x2070, 10).map(|digit| format!("^{{{digit}}}"));
        }
        _ => {
            let mut out = String::new();
            match low_letter(c) {
                Some(low) => {
                    let _ = write!(out, "_{{{low}}}");
                }
                None => letter(c, &mut out),
            }
            return out.starts_with(['\\', '_']).then_some(out).filter(|out| !out.starts_with(r"\text"));
        }
    };
    Some(sign.to_owned())
}
