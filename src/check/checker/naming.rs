//! How chains begin: a name or a function is given a meaning, a chain is taken up again, or a new one starts.

use std::collections::BTreeSet;

use super::lines::{Chain, Checker, Outcome, Read, Standing};
use crate::check::Verdict;
use crate::check::decide::{Question, decide, shape_of};
use crate::check::document::claim::{Link, Side, Statement};
use crate::check::document::{Formula, Notation, Role};
use crate::check::rewrite::{mentions, substitute};
use crate::check::sheet::{Definition, Sheet, free_indices};
use crate::check::side::{self, lone_name, read_side};
use crate::function;
use crate::span::Span;
use crate::syntax::tree::{Kind, Tree};

/// What is put behind a letter that is a constant elsewhere and a name here.
pub(super) const OWN: &str = "_own";

impl Checker<'_> {
    /// Begins a chain; says how many of the following sides were used up by a definition, or `None` if nothing is left to do.
    pub(in crate::check) fn start(
        &mut self,
        first: &Side,
        rest: &[Side],
        statement: &Statement,
        formula: &Formula,
    ) -> Option<usize> {
        let notation = statement.notation;
        self.take_own_constant(first, rest, notation);
        if let Some((name, parameters)) =
            side::applied_name(self.text, first.span, notation, &self.sheet.names)
            && crate::function::lookup(&name).is_none()
            && !self.sheet.unknown.contains(&name)
            && !self.has_meaning(first.span, notation)
            && !self.is_operator(first.span, notation)
        {
            if self.is_partial(&name) && self.is_at_own_variables(&name, &parameters) {
                // f_x(x, y) is what f_x is.
                return match self.with_subscripts(&Tree::new(Kind::Name(name), first.span)) {
                    Ok(tree) => self.start_with(tree, first, rest, statement, formula),
                    Err(_) => None,
                };
            }
            let is_value =
                self.sheet.definitions.contains_key(&name) || self.sheet.shapes.contains_key(&name);
            if is_value {
                // l(y, ŷ) for a name l: what it depends on is said, not computed.
                return self.start_with(
                    Tree::new(Kind::Name(name), first.span),
                    first,
                    rest,
                    statement,
                    formula,
                );
            }
            if let Some(outcome) = self.value_somewhere(&name, &parameters, rest, statement) {
                self.note(first.span, outcome);
                self.chain = None;
                return None;
            }
            let is_new = !self.sheet.functions.contains_key(&name)
                || statement.role == Role::Definition
                || !self.is_readable(rest, notation)
                || self.may_mean_anew(&name) && !self.is_that_function(&name, &parameters, rest, notation);
            if is_new {
                return self.define_function(name, parameters, first, rest, notation);
            }
        }
        match self.read(first.span, notation) {
            Ok(tree) => self.start_with(tree, first, rest, statement, formula),
            Err(error) => {
                self.chain = Some(Self::unknown_chain(first.span.start));
                let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
                self.note(first.span, outcome);
                Some(0)
            }
        }
    }

    /// `e = W x − y`, `π = …`: who defines such a letter means no constant by it from here on.
    fn take_own_constant(&mut self, first: &Side, rest: &[Side], notation: Notation) {
        let text = self.text.get(first.span.start..first.span.end).unwrap_or("").trim();
        let name = match text {
            "e" => "e",
            "π" | "\\pi" | "pi" => "π",
            _ => return,
        };
        let Some(value) = rest.first().and_then(|side| self.read(side.span, notation).ok()) else { return };
        if self.sheet.is_numeric(&value) || mentions(&value, name) || self.own_constants.contains_key(name) {
            return;
        }
        let all = if name == "π" { vec!["π", "pi"] } else { vec![name] };
        for name in all {
            self.sheet.names.add_variable(name);
            self.own_constants.insert(name.to_owned(), format!("{name}{OWN}"));
            self.own_constants.insert(format!("d{name}"), format!("d{name}{OWN}"));
        }
    }

    /// A side with names of the document for letters that are constants elsewhere.
    pub(super) fn with_own_constants(&self, tree: Tree) -> Tree {
        if self.own_constants.is_empty() {
            return tree;
        }
        tree.with_names(&|name| self.own_constants.get(name).map(Tree::name))
    }

    /// Is `e^x` written where e is a name of the document?
    pub(in crate::check) fn has_two_meanings(&self, sides: &[&Tree]) -> Option<String> {
        let own = self.own_constants.get("e")?;
        let mut found = false;
        for side in sides {
            side.walk(&mut |part| {
                found |= matches!(&part.kind, Kind::Power(base, exponent)
                    if lone_name(base).as_ref() == Some(own) && !self.sheet.is_numeric(exponent));
            });
        }
        found.then(|| {
            "e is a name that the document defines; write exp(…) for the exponential function".to_owned()
        })
    }

    /// Is there a derivative in it that is written with letters?
    fn is_operator(&self, span: Span, notation: Notation) -> bool {
        let own = self.text.get(span.start..span.end).unwrap_or("");
        notation == Notation::Text && !matches!(self.in_operators(own), Ok(None))
    }

    /// Is it a call or an operator of the notation, such as `diff(a, b)`?
    pub(super) fn has_meaning(&self, span: Span, notation: Notation) -> bool {
        let kind = read_side(self.text, span, notation, &self.sheet.names).map(|tree| tree.kind);
        match kind {
            Ok(Kind::Call { name, .. }) => function::lookup(&name).is_some(),
            Ok(Kind::Name(_) | Kind::Product(_)) | Err(_) => false,
            Ok(_) => true,
        }
    }

    /// Is it what stands for the derivative of a name that nobody defined?
    fn is_open_derivative(&self, name: &str) -> bool {
        self.is_rated(name)
            || self.open.contains(name)
                && name.trim_end_matches('d').strip_suffix('_').is_some_and(|base| !self.sheet.knows(base))
                && name.ends_with('d')
    }

    /// The sheet as it is for a writer who uses names of earlier chapters for something else; `None` if no side has such names.
    pub(super) fn without_old_names(&self, sides: &[&Tree]) -> Option<Sheet> {
        let mut old: Vec<String> = Vec::new();
        for side in sides {
            side.walk(&mut |part| {
                if let Kind::Name(name) | Kind::Call { name, .. } = &part.kind
                    && self.may_mean_anew(name)
                {
                    old.push(name.clone());
                }
            });
        }
        if old.is_empty() {
            return None;
        }
        let mut fresh = self.sheet.clone();
        for name in &old {
            fresh.forget(name);
        }
        Some(fresh)
    }

    /// Is `f(x) = …` true of the f that is known?
    pub(super) fn is_that_function(
        &mut self,
        name: &str,
        parameters: &[String],
        rest: &[Side],
        notation: Notation,
    ) -> bool {
        let Some(side) = rest.first() else { return true };
        let Ok(value) = self.read(side.span, notation) else { return true };
        let arguments = parameters.iter().map(Tree::name).collect();
        decide(&self.sheet, &Tree::call(name, arguments), &value, &Question::default()).is_proved()
    }

    pub(super) fn start_with(
        &mut self,
        head: Tree,
        first: &Side,
        rest: &[Side],
        statement: &Statement,
        formula: &Formula,
    ) -> Option<usize> {
        let notation = statement.notation;
        let head = self.by_entry(head, rest, notation);
        let head = self.of_its_own(head, rest, notation);
        let (name, indices) = match &head.kind {
            Kind::Name(name) => (Some(name.clone()), Vec::new()),
            Kind::Index(base, indices) => {
                let own: Option<Vec<String>> = indices.iter().map(lone_name).collect();
                (lone_name(base).filter(|_| own.is_some()), own.unwrap_or_default())
            }
            _ => (None, Vec::new()),
        };
        if let Some(name) = name
            && !matches!(name.as_str(), "pi" | "π" | "e")
            && let Some(side) = rest.first()
        {
            let is_known = self.sheet.definitions.contains_key(&name);
            let is_apart = self.may_mean_anew(&name);
            let again = is_known && (is_apart || statement.role == Role::Definition);
            if !is_known || again || !self.is_readable(rest, notation) {
                let value = match self.read(side.span, notation) {
                    Ok(value) => value,
                    Err(error) => {
                        self.make_unknown(&name);
                        self.chain =
                            Some(Chain { head: Some(head), ..Self::unknown_chain(first.span.start) });
                        let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
                        self.note(side.span, outcome);
                        return Some(1);
                    }
                };
                let value = self.updated(&name, value, rest, notation);
                if side.link == Link::About && !self.sheet.is_numeric(&value) {
                    // Δy ≈ f′(x) Δx does not say what Δy is.
                    self.chain = Some(Self::chain_from(value, first.span.start));
                    self.note(first.span, Outcome::of(Verdict::Given));
                    return Some(1);
                }
                if let Some(total) = self.total_differential(&name, &value) {
                    self.chain = Some(Chain {
                        before: Some(Read { tree: total.clone() }),
                        head: Some(total),
                        standing: Standing::Sound,
                        length: 0,
                        start: first.span.start,
                        is_equation: false,
                        under: Vec::new(),
                    });
                    return Some(0);
                }
                let is_claim = again
                    && (self.sheet.is_numeric(&value) && !is_apart
                        || decide(&self.sheet, &head, &value, &Question::default()).is_proved());
                // What leads back to the name, as I = V/R after V = I R, says nothing new: it is a claim.
                if !is_claim && !self.leads_back(&value, &name) {
                    let outcome = if self.is_open_derivative(&name) && !self.sheet.is_numeric(&value) {
                        Outcome::undecided(self.what_is_open(&head))
                    } else {
                        Outcome::of(Verdict::Given)
                    };
                    if let Some(other) = self.other_reading(&value, side.span) {
                        self.second.insert(name.clone(), other);
                    }
                    self.define(name, indices, value.clone(), formula.inline, first.span.start);
                    self.chain = Some(Self::chain_from(value, first.span.start));
                    self.note(first.span, outcome);
                    return Some(1);
                }
            }
        }
        // The same left side again: the chain goes on, unless what was said held under a condition that is not said here.
        let goes_on = |chain: &Chain| chain.under.iter().all(|fact| self.stated.contains(fact));
        if let Some(at) = self.seen.iter().rposition(|(known, chain)| *known == head && goes_on(chain)) {
            let (_, chain) = self.seen.remove(at);
            self.chain = Some(chain);
            return Some(0);
        }
        self.chain = Some(Chain {
            before: Some(Read { tree: head.clone() }),
            head: Some(head),
            standing: Standing::Sound,
            length: 0,
            start: first.span.start,
            is_equation: false,
            under: Vec::new(),
        });
        Some(0)
    }

    /// `p_i = exp(a_i)/…`: an entry of p, if the other side speaks of its index.
    fn by_entry(&mut self, head: Tree, rest: &[Side], notation: Notation) -> Tree {
        let Kind::Name(name) = &head.kind else { return head };
        let Some((base, index)) = name.split_once('_') else { return head };
        if self.sheet.knows(name) || self.sheet.knows(base) || index.chars().count() != 1 {
            return head;
        }
        let value = rest.first().and_then(|side| self.read(side.span, notation).ok());
        if value.is_some_and(|value| free_indices(&value, &self.sheet).iter().any(|own| own == index)) {
            return Tree::new(Kind::Index(Box::new(Tree::name(base)), vec![Tree::name(index)]), head.span);
        }
        head
    }

    /// `w = w − 0.1 = 1.9` after `w = 2`: a step from the value that w had, if what comes of it is a number too.
    fn updated(&mut self, name: &str, value: Tree, rest: &[Side], notation: Notation) -> Tree {
        if rest.len() < 2 || !mentions(&value, name) || !self.sheet.values.contains_key(name) {
            return value;
        }
        let last = rest.last().and_then(|side| self.read(side.span, notation).ok());
        let step = substitute(&value, &|own| self.sheet.values.get(own).cloned());
        let is_step = self.sheet.is_numeric(&step) && last.is_some_and(|last| self.sheet.is_numeric(&last));
        if is_step { step } else { value }
    }

    /// `w_1 = w − η g` for a vector w: a vector of its own, not an entry of w.
    fn of_its_own(&mut self, head: Tree, rest: &[Side], notation: Notation) -> Tree {
        let Kind::Index(base, indices) = &head.kind else { return head };
        let (Some(name), [Tree { kind: Kind::Number(number), .. }]) = (lone_name(base), indices.as_slice())
        else {
            return head;
        };
        let rank = self.sheet.rank(&name);
        let value = rest.first().and_then(|side| self.read(side.span, notation).ok());
        let sizes = value.and_then(|value| shape_of(&self.sheet, &value));
        if rank > 0 && sizes.is_some_and(|sizes| sizes.len() == rank) {
            return Tree::new(Kind::Name(format!("{name}_{number}")), head.span);
        }
        head
    }

    /// Can what a definition says be read?
    fn is_readable(&mut self, rest: &[Side], notation: Notation) -> bool {
        rest.first().is_none_or(|side| self.read(side.span, notation).is_ok())
    }

    /// Takes up `name = value`.
    pub(in crate::check) fn define(
        &mut self,
        name: String,
        indices: Vec<String>,
        value: Tree,
        inline: bool,
        at: usize,
    ) {
        if indices.is_empty() && self.sheet.is_numeric(&value) {
            // A value of a variable is known from here on, and may be put in or not. A list makes it a vector or a matrix.
            let sizes = shape_of(&self.sheet, &value);
            self.sheet.infer_shape(&name, sizes.as_deref());
            self.sheet.values.insert(name.clone(), value);
            self.sheet.names.add_variable(&name);
            return;
        }
        if !indices.is_empty()
            && (inline || self.sheet.is_numeric(&value))
            && self.sheet.shapes.contains_key(&name)
        {
            // "Assume y_k = 1": an assumption about one entry.
            return;
        }
        self.sheet.names.add_variable(&name);
        self.forget_lines_about(&name);
        self.unread.remove(&name);
        self.give_meaning(&name, at);
        let sizes = if indices.is_empty() {
            shape_of(&self.sheet, &value)
        } else {
            indices.iter().map(|index| self.sheet.size_along(&value, index)).collect()
        };
        self.sheet.infer_shape(&name, sizes.as_deref());
        self.sheet.definitions.insert(name, Definition { indices, value, special: None });
    }

    /// Lines about a name that means something else now are not taken up again.
    pub(super) fn forget_lines_about(&mut self, name: &str) {
        let speaks = |tree: &Tree| {
            let mut found = false;
            tree.walk(&mut |part| {
                found |= match &part.kind {
                    Kind::Name(own) | Kind::Call { name: own, .. } => own == name,
                    _ => false,
                };
            });
            found
        };
        self.seen.retain(|(head, _)| !speaks(head));
    }

    /// Does a value, with what it is written in terms of, lead back to a function?
    pub(in crate::check) fn leads_back(&self, value: &Tree, name: &str) -> bool {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut todo = vec![value.clone()];
        while let Some(tree) = todo.pop() {
            let mut found = false;
            tree.walk(&mut |part| {
                let (Kind::Call { name: own, .. } | Kind::Name(own)) = &part.kind else { return };
                found |= own == name;
                if seen.insert(own.clone()) {
                    todo.extend(self.sheet.functions.get(own).map(|(_, body)| body.clone()));
                    todo.extend(self.sheet.definitions.get(own).map(|definition| definition.value.clone()));
                }
            });
            if found {
                return true;
            }
        }
        false
    }

    pub(super) fn define_function(
        &mut self,
        name: String,
        parameters: Vec<String>,
        first: &Side,
        rest: &[Side],
        notation: Notation,
    ) -> Option<usize> {
        let side = rest.first()?;
        let own = self.text.get(side.span.start..side.span.end).unwrap_or("");
        let mut names = self.with_later_functions(own).unwrap_or_else(|| self.sheet.names.clone());
        parameters.iter().for_each(|parameter| names.add_variable(parameter));
        let read = read_side(self.text, side.span, notation, &names).or_else(|error| {
            // Functions that are defined further on.
            for (head, arguments) in &self.heads {
                if !names.has(head) {
                    names.add_function(head, Some(*arguments));
                }
            }
            read_side(self.text, side.span, notation, &names).map_err(|_| error)
        });
        let read = read.and_then(|value| {
            let value = self.with_own_constants(value);
            self.with_subscripts(&value).map_err(|error| side::moved(error, side.span.start))
        });
        match read {
            Ok(value) if side.link == Link::About || self.leads_back(&value, &name) => {
                // f(x) ≈ f(a) + f′(a)(x − a) says something of f and not what it is.
                let why = if side.link == Link::About {
                    format!("what is about equal to {name} does not say what {name} is")
                } else {
                    format!("{name} is told in terms of {name} itself")
                };
                self.open.insert(name);
                self.chain = Some(Self::chain_from(value, first.span.start));
                self.note(side.span, Outcome::undecided(why));
            }
            Ok(value) => {
                self.unread.remove(&name);
                if let Some(other) = self.other_reading(&value, side.span) {
                    self.second.insert(name.clone(), other);
                }
                self.sheet.names.add_function(&name, Some(parameters.len()));
                self.chain = Some(Self::chain_from(value.clone(), first.span.start));
                self.give_meaning(&name, first.span.start);
                self.forget_lines_about(&name);
                self.sheet.functions.insert(name, (parameters, value));
                self.note(first.span, Outcome::of(Verdict::Given));
            }
            Err(error) => {
                self.make_unknown(&name);
                self.chain = Some(Self::unknown_chain(first.span.start));
                let outcome = Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) };
                self.note(side.span, outcome);
            }
        }
        Some(1)
    }
}
