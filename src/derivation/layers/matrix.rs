//! The derivation in matrix notation, by differentials.

use super::super::Phrase;
use super::super::make::{Care, as_number, derivative, map_parts, relation};
use super::super::proof;
use super::read::{Layer, Link, Role};
use super::{Writing, operator, tensor_function, transpose};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::TensorFunction;
use crate::problem::{Operator, Request};
use crate::syntax::tree::{DerivativeOperator, Kind, Relation, Tree};

/// Longer sums are not multiplied out.
const MOST_TERMS: usize = 32;

/// A line for dl: the right side, why, and the facts that it uses.
type Line = (Tree, Vec<Phrase>, Vec<String>);

fn d(name: &str) -> Tree {
    Tree::name(format!("d{name}"))
}

/// A product in one row, numbers in front.
pub(super) fn product(factors: Vec<Tree>) -> Tree {
    let mut all = Vec::with_capacity(factors.len());
    for factor in factors {
        match factor.kind {
            Kind::Product(inner) => all.extend(inner),
            kind => all.push(kind.into()),
        }
    }
    all.sort_by_key(|factor| as_number(factor).is_none());
    match <[Tree; 1]>::try_from(all) {
        Ok([one]) => one,
        Err(all) => Kind::Product(all).into(),
    }
}

fn words(text: &str) -> Vec<Phrase> {
    vec![Phrase::words(text)]
}

fn insert(name: &str) -> Vec<Phrase> {
    vec![Phrase::words("insert"), Phrase::Formula(d(name))]
}

impl Writing<'_> {
    pub(super) fn matrix(&mut self) -> Result<(), Diagnostic> {
        self.definitions();
        let wrt = self.layers.wrt.clone();
        let (l, role) = (self.layers.l.clone(), self.layers.role);
        let slope = self.loss_gradient()?;
        let p = self.layers.chain.first().map(|layer| layer.output.clone()).unwrap_or_default();
        let first = product(vec![transpose(slope.clone()), d(&p)]);
        self.push(Some(d(&l)), first.clone(), words("differential of the loss"));

        // dp, da, dh, dz, … each in terms of the next one
        let mut known: Vec<(String, Tree)> = Vec::new();
        for at in 0..self.layers.chain.len() {
            self.local(at, &mut known)?;
        }
        // every dl-line is the derivative of the loss in the direction dW
        let variable = proof::lower(self.problem, &Tree::name(&wrt))?;
        self.problem.environment.declare_like(&format!("d{wrt}"), variable.node, variable.layout);
        let gradient = operator(DerivativeOperator::Gradient, self.layers.loss.clone(), &wrt);
        let along = Tree::call(
            tensor_function(TensorFunction::Sum),
            vec![Kind::Hadamard(vec![gradient, d(&wrt)]).into()],
        );
        let mut lines: Vec<Line> = Vec::new();
        let mut adjoint = slope;
        for at in 0..self.layers.chain.len() {
            adjoint = self.backwards(at, adjoint, &mut lines)?;
        }
        let result = self.last(&adjoint, &mut lines);
        // neighbours are proved equal, and the last line to be the derivative: so all of them are
        let opened = |tree: &Tree| known.iter().fold(tree.clone(), |tree, (name, by)| put(&tree, name, by));
        let mut before = distributed(&opened(&first));
        for (line, ..) in &lines {
            let after = distributed(&opened(line));
            self.prove(&before, &after, line)?;
            before = after;
        }
        let end = lines.last().map_or(&first, |(line, ..)| line);
        self.prove(&along, &opened(end), end)?;
        let mut is_first = true;
        for (line, because, facts) in lines {
            let left = std::mem::take(&mut is_first).then(|| d(&l));
            self.push(left, line, because);
            if let Some(last) = self.equations.last_mut() {
                last.facts = facts;
            }
        }
        self.ending(result, role == Role::Weight)
    }

    /// The gradient of the loss by its prediction, which is a variable of its own there.
    fn loss_gradient(&mut self) -> Result<Tree, Diagnostic> {
        let p = self.layers.chain.first().map(|layer| layer.output.clone()).unwrap_or_default();
        let vector = proof::lower(self.problem, &Tree::name(&p))?;
        let free = format!("{p}_free");
        self.problem.environment.declare_like(&free, vector.node, vector.layout);
        let loss = renamed(&self.layers.loss, &p, &free);
        let slope = self.simplified(&operator(DerivativeOperator::Gradient, loss, &free))?;
        Ok(renamed(&slope, &free, &p))
    }

    /// The differential of the output of a layer, and of its activation.
    fn local(&mut self, at: usize, known: &mut Vec<(String, Tree)>) -> Result<(), Diagnostic> {
        let Some(layer) = self.layers.chain.get(at) else { return Ok(()) };
        let (p, a) = (layer.output.clone(), layer.activation.clone());
        let (through, because) = match &layer.link {
            Link::Softmax => {
                let outer = product(vec![Tree::name(&p), transpose(Tree::name(&p))]);
                let diagonal = Tree::call(tensor_function(TensorFunction::Diagonal), vec![Tree::name(&p)]);
                let jacobian: Tree = Kind::Sum(vec![diagonal, Care::Tidy.negate(outer)]).into();
                (product(vec![jacobian, d(&a)]), "Jacobian of softmax")
            }
            Link::Entrywise(own) => {
                let slope = elementwise(&own.slope_with(&Tree::name(&a), &Tree::name(&p)));
                (hadamard(vec![slope, d(&a)]), "entry by entry")
            }
        };
        let needed = match &layer.link {
            Link::Entrywise(own) => own.conditions_at(&Tree::name(&a)),
            Link::Softmax => Vec::new(),
        };
        self.push(Some(d(&p)), through.clone(), words(because));
        self.needs(needed);
        known.push((format!("d{p}"), through));
        let layer = &self.layers.chain[at];
        let next = self.layers.chain.get(at + 1).map(|next| next.output.clone());
        let wrt = self.layers.wrt.clone();
        let (line, changes) = match (next, self.layers.role, layer.weight.clone()) {
            (Some(next), _, Some((matrix, _))) => (product(vec![matrix, d(&next)]), next),
            (None, Role::Weight, Some((_, x))) => (product(vec![d(&wrt), x]), wrt),
            (None, Role::Input, Some((matrix, _))) => (product(vec![matrix, d(&wrt)]), wrt),
            (None, Role::Bias, _) => (d(&wrt), wrt),
            // the activation is what is differentiated by
            _ => return Ok(()),
        };
        let because =
            vec![Phrase::words("only"), Phrase::Formula(Tree::name(changes)), Phrase::words("changes")];
        let name = format!("d{}", layer.activation);
        self.push(Some(Tree::name(&name)), line.clone(), because);
        known.push((name, line));
        Ok(())
    }

    /// From dl in terms of the output of a layer to dl in terms of what goes into the layer: what stands with it.
    fn backwards(&mut self, at: usize, adjoint: Tree, lines: &mut Vec<Line>) -> Result<Tree, Diagnostic> {
        let Some(layer) = self.layers.chain.get(at) else { return Ok(adjoint) };
        let Layer { output: p, activation: a, link, weight, .. } = layer;
        let (p, a, link, weight) = (p.clone(), a.clone(), link.clone(), weight.clone());
        let adjoint = match link {
            Link::Softmax => self.through_softmax(&p, &a, &adjoint, lines)?,
            Link::Entrywise(own) => {
                let slope = elementwise(&own.slope_with(&Tree::name(&a), &Tree::name(&p)));
                let inserted =
                    product(vec![transpose(adjoint.clone()), hadamard(vec![slope.clone(), d(&a)])]);
                lines.push((inserted, insert(&p), Vec::new()));
                let both = hadamard(vec![adjoint, slope]);
                let line = product(vec![transpose(both.clone()), d(&a)]);
                lines.push((line, words("bring the factor to the other side"), Vec::new()));
                both
            }
        };
        let Some(next) = self.layers.chain.get(at + 1).map(|next| next.output.clone()) else {
            return Ok(adjoint);
        };
        let Some((matrix, _)) = weight else { return Ok(adjoint) };
        Ok(self.through_matrix(&a, &matrix, &next, adjoint, lines))
    }

    /// `gᵀ da` with `da = W dh`.
    fn through_matrix(
        &self,
        a: &str,
        matrix: &Tree,
        next: &str,
        adjoint: Tree,
        lines: &mut Vec<Line>,
    ) -> Tree {
        lines.push((
            product(vec![transpose(adjoint.clone()), matrix.clone(), d(next)]),
            insert(a),
            Vec::new(),
        ));
        let turned = match &matrix.kind {
            Kind::Transpose(inner) => (**inner).clone(),
            _ => transpose(matrix.clone()),
        };
        let pulled = product(vec![turned, adjoint]);
        lines.push((
            product(vec![transpose(pulled.clone()), d(next)]),
            words("a transposed product has its factors the other way round"),
            Vec::new(),
        ));
        pulled
    }

    /// `gᵀ dp` with `dp = (diag(p) − p pᵀ) da`: multiplied out, and with what a fact knows of the sum.
    fn through_softmax(
        &mut self,
        p: &str,
        a: &str,
        slope: &Tree,
        lines: &mut Vec<Line>,
    ) -> Result<Tree, Diagnostic> {
        let care = Care::Tidy;
        let prediction = Tree::name(p);
        let outer = product(vec![prediction.clone(), transpose(prediction.clone())]);
        let diagonal = Tree::call(tensor_function(TensorFunction::Diagonal), vec![prediction.clone()]);
        let jacobian: Tree = Kind::Sum(vec![diagonal, care.negate(outer)]).into();
        // (J da) keeps its brackets
        let inserted: Tree =
            Kind::Product(vec![transpose(slope.clone()), product(vec![jacobian, d(a)])]).into();
        lines.push((inserted, insert(p), Vec::new()));
        let scaled = self.simplified(&hadamard(vec![slope.clone(), prediction.clone()]))?;
        let (is_negative, size) = match &scaled.kind {
            Kind::Negate(inner) => (true, (**inner).clone()),
            _ => (false, scaled.clone()),
        };
        let total = Tree::call(tensor_function(TensorFunction::Sum), vec![size.clone()]);
        let ordered = |second: Tree| {
            if is_negative { vec![second, scaled.clone()] } else { vec![scaled.clone(), care.negate(second)] }
        };
        let node = proof::lower(self.problem, &total)?.node;
        let facts = self.facts_in(&total)?;
        let value = self.problem.environment.graph.as_number(node).map(|value| Tree::number(&value));
        // the sum of one entry is that entry, without a fact
        let shown = if facts.is_empty() { value.clone().unwrap_or(total.clone()) } else { total.clone() };
        let second = match as_number(&shown) {
            Some(_) => care.product(vec![shown, prediction.clone()]),
            None => product(vec![shown, prediction.clone()]),
        };
        let open: Tree = Kind::Sum(ordered(second)).into();
        lines.push((
            product(vec![transpose(open.clone()), d(a)]),
            vec![
                Phrase::words("multiply out, entries of"),
                Phrase::Formula(prediction.clone()),
                Phrase::words("cancel"),
            ],
            Vec::new(),
        ));
        let Some(value) = value.filter(|_| !facts.is_empty()) else { return Ok(open) };
        let closed: Tree = Kind::Sum(ordered(care.product(vec![value.clone(), prediction]))).into();
        let equality = relation(total, Relation::Equal, value);
        lines.push((
            product(vec![transpose(closed.clone()), d(a)]),
            vec![Phrase::words("because"), Phrase::Formula(equality)],
            facts,
        ));
        Ok(closed)
    }

    /// The last layer: dl in terms of the differential of the variable, and the gradient.
    fn last(&self, adjoint: &Tree, lines: &mut Vec<Line>) -> Tree {
        let wrt = &self.layers.wrt;
        let Some(layer) = self.layers.chain.last() else { return adjoint.clone() };
        let a = &layer.activation;
        match (self.layers.role, layer.weight.clone()) {
            (Role::Weight, Some((_, x))) => {
                let line = product(vec![transpose(adjoint.clone()), d(wrt), x.clone()]);
                lines.push((line, insert(a), Vec::new()));
                let round = product(vec![x.clone(), transpose(adjoint.clone()), d(wrt)]);
                lines.push((
                    Tree::call(tensor_function(TensorFunction::Trace), vec![round]),
                    words("a number is its own trace, and factors may go round"),
                    Vec::new(),
                ));
                product(vec![adjoint.clone(), transpose(x)])
            }
            (Role::Input, Some((matrix, _))) => self.through_matrix(a, &matrix, wrt, adjoint.clone(), lines),
            (Role::Bias, _) => {
                let line = product(vec![transpose(adjoint.clone()), d(wrt)]);
                lines.push((line, insert(a), Vec::new()));
                adjoint.clone()
            }
            _ => adjoint.clone(),
        }
    }

    /// What the last line means for the gradient.
    fn ending(&mut self, result: Tree, is_matrix: bool) -> Result<(), Diagnostic> {
        let (l, wrt) = (self.layers.l.clone(), self.layers.wrt.clone());
        // the engine's own result, with the names of the intermediates
        let request = Request { operator: Operator::Gradient, wrt: vec![wrt.clone()], ..Request::default() };
        let text = crate::print::text(&self.layers.loss);
        let answer = self.problem.answer(&text, &request)?;
        let engine = answer.partials.into_iter().next().map(|partial| partial.tree);
        let whole = operator(DerivativeOperator::Gradient, self.layers.loss.clone(), &wrt);
        self.prove(&whole, &result, &result)?;
        let pair = product(vec![transpose(Tree::name("G")), d(&wrt)]);
        let pair =
            if is_matrix { Tree::call(tensor_function(TensorFunction::Trace), vec![pair]) } else { pair };
        let because = vec![
            Phrase::Formula(relation(d(&l), Relation::Equal, pair)),
            Phrase::words("means that"),
            Phrase::Formula(Tree::name("G")),
            Phrase::words("is the gradient"),
        ];
        self.push(Some(derivative(Tree::name(&l), &Tree::name(&wrt))), result.clone(), because);
        if let Some(engine) = engine
            && engine != result
        {
            self.prove(&whole, &engine, &engine)?;
            let is_shorter = crate::print::nodes(&engine) + 2 < crate::print::nodes(&result);
            if is_shorter {
                self.push(None, engine, words("the same in fewer signs"));
            }
        }
        Ok(())
    }

    /// A formula as the engine writes it.
    fn simplified(&mut self, tree: &Tree) -> Result<Tree, Diagnostic> {
        let request = Request { operator: Operator::Simplify, ..Request::default() };
        let answer = self.problem.answer(&crate::print::text(tree), &request)?;
        answer
            .partials
            .into_iter()
            .next()
            .map(|partial| partial.tree)
            .ok_or_else(|| Diagnostic::new(Cause::Undecided, "nothing to show"))
    }
}

/// Products and transposes of sums as sums, the order of factors kept.
pub(super) fn distributed(tree: &Tree) -> Tree {
    let care = Care::Tidy;
    let tree = map_parts(tree, &mut distributed);
    let signed = |tree: &Tree| -> Vec<(bool, Tree)> {
        let terms = match &tree.kind {
            Kind::Sum(terms) => terms.clone(),
            _ => vec![tree.clone()],
        };
        terms
            .into_iter()
            .map(|term| match term.kind {
                Kind::Negate(inner) => (true, *inner),
                kind => (false, kind.into()),
            })
            .collect()
    };
    let sum = |terms: Vec<(bool, Tree)>| {
        care.sum(
            terms.into_iter().map(|(minus, term)| if minus { care.negate(term) } else { term }).collect(),
        )
    };
    match &tree.kind {
        Kind::Product(factors) | Kind::Hadamard(factors) => {
            let is_entrywise = matches!(tree.kind, Kind::Hadamard(_));
            let mut all: Vec<(bool, Vec<Tree>)> = vec![(false, Vec::new())];
            for factor in factors {
                let terms = signed(factor);
                if all.len() * terms.len() > MOST_TERMS {
                    return tree;
                }
                all = all
                    .iter()
                    .flat_map(|(minus, front)| {
                        terms.iter().map(move |(own, term)| {
                            let inner = match &term.kind {
                                Kind::Product(inner) if !is_entrywise => inner.clone(),
                                Kind::Hadamard(inner) if is_entrywise => inner.clone(),
                                _ => vec![term.clone()],
                            };
                            (minus != own, front.iter().cloned().chain(inner).collect())
                        })
                    })
                    .collect();
            }
            let joined = |factors: Vec<Tree>| -> Tree {
                if is_entrywise { Kind::Hadamard(factors).into() } else { Kind::Product(factors).into() }
            };
            sum(all.into_iter().map(|(minus, factors)| (minus, joined(factors))).collect())
        }
        Kind::Transpose(inner) => {
            sum(signed(inner).into_iter().map(|(minus, term)| (minus, transpose(term))).collect())
        }
        Kind::Call { name, primes: 0, arguments }
            if [TensorFunction::Trace, TensorFunction::Sum].map(tensor_function).contains(&name.as_str()) =>
        {
            let [argument] = arguments.as_slice() else { return tree };
            let one = |term: Tree| Tree::call(name.clone(), vec![term]);
            sum(signed(argument).into_iter().map(|(minus, term)| (minus, one(term))).collect())
        }
        _ => tree,
    }
}

fn renamed(tree: &Tree, from: &str, to: &str) -> Tree {
    put(tree, from, &Tree::name(to))
}

fn put(tree: &Tree, name: &str, by: &Tree) -> Tree {
    match &tree.kind {
        Kind::Name(own) if own == name => by.clone(),
        _ => map_parts(tree, &mut |part| put(part, name, by)),
    }
}

/// Factors entry by entry, in one row, numbers in front, without the ones of a sum.
pub(super) fn hadamard(factors: Vec<Tree>) -> Tree {
    let ones = tensor_function(TensorFunction::Ones);
    let mut front: Vec<Tree> = Vec::new();
    let mut all: Vec<Tree> = Vec::with_capacity(factors.len());
    let mut pending: Vec<Tree> = factors;
    pending.reverse();
    while let Some(factor) = pending.pop() {
        match factor.kind {
            Kind::Hadamard(inner) => pending.extend(inner.into_iter().rev()),
            Kind::Product(inner) if inner.first().is_some_and(|one| as_number(one).is_some()) => {
                let mut inner = inner.into_iter();
                front.extend(inner.next());
                pending.push(product(inner.collect()));
            }
            kind => all.push(kind.into()),
        }
    }
    if all.len() > 1 {
        all.retain(|factor| !matches!(&factor.kind, Kind::Call { name, .. } if name == ones));
    }
    let inner = match <[Tree; 1]>::try_from(all) {
        Ok([one]) => one,
        Err(all) => Kind::Hadamard(all).into(),
    };
    if front.is_empty() { inner } else { Care::Tidy.product(front.into_iter().chain([inner]).collect()) }
}

/// A formula in a scalar, for vectors: products and powers entry by entry.
pub(super) fn elementwise(tree: &Tree) -> Tree {
    let tree = map_parts(tree, &mut elementwise);
    match tree.kind {
        Kind::Product(factors) => Kind::Hadamard(factors).into(),
        Kind::Quotient(a, b) => Kind::ElementwiseQuotient(a, b).into(),
        Kind::Power(a, b) => Kind::ElementwisePower(a, b).into(),
        _ => tree,
    }
}
