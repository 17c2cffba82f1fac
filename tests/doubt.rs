//! What is not sure is refused, with its place and both spellings, and never guessed: formulas as textbooks write them, what they
//! are read as with what is declared, and what is said where nothing decides.

use symdiff::syntax::Notation;
use symdiff::{Operator, Problem, Request, print};

/// What comes out: the formula as it was read, `!` before it if something was remarked, or the message.
fn reading(declarations: &[&str], formula: &str, request: &Request) -> String {
    let declarations: Vec<String> = declarations.iter().map(|text| (*text).to_owned()).collect();
    let answer = Problem::with(&declarations, &[]).and_then(|mut problem| {
        problem.set_refuses_unknown_derivatives(true);
        let is_latex = formula.contains('\\') || formula.contains("^{") || formula.contains("_{");
        problem.set_notation(if is_latex { Notation::Latex } else { Notation::Text });
        let answer = problem.answer(formula, request)?;
        Ok((answer, problem.take_warnings()))
    });
    match answer {
        Ok((answer, warnings)) => {
            let mark = if warnings.is_empty() { "" } else { "!" };
            format!("{mark}{}", print::text(&answer.reading))
        }
        Err(error) => {
            assert!(error.help.is_some(), "{formula}: {error} shows no way out");
            assert!(error.span().is_some(), "{formula}: {error} has no place");
            format!("error: {}", error.message)
        }
    }
}

/// Declarations, a formula, and what it is read as; `error: ` and a part of the message where it is refused.
type Row = (&'static [&'static str], &'static str, &'static str);

fn check(rows: &[Row], request: &Request) {
    let mut wrong = Vec::new();
    for (declarations, formula, expected) in rows {
        let found = reading(declarations, formula, request);
        let is_right = match expected.strip_prefix("error: ") {
            Some(part) => found.starts_with("error: ") && found.contains(part),
            None => found == *expected,
        };
        if !is_right {
            wrong.push(format!("{formula} with {declarations:?}\n    is    {found}\n    wants {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn simplify() -> Request {
    Request { operator: Operator::Simplify, ..Request::default() }
}

const A: &[&str] = &["A: R[n,n]"];
const AX: &[&str] = &["A: R[n,n]", "x: R[n]"];
const XY: &[&str] = &["x: R[n]", "y: R[n]"];

#[test]
fn transposes() {
    check(
        &[
            // a number has none: T is a power that was not declared, or the shape is missing
            (&[], r"\alpha^T", "error: the shape of α is not declared"),
            (&["α: R"], r"\alpha^T", "error: a number has no transpose"),
            (&[], r"\log x^T", "error: the shape of x is not declared"),
            (&[], r"\frac{P}{(1+r)^T}", "error: a number has no transpose"),
            (&[], r"P\left(1+r\right)^{T}", "error: a number has no transpose"),
            (&["T: R"], r"P\left(1+r\right)^{T}", "P*(1 + r)^T"),
            (&["r: R", "P: R"], r"P(1+r)^{\mathrm T}", "error: a number has no transpose"),
            (&[], r"x^\top y", "error: the shape of x is not declared"),
            (&["y: R[n]"], r"x^{T} y", "error: the shape of x is not declared"),
            // of vectors, matrices and what is made of them
            (XY, r"x^{T} y", "x'*y"),
            (XY, r"x^{\mathsf T} y + x^{\intercal} y + x^\top y", "x'*y + x'*y + x'*y"),
            (&["A: R[m,n]", "x: R[n]", "y: R[m]"], r"A^{T}(Ax-y)", "A'*(A*x - y)"),
            (&["W': R[m,n]", "x: R[m]"], r"W'^{T} x", "W''*x"),
            (XY, r"(x+y)^T\left(x-y\right)", "(x + y)'*(x - y)"),
            (AX, r"(x^{T} A x)^{T}", "(x'*A*x)'"),
            (&["w: R[1]", "x: R[1]"], r"w^{T} x", "w'*x"),
            (&["A: R[n,n]"], r"x^{T} A x", "!x'*A*x"),
            (&["q(t) = t'*t"], "q(x)", "q(x)"),
            // the letter T in plain text
            (&[], "P*(1+r)^T", "P*(1 + r)^T"),
            (&["y: R[n]"], "x^T*y", "error: it is not clear whether x^T is a power or a transpose"),
            (&["x: R[n]", "y: R[n]"], "x^T*y", "error: only scalars and square matrices have powers"),
            // primes in plain text
            (&[], "y'+y*x", "error: the shape of y is not declared"),
            (&["y: R"], "y' + 1", "error: a number has no transpose"),
            (&[], "x''", "error: the shape of x is not declared"),
            (&["y: R[n]", "x: R[n]"], "y'*x", "y'*x"),
            (&["W: R[n,n]", "W': R[n,n]"], "W' + W", "W' + W"),
        ],
        &simplify(),
    );
}

#[test]
fn one_formula_means_one_thing_whatever_it_is_differentiated_by() {
    let wrt = |names: &[&str]| Request {
        operator: Operator::Gradient,
        wrt: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Request::default()
    };
    check(&[(&[], r"P\left(1+r\right)^{T}", "P*(1 + r)^T")], &wrt(&["r", "T"]));
    check(&[(&[], r"\sigma^2(x+\sigma)", "σ^2*(x + σ)")], &wrt(&["x", "σ"]));
}

#[test]
fn powers_of_function_letters() {
    check(
        &[
            (&[], r"\sigma^2(x)", "error: it is not clear what is done to `\\sigma`"),
            (&[], r"\sigma^{2}(x+y)", "error: it is not clear what is done to"),
            (&[], r"\sigma^3 (3x)", "error: it is not clear what is done to"),
            (&[], r"\sigma^2\left(x\right)", "error: it is not clear what is done to"),
            (&[], r"\sigma^{-1}(x+y)", "error: it is not clear what is done to"),
            (&[], r"\sigma[x]+\pi", "error: it is not clear whether `\\sigma[x]`"),
            (&[], r"\sigma{(x)}", "sigmoid(x)"),
            (&[], r"\sigma(x)^2 + \sigma^2 x + \sin^2(x)", "sigmoid(x)^2 + σ^2*x + sin(x)^2"),
            (&["σ: R"], r"\sigma^2(x+y)", "σ^2*(x + y)"),
            (&[], r"\frac{(x-\mu)^2}{2\sigma^2}", "(x - μ)^2/(2*σ^2)"),
            (&[], "σ²(x)", "error: it is not clear whether `σ²(…)`"),
            (&[], "σ^2(x+1)", "error: it is not clear whether `σ^2(…)`"),
            (&[], "σ(x)²", "sigmoid(x)^2"),
            (&[], r"\Gamma(x+1)", "Gamma(x + 1)"),
            (&[], r"\Gamma\left(\tfrac{n}{2}\right)", "Gamma(n/2)"),
            (&[], r"\Gamma x + \Gamma_{1} + \Gamma_{ij}", "Γ*x + Γ_1 + Γ_ij"),
            (&["Γ: function"], r"\Gamma(x+1)", "Γ(x + 1)"),
            (&["Γ: R"], r"\Gamma(x+1)", "error: `Γ` is a variable here"),
            (&["Γ: R"], r"\Gamma \cdot (x+1)", "Γ*(x + 1)"),
            (&[], r"\Gamma(a, x)", "error: takes one argument, not 2"),
            (&[], r"\Gamma^2(x)", "error: it is not clear what is done to `\\Gamma`"),
            (&[], r"\Gamma[x]+\pi", "error: it is not clear whether `\\Gamma[x]`"),
            (&[], r"\gamma(x+1)", "γ*(x + 1)"),
            (&["γ: R"], r"\gamma(x+1)", "γ*(x + 1)"),
            (&[], r"\zeta(x+1)", "error: the zeta function is not available"),
            (&[], r"\delta(x-a)", "error: it is not clear whether"),
            (&[], r"\mathcal{L}(\theta+1)", "error: it is not clear whether"),
            (&[], r"E[x]\cdot 1", "error: it is not clear whether `E[x]` is an expectation"),
            (&[], r"\mathrm{E}[X+Y]", "error: an expectation"),
            (&[], r"E\left[x^2\right]", "error: an expectation"),
            (&[], r"\cdot x[n]", "error: nothing stands before"),
            (&[], r"2\cdot x[n-1]", "error: it is not clear whether `x[n-1]`"),
            (&[], r"2\cdot a[b+c]", "2*a*(b + c)"),
            (&[], r"f\circ g", "error: one function after another"),
            (XY, r"x\circ y", "x .* y"),
            (&[], r"\Delta^2 x", "error: a second difference or a power"),
            (&[], r"\vec{a} \times \vec{b}", "error: cross products are not read"),
            (&[], r"\{x\}", "error: a group, a set or a fractional part"),
            (&[], r"\{x + 1\}", "x + 1"),
            (&[], r"D_x x^{2}", "error: it is not clear whether `D_x` is a derivative or a factor"),
            (&[], r"\sum_i (x - x_i)^2", "error: x is a number here and has components there"),
            (&[], r"\mathrm{i} x", "error: the upright i is the imaginary unit"),
        ],
        &simplify(),
    );
}

#[test]
fn identity_matrices() {
    check(
        &[
            (AX, r"(A+\lambda I)x", "!(A + λ*eye(n))*x"),
            (AX, r"\left(\lambda\mathbf{I}+A^\top A\right)^{-1}x", "!(λ*eye(n) + A'*A)^(-1)*x"),
            (A, r"\mathbb{I} - A", "!eye(n) - A"),
            (&["x: R[n]"], r"I - \frac{xx^\top}{x^\top x}", "!eye(n) - x*x'/(x'*x)"),
            (AX, "(A + λ*I)*x", "!(A + λ*eye(n))*x"),
            (AX, "A + λ*(I + μ*I)", "!A + λ*(eye(n) + μ*eye(n))"),
            (&["A: R[n,n]", "I: R"], "A*I", "A*I"),
            (&["A: R[n,n]", "I: R[n,n]"], r"A + \lambda I", "A + λ*I"),
            (&[], r"V = \frac{1}{2}", "error: `=` stands inside a formula"),
            (&[], r"I R + \frac{1}{2} L I^2", "I*R + 1/2*L*I^2"),
            (AX, r"I x", "error: it is not clear whether I is the identity matrix or a number"),
            (AX, r"I A x", "error: it is not clear whether I is the identity matrix or a number"),
            (
                A,
                r"A + I + \operatorname{tr}(A) \cdot \exp(I) A",
                "error: I is added to a matrix here and is a number there",
            ),
            // a number in every entry
            (A, "A + λ", "!A + λ"),
            (A, r"A + \lambda", "!A + λ"),
            (A, "2*A - 1", "!2*A - 1"),
            (A, "A .* (1 - A)", "A .* (1 - A)"),
            (A, "1 - tanh(A).^2", "1 - tanh(A).^2"),
            (&["y: R[n]"], "y .* (1 - y) + 2", "y .* (1 - y) + 2"),
            (&["B: R[m,n]"], "B + λ", "B + λ"),
            (&["B = A + λ*I", "A: R[n,n]"], "tr(B)", "!tr(B)"),
            // entry by entry
            (A, r"e^{A}", "!e^A"),
            (A, "e^A", "!e^A"),
            (A, r"\log A", "!log(A)"),
            (A, "exp(A)", "exp(A)"),
            (A, r"\tanh(A)", "tanh(A)"),
        ],
        &simplify(),
    );
}

#[test]
fn vectors_of_ones() {
    check(
        &[
            (&["x: R[n]"], r"\mathbf{1}^\top x", "ones(n)'*x"),
            (A, r"\mathbf{1}^\top A \mathbf{1}", "ones(n)'*A*ones(n)"),
            (&["x: R[n]"], r"x - \mu \mathbf{1}", "x - μ*ones(n)"),
            (&["x: R[n]"], r"x \odot (\mathbf 1 - x)", "x .* (ones(n) - x)"),
            (&[], r"\mathbf{1}_n^\top \mathbf{1}_n", "ones(n)'*ones(n)"),
            (&["x: R[n]"], r"x\mathbf{1}^\top", "error: how long this vector of ones is is not known"),
            (&[], r"\mathbf{1}", "error: how long this vector of ones is is not known"),
        ],
        &simplify(),
    );
}

#[test]
fn norms_of_matrices() {
    check(
        &[
            (A, r"\|A\|_2", "error: the spectral norm or the Frobenius norm"),
            (A, r"\|A\|", "error: the spectral norm or the Frobenius norm"),
            (A, "norm2(A)", "error: the spectral norm or the Frobenius norm"),
            (AX, r"\|A - xx^\top\|^2", "error: the spectral norm or the Frobenius norm"),
            (A, r"\|A\|_1", "error: the sum of the absolute values or the largest column sum"),
            (A, r"\|A\|_F^2", "normF(A)^2"),
            (AX, r"\|Ax\|_2^2 + \|x\|_1", "norm2(A*x)^2 + norm1(x)"),
            (A, r"\left|A + A^\top\right|", "error: either an absolute value or a determinant"),
            (A, r"|\lambda I - A|", "error: either an absolute value or a determinant"),
            (AX, r"|x^\top A x| + |\operatorname{tr}(A)|", "abs(x'*A*x) + abs(tr(A))"),
            (&["V: R"], r"|V| + \pi", "abs(V) + pi"),
            (A, "|A|", "error: bars around a matrix"),
            (AX, "|x'*A*x| + |V|", "abs(x'*A*x) + abs(V)"),
        ],
        &simplify(),
    );
}

#[test]
fn words_before_operands() {
    check(
        &[
            (A, r"\operatorname{Tr} A", "error: `\\operatorname{Tr}` is no known function"),
            (A, r"\text{Tr}A + \pi", "error: is no known function"),
            (A, r"\mathrm{rank} A", "error: it is not clear whether `\\mathrm{rank}`"),
            (&[], r"\operatorname{sinc} x", "error: is no known function"),
            (&[], r"\operatorname{Re} z", "error: `Re` is not read"),
            (&[], r"\mathrm{Sin} x", "error: is no known function"),
            (&[], r"\mathrm{net} x", "error: it is not clear whether `\\mathrm{net}`"),
            (&[], r"x\,\mathrm{net} + \mathrm{net} \cdot x", "x*net + net*x"),
            (&["net: R"], r"\mathrm{net} x", "net*x"),
            (&[], r"\mathrm{T} x + \mathit{lr} x", "T*x + lr*x"),
            (A, r"\operatorname{tr} A", "tr(A)"),
            (&[], "Tr A", "error: there is no function `Tr`"),
            (&[], "Sin x", "error: there is no function `Sin`"),
            (&[], "Lat x", "Lat*x"),
            (&[], "lg x", "error: `lg` is no function here"),
            (&[], "sum[i=1..3] x_i", "error: `x_i` is one name, and no component over the index"),
            (&["x: R[n]"], "sum[i] x_i", "sum[i] x[i]"),
            (A, "sum[i] sum[j] A_ij^2", "sum[i] sum[j] A[i, j]^2"),
            (A, "sum[i] A_i", "error: `A_i` is one name, and no component over the index"),
            (&[], "ζ(x+1)", "error: it is not clear whether `ζ(…)`"),
            (&[], "Γ(x)ψ(x)", "error: it is not clear whether `ψ(…)`"),
            (&[], "Γ(x)*ψ_0(x)", "error: it is not clear whether `ψ_0(…)`"),
            (&["ψ: function"], "Γ(x)ψ(x)", "Gamma(x)*ψ(x)"),
            (&[], "ψ*(x+1) + ψ x", "ψ*(x + 1) + ψ*x"),
            (&[], "Γ(x+1)", "Gamma(x + 1)"),
            (&[], "Gamma(x+1)", "Gamma(x + 1)"),
            (&[], "2Γ(x)/Γ(x/2)", "2*Gamma(x)/Gamma(x/2)"),
            (&[], "Γ*x + Γ x + Γ (x+1)", "Γ*x + Γ*x + Γ*(x + 1)"),
            (&[], "Gamma*x + Gamma x + Gamma_1 x", "Gamma*x + Gamma*x + Gamma_1*x"),
            (&["Γ: function"], "Γ(x+1)", "Γ(x + 1)"),
            (&["Γ: R"], "Γ(x+1)", "error: `Γ` is a variable here"),
            (&["Gamma: R"], "Gamma*(x+1)", "error: `Gamma` is a function of the table"),
            (&[], "gamma(x)", "error: there is no function `gamma`"),
            (&[], "γ(x+1)", "γ*(x + 1)"),
            (&[], "gamma*x", "gamma*x"),
            (&[], "f∘g", "error: one function after another"),
        ],
        &simplify(),
    );
}

#[test]
fn words_that_run_together() {
    check(
        &[
            (&[], "sinx", "!sin(x)"),
            (&[], "x lnx + 1/cosx", "!x*log(x) + 1/cos(x)"),
            (&[], "sinx cosx", "!sin(x)*cos(x)"),
            (&["sinx: R"], "sinx", "sinx"),
            (&[], "sinx^2", "error: it is not clear how far `sin` reaches"),
            (&[], "lnx y", "error: it is not clear how far `ln` reaches"),
            (&[], "xlnx", "error: `xlnx` is read as one name"),
            (&[], "asinx", "error: `asinx` is read as one name"),
            (&[], "price - cost", "!price - cost"),
            (&[], "t + cost", "error: it is not clear whether `cost` is one name or cos(t)"),
            (&["cost: R"], "t + cost", "t + cost"),
            (&[], "sin2x", "error: `sin2x` is read as one name"),
            (&[], "cos2 y", "error: `cos2` is read as one name"),
            (&[], "sum2 + log2(x)", "sum2 + log2(x)"),
            (&[], "w1x1 + w2x2", "!w1*x1 + w2*x2"),
            (&[], "w1^2x1^2", "w1^2*x1^2"),
            (&["w1x1: R"], "w1x1", "w1x1"),
            (&[], "H2O + x12", "H2O + x12"),
            (&[], "log_2 x", "log2(x)"),
            (&[], "log₂(x)", "log2(x)"),
            (&[], "log_3(x) + log_10 y", "log(x)/log(3) + log10(y)"),
            (&["log_2: R"], "log_2*x", "log_2*x"),
            (&[], "log_b x", "error: `log_b` is read as one name"),
            (&[], "lg(x)", "error: `lg` is no function here"),
            (&[], r"\frac{1}{2} x ln x", "error: `ln` without a backslash is a product of letters"),
            (&[], r"\frac{1}{2} xlnx", "error: `ln` without a backslash is a product of letters"),
            (&[], r"\frac{1}{2} x sin x", "error: `sin` without a backslash is a product of letters"),
            (&[], r"\frac{1}{2} ln", "1/2*l*n"),
            (&["l: R", "n: R"], r"\frac{1}{2} ln x", "1/2*l*n*x"),
        ],
        &simplify(),
    );
}

#[test]
fn how_far_a_function_reaches() {
    check(
        &[
            (&[], "cos x (x+1)", "!cos(x)*(x + 1)"),
            (&[], "cos x(x+1)", "error: it is not clear how far `cos` reaches"),
            (&[], "ln x (x+1)", "error: it is not clear how far `ln` reaches"),
            (&[], "sin 2(x+1)", "sin(2*(x + 1))"),
            (&[], "sin x e^x", "!sin(x)*e^x"),
            (&[], "sin 2x e^x", "!sin(2*x)*e^x"),
            (&[], "ln x e^x", "error: it is not clear how far `ln` reaches"),
            (&[], r"\sin x e^x", "!sin(x)*e^x"),
            (&[], r"\sin 2x e^{-x}", "!sin(2*x)*e^(-x)"),
            (&[], r"\ln x e^x", "error: it is not clear how far `ln` reaches"),
            (&[], r"\sin \omega t", "!sin(ω*t)"),
            (&[], "cos y dy/dx", "error: the derivative of y by x or a quotient of two names"),
            (&["dy: R", "dx: R"], "cos(y) dy/dx", "cos(y)*dy/dx"),
        ],
        &simplify(),
    );
}

#[test]
fn derivatives_of_functions() {
    const F: &[&str] = &["f: function"];
    check(
        &[
            (F, "f^(3)(x)", "!f'''(x)"),
            (F, "f^3(x) + f^(1/2)(x)", "f(x)^3 + f(x)^(1/2)"),
            (F, "f^(0)(x)", "f(x)^0"),
            (&[], "sin^(2)(x)", "error: it is not clear whether `sin^(2)` is a power or a derivative"),
            (&[], "sin^2(x)", "sin(x)^2"),
            (F, r"f^{(3)}(x)", "f'''(x)"),
            (F, r"\frac{df}{dx}(x) + \frac{d^2f}{dx^2}(2)", "f'(x) + f''(2)"),
            (
                F,
                r"\frac{df}{dx}(x^2+1)",
                "error: it is not clear whether this is the value of a derivative or a product",
            ),
            (&["f: function", "y = x^2"], r"\frac{dy}{dx}(x+1)", "diff(y, x)*(x + 1)"),
            (&[], r"\dv{x} x^2", "diff(x^2, x)"),
            (&["y = x^2"], r"\dv{y}{x} + \pdv[2]{y}{x}", "diff(y, x) + diff(y, x, x)"),
            (&["y = x^2"], "d y / d x", "error: `d y / d x` is either a derivative or a quotient"),
            (&["d: R", "y: R"], "d*y / (d*x)", "d*y/(d*x)"),
        ],
        &simplify(),
    );
}

#[test]
fn names_that_do_not_occur() {
    let by = |name: &str| Request {
        operator: Operator::Gradient,
        wrt: vec![name.to_owned()],
        ..Request::default()
    };
    check(
        &[
            (&[], "ae^(ax)", "error: x does not occur: `ax` is read as one name"),
            (&[], "E[x]", "error: x is an index here, and no variable"),
            (&[], "y^2 + x_1", "!y^2 + x_1"),
            (&["ax: R"], "ax^2", "!ax^2"),
            (&["y = a*x"], "y^2", "y^2"),
            (&["x: R[n]"], "x[1]^2", "x[1]^2"),
        ],
        &by("x"),
    );
}

#[test]
fn derivatives_of_what_nobody_declared() {
    check(
        &[
            (&[], r"\frac{dy}{dx}", "error: y is not known to depend on x"),
            (&[], r"x\frac{dy}{dx}", "error: y is not known to depend on x"),
            (&[], r"\frac{\partial L}{\partial x}", "error: L is not known to depend on x"),
            (&[], r"\frac{d^2y}{dx^2}", "error: y is not known to depend on x"),
            (&[], r"\frac{d}{dx}(c^2)", "error: c is not known to depend on x"),
            (&[], r"\nabla_W L", "error: L is not known to depend on W"),
            (&[], "d/dx y", "error: y is not known to depend on x"),
            (&[], "diff(y, x)", "error: y is not known to depend on x"),
            (&[], "dy/dx", "error: the derivative of y by x or a quotient of two names"),
            (&[], r"\mathrm{dy}/\mathrm{dx}", "error: the derivative of y by x or a quotient of two names"),
            (&[], "d^2y/dx^2", "error: the derivative of y by x or a quotient of two names"),
            (&["y: R"], r"\frac{dy}{dx}", "diff(y, x)"),
            (&["y = x^2"], r"\frac{dy}{dx}", "diff(y, x)"),
            (&["u = x^2", "y = 3*u"], "d/dx y", "diff(y, x)"),
            (&["y: function"], r"\frac{d}{dx} y(x)", "diff(y(x), x)"),
            (&[], r"\frac{d}{dx}(c x) + \frac{d}{dx} 5", "diff(c*x, x) + diff(5, x)"),
            (&["dy: R", "dx: R"], "dy/dx", "dy/dx"),
            // as it was written before LaTeX 2e
            (&[], r"\frac{\rm d}{{\rm d}x}(x^2)", "diff(x^2, x)"),
            (&[], r"\frac{\rm d}{\rm dx}(x^2)", "diff(x^2, x)"),
            (&["y = x^2"], r"\frac{\mathrm{dy}}{\mathrm{dx}}", "diff(y, x)"),
            (&[], r"\frac{{\rm d}^2}{{\rm d}x^2}(x^3)", "diff(x^3, x, x)"),
            (XY, r"{\bf x}^T{\bf y} + {\rm sin}(1)", "x'*y + sin(1)"),
            (&[], r"{\rm d}x", "error: stands alone"),
            (&[], r"{\it x} + {\cal L}", "x + L"),
        ],
        &simplify(),
    );
}

#[test]
fn imaginary_units() {
    check(
        &[
            (&[], r"e^{i\pi}", "error: `i` in an exponent of e is the imaginary unit"),
            (&[], r"e^{-i\omega t}", "error: `i` in an exponent of e is the imaginary unit"),
            (&[], r"\exp\left(\frac{ikx}{2}\right)", "error: `i` in an exponent of e is the imaginary unit"),
            (&[], r"e^{j\omega t}", "error: `j` in an exponent of e is the imaginary unit"),
            (&[], "e^(i*pi)", "error: `i` in an exponent of e is the imaginary unit"),
            (&["i: R"], r"e^{i\pi}", "e^(i*pi)"),
            (&["x: R[3]"], r"\sum_{i} e^{i x_i}", "sum[i] e^(i*x[i])"),
            (&[], r"2\pi i", "!2*pi*i"),
            (&[], r"\cos\theta + i\sin\theta", "!cos(θ) + i*sin(θ)"),
            (&[], r"a + b i + \frac{1}{2}", "!a + b*i + 1/2"),
            (&[], "i*x", "i*x"),
        ],
        &simplify(),
    );
}

#[test]
fn components() {
    check(
        &[
            (&["x: R[3]"], r"\sum_{i=1}^3 x_i x_{i+1}", "error: this runs to component 4"),
            (&["x: R[3]"], r"\sum_{i} x_i x_{i+1}", "error: this runs to component 4"),
            (&["x: R[3]"], r"\sum_{i=1}^{3} x_{i-1}", "error: this runs to component 0"),
            (&["x: R[n]"], r"\sum_{i=1}^{n} x_i x_{i+1}", "error: this runs to component n+1"),
            (&["x: R[n]"], r"\sum_{i=1}^{n-1} x_i x_{i+1}", "sum[i = 1..n - 1] x[i]*x[i + 1]"),
            (&["x: R[3]"], "sum[i=2..3] x[i]*x[i-1]", "sum[i = 2..3] x[i]*x[i - 1]"),
            (&["x: R[n]"], "sum[i: i < n] x[i]*x[i+1]", "sum[i: i < n] x[i]*x[i + 1]"),
            (&["x: R[3]"], "sum[i] [i < 3]*x[i]*x[i+1]", "sum[i] [i < 3]*x[i]*x[i + 1]"),
            (
                &["X: R[n]", "K: R[h]"],
                "sum[i=1..n-h+1] sum[a] K[a]*X[i+a-1]",
                "sum[i = 1..n - h + 1] sum[a] K[a]*X[i + a - 1]",
            ),
            (&["A: R[3,3]"], r"A_{12} + A_{1,2}", "A[1, 2] + A[1, 2]"),
            (&["A: R[3,3]", "x: R[3]"], r"\sum_j A_{1j} x_j", "sum[j] A[1, j]*x[j]"),
            (&["x: R[20]"], r"x_{12}", "!x[12]"),
            (&["x: R[20]"], r"\sum_{k=1}^{10} x_{2k}", "sum[k = 1..10] x[2*k]"),
            (&[], r"\sum_j A_{1j} x_j", "sum[j] A[1, j]*x[j]"),
            (&[], r"\sum_{j=1}^m w_{2j} x_j", "error: `_{2j}` is either one index or 2"),
            (&["A: R[3,3]"], r"A_{1} + \pi", "error: 1 subscript given, but A has 2 axes"),
            (&[], r"\max_x f", "error: `\\max` runs over x, which is no index"),
        ],
        &simplify(),
    );
}

#[test]
fn what_is_clear_is_read() {
    check(
        &[
            (&[], r"\left||x|-1\right|", "abs(abs(x) - 1)"),
            (&[], "||x|-1|", "abs(abs(x) - 1)"),
            (&[], r"||x|-1| + \pi", "abs(abs(x) - 1) + pi"),
            (&[], r"\big||x|-|y|\big|", "abs(abs(x) - abs(y))"),
            (&[], r"|x + |y|| + |x||y|", "abs(x + abs(y)) + abs(x)*abs(y)"),
            (&["x: R[n]"], r"||x|| + \pi", "norm2(x) + pi"),
            (&[], r"\sigma''(x)", "sigmoid''(x)"),
            (&[], r"\begin{aligned} x^2 \\ + 1 \end{aligned}", "x^2 + 1"),
            (&[], r"x^-1 + \pi", "!x^(-1) + pi"),
            (&[], r"e^-x + \pi", "!e^(-x) + pi"),
            (&[], r"e^-2x + \pi", "error: LaTeX raises only the sign"),
            (
                &[],
                r"\begin{cases} x & x>0,y>0 \\ 0 & \text{else}\end{cases}",
                "cases(x if x > 0 and y > 0, 0)",
            ),
            (&[], r"a \cdotp b", "a*b"),
            (&[], r"\hbar \omega", "ħ*ω"),
            (&[], r"\sum_{i,j} a_{ij} x_i x_j", "sum[i, j] a[i, j]*x[i]*x[j]"),
        ],
        &simplify(),
    );
}

/// A formula in LaTeX gets ways out in LaTeX.
#[test]
fn ways_out_in_the_notation_of_the_formula() {
    let help = |declarations: &[&str], formula: &str| {
        let declarations: Vec<String> = declarations.iter().map(|text| (*text).to_owned()).collect();
        let mut problem = Problem::with(&declarations, &[]).unwrap();
        problem.answer(formula, &simplify()).unwrap_err().help.unwrap_or_default()
    };
    for (declarations, latex, plain, in_latex, in_text) in [
        (XY, r"x \cdot y", "x*y", r"x^\top y", "x'*y"),
        (XY, r"\frac{x}{y}", "x/y", r"\oslash", "./"),
        (&["x: R[n]"], r"{x}^{2}", "x^2", r"x^\top x", ".^"),
        (&["W: R[m,n]", "x: R[m]"], r"W \cdot x", "W*x", r"W^\top x fits", "W'*x fits"),
        (&["A: R[n,n]"], r"\|A\|", "norm2(A)", r"\|A\|_F", "normF(A)"),
    ] {
        assert!(help(declarations, latex).contains(in_latex), "{latex}: {}", help(declarations, latex));
        assert!(help(declarations, plain).contains(in_text), "{plain}: {}", help(declarations, plain));
        assert!(!help(declarations, latex).contains(in_text), "{latex}: {}", help(declarations, latex));
    }
}

/// A sheet shows no remarks: what it makes of a line must be what was meant, or the line is not read.
#[test]
fn sheets_take_nothing_for_something_else() {
    use symdiff::check::Verdict::{self, Given, Right, Undecided, Unreadable, Wrong};
    let rows: &[(&str, &[Verdict])] = &[
        ("f(x) = sin x e^x\nf'(x) = cos x e^x + sin x e^x", &[Given, Right]),
        ("$$f(x) = \\sin x e^x$$\n$$f'(x) = \\cos x e^x$$", &[Given, Wrong]),
        ("$$f(x) = \\ln x e^x$$\n$$f'(x) = 0$$", &[Unreadable, Undecided]),
        ("f(x) = cos x (x+1)\nf'(x) = -sin x (x+1) + cos x", &[Given, Right]),
        ("f(x) = x lnx\nf'(x) = lnx + 1", &[Given, Right]),
        ("f(x) = sin2x\nf'(x) = 2cos2x", &[Unreadable, Unreadable]),
        ("$$f(x) = x ln x$$\n$$f'(x) = ln x + 1$$", &[Unreadable, Unreadable]),
        ("f(x) = log_2 x\nf'(x) = 1/(x ln 2)", &[Given, Right]),
        ("y(t) = cost\ny'(t) = -sint", &[Unreadable, Unreadable]),
        ("f = w1x1 + w2x2\n∂f/∂w1 = x1", &[Given, Right]),
        ("y = x^2\ncos y dy/dx = 2x cos(x^2)", &[Given, Right]),
        ("y = x^2\nd y / d x = 2x", &[Given, Unreadable]),
        ("f(x) = x^3\nf^(3)(x) = 6\nf^(2)(x) = 6", &[Given, Right, Wrong]),
        ("$$f(x) = x^3$$\n$$\\frac{df}{dx}(x) = 3x^2$$\n$$f^{(3)}(x) = 6$$", &[Given, Right, Right]),
        ("$$f(x)=e^{ix}$$\n$$f'(x)=ie^{ix}$$", &[Unreadable, Unreadable]),
    ];
    for (text, expected) in rows {
        let report = symdiff::check::check(text, "");
        let found: Vec<Verdict> = report.lines.iter().map(|line| line.verdict).collect();
        assert_eq!(found, *expected, "{text}");
    }
}
