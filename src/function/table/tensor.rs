//! Functions of vectors and matrices. What they are made of, `ir` knows; how they are written stands here.

use super::super::{Row, TensorFunction};
use super::tensor;

pub(super) const ROWS: &[Row] = &[
    Row {
        code: ["", "", "sum", "sum"],
        ..tensor("sum", r"\operatorname{sum}", &["x"], TensorFunction::Sum, "The sum of all entries.")
    },
    Row {
        code: ["", "", "mean", "mean"],
        ..tensor("mean", r"\operatorname{mean}", &["x"], TensorFunction::Mean, "The mean of all entries.")
    },
    Row {
        aliases: &["trace"],
        code: ["", "", "trace", "tr"],
        ..tensor("tr", r"\operatorname{tr}", &["A"], TensorFunction::Trace, "The trace of a square matrix.")
    },
    Row {
        code: ["", "", "linalg.det", "det"],
        ..tensor("det", r"\det", &["A"], TensorFunction::Determinant, "The determinant of a square matrix.")
    },
    Row {
        defined: &["det(A) > 0"],
        code: ["", "", "", "logdet"],
        ..tensor(
            "logdet",
            r"\log\det",
            &["A"],
            TensorFunction::LogDeterminant,
            "The logarithm of the determinant of a square matrix.",
        )
    },
    Row {
        aliases: &["inverse"],
        defined: &["det(A) != 0"],
        code: ["", "", "linalg.inv", "inv"],
        ..tensor(
            "inv",
            r"\operatorname{inv}",
            &["A"],
            TensorFunction::Inverse,
            "The inverse of a square matrix.",
        )
    },
    Row {
        aliases: &["Diag"],
        code: ["", "", "diag", "diagm"],
        ..tensor(
            "diag",
            r"\operatorname{diag}",
            &["x"],
            TensorFunction::Diagonal,
            "The diagonal matrix of a vector; the diagonal of a square matrix.",
        )
    },
    Row {
        code: ["", "", "transpose", "transpose"],
        ..tensor(
            "transpose",
            r"\operatorname{transpose}",
            &["A"],
            TensorFunction::Transpose,
            "The transpose.",
        )
    },
    Row {
        ..tensor(
            "softmax",
            r"\operatorname{softmax}",
            &["x"],
            TensorFunction::Softmax,
            "exp(x_i)/Σ_k exp(x_k), over the last axis.",
        )
    },
    Row {
        aliases: &["lse"],
        ..tensor(
            "logsumexp",
            r"\operatorname{logsumexp}",
            &["x"],
            TensorFunction::LogSumExp,
            "The logarithm of the sum of the exponentials of all entries.",
        )
    },
    Row {
        differentiable: &["x != 0"],
        convention: Some("the derivative of norm1 at a zero entry is 0"),
        ..tensor(
            "norm1",
            r"\operatorname{norm1}",
            &["x"],
            TensorFunction::Norm1,
            "The sum of the absolute values of all entries.",
        )
    },
    Row {
        aliases: &["norm"],
        differentiable: &["norm2(x) != 0"],
        code: ["", "", "linalg.norm", "norm"],
        ..tensor(
            "norm2",
            r"\operatorname{norm2}",
            &["x"],
            TensorFunction::Norm2,
            "The root of the sum of squares of all entries.",
        )
    },
    Row {
        aliases: &["norm_fro", "frobenius"],
        differentiable: &["normF(A) != 0"],
        code: ["", "", "linalg.norm", "norm"],
        ..tensor(
            "normF",
            r"\operatorname{normF}",
            &["A"],
            TensorFunction::NormFrobenius,
            "The Frobenius norm of a matrix: the root of the sum of squares of all entries.",
        )
    },
    Row {
        aliases: &["amax"],
        convention: Some("where several entries are largest, the derivative follows the first"),
        code: ["", "", "amax", "maximum"],
        ..tensor("maximum", r"\max", &["x"], TensorFunction::Maximum, "The largest entry.")
    },
    Row {
        aliases: &["amin"],
        convention: Some("where several entries are smallest, the derivative follows the first"),
        code: ["", "", "amin", "minimum"],
        ..tensor("minimum", r"\min", &["x"], TensorFunction::Minimum, "The smallest entry.")
    },
    Row {
        aliases: &["inner"],
        code: ["", "", "dot", "dot"],
        ..tensor(
            "dot",
            r"\operatorname{dot}",
            &["x", "y"],
            TensorFunction::Dot,
            "The sum of the products of entries.",
        )
    },
    tensor(
        "hadamard",
        r"\operatorname{hadamard}",
        &["x", "y"],
        TensorFunction::Hadamard,
        "The product entry by entry.",
    ),
    Row {
        code: ["", "", "outer", ""],
        ..tensor(
            "outer",
            r"\operatorname{outer}",
            &["x", "y"],
            TensorFunction::Outer,
            "The outer product x y'.",
        )
    },
    Row {
        aliases: &["identity"],
        code: ["", "", "eye", "I"],
        ..tensor(
            "eye",
            r"\operatorname{I}",
            &["n"],
            TensorFunction::Identity,
            "The identity matrix of a size.",
        )
    },
    Row {
        code: ["", "", "ones", "ones"],
        ..tensor("ones", r"\mathbf{1}", &[], TensorFunction::Ones, "The array of ones of given sizes.")
    },
    Row {
        code: ["", "", "zeros", "zeros"],
        ..tensor("zeros", r"\mathbf{0}", &[], TensorFunction::Zeros, "The array of zeros of given sizes.")
    },
    tensor("unit", r"\mathbf{e}", &["k", "n"], TensorFunction::Unit, "The k-th unit vector of length n."),
    Row {
        code: ["", "", "kron", "kron"],
        ..tensor(
            "kron",
            r"\operatorname{kron}",
            &["A", "B"],
            TensorFunction::Kronecker,
            "The Kronecker product.",
        )
    },
    Row {
        code: ["", "", "", "vec"],
        ..tensor(
            "vec",
            r"\operatorname{vec}",
            &["A"],
            TensorFunction::Vectorize,
            "The columns of a matrix, one below the other.",
        )
    },
];
