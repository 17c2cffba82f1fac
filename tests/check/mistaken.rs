//! Wrong derivatives made by chance: a formula, differentiated by the textbook with one step mistaken at one place.
//!
//! Formulas, steps and mistakes are this file's own, written from the collection of marked work and not from the engine's table,
//! so that the engine cannot agree with itself.

use std::collections::BTreeMap;

use symdiff::check::{Verdict, check};
use symdiff::problem::{Operator, Problem, Request};

use super::chains::Chance;

#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    Number(f64),
    Variable,
    Letter(&'static str),
    Sum(Box<Formula>, Box<Formula>),
    Difference(Box<Formula>, Box<Formula>),
    Product(Box<Formula>, Box<Formula>),
    Quotient(Box<Formula>, Box<Formula>),
    Power(Box<Formula>, f64),
    /// A number to a formula.
    Exponential(f64, Box<Formula>),
    Call(&'static str, Box<Formula>),
}

use Formula::{Call, Difference, Exponential, Letter, Number, Power, Product, Quotient, Sum, Variable};

fn sum(a: Formula, b: Formula) -> Formula {
    match (&a, &b) {
        (Number(0.0), _) => b,
        (_, Number(0.0)) => a,
        _ => Sum(a.into(), b.into()),
    }
}

fn difference(a: Formula, b: Formula) -> Formula {
    match (&a, &b) {
        (_, Number(0.0)) => a,
        (Number(0.0), _) => product(Number(-1.0), b),
        _ => Difference(a.into(), b.into()),
    }
}

fn product(a: Formula, b: Formula) -> Formula {
    match (&a, &b) {
        (Number(0.0), _) | (_, Number(0.0)) => Number(0.0),
        (Number(1.0), _) => b,
        (_, Number(1.0)) => a,
        (Number(m), Number(n)) => Number(m * n),
        _ => Product(a.into(), b.into()),
    }
}

fn quotient(a: Formula, b: Formula) -> Formula {
    if a == Number(0.0) { a } else { Quotient(a.into(), b.into()) }
}

fn power(a: Formula, n: f64) -> Formula {
    if n == 1.0 { a } else { Power(a.into(), n) }
}

fn call(name: &'static str, a: &Formula) -> Formula {
    Call(name, a.clone().into())
}

fn depends(formula: &Formula) -> bool {
    match formula {
        Number(_) | Letter(_) => false,
        Variable => true,
        Sum(a, b) | Difference(a, b) | Product(a, b) | Quotient(a, b) => depends(a) || depends(b),
        Power(a, _) | Exponential(_, a) | Call(_, a) => depends(a),
    }
}

const FUNCTIONS: [&str; 10] = ["sin", "cos", "exp", "log", "sin", "cos", "tan", "atan", "sigmoid", "tanh"];

/// A formula of the variable, with operations nested up to a depth.
pub fn formula(chance: &mut Chance, depth: usize) -> Formula {
    let number = |chance: &mut Chance| Number(2.0 + chance.below(6) as f64);
    if depth == 0 {
        return match chance.below(6) {
            0 => sum(Variable, number(chance)),
            1 => product(number(chance), Variable),
            2 => product(Letter("a"), Variable),
            _ => Variable,
        };
    }
    let inner = |chance: &mut Chance| formula(chance, depth - 1);
    match chance.below(10) {
        0 => sum(inner(chance), number(chance)),
        1 => difference(inner(chance), formula(chance, chance_depth(depth))),
        2 | 3 => product(inner(chance), formula(chance, chance_depth(depth))),
        4 => quotient(inner(chance), formula(chance, chance_depth(depth))),
        5 => power(inner(chance), 2.0 + chance.below(4) as f64),
        6 if chance.below(2) == 0 => Exponential(2.0 + chance.below(4) as f64, inner(chance).into()),
        6 => call("sqrt", &inner(chance)),
        _ => call(FUNCTIONS[chance.below(FUNCTIONS.len())], &inner(chance)),
    }
}

fn chance_depth(depth: usize) -> usize {
    depth.saturating_sub(2)
}

/// The derivative of a function at a formula.
fn outer(name: &str, u: &Formula) -> Formula {
    let square = |f: Formula| power(f, 2.0);
    match name {
        "sin" => call("cos", u),
        "cos" => product(Number(-1.0), call("sin", u)),
        "tan" => quotient(Number(1.0), square(call("cos", u))),
        "exp" => call("exp", u),
        "log" => quotient(Number(1.0), u.clone()),
        "sqrt" => quotient(Number(1.0), product(Number(2.0), call("sqrt", u))),
        "atan" => quotient(Number(1.0), sum(Number(1.0), square(u.clone()))),
        "sigmoid" => product(call("sigmoid", u), difference(Number(1.0), call("sigmoid", u))),
        _ => difference(Number(1.0), square(call("tanh", u))),
    }
}

/// One run of the differentiation: which step is mistaken, at which place.
pub struct Writer {
    pub mistake: &'static str,
    pub place: usize,
    pub seen: usize,
}

impl Writer {
    pub fn derivative(&mut self, f: &Formula) -> Formula {
        let way = self.mistaken(f);
        if let Some(wrong) = way {
            return wrong;
        }
        if !depends(f) {
            return Number(0.0);
        }
        match f {
            Number(_) | Letter(_) => Number(0.0),
            Variable => Number(1.0),
            Sum(a, b) => sum(self.derivative(a), self.derivative(b)),
            Difference(a, b) => difference(self.derivative(a), self.derivative(b)),
            Product(a, b) => {
                let (da, db) = (self.derivative(a), self.derivative(b));
                sum(product(da, (**b).clone()), product((**a).clone(), db))
            }
            Quotient(a, b) => {
                let (da, db) = (self.derivative(a), self.derivative(b));
                let above = difference(product(da, (**b).clone()), product((**a).clone(), db));
                quotient(above, power((**b).clone(), 2.0))
            }
            Power(a, n) => {
                let da = self.derivative(a);
                product(product(Number(*n), power((**a).clone(), n - 1.0)), da)
            }
            Exponential(base, a) => {
                let da = self.derivative(a);
                product(product(f.clone(), call("log", &Number(*base))), da)
            }
            Call(name, a) => {
                let da = self.derivative(a);
                product(outer(name, a), da)
            }
        }
    }

    /// The mistaken step, if it can be made here and this is the place.
    fn mistaken(&mut self, f: &Formula) -> Option<Formula> {
        let before = self.seen;
        // The wrong step must not count the places within it.
        let mut right = Writer { mistake: "", place: 0, seen: 0 };
        let wrong = wrong(self.mistake, f, &mut |part| right.derivative(part))?;
        self.seen += 1;
        (before == self.place).then_some(wrong)
    }
}

/// The mistakes that this file knows.
pub const KINDS: [&str; 37] = [
    "B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B10", "B11", "B12", "B13", "B14", "B15",
    "B16", "B17", "B18", "B20", "B21", "B22", "B24", "B25", "B26", "B27", "B28", "B29", "B30", "B31", "B32",
    "B33", "B34", "B35", "B36", "B37", "B41", "D01",
];

fn is_outermost(f: &Formula) -> bool {
    matches!(f, Call(..) | Power(..) | Exponential(..))
}

/// What is written instead of the derivative of `f`, if the mistake can be made there.
fn wrong(mistake: &str, f: &Formula, d: &mut dyn FnMut(&Formula) -> Formula) -> Option<Formula> {
    let squared = |f: &Formula| power(f.clone(), 2.0);
    Some(match (mistake, f) {
        ("B01", Product(a, b)) if depends(a) && depends(b) => product(d(a), d(b)),
        ("B02", Product(a, b)) if depends(a) && depends(b) => product(d(a), (**b).clone()),
        ("B03", Product(a, b)) if depends(a) && depends(b) => {
            difference(product(d(a), (**b).clone()), product((**a).clone(), d(b)))
        }
        ("B04", Quotient(a, b)) => quotient(d(a), d(b)),
        ("B05", Quotient(a, b)) => {
            quotient(difference(product((**a).clone(), d(b)), product(d(a), (**b).clone())), squared(b))
        }
        ("B06", Quotient(a, b)) => {
            quotient(sum(product(d(a), (**b).clone()), product((**a).clone(), d(b))), squared(b))
        }
        ("B07", Quotient(a, b)) => {
            quotient(difference(product(d(a), (**b).clone()), product((**a).clone(), d(b))), (**b).clone())
        }
        ("D01", Quotient(a, b)) => quotient(d(a), (**b).clone()),
        ("B08", Call(name @ ("sin" | "cos" | "tan" | "tanh" | "sqrt"), u)) if **u != Variable => {
            outer(name, u)
        }
        ("B08", Power(u, n)) if **u != Variable => product(Number(*n), power((**u).clone(), n - 1.0)),
        ("B09", Call(name, u)) if **u != Variable => outer(name, &d(u)),
        ("B10", Call(name, u)) if **u != Variable => product(outer(name, &Variable), d(u)),
        ("B11", Call(name, u)) if **u != Variable => sum(outer(name, u), d(u)),
        ("B12", Call(name, u)) => match &**u {
            Call(inner, v) if **v != Variable => product(outer(name, u), outer(inner, v)),
            _ => return None,
        },
        ("B13", Exponential(base, u)) => {
            product((**u).clone(), Exponential(*base, difference((**u).clone(), Number(1.0)).into()))
        }
        ("B14", Exponential(_, u)) => product(f.clone(), d(u)),
        ("B15", Call("exp", u)) => {
            product((**u).clone(), Call("exp", difference((**u).clone(), Number(1.0)).into()))
        }
        ("B16", Call("exp", u)) if **u != Variable => f.clone(),
        ("B17", Power(u, n)) => product(product(Number(*n), power((**u).clone(), *n)), d(u)),
        ("B18", Power(u, n)) => product(power((**u).clone(), n - 1.0), d(u)),
        ("B20", Call("sqrt", u)) => product(quotient(Number(1.0), f.clone()), d(u)),
        ("B21", Call("log", u)) if **u != Variable => quotient(Number(1.0), (**u).clone()),
        ("B22", Call("log", _)) => quotient(Number(1.0), f.clone()),
        ("B24", Call("cos", u)) => product(call("sin", u), d(u)),
        ("B25", Call("sin", u)) => product(product(Number(-1.0), call("cos", u)), d(u)),
        ("B26", Call("tan", u)) => product(quotient(Number(1.0), call("cos", u)), d(u)),
        ("B27", Power(g, n)) if matches!(**g, Call(..)) => product(Number(*n), power(d(g), n - 1.0)),
        ("B28", Power(g, n)) => match &**g {
            Call(name, u) if is_outermost(g) => d(&call(name, &power((**u).clone(), *n))),
            _ => return None,
        },
        ("B29", Call("atan", u)) if **u != Variable => outer("atan", u),
        ("B30", Number(_)) => f.clone(),
        ("B31", Product(c, u)) if !depends(c) && depends(u) => d(u),
        ("B32", Product(c, u)) if !depends(c) && depends(u) => Number(0.0),
        ("B33", Power(u, n)) if **u == Variable => quotient(power(Variable, n + 1.0), Number(n + 1.0)),
        ("B34", Call("sigmoid", u)) => product(f.clone(), d(u)),
        ("B35", Call("sigmoid", u)) => product(difference(Number(1.0), f.clone()), d(u)),
        ("B36", Call("sigmoid", u)) if **u != Variable => outer("sigmoid", u),
        ("B37", Call("tanh", u)) => product(difference(Number(1.0), f.clone()), d(u)),
        ("B41", Power(s, n)) => match &**s {
            Sum(a, b) => d(&sum(power((**a).clone(), *n), power((**b).clone(), *n))),
            _ => return None,
        },
        _ => return None,
    })
}

/// A value, to tell formulas apart.
pub fn value(f: &Formula, x: f64) -> f64 {
    let v = |f: &Formula| value(f, x);
    match f {
        Number(n) => *n,
        Variable => x,
        Letter(_) => 1.37,
        Sum(a, b) => v(a) + v(b),
        Difference(a, b) => v(a) - v(b),
        Product(a, b) => v(a) * v(b),
        Quotient(a, b) => v(a) / v(b),
        Power(a, n) => v(a).powf(*n),
        Exponential(base, a) => base.powf(v(a)),
        Call(name, a) => {
            let u = v(a);
            match *name {
                "sin" => u.sin(),
                "cos" => u.cos(),
                "tan" => u.tan(),
                "exp" => u.exp(),
                "log" => u.ln(),
                "sqrt" => u.sqrt(),
                "atan" => u.atan(),
                "sigmoid" => 1.0 / (1.0 + (-u).exp()),
                _ => u.tanh(),
            }
        }
    }
}

/// Have both the same values, as far as they have values?
pub fn agree(a: &Formula, b: &Formula) -> bool {
    let mut common = 0;
    for x in [0.31, 0.57, 0.83, 1.21, 1.9, 2.7] {
        let (a, b) = (value(a, x), value(b, x));
        if a.is_finite() && b.is_finite() {
            if (a - b).abs() > 1e-9 * a.abs().max(b.abs()).max(1e-9) {
                return false;
            }
            common += 1;
        }
    }
    common > 0
}

/// All that one mistake can make of a formula.
pub fn consequences(mistake: &'static str, f: &Formula) -> Vec<Formula> {
    let mut all = Vec::new();
    for place in 0..24 {
        let mut writer = Writer { mistake, place, seen: 0 };
        let wrong = writer.derivative(f);
        if writer.seen <= place {
            break;
        }
        all.push(wrong);
    }
    all
}

/// The formula as plain text, with a name for the variable.
pub fn text(f: &Formula, x: &str) -> String {
    let t = |f: &Formula| text(f, x);
    let factor = |f: &Formula| match f {
        Number(n) if *n >= 0.0 => t(f),
        Variable | Letter(_) | Call(..) | Power(..) => t(f),
        _ => format!("({})", t(f)),
    };
    let base = |f: &Formula| match f {
        Power(..) => format!("({})", t(f)),
        _ => factor(f),
    };
    match f {
        Number(n) => n.to_string(),
        Variable => x.to_owned(),
        Letter(name) => (*name).to_owned(),
        Sum(a, b) => format!("{} + {}", t(a), t(b)),
        Difference(a, b) => match **b {
            Sum(..) | Difference(..) => format!("{} - ({})", t(a), t(b)),
            _ => format!("{} - {}", t(a), factor(b)),
        },
        Product(a, b) if **a == Number(-1.0) => format!("-{}", factor(b)),
        Product(a, b) => {
            let side = |f: &Formula| match f {
                Product(a, _) if **a != Number(-1.0) => t(f),
                _ => factor(f),
            };
            format!("{}*{}", side(a), side(b))
        }
        Quotient(a, b) => format!("{}/{}", base(a), base(b)),
        Power(a, n) => format!("{}^{n}", base(a)),
        Exponential(c, a) => format!("{c}^({})", t(a)),
        Call(name, a) => format!("{name}({})", t(a)),
    }
}

/// The formula as LaTeX, with a name for the variable.
pub fn latex(f: &Formula, x: &str) -> String {
    let t = |f: &Formula| latex(f, x);
    let bracketed = |f: &Formula| format!(r"\left({}\right)", t(f));
    let factor = |f: &Formula| match f {
        Sum(..) | Difference(..) | Number(..=0.0) => bracketed(f),
        Product(a, _) if **a == Number(-1.0) => bracketed(f),
        _ => t(f),
    };
    match f {
        Number(n) => n.to_string(),
        Variable => x.to_owned(),
        Letter(name) => (*name).to_owned(),
        Sum(a, b) => format!("{} + {}", t(a), t(b)),
        Difference(a, b) => format!("{} - {}", t(a), factor(b)),
        Product(a, b) if **a == Number(-1.0) => format!("-{}", factor(b)),
        Product(a, b) => format!(r"{} \cdot {}", factor(a), factor(b)),
        Quotient(a, b) => format!(r"\frac{{{}}}{{{}}}", t(a), t(b)),
        Power(a, n) => match **a {
            Variable | Letter(_) => format!("{}^{{{n}}}", t(a)),
            _ => format!("{}^{{{n}}}", bracketed(a)),
        },
        Exponential(c, a) => format!("{c}^{{{}}}", t(a)),
        Call("exp", a) => format!("e^{{{}}}", t(a)),
        Call("sqrt", a) => format!(r"\sqrt{{{}}}", t(a)),
        Call("log", a) => format!(r"\ln{}", bracketed(a)),
        Call("sigmoid", a) => format!(r"\sigma{}", bracketed(a)),
        Call("atan", a) => format!(r"\arctan{}", bracketed(a)),
        Call(name, a) => format!(r"\{name}{}", bracketed(a)),
    }
}

/// How the lines with one mistake were explained.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rate {
    pub lines: usize,
    /// The mistake was named first.
    pub first: usize,
    /// It was among those named.
    pub shown: usize,
    /// Nothing was named.
    pub unnamed: usize,
}

impl Rate {
    pub fn total(rates: &BTreeMap<&str, Rate>) -> Rate {
        rates.values().fold(Rate::default(), |sum, rate| Rate {
            lines: sum.lines + rate.lines,
            first: sum.first + rate.first,
            shown: sum.shown + rate.shown,
            unnamed: sum.unnamed + rate.unnamed,
        })
    }
}

/// The answer in the engine's own short form.
fn shortened(text: &str) -> Option<String> {
    let request = Request { operator: Operator::Simplify, ..Request::default() };
    let answer = Problem::with(&[], &[]).ok()?.answer(text, &request).ok()?;
    answer.partials.into_iter().next().map(|partial| symdiff::print::text(&partial.tree))
}

/// Makes every mistake in each of some formulas, writes it in one of three ways, and looks at what is named. `told` hears of
/// what was not named first: the mistake, what was named, the line.
pub fn recognised(formulas: u64, told: &mut dyn FnMut(&str, &[&str], &str)) -> BTreeMap<&'static str, Rate> {
    let mut rates: BTreeMap<&str, Rate> = BTreeMap::new();
    for seed in 1..=formulas {
        let mut chance = Chance::new(seed + 1000);
        let depth = 1 + chance.below(3);
        let f = formula(&mut chance, depth);
        let right = Writer { mistake: "", place: 0, seen: 0 }.derivative(&f);
        for mistake in KINDS {
            let ways: Vec<_> = consequences(mistake, &f)
                .into_iter()
                .filter(|wrong| !agree(wrong, &right) && agree(wrong, wrong))
                .collect();
            if ways.is_empty() {
                continue;
            }
            let wrong = &ways[chance.below(ways.len())];
            let x = ["x", "t", "u"][chance.below(3)];
            let line = match chance.below(3) {
                0 => format!("d/d{x} ({}) = {}", text(&f, x), text(wrong, x)),
                1 => {
                    format!(r"$$\frac{{d}}{{d{x}}}\left({}\right) = {}$$", latex(&f, x), latex(wrong, x))
                }
                _ => {
                    let written = text(wrong, x);
                    format!("d/d{x} ({}) = {}", text(&f, x), shortened(&written).unwrap_or(written))
                }
            };
            let report = check(&line, "");
            let Some(last) = report.lines.last().filter(|last| last.verdict == Verdict::Wrong) else {
                told(mistake, &["not called wrong"], &line);
                continue;
            };
            let ids: Vec<&str> = last.diagnosis.iter().map(|d| d.id).collect();
            let rate = rates.entry(mistake).or_default();
            rate.lines += 1;
            rate.first += usize::from(ids.first() == Some(&mistake));
            rate.shown += usize::from(ids.contains(&mistake));
            rate.unnamed += usize::from(ids.is_empty());
            if ids.first() != Some(&mistake) {
                told(mistake, &ids, &line);
            }
        }
    }
    rates
}
