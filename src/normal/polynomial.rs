//! Sparse polynomials with integer coefficients in many variables.
//!
//! A variable is the number of a kernel; this file does not know what kernels are. Terms stand in descending
//! lexicographic order (smaller variable numbers weigh more), which multiplication by a monomial preserves.

use std::cmp::Ordering;

use smallvec::SmallVec;

use super::integer::Integer;

/// Number of a variable.
pub type Variable = u16;

/// The result would exceed a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

/// Products of more pairs of terms than this are refused before they are formed.
const MOST_PAIRS: usize = 60_000;
/// Exact division gives up after this many quotient terms.
const MOST_QUOTIENT_TERMS: usize = 4_000;

/// A product of powers of variables. Each entry packs `(MAX − variable, exponent)`, entries descend; so the order of
/// slices is the lexicographic order of monomials.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Monomial(SmallVec<[u32; 4]>);

fn pack(variable: Variable, exponent: u16) -> u32 {
    u32::from(u16::MAX - variable) << 16 | u32::from(exponent)
}

fn variable_of(entry: u32) -> Variable {
    u16::MAX - (entry >> 16) as u16
}

impl Monomial {
    /// The monomial 1.
    pub fn one() -> Monomial {
        Monomial::default()
    }

    /// `variable^exponent`.
    pub fn power(variable: Variable, exponent: u16) -> Monomial {
        let mut entries = SmallVec::new();
        if exponent > 0 {
            entries.push(pack(variable, exponent));
        }
        Monomial(entries)
    }

    /// Is it 1?
    pub fn is_one(&self) -> bool {
        self.0.is_empty()
    }

    /// Variables with their exponents, by ascending variable.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Variable, u16)> + '_ {
        self.0.iter().map(|&entry| (variable_of(entry), entry as u16))
    }

    /// How many different variables it has.
    pub fn width(&self) -> usize {
        self.0.len()
    }

    /// The exponent of `variable`.
    pub fn exponent(&self, variable: Variable) -> u16 {
        self.iter().find(|(v, _)| *v == variable).map_or(0, |(_, e)| e)
    }

    /// The product; `Err` if an exponent does not fit.
    pub fn multiply(&self, other: &Monomial) -> Result<Monomial, Overflow> {
        if self.0.is_empty() {
            return Ok(other.clone());
        }
        if other.0.is_empty() {
            return Ok(self.clone());
        }
        let (a, b) = (&self.0, &other.0);
        let mut out = SmallVec::with_capacity(a.len() + b.len());
        let (mut i, mut j) = (0, 0);
        while i < a.len() && j < b.len() {
            match (a[i] >> 16).cmp(&(b[j] >> 16)) {
                Ordering::Greater => {
                    out.push(a[i]);
                    i += 1;
                }
                Ordering::Less => {
                    out.push(b[j]);
                    j += 1;
                }
                Ordering::Equal => {
                    let exponent = (a[i] as u16).checked_add(b[j] as u16).ok_or(Overflow)?;
                    out.push(a[i] & 0xFFFF_0000 | u32::from(exponent));
                    i += 1;
                    j += 1;
                }
            }
        }
        out.extend_from_slice(&a[i..]);
        out.extend_from_slice(&b[j..]);
        Ok(Monomial(out))
    }

    /// The quotient, if it is a monomial.
    pub fn divide(&self, other: &Monomial) -> Option<Monomial> {
        if other.0.is_empty() {
            return Some(self.clone());
        }
        let (a, b) = (&self.0, &other.0);
        let mut out = SmallVec::with_capacity(a.len());
        let mut j = 0;
        for &entry in a {
            if j < b.len() && entry >> 16 == b[j] >> 16 {
                let exponent = (entry as u16).checked_sub(b[j] as u16)?;
                if exponent > 0 {
                    out.push(entry & 0xFFFF_0000 | u32::from(exponent));
                }
                j += 1;
            } else {
                out.push(entry);
            }
        }
        (j == b.len()).then_some(Monomial(out))
    }

    /// The greatest common divisor.
    #[must_use]
    pub fn gcd(&self, other: &Monomial) -> Monomial {
        let mut out = SmallVec::new();
        for &entry in &self.0 {
            if let Some(&second) = other.0.iter().find(|&&e| e >> 16 == entry >> 16) {
                out.push(entry.min(second));
            }
        }
        Monomial(out)
    }

    /// The monomial with `variable` left out.
    #[must_use]
    pub fn without(&self, variable: Variable) -> Monomial {
        Monomial(self.0.iter().copied().filter(|&entry| variable_of(entry) != variable).collect())
    }

    /// The square root, if all exponents are even.
    pub fn square_root(&self) -> Option<Monomial> {
        self.0
            .iter()
            .map(|&entry| (entry & 1 == 0).then_some(entry & 0xFFFF_0000 | (entry & 0xFFFF) >> 1))
            .collect::<Option<_>>()
            .map(Monomial)
    }
}

/// One term: coefficient times monomial.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// The monomial.
    pub monomial: Monomial,
    /// The coefficient, never zero.
    pub coefficient: Integer,
}

/// A polynomial: its terms in descending order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Polynomial {
    terms: Vec<Term>,
}

impl Polynomial {
    /// The constant polynomial.
    pub fn constant(n: Integer) -> Polynomial {
        Polynomial::term(Monomial::one(), n)
    }

    /// A single term.
    pub fn term(monomial: Monomial, coefficient: Integer) -> Polynomial {
        let terms = if coefficient.is_zero() { Vec::new() } else { vec![Term { monomial, coefficient }] };
        Polynomial { terms }
    }

    /// The polynomial that is one variable.
    pub fn variable(variable: Variable) -> Polynomial {
        Polynomial::term(Monomial::power(variable, 1), Integer::ONE)
    }

    /// From terms in any order.
    pub fn from_terms(mut terms: Vec<Term>) -> Polynomial {
        terms.sort_unstable_by(|a, b| b.monomial.cmp(&a.monomial));
        let mut out: Vec<Term> = Vec::with_capacity(terms.len());
        for term in terms {
            match out.last_mut() {
                Some(last) if last.monomial == term.monomial => {
                    last.coefficient = last.coefficient.add(&term.coefficient);
                }
                _ => {
                    if out.last().is_some_and(|last| last.coefficient.is_zero()) {
                        out.pop();
                    }
                    out.push(term);
                }
            }
        }
        if out.last().is_some_and(|last| last.coefficient.is_zero()) {
            out.pop();
        }
        Polynomial { terms: out }
    }

    /// The terms, greatest first.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// How many terms it has.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Is it zero?
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// The value, if it has no variables.
    pub fn as_constant(&self) -> Option<Integer> {
        match self.terms.as_slice() {
            [] => Some(Integer::ZERO),
            [t] if t.monomial.is_one() => Some(t.coefficient.clone()),
            _ => None,
        }
    }

    /// Has it no variables?
    pub fn is_constant(&self) -> bool {
        match self.terms.as_slice() {
            [] => true,
            [t] => t.monomial.is_one(),
            _ => false,
        }
    }

    /// The variable, if the polynomial is just that.
    pub fn as_variable(&self) -> Option<Variable> {
        match self.terms.as_slice() {
            [t] if t.coefficient.is_one() && t.monomial.width() == 1 => match t.monomial.iter().next() {
                Some((variable, 1)) => Some(variable),
                _ => None,
            },
            _ => None,
        }
    }

    /// Each variable with its greatest exponent, by ascending variable.
    pub fn degrees(&self) -> SmallVec<[(Variable, u16); 8]> {
        let mut out: SmallVec<[(Variable, u16); 8]> = SmallVec::new();
        for term in &self.terms {
            for (variable, exponent) in term.monomial.iter() {
                match out.binary_search_by_key(&variable, |entry| entry.0) {
                    Ok(at) => out[at].1 = out[at].1.max(exponent),
                    Err(at) => out.insert(at, (variable, exponent)),
                }
            }
        }
        out
    }

    /// The greatest exponent of `variable`.
    pub fn degree(&self, variable: Variable) -> u16 {
        self.terms.iter().map(|t| t.monomial.exponent(variable)).max().unwrap_or(0)
    }

    /// Bits of the largest coefficient.
    pub fn bits(&self) -> u64 {
        self.terms.iter().map(|t| t.coefficient.bits()).max().unwrap_or(0)
    }

    /// Is the coefficient of the greatest term negative?
    pub fn leads_negative(&self) -> bool {
        self.terms.first().is_some_and(|t| t.coefficient.is_negative())
    }

    /// `−self`.
    #[must_use]
    pub fn negate(&self) -> Polynomial {
        let terms = self
            .terms
            .iter()
            .map(|t| Term { monomial: t.monomial.clone(), coefficient: t.coefficient.negate() })
            .collect();
        Polynomial { terms }
    }

    /// `self + other`.
    #[must_use]
    pub fn add(&self, other: &Polynomial) -> Polynomial {
        self.combine(other, &Integer::ONE)
    }

    /// `self − other`.
    #[must_use]
    pub fn subtract(&self, other: &Polynomial) -> Polynomial {
        self.combine(other, &Integer::Small(-1))
    }

    /// `self + scale · other`.
    fn combine(&self, other: &Polynomial, scale: &Integer) -> Polynomial {
        let (a, b) = (&self.terms, &other.terms);
        let mut out = Vec::with_capacity(a.len() + b.len());
        let scaled = |t: &Term| Term {
            monomial: t.monomial.clone(),
            coefficient: if scale.is_one() { t.coefficient.clone() } else { t.coefficient.multiply(scale) },
        };
        let (mut i, mut j) = (0, 0);
        while i < a.len() && j < b.len() {
            match a[i].monomial.cmp(&b[j].monomial) {
                Ordering::Greater => {
                    out.push(a[i].clone());
                    i += 1;
                }
                Ordering::Less => {
                    out.push(scaled(&b[j]));
                    j += 1;
                }
                Ordering::Equal => {
                    let coefficient = a[i].coefficient.add(&b[j].coefficient.multiply(scale));
                    if !coefficient.is_zero() {
                        out.push(Term { monomial: a[i].monomial.clone(), coefficient });
                    }
                    i += 1;
                    j += 1;
                }
            }
        }
        out.extend_from_slice(&a[i..]);
        out.extend(b[j..].iter().map(scaled));
        Polynomial { terms: out }
    }

    /// `self · n`.
    #[must_use]
    pub fn scale(&self, n: &Integer) -> Polynomial {
        if n.is_zero() {
            return Polynomial::default();
        }
        if n.is_one() {
            return self.clone();
        }
        let terms = self
            .terms
            .iter()
            .map(|t| Term { monomial: t.monomial.clone(), coefficient: t.coefficient.multiply(n) })
            .collect();
        Polynomial { terms }
    }

    /// `self · monomial · n`, `n ≠ 0`.
    pub fn shift(&self, monomial: &Monomial, n: &Integer) -> Result<Polynomial, Overflow> {
        let mut terms = Vec::with_capacity(self.terms.len());
        for t in &self.terms {
            terms.push(Term {
                monomial: t.monomial.multiply(monomial)?,
                coefficient: t.coefficient.multiply(n),
            });
        }
        Ok(Polynomial { terms })
    }

    /// `self · other`.
    pub fn multiply(&self, other: &Polynomial) -> Result<Polynomial, Overflow> {
        let (few, many) = if self.len() <= other.len() { (self, other) } else { (other, self) };
        match few.terms.as_slice() {
            [] => Ok(Polynomial::default()),
            [t] => many.shift(&t.monomial, &t.coefficient),
            terms => {
                if terms.len().saturating_mul(many.len()) > MOST_PAIRS {
                    return Err(Overflow);
                }
                let mut products = Vec::with_capacity(terms.len() * many.len());
                for a in terms {
                    for b in &many.terms {
                        products.push(Term {
                            monomial: a.monomial.multiply(&b.monomial)?,
                            coefficient: a.coefficient.multiply(&b.coefficient),
                        });
                    }
                }
                Ok(Polynomial::from_terms(products))
            }
        }
    }

    /// `self^exponent`.
    pub fn power(&self, exponent: u32) -> Result<Polynomial, Overflow> {
        if exponent == 1 {
            return Ok(self.clone());
        }
        let mut result = Polynomial::constant(Integer::ONE);
        for _ in 0..exponent {
            result = result.multiply(self)?;
        }
        Ok(result)
    }

    /// The greatest common divisor of the coefficients, with the sign of the leading one.
    pub fn content(&self) -> Integer {
        let mut g = Integer::ZERO;
        for t in &self.terms {
            g = g.gcd(&t.coefficient);
            if g.is_one() {
                break;
            }
        }
        if self.leads_negative() { g.negate() } else { g }
    }

    /// Signed content and primitive part with a positive leading coefficient.
    pub fn primitive(&self) -> (Integer, Polynomial) {
        let content = self.content();
        let part = if content.is_one() { self.clone() } else { self.divide_integer(&content) };
        (content, part)
    }

    /// The primitive part.
    #[must_use]
    pub fn primitive_part(self) -> Polynomial {
        let content = self.content();
        if content.is_one() { self } else { self.divide_integer(&content) }
    }

    /// Divides all coefficients by a number that divides them.
    fn divide_integer(&self, n: &Integer) -> Polynomial {
        let terms = self
            .terms
            .iter()
            .filter_map(|t| {
                let coefficient = t.coefficient.divide(n)?;
                Some(Term { monomial: t.monomial.clone(), coefficient })
            })
            .collect();
        Polynomial { terms }
    }

    /// The greatest monomial that divides all terms.
    pub fn monomial_content(&self) -> Monomial {
        let Some(first) = self.terms.first() else { return Monomial::one() };
        let mut g = first.monomial.clone();
        for t in &self.terms[1..] {
            if g.is_one() {
                break;
            }
            g = g.gcd(&t.monomial);
        }
        g
    }

    /// Divides all terms by a monomial that divides them.
    #[must_use]
    pub fn divide_monomial(&self, monomial: &Monomial) -> Polynomial {
        if monomial.is_one() {
            return self.clone();
        }
        let terms = self
            .terms
            .iter()
            .filter_map(|t| {
                let monomial = t.monomial.divide(monomial)?;
                Some(Term { monomial, coefficient: t.coefficient.clone() })
            })
            .collect();
        Polynomial { terms }
    }

    /// `self / divisor` if that is a polynomial with integer coefficients.
    pub fn divide(&self, divisor: &Polynomial) -> Option<Polynomial> {
        let (lead, tail) = (divisor.terms.first()?, divisor.terms.last()?);
        if self.is_zero() {
            return Some(Polynomial::default());
        }
        if divisor.len() == 1 {
            let mut terms = Vec::with_capacity(self.len());
            for t in &self.terms {
                let monomial = t.monomial.divide(&lead.monomial)?;
                terms.push(Term { monomial, coefficient: t.coefficient.divide(&lead.coefficient)? });
            }
            return Some(Polynomial { terms });
        }
        // The greatest and the least terms multiply, so both must divide; this refuses most non-divisors at once.
        let (first, last) = (self.terms.first()?, self.terms.last()?);
        first.monomial.divide(&lead.monomial)?;
        last.monomial.divide(&tail.monomial)?;
        first.coefficient.divide(&lead.coefficient)?;
        last.coefficient.divide(&tail.coefficient)?;
        let mine = self.degrees();
        for (variable, degree) in divisor.degrees() {
            let at = mine.binary_search_by_key(&variable, |entry| entry.0).ok()?;
            if mine[at].1 < degree {
                return None;
            }
        }
        let mut rest = self.clone();
        let mut quotient = Vec::new();
        while let Some(t) = rest.terms.first() {
            let monomial = t.monomial.divide(&lead.monomial)?;
            let coefficient = t.coefficient.divide(&lead.coefficient)?;
            let product = divisor.shift(&monomial, &coefficient).ok()?;
            rest = rest.subtract(&product);
            quotient.push(Term { monomial, coefficient });
            if quotient.len() > MOST_QUOTIENT_TERMS {
                return None;
            }
        }
        Some(Polynomial { terms: quotient })
    }

    /// The coefficients of the powers of `variable`, by descending power; powers that do not occur are left out.
    pub fn coefficients_in(&self, variable: Variable) -> Vec<(u16, Polynomial)> {
        let mut out: Vec<(u16, Polynomial)> = Vec::new();
        for t in &self.terms {
            let exponent = t.monomial.exponent(variable);
            let monomial = if exponent == 0 { t.monomial.clone() } else { t.monomial.without(variable) };
            let term = Term { monomial, coefficient: t.coefficient.clone() };
            // Among terms with one power of the variable the order survives its removal.
            match out.binary_search_by(|entry| exponent.cmp(&entry.0)) {
                Ok(at) => out[at].1.terms.push(term),
                Err(at) => out.insert(at, (exponent, Polynomial { terms: vec![term] })),
            }
        }
        out
    }

    /// The derivative by `variable`.
    #[must_use]
    pub fn derivative(&self, variable: Variable) -> Polynomial {
        let by = Monomial::power(variable, 1);
        let terms = self
            .terms
            .iter()
            .filter_map(|t| {
                let exponent = t.monomial.exponent(variable);
                let monomial = t.monomial.divide(&by)?;
                Some(Term {
                    monomial,
                    coefficient: t.coefficient.multiply(&Integer::from(i64::from(exponent))),
                })
            })
            .collect();
        Polynomial { terms }
    }

    /// The square root, if it is a polynomial; its leading coefficient is positive.
    pub fn square_root(&self) -> Option<Polynomial> {
        let Some(first) = self.terms.first() else { return Some(Polynomial::default()) };
        let lead = Polynomial::term(first.monomial.square_root()?, first.coefficient.square_root()?);
        let twice = lead.scale(&Integer::Small(2));
        let mut root = lead;
        let mut rest = self.subtract(&root.multiply(&root).ok()?);
        // Each step finds one more term of the root; a square has at least as many terms as half its root.
        for _ in 0..=self.len() * 2 {
            let Some(first) = rest.terms.first() else { return Some(root) };
            let next = Polynomial { terms: vec![first.clone()] }.divide(&twice)?;
            if next.terms.first()?.monomial >= root.terms.last()?.monomial {
                return None;
            }
            let step = root.scale(&Integer::Small(2)).add(&next).multiply(&next).ok()?;
            rest = rest.subtract(&step);
            root = root.add(&next);
        }
        None
    }

    /// Replaces `variable^power` by `value` wherever it divides a term, as often as it does.
    pub fn reduce(&self, variable: Variable, power: u16, value: &Polynomial) -> Result<Polynomial, Overflow> {
        let mut by_power: Vec<(u16, Vec<Term>)> = Vec::new();
        for t in &self.terms {
            let exponent = t.monomial.exponent(variable);
            let (times, left) = (exponent / power, exponent % power);
            let monomial = if times == 0 {
                t.monomial.clone()
            } else {
                t.monomial.without(variable).multiply(&Monomial::power(variable, left))?
            };
            let term = Term { monomial, coefficient: t.coefficient.clone() };
            match by_power.iter_mut().find(|entry| entry.0 == times) {
                Some(entry) => entry.1.push(term),
                None => by_power.push((times, vec![term])),
            }
        }
        let mut sum = Polynomial::default();
        for (times, terms) in by_power {
            let part = Polynomial::from_terms(terms);
            sum = sum.add(&if times == 0 { part } else { part.multiply(&value.power(u32::from(times))?)? });
        }
        Ok(sum)
    }
}
