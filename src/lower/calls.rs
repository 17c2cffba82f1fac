//! Calls: functions of the table, functions the user defined, functions without a definition.

use smallvec::SmallVec;

use super::environment::Named;
use super::lowering::Lowering;
use super::value::{Layout, Value};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function::{self, FunctionId, Meaning, TensorFunction};
use crate::ir::template::formulas;
use crate::ir::{Axes, Dimension, DimensionId, Exponent, Labels, Operand, Reduction};
use crate::number::Rational;
use crate::syntax::tree::{Kind, Relation, Tree};

impl Lowering<'_> {
    pub(super) fn call(
        &mut self,
        whole: &Tree,
        name: &str,
        primes: u8,
        arguments: &[Tree],
    ) -> Result<Value, Diagnostic> {
        match self.environment.named(name).cloned() {
            Some(Named::Function { parameters, value }) => {
                return self.defined(whole, name, primes, &parameters, &value, arguments);
            }
            Some(Named::Unknown) => {
                let [argument] = arguments else {
                    return Err(arity(whole, name, "one argument", arguments.len()));
                };
                let value = self.tree(argument)?;
                let node = self.environment.graph.unknown_call(name, primes, value.node);
                return Ok(Value { node, ..value });
            }
            _ => {}
        }
        let Some(id) = function::lookup(name) else {
            return Err(Diagnostic::new(Cause::Name, format!("{name} is not a known function"))
                .at(whole.span, "")
                .help(format!("declare it with --let '{name}: function' or --let '{name}(t) = …'")));
        };
        let row = function::row(id);
        if let Meaning::Tensor(kind) = row.meaning {
            return if primes == 0 {
                self.tensor_call(whole, id, kind, arguments)
            } else {
                Err(Diagnostic::new(
                    Cause::Unsupported,
                    format!("{name} has no derivative that a prime could mean"),
                )
                .at(whole.span, ""))
            };
        }
        if let (true, [argument]) = (id == function::MAX || id == function::MIN, arguments) {
            let value = self.tree(argument)?;
            return if id == function::MAX {
                self.extreme(Reduction::Maximum, argument, &value)
            } else {
                self.extreme(Reduction::Minimum, argument, &value)
            };
        }
        self.elementwise(whole, id, primes, arguments)
    }

    fn elementwise(
        &mut self,
        whole: &Tree,
        id: FunctionId,
        primes: u8,
        arguments: &[Tree],
    ) -> Result<Value, Diagnostic> {
        let row = function::row(id);
        let folds = (id == function::MAX || id == function::MIN) && arguments.len() > 2;
        if arguments.len() != row.parameters.len() && !folds {
            let wanted = match row.parameters.len() {
                1 => "one argument".to_owned(),
                2 => "two arguments".to_owned(),
                n => format!("{n} arguments"),
            };
            return Err(arity(whole, row.name, &wanted, arguments.len()));
        }
        let mut parts = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.entry_by_entry(|lowering| lowering.tree(argument))?;
            self.remark_on_function_of_matrix(id, whole, argument, &value);
            parts.push((argument, value));
        }
        if id == function::SQRT
            && let ([(tree, value)], 0) = (parts.as_slice(), primes)
        {
            let half = self.environment.graph.number(&Rational::HALF);
            return self.raised(tree, value.clone(), whole, Value::plain(half, Layout::Scalar));
        }
        if let ("pow", [(a, x), (b, y)]) = (row.name, parts.as_slice()) {
            return self.raised(a, x.clone(), b, y.clone());
        }
        let (nodes, like) = self.aligned(&parts, "put together")?;
        if let (true, Some(first)) = (folds, nodes.first()) {
            let mut node = *first;
            for next in &nodes[1..] {
                node = self.environment.graph.call(id, &[node, *next]);
            }
            return Ok(Value { node, ..like });
        }
        self.domain(whole, id, &nodes)?;
        let graph = &mut self.environment.graph;
        let is_shorthand = row.shorthand;
        let mut node = match &formulas(id).canonical {
            Some(canonical) if is_shorthand => {
                graph.instantiate(canonical, row.parameters, &nodes).unwrap_or_else(|| graph.call(id, &nodes))
            }
            _ => graph.call(id, &nodes),
        };
        if primes > 0 {
            node = self.primed(whole, id, primes, &nodes)?;
        }
        Ok(Value { node, ..like })
    }

    /// σ'(x): the derivative of a function of the table, evaluated at its argument.
    fn primed(
        &mut self,
        whole: &Tree,
        id: FunctionId,
        primes: u8,
        arguments: &[crate::ir::NodeId],
    ) -> Result<crate::ir::NodeId, Diagnostic> {
        let row = function::row(id);
        let help = self.spelled("write diff(f(x), x)", r"write \frac{d}{dx} f(x)");
        let bad = || {
            Diagnostic::new(Cause::Unsupported, format!("{} cannot be primed here", row.name))
                .at(whole.span, "")
                .help(help)
        };
        let [argument] = arguments else { return Err(bad()) };
        let partial = formulas(id).partials.first().and_then(Option::as_ref).ok_or_else(bad)?;
        let graph = &mut self.environment.graph;
        if primes == 1 {
            return graph.instantiate(partial, row.parameters, arguments).ok_or_else(bad);
        }
        // Of a fresh variable first, then its argument is put in.
        let fresh = graph.variable(&format!("{} of '", row.name), Axes::new());
        let mut node = graph.instantiate(partial, row.parameters, &[fresh]).ok_or_else(bad)?;
        for _ in 1..primes {
            node = crate::differentiate::differentiate(graph, node, &[fresh])?.partials[0];
        }
        let axes = graph.axes(*argument).clone();
        let node = graph.substitute_scalar(node, fresh, *argument).ok_or_else(bad)?;
        Ok(graph.broadcast_scalar(node, &axes))
    }

    /// Conditions under which a function of the table is defined.
    fn domain(
        &mut self,
        whole: &Tree,
        id: FunctionId,
        arguments: &[crate::ir::NodeId],
    ) -> Result<(), Diagnostic> {
        let row = function::row(id);
        for tree in &formulas(id).defined {
            let environment = &mut *self.environment;
            let Some(relations) = environment.graph.instantiate_relation(tree, row.parameters, arguments)
            else {
                continue;
            };
            for (relation, a, b) in relations {
                let graph = &mut environment.graph;
                let difference = graph.subtract(a, b);
                if let Some(value) = graph.as_number(difference) {
                    if !crate::number::Sign::of(&value).is(crate::facts::sign_of_relation(relation)) {
                        let problem =
                            Diagnostic::new(Cause::Undefined, format!("{} is not defined here", row.name))
                                .at(whole.span, format!("{} needs {}", row.name, row.defined.join(" and ")));
                        return Err(match row.convention {
                            Some(convention) => problem.help(convention),
                            None => problem,
                        });
                    }
                    continue;
                }
                if graph.as_number(b).is_some_and(|v| v.is_zero()) {
                    environment.conditions.require_of(graph, a, relation);
                } else {
                    environment.conditions.require(graph, a, relation, b);
                }
            }
        }
        Ok(())
    }

    fn defined(
        &mut self,
        whole: &Tree,
        name: &str,
        primes: u8,
        parameters: &[String],
        body: &Tree,
        arguments: &[Tree],
    ) -> Result<Value, Diagnostic> {
        if arguments.len() != parameters.len() {
            let wanted = if parameters.len() == 1 {
                "one argument".to_owned()
            } else {
                format!("{} arguments", parameters.len())
            };
            return Err(arity(whole, name, &wanted, arguments.len()));
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.tree(argument)?);
        }
        if primes > 0 {
            return self.primed_definition(whole, primes, parameters, body, values);
        }
        self.call_depth(whole)?;
        let depth = self.parameters.len();
        self.parameters.extend(parameters.iter().cloned().zip(values));
        let result = self.tree(body);
        self.parameters.truncate(depth);
        self.calls -= 1;
        result
    }

    /// f'(x) of a defined function of one scalar: differentiate the body by its parameter, then put the argument in.
    fn primed_definition(
        &mut self,
        whole: &Tree,
        primes: u8,
        parameters: &[String],
        body: &Tree,
        values: Vec<Value>,
    ) -> Result<Value, Diagnostic> {
        let ([_], [value]) = (parameters, values.as_slice()) else {
            return Err(Diagnostic::new(Cause::Unsupported, "a prime needs a function of one argument")
                .at(whole.span, ""));
        };
        self.call_depth(whole)?;
        // A fresh variable with the shape of the argument: the function acts on each component.
        let axes = self.environment.graph.axes(value.node).clone();
        let fresh = self.environment.graph.variable(&format!("{} of '", parameters[0]), Axes::new());
        let depth = self.parameters.len();
        self.parameters.push((parameters[0].clone(), Value::plain(fresh, Layout::Scalar)));
        let outer = std::mem::take(&mut self.environment.conditions);
        let result = self.tree(body);
        let mut own = std::mem::replace(&mut self.environment.conditions, outer);
        self.parameters.truncate(depth);
        self.calls -= 1;
        let result = result?;
        if result.layout != Layout::Scalar {
            return Err(Diagnostic::new(
                Cause::Unsupported,
                "a prime needs a function whose values are scalars",
            )
            .at(whole.span, "")
            .help("write d/dt (…) for the derivative of a vector by a scalar"));
        }
        let mut node = result.node;
        for _ in 0..primes {
            let derivative =
                crate::differentiate::differentiate(&mut self.environment.graph, node, &[fresh])?;
            own.extend(&derivative.conditions);
            self.environment.add_conventions(&derivative.conventions);
            node = derivative.partials[0];
        }
        // What is asked of the parameter is asked of the argument.
        let conditions = own.mapped(&mut self.environment.graph, &mut |graph, node| {
            let node = graph.substitute_scalar(node, fresh, value.node).unwrap_or(node);
            graph.broadcast_scalar(node, &axes)
        });
        self.environment.conditions.extend(&conditions);
        let node = self
            .environment
            .graph
            .substitute_scalar(node, fresh, value.node)
            .map(|node| self.environment.graph.broadcast_scalar(node, &axes))
            .ok_or_else(|| {
                Diagnostic::new(Cause::Unsupported, "this function cannot be primed").at(whole.span, "")
            })?;
        Ok(Value { node, ..value.clone() })
    }

    fn tensor_call(
        &mut self,
        whole: &Tree,
        id: FunctionId,
        kind: TensorFunction,
        arguments: &[Tree],
    ) -> Result<Value, Diagnostic> {
        use TensorFunction as F;
        let name = function::row(id).name;
        if matches!(kind, F::Identity | F::Ones | F::Zeros | F::Unit) {
            return self.made(whole, name, kind, arguments);
        }
        let wanted = if matches!(kind, F::Dot | F::Hadamard | F::Outer | F::Kronecker) { 2 } else { 1 };
        if arguments.len() != wanted {
            let words = if wanted == 1 { "one argument" } else { "two arguments" };
            return Err(arity(whole, name, words, arguments.len()));
        }
        let a = &arguments[0];
        let x = self.tree(a)?;
        if wanted == 2 {
            let b = &arguments[1];
            let y = self.tree(b)?;
            return match kind {
                F::Hadamard => self.elementwise_product(&[(a, x), (b, y)]),
                F::Kronecker => {
                    Err(Diagnostic::new(Cause::Unsupported, "the Kronecker product is not available yet")
                        .at(whole.span, "")
                        .help("write it with indices: A[i,j]*B[k,l]"))
                }
                F::Outer => {
                    let y = self.transposed(b, y)?;
                    self.product_of(&[(a, x), (b, y)])
                }
                _ => {
                    let product = self.elementwise_product(&[(a, x), (b, y)])?;
                    self.total(&product, whole)
                }
            };
        }
        match kind {
            F::Sum => self.total(&x, whole),
            F::Mean => {
                let count = self.count(&x);
                let total = self.total(&x, whole)?;
                let count = self.environment.graph.reciprocal(count);
                let node = self.environment.graph.multiply(&[total.node, count]);
                Ok(Value { node, ..total })
            }
            F::Norm1 | F::Norm2 if !whole.span.is_empty() && x.layout.rank() > 1 => {
                Err(self.norm_of_matrix(kind, whole, a, &x))
            }
            F::Norm1 => {
                let node = self.environment.graph.call(function::ABS, &[x.node]);
                self.total(&Value { node, ..x }, whole)
            }
            F::Norm2 | F::NormFrobenius => {
                let node = self.environment.graph.power(x.node, Exponent::Number(Rational::TWO));
                let square = self.total(&Value { node, ..x }, whole)?;
                let node = self.environment.graph.power(square.node, Exponent::Number(Rational::HALF));
                Ok(Value { node, ..square })
            }
            F::LogSumExp => {
                let node = self.environment.graph.call(function::EXP, &[x.node]);
                let total = self.total(&Value { node, ..x }, whole)?;
                let node = self.environment.graph.call(function::LOG, &[total.node]);
                Ok(Value { node, ..total })
            }
            F::Softmax => self.softmax(a, &x),
            F::Maximum => self.extreme(Reduction::Maximum, a, &x),
            F::Minimum => self.extreme(Reduction::Minimum, a, &x),
            F::Transpose => self.transposed(a, x),
            F::Trace => {
                let size = self.square_size(a, &x)?;
                let n = x.indices.len();
                let mut sizes = Axes::from_slice(&self.environment.graph.axes(x.node)[..n]);
                sizes.push(size);
                let mut labels: Labels = (0..n as u8).collect();
                labels.extend([n as u8, n as u8]);
                let operand = Operand { node: x.node, labels, exponent: Exponent::ONE };
                let node = self.contract(n, &sizes, &[operand]);
                Ok(Value { node, layout: Layout::Scalar, ..x })
            }
            F::Diagonal => self.diagonal(a, &x),
            F::Inverse => self.matrix_inverse(a, &x),
            F::Determinant => {
                self.square_without_indices(a, &x)?;
                Ok(Value::plain(self.environment.graph.determinant(x.node), Layout::Scalar))
            }
            F::LogDeterminant => {
                self.square_without_indices(a, &x)?;
                let determinant = self.environment.graph.determinant(x.node);
                self.require(determinant, Relation::Greater);
                Ok(Value::plain(self.environment.graph.log_determinant(x.node), Layout::Scalar))
            }
            _ => Err(Diagnostic::new(Cause::Unsupported, format!("{name} is not available yet"))
                .at(whole.span, "")),
        }
    }

    fn require(&mut self, node: crate::ir::NodeId, relation: Relation) {
        let environment = &mut *self.environment;
        environment.conditions.require_of(&mut environment.graph, node, relation);
    }

    fn square_without_indices(&mut self, tree: &Tree, value: &Value) -> Result<DimensionId, Diagnostic> {
        if !value.indices.is_empty() {
            return Err(Diagnostic::new(
                Cause::Unsupported,
                "inverses and determinants of matrices that depend on an index are not available",
            )
            .at(tree.span, ""));
        }
        self.square_size(tree, value)
    }

    pub(super) fn matrix_inverse(&mut self, tree: &Tree, value: &Value) -> Result<Value, Diagnostic> {
        self.square_without_indices(tree, value)?;
        let determinant = self.environment.graph.determinant(value.node);
        self.require(determinant, Relation::NotEqual);
        let node = self.environment.graph.inverse(value.node);
        Ok(Value { node, ..value.clone() })
    }

    /// `‖A‖₂` is the largest singular value in most books and the root of the sum of squares in some.
    fn norm_of_matrix(&self, kind: TensorFunction, whole: &Tree, inner: &Tree, value: &Value) -> Diagnostic {
        let (what, help) = if kind == TensorFunction::Norm1 {
            (
                "the sum of the absolute values or the largest column sum",
                self.spelled("write sum(abs(A)) for the sum", r"write \sum_{i,j} |A_{ij}| for the sum"),
            )
        } else {
            (
                "the spectral norm or the Frobenius norm",
                self.spelled(
                    "write normF(A) for the Frobenius norm; the spectral norm is not available",
                    r"write \|A\|_F for the Frobenius norm; the spectral norm is not available",
                ),
            )
        };
        let error =
            Diagnostic::new(Cause::Shape, format!("it is not clear whether this norm of a matrix is {what}"));
        let error = error.at(inner.span, format!("this is {}", self.shape_text(value)));
        let error = if inner.span == whole.span { error } else { error.at(whole.span, "") };
        error.help(help)
    }

    /// The sum of all entries.
    fn total(&mut self, value: &Value, _whole: &Tree) -> Result<Value, Diagnostic> {
        let axes = self.environment.graph.axes(value.node).clone();
        let n = value.indices.len();
        let operand =
            Operand { node: value.node, labels: (0..axes.len() as u8).collect(), exponent: Exponent::ONE };
        let node = self.contract(n, &axes, &[operand]);
        Ok(Value { node, layout: Layout::Scalar, indices: value.indices.clone() })
    }

    /// The number of entries.
    fn count(&mut self, value: &Value) -> crate::ir::NodeId {
        let sizes = Axes::from_slice(value.sizes(self.environment.graph.axes(value.node)));
        let graph = &mut self.environment.graph;
        let mut factors: Vec<_> = sizes.iter().map(|s| graph.size(*s)).collect();
        factors.push(graph.number(&Rational::ONE));
        graph.multiply(&factors)
    }

    /// `exp(x_i)/Σ_k` `exp(x_k)` over the last axis: along a vector, along each row of a matrix.
    fn softmax(&mut self, tree: &Tree, value: &Value) -> Result<Value, Diagnostic> {
        if value.layout == Layout::Scalar {
            return Err(self.wrong_shape(
                "softmax needs a vector",
                tree,
                value,
                "for one number, σ(x) may be meant",
            ));
        }
        let graph = &mut self.environment.graph;
        let axes = graph.axes(value.node).clone();
        let n = axes.len();
        let exp = graph.call(function::EXP, &[value.node]);
        let all: Labels = (0..n as u8).collect();
        let operand = Operand { node: exp, labels: all.clone(), exponent: Exponent::ONE };
        let total = graph.contract(n - 1, &axes, std::slice::from_ref(&operand));
        let below = Operand {
            node: total,
            labels: SmallVec::from_slice(&all[..n - 1]),
            exponent: Exponent::Number(Rational::MINUS_ONE),
        };
        let node = graph.contract(n, &axes, &[operand, below]);
        Ok(Value { node, ..value.clone() })
    }

    fn extreme(&mut self, kind: Reduction, tree: &Tree, value: &Value) -> Result<Value, Diagnostic> {
        let count = value.layout.rank();
        if count == 0 {
            return Err(self.wrong_shape("this needs a vector, or at least two arguments", tree, value, ""));
        }
        let node = self.environment.graph.reduce(kind, value.node, count);
        Ok(Value { node, layout: Layout::Scalar, indices: value.indices.clone() })
    }

    /// The diagonal matrix of a vector, the diagonal of a matrix.
    fn diagonal(&mut self, tree: &Tree, value: &Value) -> Result<Value, Diagnostic> {
        let n = value.indices.len() as u8;
        let mut sizes = Axes::from_slice(&self.environment.graph.axes(value.node)[..n as usize]);
        let prefix: Labels = (0..n).collect();
        let with = |own: &[u8]| {
            let mut labels = prefix.clone();
            labels.extend(own.iter().map(|l| l + n));
            labels
        };
        match value.layout {
            Layout::Column | Layout::Row => {
                let size = value.sizes(self.environment.graph.axes(value.node))[0];
                sizes.extend([size, size]);
                let delta = self.environment.graph.delta(size);
                let operands = [
                    Operand { node: value.node, labels: with(&[0]), exponent: Exponent::ONE },
                    Operand::new(delta, &[n, n + 1]),
                ];
                let node = self.contract(n as usize + 2, &sizes, &operands);
                Ok(Value { node, layout: Layout::Matrix, indices: value.indices.clone() })
            }
            Layout::Matrix => {
                let size = self.square_size(tree, value)?;
                sizes.push(size);
                let operand = Operand { node: value.node, labels: with(&[0, 0]), exponent: Exponent::ONE };
                let node = self.contract(n as usize + 1, &sizes, &[operand]);
                Ok(Value { node, layout: Layout::Column, indices: value.indices.clone() })
            }
            _ => Err(self.wrong_shape("diag needs a vector or a square matrix", tree, value, "")),
        }
    }

    /// `eye(n)`, `ones(n)`, `ones(n,m)`, `zeros(n)`, `unit(k, n)`.
    fn made(
        &mut self,
        whole: &Tree,
        name: &str,
        kind: TensorFunction,
        arguments: &[Tree],
    ) -> Result<Value, Diagnostic> {
        if kind == TensorFunction::Unit {
            let [position, size] = arguments else {
                return Err(arity(whole, name, "two arguments", arguments.len()));
            };
            let size = self.size(size)?;
            if let Kind::Name(index) = &position.kind
                && let Some(bound) = self.index_named(index)
            {
                // Under `sum[k]` the place is the bound index: one vector for each of its values.
                self.unify(bound, size, position)?;
                let node = self.environment.graph.delta(size);
                return Ok(Value { node, indices: SmallVec::from_slice(&[bound]), layout: Layout::Column });
            }
            let graph = &mut self.environment.graph;
            let node = match &position.kind {
                Kind::Name(index) => {
                    let symbol = graph.symbol(index);
                    graph.unit(symbol, size)
                }
                Kind::Number(n) if n.as_integer().is_some_and(|n| n >= 1) => {
                    let n = n.as_integer().unwrap_or(1);
                    graph.affine(&[1], -n, SmallVec::from_slice(&[size]))
                }
                _ => {
                    return Err(Diagnostic::new(Cause::Shape, "the place of the one is a number or a name")
                        .at(position.span, ""));
                }
            };
            return Ok(Value::plain(node, Layout::Column));
        }
        if arguments.is_empty() && kind == TensorFunction::Ones {
            return self.ones_without_size(whole);
        }
        if arguments.is_empty()
            || arguments.len() > 2
            || (kind == TensorFunction::Identity && arguments.len() > 1)
        {
            return Err(arity(whole, name, "its size", arguments.len()));
        }
        let mut axes = Axes::new();
        for argument in arguments {
            axes.push(self.size(argument)?);
        }
        let graph = &mut self.environment.graph;
        if kind == TensorFunction::Identity {
            return Ok(Value::plain(graph.delta(axes[0]), Layout::Matrix));
        }
        let value = if kind == TensorFunction::Ones { Rational::ONE } else { Rational::ZERO };
        let is_column = axes.len() == 2 && graph.dimension_value(axes[1]).as_number() == Some(1);
        if is_column {
            axes.pop();
        }
        let layout = Layout::of_rank(axes.len());
        Ok(Value::plain(graph.constant(&value, axes), layout))
    }

    fn size(&mut self, tree: &Tree) -> Result<DimensionId, Diagnostic> {
        let dimension: Dimension = self.environment.dimension_of(tree)?;
        Ok(self.environment.graph.dimension(dimension))
    }
}

fn arity(whole: &Tree, name: &str, wanted: &str, given: usize) -> Diagnostic {
    let given = if given == 1 { "1 was given".to_owned() } else { format!("{given} were given") };
    Diagnostic::new(Cause::Name, format!("{name} takes {wanted}, {given}")).at(whole.span, "")
}
