//! The lines of a derivation by differentials as they are written down: several rules may make one line.

use super::Equation;
use super::differentials::Applied;
use crate::derivation::Phrase;
use crate::syntax::tree::Tree;

/// The lines so far.
pub(super) struct Written {
    pub equations: Vec<Equation>,
    /// What the rules of each line ask for.
    pub needed: Vec<Vec<Tree>>,
    /// What the next line says on its left; lines after it continue it.
    pub left: Option<Tree>,
}

impl Written {
    pub(super) fn say(&mut self, right: Tree, because: Vec<Phrase>, conditions: Vec<Tree>) {
        self.equations.push(Equation::new(self.left.take(), right, because));
        self.needed.push(conditions);
    }

    /// The line of all rules since the last one.
    pub(super) fn say_joined(&mut self, right: Tree, joined: &mut Joined) {
        let joined = std::mem::take(joined);
        let conditions = joined.conditions.clone();
        self.say(right, joined.because(), conditions);
    }
}

/// Rules that make one line.
#[derive(Default)]
pub(super) struct Joined {
    pub rules: Vec<String>,
    pub because: Vec<Phrase>,
    pub conditions: Vec<Tree>,
}

impl Joined {
    pub(super) fn add(&mut self, applied: Applied, conditions: Vec<Tree>) {
        if !self.rules.contains(&applied.rule) {
            self.rules.push(applied.rule);
        }
        self.because = applied.because;
        self.conditions.extend(conditions);
    }

    /// The reason of the line: one rule as it is known, several by name.
    pub(super) fn because(self) -> Vec<Phrase> {
        match self.rules.as_slice() {
            [_] if !self.because.is_empty() => self.because,
            rules => vec![Phrase::words(rules.join(", "))],
        }
    }
}
