//! The walk over the tree.

use smallvec::SmallVec;

use super::environment::{Environment, Named};
use super::value::{IndexId, Layout, Value};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::facts::{self, Condition};
use crate::function;
use crate::ir::{Atom, Axes, Dimension, DimensionId, Exponent, Graph, Node, NodeId, Operand};
use crate::number::{Rational, Sign};
use crate::syntax::tree::{Kind, Relation, Tree};

/// Powers of matrices are multiplied out up to this exponent.
const MAXIMUM_MATRIX_POWER: i64 = 32;
/// Definitions of functions may call each other this deep.
const MAXIMUM_CALL_DEPTH: usize = 32;

/// A bound index in scope.
pub(super) struct BoundName {
    pub name: String,
    /// Known once the index is used on an axis, or from its range.
    pub size: Option<DimensionId>,
    /// Its first value less one: `k = 0..n` has n + 1 positions and −1 here.
    pub offset: i64,
    /// Its first and last value, where they are written and do not depend on other indices; the whole axis without them.
    pub range: Option<(Dimension, Dimension)>,
    /// Whether a condition leaves some of its values out.
    pub is_limited: bool,
}

impl BoundName {
    pub(super) fn new(name: String, size: Option<DimensionId>) -> Self {
        BoundName { name, size, offset: 0, range: None, is_limited: false }
    }
}

/// The state of reading one formula.
pub(super) struct Lowering<'a> {
    pub environment: &'a mut Environment,
    /// Every bound index seen so far, by id.
    pub bound: Vec<BoundName>,
    /// Ids of the indices in scope, innermost last.
    pub scope: Vec<IndexId>,
    /// Values of the parameters of functions being expanded, innermost last.
    pub parameters: Vec<(String, Value)>,
    pub calls: usize,
    /// What is found out about a formula that is read for the first time; see [`super::settle`].
    pub settled: Option<super::settle::Settled>,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(environment: &'a mut Environment) -> Self {
        let (bound, scope, parameters) = (Vec::new(), Vec::new(), Vec::new());
        Lowering { environment, bound, scope, parameters, calls: 0, settled: None }
    }

    /// Reads a tree. Its depth is bounded by the parser.
    pub(super) fn tree(&mut self, tree: &Tree) -> Result<Value, Diagnostic> {
        match &tree.kind {
            Kind::Number(value) => Ok(Value::plain(self.environment.graph.number(value), Layout::Scalar)),
            Kind::Name(name) => self.name(name, tree),
            Kind::Sum(terms) => self.sum(terms),
            Kind::Product(factors) => self.product(factors),
            Kind::Hadamard(factors) => self.hadamard(factors),
            Kind::Quotient(a, b) => self.quotient(a, b, tree),
            Kind::ElementwiseQuotient(a, b) => {
                let (x, y) = self.entry_by_entry(|lowering| Ok((lowering.tree(a)?, lowering.tree(b)?)))?;
                let y = self.inverse_of(&y, tree)?;
                self.elementwise_product(&[(a, x), (b, y)])
            }
            Kind::Negate(a) => {
                let value = self.tree(a)?;
                Ok(Value { node: self.environment.graph.negate(value.node), ..value })
            }
            Kind::Power(base, exponent) => self.power(base, exponent, tree),
            Kind::ElementwisePower(base, exponent) => {
                let (x, y) =
                    self.entry_by_entry(|lowering| Ok((lowering.tree(base)?, lowering.tree(exponent)?)))?;
                self.raised(base, x, exponent, y)
            }
            Kind::Transpose(a) => {
                let value = self.tree(a)?;
                self.check_transposed(tree, a, &value)?;
                self.transposed(a, value)
            }
            Kind::Call { name, primes, arguments } => self.call(tree, name, *primes, arguments),
            Kind::Index(base, subscripts) => self.indexed(base, subscripts, tree),
            Kind::Big { operation, indices, condition, body } => {
                self.big(tree, *operation, indices, condition.as_deref(), body)
            }
            Kind::Iverson(condition) => self.indicator(condition),
            Kind::Cases(cases) => self.cases(cases, tree),
            Kind::Derivative { operator, body, variables } => {
                self.derivative(tree, *operator, body, variables)
            }
            Kind::Array(entries) => self.array(entries, tree),
            Kind::Relation(..) | Kind::And(_) => {
                Err(Diagnostic::new(Cause::Syntax, "a relation has no value")
                    .at(tree.span, "")
                    .help("write [a < b] for 1 where it holds and 0 elsewhere"))
            }
        }
    }

    fn name(&mut self, name: &str, tree: &Tree) -> Result<Value, Diagnostic> {
        if let Some((_, value)) = self.parameters.iter().rev().find(|(n, _)| n == name) {
            return Ok(value.clone());
        }
        if let Some(index) = self.index_named(name) {
            return self.index_value(index, tree);
        }
        match self.environment.named(name) {
            Some(Named::Variable { axes, layout, .. }) => {
                let (axes, layout) = (axes.clone(), *layout);
                if let Some(identity) = self.identity(name, tree)? {
                    return Ok(identity);
                }
                Ok(Value::plain(self.environment.graph.variable(name, axes), layout))
            }
            Some(Named::Definition(value)) => Ok(value.clone()),
            Some(Named::Function { .. } | Named::Unknown) => {
                Err(Diagnostic::new(Cause::Name, format!("{name} is a function and needs an argument"))
                    .at(tree.span, "")
                    .help(format!("write {name}(…)")))
            }
            None => match self.identity(name, tree)? {
                Some(identity) => Ok(identity),
                None => Ok(self.undeclared(name)),
            },
        }
    }

    /// A constant, a size that some declaration named, or a new scalar variable.
    fn undeclared(&mut self, name: &str) -> Value {
        let graph = &mut self.environment.graph;
        let node = match name {
            "pi" => graph.pi(),
            "e" => {
                let one = graph.number(&Rational::ONE);
                graph.call(function::EXP, &[one])
            }
            _ => match graph.size_named(name) {
                Some(size) => graph.size(size),
                None => match self.environment.variable(name) {
                    Some((node, _)) => node,
                    None => self.environment.graph.variable(name, Axes::new()),
                },
            },
        };
        Value::plain(node, Layout::Scalar)
    }

    /// `1/value`, entry by entry, inside the quotient `whole`.
    fn inverse_of(&mut self, value: &Value, whole: &Tree) -> Result<Value, Diagnostic> {
        let environment = &mut *self.environment;
        if environment.graph.is_zero(value.node) {
            return Err(
                Diagnostic::new(Cause::Undefined, "division by zero").at(whole.span, "the denominator is 0")
            );
        }
        environment.conditions.require_of(&mut environment.graph, value.node, Relation::NotEqual);
        Ok(Value { node: environment.graph.reciprocal(value.node), ..value.clone() })
    }

    fn quotient(&mut self, a: &Tree, b: &Tree, whole: &Tree) -> Result<Value, Diagnostic> {
        let (x, y) = (self.tree(a)?, self.tree(b)?);
        if y.layout != Layout::Scalar {
            return Err(self.wrong_shape(
                "the denominator must be a scalar",
                b,
                &y,
                self.spelled(
                    "write ./ to divide entry by entry, or inv(A) for a matrix",
                    r"write \oslash to divide entry by entry, or A^{-1} for a matrix",
                ),
            ));
        }
        let y = self.inverse_of(&y, whole)?;
        self.product_of(&[(a, x), (b, y)])
    }

    fn power(&mut self, base: &Tree, exponent: &Tree, whole: &Tree) -> Result<Value, Diagnostic> {
        // e^x is the exponential function, not a power of a number.
        if let Kind::Name(name) = &base.kind {
            let is_e =
                name == "e" && self.environment.named("e").is_none() && self.index_named("e").is_none();
            if is_e && !self.parameters.iter().any(|(n, _)| n == "e") {
                let value = self.tree(exponent)?;
                self.remark_on_function_of_matrix(function::EXP, whole, exponent, &value);
                return Ok(Value {
                    node: self.environment.graph.call(function::EXP, &[value.node]),
                    ..value
                });
            }
        }
        let (x, y) = (self.tree(base)?, self.tree(exponent)?);
        if y.layout != Layout::Scalar {
            return Err(self.wrong_shape(
                "an exponent must be a scalar",
                exponent,
                &y,
                self.spelled(
                    "write .^ for powers entry by entry",
                    "write x_i^{y_i} for powers entry by entry",
                ),
            ));
        }
        match x.layout {
            Layout::Scalar => self.raised(base, x, exponent, y),
            Layout::Matrix => self.matrix_power(base, &x, exponent, &y),
            _ => Err(self.wrong_shape(
                "only scalars and square matrices have powers",
                base,
                &x,
                self.spelled(
                    "write .^ for powers entry by entry, x'*x for the square of the length",
                    r"write x \odot x for the squares of the entries, x^\top x for the square of the length, x^\top for the transpose",
                ),
            )),
        }
    }

    fn matrix_power(
        &mut self,
        base: &Tree,
        x: &Value,
        exponent: &Tree,
        y: &Value,
    ) -> Result<Value, Diagnostic> {
        let Some(n) = self.environment.graph.as_number(y.node).and_then(|q| q.as_integer()) else {
            return Err(Diagnostic::new(Cause::Unsupported, "a matrix has powers with whole numbers only")
                .at(exponent.span, "")
                .help(self.spelled(
                    "write .^ for powers entry by entry, A' for the transpose",
                    r"write A^\top for the transpose, \odot for products entry by entry",
                )));
        };
        if n.abs() > MAXIMUM_MATRIX_POWER {
            return Err(Diagnostic::new(
                Cause::Limit,
                format!("matrix powers go up to {MAXIMUM_MATRIX_POWER}"),
            )
            .at(exponent.span, ""));
        }
        let own = self.square_size(base, x)?;
        if n == 0 {
            return Ok(Value::plain(self.environment.graph.delta(own), Layout::Matrix));
        }
        let one = if n < 0 { self.matrix_inverse(base, x)? } else { x.clone() };
        let mut power = one.clone();
        for _ in 1..n.abs() {
            power = self.product_of(&[(base, power), (base, one.clone())])?;
        }
        Ok(power)
    }

    /// The side of a square matrix.
    pub(super) fn square_size(&mut self, tree: &Tree, value: &Value) -> Result<DimensionId, Diagnostic> {
        let axes = Axes::from_slice(value.sizes(self.environment.graph.axes(value.node)));
        match (value.layout, axes.as_slice()) {
            (Layout::Matrix, [a, b]) if a == b => Ok(*a),
            _ => Err(self.wrong_shape("this needs a square matrix", tree, value, "")),
        }
    }

    /// `base^exponent` entry by entry, with its conditions.
    pub(super) fn raised(&mut self, a: &Tree, x: Value, b: &Tree, y: Value) -> Result<Value, Diagnostic> {
        let exponent = self.environment.graph.exponent_of(y.node);
        if let Exponent::Number(q) = &exponent {
            self.power_condition(a, x.node, q)?;
            let node = self.environment.graph.power(x.node, exponent);
            return Ok(Value { node, ..x });
        }
        let is_scalar_exponent = y.layout == Layout::Scalar && y.indices.is_empty();
        {
            let environment = &mut *self.environment;
            let graph = &mut environment.graph;
            if graph.as_number(x.node).is_some_and(|value| value.is_negative()) {
                // (−2)^n is real where n is a whole number.
                let floor = graph.call(function::FLOOR, &[y.node]);
                environment.conditions.require(graph, floor, Relation::Equal, y.node);
            } else if graph.is_zero(x.node) {
                // 0^y is 0 for y > 0.
                environment.conditions.require_of(graph, y.node, Relation::Greater);
                return Ok(Value { node: x.node, ..x });
            } else if !is_scalar_exponent || !is_whole(graph, y.node) {
                // A power by an index is written exp(k·log x) inside, hence x > 0 even where k is whole.
                environment.conditions.require_of(graph, x.node, Relation::Greater);
            } else if !graph.sign(y.node).is(Sign::NON_NEGATIVE) && !counts_from_zero(graph, y.node) {
                environment.conditions.require_of(graph, x.node, Relation::NotEqual);
            }
        }
        if is_scalar_exponent {
            let node = self.environment.graph.raise(x.node, y.node);
            return Ok(Value { node, ..x });
        }
        let (nodes, like) = self.aligned(&[(a, x), (b, y)], "raised")?;
        let node = self.environment.graph.raise(nodes[0], nodes[1]);
        Ok(Value { node, ..like })
    }

    fn power_condition(&mut self, tree: &Tree, base: NodeId, q: &Rational) -> Result<(), Diagnostic> {
        if self.environment.graph.is_zero(base) && q.is_negative() {
            return Err(Diagnostic::new(Cause::Undefined, "division by zero").at(tree.span, "this is 0"));
        }
        let relation = match (q.is_integer(), q.is_negative()) {
            (true, false) => return Ok(()),
            (true, true) => Relation::NotEqual,
            (false, false) => Relation::GreaterEqual,
            (false, true) => Relation::Greater,
        };
        if let Some(value) = self.environment.graph.as_number(base)
            && !Sign::of(&value).is(crate::facts::sign_of_relation(relation))
        {
            return Err(Diagnostic::new(Cause::Undefined, format!("({value})^({q}) is not a real number"))
                .at(tree.span, "")
                .help("all values are real here; cbrt(x) is the real cube root"));
        }
        let environment = &mut *self.environment;
        environment.conditions.require_of(&mut environment.graph, base, relation);
        Ok(())
    }

    pub(super) fn transposed(&mut self, tree: &Tree, value: Value) -> Result<Value, Diagnostic> {
        Ok(match value.layout {
            Layout::Scalar => value,
            Layout::Column => Value { layout: Layout::Row, ..value },
            Layout::Row => Value { layout: Layout::Column, ..value },
            Layout::Matrix => {
                let n = value.indices.len() as u8;
                let order: Vec<u8> = (0..n).chain([n + 1, n]).collect();
                Value { node: self.environment.graph.permute(value.node, &order), ..value }
            }
            Layout::Tensor(_) => {
                return Err(self.wrong_shape(
                    "only vectors and matrices can be transposed",
                    tree,
                    &value,
                    "",
                ));
            }
        })
    }

    fn cases(&mut self, cases: &[(Tree, Option<Tree>)], whole: &Tree) -> Result<Value, Diagnostic> {
        let Some((last, rest)) = cases.split_last() else {
            return Err(Diagnostic::new(Cause::Syntax, "cases without a case").at(whole.span, ""));
        };
        if last.1.is_some() && rest.is_empty() {
            return Err(Diagnostic::new(Cause::Syntax, "cases need a value for everything else")
                .at(whole.span, "")
                .help("end with a value without a condition: cases(x^2 if x > 0, 0)"));
        }
        // The last condition is taken to cover what is left; that it does is a condition of the answer.
        let mut indicators = Vec::with_capacity(rest.len());
        // What holds where a case is reached: its condition, and the opposite of those before it.
        let mut guards: Vec<Condition> = Vec::new();
        let mut values = Vec::with_capacity(cases.len());
        for (value, condition) in rest {
            let Some(condition) = condition else {
                return Err(Diagnostic::new(Cause::Syntax, "only the last case may go without a condition")
                    .at(value.span, ""));
            };
            let indicator = self.indicator(condition)?;
            let own = facts::comparisons(&self.environment.graph, indicator.node);
            let reached = guards.len();
            guards.extend(own.iter().copied());
            values.push((value, self.case_value(value, &guards)?));
            guards.truncate(reached);
            if let [one] = own.as_slice() {
                guards.push(one.negated());
            }
            indicators.push((condition, indicator));
        }
        if let Some(condition) = &last.1 {
            self.require_covered(condition, &indicators, &guards)?;
        }
        let mut parts: Vec<(&Tree, Value)> = vec![(&last.0, self.case_value(&last.0, &guards)?)];
        for (value, indicator) in values.into_iter().zip(indicators).rev() {
            parts.push(value);
            parts.push(indicator);
        }
        let (nodes, like) = self.aligned(&parts, "put together")?;
        let mut node = nodes[0];
        for pair in nodes[1..].chunks(2) {
            node = self.environment.graph.cases(pair[1], pair[0], node);
        }
        Ok(Value { node, ..like })
    }

    /// Demands that some case holds, the last one having a condition of its own.
    fn require_covered(
        &mut self,
        last: &Tree,
        before: &[(&Tree, Value)],
        guards: &[Condition],
    ) -> Result<(), Diagnostic> {
        let own = self.indicator(last)?;
        let is_scalar = |value: &Value| value.layout == Layout::Scalar && value.indices.is_empty();
        if !is_scalar(&own) || !before.iter().all(|(_, value)| is_scalar(value)) {
            return Ok(());
        }
        let graph = &mut self.environment.graph;
        let comparisons = facts::comparisons(graph, own.node);
        let is_rest = |condition: &Condition, graph: &mut Graph| {
            guards.iter().any(|guard| condition.follows_from(graph, guard))
        };
        if !comparisons.is_empty() && comparisons.iter().all(|condition| is_rest(condition, graph)) {
            return Ok(());
        }
        let mut covered = own.node;
        let one = graph.number(&Rational::ONE);
        for (_, indicator) in before.iter().rev() {
            covered = graph.cases(indicator.node, one, covered);
        }
        self.environment.conditions.require_of(&mut self.environment.graph, covered, Relation::NotEqual);
        Ok(())
    }

    /// The value of a case: what it demands counts only where the guards leave it open.
    fn case_value(&mut self, value: &Tree, guards: &[Condition]) -> Result<Value, Diagnostic> {
        let before = std::mem::take(&mut self.environment.conditions);
        let lowered = self.tree(value);
        let demanded = std::mem::replace(&mut self.environment.conditions, before);
        let environment = &mut *self.environment;
        environment.conditions.extend_unless_implied(&mut environment.graph, &demanded, guards);
        lowered
    }

    fn array(&mut self, entries: &[Tree], whole: &Tree) -> Result<Value, Diagnostic> {
        let mut nodes = Vec::new();
        let mut width = None;
        for entry in entries {
            let row: &[Tree] = match &entry.kind {
                Kind::Array(row) => row,
                _ => std::slice::from_ref(entry),
            };
            let is_row = matches!(entry.kind, Kind::Array(_));
            if width.is_some_and(|w| w != (row.len(), is_row)) {
                return Err(Diagnostic::new(Cause::Shape, "the rows of this matrix have different lengths")
                    .at(entry.span, format!("{} here", row.len())));
            }
            width = Some((row.len(), is_row));
            for item in row {
                let value = self.tree(item)?;
                if value.layout != Layout::Scalar || !value.indices.is_empty() {
                    return Err(self.wrong_shape("an entry must be a scalar", item, &value, ""));
                }
                nodes.push(value.node);
            }
        }
        let Some((columns, is_matrix)) = width.filter(|w| w.0 > 0) else {
            return Err(Diagnostic::new(Cause::Shape, "an empty list has no shape").at(whole.span, ""));
        };
        let graph = &mut self.environment.graph;
        let mut size = |n: usize| graph.dimension(Dimension::number(n as i64));
        let axes: Axes = if is_matrix {
            SmallVec::from_slice(&[size(entries.len()), size(columns)])
        } else {
            SmallVec::from_slice(&[size(entries.len())])
        };
        let layout = if is_matrix { Layout::Matrix } else { Layout::Column };
        Ok(Value::plain(self.environment.graph.array(nodes, axes), layout))
    }

    /// Contracts one value over labels: the bound indices keep their places.
    pub(super) fn contract(&mut self, outputs: usize, sizes: &[DimensionId], operands: &[Operand]) -> NodeId {
        self.environment.graph.contract(outputs, sizes, operands)
    }

    pub(super) fn call_depth(&mut self, tree: &Tree) -> Result<(), Diagnostic> {
        self.calls += 1;
        if self.calls > MAXIMUM_CALL_DEPTH {
            return Err(
                Diagnostic::new(Cause::Limit, "functions call each other too deeply").at(tree.span, "")
            );
        }
        Ok(())
    }
}

/// Every index of any of the values, in order of first appearance.
pub(super) fn union<'v>(values: impl Iterator<Item = &'v Value>) -> SmallVec<[IndexId; 2]> {
    let mut indices: SmallVec<[IndexId; 2]> = SmallVec::new();
    for value in values {
        for index in &value.indices {
            if !indices.contains(index) {
                indices.push(*index);
            }
        }
    }
    // A fixed order, so that the order of operands does not show.
    indices.sort_unstable();
    indices
}

/// The place of an index among the axes.
pub(super) fn place(indices: &[IndexId], index: IndexId) -> u8 {
    indices.iter().position(|i| *i == index).unwrap_or(0) as u8
}

/// Is a sum of counts and a number at least 0, each count being at least 1?
fn counts_from_zero(graph: &Graph, node: NodeId) -> bool {
    let mut least = Rational::ZERO;
    for (coefficient, term) in graph.terms(node) {
        if coefficient.is_negative() && !term.factors.is_empty() {
            return false;
        }
        least = least + coefficient;
    }
    !least.is_negative()
}

/// Is it a whole number because it counts: positions, sizes, whole multiples and sums of them?
fn is_whole(graph: &Graph, node: NodeId) -> bool {
    let counts = |node: NodeId| matches!(graph.atom(node), Some(Atom::Position | Atom::Size(_)));
    counts(node)
        || match graph.node(node) {
            Node::Sum(terms) => terms.iter().all(|(coefficient, term)| {
                let is_power = |e: &Exponent| e.number().is_some_and(|q| q.is_integer() && q.is_positive());
                coefficient.is_integer()
                    && term.factors.iter().all(|f| is_power(&f.exponent) && is_whole(graph, f.base))
            }),
            Node::Atom(_) => false,
        }
}
