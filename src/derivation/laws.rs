//! The textbook's own statement of a rule: (u/v)′ = (u′v − uv′)/v². It stands where the rule is used first.

use std::collections::BTreeSet;

use super::Rule;
use crate::syntax::tree::{Kind, Tree};

/// Pairs of letters for functions; the first of which the author has none is taken.
const LETTERS: [[&str; 2]; 5] = [["u", "v"], ["p", "q"], ["f", "g"], ["r", "s"], ["a", "b"]];

/// A statement in the three ways of writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Law {
    /// ASCII.
    pub text: String,
    /// Unicode.
    pub unicode: String,
    /// LaTeX.
    pub latex: String,
}

/// Letters that stand for functions in statements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters(pub [&'static str; 2]);

impl Letters {
    /// Letters that are no names in the formulas.
    pub(super) fn beside<'a>(formulas: impl Iterator<Item = &'a Tree>) -> Self {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for formula in formulas {
            formula.walk(&mut |part| {
                if let Kind::Name(name) | Kind::Call { name, .. } = &part.kind {
                    names.insert(name);
                }
            });
        }
        let is_free = |pair: &&[&'static str; 2]| pair.iter().all(|letter| !names.contains(letter));
        Letters(LETTERS.iter().find(is_free).copied().unwrap_or(LETTERS[0]))
    }

    /// The statement of a rule; `None` for those that need none.
    pub(super) fn law(self, rule: &Rule) -> Option<Law> {
        // u and v stand for the letters, x for the variable
        let [text, unicode, latex] = match rule {
            Rule::Product => ["(u*v)' = u'*v + u*v'", "(u·v)′ = u′·v + u·v′", "(u v)' = u' v + u v'"],
            Rule::Quotient => [
                "(u/v)' = (u'*v - u*v')/v^2",
                "(u/v)′ = (u′·v − u·v′)/v²",
                r"\left(\frac{u}{v}\right)' = \frac{u' v - u v'}{v^{2}}",
            ],
            Rule::Reciprocal { .. } => {
                ["(1/v)' = -v'/v^2", "(1/v)′ = −v′/v²", r"\left(\frac{1}{v}\right)' = -\frac{v'}{v^{2}}"]
            }
            Rule::Power { is_chain: true } => {
                ["(u^n)' = n*u^(n - 1)*u'", "(uⁿ)′ = n·uⁿ⁻¹·u′", "(u^{n})' = n u^{n - 1} u'"]
            }
            Rule::Exponential { is_chain: false, is_natural: true } => {
                ["(e^x)' = e^x", "(eˣ)′ = eˣ", "(e^{x})' = e^{x}"]
            }
            Rule::Exponential { is_chain: true, is_natural: true } => {
                ["(e^u)' = e^u*u'", "(eᵘ)′ = eᵘ·u′", "(e^{u})' = e^{u} u'"]
            }
            Rule::Exponential { is_chain: false, .. } => {
                ["(c^x)' = c^x*log(c)", "(cˣ)′ = cˣ·log(c)", r"(c^{x})' = c^{x} \log(c)"]
            }
            Rule::Exponential { is_chain: true, .. } => {
                ["(c^u)' = c^u*log(c)*u'", "(cᵘ)′ = cᵘ·log(c)·u′", r"(c^{u})' = c^{u} \log(c) u'"]
            }
            Rule::GeneralPower => [
                "(u^v)' = u^v*(v'*log(u) + v*u'/u)",
                "(uᵛ)′ = uᵛ·(v′·log(u) + v·u′/u)",
                r"(u^{v})' = u^{v} \left(v' \log(u) + \frac{v u'}{u}\right)",
            ],
            Rule::LogarithmicDerivative => [
                "(prod u)' = prod u * sum u'/u",
                "(∏ u)′ = ∏ u · Σ u′/u",
                r"(\prod u)' = \prod u \sum \frac{u'}{u}",
            ],
            _ => return None,
        };
        let [u, v] = self.0;
        // there are no raised forms of other letters than u and v
        let is_raised = unicode.contains(['ᵘ', 'ᵛ']);
        let unicode = if is_raised && self.0 != LETTERS[0] { text } else { unicode };
        let with = |pattern: &str| replaced(pattern, u, v);
        Some(Law { text: with(text), unicode: with(unicode), latex: with(latex) })
    }
}

/// The pattern with other letters for u and v, where they stand by themselves.
fn replaced(pattern: &str, u: &str, v: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let signs: Vec<char> = pattern.chars().collect();
    for (at, sign) in signs.iter().enumerate() {
        let is_alone = |place: Option<usize>| {
            place.and_then(|place| signs.get(place)).is_none_or(|sign| !sign.is_alphabetic() && *sign != '\\')
        };
        let stands_alone = is_alone(at.checked_sub(1)) && is_alone(Some(at + 1));
        match sign {
            'u' if stands_alone => out.push_str(u),
            'v' if stands_alone => out.push_str(v),
            other => out.push(*other),
        }
    }
    out
}
