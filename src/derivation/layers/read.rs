//! Takes a loss over layers apart and names its intermediates.

use super::super::make::map_parts;
use super::super::proof;
use super::{tensor_function, unsupported};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::{self, TensorFunction};
use crate::lower::Layout;
use crate::print;
use crate::problem::Problem;
use crate::syntax::tree::{Big, Kind, Tree};

/// How the prediction comes from the activation.
pub(super) enum Link {
    Softmax,
    /// A function of the table, entry by entry.
    Elementwise(String),
}

/// What is differentiated by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// W in W x + b.
    Weight,
    /// b in W x + b.
    Bias,
}

/// `l = loss(p)`, `p = link(a)`, `a = W x + b`.
pub(super) struct Layers {
    /// The loss, in terms of the name of the prediction.
    pub loss: Tree,
    /// What is summed, with signs and factors, in terms of `p[k]`.
    pub summand: Tree,
    /// The index of the sum.
    pub k: String,
    /// Two more indices.
    pub i: String,
    pub j: String,
    pub prediction: String,
    pub link: Link,
    pub activation: String,
    pub activation_tree: Tree,
    /// W and x.
    pub weight: Option<(String, Tree)>,
    pub wrt: String,
    pub role: Role,
    /// Name of the loss.
    pub l: String,
}

/// A name for the prediction before it has one.
const PROBE: &str = "prediction_0";

impl Layers {
    pub(super) fn of(problem: &mut Problem, formula: &str, wrt: &str) -> Result<Self, Diagnostic> {
        let reading = problem.read(formula)?;
        let top = match &reading.kind {
            Kind::Name(name) => {
                problem.environment.written_definition(name).cloned().unwrap_or(reading.clone())
            }
            _ => reading.clone(),
        };
        if proof::lower(problem, &top)?.layout != Layout::Scalar {
            return Err(Diagnostic::new(
                Cause::Shape,
                "the gradient is that of a scalar, and this is not one",
            )
            .at(reading.span, "")
            .help("sum the components: sum(…)"));
        }
        let Some(found) = prediction(problem, &top) else {
            return Err(unsupported("no layer of vectors was found in this loss", &reading));
        };
        let (prediction_tree, own_name) = found;
        let value = opened(problem, &prediction_tree);
        let Kind::Call { name, primes: 0, arguments } = &value.kind else {
            return Err(unsupported("this layer is neither softmax nor a function entry by entry", &value));
        };
        let [argument] = arguments.as_slice() else {
            return Err(unsupported("this layer has more than one argument", &value));
        };
        let link = if name == tensor_function(TensorFunction::Softmax) {
            Link::Softmax
        } else {
            Link::Elementwise(name.clone())
        };
        let affine = opened(problem, argument);
        let (weight, role) = affine_parts(problem, &affine, wrt)?;
        let mut taken = names_in(&top);
        taken.extend(names_in(&affine));
        taken.push(wrt.to_owned());
        // Names are given only to what is a loss over layers.
        summand(&replaced(&top, &prediction_tree, &Tree::name(PROBE)), PROBE)?;
        let activation = match &argument.kind {
            Kind::Name(name) => name.clone(),
            _ => named(problem, &affine, &["a", "z", "u"], &mut taken)?,
        };
        let prediction = if let Some(name) = own_name {
            name
        } else {
            let tree = Tree::call(name.clone(), vec![Tree::name(&activation)]);
            named(problem, &tree, &["ŷ", "p", "h", "s"], &mut taken)?
        };
        let loss = replaced(&top, &prediction_tree, &Tree::name(&prediction));
        let (k, summand) = summand(&loss, &prediction)?;
        taken.push(k.clone());
        let mut fresh = |wanted: &[&str]| {
            let name = wanted.iter().find(|w| !taken.iter().any(|t| t == *w)).copied().unwrap_or("index");
            taken.push(name.to_owned());
            name.to_owned()
        };
        let (i, j, l) =
            (fresh(&["i", "m", "r", "s"]), fresh(&["j", "n", "q", "t"]), fresh(&["l", "L", "loss"]));
        Ok(Layers {
            loss,
            summand,
            k,
            i,
            j,
            prediction,
            link,
            activation,
            activation_tree: affine,
            weight,
            wrt: wrt.to_owned(),
            role,
            l,
        })
    }
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

/// The first vector that a function or definition makes, and its name if it has one.
fn prediction(problem: &mut Problem, tree: &Tree) -> Option<(Tree, Option<String>)> {
    let own = match &tree.kind {
        Kind::Name(name) if problem.environment.written_definition(name).is_some() => {
            Some(Some(name.clone()))
        }
        Kind::Call { primes: 0, .. } => Some(None),
        _ => None,
    };
    if let Some(name) = own
        && proof::lower(problem, tree).is_ok_and(|lowered| lowered.layout == Layout::Column)
    {
        return Some((tree.clone(), name));
    }
    let mut parts = Vec::new();
    tree.each_part(&mut |part| parts.push(part.clone()));
    parts.iter().find_map(|part| prediction(problem, part))
}

/// `W*x + b`, `W*x` or `b + W*x`: what it is differentiated by.
fn affine_parts(
    problem: &mut Problem,
    tree: &Tree,
    wrt: &str,
) -> Result<(Option<(String, Tree)>, Role), Diagnostic> {
    let terms: Vec<&Tree> = match &tree.kind {
        Kind::Sum(terms) => terms.iter().collect(),
        _ => vec![tree],
    };
    let mut weight = None;
    let mut role = None;
    for term in terms {
        match &term.kind {
            Kind::Name(name) => {
                if name == wrt {
                    role = Some(Role::Bias);
                }
            }
            Kind::Product(factors) => match factors.as_slice() {
                [Tree { kind: Kind::Name(matrix), .. }, vector] if weight.is_none() => {
                    if names_in(vector).iter().any(|name| name == wrt) {
                        return Err(unsupported("this variable stands deeper than the last layer", vector));
                    }
                    if matrix == wrt {
                        role = Some(Role::Weight);
                    }
                    weight = Some((matrix.clone(), vector.clone()));
                }
                _ => return Err(unsupported("this layer is not of the form W*x + b", term)),
            },
            _ => return Err(unsupported("this layer is not of the form W*x + b", term)),
        }
    }
    let is_variable = problem.environment.variable(wrt).is_some();
    match role {
        Some(role) if is_variable => Ok((weight, role)),
        _ => Err(Diagnostic::new(
            Cause::Undecided,
            format!("{wrt} is not a parameter of the last layer, so there is no derivation by it"),
        )
        .help("symdiff grad gives the derivative without the steps")),
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

fn names_in(tree: &Tree) -> Vec<String> {
    let mut names = Vec::new();
    tree.walk(&mut |part| match &part.kind {
        Kind::Name(name) => names.push(name.clone()),
        Kind::Big { indices, .. } => names.extend(indices.iter().map(|i| i.name.clone())),
        _ => {}
    });
    names
}

fn replaced(tree: &Tree, part: &Tree, by: &Tree) -> Tree {
    if tree == part { by.clone() } else { map_parts(tree, &mut |inner| replaced(inner, part, by)) }
}

/// What a loss sums, with the signs and factors in front of the sum.
fn summand(loss: &Tree, prediction: &str) -> Result<(String, Tree), Diagnostic> {
    let wrap = |inner: &Tree, rebuild: &dyn Fn(Tree) -> Tree| {
        summand(inner, prediction).map(|(k, body)| (k, rebuild(body)))
    };
    let has = |tree: &Tree| names_in(tree).iter().any(|name| name == prediction);
    match &loss.kind {
        Kind::Negate(inner) => wrap(inner, &|body| Kind::Negate(Box::new(body)).into()),
        Kind::Quotient(inner, below) if !has(below) => {
            wrap(inner, &|body| Kind::Quotient(Box::new(body), below.clone()).into())
        }
        Kind::Product(factors) => match factors.split_last() {
            Some((inner, front)) if !front.iter().any(has) => {
                wrap(inner, &|body| Kind::Product(front.iter().cloned().chain([body]).collect()).into())
            }
            _ => Err(unsupported("the loss is not a sum over the components of a layer", loss)),
        },
        Kind::Big { operation: Big::Sum, indices, condition: None, body } => match indices.as_slice() {
            [one] if one.range.is_none() && only_component(body, prediction, &one.name) => {
                Ok((one.name.clone(), (**body).clone()))
            }
            _ => Err(unsupported("the loss is not a sum over the components of a layer", loss)),
        },
        _ => Err(unsupported("the loss is not a sum over the components of a layer", loss)),
    }
}

/// Does the prediction occur as `p[k]` only?
fn only_component(tree: &Tree, prediction: &str, k: &str) -> bool {
    match &tree.kind {
        Kind::Index(base, indices)
            if matches!(&base.kind, Kind::Name(name) if name == prediction)
                && matches!(indices.as_slice(), [Tree { kind: Kind::Name(own), .. }] if own == k) =>
        {
            true
        }
        Kind::Name(name) => name != prediction,
        _ => {
            let mut all = true;
            tree.each_part(&mut |part| all = all && only_component(part, prediction, k));
            all
        }
    }
}

/// The partial of a function entry by entry, in terms of its argument.
pub(super) fn partial(name: &str, argument: &Tree) -> Option<Tree> {
    let row = function::row(function::lookup(name)?);
    let ([text], [parameter]) = (row.partials(), row.parameters) else { return None };
    let tree = crate::syntax::parse(text, &crate::syntax::Names::default()).ok()?.tree;
    Some(super::super::make::substitute(&tree, &[((*parameter).to_owned(), argument.clone())]))
}
