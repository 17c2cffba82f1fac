//! Environments inside a formula: matrices and choices.

use super::super::known;
use super::super::operands::call_node;
use super::super::parser::{Node, Result, built};
use super::super::tree::{Kind, Tree};
use super::parser::Parser;
use super::slips::{syntax, unsupported};
use super::words::Word;
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn environment(&mut self) -> Result<Node> {
        let token = self.token().clone();
        match token.text.trim_end_matches('*') {
            "cases" | "dcases" | "rcases" => self.cases(),
            "pmatrix" | "bmatrix" | "matrix" | "smallmatrix" | "array" | "Bmatrix" => self.matrix(),
            "vmatrix" => {
                let node = self.matrix()?;
                let span = node.tree.span;
                match known::lookup("det") {
                    Some(known) => call_node(known.name, 0, vec![node.tree], span, node.depth),
                    None => Err(unsupported("determinants are not known").at(span, "").help("write it out")),
                }
            }
            name => Err(unsupported(format!("the environment `{name}` is not read here"))
                .at(token.span, "")
                .help("pmatrix makes a vector or a matrix, cases a choice")),
        }
    }

    /// The rows of an environment as cells: the words from a place up to another.
    fn cells(&mut self) -> (Vec<Vec<(usize, usize)>>, Span) {
        let open = self.at;
        let close = self.partners[open];
        let span = self.words[open].span.join(self.words[close].span);
        let mut at = open + 1;
        if self.words[open].text.trim_end_matches('*') == "array" && self.words[at].word == Word::OpenCurly {
            at = self.partners[at] + 1;
        }
        let mut rows = vec![Vec::new()];
        let mut start = at;
        while at <= close {
            let word = self.words[at].word;
            if at == close || matches!(word, Word::Newline | Word::Ampersand) {
                if let Some(row) = rows.last_mut() {
                    row.push((start, at));
                }
                start = at + 1;
                if word == Word::Newline && at + 1 < close {
                    rows.push(Vec::new());
                }
            }
            at = if matches!(word, Word::OpenCurly | Word::Open(_) | Word::Begin) {
                self.partners[at] + 1
            } else {
                at + 1
            };
        }
        rows.retain(|row| row.iter().any(|(start, end)| start < end));
        (rows, span)
    }

    /// Reads one cell.
    fn cell<T>(
        &mut self,
        (start, end): (usize, usize),
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        self.at = start;
        if start == end {
            let span = self.words[start].span;
            return Err(syntax("an entry is empty").at(span, "").help("write every entry; 0 for nothing"));
        }
        let value = self.inside(read)?;
        while matches!(self.word(), Word::Comma | Word::Point | Word::Semicolon | Word::Gap) && self.at < end
        {
            self.advance();
        }
        if self.at != end {
            return Err(self.unexpected());
        }
        Ok(value)
    }

    fn matrix(&mut self) -> Result<Node> {
        let close = self.partners[self.at];
        let (rows, span) = self.cells();
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 {
            return Err(syntax("the matrix is empty").at(span, "").help("write its entries"));
        }
        let mut entries = Vec::new();
        let mut depth = 0;
        for row in &rows {
            if row.len() != width {
                let place = self.words[row[0].0].span;
                return Err(syntax("the rows of the matrix have different lengths")
                    .at(place, format!("{} here, {width} in the first row", row.len()))
                    .help("write every entry; 0 for nothing"));
            }
            let mut values = Vec::new();
            for &cell in row {
                let node = self.cell(cell, Parser::sum)?;
                depth = depth.max(node.depth);
                values.push(node.tree);
            }
            if width == 1 {
                entries.append(&mut values);
            } else {
                let first = values.first().map_or(span, |t| t.span);
                let last = values.last().map_or(span, |t| t.span);
                entries.push(Tree::new(Kind::Array(values), first.join(last)));
            }
        }
        self.at = close;
        self.advance();
        built(Kind::Array(entries), span, depth + usize::from(width > 1))
    }

    /// Values with their conditions.
    pub(super) fn cases(&mut self) -> Result<Node> {
        let close = self.partners[self.at];
        let (rows, span) = self.cells();
        let mut result: Vec<(Tree, Option<Tree>)> = Vec::new();
        let mut depth = 0;
        let count = rows.len();
        for (place, row) in rows.into_iter().enumerate() {
            let (first, rest) = match &row[..] {
                [only] => {
                    let split = (only.0..only.1)
                        .find(|&at| self.words[at].word == Word::Text && !self.is_name_text(at));
                    match split {
                        Some(at) => ((only.0, at), Some((at, only.1))),
                        None => (*only, None),
                    }
                }
                [value, condition] => (*value, Some(*condition)),
                _ => {
                    return Err(syntax("a case has a value and a condition")
                        .at(self.words[row[0].0].span, "")
                        .help(r"write a & \text{if } x > 0"));
                }
            };
            let value = self.cell(first, Parser::sum)?;
            depth = depth.max(value.depth);
            let condition = match rest {
                None => None,
                Some(cell) => self.case_condition(cell)?,
            };
            if condition.is_none() && place + 1 < count {
                return Err(syntax("a value without a condition is not the last one")
                    .at(value.tree.span, "")
                    .help("only the last value may stand alone"));
            }
            depth = depth.max(condition.as_ref().map_or(0, |c| c.depth));
            result.push((value.tree, condition.map(|c| c.tree)));
        }
        if result.is_empty() {
            return Err(syntax("there are no cases")
                .at(span, "")
                .help(r"write a & \text{if } x > 0 \\ b & \text{otherwise}"));
        }
        self.at = close;
        self.advance();
        built(Kind::Cases(result), span, depth + 1)
    }

    fn is_name_text(&self, at: usize) -> bool {
        let text = self.words[at].text.trim();
        super::statement::is_word(text) && self.is_declared(text)
    }

    /// `\text{if } x > 0`, `\text{otherwise}`.
    fn case_condition(&mut self, (mut start, mut end): (usize, usize)) -> Result<Option<Node>> {
        const BEFORE: &[&str] =
            &["if", "for", "when", "where", "falls", "für", "if and only if", "at", "in case"];
        const NONE: &[&str] =
            &["otherwise", "else", "sonst", "elsewhere", "in all other cases", "in other cases"];
        while start < end && matches!(self.words[start].word, Word::Comma | Word::Gap | Word::Text) {
            let token = &self.words[start];
            if token.word == Word::Text {
                let words = token.text.trim().trim_matches([',', '.', ' ']).to_lowercase();
                if NONE.contains(&&*words) {
                    return Ok(None);
                }
                if !words.is_empty() && !BEFORE.contains(&&*words) {
                    return Err(syntax(format!("`{}` is no condition", token.text.trim()))
                        .at(token.span, "")
                        .help(r"write \text{if } and a comparison, or \text{otherwise}"));
                }
            }
            start += 1;
        }
        while end > start
            && matches!(self.words[end - 1].word, Word::Comma | Word::Point | Word::Gap | Word::Semicolon)
        {
            end -= 1;
        }
        if start == end {
            return Ok(None);
        }
        self.cell((start, end), Parser::listed_conditions).map(Some)
    }
}
