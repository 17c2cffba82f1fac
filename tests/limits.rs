//! The list of known limits in `limits.txt` is true: every line is executed, and what happens is what stands there.

use symdiff::{Operator, Problem, Request, print};

/// Answers a line: `formula`, or `declaration; declaration; … ; formula`, each fact as `given fact`.
fn answer(question: &str) -> String {
    let mut parts: Vec<&str> = question.split(';').map(str::trim).collect();
    let formula = parts.pop().unwrap_or("");
    let (facts, declarations): (Vec<&str>, Vec<&str>) =
        parts.into_iter().partition(|part| part.starts_with("given "));
    let declarations: Vec<String> = declarations.into_iter().map(str::to_owned).collect();
    let facts: Vec<String> = facts.into_iter().map(|fact| fact["given ".len()..].to_owned()).collect();
    let (operator, formula) = match formula.split_once(' ') {
        Some(("simplify", rest)) => (Operator::Simplify, rest),
        Some(("jacobian", rest)) => (Operator::Jacobian, rest),
        Some(("hessian", rest)) => (Operator::Hessian, rest),
        Some(("grad", rest)) => (Operator::Gradient, rest),
        _ => panic!("{question}: no operator"),
    };
    let answer = Problem::with(&declarations, &facts)
        .and_then(|mut problem| problem.answer(formula, &Request { operator, ..Request::default() }));
    match answer {
        Err(error) => format!("error: {}", error.message),
        Ok(answer) => {
            let partials = answer.partials.iter().map(|partial| print::text(&partial.tree));
            partials.collect::<Vec<_>>().join("; ")
        }
    }
}

#[test]
fn limits_are_as_stated() {
    let mut failures = Vec::new();
    let mut lines = 0;
    for line in
        include_str!("limits.txt").lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty())
    {
        let (question, expected) = line.rsplit_once(" => ").unwrap_or((line, ""));
        let found = answer(question.trim());
        lines += 1;
        if found != expected.trim() {
            failures.push(format!("{} => {found}", question.trim()));
        }
    }
    assert!(lines > 0);
    assert!(failures.is_empty(), "what happens now:\n{}", failures.join("\n"));
}
