//! Derivatives of a declared function at a place, `f^{(3)}(x)` and `\frac{df}{dx}(x)`, and how far `\sin x e^x` reaches.

use super::super::known;
use super::super::parser::{Node, Result};
use super::super::reach::is_simple_angle;
use super::super::tree::{Kind, Tree};
use super::calls::Applied;
use super::parser::Parser;
use super::resolved::Meaning;
use super::slips::syntax;
use super::words::{Fence, Word};

impl Parser<'_> {
    /// Whether the argument of a function ends before a power of e: `\sin x e^x` is a product, `\ln x e^x` may be either.
    pub(super) fn ends_before_exponential(&mut self, function: &Applied, factors: &[Tree]) -> Result<bool> {
        let are_numbers = factors.iter().all(|factor| matches!(factor.kind, Kind::Number(_)));
        let is_power_of_e = self.word() == Word::Letter
            && self.token().text == "e"
            && self.peek(1).word == Word::Caret
            && !self.is_variable("e");
        if are_numbers || !is_power_of_e {
            return Ok(false);
        }
        let place = function.span.join(self.token().span);
        let written = &function.written;
        let inside = factors.iter().map(|factor| self.short(factor.span)).collect::<Vec<_>>().join(" ");
        if function.is_known && known::is_of_angles(&function.name) && is_simple_angle(factors) {
            self.warn(
                syntax(format!("only `{inside}` is read as the argument of `{written}`")).at(place, "").help(
                    format!(
                        r"write \{written}({inside}) \cdot …, or \{written}({inside} …) for a longer argument"
                    ),
                ),
            );
            return Ok(true);
        }
        Err(syntax(format!("it is not clear how far `{written}` reaches"))
            .at(place, "")
            .help(format!(r"write \{written}({inside}) \cdot … or \{written}({inside} …)")))
    }

    /// `f^{(3)}(x)`: the primes that a number in brackets stands for; the climber stands behind the function.
    pub(super) fn bracketed_order(&mut self) -> usize {
        let is_bracketed = self.word() == Word::Caret
            && self.peek(1).word == Word::OpenCurly
            && self.peek(2).word == Word::Open(Fence::Round)
            && self.peek(3).word == Word::Number
            && matches!(self.peek(4).word, Word::Close(_))
            && self.peek(5).word == Word::CloseCurly
            && self.peek(6).word == Word::Open(Fence::Round);
        let order = self.peek(3).text.parse::<usize>().ok().filter(|order| *order > 0);
        let (true, Some(order)) = (is_bracketed, order) else { return 0 };
        for _ in 0..6 {
            self.advance();
        }
        order
    }

    /// The function above the stroke of `\frac{df}{dx}(x)`, if it stands there alone: a value of its derivative. The climber
    /// stands behind the sign of the differential.
    pub(super) fn derived_function(&mut self, above_close: usize, behind: usize) -> Option<Applied> {
        let opens = self.words.get(behind).is_some_and(|token| token.word == Word::Open(Fence::Round));
        if !opens || !self.starts_symbol() {
            return None;
        }
        let start = self.at;
        let symbol = self.symbol().ok()?;
        let meaning = self.meaning(&symbol).ok();
        let is_alone = self.at == above_close;
        self.at = start;
        let Some(Meaning::Function { name, primes: 0 }) = meaning.filter(|_| is_alone) else { return None };
        let arity = self.names.arity(&name);
        let of_one = arity.is_none_or(|arity| arity == 1);
        of_one.then(|| Applied { written: name.clone(), name, arity, is_known: false, span: symbol.span })
    }

    /// The rest of `\frac{df}{dx}(x)`: the brackets with the place.
    pub(super) fn derivative_at(&mut self, function: &Applied, order: usize) -> Result<Node> {
        let (start, close) = (self.token().span, self.partners[self.at]);
        let place = function.span.join(start).join(self.words[close].span);
        let node = self.call(function, order)?;
        let is_simple = match &node.tree.kind {
            Kind::Call { arguments, .. } => {
                matches!(arguments.as_slice(), [Tree { kind: Kind::Name(_) | Kind::Number(_), .. }])
            }
            _ => false,
        };
        if is_simple {
            return Ok(node);
        }
        let name = &function.written;
        Err(syntax("it is not clear whether this is the value of a derivative or a product")
            .at(place, "")
            .help(format!(
                r"write {name}'(…) for the value, \frac{{d}}{{dx}} {name}(x) \cdot (…) for the product"
            )))
    }
}
