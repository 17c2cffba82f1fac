//! Random formulas in index notation against a plain interpreter of the written formula: what is read, brought into
//! construction form, evaluated and differentiated must have the values that the notation says.

mod problem;

use std::collections::BTreeMap;

use problem::Problem;
use proptest::prelude::*;
use symdiff::function;
use symdiff::syntax::parse;
use symdiff::syntax::tree::{Big, Kind, Relation, Tree};

const N: usize = 3;

/// Values of the variables: matrices A, B, symmetric S, vectors x and y, a scalar c.
type Values = BTreeMap<&'static str, Vec<f64>>;

const SHAPES: [(&str, u32); 6] = [("A", 2), ("B", 2), ("S", 2), ("x", 1), ("y", 1), ("c", 0)];

fn values(seed: u64) -> Values {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        0.3 + (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut out = Values::new();
    for (name, rank) in SHAPES {
        let mut entries: Vec<f64> = (0..N.pow(rank)).map(|_| next()).collect();
        if name == "S" {
            for i in 0..N {
                for j in 0..i {
                    entries[i * N + j] = entries[j * N + i];
                }
            }
        }
        out.insert(name, entries);
    }
    out
}

/// The value of a formula as it is written; indices are in scope with their position.
fn interpret(tree: &Tree, values: &Values, scope: &mut Vec<(String, usize)>) -> f64 {
    let position = |tree: &Tree, scope: &Vec<(String, usize)>| match &tree.kind {
        Kind::Name(name) => scope.iter().rev().find(|(n, _)| n == name).expect("an index").1,
        Kind::Number(n) => n.as_integer().expect("a position") as usize,
        other => panic!("{other:?} as a subscript"),
    };
    match &tree.kind {
        Kind::Number(value) => value.to_f64(),
        Kind::Name(name) => match scope.iter().rev().find(|(n, _)| n == name) {
            Some((_, at)) => *at as f64,
            None => values[name.as_str()][0],
        },
        Kind::Sum(terms) => terms.iter().map(|t| interpret(t, values, scope)).sum(),
        Kind::Product(factors) => factors.iter().map(|t| interpret(t, values, scope)).product(),
        Kind::Quotient(a, b) => interpret(a, values, scope) / interpret(b, values, scope),
        Kind::Negate(a) => -interpret(a, values, scope),
        Kind::Power(a, b) => interpret(a, values, scope).powf(interpret(b, values, scope)),
        Kind::Call { name, arguments, .. } => {
            let arguments: Vec<f64> = arguments.iter().map(|a| interpret(a, values, scope)).collect();
            function::row(function::lookup(name).expect("a function")).float(&arguments)
        }
        Kind::Index(base, subscripts) => {
            let Kind::Name(name) = &base.kind else { panic!("{base:?} with a subscript") };
            let at = subscripts.iter().fold(0, |at, s| at * N + position(s, scope) - 1);
            values[name.as_str()][at]
        }
        Kind::Iverson(relation) => {
            let Kind::Relation(relation, a, b) = &relation.kind else { panic!("{relation:?}") };
            let (a, b) = (interpret(a, values, scope), interpret(b, values, scope));
            f64::from(u8::from(match relation {
                Relation::Equal => a == b,
                Relation::NotEqual => a != b,
                Relation::Less => a < b,
                Relation::LessEqual => a <= b,
                Relation::Greater => a > b,
                Relation::GreaterEqual => a >= b,
            }))
        }
        Kind::Big { operation: Big::Sum, indices, condition: None, body } => {
            let depth = scope.len();
            let mut sum = 0.0;
            for number in 0..N.pow(indices.len() as u32) {
                let mut rest = number;
                for index in indices {
                    scope.push((index.name.clone(), rest % N + 1));
                    rest /= N;
                }
                sum += interpret(body, values, scope);
                scope.truncate(depth);
            }
            sum
        }
        other => panic!("{other:?} is not generated"),
    }
}

/// A factor on indices out of those in scope.
fn any_factor(indices: &'static [&'static str]) -> impl Strategy<Value = String> {
    let index = proptest::sample::select(indices);
    let pair = (index.clone(), proptest::sample::select(indices));
    prop_oneof![
        (proptest::sample::select(&["A", "B", "S"][..]), pair.clone())
            .prop_map(|(name, (i, j))| format!("{name}[{i},{j}]")),
        (proptest::sample::select(&["x", "y"][..]), index.clone())
            .prop_map(|(name, i)| format!("{name}[{i}]")),
        pair.clone().prop_map(|(i, j)| format!("(x[{i}] - x[{j}])^2")),
        pair.clone().prop_map(|(i, j)| format!("(y[{i}] - y[{j}])")),
        pair.clone().prop_map(|(i, j)| format!("exp(-S[{i},{j}]*x[{i}])")),
        pair.clone().prop_map(|(i, j)| format!("(1 + A[{i},{j}])^(-1)")),
        pair.clone().prop_map(|(i, j)| format!("tanh(A[{i},{j}] + A[{j},{i}])")),
        pair.clone().prop_map(|(i, j)| if i == j { format!("[{i} = 2]") } else { format!("[{i} = {j}]") }),
        pair.prop_map(|(i, j)| if i == j { format!("[{i} <= 2]") } else { format!("[{i} != {j}]") }),
        index.prop_map(|i| format!("(c + x[{i}])^(1/2)")),
        Just("c".to_owned()),
        (1i32..4).prop_map(|n| format!("{n}/3")),
    ]
}

fn any_product(indices: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::collection::vec(any_factor(indices), 1..5).prop_map(|factors| factors.join("*"))
}

/// A scalar: sums over up to four indices, sums inside sums, functions around them.
fn any_scalar() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        any_product(&["i"]).prop_map(|p| format!("sum[i] {p}*x[i]")),
        any_product(&["i", "j"]).prop_map(|p| format!("sum[i,j] {p}*A[i,j]")),
        any_product(&["i", "j", "k"]).prop_map(|p| format!("sum[i,j,k] {p}*A[i,j]*x[k]")),
        any_product(&["i", "j", "k", "l"]).prop_map(|p| format!("sum[i,j,k,l] {p}*S[i,j]*S[k,l]")),
    ];
    let nested = (any_product(&["i", "j"]), any_product(&["i", "j"])).prop_flat_map(|(outer, inner)| {
        prop_oneof![
            Just(format!("sum[i] x[i]*(sum[j] {inner}*y[j])^2")),
            Just(format!("sum[i,j] {outer}*x[i]*y[j]/(1 + sum[k] exp(A[i,k]*S[j,k]))")),
            Just(format!("sum[i] log(1 + (sum[j] {inner}*B[i,j])^2)")),
            Just(format!("(sum[i,j] {outer}*x[i]*x[j])*(sum[i,j] {inner}*y[i]*y[j])")),
        ]
    });
    let one = prop_oneof![plain, nested];
    (one.clone(), one, 0..5).prop_map(|(a, b, shape)| match shape {
        0 => a,
        1 => format!("({a}) - ({b})"),
        2 => format!("tanh(({a})/9)*({b})"),
        3 => format!("({a})/(1 + ({b})^2)"),
        _ => format!("({a})^2 + c*({b})"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn values_and_gradients_are_those_of_the_notation(formula in any_scalar(), seed in 1u64..1000) {
        let mut problem = Problem::new(
            &["A: R[3,3]", "B: R[3,3]", "S: R[3,3]", "x: R[3]", "y: R[3]"],
            &["S' = S"],
        );
        problem.variable("c");
        let tree = parse(&formula, &problem.environment.names).unwrap().tree;
        let node = problem.formula(&formula);
        let values = values(seed);
        for (name, rank) in SHAPES {
            problem.set(name, &[N; 2][..rank as usize], &values[name]);
        }
        let expected = interpret(&tree, &values, &mut Vec::new());
        let value = problem.entries(node)[0];
        let scale = expected.abs().max(1.0);
        prop_assert!((value - expected).abs() <= 1e-11 * scale, "{} for {}", value, expected);

        let names = ["A", "S", "x", "c"];
        let partials = problem.derivatives(node, &names);
        for (name, partial) in names.into_iter().zip(partials) {
            let engine = problem.entries(partial);
            let flat = problem.environment.graph.rebuild(partial, &rustc_hash::FxHashMap::default());
            let flat = problem.entries(flat);
            let rank = values[name].len().ilog(N) as usize;
            for at in 0..values[name].len() {
                let mut moved = vec![at];
                if name == "S" {
                    moved.push(at % N * N + at / N);
                    moved.dedup();
                }
                let shifted = |step: f64| {
                    let mut values = values.clone();
                    for entry in &moved {
                        values.get_mut(name).unwrap()[*entry] += step;
                    }
                    interpret(&tree, &values, &mut Vec::new())
                };
                let h = 1e-3;
                let slope =
                    (8.0 * (shifted(h) - shifted(-h)) - (shifted(2.0 * h) - shifted(-2.0 * h))) / (12.0 * h);
                let actual: f64 = moved.iter().map(|e| engine[*e]).sum();
                let flat: f64 = moved.iter().map(|e| flat[*e]).sum();
                let scale = slope.abs().max(expected.abs()).max(1.0);
                prop_assert!((actual - slope).abs() <= 1e-6 * scale, "by {name}, rank {rank}, entry {at}: {} for {}", actual, slope);
                prop_assert!((flat - actual).abs() <= 1e-9 * scale, "flat, by {name}, entry {at}: {} for {}", flat, actual);
            }
        }
    }

    #[test]
    fn renaming_indices_and_reordering_factors_changes_no_node(
        factors in proptest::collection::vec(any_factor(&["i", "j", "k"]), 1..6),
        turn in 0usize..6,
    ) {
        // What stands inside a function keeps the order in which its indices were first named.
        prop_assume!(factors.iter().all(|factor| !factor.starts_with("exp") && !factor.starts_with("tanh")));
        let mut problem = Problem::new(
            &["A: R[3,3]", "B: R[3,3]", "S: R[3,3]", "x: R[3]", "y: R[3]"],
            &["S' = S"],
        );
        problem.variable("c");
        let first = format!("sum[i,j,k] {}*A[i,j]*x[k]", factors.join("*"));
        let node = problem.formula(&first);
        let mut other = factors.clone();
        other.rotate_left(turn % factors.len().max(1));
        let names = [["p", "q", "r"], ["q", "r", "p"], ["r", "p", "q"]][turn % 3];
        let renamed = |text: &str| {
            text.replace("[i", &format!("[{}", names[0])).replace(",i", &format!(",{}", names[0])).replace("= i", &format!("= {}", names[0]))
                .replace("[j", &format!("[{}", names[1])).replace(",j", &format!(",{}", names[1])).replace("= j", &format!("= {}", names[1]))
                .replace("[k", &format!("[{}", names[2])).replace(",k", &format!(",{}", names[2])).replace("= k", &format!("= {}", names[2]))
        };
        let second = renamed(&format!("sum[k,i,j] x[k]*{}*A[i,j]", other.join("*")));
        let again = problem.formula(&second);
        prop_assert_eq!(node, again, "{} and {}", first, second);
    }
}
