//! No contradiction anywhere: the simplifier run with everything that looks for one, on formulas with traps in them and on
//! formulas decoded from random bytes. What single rules do is tested in the room of the simplifier.

mod plain;

use plain::agreement::{Disagreement, compare};
use plain::decode::{VARIABLES, formula};
use plain::raw;
use plain::scalar;
use proptest::prelude::*;
use symdiff::ir::scalar::Scalar;
use symdiff::simplify::{Effort, LeafFacts, Options, Simplified, simplify};
use symdiff::{Operator, Problem, Request};

fn with(input: &Scalar, effort: Effort, paranoid: bool) -> Simplified {
    simplify(input, &LeafFacts::none(), &Options { effort, paranoid, ..Options::default() })
}

/// Formulas near the edge of their domain, with roots of squares, cancelled factors, branches and tiny differences.
const EDGES: &[&str] = &[
    "sqrt(x^2) + x",
    "sqrt(x^2*y)",
    "sqrt(x*y)*sqrt(x/y)",
    "log(x^2) - 2*log(abs(x))",
    "log(x*y) - log(x)",
    "(x^2 - 1)/(x - 1)",
    "x/x + y/y",
    "abs(x)/x*sign(x)",
    "atan(tan(x)) - x",
    "asin(sin(x)) + acos(cos(x))",
    "tan(x)*cos(x) + sin(x)/tan(x)",
    "(x^2)^(1/3)*x^(1/3)",
    "(x^(1/2))^2 - (x^2)^(1/2)",
    "exp(log(x)) - x",
    "log(exp(x)) - x",
    "x^y*x^(-y)",
    "0^x",
    "(x - x)^y",
    "1/(1/x)",
    "1/(x/y) - y/x",
    "sqrt(1 - x)*sqrt(1 + x)/sqrt(1 - x^2)",
    "sqrt(x - 1)*sqrt(x + 1)/sqrt(x^2 - 1)",
    "acosh(x)/log(x + sqrt(x^2 - 1))",
    "sigmoid(log(x)) + softplus(log(y))",
    "max(x, y) + min(x, y) - abs(x - y)",
    "heaviside(x)*relu(x)/x",
    "exp(x) - exp(x + 1/1000000000000)",
    "(x + 1/1000000000000000)/(x + 1/1000000000000001)",
    "cbrt(x)^3/x",
    "sin(x)^2/(1 - cos(x)) - 1",
    "(sin(2*x) - 2*sin(x)*cos(x))*x + y",
    "sqrt(exp(2*x)) - exp(x)",
    "log(1 + x) - log1p(x)",
    "tanh(x) - (exp(2*x) - 1)/(exp(2*x) + 1)",
    "1/tan(x) - cot(x)",
    "x^(1/2)*x^(1/2)*x^(-1)",
    "(x*y)^(1/2)/(x^(1/2)*y^(1/2))",
    "sign(x)^2 + heaviside(x) + heaviside(-x)",
    "abs(x + y) - abs(x) - abs(y)",
    "x^2/(x^2) - x^0",
];

#[test]
fn nothing_contradicts_itself_at_the_edges() {
    for text in EDGES {
        let names = raw::names_of(text);
        let input = raw::read(text, &names).expect(text);
        for effort in [Effort::Default, Effort::Thorough] {
            let usual = with(&input, effort, false);
            let careful = with(&input, effort, true);
            assert_eq!(careful.conflict, None, "{text}");
            assert_eq!(careful.expression, usual.expression, "{text}");
        }
    }
}

#[test]
fn the_command_line_flag_changes_no_answer() {
    for text in ["log(exp(x) + exp(y))", "sqrt(x^2 + y^2)/x", "sum(softmax(v) .* w)"] {
        let mut plain = Problem::new();
        let mut paranoid = Problem::new();
        paranoid.set_paranoid(true);
        for problem in [&mut plain, &mut paranoid] {
            problem.declare("v: R[n]").unwrap().declare("w: R[n]").unwrap();
        }
        let request = Request { operator: Operator::Gradient, ..Request::default() };
        let (a, b) = (plain.answer(text, &request).unwrap(), paranoid.answer(text, &request).unwrap());
        let texts = |answer: &symdiff::Answer| -> Vec<String> {
            answer.partials.iter().map(|p| symdiff::print::text(&p.tree)).collect()
        };
        assert_eq!(texts(&a), texts(&b));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn nothing_contradicts_itself_on_random_formulas(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let leaves = VARIABLES.map(str::to_owned);
        let tree = formula(&bytes);
        let Some(input) = scalar(&tree, &leaves) else { return Ok(()) };
        let simplified = with(&input, Effort::Default, true);
        prop_assert_eq!(&simplified.conflict, &None);
        match compare(&input, &simplified.expression) {
            Ok(_) => {}
            Err(Disagreement::Value { at, before, after } | Disagreement::Domain { at, before, after }) => {
                prop_assert!(false, "{} at {at:?}: {before} became {after}", symdiff::print::text(&tree));
            }
        }
    }
}
