//! Declarations: `W: R[3,2]`, `a = W*x + b`, `swish(t) = t*σ(t)`, `σ1: function`.

use std::cell::Cell;

use super::Names;
use super::known;
use super::latex::letter_of;
use super::parser::{Parser, syntax};
use super::tokens::{Rule, normalised};
use super::tree::{Kind, Tree};
use crate::diagnostic::{self, Diagnostic};
use crate::span::Span;

/// What stands behind `--let`.
#[derive(Clone, Debug, PartialEq)]
pub enum Declaration {
    /// `W: R[3,2]`, `x: R[n]`, `c: R`.
    Shape {
        /// The name of the variable.
        name: String,
        /// The size of each axis; none for a scalar.
        sizes: Vec<Tree>,
        /// Where the shape stands.
        span: Span,
    },
    /// `a = W*x + b`.
    Definition {
        /// The name.
        name: String,
        /// What it stands for.
        value: Tree,
    },
    /// `swish(t) = t*σ(t)`.
    FunctionDefinition {
        /// The name of the function.
        name: String,
        /// The names of its parameters.
        parameters: Vec<String>,
        /// What it stands for.
        value: Tree,
    },
    /// `σ1: function`.
    UnknownFunction {
        /// The name of the function.
        name: String,
    },
}

impl Declaration {
    /// The declared name.
    pub fn name(&self) -> &str {
        match self {
            Declaration::Shape { name, .. }
            | Declaration::Definition { name, .. }
            | Declaration::FunctionDefinition { name, .. }
            | Declaration::UnknownFunction { name } => name,
        }
    }

    /// The value, if the name occurs in what it is to stand for.
    pub fn mention_of_itself(&self) -> Option<Span> {
        match self {
            Declaration::Definition { name, value } => {
                let found = Cell::new(false);
                // Bound indices of the same name are something else, and are left out.
                let _ = value.with_names(&|own| {
                    found.set(found.get() || own == name);
                    None
                });
                found.get().then_some(value.span)
            }
            Declaration::FunctionDefinition { name, value, .. } => {
                let mut place = None;
                value.walk(&mut |part| {
                    // g(t) = t g(t): the g inside is read as a factor.
                    if matches!(&part.kind, Kind::Call { name: own, .. } | Kind::Name(own) if own == name) {
                        place.get_or_insert(part.span);
                    }
                });
                place
            }
            _ => None,
        }
    }

    /// Adds the name to those known to the parser.
    pub fn declare(&self, names: &mut Names) {
        match self {
            Declaration::Shape { name, sizes, .. } => names.add_variable_with_axes(name, sizes.len()),
            Declaration::Definition { name, .. } => names.add_variable(name),
            Declaration::FunctionDefinition { name, parameters, .. } => {
                names.add_function(name, Some(parameters.len()));
            }
            Declaration::UnknownFunction { name } => names.add_function(name, None),
        }
    }
}

const USAGE: &str = "write x: R, W: R[3,2], a = W*x + b, f(t) = t^2 or σ1: function";

/// Reads a declaration; the warnings belong to the formula in it.
///
/// ```
/// use symdiff::syntax::{Declaration, Names, parse_declaration};
/// let mut names = Names::default();
/// let (declaration, _) = parse_declaration("W': R[3,2]", &names).unwrap();
/// declaration.declare(&mut names);
/// assert!(names.has_variable("W'"));
/// ```
///
/// # Errors
/// If the text is no declaration, or its name has a meaning already.
pub fn parse_declaration(text: &str, names: &Names) -> Result<(Declaration, Vec<Diagnostic>), Diagnostic> {
    if super::is_latex(text) {
        return super::latex::declaration(text, names);
    }
    let mut parser = Parser::new(text, names)?;
    let (name, place) = declared_name(&mut parser)?;
    match parser.word() {
        Rule::colon | Rule::element => {
            check_name(&name, place, names)?;
            parser.advance();
            Ok((kind(&mut parser, name)?, parser.into_warnings()))
        }
        Rule::equal | Rule::define => {
            check_name(&name, place, names)?;
            parser.advance();
            let value = value(&mut parser)?;
            Ok((Declaration::Definition { name, value }, parser.into_warnings()))
        }
        Rule::open_round => {
            let parameters = parameters(&mut parser, &name)?;
            check_name_of_function(&name, place, names)?;
            let at = parser.token().span.end;
            let mut inner = names.clone();
            if known::lookup(&name).is_some() {
                // In `log(t) = ln(t)/ln(10)` the other name is the one of the table.
                inner.add_function(&name, Some(parameters.len()));
            }
            for parameter in &parameters {
                inner.add_variable(parameter);
            }
            // the parameters decide how the body is cut into words
            let mut parser = Parser::new(text, &inner)?;
            parser.skip_to(at);
            let value = value(&mut parser)?;
            if known::lookup(&name).is_some() {
                let help = match known::other_name(&name) {
                    Some(other) => format!("{other} is still the known one"),
                    None => "use another name to keep both".to_owned(),
                };
                parser.warn(
                    declaration(format!("this definition takes the place of the known function `{name}`"))
                        .at(place, "")
                        .help(help),
                );
            }
            Ok((Declaration::FunctionDefinition { name, parameters, value }, parser.into_warnings()))
        }
        Rule::comma => Err(declaration("one declaration names one thing")
            .at(parser.token().span, "")
            .help("declare each name by itself")),
        Rule::name if parser.token().text == "in" => Err(declaration("`in` is not read here")
            .at(parser.token().span, "")
            .help("write `:`, as in x: R[n]")),
        Rule::EOI => Err(declaration(format!("`{name}` is declared as nothing"))
            .at(place, "")
            .help(format!("write {name}: R, {name}: R[n], {name}: function or {name} = …"))),
        _ => Err(declaration("this is no declaration")
            .at(parser.token().span, "`:` or `=` is expected here")
            .help(USAGE)),
    }
}

fn declaration(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(diagnostic::Kind::Declaration, message)
}

/// The name on the left with its primes, which need not be declared yet.
fn declared_name(parser: &mut Parser<'_>) -> Result<(String, Span), Diagnostic> {
    match parser.word() {
        Rule::EOI => {
            return Err(declaration("the declaration is empty").at(parser.token().span, "").help(USAGE));
        }
        Rule::name | Rule::big_sum | Rule::big_product => {}
        _ => {
            return Err(declaration(format!("`{}` is no name", parser.token().text))
                .at(parser.token().span, "")
                .help(USAGE));
        }
    }
    let mut span = parser.advance();
    let start = span.start;
    // a run such as σx was cut in two because nobody had declared it
    while matches!(parser.word(), Rule::name | Rule::primes | Rule::low_index) && parser.is_glued() {
        span = span.join(parser.advance());
    }
    // nor is it a remark that it was
    parser.forget_warnings(start..span.end);
    Ok((normalised(parser.text(span)).into_owned(), span))
}

fn check_name(name: &str, span: Span, names: &Names) -> Result<(), Diagnostic> {
    // other names of a function, such as sgn, may be taken
    if known::lookup(name).is_some_and(|known| known.name == name) || name == "ln" {
        // the letter itself may be taken: Γ
        let other = if known::is_a_letter_in_full(name) { letter_of(name) } else { format!("{name}_1") };
        return Err(declaration(format!("`{name}` is a function of the table"))
            .at(span, "")
            .help(format!("use another name, such as {other}")));
    }
    check_name_of_function(name, span, names)
}

/// A function may be given another definition, and then a remark is made.
fn check_name_of_function(name: &str, span: Span, names: &Names) -> Result<(), Diagnostic> {
    let clash = |message: String, help: String| Err(declaration(message).at(span, "").help(help));
    if names.has(name) {
        return clash(
            format!("`{name}` is declared already"),
            "use another name, remove one of the declarations, or put this one in front of those that use it"
                .into(),
        );
    }
    if matches!(name, "e" | "pi" | "π") {
        return clash(format!("`{name}` is a constant"), format!("use another name, such as {name}_1"));
    }
    let is_word = matches!(
        name,
        "diff"
            | "grad"
            | "gradient"
            | "jacobian"
            | "hessian"
            | "cases"
            | "sum"
            | "prod"
            | "product"
            | "max"
            | "min"
            | "if"
            | "and"
            | "otherwise"
            | "else"
    );
    if is_word {
        return clash(
            format!("`{name}` has a meaning already"),
            format!("use another name, such as {name}_1"),
        );
    }
    Ok(())
}

/// What stands behind the colon.
fn kind(parser: &mut Parser<'_>, name: String) -> Result<Declaration, Diagnostic> {
    let token = parser.token().clone();
    match (token.word, &*token.text) {
        (Rule::name, "R" | "ℝ") => {}
        (Rule::name, "function") => {
            parser.advance();
            parser.expect_end(false)?;
            return Ok(Declaration::UnknownFunction { name });
        }
        (Rule::EOI, _) => {
            return Err(declaration("the shape is missing").at(token.span, "").help(format!(
                "write {name}: R for a scalar, {name}: R[n] for a vector, {name}: R[m,n] for a matrix"
            )));
        }
        (Rule::open_square, _) => {
            return Err(declaration("`R` is missing").at(token.span, "").help(format!("write {name}: R[…]")));
        }
        (Rule::name, "C" | "ℂ" | "Z" | "ℤ" | "N" | "ℕ" | "Q" | "ℚ") => {
            return Err(declaration(format!("`{}` is not known: all variables are real", token.text))
                .at(token.span, "")
                .help("write R, and state more as a fact with --given"));
        }
        _ => {
            return Err(declaration(format!("`{}` is no kind of variable", token.text))
                .at(token.span, "")
                .help("write R, R[n], R[m,n] or function"));
        }
    }
    let mut span = parser.advance();
    let mut sizes = Vec::new();
    match parser.word() {
        Rule::EOI => {}
        Rule::open_square => {
            let open = parser.advance();
            loop {
                if matches!(parser.word(), Rule::close_square | Rule::comma) {
                    return Err(declaration("a size is missing")
                        .at(open.join(parser.token().span), "")
                        .help(format!(
                            "write numbers or names: {name}: R[3], {name}: R[m,n]; a scalar is {name}: R"
                        )));
                }
                let size = parser.sum()?.tree;
                check_size(&size)?;
                if matches!(size.kind, Kind::Product(_)) && !parser.text(size.span).contains(['*', '·', '×'])
                {
                    return Err(declaration("sizes are separated by commas")
                        .at(size.span, "this is a product")
                        .help(format!("write {name}: R[3,2]; a product of sizes is written with `*`")));
                }
                sizes.push(size);
                match parser.word() {
                    Rule::comma => parser.advance(),
                    Rule::close_square => break,
                    _ => return Err(parser.unexpected_after_operand(false)),
                };
            }
            span = span.join(parser.advance());
            parser.expect_end(false)?;
        }
        Rule::caret | Rule::superscript | Rule::open_round => {
            return Err(declaration("sizes stand in square brackets")
                .at(parser.token().span, "")
                .help(format!("write {name}: R[n] for a vector, {name}: R[m,n] for a matrix")));
        }
        _ => return Err(declaration("the shape ends here").at(parser.token().span, "").help(USAGE)),
    }
    Ok(Declaration::Shape { name, sizes, span })
}

/// A size is a positive whole number, a name, or sums, differences and products of such.
fn check_size(size: &Tree) -> Result<(), Diagnostic> {
    let problem = match &size.kind {
        Kind::Negate(_) => "a size is negative",
        Kind::Number(n) if n.is_zero() => "a size is zero",
        Kind::Number(n) if !n.is_integer() => "a size is not a whole number",
        Kind::Number(_) | Kind::Name(_) | Kind::Sum(_) | Kind::Product(_) => return Ok(()),
        _ => "a size is neither a number nor a name",
    };
    Err(declaration(problem).at(size.span, "").help("write a whole number from 1 on, or a name such as n"))
}

fn parameters(parser: &mut Parser<'_>, name: &str) -> Result<Vec<String>, Diagnostic> {
    let open = parser.advance();
    let mut parameters: Vec<String> = Vec::new();
    loop {
        let token = parser.token().clone();
        if token.word != Rule::name {
            return Err(declaration(if token.word == Rule::close_round {
                "a parameter is missing".into()
            } else {
                format!("`{}` is no parameter", token.text)
            })
            .at(open.join(token.span), "")
            .help(format!("write names: {name}(t) = …")));
        }
        if parameters.iter().any(|p| *p == token.text) {
            return Err(declaration(format!("the parameter `{}` is named twice", token.text))
                .at(token.span, "")
                .help("give every parameter its own name"));
        }
        if matches!(&*token.text, "e" | "pi" | "π") {
            return Err(declaration(format!("`{}` is a constant", token.text))
                .at(token.span, "")
                .help("use another letter, such as t"));
        }
        parameters.push(token.text.to_string());
        parser.advance();
        match parser.word() {
            Rule::comma => parser.advance(),
            Rule::close_round => break,
            _ => return Err(parser.unexpected_after_operand(false)),
        };
    }
    parser.advance();
    if !matches!(parser.word(), Rule::equal | Rule::define) {
        return Err(declaration(format!("`{name}(…)` is given no value")).at(open, "").help(format!(
            "write {name}({}) = …, or {name}: function for an unknown one",
            parameters.join(", ")
        )));
    }
    Ok(parameters)
}

fn value(parser: &mut Parser<'_>) -> Result<Tree, Diagnostic> {
    if parser.word() == Rule::EOI {
        return Err(syntax("the value is missing")
            .at(parser.token().span, "")
            .help("write a formula behind `=`"));
    }
    let node = parser.sum()?;
    parser.expect_end(false)?;
    Ok(node.tree)
}
