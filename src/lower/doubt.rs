//! Readings that nothing decides and that would pass for an answer: the transpose of a number, the derivative of a name that
//! nothing says anything about, a component beyond the end of its axis. They are refused.

use super::environment::{Environment, Named};
use super::index::IndexSum;
use super::lowering::Lowering;
use super::settle::without_sign;
use super::value::{Layout, Value};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::ir::{Dimension, DimensionId};
use crate::syntax::tree::{Kind, Tree};

/// Definitions are followed this deep.
const DEEPEST: usize = 32;

impl Environment {
    /// Refuses derivatives that would be 0 only because nothing was said of a name: `dy/dx` where nobody declared y.
    ///
    /// # Errors
    /// If there is one in the formula.
    pub fn check_dependence(&self, tree: &Tree) -> Result<(), Diagnostic> {
        self.dependence_in(tree, &mut Vec::new())
    }

    /// Refuses a question for a derivative by a name that is an index here, or that stands only in longer names nobody declared:
    /// x in `ae^(ax)`. Remarks on one that does not occur.
    ///
    /// # Errors
    /// If the derivative would be 0 by a misreading.
    pub fn check_asked(&self, tree: &Tree, asked: &str) -> Result<Option<Diagnostic>, Diagnostic> {
        let (mut times, mut subscript, mut subscripts) = (0usize, None, 0usize);
        tree.walk(&mut |part| match &part.kind {
            Kind::Name(name) if name == asked => times += 1,
            Kind::Index(_, indices) => {
                for index in
                    indices.iter().filter(|index| matches!(&index.kind, Kind::Name(name) if name == asked))
                {
                    subscripts += 1;
                    subscript.get_or_insert(index.span);
                }
            }
            _ => {}
        });
        if let Some(place) =
            subscript.filter(|_| times == subscripts && !self.graph.has_dimension_symbol(asked))
        {
            return Err(Diagnostic::new(Cause::Name, format!("{asked} is an index here, and no variable"))
                .at(place, "")
                .help("a derivative is taken by a name or a component: x, x[i]"));
        }
        if self.depends(tree, asked, DEEPEST) || !asked.chars().all(char::is_alphanumeric) {
            return Ok(None);
        }
        let mut fused = None;
        tree.walk(&mut |part| {
            if let Kind::Name(name) = &part.kind
                && fused.is_none()
                && self.is_undeclared(name)
                && name.strip_suffix(asked).or_else(|| name.strip_prefix(asked)).is_some_and(|rest| {
                    rest.chars().next().is_some_and(char::is_alphabetic) && !rest.contains('_')
                })
            {
                fused = Some((name.clone(), part.span));
            }
        });
        if let Some((name, place)) = fused {
            let product: Vec<&str> = match (name.strip_suffix(asked), name.strip_prefix(asked)) {
                (Some(rest), _) => vec![rest, asked],
                (_, Some(rest)) => vec![asked, rest],
                _ => vec![&name],
            };
            return Err(Diagnostic::new(
                Cause::Name,
                format!("{asked} does not occur: `{name}` is read as one name"),
            )
            .at(place, "")
            .help(format!(
                "write {} for a product; declare --let '{name}: R' for one name",
                product.join("*")
            )));
        }
        Ok(Some(
            Diagnostic::new(
                Cause::Name,
                format!("{asked} does not occur in the formula, so the derivative is 0"),
            )
            .at(tree.span, ""),
        ))
    }

    fn dependence_in(&self, tree: &Tree, bound: &mut Vec<String>) -> Result<(), Diagnostic> {
        let outer = bound.len();
        match &tree.kind {
            Kind::Sum(terms) => self.check_one_meaning(terms)?,
            Kind::Big { indices, .. } => bound.extend(indices.iter().map(|index| index.name.clone())),
            Kind::Derivative { body, variables, .. } => {
                for variable in variables {
                    let Some(name) = variable.base_name() else { continue };
                    if !self.depends(body, name, DEEPEST)
                        && let Some(unknown) = self.undeclared_in(body, bound)
                    {
                        return Err(self.unknown_dependence(unknown, name));
                    }
                }
            }
            Kind::Quotient(above, below) => {
                // cos(y) dy/dx
                let last = match &above.kind {
                    Kind::Product(parts) if self.differential(above).is_none() => {
                        parts.last().unwrap_or(above)
                    }
                    _ => above,
                };
                if let (Some(of), Some(by)) = (self.differential(last), self.differential(below)) {
                    return Err(self.derivative_or_quotient(&of, &by, tree));
                }
            }
            _ => {}
        }
        let mut result = Ok(());
        tree.each_part(&mut |part| {
            if result.is_ok() {
                result = self.dependence_in(part, bound);
            }
        });
        bound.truncate(outer);
        result
    }

    /// `dy`, `dx^2`, `d^2 y`, where neither is the name of anything: what is differentiated or by what.
    fn differential(&self, tree: &Tree) -> Option<String> {
        let is_free = |name: &str| self.is_undeclared(name) && !self.is_spoken_of(name);
        match &tree.kind {
            Kind::Name(name) if is_free(name) => {
                let rest = name.strip_prefix('d')?;
                (rest.chars().count() == 1 && rest.chars().all(char::is_alphabetic)).then(|| rest.to_owned())
            }
            Kind::Power(base, exponent) if matches!(exponent.kind, Kind::Number(_)) => {
                self.differential(base)
            }
            Kind::Product(parts) => match parts.as_slice() {
                [Tree { kind: Kind::Power(sign, order), .. }, Tree { kind: Kind::Name(name), .. }]
                    if matches!(order.kind, Kind::Number(_))
                        && matches!(&sign.kind, Kind::Name(own) if own == "d" && is_free(own)) =>
                {
                    Some(name.clone())
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn derivative_or_quotient(&self, of: &str, by: &str, quotient: &Tree) -> Diagnostic {
        let derivative =
            if self.is_latex { format!(r"\frac{{d}}{{d{by}}} ({of})") } else { format!("diff({of}, {by})") };
        Diagnostic::new(
            Cause::Name,
            format!("it is not clear whether this is the derivative of {of} by {by} or a quotient of two names"),
        )
        .at(quotient.span, "")
        .help(format!(
            "write {derivative} with {of} declared for the derivative; declare --let 'd{of}: R' and --let 'd{by}: R' for names"
        ))
    }

    /// Refuses `x - x[i]` where nobody declared x: a number and the components of a vector go by one name.
    fn check_one_meaning(&self, terms: &[Tree]) -> Result<(), Diagnostic> {
        let bare: Vec<&Tree> = terms
            .iter()
            .map(without_sign)
            .filter(|term| matches!(&term.kind, Kind::Name(name) if self.is_undeclared(name)))
            .collect();
        for term in terms.iter().map(without_sign).filter(|_| !bare.is_empty()) {
            let Kind::Index(base, _) = &term.kind else { continue };
            if let Some(number) = bare.iter().find(|bare| bare.kind == base.kind)
                && let Kind::Name(name) = &number.kind
            {
                return Err(Diagnostic::new(
                    Cause::Name,
                    format!("{name} is a number here and has components there"),
                )
                .at(number.span, "a number")
                .at(term.span, "a component")
                .help(format!(
                    "give one of them another name, or declare --let '{name}: R[n]' for a vector"
                )));
            }
        }
        Ok(())
    }

    /// Does a formula speak of a name, itself or through definitions?
    fn depends(&self, tree: &Tree, name: &str, depth: usize) -> bool {
        let mut found = false;
        tree.walk(&mut |part| {
            let definition = match &part.kind {
                Kind::Name(own) if own == name => {
                    found = true;
                    None
                }
                Kind::Name(own) => self.written_definition(own),
                Kind::Call { name: own, .. } => match self.named(own) {
                    Some(Named::Function { value, .. }) => Some(value),
                    _ => None,
                },
                _ => None,
            };
            if let (false, Some(definition), true) = (found, definition, depth > 0) {
                found = self.depends(definition, name, depth - 1);
            }
        });
        found
    }

    /// A name in a formula that nobody declared, and that is no constant, size or index.
    fn undeclared_in<'t>(&self, tree: &'t Tree, bound: &[String]) -> Option<&'t Tree> {
        let mut own: Vec<&str> = Vec::new();
        tree.walk(&mut |part| {
            if let Kind::Big { indices, .. } = &part.kind {
                own.extend(indices.iter().map(|index| index.name.as_str()));
            }
            if let Kind::Index(_, subscripts) = &part.kind {
                for subscript in subscripts {
                    if let Kind::Name(name) = &subscript.kind {
                        own.push(name);
                    }
                }
            }
        });
        let mut found = None;
        tree.walk(&mut |part| {
            if let Kind::Name(name) = &part.kind
                && found.is_none()
                && self.is_undeclared(name)
                && !matches!(name.as_str(), "pi" | "e")
                && !own.contains(&name.as_str())
                && !bound.contains(name)
                && !self.graph.has_dimension_symbol(name)
            {
                found = Some(part);
            }
        });
        found
    }

    pub(super) fn is_undeclared(&self, name: &str) -> bool {
        match self.named(name) {
            None => true,
            Some(Named::Variable { declared, .. }) => declared.is_none(),
            Some(_) => false,
        }
    }

    fn unknown_dependence(&self, unknown: &Tree, by: &str) -> Diagnostic {
        let name = unknown.base_name().unwrap_or_default();
        Diagnostic::new(Cause::Name, format!("{name} is not known to depend on {by}, so its derivative is not known"))
            .at(unknown.span, format!("nothing says what {name} is"))
            .help(format!(
                "define it with --let '{name} = …', or declare --let '{name}: function' and write {name}({by}); declare --let '{name}: R' for a constant"
            ))
    }

    /// Did the person name it as a variable, by asking for a derivative by it or giving it a value?
    pub(super) fn is_spoken_of(&self, name: &str) -> bool {
        self.spoken_of.contains(name)
    }

    /// Notes names that are spoken of as variables outside the formula: what is differentiated by, what is given a value.
    pub fn speak_of<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        for name in names {
            let name = name.trim();
            let is_letter = name.chars().count() == 1;
            let is_name = name.chars().next().is_some_and(char::is_alphabetic)
                && !matches!(name, "e" | "pi" | "π")
                && (is_letter || crate::function::lookup(name).is_none());
            if is_name && !self.names.has(name) && self.named(name).is_none() {
                self.names.add_variable(name);
                self.spoken_of.insert(name.to_owned());
            }
        }
    }
}

impl Lowering<'_> {
    /// A number has no transpose: what is meant is another shape, a power by a letter T, or a derivative. Formulas that the
    /// engine made have no places and pass.
    pub(super) fn check_transposed(
        &self,
        whole: &Tree,
        inner: &Tree,
        value: &Value,
    ) -> Result<(), Diagnostic> {
        if value.layout != Layout::Scalar || whole.span.is_empty() || self.is_number_of_one_row(inner) {
            return Ok(());
        }
        let name = match &inner.kind {
            Kind::Name(name) => Some(name.as_str()),
            _ => None,
        };
        let message = match name {
            Some(name) if self.environment.is_undeclared(name) => {
                format!("the shape of {name} is not declared, and a number has no transpose")
            }
            _ => "a number has no transpose".to_owned(),
        };
        let own = name.unwrap_or("x");
        let by = if own == "x" { "t" } else { "x" };
        let help = if self.environment.is_latex {
            format!(
                r"declare --let '{own}: R[n]' for a vector with {own}^\top; declare --let 'T: R' for a power {own}^{{T}}; leave ^\top out for a number"
            )
        } else {
            format!(
                "declare --let '{own}: R[n]' for a vector with {own}'; for a derivative declare --let '{own}: function' and write {own}'({by}), or write diff({own}, {by})"
            )
        };
        Err(Diagnostic::new(Cause::Shape, message).at(whole.span, "").help(help))
    }

    /// A number that is a matrix of one row and one column: a product such as `x'*A*x`, a variable of one entry, a parameter.
    fn is_number_of_one_row(&self, tree: &Tree) -> bool {
        match &tree.kind {
            Kind::Name(name) => {
                self.environment.one_entry.contains(name)
                    || self.parameters.iter().any(|(own, _)| own == name)
            }
            Kind::Negate(inner) | Kind::Transpose(inner) => self.is_number_of_one_row(inner),
            Kind::Sum(parts) => parts.iter().any(|part| self.is_number_of_one_row(part)),
            Kind::Product(parts) => {
                parts.iter().any(|part| self.is_number_of_one_row(part) || self.has_shape(part))
            }
            _ => false,
        }
    }

    fn has_shape(&self, factor: &Tree) -> bool {
        match &factor.kind {
            Kind::Name(name) => match self.environment.named(name) {
                Some(Named::Variable { layout, .. }) => *layout != Layout::Scalar,
                Some(Named::Definition(value)) => value.layout != Layout::Scalar,
                _ => false,
            },
            Kind::Call { .. } | Kind::Index(..) | Kind::Big { .. } => false,
            _ => {
                let mut found = false;
                factor.each_part(&mut |part| found |= self.has_shape(part));
                found
            }
        }
    }

    /// Refuses a component beyond the ends of its axis for some value of the indices, where their ranges say so for certain and
    /// no condition leaves such values out: in `sum[i=1..3] x[i]*x[i+1]` the last term would be dropped in silence.
    pub(super) fn check_within(
        &self,
        sum: &IndexSum,
        axis: DimensionId,
        tree: &Tree,
    ) -> Result<(), Diagnostic> {
        let Some((least, most)) = self.ends(sum) else { return Ok(()) };
        let graph = &self.environment.graph;
        let size = graph.dimension_value(axis);
        let beyond = most.plus(-1, size).and_then(|beyond| beyond.as_number());
        let is_beyond = beyond.is_some_and(|n| n > 0);
        let is_below = least.as_number().is_some_and(|n| n < 1);
        if !is_beyond && !is_below {
            return Ok(());
        }
        let missing = if is_beyond { &most } else { &least };
        let missing = missing.text(|symbol| graph.symbol_name(symbol));
        let length = graph.dimension_text(axis);
        Err(Diagnostic::new(
            Cause::Shape,
            format!("this runs to component {missing}, and positions run from 1 to {length}"),
        )
        .at(tree.span, "")
        .help(self.spelled(
            "give the index a range in which every component exists, such as sum[i=1..n-1] x[i]*x[i+1], or a condition: sum[i: i < n] …",
            r"give the index a range in which every component exists, such as \sum_{i=1}^{n-1} x_i x_{i+1}",
        )))
    }

    /// The least and the greatest value of a sum of indices, where every one of them takes all values of its range.
    fn ends(&self, sum: &IndexSum) -> Option<(Dimension, Dimension)> {
        let mut least = Dimension::number(sum.constant);
        let mut most = least.clone();
        for (index, factor) in &sum.terms {
            let bound = &self.bound[*index as usize];
            if bound.is_limited {
                return None;
            }
            // positions count from 1; the constant has the offset in it
            let (first, last) = match &bound.range {
                Some((first, last)) => {
                    let back = Dimension::number(bound.offset);
                    (first.plus(-1, &back)?, last.plus(-1, &back)?)
                }
                None => (Dimension::number(1), self.environment.graph.dimension_value(bound.size?).clone()),
            };
            let (low, high) = if *factor > 0 { (&first, &last) } else { (&last, &first) };
            least = least.plus(*factor, low)?;
            most = most.plus(*factor, high)?;
        }
        Some((least, most))
    }
}
