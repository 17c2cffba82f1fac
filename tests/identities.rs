//! True identities of the functions that losses and activations are made of: every one must be proved, read from either
//! side. Scalars, and vectors whose size is a letter.

use symdiff::Problem;
use symdiff::prove::{Verdict, claim};

/// σ: shifted and scaled arguments, both directions.
const LOGISTIC: &[&str] = &[
    "σ(x) = 1/(1 + exp(-x))",
    "σ(x) = exp(x)/(1 + exp(x))",
    "σ(-x) = 1/(1 + exp(x))",
    "σ(-x) = 1 - σ(x)",
    "σ(x) + σ(-x) = 1",
    "σ(x)*σ(-x) = exp(x)/(1 + exp(x))^2",
    "σ(x)*(1 - σ(x)) = σ(x)*σ(-x)",
    "σ(x)*(1 - σ(x)) = exp(-x)/(1 + exp(-x))^2",
    "σ(x)*(1 - σ(x)) = 1/(2 + exp(x) + exp(-x))",
    "σ(x)/σ(-x) = exp(x)",
    "σ(x)/(1 - σ(x)) = exp(x)",
    "log(σ(x)/(1 - σ(x))) = x",
    "log(σ(x)) - log(σ(-x)) = x",
    "log(1 - σ(x)) = log(σ(x)) - x",
    "1/σ(x) = 1 + exp(-x)",
    "1/σ(x) + 1/σ(-x) = 2 + exp(x) + exp(-x)",
    "1/σ(x) * 1/σ(-x) = 1/σ(x) + 1/σ(-x)",
    "σ(x)^2 = σ(x) - σ(x)*σ(-x)",
    "σ(x) - σ(x)^2 = exp(-x)*σ(x)^2",
    "σ(2*x) = exp(2*x)/(1 + exp(2*x))",
    "σ(2*x) = σ(x)^2/(σ(x)^2 + σ(-x)^2)",
    "σ(a*x + b) = 1/(1 + exp(-b)*exp(-a*x))",
    "σ(x - m) = exp(x)/(exp(x) + exp(m))",
    "σ((x - m)/s) = exp(x/s)/(exp(x/s) + exp(m/s))",
    "σ(x + y) = σ(x)*σ(y)/(σ(x)*σ(y) + σ(-x)*σ(-y))",
    "σ(x - y) = 1 - σ(y - x)",
    "σ(x - y) = σ(x)*(1 - σ(y))/(σ(x)*(1 - σ(y)) + σ(y)*(1 - σ(x)))",
    "exp(x)*σ(-x) = σ(x)",
    "exp(-x)*σ(x) = σ(-x)",
    "exp(-2*x)*σ(2*x) = 1 - σ(2*x)",
    "σ(log(x)) = x/(1 + x)",
    "σ(-log(x)) = 1/(1 + x)",
    "σ(2*log(x)) = x^2/(1 + x^2)",
    "σ(log(x) - log(y)) = x/(x + y)",
    "σ(log(x/(1 - x))) = x",
    "1 - 2*σ(x) = (1 - exp(x))/(1 + exp(x))",
    "2*σ(x) - 1 = (exp(x) - 1)/(exp(x) + 1)",
    "2*σ(x) - 1 = (exp(x/2) - exp(-x/2))/(exp(x/2) + exp(-x/2))",
    "(2*σ(x) - 1)^2 = 1 - 4*σ(x)*(1 - σ(x))",
    "4*σ(x)*(1 - σ(x)) = 1/cosh(x/2)^2",
    "σ(x) - σ(y) = (exp(x) - exp(y))/((1 + exp(x))*(1 + exp(y)))",
    "d/dx σ(x) = σ(x)*(1 - σ(x))",
    "d/dx σ(x) = σ(x)*σ(-x)",
    "d/dx σ(-x) = -σ(x)*σ(-x)",
    "d/dx σ(3*x - 1) = 3*σ(3*x - 1)*(1 - σ(3*x - 1))",
    "d/dx (x*σ(x)) = σ(x) + x*σ(x)*(1 - σ(x))",
    "d/dx (x*σ(b*x)) = b*x*σ(b*x) + σ(b*x)*(1 - b*x*σ(b*x))",
    "d/dx d/dx σ(x) = σ(x)*(1 - σ(x))*(1 - 2*σ(x))",
    "d/dx log(σ(x)) = 1 - σ(x)",
    "d/dx log(1 - σ(x)) = -σ(x)",
    "d/dx (-(t*log(σ(x)) + (1 - t)*log(1 - σ(x)))) = σ(x) - t",
    "d/dx (1/(1 + exp(-x))) = exp(-x)/(1 + exp(-x))^2",
];

/// tanh and its kin, with σ.
const HYPERBOLIC: &[&str] = &[
    "tanh(x) = (exp(x) - exp(-x))/(exp(x) + exp(-x))",
    "tanh(x) = (exp(2*x) - 1)/(exp(2*x) + 1)",
    "tanh(x) = (1 - exp(-2*x))/(1 + exp(-2*x))",
    "tanh(x) = 1 - 2/(exp(2*x) + 1)",
    "tanh(x) = 2*σ(2*x) - 1",
    "tanh(x/2) = 2*σ(x) - 1",
    "tanh(-x/2) = 1 - 2*σ(x)",
    "σ(x) = (1 + tanh(x/2))/2",
    "σ(2*x) = (1 + tanh(x))/2",
    "σ(-2*x) = (1 - tanh(x))/2",
    "tanh(x) = σ(2*x) - σ(-2*x)",
    "tanh(x) = sinh(x)/cosh(x)",
    "tanh(-x) = -tanh(x)",
    "tanh(x)^2 + 1/cosh(x)^2 = 1",
    "1 - tanh(x)^2 = 4*σ(2*x)*σ(-2*x)",
    "1 - tanh(x)^2 = 4*exp(2*x)/(exp(2*x) + 1)^2",
    "1 - tanh(x/2)^2 = 4*σ(x)*(1 - σ(x))",
    "(1 + tanh(x))/(1 - tanh(x)) = exp(2*x)",
    "log((1 + tanh(x))/(1 - tanh(x)))/2 = x",
    "1 + tanh(x) = 2*exp(x)/(exp(x) + exp(-x))",
    "tanh(2*x) = 2*tanh(x)/(1 + tanh(x)^2)",
    "tanh(x + y) = (tanh(x) + tanh(y))/(1 + tanh(x)*tanh(y))",
    "tanh(x - y) = (tanh(x) - tanh(y))/(1 - tanh(x)*tanh(y))",
    "tanh(3*x) = (tanh(x)^3 + 3*tanh(x))/(1 + 3*tanh(x)^2)",
    "tanh(x/2) = sinh(x)/(1 + cosh(x))",
    "tanh(x/2) = (exp(x) - 1)/(exp(x) + 1)",
    "tanh(a*x + b) = 1 - 2/(exp(2*a*x)*exp(2*b) + 1)",
    "tanh(log(x)) = (x^2 - 1)/(x^2 + 1)",
    "tanh(log(x)/2) = (x - 1)/(x + 1)",
    "cosh(x)^2 - sinh(x)^2 = 1",
    "cosh(x) = (exp(x) + exp(-x))/2",
    "cosh(2*x) = 2*cosh(x)^2 - 1",
    "cosh(2*x) = (1 + tanh(x)^2)/(1 - tanh(x)^2)",
    "sinh(2*x) = 2*tanh(x)/(1 - tanh(x)^2)",
    "cosh(x) + sinh(x) = exp(x)",
    "cosh(x/2)^2 = 1/(4*σ(x)*σ(-x))",
    "log(cosh(x)) = x + softplus(-2*x) - log(2)",
    "tanh(artanh(x)) = x",
    "d/dx tanh(x) = 1 - tanh(x)^2",
    "d/dx tanh(x) = 1/cosh(x)^2",
    "d/dx tanh(x/2) = (1 - tanh(x/2)^2)/2",
    "d/dx tanh(w*x + b) = w*(1 - tanh(w*x + b)^2)",
    "d/dx log(cosh(x)) = tanh(x)",
    "d/dx d/dx tanh(x) = -2*tanh(x)*(1 - tanh(x)^2)",
    "d/dx (x*tanh(softplus(x))) = tanh(softplus(x)) + x*(1 - tanh(softplus(x))^2)*σ(x)",
    "tanh(softplus(x)) = ((1 + exp(x))^2 - 1)/((1 + exp(x))^2 + 1)",
    "sech(x)^2 = 1 - tanh(x)^2",
    "coth(x) - tanh(x) = 2/sinh(2*x)",
];

/// softplus and logarithms of σ.
const SOFTPLUS: &[&str] = &[
    "softplus(x) = log(1 + exp(x))",
    "softplus(x) = x + log(1 + exp(-x))",
    "softplus(x) = x + softplus(-x)",
    "softplus(-x) = softplus(x) - x",
    "softplus(x) - softplus(-x) = x",
    "softplus(x) + softplus(-x) = log(2 + exp(x) + exp(-x))",
    "softplus(x) = -log(σ(-x))",
    "softplus(x) = -log(1 - σ(x))",
    "log(σ(x)) = -softplus(-x)",
    "log(σ(x)) = x - softplus(x)",
    "log(1 - σ(x)) = -softplus(x)",
    "exp(softplus(x)) = 1 + exp(x)",
    "exp(-softplus(x)) = σ(-x)",
    "exp(x - softplus(x)) = σ(x)",
    "exp(softplus(x)) - 1 = exp(x)",
    "log(exp(softplus(x)) - 1) = x",
    "exp(2*softplus(x)) = (1 + exp(x))^2",
    "softplus(2*x) = log(1 + exp(x)^2)",
    "softplus(b*x)/b = log(1 + exp(b*x))/b",
    "softplus(a*x + c) = log(1 + exp(c)*exp(a*x))",
    "softplus(x - y) = log(exp(x) + exp(y)) - y",
    "log(exp(x) + exp(y)) = y + softplus(x - y)",
    "log(exp(x) + exp(y)) = x + softplus(y - x)",
    "softplus(log(x)) = log(1 + x)",
    "softplus(-log(x)) = log(1 + x) - log(x)",
    "softplus(x) = log1p(exp(x))",
    "softplus(x) + softplus(y) = log((1 + exp(x))*(1 + exp(y)))",
    "t*softplus(-x) + (1 - t)*softplus(x) = softplus(x) - t*x",
    "-(t*log(σ(x)) + (1 - t)*log(1 - σ(x))) = softplus(x) - t*x",
    "softplus(-t*x) = -log(σ(t*x))",
    "d/dx softplus(x) = σ(x)",
    "d/dx softplus(-x) = -σ(-x)",
    "d/dx softplus(-t*x) = -t*σ(-t*x)",
    "d/dx softplus(b*x)/b = σ(b*x)",
    "d/dx d/dx softplus(x) = σ(x)*(1 - σ(x))",
    "d/dx (softplus(x) - t*x) = σ(x) - t",
    "d/dx log(exp(x) + exp(y)) = σ(x - y)",
    "d/dx log(exp(x) + exp(y)) = exp(x)/(exp(x) + exp(y))",
];

/// Gaussians without the error function.
const GAUSSIAN: &[&str] = &[
    "exp(-(x - m)^2/2) = exp(-x^2/2)*exp(m*x)*exp(-m^2/2)",
    "exp(-(x - m)^2/(2*s^2)) = exp(-x^2/(2*s^2) + m*x/s^2 - m^2/(2*s^2))",
    "log(exp(-x^2/2)/sqrt(2*pi)) = -x^2/2 - log(2*pi)/2",
    "log(exp(-(x - m)^2/(2*s^2))) = -(x - m)^2/(2*s^2)",
    "exp(-x^2)*exp(-y^2) = exp(-(x^2 + y^2))",
    "exp(-(x - a)^2)*exp(-(x - b)^2) = exp(-2*(x - (a + b)/2)^2)*exp(-(a - b)^2/2)",
    "exp(-(x + a)^2)/exp(-(x - a)^2) = exp(-4*a*x)",
    "exp(-(x - 1)^2/2)/(exp(-(x - 1)^2/2) + exp(-(x + 1)^2/2)) = σ(2*x)",
    "exp(-(x - a)^2/2)/(exp(-(x - a)^2/2) + exp(-(x - b)^2/2)) = σ((a - b)*x - (a^2 - b^2)/2)",
    "d/dx exp(-x^2/2) = -x*exp(-x^2/2)",
    "d/dx exp(-(x - m)^2/(2*s^2)) = -(x - m)/s^2*exp(-(x - m)^2/(2*s^2))",
    "d/dm exp(-(x - m)^2/(2*s^2)) = (x - m)/s^2*exp(-(x - m)^2/(2*s^2))",
    "d/dx d/dx exp(-x^2/2) = (x^2 - 1)*exp(-x^2/2)",
    "d/ds (-log(s) - (x - m)^2/(2*s^2)) = ((x - m)^2 - s^2)/s^3",
    "d/dx log(exp(-(x - m)^2/2) + exp(-(x + m)^2/2)) = -x + m*tanh(m*x)",
    "(exp(-(x - m)^2/2) + exp(-(x + m)^2/2))/2 = exp(-(x^2 + m^2)/2)*cosh(m*x)",
    "exp(-(x - m)^2/(2*s^2)) = exp(-((x - m)/s)^2/2)",
    "exp(-a*(x - m)^2)^2 = exp(-2*a*(x - m)^2)",
    "sqrt(exp(-x^2)) = exp(-x^2/2)",
    "1/(s*sqrt(2*pi))*exp(-x^2/(2*s^2)) = exp(-x^2/(2*s^2) - log(s))/sqrt(2*pi)",
    "exp(-log(s) - log(2*pi)/2 - x^2/(2*s^2)) = exp(-x^2/(2*s^2))/(s*sqrt(2*pi))",
];

/// Softmax and log-sum-exp over vectors of length n.
const VECTORS: &[&str] = &[
    "sum(softmax(v)) = 1",
    "softmax(v) = exp(v)/sum(exp(v))",
    "softmax(v) = exp(v - logsumexp(v))",
    "log(softmax(v)) = v - logsumexp(v)",
    "logsumexp(v) = log(sum(exp(v)))",
    "exp(logsumexp(v)) = sum(exp(v))",
    "logsumexp(v + c) = logsumexp(v) + c",
    "logsumexp(v - c) + c = logsumexp(v)",
    "logsumexp(v - max(v)) + max(v) = logsumexp(v)",
    "softmax(v + c) = softmax(v)",
    "softmax(v - c) = softmax(v)",
    "softmax(v - max(v)) = softmax(v)",
    "softmax(2*v) = softmax(v).*softmax(v)/sum(softmax(v).*softmax(v))",
    "softmax(b*v) = exp(b*v)/sum(exp(b*v))",
    "softmax(v/t) = exp(v/t)/sum(exp(v/t))",
    "softmax(v + w) = (softmax(v).*softmax(w))/(softmax(v)'*softmax(w))",
    "softmax(log(softmax(v))) = softmax(v)",
    "softmax(a*v + b) = softmax(a*v)",
    "logsumexp(a*v + b) = b + logsumexp(a*v)",
    "sum(softmax(v)) - 1 = 0",
    "σ(v) + σ(-v) = ones(n)",
    "tanh(v) = 2*σ(2*v) - 1",
    "σ(v).*(1 - σ(v)) = σ(v).*σ(-v)",
    "softplus(v) - softplus(-v) = v",
    "sum(softplus(v)) - sum(softplus(-v)) = sum(v)",
    "sum(log(σ(v))) = -sum(softplus(-v))",
    "sum(v.*σ(v)) + sum(v.*σ(-v)) = sum(v)",
    "1 - tanh(v).^2 = 4*σ(2*v).*σ(-2*v)",
    "sum(tanh(v)) = 2*sum(σ(2*v)) - n",
    "sum[k] exp(v[k])/sum(exp(v)) = 1",
    "sum[k] softmax(v)[k]*w[k] = softmax(v)'*w",
    "sum[k] softmax(v)[k]*log(softmax(v)[k]) = softmax(v)'*v - logsumexp(v)",
    "-sum(y.*log(softmax(v))) = sum(y)*logsumexp(v) - y'*v",
    "grad(logsumexp(v), v) = softmax(v)",
    "grad(logsumexp(v) - y'*v, v) = softmax(v) - y",
    "grad(-y'*log(softmax(v)), v) = sum(y)*softmax(v) - y",
    "grad(sum(softplus(v)), v) = σ(v)",
    "grad(sum(log(σ(v))), v) = σ(-v)",
    "grad(sum(tanh(v)), v) = 1 - tanh(v).^2",
    "grad(sum(log(cosh(v))), v) = tanh(v)",
    "grad(sum(exp(-v.^2/2)), v) = -v.*exp(-v.^2/2)",
    "grad(exp(-norm2(v)^2/2), v) = -exp(-norm2(v)^2/2)*v",
    "grad(exp(-norm2(v - w)^2/(2*s^2)), v) = -exp(-norm2(v - w)^2/(2*s^2))*(v - w)/s^2",
    "exp(-norm2(v - w)^2/2) = exp(-norm2(v)^2/2)*exp(v'*w)*exp(-norm2(w)^2/2)",
    "prod[k] exp(v[k]) = exp(sum(v))",
    "logsumexp(v) = logsumexp(v - v[1]) + v[1]",
    "grad(log(sum(exp(2*v))), v) = 2*softmax(2*v)",
    "grad(logsumexp(b*v)/b, v) = softmax(b*v)",
    "sum(exp(v))*softmax(v) = exp(v)",
    "sum(softmax(v).*(w - softmax(v)'*w)) = 0",
];

/// The problem with all letters declared as they are used, or the error of a declaration.
/// Γ and what is made of it; where a shift is involved, both sides are given their domain.
const GAMMA: &[&str] = &[
    "Gamma(5) = 24",
    "Γ(1/2) = sqrt(pi)",
    "Gamma(3) = 2*Gamma(1)",
    "Γ(x + 1)/x = Γ(x)",
    "x*Γ(x)/Γ(x + 1) = 1",
    "Γ(x + 1)/Γ(x) = x",
    "lgamma(x) = log(Γ(x))",
    "exp(lgamma(x)) = Γ(x)",
    "exp(-lgamma(x)) = 1/Γ(x)",
    "lgamma(2) = 0",
    "polygamma(0, x) = digamma(x)",
    "d/dx Γ(x) = Γ(x)*digamma(x)",
    "Γ'(x) = Γ(x)*digamma(x)",
    "d/dx log(Γ(x)) = digamma(x)",
    "d/dx lgamma(x^2 + 1) = 2*x*digamma(x^2 + 1)",
    "d/dx (1/Γ(x)) = -digamma(x)/Γ(x)",
    "d/dx d/dx lgamma(x) = polygamma(1, x)",
    "d/dx d/dx Γ(x) = Γ(x)*(digamma(x)^2 + polygamma(1, x))",
    "d/dx polygamma(2, x) = polygamma(3, x)",
    "d/da (Γ(a)*Γ(b)/Γ(a + b)) = Γ(a)*Γ(b)/Γ(a + b)*(digamma(a) - digamma(a + b))",
    "d/dx (a*log(b) - lgamma(a) + (a - 1)*log(x) - b*x) = (a - 1)/x - b",
    "d/da (a*log(b) - lgamma(a) + (a - 1)*log(x) - b*x) = log(b) - digamma(a) + log(x)",
];

fn problem(vectors: bool) -> Problem {
    let mut problem = Problem::new();
    if vectors {
        for declaration in ["v: R[n]", "w: R[n]", "y: R[n]"] {
            problem.declare(declaration).expect(declaration);
        }
    }
    problem
}

/// The verdict on one claim in words; `None` if it is proved.
fn shortcoming(text: &str, vectors: bool) -> Option<String> {
    match claim(&mut problem(vectors), text) {
        Err(error) => Some(format!("{text}: {error}")),
        Ok(links) => links.into_iter().find_map(|link| match link.verdict {
            Verdict::Proved(_) => None,
            Verdict::Refuted(witness) => Some(format!("{text}: REFUTED at {:?}", witness.at)),
            Verdict::Undecided(tried) => Some(format!("{text}: undecided ({})", tried.join("; "))),
        }),
    }
}

/// `B = A` for `A = B`.
fn reversed(text: &str) -> String {
    let (left, right) = text.split_once(" = ").expect("an equality");
    format!("{right} = {left}")
}

fn all_are_proved(identities: &[&str], vectors: bool) {
    let mut shortcomings = Vec::new();
    for text in identities {
        shortcomings.extend(shortcoming(text, vectors));
        shortcomings.extend(shortcoming(&reversed(text), vectors));
    }
    assert!(
        shortcomings.is_empty(),
        "{} of {}:\n{}",
        shortcomings.len(),
        2 * identities.len(),
        shortcomings.join("\n")
    );
}

#[test]
fn there_are_two_hundred() {
    let all = [LOGISTIC, HYPERBOLIC, SOFTPLUS, GAUSSIAN, VECTORS].concat();
    let mut distinct = all.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(all.len(), distinct.len());
    assert!(all.len() >= 200, "{}", all.len());
}

#[test]
fn logistic_functions() {
    all_are_proved(LOGISTIC, false);
}

#[test]
fn hyperbolic_functions() {
    all_are_proved(HYPERBOLIC, false);
}

#[test]
fn softplus_functions() {
    all_are_proved(SOFTPLUS, false);
}

#[test]
fn gaussians() {
    all_are_proved(GAUSSIAN, false);
}

#[test]
fn gamma_functions() {
    all_are_proved(GAMMA, false);
}

#[test]
fn vectors() {
    all_are_proved(VECTORS, true);
}
