//! A loss as a sum over the components of a vector, however it is written: `Σ_k y_k log p_k`, `yᵀlog(p)`, `‖x − p‖²`; or as
//! one component: `log p_k`.

use super::super::proof;
use super::read::{fresh, names_in};
use super::{index, tensor_function};
use crate::function::{self, TensorFunction};
use crate::lower::{Layout, Named};
use crate::problem::Problem;
use crate::syntax::tree::{Big, Kind, Tree};

/// A loss in terms of components.
pub(super) struct Found {
    pub index: String,
    pub summand: Tree,
    /// Is it one component, and no sum?
    pub is_fixed: bool,
}

/// The loss in terms of the components of the prediction.
pub(super) fn of(
    problem: &mut Problem,
    loss: &Tree,
    prediction: &str,
    taken: &mut Vec<String>,
) -> Option<Found> {
    if let Some(index) = fixed(loss, prediction) {
        return Some(Found { index, summand: loss.clone(), is_fixed: true });
    }
    let own = bound(loss).unwrap_or_else(|| fresh(taken, &["k", "i", "m", "r"]));
    let mut reader = Reader { problem, prediction, k: own };
    let summand = reader.summand(loss)?;
    let k = reader.k.clone();
    taken.push(k.clone());
    only_component(&summand, prediction, &k).then_some(Found { index: k, summand, is_fixed: false })
}

/// The index of the one component that the loss is about.
fn fixed(loss: &Tree, prediction: &str) -> Option<String> {
    let mut found = None;
    let mut has_sum = false;
    loss.walk(&mut |part| match &part.kind {
        Kind::Index(base, indices) if matches!(&base.kind, Kind::Name(name) if name == prediction) => {
            if let [Tree { kind: Kind::Name(k), .. }] = indices.as_slice() {
                found = Some(k.clone());
            }
        }
        Kind::Big { .. } => has_sum = true,
        _ => {}
    });
    found.filter(|k| !has_sum && only_component(loss, prediction, k))
}

/// The index of a sum that stands in the loss.
fn bound(loss: &Tree) -> Option<String> {
    let mut found = None;
    loss.walk(&mut |part| {
        if let Kind::Big { operation: Big::Sum, indices, .. } = &part.kind
            && let [one] = indices.as_slice()
        {
            found.get_or_insert_with(|| one.name.clone());
        }
    });
    found
}

struct Reader<'p, 'n> {
    problem: &'p mut Problem,
    prediction: &'n str,
    k: String,
}

impl Reader<'_, '_> {
    fn has(&self, tree: &Tree) -> bool {
        names_in(tree).iter().any(|name| name == self.prediction)
    }

    /// What is summed, with the signs and factors in front of the sum.
    fn summand(&mut self, loss: &Tree) -> Option<Tree> {
        match &loss.kind {
            Kind::Negate(inner) => self.summand(inner).map(|body| Kind::Negate(Box::new(body)).into()),
            Kind::Quotient(inner, below) if !self.has(below) => {
                self.summand(inner).map(|body| Kind::Quotient(Box::new(body), below.clone()).into())
            }
            Kind::Product(factors) => {
                if let Some((inner, front)) = factors.split_last()
                    && !front.iter().any(|factor| self.has(factor))
                    && front.iter().all(|factor| self.layout(factor) == Some(Layout::Scalar))
                {
                    let body = self.summand(inner)?;
                    return Some(Kind::Product(front.iter().cloned().chain([body]).collect()).into());
                }
                self.inner_product(factors)
            }
            Kind::Big { operation: Big::Sum, indices, condition: None, body } => match indices.as_slice() {
                [one] if one.range.is_none() && one.name == self.k => Some((**body).clone()),
                _ => None,
            },
            Kind::Power(base, exponent) => {
                let Kind::Call { name, primes: 0, arguments } = &base.kind else { return None };
                let [inner] = arguments.as_slice() else { return None };
                let two = super::super::make::integer(2);
                let is_norm = [TensorFunction::Norm2, TensorFunction::NormFrobenius]
                    .into_iter()
                    .any(|norm| name == tensor_function(norm));
                if !is_norm || **exponent != two {
                    return None;
                }
                let body = self.component(inner)?;
                Some(Kind::Power(Box::new(body), Box::new(two)).into())
            }
            Kind::Call { name, primes: 0, arguments } => match arguments.as_slice() {
                [inner] if name == tensor_function(TensorFunction::Sum) => self.component(inner),
                [a, b] if name == tensor_function(TensorFunction::Dot) => {
                    let (a, b) = (self.component(a)?, self.component(b)?);
                    Some(Kind::Product(vec![a, b]).into())
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `c uᵀv` as `c u_k v_k`.
    fn inner_product(&mut self, factors: &[Tree]) -> Option<Tree> {
        let at = factors.iter().position(|factor| matches!(factor.kind, Kind::Transpose(_)))?;
        let (front, rest) = factors.split_at(at);
        let [Tree { kind: Kind::Transpose(u), .. }, v] = rest else { return None };
        if front.iter().any(|factor| self.has(factor)) {
            return None;
        }
        let (u, v) = (self.component(u)?, self.component(v)?);
        Some(Kind::Product(front.iter().cloned().chain([u, v]).collect()).into())
    }

    fn layout(&mut self, tree: &Tree) -> Option<Layout> {
        proof::lower(self.problem, tree).ok().map(|lowered| lowered.layout)
    }

    /// The component k of a vector, written out.
    fn component(&mut self, tree: &Tree) -> Option<Tree> {
        match self.layout(tree)? {
            Layout::Scalar => return (!self.has(tree)).then(|| tree.clone()),
            Layout::Column => {}
            _ => return None,
        }
        let mut each =
            |parts: &[Tree]| parts.iter().map(|part| self.component(part)).collect::<Option<Vec<_>>>();
        Some(match &tree.kind {
            Kind::Name(_) => index(tree.clone(), &[&self.k]),
            Kind::Sum(terms) => Kind::Sum(each(terms)?).into(),
            Kind::Hadamard(factors) | Kind::Product(factors) => Kind::Product(each(factors)?).into(),
            Kind::Negate(inner) => Kind::Negate(Box::new(self.component(inner)?)).into(),
            Kind::Quotient(a, b) | Kind::ElementwiseQuotient(a, b) => {
                Kind::Quotient(Box::new(self.component(a)?), Box::new(self.component(b)?)).into()
            }
            Kind::ElementwisePower(a, b) => {
                Kind::Power(Box::new(self.component(a)?), Box::new(self.component(b)?)).into()
            }
            Kind::Call { name, primes, arguments } => {
                let is_entrywise = match self.problem.environment.named(name) {
                    Some(Named::Unknown) => true,
                    Some(_) => false,
                    None => function::lookup(name).is_some_and(|id| function::row(id).is_elementwise()),
                };
                if !is_entrywise {
                    return None;
                }
                let arguments =
                    arguments.iter().map(|part| self.component(part)).collect::<Option<Vec<_>>>()?;
                Kind::Call { name: name.clone(), primes: *primes, arguments }.into()
            }
            _ => return None,
        })
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
