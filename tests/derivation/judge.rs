//! A judge of reasons: it does not know how lines are made, only what each reason may change.
//!
//! A tree is brought to a normal form that knows order only, or numbers and signs too, or factors, like terms, brackets,
//! fractions. Two lines must agree at the level that the reason names, and not at a lower one: what is called multiplying out
//! must have multiplied something out.

use symdiff::derivation::{Derivation, Detail, Phrase, Rule, Step};
use symdiff::number::Rational;
use symdiff::print;
use symdiff::syntax::tree::{Kind, Relation, Tree};

use crate::normal_form::Level::{self, Brackets, Factors, Fractions, Functions, Numbers, Order, Terms};
use crate::normal_form::{level, numeric, written};

/// What a reason claims, if it is one of those that are judged: the least and the highest level.
fn claimed(rule: &Rule) -> Option<[Level; 2]> {
    let words = rule.to_string();
    Some(match rule {
        Rule::Identity(_) if words == "negative exponent" => [Factors; 2],
        Rule::Identity(_) => [Functions; 2],
        // "cancel equal factors, power of a power": all of them are about factors
        Rule::Algebra(_) => match words.split(", ").next().unwrap_or_default() {
            "add the numbers"
            | "multiply the numbers"
            | "work out the numbers"
            | "drop the zeros"
            | "drop the ones"
            | "drop zeros and ones"
            | "put the sign in front"
            | "two signs cancel" => [Numbers; 2],
            "gather equal factors"
            | "cancel equal factors"
            | "gather and cancel equal factors"
            | "power of a power"
            | "power of a product"
            | "write as one fraction" => [Factors; 2],
            "collect like terms" | "drop the brackets" => [Terms; 2],
            "take out the sign" => [Terms, Brackets],
            "multiply out" | "multiply out and collect like terms" | "factor" => [Brackets; 2],
            // over x², the terms are what they were
            "bring over the common denominator"
            | "bring over a common denominator"
            | "split the fraction" => [Brackets, Fractions],
            _ if words.starts_with("take out") => [Brackets; 2],
            _ => return None,
        },
        _ => return None,
    })
}

/// The level of the equation that is quoted: in an exponent, like terms are collected though the factors seem to change.
fn quote(step: &Step) -> Level {
    match step.because.as_slice() {
        [Phrase::Formula(Tree { kind: Kind::Relation(Relation::Equal, left, right), .. })] => {
            level(left, right)
        }
        _ => Order,
    }
}

/// Operators, names and numbers, with more for negative exponents.
fn size(tree: &Tree) -> usize {
    let mut size = print::nodes(tree);
    tree.walk(&mut |part| {
        if let Kind::Power(_, exponent) = &part.kind {
            size += if numeric(exponent).is_some_and(|n| n.is_negative()) { 3 } else { 0 };
        }
    });
    size
}

/// Names of functions that are called.
fn functions(tree: &Tree) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    tree.walk(&mut |part| {
        if let Kind::Call { name, .. } = &part.kind
            && !all.contains(name)
        {
            all.push(name.clone());
        }
    });
    all
}

fn holds_derivative(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| found |= matches!(part.kind, Kind::Derivative { .. }));
    found
}

/// What nobody would leave on a line: `1·u`, `u + 0`, `−(−u)`, `0·u`, `u¹`.
fn leftovers(tree: &Tree) -> Vec<&'static str> {
    let is = |tree: &Tree, n: i64| matches!(&tree.kind, Kind::Number(own) if *own == Rational::integer(n));
    let mut all = Vec::new();
    tree.walk(&mut |part| match &part.kind {
        Kind::Product(factors) if factors.iter().any(|f| is(f, 1)) => all.push("a factor 1"),
        Kind::Product(factors) if factors.iter().any(|f| is(f, 0)) => all.push("a factor 0"),
        Kind::Product(factors) if factors.iter().any(|f| matches!(f.kind, Kind::Negate(_))) => {
            all.push("a sign inside a product");
        }
        Kind::Sum(terms) if terms.iter().any(|t| is(t, 0)) => all.push("a term 0"),
        Kind::Negate(inner) if matches!(inner.kind, Kind::Negate(_)) => all.push("two signs"),
        Kind::Power(_, e) if is(e, 1) => all.push("an exponent 1"),
        Kind::Quotient(_, below) if is(below, 1) => all.push("a denominator 1"),
        _ => {}
    });
    all
}

/// Everything that is wrong with a derivation.
pub fn faults(derivation: &Derivation, detail: Detail) -> Vec<String> {
    let mut all = Vec::new();
    let mut known = functions(&derivation.first);
    for step in &derivation.steps {
        let line = format!("{} -> {}", print::text(&step.before), print::text(&step.after));
        for condition in &step.conditions {
            if let Kind::Relation(_, left, right) = &condition.kind
                && numeric(left).is_some()
                && numeric(right).is_some()
            {
                all.push(format!("{line}: the condition {} is constant", print::text(condition)));
            }
        }
        let new = functions(&step.after);
        if holds_derivative(&step.before) {
            known.extend(new);
            if written(&step.before, Order) == written(&step.after, Order) {
                all.push(format!("{line}: nothing happened"));
            }
            continue;
        }
        let is_opened =
            step.rules.iter().any(|rule| matches!(rule, Rule::Definition(_)) || rule.to_string() == "put in");
        if is_opened {
            known.extend(new);
            continue;
        }
        if let Some(name) = new.iter().find(|name| !known.contains(name)) {
            all.push(format!("{line}: {name} was brought in"));
        }
        let found = level(&step.before, &step.after);
        if found == Order {
            all.push(format!("{line}: another order is no line"));
        }
        let claims: Vec<[Level; 2]> = step.rules.iter().filter_map(claimed).collect();
        // the square of a root of a sum is not seen by the judge
        let is_unseen = found == Functions
            && claims.iter().any(|claim| claim[1] == Fractions)
            && print::text(&step.before).contains("sqrt");
        if detail == Detail::Brief {
            // several moves in one line
            let names_function = claims.iter().any(|claim| claim[1] == Functions);
            if found == Functions && !is_unseen && !names_function && step.rules.len() == claims.len() {
                all.push(format!("{line}: {:?} needs {found:?}", step.rules));
            }
        } else if let Some(claim) = claims.first()
            && !is_unseen
            && !(claim[0] <= found.max(quote(step)) && found <= claim[1])
        {
            all.push(format!("{line}: called {}, which is {claim:?}, but is {found:?}", step.rules[0]));
        }
        // an equation that is quoted is the change
        if let Some(claim) = claims.first()
            && claim[1] < Functions
            && step.rules[0].to_string() != "negative exponent"
            && quote(step) > claim[1]
        {
            all.push(format!("{line}: the quote is {:?}", quote(step)));
        }
    }
    if let Some(last) = derivation.steps.last() {
        let left = leftovers(&last.after);
        if !left.is_empty() {
            all.push(format!("{}: {} left", print::text(&last.after), left.join(", ")));
        }
        let is_tidying = !holds_derivative(&last.before);
        if is_tidying && size(&last.after) > size(&last.before) {
            all.push(format!("{}: longer than the line before", print::text(&last.after)));
        }
    }
    all
}
