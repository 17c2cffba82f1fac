//! From a scalar expression to forms, one for each node.

use crate::ir::scalar::{Constant, Operation, Ref, Scalar};
use crate::number::Rational;

use super::field::{Failure, Field};
use super::form::Form;
use super::kernel::Kernel;
use super::sign::{ANY, ZERO};

/// How often a conversion is repeated with the units, shifts and signs it found.
const MOST_PASSES: usize = 4;
/// Definitions nest at most this deep.
const DEEPEST_DEFINITION: u32 = 8;

/// The forms of the nodes of an expression. Partial sums inside a longer sum have none.
pub struct Conversion {
    /// By node.
    pub forms: Vec<Option<Form>>,
}

impl Field<'_> {
    /// Converts all nodes; `Err` if some node is nowhere defined.
    pub(super) fn convert(&mut self, scalar: &Scalar) -> Result<Conversion, Failure> {
        let chained = chained_sums(scalar);
        let mut conversion = Conversion { forms: Vec::new() };
        for pass in 0..MOST_PASSES {
            self.stale = false;
            self.declined = false;
            conversion = self.convert_once(scalar, &chained)?;
            // Signs found only in the last pass are sound all the same; a measure that changed would only hide equalities.
            if !self.stale || pass + 1 == MOST_PASSES {
                break;
            }
        }
        Ok(conversion)
    }

    fn convert_once(&mut self, scalar: &Scalar, chained: &[bool]) -> Result<Conversion, Failure> {
        let mut forms: Vec<Option<Form>> = Vec::with_capacity(scalar.nodes().len());
        for (at, operation) in scalar.nodes().iter().enumerate() {
            if chained[at] {
                forms.push(None);
                continue;
            }
            let form = match self.operation(scalar, operation, &forms) {
                Err(Failure::Overflow) => self.opaque(at as Ref)?,
                other => other?,
            };
            forms.push(Some(form));
        }
        Ok(Conversion { forms })
    }

    fn operation(
        &mut self,
        scalar: &Scalar,
        operation: &Operation,
        forms: &[Option<Form>],
    ) -> Result<Form, Failure> {
        let get = |at: &Ref| forms.get(*at as usize).and_then(Option::as_ref).ok_or(Failure::Overflow);
        match operation {
            Operation::Number(q) => Ok(Form::number(q.clone())),
            Operation::Constant(Constant::Pi) => self.kernel_form(Kernel::Pi),
            Operation::Leaf(n) => self.kernel_form(Kernel::Leaf(*n)),
            Operation::Add(..) | Operation::Subtract(..) => {
                let mut terms = Vec::new();
                let mut stack = Vec::new();
                push_operands(operation, false, &mut stack);
                while let Some((at, negative)) = stack.pop() {
                    match forms.get(at as usize) {
                        Some(Some(form)) => {
                            terms.push(if negative { form.clone().negate() } else { form.clone() });
                        }
                        _ => push_operands(scalar.node(at), negative, &mut stack),
                    }
                    self.spend(1)?;
                }
                terms.reverse();
                self.add(&terms)
            }
            Operation::Negate(a) => match get(a) {
                Ok(form) => Ok(form.clone().negate()),
                Err(_) => self.operation(scalar, scalar.node(*a), forms).map(Form::negate),
            },
            Operation::Multiply(a, b) => self.multiply(get(a)?, get(b)?),
            Operation::Divide(a, b) => {
                let divisor = get(b)?;
                if divisor.is_zero() {
                    return Err(Failure::Undefined);
                }
                self.demand(divisor, ANY & !ZERO);
                let inverse = self.invert(divisor)?;
                self.multiply(get(a)?, &inverse)
            }
            Operation::Power(a, b) => {
                let (base, exponent) = (get(a)?, get(b)?);
                if exponent.as_number().is_some_and(Rational::is_negative) {
                    if base.is_zero() {
                        return Err(Failure::Undefined);
                    }
                    self.demand(base, ANY & !ZERO);
                }
                self.power(base, exponent)
            }
            Operation::Call(f, arguments) => {
                let mut values: smallvec::SmallVec<[Form; 2]> = smallvec::SmallVec::new();
                for a in arguments {
                    values.push(get(a)?.clone());
                }
                self.call(*f, &values)
            }
        }
    }

    /// A definition with forms for its parameters.
    pub(super) fn substitute(&mut self, definition: &Scalar, arguments: &[Form]) -> Result<Form, Failure> {
        self.definition_depth += 1;
        let result = if self.definition_depth > DEEPEST_DEFINITION {
            Err(Failure::Overflow)
        } else {
            self.substitute_once(definition, arguments)
        };
        self.definition_depth -= 1;
        result
    }

    fn substitute_once(&mut self, definition: &Scalar, arguments: &[Form]) -> Result<Form, Failure> {
        let mut forms: Vec<Option<Form>> = Vec::with_capacity(definition.nodes().len());
        for operation in definition.nodes() {
            let form = match operation {
                Operation::Leaf(n) => arguments.get(*n as usize).cloned().ok_or(Failure::Overflow)?,
                other => self.operation(definition, other, &forms)?,
            };
            forms.push(Some(form));
        }
        forms.pop().flatten().ok_or(Failure::Overflow)
    }
}

fn push_operands(operation: &Operation, negative: bool, stack: &mut Vec<(Ref, bool)>) {
    match operation {
        Operation::Add(a, b) => stack.extend([(*a, negative), (*b, negative)]),
        Operation::Subtract(a, b) => stack.extend([(*a, negative), (*b, !negative)]),
        Operation::Negate(a) => stack.push((*a, !negative)),
        _ => {}
    }
}

/// Sums and negations that are used once, by another sum: they are added up with it.
fn chained_sums(scalar: &Scalar) -> Vec<bool> {
    let nodes = scalar.nodes();
    let mut uses = vec![0_u32; nodes.len()];
    let mut by_sum = vec![false; nodes.len()];
    for operation in nodes {
        let sum = matches!(operation, Operation::Add(..) | Operation::Subtract(..));
        operation.operands(|a| {
            uses[a as usize] += 1;
            by_sum[a as usize] |= sum;
        });
    }
    nodes
        .iter()
        .enumerate()
        .map(|(at, operation)| {
            uses[at] == 1
                && by_sum[at]
                && matches!(operation, Operation::Add(..) | Operation::Subtract(..) | Operation::Negate(_))
        })
        .collect()
}
