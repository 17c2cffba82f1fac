//! Formulas with vectors and matrices: the gradient, printed and read again, is the slope of the values.
//!
//! `cargo +nightly fuzz run tensors`, or on a stable compiler `RUSTC_BOOTSTRAP=1 cargo fuzz run -s none tensors`.

#![no_main]

#[path = "../../tests/plain/mod.rs"]
mod plain;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(broken) = plain::tensors::gradients(bytes) {
        panic!("{broken}");
    }
});
