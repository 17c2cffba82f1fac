//! The gradient of any scalar formula of vectors and matrices, by differentials: rules are applied to d(…) from outside to
//! inside until only the differential of the variable is left.
//!
//! Each line is proved equal to the one before; see [`Path`].

use std::collections::BTreeSet;

use super::super::make::{Care, as_number, is_zero, map_parts, relation, substitute, zero};
use super::super::proof;
use super::super::rule::Rules;
use super::along::Path;
use super::written::{Joined, Written};
use super::{Equation, operator, pull, say_conventions, tensor_function, transpose};
use crate::derivation::conditions;
use crate::derivation::{Detail, Phrase};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::{self, Meaning, TensorFunction};
use crate::lower::Named;
use crate::number::Rational;
use crate::print;
use crate::problem::{Operator, Partial, Problem, Request};
use crate::syntax::tree::{Big, DerivativeOperator, Kind, Relation, Tree};

/// More lines are not read by anybody.
const MOST_LINES: usize = 40;
/// A line with more parts is not read either.
const LARGEST_LINE: usize = 600;
/// What is still to be differentiated: `d(u)`.
pub(in crate::derivation) const PENDING: &str = "d";

/// The lines of the derivation of a formula by one of its variables.
pub(super) fn derive(
    problem: &mut Problem,
    formula: &str,
    wrt: &str,
    detail: Detail,
) -> Result<Vec<Equation>, Diagnostic> {
    let request = Request { operator: Operator::Gradient, wrt: vec![wrt.to_owned()], ..Request::default() };
    let answer = problem.answer(formula, &request)?;
    let Some(result) = answer.partials.first().cloned() else {
        return Err(Diagnostic::new(Cause::Name, "there is no variable to differentiate by"));
    };
    let reading = answer.reading.clone();
    let variable = proof::lower(problem, &Tree::name(wrt))?;
    let differential = format!("d{wrt}");
    let f = name_of_formula(problem, &reading, wrt, &differential)?;
    let rules = Rules::new(&problem.environment);
    let moving = rules.moving(wrt);
    let rank = problem.environment.graph.axes(variable.node).len();
    problem.environment.declare_like(&differential, variable.node, variable.layout);
    let mut lines = Lines {
        problem,
        detail,
        moving,
        wrt: wrt.to_owned(),
        differential,
        gradient: result.tree.clone(),
        bound: bound_in(&reading),
    };
    let mut written = Written {
        equations: vec![Equation::new(
            Some(Tree::name(f)),
            reading.clone(),
            vec![Phrase::words("the formula")],
        )],
        needed: vec![Vec::new()],
        left: Some(Tree::name(format!("d{f}"))),
    };
    let line = lines.apply_rules(&reading, &mut written)?;
    lines.collect(line, rank, &result, &mut written)?;
    let engine = match rank {
        0 => operator(DerivativeOperator::Derivative, reading, wrt),
        _ => operator(DerivativeOperator::Gradient, reading, wrt),
    };
    lines.prove(&engine, &result.tree)?;
    let because = vec![
        Phrase::Formula(relation(
            Tree::name(format!("d{f}")),
            Relation::Equal,
            pairing(rank, Tree::name("G"), &Tree::name(lines.differential.clone())),
        )),
        Phrase::words("means that"),
        Phrase::Formula(Tree::name("G")),
        Phrase::words("is the derivative"),
    ];
    let head = super::super::make::derivative(Tree::name(f), &Tree::name(wrt));
    let Written { mut equations, mut needed, .. } = written;
    equations.push(Equation::new(Some(head), result.tree.clone(), because));
    let whole = conditions::Whole { formula: &answer.conditions, engine: &result.conditions, kinks: &[] };
    needed.resize(equations.len(), Vec::new());
    let shown = conditions::of_lines(lines.problem, &needed[1..], &whole);
    for (equation, own) in equations[1..].iter_mut().zip(shown) {
        let with_index = |condition| conditions::with_index_of(&answer.reading, condition);
        equation.conditions = own.iter().map(with_index).collect();
    }
    say_conventions(&mut equations, result.conventions);
    Ok(equations)
}

/// A name for the formula that is not one of the author's.
fn name_of_formula(
    problem: &Problem,
    reading: &Tree,
    wrt: &str,
    differential: &str,
) -> Result<&'static str, Diagnostic> {
    let is_taken = |name: &str| name == wrt || is_used(problem, reading, name);
    let f = ["f", "l", "L", "F", "loss"]
        .into_iter()
        .find(|name| !is_taken(name) && !is_taken(&format!("d{name}")));
    // d itself may be the name of a size: d·Q has a dot
    f.filter(|_| !is_taken(differential) && !is_function(problem, PENDING)).ok_or_else(|| {
        let message = format!("{differential} is a name here, and differentials could not be told from it");
        Diagnostic::new(Cause::Name, message)
            .help("rename it; symdiff grad gives the gradient without the steps")
    })
}

/// The indices of sums and products.
fn bound_in(tree: &Tree) -> Vec<String> {
    let mut names = Vec::new();
    tree.walk(&mut |part| {
        if let Kind::Big { indices, .. } = &part.kind {
            names.extend(indices.iter().map(|index| index.name.clone()));
        }
    });
    names
}

/// Is it the name of a function of the author's?
fn is_function(problem: &Problem, name: &str) -> bool {
    matches!(problem.environment.named(name), Some(Named::Function { .. } | Named::Unknown))
}

/// Is the name one of the author's?
fn is_used(problem: &Problem, reading: &Tree, name: &str) -> bool {
    let is_declared = match problem.environment.named(name) {
        // differentials of an earlier derivation may be named again
        Some(Named::Variable { declared, .. }) => declared.is_some(),
        Some(_) => true,
        None => false,
    };
    let mut occurs = false;
    reading.walk(&mut |part| occurs |= matches!(&part.kind, Kind::Name(own) if own == name));
    is_declared || occurs
}

/// g dx, gᵀ dx, tr(Gᵀ dX), or the sum over all entries.
fn pairing(rank: usize, gradient: Tree, differential: &Tree) -> Tree {
    let product = |factors: Vec<Tree>| -> Tree { Kind::Product(factors).into() };
    let transposed = |g: Tree| match g.kind {
        Kind::Transpose(inner) => *inner,
        kind => transpose(kind.into()),
    };
    let d = differential.clone();
    match rank {
        0 => Care::Tidy.product(vec![gradient, d]),
        1 => product(vec![transposed(gradient), d]),
        2 => Tree::call(tensor_function(TensorFunction::Trace), vec![product(vec![transposed(gradient), d])]),
        _ => Tree::call(tensor_function(TensorFunction::Sum), vec![Kind::Hadamard(vec![gradient, d]).into()]),
    }
}

/// What a rule makes of a differential.
pub(super) struct Applied {
    /// Differentials with the same rule are taken in one line.
    pub rule: String,
    pub tree: Tree,
    pub because: Vec<Phrase>,
    pub conditions: Vec<Tree>,
}

pub(super) struct Lines<'p> {
    problem: &'p mut Problem,
    detail: Detail,
    moving: BTreeSet<String>,
    wrt: String,
    differential: String,
    /// The engine's, for who asks where the steps are not shown.
    gradient: Tree,
    /// Indices of sums.
    bound: Vec<String>,
}

/// The first `d(u)` from outside to inside, and its u.
pub(super) fn pending_in(tree: &Tree) -> Option<Tree> {
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

pub(super) fn tensor_meaning(name: &str) -> Option<TensorFunction> {
    match function::row(function::lookup(name)?).meaning {
        Meaning::Tensor(meaning) => Some(meaning),
        Meaning::Elementwise { .. } => None,
    }
}

impl Lines<'_> {
    /// Rule after rule, until only the differential of the variable is left: the last line.
    fn apply_rules(&mut self, reading: &Tree, written: &mut Written) -> Result<Tree, Diagnostic> {
        // what is proved: each line is equal to the one before, the first one to d(f)
        let mut before = Tree::call(PENDING, vec![reading.clone()]);
        let mut line = self.differential_of(reading);
        self.prove(&before, &line)?;
        let mut taken = Joined::default();
        if before != line {
            let linearity = self.linearity(reading);
            if self.detail == Detail::Brief {
                taken.rules.push(linearity.to_owned());
            } else {
                written.say(line.clone(), vec![Phrase::words(linearity)], Vec::new());
            }
        }
        let most = if self.detail == Detail::Full { 4 * MOST_LINES } else { MOST_LINES };
        let mut steps = 0;
        while let Some(next) = pending_in(&line) {
            steps += 1;
            if steps > most || print::nodes(&line) > LARGEST_LINE {
                return Err(Diagnostic::new(
                    Cause::Limit,
                    "the derivation has more lines than anybody reads",
                )
                .help("symdiff grad gives the gradient without the steps"));
            }
            let applied = self.apply(&next)?;
            let mut seen = Vec::new();
            let mut failed = None;
            before = line.clone();
            line = self.rewritten(&line, &applied.rule, &mut seen, &mut failed);
            if let Some(error) = failed {
                return Err(error);
            }
            self.prove(&before, &line)?;
            let conditions = self.conditions(&seen)?;
            taken.add(applied, conditions);
            if self.detail != Detail::Brief || pending_in(&line).is_none() {
                written.say_joined(line.clone(), &mut taken);
            }
        }
        if written.left.is_some() && line != before {
            // brief, and nothing but linear
            written.say_joined(line.clone(), &mut taken);
        }
        Ok(line)
    }

    /// From the last line to the gradient paired with the differential.
    fn collect(
        &mut self,
        mut line: Tree,
        rank: usize,
        result: &Partial,
        written: &mut Written,
    ) -> Result<(), Diagnostic> {
        let d = Tree::name(self.differential.clone());
        let compact = pairing(rank, result.tree.clone(), &d);
        // one factor after the other first, if that is not the end already
        let pulled = pull::factor(&line, &self.differential, rank);
        if let Some(pulled) = pulled
            && pulled.factor != result.tree
            && print::nodes(&pulled.factor) <= LARGEST_LINE
        {
            let moved = pairing(rank, pulled.factor, &d);
            if moved != line && self.prove(&line, &moved).is_ok() {
                let mut laws: Vec<Phrase> = Vec::new();
                for law in pulled.laws {
                    if !laws.is_empty() {
                        laws.push(Phrase::words(","));
                    }
                    laws.push(Phrase::Law(law));
                }
                written.say(moved.clone(), laws, Vec::new());
                line = moved;
            }
        }
        self.prove(&line, &compact)?;
        if compact != line {
            let because = vec![Phrase::words("collect what stands with"), Phrase::Formula(d)];
            written.say(compact, because, Vec::new());
            if let Some(last) = written.equations.last_mut() {
                last.facts.clone_from(&result.facts);
            }
        }
        Ok(())
    }

    pub(super) fn moves(&self, tree: &Tree) -> bool {
        Rules::new(&self.problem.environment).depends(tree, &self.moving)
    }

    /// The number of columns of a matrix, as it is declared.
    pub(super) fn columns(&mut self, tree: &Tree) -> Option<Tree> {
        let node = proof::lower(self.problem, tree).ok()?.node;
        let graph = &self.problem.environment.graph;
        let [_, columns] = graph.axes(node).as_slice() else { return None };
        let text = graph.dimension_text(*columns);
        crate::syntax::parse(&text, &self.problem.environment.names).ok().map(|parsed| parsed.tree)
    }

    /// The number of axes; formulas with a bound index are entries.
    pub(super) fn rank(&mut self, tree: &Tree) -> usize {
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
            if self.detail == Detail::Full && !seen.is_empty() {
                return tree.clone();
            }
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

    /// The conditions of the rules of a line.
    fn conditions(&mut self, taken: &[Tree]) -> Result<Vec<Tree>, Diagnostic> {
        let mut all = Vec::new();
        for inner in taken {
            let own = self.apply(inner)?.conditions;
            all.extend(own.iter().map(|condition| conditions::without_bound(condition, &self.bound)));
        }
        Ok(all)
    }

    pub(super) fn problem(&self) -> &Problem {
        self.problem
    }

    /// Each line must follow from the one before.
    fn prove(&mut self, before: &Tree, after: &Tree) -> Result<(), Diagnostic> {
        let path = Path { variable: &self.wrt, differential: &self.differential };
        if path.follows(self.problem, before, after) {
            return Ok(());
        }
        Err(Diagnostic::new(
            Cause::Undecided,
            format!(
                "a line of the derivation could not be proved, so it is not shown: {} = {}",
                print::unicode(before),
                print::unicode(after)
            ),
        )
        .help(format!("the derivative without the steps is {}", print::unicode(&self.gradient))))
    }

    /// The differential with everything linear done: constants, sums, signs, transposes, constant factors; if every rule is
    /// shown, what is still to be differentiated.
    pub(super) fn differential_of(&mut self, tree: &Tree) -> Tree {
        if !self.moves(tree) {
            return zero();
        }
        if matches!(&tree.kind, Kind::Name(name) if *name == self.wrt) {
            return Tree::name(self.differential.clone());
        }
        if self.detail != Detail::Full
            && let Some(applied) = self.linear(tree)
        {
            return applied.tree;
        }
        Tree::call(PENDING, vec![tree.clone()])
    }

    /// What makes the differential of a formula a line of its own before any other rule.
    fn linearity(&self, tree: &Tree) -> &'static str {
        match &tree.kind {
            Kind::Name(name) if *name == self.wrt => "the variable itself",
            _ if !self.moves(tree) => "a constant",
            Kind::Name(_) => "by its definition",
            Kind::Sum(_) => "term by term, constants stay",
            _ => "the differential is linear, constants stay",
        }
    }

    /// The linear rule that fits, if there is one.
    pub(super) fn linear(&mut self, tree: &Tree) -> Option<Applied> {
        let care = Care::Tidy;
        let applied = |rule: &str, tree: Tree| {
            Some(Applied {
                rule: rule.to_owned(),
                tree,
                because: vec![Phrase::words(rule)],
                conditions: Vec::new(),
            })
        };
        match &tree.kind {
            Kind::Name(name) => {
                let value = self.problem.environment.written_definition(name).cloned()?;
                applied(&format!("definition of {name}"), self.differential_of(&value))
            }
            Kind::Sum(terms) => {
                let terms = terms.iter().map(|term| self.differential_of(term)).collect();
                applied("sum rule", care.sum(terms))
            }
            Kind::Negate(inner) => applied("constant factor", care.negate(self.differential_of(inner))),
            Kind::Transpose(inner) => {
                applied("differential of a transpose", transpose(self.differential_of(inner)))
            }
            Kind::Index(base, indices) => applied(
                "entry by entry",
                Kind::Index(Box::new(self.differential_of(base)), indices.clone()).into(),
            ),
            Kind::Product(factors) | Kind::Hadamard(factors) if self.count(factors) == 1 => {
                let mut made = Vec::with_capacity(factors.len());
                for factor in factors {
                    made.push(if self.moves(factor) { self.differential_of(factor) } else { factor.clone() });
                }
                let is_product = matches!(tree.kind, Kind::Product(_));
                let made = if is_product { Kind::Product(made).into() } else { Kind::Hadamard(made).into() };
                applied("constant factor", flat(made))
            }
            Kind::Quotient(above, below) if !self.moves(below) => applied(
                "constant factor",
                flat(Kind::Quotient(Box::new(self.differential_of(above)), below.clone()).into()),
            ),
            Kind::ElementwiseQuotient(above, below) if !self.moves(below) => applied(
                "constant factor",
                Kind::ElementwiseQuotient(Box::new(self.differential_of(above)), below.clone()).into(),
            ),
            Kind::Big { operation: Big::Sum, indices, condition, body } => {
                let body = Box::new(self.differential_of(body));
                let (indices, condition) = (indices.clone(), condition.clone());
                applied("sum rule", Kind::Big { operation: Big::Sum, indices, condition, body }.into())
            }
            Kind::Call { name, primes: 0, arguments } => {
                if let Some(Named::Function { parameters, value }) = self.problem.environment.named(name)
                    && parameters.len() == arguments.len()
                {
                    let by: Vec<(String, Tree)> =
                        parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
                    let opened = substitute(value, &by);
                    return applied(&format!("definition of {name}"), self.differential_of(&opened));
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
                    [inner] if is_linear => applied(
                        &format!("{name} is linear"),
                        Tree::call(name.clone(), vec![self.differential_of(inner)]),
                    ),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn count(&self, factors: &[Tree]) -> usize {
        factors.iter().filter(|factor| self.moves(factor)).count()
    }
}

/// Products within products as one, numbers multiplied, sums within sums as one, and signs in front.
pub(super) fn flat(tree: Tree) -> Tree {
    let care = Care::Tidy;
    let factors = match tree.kind {
        Kind::Sum(terms) => return care.sum(terms.into_iter().flat_map(signed_terms).collect()),
        Kind::Negate(inner) => return care.negate(*inner),
        Kind::Quotient(above, below) => {
            return match above.kind {
                Kind::Negate(inner) => care.negate(Kind::Quotient(inner, below).into()),
                kind => Kind::Quotient(Box::new(kind.into()), below).into(),
            };
        }
        Kind::Product(factors) => factors,
        kind => return kind.into(),
    };
    if factors.iter().any(is_zero) {
        return zero();
    }
    let mut is_negative = false;
    let mut all: Vec<Tree> = Vec::new();
    for factor in factors {
        let factor = match factor.kind {
            Kind::Negate(inner) => {
                is_negative = !is_negative;
                *inner
            }
            kind => kind.into(),
        };
        match factor.kind {
            Kind::Product(own) => all.extend(own),
            kind => all.push(kind.into()),
        }
    }
    let numbers: Vec<Rational> = all.iter().filter_map(as_number).collect();
    if numbers.len() > 1 {
        let number = numbers.into_iter().fold(Rational::ONE, |product, own| product * own);
        all.retain(|factor| as_number(factor).is_none());
        is_negative ^= number.is_negative();
        if !number.abs().is_one() || all.is_empty() {
            all.insert(0, Tree::number(&number.abs()));
        }
    }
    let made: Tree = if all.len() == 1 { all.swap_remove(0) } else { Kind::Product(all).into() };
    if is_negative { care.negate(made) } else { made }
}

/// The terms of a sum inside a sum, also behind a sign.
fn signed_terms(tree: Tree) -> Vec<Tree> {
    match tree.kind {
        Kind::Sum(terms) => terms.into_iter().flat_map(signed_terms).collect(),
        Kind::Negate(inner) if matches!(inner.kind, Kind::Sum(_)) => {
            signed_terms(*inner).into_iter().map(|term| Care::Tidy.negate(term)).collect()
        }
        kind => vec![kind.into()],
    }
}

pub(super) fn unsupported(tree: &Tree) -> Diagnostic {
    Diagnostic::new(
        Cause::Undecided,
        format!("there is no textbook rule for the differential of {}", print::unicode(tree)),
    )
    .at(tree.span, "")
    .help("symdiff grad gives the gradient without the steps")
}
