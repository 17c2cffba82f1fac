//! What looks like the value of a function and may be a product: `f(x)`, `\sigma^2(x)`, `E[x]`, `\operatorname{Tr} A`. Where nothing
//! that was declared decides, both readings are named and neither is chosen.

use super::super::known;
use super::super::parser::Result;
use super::super::suggestion::nearest;
use super::super::tree::{Kind, Tree};
use super::alphabet::greek;
use super::names::Symbol;
use super::parser::{Chain, Parser};
use super::resolved::is_operator_word;
use super::slips::{syntax, unsupported};
use super::words::{Fence, Word};
use crate::diagnostic::{self, Diagnostic};

/// Letters that stand for functions more often than for factors.
pub(super) fn is_function_letter(name: &str) -> bool {
    matches!(name, "f" | "g" | "h" | "F" | "G" | "H" | "ϕ" | "φ" | "ψ" | "Φ" | "Ψ")
}

/// Letters of functions of mathematics that are not in the table, whatever stands in their brackets.
fn is_letter_of_a_function_of_its_own(name: &str) -> bool {
    matches!(name, "ζ" | "δ")
}

/// Is it a function of the table that is written as one letter, such as σ?
fn is_known_letter(name: &str) -> bool {
    name.chars().count() == 1 && known::lookup(name).is_some()
}

impl Parser<'_> {
    /// A letter before round brackets that is probably a function.
    pub(super) fn is_value_or_product(&self, symbol: &Symbol, base: &str, command: &str) -> bool {
        let is_plain = symbol.low.is_none();
        let is_function_letter = is_plain
            && (is_function_letter(base)
                || is_letter_of_a_function_of_its_own(base)
                || matches!(command, "mathcal" | "mathscr"));
        // S_{λα}(x): a subscript that is a parameter
        let has_parameter = symbol.low.as_ref().is_some_and(|(start, _)| {
            self.words[*start + 1..symbol.end].iter().any(|t| matches!(t.word, Word::Under | Word::Command))
        });
        // F_X(g(y)), T_5(-1/4): a capital letter with a subscript stands for one of several functions.
        let is_one_of_several =
            !is_plain && base.chars().all(char::is_uppercase) && self.is_glued() && !self.has_sum_inside();
        is_function_letter || has_parameter || is_one_of_several || self.holds_arguments()
    }

    /// `E[x]`, `\sigma[x]`, `u[k]`, `x[n-1]`: a value, a component, an expectation or a product.
    pub(super) fn check_square_brackets(&self, symbol: &Symbol, base: &str) -> Result<()> {
        if self.word() != Word::Open(Fence::Square) {
            return Ok(());
        }
        let close = self.partners[self.at];
        let inside = &self.words[self.at + 1..close];
        let is_expectation = matches!(base, "E" | "P");
        let is_condition = inside.iter().any(|t| matches!(t.word, Word::Relation(_)));
        // n - 1: as the index of a step
        let is_step = matches!(inside, [letter, sign, number]
            if letter.word == Word::Letter && matches!(sign.word, Word::Plus | Word::Minus) && number.word == Word::Number);
        let is_doubtful = is_function_letter(base)
            || is_letter_of_a_function_of_its_own(base)
            || is_known_letter(base)
            || is_step
            || self.holds_arguments();
        if !(is_expectation || !is_condition && is_doubtful) {
            return Ok(());
        }
        let whole = symbol.span.join(self.words[close].span);
        let (text, name) = (self.short(whole), self.short(symbol.span));
        let (what, help) = match base {
            "E" => ("an expectation", "expectations are not read".to_owned()),
            "P" => ("a probability", "probabilities are not read".to_owned()),
            _ if is_known_letter(base) => {
                ("the value of a function", format!("write {name}(…) for the value"))
            }
            _ => (
                "a value, a component",
                format!(
                    "write {name}(…) with --let '{base}: function' for a value, {name}_{{…}} for a component"
                ),
            ),
        };
        Err(syntax(format!("it is not clear whether `{text}` is {what} or a product"))
            .at(whole, "")
            .help(format!(r"{help}; write {name} \cdot (…) for the product")))
    }

    /// `\operatorname{Tr} A`, `\mathrm{net} x`: a word set upright that nobody declared, and what it may be applied to.
    pub(super) fn check_upright_word(&self, symbol: &Symbol, base: &str, command: &str) -> Result<()> {
        let is_upright = symbol.is_word && command != "mathit" && symbol.primes == 0;
        if !is_upright || self.word() == Word::Text || !self.starts_operand() || is_operator_word(base) {
            return Ok(());
        }
        let name = self.short(symbol.span);
        // a slip in the name of a function; another word is no slip
        let is_declared_as_one = matches!(command, "operatorname" | "mathop");
        let near = is_declared_as_one
            .then(|| nearest(base, known::words()).or_else(|| nearest(base, self.names.functions())))
            .flatten();
        let meant = known::lookup(&base.to_lowercase()).map(|known| known.name).or(near);
        let is_operator = is_declared_as_one || meant.is_some();
        let message = if is_operator {
            format!("`{name}` is no known function")
        } else {
            format!("it is not clear whether `{name}` is applied to what follows or multiplied with it")
        };
        Err(Diagnostic::new(diagnostic::Kind::Name, message)
            .at(symbol.span, meant.map_or(String::new(), |word| format!("did you mean {word}?")))
            .help(format!(
                r"declare a function with --let '{base}: function' and write {name}(…); write {name} \cdot … for a product"
            )))
    }

    /// Whether the round brackets here hold a single name or number, or a list: what a function has, and no product needs.
    pub(super) fn holds_arguments(&self) -> bool {
        let close = self.partners[self.at];
        let inside = &self.words[self.at + 1..close];
        if self.has_comma(self.at + 1, close) {
            return true;
        }
        let is_single = |t: &super::words::Token<'_>| {
            matches!(
                t.word,
                Word::Letter | Word::Number | Word::OpenCurly | Word::CloseCurly | Word::Under | Word::Prime
            ) || t.word == Word::Command
                && (greek(&t.text).is_some()
                    || super::alphabet::is_typeface(&t.text)
                    || super::alphabet::accent(&t.text).is_some())
        };
        !inside.is_empty()
            && inside.iter().all(is_single)
            && (inside.len() == 1
                || self.long_name(self.at + 1).is_some_and(|(_, count)| count == inside.len())
                || inside[0].word == Word::Command
                    && inside.iter().skip(1).all(|t| t.word != Word::Command || greek(&t.text).is_none())
                    && (greek(&inside[0].text).is_none() || inside[1].word == Word::Under)
                || inside.get(1).is_some_and(|t| matches!(t.word, Word::Under | Word::Prime)))
    }

    /// Is there a sum in the round brackets here, as the factor of a product has one?
    fn has_sum_inside(&self) -> bool {
        let close = self.partners[self.at];
        let mut at = self.at + 2;
        while at < close {
            match self.words[at].word {
                Word::Plus | Word::Minus => return true,
                Word::OpenCurly | Word::Open(_) | Word::Begin => at = self.partners[at].max(at),
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// Is a sum, or something with a sign, in the round brackets here?
    pub(super) fn has_sum_inside_or_sign(&self) -> bool {
        self.has_sum_inside() || self.peek(1).word == Word::Minus
    }

    pub(super) fn value_or_product(&self, symbol: &Symbol, base: &str) -> Diagnostic {
        if let Some(problem) = self.equation_number() {
            return problem;
        }
        let close = self.partners[self.at];
        let whole = symbol.span.join(self.words[close].span);
        let (text, name) = (self.short(whole), self.short(symbol.span));
        // Functions of mathematics that go by a Greek letter, and that are not in the table.
        let own = match base {
            "ζ" => Some("the zeta function"),
            _ => None,
        };
        if let Some(own) = own {
            return unsupported(format!("{own} is not available")).at(whole, "").help(format!(
                r"declare it with --let '{base}: function' to differentiate it formally; write {name} \cdot (…) for a product"
            ));
        }
        let other =
            if base == "ψ" { r", \operatorname{digamma}(…) for the derivative of log Γ" } else { "" };
        syntax(format!("it is not clear whether `{text}` is a value of a function or a product")).at(whole, "").help(
            format!(
                r"declare a function with --let '{base}: function' or --let '{base}(t) = …'; write {name} \cdot (…) for the product{other}"
            ),
        )
    }

    fn has_comma(&self, start: usize, end: usize) -> bool {
        let mut at = start;
        while at < end {
            match self.words[at].word {
                Word::Comma => return true,
                Word::OpenCurly | Word::Open(_) | Word::Begin => at = self.partners[at].max(at),
                _ => {}
            }
            at += 1;
        }
        false
    }

    pub(super) fn unknown_function(&self, symbol: &Symbol, base: &str) -> Diagnostic {
        let low = symbol.low.as_ref().and_then(|(_, forms)| forms.last()).map_or("", String::as_str);
        let name = format!("{base}{low}");
        let near = nearest(base, known::words()).or_else(|| nearest(base, self.names.functions()));
        let near = near.filter(|word| *word != base);
        Diagnostic::new(diagnostic::Kind::Name, format!("`{}` is no known function", self.short(symbol.span)))
            .at(symbol.span, near.map_or(String::new(), |word| format!("did you mean {word}?")))
            .help(format!("declare it with --let '{name}: function' or --let '{name}(t) = …'"))
    }

    /// `g^{-1}(y)`, `f^2(x)`, `\sigma^2(x)`: something done to the value of a function, if it is one, and not a product.
    pub(super) fn check_raised_function(&self, base: &Tree, is_negative: bool) -> Result<()> {
        let Kind::Name(name) = &base.kind else { return Ok(()) };
        if self.is_variable(name) {
            return Ok(());
        }
        if name == "Δ" && self.starts_symbol() {
            return Err(syntax("it is not clear whether this is a second difference or a power")
                .at(base.span.join(self.token().span), "")
                .help(r"write \Delta^{2} \cdot x for the power; give a difference a name of its own"));
        }
        let letter = name.split('_').next().unwrap_or(name);
        let is_known = is_known_letter(letter);
        let opens = match self.word() {
            Word::Open(Fence::Round) => is_known || self.is_glued(),
            Word::Open(Fence::Square) => {
                let inside = &self.words[self.at + 1..self.partners[self.at]];
                let is_condition = inside.iter().any(|t| matches!(t.word, Word::Relation(_)));
                letter == "E" || is_known && !is_condition
            }
            _ => false,
        };
        if !opens {
            return Ok(());
        }
        let is_number = self.peek(1).word == Word::Number && !is_known;
        let is_doubtful = is_known
            || is_function_letter(letter)
            || letter == "E" && self.word() == Word::Open(Fence::Square)
            || is_negative && self.holds_arguments();
        if !is_doubtful || is_number {
            return Ok(());
        }
        let close = self.words[self.partners[self.at]].span;
        let written = self.short(base.span);
        Err(syntax(format!("it is not clear what is done to `{written}` here"))
            .at(base.span.join(close), "")
            .help(format!(
                r"write \left({written}(…)\right)^{{n}} for a power of its value, {written}^{{n}} \cdot (…) for a product, and give an inverse function a name of its own"
            )))
    }

    /// `f \circ g`, one function after another and no product entry by entry; `\vec a \times \vec b`, a cross product.
    pub(super) fn check_operator(&self, left: &Chain, right: &Tree, is_cross: bool) -> Result<()> {
        let Some(left) = left.last() else { return Ok(()) };
        let place = left.span.join(right.span);
        if is_cross {
            let is_vector = |tree: &Tree| {
                let text = self.text(tree.span);
                [r"\vec", r"\overrightarrow", r"\mathbf", r"\boldsymbol", r"\bm", r"\hat"]
                    .iter()
                    .any(|face| text.starts_with(face))
            };
            if !(is_vector(left) && is_vector(right)) {
                return Ok(());
            }
            return Err(unsupported("cross products are not read")
                .at(place, "")
                .help(r"write the components out; write \cdot for a product of numbers"));
        }
        let is_function = |tree: &Tree| matches!(&tree.kind, Kind::Name(name) if is_function_letter(name) && !self.is_variable(name));
        if !is_function(left) && !is_function(right) {
            return Ok(());
        }
        Err(syntax(r"`\circ` is either one function after another or a product entry by entry")
            .at(place, "")
            .help(r"write f(g(x)) with functions that are declared, or \odot for the product"))
    }

    /// `D_x x^2`: a derivative in some books, a product with a name in others.
    pub(super) fn check_operator_letter(&self, symbol: &Symbol, base: &str) -> Result<()> {
        let Some((start, _)) = symbol.low else { return Ok(()) };
        let by = self.words.get(start + 1).map_or("", |t| &*t.text);
        if base != "D" || start + 2 != symbol.end || !self.starts_operand() {
            return Ok(());
        }
        let name = self.short(symbol.span);
        Err(syntax(format!("it is not clear whether `{name}` is a derivative or a factor"))
            .at(symbol.span, "")
            .help(format!(r"write \frac{{d}}{{d{by}}} for the derivative, {name} \cdot … for the product")))
    }
}
