//! The one representation: a hash-consed graph of tensors.

pub mod scalar;
