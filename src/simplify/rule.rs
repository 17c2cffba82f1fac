//! Rewrite rules as data, and the same rules made ready for the e-graph.
//!
//! General arithmetic stands in `rules/`; what holds for particular functions stands with those functions in the table.
//! Both become [`Rule`]s here. This room reads them; it knows no rule by name.

use std::sync::OnceLock;

use super::pattern::{Pattern, Substitution, View};
use super::read::{Letters, Unreadable};
use super::rules;
use super::sign;
use crate::function::{self, Class, Function};
use crate::number::{Rational, Sign};

/// What a rule is about; the ablation switches themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Theme {
    /// Order and grouping.
    Grouping,
    /// Literals.
    Number,
    /// Signs.
    Sign,
    /// Common factors.
    Factor,
    /// Products out of brackets.
    Expand,
    /// Powers and roots.
    Power,
    /// Identities of functions.
    Function,
}

/// When a rule is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Always.
    Default,
    /// In the thorough mode.
    Thorough,
}

/// One rule as it is written down.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Unique name.
    pub name: &'static str,
    /// What is recognised.
    pub left: &'static str,
    /// What it equals.
    pub right: &'static str,
    /// What must be known first: `a > 0`, `integer(n)`, joined by `and`; empty: nothing.
    pub condition: &'static str,
    /// What it is about.
    pub theme: Theme,
    /// What it does to the domain.
    pub class: Class,
    /// When it is used.
    pub tier: Tier,
    /// A rejected rule stays in the table with a point at which it fails: `a = -1, n = 1/2`.
    pub struck_out: Option<&'static str>,
}

/// What a variable must satisfy before a rule is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Requirement {
    /// Proved to have one of these signs wherever the input is defined.
    Sign(Sign),
    /// An exact integer.
    Integer,
    /// An exact even integer.
    Even,
    /// An exact odd integer.
    Odd,
    /// An exact number.
    Literal,
}

/// A rule made ready.
#[derive(Debug)]
pub struct Rule {
    /// Its name; for the reverse of a rule that goes both ways, the same name.
    pub name: &'static str,
    /// Its theme.
    pub theme: Theme,
    /// Left side.
    pub left: Pattern,
    /// Right side.
    pub right: Pattern,
    /// Conditions on its variables.
    pub requirements: Vec<(u8, Requirement)>,
    /// How deep the left side looks.
    pub depth: usize,
}

impl Rule {
    /// Makes a line ready. Lines are tested, so an unreadable one cannot be in a release; it would be left out.
    pub fn read(line: &Line) -> Result<Rule, Unreadable> {
        let mut letters = Letters::default();
        let left = Pattern::read(line.left, &mut letters)?;
        let known = letters.0.len();
        let right = Pattern::read(line.right, &mut letters)?;
        if letters.0.len() > known {
            return Err(Unreadable(format!("{}: the right side has letters of its own", line.name)));
        }
        let requirements = read_requirements(line.condition, &letters)?;
        let depth = left.depth();
        Ok(Rule { name: line.name, theme: line.theme, left, right, requirements, depth })
    }

    /// Whether the conditions are met.
    pub fn is_allowed(&self, view: &View, substitution: &Substitution) -> bool {
        self.requirements.iter().all(|(variable, requirement)| {
            let Some(data) = view.data(substitution[usize::from(*variable)]) else { return false };
            match requirement {
                Requirement::Sign(sign) => data.sign.is(*sign),
                Requirement::Integer => data.constant.as_ref().is_some_and(Rational::is_integer),
                Requirement::Even => data.constant.as_ref().is_some_and(|q| q.is_integer() && q.is_even()),
                Requirement::Odd => data.constant.as_ref().is_some_and(|q| q.is_integer() && !q.is_even()),
                Requirement::Literal => data.constant.is_some(),
            }
        })
    }
}

fn read_requirements(text: &str, letters: &Letters) -> Result<Vec<(u8, Requirement)>, Unreadable> {
    let mut requirements = Vec::new();
    if text.is_empty() {
        return Ok(requirements);
    }
    for condition in text.split(" and ") {
        let condition = condition.trim();
        let named = |prefix: &str| {
            condition.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(')')).map(str::trim)
        };
        let (letter, requirement) = if let Some(letter) = named("integer(") {
            (letter, Requirement::Integer)
        } else if let Some(letter) = named("even(") {
            (letter, Requirement::Even)
        } else if let Some(letter) = named("odd(") {
            (letter, Requirement::Odd)
        } else if let Some(letter) = named("literal(") {
            (letter, Requirement::Literal)
        } else if let Some((letter, sign)) = sign::read_condition(condition) {
            (letter, Requirement::Sign(sign))
        } else {
            return Err(Unreadable(format!("condition {condition:?}")));
        };
        let variable =
            letters.find(letter).ok_or_else(|| Unreadable(format!("condition on unknown {letter:?}")))?;
        requirements.push((variable, requirement));
    }
    Ok(requirements)
}

/// All lines: arithmetic first, then the identities of the function table, each direction a line, then what the table
/// rejects.
pub fn lines() -> Vec<Line> {
    let mut lines: Vec<Line> = rules::ALL.iter().flat_map(|group| group.iter().copied()).collect();
    for identity in function::IDENTITIES {
        let line = Line {
            name: identity.name,
            left: identity.left,
            right: identity.right,
            condition: identity.condition,
            theme: Theme::Function,
            class: identity.class,
            tier: if identity.thorough { Tier::Thorough } else { Tier::Default },
            struck_out: None,
        };
        lines.push(line);
        if identity.both_ways {
            lines.push(Line { left: identity.right, right: identity.left, ..line });
        }
    }
    lines.extend(function::REJECTED.iter().copied().flatten().map(|rejected| Line {
        name: rejected.name,
        left: rejected.left,
        right: rejected.right,
        condition: "",
        theme: Theme::Function,
        class: Class::Total,
        tier: Tier::Thorough,
        struck_out: Some(rejected.witness),
    }));
    lines
}

/// A line with what can be told of it at a glance; the patterns are read when the rule can first match, because a
/// process that simplifies one formula does not need all of them.
struct Entry {
    line: Line,
    functions: FunctionSet,
    rule: OnceLock<Option<Rule>>,
}

/// Functions of the table, by number; numbers beyond the last bit share it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FunctionSet(u128);

impl FunctionSet {
    /// Adds what stands in front of the brackets of a call.
    pub fn insert(&mut self, function: Function) {
        if let Function::Known(id) = function {
            self.0 |= 1 << id.0.min(127);
        }
    }

    fn is_within(self, other: FunctionSet) -> bool {
        self.0 & !other.0 == 0
    }

    /// The functions that a side of a rule mentions.
    fn mentioned(text: &str) -> FunctionSet {
        let mut set = FunctionSet::default();
        for (at, _) in text.match_indices('(') {
            let name_start = text[..at]
                .rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .map_or(0, |before| before + 1);
            if let Some(id) = function::lookup(&text[name_start..at])
                && !function::row(id).shorthand
            {
                set.insert(Function::Known(id));
            }
        }
        set
    }
}

fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        lines()
            .into_iter()
            .filter(|line| line.struck_out.is_none() && line.class != Class::Branch)
            .map(|line| Entry { line, functions: FunctionSet::mentioned(line.left), rule: OnceLock::new() })
            .collect()
    })
}

/// The rules of `tier` that can match where only these functions occur, in the order of the table.
pub fn applicable(tier: Tier, functions: FunctionSet) -> Vec<&'static Rule> {
    entries()
        .iter()
        .filter(|entry| entry.line.tier <= tier && entry.functions.is_within(functions))
        .filter_map(|entry| entry.rule.get_or_init(|| Rule::read(&entry.line).ok()).as_ref())
        .collect()
}
