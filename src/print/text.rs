//! ASCII with explicit `*` and `^` and the names of the function table; reads back to the same tree.

use std::collections::BTreeSet;

use super::layout::Level;
use super::linear::{Notation, Writer};
use crate::syntax::Names;
use crate::syntax::tree::{Big, Kind, Relation, Tree};

/// The text of a tree. Reads back to the same tree with the same declared names; use [`text_with`] if names with primes are declared
/// of which the tree holds only the part before the prime.
///
/// ```
/// use symdiff::syntax::{Names, parse};
/// let parsed = parse("3x² − √(x+1)/2", &Names::default()).unwrap();
/// assert_eq!(symdiff::print::text(&parsed.tree), "3*x^2 - sqrt(x + 1)/2");
/// ```
pub fn text(tree: &Tree) -> String {
    text_with(tree, &Names::default())
}

/// The text of a tree that is to be read with these names: with `W'` declared, the transpose of `W` is written `(W)'`.
pub fn text_with(tree: &Tree, names: &Names) -> String {
    let mut primed = BTreeSet::new();
    collect_primed(tree, &mut primed);
    primed.extend(names.variables().chain(names.functions()).filter(|n| n.ends_with('\'')).map(String::from));
    Writer(&Text { primed }).print(tree)
}

fn collect_primed(tree: &Tree, primed: &mut BTreeSet<String>) {
    let mut pending = vec![tree];
    while let Some(tree) = pending.pop() {
        if let Kind::Name(name) | Kind::Call { name, .. } = &tree.kind
            && name.ends_with('\'')
        {
            primed.insert(name.clone());
        }
        tree.each_part(&mut |part| pending.push(part));
    }
}

struct Text {
    /// Names that end in a prime.
    primed: BTreeSet<String>,
}

impl Text {
    /// Whether primes behind the name would be taken as part of a longer name.
    fn is_ambiguous(&self, name: &str) -> bool {
        (1..=4).any(|n| self.primed.contains(&format!("{name}{}", "'".repeat(n))))
    }
}

impl Notation for Text {
    const MINUS: &'static str = "-";
    const AND: &'static str = " and ";

    fn relation(relation: Relation) -> &'static str {
        match relation {
            Relation::Equal => " = ",
            Relation::NotEqual => " != ",
            Relation::Less => " < ",
            Relation::LessEqual => " <= ",
            Relation::Greater => " > ",
            Relation::GreaterEqual => " >= ",
        }
    }

    fn big(&self, operation: Big) -> &'static str {
        match operation {
            Big::Sum => "sum",
            Big::Product => "prod",
            Big::Maximum => "max",
            Big::Minimum => "min",
        }
    }

    fn hadamard() -> &'static str {
        " .* "
    }

    fn name(&self, name: &str, out: &mut String) {
        out.push_str(name);
    }

    fn join_factors(&self, _left: &Tree, _right: &Tree, start: usize, out: &mut String) {
        out.insert(start, '*');
    }

    fn special(_: &Writer<'_, Self>, _: &Tree, _: bool, _: &mut String) -> bool {
        false
    }

    fn transpose(writer: &Writer<'_, Self>, operand: &Tree, out: &mut String) {
        let mut core = operand;
        while let Kind::Transpose(inner) = &core.kind {
            core = inner;
        }
        let is_ambiguous = matches!(&core.kind, Kind::Name(name) if writer.0.is_ambiguous(name));
        let is_function_name =
            matches!(&operand.kind, Kind::Name(name) if crate::function::lookup(name).is_some());
        let wanted = (!(is_ambiguous && matches!(operand.kind, Kind::Name(_)) || is_function_name))
            .then_some(Level::Postfix);
        writer.bracketed_unless(operand, wanted, out);
        out.push('\'');
    }

    fn function(&self, name: &str, primes: u8, out: &mut String) {
        out.push_str(name);
        out.extend(std::iter::repeat_n('\'', usize::from(primes)));
    }
}
