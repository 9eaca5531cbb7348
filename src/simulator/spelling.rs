//! Suggestions for misspelled words.

use similar::get_close_matches;

/// The known word that is most similar to `word`.
pub(super) fn closest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    let lower_case: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let candidates: Vec<&str> = lower_case.iter().map(String::as_str).collect();
    let best = *get_close_matches(word.to_lowercase().as_str(), &candidates, 1, 0.6).first()?;
    let index = candidates.iter().position(|word| *word == best)?;
    Some(words[index])
}

/// The end of an error about an unknown name: the most similar known name, or all of them.
pub(super) fn suggestion(name: &str, known: &[&str]) -> String {
    match closest(name, known) {
        Some(close) => format!("; did you mean `{close}`?"),
        None if known.is_empty() => "; it has none".to_owned(),
        None => format!("; there are {}", known.join(", ")),
    }
}
