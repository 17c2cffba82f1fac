//! Words: what pest found, with names cut by what is declared (`W'`, `2πr`, `σx`).

use std::borrow::Cow;

use pest::Parser as _;

use super::{Names, known, slips};
use crate::diagnostic::{Diagnostic, Kind};
use crate::span::Span;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/formula.pest"]
struct Lexer;

/// A word with its place.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    /// What it is.
    pub word: Rule,
    /// Where it stands.
    pub span: Span,
    /// Whether white space stands before it.
    pub spaced: bool,
    /// The text; names are normalised.
    pub text: Cow<'a, str>,
}

/// One spelling for letters that look the same: composed accents, `μ` for the micro sign, `'` for the typographic prime.
pub fn normalised(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '′' => result.push('\''),
            '″' => result.push_str("''"),
            '‴' => result.push_str("'''"),
            'µ' => result.push('μ'),
            '\u{2126}' => result.push('Ω'),
            '∆' => result.push('Δ'),
            '\u{300}'..='\u{36F}' => match result.chars().last().and_then(|base| composed(base, c)) {
                Some(one) => {
                    result.pop();
                    result.push(one);
                }
                None => result.push(c),
            },
            _ => result.push(c),
        }
    }
    if result == text { Cow::Borrowed(text) } else { Cow::Owned(result) }
}

/// Accents that mathematics puts on letters: mark, letters, the same letters with the mark.
const ACCENTS: [(char, &str, &str); 10] = [
    ('\u{300}', "aeinouwyAEINOUWY", "àèìǹòùẁỳÀÈÌǸÒÙẀỲ"),
    ('\u{301}', "aceilnorsuyzACEILNORSUYZ", "áćéíĺńóŕśúýźÁĆÉÍĹŃÓŔŚÚÝŹ"),
    ('\u{302}', "aceghijosuwyzACEGHIJOSUWYZ", "âĉêĝĥîĵôŝûŵŷẑÂĈÊĜĤÎĴÔŜÛŴŶẐ"),
    ('\u{303}', "aeinouvyAEINOUVY", "ãẽĩñõũṽỹÃẼĨÑÕŨṼỸ"),
    ('\u{304}', "aegiouyAEGIOUY", "āēḡīōūȳĀĒḠĪŌŪȲ"),
    ('\u{307}', "abcdefghmnprstwxyzABCDEFGHMNPRSTWXYZ", "ȧḃċḋėḟġḣṁṅṗṙṡṫẇẋẏżȦḂĊḊĖḞĠḢṀṄṖṘṠṪẆẊẎŻ"),
    ('\u{308}', "aehiotuwxyAEHIOUWXY", "äëḧïöẗüẅẍÿÄËḦÏÖÜẄẌŸ"),
    ('\u{306}', "aegiouAEGIOU", "ăĕğĭŏŭĂĔĞĬŎŬ"),
    ('\u{30A}', "auwyAU", "åůẘẙÅŮ"),
    ('\u{30C}', "acdeghijklnorstuzACDEGHIKLNORSTUZ", "ǎčďěǧȟǐǰǩľňǒřšťǔžǍČĎĚǦȞǏǨĽŇǑŘŠŤǓŽ"),
];

fn composed(base: char, mark: char) -> Option<char> {
    let (_, letters, accented) = ACCENTS.iter().find(|(m, ..)| *m == mark)?;
    letters.chars().zip(accented.chars()).find(|(letter, _)| *letter == base).map(|(_, one)| one)
}

/// The letter under an accent and the combining mark on it, for LaTeX.
pub(crate) fn decomposed(letter: char) -> Option<(char, char)> {
    ACCENTS.iter().find_map(|(mark, letters, accented)| {
        letters.chars().zip(accented.chars()).find(|(_, one)| *one == letter).map(|(base, _)| (base, *mark))
    })
}

/// Greek letters, and the signs that [`normalised`] takes for them.
pub(super) fn is_greek(c: char) -> bool {
    ('\u{370}'..='\u{3FF}').contains(&c) || matches!(c, 'µ' | '\u{2126}' | '∆')
}

/// Whether the name is one letter with its decorations, as in `x`, `x₁`, `θ_max`, `ŷ`.
pub(super) fn is_one_letter(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next();
    let rest = letters.as_str().trim_end_matches('\'');
    rest.starts_with('_') || rest.chars().all(|c| !c.is_alphabetic() || is_subscript(c))
}

fn is_subscript(c: char) -> bool {
    matches!(c, '₀'..='₉' | '₊' | '₋' | 'ₐ'..='ₜ' | 'ᵢ'..='ᵪ' | 'ⱼ')
}

/// Cuts the text into words. The last token is an `EOI` at the end of the text.
pub(super) fn tokens<'a>(
    source: &'a str,
    names: &Names,
) -> Result<(Vec<Token<'a>>, Vec<Diagnostic>), Diagnostic> {
    let mut words = lex(source)?;
    super::brackets::check(source, &words)?;
    words = cut_names(source, words, names);
    let mut warnings = Vec::new();
    let words = split_letters(words, names, &mut warnings);
    Ok((words, warnings))
}

/// The words as pest finds them, look-alikes refused.
fn lex(source: &str) -> Result<Vec<Token<'_>>, Diagnostic> {
    let unreadable =
        || Diagnostic::new(Kind::Syntax, "this is not a formula").at(Span::new(0, source.len()), "");
    let pairs = Lexer::parse(Rule::formula, source).map_err(|_| unreadable())?;
    let mut tokens = Vec::with_capacity(source.len() / 2 + 1);
    let mut spaced = false;
    for pair in pairs.flat_map(pest::iterators::Pair::into_inner) {
        let kind = pair.as_rule();
        if kind == Rule::white {
            spaced = true;
            continue;
        }
        let place = pair.as_span();
        let span = Span::new(place.start(), place.end());
        let mut text = Cow::Borrowed(place.as_str());
        match kind {
            Rule::stray => return Err(slips::stray(source, span)),
            Rule::command => return Err(slips::command(source, span)),
            Rule::name if !text.is_ascii() => {
                if let Some(problem) = slips::look_alike_letter(&text, span) {
                    return Err(problem);
                }
                text = normalised(place.as_str());
            }
            _ => {}
        }
        tokens.push(Token { word: kind, span, spaced, text });
        spaced = false;
    }
    if tokens.last().is_none_or(|last| last.word != Rule::EOI) {
        let end = source.len();
        tokens.push(Token { word: Rule::EOI, span: Span::new(end, end), spaced, text: Cow::Borrowed("") });
    }
    Ok(tokens)
}

/// Joins primes to declared names and cuts runs of letters around Greek ones.
fn cut_names<'a>(source: &'a str, words: Vec<Token<'a>>, names: &Names) -> Vec<Token<'a>> {
    if !words.iter().any(|t| t.word == Rule::primes || t.word == Rule::name && !t.text.is_ascii()) {
        return words;
    }
    let longest = names.variables().chain(names.functions()).map(str::len).max().unwrap_or(0);
    let mut result: Vec<Token<'a>> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let token = &words[at];
        at += 1;
        if token.word != Rule::name {
            result.push(token.clone());
            continue;
        }
        let primes = words[at..].iter().take(4).take_while(|t| t.word == Rule::primes && !t.spaced).count();
        if let Some((joined, used)) = with_primes(token, &words[at..at + primes], names) {
            result.push(joined);
            at += used;
            continue;
        }
        if token.text.is_ascii() || names.has(&token.text) {
            result.push(token.clone());
            continue;
        }
        cut_run(source, token, names, longest, &mut result);
        if let Some(last) = result.pop() {
            match with_primes(&last, &words[at..at + primes], names) {
                Some((joined, used)) => {
                    result.push(joined);
                    at += used;
                }
                None => result.push(last),
            }
        }
    }
    result
}

/// The longest declared name made of the token and some of the primes that follow it.
fn with_primes<'a>(token: &Token<'a>, primes: &[Token<'a>], names: &Names) -> Option<(Token<'a>, usize)> {
    (1..=primes.len()).rev().find_map(|used| {
        let mut name = token.text.to_string();
        for prime in &primes[..used] {
            name.push_str(&normalised(&prime.text));
        }
        names.has(&name).then(|| {
            let span = token.span.join(primes[used - 1].span);
            (Token { word: Rule::name, span, spaced: token.spaced, text: Cow::Owned(name) }, used)
        })
    })
}

/// `2πr`: a Greek letter is a word of its own unless a longer declared name begins with it.
fn cut_run<'a>(
    source: &'a str,
    token: &Token<'a>,
    names: &Names,
    longest: usize,
    result: &mut Vec<Token<'a>>,
) {
    let mut start = token.span.start;
    let end = token.span.end;
    while start < end {
        let rest = &source[start..end];
        let declared = rest
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take_while(|&at| at <= 2 * longest + 4)
            .filter(|&at| rest[at..].chars().next().is_none_or(|c| c != '_' && !is_tail(c)))
            .filter(|&at| names.has(&normalised(&rest[..at])))
            .last();
        let length = declared.unwrap_or_else(|| natural_length(rest));
        let text = normalised(&source[start..start + length]);
        let spaced = token.spaced && start == token.span.start;
        result.push(Token { word: Rule::name, span: Span::new(start, start + length), spaced, text });
        start += length;
    }
}

/// What clings to a letter.
fn is_tail(c: char) -> bool {
    c.is_ascii_digit() || is_subscript(c) || matches!(c, '\u{300}'..='\u{36F}')
}

/// The length in bytes of the first word of a run that holds no declared name at its start.
fn natural_length(run: &str) -> usize {
    let mut chars = run.char_indices();
    let Some((_, first)) = chars.next() else { return 0 };
    let mut in_low = false;
    // a difference belongs to what it is a difference of
    let mut takes_letters = !is_greek(first) || matches!(first, 'Δ' | '∆');
    for (at, c) in chars {
        if c == '_' {
            in_low = true;
        } else if !in_low && (is_greek(c) && !matches!(first, 'Δ' | '∆') || !(takes_letters || is_tail(c)))
        {
            return at;
        }
        if is_greek(c) && matches!(first, 'Δ' | '∆') {
            takes_letters = false;
        }
    }
    run.len()
}

/// Words that are never cut into letters although no table lists them.
const WORDS: &[&str] = &[
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Phi",
    "Psi",
    "Omega",
    "diff",
    "grad",
    "gradient",
    "jacobian",
    "hessian",
    "cases",
    "sum",
    "prod",
    "product",
    "max",
    "min",
    "if",
    "and",
    "otherwise",
    "else",
    "in",
];

/// `w1x1`: letters with a number each, which is a product of two or three and no word.
fn is_of_numbered_letters(text: &str) -> bool {
    let mut has_digit = true;
    let mut letters = 0;
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphabetic() && has_digit => {
                has_digit = false;
                letters += 1;
            }
            b if b.is_ascii_digit() => has_digit = true,
            _ => return false,
        }
    }
    has_digit && (2..=3).contains(&letters)
}

/// A word cut before every letter.
fn letters_of(text: &str) -> Vec<&str> {
    let starts: Vec<usize> =
        text.char_indices().filter(|(_, c)| c.is_ascii_alphabetic()).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &text[start..end]).collect()
}

/// `ab` is `a*b` if both letters are variables of their own, declared or elsewhere in the formula.
fn split_letters<'a>(words: Vec<Token<'a>>, names: &Names, warnings: &mut Vec<Diagnostic>) -> Vec<Token<'a>> {
    let mut alone = [false; 128];
    let mut has_run = false;
    for token in words.iter().filter(|t| t.word == Rule::name) {
        match token.text.as_bytes() {
            [letter] => alone[usize::from(*letter & 127)] = true,
            run => has_run |= run.iter().all(u8::is_ascii_alphabetic) || is_of_numbered_letters(&token.text),
        }
    }
    if !has_run {
        return words;
    }
    let is_split = |at: usize| {
        let token = &words[at];
        let text = &*token.text;
        if is_of_numbered_letters(text) {
            return token.word == Rule::name
                && !names.has(text)
                && known::lookup(text).is_none()
                && words[at + 1].word != Rule::open_round;
        }
        let after_d =
            at >= 1 && matches!(words[at - 1].word, Rule::slash | Rule::partial) && text.starts_with('d');
        token.word == Rule::name
            && (2..=6).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphabetic())
            && !after_d
            && !names.has(text)
            && (names.are_letters_apart()
                || text
                    .bytes()
                    .all(|b| alone[usize::from(b & 127)] || names.has_variable(&char::from(b).to_string())))
            && !WORDS.contains(&text)
            && known::lookup(text).is_none()
            && super::glued::function_and_letter(text).is_none()
            && words[at + 1].word != Rule::open_round
    };
    if !(0..words.len()).any(is_split) {
        return words;
    }
    let mut result = Vec::with_capacity(words.len() + 8);
    for (at, token) in words.iter().enumerate() {
        if is_split(at) {
            let letters = letters_of(&token.text);
            let product = letters.join("*");
            if warnings.len() < 20 {
                warnings.push(
                    Diagnostic::new(Kind::Syntax, format!("`{}` is read as {product}", token.text))
                        .at(token.span, "")
                        .help(format!("write {product}, or declare the name with --let '{}: R'", token.text)),
                );
            }
            let mut start = token.span.start;
            for letter in letters {
                let span = Span::new(start, start + letter.len());
                let spaced = token.spaced && start == token.span.start;
                start = span.end;
                result.push(Token { word: Rule::name, span, spaced, text: Cow::Owned(letter.to_owned()) });
            }
        } else {
            result.push(token.clone());
        }
    }
    result
}
