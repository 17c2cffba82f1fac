//! Rational form over kernels: every scalar expression as a quotient of products of integer polynomials whose variables
//! are leaves and function values.
//!
//! This room knows arithmetic, exponentials, logarithms, powers and trigonometry, and writes expressions back in small
//! forms. It does not search (that is `simplify`) and does not decide how a result looks on paper (that is `print`).

mod factor;
mod gcd;
mod integer;
mod modular;
mod polynomial;
mod univariate;

#[cfg(test)]
mod polynomial_tests;
