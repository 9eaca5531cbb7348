//! Whether two texts could be one text in two spellings. Some instances compare keys without accents, and say so nowhere.

/// The longest texts that are compared. Keys are shorter.
const MOST_CHARS: usize = 300;

/// Whether the texts differ in letter case, in accents and other marks, and in how letters beyond ASCII are written, and in nothing
/// else. It may take different texts for alike, never the same text for different ones.
#[must_use]
pub fn is_alike(a: &str, b: &str) -> bool {
    let (a, b) = (letters(a), letters(b));
    if a.len() > MOST_CHARS || b.len() > MOST_CHARS {
        return false;
    }
    // Row by row: whether the first letters of `a` and the first of `b` are alike. A letter beyond ASCII may stand for one or two.
    let mut rows = vec![vec![false; b.len() + 1]; a.len() + 1];
    rows[0][0] = true;
    for i in 0..a.len() {
        for j in 0..b.len() {
            if !rows[i][j] {
                continue;
            }
            let is_free = !a[i].is_ascii() || !b[j].is_ascii();
            if is_free || a[i] == b[j] {
                rows[i + 1][j + 1] = true;
            }
            if !a[i].is_ascii() && j + 2 <= b.len() {
                rows[i + 1][j + 2] = true;
            }
            if !b[j].is_ascii() && i + 2 <= a.len() {
                rows[i + 2][j + 1] = true;
            }
        }
    }
    rows[a.len()][b.len()]
}

/// The letters in lower case, without blanks around them and without marks that combine with the letter before.
fn letters(text: &str) -> Vec<char> {
    let lower = text.trim().chars().flat_map(char::to_lowercase);
    lower
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{feff}'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_text_are_alike() {
        for (a, b) in [
            ("Angelique-1", "Angélique-1"),
            ("Ange\u{301}lique-1", "ANGÉLIQUE-1 "),
            ("strasse", "Straße"),
            ("oresund", "Øresund"),
            ("aeon", "æon"),
            ("A\u{200b}-1", "a-1"),
            ("", " "),
        ] {
            assert!(is_alike(a, b) && is_alike(b, a), "{a} {b}");
        }
    }

    #[test]
    fn other_texts_are_not() {
        let long = "x".repeat(MOST_CHARS + 1);
        for (a, b) in [
            ("A-1", "A-2"),
            ("A-1", "A-10"),
            ("Angelique-1", "Angélique-2"),
            ("a", ""),
            (&*long, &*long),
        ] {
            assert!(!is_alike(a, b) && !is_alike(b, a), "{a} {b}");
        }
    }
}
