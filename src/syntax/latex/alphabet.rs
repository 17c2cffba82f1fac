//! Letters of LaTeX and how plain text writes them.

/// The letters of a Greek command, the likeliest first.
pub(super) fn greek(command: &str) -> Option<&'static [&'static str]> {
    Some(match command {
        "alpha" => &["α", "alpha"],
        "beta" => &["β", "beta"],
        "gamma" => &["γ", "gamma"],
        "delta" => &["δ", "delta"],
        "epsilon" => &["ϵ", "epsilon", "ε"],
        "varepsilon" => &["ε", "epsilon", "ϵ"],
        "zeta" => &["ζ", "zeta"],
        "eta" => &["η", "eta"],
        "theta" => &["θ", "theta"],
        "vartheta" => &["ϑ"],
        "iota" => &["ι", "iota"],
        "kappa" => &["κ", "kappa"],
        "lambda" => &["λ", "lambda"],
        "mu" => &["μ", "mu"],
        "nu" => &["ν", "nu"],
        "xi" => &["ξ", "xi"],
        "pi" => &["π", "pi"],
        "rho" => &["ρ", "rho"],
        "varrho" => &["ϱ"],
        "sigma" => &["σ", "sigma"],
        "varsigma" => &["ς"],
        "tau" => &["τ", "tau"],
        "upsilon" => &["υ", "upsilon"],
        "phi" => &["ϕ", "phi", "φ"],
        "varphi" => &["φ", "phi", "ϕ"],
        "chi" => &["χ", "chi"],
        "psi" => &["ψ", "psi"],
        "omega" => &["ω", "omega"],
        "Gamma" => &["Γ", "Gamma"],
        "Delta" => &["Δ", "Delta"],
        "Theta" => &["Θ", "Theta"],
        "Lambda" => &["Λ", "Lambda"],
        "Xi" => &["Ξ", "Xi"],
        "Pi" => &["Π", "Pi"],
        "Sigma" => &["Σ", "Sigma"],
        "Upsilon" => &["Υ", "Upsilon"],
        "Phi" => &["Φ", "Phi"],
        "Psi" => &["Ψ", "Psi"],
        "Omega" => &["Ω", "Omega"],
        "ell" => &["ℓ", "ell", "l"],
        "hbar" => &["ħ", "hbar", "ℏ"],
        "varkappa" => &["ϰ"],
        "varpi" => &["ϖ"],
        _ => return None,
    })
}

/// A letter as it is called outside LaTeX: `\theta` is θ, and x is x.
pub(crate) fn letter_of(word: &str) -> String {
    let name = word.strip_prefix('\\').unwrap_or(word);
    greek(name).and_then(|letters| letters.first()).map_or(name, |letter| letter).to_owned()
}

/// Names of Greek letters, for slips.
pub(super) const GREEK_WORDS: &[&str] = &[
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "theta", "kappa", "lambda", "sigma", "omega",
    "phi", "psi", "rho", "tau", "eta", "chi", "Gamma", "Delta", "Theta", "Lambda", "Sigma", "Phi", "Psi",
    "Omega",
];

/// The combining mark of an accent and the word for it in plain names.
pub(super) fn accent(command: &str) -> Option<(char, &'static str)> {
    Some(match command {
        "hat" | "widehat" => ('\u{302}', "hat"),
        "tilde" | "widetilde" => ('\u{303}', "tilde"),
        "bar" | "overline" => ('\u{304}', "bar"),
        "dot" => ('\u{307}', "dot"),
        "ddot" => ('\u{308}', "ddot"),
        "grave" => ('\u{300}', "grave"),
        "acute" => ('\u{301}', "acute"),
        "breve" => ('\u{306}', "breve"),
        "mathring" => ('\u{30A}', "ring"),
        "check" => ('\u{30C}', "check"),
        "vec" | "overrightarrow" => ('\u{20D7}', "vec"),
        _ => return None,
    })
}

/// Commands that set letters in another typeface.
pub(super) fn is_typeface(command: &str) -> bool {
    matches!(
        command,
        "mathbf"
            | "boldsymbol"
            | "bm"
            | "mathit"
            | "mathsf"
            | "mathtt"
            | "mathrm"
            | "operatorname"
            | "mathcal"
            | "mathscr"
            | "mathfrak"
            | "mathnormal"
            | "pmb"
            | "bold"
            | "mathop"
            | "symbf"
            | "mathbb"
            | "mathds"
            | "rm"
            | "bf"
    )
}

const LOW_LETTERS: &[(char, char)] = &[
    ('a', 'ₐ'),
    ('e', 'ₑ'),
    ('h', 'ₕ'),
    ('i', 'ᵢ'),
    ('j', 'ⱼ'),
    ('k', 'ₖ'),
    ('l', 'ₗ'),
    ('m', 'ₘ'),
    ('n', 'ₙ'),
    ('o', 'ₒ'),
    ('p', 'ₚ'),
    ('r', 'ᵣ'),
    ('s', 'ₛ'),
    ('t', 'ₜ'),
    ('u', 'ᵤ'),
    ('v', 'ᵥ'),
    ('x', 'ₓ'),
];

/// A digit or letter as a subscript sign.
pub(super) fn lowered(c: char) -> Option<char> {
    match c {
        '0'..='9' => char::from_u32(0x2080 + u32::from(c) - 0x30),
        _ => LOW_LETTERS.iter().find(|(letter, _)| *letter == c).map(|(_, low)| *low),
    }
}
