//! From the derivative as the rules leave it to the engine's result, in steps that have a name each.
//!
//! A step is tried if it makes the line shorter; the last one is named after what it does to the part that it changes.

use super::gather::{self, Done};
use super::make::{Care, as_number, holds_derivative, is_one, is_zero, map_parts, relation, substitute};
use super::proof::{self, Means};
use super::{Phrase, Rule, expand, named};
use crate::function;
use crate::number::Rational;
use crate::print;
use crate::problem::Problem;
use crate::syntax::tree::{Kind, Relation, Tree};

/// Shortening steps before the last one.
const MOST_STEPS: usize = 5;
/// A part that is quoted in a reason has at most so many operators, names and numbers.
const LONGEST_QUOTE: usize = 18;

/// A line with the reason for it.
pub(super) type Line = (Vec<Rule>, Vec<Phrase>, Tree);

/// The lines from `raw` to `result`; the last one is the result. Empty if they are the same.
pub(super) fn steps(problem: &mut Problem, raw: &Tree, result: &Tree) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    if raw == result || holds_derivative(raw) {
        return lines;
    }
    let goal = gather::sorted(result);
    let mut line = raw.clone();
    // what was left standing on purpose: x^(2 − 1), 3·1, + 0
    let clean = cleaned(&line);
    if print::nodes(&clean) < print::nodes(&line) {
        lines.push((vec![algebra("drop zeros and ones")], Vec::new(), clean.clone()));
        line = clean;
    }
    // names that the result does not have are opened
    while let Some((name, value)) = opened(problem, &line, result) {
        let by = [(name.clone(), value.clone())];
        line = substitute(&line, &by);
        let equality = relation(Tree::name(&name), Relation::Equal, value);
        lines.push((vec![Rule::Definition(name)], vec![Phrase::Formula(equality)], line.clone()));
        if lines.len() > MOST_STEPS {
            break;
        }
    }
    for _ in 0..MOST_STEPS {
        if gather::sorted(&line) == goal {
            break;
        }
        let Some((rule, because, next)) = shorter(&line, result) else { break };
        line = next.clone();
        lines.push((vec![rule], because, next));
    }
    if line == *result {
        return lines;
    }
    // What differs in order and signs only is written as the result at once.
    if gather::sorted(&line) == goal {
        if let Some(last) = lines.last_mut() {
            last.2 = result.clone();
            return lines;
        }
        if let Some(equality) = another_way(&line, result) {
            let because = vec![Phrase::Formula(equality)];
            lines.push((vec![algebra("another way to write it")], because, result.clone()));
            return lines;
        }
        let mut done = Done::default();
        let ordered = gather::terms(&gather::factors(&line, &mut done), &mut done);
        let words = match done {
            Done { cancelled: true, .. } => "cancel equal factors",
            Done { gathered: true, .. } => "gather equal factors",
            Done { collected: true, .. } => "collect like terms",
            Done { numbers: true, .. } => "multiply the numbers",
            _ if ordered == *result && holds_quotient(&line) => "write as one fraction",
            _ => "gather powers",
        };
        lines.push((vec![algebra(words)], Vec::new(), result.clone()));
        return lines;
    }
    // two ideas in one line: multiply out first, if it is an identity that shortens what comes of it
    if let Some(next) = multiplied_out(&line)
        && print::nodes(&next) <= print::nodes(&line) + LONGEST_QUOTE / 2
        && gather::sorted(&next) != gather::sorted(&line)
        && calls_angles(&line)
        && matches!(proof::means(problem, &line, result), Means::Identity(_))
        && proof::are_equal(problem, &line, &next)
    {
        let (a, b) = expand::difference(&next, result);
        let is_short = print::nodes(&a) + print::nodes(&b) <= LONGEST_QUOTE;
        if is_short && named::identity(&a, &b).is_some() {
            lines.push((vec![algebra("multiply out")], Vec::new(), next.clone()));
            line = next;
        }
    }
    lines.extend(last(problem, &line, result));
    lines
}

/// `e^u = exp(u)` or `u^(1/2) = √u`, if that is what the result writes in another way.
fn another_way(line: &Tree, result: &Tree) -> Option<Tree> {
    let letter = || Tree::name("u");
    let call = |id| Tree::call(function::row(id).name, vec![letter()]);
    if holds_e(line) && !holds_e(result) {
        let power = super::make::plain_power(Tree::name("e"), letter());
        return Some(relation(power, Relation::Equal, call(function::EXP)));
    }
    if calls(result, function::SQRT) && !calls(line, function::SQRT) {
        let half = Tree::number(&Rational::ONE.divide(&Rational::integer(2))?);
        let power = super::make::plain_power(letter(), half);
        return Some(relation(power, Relation::Equal, call(function::SQRT)));
    }
    None
}

/// Is there a sine or cosine?
fn calls_angles(tree: &Tree) -> bool {
    calls(tree, function::SIN) || calls(tree, function::COS)
}

/// The line without the brackets around a sum inside a sum; `None` if there are none.
pub(super) fn without_brackets(line: &Tree) -> Option<Tree> {
    fn open(tree: &Tree) -> Tree {
        let tree = map_parts(tree, &mut open);
        match &tree.kind {
            Kind::Sum(_) => Care::Tidy.sum(gather::signed(&tree, false)),
            _ => tree,
        }
    }
    let made = gather::terms(&open(line), &mut Done::default());
    (made != *line).then_some(made)
}

/// A name that was given a value and that only the line has, with its value.
fn opened(problem: &Problem, line: &Tree, result: &Tree) -> Option<(String, Tree)> {
    let mut found = None;
    line.walk(&mut |part| {
        if let Kind::Name(name) = &part.kind
            && let Some(value) = problem.environment.written_definition(name)
        {
            let mut is_kept = false;
            result.walk(&mut |other| is_kept |= other == part);
            if !is_kept {
                found = Some((name.clone(), value.clone()));
            }
        }
    });
    found
}

/// The sum of numbers; `None` if one of them is none.
fn total(terms: &[Tree]) -> Option<Rational> {
    terms.iter().try_fold(Rational::ZERO, |sum, term| Some(sum + as_number(term)?))
}

/// No factor 1, no term 0, no exponent that is still to be worked out.
fn cleaned(tree: &Tree) -> Tree {
    let tree = map_parts(tree, &mut cleaned);
    let care = Care::Tidy;
    match tree.kind {
        Kind::Sum(terms) => {
            if let Some(total) = total(&terms) {
                return Tree::number(&total);
            }
            care.sum(terms)
        }
        Kind::Product(factors) if factors.iter().any(|f| is_one(f) || is_zero(f)) => care.product(factors),
        Kind::Quotient(above, below) if is_zero(&above) || is_one(&below) => care.quotient(*above, *below),
        Kind::Power(base, exponent) => care.power(*base, *exponent),
        kind => kind.into(),
    }
}

/// Is there a power of e?
fn holds_e(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        if let Kind::Power(base, _) = &part.kind {
            found |= matches!(&base.kind, Kind::Name(name) if name == "e");
        }
    });
    found
}

/// Do they differ in order and signs only?
pub(super) fn is_same_in_order(line: &Tree, result: &Tree) -> bool {
    line != result
        && print::nodes(line) == print::nodes(result)
        && !holds_derivative(line)
        && gather::sorted(line) == gather::sorted(result)
}

fn algebra(words: &str) -> Rule {
    Rule::Algebra(words.to_owned())
}

/// A named step that makes the line shorter.
fn shorter(line: &Tree, result: &Tree) -> Option<(Rule, Vec<Phrase>, Tree)> {
    let size = print::nodes(line);
    let mut done = Done::default();
    let next = gather::factors(line, &mut done);
    if (done.gathered || done.cancelled || done.numbers) && print::nodes(&next) < size {
        let words = match done {
            Done { cancelled: true, .. } => "cancel equal factors",
            Done { gathered: true, .. } => "gather equal factors",
            _ => "multiply the numbers",
        };
        return Some((algebra(words), Vec::new(), next));
    }
    let line = next;
    let mut done = Done::default();
    let next = gather::terms(&line, &mut done);
    if done.collected && print::nodes(&next) <= size {
        return Some((algebra("collect like terms"), Vec::new(), next));
    }
    let mut found = Vec::new();
    let next = expand::common(&line, &mut found);
    if !found.is_empty() {
        let mut done = Done::default();
        let next = gather::factors(&next, &mut done);
        // taking out is worth a line of its own if it cancels, or if the result is written so
        if print::nodes(&next) < size && (done.cancelled || print::nodes(&next) > print::nodes(result)) {
            let words = if done.cancelled { "take out and cancel" } else { "take out" };
            return Some((algebra(words), found.into_iter().map(Phrase::Formula).collect(), next));
        }
    }
    multiplied_out(&line)
        .filter(|next| print::nodes(next) < size)
        .map(|next| (algebra("multiply out and collect like terms"), Vec::new(), next))
}

/// The sums above and below the line multiplied out, without splitting the fraction.
fn multiplied_out(line: &Tree) -> Option<Tree> {
    let (above, below) = expand::fraction(line);
    let above = expand::expanded(&above.tree())?;
    let tree = Kind::Quotient(Box::new(above), Box::new(below.tree())).into();
    Some(gather::factors(&tree, &mut Done::default()))
}

/// The last step, named; with a line between if two ideas meet in it.
fn last(problem: &mut Problem, line: &Tree, result: &Tree) -> Vec<Line> {
    let has_sum = |tree: &Tree| {
        let mut found = false;
        tree.walk(&mut |part| found |= matches!(part.kind, Kind::Big { .. }));
        found
    };
    if has_sum(line) && !has_sum(result) {
        let words = if holds_range(line) { "write out sums and products" } else { "in matrix notation" };
        return vec![(vec![algebra(words)], Vec::new(), result.clone())];
    }
    // a part may be quoted only if it is proved by itself: what was left out could be zero
    let (mut a, mut b) = expand::difference(line, result);
    let mut is_part = print::nodes(&a) < print::nodes(line);
    let is_side = || named::identity(&a, &b).is_some_and(|(_, is_exact)| is_exact);
    if is_part && !proof::are_equal(problem, &a, &b) && !is_side() {
        (a, b, is_part) = (line.clone(), result.clone(), false);
    }
    let means = proof::means(problem, &a, &b);
    let quote = (print::nodes(&a) + print::nodes(&b) <= LONGEST_QUOTE && is_part)
        .then(|| Phrase::Formula(relation(a.clone(), Relation::Equal, b.clone())));
    let because: Vec<Phrase> = quote.into_iter().collect();
    if let Some(name) = shorthand(&a, &b) {
        let words = format!("by the definition of {name}");
        return vec![(vec![Rule::Identity(words)], because, result.clone())];
    }
    if !matches!(means, Means::Algebra)
        && let Some((identity, _)) = named::identity(&a, &b)
    {
        return vec![(vec![Rule::Identity(identity.to_owned())], because, result.clone())];
    }
    match means {
        Means::Algebra => {
            let (words, own) = words(&a, &b);
            let because = if own.is_empty() { because } else { own };
            vec![(vec![algebra(words)], because, result.clone())]
        }
        Means::Identity(words) => {
            let words = law(words, &a, &b);
            vec![(vec![Rule::Identity(words)], because, result.clone())]
        }
        Means::Definition(functions) => {
            let mut phrases = because;
            for id in &functions {
                let row = function::row(*id);
                if let Some(phrase) = proof::definition(row) {
                    phrases.push(phrase);
                }
            }
            let names: Vec<&str> = functions.iter().map(|id| word(function::row(*id))).collect();
            let words = format!("by the definition of {}", names.join(" and "));
            vec![(vec![Rule::Identity(words)], phrases, result.clone())]
        }
        Means::Unknown if matches!(line.kind, Kind::Cases(_)) => {
            vec![(vec![algebra("one case for each value")], Vec::new(), result.clone())]
        }
        Means::Unknown if because.is_empty() => {
            vec![(vec![Rule::Identity(identities(&a, &b))], because, result.clone())]
        }
        Means::Unknown => vec![(vec![Rule::Identity("because".to_owned())], because, result.clone())],
    }
}

/// Is there a sum or product over numbers that are given?
fn holds_range(tree: &Tree) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        if let Kind::Big { indices, .. } = &part.kind {
            found |= indices.iter().any(|index| index.range.is_some());
        }
    });
    found
}

/// The law by the name that fits what it does here.
fn law(words: String, a: &Tree, b: &Tree) -> String {
    let of = |tree: &Tree, wanted: &[function::FunctionId]| {
        let mut found: Vec<Tree> = Vec::new();
        tree.walk(&mut |part| {
            if let Kind::Call { name, arguments, .. } = &part.kind
                && let Some(id) = function::lookup(name)
                && wanted.contains(&id)
            {
                for argument in arguments {
                    let argument = gather::sorted(argument);
                    if !found.contains(&argument) {
                        found.push(argument);
                    }
                }
            }
        });
        found
    };
    let angles = [function::SIN, function::COS];
    let (before, after) = (of(a, &angles), of(b, &angles));
    if !after.is_empty() && after.iter().any(|angle| !before.contains(angle)) {
        return "sums and multiples of angles".to_owned();
    }
    // x^(1/x)·x⁻² = x^(1/x − 2): the logarithms stay what they are
    let logs = [function::LOG];
    if of(a, &logs).len() == of(b, &logs).len() && has_root(a) && words.contains("logarithms") {
        return "laws of powers".to_owned();
    }
    words
}

/// What two sides rest on whose difference no simple law explains: the functions that only one of them has.
fn identities(a: &Tree, b: &Tree) -> String {
    let mut names: Vec<&'static str> = Vec::new();
    for (one, other) in [(a, b), (b, a)] {
        one.walk(&mut |part| {
            if let Kind::Call { name, .. } = &part.kind
                && let Some(id) = function::lookup(name)
                && !calls(other, id)
                && !names.contains(&word(function::row(id)))
            {
                names.push(word(function::row(id)));
            }
        });
    }
    if calls(a, function::SIGN) && (calls(a, function::ABS) || calls(b, function::ABS)) {
        return "laws of absolute values".to_owned();
    }
    match names.split_last() {
        Some((last, [])) => format!("identities of {last}"),
        Some((last, first)) => format!("identities of {} and {last}", first.join(", ")),
        None if has_root(a) || has_root(b) => "laws of roots and powers".to_owned(),
        None => "multiply out both sides".to_owned(),
    }
}

/// The name of a function among words: σ, but not ∛.
fn word(row: &function::Row) -> &'static str {
    if row.unicode.chars().all(char::is_alphanumeric) { row.unicode } else { row.name }
}

/// A function that is only another way to write something, if it goes away.
fn shorthand(a: &Tree, b: &Tree) -> Option<&'static str> {
    let mut found = None;
    a.walk(&mut |part| {
        if let Kind::Call { name, .. } = &part.kind
            && let Some(id) = function::lookup(name)
            && id != function::SQRT
            && function::row(id).shorthand
            && !calls(b, id)
        {
            found = Some(function::row(id).name);
        }
    });
    found
}

fn calls(tree: &Tree, wanted: function::FunctionId) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        if let Kind::Call { name, .. } = &part.kind {
            found |= function::lookup(name) == Some(wanted);
        }
    });
    found
}

/// Is there a fraction inside a sum or a power?
fn holds_quotient(tree: &Tree) -> bool {
    let inner = if let Kind::Negate(inner) = &tree.kind { inner } else { tree };
    let mut count = 0;
    inner.walk(&mut |part| {
        let is_number = as_number(part).is_some();
        count += usize::from(matches!(part.kind, Kind::Quotient(..)) && !is_number);
    });
    count > usize::from(matches!(inner.kind, Kind::Quotient(..)))
}

/// Is there a root or another power that is no whole one?
fn has_root(tree: &Tree) -> bool {
    let mut found = calls(tree, function::SQRT);
    tree.walk(&mut |part| {
        if let Kind::Power(_, exponent) = &part.kind {
            found |= as_number(exponent).is_none_or(|n| !n.is_integer());
        }
    });
    found
}

/// What algebra does from one part to the other.
fn words(a: &Tree, b: &Tree) -> (&'static str, Vec<Phrase>) {
    let goal = gather::sorted(b);
    let is_sum = |tree: &Tree| matches!(tree.kind, Kind::Sum(_));
    let same =
        |x: &Option<Tree>, y: &Tree| x.as_ref().is_some_and(|x| gather::sorted(x) == gather::sorted(y));
    let mut found = Vec::new();
    let taken = expand::common(a, &mut found);
    if !found.is_empty() && gather::sorted(&gather::factors(&taken, &mut Done::default())) == goal {
        return ("take out", found.into_iter().map(Phrase::Formula).collect());
    }
    let ((above_a, below_a), (above_b, below_b)) = (expand::fraction(a), expand::fraction(b));
    let (below_a, below_b) = (below_a.tree(), below_b.tree());
    let is_fraction = |below: &Tree| !expand::is_unit(below);
    if gather::sorted(&gather::terms(a, &mut Done::default())) == goal {
        return ("collect like terms", Vec::new());
    }
    if is_sum(b) && !is_sum(a) && is_fraction(&below_a) {
        return ("split the fraction", Vec::new());
    }
    if is_fraction(&below_a) && gather::sorted(&below_a) != gather::sorted(&below_b) {
        let ratio: Tree = Kind::Quotient(Box::new(below_a.clone()), Box::new(below_b.clone())).into();
        let ratio = gather::factors(&ratio, &mut Done::default());
        let (up, down) = expand::fraction(&ratio);
        let is_short = |tree: &Tree| print::nodes(tree) <= LONGEST_QUOTE;
        if expand::is_unit(&down.tree()) && is_short(&ratio) && !is_sum(a) {
            return ("divide numerator and denominator by", vec![Phrase::Formula(up.tree())]);
        }
        if expand::is_unit(&up.tree()) && is_short(&down.tree()) {
            return ("bring over the common denominator", vec![Phrase::Formula(below_b)]);
        }
    }
    if let (Some(x), Some(y)) = (expand::expanded(a), expand::expanded(b))
        && gather::sorted(&x) == gather::sorted(&y)
    {
        if is_sum(b) && !is_sum(a) && is_fraction(&below_a) {
            return ("split the fraction", Vec::new());
        }
        if same(&Some(x), b) {
            return ("multiply out and collect like terms", Vec::new());
        }
        if same(&Some(y), a) || is_sum(a) {
            return ("take out common factors", Vec::new());
        }
        return ("multiply out and take out common factors", Vec::new());
    }
    if is_sum(a) && is_fraction(&below_b) {
        return ("bring over a common denominator", Vec::new());
    }
    let above_is_same = gather::sorted(&above_a.tree()) == gather::sorted(&above_b.tree());
    if above_is_same && has_root(a) {
        return ("laws of powers", Vec::new());
    }
    if above_is_same {
        return ("multiply out the denominator", Vec::new());
    }
    if holds_quotient(a) && !holds_quotient(b) {
        return ("clear the fractions inside", Vec::new());
    }
    if has_root(a) || has_root(b) {
        return ("bring roots and fractions together", Vec::new());
    }
    if is_fraction(&below_a) {
        return ("factor and cancel", Vec::new());
    }
    ("factor", Vec::new())
}
