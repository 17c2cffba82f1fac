//! The mistakes: one row each. To add one, add a row; nothing else knows it.
//!
//! A rule says what was differentiated and what was written instead of its derivative, in our own notation:
//! `u`, `v`, `w`, `s` are any formulas, `p` and `q` such as hold the variable, `h` one that holds the variable and more, `c` one
//! without it, `n` a number that is not negative, `k` a negative number, `x` the variable, `M` a name without it, `f(u)` and `g(u)`
//! any functions of one argument. On the right, `D(u)` is the derivative of `u` as the writer takes it, `R(u)` the right one,
//! `f'(u)` the right derivative of `f` at `u`, and `T(c)` that of `c` by its own names.
//!
//! Words may quote the line: what stands between `⟨` and `⟩` is read like a side of the rule and filled in.
//!
//! Rows stand in the order in which they are believed: the particular before the general.

mod algebra;
mod functions;
mod rules;
mod tensors;

use std::borrow::Cow;
use std::sync::LazyLock;

use super::super::Diagnosis;

/// What a mistaken step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The derivative of the left side is written as the right side.
    Derivative(&'static str, &'static str),
    /// The same inside the argument of a function, in the base of a power or in an exponent.
    Inside(&'static str, &'static str),
    /// The factor `D(u)` is left out of another rule for a function or a power as well: both happened together.
    WithoutInner,
    /// All of these rules at every place where they can be used.
    Everywhere(&'static [Rule]),
    /// The rule, with words of its own.
    Said(&'static Rule, &'static str),
    /// The left side is written as the right side.
    Rewriting(&'static str, &'static str),
    /// The right answer, or the line before, is copied with the left side written as the right side. Believed only where nothing
    /// else explains the line.
    Copying(&'static str, &'static str),
    /// The second derivative is written as this, where `A` is the first.
    Second(&'static str),
    /// Another name was differentiated by as well, as if it were the variable.
    AlsoBy,
    /// The whole answer `A` is written as this.
    Answer(&'static str),
    /// The right answer with the left side written as the right side at one place; `M` is a name.
    Slip(&'static str, &'static str),
    /// The line holds under this fact only, for a name `A`.
    Needs(&'static str),
    /// The gradient `g` that arrives at the softmax `s` is passed on as this.
    Softmax(&'static str),
    /// The Jacobian of the softmax `s` is written as this; `i` and `k` are its indices, if it is written with indices.
    Jacobian(&'static str),
    /// The gradient by `x` of a formula, or of a term of it, is written as the right side.
    Gradient(&'static str, &'static str),
    /// Another formula was differentiated: the left side is taken for the right side at one place.
    Body(&'static str, &'static str),
    /// The outer product of a layer's gradient is taken with what leaves the layer, not with what enters it.
    OuterWithOutput,
    /// The whole answer `A` is written as this, where what is differentiated is a sum over pairs.
    OfPairs(&'static str),
    /// One term of the right answer is written, without the sum over all of them.
    Summand,
    /// The sums that are divided by were taken for constants.
    FixedSum,
    /// Only some of the ways on which a name depends on the variable were followed.
    Path,
    /// One index stands where another one belongs; the words are followed by what would hold.
    Subscript,
}

/// A mistake.
#[derive(Clone, Copy, Debug)]
pub struct Mistake {
    /// Its number in the list of known mistakes.
    pub id: &'static str,
    /// What the writer did.
    pub rules: &'static [Rule],
    /// A problem and the wrong answer that the mistake gives.
    pub example: (&'static str, &'static str),
    /// What is said to the writer.
    pub words: &'static str,
    /// Is it believed only where nothing else explains the line?
    pub seldom: bool,
}

impl Mistake {
    /// What is said of a line in which it was made.
    pub(in super::super) fn diagnosis(&self) -> Diagnosis {
        self.told(self.words.into())
    }

    /// The same, in other words.
    pub(in super::super) fn told(&self, text: Cow<'static, str>) -> Diagnosis {
        // Where nothing is known of what they stand for, the letters speak for themselves.
        let text = if text.contains('⟨') { text.replace(['⟨', '⟩'], "").into() } else { text };
        Diagnosis { id: self.id, text, together: false, covered: false }
    }
}

const fn mistake(
    id: &'static str,
    rules: &'static [Rule],
    example: (&'static str, &'static str),
    words: &'static str,
) -> Mistake {
    Mistake { id, rules, example, words, seldom: false }
}

/// One that is believed only where nothing else explains the line.
const fn seldom(
    id: &'static str,
    rules: &'static [Rule],
    example: (&'static str, &'static str),
    words: &'static str,
) -> Mistake {
    Mistake { id, rules, example, words, seldom: true }
}
/// All mistakes, in the order in which they are believed.
pub static MISTAKES: LazyLock<Vec<Mistake>> =
    LazyLock::new(|| [functions::FUNCTIONS, rules::RULES, algebra::ALGEBRA, tensors::TENSORS].concat());
