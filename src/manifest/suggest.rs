//! "Did you mean": the known word that is closest to an unknown one.

use similar::get_close_matches;

/// How similar two words must be, from 0 to 1. With the library's usual 0.6, many field names of five letters match each other.
const CUTOFF: f32 = 0.7;

/// Longer words are misplaced data, and slow to compare.
const MAX_CHARS: usize = 60;

/// The one of `words` that `name` probably means. Letter case does not matter.
pub(crate) fn closest<'w>(name: &str, words: impl IntoIterator<Item = &'w str>) -> Option<String> {
    if name.is_empty() || name.chars().count() > MAX_CHARS {
        return None;
    }
    let words: Vec<&str> = words.into_iter().collect();
    let folded: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let candidates: Vec<&str> = folded.iter().map(String::as_str).collect();
    let name = name.to_lowercase();
    let best = *get_close_matches(name.as_str(), &candidates, 1, CUTOFF).first()?;
    let index = candidates.iter().position(|word| *word == best)?;
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
            ("leadSource", None),
            ("", None),
        ];
        for (name, expected) in rows {
            assert_eq!(closest(name, words).as_deref(), expected, "{name}");
        }
    }
}
