//! The words that recur in the errors of the configuration.

use std::path::Path;

use super::file::{FILE_NAME, OTHER_NAME};
use crate::simulator::AnswerError;

/// "did you mean", and all the known words.
pub(super) fn suggestion(word: &str, words: &[String]) -> String {
    known(closest(word, words), words)
}

pub(super) fn known(meant: Option<&str>, words: &[String]) -> String {
    match meant {
        Some(close) => format!("did you mean `{close}`? Known: {}", listed(words)),
        None if words.is_empty() => "there are none".to_owned(),
        None => format!("known: {}", listed(words)),
    }
}

/// The known word that is close to this one.
pub(super) fn closest<'w>(word: &str, known: &'w [String]) -> Option<&'w str> {
    let words: Vec<&str> = known.iter().map(String::as_str).collect();
    similar::get_close_matches(word, &words, 1, 0.6)
        .first()
        .copied()
}

pub(super) fn unsupported(found: Option<&str>, language: &str) -> String {
    match found {
        Some(found) => format!("version {found} of the {language} is not supported"),
        None => format!("the version of the {language} must be a whole number"),
    }
}

/// The member is below `instances`: the text does not repeat what was found there.
pub(super) fn wrong_answer(error: &AnswerError) -> String {
    match error {
        AnswerError::UnknownPreset { .. } => "there is no such preset".to_owned(),
        AnswerError::UnknownName { .. } => "there is no such switch".to_owned(),
        AnswerError::UnknownValue { name, .. } => format!("switch `{name}` has no such value"),
    }
}

pub(super) fn listed(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

pub(super) fn inside(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" in `{path}`")
    }
}

pub(super) fn named(name: Option<&str>, otherwise: &str) -> String {
    name.map_or_else(|| otherwise.to_owned(), |name| format!("`{name}`"))
}

pub(super) fn bounds(least: u32, most: u32) -> String {
    if most == u32::MAX {
        format!("at least {least}")
    } else {
        format!("between {least} and {most}")
    }
}

/// What to do where no configuration was found.
pub(super) fn not_found(dir: &Path) -> String {
    if dir.join(OTHER_NAME).is_file() {
        format!("rename {OTHER_NAME} to {FILE_NAME}, or name it with `--config {OTHER_NAME}`")
    } else {
        "`oppctl init` creates one; or change to its directory with `-C DIR`, or name a file with `--config FILE`"
            .to_owned()
    }
}
