//! Reading sides: primes become derivatives, functions that nobody defined are functions of their own, and what the document
//! leaves open is noticed.

use std::collections::BTreeSet;

use super::lines::{Ahead, Checker};
use super::subscripts::member_of;
use crate::check::decide::{Question, decide};
use crate::check::document::claim;
use crate::check::document::letters;
use crate::check::document::{Formula, Notation};
use crate::check::rewrite::{map_parts, mentions};
use crate::check::sheet::{Sheet, free_indices};
use crate::check::side::{self, lone_name, read_side};
use crate::diagnostic::Diagnostic;
use crate::function;
use crate::span::Span;
use crate::syntax::Names;
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// What is put behind a letter that stands for a number and, with an index, for something else.
pub(super) const MEMBER: &str = "_each";

impl Checker<'_> {
    /// Reads a side. A prime on something scalar is a derivative, a function that nobody defined is one of its own.
    pub(in crate::check) fn read(&mut self, span: Span, notation: Notation) -> Result<Tree, Diagnostic> {
        let own = self.text.get(span.start..span.end).unwrap_or("");
        let operators = if notation == Notation::Text { self.in_operators(own)? } else { None };
        if let Some(operators) = operators {
            let whole = Span::new(0, operators.len());
            let names = self.names_of_values();
            let read = read_side(&operators, whole, notation, &self.sheet.names)
                .or_else(|error| read_side(&operators, whole, notation, &names).map_err(|_| error));
            let read = read.map(|tree| self.with_rates(&self.with_own_constants(tree), &operators));
            return read.and_then(|tree| self.with_subscripts(&tree)).map_err(|mut error| {
                // Its places are places in what was made of the line.
                error.labels.clear();
                error
            });
        }
        let later = self.with_later_functions(own);
        let tree = match read_side(self.text, span, notation, later.as_ref().unwrap_or(&self.sheet.names)) {
            Ok(tree) => tree,
            Err(error) => self.read_otherwise(span, notation).ok_or(error)?,
        };
        let tree = self.with_own_constants(tree);
        let tree = self.with_subscripts(&tree).map_err(|error| side::moved(error, span.start))?;
        self.note_unknown_functions(&tree);
        let tree = self.without_primes(&tree, span)?;
        Ok(self.with_rates(&tree, own))
    }

    /// The names that are known, the functions that are defined further down, `g(x) = f(x) + 1` before `f(x) = x²`, and those
    /// that are differentiated somewhere, `u′(3t)`; `None` if no such function is applied here.
    pub(super) fn with_later_functions(&self, text: &str) -> Option<Names> {
        let is_applied = |head: &str| {
            text.match_indices(head).any(|(at, _)| {
                let rest = text[at + head.len()..].trim_start_matches(['\'', '′']);
                let before = text[..at].chars().next_back();
                letters::opens_bracket(rest)
                    && !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '\\'))
            })
        };
        let mut names: Option<Names> = None;
        for (partial, arity) in self.applied_partials(text) {
            names.get_or_insert_with(|| self.sheet.names.clone()).add_function(&partial, Some(arity));
        }
        for (head, arity) in self.heads.iter().filter(|(head, arity)| **arity > 0 && is_applied(head)) {
            if self.functional.contains(head) && !self.sheet.knows(head) && !self.sheet.names.has(head) {
                names.get_or_insert_with(|| self.sheet.names.clone()).add_function(head, Some(*arity));
            }
        }
        for name in self.primed_calls.iter().filter(|name| is_applied(name)) {
            if !self.sheet.knows(name) && !self.sheet.names.has(name) {
                names.get_or_insert_with(|| self.sheet.names.clone()).add_function(name, None);
            }
        }
        names
    }

    pub(super) fn note_unknown_functions(&mut self, tree: &Tree) {
        let mut called: Vec<String> = Vec::new();
        tree.walk(&mut |part| {
            if let Kind::Call { name, .. } = &part.kind {
                called.push(name.clone());
            }
        });
        for name in called {
            if function::lookup(&name).is_none()
                && !self.sheet.knows(&name)
                && !self.sheet.unknown.contains(&name)
                && !self.heads.contains_key(&name)
            {
                self.sheet.names.add_function(&name, None);
                self.open.insert(name.clone());
                self.sheet.unknown.push(name);
            }
        }
    }

    /// `f(x)` where f was not declared, and `∂f/∂x` where f is a function.
    pub(super) fn read_otherwise(&self, span: Span, notation: Notation) -> Option<Tree> {
        let text = &self.text[span.start..span.end];
        let mut names = self.sheet.names.clone();
        for name in letters::called_letters(text) {
            if !self.sheet.knows(&name) && !names.has(&name) {
                names.add_function(&name, None);
            }
        }
        if let Ok(tree) = read_side(self.text, span, notation, &names) {
            return Some(tree);
        }
        for (head, arguments) in &self.heads {
            if !self.sheet.knows(head) {
                names.add_function(head, Some(*arguments));
            }
        }
        if let Ok(tree) = read_side(self.text, span, notation, &names) {
            return Some(tree);
        }
        if notation == Notation::Latex
            && let Some(tree) = self.read_primes(span)
        {
            return Some(tree);
        }
        // Functions as names of their values.
        read_side(self.text, span, notation, &self.names_of_values()).ok()
    }

    /// The names that are known, with functions as names of their values.
    fn names_of_values(&self) -> Names {
        let mut names = Names::new();
        self.sheet.names.logarithm_base().into_iter().for_each(|base| names.read_logarithms_to_base(base));
        self.sheet.names.variables().for_each(|name| names.add_variable(name));
        self.sheet.functions.keys().for_each(|name| names.add_variable(name));
        names
    }

    /// LaTeX in which primes are derivatives: a transpose is written otherwise there.
    pub(super) fn read_primes(&self, span: Span) -> Option<Tree> {
        let mut names = self.sheet.names.clone();
        let text = self.text.get(span.start..span.end)?;
        for letter in letters::primed_letters(text) {
            if self.sheet.rank(&letter) == 0 {
                for primes in ["'", "''", "'''"] {
                    names.add_variable(&format!("{letter}{primes}"));
                }
            }
        }
        if let Ok(tree) = read_side(self.text, span, Notation::Latex, &names) {
            return Some(tree);
        }
        // ( … )′: what is in the brackets says by which variable.
        let (open, close, after) = letters::primed_bracket(text)?;
        let inner = Span::new(span.start + open, span.start + close);
        let tree = read_side(self.text, inner, Notation::Latex, &names).ok()?;
        let (_, variable) = self.sheet.primed(&tree).ok()??;
        let rewritten =
            format!("{}\\frac{{d}}{{d{variable}}}{}{}", &text[..open], &text[open..close], &text[after..]);
        let whole = Span::new(0, rewritten.len());
        read_side(&rewritten, whole, Notation::Latex, &names).ok()
    }

    pub(super) fn without_primes(&mut self, tree: &Tree, span: Span) -> Result<Tree, Diagnostic> {
        if let Kind::Transpose(_) = &tree.kind {
            let (mut inner, mut times) = (tree, 0usize);
            while let Kind::Transpose(deeper) = &inner.kind
                && self.ends_with_prime(inner, span)
            {
                inner = deeper;
                times += 1;
            }
            // [x²]′: a bracket around one thing.
            if let Kind::Array(parts) = &inner.kind
                && let [only] = parts.as_slice()
                && !matches!(only.kind, Kind::Array(_))
            {
                inner = only;
            }
            if times > 0 {
                if let Kind::Name(name) = &inner.kind
                    && !self.sheet.knows(name)
                {
                    return self.derivative_of_name(name, times, tree.span, span);
                }
                if let Some((body, variable)) =
                    self.sheet.primed(inner).map_err(|e| side::moved(e, span.start))?
                {
                    let operator = DerivativeOperator::Derivative;
                    let variables = (0..times).map(|_| Tree::name(variable.clone())).collect();
                    let kind = Kind::Derivative { operator, body: Box::new(body), variables };
                    return Ok(Tree::new(kind, tree.span));
                }
                return Ok(tree.clone());
            }
        }
        match &tree.kind {
            // y′ as it is read in LaTeX.
            Kind::Name(name) if name.ends_with('\'') && !self.sheet.names.has_variable(name) => {
                let base = name.trim_end_matches('\'');
                let times = name.len() - base.len();
                return self.derivative_of_name(base, times, tree.span, span);
            }
            // [ … ] around one thing is a bracket.
            Kind::Array(parts)
                if let [only] = parts.as_slice()
                    && !matches!(only.kind, Kind::Array(_)) =>
            {
                return self.without_primes(only, span);
            }
            // a*dy/dx is written for a times dy/dx.
            Kind::Quotient(above, below)
                if let Kind::Product(factors) = &above.kind
                    && let Some((last, rest)) = factors.split_last()
                    && is_differential(last)
                    && is_differential(below) =>
            {
                let mut factors = rest.to_vec();
                let part = last.span.join(below.span);
                factors.push(Tree::new(Kind::Quotient(Box::new(last.clone()), below.clone()), part));
                return self.without_primes(&Tree::new(Kind::Product(factors), tree.span), span);
            }
            _ => {}
        }
        let mut failed = None;
        let made = map_parts(tree, &mut |part| match self.without_primes(part, span) {
            Ok(part) => part,
            Err(error) => {
                failed.get_or_insert(error);
                part.clone()
            }
        });
        failed.map_or(Ok(made), Err)
    }

    /// y′: by the one variable that y depends on; a name of its own if nothing says what y is.
    fn derivative_of_name(
        &mut self,
        name: &str,
        times: usize,
        place: Span,
        side: Span,
    ) -> Result<Tree, Diagnostic> {
        if !self.sheet.knows(name) {
            let name = format!("{name}_{}", "d".repeat(times));
            self.open.insert(name.clone());
            return Ok(Tree::new(Kind::Name(name), place));
        }
        let whole = Tree::new(Kind::Name(name.to_owned()), place);
        match self.sheet.primed(&whole).map_err(|error| side::moved(error, side.start))? {
            Some((body, variable)) => {
                let operator = DerivativeOperator::Derivative;
                let variables = (0..times).map(|_| Tree::name(variable.clone())).collect();
                Ok(Tree::new(Kind::Derivative { operator, body: Box::new(body), variables }, place))
            }
            None => Ok(Tree::new(Kind::Transpose(Box::new(whole)), place)),
        }
    }

    pub(super) fn ends_with_prime(&self, tree: &Tree, span: Span) -> bool {
        let end = (span.start + tree.span.end).min(self.text.len());
        self.text.get(span.start + tree.span.start..end).is_some_and(|text| {
            let text = text.trim_end().trim_end_matches(['}', ' ']);
            text.ends_with(['\'', '′', '’', '″']) || text.ends_with("\\prime")
        })
    }

    /// Why a refutation would say nothing: something in the line depends on what the document does not say.
    pub(super) fn open_question(&self, sides: &[&Tree]) -> Option<String> {
        if let Some(why) = self.unplaced() {
            return Some(why);
        }
        for side in sides {
            let mut found = None;
            side.walk(&mut |part| {
                if found.is_some() {
                    return;
                }
                let is_unsaid = |name: &str, among: &BTreeSet<String>| {
                    among.contains(name)
                        && !self.sheet.knows(name)
                        && !name.strip_prefix('d').is_some_and(|name| self.sheet.knows(name))
                };
                match &part.kind {
                    Kind::Name(name) if self.is_rated(name) => {}
                    Kind::Name(name)
                        if is_unsaid(name, &self.implicit)
                            || name.ends_with("_d")
                            || name.ends_with("_dd") =>
                    {
                        found =
                            Some(format!("nothing says what {} is", name.split("_d").next().unwrap_or(name)));
                    }
                    Kind::Derivative { body, .. }
                        if lone_name(body).is_some_and(|name| is_unsaid(&name, &self.open)) =>
                    {
                        found = lone_name(body).map(|name| format!("nothing says what {name} is"));
                    }
                    Kind::Call { name, .. } if self.open.contains(name) && !self.sheet.knows(name) => {
                        found = Some(format!("nothing says what {name} is"));
                    }
                    _ => {}
                }
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Something is used as a vector or a matrix that was never declared to be one, here or in what the names here stand for:
    /// nothing can be said of such a line.
    pub(super) fn undeclared(&self, sides: &[&Tree]) -> Option<String> {
        let mut opened: BTreeSet<String> = BTreeSet::new();
        let mut todo: Vec<Tree> = sides.iter().map(|side| (*side).clone()).collect();
        while let Some(tree) = todo.pop() {
            let mut found = None;
            tree.walk(&mut |part| {
                let here = match &part.kind {
                    Kind::Transpose(inner) => self.undeclared_in(inner),
                    Kind::Index(base, _) => self.undeclared_in(base),
                    Kind::Hadamard(parts) => parts.iter().find_map(|part| self.undeclared_in(part)),
                    Kind::Call { name, arguments, .. } if is_of_tensors(name) => {
                        arguments.iter().find_map(|argument| self.undeclared_in(argument))
                    }
                    _ => None,
                };
                found = found.take().or(here);
                let (Kind::Name(name) | Kind::Call { name, .. }) = &part.kind else { return };
                if opened.insert(name.clone()) {
                    let definition = self.sheet.definitions.get(name).map(|own| own.value.clone());
                    todo.extend(definition);
                    todo.extend(self.sheet.functions.get(name).map(|(_, body)| body.clone()));
                }
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    pub(super) fn undeclared_in(&self, tree: &Tree) -> Option<String> {
        let indices = free_indices(tree, &self.sheet);
        self.sheet
            .variables_of(tree)
            .into_iter()
            .find(|name| !self.sheet.knows(name) && !self.sheet.is_size(name) && !indices.contains(name))
            .map(|name| shape_unknown(&name))
    }

    /// `1/2x` as `1/(2x)` and `e^2x` as `e^(2x)`: what a side says if what stands side by side belongs together. `None` if
    /// there is nothing of the kind in it.
    pub(super) fn other_reading(&self, tree: &Tree, span: Span) -> Option<Tree> {
        let text = self.text.get(span.start..span.end)?;
        let other = bound_tighter(tree, text);
        (other != *tree).then_some(other)
    }

    /// Does a line hold if products without a sign bind tighter?
    pub(super) fn holds_otherwise(&self, head: &Tree, tree: &Tree, span: Span) -> bool {
        let other = self.other_reading(tree, span);
        let mut sheet = self.sheet.clone();
        for (name, value) in &self.second {
            if let Some(definition) = sheet.definitions.get_mut(name) {
                definition.value = value.clone();
            }
            if let Some((_, body)) = sheet.functions.get_mut(name) {
                *body = value.clone();
            }
        }
        let holds = |sheet: &Sheet, tree: &Tree| decide(sheet, head, tree, &Question::default()).is_proved();
        other.as_ref().is_some_and(|other| holds(&self.sheet, other))
            || !self.second.is_empty()
                && (holds(&sheet, tree) || other.as_ref().is_some_and(|other| holds(&sheet, other)))
    }

    /// Names that are differentiated somewhere although nothing says what they are.
    pub(super) fn find_open_names(&mut self, formulas: &[Formula]) {
        let mut defined: BTreeSet<String> = BTreeSet::new();
        for formula in formulas {
            for statement in claim::statements(self.text, formula) {
                if let [first, value, ..] = statement.sides.as_slice()
                    && value.span.start < value.span.end
                    && let Some((name, parameters)) =
                        side::applied_name(self.text, first.span, statement.notation, &self.sheet.names)
                    && function::lookup(&name).is_none()
                {
                    self.heads.entry(name).or_insert(parameters.len());
                }
                let trees: Vec<(Span, Option<Tree>)> = statement
                    .sides
                    .iter()
                    .map(|side| {
                        let tree = read_side(self.text, side.span, statement.notation, &self.sheet.names);
                        (side.span, tree.ok())
                    })
                    .collect();
                if let Some((span, Some(first))) = trees.first() {
                    defined.extend(lone_name(first));
                    if let Some(name) = lone_name(first).filter(|name| self.sheet.rank(name) == 0)
                        && trees
                            .get(1)
                            .and_then(|(_, tree)| tree.as_ref())
                            .is_some_and(|own| has_member(own, &name))
                    {
                        let member = format!("{name}{MEMBER}");
                        self.families.insert(name, member);
                    }
                    if let Some((_, second)) = trees.get(1) {
                        let numbers = trees.windows(2).filter_map(|pair| match pair {
                            [(before, _), (_, Some(number))] if matches!(number.kind, Kind::Number(_)) => {
                                Some((before.start, number.clone()))
                            }
                            _ => None,
                        });
                        let numbers = numbers.collect();
                        let (left, right) = (first.clone(), second.clone());
                        self.ahead.push(Ahead { start: span.start, left, right, numbers });
                    }
                }
                for tree in trees.iter().filter_map(|(_, tree)| tree.as_ref()) {
                    tree.walk(&mut |part| match &part.kind {
                        Kind::Derivative { body, variables, .. } => {
                            if let Some(name) = lone_name(body)
                                && !variables.iter().any(|variable| mentions(variable, &name))
                            {
                                self.open.insert(name);
                            }
                        }
                        Kind::Quotient(above, below) => {
                            if let (Some(above), Some(below)) = (lone_name(above), lone_name(below))
                                && let (Some(y), Some(x)) = (above.strip_prefix('d'), below.strip_prefix('d'))
                                && !y.is_empty()
                                && !x.is_empty()
                            {
                                self.open.insert(y.to_owned());
                                self.open.insert(above);
                            }
                        }
                        _ => {}
                    });
                }
            }
        }
        self.implicit = self.open.difference(&defined).cloned().collect();
    }
}

/// Is `L_i` in it?
fn has_member(tree: &Tree, name: &str) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        found |= member_of(part).is_some_and(|(base, index)| base == name && lone_name(&index).is_some());
    });
    found
}

/// The tree in which factors side by side belong to the divisor or the exponent before them.
fn bound_tighter(tree: &Tree, text: &str) -> Tree {
    let tree = map_parts(tree, &mut |part| bound_tighter(part, text));
    let Kind::Product(factors) = &tree.kind else { return tree };
    let is_beside = |a: &Tree, b: &Tree| text.get(a.span.end..b.span.start).is_some_and(str::is_empty);
    let is_plain = |part: &Tree| matches!(part.kind, Kind::Name(_) | Kind::Number(_));
    // 1/2x² as 1/(2x²)
    let is_factor = |part: &Tree| match &part.kind {
        Kind::Power(base, exponent) => is_plain(base) && matches!(exponent.kind, Kind::Number(_)),
        _ => is_plain(part),
    };
    let mut made: Vec<Tree> = Vec::new();
    for factor in factors {
        let joined =
            made.last().filter(|last| is_beside(last, factor) && is_factor(factor)).and_then(|last| {
                let product = |inner: &Tree| {
                    let mut parts = match &inner.kind {
                        Kind::Product(parts) => parts.clone(),
                        _ => vec![inner.clone()],
                    };
                    parts.push(factor.clone());
                    Box::new(Tree::from(Kind::Product(parts)))
                };
                let is_open = |inner: &Tree| is_plain(inner) || matches!(inner.kind, Kind::Product(_));
                let kind = match &last.kind {
                    Kind::Quotient(a, b) if is_open(b) => Kind::Quotient(a.clone(), product(b)),
                    Kind::Power(a, b) if is_open(b) => Kind::Power(a.clone(), product(b)),
                    _ => return None,
                };
                Some(Tree::new(kind, last.span.join(factor.span)))
            });
        match joined {
            Some(joined) => {
                made.pop();
                made.push(joined);
            }
            None => made.push(factor.clone()),
        }
    }
    if made.len() == 1 { made.remove(0) } else { Tree::new(Kind::Product(made), tree.span) }
}

/// What to do about a name that may be a vector or a matrix.
pub(super) fn shape_unknown(name: &str) -> String {
    format!(
        "nothing says whether {name} is a number, a vector or a matrix; start the document with a line such as let {name}: R[n], let {name}: R[m,n] or let {name}: R"
    )
}

/// `dx`, as a name.
pub(super) fn is_differential(tree: &Tree) -> bool {
    lone_name(tree).is_some_and(|name| name.strip_prefix('d').is_some_and(|rest| !rest.is_empty()))
}

/// Does the function look at whole vectors or matrices?
fn is_of_tensors(name: &str) -> bool {
    function::lookup(name).is_some_and(|id| !function::row(id).is_elementwise())
}
