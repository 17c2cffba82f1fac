//! The derivation in index notation.

use super::super::make::{
    Care, derivative, integer, is_one, map_parts, plain_power, plain_quotient, relation, zero,
};
use super::super::proof;
use super::super::{Phrase, expand};
use super::read::{Link, Role, partial};
use super::{ARBITRARY, Writing, index, operator, tensor_function};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::{self, TensorFunction};
use crate::syntax::tree::{Big, BoundIndex, DerivativeOperator, Kind, Relation, Tree};

/// The scalar that stands for p[k] while the summand is differentiated.
const COMPONENT: &str = "component";

pub(super) fn sum_over(names: &[&str], body: Tree) -> Tree {
    Kind::Big {
        operation: Big::Sum,
        indices: names.iter().map(|name| BoundIndex { name: (*name).to_owned(), range: None }).collect(),
        condition: None,
        body: Box::new(body),
    }
    .into()
}

/// `[i = k]`.
fn delta(a: &str, b: &str) -> Tree {
    Kind::Iverson(Box::new(relation(Tree::name(a), Relation::Equal, Tree::name(b)))).into()
}

/// The tree with an index renamed, bound ones too.
fn renamed(tree: &Tree, from: &str, to: &str) -> Tree {
    match &tree.kind {
        Kind::Name(name) if name == from => Tree::name(to),
        _ => map_parts(tree, &mut |part| renamed(part, from, to)),
    }
}

impl Writing<'_> {
    /// `l = …`, `ŷ = softmax(a)`, `a = W x + b`.
    pub(super) fn definitions(&mut self) {
        let layers = &self.layers;
        let lines = [
            (layers.l.clone(), layers.loss.clone()),
            (
                layers.prediction.clone(),
                match &layers.link {
                    Link::Softmax => Tree::call(
                        tensor_function(TensorFunction::Softmax),
                        vec![Tree::name(&layers.activation)],
                    ),
                    Link::Elementwise(name) => Tree::call(name.clone(), vec![Tree::name(&layers.activation)]),
                },
            ),
            (layers.activation.clone(), layers.activation_tree.clone()),
        ];
        for (at, (name, tree)) in lines.into_iter().enumerate() {
            let words = if at == 0 { "the loss" } else { "named" };
            let because = if at == 0 { vec![Phrase::words(words)] } else { Vec::new() };
            self.push(Some(Tree::name(name)), tree, because);
        }
    }

    /// The derivative of the summand by p[k], simplified, in terms of p[k].
    fn slope(&mut self) -> Result<Tree, Diagnostic> {
        let component = index(Tree::name(&self.layers.prediction), &[&self.layers.k]);
        let opaque = |tree: &Tree| hidden(tree, &component);
        let body = opaque(&self.layers.summand);
        // everything else with an index is a scalar of its own here
        let (body, back) = flat(&body);
        let mut scratch = crate::problem::Problem::new();
        let answer = scratch.gradient(&crate::print::text(&body), &[COMPONENT])?;
        let Some(partial) = answer.partials.into_iter().next() else {
            return Err(Diagnostic::new(Cause::Undecided, "the loss has no derivative by its layer"));
        };
        let mut back = back;
        back.push((COMPONENT.to_owned(), component));
        Ok(super::super::make::substitute(&partial.tree, &back))
    }

    /// g·p, simplified in the same way.
    fn scaled_slope(&mut self, slope: &Tree) -> Result<Tree, Diagnostic> {
        let component = index(Tree::name(&self.layers.prediction), &[&self.layers.k]);
        let product = hidden(&Kind::Product(vec![slope.clone(), component.clone()]).into(), &component);
        let (body, mut back) = flat(&product);
        let simplified = crate::problem::Problem::new().answer(
            &crate::print::text(&body),
            &crate::problem::Request { operator: crate::problem::Operator::Simplify, ..Default::default() },
        )?;
        let tree = simplified.partials.into_iter().next().map_or(body, |partial| partial.tree);
        back.push((COMPONENT.to_owned(), component));
        Ok(super::super::make::substitute(&tree, &back))
    }

    /// A line with free indices is proved against a tensor: both are contracted with an arbitrary one. Where the line is a
    /// product of sums it may have to be multiplied out first, which is proved for each component by itself.
    fn prove_component(&mut self, gradient: &Tree, line: &Tree, free: &[&str]) -> Result<(), Diagnostic> {
        let left = Tree::call(
            tensor_function(TensorFunction::Sum),
            vec![Kind::Hadamard(vec![Tree::name(ARBITRARY), gradient.clone()]).into()],
        );
        let mut result = Ok(());
        for form in [line.clone(), self.multiplied_out(line)] {
            let weighted = Kind::Product(vec![index(Tree::name(ARBITRARY), free), form]).into();
            result = self.prove(&left, &sum_over(free, weighted), line);
            if result.is_ok() {
                break;
            }
        }
        result
    }

    /// Lines with free indices: each is proved against the tensor or against a neighbour that is.
    fn prove_lines(
        &mut self,
        gradient: &Tree,
        lines: &[(Tree, Vec<Phrase>)],
        free: &[&str],
    ) -> Result<(), Diagnostic> {
        let mut is_proved = Vec::new();
        let mut failure = None;
        for (line, _) in lines {
            let result = self.prove_component(gradient, line, free);
            is_proved.push(result.is_ok());
            failure = result.err().or(failure);
        }
        let weighted =
            |tree: Tree| sum_over(free, Kind::Product(vec![index(Tree::name(ARBITRARY), free), tree]).into());
        // from the proved ones outwards
        let count = lines.len();
        for _ in 0..count {
            for at in 0..count {
                if is_proved[at] {
                    continue;
                }
                let neighbours = [at.checked_sub(1), (at + 1 < count).then_some(at + 1)];
                for other in neighbours.into_iter().flatten() {
                    if is_proved[at] || !is_proved[other] {
                        continue;
                    }
                    let (a, b) = (&lines[at].0, &lines[other].0);
                    let open = (self.multiplied_out(a), self.multiplied_out(b));
                    for (x, y) in [(a.clone(), b.clone()), open] {
                        is_proved[at] |= self.prove(&weighted(x), &weighted(y), a).is_ok();
                    }
                }
            }
        }
        match failure {
            Some(error) if is_proved.contains(&false) => Err(error),
            _ => Ok(()),
        }
    }

    /// The same inside the sums over an index that stand in the tree.
    fn sums_multiplied_out(&self, tree: &Tree) -> Tree {
        match &tree.kind {
            Kind::Big { operation: Big::Sum, condition: None, .. } => self.multiplied_out(tree),
            _ => map_parts(tree, &mut |part| self.sums_multiplied_out(part)),
        }
    }

    /// Products of sums multiplied out, also under sums over an index; the line itself where that is not proved.
    fn multiplied_out(&self, line: &Tree) -> Tree {
        let inner = match &line.kind {
            Kind::Big { operation: Big::Sum, indices, condition: None, body } => {
                let body = Box::new(self.multiplied_out(body));
                return Kind::Big { operation: Big::Sum, indices: indices.clone(), condition: None, body }
                    .into();
            }
            _ => &self.sums_multiplied_out(line),
        };
        let Some(open) = expand::expanded(inner) else { return inner.clone() };
        // the same letters for the same components on both sides
        let both: Tree = Kind::Array(vec![inner.clone(), open.clone()]).into();
        let Kind::Array(sides) = flat(&both).0.kind else { return line.clone() };
        let [a, b] = sides.as_slice() else { return line.clone() };
        let mut scratch = crate::problem::Problem::new();
        if proof::follows(&mut scratch, a, b) { open } else { line.clone() }
    }

    #[allow(clippy::too_many_lines)]
    pub(super) fn index(&mut self) -> Result<(), Diagnostic> {
        self.definitions();
        let (k, i, j) = (self.layers.k.clone(), self.layers.i.clone(), self.layers.j.clone());
        let (p, a, l) =
            (self.layers.prediction.clone(), self.layers.activation.clone(), self.layers.l.clone());
        let at = |name: &str, by: &str| index(Tree::name(name), &[by]);
        let care = Care::Tidy;

        // ∂l/∂p_k, with p a variable of its own
        let slope = self.slope()?;
        let vector = proof::lower(self.problem, &Tree::name(&p))?;
        let free = format!("{p}_free");
        self.problem.environment.declare_like(&free, vector.node, vector.layout);
        self.problem.environment.declare_like(ARBITRARY, vector.node, vector.layout);
        let of_free = |tree: &Tree| renamed(tree, &p, &free);
        let gradient = operator(DerivativeOperator::Gradient, of_free(&self.layers.loss), &free);
        self.prove_component(&gradient, &of_free(&slope), &[&k])?;
        self.push(
            Some(derivative(Tree::name(&l), &at(&p, &k))),
            slope.clone(),
            vec![
                Phrase::words("only the term of"),
                Phrase::Formula(Tree::name(&k)),
                Phrase::words("holds"),
                Phrase::Formula(at(&p, &k)),
            ],
        );

        // ∂p_k/∂a_i, with a a variable of its own
        let free = format!("{a}_free");
        let layout = vector.layout;
        self.problem.environment.declare_like(&free, vector.node, layout);
        let link = match &self.layers.link {
            Link::Softmax => Tree::call(tensor_function(TensorFunction::Softmax), vec![Tree::name(&free)]),
            Link::Elementwise(name) => Tree::call(name.clone(), vec![Tree::name(&free)]),
        };
        let jacobian = operator(DerivativeOperator::Jacobian, link.clone(), &free);
        let square = proof::lower(self.problem, &jacobian)?;
        self.problem.environment.declare_like(ARBITRARY, square.node, square.layout);
        let local = derivative(at(&p, &k), &at(&a, &i));
        let own = |tree: &Tree| {
            let with = map_name(tree, &p, &link);
            renamed(&with, &a, &free)
        };
        let jacobian_line = match &self.layers.link {
            Link::Softmax => {
                let exp = |by: &str| Tree::call(function::row(function::EXP).name, vec![at(&a, by)]);
                let total = sum_over(&[&j], exp(&j));
                let opened = plain_quotient(exp(&k), total.clone());
                self.prove_vector(&own(&Tree::name(&p)), &own(&opened), &k)?;
                self.push(Some(at(&p, &k)), opened, vec![Phrase::words("definition of softmax")]);
                let above = Kind::Sum(vec![
                    Kind::Product(vec![delta(&k, &i), exp(&k), total.clone()]).into(),
                    care.negate(Kind::Product(vec![exp(&k), exp(&i)]).into()),
                ]);
                let quotient = plain_quotient(above.into(), plain_power(total.clone(), integer(2)));
                let line: Tree = Kind::Product(vec![
                    at(&p, &k),
                    Kind::Sum(vec![delta(&k, &i), care.negate(at(&p, &i))]).into(),
                ])
                .into();
                self.prove_component(&jacobian, &own(&line), &[&k, &i])?;
                // ŷ is e/s, as was proved; so the quotient is that line if it is for any e and s
                let (e, s) = ("exponentials_free", "total_free");
                self.problem.environment.declare_like(e, vector.node, layout);
                self.problem.environment.variable(s);
                let by_name = |tree: &Tree| {
                    let tree = put_tree(tree, &total, &Tree::name(s));
                    let tree = put_tree(&tree, &exp(&k), &at(e, &k));
                    put_tree(&tree, &exp(&i), &at(e, &i))
                };
                let over = |by: &str| plain_quotient(at(e, by), Tree::name(s));
                let same: Tree = Kind::Product(vec![
                    over(&k),
                    Kind::Sum(vec![delta(&k, &i), care.negate(over(&i))]).into(),
                ])
                .into();
                let both: Tree = Kind::Array(vec![by_name(&quotient), same]).into();
                if let Kind::Array(sides) = flat(&both).0.kind
                    && let [x, y] = sides.as_slice()
                {
                    self.prove(x, y, &quotient)?;
                }
                self.push(Some(local), quotient, vec![Phrase::words("quotient rule")]);
                let cases: Tree = Kind::Cases(vec![
                    (
                        Kind::Product(vec![at(&p, &k), one_minus(&at(&p, &i))]).into(),
                        Some(relation(Tree::name(&i), Relation::Equal, Tree::name(&k))),
                    ),
                    (
                        care.negate(Kind::Product(vec![at(&p, &k), at(&p, &i)]).into()),
                        Some(relation(Tree::name(&i), Relation::NotEqual, Tree::name(&k))),
                    ),
                ])
                .into();
                // both cases at once: the line with δ agrees with each
                let equal: Tree = Kind::Sum(vec![
                    Kind::Product(vec![delta(&k, &i), at(&p, &k), one_minus(&at(&p, &i))]).into(),
                    care.negate(
                        Kind::Product(vec![one_minus(&delta(&k, &i)), at(&p, &k), at(&p, &i)]).into(),
                    ),
                ])
                .into();
                self.prove_component(&jacobian, &own(&equal), &[&k, &i])?;
                self.push(None, cases, vec![Phrase::words("divide, case by case")]);
                self.push(None, line.clone(), vec![Phrase::words("both cases in one")]);
                line
            }
            Link::Elementwise(name) => {
                let Some(slope) = partial(name, &at(&a, &k)) else {
                    return Err(Diagnostic::new(
                        Cause::Undecided,
                        "this layer has no partial in one argument",
                    ));
                };
                let line: Tree = Kind::Product(vec![slope, delta(&k, &i)]).into();
                self.prove_component(&jacobian, &own(&line), &[&k, &i])?;
                self.push(Some(local), line.clone(), vec![Phrase::words("entry by entry")]);
                line
            }
        };

        // ∂a_i/∂W_ij
        let wrt = self.layers.wrt.clone();
        let (free, target, last) = match (self.layers.role, self.layers.weight.clone()) {
            (Role::Weight, Some((_, x))) => {
                let x = super::index(x, &[&j]);
                (vec![i.as_str(), j.as_str()], index(Tree::name(&wrt), &[&i, &j]), x)
            }
            _ => (vec![i.as_str()], at(&wrt, &i), integer(1)),
        };
        let row_by_row =
            vec![Phrase::words("the other components do not hold"), Phrase::Formula(target.clone())];
        self.push(Some(derivative(at(&a, &i), &target)), last.clone(), row_by_row);

        // the chain rule, and the lines below it, against the engine's gradient
        let variable = proof::lower(self.problem, &Tree::name(&wrt))?;
        self.problem.environment.declare_like(ARBITRARY, variable.node, variable.layout);
        let gradient = operator(DerivativeOperator::Gradient, self.layers.loss.clone(), &wrt);
        let chain = sum_over(
            &[&k],
            Kind::Product(vec![
                derivative(Tree::name(&l), &at(&p, &k)),
                derivative(at(&p, &k), &at(&a, &i)),
                derivative(at(&a, &i), &target),
            ])
            .into(),
        );
        let with = |factors: Vec<Tree>| -> Tree {
            let kept: Vec<Tree> = factors.into_iter().filter(|factor| !is_one(factor)).collect();
            match <[Tree; 1]>::try_from(kept) {
                Ok([one]) => one,
                Err(kept) => Kind::Product(kept).into(),
            }
        };
        let split = |tree: &Tree| match &tree.kind {
            Kind::Product(factors) => factors.clone(),
            _ => vec![tree.clone()],
        };
        let inserted =
            sum_over(&[&k], with([vec![slope.clone()], split(&jacobian_line), vec![last.clone()]].concat()));
        self.push(Some(derivative(Tree::name(&l), &target)), chain, vec![Phrase::words("chain rule")]);
        let mut lines: Vec<(Tree, Vec<Phrase>)> =
            vec![(inserted, vec![Phrase::words("insert the three derivatives")])];
        let mut uses = Vec::new();
        match &self.layers.link {
            Link::Softmax => {
                let h = self.scaled_slope(&slope)?;
                let bracket: Tree = Kind::Sum(vec![delta(&k, &i), care.negate(at(&p, &i))]).into();
                lines.push((
                    sum_over(&[&k], with(vec![h.clone(), bracket, last.clone()])),
                    vec![Phrase::words("cancel"), Phrase::Formula(at(&p, &k))],
                ));
                let (h_is_negative, size) = match &h.kind {
                    Kind::Negate(inner) => (true, (**inner).clone()),
                    _ => (false, h.clone()),
                };
                let total = sum_over(&[&k], size.clone());
                let first = renamed(&h, &k, &i);
                let second = care.product(vec![at(&p, &i), total.clone()]);
                let terms = if h_is_negative {
                    vec![second, first.clone()]
                } else {
                    vec![first.clone(), care.negate(second)]
                };
                lines.push((
                    with(vec![Kind::Sum(terms).into(), last.clone()]),
                    vec![
                        Phrase::Formula(delta(&k, &i)),
                        Phrase::words("picks"),
                        Phrase::Formula(relation(Tree::name(&k), Relation::Equal, Tree::name(&i))),
                    ],
                ));
                // a fact may know the sum
                let facts = self.facts_in(&total)?;
                let node = proof::lower(self.problem, &total)?.node;
                if let Some(value) = self.problem.environment.graph.as_number(node) {
                    let value = Tree::number(&value);
                    let second = care.product(vec![value.clone(), at(&p, &i)]);
                    let terms =
                        if h_is_negative { vec![second, first] } else { vec![first, care.negate(second)] };
                    lines.push((
                        with(vec![care.sum(terms), last.clone()]),
                        vec![
                            Phrase::words("because"),
                            Phrase::Formula(relation(total, Relation::Equal, value)),
                        ],
                    ));
                    uses = facts;
                }
            }
            Link::Elementwise(name) => {
                let slope_at = renamed(&slope, &k, &i);
                let own = partial(name, &at(&a, &i)).unwrap_or_else(zero);
                lines.push((
                    with(vec![slope_at, own, last.clone()]),
                    vec![
                        Phrase::Formula(delta(&k, &i)),
                        Phrase::words("picks"),
                        Phrase::Formula(relation(Tree::name(&k), Relation::Equal, Tree::name(&i))),
                    ],
                ));
            }
        }
        self.prove_lines(&gradient, &lines, &free)?;
        for (line, because) in lines {
            self.push(None, line, because);
        }
        if let Some(last) = self.equations.last_mut() {
            last.facts = uses;
        }
        Ok(())
    }

    /// Two vectors in terms of the index k.
    fn prove_vector(&mut self, whole: &Tree, component: &Tree, k: &str) -> Result<(), Diagnostic> {
        let lowered = proof::lower(self.problem, whole)?;
        let name = "arbitrary_vector";
        self.problem.environment.declare_like(name, lowered.node, lowered.layout);
        let left = sum_over(
            &[k],
            Kind::Product(vec![index(Tree::name(name), &[k]), index(whole.clone(), &[k])]).into(),
        );
        let right =
            sum_over(&[k], Kind::Product(vec![index(Tree::name(name), &[k]), component.clone()]).into());
        self.prove(&left, &right, component)
    }
}

fn one_minus(tree: &Tree) -> Tree {
    Kind::Sum(vec![integer(1), Care::Tidy.negate(tree.clone())]).into()
}

/// A part wherever it stands.
fn put_tree(tree: &Tree, part: &Tree, by: &Tree) -> Tree {
    if tree == part { by.clone() } else { map_parts(tree, &mut |inner| put_tree(inner, part, by)) }
}

/// A name as a whole tree.
fn map_name(tree: &Tree, name: &str, by: &Tree) -> Tree {
    match &tree.kind {
        Kind::Name(own) if own == name => by.clone(),
        _ => map_parts(tree, &mut |part| map_name(part, name, by)),
    }
}

/// The tree with the component as a scalar of its own.
fn hidden(tree: &Tree, component: &Tree) -> Tree {
    if tree == component {
        Tree::name(COMPONENT)
    } else {
        map_parts(tree, &mut |part| hidden(part, component))
    }
}

/// Everything with an index, and every name, as scalars of their own: `y[k]` is one.
fn flat(tree: &Tree) -> (Tree, Vec<(String, Tree)>) {
    fn walk(tree: &Tree, found: &mut Vec<(String, Tree)>) -> Tree {
        if let Kind::Index(..) | Kind::Iverson(_) | Kind::Big { .. } = &tree.kind {
            if let Some((name, _)) = found.iter().find(|(_, own)| own == tree) {
                return Tree::name(name);
            }
            let name = format!("q_{}", found.len());
            found.push((name.clone(), tree.clone()));
            return Tree::name(name);
        }
        map_parts(tree, &mut |part| walk(part, found))
    }
    let mut found = Vec::new();
    let tree = walk(tree, &mut found);
    (tree, found)
}
