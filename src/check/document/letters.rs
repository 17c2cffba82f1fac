//! Letters of a document, looked at as text before anything is read: which stand by themselves, are primed, or are applied.

/// Letters that stand by themselves: with `x` and `y` known, `2xy` is a product. Letters that are applied like functions are
/// left out.
pub(in crate::check) fn lone_letters(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut applied: Vec<String> = Vec::new();
    let mut pairs: Vec<[char; 2]> = Vec::new();
    let mut named: Vec<String> = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|b| chars.get(b)).copied().unwrap_or(' ');
        let after = chars.get(at + 1).copied().unwrap_or(' ');
        let joins = |c: char| c.is_alphabetic() || c == '_' || ('\u{300}'..='\u{36f}').contains(&c);
        let third = chars.get(at + 2).copied().unwrap_or(' ');
        if c.is_ascii_lowercase()
            && after.is_ascii_lowercase()
            && !joins(before)
            && !joins(third)
            && !matches!(third, '(' | '\'')
            && crate::function::lookup(&format!("{c}{after}")).is_none()
            && !matches!((*c, after), ('d', _) | ('p', 'i') | ('i', 'f'))
        {
            // Who writes products with a star means a name by two letters.
            let beside_star = before == '*' || third == '*';
            if beside_star {
                named.push(format!("{c}{after}"));
            } else {
                pairs.push([*c, after]);
            }
        }
        if !c.is_alphabetic() || joins(before) && before != 'd' || joins(after) || after.is_numeric() {
            continue;
        }
        if matches!(c, 'd' | 'e' | 'π' | 'σ' | 'R') {
            continue;
        }
        let letter = c.to_string();
        let rest: String = chars[at + 1..].iter().take(24).collect();
        let rest = rest.trim_start_matches(['\'', '′']);
        let is_head = rest.strip_prefix('(').and_then(|r| r.split_once(')')).is_some_and(|(inner, after)| {
            let names = inner.split(',').all(|part| {
                let mut letters = part.trim().chars();
                letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
            });
            names && ["=", ":=", "≡", "≔"].iter().any(|sign| after.trim_start().starts_with(sign))
        });
        let list = if is_head { &mut applied } else { &mut found };
        if !list.contains(&letter) {
            list.push(letter);
        }
    }
    // ax is a times x if one of the two is known by itself.
    for pair in pairs {
        if pair.iter().any(|letter| found.contains(&letter.to_string())) {
            for letter in pair.iter().map(char::to_string) {
                if !found.contains(&letter) {
                    found.push(letter);
                }
            }
        }
    }
    let functions = only_applied(&chars);
    found.retain(|letter| !applied.contains(letter) && !functions.contains(letter));
    found.extend(long_variables(text));
    found.extend(named);
    found
}

/// Letters that are functions though nothing defines them: they stand before brackets only, and once with a prime, `g′(x) h(x)`.
fn only_applied(chars: &[char]) -> Vec<String> {
    let mut seen: std::collections::BTreeMap<char, (bool, bool)> = std::collections::BTreeMap::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|b| chars.get(b)).copied().unwrap_or(' ');
        let after = chars.get(at + 1).copied().unwrap_or(' ');
        if !c.is_alphabetic() || before.is_alphabetic() && before != 'd' || after.is_alphabetic() {
            continue;
        }
        let primes = chars[at + 1..].iter().take_while(|c| matches!(c, '\'' | '′')).count();
        let is_called = chars.get(at + 1 + primes) == Some(&'(');
        // d/dx and df/dx leave open whether f is applied.
        let is_neutral = matches!(chars.get(at + 1 + primes), Some('/')) && before == 'd';
        let (always, primed) = seen.entry(*c).or_insert((true, false));
        *always &= is_called || is_neutral;
        *primed |= is_called && primes > 0;
    }
    seen.into_iter().filter(|(_, (always, primed))| *always && *primed).map(|(c, _)| c.to_string()).collect()
}

/// Names of several letters that something is differentiated by: `diff(f, pr)`, `∂f/∂pr`. They are no products.
fn long_variables(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let has_calls = ["diff(", "grad(", "jacobian(", "hessian("].iter().any(|word| text.contains(word));
    for (mark, is_argument) in [("/d", false), ("/∂", false), (", ", true)] {
        for (at, _) in text.match_indices(mark) {
            let rest = &text[at + mark.len()..];
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (name, after) = rest.split_at(length);
            let is_name = name.chars().count() > 1 && name.starts_with(char::is_alphabetic);
            if is_name
                && (!is_argument || has_calls && after.starts_with([')', ',']))
                && !found.iter().any(|f| f == name)
            {
                found.push(name.to_owned());
            }
        }
    }
    found
}

/// Are capitals side by side, as in `KL = …`, one name? Not if one of them stands anywhere in the formulas without the others.
pub(in crate::check) fn is_one_name<'a>(word: &str, formulas: impl Iterator<Item = &'a str>) -> bool {
    word.len() > 1
        && word.bytes().all(|byte| byte.is_ascii_uppercase())
        && formulas.into_iter().all(|formula| {
            let mut before = ' ';
            let mut run = String::new();
            // What begins with a backslash is a command.
            formula.chars().chain([' ']).all(|c| {
                if c.is_ascii_alphabetic() {
                    run.push(c);
                    return true;
                }
                let apart = before == '\\' || run == word || !run.chars().any(|own| word.contains(own));
                before = c;
                run.clear();
                apart
            })
        })
}

/// Letters with a prime behind them.
pub(in crate::check) fn primed_letters(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut before = None;
    for c in text.chars() {
        if matches!(c, '\'' | '′')
            && let Some(letter) = before.filter(|b: &char| b.is_alphabetic())
            && !found.contains(&letter.to_string())
        {
            found.push(letter.to_string());
        }
        before = Some(c);
    }
    found
}

/// The first `( … )′`: where the bracket opens, where it ends, and where its prime ends.
pub(in crate::check) fn primed_bracket(text: &str) -> Option<(usize, usize, usize)> {
    let close = text.find(")'")?;
    let mut depth = 0usize;
    for (at, c) in text[..=close].char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let at = if text[..at].ends_with("\\left") { at - "\\left".len() } else { at };
            return Some((at, close + 1, close + 2));
        }
    }
    None
}

/// What makes a bracket larger.
const SIZES: [&str; 9] =
    ["\\left", "\\biggl", "\\Biggl", "\\bigl", "\\Bigl", "\\bigg", "\\Bigg", "\\big", "\\Big"];

/// Does a round bracket open here, of whatever size?
pub(in crate::check) fn opens_bracket(text: &str) -> bool {
    SIZES.iter().find_map(|size| text.strip_prefix(size)).unwrap_or(text).starts_with('(')
}

/// Single letters that are primed and applied, `u′(3t)`: where nothing else is said of them, they are functions.
pub(in crate::check) fn primed_calls(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let after = ["^{\\prime\\prime}", "^{\\prime}", "^\\prime", "'", "′"]
            .iter()
            .find_map(|prime| rest.strip_prefix(prime))
            .map(|after| after.trim_start_matches(['\'', '′']));
        let before = text[..at].chars().next_back();
        if c.is_alphabetic()
            && !before.is_some_and(|b| b.is_alphanumeric() || matches!(b, '\\' | '_'))
            && after.is_some_and(opens_bracket)
            && !found.contains(&c.to_string())
        {
            found.push(c.to_string());
        }
    }
    found
}

/// Single letters that stand before a bracket with something in it: what may be functions that were not declared.
pub(in crate::check) fn called_letters(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    for (at, (place, c)) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|b| letters.get(b)).map(|(_, c)| *c);
        if !c.is_alphabetic() || before.is_some_and(|b| b.is_alphabetic() && b != 'd' || b == '\\') {
            continue;
        }
        let rest = text[place + c.len_utf8()..].trim_start_matches(['\'', '′']);
        if opens_bracket(rest) && !found.contains(&c.to_string()) && !matches!(c, 'e' | 'π') {
            found.push(c.to_string());
        }
    }
    found
}

/// Letters that stand for variables more often than for places.
const USUAL: [&str; 16] = ["x", "t", "u", "v", "w", "s", "r", "z", "y", "n", "k", "p", "q", "θ", "τ", "φ"];

/// `y(a)`, `y′(0)`, `w\left(\tfrac12\right)`: a name, its primes, and a place at which it is taken, if the whole text is that.
pub(in crate::check) fn value_at_place(text: &str) -> Option<(String, usize)> {
    let text = text.trim();
    let plain = text.replace("\\left", "").replace("\\right", "").replace("\\bigl", "").replace("\\bigr", "");
    let open = plain.find('(')?;
    let inner = plain[open + 1..].strip_suffix(')')?;
    if inner.contains(['(', ')', '=']) || inner.trim().is_empty() {
        return None;
    }
    let (name, primes) = primed_name(plain[..open].trim())?;
    inner.split(',').all(is_place).then_some((name, primes))
}

/// `y''`, `\gamma`, `y_1'`, `y^{\prime}`: the name and how many primes it has.
fn primed_name(text: &str) -> Option<(String, usize)> {
    let text = text.replace("^{\\prime\\prime}", "''").replace("^{\\prime}", "'").replace("^\\prime", "'");
    let name = text.trim_end_matches(['\'', '′']);
    let primes = text[name.len()..].chars().count();
    let name = name.trim();
    let stem = name.strip_prefix('\\').unwrap_or(name);
    let letters = stem.chars().take_while(|c| c.is_alphabetic()).count();
    let is_name = letters == 1 && !name.starts_with('\\') || letters > 1 && name.starts_with('\\');
    let length: usize = stem.chars().take(letters).map(char::len_utf8).sum();
    let behind = &stem[length..];
    let is_plain = behind.is_empty()
        || behind.strip_prefix('_').is_some_and(|below| {
            !below.is_empty() && below.trim_matches(['{', '}']).chars().all(char::is_alphanumeric)
        });
    (is_name && is_plain).then(|| (crate::syntax::letter_of(stem[..length].trim()), primes)).map(
        |(base, primes)| {
            let below = behind.trim_start_matches('_').trim_matches(['{', '}']);
            (if below.is_empty() { base } else { format!("{base}_{below}") }, primes)
        },
    )
}

/// Is it a number, or a letter that stands for one more often than for a variable?
fn is_place(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['-', '+', '−']).trim();
    let is_letter =
        text.chars().count() == 1 && text.chars().all(char::is_alphabetic) && !USUAL.contains(&text);
    let is_subscripted = text.split_once('_').is_some_and(|(base, _)| base.chars().count() == 1);
    is_letter || is_subscripted && !text.contains(['+', '*', ' ']) || is_number(text)
}

/// Are there digits and the letters of constants and roots in it, and no others?
fn is_number(text: &str) -> bool {
    let mut plain = text.to_owned();
    for word in [
        "\\frac", "\\tfrac", "\\dfrac", "\\pi", "\\sqrt", "sqrt", "\\ln", "\\cdot", "\\infty", "pi", "π", "∞",
    ] {
        plain = plain.replace(word, " 1 ");
    }
    plain.contains(|c: char| c.is_ascii_digit()) && !plain.contains(|c: char| c.is_alphabetic() || c == '\\')
}

/// The names in a line of declarations; its keywords are none.
pub(in crate::check) fn names_in(line: &str) -> impl Iterator<Item = String> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.starts_with(char::is_alphabetic))
        .filter(|word| !matches!(*word, "let" | "given" | "assume" | "at" | "R" | "for" | "all" | "in"))
        .map(str::to_owned)
}
