//! Printing: tables of what people see, and the law that what is printed reads back to the same tree.

use proptest::prelude::*;
use symdiff::number::Rational;
use symdiff::print;
use symdiff::syntax::tree::{Big, BoundIndex, DerivativeOperator, Kind, Relation, Tree};
use symdiff::syntax::{Names, parse, parse_fact, parse_latex};

fn names() -> Names {
    let mut names = Names::default();
    for name in VARIABLES {
        names.add_variable(name);
    }
    for name in ["σ1", "swish2"] {
        names.add_function(name, Some(1));
    }
    names
}

const VARIABLES: &[&str] =
    &["x", "y", "W", "W'", "ŷ", "θ", "λ_max", "x₁", "e5", "d", "σ", "f", "lat", "Σ", "i", "E"];

#[test]
fn in_unicode() {
    for (text, expected) in [
        ("(x^2+sigmoid(y))/(3*x+y-sigmoid(x))", "(x² + σ(y))/(3x + y − σ(x))"),
        ("(yhat - y)*x'", "(yhat − y)xᵀ"),
        ("2*sin(x)*cos(x)", "2sin(x)cos(x)"),
        ("x*y*z", "x·y·z"),
        ("2*3", "2·3"),
        ("1/2*x", "1/2·x"),
        ("2*e^x", "2e^x"),
        ("2*e5", "2·e5"),
        ("W'*x .* y", "(Wᵀx) ⊙ y"),
        ("sqrt(x + 1) + sqrt(x)", "√(x + 1) + √x"),
        ("sqrt(x)^2", "(√x)²"),
        ("x^2e90", "x^2e90"),
        ("abs(x)*abs(y)", "|x|·|y|"),
        ("abs(x + abs(y))", "abs(x + |y|)"),
        ("norm2(x - y)^2", "‖x − y‖²"),
        ("x^(-1) + x^(1/2)", "x⁻¹ + x^(1/2)"),
        ("sum[k] x[k]*y[k]", "Σ_k x[k]·y[k]"),
        ("sum[i, j: i != j] A[i, j]", "Σ[i, j: i ≠ j] A[i, j]"),
        ("2*pi*r", "2π·r"),
        ("diff(x^2, x)", "∂/∂x (x²)"),
        ("(x^2)^3", "(x²)³"),
        ("-x^2", "−x²"),
        ("sigmoid'(x)", "σ'(x)"),
        ("acos(x)", "acos(x)"),
    ] {
        let tree = parse(text, &Names::default()).unwrap().tree;
        assert_eq!(print::unicode(&tree), expected, "{text}");
        assert_eq!(parse(expected, &Names::default()).unwrap().tree, tree, "{expected}");
    }
}

#[test]
fn in_latex() {
    let names = names();
    for (text, expected) in [
        ("(x^2+σ'(y))/(3*x+y-sigmoid(x))", r"\frac{x^{2} + \sigma(y)}{3 x + y - \sigma(x)}"),
        ("(ŷ - y)*x'", r"(\hat{y} - y) x^{\top}"),
        ("W''*x", r"{W'}^{\top} x"),
        ("W^2", "W^{2}"),
        ("x .* y", r"x \odot y"),
        ("sqrt(x + 1)", r"\sqrt{x + 1}"),
        ("sin(x)^2 + sin(x)*cos(x)", r"\sin^{2}(x) + \sin(x) \cos(x)"),
        ("sigmoid(x)*(1 - sigmoid(x))", r"\sigma(x)(1 - \sigma(x))"),
        ("σ1''(x)", r"\sigma_{1}''(x)"),
        ("sum[k] x[k]*y[k]", r"\sum_{k} x_{k} y_{k}"),
        ("sum[k = 1..n] k", r"\sum_{k=1}^{n} k"),
        ("sum[i, j: i != j] x[i]", r"\sum_{i, j : i \neq j} x_{i}"),
        ("(sum[k] x[k])*y", r"\left(\sum_{k} x_{k}\right) y"),
        ("2*3", r"2 \cdot 3"),
        ("a*(b + c)", r"a \cdot (b + c)"),
        ("(a/b)^2", r"\left(\frac{a}{b}\right)^{2}"),
        ("exp(-x/2)", r"\exp\left(-\frac{x}{2}\right)"),
        ("abs(x) + norm2(x)^2 + norm1(x)", r"|x| + \|x\|^{2} + \|x\|_{1}"),
        (
            "theta1 + lambda + λ_max + lat + x_1 + m_0",
            r"\theta_{1} + \lambda + \lambda_{\mathrm{max}} + \mathrm{lat} + x_{1} + m_{0}",
        ),
        ("cases(a if x > 0, b)", r"\begin{cases} a & \text{if } x > 0 \\ b & \text{otherwise} \end{cases}"),
        ("diff(x^2, x)", r"\frac{\partial}{\partial x} (x^{2})"),
        ("diff(x^2*y, x, x, y)", r"\frac{\partial^{3}}{\partial x^{2} \, \partial y} (x^{2} y)"),
        ("grad(x'*x, x)", r"\nabla_{x} (x^{\top} x)"),
        ("[[1, 2], [3, 4]]", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("[i = j]", "[i = j]"),
        ("1e40*x", r"(1 \cdot 10^{40}) x"),
        ("x - (y - z)", "x - (y - z)"),
        ("(-x)^2 - -y", r"(-x)^{2} - (-y)"),
        ("x^y^2", r"x^{y^{2}}"),
    ] {
        let text = text.replace("σ'(y)", "sigmoid(y)");
        let tree = parse(&text, &names).unwrap().tree;
        assert_eq!(print::latex(&tree), expected, "{text}");
    }
}

/// Every letter is a command that browsers and LaTeX know, or is set as text; a word is one name.
#[test]
fn names_in_latex() {
    for (name, expected) in [
        ("é", r"\acute{e}"),
        ("è", r"\grave{e}"),
        ("š", r"\check{s}"),
        ("ă", r"\breve{a}"),
        ("å", r"\mathring{a}"),
        ("x̄", r"\bar{x}"),
        ("ñ", r"\tilde{n}"),
        ("ħ", r"\hbar"),
        ("ϱ", r"\varrho"),
        ("ϖ", r"\varpi"),
        ("ϰ", r"\varkappa"),
        ("ı", r"\imath"),
        ("Α", r"\mathrm{A}"),
        ("ο", "o"),
        ("ß", r"\text{ß}"),
        ("ø", r"\text{ø}"),
        ("größe", r"\mathrm{gr\ddot{o}\text{ß}e}"),
        ("θmax", r"\mathrm{\theta max}"),
        ("x_é", r"x_{\acute{e}}"),
        ("x_größe", r"x_{\mathrm{gr\ddot{o}\text{ß}e}}"),
        ("learning_rate", r"\mathrm{learning}_{\mathrm{rate}}"),
        ("α_β", r"\alpha_{\beta}"),
        ("xᵢ", "x_{i}"),
    ] {
        assert_eq!(print::latex(&Tree::name(name)), expected, "{name}");
        let mut names = Names::default();
        names.add_variable(name);
        let printed = print::latex_with(&Tree::name(name), &names);
        assert!(
            parse_latex(&printed, &names).is_ok_and(|parsed| parsed.tree == Tree::name(name)),
            "{printed}"
        );
    }
}

/// Behind the end of a row, a square bracket would be a distance.
#[test]
fn rows_that_begin_with_a_bracket() {
    for (text, expected) in [
        (
            "cases(x if x > 0, [x < y])",
            r"\begin{cases} x & \text{if } x > 0 \\ {[x < y]} & \text{otherwise} \end{cases}",
        ),
        ("[x, [x < y]]", r"\begin{pmatrix} x \\ {[x < y]} \end{pmatrix}"),
    ] {
        let tree = parse(text, &names()).unwrap().tree;
        assert_eq!(print::latex(&tree), expected);
        assert_eq!(parse_latex(expected, &names()).unwrap().tree, tree);
    }
}

/// Widths in em as TeX measures them.
#[test]
fn widths_in_latex() {
    for (latex, measured) in [
        (r"x + y", 2.32),
        (r"\frac{x^{2} + \sigma(y)}{3 x + y - \sigma(x)}", 6.24),
        (r"\sqrt{1 + x^{2}}", 3.74),
        (r"\left(\frac{u}{v}\right)' = \frac{u' v - u v'}{v^{2}}", 8.00),
        (r"\sum_{k=1}^{n} x_{k} y_{k}", 3.83),
        (r"\text{constant multiple rule}", 9.62),
        (
            r"\text{quotient rule: $\left(\frac{u}{v}\right)' = \frac{u' v - u v'}{v^{2}}$, where $x \neq 1$}",
            20.07,
        ),
        (r"\begin{cases} x^{2} & \text{if } x > 0 \\ -x & \text{otherwise} \end{cases}", 7.56),
        (r"-\cos(\cos(\tan(x))) \sin(\tan(x)) \frac{d}{d x} (\tan(x))", 18.12),
        (r"2 (W^{\top} \sigma(W x + b) - x)^{\top} \mathrm{d}x", 11.32),
        (r"\lambda_{\mathrm{max}} \cdot \hat{y} \odot \bar{x}", 5.15),
        (r"\exp\left(-\frac{x^{2}}{2}\right)", 5.37),
        (r"6.02 \cdot 10^{23}", 4.35),
        (r"\operatorname{softmax}(a)_{k}", 5.42),
    ] {
        let wide = print::latex_width(latex);
        assert!((wide - measured).abs() < 0.06 * measured.max(5.0), "{latex}: {wide}, not {measured}");
    }
}

#[test]
fn size() {
    for (text, expected) in [
        ("x", 1),
        ("2*x", 3),
        ("a + b + c", 5),
        ("a - b", 3),
        ("-a - b", 4),
        ("-a", 2),
        ("a*(-b)", 4),
        ("sin(x)^2", 4),
        ("x[i]", 3),
        ("sum[k] x[k]", 5),
        ("a/b", 3),
        ("1.5*x", 3),
        ("max(x, y)", 3),
        ("x'", 2),
    ] {
        assert_eq!(print::nodes(&parse(text, &Names::default()).unwrap().tree), expected, "{text}");
    }
}

#[test]
fn a_declared_prime_is_not_taken_for_a_transpose() {
    let mut names = Names::default();
    names.add_variable("W");
    let transposed = parse("W'", &names).unwrap().tree;
    assert_eq!(print::text_with(&transposed, &names), "W'");
    names.add_variable("W'");
    assert_eq!(print::text_with(&transposed, &names), "(W)'");
    assert_eq!(print::unicode_with(&transposed, &names), "Wᵀ");
}

// --- parse ∘ print = id ----------------------------------------------------------------------------------------------

fn number() -> impl Strategy<Value = Tree> + Clone {
    prop_oneof![
        (0i64..50).prop_map(|n| Rational::fraction(n, 1)),
        (1i64..5000, prop::sample::select(vec![2i64, 4, 5, 8, 10, 100, 1000]))
            .prop_map(|(n, d)| Rational::fraction(n, d)),
        Just(Rational::parse("6.02e23", 1000).unwrap()),
        Just(Rational::parse("1e-30", 1000).unwrap()),
    ]
    .prop_map(|n| Kind::Number(n.unwrap()).into())
}

fn leaf() -> impl Strategy<Value = Tree> + Clone {
    prop_oneof![
        2 => number(),
        4 => prop::sample::select(VARIABLES.to_vec()).prop_map(Tree::name),
        1 => prop::sample::select(vec!["pi", "e", "n", "undeclared", "μ"]).prop_map(Tree::name),
    ]
}

fn relation() -> impl Strategy<Value = Relation> + Clone {
    prop::sample::select(vec![
        Relation::Equal,
        Relation::NotEqual,
        Relation::Less,
        Relation::LessEqual,
        Relation::Greater,
        Relation::GreaterEqual,
    ])
}

fn condition(value: BoxedStrategy<Tree>) -> impl Strategy<Value = Tree> {
    let one = (relation(), value.clone(), value)
        .prop_map(|(relation, a, b)| Tree::from(Kind::Relation(relation, Box::new(a), Box::new(b))));
    prop_oneof![3 => one.clone(), 1 => prop::collection::vec(one, 2..4).prop_map(|all| Kind::And(all).into())]
}

fn variable() -> impl Strategy<Value = Tree> {
    prop_oneof![
        Just(Tree::name("x")),
        Just(Tree::name("W'")),
        Just(Tree::name("ŷ")),
        Just(Kind::Index(Box::new(Tree::name("x")), vec![Tree::name("i")]).into()),
    ]
}

/// Without powers of ten, which are products in LaTeX.
fn plain_leaf() -> impl Strategy<Value = Tree> + Clone {
    prop_oneof![
        1 => (0i64..50, prop::sample::select(vec![1i64, 2, 4, 5, 10, 1000]))
            .prop_map(|(n, d)| Kind::Number(Rational::fraction(n, d).unwrap()).into()),
        2 => prop::sample::select(VARIABLES.to_vec()).prop_map(Tree::name),
        1 => prop::sample::select(vec!["pi", "e", "n", "undeclared", "μ"]).prop_map(Tree::name),
    ]
}

fn tree() -> impl Strategy<Value = Tree> + Clone {
    tree_of(leaf().boxed())
}

fn tree_of(leaf: BoxedStrategy<Tree>) -> impl Strategy<Value = Tree> + Clone {
    leaf.prop_recursive(5, 40, 3, |inner| {
        let inner = inner.boxed();
        let pair = || (inner.clone(), inner.clone()).prop_map(|(a, b)| (Box::new(a), Box::new(b)));
        let many = || prop::collection::vec(inner.clone(), 2..4);
        let big = (
            prop::sample::select(vec![Big::Sum, Big::Product, Big::Maximum, Big::Minimum]),
            prop_oneof![
                Just(vec![("k", false)]),
                Just(vec![("k", true)]),
                Just(vec![("i", false), ("j", false)]),
                Just(vec![("i", true), ("j", false)]),
            ],
            prop::option::of(condition(inner.clone())),
            pair(),
            inner.clone(),
        )
            .prop_map(|(operation, indices, condition, (lower, upper), body)| Kind::Big {
                operation,
                indices: indices
                    .into_iter()
                    .map(|(name, has_range)| BoundIndex {
                        name: name.into(),
                        range: has_range.then(|| ((*lower).clone(), (*upper).clone())),
                    })
                    .collect(),
                condition: condition.map(Box::new),
                body: Box::new(body),
            });
        let derivative = (
            prop::sample::select(vec![
                DerivativeOperator::Derivative,
                DerivativeOperator::Gradient,
                DerivativeOperator::Jacobian,
                DerivativeOperator::Hessian,
            ]),
            inner.clone(),
            prop::collection::vec(variable(), 1..3),
        )
            .prop_map(|(operator, body, mut variables)| {
                if operator != DerivativeOperator::Derivative {
                    variables.truncate(1);
                }
                Kind::Derivative { operator, body: Box::new(body), variables }
            });
        let call = (
            prop::sample::select(vec![
                "sigmoid", "exp", "abs", "sqrt", "cbrt", "norm1", "norm2", "sin", "σ1", "swish2", "maximum",
            ]),
            0u8..3,
            inner.clone(),
        )
            .prop_map(|(name, primes, argument)| Kind::Call {
                name: name.into(),
                primes,
                arguments: vec![argument],
            });
        prop_oneof![
            many().prop_map(Kind::Sum),
            many().prop_map(Kind::Sum),
            many().prop_map(Kind::Product),
            many().prop_map(Kind::Product),
            many().prop_map(Kind::Hadamard),
            pair().prop_map(|(a, b)| Kind::Quotient(a, b)),
            pair().prop_map(|(a, b)| Kind::Power(a, b)),
            pair().prop_map(|(a, b)| Kind::ElementwiseQuotient(a, b)),
            pair().prop_map(|(a, b)| Kind::ElementwisePower(a, b)),
            inner.clone().prop_map(|a| Kind::Negate(Box::new(a))),
            inner.clone().prop_map(|a| Kind::Negate(Box::new(a))),
            inner.clone().prop_map(|a| Kind::Transpose(Box::new(a))),
            call.clone(),
            call,
            pair().prop_map(|(a, b)| Kind::Call { name: "max".into(), primes: 0, arguments: vec![*a, *b] }),
            (inner.clone(), prop::collection::vec(inner.clone(), 1..3))
                .prop_map(|(a, i)| Kind::Index(Box::new(a), i)),
            big,
            condition(inner.clone()).prop_map(|c| Kind::Iverson(Box::new(c))),
            (
                prop::collection::vec((inner.clone(), condition(inner.clone()).prop_map(Some)), 1..3),
                prop::option::of(inner.clone())
            )
                .prop_map(|(mut rows, last)| {
                    rows.extend(last.map(|value| (value, None)));
                    Kind::Cases(rows)
                }),
            derivative,
            prop::collection::vec(inner.clone(), 1..4).prop_map(Kind::Array),
        ]
        .prop_map(Tree::from)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_reads_back(tree in tree()) {
        let names = names();
        let printed = print::text_with(&tree, &names);
        let again = parse(&printed, &names).map_err(|problem| TestCaseError::fail(format!("{printed}: {problem:?}")))?;
        prop_assert!(again.tree == tree, "{} reads back as {}", printed, print::text_with(&again.tree, &names));
    }

    #[test]
    fn unicode_reads_back(tree in tree()) {
        let names = names();
        let printed = print::unicode_with(&tree, &names);
        let again = parse(&printed, &names).map_err(|problem| TestCaseError::fail(format!("{printed}: {problem:?}")))?;
        prop_assert!(again.tree == tree, "{} reads back as {}", printed, print::text_with(&again.tree, &names));
        prop_assert_eq!(print::unicode_with(&again.tree, &names), printed);
    }

    #[test]
    fn facts_read_back(tree in condition(tree().boxed())) {
        let names = names();
        for printed in [print::text_with(&tree, &names), print::unicode_with(&tree, &names)] {
            let again = parse_fact(&printed, &names).map_err(|problem| TestCaseError::fail(format!("{printed}: {problem:?}")))?;
            prop_assert!(again.tree == tree, "{} reads back as {}", printed, print::text_with(&again.tree, &names));
        }
    }

    #[test]
    fn latex_reads_back(tree in tree_of(plain_leaf().boxed())) {
        let names = names();
        let printed = print::latex_with(&tree, &names);
        let again = match parse_latex(&printed, &names) {
            // min_α f(α) is no smallest component
            Err(problem) if problem.message.contains("which is no index") => return Ok(()),
            again => again.map_err(|problem| TestCaseError::fail(format!("{printed}: {problem:?}")))?,
        };
        prop_assert!(again.tree == tree, "{} reads back as {}, not {}", printed, print::text_with(&again.tree, &names), print::text_with(&tree, &names));
    }

    #[test]
    fn latex_has_balanced_braces(tree in tree()) {
        let printed = print::latex(&tree);
        let mut depth = 0i32;
        for c in printed.chars() {
            depth += match c { '{' => 1, '}' => -1, _ => 0 };
            prop_assert!(depth >= 0, "{}", printed);
        }
        prop_assert_eq!(depth, 0, "{}", printed);
        prop_assert_eq!(printed.matches(r"\left").count(), printed.matches(r"\right").count());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        let names = names();
        for result in [parse(&text, &names), parse_fact(&text, &names)] {
            if let Err(problem) = result {
                let span = problem.span().expect("a place");
                prop_assert!(span.start <= span.end && span.end <= text.len() && text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
            }
        }
    }

    #[test]
    fn formula_like_text_is_read_or_refused(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..16)) {
        let names = names();
        let text = words.concat();
        if let Ok(parsed) = parse(&text, &names) {
            for printed in [print::text_with(&parsed.tree, &names), print::unicode_with(&parsed.tree, &names)] {
                let again = parse(&printed, &names).map_err(|problem| TestCaseError::fail(format!("{text} gives {printed}: {problem:?}")))?;
                prop_assert!(again.tree == parsed.tree, "{} gives {} reads back as {}", text, printed, print::text_with(&again.tree, &names));
            }
        }
        let _ = symdiff::syntax::parse_declaration(&text, &names);
    }
}

const WORDS: &[&str] = &[
    "x",
    "y",
    "W",
    "'",
    "σ",
    "σ1",
    "sin",
    "sum",
    "[",
    "]",
    "(",
    ")",
    "|",
    "‖",
    "||",
    " ",
    " ",
    "+",
    "-",
    "−",
    "*",
    "/",
    "^",
    ".*",
    "./",
    ".^",
    "2",
    "1.5",
    "e",
    "π",
    "²",
    "⁻¹",
    "ᵀ",
    "√",
    "Σ",
    "Σ_k ",
    "sum[k] ",
    "d/dx ",
    "∂/∂x ",
    ",",
    "=",
    "<",
    "cases(",
    " if ",
    "i",
    "k",
    "ab",
    "log",
    "max",
    "_",
    "{",
    "}",
    ":",
    "..",
    "δ[",
    "diff(",
    "ŷ",
    "f",
    "∇_x ",
    "exp",
    "^-1",
];
