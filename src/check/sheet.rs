//! What a document has said so far: shapes, definitions, functions, facts and values. It decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::rewrite::{has_derivative, map_parts, mentions, names_of};
use crate::diagnostic::{Diagnostic, Kind as Cause};
use crate::problem::Problem;
use crate::syntax::Names;
use crate::syntax::tree::{Kind, Tree};

/// A name with a value.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    /// The indices on its left side: none for `a = …`, one for `a[i] = …`.
    pub indices: Vec<String>,
    /// What it stands for.
    pub value: Tree,
    /// Another value that was given for a particular index.
    pub special: Option<Tree>,
}

/// A fact, as it is used.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    /// One that the prover understands.
    Text(String),
    /// `v[i] = value`, for every i.
    Component {
        /// The name.
        name: String,
        /// The index that may be anything.
        index: String,
        /// What stands there.
        value: Tree,
        /// As it was written.
        text: String,
    },
    /// `v[k] = value`, for this k.
    Entry {
        /// The name with its index.
        entry: Tree,
        /// What stands there.
        value: Tree,
        /// As it was written.
        text: String,
    },
}

impl Fact {
    /// As it is shown.
    pub fn text(&self) -> &str {
        match self {
            Fact::Text(text) | Fact::Component { text, .. } | Fact::Entry { text, .. } => text,
        }
    }
}

/// What the document has said so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    /// Names as the parser needs them.
    pub names: Names,
    /// Declared variables, and the number of their axes.
    pub shapes: BTreeMap<String, (String, usize)>,
    /// Those of them whose shape is that of their definition.
    pub inferred: BTreeSet<String>,
    /// Functions without a definition.
    pub unknown: Vec<String>,
    /// Names with a value.
    pub definitions: BTreeMap<String, Definition>,
    /// Functions with a definition.
    pub functions: BTreeMap<String, (Vec<String>, Tree)>,
    /// Facts with the indices they speak of; lines that do not mention them are not concerned.
    pub facts: Vec<(Fact, Vec<String>)>,
    /// Values of variables.
    pub point: BTreeMap<String, Tree>,
    /// Values that the document itself gave, which may be put in anywhere.
    pub values: BTreeMap<String, Tree>,
    /// Does the document say that gradients are rows?
    pub has_rows: bool,
}

/// The name that a tree is, if it is one.
pub(super) fn name_of(tree: &Tree) -> Option<&str> {
    match &tree.kind {
        Kind::Name(name) => Some(name),
        _ => None,
    }
}

fn add_new(found: &mut Vec<String>, names: impl IntoIterator<Item = String>) {
    for name in names {
        if !found.contains(&name) {
            found.push(name);
        }
    }
}

/// Names that stand only in index places or in comparisons of indices, and are bound nowhere.
pub(super) fn free_indices(tree: &Tree, sheet: &Sheet) -> Vec<String> {
    let mut found = Vec::new();
    collect_indices(tree, &mut Vec::new(), &mut found);
    found.retain(|name| !sheet.shapes.contains_key(name) && !sheet.definitions.contains_key(name));
    found
}

fn collect_indices(tree: &Tree, bound: &mut Vec<String>, found: &mut Vec<String>) {
    let before = bound.len();
    let mut note = |places: &[Tree], bound: &[String]| {
        for place in places {
            for name in names_of(place) {
                if !bound.contains(&name) && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
    };
    match &tree.kind {
        Kind::Index(_, indices) => note(indices, bound),
        Kind::Derivative { variables, .. } => {
            for variable in variables {
                if let Kind::Index(_, indices) = &variable.kind {
                    note(indices, bound);
                }
            }
        }
        Kind::Iverson(condition) => {
            if let Kind::Relation(_, a, b) = &condition.kind
                && name_of(a).is_some()
                && name_of(b).is_some()
            {
                note(&[(**a).clone(), (**b).clone()], bound);
            }
        }
        Kind::Big { indices, .. } => bound.extend(indices.iter().map(|index| index.name.clone())),
        _ => {}
    }
    tree.each_part(&mut |part| collect_indices(part, bound, found));
    bound.truncate(before);
}

impl Sheet {
    /// Gives a name the shape of what it stands for, if it is no scalar and nothing else was declared.
    pub fn infer_shape(&mut self, name: &str, sizes: Option<&[String]>) {
        if self.inferred.remove(name) {
            self.shapes.remove(name);
        }
        if let Some(sizes) = sizes
            && !sizes.is_empty()
            && !self.shapes.contains_key(name)
        {
            self.shapes.insert(name.to_owned(), (format!("{name}: R[{}]", sizes.join(",")), sizes.len()));
            self.inferred.insert(name.to_owned());
        }
    }

    /// Takes the definition of a name back.
    pub fn forget(&mut self, name: &str) {
        self.definitions.remove(name);
        self.infer_shape(name, None);
    }

    /// The number of axes of a name; names that were not declared are scalars.
    pub fn rank(&self, name: &str) -> usize {
        self.shapes.get(name).map_or(0, |(_, rank)| *rank)
    }

    /// The size of one axis of a declared name.
    pub fn size_of(&self, name: &str, axis: usize) -> Option<Tree> {
        let (text, _) = self.shapes.get(name)?;
        let sizes = text.split_once('[')?.1.trim_end().strip_suffix(']')?;
        crate::syntax::parse(sizes.split(',').nth(axis)?.trim(), &self.names).ok().map(|parsed| parsed.tree)
    }

    /// The size of the axis along which an index runs in a formula, as it is written.
    pub fn size_along(&self, tree: &Tree, index: &str) -> Option<String> {
        let mut found = None;
        tree.walk(&mut |part| {
            if let Kind::Index(base, places) = &part.kind
                && let Some(name) = name_of(base)
                && let Some(at) = places.iter().position(|place| name_of(place) == Some(index))
                && let Some((text, _)) = self.shapes.get(name)
                && let Some((_, sizes)) = text.split_once('[')
            {
                let size = sizes.trim_end_matches(']').split(',').nth(at).map(|size| size.trim().to_owned());
                found = found.take().or(size);
            }
        });
        found
    }

    /// Was it said entry by entry what the name is, as in `a[i] = …`?
    pub fn is_by_entry(&self, name: &str) -> bool {
        self.definitions.get(name).is_some_and(|definition| !definition.indices.is_empty())
    }

    /// Is it the size of something that was declared?
    pub fn is_size(&self, name: &str) -> bool {
        self.shapes.values().any(|(text, _)| {
            text.split_once('[').is_some_and(|(_, sizes)| {
                sizes.split(|c: char| !c.is_alphanumeric() && c != '_').any(|size| size == name)
            })
        })
    }

    /// The sizes of the declared vectors and matrices, each once.
    pub fn sizes(&self) -> Vec<Tree> {
        let mut found: Vec<Tree> = Vec::new();
        for (text, _) in self.shapes.values() {
            let inner = text.split_once('[').map_or("", |(_, sizes)| sizes.trim_end_matches([']', ' ']));
            for size in inner.split(',').map(str::trim).filter(|size| !size.is_empty()) {
                if let Ok(read) = crate::syntax::parse(size, &self.names)
                    && !found.contains(&read.tree)
                {
                    found.push(read.tree);
                }
            }
        }
        found
    }

    /// The variables behind a formula, definitions looked through, in order of appearance.
    pub fn variables_of(&self, tree: &Tree) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_variables(tree, &mut found, &mut BTreeSet::new());
        found
    }

    /// The variables that need a value for a side to have one: those of functions that are differentiated among them.
    pub fn variables_behind(&self, tree: &Tree) -> Vec<String> {
        fn whole(sheet: &Sheet, tree: &Tree) -> Tree {
            let known = |name: &str| sheet.knows(name) && !name.is_empty();
            match &tree.kind {
                Kind::Quotient(above, below)
                    if let (Some(y), Some(x)) = (
                        name_of(above).and_then(|name| name.strip_prefix('d')),
                        name_of(below).and_then(|name| name.strip_prefix('d')),
                    ) && known(y)
                        && !x.is_empty() =>
                {
                    whole(sheet, &Tree::name(y))
                }
                Kind::Name(name) if let Some((_, value)) = sheet.functions.get(name) => value.clone(),
                Kind::Derivative { body, .. } => whole(sheet, body),
                _ => map_parts(tree, &mut |part| whole(sheet, part)),
            }
        }
        self.variables_of(&whole(self, tree))
    }

    /// Each definition and function is opened once: those of a long sheet lead to each other on very many ways.
    fn collect_variables(&self, tree: &Tree, found: &mut Vec<String>, opened: &mut BTreeSet<String>) {
        let mut bound: Vec<String> = Vec::new();
        let mut calls: Vec<&str> = Vec::new();
        tree.walk(&mut |part| match &part.kind {
            Kind::Big { indices, .. } => bound.extend(indices.iter().map(|index| index.name.clone())),
            Kind::Call { name, .. } => calls.push(name),
            _ => {}
        });
        for name in names_of(tree) {
            if matches!(name.as_str(), "pi" | "e" | "π")
                || bound.contains(&name)
                || self.values.contains_key(&name)
            {
                continue;
            }
            if let Some(definition) = self.definitions.get(&name)
                && !mentions(&definition.value, &name)
            {
                if opened.insert(name.clone()) {
                    let mut inner = Vec::new();
                    self.collect_variables(&definition.value, &mut inner, opened);
                    inner.retain(|name| !definition.indices.contains(name));
                    add_new(found, inner);
                }
            } else {
                add_new(found, [name]);
            }
        }
        for name in calls {
            if let Some((parameters, value)) = self.functions.get(name)
                && opened.insert(format!("{name}()"))
            {
                let mut inner = Vec::new();
                self.collect_variables(value, &mut inner, opened);
                inner.retain(|name| !parameters.contains(name));
                add_new(found, inner);
            }
        }
    }

    /// Does the value of a name depend on a variable, as far as definitions say?
    pub fn depends_on(&self, name: &str, variable: &str) -> bool {
        let mut opened: BTreeSet<&str> = BTreeSet::new();
        let mut todo = vec![name];
        while let Some(name) = todo.pop() {
            let Some(definition) = self.definitions.get(name).filter(|_| opened.insert(name)) else {
                continue;
            };
            for inner in names_of(&definition.value) {
                if inner == variable {
                    return true;
                }
                todo.extend(self.definitions.get_key_value(&inner).map(|(own, _)| own.as_str()));
            }
        }
        false
    }

    /// A derivative of a name in terms of the names of its definition, if none of these depends on the variable.
    pub fn shallow(&self, tree: &Tree) -> Option<Tree> {
        let Kind::Derivative { operator, body, variables } = &tree.kind else { return None };
        let [variable] = variables.as_slice() else { return None };
        let variable = name_of(variable)?;
        // At an evaluation bar the variable is a number.
        if self.definitions.get(variable).is_some_and(|definition| self.is_numeric(&definition.value)) {
            return None;
        }
        let definition =
            self.definitions.get(name_of(body)?).filter(|d| d.indices.is_empty() && d.special.is_none())?;
        let names = names_of(&definition.value);
        let is_direct = names.iter().any(|name| name == variable)
            && names.iter().all(|name| name == variable || !self.depends_on(name, variable));
        let body = Box::new(definition.value.clone());
        is_direct.then(|| {
            let kind = Kind::Derivative { operator: *operator, body, variables: variables.clone() };
            Tree::new(kind, tree.span)
        })
    }

    /// A problem that knows the names of some formulas.
    ///
    /// # Errors
    /// If a declaration or fact does not fit.
    pub fn problem(
        &self,
        trees: &[&Tree],
        facts: &[&Fact],
        functions: &[String],
    ) -> Result<Problem, Diagnostic> {
        let mut names: Vec<String> = Vec::new();
        for tree in trees {
            names.extend(names_of(tree));
        }
        let function_text = functions.join(" ");
        let mut declarations: Vec<String> = Vec::new();
        for (name, (text, _)) in &self.shapes {
            if names.contains(name)
                || function_text.contains(name.as_str())
                || facts.iter().any(|f| f.text().contains(name.as_str()))
            {
                declarations.push(text.clone());
            }
        }
        for name in &self.unknown {
            declarations.push(format!("{name}: function"));
        }
        declarations.extend(functions.iter().cloned());
        let facts: Vec<String> = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect();
        Problem::with(&declarations, &facts)
    }

    /// The facts that concern a line with these indices.
    pub fn facts_for(&self, indices: &[String]) -> Vec<Fact> {
        self.facts
            .iter()
            .filter(|(_, about)| about.iter().all(|index| indices.contains(index)))
            .map(|(fact, _)| fact.clone())
            .collect()
    }

    /// Has the name a meaning: a shape, a value, a definition?
    pub fn knows(&self, name: &str) -> bool {
        self.definitions.contains_key(name)
            || self.shapes.contains_key(name)
            || self.functions.contains_key(name)
    }

    /// What a prime differentiates: the name or formula, and the one variable that it depends on. `Ok(None)` if it is no scalar.
    ///
    /// # Errors
    /// If it depends on several variables.
    pub fn primed(&self, inner: &Tree) -> Result<Option<(Tree, String)>, Diagnostic> {
        if let Kind::Name(name) = &inner.kind
            && let Some((parameters, _)) = self.functions.get(name)
            && let [parameter] = parameters.as_slice()
        {
            return Ok(Some((inner.clone(), parameter.clone())));
        }
        let mut variables = self.variables_of(inner);
        if variables.is_empty() && !self.values.is_empty() {
            // A variable that was given a value is one all the same.
            variables = Sheet { values: BTreeMap::new(), ..self.clone() }.variables_of(inner);
        }
        if variables.is_empty() {
            // At an evaluation bar the variable is a number.
            let mut free = self.clone();
            free.values.clear();
            free.definitions.retain(|_, definition| !self.is_numeric(&definition.value));
            variables = free.variables_of(inner);
        }
        if !variables.iter().all(|name| self.rank(name) == 0) {
            return Ok(None);
        }
        match variables.as_slice() {
            [variable] => Ok(Some((inner.clone(), variable.clone()))),
            _ => Err(Diagnostic::new(
                Cause::Name,
                "a prime does not say by which variable is differentiated here",
            )
            .at(inner.span, "")
            .help("write d/dx (…) or ∂/∂x (…)")),
        }
    }

    /// Does a fact or a special value speak of this index in particular?
    pub fn speaks_of(&self, index: &str) -> bool {
        self.facts.iter().any(|(_, about)| about.iter().any(|i| i == index))
            || self
                .definitions
                .values()
                .filter_map(|definition| definition.special.as_ref())
                .any(|special| free_indices(special, self).iter().any(|i| i == index))
    }

    /// Is it a formula without variables?
    pub fn is_numeric(&self, tree: &Tree) -> bool {
        let mut plain = true;
        tree.walk(&mut |part| {
            plain &= match &part.kind {
                Kind::Name(name) => {
                    matches!(name.as_str(), "pi" | "e" | "π") && !self.definitions.contains_key(name)
                }
                Kind::Call { name, .. } => {
                    crate::function::lookup(name).is_some() && !self.functions.contains_key(name)
                }
                Kind::Index(..) | Kind::Big { .. } | Kind::Derivative { .. } | Kind::Cases(_) => false,
                _ => true,
            };
        });
        plain && !has_derivative(tree)
    }
}
