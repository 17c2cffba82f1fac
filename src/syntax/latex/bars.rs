//! Bars: absolute values, norms, and which bar closes which where a bar looks the same on both sides.

use super::super::determinants;
use super::super::known;
use super::super::operands::call_node;
use super::super::parser::{Node, Result};
use super::super::tree::{Kind, Tree};
use super::parser::{Parser, starts_operand};
use super::slips::{syntax, unsupported};
use super::words::{Way, Word};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// `||x| - 1|` is tried as a norm first and then as bars inside each other, so often in one formula.
const MOST_SECOND_READINGS: usize = 16;

impl Parser<'_> {
    /// A bar where an operand is expected opens, also inside other bars: `|x + |y||`.
    pub(super) fn opens_inner_bar(&self) -> bool {
        let next = self.peek(1);
        matches!(self.word(), Word::Bar(Way::Either) | Word::DoubleBar(Way::Either))
            && !self.is_evaluation_bar()
            && (starts_operand(next) || matches!(next.word, Word::Minus | Word::Bar(Way::Either)))
    }

    /// `|x|`, `\|x\|_2`, `\lvert x \rvert`; `||x||` is a norm and `||x| - 1|` an absolute value inside another one.
    pub(super) fn in_bars(&mut self) -> Result<Node> {
        let is_bar = |word| matches!(word, Word::Bar(Way::Either));
        let is_ascii_norm = is_bar(self.word()) && is_bar(self.peek(1).word) && !self.peek(1).spaced;
        if !is_ascii_norm {
            return self.between_bars(false);
        }
        let (at, warnings) = (self.at, self.warning_count());
        let problem = match self.between_bars(true) {
            Err(problem) if problem.kind == diagnostic::Kind::Syntax => problem,
            other => return other,
        };
        if self.second_readings == MOST_SECOND_READINGS {
            return Err(problem);
        }
        self.second_readings += 1;
        self.at = at;
        self.forget_warnings(warnings);
        self.between_bars(false).map_err(|_| problem)
    }

    fn between_bars(&mut self, is_ascii_norm: bool) -> Result<Node> {
        let first = self.token().clone();
        let mut open = self.advance();
        if is_ascii_norm {
            open = open.join(self.advance());
        }
        let is_norm = is_ascii_norm || matches!(first.word, Word::DoubleBar(_));
        let unclosed = |parser: &Self| {
            let bar = parser.text(open);
            syntax(format!("`{bar}` is never closed"))
                .at(open, "opened here")
                .help(format!("add `{bar}`; conditions such as p(y|x) are not read"))
        };
        if self.word() == Word::Eoi {
            return Err(unclosed(self));
        }
        let bars = self.bars;
        self.bars = bars + 1;
        let inner = self.nested(Parser::sum);
        self.bars = bars;
        let inner = inner?;
        let closes = match (self.word(), first.word) {
            (Word::Bar(way), Word::Bar(_)) | (Word::DoubleBar(way), Word::DoubleBar(_)) => {
                way != Way::Open && self.token().sized == first.sized
            }
            _ => false,
        };
        if !closes {
            return Err(match self.word() {
                Word::Eoi | Word::Close(_) | Word::CloseCurly | Word::Comma | Word::Relation(_) => {
                    unclosed(self)
                }
                _ => self.unexpected(),
            });
        }
        let mut close = self.advance();
        if is_ascii_norm {
            if !matches!(self.word(), Word::Bar(_)) || !self.is_glued() {
                return Err(syntax("`||` is closed by a single `|`")
                    .at(open, "opened here")
                    .at(close, "closed here")
                    .help(r"write \|x\| for a norm, |x| for an absolute value"));
            }
            close = close.join(self.advance());
        }
        let span = open.join(close);
        if is_norm {
            return self.norm(inner, span);
        }
        if let Some(name) = determinants::capital(&inner.tree, self.names)
            .or_else(|| determinants::declared_matrix(&inner.tree, self.names))
        {
            return Err(self.absolute_or_determinant(&inner.tree, &name, span));
        }
        call_node(known::absolute(), 0, vec![inner.tree], span, inner.depth)
    }

    /// The rest of `\|x\|_2` behind the closing bars.
    fn norm(&mut self, inner: Node, span: Span) -> Result<Node> {
        let under = self.at;
        let mut which = String::new();
        let mut place = span;
        if self.word() == Word::Under {
            let end = self.script_end(under);
            which = self.words[under + 1..end]
                .iter()
                .filter(|t| !matches!(t.word, Word::OpenCurly | Word::CloseCurly))
                .map(|t| &*t.text)
                .filter(|t| !matches!(*t, "mathrm" | "mathsf" | "mathit"))
                .collect();
            place = span.join(self.words[end - 1].span);
            self.at = end;
        }
        let Some(name) = known::norm(&which) else {
            return Err(unsupported(format!("the norm with index `{which}` is not known"))
                .at(place, "")
                .help(r"the norms are \|x\|_1, \|x\|_2 and \|X\|_F; write others as sums"));
        };
        call_node(name, 0, vec![inner.tree], place, inner.depth)
    }

    fn absolute_or_determinant(&self, inner: &Tree, name: &str, span: Span) -> Diagnostic {
        let text = self.short(span);
        let inside = match &inner.kind {
            Kind::Name(_) => name,
            _ => self.short(inner.span),
        };
        syntax(format!("`{text}` is either an absolute value or a determinant"))
            .at(span, "")
            .help(format!(r"write \operatorname{{abs}}({inside}) or \det({inside})"))
    }
}
