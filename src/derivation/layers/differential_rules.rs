//! The rules for differentials: d(uv) = du v + u dv, d‖u‖² = 2uᵀ du, d(U⁻¹) = −U⁻¹ dU U⁻¹, and their like.

use super::super::make::{Care, as_number, integer, relation, substitute, zero};
use super::differentials::{Applied, Lines, PENDING, flat, tensor_meaning, unsupported};
use super::matrix::elementwise;
use super::read::entrywise;
use super::{tensor_function, transpose};
use crate::derivation::Phrase;
use crate::diagnostic::Diagnostic;
use crate::function::{self, TensorFunction};
use crate::syntax::tree::{Big, Kind, Relation, Tree};

/// What rules are written in.
const LETTER: &str = "u";

impl Lines<'_> {
    /// The rule for d(u), as the function or operation of u asks.
    pub(super) fn apply(&mut self, tree: &Tree) -> Result<Applied, Diagnostic> {
        let care = Care::Tidy;
        let named = |rule: &str, made: Tree| Applied {
            rule: rule.to_owned(),
            because: vec![Phrase::words(rule)],
            tree: made,
            conditions: Vec::new(),
        };
        if let Some(applied) = self.linear(tree) {
            return Ok(applied);
        }
        match &tree.kind {
            Kind::Product(factors) | Kind::Hadamard(factors) => {
                let is_product = matches!(tree.kind, Kind::Product(_));
                let mut terms = Vec::new();
                for at in 0..factors.len() {
                    if self.moves(&factors[at]) {
                        let mut own = factors.clone();
                        own[at] = self.differential_of(&factors[at]);
                        terms.push(flat(if is_product {
                            Kind::Product(own).into()
                        } else {
                            Kind::Hadamard(own).into()
                        }));
                    }
                }
                Ok(named("product rule", care.sum(terms)))
            }
            Kind::Quotient(a, b) | Kind::ElementwiseQuotient(a, b) => self.quotient(tree, a, b),
            Kind::Power(base, exponent) | Kind::ElementwisePower(base, exponent) => {
                self.power(tree, base, exponent)
            }
            Kind::Big { operation: Big::Product, indices, condition, body } => {
                let inner = self.differential_of(body);
                let quotient = Kind::Quotient(Box::new(inner), body.clone()).into();
                let sum = Kind::Big {
                    operation: Big::Sum,
                    indices: indices.clone(),
                    condition: condition.clone(),
                    body: Box::new(quotient),
                };
                let mut applied = named(
                    "logarithmic differential of a product",
                    Kind::Product(vec![tree.clone(), sum.into()]).into(),
                );
                applied.conditions = vec![relation((**body).clone(), Relation::NotEqual, zero())];
                Ok(applied)
            }
            Kind::Cases(rows) => {
                let rows = rows
                    .iter()
                    .map(|(value, condition)| (self.differential_of(value), condition.clone()))
                    .collect();
                Ok(named("each case by itself", Kind::Cases(rows).into()))
            }
            Kind::Call { name, primes: 0, arguments } => self.call(tree, name, arguments),
            _ => Err(unsupported(tree)),
        }
    }

    fn quotient(&mut self, tree: &Tree, a: &Tree, b: &Tree) -> Result<Applied, Diagnostic> {
        let care = Care::Tidy;
        let is_entrywise = matches!(tree.kind, Kind::ElementwiseQuotient(..));
        let joined = |factors: Vec<Tree>| -> Tree {
            if is_entrywise { Kind::Hadamard(factors).into() } else { Kind::Product(factors).into() }
        };
        if !is_entrywise && self.rank(b) > 0 {
            return Err(unsupported(tree));
        }
        let first = self.moves(a).then(|| self.differential_of(a));
        let second = self.differential_of(b);
        let mut terms = Vec::new();
        if let Some(first) = first {
            terms.push(joined(vec![b.clone(), first]));
        }
        let is_one = super::super::make::is_one(a);
        terms.push(care.negate(if is_one { second } else { joined(vec![a.clone(), second]) }));
        let above = Box::new(care.sum(terms));
        let (below, exponent) = (Box::new(b.clone()), Box::new(integer(2)));
        let made: Tree = if is_entrywise {
            Kind::ElementwiseQuotient(above, Box::new(Kind::ElementwisePower(below, exponent).into())).into()
        } else {
            Kind::Quotient(above, Box::new(Kind::Power(below, exponent).into())).into()
        };
        Ok(Applied {
            rule: "quotient rule".to_owned(),
            tree: made,
            because: vec![Phrase::words("quotient rule")],
            conditions: vec![relation(b.clone(), Relation::NotEqual, zero())],
        })
    }

    fn power(&mut self, tree: &Tree, base: &Tree, exponent: &Tree) -> Result<Applied, Diagnostic> {
        let care = Care::Tidy;
        // d‖u‖² = 2uᵀ du
        if let Kind::Call { name, primes: 0, arguments } = &base.kind
            && let [inner] = arguments.as_slice()
            && matches!(tensor_meaning(name), Some(TensorFunction::Norm2 | TensorFunction::NormFrobenius))
            && as_number(exponent).is_some_and(|n| n.as_integer() == Some(2))
        {
            let d = self.differential_of(inner);
            let rank = self.rank(inner);
            let pair = |u: Tree, d: Tree| paired(u, d, rank);
            let letter = || Tree::name(LETTER);
            let known = relation(
                Tree::call(
                    PENDING,
                    vec![
                        Kind::Power(Box::new(Tree::call(name.clone(), vec![letter()])), Box::new(integer(2)))
                            .into(),
                    ],
                ),
                Relation::Equal,
                doubled(pair(letter(), Tree::call(PENDING, vec![letter()]))),
            );
            return Ok(Applied {
                rule: "square of the norm".to_owned(),
                tree: doubled(pair(inner.clone(), d)),
                because: vec![Phrase::Formula(known)],
                conditions: Vec::new(),
            });
        }
        let is_entrywise = matches!(tree.kind, Kind::ElementwisePower(..));
        let rank = if is_entrywise { 1 } else { self.rank(base) };
        if !is_entrywise && rank > 0 {
            // A power of a matrix is a product.
            let times = as_number(exponent).and_then(|n| n.as_integer()).filter(|n| (2..=4).contains(n));
            let Some(times) = times else { return Err(unsupported(tree)) };
            let factors: Vec<Tree> = (0..times).map(|_| base.clone()).collect();
            return self.apply(&Kind::Product(factors).into());
        }
        let power = |base: Tree, exponent: Tree| -> Tree {
            match as_number(&exponent).and_then(|n| n.as_integer()) {
                Some(1) => base,
                _ if is_entrywise => Kind::ElementwisePower(Box::new(base), Box::new(exponent)).into(),
                _ => Kind::Power(Box::new(base), Box::new(exponent)).into(),
            }
        };
        let joined = |factors: Vec<Tree>| -> Tree {
            if is_entrywise { Kind::Hadamard(factors).into() } else { Kind::Product(factors).into() }
        };
        if !self.moves(exponent) {
            let inner = self.differential_of(base);
            let slope = power(base.clone(), care.one_less(exponent));
            let made = match as_number(exponent) {
                Some(_) if is_entrywise => {
                    Kind::Product(vec![exponent.clone(), joined(vec![slope, inner])]).into()
                }
                _ => flat(joined(vec![exponent.clone(), slope, inner])),
            };
            let is_whole = as_number(exponent).is_some_and(|n| n.is_integer() && !n.is_negative());
            return Ok(Applied {
                rule: "power rule".to_owned(),
                tree: made,
                because: vec![Phrase::words("power rule")],
                conditions: (!is_whole)
                    .then(|| relation(base.clone(), Relation::Greater, zero()))
                    .into_iter()
                    .collect(),
            });
        }
        if self.moves(base) || is_entrywise {
            return Err(unsupported(tree));
        }
        let inner = self.differential_of(exponent);
        let is_e = matches!(&base.kind, Kind::Name(name) if name == "e");
        let mut factors = vec![tree.clone()];
        if !is_e {
            factors.push(Tree::call(function::row(function::LOG).name, vec![base.clone()]));
        }
        factors.push(inner);
        Ok(Applied {
            rule: "exponential rule".to_owned(),
            tree: flat(Kind::Product(factors).into()),
            because: vec![Phrase::words("exponential rule")],
            conditions: (!is_e)
                .then(|| relation(base.clone(), Relation::Greater, zero()))
                .into_iter()
                .collect(),
        })
    }

    fn call(&mut self, tree: &Tree, name: &str, arguments: &[Tree]) -> Result<Applied, Diagnostic> {
        let own = |letter: Tree| Tree::call(name, vec![letter]);
        let letter = || Tree::name(LETTER);
        let Some(meaning) = tensor_meaning(name) else { return self.entry_by_entry(tree, name, arguments) };
        if let (TensorFunction::Dot, [a, b]) = (meaning, arguments) {
            let mut terms = Vec::new();
            if self.moves(a) {
                terms.push(paired(b.clone(), self.differential_of(a), 1));
            }
            if self.moves(b) {
                terms.push(paired(a.clone(), self.differential_of(b), 1));
            }
            return Ok(Applied {
                rule: "product rule".to_owned(),
                tree: Care::Tidy.sum(terms),
                because: vec![Phrase::words("product rule")],
                conditions: Vec::new(),
            });
        }
        let [inner] = arguments else { return Err(unsupported(tree)) };
        let rank = self.rank(inner);
        let product = |factors: Vec<Tree>| -> Tree { flat(Kind::Product(factors).into()) };
        let function_of =
            |wanted: TensorFunction, u: &Tree| Tree::call(tensor_function(wanted), vec![u.clone()]);
        let columns = self.columns(inner);
        let sign = function::row(function::SIGN).name;
        let rule = |u: &Tree, d: Tree| -> Option<Tree> {
            Some(match meaning {
                TensorFunction::Norm2 | TensorFunction::NormFrobenius => {
                    Kind::Quotient(Box::new(paired(u.clone(), d, rank)), Box::new(own(u.clone()))).into()
                }
                TensorFunction::Norm1 => Tree::call(
                    tensor_function(TensorFunction::Sum),
                    vec![Kind::Hadamard(vec![Tree::call(sign, vec![u.clone()]), d]).into()],
                ),
                TensorFunction::LogSumExp if rank == 1 => {
                    product(vec![transpose(function_of(TensorFunction::Softmax, u)), d])
                }
                TensorFunction::Softmax if rank == 1 => {
                    let s = own(u.clone());
                    let outer: Tree = Kind::Product(vec![s.clone(), transpose(s.clone())]).into();
                    let jacobian: Tree = Kind::Sum(vec![
                        function_of(TensorFunction::Diagonal, &s),
                        Kind::Negate(Box::new(outer)).into(),
                    ])
                    .into();
                    product(vec![jacobian, d])
                }
                // each row by itself
                TensorFunction::Softmax if rank == 2 => {
                    let s = own(u.clone());
                    let columns = columns.clone()?;
                    let ones =
                        Tree::call(tensor_function(TensorFunction::Ones), vec![columns.clone(), columns]);
                    let weighted: Tree = Kind::Hadamard(vec![s.clone(), d.clone()]).into();
                    let rows: Tree = Kind::Product(vec![weighted, ones]).into();
                    let inner: Tree = Kind::Sum(vec![d, Kind::Negate(Box::new(rows)).into()]).into();
                    Kind::Hadamard(vec![s, inner]).into()
                }
                TensorFunction::LogDeterminant => Tree::call(
                    tensor_function(TensorFunction::Trace),
                    vec![product(vec![function_of(TensorFunction::Inverse, u), d])],
                ),
                TensorFunction::Determinant => product(vec![
                    own(u.clone()),
                    Tree::call(
                        tensor_function(TensorFunction::Trace),
                        vec![product(vec![function_of(TensorFunction::Inverse, u), d])],
                    ),
                ]),
                TensorFunction::Inverse => {
                    Kind::Negate(Box::new(product(vec![own(u.clone()), d, own(u.clone())]))).into()
                }
                _ => return None,
            })
        };
        let d = self.differential_of(inner);
        let Some(made) = rule(inner, d) else { return Err(unsupported(tree)) };
        let known = rule(&letter(), Tree::call(PENDING, vec![letter()])).map(|right| {
            Phrase::Formula(relation(Tree::call(PENDING, vec![own(letter())]), Relation::Equal, right))
        });
        let conditions = match meaning {
            TensorFunction::Norm2 | TensorFunction::NormFrobenius => {
                vec![relation(own(inner.clone()), Relation::NotEqual, zero())]
            }
            TensorFunction::Norm1 => vec![relation(inner.clone(), Relation::NotEqual, zero())],
            _ => Vec::new(),
        };
        Ok(Applied {
            rule: format!("differential of {name}"),
            tree: made,
            because: known.into_iter().collect(),
            conditions,
        })
    }

    /// f(u) with f entry by entry; of several arguments one changes.
    fn entry_by_entry(&mut self, tree: &Tree, name: &str, arguments: &[Tree]) -> Result<Applied, Diagnostic> {
        let moving: Vec<usize> = (0..arguments.len()).filter(|at| self.moves(&arguments[*at])).collect();
        let [at] = moving.as_slice() else { return Err(unsupported(tree)) };
        let inner = &arguments[*at];
        let Some(own) = entrywise(self.problem(), name, arguments, *at) else {
            return Err(unsupported(tree));
        };
        let d = self.differential_of(inner);
        let rank = self.rank(inner);
        let slope = own.slope_at(&Tree::name(LETTER));
        let shown = if rank == 0 { slope.clone() } else { elementwise(&slope) };
        let shown = substitute(&shown, &[(LETTER.to_owned(), inner.clone())]);
        let made = if rank == 0 {
            flat(Kind::Product(vec![shown, d]).into())
        } else {
            Kind::Hadamard(vec![shown, d]).into()
        };
        let words = if rank == 0 { "chain rule:" } else { "entry by entry:" };
        let letter = Tree::name(LETTER);
        // |u| and √u have no name that a prime could follow
        let has_name = !function::lookup(name)
            .is_some_and(|id| [function::ABS, function::SQRT, function::CBRT].contains(&id));
        let left = if arguments.len() == 1 && has_name {
            Kind::Call { name: name.to_owned(), primes: 1, arguments: vec![letter] }.into()
        } else {
            super::super::make::derivative(own.of(&letter), &letter)
        };
        let because = vec![Phrase::words(words), Phrase::Formula(relation(left, Relation::Equal, slope))];
        Ok(Applied {
            rule: format!("differential of {name}"),
            tree: made,
            because,
            conditions: own.conditions_at(inner),
        })
    }
}

/// uᵀ du, or tr(Uᵀ dU).
fn paired(u: Tree, d: Tree, rank: usize) -> Tree {
    let product = flat(Kind::Product(vec![transpose(u), d]).into());
    if rank > 1 { Tree::call(tensor_function(TensorFunction::Trace), vec![product]) } else { product }
}

fn doubled(tree: Tree) -> Tree {
    flat(Kind::Product(vec![integer(2), tree]).into())
}
