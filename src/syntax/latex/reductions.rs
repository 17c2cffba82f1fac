//! Operators over indices, whose body reaches over the following product: `\sum`, `\prod`, `\max`, `\min`.

use super::super::known;
use super::super::parser::{Node, Result, built};
use super::super::tree::{Big, BoundIndex, Kind, Relation, Tree};
use super::parser::Parser;
use super::slips::{syntax, unsupported};
use super::words::{Fence, Way, Word};
use crate::span::Span;

struct Range {
    indices: Vec<BoundIndex>,
    condition: Option<Box<Tree>>,
    depth: usize,
    /// An index whose upper end stands above the sign.
    open: Option<usize>,
    /// Names of a relation that may also mean something outside.
    shared: Vec<String>,
}

impl Parser<'_> {
    pub(super) fn big_sign(&mut self) -> Result<Node> {
        let token = self.token().clone();
        let operation = match &*token.text {
            "sum" => Big::Sum,
            "prod" => Big::Product,
            "max" => Big::Maximum,
            _ => Big::Minimum,
        };
        let begin = self.at;
        self.advance();
        let (mut low, mut high) = (None, None);
        while let word @ (Word::Under | Word::Caret) = self.word() {
            let slot = if word == Word::Under { &mut low } else { &mut high };
            if slot.is_some() {
                return Err(syntax(format!("two scripts of one kind stand on `{}`", self.text(token.span)))
                    .at(token.span.join(self.token().span), "")
                    .help(r"write \sum_{k=1}^{n}"));
            }
            *slot = Some(self.at);
            self.at = self.script_end(self.at);
        }
        let written = self.text(token.span);
        let Some(low) = low else {
            if high.is_none() && matches!(operation, Big::Maximum | Big::Minimum) {
                return self.extremum_call(&token.text, token.span);
            }
            return Err(syntax(format!("`{written}` does not say over which index"))
                .at(token.span, "")
                .help(format!("write {written}_{{k}} x_k or {written}_{{k=1}}^{{n}} x_k")));
        };
        let end = self.at;
        let outer = self.bound.len();
        let range = self.low_range(low, begin).and_then(|range| self.upper(range, high, token.span));
        let range = match range {
            Ok(range) => range,
            Err(problem) => {
                self.bound.truncate(outer);
                return Err(problem);
            }
        };
        self.at = end;
        self.bound.truncate(outer);
        self.bound.extend(range.indices.iter().map(|index| index.name.clone()));
        let body = self.big_body(token.span);
        self.bound.truncate(outer);
        let body = body?;
        if let Some(name) =
            range.shared.iter().find(|name| self.places.get(*name).is_some_and(|(_, last)| *last >= self.at))
        {
            return Err(syntax(format!("it is not clear whether the sum runs over {name}"))
                .at(token.span.join(self.words[end - 1].span), "")
                .help(format!("name the running index first and separate it: k : k \\ne {name}")));
        }
        if matches!(operation, Big::Maximum | Big::Minimum) {
            for index in range.indices.iter().filter(|index| index.range.is_none()) {
                if !indexes(&body.tree, &index.name) {
                    return Err(unsupported(format!(
                        "`{written}` runs over {}, which is no index",
                        index.name
                    ))
                    .at(token.span.join(self.words[end - 1].span), "")
                    .help("extremal values over variables are not read, only over indices such as x_i"));
                }
            }
        }
        let span = token.span.join(body.tree.span);
        let depth = body.depth.max(range.depth);
        let kind = Kind::Big {
            operation,
            indices: range.indices,
            condition: range.condition,
            body: Box::new(body.tree),
        };
        built(kind, span, depth)
    }

    fn big_body(&mut self, start: Span) -> Result<Node> {
        if !(self.starts_operand() || self.word() == Word::Minus) {
            let place = start.join(self.previous().map_or(start, |t| t.span));
            let written = self.short(place);
            return Err(match self.word() {
                Word::Eoi
                | Word::Close(_)
                | Word::CloseCurly
                | Word::Comma
                | Word::Plus
                | Word::Relation(_) => syntax(format!("nothing stands behind `{written}`"))
                    .at(place, "")
                    .help(format!("write what it acts on: {written} (…)")),
                _ => self.missing_operand(),
            });
        }
        self.nested(Parser::signed_term)
    }

    /// `\max(a, b)`, `\max\{a, b\}`.
    fn extremum_call(&mut self, name: &str, start: Span) -> Result<Node> {
        let known = super::calls::command_of(name).or_else(|| known::lookup(name));
        let (Word::Open(Fence::Round | Fence::Brace), Some(known)) = (self.word(), known) else {
            return Err(syntax(format!(r"`\{name}` does not say over what")).at(start, "").help(format!(
                r"write \{name}(x) for all entries of x, \{name}(a, b), or \{name}_{{i}} x_i"
            )));
        };
        let close = self.partners[self.at];
        let open = self.advance();
        if self.at == close {
            return Err(syntax(format!(r"`\{name}` has no argument"))
                .at(open.join(self.token().span), "")
                .help(format!(r"write \{name}(a, b)")));
        }
        let (arguments, depth) = self.inside(|parser| {
            let first = parser.sum()?;
            parser.list_from(first, close)
        })?;
        if self.at != close {
            return Err(self.unexpected());
        }
        self.advance();
        let span = start.join(self.words[close].span);
        // both rows are written alike: the one of two values is asked for here
        let pair = known::lookup(name).map_or(known.name, |pair| pair.name);
        match known::over_entries(pair) {
            Some(over_entries) => self.extremum(pair, over_entries, arguments, span, depth),
            None => Err(syntax(format!(r"`\{name}` takes no arguments")).at(span, "").help("use an index")),
        }
    }

    /// What stands below the sign; `begin` is the place of the sign.
    fn low_range(&mut self, low: usize, begin: usize) -> Result<Range> {
        self.at = low;
        let under = self.advance();
        let mut range =
            Range { indices: Vec::new(), condition: None, depth: 0, open: None, shared: Vec::new() };
        if self.word() != Word::OpenCurly {
            if !self.starts_symbol() {
                return Err(self.no_index(under));
            }
            let name = self.bound_name(false)?;
            range.indices.push(BoundIndex { name, range: None });
            return Ok(range);
        }
        let close = self.partners[self.at];
        let open = self.advance();
        if self.at == close {
            return Err(syntax("the index is missing")
                .at(open.join(self.token().span), "")
                .help(r"write \sum_{k} x_k"));
        }
        self.inside(|parser| parser.range(&mut range, close, begin))?;
        if self.at != close {
            return Err(match self.word() {
                Word::Dots => {
                    syntax("a range needs a name").at(self.token().span, "").help(r"write \sum_{k=1}^{n}")
                }
                Word::Command if self.token().text == "in" => unsupported("sets are not read")
                    .at(self.token().span, "")
                    .help(r"write \sum_{k=1}^{n}, or \sum_{k} over a whole axis"),
                _ => self.unexpected(),
            });
        }
        Ok(range)
    }

    /// `k`, `i, j`, `ij`, `k = 1`, `i \ne j`, `i, j : i < j`, `1 \le k \le n`.
    fn range(&mut self, range: &mut Range, close: usize, begin: usize) -> Result<()> {
        loop {
            if self.word() == Word::Number {
                return self.enclosed(range);
            }
            if !self.starts_symbol() {
                return Err(self.no_index(self.token().span));
            }
            let start = self.at;
            let name = self.bound_name(true)?;
            let is_related = matches!(self.word(), Word::Relation(relation) if relation != Relation::Equal);
            if is_related {
                self.at = start;
                return self.related(range, begin);
            }
            if range.indices.iter().any(|index| index.name == name) {
                return Err(syntax(format!("the index `{name}` is named twice"))
                    .at(self.words[start].span, "")
                    .help("give every index its own name"));
            }
            let mut index = BoundIndex { name, range: None };
            if self.word() == Word::Relation(Relation::Equal) {
                self.advance();
                let lower = self.sum()?;
                range.depth = range.depth.max(lower.depth);
                let mut at = self.at;
                // `1, \dots, n`
                if self.words[at].word == Word::Comma && self.words[at + 1].word == Word::Dots {
                    at += 1;
                }
                if self.words[at].word == Word::Dots {
                    self.at = at + 1;
                    if self.word() == Word::Comma {
                        self.advance();
                    }
                    let upper = self.sum()?;
                    range.depth = range.depth.max(upper.depth);
                    index.range = Some((lower.tree, upper.tree));
                } else {
                    if range.open.is_some() {
                        return Err(syntax("the upper end of the range is missing")
                            .at(lower.tree.span, "")
                            .help(r"write one sum sign for each range"));
                    }
                    range.open = Some(range.indices.len());
                    index.range = Some((lower.tree, Tree::name("")));
                }
            }
            self.bound.push(index.name.clone());
            range.indices.push(index);
            match self.word() {
                Word::Comma => {
                    self.advance();
                }
                Word::Colon | Word::Bar(Way::Either) => {
                    self.advance();
                    let condition = self.conditions()?;
                    range.depth = range.depth.max(condition.depth);
                    range.condition = Some(Box::new(condition.tree));
                    return Ok(());
                }
                // `\sum_{ij}`
                Word::Letter if self.at < close => {}
                _ => return Ok(()),
            }
        }
    }

    /// `1 \le k \le n`.
    fn enclosed(&mut self, range: &mut Range) -> Result<()> {
        let start = self.token().span;
        let conditions = self.conditions()?;
        let span = conditions.tree.span;
        let parts = match conditions.tree.kind {
            Kind::And(parts) => parts,
            kind => vec![Tree::new(kind, span)],
        };
        if let [first, second] = &parts[..]
            && let Kind::Relation(Relation::LessEqual, lower, index) = &first.kind
            && let Kind::Relation(Relation::LessEqual, again, upper) = &second.kind
            && index == again
            && let Kind::Name(name) = &index.kind
        {
            let ends = ((**lower).clone(), (**upper).clone());
            range.depth = range.depth.max(conditions.depth);
            range.indices.push(BoundIndex { name: name.clone(), range: Some(ends) });
            self.bound.push(name.clone());
            return Ok(());
        }
        Err(syntax("this is no range").at(start.join(span), "").help(r"write \sum_{k=1}^{n}"))
    }

    /// `i \ne j`: binds the names that a sum around it does not bind and that mean nothing before it.
    fn related(&mut self, range: &mut Range, begin: usize) -> Result<()> {
        let start = self.at;
        let mut names: Vec<String> = Vec::new();
        loop {
            let name = self.bound_name(true)?;
            if !names.contains(&name) {
                names.push(name);
            }
            if !matches!(self.word(), Word::Relation(_)) {
                break;
            }
            self.advance();
            if !self.starts_symbol() {
                break;
            }
        }
        self.at = start;
        let outer = self.bound.len();
        let already = !range.indices.is_empty();
        for (place, name) in names.iter().enumerate() {
            let is_bound = self.bound[..outer].contains(name);
            // the first one runs; a later one that means something outside does not
            let is_outside = place > 0
                && (self.names.has_variable(name)
                    || self.places.get(name).is_some_and(|(first, _)| *first < begin));
            if !(is_bound || is_outside || already) {
                range.indices.push(BoundIndex { name: name.clone(), range: None });
                self.bound.push(name.clone());
                if place > 0 {
                    range.shared.push(name.clone());
                }
            }
        }
        let relation = self.conditions()?;
        let span = relation.tree.span;
        range.depth = range.depth.max(relation.depth);
        if range.indices.is_empty() {
            return Err(syntax("no new index is named")
                .at(span, "all of these are bound by a sum around it")
                .help(r"name the index first: \sum_{k : k \ne i}"));
        }
        if range.shared.len() + 1 == range.indices.len() && !range.shared.is_empty() {
            let all = names.join(" and ");
            let first = names.first().map_or("", String::as_str);
            let text = self.short(span);
            self.warn(
                syntax(format!("`{text}` runs over {all}"))
                    .at(span, "")
                    .help(format!("write {first} : {text} to run over {first} only")),
            );
        }
        range.condition = Some(Box::new(relation.tree));
        Ok(())
    }

    /// The upper end above the sign.
    fn upper(&mut self, mut range: Range, high: Option<usize>, sign: Span) -> Result<Range> {
        match (high, range.open) {
            (None, None) => Ok(range),
            (Some(high), Some(open)) => {
                self.at = high;
                let caret = self.advance();
                let inner = range.indices.len();
                let count = self.bound.len() - inner.min(self.bound.len());
                let saved = self.bound.split_off(count);
                let upper = self.single_argument(caret, "^");
                self.bound.extend(saved);
                let upper = upper?;
                range.depth = range.depth.max(upper.depth);
                if let Some(BoundIndex { range: Some((_, end)), .. }) = range.indices.get_mut(open) {
                    *end = upper.tree;
                }
                Ok(range)
            }
            (None, Some(open)) => {
                let name = range.indices.get(open).map_or("k", |index| &index.name);
                Err(syntax("the upper end of the range is missing")
                    .at(sign, "")
                    .help(format!("write {}_{{{name}=1}}^{{n}}", self.text(sign))))
            }
            (Some(high), None) => {
                let name = range.indices.first().map_or("k", |index| &index.name);
                Err(syntax("the lower end of the range is missing")
                    .at(sign.join(self.words[high].span), "")
                    .help(format!("write {}_{{{name}=1}}^{{n}}", self.text(sign))))
            }
        }
    }

    /// The name of an index: one letter with primes.
    fn bound_name(&mut self, is_braced: bool) -> Result<String> {
        let token = self.token().clone();
        let mut name = if token.word == Word::Letter {
            self.advance();
            token.text.into_owned()
        } else {
            let (spellings, primes, _, _) = self.letters()?;
            let mut name = spellings.into_iter().next().unwrap_or_default();
            name.push_str(&"'".repeat(primes));
            name
        };
        while is_braced && self.word() == Word::Prime {
            name.push_str(&super::super::tokens::normalised(&self.token().text));
            self.advance();
        }
        if is_braced && self.word() == Word::Under {
            let (end, forms) = self.low_forms(self.at)?;
            let Some(low) = forms.first() else {
                return Err(syntax("an index of a sum has no index")
                    .at(token.span, "")
                    .help("use a plain letter"));
            };
            name.push_str(low);
            self.at = end;
        }
        if matches!(&*name, "e" | "π") {
            return Err(syntax(format!("`{name}` is a constant and no index"))
                .at(token.span, "")
                .help("use another letter, such as k"));
        }
        Ok(name)
    }

    fn no_index(&self, place: Span) -> crate::diagnostic::Diagnostic {
        syntax("an index is missing")
            .at(place.join(self.token().span), "")
            .help(r"an index is a letter: \sum_k x_k, \sum_{k=1}^{n} x_k, \sum_{i,j : i \ne j} A_{ij}")
    }
}

/// Whether the name stands in an index somewhere, or in a condition.
fn indexes(tree: &Tree, name: &str) -> bool {
    let mut found = false;
    tree.walk(&mut |part| match &part.kind {
        Kind::Index(_, indices) => {
            for index in indices {
                index.walk(&mut |inner| found |= matches!(&inner.kind, Kind::Name(n) if n == name));
            }
        }
        Kind::Big { indices, .. } => {
            for (lower, upper) in indices.iter().filter_map(|i| i.range.as_ref()) {
                for end in [lower, upper] {
                    end.walk(&mut |inner| found |= matches!(&inner.kind, Kind::Name(n) if n == name));
                }
            }
        }
        Kind::Iverson(condition) => {
            condition.walk(&mut |inner| found |= matches!(&inner.kind, Kind::Name(n) if n == name));
        }
        _ => {}
    });
    found
}
