//! What a formula leaves to its surroundings is settled once, when a person's formula is read: which I is an identity matrix, how
//! long a vector of ones is. And what may surprise is remarked on: a number that is added to every entry of a square matrix.
//!
//! The formula that comes out says it all in its own words (`eye(n)`, `ones(n)`), so that nothing has to be inferred again.

use super::environment::{Environment, Named};
use super::lowering::Lowering;
use super::value::{Layout, Value};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::{self, FunctionId, Meaning, TensorFunction};
use crate::ir::{Axes, DimensionId};
use crate::span::Span;
use crate::syntax::tree::{Kind, Tree};
use crate::syntax::{Names, parse};

/// The name that the identity matrix goes by where nobody declared it.
const IDENTITY: &str = "I";
/// More remarks on one formula are not read by anybody.
const MOST_REMARKS: usize = 8;

/// What the surroundings of a part say about its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Like {
    /// It is added to square matrices of this size.
    Square(DimensionId),
    /// It is added to columns of this length, or stands beside something with so many rows or columns.
    Column(DimensionId),
}

/// What was found out about a formula.
#[derive(Default)]
pub(super) struct Settled {
    /// What the terms beside the present one say.
    like: Option<Like>,
    /// How deep in parts that are meant entry by entry.
    elementwise: usize,
    /// Parts to be written out.
    replaced: Vec<(Span, Tree)>,
    remarks: Vec<Diagnostic>,
    /// Where I is an identity matrix, and where it is a number.
    identity: Option<Span>,
    number: Option<Span>,
}

impl Environment {
    /// The formula with what its surroundings say written out, and remarks on what may surprise.
    ///
    /// # Errors
    /// If something in it cannot be read, or may be one thing or another.
    pub fn settle(&mut self, tree: &Tree) -> Result<(Tree, Vec<Diagnostic>), Diagnostic> {
        match &tree.kind {
            Kind::Relation(..) | Kind::And(_) => {
                let mut remarks = Vec::new();
                let mut failed = None;
                let settled = tree.with_parts(&mut |part| match self.settle(part) {
                    Ok((part, own)) => {
                        remarks.extend(own);
                        part
                    }
                    Err(error) => {
                        failed.get_or_insert(error);
                        part.clone()
                    }
                });
                return failed.map_or(Ok((settled, remarks)), Err);
            }
            _ if !self.has_open_parts(tree) => return Ok((tree.clone(), Vec::new())),
            _ => {}
        }
        self.infer(tree)?;
        let conditions = self.conditions.clone();
        let conventions = self.conventions.clone();
        let mut lowering = Lowering::new(self);
        lowering.settled = Some(Settled::default());
        let lowered = lowering.tree(tree);
        let settled = lowering.settled.take().unwrap_or_default();
        self.conditions = conditions;
        self.conventions = conventions;
        lowered?;
        if let (Some(identity), Some(number)) = (settled.identity, settled.number) {
            return Err(Diagnostic::new(Cause::Name, "I is added to a matrix here and is a number there")
                .at(identity, "the identity matrix")
                .at(number, "a number")
                .help(self.identity_help()));
        }
        let written =
            if settled.replaced.is_empty() { tree.clone() } else { replaced(tree, &settled.replaced) };
        Ok((written, settled.remarks))
    }

    /// Is there anything to settle, or a sum that may hold a square matrix?
    fn has_open_parts(&self, tree: &Tree) -> bool {
        let (mut is_open, mut has_sum, mut has_square) = (false, false, false);
        tree.walk(&mut |part| match &part.kind {
            Kind::Name(name) => {
                is_open |= self.is_open_identity(name);
                has_square |= self.is_square(name);
            }
            Kind::Call { name, arguments, .. } => is_open |= arguments.is_empty() && is_ones(name),
            Kind::Power(..) => is_open |= self.raised_by_letter(part).is_some(),
            Kind::Sum(_) => has_sum = true,
            _ => {}
        });
        let mut is_applied = false;
        tree.walk(&mut |part| {
            is_applied |= match &part.kind {
                Kind::Call { name, .. } => function::lookup(name).is_some_and(is_of_matrices_too),
                Kind::Power(base, _) => matches!(&base.kind, Kind::Name(name) if name == "e"),
                _ => false,
            };
        });
        is_open || (has_sum || is_applied) && has_square
    }

    /// Does the name stand for nothing that was declared, so that it may be the identity matrix?
    fn is_open_identity(&self, name: &str) -> bool {
        name == IDENTITY
            && !self.is_spoken_of(name)
            && !self.graph.has_dimension_symbol(name)
            && match self.named(name) {
                None => true,
                Some(Named::Variable { layout, declared, .. }) => {
                    declared.is_none() && *layout == Layout::Scalar
                }
                Some(_) => false,
            }
    }

    /// The base of `x^T` where nobody declared T.
    fn raised_by_letter<'t>(&self, tree: &'t Tree) -> Option<&'t Tree> {
        match &tree.kind {
            Kind::Power(base, exponent) if matches!(&exponent.kind, Kind::Name(name) if name == "T") => {
                let is_open = self.is_undeclared("T") && !self.is_spoken_of("T");
                (is_open && !self.graph.has_dimension_symbol("T")).then_some(&**base)
            }
            _ => None,
        }
    }

    fn is_square(&self, name: &str) -> bool {
        let (axes, layout) = match self.named(name) {
            Some(Named::Variable { axes, layout, .. }) => (axes, *layout),
            Some(Named::Definition(value)) => (self.graph.axes(value.node), value.layout),
            _ => return false,
        };
        layout == Layout::Matrix && axes.len() == 2 && axes[0] == axes[1]
    }

    fn identity_help(&self) -> &'static str {
        if self.is_latex {
            r"write \operatorname{eye}(n) for the identity matrix; declare I with --let 'I: R' for a number"
        } else {
            "write eye(n) for the identity matrix; declare I with --let 'I: R' for a number"
        }
    }
}

impl Lowering<'_> {
    /// The values of the terms of a sum; those whose shape the others say come last.
    pub(super) fn terms(&mut self, terms: &[Tree]) -> Result<Vec<Value>, Diagnostic> {
        if self.settled.is_none() {
            return terms.iter().map(|term| self.tree(without_sign(term))).collect();
        }
        let mut values: Vec<Option<Value>> = Vec::with_capacity(terms.len());
        for term in terms {
            let value = if self.takes_a_shape(term) { None } else { Some(self.tree(without_sign(term))?) };
            values.push(value);
        }
        let like = values.iter().flatten().find_map(|value| self.like_of(value));
        let outer = self.settled.as_ref().and_then(|settled| settled.like);
        self.set_like(like.or(outer));
        let mut all = Vec::with_capacity(terms.len());
        for (term, value) in terms.iter().zip(values) {
            let value = match value {
                Some(value) => Ok(value),
                None => self.tree(without_sign(term)),
            };
            match value {
                Ok(value) => all.push(value),
                Err(error) => {
                    self.set_like(outer);
                    return Err(error);
                }
            }
        }
        self.set_like(outer);
        self.remark_on_spread_numbers(terms, &all);
        Ok(all)
    }

    fn set_like(&mut self, like: Option<Like>) {
        if let Some(settled) = &mut self.settled {
            settled.like = like;
        }
    }

    fn like_of(&self, value: &Value) -> Option<Like> {
        let axes = value.sizes(self.environment.graph.axes(value.node));
        match (value.layout, axes) {
            (Layout::Matrix, [a, b]) if a == b => Some(Like::Square(*a)),
            (Layout::Column, [a]) => Some(Like::Column(*a)),
            _ => None,
        }
    }

    /// Is it a multiple of an undeclared I or of a vector of ones without a length?
    fn takes_a_shape(&self, tree: &Tree) -> bool {
        match &tree.kind {
            Kind::Name(name) => self.is_open_identity(name),
            Kind::Call { name, arguments, .. } => arguments.is_empty() && is_ones(name),
            Kind::Negate(inner) | Kind::Quotient(inner, _) => self.takes_a_shape(inner),
            Kind::Product(parts) | Kind::Sum(parts) => parts.iter().any(|part| self.takes_a_shape(part)),
            _ => false,
        }
    }

    fn is_open_identity(&self, name: &str) -> bool {
        self.environment.is_open_identity(name)
            && self.index_named(name).is_none()
            && !self.parameters.iter().any(|(own, _)| own == name)
    }

    /// An undeclared I beside square matrices.
    pub(super) fn identity(&mut self, name: &str, tree: &Tree) -> Result<Option<Value>, Diagnostic> {
        if self.settled.is_none() || !self.is_open_identity(name) {
            return Ok(None);
        }
        let Some(Like::Square(size)) = self.settled.as_ref().and_then(|settled| settled.like) else {
            if let Some(settled) = &mut self.settled {
                settled.number.get_or_insert(tree.span);
            }
            return Ok(None);
        };
        let help = self.environment.identity_help();
        if self.calls > 0 {
            return Err(Diagnostic::new(
                Cause::Name,
                "I stands in the definition of a function, whose sizes are not known",
            )
            .at(tree.span, "")
            .help(help));
        }
        let length = self.environment.graph.dimension_text(size);
        let written = self.made_of_size(TensorFunction::Identity, size, tree.span);
        if let Some(settled) = &mut self.settled {
            let is_first = settled.identity.is_none();
            settled.identity.get_or_insert(tree.span);
            settled.replaced.extend(written.map(|written| (tree.span, written)));
            if is_first {
                settled.remarks.push(
                    Diagnostic::new(
                        Cause::Name,
                        format!("`I` is read as the identity matrix of size {length}×{length}"),
                    )
                    .at(tree.span, "")
                    .help("declare I with --let 'I: R' for a number"),
                );
            }
        }
        Ok(Some(Value::plain(self.environment.graph.delta(size), Layout::Matrix)))
    }

    /// A vector of ones whose length its surroundings say.
    pub(super) fn ones_without_size(&mut self, whole: &Tree) -> Result<Value, Diagnostic> {
        let like = self.settled.as_ref().and_then(|settled| settled.like);
        let Some(Like::Column(size)) = like.filter(|_| self.calls == 0) else {
            return Err(Diagnostic::new(Cause::Shape, "how long this vector of ones is is not known")
                .at(whole.span, "")
                .help(self.spelled("write ones(n)", r"write \mathbf{1}_n with its length")));
        };
        let written = self.made_of_size(TensorFunction::Ones, size, whole.span);
        if let Some(settled) = &mut self.settled {
            settled.replaced.extend(written.map(|written| (whole.span, written)));
        }
        let one = crate::number::Rational::ONE;
        let axes: Axes = smallvec::smallvec![size];
        Ok(Value::plain(self.environment.graph.constant(&one, axes), Layout::Column))
    }

    /// `eye(n)`, `ones(n)` as they are written.
    fn made_of_size(&self, kind: TensorFunction, size: DimensionId, span: Span) -> Option<Tree> {
        let size = parse(&self.environment.graph.dimension_text(size), &Names::default()).ok()?.tree;
        let name = function::all()
            .find(|(_, row)| matches!(row.meaning, Meaning::Tensor(own) if own == kind))?
            .1
            .name;
        Some(Tree::new(
            Kind::Call { name: name.to_owned(), primes: 0, arguments: vec![at_place(&size, span)] },
            span,
        ))
    }

    /// The factors of a product: an I or a vector of ones takes its size from what it is multiplied with.
    pub(super) fn factors<'t>(&mut self, factors: &'t [Tree]) -> Result<Vec<(&'t Tree, Value)>, Diagnostic> {
        let is_open = |lowering: &Self, factor: &Tree| {
            lowering.settled.is_some()
                && match &factor.kind {
                    Kind::Transpose(inner) => is_bare_ones(inner),
                    Kind::Name(name) => lowering.is_open_identity(name),
                    _ => is_bare_ones(factor),
                }
        };
        if !factors.iter().any(|factor| is_open(self, factor)) {
            let mut parts = Vec::with_capacity(factors.len());
            for factor in factors {
                parts.push((factor, self.tree(factor)?));
            }
            self.check_letter_among(&parts)?;
            return Ok(parts);
        }
        let mut values: Vec<Option<Value>> = Vec::with_capacity(factors.len());
        for factor in factors {
            let value = if is_open(self, factor) { None } else { Some(self.tree(factor)?) };
            values.push(value);
        }
        let outer = self.settled.as_ref().and_then(|settled| settled.like);
        for (place, factor) in factors.iter().enumerate() {
            if values[place].is_some() {
                continue;
            }
            let has_shape = values.iter().flatten().any(|value| value.layout != Layout::Scalar);
            if matches!(factor.kind, Kind::Name(_)) {
                if has_shape && !matches!(outer, Some(Like::Square(_))) {
                    return Err(Diagnostic::new(
                        Cause::Name,
                        "it is not clear whether I is the identity matrix or a number",
                    )
                    .at(factor.span, "")
                    .help(self.environment.identity_help()));
                }
            } else if let Some(length) = self.length_beside(&values, place, factor) {
                self.set_like(Some(Like::Column(length)));
            }
            let value = self.tree(factor);
            self.set_like(outer);
            values[place] = Some(value?);
        }
        Ok(factors.iter().zip(values).filter_map(|(factor, value)| Some((factor, value?))).collect())
    }

    /// `x^T*y` with a vector y: a transpose is meant, of something that nobody declared.
    fn check_letter_among(&self, parts: &[(&Tree, Value)]) -> Result<(), Diagnostic> {
        if self.settled.is_none() || parts.iter().all(|(_, value)| value.layout == Layout::Scalar) {
            return Ok(());
        }
        for (factor, _) in parts {
            if let Some(base) = self.environment.raised_by_letter(factor) {
                let name = super::shape::quoted(base);
                return Err(Diagnostic::new(
                    Cause::Name,
                    format!("it is not clear whether {name}^T is a power or a transpose"),
                )
                .at(factor.span, "")
                .help(format!(
                    "declare --let '{name}: R[n]' and write {name}' for the transpose; declare --let 'T: R' for a power"
                )));
            }
        }
        Ok(())
    }

    /// How long a vector of ones is that is multiplied with what stands beside it.
    fn length_beside(&self, values: &[Option<Value>], place: usize, factor: &Tree) -> Option<DimensionId> {
        let has_shape = |value: &&Value| value.layout != Layout::Scalar;
        let sizes = |value: &Value| Axes::from_slice(value.sizes(self.environment.graph.axes(value.node)));
        if matches!(factor.kind, Kind::Transpose(_)) {
            let right = values[place + 1..].iter().flatten().find(has_shape)?;
            return match right.layout {
                Layout::Column | Layout::Matrix => sizes(right).first().copied(),
                _ => None,
            };
        }
        let left = values[..place].iter().rev().flatten().find(has_shape)?;
        match left.layout {
            Layout::Row | Layout::Matrix => sizes(left).last().copied(),
            _ => None,
        }
    }

    /// Lowers parts that are meant entry by entry.
    pub(super) fn entry_by_entry<T>(
        &mut self,
        lower: impl FnOnce(&mut Self) -> Result<T, Diagnostic>,
    ) -> Result<T, Diagnostic> {
        let count = |lowering: &mut Self, by: isize| {
            if let Some(settled) = &mut lowering.settled {
                settled.elementwise = settled.elementwise.saturating_add_signed(by);
            }
        };
        count(self, 1);
        let result = lower(self);
        count(self, -1);
        result
    }

    /// `e^A`: here every entry is put in by itself, in books e is raised to the matrix.
    pub(super) fn remark_on_function_of_matrix(
        &mut self,
        id: FunctionId,
        whole: &Tree,
        argument: &Tree,
        value: &Value,
    ) {
        let is_meant_by_entry = self.settled.as_ref().is_none_or(|settled| settled.elementwise > 0);
        if self.calls > 0 || is_meant_by_entry || !is_of_matrices_too(id) || is_entry_by_entry(argument) {
            return;
        }
        // plain text names functions that go entry by entry; LaTeX and powers of e do not say so
        let is_power = matches!(whole.kind, Kind::Power(..));
        if !matches!(self.like_of(value), Some(Like::Square(_))) || !(is_power || self.environment.is_latex) {
            return;
        }
        let remark = Diagnostic::new(Cause::Shape, "this is taken of every entry of the matrix by itself")
            .at(whole.span, "")
            .help("functions of whole matrices, such as the matrix exponential, are not available");
        if let Some(settled) = &mut self.settled
            && settled.remarks.len() < MOST_REMARKS
        {
            settled.remarks.push(remark);
        }
    }

    /// `A + λ` with a square matrix: λI is meant more often than λ in every entry.
    fn remark_on_spread_numbers(&mut self, terms: &[Tree], values: &[Value]) {
        if self.calls > 0 || self.settled.as_ref().is_none_or(|settled| settled.elementwise > 0) {
            return;
        }
        let square = terms.iter().zip(values).find(|(term, value)| {
            matches!(self.like_of(value), Some(Like::Square(_))) && !is_entry_by_entry(without_sign(term))
        });
        let number = terms
            .iter()
            .zip(values)
            .find(|(_, value)| value.layout == Layout::Scalar && !self.environment.graph.is_zero(value.node));
        let (Some((matrix, _)), Some((number, _))) = (square, number) else { return };
        let remark = Diagnostic::new(Cause::Shape, "a number is added to every entry of a square matrix")
            .at(number.span, "this is a number")
            .at(matrix.span, "this is a square matrix")
            .help(self.spelled(
                "write λ*eye(n) for a multiple of the identity matrix, λ*ones(n,n) for a number in every entry",
                r"write \lambda \operatorname{eye}(n) for a multiple of the identity matrix, \lambda \mathbf{1}(n,n) for a number in every entry",
            ));
        if let Some(settled) = &mut self.settled
            && settled.remarks.len() < MOST_REMARKS
        {
            settled.remarks.push(remark);
        }
    }
}

/// A term of a sum without the minus before it.
pub(super) fn without_sign(term: &Tree) -> &Tree {
    match &term.kind {
        Kind::Negate(inner) => inner,
        _ => term,
    }
}

/// Is it a function that books also define of a whole matrix, by its power series?
fn is_of_matrices_too(id: FunctionId) -> bool {
    [function::EXP, function::LOG, function::SQRT, function::SIN, function::COS].contains(&id)
}

fn is_ones(name: &str) -> bool {
    let is_of_ones =
        |id: FunctionId| matches!(function::row(id).meaning, Meaning::Tensor(TensorFunction::Ones));
    function::lookup(name).is_some_and(is_of_ones)
}

fn is_bare_ones(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Call { name, arguments, .. } if arguments.is_empty() && is_ones(name))
}

/// Is a matrix made entry by entry, so that nobody takes a number beside it for a multiple of I?
fn is_entry_by_entry(tree: &Tree) -> bool {
    match &tree.kind {
        Kind::Hadamard(_) | Kind::ElementwisePower(..) | Kind::ElementwiseQuotient(..) => true,
        Kind::Call { name, .. } => function::lookup(name).is_none_or(|id| function::row(id).is_elementwise()),
        Kind::Negate(inner) | Kind::Transpose(inner) | Kind::Quotient(inner, _) => is_entry_by_entry(inner),
        Kind::Product(parts) => parts.iter().any(is_entry_by_entry),
        _ => false,
    }
}

/// The tree with all of its places at one place.
fn at_place(tree: &Tree, span: Span) -> Tree {
    let mut placed = tree.with_parts(&mut |part| at_place(part, span));
    placed.span = span;
    placed
}

/// The tree with the parts at these places replaced.
fn replaced(tree: &Tree, parts: &[(Span, Tree)]) -> Tree {
    let is_open = matches!(tree.kind, Kind::Name(_)) || is_bare_ones(tree);
    match parts.iter().find(|(span, _)| *span == tree.span) {
        Some((_, part)) if is_open => part.clone(),
        _ => tree.with_parts(&mut |part| replaced(part, parts)),
    }
}
