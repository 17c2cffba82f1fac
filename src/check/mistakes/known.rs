//! The scalar rules of the table, read once: what each one matches, which of them say the same of one function, and what comes
//! out when an inner derivative is left out as well.

use std::sync::LazyLock;

use super::Diagnosis;
use super::differentiate::{Slip, partials};
use super::form::form;
use super::pattern::{self, Bindings, Parts, Pattern, Root, instantiate};
use super::table::{MISTAKES, Mistake, Rule};
use crate::check::sheet::Sheet;
use crate::function;
use crate::syntax::tree::{Kind, Tree};

/// When a rule is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// While something is differentiated.
    Differentiating,
    /// The same, inside of something else.
    Inside,
    /// While a formula is rewritten, before, between or after.
    Rewriting,
    /// While something right is copied.
    Copying,
}

/// A rule of the table.
pub(super) struct Known {
    pub mistake: &'static Mistake,
    pub from: Pattern,
    pub to: Pattern,
    pub parts: Parts,
    pub used: Use,
    /// Does it say little: that a term is gone, or that something came of a constant? Two such slips explain too much.
    pub is_slight: bool,
    /// The rules, by number, that say the same less closely.
    pub covers: Vec<usize>,
    words: &'static str,
}

impl Known {
    /// `None` if the rule is none of the scalar calculus.
    fn of(mistake: &'static Mistake, rule: &'static Rule) -> Option<Self> {
        let (rule, words) = match rule {
            Rule::Said(rule, words) => (*rule, *words),
            _ => (rule, mistake.words),
        };
        let (from, to, used) = match rule {
            Rule::Derivative(from, to) => (from, to, Use::Differentiating),
            Rule::Inside(from, to) => (from, to, Use::Inside),
            Rule::Rewriting(from, to) => (from, to, Use::Rewriting),
            Rule::Copying(from, to) => (from, to, Use::Copying),
            _ => return None,
        };
        let (from, to) = (pattern::read(from)?, pattern::read(to)?);
        Some(Self::new(mistake, from, to, used, words))
    }

    fn new(mistake: &'static Mistake, from: Pattern, to: Pattern, used: Use, words: &'static str) -> Self {
        let parts = Parts::of(&from.tree);
        let is_slight = matches!(&to.tree.kind, Kind::Number(q) if q.is_zero())
            || from.is_of_constants()
            || to.calls("T");
        Known { mistake, from, to, parts, used, is_slight, covers: Vec::new(), words }
    }

    /// The rule at one place, or at all of them.
    pub fn slip(&self, place: Option<usize>) -> Slip<'_> {
        let rewriting = matches!(self.used, Use::Rewriting | Use::Copying);
        Slip { from: &self.from, to: &self.to, place, rewriting, inside: self.used == Use::Inside }
    }

    /// What is said of it where its letters stand for something.
    pub fn diagnosis(&self, made: Option<&(Bindings, String)>, sheet: &Sheet) -> Diagnosis {
        pattern::diagnosis(self.mistake, self.words, made, sheet)
    }

    /// The same rule with the factor `D(u)` left out, if it is one for a function or a power.
    fn without_inner(&self) -> Option<Self> {
        let is_chain = self.from.root() != Root::Other
            || matches!(&self.from.tree.kind, Kind::Quotient(above, _) if matches!(&above.kind, Kind::Name(c) if c == "c"));
        if !is_chain || self.used != Use::Differentiating {
            return None;
        }
        let (to, letter) = self.to.without_inner()?;
        let from = self.from.with_letter(&letter, "h");
        Some(Self::new(self.mistake, from, to.with_letter(&letter, "h"), self.used, self.words))
    }

    /// Does it say of one function what the other says of any, or of what stands inside what the other says of anything?
    fn says_more_closely(&self, other: &Known) -> bool {
        if other.used != Use::Differentiating {
            return false;
        }
        if self.used == Use::Inside {
            return self.from.tree == other.from.tree && self.to.tree == other.to.tree;
        }
        let (Kind::Call { name, arguments, .. }, Kind::Call { name: any, arguments: others, .. }) =
            (&self.from.tree.kind, &other.from.tree.kind)
        else {
            return false;
        };
        if self.used != Use::Differentiating || function::lookup(any).is_some() || arguments != others {
            return false;
        }
        let (Some(id), [argument]) = (function::lookup(name), arguments.as_slice()) else { return false };
        let Kind::Name(letter) = &argument.kind else { return false };
        let name = function::row(id).name;
        if partials(name, arguments).is_none() {
            return false;
        }
        let bindings = Bindings::of_function(any, name).with(letter, argument.clone());
        let mut kept = |way: &str, tree: &Tree| Some(Tree::call(way, vec![tree.clone()]));
        instantiate(&other.to, &bindings, "x", &mut kept)
            .is_some_and(|general| form(&general) == form(&self.to.tree))
    }
}

/// All rules for one place, in the order in which they are believed.
pub(super) static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let mut known: Vec<Known> = MISTAKES
        .iter()
        .flat_map(|mistake| mistake.rules.iter().filter_map(|rule| Known::of(mistake, rule)))
        .collect();
    for at in 0..known.len() {
        let covers: Vec<usize> = (0..known.len())
            .filter(|other| known[at].mistake.id != known[*other].mistake.id)
            .filter(|other| known[at].says_more_closely(&known[*other]))
            .collect();
        known[at].covers = covers;
    }
    known
});

/// The mistake of leaving out an inner derivative, and all rules without theirs.
pub(super) static WITHOUT_INNER: LazyLock<Option<(&'static Mistake, Vec<Known>)>> = LazyLock::new(|| {
    let mistake = MISTAKES.iter().find(|mistake| mistake.rules.contains(&Rule::WithoutInner))?;
    Some((mistake, KNOWN.iter().filter_map(Known::without_inner).collect()))
});

/// Rules that are used all together, wherever they can be.
pub(super) static FAMILIES: LazyLock<Vec<Vec<Known>>> = LazyLock::new(|| {
    let mut families = Vec::new();
    for mistake in MISTAKES.iter() {
        for rule in mistake.rules {
            if let Rule::Everywhere(rules) = rule {
                families.push(rules.iter().filter_map(|rule| Known::of(mistake, rule)).collect());
            }
        }
    }
    families
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_can_be_read() {
        fn count(rule: &Rule) -> usize {
            match rule {
                Rule::Derivative(..) | Rule::Inside(..) | Rule::Rewriting(..) | Rule::Copying(..) => 1,
                Rule::Said(rule, _) => count(rule),
                _ => 0,
            }
        }
        for mistake in MISTAKES.iter() {
            for rule in mistake.rules {
                assert_eq!(Known::of(mistake, rule).is_some(), count(rule) == 1, "{}: {rule:?}", mistake.id);
                if let Rule::Everywhere(rules) = rule {
                    assert!(rules.iter().all(|rule| Known::of(mistake, rule).is_some()), "{}", mistake.id);
                }
            }
        }
    }

    #[test]
    fn what_words_quote_can_be_read() {
        for known in KNOWN.iter() {
            for quoted in known.words.split('⟨').skip(1) {
                let quoted = quoted.split('⟩').next().unwrap_or("");
                assert!(pattern::read(quoted).is_some(), "{}: {quoted}", known.mistake.id);
            }
        }
    }

    #[test]
    fn what_is_said_of_one_function_covers_what_is_said_of_any() {
        let covered = |id: &str| -> Vec<&str> {
            let all = KNOWN.iter().filter(|known| known.mistake.id == id);
            all.flat_map(|known| &known.covers).map(|at| KNOWN[*at].mistake.id).collect()
        };
        for id in ["B12", "B16", "B21", "B29", "B36"] {
            assert!(covered(id).contains(&"B08"), "{id}");
        }
        assert!(covered("B34").contains(&"D03"));
        assert!(covered("B20").is_empty() && covered("B31").is_empty());
    }
}
