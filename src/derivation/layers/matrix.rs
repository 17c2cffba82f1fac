//! The derivation in matrix notation, by differentials.

use super::super::Phrase;
use super::super::make::{Care, derivative, map_parts};
use super::super::proof;
use super::read::{Link, Role, partial};
use super::{Writing, operator, tensor_function, transpose};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::TensorFunction;
use crate::problem::{Operator, Request};
use crate::syntax::tree::{DerivativeOperator, Kind, Relation, Tree};

/// Longer sums are not multiplied out.
const MOST_TERMS: usize = 32;

impl Writing<'_> {
    #[allow(clippy::too_many_lines)]
    pub(super) fn matrix(&mut self) -> Result<(), Diagnostic> {
        self.definitions();
        let care = Care::Tidy;
        let (p, a, l) =
            (self.layers.prediction.clone(), self.layers.activation.clone(), self.layers.l.clone());
        let wrt = self.layers.wrt.clone();
        let d = |name: &str| Tree::name(format!("d{name}"));
        let product = |factors: Vec<Tree>| -> Tree { Kind::Product(factors).into() };

        // the gradient of the loss by p, with p a variable of its own
        let vector = proof::lower(self.problem, &Tree::name(&p))?;
        let free = format!("{p}_free");
        self.problem.environment.declare_like(&free, vector.node, vector.layout);
        let rename = |tree: &Tree, from: &str, to: &str| renamed(tree, from, to);
        let loss = rename(&self.layers.loss, &p, &free);
        let slope = self.simplified(&operator(DerivativeOperator::Gradient, loss.clone(), &free))?;
        let slope = rename(&slope, &free, &p);
        self.push(
            Some(d(&l)),
            product(vec![transpose(slope.clone()), d(&p)]),
            vec![Phrase::words("differential of the loss")],
        );

        // dp in terms of da
        let through = match &self.layers.link {
            Link::Softmax => {
                let diagonal = Tree::call(tensor_function(TensorFunction::Diagonal), vec![Tree::name(&p)]);
                let outer = product(vec![Tree::name(&p), transpose(Tree::name(&p))]);
                let jacobian: Tree = Kind::Sum(vec![diagonal, care.negate(outer)]).into();
                let line = product(vec![jacobian, d(&a)]);
                self.push(Some(d(&p)), line.clone(), vec![Phrase::words("Jacobian of softmax")]);
                line
            }
            Link::Elementwise(name) => {
                let Some(slope) = partial(name, &Tree::name(&a)) else {
                    return Err(Diagnostic::new(
                        Cause::Undecided,
                        "this layer has no partial in one argument",
                    ));
                };
                let line: Tree = Kind::Hadamard(vec![elementwise(&slope), d(&a)]).into();
                self.push(Some(d(&p)), line.clone(), vec![Phrase::words("entry by entry")]);
                line
            }
        };
        let inner = match (self.layers.role, self.layers.weight.clone()) {
            (Role::Weight, Some((_, x))) => product(vec![d(&wrt), x]),
            _ => d(&wrt),
        };
        self.push(
            Some(d(&a)),
            inner.clone(),
            vec![Phrase::words("only"), Phrase::Formula(Tree::name(&wrt)), Phrase::words("changes")],
        );

        // every dl-line is the derivative of the loss in the direction dW
        let variable = proof::lower(self.problem, &Tree::name(&wrt))?;
        self.problem.environment.declare_like(&format!("d{wrt}"), variable.node, variable.layout);
        let gradient = operator(DerivativeOperator::Gradient, self.layers.loss.clone(), &wrt);
        let along = Tree::call(
            tensor_function(TensorFunction::Sum),
            vec![Kind::Hadamard(vec![gradient, d(&wrt)]).into()],
        );
        let (dp, da) = (format!("d{p}"), format!("d{a}"));
        let opened = |tree: &Tree| {
            let tree = put(tree, &dp, &through);
            put(&tree, &da, &inner)
        };
        // the lines above, proved with what stands for dp and da
        let first = product(vec![transpose(slope.clone()), d(&p)]);
        let mut lines: Vec<(Tree, Vec<Phrase>, Vec<String>)> = Vec::new();
        lines.push((
            put(&first, &dp, &through),
            vec![Phrase::words("insert"), Phrase::Formula(d(&p))],
            Vec::new(),
        ));
        let activation = proof::lower(self.problem, &Tree::name(&a))?;
        let free = format!("{a}_free");
        self.problem.environment.declare_like(&free, activation.node, activation.layout);
        let adjoint = match &self.layers.link {
            Link::Softmax => {
                let scaled = self.simplified(&Kind::Hadamard(vec![slope.clone(), Tree::name(&p)]).into())?;
                let (is_negative, size) = match &scaled.kind {
                    Kind::Negate(inner) => (true, (**inner).clone()),
                    _ => (false, scaled.clone()),
                };
                let total = Tree::call(tensor_function(TensorFunction::Sum), vec![size.clone()]);
                let second = product(vec![total.clone(), Tree::name(&p)]);
                let ordered = |second: Tree| {
                    if is_negative {
                        vec![second, scaled.clone()]
                    } else {
                        vec![scaled.clone(), care.negate(second)]
                    }
                };
                let open: Tree = Kind::Sum(ordered(second)).into();
                lines.push((
                    product(vec![transpose(open.clone()), d(&a)]),
                    vec![
                        Phrase::words("multiply out, entries of"),
                        Phrase::Formula(Tree::name(&p)),
                        Phrase::words("cancel"),
                    ],
                    Vec::new(),
                ));
                let facts = self.facts_in(&total)?;
                let node = proof::lower(self.problem, &total)?.node;
                match self.problem.environment.graph.as_number(node) {
                    Some(value) => {
                        let value = Tree::number(&value);
                        let second = care.product(vec![value.clone(), Tree::name(&p)]);
                        let closed: Tree = Kind::Sum(ordered(second)).into();
                        let equality = super::super::make::relation(total, Relation::Equal, value);
                        lines.push((
                            product(vec![transpose(closed.clone()), d(&a)]),
                            vec![Phrase::words("because"), Phrase::Formula(equality)],
                            facts,
                        ));
                        closed
                    }
                    None => open,
                }
            }
            Link::Elementwise(_) => {
                let slope_of_layer = match &through.kind {
                    Kind::Hadamard(factors) => factors.first().cloned(),
                    _ => None,
                };
                let both: Tree =
                    Kind::Hadamard([slope.clone()].into_iter().chain(slope_of_layer).collect()).into();
                lines.push((
                    product(vec![transpose(both.clone()), d(&a)]),
                    vec![Phrase::words("bring the factor to the other side")],
                    Vec::new(),
                ));
                both
            }
        };
        let inserted = vec![Phrase::words("insert"), Phrase::Formula(d(&a))];
        let result = if let (Role::Weight, Some((_, x))) = (self.layers.role, self.layers.weight.clone()) {
            let line = product(vec![transpose(adjoint.clone()), d(&wrt), x.clone()]);
            lines.push((line, inserted, Vec::new()));
            let round = product(vec![x.clone(), transpose(adjoint.clone()), d(&wrt)]);
            lines.push((
                Tree::call(tensor_function(TensorFunction::Trace), vec![round]),
                vec![Phrase::words("a number is its own trace, and factors may go round")],
                Vec::new(),
            ));
            product(vec![adjoint, transpose(x)])
        } else {
            lines.push((product(vec![transpose(adjoint.clone()), d(&wrt)]), inserted, Vec::new()));
            adjoint
        };
        // neighbours are proved equal, and the last line to be the derivative: so all of them are
        let mut before = distributed(&opened(&first));
        for (line, ..) in &lines {
            let after = distributed(&opened(line));
            self.prove(&before, &after, line)?;
            before = after;
        }
        if let Some((line, ..)) = lines.last() {
            self.prove(&along, &opened(line), line)?;
        }
        let mut is_first = true;
        for (line, because, facts) in lines {
            let left = std::mem::take(&mut is_first).then(|| d(&l));
            self.push(left, line, because);
            if let Some(last) = self.equations.last_mut() {
                last.facts = facts;
            }
        }
        // the engine's own result, with the names of the intermediates
        let request = Request { operator: Operator::Gradient, wrt: vec![wrt.clone()], ..Request::default() };
        let text = crate::print::text(&self.layers.loss);
        let answer = self.problem.answer(&text, &request)?;
        let engine = answer.partials.into_iter().next().map(|partial| partial.tree);
        let whole = operator(DerivativeOperator::Gradient, self.layers.loss.clone(), &wrt);
        self.prove(&whole, &result, &result)?;
        let rule: Tree = super::super::make::relation(
            d(&l),
            Relation::Equal,
            match self.layers.role {
                Role::Weight => Tree::call(
                    tensor_function(TensorFunction::Trace),
                    vec![product(vec![transpose(Tree::name("G")), d(&wrt)])],
                ),
                Role::Bias => product(vec![transpose(Tree::name("G")), d(&wrt)]),
            },
        );
        let because = vec![
            Phrase::Formula(rule),
            Phrase::words("means that"),
            Phrase::Formula(Tree::name("G")),
            Phrase::words("is the gradient"),
        ];
        self.push(Some(derivative(Tree::name(&l), &Tree::name(&wrt))), result.clone(), because);
        if let Some(engine) = engine
            && engine != result
        {
            self.prove(&whole, &engine, &engine)?;
            self.push(None, engine, vec![Phrase::words("write in order")]);
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
