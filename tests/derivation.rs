//! Derivations: first line as written, each line by a rule and proved, last line the engine's result.

use symdiff::derivation::{Derivation, Detail};
use symdiff::{Problem, print};

/// Looks at derivations of formulas of one's own: `FORMULAS=file cargo test --test derivation shown -- --nocapture`.
#[test]
#[allow(clippy::print_stdout)]
fn shown() {
    let Some(path) = std::env::var_os("FORMULAS") else { return };
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let (wrt, formula) = line.split_once(';').unwrap();
        for detail in [Detail::Normal] {
            match Derivation::of(&mut Problem::new(), formula, wrt, detail) {
                Ok(derivation) => println!("{}", derivation.unicode()),
                Err(error) => println!("{formula}: {error}\n"),
            }
        }
    }
    let _ = print::text;
}
