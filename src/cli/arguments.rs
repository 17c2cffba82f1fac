//! The words of the command line.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::simplify::Effort;
use crate::syntax::Notation;

/// Symbolic differentiation: gradients in closed form, with values and conditions.
#[derive(Parser)]
#[command(name = "symdiff", version, about, subcommand_required = true, arg_required_else_help = true)]
#[command(after_help = "symdiff '(x^2+σ(y))/(3x+y−σ(x))' --at x=1,y=0   is short for   symdiff grad …")]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// The gradient of a formula (the default)
    Grad(Question),
    /// The derivative of a vector or matrix, output axes first
    Jacobian(Question),
    /// The second derivatives
    Hessian(Question),
    /// The formula itself, simplified
    Simplify(Question),
    /// The value of a formula at a point
    Eval(Question),
    /// The steps from a formula to its derivative
    Derive(super::derive::Asked),
    /// The forward and backward pass through a formula, in numbers
    Table(super::derive::TableAsked),
    /// Are both sides of A = B equal? Also chains A = B = C
    Prove(Statement),
    /// Does each line of a hand derivation hold? Plain text, Markdown or LaTeX
    Check(super::check::Derivation),
    /// Does each step of a certificate hold? By a checker that shares nothing with the prover
    Verify {
        /// The certificate, as JSON; - reads standard input
        file: std::path::PathBuf,
    },
    /// The functions that are known, or one of them
    Functions {
        /// Only this function
        name: Option<String>,
        /// text or json
        #[arg(long, value_enum, default_value_t = Format::Unicode)]
        format: Format,
    },
    /// A completion script for a shell
    Completions {
        /// bash, zsh, fish, elvish or powershell
        shell: clap_complete::Shell,
    },
}

#[derive(Args, Clone, Default)]
pub struct Question {
    /// The formula; - reads standard input
    #[arg(allow_hyphen_values = true)]
    pub formula: Option<OsString>,
    /// Differentiate by these variables: x,W (all that occur, if not given)
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub wrt: Vec<String>,
    /// Evaluate there: x=1,y=0, or a JSON file such as point.json
    #[arg(long, value_name = "POINT", allow_hyphen_values = true)]
    pub at: Vec<String>,
    /// Declare: 'W: R[3,2]', 'a = W*x + b', 'swish(t) = t*σ(t)', 'σ1: function'
    #[arg(long = "let", value_name = "DECLARATION")]
    pub lets: Vec<String>,
    /// Take for granted: 'sum(y)=1', 'x>0', "P' = P"
    #[arg(long, value_name = "FACT")]
    pub given: Vec<String>,
    /// How the formula is written; found out by itself
    #[arg(long, value_enum, value_name = "NOTATION")]
    pub input: Option<Input>,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Unicode)]
    pub format: Format,
    /// Differentiate so many times
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub order: u8,
    /// Show how the formula was read
    #[arg(long)]
    pub echo: bool,
    /// Each line of standard input is a formula (or a JSON object); one JSON object a line comes out
    #[arg(long)]
    pub lines: bool,
    /// How hard to simplify
    #[arg(long, value_enum, default_value_t = Trying::Default)]
    pub effort: Trying,
    /// Look for contradictions in the engine's own work; about ten times as slow
    #[arg(long)]
    pub paranoid: bool,
    /// Colours in messages
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

#[derive(Args, Clone, Default)]
pub struct Statement {
    /// The claim, such as 'sin(x)^2 = 1 - cos(x)^2'; - reads standard input
    #[arg(allow_hyphen_values = true)]
    pub claim: Option<OsString>,
    /// Declare: 'W: R[3,2]', 'a = W*x + b', 'swish(t) = t*σ(t)', 'σ1: function'
    #[arg(long = "let", value_name = "DECLARATION")]
    pub lets: Vec<String>,
    /// Take for granted: 'sum(y)=1', 'x>0', "P' = P"
    #[arg(long, value_name = "FACT")]
    pub given: Vec<String>,
    /// How the verdict is written
    #[arg(long, value_enum, default_value_t = Format::Unicode)]
    pub format: Format,
    /// Write the certificate of the proof to this file, for symdiff verify
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<std::path::PathBuf>,
    /// Show a proof only if the independent checker confirms it
    #[arg(long)]
    pub paranoid: bool,
    /// Each line of standard input is a claim (or a JSON object); one JSON object a line comes out
    #[arg(long)]
    pub lines: bool,
    /// Colours in messages
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
}

impl Statement {
    /// What it shares with other questions.
    pub fn question(&self) -> Question {
        Question {
            formula: self.claim.clone(),
            lets: self.lets.clone(),
            given: self.given.clone(),
            format: self.format,
            lines: self.lines,
            color: self.color,
            ..Question::default()
        }
    }
}

impl Question {
    pub fn notation(&self) -> Notation {
        match self.input {
            None => Notation::Automatic,
            Some(Input::Text) => Notation::Text,
            Some(Input::Latex) => Notation::Latex,
        }
    }

    pub fn effort(&self) -> Effort {
        match self.effort {
            Trying::Fast => Effort::Fast,
            Trying::Default => Effort::Default,
            Trying::Thorough => Effort::Thorough,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Input {
    /// Plain text
    Text,
    /// LaTeX
    Latex,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// ASCII that reads back
    Text,
    /// As people write it
    #[default]
    Unicode,
    /// LaTeX
    Latex,
    /// One JSON object
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Trying {
    /// Normal forms only
    Fast,
    /// Normal forms and a small e-graph
    #[default]
    Default,
    /// A large e-graph with all rules
    Thorough,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
