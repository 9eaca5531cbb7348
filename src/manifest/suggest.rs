//! "Did you mean": the word that comes closest to one that is not known.

use similar::get_close_matches;

/// How much of two words must agree. Higher than the library's usual 0.6, with which any two field names of five letters look alike.
const CUTOFF: f32 = 0.7;

/// Longer words are data that went astray, and slow to compare.
const MAX_CHARS: usize = 60;

/// The one of `words` that `name` probably means; letter case does not count.
pub(crate) fn closest<'w>(name: &str, words: impl IntoIterator<Item = &'w str>) -> Option<String> {
    if name.is_empty() || name.chars().count() > MAX_CHARS {
        return None;
    }
    let words: Vec<&str> = words.into_iter().collect();
    let folded: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let folded: Vec<&str> = folded.iter().map(String::as_str).collect();
    let best = *get_close_matches(name.to_lowercase().as_str(), &folded, 1, CUTOFF).first()?;
    let index = folded.iter().position(|word| *word == best)?;
    Some(words[index].to_owned())
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let words = ["name", "stage", "closeDate", "rolesMode", "ensure"];
        let rows = [
            ("Stage", Some("stage")),
            ("stge", Some("stage")),
            ("close_date", Some("closeDate")),
            ("roleMode", Some("rolesMode")),
            ("ensured", Some("ensure")),
            ("amount", None),
            ("source", None),
            ("", None),
        ];
        for (name, expected) in rows {
            assert_eq!(closest(name, words).as_deref(), expected, "{name}");
        }
    }
}
