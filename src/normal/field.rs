//! The field in which one conversion works: interned kernels, polynomials and forms, and arithmetic of forms.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::function::{self, Function};
use crate::ir::scalar::Ref;
use crate::number::Rational;

use super::form::{Form, FormId, PolynomialId};
use super::kernel::Kernel;
use super::polynomial::{Overflow, Polynomial, Variable};
use super::{Definitions, Limits, Mode};

/// Bounds of leaves that are remembered.
const MOST_BOUNDS: usize = 12;

/// Why a subterm has no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A limit was exceeded: the subterm stays opaque.
    Overflow,
    /// It is nowhere defined: a division by zero or a logarithm of a number that is not positive.
    Undefined,
}

impl From<Overflow> for Failure {
    fn from(_: Overflow) -> Failure {
        Failure::Overflow
    }
}

/// `variable^power = value`.
#[derive(Clone, Debug)]
pub enum Relation {
    /// The value is a polynomial with integer coefficients.
    Polynomial(u16, Rc<Polynomial>),
    /// It is not.
    Form(u16, Form),
}

/// Bases whose exponents are folded into a range.
#[derive(Clone, Debug)]
pub(super) enum Fold {
    /// `n^e`, `0 ≤ e < 1`.
    Number(Rational),
    /// `g^e`, `0 ≤ e < 1`.
    Composite(FormId),
    /// `|f|^e`, `0 ≤ e < 2`.
    Absolute(PolynomialId),
    /// The real cube root of `f`, to the power `e`, `0 ≤ e < 3`.
    CubeRoot(PolynomialId),
}

/// What is known of one interned polynomial.
#[derive(Clone)]
pub(super) struct Entry {
    pub polynomial: Rc<Polynomial>,
    /// Its factored form, once computed.
    pub factored: Option<Form>,
    pub irreducible: bool,
    pub fold: Option<Fold>,
    /// The signs it can have where the input is defined: bits of [`super::sign`].
    pub signs: u8,
}

/// Names the unit of a family of exponentials, powers or angles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// `exp(c·t)`.
    Exponential,
    /// `base^(c·t)` for a positive base.
    Power(FormId),
    /// `sin(c·t)` and `cos(c·t)`.
    Angle,
}

/// Interned objects and arithmetic for one conversion.
// The flags are separate notes of one conversion, read by different callers.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone)]
pub struct Field<'a> {
    pub(super) mode: Mode,
    pub(super) limits: &'a Limits,
    pub(super) definitions: &'a dyn Definitions,
    kernels: Vec<Kernel>,
    kernel_index: FxHashMap<Kernel, Variable>,
    pub(super) kernel_polynomial: Vec<PolynomialId>,
    kernel_depth: Vec<u32>,
    pub(super) relations: Vec<Option<Relation>>,
    pub(super) polynomials: Vec<Entry>,
    polynomial_index: FxHashMap<Rc<Polynomial>, PolynomialId>,
    forms: Vec<Form>,
    form_index: FxHashMap<Form, FormId>,
    /// Greatest common measure of the coefficients met in each family.
    units: FxHashMap<(Family, FormId), Rational>,
    /// Lowest integer shift met of each symbolic exponent of a base of unknown sign.
    pub(super) shifts: FxHashMap<(FormId, FormId), Rational>,
    /// Least common index of the roots met of each polynomial.
    roots: FxHashMap<PolynomialId, u16>,
    /// Units, shifts, roots or facts changed after they may have been used: convert again.
    pub(super) stale: bool,
    /// How often something new was learnt of a sign.
    pub(super) sign_changes: u32,
    /// A step was not taken because a sign was not known.
    pub(super) declined: bool,
    /// Arguments were kept together that the splitting mode would take apart.
    pub(super) splittable: bool,
    /// A product of sums was multiplied out.
    pub(super) expanded: bool,
    /// sin u, cos u, sin u − 1 and sin u + 1 for each angle.
    pub(super) waves: Vec<[PolynomialId; 4]>,
    /// Polynomials of two terms that a sign was recorded of.
    bounds: Vec<PolynomialId>,
    work: u64,
    pub(super) definition_depth: u32,
}

impl<'a> Field<'a> {
    pub fn new(mode: Mode, limits: &'a Limits, definitions: &'a dyn Definitions) -> Field<'a> {
        Field {
            mode,
            limits,
            definitions,
            kernels: Vec::new(),
            kernel_index: FxHashMap::default(),
            kernel_polynomial: Vec::new(),
            kernel_depth: Vec::new(),
            relations: Vec::new(),
            polynomials: Vec::new(),
            polynomial_index: FxHashMap::default(),
            forms: Vec::new(),
            form_index: FxHashMap::default(),
            units: FxHashMap::default(),
            shifts: FxHashMap::default(),
            roots: FxHashMap::default(),
            stale: false,
            sign_changes: 0,
            declined: false,
            splittable: false,
            expanded: false,
            waves: Vec::new(),
            bounds: Vec::new(),
            work: 0,
            definition_depth: 0,
        }
    }

    /// Starts a conversion in another mode; what was interned stays, and so does what is known of signs.
    pub(super) fn enter(&mut self, mode: Mode) {
        self.mode = mode;
        self.units.clear();
        self.shifts.clear();
        self.stale = false;
        self.declined = false;
        self.splittable = false;
        self.expanded = false;
        self.work = 0;
    }

    /// Counts work, so that no input takes for ever.
    pub(super) fn spend(&mut self, amount: usize) -> Result<(), Failure> {
        self.work = self.work.saturating_add(amount as u64);
        if self.work > self.limits.work { Err(Failure::Overflow) } else { Ok(()) }
    }

    pub(super) fn kernel_of(&self, variable: Variable) -> &Kernel {
        &self.kernels[usize::from(variable)]
    }

    /// The polynomial that is just this variable, if the kernel is complete.
    pub(super) fn polynomial_of_variable(&self, variable: Variable) -> Option<PolynomialId> {
        self.kernel_polynomial.get(usize::from(variable)).copied()
    }

    pub(super) fn polynomial(&self, id: PolynomialId) -> &Rc<Polynomial> {
        &self.polynomials[id as usize].polynomial
    }

    pub(super) fn form(&self, id: FormId) -> &Form {
        &self.forms[id as usize]
    }

    pub(super) fn intern_form(&mut self, form: &Form) -> FormId {
        if let Some(&id) = self.form_index.get(form) {
            return id;
        }
        let id = self.forms.len() as FormId;
        self.forms.push(form.clone());
        self.form_index.insert(form.clone(), id);
        id
    }

    pub(super) fn intern_polynomial(&mut self, p: Polynomial, irreducible: bool) -> PolynomialId {
        if let Some(&id) = self.polynomial_index.get(&p) {
            self.polynomials[id as usize].irreducible |= irreducible;
            return id;
        }
        let id = self.polynomials.len() as PolynomialId;
        let shared = Rc::new(p);
        self.polynomials.push(Entry {
            polynomial: Rc::clone(&shared),
            factored: None,
            irreducible,
            fold: None,
            signs: super::sign::ANY,
        });
        self.polynomial_index.insert(shared, id);
        id
    }

    /// The signs recorded for a polynomial.
    pub(super) fn recorded_signs(&self, id: PolynomialId) -> u8 {
        self.polynomials[id as usize].signs
    }

    /// Polynomials of two terms whose sign is known to some extent.
    pub(super) fn linear_bounds(&self) -> impl Iterator<Item = (&Polynomial, u8)> {
        self.bounds.iter().map(|id| {
            let entry = &self.polynomials[*id as usize];
            (entry.polynomial.as_ref(), entry.signs)
        })
    }

    /// Records that a polynomial has one of these signs wherever the input is defined.
    pub(super) fn record_signs(&mut self, id: PolynomialId, signs: u8) {
        let entry = &mut self.polynomials[id as usize];
        if entry.signs & signs != entry.signs {
            if entry.polynomial.len() == 2
                && entry.signs == super::sign::ANY
                && self.bounds.len() < MOST_BOUNDS
            {
                self.bounds.push(id);
            }
            entry.signs &= signs;
            self.sign_changes += 1;
            self.stale |= self.declined;
        }
    }

    /// The polynomial that is one kernel, with the kernel's number.
    pub(super) fn kernel(&mut self, kernel: Kernel) -> Result<Variable, Failure> {
        if let Some(&variable) = self.kernel_index.get(&kernel) {
            return Ok(variable);
        }
        if self.kernels.len() >= self.limits.kernels.min(usize::from(u16::MAX) - 1) {
            return Err(Failure::Overflow);
        }
        let depth = self.depth_of(&kernel);
        if depth > self.limits.depth {
            return Err(Failure::Overflow);
        }
        // The relation may need kernels of its own, so it comes before the number is taken.
        let relation = self.relation_of(&kernel)?;
        let variable = self.kernels.len() as Variable;
        let fold = match &kernel {
            Kernel::Number(n) => Some(Fold::Number(Rational::from_integer(n.to_big()))),
            Kernel::Composite(form) => Some(Fold::Composite(*form)),
            Kernel::Absolute(f) => Some(Fold::Absolute(*f)),
            Kernel::Call(..) => self.under_cube_root(&kernel).map(Fold::CubeRoot),
            _ => None,
        };
        let id = self.intern_polynomial(Polynomial::variable(variable), true);
        self.polynomials[id as usize].fold = fold;
        self.kernels.push(kernel.clone());
        self.kernel_polynomial.push(id);
        self.kernel_depth.push(depth);
        self.relations.push(relation);
        self.kernel_index.insert(kernel, variable);
        Ok(variable)
    }

    /// The polynomial that is a kernel, if it occurred.
    pub(super) fn known_kernel(&self, kernel: &Kernel) -> Option<PolynomialId> {
        self.kernel_index.get(kernel).and_then(|v| self.polynomial_of_variable(*v))
    }

    /// A kernel as a form.
    pub(super) fn kernel_form(&mut self, kernel: Kernel) -> Result<Form, Failure> {
        let variable = self.kernel(kernel)?;
        Ok(Form::power(self.kernel_polynomial[usize::from(variable)], Rational::ONE))
    }

    /// The subterm at `at` of the input as a form of its own.
    pub(super) fn opaque(&mut self, at: Ref) -> Result<Form, Failure> {
        self.kernel_form(Kernel::Opaque(at))
    }

    fn depth_of(&self, kernel: &Kernel) -> u32 {
        let of_form = |id: FormId| self.form_depth(self.form(id));
        match kernel {
            Kernel::Leaf(_) | Kernel::Pi | Kernel::Opaque(_) | Kernel::Number(_) => 0,
            Kernel::Root { base, .. }
            | Kernel::Absolute(base)
            | Kernel::LogAbsolute(base)
            | Kernel::Sum(base) => 1 + self.polynomial_depth(*base),
            Kernel::Composite(form) | Kernel::Exponential(form) => 1 + of_form(*form),
            Kernel::Power { base, exponent } => 1 + of_form(*base).max(of_form(*exponent)),
            Kernel::Call(_, arguments) => 1 + arguments.iter().map(|a| of_form(*a)).max().unwrap_or(0),
        }
    }

    fn form_depth(&self, form: &Form) -> u32 {
        form.factors.iter().map(|(id, _)| self.polynomial_depth(*id)).max().unwrap_or(0)
    }

    pub(super) fn polynomial_depth(&self, id: PolynomialId) -> u32 {
        let terms = self.polynomial(id).terms().iter();
        terms
            .flat_map(|t| t.monomial.iter())
            .map(|(v, _)| self.kernel_depth.get(usize::from(v)).copied().unwrap_or(0))
            .max()
            .unwrap_or(0)
    }

    /// The polynomial whose cube root the kernel is.
    fn under_cube_root(&self, kernel: &Kernel) -> Option<PolynomialId> {
        let Kernel::Call(Function::Known(function::CBRT), arguments) = kernel else { return None };
        match self.form(*arguments.first()?) {
            Form { coefficient, factors } if coefficient.is_one() => match factors.as_slice() {
                [(base, exponent)] if exponent.is_one() => Some(*base),
                _ => None,
            },
            _ => None,
        }
    }

    fn relation_of(&mut self, kernel: &Kernel) -> Result<Option<Relation>, Failure> {
        Ok(match kernel {
            Kernel::Root { base, index } => {
                let value = match self.polynomials[*base as usize].fold.clone() {
                    None => return Ok(Some(Relation::Polynomial(*index, Rc::clone(self.polynomial(*base))))),
                    Some(Fold::Number(n)) => Form::number(n),
                    Some(Fold::Composite(form)) => self.form(form).clone(),
                    // |f|^(1/q): its q-th power is |f| itself, a kernel.
                    Some(Fold::Absolute(_) | Fold::CubeRoot(_)) => {
                        return Ok(Some(Relation::Polynomial(*index, Rc::clone(self.polynomial(*base)))));
                    }
                };
                Some(match self.expand(&value) {
                    Ok(p) => Relation::Polynomial(*index, Rc::new(p)),
                    Err(_) => Relation::Form(*index, value),
                })
            }
            Kernel::Absolute(f) => {
                let square = self.polynomial(*f).power(2)?;
                Some(Relation::Polynomial(2, Rc::new(square)))
            }
            Kernel::Call(..) => {
                let base = self.under_cube_root(kernel);
                base.map(|base| Relation::Polynomial(3, Rc::clone(self.polynomial(base))))
            }
            _ => None,
        })
    }

    /// The measure in which the coefficients of a family are integers; `None` if the integer would be too large.
    pub(super) fn unit(&mut self, family: Family, direction: &Form, c: &Rational) -> Option<(Rational, i64)> {
        let key = (family, self.intern_form(direction));
        let size = c.abs();
        let unit = match self.units.get(&key) {
            None => size,
            Some(unit) => match size.divide(unit) {
                Some(quotient) if quotient.is_integer() => unit.clone(),
                _ => {
                    self.stale = true;
                    rational_gcd(unit, &size)
                }
            },
        };
        let times = c.divide(&unit)?.as_integer()?;
        if times.unsigned_abs() > 200 || unit.bits() > 40 {
            return None;
        }
        self.units.insert(key, unit.clone());
        Some((unit, times))
    }

    /// Notes that `base` occurs with a root of this index.
    pub(super) fn note_root(&mut self, base: PolynomialId, index: u16) -> Result<u16, Failure> {
        let known = self.roots.get(&base).copied();
        let common = match known {
            None => index,
            Some(known) if known % index == 0 => known,
            Some(known) => {
                self.stale = true;
                u16::try_from(num_integer::lcm(u32::from(known), u32::from(index)))
                    .ok()
                    .filter(|n| *n <= 60)
                    .ok_or(Failure::Overflow)?
            }
        };
        if common > 60 {
            return Err(Failure::Overflow);
        }
        self.roots.insert(base, common);
        Ok(common)
    }
}

fn rational_gcd(a: &Rational, b: &Rational) -> Rational {
    let g = num_integer::gcd(a.numerator() * b.denominator(), b.numerator() * a.denominator());
    Rational::from_integer(g)
        .divide(&Rational::from_integer(a.denominator() * b.denominator()))
        .unwrap_or(Rational::ONE)
}
