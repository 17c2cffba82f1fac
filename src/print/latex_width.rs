//! How wide a formula in LaTeX is set, near enough to know whether it fits on a line. It reads what this room writes, and knows
//! the widths of letters of the usual font of formulas.

use crate::syntax::commands::closing_brace;

/// How wide a formula is in a display, in em.
///
/// ```
/// let wide = symdiff::print::latex_width(r"\frac{x + y}{2}");
/// assert!((wide - 2.56).abs() < 0.1);
/// ```
pub fn latex_width(source: &str) -> f64 {
    let mut reader = Reader { rest: source };
    reader.width(Size::Display)
}

/// How wide a formula is in a line of words or in a table, in em.
pub fn latex_width_in_line(source: &str) -> f64 {
    let mut reader = Reader { rest: source };
    reader.width(Size::Text)
}

/// How large letters are set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    /// By themselves on a line.
    Display,
    /// In a line, above and below the stroke of a fraction.
    Text,
    /// Raised, lowered, in a fraction in a line.
    Script,
    /// Raised on what is raised.
    Smallest,
}

impl Size {
    fn scale(self) -> f64 {
        match self {
            Size::Display | Size::Text => 1.0,
            Size::Script => 0.76,
            Size::Smallest => 0.58,
        }
    }

    fn in_fraction(self) -> Self {
        match self {
            Size::Display => Size::Text,
            Size::Text => Size::Script,
            _ => Size::Smallest,
        }
    }

    fn in_script(self) -> Self {
        if matches!(self, Size::Display | Size::Text) { Size::Script } else { Size::Smallest }
    }

    /// The blanks on both sides of a sign between operands.
    fn blanks(self, on_both_sides: f64) -> f64 {
        if matches!(self, Size::Display | Size::Text) { on_both_sides } else { 0.0 }
    }
}

/// Words of LaTeX that are operators with their limits below and above them in a display.
const TALL: [(&str, f64, f64); 5] =
    [("sum", 1.44, 1.06), ("prod", 1.28, 0.94), ("max", 1.86, 1.86), ("min", 1.67, 1.67), ("int", 1.0, 0.6)];

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Up to the end, or to the end of what is open.
    fn width(&mut self, size: Size) -> f64 {
        let (mut width, mut widest) = (0.0, 0.0f64);
        // between operands a sign has blanks on both sides, before one it has none
        let mut after_operand = false;
        while let Some(c) = self.rest.chars().next() {
            match c {
                '}' => break,
                '\\' if self.rest.starts_with(r"\\") => {
                    self.skip(2);
                    widest = widest.max(width);
                    width = 0.0;
                    after_operand = false;
                }
                '\\' if self.rest.starts_with(r"\end") || self.rest.starts_with(r"\right") => break,
                '\\' => {
                    let word = self.command();
                    width += self.of_command(word, size, &mut after_operand);
                }
                '^' | '_' => width += self.scripts(size, 0.0),
                '{' => {
                    width += self.group(size);
                    after_operand = true;
                }
                '&' => {
                    self.skip(1);
                    width += 1.0;
                    after_operand = false;
                }
                ' ' | '\n' => self.skip(1),
                _ => {
                    self.skip(c.len_utf8());
                    width += sign(c, size, after_operand);
                    after_operand = !matches!(c, '(' | '[' | '=' | '<' | '>' | '+' | '-' | ',');
                }
            }
        }
        widest.max(width)
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or("");
    }

    /// The word behind a backslash.
    fn command(&mut self) -> &'a str {
        self.skip(1);
        let letters = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let length = match letters {
            0 => self.rest.chars().next().map_or(0, char::len_utf8),
            letters => letters,
        };
        let (word, rest) = self.rest.split_at(length);
        self.rest = if letters > 0 { rest.trim_start_matches(' ') } else { rest };
        word
    }

    /// What stands in braces, or one sign.
    fn group(&mut self, size: Size) -> f64 {
        if !self.rest.starts_with('{') {
            if self.rest.starts_with('\\') {
                let word = self.command();
                return self.of_command(word, size, &mut true);
            }
            let Some(c) = self.rest.chars().next() else { return 0.0 };
            self.skip(c.len_utf8());
            return sign(c, size, true);
        }
        self.skip(1);
        let width = self.width(size);
        // the brace, or what has no beginning here
        let end = self.rest.chars().next().map_or(0, char::len_utf8);
        self.skip(end);
        width
    }

    /// The text in braces.
    fn words(&mut self) -> &'a str {
        let Some(inside) = self.rest.strip_prefix('{') else { return "" };
        let (own, rest) = match closing_brace(inside) {
            Some(close) => (&inside[..close], &inside[close + 1..]),
            None => (inside, ""),
        };
        self.rest = rest;
        own
    }

    /// What is raised and lowered at one place, beside or above and below something so wide.
    fn scripts(&mut self, size: Size, stem: f64) -> f64 {
        let mut widest = 0.0f64;
        let mut seen = String::new();
        while let Some(c @ ('^' | '_')) = self.rest.chars().next() {
            if seen.contains(c) {
                break;
            }
            seen.push(c);
            self.skip(1);
            let width = self.group(size.in_script());
            widest = widest.max(width + if stem > 0.0 { 0.0 } else { 0.05 });
        }
        if stem > 0.0 { stem.max(widest) } else { widest }
    }

    /// A growing bracket, and what it holds with its partner.
    fn fenced(&mut self, is_left: bool, size: Size) -> f64 {
        let fence = if self.rest.starts_with('\\') {
            self.command()
        } else {
            let end = self.rest.chars().next().map_or(0, char::len_utf8);
            let (fence, rest) = self.rest.split_at(end);
            self.rest = rest;
            fence
        };
        let mut width = if matches!(fence, "|" | "vert") { 0.33 } else { 0.74 } * size.scale();
        if is_left {
            width += self.width(size);
            // the partner is read here, so that what stands between is one whole
            if self.rest.starts_with(r"\right") {
                self.command();
                width += self.fenced(false, size);
            }
        }
        width
    }

    fn of_command(&mut self, word: &'a str, size: Size, after_operand: &mut bool) -> f64 {
        let was_after_operand = std::mem::replace(after_operand, true);
        match word {
            "frac" => {
                let (above, below) = (self.group(size.in_fraction()), self.group(size.in_fraction()));
                above.max(below) + 0.24
            }
            "sqrt" => {
                if self.rest.starts_with('[') {
                    let end = self.rest.find(']').map_or(self.rest.len(), |at| at + 1);
                    self.skip(end);
                }
                self.group(size) + 1.0 * size.scale()
            }
            "left" | "right" => self.fenced(word == "left", size),
            "begin" => {
                let name = self.words();
                let own = if name == "cases" { 0.9 } else { 1.5 };
                let width = self.width(Size::Text);
                if self.rest.starts_with(r"\end") {
                    self.command();
                    self.words();
                }
                width + own
            }
            "text" | "mathrm" | "operatorname" | "mathbf" | "textrm" => {
                let words = self.words();
                let blank = if word == "operatorname" { size.blanks(0.17) } else { 0.0 };
                words_width(words, size) + blank
            }
            "hat" | "bar" | "tilde" | "dot" | "ddot" | "vec" | "acute" | "grave" | "check" | "breve"
            | "mathring" => self.group(size),
            "biggl" | "biggr" => {
                let end = self.rest.chars().next().map_or(0, char::len_utf8);
                self.skip(end);
                *after_operand = word == "biggr";
                0.6 * size.scale()
            }
            "quad" => 1.0,
            "qquad" => 2.0,
            " " => 0.33,
            "," => 0.17,
            "|" => 0.5 * size.scale(),
            "cdot" => {
                *after_operand = false;
                0.28 * size.scale() + size.blanks(0.44)
            }
            "neq" | "leq" | "geq" | "approx" | "in" | "sim" => {
                *after_operand = false;
                0.78 * size.scale() + size.blanks(0.56)
            }
            "odot" | "oslash" | "times" | "land" | "wedge" => {
                *after_operand = false;
                0.78 * size.scale() + size.blanks(0.44)
            }
            "partial" | "ell" | "hbar" => 0.56 * size.scale(),
            "top" => 0.78 * size.scale(),
            "infty" => 1.0 * size.scale(),
            "nabla" => 0.83 * size.scale(),
            "hline" => 0.0,
            _ => {
                if let Some((_, large, small)) = TALL.iter().find(|(name, ..)| *name == word) {
                    *after_operand = false;
                    if size == Size::Display {
                        return self.scripts(size, *large) + 0.17;
                    }
                    return small * size.scale() + self.scripts(size, 0.0) + size.blanks(0.17);
                }
                if is_letter(word) {
                    let large = word.starts_with(|c: char| c.is_ascii_uppercase());
                    return if large { 0.74 } else { 0.57 } * size.scale();
                }
                // \sin, \log, …
                let blanks = [was_after_operand, self.rest.starts_with(r"\left")];
                let blank = 0.17 * blanks.iter().filter(|has| **has).count() as f64;
                words_width(word, size) + size.blanks(blank)
            }
        }
    }
}

/// Is it a Greek letter?
fn is_letter(word: &str) -> bool {
    super::latex_names::is_greek_word(word)
}

/// A sign among formulas.
fn sign(c: char, size: Size, after_operand: bool) -> f64 {
    let (own, blanks) = match c {
        '+' | '-' | '−' => (0.78, if after_operand { 0.44 } else { 0.0 }),
        '=' | '<' | '>' => (0.78, 0.56),
        '0'..='9' => (0.5, 0.0),
        '(' | ')' => (0.39, 0.0),
        '[' | ']' | '|' | '.' => (0.28, 0.0),
        ',' => (0.28, 0.17),
        ':' => (0.28, 0.56),
        '\'' => (0.3, 0.0),
        'i' | 'j' | 'l' => (0.36, 0.0),
        'f' | 'r' | 's' | 't' | 'c' | 'v' | 'z' | 'e' => (0.47, 0.0),
        'm' => (0.88, 0.0),
        'w' => (0.72, 0.0),
        'I' => (0.5, 0.0),
        'M' | 'W' => (1.0, 0.0),
        'A'..='Z' => (0.76, 0.0),
        _ => (0.54, 0.0),
    };
    own * size.scale() + size.blanks(blanks)
}

/// Upright words; formulas between dollar signs are set as large as what is around them.
fn words_width(words: &str, size: Size) -> f64 {
    let mut width = 0.0;
    for (at, part) in words.split('$').enumerate() {
        if at % 2 == 1 {
            width += Reader { rest: part }.width(size);
            continue;
        }
        width += part
            .chars()
            .map(|c| match c {
                '\\' | '{' | '}' => 0.0,
                'i' | 'j' | 'l' | ',' | '.' | ':' | ';' | '\'' => 0.28,
                ' ' => 0.33,
                'f' | 't' | 'r' | 's' | '(' | ')' => 0.38,
                'a' | 'c' | 'e' | 'z' => 0.46,
                'm' => 0.83,
                'w' | 'A'..='Z' | '=' | '+' => 0.74,
                '0'..='9' => 0.5,
                _ => 0.54,
            })
            .sum::<f64>()
            * size.scale();
    }
    width
}
