//! What is said of wrong lines: which mistakes, in which order, alone or together, and in whose names; and what is not said.

use symdiff::check::mistakes::MISTAKES;
use symdiff::check::{Diagnosis, Verdict, check};

/// What is named of the last line.
fn of_last(document: &str) -> (Verdict, Vec<Diagnosis>) {
    let report = check(document, "");
    let last = report.lines.last().unwrap();
    (last.verdict, last.diagnosis.clone())
}

fn first(rows: &[(&str, &str)]) {
    for (document, id) in rows {
        let (verdict, diagnosis) = of_last(document);
        let ids: Vec<&str> = diagnosis.iter().map(|d| d.id).collect();
        assert!(verdict.is_error(), "{verdict:?}: {document}");
        assert_eq!(ids.first(), Some(id), "{ids:?}: {document}");
    }
}

#[test]
fn the_likeliest_is_first() {
    first(&[
        // Integrated, with what is inside.
        ("y = e^(2x)\ny' = e^(2x)/2", "B33"),
        ("y = sqrt(x)\ndy/dx = 2/3*x^(3/2)", "B33"),
        ("f(x) = 3x^2 + 1\nf'(x) = x^3 + x", "B33"),
        ("d/dt (cos(2t)) = sin(2t)/2", "B33"),
        ("y = x + 1/(2x+1)\ny' = 1 + ln(2x+1)/2", "B43"),
        ("d/dz (4/(z-2)) = 4*ln(z-2)", "B43"),
        // Exponents that are no positive whole numbers.
        ("d/dx (x^(-2)) = -2x^(-2)", "B17"),
        ("y = x^(-1/2)\ny' = -1/2*x^(1/2)", "B19"),
        // Terms and factors without the variable.
        ("∂/∂r (r^3 - ln(h)) = 3r^2 - 1/h", "B39"),
        ("∂/∂x (x^2 + y^2 + z^2) = 2x + 2y + 2z", "B39"),
    ]);
}

#[test]
fn paths_that_are_lost_come_first() {
    first(&[
        ("u = t^2\nv = sin(t)\nf = u*v + u^3\ndf/dt = (v + 3u^2)*2t", "M18"),
        ("x = cos(t)\ny = sin(t)\nf = x^2 + 3y\ndf/dt = -2x*sin(t)", "M18"),
        ("x = s + t\ny = s*t\nz = x^2*y\n∂z/∂t = 2x*y", "M18"),
        ("a = w^2\nb = a + w\nL = a*b\ndL/dw = a*(2w+1)", "M18"),
    ]);
    let (_, diagnosis) = of_last("u = t^2\nv = sin(t)\nf = u*v + u^3\ndf/dt = (v + 3u^2)*2t");
    assert!(diagnosis[0].text.contains("by v "), "{diagnosis:?}");
    // One way only: no path can be lost.
    let (_, diagnosis) = of_last("u = t^2\nf = sin(u)\ndf/dt = cos(u)");
    assert_eq!(diagnosis.first().map(|d| d.id), Some("B08"), "{diagnosis:?}");
}

#[test]
fn gradients_by_component() {
    first(&[
        ("let p: R[n]\nlet t: R[n]\nJ = 1/n*sum[i] (p[i]-t[i])^2\n∂J/∂p[i] = 2*(p[i]-t[i])", "M19"),
        ("let p: R[n]\nlet t: R[n]\nJ = 1/(2n)*norm2(p-t)^2\n∂J/∂p = p - t", "M19"),
        ("let u: R[n]\nE = sum[i] u[i]^2\n∂E/∂u[i] = u[i]", "M08"),
        ("let r: R[n]\nL = log(sum[j] exp(r[j]))\n∂L/∂r[i] = 1/(sum[j] exp(r[j]))", "M26"),
        ("let x: R[n]\ngiven x > 0\nf = (sum[i] x[i]^3)^(1/3)\n∂f/∂x[i] = 3*x[i]^2", "M28"),
    ]);
}

#[test]
fn outer_products_with_what_leaves_a_layer() {
    let layers = "let W: R[h,d]\nlet b: R[h]\nlet V: R[k,h]\nlet c: R[k]\nlet x: R[d]\nlet y: R[k]\n\
                  let a: R[h] = W*x + b\nlet s: R[h] = σ(a)\nlet o: R[k] = V*s + c\nlet L = 1/2*norm2(o - y)^2\n";
    first(&[(&format!("{layers}∂L/∂V = (o-y)*o'"), "M10")]);
    let (verdict, diagnosis) = of_last(&format!("{layers}∂L/∂V = (o-y)*s'"));
    assert!(!verdict.is_error() && diagnosis.is_empty(), "{verdict:?} {diagnosis:?}");
}

#[test]
fn sums_over_batches_and_pairs() {
    let batch = "let X: R[N,D]\nlet W: R[D,K]\nlet b: R[K]\nlet Y: R[N,K]\n";
    let pairs = "let y: R[n]\nlet p: R[n,n]\ngiven p' = p\ngiven sum(p) = 1\n\
                 q[i,j] = exp(-(y[i]-y[j])^2)/(sum[k] sum[l] exp(-(y[k]-y[l])^2))\n\
                 C = -sum[i] sum[j] p[i,j]*log(q[i,j])\n";
    let whole = "let Z: R[N,K] = X*W + ones(N)*b'\nlet L = 1/2*normF(Z - Y)^2\n∂L/∂b = Z - Y";
    let entry = "L = sum[n] sum[k] (sum[d] X[n,d]*W[d,k] + b[k] - Y[n,k])^2\n\
                 ∂L/∂b[k] = 2*(sum[d] X[n,d]*W[d,k] + b[k] - Y[n,k])";
    first(&[
        (&format!("{batch}{whole}"), "M20"),
        (&format!("{batch}{entry}"), "M20"),
        (&format!("{pairs}∂C/∂y[s] = 2*sum[j] (p[s,j]-q[s,j])*(y[s]-y[j])"), "M22"),
        (&format!("{pairs}∂C/∂y[s] = 4*sum[j] (q[s,j]-p[s,j])*(y[s]-y[j])"), "M24"),
        (&format!("{pairs}∂C/∂y[s] = 4*sum[j] p[s,j]*(y[s]-y[j])"), "M25"),
    ]);
    // What is right is not called anything.
    let (verdict, diagnosis) = of_last(&format!("{pairs}∂C/∂y[s] = 4*sum[j] (p[s,j]-q[s,j])*(y[s]-y[j])"));
    assert!(!verdict.is_error() && diagnosis.is_empty(), "{verdict:?} {diagnosis:?}");
}

#[test]
fn two_slips_are_told_together() {
    // The derivative of the cosine without its sign, and without that of 3x.
    for document in
        ["d/dx cos(3x) = sin(3x)", "d/dx (x^2*sin(x) + cos(x)) = 2x*cos(x) + sin(x)", "d/dx 2^(3x) = 2^(3x)"]
    {
        let (_, diagnosis) = of_last(document);
        assert_eq!(diagnosis.len(), 2, "{document}: {diagnosis:?}");
        assert!(diagnosis.iter().all(|d| d.together), "{document}: {diagnosis:?}");
    }
    let (_, diagnosis) = of_last("d/dx (x^2*sin(x)) = 2x*sin(x)");
    assert!(diagnosis.iter().all(|d| !d.together), "{diagnosis:?}");
}

#[test]
fn what_is_covered_says_the_same_less_closely() {
    // Whether ω was dropped or the derivative of ω t + 1, nobody knows: both are shown.
    let (_, diagnosis) = of_last("d/dt (sin(ω*t+1)) = cos(ω*t+1)");
    let shown: Vec<&str> = diagnosis.iter().filter(|d| !d.covered).map(|d| d.id).collect();
    assert_eq!(shown, ["B08", "B31"]);
    // The logarithm's own rule says more than that of any function.
    let (_, diagnosis) = of_last("d/dx ln(x^2+1) = 1/(x^2+1)");
    let shown: Vec<&str> = diagnosis.iter().filter(|d| !d.covered).map(|d| d.id).collect();
    assert_eq!(shown, ["B21"]);
}

#[test]
fn words_use_the_names_of_the_line() {
    for (document, words) in [
        ("d/dt (7*t^2) = 2t", "The constant factor 7 was dropped"),
        ("d/dx (k*sin(x)) = cos(x)", "The constant factor k was dropped"),
        ("d/dx sin(x^2) = cos(x^2)", "that of x²"),
        ("d/dx sin(x)^2 = 2*x*cos(x^2)", "sin(x²)"),
        ("∂/∂x (x^2 + sin(y)) = 2x + cos(y)", "The term sin(y) was differentiated too"),
        // Names of the document, and what two mistakes speak of.
        ("b = x^2 + y\nc = 3x + y\nf = b/c\n∂f/∂c = -1/c^2", "The constant factor b was dropped"),
        ("d/dx cos(3x) = sin(3x)", "The inner derivative is missing, that of 3x"),
    ] {
        let (_, diagnosis) = of_last(document);
        assert!(diagnosis.iter().any(|d| d.text.contains(words)), "{document}: {diagnosis:?}");
    }
    // The brackets of a quotation are never shown.
    for mistake in MISTAKES.iter() {
        let (problem, answer) = mistake.example;
        let (_, diagnosis) = of_last(&format!("∂/∂x ({problem}) = {answer}"));
        assert!(diagnosis.iter().all(|d| !d.text.contains(['⟨', '⟩'])), "{diagnosis:?}");
    }
}

#[test]
fn products_of_three_factors() {
    for (document, id) in [
        ("d/dx (x*sin(x)*e^x) = sin(x)*e^x + x*cos(x)*e^x", "B02"),
        ("d/dx (x^2*ln(x)*cos(x)) = (2x*ln(x) + x)*(-sin(x))", "B01"),
        ("d/dx (x*sin(x)*e^x) = cos(x)*e^x + x*sin(x)*e^x", "B01"),
    ] {
        let (_, diagnosis) = of_last(document);
        assert!(diagnosis.iter().any(|d| d.id == id), "{document}: {diagnosis:?}");
    }
}
