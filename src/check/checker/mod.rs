//! The checker on its way through a document: what each statement is, and what is said of it.
//!
//! `walk` goes from sentence to sentence, `statements` says what is done with each, `naming` and `chains` how chains begin and go
//! on, `judge` what the verdict of a side is. Before a line is called wrong, `suppose` looks for a fact that nobody said,
//! `outside` for a point of which it speaks, and `doubt` and `misread` for another reading. Everything known on the way is in `lines`.

mod anew;
mod bars;
mod chains;
pub(super) mod doubt;
mod follows;
mod judge;
pub(super) mod lines;
mod misread;
mod naming;
mod order;
mod outside;
mod parts;
pub(super) mod rates;
mod reading;
mod rounding;
mod smooth;
mod statements;
mod subscripts;
mod suppose;
mod values;
mod vectors;
mod walk;

pub(super) use lines::Checker;
