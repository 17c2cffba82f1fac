//! What a side of a claim means in terms of variables alone.
//!
//! The names of a hand derivation are names of intermediate results: in ∂f/∂b, with f = b/c and b = a + σ(y), the name b is a
//! variable inside the derivative and stands for its definition outside. Where ∂c/∂x may mean direct dependence only, the
//! [`Reading`] says which is meant.

use super::components::{by_component, whole};
use super::iverson::index_cases;
use crate::check::rewrite::{called, map_parts, mentions, names_of, substitute};
use crate::check::sheet::{Fact, Sheet, free_indices, name_of};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::function;
use crate::number::Rational;
use crate::print;
use crate::problem::{Operator, Request};
use crate::syntax::tree::{BoundIndex, DerivativeOperator, Kind, Tree};

/// Definitions within definitions.
const MAXIMUM_DEPTH: usize = 40;
/// Parts of a side after its definitions were put in.
const MAXIMUM_PARTS: usize = 6_000;

/// How doubtful notation is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::check) struct Reading {
    /// One bit for each derivative that may be by direct dependence only.
    pub local: u32,
    /// Put in the values that the document gave.
    pub values: bool,
}

/// A side in terms of variables, with the functions it needs.
pub(in crate::check) struct Meaning<'s> {
    pub(super) sheet: &'s Sheet,
    reading: Reading,
    /// Facts about components, in force.
    facts: Vec<Fact>,
    /// Indices of the line; values given for particular indices count where these are all mentioned.
    indices: Vec<String>,
    /// Declarations of functions that stand for formulas differentiated by a name.
    pub functions: Vec<String>,
    /// How many derivatives could be read in two ways.
    pub doubtful: u32,
    /// Names that were held fixed although they depend on the variable of a derivative.
    pub held: Vec<String>,
    /// Why a derivative may be something else than it was taken for: a refutation says nothing then.
    pub unclear: Option<String>,
    parts: usize,
    /// Letters of the line that no index made here may have.
    pub taken: Vec<String>,
    /// Bound indices that were renamed.
    fresh: usize,
}

impl<'s> Meaning<'s> {
    pub fn new(sheet: &'s Sheet, reading: Reading, facts: Vec<Fact>, indices: Vec<String>) -> Self {
        Meaning {
            sheet,
            reading,
            facts,
            indices,
            functions: Vec::new(),
            doubtful: 0,
            held: Vec::new(),
            unclear: None,
            parts: 0,
            taken: Vec::new(),
            fresh: 0,
        }
    }

    /// The side in terms of variables.
    pub fn of(&mut self, tree: &Tree) -> Result<Tree, Diagnostic> {
        let meant = self.expand(tree, &[], 0)?;
        Ok(self.with_component_facts(meant))
    }

    fn with_component_facts(&self, mut tree: Tree) -> Tree {
        if self.facts.iter().any(|fact| !matches!(fact, Fact::Text(_))) {
            // (y ./ ŷ)[k]: what a fact says of y[k] is seen only where y stands entry by entry.
            tree = by_component(self.sheet, &|_| None, &tree);
        }
        for fact in &self.facts {
            tree = match fact {
                Fact::Text(_) => tree,
                Fact::Component { name, index, value, .. } => {
                    let protected = names_of(value);
                    with_components(&tree, name, index, value, &protected)
                }
                Fact::Entry { entry, value, .. } => with_entry(&tree, entry, value),
            };
        }
        tree
    }

    pub(super) fn expand(&mut self, tree: &Tree, stop: &[&str], depth: usize) -> Result<Tree, Diagnostic> {
        self.parts += 1;
        if depth > MAXIMUM_DEPTH || self.parts > MAXIMUM_PARTS {
            return Err(Diagnostic::new(Cause::Limit, "the definitions in this line are nested too deeply")
                .at(tree.span, ""));
        }
        match &tree.kind {
            Kind::Name(name) => self.name(tree, name, stop, depth),
            Kind::Index(base, indices) => {
                if let Kind::Name(name) = &base.kind
                    && !stop.contains(&name.as_str())
                    && let Some(definition) = self.sheet.definitions.get(name)
                    && !definition.indices.is_empty()
                    && definition.indices.len() == indices.len()
                {
                    let pairs: Vec<(&String, &Tree)> = definition.indices.iter().zip(indices).collect();
                    let mut taken: Vec<String> = indices.iter().flat_map(names_of).collect();
                    taken.extend(self.indices.iter().cloned());
                    let value = self.with_fresh_indices(&definition.value, &taken);
                    let value = substitute(&value, &|own| {
                        pairs.iter().find(|(index, _)| *index == own).map(|(_, by)| (*by).clone())
                    });
                    return self.expand(&value, stop, depth + 1);
                }
                if let Some(moved) = self.moved_inwards(base, tree) {
                    return self.expand(&moved, stop, depth + 1);
                }
                let row = self.row(base, indices);
                self.parts_of(row.as_ref().unwrap_or(tree), stop, depth)
            }
            Kind::Call { name, primes, arguments } if self.sheet.functions.contains_key(name) => {
                self.call(tree, name, *primes, arguments, stop, depth)
            }
            Kind::Quotient(above, below) if let Some(derivative) = self.leibniz(above, below) => {
                self.expand(&derivative, stop, depth + 1)
            }
            Kind::Derivative { operator, body, variables } => {
                self.derivative(tree, *operator, body, variables, stop, depth)
            }
            Kind::Big { operation, indices, condition, body }
                if indices.iter().any(|index| index.range.is_none()) =>
            {
                let indices = indices.iter().map(|index| self.with_range(index, body)).collect();
                let (condition, body) = (condition.clone(), body.clone());
                let ranged = Kind::Big { operation: *operation, indices, condition, body };
                self.parts_of(&Tree::new(ranged, tree.span), stop, depth)
            }
            Kind::Cases(rows) => {
                if let Some(sum) = index_cases(rows) {
                    return self.expand(&sum, stop, depth + 1);
                }
                self.parts_of(tree, stop, depth)
            }
            _ => self.parts_of(tree, stop, depth),
        }
    }

    /// `(2a)[i]` as `2a[i]`, where it was said entry by entry what a is.
    fn moved_inwards(&self, base: &Tree, tree: &Tree) -> Option<Tree> {
        let is_name = matches!(base.kind, Kind::Name(_));
        if is_name || !names_of(base).iter().any(|name| self.sheet.is_by_entry(name)) {
            return None;
        }
        let moved = by_component(self.sheet, &|_| None, tree);
        (moved != *tree).then_some(moved)
    }

    /// `x_n` of a matrix x with a row for each sample: the row as a vector, xᵀ eₙ.
    fn row(&self, base: &Tree, indices: &[Tree]) -> Option<Tree> {
        let Kind::Name(name) = &base.kind else { return None };
        let [index] = indices else { return None };
        let count = self.sheet.size_of(name, 0).filter(|_| self.sheet.rank(name) == 2)?;
        let unit = Tree::call(function::row(function::UNIT).name, vec![index.clone(), count]);
        Some(Kind::Product(vec![Kind::Transpose(Box::new(base.clone())).into(), unit]).into())
    }

    /// Bound indices renamed that would catch a name that is put in.
    fn with_fresh_indices(&mut self, tree: &Tree, taken: &[String]) -> Tree {
        let Kind::Big { operation, indices, condition, body } = &tree.kind else {
            return map_parts(tree, &mut |part| self.with_fresh_indices(part, taken));
        };
        let mut indices = indices.clone();
        let mut renamed: Vec<(String, Tree)> = Vec::new();
        for index in &mut indices {
            if taken.contains(&index.name) {
                self.fresh += 1;
                let fresh = format!("{}_{}", index.name, self.fresh);
                renamed.push((std::mem::replace(&mut index.name, fresh.clone()), Tree::name(fresh)));
            }
        }
        let mut inner = |part: &Tree| {
            let part = substitute(part, &|name| {
                renamed.iter().find(|(old, _)| old == name).map(|(_, new)| new.clone())
            });
            Box::new(self.with_fresh_indices(&part, taken))
        };
        let body = inner(body);
        let condition = condition.as_ref().map(|condition| inner(condition));
        Tree::new(Kind::Big { operation: *operation, indices, condition, body }, tree.span)
    }

    /// How far an index runs, if only a name says so that will be replaced by what it stands for entry by entry.
    fn with_range(&self, index: &BoundIndex, body: &Tree) -> BoundIndex {
        let is_replaced = |name: &str| {
            self.sheet.is_by_entry(name)
                || self
                    .facts
                    .iter()
                    .any(|fact| matches!(fact, Fact::Component { name: own, .. } if own == name))
        };
        let mut size = None;
        body.walk(&mut |part| {
            if let Kind::Index(base, places) = &part.kind
                && let Some(name) = name_of(base).filter(|name| is_replaced(name))
                && let Some(at) = places.iter().position(|place| name_of(place) == Some(&index.name))
            {
                size = size.take().or_else(|| self.sheet.size_of(name, at));
            }
        });
        let mut index = index.clone();
        if index.range.is_none() {
            index.range = size.map(|size| (Tree::number(&Rational::ONE), size));
        }
        index
    }

    fn parts_of(&mut self, tree: &Tree, stop: &[&str], depth: usize) -> Result<Tree, Diagnostic> {
        let bound: Vec<String> = match &tree.kind {
            Kind::Big { indices, .. } => indices.iter().map(|index| index.name.clone()).collect(),
            _ => Vec::new(),
        };
        let mut inner: Vec<&str> = stop.to_vec();
        inner.extend(bound.iter().map(String::as_str));
        let mut failed = None;
        let made = map_parts(tree, &mut |part| match self.expand(part, &inner, depth + 1) {
            Ok(part) => part,
            Err(error) => {
                failed.get_or_insert(error);
                part.clone()
            }
        });
        failed.map_or(Ok(made), Err)
    }

    fn name(&mut self, tree: &Tree, name: &str, stop: &[&str], depth: usize) -> Result<Tree, Diagnostic> {
        if stop.contains(&name) {
            return Ok(tree.clone());
        }
        if let Some(definition) = self.sheet.definitions.get(name)
            && definition.indices.is_empty()
        {
            let value = match &definition.special {
                Some(special) if self.concerns(special) => special,
                _ => &definition.value,
            };
            if mentions(value, name) {
                // x = x + 1 is no definition that could be put in.
                return Ok(tree.clone());
            }
            return self.expand(value, stop, depth + 1);
        }
        if let Some(definition) = self.sheet.definitions.get(name)
            && let [index] = definition.indices.as_slice()
            && !mentions(&definition.value, name)
            && let Some(whole) = whole(self.sheet, index, &definition.value)
            && mentions(&definition.value, index)
        {
            return self.expand(&whole, stop, depth + 1);
        }
        if let Some((parameters, value)) = self.sheet.functions.get(name)
            && !parameters.iter().any(|p| p == name)
        {
            return self.expand(value, stop, depth + 1);
        }
        if self.reading.values
            && let Some(value) = self.sheet.values.get(name)
        {
            return Ok(value.clone());
        }
        Ok(tree.clone())
    }

    /// Are all the particular indices of a special value mentioned in the line?
    fn concerns(&self, special: &Tree) -> bool {
        free_indices(special, self.sheet).iter().all(|index| self.indices.contains(index))
    }

    fn call(
        &mut self,
        tree: &Tree,
        name: &str,
        primes: u8,
        arguments: &[Tree],
        stop: &[&str],
        depth: usize,
    ) -> Result<Tree, Diagnostic> {
        let Some((parameters, value)) = self.sheet.functions.get(name) else { return Ok(tree.clone()) };
        let mut own = Vec::with_capacity(arguments.len());
        for argument in arguments {
            own.push(self.expand(argument, stop, depth + 1)?);
        }
        if parameters.len() != own.len() {
            return Err(Diagnostic::new(
                Cause::Name,
                format!("{name} takes {} arguments, not {}", parameters.len(), own.len()),
            )
            .at(tree.span, ""));
        }
        // The body first, with its parameters kept, so that a definition x = … does not reach the parameter x.
        let mut inner: Vec<&str> = stop.to_vec();
        inner.extend(parameters.iter().map(String::as_str));
        let body = self.expand(value, &inner, depth + 1)?;
        if primes == 0 {
            return Ok(substitute(&body, &|n| {
                parameters.iter().position(|p| p == n).map(|at| own[at].clone())
            }));
        }
        let [parameter] = parameters.as_slice() else {
            return Err(Diagnostic::new(
                Cause::Name,
                format!("{name} has several arguments: by which is it differentiated?"),
            )
            .at(tree.span, ""));
        };
        Ok(self.differentiated_at(&body, parameter, own.remove(0), primes))
    }

    /// The derivative of a scalar formula by a name, at what the name stands for: a function of its own, primed.
    fn differentiated_at(&mut self, body: &Tree, variable: &str, at: Tree, primes: u8) -> Tree {
        let number = self.functions.len() + 1;
        let (function, parameter) = (format!("partial_{number}"), format!("t_{number}"));
        let body = substitute(body, &|n| (n == variable).then(|| Tree::name(parameter.clone())));
        self.functions.push(format!("{function}({parameter}) = {}", print::text(&body)));
        Kind::Call { name: function, primes, arguments: vec![at] }.into()
    }

    /// `dy/dx` with y defined: a derivative, not a quotient of two names.
    fn leibniz(&self, above: &Tree, below: &Tree) -> Option<Tree> {
        let (Kind::Name(above), Kind::Name(below)) = (&above.kind, &below.kind) else { return None };
        let (y, x) = (above.strip_prefix('d')?, below.strip_prefix('d')?);
        let known =
            |name: &str| self.sheet.definitions.contains_key(name) || self.sheet.functions.contains_key(name);
        if self.sheet.definitions.contains_key(above.as_str()) || !known(y) || x.is_empty() {
            return None;
        }
        let (operator, variables) = (DerivativeOperator::Derivative, vec![Tree::name(x)]);
        Some(Kind::Derivative { operator, body: Box::new(Tree::name(y)), variables }.into())
    }

    fn derivative(
        &mut self,
        tree: &Tree,
        operator: DerivativeOperator,
        body: &Tree,
        variables: &[Tree],
        stop: &[&str],
        depth: usize,
    ) -> Result<Tree, Diagnostic> {
        let (names, indices) = self.by_names(tree, variables)?;
        let Some(variable) = names.first().cloned() else { return Ok(tree.clone()) };
        if indices.is_empty()
            && let Some(there) = self.partial_there(body, &names, stop, depth)?
        {
            return Ok(there);
        }
        let between = self.names_between(body, &variable);
        let local = !between.is_empty() && {
            let bit = self.doubtful;
            self.doubtful += 1;
            bit < 32 && self.reading.local & (1 << bit) != 0
        };
        if local {
            self.held.extend(between);
        }
        let is_free = !stop.contains(&variable.as_str());
        let is_defined = self.sheet.definitions.contains_key(&variable) && is_free;
        // A derivative at a variable's value is taken before the value is put in.
        let is_given = self.reading.values && self.sheet.values.contains_key(&variable) && is_free;
        let mut inner: Vec<&str> = stop.to_vec();
        inner.push(&variable);
        for name in &names {
            inner.push(name);
        }
        let plain = !is_defined && !is_given && !local;
        let has_indices = !indices.is_empty() || !free_indices(body, self.sheet).is_empty();
        if plain && !has_indices {
            let body = self.expand(body, &inner, depth + 1)?;
            let variables = names.iter().map(|name| Tree::name(name.clone())).collect();
            let made = Tree::new(Kind::Derivative { operator, body: Box::new(body), variables }, tree.span);
            return Ok(indexed(made, indices, tree));
        }
        if names.iter().any(|name| *name != variable) {
            if !local && !has_indices {
                let body = self.expand(body, &inner, depth + 1)?;
                let mut there = Vec::new();
                for name in &names {
                    there.push((name.clone(), self.expand(&Tree::name(name.clone()), stop, depth + 1)?));
                }
                if let Some(value) = self.partial_of(body, &names, &there)? {
                    return Ok(value);
                }
            }
            return Err(Diagnostic::new(
                Cause::Unsupported,
                "mixed derivatives by intermediate results are not available",
            )
            .at(tree.span, ""));
        }
        // By a name that stands for something: the name is a variable inside, its value is put in afterwards.
        let mut body = if local {
            self.local_body(body, &variable, depth)?
        } else {
            self.expand(body, &inner, depth + 1)?
        };
        let hole = if local { "t_0" } else { variable.as_str() };
        let whole = Tree::name(variable.clone());
        let at = if plain { whole } else { self.expand(&whole, stop, depth + 1)? };
        if is_defined && !local && !mentions(&body, &variable) {
            // ŷ = softmax(W x + b), and a = W x + b was said elsewhere.
            body = called(&body, &at, &variable);
            if !mentions(&body, &variable) && names_of(&at).iter().any(|name| mentions(&body, name)) {
                self.unclear.get_or_insert_with(|| {
                    format!("nothing says how {} depends on {variable}", print::unicode(name_behind(tree)))
                });
            }
        }
        let primes = names.len().min(20) as u8;
        let is_scalar = operator == DerivativeOperator::Derivative
            && !has_indices
            && self.sheet.rank(&variable) == 0
            && names_of(&body).iter().all(|name| self.sheet.rank(name) == 0);
        if is_scalar {
            return Ok(self.differentiated_at(&body, hole, at, primes));
        }
        let by = names.iter().map(|_| Tree::name(hole)).collect();
        let question = Kind::Derivative { operator, body: Box::new(body), variables: by }.into();
        let Some(value) = self.answered(&question, hole, &at, indices, tree)? else {
            return Ok(tree.clone());
        };
        // What was said of it entry by entry.
        if is_defined && self.sheet.is_by_entry(&variable) {
            return self.expand(&value, stop, depth + 1);
        }
        Ok(value)
    }

    /// The names by which is differentiated, and the indices of their components.
    fn by_names(&self, tree: &Tree, variables: &[Tree]) -> Result<(Vec<String>, Vec<Tree>), Diagnostic> {
        let mut names: Vec<String> = Vec::new();
        let mut indices: Vec<Tree> = Vec::new();
        for variable in variables {
            match &variable.kind {
                Kind::Name(name) => names.push(name.clone()),
                Kind::Index(base, own) if let Kind::Name(name) = &base.kind => {
                    names.push(name.clone());
                    indices.extend(own.iter().cloned());
                    // ∂/∂W_i of a matrix is by a row: its components are looked at one by one.
                    let mut taken = free_indices(tree, self.sheet);
                    taken.extend(self.taken.iter().chain(&self.indices).cloned());
                    let mut letters =
                        ["j", "m", "n", "p", "q", "r"].into_iter().filter(|l| !taken.iter().any(|t| t == l));
                    for _ in own.len()..self.sheet.rank(name) {
                        indices.push(Tree::name(letters.next().unwrap_or("s")));
                    }
                }
                _ => {
                    return Err(Diagnostic::new(
                        Cause::Unsupported,
                        "differentiate by a name or a component",
                    )
                    .at(variable.span, ""));
                }
            }
        }
        Ok((names, indices))
    }

    /// What the engine says a derivative is, with `at` in the hole; one entry of it, if there are indices.
    fn answered(
        &mut self,
        question: &Tree,
        hole: &str,
        at: &Tree,
        indices: Vec<Tree>,
        like: &Tree,
    ) -> Result<Option<Tree>, Diagnostic> {
        let mut sheet_problem = self.sheet.problem(&[question], &[], &self.functions)?;
        let request = Request { operator: Operator::Simplify, ..Request::default() };
        let answer = sheet_problem.answer(&print::text(question), &request)?;
        let Some(partial) = answer.partials.first() else { return Ok(None) };
        let value = substitute(&partial.tree, &|name| (name == hole).then(|| at.clone()));
        if partial.indices.is_empty() {
            return Ok(Some(indexed(value, indices, like)));
        }
        // Where there is no form without indices, the answer is one entry, with indices of its own.
        if partial.indices.len() != indices.len() {
            let words = "this derivative has no form without indices";
            return Err(Diagnostic::new(Cause::Unsupported, words).at(like.span, ""));
        }
        let own = partial.indices.clone();
        let taken: Vec<String> = indices.iter().flat_map(names_of).chain(own.iter().cloned()).collect();
        let value = self.with_fresh_indices(&value, &taken);
        let entry =
            |name: &str| own.iter().position(|own| own == name).and_then(|at| indices.get(at)).cloned();
        Ok(Some(substitute(&value, &entry)))
    }

    /// The formula behind a name with the variable replaced by a hole where it stands directly, and nowhere deeper.
    fn local_body(&mut self, body: &Tree, variable: &str, depth: usize) -> Result<Tree, Diagnostic> {
        let Some(definition) = name_of(body).and_then(|name| self.sheet.definitions.get(name)) else {
            return self.expand(body, &[variable], depth + 1);
        };
        let direct = substitute(&definition.value, &|name| (name == variable).then(|| Tree::name("t_0")));
        self.expand(&direct, &["t_0"], depth + 1)
    }

    /// The names through which a formula depends on the variable, if it does so directly as well.
    fn names_between(&self, body: &Tree, variable: &str) -> Vec<String> {
        let Some(definition) = name_of(body).and_then(|name| self.sheet.definitions.get(name)) else {
            return Vec::new();
        };
        if !mentions(&definition.value, variable) {
            return Vec::new();
        }
        let mut names = names_of(&definition.value);
        names.retain(|name| {
            name != variable
                && self.sheet.definitions.contains_key(name)
                && self.sheet.depends_on(name, variable)
        });
        names
    }
}

fn indexed(made: Tree, indices: Vec<Tree>, like: &Tree) -> Tree {
    if indices.is_empty() { made } else { Tree::new(Kind::Index(Box::new(made), indices), like.span) }
}

/// What is differentiated.
fn name_behind(derivative: &Tree) -> &Tree {
    match &derivative.kind {
        Kind::Derivative { body, .. } => body,
        _ => derivative,
    }
}

/// Every `name[t]` becomes the value with t for the index; bound indices of the names in the value are renamed.
fn with_components(tree: &Tree, name: &str, index: &str, value: &Tree, protected: &[String]) -> Tree {
    match &tree.kind {
        Kind::Index(base, indices) if name_of(base) == Some(name) && indices.len() == 1 => {
            substitute(value, &|own| (own == index).then(|| indices[0].clone()))
        }
        Kind::Big { operation, indices, condition, body } => {
            let mut indices = indices.clone();
            let (mut condition, mut body) = (condition.clone(), body.clone());
            for bound in &mut indices {
                if protected.contains(&bound.name) && bound.name != index {
                    let fresh = format!("{}_0", bound.name);
                    let rename = |n: &str| (n == bound.name).then(|| Tree::name(fresh.clone()));
                    body = Box::new(substitute(&body, &rename));
                    condition = condition.map(|c| Box::new(substitute(&c, &rename)));
                    bound.name.clone_from(&fresh);
                }
            }
            let renamed = Tree::new(Kind::Big { operation: *operation, indices, condition, body }, tree.span);
            map_parts(&renamed, &mut |part| with_components(part, name, index, value, protected))
        }
        _ => map_parts(tree, &mut |part| with_components(part, name, index, value, protected)),
    }
}

fn with_entry(tree: &Tree, entry: &Tree, value: &Tree) -> Tree {
    if tree == entry {
        return value.clone();
    }
    if let Kind::Big { indices, .. } = &tree.kind
        && indices.iter().any(|bound| mentions(entry, &bound.name))
    {
        return tree.clone();
    }
    map_parts(tree, &mut |part| with_entry(part, entry, value))
}
