//! The simplifier from outside: what it makes of known derivatives, that it changes no value and shrinks no domain, and
//! that the order of operands does not show.

#[allow(dead_code)]
#[path = "../benches/simplify_size/plain.rs"]
mod plain;

use proptest::prelude::*;
use symdiff::evaluate::interval;
use symdiff::function::{self, Function};
use symdiff::ir::scalar::{Operation, Ref, Scalar, ScalarBuilder};
use symdiff::number::Sign;
use symdiff::simplify::{Effort, LeafFacts, Options, Simplified, simplify, to_tree, tree_nodes};
use symdiff::syntax::tree::{Kind, Tree};

fn text(tree: &Tree, least: u8) -> String {
    let all = |trees: &[Tree], level: u8, between: &str| {
        trees.iter().map(|t| text(t, level)).collect::<Vec<_>>().join(between)
    };
    let (own, level) = match &tree.kind {
        Kind::Number(q) => (q.to_string(), 9),
        Kind::Name(n) => (n.clone(), 9),
        Kind::Sum(terms) => {
            let mut s = text(&terms[0], 1);
            for term in &terms[1..] {
                s += &match &term.kind {
                    Kind::Negate(a) => format!(" - {}", text(a, 2)),
                    _ => format!(" + {}", text(term, 2)),
                };
            }
            (s, 1)
        }
        Kind::Product(factors) => (all(factors, 4, "*"), 3),
        Kind::Quotient(a, b) => (format!("{}/{}", text(a, 3), text(b, 4)), 3),
        Kind::Negate(a) => (format!("-{}", text(a, 3)), 2),
        Kind::Power(a, b) => (format!("{}^{}", text(a, 8), text(b, 7)), 7),
        Kind::Call { name, arguments, .. } => (format!("{name}({})", all(arguments, 0, ", ")), 9),
        _ => ("?".to_owned(), 9),
    };
    if level < least { format!("({own})") } else { own }
}

fn tree(expression: &Scalar, names: &[String]) -> Tree {
    let leaf = |l: u32| Tree::name(names[l as usize].clone());
    let name = |f: Function| match f {
        Function::Known(id) => (function::row(id).name.to_owned(), 0),
        Function::Unknown { symbol, primes } => (format!("f{symbol}"), primes),
    };
    to_tree(expression, &leaf, &name)
}

fn derivative(formula: &str, by: &str) -> (Scalar, Vec<String>) {
    let names = plain::names_of(formula);
    let f = plain::read(formula, &names).expect(formula);
    let leaf = names.iter().position(|n| n == by).expect(by);
    (plain::differentiate(&f, leaf as u32).expect(formula), names)
}

fn simplified(formula: &str, facts: &[(&str, Sign)]) -> String {
    let names = plain::names_of(formula);
    let f = plain::read(formula, &names).expect(formula);
    let mut known = LeafFacts::none();
    for (name, sign) in facts {
        known.declare(names.iter().position(|n| n == name).expect(name) as u32, *sign);
    }
    let result = simplify(&f, &known, &Options::default());
    assert_eq!(result.conflict, None, "{formula}");
    text(&tree(&result.expression, &names), 0)
}

#[test]
fn derivatives_that_people_know() {
    for (formula, by, expected) in [
        ("log(1 + exp(x))", "x", "sigmoid(x)"),
        ("log(exp(x) + exp(y))", "x", "sigmoid(x - y)"),
        ("-(t*log(sigmoid(x)) + (1 - t)*log(1 - sigmoid(x)))", "x", "sigmoid(x) - t"),
        ("1/(1 + exp(-x))", "x", "sigmoid(x)*(1 - sigmoid(x))"),
        ("sigmoid(x)", "x", "sigmoid(x)*(1 - sigmoid(x))"),
        ("tanh(x)", "x", "1 - tanh(x)^2"),
        ("x^3", "x", "3*x^2"),
        ("sin(x)^2 + cos(x)^2", "x", "0"),
        ("sqrt(x^2 + y^2)", "x", "x/sqrt(x^2 + y^2)"),
        ("log(x + sqrt(x^2 + 1))", "x", "1/sqrt(x^2 + 1)"),
        ("1/(1 + 1/(1 + 1/(1 + x)))", "x", "-1/(2*x + 3)^2"),
        ("(x^2 - 1)/(x + 1)", "x", "1"),
        ("x^x", "x", "x^x*(1 + log(x))"),
        ("(a*x + b)/(c*x + d)", "x", "(a*d - b*c)/(c*x + d)^2"),
        ("sin(x)/cos(x)", "x", "1/cos(x)^2"),
        ("x*log(x) - x", "x", "log(x)"),
    ] {
        let (raw, names) = derivative(formula, by);
        let result = simplify(&raw, &LeafFacts::none(), &Options::default());
        assert_eq!(result.conflict, None, "{formula}");
        assert_eq!(text(&tree(&result.expression, &names), 0), expected, "d/d{by} {formula}");
    }
}

#[test]
fn what_the_input_says_of_its_domain_is_used_and_nothing_else() {
    for (formula, facts, expected) in [
        // log(x) is there, so x is positive.
        ("sqrt(x^2)*log(x)", &[][..], "x*log(x)"),
        ("log(x^2) - 2*log(x)", &[], "0"),
        ("sqrt(x^2)", &[], "abs(x)"),
        ("sqrt(x^2)", &[("x", Sign::NON_NEGATIVE)], "x"),
        ("sqrt(x^2)", &[("x", Sign::NEGATIVE)], "-x"),
        ("log(x*y)", &[], "log(x*y)"),
        ("x/x", &[], "1"),
        ("exp(log(x))", &[], "x"),
    ] {
        assert_eq!(simplified(formula, facts), expected, "{formula} {facts:?}");
    }
}

#[test]
fn what_is_defined_nowhere_is_left_alone() {
    for formula in ["log(0 - 1) - log(0 - 1)", "sqrt(0 - 2)*x", "1/(x - x)"] {
        let names = plain::names_of(formula);
        let f = plain::read(formula, &names).expect(formula);
        let result = simplify(&f, &LeafFacts::none(), &Options::default());
        assert_ne!(result.extent, symdiff::simplify::Extent::Full, "{formula}");
    }
}

#[test]
fn the_order_of_operands_does_not_show() {
    for (a, b) in [
        ("(x^2 + sigmoid(y))/(3*x + y - sigmoid(x))", "(sigmoid(y) + x^2)/(y - sigmoid(x) + x*3)"),
        ("a*b*sin(c*x) + x", "x + sin(x*c)*b*a"),
        ("(a + b + x)*(x - b)*exp(x)", "exp(x)*(x + b + a)*(0 - b + x)"),
        ("x^2*y/(z*x + y)", "y*x^2/(y + x*z)"),
    ] {
        let show = |formula: &str| {
            let (raw, names) = derivative(formula, "x");
            let result = simplify(&raw, &LeafFacts::none(), &Options::default());
            text(&tree(&result.expression, &names), 0)
        };
        assert_eq!(show(a), show(b));
    }
}

#[test]
fn printed_nodes_are_counted_as_printed() {
    for (formula, by) in [
        ("(x^2 + sigmoid(y))/(3*x + y - sigmoid(x))", "x"),
        ("-x*(a - b)/(2*y)*sqrt(x)", "x"),
        ("x^(-3/2)/(1 - y)", "x"),
        ("exp(-x^2/2)/sqrt(2*pi)", "x"),
        ("tanh(y - x)*(x - y)^3", "y"),
    ] {
        let (raw, names) = derivative(formula, by);
        for effort in [Effort::Fast, Effort::Default] {
            let result = simplify(&raw, &LeafFacts::none(), &Options { effort, ..Options::default() });
            assert_eq!(tree_nodes(&tree(&result.expression, &names)), result.nodes, "{formula}");
            assert!(result.nodes <= plain::raw_nodes(&raw), "{formula}");
        }
    }
}

/// Random expressions in two variables.
fn expressions() -> impl Strategy<Value = Scalar> {
    let leaf = prop_oneof![
        3 => (0u32..2).prop_map(|l| (0u8, l)),
        1 => (0u32..4).prop_map(|n| (1u8, n)),
    ];
    #[derive(Clone, Debug)]
    enum Shape {
        Leaf(u8, u32),
        Two(u8, Box<Shape>, Box<Shape>),
        One(u8, Box<Shape>),
    }
    let shape = leaf.prop_map(|(k, v)| Shape::Leaf(k, v)).prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            3 => (0u8..5, inner.clone(), inner.clone())
                .prop_map(|(k, a, b)| Shape::Two(k, Box::new(a), Box::new(b))),
            2 => (0u8..9, inner).prop_map(|(k, a)| Shape::One(k, Box::new(a))),
        ]
    });
    fn build(shape: &Shape, out: &mut ScalarBuilder) -> Ref {
        match shape {
            Shape::Leaf(0, l) => out.add(Operation::Leaf(*l)),
            Shape::Leaf(_, n) => out.integer(i64::from(*n) - 1),
            Shape::Two(k, a, b) => {
                let (a, b) = (build(a, out), build(b, out));
                out.add(match k {
                    0 => Operation::Add(a, b),
                    1 => Operation::Subtract(a, b),
                    2 => Operation::Multiply(a, b),
                    3 => Operation::Divide(a, b),
                    _ => Operation::Multiply(b, a),
                })
            }
            Shape::One(k, a) => {
                let a = build(a, out);
                let call = |f| Operation::Call(Function::Known(f), [a].into_iter().collect());
                let operation = match k {
                    0 => call(function::EXP),
                    1 => call(function::LOG),
                    2 => call(function::SIN),
                    3 => call(function::COS),
                    4 => call(function::TANH),
                    5 => call(function::SIGMOID),
                    6 => Operation::Negate(a),
                    7 => {
                        let two = out.integer(2);
                        Operation::Power(a, two)
                    }
                    _ => {
                        let half = out.add(Operation::Number(symdiff::number::Rational::HALF));
                        Operation::Power(a, half)
                    }
                };
                out.add(operation)
            }
        }
    }
    shape.prop_map(|shape| {
        let mut out = ScalarBuilder::default();
        let root = build(&shape, &mut out);
        out.finish(root)
    })
}

fn value(expression: &Scalar, x: f64, y: f64) -> symdiff::number::Interval {
    let point = symdiff::number::Interval::point;
    interval(expression, &[point(x), point(y)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_value_changes_and_no_domain_shrinks(f in expressions(), points in proptest::collection::vec((-3.0f64..3.0, -3.0f64..3.0), 12)) {
        let result: Simplified = simplify(&f, &LeafFacts::none(), &Options::default());
        prop_assert_eq!(&result.conflict, &None);
        for (x, y) in points {
            let (before, after) = (value(&f, x, y), value(&result.expression, x, y));
            if before.is_defined() {
                // Overflow can hide definedness from enclosures; an enclosure that is defined decides.
                prop_assert!(!after.is_defined() || !after.is_disjoint(&before), "{:?} at {x}, {y}: {before:?} {after:?}", result.expression);
                if before.is_defined() && before.width() < 1e-6 && before.high.abs() < 1e100 {
                    prop_assert!(after.is_defined(), "{:?} at {x}, {y} is not defined, {before:?}", result.expression);
                }
            }
        }
    }

    #[test]
    fn simplifying_twice_gives_the_same_bytes(f in expressions()) {
        let a = simplify(&f, &LeafFacts::none(), &Options::default());
        let b = simplify(&f, &LeafFacts::none(), &Options::default());
        prop_assert_eq!(a.expression, b.expression);
    }
}
