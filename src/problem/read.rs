//! Taking up declarations and facts, reading formulas.

use crate::diagnostic::{Diagnostic, Kind as Cause, Source};
use crate::lower::{Environment, Property};
use crate::simplify::Effort;
use crate::syntax::tree::{Kind, Tree};
use crate::syntax::{Declaration, Notation, parse_declaration, parse_fact, parse_in};

/// A set of names and facts in which formulas are read and differentiated.
#[derive(Default)]
pub struct Problem {
    pub(crate) environment: Environment,
    declarations: usize,
    pub(super) facts: usize,
    pub(super) effort: Effort,
    pub(super) notation: Notation,
    pub(super) paranoid: bool,
    refuses_unknown_derivatives: bool,
    /// Is it asked what an answer would be without a fact?
    pub(super) leaves_facts_out: bool,
    /// A contradiction met on the way to the answer at hand.
    pub(super) conflict: Option<String>,
    pub(super) warnings: Vec<Diagnostic>,
    /// Declarations and facts as they were written, in the order in which they were taken up.
    pub(crate) written_declarations: Vec<String>,
    pub(crate) written_facts: Vec<String>,
}

impl Problem {
    /// A problem without declarations.
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses how hard simplification tries.
    pub fn set_effort(&mut self, effort: Effort) {
        self.effort = effort;
    }

    /// Chooses the notation formulas are read in; found out by itself if nothing is said.
    pub fn set_notation(&mut self, notation: Notation) {
        self.notation = notation;
    }

    /// Chooses whether simplification looks for contradictions in what it does, which takes about ten times as long. The
    /// answers stay the same, but one that rests on a contradiction is an error.
    pub fn set_paranoid(&mut self, paranoid: bool) {
        self.paranoid = paranoid;
    }

    /// Chooses whether a derivative that is 0 only because nothing was said of a name, such as `dy/dx` without a word on y, is an
    /// error. A person who writes one means something else; a program that makes formulas may mean 0.
    pub fn set_refuses_unknown_derivatives(&mut self, refuses: bool) {
        self.refuses_unknown_derivatives = refuses;
    }

    /// A problem with declarations and facts taken up in the order in which they are of use: shapes and functions, signs
    /// and symmetries, facts about variables, definitions, facts about definitions.
    ///
    /// # Errors
    /// The first declaration or fact that cannot be used; its labels say which text they point into.
    pub fn with(declarations: &[String], facts: &[String]) -> Result<Self, Diagnostic> {
        let mut problem = Problem::new();
        let mut definitions = Vec::new();
        // Names first, so that facts and definitions may speak of each other.
        let mut names = problem.environment.names.clone();
        let mut read = Vec::new();
        for (number, text) in declarations.iter().enumerate() {
            let (declaration, warnings) =
                parse_declaration(text, &names).map_err(|e| placed(e, Source::Declaration(number)))?;
            problem.warnings.extend(warnings.into_iter().map(|w| placed(w, Source::Declaration(number))));
            declaration.declare(&mut names);
            read.push(declaration);
        }
        let mut defined = Vec::new();
        for (number, declaration) in read.iter().enumerate() {
            if let Declaration::Definition { name, .. } = declaration {
                defined.push(name.clone());
                definitions.push((number, declaration));
            } else {
                problem.take(declaration, number)?;
                problem.written_declarations.push(declarations[number].clone());
            }
        }
        let mut later = Vec::new();
        let mut middle = Vec::new();
        for (number, text) in facts.iter().enumerate() {
            if let Some((name, property)) = Property::read(text) {
                problem
                    .environment
                    .give_property(name, property, text)
                    .map_err(|e| placed(whole(e, text), Source::Fact(number)))?;
                continue;
            }
            let parsed = parse_fact(text, &names).map_err(|e| placed(e, Source::Fact(number)))?;
            problem.warnings.extend(parsed.warnings.into_iter().map(|w| placed(w, Source::Fact(number))));
            if mentions(&parsed.tree, &defined) {
                later.push((number, parsed.tree, text));
            } else if problem.environment.is_about_variable(&parsed.tree) {
                problem.give_tree(&parsed.tree, text, number)?;
            } else {
                middle.push((number, parsed.tree, text));
            }
        }
        for (number, tree, text) in middle {
            problem.give_tree(&tree, text, number)?;
        }
        for (number, declaration) in definitions {
            problem.take(declaration, number)?;
            problem.written_declarations.push(declarations[number].clone());
        }
        for (number, tree, text) in later {
            problem.give_tree(&tree, text, number)?;
        }
        problem.declarations = declarations.len();
        problem.facts = facts.len();
        problem.written_facts = facts.to_vec();
        Ok(problem)
    }

    /// Reads every undeclared run of letters that is no known word as a product: `ab` as `a*b`. Learners write so.
    pub fn read_letters_apart(&mut self, apart: bool) {
        self.environment.names.read_letters_apart(apart);
    }

    /// Takes up one declaration: `W: R[3,2]`, `x: R[n]`, `a = W*x + b`, `swish(t) = t*σ(t)`, `σ1: function`.
    ///
    /// # Errors
    /// If it cannot be read or does not fit.
    pub fn declare(&mut self, text: &str) -> Result<&mut Self, Diagnostic> {
        let number = self.declarations;
        let (declaration, warnings) = parse_declaration(text, &self.environment.names)
            .map_err(|e| placed(e, Source::Declaration(number)))?;
        self.warnings.extend(warnings.into_iter().map(|w| placed(w, Source::Declaration(number))));
        self.take(&declaration, number)?;
        self.written_declarations.push(text.to_owned());
        self.declarations += 1;
        Ok(self)
    }

    /// Takes up one fact: `sum(y) = 1`, `x > 0`, `P' = P`. Facts must come before the definitions that they are to be used in.
    ///
    /// # Errors
    /// If it cannot be read, or is of a kind that cannot be used.
    pub fn given(&mut self, text: &str) -> Result<&mut Self, Diagnostic> {
        let number = self.facts;
        if let Some((name, property)) = Property::read(text) {
            self.environment
                .give_property(name, property, text)
                .map_err(|e| placed(whole(e, text), Source::Fact(number)))?;
            self.facts += 1;
            self.written_facts.push(text.to_owned());
            return Ok(self);
        }
        let parsed =
            parse_fact(text, &self.environment.names).map_err(|e| placed(e, Source::Fact(number)))?;
        self.give_tree(&parsed.tree, text, number)?;
        self.written_facts.push(text.to_owned());
        self.facts += 1;
        Ok(self)
    }

    /// Reads a formula without doing anything with it.
    ///
    /// # Errors
    /// If the text is not a formula.
    pub fn read(&mut self, formula: &str) -> Result<Tree, Diagnostic> {
        let parsed = parse_in(self.notation, formula, &self.environment.names)?;
        self.warnings.extend(parsed.warnings);
        self.environment.is_latex = self.notation.is_latex(formula);
        self.settled(&parsed.tree)
    }

    /// Notes names that are spoken of as variables beside the formula, before it is read: by which it is differentiated, which are
    /// given values. Such a name is none of a function or of an operator, whatever it may be otherwise.
    pub fn speak_of<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        self.environment.speak_of(names);
    }

    /// What was read, with everything written out that its surroundings say; refused where nothing decides.
    fn settled(&mut self, tree: &Tree) -> Result<Tree, Diagnostic> {
        if self.refuses_unknown_derivatives {
            self.environment.check_dependence(tree)?;
        }
        self.environment.infer(tree)?;
        let (tree, remarks) = self.environment.settle(tree)?;
        self.warnings.append(&mut self.environment.remarks);
        self.warnings.extend(remarks);
        Ok(tree)
    }

    /// Refuses or remarks on derivatives by names that do not stand in the formula.
    pub(super) fn check_asked(&mut self, tree: &Tree, wrt: &[String]) -> Result<(), Diagnostic> {
        if self.refuses_unknown_derivatives {
            for name in wrt {
                self.warnings.extend(self.environment.check_asked(tree, name.trim())?);
            }
        }
        Ok(())
    }

    /// Reads an equality or a chain of them without doing anything with it.
    ///
    /// # Errors
    /// If the text is not a relation.
    pub fn read_claim(&mut self, text: &str) -> Result<Tree, Diagnostic> {
        let parsed = parse_fact(text, &self.environment.names)?;
        self.warnings.extend(parsed.warnings);
        self.settled(&parsed.tree)
    }

    /// What should be said about the readings so far; empties the list.
    pub fn take_warnings(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.warnings)
    }

    fn take(&mut self, declaration: &Declaration, number: usize) -> Result<(), Diagnostic> {
        let name = declaration.name();
        let source = Source::Declaration(number);
        if self.environment.named(name).is_some() {
            return Err(Diagnostic::new(Cause::Declaration, format!("{name} is declared twice"))
                .help("give one of them another name"));
        }
        if let Some(place) = declaration.mention_of_itself() {
            return Err(Diagnostic::new(Cause::Declaration, format!("{name} is defined by itself"))
                .at_source(source, place, "")
                .help("a definition says what a name is in terms of others"));
        }
        let taken = self.environment.declare(declaration, number);
        self.warnings.append(&mut self.environment.remarks);
        taken.map_err(|e| placed(e, source))
    }

    fn give_tree(&mut self, tree: &Tree, text: &str, number: usize) -> Result<(), Diagnostic> {
        self.environment.give(tree, text).map_err(|e| placed(e, Source::Fact(number)))
    }
}

/// Moves labels that point into "the formula" to the text they were read from.
fn placed(mut error: Diagnostic, source: Source) -> Diagnostic {
    for label in &mut error.labels {
        if label.source == Source::Formula {
            label.source = source;
        }
    }
    error
}

/// Points at the whole text.
fn whole(error: Diagnostic, text: &str) -> Diagnostic {
    error.at(crate::span::Span::new(0, text.len()), "")
}

/// Does the tree speak of any of the names?
fn mentions(tree: &Tree, names: &[String]) -> bool {
    let mut found = false;
    tree.walk(&mut |part| {
        if let Kind::Name(name) = &part.kind {
            found |= names.contains(name);
        }
    });
    found
}
