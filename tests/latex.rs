//! Reading LaTeX: tables of readings, the law that what is printed reads back, slips, and texts made to break a reader.

use symdiff::print;
use symdiff::syntax::{Names, is_latex, parse, parse_latex, parse_latex_chain, parse_latex_statements};

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
        (r"\|x\|_2^2 + \lVert x\rVert_1 + \|x\|^2_2 + ||x||", "norm2(x)^2 + norm1(x) + norm2(x)^2 + norm2(x)"),
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
        (r"\delta_{ij} + \mathbb{1}[i=j] + \mathbf{1}_{i<j} + [i = j]", "[i = j] + [i = j] + [i < j] + [i = j]"),
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
        (r"\hat y_k + \bar{x} + \hat{\mathbf{y}}", "ŷ_k + x̄ + ŷ"),
    ] {
        if plain.is_empty() {
            continue;
        }
        let names = Names::default();
        let plain = plain.replace("x_{i+1}", "x[i+1]").replace("x̄", "x\u{304}");
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
    for text in [r"\frac{1}{x}", "$x$", "x^{2}", r"\\", r"\(x\)", r"a \cdot b"] {
        assert!(is_latex(text), "{text}");
    }
    for text in ["x/2", "x^2", "Σ_{k=1}^{n} x[k]", "x_1 + W'", "|x|", "∇_{x} f", "a*b"] {
        assert!(!is_latex(text), "{text}");
    }
}

#[test]
fn corpus_of_derivatives() {
    let Ok(folder) = std::env::var("SYMDIFF_CORPORA") else {
        println!("skipped: SYMDIFF_CORPORA is not set");
        return;
    };
    let text = std::fs::read_to_string(format!("{folder}/cortex_latex_diff.jsonl")).unwrap();
    let mut read = 0;
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let latex = row["latex"].as_str().unwrap();
        let names = names(&[], &["Γ"]);
        match parse_latex(latex, &names) {
            Ok(_) => read += 1,
            Err(problem) => println!("{latex}: {problem}"),
        }
    }
    println!("{read} read");
    assert_eq!(read, text.lines().count());
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
fn zz_sheet() {
    let text = std::fs::read_to_string("/work/shared/seed/lab3-solution.md").unwrap();
    let names = names(
        &["y", "ŷ", "a", "W", "x", "b", "W'", "b'", "c", "f", "σ_x", "σ_y", "L", "A", "B", "p", "q", "d", "z", "t", "α", "λ", "C", "Z", "V", "γ", "μ", "c'", "V'", "k", "l"],
        &["σ1", "σ2", "sign"],
    );
    let mut rest = &text[..];
    let (mut read, mut all) = (0, 0);
    while let Some(at) = rest.find('$') {
        let double = rest[at..].starts_with("$$");
        let width = if double { 2 } else { 1 };
        let Some(end) = rest[at + width..].find(if double { "$$" } else { "$" }) else { break };
        let fragment = &rest[at..at + width + end + width];
        rest = &rest[at + width + end + width..];
        for statement in parse_latex_statements(fragment, &names) {
            all += 1;
            match &statement.chain {
                Ok(chain) => {
                    read += 1;
                    println!("  {}", show(chain));
                }
                Err(problem) => println!("  ✗ {:?}\n    {problem}", &fragment[statement.span.start..statement.span.end]),
            }
        }
    }
    println!("{read} of {all} read");
}

#[test]
fn zz_slips() {
    for text in SLIPS {
        match parse_latex(text, &names(&["W", "A", "x_1", "x1"], &["f"])) {
            Ok(parsed) => println!("{text}\n    READ {} {:?}", print::text(&parsed.tree), parsed.warnings.iter().map(|w| &w.message).collect::<Vec<_>>()),
            Err(problem) => println!("{text}\n    {:?}\n    {problem}", problem.span().map(|s| &text[s.start..s.end])),
        }
    }
}

const SLIPS: &[&str] = &[
    "",
    r"\frac{1}{x",
    r"\frac{1}x}",
    r"\left( x",
    r"\left( x )",
    r"(x + 1]",
    r"\frca{1}{2}",
    r"\sinx",
    r"sin x",
    r"sinx + 1",
    r"alpha + 1",
    r"\sin^{-1} x",
    r"f^{-1}(x)",
    r"x_12",
    r"x^12",
    r"e^-x",
    r"x^2^3",
    r"x_i_j",
    r"x_1 + 2",
    r"\frac123",
    r"2\frac{1}{3}",
    r"x2 + 1",
    r"3 4",
    r"1,5",
    r"1 + x_{1,5}",
    r"f(x)g(x)",
    r"g(x)",
    r"y'",
    r"W' x",
    r"(x + 1)'",
    r"\sigma_3(x)",
    r"\operatorname{sofmax}(x)",
    r"softmax(x)",
    r"sofmax(x)",
    r"\log",
    r"\sqrt",
    r"\frac{1}",
    r"\sum x_i",
    r"\sum_{i=1} x_i",
    r"\sum^n x",
    r"\sum_{i \in S} x_i",
    r"\sum_{i=1}^n",
    r"x + \dots + y",
    r"x! + 1",
    r"\int_0^1 x dx",
    r"\infty",
    r"a \pm b",
    r"\frac{\partial f}{\partial x}\Big|_{x=1}",
    r"\left. f \right|_{x=1}",
    r"x = 1",
    r"x < 1",
    r"x \approx 1",
    r"a \\ b",
    r"x & y",
    r"\text{where } x",
    r"x \text{ plus } y",
    r"|\Sigma|",
    r"A_{ij}^\top",
    r"A_{ij}^{-1}",
    r"A^{(2)}",
    r"x^*",
    r"\frac{d}{dx} (x) y",
    r"\frac{d}{dx} x \cdot y",
    r"\frac{d^2 y}{dx}",
    r"\frac{\partial}{dx} y",
    r"\partial x",
    r"x dx",
    r"\nabla f",
    r"\sin x (y + 1)",
    r"\sin{x} y",
    r"\sin x y",
    r"1/2x",
    r"x \cdot \cdot y",
    r"\cdot x",
    r"x +",
    r"+",
    r"\mathbf{Wx}",
    r"\mathbb{E}[x]",
    r"\min_{\alpha, D} \|x - D\alpha\|_2^2",
    r"\langle x, y \rangle",
    r"\|x\|_p",
    r"1e-5",
    r"2d_{ij} - 2q (40)",
    r"x_{1}",
    r"\hat{x + 1}",
    r"\mathrm{}",
    r"\sqrt23",
    r"$x",
    r"$x$ and $y$",
    r"let $x$",
    r"$$x$",
    "\\",
    r"\begin{cases} x & y",
    r"\begin{cases} x \\ y & \text{if } x > 0 \end{cases}",
    r"\begin{foo} x \end{foo}",
    r"\begin{pmatrix} 1 & 2 \\ 3 \end{pmatrix}",
    r"\frac{}{x}",
    r"()",
    r"{}",
    r"x^",
    r"x_",
    r"x^{}",
    r"\max x",
    r"\bigl( x",
    r"\left x",
    r"a \over b",
    r"\binom{n}{k}",
    r"\underbrace{x}_{y}",
    r"\frac{dy}{dx} dx",
    r"\log_b^2(x)",
    r"∂x",
    r"x²",
    r"\newcommand{\a}{b}",
    r"\theta(x)",
    r"x \mid y",
    r"p(y|x)",
    r"\left\{ \begin{array}{ll} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{array} \right.",
];
