//! Did you mean: the known word nearest to an unknown one.

/// The word with the smallest edit distance, if it is small for the length of the name; ties go to words with the same first letter,
/// then to those that begin alike for longer, then to the first in order.
pub(super) fn nearest<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() > 24 {
        return None;
    }
    let limit = match letters.len() {
        0..=4 => 1,
        5..=7 => 2,
        _ => 3,
    };
    // a slip in the first letter is rare
    let first = |word: &str| word.chars().next() != name.chars().next();
    let unlike =
        |word: &str| letters.len() - letters.iter().zip(word.chars()).take_while(|(a, b)| **a == *b).count();
    let mut best: Option<((usize, bool, usize), &str)> = None;
    for word in words {
        let other: Vec<char> = word.chars().collect();
        if other.len() > 24 || other.len().abs_diff(letters.len()) > limit {
            continue;
        }
        let found = distance(&letters, &other);
        // half of a short word wrong is another word
        let is_near = found <= limit && found * 2 <= letters.len().max(other.len());
        let rank = (found, first(word), unlike(word));
        if is_near && best.is_none_or(|(other_rank, other)| (rank, word) < (other_rank, other)) {
            best = Some((rank, word));
        }
    }
    best.map(|(_, word)| word)
}

/// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. Case counts half, rounded up.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let differs = usize::from(!a[i - 1].eq_ignore_ascii_case(&b[j - 1]));
            let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + differs);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_of_the_finger() {
        let words = ["ln", "sign", "sin", "sinh", "sqrt", "log", "softmax", "tanh"];
        for (slip, meant) in [
            ("sn", Some("sin")),
            ("sinn", Some("sin")),
            ("isn", Some("sin")),
            ("sqr", Some("sqrt")),
            ("Sin", Some("sin")),
            ("sofmax", Some("softmax")),
            ("tahn", Some("tanh")),
            ("foo", None),
            ("abcdefgh", None),
        ] {
            assert_eq!(nearest(slip, words.into_iter()), meant, "{slip}");
        }
    }
}
