//! Everything is real here: an i that nobody declared, and that is no index, is refused where it stands for the imaginary unit
//! beyond doubt, and remarked on where it may.

use super::known;
use super::names::Names;
use super::parser::{Result, syntax};
use super::tree::{Kind, Tree};
use crate::diagnostic::{self, Diagnostic};
use crate::function;
use crate::span::Span;

/// What is known while a tree is walked.
struct Walk<'t> {
    names: &'t Names,
    /// Letters that stand in subscripts somewhere: indices.
    indices: Vec<&'t str>,
    bound: Vec<&'t str>,
    is_latex: bool,
    /// Where an i is a factor of something real.
    doubtful: Option<Span>,
}

/// Refuses `e^{i x}`; gives the remark that is due for `2\pi i` and `a + b i`.
pub(super) fn examine(tree: &Tree, names: &Names, is_latex: bool) -> Result<Option<Diagnostic>> {
    let mut has_unit = false;
    let mut indices = Vec::new();
    tree.walk(&mut |part| match &part.kind {
        Kind::Name(name) => has_unit |= matches!(name.as_str(), "i" | "j"),
        Kind::Index(_, subscripts) => {
            for subscript in subscripts {
                subscript.walk(&mut |inner| {
                    if let Kind::Name(name) = &inner.kind {
                        indices.push(name.as_str());
                    }
                });
            }
        }
        _ => {}
    });
    if !has_unit {
        return Ok(None);
    }
    let mut walk = Walk { names, indices, bound: Vec::new(), is_latex, doubtful: None };
    walk.tree(tree)?;
    Ok(walk.doubtful.map(|span| {
        syntax("`i` is read as a real variable, not as the imaginary unit")
            .at(span, "")
            .help("everything is real here; declare i with --let 'i: R' if that is meant")
    }))
}

impl<'t> Walk<'t> {
    fn tree(&mut self, tree: &'t Tree) -> Result<()> {
        let outer = self.bound.len();
        match &tree.kind {
            Kind::Big { indices, .. } => self.bound.extend(indices.iter().map(|index| index.name.as_str())),
            Kind::Power(base, exponent) if self.is_e(base) => self.exponent(exponent)?,
            Kind::Call { name, arguments, .. } if is_exponential(name) => {
                arguments.iter().try_for_each(|argument| self.exponent(argument))?;
            }
            Kind::Product(factors) => {
                let beside_pi = factors.iter().any(|f| matches!(&f.kind, Kind::Name(name) if name == "pi"));
                self.remark(factors, beside_pi);
            }
            // a + b i, \cos t + i \sin t
            Kind::Sum(terms) => {
                for term in terms {
                    let term = if let Kind::Negate(inner) = &term.kind { inner } else { term };
                    if let Kind::Product(factors) = &term.kind {
                        let is_short = factors.len() == 2;
                        let has_sine = factors
                            .iter()
                            .any(|f| matches!(&f.kind, Kind::Call { name, .. } if is_sine(name)));
                        self.remark(factors, is_short || has_sine);
                    }
                }
            }
            _ => {}
        }
        let mut result = Ok(());
        tree.each_part(&mut |part| {
            if result.is_ok() {
                result = self.tree(part);
            }
        });
        self.bound.truncate(outer);
        result
    }

    fn remark(&mut self, factors: &'t [Tree], is_due: bool) {
        let unit = factors.iter().find(|factor| self.is_unit(factor, &["i"]));
        if let (true, Some(unit), None) = (is_due, unit, self.doubtful) {
            self.doubtful = Some(unit.span);
        }
    }

    fn is_e(&self, tree: &Tree) -> bool {
        matches!(&tree.kind, Kind::Name(name) if name == "e" && !self.names.has_variable("e"))
    }

    fn is_unit(&self, tree: &Tree, letters: &[&str]) -> bool {
        matches!(&tree.kind, Kind::Name(name) if letters.contains(&name.as_str())
            && !self.names.has(name)
            && !self.bound.contains(&name.as_str())
            && !self.indices.contains(&name.as_str()))
    }

    /// The exponent of e: an i among its factors makes it complex.
    fn exponent(&self, exponent: &Tree) -> Result<()> {
        let Some(unit) = self.unit_among_factors(exponent) else { return Ok(()) };
        let Kind::Name(name) = &unit.kind else { return Ok(()) };
        let (cosine, sine) = if self.is_latex { (r"\cos x", r"\sin x") } else { ("cos(x)", "sin(x)") };
        Err(Diagnostic::new(
            diagnostic::Kind::Unsupported,
            format!("`{name}` in an exponent of e is the imaginary unit, and everything is real here"),
        )
        .at(unit.span, "")
        .help(format!(
            "write {cosine} and {sine} for the real and the imaginary part of the power; declare {name} with --let '{name}: R' for a real number"
        )))
    }

    fn unit_among_factors<'s>(&self, tree: &'s Tree) -> Option<&'s Tree> {
        match &tree.kind {
            Kind::Name(_) => self.is_unit(tree, &["i", "j"]).then_some(tree),
            Kind::Negate(inner) => self.unit_among_factors(inner),
            Kind::Quotient(above, _) => self.unit_among_factors(above),
            Kind::Product(parts) | Kind::Sum(parts) => {
                parts.iter().find_map(|part| self.unit_among_factors(part))
            }
            _ => None,
        }
    }
}

fn is_exponential(name: &str) -> bool {
    known::lookup(name).is_some_and(|known| known.name == function::row(function::EXP).name)
}

fn is_sine(name: &str) -> bool {
    known::lookup(name).is_some_and(|known| known.name == function::row(function::SIN).name)
}
