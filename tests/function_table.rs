//! Loops over the function table: nobody can add a row or an identity that is not tested here.

// What is measured or skipped is said.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;

use smallvec::SmallVec;
use symdiff::evaluate;
use symdiff::function::{self, Class, Function, Parity, Row};
use symdiff::ir::scalar::{Constant, Operation, Ref, Scalar, ScalarBuilder};
use symdiff::number::{Enclosure, Interval, Rational};
use symdiff::syntax::tree::{Kind, Relation, Tree};
use symdiff::syntax::{Names, parse, parse_fact};

fn names(variables: &[&str]) -> Names {
    let mut names = Names::default();
    for variable in variables {
        names.add_variable(variable);
    }
    names
}

fn formula(text: &str, variables: &[&str]) -> Tree {
    parse(text, &names(variables)).unwrap_or_else(|error| panic!("{text}: {error:?}")).tree
}

fn condition(text: &str, variables: &[&str]) -> Tree {
    parse_fact(text, &names(variables)).unwrap_or_else(|error| panic!("{text}: {error:?}")).tree
}

/// Lowers a formula of the table; brackets [a < b] are decided at the point.
struct Lowering<'a> {
    variables: &'a [&'a str],
    point: &'a [f64],
    builder: ScalarBuilder,
}

impl Lowering<'_> {
    fn add(&mut self, tree: &Tree) -> Ref {
        let operation = match &tree.kind {
            Kind::Number(q) => Operation::Number(q.clone()),
            Kind::Name(name) if name == "pi" => Operation::Constant(Constant::Pi),
            Kind::Name(name) if name == "e" => {
                let one = self.builder.integer(1);
                Operation::Call(Function::Known(function::EXP), SmallVec::from_slice(&[one]))
            }
            Kind::Name(name) => {
                let at = self.variables.iter().position(|v| v == name).unwrap_or_else(|| panic!("no {name}"));
                Operation::Leaf(at as u32)
            }
            Kind::Sum(terms) => return self.fold(terms, Operation::Add),
            Kind::Product(factors) => return self.fold(factors, Operation::Multiply),
            Kind::Quotient(a, b) => Operation::Divide(self.add(a), self.add(b)),
            Kind::Negate(a) => Operation::Negate(self.add(a)),
            Kind::Power(a, b) => {
                let (a, b) = (self.add(a), self.add(b));
                // A written fraction is one exact exponent.
                let exponent =
                    constant(&self.builder, b).map_or(b, |q| self.builder.add(Operation::Number(q)));
                Operation::Power(a, exponent)
            }
            Kind::Call { name, arguments, .. } => {
                let id = function::lookup(name).unwrap_or_else(|| panic!("no function {name}"));
                let arguments = arguments.iter().map(|a| self.add(a)).collect();
                Operation::Call(Function::Known(id), arguments)
            }
            Kind::Iverson(relation) => {
                let truth = holds(relation, self.variables, self.point);
                Operation::Number(Rational::integer(i64::from(truth == Some(true))))
            }
            other => panic!("not in the table's language: {other:?}"),
        };
        self.builder.add(operation)
    }

    fn fold(&mut self, trees: &[Tree], operation: fn(Ref, Ref) -> Operation) -> Ref {
        let mut all = trees.iter().map(|t| self.add(t)).collect::<Vec<_>>().into_iter();
        let first = all.next().expect("at least two");
        all.fold(first, |a, b| self.builder.add(operation(a, b)))
    }
}

fn constant(builder: &ScalarBuilder, at: Ref) -> Option<Rational> {
    match builder.node(at) {
        Operation::Number(q) => Some(q.clone()),
        Operation::Divide(a, b) => constant(builder, *a)?.divide(&constant(builder, *b)?),
        Operation::Negate(a) => constant(builder, *a).map(|q| -q),
        _ => None,
    }
}

fn lower(tree: &Tree, variables: &[&str], point: &[f64]) -> Scalar {
    let mut lowering = Lowering { variables, point, builder: ScalarBuilder::default() };
    let root = lowering.add(tree);
    lowering.builder.finish(root)
}

fn value(tree: &Tree, variables: &[&str], point: &[f64]) -> Option<f64> {
    evaluate::float(&lower(tree, variables, point), point).ok()
}

/// Does a condition hold? `None` if a side has no value.
fn holds(tree: &Tree, variables: &[&str], point: &[f64]) -> Option<bool> {
    match &tree.kind {
        Kind::And(all) => all.iter().try_fold(true, |sofar, one| Some(sofar & holds(one, variables, point)?)),
        Kind::Relation(relation, a, b) => {
            let (a, b) = (value(a, variables, point)?, value(b, variables, point)?);
            Some(match relation {
                Relation::Equal => a == b,
                Relation::NotEqual => a != b,
                Relation::Less => a < b,
                Relation::LessEqual => a <= b,
                Relation::Greater => a > b,
                Relation::GreaterEqual => a >= b,
            })
        }
        other => panic!("not a condition: {other:?}"),
    }
}

fn all_hold(texts: &[&str], variables: &[&str], point: &[f64]) -> bool {
    texts.iter().all(|text| holds(&condition(text, variables), variables, point) == Some(true))
}

fn elementwise() -> impl Iterator<Item = &'static Row> {
    function::all().map(|(_, row)| row).filter(|row| row.is_elementwise())
}

fn call(row: &Row) -> Scalar {
    let mut builder = ScalarBuilder::default();
    let arguments = (0..row.parameters.len()).map(|k| builder.add(Operation::Leaf(k as u32))).collect();
    let id = function::lookup(row.name).expect("its own name");
    let root = builder.add(Operation::Call(Function::Known(id), arguments));
    builder.finish(root)
}

/// Points in the sample of a row: an even grid with both ends.
fn sample(row: &Row) -> Vec<Vec<f64>> {
    let (low, high) = row.sample;
    grid(
        &(0..=24).map(|k| low + (high - low) * f64::from(k) / 24.0).collect::<Vec<_>>(),
        row.parameters.len(),
    )
}

fn grid(numbers: &[f64], dimensions: usize) -> Vec<Vec<f64>> {
    (0..dimensions).fold(vec![vec![]], |points, _| {
        points
            .iter()
            .flat_map(|point| {
                numbers.iter().map(move |x| {
                    let mut point = point.clone();
                    point.push(*x);
                    point
                })
            })
            .collect()
    })
}

/// Numbers of every size and sign, with those where something special happens.
fn everywhere() -> Vec<f64> {
    let mut numbers = vec![0.0];
    for x in [
        1e-300,
        1e-20,
        1e-9,
        1e-4,
        0.01,
        0.3,
        0.5,
        0.75,
        0.99,
        0.999_999_999,
        1.0,
        1.000_000_1,
        1.1,
        1.5,
        2.0,
        2.5,
        3.0,
        4.0,
        5.7,
        8.0,
        10.0,
        20.0,
        33.3,
        100.0,
        700.0,
        745.0,
        1e3,
        1e5,
        1e10,
        1e20,
        1e300,
    ] {
        numbers.extend([x, -x]);
    }
    numbers
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * (1.0 + a.abs().max(b.abs()))
}

#[test]
fn every_formula_of_the_table_is_read() {
    for row in elementwise() {
        for text in row.partials().iter().filter(|text| !text.is_empty()).chain(row.canonical.iter()) {
            lower(&formula(text, row.parameters), row.parameters, &[1.0, 1.0]);
        }
        for text in row.defined.iter().chain(row.differentiable) {
            holds(&condition(text, row.parameters), row.parameters, &[1.0, 1.0]);
        }
        for (at, value) in row.values {
            lower(&formula(at, &[]), &[], &[]);
            lower(&formula(value, &[]), &[], &[]);
        }
    }
}

#[test]
fn a_row_is_defined_exactly_where_it_says() {
    for row in elementwise() {
        let numbers =
            if row.parameters.len() == 1 { everywhere() } else { vec![-2.0, -1.0, -0.3, 0.0, 0.5, 1.0, 4.0] };
        for point in sample(row).into_iter().chain(grid(&numbers, row.parameters.len())) {
            let says = all_hold(row.defined, row.parameters, &point);
            let float = row.float(&point);
            let intervals: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
            let interval = row.interval(&intervals);
            assert_eq!(!float.is_nan(), says, "{} at {point:?}: {float}", row.name);
            if !says {
                assert!(!interval.is_defined(), "{} at {point:?}: {interval:?}", row.name);
            } else if point.iter().all(|x| x.abs() < 100.0) {
                assert!(float.is_finite(), "{} at {point:?}: {float}", row.name);
                assert!(interval.is_defined(), "{} at {point:?}", row.name);
            }
        }
    }
}

#[test]
fn enclosures_hold_the_true_value() {
    for row in elementwise() {
        let numbers =
            if row.parameters.len() == 1 { everywhere() } else { vec![-2.0, -1.0, -0.3, 0.0, 0.5, 1.0, 4.0] };
        let mut compared = 0;
        for point in sample(row).into_iter().chain(grid(&numbers, row.parameters.len())) {
            let intervals: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
            let interval = row.interval(&intervals);
            let precise: Vec<Enclosure> = point
                .iter()
                .map(|x| Enclosure::from_rational(&Rational::from_f64(*x).unwrap(), 1100))
                .collect();
            let Some((low, high)) = row.precise(&precise).and_then(|value| value.ends()) else {
                // No value by many digits: nothing may be claimed in f64 either, unless it is only too large or too small.
                assert!(
                    !interval.is_defined() || point.iter().any(|x| x.abs() > 500.0 || x.abs() < 1e-10),
                    "{} at {point:?}",
                    row.name
                );
                continue;
            };
            if interval.is_defined() {
                compared += 1;
                // An exact end may meet the last of the many digits.
                let slack = &(&high - &low) + &(&high - &low);
                assert!(
                    Rational::from_f64(interval.low).is_none_or(|end| &end - &slack <= low),
                    "{} at {point:?}: {interval:?}",
                    row.name
                );
                assert!(
                    Rational::from_f64(interval.high).is_none_or(|end| high <= &end + &slack),
                    "{} at {point:?}: {interval:?}",
                    row.name
                );
                assert!(
                    interval.contains(row.float(&point)) || row.float(&point).is_infinite(),
                    "{} at {point:?}",
                    row.name
                );
            }
        }
        assert!(compared > 20, "{}: only {compared} points", row.name);
        // Points without a pattern, to fewer digits; the worst error of the f64 value is shown.
        let (mut state, mut worst) = (1u64, 0.0f64);
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            row.sample.0 + (row.sample.1 - row.sample.0) * ((state >> 11) as f64 / (1u64 << 53) as f64)
        };
        let count = std::env::var("SYMDIFF_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
        for _ in 0..count {
            let point: Vec<f64> = row.parameters.iter().map(|_| random()).collect();
            let intervals: Vec<Interval> = point.iter().map(|x| Interval::point(*x)).collect();
            let precise: Vec<Enclosure> = point
                .iter()
                .map(|x| Enclosure::from_rational(&Rational::from_f64(*x).unwrap(), 192))
                .collect();
            let interval = row.interval(&intervals);
            if let Some((low, high)) = row.precise(&precise).and_then(|value| value.ends())
                && interval.is_defined()
            {
                let (below, above) =
                    (Rational::from_f64(interval.low).unwrap(), Rational::from_f64(interval.high).unwrap());
                assert!(below <= high && low <= above, "{} at {point:?}: {interval:?}", row.name);
                let slack = &(&high - &low) + &(&high - &low);
                assert!(
                    &below - &slack <= low && high <= &above + &slack,
                    "{} at {point:?}: {interval:?}",
                    row.name
                );
                let float = row.float(&point);
                let error = (&Rational::from_f64(float).unwrap() - &low).to_f64().abs();
                worst = worst.max(error / (float.abs().next_up() - float.abs()));
            }
        }
        eprintln!("{}: {worst:.2} ulp", row.name);
    }
}

#[test]
fn wide_arguments_are_enclosed() {
    for row in elementwise() {
        let (low, high) = row.sample;
        for part in 0..40 {
            let from = low + (high - low) * f64::from(part) / 40.0;
            for share in [0.01, 0.2, 1.0] {
                let to = (from + (high - low) * share).min(high);
                let wide = Interval::new(from, to);
                let inside: Vec<f64> =
                    (0..=10).map(|k| (from + (to - from) * f64::from(k) / 10.0).min(to)).collect();
                let arguments = vec![wide; row.parameters.len()];
                let interval = row.interval(&arguments);
                let is_inside = || {
                    let points = grid(&inside, row.parameters.len());
                    points.iter().all(|point| all_hold(row.defined, row.parameters, point))
                };
                assert!(
                    interval.is_defined() || row.sample.0 < 0.0 || !is_inside(),
                    "{} on {wide:?}",
                    row.name
                );
                if interval.is_defined() {
                    for point in grid(&inside, row.parameters.len()) {
                        let value = row.float(&point);
                        let slack = 1e-14 * value.abs();
                        assert!(
                            interval.low - slack <= value && value <= interval.high + slack,
                            "{} on {wide:?} at {point:?}",
                            row.name
                        );
                    }
                    assert!(
                        interval.low >= row.range.0 - 1e-9 && interval.high <= row.range.1 + 1e-9,
                        "{}",
                        row.name
                    );
                }
            }
        }
    }
}

#[test]
fn partials_agree_with_differences() {
    for row in elementwise() {
        let expression = call(row);
        for (place, text) in row.partials().iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let partial = formula(text, row.parameters);
            let mut compared = 0;
            for point in sample(row) {
                let (low, high) = row.sample;
                let margin = 0.02 * (high - low);
                let inner = point.iter().all(|x| low + margin < *x && *x < high - margin);
                if !inner || !all_hold(row.differentiable, row.parameters, &point) {
                    continue;
                }
                let Ok((_, slope)) = evaluate::dual(&expression, &point, place as u32) else { continue };
                let exact = value(&partial, row.parameters, &point)
                    .unwrap_or_else(|| panic!("{} has no partial at {point:?}", row.name));
                assert!(
                    close(slope, exact, 1e-8),
                    "{}, partial {place} at {point:?}: {exact} but differences say {slope}",
                    row.name
                );
                compared += 1;
            }
            assert!(compared >= 10, "{}: only {compared} points", row.name);
        }
    }
}

#[test]
fn parity_and_range_hold() {
    for row in elementwise() {
        let numbers =
            if row.parameters.len() == 1 { everywhere() } else { vec![-2.0, -1.0, -0.3, 0.0, 0.5, 1.0, 4.0] };
        let (low, high, low_attained, high_attained) = row.range;
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut seen = [false, false];
        for point in sample(row).into_iter().chain(grid(&numbers, row.parameters.len())) {
            let value = row.float(&point);
            if value.is_nan() {
                continue;
            }
            (least, most) = (least.min(value), most.max(value));
            assert!(low <= value && value <= high, "{} at {point:?} is {value}", row.name);
            if row.parameters.len() == 1 {
                let mirrored = row.float(&[-point[0]]);
                seen[0] |= mirrored != value && !mirrored.is_nan();
                seen[1] |= mirrored != -value && !mirrored.is_nan();
                match row.parity {
                    Parity::Odd => assert_eq!(mirrored, -value, "{} at {point:?}", row.name),
                    Parity::Even => assert_eq!(mirrored, value, "{} at {point:?}", row.name),
                    Parity::None => {}
                }
            }
        }
        if row.parameters.len() == 1 && row.parity == Parity::None && row.float(&[-row.sample.1]).is_finite()
        {
            assert!(seen[0] && seen[1], "{} has a parity", row.name);
        }
        assert!(!low_attained || least <= low + 1e-2, "{} does not come down to {low}", row.name);
        assert!(!high_attained || most >= high - 1e-2, "{} does not come up to {high}", row.name);
    }
}

#[test]
fn listed_values_and_canonical_forms_agree() {
    for row in elementwise() {
        for (at, listed) in row.values {
            let at = value(&formula(at, &[]), &[], &[]).expect("a number");
            let listed = value(&formula(listed, &[]), &[], &[]).expect("a number");
            assert!(
                close(row.float(&[at]), listed, 1e-14),
                "{}({at}) is {}, not {listed}",
                row.name,
                row.float(&[at])
            );
        }
        if let Some(text) = row.canonical {
            let canonical = formula(text, row.parameters);
            let mut compared = 0;
            for point in sample(row) {
                let float = row.float(&point);
                if float.is_nan() {
                    continue;
                }
                let other = value(&canonical, row.parameters, &point)
                    .unwrap_or_else(|| panic!("{} at {point:?} has no canonical value", row.name));
                assert!(
                    close(float, other, 1e-12),
                    "{} at {point:?}: {float} but {text} is {other}",
                    row.name
                );
                compared += 1;
            }
            assert!(compared >= 10, "{}", row.name);
        }
    }
}

#[test]
fn exact_values_are_exact() {
    for row in elementwise() {
        let Some(exact) = row.exact else { continue };
        let numbers = [-8, -6, -3, -2, -1, 0, 1, 2, 3, 6, 8, 27].map(|n| Rational::fraction(n, 2).unwrap());
        let mut found = 0;
        for x in &numbers {
            for y in &numbers {
                let arguments =
                    if row.parameters.len() == 1 { vec![x.clone()] } else { vec![x.clone(), y.clone()] };
                let floats: Vec<f64> = arguments.iter().map(Rational::to_f64).collect();
                if let Some(value) = exact(&arguments) {
                    assert!(
                        close(row.float(&floats), value.to_f64(), 1e-15),
                        "{} at {arguments:?}",
                        row.name
                    );
                    found += 1;
                }
            }
        }
        assert!(found >= 12, "{}", row.name);
    }
}

/// Canonical forms must come to an end: they are made of rows that have none, or whose own come to an end.
#[test]
fn canonical_forms_are_not_circular() {
    fn depth(name: &str, known: &mut BTreeMap<String, Option<u32>>) -> u32 {
        let row = function::row(function::lookup(name).expect("a row"));
        match known.get(row.name) {
            Some(Some(depth)) => return *depth,
            Some(None) => panic!("{name} is defined by itself"),
            None => {}
        }
        known.insert(row.name.into(), None);
        let own = row.canonical.map_or(0, |text| {
            let scalar = lower(&formula(text, row.parameters), row.parameters, &[1.0, 1.0]);
            let used = scalar.nodes().iter().filter_map(|operation| match operation {
                Operation::Call(Function::Known(id), _) => Some(1 + depth(function::row(*id).name, known)),
                _ => None,
            });
            used.max().unwrap_or(1)
        });
        known.insert(row.name.into(), Some(own));
        own
    }
    let mut known = BTreeMap::new();
    for row in elementwise() {
        assert!(depth(row.name, &mut known) <= 3, "{}", row.name);
    }
}

/// What is wrong with an identity at sampled points, and at how many both sides have values.
fn faults(class: Class, guard: Option<&Tree>, left: &Tree, right: &Tree) -> (Vec<String>, usize) {
    let variables = ["x", "y"];
    let numbers =
        [-6.0, -2.5, -2.0, -1.3, -1.0, -0.75, -0.5, -0.2, 0.0, 0.3, 0.5, 0.8, 1.0, 1.2, 2.0, 2.9, 3.5, 7.0];
    let (mut faults, mut compared) = (Vec::new(), 0);
    for point in grid(&numbers, 2) {
        if guard.is_some_and(|guard| holds(guard, &variables, &point) != Some(true)) {
            continue;
        }
        let (a, b) = (lower(left, &variables, &point), lower(right, &variables, &point));
        let boxes = [Interval::point(point[0]), Interval::point(point[1])];
        let (p, q) = (evaluate::interval(&a, &boxes), evaluate::interval(&b, &boxes));
        // A side counts as defined if it is proved to be: rounding hides poles such as tan(asin(1)).
        match (evaluate::float(&a, &point), evaluate::float(&b, &point)) {
            (Ok(left), Ok(right)) => {
                if p.is_disjoint(&q) || !close(left, right, 1e-9) {
                    faults.push(format!("at {point:?}: {left} is not {right}"));
                }
                compared += 1;
            }
            (Ok(_), Err(why)) if p.is_defined() => {
                faults.push(format!("at {point:?}: the right side is lost: {why}"));
            }
            (Err(why), Ok(_)) if q.is_defined() && matches!(class, Class::Total | Class::Conditional) => {
                faults.push(format!("at {point:?}: the domain grows, it is not total: left {why}"));
            }
            _ => {}
        }
    }
    (faults, compared)
}

#[test]
fn identities_hold_and_keep_their_class() {
    let variables = ["x", "y"];
    let mut failures = Vec::new();
    let mut known = BTreeMap::new();
    for identity in function::IDENTITIES {
        if let Some(other) = known.insert(identity.name, identity) {
            failures.push(format!("two identities are called {}", other.name));
        }
        if identity.both_ways && !matches!(identity.class, Class::Total | Class::Conditional) {
            failures.push(format!("{} is used backwards though it widens the domain", identity.name));
        }
        if identity.condition.is_empty() != matches!(identity.class, Class::Total | Class::ExtendOnly) {
            failures.push(format!("{}: its class does not fit its condition", identity.name));
        }
        let (left, right) = (formula(identity.left, &variables), formula(identity.right, &variables));
        let guard = (!identity.condition.is_empty()).then(|| condition(identity.condition, &variables));
        let (faults, compared) = faults(identity.class, guard.as_ref(), &left, &right);
        failures.extend(faults.first().map(|fault| format!("{} {fault}", identity.name)));
        if compared < 8 {
            failures.push(format!("{}: compared at only {compared} points", identity.name));
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

/// The same tree with one slip, once for each slip.
fn slips(tree: &Tree) -> Vec<Tree> {
    let inside = |parts: &[Tree], make: &dyn Fn(Vec<Tree>) -> Kind| -> Vec<Tree> {
        let mut all = vec![];
        for (at, part) in parts.iter().enumerate() {
            for slip in slips(part) {
                let mut parts = parts.to_vec();
                parts[at] = slip;
                all.push(make(parts).into());
            }
        }
        all
    };
    match &tree.kind {
        Kind::Number(q) => vec![Kind::Number(q + &Rational::ONE).into()],
        Kind::Name(name) if name == "x" => vec![Tree::name("y")],
        Kind::Name(name) if name == "y" => vec![Tree::name("x")],
        Kind::Negate(a) => {
            let mut all = vec![(**a).clone()];
            all.extend(slips(a).into_iter().map(|a| Kind::Negate(Box::new(a)).into()));
            all
        }
        Kind::Sum(terms) => {
            let mut all = inside(terms, &Kind::Sum);
            let last = terms.len() - 1;
            let mut flipped = terms.clone();
            flipped[last] = match &terms[last].kind {
                Kind::Negate(_) => return all,
                _ => Kind::Negate(Box::new(terms[last].clone())).into(),
            };
            all.push(Kind::Sum(flipped).into());
            all
        }
        Kind::Product(factors) => inside(factors, &Kind::Product),
        Kind::Quotient(a, b) => {
            let pair =
                |parts: Vec<Tree>| Kind::Quotient(Box::new(parts[0].clone()), Box::new(parts[1].clone()));
            let mut all = inside(&[(**a).clone(), (**b).clone()], &pair);
            all.push(Kind::Product(vec![(**a).clone(), (**b).clone()]).into());
            all
        }
        Kind::Power(a, b) => {
            let pair = |parts: Vec<Tree>| Kind::Power(Box::new(parts[0].clone()), Box::new(parts[1].clone()));
            inside(&[(**a).clone(), (**b).clone()], &pair)
        }
        Kind::Call { name, arguments, .. } => {
            let row = function::row(function::lookup(name).expect("a row"));
            let other =
                elementwise().filter(|r| r.parameters.len() == row.parameters.len() && r.name != row.name);
            let mut all: Vec<Tree> = other.map(|r| Tree::call(r.name, arguments.clone())).collect();
            all.extend(inside(arguments, &|arguments| Tree::call(name.clone(), arguments).kind));
            all
        }
        _ => vec![],
    }
}

#[test]
fn a_slip_in_an_identity_is_found() {
    let variables = ["x", "y"];
    let (mut total, mut survivors) = (0, Vec::new());
    for identity in function::IDENTITIES {
        let (left, right) = (formula(identity.left, &variables), formula(identity.right, &variables));
        let guard = (!identity.condition.is_empty()).then(|| condition(identity.condition, &variables));
        for slip in slips(&right) {
            total += 1;
            if faults(identity.class, guard.as_ref(), &left, &slip).0.is_empty() {
                survivors.push(format!("{} = {}", identity.left, symdiff::print::text(&slip)));
            }
        }
    }
    eprintln!("{total} slips, {} not found", survivors.len());
    assert!(survivors.is_empty(), "{} of {total} survive:\n{}", survivors.len(), survivors.join("\n"));
}

/// Values that others computed: each row's expected derivative at its points, and the derivative of its expression by dual
/// numbers. Where f64 cancels, many digits decide.
#[test]
fn values_of_the_corpora() {
    let Ok(folder) = std::env::var("SYMDIFF_CORPORA") else {
        eprintln!("skipped: SYMDIFF_CORPORA is not set");
        return;
    };
    let mut failures = Vec::new();
    for file in ["feynman", "rubi_s300", "fpcore_dev", "symengine_tests", "sympy_diff"] {
        let text = std::fs::read_to_string(format!("{folder}/{file}.jsonl")).expect("a corpus");
        let (mut points, mut unread, mut by_precise, mut slopes, mut no_slope) = (0, 0, 0, 0, 0);
        for line in text.lines() {
            let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let id = row["id"].as_str().unwrap_or("?").to_owned();
            let variables: Vec<&str> =
                row["vars"].as_array().map_or(vec![], |v| v.iter().filter_map(|v| v.as_str()).collect());
            let read = |key: &str| {
                parse(row[key].as_str().unwrap_or(""), &names(&variables)).map(|parsed| parsed.tree)
            };
            // Where no closed form is listed, the expression stands for itself and only its slope is compared.
            let listed = row["expected"].as_str().is_some_and(|text| !text.is_empty());
            let (Ok(expected), Ok(expression)) =
                (read(if listed { "expected" } else { "expr" }), read("expr"))
            else {
                unread += 1;
                eprintln!("unread: {id}: {} | {}", row["expr"], row["expected"]);
                continue;
            };
            for point in row["points"].as_array().into_iter().flatten() {
                let at: Vec<f64> =
                    variables.iter().map(|v| point["at"][*v].as_f64().unwrap_or(f64::NAN)).collect();
                let value: f64 = point["value"].as_str().and_then(|v| v.parse().ok()).unwrap_or(f64::NAN);
                if at.iter().any(|x| x.is_nan()) || value.is_nan() {
                    continue;
                }
                points += 1;
                let near = |x: f64| (x - value).abs() <= 1e-9 * value.abs().max(1e-300);
                let mut sides = vec![];
                if listed {
                    sides.push(&expected);
                }
                if row["kind"] == "equality" {
                    sides.push(&expression);
                }
                for side in sides {
                    let scalar = lower(side, &variables, &at);
                    let float = evaluate::float(&scalar, &at);
                    if !float.as_ref().is_ok_and(|x| near(*x)) {
                        let exact: Vec<Rational> =
                            at.iter().map(|x| Rational::from_f64(*x).unwrap()).collect();
                        let precise = evaluate::precise(&scalar, &exact, 20);
                        let middle = precise.as_ref().map(|p| p.to_interval().middle());
                        if middle.is_some_and(|x| near(x) || (value == 0.0 && x.abs() < 1e-30)) {
                            by_precise += 1;
                        } else if float.is_err() && middle.is_none() {
                            // log(0) and the like: some tables continue them, we say that there is no value.
                            eprintln!("without a value: {id} at {at:?}: {}", float.unwrap_err());
                        } else {
                            failures.push(format!("{id} at {at:?}: {float:?} or {middle:?}, not {value}"));
                        }
                    }
                }
                let wrt = row["wrt"].as_str().and_then(|w| variables.iter().position(|v| *v == w));
                if let Some(wrt) = wrt
                    && row["kind"] == "derivative"
                {
                    match evaluate::dual(&lower(&expression, &variables, &at), &at, wrt as u32) {
                        Ok((f, slope)) if (slope - value).abs() > 1e-6 * (value.abs() + f.abs() + 1e-3) => {
                            failures.push(format!("{id} at {at:?}: slope {slope}, not {value}"));
                        }
                        Ok(_) => slopes += 1,
                        Err(_) => no_slope += 1,
                    }
                }
            }
        }
        eprintln!(
            "{file}: {points} values, {by_precise} by many digits, {slopes} slopes, {no_slope} without, {unread} rows unread"
        );
    }
    for failure in &failures {
        eprintln!("{failure}");
    }
    assert!(failures.is_empty(), "{} failures", failures.len());
}
