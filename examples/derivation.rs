//! A derivation in LaTeX and a table of the same formula: `cargo run --example derivation`.

use symdiff::Problem;
use symdiff::derivation::{Derivation, Detail, Style, Table};
use symdiff::diagnostic::Diagnostic;
use symdiff::evaluate::graph::Point;
use symdiff::number::Rational;

#[allow(clippy::print_stdout)]
fn main() -> Result<(), Diagnostic> {
    let formula = "(x^2+σ(y))/(3x+y−σ(x))";
    let derivation = Derivation::of(&mut Problem::new(), formula, "x", Detail::Normal)?;
    for step in &derivation.steps {
        let rules: Vec<String> = step.rules.iter().map(ToString::to_string).collect();
        println!("% {}", rules.join(", "));
    }
    println!("{}", derivation.latex());

    let mut point = Point::new();
    point.set("x", Rational::integer(1));
    point.set("y", Rational::ZERO);
    let table = Table::of(&mut Problem::new(), formula, Some(&point))?;
    println!("{}", table.written(Style::Unicode, 4));
    Ok(())
}
