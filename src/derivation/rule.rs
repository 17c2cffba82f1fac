//! The textbook rules: what one of them makes of a derivative that is still to be taken.
//!
//! Derivatives of functions come from their rows in the function table; no partial is written here.

use std::collections::{BTreeMap, BTreeSet};

use super::laws::Letters;
use super::make::{Care, as_number, derivative, integer, is_one, plain_power, relation, zero};
use super::{Phrase, Rule};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function;
use crate::lower::{Environment, Named};
use crate::number::Rational;
use crate::syntax::tree::{Big, DerivativeOperator, Kind, Relation, Tree};

/// What a rule made of a derivative.
pub(super) struct Applied {
    pub rule: Rule,
    /// A rule that was applied on the way and is named with it.
    pub also: Option<Rule>,
    pub tree: Tree,
    pub because: Vec<Phrase>,
    pub conditions: Vec<Tree>,
    pub conventions: Vec<&'static str>,
    /// Conditions of the engine that say too much: relu(x) ≠ 0 where x ≠ 0 is enough.
    pub kinks: Vec<Tree>,
}

impl Applied {
    pub(super) fn new(rule: Rule, tree: Tree) -> Self {
        Applied {
            rule,
            also: None,
            tree,
            because: Vec::new(),
            conditions: Vec::new(),
            conventions: Vec::new(),
            kinks: Vec::new(),
        }
    }

    pub(super) fn because(mut self, phrases: Vec<Phrase>) -> Self {
        self.because = phrases;
        self
    }

    fn given(mut self, condition: Tree) -> Self {
        self.conditions.push(condition);
        self
    }
}

/// How much is taken in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taking {
    /// One rule at one place; one constant after the other.
    OneByOne,
    /// One rule; all constant factors at once.
    RuleByRule,
    /// Sums with the constant factors of their terms.
    Together,
}

/// What rules look up.
pub(super) struct Rules<'a> {
    pub environment: &'a Environment,
    pub care: Care,
    pub taking: Taking,
    pub letters: Letters,
    /// Indices that count, with the least number that each of them stands for.
    pub indices: BTreeMap<String, i64>,
}

impl<'a> Rules<'a> {
    /// Rules as they are written by hand.
    pub(super) fn new(environment: &'a Environment) -> Self {
        let letters = Letters::beside(std::iter::empty());
        Rules { environment, care: Care::Tidy, taking: Taking::Together, letters, indices: BTreeMap::new() }
    }
}

/// Is it the name of a number?
fn is_number(name: &str) -> bool {
    matches!(name, "pi" | "e")
}

/// A derivative as it is written: the body and the variable, if it is by one name.
pub(super) fn pending(tree: &Tree) -> Option<(&Tree, &Tree, &str)> {
    match &tree.kind {
        Kind::Derivative { operator: DerivativeOperator::Derivative, body, variables } => {
            match variables.as_slice() {
                [variable] => match &variable.kind {
                    Kind::Name(name) => Some((body, variable, name)),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}

impl Rules<'_> {
    /// The names whose value changes with the variable.
    pub(super) fn moving(&self, variable: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::from([variable.to_owned()]);
        let graph = &self.environment.graph;
        for (name, value) in self.environment.definitions() {
            let depends = graph.reachable(&[value.node]).into_iter().any(|node| {
                matches!(graph.atom(node), Some(crate::ir::Atom::Variable(symbol)) if graph.symbol_name(*symbol) == variable)
            });
            if depends {
                names.insert(name.to_owned());
            }
        }
        names
    }

    /// Does the tree change with the names?
    pub(super) fn depends(&self, tree: &Tree, moving: &BTreeSet<String>) -> bool {
        match &tree.kind {
            Kind::Name(name) => moving.contains(name),
            Kind::Big { indices, .. } if indices.iter().any(|i| moving.contains(&i.name)) => {
                let mut rest = moving.clone();
                for index in indices {
                    rest.remove(&index.name);
                }
                self.any_part(tree, &rest)
            }
            Kind::Call { name, .. } => {
                if let Some(Named::Function { parameters, value }) = self.environment.named(name) {
                    let mut rest = moving.clone();
                    for parameter in parameters {
                        rest.remove(parameter);
                    }
                    if self.depends(value, &rest) {
                        return true;
                    }
                }
                self.any_part(tree, moving)
            }
            _ => self.any_part(tree, moving),
        }
    }

    fn any_part(&self, tree: &Tree, moving: &BTreeSet<String>) -> bool {
        let mut found = false;
        tree.each_part(&mut |part| found = found || self.depends(part, moving));
        found
    }

    /// Applies the rule that fits to the derivative of `body`.
    pub(super) fn apply(
        &self,
        body: &Tree,
        variable: &Tree,
        moving: &BTreeSet<String>,
    ) -> Result<Applied, Diagnostic> {
        let care = self.care;
        let by = |tree: &Tree| derivative(tree.clone(), variable);
        let moves = |tree: &Tree| self.depends(tree, moving);
        if !moves(body) {
            let mut has_names = false;
            body.walk(&mut |part| has_names |= matches!(&part.kind, Kind::Name(name) if !is_number(name)));
            let because = if has_names {
                vec![Phrase::words("it does not depend on"), Phrase::Formula(variable.clone())]
            } else {
                Vec::new()
            };
            return Ok(Applied::new(Rule::Constant, zero()).because(because));
        }
        Ok(match &body.kind {
            Kind::Name(name) => match &variable.kind {
                Kind::Name(own) if own == name => Applied::new(Rule::Variable, integer(1)),
                _ => match self.environment.written_definition(name) {
                    Some(value) => Applied::new(Rule::Definition(name.clone()), by(value)).because(vec![
                        Phrase::Formula(relation(body.clone(), Relation::Equal, value.clone())),
                    ]),
                    None => return Err(unsupported(body, variable)),
                },
            },
            Kind::Sum(terms) => {
                let terms = terms.iter().map(|term| self.term(term, variable, moving)).collect();
                let mut applied = Applied::new(Rule::Sum, care.sum(terms));
                // 3·d/dx (x²) in a sum: a constant came out too
                let is_multiple = |term: &Tree| {
                    let inner = if let Kind::Negate(inner) = &term.kind { inner } else { term };
                    matches!(inner.kind, Kind::Product(_)) && super::make::holds_derivative(inner)
                };
                let has_multiple = match &applied.tree.kind {
                    Kind::Sum(terms) => terms.iter().any(is_multiple),
                    _ => is_multiple(&applied.tree),
                };
                applied.also =
                    (self.taking == Taking::Together && has_multiple).then_some(Rule::ConstantMultiple);
                applied
            }
            Kind::Negate(inner) if self.taking != Taking::OneByOne => {
                Applied::new(Rule::ConstantMultiple, care.negate(self.multiple(inner, variable, moving)))
            }
            Kind::Negate(inner) => Applied::new(Rule::ConstantMultiple, care.negate(by(inner))),
            Kind::Product(factors) | Kind::Hadamard(factors) => self.product(factors, variable, moving),
            Kind::Quotient(a, b) | Kind::ElementwiseQuotient(a, b) => {
                self.quotient(body, a, b, variable, moving)
            }
            Kind::Power(base, exponent) | Kind::ElementwisePower(base, exponent) => {
                self.power(base, exponent, variable, moving)
            }
            Kind::Call { name, primes, arguments } => {
                return self.call(body, name, *primes, arguments, variable, moving);
            }
            Kind::Cases(rows) => {
                let values = rows.iter().map(|(value, condition)| (by(value), condition.clone())).collect();
                let mut applied = Applied::new(Rule::Cases, Kind::Cases(values).into());
                // inside each case, not where one ends
                for condition in rows.iter().filter_map(|(_, condition)| condition.as_ref()) {
                    if let Kind::Relation(_, left, right) = &condition.kind {
                        let apart = relation((**left).clone(), Relation::NotEqual, (**right).clone());
                        applied.conditions.push(apart);
                    }
                }
                applied
            }
            Kind::Iverson(_) => Applied::new(Rule::Step, zero()),
            Kind::Big { operation: Big::Sum, indices, condition, body } => Applied::new(
                Rule::Sum,
                Kind::Big {
                    operation: Big::Sum,
                    indices: indices.clone(),
                    condition: condition.clone(),
                    body: Box::new(by(body)),
                }
                .into(),
            ),
            // (∏ u)′ = ∏ u · Σ u′/u
            Kind::Big { operation: Big::Product, indices, condition, body: factor } => {
                let quotient = Kind::Quotient(Box::new(by(factor)), factor.clone()).into();
                let sum = Kind::Big {
                    operation: Big::Sum,
                    indices: indices.clone(),
                    condition: condition.clone(),
                    body: Box::new(quotient),
                };
                let tree = Kind::Product(vec![body.clone(), sum.into()]).into();
                // That no factor is 0 is among the conditions of the engine, for every index.
                Applied::new(Rule::LogarithmicDerivative, tree)
            }
            _ => return Err(unsupported(body, variable)),
        })
    }

    /// The derivative of a term of a sum: its sign and, if lines are short, its constant factors in front.
    fn term(&self, term: &Tree, variable: &Tree, moving: &BTreeSet<String>) -> Tree {
        if self.care == Care::Tidy && !self.depends(term, moving) {
            return zero();
        }
        match &term.kind {
            Kind::Negate(inner) => self.care.negate(self.term(inner, variable, moving)),
            _ if self.taking == Taking::Together => self.multiple(term, variable, moving),
            _ => derivative(term.clone(), variable),
        }
    }

    /// Constant factors out, through products, quotients and signs; what is left is still to be differentiated.
    fn multiple(&self, term: &Tree, variable: &Tree, moving: &BTreeSet<String>) -> Tree {
        match &term.kind {
            Kind::Negate(inner) => self.care.negate(self.multiple(inner, variable, moving)),
            Kind::Product(factors) => {
                let (inner, constant): (Vec<Tree>, Vec<Tree>) =
                    factors.iter().cloned().partition(|factor| self.depends(factor, moving));
                let inner = match <[Tree; 1]>::try_from(inner) {
                    Ok([one]) => self.multiple(&one, variable, moving),
                    Err(several) => derivative(Kind::Product(several).into(), variable),
                };
                self.care.product(constant.into_iter().chain([inner]).collect())
            }
            Kind::Quotient(a, b) if !self.depends(b, moving) => self.care.product(vec![
                self.care.quotient(integer(1), (**b).clone()),
                self.multiple(a, variable, moving),
            ]),
            Kind::Quotient(a, b) => {
                let (above, mut constant) = self.apart(a, moving);
                let (below, under) = self.apart(b, moving);
                if constant.is_empty() && under.is_empty() || is_one(a) && under.is_empty() {
                    return derivative(term.clone(), variable);
                }
                if !under.is_empty() {
                    constant.push(self.care.quotient(integer(1), self.care.product(under)));
                }
                let inner = self.care.quotient(self.care.product(above), self.care.product(below));
                constant.push(derivative(inner, variable));
                self.care.product(constant)
            }
            _ => derivative(term.clone(), variable),
        }
    }

    /// Factors that move and factors that do not.
    fn apart(&self, tree: &Tree, moving: &BTreeSet<String>) -> (Vec<Tree>, Vec<Tree>) {
        match &tree.kind {
            Kind::Negate(inner) => {
                let (inner, mut constant) = self.apart(inner, moving);
                constant.push(self.care.negate(integer(1)));
                (inner, constant)
            }
            Kind::Product(factors) => {
                factors.iter().cloned().partition(|factor| self.depends(factor, moving))
            }
            _ if self.depends(tree, moving) => (vec![tree.clone()], Vec::new()),
            _ => (Vec::new(), vec![tree.clone()]),
        }
    }

    fn product(&self, factors: &[Tree], variable: &Tree, moving: &BTreeSet<String>) -> Applied {
        let care = self.care;
        let (inner, constant): (Vec<Tree>, Vec<Tree>) =
            factors.iter().cloned().partition(|factor| self.depends(factor, moving));
        if !constant.is_empty() && self.taking != Taking::OneByOne {
            let whole = Kind::Product(factors.to_vec()).into();
            return Applied::new(Rule::ConstantMultiple, self.multiple(&whole, variable, moving));
        }
        if !constant.is_empty() {
            let inner = if inner.len() == 1 { inner } else { vec![Kind::Product(inner).into()] };
            let parts =
                constant.into_iter().chain(inner.into_iter().map(|u| derivative(u, variable))).collect();
            return Applied::new(Rule::ConstantMultiple, care.product(parts));
        }
        let terms = (0..inner.len())
            .map(|at| {
                let mut parts: Vec<Tree> = inner
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != at)
                    .map(|(_, u)| u.clone())
                    .collect();
                parts.push(derivative(inner[at].clone(), variable));
                care.product(parts)
            })
            .collect();
        Applied::new(Rule::Product, Kind::Sum(terms).into())
    }

    fn quotient(
        &self,
        whole: &Tree,
        a: &Tree,
        b: &Tree,
        variable: &Tree,
        moving: &BTreeSet<String>,
    ) -> Applied {
        let care = self.care;
        let by = |tree: &Tree| derivative(tree.clone(), variable);
        if self.taking != Taking::OneByOne {
            let taken = self.multiple(whole, variable, moving);
            if !super::rule::pending(&taken).is_some_and(|(body, ..)| body == whole) {
                return Applied::new(Rule::ConstantMultiple, taken);
            }
        }
        if !self.depends(b, moving) {
            let factor = care.quotient(integer(1), b.clone());
            return Applied::new(Rule::ConstantMultiple, care.product(vec![factor, by(a)]));
        }
        if let (Kind::Power(base, exponent), false) = (&b.kind, self.depends(a, moving))
            && care == Care::Tidy
            && !self.depends(exponent, moving)
            && as_number(exponent).is_some_and(|n| n > Rational::ZERO)
        {
            // (1/xⁿ)′ = −n/xⁿ⁺¹
            let Some(n) = as_number(exponent) else {
                return Applied::new(Rule::Constant, zero());
            };
            let below = plain_power((**base).clone(), Tree::number(&(n + Rational::ONE)));
            let is_plain = **base == *variable;
            let above = vec![(**exponent).clone(), a.clone()];
            let mut parts = vec![care.quotient(care.product(above), below)];
            if !is_plain {
                parts.push(by(base));
            }
            let tree = care.negate(care.product(parts));
            let given = relation((**base).clone(), Relation::NotEqual, zero());
            return Applied::new(Rule::Power { is_chain: !is_plain }, tree).given(given);
        }
        let square = plain_power(b.clone(), integer(2));
        let given = relation(b.clone(), Relation::NotEqual, zero());
        let is_plain = b == variable;
        let second = match (is_plain, is_one(a)) {
            (true, _) => a.clone(),
            (false, true) => by(b),
            (false, false) => care.product(vec![a.clone(), by(b)]),
        };
        if self.depends(a, moving) {
            let first = care.product(vec![b.clone(), by(a)]);
            let second = care.product(vec![a.clone(), by(b)]);
            let above = Kind::Sum(vec![first, care.negate(second)]).into();
            return Applied::new(Rule::Quotient, care.quotient(above, square)).given(given);
        }
        let tree = care.negate(care.quotient(second, square));
        Applied::new(Rule::Reciprocal { is_chain: !is_plain }, tree).given(given)
    }

    fn power(&self, base: &Tree, exponent: &Tree, variable: &Tree, moving: &BTreeSet<String>) -> Applied {
        let care = self.care;
        let by = |tree: &Tree| derivative(tree.clone(), variable);
        let whole = plain_power(base.clone(), exponent.clone());
        let positive = relation(base.clone(), Relation::Greater, zero());
        match (self.depends(base, moving), self.depends(exponent, moving)) {
            (true, true) => {
                let log = Tree::call(function::row(function::LOG).name, vec![base.clone()]);
                let first = care.product(vec![log.clone(), by(exponent)]);
                let second = care.product(vec![care.quotient(exponent.clone(), base.clone()), by(base)]);
                let inner = Kind::Sum(vec![first, second]).into();
                Applied::new(Rule::GeneralPower, Kind::Product(vec![whole, inner]).into()).given(positive)
            }
            (false, _) => {
                let is_e = matches!(&base.kind, Kind::Name(name) if name == "e")
                    && self.environment.named("e").is_none();
                let mut parts = vec![whole];
                if !is_e {
                    parts.push(Tree::call(function::row(function::LOG).name, vec![base.clone()]));
                }
                let is_plain = exponent == variable;
                if !is_plain {
                    parts.push(by(exponent));
                }
                let rule = Rule::Exponential { is_chain: !is_plain, is_natural: is_e };
                let applied = Applied::new(rule, care.product(parts));
                if is_e { applied } else { applied.given(positive) }
            }
            (true, false) => {
                let lower = care.power(base.clone(), care.one_less(exponent));
                let mut parts = vec![exponent.clone(), lower];
                let is_plain = base == variable;
                if !is_plain {
                    parts.push(by(base));
                }
                let applied = Applied::new(Rule::Power { is_chain: !is_plain }, care.product(parts));
                let n = whole_number(exponent).map(Rational::integer).or_else(|| as_number(exponent));
                match n.or_else(|| self.least(exponent).map(Rational::integer)) {
                    // k·x^(k − 1) for k = 0 too
                    Some(n) if n.is_zero() && as_number(exponent).is_none() => {
                        applied.given(relation(base.clone(), Relation::NotEqual, zero()))
                    }
                    Some(n) if n.is_integer() && !n.is_negative() => applied,
                    Some(n) if n.is_integer() => {
                        applied.given(relation(base.clone(), Relation::NotEqual, zero()))
                    }
                    _ => applied.given(positive),
                }
            }
        }
    }

    /// The least whole number that an exponent stands for, if it is made of indices that count.
    fn least(&self, exponent: &Tree) -> Option<i64> {
        match &exponent.kind {
            Kind::Name(name) => self.indices.get(name).copied(),
            Kind::Sum(terms) => terms.iter().try_fold(0i64, |sum, term| sum.checked_add(self.least(term)?)),
            Kind::Product(factors) => factors.iter().try_fold(1i64, |product, factor| {
                product.checked_mul(self.least(factor).filter(|n| *n >= 0)?)
            }),
            _ => whole_number(exponent),
        }
    }
}

/// The whole number that an exponent such as 10^9 stands for.
fn whole_number(tree: &Tree) -> Option<i64> {
    match &tree.kind {
        Kind::Negate(inner) => whole_number(inner)?.checked_neg(),
        Kind::Power(base, exponent) => {
            whole_number(base)?.checked_pow(u32::try_from(whole_number(exponent)?).ok()?)
        }
        Kind::Sum(terms) => terms.iter().try_fold(0i64, |sum, term| sum.checked_add(whole_number(term)?)),
        Kind::Product(factors) => {
            factors.iter().try_fold(1i64, |product, factor| product.checked_mul(whole_number(factor)?))
        }
        _ => as_number(tree)?.as_integer(),
    }
}

pub(super) fn unsupported(body: &Tree, variable: &Tree) -> Diagnostic {
    Diagnostic::new(
        Cause::Undecided,
        format!(
            "there is no textbook rule for the derivative of {} by {}",
            crate::print::unicode(body),
            crate::print::unicode(variable)
        ),
    )
    .at(body.span, "")
    .help("symdiff grad gives the derivative without the steps")
}
