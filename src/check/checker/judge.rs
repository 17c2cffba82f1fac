//! The verdict of one side: against the side before it, and against what the chain started from.

use std::collections::BTreeMap;

use super::lines::{Chain, Checker, Outcome, Read, Standing};
use super::reading::MEMBER;
use crate::check::decide::hypothesis;
use crate::check::decide::number::{self, Judgement, Manner, Written};
use crate::check::decide::{Decision, Question, decide, indices_of, is_mild, own_conditions, simplest};
use crate::check::document::claim::{Link, Side};
use crate::check::mistakes::{self, Case};
use crate::check::rewrite::{has_derivative, map_parts, names_of};
use crate::check::sheet::{Fact, Sheet};
use crate::check::side::lone_name;
use crate::check::{Depth, Verdict, Witness};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function;
use crate::print;
use crate::span::Span;
use crate::syntax::tree::{Kind, Relation, Tree};

impl Checker<'_> {
    pub(in crate::check) fn judge(
        &mut self,
        chain: &Chain,
        tree: &Tree,
        side: &Side,
        condition: Option<&Tree>,
    ) -> Outcome {
        let Some(head) = &chain.head else {
            // What the chain starts from could not be read: this side is where it starts again.
            return match &chain.before {
                None => Outcome::undecided("what stands before it could not be read"),
                Some(_) => Outcome::of(Verdict::Right),
            };
        };
        let before = chain.before.as_ref();
        if self.is_given(chain, head) {
            return Outcome::of(Verdict::Given);
        }
        let written = Written { tree, text: self.text, span: side.span };
        if self.is_number(tree) && !self.sheet.is_numeric(head) {
            let variables = self.sheet.variables_behind(head);
            let has_values = variables
                .iter()
                .all(|name| self.sheet.point.contains_key(name) || self.sheet.values.contains_key(name));
            if self.is_equation(chain, head, tree) {
                let left = before.map_or(head, |before| &before.tree).clone();
                self.take_equation(head, &left, tree, side.span, chain.standing);
                return Outcome::of(Verdict::Given);
            }
            if has_values {
                let outcome = self.judge_number(chain, head, written, side.link == Link::About);
                return self.at_its_values(chain, head, tree, outcome);
            }
            if lone_name(head).is_some() || has_rounded(self.text, side.span) {
                return self.at_no_point(head, tree, &variables);
            }
        } else if self.sheet.is_numeric(tree)
            && self.sheet.is_numeric(head)
            && has_decimals(self.text, side.span)
        {
            return self.judge_number(chain, head, written, side.link == Link::About);
        }
        self.judge_formula(chain, head, before, tree, side, condition)
    }

    /// Why a claim about something unknown cannot be decided.
    pub(super) fn what_is_open(&self, head: &Tree) -> String {
        let mut names = names_of(head);
        head.walk(&mut |part| {
            if let Kind::Call { name, .. } = &part.kind {
                names.insert(0, name.clone());
            }
        });
        let known = |name: &str| self.sheet.knows(name);
        let name = names
            .iter()
            .map(|name| name.split("_d").next().unwrap_or(name))
            .map(|name| name.strip_prefix('d').filter(|rest| !rest.is_empty()).unwrap_or(name))
            .find(|name| !known(name))
            .unwrap_or("this");
        if self.unread.contains(name) {
            return format!("what {name} is could not be read");
        }
        format!("nothing says what {name} is")
    }

    /// `df/dx = …` with an f that nobody defined says what the derivative is.
    pub(super) fn is_given(&self, chain: &Chain, head: &Tree) -> bool {
        chain.length == 0
            && match &head.kind {
                Kind::Derivative { body, .. } => {
                    let name = match &body.kind {
                        Kind::Name(name) => Some(name),
                        Kind::Call { name, .. } => Some(name),
                        _ => None,
                    };
                    name.is_some_and(|name| self.open.contains(name) && !self.sheet.knows(name))
                }
                Kind::Name(name) => self.open.contains(name) && !self.sheet.knows(name),
                Kind::Quotient(above, _) => lone_name(above).is_some_and(|name| {
                    let known = |name: &str| self.sheet.knows(name);
                    self.open.contains(&name) && !known(&name) && !name.strip_prefix('d').is_some_and(known)
                }),
                Kind::Call { name, primes, .. } => *primes > 0 && self.sheet.unknown.contains(name),
                _ => false,
            }
    }

    /// A number, or a list of numbers.
    pub(in crate::check) fn is_number(&self, tree: &Tree) -> bool {
        self.sheet.is_numeric(tree)
    }

    /// "f′(x) = 0" after f′ was computed asks for x; it does not claim.
    pub(in crate::check) fn is_equation(&self, chain: &Chain, head: &Tree, tree: &Tree) -> bool {
        let is_zero = matches!(&tree.kind, Kind::Number(q) if q.is_zero());
        // Without variables it is a claim: f(0) = 0, f″(x) = 2 = 0.
        let last = chain.before.as_ref().map_or(head, |before| &before.tree);
        if !is_zero || self.sheet.variables_of(head).is_empty() || self.sheet.is_numeric(last) {
            return false;
        }
        let is_known = chain.length > 0
            || self.seen.iter().any(|(known, chain)| {
                known == head || chain.before.as_ref().is_some_and(|last| last.tree == *head)
            });
        let is_expression = !has_derivative(head)
            && !matches!(head.kind, Kind::Name(_) | Kind::Call { .. } | Kind::Transpose(_));
        (is_known || is_expression) && !decide(&self.sheet, head, tree, &Question::default()).is_proved()
    }

    /// A number for a formula whose variables were given no values: it may hold at a point that the document does not state.
    fn at_no_point(&self, head: &Tree, tree: &Tree, variables: &[String]) -> Outcome {
        if decide(&self.sheet, head, tree, &Question::default()).is_proved() {
            return Outcome::of(Verdict::Right);
        }
        let missing: Vec<&String> = variables
            .iter()
            .filter(|name| !self.sheet.point.contains_key(*name) && !self.sheet.values.contains_key(*name))
            .collect();
        let names: Vec<&str> = missing.iter().map(|name| name.as_str()).collect();
        let points: Vec<String> = names.iter().map(|name| format!("{name} = …")).collect();
        let words = format!(
            "no value is given for {}; start the document with at {}",
            names.join(" and "),
            points.join(", ")
        );
        Outcome::undecided(words)
    }

    /// A number for a formula that still names its variable holds where that has the value the document gave: that is said.
    fn at_its_values(&self, chain: &Chain, head: &Tree, tree: &Tree, outcome: Outcome) -> Outcome {
        let names = names_of(head);
        let used: Vec<String> = self
            .sheet
            .values
            .iter()
            .filter(|(name, _)| names.contains(name) && !self.is_lent(name))
            .map(|(name, value)| format!("{name} = {}", print::text(value)))
            .collect();
        let general = Sheet { values: BTreeMap::new(), ..self.sheet.clone() };
        if outcome.verdict != Verdict::Right
            || chain.length > 0
            || used.is_empty()
            || decide(&general, head, tree, &Question::default()).is_proved()
        {
            return outcome;
        }
        Outcome { verdict: Verdict::RightIf, needs: used, ..outcome }
    }

    pub(super) fn judge_number(
        &mut self,
        chain: &Chain,
        head: &Tree,
        written: Written,
        about: bool,
    ) -> Outcome {
        let manner = Manner { about, is_partial: self.is_partial_in(chain, written.span) };
        match number::judge(&self.sheet, head, written, manner) {
            Judgement::Right => Outcome::of(Verdict::Right),
            Judgement::Held(names) => Outcome { needs: held(&names), ..Outcome::of(Verdict::RightIf) },
            Judgement::Rounding { expected } => {
                Outcome { expected: Some((expected.clone(), expected)), ..Outcome::of(Verdict::Rounding) }
            }
            Judgement::Undecided(why) => Outcome::undecided(why),
            Judgement::Wrong { expected, .. } if self.is_right_as_written(chain, head, written, manner) => {
                Outcome { expected: Some((expected.clone(), expected)), ..Outcome::of(Verdict::Rounding) }
            }
            Judgement::Wrong { expected, witness } => {
                if let Some(outcome) = self.follows_from_another(head, written.tree) {
                    return outcome;
                }
                if chain.standing == Standing::Broken
                    && let Some(before) = &chain.before
                    && matches!(
                        number::judge(&self.sheet, &before.tree, written, manner),
                        Judgement::Right | Judgement::Rounding { .. }
                    )
                {
                    return Outcome::of(Verdict::Follows);
                }
                Outcome {
                    witness: Some(witness),
                    expected: Some((expected.clone(), expected)),
                    ..Outcome::of(Verdict::Wrong)
                }
            }
        }
    }

    pub(super) fn judge_formula(
        &mut self,
        chain: &Chain,
        head: &Tree,
        before: Option<&Read>,
        tree: &Tree,
        side: &Side,
        condition: Option<&Tree>,
    ) -> Outcome {
        let is_partial = self.is_partial_in(chain, side.span);
        // A condition on indices picks entries; any other one is a fact about this line.
        let on_indices = condition.filter(|condition| is_on_indices(condition));
        let hypotheses: Vec<Fact> = condition
            .filter(|condition| !is_on_indices(condition))
            .map(|condition| Fact::Text(print::text(condition)))
            .filter(|fact| self.sheet.problem(&[], &[fact], &[]).is_ok())
            .into_iter()
            .collect();
        let question = Question { condition: on_indices, is_partial, hypotheses, ..Question::default() };
        let mut sides = vec![head, tree];
        sides.extend(before.map(|before| &before.tree));
        if let Some(why) = self.undeclared(&sides) {
            return Outcome::undecided(why);
        }
        let step = before.map(|before| (before, decide(&self.sheet, &before.tree, tree, &question)));
        if let Some((before, step)) = &step
            && step.is_proved()
            && chain.standing == Standing::Sound
        {
            if self.leaves_an_index(head, &before.tree, tree)
                && !decide(&self.sheet, head, tree, &question).is_proved()
            {
                // The lines before spoke of one index; this one speaks of all.
                if let Some(outcome) = self.with_hypothesis(Standing::Unknown, head, None, tree, &question) {
                    return outcome;
                }
            }
            return self.proved(&before.tree, tree, step);
        }
        let is_first = chain.length == 0;
        let truth = match step {
            Some((_, ref step)) if is_first => step.clone(),
            _ => decide(&self.sheet, head, tree, &question),
        };
        if truth.is_proved() {
            return self.proved(head, tree, &truth);
        }
        let step = step.map(|(_, step)| step);
        if step.as_ref().is_some_and(Decision::is_proved) {
            return match chain.standing {
                Standing::Broken => Outcome::of(Verdict::Follows),
                _ => Outcome::undecided("it follows from the line before, which was not decided"),
            };
        }
        if let Some(why) = self.open_question(&sides) {
            return Outcome::undecided(why);
        }
        if let Some(fresh) = self.without_old_names(&sides) {
            let holds = |left: &Tree| decide(&fresh, left, tree, &question).is_proved();
            if holds(head)
                || chain.standing == Standing::Sound && before.is_some_and(|before| holds(&before.tree))
            {
                return Outcome::of(Verdict::Right);
            }
        }
        if let Some(outcome) = self.if_supposed(chain.standing, head, before, tree, &question) {
            return outcome;
        }
        if hypothesis::holds_without_ties(&self.sheet, head, tree, &question) {
            return Outcome::of(Verdict::Right);
        }
        let reason = match (&step, &truth) {
            (_, Decision::Refuted(_) | Decision::Shape(_)) => truth.clone(),
            (Some(step @ (Decision::Refuted(_) | Decision::Shape(_))), _)
                if chain.standing == Standing::Sound =>
            {
                // Every line before holds where it is defined, so what differs from the last differs from the first.
                step.clone()
            }
            (_, other) => (*other).clone(),
        };
        match reason {
            Decision::Refuted(witness) => {
                if side.link == Link::About && !witness.at.is_empty() {
                    return Outcome::undecided("how good an approximation is, is not checked");
                }
                if side.link == Link::About && is_close(&witness) {
                    return Outcome::of(Verdict::Right);
                }
                if let Some(outcome) = self.follows_from_another(head, tree) {
                    return outcome;
                }
                if self.holds_otherwise(head, tree, side.span) {
                    let words =
                        "right if what stands side by side belongs together: write brackets, 1/(2x), e^(2x)";
                    let message = Diagnostic::new(Cause::Syntax, words);
                    return Outcome { message: Some(message), ..Outcome::of(Verdict::Right) };
                }
                self.wrong(head, before, tree, Some(witness), &question)
            }
            Decision::Shape(error) => {
                let outcome = self.wrong(head, before, tree, None, &question);
                Outcome { verdict: Verdict::Shape, message: Some(error), ..outcome }
            }
            Decision::Undecided(why) => Outcome::undecided(why),
            Decision::Proved { .. } => Outcome::of(Verdict::Right),
        }
    }

    pub(in crate::check) fn wrong(
        &self,
        head: &Tree,
        before: Option<&Read>,
        tree: &Tree,
        witness: Option<Witness>,
        question: &Question,
    ) -> Outcome {
        let case = Case {
            sheet: &self.sheet,
            head,
            before: before.map(|before| &before.tree),
            written: tree,
            condition: question.condition,
        };
        if self.depth == Depth::Verdicts {
            return Outcome { witness, ..Outcome::of(Verdict::Wrong) };
        }
        let diagnosis = mistakes::diagnose(&case);
        // What was asked is no answer.
        let expected = simplest(&self.sheet, head)
            .map(|simple| self.without_own_index(head, simple))
            .filter(|simple| simple != head)
            // A name that stands for it tells nothing.
            .filter(|simple| {
                lone_name(simple)
                    .is_none_or(|name| !self.sheet.definitions.contains_key(&name) && !self.is_rated(&name))
            })
            .map(|tree| self.with_rows(&tree))
            .map(|tree| {
                let written = |name: &str| name.strip_suffix(MEMBER).map(Tree::name);
                if self.families.is_empty() { tree } else { tree.with_names(&written) }
            })
            // eₙ that is left over is no notation of the document.
            .filter(|tree| self.text.contains("unit(") || !calls(tree, function::UNIT))
            .map(|tree| self.as_written(&tree));
        Outcome { witness, diagnosis, expected, ..Outcome::of(Verdict::Wrong) }
    }

    /// A derivative by a row is a row: `x` for `x[j]` with a j that the line does not have.
    fn without_own_index(&self, head: &Tree, tree: Tree) -> Tree {
        let known = indices_of(&self.sheet, &[head]);
        match tree.kind {
            Kind::Index(ref base, ref indices)
                if indices.len() == 1
                    && lone_name(&indices[0]).is_some_and(|index| !known.contains(&index))
                    && has_derivative(head) =>
            {
                (**base).clone()
            }
            _ => tree,
        }
    }

    /// xᵀ eₙ of a matrix as its row x[n].
    fn with_rows(&self, tree: &Tree) -> Tree {
        let tree = map_parts(tree, &mut |part| self.with_rows(part));
        let Kind::Product(factors) = &tree.kind else { return tree };
        let mut made: Vec<Tree> = Vec::new();
        for factor in factors {
            let row = made.last().and_then(|last| self.row_of(last, factor));
            if row.is_some() {
                made.pop();
            }
            made.push(row.unwrap_or_else(|| factor.clone()));
        }
        match made.len() {
            1 => made.remove(0),
            _ => Kind::Product(made).into(),
        }
    }

    fn row_of(&self, transposed: &Tree, unit: &Tree) -> Option<Tree> {
        let Kind::Transpose(inner) = &transposed.kind else { return None };
        let name = lone_name(inner).filter(|name| self.sheet.rank(name) == 2)?;
        let Kind::Call { name: called, arguments, .. } = &unit.kind else { return None };
        let place = arguments.first().filter(|_| function::lookup(called) == Some(function::UNIT))?;
        Some(Kind::Index(Box::new(Tree::name(name)), vec![place.clone()]).into())
    }

    /// A formula as text and in Unicode, with e^x and ln where the document has them.
    fn as_written(&self, tree: &Tree) -> (String, String) {
        fn powers(tree: &Tree) -> Tree {
            let tree = map_parts(tree, &mut powers);
            match &tree.kind {
                Kind::Call { name, primes: 0, arguments }
                    if function::lookup(name) == Some(function::EXP) && arguments.len() == 1 =>
                {
                    Kind::Power(Box::new(Tree::name("e")), Box::new(arguments[0].clone())).into()
                }
                _ => tree,
            }
        }
        let says = |word: &str| self.text.contains(word);
        let tree =
            if says("e^") && !says("exp") && !self.sheet.knows("e") { powers(tree) } else { tree.clone() };
        let own = |text: String| {
            let log = function::row(function::LOG).name;
            let is_other =
                self.sheet.names.logarithm_base().is_some() || self.sheet.functions.contains_key(log);
            if is_other || says("ln") && !says("log") { text.replace("log(", "ln(") } else { text }
        };
        (own(print::text(&tree)), own(print::unicode(&tree)))
    }

    /// Is an index gone that the line before had, and that something was said about?
    pub(super) fn leaves_an_index(&self, head: &Tree, before: &Tree, tree: &Tree) -> bool {
        let own = indices_of(&self.sheet, &[head, tree]);
        indices_of(&self.sheet, &[before])
            .iter()
            .any(|index| !own.contains(index) && self.sheet.speaks_of(index))
    }

    /// A line that holds: right, or right where its conditions do.
    pub(in crate::check) fn proved(&self, left: &Tree, right: &Tree, decision: &Decision) -> Outcome {
        let Decision::Proved { conditions, held } = decision else { return Outcome::of(Verdict::Right) };
        if !held.is_empty() {
            return Outcome { needs: self::held(held), ..Outcome::of(Verdict::RightIf) };
        }
        let (mild, strict): (Vec<&Tree>, Vec<&Tree>) = conditions.iter().partition(|c| is_mild(c));
        let mut outcome = Outcome::of(Verdict::Right);
        outcome.conditions = mild.iter().map(|c| print::text(c)).collect();
        if strict.is_empty() {
            return outcome;
        }
        // Where the line before is defined is understood; what only this line asks for is said.
        let own = own_conditions(&self.sheet, left, right);
        let stated: Vec<&str> = self.stated.iter().map(Fact::text).collect();
        let needed: Vec<String> = strict
            .iter()
            .map(|c| print::text(c))
            .filter(|text| !own.contains(text) && !stated.contains(&text.as_str()))
            .collect();
        if needed.is_empty() || mistakes::loses_points(&self.sheet, left, right) == Some(false) {
            return outcome;
        }
        Outcome { verdict: Verdict::RightIf, needs: needed, ..outcome }
    }

    /// Is a chain, up to a side, written with ∂? Then its derivatives may hold other names fixed; d/dx and y′ hold nothing.
    fn is_partial_in(&self, chain: &Chain, side: Span) -> bool {
        let own = self.text.get(chain.start.min(side.end)..side.end).unwrap_or("");
        self.writes_partial(own)
    }
}

/// `i = k`, `i ≠ k`: a condition on indices.
fn is_on_indices(condition: &Tree) -> bool {
    matches!(&condition.kind, Kind::Relation(Relation::Equal | Relation::NotEqual, a, b)
        if lone_name(a).is_some() && lone_name(b).is_some())
}

/// What a line needs whose derivative holds names fixed.
fn held(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("{name} is held fixed")).collect()
}

/// Is there a number with three decimals or more? Nobody writes one that was not computed.
fn has_rounded(text: &str, span: Span) -> bool {
    text[span.start..span.end]
        .split('.')
        .skip(1)
        .any(|after| after.bytes().take_while(u8::is_ascii_digit).count() >= 3)
}

pub(super) fn has_decimals(text: &str, span: Span) -> bool {
    text[span.start..span.end].contains('.')
}

/// Do both sides agree to a percent?
fn is_close(witness: &Witness) -> bool {
    match (witness.left.scalar(), witness.right.scalar()) {
        (Some(a), Some(b)) => (a - b).abs() <= 0.01 * a.abs().max(b.abs()),
        _ => false,
    }
}

/// Is a function of the table called in it?
fn calls(tree: &Tree, id: function::FunctionId) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        found |= matches!(&part.kind, Kind::Call { name, .. } if function::lookup(name) == Some(id));
    });
    found
}
