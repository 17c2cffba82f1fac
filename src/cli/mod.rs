//! The command line. Everything that talks to a terminal lives here; the answers come from [`crate::Problem`].

mod arguments;
mod check;
mod derive;
mod json;
mod lines;
mod point;
mod prove;
mod render;
mod report;
mod table;
mod verify;

use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::diagnostic::{Diagnostic, Kind};
use crate::problem::{Operator, Problem, Request};
use arguments::{Arguments, ColorChoice, Command, Format, Question};

/// Formulas nest up to the parser's limit; a worker with this much stack follows them in any build.
const STACK_BYTES: usize = 256 << 20;
/// Longer inputs are refused before they are read.
const MAXIMUM_INPUT_BYTES: usize = 8 << 20;

/// Runs the command.
pub fn run() -> ExitCode {
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(main);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // The worker has said what happened.
        Ok(Err(_)) => ExitCode::from(101),
        Err(_) => main(),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse_from(with_default_command(std::env::args_os().collect()));
    let outcome = match arguments.command {
        Command::Functions { name, format } => table::functions(name.as_deref(), format),
        Command::Completions { shell } => {
            let mut command = <Arguments as clap::CommandFactory>::command();
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command, "symdiff", &mut script);
            write_out(&script)
        }
        Command::Grad(question) => ask(&question, Operator::Gradient),
        Command::Jacobian(question) => ask(&question, Operator::Jacobian),
        Command::Hessian(question) => ask(&question, Operator::Hessian),
        Command::Simplify(question) => ask(&question, Operator::Simplify),
        Command::Eval(question) => ask(&question, Operator::Evaluate),
        Command::Derive(asked) => derive::run(&asked),
        Command::Table(asked) => derive::table(&asked),
        Command::Prove(statement) => prove::run(&statement),
        Command::Check(derivation) => check::run(&derivation),
        Command::Verify { file } => verify::run(&file),
    };
    match outcome {
        Ok(code) => code,
        // Whoever read our output has gone: nothing is left to say.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// `symdiff 'x^2'` means `symdiff grad 'x^2'`: the command is put in unless the first free word is one.
fn with_default_command(mut words: Vec<std::ffi::OsString>) -> Vec<std::ffi::OsString> {
    let known = <Arguments as clap::CommandFactory>::command();
    let is_command = |word: &std::ffi::OsString| {
        word == "help" || known.get_subcommands().any(|c| word.to_str() == Some(c.get_name()))
    };
    let asks_about_program =
        |word: &std::ffi::OsString| matches!(word.to_str(), Some("-h" | "--help" | "-V" | "--version"));
    match words.get(1) {
        None => {}
        Some(word) if is_command(word) || asks_about_program(word) => {}
        Some(_) => words.insert(1, "grad".into()),
    }
    words
}

/// Answers one question, or each line of standard input.
fn ask(question: &Question, operator: Operator) -> io::Result<ExitCode> {
    let color = is_colored(question);
    if question.lines {
        return lines::run(question, &|own, formula| {
            answer(own, operator, formula).map(|(answer, _)| json::answer(&answer, operator))
        });
    }
    let formula = match formula(question) {
        Ok(formula) => formula,
        Err(error) => return fail(question, "", &error, color),
    };
    match answer(question, operator, &formula) {
        Err(error) => fail(question, &formula, &error, color),
        Ok((answer, warnings)) => {
            warn(&warnings, question, &formula, color)?;
            let text = match question.format {
                Format::Json => format!("{}\n", json::answer(&answer, operator)),
                format => report::answer(&answer, operator, format, question),
            };
            let failed = operator == Operator::Evaluate && matches!(answer.value, Some(Err(_)));
            write_out(text.as_bytes())?;
            Ok(if failed { ExitCode::from(2) } else { ExitCode::SUCCESS })
        }
    }
}

/// Are messages coloured?
fn is_colored(question: &Question) -> bool {
    match question.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    }
}

/// Says how a formula may have been misread.
fn warn(warnings: &[Diagnostic], question: &Question, formula: &str, color: bool) -> io::Result<()> {
    let sources = render::Sources { formula, lets: &question.lets, givens: &question.given };
    for warning in warnings {
        render::write(&mut io::stderr().lock(), warning, &sources, render::Level::Warning, color)?;
    }
    Ok(())
}

/// The formula: an argument, or standard input for `-` or nothing.
fn formula(question: &Question) -> Result<String, Diagnostic> {
    let from_input = match &question.formula {
        None => true,
        Some(text) => text == "-",
    };
    let bytes = if from_input {
        if io::stdin().is_terminal() && question.formula.is_none() {
            return Err(Diagnostic::new(Kind::Syntax, "there is no formula")
                .help("symdiff 'x^2*sin(x)', or symdiff - to read standard input"));
        }
        let mut bytes = Vec::new();
        let limit = MAXIMUM_INPUT_BYTES as u64 + 1;
        io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(|error| {
            Diagnostic::new(Kind::Syntax, format!("standard input cannot be read: {error}"))
        })?;
        bytes
    } else {
        question.formula.as_ref().map(|text| text.as_encoded_bytes().to_vec()).unwrap_or_default()
    };
    text_of(bytes)
}

/// Bytes as text within limits.
fn text_of(bytes: Vec<u8>) -> Result<String, Diagnostic> {
    if bytes.len() > MAXIMUM_INPUT_BYTES {
        return Err(Diagnostic::new(
            Kind::Limit,
            format!("the formula is longer than {} MiB", MAXIMUM_INPUT_BYTES >> 20),
        ));
    }
    String::from_utf8(bytes).map(|text| text.trim_end_matches(['\n', '\r']).to_owned()).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Diagnostic::new(Kind::Syntax, format!("byte {} is not UTF-8 text", at + 1))
            .help("save the file as UTF-8")
    })
}

/// Reads declarations and facts, then answers.
fn answer(
    question: &Question,
    operator: Operator,
    formula: &str,
) -> Result<(crate::Answer, Vec<Diagnostic>), Diagnostic> {
    let mut problem = Problem::with(&question.lets, &question.given)?;
    problem.set_refuses_unknown_derivatives(true);
    problem.set_effort(question.effort());
    problem.set_notation(question.notation());
    problem.set_paranoid(question.paranoid);
    let at = point::read(&question.at)?;
    if operator == Operator::Evaluate && at.is_none() {
        let request =
            Request { operator, at: Some(crate::evaluate::graph::Point::default()), ..Request::default() };
        let answer = problem.answer(formula, &request)?;
        return Ok((answer, problem.take_warnings()));
    }
    let request = Request { operator, wrt: question.wrt.clone(), order: question.order as usize, at };
    let answer = problem.answer(formula, &request)?;
    Ok((answer, problem.take_warnings()))
}

fn fail(question: &Question, formula: &str, error: &Diagnostic, color: bool) -> io::Result<ExitCode> {
    if question.format == Format::Json {
        write_out(format!("{}\n", json::error(error)).as_bytes())?;
    } else {
        let sources = render::Sources { formula, lets: &question.lets, givens: &question.given };
        render::write(&mut io::stderr().lock(), error, &sources, render::Level::Error, color)?;
    }
    // the input is invalid, or the answer was not found
    Ok(ExitCode::from(if error.kind == Kind::Undecided { 3 } else { 2 }))
}

fn write_out(bytes: &[u8]) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
