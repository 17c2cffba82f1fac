//! The gradient of any scalar formula of vectors and matrices, by differentials: rules are applied to d(…) from outside to
//! inside until only the differential of the variable is left.
//!
//! The last differential is proved to be the derivative in the direction of the variable's differential; each line before it
//! is the same formula with fewer rules applied.

use std::collections::BTreeSet;

use super::super::make::{Care, as_number, integer, is_zero, map_parts, relation, substitute, zero};
use super::super::proof;
use super::super::rule::Rules;
use super::matrix::{distributed, elementwise};
use super::read::partial;
use super::{Equation, operator, tensor_function, transpose};
use crate::derivation::Phrase;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::{self, Meaning, TensorFunction};
use crate::lower::Named;
use crate::print;
use crate::problem::{Operator, Problem, Request};
use crate::syntax::tree::{Big, DerivativeOperator, Kind, Relation, Tree};

/// More lines are not read by anybody.
const MOST_LINES: usize = 40;
/// A line with more parts is not read either.
const LARGEST_LINE: usize = 600;
/// What rules are written in.
const LETTER: &str = "u";
/// What is still to be differentiated: `d(u)`.
const PENDING: &str = "d";

/// The lines of the derivation of a formula by one of its variables.
pub(super) fn derive(problem: &mut Problem, formula: &str, wrt: &str) -> Result<Vec<Equation>, Diagnostic> {
    let request = Request { operator: Operator::Gradient, wrt: vec![wrt.to_owned()], ..Request::default() };
    let answer = problem.answer(formula, &request)?;
    let Some(result) = answer.partials.into_iter().next() else {
        return Err(Diagnostic::new(Cause::Name, "there is no variable to differentiate by"));
    };
    let reading = answer.reading;
    let variable = proof::lower(problem, &Tree::name(wrt))?;
    let taken = |name: &str| problem.environment.named(name).is_some() || name == wrt;
    let differential = format!("d{wrt}");
    let Some(f) =
        ["f", "l", "L", "F", "loss"].into_iter().find(|name| !taken(name) && !taken(&format!("d{name}")))
    else {
        return Err(unsupported(&reading));
    };
    if taken(&differential) {
        return Err(unsupported(&reading));
    }
    let rules = Rules { environment: &problem.environment, care: Care::Tidy, is_linear: true };
    let moving = rules.moving(wrt);
    let rank = problem.environment.graph.axes(variable.node).len();
    problem.environment.declare_like(&differential, variable.node, variable.layout);
    let mut lines = Lines { problem, moving, wrt: wrt.to_owned(), differential, said: Vec::new() };
    let mut equations =
        vec![equation(Some(Tree::name(f)), reading.clone(), vec![Phrase::words("the formula")])];
    let mut line = lines.differential_of(&reading);
    let mut left = Some(Tree::name(format!("d{f}")));
    if pending_in(&line) != Some(reading.clone()) {
        equations.push(equation(
            left.take(),
            line.clone(),
            vec![Phrase::words("constants stay, sums term by term")],
        ));
    }
    while let Some(next) = pending_in(&line) {
        if equations.len() > MOST_LINES || print::nodes(&line) > LARGEST_LINE {
            return Err(Diagnostic::new(Cause::Limit, "the derivation has more lines than anybody reads")
                .help("symdiff grad gives the gradient without the steps"));
        }
        let applied = lines.apply(&next)?;
        let mut because = applied.because.clone();
        let mut seen = vec![next.clone()];
        let mut failed = None;
        line = lines.rewritten(&line, &applied.rule, &mut seen, &mut failed);
        if let Some(error) = failed {
            return Err(error);
        }
        let conditions = lines.conditions(&seen)?;
        for condition in conditions {
            match because.last_mut() {
                Some(Phrase::Words(words)) => words.push_str(", where"),
                _ => because.push(Phrase::words("where")),
            }
            because.push(Phrase::Formula(condition));
        }
        equations.push(equation(left.take(), line.clone(), because));
    }
    let d = Tree::name(lines.differential.clone());
    let gradient = result.tree.clone();
    let product = |factors: Vec<Tree>| -> Tree { Kind::Product(factors).into() };
    let pairing = |g: Tree| match rank {
        0 => Care::Tidy.product(vec![g, d.clone()]),
        1 => product(vec![transpose(g), d.clone()]),
        2 => Tree::call(tensor_function(TensorFunction::Trace), vec![product(vec![transpose(g), d.clone()])]),
        _ => {
            Tree::call(tensor_function(TensorFunction::Sum), vec![Kind::Hadamard(vec![g, d.clone()]).into()])
        }
    };
    let compact = pairing(gradient.clone());
    let along = match rank {
        0 => product(vec![operator(DerivativeOperator::Derivative, reading.clone(), wrt), d.clone()]),
        _ => Tree::call(
            tensor_function(TensorFunction::Sum),
            vec![
                Kind::Hadamard(vec![operator(DerivativeOperator::Gradient, reading, wrt), d.clone()]).into(),
            ],
        ),
    };
    lines.prove(&along, &line)?;
    if compact != line {
        lines.prove(&along, &compact)?;
        let because = vec![Phrase::words("collect what stands with"), Phrase::Formula(d.clone())];
        let mut last = equation(left.take(), compact, because);
        last.facts.clone_from(&result.facts);
        equations.push(last);
    }
    let because = vec![
        Phrase::Formula(relation(Tree::name(format!("d{f}")), Relation::Equal, pairing(Tree::name("G")))),
        Phrase::words("means that"),
        Phrase::Formula(Tree::name("G")),
        Phrase::words("is the derivative"),
    ];
    let head = super::super::make::derivative(Tree::name(f), &Tree::name(wrt));
    equations.push(equation(Some(head), gradient, because));
    Ok(equations)
}

fn equation(left: Option<Tree>, right: Tree, because: Vec<Phrase>) -> Equation {
    Equation { left, right, because, facts: Vec::new() }
}

/// What a rule makes of a differential.
struct Applied {
    /// Differentials with the same rule are taken in one line.
    rule: String,
    tree: Tree,
    because: Vec<Phrase>,
    condition: Option<Tree>,
}

struct Lines<'p> {
    problem: &'p mut Problem,
    moving: BTreeSet<String>,
    wrt: String,
    differential: String,
    /// Conditions that stand on a line already.
    said: Vec<Tree>,
}

/// The first `d(u)` from outside to inside, and its u.
fn pending_in(tree: &Tree) -> Option<Tree> {
    if let Kind::Call { name, primes: 0, arguments } = &tree.kind
        && name == PENDING
        && let [inner] = arguments.as_slice()
    {
        return Some(inner.clone());
    }
    let mut found = None;
    tree.each_part(&mut |part| {
        if found.is_none() {
            found = pending_in(part);
        }
    });
    found
}

fn tensor_meaning(name: &str) -> Option<TensorFunction> {
    match function::row(function::lookup(name)?).meaning {
        Meaning::Tensor(meaning) => Some(meaning),
        Meaning::Elementwise { .. } => None,
    }
}

impl Lines<'_> {
    fn moves(&self, tree: &Tree) -> bool {
        Rules { environment: &self.problem.environment, care: Care::Tidy, is_linear: true }
            .depends(tree, &self.moving)
    }

    /// The number of axes; formulas with a bound index are entries.
    fn rank(&mut self, tree: &Tree) -> usize {
        match proof::lower(self.problem, tree) {
            Ok(lowered) => self.problem.environment.graph.axes(lowered.node).len(),
            Err(_) => 0,
        }
    }

    /// Rewrites every differential to which the rule applies.
    fn rewritten(
        &mut self,
        tree: &Tree,
        rule: &str,
        seen: &mut Vec<Tree>,
        failed: &mut Option<Diagnostic>,
    ) -> Tree {
        if let Kind::Call { name, primes: 0, arguments } = &tree.kind
            && name == PENDING
            && let [inner] = arguments.as_slice()
        {
            return match self.apply(inner) {
                Ok(applied) if applied.rule == rule => {
                    seen.push(inner.clone());
                    applied.tree
                }
                Ok(_) => tree.clone(),
                Err(error) => {
                    failed.get_or_insert(error);
                    tree.clone()
                }
            };
        }
        if pending_in(tree).is_none() {
            return tree.clone();
        }
        let made = map_parts(tree, &mut |part| self.rewritten(part, rule, seen, failed));
        flat(made)
    }

    /// The conditions of the rules of a line that no line has said.
    fn conditions(&mut self, taken: &[Tree]) -> Result<Vec<Tree>, Diagnostic> {
        let mut new = Vec::new();
        for inner in taken {
            if let Some(condition) = self.apply(inner)?.condition
                && !self.said.contains(&condition)
            {
                self.said.push(condition.clone());
                new.push(condition);
            }
        }
        Ok(new)
    }

    fn prove(&mut self, left: &Tree, right: &Tree) -> Result<(), Diagnostic> {
        for (a, b) in [(left.clone(), right.clone()), (distributed(left), distributed(right))] {
            let (Ok(first), Ok(second)) = (proof::lower(self.problem, &a), proof::lower(self.problem, &b))
            else {
                continue;
            };
            if proof::follows(self.problem, (&a, first.node), (&b, second.node)) {
                return Ok(());
            }
        }
        Err(Diagnostic::new(
            Cause::Unsupported,
            "a line of the derivation could not be proved, so it is not shown",
        )
        .help("symdiff grad gives the gradient without the steps"))
    }

    /// The differential with everything linear done: constants, sums, signs, transposes, constant factors.
    fn differential_of(&mut self, tree: &Tree) -> Tree {
        let care = Care::Tidy;
        if !self.moves(tree) {
            return zero();
        }
        match &tree.kind {
            Kind::Name(name) if *name == self.wrt => Tree::name(self.differential.clone()),
            Kind::Name(name) => match self.problem.environment.written_definition(name).cloned() {
                Some(value) => self.differential_of(&value),
                None => Tree::call(PENDING, vec![tree.clone()]),
            },
            Kind::Sum(terms) => {
                let terms = terms.iter().map(|term| self.differential_of(term)).collect();
                care.sum(terms)
            }
            Kind::Negate(inner) => care.negate(self.differential_of(inner)),
            Kind::Transpose(inner) => transpose(self.differential_of(inner)),
            Kind::Index(base, indices) => {
                Kind::Index(Box::new(self.differential_of(base)), indices.clone()).into()
            }
            Kind::Product(factors) | Kind::Hadamard(factors) if self.count(factors) == 1 => {
                let made = factors
                    .iter()
                    .map(
                        |factor| {
                            if self.moves(factor) { self.differential_of(factor) } else { factor.clone() }
                        },
                    )
                    .collect();
                let is_product = matches!(tree.kind, Kind::Product(_));
                flat(if is_product { Kind::Product(made).into() } else { Kind::Hadamard(made).into() })
            }
            Kind::Quotient(above, below) if !self.moves(below) => {
                Kind::Quotient(Box::new(self.differential_of(above)), below.clone()).into()
            }
            Kind::ElementwiseQuotient(above, below) if !self.moves(below) => {
                Kind::ElementwiseQuotient(Box::new(self.differential_of(above)), below.clone()).into()
            }
            Kind::Big { operation: Big::Sum, indices, condition, body } => {
                let body = Box::new(self.differential_of(body));
                let (indices, condition) = (indices.clone(), condition.clone());
                Kind::Big { operation: Big::Sum, indices, condition, body }.into()
            }
            Kind::Call { name, primes: 0, arguments } => {
                if let Some(Named::Function { parameters, value }) = self.problem.environment.named(name)
                    && parameters.len() == arguments.len()
                {
                    let by: Vec<(String, Tree)> =
                        parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
                    let opened = substitute(value, &by);
                    return self.differential_of(&opened);
                }
                let is_linear = matches!(
                    tensor_meaning(name),
                    Some(
                        TensorFunction::Sum
                            | TensorFunction::Mean
                            | TensorFunction::Trace
                            | TensorFunction::Diagonal
                            | TensorFunction::Transpose
                            | TensorFunction::Vectorize
                    )
                );
                match arguments.as_slice() {
                    [inner] if is_linear => Tree::call(name.clone(), vec![self.differential_of(inner)]),
                    _ => Tree::call(PENDING, vec![tree.clone()]),
                }
            }
            _ => Tree::call(PENDING, vec![tree.clone()]),
        }
    }

    fn count(&self, factors: &[Tree]) -> usize {
        factors.iter().filter(|factor| self.moves(factor)).count()
    }

    /// The rule for d(u), as the function or operation of u asks.
    fn apply(&mut self, tree: &Tree) -> Result<Applied, Diagnostic> {
        let care = Care::Tidy;
        let named = |rule: &str, made: Tree| Applied {
            rule: rule.to_owned(),
            because: vec![Phrase::words(rule)],
            tree: made,
            condition: None,
        };
        match &tree.kind {
            Kind::Product(factors) | Kind::Hadamard(factors) => {
                let is_product = matches!(tree.kind, Kind::Product(_));
                let mut terms = Vec::new();
                for at in 0..factors.len() {
                    if self.moves(&factors[at]) {
                        let mut own = factors.clone();
                        own[at] = self.differential_of(&factors[at]);
                        terms.push(flat(if is_product {
                            Kind::Product(own).into()
                        } else {
                            Kind::Hadamard(own).into()
                        }));
                    }
                }
                Ok(named("product rule", care.sum(terms)))
            }
            Kind::Quotient(a, b) | Kind::ElementwiseQuotient(a, b) => self.quotient(tree, a, b),
            Kind::Power(base, exponent) | Kind::ElementwisePower(base, exponent) => {
                self.power(tree, base, exponent)
            }
            Kind::Big { operation: Big::Product, indices, condition, body } => {
                let inner = self.differential_of(body);
                let quotient = Kind::Quotient(Box::new(inner), body.clone()).into();
                let sum = Kind::Big {
                    operation: Big::Sum,
                    indices: indices.clone(),
                    condition: condition.clone(),
                    body: Box::new(quotient),
                };
                let mut applied = named(
                    "logarithmic differential of a product",
                    Kind::Product(vec![tree.clone(), sum.into()]).into(),
                );
                applied.condition = Some(relation((**body).clone(), Relation::NotEqual, zero()));
                Ok(applied)
            }
            Kind::Cases(rows) => {
                let rows = rows
                    .iter()
                    .map(|(value, condition)| (self.differential_of(value), condition.clone()))
                    .collect();
                Ok(named("each case by itself", Kind::Cases(rows).into()))
            }
            Kind::Call { name, primes: 0, arguments } => self.call(tree, name, arguments),
            _ => Err(unsupported(tree)),
        }
    }

    fn quotient(&mut self, tree: &Tree, a: &Tree, b: &Tree) -> Result<Applied, Diagnostic> {
        let care = Care::Tidy;
        let is_entrywise = matches!(tree.kind, Kind::ElementwiseQuotient(..));
        let joined = |factors: Vec<Tree>| -> Tree {
            if is_entrywise { Kind::Hadamard(factors).into() } else { Kind::Product(factors).into() }
        };
        if !is_entrywise && self.rank(b) > 0 {
            return Err(unsupported(tree));
        }
        let first = self.moves(a).then(|| self.differential_of(a));
        let second = self.differential_of(b);
        let mut terms = Vec::new();
        if let Some(first) = first {
            terms.push(joined(vec![b.clone(), first]));
        }
        terms.push(care.negate(joined(vec![a.clone(), second])));
        let above = Box::new(care.sum(terms));
        let (below, exponent) = (Box::new(b.clone()), Box::new(integer(2)));
        let made: Tree = if is_entrywise {
            Kind::ElementwiseQuotient(above, Box::new(Kind::ElementwisePower(below, exponent).into())).into()
        } else {
            Kind::Quotient(above, Box::new(Kind::Power(below, exponent).into())).into()
        };
        Ok(Applied {
            rule: "quotient rule".to_owned(),
            tree: made,
            because: vec![Phrase::words("quotient rule")],
            condition: Some(relation(b.clone(), Relation::NotEqual, zero())),
        })
    }

    fn power(&mut self, tree: &Tree, base: &Tree, exponent: &Tree) -> Result<Applied, Diagnostic> {
        let care = Care::Tidy;
        // d‖u‖² = 2uᵀ du
        if let Kind::Call { name, primes: 0, arguments } = &base.kind
            && let [inner] = arguments.as_slice()
            && matches!(tensor_meaning(name), Some(TensorFunction::Norm2 | TensorFunction::NormFrobenius))
            && as_number(exponent).is_some_and(|n| n.as_integer() == Some(2))
        {
            let d = self.differential_of(inner);
            let rank = self.rank(inner);
            let pair = |u: Tree, d: Tree| paired(u, d, rank);
            let letter = || Tree::name(LETTER);
            let known = relation(
                Tree::call(
                    PENDING,
                    vec![
                        Kind::Power(Box::new(Tree::call(name.clone(), vec![letter()])), Box::new(integer(2)))
                            .into(),
                    ],
                ),
                Relation::Equal,
                doubled(pair(letter(), Tree::call(PENDING, vec![letter()]))),
            );
            return Ok(Applied {
                rule: "square of the norm".to_owned(),
                tree: doubled(pair(inner.clone(), d)),
                because: vec![Phrase::Formula(known)],
                condition: None,
            });
        }
        let is_entrywise = matches!(tree.kind, Kind::ElementwisePower(..));
        let rank = if is_entrywise { 1 } else { self.rank(base) };
        if !is_entrywise && rank > 0 {
            // A power of a matrix is a product.
            let times = as_number(exponent).and_then(|n| n.as_integer()).filter(|n| (2..=4).contains(n));
            let Some(times) = times else { return Err(unsupported(tree)) };
            let factors: Vec<Tree> = (0..times).map(|_| base.clone()).collect();
            return self.apply(&Kind::Product(factors).into());
        }
        let power = |base: Tree, exponent: Tree| -> Tree {
            match as_number(&exponent).and_then(|n| n.as_integer()) {
                Some(1) => base,
                _ if is_entrywise => Kind::ElementwisePower(Box::new(base), Box::new(exponent)).into(),
                _ => Kind::Power(Box::new(base), Box::new(exponent)).into(),
            }
        };
        let joined = |factors: Vec<Tree>| -> Tree {
            if is_entrywise { Kind::Hadamard(factors).into() } else { Kind::Product(factors).into() }
        };
        if !self.moves(exponent) {
            let inner = self.differential_of(base);
            let slope = power(base.clone(), care.one_less(exponent));
            let made = match as_number(exponent) {
                Some(_) if is_entrywise => {
                    Kind::Product(vec![exponent.clone(), joined(vec![slope, inner])]).into()
                }
                _ => flat(joined(vec![exponent.clone(), slope, inner])),
            };
            let is_whole = as_number(exponent).is_some_and(|n| n.is_integer() && !n.is_negative());
            return Ok(Applied {
                rule: "power rule".to_owned(),
                tree: made,
                because: vec![Phrase::words("power rule")],
                condition: (!is_whole).then(|| relation(base.clone(), Relation::Greater, zero())),
            });
        }
        if self.moves(base) || is_entrywise {
            return Err(unsupported(tree));
        }
        let inner = self.differential_of(exponent);
        let is_e = matches!(&base.kind, Kind::Name(name) if name == "e");
        let mut factors = vec![tree.clone()];
        if !is_e {
            factors.push(Tree::call(function::row(function::LOG).name, vec![base.clone()]));
        }
        factors.push(inner);
        Ok(Applied {
            rule: "exponential rule".to_owned(),
            tree: flat(Kind::Product(factors).into()),
            because: vec![Phrase::words("exponential rule")],
            condition: (!is_e).then(|| relation(base.clone(), Relation::Greater, zero())),
        })
    }

    fn call(&mut self, tree: &Tree, name: &str, arguments: &[Tree]) -> Result<Applied, Diagnostic> {
        let own = |letter: Tree| Tree::call(name, vec![letter]);
        let letter = || Tree::name(LETTER);
        let Some(meaning) = tensor_meaning(name) else { return self.entry_by_entry(tree, name, arguments) };
        if let (TensorFunction::Dot, [a, b]) = (meaning, arguments) {
            let mut terms = Vec::new();
            if self.moves(a) {
                terms.push(paired(b.clone(), self.differential_of(a), 1));
            }
            if self.moves(b) {
                terms.push(paired(a.clone(), self.differential_of(b), 1));
            }
            return Ok(Applied {
                rule: "product rule".to_owned(),
                tree: Care::Tidy.sum(terms),
                because: vec![Phrase::words("product rule")],
                condition: None,
            });
        }
        let [inner] = arguments else { return Err(unsupported(tree)) };
        let rank = self.rank(inner);
        let product = |factors: Vec<Tree>| -> Tree { flat(Kind::Product(factors).into()) };
        let function_of =
            |wanted: TensorFunction, u: &Tree| Tree::call(tensor_function(wanted), vec![u.clone()]);
        let sign = function::row(function::SIGN).name;
        let rule = |u: &Tree, d: Tree| -> Option<Tree> {
            Some(match meaning {
                TensorFunction::Norm2 | TensorFunction::NormFrobenius => {
                    Kind::Quotient(Box::new(paired(u.clone(), d, rank)), Box::new(own(u.clone()))).into()
                }
                TensorFunction::Norm1 => Tree::call(
                    tensor_function(TensorFunction::Sum),
                    vec![Kind::Hadamard(vec![Tree::call(sign, vec![u.clone()]), d]).into()],
                ),
                TensorFunction::LogSumExp if rank == 1 => {
                    product(vec![transpose(function_of(TensorFunction::Softmax, u)), d])
                }
                TensorFunction::Softmax if rank == 1 => {
                    let s = own(u.clone());
                    let outer: Tree = Kind::Product(vec![s.clone(), transpose(s.clone())]).into();
                    let jacobian: Tree = Kind::Sum(vec![
                        function_of(TensorFunction::Diagonal, &s),
                        Kind::Negate(Box::new(outer)).into(),
                    ])
                    .into();
                    product(vec![jacobian, d])
                }
                TensorFunction::LogDeterminant => Tree::call(
                    tensor_function(TensorFunction::Trace),
                    vec![product(vec![function_of(TensorFunction::Inverse, u), d])],
                ),
                TensorFunction::Determinant => product(vec![
                    own(u.clone()),
                    Tree::call(
                        tensor_function(TensorFunction::Trace),
                        vec![product(vec![function_of(TensorFunction::Inverse, u), d])],
                    ),
                ]),
                TensorFunction::Inverse => {
                    Kind::Negate(Box::new(product(vec![own(u.clone()), d, own(u.clone())]))).into()
                }
                _ => return None,
            })
        };
        let d = self.differential_of(inner);
        let Some(made) = rule(inner, d) else { return Err(unsupported(tree)) };
        let known = rule(&letter(), Tree::call(PENDING, vec![letter()])).map(|right| {
            Phrase::Formula(relation(Tree::call(PENDING, vec![own(letter())]), Relation::Equal, right))
        });
        let condition = match meaning {
            TensorFunction::Norm2 | TensorFunction::NormFrobenius | TensorFunction::Norm1 => {
                Some(relation(inner.clone(), Relation::NotEqual, zero()))
            }
            _ => None,
        };
        Ok(Applied {
            rule: format!("differential of {name}"),
            tree: made,
            because: known.into_iter().collect(),
            condition,
        })
    }

    /// f(u) with f entry by entry.
    fn entry_by_entry(&mut self, tree: &Tree, name: &str, arguments: &[Tree]) -> Result<Applied, Diagnostic> {
        let [inner] = arguments else { return Err(unsupported(tree)) };
        let Some(own) = partial(name, &Tree::name(LETTER)) else { return Err(unsupported(tree)) };
        let d = self.differential_of(inner);
        let rank = self.rank(inner);
        let slope = if rank == 0 { own.clone() } else { elementwise(&own) };
        let slope = substitute(&slope, &[(LETTER.to_owned(), inner.clone())]);
        let made = if rank == 0 {
            flat(Kind::Product(vec![slope, d]).into())
        } else {
            Kind::Hadamard(vec![slope, d]).into()
        };
        let words = if rank == 0 { "chain rule:" } else { "entry by entry:" };
        let left =
            Kind::Call { name: name.to_owned(), primes: 1, arguments: vec![Tree::name(LETTER)] }.into();
        let because = vec![Phrase::words(words), Phrase::Formula(relation(left, Relation::Equal, own))];
        Ok(Applied { rule: format!("differential of {name}"), tree: made, because, condition: None })
    }
}

/// uᵀ du, or tr(Uᵀ dU).
fn paired(u: Tree, d: Tree, rank: usize) -> Tree {
    let product = flat(Kind::Product(vec![transpose(u), d]).into());
    if rank > 1 { Tree::call(tensor_function(TensorFunction::Trace), vec![product]) } else { product }
}

fn doubled(tree: Tree) -> Tree {
    flat(Kind::Product(vec![integer(2), tree]).into())
}

/// Products within products as one, and signs in front.
fn flat(tree: Tree) -> Tree {
    let Kind::Product(factors) = &tree.kind else { return tree };
    if factors.iter().any(is_zero) {
        return zero();
    }
    let mut is_negative = false;
    let mut all: Vec<Tree> = Vec::new();
    for factor in factors {
        match &factor.kind {
            Kind::Negate(inner) => {
                is_negative = !is_negative;
                match &inner.kind {
                    Kind::Product(own) => all.extend(own.iter().cloned()),
                    _ => all.push((**inner).clone()),
                }
            }
            Kind::Product(own) => all.extend(own.iter().cloned()),
            _ => all.push(factor.clone()),
        }
    }
    let made: Tree = if all.len() == 1 { all.swap_remove(0) } else { Kind::Product(all).into() };
    if is_negative { Kind::Negate(Box::new(made)).into() } else { made }
}

fn unsupported(tree: &Tree) -> Diagnostic {
    Diagnostic::new(
        Cause::Unsupported,
        format!("there is no textbook rule for the differential of {}", print::unicode(tree)),
    )
    .at(tree.span, "")
    .help("symdiff grad gives the gradient without the steps")
}
