//! The command as its users meet it: what it prints, on which stream, with which exit status.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_symdiff"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A child that answers without reading closes the pipe; that is its right.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn answer(arguments: &[&str]) -> String {
    let output = run(arguments, b"");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn error(arguments: &[&str], input: &[u8]) -> String {
    let output = run(arguments, input);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    assert!(output.stdout.is_empty(), "an error leaves standard output empty");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_main_job() {
    let text = answer(&["(x^2+σ(y))/(3x+y−σ(x))", "--at", "x=1,y=0"]);
    for part in [
        "\nf = 0.6611012457\n",
        "\n∂f/∂x = 0.0646454138\n",
        "\n∂f/∂y = −0.1811863637\n",
        "where 3x + y − σ(x) ≠ 0",
    ] {
        assert!(text.contains(part), "{part:?} in {text}");
    }
    assert!(text.starts_with("∂f/∂x = "), "{text}");
}

#[test]
fn latex_is_found_out() {
    let plain = answer(&["(x^2+σ(y))/(3x+y−σ(x))", "--at", "x=1,y=0"]);
    let latex = r"\frac{x^2+\sigma(y)}{3x+y-\sigma(x)}";
    assert_eq!(answer(&[latex, "--at", "x=1,y=0"]), plain);
    assert_eq!(answer(&["--input", "latex", "x^2"]), answer(&["x^2"]));
    assert!(error(&["--input", "text", latex], b"").contains("LaTeX"));
    assert!(error(&[r"\frac{x^2+"], b"").contains("never closed"));
}

#[test]
fn softmax_regression() {
    let common = ["grad", "--let", "W: R[K,D]", "--let", "x: R[D]", "--let", "b: R[K]", "--let", "y: R[K]"];
    let name = ["--let", "ŷ = softmax(W*x+b)", "--wrt", "W", "-sum[k] y[k]*log(ŷ[k])"];
    let with = answer(&[&common[..], &["--given", "sum(y)=1"], &name[..]].concat());
    assert!(with.starts_with("∂f/∂W = (ŷ − y)xᵀ\n"), "{with}");
    assert!(with.contains("used sum(y)=1"), "{with}");
    let without = answer(&[&common[..], &name[..]].concat());
    assert!(!without.contains("used"), "{without}");
    assert!(without.starts_with("∂f/∂W = (sum(y)ŷ − y)xᵀ\n"), "{without}");
}

#[test]
fn values_that_do_not_exist_are_said_not_to() {
    let output = run(&["eval", "log(x)", "--at", "x=-1"], b"");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("no value") && text.contains("x > 0"), "{text}");
    let json = answer(&["1/x", "--at", "x=0", "--format", "json"]);
    assert!(json.contains("\"value\":null") && !json.contains("NaN"), "{json}");
}

#[test]
fn exact_values_stay_exact() {
    assert_eq!(answer(&["eval", "1/3 + 1/6"]), "1/2\n");
    assert_eq!(answer(&["eval", "x^20", "--at", "x=1/3", "--format", "text"]), "1/3486784401\n");
}

#[test]
fn hostile_input_is_answered_or_refused() {
    assert!(error(&["-"], b"").contains("empty"));
    assert!(error(&["-"], &[b'x', 0xff]).contains("UTF-8"));
    assert!(error(&["-"], &[0]).contains("error"));
    let deep = format!("{}x{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(error(&["-"], deep.as_bytes()).contains("deep"));
    let long = vec![b'x'; 1 << 20];
    let output = run(&["-"], &long);
    assert!(matches!(output.status.code(), Some(0 | 2)), "1 MB of one name");
    let sum = (0..100_000).map(|i| format!("x{}", i % 7)).collect::<Vec<_>>().join("+");
    assert!(run(&["-"], sum.as_bytes()).status.success(), "a sum of 10^5 terms");
    for text in ["x^(10^9)", "9^9^9", "x^x^x^x^x^x", "((((", "+", "∂", "x[", "sum[k]"] {
        let code = run(&["--", text], b"").status.code();
        assert!(matches!(code, Some(0 | 2)), "{text}: {code:?}");
    }
}

#[test]
fn many_variables_are_answered() {
    let sum = (0..10_000).map(|i| format!("x{i}^2")).collect::<Vec<_>>().join("+");
    let output = run(&["-", "--wrt", "x17", "--format", "text"], sum.as_bytes());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "df/dx17 = 2*x17\n");
}

#[test]
fn lines_come_out_in_order_with_an_object_each() {
    let output = run(
        &["--lines"],
        "x^2\nx+\n{\"input\":\"a*x\",\"wrt\":[\"x\"],\"at\":{\"a\":3,\"x\":1}}\n".as_bytes(),
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["gradient"][0]["text"], "2*x");
    assert_eq!(lines[1]["error"]["kind"], "syntax");
    assert_eq!(lines[2]["gradient"][0]["value"], 3);
    assert_eq!(lines.len(), 3);
    assert_eq!(output.status.code(), Some(2), "one of the lines failed");
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_symdiff"))
        .args(["functions"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn constants_are_no_variables() {
    for name in ["pi", "π", "e"] {
        assert!(error(&["pi*e^x", "--wrt", name], b"").contains("is a constant"), "{name}");
    }
}

#[test]
fn shape_errors_quote_both_sides() {
    let text = error(&["W*x", "--let", "W: R[m,n]", "--let", "x: R[k]"], b"");
    for part in ["size m×n", "length k", "W is declared here", "x is declared here"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let text = error(&["sum(W*x)", "--let", "W: R[m,n]", "--let", "x: R[m]"], b"");
    assert!(text.contains("W'*x fits"), "{text}");
}

#[test]
fn the_same_bytes_in_two_runs_and_for_any_order_of_operands() {
    let text = answer(&["(a*x + b*sin(y))/(c + exp(x*y))", "--format", "text"]);
    assert_eq!(text, answer(&["(a*x + b*sin(y))/(c + exp(x*y))", "--format", "text"]));
    assert_eq!(text, answer(&["(sin(y)*b + x*a)/(exp(y*x) + c)", "--format", "text"]));
}

/// Two mistakes of one line and two explanations of one line look different in JSON as well.
#[test]
fn what_happened_together_is_told() {
    for (line, together) in [("d/dx cos(3x) = sin(3x)", true), ("d/dt sin(ω*t+1) = cos(ω*t+1)", false)] {
        let output = run(&["check", "-", "--format", "json"], line.as_bytes());
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let diagnosis = report["lines"][0]["diagnosis"].as_array().unwrap();
        assert_eq!(diagnosis.len(), 2, "{report}");
        for mistake in diagnosis {
            assert_eq!(mistake["together"], together, "{report}");
            assert_eq!(mistake["covered"], false, "{report}");
        }
    }
}
