//! Operators over indices, whose body reaches over the following product: Σ, ∏, max, min.

use super::parser::{Node, Parser, Result, built, syntax};
use super::tokens::Rule;
use super::tree::{Big, BoundIndex, Kind, Tree};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// What stands behind a big operator, and the depth of its deepest part.
struct Range {
    indices: Vec<BoundIndex>,
    condition: Option<Box<Tree>>,
    depth: usize,
}

impl Parser<'_> {
    /// `Σ_k …`, `Σ[k] …`, `Σ_{k=1}^n …`, `Σᵢ …`.
    pub(super) fn big_sign(&mut self) -> Result<Node> {
        let token = self.token().clone();
        // a declared Σ is a matrix, and Σ[i, j] its component
        if self.names.has_variable(&token.text)
            && !matches!(self.peek(1).word, Rule::underscore | Rule::low_index)
        {
            let span = self.advance();
            return built(Kind::Name(token.text.into_owned()), span, 0);
        }
        let operation = if token.word == Rule::big_sum { Big::Sum } else { Big::Product };
        self.advance();
        match self.word() {
            Rule::open_square => self.big(operation, token.span, &token.text),
            Rule::low_index => {
                let low = self.token().clone();
                self.advance();
                let name: String = low.text.chars().map(letter_of_subscript).collect();
                let index = BoundIndex { name, range: None };
                self.big_body(
                    operation,
                    token.span,
                    Range { indices: vec![index], condition: None, depth: 0 },
                    self.bound.len(),
                )
            }
            Rule::underscore => {
                let low = self.advance();
                match self.word() {
                    Rule::open_curly => self.big(operation, token.span, &token.text),
                    Rule::name if self.is_glued() => {
                        let name = self.bound_name()?;
                        let index = BoundIndex { name, range: None };
                        self.big_body(
                            operation,
                            token.span,
                            Range { indices: vec![index], condition: None, depth: 0 },
                            self.bound.len(),
                        )
                    }
                    _ => Err(syntax("the index is missing")
                        .at(token.span.join(low), "")
                        .help(format!("write {0}_k or {0}[k]", token.text))),
                }
            }
            _ => Err(syntax(format!("`{}` does not say over which index", token.text))
                .at(token.span, "")
                .help(format!("write {0}_k x[k] or {0}[k] x[k]", token.text))),
        }
    }

    /// The indices in brackets, and the body. The word itself has been read.
    pub(super) fn big(&mut self, operation: Big, start: Span, written: &str) -> Result<Node> {
        let is_curly = self.word() == Rule::open_curly;
        let close = if is_curly { Rule::close_curly } else { Rule::close_square };
        let open = self.advance();
        if self.word() == close {
            return Err(syntax("the index is missing")
                .at(open.join(self.token().span), "")
                .help(format!("write {written}[k] x[k]")));
        }
        let bars = std::mem::take(&mut self.bars);
        let outer = self.bound.len();
        let range = self.range(close);
        self.bars = bars;
        let mut range = match range {
            Ok(range) => range,
            Err(problem) => {
                self.bound.truncate(outer);
                return Err(problem);
            }
        };
        self.advance();
        let needs_upper = range
            .indices
            .iter()
            .position(|index| index.range.as_ref().is_some_and(|(_, upper)| is_open(upper)));
        if let Some(at) = needs_upper {
            let upper = if matches!(self.word(), Rule::caret) {
                self.advance();
                self.upper_bound()?
            } else if self.word() == Rule::superscript {
                self.superscript()?
            } else {
                return Err(syntax("the upper end of the range is missing")
                    .at(start.join(self.previous().map_or(start, |t| t.span)), "")
                    .help(format!("write {}[{} = 1..n]", written, range.indices[at].name)));
            };
            range.depth = range.depth.max(upper.depth);
            if let Some((_, end)) = &mut range.indices[at].range {
                *end = upper.tree;
            }
        }
        self.big_body(operation, start, range, outer)
    }

    fn upper_bound(&mut self) -> Result<Node> {
        if self.word() == Rule::open_curly {
            self.advance();
            let node = self.sum()?;
            if self.word() != Rule::close_curly {
                return Err(self.unexpected_after_operand(false));
            }
            self.advance();
            return Ok(node);
        }
        self.nested(Self::operand)
    }

    /// `k`, `i, j`, `k = 1..n`, `i != j`, `i, j: i < j`; leaves the closing bracket and binds the names.
    fn range(&mut self, close: Rule) -> Result<Range> {
        let mut range = Range { indices: Vec::new(), condition: None, depth: 0 };
        loop {
            if self.word() != Rule::name {
                return Err(self.no_index());
            }
            if self.peek(1).word != Rule::equal && self.relation_ahead() {
                self.range_of_relation(&mut range)?;
                break;
            }
            let name = self.bound_name()?;
            if range.indices.iter().any(|index| index.name == name) {
                return Err(syntax(format!("the index `{name}` is named twice"))
                    .at(self.previous().map_or(Span::default(), |t| t.span), "")
                    .help("give every index its own name"));
            }
            let mut index = BoundIndex { name, range: None };
            if self.word() == Rule::equal || self.word() == Rule::element {
                self.advance();
                let lower = self.sum()?;
                range.depth = range.depth.max(lower.depth);
                let upper = if self.word() == Rule::range {
                    self.advance();
                    let upper = self.sum()?;
                    range.depth = range.depth.max(upper.depth);
                    upper.tree
                } else if self.word() == close && close == Rule::close_curly {
                    Tree::name("")
                } else {
                    return Err(syntax("the upper end of the range is missing")
                        .at(lower.tree.span, "")
                        .help(format!("write {} = {}..n", index.name, self.text(lower.tree.span))));
                };
                index.range = Some((lower.tree, upper));
            }
            self.bound.push(index.name.clone());
            range.indices.push(index);
            match self.word() {
                Rule::comma => {
                    self.advance();
                }
                Rule::colon => {
                    self.advance();
                    let condition = self.conditions()?;
                    range.depth = range.depth.max(condition.depth);
                    range.condition = Some(Box::new(condition.tree));
                    break;
                }
                _ => break,
            }
        }
        if self.word() != close {
            return Err(match self.word() {
                Rule::range => {
                    syntax("a range needs a name").at(self.token().span, "").help("write k = 1..n")
                }
                _ => self.unexpected_after_operand(true),
            });
        }
        Ok(range)
    }

    fn no_index(&self) -> Diagnostic {
        let token = self.token();
        let problem = match token.word {
            Rule::comma | Rule::close_square | Rule::close_curly | Rule::colon => {
                syntax("an index is missing")
            }
            _ => syntax(format!("`{}` is no index", token.text)),
        };
        problem
            .at(token.span, "")
            .help("an index is a name: sum[k] x[k], sum[k = 1..n] x[k], sum[i, j: i != j] A[i, j]")
    }

    /// Whether the name here is the left side of a relation such as `i != j`.
    fn relation_ahead(&self) -> bool {
        matches!(
            self.peek(1).word,
            Rule::not_equal | Rule::less | Rule::less_equal | Rule::greater | Rule::greater_equal
        )
    }

    /// `sum[i != j]`: binds both names, except those that a sum around it binds already.
    fn range_of_relation(&mut self, range: &mut Range) -> Result<()> {
        let first = self.token().clone();
        let place = self.position();
        let mut names = vec![(first.text.to_string(), first.span)];
        let mut ahead = 1;
        while matches!(
            self.peek(ahead).word,
            Rule::not_equal | Rule::less | Rule::less_equal | Rule::greater | Rule::greater_equal
        ) && self.peek(ahead + 1).word == Rule::name
        {
            let token = self.peek(ahead + 1);
            names.push((token.text.to_string(), token.span));
            ahead += 2;
        }
        names.dedup_by(|a, b| a.0 == b.0);
        let outer = self.bound.len();
        let already: Vec<String> = range.indices.iter().map(|index| index.name.clone()).collect();
        for (name, _) in &names {
            let is_bound = self.bound[..outer].contains(name);
            if !is_bound && !already.contains(name) && !range.indices.iter().any(|index| index.name == *name)
            {
                check_index_name(name, first.span)?;
                range.indices.push(BoundIndex { name: name.clone(), range: None });
                self.bound.push(name.clone());
            }
        }
        debug_assert_eq!(place, self.position());
        let relation = self.conditions()?;
        let span = relation.tree.span;
        range.depth = range.depth.max(relation.depth);
        if range.indices.is_empty() {
            return Err(syntax("no new index is named")
                .at(span, "all of these are bound by a sum around it")
                .help("name the index: sum[k: k != i]"));
        }
        if range.indices.len() > 1 && already.is_empty() {
            let (all, text) =
                (range.indices.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), self.text(span));
            let (list, last) = (all.join(", "), all.last().copied().unwrap_or(""));
            let text = if text.len() < 60 { text } else { "…" };
            self.warn(
                syntax(format!("`{text}` runs over {}", all.join(" and ")))
                    .at(span, "")
                    .help(format!("write {list}: {text} to say so, {last}: {text} to run over {last} only")),
            );
        }
        range.condition = Some(Box::new(relation.tree));
        Ok(())
    }

    fn bound_name(&mut self) -> Result<String> {
        let token = self.token().clone();
        check_index_name(&token.text, token.span)?;
        self.advance();
        Ok(token.text.into_owned())
    }

    /// The body, read with the indices bound; `outer` indices were bound before.
    fn big_body(&mut self, operation: Big, start: Span, range: Range, outer: usize) -> Result<Node> {
        self.bound.truncate(outer);
        self.bound.extend(range.indices.iter().map(|index| index.name.clone()));
        let body = self.body(start);
        self.bound.truncate(outer);
        let body = body?;
        let span = start.join(body.tree.span);
        let depth = body.depth.max(range.depth);
        let kind = Kind::Big {
            operation,
            indices: range.indices,
            condition: range.condition,
            body: Box::new(body.tree),
        };
        built(kind, span, depth)
    }

    pub(super) fn body(&mut self, start: Span) -> Result<Node> {
        if !(self.starts_operand() || self.word() == Rule::minus) {
            let end = self.previous().map_or(start, |t| t.span);
            let operator = start.join(end);
            let written = self.text(operator);
            return Err(match self.word() {
                Rule::EOI | Rule::close_round | Rule::close_square | Rule::comma | Rule::plus => {
                    syntax(format!("nothing stands behind `{written}`"))
                        .at(operator, "")
                        .help(format!("write what it acts on: {written} (…)"))
                }
                _ => self.missing_operand(),
            });
        }
        self.nested(|parser| parser.signed_term(false))
    }
}

/// The place of an upper end that is still to be read.
fn is_open(upper: &Tree) -> bool {
    matches!(&upper.kind, Kind::Name(name) if name.is_empty())
}

fn letter_of_subscript(c: char) -> char {
    match c {
        'ᵢ' => 'i',
        'ⱼ' => 'j',
        'ₖ' => 'k',
        'ₗ' => 'l',
        'ₘ' => 'm',
        'ₙ' => 'n',
        'ₚ' => 'p',
        'ᵣ' => 'r',
        'ₛ' => 's',
        'ₜ' => 't',
        'ₐ' => 'a',
        c => c,
    }
}

fn check_index_name(name: &str, span: Span) -> Result<()> {
    if matches!(name, "e" | "pi" | "π") {
        return Err(Diagnostic::new(diagnostic::Kind::Name, format!("`{name}` is a constant and no index"))
            .at(span, "")
            .help("use another letter, such as k"));
    }
    Ok(())
}
