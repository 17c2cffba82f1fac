//! `--lines`: one formula a line in, one JSON object a line out, in order, on all cores.

use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use indicatif::ProgressBar;
use serde_json::Value as Json;

use super::arguments::Question;
use super::{STACK_BYTES, json, point, text_of};
use crate::diagnostic::{Diagnostic, Kind};

/// Answers one line: a formula with its own declarations and facts.
pub type AnswerLine<'a> = &'a (dyn Fn(&Question, &str) -> Result<Json, Diagnostic> + Sync);

/// Lines are read and answered in blocks, so that memory stays bounded on endless input.
const BLOCK: usize = 4096;

/// Answers every line of standard input.
pub fn run(question: &Question, answer: AnswerLine) -> io::Result<ExitCode> {
    let mut input = io::stdin().lock();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let bar = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    let mut all_right = true;
    loop {
        let mut block = Vec::new();
        while block.len() < BLOCK {
            let mut line = Vec::new();
            if input.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            block.push(line);
        }
        if block.is_empty() {
            break;
        }
        all_right &= answer_block(question, answer, &block, &mut out, &bar)?;
        out.flush()?;
    }
    bar.finish_and_clear();
    Ok(if all_right { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// Workers take lines in order; answers are written as soon as all before them are there.
fn answer_block(
    question: &Question,
    answer: AnswerLine,
    block: &[Vec<u8>],
    out: &mut dyn Write,
    bar: &ProgressBar,
) -> io::Result<bool> {
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(block.len());
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (send, next) = (send.clone(), &next);
            let worker = move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(line) = block.get(at) else { return };
                    if send.send((at, one(question, answer, line))).is_err() {
                        return;
                    }
                }
            };
            std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, worker)?;
        }
        drop(send);
        let mut waiting: Vec<Option<(String, bool)>> = vec![None; block.len()];
        let mut written = 0;
        let mut all_right = true;
        for (at, result) in receive {
            waiting[at] = Some(result);
            bar.inc(1);
            while let Some((text, right)) = waiting.get_mut(written).and_then(Option::take) {
                out.write_all(text.as_bytes())?;
                out.write_all(b"\n")?;
                all_right &= right;
                written += 1;
            }
        }
        Ok(all_right)
    })
}

/// One line: its answer, and whether it is one.
fn one(question: &Question, answer: AnswerLine, line: &[u8]) -> (String, bool) {
    let result = read(question, line).and_then(|(formula, own)| answer(&own, &formula));
    match result {
        Ok(answer) => (answer.to_string(), true),
        Err(error) => (json::error(&error).to_string(), false),
    }
}

/// A plain formula, or an object {"input", "let", "given", "wrt", "at"}.
fn read(question: &Question, line: &[u8]) -> Result<(String, Question), Diagnostic> {
    let text = text_of(line.to_vec())?;
    let mut own = question.clone();
    if !text.trim_start().starts_with('{') {
        return Ok((text, own));
    }
    if let Some(name) = point::repeated(&text) {
        return Err(point::given_twice(&name));
    }
    let bad = |what: &str| Diagnostic::new(Kind::Declaration, what.to_owned());
    let object: Json = serde_json::from_str(&text)
        .map_err(|error| bad(&format!("this line is not a JSON object: {error}")))?;
    let Some(fields) = object.as_object() else { return Err(bad("this line is not a JSON object")) };
    let mut formula = None;
    for (key, value) in fields {
        match key.as_str() {
            "input" => formula = value.as_str().map(str::to_owned),
            "let" => own.lets.extend(strings(value).ok_or_else(|| bad("\"let\" is a list of declarations"))?),
            "given" => own.given.extend(strings(value).ok_or_else(|| bad("\"given\" is a list of facts"))?),
            "wrt" => own.wrt = strings(value).ok_or_else(|| bad("\"wrt\" is a list of names"))?,
            "at" => own.at.push(value.to_string()),
            other => return Err(bad(&format!("\"{other}\" is not a field of a question"))),
        }
    }
    formula.map(|formula| (formula, own)).ok_or_else(|| bad("\"input\" is missing: the formula"))
}

/// A string, or a list of strings.
fn strings(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::String(text) => Some(vec![text.clone()]),
        Json::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}
