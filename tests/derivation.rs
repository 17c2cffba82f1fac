//! Derivations: first line as written, each line by a rule and proved, last line the engine's result.

use std::fmt::Write as _;

use symdiff::derivation::{Derivation, Detail, LayeredDerivation, Notation, Style, Table};
use symdiff::evaluate::graph::Point;
use symdiff::number::Rational;
use symdiff::syntax::tree::{Kind, Tree};
use symdiff::{Problem, print};

const FORMULAS: &[(&str, &str)] = &[
    ("x", "(x^2+σ(y))/(3x+y−σ(x))"),
    ("y", "(x^2+σ(y))/(3x+y−σ(x))"),
    ("x", "3x^4 - 5x^2 + 7x - 2"),
    ("x", "x^2*sin(x)"),
    ("x", "x*sin(x)*exp(x)"),
    ("x", "sin(x^2)"),
    ("x", "sin(cos(tan(x)))"),
    ("x", "exp(-x^2/2)/sqrt(2*pi)"),
    ("x", "x^x"),
    ("x", "2^x + e^(3x)"),
    ("x", "(x^2+1)^5"),
    ("x", "sqrt(x^2+y^2)"),
    ("x", "1/(1+x^2)"),
    ("x", "log(x)/x"),
    ("x", "log(1+exp(x))"),
    ("x", "atan(y/x)"),
    ("x", "(x+1)/(x-1)"),
    ("x", "x^n*exp(-a*x)"),
    ("x", "tanh(3x)^2"),
    ("x", "-x/(1-x)^2"),
    ("x", "σ(x)^2*(1-σ(x))"),
    ("x", "|x|*x"),
    ("x", "max(x, y)^2"),
    ("x", "exp(x)/(exp(x)+exp(y))"),
    ("x", "1/2*(x-a)^2/s^2"),
    ("x", "m*g*(1 - cos(x))/r^2"),
    ("x", "sin(x)^2+cos(x)^2"),
    ("x", "log(x^2*sin(x))"),
    ("r", "q*v/(2*pi*r)"),
    ("x", "cases(x^2 if x > 0, -x)"),
    ("x", "d/dx (x^3)"),
    ("x", "y^2"),
    ("x", "x"),
];

fn derive(formula: &str, wrt: &str, detail: Detail) -> Derivation {
    Derivation::of(&mut Problem::new(), formula, wrt, detail).unwrap_or_else(|e| panic!("{formula}: {e}"))
}

#[test]
fn a_lecturer_would_write_it_so() {
    let all = |detail: Detail, style: Style| {
        let mut out = String::new();
        for (wrt, formula) in FORMULAS {
            let _ = writeln!(out, "{}", derive(formula, wrt, detail).written(style));
        }
        out
    };
    insta::with_settings!({ snapshot_path => "derivation", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("normal", all(Detail::Normal, Style::Unicode));
        insta::assert_snapshot!("brief", all(Detail::Brief, Style::Unicode));
        insta::assert_snapshot!("full", all(Detail::Full, Style::Unicode));
        insta::assert_snapshot!("latex", all(Detail::Normal, Style::Latex));
    });
}

#[test]
fn rules_have_their_textbook_names() {
    for (formula, rule) in [
        ("x + sin(x)", "sum rule"),
        ("3*sin(x)", "constant multiple rule"),
        ("x*sin(x)", "product rule"),
        ("x/sin(x)", "quotient rule"),
        ("1/sin(x)", "reciprocal rule"),
        ("x^3", "power rule"),
        ("sin(x)^3", "power rule, chain rule"),
        ("2^x", "exponential rule"),
        ("2^sin(x)", "exponential rule, chain rule"),
        ("x^x", "general power rule"),
        ("sin(x^2)", "chain rule"),
        ("sin(x)", "derivative of sin"),
        ("7", "constant rule"),
    ] {
        for detail in [Detail::Normal, Detail::Full, Detail::Brief] {
            let derivation = derive(formula, "x", detail);
            assert!(
                derivation.steps.iter().any(|step| step.rules.iter().any(|own| own.to_string() == rule)),
                "{formula} at {detail:?} names no {rule}"
            );
        }
    }
}

#[allow(clippy::print_stdout)]
/// The last line is the engine's gradient; where that is harder to read than the line before, it is proved equal to it.
fn assert_ends_well(derivation: &Derivation, engine: &Tree) {
    assert_eq!(derivation.gradient, *engine);
    let has_cases = matches!(derivation.result().kind, Kind::Cases(_));
    if derivation.result() != engine && !has_cases {
        if std::env::var_os("SHOW").is_some() {
            println!("{} | {}", print::unicode(derivation.result()), print::unicode(engine));
        }
        let verdict = symdiff::prove::equivalent(&mut Problem::new(), derivation.result(), engine).unwrap();
        assert!(
            matches!(verdict, symdiff::prove::Verdict::Proved(_)),
            "{}: {} is not {}: {verdict:?}",
            derivation.input,
            print::text(derivation.result()),
            print::text(engine)
        );
    }
}

#[test]
fn first_line_is_the_formula_and_last_line_the_gradient() {
    for (wrt, formula) in FORMULAS {
        let engine = Problem::new().gradient(formula, &[wrt]).unwrap();
        for detail in [Detail::Brief, Detail::Normal, Detail::Full] {
            let derivation = derive(formula, wrt, detail);
            assert_eq!(derivation.formula, engine.reading);
            assert_ends_well(&derivation, &engine.partials[0].tree);
            let mut before = &derivation.first;
            for step in &derivation.steps {
                assert_eq!(step.before, *before);
                assert!(!step.rules.is_empty());
                before = &step.after;
            }
        }
    }
}

#[test]
fn conditions_stand_once() {
    for (wrt, formula) in FORMULAS {
        let derivation = derive(formula, wrt, Detail::Normal);
        let said: Vec<String> =
            derivation.steps.iter().flat_map(|step| &step.conditions).map(print::text).collect();
        let mut once = said.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), said.len(), "{formula}: {said:?}");
    }
    let derivation = derive("log(x)/x", "x", Detail::Normal);
    assert_eq!(derivation.steps[0].conditions.iter().map(print::text).collect::<Vec<_>>(), ["x > 0"]);
}

#[test]
fn same_bytes_every_time() {
    for (wrt, formula) in FORMULAS {
        let one = derive(formula, wrt, Detail::Normal);
        let two = derive(formula, wrt, Detail::Normal);
        assert_eq!(one.unicode(), two.unicode());
        assert_eq!(one.latex(), two.latex());
    }
}

#[test]
fn definitions_are_opened_where_they_are_used() {
    let mut problem = Problem::new();
    problem.declare("swish(t) = t*σ(t)").unwrap().declare("φ: function").unwrap();
    let derivation = Derivation::of(&mut problem, "swish(2x)", "x", Detail::Normal).unwrap();
    assert_eq!(derivation.steps[0].rules[0].to_string(), "definition of swish");
    let derivation = Derivation::of(&mut problem, "φ(x^2)", "x", Detail::Normal).unwrap();
    assert_eq!(print::unicode(derivation.result()), "2x·φ'(x²)");
}

#[test]
fn sums_over_an_index_are_derived_term_by_term() {
    let mut problem = Problem::new();
    problem.declare("y: R[n]").unwrap();
    let derivation = Derivation::of(&mut problem, "sum[k] sin((x - y[k])^2)", "x", Detail::Normal).unwrap();
    assert_eq!(print::text(&derivation.steps[0].after), "sum[k] diff(sin((x - y[k])^2), x)");
    assert_eq!(print::text(&derivation.steps[1].after), "sum[k] cos((x - y[k])^2)*diff((x - y[k])^2, x)");
}

#[test]
fn what_has_no_textbook_rule_is_refused() {
    let mut problem = Problem::new();
    problem.declare("v: R[n]").unwrap();
    let error = Derivation::of(&mut problem, "max(v + x)", "x", Detail::Normal).unwrap_err();
    assert!(error.message.contains("no textbook rule"), "{error}");
}

#[test]
fn the_gamma_function_is_derived_by_its_logarithm() {
    for (formula, end, conditions) in [
        ("Gamma(x^2)", "2*x*Gamma(x^2)*digamma(x^2)", "x != 0"),
        ("Γ(3*x)", "3*Gamma(3*x)*digamma(3*x)", "x > 0"),
        ("x*lgamma(x)", "lgamma(x) + x*digamma(x)", "x > 0"),
        ("polygamma(1, 2*x)", "2*polygamma(2, 2*x)", "x > 0"),
    ] {
        let engine = Problem::new().gradient(formula, &["x"]).unwrap();
        let derivation = derive(formula, "x", Detail::Normal);
        assert_ends_well(&derivation, &engine.partials[0].tree);
        assert_eq!(print::text(derivation.result()), end, "{formula}");
        let said: Vec<String> =
            derivation.steps.iter().flat_map(|step| &step.conditions).map(print::text).collect();
        assert_eq!(said.join(", "), conditions, "{formula}");
        for step in &derivation.steps {
            let latex = print::latex(&step.after);
            let back = symdiff::syntax::parse_latex(&latex, &symdiff::syntax::Names::default()).unwrap();
            assert_eq!(print::text(&back.tree), print::text(&step.after), "{latex}");
        }
    }
    let error = Derivation::of(&mut Problem::new(), "polygamma(x, 2)", "x", Detail::Normal).unwrap_err();
    assert!(error.message.contains("no derivative with respect to n"), "{error}");
}

#[test]
fn products_over_an_index_have_the_logarithmic_derivative() {
    let derivation = derive("prod[k=1..n] (x + k)", "x", Detail::Normal);
    assert_eq!(derivation.steps[0].rules[0].to_string(), "logarithmic derivative");
    assert_eq!(print::text(&derivation.steps[0].conditions[0]), "k + x != 0");
}

#[test]
fn numbers_come_last() {
    let mut point = Point::default();
    point.set("x", Rational::integer(1));
    point.set("y", Rational::ZERO);
    let formula = "(x^2+σ(y))/(3x+y−σ(x))";
    let derivation = Derivation::at(&mut Problem::new(), formula, "x", Detail::Normal, &point).unwrap();
    let last = derivation.unicode();
    let last = last.lines().last().unwrap().trim().to_owned();
    assert!(last.starts_with("≈ 0.06464541377") && last.ends_with("at x = 1, y = 0"), "{last}");
}

/// The forward and backward pass of the sheet: question 3b, with 0.0646 where it says 0.0645.
#[test]
fn the_table_of_the_sheet() {
    let mut problem = Problem::new();
    for text in ["σ_x = σ(x)", "σ_y = σ(y)", "a = x^2", "b = a + σ_y", "c = 3x + y − σ_x", "f = b/c"]
    {
        problem.declare(text).unwrap();
    }
    let mut point = Point::default();
    point.set("x", Rational::integer(1));
    point.set("y", Rational::ZERO);
    let table = Table::of(&mut problem, "f", Some(&point)).unwrap();
    let four = |x: f64| format!("{x:.4}");
    let forward: Vec<(String, String)> =
        table.nodes.iter().map(|r| (r.name.clone(), four(r.value.unwrap()))).collect();
    for (name, value) in [
        ("σ_x", "0.7311"),
        ("σ_y", "0.5000"),
        ("a", "1.0000"),
        ("b", "1.5000"),
        ("c", "2.2689"),
        ("f", "0.6611"),
    ] {
        assert!(forward.contains(&(name.to_owned(), value.to_owned())), "{forward:?}");
    }
    let backward: Vec<(String, String)> =
        table.nodes.iter().chain(&table.inputs).map(|r| (r.name.clone(), four(r.adjoint.unwrap()))).collect();
    for (name, value) in [
        ("b", "0.4407"),
        ("c", "-0.2914"),
        ("a", "0.4407"),
        ("σ_x", "0.2914"),
        ("σ_y", "0.4407"),
        ("x", "0.0646"),
        ("y", "-0.1812"),
    ] {
        assert!(backward.contains(&(name.to_owned(), value.to_owned())), "{backward:?}");
    }
    let x = table.inputs.iter().find(|row| row.name == "x").unwrap();
    assert_eq!(x.paths.iter().map(|p| p.through.as_str()).collect::<Vec<_>>(), ["σ_x", "a", "c"]);
    insta::with_settings!({ snapshot_path => "derivation", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("table", table.written(Style::Unicode, 4) + "\n" + &table.written(Style::Latex, 4));
    });
}

#[test]
fn tables_name_what_has_no_name() {
    let mut point = Point::default();
    point.set("x", Rational::integer(2));
    let table = Table::of(&mut Problem::new(), "sin(x^2)*exp(x^2)", Some(&point)).unwrap();
    let names: Vec<&str> = table.nodes.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "f"], "equal parts are one");
    assert_eq!(table.inputs[0].paths.len(), 1);
    point.set("x", Rational::ZERO);
    let error = Table::of(&mut Problem::new(), "1/x", Some(&point)).unwrap_err();
    assert!(error.message.contains("no value"), "{error}");
}

#[test]
fn tables_without_a_point_and_what_is_held_fixed() {
    let mut problem = Problem::new();
    problem.declare("a = x^2").unwrap().declare("c = a+y").unwrap();
    let table = Table::of(&mut problem, "a/c", None).unwrap();
    // f is made of a directly and through c: its local partial by a is not its derivative by a.
    assert_eq!(
        table.written(Style::Unicode, 4),
        "forward pass
  x
  y
  a  = x²     ∂a/∂x = 2x
  c  = a + y  ∂c/∂a = 1,  ∂c/∂y = 1
  f  = a/c    (∂f/∂a)_c = 1/c,  ∂f/∂c = −a/c²

backward pass
  ∂f/∂c  = −a/c²
  ∂f/∂a  = ∂f/∂c·∂c/∂a + (∂f/∂a)_c
  ∂f/∂x  = ∂f/∂a·∂a/∂x
  ∂f/∂y  = ∂f/∂c·∂c/∂y

where c ≠ 0
"
    );
    let latex = table.written(Style::Latex, 4);
    assert!(latex.starts_with("\\begin{gather*}\n") && latex.ends_with("\n\\end{gather*}"), "{latex}");
    assert!(latex.contains(r"\left(\frac{\partial f}{\partial a}\right)_{c} = \frac{1}{c}"), "{latex}");

    // The formula gets a name that nothing else has.
    let mut problem = Problem::new();
    problem.declare("f: function").unwrap();
    let table = Table::of(&mut problem, "f(x)^2", None).unwrap();
    assert_eq!(table.nodes.last().unwrap().name, "F");
}

#[test]
fn definitions_that_lead_to_themselves_are_refused() {
    let mut problem = Problem::new();
    let error = problem.declare("a = a+x").err().unwrap();
    assert_eq!(error.message, "a is defined by itself");
    let error = problem.declare("g(t) = t*g(t)").err().unwrap();
    assert_eq!(error.message, "g is defined by itself");
    problem.declare("a = b+x").unwrap();
    let error = problem.declare("b = a").err().unwrap();
    assert_eq!(error.message, "`b` is declared already");
    assert!(error.help.is_some_and(|help| help.contains("in front")));
    problem.declare("s = sum[s=1..3] s").unwrap();
}

fn regression() -> Problem {
    let mut problem = Problem::new();
    for text in ["W: R[K,D]", "x: R[D]", "b: R[K]", "y: R[K]"] {
        problem.declare(text).unwrap();
    }
    problem
}

/// The sheet's (2), (3), (5), (6), (7), and the same by differentials.
#[test]
fn softmax_regression() {
    let loss = "-sum[k] y[k]*log(softmax(W*x+b)[k])";
    let mut out = String::new();
    for given in [true, false] {
        for wrt in ["W", "b"] {
            for notation in [Notation::Index, Notation::Matrix] {
                let mut problem = regression();
                if given {
                    problem.given("sum(y) = 1").unwrap();
                }
                let derivation =
                    LayeredDerivation::of(&mut problem, loss, wrt, notation, Detail::Normal).unwrap();
                let facts: Vec<&String> = derivation.equations.iter().flat_map(|e| &e.facts).collect();
                assert_eq!(facts.len(), usize::from(given), "named once, where it is used");
                let _ = writeln!(out, "{}", derivation.written(Style::Unicode));
                let _ = writeln!(out, "{}", derivation.written(Style::Latex));
            }
        }
    }
    let mut problem = regression();
    problem.given("sum(y) = 1").unwrap();
    let derivation =
        LayeredDerivation::of(&mut problem, loss, "W", Notation::Matrix, Detail::Normal).unwrap();
    assert_eq!(print::unicode(derivation.result()), "(ŷ − y)xᵀ");
    insta::with_settings!({ snapshot_path => "derivation", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("softmax", out);
    });
}

#[test]
fn other_layers() {
    let loss = "1/2*sum[k] (σ(W*x+b)[k]-y[k])^2";
    let derivation =
        LayeredDerivation::of(&mut regression(), loss, "W", Notation::Matrix, Detail::Normal).unwrap();
    assert_eq!(print::unicode(derivation.result()), "((ŷ − y) ⊙ ŷ ⊙ (1 − ŷ))xᵀ");
    let derivation =
        LayeredDerivation::of(&mut regression(), loss, "x", Notation::Index, Detail::Normal).unwrap();
    assert_eq!(print::unicode(derivation.result()), "Σ_i (ŷ[i] − y[i])ŷ[i]·(1 − ŷ[i])W[i, j]");
    assert!(
        LayeredDerivation::of(&mut regression(), "max(W*x)", "W", Notation::Matrix, Detail::Normal).is_err()
    );
}

/// Any formula of vectors and matrices, by differentials: how many lines, and the last one.
#[test]
fn differentials() {
    let declared = ["v: R[n]", "A: R[n,n]", "B: R[n,n]", "w: R[n]", "X: R[m,n]", "y: R[m]", "s: R"];
    for (formula, wrt, lines, result) in [
        ("norm2(v)", "v", 4, "v/‖v‖"),
        ("norm2(X*v-y)^2", "v", 4, "2Xᵀ(X·v − y)"),
        ("1/2*norm2(X*v-y)^2 + s*norm1(v)", "v", 6, "Xᵀ(X·v − y) + s·sign(v)"),
        ("v'*A*v", "v", 5, "(A + Aᵀ)v"),
        ("v'*A*v", "A", 4, "v·vᵀ"),
        ("v'*A*v/(v'*v)", "v", 5, "((A + Aᵀ)v − 2vᵀA·v·v/‖v‖²)/‖v‖²"),
        ("sum[i] v[i]^2*w[i]", "v", 5, "2(v ⊙ w)"),
        ("sum[i] sum[j] A[i,j]*v[i]*w[j]", "v", 4, "A·w"),
        ("prod[i] v[i]", "v", 4, "(∏_k v[k]) ./ v"),
        ("logsumexp(v)", "v", 3, "softmax(v)"),
        ("log(sum(exp(v)))", "v", 6, "softmax(v)"),
        ("softmax(v)'*w", "v", 7, "w ⊙ ŷ − sum(w ⊙ ŷ)ŷ"),
        ("tr(A*B*A)", "A", 5, "AᵀBᵀ + BᵀAᵀ"),
        ("logdet(A)", "A", 3, "inv(A)ᵀ"),
        ("det(A)", "A", 4, "det(A)inv(A)ᵀ"),
        ("w'*inv(A)*v", "A", 6, "−inv(A)ᵀw·vᵀinv(A)ᵀ"),
        ("sum(tanh(X*v))", "X", 5, "(1 − tanh(X·v).^2)vᵀ"),
        ("sum(log(1+exp(-y .* (X*v))))", "v", 7, "Xᵀ(y ⊙ σ(y ⊙ (X·v)) − y)"),
        ("norm2(s*v-w)^2", "s", 4, ""),
    ] {
        let mut problem = Problem::new();
        for text in declared {
            problem.declare(text).unwrap();
        }
        let derivation = LayeredDerivation::of(&mut problem, formula, wrt, Notation::Matrix, Detail::Normal)
            .unwrap_or_else(|error| panic!("{formula}: {error}"));
        let text = derivation.written(Style::Unicode);
        assert_eq!(derivation.equations.len(), lines, "{text}");
        if !result.is_empty() {
            assert_eq!(print::unicode(derivation.result()), result, "{text}");
        }
        assert!(!text.contains("  ,") && !text.contains("where where"), "{text}");
    }
    let mut problem = Problem::new();
    problem.declare("v: R[2]").unwrap();
    let mut point = Point::default();
    point.set_tensor("v", vec![2], vec![3.0, 4.0]);
    let derivation =
        LayeredDerivation::at(&mut problem, "norm2(v)", "v", Notation::Matrix, Detail::Normal, &point)
            .unwrap();
    assert!(derivation.written(Style::Unicode).contains("≈ [0.6, 0.8]"));
}

/// Looks at derivations of formulas of one's own: `FORMULAS=file cargo test --test derivation shown -- --nocapture`.
#[test]
#[allow(clippy::print_stdout)]
fn shown() {
    let Some(path) = std::env::var_os("FORMULAS") else { return };
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let (wrt, formula) = line.split_once(';').unwrap();
        for detail in [Detail::Normal] {
            match Derivation::of(&mut Problem::new(), formula, wrt, detail) {
                Ok(derivation) => println!("{}", derivation.unicode()),
                Err(error) => println!("{formula}: {error}\n"),
            }
        }
    }
}

/// The derivatives of the corpora: formula and variable.
fn rows() -> Vec<(String, String)> {
    let Some(folder) = std::env::var_os("SYMDIFF_CORPORA") else { return Vec::new() };
    let mut rows = Vec::new();
    for name in ["feynman", "fpcore_dev", "symengine_tests"] {
        let path = std::path::Path::new(&folder).join(format!("{name}.jsonl"));
        for line in std::fs::read_to_string(path).unwrap_or_default().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            // higher orders are derivatives of derivatives
            if row["kind"] == "derivative" && !row["wrt"].as_str().unwrap_or("").contains(',') {
                let text = |key: &str| row[key].as_str().unwrap_or("").to_owned();
                rows.push((text("expr"), text("wrt")));
            }
        }
    }
    rows
}

/// First line verbatim, last line the engine's, neighbours proved (a line that is not proved is an error).
#[test]
#[allow(clippy::print_stdout)]
fn corpora() {
    let rows = rows();
    if rows.is_empty() {
        println!("skipped: SYMDIFF_CORPORA is not set");
        return;
    }
    let every: usize = std::env::var("EVERY").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let (mut all, mut derived, mut as_engine) = (0, 0, 0);
    let mut blocks = String::new();
    for (formula, wrt) in rows.iter().step_by(every) {
        all += 1;
        let mut problem = Problem::new();
        match Derivation::of(&mut problem, formula, wrt, Detail::Normal) {
            Ok(derivation) => {
                derived += 1;
                let written = problem.read(formula).unwrap();
                assert_eq!(derivation.formula, written);
                let first = Problem::new().read(&print::text(&derivation.first)).unwrap();
                assert_eq!(first, derivation.first, "{formula}");
                let engine = Problem::new().gradient(formula, &[wrt]).unwrap();
                assert_ends_well(&derivation, &engine.partials[0].tree);
                as_engine += usize::from(*derivation.result() == engine.partials[0].tree);
                blocks.push_str(&format!("{}%%\n", derivation.latex()));
                if std::env::var_os("SHOW").is_some() {
                    println!("{}", derivation.unicode());
                }
            }
            Err(error) => println!("{formula} by {wrt}: {error}"),
        }
    }
    // for tests/katex
    if let Some(path) = std::env::var_os("BLOCKS") {
        std::fs::write(path, blocks).unwrap();
    }
    println!("{derived} of {all}, {as_engine} end in the engine's own form");
    // one in a hundred may be beyond the prover; it is refused, not shown
    assert!(derived * 100 >= all * 99, "{derived} of {all}");
}

/// The last line is not worse to read than the one before it, and reasons say what happens.
#[test]
fn the_end_reads_well() {
    for (formula, wrt, last, reason) in [
        ("7x+3", "x", "7", "constant multiple rule"),
        ("x+y", "x", "1", "sum rule"),
        ("a*x^2+b*x+c", "a", "x²", "constant multiple rule"),
        ("x^3-4x^2+8x-16", "x", "3x² − 8x + 8", "power rule"),
        ("x*(x+1)*(x+2)", "x", "3x² + 6x + 2", "multiply out and collect like terms"),
        ("prod[k=1..3] (x-k)", "x", "3x² − 12x + 11", "multiply out and collect like terms"),
        ("x^2*(x+1)/(x-1)", "x", "2x·(x² − x − 1)/(x − 1)²", "take out"),
        ("sin(x)/x", "x", "(x·cos(x) − sin(x))/x²", "derivative of sin"),
        ("(exp(x)-1)/x", "x", "(x·exp(x) − exp(x) + 1)/x²", "drop the brackets"),
        ("5/x^3", "x", "−15/x⁴", "power rule"),
        ("x^(3/2)", "x", "3x^(1/2)/2", "power rule"),
        ("asin(x^2)", "x", "2x/√(1 − x⁴)", "power of a power"),
        ("sum[k=1..n] x^k", "x", "Σ[k = 1..n] k·x^(k − 1)", "power rule"),
        ("exp(-k*t)*cos(w*t)", "t", "−exp(−k·t)(k·cos(w·t) + w·sin(w·t))", "take out"),
    ] {
        let derivation = derive(formula, wrt, Detail::Normal);
        let step = derivation.steps.last().unwrap();
        let rules: Vec<String> = step.rules.iter().map(ToString::to_string).collect();
        assert_eq!((print::unicode(derivation.result()).as_str(), rules.join(", ").as_str()), (last, reason));
    }
    // two ideas are two lines
    let derivation = derive("(1+sin(x))/(1+cos(x))", "x", Detail::Normal);
    let [.., out, last] = derivation.steps.as_slice() else { panic!("too short") };
    assert_eq!(out.rules[0].to_string(), "multiply out");
    assert_eq!(last.rules[0].to_string(), "sine squared plus cosine squared");
    // all that happened to factors is named
    let derivation = derive("log(x)/x^2", "x", Detail::Normal);
    let names: Vec<String> = derivation.steps.iter().map(|step| step.rules[0].to_string()).collect();
    assert!(names.contains(&"cancel equal factors, power of a power".to_owned()), "{names:?}");
    // what is taken out is a formula, also among other names
    let latex = derive("sqrt(1-x^2)*e^(-x)", "x", Detail::Brief).written(Style::Latex);
    assert!(latex.contains(r"\text{take out $-e^{-x}$, bring over"), "{latex}");
    // a condition is said once, in one form
    let derivation = derive("(3x+2)/(5x-1)", "x", Detail::Normal);
    assert_eq!(derivation.steps[0].conditions.iter().map(print::text).collect::<Vec<_>>(), ["x != 1/5"]);
}

#[test]
fn what_is_chosen_at_a_kink_is_said() {
    let mut point = Point::default();
    point.set("x", Rational::ONE);
    point.set("y", Rational::ONE);
    let table = Table::of(&mut Problem::new(), "relu(x)*abs(y)+max(x,y)+log(x)", Some(&point)).unwrap();
    let text = table.written(Style::Unicode, 4);
    let notes: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("where")).collect();
    assert_eq!(
        notes,
        [
            "where x > 0, x ≠ y, y ≠ 0",
            "convention: where the arguments of max are equal, its derivative follows the first",
            "convention: the derivative of relu at 0 is 0",
            "convention: the derivative of abs at 0 is sign(0) = 0",
            "x ≠ y does not hold at this point: the derivative there is the convention",
        ]
    );
    for style in [Style::Latex, Style::Markdown] {
        assert!(table.written(style, 4).contains(r"\text{where }x > 0,\ x \neq y,\ y \neq 0"));
    }
    let table = Table::of(&mut Problem::new(), "x^2*y", Some(&point)).unwrap();
    assert!(!table.written(Style::Unicode, 4).contains("where"));

    point.set("x", Rational::ZERO);
    let derivation = Derivation::at(&mut Problem::new(), "abs(x)", "x", Detail::Normal, &point).unwrap();
    let last = derivation.unicode();
    let last = last.lines().last().unwrap().trim();
    assert_eq!(last, "= 0         at x = 0; x ≠ 0 does not hold there, so this is the convention");
    let derivation = Derivation::at(&mut Problem::new(), "1/x", "x", Detail::Normal, &point).unwrap();
    assert!(derivation.unicode().contains("has no value"), "{}", derivation.unicode());
}

#[test]
fn odd_questions_get_short_answers() {
    for (formula, end) in [
        ("y^2*z", "= 0        constant rule: it does not depend on x"),
        ("3", "= 0      constant rule"),
        ("x", "= 1      derivative of the variable"),
        ("x^1000000", "= 1000000x^999999   power rule"),
        ("x^(10^3)", "= 1000x⁹⁹⁹         work out the numbers: 10³ = 1000, 10³ − 1 = 999"),
    ] {
        let text = derive(formula, "x", Detail::Normal).unicode();
        assert_eq!(text.lines().last().unwrap().trim(), end);
        assert!(!text.contains("where"), "{text}");
    }
    let long = |count: usize| (1..=count).map(|i| format!("sin({i}*x)")).collect::<Vec<_>>().join("+");
    let deep = |count: usize| format!("{}x{}", "sin(".repeat(count), ")".repeat(count));
    for (formula, message) in [
        ("", "empty"),
        ("1/0", "division by zero"),
        ("x = 1", "inside a formula"),
        ("g'(x)", "there is no function"),
        (&long(10_000), "400 lines or a line too long"),
        (&deep(500), "nested more than"),
    ] {
        let error = Derivation::of(&mut Problem::new(), formula, "x", Detail::Normal).unwrap_err();
        assert!(error.message.contains(message), "{error}");
    }
    assert!(Derivation::of(&mut Problem::new(), &deep(60), "x", Detail::Brief).is_ok());
}

/// d/dx with one variable, ∂/∂x with several, on the page and line by line.
#[test]
fn one_variable_has_no_partial_derivatives() {
    for (formula, sign) in [("sin(x)^2", r"\frac{d}{d x}"), ("sin(x*y)^2", r"\frac{\partial}{\partial x}")] {
        let derivation = derive(formula, "x", Detail::Normal);
        let line = derivation.line(&derivation.steps[0].after, Style::Latex);
        assert!(line.contains(sign) && derivation.latex().contains(&line), "{line}");
    }
}

#[path = "derivation/judge.rs"]
mod judge;
#[path = "derivation/normal_form.rs"]
mod normal_form;
#[path = "derivation/paper.rs"]
mod paper;

/// Formulas whose derivations are judged, by their first variable.
const JUDGED: &str = include_str!("derivation/judged.txt");

/// The judge tells the kinds of rearrangement apart.
#[test]
fn the_judge_knows_what_changed() {
    use normal_form::Level::{Brackets, Factors, Fractions, Functions, Numbers, Order, Terms};
    for (before, after, level) in [
        ("2*a^4 - 1", "-1 + 2*a^4", Order),
        ("y/sqrt(x^2 + y^2 + z^2)", "y/sqrt(y^2 + x^2 + z^2)", Order),
        ("6 + 20", "26", Numbers),
        ("-(-sin(x))", "sin(x)", Numbers),
        ("x^x*(1*log(x) + x/x*1)", "x^x*(log(x) + x/x)", Numbers),
        ("2*x^(-1/3)/3", "2/(3*x^(1/3))", Factors),
        ("x^x*(log(x) + x/x)", "x^x*(log(x) + 1)", Factors),
        ("e^x/e^x", "1", Factors),
        ("exp(x)*(1 + exp(x) - exp(x))", "exp(x)", Terms),
        ("x - 1 - (x + 1)", "-2", Terms),
        ("x*(2*(x - 1) + x)", "x*(3*x - 2)", Brackets),
        ("-4*(1 - x)^3", "4*(x - 1)^3", Terms),
        ("2/x + 1/x^2", "(2*x + 1)/x^2", Brackets),
        ("1/(x - 1) + 1/(x + 1)", "2*x/((x - 1)*(x + 1))", Fractions),
        ("sin(-2)", "-sin(2)", Functions),
        ("1 - sin(x)^2", "cos(x)^2", Functions),
        ("1^x*log(1)", "0", Functions),
    ] {
        let read = |text: &str| Problem::new().read(text).unwrap();
        assert_eq!(normal_form::level(&read(before), &read(after)), level, "{before} = {after}");
    }
}

/// Every reason is true, at every detail; see [`judge`].
#[test]
fn every_reason_is_true() {
    let mut faults = String::new();
    let mut count = 0;
    // formulas of one's own: JUDGED=file
    let own = std::env::var_os("JUDGED").map(|path| std::fs::read_to_string(path).unwrap());
    for formula in own.as_deref().unwrap_or(JUDGED).lines().filter(|line| !line.is_empty()) {
        for detail in [Detail::Brief, Detail::Normal, Detail::Full] {
            let derivation = match Derivation::of(&mut Problem::new(), formula, "x", detail) {
                Ok(derivation) => derivation,
                Err(error) => {
                    let _ = writeln!(faults, "{formula} ({detail:?}): {error}");
                    continue;
                }
            };
            count += 1;
            for fault in judge::faults(&derivation, detail) {
                let _ = writeln!(faults, "{formula} ({detail:?}): {fault}");
            }
        }
    }
    assert!(faults.is_empty(), "{count} derivations\n{faults}");
    assert!(count >= 3 * 60);
}
