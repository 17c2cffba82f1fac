//! What is said about single words of LaTeX that are no formulas.

use super::super::suggestion::nearest;
use super::alphabet::{GREEK_WORDS, greek};
use crate::diagnostic::{self, Diagnostic, Kind};
use crate::span::Span;

pub(super) fn syntax(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Kind::Syntax, message)
}

pub(super) fn unsupported(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(diagnostic::Kind::Unsupported, message)
}

/// A character that no rule knows.
pub(super) fn stray(source: &str, span: Span) -> Diagnostic {
    let text = source.get(span.start..span.end).unwrap_or("");
    match text {
        "!" => unsupported("factorials are not read")
            .at(span, "")
            .help("write the product out, or \\Gamma(n + 1)"),
        "#" | "@" | "?" | "`" | "\"" => {
            syntax(format!("`{text}` has no meaning in a formula")).at(span, "").help("remove it")
        }
        "∑" | "Σ" => syntax("a sum sign stands as a character")
            .at(span, "")
            .help(r"write \sum_{k}, or \Sigma for a name"),
        "∏" => syntax("a product sign stands as a character").at(span, "").help(r"write \prod_{k}"),
        "∂" => syntax("`∂` stands as a character").at(span, "").help(r"write \frac{\partial}{\partial x}"),
        "√" => syntax("`√` stands as a character").at(span, "").help(r"write \sqrt{x}"),
        "²" | "³" | "¹" => {
            syntax(format!("`{text}` stands as a character")).at(span, "").help("write the exponent after ^")
        }
        "⊤" | "ᵀ" => {
            syntax(format!("`{text}` stands as a character")).at(span, "").help(r"write x^{\top}")
        }
        _ => super::super::slips::stray(source, span),
    }
}

pub(super) fn long_low_number(text: &str, span: Span) -> Diagnostic {
    let mut digits = text.chars();
    let first = digits.next().unwrap_or('1');
    syntax(format!("LaTeX lowers only the first digit of `_{text}`")).at(span, "").help(format!(
        r"write _{{{text}}} for the whole number, _{first} \cdot {} for a product",
        digits.as_str()
    ))
}

pub(super) fn positive_part(span: Span) -> Diagnostic {
    unsupported("the positive part `_+` is not read").at(span, "").help(r"write \max(x, 0)")
}

pub(super) fn bold_number(span: Span) -> Diagnostic {
    syntax("a number is set in a typeface of its own")
        .at(span, "")
        .help(r"write \operatorname{ones}(n) for a vector of ones, [i = j] for 1 where the condition holds")
}

/// Commands that are read; for did-you-mean.
const COMMANDS: &[&str] = &[
    "frac",
    "dfrac",
    "tfrac",
    "sqrt",
    "cdot",
    "times",
    "div",
    "left",
    "right",
    "sum",
    "prod",
    "max",
    "min",
    "partial",
    "nabla",
    "operatorname",
    "mathrm",
    "mathbf",
    "boldsymbol",
    "mathit",
    "text",
    "hat",
    "bar",
    "tilde",
    "dot",
    "odot",
    "oslash",
    "top",
    "begin",
    "end",
    "quad",
    "infty",
    "approx",
    "neq",
    "leq",
    "geq",
    "ldots",
    "lvert",
    "rvert",
    "lVert",
    "rVert",
    "vec",
    "widehat",
    "overline",
    "mathbb",
    "mathcal",
];

/// A command that is not known, or is known and means something that is not read.
pub(super) fn command(name: &str, span: Span) -> Diagnostic {
    let refused = |what: &str, help: &str| unsupported(what).at(span, "").help(help);
    match name {
        "int" | "iint" | "oint" => refused("integrals are not read", "write the integral in closed form"),
        "lim" | "limsup" | "liminf" => refused("limits are not read", "write the limit in closed form"),
        "infty" => refused(r"`\infty` is no number", "use a variable for a large number"),
        "pm" | "mp" => {
            refused(format!(r"`\{name}` is two formulas in one").as_str(), "write one of them at a time")
        }
        "in" | "notin" | "subset" | "subseteq" | "forall" | "exists" | "cup" | "cap" | "setminus"
        | "emptyset" => {
            refused("sets are not read", "declare shapes with --let 'x: R[n]', ranges as \\sum_{k=1}^{n}")
        }
        "to" | "rightarrow" | "mapsto" | "longrightarrow" | "gets" | "leftarrow" => refused(
            format!(r"`\{name}` is no relation that can be checked").as_str(),
            "write = between equal values",
        ),
        "propto" | "sim" | "cong" | "asymp" => refused(
            format!(r"`\{name}` is no relation that can be checked").as_str(),
            "write = with the constant factor",
        ),
        "ll" | "gg" => {
            refused(format!(r"`\{name}` is no relation that can be checked").as_str(), r"write < or >")
        }
        "oplus" | "ominus" | "star" | "cup_" => {
            refused(format!(r"`\{name}` is not known").as_str(), r"write \odot for the elementwise product")
        }
        "otimes" => refused(
            r"`\otimes` is not known",
            r"write u v^\top for the outer product, \odot for the elementwise one",
        ),
        "binom" | "tbinom" | "dbinom" | "choose" => {
            refused("binomial coefficients are not read", "write the quotient of products out")
        }
        "argmax" | "argmin" => {
            refused(format!(r"`\{name}` is not read").as_str(), r"write \max_i x_i for the largest value")
        }
        // `lg` is the logarithm to base ten in most books, to base two in some, and `\log` is the natural one here
        "lg" | "lb" => {
            let base = if name == "lg" { "10" } else { "2" };
            syntax(format!(r"`\{name}` does not say to which base")).at(span, "").help(format!(
                r"write \log_{{{base}}} x for the logarithm to base {base}, \ln x for the natural one"
            ))
        }
        "Re" | "Im" | "imath" | "jmath" => refused(
            "complex values are not read",
            "everything is real here; write real and imaginary parts apart",
        ),
        "num" | "qty" | "SI" | "si" | "unit" | "ang" => {
            refused(format!(r"`\{name}` is not read").as_str(), "write the number alone, without its unit")
        }
        "mod" | "bmod" | "pmod" => {
            refused("remainders are not read", r"write x - m \lfloor x/m \rfloor for the remainder by m")
        }
        "sup" | "inf" | "arg" | "Pr" | "deg" | "dim" | "ker" | "hom" | "gcd" => refused(
            format!(r"`\{name}` is not read").as_str(),
            "write what it stands for, or declare a name for its value",
        ),
        "surd" => refused(r"`\surd` does not say what stands below the root", r"write \sqrt{x}"),
        "middle" => refused(r"`\middle` is not read", "leave it out"),
        "over" | "atop" => refused(format!(r"`\{name}` is not read").as_str(), r"write \frac{a}{b}"),
        "underbrace" | "overbrace" | "underset" | "overset" | "stackrel" | "xrightarrow" | "substack"
        | "boxed" | "cancel" => {
            refused(format!(r"`\{name}` is not read").as_str(), "write the formula without it")
        }
        "displaylimits" | "newcommand" | "def" | "renewcommand" | "DeclareMathOperator" => {
            refused("definitions of commands are not read", "write the formula out")
        }
        "%" => syntax(r"`\%` has no meaning in a formula").at(span, "").help("write x/100 for a percentage"),
        "&" | "#" | "$" | "_" => {
            syntax(format!(r"`\{name}` has no meaning in a formula")).at(span, "").help("remove it")
        }
        "item" | "section" | "subsection" | "paragraph" => {
            refused("this is text, not a formula", "give formulas only")
        }
        _ => {
            let words = COMMANDS
                .iter()
                .copied()
                .chain(GREEK_WORDS.iter().copied().filter(|w| greek(w).is_some()))
                .chain(super::calls::commands());
            // a name of two letters is near to anything, and one of signs is no name
            let near = nearest(name, words).filter(|_| name.len() > 2);
            let is_name = name.bytes().all(|b| b.is_ascii_alphabetic());
            let problem = syntax(format!(r"the command `\{name}` is not known"))
                .at(span, near.map_or(String::new(), |word| format!(r"did you mean \{word}?")));
            match near {
                _ if !is_name => problem.help("remove it, or write it out in known commands"),
                Some(word) => problem
                    .help(format!(r"write \{word}, or \operatorname{{{name}}} for a function of your own")),
                None => problem.help(format!(
                    r"write it out in known commands; a function of your own is \operatorname{{{name}}}"
                )),
            }
        }
    }
}
