//! Words around formulas and what they make of them: one table, in English, German and French.
//!
//! This file knows words and nothing of where they stand or of what a formula means.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::function;

/// What a word does to the formula that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// It joins two formulas; what follows is claimed.
    Joining,
    /// It sets two formulas side by side; what follows is what the first one was.
    Linking,
    /// It begins a reason: that is not judged.
    Reason,
    /// It begins a condition, or a place at which something is looked at.
    Condition,
    /// It begins something that is taken to be so, for this sentence.
    Supposition,
    /// It asks for an equation to be made true, or says of what follows that it is one.
    Demand,
    /// It says that the formula is an equation, if it holds at some places only.
    Equation,
    /// It asks whether something is so: nothing in its sentence is said to be.
    Question,
    /// It gives a name its meaning.
    Defining,
    /// It is prose even between formulas.
    Filling,
    /// It may be a name or a word.
    Plain,
    /// Part of a formula.
    Formula,
}

/// Words by what they do; the first row that has a word counts.
const CLASSES: &[(Class, &str)] = &[
    (Class::Linking, "and or und oder et ou sowie"),
    (
        Class::Joining,
        "so then hence thus therefore also with where gives yields implies giving dann daher damit folglich somit mit \
         wobei wo donc alors puis ainsi avec où soit whence equals means iff",
    ),
    (
        Class::Reason,
        "since because by using via due weil da denn nach wegen per laut aufgrund gemäß mittels car puisque parce par \
         selon thanks applying aus",
    ),
    (
        Class::Condition,
        "for when whenever at on from between für wenn bei von zwischen sofern solange pour quand lorsque entre",
    ),
    (Class::Supposition, "if unless provided falls si assuming"),
    (Class::Demand, "set setting solve equate setze setzen löse lösen résoudre résous posons"),
    (
        Class::Defining,
        "let define denote consider put sei seien betrachte definiere gegeben soit soient given suppose assume",
    ),
    (
        Class::Filling,
        "of the is are was this that these we it to in an as not but all any each every some which be has have get \
         see holds everywhere always obviously clearly again wanted required done known follows claimed here now too \
         only point rule ist sind die der das den dem des vom ein eine im am auf zu es wir nun gilt wird alle jede \
         jedes überall immer wieder also stelle punkt est la le les un une nous tout bis",
    ),
];

/// Several words that belong together.
const PHRASES: &[(Class, &[&str])] = &[
    (
        Class::Demand,
        &[
            "such that",
            "points where",
            "point where",
            "places where",
            "place where",
            "values where",
            "anywhere that",
            "for which",
            "at which",
            "subject to",
            "there exists",
            "there exist",
            "must exist",
            "set this equal",
            "set it equal",
            "tel que",
            "telle que",
            "tels que",
            "telles que",
            "il existe",
            "es gibt",
            "existiert",
            "unter der nebenbedingung",
            "unter der bedingung",
            "sous la contrainte",
        ],
    ),
    (
        Class::Equation,
        &[
            "level curve",
            "level curves",
            "level set",
            "level sets",
            "level surface",
            "level surfaces",
            "contour",
            "is a solution",
            "be a solution",
            "are solutions",
            "solution of",
            "solution to",
            "solutions of",
            "solutions to",
            "root of",
            "roots of",
            "zero of",
            "zeros of",
            "the equation",
            "the equations",
            "initial condition",
            "initial conditions",
            "boundary condition",
            "boundary conditions",
            "initial value",
            "the constraint",
            "höhenlinie",
            "niveaulinie",
            "anfangsbedingung",
            "randbedingung",
            "die gleichung",
            "der gleichung",
            "lösung von",
            "lösungen von",
            "courbe de niveau",
            "condition initiale",
            "l équation",
        ],
    ),
    (
        Class::Question,
        &[
            "true or false",
            "whether",
            "is it true",
            "wahr oder falsch",
            "richtig oder falsch",
            "stimmt es",
            "vrai ou faux",
            "est il vrai",
            "ob",
        ],
    ),
    (
        Class::Joining,
        &["if and only if", "exactly when", "exactly if", "genau dann wenn", "si et seulement si"],
    ),
    (Class::Condition, &["even if", "not only if"]),
];

/// Words behind a formula that make an equation of it.
const BEHIND: &[&str] = &[
    "has a solution",
    "has solutions",
    "has no solution",
    "has no solutions",
    "has exactly",
    "has a root",
    "has a real",
    "has at least",
    "has at most",
    "has a unique",
    "has real",
    "has infinitely",
    "has two",
    "has only",
    "if and only if",
    "exactly when",
    "genau dann",
    "hat eine lösung",
    "hat genau",
    "hat keine",
    "a une solution",
    "si et seulement si",
    "is satisfied",
    "is impossible",
    "is possible",
    "can be solved",
    "cannot hold",
];

static CLASS_OF: LazyLock<HashMap<&str, Class>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    for (class, words) in CLASSES {
        for word in words.split_whitespace() {
            found.entry(word).or_insert(*class);
        }
    }
    found
});

/// What a word does.
pub(super) fn class(word: &str, is_declared: &dyn Fn(&str) -> bool) -> Class {
    if word.chars().count() < 2 || is_declared(word) || function::lookup(word).is_some() || word == "pi" {
        return Class::Formula;
    }
    let lower = word.to_lowercase();
    if let Some(class) = CLASS_OF.get(lower.as_str()) {
        return *class;
    }
    if lower.chars().count() >= 3 && word.chars().skip(1).all(char::is_lowercase) {
        Class::Plain
    } else {
        Class::Formula
    }
}

/// The phrase with which a list of words begins, and the number of its words; the longest counts.
pub(super) fn phrase(words: &[String]) -> Option<(Class, usize)> {
    let mut found: Option<(Class, usize)> = None;
    for (class, phrases) in PHRASES {
        for phrase in *phrases {
            let length = phrase.split(' ').count();
            let is_here = words.len() >= length
                && phrase.split(' ').zip(words).all(|(own, word)| own == word)
                && found.is_none_or(|(_, known)| length > known);
            if is_here {
                found = Some((*class, length));
            }
        }
    }
    found
}

/// Do the words behind a formula make an equation of it?
pub(super) fn asks_behind(text: &str) -> bool {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    BEHIND.iter().any(|phrase| {
        let length = phrase.split(' ').count();
        words.len() >= length && phrase.split(' ').zip(&words).all(|(own, word)| own == word)
    })
}

/// Words that say that something follows.
const DRAWN: [&str; 22] = [
    "so",
    "thus",
    "hence",
    "therefore",
    "then",
    "gives",
    "yields",
    "implies",
    "means",
    "get",
    "obtain",
    "also",
    "daher",
    "folglich",
    "somit",
    "damit",
    "dann",
    "ergibt",
    "folgt",
    "donc",
    "alors",
    "whence",
];

/// Does a text say that what follows it is a consequence, by an arrow or a word?
pub(in crate::check) fn draws(text: &str) -> bool {
    let between = text.to_lowercase();
    [
        "⇒",
        "⟹",
        "=>",
        "⇔",
        "\\rightarrow",
        "\\implies",
        "\\iff",
        "\\leftrightarrow",
        "\\longrightarrow",
        "→",
        "->",
    ]
    .iter()
    .any(|mark| between.contains(mark))
        || between.split(|c: char| !c.is_alphabetic()).any(|word| DRAWN.contains(&word))
}
