//! Any small formula: simplified and differentiated, the answers have its values wherever it has values.
//!
//! `cargo +nightly fuzz run simplify`, or on a stable compiler `RUSTC_BOOTSTRAP=1 cargo fuzz run -s none simplify`.

#![no_main]

#[path = "../../tests/plain/mod.rs"]
mod plain;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(broken) = plain::laws::simplifying(bytes) {
        panic!("{broken}");
    }
});
