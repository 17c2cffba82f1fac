//! Certificates are accepted where they are true, and rejected where they are not.

use symdiff::certificate::{Certificate, Justification, Step, examine, verify};

/// A claim with one step.
fn claim(left: &str, right: &str) -> Certificate {
    Certificate {
        left: left.into(),
        right: right.into(),
        steps: vec![Step { after: right.into(), because: Justification::Algebra }],
        ..Certificate::default()
    }
}

fn accepted(left: &str, right: &str) {
    if let Err(rejection) = examine(&claim(left, right)) {
        panic!("{left} = {right}: {rejection}");
    }
}

fn rejected(left: &str, right: &str) {
    assert!(verify(&claim(left, right)).is_err(), "{left} = {right} is accepted");
}

#[test]
fn scalar_claims_are_confirmed() {
    for (left, right) in [
        ("x + x", "2*x"),
        ("(x+1)^2", "x^2 + 2*x + 1"),
        ("1/(x-1) - 1/(x+1)", "2/(x^2-1)"),
        ("exp(x+y)", "exp(x)*exp(y)"),
        ("sin(x)^2 + cos(x)^2", "1"),
        ("sin(2*x)", "2*sin(x)*cos(x)"),
        ("tan(x)^2 + 1", "1/cos(x)^2"),
        ("sqrt(x^2)", "abs(x)"),
        ("sqrt(8)", "2*sqrt(2)"),
        ("sin(pi/6)", "1/2"),
        ("sigmoid(-x)", "1 - sigmoid(x)"),
        ("tanh(x/2)", "2*sigmoid(x) - 1"),
        ("d/dx sigmoid(x)", "sigmoid(x)*(1-sigmoid(x))"),
        ("d/dx log(1+exp(x))", "sigmoid(x)"),
        ("d/dx (x^x)", "x^x*(log(x)+1)"),
        ("d/dx asin(x)", "1/sqrt(1-x^2)"),
        ("log(x^2)", "2*log(abs(x))"),
        ("x^(1/2)*x^(1/2)", "x"),
    ] {
        accepted(left, right);
    }
}

#[test]
fn false_claims_are_rejected() {
    for (left, right) in [
        ("x + x", "3*x"),
        ("sqrt(x^2)", "x"),
        ("sin(x)", "cos(x)"),
        ("exp(x+y)", "exp(x)+exp(y)"),
        ("log(x)*log(y)", "log(x+y)"),
        ("1", "2"),
    ] {
        rejected(left, right);
    }
}

/// Certificates with one step for every pair of the corpora; run by hand, with SYMDIFF_CORPORA set.
#[test]
#[ignore = "needs the corpora; a measurement"]
fn pairs_of_the_corpora() {
    let Ok(folder) = std::env::var("SYMDIFF_CORPORA") else {
        println!("SYMDIFF_CORPORA is not set: skipped");
        return;
    };
    let only = std::env::var("ONLY").unwrap_or_default();
    for file in ["feynman", "symengine_tests", "sympy_diff", "rubi_s300", "fpcore_dev", "matrix_facts_dev"] {
        if !file.contains(&only) {
            continue;
        }
        let text = std::fs::read_to_string(format!("{folder}/{file}.jsonl")).unwrap();
        let (mut all, mut confirmed) = (0, 0);
        let mut slowest = (std::time::Duration::ZERO, String::new());
        for line in text.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            if row["status"].as_str().is_some_and(|status| status != "ok-real" && status != "equal") {
                continue;
            }
            let Some(certificate) = certificate_of(&row) else { continue };
            all += 1;
            if std::env::var("SHOW").is_ok() { eprintln!("{}", row["id"]); }
            let start = std::time::Instant::now();
            match examine(&certificate) {
                Ok(_) => confirmed += 1,
                Err(rejection) => println!("{} {} = {}  ({rejection})", row["id"], certificate.left, certificate.right),
            }
            if start.elapsed() > slowest.0 {
                slowest = (start.elapsed(), row["id"].to_string());
            }
        }
        println!("{file}: {confirmed} of {all}, slowest {slowest:?}");
    }
}

fn certificate_of(row: &serde_json::Value) -> Option<Certificate> {
    let text = |field: &str| row[field].as_str();
    let mut certificate = match text("kind")? {
        "derivative" => claim(&format!("diff({}, {})", text("expr")?, text("wrt")?), text("expected")?),
        "equality" => claim(text("lhs").or(text("expr"))?, text("rhs").or(text("expected"))?),
        kind if kind.starts_with("matrix") => {
            let operator = match kind {
                "matrix-gradient" => "grad",
                "matrix-hessian" => "hessian",
                _ => "jacobian",
            };
            let mut expected = text("expected")?.to_owned();
            for (name, shape) in row["vars"].as_object()? {
                let _ = (name, shape);
            }
            let n = row["dims"]["n"].as_i64()?;
            expected = expected.replace(&format!("eye({n})"), "eye(n)").replace(&format!("ones({n},1)"), "ones(n,1)");
            claim(&format!("{operator}({}, {})", text("expr")?, text("wrt")?), &expected)
        }
        _ => return None,
    };
    if let Some(variables) = row["vars"].as_object() {
        for (name, shape) in variables {
            let sizes: Vec<&str> = shape.as_array()?.iter().filter_map(|s| s.as_str()).collect();
            certificate.declarations.push(format!("{name}: R[{}]", sizes.join(",")));
        }
    } else if let Some(variables) = row["vars"].as_array() {
        for name in variables {
            certificate.declarations.push(format!("{}: R", name.as_str()?));
        }
    }
    for (name, property) in row["props"].as_object().into_iter().flatten() {
        let property = property.as_str().unwrap_or("");
        if property.contains("symmetric") {
            certificate.facts.push(format!("{name}' = {name}"));
        }
        if property.contains("orthogonal") {
            certificate.facts.push(format!("{name}'*{name} = eye(n)"));
        }
        if property.contains("positive") && !property.contains("definite") && !property.contains("large") {
            certificate.facts.push(format!("{name} > 0"));
        }
        if let Some(body) = property.strip_prefix("vec(") {
            certificate.facts.push(format!("{name} = vec({body}"));
        }
    }
    certificate.steps[0].because = Justification::Facts { used: (0..certificate.facts.len()).collect() };
    Some(certificate)
}

#[test]
#[ignore]
fn one_claim() {
    let text = std::env::var("CLAIM").unwrap();
    let (l, r) = text.split_once(" == ").unwrap();
    let mut c = claim(l, r);
    c.declarations = std::env::var("LETS").unwrap_or_default().split(';').filter(|s| !s.is_empty()).map(str::to_owned).collect();
    c.facts = std::env::var("FACTS").unwrap_or_default().split(';').filter(|s| !s.is_empty()).map(str::to_owned).collect();
    c.steps[0].because = Justification::Facts { used: (0..c.facts.len()).collect() };
    println!("{:?}", examine(&c));
}
