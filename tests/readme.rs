//! The README's console blocks: every command in them is run, and what it prints is what stands there.
//!
//! A line that starts with `$ ` is a command for a shell (continued by `\` at its end); what follows up to the next one is
//! its output, standard error after standard output. Blocks marked `console` are run, others are not.
//!
//! `UPDATE_README=1 cargo test --test readme` writes what is printed into the README.

use std::path::Path;
use std::process::{Command, Stdio};

struct Example {
    command: String,
    output: String,
    line: usize,
    /// The place of the first line of output, counted from zero.
    output_line: usize,
}

fn examples(text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut is_inside = false;
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.starts_with("```") {
            is_inside = !is_inside && line.trim_end() == "```console";
        } else if is_inside {
            match (line.strip_prefix("$ "), examples.last_mut()) {
                (Some(command), _) => {
                    let mut command = command.to_owned();
                    let mut output_line = number + 1;
                    while command.ends_with('\\') {
                        command.push('\n');
                        output_line += 1;
                        command.push_str(lines.next().map_or("", |(_, more)| more.trim_start_matches("> ")));
                    }
                    examples.push(Example { command, output: String::new(), line: number + 1, output_line });
                }
                (None, Some(example)) => {
                    example.output.push_str(line);
                    example.output.push('\n');
                }
                (None, None) => panic!("line {}: output before a command", number + 1),
            }
        }
    }
    examples
}

/// Runs a line in a shell that finds the command under test as `symdiff`.
fn run(command: &str) -> String {
    let place = Path::new(env!("CARGO_BIN_EXE_symdiff")).parent().unwrap();
    let path = format!("{}:{}", place.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", command])
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    text.push_str(&String::from_utf8(output.stderr).unwrap());
    text
}

#[test]
#[cfg(unix)]
fn commands_print_what_stands_there() {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&place).unwrap();
    let examples: Vec<Example> =
        examples(&readme).into_iter().filter(|e| !e.command.starts_with("cargo ")).collect();
    assert!(examples.iter().any(|e| e.command.starts_with("symdiff")), "the README runs the command");
    let mut failures: Vec<String> = Vec::new();
    let is_update = std::env::var_os("UPDATE_README").is_some();
    let mut lines: Vec<String> = readme.lines().map(str::to_owned).collect();
    // from the end, so that the places of those before stay right
    for example in examples.into_iter().rev() {
        let printed = run(&example.command);
        if is_update {
            let place = example.output_line..example.output_line + example.output.lines().count();
            lines.splice(place, printed.trim_end().lines().map(str::to_owned));
            continue;
        }
        if printed.trim_end() != example.output.trim_end() {
            failures.push(format!(
                "README.md:{}: $ {}\nstands there:\n{}\nis printed:\n{printed}\n",
                example.line, example.command, example.output
            ));
        }
    }
    if is_update {
        std::fs::write(&place, lines.join("\n") + "\n").unwrap();
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn blocks_are_found() {
    let text = "a\n```console\n$ one \\\n> two\nout\n\nmore\n$ three\n```\n```rust\n$ no\n```\n```console\n$ four\n```\n";
    let found: Vec<(String, String)> = examples(text).into_iter().map(|e| (e.command, e.output)).collect();
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(found, [pair("one \\\ntwo", "out\n\nmore\n"), pair("three", ""), pair("four", "")]);
}
