//! Expressions of the corpora and random ones, with slips or rewritten by rules that hold.

use symdiff::function::{self, Class};
use symdiff::number::Rational;
use symdiff::syntax::tree::{Kind, Tree};
use symdiff::syntax::{Names, parse};

use super::judge::variables;
use super::plain::decode;

/// Expressions with more parts are not used.
const LARGEST: usize = 40;

/// `SplitMix64`.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64, number: u64) -> Random {
        let mut random =
            Random(seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ number.wrapping_mul(0x2545_F491_4F6C_DD1D));
        random.next();
        random
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Identities without a condition, with both of their sides.
pub struct Identity {
    left: Tree,
    right: Tree,
    both_ways: bool,
}

/// Where expressions come from.
pub struct Expressions {
    corpus: Vec<Tree>,
}

fn size(tree: &Tree) -> usize {
    let mut count = 0;
    tree.walk(&mut |_| count += 1);
    count
}

fn negate(tree: Tree) -> Tree {
    Kind::Negate(Box::new(tree)).into()
}

fn quotient(a: Tree, b: Tree) -> Tree {
    Kind::Quotient(Box::new(a), Box::new(b)).into()
}

fn power(a: Tree, b: Tree) -> Tree {
    Kind::Power(Box::new(a), Box::new(b)).into()
}

fn number(n: i64) -> Tree {
    Tree::number(&Rational::integer(n))
}

impl Expressions {
    pub fn load() -> Expressions {
        let mut corpus = Vec::new();
        let names = Names::default();
        if let Ok(folder) = std::env::var("SYMDIFF_CORPORA") {
            for file in ["rubi_s300", "feynman", "fpcore_dev", "symengine_tests", "sympy_diff"] {
                let text = std::fs::read_to_string(format!("{folder}/{file}.jsonl")).unwrap_or_default();
                for line in text.lines() {
                    let Ok(row) = serde_json::from_str::<serde_json::Value>(line) else { continue };
                    for side in ["expr", "expected"] {
                        let Some(Ok(parsed)) = row[side].as_str().map(|text| parse(text, &names)) else {
                            continue;
                        };
                        if (2..=LARGEST).contains(&size(&parsed.tree)) {
                            corpus.push(parsed.tree);
                        }
                    }
                }
            }
        } else {
            println!("SYMDIFF_CORPORA is not set: random expressions alone");
        }
        Expressions { corpus }
    }

    pub fn len(&self) -> usize {
        self.corpus.len()
    }

    /// One of the corpora or a random one, half and half.
    pub fn any(&self, random: &mut Random) -> Tree {
        if !self.corpus.is_empty() && random.below(2) == 0 {
            return self.corpus[random.below(self.corpus.len())].clone();
        }
        let length = 4 + random.below(28);
        let bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        decode::formula(&bytes)
    }
}

/// The tree with its part number `target` (parents first) replaced.
fn edited(tree: &Tree, target: usize, change: &mut dyn FnMut(&Tree) -> Tree) -> Tree {
    fn walk(tree: &Tree, left: &mut usize, change: &mut dyn FnMut(&Tree) -> Tree) -> Tree {
        if *left == 0 {
            *left = usize::MAX;
            return change(tree);
        }
        if *left != usize::MAX {
            *left -= 1;
        }
        tree.with_parts(&mut |part| walk(part, left, change))
    }
    let mut left = target;
    walk(tree, &mut left, change)
}

/// One or two slips, or a number changed a little.
pub fn slipped(tree: &Tree, random: &mut Random) -> Option<Tree> {
    if random.below(3) == 0 {
        return Some(perturbed(tree, random));
    }
    let mut result = tree.clone();
    let names = variables([tree, tree]);
    for _ in 0..=random.below(2) {
        let target = random.below(size(&result));
        result = edited(&result, target, &mut |part| slip(part, &names, random));
    }
    Some(result)
}

fn slip(tree: &Tree, names: &[String], random: &mut Random) -> Tree {
    let dice = random.below(12);
    match &tree.kind {
        Kind::Number(q) => match dice % 4 {
            0 => Kind::Number(q + &Rational::ONE).into(),
            1 => Kind::Number(q + q).into(),
            2 => negate(tree.clone()),
            _ => quotient(number(1), tree.clone()),
        },
        Kind::Name(_) => match dice % 3 {
            0 if names.len() > 1 => Tree::name(names[random.below(names.len())].clone()),
            1 => power(tree.clone(), number(2)),
            _ => negate(tree.clone()),
        },
        Kind::Sum(terms) | Kind::Product(terms) => {
            let is_sum = matches!(tree.kind, Kind::Sum(_));
            let mut terms = terms.clone();
            let at = dice % terms.len();
            if random.below(2) == 0 && terms.len() > 1 {
                terms.remove(at);
            } else {
                terms[at] = match &terms[at].kind {
                    Kind::Negate(a) => (**a).clone(),
                    _ => negate(terms[at].clone()),
                };
            }
            match terms.len() {
                1 => terms.remove(0),
                _ if is_sum => Kind::Sum(terms).into(),
                _ => Kind::Product(terms).into(),
            }
        }
        Kind::Quotient(a, b) => match dice % 3 {
            0 => quotient((**b).clone(), (**a).clone()),
            1 => (**a).clone(),
            _ => Kind::Product(vec![(**a).clone(), (**b).clone()]).into(),
        },
        Kind::Negate(a) => (**a).clone(),
        Kind::Power(a, b) => match dice % 3 {
            0 => (**a).clone(),
            1 => power((**a).clone(), Kind::Sum(vec![(**b).clone(), number(1)]).into()),
            _ => power((**b).clone(), (**a).clone()),
        },
        Kind::Call { name, arguments, .. } => {
            let arity = arguments.len();
            let others: Vec<&str> = function::all()
                .filter(|(_, row)| row.is_elementwise() && row.parameters.len() == arity && row.name != name)
                .map(|(_, row)| row.name)
                .collect();
            if dice == 0 || others.is_empty() {
                arguments[0].clone()
            } else {
                Tree::call(others[random.below(others.len())], arguments.clone())
            }
        }
        _ => negate(tree.clone()),
    }
}

/// A part times 1 ± 10^−3 … 1 ± 10^−30.
fn perturbed(tree: &Tree, random: &mut Random) -> Tree {
    let digits = 3 + random.below(28) as i64;
    let little = Rational::integer(10).power(-digits, 256).unwrap_or(Rational::ONE);
    let factor = if random.below(2) == 0 { &Rational::ONE + &little } else { &Rational::ONE - &little };
    let mut numbers = Vec::new();
    let mut at = 0;
    tree.walk(&mut |part| {
        if matches!(&part.kind, Kind::Number(q) if !q.is_zero()) {
            numbers.push(at);
        }
        at += 1;
    });
    if numbers.is_empty() || random.below(3) == 0 {
        let target = random.below(size(tree));
        return edited(tree, target, &mut |part| {
            Kind::Product(vec![Tree::number(&factor), part.clone()]).into()
        });
    }
    let target = numbers[random.below(numbers.len())];
    edited(tree, target, &mut |part| match &part.kind {
        Kind::Number(q) => Tree::number(&(q * &factor)),
        _ => part.clone(),
    })
}

fn identities() -> &'static [Identity] {
    static ALL: std::sync::OnceLock<Vec<Identity>> = std::sync::OnceLock::new();
    ALL.get_or_init(|| {
        let names = Names::default();
        let side = |text: &str| parse(text, &names).ok().map(|parsed| parsed.tree);
        let general = [
            ("x - y", "-(y - x)", true),
            ("x*y", "y*x", true),
            ("x + y", "y + x", true),
            ("x^2", "x*x", true),
            ("x^3", "x*x^2", true),
            ("x/y", "x*y^(-1)", true),
            ("x - y", "x + (-1)*y", true),
            ("-x", "(-1)*x", true),
            ("x", "x + y - y", false),
            ("x", "x*(1 + y^2)/(1 + y^2)", false),
            ("x", "(x + 1) - 1", true),
            ("x", "2*x/2", true),
            ("x^2 - y^2", "(x - y)*(x + y)", true),
            ("1/x", "x/x^2", true),
            ("sqrt(x)", "x^(1/2)", true),
            ("x/y", "1/(y/x)", false),
            ("(x + y)^2", "x^2 + 2*x*y + y^2", true),
            ("x", "x^2/x", false),
            ("x", "-(-x)", true),
            ("x + x", "2*x", true),
            ("abs(x)", "sqrt(x^2)", true),
            ("exp(x)", "1/exp(-x)", true),
        ];
        let mut all = Vec::new();
        for (left, right, both_ways) in general {
            if let (Some(left), Some(right)) = (side(left), side(right)) {
                all.push(Identity { left, right, both_ways });
            }
        }
        for identity in function::IDENTITIES.iter().filter(|identity| identity.condition.is_empty()) {
            if let (Some(left), Some(right)) = (side(identity.left), side(identity.right)) {
                all.push(Identity { left, right, both_ways: identity.class == Class::Total });
            }
        }
        all
    })
}

/// The same value wherever both are defined: a few steps, each by a rule that holds.
pub fn rewritten(tree: &Tree, random: &mut Random) -> Option<Tree> {
    let mut result = tree.clone();
    let mut steps = 0;
    for _ in 0..40 {
        let target = random.below(size(&result));
        let mut done = false;
        let next = edited(&result, target, &mut |part| match step(part, tree, random) {
            Some(next) => {
                done = true;
                next
            }
            None => part.clone(),
        });
        if done && size(&next) <= 3 * LARGEST {
            result = next;
            steps += 1;
            if steps > random.below(6) {
                break;
            }
        }
    }
    if random.below(2) == 0 {
        result = shuffled(&result, random);
    }
    (steps > 0).then_some(result)
}

/// One step at the root of a part.
fn step(tree: &Tree, whole: &Tree, random: &mut Random) -> Option<Tree> {
    match random.below(8) {
        0 => expanded(tree),
        1 => factored(tree),
        2 => regrouped(tree, random),
        _ => {
            let all = identities();
            for _ in 0..30 {
                let identity = &all[random.below(all.len())];
                let backwards = identity.both_ways && random.below(2) == 0;
                let (from, to) = if backwards {
                    (&identity.right, &identity.left)
                } else {
                    (&identity.left, &identity.right)
                };
                // What matches anything is tried seldom, or nothing else would happen.
                if matches!(from.kind, Kind::Name(_)) && random.below(6) != 0 {
                    continue;
                }
                let mut bound = Vec::new();
                if matches(from, tree, &mut bound) {
                    return Some(filled(to, &mut bound, whole, random));
                }
            }
            None
        }
    }
}

fn matches(pattern: &Tree, tree: &Tree, bound: &mut Vec<(String, Tree)>) -> bool {
    match (&pattern.kind, &tree.kind) {
        (Kind::Name(name), _) if name != "pi" && name != "e" => {
            if let Some((_, value)) = bound.iter().find(|(known, _)| known == name) {
                return value == tree;
            }
            bound.push((name.clone(), tree.clone()));
            true
        }
        (Kind::Sum(a), Kind::Sum(b)) | (Kind::Product(a), Kind::Product(b)) if a.len() == b.len() => {
            let before = bound.len();
            if a.iter().zip(b).all(|(a, b)| matches(a, b, bound)) {
                return true;
            }
            bound.truncate(before);
            a.iter().zip(b.iter().rev()).all(|(a, b)| matches(a, b, bound))
        }
        (Kind::Quotient(a, b), Kind::Quotient(c, d)) | (Kind::Power(a, b), Kind::Power(c, d)) => {
            matches(a, c, bound) && matches(b, d, bound)
        }
        (Kind::Negate(a), Kind::Negate(b)) => matches(a, b, bound),
        (
            Kind::Call { name: f, primes: 0, arguments: a },
            Kind::Call { name: g, primes: 0, arguments: b },
        ) => f == g && a.len() == b.len() && a.iter().zip(b).all(|(a, b)| matches(a, b, bound)),
        _ => pattern == tree,
    }
}

/// The pattern with what its letters stand for; a letter that stands for nothing becomes a small part of the whole.
fn filled(pattern: &Tree, bound: &mut Vec<(String, Tree)>, whole: &Tree, random: &mut Random) -> Tree {
    if let Kind::Name(name) = &pattern.kind
        && name != "pi"
        && name != "e"
    {
        if let Some((_, value)) = bound.iter().find(|(known, _)| known == name) {
            return value.clone();
        }
        let mut small = Vec::new();
        whole.walk(&mut |part| {
            if size(part) <= 4 && !matches!(part.kind, Kind::Relation(..)) {
                small.push(part.clone());
            }
        });
        let value = if small.is_empty() { number(3) } else { small.swap_remove(random.below(small.len())) };
        bound.push((name.clone(), value.clone()));
        return value;
    }
    pattern.with_parts(&mut |part| filled(part, bound, whole, random))
}

/// A product with a sum in it, multiplied out.
fn expanded(tree: &Tree) -> Option<Tree> {
    let Kind::Product(factors) = &tree.kind else { return None };
    let at = factors.iter().position(|factor| matches!(factor.kind, Kind::Sum(_)))?;
    let Kind::Sum(terms) = &factors[at].kind else { return None };
    let term = |term: &Tree| -> Tree {
        let mut factors = factors.clone();
        factors[at] = term.clone();
        Kind::Product(factors).into()
    };
    Some(Kind::Sum(terms.iter().map(term).collect()).into())
}

/// A sum with its first term taken out of all.
fn factored(tree: &Tree) -> Option<Tree> {
    let Kind::Sum(terms) = &tree.kind else { return None };
    let first = terms.first()?;
    let rest: Vec<Tree> = terms.iter().map(|term| quotient(term.clone(), first.clone())).collect();
    Some(Kind::Product(vec![first.clone(), Kind::Sum(rest).into()]).into())
}

/// A sum or product of three or more with two of them in brackets.
fn regrouped(tree: &Tree, random: &mut Random) -> Option<Tree> {
    let (parts, is_sum) = match &tree.kind {
        Kind::Sum(parts) if parts.len() > 2 => (parts, true),
        Kind::Product(parts) if parts.len() > 2 => (parts, false),
        _ => return None,
    };
    let group = |parts: Vec<Tree>| -> Tree {
        if is_sum { Kind::Sum(parts).into() } else { Kind::Product(parts).into() }
    };
    let mut parts = parts.clone();
    let at = random.below(parts.len() - 1);
    let pair = vec![parts.remove(at), parts.remove(at)];
    parts.insert(at, group(pair));
    Some(group(parts))
}

/// The operands of all sums and products in another order.
pub fn shuffled(tree: &Tree, random: &mut Random) -> Tree {
    let tree = tree.with_parts(&mut |part| shuffled(part, random));
    let mut mix = |mut parts: Vec<Tree>| {
        for at in (1..parts.len()).rev() {
            parts.swap(at, random.below(at + 1));
        }
        parts
    };
    match tree.kind {
        Kind::Sum(parts) => Kind::Sum(mix(parts)).into(),
        Kind::Product(parts) => Kind::Product(mix(parts)).into(),
        other => other.into(),
    }
}

/// Both sides with their variables exchanged for others, the same on both.
pub fn renamed(left: Tree, right: Tree, random: &mut Random) -> (Tree, Tree) {
    const OTHERS: [&str; 8] = ["u", "v", "w", "p", "q", "r", "s", "t"];
    if random.below(4) != 0 {
        return (left, right);
    }
    let names = variables([&left, &right]);
    if names.len() > OTHERS.len() || names.iter().any(|name| OTHERS.contains(&name.as_str())) {
        return (left, right);
    }
    let shift = random.below(OTHERS.len());
    let rename = |tree: &Tree| {
        replace_names(tree, &|name| {
            let at = names.iter().position(|known| known == name)?;
            Some(OTHERS[(at + shift) % OTHERS.len()].to_owned())
        })
    };
    (rename(&left), rename(&right))
}

fn replace_names(tree: &Tree, with: &dyn Fn(&str) -> Option<String>) -> Tree {
    if let Kind::Name(name) = &tree.kind {
        return with(name).map_or_else(|| tree.clone(), Tree::name);
    }
    tree.with_parts(&mut |part| replace_names(part, with))
}
