//! Any bytes: no panic, and what is printed reads back.
//!
//! `cargo +nightly fuzz run read`, or on a stable compiler `RUSTC_BOOTSTRAP=1 cargo fuzz run -s none read`.

#![no_main]

#[path = "../../tests/plain/mod.rs"]
mod plain;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(broken) = plain::laws::reading(bytes) {
        panic!("{broken}");
    }
});
