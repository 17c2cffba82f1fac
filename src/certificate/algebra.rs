//! The atoms, what is known of them, and how much may be done with them. Their laws are in `product`, `power` and
//! `elementary`.
//!
//! Every law is an equality of real (or complex, for [`Head::Rotation`]) numbers at each point where the formula that
//! was read is defined; nothing is assumed of signs that [`Algebra::mask`] does not show. Whatever grows too large is refused.

use smallvec::SmallVec;

use super::polynomial::{FREE, Factor, Label, Monomial, Poly, Size, is_bound};
use crate::function::FunctionId;
use crate::number::Rational;

/// The reason why something is not confirmed.
pub(super) type Checked<T> = Result<T, String>;

/// Products formed in one reading of a step; an ordinary step needs a few thousand, and a million take about two seconds.
const MAXIMUM_WORK: usize = 1_000_000;
pub(super) const MAXIMUM_TERMS: usize = 6_000;
pub(super) const MAXIMUM_POWER: i64 = 64;
/// Laws applied within laws; rules that lead in circles end here.
pub(super) const MAXIMUM_DEPTH: usize = 300;
pub(super) const MAXIMUM_BITS: u64 = 4_096;

/// What an atom is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// A variable, with its axes.
    Variable(String),
    /// A function of the table; `LOG` means the logarithm of the absolute value.
    Known(FunctionId),
    /// A declared function without a definition, and its primes.
    Unknown(String, u8),
    /// The imaginary unit.
    Imaginary,
    Pi,
    /// A number under a root or a logarithm, prime as far as it was factored.
    Prime(Rational),
    /// exp(i·u).
    Rotation,
    /// A sum, as a base of powers.
    Sum,
    /// One where both labels are equal, otherwise zero.
    Delta,
    /// An entry of the inverse of the matrix whose rows and columns are the labels 0 and 1 of the argument.
    Inverse,
    /// The determinant of such a matrix.
    Determinant,
}

/// An atom: a head over arguments in which the labels 0, 1, … are its own axes.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub head: Head,
    pub arguments: Vec<Poly>,
    pub sizes: Vec<Size>,
    /// The signs its values may have.
    pub mask: u8,
    /// Do its two labels commute?
    pub is_symmetric: bool,
}

/// `pattern = replacement` at any labels in the place of 0, 1, ….
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub pattern: Monomial,
    pub replacement: Poly,
    /// Comes from a fact, which does not hold under a derivative.
    pub is_fact: bool,
}

/// All atoms met so far, and what is known of them.
// What is switched on for one step does not exclude what else is.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Default)]
pub(super) struct Algebra {
    pub atoms: Vec<Atom>,
    pub rules: Vec<Rule>,
    pub sizes: Vec<Poly>,
    /// Sizes of the labels from [`FREE`] on.
    pub labels: Vec<Option<Size>>,
    /// Are facts in force?
    pub facts_hold: bool,
    /// Are sums divided by the sums already known?
    pub refines: bool,
    /// Are sines and cosines sums of powers of exp(iu)?
    pub has_angles: bool,
    /// Only enclosures are asked for; every sum is then zero.
    pub is_on: bool,
    pub(super) work: usize,
    pub(super) depth: usize,
}

/// A number, a product and a sum that cannot be split: their product is what was split.
pub(super) struct Parts {
    pub number: Rational,
    pub factors: Vec<Factor>,
    pub sums: Vec<(Poly, Rational)>,
}

impl Algebra {
    pub(super) fn fresh(&mut self, size: Option<Size>) -> Label {
        self.labels.push(size);
        FREE + self.labels.len() as Label - 1
    }

    pub(super) fn set_size(&mut self, label: Label, size: Option<Size>) {
        if let Some(place) = label.checked_sub(FREE).and_then(|at| self.labels.get_mut(at as usize)) {
            *place = size;
        }
    }

    pub(super) fn size_of(&self, label: Label) -> Option<Size> {
        self.labels.get((label.checked_sub(FREE)?) as usize).copied().flatten()
    }

    pub(super) fn spend(&mut self, work: usize) -> Checked<()> {
        self.work += work;
        if self.work > MAXIMUM_WORK { Err("this is too large to be checked".to_owned()) } else { Ok(()) }
    }

    /// The atom with this head and these arguments, at the labels they use. Equal arguments give the same atom.
    pub(super) fn atom(&mut self, head: Head, arguments: Vec<Poly>) -> Checked<Factor> {
        let factor = self.found_atom(head, arguments)?;
        let Atom { arguments, sizes, is_symmetric, .. } = &self.atoms[factor.atom];
        if let ([a, b], false, true) = (sizes.as_slice(), *is_symmetric, self.facts_hold)
            && a == b
            && !arguments.is_empty()
        {
            let mut commutes = true;
            for argument in arguments.clone() {
                commutes =
                    commutes && self.rename(&argument, &|l| if l < 2 { 1 - l } else { l })? == argument;
            }
            self.atoms[factor.atom].is_symmetric = commutes;
        }
        Ok(factor)
    }

    pub(super) fn found_atom(&mut self, head: Head, arguments: Vec<Poly>) -> Checked<Factor> {
        // All labels that no sum runs over, with the sizes of the axes they stand on.
        let mut labels: Vec<Label> = Vec::new();
        let mut sizes: Vec<Size> = Vec::new();
        for f in arguments.iter().flat_map(Poly::factors) {
            for (label, size) in f.labels.iter().zip(&self.atoms[f.atom].sizes) {
                if !is_bound(*label) && !labels.contains(label) {
                    labels.push(*label);
                    sizes.push(*size);
                }
            }
        }
        let orders = orders(labels.len());
        let mut first = None;
        for order in &orders {
            let own = |l: Label| {
                labels
                    .iter()
                    .position(|k| *k == l)
                    .map_or(l, |at| order.iter().position(|o| *o == at).unwrap_or(0) as Label)
            };
            let mut renamed = Vec::new();
            for argument in &arguments {
                renamed.push(self.rename(argument, &own)?);
            }
            let ordered: Vec<Size> = order.iter().map(|at| sizes[*at]).collect();
            let places: SmallVec<[Label; 2]> = order.iter().map(|at| labels[*at]).collect();
            for at in 0..self.atoms.len() {
                if self.atoms[at].head == head && self.atoms[at].sizes == ordered {
                    let known = self.atoms[at].arguments.clone();
                    let mut same = known.len() == renamed.len();
                    for (a, b) in known.iter().zip(&renamed) {
                        same =
                            same && (a == b || self.is_loose(a, b) && self.vanishes(&a.clone().minus(b))?);
                    }
                    if same {
                        return Ok(Factor { atom: at, labels: places, power: Rational::ONE });
                    }
                }
            }
            first = first.or(Some((renamed, ordered, places)));
        }
        let (arguments, sizes, labels) = first.unwrap_or_default();
        let mut mask = self.mask_of_head(&head, &arguments);
        if head == Head::Sum {
            mask &= self.mask(&arguments[0]);
        }
        self.atoms.push(Atom { head, arguments, sizes, mask, is_symmetric: false });
        Ok(Factor { atom: self.atoms.len() - 1, labels, power: Rational::ONE })
    }

    /// May two different polynomials be equal? Only if sums stand under powers in them.
    pub(super) fn is_loose(&self, a: &Poly, b: &Poly) -> bool {
        a.factors().chain(b.factors()).any(|f| self.atoms[f.atom].head == Head::Sum)
    }

    /// An atom without arguments, with axes of these sizes.
    pub(super) fn plain(&mut self, head: Head, sizes: &[Size], labels: &[Label]) -> Factor {
        let found =
            self.atoms.iter().position(|a| a.head == head && a.sizes == sizes && a.arguments.is_empty());
        let atom = found.unwrap_or_else(|| {
            let mask = self.mask_of_head(&head, &[]);
            self.atoms.push(Atom {
                is_symmetric: head == Head::Delta,
                head,
                arguments: Vec::new(),
                sizes: sizes.to_vec(),
                mask,
            });
            self.atoms.len() - 1
        });
        Factor { atom, labels: SmallVec::from_slice(labels), power: Rational::ONE }
    }

    pub(super) fn head(&self, factor: &Factor) -> &Head {
        &self.atoms[factor.atom].head
    }

    pub(super) fn is(&self, factor: &Factor, id: FunctionId) -> bool {
        *self.head(factor) == Head::Known(id)
    }

    /// An argument of a factor, at the labels of the factor.
    pub(super) fn argument(&mut self, factor: &Factor, at: usize) -> Checked<Poly> {
        let formula = self.atoms[factor.atom].arguments.get(at).cloned().unwrap_or_default();
        if factor.labels.is_empty() {
            return Ok(formula);
        }
        self.rename(&formula, &|l| factor.labels.get(l as usize).copied().unwrap_or(l))
    }

    pub(super) fn rename(&mut self, poly: &Poly, to: &dyn Fn(Label) -> Label) -> Checked<Poly> {
        let mut result = Poly::zero();
        for (monomial, coefficient) in &poly.0 {
            let mut renamed = monomial.clone();
            renamed.factors.iter_mut().flat_map(|f| &mut f.labels).for_each(|l| *l = to(*l));
            if renamed == *monomial {
                result.add_term(renamed, coefficient);
            } else {
                let normal = self.normal(coefficient.clone(), &renamed.bound, renamed.factors.to_vec())?;
                result.add(&normal, &Rational::ONE);
            }
        }
        Ok(result)
    }

    pub(super) fn imaginary(&mut self) -> Poly {
        Poly::factor(self.plain(Head::Imaginary, &[], &[]))
    }

    pub(super) fn delta(&mut self, size: Size, i: Label, j: Label) -> Checked<Poly> {
        let factor = self.plain(Head::Delta, &[size, size], &[i, j]);
        self.normal(Rational::ONE, &[], vec![factor])
    }
}

/// All orders of so many things (of more than four, only the given one).
fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for next in 0..count {
        all = if count > 4 {
            vec![(0..=next).collect()]
        } else {
            all.into_iter()
                .flat_map(|order: Vec<usize>| {
                    (0..=order.len()).rev().map(move |at| {
                        let mut order = order.clone();
                        order.insert(at, next);
                        order
                    })
                })
                .collect()
        };
    }
    all
}
