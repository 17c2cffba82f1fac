//! From text to the surface tree and its messages. pest lives here and nowhere else.

pub mod tree;
