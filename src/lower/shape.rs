//! Shapes in words, and the two-sided errors when they do not fit.

use super::environment::Named;
use super::lowering::Lowering;
use super::value::{Layout, Value};
use crate::diagnostic::{Diagnostic, Kind as Cause, Source};
use crate::syntax::tree::{Kind, Tree};

impl Lowering<'_> {
    /// The shape of a value in words.
    pub(super) fn shape_text(&self, value: &Value) -> String {
        let graph = &self.environment.graph;
        let sizes: Vec<String> =
            value.sizes(graph.axes(value.node)).iter().map(|d| graph.dimension_text(*d)).collect();
        match value.layout {
            Layout::Scalar => "a scalar".to_owned(),
            Layout::Column => format!("a vector of length {}", sizes[0]),
            Layout::Row => format!("a row of length {}", sizes[0]),
            Layout::Matrix => format!("a matrix of size {}×{}", sizes[0], sizes[1]),
            Layout::Tensor(_) => format!("a tensor of size {}", sizes.join("×")),
        }
    }

    /// A way out in the notation that the formula is written in.
    pub(super) fn spelled(&self, plain: &'static str, latex: &'static str) -> &'static str {
        if self.environment.is_latex { latex } else { plain }
    }

    /// An error about two parts whose shapes do not fit, quoting both and where they were declared.
    pub(super) fn mismatch(&self, message: String, parts: &[(&Tree, &Value)], help: String) -> Diagnostic {
        let mut error = Diagnostic::new(Cause::Shape, message);
        for (tree, value) in parts {
            error = error.at(tree.span, format!("this is {}", self.shape_text(value)));
        }
        for (tree, _) in parts {
            let Kind::Name(name) = &tree.kind else { continue };
            if let Some(Named::Variable { declared: Some((number, span)), .. }) = self.environment.named(name)
            {
                error =
                    error.at_source(Source::Declaration(*number), *span, format!("{name} is declared here"));
            }
        }
        if help.is_empty() { error } else { error.help(help) }
    }

    /// A thing that needs a certain shape got another.
    pub(super) fn wrong_shape(&self, what: &str, tree: &Tree, value: &Value, help: &str) -> Diagnostic {
        self.mismatch(format!("{what}, not {}", self.shape_text(value)), &[(tree, value)], help.to_owned())
    }
}

/// A name as it is, anything else as `(…)`, for suggestions.
pub(super) fn quoted(tree: &Tree) -> &str {
    match &tree.kind {
        Kind::Name(name) => name,
        _ => "(…)",
    }
}
