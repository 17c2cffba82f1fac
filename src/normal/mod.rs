//! Rational form over kernels: every scalar expression as a quotient of products of integer polynomials whose variables
//! are leaves and function values.
//!
//! This room knows arithmetic, exponentials, logarithms, powers and trigonometry, and writes expressions back in small
//! forms. It does not search (that is `simplify`) and does not decide how a result looks on paper (that is `print`).
//!
//! Every step is valid wherever the whole input is defined. What the input itself demands there (`log u` occurs, so
//! `u > 0`) is used; nothing else is assumed. So each candidate is defined wherever the input is, and equal to it there.

use crate::function::Function;
use crate::ir::scalar::{Operation, Ref, Scalar};
use crate::number::Sign;

mod arithmetic;
mod call;
mod convert;
mod cost;
mod emit;
mod factor;
mod field;
mod form;
mod gcd;
mod integer;
mod kernel;
mod modular;
mod nest;
mod page;
mod polynomial;
mod power;
mod range;
mod sign;
mod small;
mod univariate;
mod variant;

#[cfg(test)]
mod equality_tests;
#[cfg(test)]
mod polynomial_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use cost::cost;

use emit::{Style, Writer, Written};
use field::{Failure, Field};
use form::Form;
use nest::MOST_NESTED;
use page::Page;

/// What functions mean in terms of simpler ones.
pub trait Definitions {
    /// The function in terms of `exp`, `log`, powers, `sin` and `cos`, or of simpler functions: leaf 0 is its first
    /// parameter, leaf 1 the second. Defined wherever the function is, and equal to it there.
    fn canonical(&self, function: Function) -> Option<&Scalar>;
}

/// No definitions: all functions stay.
pub struct NoDefinitions;

impl Definitions for NoDefinitions {
    fn canonical(&self, _: Function) -> Option<&Scalar> {
        None
    }
}

/// How large anything may grow; a subterm that exceeds a limit stays as it is.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Nodes of the input; a larger one has no candidates.
    pub nodes: usize,
    /// Nodes of an input whose subterms are written anew as well.
    pub parts: usize,
    /// Terms of a polynomial.
    pub terms: usize,
    /// Total degree in sums of a product that is multiplied out.
    pub degree: u32,
    /// Bits of a number.
    pub bits: u64,
    /// Different kernels.
    pub kernels: usize,
    /// Kernels within kernels.
    pub depth: u32,
    /// Elementary steps of one conversion and its writing, about 0.1 µs each; derivatives of 15-node formulas take 100,
    /// one in a hundred takes 8 000.
    pub work: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            nodes: 20_000,
            parts: 600,
            terms: 600,
            degree: 24,
            bits: 4096,
            kernels: 2_000,
            depth: 60,
            work: 60_000,
        }
    }
}

/// What a conversion keeps and what it takes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Mode {
    /// Functions stay, sums are multiplied out.
    Keep,
    /// Functions stay, and so do sums inside products.
    Structured,
    /// Functions stay; exponentials of sums and logarithms of products are taken apart.
    Split,
    /// Functions are replaced by their definitions, everything is taken apart.
    Canonical,
}

/// Expressions equal to an input wherever it is defined.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// For the whole, without repetition, cheapest first.
    pub root: Vec<Scalar>,
    /// For subterms of the input.
    pub parts: Vec<(Ref, Scalar)>,
    /// The input is nowhere defined: it divides by zero or takes the logarithm of a number that is not positive.
    pub undefined: bool,
}

/// Conversions with what is known of signs: the first finds the factors that they speak of.
const KNOWN_PASSES: usize = 3;

/// Products of signs are formed among so many.
const MOST_KNOWN: usize = 10;

/// Signs that are told apart one after the other.
const MOST_CASES: usize = 4;

/// Sums with more terms are not also written term by term.
const MOST_FLAT: usize = 12;

/// Other ways to write an expression and its subterms.
pub fn candidates(input: &Scalar, definitions: &dyn Definitions, limits: &Limits) -> Candidates {
    let mut out = Candidates::default();
    if input.nodes().is_empty() || input.nodes().len() > limits.nodes {
        return out;
    }
    let mut page = Page::default();
    let place = page.import(input);
    let mut found: Vec<Ref> = Vec::new();
    let mut written = Written::default();
    let own = page.cost(place[input.root() as usize]);
    let mut field = Field::new(Mode::Keep, limits, definitions);
    let mut modes = vec![Mode::Keep];
    let mut next = 0;
    while let Some(&mode) = modes.get(next) {
        next += 1;
        field.enter(mode);
        let conversion = match field.convert(input) {
            Ok(conversion) => conversion,
            Err(Failure::Undefined) => {
                out.undefined = true;
                return Candidates { undefined: true, ..Candidates::default() };
            }
            Err(Failure::Overflow) => continue,
        };
        if mode == Mode::Keep {
            if field.expanded {
                modes.push(Mode::Structured);
            }
            if field.splittable {
                modes.push(Mode::Split);
            }
            if calls(input) {
                modes.push(Mode::Canonical);
            }
        }
        let Some(Some(root)) = conversion.forms.last() else { continue };
        let mut writer = Writer::new(&mut field, &mut page, &place, &mut written);
        let least = found.iter().map(|at| writer.page.cost(*at)).min().unwrap_or(own).min(own);
        write_root(&mut writer, root, &mut found, least);
        if mode == Mode::Keep && input.nodes().len() <= limits.parts {
            write_parts(&mut writer, input, &conversion.forms, &place, &mut out.parts);
        }
    }
    let itself = place[input.root() as usize];
    found.retain(|at| *at != itself);
    found.sort_by_key(|at| (page.cost(*at), *at));
    found.dedup();
    out.root = found.into_iter().map(|at| page.finish(at)).collect();
    out
}

/// The subterms, each as short as it gets with functions kept.
fn write_parts(
    writer: &mut Writer<'_, '_>,
    input: &Scalar,
    forms: &[Option<Form>],
    place: &[Ref],
    parts: &mut Vec<(Ref, Scalar)>,
) {
    for (at, form) in forms.iter().enumerate().take(input.nodes().len() - 1) {
        let Some(form) = form else { continue };
        if !is_interesting(input.node(at as Ref)) {
            continue;
        }
        let terms: usize = form.factors.iter().map(|(id, _)| writer.field.polynomial(*id).len()).sum();
        if terms > writer.page.cost(place[at]).min(MOST_NESTED) {
            continue;
        }
        if let Ok(written) = writer.form(form)
            && written != place[at]
        {
            parts.push((at as Ref, writer.page.finish(written)));
        }
    }
}

/// The ways to write the whole.
fn write_root(writer: &mut Writer<'_, '_>, root: &Form, found: &mut Vec<Ref>, least: usize) {
    let terms: usize = root.factors.iter().map(|(id, _)| writer.field.polynomial(*id).len()).sum();
    // Each term costs an operator and a symbol, unless the sum factors again: a longer sum is not worth writing.
    if terms > least {
        return;
    }
    let styles: &[Style] = if terms <= MOST_FLAT { &[Style::Nested, Style::Flat] } else { &[Style::Nested] };
    for &style in styles {
        writer.style = style;
        if let Ok(at) = writer.form(root) {
            found.push(at);
        }
    }
    writer.style = Style::Nested;
}

/// Would definitions or finer kernels change anything?
fn calls(input: &Scalar) -> bool {
    input.nodes().iter().any(|operation| match operation {
        Operation::Call(..) => true,
        Operation::Power(_, exponent) => {
            !matches!(input.node(*exponent), Operation::Number(q) if q.is_integer())
        }
        _ => false,
    })
}

/// Is it worth writing anew?
fn is_interesting(operation: &Operation) -> bool {
    !matches!(operation, Operation::Leaf(_) | Operation::Constant(_) | Operation::Number(_))
}

/// How sure an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// Equal wherever both sides are defined.
    Proved,
    /// One of the sides is nowhere defined.
    Undefined,
}

/// Is the expression zero wherever it is defined? `None` if that was not shown.
pub fn is_zero(input: &Scalar, definitions: &dyn Definitions, limits: &Limits) -> Option<Certainty> {
    if input.nodes().is_empty() || input.nodes().len() > limits.nodes {
        return None;
    }
    let mut field = Field::new(Mode::Keep, limits, definitions);
    for mode in [Mode::Keep, Mode::Canonical] {
        field.enter(mode);
        match field.convert(input) {
            Ok(conversion) => {
                if conversion.forms.last().and_then(Option::as_ref).is_some_and(Form::is_zero) {
                    return Some(Certainty::Proved);
                }
            }
            Err(Failure::Undefined) => return Some(Certainty::Undefined),
            Err(Failure::Overflow) => {}
        }
    }
    None
}

/// Expressions among which some signs are known.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// All expressions in one.
    pub expressions: &'a Scalar,
    /// Places in it, and the signs that the values there may have.
    pub signs: &'a [(Ref, Sign)],
}

impl Known<'_> {
    /// Is the expression at `place` zero wherever all expressions are defined and have their signs? `None` if that was not
    /// shown.
    pub fn is_zero(&self, place: Ref, definitions: &dyn Definitions, limits: &Limits) -> Option<Certainty> {
        let mut found = None;
        let last = self.forms(definitions, limits, |_, forms| {
            let is_zero = forms.get(place as usize).and_then(Option::as_ref).is_some_and(Form::is_zero);
            if is_zero {
                found = Some(Certainty::Proved);
            }
            is_zero
        });
        if found.is_none()
            && let Some((field, form)) = last.and_then(|(field, forms)| {
                let form = forms.into_iter().nth(place as usize).flatten()?;
                Some((field, form))
            })
            && self.is_zero_by_cases(&field, &form, place, definitions, limits, MOST_CASES)
        {
            found = Some(Certainty::Proved);
        }
        found
    }

    /// The signs that the expression at `place` may have wherever all expressions are defined and have their signs.
    pub fn sign(&self, place: Ref, definitions: &dyn Definitions, limits: &Limits) -> Sign {
        let mut sign = Sign::ANY;
        let mut note = |found: u8| {
            let both = sign.and(Sign::from_bits(found));
            // Contradicting knowledge would prove anything: it proves nothing.
            if !both.is_empty() {
                sign = both;
            }
            sign
        };
        let last = self.forms(definitions, limits, |field, forms| {
            if let Some(form) = forms.get(place as usize).and_then(Option::as_ref) {
                note(field.signs_of(form));
            }
            false
        });
        let Some((mut field, forms)) = last else { return sign };
        let Some(Some(goal)) = forms.get(place as usize) else { return sign };
        let Ok(goal) = field.factored_form(goal) else { return sign };
        note(field.signs_of(&goal));
        // What is known of products: c·(1 − x²) ≥ 0 and 1 − x² > 0 say c ≥ 0.
        let mut known: Vec<(Form, u8)> = Vec::new();
        for (place, signs) in self.signs {
            if let Some(Some(form)) = forms.get(*place as usize)
                && let Ok(form) = field.factored_form(form)
                && !form.is_zero()
                && !form.factors.is_empty()
                && known.len() < MOST_KNOWN
            {
                known.push((form, signs.bits()));
            }
        }
        let single = known.clone();
        for (at, (a, of_a)) in single.iter().enumerate() {
            for (b, of_b) in &single[at + 1..] {
                // Of products with one that is not zero.
                if (of_a | of_b) & sign::ZERO == 0 || of_b & sign::ZERO == 0 || of_a & sign::ZERO == 0 {
                    let (a, of_a, b, of_b) =
                        if of_b & sign::ZERO == 0 { (a, of_a, b, of_b) } else { (b, of_b, a, of_a) };
                    if let Ok(product) = field.multiply(a, b) {
                        known.push((product, sign::product(*of_a, *of_b)));
                    }
                    if let Ok(inverse) = field.invert(b)
                        && let Ok(quotient) = field.multiply(a, &inverse)
                    {
                        known.push((quotient, sign::product(*of_a, *of_b)));
                    }
                }
            }
        }
        for (form, signs) in known {
            let Ok(inverse) = field.invert(&form) else { continue };
            if let Ok(quotient) = field.multiply(&goal, &inverse) {
                let rest = field.signs_of(&quotient);
                if rest & sign::ZERO == 0 {
                    note(sign::product(rest, signs));
                }
            }
        }
        sign
    }

    /// Is there no point at which all expressions are defined and have their signs, as far as is seen?
    pub fn is_contradictory(&self, definitions: &dyn Definitions, limits: &Limits) -> bool {
        let last = self.forms(definitions, limits, |_, _| false);
        last.is_some_and(|(field, forms)| {
            self.signs.iter().any(|(place, signs)| {
                matches!(forms.get(*place as usize), Some(Some(form)) if field.contradicts(form, signs.bits()))
            })
        })
    }

    /// Forms of all expressions in one mode after the other, until `enough` says so.
    fn forms<'a>(
        &self,
        definitions: &'a dyn Definitions,
        limits: &'a Limits,
        mut enough: impl FnMut(&Field<'_>, &[Option<Form>]) -> bool,
    ) -> Option<(Field<'a>, Vec<Option<Form>>)> {
        if self.expressions.nodes().is_empty() || self.expressions.nodes().len() > limits.nodes {
            return None;
        }
        let mut last = None;
        let mut field = Field::new(Mode::Keep, limits, definitions);
        for mode in [Mode::Keep, Mode::Canonical] {
            // What one sign says of a factor may be what another needs.
            for _ in 0..KNOWN_PASSES {
                field.enter(mode);
                let Ok(conversion) = field.convert(self.expressions) else { break };
                if enough(&field, &conversion.forms) {
                    return None;
                }
                let before = field.sign_changes;
                for (place, sign) in self.signs {
                    if let Some(Some(form)) = conversion.forms.get(*place as usize) {
                        field.demand(form, sign.bits());
                    }
                }
                let is_settled = field.sign_changes == before;
                last = Some(conversion.forms);
                if is_settled {
                    break;
                }
            }
        }
        last.map(|forms| (field, forms))
    }

    /// Is the expression zero whether something in it is positive, negative or zero?
    fn is_zero_by_cases(
        &self,
        field: &Field<'_>,
        form: &Form,
        place: Ref,
        definitions: &dyn Definitions,
        limits: &Limits,
        depth: usize,
    ) -> bool {
        if form.is_zero() {
            return true;
        }
        let Some((open, signs)) = (depth > 0).then(|| field.open_sign(form)).flatten() else { return false };
        for sign in [sign::POSITIVE, sign::NEGATIVE] {
            if signs & sign == 0 {
                continue;
            }
            let mut branch = field.clone();
            branch.record_signs(open, sign);
            branch.enter(Mode::Canonical);
            match branch.convert(self.expressions) {
                // Nothing is defined there.
                Err(Failure::Undefined) => {}
                Err(Failure::Overflow) => return false,
                Ok(mut conversion) => {
                    for (place, sign) in self.signs {
                        if let Some(Some(form)) = conversion.forms.get(*place as usize) {
                            branch.demand(form, sign.bits());
                        }
                    }
                    branch.enter(Mode::Canonical);
                    if let Ok(again) = branch.convert(self.expressions) {
                        conversion = again;
                    }
                    let is_impossible = self.signs.iter().any(|(place, sign)| {
                        matches!(conversion.forms.get(*place as usize), Some(Some(form))
                            if branch.contradicts(form, sign.bits()))
                    });
                    if is_impossible {
                        continue;
                    }
                    let Some(Some(form)) = conversion.forms.get(place as usize) else { return false };
                    if !self.is_zero_by_cases(&branch, form, place, definitions, limits, depth - 1) {
                        return false;
                    }
                }
            }
        }
        signs & sign::ZERO == 0 || self.is_zero_at_root(field, open, place, definitions, limits)
    }

    /// Is the expression zero where a polynomial is, one that is a leaf and a number?
    fn is_zero_at_root(
        &self,
        field: &Field<'_>,
        open: form::PolynomialId,
        place: Ref,
        definitions: &dyn Definitions,
        limits: &Limits,
    ) -> bool {
        let Some((leaf, value)) = field.root_of_leaf(open) else { return false };
        let mut builder = crate::ir::scalar::ScalarBuilder::default();
        let mut at: Vec<Ref> = Vec::with_capacity(self.expressions.nodes().len());
        for operation in self.expressions.nodes().iter().take(place as usize + 1) {
            let made = match operation {
                Operation::Leaf(n) if *n == leaf => Operation::Number(value.clone()),
                other => other.map(|a| at[a as usize]),
            };
            at.push(builder.add(made));
        }
        at.last().is_some_and(|root| is_zero(&builder.finish(*root), definitions, limits).is_some())
    }
}

/// Are two expressions equal wherever both are defined? `None` if that was not shown.
pub fn equal(a: &Scalar, b: &Scalar, definitions: &dyn Definitions, limits: &Limits) -> Option<Certainty> {
    if a.nodes().is_empty() || b.nodes().is_empty() {
        return None;
    }
    let mut builder = crate::ir::scalar::ScalarBuilder::default();
    let (x, y) = (builder.import(a, a.root()), builder.import(b, b.root()));
    let difference = builder.add(Operation::Subtract(x, y));
    is_zero(&builder.finish(difference), definitions, limits)
}
