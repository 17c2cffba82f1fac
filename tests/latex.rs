//! Reading LaTeX: tables of readings, the law that what is printed reads back, slips, and texts made to break a reader.

#![allow(clippy::print_stdout)] // what a corpus gives is shown with --nocapture

use proptest::prelude::*;
use symdiff::print;
use symdiff::syntax::{
    Declaration, Names, is_latex, parse, parse_chain, parse_declaration, parse_latex, parse_latex_chain,
    parse_latex_statements,
};

fn names(variables: &[&str], functions: &[&str]) -> Names {
    let mut names = Names::default();
    for name in variables {
        names.add_variable(name);
    }
    for name in functions {
        names.add_function(name, None);
    }
    names
}

#[test]
fn declarations_in_latex() {
    for (text, name, value) in [
        (r"\hat{y} = \frac{x^2}{2}", "ŷ", "x^2/2"),
        (r"f(x) = \frac{x^2}{2}", "f", "x^2/2"),
        (r"g\left(x, y\right) := x^{y}", "g", "x^y"),
    ] {
        let (declaration, _) = parse_declaration(text, &Names::default()).unwrap();
        assert_eq!(declaration.name(), name, "{text}");
        let (Declaration::Definition { value: tree, .. }
        | Declaration::FunctionDefinition { value: tree, .. }) = declaration
        else {
            panic!("{text}");
        };
        assert_eq!(print::text(&tree), value, "{text}");
    }
    for text in [r"\mathbf{W} \in \mathbb{R}^{m \times n}", r"\mathbf{W}: R[m,n]"] {
        let (declaration, _) = parse_declaration(text, &Names::default()).unwrap();
        let Declaration::Shape { name, sizes, .. } = declaration else { panic!("{text}") };
        assert_eq!((name.as_str(), sizes.len()), ("W", 2), "{text}");
    }
    for text in [r"\frac{x}{2} = 3", r"x \in \mathbb{N}", r"\hat{y}", r"\hat{y} = \frac{x}"] {
        assert!(parse_declaration(text, &Names::default()).is_err(), "{text}");
    }
    for text in
        [r"\Gamma(a, x)", r"\zeta(x)", r"\operatorname*{argmax}_x f", r"\newcommand{\w}{\omega} \sin(\w x"]
    {
        let error = parse_latex(text, &Names::default()).unwrap_err();
        assert!(error.span().is_some_and(|span| span.end <= text.len()), "{text}: {error}");
    }
}

#[test]
fn without_declarations() {
    let mut failed = 0;
    for (latex, plain) in [
        (r"\frac{x^2+\sigma(y)}{3x+y-\sigma(x)}", "(x^2 + sigmoid(y))/(3*x + y - sigmoid(x))"),
        (r"\dfrac12 + \tfrac{a}b", "1/2 + a/b"),
        (r"\sqrt{x} + \sqrt[3]{x} + \sqrt[n]x", "sqrt(x) + cbrt(x) + x^(1/n)"),
        (r"\left(\frac{a}{b}\right)^2 \cdot \bigl[ x \times y \bigr]", "(a/b)^2*(x*y)"),
        (r"a \div b / c * d", "a/b/c*d"),
        (r"\alpha_1 x + \theta_{\max}", ""),
        (r"\theta_{\mathrm{max}} x", "θ_max*x"),
        (r"\sin^2 x + \cos^{2}(x)", "sin(x)^2 + cos(x)^2"),
        (r"\sin 2x \cos x", "sin(2*x)*cos(x)"),
        (r"\operatorname{softmax}(x)_i", "(softmax(x))[i]"),
        (r"\log x + \ln(x) + \exp[-b x] + e^{-x}", "log(x) + log(x) + exp(-b*x) + e^(-x)"),
        (r"\log_2 x + \log_{10}(x)", "log2(x) + log10(x)"),
        (r"2\pi r", "2*pi*r"),
        (r"|x| + \lvert y \rvert + \left|\frac{x}{2}\right|", "abs(x) + abs(y) + abs(x/2)"),
        (r"|x||y|", "abs(x)*abs(y)"),
        (
            r"\|x\|_2^2 + \lVert x\rVert_1 + \|x\|^2_2 + ||x||",
            "norm2(x)^2 + norm1(x) + norm2(x)^2 + norm2(x)",
        ),
        (r"\frac{\partial f}{\partial x}", "diff(f, x)"),
        (r"\frac{\partial}{\partial x}(x^2 y)", "diff(x^2*y, x)"),
        (r"\frac{d}{dx} x^2 - 4 \frac{d}{dx} x", "diff(x^2, x) - 4*diff(x, x)"),
        (r"\frac{\mathrm{d}^2}{\mathrm{d}x^2} \left[ x^3 \right]", "diff(x^3, x, x)"),
        (r"\frac{d^2 y}{dx^2} + \frac{dy}{dx}", "diff(y, x, x) + diff(y, x)"),
        (r"\frac{\partial^2 f}{\partial x \, \partial y}", "diff(f, x, y)"),
        (r"\partial f / \partial x + dy/dx + d/dx (x^2)", "diff(f, x) + diff(y, x) + diff(x^2, x)"),
        (r"\partial_x f", "diff(f, x)"),
        (r"\nabla_W L", "grad(L, W)"),
        (r"\sigma'(x) + \tanh''(x)", "sigmoid'(x) + tanh''(x)"),
        (r"\sum_{i=1}^n x_i y_i", "sum[i = 1..n] x[i]*y[i]"),
        (r"\sum^{n}_{i=1} i", "sum[i = 1..n] i"),
        (r"\sum_{i \ne j} a_{ij}", "sum[i, j: i != j] a[i, j]"),
        (r"\sum_k x_k + x_1", "(sum[k] x[k]) + x[1]"),
        (r"\prod_{k=1}^{n} x_k", "prod[k = 1..n] x[k]"),
        (r"\max_i x_i + \max(a, b)", "(max[i] x[i]) + max(a, b)"),
        (
            r"\delta_{ij} + \mathbb{1}[i=j] + \mathbf{1}_{i<j} + [i = j]",
            "[i = j] + [i = j] + [i < j] + [i = j]",
        ),
        (
            r"\begin{cases} x, & \text{if } x > 0 \\ -x, & \text{otherwise.} \end{cases}",
            "cases(x if x > 0, -x otherwise)",
        ),
        (r"W_{i,j} x_{i+1}", "W[i, j]*x_{i+1}"),
        (r"x^\top A x + B^T + C^{\mathsf T} + A^{-1} + A^{-\top}", "x'*A*x + B' + C' + A^(-1) + (A^(-1))'"),
        (r"a \odot b \oslash c", "(a .* b) ./ c"),
        (r"x\,y\;z\quad", "x*y*z"),
        (r"x^2 \text{ (the square)}, \tag{3} \label{eq:a}", "x^2"),
        (r"$x$", "x"),
        (r"$$ x^2. $$", "x^2"),
        (r"\[ x^2 \]", "x^2"),
        (r"\begin{align*} x^2 \end{align*}", "x^2"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "[[1, 2], [3, 4]]"),
        (r"\begin{bmatrix} a \\ b \end{bmatrix}", "[a, b]"),
        (r"\lfloor x \rfloor + \lceil x \rceil", "floor(x) + ceil(x)"),
        (r"\arcsin(x) + \arsinh x + \operatorname{artanh} x", "asin(x) + arsinh(x) + artanh(x)"),
        (r"1.\frac{a}{b}", "1*(a/b)"),
        ("x^2 % a remark\n+ 1", "x^2 + 1"),
        (r"x_i^2 + x^2_i", "x_i^2 + x_i^2"),
        (r"s_i(\delta_{ij} - s_j)", "s[i]*([i = j] - s[j])"),
        (r"w_j + \sum_{i=1}^{n} x_{ij} + c_0", "w[j] + (sum[i = 1..n] x[i, j]) + c_0"),
        (r"\Delta x + \Delta\theta", "Δx + Δθ"),
        (r"A_{ij}B_{kl}", "A_ij*B_kl"),
        (r"\hat y_k + \bar{x} + \hat{\mathbf{y}}", "ŷ_k + x̄ + ŷ"),
    ] {
        if plain.is_empty() {
            continue;
        }
        let names = Names::default();
        let plain = plain.replace("x_{i+1}", "x[i+1]");
        let expected = parse(&plain, &names).unwrap_or_else(|problem| panic!("{plain}: {problem}")).tree;
        match parse_latex(latex, &names) {
            Ok(parsed) if parsed.tree == expected => {}
            Ok(parsed) => {
                failed += 1;
                println!("{latex} is read as {}, not {plain}", print::text(&parsed.tree));
            }
            Err(problem) => {
                failed += 1;
                println!("{latex}: {problem:?}");
            }
        }
    }
    assert_eq!(failed, 0);
}

#[test]
fn what_is_latex() {
    for text in [r"\frac{1}{x}", "$x$", "x^{2}", r"\\", r"\(x\)", r"a \cdot b", "A_{12}", "x_{i+1} - x_1"] {
        assert!(is_latex(text), "{text}");
    }
    for text in ["x/2", "x^2", "Σ_{k=1}^{n} x[k]", "x_1 + W'", "|x|", "∇_{x} f", "a*b"] {
        assert!(!is_latex(text), "{text}");
    }
}

/// Every formula is read and derived to the stated answer. `\log` is to base ten in this collection, which is said as any
/// user says it.
#[test]
fn corpus_of_derivatives() {
    let Ok(folder) = std::env::var("SYMDIFF_CORPORA") else {
        println!("skipped: SYMDIFF_CORPORA is not set");
        return;
    };
    let text = std::fs::read_to_string(format!("{folder}/cortex_latex_diff.jsonl")).unwrap();
    let (mut read, mut derived, mut other) = (0, 0, Vec::new());
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let latex = row["latex"].as_str().unwrap();
        let mut problem = symdiff::Problem::new();
        problem.declare("log(t) = ln(t)/ln(10)").unwrap();
        if let Err(error) = problem.read(latex) {
            println!("{latex}: {error}");
            continue;
        }
        read += 1;
        let answer = row["answer"].as_str().unwrap().replace("Sign(", "sign(");
        let wrt = row["wrt"].as_str().unwrap();
        let gradient = problem.gradient(latex, &[wrt]).map(|answer| answer.partials[0].tree.clone());
        let verdict = gradient.and_then(|gradient| {
            let expected = problem.read(&answer)?;
            let verdict = symdiff::prove::equivalent(&mut problem, &gradient, &expected)?;
            Ok((print::text(&gradient), matches!(verdict, symdiff::prove::Verdict::Proved(_))))
        });
        match verdict {
            Ok((_, true)) => derived += 1,
            Ok((gradient, false)) => other.push(format!("{latex}: {gradient}, not {answer}")),
            Err(problem) => other.push(format!("{latex}: {problem}")),
        }
    }
    println!("{read} read, {derived} derived as stated; {other:#?}");
    assert_eq!((read, derived), (text.lines().count(), text.lines().count()), "{other:#?}");
}

/// What a declared function takes the name of is called by its other name, in what is read and in what is written.
#[test]
fn a_logarithm_to_another_base() {
    let mut problem = symdiff::Problem::new();
    problem.declare("log(t) = ln(t)/ln(10)").unwrap();
    for (formula, partial, latex) in [
        (r"\log(x)", "1/(x*ln(10))", r"\frac{1}{x \operatorname{ln}(10)}"),
        ("log(x)", "1/(x*ln(10))", r"\frac{1}{x \operatorname{ln}(10)}"),
        (r"\ln x", "1/x", r"\frac{1}{x}"),
        (r"\log_2 x", "1/(x*ln(2))", r"\frac{1}{x \operatorname{ln}(2)}"),
        ("x^x", "x^x*(1 + ln(x))", r"x^{x} \cdot (1 + \operatorname{ln}(x))"),
    ] {
        let answer = problem.gradient(formula, &["x"]).unwrap();
        let tree = &answer.partials[0].tree;
        assert_eq!(print::text(tree), partial, "{formula}");
        assert_eq!(print::latex(tree), latex, "{formula}");
        for written in [partial, latex] {
            let read = problem.read(written).unwrap();
            let verdict = symdiff::prove::equivalent(&mut problem, tree, &read).unwrap();
            assert!(matches!(verdict, symdiff::prove::Verdict::Proved(_)), "{formula}: {written}");
        }
    }
    assert!(symdiff::Problem::new().declare("log(t) = log(t)/ln(10)").is_err());
}

#[test]
fn corpus_of_derivations() {
    let Ok(folder) = std::env::var("SYMDIFF_CORPORA") else {
        println!("skipped: SYMDIFF_CORPORA is not set");
        return;
    };
    let text = std::fs::read_to_string(format!("{folder}/latex_derivations_dev.jsonl")).unwrap();
    let (mut read, mut all) = (0, 0);
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let latex = row["latex"].as_str().unwrap();
        println!("=== {}", row["id"]);
        for statement in parse_latex_statements(latex, &Names::default()) {
            all += 1;
            match &statement.chain {
                Ok(chain) => {
                    read += 1;
                    println!("  {}", show(chain));
                }
                Err(problem) => {
                    println!("  ✗ {:?}\n    {problem}", &latex[statement.span.start..statement.span.end]);
                }
            }
        }
    }
    println!("{read} of {all} read");
}

fn show(chain: &symdiff::syntax::Chain) -> String {
    let mut out = String::new();
    for side in &chain.sides {
        if let Some(relation) = side.relation {
            out.push_str(&format!(" {}{relation:?} ", if side.is_approximate { "≈" } else { "" }));
        }
        out.push_str(&print::text(&side.tree));
    }
    for warning in &chain.warnings {
        out.push_str(&format!("   [{}]", warning.message));
    }
    out
}

#[test]
fn chains() {
    let chain = parse_latex_chain(r"&= \frac{1}{c} = 0.4407 \approx 0.44", &Names::default()).unwrap();
    assert_eq!(chain.sides.len(), 3);
    assert!(chain.sides[0].relation.is_some() && chain.sides[2].is_approximate);
}

#[test]
fn with_declarations() {
    for (variables, functions, latex, plain) in [
        (&["x"][..], &[][..], r"x_1 + x_{i}", "x[1] + x[i]"),
        (&["x", "x_1"], &[], r"x_1 + x_2", "x_1 + x[2]"),
        (&["σ1"], &[], r"\sigma_1 x", "σ1*x"),
        (&["θ₁"], &[], r"\theta_1", "θ₁"),
        (&[], &["σ1", "σ_2"], r"\sigma_1(x) + \sigma_2'(x)", "σ1(x) + σ_2'(x)"),
        (&["ŷ"], &[], r"\hat{y}_k + \hat y_{1}", "ŷ[k] + ŷ[1]"),
        (&["yhat"], &[], r"\hat{y}", "yhat"),
        (&["W", "W'", "b'"], &[], r"\mathbf{W}' x + \mathbf{W'} x + b'", "W'*x + W'*x + b'"),
        (&["θ_max"], &[], r"\theta_{\max} + \theta_{\text{max}}", ""),
        (&["λ_max"], &[], r"\lambda_{\mathrm{max}} x", "λ_max*x"),
        (&["lat"], &[], r"\mathrm{lat} + lat", "lat + lat"),
        (&["sigma"], &[], r"\sigma x", "sigma*x"),
        (&["T", "x"], &[], r"x^T", "x^T"),
        (&["d", "x"], &[], r"\frac{d}{d x}", "d/(d*x)"),
        (&["e"], &[], r"e^{x}", "e^x"),
        (&["W"], &[], r"W_{ij} + W_{i,j} + W_{i+1,j}", "W[i,j] + W[i,j] + W[i+1,j]"),
        (&["f", "x"], &[], r"f \cdot (x) + x(x+1)", "f*x + x*(x+1)"),
        (&[], &["f"], r"f'(x) + f(x)^2 + f^2(x)", "f'(x) + f(x)^2 + f(x)^2"),
        (&["δ"], &[], r"\delta_{i}", "δ[i]"),
        (&["x", "W"], &[], r"\|W x\|_F + \|x\|_{2}^{2}", "norm_fro(W*x) + norm2(x)^2"),
        (&["x"], &[], r"{x}_{1} + (W x)_i", "x[1] + (W*x)[i]"),
    ] {
        if plain.is_empty() {
            continue;
        }
        let names = names(variables, functions);
        let expected = parse(plain, &names).unwrap_or_else(|problem| panic!("{plain}: {problem}")).tree;
        let parsed = parse_latex(latex, &names).unwrap_or_else(|problem| panic!("{latex}: {problem:?}"));
        assert!(parsed.tree == expected, "{latex} is read as {}, not {plain}", print::text(&parsed.tree));
    }
}

/// The softmax and chain rule questions of the sheet, line by line.
#[test]
fn lines_of_a_solution_sheet() {
    let names = names(&["y", "ŷ", "a", "W", "x", "b", "l", "c", "f", "σ_x", "σ_y"], &[]);
    for (latex, plain) in [
        (r"$$l(\mathbf{y}, \hat{\mathbf{y}}) = -\log \hat{y}_k \tag{1}$$", "l(y, ŷ) Equal -log(ŷ[k])"),
        (
            r"$$\frac{\partial l}{\partial \hat{y}_k} = -\frac{1}{\hat{y}_k} \tag{2}$$",
            "diff(l, ŷ[k]) Equal -1/ŷ[k]",
        ),
        (r"$\mathbf{a} = \mathbf{W}\mathbf{x} + \mathbf{b}$", "a Equal W*x + b"),
        (
            r"$$\frac{\partial \hat{y}_k}{\partial a_i} = \begin{cases} \hat{y}_k (1 - \hat{y}_i), & \text{for } i = k \\ -\hat{y}_k \hat{y}_i, & \text{for } i \neq k \end{cases}$$",
            "diff(ŷ[k], a[i]) Equal cases(ŷ[k]*(1 - ŷ[i]) if i = k, -ŷ[k]*ŷ[i] if i != k)",
        ),
        (r"$$=\hat{y}_k(y_i-\hat{y}_i) \tag{4}$$", " Equal ŷ[k]*(y[i] - ŷ[i])"),
        (r"$\frac{\partial a_i}{\partial \mathbf{W}_i} = \mathbf{0}$", "diff(a[i], W[i]) Equal 0"),
        (
            r"$$\frac{\partial l}{\partial W_{i,j}} = \frac{\partial l}{\partial \hat{y}_k} \cdot \frac{\partial \hat{y}_k}{\partial a_i} \cdot \frac{\partial a_i}{\partial W_{i,j}} \tag{5}$$",
            "diff(l, W[i, j]) Equal diff(l, ŷ[k])*diff(ŷ[k], a[i])*diff(a[i], W[i, j])",
        ),
        (
            r"$$= -\frac{1}{\hat{y}_k} \cdot \hat{y}_k (y_i - \hat{y}_i) \cdot x_j \tag{6}$$",
            " Equal -1/ŷ[k]*ŷ[k]*(y[i] - ŷ[i])*x[j]",
        ),
        (r"$$= (\hat{y}_i - y_i)x_j \tag{7}$$", " Equal (ŷ[i] - y[i])*x[j]"),
        (r"$$\sigma_x = \sigma(x)$$", "σ_x Equal sigmoid(x)"),
        (r"$$b = a + \sigma_y$$", "b Equal a + σ_y"),
        (r"$$c = 3x + y - \sigma_x$$", "c Equal 3*x + y - σ_x"),
        (r"$$\frac{\partial f}{\partial b} = \frac{1}{c} = 0.4407$$", "diff(f, b) Equal 1/c Equal 0.4407"),
        (
            r"$$\frac{\partial f}{\partial \sigma_x} = \frac{\partial f}{\partial c} \cdot (-1) = 0.2914$$",
            "diff(f, σ_x) Equal diff(f, c)*(-1) Equal 0.2914",
        ),
        (
            r"$$\frac{\partial f}{\partial y} = \frac{\partial f}{\partial c} \cdot \frac{\partial c}{\partial y} = -0.2914 * 1 + 0.4407 * 0.5 * (1 - 0.5) = -0.1812$$",
            "diff(f, y) Equal diff(f, c)*diff(c, y) Equal -0.2914*1 + 0.4407*0.5*(1 - 0.5) Equal -0.1812",
        ),
    ] {
        let chain = parse_latex_chain(latex, &names).unwrap_or_else(|problem| panic!("{latex}: {problem:?}"));
        assert_eq!(show(&chain), plain, "{latex}");
        for side in &chain.sides {
            assert!(latex.is_char_boundary(side.span.start) && side.span.start < side.span.end, "{latex}");
        }
    }
}

#[test]
fn statements_of_a_block() {
    let text = r"\begin{align*} f &= a + b \\ &\quad + c \\ &= d, \qquad (7) \\ \frac{1}{ &= x \\ g &= h \text{ and hence } u = v \end{align*}";
    let all: Vec<String> = parse_latex_statements(text, &Names::default())
        .iter()
        .map(|statement| statement.chain.as_ref().map_or_else(|problem| problem.message.clone(), show))
        .collect();
    assert_eq!(
        all,
        ["f Equal a + b", "+ c", " Equal d", "`{` is never closed", "g Equal h", "u Equal v"]
            .map(|line| if line == "+ c" { "c".to_string() } else { line.to_string() })
    );
    let text = r"\begin{align*} f &= a + b \\ &\quad + c \\ &= d \end{align*}";
    let all: Vec<String> = parse_latex_statements(text, &Names::default())
        .iter()
        .map(|s| show(s.chain.as_ref().unwrap()))
        .collect();
    assert_eq!(all, ["f Equal a + b + c", " Equal d"]);
}

#[test]
fn plain_chains() {
    let chain = parse_chain("d/dx x^2 = 2x ≈ 0.44", &Names::default()).unwrap();
    assert_eq!(show(&chain), "diff(x^2, x) Equal 2*x ≈Equal 0.44");
    assert_eq!(show(&parse_chain("= a <= b", &Names::default()).unwrap()), " Equal a LessEqual b");
    assert!(parse_chain("a = ", &Names::default()).is_err());
    assert!(parse_chain("", &Names::default()).is_err());
}

/// Every text gives an answer or an error with a place, on the stack of a test thread.
#[test]
fn hostile_texts() {
    let many = 1_500;
    for text in [
        r"\frac{".repeat(180_000),
        r"\frac{1}{".repeat(many) + "x" + &"}".repeat(many),
        format!("{}x{}", r"\frac{1}{".repeat(200), "}".repeat(200)),
        format!("{}x{}", r"\frac{1}{".repeat(249), "}".repeat(249)),
        format!("{}x{}", r"\left(".repeat(249), r"\right)".repeat(249)),
        format!("{}x{}", r"\sqrt{".repeat(249), "}".repeat(249)),
        format!("{}x{}", r"x^{".repeat(249), "}".repeat(249)),
        format!("{}x{}", r"x_{".repeat(249), "}".repeat(249)),
        format!("{}x{}", r"\hat{".repeat(249), "}".repeat(249)),
        format!("{}x{}", r"\mathbf{".repeat(249), "}".repeat(249)),
        format!("{}x{}", r"\sin(".repeat(249), ")".repeat(249)),
        format!("{}x{}", r"\begin{cases}".repeat(249), r"\end{cases}".repeat(249)),
        format!("{}x{}", r"\begin{pmatrix}".repeat(249), r"\end{pmatrix}".repeat(249)),
        format!("{}x{}", r"\sum_{k=".repeat(249), "}".repeat(249)),
        "{".repeat(many),
        "}".repeat(many),
        "{}".repeat(many),
        r"\".repeat(many),
        r"\ ".repeat(many),
        r"\\".repeat(many),
        "$".repeat(many),
        "$$".into(),
        r"\(".repeat(many),
        r"\left".repeat(many),
        r"\left(".repeat(many),
        r"\text{".repeat(many),
        r"\text".into(),
        r"\begin".repeat(many),
        r"\begin{cases}".repeat(many),
        r"\sin ".repeat(many) + "x",
        r"\hat".repeat(many),
        r"\mathbf".repeat(many),
        r"\sqrt".repeat(many),
        r"\sqrt[".repeat(many),
        r"\partial ".repeat(many),
        r"\frac{d}{dx} ".repeat(many) + "x",
        r"\nabla_x ".repeat(many) + "x",
        r"\sum_k ".repeat(many) + "x",
        r"\sum_".repeat(many),
        r"\max_".repeat(many),
        r"\log_".repeat(many),
        "-".repeat(many),
        "x^".repeat(many),
        "x_".repeat(many),
        "x'".repeat(many),
        format!("x{}", "'".repeat(many)),
        "|".repeat(many),
        r"\|".repeat(many),
        "x|".repeat(many),
        "&".repeat(many),
        "=".repeat(many),
        "x=".repeat(many),
        "a,".repeat(many),
        "d".repeat(many),
        "dx".repeat(many),
        "d/".repeat(many),
        "ab(".repeat(many),
        "x ".repeat(many),
        "x+".repeat(many) + "x",
        r"\cdot".repeat(many),
        "%".repeat(many),
        "9".repeat(30_000),
        "x".repeat(20_000),
        r"\alpha".repeat(many),
        r"x_{i}".repeat(many),
        r"x^2_i".repeat(many),
        r"\operatorname*".repeat(many),
        r"\label{".repeat(many),
        r"\begin{align}".repeat(200) + &r"\end{align}".repeat(200),
        "\u{302}".repeat(many),
        "[".repeat(many),
        "[t]".repeat(many),
        "(1)".repeat(many),
        r"f(x)".repeat(many),
        r"\mathbb{1}".repeat(many),
        r"\delta_{ij}".repeat(many),
    ] {
        let names = names(&["x", "ab"], &["f"]);
        for text in [text.clone(), format!("${text}$")] {
            let start: String = text.chars().take(20).collect();
            for result in
                [parse_latex(&text, &names).map(|_| ()), parse_latex_chain(&text, &names).map(|_| ())]
            {
                if let Err(problem) = result {
                    let span = problem.span().unwrap_or_else(|| panic!("{start}…: {problem} has no place"));
                    assert!(span.start <= span.end && span.end <= text.len(), "{start}");
                    assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{start}");
                }
            }
            let _ = parse_latex_statements(&text, &names);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        check(&text)?;
    }

    #[test]
    fn latex_like_text_is_read_or_refused(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..16)) {
        check(&words.concat())?;
    }
}

/// Read or refused with a place; what is read prints and reads back to the same tree.
fn check(text: &str) -> Result<(), TestCaseError> {
    let names = names(&["x", "W", "W'", "ŷ", "i"], &["σ1"]);
    let _ = parse_latex_statements(text, &names);
    match parse_latex(text, &names) {
        Err(problem) => {
            let span = problem.span().expect("a place");
            prop_assert!(
                span.start <= span.end
                    && span.end <= text.len()
                    && text.is_char_boundary(span.start)
                    && text.is_char_boundary(span.end)
            );
            prop_assert!(problem.help.is_some(), "{} {}", text, problem);
        }
        Ok(parsed) => {
            let printed = print::latex_with(&parsed.tree, &names);
            let again = parse_latex(&printed, &names)
                .map_err(|problem| TestCaseError::fail(format!("{text} gives {printed}: {problem:?}")))?;
            prop_assert!(
                again.tree == parsed.tree,
                "{} gives {} reads back as {}, not {}",
                text,
                printed,
                print::text_with(&again.tree, &names),
                print::text_with(&parsed.tree, &names)
            );
        }
    }
    Ok(())
}

const WORDS: &[&str] = &[
    "x",
    "y",
    "W",
    "'",
    r"\sigma ",
    r"\sigma_1",
    r"\sin ",
    r"\sum_{k}",
    r"\sum_k ",
    r"\sum_{i=1}^n ",
    "[",
    "]",
    "(",
    ")",
    "|",
    r"\|",
    " ",
    "+",
    "-",
    r"\cdot ",
    "/",
    "^",
    "^2",
    "^{-1}",
    r"^\top",
    "_",
    "_i",
    "_{ij}",
    "_{i,j}",
    "{",
    "}",
    "2",
    "1.5",
    "e",
    r"\pi ",
    r"\frac",
    r"\frac{x}{y}",
    r"\sqrt{x}",
    r"\sqrt",
    r"\hat{y}",
    r"\hat ",
    r"\mathbf{W}",
    r"\operatorname{softmax}(x)",
    r"\partial ",
    r"\frac{\partial}{\partial x}",
    r"\frac{d}{dx}",
    r"\nabla_x ",
    ",",
    "=",
    "<",
    r"\left(",
    r"\right)",
    r"\text{if }",
    r"\max_i ",
    r"\begin{cases}",
    r"\end{cases}",
    r"\begin{pmatrix}",
    r"\end{pmatrix}",
    "&",
    r"\\",
    r"\delta_{ij}",
    r"\odot ",
    "d",
    "dx",
    "f",
    "k",
    r"\log ",
    r"\quad ",
    "$",
];
