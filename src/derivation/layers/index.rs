//! The derivation in index notation.

use super::super::make::{Care, derivative, integer, map_parts, relation, zero};
use super::super::proof;
use super::super::{Phrase, expand};
use super::read::{Link, Role};
use super::{ARBITRARY, Writing, index, operator, tensor_function, unsupported};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::TensorFunction;
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
pub(super) fn delta(a: &str, b: &str) -> Tree {
    Kind::Iverson(Box::new(relation(Tree::name(a), Relation::Equal, Tree::name(b)))).into()
}

/// The tree with an index renamed, bound ones too.
pub(super) fn renamed(tree: &Tree, from: &str, to: &str) -> Tree {
    match &tree.kind {
        Kind::Name(name) if name == from => Tree::name(to),
        _ => map_parts(tree, &mut |part| renamed(part, from, to)),
    }
}

impl Writing<'_> {
    /// `l = …`, `ŷ = softmax(a)`, `a = W x + b`, for every layer.
    pub(super) fn definitions(&mut self) {
        let mut lines = vec![(self.layers.l.clone(), self.layers.loss.clone())];
        for (at, layer) in self.layers.chain.iter().enumerate() {
            lines.push((layer.output.clone(), layer.link.of(&Tree::name(&layer.activation))));
            let is_last = at + 1 == self.layers.chain.len();
            // what is differentiated by stands for itself
            if !(is_last && self.layers.role == Role::Activation) {
                lines.push((layer.activation.clone(), layer.activation_tree.clone()));
            }
        }
        for (at, (name, tree)) in lines.into_iter().enumerate() {
            let because = if at == 0 { vec![Phrase::words("the loss")] } else { Vec::new() };
            self.push(Some(Tree::name(name)), tree, because);
        }
    }

    /// The derivative of the summand by p[k], simplified, in terms of p[k].
    fn slope(&mut self) -> Result<Tree, Diagnostic> {
        let component = self.component();
        let opaque = |tree: &Tree| hidden(tree, &component);
        let Some(summand) = &self.layers.summand else {
            return Err(Diagnostic::new(
                Cause::Undecided,
                "the loss is not a sum over the components of a layer",
            ));
        };
        let body = opaque(summand);
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
    pub(super) fn scaled_slope(&mut self, slope: &Tree) -> Result<Tree, Diagnostic> {
        let component = self.component();
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
    pub(super) fn prove_component(
        &mut self,
        gradient: &Tree,
        line: &Tree,
        free: &[&str],
    ) -> Result<(), Diagnostic> {
        self.prove_weighted(gradient, line, free, free)
    }

    /// The same, with the sum over some of the indices only: the others are fixed, and the tensor is zero elsewhere.
    fn prove_weighted(
        &mut self,
        gradient: &Tree,
        line: &Tree,
        free: &[&str],
        bound: &[&str],
    ) -> Result<(), Diagnostic> {
        let left = Tree::call(
            tensor_function(TensorFunction::Sum),
            vec![Kind::Hadamard(vec![Tree::name(ARBITRARY), gradient.clone()]).into()],
        );
        let mut result = Ok(());
        for form in [line.clone(), self.multiplied_out(line)] {
            let weighted: Tree = Kind::Product(vec![index(Tree::name(ARBITRARY), free), form]).into();
            let weighted = if bound.is_empty() { weighted } else { sum_over(bound, weighted) };
            result = self.prove(&left, &weighted, line);
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

    /// p[k].
    fn component(&self) -> Tree {
        let p = self.layers.chain.first().map_or("", |layer| layer.output.as_str());
        index(Tree::name(p), &[&self.layers.k])
    }

    /// A sum over k, or the one term with k.
    pub(super) fn over_k(&self, body: Tree) -> Tree {
        if self.layers.is_component { body } else { sum_over(&[&self.layers.k], body) }
    }

    pub(super) fn index(&mut self) -> Result<(), Diagnostic> {
        if self.layers.summand.is_none() {
            return Err(unsupported(
                "the loss is not a sum over the components of a layer",
                &self.layers.loss,
            ));
        }
        if self.layers.chain.len() != 1 {
            return Err(unsupported("this variable stands deeper than the last layer", &self.layers.loss));
        }
        self.definitions();
        let (k, i) = (self.layers.k.clone(), self.layers.i.clone());
        let Some(layer) = self.layers.chain.first() else { return Ok(()) };
        let (p, a, link) = (layer.output.clone(), layer.activation.clone(), layer.link.clone());
        let l = self.layers.l.clone();
        let at = |name: &str, by: &str| index(Tree::name(name), &[by]);

        // ∂l/∂p_k, with p a variable of its own
        let slope = self.slope()?;
        let vector = proof::lower(self.problem, &Tree::name(&p))?;
        let free = format!("{p}_free");
        self.problem.environment.declare_like(&free, vector.node, vector.layout);
        self.problem.environment.declare_like(ARBITRARY, vector.node, vector.layout);
        let of_free = |tree: &Tree| renamed(tree, &p, &free);
        let gradient = operator(DerivativeOperator::Gradient, of_free(&self.layers.loss), &free);
        let bound: &[&str] = if self.layers.is_component { &[] } else { &[&k] };
        self.prove_weighted(&gradient, &of_free(&slope), &[&k], bound)?;
        let only = if self.layers.is_component {
            vec![Phrase::words("the loss holds"), Phrase::Formula(at(&p, &k)), Phrase::words("only")]
        } else {
            vec![
                Phrase::words("only the term of"),
                Phrase::Formula(Tree::name(&k)),
                Phrase::words("holds"),
                Phrase::Formula(at(&p, &k)),
            ]
        };
        self.push(Some(derivative(Tree::name(&l), &at(&p, &k))), slope.clone(), only);
        let jacobian = match &link {
            Link::Softmax => self.softmax_jacobian(&p, &a)?,
            Link::Entrywise(own) => self.entrywise_jacobian(own, &p, &a)?,
        };
        let (target, last) = self.parameter();
        if let Some((row, reason)) = &last {
            let because = reason.clone();
            let by = target.clone();
            self.push(Some(derivative(at(&a, &i), &by)), row.clone(), because);
        }
        let own_row = match (self.layers.role, &last) {
            // ∂a_i/∂x_j is for every i, and comes afterwards
            (Role::Input, _) | (_, None) => None,
            (_, Some((row, _))) => Some(row.clone()),
        };
        let by = if own_row.is_some() { target.clone() } else { at(&a, &i) };
        let mut chain: Vec<Tree> =
            vec![derivative(Tree::name(&l), &at(&p, &k)), derivative(at(&p, &k), &at(&a, &i))];
        if own_row.is_some() {
            chain.push(derivative(at(&a, &i), &target));
        }
        let lines = self.chain_lines(&slope, &jacobian, own_row.as_ref())?;
        let gradient = self.gradient_by(&by, &a)?;
        let free = self.free_in(&by);
        let free: Vec<&str> = free.iter().map(String::as_str).collect();
        let is_free = self.layers.role == Role::Input;
        let proved: Vec<(Tree, Vec<Phrase>)> = lines
            .shown
            .iter()
            .map(|(line, because)| {
                let line = if is_free { self.with_free_activation(line) } else { line.clone() };
                (line, because.clone())
            })
            .collect();
        self.prove_lines(&gradient, &proved, &free)?;
        let whole = self.over_k(Kind::Product(chain).into());
        self.push(Some(derivative(Tree::name(&l), &by)), whole, vec![Phrase::words("chain rule")]);
        for (line, because) in lines.shown {
            self.push(None, line, because);
        }
        if let Some(last) = self.equations.last_mut() {
            last.facts = lines.facts;
        }
        let end = self.equations.last().map_or_else(zero, |equation| equation.right.clone());
        if let (Role::Input, Some((row, _))) = (self.layers.role, last) {
            self.over_rows(&end, &row, &target)?;
        }
        Ok(())
    }

    /// The component of the variable that is differentiated by, and `∂a_i` by it; `None` where it is `a_i`.
    fn parameter(&self) -> (Tree, Option<(Tree, Vec<Phrase>)>) {
        let (i, j, wrt) = (&self.layers.i, &self.layers.j, &self.layers.wrt);
        let weight = self.layers.chain.first().and_then(|layer| layer.weight.clone());
        let others = |target: &Tree| {
            vec![Phrase::words("the other components do not hold"), Phrase::Formula(target.clone())]
        };
        match (self.layers.role, weight) {
            (Role::Weight, Some((_, x))) => {
                let target = index(Tree::name(wrt), &[i, j]);
                let because = others(&target);
                (target, Some((super::index(x, &[j]), because)))
            }
            (Role::Input, Some((matrix, _))) => {
                let target = index(Tree::name(wrt), &[j]);
                let row = match &matrix.kind {
                    Kind::Transpose(inner) => index((**inner).clone(), &[j, i]),
                    _ => index(matrix.clone(), &[i, j]),
                };
                (
                    target.clone(),
                    Some((row, vec![Phrase::words("one term of the row holds"), Phrase::Formula(target)])),
                )
            }
            (Role::Bias, _) => {
                let target = index(Tree::name(wrt), &[i]);
                let because = others(&target);
                (target, Some((integer(1), because)))
            }
            _ => (index(Tree::name(wrt), &[i]), None),
        }
    }

    /// The indices of a component.
    fn free_in(&self, component: &Tree) -> Vec<String> {
        match &component.kind {
            Kind::Index(_, indices) => {
                indices.iter().filter_map(|index| index.base_name().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The engine's gradient of the loss by the variable of a component; the activation is a variable of its own.
    fn gradient_by(&mut self, component: &Tree, a: &str) -> Result<Tree, Diagnostic> {
        let name = component.base_name().unwrap_or_default().to_owned();
        let own = proof::lower(self.problem, &Tree::name(&name))?;
        self.problem.environment.declare_like(ARBITRARY, own.node, own.layout);
        if name != a || self.layers.role == Role::Activation {
            return Ok(operator(DerivativeOperator::Gradient, self.layers.loss.clone(), &name));
        }
        let free = format!("{a}_free");
        self.problem.environment.declare_like(&free, own.node, own.layout);
        let Some(layer) = self.layers.chain.first() else { return Ok(zero()) };
        let loss = map_name(&self.layers.loss, &layer.output, &layer.link.of(&Tree::name(&free)));
        Ok(operator(DerivativeOperator::Gradient, loss, &free))
    }

    /// A line in which the activation is a variable of its own.
    fn with_free_activation(&self, line: &Tree) -> Tree {
        let Some(layer) = self.layers.chain.first() else { return line.clone() };
        let free = format!("{}_free", layer.activation);
        let opened = map_name(line, &layer.output, &layer.link.of(&Tree::name(&free)));
        renamed(&opened, &layer.activation, &free)
    }

    /// `∂l/∂x_j = Σ_i ∂l/∂a_i ∂a_i/∂x_j`.
    fn over_rows(&mut self, end: &Tree, row: &Tree, target: &Tree) -> Result<(), Diagnostic> {
        let (i, j, l) = (self.layers.i.clone(), self.layers.j.clone(), self.layers.l.clone());
        let a = self.layers.chain.first().map(|layer| layer.activation.clone()).unwrap_or_default();
        let component = index(Tree::name(&a), &[&i]);
        let chain: Tree =
            Kind::Product(vec![derivative(Tree::name(&l), &component), derivative(component, target)]).into();
        let inserted = sum_over(&[&i], super::jacobian::with(vec![end.clone(), row.clone()]));
        let variable = proof::lower(self.problem, &Tree::name(&self.layers.wrt))?;
        self.problem.environment.declare_like(ARBITRARY, variable.node, variable.layout);
        let wrt = self.layers.wrt.clone();
        let gradient = operator(DerivativeOperator::Gradient, self.layers.loss.clone(), &wrt);
        self.prove_component(&gradient, &inserted, &[&j])?;
        let because = vec![
            Phrase::words("chain rule: every component of"),
            Phrase::Formula(Tree::name(&a)),
            Phrase::words("holds"),
            Phrase::Formula(target.clone()),
        ];
        self.push(Some(derivative(Tree::name(&l), target)), sum_over(&[&i], chain), because);
        self.push(None, inserted, vec![Phrase::words("insert both derivatives")]);
        Ok(())
    }

    /// Two vectors in terms of the index k.
    pub(super) fn prove_vector(&mut self, whole: &Tree, component: &Tree, k: &str) -> Result<(), Diagnostic> {
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

pub(super) fn one_minus(tree: &Tree) -> Tree {
    Kind::Sum(vec![integer(1), Care::Tidy.negate(tree.clone())]).into()
}

/// A part wherever it stands.
pub(super) fn put_tree(tree: &Tree, part: &Tree, by: &Tree) -> Tree {
    if tree == part { by.clone() } else { map_parts(tree, &mut |inner| put_tree(inner, part, by)) }
}

/// A name as a whole tree.
pub(super) fn map_name(tree: &Tree, name: &str, by: &Tree) -> Tree {
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
pub(super) fn flat(tree: &Tree) -> (Tree, Vec<(String, Tree)>) {
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
