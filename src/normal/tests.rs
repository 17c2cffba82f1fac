//! Known results, soundness on random expressions, and timings.

use super::testing::{DEFINITIONS, differentiate, leaf, read, show};
use super::{Limits, candidates, cost};

/// The formulas of the measurements behind the design, with the leaf to differentiate by.
const FORMULAS: &[(&str, &str)] = &[
    ("(x^2+sigmoid(y))/(3*x+y-sigmoid(x))", "x"),
    ("(x^2+sigmoid(y))/(3*x+y-sigmoid(x))", "y"),
    ("log(1+exp(x))", "x"),
    ("exp(x)/(exp(x)+exp(y)+exp(z))", "x"),
    ("exp(x)/(exp(x)+exp(y)+exp(z))", "y"),
    ("(x+1)*(x+2)*(x+3)*(x+4)*(x+5)*(x+6)*(x+7)*(x+8)", "x"),
    ("x*sin(x)*exp(x)*log(x)*(x^2+1)*cos(x)*sqrt(x)*tanh(x)", "x"),
    ("(x^3+2*x+1)/(x^2+1)", "x"),
    ("(x^2-1)/(x+1)", "x"),
    ("sin(cos(tan(x)))", "x"),
    ("exp(sin(x)^2)", "x"),
    ("sqrt(x^2+y^2)", "x"),
    ("log(x+sqrt(x^2+1))", "x"),
    ("tanh(x)", "x"),
    ("tanh(x)^2", "x"),
    ("sigmoid(x)", "x"),
    ("sigmoid(w*x+b)", "w"),
    ("x*sigmoid(x)", "x"),
    ("sin(x)^2+cos(x)^2", "x"),
    ("x^x", "x"),
    ("(1-x)/(1+x)", "x"),
    ("(a*x+b)/(c*x+d)", "x"),
    ("exp(-x^2/2)", "x"),
    ("-(x-m)^2/(2*s^2)-log(s)", "s"),
    ("-(x-m)^2/(2*s^2)-log(s)", "m"),
    ("-(t*log(sigmoid(x))+(1-t)*log(1-sigmoid(x)))", "x"),
    ("1/2*x*(1+tanh(k*(x+447/10000*x^3)))", "x"),
    ("log((1+x)/(1-x))", "x"),
    ("tan(x)^2", "x"),
    ("sin(x)/cos(x)", "x"),
    ("1/(1+exp(-x))", "x"),
    ("x*sqrt(1-x^2)", "x"),
    ("log(exp(x)+exp(y))", "x"),
    ("x^3*exp(-2*x)*sin(3*x)", "x"),
    ("((x^2+1)/(x^2-1))^3", "x"),
    ("log(log(log(x)))", "x"),
    ("x*tanh(log(1+exp(x)))", "x"),
    ("sqrt(x^2+1)/sqrt(x^2-1)", "x"),
    ("(exp(x)+exp(-x))/2", "x"),
    ("(exp(x)-exp(-x))/(exp(x)+exp(-x))", "x"),
    ("x^3/(exp(x)-1)", "x"),
    ("4*w*((s/r)^12-(s/r)^6)", "r"),
    ("(x^2+x+1)*(x^2-x+1)", "x"),
    ("sin(2*x)*cos(2*x)", "x"),
    ("1/(1+1/(1+1/(1+x)))", "x"),
    ("v*x^n/(k^n+x^n)", "x"),
    ("-(t*log(p)+(1-t)*log(1-p))", "p"),
    ("p*log(p/q)+(1-p)*log((1-p)/(1-q))", "p"),
];

#[test]
fn measure_the_formulas() {
    let limits = Limits::default();
    let mut times = Vec::new();
    let (mut raw, mut best) = (0, 0);
    for (text, by) in FORMULAS {
        let derivative = differentiate(&read(text), leaf(by));
        let found = candidates(&derivative, &*DEFINITIONS, &limits);
        let mut shortest = std::time::Duration::MAX;
        for _ in 0..3 {
            let start = std::time::Instant::now();
            let again = candidates(&derivative, &*DEFINITIONS, &limits);
            shortest = shortest.min(start.elapsed());
            assert_eq!(again.root, found.root, "{text}");
        }
        times.push(shortest.as_micros());
        let before = cost(&derivative);
        let after = found.root.iter().map(cost).min().unwrap_or(before).min(before);
        raw += before;
        best += after;
        let first = found.root.first().map_or_else(|| "-".to_owned(), show);
        println!("{before:4} {after:4} {:5} µs  {text}  {by}:  {first}", shortest.as_micros());
    }
    times.sort_unstable();
    println!(
        "raw {raw}, best {best}; µs median {} p90 {} max {}",
        times[times.len() / 2],
        times[times.len() * 9 / 10],
        times[times.len() - 1]
    );
    assert!(best < raw);
}

#[test]
fn profile_one() {
    let Ok(text) = std::env::var("SYMDIFF_PROFILE") else { return };
    let derivative = differentiate(&read(&text), leaf("y"));
    for _ in 0..3000 {
        std::hint::black_box(candidates(&derivative, &*DEFINITIONS, &Limits::default()));
    }
}
