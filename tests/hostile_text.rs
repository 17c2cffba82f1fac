//! Texts made to break a parser: each gives an answer or a clear error, on a stack of 2 MB, and in linear time.

use symdiff::print;
use symdiff::syntax::{Names, parse, parse_declaration, parse_fact};

/// Reads a text in all ways and prints what was read.
fn read(text: &str) -> Result<usize, String> {
    let names = Names::default();
    let _ = parse_fact(text, &names);
    let _ = parse_declaration(text, &names);
    let _ = parse_declaration(&format!("f(t) = {text}"), &names);
    match parse(text, &names) {
        Ok(parsed) => {
            let printed = print::text(&parsed.tree);
            let _ = print::unicode(&parsed.tree);
            let _ = print::latex(&parsed.tree);
            let again = parse(&printed, &names).map_err(|problem| format!("{problem}"))?;
            assert!(again.tree == parsed.tree);
            Ok(print::nodes(&parsed.tree))
        }
        Err(problem) => {
            let span = problem.span().expect("every problem has a place");
            assert!(span.end <= text.len());
            Err(problem.message)
        }
    }
}

#[test]
fn long_texts_that_are_formulas() {
    let many = 100_000;
    for (text, nodes) in [
        (vec!["x"; many].join("+"), 2 * many - 1),
        (vec!["x"; many].join("-"), 2 * many - 1),
        (vec!["x"; many].join("*"), 2 * many - 1),
        (vec!["x"; many].join(" "), 2 * many - 1),
        (vec!["x"; many].join(".*"), 2 * many - 1),
        (format!("max({})", vec!["x"; 200].join(",")), 399),
        (vec!["sin(x)"; many].join("+"), 3 * many - 1),
        (vec!["x²"; many].join("+"), 4 * many - 1),
        (format!("[{}]", vec!["x"; many].join(",")), many + 1),
        (vec!["αβ"; many].join(" "), 4 * many - 1),
        ("9".repeat(4000), 1),
        (format!("{}x{}", "(".repeat(200), ")".repeat(200)), 1),
    ] {
        assert_eq!(read(&text), Ok(nodes), "{}…", text.chars().take(40).collect::<String>());
    }
}

#[test]
fn texts_that_are_refused() {
    let many = 30_000;
    for (text, message) in [
        (String::new(), "empty"),
        (" \n\t ".into(), "empty"),
        ("\0".into(), "control character"),
        (format!("{}x{}", "(".repeat(many), ")".repeat(many)), "nested more than"),
        ("(".repeat(100_000), "nested more than"),
        ("[".repeat(many), "nested more than"),
        ("{".repeat(many), "nested more than"),
        (")".repeat(many), "closes nothing"),
        ("|".repeat(many), ""),
        ("‖".repeat(many), ""),
        (format!("{}x", "-".repeat(many)), "nested too deeply"),
        (format!("x*{}x", "-".repeat(many)), "nested too deeply"),
        (format!("x^{}x", "-".repeat(many)), "nested too deeply"),
        (format!("{}x", "sin ".repeat(many)), "nested too deeply"),
        (format!("{}x", "√".repeat(many)), "nested too deeply"),
        (format!("{}x", "d/dx ".repeat(many)), "nested too deeply"),
        (format!("{}x", "sum[k] ".repeat(many)), "nested too deeply"),
        (format!("{}x", "∂/∂x (".repeat(many)), "nested"),
        (format!("{}x", "∂/∂x 1 ".repeat(many)), "nested too deeply"),
        (vec!["x"; many].join("^"), "nested too deeply"),
        (vec!["x"; many].join("/"), "nested too deeply"),
        (vec!["x"; many].join("./"), "nested too deeply"),
        (format!("x{}", "²".repeat(many)), "too long"),
        (format!("x{}", "² ".repeat(many)), "nested too deeply"),
        (format!("x{}", "ᵀ".repeat(many)), "nested too deeply"),
        (format!("x{}", "'".repeat(many)), "nested too deeply"),
        (format!("x{}", "[1]".repeat(many)), "nested too deeply"),
        (format!("f{}(x)", "'".repeat(many)), ""),
        ("9".repeat(1_000_000), "too long"),
        ("1e999999999".into(), "too long"),
        ("1e99999999999999999999999".into(), "too long"),
        ("9".repeat(10_000) + "." + &"9".repeat(10_000), "too long"),
        ("=".repeat(many), ""),
        (",".repeat(many), ""),
        ("+".repeat(many), ""),
        ("∂".repeat(many), ""),
        ("∑".repeat(many), ""),
        ("d/".repeat(many), ""),
        ("\u{302}".repeat(many), ""),
        ("𝑥".repeat(many), "mathematical typeface"),
        ("x ".to_string() + &"%".repeat(1_000_000), "%"),
        (format!("max({})", vec!["x"; 1000].join(",")), "nested too deeply"),
    ] {
        let result = read(&text);
        let start: String = text.chars().take(20).collect();
        match result {
            Err(problem) => assert!(problem.contains(message), "{start}…: {problem}"),
            Ok(_) => panic!("{start}… was read"),
        }
    }
}

#[test]
fn long_texts_end() {
    for text in [
        "x".repeat(1_000_000),
        "σ".repeat(100_000),
        format!("x{}", "_".repeat(100_000)),
        "Δ".repeat(100_000),
        "ab ".repeat(100_000) + "a b",
        "1/2x ".repeat(300),
        "x [".repeat(150),
        format!("{}{}", "x [i ".repeat(190), "]".repeat(190)),
        "ŷ".repeat(50_000),
        "y\u{302}".repeat(50_000),
        format!("[{}]", vec!["x < y"; 10_000].join(" and ")),
        format!("[{}]", vec!["x"; 10_000].join(" < ")),
    ] {
        let _ = read(&text);
    }
}
