//! Hand derivations made by chance: a derivative, then lines that rewrite it truly, with up to two slips put in on the way.
//!
//! Formulas, rewritings and slips are this file's own; nothing of the engine under test is used, so that it cannot agree with
//! itself.

use std::fmt::Write as _;

/// A small generator of numbers: the same in every run.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, n: usize) -> usize {
        ((self.next() >> 11) % n as u64) as usize
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Formula {
    Number(i64),
    Variable(&'static str),
    Sum(Vec<Formula>),
    Product(Vec<Formula>),
    Quotient(Box<Formula>, Box<Formula>),
    Power(Box<Formula>, i64),
    Call(&'static str, Box<Formula>),
}

use Formula::{Call, Number, Power, Product, Quotient, Sum, Variable};

const FUNCTIONS: [&str; 8] = ["sin", "cos", "exp", "log", "tanh", "sigmoid", "sqrt", "atan"];

fn formula(chance: &mut Chance, depth: usize) -> Formula {
    if depth == 0 {
        return match chance.below(5) {
            0 => Number(2 + chance.below(5) as i64),
            1 => Variable("a"),
            _ => Variable("x"),
        };
    }
    match chance.below(6) {
        0 => Sum(vec![formula(chance, depth - 1), formula(chance, depth - 1)]),
        1 => Product(vec![formula(chance, depth - 1), formula(chance, depth - 1)]),
        2 => Quotient(Box::new(formula(chance, depth - 1)), Box::new(positive(formula(chance, depth - 1)))),
        3 => Power(Box::new(formula(chance, depth - 1)), 2 + chance.below(3) as i64),
        _ => {
            let name = FUNCTIONS[chance.below(FUNCTIONS.len())];
            let inner = formula(chance, depth - 1);
            // Roots and logarithms of what is positive: the chains are about rules, not about domains.
            Call(name, Box::new(if matches!(name, "log" | "sqrt") { positive(inner) } else { inner }))
        }
    }
}

fn positive(inner: Formula) -> Formula {
    Sum(vec![Power(Box::new(inner), 2), Number(1)])
}

/// Text with all the brackets that it needs.
fn text(formula: &Formula) -> String {
    let inner = |formula: &Formula| match formula {
        Number(n) if *n >= 0 => text(formula),
        Variable(_) | Call(..) => text(formula),
        _ => format!("({})", text(formula)),
    };
    match formula {
        Number(n) => n.to_string(),
        Variable(name) => (*name).to_owned(),
        Sum(terms) => {
            let mut out = String::new();
            for (at, term) in terms.iter().enumerate() {
                if at > 0 {
                    out.push_str(" + ");
                }
                let term_text = text(term);
                if term_text.starts_with('-') && at > 0 {
                    let _ = write!(out, "({term_text})");
                } else {
                    out.push_str(&term_text);
                }
            }
            out
        }
        Product(factors) => factors.iter().map(inner).collect::<Vec<_>>().join("*"),
        Quotient(a, b) => format!("{}/{}", inner(a), inner(b)),
        Power(a, n) if *n < 0 => format!("{}^({n})", inner(a)),
        Power(a, n) => format!("{}^{n}", inner(a)),
        Call(name, a) => format!("{name}({})", text(a)),
    }
}

fn value(formula: &Formula, x: f64, a: f64) -> f64 {
    let of = |formula: &Formula| value(formula, x, a);
    match formula {
        Number(n) => *n as f64,
        Variable("a") => a,
        Variable(_) => x,
        Sum(terms) => terms.iter().map(of).sum(),
        Product(factors) => factors.iter().map(of).product(),
        Quotient(a, b) => of(a) / of(b),
        Power(a, n) => of(a).powi(*n as i32),
        Call(name, inner) => {
            let u = of(inner);
            match *name {
                "sin" => u.sin(),
                "cos" => u.cos(),
                "exp" => u.exp(),
                "log" => u.ln(),
                "tanh" => u.tanh(),
                "sigmoid" => 1.0 / (1.0 + (-u).exp()),
                "sqrt" => u.sqrt(),
                _ => u.atan(),
            }
        }
    }
}

fn derivative(formula: &Formula) -> Formula {
    match formula {
        Number(_) | Variable("a") => Number(0),
        Variable(_) => Number(1),
        Sum(terms) => sum(terms.iter().map(derivative).collect()),
        Product(factors) => {
            let mut terms = Vec::new();
            for at in 0..factors.len() {
                let mut term = factors.clone();
                term[at] = derivative(&factors[at]);
                terms.push(product(term));
            }
            sum(terms)
        }
        Quotient(u, v) => {
            let above = sum(vec![
                product(vec![derivative(u), (**v).clone()]),
                product(vec![Number(-1), (**u).clone(), derivative(v)]),
            ]);
            Quotient(Box::new(above), Box::new(Power(v.clone(), 2)))
        }
        Power(u, n) => product(vec![Number(*n), power((**u).clone(), n - 1), derivative(u)]),
        Call(name, u) => {
            let (same, inner) = (formula.clone(), (**u).clone());
            let outer = match *name {
                "sin" => Call("cos", u.clone()),
                "cos" => Product(vec![Number(-1), Call("sin", u.clone())]),
                "exp" => same,
                "log" => Quotient(Box::new(Number(1)), Box::new(inner)),
                "tanh" => Sum(vec![Number(1), Product(vec![Number(-1), Power(Box::new(same), 2)])]),
                "sigmoid" => {
                    Product(vec![same.clone(), Sum(vec![Number(1), Product(vec![Number(-1), same])])])
                }
                "sqrt" => Quotient(Box::new(Number(1)), Box::new(Product(vec![Number(2), same]))),
                _ => Quotient(Box::new(Number(1)), Box::new(positive(inner))),
            };
            product(vec![outer, derivative(u)])
        }
    }
}

fn sum(terms: Vec<Formula>) -> Formula {
    let mut terms: Vec<Formula> = terms.into_iter().filter(|term| *term != Number(0)).collect();
    match terms.len() {
        0 => Number(0),
        1 => terms.remove(0),
        _ => Sum(terms),
    }
}

fn product(factors: Vec<Formula>) -> Formula {
    if factors.contains(&Number(0)) {
        return Number(0);
    }
    let mut factors: Vec<Formula> = factors.into_iter().filter(|factor| *factor != Number(1)).collect();
    match factors.len() {
        0 => Number(1),
        1 => factors.remove(0),
        _ => Product(factors),
    }
}

fn power(base: Formula, n: i64) -> Formula {
    match n {
        0 => Number(1),
        1 => base,
        _ => Power(Box::new(base), n),
    }
}

/// The places of a formula, parents first.
fn places(formula: &Formula) -> usize {
    1 + match formula {
        Number(_) | Variable(_) => 0,
        Sum(parts) | Product(parts) => parts.iter().map(places).sum(),
        Quotient(a, b) => places(a) + places(b),
        Power(a, _) | Call(_, a) => places(a),
    }
}

/// The formula with a change at one place.
fn changed(
    formula: &Formula,
    place: &mut usize,
    change: &mut dyn FnMut(&Formula) -> Option<Formula>,
) -> Option<Formula> {
    if *place == 0 {
        *place = usize::MAX;
        return change(formula);
    }
    *place -= 1;
    let part = |inner: &Formula, place: &mut usize, change: &mut dyn FnMut(&Formula) -> Option<Formula>| {
        if *place == usize::MAX { None } else { changed(inner, place, change) }
    };
    match formula {
        Number(_) | Variable(_) => None,
        Sum(parts) | Product(parts) => {
            let mut made = parts.clone();
            for (at, inner) in parts.iter().enumerate() {
                if let Some(new) = part(inner, place, change) {
                    made[at] = new;
                    return Some(if matches!(formula, Sum(_)) { Sum(made) } else { Product(made) });
                }
            }
            None
        }
        Quotient(a, b) => match part(a, place, change) {
            Some(new) => Some(Quotient(Box::new(new), b.clone())),
            None => part(b, place, change).map(|new| Quotient(a.clone(), Box::new(new))),
        },
        Power(a, n) => part(a, place, change).map(|new| Power(Box::new(new), *n)),
        Call(name, a) => part(a, place, change).map(|new| Call(name, Box::new(new))),
    }
}

/// A true rewriting of one place.
fn rewritten(formula: &Formula, kind: usize) -> Option<Formula> {
    match (kind, formula) {
        (0, Sum(terms) | Product(terms)) if terms.len() > 1 => {
            let mut terms = terms.clone();
            terms.rotate_left(1);
            Some(if matches!(formula, Sum(_)) { Sum(terms) } else { Product(terms) })
        }
        (1, Product(factors)) => {
            let at = factors.iter().position(|factor| matches!(factor, Sum(_)))?;
            let Sum(terms) = &factors[at] else { return None };
            let rest: Vec<Formula> =
                factors.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, f)| f.clone()).collect();
            if rest.is_empty() {
                return None;
            }
            Some(Sum(terms
                .iter()
                .map(|term| {
                    let mut factors = rest.clone();
                    factors.push(term.clone());
                    Product(factors)
                })
                .collect()))
        }
        (2, Power(base, 2)) => Some(Product(vec![(**base).clone(), (**base).clone()])),
        (3, Quotient(a, b)) if **a != Number(1) => {
            Some(Product(vec![(**a).clone(), Quotient(Box::new(Number(1)), b.clone())]))
        }
        (4, Quotient(a, b)) => match &**a {
            Sum(terms) => Some(Sum(terms.iter().map(|t| Quotient(Box::new(t.clone()), b.clone())).collect())),
            _ => None,
        },
        (5, Call("exp", inner)) => match &**inner {
            Sum(terms) => Some(Product(terms.iter().map(|t| Call("exp", Box::new(t.clone()))).collect())),
            _ => None,
        },
        (6, Call("sin", inner)) => match &**inner {
            Product(factors) if factors.first() == Some(&Number(2)) && factors.len() == 2 => {
                let half = factors[1].clone();
                Some(Product(vec![
                    Number(2),
                    Call("sin", Box::new(half.clone())),
                    Call("cos", Box::new(half)),
                ]))
            }
            _ => None,
        },
        (7, Product(factors)) => {
            // Numbers together in front.
            let mut number = 1i64;
            let mut rest = Vec::new();
            for factor in factors {
                match factor {
                    Number(n) => number = number.checked_mul(*n)?,
                    Product(inner) => rest.extend(inner.iter().cloned()),
                    other => rest.push(other.clone()),
                }
            }
            let mut all = vec![Number(number)];
            all.extend(rest);
            let made = product(all);
            (made != *formula).then_some(made)
        }
        (8, Power(base, n)) if *n > 2 => Some(Product(vec![(**base).clone(), Power(base.clone(), n - 1)])),
        (9, Sum(terms)) => {
            let mut flat = Vec::new();
            for term in terms {
                match term {
                    Sum(inner) => flat.extend(inner.iter().cloned()),
                    other => flat.push(other.clone()),
                }
            }
            (flat.len() > terms.len()).then_some(Sum(flat))
        }
        _ => None,
    }
}

const REWRITINGS: usize = 10;

/// A slip at one place.
fn slipped(formula: &Formula, kind: usize) -> Option<Formula> {
    match (kind, formula) {
        (0, Number(n)) => Some(Number(n + 1)),
        (1, Sum(terms)) => {
            let mut terms = terms.clone();
            terms[0] = Product(vec![Number(-1), terms[0].clone()]);
            Some(Sum(terms))
        }
        (2, Sum(terms) | Product(terms)) if terms.len() > 1 => {
            let terms = terms[1..].to_vec();
            Some(if matches!(formula, Sum(_)) { sum(terms) } else { product(terms) })
        }
        (3, Power(base, n)) => Some(Power(base.clone(), n + 1)),
        (4, Call("sin", inner)) => Some(Call("cos", inner.clone())),
        (5, Call("cos", inner)) => Some(Call("sin", inner.clone())),
        (6, Quotient(a, b)) => Some(Quotient(b.clone(), a.clone())),
        (7, Variable("x")) => Some(Product(vec![Number(2), Variable("x")])),
        (8, Call(_, inner)) => Some((**inner).clone()),
        _ => None,
    }
}

const SLIPS: usize = 9;

fn differ(a: &Formula, b: &Formula) -> bool {
    [(0.37, 1.21), (0.83, 0.67), (1.34, 1.9), (-0.61, 0.43)].iter().any(|(x, parameter)| {
        let (a, b) = (value(a, *x, *parameter), value(b, *x, *parameter));
        a.is_finite() && b.is_finite() && (a - b).abs() > 1e-4 * (1.0 + a.abs().max(b.abs()))
    })
}

fn agree(a: &Formula, b: &Formula) -> bool {
    [(0.37, 1.21), (0.83, 0.67), (1.34, 1.9), (-0.61, 0.43)].iter().all(|(x, parameter)| {
        let (a, b) = (value(a, *x, *parameter), value(b, *x, *parameter));
        a.is_finite() && b.is_finite() && (a - b).abs() < 1e-7 * (1.0 + a.abs().max(b.abs()))
    })
}

/// A derivation and the line in which it goes wrong first.
pub struct Derivation {
    pub text: String,
    pub first_wrong: Option<usize>,
}

fn somewhere(
    chance: &mut Chance,
    formula: &Formula,
    kinds: usize,
    change: fn(&Formula, usize) -> Option<Formula>,
    is_good: &dyn Fn(&Formula) -> bool,
) -> Option<Formula> {
    for _ in 0..60 {
        let kind = chance.below(kinds);
        let mut place = chance.below(places(formula));
        if let Some(made) = changed(formula, &mut place, &mut |inner| change(inner, kind))
            && made != *formula
            && text(&made).len() < 160
            && is_good(&made)
        {
            return Some(made);
        }
    }
    None
}

/// A derivation of 3 to 10 lines with 0 to 2 slips.
pub fn derivation(chance: &mut Chance) -> Derivation {
    loop {
        let depth = 2 + chance.below(2);
        let start = formula(chance, depth);
        let first = derivative(&start);
        if first == Number(0) || text(&first).len() > 120 || !agree(&first, &first) {
            continue;
        }
        let lines = 3 + chance.below(8);
        let slips = chance.below(3);
        let mut slip_lines: Vec<usize> = (0..slips).map(|_| 1 + chance.below(lines)).collect();
        slip_lines.sort_unstable();
        slip_lines.dedup();
        let mut out = String::new();
        let mut now = first.clone();
        let mut first_wrong = None;
        let mut complete = true;
        for line in 1..=lines {
            let before = now.clone();
            let made = if slip_lines.contains(&line) {
                // A second slip must not bring the first line back.
                somewhere(chance, &before, SLIPS, slipped, &|made| {
                    differ(made, &before) && differ(made, &first) && agree(made, made)
                })
            } else if line == 1 {
                Some(before.clone())
            } else {
                somewhere(chance, &before, REWRITINGS, rewritten, &|made| agree(made, &before))
            };
            let Some(made) = made else {
                if line <= 3 {
                    complete = false;
                }
                break;
            };
            now = made;
            if slip_lines.contains(&line) && first_wrong.is_none() {
                first_wrong = Some(line);
            }
            if line == 1 {
                let _ = writeln!(out, "d/dx ({}) = {}", text(&start), text(&now));
            } else {
                let _ = writeln!(out, "  = {}", text(&now));
            }
        }
        if complete {
            return Derivation { text: out, first_wrong };
        }
    }
}
