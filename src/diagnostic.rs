//! What is said when something is wrong: data only. Rendering belongs to the command line.

use std::fmt;

use crate::span::Span;

/// What kind of thing went wrong; it decides nothing but is stable for programs that read JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The text is not a formula.
    Syntax,
    /// A name is not known, or is used as something it is not.
    Name,
    /// Shapes do not fit.
    Shape,
    /// The formula is outside what the engine can do.
    Unsupported,
    /// A value does not exist at the given point.
    Undefined,
    /// A limit on size, depth or digits was reached.
    Limit,
    /// A declaration, fact or point is not usable.
    Declaration,
    /// The engine contradicts itself: a fault of its own.
    Contradiction,
    /// The input is fine, but the answer was not found.
    Undecided,
}

impl Kind {
    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Syntax => "syntax",
            Kind::Name => "name",
            Kind::Shape => "shape",
            Kind::Unsupported => "unsupported",
            Kind::Undefined => "undefined",
            Kind::Limit => "limit",
            Kind::Declaration => "declaration",
            Kind::Contradiction => "contradiction",
            Kind::Undecided => "undecided",
        }
    }
}

/// A remark on one place of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Which text the span belongs to.
    pub source: Source,
    /// The bytes meant.
    pub span: Span,
    /// What is to be said of them; may be empty.
    pub text: String,
}

/// One of the texts that a problem is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The formula itself.
    #[default]
    Formula,
    /// The n-th declaration.
    Declaration(usize),
    /// The n-th fact.
    Fact(usize),
}

/// An error or a warning as data: kind, message, places, and a way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind.
    pub kind: Kind,
    /// One sentence without a full stop that names the cause.
    pub message: String,
    /// The places, the main one first.
    pub labels: Vec<Label>,
    /// A way out, if one is known.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic without a place.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Diagnostic { kind, message: message.into(), labels: Vec::new(), help: None }
    }

    /// Adds a place in the formula.
    #[must_use]
    pub fn at(self, span: Span, text: impl Into<String>) -> Self {
        self.at_source(Source::Formula, span, text)
    }

    /// Adds a place in any of the texts.
    #[must_use]
    pub fn at_source(mut self, source: Source, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { source, span, text: text.into() });
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The main place, if there is one.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(help) = &self.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}
