//! How far a function without brackets reaches: `sin 2x` over both factors, `cos x (x+1)` and `sin x e^x` over the first one only,
//! and where nothing decides it is asked.

use super::calls::Applied;
use super::known;
use super::parser::{Parser, Result, syntax};
use super::tokens::Rule;
use super::tree::{Kind, Tree};

/// An angle as it is written without brackets: `x`, `-x`, `2x`.
pub(super) fn is_simple_angle(factors: &[Tree]) -> bool {
    let is_number = |tree: &Tree| matches!(tree.kind, Kind::Number(_));
    let is_name = |tree: &Tree| match &tree.kind {
        Kind::Negate(inner) => matches!(inner.kind, Kind::Name(_)),
        Kind::Name(_) => true,
        _ => false,
    };
    match factors {
        [only] => is_name(only),
        [number, name] => is_number(number) && is_name(name),
        _ => false,
    }
}

impl Parser<'_> {
    /// Whether the argument of a function ends before the factor that stands here.
    pub(super) fn argument_ends(&mut self, function: &Applied, factors: &[Tree]) -> Result<bool> {
        if self.is_quotient_of_differentials() || !factors.is_empty() && self.is_differential_apart() {
            return Ok(true);
        }
        let are_numbers = factors.iter().all(|factor| matches!(factor.kind, Kind::Number(_)));
        let is_group = self.word() == Rule::open_round;
        let is_power_of_e = self.is_name("e") && matches!(self.peek(1).word, Rule::caret | Rule::superscript);
        if are_numbers || !(is_group || is_power_of_e) {
            return Ok(false);
        }
        let written = &function.written;
        let inside = factors.iter().map(|factor| self.text(factor.span)).collect::<Vec<_>>().join(" ");
        let is_angle = function.is_known && known::is_of_angles(&function.name) && is_simple_angle(factors);
        if is_angle && (is_power_of_e || !self.is_glued() && self.has_sum_in_brackets()) {
            let span = function.span.join(self.token().span);
            self.warn(
                syntax(format!("only `{inside}` is read as the argument of `{written}`")).at(span, "").help(
                    format!("write {written}({inside})*…, or {written}({inside} …) for a longer argument"),
                ),
            );
            return Ok(true);
        }
        Err(syntax(format!("it is not clear how far `{written}` reaches"))
            .at(function.span.join(self.token().span), "")
            .help(format!("write {written}({inside})*… or {written}({inside} …)")))
    }

    /// `dy/dx`, where neither is declared.
    fn is_quotient_of_differentials(&self) -> bool {
        self.is_differential(0) && self.peek(1).word == Rule::slash && self.is_differential(2)
    }

    /// `dx` behind a space, as in `cos x dx`, where nobody declared it.
    fn is_differential_apart(&self) -> bool {
        self.is_differential(0) && self.token().spaced
    }

    fn is_differential(&self, ahead: usize) -> bool {
        let token = self.peek(ahead);
        token.word == Rule::name
            && token.text.starts_with('d')
            && token.text.chars().count() == 2
            && !self.names.has(&token.text)
    }

    /// Is there a sum, or something with a sign, in the brackets here?
    fn has_sum_in_brackets(&self) -> bool {
        let mut depth = 0usize;
        let mut ahead = 0;
        loop {
            match self.peek(ahead).word {
                Rule::open_round | Rule::open_square => depth += 1,
                Rule::close_round | Rule::close_square => depth = depth.saturating_sub(1),
                Rule::plus | Rule::minus if depth == 1 => return true,
                Rule::EOI => return false,
                _ => {}
            }
            if depth == 0 {
                return false;
            }
            ahead += 1;
        }
    }
}
