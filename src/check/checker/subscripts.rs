//! Names with subscripts and dots, and operators in words: `f_x` for a partial derivative, `x_i` for an entry, `x_0` for a
//! name of its own, `ẏ` for a derivative by the one variable there is, `d²y/dx²`, `D_x`, `grad`.

use super::lines::Checker;
use crate::check::rewrite::{map_parts, names_of};
use crate::check::side::lone_name;
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// Letters with one dot and with two.
const DOTTED: &str = "aȧä bḃ cċ dḋ eėë fḟ gġ hḣḧ mṁ nṅ oȯö pṗ rṙ sṡ tṫẗ wẇẅ xẋẍ yẏÿ zż";

fn derivative(body: Tree, variables: Vec<Tree>, like: &Tree) -> Tree {
    let operator = DerivativeOperator::Derivative;
    Tree::new(Kind::Derivative { operator, body: Box::new(body), variables }, like.span)
}

/// `dx`: the x.
fn differential(tree: &Tree) -> Option<String> {
    lone_name(tree)?.strip_prefix('d').filter(|rest| !rest.is_empty()).map(str::to_owned)
}

impl Checker<'_> {
    /// What names with subscripts and dots stand for.
    pub(super) fn with_subscripts(&self, tree: &Tree) -> Result<Tree, Diagnostic> {
        if let Some(member) = self.member(tree) {
            return Ok(member);
        }
        match &tree.kind {
            Kind::Name(name) => return self.subscripted(name, tree),
            Kind::Call { name, primes: 0, arguments } if self.is_partial(name) => {
                return self.partial_there(name, arguments, tree);
            }
            // x^T of a vector, where nobody means a power.
            Kind::Power(base, exponent)
                if matches!(&exponent.kind, Kind::Name(name) if name == "T")
                    && (!self.sheet.knows("T") || self.sheet.rank("T") > 0)
                    && self.is_of_vectors(base) =>
            {
                let base = self.with_subscripts(base)?;
                return Ok(Tree::new(Kind::Transpose(Box::new(base)), tree.span));
            }
            // df/dz_1 of a vector z.
            Kind::Quotient(above, below)
                if let (Some(of), Some(by)) = (differential(above), differential(below))
                    && self.sheet.knows(&of)
                    && by.split_once('_').is_some_and(|(base, _)| self.sheet.rank(base) > 0) =>
            {
                let by = self.subscripted(&by, &Tree::name(by.clone()))?;
                return Ok(derivative(Tree::name(of), vec![by], tree));
            }
            Kind::Index(base, indices)
                if let Kind::Name(name) = &base.kind
                    && self.sheet.rank(name) == 0
                    && self.sheet.definitions.get(name).is_none_or(|d| d.indices.is_empty()) =>
            {
                if let [Tree { kind: Kind::Number(number), .. }] = indices.as_slice()
                    && number.is_integer()
                {
                    return Ok(Tree::new(Kind::Name(format!("{name}_{number}")), tree.span));
                }
                // z_{xy} is read with two indices, or with their product.
                let parts = indices.iter().flat_map(|index| match &index.kind {
                    Kind::Product(parts) => parts.as_slice(),
                    _ => std::slice::from_ref(index),
                });
                let letters: Option<Vec<String>> = parts.map(lone_name).collect();
                if let Some(partial) = letters.and_then(|letters| self.partial(name, &letters, tree)) {
                    return Ok(partial);
                }
            }
            _ => {}
        }
        let mut failed = None;
        let made = map_parts(tree, &mut |part| match self.with_subscripts(part) {
            Ok(part) => part,
            Err(error) => {
                failed.get_or_insert(error);
                part.clone()
            }
        });
        failed.map_or(Ok(made), Err)
    }

    /// `L_i` beside an L of its own, as in `L = Σ L_i`.
    fn member(&self, tree: &Tree) -> Option<Tree> {
        let (base, index) = member_of(tree)?;
        let name = self.families.get(&base)?.clone();
        Some(Tree::new(Kind::Index(Box::new(Tree::name(name)), vec![index]), tree.span))
    }

    fn subscripted(&self, name: &str, tree: &Tree) -> Result<Tree, Diagnostic> {
        if self.sheet.knows(name) || self.sheet.values.contains_key(name) {
            return Ok(tree.clone());
        }
        if let Some((base, dots)) = undotted(name)
            && self.sheet.knows(&base)
            && let Ok(Some((body, variable))) = self.sheet.primed(&Tree::name(base))
        {
            return Ok(derivative(body, vec![Tree::name(variable); dots], tree));
        }
        let Some((base, below)) = name.split_once('_') else { return Ok(tree.clone()) };
        let below = below.trim_start_matches('{').trim_end_matches('}');
        let letters: Vec<String> =
            below.chars().filter(|c| !matches!(c, ',' | ' ')).map(String::from).collect();
        if letters.is_empty() {
            return Ok(tree.clone());
        }
        if let Some(partial) =
            self.partial(base, &[below.to_owned()], tree).or_else(|| self.partial(base, &letters, tree))
        {
            return Ok(partial);
        }
        let rank = self.sheet.rank(base);
        if rank == 0 || !letters.iter().all(|letter| letter.chars().all(char::is_alphanumeric)) {
            return Ok(tree.clone());
        }
        // One subscript on a matrix is a row.
        if letters.len() == rank || letters.len() == 1 && rank == 2 {
            let place = |letter: &String| match letter.parse::<i64>() {
                Ok(number) => Tree::number(&number.into()),
                Err(_) => Tree::name(letter.clone()),
            };
            let indices = letters.iter().map(place).collect();
            return Ok(Tree::new(Kind::Index(Box::new(Tree::name(base)), indices), tree.span));
        }
        Err(Diagnostic::new(
            Cause::Unsupported,
            format!("{base} has {rank} axes, and {name} has {} subscripts: rows and columns by themselves are not read", letters.len()),
        )
        .at(tree.span, "")
        .help(format!("write its entries, with one index for each axis: {base}[i,j]")))
    }

    /// `f_x` and `f_xy` of a function or a name that depends on x and y.
    fn partial(&self, base: &str, letters: &[String], like: &Tree) -> Option<Tree> {
        let body = if let Some((parameters, _)) = self.sheet.functions.get(base) {
            if !letters.iter().all(|letter| parameters.contains(letter)) {
                return None;
            }
            Tree::call(base, parameters.iter().map(Tree::name).collect())
        } else {
            let definition = self.sheet.definitions.get(base).filter(|d| d.indices.is_empty())?;
            let variables = self.sheet.variables_of(&definition.value);
            if self.sheet.rank(base) > 0 || !letters.iter().all(|letter| variables.contains(letter)) {
                return None;
            }
            Tree::name(base)
        };
        Some(derivative(body, letters.iter().map(Tree::name).collect(), like))
    }

    /// `f_x(2, 1)`: the partial derivative at a point.
    fn partial_there(&self, name: &str, arguments: &[Tree], tree: &Tree) -> Result<Tree, Diagnostic> {
        let own: Vec<Tree> =
            arguments.iter().map(|argument| self.with_subscripts(argument)).collect::<Result<_, _>>()?;
        let mut partial = self.subscripted(name, tree)?;
        if let Kind::Derivative { body, .. } = &mut partial.kind
            && let Kind::Call { arguments, .. } = &mut body.kind
            && arguments.len() == own.len()
        {
            *arguments = own;
            return Ok(partial);
        }
        Ok(tree.clone())
    }

    /// Are these the variables of the function whose partial derivative the name is?
    pub(super) fn is_at_own_variables(&self, name: &str, arguments: &[String]) -> bool {
        self.function_behind(name).is_none_or(|(parameters, _)| parameters.as_slice() == arguments)
    }

    fn function_behind(&self, partial: &str) -> Option<&(Vec<String>, Tree)> {
        self.sheet.functions.get(partial.split_once('_')?.0)
    }

    /// Partial derivatives that are applied to something, with the number of their arguments: `f_x(2, 1)`.
    pub(super) fn applied_partials(&self, text: &str) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '{' | '}');
        for (open, _) in text.match_indices('(') {
            let before = text[..open].strip_suffix("\\left").unwrap_or(&text[..open]);
            let start = before.char_indices().rev().find(|(_, c)| !is_part(*c));
            let start = start.map_or(0, |(at, c)| at + c.len_utf8());
            let name = before[start..].trim_start_matches(['{', '}']).replace(['{', '}'], "");
            if let Some((parameters, _)) = self.function_behind(&name)
                && parameters.len() > 1
                && self.is_partial(&name)
            {
                found.push((name, parameters.len()));
            }
        }
        found
    }

    /// Is something in it declared to be a vector or a matrix?
    fn is_of_vectors(&self, tree: &Tree) -> bool {
        names_of(tree).iter().any(|name| {
            let base = name.split('_').next().unwrap_or(name);
            self.sheet.rank(name) > 0 || !self.sheet.knows(name) && self.sheet.rank(base) > 1
        })
    }

    /// Is it the name of a partial derivative?
    pub(in crate::check) fn is_partial(&self, name: &str) -> bool {
        !self.sheet.knows(name)
            && self
                .subscripted(name, &Tree::name(name))
                .is_ok_and(|tree| matches!(tree.kind, Kind::Derivative { .. }))
    }

    /// Is a derivative in a text written as a partial one: with ∂, or as `f_x`?
    pub(super) fn writes_partial(&self, text: &str) -> bool {
        ["∂", "\\partial", "\\pd"].iter().any(|sign| text.contains(sign))
            || text
                .split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '{' | '}'))
                .filter(|word| word.contains('_'))
                .any(|word| self.is_partial(&word.replace(['{', '}'], "")))
    }

    /// Derivatives written with letters, in the notation of operators: `d²y/dx²` as `d^2/dx^2 (y)`.
    ///
    /// # Errors
    /// If it is seen what is meant but not by which variable.
    pub(super) fn in_operators(&self, text: &str) -> Result<Option<String>, Diagnostic> {
        let mut made = String::new();
        let mut at = 0;
        let mut is_changed = false;
        while at < text.len() {
            let rest = &text[at..];
            let begins = !made.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '\\');
            if begins && let Some((operator, length)) = self.operator_at(rest)? {
                made.push_str(&operator);
                at += length;
                is_changed = true;
                continue;
            }
            let Some(c) = rest.chars().next() else { break };
            made.push(c);
            at += c.len_utf8();
        }
        Ok(is_changed.then_some(made))
    }

    fn operator_at(&self, text: &str) -> Result<Option<(String, usize)>, Diagnostic> {
        if let Some(found) = leibniz(text) {
            return Ok(Some(found));
        }
        // D_x f(x), D_x[ … ]
        if let Some(rest) = text.strip_prefix("D_")
            && !self.sheet.knows("D")
            && let Some(variable) = rest.chars().next().filter(|c| c.is_alphabetic())
        {
            let after = &rest[variable.len_utf8()..];
            let blanks = after.len() - after.trim_start().len();
            if let Some((inner, length)) = body_of(after.trim_start()) {
                let whole = "D_".len() + variable.len_utf8() + blanks + length;
                return Ok(Some((format!("d/d{variable} ({inner})"), whole)));
            }
        }
        // Df(x)
        if let Some(rest) = text.strip_prefix('D')
            && let Some(name) = rest.chars().next().map(String::from)
            && rest[name.len()..].starts_with('(')
            && self.sheet.functions.contains_key(&name)
            && !self.sheet.knows(&text[..=name.len()])
        {
            return Ok(Some((format!("{name}'"), 1 + name.len())));
        }
        // grad f
        if let Some(rest) = text.strip_prefix("grad ")
            && let Some((inner, length)) = body_of(rest.trim_start())
        {
            let name = inner.split('(').next().unwrap_or("").trim();
            let whole = text.len() - rest.trim_start().len() + length;
            if !self.sheet.knows(name) {
                return Ok(None);
            }
            let by_one = self.sheet.primed(&Tree::name(name)).ok().flatten();
            let Some((_, variable)) = by_one else {
                return Err(Diagnostic::new(Cause::Unsupported, "grad does not say by which variable")
                    .help("write ∂f/∂x for each variable, or grad(f, x)"));
            };
            return Ok(Some((format!("d/d{variable} ({inner})"), whole)));
        }
        Ok(None)
    }
}

/// The letter under the dots, and how many there are.
pub(super) fn undotted(name: &str) -> Option<(String, usize)> {
    if let Some(base) = name.strip_suffix('\u{307}') {
        return Some((base.to_owned(), 1));
    }
    if let Some(base) = name.strip_suffix('\u{308}') {
        return Some((base.to_owned(), 2));
    }
    let letter = name.chars().next().filter(|c| name.len() == c.len_utf8())?;
    DOTTED.split(' ').find_map(|group| {
        let mut letters = group.chars();
        let base = letters.next()?;
        let dots = 1 + letters.position(|dotted| dotted == letter)?;
        Some((base.to_string(), dots))
    })
}

/// What an operator stands before: a group in brackets, a name, or a name with arguments; and how long it is.
fn body_of(text: &str) -> Option<(&str, usize)> {
    let name = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let rest = &text[name..];
    if !rest.starts_with(['(', '[']) {
        return (name > 0 && text.starts_with(char::is_alphabetic)).then_some((&text[..name], name));
    }
    let mut depth = 0usize;
    for (at, c) in rest.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let whole = name + at + 1;
            // [ … ] alone is a bracket.
            let inner = if name == 0 { &text[1..whole - 1] } else { &text[..whole] };
            return Some((inner, whole));
        }
    }
    None
}

/// An order: `²`, `^2`, `^{2}`.
fn order(text: &str) -> (u8, usize) {
    for (at, mark) in ["²", "³", "⁴"].iter().enumerate() {
        if text.starts_with(mark) {
            return (at as u8 + 2, mark.len());
        }
    }
    for (open, close) in [("^", ""), ("^{", "}"), ("**", "")] {
        if let Some(rest) = text.strip_prefix(open)
            && let Some(digit) =
                rest.chars().next().and_then(|c| c.to_digit(10)).filter(|d| (2..=9).contains(d))
            && rest[1..].starts_with(close)
        {
            return (digit as u8, open.len() + 1 + close.len());
        }
    }
    (1, 0)
}

/// `d^2f/dx^2`, `d²y/dx²`, `d f(x)/dx`, `d(x^2)/dx` as an operator before a body.
fn leibniz(text: &str) -> Option<(String, usize)> {
    let rest = text.strip_prefix('d')?;
    let (times, length) = order(rest);
    let mut at = 1 + length;
    let blanks = text[at..].len() - text[at..].trim_start().len();
    at += blanks;
    let (inner, length) = body_of(&text[at..])?;
    let (inner, length) = with_bare_argument(&text[at..], inner, length);
    let is_word = times == 1 && blanks == 0 && inner.chars().all(|c| c.is_ascii_alphanumeric());
    at += length;
    at += text[at..].len() - text[at..].trim_start().len();
    let below = text[at..].strip_prefix('/')?.trim_start();
    let below = below.strip_prefix('d')?;
    let variable = below.chars().next().filter(|c| c.is_alphabetic())?;
    let mut rest = &below[variable.len_utf8()..];
    let (below_times, length) = order(rest);
    rest = &rest[length..];
    // dy/dx is read as it is; of dy/dθ the parser cannot be sure.
    if times != below_times
        || is_word && variable.is_ascii()
        || rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    {
        return None;
    }
    let operator = match times {
        1 => format!("(d/d{variable} ({inner}))"),
        times => format!("(d^{times}/d{variable}^{times} ({inner}))"),
    };
    Some((operator, text.len() - rest.len()))
}

/// `ln L` behind `d`: a function and what it is applied to without brackets.
fn with_bare_argument<'t>(text: &'t str, inner: &'t str, length: usize) -> (&'t str, usize) {
    let rest = &text[length..];
    let argument = rest.trim_start();
    let is_applied = rest.len() > argument.len() && crate::function::lookup(inner).is_some();
    match body_of(argument).filter(|_| is_applied) {
        Some((_, more)) => {
            let whole = text.len() - argument.len() + more;
            (&text[..whole], whole)
        }
        None => (inner, length),
    }
}

/// `L_i`: the name and the index, however it was read.
pub(super) fn member_of(tree: &Tree) -> Option<(String, Tree)> {
    match &tree.kind {
        Kind::Index(base, indices) => match indices.as_slice() {
            [index @ Tree { kind: Kind::Name(_) | Kind::Number(_), .. }] => {
                Some((lone_name(base)?, index.clone()))
            }
            _ => None,
        },
        Kind::Name(name) => {
            let (base, index) = name.split_once('_')?;
            let is_letter = index.chars().count() == 1 && index.chars().all(char::is_alphabetic);
            is_letter.then(|| (base.to_owned(), Tree::name(index)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leibniz_and_its_orders() {
        for (text, expected) in [
            ("d^2f/dx^2", Some("(d^2/dx^2 (f))")),
            ("d²y/dx²", Some("(d^2/dx^2 (y))")),
            ("d f(x)/dx", Some("(d/dx (f(x)))")),
            ("d(x^2)/dx", Some("(d/dx (x^2))")),
            ("d ln L/dx", Some("(d/dx (ln L))")),
            ("d sin(x)/dx", Some("(d/dx (sin(x)))")),
            ("dy/dx", None),
            ("dy/dθ", Some("(d/dθ (y))")),
            ("d^2f/dx", None),
            ("d + x", None),
        ] {
            assert_eq!(leibniz(text).map(|(made, _)| made).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn dots_are_counted() {
        assert_eq!(undotted("ẏ"), Some(("y".to_owned(), 1)));
        assert_eq!(undotted("ÿ"), Some(("y".to_owned(), 2)));
        assert_eq!(undotted("y"), None);
    }
}
