//! Certificates of claims that are wrong: the independent checker may accept none of them.

use symdiff::certificate::{Certificate, Justification, Step, verify};
use symdiff::evaluate::{interval, precise_at};
use symdiff::number::{Interval, Rational};
use symdiff::syntax::tree::{Kind, Tree};
use symdiff::{Problem, Request, print};

use super::generate::{self, Expressions, Random};
use super::judge::{coordinate, variables};
use super::plain::scalar;
use super::{Tally, in_parallel};

const POINTS: u64 = 14;
const BITS: usize = 320;

/// A point at which both have values that differ for certain.
fn apart(left: &Tree, right: &Tree) -> Option<Vec<(String, Rational)>> {
    let names = variables([left, right]);
    let (a, b) = (scalar(left, &names)?, scalar(right, &names)?);
    (0..POINTS).find_map(|trial| {
        let point: Vec<Rational> = (0..names.len() as u64).map(|leaf| coordinate(trial, leaf)).collect();
        let boxes: Vec<Interval> = point.iter().map(Interval::from_rational).collect();
        let (p, q) = (interval(&a, &boxes), interval(&b, &boxes));
        let differ = p.is_defined()
            && q.is_defined()
            && (p.is_disjoint(&q)
                || precise_at(&a, &point, BITS)
                    .zip(precise_at(&b, &point, BITS))
                    .is_some_and(|(p, q)| p.is_disjoint(&q)));
        differ.then(|| names.iter().cloned().zip(point).collect())
    })
}

/// The derivative that the engine states, and its claim's left side.
fn differentiated(tree: &Tree, random: &mut Random) -> Option<(Tree, Tree)> {
    let names = variables([tree, tree]);
    let by = names.get(random.below(names.len()))?;
    let request = Request { wrt: vec![by.clone()], ..Request::default() };
    let answer = Problem::new().answer(&print::text(tree), &request).ok()?;
    let derivative = answer.partials.first()?.tree.clone();
    Some((Tree::call("diff", vec![tree.clone(), Tree::name(by.clone())]), derivative))
}

fn one(expressions: &Expressions, seed: u64, at: u64, tally: &mut Tally) {
    for attempt in 0..40 {
        let mut random = Random::new(seed, at * 64 + attempt);
        let tree = expressions.any(&mut random);
        // What is claimed of which formula, and what that formula equals.
        let (left, truth) = match random.below(3) {
            0 => match differentiated(&tree, &mut random) {
                Some(pair) => pair,
                None => continue,
            },
            1 => match generate::rewritten(&tree, &mut random) {
                Some(other) => (other, tree),
                None => continue,
            },
            _ => (tree.clone(), tree),
        };
        let Some(wrong) = generate::slipped(&truth, &mut random) else { continue };
        let Some(point) = apart(&truth, &wrong) else {
            tally.skipped += 1;
            continue;
        };
        let (a, b) = (print::text(&left), print::text(&wrong));
        // Conditions that hold at the point: signs that laws could be applied by.
        let conditions: Vec<String> = point
            .iter()
            .filter(|_| random.below(3) == 0)
            .map(|(name, value)| format!("{name} {} 0", if value.is_negative() { "<" } else { ">" }))
            .collect();
        let is_cases = |tree: &Tree| {
            let mut found = false;
            tree.walk(&mut |part| found |= matches!(part.kind, Kind::Cases(_)));
            found
        };
        if is_cases(&wrong) {
            continue;
        }
        let step = |after: &str| Step { after: after.to_owned(), because: Justification::Algebra };
        let base = Certificate { left: a.clone(), right: b.clone(), conditions, ..Certificate::default() };
        let certificate = match random.below(4) {
            0 => Certificate { right: a.clone(), steps: vec![step(&b), step(&a)], ..base },
            1 => Certificate { left: b.clone(), right: a.clone(), steps: vec![step(&a)], ..base },
            2 => {
                let on = point.first().map_or("1".to_owned(), |(name, _)| name.clone());
                Certificate { steps: vec![Step { after: b, because: Justification::Cases { on } }], ..base }
            }
            _ => Certificate { steps: vec![step(&b)], ..base },
        };
        let start = std::time::Instant::now();
        let accepted = verify(&certificate).is_ok();
        tally.times.push(start.elapsed());
        tally.pairs += 1;
        if accepted {
            tally.proved += 1;
            tally
                .examples
                .push(format!("WRONG accepted [{at}.{attempt}] {} at {point:?}", certificate.to_json()));
        } else {
            tally.refuted += 1;
        }
        return;
    }
}

/// So many wrong certificates; false if one is accepted.
pub fn run(expressions: &Expressions, count: u64, seed: u64) -> bool {
    let start = std::time::Instant::now();
    let mut total = Tally::default();
    for part in in_parallel(count, |at, tally| one(expressions, seed, at, tally), Tally::default) {
        total.add(part);
    }
    total.examples.sort();
    for example in &total.examples {
        println!("{example}");
    }
    let worst = total.times.iter().max().copied().unwrap_or_default();
    println!(
        "{} wrong certificates ({} drawn and not used): {} accepted; worst {worst:.1?}, {:.0?} in all",
        total.pairs,
        total.skipped,
        total.proved,
        start.elapsed()
    );
    total.proved == 0
}
