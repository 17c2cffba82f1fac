//! What a name in LaTeX stands for: a declared variable or function, a name with indices, or one that nobody declared.

use super::super::known;
use super::super::parser::{Node, Result, built};
use super::super::tree::Kind;
use super::alphabet::{GREEK_WORDS, greek};
use super::names::Symbol;
use super::parser::{Parser, starts_operand};
use super::scripts::indexed;
use super::slips::{syntax, unsupported};
use super::words::{Fence, Word};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// Operators of the field that no formula of ours has: they are refused rather than taken for letters.
const OPERATORS: [&str; 16] = [
    "argmax", "argmin", "arg", "sup", "inf", "lim", "limsup", "liminf", "Var", "Cov", "Pr", "prox", "dom",
    "span", "Re", "Im",
];

/// Is it the word of an operator that is not read?
pub(super) fn is_operator_word(word: &str) -> bool {
    OPERATORS.contains(&word)
}

/// A variable to differentiate a name by, for messages.
pub(super) fn other_than(name: &str) -> &'static str {
    if name == "x" { "t" } else { "x" }
}

/// What a symbol turned out to be.
pub(super) enum Meaning {
    /// A declared or bound variable; what was not used of primes and subscript is left.
    Variable {
        name: String,
        primes: usize,
        is_low_used: bool,
    },
    /// A declared function.
    Function {
        name: String,
        primes: usize,
    },
    Unknown,
}

impl Parser<'_> {
    /// Finds the declared name that a symbol writes: the longest wins, two equally long ones are a question.
    pub(super) fn meaning(&self, symbol: &Symbol) -> Result<Meaning> {
        let none = [String::new()];
        let all_low: &[String] = symbol.low.as_ref().map_or(&[], |(_, forms)| forms);
        for (lows, is_low_used) in [(all_low, true), (&none[..], false)] {
            for used in (0..=symbol.primes).rev() {
                let primes = "'".repeat(used);
                let mut found: Vec<String> = Vec::new();
                for base in &symbol.spellings {
                    for low in lows {
                        for name in [format!("{base}{low}{primes}"), format!("{base}{primes}{low}")] {
                            if self.is_declared(&name) && !found.contains(&name) {
                                found.push(name);
                            }
                        }
                    }
                    // an exact letter comes before its other spellings
                    if !found.is_empty() && !is_low_used && used == 0 && symbol.spellings.len() > 2 {
                        break;
                    }
                }
                match &found[..] {
                    [] => {}
                    [name] => {
                        let primes = symbol.primes - used;
                        let name = name.clone();
                        return Ok(if self.is_variable(&name) {
                            Meaning::Variable { name, primes, is_low_used }
                        } else if symbol.low.is_some() && !is_low_used {
                            // an index behind a function
                            Meaning::Unknown
                        } else {
                            Meaning::Function { name, primes }
                        });
                    }
                    [one, other, ..] => {
                        return Err(Diagnostic::new(
                            diagnostic::Kind::Name,
                            format!(
                                "`{}` may be {one} or {other}: both are declared",
                                self.short(symbol.span)
                            ),
                        )
                        .at(symbol.span, "")
                        .help(format!(
                            r"write \mathrm{{{one}}} or \mathrm{{{other}}}, or rename one of them"
                        )));
                    }
                }
            }
        }
        Ok(Meaning::Unknown)
    }

    /// The subscript of a symbol as indices of a name.
    pub(super) fn with_indices(&mut self, name: String, symbol: &Symbol) -> Result<Node> {
        let axes = self.names.axes(&name);
        let base = built(Kind::Name(name), symbol.span, 0)?;
        let Some((start, _)) = symbol.low else { return Ok(base) };
        self.at = start;
        if let Some(problem) = self.word_below(start, symbol.end) {
            return Err(problem);
        }
        let (indices, depth, span) = self.subscript_indices(axes)?;
        self.at = symbol.end;
        for index in &indices {
            index.walk(&mut |part| {
                if let Kind::Name(name) = &part.kind {
                    self.found_letters.insert(name.clone());
                }
            });
        }
        if let [one] = &indices[..]
            && let Kind::Number(n) = &one.kind
            && n.as_integer().is_some_and(|n| n > 9)
        {
            let text = self.short(symbol.span);
            self.warn(
                syntax(format!("the index of `{text}` is read as one number"))
                    .at(span, "")
                    .help("write a comma between two indices: W_{1,2}"),
            );
        }
        let mut node = indexed(base, indices, depth, span, false)?;
        node.tree.span = symbol.span;
        Ok(node)
    }

    /// `W_{in}`: a word, or two indices.
    fn word_below(&self, start: usize, end: usize) -> Option<Diagnostic> {
        const WORDS: &[&str] = &[
            "in", "out", "max", "min", "opt", "ref", "true", "pred", "test", "val", "new", "old", "tot",
            "avg", "err", "reg", "loss", "train", "eff", "top", "low", "high", "left", "right", "init",
            "prev", "next", "mid", "std", "var", "est", "obs", "all", "sum", "end", "inf", "sup", "lim",
            "data", "hid", "hidden", "output", "input", "batch", "total",
        ];
        let inside = self.words.get(start + 2..end.checked_sub(1)?)?;
        if inside.len() < 2 || inside.iter().any(|t| t.word != Word::Letter) {
            return None;
        }
        let text: String = inside.iter().map(|t| &*t.text).collect();
        let are_bound = inside.iter().all(|t| self.bound.iter().any(|b| *b == t.text));
        if are_bound || !WORDS.contains(&&*text) {
            return None;
        }
        let span = self.words[start].span.join(self.words[end - 1].span);
        let letters: Vec<&str> = inside.iter().map(|t| &*t.text).collect();
        Some(syntax(format!("`_{{{text}}}` is either a word or {} indices", inside.len())).at(span, "").help(
            format!(
                r"write _{{\mathrm{{{text}}}}} and declare the name, or _{{{}}} for indices",
                letters.join(",")
            ),
        ))
    }

    /// A name that nobody declared: its subscript is an index if it holds a bound index or is no name, or if the name
    /// carries indices elsewhere.
    pub(super) fn undeclared(&mut self, symbol: &Symbol) -> Result<Node> {
        let base = symbol.spellings.first().cloned().unwrap_or_default();
        if symbol.is_word && is_operator_word(&base) {
            return Err(unsupported(format!("`{base}` is not read"))
                .at(symbol.span, "")
                .help("write what it stands for, or declare it as a name or a function"));
        }
        if symbol.primes > 0 {
            let text = self.short(symbol.span);
            return Err(syntax(format!("the prime of `{text}` is either a transpose, a derivative or a part of the name"))
                .at(symbol.span, "")
                .help(format!(
                    r"declare {base}{0} as a name or {base} as a function; write {base}^\top for the transpose, \frac{{d{base}}}{{d{1}}} for a derivative",
                    "'".repeat(symbol.primes),
                    other_than(&base)
                )));
        }
        let Some((start, forms)) = &symbol.low else {
            let name = match &*base {
                "π" => "pi".into(),
                _ => base,
            };
            return built(Kind::Name(name), symbol.span, 0);
        };
        let end = symbol.end.min(self.words.len());
        let holds_bound = self.words[*start..end].iter().any(|t| {
            let names = greek(&t.text).unwrap_or(&[]);
            self.bound
                .iter()
                .chain(&self.letters_in_indices)
                .any(|b| b.trim_end_matches('\'') == t.text || names.contains(&&**b))
        });
        let is_list = self.words[*start..end].iter().any(|t| t.word == Word::Comma);
        let name = forms.first().filter(|_| !is_list);
        match name {
            Some(low) if !holds_bound && !self.indexed.contains(&base) => {
                self.guessed = true;
                built(Kind::Name(format!("{base}{low}")), symbol.span, 0)
            }
            _ => {
                self.found.insert(base.clone());
                self.with_indices(base, symbol)
            }
        }
    }

    // --- runs of letters -------------------------------------------------------------------------------------------

    /// `sin x`, `alpha`: words typed without their backslash are products of letters in LaTeX.
    pub(super) fn check_run(&mut self) -> Result<Option<(String, usize)>> {
        let at = self.at;
        let is_first = at == 0 || self.words[at - 1].word != Word::Letter || self.words[at].spaced;
        let length = self.words[at..]
            .iter()
            .enumerate()
            .take_while(|(n, t)| t.word == Word::Letter && (*n == 0 || !t.spaced) && *n < 24)
            .count();
        if length < 2
            || !is_first && (length == 24 || self.words[at + length].word != Word::Open(Fence::Round))
        {
            return Ok(None);
        }
        let run: Vec<String> = self.words[at..]
            .iter()
            .enumerate()
            .take_while(|(n, t)| t.word == Word::Letter && (*n == 0 || !t.spaced) && *n < 24)
            .map(|(_, t)| t.text.to_string())
            .collect();
        if run.len() < 2 || self.long_name(at).is_some() {
            return Ok(None);
        }
        let text = run.concat();
        let next = &self.words[at + run.len()];
        let span = self.words[at].span.join(self.words[at + run.len() - 1].span);
        let is_call = next.word == Word::Open(Fence::Round);
        let all_declared = run.iter().all(|letter| self.is_declared(letter));
        if is_call && known::lookup(&text).is_some() && (text.len() > 2 || !all_declared) {
            self.warn(syntax(format!(r"`{text}` is read as the function")).at(span, "").help(format!(
                r"write \operatorname{{{text}}} for it, or separate the letters of a product"
            )));
            return Ok(Some((text, run.len())));
        }
        if !is_first || all_declared {
            return Ok(None);
        }
        let is_spelled_out =
            |word: &&str| word.len() >= 3 && word.is_ascii() && !["inv", "dot", "sum"].contains(word);
        let begins = known::words()
            .filter(is_spelled_out)
            .filter(|word| text.starts_with(word))
            .max_by_key(|word| word.len());
        // `ln x`, `lnx`, `xlnx`: a short word, alone or with a letter of its own
        let short = super::super::glued::function_and_letter(&text)
            .map(|(head, _, _)| (head.len(), &text[head.len()..text.len() - 1]))
            .or_else(|| {
                let is_applied = starts_operand(next) || next.word == Word::Caret;
                (0..=1)
                    .filter_map(|at| Some((at, text.get(at..)?)))
                    .find(|(_, word)| is_applied && known::is_of_one_number(word))
            });
        let hint = |at: usize, word: &str| {
            let command = if super::calls::command_of(word).is_some() {
                format!(r"\{word}")
            } else {
                format!(r"\operatorname{{{word}}}")
            };
            syntax(format!("`{word}` without a backslash is a product of letters"))
                .at(Span::new(span.start + at, span.start + at + word.len()), "")
                .help(format!("write {command}, or separate the letters of a product"))
        };
        if let Some(word) = begins.filter(|_| text.is_ascii()) {
            return Err(hint(0, word));
        }
        if let Some((at, word)) = short {
            return Err(hint(at, word));
        }
        if let Some(word) = GREEK_WORDS.iter().find(|word| **word == text) {
            return Err(syntax(format!("`{word}` without a backslash is a product of letters"))
                .at(span, "")
                .help(format!(r"write \{word}, or separate the letters of a product")));
        }
        if text == "pi" {
            self.warn(syntax(r"`pi` is read as p times i").at(span, "").help(r"write \pi for the number"));
        }
        if is_call && run.len() > 2 {
            let near = super::super::suggestion::nearest(&text, known::words().filter(|w| w.len() > 2));
            return Err(Diagnostic::new(diagnostic::Kind::Name, format!("`{text}` is no known function"))
                .at(span, near.map_or(String::new(), |word| format!("did you mean {word}?")))
                .help(format!(
                    r"declare it with --let '{text}: function', or separate the letters of a product"
                )));
        }
        Ok(None)
    }
}
