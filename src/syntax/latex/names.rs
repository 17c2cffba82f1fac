//! Names in LaTeX: Greek letters, accents, typefaces, subscripts. Which name is meant depends on what is declared; the
//! longest declared name wins.

use super::super::known;
use super::super::parser::Result;
use super::super::tokens::normalised;
use super::alphabet::{accent, greek, is_typeface, lowered};
use super::parser::Parser;
use super::slips::{self, syntax};
use super::words::Word;
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// A name as it is written, before it is known what it means.
pub(super) struct Symbol {
    /// Ways in which plain text may write it, the likeliest first.
    pub spellings: Vec<String>,
    pub primes: usize,
    /// Whether it is a word such as `\mathrm{softmax}`.
    pub is_word: bool,
    pub span: Span,
    /// Where the subscript begins, and the ways to write it as a part of a name.
    pub low: Option<(usize, Vec<String>)>,
    /// The place behind everything.
    pub end: usize,
}

impl Parser<'_> {
    pub(super) fn is_declared(&self, name: &str) -> bool {
        self.bound.iter().any(|b| b == name) || self.names.has(name)
    }

    pub(super) fn is_variable(&self, name: &str) -> bool {
        self.bound.iter().any(|b| b == name) || self.names.has_variable(name)
    }

    /// Whether a symbol begins here.
    pub(super) fn starts_symbol(&self) -> bool {
        match self.word() {
            Word::Letter => true,
            Word::Command => {
                let name = &*self.token().text;
                greek(name).is_some() || accent(name).is_some() || is_typeface(name)
            }
            Word::Text => super::statement::is_word(&self.token().text),
            _ => false,
        }
    }

    /// The letters without scripts: the spellings, the primes inside, whether it is a word, the place behind.
    pub(super) fn letters(&mut self) -> Result<(Vec<String>, usize, bool, Span)> {
        let token = self.token().clone();
        match token.word {
            Word::Letter => {
                let mut span = self.advance();
                let mut name = token.text.to_string();
                // declared names of several letters: the longest wins
                if let Some((long, count)) = self.long_name(self.at - 1) {
                    for _ in 1..count {
                        span = span.join(self.advance());
                    }
                    name = long;
                }
                let spelled = match &*name {
                    "ℒ" => vec![name, "L".into()],
                    _ => vec![name],
                };
                Ok((spelled, 0, false, span))
            }
            Word::Text => {
                let span = self.advance();
                Ok((vec![token.text.to_string()], 0, token.text.chars().count() > 1, span))
            }
            Word::Command => {
                let command = token.text.to_string();
                if let Some(spellings) = greek(&command) {
                    let span = self.advance();
                    // a difference belongs to what it is a difference of
                    let follows = self.word() == Word::Letter
                        || self.word() == Word::Command && greek(&self.token().text).is_some();
                    if command == "Delta" && follows && !spellings.iter().any(|s| self.is_declared(s)) {
                        let letter = match greek(&self.token().text) {
                            Some(letters) if self.word() == Word::Command => letters[0].to_string(),
                            _ => self.token().text.to_string(),
                        };
                        let span = span.join(self.advance());
                        return Ok((vec![format!("Δ{letter}")], 0, false, span));
                    }
                    return Ok((spellings.iter().map(|s| (*s).to_string()).collect(), 0, false, span));
                }
                if let Some((mark, word)) = accent(&command) {
                    let start = self.advance();
                    let (inner, primes, is_word, span) = self.argument_letters(start, &command)?;
                    let mut spellings = Vec::new();
                    for base in &inner {
                        spellings.push(normalised(&format!("{base}{mark}")).into_owned());
                    }
                    for base in &inner {
                        spellings.push(format!("{base}{word}"));
                        spellings.push(format!("{base}_{word}"));
                    }
                    // An arrow is a typeface: \vec{x} is x, unless a name with the arrow is declared.
                    if word == "vec" {
                        spellings.splice(0..0, inner);
                    }
                    // marks on marks multiply the ways
                    spellings.truncate(9);
                    return Ok((spellings, primes, is_word, start.join(span)));
                }
                if is_typeface(&command) {
                    let start = self.advance();
                    let (spellings, primes, is_word, span) = self.argument_letters(start, &command)?;
                    if matches!(&*command, "mathbb" | "mathds") {
                        self.check_blackboard(&spellings, start.join(span))?;
                    }
                    return Ok((spellings, primes, is_word, start.join(span)));
                }
                Err(self.no_symbol())
            }
            _ => Err(self.no_symbol()),
        }
    }

    fn check_blackboard(&self, spellings: &[String], span: Span) -> Result<()> {
        let Some(letter) = spellings.first().filter(|s| !self.is_declared(s)) else { return Ok(()) };
        let what = match &**letter {
            "E" => "expectations are",
            "P" => "probabilities are",
            "R" | "N" | "Z" | "Q" | "C" => "sets of numbers are",
            _ => return Ok(()),
        };
        Err(Diagnostic::new(diagnostic::Kind::Unsupported, format!("{what} not read"))
            .at(span, "")
            .help("declare the shape of a variable with --let 'x: R[n]'; write sums out"))
    }

    fn no_symbol(&self) -> Diagnostic {
        syntax("a name is expected here").at(self.token().span, "").help("write a letter, such as x")
    }

    /// What stands behind an accent or a typeface: `{y}`, `{softmax}`, `y`, `\mathbf{y}`.
    fn argument_letters(&mut self, start: Span, command: &str) -> Result<(Vec<String>, usize, bool, Span)> {
        // `\operatorname*{…}`
        if self.word() == Word::Times && self.token().text == "*" && self.is_glued() {
            self.advance();
        }
        if self.word() != Word::OpenCurly {
            if self.word() == Word::Number {
                return Err(slips::bold_number(start.join(self.token().span)));
            }
            if !self.starts_symbol() {
                return Err(syntax(format!(r"nothing stands behind `\{command}`"))
                    .at(start, "")
                    .help(format!(r"write \{command}{{x}}")));
            }
            return self.nested(|parser| match parser.word() {
                // a single letter, whatever stands behind it
                Word::Letter => {
                    let text = parser.token().text.to_string();
                    let span = parser.advance();
                    Ok((vec![text], 0, false, span))
                }
                _ => parser.letters(),
            });
        }
        let close = self.partners[self.at];
        let open = self.advance();
        let span = open.join(self.words[close].span);
        if self.at == close {
            return Err(syntax(format!(r"`\{command}` holds nothing"))
                .at(start.join(span), "")
                .help(format!(r"write \{command}{{x}}")));
        }
        // a word: letters and digits side by side
        let inside = &self.words[self.at..close];
        let is_word = inside.len() > 1
            && inside.iter().all(|t| {
                matches!(t.word, Word::Letter | Word::Number | Word::Under) && !t.text.contains('.')
                    || t.word == Word::Command && t.text == "_"
                    || t.word == Word::Minus
                    || t.word == Word::Prime
            })
            && inside[0].word == Word::Letter
            && (inside[1].word != Word::Under || inside.len() > 3)
            && inside.iter().any(|t| t.word != Word::Prime && t.span != inside[0].span)
            && is_typeface(command);
        if is_word {
            let mut text: String = inside.iter().map(|t| &*t.text).collect();
            let primes = text.len() - text.trim_end_matches('\'').len();
            text.truncate(text.len() - primes);
            if inside.iter().any(|t| t.word == Word::Minus) {
                text = text.replace('-', "_");
            }
            let is_upright = matches!(
                command,
                "mathrm" | "operatorname" | "mathit" | "mathsf" | "mathtt" | "mathop" | "rm"
            );
            if !is_upright && !self.is_declared(&text) && known::lookup(&text).is_none() {
                return Err(syntax(format!(r"`\{command}{{{text}}}` is either one name or a product"))
                    .at(start.join(span), "")
                    .help(format!(
                        r"write \mathrm{{{text}}} for one name, \{command}{{…}}\{command}{{…}} for a product"
                    )));
            }
            self.at = close;
            self.advance();
            return Ok((vec![text], primes, true, span));
        }
        if self.word() == Word::Number {
            return Err(slips::bold_number(start.join(span)));
        }
        let (mut spellings, mut primes, is_word, _) = self.nested(Parser::letters)?;
        while self.word() == Word::Prime {
            primes += self.token().text.chars().map(super::super::powers::prime_count).sum::<usize>();
            self.advance();
        }
        if self.word() == Word::Under && self.at < close {
            // `\hat{y_1}`: the subscript belongs to the name
            let forms = self.low_forms(self.at)?;
            spellings = spellings
                .iter()
                .flat_map(|base| forms.1.iter().map(move |low| format!("{base}{low}")))
                .take(9)
                .collect();
            self.at = forms.0;
        }
        if self.at != close {
            return Err(syntax(format!(r"`\{command}` covers more than a name"))
                .at(start.join(span), "")
                .help("write it over a single letter, and declare the name"));
        }
        self.advance();
        Ok((spellings, primes, is_word, span))
    }

    /// The longest declared name of several letters that begins at the place, with the number of its words.
    pub(super) fn long_name(&self, at: usize) -> Option<(String, usize)> {
        if self.longest < 2 {
            return None;
        }
        let mut name = String::new();
        let mut best = None;
        for (count, token) in self.words[at..].iter().enumerate() {
            if count > 0 && token.spaced
                || !matches!(token.word, Word::Letter | Word::Number)
                || name.len() >= self.longest
            {
                break;
            }
            name.push_str(&token.text);
            if count > 0 && self.is_declared(&name) {
                best = Some((name.clone(), count + 1));
            }
        }
        best
    }

    /// A name with its primes and subscript; the climber stands behind it.
    pub(super) fn symbol(&mut self) -> Result<Symbol> {
        let (spellings, mut primes, is_word, mut span) = self.letters()?;
        let mut low = None;
        loop {
            match self.word() {
                Word::Prime => {
                    primes += self.token().text.chars().map(super::super::powers::prime_count).sum::<usize>();
                    span = span.join(self.advance());
                }
                Word::Caret if self.is_prime_script() => {
                    let close = if self.peek(1).word == Word::OpenCurly {
                        self.partners[self.at + 1]
                    } else {
                        self.at + 1
                    };
                    while self.at <= close {
                        primes += usize::from(self.token().is_command("prime"));
                        span = span.join(self.advance());
                    }
                }
                Word::Under if low.is_none() => {
                    let start = self.at;
                    let (end, forms) = self.low_forms(start)?;
                    low = Some((start, forms));
                    self.at = end;
                    span = span.join(self.words[end - 1].span);
                }
                Word::Under => {
                    return Err(syntax("two subscripts stand on one base")
                        .at(span.join(self.token().span), "")
                        .help("write one subscript: x_{i,j}"));
                }
                _ => break,
            }
        }
        if primes > 9 {
            return Err(Diagnostic::new(diagnostic::Kind::Limit, "more than nine primes")
                .at(span, "")
                .help(r"write \frac{d^n}{dx^n}"));
        }
        Ok(Symbol { spellings, primes, is_word, span, low, end: self.at })
    }

    /// `^\prime`, `^{\prime\prime}`.
    fn is_prime_script(&self) -> bool {
        if self.peek(1).is_command("prime") {
            return true;
        }
        if self.peek(1).word != Word::OpenCurly {
            return false;
        }
        let close = self.partners[self.at + 1];
        close > self.at + 2 && self.words[self.at + 2..close].iter().all(|t| t.is_command("prime"))
    }

    /// The place behind a subscript, and how plain names write it; no way if it is no part of a name.
    pub(super) fn low_forms(&self, at: usize) -> Result<(usize, Vec<String>)> {
        let first = self.words.get(at + 1).unwrap_or(self.token());
        let (start, close, end) = if first.word == Word::OpenCurly {
            let close = self.partners[at + 1];
            (at + 2, close, close + 1)
        } else if first.word == Word::Command && (is_typeface(&first.text) || accent(&first.text).is_some()) {
            let next = self.words.get(at + 2).unwrap_or(first);
            let close = if next.word == Word::OpenCurly { self.partners[at + 2] + 1 } else { at + 3 };
            (at + 1, close, close)
        } else {
            if first.word == Word::Number && first.text.len() > 1 {
                return Err(slips::long_low_number(&first.text, self.words[at].span.join(first.span)));
            }
            if !matches!(first.word, Word::Number | Word::Letter | Word::Command | Word::Text) {
                if first.word == Word::Plus {
                    return Err(slips::positive_part(self.words[at].span.join(first.span)));
                }
                return Err(syntax("nothing stands behind `_`")
                    .at(self.words[at].span, "")
                    .help("write x_{i}"));
            }
            (at + 1, at + 2, at + 2)
        };
        let mut text = String::new();
        let mut is_name = true;
        let mut inside = start;
        while inside < close.min(self.words.len()) {
            let token = &self.words[inside];
            match token.word {
                Word::Number if !token.text.contains('.') => text.push_str(&token.text),
                Word::Letter | Word::Text => text.push_str(token.text.trim()),
                Word::Comma => text.push('_'),
                Word::Command => match greek(&token.text) {
                    Some(letters) => text.push_str(letters[0]),
                    None if is_typeface(&token.text) => {}
                    None => is_name = false,
                },
                Word::OpenCurly | Word::CloseCurly => {}
                Word::Minus if start + 1 < inside => text.push('_'),
                _ => is_name = false,
            }
            inside += 1;
        }
        // `_{n-1}` is arithmetic, `_{\mathrm{k-means}}` a word
        let has_minus = self.words[start..close.min(self.words.len())].iter().any(|t| t.word == Word::Minus);
        let is_upright = first.word == Word::Command
            || self.words.get(start).is_some_and(|t| t.word == Word::Command && is_typeface(&t.text));
        let mut forms = Vec::new();
        if is_name && !text.is_empty() && (!has_minus || is_upright) {
            forms.push(format!("_{text}"));
            if let Some(low) = text.chars().map(lowered).collect::<Option<String>>() {
                forms.push(low);
            }
            if text.bytes().all(|b| b.is_ascii_digit()) {
                forms.push(text);
            }
        }
        Ok((end, forms))
    }
}
