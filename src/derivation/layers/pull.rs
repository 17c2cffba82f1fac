//! What stands with dx in a line that is linear in it, by moving one factor after the other: `uᵀ(A·dx) = (Aᵀu)ᵀ·dx`,
//! `sum(u ⊙ dx) = uᵀ·dx`, `uᵀ·dX·v = tr((u·vᵀ)ᵀ·dX)`. So the last line of a derivation by differentials does not do everything
//! at once.

use super::super::laws::Law;
use super::super::make::Care;
use super::matrix::{hadamard, product};
use super::{tensor_function, transpose};
use crate::function::TensorFunction;
use crate::syntax::tree::{Kind, Tree};

// The laws, in ASCII, Unicode and LaTeX.
const DOT: [&str; 3] =
    ["sum(u .* v) = u'*v", "sum(u ⊙ v) = uᵀv", r"\operatorname{sum}(u \odot v) = u^{\top} v"];
const OVER: [&str; 3] =
    ["u'*(A*v) = (A'*u)'*v", "uᵀ(A·v) = (Aᵀu)ᵀv", r"u^{\top} (A v) = (A^{\top} u)^{\top} v"];
const TURN: [&str; 3] = ["u'*v = v'*u", "uᵀv = vᵀu", r"u^{\top} v = v^{\top} u"];
const ENTRIES: [&str; 3] =
    ["u'*(v .* w) = (u .* v)'*w", "uᵀ(v ⊙ w) = (u ⊙ v)ᵀw", r"u^{\top} (v \odot w) = (u \odot v)^{\top} w"];
const TRACE: [&str; 3] = [
    "u'*V*w = tr((u*w')'*V)",
    "uᵀ·V·w = tr((u·wᵀ)ᵀ·V)",
    r"u^{\top} V w = \operatorname{tr}((u w^{\top})^{\top} V)",
];
const TRANSPOSED: [&str; 3] = [
    "tr(U*V') = tr(U'*V)",
    "tr(U·Vᵀ) = tr(Uᵀ·V)",
    r"\operatorname{tr}(U V^{\top}) = \operatorname{tr}(U^{\top} V)",
];
const ROUND: [&str; 3] = [
    "tr(U*V*W) = tr(W*U*V)",
    "tr(U·V·W) = tr(W·U·V)",
    r"\operatorname{tr}(U V W) = \operatorname{tr}(W U V)",
];

/// What was found, and the laws that were used.
pub(super) struct Pulled {
    pub factor: Tree,
    pub laws: Vec<Law>,
}

/// The factor of the differential in a line that is linear in it; `None` if the line has another form.
pub(super) fn factor(line: &Tree, differential: &str, rank: usize) -> Option<Pulled> {
    let mut pull = Pull { differential, rank, laws: Vec::new() };
    let factor = pull.scalar(line)?;
    Some(Pulled { factor, laws: pull.laws })
}

struct Pull<'a> {
    differential: &'a str,
    rank: usize,
    laws: Vec<Law>,
}

fn transposed(tree: &Tree) -> Tree {
    match &tree.kind {
        Kind::Transpose(inner) => (**inner).clone(),
        _ => transpose(tree.clone()),
    }
}

impl Pull<'_> {
    fn holds(&self, tree: &Tree) -> bool {
        let mut found = false;
        tree.walk(&mut |part| found |= matches!(&part.kind, Kind::Name(name) if name == self.differential));
        found
    }

    fn is_differential(&self, tree: &Tree) -> bool {
        matches!(&tree.kind, Kind::Name(name) if name == self.differential)
    }

    fn law(&mut self, [text, unicode, latex]: [&str; 3]) {
        let law = Law { text: text.to_owned(), unicode: unicode.to_owned(), latex: latex.to_owned() };
        if !self.laws.contains(&law) {
            self.laws.push(law);
        }
    }

    fn sum(
        &mut self,
        terms: &[Tree],
        each: &mut dyn FnMut(&mut Self, &Tree) -> Option<Tree>,
    ) -> Option<Tree> {
        let terms = terms.iter().map(|term| each(self, term)).collect::<Option<Vec<_>>>()?;
        Some(Care::Tidy.sum(terms))
    }

    /// The factor in a number.
    fn scalar(&mut self, tree: &Tree) -> Option<Tree> {
        match &tree.kind {
            Kind::Sum(terms) => self.sum(terms, &mut |own, term| own.scalar(term)),
            Kind::Negate(inner) => self.scalar(inner).map(|factor| Care::Tidy.negate(factor)),
            Kind::Quotient(above, below) if !self.holds(below) => {
                let factor = self.scalar(above)?;
                Some(Kind::Quotient(Box::new(factor), below.clone()).into())
            }
            Kind::Product(factors) => self.in_product(factors),
            Kind::Call { name, primes: 0, arguments } => match arguments.as_slice() {
                [inner] if name == tensor_function(TensorFunction::Sum) => match &inner.kind {
                    Kind::Hadamard(factors) => {
                        let at = factors.iter().position(|factor| self.holds(factor))?;
                        let mut others = factors.clone();
                        let own = others.remove(at);
                        if others.iter().any(|factor| self.holds(factor)) || others.is_empty() {
                            return None;
                        }
                        self.law(DOT);
                        self.vector(&own, hadamard(others))
                    }
                    _ => None,
                },
                [inner] if name == tensor_function(TensorFunction::Trace) => self.trace(inner),
                _ => None,
            },
            _ => None,
        }
    }

    /// Numbers, then a row, matrices and a column, with the differential in one of them.
    fn in_product(&mut self, factors: &[Tree]) -> Option<Tree> {
        let at = factors.iter().position(|factor| self.holds(factor))?;
        if factors[at + 1..].iter().any(|factor| self.holds(factor)) {
            return None;
        }
        let is_number = |factor: &Tree| factor.as_rational().is_some();
        let scalars = factors[..at].iter().take_while(|factor| is_number(factor)).count();
        let (front, rest) = factors.split_at(scalars);
        let at = at - scalars;
        let scaled = |factor: Tree| product(front.iter().cloned().chain([factor]).collect());
        match &rest.first()?.kind {
            // uᵀ A … dx
            Kind::Transpose(u) if at > 0 => {
                let mut column = (**u).clone();
                for matrix in &rest[1..at] {
                    self.law(OVER);
                    column = product(vec![transposed(matrix), column]);
                }
                let inner = match rest.len() - at {
                    1 => rest[at].clone(),
                    _ => Kind::Product(rest[at..].to_vec()).into(),
                };
                self.vector(&inner, column).map(scaled)
            }
            // dxᵀ v
            Kind::Transpose(inner) if at == 0 && self.rank == 1 && self.is_differential(inner) => {
                self.law(TURN);
                Some(scaled(product(rest[1..].to_vec())))
            }
            _ if at == 0 && rest.len() == 1 => self.scalar(&rest[0]).map(scaled),
            // a number before a number
            _ if at + 1 == rest.len() && matches!(rest[at].kind, Kind::Call { .. } | Kind::Quotient(..)) => {
                let factor = self.scalar(&rest[at])?;
                Some(scaled(product(rest[..at].iter().cloned().chain([factor]).collect())))
            }
            _ => None,
        }
    }

    /// The factor in `columnᵀ·tree`.
    fn vector(&mut self, tree: &Tree, column: Tree) -> Option<Tree> {
        if self.is_differential(tree) {
            return (self.rank == 1).then_some(column);
        }
        match &tree.kind {
            Kind::Sum(terms) => self.sum(terms, &mut |own, term| own.vector(term, column.clone())),
            Kind::Negate(inner) => self.vector(inner, column).map(|factor| Care::Tidy.negate(factor)),
            Kind::Hadamard(factors) => {
                let at = factors.iter().position(|factor| self.holds(factor))?;
                let mut others = factors.clone();
                let own = others.remove(at);
                if others.iter().any(|factor| self.holds(factor)) {
                    return None;
                }
                self.law(ENTRIES);
                others.insert(0, column);
                self.vector(&own, hadamard(others))
            }
            Kind::Product(factors) => {
                let at = factors.iter().position(|factor| self.holds(factor))?;
                let (before, rest) = factors.split_at(at);
                let mut column = column;
                for matrix in before {
                    if matrix.as_rational().is_some() {
                        column = product(vec![matrix.clone(), column]);
                        continue;
                    }
                    self.law(OVER);
                    column = product(vec![transposed(matrix), column]);
                }
                let (own, after) = rest.split_first()?;
                if after.is_empty() {
                    return self.vector(own, column);
                }
                // dX v
                if self.rank == 2
                    && self.is_differential(own)
                    && !after.iter().any(|factor| self.holds(factor))
                {
                    self.law(TRACE);
                    let w = product(after.to_vec());
                    return Some(product(vec![column, transposed(&w)]));
                }
                None
            }
            _ => None,
        }
    }

    /// The factor in the trace of a product: `tr(A·dX·B) = tr((AᵀBᵀ)ᵀ·dX)`.
    fn trace(&mut self, tree: &Tree) -> Option<Tree> {
        let factors = match &tree.kind {
            Kind::Product(factors) => factors.clone(),
            Kind::Sum(terms) => return self.sum(terms, &mut |own, term| own.trace(term)),
            Kind::Negate(inner) => return self.trace(inner).map(|factor| Care::Tidy.negate(factor)),
            _ => return None,
        };
        let at = factors.iter().position(|factor| self.holds(factor))?;
        if self.rank != 2 || factors[at + 1..].iter().any(|factor| self.holds(factor)) {
            return None;
        }
        let (before, rest) = factors.split_at(at);
        let (own, after) = rest.split_first()?;
        // tr(A dX B) = tr(B A dX), and tr(A dXᵀ B) = tr(Aᵀ Bᵀ dX)
        let round: Vec<Tree> = after.iter().chain(before).cloned().collect();
        let is_turned = matches!(&own.kind, Kind::Transpose(inner) if self.is_differential(inner));
        if !is_turned && !self.is_differential(own) || round.is_empty() {
            return None;
        }
        if is_turned {
            self.law(TRANSPOSED);
            if !after.is_empty() && !before.is_empty() {
                self.law(ROUND);
            }
            return Some(product(round));
        }
        if !after.is_empty() {
            self.law(ROUND);
        }
        Some(product(round.iter().rev().map(transposed).collect()))
    }
}
