//! Formulas for the tests of this room, written with operators.

use std::ops::{Add, Div, Mul, Neg, Sub};

use proptest::prelude::*;
use smallvec::smallvec;

use crate::function::{self, Function};
use crate::ir::scalar::{Constant, Operation, Scalar, ScalarBuilder};
use crate::number::Rational;

/// A formula under construction.
#[derive(Clone, Debug)]
pub(super) struct Formula(Scalar);

pub(super) fn x() -> Formula {
    Formula::leaf(0)
}

pub(super) fn y() -> Formula {
    Formula::leaf(1)
}

pub(super) fn n(n: i64) -> Formula {
    Formula::make(&[], |_| Operation::Number(Rational::integer(n)))
}

pub(super) fn pi() -> Formula {
    Formula::make(&[], |_| Operation::Constant(Constant::Pi))
}

pub(super) fn f(name: &str, argument: Formula) -> Formula {
    let id = function::lookup(name).expect("a function of the table");
    Formula::make(&[argument], |a| Operation::Call(Function::Known(id), smallvec![a[0]]))
}

impl Formula {
    fn make(operands: &[Formula], operation: impl Fn(&[u32]) -> Operation) -> Formula {
        let mut builder = ScalarBuilder::default();
        let places: Vec<u32> = operands.iter().map(|o| builder.import(&o.0, o.0.root())).collect();
        let root = builder.add(operation(&places));
        Formula(builder.finish(root))
    }

    pub(super) fn leaf(k: u32) -> Formula {
        Formula::make(&[], |_| Operation::Leaf(k))
    }

    pub(super) fn fraction(n: i64, d: i64) -> Formula {
        Formula::make(&[], |_| Operation::Number(Rational::fraction(n, d).expect("a fraction")))
    }

    pub(super) fn to(self, exponent: Formula) -> Formula {
        Formula::make(&[self, exponent], |a| Operation::Power(a[0], a[1]))
    }

    pub(super) fn finish(self) -> Scalar {
        self.0
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident $operation:ident)*) => {$(
        impl $trait for Formula {
            type Output = Formula;
            fn $method(self, other: Formula) -> Formula {
                Formula::make(&[self, other], |a| Operation::$operation(a[0], a[1]))
            }
        }
    )*};
}

operator! { Add add Add Sub sub Subtract Mul mul Multiply Div div Divide }

impl Neg for Formula {
    type Output = Formula;
    fn neg(self) -> Formula {
        Formula::make(&[self], |a| Operation::Negate(a[0]))
    }
}

/// Any formula in two leaves with every operation and every elementwise function.
pub(super) fn any_formula() -> impl Strategy<Value = Scalar> {
    let leaf = prop_oneof![
        Just(x()),
        Just(y()),
        Just(pi()),
        (-4i64..5).prop_map(n),
        (-9i64..10, 1i64..6).prop_map(|(n, d)| Formula::fraction(n, d)),
    ];
    leaf.prop_recursive(5, 24, 2, |inner| {
        let functions: Vec<_> =
            function::all().filter(|(_, row)| row.is_elementwise()).map(|(id, _)| id).collect();
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(a, b)| a + b),
            pair.clone().prop_map(|(a, b)| a - b),
            pair.clone().prop_map(|(a, b)| a * b),
            pair.clone().prop_map(|(a, b)| a / b),
            pair.clone().prop_map(|(a, b)| a.to(b)),
            inner.clone().prop_map(|a| -a),
            (inner.clone(), -3i64..4).prop_map(|(a, k)| a.to(n(k))),
            (proptest::sample::select(functions), pair).prop_map(|(id, (a, b))| {
                let two = function::row(id).parameters.len() == 2;
                let operands = if two { vec![a, b] } else { vec![a] };
                Formula::make(&operands, |a| Operation::Call(Function::Known(id), a.into()))
            }),
        ]
    })
    .prop_map(Formula::finish)
}
