//! The word that was probably meant.

use similar::get_close_matches;

/// The word that one which is not known probably stands for.
pub(super) fn closest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    let folded: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let folded: Vec<&str> = folded.iter().map(String::as_str).collect();
    let best = *get_close_matches(word.to_lowercase().as_str(), &folded, 1, 0.6).first()?;
    let index = folded.iter().position(|word| *word == best)?;
    Some(words[index])
}
