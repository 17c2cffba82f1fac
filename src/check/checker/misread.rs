//! What a refuted line may be that it was not read as: units behind numbers, letters in bold that nobody declared, letters that
//! are applied like functions, words, names that run together. What may be misread is left open, with the reason.
//!
//! This file looks at how a line is written; `doubt` weighs what its names stand for.

use super::doubt::WEAK;
use super::judge::has_decimals;
use super::lines::{Chain, Checker, Outcome};
use super::rates::Rate;
use crate::check::decide::number::{self, Judgement, Manner, Written};
use crate::check::decide::{Question, decide, plain};
use crate::check::document::claim::Link;
use crate::check::document::claim::Side;
use crate::check::rewrite::{map_parts, mentions, names_of, substitute};
use crate::check::{Verdict, Witness};
use crate::function;
use crate::number::Rational;
use crate::print;
use crate::syntax::tree::{DerivativeOperator, Kind, Tree};

/// Commands that set words upright.
const UPRIGHT: [&str; 4] = ["\\text{", "\\mathrm{", "\\rm{", "\\textrm{"];
/// Units as they stand in plain text.
const UNITS: [&str; 32] = [
    "m", "cm", "mm", "km", "s", "ms", "h", "min", "kg", "g", "mg", "N", "J", "W", "V", "A", "Ω", "Hz", "K",
    "Pa", "mol", "l", "L", "ft", "in", "mi", "mph", "sec", "rad", "°C", "€", "$",
];
/// Commands for vectors.
const BOLD: [&str; 5] = ["\\mathbf{", "\\boldsymbol{", "\\bm{", "\\vec{", "\\vec "];
/// How far off a number may be that is said to be about something.
const ABOUT: f64 = 0.25;
/// So many letters may run together in a product.
const LONGEST_PRODUCT: usize = 3;
/// So many places are tried at which something may be linearised.
const MOST_PLACES: usize = 3;
/// Letters of numbers among vectors.
const OF_NUMBERS: &str = "αβγδελμηρτστκω";

impl Checker<'_> {
    /// A refutation that may say nothing of the writer, by how the line is written.
    pub(in crate::check) fn misread(
        &self,
        chain: &Chain,
        tree: &Tree,
        side: &Side,
        outcome: &Outcome,
    ) -> Option<Outcome> {
        if !matches!(outcome.verdict, Verdict::Wrong | Verdict::Shape) {
            return None;
        }
        let head = chain.head.as_ref()?;
        let before = chain.before.as_ref().map_or(head, |before| &before.tree);
        let sides = [head, before, tree];
        if let Some(outcome) = self.with_identity(head, before, tree) {
            return Some(outcome);
        }
        if outcome.verdict == Verdict::Shape && self.holds_with_columns(head, before, tree) {
            return Some(Outcome::of(Verdict::Right));
        }
        if let Some(outcome) = self.with_unit(head, side) {
            return Some(outcome);
        }
        if let Some(outcome) = self.with_names_held(head, before, tree, side) {
            return Some(outcome);
        }
        let text = self.text.get(chain.start.min(side.span.end)..side.span.end)?;
        // What stands behind belongs to it: 6\ \text{m}.
        let line = crate::check::document::line_span(self.text, side.span.start);
        let whole = self.text.get(chain.start.min(side.span.end)..line.end.max(side.span.end))?;
        let why = unit(whole)
            .or_else(|| self.inverse(text))
            .or_else(|| self.bold(sides))
            .or_else(|| self.applied(text))
            .or_else(|| {
                // π ≈ 3.41 says what its digits are.
                let is_constant = self.sheet.is_numeric(head) && has_decimals(self.text, side.span);
                self.about(side, outcome.witness.as_ref()).filter(|_| !is_constant)
            })
            .or_else(|| self.first_order(head, tree))
            .or_else(|| self.tainted(sides))
            .or_else(|| self.maybe_vector(sides).filter(|_| outcome.verdict == Verdict::Shape))
            .or_else(|| self.mixed(sides));
        let is_named = || outcome.diagnosis.iter().any(|diagnosis| !WEAK.contains(&diagnosis.id));
        why.or_else(|| {
            if is_named() {
                return None;
            }
            self.run_together(sides).or_else(|| sides.iter().find_map(|side| self.lone_e(side)))
        })
        .map(Outcome::undecided)
    }

    /// What runs together or is a word, if no known mistake explains the line.
    fn run_together(&self, sides: [&Tree; 3]) -> Option<String> {
        let own: Vec<String> = sides.iter().flat_map(|side| self.behind(side)).collect();
        let is_strange = |name: &&String| {
            name.chars().all(|c| c.is_ascii_alphabetic())
                && name.len() > 1
                && !name.starts_with('d')
                && self.is_unsaid(name)
                && function::lookup(name).is_none()
                && name.as_str() != "pi"
        };
        let mut others: Vec<String> = own.clone();
        for ahead in &self.ahead {
            others.extend([Some(&ahead.left), ahead.right.as_ref()].into_iter().flatten().flat_map(names_of));
        }
        for name in own.iter().filter(|name| name.len() <= LONGEST_PRODUCT).filter(is_strange) {
            let shares = |other: &String| {
                other != name
                    && other.len() <= LONGEST_PRODUCT
                    && other.chars().all(|c| c.is_ascii_alphabetic())
                    && other.chars().any(|c| name.contains(c))
            };
            if others.iter().any(shares) {
                let product: Vec<String> = name.chars().map(String::from).collect();
                return Some(format!("{name} is one name here; write {} for a product", product.join("*")));
            }
        }
        let [head, before, last] = sides;
        let rest: Vec<String> = [head, before].into_iter().flat_map(names_of).collect();
        let word = names_of(last)
            .into_iter()
            .find(|name| is_strange(&name) && name.len() > 2 && !rest.contains(name));
        word.map(|name| format!("nothing says what {name} is"))
    }

    /// The names in a formula, and behind those that are defined.
    fn behind(&self, tree: &Tree) -> Vec<String> {
        let mut names = names_of(tree);
        names.extend(self.sheet.variables_of(tree));
        names
    }

    /// Does the document say nothing of a name, neither what it is nor a value?
    fn is_unsaid(&self, name: &str) -> bool {
        !self.sheet.knows(name)
            && !self.sheet.point.contains_key(name)
            && !self.sheet.values.contains_key(name)
            && !self.sheet.is_size(name)
            && !self.is_rated(name)
    }

    /// In a document of vectors, a name of which nothing was said may be one.
    fn maybe_vector(&self, sides: [&Tree; 3]) -> Option<String> {
        let name = sides.iter().flat_map(|side| self.behind(side)).find(|name| {
            let base = name.split('_').next().unwrap_or(name);
            self.is_unsaid(name) && !OF_NUMBERS.contains(base) && !matches!(base, "e" | "pi")
        })?;
        Some(super::reading::shape_unknown(&name))
    }

    /// `f_xy` and `f_yx` are names of their own, and the same for who knows a theorem.
    fn mixed(&self, sides: [&Tree; 3]) -> Option<String> {
        let names: Vec<String> = sides.iter().flat_map(|side| self.behind(side)).collect();
        let turned = |name: &str| {
            let (base, below) = name.split_once('_')?;
            let turned: String = below.chars().rev().collect();
            (turned != below).then(|| format!("{base}_{turned}"))
        };
        names
            .iter()
            .find(|name| turned(name).is_some_and(|other| names.contains(&other)))
            .map(|name| format!("{name} and the same in the other order are two names here"))
    }

    /// `e` by itself, where it may be a name or the constant.
    fn lone_e(&self, tree: &Tree) -> Option<String> {
        let hole = Tree::name("e");
        let mut inner = false;
        tree.walk(&mut |part| {
            inner |= matches!(&part.kind, Kind::Power(base, _) if **base == hole);
        });
        (!inner && names_of(tree).iter().any(|name| name == "e") && !self.sheet.knows("e"))
            .then(|| "e is the base of the natural logarithm here; is it a name?".to_owned())
    }

    /// An I that nobody declared is the identity matrix, if the line holds with one of the sizes of the document.
    fn with_identity(&self, head: &Tree, before: &Tree, tree: &Tree) -> Option<Outcome> {
        let is_there = |tree: &Tree| names_of(tree).iter().any(|name| name == "I");
        if self.sheet.knows("I") || !(is_there(tree) || is_there(before)) || self.sheet.shapes.is_empty() {
            return None;
        }
        for size in self.sheet.sizes() {
            let identity = Tree::call("eye", vec![size]);
            let put_in = |tree: &Tree| substitute(tree, &|name| (name == "I").then(|| identity.clone()));
            for left in [head, before] {
                let decision = decide(&self.sheet, &put_in(left), &put_in(tree), &Question::default());
                if decision.is_proved() {
                    return Some(Outcome::of(Verdict::Right));
                }
            }
        }
        Some(Outcome::undecided(
            "nothing says what I is; write eye(n) for the identity matrix, or declare let I: R[n,n]",
        ))
    }

    /// 20 m/s in plain text, whatever m and s are elsewhere: the number is judged, its unit is not.
    fn with_unit(&self, head: &Tree, side: &Side) -> Option<Outcome> {
        let text = self.text.get(side.span.start..side.span.end)?;
        let length = text.find(|c: char| c.is_whitespace())?;
        let (number, unit) = (&text[..length], text[length..].trim());
        let names = self.sheet.variables_of(head);
        let is_unit = !unit.is_empty()
            && unit
                .split(['/', '·', '*', ' '])
                .map(|part| part.trim_end_matches(['²', '³', '^', '2', '3']))
                .all(|part| UNITS.contains(&part) && !names.iter().any(|name| name == part));
        if !is_unit {
            return None;
        }
        let tree = crate::syntax::parse(number, &crate::syntax::Names::new()).ok()?.tree;
        let span = crate::span::Span::new(side.span.start, side.span.start + length);
        let manner = Manner { about: side.link == Link::About, is_partial: false };
        let written = Written { tree: &tree, text: self.text, span };
        let judged = self.is_number(&tree).then(|| number::judge(&self.sheet, head, written, manner))?;
        Some(match judged {
            Judgement::Right => Outcome::of(Verdict::Right),
            _ => Outcome::undecided(format!("it is not {number}, and units such as {unit} are not read")),
        })
    }

    /// ∂/∂x (y) of a y that nothing is said of: its slope, as in ∂z/∂x of an implicit z, or zero.
    fn with_names_held(&self, head: &Tree, before: &Tree, tree: &Tree, side: &Side) -> Option<Outcome> {
        let line = crate::check::document::line_span(self.text, side.span.start);
        if !self.writes_partial(self.text.get(line.start..line.end)?) {
            return None;
        }
        let names: Vec<String> = [head, before, tree].into_iter().flat_map(names_of).collect();
        let held: Vec<&Rate> = self.rates.iter().filter(|rate| names.contains(&rate.first())).collect();
        if held.is_empty() {
            return None;
        }
        let fixed = |tree: &Tree| {
            substitute(tree, &|name| {
                let is_slope = held.iter().any(|rate| rate.first() == name || rate.second() == name);
                is_slope.then(|| Tree::number(&Rational::ZERO))
            })
        };
        let right = fixed(tree);
        let holds = [head, before]
            .into_iter()
            .any(|left| decide(&self.sheet, &fixed(left), &right, &Question::default()).is_proved());
        let needs = held.iter().map(|rate| format!("{} is held fixed", rate.name)).collect();
        holds.then(|| Outcome { needs, ..Outcome::of(Verdict::RightIf) })
    }

    /// Does the line hold if [a, b]ᵀ is a column, as it is for who writes rows in brackets?
    fn holds_with_columns(&self, head: &Tree, before: &Tree, tree: &Tree) -> bool {
        let right = with_columns(tree);
        right != *tree
            && [head, before].into_iter().any(|left| {
                decide(&self.sheet, &with_columns(left), &right, &Question::default()).is_proved()
            })
    }

    /// f⁻¹ of a function: its inverse, or one divided by it?
    fn inverse(&self, text: &str) -> Option<String> {
        let name = self.sheet.functions.keys().find(|name| {
            ["^{-1}", "^-1", "⁻¹"].iter().any(|power| {
                let written = format!("{name}{power}");
                text.match_indices(&written)
                    .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '\\'))
            })
        })?;
        Some(format!("{name}⁻¹ may be the inverse of {name}; write 1/{name}(x) for the reciprocal"))
    }

    /// Letters that are written in bold somewhere and that nobody declared to be vectors.
    fn bold(&self, sides: [&Tree; 3]) -> Option<String> {
        let is_bold = |name: &String| {
            BOLD.iter().any(|command| {
                self.text.match_indices(command).any(|(at, _)| {
                    let rest = self.text[at + command.len()..].trim_start_matches(['{', '\\', ' ']);
                    let word: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
                    crate::syntax::letter_of(&word) == *name
                })
            })
        };
        let is_said = |name: &String| self.sheet.definitions.values().any(|own| mentions(&own.value, name));
        let name = sides.iter().flat_map(|side| self.behind(side)).find(|name| {
            self.sheet.rank(name) == 0
                && !self.sheet.definitions.contains_key(name)
                && !is_said(name)
                && is_bold(name)
        })?;
        Some(format!(
            "{name} is written as a vector and was not declared; start the document with let {name}: R[n]"
        ))
    }

    /// Letters that stand before brackets only, as E does in E(x + y) = E(x) + E(y): are they functions?
    fn applied(&self, text: &str) -> Option<String> {
        let plain = text.replace("\\left", "").replace("\\bigl", "").replace("\\big", "");
        let chars: Vec<char> = plain.chars().collect();
        let mut seen: Vec<(char, usize, bool)> = Vec::new();
        for (at, c) in chars.iter().enumerate() {
            let near = |at: Option<usize>| at.and_then(|at| chars.get(at)).copied().unwrap_or(' ');
            let (before, after) = (near(at.checked_sub(1)), near(Some(at + 1)));
            let is_inside = before.is_alphabetic() || matches!(before, '\\' | '_');
            if !c.is_alphabetic() || is_inside || after.is_alphabetic() {
                continue;
            }
            match seen.iter_mut().find(|(own, ..)| own == c) {
                Some((_, count, always)) => {
                    *count += 1;
                    *always &= after == '(';
                }
                None => seen.push((*c, 1, after == '(')),
            }
        }
        let (c, ..) = seen.iter().find(|(c, count, always)| {
            let name = c.to_string();
            *always
                && (*count > 1 || *c == 'd')
                && function::lookup(&name).is_none()
                && !self.sheet.knows(&name)
                && !self.sheet.unknown.contains(&name)
                && !self.heads.contains_key(&name)
        })?;
        Some(if *c == 'd' {
            "differentials of whole formulas are not read".to_owned()
        } else {
            format!("{c} may be a function; say {c}: function, or write {c}*(…) for a product")
        })
    }

    /// A number or a formula that is said to be about another one.
    fn about(&self, side: &Side, witness: Option<&Witness>) -> Option<String> {
        if side.link != Link::About {
            return None;
        }
        let values = witness.map(|witness| (witness.left.scalar(), witness.right.scalar()));
        match values {
            Some((Some(left), Some(right))) if (left - right).abs() > ABOUT * left.abs().max(right.abs()) => {
                None
            }
            _ => Some("it is said to be about that, which nothing measures".to_owned()),
        }
    }

    /// f(x) = f(a) + f′(a)(x − a): a value and a slope that are the same at one place, as in a linearisation.
    fn first_order(&self, head: &Tree, tree: &Tree) -> Option<String> {
        let (of_head, of_tree) = (self.sheet.variables_of(head), self.sheet.variables_of(tree));
        // The place is a name of its own, or what the function is taken at.
        let mut places: Vec<Tree> =
            of_tree.iter().filter(|name| !of_head.contains(name)).map(Tree::name).collect();
        if let Kind::Call { name, .. } = &head.kind {
            tree.walk(&mut |part| {
                if let Kind::Call { name: own, arguments, .. } = &part.kind
                    && own == name
                {
                    places.extend(arguments.iter().filter(|place| self.sheet.is_numeric(place)).cloned());
                }
            });
        }
        if places.is_empty() {
            return None;
        }
        for variable in of_head.iter().filter(|name| of_tree.contains(name)) {
            let slope = |tree: &Tree| {
                let operator = DerivativeOperator::Derivative;
                let (body, variables) = (Box::new(tree.clone()), vec![Tree::name(variable)]);
                plain(&self.sheet, &Kind::Derivative { operator, body, variables }.into())
            };
            let sides = [(plain(&self.sheet, head), plain(&self.sheet, tree)), (slope(head), slope(tree))];
            let place = places.iter().take(MOST_PLACES).find(|place| {
                let there =
                    |tree: &Tree| substitute(tree, &|name| (name == variable).then(|| (*place).clone()));
                sides.iter().all(|(left, right)| match (left, right) {
                    (Some(left), Some(right)) => {
                        decide(&self.sheet, &there(left), &there(right), &Question::default()).is_proved()
                    }
                    _ => false,
                })
            });
            if let Some(place) = place {
                let place = print::unicode(place);
                return Some(format!(
                    "it holds to first order near {variable} = {place}; for an approximation write ≈"
                ));
            }
        }
        None
    }

    /// Names of which something was said that could not be used.
    fn tainted(&self, sides: [&Tree; 3]) -> Option<String> {
        if self.tainted.is_empty() {
            return None;
        }
        let names = sides.iter().flat_map(|side| {
            let mut names = self.sheet.variables_of(side);
            names.extend(names_of(side));
            names
        });
        names
            .into_iter()
            .find(|name| self.tainted.contains(name))
            .map(|name| format!("what is said of {name} could not be used"))
    }
}

/// The transposes of lists as what is transposed.
fn with_columns(tree: &Tree) -> Tree {
    if let Kind::Transpose(inner) = &tree.kind
        && let Kind::Array(parts) = &inner.kind
        && !parts.iter().any(|part| matches!(part.kind, Kind::Array(_)))
    {
        return (**inner).clone();
    }
    map_parts(tree, &mut with_columns)
}

/// A unit behind a number: `6\ \text{m/s}`.
fn unit(text: &str) -> Option<String> {
    for command in UPRIGHT {
        for (at, _) in text.match_indices(command) {
            let before = text[..at].trim_end_matches([' ', '\\', ',', ';', '~', '{', '}', '!', ':']);
            let inner = text[at + command.len()..].split('}').next().unwrap_or("").trim();
            let word: String = inner.chars().take_while(|c| c.is_alphabetic()).collect();
            let is_unit = !word.is_empty()
                && !inner.contains(' ')
                && !matches!(word.as_str(), "d" | "e" | "T" | "if" | "for" | "and" | "or" | "when");
            if is_unit && before.ends_with(|c: char| c.is_ascii_digit()) && !before.ends_with("\\\\") {
                return Some(format!("units such as {word} are not read"));
            }
        }
    }
    None
}
