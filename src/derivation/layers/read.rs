//! Takes a loss over layers apart and names its intermediates.

use super::super::make::{map_parts, substitute};
use super::super::proof;
use super::super::rule::Rules;
use super::components;
use super::{tensor_function, unsupported};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::{self, TensorFunction};
use crate::lower::{Layout, Named};
use crate::print;
use crate::problem::Problem;
use crate::syntax::tree::{Kind, Tree};

/// How the output of a layer comes from its activation.
#[derive(Clone)]
pub(super) enum Link {
    Softmax,
    /// A function, entry by entry.
    Entrywise(Entrywise),
}

/// A function of one letter, and its derivative, as scalars.
#[derive(Clone)]
pub(super) struct Entrywise {
    pub call: Tree,
    pub slope: Tree,
    /// Where it has that derivative.
    conditions: Vec<Tree>,
}

/// What stands for the argument in an [`Entrywise`].
const ARGUMENT: &str = "argument";

impl Entrywise {
    pub(super) fn of(&self, argument: &Tree) -> Tree {
        substitute(&self.call, &[(ARGUMENT.to_owned(), argument.clone())])
    }

    pub(super) fn slope_at(&self, argument: &Tree) -> Tree {
        substitute(&self.slope, &[(ARGUMENT.to_owned(), argument.clone())])
    }

    /// The derivative with a name for the value: σ'(a) = ŷ(1 − ŷ).
    pub(super) fn slope_with(&self, argument: &Tree, value: &Tree) -> Tree {
        replaced(&self.slope_at(argument), &self.of(argument), value)
    }

    pub(super) fn conditions_at(&self, argument: &Tree) -> Vec<Tree> {
        let by = [(ARGUMENT.to_owned(), argument.clone())];
        self.conditions.iter().map(|condition| substitute(condition, &by)).collect()
    }
}

impl Link {
    /// The output for an activation.
    pub(super) fn of(&self, activation: &Tree) -> Tree {
        match self {
            Link::Softmax => Tree::call(tensor_function(TensorFunction::Softmax), vec![activation.clone()]),
            Link::Entrywise(own) => own.of(activation),
        }
    }
}

/// What is differentiated by, in the innermost layer that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// W in W x + b.
    Weight,
    /// b in W x + b.
    Bias,
    /// x in W x + b.
    Input,
    /// The activation itself.
    Activation,
}

/// `p = link(a)`, `a = W x + b`.
pub(super) struct Layer {
    pub output: String,
    pub link: Link,
    pub activation: String,
    pub activation_tree: Tree,
    /// W and x: the matrix as it stands there, and what it is multiplied by.
    pub weight: Option<(Tree, Tree)>,
}

/// `l = loss(p)`, and the layers from the last one inwards, up to the one that holds what is differentiated by.
pub(super) struct Layers {
    /// The loss, in terms of the name of the prediction.
    pub loss: Tree,
    /// What is summed over k, with signs and factors, in terms of `p[k]`; the loss itself, if it is about one component.
    pub summand: Option<Tree>,
    /// The index of the sum, or of the component.
    pub k: String,
    /// Is the loss about the component k, and no sum?
    pub is_component: bool,
    /// Two more indices.
    pub i: String,
    pub j: String,
    /// From the last layer to the one that holds the variable.
    pub chain: Vec<Layer>,
    pub wrt: String,
    pub role: Role,
    /// Name of the loss.
    pub l: String,
}

/// What stands for the output while it is looked at what is left.
const PROBE: &str = "prediction_0";

/// Layers inside layers.
const MOST_LAYERS: usize = 8;
const OUTPUTS: [&str; 8] = ["ŷ", "p", "h", "s", "g", "r", "h1", "h2"];
const ACTIVATIONS: [&str; 8] = ["a", "z", "u", "v", "c", "q", "a1", "a2"];

/// A layer before its parts have names.
struct Found {
    /// The output as it stands in the formula, and its name if it has one.
    output: Tree,
    link: Link,
    argument: Tree,
    affine: Tree,
    weight: Option<(Tree, Tree)>,
}

impl Layers {
    pub(super) fn of(problem: &mut Problem, formula: &str, wrt: &str) -> Result<Self, Diagnostic> {
        let reading = problem.read(formula)?;
        let top = opened(problem, &reading);
        if proof::lower(problem, &top)?.layout != Layout::Scalar {
            return Err(Diagnostic::new(
                Cause::Shape,
                "the gradient is that of a scalar, and this is not one",
            )
            .at(reading.span, "")
            .help("sum the components: sum(…)"));
        }
        let mut reader = Reader { problem, wrt };
        let Some(first) = reader.layer_in(&top) else {
            return Err(unsupported(
                "no layer of vectors that holds the variable was found in this loss",
                &reading,
            ));
        };
        let (found, role) = reader.chain(first)?;
        let has_layer = |one: &Found| one.weight.is_some() || matches!(one.link, Link::Softmax);
        if !found.iter().any(has_layer) {
            return Err(unsupported("no layer of the form W*x + b was found in this loss", &reading));
        }
        let mut taken = names_in(&top);
        taken.push(wrt.to_owned());
        for one in &found {
            taken.extend(names_in(&one.affine));
        }
        let problem = reader.problem;
        let mut chain: Vec<Layer> = Vec::with_capacity(found.len());
        let mut outputs = OUTPUTS.to_vec();
        if found.len() > 1 {
            // the prediction of the last layer only
            outputs.retain(|name| *name != "p" && *name != "s");
        }
        for (at, one) in found.iter().enumerate() {
            let activation = match &one.argument.kind {
                Kind::Name(name) => name.clone(),
                _ => named(problem, &one.affine, &ACTIVATIONS, &mut taken)?,
            };
            let output = if let Kind::Name(name) = &one.output.kind {
                name.clone()
            } else {
                let tree = one.link.of(&Tree::name(&activation));
                let wanted = if at == 0 { &outputs[..] } else { &outputs[1..] };
                named(problem, &tree, wanted, &mut taken)?
            };
            // what the layer before multiplied by has a name now
            if let Some(before) = chain.last_mut()
                && let Some((_, vector)) = &mut before.weight
            {
                before.activation_tree = replaced(&before.activation_tree, vector, &Tree::name(&output));
                *vector = Tree::name(&output);
            }
            chain.push(Layer {
                output,
                link: one.link.clone(),
                activation,
                activation_tree: one.affine.clone(),
                weight: one.weight.clone(),
            });
        }
        let (Some(last), Some(first)) = (chain.first(), found.first()) else {
            return Err(unsupported("no layer of vectors was found in this loss", &reading));
        };
        let loss = replaced(&top, &first.output, &Tree::name(&last.output));
        let components = components::of(problem, &loss, &last.output, &mut taken);
        let (k, summand, is_component) = match components {
            Some(found) => (found.index, Some(found.summand), found.is_fixed),
            None => (fresh(&mut taken, &["k", "i", "m", "r"]), None, false),
        };
        let i = fresh(&mut taken, &["i", "m", "r", "s"]);
        let j = fresh(&mut taken, &["j", "n", "q", "t"]);
        let l = fresh(&mut taken, &["l", "L", "loss"]);
        Ok(Layers { loss, summand, k, is_component, i, j, chain, wrt: wrt.to_owned(), role, l })
    }
}

/// The first of the names that is free.
pub(super) fn fresh(taken: &mut Vec<String>, wanted: &[&str]) -> String {
    let name = wanted.iter().find(|w| !taken.iter().any(|t| t == *w)).copied().unwrap_or("index");
    taken.push(name.to_owned());
    name.to_owned()
}

/// Looks for layers that hold the variable.
struct Reader<'p, 'w> {
    problem: &'p mut Problem,
    wrt: &'w str,
}

impl Reader<'_, '_> {
    fn moves(&self, tree: &Tree) -> bool {
        let rules = Rules::new(&self.problem.environment);
        rules.depends(tree, &rules.moving(self.wrt))
    }

    fn is_column(&mut self, tree: &Tree) -> bool {
        proof::lower(self.problem, tree).is_ok_and(|lowered| lowered.layout == Layout::Column)
    }

    /// The first layer in a tree, from outside to inside, if the variable stands in it only.
    fn layer_in(&mut self, tree: &Tree) -> Option<Found> {
        let found = self.linked(tree)?;
        (!self.moves(&replaced(tree, &found.output, &Tree::name(PROBE)))).then_some(found)
    }

    fn linked(&mut self, tree: &Tree) -> Option<Found> {
        if !self.moves(tree) {
            return None;
        }
        if self.is_column(tree)
            && let Some(found) = self.layer(tree)
        {
            return Some(found);
        }
        let mut parts = Vec::new();
        tree.each_part(&mut |part| parts.push(part.clone()));
        parts.iter().find_map(|part| self.linked(part))
    }

    /// `softmax(W x + b)`, `σ(a)`, `max(0, a)`, or a name for one of them.
    fn layer(&mut self, tree: &Tree) -> Option<Found> {
        let value = opened(self.problem, tree);
        let Kind::Call { name, primes: 0, arguments } = &value.kind else { return None };
        let moving: Vec<usize> = (0..arguments.len()).filter(|at| self.moves(&arguments[*at])).collect();
        let [at] = moving.as_slice() else { return None };
        let argument = &arguments[*at];
        let link = if name == tensor_function(TensorFunction::Softmax) {
            Link::Softmax
        } else {
            Link::Entrywise(entrywise(self.problem, name, arguments, *at)?)
        };
        let affine = opened(self.problem, argument);
        let is_variable = matches!(&argument.kind, Kind::Name(own) if own == self.wrt);
        let weight = if is_variable { None } else { self.affine(&affine)? };
        Some(Found { output: tree.clone(), link, argument: argument.clone(), affine, weight })
    }

    /// `W*x + b`, `W*x` or `b + W*x`: the matrix and the vector; the first `None` if it is not of this form.
    fn affine(&mut self, tree: &Tree) -> Option<Option<(Tree, Tree)>> {
        let terms: Vec<&Tree> = match &tree.kind {
            Kind::Sum(terms) => terms.iter().collect(),
            _ => vec![tree],
        };
        let mut weight = None;
        for term in terms {
            match &term.kind {
                Kind::Name(_) => {}
                Kind::Product(factors) => match factors.as_slice() {
                    [matrix, vector] if weight.is_none() && is_matrix(matrix) && self.is_column(vector) => {
                        weight = Some((matrix.clone(), vector.clone()));
                    }
                    _ => return None,
                },
                _ => return None,
            }
        }
        Some(weight)
    }

    /// The layers from the last one to the one that holds the variable, and what it is there.
    fn chain(&mut self, first: Found) -> Result<(Vec<Found>, Role), Diagnostic> {
        let mut all = vec![first];
        while let Some(last) = all.last() {
            let is_own = |tree: &Tree| matches!(&tree.kind, Kind::Name(name) if name == self.wrt);
            if is_own(&last.argument) {
                return Ok((all, Role::Activation));
            }
            let bias = match &last.affine.kind {
                Kind::Sum(terms) => terms.iter().any(is_own),
                _ => is_own(&last.affine),
            };
            let Some((matrix, vector)) = last.weight.clone() else {
                return if bias { Ok((all, Role::Bias)) } else { Err(self.deeper(&all)) };
            };
            let occurs =
                usize::from(bias) + usize::from(self.moves(&matrix)) + usize::from(self.moves(&vector));
            if occurs != 1 {
                return Err(self.deeper(&all));
            }
            if bias {
                return Ok((all, Role::Bias));
            }
            if is_own(&matrix) {
                return Ok((all, Role::Weight));
            }
            if is_own(&vector) {
                return Ok((all, Role::Input));
            }
            match self.layer(&vector) {
                Some(next) if all.len() < MOST_LAYERS => all.push(next),
                _ => return Err(self.deeper(&all)),
            }
        }
        Err(self.deeper(&all))
    }

    fn deeper(&self, all: &[Found]) -> Diagnostic {
        let place = all.last().map_or_else(|| Tree::name(self.wrt), |found| found.affine.clone());
        unsupported(
            "this variable stands neither as W, x or b in a layer W*x + b nor as what goes into it",
            &place,
        )
    }
}

fn is_matrix(tree: &Tree) -> bool {
    match &tree.kind {
        Kind::Name(_) => true,
        Kind::Transpose(inner) => is_matrix(inner),
        _ => false,
    }
}

/// A function of the table or one that was declared, in the argument that moves.
pub(super) fn entrywise(problem: &Problem, name: &str, arguments: &[Tree], at: usize) -> Option<Entrywise> {
    let letter = Tree::name(ARGUMENT);
    let mut own = arguments.to_vec();
    *own.get_mut(at)? = letter.clone();
    let call = Tree::call(name, own.clone());
    match problem.environment.named(name) {
        Some(Named::Unknown) if arguments.len() == 1 => {
            let slope = Kind::Call { name: name.to_owned(), primes: 1, arguments: vec![letter] }.into();
            return Some(Entrywise { call, slope, conditions: Vec::new() });
        }
        Some(_) => return None,
        None => {}
    }
    let row = function::row(function::lookup(name)?);
    if !row.is_elementwise() || row.parameters.len() != arguments.len() {
        return None;
    }
    let text = row.partials().get(at).copied()?;
    let tree = crate::syntax::parse(text, &crate::syntax::Names::default()).ok()?.tree;
    let by: Vec<(String, Tree)> = row.parameters.iter().map(|p| (*p).to_owned()).zip(own).collect();
    let conditions = row
        .defined
        .iter()
        .chain(row.differentiable)
        .filter_map(|text| crate::syntax::parse_fact(text, &crate::syntax::Names::default()).ok())
        .map(|condition| substitute(&condition.tree, &by))
        .collect();
    Some(Entrywise { call, slope: substitute(&tree, &by), conditions })
}

/// The definition behind a name, or the tree itself.
fn opened(problem: &Problem, tree: &Tree) -> Tree {
    match &tree.kind {
        Kind::Name(name) => {
            problem.environment.written_definition(name).cloned().unwrap_or_else(|| tree.clone())
        }
        _ => tree.clone(),
    }
}

/// The name of a value that has one, or a new one for it.
fn named(
    problem: &mut Problem,
    tree: &Tree,
    wanted: &[&str],
    taken: &mut Vec<String>,
) -> Result<String, Diagnostic> {
    let node = proof::lower(problem, tree)?.node;
    let known = problem
        .environment
        .definitions()
        .find(|(_, value)| value.node == node)
        .map(|(name, _)| name.to_owned());
    if let Some(name) = known {
        return Ok(name);
    }
    let is_free = |problem: &Problem, name: &str| {
        problem.environment.named(name).is_none() && !taken.iter().any(|own| own == name)
    };
    let Some(name) = wanted.iter().find(|name| is_free(problem, name)) else {
        return Err(Diagnostic::new(Cause::Name, "no name is free for an intermediate value")
            .help(format!("name it with --let: 'h = {}'", print::text(tree))));
    };
    problem.declare(&format!("{name} = {}", print::text(tree)))?;
    taken.push((*name).to_owned());
    Ok((*name).to_owned())
}

pub(super) fn names_in(tree: &Tree) -> Vec<String> {
    let mut names = Vec::new();
    tree.walk(&mut |part| match &part.kind {
        Kind::Name(name) => names.push(name.clone()),
        Kind::Big { indices, .. } => names.extend(indices.iter().map(|i| i.name.clone())),
        _ => {}
    });
    names
}

fn replaced(tree: &Tree, part: &Tree, by: &Tree) -> Tree {
    if tree == part {
        return by.clone();
    }
    map_parts(tree, &mut |inner| replaced(inner, part, by))
}
